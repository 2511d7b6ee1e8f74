# SPDX-License-Identifier: GPL-2.0
"""Test what measures the tests, scripts/lib/coverage and scripts/lib/mutants, on a kernel of a few lines."""

import json
import os
import shutil
import subprocess
import unittest.mock

import case
from case import TOP

SOURCE = """\
/* A comment with f(x) in it */
#define LIMIT 10

static int twice(int x)
{
	if (x)
		return x;
	if (x)
		return x;
	return 0;
}

int fire(struct line *line,
	 bool high)
{
	int ret = 1;

	if (line->latched && high) {
		ret = 0;
		goto out;
	}
	latch(line);
out:
	return ret;
}
static inline void nothing(void) { }
"""
FILE = 'kernel/irq/irq_sim.c'


class Case(case.Case):
    def setUp(self):
        super().setUp()
        self.tree = self.dir / 'tree'
        self.file(f'tree/{FILE}', SOURCE)
        # A configuration of git which no result may depend on
        attributes = self.file('attributes', '*.c -diff eol=crlf\n')
        self.hostile = {'GIT_CONFIG_GLOBAL': self.file(
            'gitconfig', f'[core]\nautocrlf = true\nattributesFile = {attributes}\n[apply]\nwhitespace = error\n')}

    def tool(self, name, *args, **env):
        return self.call(f'lib/{name}', '--tree', self.tree, *args, **{'STAGE_COUNTS': '', **env})


