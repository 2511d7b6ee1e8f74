# SPDX-License-Identifier: GPL-2.0
"""Test the scripts which run guests and parse their consoles, with guests of a few lines.

boot, splats, ktap, check-config and demo-view are run as programs. Those of
ktap need a kernel tree: IRQ_SIM_TREE, or the one of scripts/tree.
"""

import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest
import xml.etree.ElementTree

from case import SCRIPTS, TOP, Case

TREE = pathlib.Path(os.environ.get('IRQ_SIM_TREE') or TOP / 'build/linux')
NEEDS_PARSER = unittest.skipUnless((TREE / 'tools/testing/kunit/kunit_parser.py').exists(),
                                   f'no kernel tree in {TREE}: run scripts/tree')


class Guests(Case):
    def gone(self, *pids):
        until = time.monotonic() + 10
        while any(pathlib.Path(f'/proc/{pid}').exists() for pid in pids):
            self.assertLess(time.monotonic(), until, 'it outlives the run')
            time.sleep(0.01)


class Boot(Guests):
    def boot(self, script, *options, status=0, **env):
        return self.call('lib/boot', '--log', str(self.dir / 'log'), '--up', 'UP', *options,
                         '--', 'bash', '-c', script, status=status, **env)

    def test_good(self):
        self.assertEqual(self.boot('echo one; echo UP; printf last').stdout, 'one\nUP\nlast\n')
        self.assertTrue(self.read('log').endswith('one\nUP\nlast\n'))
        self.assertEqual(self.boot('echo UP', '--quiet').stdout, '')
        self.boot('sleep 1; echo UP', '--boot-limit', '0.5', PATIENCE='10')

    def test_bad(self):
        for script, options, status, says in (
            ('echo first; exec sleep 100', ('--boot-limit', '0.5'), 124,
             r'hung while booting(.|\n)*last line was: first'),
            ('echo UP; exec sleep 100', ('--run-limit', '0.5'), 124, 'hung while running'),
            ('echo UP; echo END; exec sleep 100', ('--done', 'END', '--halt-limit', '0.5'), 124,
             'hung while shutting down'),
            ('echo "[ 1.0] Kernel panic - not syncing: Test"', (), 3, 'panicked'),
                ('echo no; exit 0', (), 1, 'before it printed'), ('echo UP; exit 7', (), 1, 'status 7')):
            self.assertRegex(self.boot(script, *options, status=status).stderr, says)
        self.call('lib/boot', '--log', self.dir / 'log', '--', '/no/such/kernel', status=125, says='/no/such/kernel')

    def test_kills_what_ignores_it(self):
        done = self.boot('trap "" TERM; echo $$; (trap "" TERM; sleep 100) & wait; sleep 100',
                         '--boot-limit', '0.5', status=124)
        self.assertFalse(pathlib.Path('/proc', done.stdout.split()[0]).exists())

    def test_strange_bytes(self):
        self.boot(r"printf 'a\377b\r\nUP\n'")
        self.assertIn('a\\xffb\n', self.read('log'))

    def test_guest_dies_with_it(self):
        with subprocess.Popen([SCRIPTS / 'lib/boot', '--log', str(self.dir / 'log'), '--',
                               'bash', '-c', 'echo $$; exec sleep 100'],
                              stdout=subprocess.PIPE, text=True) as boot:
            pid = int(boot.stdout.readline())
            boot.kill()
        self.gone(pid)


BAD = (
    'WARNING: CPU: 0 PID: 1 at kernel/irq/irq_sim.c:10 f+0x1/0x2',
    'WARNING: kernel/softirq.c:1023 at tasklet_unlock+0x1/0x2, CPU#1: ksoftirqd/1/20',
    'WARNING: possible circular locking dependency detected',
    'WARNING: inconsistent lock state',
    'WARNING: suspicious RCU usage',
    'BUG: KASAN: slab-use-after-free in f+0x1/0x2',
    'BUG: KCSAN: data-race in f / g',
    'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:1',
    'BUG: scheduling while atomic: sh/1/0x00000002',
    'BUG: kernel NULL pointer dereference, address: 0000000000000000',
    'Oops: 0000 [#1] SMP',
    'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [sh:1]',
    'watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 0',
    'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
    'rcu: INFO: rcu_sched self-detected stall on CPU',
    'rcu: rcu_preempt kthread starved for 2000 jiffies!',
    'INFO: task kworker/0:1:9 blocked for more than 120 seconds.',
    'INFO: trying to register non-static key.',
    'UBSAN: array-index-out-of-bounds in kernel/irq/irq_sim.c:1:2',
    'ODEBUG: free active (active state 0) object type: work_struct',
    'refcount_t: underflow; use-after-free.',
    'irq 5: nobody cared (try booting with the "irqpoll" option)',
    'NOHZ tick-stop error: local softirq work is pending, handler #400!!!',
    'softirq: huh, entered softirq 10 IRQ_SIM with preempt_count 1, exited with 2?',
    'Kernel panic - not syncing: Fatal exception in interrupt',
    'kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
    'Call Trace:',
)
GOOD = (
    'Command line: console=ttyS0 panic=-1 BUG: no',
    'NMI watchdog: Perf NMI watchdog permanently disabled',
    'watchdog: Delayed init of the lockup detector failed: -19',
    'rcu: Hierarchical RCU implementation.',
    '# test_warning: WARNING: this is what a test says',
    'ok 1 WARNING:_in_a_name',
    'Linux version 7.3.4 (irq_sim@example.org) #1 SMP',
    'clocksource: timekeeping watchdog on CPU1: Marking clocksource as unstable',
)


