#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test what measures the tests, scripts/lib/coverage and scripts/lib/mutants,
on a kernel of a few lines.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
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


class Case(unittest.TestCase):
	def setUp(self):
		holder = tempfile.TemporaryDirectory(prefix='irq_sim-test.')
		self.addCleanup(holder.cleanup)
		self.dir = pathlib.Path(holder.name)
		self.tree = self.dir / 'tree'
		self.file(f'tree/{FILE}', SOURCE)

	def file(self, name, text):
		path = self.dir / name
		path.parent.mkdir(parents=True, exist_ok=True)
		path.write_text(text, encoding='utf-8')
		return str(path)

	def tool(self, name, *args, env=None):
		return subprocess.run([SCRIPTS / 'lib' / name, '--tree', self.tree, *args],
				      capture_output=True, text=True, timeout=60, check=False,
				      env={**os.environ, 'STAGE_COUNTS': '', **(env or {})})


class Coverage(Case):
	"""Lines 6 to 10 are twice(), 18 to 24 are fire()."""
	COUNTS = {6: 4, 7: 0, 8: 4, 9: 1, 10: 3, 16: 5, 18: 5, 19: 0, 20: 0, 22: 5, 24: 5}
	BRANCHES = {6: [0, 4], 8: [1, 3], 18: [0, 5, 0, 0]}

	def judge(self, exceptions, status, measured=(FILE,), counts=None, branches=None):
		lines = [{'line_number': n, 'count': count, 'gcovr/noncode': False,
			  'branches': [{'count': c} for c in
				       (self.BRANCHES if branches is None else branches).get(n, ())]}
			 for n, count in (counts or self.COUNTS).items()]
		report = self.file('gcovr.json', json.dumps({'files': [{'file': FILE, 'lines': lines}]}))
		done = self.tool('coverage', '--report', report, '--json', str(self.dir / 'out.json'),
				 '--exceptions', self.file('exceptions', exceptions), *measured)
		self.assertEqual(done.returncode, status, done.stdout + done.stderr)
		return done.stdout + done.stderr

	GAPS = (f'{FILE} twice branches 1 @1 if (x)\n\treason one\n'
		f'{FILE} twice line @1 return x;\n\treason\n\t two\n'
		f'{FILE} fire branches 3 if (line->latched && high) {{\n\tthree\n'
		f'{FILE} fire lines ret = 0;\n\tfour\n')

	def test_all_have_a_reason(self):
		out = self.judge(self.GAPS, 0)
		self.assertIn('reason two', out)
		self.assertRegex(out, r'irq_sim\.c +11 +8 +72\.7 % +8 +4 +50\.0 %')
		result = json.loads((self.dir / 'out.json').read_text(encoding='utf-8'))
		self.assertEqual(result['total'], {'lines': 11, 'reached': 8, 'branches': 8, 'taken': 4})
		self.assertEqual([gap['line'] for gap in result['not_reached']], [6, 7, 18, 19, 20])
		tables = self.tool('coverage', '--markdown', str(self.dir / 'out.json')).stdout
		self.assertIn(f'| `{FILE}` | 11 | 8 | 72.7 % | 8 | 4 | 50.0 % | 5 of 5 |', tables)
		self.assertIn('| reason two | `twice`: `line @1 return x;` |', tables)
		self.assertIn('| four | `fire`: 2 lines |', tables)

	def test_one_has_none(self):
		out = self.judge(self.GAPS.replace(f'{FILE} twice line @1 return x;\n\treason\n\t two\n', ''), 1)
		# What is printed can go into the file as it is.
		self.assertIn(f'\n{FILE} twice line @1 return x;\n', out)
		self.assertIn('1 gaps without a reason, 0 stale', out)

	def test_stale(self):
		for entry, says in (
				('twice branches 1 @2 if (x)', '0 of its 2 branches'),
				('fire line int ret = 1;', 'is reached'),
				('fire line int ret = 2;', 'no such line'),
				('fire function', 'of it is reached'),
				('gone function', 'no code in a function of that name'),
				('twice branches 2 @1 if (x)', '1 of its 2 branches'),
				('twice branches 1 if (x)', 'the function has 2 such lines')):
			out = self.judge(f'{self.GAPS}{FILE} {entry}\n\twhy\n', 1)
			self.assertIn(says, out)
			self.assertIn('exceptions:10: ', out)
		self.assertIn('is not measured', self.judge(f'{self.GAPS}other.c f function\n\twhy\n', 1))

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
		for text, says in ((f'{FILE} twice\n\twhy\n', 'wants FILE FUNCTION and one of'),
				   (f'{FILE} twice bogus x\n\twhy\n', 'wants FILE FUNCTION and one of'),
				   (f'{FILE} twice branches if (x)\n\twhy\n', 'how many'),
				   (f'{FILE} twice line\n\twhy\n', 'that of the line'),
				   (f'{FILE} twice function\n', 'no reason'),
				   ('\twhy\n', 'without an entry')):
			self.assertIn(says, self.judge(text, 1))

	def test_absent(self):
		"""A file which should be measured, and is not, is no success."""
		out = self.judge(self.GAPS, 1, (FILE, 'lib/kunit/irq.c'))
		self.assertIn('not measured: lib/kunit/irq.c: the tree does not have it', out)
		self.file('tree/kernel/other.c', '')
		self.assertIn('no measured object has code', self.judge(self.GAPS, 1, (FILE, 'kernel/other.c')))
		self.assertIn('nothing was measured', self.judge('', 1, ('kernel/other.c',)))

	def test_added_lines_only(self):
		def git(*args):
			subprocess.run(['git', '-C', self.tree, '-c', 'user.name=x', '-c', 'user.email=x@y.example',
					*args], check=True, capture_output=True)
		self.file(f'tree/{FILE}', SOURCE.replace('\t\tret = 0;\n', ''))
		git('init', '-q')
		git('add', '.')
		git('commit', '-qm', 'before')
		git('tag', 'base')
		self.file(f'tree/{FILE}', SOURCE)
		out = self.judge('', 1, (f'{FILE}:added',))
		self.assertIn(f'{FILE} fire line ret = 0;', out)
		self.assertIn('1 gaps', out)
		self.judge(f'{FILE} fire line ret = 0;\n\twhy\n', 0, (f'{FILE}:added',))