class Coverage(Case):
    """Lines 6 to 10 are twice(), 18 to 24 are fire()."""
    COUNTS = {6: 4, 7: 0, 8: 4, 9: 1, 10: 3, 16: 5, 18: 5, 19: 0, 20: 0, 22: 5, 24: 5}
    BRANCHES = {6: [0, 4], 8: [1, 3], 18: [0, 5, 0, 0]}

    def judge(self, exceptions, status, measured=(FILE,), counts=None, branches=None, says=()):
        lines = [{'line_number': n, 'count': count, 'gcovr/noncode': False,
                  'branches': [{'count': c} for c in
                               (self.BRANCHES if branches is None else branches).get(n, ())]}
                 for n, count in (counts or self.COUNTS).items()]
        report = self.file('gcovr.json', json.dumps({'files': [{'file': FILE, 'lines': lines}]}))
        done = self.tool('coverage', '--report', report, '--json', str(self.dir / 'out.json'),
                         '--exceptions', self.file('exceptions', exceptions), *measured, status=status, says=says)
        return done.stdout + done.stderr

    GAPS = (f'{FILE} twice branches 1 @1 if (x)\n\treason one\n'
            f'{FILE} twice line @1 return x;\n\treason\n\t two\n'
            f'{FILE} fire branches 3 if (line->latched && high) {{\n\tthree\n'
            f'{FILE} fire lines ret = 0;\n\tfour\n')

    def test_all_have_a_reason(self):
        out = self.judge(self.GAPS, 0, says='reason two')
        self.assertRegex(out, r'irq_sim\.c +11 +8 +72\.7 % +8 +4 +50\.0 %')
        result = json.loads(self.read('out.json'))
        self.assertEqual(result['total'], {'lines': 11, 'reached': 8, 'branches': 8, 'taken': 4})
        self.assertEqual([gap['line'] for gap in result['not_reached']], [6, 7, 18, 19, 20])
        tables = self.tool('coverage', '--markdown', self.dir / 'out.json').stdout
        for row in (rf'\| `{FILE}` +\| 11 +\| 8 +\| 72.7 % +\| 8 +\| 4 +\| 50.0 % +\| 5 of 5 +\|',
                    r'\| reason two +\| `twice`: `line @1 return x;` +\|', r'\| four +\| `fire`: 2 lines +\|'):
            self.assertRegex(tables, row)

    def test_also(self):
        # Reported with the functions that were not entered, and not judged; '*' is no slash.
        folder = FILE.rsplit('/', 1)[0]
        counts = {**self.COUNTS, **dict.fromkeys((16, 18, 19, 20, 22, 24), 0)}
        out = self.judge('', 1, measured=(f'--also={folder}/*.c', FILE), counts=counts, says='not judged')
        self.assertRegex(out, rf'not judged:\n(.*\n)+{FILE} +11 +4 +36\.4 % +1\n')
        self.assertEqual(json.loads(self.read('out.json'))['beside'],
                         {FILE: {'lines': 11, 'reached': 4, 'not_entered': ['fire']}})
        tables = self.tool('coverage', '--markdown', self.dir / 'out.json').stdout
        self.assertRegex(tables, rf'\| `{FILE}` +\| 11 +\| 4 +\| 36.4 % +\| `fire` +\|')
        for pattern in ('*.c', f'{folder}/*.h'):
            self.judge(self.GAPS, 1, measured=(f'--also={pattern}', FILE), says='no measured object has code of')

    def test_one_has_none(self):
        # What is printed can go into the file as it is.
        self.judge(self.GAPS.replace(f'{FILE} twice line @1 return x;\n\treason\n\t two\n', ''), 1,
                   says=(f'\n{FILE} twice line @1 return x;\n', '1 gaps without a reason, 0 stale'))

    def test_targets(self):
        """What was not reached without a reason counts."""
        self.judge(self.GAPS[:self.GAPS.index(f'{FILE} fire')], 1, says=(
            'target missed: lines: 80.0 %, and the target is 100 %',
            'target missed: branches: 57.1 %, and the target is 95 %'))
        self.assertNotIn('target missed', self.judge(self.GAPS, 0))

    def test_stale(self):
        for entry, says in (
            ('twice branches 1 @2 if (x)', '0 of its 2 branches'),
            ('fire line int ret = 1;', 'is reached'),
            ('fire line int ret = 2;', 'no such line'),
            ('fire function', 'of it is reached'),
            ('gone function', 'no code in a function of that name'),
            ('twice branches 2 @1 if (x)', '1 of its 2 branches'),
                ('twice branches 1 if (x)', 'the function has 2 such lines')):
            self.judge(f'{self.GAPS}{FILE} {entry}\n\twhy\n', 1, says=(says, 'exceptions:10: '))
        self.judge(f'{self.GAPS}other.c f function\n\twhy\n', 1, says='is not measured')

    def test_timing(self):
        entry = f'{FILE} twice varies @1 if (x)\n\ttiming\n'
        gaps = self.GAPS.replace(f'{FILE} twice branches 1 @1 if (x)\n\treason one\n', entry)
        self.judge(gaps, 0)
        self.judge(gaps, 0, branches={**self.BRANCHES, 6: [1, 3]})

    def test_whole_function(self):
        counts = {n: 0 if n < 11 else c for n, c in self.COUNTS.items()}
        self.judge(f'{FILE} twice function\n\twhy\n' + self.GAPS[self.GAPS.index(f'{FILE} fire'):],
                   0, counts=counts)

    def test_shared_reason(self):
        entries = [line for line in self.GAPS.splitlines() if not line.startswith('\t')]
        out = self.judge('\n'.join(entries) + '\n\tshared\n\tby all\n', 0)
        self.assertEqual(out.count('  shared by all\n'), 1)

    def test_head_has_no_branches(self):
        """gcov gives those of the first block to the line with the name, too."""
        self.judge(self.GAPS, 0, branches={**self.BRANCHES, 4: [0, 1], 13: [0, 3]},
                   counts={4: 4, 13: 5, **self.COUNTS})

    def test_malformed(self):
        for entry in ('', 'bogus x', 'branches if (x)', 'branches 0 if (x)', 'line', 'function x'):
            self.judge(f'{FILE} twice {entry}\n\twhy\n', 1, says='exceptions:1: expects FILE FUNCTION and one of')
        for text, says in ((f'{FILE} twice function\n', 'no reason'), ('\twhy\n', 'without an entry')):
            self.judge(text, 1, says=says)

    def test_absent(self):
        """A file which should be measured, and is not, is no success."""
        self.file('tree/kernel/other.c', '')
        for gaps, measured, says in (
            (self.GAPS, (FILE, 'lib/kunit/irq.c'), 'not measured: lib/kunit/irq.c: the tree does not have it'),
            (self.GAPS, (FILE, 'kernel/other.c'), 'no measured object has code'),
                ('', ('kernel/other.c',), 'nothing was measured')):
            self.judge(gaps, 1, measured, says=says)

    def test_added_lines_only(self):
        self.file(f'tree/{FILE}', SOURCE.replace('\t\tret = 0;\n', ''))
        for command in ('init -q', 'add .', 'commit -qm before', 'tag base'):
            subprocess.run(['git', '-C', self.tree, '-c', 'user.name=x', '-c', 'user.email=x@y.example',
                            *command.split()], check=True, capture_output=True)
        self.file(f'tree/{FILE}', SOURCE)
        self.judge('', 1, (f'{FILE}:added',), says=(f'{FILE} fire line ret = 0;', '1 gaps'))
        with unittest.mock.patch.dict(os.environ, self.hostile):
            self.judge(f'{FILE} fire line ret = 0;\n\twhy\n', 0, (f'{FILE}:added',))


