# SPDX-License-Identifier: GPL-2.0
"""Test that a run without tests, and a broken tool, do not pass."""

import json
import os
import re
import shutil
import subprocess

from case import SCRIPTS, TOP, Case


class SeriesCheck(Case):
    """The tools of scripts/series check: each has to find an error put in."""

    def check(self, function, **tools):
        for tool, body in tools.items():
            self.program(f'bin/{tool}', body)
        self.file('tree/scripts/coccinelle/x.cocci', 'virtual report\n')
        return self.bash(f'''
			. "{SCRIPTS}/lib/checklib.sh"
			row() {{ echo "ROW $*"; }}
			details() {{ echo "$1"; }}
			need_packages() {{ :; }}
			BUILD="{self.dir}" CHECK_TREE="{self.dir}/tree" CHECK_FILES=(a.c)
			{function}''', PATH=f"{self.dir}/bin:{os.environ['PATH']}").stdout

    def test_tools_which_do_not_work(self):
        for function, tools in (('check_kerneldoc', {}), ('check_coccinelle', {'spatch': 'exit 1'}),
                                ('check_codespell /dev/null', {'codespell': 'exit 1'})):
            out = self.check(function, **tools)
            self.assertIn('ROW FAIL', out, function)
            self.assertIn('cannot be trusted', out, function)
            self.assertNotIn('ROW ok', out, function)

    def test_tools_which_stop_working(self):
        """codespell which finds the word put in and then crashes, with or without a message."""
        canary = '[[ ! -e ${@: -1} || -d ${@: -1} ]] || { echo "canary:1: a ==> b"; exit 65; }\n'
        for body, row in (('echo Traceback >&2; exit 1', 'FAIL codespell .*\nTraceback'),
                          ('exit 1', 'FAIL codespell .*\ncodespell fails'),
                          ('echo "a:b.patch:3: c ==> d"; exit 65', 'FAIL codespell .*\na:b.patch:3'), ('exit 0', 'ok codespell ')):
            self.assertRegex(self.check('check_codespell /dev/null', codespell=canary + body), f'ROW {row}', body)
        for lint, status in (('', 'ok'), ('size\tno', 'FAIL'), ('tags\tno', 'ok'), ('tags\tno\nTraceback: x', 'FAIL')):
            self.assertIn(f'ROW {status} size ', self.check(f"lint=$'{lint}'; lint_row size small"), lint)

    def test_only_new_findings(self):
        """Those of before are not new, at another line and also if there are many more of them."""
        old = [f'a.c:{n}: warning: old {n}' for n in range(20000)]
        before = self.file('before', '\n'.join(old) + '\n')
        after = self.file('after', 'a.c:7: warning: old 0\na.c:8:3: warning: new\na.c:9: warning: old 19999\n')
        out = self.bash(f'. "{SCRIPTS}/lib/checklib.sh"; new_findings "{before}" "{after}"').stdout
        self.assertEqual(out, 'a.c:8:3: warning: new\n')


