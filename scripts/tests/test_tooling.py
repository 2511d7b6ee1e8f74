# SPDX-License-Identifier: GPL-2.0
"""Test tree, series and test on small fake kernels, on bad input above all."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree

import case
from case import SCRIPTS

KERNEL = {
    "Makefile": "# SPDX\nVERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\nEXTRAVERSION =\nNAME = Fake\n",
    "Kbuild": "obj-y += kernel/\n",
    "MAINTAINERS": "IRQ SUBSYSTEM\nM:\tSomebody\nF:\tkernel/irq/\n\n"
                   "THE REST\nF:\t*\nF:\t*/\n",
    ".gitignore": "*.o\n\n#\n# Debian packaging: ignore everything at the top level, since it isn't\n"
                  "# included in our repository\n#\n/*\n!/debian/\n",
    "kernel/irq/irq_sim.c": "int line;\n\nint fire(void)\n{\n\treturn 1;\n}\n",
    "kernel/irq/Makefile": "obj-y += irq_sim.o\n",
}
ROLE = "irq_sim developers <irq-sim@example.org>"
PATCH = """From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: irq_sim developers <irq-sim@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: [PATCH] genirq/irq_sim: Return the latch

Return two.
---
 kernel/irq/irq_sim.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/kernel/irq/irq_sim.c b/kernel/irq/irq_sim.c
--- a/kernel/irq/irq_sim.c
+++ b/kernel/irq/irq_sim.c
@@ -2,5 +2,5 @@ int line;
 
 int fire(void)
 {
-\treturn 1;
+\treturn 2;
 }
"""


class Builds(case.Case):
    def test_what_a_build_may_not_say(self):
        for line, said in (("../linux/kernel/a.c:3:6: warning: no prototype", True),
                           ("kernel/irq/b.c:1:2: error: what is this", True),
                           ("../linux/include/linux/c.h:7:1: warning: unused", True),
                           ("../linux/kernel/other.c:3:6: warning: old", False),
                           ("  CC      kernel/a.o", False)):
            done = self.bash(f'. "{SCRIPTS}/lib/checklib.sh"; complains "$@"',
                             self.file("log", f"  CC      kernel/irq/b.o\n{line}\n"), "kernel/a.o", "kernel/irq/b.o",
                             status=None)
            self.assertEqual((done.returncode == 0, line in done.stdout), (said, said), line)


class Case(case.Case):
    """A checkout of its own, with a cache of its own that has a fake package."""

    def setUp(self):
        super().setUp()
        self.top = self.dir / "checkout"
        self.scripts = self.top / "scripts"
        self.cache = self.dir / "cache" / "irq_sim"
        shutil.copytree(SCRIPTS, self.scripts, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("kunit", "configs", "patches"):
            (self.top / name).mkdir()
        shutil.copy(SCRIPTS.parent / "configs/targets", self.top / "configs")
        self.file("checkout/configs/known-red", "")
        self.file("checkout/patches/cover-letter.txt", "cover\n")
        self.bin = self.dir / "bin"
        # There is no network: whoever asks for it is found out.
        for name in ("apt-get", "apt-cache", "sudo"):
            self.tool(name, f'echo "{name} $*" >>"{self.dir}/network"; exit 100')
        self.env = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": str(self.dir),
            "XDG_CACHE_HOME": str(self.dir / "cache"),
            "TMPDIR": str(self.dir),
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def tool(self, name, body):
        self.program(f"bin/{name}", body)

    def kernel(self, name, files, change=lambda name, text: text):
        """The files of a fake kernel."""
        for path, text in files.items():
            self.file(f"{name}/{path}", change(path, text))
        return self.dir / name

    def package(self, release="7.3", sublevel=4, **changes):
        """A Debian package with a kernel's source in the cache."""
        build = self.dir / f"deb-{release}"
        version, patchlevel = release.split(".")
        tree = self.kernel(f"deb-{release}/linux-source-{release}", KERNEL, lambda name, text: (
            changes.get(pathlib.Path(name).name.replace(".", "_"), text)
            .replace("\nVERSION = 7", f"\nVERSION = {version}").replace("LEVEL = 3", f"LEVEL = {patchlevel}")
            .replace("SUBLEVEL = 4", f"SUBLEVEL = {sublevel}")))
        (build / "root/usr/src").mkdir(parents=True)
        self.file(build / "root/DEBIAN/control",
                  f"Package: linux-source-{release}\nVersion: {release}.{sublevel}-1\n"
                  "Architecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: fake\n")
        subprocess.run(["tar", "-C", build, "-cJf",
                        build / f"root/usr/src/linux-source-{release}.tar.xz", tree.name], check=True)
        archive = self.cache / ("apt-trixie" if release == "6.12" else "apt") / "archives"
        archive.mkdir(parents=True, exist_ok=True)
        deb = archive / f"linux-source-{release}_{release}.{sublevel}-1_all.deb"
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", build / "root", deb],
                       check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(build)
        return deb

    def call(self, *command, status=0, **more):
        return super().call(*command, status=status, **more)

    def fails(self, name, *args, says, **env):
        """It fails with one line of error that has all of SAYS."""
        done = self.call(name, *args, status=125, **env)
        errors = [line for line in done.stderr.splitlines()
                  if not re.match(r"\[ *\d+:\d+\] ", line)]
        self.assertEqual(len(errors), 1, done.stderr)
        for text in says:
            self.assertIn(text, errors[0])
        return errors[0]

    def tools(self):
        """No package is missing."""
        packages = self.top / "scripts/lib/packages"
        packages.write_text(re.sub(r"^([^#\s]\S*).*", r"\1 - - bash", packages.read_text(), flags=re.M))

    def ready(self):
        """A package, and a patch for it."""
        self.package()
        self.patch()

    def source(self, tree):
        return (tree / "kernel/irq/irq_sim.c").read_text()

    def head(self, tree):
        return self.git(tree, "rev-parse", "HEAD")

    def tree(self, *args, **env):
        return pathlib.Path(self.call("tree", *args, **env).stdout.splitlines()[-1])

    def git(self, where, *args):
        return subprocess.run(
            ["git", "-C", where, "-c", "user.name=Somebody", "-c", "user.email=some@body.example",
             *args], env=self.env, capture_output=True, text=True, check=True).stdout.strip()

    def change(self, where, path, text, message):
        """Commit a file."""
        self.file(where / path, text)
        self.git(where, "commit", "-qam", message)

    def patch(self, name="0001-genirq-irq_sim-Return-the-latch.patch", text=PATCH, posting="sim"):
        """A patch of a posting, which is listed last unless it is listed already."""
        self.file(f"checkout/patches/{posting}/{name}", text)
        if not re.search(rf"^{posting} ", self.table(), re.M):
            self.table(f"{self.table()}{posting}  What it does\n")

    def table(self, text=None):
        path = self.top / "patches/postings"
        if text is not None:
            path.write_text(text)
        return path.read_text() if path.exists() else "# Comment\n\n"

    def wait_for(self, path):
        """Until it has contents."""
        for _ in range(200):
            if path.exists() and path.stat().st_size:
                break
            time.sleep(0.05)

    def no_network(self):
        self.assertFalse((self.dir / "network").exists(), "asked for the network")

    def tearDown(self):
        """Nothing is left of what they work in."""
        tmp = self.top / "build/.tmp"
        self.assertEqual(list(tmp.iterdir()) if tmp.exists() else [], [])
        self.assertEqual(list(self.cache.glob(".tmp-base.*")), [])