DIFF = f"""\
--- a/{FILE}
+++ b/{FILE}
@@ -16,5 +16,5 @@ int fire(struct line *line,
 \tint ret = 1;
 
 \tif (line->latched && high) {{
-\t\tret = 0;
+\t\tTEXT
 \t\tgoto out;
"""
TARGETS = '# kind name arch cpus seconds configs run then\nkunit uml-smp um 2 300 uml-smp all ncpus=2\n' \
          'vm x um 1 300 a b\nkunit uml um 1 300 uml default\n'
# What make builds: a "kernel" that tests the source.
MAKEFILE = """\
linux:
	@mkdir -p $(O)
	@! grep -n error: kernel/irq/irq_sim.c
	@{ echo '#!/bin/bash'; echo 'exec bash $(CURDIR)/kernel.sh $(CURDIR)/kernel/irq/irq_sim.c'; } >$(O)/linux
	@chmod +x $(O)/linux
	@mkdir -p $(O)/kernel/irq; sed 's,/\\*.*,,' kernel/irq/irq_sim.c >$(O)/kernel/irq/irq_sim.o
"""
KERNEL = """\
echo boot >>${1%/*}/boots
echo 'KTAP version 1'; echo '1..1'; echo '    # Subtest: suite'; echo '    1..2'
if grep -q WARN $1; then echo '[    1.0] WARNING: CPU: 0 PID: 1 at x.c:1'; fi
if grep -q HANG $1; then sleep 77; fi
if grep -q PANIC $1; then echo 'Kernel panic - not syncing: x'; exit 1; fi
if grep -q 'ret = 1;$' <(sed -n 19p $1); then echo '    not ok 1 merge'; sleep 77; fi
echo '    ok 1 merge'; echo 'ok 1 suite'
"""


