/* SPDX-License-Identifier: GPL-2.0+ */
/*
 * Internals of the interrupt simulator.
 *
 *   event.c    fire, drive, wait, account
 *   domain.c   create, map, translate, remove
 *      |
 *   chip.c     the irq_chip callbacks: kinds, types, masks, power
 *      |
 *   line.c     the state of a line, one function for each event
 *      |
 *   queue.c    the lines queued on each CPU, and their delivery
 *
 * A file only calls those below it. debug.c shows the state of all of them,
 * compat.c implements irq_domain_create_sim() on top, and msi.c makes a domain
 * an MSI parent.
 */
#ifndef _KERNEL_IRQ_SIM_H
#define _KERNEL_IRQ_SIM_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/irq_work.h>
#include <linux/irqdesc.h>
#include <linux/llist.h>
#include <linux/msi.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

/* queue.c creates the tracepoints */
#include <trace/events/irq_sim.h>

/*
 * How an event gets from irq_sim_fire() to the handler
 * ====================================================
 *
 *   irq_sim_fire()                      irq_sim_serve()
 *     W event data                        W irq_sim_queue::serving
 *     merge: mb                   (A)     mb                             (B)
 *     read the state:                     read the state: deliverable
 *       LATCHED set: merge, done          flow handler:
 *                                           irq_ack: clear LATCHED and   (C)
 *                                                    QUEUED
 *                                           the device's handler
 *     set LATCHED, set QUEUED     (D)         R event data
 *     add to a list if QUEUED was clear
 *
 * Terms used in all files:
 *
 *   latched  an event is pending in the chip. Further events merge into it.
 *   asserted the wire of a level line is at the level which triggers it.
 *   kept     the chip handed an event to genirq, which could not handle it because
 *            the line is disabled or in progress on another CPU. genirq keeps the
 *            event, masks the line and acknowledges, so the chip does not have the
 *            event any more. Either a retrigger brings it back, or the handler in
 *            progress is run once more.
 *   claimed  IRQ_SIM_QUEUED is set. The line is on the list of a CPU, or about to
 *            be, or it is being served and not acknowledged yet. The claim guards
 *            the list node, so only one CPU can have it.
 *   served   handed to the flow handler.
 *   active   served, but without an end of interrupt (EOI) so far. Only lines
 *            with an EOI.
 *
 * A state change which makes a line deliverable also claims it, in the same atomic
 * operation. So the line is queued once, by the CPU which made that change. If the
 * line is not deliverable when it is served, the claim is dropped by the operation
 * which finds that out.
 *
 * The serving CPU holds the claim up to (C): it is already delivering the event. If
 * another CPU claimed the line for the same event and reached the flow handler late,
 * it would call the handler for nothing. A line with an EOI drops the latch and the
 * claim when it becomes active, as an active line is not delivered. That is its (C).
 *
 * (A) pairs with (C), and both are full barriers. A fire that merges has read LATCHED
 * before (C) cleared it, so the handler run which follows (C) sees its data. A fire
 * after (C) makes a new latch with (D), a successful compare-and-exchange, which is
 * a full barrier as well.
 *
 * IRQ_SIM_STARTED brackets the life of a latch. Shutdown clears both, and free_irq()
 * then polls IRQCHIP_STATE_ACTIVE until no CPU is between (B) and the end of the flow
 * handler for the line. A delivery writes the line to irq_sim_queue::serving before
 * (B), and shutdown's update is a full barrier as well, so one of the two sees the
 * other. An event for the old owner therefore never reaches the next one.
 */
#define IRQ_SIM_STARTED		BIT(0)	/* between startup and shutdown */
#define IRQ_SIM_MASKED		BIT(1)
#define IRQ_SIM_LATCHED		BIT(2)
#define IRQ_SIM_QUEUED		BIT(3)	/* claimed */
#define IRQ_SIM_WIRE		BIT(4)	/* the wire is high */
#define IRQ_SIM_RISING		BIT(5)	/* a rising edge latches */
#define IRQ_SIM_FALLING		BIT(6)	/* a falling edge latches */
#define IRQ_SIM_HIGH		BIT(7)	/* asserted while the wire is high */
#define IRQ_SIM_LOW		BIT(8)	/* asserted while the wire is low */
#define IRQ_SIM_ACTIVE		BIT(9)
#define IRQ_SIM_INFLIGHT	BIT(10)	/* active for a latch which is not counted yet */
#define IRQ_SIM_KEPT		BIT(11)
#define IRQ_SIM_WAKES		BIT(12)	/* wakeup source */
#define IRQ_SIM_EOI		BIT(13)	/* the kind has an EOI */
#define IRQ_SIM_PINNED		BIT(14)	/* one CPU's part of a per-CPU line */
#define IRQ_SIM_MARKER		BIT(15)	/* not a line, see irq_sim_flush() */
#define IRQ_SIM_MOVED_SHIFT	16
#define IRQ_SIM_MOVED(epoch)	BIT(IRQ_SIM_MOVED_SHIFT + (epoch))
#define IRQ_SIM_MOVED_ANY	(IRQ_SIM_MOVED(0) | IRQ_SIM_MOVED(1))

