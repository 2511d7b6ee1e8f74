# SPDX-License-Identifier: GPL-2.0
"""Print tables with columns. (python3-tabulate of Debian 12 does not escape
"|" and turns "1,020" into a number; and this is shorter than calling it.)"""

from typing import List, Sequence


def _cells(row: Sequence[str], widths: List[int], left: Sequence[int]) -> List[str]:
    return [cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))]


def text_table(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """A table for a terminal; the columns in left, and the last one, are left-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    left = (*left, len(widths) - 1) if left == (0,) else left
    return '\n'.join('  '.join(_cells(row, widths, left)).rstrip() for row in rows)


def markdown_table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A Markdown table. The first row is the head. Columns are aligned unless a cell is long."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    if max(widths) > 60:
        widths = [0] * len(widths)
    left = [i for i in range(len(widths)) if i not in right]
    lines = ['| ' + ' | '.join(_cells(row, widths, left)) + ' |' for row in rows]
    rule = '|' + '|'.join('-' * (max(width, 3) + 1) + (':' if i in right else '-')
                          for i, width in enumerate(widths)) + '|'
    return '\n'.join([lines[0], rule, *lines[1:]])
