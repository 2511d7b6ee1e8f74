// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the interrupt simulator.
 *
 * Handlers run in hard or soft interrupt context, where a failing
 * expectation would allocate memory and sleep: they record into the line's
 * counters, and the test's own thread judges afterwards.
 */
#include <kunit/test.h>

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#define SIM_LINES	8

/* Only for what would otherwise hang: reaching it is a failure. */
#define SIM_TIMEOUT	(5 * HZ)

struct sim_test;

/**
 * struct sim_line - what a line of the simulator did in a test
 * @st:		the test that the line belongs to
 * @hwirq:	number of the line in the chip
 * @virq:	Linux number of the line
 * @handled:	runs of the handler
 * @depth:	handlers of this line which run right now
 * @nested:	runs which found another one of this line in progress
 * @cpu:	where the handler ran last
 * @on_irq:	called by the handler, may be NULL
 */
struct sim_line {
	struct sim_test		*st;
	unsigned int		hwirq;
	unsigned int		virq;
	atomic_t		handled;
	atomic_t		depth;
	atomic_t		nested;
	int			cpu;
	void			(*on_irq)(struct sim_line *line);
};

/**
 * struct sim_test - fixture: one chip, its lines mapped
 * @domain:	the chip
 * @line:	the lines
 * @entered:	a handler got to where the test wants it
 * @release:	the handler may go on
 * @thread_go:	an interrupt thread may go on, once
 * @latched:	fires which made a new latch
 * @in_hardirq:	handler runs in hard interrupt context
 * @in_softirq:	handler runs in soft interrupt context
 * @irqs_on:	handler runs with interrupts enabled, always wrong
 * @runs:	handler runs in @order
 * @order:	lines whose handler ran, the first ones of them
 */
struct sim_test {
	struct irq_domain	*domain;
	struct sim_line		line[SIM_LINES];
	atomic_t		entered;
	atomic_t		release;
	struct completion	thread_go;
	atomic_t		latched;
	atomic_t		in_hardirq;
	atomic_t		in_softirq;
	atomic_t		irqs_on;
	atomic_t		runs;
	unsigned int		order[2 * SIM_LINES];
};

static irqreturn_t sim_handler(int irq, void *data)
{
	struct sim_line *line = data;

	if (atomic_inc_return(&line->depth) > 1)
		atomic_inc(&line->nested);
	atomic_inc(&line->handled);
	if (line->on_irq)
		line->on_irq(line);
	atomic_dec(&line->depth);

	return IRQ_HANDLED;
}

static int sim_request(struct sim_line *line, unsigned long flags)
{
	return request_irq(line->virq, sim_handler, flags | IRQF_NO_THREAD,
			   "irq_sim_kunit", line);
}

static int sim_pend(struct sim_line *line, bool on)
{
	return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, on);
}

static void sim_flush_fn(struct irq_work *work)
{
}

/*
 * Wait until what was fired on this CPU has been delivered. The simulator's
 * work was queued on the same CPU before, and a CPU runs all the work that
 * it has queued before it returns to a task.
 */
static void sim_flush(void)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(sim_flush_fn);

	migrate_disable();
	irq_work_queue(&work);
	/* irq_work_sync() may wait for RCU, and so for a handler on hold */
	while (irq_work_is_busy(&work))
		cond_resched();
	migrate_enable();
}

struct sim_param {
	enum irq_sim_delivery	delivery;
	unsigned int		budget;
	const char		*name;
};

static const struct sim_param sim_params[] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq" },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet" },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work" },
	{ IRQ_SIM_DELIVER_HARDIRQ, 1, "hardirq budget 1" },
	{ IRQ_SIM_DELIVER_TASKLET, 1, "tasklet budget 1" },
	{ IRQ_SIM_DELIVER_BH_WORK, 1, "bh_work budget 1" },
};

KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

/* Without a parameter: the chip of irq_domain_create_sim(). */
static struct irq_domain *sim_create(const struct sim_param *param)
{
	struct irq_sim_info info = { .num_irqs = SIM_LINES };

	if (!param)
		return irq_domain_create_sim(NULL, SIM_LINES);

