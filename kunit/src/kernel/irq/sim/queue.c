// SPDX-License-Identifier: GPL-2.0+
/*
 * Per-CPU queues and delivery of a simulated interrupt controller.
 *
 * Each CPU has a list of lines. A delivery takes all lines from the list, serves them
 * in the order in which they were queued, and goes on with lines queued meanwhile,
 * as NAPI does: until the budget or the time is used up, or a reschedule is needed.
 * Then it kicks itself again, which puts it behind the other softirqs and finally
 * moves it to ksoftirqd. A line which keeps firing itself goes behind the others each
 * time. A delivery in hard interrupt context takes the lines which are queued when it
 * starts, and leaves later ones to the next interrupt.
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
 * A delivery is repeated at most ten times before softirqs move to ksoftirqd, so
 * at most 2560 lines are served inline.
 */
#define IRQ_SIM_SOFT_BUDGET	256

/* Same as MAX_SOFTIRQ_TIME, after which softirqs move to ksoftirqd */
#define IRQ_SIM_SOFT_TIME	msecs_to_jiffies(2)

/**
 * struct irq_sim_marker - signals that a delivery has reached this point of a list
 * @line:	the entry in the list
 * @done:	completed when the delivery has reached @line
 */
struct irq_sim_marker {
	struct irq_sim_line	line;
	struct completion	done;
};

static int irq_sim_cpuhp_dead __ro_after_init;
static int irq_sim_cpuhp_online __ro_after_init;

/* Called on the CPU which is to run the delivery. */
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
 * takes interrupts until this function returns.
 */
void irq_sim_kick(struct irq_sim_queue *queue, unsigned int cpu)
{
	if (unlikely(cpu != smp_processor_id())) {
		irq_work_queue_on(&queue->work, cpu);
		return;
	}

	/*
	 * raise_softirq_irqoff() in a task with interrupts disabled wakes ksoftirqd,
	 * so the softirq would wait for the scheduler. The irq_work interrupt arrives
	 * as soon as interrupts are enabled, and the softirq runs when it exits.
	 */
	if (irq_sim_on_softirq(queue->chip) &&
	    (in_interrupt() || !arch_irq_work_has_interrupt()))
		irq_sim_kick_softirq(queue);
	else
		irq_work_queue(&queue->work);
}

#ifdef CONFIG_SMP
/* The target of a line if it is not this CPU, or not because of the affinity mask. */
unsigned int irq_sim_target_slow(const struct irq_sim_line *line)
{
	const struct cpumask *cpus = irq_sim_cpus(line->chip);
	struct irq_data *data = &line->desc->irq_data;
	unsigned int first, cpu = smp_processor_id();

	/* A part of a per-CPU line is queued by its own CPU, even if that is going down */
	if (atomic_read(&line->state) & IRQ_SIM_PINNED)
		return cpu;
	if (!(line->chip->flags & IRQ_SIM_NO_AFFINITY)) {
		/* The masks may change concurrently, see irq_sim_target() */
		first = data_race(cpumask_first_and(irq_data_get_effective_affinity_mask(data),
						    cpus));
		if (first < nr_cpu_ids)
			return first;
	}
	/* This mask may change, too */
	return cpumask_test_cpu(cpu, cpus) ? cpu : data_race(cpumask_first(cpus));
}
#endif

/**
 * irq_sim_add_on() - Put a claimed line on the list of a given CPU
 * @line:	the line
 * @cpu:	the CPU, which takes interrupts unless @line is its part of a per-CPU line
 *
 * A caller which has just claimed the line calls irq_sim_trace_queue() first.
 *
 * Context: Any but NMI. Preemption is disabled.
 */
void irq_sim_add_on(struct irq_sim_line *line, unsigned int cpu)
{
	struct irq_sim_queue *queue = per_cpu_ptr(line->chip->queues, cpu);

	/* If the CPU of a per-CPU line has just died, irq_sim_cpu_dead() finds the line */
	if (llist_add(&line->node, &queue->incoming) && likely(cpu_online(cpu)))
		irq_sim_kick(queue, cpu);
}

/**
 * irq_sim_bracket() - Disable softirqs, for an event in a task
 * @chip:	the chip
 *
 * A softirq that is raised in a task has to wait for ksoftirqd, unless softirqs are
 * disabled: then it runs when they are enabled again.
 *
 * Context: Any but NMI.
 *
 * Return: true if the caller must call local_bh_enable() after it has queued the
 * line. In other contexts softirqs need not, or cannot, be disabled.
 */
