# SPDX-License-Identifier: GPL-2.0
"""Find functions in C source that is written in the kernel's style."""

import re
from typing import Dict, List, Set

# A line at the left margin that names a function: a definition, or one of the
# macros that make one. Labels, types and directives do not have the parenthesis.
NAME = re.compile(r'^(?![ \t#/{}*])(?:.*?\W)?(\w+)\(')
ONE_LINE = re.compile(r'^\w.*\)\s*\{.*\}$')


def functions_of(source: List[str]) -> Dict[int, str]:
    """Map line numbers, from 1, to functions; lines outside of functions are left out.

    From the line with the name to the brace that ends it, at the left margin
    both. (gcov's list of functions lacks those which were inlined everywhere.)
    """
    inside: Dict[int, str] = {}
    name, start, body = '', 0, False
    for number, line in enumerate(source, 1):
        if body:
            inside[number] = name
            if line.startswith('}'):
                name, body = '', False
            continue
        if match := NAME.match(line):
            name, start = match[1], number
        if not name:
            continue
        if line.startswith('{') or ONE_LINE.match(line):
            inside.update(dict.fromkeys(range(start, number + 1), name))
            body = line.startswith('{')
            if not body:
                name = ''
        elif line.rstrip().endswith(';') or line.startswith('}'):
            name = ''
    return inside


def heads_of(source: List[str], inside: Dict[int, str]) -> Set[int]:
    """The lines of functions that are before their bodies."""
    heads: Set[int] = set()
    head: List[int] = []
    for number in sorted(inside):
        if inside.get(number - 1) != inside[number] or source[number - 2].startswith('}'):
            head = []
            before = True
        if source[number - 1].startswith('{'):
            heads.update(head)
            before = False
        if before:
            head.append(number)
    return heads
