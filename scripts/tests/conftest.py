# SPDX-License-Identifier: GPL-2.0
"""Write the numbers of passed, failed and skipped tests to the file that scripts/test names."""

import os

# This variable of the stage of scripts/test must not reach the scripts under test.
COUNTS = os.environ.pop("STAGE_COUNTS", "")
# Programs of Debian's packages, as the scripts get them, whatever a person has before them.
os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin:" + os.environ["PATH"]


def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not COUNTS or not reporter or hasattr(session.config, "workerinput"):
        return
    found = {kind: len(reporter.stats.get(kind, [])) for kind in ("passed", "failed", "error", "skipped")}
    with open(COUNTS, "w", encoding="ascii") as file:
        print(found["passed"], found["failed"] + found["error"], found["skipped"], file=file)
