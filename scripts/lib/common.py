# SPDX-License-Identifier: GPL-2.0
"""What the tools in Python share: the parser of their arguments, and the files that they write."""

import argparse
import json
import os
from typing import Any


def parser(doc: Any) -> argparse.ArgumentParser:
    """For a tool with that documentation, the examples in it."""
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def save(path: str, data: Any) -> None:
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(data, file, indent=1)
        file.write('\n')


def count(passed: int, failed: int) -> None:
    """For scripts/test, if that is who runs the tool."""
    if path := os.environ.get('STAGE_COUNTS'):
        with open(path, 'w', encoding='ascii') as file:
            file.write(f'{passed} {failed} 0\n')


def cpu() -> str:
    """The model of this machine's CPUs, as far as it is known."""
    try:
        with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
            return next((line.partition(':')[2].strip() for line in file if line.startswith('model name')), '')
    except OSError:
        return ''
