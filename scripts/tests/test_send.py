#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test "series send" with the real b4, on a fake kernel, offline.
"""

import email
import email.policy
import pathlib
import re
import subprocess
from unittest import mock

import test_tooling
from test_tooling import PATCH

ME = ("--name", "Zoë Müller", "--email", "zoe@mueller.name")
MAINTAINERS = ("IRQ SUBSYSTEM\nM:\tA First <first@kernel.org>\nR:\tA Second <second@kernel.org> (half)\n"
               "L:\tlist@vger.kernel.org\nF:\tkernel/irq/\n\nOTHER\nM:\tA Person <person@kernel.org>\n"
               "F:\tother/\n\nTHE REST\nF:\t*\nF:\t*/\n")
# As the real one: names people and lists, and tells why.
GET_MAINTAINER = r"""die "no kernel tree" unless -f "MAINTAINERS" && -d "kernel" && -d "ipc";
die "no patch" unless grep { -s $_ } @ARGV;
print <<'END';
A First <first@kernel.org> (maintainer:IRQ SUBSYSTEM)
"J. R. Third" <third@kernel.org> (reviewer:A TOOL (TOOL))
tool@lists.linux.dev (open list:A TOOL (TOOL))
END
"""
GROUPS = "to section IRQ SUBSYSTEM  # the file\ncc person A Person\n"
SECOND = PATCH.replace("return 2;", "return 3;").replace("return 1;", "return 2;") \
    .replace("Return the latch", "Return more")
COVER = "genirq/irq_sim: Return more\n\nThe problem.\n\n  fire -> latch -> handler\n"


class Send(test_tooling.Case):
    def setUp(self):
        super().setUp()
        self.kernel = {**test_tooling.KERNEL, "MAINTAINERS": MAINTAINERS,
                       "scripts/get_maintainer.pl": GET_MAINTAINER}
        patcher = mock.patch.dict(test_tooling.KERNEL, self.kernel)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.patch()
        self.patch("0002-genirq-irq_sim-Return-more.patch", SECOND)
        (self.top / "patches/cover-letter.txt").write_text(COVER)
        (self.top / "configs").mkdir()
        (self.top / "configs/recipients").write_text(GROUPS)
        # Whoever runs the tests is not the one who sends.
        self.env.update(EMAIL="", GIT_CONFIG_GLOBAL=str(self.dir / "gitconfig"))

    def own(self):
        """A clone of Linux with history, in which upstream's release is a tag."""
        tree = self.dir / "own"
        tree.mkdir()
        self.git(tree, "init", "-q", "-b", "mine")
        for text in ("", "int line;\n"):
            for name, content in {**self.kernel, "history": text}.items():
                path = tree / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
            self.git(tree, "add", "-f", "-A")
            self.git(tree, "commit", "-q", "-m", f"Commit {text}")
        return tree

    def send(self, *args, **more):
        return self.run_script("series", "send", *ME, *args, **more)

    def mails(self):
        found = {}
        for path in sorted((self.top / "build/send/mails").glob("*.eml")):
            with open(path, "rb") as file:
                found[path] = email.message_from_binary_file(file, policy=email.policy.default)
        return found

    def rows(self, done):
        return dict(re.findall(r"^(\S.*?) +(ok|FAIL|skipped) ", done.stdout, re.M))

    def test_package(self):
        self.package()
        done = self.send()
        self.assertEqual(self.rows(done), {
            "mails": "ok", "threads": "ok", "cover letter": "ok", "git am": "ok",
            "range-diff": "ok", "checkpatch": "skipped"})
        cover, first, second = self.mails().values()
        self.assertEqual(cover["subject"], "[PATCH RFC 0/2] genirq/irq_sim: Return more")
        self.assertEqual(first["subject"], "[PATCH RFC 1/2] genirq/irq_sim: Return the latch")
        text = cover.get_content()
        self.assertIn("fire -> latch -> handler", text)
        self.assertRegex(text, r"\nbase: Linux 7\.3\.4\nchange-id: \d{8}-irq-sim-[0-9a-f]{12}\n")
        self.assertNotIn("base-commit", text)
        for mail in (cover, first, second):
            self.assertEqual(mail["from"], "Zoë Müller <zoe@mueller.name>")
            self.assertEqual(mail["to"], "A First <first@kernel.org>")
            for address in ("second@kernel.org", "list@vger.kernel.org", "person@kernel.org",
                            '"J. R. Third" <third@kernel.org>', "tool@lists.linux.dev"):
                self.assertIn(address, mail["cc"])
            self.assertNotIn("irq-sim@example.org", mail.as_string())
        for mail in (first, second):
            self.assertEqual(mail["in-reply-to"], cover["message-id"])
            self.assertEqual(mail["references"], cover["message-id"])
            self.assertEqual(mail.get_content().count("Signed-off-by: Zoë Müller <zoe@mueller.name>\n---\n"), 1)
        self.no_network()
        self.nothing_left()

    def test_git_am(self):
        """What a reader does."""
        self.package()
        self.send()
        work = self.dir / "reader"
        self.git(self.dir, "clone", "-q", self.cache / "linux-7.3.git", work)
        self.git(work, "checkout", "-q", "-b", "test", "base")
        self.git(work, "am", *list(self.mails())[1:])
        self.assertIn("return 3;", (work / "kernel/irq/irq_sim.c").read_text())
        self.assertEqual(self.git(work, "log", "--format=%an <%ae> %s", "base.."),
                         "Zoë Müller <zoe@mueller.name> genirq/irq_sim: Return more\n"
                         "Zoë Müller <zoe@mueller.name> genirq/irq_sim: Return the latch")

    def test_own_tree(self):
        tree = self.own()
        (tree / "history").write_text("not committed\n")
        before = [self.git(tree, *words) for words in (
            ("for-each-ref",), ("worktree", "list"), ("status", "--porcelain"), ("config", "-l", "--local"))]
        done = self.send(KERNEL=str(tree))
        self.assertNotIn("FAIL", done.stdout)
        self.assertIn(f"\nbase-commit: {self.git(tree, 'rev-parse', 'HEAD')}\n",
                      next(iter(self.mails().values())).get_content())
        self.assertEqual(before, [self.git(tree, *words) for words in (
            ("for-each-ref",), ("worktree", "list"), ("status", "--porcelain"), ("config", "-l", "--local"))])
        self.assertEqual((tree / "history").read_text(), "not committed\n")
        self.fails("series", "send", *ME, "--base", "v9", KERNEL=str(tree), says=["no commit", "v9"])
        self.fails("series", "send", *ME, KERNEL=str(self.dir), says=["no git tree"])
        self.fails("series", "send", *ME, "--base", "HEAD", says=["KERNEL=DIR"])

    def test_send_wants_a_base(self):
        """No mail goes out which names a commit that nobody has."""
        self.tool("b4", f'echo "$*" >>"{self.dir}/b4"; exit 1')
        self.package()
        self.fails("series", "send", *ME, "--send", says=["Debian's package", "KERNEL=DIR"])
        tree = self.own()
        self.fails("series", "send", *ME, "--reflect", KERNEL=str(tree), says=["no tag", "published"])
        self.assertFalse((self.dir / "b4").exists())

    def test_sends(self):
        """Only with --send, after the checks, and with the person's configuration."""
        tree = self.own()
        self.git(tree, "tag", "v7.3.4")
        b4 = subprocess.run(["which", "b4"], capture_output=True, text=True, check=True).stdout.strip()
        self.tool("b4", f'[[ $* != *send* ]] || echo "$* ${{GIT_CONFIG_GLOBAL-}}" >>"{self.dir}/b4"\n'
                        f'[[ $* == "send"* ]] || exec {b4} "$@"')
        self.send(KERNEL=str(tree))
        log = self.dir / "b4"
        self.assertEqual(len(log.read_text().splitlines()), 1)
        self.assertRegex(log.read_text(), r"^--offline-mode send --no-sign -o \S+/mails /dev/null\n$")
        self.send("--send", KERNEL=str(tree))
        self.assertEqual(log.read_text().splitlines()[2:], [f"send {self.dir}/gitconfig"])
        (self.top / "patches/cover-letter.txt").write_text(COVER + "\nTODO: more\n")
        self.send("--send", KERNEL=str(tree), status=1)
        self.assertEqual(len(log.read_text().splitlines()), 4)

    def test_refused(self):
        self.package()
        for name, address, why in (
                ("irq_sim developers", "irq-sim@example.org", "placeholder"),
                ("Somebody", "some@body.example", "placeholder"),
                ("Somebody", "some@body.invalid", "placeholder"),
                ("Somebody", "some@host.localdomain", "placeholder"),
                ("Somebody", "1+some@users.noreply.github.com", "placeholder"),
                ("Somebody", "root@localhost", "no address"),
                ("Somebody", "", "no address"),
                ("Somebody", "somebody", "no address"),
                ("", "some@kernel.org", "no name"),
                ("root", "some@kernel.org", "no name")):
            self.fails("series", "send", "--name", name, "--email", address, says=[why, "--email"])
        # Nobody configured, and then somebody.
        self.fails("series", "send", says=["no name"])
        (self.dir / "gitconfig").write_text("[user]\nname = Jane Doe\nemail = jane@doe.name\n")
        self.run_script("series", "send")
        self.assertIn("Jane Doe <jane@doe.name>", {mail["from"] for mail in self.mails().values()})
        self.assertFalse(list((self.top / "build").glob("send/mails/*.patch")))

    def test_template(self):
        self.package()
        cover = self.top / "patches/cover-letter.txt"
        for text in ("TODO: more", "{results.bench}", "*** BLURB HERE ***", "irq-sim@example.org", "x " * 40):
            cover.write_text(f"{COVER}\n{text}\n")
            self.assertEqual(self.rows(self.send(status=1))["cover letter"], "FAIL", text)
        cover.unlink()
        self.fails("series", "send", *ME, says=["cover-letter.txt"])

    def test_recipients(self):
        self.package()
        groups = self.top / "configs/recipients"
        for text, says in (("to section NOBODY\n", 'section "NOBODY"'), ("cc person No One\n", 'person "No One"'),
                           ("bcc person A Person\n", "to|cc")):
            groups.write_text(GROUPS + text)
            self.assertIn("recipients:3: ", self.send(status=1).stderr)
            self.assertIn(says, self.send(status=1).stderr)

    def test_next_version(self):
        self.package()
        self.send()
        change = (self.top / "patches/change-id").read_text()
        self.send("--revision", "2", "--prefix", "")
        cover = next(iter(self.mails().values()))
        self.assertEqual(cover["subject"], "[PATCH v2 0/2] genirq/irq_sim: Return more")
        self.assertIn(f"\nchange-id: {change}", cover.get_content())
        # What was sent is not thrown away.
        tree = self.top / "build/send/linux"
        self.git(tree, "tag", "sent/irq-sim-v2")
        self.send("--revision", "3")
        kept, = self.top.glob("build/send-*/linux")
        self.assertEqual(self.git(kept, "tag"), "sent/irq-sim-v2")

    def test_does_not_apply(self):
        self.package()
        self.patch(text=PATCH.replace("-\treturn 1;", "-\treturn 7;"))
        self.assertIn("does not apply to kernel/irq/irq_sim.c in Linux 7.3.4", self.send(status=1).stderr)