class Tree(Case):
    def test_offline(self):
        self.ready()
        tree = self.tree()
        self.assertEqual(tree, self.top / "build/linux")
        self.assertIn("return 2;", self.source(tree))
        self.assertEqual(self.git(tree, "branch", "--show-current"), "series")
        self.assertEqual(self.git(tree, "status", "--porcelain"), "")
        head = self.head(tree)
        self.assertEqual(self.tree(), tree)
        self.assertEqual(self.head(tree), head)
        # Without the package, and even without the cache.
        shutil.rmtree(self.cache)
        self.assertEqual(self.tree(), tree)
        self.assertEqual(self.tree("--path"), tree)
        # Debian's .gitignore would hide new files.
        (tree / "new.c").write_text("int x;\n")
        self.assertIn("new.c", self.git(tree, "status", "--porcelain"))
        self.no_network()

    def test_interrupted_import(self):
        self.ready()
        self.tool("xz", f'echo >"{self.dir}/started"; sleep 60')
        with subprocess.Popen([self.top / "scripts/tree"], env=self.env, start_new_session=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            self.wait_for(self.dir / "started")
            os.killpg(run.pid, signal.SIGKILL)
        self.assertFalse((self.cache / "linux-7.3.git").exists())
        (self.bin / "xz").unlink()
        self.tree()

    def test_interrupted_creation(self):
        self.package()
        for name in ("tree.abcdef/Makefile", "apply.abcdef.log"):
            self.file(f"checkout/build/.tmp/{name}", "half\n")
        self.tree()

    def test_interrupted_update(self):
        self.ready()
        tree = self.tree()
        state = tree / ".git/irq_sim"
        state.write_text(state.read_text() + "pending=1\n")
        (tree / ".git/index.lock").write_text("")
        (tree / "Kbuild").write_text("half\n")
        self.assertEqual(self.tree(), tree)
        self.assertEqual(self.git(tree, "status", "--porcelain"), "")
        self.assertNotIn("pending", state.read_text())
        branch = self.git(tree, "branch", "--list", "backup-*").strip("* ")
        self.assertEqual(self.git(tree, "show", f"{branch}:Kbuild"), "half")

    def test_truncated_package(self):
        deb = self.package()
        deb.write_bytes(deb.read_bytes()[:-400])
        self.call("tree", status=125, says="cannot unpack")
        self.assertFalse((self.cache / "linux-7.3.git").exists())

    def test_does_not_apply(self):
        self.package()
        self.patch("0002-second.patch", PATCH.replace("-\treturn 1;", "-\treturn 7;"))
        self.patch()
        self.fails("tree", says=["sim/0002-second.patch", "kernel/irq/irq_sim.c", "7.3.4"])
        self.assertFalse((self.top / "build/linux").exists())
        # A tree that is there stays as it was.
        (self.top / "patches/sim/0002-second.patch").unlink()
        head = self.head(self.tree())
        self.patch("0002-new.patch", PATCH.replace("irq_sim.c", "missing.c"))
        self.fails("tree", says=["0002-new.patch", "kernel/irq/missing.c", "as it was"])
        self.assertEqual(self.head(self.top / "build/linux"), head)

    def test_postings(self):
        """In the order of the table, each with a branch at its end."""
        self.package()
        after = PATCH.replace("return 2", "return 3").replace("return 1", "return 2")
        self.patch(posting="zebra")
        self.patch("0001-more.patch", after, posting="ape")
        self.patch("0002-most.patch", after.replace("return 3", "return 4").replace("return 2", "return 3"),
                   posting="ape")
        tree = self.tree()
        self.assertIn("return 4;", self.source(tree))
        commits = self.git(tree, "rev-list", "--reverse", "base..series").split()
        self.assertEqual(self.git(tree, "rev-parse", "posting/zebra", "posting/ape").split(), commits[::2])
        self.assertRegex(self.call("tree", "--list").stdout, r"posting   zebra +1 .*\nposting   ape +2 ")
        # A branch that is elsewhere is work, and stays until it is dropped.
        self.git(tree, "branch", "-f", "posting/zebra", commits[1])
        self.call("tree", says="postings that end elsewhere")
        self.assertEqual(self.git(tree, "rev-parse", "posting/zebra"), commits[1])
        self.tree("--reset")
        self.assertEqual(self.git(tree, "rev-parse", "posting/zebra"), commits[0])
        # Another order is another series.
        self.table("ape  x\nzebra  y\n")
        self.fails("tree", says=["ape/0001-more.patch does not apply", "as it was"])
        # A posting that goes takes its branch with it.
        shutil.rmtree(self.top / "patches/ape")
        self.table("zebra\tx # y\n")
        self.tree()
        self.assertEqual(self.git(tree, "for-each-ref", "--format=%(refname)", "refs/heads/posting"),
                         "refs/heads/posting/zebra")

    def test_table(self):
        self.ready()
        self.patch("0001-below.patch", posting="6.12")
        self.table("sim  One\n")
        self.tree()
        for table, says in (("sim  One\nnone  Nothing\n", ['lists "none"', "patches/none", "remove the line"]),
                            ("sim  One\nsim  Two\n", ['"sim"', "twice"]),
                            ("../sim  One\n", ['"../sim" is not a name'])):
            self.table(table)
            self.fails("tree", says=says)
        self.table("sim  One\n")
        self.file("checkout/patches/other/0001-x.patch", PATCH)
        self.fails("tree", says=["patches/other has patches", "does not list it"])
        (self.top / "patches/other/0001-x.patch").rename(self.top / "patches/0001-x.patch")
        self.fails("tree", says=["patches has patches"])

    def test_update(self):
        self.ready()
        tree = self.tree()
        stamp = (tree / "Kbuild").stat().st_mtime_ns
        self.patch(text=PATCH.replace("return 2", "return 3"))
        self.tree()
        self.assertIn("return 3;", self.source(tree))
        self.assertEqual((tree / "Kbuild").stat().st_mtime_ns, stamp)

    def test_work_is_safe(self):
        self.ready()
        tree = self.tree()
        self.change(tree, "Kbuild", "mine\n", "Mine")
        mine = self.head(tree)
        (tree / "new.c").write_text("new\n")
        self.call("tree", says="1 commit(s) that are not in patches/ and 1 changed file(s)")
        self.patch(text=PATCH.replace("return 2", "return 3"))
        self.fails("tree", says=["1 commit(s)", "patches/ changed", "scripts/series export", "--reset"])
        self.assertEqual(self.head(tree), mine)
        self.assertEqual((tree / "new.c").read_text(), "new\n")
        self.tree("--reset")
        self.assertEqual(self.git(tree, "status", "--porcelain"), "")
        self.assertIn("return 3;", self.source(tree))
        branch = self.git(tree, "branch", "--list", "backup-*").strip()
        self.assertEqual(self.git(tree, "rev-parse", f"{branch}~1"), mine)
        self.assertEqual(self.git(tree, "show", f"{branch}:new.c"), "new")

    def test_reset_during_rebase(self):
        self.package()
        tree = self.tree()
        (tree / ".git/rebase-merge").mkdir()
        (tree / "Kbuild").write_text("mine\n")
        self.fails("tree", "--reset", says=["under way", "finish or abort"])
        self.assertEqual((tree / "Kbuild").read_text(), "mine\n")

    def test_new_source(self):
        self.ready()
        tree = self.tree()
        shutil.rmtree(self.cache / "linux-7.3.git")
        self.package(sublevel=5)
        self.tree("--on", "7.3")  # the cache alone is enough to use the tree
        self.assertIn("SUBLEVEL = 4", (tree / "Makefile").read_text())
        shutil.rmtree(self.top / "build")
        self.tree()
        self.assertIn("SUBLEVEL = 5", (tree / "Makefile").read_text())

    def test_other_release(self):
        self.package("7.2", 12)
        tree = self.tree("--on", "7.2")
        self.assertEqual(tree, self.top / "build/linux-7.2")

    def test_two_at_once(self):
        self.ready()
        runs = [subprocess.Popen([self.top / "scripts/tree"], env=self.env, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                for _ in range(3)]
        for run in runs:
            out = run.communicate(timeout=60)[0]
            self.assertEqual((run.returncode, out), (0, f"{self.top}/build/linux\n"))

    def archive(self, *releases):
        """An apt whose archive has these packages."""
        store = self.dir / "store"
        store.mkdir()
        for release in releases:
            changes = {"irq_sim_c": "other\n"} if release == "7.4" else {}
            self.package(release, **changes).rename(store / f"linux-source-{release}_1_all.deb")
        self.tool("apt-get", f"""
case " $* " in
*indextargets*) echo "http://mirror.example/debian|Debian|Debian|main|Packages" ;;
*--print-uris*) ;;
*" download "*) cp "{store}/${{!#}}"_* . ;;
*" update "*) ;;
*) exit 100 ;;
esac""")
        self.tool("apt-cache", f"cd {store} && ls | sed 's/_.*//'")

    def test_download(self):
        self.archive("7.3", "7.2")
        self.assertEqual(self.tree(), self.top / "build/linux")
        sources = (self.cache / "apt/sources.list").read_text()
        self.assertRegex(sources, r"^deb \[signed-by=\S+\] http://mirror.example/debian \S+ main\n$")
        self.assertEqual(self.tree("--on", "newest"), self.top / "build/linux")

    def test_source_package(self):
        """Fetched once, with Debian's patches, one of which may not apply."""
        code = f'. "{self.top}/scripts/lib/gitlib.sh"; fetch_source trixie x || die "$WHY"; cat "$SOURCE/a" "$SOURCE.version"'
        self.archive()
        self.file("store/x-1/a", "one\n")
        self.file("store/debian/patches/series", "# none\np\n")
        archives = self.cache / "apt-x-source/archives"
        for old, status in (("other", 125), ("one", 0)):
            self.file("store/debian/patches/p", f"--- a/a\n+++ b/a\n@@ -1 +1 @@\n-{old}\n+two\n")
            self.tool("apt-get", f"""
case " $* " in
*indextargets*) echo "http://mirror.example/debian|Debian|Debian|main|Packages" ;;
*" --tar-only x "*) tar -C "{self.dir}/store" -cJf x_1.orig.tar.xz x-1 ;;
*" --diff-only x "*) tar -C "{self.dir}/store" -cJf x_1-2.debian.tar.xz debian ;;
*--print-uris* | *" update "*) ;;
*) exit 100 ;;
esac""")
            done = self.bash(code, status=status)
            self.assertTrue(archives.is_dir())
            if status:
                self.assertIn("p of Debian does not apply to the source of x", done.stderr)
        self.assertEqual(done.stdout, "two\n1-2\n")
        self.assertRegex((archives.parent / "sources.list").read_text(), "^deb-src .* trixie main\n$")
        self.tool("apt-get", "exit 100")
        self.assertEqual(self.bash(code).stdout, "two\n1-2\n")

    def test_release_is_gone(self):
        """The nearest release to which the series applies, and not 7.4."""
        self.archive("7.2", "7.4", "7.5")
        self.patch()
        self.call("tree", says="is not in")
        self.assertIn("PATCHLEVEL = 2", (self.top / "build/linux/Makefile").read_text())
        self.fails("tree", "--on", "7.6", says=["linux-source-7.6 is not in"])

    def test_refused(self):
        self.fails("tree", says=["KERNEL=DIR"])  # no network
        self.package()
        self.patch("0001-junk.patch", "junk\n")
        self.fails("tree", says=["0001-junk.patch"])
        self.tool("df", "printf 'x\\nx 1 1 5 x /\\n'")
        self.fails("tree", says=["MiB free", "free some space"])
        (self.top / "build/linux").mkdir(parents=True)
        self.fails("tree", says=["was not made by scripts/tree", "move it away"])

    def test_tree_of_others(self):
        """In a fresh clone, they make the tree; IRQ_SIM_TREE is another one."""
        self.ready()
        for name, option in (("litmus", "--source-only"), ("model", "--list")):
            shutil.rmtree(self.top / "build", ignore_errors=True)
            self.call(name, option, status=125, says=f"'{self.top}/build/linux")
            self.fails(name, option, IRQ_SIM_TREE="/other", says=["'/other"])

    def test_arguments(self):
        self.fails("tree", "--on", says=["--on"])
        self.fails("tree", "--on", "banana", says=["banana", "--on 7.2"])
        self.fails("tree", "--bogus", says=["--bogus", "--help"])
        self.fails("tree", "--path", says=["is not there", "run scripts/tree"])
        self.fails("tree", "--on", "7.2", KERNEL="/", says=["do not go together"])


class Own(Case):
    """KERNEL=DIR"""

    def setUp(self):
        super().setUp()
        self.own = self.kernel("own", KERNEL)
        self.git(self.dir, "init", "-q", "-b", "topic", self.own)
        self.git(self.own, "add", "-f", ".")
        self.git(self.own, "commit", "-qm", "Linux")
        self.env["KERNEL"] = str(self.own)

    def snapshot(self):
        return [self.git(self.own, *command) for command in
                (["rev-parse", "HEAD"], ["status", "--porcelain", "--branch"],
                 ["for-each-ref"], ["config", "--list", "--local"], ["diff", "HEAD"])]

    def test_apply(self):
        self.patch()
        before = self.snapshot()
        tree = self.tree()
        self.assertEqual(tree, self.top / "build/linux-own")
        self.assertIn("return 2;", self.source(tree))
        self.assertIn("return 1;", (self.own / "kernel/irq/irq_sim.c").read_text())
        self.tree()
        # Their branch moves on, and so do the patches.
        self.patch(text=PATCH.replace("return 2", "return 3"))
        self.tree()
        self.assertIn("return 3;", self.source(tree))
        self.assertEqual(self.snapshot(), before)
        self.change(self.own, "Kbuild", "theirs\n", "Theirs")
        self.tree()
        self.assertEqual((tree / "Kbuild").read_text(), "theirs\n")
        # Where the postings end is known in the worktree, and nowhere else.
        self.assertEqual(self.git(tree, "rev-parse", "refs/worktree/posting/sim", "HEAD~0").split(),
                         [self.head(tree)] * 2)
        self.call("series", "export", "--tree", str(tree))
        self.assertNotIn("note:", self.call("tree").stderr)
        # A worktree that was simply removed is made again.
        shutil.rmtree(self.top / "build")
        self.tree()
        self.no_network()

    def test_shallow(self):
        self.change(self.own, "Kbuild", "second\n", "Second")
        shallow = self.dir / "shallow"
        self.git(self.dir, "clone", "-q", "--depth=1", f"file://{self.own}", shallow)
        self.patch()
        tree = self.tree(KERNEL=str(shallow))
        self.assertIn("return 2;", self.source(tree))

    def test_linked_worktree(self):
        linked = self.dir / "linked"
        self.git(self.own, "worktree", "add", "-q", linked)
        self.patch()
        self.tree(KERNEL=str(linked))

    def test_another_repository(self):
        self.tree()
        other = self.dir / "other"
        self.git(self.dir, "clone", "-q", self.own, other)
        self.patch()
        tree = self.tree(KERNEL=str(other))
        self.assertIn("other/.git", (tree / ".git").read_text())
        (tree / "Kbuild").write_text("mine\n")
        self.fails("tree", says=["belongs to another repository"])
        self.assertEqual((tree / "Kbuild").read_text(), "mine\n")

    def test_bad_directories(self):
        for path, why in ((self.dir / "none", "not a directory"), (self.dir, "not a kernel tree"),
                          (self.own / "kernel", "not a kernel tree")):
            self.fails("tree", KERNEL=str(path), says=[why])
        shutil.rmtree(self.own / ".git")
        self.fails("tree", says=["not a git repository"])
        self.git(self.own, "init", "-q")
        self.fails("tree", says=["no commit yet"])

    def test_wrong_version(self):
        self.patch()
        makefile = self.own / "Makefile"
        makefile.write_text(makefile.read_text().replace("VERSION = 7", "VERSION = 6"))
        self.git(self.own, "commit", "-qam", "Old")
        self.fails("tree", says=["Linux 6.3.4", "7.2"])
        makefile.write_text("all:\n")
        self.git(self.own, "commit", "-qam", "None")
        self.fails("tree", says=["unknown version"])

    def test_dirty(self):
        """What is changed and not committed is taken as it is, and stays as it is."""
        self.patch()
        self.change(self.own, ".gitignore", "*.o\n", "Ignore less")
        (self.own / "Kbuild").write_text("dirty\n")
        (self.own / "new.c").write_text("new\n")
        before = self.snapshot()
        done = self.call("tree", says=("with its 1 changed file(s)", "1 untracked file(s) are left out"))
        tree = pathlib.Path(done.stdout.splitlines()[-1])
        self.assertEqual((tree / "Kbuild").read_text(), "dirty\n")
        self.assertIn("return 2;", self.source(tree))
        head = self.head(tree)
        self.tree()
        self.assertEqual(self.head(tree), head)
        self.git(self.own, "add", "new.c")
        self.tree()
        self.assertEqual((tree / "new.c").read_text(), "new\n")
        self.git(self.own, "reset", "-q")
        self.assertEqual(self.snapshot(), before)

    def test_series(self):
        """Export and check take KERNEL=DIR, too."""
        self.patch()
        tree = self.tree()
        self.change(tree, "kernel/irq/irq_sim.c", "int lines;\n", "genirq/irq_sim: Count lines\n\nSay why.")
        self.git(tree, "update-ref", "refs/worktree/posting/sim", "HEAD")
        self.call("series", "export", "--role")
        self.assertTrue((self.top / "patches/sim/0002-genirq-irq_sim-Count-lines.patch").exists())
        out = self.call("series", "check", "--quick").stdout
        self.assertRegex(out, rf"applies on {self.own} +ok +2 patches on Linux 7.3.4")
        self.no_network()

    def test_bisect(self):
        """Between a good and a bad commit is one on which the series does not apply."""
        self.patch()
        source = self.own / "kernel/irq/irq_sim.c"
        text = source.read_text()
        good = self.head(self.own)
        for number, (kbuild, change) in enumerate((("fine", ""), ("fine", "7"), ("bad", "7"), ("bad", ""), ("bad", ""))):
            (self.own / "Kbuild").write_text(f"{kbuild} {number}\n")
            source.write_text(text.replace("return 1", f"return 1{change}"))
            self.git(self.own, "commit", "-qam", f"{number}")
        self.git(self.own, "bisect", "start", "HEAD", good)
        own_test = "tree=$(scripts/tree | tail -n 1) || exit 125; ! grep bad $tree/Kbuild"
        out = subprocess.run(["git", "-C", self.own, "bisect", "run", "env", "-C", self.top, f"KERNEL={self.own}",
                              "scripts/test", "--own", own_test], env=self.env, capture_output=True,
                             text=True, check=False).stdout
        self.assertIn("There are only 'skip'ped commits left to test", out)
        self.assertEqual(len(re.findall(r"^[0-9a-f]{40}$", out, re.M)), 3)

    def test_partial_clone(self):
        self.git(self.own, "config", "remote.origin.promisor", "true")
        self.fails("tree", says=["partial clone", "fetch --refetch"])

    def test_does_not_apply(self):
        self.patch(text=PATCH.replace("-\treturn 1;", "-\treturn 7;"))
        before = self.snapshot()
        self.fails("tree", says=["0001-", "kernel/irq/irq_sim.c", "unset KERNEL"])
        self.assertEqual(self.snapshot(), before)
        self.assertFalse((self.top / "build/linux-own").exists())
        self.assertEqual(len(self.git(self.own, "worktree", "list").splitlines()), 1)


class Series(Case):
    def setUp(self):
        super().setUp()
        self.package()
        self.at = self.tree()
        self.file(self.at / "kernel/irq/tests/irq_sim_kunit.c", "int test;\n")
        self.program(self.at / "tools/testing/selftests/irq_sim/run.sh", "", shell="/bin/sh")
        maintainers = self.at / "MAINTAINERS"
        maintainers.write_text("X\nF:\ttools/testing/selftests/irq_sim/\n\n" + maintainers.read_text())
        self.git(self.at, "add", ".")
        self.commit("genirq/irq_sim: Add tests\n\nSay why, in a text of some words.\n")
        self.table("# The only one\nsim  All of it\n")

    def commit(self, message):
        self.git(self.at, "commit", "-q", "--allow-empty", "-m", message)

    def put(self, text, message=None):
        """Commit a change of the chip, or add it to the last commit."""
        self.file(self.at / "kernel/irq/irq_sim.c", text)
        self.git(self.at, "commit", "-qa", *(("-m", message) if message else ("--amend", "--no-edit")))

    def patches(self, pattern="sim/*.patch"):
        return {path: path.read_bytes() for path in sorted((self.top / "patches").glob(pattern))}

    def export(self, *args):
        """Where the last posting ends is where the tree does."""
        self.git(self.at, "branch", "-f", "posting/" + self.table().splitlines()[-1].split()[0])
        return self.call("series", "export", *args)

    def exported(self):
        patches = self.top / "patches"
        return sorted(str(path.relative_to(patches)) for path in patches.glob("**/0*.patch"))

    def check(self, *rows):
        """Just these rows fail."""
        done = self.call("series", "check", "--quick", status=1 if rows else 0)
        failed = re.findall(r"^(\S.{17}) FAIL", done.stdout, re.M)
        self.assertEqual([row.strip() for row in failed], list(rows), done.stdout)
        return done.stdout

    def test_round_trip(self):
        self.put("int lines;\n", "genirq/irq_sim: Count more than one line of it all, so that the subject folds\n\n"
                 "It is a long one: größer.")
        self.export()
        before = self.patches()
        self.assertEqual(len(before), 2)
        for text in before.values():
            self.assertIn(f"\nFrom: {ROLE}\n", text.decode())
        self.assertEqual((self.top / "patches/cover-letter.txt").read_text(), "cover\n")
        self.assertEqual((self.top / "kunit/src/kernel/irq/tests/irq_sim_kunit.c").read_text(),
                         "int test;\n")
        self.assertTrue(os.access(self.top / "selftests/irq_sim/run.sh", os.X_OK))
        self.check("messages")
        self.git(self.at, "commit", "-q", "--amend", "-m", "genirq/irq_sim: Count lines\n\nIt is größer.")
        self.export()
        self.check()
        # The tree has nothing to lose now, and a new one gives the same.
        self.assertNotIn("note:", self.call("tree").stderr)
        shutil.rmtree(self.top / "build")
        self.tree()
        after = self.patches()
        self.call("series", "export")
        self.assertEqual(self.patches(), after)
        self.no_network()

    def test_two_postings(self):
        self.patch("0001-stale.patch")
        (self.top / "patches/sim/cover-letter.txt").write_text("cover of sim\n")
        self.patch("0001-gone.patch", posting="gone")
        self.patch("0001-below.patch", posting="6.12")
        self.table("# Two\nsim  One\n\nmore  Another  # one\n")
        self.git(self.at, "branch", "posting/sim")
        self.put("int lines;\n", "genirq/irq_sim: Count lines\n\nSay why.")
        self.put("int more_lines;\n", "genirq/irq_sim: Count on\n\nSay why.")
        self.export()
        names = ["6.12/0001-below.patch", "more/0001-genirq-irq_sim-Count-lines.patch",
                 "more/0002-genirq-irq_sim-Count-on.patch", "sim/0001-genirq-irq_sim-Add-tests.patch"]
        self.assertEqual(self.exported(), names)
        self.assertEqual((self.top / "patches/sim/cover-letter.txt").read_text(), "cover of sim\n")
        self.assertFalse((self.top / "patches/gone").exists())
        before = self.patches("*/0*")
        self.assertIn("sim more: none has more than 15", self.check())
        # The same from a new tree, and after a rebase that takes the branches along.
        shutil.rmtree(self.top / "build")
        self.tree()
        self.call("series", "export")
        self.assertEqual(self.patches("*/0*"), before)
        self.assertEqual(self.git(self.at, "config", "rebase.updateRefs"), "true")
        self.git(self.at, "-c", "sequence.editor=sed -i '0,/^pick/s//reword/'", "-c",
                 "core.editor=sed -i s/Add/Bring/", "rebase", "-qi", "base")
        self.call("series", "export")
        self.assertEqual(self.exported(), names[:-1] + ["sim/0001-genirq-irq_sim-Bring-tests.patch"])
        self.check()

    def test_where_postings_end(self):
        """Nothing is exported unless the branches are what the table says."""
        self.fails("series", "export", says=["where posting/sim ends", "branch -f posting/sim COMMIT"])
        self.export()
        before = self.exported()
        self.commit("genirq/irq_sim: Add nothing\n\nSay why.\n")
        self.fails("series", "export", says=["1 commit(s)", "after posting/sim", "branch -f posting/sim HEAD"])
        self.git(self.at, "branch", "posting/new")
        self.git(self.at, "branch", "-f", "posting/sim")
        self.fails("series", "export", says=["does not list posting/new"])
        self.table("sim  One\nnew  Two\n")
        self.fails("series", "export", says=["posting/new does not end after posting/sim"])
        self.git(self.at, "branch", "-f", "posting/sim", "HEAD~1")
        self.table("new  Two\nsim  One\n")
        self.fails("series", "export", says=["posting/sim does not end after posting/new", "fix the order"])
        self.table("sim  One\nnew  Two\n")
        self.git(self.at, "branch", "-f", "posting/sim",
                 self.git(self.at, "commit-tree", "-m", "aside", "-p", "HEAD~1", "HEAD^{tree}"))
        self.fails("series", "export", says=["posting/sim is not an ancestor of HEAD", "--update-refs"])
        self.assertEqual(self.exported(), before)
        self.table("# none\n")
        self.fails("series", "export", says=["lists no posting"])

    def test_longterm(self):
        """A release that takes patches of its own below the series."""
        self.table("sim  One\nmore  Two\n")
        self.git(self.at, "branch", "posting/sim")
        self.put(self.source(self.at).replace("return 1", "return 2"),
                 "genirq/irq_sim: Return the latch\n\nReturn two.\n")
        self.export()
        self.package("6.12", irq_sim_c="int line;\n\nint shoot(void)\n{\n\treturn 3;\n}\n")
        self.fails("tree", "--on", "6.12", says=["more/0001-", "kernel/irq/irq_sim.c"])
        # The first one fixes what the second hunk needs, but not all of its context.
        self.file("checkout/patches/6.12/0001-genirq-irq_sim-Return-one.patch",
                  PATCH.replace("Return the latch", "Return one").replace("fire(", "shoot(")
                  .replace("return 2", "return 1").replace("-\treturn 1", "-\treturn 3"))
        tree = self.tree("--on", "6.12", says="the 2 patches of sim more on 1 prerequisites")
        self.assertEqual(self.source(tree),
                         "int line;\n\nint shoot(void)\n{\n\treturn 2;\n}\n")
        self.assertEqual(self.git(tree, "rev-parse", "posting/sim", "posting/more"),
                         self.git(tree, "rev-parse", "HEAD~1", "HEAD"))
        before = self.patches("[ms]*/0*")
        self.call("series", "export", "--tree", str(tree))
        self.assertEqual([path.name for path in self.patches("6.12/*")], ["0001-genirq-irq_sim-Return-one.patch"])
        self.assertEqual(self.patches("[ms]*/0*"), before)
        self.assertEqual(len(before), 2)
        # What is there goes back in, and what is not in order is refused.
        self.assertNotIn("note:", self.call("tree", "--on", "6.12").stderr)
        self.git(tree, "commit", "-q", "--allow-empty", "-m", "genirq: Say more")
        self.fails("series", "export", "--tree", str(tree), says=["put yours below"])
        # One that is for newer releases is left out there, and counts for nothing.
        self.git(tree, "reset", "-q", "--hard", "HEAD~1")
        (self.top / "patches/more/since").write_text("7.3\n")
        self.call("tree", says="the 2 patches of sim more\n")
        self.call("tree", "--on", "6.12", says="the 1 patches of sim on 1 prerequisites")
        self.assertIn("return 1", self.source(tree))
        self.call("series", "export", "--tree", str(tree))
        self.assertEqual([path.name for path in self.patches("6.12/*")], ["0001-genirq-irq_sim-Return-one.patch"])

    def test_refused(self):
        self.fails("series", "export", "--tree", str(self.dir), says=["--tree"])
        self.fails("series", "export", "--base", "none", says=["--base"])
        (self.at / "Kbuild").write_text("dirty\n")
        self.fails("series", "export", says=["1 changed file(s)", "commit or stash"])
        self.git(self.at, "checkout", "-q", "Kbuild")
        self.git(self.at, "commit", "-q", "--amend", "--author=Jane <jane@kernel.org>", "--no-edit")
        self.git(self.at, "branch", "-f", "posting/sim")
        self.fails("series", "export", says=["Jane", "--role"])
        self.export("--role")
        self.git(self.at, "reset", "-q", "--hard", "base")
        self.fails("series", "export", says=["no commits"])
        self.fails("series", says=["no command"])
        self.fails("series", "bogus", says=["bogus"])
        self.fails("series", "check", "--bogus", says=["--bogus"])

    def test_empty(self):
        self.table("")
        self.call("series", "check", "--quick", says="patches/ is empty")

    def test_large(self):
        """At most 15 patches in a posting, and 500 lines in a patch, or a reason."""
        reasons = self.top / "patches/large"
        self.put("int x;\n" * 494, "genirq/irq_sim: Add more\n\nSay why.\n")  # and 6 go
        self.export()
        self.check()
        self.put("int x;\n" * 495)
        self.export()
        self.assertIn("sim/0002-genirq-irq_sim-Add-more.patch: 501 changed lines", self.check("size"))
        reasons.write_text("# Comment\n\ngenirq/irq_sim: Add more: All of it is one table.\n")
        self.check()
        reasons.write_text(reasons.read_text() + "genirq/irq_sim: Add less: It is not there.\n")
        self.assertIn("of no large patch", self.check("size"))
        reasons.write_text("genirq/irq_sim: Add more:\n")
        self.check("size")
        reasons.unlink()
        self.git(self.at, "reset", "-q", "--hard", "HEAD~1")
        for number in range(14):
            self.put(f"int line{number};\n", f"genirq/irq_sim: Add {number}\n\nSay why.\n")
        self.export()
        self.check()
        self.put("int line;\n", "genirq/irq_sim: Add one too many\n\nSay why.\n")
        self.export()
        self.assertIn("sim has 16 patches, more than 15", self.check("postings"))

    def test_findings(self):
        self.export()
        self.check()
        patch = next((self.top / "patches/sim").glob("0001*"))
        text = patch.read_text()
        for old, new, rows, says in (
                (ROLE, "Jane <jane@kernel.org>", ["author"], ""),
                ("words.\n", "words.\n\nSigned-off-by: A <a@kernel.org>\n", ["tags"], ""),
                ("words.\n", "words.\n\nLink: https://lore.invalid/x\n", ["tags"], ""),
                ("words.\n", 'words.\n\nLink: https://lore.kernel.org/x\nFixes: 123456789012 ("x: Y")\n', ["tags"],
                 "not in the order"),
                ("Add tests", "added tests.", ["round trip", "messages"], "full stop"),
                ("genirq/irq_sim: Add", "fixup! genirq: Add", ["round trip", "messages"], ""),
                ("words.", "words." + " more" * 20, ["messages"], ""),
                (text, text + "\n-- \n2.39.5\n", ["round trip"], ""),
                ("+F:\ttools/testing/selftests/irq_sim/", "+F:\ttools/else/", ["round trip", "maintainers"],
                 "covers tools/testing/selftests/irq_sim/run.sh"),
                (" IRQ SUBSYSTEM", " IRC SUBSYSTEM", ["applies on 7.3"], "MAINTAINERS")):
            patch.write_text(text.replace(old, new))
            self.assertIn(says, self.check(*rows))
        patch.write_text(text)
        (self.top / "kunit/src/kernel/irq/tests/irq_sim_kunit.c").write_text("int other;\n")
        self.check("kunit/src")
        shutil.rmtree(self.top / "selftests/irq_sim")
        self.check("kunit/src", "selftests/irq_sim")

    def test_adopt(self):
        self.export()
        patch = next((self.top / "patches/sim").glob("0001*"))
        out = self.dir / "adopted"
        for tail, expected in (("words.\n", "words.\n\nSigned-off-by: J D <j@k.org>\n---\n"),
                               ("words.\n\nFixes: 123456789012 (\"x: Y\")\n",
                                "(\"x: Y\")\nSigned-off-by: J D <j@k.org>\n---\n")):
            patch.write_text(patch.read_text().replace("words.\n", tail))
            self.call("lib/patchinfo", "adopt", "--name", "J D", "--email", "j@k.org",
                      "--out", out, patch)
            text = (out / "sim" / patch.name).read_text()
            self.assertIn(expected, text)
            self.assertIn("\nFrom: J D <j@k.org>\n", text)


class Environment(Case):
    """What is set here for others changes no result."""

    def setUp(self):
        super().setUp()
        self.ready()
        self.expected = self.made()

    def made(self, **more):
        """The commit of a new tree, and the patch that is exported from it."""
        shutil.rmtree(self.top / "build", ignore_errors=True)
        tree = self.tree(**more)
        self.call("series", "export", **more)
        return self.head(tree), (self.top / "patches/sim/0001-genirq-irq_sim-Return-the-latch.patch").read_bytes()

    def same(self, *environments):
        for more in environments:
            self.assertEqual(self.made(**more), self.expected, more)

    def test_git(self):
        shutil.rmtree(self.cache / "linux-7.3.git")
        other = self.dir / "other"
        self.git(self.dir, "init", "-q", other)
        (self.dir / "attributes").write_text("* text eol=crlf\n*.c -diff\n")
        (self.dir / "ignore").write_text("*\n")
        (self.dir / ".gitconfig").write_text(
            f"[core]\nattributesFile = {self.dir}/attributes\nexcludesFile = {self.dir}/ignore\n"
            "autocrlf = true\n[am]\nthreeWay = true\n[color]\nui = always\n[diff]\nexternal = false\n"
            "noprefix = true\nmnemonicPrefix = true\n"
            "[commit]\ngpgSign = true\n[format]\nsignature = Me\nattach = true\n[log]\nshowSignature = true\n"
            "[status]\nshowUntrackedFiles = no\n[user]\nname = X\nemail = x@y.example\n")
        self.same({}, {"GIT_WORK_TREE": str(other)}, {"GIT_INDEX_FILE": "/x"}, {"GIT_DIR": f"{other}/.git"},
                  {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.autocrlf", "GIT_CONFIG_VALUE_0": "true"},
                  {"GIT_CONFIG_PARAMETERS": "'core.autocrlf'='true'"}, {"GIT_EXTERNAL_DIFF": "false"},
                  {"GIT_DIFF_OPTS": "-u0"})

    def test_shell(self):
        self.same({"LC_ALL": "C"}, {"LANGUAGE": "de"}, {"CDPATH": "/"},
                  {"POSIXLY_CORRECT": "1"}, {"TAR_OPTIONS": "--bogus"}, {"MAKEFLAGS": "k"})

    def test_locale(self):
        """One with a comma in its numbers, and without UTF-8."""
        comma = {"LC_ALL": "de_DE", "LOCPATH": str(self.dir)}
        numbers = 'printf "%.1f %s %s" 0 "${EPOCHREALTIME//[0-9]/}" "$LC_ALL"'
        self.assertEqual(self.bash(numbers, **comma).stdout, "0.0 . C.UTF-8")
        subprocess.run(["localedef", "-i", "de_DE", "-f", "ISO-8859-1", self.dir / "de_DE"], check=False)
        if subprocess.run(["bash", "-c", numbers], env={**self.env, **comma}, capture_output=True,
                          check=False).stdout != b"0,0 , de_DE":
            self.skipTest("no definition of the locale de_DE")
        self.assertEqual(self.bash(numbers, **comma).stdout, "0.0 . C.UTF-8")
        self.same(comma)

    def test_make(self):
        """The variables of make are ignored, with a word; those for kbuild reach no build."""
        for name, value in (("LLVM", "1"), ("CROSS_COMPILE", "x-"), ("KCFLAGS", "-O9"), ("ARCH", "mips"), ("V", "1")):
            done = self.call("tree", "--help", **{name: value})
            self.assertEqual(done.stderr, f"tree: note: ignored: {name}; CC=COMPILER is heeded\n")
        self.tool("make", 'printf "%s " "${LLVM-}" "${KCFLAGS-}" "${MAKEFLAGS-}" "$@"')
        done = self.bash(f'kmake src "{self.dir}/o" ARCH=x86_64 all', LLVM="1", KCFLAGS="-O9", MAKEFLAGS="k",
                         CROSS_COMPILE="x-").stdout
        self.assertNotIn("-O9", done)
        self.assertNotIn("x-gcc", done)
        self.assertIn("ARCH=x86_64 all", done)
        # The exact command is at the head of the log.
        self.assertRegex(done, r"^\+ make -C src O=\S+/o CC=\S+ ")

    def test_umask_and_home(self):
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        self.same({})
        self.assertEqual((self.top / "build/linux/Kbuild").stat().st_mode & 0o777, 0o644)
        # No home to write to: the cache is below build/.
        del self.env["XDG_CACHE_HOME"]
        for home in ("/dev/null", "/nonexistent", ""):
            self.assertEqual(self.bash('echo "$CACHE"', HOME=home).stdout, f"{self.top}/build/cache/irq_sim\n")

    def test_blanks_in_the_path(self):
        """In the home they do no harm; in build/, make cannot have them."""
        home = self.dir / "a home"
        shutil.copytree(self.cache.parent, home / ".cache")
        self.same({"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")})
        self.fails("tree", IRQ_SIM_BUILD=str(home / "build"), says=["has a blank", "IRQ_SIM_BUILD"])
        # In that of the checkout, neither, if build/ is elsewhere.
        self.top = self.top.rename(self.dir / "a checkout")
        self.scripts = self.top / "scripts"
        more = {"IRQ_SIM_BUILD": str(self.dir / "build")}
        self.same(more)
        self.call("series", "check", "--quick", **more)
        self.call("test", "--own", "true", says="1 passed, 0 failed", **more)


NOBODY = ("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root, to be nobody")
class Packages(Case):
    """Who may install what is missing, and what the others read."""

    def need(self, *packages, status, user=True, **more):
        (self.dir / "network").unlink(missing_ok=True)
        self.dir.chmod(0o777)
        shutil.rmtree(self.top / "build", ignore_errors=True)
        (self.top / "build").mkdir()
        (self.top / "build").chmod(0o777)
        done = self.bash('need_packages "$@"', *packages, status=status, who=NOBODY if user else (), **more)
        network = self.dir / "network"
        return done.stderr, network.read_text() if network.exists() else ""

    def test_there_by_whatever_way(self):
        self.tool("clang-19", "exit 0")
        for package in ("clang-19", "git", "libc6-dev", "dpkg"):
            self.assertEqual(self.need(package, status=0), ("", ""))
        with open(SCRIPTS / "lib/packages", encoding="utf-8") as file:
            rows = [line.split() for line in file if not line.startswith("#")]
        self.assertEqual([row for row in rows if len(row) != 4], [])

    def test_no_terminal(self):
        said, network = self.need("b4", "no-such-package", status=125, PATH=f"{self.bin}:/bin:/usr/bin")
        self.assertIn("missing: no-such-package", said)
        for command in ("apt-get install", "dnf install", "pacman -S"):
            self.assertIn(f"sudo {command} no-such-package", said)
        self.assertEqual(network, "")

    def test_another_distribution(self):
        release = self.dir / "os-release"
        release.write_text("ID=fedora\n")
        said, network = self.need("no-such-package", status=125, user=False, IRQ_SIM_OS_RELEASE=str(release))
        self.assertIn("sudo dnf install no-such-package", said)
        self.assertEqual(network, "")

    def test_without_a_question(self):
        for user, more in ((False, {}), (True, {"CI": "true"})):
            said, network = self.need("no-such-package", status=125, user=user, **more)
            self.assertIn("cannot install no-such-package", said)
            self.assertIn("sudo -n apt-get" if user else "apt-get -q update", network)

    def test_terminal(self):
        """Asked once, with the list and the command; no is no."""
        for answer, asked in (("n", ""), ("y", "sudo")):
            (self.dir / "network").unlink(missing_ok=True)
            self.dir.chmod(0o777)
            (self.top / "build").mkdir(mode=0o777, exist_ok=True)
            (self.top / "build").chmod(0o777)
            (self.dir / "run").write_text(f'. "{self.top}/scripts/lib/lib.sh"\nneed_packages no-such-package\n')
            # script(1) makes the terminal.
            done = self.call(*NOBODY, "script", "-qec", f"bash {self.dir}/run", "/dev/null", status=125,
                             text=answer + "\n")
            self.assertEqual(done.stdout.count("[y/N]"), 1)
            self.assertIn("sudo apt-get install no-such-package", done.stdout)
            network = self.dir / "network"
            self.assertIn(asked, network.read_text() if network.exists() else "")


class FrontList(case.Case):
    """The packages for which scripts/test asks before the first stage."""

    def front(self, *arguments):
        listed = self.dir / "listed"
        listed.unlink(missing_ok=True)
        self.call("test", *arguments, status=125, IRQ_SIM_LIST_PACKAGES=str(listed),
                  IRQ_SIM_BUILD=str(self.dir / "build"))
        return set(self.read("listed").split())

    def named(self, path):
        """The packages which a script names, and how often it calls need_packages."""
        text = "".join(line for line in path.read_text(encoding="utf-8").splitlines(True)
                       if not re.match(r"\s*#(?! Needs)", line))
        lists = re.findall(r"(?:need_packages|\b(?:packages|words|\w+_PACKAGES|ARCH_(?:QEMU|TOOLS|LIBC))\+?=\(|# Needs:)"
                           r"([^)#;|&<>]*?)(?:\)|$)", text, re.M)
        return {word for found in lists for word in found.split() if re.fullmatch("[a-z0-9.+-]+", word)}, \
            len(re.findall(r"need_packages(?! ?\()", text))

    def test_default_stages(self):
        """Each list of what they run is in it, as each script has one."""
        front = self.front()
        self.assertLessEqual({"spin", "python3-lark", "i2c-tools", "git", "xz-utils", "qemu-system-x86"}, front)
        for name, own in (("lint", 1), ("series", 1), ("test", 2), ("tree", 1), ("kunit", 1), ("vm", 1), ("litmus", 1),
                          ("model", 1), ("softirq-off", 1), ("contract", 0), ("lib/gitlib.sh", 0), ("lib/checklib.sh", 0)):
            packages, calls = self.named(SCRIPTS / name)
            self.assertEqual(calls, own, name)
            self.assertLessEqual(packages - {"gdb-multiarch", "coccinelle", "python3-sphinx", "python3-yaml"},
                                 front | {"dpkg", "tar"}, name)
        self.assertEqual(self.front("lint", "tooling") & {"spin", "gcc"}, set())
        self.assertFalse((self.dir / "build").exists())

    def test_each_has_a_row(self):
        packages = self.front("selftests-arch", "kunit-mips")
        for path in SCRIPTS.rglob("*"):
            if path.is_file() and path.suffix != ".pyc" and "tests" not in path.parts:
                packages |= self.named(path)[0]
        self.assertIn("rtla", packages)
        rows = [line.split()[0] for line in (SCRIPTS / "lib/packages").read_text().splitlines() if line[0] != "#"]
        self.assertEqual(packages - set(rows), set())

    def test_container(self):
        text = (case.TOP / "Containerfile").read_text().partition("--no-install-recommends")[2].partition("\nENV")[0]
        self.assertEqual(self.front() - set(text.split()), set())


class Runner(Case):
    """scripts/test, with a false scripts/kunit."""

    def kunit(self, body):
        self.program("checkout/scripts/kunit", f'[[ -z ${{IRQ_SIM_LIST_PACKAGES-}} ]] || exit 125\n{body}')

    def stage(self, body, status, last, *args, says=()):
        """With a scripts/kunit of that BODY, scripts/test says so in the last line."""
        self.kunit(body)
        done = self.call("test", *(args or ("kunit-uml",)), status=status, says=says)
        self.assertEqual(done.stdout.splitlines()[-1], last, body)

    def test_status(self):
        """Failed is 1, not tested 125, skipped 4; a stage that does not say how much it has tested has failed."""
        for body, status, last, says in (
                ('echo "3 1 2" >"$STAGE_COUNTS"; echo "ok 3 x # SKIP one CPU"; exit 1', 1,
                 "3 passed, 1 failed, 2 skipped", ("skipped 1: one CPU", "build/test/kunit-uml.log")),
                ("exit 0", 1, "0 passed, 1 failed, 0 skipped", "does not say how much"),
                ('echo junk >"$STAGE_COUNTS"', 1, "0 passed, 1 failed, 0 skipped", "does not say how much"),
                ('echo "0 0 0" >"$STAGE_COUNTS"', 1, "0 passed, 1 failed, 0 skipped", "tested nothing"),
                ('echo "skipped: no way"; exit 4', 4, "0 passed, 0 failed, 1 skipped", "no way"),
                ('echo "0 0 2" >"$STAGE_COUNTS"; exit 4', 4, "0 passed, 0 failed, 2 skipped", ()),
                # It counted no failure, but it failed.
                ('echo "5 0 0" >"$STAGE_COUNTS"; exit 7', 1, "5 passed, 1 failed, 0 skipped", ()),
                ("exit 125", 125, "0 passed, 1 failed, 0 skipped", ()),
                ("exit 9", 1, "0 passed, 1 failed, 0 skipped", ())):
            self.stage(body, status, last, says=says)
        # What died is in the report.
        self.assertEqual((self.top / "build/test/kunit-uml.counts").read_text(), "0 1 0\n")
        self.stage('echo "3 0 0" >"$STAGE_COUNTS"', 0, "6 passed, 0 failed, 0 skipped", "kunit-uml", "kunit-uml-smp")

    def test_space(self):
        """A disk that will be full is seen before the first stage, and what is there does not count."""
        self.kunit('echo "3 0 0" >"$STAGE_COUNTS"')
        self.tool("df", "printf 'x\\nx 1 1 200 x /\\n'")
        self.fails("test", "kunit-uml", says=["MiB free", "free some space"])
        for name in ("linux", "kunit/uml"):
            (self.top / "build" / name).mkdir(parents=True)
        (self.dir / "cache/irq_sim").mkdir(parents=True, exist_ok=True)
        self.call("test", "kunit-uml")

    def test_platforms(self):
        """One stage for each platform, in the table's order; few of them by default."""
        self.kunit('echo "$*" >>"$TMPDIR/asked"; [[ $1 == --* ]] || echo "1 0 0" >"$STAGE_COUNTS"')
        (self.top / "configs/targets").write_text(
            "# comment\n\n" "kunit uml um 1 9 a default\n" "kunit x-y x86_64 2 9 a+b all x=1 y\n"
            "vm z um 1 9 a all\n" "kunit uml-4 um 4 9 d default\n")
        out = self.call("test", "--list").stdout
        self.assertRegex(out, r"kunit-x-y +KUnit on x86_64 in qemu, CPUs: 2, x=1 y \(with --all\)")
        self.call("test", "kunit-uml-4", "kunit-x-y")
        self.assertEqual((self.dir / "asked").read_text(), "uml-4\nx-y\n--summary uml-4 x-y\n")
        self.fails("test", "kunit-x86_64", says=["kunit-x86_64", "--list"])
        stages = re.findall(r"^(kunit\S+) ", out, re.M)
        self.assertEqual(stages, ["kunit-uml", "kunit-x-y", "kunit-uml-4"])

    def test_own(self):
        """--own counts; --fail-fast stops."""
        for command, last in (("true", "1 passed, 0 failed, 0 skipped"), ("false", "0 passed, 1 failed, 0 skipped"),
                              ('echo 3 0 1 >"$STAGE_COUNTS"', "3 passed, 0 failed, 1 skipped")):
            self.stage("", int(command == "false"), last, "--own", command)
        self.stage('echo "$1" >>"$TMPDIR/asked"; exit 1', 1, "0 passed, 1 failed, 0 skipped", "--fail-fast",
                   "kunit-uml", "kunit-uml-smp")
        self.assertEqual((self.dir / "asked").read_text(), "uml\n")

    def test_unported(self):
        """A release which the series is not on is skipped, with the reason; any other is not."""
        self.kunit('echo "$*" >>"$TMPDIR/asked"; echo "1 0 0" >"$STAGE_COUNTS"')
        self.file("checkout/patches/6.12/unported", "nobody has ported it\n")
        self.call("test", "on-6.12", status=4, says="skipped 1: not on Linux 6.12: nobody has ported it\n")
        self.call("test", "on-7.2")
        self.assertEqual(self.read("asked"), "--on 7.2 uml x86_64 x86_64-threadirqs\n")
        self.kunit('echo "1 1 0" >"$STAGE_COUNTS"; exit 1')
        self.call("test", "on-7.2", status=1)

    def test_known_red(self):
        """What is known to fail does not fail the run, until its day; it fails if it passes."""
        fails, link = 'echo "3 2 0" >"$STAGE_COUNTS"; exit 1', "https://example.org/1"
        for body, row, status, last, says in (
                (fails, "2999-12-31", 0, "3 passed, 0 failed, 2 skipped", "FAILED, known until 2999-12-31: why not, "),
                ("exit 125", "2999-12-31", 4, "0 passed, 0 failed, 1 skipped", link),
                (fails, "2026-01-01", 1, "3 passed, 2 failed, 0 skipped", f"known until 2026-01-01: why not, {link}"),
                ('echo "3 0 1" >"$STAGE_COUNTS"', "2999-12-31", 1, "3 passed, 1 failed, 1 skipped",
                 "it passes: remove it from configs/known-red"),
                ('echo "skipped: no way"; exit 4', "2999-12-31", 4, "0 passed, 0 failed, 1 skipped", "no way")):
            self.file("checkout/configs/known-red", f"# comment\n\nkunit-uml {link} {row} why not\n")
            self.stage(body, status, last, says=says)
        self.stage(fails, 1, "3 passed, 2 failed, 0 skipped", "kunit-uml-smp")
        for row in (f"kunit-uml {link} 2999-12-31", f"kunit-uml {link} soon why", f"bogus {link} 2999-12-31 why"):
            self.file("checkout/configs/known-red", row + "\n")
            self.fails("test", "kunit-uml", says=["configs/known-red expects STAGE LINK YYYY-MM-DD REASON", row])

    def test_fewer(self):
        """Tests that vanish are a failure until somebody accepts it; other patches, another row, may have fewer."""
        def counts(text, status=0, *args, last="", **env):
            self.kunit(f'echo {text} >"$STAGE_COUNTS"')
            return self.call("test", *args, "kunit-uml", status=status, says=last, **env).stdout

        good = self.top / "build/test/kunit-uml.good"
        for text in ("5 0 1", "3 0 3", "6 0 0"):
            self.assertNotIn("fewer", counts(text))
        for _ in range(2):
            counts("3 0 1", 1, last=f"2 fewer than in its last good run; if that is meant: rm {good}")
        self.stage('echo "skipped: no way"; exit 4', 4, "0 passed, 0 failed, 1 skipped")
        counts("9 1 0", 1, last="9 passed, 1 failed")
        counts("5 0 0", 1, last="1 fewer")
        counts("6 0 0")
        own = self.kernel("own", KERNEL)
        for command in ("init",), ("add", "-f", "."), ("commit", "-qm", "fake"):
            self.git(own, *command)
        for env in {"KERNEL": str(own)}, {"CC": "gcc-11"}:
            counts("2 0 0", **env)
            counts("1 0 0", 1, last="1 fewer than in its", **env)
        counts("5 0 0", 1, last="1 fewer")
        self.patch()
        counts("4 0 0", last="4 passed, 0 failed")
        counts("3 0 0", 1, last="1 fewer than in its")
        good.unlink()
        counts("3 0 0")
        targets = self.top / "configs/targets"
        targets.write_text(re.sub("^(kunit +uml +.*)", r"\1 x=1", targets.read_text(), flags=re.M))
        counts("2 0 0", last="ok, 1 fewer than with other patches or options")
        counts("3 0 0")
        self.patch("0002-x.patch")
        counts("1 0 0", last="ok, 2 fewer than with other patches or options")

    def test_series_of_a_stage(self):
        """softirq-off, which scripts/contract looks at later, says of which series it is."""
        self.tools()
        self.ready()
        series = {}
        for text in PATCH, PATCH.replace("return 2", "return 3"):
            self.patch(text=text)
            self.program("checkout/scripts/softirq-off", "exit 0")
            self.call("test", "softirq-off")
            series[text] = json.loads((self.top / "build/test/softirq-off.json").read_text())["series"]
        self.assertRegex(" ".join(series.values()), r"^(sim=[0-9a-f]{8} ?){2}$")
        self.assertEqual(len(set(series.values())), 2)
        self.program("checkout/scripts/softirq-off", "exit 1")
        self.call("test", "softirq-off", status=1, says="0 passed, 1 failed")

    def test_sums(self):
        """What a stage runs after each other is added up, and nothing of it may say nothing."""
        self.tools()
        for before, after, status, last in (("7 0 1", "6 0 2", 0, "13 passed, 0 failed, 3 skipped"),
                                            ("7 0 1", "6 2 0", 1, "13 passed, 2 failed, 1 skipped"),
                                            ("7 1 0", "6 0 2", 1, "7 passed, 1 failed, 0 skipped"),
                                            ("", "6 0 2", 125, "0 passed, 1 failed, 0 skipped"),
                                            ("7 0 1", "", 125, "7 passed, 1 failed, 1 skipped")):
            self.program("checkout/scripts/vm", f'[[ $1 == --base ]] && counts="{before}" || counts="{after}"\n'
                         '[[ -z $counts ]] || echo "$counts" >"$STAGE_COUNTS"; ! grep -q " [1-9] " <<<"$counts"')
            done = self.call("test", "gpio-sim", status=status)
            self.assertEqual(done.stdout.splitlines()[-1], last)

    def test_junit(self):
        build = self.top / "build/kunit/uml"
        self.kunit(f"""mkdir -p {build}; echo "2 2 0" >"$STAGE_COUNTS"
echo '<testsuite name="x"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>' >{build}/results.xml
echo splat; exit 1""")
        out = self.dir / "junit.xml"
        self.call("test", "--junit", str(out), "kunit-uml", "--own", "true", status=1)
        root = xml.etree.ElementTree.parse(out).getroot()
        self.assertEqual([(s.get("name"), s.get("tests"), s.get("failures")) for s in root],
                         [("kunit-uml", "4", "2"), ("own", "1", "0")])
        # One that a test has, and one which only the log knows.
        self.assertEqual([c.get("message") for c in root.iter("failure")], [None, "1 failed"])
        self.assertIn("splat", [c.text for c in root.iter("failure")][1])

    def test_junit_of_this_run(self):
        """Nothing is of an earlier run: of a stage after the one that stopped it, or if the build fails."""
        results = [self.top / f"build/kunit/uml/results.{kind}" for kind in ("json", "xml")]
        self.kunit(f"""mkdir -p {results[0].parent}; echo "1 0 0" >"$STAGE_COUNTS"
echo '<testsuite name="old"><testcase name="a"/></testsuite>' | tee {" ".join(map(str, results))}""")
        out = self.dir / "junit.xml"
        run = ("test", "--fail-fast", "--junit", str(out), "kunit-uml", "--own", "true")
        self.call(*run)
        self.kunit("exit 125")
        self.call(*run, status=125)
        text = out.read_text()
        self.assertEqual(re.findall('testsuite name="(.*?)"', text), ["kunit-uml"], text)
        self.assertFalse([path for path in results if path.exists()])

    def test_interrupt(self):
        self.kunit(f'echo $$ >"{self.dir}/pid"; sleep 77 & wait')
        with subprocess.Popen([self.top / "scripts/test", "kunit-uml"], env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
            pid = self.dir / "pid"
            self.wait_for(pid)
            run.send_signal(signal.SIGTERM)
            out = run.communicate(timeout=30)[0]
        self.assertEqual(run.returncode, 130)
        self.assertEqual(out.splitlines()[-1], "0 passed, 1 failed, 0 skipped")
        with self.assertRaises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)

    def test_time_limit(self):
        runner = self.top / "scripts/test"
        runner.write_text(runner.read_text().replace("kunit_limit=5400", "kunit_limit=1"))
        self.kunit("sleep 77")
        self.call("test", "kunit-uml", status=1, says="stopped at its limit of 1 s")

    def test_arguments(self):
        self.fails("test", "bogus", says=["bogus", "--list"])
        self.fails("test", "--bogus", says=["--bogus", "--help"])
        out = self.call("test", "--list").stdout
        self.assertRegex(out, r"\nkunit-uml-drivers +KUnit on UML, CPUs: 1, log_buf_len=1M\n")
        self.assertRegex(out, r"\nkunit-uml +KUnit on UML, CPUs: 1 \(with --all\)\n")


class Objects(Case):
    """scripts/softirq-off, on trees which build one object."""
    MAKEFILE = ("x86_64_defconfig olddefconfig prepare:\n\ttouch $(O)/.config\nkernel/softirq.o: kernel/softirq.c\n"
                "\tmkdir -p $(O)/kernel\n\tgcc $(KCFLAGS) -c -o $(O)/$@ $<\n")

    def test_softirq_off(self):
        self.tools()
        base = "int a = 1;\nint f(void) { return 1; }\n"
        tree = self.kernel("patched", {"Makefile": self.MAKEFILE, "kernel/softirq.c": base})
        for command in ("init",), ("add", "."), ("commit", "-qm", "base"):
            self.git(tree, *command)
        (tree / ".git/irq_sim").write_text(f"base={self.head(tree)}\n")
        for text, status, says in (("\n" + base, 0, "identical"), (base.replace("return 1", "return 2"), 1, "+++ patched"),
                                   (base.replace("a = 1", "a = 2"), 1, "+++ patched"),
                                   (base.replace("f(", "g("), 1, "+++ patched"), ("bogus", 125, "softirq.c:1:1: error")):
            self.file("patched/kernel/softirq.c", text)
            self.call("softirq-off", status=status, says=says, IRQ_SIM_TREE=str(tree))


class Broken(Case):
    def test_verdict(self):
        """A bug is noticed if the tests fail and name it."""
        self.tools()
        self.ready()
        diff = PATCH[PATCH.index("---\n"):].replace("return 2", "return 3").replace("return 1", "return 2")
        for name, run in ("a", "1 lost 3 events"), ("b", "1"), ("c", "0 lost 3 events"), ("d", "1 something else"):
            self.file(f"checkout/selftests/broken/{name}.patch",
                      f"Bug: It returns\n  three.\nMachine: m\nRun: {run}\nSays: lost .*events\n{diff}")
        self.program("checkout/scripts/vm", """grep -q "return 3" "$IRQ_SIM_TREE"/kernel/irq/irq_sim.c
mkdir -p "$IRQ_SIM_BUILD/vm/m"; read -r rc said <<<"${2#*=}"
[[ -z $said ]] || printf '# command line: lost 0 events\\n[1.0] # x: %s\\n' "$said" >"$IRQ_SIM_BUILD/vm/m/console.log"
exit "$rc\"""")
        done = self.call("broken", status=1, STAGE_COUNTS=str(self.dir / "counts"))
        self.assertEqual(re.findall(r"^(\w+) +(\w) +(.*?)(?:: see.*)?$", done.stdout, re.M), [
            ("noticed", "a", "x: lost 3 events"), *(("MISSED", n, f"status {rc}") for n, rc in zip("bcd", (1, 0, 1)))])
        self.assertEqual(self.read("counts"), "1 3 0\n")
        self.assertIn("return 2", (self.top / "build/broken/linux/kernel/irq/irq_sim.c").read_text())


class Lib(Case):
    def test_packages(self):
        self.bash("need_packages dpkg bash")
        self.no_network()
        self.assertRegex(self.bash("need_packages no-such-package", status=125).stderr,
                         "(cannot install|missing:) no-such-package")

    def test_run_logged(self):
        err = self.bash(f'run_logged step "{self.dir}/log" bash -c "echo error: cause; exit 3"', status=3).stderr
        self.assertIn(f"{self.dir}/log", err)
        self.assertIn("error: cause", err)

    def test_lock(self):
        code = 'lock x; (sleep 0.3; echo first >&2) & bash -c \'. "$0"; lock x; echo nested >&2\' ' \
               f'"{self.top}/scripts/lib/lib.sh"; wait'
        self.assertIn("nested", self.bash(code).stderr)
        # Somebody else waits until it is let go: by unlock, and by the end of who has it.
        lib = f'. "{self.top}/scripts/lib/lib.sh"; '
        for end in ("unlock x; echo let go; read -r", "exit 0"):
            with subprocess.Popen(["bash", "-c", lib + f"lock x; echo held; read -r; {end}"], env=self.env,
                                  text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder, \
                subprocess.Popen(["bash", "-c", lib + "read -r; lock x; echo got it >&2"], env=self.env,
                                 text=True, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as other:
                self.assertEqual(holder.stdout.readline(), "held\n")
                other.stdin.write("go\n")
                other.stdin.flush()
                self.assertIn("waiting for another run", other.stderr.readline())
                self.assertIsNone(other.poll())
                holder.stdin.write("go\n")
                holder.stdin.flush()
                self.assertEqual(other.stderr.readline(), "got it\n")
                holder.stdin.close()
                other.stdin.close()

    def test_unexpected(self):
        self.assertIn("unexpected failure", self.bash("false", status=125).stderr)