	info.delivery = param->delivery;
	info.budget = param->budget;
	return irq_domain_instantiate_sim(&info);
}

static int sim_init(struct kunit *test)
{
	struct sim_test *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, st);
	init_completion(&st->thread_go);
	test->priv = st;

	st->domain = sim_create(test->param_value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, st->domain);

	for (int i = 0; i < SIM_LINES; i++) {
		st->line[i].st = st;
		st->line[i].hwirq = i;
		st->line[i].virq = irq_create_mapping(st->domain, i);
		KUNIT_ASSERT_NE(test, st->line[i].virq, 0);
	}
	return 0;
}

static void sim_exit(struct kunit *test)
{
	struct sim_test *st = test->priv;

	if (!st || IS_ERR_OR_NULL(st->domain))
		return;

	for (int i = 0; i < SIM_LINES; i++) {
		struct sim_line *line = &st->line[i];

		if (!line->virq)
			continue;
		if (irq_has_action(line->virq))
			free_irq(line->virq, line);
		irq_dispose_mapping(line->virq);
	}
	irq_domain_remove_sim(st->domain);
}

/* Run @fn on a CPU other than this one, from a task. */
struct sim_remote {
	struct work_struct	work;
	void			(*fn)(struct sim_line *line);
	struct sim_line		*line;
};

static void sim_remote_fn(struct work_struct *work)
{
	struct sim_remote *remote = container_of(work, struct sim_remote, work);

	remote->fn(remote->line);
}

static int sim_other_cpu(void)
{
	return cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
}

static void sim_fire_one(struct sim_line *line)
{
	sim_pend(line, true);
	sim_flush();
}

/* A handler that stays in progress until it is released. */
static void sim_hold(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (atomic_inc_return(&st->entered) > 1)
		return;
	while (!atomic_read_acquire(&st->release))
		cpu_relax();
}

/*
 * Polls, as a timer to wake this thread could be waiting for the CPU which
 * hangs. Only a test that fails gets to the end of the time.
 */
static bool sim_wait(atomic_t *what)
{
	unsigned long end = jiffies + SIM_TIMEOUT;

	while (!atomic_read_acquire(what)) {
		if (time_after(jiffies, end))
			return false;
		cond_resched();
	}
	return true;
}

static void sim_fire_line0(struct sim_line *line)
{
	sim_pend(&line->st->line[0], true);
}

/* The handler of a line may fire a line with a lower number. */
static void sim_lower_line_from_handler(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_one,
		.line	= &st->line[5],
	};
	int cpu;

	st->line[5].on_irq = sim_fire_line0;
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[5], 0), 0);
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[0], 0), 0);

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu < nr_cpu_ids) {
		/*
		 * On another CPU: should that one spin in the simulator, this
		 * one takes the event away so that it comes back.
		 */
		INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
		schedule_work_on(cpu, &remote.work);
		KUNIT_EXPECT_TRUE_MSG(test, sim_wait(&st->line[0].handled),
				      "the line below the one in progress was not served");
		sim_pend(&st->line[0], false);
		flush_work(&remote.work);
		destroy_work_on_stack(&remote.work);
	} else {
		sim_fire_one(&st->line[5]);
		sim_flush();
	}
	migrate_enable();

	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[5].handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].handled), 1);
}

/*
 * While the simulator's work is in a handler on one CPU, another CPU runs it
 * too and serves what it fired; each event is handled once all the same.
 */
static void sim_two_cpus_at_once(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_one,
		.line	= &st->line[2],
	};
	int cpu;

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}

	st->line[2].on_irq = sim_hold;
	if (sim_request(&st->line[2], 0) || sim_request(&st->line[6], 0)) {
		migrate_enable();
		KUNIT_FAIL_AND_ABORT(test, "cannot request the lines");
	}

	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpu, &remote.work);
	if (sim_wait(&st->entered)) {
		sim_pend(&st->line[6], true);
		sim_flush();
	} else {
		KUNIT_FAIL(test, "the handler on CPU %d did not start", cpu);
	}
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&st->line[6].handled), 1,
			    "not served while another CPU is in a handler");
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	migrate_enable();

	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[2].handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[6].handled), 1);
}

