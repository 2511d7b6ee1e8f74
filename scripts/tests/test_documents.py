# SPDX-License-Identifier: GPL-2.0
"""Test documents made from results: cover letters, the report, the experiments; and README."""

import html.parser
import importlib
import json
import os
import re
import subprocess
import sys
import unittest.mock

import case
from case import SCRIPTS, TOP

PATCH = "From 0\nFrom: A <a@b.c>\nSubject: [PATCH] {}\n\nText.\n---\n{}"


class Case(case.Case):
    def file(self, name, text):
        return super().file(name, text if isinstance(text, str) else json.dumps(text))

    def provenance(self, call):
        return self.call("/usr/bin/python3", "-B", "-c", f"import provenance; print(provenance.{call})", status=0,
                         PYTHONPATH=f"{SCRIPTS}/lib").stdout.strip()


class Provenance(Case):
    def check(self, status=0):
        done = self.call("lib/provenance.py", "check", "--patches", self.dir / "patches", "--results",
                         self.dir / "results", status=status)
        return done.stdout + done.stderr

    def test_stale(self):
        """A cover letter has no results of another or an unknown series."""
        self.file("patches/postings", "# Comment\n\nz  First\na  Last\n")
        self.file("patches/z/0001-a.patch", PATCH.format("genirq: Add", ""))
        now = self.run_lib("series")
        self.file("results/bench.json", {"provenance": {"series": now}})
        self.file("results/soak.json", {"provenance": {"series": now.replace("z=", "z=0")}})
        self.file("results/old.md", "Text\n")
        self.file("results/new.md", f"<!-- series {now} -->\n")
        self.assertEqual(self.check().split(), ["bench.json", "current", "new.md", "current", "old.md", "unknown",
                                                "soak.json", "stale", "(in", "z)"])
        letter = "z/cover-letter.txt"
        for text, wrong in (("Nothing is measured, in 3 patches.", None), ("It takes 5 ms (bench.json).", None),
                            ("It takes 5 ms.", "names no file"), ("Lost in 7 runs (soak.json).", "stale"),
                            ("At 3.5 % (old.md)", "unknown"), ("after 9 us, gone.json", "absent")):
            self.file(f"patches/{letter}", f"Title\n\n{text}\n")
            out = self.check(status=int(bool(wrong)))
            self.assertIn(wrong or "", out)
        # A changed message, date or document does not make another series, a line of code does.
        self.file(f"patches/{letter}", "Title\n\nIt takes 5 ms (bench.json).\n")
        diff = "diff --git a/{0} b/{0}\nindex {1}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-1\n+{2}\n"
        for name, content, status in (("Documentation/a", 2, 0), ("kernel/a.c", 2, 1)):
            self.file("patches/a/0001-b.patch", PATCH.format("c: D", diff.format(name, "1..2", content)))
            self.assertNotIn("bench.json, which", self.check(), "z comes before a, and needs nothing of it")
            self.file("patches/a/cover-letter.txt", "Title\n\nIt takes 5 ms (bench.json).\n")
            self.assertEqual("is of bench.json, which is stale (in a)" in self.check(status=status), bool(status))
            os.remove(self.dir / "patches/a/cover-letter.txt")
        now = self.run_lib("series")
        for index, content, same in (("3..4", 2, True), ("1..2", 3, False)):
            self.file("patches/a/0001-b.patch", PATCH.format("e: F", diff.format("kernel/a.c", index, content)))
            self.assertEqual(self.run_lib("series") == now, same)

    def test_of(self):
        """The sentence in a document, from the record of the result."""
        on = {"date": "2026-11-30", "kernel": "7.3.4", "compiler": "gcc 12.2.0"}
        for name, data, says in (("new", {"provenance": on}, "[new.json](results/new.json) was measured on 2026-11-30 on Linux 7.3.4 with"),
                                 ("old", {}, "was measured on an earlier state of the series")):
            self.call("lib/provenance.py", "of", self.file(f"{name}.json", data), status=0, says=says)
        self.call("lib/provenance.py", "of", status=2, says="of expects a FILE")

    def test_documents_with_stale_figures(self):
        """They are listed, and in the report; this is no error."""
        self.file("patches/postings", "z  First\n")
        self.file("patches/z/0001-a.patch", PATCH.format("genirq: Add", ""))
        for name, series in (("old", "z=0"), ("new", self.run_lib("series"))):
            self.file(f"doc/results/{name}.json", {"provenance": {"series": series}})
        self.file("README.md", "[5 ms](doc/a.md)<!-- figures: doc/results/old.json -->, results/new.json\n")
        self.file("doc/a.md", "results/old.json, results/gone.json, build/results.json\n")
        done = self.call("lib/provenance.py", "check", "--patches", self.dir / "patches", "--results",
                         self.dir / "doc/results", status=0)
        self.assertEqual([line.split(None, 1) for line in done.stdout.splitlines()[2:]], [
            ["README.md", "quotes old.json, which is stale"], ["a.md", "quotes gone.json, which is absent"],
            ["a.md", "quotes old.json, which is stale"]])
        self.call("report", "--build", self.dir / "build", "--results", self.dir / "doc/results", "--out",
                  self.dir / "out.html", status=0)
        self.assertIn("README.md      quotes old.json, which is stale", self.read("out.html"))
        for name in ("README.md", "Documentation/benchmark.md"):
            self.assertRegex((TOP / name).read_text(encoding="utf-8"), r"results/bench\.json\b", "it has figures of it")

    def test_stale_selftests(self):
        """Results of runs with the selftests depend on them, too."""
        diff = "diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-1\n+{1}\n"
        self.file("patches/postings", "a  It\n")
        path, name = "patches/a/0001-b.patch", "tools/testing/selftests/irq_sim/a.c"
        self.file(path, PATCH.format("c: D", diff.format(name, 2)))
        for file, what in (("bench.json", "series"), ("soak.json", "both")):
            self.file(f"results/{file}",
                      {"provenance": {"series": re.findall("a=[0-9a-f]{8}", self.run_lib(what))[-1]}})
        self.assertEqual(self.check().split(), ["bench.json", "current", "soak.json", "current"])
        self.file(path, PATCH.format("c: D", diff.format(name, 3)))
        self.assertEqual(self.check().split(), ["bench.json", "current", "soak.json", "stale", "(in", "a)"])

    def run_lib(self, what, where="patches", more=""):
        return self.provenance(f"json.dumps(provenance.{what}('{self.dir}/{where}'{more})).strip('\"')")

    def test_stamp(self):
        self.file("patches/Makefile", "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\nEXTRAVERSION =\n")
        self.file("patches/.config", '# x\nCONFIG_CC_VERSION_TEXT="clang version 19"\nCONFIG_X="y"\n')
        found = json.loads(self.run_lib("stamp", more=f", '{self.dir}/patches', True"))
        self.assertRegex(found["series"], "(^|,)teach=[0-9a-f]{8}(,|$)")
        self.assertEqual((found["kernel"], found["compiler"], "qemu" in found), ("7.3.4", "clang version 19", False))
        found = json.loads(self.run_lib("stamp", more=", '', False"))
        self.assertEqual((found["series"], found["selftests"], found["compiler"]), ("none", "none", ""))

    def test_qemu_that_ran(self):
        """The one in the log, not the one of this machine; none for UML."""
        self.file("kernel/provenance.json", {"series": "a=1", "qemu": "of this machine"})
        uml = self.program("linux", "echo booting")
        qemu = self.program("qemu-system-arm64", "echo QEMU 99")
        for log, want in ((f"# {qemu} -x -y\nLinux\n", "QEMU 99"), (f"# {uml} mem=1\n", ""), ("", "")):
            self.file("log", log)
            found = json.loads(self.run_lib("built", "kernel", f", log='{self.dir}/log'"))
            self.assertEqual(found, {"series": "a=1", "qemu": want})

    def test_tree_of_the_series(self):
        """A stamp names the series only for the tree that scripts/tree made of it, as it made it."""
        def series(status):
            self.bash(f'PATCHES={self.dir}/patches; is_series "{self.dir}/tree" || quit 1', status=status)

        def git(*args):
            return subprocess.run(["git", "-C", self.dir / "tree", "-c", "user.name=x", "-c", "user.email=x@y.example", *args],
                                  check=True, capture_output=True, text=True).stdout.strip()

        self.file("patches/postings", "a  It\n")
        self.file("patches/a/0001-b.patch", PATCH.format("c: D", ""))
        self.file("tree/file", "1\n")
        git("init", "-q")
        git("add", ".")
        git("commit", "-qm", "base")
        series(1)
        state = f'put_state "{self.dir}/tree" "applied={git("rev-parse", "HEAD")}" "patches=$(patches_hash)"'
        self.bash(f"PATCHES={self.dir}/patches; read_postings; {state}")
        series(0)
        self.bash(f'scratch_tree "{self.dir}/tree" "{self.dir}/job" "{self.dir}/log"; is_series "{self.dir}/job"',
                  IRQ_SIM_PATCHES=f"{self.dir}/patches", IRQ_SIM_BUILD=f"{self.dir}/build")
        self.file("tree/file", "2\n")
        series(1)
        git("commit", "-qam", "more")
        series(1)
        git("reset", "-q", "--hard", "HEAD^")
        series(0)
        self.file("patches/a/0002-e.patch", PATCH.format("f: G", ""))
        series(1)

    def test_together(self):
        """Results of several machines list all compilers."""
        found = subprocess.run(["python3", "-B", "-c", "import provenance; print(provenance.json.dumps(provenance.together(["
                                "{'compiler': 'gcc', 'qemu': '', 'date': '2'}, {'compiler': 'clang', 'date': '1'}, {}])))"],
                               env={**os.environ, "PYTHONPATH": f"{SCRIPTS}/lib"}, capture_output=True, check=True).stdout
        self.assertEqual(json.loads(found), {"compiler": "gcc, clang", "qemu": "", "date": "2"})

    def test_results_are_of_what_was_built(self):
        """A kernel of an older series which is run again does not become one of today's."""
        def built(*more):
            return json.loads(self.run_lib("built", "kernel", *more))

        self.assertEqual(built(), {}, "without a stamp nothing is claimed")
        now = json.loads(self.call("lib/provenance.py", "stamp", "--series", status=0).stdout)
        self.file("kernel/provenance.json", now | {"series": "a=1"})
        self.assertEqual(built()["series"], "a=1")
        self.assertEqual(built(", True")["series"], now["selftests"])
        self.file("kernel/provenance.json", now | {"selftests": "a=1"})
        self.assertEqual(built(", True"), {}, "the guest has the selftests of today")
        self.assertEqual(built()["series"], now["series"])

    def test_one_record_a_line(self):
        """The results are as the tools write them: a line for each record, or each entry of a table."""
        for path in sorted((TOP / "Documentation/results").glob("*.json")):
            data = json.loads(path.read_text(encoding="utf-8"))
            with unittest.mock.patch("sys.path", [f"{SCRIPTS}/lib", *sys.path]):
                importlib.import_module("common").save(f"{self.dir}/out", data)
            self.assertEqual(self.read("out"), path.read_text(encoding="utf-8"), path)
            self.assertEqual(json.loads(self.read("out")), data)
        bench = json.loads((TOP / "Documentation/results/bench.json").read_text())
        text = (TOP / "Documentation/results/bench.json").read_text()
        self.assertEqual(text.count('\n  {"platform"'), len(bench["records"] + bench["skips"]))

    def test_soak_is_of_its_results(self):
        results = TOP / "Documentation/results"
        page = self.call("lib/soak-report", "--markdown", results / "soak.json", status=0).stdout
        self.assertEqual(page, (results / "soak.md").read_text(encoding="utf-8"))
        total = json.loads((results / "soak.json").read_text(encoding="utf-8"))["total"]
        self.assertRegex(page, rf"\| all +\|.* {total['latched']:,} \|.* {total['lost']:,} \|")

    def test_take_kunit(self):
        def case(name, status):
            return {"name": name, "status": status}
        self.file("build/kunit/uml/run", "2 0 1")
        self.file("build/kunit/uml/results.json", {"name": "", "test_cases": [], "sub_groups": [
            {"name": "s", "test_cases": [case("a", "PASS"), case("b", "SKIP")], "sub_groups": [
                {"name": "p", "test_cases": [case("c", "PASS"), case("d", "FAIL"), case("e", "ERROR")]}]}]})
        for repeat, repeated in ("", {}), ("50 1 1.0 2.0 3.0 1 0\n", {"uml": {"runs": 50, "failures": 1}}):
            if repeat:
                self.file("build/kunit/uml/repeat", repeat)
            self.call("lib/summary", "--json", self.dir / "kunit.json", "kunit", self.dir / "build", status=0)
            self.assertEqual(json.loads(self.read("kunit.json")), {
                "platforms": 1, "passed": 2, "failed": 2, "skipped": 1, "repeated": repeated, "provenance": {},
                "by_platform": {"uml": {"passed": 2, "failed": 2, "skipped": 1}}})


