# SPDX-License-Identifier: GPL-2.0
"""What the tests of the scripts share: a directory of one's own, files there, programs."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
TOP = SCRIPTS.parent


class Case(unittest.TestCase):
    scripts, env = SCRIPTS, os.environ

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="irq_sim-test."))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def file(self, name, text):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def program(self, name, body, shell="/bin/bash"):
        """A script; it may take the place of a link."""
        (self.dir / name).unlink(missing_ok=True)
        path = pathlib.Path(self.file(name, f"#!{shell}\n{body}\n"))
        path.chmod(0o755)
        return str(path)

    def read(self, name):
        return (self.dir / name).read_text(encoding="utf-8")

    def call(self, *command, status=None, says=(), text="", **env):
        """A program of scripts/, or a command with its path; it ends with STATUS, unless None, and SAYS that."""
        done = subprocess.run([self.scripts / command[0], *command[1:]], input=text, capture_output=True, text=True,
                              timeout=120, check=False, env={**self.env, **env}, cwd=self.dir)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        for words in (says,) if isinstance(says, str) else says:
            self.assertIn(words, done.stdout + done.stderr)
        return done

    def bash(self, code, *args, status=0, who=(), **env):
        """CODE, after lib.sh and gitlib.sh, with ARGS."""
        lib = self.scripts / "lib"
        return self.call(*who, "/bin/bash", "-c", f'. "{lib}/lib.sh"; . "{lib}/gitlib.sh"; {code}', "sh", *args,
                         status=status, **env)