bool irq_sim_bracket(const struct irq_sim_chip *chip)
{
	if (!irq_sim_on_softirq(chip) || in_interrupt() || irqs_disabled())
		return false;
	/* On PREEMPT_RT local_bh_disable() takes a lock, so the task must be able to sleep */
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
 * Return: true if the caller must call local_bh_enable(), which runs the softirq.
 */
bool irq_sim_enqueue(struct irq_sim_line *line)
{
	bool bracket = irq_sim_bracket(line->chip);

	guard(preempt)();
	irq_sim_add(line);
	return bracket;
}

/* Count a line in transit to another CPU. See irq_sim_drain(). */
static void irq_sim_set_out(struct irq_sim_line *line)
{
	unsigned int epoch;

	if (atomic_read(&line->state) & IRQ_SIM_MOVED_ANY)
		return;
	epoch = READ_ONCE(line->chip->epoch);
	atomic_inc(&line->chip->moving[epoch]);
	atomic_or(IRQ_SIM_MOVED(epoch), &line->state);
}

/* Pass a line on if the affinity has changed since it was queued. */
static bool irq_sim_pass_on(struct irq_sim_line *line)
{
	unsigned int cpu;

	/* This is another CPU if it took over the softirq of one that went down */
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

/* Drop the claim, or queue the line again if it is deliverable. Full barrier. */
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
	/* Call the most common flow handler directly */
	if (likely(desc->handle_irq == handle_edge_irq))
		handle_edge_irq(desc);
	else
		generic_handle_irq_desc(desc);
}

/* irq_ack drops the claim. If the flow handler does not call it, deliver the line again. */
static __always_inline bool irq_sim_handle_ack(struct irq_sim_line *line)
{
	irq_sim_handle(line);
	if (unlikely(READ_ONCE(line->cpu) == smp_processor_id())) {
		WRITE_ONCE(line->cpu, -1);
		irq_sim_release(line);
	}
	return true;
}

/* A line with an EOI is active until the EOI, and not claimed. */
static bool irq_sim_handle_eoi(struct irq_sim_line *line)
{
	int cpu = smp_processor_id();
	int new, old = atomic_read(&line->state);

	irq_sim_trace_release(line);
	do {
		new = old & ~IRQ_SIM_QUEUED;
		/* Before the claim is dropped: another CPU may take it (litmus: claim-cmpxchg) */
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
	 * No EOI yet: a thread sends it, or nobody does. The flow handler has not
	 * refused the event, or it would have sent the EOI. The EOI may arrive right
	 * now, and another CPU may serve the line then.
	 */
	guard(raw_spinlock)(&line->desc->lock);
	if (cmpxchg(&line->cpu, cpu, -1) == cpu &&
	    atomic_fetch_andnot(IRQ_SIM_INFLIGHT, &line->state) & IRQ_SIM_INFLIGHT)
		line->acks++;
	return true;
}

/*
 * Serve any other entry: a marker, a level, a line with an EOI, a line which was or
 * must be passed on, or one which is no longer deliverable and loses its claim.
 * Returns true if a flow handler ran.
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

	/* Only the holder of the claim changes these bits */
	moved = old & IRQ_SIM_MOVED_ANY;

	while (!irq_sim_deliverable(old)) {
		irq_sim_trace_release(line);
		WRITE_ONCE(line->cpu, -1);
		if (atomic_try_cmpxchg(&line->state, &old,
				       old & ~(IRQ_SIM_QUEUED | IRQ_SIM_MOVED_ANY)))
			goto arrived;
		/* The state has changed, so the claim is still held */
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
		/* Pairs with irq_sim_drain(): the handler has finished (litmus: moved) */
		smp_mb__before_atomic();
		atomic_dec(&chip->moving[moved == IRQ_SIM_MOVED(1)]);
	}
	return served;
}

/*
 * Serve a line taken from the list. Interrupts are disabled. Returns false if there
 * was nothing to serve on this CPU.
 */
static __always_inline bool irq_sim_serve(struct irq_sim_queue *queue,
					  struct irq_sim_line *line)
{
	bool served;

	WRITE_ONCE(queue->serving, line);
	WRITE_ONCE(line->cpu, smp_processor_id());
	smp_mb();					/* (B) (litmus: stop, withdraw) */

	/* Most of the time this is an edge for this CPU */
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

/* Take all incoming lines. llist_del_all() is a full barrier (litmus: idle, latch). */
static __always_inline struct llist_node *irq_sim_take(struct irq_sim_queue *queue)
{
	struct llist_node *last = llist_del_all(&queue->incoming);

	return last && last->next ? llist_reverse_order(last) : last;
}

/*
 * May a delivery in soft interrupt context go on with the lines queued meanwhile? With
 * forced interrupt threading it must not in ktimers or an interrupt thread: no task
 * of ordinary priority preempts those, so they would use the full budget at each tick.
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

	/* A CPU which is going down only passes lines on, and must pass on all of them */
	if (unlikely(!cpumask_test_cpu(smp_processor_id(), irq_sim_cpus(queue->chip))))
		budget = UINT_MAX;
	left = budget;

	/*
	 * Pairs with irq_sim_queue_idle(): set busy before the barrier of irq_sim_take(),
	 * so that the queue never looks idle in between. With a backlog, it is set already.
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
			 * This also keeps the line from being freed after a free_irq().
			 */
			if (soft)
				local_irq_disable();
			if (unlikely(!irq_sim_serve(queue, line)))
				idle++;
			if (soft) {
				local_irq_enable();
				/*
				 * On PREEMPT_RT this runs in a preemptible task. If
				 * the handler has woken a thread, nothing else checks
				 * for a reschedule here, as interrupts were disabled.
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
		/* Pairs with irq_sim_queue_idle(): handlers have finished (litmus: idle-done) */
		smp_store_release(&queue->busy, false);
		if (llist_empty(&queue->incoming))
			return;
	}

	/*
	 * Run again for the backlog and for the lines queued meanwhile. If irq_sim_add()
	 * has already kicked this queue, the second kick has no effect.
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
		/* The CPU is going offline: irq_sim_cpu_dead() takes the lines over */
		if (!cpu_online(smp_processor_id()))
			return;

		/*
		 * An idle CPU which polls runs the work without an interrupt. That
		 * is not the requested context, and PREEMPT_RT does not allow softirqs
		 * to be raised from there. Take an interrupt.
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
	/* Pairs with irq_sim_deliver(): not idle while it takes lines (litmus: idle) */
	smp_mb();
	/* Pairs with irq_sim_deliver(): if idle, the handlers have finished (litmus: idle-done) */
	return !smp_load_acquire(&queue->busy);
}

/*
 * Wait until a CPU has served the lines which are on its list now. Returns false if
 * the CPU is offline and irq_sim_cpu_dead() has not taken its list over yet.
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

	/* With preemption disabled, a CPU that is online keeps taking interrupts */
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
			/* Once this has the lock, the CPU is dead, or online again */
			cpus_read_lock();
			cpus_read_unlock();
		}
	}
}