class Splats(Case):
    def splats(self, status, text, *options):
        return self.call('lib/splats.py', *options, self.file('log', text), status=status)

    def test_finds_each(self):
        """Whatever printk() puts in front; and leaves others alone."""
        for prefix in ('', '[    1.234567] ', '[    1.234567] [   T12] ', '[    1.234567][    C1] '):
            for line in BAD:
                self.splats(1, f'{prefix}{line}\n')
            self.assertEqual(self.splats(0, ''.join(f'{prefix}{line}\n' for line in GOOD)).stdout, '')

    LOG = ('KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: suite\n    1..2\n'
           '    ok 1 first\n'
           '[ 1.000000] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n'
           '[ 1.000000] Call Trace:\n[ 1.000000]  f+0x1/0x2\n[ 1.000000] ---[ end trace 0 ]---\n'
           '    ok 2 second\nok 1 suite\n')

    INJECTED = ('FAULT_INJECTION: forcing a failure.\nname failslab, interval 1\n'
                'CPU: 0 UID: 0 PID: 9 Comm: kunit Not tainted\nCall Trace:\n <TASK>\n f+0x1/0x2\n')

    def test_count(self):
        """What a test makes fail is not a splat; a complaint does not hide in the trace of another."""
        first = 'BUG: KASAN: use in f\nCall Trace:\n f+0x1/0x2\n'
        for text, count in ((self.LOG, 1), (self.INJECTED * 3, 0), (self.INJECTED + 'Call Trace:\n', 1),
                            (self.INJECTED + 'BUG: KASAN: use in f\n', 1),
                            *((f'{first}{between}\nWARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n', 2) for between in (
                                '=' * 66, '------------[ cut here ]------------', 'ok 1 test',
                                'FAULT_INJECTION: forcing a failure.'))):
            self.splats(int(count > 0), text, '--count', self.dir / 'count')
            self.assertEqual(self.read('count'), f'{count}\n', text)

    def test_names_the_test(self):
        out = self.splats(1, self.LOG).stdout
        self.assertIn(':7: unexpected in suite.second: WARNING: ', out)
        self.assertEqual(out.count('unexpected'), 1)

    def test_hint(self):
        self.assertIn('qemu before 8.1', self.splats(1, 'Oops: int3: 0000 [#1] SMP\n').stdout)
        self.assertNotIn('qemu', self.splats(1, 'Oops: 0000 [#1] SMP\n').stdout)

    def test_expected(self):
        for old, new, status in (
            ('', '', 0), ('suite.second', 'no suite.*', 0), ('suite.second', 'suite.first', 1), ('a\\.c', 'b\\.c', 1),
            ('Splat', 'Splat: no\nSplat', 0), ('kunit/uml*', 'kunit/uml', 1), ('kunit/uml*', 'vm/*\n  kunit/uml*', 0),
                ('Reason', 'Trace: f$|g\nReason', 0), ('Reason', 'Trace: g\nReason', 1)):
            self.expect(status, old, new)
        self.splats(1, self.LOG, '--on', 'vm/x')
        # Without names, a trace is not compared; before the first test it is the boot
        record = self.file('expected', self.RECORD.replace('Reason', 'Trace: g\nReason'))
        self.splats(0, self.LOG.replace(' f+0x1/0x2\n', ' 0x12\n'), '--on', 'kunit/uml', '--expected', record)
        record = self.file('expected', self.RECORD.replace('suite.second', '(boot)'))
        boot = 'WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n' + self.LOG
        done = self.splats(1, boot, '--on', 'kunit/uml', '--expected', record)
        self.assertEqual(re.findall('unexpected( in [^:]*|):', done.stdout), [' in suite.second'])

    RECORD = ('On: kunit/uml*\nTest: suite.second\nSplat: ^WARNING: .*a\\.c\nReason: It is\n  a test.\n'
              'Link: scripts/lib/splats.py#TRACE_MAX\nUntil: 2999-12-31\n')

    def expect(self, status, old, new, says=()):
        record = self.RECORD.replace(old, new, 1) if old else self.RECORD
        self.assertTrue(not old or record != self.RECORD, old)
        return self.call('lib/splats.py', '--on', 'kunit/uml-smp', '--expected', self.file('expected', f'# x\n\n{record}'),
                         self.file('log', self.LOG), status=status, says=says)

    def test_expected_has_a_reason(self):
        """Each record is complete, links to what exists, and has not expired: or it is an error."""
        for key in ('On', 'Test', 'Splat', 'Reason', 'Link', 'Until'):
            line = re.search(f'^{key}: .*\n(  .*\n)?', self.RECORD, re.M)[0]
            self.expect(1, line, '', f'expected:3: no "{key}": add ')
        for old, new, says in (
            ('Reason', 'Why', 'expected:6: expects "KEY: TEXT"'), ('2999', '2026-11-30 or 2', 'Invalid isoformat'),
            ('2999-12-31', '2026-11-30', 'expected:3: expired on 2026-11-30: check whether it is still so that "It is a test."'),
            ('#TRACE_MAX', '#TRACE_MIN', 'has no "TRACE_MIN"'), ('lib/splats.py#', 'lib/splats#', 'expects what shows this'),
                ('scripts/lib/splats.py#', 'https://example.org/', 'expects what shows this'), ('^WARN', '(WARN', 'missing )')):
            self.expect(1, old, new, says)
        for link in ('https://lore.kernel.org/r/x', 'deba78709ae8', 'COPYING'):
            self.expect(0, 'scripts/lib/splats.py#TRACE_MAX', link)
        self.splats(0, '', '--on', 'kunit/uml')

    def test_declared(self):
        """The records of configs/expected-splats fit what they are for, and no more."""
        caller = '    # Subtest: genirq_request\nCall Trace:\n [<60>] ? dump_stack+0x1/0x2\n' \
                 ' [<60>] __setup_irq.isra.0+0x1/0x2\n    ok 1 req_power\nok 1 genirq_request\n'
        asleep = 'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:1\n'
        race = 'BUG: KCSAN: data-race in inode_permission / inode_permission\n'
        for on, text, status in (
            ('kunit/uml-drivers', caller, 0), ('kunit/uml', caller, 1),
            ('kunit/uml-drivers', caller.replace('__setup', '__free'), 1),
            ('demo/sleep', asleep, 0), ('demo/life', asleep, 1), ('vm/x86_64-kcsan', race, 0), ('vm/x86_64', race, 1),
            ('kunit/x86_64-kcsan-strict', race.replace('inode', 'any'), 0),
                ('kunit/x86_64-kcsan-strict', race.replace('inode', 'irq_sim'), 1)):
            self.splats(status, text, '--on', on)

    def test_fingerprint(self):
        """The same with other numbers, addresses and callers; another with another first line or function."""
        first = 'BUG: KASAN: use of ffffdeadbeefcafe in f+0x1/0x2 by task kunit/12\nCall Trace:\n' \
                ' dump_stack_lvl+0x1/0x2\n ? old+0x1/0x2\n f.isra.0+0x3/0x9\n g+0x1/0x2\n h+0x1/0x2\n main+0x1/0x2\n'
        same = first.replace('cafe', 'babe').replace('0x1', '0x77').replace('/12', '/9').replace('main', 'other') \
            .replace('isra.0', 'constprop.1').replace('old', 'older')
        texts = (first, same, first.replace('use', 'double use'), first.replace(' g+', ' k+'))
        prints = [re.findall(r'\[splat ([0-9a-f]{8})\]\n', self.splats(1, text).stdout) for text in texts]
        self.assertEqual([len(p) for p in prints], [1] * 4)
        self.assertEqual(len({p[0] for p in prints}), 3)
        self.assertEqual(prints[0], prints[1])


