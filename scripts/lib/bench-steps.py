# SPDX-License-Identifier: GPL-2.0
"""Step through single interrupts in the benchmark. Runs in the Python of gdb.

The environment has the socket of qemu's gdb stub (STEPS_SOCKET), the windows to look at
(STEPS_WINDOWS: NAME,ARM,BEGIN,SKIP,IRQ ..., where ARM is a function that has to be called
first, or nothing, BEGIN the one to step through, SKIP how many calls of it to skip, and
IRQ is "irq" if interrupts are expected in the window)
and where to write the result (STEPS_JSON): for each window the instructions by function in
the order of their first call, those that lock, and the lines of memory that are touched.

Timer interrupts in a window do not count: time passes while gdb works.
"""

import json
import os
import re
from typing import Any, Dict, List, Optional, Set, Tuple

import gdb

CACHE_LINE = 64
LIMIT = 20000		# instructions of a window
SYMBOL = re.compile(r'<([\w.]+)(?:\+\d+)?>:\s+(.*)')
OPERAND = re.compile(r'(%[c-g]s:)?(-?0x[0-9a-f]+)?\((%\w+)?(?:,(%\w+))?(?:,(\d))?\)')
LOCKED = re.compile(r'^(lock |xchg |mfence|sfence|lfence)')
TIMER = 'asm_sysvec_apic_timer_interrupt'


def run(command: str) -> str:
    return str(gdb.execute(command, to_string=True))


def value(expression: str) -> int:
    return int(gdb.parse_and_eval(expression)) & (1 << 64) - 1


def register(name: str) -> int:
    width = '(unsigned int)' if re.match(r'%(e|r\d+d$)', name) else '(unsigned long)'
    return value(f'{width}${name[1:]}')


def touched(text: str) -> Set[int]:
    """The addresses at which an instruction reads or writes memory."""
    words = text.split()
    while words and words[0] in ('lock', 'rep', 'repz', 'notrack', 'cs', 'ds'):
        words.pop(0)
    name = words[0] if words else ''
    found = set()
    if re.match(r'(push|call)', name):
        found.add(value('$rsp') - 8)
    elif re.match(r'(pop|ret|leave)', name):
        found.add(value('$rsp'))
    match = OPERAND.search(text)
    if match and not re.match(r'(lea|nop)', name):
        segment, offset, base, index, scale = match.groups()
        address = int(offset or '0', 16)
        if base == '%rip':
            # gdb says where that is
            resolved = re.search(r'#\s+(0x[0-9a-f]+)', text)
            address = int(resolved[1], 16) if resolved else 0
        elif base:
            address += register(base)
        if index:
            address += register(index) * int(scale or '1')
        if segment == '%gs:':
            address += value('$gs_base')
        found.add(address & (1 << 64) - 1)
    else:
        absolute = re.search(r'%gs:(-?0x[0-9a-f]+)(?!\()', text)
        if absolute:
            found.add(int(absolute[1], 16) + value('$gs_base') & (1 << 64) - 1)
    return found


def stop_at(function: str, skip: int) -> None:
    point = gdb.Breakpoint(function, type=gdb.BP_HARDWARE_BREAKPOINT)
    point.silent = True
    point.ignore_count = skip
    run('continue')
    point.delete()
    if value('$pc') != value(f'(unsigned long)&{function}'):
        raise gdb.GdbError(f'the guest stopped before {function}() was called {skip + 1} times')


def window(arm: str, begin: str, skip: int) -> Dict[str, Any]:
    if arm:
        stop_at(arm, 10)
    stop_at(begin, skip)
    end = value('*(unsigned long *)$rsp')
    functions: Dict[str, int] = {}
    locked: List[str] = []
    data: Set[int] = set()
    code: Set[int] = set()
    ignore: Optional[Tuple[int, int]] = None
    for _ in range(LIMIT):
        pc = value('$pc')
        if pc == end and ignore is None:
            break
        line = run('x/i $pc').strip()
        match = SYMBOL.search(line)
        function, text = (match[1], match[2]) if match else ('handler', line.split(':', 1)[-1].strip())
        if ignore is None and function == TIMER:
            # What the interrupt comes back to: the frame has RIP, CS, flags and RSP
            ignore = (value('*(unsigned long *)$rsp'), value('*(unsigned long *)($rsp + 24)'))
        elif ignore == (pc, value('$rsp')):
            ignore = None
        if ignore is None:
            functions[function] = functions.get(function, 0) + 1
            if LOCKED.match(text):
                locked.append(f'{function}: {" ".join(text.split())}')
            data.update(address // CACHE_LINE for address in touched(text))
            code.add(pc // CACHE_LINE)
        run('stepi')
    else:
        raise gdb.GdbError(f'{begin}() has not come back after {LIMIT} instructions')
    return {'functions': functions, 'instructions': sum(functions.values()), 'locked': locked,
            'data_lines': len(data), 'code_lines': len(code)}


def main() -> None:
    for setting in ('pagination off', 'confirm off', 'height 0', 'width 0', 'disassembly-flavor att'):
        run(f'set {setting}')
    run(f'target remote {os.environ["STEPS_SOCKET"]}')
    found = {}
    for word in os.environ['STEPS_WINDOWS'].split():
        name, arm, begin, skip, interrupts = word.split(',')
        # While it steps: no timers (4), and no interrupts (2) unless the window needs them
        run(f'maint packet Qqemu.sstep={5 if interrupts == "irq" else 7}')
        found[name] = window(arm, begin, int(skip))
    with open(os.environ['STEPS_JSON'], 'w', encoding='utf-8') as file:
        json.dump(found, file, indent=1)
    run('kill')


main()
