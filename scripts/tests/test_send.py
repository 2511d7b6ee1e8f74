# SPDX-License-Identifier: GPL-2.0
"""Test "series send" with the real b4, on a fake kernel, offline."""

import email
import email.policy
import re
import subprocess
from unittest import mock

import test_tooling
from test_tooling import PATCH

ME = ("--name", "Zoë Müller", "--email", "zoe@mueller.name")
MAINTAINERS = ("IRQ SUBSYSTEM\nM:\tA First <first@kernel.org>\nR:\tA Second <second@kernel.org> (half)\n"
               "L:\tlist@vger.kernel.org\nF:\tkernel/irq/\n\nOTHER\nM:\tA Person <person@kernel.org>\n"
               "F:\tother/\n\nTHE REST\nF:\t*\nF:\t*/\n")
# Like the real one, as b4 calls it.
GET_MAINTAINER = """#!/usr/bin/perl
die "not a kernel tree" unless -f "MAINTAINERS" && -d "kernel" && -d "ipc";
print "tool\\@lists.linux.dev\\n";
"""
GROUPS = "to section IRQ SUBSYSTEM  # the file\ncc person A Person\n"
SECOND = PATCH.replace("return 2;", "return 3;").replace("return 1;", "return 2;") \
    .replace("Return the latch", "Return more")
THIRD = SECOND.replace("return 3;", "return 4;").replace("return 2;", "return 3;").replace("more", "most")
COVER = "genirq/irq_sim: Return more\n\nThe problem.\n\n  fire -> latch -> handler\n"


