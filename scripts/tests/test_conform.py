# SPDX-License-Identifier: GPL-2.0
"""Test the comparison with real controllers, scripts/lib/conform, on made-up traces."""

import importlib.machinery
import importlib.util
import re
import sys

from case import SCRIPTS, TOP, Case

SIM = 'request unmask fire run0 end eoi m0p0a0'
OTHERS = ('sim-ack-edge', 'sim-ack-level', 'sim-eoi-level', 'sim-percpu-edge', 'sim-percpu-level')
REASON = '[late] It takes\n\tits time.\n'


class Compare(Case):
    def console(self, machine, real, sim=SIM, flow='handle_fasteoi_irq'):
        lines = [f'sim-eoi-edge pulse_once: handle_fasteoi_irq irq_sim: {sim}']
        lines += [f'{o} pulse_once: handle_other irq_sim: {SIM}' for o in OTHERS]
        if real:
            lines.append(f'spi-edge pulse_once: {flow} A: B-0000:00: {real}')
        path = self.file(machine, ''.join(f'[    1.0] conform: {line}\n' for line in lines))
        return f'{machine}:spi-edge={path}'

    def expect(self, consoles, status, *texts, declared='', options=()):
        self.call('lib/conform', '--differences', self.file('differences', declared), *options, *consoles,
                  status=status, says=texts)

    def test_same(self):
        self.expect([self.console('m', SIM)], 0, '1 traces compared, 0 differ')

    def test_not_told(self):
        self.expect([self.console('m', SIM.replace('m0p0a0', 'm0p-a0'))], 0, '1 of 3 states not reported')

    def test_state(self):
        self.expect([self.console('m', SIM.replace('m0p0a0', 'm0p-a1'))], 1, 'no reason is given')

    def test_undeclared(self):
        self.expect([self.console('m', SIM.replace('end', 'end mask'))], 1, 'm spi-edge pulse_once differs', '{+mask+}')

    def test_declared(self):
        real = SIM.replace('end', 'end mask')
        declared = f'{REASON}m spi-edge pulse_once late: {real}\n'
        self.expect([self.console('m', real)], 0, '1 differ, 0 of them', declared=declared)
        self.expect([self.console('m', real)], 0, '### late\n\nIt takes its time.', '{+mask+}', declared=declared,
                    options=['--markdown'])
        self.expect([self.console('m', real + ' eoi')], 1, 'in another way', declared=declared)
        self.expect([self.console('m', SIM)], 1, 'remove it', declared=declared)

    def test_no_reason(self):
        self.expect([self.console('m', SIM)], 1, 'no reason [?]', declared='m spi-edge pulse_once ?: x\n')
        self.expect([self.console('m', SIM)], 1, 'not used as a reason', declared=REASON)
        self.expect([self.console('m', SIM)], 1, 'differences:1: expects', declared='what\n')

    def test_missing(self):
        self.expect([self.console('m', None)], 1, 'm: no trace of spi-edge')
        self.expect([f'm:spi-edge={self.dir}/none'], 1, 'cannot read')

    def test_no_kind(self):
        self.expect([self.console('m', SIM, flow='handle_simple_irq')], 1, 'no simulated kind has')

    def test_sims_differ(self):
        other = SIM.replace('m0', 'm1')
        self.expect([self.console('m', SIM), self.console('n', other, other)], 1, 'differs from m')


class Scenarios(Case):
    """configs/conform-scenarios: each scenario of the suite, in cells that the table has."""

    def table(self):
        sys.path.insert(0, str(SCRIPTS / 'lib'))
        loader = importlib.machinery.SourceFileLoader('table', str(SCRIPTS / 'lib/table'))
        spec = importlib.util.spec_from_loader('table', loader)
        self.tool = importlib.util.module_from_spec(spec)
        loader.exec_module(self.tool)
        rules = (TOP / 'kunit/src/kernel/irq/tests/irq_sim_table.def').read_text(encoding='utf-8')
        return self.tool.Table(self.tool.parse(rules))

    def test_cells(self):
        table, done = self.table(), set()
        has = {(op, state) for state in self.tool.states() if not table.bar(state)
               for op in self.tool.operations(state) if table.find(op, state).what != 'NOT'}
        text = (TOP / 'configs/conform-scenarios').read_text(encoding='utf-8')
        scenarios = dict(re.findall(r'^(\w+): (.*)$', text, re.M))
        for name, cells in scenarios.items():
            for op, kinds, letters in re.findall(r'(\w+) (?:(\w):)?(\S{7})', cells):
                # A pulse on a level of kind ACK, which only the simulator has, is not compared
                types = 'H' if name.startswith('level') else 'RH'
                here = {(op, (kind, type_, *letters.translate({ord('n'): '0', ord('a'): '1'})))
                        for kind in kinds or 'AE' for type_ in types
                        if (kind, type_) != ('A', 'H') or name.startswith('level')} & has
                self.assertTrue(here, f'{name}: {op} {letters}')
                done |= here
            self.assertEqual(len(re.findall(r'\w+ (?:\w:)?\S{7}', cells)), cells.count(',') + 1, name)
        suite = (TOP / 'kunit/src/kernel/irq/tests/irq_conform_kunit.c').read_text(encoding='utf-8')
        self.assertEqual(list(scenarios), re.findall(r'KUNIT_CASE_PARAM\((\w+)', suite))
        page = (TOP / 'Documentation/conformance.md').read_text(encoding='utf-8')
        same = sum(state[1] in 'RH' for op, state in has)
        self.assertIn(f'{len(done)} of the {len(has):,} cells that have a result, or of the {same:,}',
                      ' '.join(page.split()))

    def test_page(self):
        """The part of the page that is not measured is what would be printed now."""
        console = self.file('c', ''.join(f'conform: {o} pulse_once: handle_other irq_sim: {SIM}\n'
                                         for o in OTHERS + ('sim-eoi-edge',)))
        out = self.call('lib/conform', '--differences', self.file('d', ''), '--markdown', f'm:={console}',
                        status=0).stdout
        page = (TOP / 'Documentation/conformance.md').read_text(encoding='utf-8')
        self.assertEqual(page.split('## Result\n')[0], out.split('## Result\n')[0])