#define SIM_RACE_ROUNDS	20000

/* One event at a time: none of them can merge with the one before it. */
static void sim_race_fire(struct sim_line *line)
{
	for (int i = 0; i < SIM_RACE_ROUNDS; i++)
		sim_fire_one(line);
}

/* Two CPUs fire a line each: either CPU may serve both, each event once. */
static void sim_exactly_once(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_race_fire,
		.line	= &st->line[1],
	};
	int cpu;

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}
	if (!IS_ENABLED(CONFIG_SMP) || !arch_irq_work_has_interrupt()) {
		migrate_enable();
		kunit_skip(test, "delivery waits for the tick: the CPUs do not meet");
	}

	for (int i = 0; i < 2; i++) {
		if (sim_request(&st->line[i], 0)) {
			migrate_enable();
			KUNIT_FAIL_AND_ABORT(test, "cannot request line %d", i);
		}
	}

	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpu, &remote.work);
	sim_race_fire(&st->line[0]);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	sim_flush();
	migrate_enable();

	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), SIM_RACE_ROUNDS);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].nested), 0);
	}
}

/* An event for a line in progress on another CPU runs the handler again. */
static void sim_in_progress_elsewhere(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_one,
		.line	= &st->line[3],
	};
	int cpu;

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}

	st->line[3].on_irq = sim_hold;
	if (sim_request(&st->line[3], 0)) {
		migrate_enable();
		KUNIT_FAIL_AND_ABORT(test, "cannot request the line");
	}

	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpu, &remote.work);
	if (sim_wait(&st->entered)) {
		sim_pend(&st->line[3], true);
		sim_flush();
	} else {
		KUNIT_FAIL(test, "the handler on CPU %d did not start", cpu);
	}
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	sim_flush();
	migrate_enable();

	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[3].handled), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[3].nested), 0);
}

/* A mapping that is gone takes its event with it. */
static void sim_latch_dies_with_mapping(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	migrate_disable();
	/* Where it takes a tick to deliver, the event outlives the mapping */
	sim_pend(line, true);
	free_irq(line->virq, line);
	irq_dispose_mapping(line->virq);
	atomic_set(&line->handled, 0);

	line->virq = irq_create_mapping(st->domain, 4);
	if (line->virq)
		KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	sim_flush();
	migrate_enable();

	KUNIT_EXPECT_NE(test, line->virq, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
}

/* What was fired for one owner of a line never reaches the next one. */
static void sim_latch_dies_with_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	sim_flush();
	free_irq(line->virq, line);
	KUNIT_ASSERT_EQ(test, atomic_read(&line->handled), 0);

	KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	/* The core would replay from a tasklet or through the chip */
	sim_flush();
	local_bh_disable();
	local_bh_enable();
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	/* ... and its own events do */
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/* Nobody listens: the event is gone when somebody does. */
static void sim_nothing_before_request(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];

	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
}

static void sim_chained_handler(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);

	atomic_inc(&line->handled);
}

/* The flow handler that was set for the line is the one which is called. */
static void sim_chained(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[7];

	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	sim_flush();
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/*
 * The chip of irq_domain_instantiate_sim(), with each delivery.
 */
static bool sim_is_soft(struct kunit *test)
{
	const struct sim_param *param = test->param_value;

	return param->delivery != IRQ_SIM_DELIVER_HARDIRQ;
}

static int sim_fire(struct sim_line *line)
{
	return irq_sim_fire(line->st->domain, line->hwirq);
}

/*
 * A section in which nothing is delivered on this CPU, and on the way out of
 * which everything is that was fired in it.
 */
static unsigned long sim_hold_cpu(struct kunit *test)
{
	unsigned long flags = 0;

	migrate_disable();
	if (sim_is_soft(test))
		local_bh_disable();
	else
		local_irq_save(flags);
	return flags;
}

static void sim_release_cpu(struct kunit *test, unsigned long flags)
{
	struct sim_test *st = test->priv;

	if (sim_is_soft(test))
		local_bh_enable();
	else
		local_irq_restore(flags);
	if (!sim_is_soft(test) || IS_ENABLED(CONFIG_PREEMPT_RT))
		irq_sim_synchronize(st->domain);
	migrate_enable();
}

static void sim_note_context(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (in_hardirq())
		atomic_inc(&st->in_hardirq);
	else if (in_serving_softirq())
		atomic_inc(&st->in_softirq);
	if (!irqs_disabled())
		atomic_inc(&st->irqs_on);
	line->cpu = smp_processor_id();
}

static void sim_note_order(struct sim_line *line)
{
	struct sim_test *st = line->st;
	int i = atomic_inc_return(&st->runs) - 1;

	if (i < ARRAY_SIZE(st->order))
		st->order[i] = line->hwirq;
}

static void sim_request_all(struct kunit *test, void (*on_irq)(struct sim_line *line))
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < SIM_LINES; i++) {
		st->line[i].on_irq = on_irq;
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], 0), 0);
	}
}

