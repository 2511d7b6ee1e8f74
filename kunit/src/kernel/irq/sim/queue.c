// SPDX-License-Identifier: GPL-2.0+
/*
 * What each CPU has to deliver for a simulated interrupt controller.
 *
 * There is a list per CPU. A delivery takes what is there, serves it in the order
 * in which it was queued, and goes on with what has come in meanwhile, as NAPI
 * does: until the budget or the time is used up, or somebody else wants the CPU.
 * Then it kicks itself again and so goes behind the other softirqs, and in the end
 * to ksoftirqd. A line which keeps firing itself goes behind the others each time.
 * A delivery in hard interrupt context takes what is there when it starts, and
 * leaves the rest to the next interrupt.
 */

#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/sched/rt.h>

#define CREATE_TRACE_POINTS
#include "sim.h"

/*
 * A delivery is repeated at most ten times before softirqs move to ksoftirqd,
 * so this makes for 2560 services inline.
 */
#define IRQ_SIM_SOFT_BUDGET	256

/* As long as softirqs go on before they move to ksoftirqd */
#define IRQ_SIM_SOFT_TIME	msecs_to_jiffies(2)

/**
 * struct irq_sim_marker - tells when a delivery has come to this point
 * @line:	what the delivery finds on the list
 * @done:	it has
 */
struct irq_sim_marker {
	struct irq_sim_line	line;
	struct completion	done;
};

static int irq_sim_cpuhp_dead __ro_after_init;
static int irq_sim_cpuhp_online __ro_after_init;

/* Runs on the CPU which is to run the delivery. */
static void irq_sim_kick_softirq(struct irq_sim_queue *queue)
{
	if (queue->chip->delivery == IRQ_SIM_DELIVER_TASKLET)
		tasklet_sim_schedule(&queue->tasklet);
	else
		queue_work(system_bh_highpri_wq, &queue->bh_work);
}

/**
 * irq_sim_kick() - Have a queue delivered
 * @queue:	the queue
 * @cpu:	its CPU, which takes interrupts
 *
 * Context: Any but NMI. Preemption is disabled, so a CPU which is online here
 * takes interrupts until this is done.
 */
void irq_sim_kick(struct irq_sim_queue *queue, unsigned int cpu)
{
	if (unlikely(cpu != smp_processor_id())) {
		irq_work_queue_on(&queue->work, cpu);
		return;
	}

	/*
	 * A softirq that is raised in a task with interrupts disabled would wait
	 * until the scheduler gets to ksoftirqd: this is what raise_softirq_irqoff()
	 * wakes it by. The irq_work interrupt comes in as soon as they are enabled,
	 * and has the softirq run on its way out.
	 */
	if (irq_sim_on_softirq(queue->chip) &&
	    (in_interrupt() || !arch_irq_work_has_interrupt()))
		irq_sim_kick_softirq(queue);
	else
		irq_work_queue(&queue->work);
}

#ifdef CONFIG_SMP
/* Not this CPU, or not by its affinity. */
unsigned int irq_sim_target_slow(const struct irq_sim_line *line)
{
	const struct cpumask *cpus = irq_sim_cpus(line->chip);
	struct irq_data *data = &line->desc->irq_data;
	unsigned int first, cpu = smp_processor_id();

	/* Who fires the line of a CPU from there means that one, up to its end */
	if (atomic_read(&line->state) & IRQ_SIM_PINNED)
		return cpu;
	if (!(line->chip->flags & IRQ_SIM_NO_AFFINITY)) {
		/* They may change meanwhile, see irq_sim_target() */
		first = data_race(cpumask_first_and(irq_data_get_effective_affinity_mask(data),
						    cpus));
		if (first < nr_cpu_ids)
			return first;
	}
	/* This one, too */
	return cpumask_test_cpu(cpu, cpus) ? cpu : data_race(cpumask_first(cpus));
}
#endif

/**
 * irq_sim_add_on() - Put a claimed line on the list of a given CPU
 * @line:	the line
 * @cpu:	the CPU, which takes interrupts unless the line is one of its own
 *
 * Who has claimed it just now calls irq_sim_trace_queue() before.
 *
 * Context: Any but NMI. Preemption is disabled.
 */
