#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Find kernel splats in a console log.

A splat is a warning, a bug, an oops, a lockdep, RCU, KASAN, KCSAN, UBSAN
or lockup report, and so on. Each is printed with the test in which it happened
and its trace, decoded to source lines if VMLINUX has debug information.

With --on, those are expected that configs/expected-splats, which describes its records,
declares for that target.

A fingerprint is the same for the same splat: of its first line without numbers, and of the
functions on top of the trace.

Exit status: 0 if nothing unexpected was found, 1 otherwise.

examples:
  scripts/lib/splats.py --on kunit/x86_64 build/kunit/x86_64/console.log
  scripts/lib/splats.py --tree ~/linux --vmlinux build/vm/x86_64/vmlinux console.log
"""

import datetime
import fnmatch
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Dict, List, NoReturn, Optional, Tuple

import common

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXPECTED = os.path.join(TOP, 'configs/expected-splats')

# What printk() may put in front: time, and the caller's task or CPU.
PREFIX = re.compile(r'^(?:<\d+>)?(?:\[ *\d+\.\d+\]\s?)?(?:\[ *[TC]\d+\]\s?)?')

COMPLAINTS = re.compile('|'.join((
    r'WARNING: ',			# WARN*(), lockdep, RCU usage
    r'(?:[\w-]+: )?BUG: ',		# KASAN, KCSAN, atomic sleep, soft lockup
    r'kernel BUG at ',
    r'(?:[\w-]+: )?Oops',
    r'general protection fault',
    r'invalid opcode: ',
    r'double fault: ',
    r'Unable to handle kernel',
    r'Unhandled fault',
    r'Internal error: ',
    r'Kernel panic - not syncing',
    r'Kernel mode (?:fault|signal)',		# UML
    r'Modules linked in: .*\bSegmentation fault\b',
    r'(?:rcu: )?INFO: rcu_\w+ .*(?:stall|detected expedited)',
    r'(?:rcu: )?INFO: .*self-detected stall',
    r'(?:rcu: )?rcu_\w+ kthread (?:starved|timer wakeup)',
    r'INFO: task .* blocked (?:for more than|in I/O)',
    r'INFO: possible recursive locking',
    r'INFO: trying to register non-static key',
    r'(?:[\w-]+: )*(?:CPU\d+: )?Watchdog detected hard LOCKUP',
    r'Showing busy workqueues',
    r'DEBUG_LOCKS_WARN_ON',
    r'UBSAN: ',
    r'ODEBUG: ',
    r'Badness at ',
    r'refcount_t: ',
    r'list_(?:add|del) corruption',
    r'kmemleak: .*new suspected memory leak',
    r'irq event \d+: bogus return',
    r'irq \d+: nobody cared',
    r'Disabling IRQ #',
    r'unexpected IRQ trap',
    r'NOHZ tick-stop error',
    r'softirq: huh, entered softirq',
    r'bad: scheduling from the idle',
    r'page allocation failure',
    r'Out of memory: ',
    r'[Cc]all [Tt]race:',		# a trace without any of the above
)))
RESULT = re.compile(r'^( *)(?:not )?ok \d+(?: -)? ([^#\s]+(?: [^#\s]+)*)')
KTAP = re.compile(r'^ *(?:K?TAP version \d+|1\.\.\d+)$')
SUBTEST = re.compile(r'^( *)# Subtest: (\S+)')
TRACE_END = re.compile(r'---\[ end ')
# The end of a splat, where another one may begin.
BETWEEN = re.compile(r'-+\[ cut here \]-+$|={30,}$')
# An allocation failure that a test injects comes with a trace which is not a splat.
INJECTED = re.compile(r'FAULT_INJECTION: forcing a failure')
BARE_TRACE = re.compile(r'[Cc]all [Tt]race:$')
INJECTED_MAX = 20  # lines from one to the other
# Known causes of splats, with their source. Such a splat counts nevertheless.
HINTS = (
        (re.compile(r'Oops: int3'),
         'without KVM, qemu before 8.1 (its commit deba78709ae8) may run an instruction that the '
         'kernel has patched away: run it again, or with a newer qemu'),
)
TRACE_MAX = 80		# lines
# A function in a trace: after "? ", it is only somewhere on the stack
FRAME = re.compile(r'(\? )?([A-Za-z_]\w*)[\w.]*\+0x[0-9a-f]+/0x[0-9a-f]+')
# What reports a splat says nothing about it
REPORTS = re.compile(r'_*(?:dump_stack|show_stack|warn|report_bug|handle_bug|exc_|asm_exc_|print_|kasan_|kcsan_)')
NUMBERS = re.compile(r'\b(?:0x)?[0-9a-f]*\d[0-9a-f]*\b|\b[0-9a-f]{8,}\b|\d+')
LINK = re.compile(r'https://\w+\.kernel\.org/\S+$|[0-9a-f]{12,40}$')
NEEDED = {
    'On': 'the targets, as KIND/NAME of configs/targets',
    'Test': 'the test which triggers it, as "suite.case"',
    'Splat': 'a regular expression for its first line',
    'Reason': 'why it is no defect',
    'Link': 'what shows this: FILE or FILE#TEXT of this repository, a page of kernel.org, or a commit',
    'Until': 'when it has to be checked again, as 2027-12-01',
}


@dataclass
class Complaint:
    number: int				# line in the log, from 1
    title: str
    lines: List[str] = field(default_factory=list)
    test: str = ''
    expected: str = ''			# the name of its row

    def functions(self, sure: bool = False) -> List[str]:
        """The names in its trace; those that are known to be callers, if there are any."""
        found = [match.groups() for line in self.lines[1:] for match in FRAME.finditer(line)]
        if sure and not all(unsure for unsure, _ in found):
            found = [frame for frame in found if not frame[0]]
        return [name for _, name in found]

    def fingerprint(self) -> str:
        top = [name for name in self.functions(sure=True) if not REPORTS.match(name)][:3]
        return hashlib.sha256('\n'.join([NUMBERS.sub('#', self.title), *top]).encode()).hexdigest()[:8]


@dataclass
class Row:
    """A splat which is expected in a test, and its record."""
    where: str
    test: str
    title: 're.Pattern[str]'
    trace: 're.Pattern[str]'

    @property
    def name(self) -> str:
        return f'{self.test}: {self.title.pattern}'

    def matches(self, splat: Complaint) -> bool:
        names = splat.functions()
        return bool(fnmatch.fnmatchcase(splat.test, self.test) and self.title.search(splat.title)
                    and (not names or any(map(self.trace.match, names))))


def strip(line: str) -> str:
    """A console line without printk()'s prefix."""
    return PREFIX.sub('', line.rstrip('\r\n'), count=1)