#define IRQ_SIM_LEVEL		(IRQ_SIM_HIGH | IRQ_SIM_LOW)
#define IRQ_SIM_TYPE		(IRQ_SIM_RISING | IRQ_SIM_FALLING | IRQ_SIM_LEVEL)

/* Bits which tell the common case from the rest in one test, when firing and when serving */
#define IRQ_SIM_FIRE_CASE	(IRQ_SIM_STARTED | IRQ_SIM_MASKED | IRQ_SIM_LATCHED |	\
				 IRQ_SIM_QUEUED | IRQ_SIM_ACTIVE)
#define IRQ_SIM_SERVE_CASE	(IRQ_SIM_STARTED | IRQ_SIM_MASKED | IRQ_SIM_LATCHED |	\
				 IRQ_SIM_EOI | IRQ_SIM_MARKER | IRQ_SIM_MOVED_ANY)

struct irq_sim_chip;
struct irq_sim_queue;

/**
 * struct irq_sim_line - a mapped line, or one CPU's part of a per-CPU line
 * @node:	entry in the list of a CPU, owned by whoever set IRQ_SIM_QUEUED
 * @state:	IRQ_SIM_* bits
 * @cpu:	the CPU which serves the line and has not acknowledged it yet, or -1
 * @chip:	the chip
 * @desc:	genirq's descriptor of the line
 * @acks:	number of acknowledged latches
 * @hwirq:	number of the line in the chip
 * @refused:	how many of @acks genirq kept or merged
 * @unkept:	events which genirq has kept, but does not keep any more
 * @again:	latches made by a retrigger
 * @merged:	events which genirq merged into another one
 * @withdrawn:	latches which were dropped: shutdown, dispose, PENDING written 0
 * @forgotten:	kept events which were dropped, as their owner is gone
 * @kstat:	genirq's count of the line when the service began; with an EOI only
 * @percpu:	the parts of a per-CPU line
 * @pin:	the CPU of such a part
 * @rcu:	frees the line after the fires and deliveries which can see it
 *
 * The counters are written under desc->lock. See irq_sim_get_account().
 */
struct irq_sim_line {
	struct llist_node		node;
	atomic_t			state;
	int				cpu;
	struct irq_sim_chip		*chip;
	struct irq_desc			*desc;
	unsigned long			acks;
	unsigned int			hwirq;
	unsigned int			refused;
	int				unkept;
	unsigned int			again;
	unsigned int			merged;
	unsigned int			withdrawn;
	unsigned int			forgotten;
	unsigned int			kstat;
	union {
		struct irq_sim_line __percpu	*percpu;
		unsigned int			pin;
	};
	struct rcu_head			rcu;
};

/**
 * struct irq_sim_queue - the lines queued on a CPU for a chip
 * @incoming:	queued lines, newest first
 * @backlog:	lines to deliver before those in @incoming, oldest first; private
 *		to the delivery
 * @busy:	the delivery has taken lines and not served all of them yet
 * @serving:	the line which the delivery is serving
 * @served:	number of flow handler runs
 * @chip:	the chip
 * @work:	hard interrupt delivery; kicks the other kinds on a remote CPU
 * @tasklet:	tasklet delivery
 * @bh_work:	BH work delivery
 *
 * A delivery is an irq_work, a tasklet or a BH work item. A tasklet or BH work item
 * never runs on two CPUs at once, and the irq_work is only queued on the CPU which
 * the queue belongs to.
 */
struct irq_sim_queue {
	struct llist_head	incoming;
	struct llist_node	*backlog;
	bool			busy;
	struct irq_sim_line	*serving;
	unsigned long		served;
	struct irq_sim_chip	*chip;
	struct irq_work		work;
	union {
		struct tasklet_struct	tasklet;
		struct work_struct	bh_work;
	};
};