class Lint(Case):
    def test_not_in_git(self):
        """Nor is anything which git ignores."""
        shutil.copytree(SCRIPTS, self.dir / 'scripts', ignore=shutil.ignore_patterns('__pycache__'))
        self.call(self.dir / 'scripts/lint', status=125, GIT_CEILING_DIRECTORIES='/', says='git cannot list the files')
        subprocess.run(['git', 'init', '-q', self.dir], check=True)
        (self.dir / '.git/info/exclude').write_text('*\n')
        self.call(self.dir / 'scripts/lint', status=125, says='no files for shellcheck')

    def test_rows(self):
        """Each check fails for the file which is wrong for it, and for that only."""
        for name in ('scripts/lint', 'scripts/lib/lib.sh', 'scripts/lib/packages', 'pyproject.toml', '.editorconfig'):
            path = self.dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, path)
        subprocess.run(['git', 'init', '-q', self.dir], check=True)
        licence = '# SPDX-License-Identifier: GPL-2.0\n'
        bad = {'shellcheck': ('a.sh', 'rm $1'), 'shfmt': ('b.sh', 'if true; then\n  :\nfi'), 'pyflakes': ('b.py', 'import os'),
               'mypy': ('c.py', 'X: int = "c"'), 'autopep8': ('d.py', 'X=1'), 'compile': ('e.py', 'X = "\\d"'),
               'codespell': ('f.txt', 'recie' + 've'), 'licences': ('g.sh', '#!/bin/sh')}
        names = [line.split()[1] for line in (SCRIPTS / 'lint').read_text().splitlines() if line.startswith('check ')]
        self.assertEqual(names, list(bad))
        for name, text in bad.values():
            shell = '# shellcheck shell=sh\n' if name in ('a.sh', 'b.sh') else ''
            self.file(f'scripts/{name}', f'{"" if name == "g.sh" else shell + licence}{text}\n')
        done = self.call('/bin/bash', '-c', f'"{self.dir}/scripts/lint" 2>&1', status=1,
                         STAGE_COUNTS=str(self.dir / '.git/counts'))
        self.assertEqual(self.read('.git/counts'), '0 8 0\n')
        said = re.split(r'^(\w+) +FAIL .*\n', done.stdout, flags=re.M)
        self.assertEqual(said[1::2], names)
        for name, text in zip(names, said[::2]):
            self.assertEqual(set(re.findall(r'\b[a-g]\.(?:sh|py|txt)\b', text)), {bad[name][0]}, text)


class Bench(Case):
    END = 'irq_sim_bench: end\n'
    RECORD = ('irq_sim_bench: record workload=fire_task delivery=tasklet lines=64 mapped=64 pending=1 '
              'events=1 unit=instructions scale=1 median=600\n')

    def report(self, *args, **more):
        return self.call('lib/bench-report', *args, STAGE_COUNTS=str(self.dir / 'counts'), **more)

    def test_nothing_measured(self):
        for text, says in ((self.END, 'nothing was measured'), (self.RECORD, 'did not come to its end')):
            self.report(f"icount:up:{self.file('log', text)}", status=2, says=says)

    def test_targets_not_measured(self):
        log = f":up:{self.file('log', self.RECORD + self.END)}"
        self.report('icount' + log, status=1, says='not measured: one fire from a task, tasklet, of the floor')
        self.assertRegex(self.read('counts'), r'^0 [1-9][0-9]* 0$')
        # Times have no targets
        self.report('uml' + log, status=0)
        self.assertEqual(self.read('counts'), '1 0 0\n')

    def test_grown(self):
        """A row that takes more than before, by more than 2 %, is named; times do not count."""
        log = f"uml:up:{self.file('log', self.RECORD + self.END)}"
        out = self.dir / 'results.json'
        self.report('--json', out, log, status=0)
        found = json.loads(out.read_text())
        for before, unit, status in ((589, 'instructions', 0), (588, 'instructions', 1), (300, 'ns', 0)):
            found['records'][0].update(median=before, unit=unit)
            done = self.report('--baseline', self.file('before.json', json.dumps(found)), log, status=status)
            self.assertEqual(
                'fire_task tasklet, 64 lines, 1 pending: 588.0 before, 600.0 now' in done.stderr, bool(status))
            self.assertEqual(self.read('counts'), f'1 {status} 0\n')
        self.report('--baseline', self.file('before.json', '{}'), log, status=2, says='scripts/bench --document')

    def test_of_the_kernel_that_was_measured(self):
        """Results are of the series of which the kernel was built, not of what there is now."""
        logs = [f"uml:{name}:{self.file(name + '.1.log', self.RECORD + self.END)}" for name in ('up', 'up-base')]
        out = self.dir / 'results.json'
        for stamps, status, want in ((['a=1'], 0, {}), (['a=1', 'a=1'], 0, {'series': 'a=1', 'qemu': ''}),
                                     (['a=1', 'none'], 0, {'series': 'a=1', 'qemu': ''}), (['a=1', 'a=2'], 2, None)):
            for name, series in zip(('up', 'up-base'), stamps):
                self.file(name + '.json', json.dumps({'series': series}))
            self.report('--json', out, *logs, status=status, says='of different series' if status else ())
            if not status:
                self.assertEqual(json.loads(out.read_text())['provenance'], want)