/* C2, C10: one fire, one run, in the context which was asked for. */
static void chip_fire_once(struct kunit *test)
{
	struct sim_test *st = test->priv;

	sim_request_all(test, sim_note_context);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	irq_sim_synchronize(st->domain);

	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->in_hardirq), sim_is_soft(test) ? 0 : SIM_LINES);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->in_softirq), sim_is_soft(test) ? SIM_LINES : 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->irqs_on), 0);
}

/* C11: from a task, the interrupt has been handled when the fire returns. */
static void chip_fire_is_inline(struct kunit *test)
{
	struct sim_test *st = test->priv;
	int ret, handled;

	if (!sim_is_soft(test))
		kunit_skip(test, "an irq_work may wait for the tick");

	KUNIT_ASSERT_EQ(test, sim_request(&st->line[0], 0), 0);
	for (int i = 0; i < 100; i++) {
		ret = sim_fire(&st->line[0]);
		handled = atomic_read(&st->line[0].handled);
		KUNIT_EXPECT_EQ(test, ret, 1);
		KUNIT_EXPECT_EQ(test, handled, i + 1);
	}
}

/* C3, C11: held, the fires merge; all that was latched runs at the end. */
static void chip_held_and_merged(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned long flags;
	int fired = 0, merged = 0, held = 0;

	sim_request_all(test, NULL);
	flags = sim_hold_cpu(test);
	for (int n = 0; n < 3; n++) {
		for (int i = 0; i < SIM_LINES; i++) {
			int ret = sim_fire(&st->line[i]);

			fired += ret == 1;
			merged += ret == 0;
		}
	}
	for (int i = 0; i < SIM_LINES; i++)
		held += atomic_read(&st->line[i].handled);
	sim_release_cpu(test, flags);

	KUNIT_EXPECT_EQ(test, held, 0);
	KUNIT_EXPECT_EQ(test, fired, SIM_LINES);
	KUNIT_EXPECT_EQ(test, merged, 2 * SIM_LINES);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
}

/* C9: in the order in which they latched. */
static void chip_fifo(struct kunit *test)
{
	static const unsigned int order[SIM_LINES] = { 3, 7, 0, 5, 1, 6, 4, 2 };
	struct sim_test *st = test->priv;
	unsigned long flags;

	sim_request_all(test, sim_note_order);
	flags = sim_hold_cpu(test);
	for (int i = 0; i < SIM_LINES; i++)
		sim_fire(&st->line[order[i]]);
	/* A merge does not move a line to the end */
	sim_fire(&st->line[order[0]]);
	sim_release_cpu(test, flags);

	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), SIM_LINES);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, st->order[i], order[i]);
}

#define SIM_SELF_FIRES	50

static void sim_fire_self(struct sim_line *line)
{
	sim_note_order(line);
	if (line->hwirq == 0 && atomic_read(&line->handled) < SIM_SELF_FIRES)
		sim_fire(line);
}