class GuestKtap(Case):
    def test_report(self):
        done = self.call('/bin/sh', '-c', f'. {SCRIPTS}/guest/ktap.sh; plan 3; report 0 a; report 4 b "no c"; report 2 d; '
                         'echo $failed', status=0)
        self.assertEqual(done.stdout, 'KTAP version 1\n1..3\nok 1 a\nok 2 b # SKIP no c\nnot ok 3 d\n1\n')


@NEEDS_PARSER
class Ktap(Case):
    def ktap(self, text, counts, says=()):
        self.call('lib/ktap', '--tree', TREE, '--brief', '--json', self.dir / 'json', '--counts', self.dir / 'counts',
                  text=text, says=says, status=int(counts.split()[1] != '0'))
        self.assertEqual(self.read('counts'), counts + '\n')
        return json.loads(self.read('json'))

    def test_results(self):
        results = self.ktap('[    1.000000] KTAP version 1\n[    1.000000] 1..3\n'
                            '[    1.000000] ok 1 a\n[    1.000000] # because\n'
                            '[    1.000000] not ok 2 b\n[    1.000000] ok 3 c # SKIP needs SMP\n', '1 1 1',
                            ('failed: b\n\t# because', 'skipped (needs SMP):\n\tc'))
        self.assertEqual(results['skip_reasons'], {'c': 'needs SMP'})

    def test_several_reports(self):
        one = '[    %d.500000] KTAP version 1\n[    %d.500000] 1..1\n[    %d.500000]     KTAP version 1\n' \
              '[    %d.500000]     # Subtest: s%d\n[    %d.500000]     1..1\n' \
              '[    %d.750000]     ok 1 a\n[    %d.750000] ok 1 s%d\n'
        nested = ('KTAP version 1', '1..1', '    # Subtest: s', '    1..2', '        # Subtest: b', '        ok 1 of 4',
                  '        ok 2 d # SKIP no', '    ok 1 b', '    ok 2 c', 'ok 1 s')
        results = self.ktap(''.join(f'[ {i}.000000] {line}\n' for i, line in enumerate(nested)), '2 0 1')
        self.assertEqual(results['seconds'], {'s.b.of 4': 1, 's.b.d': 1, 's.c': 1})
        results = self.ktap('boot\n' + one % ((1,) * 9) + one % ((2,) * 9), '2 0 0')
        self.assertEqual([g['name'] for g in results['sub_groups']], ['s1', 's2'])
        self.assertEqual(results['seconds'], {'s1.a': 0.25, 's2.a': 0.25})
        self.ktap(one % ((1,) * 9) + '[    2.000000] KTAP version 1\n[    2.000000] 1..1\n', '1 1 0')

    def test_counts(self):
        for text, counts in (('KTAP version 1\n1..1\nok 1 a\n', '1 0 0'), ('KTAP version 1\n1..2\nok 1 a\n', '1 1 0'),
                             ('Linux\n', '0 1 0')):
            self.ktap(text, counts)


class CheckConfig(Case):
    def check(self, have, asked, status, kconfig=''):
        self.file('Kconfig', kconfig)
        self.file('.config', have)
        self.file('asked', asked)
        done = self.bash(f'. "{SCRIPTS}/lib/guest.sh"; check_config "$1" "$1" "$1/asked"', self.dir, status=None,
                         IRQ_SIM_BUILD=str(self.dir))
        self.assertEqual(done.returncode != 0, bool(status), done.stdout + done.stderr)
        return done.stdout

    def test_has_everything(self):
        self.assertEqual(self.check('CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_N=4\n', 'CONFIG_A=y\n'
                                    '# CONFIG_B is not set\n# CONFIG_C is not set\nCONFIG_N=4\n', 0), '')
        # The last one counts
        self.check('CONFIG_A=m\n', 'CONFIG_A=y\nCONFIG_A=m\n', 0)

    def test_says_what_is_missing_and_why(self):
        out = self.check('# CONFIG_PCI is not set\n', 'CONFIG_ABC=y\n', 1,
                         'config ABC\n\tbool "abc"\n\tdepends on PCI\n\thelp\n\t  Text\n')
        self.assertEqual(out, 'CONFIG_ABC=y was asked for; the kernel has n\n    \tdepends on PCI\n')
        self.assertIn('no option of this kernel', self.check('', 'CONFIG_NONE=y\n', 1))
        self.check('CONFIG_A=m\n', 'CONFIG_A=y\n', 1)


