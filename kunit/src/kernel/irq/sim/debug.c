// SPDX-License-Identifier: GPL-2.0+
/*
 * State of a simulated interrupt controller in /sys/kernel/debug/irq/.
 */

#include <linux/irqdomain.h>
#include <linux/seq_file.h>

#include "sim.h"

static const char * const irq_sim_delivery_names[] = {
	[IRQ_SIM_DELIVER_HARDIRQ]	= "hardirq",
	[IRQ_SIM_DELIVER_TASKLET]	= "tasklet",
	[IRQ_SIM_DELIVER_BH_WORK]	= "bh_work",
};

static const char * const irq_sim_kind_names[] = {
	[IRQ_SIM_KIND_ACK]		= "ack",
	[IRQ_SIM_KIND_EOI]		= "eoi",
	[IRQ_SIM_KIND_PERCPU]		= "percpu",
};

static void irq_sim_show_chip(struct seq_file *m, const struct irq_sim_chip *chip, int ind)
{
	unsigned int cpu;

	seq_printf(m, "%*slines: %u kind: %s delivery: %s budget: %u\n", ind, "",
		   chip->num_irqs, irq_sim_kind_names[chip->kind],
		   irq_sim_delivery_names[chip->delivery], chip->budget);
	for_each_online_cpu(cpu)
		seq_printf(m, "%*scpu%u served: %lu\n", ind, "", cpu,
			   READ_ONCE(per_cpu_ptr(chip->queues, cpu)->served));
}

static void irq_sim_show_state(struct seq_file *m, const char *name, int cpu, int state, int ind)
{
	seq_printf(m, "%*s%s", ind, "", name);
	if (cpu >= 0)
		seq_printf(m, "%d", cpu);
	seq_printf(m, ":%s%s%s%s%s%s%s%s\n",
		   state & IRQ_SIM_STARTED ? " started" : "",
		   state & IRQ_SIM_MASKED ? " masked" : "",
		   state & IRQ_SIM_LATCHED ? " latched" : "",
		   state & IRQ_SIM_QUEUED ? " queued" : "",
		   state & IRQ_SIM_ACTIVE ? " active" : "",
		   state & IRQ_SIM_KEPT ? " kept" : "",
		   state & IRQ_SIM_WAKES ? " wakes" : "",
		   state & IRQ_SIM_WIRE ? " high" : " low");
}

/**
 * irq_sim_debug_show() - Show a chip, or a line
 * @m:		the file
 * @domain:	the domain if this is the file of a domain, NULL otherwise
 * @data:	the line if this is the file of an interrupt, NULL otherwise
 * @ind:	indentation
 *
 * Context: As genirq calls it: for a line, under the lock of the descriptor.
 */
void irq_sim_debug_show(struct seq_file *m, struct irq_domain *domain,
			struct irq_data *data, int ind)
{
	struct irq_sim_account account;
	struct irq_sim_line *line;
	unsigned int cpu;

	if (!data) {
		irq_sim_show_chip(m, domain->host_data, ind);
		return;
	}

	line = irq_data_get_irq_chip_data(data);
	if (!line)
		return;
	if (line->percpu) {
		for_each_online_cpu(cpu)
			irq_sim_show_state(m, "cpu", cpu,
					   atomic_read(&per_cpu_ptr(line->percpu, cpu)->state),
					   ind + 1);
		return;
	}
	irq_sim_show_state(m, "line", -1, atomic_read(&line->state), ind + 1);
	irq_sim_line_account(line, &account);
	seq_printf(m, "%*slatched: %lu kept: %lu merged: %lu dropped: %lu waiting: %u\n",
		   ind + 1, "", account.latched, account.kept, account.merged,
		   account.dropped, account.waiting);
}
