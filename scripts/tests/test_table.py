#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Test scripts/lib/table on small tables: its errors, its output, its comparison.

examples:
  scripts/tests/test_table.py
"""

import subprocess
import sys
import unittest

from case import SCRIPTS, Case

TOOL = SCRIPTS / "lib/table"
OPS = ("FIRE", "UP", "DOWN", "ASSERT", "LOWER", "MASK", "UNMASK", "DISABLE", "ENABLE", "STARTUP",
       "SHUTDOWN", "SET_TYPE", "AFFINITY", "CPU_DOWN", "WAKE", "INJECT", "SYNC", "FREE", "RELEASE")
ANY = ", ".join(['"*"'] * 9)
# All states of one kind only; no operation changes anything.
TABLE = (f'CANNOT("EP", {", ".join(["%s" % chr(34) + "*" + chr(34)] * 8)}, "not here") /* RULE( */\n' +
         "".join(f'RULE({op}, {ANY}, 0, 0, "=", "=", "=", "=", "=", "why")\n' for op in OPS))


class Table(Case):
    def run_tool(self, text, *args):
        self.file("t.def", text)
        return subprocess.run([sys.executable, TOOL, self.dir / "t.def", *args],
                              capture_output=True, text=True, check=False)

    def test_count(self):
        got = self.run_tool(TABLE, "--count")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertEqual(got.stdout.splitlines()[0], "ACK 6912 0 0 6912 117504 0")
        self.assertEqual(got.stdout.splitlines()[1], "EOI 6912 6912 0 0 0 0")

    def test_page(self):
        """The document matches the table of the series."""
        top = TOOL.parent.parent.parent
        got = subprocess.run([sys.executable, TOOL, top / "kunit/src/kernel/irq/tests/irq_sim_table.def", "--check",
                              top / "Documentation/table.md"], capture_output=True, text=True, check=False)
        self.assertEqual(got.returncode, 0, got.stderr)

    def wrong(self, text, words):
        got = self.run_tool(text)
        self.assertEqual((got.returncode, got.stdout), (2, ""))
        self.assertIn(words, got.stderr)

    def test_no_rule(self):
        self.wrong(TABLE.replace("RULE(WAKE, ", 'RULE(WAKE, "A", "R", ').replace(
            ', "*", "*", 0, 0, "=", "=", "=", "=", "=", "why")\nRULE(INJECT',
            ', 0, 0, "=", "=", "=", "=", "=", "why")\nRULE(INJECT'), "WAKE in A N U o e - 0 - -: 0 rules")

    def test_two_rules(self):
        self.wrong(TABLE + f'NOT(WAKE, {ANY}, "asleep")\n', "2 rules")

    def test_dead_rule(self):
        self.wrong(TABLE + 'NOT(WAKE, "P", "*", "*", "*", "*", "*", "*", "*", "*", "no")\n',
                   "matches nothing")

    def test_result_is_no_state(self):
        self.wrong(TABLE.replace('CANNOT("EP"', 'CANNOT("*", "*", "*", "h", "*", "*", "*", "*", "*",'
                                 ' "by hand")\nCANNOT("EP"').replace(
            f'RULE(MASK, {ANY}, 0, 0, "=", "="', f'RULE(MASK, {ANY}, 0, 0, "=", "h"'), "but by hand")

    def test_bad_letter(self):
        self.wrong(TABLE.replace('CANNOT("EP"', 'CANNOT("EX"'), "no such letters")

    def test_garbage(self):
        self.wrong("hello\n", "no rules")
        self.wrong(TABLE + "RULE(WAKE)\n", "cannot read")
        self.wrong(TABLE.replace("RULE(SYNC", "RULE(SLEEP"), "no such operation")

    def test_check(self):
        text = self.run_tool(TABLE).stdout
        self.assertIn("# The table", text)
        (self.dir / "doc.md").write_text(text)
        self.assertEqual(self.run_tool(TABLE, "--check", self.dir / "doc.md").returncode, 0)
        (self.dir / "doc.md").write_text(text + "\n")
        got = self.run_tool(TABLE, "--check", self.dir / "doc.md")
        self.assertEqual((got.returncode, got.stdout), (1, ""))
        self.assertIn("print it again", got.stderr)
        self.assertEqual(self.run_tool(TABLE, "--check", self.dir / "none").returncode, 2)


if __name__ == "__main__":
    unittest.main()