@NEEDS_PARSER
class Kunit(Guests):
    """scripts/kunit with a kernel that is a few lines of shell."""

    def kunit(self, kernel, *args, platform='uml', variant='', status=0, counts='', says=(), **env):
        built = self.dir / 'kunit' / ({'uml-smp': 'uml-smp+extras'}.get(platform, platform) + variant)
        self.program(built / 'linux', f'echo run >>"{self.dir}/runs"; run=$(wc -l <"{self.dir}/runs")\n'
                     f'echo "KTAP version 1"; echo 1..1\n{kernel}')
        (built / 'provenance.json').write_text(json.dumps(
            {'series': 'a=1', 'kernel': '7.3', 'compiler': 'gcc', 'qemu': '', 'machine': '', 'date': '2026-01-01'}))
        done = self.call('kunit', '--no-build', *args, platform, IRQ_SIM_BUILD=str(self.dir), status=status, says=says,
                         IRQ_SIM_TREE=str(TREE), STAGE_COUNTS=str(self.dir / 'counts'), **env)
        if counts:
            self.assertEqual(self.read('counts'), counts + '\n')
        return done

    def summary(self, *platforms):
        return self.call('kunit', '--summary', *platforms, IRQ_SIM_BUILD=str(self.dir), status=0).stdout

    def runs(self):
        return self.read('runs').count('run')

    def test_splat_fails(self):
        self.kunit('echo ok 1 a', counts='1 0 0')
        twice = 'kunit_platform_device.kunit_platform_device_add_twice_fails_test'
        self.kunit(f'echo Call Trace:; echo ok 1 {twice}; echo "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2"', status=1,
                   counts='1 1 0', says='unexpected: WARNING: ')
        kept = json.loads(self.read('kunit/uml/results.json'))['splats']
        self.assertEqual([(s['title'][:8], s['test'], bool(s['expected'])) for s in kept],
                         [('Call Tra', twice, True), ('WARNING:', '', False)])
        self.assertRegex(kept[0]['fingerprint'], '^[0-9a-f]{8}$')

    def test_provenance(self):
        """Of the qemu that ran, and of the tree and the compiler of the build."""
        self.program('bin/qemu-system-x86_64', 'if [ "$1" = --version ]; then echo QEMU 99; exit; fi\n'
                     'echo "smp: Brought up 1 node, 2 CPUs"; echo "KTAP version 1"; echo 1..1; echo ok 1 a')
        built = 'kunit/base+x86+extras+selftests+rtc+suites'
        for status, series in ((0, r'\w+=\w+,.*'), (1, 'none')):
            self.file(f'{built}/.config', 'CONFIG_CC_VERSION_TEXT="clang 19"\n')
            self.bash(f'. "{SCRIPTS}/lib/guest.sh"; about() {{ echo x; }}; run_logged() {{ :; }}; check_config() {{ :; }}\n'
                      f'is_series() {{ return {status}; }}; build_kernel x "$1" "$1/{built}" x86_64 /dev/null',
                      self.dir, IRQ_SIM_BUILD=str(self.dir))
            self.call('kunit', '--no-build', '--accel=tcg', 'x86_64', IRQ_SIM_BUILD=str(self.dir), status=0,
                      IRQ_SIM_TREE=str(TREE), PATH=f'{self.dir}/bin:{os.environ["PATH"]}')
            found = json.loads(self.read('kunit/x86_64/results.json'))['provenance']
            self.assertEqual((found['qemu'], found['compiler']), ('QEMU 99', 'clang 19'))
            self.assertRegex(found['series'], f'^{series}$')

    UNKNOWN = 'echo "[ 0.1] Unknown kernel command line parameters \\"%s\\", will be passed on"; ' \
              'echo "smp: Brought up 1 node, 2 CPUs"; echo ok 1 a'

    def test_unknown_argument(self):
        self.kunit(self.UNKNOWN % 'x seccomp=on', platform='uml-smp', status=1, counts='1 1 0',
                   says='does not know seccomp=on')
        self.kunit(self.UNKNOWN % 'x y', platform='uml-smp')

    def test_repeat(self):
        done = self.kunit('echo ok 1 a', '--repeat', '3', counts='3 0 0', says='run 3 of 3, 0 failed: ok')
        self.assertEqual(self.runs(), 3)
        self.assertRegex(done.stdout, r'\numl +3 +0 +[0-9.]+ +[0-9.]+ +[0-9.]+\n')

    def test_repeat_jobs(self):
        done = self.kunit('echo ok 1 a', '--repeat=5', '--jobs=2', counts='5 0 0')
        self.assertRegex(done.stdout, r'\numl +5 +0 ')
        for job, runs in ((1, (1, 3, 5)), (2, (2, 4))):
            self.assertTrue((self.dir / f'kunit/uml/job-{job}/console.log').exists())
            for run in runs:
                self.assertIn(f'run {run} of 5, 0 failed: ok', done.stderr)

    SECOND_FAILS = 'if ((run == 2)); then echo not ok 1 a; else echo ok 1 a; fi'

    def test_repeat_stops(self):
        done = self.kunit(self.SECOND_FAILS, '--repeat=5', status=1, counts='1 1 0', says='failed: a')
        self.assertEqual(self.runs(), 2)
        self.assertRegex(done.stdout, r'\numl +2 +1 ')
        self.assertIn('not ok 1 a', self.read('kunit/uml/failure-2/console.log'))
        self.assertIn('failed: a', self.read('kunit/uml/failure-2/run.log'))

    def test_repeat_keeps_going(self):
        self.kunit(self.SECOND_FAILS, '--repeat=4', '--keep-going', status=1, counts='3 1 0')
        self.assertEqual(self.runs(), 4)
        self.assertEqual([f.name for f in (self.dir / 'kunit/uml').glob('failure-*')], ['failure-2'])

    def test_repeat_counts_a_splat(self):
        self.kunit('echo ok 1 a; ((run < 3)) || echo "BUG: KASAN: use in f"', '--repeat=5', status=1)
        self.assertEqual(self.runs(), 3)

    def test_load(self):
        cpus = len(os.sched_getaffinity(0))
        self.kunit(f'pgrep -f "[f]ilter {self.dir}" >"{self.dir}/pids"; echo ok 1 a', '--load', '--filter',
                   str(self.dir), says=f'{cpus} busy loops')
        pids = self.read('pids').split()
        self.assertGreater(len(pids), cpus)
        self.gone(*pids)

    def test_options(self):
        """-v prints the commands which run, with their arguments and limits."""
        done = self.kunit('echo "# $*"; echo ok 1 a', '-v', '--append', 'a=1 b', '--limit', '7', '--quick')
        self.assertRegex(done.stderr, r'\n    \+ \S+/kunit/uml/linux kunit.enable=1 .*a=1 b ')
        log = self.read('kunit/uml/console.log')
        self.assertRegex(log, r'^# \S+/kunit/uml/linux kunit.enable=1 ')
        self.assertIn('a=1 b', log.split('\n', 1)[1])
        self.assertRegex(log, r'kunit\.filter=speed>slow\s')
        self.assertTrue((self.dir / 'kunit/uml/results.xml').exists())

    # It runs what its root file system, here a list of files, has as the script which "guest=" names.
    GUEST = """for word; do case $word in guest=*) name=${word#*=} ;; initrd=*) root=${word#*=} ;; esac; done
        echo 'smp: Brought up 1 node, 2 CPUs'
        echo '[    1.000000] guest: up'
        bash "$(awk -v script="/guest/$name.sh" '$2 == script { print $3 }' "$root")" | sed 's/^/[    1.000000] /'
        echo "[    2.000000] guest: exit ${PIPESTATUS[0]}\""""

    def test_exec(self):
        """The command runs in the guest, and its status is the result; a splat is one, too."""
        self.program('bin/busybox', '')
        path = f'{self.dir}/bin:{os.environ["PATH"]}'
        for built in ('kunit/uml-smp+extras-exec', 'vm/kernel-um-selftests-no-hist'):
            self.file(f'{built}/.config', '')
            self.program(f'{built}/usr/gen_init_cpio', 'cat "$1"')
            self.program(f'{built}/linux', self.GUEST)
        for command, status, counts, says in (
                ('echo "a  b"; echo c', 0, '1 0 0', '\na  b\nc\n'), ('exit 3', 1, '0 1 0', 'ended with status 3'),
                ('exit 4', 1, '0 1 0', 'ended with status 4'), ('echo "BUG: KASAN: x"', 1, '1 1 0', 'KASAN')):
            done = self.kunit(self.GUEST, '--exec', command, platform='uml-smp', variant='-exec', status=status,
                              counts=counts, PATH=path)
            self.assertIn(says, '\n' + done.stdout + done.stderr)
            done = self.call('vm', '--no-build', '--exec', command, 'uml', status=status, PATH=path,
                             IRQ_SIM_BUILD=str(self.dir), IRQ_SIM_TREE=str(TREE))
            self.assertIn(says, '\n' + done.stdout + done.stderr)

    def test_gdb(self):
        """gdb runs UML, or qemu waits for it; the kernel is the one for it, and the status theirs."""
        for name, status in (('gdb', 7), ('gdb-multiarch', 8), ('qemu-system-x86_64', 9)):
            self.program(f'bin/{name}', f'printf "%s " {name} "$@"; exit {status}')
        path = f'{self.dir}/bin:{os.environ["PATH"]}'
        done = self.kunit('', '--gdb', '--append', 'a=1', variant='-debug', status=7, PATH=path)
        self.assertRegex(
            done.stdout, rf'^gdb -ex handle .* --args {self.dir}/kunit/uml-debug/linux kunit.enable=1 .*a=1 nokaslr ')
        done = self.kunit('', '--gdb', '--accel=tcg', platform='x86_64-1', status=9, PATH=path)
        built = f'{self.dir}/kunit/small+x86-debug'
        self.assertRegex(done.stdout, '^qemu-system-x86_64 .*' + re.escape(f'-kernel {built}/arch/x86/boot/bzImage -append ')
                         + '.*nokaslr .*-S -gdb tcp:127.0.0.1:1234 $')
        self.assertIn(f"x86_64-1 waits for: gdb-multiarch -ex 'target remote :1234' {built}/vmlinux", done.stderr)

    def test_bad_options(self):
        for says, *options in (
            ('kvm, tcg or auto', '--accel=x'), ('KEY=VALUE', '--kconfig=x'),
            ('number of seconds', '--limit=x'), ('needs a value', '--exec'),
            ('--jobs expects a number', '--repeat=2', '--jobs=0'),
            *(('--on expects a release of the kernel', f'--on={release}')
              for release in ('x', '7', '7.2.1', '', '../7.2')),
                *(('--repeat expects a number', f'--repeat={number}') for number in ('x', '-1', '1.5', ''))):
            self.call('kunit', 'uml', *options, status=125, says=says)

    def test_fail_fast(self):
        for name in ('uml', 'uml-drivers'):
            self.kunit('echo not ok 1 a', platform=name, status=1)
        built = self.dir / 'kunit/uml+extras+drivers+registers+suspend'
        built.mkdir(exist_ok=True)
        shutil.copy(self.dir / 'kunit/uml/linux', built / 'linux')
        before = self.runs()
        self.kunit('echo not ok 1 a', '--fail-fast', 'uml-drivers', status=1)
        self.assertEqual(self.runs() - before, 1)

    def test_bisect(self):
        """With "git bisect run": 125 without a kernel, 1 if a test fails."""
        self.kunit('exit 0', '--no-build', platform='x86_64-none', status=125)
        self.kunit('echo not ok 1 a', status=1)

    def test_variant(self):
        """A kernel with more options, or for gdb, is one of its own."""
        out = self.bash(f'. "{SCRIPTS}/lib/guest.sh"; variant; common_option --kconfig X=y; variant; echo; '
                        'common_option --gdb; variant; echo; t_arch=arm64 accelerator; common_option --accel=kvm; '
                        'accelerator; more_configs "$BUILD/more"; cat "$BUILD/more"',
                        IRQ_SIM_BUILD=str(self.dir)).stdout.split('\n')
        self.assertRegex(out[0], r'^-[0-9a-f]{8}$')
        self.assertEqual(out[1], '-debug' + out[0])
        self.assertEqual(out[2:4], ['tcg,thread=multi', 'kvm'])
        self.assertEqual([pathlib.Path(line).name for line in out[4:]], ['debug.config', 'more', 'CONFIG_X=y', ''])

    ROWS = [line.split() for line in (TOP / 'configs/targets').read_text().splitlines() if line and line[0] != '#']

    def test_targets(self):
        """Each target has its fragments, and a guest script only if the tests do not end it."""
        for kind, _name, _arch, cpus, seconds, configs, run, *kernel in self.ROWS:
            for config in configs.split('+'):
                self.assertTrue((TOP / f'kunit/{config}.kunitconfig').exists() or
                                (TOP / f'configs/{config}.config').exists(), config)
            self.assertTrue(cpus.isdigit() and seconds.isdigit())
            guests = [k[6:] for k in kernel if k.startswith('guest=')]
            if kind == 'kunit':
                self.assertIn(run, ('default', 'all', '-'))
                self.assertEqual('kunit_shutdown=none' in kernel, bool(guests))
            else:
                self.assertEqual(kind, 'vm')
                guests.append(run)
            for guest in guests:
                self.assertTrue((SCRIPTS / 'guest' / f'{guest}.sh').exists(), guest)
        self.assertEqual(len({(r[0], r[1]) for r in self.ROWS}), len(self.ROWS))

    def test_fragments_agree(self):
        """No virtual machine is asked for as a module what another of its fragments has built in."""
        for kind, name, arch, _cpus, _seconds, configs, *_ in self.ROWS:
            if kind != 'vm':
                continue
            fragment = self.bash(f'arch {arch}; echo "$ARCH_FRAGMENT"').stdout.strip()
            asked = {}
            for config in ['base', fragment, *configs.split('+')]:
                paths = [TOP / f'configs/{config}.config', TOP / f'kunit/{config}.kunitconfig']
                text = ''.join(path.read_text() for path in paths if path.exists())
                for option, value in re.findall(r'^(CONFIG_\w+)=([ym])$', text, re.M):
                    self.assertEqual(asked.setdefault(option, value), value, f'{name}: {option} in {config}')

    def test_platforms_documented(self):
        names = [row[1] for row in self.ROWS if row[0] == 'kunit']
        text = (TOP / 'Documentation/testing.md').read_text(encoding='utf-8')
        rows = text.partition('| platform |')[2].partition('\n\n')[0].splitlines()
        listed = [name for row in rows for name in re.findall('`([^`]+)`', row.split(' | ')[0])]
        self.assertEqual(sorted(listed), sorted(names))

    def test_summary(self):
        self.kunit('echo ok 1 a')
        self.kunit('echo "ok 1 b # SKIP needs SMP"; echo "BUG: KASAN: use in f"', platform='uml-smp', status=1)
        page = self.summary()
        for row in (r'\| uml +\| 1 +\| 0 +\| \d+ +\| ok ', r'\| uml-smp +\| 0, 1 +\| 1 +\| \d+ +\| \*\*FAILED\*\* ',
                    r'\| suite +\| uml +\| uml-smp +\|\n\|[-|]+\n\| a +\| 1 +\| +\|\n\| b +\| +\| 0, 1 +\|',
                    r'\| needs SMP +\| uml-smp \(1\) +\|'):
            self.assertRegex(page, row)
        self.assertNotRegex(page, r'\| (x86_64|repeated)')
        series = re.search(r'^<!-- series ([\w=,-]+) -->\nLinux ', page, re.M)
        self.assertEqual(series[1], 'a=1', 'of what was built, not of what there is now')
        results = self.dir / 'kunit/uml/results.json'
        results.write_text(results.read_text().replace(series[1], 'a=0'))
        self.assertIn(f"Not all of one series: uml a=0, uml-smp {series[1]}.", self.summary())
        self.kunit('echo ok 1 a', '--repeat', '3')
        self.assertRegex(self.summary(), r'\| `scripts/kunit --repeat 3 uml` \| 3 +\| 0 +\| [\d.]+ ')
        self.assertRegex(self.summary('uml', 'x86_64'), r'\| x86_64 .*\*\*FAILED\*\*')

    def test_summary_unseen(self):
        """An expected splat which is gone is reported, unless its test did not run; in which test it is counts."""
        twice = 'kunit_platform_device.kunit_platform_device_add_twice_fails_test'
        for kernel, says in ((f'echo ok 1 {twice}', True), (f'echo "ok 1 {twice} # SKIP no"', False), ('echo ok 1 a', False),
                             (f'echo Call Trace:; echo ok 1 {twice}', False)):
            self.kunit(kernel, status=4 if 'SKIP' in kernel else 0)
            self.assertEqual(f': {twice}: ^Call [Tt]race:' in self.summary(), says, kernel)

    def test_summary_doubts(self):
        self.kunit('echo ok 1 a')
        shutil.copytree(self.dir / 'kunit/uml', self.dir / 'kunit/s390x')
        self.file('kunit/s390x/doubt', 'old code\n')
        page = self.summary()
        self.assertRegex(page, r'\| uml .*\| ok +\|')
        self.assertRegex(page, r'\| s390x .*\| ok, \*\*not to be trusted\*\* \|')
        self.assertIn('\ns390x: old code\n', page)

    def test_summary_of_machines(self):
        self.kunit('echo ok 1 a; echo "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2"', status=1)
        for name in ('s390x', 'torture'):
            shutil.copytree(self.dir / 'kunit/uml', self.dir / 'vm' / name)
        done = self.call('vm', '--summary', status=0, IRQ_SIM_BUILD=str(self.dir))
        self.assertRegex(done.stdout, r'\| s390x +\| 1 +\| 1 +\| \d+ +\| \*\*FAILED\*\* ')
        self.assertNotIn('torture', done.stdout, 'it does not run the selftests')

    def test_compare_before_and_after(self):
        def compare(status, *says):
            return self.call('vm', '--compare', 'gpio-sim', IRQ_SIM_BUILD=str(self.dir), status=status, says=says).stdout

        self.kunit('echo "    KTAP version 1"; echo "    # Subtest: s"; echo "    1..2"; echo "    ok 1 a"; '
                   'echo "    ok 2 b # SKIP no c"; echo ok 1 s')
        compare(1, 'run scripts/vm --base gpio-sim')
        for name in ('gpio-sim', 'gpio-sim-base'):
            shutil.copytree(self.dir / 'kunit/uml', self.dir / 'vm' / name)
        self.assertRegex(compare(0), r'\| gpio-sim \| s +\| 2 +\| 1, 1 +\| 1, 1 +\| yes ')
        results = self.dir / 'vm/gpio-sim/results.json'
        whole = json.loads(results.read_text())
        cases = whole['sub_groups'][0]['test_cases']
        for status, said in (('FAIL', 's: a: PASS before, FAIL after'), (None, 's: a: PASS before, absent after')):
            cases[0]['status'] = status
            if not status:
                del cases[0]
            results.write_text(json.dumps(whole))
            compare(1, said, '**1 DIFFER**')
        cases.clear()
        results.write_text(json.dumps(whole))
        compare(1, 'has run no test')