class Send(test_tooling.Case):
    def setUp(self):
        super().setUp()
        self.kernels = {**test_tooling.KERNEL, "MAINTAINERS": MAINTAINERS,
                        "scripts/get_maintainer.pl": GET_MAINTAINER}
        patcher = mock.patch.dict(test_tooling.KERNEL, self.kernels)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.patch(posting="first")
        self.patch("0001-genirq-irq_sim-Return-more.patch", SECOND)
        self.patch("0002-genirq-irq_sim-Return-most.patch", THIRD)
        self.cover = self.top / "patches/sim/cover-letter.txt"
        self.cover.write_text(COVER)
        (self.top / "configs/recipients").write_text(GROUPS)
        # The user who runs the tests is not the sender.
        self.env.update(EMAIL="", GIT_CONFIG_GLOBAL=str(self.dir / "gitconfig"))

    def own(self):
        """A clone of Linux with history and a tag for the release."""
        tree = self.dir / "own"
        self.git(self.dir, "init", "-q", "-b", "mine", tree)
        for text in ("", "int line;\n"):
            self.kernel("own", {**self.kernels, "history": text})
            (tree / "scripts/get_maintainer.pl").chmod(0o755)
            self.git(tree, "add", "-f", "-A")
            self.git(tree, "commit", "-q", "-m", f"Commit {text}")
        return tree

    def send(self, *args, **more):
        return self.call("series", "send", *ME, "sim", *args, **more)

    def mails(self):
        found = {}
        for path in sorted((self.top / "build/send/sim/mails").glob("*.eml")):
            with open(path, "rb") as file:
                found[path] = email.message_from_binary_file(file, policy=email.policy.default)
        return found

    def rows(self, done):
        return dict(re.findall(r"^(\S.*?) +(ok|FAIL|skipped) ", done.stdout, re.M))

    def test_mails(self):
        """One posting on top of the previous ones; applying its mails; the next version."""
        tree = self.own()
        (tree / "history").write_text("not committed\n")
        state = [["for-each-ref"], ["worktree", "list"], ["status", "--porcelain"], ["config", "-l", "--local"]]
        before = [self.git(tree, *words) for words in state]
        done = self.send(KERNEL=str(tree))
        self.assertEqual(self.rows(done), {"text": "ok", "git am": "ok", "range-diff": "ok", "checkpatch": "skipped"})
        self.assertEqual([self.git(tree, *words) for words in state], before)
        cover, first, second = self.mails().values()
        self.assertEqual(cover["subject"], "[PATCH RFC 0/2] genirq/irq_sim: Return more")
        self.assertEqual(first["subject"], "[PATCH RFC 1/2] genirq/irq_sim: Return more")
        text = cover.get_content()
        self.assertIn("fire -> latch -> handler", text)
        self.assertIn(f"\nbase-commit: {self.git(tree, 'rev-parse', 'HEAD')}\ndepends on: first\n", text)
        change = re.search(r"\nchange-id: \d{8}-irq-sim-sim-[0-9a-f]{12}\n", text)[0]
        for mail in (cover, first, second):
            self.assertEqual(mail["from"], "Zoë Müller <zoe@mueller.name>")
            everybody = f'{mail["to"]}, {mail["cc"]}'
            for address in ("first@kernel.org", "second@kernel.org", "list@vger.kernel.org", "person@kernel.org",
                            "tool@lists.linux.dev"):
                self.assertIn(address, everybody)
            self.assertNotIn("irq-sim@example.org", mail.as_string())
        self.assertEqual(first["in-reply-to"], cover["message-id"])
        self.assertIn("Signed-off-by: Zoë Müller <zoe@mueller.name>\n---\n", first.get_content())
        self.send("--revision", "2", "--prefix", "", KERNEL=str(tree))
        cover = next(iter(self.mails().values()))
        self.assertEqual(cover["subject"], "[PATCH v2 0/2] genirq/irq_sim: Return more")
        self.assertIn(change, cover.get_content())
        self.no_network()

    def test_package(self):
        self.package()
        done = self.send()
        self.assertNotIn("FAIL", done.stdout)
        self.assertIn("\nbase: Linux 7.3.4\n", next(iter(self.mails().values())).get_content())
        # Mails must not name a commit that readers do not have.
        self.tool("b4", f'echo "$*" >>"{self.dir}/b4"; exit 1')
        self.fails("series", "send", *ME, "--send", "sim", says=["Debian's package", "KERNEL=DIR"])
        self.fails("series", "send", *ME, "--reflect", "sim", KERNEL=str(self.own()), says=["no tag", "published"])
        self.assertFalse((self.dir / "b4").exists())

    def test_sends(self):
        """Only with --send, after the checks, and with the user's configuration."""
        tree = self.own()
        self.git(tree, "tag", "v7.3.4")
        b4 = subprocess.run(["which", "b4"], capture_output=True, text=True, check=True).stdout.strip()
        self.tool("b4", f'[[ $* != *send* ]] || echo "$* ${{GIT_CONFIG_GLOBAL-}}" >>"{self.dir}/b4"\n'
                        f'[[ $* == "send"* ]] || exec {b4} "$@"')
        log = self.dir / "b4"
        self.send("--send", KERNEL=str(tree))
        self.assertRegex(log.read_text(), r"^--offline-mode send --no-sign -o \S+/mails /dev/null\n"
                                          rf"send {self.dir}/gitconfig\n$")
        self.cover.write_text(COVER + "\nTODO: more\n")
        self.assertEqual(self.rows(self.send("--send", KERNEL=str(tree), status=1))["text"], "FAIL")
        self.assertEqual(len(log.read_text().splitlines()), 3)

    def test_refused(self):
        self.package()
        for name, address, why in (
                ("irq_sim developers", "irq-sim@example.org", "placeholder"),
                ("Somebody", "some@host.localdomain", "placeholder"),
                ("Somebody", "1+some@users.noreply.github.com", "placeholder"),
                ("Somebody", "root@localhost", "not an address"), ("Somebody", "", "not an address"),
                ("", "some@kernel.org", "not a name"), ("root", "some@kernel.org", "not a name")):
            self.fails("series", "send", "--name", name, "--email", address, "sim", says=[why, "--email"])
        self.fails("series", "send", "sim", says=["not a name"])
        self.fails("series", "send", *ME, says=["which posting? one of: first sim"])
        self.fails("series", "send", *ME, "first", says=["first/cover-letter.txt: write it"])
        self.fails("series", "send", *ME, "sim", "--base", "HEAD", says=["KERNEL=DIR"])
        self.fails("series", "send", *ME, "sim", KERNEL=str(self.dir), says=["is not a git tree"])
        (self.top / "configs/recipients").write_text(GROUPS + "to section NOBODY\n")
        self.assertIn('has no section "NOBODY"', self.send(status=125).stderr)
        self.patch("0001-genirq-irq_sim-Return-more.patch", SECOND.replace("-\treturn 2;", "-\treturn 7;"))
        self.assertIn("does not apply to kernel/irq/irq_sim.c in Linux 7.3.4", self.send(status=125).stderr)