GOOD = f"""\
# comment
[merge-is-new]
file      {FILE}
function  fire
bug       A merge is
  reported as new.
- ret = 0;
+ ret = 1;
"""
PLATFORMS = '# name config arch cpus seconds then\numl-smp uml-smp um 2 300 ncpus=2\numl uml um 1 300\n'
# What make builds: a "kernel" that tests the source.
MAKEFILE = """\
linux:
	@mkdir -p $(O)
	@! grep -n error: kernel/irq/irq_sim.c
	@{ echo '#!/bin/bash'; echo 'exec bash $(CURDIR)/kernel.sh $(CURDIR)/kernel/irq/irq_sim.c'; } >$(O)/linux
	@chmod +x $(O)/linux
"""
KERNEL = """\
echo 'KTAP version 1'; echo '1..1'; echo '    # Subtest: suite'; echo '    1..2'
if grep -q WARN $1; then echo '[    1.0] WARNING: CPU: 0 PID: 1 at x.c:1'; fi
if grep -q HANG $1; then sleep 77; fi
if grep -q PANIC $1; then echo 'Kernel panic - not syncing: x'; exit 1; fi
if grep -q 'ret = 1;$' <(sed -n 19p $1); then echo '    not ok 1 merge'; sleep 77; fi
echo '    ok 1 merge'; echo 'ok 1 suite'
"""