#define IRQ_SIM_CHUNK_SHIFT	9
#define IRQ_SIM_CHUNK_LINES	BIT(IRQ_SIM_CHUNK_SHIFT)

/**
 * struct irq_sim_chunk - a part of the line table of a chip
 * @line:	the lines by number, NULL if not mapped
 */
struct irq_sim_chunk {
	struct irq_sim_line __rcu	*line[IRQ_SIM_CHUNK_LINES];
};

/**
 * struct irq_sim_chip - a simulated interrupt controller
 * @chunks:	the mapped lines; a chunk is kept once it has been allocated
 * @queues:	the lines queued on each CPU
 * @num_irqs:	number of lines
 * @budget:	maximum number of lines served in one run of a delivery
 * @delivery:	kind of delivery
 * @kind:	kind of controller
 * @flags:	IRQ_SIM_* options of &struct irq_sim_info
 * @default_type: trigger type of a line for which none was requested
 * @number_only: firmware only gives the number of a line, other cells are ignored
 * @moving:	lines in transit to another CPU, see irq_sim_drain()
 * @epoch:	which of the two @moving counters counts lines that start now
 * @merges:	a fire has merged since the last irq_sim_synchronize()
 * @keeps:	events kept while a handler was in progress
 * @settled:	value of @keeps at the last irq_sim_synchronize()
 * @sync:	serialises irq_sim_synchronize()
 * @domain:	the domain
 * @irqchip:	the irq_chip callbacks
 * @name:	name of the chip
 * @dead:	instance of the CPU hotplug state which takes over from dead CPUs
 * @online:	instance of the one for CPUs which are going down, or have come up
 * @ops:	callbacks of the owner
 * @user_data:	passed to @ops
 * @msi:	the MSI parent operations, for the MSI domains of devices
 * @msi_page:	page of the address which messages are written to
 */
struct irq_sim_chip {
	struct irq_sim_chunk __rcu	**chunks;
	struct irq_sim_queue __percpu	*queues;
	unsigned int			num_irqs;
	unsigned int			budget;
	enum irq_sim_delivery		delivery;
	enum irq_sim_kind		kind;
	unsigned int			flags;
	unsigned int			default_type;
	bool				number_only;
	atomic_t			moving[2];
	unsigned int			epoch;
	bool				merges;
	atomic_t			keeps;
	int				settled;
	struct mutex			sync;	/* irq_sim_synchronize() */
	struct irq_domain		*domain;
	struct irq_chip			irqchip;
	const char			*name;
	struct hlist_node		dead;
	struct hlist_node		online;
	struct irq_sim_ops		ops;
	void				*user_data;
#ifdef CONFIG_IRQ_SIM_MSI
	struct msi_parent_ops		msi;
	unsigned int			msi_page;
#endif
};

static __always_inline bool irq_sim_on_softirq(const struct irq_sim_chip *chip)
{
	return chip->delivery != IRQ_SIM_DELIVER_HARDIRQ;
}

static __always_inline bool irq_sim_asserted(int state)
{
	return state & (state & IRQ_SIM_WIRE ? IRQ_SIM_HIGH : IRQ_SIM_LOW);
}

static __always_inline bool irq_sim_deliverable(int state)
{
	if ((state & (IRQ_SIM_STARTED | IRQ_SIM_MASKED | IRQ_SIM_ACTIVE)) != IRQ_SIM_STARTED)
		return false;
	return state & IRQ_SIM_LATCHED || irq_sim_asserted(state);
}

/* Add the claim to @state if that is deliverable. */
static __always_inline int irq_sim_claim(int state)
{
	return irq_sim_deliverable(state) ? state | IRQ_SIM_QUEUED : state;
}

/* Find a line. The caller is in an RCU read side section, which keeps the line. */
static __always_inline struct irq_sim_line *irq_sim_find_line(const struct irq_sim_chip *chip,
							      irq_hw_number_t hwirq)
{
	struct irq_sim_chunk *chunk;

	chunk = rcu_dereference_check(chip->chunks[hwirq >> IRQ_SIM_CHUNK_SHIFT],
				      rcu_read_lock_any_held());
	if (unlikely(!chunk))
		return NULL;
	return rcu_dereference_check(chunk->line[hwirq % IRQ_SIM_CHUNK_LINES],
				     rcu_read_lock_any_held());
}