class Contract(Case):
    SUITE = """static struct kunit_case cases[] = {
	KUNIT_CASE(one),
	KUNIT_CASE_PARAM(two, gen),
	{}
};

static struct kunit_suite suite = {
	.name		= "irq_sim_x",
	.test_cases	= cases,
};
"""

    def tree(self, cells):
        tree = self.dir / 'tree'
        rows = ''.join(f'   * - C{i}\n     - A promise\n       in two lines\n     - {cell}\n'
                       for i, cell in enumerate(cells, 1))
        self.file('tree/Documentation/core-api/irq/irq-sim.rst', '.. list-table:: Promises\n   :header-rows: 1\n\n'
                  f'   * - No.\n     - Promise\n     - Tests\n{rows}\nLimits\n')
        self.file('tree/kernel/irq/tests/irq_x.c', self.SUITE)
        return str(tree)

    def results(self, **status):
        """The results of two platforms, and a stage which has passed."""
        self.file('patches/postings', 'a  It\n')
        self.file('softirq-off.counts', '1 0 0\n')
        self.file('softirq-off.json', '{"series": "a=e3b0c442"}')
        arguments = ['--stages', str(self.dir)]
        for platform in ('uml', 'x86_64'):
            arguments.append(self.file(f'{platform}/results.json', json.dumps({'provenance': {'series': 'a=e3b0c442'}, 'sub_groups': [{
                'name': 'irq_sim_x', 'test_cases': [{'name': 'one', 'status': status['one']}],
                'sub_groups': [{'name': 'two', 'test_cases': [
                        {'name': f'p{i}', 'status': s} for i, s in enumerate(status['two'])]}]}]})))
        return arguments

    CELLS = ['``irq_sim_x.one``'] * 18 + ['all'] + ['``irq_sim_x.two``'] * 9

    def check(self, cells, *arguments, status=0, says=(), **env):
        return self.call('contract', '--tree', self.tree(cells), *arguments, status=status, says=says,
                         IRQ_SIM_PATCHES=str(self.dir / 'patches'), **env)

    def test_good(self):
        done = self.check(self.CELLS, *self.results(one='PASS', two=('SKIP', 'PASS')), '--counts', self.dir / 'counts',
                          says='28 promises, 2 test cases, 2 platforms with results, 0 wrong')
        self.assertEqual((done.stderr, self.read('counts')), ('', '28 0 0\n'))
        self.assertEqual(self.check(self.CELLS, '--names-only').stderr, '')

    def test_nothing_shown(self):
        """No results, all skipped, one platform only, a stage that did not run."""
        self.check(self.CELLS, status=2, says='no results: run scripts/kunit')
        self.check(self.CELLS, *self.results(one='SKIP', two=('SKIP',)), status=1,
                   says=[f'{promise}: no test of it has passed' for promise in ('C1', 'C19', 'C28')])
        good = self.results(one='PASS', two=('PASS',))
        self.check(self.CELLS, *good[:-1], status=1, says='C19: passed on 1 platform(s)')
        for counts, complaint in (('0 0 1', 'C21: softirq-off has not passed'),
                                  ('1 1 0', 'C21: softirq-off has not passed'),
                                  ('', 'C21: no result of softirq-off: run scripts/test softirq-off')):
            self.file('softirq-off.counts', counts)
            self.check(self.CELLS, *good, status=1, says=complaint)

    def test_of_another_series(self):
        """What was measured on other patches, or nobody knows on which, does not show a promise."""
        good = self.results(one='PASS', two=('PASS',))
        path, stage = self.dir / 'uml/results.json', self.dir / 'softirq-off.json'
        for text, says in (('a=0', 'stale (in a)'), ('', 'unknown')):
            path.write_text(path.read_text().replace('a=e3b0c442', text))
            self.check(self.CELLS, *good, status=1, says=(f'uml: left out, its series is {says}: run scripts/kunit uml',
                                                          '1 platforms with results', 'C19: passed on 1 platform(s)'))
            self.results(one='PASS', two=('PASS',))
            stage.write_text(f'{{"series": "{text}"}}')
            self.check(self.CELLS, *good, status=1, says=(f'C21: the result of softirq-off is {says}', '1 wrong'))
            self.results(one='PASS', two=('PASS',))
        stage.write_text('{"series": "none"}')
        self.check(self.CELLS, *good, KERNEL='/tree')
        self.file('patches/a/0001-b.patch', 'diff --git a/kernel/a.c b/kernel/a.c\n')
        self.check(self.CELLS, *good, status=1, says=('0 platforms', 'C1: no test of it has passed'))

    def test_locale(self):
        """What it prints is UTF-8, whatever the locale."""
        self.tree(self.CELLS)
        path = self.dir / 'tree/Documentation/core-api/irq/irq-sim.rst'
        path.write_text(path.read_text().replace('A promise', 'Größer → 3 µs'), encoding='utf-8')
        self.call('contract', '--tree', self.dir / 'tree', '--markdown', status=0, says='Größer → 3 µs', LC_ALL='C',
                  PYTHONCOERCECLOCALE='0', PYTHONUTF8='0')

    def test_wrong(self):
        for cells, complaint in (
            (self.CELLS[:-1], 'expected C1 to C28'),
            (['none'] + self.CELLS[1:], 'C1: names no test'),
            (['``irq_sim_x.three``'] + self.CELLS[1:], 'no suite of the tree has irq_sim_x.three'),
            (['``irq_sim_x.two``'] * 18 + self.CELLS[18:], 'irq_sim_x.one belongs to no promise'),
                (['``tools/none``'] + self.CELLS[1:], 'C1: the tree has no tools/none')):
            self.check(cells, '--names-only', status=1, says=complaint)

    def test_results(self):
        for one, two, complaint in (
            ('FAIL', ('PASS',), 'irq_sim_x.one: FAIL on'),
            ('PASS', ('PASS', 'FAIL'), 'irq_sim_x.two: FAIL on'),
                ('SKIP', ('PASS',), 'irq_sim_x.one passed on no platform')):
            self.check(self.CELLS, '--strict', *self.results(one=one, two=two), status=1, says=complaint)

    def test_skipped(self):
        cells = ['``irq_sim_x.one``, ``irq_sim_x.two``'] * 18 + self.CELLS[18:]
        self.check(cells, *self.results(one='SKIP', two=('PASS',)), says='irq_sim_x.one was skipped on')

    def test_no_tree(self):
        self.call('contract', '--tree', self.dir, '--names-only', status=2, says='a tree with the series?')