void irq_sim_add_on(struct irq_sim_line *line, unsigned int cpu)
{
	struct irq_sim_queue *queue = per_cpu_ptr(line->chip->queues, cpu);

	/* A line of a CPU which has just died: irq_sim_cpu_dead() finds it there */
	if (llist_add(&line->node, &queue->incoming) && likely(cpu_online(cpu)))
		irq_sim_kick(queue, cpu);
}

/**
 * irq_sim_bracket() - Disable softirqs, for an event in a task
 * @chip:	the chip
 *
 * A softirq that is raised in a task has to wait for ksoftirqd, unless it is in a
 * section with softirqs disabled, at whose end it runs.
 *
 * Context: Any but NMI.
 *
 * Return: true when the caller must call local_bh_enable() after it has queued
 * the line. In other contexts there is nothing to do, or it cannot be done.
 */
bool irq_sim_bracket(const struct irq_sim_chip *chip)
{
	if (!irq_sim_on_softirq(chip) || in_interrupt() || irqs_disabled())
		return false;
	/* Softirqs are disabled by a lock there, which needs a task that may sleep */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && !preemptible())
		return false;
	local_bh_disable();
	return true;
}

/**
 * irq_sim_enqueue() - Queue a claimed line, from any context
 * @line:	the line
 *
 * Context: Any but NMI.
 *
 * Return: true when the caller must call local_bh_enable(): the softirq runs
 * there.
 */
bool irq_sim_enqueue(struct irq_sim_line *line)
{
	bool bracket = irq_sim_bracket(line->chip);

	guard(preempt)();
	irq_sim_add(line);
	return bracket;
}

/* Count a line which is on its way to another CPU. See irq_sim_drain(). */
static void irq_sim_set_out(struct irq_sim_line *line)
{
	unsigned int epoch;

	if (atomic_read(&line->state) & IRQ_SIM_MOVED_ANY)
		return;
	epoch = READ_ONCE(line->chip->epoch);
	atomic_inc(&line->chip->moving[epoch]);
	atomic_or(IRQ_SIM_MOVED(epoch), &line->state);
}

/* The affinity may have changed since the line was queued. */
static bool irq_sim_pass_on(struct irq_sim_line *line)
{
	unsigned int cpu;

	/* On another CPU by a softirq which that took over from one that was down */
	if (atomic_read(&line->state) & IRQ_SIM_PINNED)
		cpu = line->pin;
	else
		cpu = irq_sim_target(line);
	if (likely(cpu == smp_processor_id()))
		return false;

	irq_sim_set_out(line);
	WRITE_ONCE(line->cpu, -1);
	irq_sim_add_on(line, cpu);
	return true;
}