static inline unsigned int irq_sim_num_chunks(const struct irq_sim_chip *chip)
{
	return ((chip->num_irqs - 1) >> IRQ_SIM_CHUNK_SHIFT) + 1;
}

/* The first line number from @hwirq on whose chunk exists, or num_irqs. */
static inline unsigned int irq_sim_next_line(const struct irq_sim_chip *chip, unsigned int hwirq)
{
	unsigned int i;

	for (i = hwirq >> IRQ_SIM_CHUNK_SHIFT; i < irq_sim_num_chunks(chip); i++) {
		if (rcu_access_pointer(chip->chunks[i]))
			return max(hwirq, i << IRQ_SIM_CHUNK_SHIFT);
	}
	return chip->num_irqs;
}

/* queue.c */
int irq_sim_queues_init(struct irq_sim_chip *chip);
int irq_sim_queues_start(struct irq_sim_chip *chip);
void irq_sim_queues_stop(struct irq_sim_chip *chip);
void irq_sim_queues_free(struct irq_sim_chip *chip);
void irq_sim_kick(struct irq_sim_queue *queue, unsigned int cpu);
unsigned int irq_sim_target_slow(const struct irq_sim_line *line);
void irq_sim_add_on(struct irq_sim_line *line, unsigned int cpu);
bool irq_sim_bracket(const struct irq_sim_chip *chip);
bool irq_sim_enqueue(struct irq_sim_line *line);
void irq_sim_leave_queue(struct irq_sim_line *line);
bool irq_sim_in_service(struct irq_sim_line *line);
void irq_sim_drain(struct irq_sim_chip *chip);

/*
 * The CPUs which take deliveries. A CPU that goes down takes interrupts until it is
 * offline, but its ksoftirqd is parked before: a softirq raised in between may have
 * to wait until another CPU takes it over.
 */
static __always_inline const struct cpumask *irq_sim_cpus(const struct irq_sim_chip *chip)
{
	return irq_sim_on_softirq(chip) ? cpu_active_mask : cpu_online_mask;
}

/* Without an effective affinity mask, the affinity does not tell which CPU is the target. */
static __always_inline bool irq_sim_single_target(const struct irq_sim_chip *chip)
{
	return !IS_ENABLED(CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK) &&
	       chip->flags & IRQ_SIM_SINGLE_TARGET;
}

/*
 * The CPU which gets the next delivery of a line: this one if it is allowed.
 * Preemption is disabled.
 *
 * The mask may change concurrently. Any result is fine: a line on the wrong CPU is
 * passed on from there, see irq_sim_pass_on().
 */
static __always_inline unsigned int irq_sim_target(const struct irq_sim_line *line)
{
	unsigned int cpu = smp_processor_id();

#ifdef CONFIG_SMP
	struct irq_data *data = &line->desc->irq_data;

	if (unlikely(!cpumask_test_cpu(cpu, irq_data_get_effective_affinity_mask(data)) ||
		     !cpumask_test_cpu(cpu, irq_sim_cpus(line->chip)) ||
		     irq_sim_single_target(line->chip)))
		return irq_sim_target_slow(line);
#endif
	return cpu;
}

static __always_inline void irq_sim_trace_queue(const struct irq_sim_line *line, unsigned int cpu)
{
	trace_irq_sim_queue(line->chip->domain, line->hwirq, line->desc->irq_data.irq, cpu);
}

static __always_inline void irq_sim_trace_release(const struct irq_sim_line *line)
{
	trace_irq_sim_release(line->chip->domain, line->hwirq, line->desc->irq_data.irq);
}

/*
 * Put a line which the caller has claimed on the list of its target CPU. Preemption
 * is disabled.
 */
static __always_inline void irq_sim_add(struct irq_sim_line *line)
{
	unsigned int cpu = irq_sim_target(line);
	struct irq_sim_queue *queue = per_cpu_ptr(line->chip->queues, cpu);

	irq_sim_trace_queue(line, cpu);
	if (llist_add(&line->node, &queue->incoming))
		irq_sim_kick(queue, cpu);
}