KEYS = ('fired', 'merged', 'handled', 'samples_produced', 'lost', 'deliveries_irq_exit',
        'deliveries_bh_enable', 'deliveries_ksoftirqd')


class DemoView(Case):
    def console(self, **counts):
        after = {'fired': 900, 'merged': 100, 'handled': 900, 'samples_produced': 1000,
                 'deliveries_ksoftirqd': 900, **counts}
        life = ('fire task 0 sh 100', 'handler softirq 0 sh 2100', 'tasklet softirq 0 sh 3000',
                r'worker worker 1 kworker/0:1\040x 20000')
        lines = ['release 7.3.4', 'machine x86_64 2', 'life 0', *(f'step {s}' for s in life),
                 'flood 1000', *(f'before {key} 0' for key in KEYS), 'flood-begin',
                 'flood-end done', *(f'after {key} {after.get(key, 0)}' for key in KEYS),
                 *(f'handoff {s}' for s in life),
                 'handoff handoff ksoftirqd 0 ksoftirqd/0 2000000',
                 'calm', *(f'step {s}' for s in life), 'complete']
        return self.file('console', ''.join(
            f'[    1.{i:03}000] demo: {line}\n' for i, line in enumerate(lines)))

    def test_good(self):
        self.call('lib/demo-view', self.console(), status=0, says=('kworker/0:1 x', 'ksoftirqd/0 takes over'))

    @unittest.skipUnless(importlib.util.find_spec('matplotlib'), 'no python3-matplotlib')
    def test_picture(self):
        svg = self.dir / 'a.svg'
        self.call('lib/demo-view', '--svg', svg, self.console(), status=0)
        self.assertIn('ksoftirqd/0 handles the rest', ''.join(xml.etree.ElementTree.parse(svg).getroot().itertext()))

    def test_wrong(self):
        for counts, says in (({'lost': 3}, '3 samples are lost'),
                             ({'handled': 899}, '900 interrupts fired, 899 handled')):
            self.call('lib/demo-view', self.console(**counts), status=1, says=says)
        self.call('lib/demo-view', self.file('short', 'demo: release 7\n'), status=1, says='did not get to the end')