def is_complaint(text: str) -> bool:
    return bool(COMPLAINTS.match(text.lstrip()))


class Position:
    """The suites which a line of the console is in."""

    def __init__(self) -> None:
        self.suites: List[Tuple[int, str]] = []

    def feed(self, text: str) -> str:
        """The name of the test whose result the line is, or ''."""
        if match := SUBTEST.match(text):
            self.suites = [s for s in self.suites if s[0] < len(match[1])] + [(len(match[1]), match[2])]
        elif match := RESULT.match(text):
            self.suites = [s for s in self.suites if s[0] <= len(match[1])]
            return '.'.join([name for _, name in self.suites] + [match[2]])
        return ''


def find(lines: List[str]) -> List[Complaint]:
    """The splats of a log, each with its trace and the test in which it happened."""
    found: List[Complaint] = []
    unnamed: List[Complaint] = []  # in a test whose result line is still to come
    current: Optional[Complaint] = None
    position = Position()
    injected, begun = -INJECTED_MAX, False

    for number, raw in enumerate(lines, 1):
        if number == 1 and raw.startswith('# '):
            continue		# the command, written by scripts/lib/boot
        text = strip(raw)

        if not begun and KTAP.match(text):
            begun = True
            for complaint in found:
                complaint.test = '(boot)'
            unnamed = []
        subtest, result = SUBTEST.match(text), position.feed(text)
        if INJECTED.match(text):
            injected = number
        elif BARE_TRACE.match(text) and number - injected < INJECTED_MAX:
            injected = -INJECTED_MAX
            continue
        if (subtest or result or KTAP.match(text) or BETWEEN.match(text)
                or INJECTED.match(text)):
            current = None
        if subtest or result:
            if result:
                for complaint in unnamed:
                    complaint.test = result
                unnamed = []
            continue

        if current is not None:
            current.lines.append(text)
            if TRACE_END.search(text) or len(current.lines) >= TRACE_MAX:
                current = None
            continue
        if is_complaint(text):
            current = Complaint(number, text.strip(), [text])
            found.append(current)
            unnamed.append(current)

    for complaint in unnamed:
        names = [name for _, name in position.suites]
        complaint.test = '.'.join(names + ['(unfinished)']) if names else ''
    return found


def unexpected(complaints: List[Complaint], rows: List[Row]) -> List[Complaint]:
    for complaint in complaints:
        complaint.expected = next((row.name for row in rows if row.matches(complaint)), '')
    return [complaint for complaint in complaints if not complaint.expected]


def wrong(where: str, text: str) -> NoReturn:
    sys.exit(f'splats: error: {where}: {text}')


def check_link(where: str, link: str) -> None:
    name, _, text = link.partition('#')
    try:
        if not LINK.match(link):
            with open(os.path.join(TOP, name), encoding='utf-8') as f:
                if text not in f.read():
                    wrong(where, f'"Link: {link}": {name} has no "{text}"')
    except OSError:
        wrong(where, f'"Link: {link}": expects {NEEDED["Link"]}')