/* C4, C9: a line which fires itself runs again, behind all that wait. */
static void chip_self_fire(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned long flags;

	sim_request_all(test, sim_fire_self);
	flags = sim_hold_cpu(test);
	for (int i = 0; i < SIM_LINES; i++)
		sim_fire(&st->line[i]);
	sim_release_cpu(test, flags);
	/* A synchronize waits for what is there, not for what comes of it */
	for (int i = 0; i < SIM_SELF_FIRES; i++)
		irq_sim_synchronize(st->domain);

	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, st->order[i], i);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].handled), SIM_SELF_FIRES);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].nested), 0);
	for (int i = 1; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
}

static void sim_fire_lower(struct sim_line *line)
{
	sim_note_order(line);
	if (line->hwirq)
		sim_fire(&line->st->line[line->hwirq - 1]);
}

/* Each handler fires the line below its own. */
static void chip_fire_from_handler(struct kunit *test)
{
	struct sim_test *st = test->priv;

	sim_request_all(test, sim_fire_lower);
	KUNIT_EXPECT_EQ(test, sim_fire(&st->line[SIM_LINES - 1]), 1);
	for (int i = 0; i < SIM_LINES; i++)
		irq_sim_synchronize(st->domain);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
		KUNIT_EXPECT_EQ(test, st->order[i], SIM_LINES - 1 - i);
	}
}

/* C1, C6: nobody listens, nothing is kept. */
static void chip_not_started(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), -ENXIO);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	irq_dispose_mapping(line->virq);
	line->virq = 0;
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(st->domain, 2, true), -ENXIO);
}

/* C1, C18: bad arguments are refused and change nothing. */
static void chip_bad_arguments(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct irq_sim_info info = { .num_irqs = 1 };
	struct irq_domain *other;

	KUNIT_EXPECT_EQ(test, irq_sim_fire(NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(st->domain, SIM_LINES), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(st->domain, ~0UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(NULL, 0, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(st->domain, SIM_LINES, true), -EINVAL);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(NULL)), -EINVAL);
	info.num_irqs = 0;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&info)), -EINVAL);
	info.num_irqs = 1;
	info.delivery = IRQ_SIM_DELIVER_BH_WORK + 1;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&info)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_create_sim(NULL, 0)), -EINVAL);

	other = irq_domain_create_linear(NULL, 1, &irq_domain_simple_ops, NULL);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(other, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(other, 0, true), -EINVAL);
	irq_domain_remove(other);
}

/* C6: a latch ends with the owner, whether it is lazily disabled or masked. */
static void chip_latch_dies_with_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;

	irq_set_status_flags(st->line[1].virq, IRQ_DISABLE_UNLAZY);
	for (int i = 0; i < 2; i++) {
		struct sim_line *line = &st->line[i];

		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		free_irq(line->virq, line);

		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
	}
}

static int sim_line_cpu(struct sim_line *line)
{
	irq_sim_synchronize(line->st->domain);
	return READ_ONCE(line->cpu);
}

/* C16: the delivery goes where the affinity says, what is queued as well. */
static void chip_affinity(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	const struct cpumask *mask;
	unsigned long flags;
	unsigned int cpu;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");

	sim_request_all(test, sim_note_context);
	for_each_online_cpu(cpu) {
		KUNIT_ASSERT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		mask = irq_data_get_effective_affinity_mask(irq_get_irq_data(line->virq));
		KUNIT_EXPECT_TRUE(test, cpumask_equal(mask, cpumask_of(cpu)));
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(line), cpu);
	}

	/* Latched here, moved while it is held, delivered there, once */
	atomic_set(&line->handled, 0);
	migrate_disable();
	KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(line->virq, cpumask_of(smp_processor_id())));
	cpu = sim_other_cpu();
	flags = sim_hold_cpu(test);
	sim_fire(line);
	irq_set_affinity(line->virq, cpumask_of(cpu));
	sim_release_cpu(test, flags);
	migrate_enable();
	KUNIT_EXPECT_EQ(test, sim_line_cpu(line), cpu);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->irqs_on), 0);
	if (sim_is_soft(test))
		KUNIT_EXPECT_EQ(test, atomic_read(&st->in_hardirq), 0);
	else
		KUNIT_EXPECT_EQ(test, atomic_read(&st->in_softirq), 0);
}