class Soak(Case):
    LINE = ('[   12.3] soak: {name} latched {latched} handled {handled} dropped {dropped} merged 1 '
            'runs 9 replays 3 churns 2 errors {errors} state ended\n')

    def report(self, lines, status='0 60', name='soak', more=(), fails=False, says=()):
        """soak-report on one machine whose console has @lines."""
        self.file(f'{name}/console.log', ''.join(lines))
        if status:
            self.file(f'{name}.status', status + '\n')
        return self.call('lib/soak-report', '--minutes', '1', '--jobs', '1', '--status', self.dir, '--consoles',
                         self.dir, '--json', self.dir / 'results.json', *more, name, status=int(fails), says=says)

    def page(self):
        return self.call('lib/soak-report', '--markdown', self.dir / 'results.json').stdout

    def line(self, name='load_tasklet', latched=10, handled=8, dropped=2, errors=0):
        return self.LINE.format(name=name, latched=latched, handled=handled, dropped=dropped, errors=errors)

    def test_adds_up(self):
        done = self.report([self.line(), self.line(), self.line('flood_tasklet', 1000, 1000, 0)])
        self.assertRegex(done.stdout, r'all +1 +3 +1,020 +1,016 +4 +3 +9 +6 +0 *$')
        self.assertRegex(self.page(), r'\| `load_tasklet` +\| +2 \| +20 \| +16 \| +4 \| +0 \|')

    def test_add(self):
        self.report([self.line()], more=['--add'], fails=True, says='nothing to add to')
        self.report([self.line(handled=7)], fails=True)
        self.report([self.line()], name='other', more=['--add'], fails=True)
        # What failed is replaced.
        self.assertRegex(self.report([self.line()], more=['--add']).stdout, r'all +2 +2 +20 ')
        self.file('third/results.json', json.dumps({'provenance': {'series': 'a=2'}}))
        self.report([self.line()], name='third', more=['--add'], fails=True, says='is of another series')
        self.report([self.line()], name='fourth', more=['third'], fails=True, says='kernels of different series')
        self.assertIn('scripts/torture --minutes=1 --jobs=1 other\n'
                      '    scripts/torture --add --minutes=1 --jobs=1 soak\n', self.page())

    def test_bad(self):
        for why, arguments in (
            ('one too few and one too many', ([self.line(handled=7), self.line(handled=9)],)),
            ('an error', ([self.line(errors=1)],)), ('the machine failed', ([self.line()], '1 60')),
                ('it did not run', ([self.line()], None))):
            (self.dir / 'soak.status').unlink(missing_ok=True)
            self.report(*arguments, fails=True)
            self.assertIn('FAILED', self.page(), why)