/* line.c */
int irq_sim_change(struct irq_sim_line *line, int clear, int set);
int irq_sim_latch_rare(struct irq_sim_line *line, bool *claimed);
int irq_sim_drive(struct irq_sim_line *line, bool high, bool *claimed);
void irq_sim_start(struct irq_sim_line *line, int clear);
void irq_sim_stop(struct irq_sim_line *line);
void irq_sim_forget(struct irq_sim_line *line);
void irq_sim_unmask(struct irq_sim_line *line);
void irq_sim_change_on(struct irq_sim_line *line, unsigned int cpu, int clear, int set);
void irq_sim_ack_rare(struct irq_sim_line *line, int set);
void irq_sim_eoi(struct irq_sim_line *line);
bool irq_sim_retrigger(struct irq_sim_line *line);
void irq_sim_withdraw(struct irq_sim_line *line);
bool irq_sim_settle(struct irq_sim_chip *chip);
void irq_sim_line_account(struct irq_sim_line *line, struct irq_sim_account *account);

static __always_inline void irq_sim_trace_fire(const struct irq_sim_line *line, int ret)
{
	trace_irq_sim_fire(line->chip->domain, line->hwirq, line->desc->irq_data.irq, ret);
}

/*
 * An event on the line.
 *
 * Returns 1 for a new latch, 0 if the event merged into one, -ENXIO if the line is
 * not started. *@claimed is set if the caller has to queue the line.
 */
static __always_inline int irq_sim_latch(struct irq_sim_line *line, bool *claimed)
{
	int old = atomic_read(&line->state);

	/* Most lines are idle: one test, and the latch makes the line deliverable */
	while (likely((old & IRQ_SIM_FIRE_CASE) == IRQ_SIM_STARTED)) {
		/* (D) in the diagram above */
		if (likely(atomic_try_cmpxchg(&line->state, &old,
					      old | IRQ_SIM_LATCHED | IRQ_SIM_QUEUED))) {
			irq_sim_trace_fire(line, 1);
			*claimed = true;
			return 1;
		}
	}
	return irq_sim_latch_rare(line, claimed);
}

/* The flow handler acknowledges. Under desc->lock. Full barrier. */
static __always_inline void irq_sim_ack(struct irq_sim_line *line, struct irq_data *data)
{
	/*
	 * Common case: the delivery serves an edge, and the flow handler calls the
	 * device's handler next. Without the latch there is nothing to deliver, so
	 * the claim can be dropped at the same time.
	 */
	if (unlikely(READ_ONCE(line->cpu) != smp_processor_id() ||
		     irqd_irq_disabled(data) || irqd_irq_inprogress(data) ||
		     atomic_read(&line->state) & IRQ_SIM_LEVEL)) {
		irq_sim_ack_rare(line, 0);
		return;
	}

	line->acks++;
	irq_sim_trace_release(line);
	WRITE_ONCE(line->cpu, -1);
	/* (C) in the diagram above, which is a full barrier (litmus: claim, node) */
	smp_mb__before_atomic();
	atomic_andnot(IRQ_SIM_LATCHED | IRQ_SIM_QUEUED, &line->state);
	/* Pairs with (A) (litmus: merge) */
	smp_mb__after_atomic();
}

/* chip.c */
void irq_sim_chip_init(struct irq_sim_chip *chip);
irq_flow_handler_t irq_sim_flow_handler(const struct irq_sim_chip *chip, unsigned int type);

/* domain.c */
extern const struct irq_domain_ops irq_sim_domain_ops;
extern const struct irq_domain_ops irq_sim_percpu_domain_ops;
struct irq_domain *irq_sim_create(const struct irq_sim_info *info,
				  void (*adapt)(struct irq_sim_chip *chip));

struct irq_domain *irq_sim_devm(struct device *dev, struct irq_domain *domain);

/* msi.c */
#ifdef CONFIG_IRQ_SIM_MSI
void irq_sim_msi_init(struct irq_sim_chip *chip, struct irq_domain_info *info);
void irq_sim_msi_domain_init(struct irq_domain *domain);
int irq_sim_msi_select(struct irq_domain *domain, struct irq_fwspec *fwspec,
		       enum irq_domain_bus_token bus_token);
int irq_sim_msi_find(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
		     unsigned long *hwirq);
#else
static inline void irq_sim_msi_init(struct irq_sim_chip *chip, struct irq_domain_info *info) { }
static inline void irq_sim_msi_domain_init(struct irq_domain *domain) { }
static inline int irq_sim_msi_find(struct irq_domain *domain, unsigned int virq,
				   unsigned int nr_irqs, unsigned long *hwirq)
{
	return -EOPNOTSUPP;
}
#endif

/* debug.c */
void irq_sim_debug_show(struct seq_file *m, struct irq_domain *domain,
			struct irq_data *data, int ind);

#endif /* _KERNEL_IRQ_SIM_H */