/* Give the claim up, or queue the line again if it is deliverable. Full barrier. */
static void irq_sim_release(struct irq_sim_line *line)
{
	int new, old = atomic_read(&line->state);

	irq_sim_trace_release(line);
	do {
		new = irq_sim_claim(old & ~IRQ_SIM_QUEUED);
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (new & IRQ_SIM_QUEUED)
		irq_sim_add(line);
}

/* Hand a line to its flow handler. */
static __always_inline void irq_sim_handle(struct irq_sim_line *line)
{
	struct irq_desc *desc = line->desc;

	trace_irq_sim_deliver(line->chip->domain, line->hwirq, desc->irq_data.irq);
	/* The most common one by a direct call */
	if (likely(desc->handle_irq == handle_edge_irq))
		handle_edge_irq(desc);
	else
		generic_handle_irq_desc(desc);
}

/* The acknowledge gives up the claim. Without one, the line comes again. */
static __always_inline bool irq_sim_handle_ack(struct irq_sim_line *line)
{
	irq_sim_handle(line);
	if (unlikely(READ_ONCE(line->cpu) == smp_processor_id())) {
		WRITE_ONCE(line->cpu, -1);
		irq_sim_release(line);
	}
	return true;
}

/* With an EOI: active up to it, without a claim. */
static bool irq_sim_handle_eoi(struct irq_sim_line *line)
{
	int cpu = smp_processor_id();
	int new, old = atomic_read(&line->state);

	irq_sim_trace_release(line);
	do {
		new = old & ~IRQ_SIM_QUEUED;
		/* Before the claim goes, to another CPU perhaps (litmus: claim-cmpxchg) */
		WRITE_ONCE(line->cpu, irq_sim_deliverable(old) ? cpu : -1);
		if (irq_sim_deliverable(old)) {
			new &= ~IRQ_SIM_LATCHED;
			new |= IRQ_SIM_ACTIVE;
			if (old & IRQ_SIM_LATCHED)
				new |= IRQ_SIM_INFLIGHT;
		}
	} while (!atomic_try_cmpxchg(&line->state, &old, new));

	if (!irq_sim_deliverable(old))
		return false;

	line->kstat = irq_desc_kstat_cpu(line->desc, cpu);
	irq_sim_handle(line);
	if (READ_ONCE(line->cpu) != cpu)
		return true;

	/*
	 * No EOI yet: it comes from a thread, or never. Who has not sent it has
	 * handled the event. It may come right now, and another CPU may serve the
	 * line next.
	 */
	guard(raw_spinlock)(&line->desc->lock);
	if (cmpxchg(&line->cpu, cpu, -1) == cpu &&
	    atomic_fetch_andnot(IRQ_SIM_INFLIGHT, &line->state) & IRQ_SIM_INFLIGHT)
		line->acks++;
	return true;
}

/*
 * What else there is on a list: a marker, a level, a line with an EOI, one that was
 * passed on or is to be, one which is no longer deliverable and gives up its claim.
 * Returns true if it was served.
 */
static noinline bool irq_sim_serve_rare(struct irq_sim_line *line)
{
	struct irq_sim_chip *chip = line->chip;
	int moved, old = atomic_read(&line->state);
	bool served = false;

	if (old & IRQ_SIM_MARKER) {
		complete(&container_of(line, struct irq_sim_marker, line)->done);
		return false;
	}

	/* Only who has the claim changes these */
	moved = old & IRQ_SIM_MOVED_ANY;

	while (!irq_sim_deliverable(old)) {
		irq_sim_trace_release(line);
		WRITE_ONCE(line->cpu, -1);
		if (atomic_try_cmpxchg(&line->state, &old,
				       old & ~(IRQ_SIM_QUEUED | IRQ_SIM_MOVED_ANY)))
			goto arrived;
		/* Kept after all */
		WRITE_ONCE(line->cpu, smp_processor_id());
		irq_sim_trace_queue(line, smp_processor_id());
	}

	if (irq_sim_pass_on(line))
		return false;
	if (moved)
		atomic_andnot(moved, &line->state);

	if (old & IRQ_SIM_EOI)
		served = irq_sim_handle_eoi(line);
	else
		served = irq_sim_handle_ack(line);
arrived:
	if (moved) {
		/* Pairs with irq_sim_drain(): the handler is through (litmus: moved) */
		smp_mb__before_atomic();
		atomic_dec(&chip->moving[moved == IRQ_SIM_MOVED(1)]);
	}
	return served;
}

/*
 * Serve what was taken from the list. Interrupts are disabled. Returns false if
 * there was nothing to serve here.
 */
static __always_inline bool irq_sim_serve(struct irq_sim_queue *queue,
					  struct irq_sim_line *line)
{
	bool served;

	WRITE_ONCE(queue->serving, line);
	WRITE_ONCE(line->cpu, smp_processor_id());
	smp_mb();					/* (B) (litmus: stop, withdraw) */

	/* An edge for this CPU, most of the time */
	if (likely((atomic_read(&line->state) & IRQ_SIM_SERVE_CASE) ==
		   (IRQ_SIM_STARTED | IRQ_SIM_LATCHED)) &&
	    likely(irq_sim_target(line) == smp_processor_id()))
		served = irq_sim_handle_ack(line);
	else
		served = irq_sim_serve_rare(line);

	/* Pairs with the acquire of irq_sim_in_service() (litmus: served) */
	smp_store_release(&queue->serving, NULL);
	return served;
}

/* Take what has come in. llist_del_all() is a full barrier (litmus: idle, latch). */
static __always_inline struct llist_node *irq_sim_take(struct irq_sim_queue *queue)
{
	struct llist_node *last = llist_del_all(&queue->incoming);

	return last && last->next ? llist_reverse_order(last) : last;
}

/*
 * May a delivery in soft interrupt context go on with what has come in? Where interrupts
 * are forced into threads, not in ktimers or such a thread, which nobody with an ordinary
 * priority makes give way: the budget would be theirs at each tick.
 */
static __always_inline bool irq_sim_go_on(struct irq_sim_queue *queue, unsigned long end)
{
	if (force_irqthreads() && rt_task(current))
		return false;
	return !llist_empty(&queue->incoming) && !need_resched() && time_before(jiffies, end);
}

static __always_inline void irq_sim_deliver(struct irq_sim_queue *queue, bool soft)
{
	unsigned int budget = queue->chip->budget, left, idle = 0;
	unsigned long end = jiffies + IRQ_SIM_SOFT_TIME;
	struct llist_node *backlog;

	/* A CPU on its way down only passes on, and is to be done with it */
	if (unlikely(!cpumask_test_cpu(smp_processor_id(), irq_sim_cpus(queue->chip))))
		budget = UINT_MAX;
	left = budget;

	/*
	 * Pairs with irq_sim_queue_idle(): busy before the barrier of irq_sim_take(),
	 * so there is no moment in which both look empty. With a backlog it is set.
	 */
	WRITE_ONCE(queue->busy, true);
	backlog = queue->backlog ?: irq_sim_take(queue);
	do {
		while (backlog && left) {
			struct irq_sim_line *line = llist_entry(backlog, struct irq_sim_line, node);

			backlog = backlog->next;
			left--;
			/*
			 * Flow handlers and device handlers expect interrupts disabled.
			 * It also keeps the line from going away after a free_irq().
			 */
			if (soft)
				local_irq_disable();
			if (unlikely(!irq_sim_serve(queue, line)))
				idle++;
			if (soft) {
				local_irq_enable();
				/*
				 * A thread which was woken with interrupts disabled
				 * takes the CPU at a preemption point. There is no
				 * other one here: on PREEMPT_RT this is a task which
				 * can be preempted, and nothing has made it look.
				 */
				if (IS_ENABLED(CONFIG_PREEMPT_RT))
					preempt_check_resched();
			}
		}
		if (!soft || !left || !irq_sim_go_on(queue, end))
			break;
		backlog = irq_sim_take(queue);
	} while (true);

	queue->backlog = backlog;
	WRITE_ONCE(queue->served, queue->served + budget - left - idle);
	if (!backlog) {
		/* Pairs with irq_sim_queue_idle(): the handlers are through (litmus: idle-done) */
		smp_store_release(&queue->busy, false);
		if (llist_empty(&queue->incoming))
			return;
	}

	/*
	 * Again, for what is left and for what came in. Should the latter have
	 * been kicked by who put it there, this changes nothing.
	 */
	if (soft)
		irq_sim_kick_softirq(queue);
	else
		irq_work_queue(&queue->work);
}

static void irq_sim_irq_work(struct irq_work *work)
{
	struct irq_sim_queue *queue = container_of(work, struct irq_sim_queue, work);

	if (unlikely(!in_hardirq())) {
		/* A CPU on its way down: irq_sim_cpu_dead() takes it from here */
		if (!cpu_online(smp_processor_id()))
			return;

		/*
		 * An idle CPU which polls finds the work without an interrupt.
		 * It is not in the context that was asked for, and PREEMPT_RT
		 * does not want softirqs raised from there. Take an interrupt.
		 */
		if (!irq_sim_on_softirq(queue->chip) || IS_ENABLED(CONFIG_PREEMPT_RT)) {
			irq_work_queue(work);
			return;
		}
	}

	if (irq_sim_on_softirq(queue->chip))
		irq_sim_kick_softirq(queue);
	else
		irq_sim_deliver(queue, false);
}

static void irq_sim_tasklet(struct tasklet_struct *tasklet)
{
	irq_sim_deliver(container_of(tasklet, struct irq_sim_queue, tasklet), true);
}

static void irq_sim_bh_work(struct work_struct *work)
{
	irq_sim_deliver(container_of(work, struct irq_sim_queue, bh_work), true);
}

static bool irq_sim_queue_idle(struct irq_sim_queue *queue)
{
	if (!llist_empty(&queue->incoming))
		return false;
	/* Pairs with irq_sim_deliver(): not idle while lines are taken off (litmus: idle) */
	smp_mb();
	/* Pairs with irq_sim_deliver(): idle is when handlers are through (litmus: idle-done) */
	return !smp_load_acquire(&queue->busy);
}

/*
 * Wait until a CPU has served what it has on its list now. Returns false when the
 * CPU is offline and irq_sim_cpu_dead() has still to take its list over.
 */
static bool irq_sim_flush_cpu(struct irq_sim_chip *chip, unsigned int cpu)
{
	struct irq_sim_queue *queue = per_cpu_ptr(chip->queues, cpu);
	struct irq_sim_marker marker = {
		.line.state	= ATOMIC_INIT(IRQ_SIM_MARKER),
		.line.chip	= chip,
		.done		= COMPLETION_INITIALIZER_ONSTACK(marker.done),
	};
	bool online;

	if (irq_sim_queue_idle(queue))
		return true;

	/* While this has the CPU, one that is online keeps taking interrupts */
	scoped_guard(preempt) {
		online = cpu_online(cpu);
		if (online)
			irq_sim_add_on(&marker.line, cpu);
	}
	if (online)
		wait_for_completion(&marker.done);
	return online;
}

static void irq_sim_flush(struct irq_sim_chip *chip)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		while (!irq_sim_flush_cpu(chip, cpu)) {
			/* The CPU is dead when this gets the lock, or up again */
			cpus_read_lock();
			cpus_read_unlock();
		}
	}
}