class Every(Case):
    """An interrupt at each instruction: lib/every."""

    def every(self, landed, executed, status, says):
        # irq_sim_a() has four instructions, of which every_do() executes three, one with interrupts disabled
        self.program('bin/nm', "echo '0000000000000100 0000000000000008 t every_do'\n"
                     "echo '0000000000000200 0000000000000004 T irq_sim_a'")
        self.program('bin/objdump', "printf ' 100:\\tcall   200\\n 107:\\tret\\n'")
        trace = ''.join(f'RIP={at:016x} RFL={flags:08x} [-------] CPL=0 II={ii} A20=1\n' for at, flags, ii in executed)
        console = ''.join(f'[    1.0]     # every_instruction: landed at {at:#x}\n' for at in landed)
        return self.call('lib/every', '--console', self.file('console', console), '--trace', self.file('trace', trace),
                         self.file('vmlinux', ''), status=status, says=says, PATH=f'{self.dir}/bin:{os.environ["PATH"]}')

    RUN = ((0x200, 0x246, 0), (0x100, 0x246, 0), (0x201, 0x246, 0), (0x202, 0x046, 0), (0x203, 0x246, 1), (0x107, 0x246, 0),
           (0x203, 0x246, 0))

    def test_all(self):
        out = self.every((0x100, 0x107, 0x201, 0x201), self.RUN, 0, '3 of 3 instructions').stdout
        self.assertRegex(out, r'irq_sim_a +1 +1 +2\n')

    def test_left_out(self):
        self.every((0x100, 0x107), self.RUN, 1, 'not landed at: irq_sim_a+0x1')

    def test_nothing(self):
        self.every((), self.RUN, 2, '0 interrupts have landed')
        self.every((0x100,), self.RUN[:1], 2, '0 instructions were executed')


