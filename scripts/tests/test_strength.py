#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test what measures the tests, scripts/tools/coverage, on a kernel of a few lines.

examples:
  scripts/tests/test_strength.py
  scripts/tests/test_strength.py Coverage
"""

import json
import os
import pathlib
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
		return subprocess.run([SCRIPTS / 'tools' / name, '--tree', self.tree, *args],
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
		out = self.judge(self.GAPS, 0, (FILE, 'lib/kunit/irq.c'))
		self.assertIn('not measured: lib/kunit/irq.c: the tree does not have it', out)
		self.file('tree/kernel/other.c', '')
		self.assertIn('no measured object has code', self.judge(self.GAPS, 0, (FILE, 'kernel/other.c')))
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


class Help(unittest.TestCase):

	def test_help(self):
		for name in ('coverage', 'tools/coverage'):
			done = subprocess.run([SCRIPTS / name, '--help'], capture_output=True, text=True,
					      timeout=60, check=False)
			self.assertEqual(done.returncode, 0, name)
			self.assertRegex(done.stdout, 'examples?:', name)

	def test_unknown_arguments(self):
		for name in ('coverage',):
			done = subprocess.run([SCRIPTS / name, '--bogus'], capture_output=True, text=True,
					      timeout=60, check=False)
			self.assertEqual(done.returncode, 1, name)
			self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


if __name__ == '__main__':
	unittest.main()