/**
 * irq_sim_drain() - Wait for what was queued
 * @chip:	the chip
 *
 * On return, every line which was on a list, or on its way to another CPU, when
 * this was called has been served since, if it was still to be. Called with
 * &irq_sim_chip.sync held.
 *
 * A line whose affinity changes is passed on, and may get behind the marker of
 * its new list. So those that were passed on are counted until they are served;
 * those that set out after the first flush are newer than the call, and are
 * counted apart. Nothing which is fired after the call prolongs it.
 *
 * Context: Process context. May sleep.
 */
void irq_sim_drain(struct irq_sim_chip *chip)
{
	unsigned int epoch = chip->epoch;

	irq_sim_flush(chip);
	/* Left from the last call; acquire pairs with serving them (litmus: moved) */
	while (atomic_read_acquire(&chip->moving[!epoch]))
		irq_sim_flush(chip);
	WRITE_ONCE(chip->epoch, !epoch);
	while (atomic_read_acquire(&chip->moving[epoch]))
		irq_sim_flush(chip);
}

/**
 * irq_sim_leave_queue() - Wait until a line is on no list
 * @line:	the line, which is not started and cannot be found any more
 *
 * Context: Process context. May sleep.
 */
void irq_sim_leave_queue(struct irq_sim_line *line)
{
	unsigned int cpu;

	/*
	 * Not started, so it gets on no list any more, but it has to leave the
	 * one it is on. Who claimed it and has not put it there yet is in an
	 * RCU read side section (litmus: leave).
	 */
	while (atomic_read(&line->state) & IRQ_SIM_QUEUED || irq_sim_in_service(line)) {
		synchronize_rcu();
		for_each_possible_cpu(cpu)
			irq_sim_flush_cpu(line->chip, cpu);
	}
}

