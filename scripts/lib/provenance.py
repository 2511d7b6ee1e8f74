#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Record and check the provenance of results: the series and the tools. build_kernel() of guest.sh
stores a stamp beside each kernel; the tools take it from there, so that a result is of what was built.

commands:
  check   check each file of Documentation/results: current, stale (of another series), or
          unknown (without a stamp); and each cover letter, patches/POSTING/cover-letter.txt:
          the paragraph of a figure with a unit names its file, as "(bench.json)", and the
          file is current. Documents which quote others, as results/bench.json, are listed.
  of      print a sentence for a document: what a FILE of results was measured on
  stamp   print the stamp of a kernel which is built now: the series, or "none" without
          --series; its "selftests" is the series with the code of the selftests

example:
  scripts/lib/provenance.py check
"""

import argparse
import functools
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from typing import Collection, Dict, Iterator, List, Tuple

import common

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Those of the tree which is built
PATCHES = os.environ.get("IRQ_SIM_PATCHES") or os.path.join(TOP, "patches")
FIGURE = re.compile(r"\d[\d.,]*\s?(%|ns\b|[uµ]s\b|ms\b|s\b|seconds|minutes|instructions|times\b|runs\b|"
                    r"interrupts|bytes\b|cycles)")
FILE = re.compile(r"\b([\w-]+\.(?:json|md))\b")


def names(patches: str) -> List[str]:
    """The postings, in their order."""
    try:
        with open(os.path.join(patches, "postings"), encoding="utf-8") as file:
            return [line.split()[0] for line in file if line.partition("#")[0].strip()]
    except OSError:
        return []


def posting(folder: str, selftests: bool) -> str:
    """Changes whenever the code of the patches in a folder does, or their order."""
    apart = ("Documentation/", "MAINTAINERS") + (() if selftests else ("tools/testing/selftests/",))
    digest = hashlib.sha256()
    for path in sorted(glob.glob(os.path.join(folder, "[0-9]*.patch"))):
        with open(path, encoding="utf-8", errors="surrogateescape") as patch:
            for diff in re.split(r"^diff --git a/", patch.read(), flags=re.M)[1:]:
                if not diff.startswith(apart):
                    digest.update(re.sub(r"^index .*\n|\n-- \n.*", "", diff, flags=re.M).encode(
                        errors="surrogateescape"))
    return digest.hexdigest()[:8]


def series(patches: str = os.path.join(TOP, "patches"), selftests: bool = False) -> str:
    """What the code of each posting is, in their order: NAME=HASH,...

    Messages, dates, documents and, unless they are what was run, selftests do not count.
    """
    return ",".join(f"{name}={posting(os.path.join(patches, name), selftests)}" for name in names(patches))


def first_line(*command: str) -> str:
    try:
        out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
    return out.split("\n", 1)[0]


def ran(log: str) -> str:
    """The qemu of a guest, from the command at the head of its log; "" for UML."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            program = (file.readline().split() + ["", ""])[1]
    except OSError:
        return ""
    return first_line(program, "--version") if os.path.basename(program).startswith("qemu-") else ""