class Litmus(Case):
    TEST = '''C x
(*
 * Result: Never
 *)
{}
P0(int *x)
{
	smp_mb();
}
exists (x=1)
'''

    def tree(self, source, **tests):
        shutil.rmtree(self.dir / 'tree', ignore_errors=True)
        self.file('tree/kernel/irq/sim/queue.c', source)
        (self.dir / 'tree/tools/memory-model').mkdir(parents=True)
        for name, text in tests.items():
            self.file(f'tree/Documentation/litmus-tests/irq_sim/{name.replace("_no", "+no-")}.litmus', text)

    TWIN = TEST.replace('\tsmp_mb();\n', '')
    SOURCE = 'void f(void)\n{\n\t/* Pairs (litmus: a) */\n\tsmp_mb();\n}\n'
    ROW = 'queue.c f smp_mb 1 a\n'

    def litmus(self, status, *says, arguments=('--source-only',)):
        return self.call('lib/litmus', '--barriers', self.dir / 'table', *arguments, self.dir / 'tree', status=status,
                         says=says).stdout

    def test_table(self):
        """A barrier that goes, comes or is weakened is noticed, and so is a comment which stays without one."""
        source = ('void f(void)\n{\n\t/* (litmus: a) */\n\tsmp_mb();\n\tg();\n}\n'
                  'int g(void)\n{\n\tx = smp_load_acquire(&y);	/* (litmus: b) */\n\tatomic_fetch_or(1, &z);\n}\n')
        acquire = self.TEST.replace('smp_mb', 'smp_load_acquire')
        tests = {'a': self.TEST, 'a_nomb': self.TWIN, 'b': acquire, 'b_noacquire': self.TWIN}
        self.file('table', f'{self.ROW}queue.c g smp_load_acquire 1 b\nqueue.c g atomic_fetch_or 1 - # alone\n')
        self.tree(source, **tests)
        self.litmus(0)
        for old, new, complaint in (
            ('smp_mb()', 'barrier()', 'queue.c: f(): 0 of smp_mb()'),
            ('smp_mb()', 'barrier()', 'queue.c:3: a comment names a litmus test, and no barrier follows'),
            ('smp_load_acquire(&y)', 'READ_ONCE(y)', 'queue.c: g(): 0 of smp_load_acquire()'),
            ('atomic_fetch_or(', 'atomic_or(', 'queue.c: g(): 0 of atomic_fetch_or()'),
            ('g();', 'smp_store_mb(y, 1);', 'queue.c: f(): 1 of smp_store_mb()'),
            ('g();', 'smp_store_release(&y, NULL);', 'queue.c: f(): 1 of smp_store_release()'),
            ('g();', 'clear_bit_unlock(1, &y);', 'queue.c: f(): 1 of clear_bit_unlock()'),
            ('g();', 'smp_cond_load_acquire(&y, 1);', 'queue.c: f(): 1 of smp_cond_load_acquire()'),
            ('g();', 'smp_mb__after_spinlock();', 'queue.c: f(): 1 of smp_mb__after_spinlock()'),
                ('atomic_fetch_or(1, &z)', 'llist_add(&n, &z)', 'queue.c: g(): 1 of llist_add()')):
            self.tree(source.replace(old, new), **tests)
            self.litmus(1, complaint)
        # A row for which no twin shows that order is needed, and a bad one
        self.file('table', f'{self.ROW}queue.c g smp_load_acquire 1 b\nqueue.c g atomic_fetch_or 1 b\n')
        self.tree(source, **tests)
        self.litmus(1, 'no test of b has a twin where what stands for atomic_fetch_or()')
        self.file('table', 'queue.c f smp_mb 1 -\n')
        self.litmus(1, 'expects FILE FUNCTION')

    def test_source(self):
        twin = self.TWIN.replace('Never', 'Sometimes')
        both = {'a': self.TEST, 'a_nomb': twin}
        self.tree(self.SOURCE, **both)
        self.file('table', self.ROW)
        self.litmus(0)
        for source, tests, complaint in (
            (self.SOURCE.replace(' (litmus: a)', ''), both, 'names no litmus test'),
            (self.SOURCE.replace('smp_mb', 'barrier'), both, 'no barriers in'),
            (self.SOURCE, {'b': self.TEST}, 'Documentation/litmus-tests/irq_sim/a.litmus does not exist'),
            (self.SOURCE, {'a': self.TEST}, 'no test of a has a twin without smp_mb()'),
            (self.SOURCE, {'a': self.TEST, 'a_nomb': self.TEST},
             'no test of a has a twin without smp_mb()'),
            (self.SOURCE, {**both, 'c': self.TEST}, 'c.litmus: nothing in'),
            (self.SOURCE, {**both, 'a': self.TEST.replace('Result', 'irq_sim_gone() Result')},
             'a.litmus: kernel/irq/sim has no irq_sim_gone()'),
            # Not in a comment, and not beyond the function
            ('void g(void)\n{\n\t/* (litmus: a) */\n}\nvoid f(void)\n{\n\tsmp_mb();\n}\n', both,
             'names no litmus test')):
            self.tree(source, **tests)
            self.litmus(1, complaint)

    def test_core(self):
        """What the chip relies on in the rest of the kernel is compared, too, and names its test."""
        row = self.ROW + 'kernel/x.c g complete 1 b\n'
        release = self.TEST.replace('smp_mb', 'smp_store_release')
        self.tree(self.SOURCE, a=self.TEST, a_nomb=self.TWIN, b=release, b_norelease=self.TWIN)
        for core, table, complaint in (
            ('complete(x);', row, None),
            ('up(x);', row, 'kernel/x.c: g(): 0 of complete()'),
            ('complete(x);', self.ROW, 'b.litmus: nothing in'),
                ('complete(x);', row.replace(' b', ' a'), 'no test of a has a twin where what stands for complete()')):
            self.file('tree/kernel/x.c', f'void g(void)\n{{\n\t{core}\n}}\n')
            self.file('table', table)
            self.litmus(int(bool(complaint)), complaint or '0 findings')

    def test_model(self):
        """Each bug of the model is listed with what finds it in the code."""
        model = 'tree/Documentation/litmus-tests/irq_sim/irq_sim.pml'
        rows = [line.split() for line in (TOP / 'configs/model-bugs').read_text().splitlines() if line[:1] not in ('#', '')]
        names = [row[0] for row in rows]
        twins = [self.file(f"{model.replace('irq_sim.pml', row[2])}.litmus", 'Result: Sometimes')
                 for row in rows if row[1] == 'litmus']

        def listed(names, status, says):
            self.file(model, ' * mode one quick X\n' + ''.join(f' * bug {n} one\n/* M_{n} */\n' for n in names))
            self.call('model', '--list', self.dir / 'tree', status=status, says=says)
        listed(names, 0, f'bug  {names[0]} ')
        listed(names[1:], 125, f"'{names[0]}' is not a bug of")
        listed([*names, 'another'], 125, "bug 'another' of the model is not listed")
        os.unlink(twins[0])
        listed(names, 125, twins[0])

    def test_search(self):
        """With a spin whose pan says what was found: an error in a mode, a bug that is not found, half a search."""
        self.program('bin/spin', """pan=one; [[ $* != *M_slow* ]] || pan=slow
printf 'int puts(const char *);\\nint main(void)\\n{\\n\\tputs("7 states, stored, %s");\\n}\\n' "$(cat "$PAN/$pan")" >pan.c""")
        model = self.file('x.pml', ' * mode one quick X\n * bug slow one\n/* M_slow */\n')
        none, some = 'errors: 0', 'errors: 1'
        for one, slow, status, says in (
                (none, some, 0, 'all passed'), (none, none, 1, 'NOT FOUND by one'), (some, some, 1, 'WRONG: '),
                (none + ' out of memory', some, 125, 'pan did not finish'), ('', some, 125, 'pan did not finish')):
            self.file('one', one)
            self.file('slow', slow)
            self.call('model', model, status=status, says=says, STAGE_COUNTS=str(self.dir / 'counts'), PAN=str(self.dir),
                      PATH=f'{self.dir}/bin:{os.environ["PATH"]}')
            if status != 125:
                self.assertEqual(self.read('counts'), f'{2 - status} {status} 0\n')

    def test_walks(self):
        """Each step of the model is there once, and has one result."""
        walk = 'kind ack\nwalk f 1 1 0  1 0 0 0 0 0\nwalk h 0 0 0  1 0 0 0 0 1\nwalk g 0 0 0  1 0 0 0 0 0\n'

        done = self.call('lib/walks', text=walk + walk.replace('h 0', 'm 0').replace('0 0 0 0 1', '1 1 0 0 0'), status=0,
                         says='3 states, 5 different steps')
        self.assertEqual(done.stdout.count("{ 'f', 1, 1, 0, S }"), 1)
        for text, says in ((walk + walk.replace('f 1 1', 'f 1 0'), 'has more to it'), ('', 'did spin fail'),
                           (walk + walk.replace('ack', 'eoi').replace('f 1 1', 'f 1 0'), 'kinds ack and eoi differ')):
            self.call('lib/walks', text=text, status=1, says=says)

    def test_herd(self):
        """The output of herd7 decides, and so does its absence."""
        self.tree('/* (litmus: a) */\n', a=self.TEST)
        self.file('table', '')
        for words, status in (('echo "Observation x Never 0 3"', 0), ('echo "Observation x Sometimes 1 3"', 1),
                              ('echo "Observation x Never 0 3"; exit 2', 1), ('exit 0', 1)):
            out = self.litmus(1, arguments=('--herd', self.program('herd7', words)))
            self.assertEqual('EXPECTED Never' in out, bool(status), words)