class Lint(test_tooling.Case):
    """Each fault in a mail is found."""

    def lint(self, change=None, number=1):
        mails = self.dir / "mails"
        mails.mkdir(exist_ok=True)
        texts = []
        for n in range(3):
            refs = "" if n == 0 else "In-Reply-To: <0@kernel.org>\nReferences: <0@kernel.org>\n"
            body = ("Text\n---\nbase: Linux 7.3.4\nchange-id: 20260101-x-0123456789ab\n" if n == 0 else
                    "Text\n\nSigned-off-by: Jane Doe <jane@kernel.org>\n---\n diff\n")
            texts.append(f"From: Jane Doe <jane@kernel.org>\nSubject: [PATCH RFC {n}/2] a: B\n"
                         f"Date: Thu, 1 Jan 2026 00:00:0{n} +0000\nMessage-Id: <{n}@kernel.org>\n{refs}"
                         f"To: a@kernel.org\nCc: b@kernel.org\n\n{body}")
        if change:
            changed = texts[number].replace(*change)
            self.assertNotEqual(changed, texts[number])
            texts[number] = changed
        for n, text in enumerate(texts):
            (mails / f"{n:04}.eml").write_text(text)
        (self.dir / "recipients").write_text("to\tA <a@kernel.org>\tx\ncc\tb@kernel.org\ty\n")
        return subprocess.run(
            [pathlib.Path(test_tooling.SCRIPTS) / "lib/mails", "lint", "--name", "Jane Doe", "--email",
             "jane@kernel.org", "--patches", "2", "--recipients", self.dir / "recipients", mails],
            capture_output=True, text=True, check=False).stdout

    def test_clean(self):
        self.assertEqual(self.lint(), "")

    def test_faults(self):
        for change, says in (
                (("From: Jane", "From: John"), "mails\t0001.eml: From: John"),
                (("1/2", "2/2"), "mails\t0001.eml: subject"),
                (("RFC ", ""), "mails\t0001.eml: subject"),
                (("To: a", "To: c"), "does not go to a@kernel.org"),
                (("Cc: b", "Cc: c@kernel.org, b"), "goes to c@kernel.org, whom nobody"),
                (("2026 00:00:01", "2025 00:00:01"), "mails\t0001.eml: dated before"),
                (("<1@", "<0@"), "threads\t0001.eml: Message-Id"),
                (("In-Reply-To: <0", "In-Reply-To: <2"), "threads\t0001.eml: does not answer"),
                (("References: <0@kernel.org>\n", ""), "threads\t0001.eml: does not answer"),
                (("Signed-off-by: Jane", "Signed-off-by: John"), "last Signed-off-by is not yours"),
                (("Text", "EDITME"), 'mails\t0001.eml: "EDITME"'),
                (("Text", "Reported-by: X <x@y.example>"), "x@y.example")):
            self.assertIn(says, self.lint(change))
        for change, says in (
                (("base: Linux", "base:"), "cover letter\t0000.eml: does not name the release"),
                (("change-id", "change"), "has no change-id"),
                (("To: a", "In-Reply-To: <9@kernel.org>\nTo: a"), "answers a mail")):
            self.assertIn(says, self.lint(change, 0))
        (self.dir / "mails/0003.eml").write_text("more")
        self.assertIn("4 mails of 2 patches", self.lint())