class Mutants(Case):
    def check(self, text, status=0, says=''):
        done = self.tool('mutants', '--check', '--targets', self.file('targets', TARGETS),
                         self.file('a.patch', text), status=status, says=says, **self.hostile)
        if status:
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_patches(self):
        good = f'Bug: A merge is\n  reported as new.\nFixes: 123 "x"\nFixes: 456 "y"\n---\n{DIFF}'
        self.check(good)
        self.check(good.replace('TEXT', 'ret = 1; \t'))
        self.check(good.replace('ret = 0', 'ret = 7'), 2, f'a.patch: does not apply to {self.tree}')
        self.check(good.replace(FILE, 'gone.c'), 2, 'does not apply')
        for head, says in (('Bog: x', '"Bog: x": expects "KEY: TEXT"'), ('Bug:', 'expects "KEY: TEXT"'),
                           ('Note: x', 'expects "Bug: TEXT"'), ('Bug: x\nBug: y', 'for the second time'),
                           ('Bug: x\nSurvives: y\nVaries: z', 'either'), ('Bug: x\nPlatform: gone', 'gone is not a platform')):
            self.check(f'{head}\n---\n{DIFF}', 2, says)
        self.check('Bug: x\n---\n', 2, 'a diff of one file')
        self.tool('mutants', '--check', self.dir / 'tree', says='no mutants')

    PATCHES = {name: f'Bug: Bug.\n{more}---\n{DIFF.replace("TEXT", text)}' for name, text, more in (
        ('by-test', 'ret = 1;', ''), ('by-warning', 'WARN();', ''), ('by-hang', 'HANG();', ''),
        ('by-panic', 'PANIC();', ''), ('survivor', 'ret = 2;', 'Survives: Nobody\n  looks.\n'),
        ('timing', 'ret = 3;', 'Varies: Timing.\n'))}

    def run_all(self, status, patches, *args, says=(), **env):
        for job in ('job0', 'job1'):
            shutil.rmtree(self.dir / 'work' / job, ignore_errors=True)
            shutil.copytree(self.tree, self.dir / 'work' / job)
            self.file(f'work/{job}/o-uml-smp/{FILE[:-2]}.o', SOURCE.replace('/* A comment with f(x) in it */', ''))
            self.file(f'work/{job}/Makefile', MAKEFILE)
            self.file(f'work/{job}/kernel.sh', KERNEL)
        shutil.rmtree(self.dir / 'patches', ignore_errors=True)
        for name, text in patches.items():
            self.file(f'patches/{name}.patch', text)
        done = self.tool('mutants', '--targets', self.file('targets', TARGETS),
                         '--work', str(self.dir / 'work'), '--out', str(self.dir / 'out'), *args,
                         self.dir / 'patches', status=status, says=says, PATIENCE='0.05', **env)
        self.output = done.stdout
        result = json.loads(self.read('out/results.json'))
        return {entry['name']: (entry['verdict'], entry['by']) for entry in result['results']}

    def test_verdicts(self):
        verdicts = self.run_all(0, self.PATCHES, STAGE_COUNTS=str(
            self.dir / 'counts'), says=('Nobody looks.', '66.7 % killed'))
        self.assertEqual(verdicts, {
            'by-test': ('killed', 'suite.merge'),
            'by-warning': ('killed', 'complaint: WARNING: CPU: 0 PID: 1 at x.c:1'),
            'by-hang': ('killed', 'hang while running'),
            'by-panic': ('killed', 'complaint: Kernel panic - not syncing: x'),
            'survivor': ('survived', ''), 'timing': ('survived', '')})
        self.assertEqual(self.read('counts'), '6 0 0\n')
        # The bugs are out again, and nothing is run twice.
        for job in ('job0', 'job1'):
            self.assertEqual(self.read(f'work/{job}/{FILE}'), SOURCE)
        for args, says in (((), '0 mutants to run, 6 known'),
                           (('--key', 'other', '--only', 'by-[tw]*'), '2 mutants to run, 0 known'),
                           (('--rerun', '--only', 'timing'), '1 mutants to run, 0 known')):
            self.run_all(0, self.PATCHES, *args, says=says)
        done = self.tool('mutants', '--markdown', self.dir / 'out/results.json')
        self.assertRegex(done.stdout, r'\| timing +\| `fire` +\| Bug. +\| Timing. +\|')

    def test_hang_is_confirmed(self):
        """Once without a bug for each set of suites, and twice with it."""
        only = {'by-hang': self.PATCHES['by-hang']}
        self.run_all(0, only, '--jobs', '1')
        self.assertEqual(self.read('work/job0/kernel/irq/boots').count('boot'), 3)

    def test_not_as_listed(self):
        for name, old, new, says in (
            ('survivor', 'Survives: Nobody\n  looks.\n', '', 'survived, and no reason is given'),
            ('by-test', '\n---\n', '\nSurvives: It does not.\n---\n', 'killed by suite.merge: remove'),
                ('by-test', '+\t\tret = 1;', '+\t\terror: no', 'not built')):
            self.run_all(1, {name: self.PATCHES[name].replace(old, new, 1)}, says=f'{name}.patch: {says}')

    def test_fails_without_a_bug(self):
        self.file(f'tree/{FILE}', SOURCE + '/* WARN */\n')
        with self.assertRaises(FileNotFoundError):
            self.run_all(1, self.PATCHES)

    def test_by_rule(self):
        """One with the same objects is equivalent; one that survives has a reason elsewhere."""
        def patch(new):
            return f'Bug: irq_sim.c:19: "ret = 0;" becomes "{new}"\nOperator: statement\n---\n{DIFF.replace("TEXT", new)}'

        bugs = {'fire.statement.1': patch('ret = 0;/* */'), 'fire.statement.2': patch('ret = 1;'),
                'fire.statement.3': patch('ret = 2;'), 'fire.statement.4': patch('error: no')}
        verdicts = self.run_all(1, bugs, '--reasons', self.file('reasons', '# none\n'),
                                says='or "fire: "ret = 0;" becomes "ret = 2;": WHY" to kunit/rule-survivors')
        self.assertEqual([verdicts[name][0] for name in sorted(verdicts)],
                         ['equivalent', 'killed', 'survived', 'not built'])
        self.assertRegex(self.output, r'statement +4 +1 +1 +1 +1 +50.0 % killed')
        why = self.file('reasons', 'fire: "ret = 0;" becomes "ret = 2;": nobody looks\n')
        self.run_all(0, bugs, '--reasons', why, says='nobody looks')
        self.file('reasons', 'fire: "ret = 0;" becomes "ret = 1;": nobody looks\n')
        self.run_all(1, {'fire.statement.2': bugs['fire.statement.2']}, '--reasons', why,
                     says='killed by suite.merge: remove')
        self.file('reasons', 'fire is odd\n')
        self.tool('mutants', '--list', '--reasons', why, self.dir / 'patches', status=2,
                  says='reasons:1: expects FUNCTION: "OLD" becomes "NEW": WHY')

    def test_by_rule_in_a_document(self):
        """The command, the operators and what survives; not each that is killed."""
        bugs = {f'fire.statement.{n}': f'Bug: irq_sim.c:19: "ret = 0;" becomes "ret = {n};"\nOperator: statement\n---\n'
                + DIFF.replace('TEXT', f'ret = {n};') for n in (1, 2)}
        self.run_all(0, bugs, '--command', "scripts/mutants --rule 'x.c'", '--reasons',
                     self.file('reasons', 'fire: "ret = 0;" becomes "ret = 2;": nobody looks\n'))
        text = self.tool('mutants', '--markdown', self.dir / 'out/results.json', status=0).stdout
        self.assertTrue(text.startswith("    scripts/mutants --rule 'x.c'\n\n|"), text)
        self.assertRegex(text, r'\| statement +\| 2 +\| 1 +\| 1 +\| 0 +\| 0 +\| 50.0 % killed \|')
        self.assertRegex(text, r'\| fire.statement.2 \| `fire` \| .* \| nobody looks \|')
        self.assertNotIn('fire.statement.1', text)

    def test_file_is_not_built(self):
        other = 'kernel/irq/other.c'
        self.file(f'tree/{other}', SOURCE)
        bug = 'Bug: other.c:19: "ret = 0;" becomes "ret = 1;"\nOperator: statement\n---\n' + \
            DIFF.replace('TEXT', 'ret = 1;')
        with self.assertRaises(FileNotFoundError):
            self.run_all(1, {'fire.statement.1': bug.replace(FILE, other)},
                         says=f'error: {other} is not built on uml-smp: leave it out')

    def test_no_such_mutant(self):
        self.tool('mutants', '--list', '--only', 'gone*', '--targets', self.file('targets', TARGETS),
                  self.file('a.patch', self.PATCHES['timing']), status=2, says="no mutant is called 'gone*'")


