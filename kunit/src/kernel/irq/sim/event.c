// SPDX-License-Identifier: GPL-2.0+
/*
 * What a test does with a simulated interrupt controller: fire a line, drive a wire,
 * wait, and look what has become of the events.
 */

#include <linux/cleanup.h>
#include <linux/irqdomain.h>

#include "sim.h"

/* The chip of a domain, NULL if it is none of ours. */
static struct irq_sim_chip *irq_sim_chip_of(const struct irq_domain *domain)
{
	if (!domain || (domain->ops != &irq_sim_domain_ops &&
			domain->ops != &irq_sim_percpu_domain_ops))
		return NULL;
	return domain->host_data;
}

/* From a task, where the handler may run before the return. */
static noinline int irq_sim_fire_task(struct irq_sim_chip *chip, irq_hw_number_t hwirq)
{
	struct irq_sim_line *line;
	bool claimed, bracket = false;
	int ret = -ENXIO;

	scoped_guard(rcu) {
		line = irq_sim_find_line(chip, hwirq);
		if (likely(line)) {
			ret = irq_sim_latch(line, &claimed);
			if (claimed)
				bracket = irq_sim_enqueue(line);
		}
	}
	/* This is where the handler runs */
	if (bracket)
		local_bh_enable();
	return ret;
}

/*
 * From an interrupt, or with softirqs disabled: an RCU read side section, which keeps
 * the CPU, and in which no softirq runs.
 */
static noinline int irq_sim_fire_interrupt(struct irq_sim_chip *chip, irq_hw_number_t hwirq)
{
	struct irq_sim_line *line = irq_sim_find_line(chip, hwirq);
	bool claimed;
	int ret;

	if (unlikely(!line))
		return -ENXIO;

	ret = irq_sim_latch(line, &claimed);
	if (claimed)
		irq_sim_add(line);
	return ret;
}

/**
 * irq_sim_fire() - Fire a line of a simulated interrupt controller
 * @domain:	domain of the controller
 * @hwirq:	number of the line in the controller, from 0
 *
 * A pulse on the line. It is latched, and the handler runs once for each
 * latch, in the context for which the controller was created: right away,
 * when the line is unmasked, or when there is a better moment for it. Until
 * the handler is about to run, further fires merge into the same latch; from
 * there on, a fire makes the next one.
 *
 * With a delivery in soft interrupt context, a fire from a task which has
 * interrupts and softirqs enabled, for a line that is delivered on the same
 * CPU and whose handler is not threaded, has been handled on return, unless
 * the softirqs of the CPU are in the hands of ksoftirqd, or it merged into a
 * fire which another task has not finished. In a section with softirqs disabled
 * it is delivered when that ends.
 *
 * On a level line a fire is a pulse, too, which asserts the line up to the
 * acknowledge. It is lost where genirq does not call the handler then, as genirq
 * keeps no levels. On a per-CPU line it is for the CPU which fires.
 *
 * Context: Any but NMI.
 *
 * Return: 1 for a new latch, 0 if the fire merged into one, -EINVAL if
 * @domain is not a simulated controller or has no line @hwirq, -ENXIO if the
 * line is not mapped or not started up: nobody has requested it, or has with
 * IRQF_NO_AUTOEN and not enabled it.
 */
int irq_sim_fire(struct irq_domain *domain, irq_hw_number_t hwirq)
{
	struct irq_sim_chip *chip;

	if (unlikely(!domain))
		return -EINVAL;
	if (unlikely(domain->ops != &irq_sim_domain_ops))
		return irq_sim_fire_on(domain, hwirq, -1);

	chip = domain->host_data;
	if (unlikely(hwirq >= chip->num_irqs))
		return -EINVAL;
	if (!in_interrupt() || IS_ENABLED(CONFIG_PREEMPT_RT))
		return irq_sim_fire_task(chip, hwirq);
	return irq_sim_fire_interrupt(chip, hwirq);
}
EXPORT_SYMBOL_GPL(irq_sim_fire);

/**
 * irq_sim_fire_on() - Fire a per-CPU line on a given CPU
 * @domain:	domain of a controller of kind IRQ_SIM_KIND_PERCPU
 * @hwirq:	number of the line in the controller, from 0
 * @cpu:	the CPU, or -1 for the one on which this runs
 *
 * The fire is latched when the line is masked on that CPU, and on one that is
 * offline, where all lines are.
 *
 * Context: Any but NMI.
 *
 * Return: 1 for a new latch, 0 if the fire merged into one, -EINVAL if @domain
 * is not a simulated controller with per-CPU lines or has no line @hwirq, or there
 * is no such CPU, -ENXIO if the line is not mapped or was never requested.
 */