def stamp(tree: str, build: str, is_series: bool) -> Dict[str, str]:
    """The "provenance" of what is built now from tree in build."""
    kernel = compiler = ""
    try:
        with open(os.path.join(tree, "Makefile"), encoding="utf-8") as file:
            values = dict(re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *= *(\S*)", file.read(5000), re.M))
        kernel = ".".join(values[k] for k in ("VERSION", "PATCHLEVEL", "SUBLEVEL")) + values.get("EXTRAVERSION", "")
    except (OSError, KeyError):
        pass
    try:
        with open(os.path.join(build, ".config"), encoding="utf-8") as file:
            compiler = "".join(re.findall(r'^CONFIG_CC_VERSION_TEXT="(.*)"$', file.read(), re.M))
    except OSError:
        pass
    return {"series": series(PATCHES) if is_series else "none", "kernel": kernel, "compiler": compiler,
            "selftests": series(PATCHES, selftests=True) if is_series else "none",
            "machine": f"{os.cpu_count()} CPUs, {os.uname().machine}, {common.cpu()}",
            "date": time.strftime("%Y-%m-%d", time.gmtime())}


def built(folder: str, selftests: bool = False, log: str = "") -> Dict[str, str]:
    """The "provenance" of a result of the kernel in folder, by a guest with that log; with the
    selftests, if they were run.

    Empty, which is "unknown", if the kernel has no stamp, or if its selftests are not today's: they
    are copied to the guest when it is run.
    """
    try:
        with open(os.path.join(folder, "provenance.json"), encoding="utf-8") as file:
            found = dict(json.load(file))
    except (OSError, ValueError):
        return {}
    whole = found.pop("selftests", "")
    if selftests:
        if whole not in ("none", series(PATCHES, selftests=True)):
            return {}
        found["series"] = whole
    return {**found, "qemu": ran(log)}


def together(stamps: Collection[Dict[str, str]]) -> Dict[str, str]:
    """The provenance of several results: what differs is listed, and the date is the last one."""
    found = {key: ", ".join(dict.fromkeys(one[key] for one in stamps if one.get(key)))
             for key in dict.fromkeys(key for one in stamps for key in one)}
    if "date" in found:
        found["date"] = max(one.get("date", "") for one in stamps)
    return found


@functools.lru_cache(maxsize=None)
def both(patches: str = os.path.join(TOP, "patches")) -> Tuple[str, str]:
    """The series of a current result, without the selftests and with them."""
    return series(patches), series(patches, selftests=True)


def state(path: str, now: Tuple[str, ...], until: str = "") -> str:
    """current, "stale (in POSTING, ...)", unknown or absent. A posting depends on earlier ones only."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return "absent"
    found = re.search(r'(?:"series": "|^<!-- series )([\w=,-]*=[\w=,-]*)', text, re.M)
    if not found:
        return "unknown"
    differ = []
    for one in now:
        was = dict(part.split("=") for part in found[1].split(","))
        wanted = dict(part.split("=") for part in one.split(",") if part)
        order = list(wanted)
        if until in wanted:
            order = order[:order.index(until) + 1]
        differ.append([name for name in order if was.get(name) != wanted[name]])
    least = min(differ, key=len)
    return f"stale (in {', '.join(least)})" if least else "current"


def letter(path: str, results: str, now: Tuple[str, ...]) -> Iterator[str]:
    """The errors in the figures of a cover letter."""
    with open(path, encoding="utf-8") as file:
        paragraphs = file.read().split("\n\n")
    for paragraph in paragraphs:
        figure = FIGURE.search(paragraph)
        if not figure:
            continue
        files = FILE.findall(paragraph)
        if not files:
            yield f'{path}: "{figure[0]}" names no file of results: put "(FILE)" behind it'
        for name in files:
            found = state(os.path.join(results, name), now, os.path.basename(os.path.dirname(path)))
            if found != "current":
                yield f'{path}: "{figure[0]}" is of {name}, which is {found}: measure it again, or leave it out'


def quoting(results: str, now: Tuple[str, ...]) -> Iterator[str]:
    """The documents with figures of a result which is not current: they name it, as results/NAME.json."""
    folder = os.path.dirname(os.path.abspath(results))
    for path in sorted(glob.glob(os.path.join(folder, "*.md")) + glob.glob(os.path.join(folder, "../README.md"))):
        with open(path, encoding="utf-8") as file:
            names = sorted(set(re.findall(r"\bresults/([\w-]+\.json)\b", file.read())))
        for name in names:
            if (found := state(os.path.join(results, name), now)) != "current":
                yield f"{os.path.basename(path):14} quotes {name}, which is {found.split()[0]}"


def check(patches: str, results: str) -> int:
    now = both(patches)
    for path in sorted(glob.glob(os.path.join(results, "*.*"))):
        if os.path.basename(path) != "README.md":
            print(f"{os.path.basename(path):14} {state(path, now)}")
    for text in quoting(results, now):
        print(text)
    wrong = [text for path in sorted(glob.glob(os.path.join(patches, "*/cover-letter.txt")))
             for text in letter(path, results, now)]
    for text in wrong:
        print(f"provenance: error: {text}", file=sys.stderr)
    return 1 if wrong else 0


def sentence(path: str) -> str:
    """What a result was measured on."""
    with open(path, encoding="utf-8") as file:
        on = json.load(file).get("provenance")
    name = os.path.basename(path)
    if not on:
        return (f"[{name}](results/{name}) was measured on an earlier state of the series, with other files; which one, "
                "[results/README.md](results/README.md) says.")
    return (f"[{name}](results/{name}) was measured on {on['date']} on Linux {on['kernel']} with the series as it was then "
            f"(`scripts/lib/provenance.py check` compares), {on['compiler']}.")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="provenance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("check", "of", "stamp"))
    parser.add_argument("file", nargs="?", metavar="FILE", help="for of")
    parser.add_argument("--tree", default="", metavar="DIR", help="of the kernel, for stamp")
    parser.add_argument("--objdir", default="", metavar="DIR", help="where it was built")
    parser.add_argument("--series", action="store_true", help="the tree is that of patches/")
    parser.add_argument("--patches", default=os.path.join(TOP, "patches"), metavar="DIR")
    parser.add_argument("--results", default=os.path.join(TOP, "Documentation/results"), metavar="DIR")
    args = parser.parse_args()
    if args.command == "check":
        return check(args.patches, args.results)
    if args.command == "of":
        if not args.file:
            parser.error("of expects a FILE: of Documentation/results/rule.json")
        print(sentence(args.file))
        return 0
    print(json.dumps(stamp(args.tree, args.objdir, args.series)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