/**
 * irq_sim_in_service() - Is a CPU in the flow handler of a line, for the chip?
 * @line:	the line
 *
 * Context: Any.
 *
 * Return: true if so. It says nothing about lines which are queued.
 */
bool irq_sim_in_service(struct irq_sim_line *line)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct irq_sim_queue *queue = per_cpu_ptr(line->chip->queues, cpu);

		/* Pairs with the release in irq_sim_serve() (litmus: served) */
		if (smp_load_acquire(&queue->serving) == line)
			return true;
	}
	return false;
}

/*
 * The CPU on which this runs has left cpu_active_mask, a grace period ago: who
 * found it in there has queued its line, and nobody does any more. What is on
 * the list is passed on while there is a ksoftirqd to do it. No softirq is
 * raised for the chip on this CPU after that, unless for a line of its own.
 */
static int irq_sim_cpu_down(unsigned int cpu, struct hlist_node *node)
{
	struct irq_sim_chip *chip = hlist_entry(node, struct irq_sim_chip, online);
	struct irq_sim_queue *queue = per_cpu_ptr(chip->queues, cpu);

	if (!irq_sim_on_softirq(chip))
		return 0;

	irq_sim_flush_cpu(chip, cpu);

	/* Kicks which would find nothing, but would find it too late */
	irq_work_sync(&queue->work);
	if (chip->delivery == IRQ_SIM_DELIVER_BH_WORK)
		flush_work(&queue->bh_work);
	else
		while (test_bit(TASKLET_STATE_SCHED, &queue->tasklet.state))
			schedule_timeout_uninterruptible(1);
	return 0;
}