class Readme(Case):
    def setUp(self):
        super().setUp()
        self.text = (TOP / "README.md").read_text(encoding="utf-8")
        self.words = " ".join(self.text.split())

    def test_example_is_that_of_the_series(self):
        """README shows the example of the document of the series, unchanged."""
        document, removed = [], ""
        for patch in sorted((TOP / "patches").glob("*/[0-9]*.patch")):
            for diff in re.split(r"^diff --git a/", patch.read_text(encoding="utf-8"), flags=re.M)[1:]:
                if diff.startswith("Documentation/dev-tools/kunit/drivers.rst "):
                    document = document or [diff]
                    removed += "".join(re.findall(r"^-\t(.*\n)", diff, re.M))
        self.assertTrue(document, "no patch has the document")
        added = [line[1:] for line in document[0].splitlines() if re.match(r"\+(?!\+\+ )", line)]
        block = re.search(r"^\.\. code-block:: c\n((?:\n|\t.*\n)+)", "\n".join(added), re.M)
        example = re.sub(r"(?m)^\t", "", block[1]).strip("\n")
        for line in removed.splitlines():
            self.assertNotIn(line, example.splitlines(), "a later patch changes the example: compare with the tree")
        self.assertEqual(re.findall(r"^```c\n(.*?)\n```$", self.text, re.M | re.S), [example])

    def test_first_irq_test(self):
        """irq-sim.rst has the example of kunit/irq.h, as a complete test, and the size of the table."""
        page = (TOP / "kunit/src/Documentation/core-api/irq/irq-sim.rst").read_text(encoding="utf-8")
        header = (TOP / "kunit/src/include/kunit/irq.h").read_text(encoding="utf-8")
        example = re.search(r"^ \* \.\. code-block:: c\n((?: \*(?:\t.*)?\n)+)", header, re.M)
        self.assertIn(re.sub(r"(?m)^ \*", "", example[1]).strip("\n"), page)
        table = (TOP / "Documentation/table.md").read_text(encoding="utf-8")
        all_, _, _, states, cells = re.search(r"^\| all \|" + r" ([\d,]+) \|" * 5, table, re.M).groups()
        words = " ".join(page.split())
        self.assertIn(f"Of the {all_} combinations, {states} are states", words)
        self.assertIn(f"they make {cells} cells.", words)

    def test_abi(self):
        """The ABI file and the guide of the front end have the attributes of the code, and no others."""
        text = "".join(path.read_text(encoding="utf-8") for path in sorted((TOP / "patches/front").glob("*.patch")))
        code = set(re.findall(r"^\+CONFIGFS_ATTR(?:_RO|_WO)?\(irq_sim_cfs_\w+?_, (\w+)\);", text, re.M))
        abi = set(re.findall(r"^\+What:\s+/sys/kernel/config/irq-sim/.*/(\w+)$", text, re.M)) - {"device"}
        guide = set(re.findall(r"^\+``(\w+)``  ", text, re.M))
        self.assertGreater(len(code), 10)
        self.assertEqual(abi, code)
        self.assertEqual(guide, code)

    def test_driver_bugs(self):
        """README counts the bugs of drivers which were put back as the document has them: those with a commit."""
        text = (TOP / "Documentation/driver-bugs.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| .*\b[0-9a-f]{12}\b", text, re.M)
        self.assertIn(f"[{len(rows)} of drivers](Documentation/driver-bugs.md)", self.text)

    def test_defects(self):
        """README counts the defects of the document as its tables have them."""
        text = (TOP / "Documentation/series.md").read_text(encoding="utf-8")
        counts, unfixed = {}, 0
        for section in re.split(r"^## ", text, flags=re.M)[1:]:
            match = re.match(r"Defects of (?:the )?(\w+)", section)
            if match:
                rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
                counts[match[1]] = len(rows)
                unfixed += sum(bool(re.match(r"none( yet)?[:;]", row.split(" | ")[1])) for row in rows)
        self.assertIn(f"found [{counts['genirq']} defects of genirq and softirqs, {counts['simulator']} of the simulator "
                      f"and {counts['drivers']} of drivers](Documentation/series.md)", self.words)
        self.assertIn(f"fixes {sum(counts.values()) - unfixed} of these {sum(counts.values())}.", self.words)

    def test_postings(self):
        """README counts the patches and postings that there are."""
        names = re.findall(r"^[^\s#]+", (TOP / "patches/postings").read_text(encoding="utf-8"), re.M)
        count = sum(len(list((TOP / "patches" / name).glob("*.patch"))) for name in names)
        self.assertIn(f"{count} patches in [{len(names)} postings](patches/postings)", self.words)
        # And whether any has been sent, as the table of the document has them, each once.
        text = (TOP / "Documentation/series.md").read_text(encoding="utf-8").split("| sent |\n|---|---|---|---|\n")[1]
        rows = [row.strip("|").split(" | ") for row in text.split("\n\n")[0].splitlines()]
        self.assertEqual(sorted(name for row in rows for name in row[0].strip().split(", ")), sorted(names))
        self.assertEqual(all(row[-1].strip() == "no" for row in rows),
                         "none of the postings has been sent" in self.words)