/**
 * irq_sim_drain() - Wait for all queued lines
 * @chip:	the chip
 *
 * On return, every line which was on a list, or in transit to another CPU, at the
 * time of the call has been served, if it was still deliverable. Called with
 * &irq_sim_chip.sync held.
 *
 * A line whose affinity changes is passed on, and may get behind the marker in its
 * new list. Lines in transit are therefore counted until they are served. Those
 * passed on after the first flush are newer than the call and are counted
 * separately, so later fires do not prolong the wait.
 *
 * Context: Process context. May sleep.
 */
void irq_sim_drain(struct irq_sim_chip *chip)
{
	unsigned int epoch = chip->epoch;

	irq_sim_flush(chip);
	/* Left over from the last call; pairs with irq_sim_serve_rare() (litmus: moved) */
	while (atomic_read_acquire(&chip->moving[!epoch]))
		irq_sim_flush(chip);
	WRITE_ONCE(chip->epoch, !epoch);
	while (atomic_read_acquire(&chip->moving[epoch]))
		irq_sim_flush(chip);
}

/**
 * irq_sim_leave_queue() - Wait until a line is on no list
 * @line:	the line, which is stopped and cannot be found any more
 *
 * Context: Process context. May sleep.
 */
void irq_sim_leave_queue(struct irq_sim_line *line)
{
	unsigned int cpu;

	/*
	 * The line is stopped, so nobody claims it again, but it may still be on
	 * a list. A CPU which has claimed the line but not queued it yet is in an
	 * RCU read side section (litmus: leave).
	 */
	while (atomic_read(&line->state) & IRQ_SIM_QUEUED || irq_sim_in_service(line)) {
		synchronize_rcu();
		for_each_possible_cpu(cpu)
			irq_sim_flush_cpu(line->chip, cpu);
	}
}

