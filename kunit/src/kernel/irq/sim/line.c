// SPDX-License-Identifier: GPL-2.0+
/*
 * The state of a simulated line: one function for each event, and the account. queue.c
 * handles the claim and makes lines active.
 *
 * The account
 * -----------
 *
 * Each latch is either acknowledged once or withdrawn. irq_ack and irq_eoi are called
 * under desc->lock, so they can tell what genirq does with the event:
 *
 *   handle_edge_irq() acknowledges a line which is disabled or in progress only if it
 *   will not call the handler. It has masked the line before, and keeps the event in
 *   IRQS_PENDING. Then either
 *
 *    - the handler in progress returns, and handle_edge_irq() on that CPU sees
 *      IRQS_PENDING, unmasks the line without releasing the lock in between, and
 *      calls the handler again; or
 *    - the line was disabled: enable_irq() unmasks it, retriggers and clears
 *      IRQS_PENDING under the lock.
 *
 *   So a line with a kept event is masked, the unmask means that genirq is about to
 *   give the event back, and at most one event is kept, except for events that do not
 *   come from the chip. A retrigger of a latched line merges two events into one
 *   run. This is the only case in which a latch does not get its own run.
 *
 *   handle_fasteoi_irq() counts an interrupt before it handles it. If the count did not
 *   change between the start of the service and the EOI, the event was refused, and
 *   it is kept if the line was disabled. A retrigger brings it back. A chained handler
 *   neither counts nor refuses events: its line is neither disabled nor in progress.
 *
 * None of this applies to level lines: genirq does not keep a level.
 */

#include <linux/sched.h>

#include "sim.h"

/**
 * irq_sim_change() - Change the state of a line, and queue it if that makes it deliverable
 * @line:	the line
 * @clear:	bits to clear
 * @set:	bits to set
 *
 * Context: Any but NMI. Interrupts are disabled. Full barrier.
 *
 * Return: The previous state.
 */
