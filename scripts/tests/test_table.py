# SPDX-License-Identifier: GPL-2.0
"""Test scripts/lib/table on small tables: its errors, its output, its comparison."""

from case import TOP, Case

OPS = ("FIRE", "UP", "DOWN", "ASSERT", "LOWER", "MASK", "UNMASK", "DISABLE", "ENABLE", "STARTUP",
       "SHUTDOWN", "SET_TYPE", "AFFINITY", "CPU_DOWN", "WAKE", "INJECT", "SYNC", "FREE", "RELEASE")
ANY = ", ".join(['"*"'] * 9)
# All states of one kind only; no operation changes anything.
TABLE = (f'CANNOT("EP", {", ".join(["%s" % chr(34) + "*" + chr(34)] * 8)}, "not here") /* RULE( */\n' +
         "".join(f'RULE({op}, {ANY}, 0, 0, "=", "=", "=", "=", "=", "why")\n' for op in OPS))


class Table(Case):
    def run_tool(self, text, *args, status=0):
        return self.call("lib/table", self.file("t.def", text), *args, status=status)

    def test_size(self):
        text = self.run_tool(TABLE).stdout
        self.assertIn("\n| ACK | 6,912 | 0 | 0 | 6,912 | 117,504 | 0 |\n| EOI | 6,912 | 6,912 | 0 | 0 | 0 | 0 |\n", text)

    def test_page(self):
        """The document matches the table of the series."""
        self.call("lib/table", TOP / "kunit/src/kernel/irq/tests/irq_sim_table.def", "--check",
                  TOP / "Documentation/table.md", status=0)

    def wrong(self, text, words):
        got = self.run_tool(text, status=2)
        self.assertEqual(got.stdout, "")
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
        self.run_tool(TABLE, "--check", self.file("doc.md", text))
        got = self.run_tool(TABLE, "--check", self.file("doc.md", text + "\n"), status=1)
        self.assertEqual(got.stdout, "")
        self.assertIn("print it again", got.stderr)
        self.run_tool(TABLE, "--check", self.dir / "none", status=2)