/* Is the CPU in the affinity of the line, and has only lost it by going down? */
static bool irq_sim_left(struct irq_data *data, unsigned int cpu)
{
	return irqd_is_started(data) && !irqd_affinity_is_managed(data) &&
	       cpumask_test_cpu(cpu, irq_data_get_affinity_mask(data)) &&
	       !cpumask_test_cpu(cpu, irq_data_get_effective_affinity_mask(data));
}

/*
 * The CPU is up. Lines which left it because it went down come back to it: genirq
 * sees to that for managed interrupts only, as few controllers have more than one
 * target for a line.
 */
static int irq_sim_cpu_up(unsigned int cpu, struct hlist_node *node)
{
	struct irq_sim_chip *chip = hlist_entry(node, struct irq_sim_chip, online);
	struct irq_sim_line *line;
	struct irq_data *data;
	unsigned int hwirq;
	cpumask_var_t mask;

	if (chip->flags & (IRQ_SIM_NO_AFFINITY | IRQ_SIM_SINGLE_TARGET) ||
	    chip->kind == IRQ_SIM_KIND_PERCPU)
		return 0;

	if (!alloc_cpumask_var(&mask, GFP_KERNEL))
		return -ENOMEM;
	for (hwirq = irq_sim_next_line(chip, 0); hwirq < chip->num_irqs;
	     hwirq = irq_sim_next_line(chip, hwirq + 1)) {
		cond_resched();
		/* It keeps the line and its descriptor */
		guard(rcu)();
		line = irq_sim_find_line(chip, hwirq);
		if (!line)
			continue;
		guard(raw_spinlock_irqsave)(&line->desc->lock);
		data = &line->desc->irq_data;
		if (irq_sim_left(data, cpu)) {
			cpumask_and(mask, irq_data_get_affinity_mask(data), cpu_online_mask);
			irq_data_update_effective_affinity(data, mask);
		}
	}
	free_cpumask_var(mask);
	return 0;
}

/* Move what a dead CPU has left to the list of a CPU which lives. */
static void irq_sim_take_over(struct llist_node *node)
{
	struct irq_sim_line *line, *next;
	int state;

	llist_for_each_entry_safe(line, next, node, node) {
		guard(preempt)();
		state = atomic_read(&line->state);
		if (state & IRQ_SIM_MARKER) {
			irq_sim_add_on(line, smp_processor_id());
		} else if (state & IRQ_SIM_PINNED) {
			irq_sim_release(line);
		} else {
			irq_sim_set_out(line);
			irq_sim_add_on(line, irq_sim_target(line));
		}
	}
}

/*
 * Nobody queues anything for a CPU that is offline, and nobody but this takes from
 * its list: the softirq code takes a tasklet or a BH work item over from a dead CPU
 * only after this, and finds the list empty.
 */
static int irq_sim_cpu_dead(unsigned int cpu, struct hlist_node *node)
{
	struct irq_sim_chip *chip = hlist_entry(node, struct irq_sim_chip, dead);
	struct irq_sim_queue *queue = per_cpu_ptr(chip->queues, cpu);
	struct llist_node *backlog = queue->backlog;
	struct irq_sim_line *line;
	unsigned int hwirq;

	/*
	 * The lines of a CPU are masked when it comes up. Who fires one sees that, or
	 * has put it on the list (litmus: percpu-dead).
	 */
	if (chip->kind == IRQ_SIM_KIND_PERCPU) {
		for (hwirq = irq_sim_next_line(chip, 0); hwirq < chip->num_irqs;
		     hwirq = irq_sim_next_line(chip, hwirq + 1)) {
			guard(rcu)();
			line = irq_sim_find_line(chip, hwirq);
			if (line)
				atomic_or(IRQ_SIM_MASKED, &per_cpu_ptr(line->percpu, cpu)->state);
		}
		synchronize_rcu();
	}

	/* As irq_sim_deliver(): not idle while lines are on no list */
	WRITE_ONCE(queue->busy, true);
	queue->backlog = NULL;
	irq_sim_take_over(backlog);
	irq_sim_take_over(irq_sim_take(queue));
	/* Pairs with irq_sim_queue_idle(): nothing is left here (litmus: idle-done) */
	smp_store_release(&queue->busy, false);
	return 0;
}

