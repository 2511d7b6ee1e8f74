// SPDX-License-Identifier: GPL-2.0+
/*
 * What a test does with a simulated interrupt controller: fire a line, drive a wire,
 * wait, and get the account of the events.
 */

#include <linux/cleanup.h>
#include <linux/irqdomain.h>

#include "sim.h"

/* The chip of a domain, or NULL if this is not a simulated controller. */
static struct irq_sim_chip *irq_sim_chip_of(const struct irq_domain *domain)
{
	if (!domain || (domain->ops != &irq_sim_domain_ops &&
			domain->ops != &irq_sim_percpu_domain_ops))
		return NULL;
	return domain->host_data;
}

/* Fire from a task, where the handler may run before this returns. */
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
	/* The handler runs here */
	if (bracket)
		local_bh_enable();
	return ret;
}

/*
 * Fire from an interrupt, or with softirqs disabled: this is an RCU read side section
 * which cannot be preempted, and softirqs run later.
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
 * Sends a pulse on the line. The pulse is latched, and the handler runs once for
 * each latch, in the delivery context of the controller: right away, when the line
 * is unmasked, or as soon as the context allows it. Until the handler is about to
 * run, further fires merge into the same latch. After that, a fire makes a new one.
 *
 * If the delivery is in soft interrupt context, a fire has been handled on return if
 * it comes from a task with interrupts and softirqs enabled, the line is delivered on
 * the same CPU, and its handler is not threaded. The exceptions are that ksoftirqd
 * currently runs the softirqs of the CPU, or that the fire merged into one which
 * another task has not finished. With softirqs disabled, the fire is delivered when
 * they are enabled.
 *
 * On a level line, the pulse asserts the line until the acknowledge. It is lost
 * if genirq does not call the handler then, as genirq does not keep levels. A
 * per-CPU line is fired on the CPU on which this runs.
 *
 * Context: Any but NMI.
 *
 * Return: 1 for a new latch, 0 if the fire merged into one, -EINVAL if
 * @domain is not a simulated controller or has no line @hwirq, -ENXIO if the
 * line is not mapped or not started: it was not requested, or requested with
 * IRQF_NO_AUTOEN and not enabled.
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
 * The fire stays latched while the line is masked on that CPU. All per-CPU lines of
 * an offline CPU are masked.
 *
 * Context: Any but NMI.
 *
 * Return: 1 for a new latch, 0 if the fire merged into one, -EINVAL if @domain
 * is not a simulated controller with per-CPU lines or has no line @hwirq, or if
 * there is no such CPU, -ENXIO if the line is not mapped or was never requested.
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
 * An edge which matches the trigger type of the line is latched as by
 * irq_sim_fire(). With a level type, the line is served again and again while it
 * is asserted. The wire keeps its level even if the line is not started; initially
 * it is low. A per-CPU line has a wire for each CPU, and this drives the wire of the
 * CPU on which it runs. Wires of controllers which were created with
 * irq_domain_create_sim() do not trigger interrupts.
 *
 * Context: Any but NMI.
 *
 * Return: 1 if this made a new latch or asserted the line, 0 if there was no
 * change, the change does not trigger the line, the line is not started or the edge
 * merged into a latch, -EINVAL if @domain is not a simulated controller or has no
 * line @hwirq, -ENXIO if the line is not mapped.
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
 * irq_sim_get_account() - Get the account of the events of a line
 * @domain:	domain of the controller
 * @hwirq:	number of the line in the controller, from 0
 * @account:	the account to fill in
 *
 * Counts the events of edge lines since the line was mapped. At rest, latched =
 * runs of the handler + merged + dropped + waiting, exactly, if only the chip calls
 * the flow handler of the line and nobody polls it. If free_irq() races with fires, one
 * acknowledged event may not reach a handler: it counts as latched. A handler which
 * reads @latched sees the data of each event up to that number.
 *
 * Context: Any but NMI. Not under the lock of the interrupt descriptor.
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
 * On return, the handlers have finished, on any CPU, for all events which were latched
 * before the call on lines that are neither masked nor disabled. This does not wait
 * for interrupt threads (synchronize_irq() does), and later fires do not prolong it.
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
	 * A fire may have merged into that of a task which has claimed the line, but
	 * not queued it yet. That task is in an RCU read side section (litmus: behind-claim).
	 */
	if (READ_ONCE(chip->merges)) {
		WRITE_ONCE(chip->merges, false);
		synchronize_rcu_expedited();
	}
	irq_sim_drain(chip);
	/*
	 * There may be an event which genirq keeps for a handler in progress, and one
	 * latched behind that. There is at most one of each, so twice is enough.
	 */
	if (irq_sim_settle(chip)) {
		irq_sim_drain(chip);
		irq_sim_settle(chip);
	}
}
EXPORT_SYMBOL_GPL(irq_sim_synchronize);