static void sim_fire_until_released(struct sim_line *line)
{
	struct sim_test *st = line->st;

	while (!atomic_read_acquire(&st->release)) {
		if (irq_sim_fire(st->domain, line->hwirq) == 1)
			atomic_inc(&st->latched);
		atomic_inc(&st->entered);
		cond_resched();
	}
}

/* C4: the handler runs here while another CPU fires: the account is exact. */
static void chip_account_across_cpus(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_until_released,
		.line	= &st->line[0],
	};
	int cpu;

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}
	if (sim_request(&st->line[0], 0)) {
		migrate_enable();
		KUNIT_FAIL_AND_ABORT(test, "cannot request the line");
	}

	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpu, &remote.work);
	for (int i = 0; i < 10000; i++) {
		if (sim_fire(&st->line[0]) == 1)
			atomic_inc(&st->latched);
		if (i % 100 == 0) {
			disable_irq(st->line[0].virq);
			enable_irq(st->line[0].virq);
		}
		cond_resched();
	}
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	migrate_enable();

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].handled), atomic_read(&st->latched));
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].nested), 0);
}

/* C16: the CPU which is to deliver goes down and comes back, under fire. */
static void chip_cpu_down(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_remote remote = {
		.fn	= sim_fire_until_released,
		.line	= line,
	};
	/* The first one may not be removable */
	int cpu = cpumask_last(cpu_online_mask), ret = 0;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");

	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpumask_first(cpu_online_mask), &remote.work);

	KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	for (int i = 0; i < 3 && !ret; i++) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		ret = remove_cpu(cpu);
		if (ret)
			break;
		/* Served by those which are left */
		atomic_set(&st->entered, 0);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		irq_sim_synchronize(st->domain);
		ret = add_cpu(cpu);
	}
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, atomic_read(&line->handled), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), atomic_read(&st->latched));
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
}

/* C17: free the interrupt and dispose of the mapping while it is fired. */
static void chip_dispose_under_fire(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_remote remote = {
		.fn	= sim_fire_until_released,
		.line	= line,
	};
	int cpu;

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}
	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpu, &remote.work);
	for (int i = 0; i < 50; i++) {
		int ret = sim_request(line, 0);
		int handled;

		if (ret) {
			KUNIT_FAIL(test, "round %d: request_irq: %d", i, ret);
			break;
		}
		sim_fire(line);
		irq_sim_synchronize(st->domain);
		free_irq(line->virq, line);
		handled = atomic_read(&line->handled);
		irq_dispose_mapping(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), handled);

		line->virq = irq_create_mapping(st->domain, 0);
		if (!line->virq) {
			KUNIT_FAIL(test, "round %d: no mapping", i);
			break;
		}
	}
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	migrate_enable();
	KUNIT_EXPECT_GE(test, atomic_read(&line->handled), 50);
}

static struct kunit_case irq_sim_delivery_cases[] = {
	KUNIT_CASE(sim_lower_line_from_handler),
	KUNIT_CASE(sim_two_cpus_at_once),
	KUNIT_CASE_SLOW(sim_exactly_once),
	KUNIT_CASE(sim_in_progress_elsewhere),
	KUNIT_CASE(sim_latch_dies_with_mapping),
	KUNIT_CASE(sim_latch_dies_with_owner),
	KUNIT_CASE(sim_nothing_before_request),
	KUNIT_CASE(sim_chained),
	KUNIT_CASE_PARAM(chip_fire_once, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fire_is_inline, sim_gen_params),
	KUNIT_CASE_PARAM(chip_held_and_merged, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fifo, sim_gen_params),
	KUNIT_CASE_PARAM(chip_self_fire, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fire_from_handler, sim_gen_params),
	KUNIT_CASE_PARAM(chip_not_started, sim_gen_params),
	KUNIT_CASE_PARAM(chip_bad_arguments, sim_gen_params),
	KUNIT_CASE_PARAM(chip_latch_dies_with_owner, sim_gen_params),
	KUNIT_CASE_PARAM(chip_affinity, sim_gen_params),
	KUNIT_CASE_PARAM(chip_account_across_cpus, sim_gen_params),
	KUNIT_CASE_PARAM(chip_cpu_down, sim_gen_params),
	KUNIT_CASE_PARAM(chip_dispose_under_fire, sim_gen_params),
	{}
};