/**
 * irq_sim_in_service() - Does a delivery of the chip serve a line?
 * @line:	the line
 *
 * Context: Any.
 *
 * Return: true if so. A line which is only queued does not count.
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
 * This CPU left cpu_active_mask a grace period ago, so every CPU that still saw it
 * there has queued its line, and no other one will. Pass the lines on while there
 * is still a ksoftirqd. After that the chip raises no softirq on this CPU, except
 * for this CPU's parts of per-CPU lines.
 */
static int irq_sim_cpu_down(unsigned int cpu, struct hlist_node *node)
{
	struct irq_sim_chip *chip = hlist_entry(node, struct irq_sim_chip, online);
	struct irq_sim_queue *queue = per_cpu_ptr(chip->queues, cpu);

	if (!irq_sim_on_softirq(chip))
		return 0;

	irq_sim_flush_cpu(chip, cpu);

	/* Wait for kicks which find nothing to do, before ksoftirqd is parked */
	irq_work_sync(&queue->work);
	if (chip->delivery == IRQ_SIM_DELIVER_BH_WORK)
		flush_work(&queue->bh_work);
	else
		while (test_bit(TASKLET_STATE_SCHED, &queue->tasklet.state))
			schedule_timeout_uninterruptible(1);
	return 0;
}

/* Is the CPU in the affinity of the line, but lost the line when it went down? */
static bool irq_sim_left(struct irq_data *data, unsigned int cpu)
{
	return irqd_is_started(data) && !irqd_affinity_is_managed(data) &&
	       cpumask_test_cpu(cpu, irq_data_get_affinity_mask(data)) &&
	       !cpumask_test_cpu(cpu, irq_data_get_effective_affinity_mask(data));
}

/*
 * The CPU is up. Give it back the lines which it lost when it went down: genirq does
 * this for managed interrupts only, as few controllers have more than one target for
 * a line.
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
		/* RCU keeps the line and its descriptor */
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

/* Move the lines which a dead CPU has left to online CPUs. */
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
 * No line is queued on an offline CPU, and only this function takes lines from its
 * list: the softirq code takes over a tasklet or a BH work item of a dead CPU later,
 * and finds the list empty.
 */
static int irq_sim_cpu_dead(unsigned int cpu, struct hlist_node *node)
{
	struct irq_sim_chip *chip = hlist_entry(node, struct irq_sim_chip, dead);
	struct irq_sim_queue *queue = per_cpu_ptr(chip->queues, cpu);
	struct llist_node *backlog = queue->backlog;
	struct irq_sim_line *line;
	unsigned int hwirq;

	/*
	 * The per-CPU lines of a CPU are masked when it comes up. Whoever fires one sees
	 * that, or has put it on the list (litmus: percpu-dead).
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

	/* As in irq_sim_deliver(): not idle while lines are on no list */
	WRITE_ONCE(queue->busy, true);
	queue->backlog = NULL;
	irq_sim_take_over(backlog);
	irq_sim_take_over(irq_sim_take(queue));
	/* Pairs with irq_sim_queue_idle(): nothing is left here (litmus: idle-done) */
	smp_store_release(&queue->busy, false);
	return 0;
}

/**
 * irq_sim_queues_init() - Set up the queues of a new chip
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
 * irq_sim_queues_start() - Register the CPU hotplug callbacks of a chip
 * @chip:	the chip, which is set up
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
 * irq_sim_queues_stop() - Unregister the callbacks, and wait for deliveries
 * @chip:	the chip, which has no lines any more
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 */
void irq_sim_queues_stop(struct irq_sim_chip *chip)
{
	unsigned int cpu;

	cpuhp_state_remove_instance_nocalls(irq_sim_cpuhp_online, &chip->online);
	cpuhp_state_remove_instance_nocalls(irq_sim_cpuhp_dead, &chip->dead);

	/* The lists are empty. Wait for kicks which find nothing to do. */
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
 * irq_sim_queues_free() - Free the queues of a chip
 * @chip:	the chip, which may have no queues yet
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
