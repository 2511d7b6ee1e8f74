# SPDX-License-Identifier: GPL-2.0
"""scripts/lib/bench-profile: what is counted where, and what makes it fail."""

import json

from case import Case

WAYS = ("floor", "compat", "hardirq", "tasklet", "bh_work", "merge", "masked")
INJECTED = ("front_hardirq", "front_tasklet", "front_bh_work", "debugfs_hardirq", "debugfs_tasklet", "gpio_sim")


def steps():
    functions = {"irq_sim_fire": 50, "handle_edge_irq": 30, "handle_softirqs": 15, "handler": 5}
    return {way: {"functions": dict(functions), "instructions": 100, "data_lines": 7, "code_lines": 9,
                  "locked": ["irq_sim_fire: lock cmpxchg %edx,(%rdi)"]} for way in WAYS}


class Profile(Case):
    def file(self, name, what):
        return super().file(name, json.dumps(what))

    def run_it(self, up, *args, status=0):
        return self.call("lib/bench-profile", "--up", self.file("up.json", up), "--smp", self.file("smp.json", steps()),
                         "--ways", self.file("ways.json", dict.fromkeys(INJECTED, steps()["floor"])),
                         "--ways-base", self.file("base.json", {"gpio_sim": steps()["floor"]}), *args, status=status)

    def test_parts(self):
        rows = {line.split("  ")[0]: line.split() for line in self.run_it(steps()).stdout.splitlines()}
        for part, count in (("the chip", "50"), ("genirq", "30"), ("softirqs and tasklets", "15"),
                            ("the handler", "5"), ("all", "100")):
            self.assertEqual(rows[part][-len(WAYS):], [count] * len(WAYS), part)

    def test_grown(self):
        """Two per cent are let pass, more are not, and the function is named."""
        before = self.file("before.json", {"up": steps()})
        now = steps()
        for more, status in ((0, 0), (2, 0), (3, 1)):
            now["tasklet"]["functions"]["irq_sim_fire"] = 50 + more
            now["tasklet"]["instructions"] = 100 + more
            done = self.run_it(now, "--baseline", before, status=status)
        self.assertEqual([line.split() for line in done.stdout.splitlines()[-2:]],
                         [["tasklet", "all", "100", "103"], ["tasklet", "irq_sim_fire", "50", "53"]])

    def test_missing(self):
        """Nothing is known of a way, it took no instructions, or no handler ran in what was to deliver."""
        broken = steps()
        for way in ("merge", "masked"):
            del broken[way]["functions"]["handler"]
        self.run_it(broken)
        del broken["tasklet"]["functions"]["handler"]
        self.assertIn('the handler has not run in "tasklet"', self.run_it(broken, status=2).stderr)
        broken["hardirq"]["instructions"] = 0
        self.assertIn("run scripts/bench --profile", self.run_it(broken, status=2).stderr)
        broken = steps()
        del broken["bh_work"]
        self.assertIn('nothing of "BH work"', self.run_it(broken, status=2).stderr)

    def test_document(self):
        self.run_it(steps(), "--markdown", self.dir / "profile.md")
        text = (self.dir / "profile.md").read_text()
        self.assertIn("| handle_edge_irq | genirq", text)
        self.assertIn("is 1.00 of a direct call", text)
