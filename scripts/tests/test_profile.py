# SPDX-License-Identifier: GPL-2.0
"""scripts/lib/bench-profile: what is counted where, and what makes it fail."""

import copy
import json
import os
import subprocess
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROFILE = os.path.join(TOP, "scripts/lib/bench-profile")
WAYS = ("floor", "compat", "hardirq", "tasklet", "bh_work", "merge", "masked")

INJECTED = ("front_hardirq", "front_tasklet", "front_bh_work", "debugfs_hardirq", "debugfs_tasklet", "gpio_sim")


def steps():
    functions = {"irq_sim_fire": 50, "handle_edge_irq": 30, "handle_softirqs": 15, "handler": 5}
    return {way: {"functions": dict(functions), "instructions": 100, "data_lines": 7, "code_lines": 9,
                  "locked": ["irq_sim_fire: lock cmpxchg %edx,(%rdi)"]} for way in WAYS}


class Profile(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory(prefix="irq_sim-test.")
        self.addCleanup(self.dir.cleanup)

    def file(self, name, what):
        path = os.path.join(self.dir.name, name)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(what, file)
        return path

    def run_it(self, up, *args, status=0):
        done = subprocess.run([PROFILE, "--up", self.file("up.json", up), "--smp", self.file("smp.json", steps()),
                               "--ways", self.file("ways.json", dict.fromkeys(INJECTED, steps()["floor"])),
                               "--ways-base", self.file("base.json", {"gpio_sim": steps()["floor"]}), *args],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_parts(self):
        rows = {line.split("  ")[0]: line.split() for line in self.run_it(steps()).stdout.splitlines()}
        for part, count in (("the chip", "50"), ("genirq", "30"), ("softirqs and tasklets", "15"),
                            ("the handler", "5"), ("all", "100")):
            self.assertEqual(rows[part][-len(WAYS):], [count] * len(WAYS), part)

    def test_grown(self):
        """Two per cent are let pass, more are not, and the function is named."""
        before = self.file("before.json", {"up": steps()})
        self.run_it(steps(), "--baseline", before)
        now = copy.deepcopy(steps())
        now["tasklet"]["functions"]["irq_sim_fire"] = 52
        now["tasklet"]["instructions"] = 102
        self.run_it(now, "--baseline", before)
        now["tasklet"]["functions"]["irq_sim_fire"] = 53
        now["tasklet"]["instructions"] = 103
        more = self.run_it(now, "--baseline", before, status=1).stdout.splitlines()[-2:]
        self.assertEqual([line.split() for line in more],
                         [["tasklet", "all", "100", "103"], ["tasklet", "irq_sim_fire", "50", "53"]])

    def test_missing(self):
        broken = steps()
        del broken["bh_work"]
        self.assertIn('nothing of "BH work"', self.run_it(broken, status=2).stderr)
        broken = steps()
        broken["merge"]["instructions"] = 0
        self.assertIn("run scripts/bench --profile", self.run_it(broken, status=2).stderr)

    def test_no_interrupt(self):
        """A window in which no handler ran is not one of an interrupt; where nothing is delivered, there is none."""
        broken = steps()
        for way in ("merge", "masked"):
            del broken[way]["functions"]["handler"]
        self.run_it(broken)
        del broken["tasklet"]["functions"]["handler"]
        self.assertIn('the handler has not run in "tasklet"', self.run_it(broken, status=2).stderr)

    def test_document(self):
        path = os.path.join(self.dir.name, "profile.md")
        self.run_it(steps(), "--markdown", path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("| handle_edge_irq | genirq", text)
        self.assertIn("is 1.00 of a direct call", text)


if __name__ == "__main__":
    unittest.main()