class GuestQemu(Case):
    """The choice of qemu for s390x guests, with fakes which only print the output of the probe."""

    FRESH, STALE = 's390x-probe ran 12', 's390x-probe ran 11'

    def setUp(self):
        super().setUp()
        for name in ('as', 'ld'):
            self.program(f'bin/s390x-linux-gnu-{name}', 'exit 0')
        self.program('bin/apt-get', 'exit 100')

    def qemu(self, name, says, version='7.2.22'):
        self.program(name, f'if [ "$1" = --version ]; then echo QEMU emulator version {version}; '
                     f'else {says}; fi')

    def decide(self, arch='s390', wanted=''):
        return self.bash('guest_qemu "$1" "$BUILD"; echo "${QEMU#"$CACHE/"}|$DOUBT"', arch, S390X_QEMU=wanted,
                         PATH=f'{self.dir}/bin:{os.environ["PATH"]}', IRQ_SIM_BUILD=str(self.dir),
                         XDG_CACHE_HOME=str(self.dir / 'cache')).stdout.strip().split('|')

    def test_good_one(self):
        self.qemu('bin/qemu-system-s390x', f'echo {self.FRESH}')
        self.file('doubt', 'of the last run')
        self.assertEqual(self.decide(), ['', ''])
        self.assertFalse((self.dir / 'doubt').exists())

    def test_later_one(self):
        self.qemu('bin/qemu-system-s390x', f'echo {self.STALE}')
        self.qemu('cache/irq_sim/qemu-s390x/qemu-system-s390x', f'echo {self.FRESH}', '10.0.2')
        self.assertEqual(self.decide(), ['qemu-s390x/qemu-system-s390x', ''])
        self.assertEqual(self.decide('riscv', wanted='x'), ['', ''])
        qemu, doubt = self.decide(wanted='qemu-system-s390x')
        self.assertEqual(qemu, 'qemu-system-s390x')
        self.assertIn('are not to be trusted', doubt)

    def test_none_to_trust(self):
        self.qemu('bin/qemu-system-s390x', f'echo {self.STALE}')
        for later, why in ((None, 'apt'), (self.STALE, 'qemu version 10.0.2: it runs old code')):
            if later:
                self.qemu('cache/irq_sim/qemu-s390x/qemu-system-s390x', f'echo {later}', '10.0.2')
            qemu, doubt = self.decide()
            self.assertEqual(qemu, '')
            self.assertIn('s390x results on this qemu are not to be trusted: '
                          'qemu version 7.2.22: it runs old code', doubt)
            self.assertIn(why, doubt)
            self.assertEqual(self.read('doubt'), doubt + '\n')

    def test_no_answer_is_no_trust(self):
        for says in ('exit 0', 'echo no such machine >&2; exit 1', 'echo s390x-probe ran 1'):
            self.qemu('bin/qemu-system-s390x', says)
            self.assertIn('s390x-probe.S fails: ', self.decide()[1], says)

    @unittest.skipUnless(shutil.which('qemu-system-s390x') and shutil.which('s390x-linux-gnu-as'),
                         'no qemu for s390x, or no assembler')
    def test_the_probe_itself(self):
        for name in ('as', 'ld'):
            (self.dir / f'bin/s390x-linux-gnu-{name}').unlink()
        doubt = self.decide()[1]
        self.assertTrue(not doubt or 'it runs old code' in doubt, doubt)


class Help(Case):
    def test_each_has_help_with_an_example(self):
        names = [path for folder in (SCRIPTS, SCRIPTS / 'lib') for path in sorted(folder.iterdir())
                 if path.is_file() and os.access(path, os.X_OK)]
        self.assertGreater(len(names), 30)
        for name in names:
            done = self.call(name, '--help', status=0)
            self.assertRegex(done.stdout, 'examples?:', name)

    def test_unknown_arguments(self):
        for name, word in (*((name, '--bogus') for name in (
                'bench', 'coverage', 'demo', 'every', 'kunit', 'lint', 'mutants', 'softirq-off', 'strength', 'test', 'tree',
                'vm')),
                ('kunit', 'no-such-platform'), ('vm', 'no-such-machine'), ('demo', '--flood=x'),
                ('vm', '--limit=x'), ('torture', 'no-such-machine'),
                ('broken', 'no-such-bug'), ('torture', '--minutes=0'), ('torture', '--hours=x')):
            done = self.call(name, word, status=125)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