class Mutants(Case):
	def entry(self, **changes):
		"""GOOD with some lines changed; None removes the line."""
		text = GOOD
		for key, value in changes.items():
			lines = []
			for line in text.splitlines():
				if line.startswith({'old': '-', 'new': '+', 'name': '['}.get(key, key)):
					if value is None:
						continue
					line = value
				lines.append(line)
			text = '\n'.join(lines) + '\n'
		return text

	def check(self, text, status=0, says=''):
		done = self.tool('mutants', '--check', '--platforms', self.file('platforms', PLATFORMS),
				 self.file('list.txt', text))
		self.assertEqual(done.returncode, status, done.stdout + done.stderr)
		self.assertIn(says, done.stderr)
		if status:
			self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

	def test_good(self):
		self.check(GOOD)
		self.check(self.entry(old='- if (line->latched && high) {\n-   ret = 0;', new='+'))

	def test_text(self):
		self.check(self.entry(old='- ret = 7;'), 2, 'list.txt:2: [merge-is-new]: not found in fire() of')
		self.check(self.entry(function='function  twice'), 2, 'not found in twice()')
		self.check(self.entry(function='function  gone'), 2, 'has no function gone')
		self.check(self.entry(file='file  gone.c'), 2, 'has no gone.c')
		twice = self.entry(function='function  twice', old='- return x;')
		self.check(twice, 2, 'found 2 times in twice() of kernel/irq/irq_sim.c, lines 7, 9: say which')
		self.check(twice + 'after if (x)\n', 2, 'found 2 times')
		once = self.entry(function='function  twice', old='- if (x)')
		self.check(once + 'after return x;\n')
		self.check(once + 'after return y;\n', 2, '(after return y;)')
		self.check(self.entry(function='function  -', old='- #define LIMIT 10'))
		self.check(self.entry(function='function  -'), 2, 'not found in kernel/irq/irq_sim.c')

	def test_malformed(self):
		self.check(self.entry(new=None), 2, 'no replacement')
		self.check(self.entry(old=None), 2, 'what is replaced?')
		self.check(self.entry(new='+ ret  = 0;', old='- ret  = 0;'), 2, 'changes nothing')
		self.check(self.entry(name='[No Name]'), 2, 'list.txt:2: a name is')
		self.check(self.entry(name=None), 2, 'no [name] before')
		self.check(GOOD + GOOD, 2, '[merge-is-new] is in')
		self.check(GOOD + 'bogus x\n', 2, 'unknown key "bogus"')
		self.check(GOOD + 'file x\n', 2, 'for the second time')
		self.check(GOOD + '- ret = 0;\n', 2, 'go before')
		self.check(GOOD + '\n  more\n', 2, 'goes on from nothing')
		self.check(GOOD + 'survives\n', 2, '"survives" says nothing')
		self.check(GOOD + 'survives x\nvaries y\n', 2, 'either')
		self.check(GOOD + 'platform gone\n', 2, 'no platform gone')
		self.check('# nothing\n', 2, 'no mutants')
		lines = GOOD.splitlines()
		self.check('\n'.join(line for line in lines if not line.startswith(('bug', ' '))) + '\n',
			   2, 'has no "bug"')

	LISTS = ''.join(f'[{name}]\nfile {FILE}\nfunction fire\nbug Bug.\n- ret = 0;\n+ {text}\n{more}\n'
			for name, text, more in (
				('by-test', 'ret = 1;', ''), ('by-warning', 'WARN();', ''),
				('by-hang', 'HANG();', ''), ('by-panic', 'PANIC();', ''),
				('survivor', 'ret = 2;', 'survives Nobody\n  looks.\n'),
				('timing', 'ret = 3;', 'varies Timing.\n')))

	def run_all(self, status, lists, *args, env=None, objects=None):
		for job in ('job0', 'job1'):
			shutil.rmtree(self.dir / 'work' / job, ignore_errors=True)
			shutil.copytree(self.tree, self.dir / 'work' / job)
			self.file(f'work/{job}/Makefile', MAKEFILE)
			self.file(f'work/{job}/kernel.sh', KERNEL)
			for name, text in (objects or {}).items():
				self.file(f'work/{job}/o-uml-smp/{name}', text)
		done = self.tool('mutants', '--platforms', self.file('platforms', PLATFORMS),
				 '--work', str(self.dir / 'work'), '--out', str(self.dir / 'out'), *args,
				 self.file('list.txt', lists), env={'PATIENCE': '0.05', **(env or {})})
		self.assertEqual(done.returncode, status, done.stdout + done.stderr)
		self.output = done
		result = json.loads((self.dir / 'out/results.json').read_text(encoding='utf-8'))
		return {entry['name']: (entry['verdict'], entry['by']) for entry in result['results']}

	def test_verdicts(self):
		counts = self.dir / 'counts'
		verdicts = self.run_all(0, self.LISTS, env={'STAGE_COUNTS': str(counts)})
		self.assertEqual(verdicts, {
			'by-test': ('killed', 'suite.merge'),
			'by-warning': ('killed', 'complaint: WARNING: CPU: 0 PID: 1 at x.c:1'),
			'by-hang': ('killed', 'hang while running'),
			'by-panic': ('killed', 'complaint: Kernel panic - not syncing: x'),
			'survivor': ('survived', ''), 'timing': ('survived', '')})
		self.assertEqual(counts.read_text(encoding='ascii'), '6 0 0\n')
		self.assertIn('Nobody looks.', self.output.stdout)
		self.assertIn('66.7 % killed', self.output.stdout)
		# The bugs are out again, and nothing is run twice.
		for job in ('job0', 'job1'):
			self.assertEqual((self.dir / 'work' / job / FILE).read_text(encoding='utf-8'), SOURCE)
		self.run_all(0, self.LISTS)
		self.assertIn('0 mutants to run, 6 known', self.output.stderr)
		self.run_all(0, self.LISTS, '--key', 'other', '--only', 'by-[tw]*')
		self.assertIn('2 mutants to run, 0 known', self.output.stderr)
		self.run_all(0, self.LISTS, '--rerun', '--only', 'timing')
		self.assertIn('1 mutants to run, 0 known', self.output.stderr)
		report = (self.dir / 'out/mutants.md').read_text(encoding='utf-8')
		self.assertIn('| timing | `fire` | Bug. | Timing. |', report)
		done = self.tool('mutants', '--markdown', str(self.dir / 'out/results.json'))
		self.assertEqual(done.stdout, report)

	HEADER = 'kernel/irq/a.h'
	# How make would have compiled and linked: from the source and the header.
	OBJECTS = {
		'.mutants-env': '',
		'kernel/irq/irq_sim.o': '',
		'kernel/irq/.irq_sim.o.cmd': (
			'savedcmd_kernel/irq/irq_sim.o := '
			f'cat ../{FILE} ../{HEADER} >kernel/irq/irq_sim.o\n\n'
			f'deps_kernel/irq/irq_sim.o := \\\n  ../{HEADER} \\\n'),
		'.vmlinux.unstripped.cmd': (
			'savedcmd_vmlinux.unstripped := '
			'printf "%s\\n" "$(pound)!/bin/bash" "exec bash $$PWD/../kernel.sh '
			'$$PWD/kernel/irq/irq_sim.o" >vmlinux.unstripped; chmod +x vmlinux.unstripped\n'),
	}

	def test_header(self):
		"""A bug in a header is in all objects that have it, and out of them again."""
		self.file(f'tree/{self.HEADER}', 'int a;\n')
		entry = f'[header]\nfile {self.HEADER}\nfunction -\nbug Bug.\n- int a;\n+ WARN();\n\n'
		verdicts = self.run_all(0, entry + self.LISTS, '--jobs', '1', objects=self.OBJECTS)
		self.assertEqual(verdicts['header'][0], 'killed')
		self.assertEqual(verdicts['survivor'][0], 'survived')
		self.assertEqual((self.dir / 'work/job0' / self.HEADER).read_text(encoding='utf-8'), 'int a;\n')

	def test_other_suites(self):
		"""Which results hold when tests have changed."""
		def git(*args):
			return subprocess.run(['git', '-C', self.tree, '-c', 'user.name=x',
					       '-c', 'user.email=x@y.example', *args],
					      check=True, capture_output=True, text=True).stdout.strip()

		def suites(text, name='tests/suite.c'):
			self.file(f'tree/{name}', text)
			git('add', '.')
			git('commit', '-qm', 'tests', '--allow-empty')
			return '--suites', git('rev-parse', 'HEAD^{tree}'), '--suite', 'tests/'

		def todo(args):
			self.run_all(0, self.LISTS, *args)
			return int(self.output.stderr.split(' mutants to run')[0].split()[-1])

		helper = 'static int helper(void)\n{\n\treturn 1;\n}\n'
		merge = 'static void merge(struct kunit *test)\n{\n\thelper();\n}\n'
		other = 'static void other(struct kunit *test)\n{\n\tuse();\n}\n'
		table = 'struct kunit_case cases[] = {\n\tKUNIT_CASE(merge),\n};\n'
		third = 'static void third(struct kunit *test)\n{\n}\n'
		more = table.replace('};', '\tKUNIT_CASE(third),\n};')
		git('init', '-q')
		self.assertEqual(todo(suites(helper + merge + other + table)), 6)
		# The same tests, whatever else has changed.
		self.assertEqual(todo(suites(helper + merge + other + table)), 0)
		# One more: it might kill what has survived.
		self.assertEqual(todo(suites(helper + merge + other + third + more)), 2)
		# Another text in one that has killed none: a hang or a warning may be its doing.
		other = other.replace('use', 'used')
		self.assertEqual(todo(suites(helper + merge + other + third + more)), 5)
		# In the one that has killed one; in what it calls; outside of functions.
		merge = merge.replace('helper()', 'use(helper())')
		self.assertEqual(todo(suites(helper + merge + other + third + more)), 6)
		helper = helper.replace('1', '2')
		self.assertEqual(todo(suites(helper + merge + other + third + more)), 6)
		# In what it calls of another file.
		common = 'int common(void)\n{\n\treturn 1;\n}\n'
		merge = merge.replace('use(', 'use(common(), ')
		suites(common, 'tests/common.c')
		self.assertEqual(todo(suites(helper + merge + other + third + more)), 6)
		suites(common.replace('1', '2'), 'tests/common.c')
		self.assertEqual(todo(suites(helper + merge + other + third + more)), 6)
		self.assertEqual(todo(suites(helper + merge + other + third + table)), 6)
		# And the tests of which nobody knows what they were.
		self.assertEqual(todo(('--suites', '0' * 40, '--suite', 'tests/')), 6)

	def test_not_as_listed(self):
		text = self.LISTS.replace('survives Nobody\n  looks.\n', '')
		self.run_all(1, text, '--only', 'survivor')
		self.assertIn('[survivor] survived, and no reason is given', self.output.stdout)
		text = self.LISTS.replace('+ ret = 1;\n', '+ ret = 1;\nsurvives It does not.\n')
		self.run_all(1, text, '--only', 'by-test')
		self.assertIn('[by-test] is killed by suite.merge: remove', self.output.stdout)
		text = self.LISTS.replace('+ ret = 1;\n', '+ error: no\n')
		self.run_all(1, text, '--only', 'by-test')
		self.assertIn('[by-test] is not built', self.output.stdout)

	def test_fails_without_a_bug(self):
		self.file(f'tree/{FILE}', SOURCE + '/* WARN */\n')
		with self.assertRaises(FileNotFoundError):
			self.run_all(1, self.LISTS)

	def test_no_such_mutant(self):
		done = self.tool('mutants', '--list', '--only', 'gone*', '--platforms',
				 self.file('platforms', PLATFORMS), self.file('list.txt', GOOD))
		self.assertEqual(done.returncode, 2)
		self.assertIn("no mutant is called 'gone*'", done.stderr)