class Parser(html.parser.HTMLParser):
    """The text of a page; checks that its tags match."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.loads = [], "", []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.loads += [value for key, value in attrs if key in ("src", "href") and
                       not value.startswith(("#", "data:"))]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text += data


class Report(Case):
    def report(self):
        # In a locale whose encoding is ASCII
        self.call("report", "--build", self.dir / "build", "--results", self.dir / "results",
                  "--out", self.dir / "out.html", status=0, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
        self.page = (self.dir / "out.html").read_text(encoding="utf-8")
        page = Parser()
        page.feed(self.page)
        self.assertEqual((page.open, page.loads), ([], []))
        return page.text

    def test_nothing(self):
        text = self.report()
        for command in ("scripts/test", "scripts/kunit", "scripts/coverage", "scripts/mutants", "scripts/bench"):
            self.assertIn(f"absent: run {command}", text)
        self.assertNotIn("<em>", self.page, "nothing is green")

    def test_all(self):
        self.file("build/test/lint.counts", "5 2 1\n")
        self.file("build/test/lint.log", "")
        # Two stages which died
        self.file("build/test/broken.counts", "")
        self.file("build/test/broken.log", "")
        self.file("build/test/series.log", "")
        self.file("build/kunit/uml/results.json", {"name": "", "sub_groups": [
            {"name": "irq_sim <b>", "test_cases": [{"name": "a", "status": "FAIL"}]}]})
        self.file("build/kunit/uml/run", "1 0 5")
        gap = {"file": "a.c", "line": 7, "function": "f", "what": "line a || b;", "reason": None}
        self.file("results/coverage.json", {
            "total": {"lines": 10, "reached": 9, "branches": 4, "taken": 1}, "with_reason": {"lines": 0, "branches": 0},
            "files": {"a.c": {"lines": 10, "reached": 9, "branches": 4, "taken": 1, "absent": None}},
            "not_reached": [gap]})
        bug = {"file": "a.c", "function": "f", "platform": "uml-smp", "operator": "", "by": "a test", "reason": None}
        self.file("results/mutants.json", {"not_run": ["x"], "results": [
            bug | {"name": "m1", "bug": "lost", "verdict": "killed"},
            bug | {"name": "m2", "bug": "slow & <late> → 3 µs", "verdict": "survived", "reason": "time"}]})
        self.file("build/bench/results.json", {"records": [
            {"platform": "icount", "workload": "fire_task", "delivery": "tasklet", "lines": 64, "pending": 0,
             "min": 1683.0, "median": 1683.0, "max": 1683.0, "unit": "instructions"}]})
        self.file("results/alone.md", "# Each posting alone\n\n| posting | tests |\n|---|---|\n| chip | 7 |\n")
        text = self.report()
        for part in ("2 failed", "The last test run3 not as they should be", "irq_sim <b>", "0, 1 FAILED", "90.0 %",
                     "line a || b;", "no reason given", "50.0 % killed", "slow & <late>", "1 are not in these figures",
                     "1683", "Each posting alone", "chip"):
            self.assertIn(part, text)
        self.assertNotIn("<em>", self.page, "nothing is green")

    def test_series(self):
        """Green is what has passed on the series as it is."""
        results = {"not_run": [], "results": []}
        now = self.provenance("series()")
        on = {"date": "2026-11-30", "kernel": "7.3.4", "compiler": "gcc 12.2.0"}
        for series, green, says in ((now, 1, "current"), (now.replace("chip=", "chip=0"), 0, "stale (in chip)"),
                                    ("none=1", 0, "postings)")):
            self.file("results/mutants.json", results | {"provenance": on | {"series": series}})
            self.assertIn(says, self.report())
            self.assertEqual(self.page.count("<td><em>ok</em></td>"), green, series)

        self.file("build/test/lint.counts", "5 0 0\n")
        for when, green in ((None, 1), ((1, 1), 0)):
            os.utime(self.file("build/test/lint.log", ""), when)
            self.report()
            self.assertEqual(self.page.count("<td><em>ok</em></td>"), green, "older than the patches")

    def test_newest(self):
        """A run which is newer than the stored one counts, unless it has fewer results."""
        bug = {"file": "a.c", "function": "f", "platform": "uml-smp", "operator": "", "by": "", "bug": "",
               "verdict": "killed"}
        for name, count, date in (("results", 2, "2026-11-29"), ("build/mutants", 2, "2026-11-30"),
                                  ("build/mutants", 1, "2026-11-30"), ("build/mutants", 2, "2026-11-28")):
            self.file("build/mutants/results.json" if "/" in name else "results/mutants.json", {
                "not_run": [], "results": [bug | {"name": f"{name}{date}"}] * count, "provenance": {
                    "date": date, "kernel": "7.3.4", "compiler": "gcc", "series": "a=1"}})
            used = f"{name}{date}" if "/" not in name or (count, date) == (2, "2026-11-30") else "results2026-11-29"
            self.assertIn(used, self.report())


TRACE = """# tracer: nop
 kunit_try_catch-40 [001] d..1. 1.000001: irq_sim_fire: chip=x hwirq=9 irq=9 context=task latched
          kunit-39 [001] ..... 1.000100: console: KTAP version 1
          kunit-39 [001] ..... 1.000100: console:         # Subtest: chip_fifo
 kunit_try_catch-40 [001] d..1. 1.000200: irq_sim_fire: chip=x hwirq=1 irq=21 context=task latched
          kunit-39 [001] ..... 1.000300: console:         ok 1 hardirq
 kunit_try_catch-41 [001] d..1. 1.000400: irq_sim_fire: chip=x hwirq=3 irq=23 context=task latched
 kunit_try_catch-41 [001] d..1. 1.000401: irq_sim_fire: chip=x hwirq=3 irq=23 context=task merged
 kunit_try_catch-41 [001] ..s1. 1.000402: softirq_entry: vec=10 [action=IRQ_SIM]
 kunit_try_catch-41 [001] d.s1. 1.000405: irq_sim_deliver: chip=x hwirq=3 irq=23 context=softirq
 kunit_try_catch-41 [001] ..s1. 1.000406: softirq_exit: vec=10 [action=IRQ_SIM]
 kunit_try_catch-41 [001] ..s1. 1.000407: softirq_entry: vec=1 [action=TIMER]
          <idle>-0  [001] d..2. 1.000408: sched_switch: prev_comm=x prev_pid=0 ==> next_comm=irq/23-t next_pid=9
          kunit-39 [001] ..... 1.000500: console:         ok 2 tasklet