def read_record(where: str, record: Dict[str, List[str]], on: str) -> List[Row]:
    """The rows of a record; none if it is not for the target."""
    for key, what in NEEDED.items():
        if not ''.join(record.get(key, [])):
            wrong(where, f'no "{key}": add {what}')
    for link in record['Link']:
        check_link(where, link)
    try:
        if datetime.date.fromisoformat(until := record['Until'][0]) < datetime.date.today():
            wrong(where, f'expired on {until}: check whether it is still so that "{" ".join(record["Reason"])}" '
                  f'({", ".join(record["Link"])}); then set a later date, or remove the record')
        trace = re.compile('|'.join(record.get('Trace', [])))
        return [Row(where, test, re.compile(title), trace) for test in ' '.join(record['Test']).split()
                for title in record['Splat']
                if any(fnmatch.fnmatchcase(on, glob) for glob in ' '.join(record['On']).split())]
    except (ValueError, re.error) as error:
        wrong(where, str(error))


def declared(on: str, path: str = EXPECTED) -> List[Row]:
    """The splats that are expected on a target."""
    rows: List[Row] = []
    record: Dict[str, List[str]] = {}
    first, key = 0, ''
    with open(path, encoding='utf-8') as f:
        lines = f.read().split('\n')
    for number, line in enumerate([*lines, ''], 1):
        if line.startswith('#'):
            continue
        if not line.strip() and record:
            rows += read_record(f'{path}:{first}', record, on)
            record = {}
        elif line[:1].isspace() and record:
            record[key][-1] += ' ' + line.strip()
        elif line.strip():
            first = first if record else number
            key, _, text = line.partition(': ')
            if key not in (*NEEDED, 'Trace'):
                wrong(f'{path}:{number}', f'expects "KEY: TEXT" with one of {", ".join([*NEEDED, "Trace"])}')
            record.setdefault(key, []).append(text.strip())
    return rows


def has_debug_info(vmlinux: str) -> bool:
    try:
        out = subprocess.run(['readelf', '-SW', vmlinux], capture_output=True,
                             text=True, check=False).stdout
    except OSError:
        return False
    return '.debug_info' in out


def decode(lines: List[str], vmlinux: str, tree: str) -> List[str]:
    """The lines with addresses decoded to source lines, if possible."""
    script = os.path.join(tree, 'scripts', 'decode_stacktrace.sh')
    try:
        done = subprocess.run(['bash', script, vmlinux, tree],
                              input='\n'.join(lines) + '\n', capture_output=True,
                              text=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return lines
    if done.returncode != 0 or not done.stdout.strip():
        return lines
    return done.stdout.rstrip('\n').split('\n')


def main() -> int:
    parser = common.parser(__doc__)
    parser.add_argument('--on', metavar='KIND/NAME', help='the target that ran; without it, no splat is expected')
    parser.add_argument('--expected', metavar='FILE', default=EXPECTED, help='another configs/expected-splats')
    parser.add_argument('--vmlinux', metavar='VMLINUX')
    parser.add_argument('--tree', metavar='DIR', help='kernel tree, for decoding')
    parser.add_argument('--count', metavar='FILE', help='write the number of unexpected splats there')
    parser.add_argument('--json', metavar='FILE', help='add all splats to these results, if there are any')
    parser.add_argument('log', metavar='LOG')
    args = parser.parse_args()

    with open(args.log, encoding='utf-8', errors='backslashreplace') as f:
        complaints = find(f.readlines())
    bad = unexpected(complaints, declared(args.on, args.expected) if args.on else [])
    if args.count:
        with open(args.count, 'w', encoding='ascii') as f:
            f.write(f'{len(bad)}\n')
    if args.json and os.path.exists(args.json):
        with open(args.json, encoding='utf-8') as f:
            results = json.load(f)
        results['splats'] = [{'fingerprint': c.fingerprint(), 'title': c.title, 'test': c.test, 'line': c.number,
                              'expected': c.expected} for c in complaints]
        common.save(args.json, results)

    can_decode = bool(bad and args.vmlinux and args.tree and has_debug_info(args.vmlinux))
    for complaint in bad:
        where = f' in {complaint.test}' if complaint.test else ''
        print(f'{args.log}:{complaint.number}: unexpected{where}: {complaint.title} [splat {complaint.fingerprint()}]')
        trace = complaint.lines[1:]
        if can_decode:
            trace = decode(trace, args.vmlinux, args.tree)
        for line in trace:
            print(f'\t{line}')
        for regex, hint in HINTS:
            if regex.match(complaint.title):
                print(f'({hint})')
    if bad and args.vmlinux and not can_decode:
        print('(no debug information in the kernel: traces are not decoded)')
    if len(complaints) > len(bad):
        print(f'{len(complaints) - len(bad)} splats that tests trigger on purpose')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