RULE_FILE = 'kernel/rule.c'
RULE_SOURCE = """\
// SPDX-License-Identifier: GPL-2.0
#define WARM(x) ((x) == 1)

/* if (a == b) in a comment */
static bool fits(const struct line *line, int n)
{
	return line->n <= n && !line->busy;
}

static struct line *find(struct table *t, int n)
{
	guard(rcu)();
	lockdep_assert_held(&t->lock);
	if (n == t->size - 1)
		return NULL;
	return rcu_dereference(t->line[n]);
}

int fire(struct line *line, int flags)
{
	const char *name = "a == b; c(d);";
	int ret = 0, old = line->state;

	scoped_guard(raw_spinlock_irqsave, &line->lock) {
		if (old & HOT || flags)
			line->count++;
	}
	trace_fire(line, ret == 1);
	WARN_ON(old &
		~flags);
	for (;;) {
		if (!fits(line, ret))
			break;
		ret = latch(line,
			    true);
	}
	smp_store_release(&line->busy, false);
	return ret;
}
"""


class Operators(case.Case):
    def bugs(self, *args, status=0):
        self.file(f'tree/{RULE_FILE}', RULE_SOURCE)
        done = self.call('lib/operators', '--tree', self.dir / 'tree', '--out', self.dir / 'bugs', *args, RULE_FILE,
                         status=status)
        self.said = done.stderr
        return {path.name[:-len('.patch')]: path.read_text(encoding='utf-8') for path in (self.dir / 'bugs').glob('*')}

    def test_each(self):
        """What each operator makes of that source, with the line."""
        places = {
            'relational': ['7: "<=" becomes "<"', '14: "==" becomes "!="'],
            'condition': ['25: "old & HOT || flags" becomes "!(old & HOT || flags)"'],
            'logical': ['7: "!" becomes ""', '7: "&&" becomes "||"', '25: "||" becomes "&&"', '32: "!" becomes ""'],
            'bits': ['25: "&" becomes "|"', '29: "&" becomes "|"', '30: "~" becomes ""'],
            'constant': ['14: "- 1" becomes ""', '14: "1" becomes "2"', '22: "0" becomes "1"', '35: "true" becomes "false"',
                         '37: "false" becomes "true"'],
            'statement': ['26: "line->count++;" becomes ";"', '29: "WARN_ON(old & ~flags);" becomes ";"',
                          '33: "break;" becomes ";"', '34: "ret = latch(line, true);" becomes ";"'],
            'return': ['7: "line->n <= n && !line->busy" becomes "!(line->n <= n && !line->busy)"',
                       '16: "rcu_dereference(t->line[n])" becomes "NULL"', '38: "ret" becomes "0"'],
            'barrier': ['37: "smp_store_release(&line->busy, false)" becomes "WRITE_ONCE(*(&line->busy), false)"'],
            'lock': ['12: "guard(rcu)();" becomes ";"', '24: "scoped_guard(raw_spinlock_irqsave, &line->lock)" becomes "if (1)"'],
        }
        for operator, expected in places.items():
            bugs = self.bugs('--operator', operator)
            said = sorted((text.split('\n')[0][len('Bug: rule.c:'):] for text in bugs.values()),
                          key=lambda text: (int(text.split(':')[0]), text))
            self.assertEqual(said, expected, operator)

    def test_patches(self):
        """They apply, keep the number of lines, and are what lib/mutants reads."""
        bugs = self.bugs('--platform', 'uml')
        self.assertEqual(len(bugs), 25)
        for name, text in bugs.items():
            subprocess.run(['git', 'apply', '-C1'], cwd=self.dir / 'tree', input=text, text=True, check=True)
            changed = self.read(f'tree/{RULE_FILE}')
            self.assertNotEqual(changed, RULE_SOURCE)
            self.assertEqual(len(changed.splitlines()), len(RULE_SOURCE.splitlines()), name)
            self.file(f'tree/{RULE_FILE}', RULE_SOURCE)
        self.call('lib/mutants', '--tree', self.dir / 'tree', '--check',
                  self.dir / 'bugs', status=0, says='25 mutants fit')
        self.assertIn('Platform: uml\n', bugs['fire.return.1'])

    def test_choice(self):
        self.assertEqual(set(self.bugs('--function', 'find', '--operator', 'return')), {'find.return.1'})
        self.assertEqual(len(self.bugs('--every', '5')), 5)
        self.assertRegex(self.said, r'all +25 +5')

    def test_nothing(self):
        self.bugs('--function', 'gone', status=2)
        self.assertIn('no place for any', self.said)
        self.call('lib/operators', '--tree', self.dir, '--out', self.dir /
                  'bugs', 'gone.c', status=2, says='no file gone.c in')


