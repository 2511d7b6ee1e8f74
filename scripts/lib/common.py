# SPDX-License-Identifier: GPL-2.0
"""What the tools in Python share: the parser of their arguments, and the files that they read and write."""

import argparse
import io
import json
import os
import subprocess
import sys
from typing import Any, Dict, Iterator, Tuple


def parser(doc: Any) -> argparse.ArgumentParser:
    """For a tool with that documentation, the examples in it. It prints UTF-8 in each locale."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding='utf-8', errors='surrogateescape')
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def save(path: str, data: Any) -> None:
    """One record a line, that is, what is in the lists and objects of the whole."""
    def lines(value: Any, depth: int) -> str:
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if depth and not any(isinstance(item, (dict, list)) for item in items) or depth > 1:
            return json.dumps(value)
        heads = [f'{json.dumps(key)}: ' for key in value] if isinstance(value, dict) else [''] * len(items)
        inner = [head + lines(item, depth + 1) for head, item in zip(heads, items)]
        margin = '\n' + ' ' * depth
        return ('{%s}' if isinstance(value, dict) else '[%s]') % (f'{margin} ' + f',{margin} '.join(inner) + margin)

    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(lines(data, 0) + '\n')
    os.replace(path + '.new', path)


def cases(group: Dict[str, Any], path: Tuple[str, ...] = ()) -> Iterator[Tuple[Tuple[str, ...], str]]:
    """The cases in the JSON of KUnit's parser: the names down to each case, and how it ended."""
    for case in group.get('test_cases', ()):
        yield (*path, case['name']), case['status']
    for sub in group.get('sub_groups', ()):
        yield from cases(sub, (*path, sub['name']))


def count(passed: int, failed: int) -> None:
    """For scripts/test, if that is who runs the tool."""
    if path := os.environ.get('STAGE_COUNTS'):
        with open(path, 'w', encoding='ascii') as file:
            file.write(f'{passed} {failed} 0\n')


def git(folder: str, *arguments: str, **environment: str) -> 'subprocess.CompletedProcess[str]':
    """As kgit of gitlib.sh does: the result depends on nobody's configuration."""
    settings = ('safe.directory=*', 'core.attributesFile=/dev/null', 'core.autocrlf=false',
                'apply.whitespace=nowarn', 'color.ui=false', 'log.showSignature=false')
    return subprocess.run(
        ['git', *(word for setting in settings for word in ('-c', setting)), *arguments], cwd=folder,
        capture_output=True, text=True, errors='replace', check=False,
        env={**{name: value for name, value in os.environ.items() if not name.startswith('GIT_')},
             'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_CONFIG_NOSYSTEM': '1', 'GIT_ATTR_NOSYSTEM': '1', 'LC_ALL': 'C.UTF-8',
             **environment})


def cpu() -> str:
    """The model of this machine's CPUs, as far as it is known."""
    try:
        with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
            return next((line.partition(':')[2].strip() for line in file if line.startswith('model name')), '')
    except OSError:
        return ''