"""


class Experiments(Case):
    def guest(self, trace, **env):
        done = self.call("/bin/sh", SCRIPTS / "guest/experiments.sh", TRACE=self.file("trace", trace), **env)
        return re.sub(r"^exp: ", "", done.stdout, flags=re.M)

    def test_trace(self):
        """Only the events of the case with the traced parameter."""
        rows = [re.sub(r"  +", "  ", row.strip()) for row in self.guest(TRACE, EXPERIMENT="order").splitlines()]
        self.assertEqual(rows, [
            "0 us  kunit_try_catch  task  line 3 fires: latched",
            "1 us  kunit_try_catch  task  line 3 fires: merged",
            "2 us  kunit_try_catch  softirq  softirq IRQ_SIM begins",
            "5 us  kunit_try_catch  softirq  line 3 is delivered",
            "6 us  kunit_try_catch  softirq  softirq IRQ_SIM ends",
            "8 us  irq/23-t  task  the thread gets the CPU",
            "KUnit: ok 2 tasklet", "end"])

    def test_first(self):
        """Events before the case do not belong to it."""
        rows = self.guest(TRACE.replace("1 hardirq", "1 tasklet").replace("2 tasklet", "2 bh"),
                          EXPERIMENT="order").splitlines()
        self.assertEqual([re.sub("^.*task  *", "", row) for row in rows],
                         ["line 1 fires: latched", "KUnit: ok 1 tasklet", "end"])

    def test_long(self):
        rows = self.guest(TRACE, EXPERIMENT="order", ROWS="2").splitlines()
        self.assertEqual((len(rows), rows[2].strip(), rows[3]), (5, "... and 4 more", "KUnit: ok 2 tasklet"))

    def test_failure_is_shown(self):
        self.assertIn("KUnit: not ok 2 tasklet",
                      self.guest(TRACE.replace("ok 2", "not ok 2"), EXPERIMENT="order"))

    def test_without_the_driver(self):
        """Nothing to write to, a line that is not as it should be, and what a driver would print."""
        sample = self.dir / "sample"
        for experiment in "life", "worker", "handoff", "bottom", "sleep":
            text = self.guest("", EXPERIMENT=experiment, DIR=str(sample), OUT=str(self.dir / "out"))
            self.assertIn("FAILED: the command should have succeeded", text)
            self.assertNotIn("\nend\n", text)
        for life, ends in (("tasklet softirq 0 sh 9\n", False), ("worker worker 0 kworker/0:1 9\n", True)):
            self.file("sample/life", life)
            text = self.guest("", EXPERIMENT="life", DIR=str(sample), OUT=str(self.dir / "out"))
            self.assertEqual((text.endswith("\nend\n"), 'FAILED: no line matches "worker"' in text), (ends, not ends))

    def test_list(self):
        done = self.call("demo", "--list", status=0)
        names = re.findall(r"^ *\d+  (\S+)", done.stdout, re.M)
        self.assertEqual(len(names), 14)
        guest = (SCRIPTS / "guest/experiments.sh").read_text()
        page = (TOP / "Documentation/experiments.md").read_text()
        for name in names:
            self.assertRegex(guest, rf"(?m)^[a-z |]*\b{name}\b[a-z |]*\)$")
            self.assertIn(f"scripts/demo --experiment {name}\n", page)
        self.assertIn("--list", self.call("demo", "--experiment", "none", status=125).stderr)