int irq_sim_fire_on(struct irq_domain *domain, irq_hw_number_t hwirq, int cpu)
{
	struct irq_sim_chip *chip = irq_sim_chip_of(domain);
	struct irq_sim_line *line;
	bool bracket, claimed;
	int ret = -ENXIO;

	if (!chip || chip->kind != IRQ_SIM_KIND_PERCPU || hwirq >= chip->num_irqs ||
	    cpu < -1 || (cpu >= 0 && (cpu >= nr_cpu_ids || !cpu_possible(cpu))))
		return -EINVAL;

	bracket = irq_sim_bracket(chip);
	scoped_guard(preempt) {
		line = irq_sim_find_line(chip, hwirq);
		if (line) {
			if (cpu < 0)
				cpu = smp_processor_id();
			line = per_cpu_ptr(line->percpu, cpu);
			ret = irq_sim_latch(line, &claimed);
			if (claimed) {
				irq_sim_trace_queue(line, cpu);
				irq_sim_add_on(line, cpu);
			}
		}
	}
	if (bracket)
		local_bh_enable();
	return ret;
}
EXPORT_SYMBOL_GPL(irq_sim_fire_on);

/**
 * irq_sim_set_line() - Drive the wire of a simulated interrupt
 * @domain:	domain of the controller
 * @hwirq:	number of the line in the controller, from 0
 * @high:	the level to drive
 *
 * A change in a direction to which the trigger type of the line is sensitive
 * is latched as by irq_sim_fire(). With a level type the line is served again
 * and again while it is asserted. The wire keeps its level whether anybody
 * listens or not; it starts out low. A per-CPU line has a wire for each CPU, and
 * this drives that of the CPU on which it runs. Wires of controllers which were
 * created with irq_domain_create_sim() trigger nothing.
 *
 * Context: Any but NMI.
 *
 * Return: 1 if this made a new latch or asserted the line, 0 if there was no
 * change, nobody is concerned or the edge merged into a latch, -EINVAL if
 * @domain is not a simulated controller or has no line @hwirq, -ENXIO if the
 * line is not mapped.
 */
int irq_sim_set_line(struct irq_domain *domain, irq_hw_number_t hwirq, bool high)
{
	struct irq_sim_chip *chip = irq_sim_chip_of(domain);
	struct irq_sim_line *line;
	bool bracket, claimed;
	int ret = -ENXIO;

	if (!chip || hwirq >= chip->num_irqs)
		return -EINVAL;

	bracket = irq_sim_bracket(chip);
	scoped_guard(preempt) {
		line = irq_sim_find_line(chip, hwirq);
		if (line) {
			if (line->percpu)
				line = this_cpu_ptr(line->percpu);
			ret = irq_sim_drive(line, high, &claimed);
			if (claimed)
				irq_sim_add(line);
		}
	}
	if (bracket)
		local_bh_enable();
	return ret;
}
EXPORT_SYMBOL_GPL(irq_sim_set_line);

/**
 * irq_sim_get_account() - What has become of the events of a line
 * @domain:	domain of the controller
 * @hwirq:	number of the line in the controller, from 0
 * @account:	to fill in
 *
 * Counts from the mapping on, for edge lines. At rest, latched = runs of the
 * handler + merged + dropped + waiting, exactly, if nothing but the chip calls the
 * flow handler of the line and nobody polls it. free_irq() under fire may take the
 * handler away from one event, which has been acknowledged and counts as latched. A
 * handler which reads @latched sees the data of each event up to that number.
 *
 * Context: Any but NMI, but not under the lock of the interrupt descriptor.
 *
 * Return: 0, -EINVAL if @domain is not a simulated controller, has no line @hwirq
 * or has per-CPU lines, -ENXIO if the line is not mapped.
 */
int irq_sim_get_account(struct irq_domain *domain, irq_hw_number_t hwirq,
			struct irq_sim_account *account)
{
	struct irq_sim_chip *chip = irq_sim_chip_of(domain);
	struct irq_sim_line *line;

	if (!chip || chip->kind == IRQ_SIM_KIND_PERCPU || hwirq >= chip->num_irqs)
		return -EINVAL;

	guard(rcu)();
	line = irq_sim_find_line(chip, hwirq);
	if (!line)
		return -ENXIO;
	guard(raw_spinlock_irqsave)(&line->desc->lock);
	irq_sim_line_account(line, account);
	return 0;
}
EXPORT_SYMBOL_GPL(irq_sim_get_account);

/**
 * irq_sim_synchronize() - Wait until what was fired has been handled
 * @domain:	domain of the controller
 *
 * On return, the handlers are through for everything which was latched before the
 * call on lines neither masked nor disabled, whichever CPU runs them. It does not
 * wait for interrupt threads (synchronize_irq() does), and what is fired meanwhile
 * does not prolong it.
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 */
void irq_sim_synchronize(struct irq_domain *domain)
{
	struct irq_sim_chip *chip = irq_sim_chip_of(domain);

	might_sleep();
	if (WARN_ON_ONCE(!chip))
		return;

	guard(mutex)(&chip->sync);
	/*
	 * A fire may have merged into one by a task which has claimed the line and
	 * has still to put it on a list. It is in an RCU read side section (litmus: behind-claim).
	 */
	if (READ_ONCE(chip->merges)) {
		WRITE_ONCE(chip->merges, false);
		synchronize_rcu_expedited();
	}
	irq_sim_drain(chip);
	/*
	 * What genirq keeps for a handler in progress, and what was latched behind
	 * that: there is no more than one of each, so twice is enough.
	 */
	if (irq_sim_settle(chip)) {
		irq_sim_drain(chip);
		irq_sim_settle(chip);
	}
}
EXPORT_SYMBOL_GPL(irq_sim_synchronize);