static struct kunit_suite irq_sim_delivery_suite = {
	.name		= "irq_sim_delivery",
	.init		= sim_init,
	.exit		= sim_exit,
	.test_cases	= irq_sim_delivery_cases,
};

/* disable_irq() leaves the line unmasked: this is the replay of the core. */
static void sim_lazy_disable(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	/* Held back so that a replay by tasklet runs before the check, too */
	local_bh_disable();
	enable_irq(line->virq);
	local_bh_enable();
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/* IRQ_DISABLE_UNLAZY: disable_irq() masks, and the chip keeps the event. */
static void sim_real_mask(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	enable_irq(line->virq);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/* Whatever the variable held before, the answer is in it afterwards. */
static void sim_pending_state_masked(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];
	bool state = true;

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
						       IRQCHIP_STATE_PENDING, &state));
	KUNIT_EXPECT_FALSE(test, state);

	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
						       IRQCHIP_STATE_PENDING, &state));
	KUNIT_EXPECT_TRUE(test, state);

	KUNIT_EXPECT_EQ(test, sim_pend(line, false), 0);
	enable_irq(line->virq);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
}

/* C5: masked for real or lazily disabled, latched, replayed once. */
static void chip_mask(struct kunit *test)
{
	struct sim_test *st = test->priv;

	irq_set_status_flags(st->line[1].virq, IRQ_DISABLE_UNLAZY);
	for (int i = 0; i < 2; i++) {
		struct sim_line *line = &st->line[i];
		unsigned long flags;

		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		disable_irq(line->virq);
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

		flags = sim_hold_cpu(test);
		enable_irq(line->virq);
		sim_release_cpu(test, flags);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 2);
	}
}

/* C8: a masked line holds nobody up. */
static void chip_mask_one_of_many(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	sim_request_all(test, NULL);
	disable_irq(line->virq);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	irq_sim_synchronize(st->domain);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), i != 3);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

static void sim_disable_self(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	sim_fire(line);
}

/* The handler disables its own line. */
static void chip_mask_in_handler(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	line->on_irq = sim_disable_self;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 1; i <= 3; i++) {
		/* The first by this fire, the others by the latch that waits */
		if (i == 1)
			sim_fire(line);
		else
			enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), i);
	}
	line->on_irq = NULL;
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 4);
}

static irqreturn_t sim_wake_thread(int irq, void *data)
{
	sim_handler(irq, data);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t sim_thread(int irq, void *data)
{
	struct sim_line *line = data;
	struct sim_test *st = line->st;

	atomic_inc(&st->entered);
	wait_for_completion(&st->thread_go);
	return IRQ_HANDLED;
}

/* C8: IRQF_ONESHOT masks the line until the thread is done, and only it. */
static void chip_oneshot(struct kunit *test)
{
	static const unsigned int types[] = { IRQF_TRIGGER_RISING, IRQF_TRIGGER_HIGH };
	struct sim_test *st = test->priv;
	bool state;

	KUNIT_ASSERT_EQ(test, sim_request(&st->line[7], 0), 0);
	for (int i = 0; i < ARRAY_SIZE(types); i++) {
		struct sim_line *line = &st->line[i];

		atomic_set(&st->entered, 0);
		KUNIT_ASSERT_EQ(test, 0,
				request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						     IRQF_ONESHOT | types[i],
						     "irq_sim_kunit", line));
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
							       IRQCHIP_STATE_MASKED, &state));
		KUNIT_EXPECT_TRUE(test, state);

		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[7]), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[7].handled), i + 1);

		/* Done: unmasked, and the one which waited runs */
		atomic_set(&st->entered, 0);
		complete(&st->thread_go);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 2);
		complete(&st->thread_go);
		synchronize_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 2);
		KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
							       IRQCHIP_STATE_MASKED, &state));
		KUNIT_EXPECT_FALSE(test, state);
		free_irq(line->virq, line);
	}
}

static int sim_wire(struct sim_line *line, bool high)
{
	return irq_sim_set_line(line->st->domain, line->hwirq, high);
}