class Lists(case.Case):
    """Those of the repository."""

    def test_take(self):
        """A run of a few mutants does not take the place of one of many; one of as many does."""
        shutil.copytree(TOP / 'scripts', self.dir / 'scripts')
        results = self.dir / 'Documentation/results'
        results.mkdir(parents=True)
        for name in ('coverage', 'mutants', 'rule'):
            shutil.copy(TOP / f'Documentation/results/{name}.json', results)
        kept = json.loads((results / 'mutants.json').read_text(encoding='utf-8'))
        for count, says in ((kept['mutants'] - 1, 'left as it is'), (kept['mutants'], ())):
            self.file('build/mutants/results.json', json.dumps({**kept, 'mutants': count, 'killed': -1}))
            self.call(self.dir / 'scripts/strength', '--take', status=0,
                      says=says, IRQ_SIM_BUILD=str(self.dir / 'build'))
            taken = json.loads((results / 'mutants.json').read_text(encoding='utf-8'))
            self.assertEqual(taken['killed'] == -1, not says)

    def test_document(self):
        """It is what the results say; those say nothing that has no reason."""
        results = TOP / 'Documentation/results'
        if not any((results / f'{name}.json').exists() for name in ('coverage', 'mutants')):
            self.skipTest('no results: run scripts/coverage, scripts/mutants, scripts/strength --take')
        self.call('strength', '--check', status=0)
        mutants = json.loads((results / 'mutants.json').read_text(encoding='utf-8'))
        self.assertGreaterEqual(mutants['killed'], 0.95 * mutants['mutants'])
        self.assertEqual([m['name'] for m in mutants['results'] if not m['as_listed']], [])
        coverage = json.loads((results / 'coverage.json').read_text(encoding='utf-8'))
        self.assertEqual([gap for gap in coverage['not_reached'] if not gap['reason']], [])
        self.assertEqual(coverage['stale'], [])