class Lists(unittest.TestCase):
	"""Those of the repository."""

	def test_document(self):
		"""It is what the results say; those say nothing that has no reason."""
		results = SCRIPTS.parent / 'Documentation/results'
		if not any((results / f'{name}.json').exists() for name in ('coverage', 'mutants')):
			self.skipTest('no results: run scripts/coverage, scripts/mutants, scripts/strength --take')
		done = subprocess.run([SCRIPTS / 'strength', '--check'], capture_output=True, text=True,
				      timeout=60, check=False)
		self.assertEqual(done.returncode, 0, done.stderr)
		mutants = json.loads((results / 'mutants.json').read_text(encoding='utf-8'))
		self.assertGreaterEqual(mutants['killed'], 0.95 * mutants['mutants'])
		self.assertEqual([m['name'] for m in mutants['results'] if not m['as_listed']], [])
		coverage = json.loads((results / 'coverage.json').read_text(encoding='utf-8'))
		self.assertEqual([gap for gap in coverage['not_reached'] if not gap['reason']], [])
		self.assertEqual(coverage['stale'], [])

	def test_help(self):
		for name in ('coverage', 'mutants', 'strength', 'lib/coverage', 'lib/mutants'):
			done = subprocess.run([SCRIPTS / name, '--help'], capture_output=True, text=True,
					      timeout=60, check=False)
			self.assertEqual(done.returncode, 0, name)
			self.assertRegex(done.stdout, 'examples?:', name)

	def test_unknown_arguments(self):
		for name in ('coverage', 'mutants', 'strength'):
			done = subprocess.run([SCRIPTS / name, '--bogus'], capture_output=True, text=True,
					      timeout=60, check=False)
			self.assertEqual(done.returncode, 1, name)
			self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