/**
 * irq_sim_queues_init() - Set up the lists of a new chip
 * @chip:	the chip, whose delivery and budget are set
 *
 * Context: Process context. May sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int irq_sim_queues_init(struct irq_sim_chip *chip)
{
	unsigned int cpu;

	chip->queues = alloc_percpu(struct irq_sim_queue);
	if (!chip->queues)
		return -ENOMEM;

	if (!chip->budget)
		chip->budget = irq_sim_on_softirq(chip) ? IRQ_SIM_SOFT_BUDGET : UINT_MAX;

	for_each_possible_cpu(cpu) {
		struct irq_sim_queue *queue = per_cpu_ptr(chip->queues, cpu);

		queue->chip = chip;
		init_llist_head(&queue->incoming);
		queue->work = IRQ_WORK_INIT_HARD(irq_sim_irq_work);
		if (chip->delivery == IRQ_SIM_DELIVER_TASKLET)
			tasklet_setup(&queue->tasklet, irq_sim_tasklet);
		else if (chip->delivery == IRQ_SIM_DELIVER_BH_WORK)
			INIT_WORK(&queue->bh_work, irq_sim_bh_work);
	}
	return 0;
}

/**
 * irq_sim_queues_start() - Follow the CPUs as they come and go
 * @chip:	the chip, which is complete
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: 0, or what cpuhp_state_add_instance_nocalls() returns.
 */
int irq_sim_queues_start(struct irq_sim_chip *chip)
{
	int ret;

	ret = cpuhp_state_add_instance_nocalls(irq_sim_cpuhp_dead, &chip->dead);
	if (ret)
		return ret;
	ret = cpuhp_state_add_instance_nocalls(irq_sim_cpuhp_online, &chip->online);
	if (ret)
		cpuhp_state_remove_instance_nocalls(irq_sim_cpuhp_dead, &chip->dead);
	return ret;
}

/**
 * irq_sim_queues_stop() - No delivery follows
 * @chip:	the chip, which has no lines any more
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 */
void irq_sim_queues_stop(struct irq_sim_chip *chip)
{
	unsigned int cpu;

	cpuhp_state_remove_instance_nocalls(irq_sim_cpuhp_online, &chip->online);
	cpuhp_state_remove_instance_nocalls(irq_sim_cpuhp_dead, &chip->dead);

	/* The lists are empty. What is left are kicks which find nothing. */
	for_each_possible_cpu(cpu) {
		struct irq_sim_queue *queue = per_cpu_ptr(chip->queues, cpu);

		irq_work_sync(&queue->work);
		if (chip->delivery == IRQ_SIM_DELIVER_TASKLET)
			tasklet_kill(&queue->tasklet);
		else if (chip->delivery == IRQ_SIM_DELIVER_BH_WORK)
			cancel_work_sync(&queue->bh_work);
	}
}

/**
 * irq_sim_queues_free() - Free the lists of a chip
 * @chip:	the chip, which irq_sim_queues_init() may not have seen yet
 *
 * Context: Process context. May sleep.
 */
void irq_sim_queues_free(struct irq_sim_chip *chip)
{
	free_percpu(chip->queues);
}

static int __init irq_sim_init(void)
{
	int ret = cpuhp_setup_state_multi(CPUHP_BP_PREPARE_DYN, "irq/sim:dead",
					  NULL, irq_sim_cpu_dead);

	if (ret < 0)
		return ret;
	irq_sim_cpuhp_dead = ret;

	ret = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "irq/sim:online",
				      irq_sim_cpu_up, irq_sim_cpu_down);
	if (ret < 0)
		return ret;
	irq_sim_cpuhp_online = ret;
	return 0;
}
core_initcall(irq_sim_init);