int irq_sim_change(struct irq_sim_line *line, int clear, int set)
{
	int new, old = atomic_read(&line->state);

	lockdep_assert_irqs_disabled();

	do {
		new = irq_sim_claim((old & ~clear) | set);
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (new & ~old & IRQ_SIM_QUEUED)
		irq_sim_add(line);
	return old;
}

/*
 * An event was latched on a line which another CPU has claimed, but may not have put
 * on a list yet. See irq_sim_synchronize().
 */
static void irq_sim_behind_claim(struct irq_sim_chip *chip)
{
	/*
	 * The state is read before this: whoever claims the line after that is in a
	 * later grace period (litmus: behind-claim).
	 */
	smp_acquire__after_ctrl_dep();
	if (!READ_ONCE(chip->merges))
		WRITE_ONCE(chip->merges, true);
}

/* The same for an active line, which is queued at its EOI. */
static void irq_sim_behind(struct irq_sim_line *line, int old)
{
	if (old & IRQ_SIM_ACTIVE)
		atomic_inc(&line->chip->keeps);
}

/**
 * irq_sim_change_on() - irq_sim_change() for a part of a per-CPU line
 * @line:	the part
 * @cpu:	its CPU
 * @clear:	bits to clear
 * @set:	bits to set
 *
 * Context: Any but NMI. Preemption is disabled. Full barrier if there is a change.
 */
void irq_sim_change_on(struct irq_sim_line *line, unsigned int cpu, int clear, int set)
{
	int new, old = atomic_read(&line->state);

	do {
		new = irq_sim_claim((old & ~clear) | set);
		if (new == old)
			return;
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (new & ~old & IRQ_SIM_QUEUED) {
		irq_sim_trace_queue(line, cpu);
		irq_sim_add_on(line, cpu);
	}
}

/**
 * irq_sim_latch_rare() - An event on a line which is not idle
 * @line:	the line
 * @claimed:	set if the caller has to queue the line
 *
 * Context: Any but NMI.
 *
 * Return: As irq_sim_latch().
 */
int irq_sim_latch_rare(struct irq_sim_line *line, bool *claimed)
{
	int new, old, ret;

	/* (A) in the diagram in sim.h, for an event which merges (litmus: merge, merge-cmpxchg) */
	smp_mb();
	old = atomic_read(&line->state);
	do {
		*claimed = false;
		if (!(old & IRQ_SIM_STARTED))
			return -ENXIO;
		ret = !(old & IRQ_SIM_LATCHED);
		if (!ret)
			break;
		/* Masked, active, or claimed already: for a level, or for a withdrawn latch */
		new = irq_sim_claim(old | IRQ_SIM_LATCHED);
		*claimed = new & ~old & IRQ_SIM_QUEUED;
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (old & IRQ_SIM_QUEUED)
		irq_sim_behind_claim(line->chip);
	if (ret)
		irq_sim_behind(line, old);

	irq_sim_trace_fire(line, ret);
	return ret;
}

/**
 * irq_sim_drive() - Drive the wire of a line
 * @line:	the line
 * @high:	the level
 * @claimed:	set if the caller has to queue the line
 *
 * Context: Any but NMI. Full barrier.
 *
 * Return: 1 if this latched an edge, or asserted a level, on a line which is started,
 * 0 otherwise.
 */
int irq_sim_drive(struct irq_sim_line *line, bool high, bool *claimed)
{
	int edge = high ? IRQ_SIM_RISING : IRQ_SIM_FALLING;
	int level = high ? IRQ_SIM_HIGH : IRQ_SIM_LOW;
	int ret, new, old;
	bool event;

	old = atomic_read(&line->state);
	do {
		bool change = !!(old & IRQ_SIM_WIRE) != high;

		new = high ? old | IRQ_SIM_WIRE : old & ~IRQ_SIM_WIRE;
		event = change && old & IRQ_SIM_STARTED && old & edge;
		ret = change && old & IRQ_SIM_STARTED && old & level;
		if (event) {
			ret = !(old & IRQ_SIM_LATCHED);
			new |= IRQ_SIM_LATCHED;
		}
		new = irq_sim_claim(new);
		/* (A) in the diagram in sim.h, for an edge which merges (litmus: merge-edge) */
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (event) {
		if (old & IRQ_SIM_QUEUED)
			irq_sim_behind_claim(line->chip);
		if (ret)
			irq_sim_behind(line, old);
		irq_sim_trace_fire(line, ret);
	}
	*claimed = new & ~old & IRQ_SIM_QUEUED;
	return ret;
}

/**
 * irq_sim_start() - Start a line up
 * @line:	the line
 * @clear:	IRQ_SIM_MASKED to unmask it in the same operation, or 0
 *
 * A line which missed its EOI works again after this.
 *
 * Context: Under desc->lock, or while nobody else uses the line. Interrupts are
 * disabled.
 */
void irq_sim_start(struct irq_sim_line *line, int clear)
{
	int old;

	clear |= IRQ_SIM_LATCHED | IRQ_SIM_ACTIVE | IRQ_SIM_INFLIGHT;
	old = irq_sim_change(line, clear, IRQ_SIM_STARTED);
	line->withdrawn += !!(old & IRQ_SIM_LATCHED);
	line->acks += !!(old & IRQ_SIM_INFLIGHT);
}

/**
 * irq_sim_stop() - Shut a line down
 * @line:	the line
 *
 * An active line stays active until its EOI. A kept event stays kept: a managed
 * interrupt gets it back when it is started up again.
 *
 * Context: Under desc->lock, or while nobody else uses the line. Full barrier.
 */
void irq_sim_stop(struct irq_sim_line *line)
{
	int new, old = atomic_read(&line->state);

	do {
		new = (old & ~(IRQ_SIM_STARTED | IRQ_SIM_LATCHED)) | IRQ_SIM_MASKED;
	} while (!atomic_try_cmpxchg(&line->state, &old, new));
	line->withdrawn += !!(old & IRQ_SIM_LATCHED);
}

/**
 * irq_sim_forget() - Drop a kept event, as the line has no owner any more
 * @line:	the line
 *
 * Context: Under desc->lock.
 */
void irq_sim_forget(struct irq_sim_line *line)
{
	if (atomic_fetch_andnot(IRQ_SIM_KEPT, &line->state) & IRQ_SIM_KEPT) {
		line->forgotten++;
		line->unkept++;
	}
}

/**
 * irq_sim_unmask() - Unmask a line
 * @line:	the line
 *
 * Context: Under desc->lock. Full barrier.
 */
void irq_sim_unmask(struct irq_sim_line *line)
{
	int old = irq_sim_change(line, IRQ_SIM_MASKED | IRQ_SIM_KEPT, 0);

	if (!(old & IRQ_SIM_KEPT))
		return;
	/*
	 * genirq gives the kept event back: to the handler, or with a retrigger. But
	 * not on a level line, even if it was an edge line when the event came.
	 */
	line->unkept++;
	line->forgotten += !!(old & IRQ_SIM_LEVEL);
}

/**
 * irq_sim_ack_rare() - The flow handler acknowledges, all cases
 * @line:	the line
 * @set:	IRQ_SIM_MASKED to mask the line in the same operation, or 0
 *
 * Context: Under desc->lock. Full barrier, (C) in the diagram in sim.h.
 */
void irq_sim_ack_rare(struct irq_sim_line *line, int set)
{
	struct irq_data *data = &line->desc->irq_data;
	/* The caller of the flow handler need not be a delivery */
	bool serving = READ_ONCE(line->cpu) == smp_processor_id();
	int clear = IRQ_SIM_LATCHED | (serving ? IRQ_SIM_QUEUED : 0);
	int new, old = atomic_read(&line->state);
	bool refused;

	refused = !(old & IRQ_SIM_LEVEL) &&
		  (irqd_irq_disabled(data) || irqd_irq_inprogress(data));

	if (serving) {
		irq_sim_trace_release(line);
		WRITE_ONCE(line->cpu, -1);
	}
	do {
		new = (old & ~clear) | set;
		if (refused && old & IRQ_SIM_LATCHED)
			new |= IRQ_SIM_KEPT;
		new = irq_sim_claim(new);
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (old & IRQ_SIM_LATCHED) {
		line->acks++;
		if (refused) {
			line->refused++;
			line->merged += !!(old & IRQ_SIM_KEPT);
			if (irqd_irq_inprogress(data))
				atomic_inc(&line->chip->keeps);
		} else if (!serving) {
			/* The run which follows belongs to the caller's event */
			line->merged++;
		}
	}

	if (new & ~(old & ~clear) & IRQ_SIM_QUEUED)
		irq_sim_add(line);
}

/**
 * irq_sim_eoi() - The end of interrupt (EOI)
 * @line:	the line
 *
 * Context: Under desc->lock, or on the CPU of a per-CPU line with interrupts
 * disabled. Full barrier.
 */
void irq_sim_eoi(struct irq_sim_line *line)
{
	int new, old = atomic_read(&line->state), cpu = smp_processor_id();
	bool refused = false;

	if (READ_ONCE(line->cpu) == cpu) {
		struct irq_data *data = &line->desc->irq_data;

		refused = !(old & IRQ_SIM_LEVEL) &&
			  irq_desc_kstat_cpu(line->desc, cpu) == line->kstat &&
			  (irqd_irq_disabled(data) || irqd_irq_inprogress(data) ||
			   irqd_is_wakeup_armed(data));
		WRITE_ONCE(line->cpu, -1);
	}
	do {
		new = old & ~(IRQ_SIM_ACTIVE | IRQ_SIM_INFLIGHT);
		if (refused && old & IRQ_SIM_INFLIGHT)
			new |= IRQ_SIM_KEPT;
		new = irq_sim_claim(new);
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (old & IRQ_SIM_INFLIGHT) {
		line->acks++;
		if (refused) {
			line->refused++;
			line->merged += !!(old & IRQ_SIM_KEPT);
		}
	}

	if (new & ~old & IRQ_SIM_QUEUED)
		irq_sim_add(line);
}

/**
 * irq_sim_retrigger() - Latch an event again for genirq
 * @line:	the line
 *
 * The account does not count this as a new latch, as the event is counted already.
 *
 * Context: Under desc->lock.
 *
 * Return: true, or false if the line is not started, and nothing was latched.
 */
bool irq_sim_retrigger(struct irq_sim_line *line)
{
	int new, old = atomic_read(&line->state);

	do {
		if (!(old & IRQ_SIM_STARTED))
			return false;
		new = irq_sim_claim((old & ~IRQ_SIM_KEPT) | IRQ_SIM_LATCHED);
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	/* A wakeup event is kept with the line unmasked, so there was no unmask before */
	if (old & IRQ_SIM_KEPT)
		line->unkept++;
	/* No run has begun for the event, the next acknowledge counts it */
	line->unkept--;
	if (old & IRQ_SIM_LATCHED)
		line->merged++;
	else
		line->again++;
	irq_sim_behind(line, old);
	if (new & ~old & IRQ_SIM_QUEUED)
		irq_sim_add(line);
	return true;
}

/**
 * irq_sim_withdraw() - Drop a latch
 * @line:	the line
 *
 * Does nothing if the line is being served and is not acknowledged yet.
 *
 * Context: Under desc->lock.
 */
void irq_sim_withdraw(struct irq_sim_line *line)
{
	if (!(atomic_fetch_andnot(IRQ_SIM_LATCHED, &line->state) & IRQ_SIM_LATCHED))
		return;

	/*
	 * Pairs with (B). If a CPU serves the line, it has passed (B) or is about to:
	 * it is too late, the event may already have reached the flow handler.
	 */
	if (READ_ONCE(line->cpu) >= 0)
		irq_sim_change(line, 0, IRQ_SIM_LATCHED);
	else
		line->withdrawn++;
}

/* The number of handler runs which have begun. */
static unsigned int irq_sim_begun(const struct irq_sim_line *line)
{
	return line->acks - line->refused + line->unkept;
}

/**
 * irq_sim_line_account() - Get the account of the events of a line
 * @line:	the line
 * @account:	the account to fill in
 *
 * Context: Under desc->lock.
 */
void irq_sim_line_account(struct irq_sim_line *line, struct irq_sim_account *account)
{
	/* A fire may latch concurrently: read the state only once (litmus: account) */
	int state = atomic_read_acquire(&line->state);

	/* Acquire: whoever sees a latch counted, sees the data written before its fire */
	lockdep_assert_held(&line->desc->lock);

	account->waiting = !!(state & IRQ_SIM_LATCHED) + !!(state & IRQ_SIM_KEPT) +
			   !!(state & IRQ_SIM_INFLIGHT);
	account->latched = line->acks - line->again + line->withdrawn +
			   !!(state & IRQ_SIM_LATCHED) + !!(state & IRQ_SIM_INFLIGHT);
	account->kept = line->refused;
	account->merged = line->merged;
	account->dropped = line->withdrawn + line->forgotten;
}

/*
 * Is a handler in progress which began before the first call for the line, or which
 * runs for an event that was kept at that time?
 */
static bool irq_sim_unsettled(struct irq_sim_chip *chip, unsigned int hwirq,
			      struct irq_sim_line **first, unsigned int *target)
{
	struct irq_sim_line *line;
	struct irq_data *data;

	guard(rcu)();
	line = irq_sim_find_line(chip, hwirq);
	if (!line || (*first && line != *first))
		return false;

	guard(raw_spinlock_irqsave)(&line->desc->lock);
	data = &line->desc->irq_data;
	if (!*first) {
		*first = line;
		*target = irq_sim_begun(line);
		if (atomic_read(&line->state) & IRQ_SIM_KEPT && !irqd_irq_disabled(data))
			++*target;
	}
	/* A later run has begun, so the one to wait for has finished */
	if ((int)(irq_sim_begun(line) - *target) > 0)
		return false;
	return irqd_irq_inprogress(data);
}

/**
 * irq_sim_settle() - Wait for runs of handlers which genirq repeats for kept events
 * @chip:	the chip, with &irq_sim_chip.sync held
 *
 * Context: Process context. May sleep.
 *
 * Return: true if it had to check the lines.
 */
bool irq_sim_settle(struct irq_sim_chip *chip)
{
	int keeps = atomic_read(&chip->keeps);
	unsigned int hwirq;

	if (keeps == chip->settled)
		return false;

	for (hwirq = irq_sim_next_line(chip, 0); hwirq < chip->num_irqs;
	     hwirq = irq_sim_next_line(chip, hwirq + 1)) {
		struct irq_sim_line *first = NULL;
		unsigned int target = 0;

		while (irq_sim_unsettled(chip, hwirq, &first, &target)) {
			cpu_relax();
			cond_resched();
		}
		cond_resched();
	}
	chip->settled = keeps;
	return true;
}