/* Edges in the direction of the trigger type latch, others do not. */
static void chip_edges(struct kunit *test)
{
	static const struct {
		unsigned long	type;
		int		up;
		int		down;
	} edges[] = {
		{ 0,						1, 0 },
		{ IRQF_TRIGGER_RISING,				1, 0 },
		{ IRQF_TRIGGER_FALLING,				0, 1 },
		{ IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,	1, 1 },
	};
	struct sim_test *st = test->priv;
	bool state;

	for (int i = 0; i < ARRAY_SIZE(edges); i++) {
		struct sim_line *line = &st->line[i];

		KUNIT_ASSERT_EQ(test, sim_request(line, edges[i].type), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), edges[i].up);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), edges[i].up);
		KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
							       IRQCHIP_STATE_LINE_LEVEL, &state));
		KUNIT_EXPECT_TRUE(test, state);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), edges[i].down);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled),
				edges[i].up + edges[i].down);
	}
}

#define SIM_LEVEL_RUNS	5

static void sim_lower_after(struct sim_line *line)
{
	if (atomic_read(&line->handled) == SIM_LEVEL_RUNS)
		sim_wire(line, line->hwirq & 1);
}

/* C7: served while asserted, high or low, from the request on. */
static void chip_level(struct kunit *test)
{
	struct sim_test *st = test->priv;

	/* Even lines are active high, odd ones low */
	for (int i = 0; i < 4; i++) {
		struct sim_line *line = &st->line[i];
		bool asserted = !(i & 1);

		line->on_irq = sim_lower_after;
		/* Two are asserted before they are requested, two afterwards */
		KUNIT_EXPECT_EQ(test, sim_wire(line, i < 2 ? asserted : !asserted), 0);
		KUNIT_ASSERT_EQ(test, 0, sim_request(line, i & 1 ? IRQF_TRIGGER_LOW :
							   IRQF_TRIGGER_HIGH));
		if (i >= 2)
			KUNIT_EXPECT_EQ(test, sim_wire(line, asserted), 1);
		for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
			irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), SIM_LEVEL_RUNS);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	}
}

/* C7: at unmask if it is asserted still, not at all if it is not. */
static void chip_level_masked(struct kunit *test)
{
	struct sim_test *st = test->priv;

	irq_set_status_flags(st->line[2].virq, IRQ_DISABLE_UNLAZY);
	for (int i = 0; i <= 2; i += 2) {
		struct sim_line *line = &st->line[i];

		line->on_irq = sim_lower_after;
		KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_HIGH), 0);
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
		enable_irq(line->virq);
		for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
			irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), SIM_LEVEL_RUNS);
	}
}

/* C20: the chip of irq_domain_create_sim() knows edges only. */
static void sim_compat_types(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned int virq = st->line[0].virq;

	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_BOTH), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), -EINVAL);

	/* No filter either: an event is an event */
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[0], IRQF_TRIGGER_FALLING), 0);
	KUNIT_EXPECT_EQ(test, sim_pend(&st->line[0], true), 0);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].handled), 1);
}

static struct kunit_case irq_sim_masking_cases[] = {
	KUNIT_CASE(sim_lazy_disable),
	KUNIT_CASE(sim_real_mask),
	KUNIT_CASE(sim_pending_state_masked),
	KUNIT_CASE(sim_compat_types),
	KUNIT_CASE_PARAM(chip_mask, sim_gen_params),
	KUNIT_CASE_PARAM(chip_mask_one_of_many, sim_gen_params),
	KUNIT_CASE_PARAM(chip_mask_in_handler, sim_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot, sim_gen_params),
	KUNIT_CASE_PARAM(chip_edges, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level_masked, sim_gen_params),
	{}
};

static struct kunit_suite irq_sim_masking_suite = {
	.name		= "irq_sim_masking",
	.init		= sim_init,
	.exit		= sim_exit,
	.test_cases	= irq_sim_masking_cases,
};

kunit_test_suites(&irq_sim_delivery_suite, &irq_sim_masking_suite);

MODULE_DESCRIPTION("KUnit tests of the interrupt simulator");
MODULE_LICENSE("GPL");
