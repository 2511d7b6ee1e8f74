// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the interrupt simulator.
 *
 * Handlers run in hard or soft interrupt context, where a failing
 * expectation would allocate memory and sleep: they record into the line's
 * counters, and the test's own thread judges afterwards.
 */
#include <kunit/device.h>
#include <kunit/test.h>

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irq_sim.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/kernel_stat.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#define SIM_LINES	8
#define SIM_ORDER	128

/* Only for what would otherwise hang: reaching it is a failure. */
#define SIM_TIMEOUT	(5 * HZ)

struct sim_test;

/**
 * struct sim_line - what a line of the simulator did in a test
 * @st:		the test that the line belongs to
 * @hwirq:	number of the line in the chip
 * @virq:	Linux number of the line
 * @handled:	runs of the handler
 * @type:	how it was requested to trigger, 0 for the default
 * @unhandled:	the handler returns IRQ_NONE
 * @depth:	handlers of this line which run right now
 * @nested:	runs which found another one of this line in progress
 * @cpu:	where the handler ran last
 * @on_irq:	called by the handler, may be NULL
 */
struct sim_line {
	struct sim_test		*st;
	unsigned int		hwirq;
	unsigned int		virq;
	unsigned long		type;
	bool			unhandled;
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
 * @left:	the handler which was held is about to return
 * @thread_go:	an interrupt thread may go on, once
 * @latched:	fires which made a new latch
 * @in_hardirq:	handler runs in hard interrupt context
 * @in_softirq:	handler runs in soft interrupt context
 * @irqs_on:	handler runs with interrupts enabled, always wrong
 * @irqs_off:	softirqs behind a delivery which find interrupts disabled, always wrong
 * @wrong_irq:	handler runs for a line that is not its own, always wrong
 * @runs:	handler runs in @order
 * @order:	lines whose handler ran, the first ones of them
 */
struct sim_test {
	struct irq_domain	*domain;
	struct sim_line		line[SIM_LINES];
	atomic_t		entered;
	atomic_t		release;
	atomic_t		left;
	struct completion	thread_go;
	atomic_t		latched;
	atomic_t		in_hardirq;
	atomic_t		in_softirq;
	atomic_t		irqs_on;
	atomic_t		irqs_off;
	atomic_t		wrong_irq;
	atomic_t		runs;
	unsigned int		order[SIM_ORDER];
};

static irqreturn_t sim_handler(int irq, void *data)
{
	struct sim_line *line = data;

	if (atomic_inc_return(&line->depth) > 1)
		atomic_inc(&line->nested);
	if (irq != line->virq)
		atomic_inc(&line->st->wrong_irq);
	atomic_inc(&line->handled);
	if (line->on_irq)
		line->on_irq(line);
	atomic_dec(&line->depth);

	return line->unhandled ? IRQ_NONE : IRQ_HANDLED;
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

static int sim_runs(struct sim_line *line)
{
	return atomic_read(&line->handled);
}

/**
 * struct sim_param - what a case is run with
 * @delivery:	of the chip
 * @budget:	of the chip
 * @name:	tells one from another
 * @type:	trigger type of the line, for the cases which care
 * @unlazy:	disable_irq() masks the line, for the cases which care
 */
struct sim_param {
	enum irq_sim_delivery	delivery;
	unsigned int		budget;
	const char		*name;
	unsigned long		type;
	bool			unlazy;
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

/* For what does not depend on the budget */
static const struct sim_param sim_kinds[] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq" },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet" },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work" },
};

KUNIT_ARRAY_PARAM_DESC(kind, sim_kinds, name);

/* For masking: triggered by what, and disable_irq() masks at once or not */
static const struct sim_param sim_masks[] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq edge lazy", IRQF_TRIGGER_RISING, false },
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq edge unlazy", IRQF_TRIGGER_RISING, true },
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq level lazy", IRQF_TRIGGER_HIGH, false },
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq level unlazy", IRQF_TRIGGER_HIGH, true },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet edge lazy", IRQF_TRIGGER_RISING, false },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet edge unlazy", IRQF_TRIGGER_RISING, true },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet level lazy", IRQF_TRIGGER_HIGH, false },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet level unlazy", IRQF_TRIGGER_HIGH, true },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work edge lazy", IRQF_TRIGGER_RISING, false },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work edge unlazy", IRQF_TRIGGER_RISING, true },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work level lazy", IRQF_TRIGGER_HIGH, false },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work level unlazy", IRQF_TRIGGER_HIGH, true },
};

KUNIT_ARRAY_PARAM_DESC(mask, sim_masks, name);

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
	int			cpu;
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

/* Without an interrupt for irq_work, what is queued by irq_work waits for a tick. */
static void sim_fire_one_twice_handled(struct sim_line *line)
{
	sim_fire_one(line);
	sim_flush();
}

/* An event for a line in progress on another CPU runs the handler again. */
static void sim_in_progress_elsewhere(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_one_twice_handled,
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
 * On PREEMPT_RT a task in a BH disabled section can be preempted, and who does
 * that may run the softirqs of the CPU, or be preempted in turn while it runs
 * them. Let no task preempt this one.
 */
static void sim_keep_cpu(bool on)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	if (on)
		sched_set_fifo(current);
	else
		sched_set_normal(current, 0);
}

/*
 * A section in which nothing is delivered on this CPU, and on the way out of
 * which everything is that was fired in it.
 */
static unsigned long sim_hold_cpu(struct kunit *test)
{
	unsigned long flags = 0;

	migrate_disable();
	sim_keep_cpu(true);
	if (sim_is_soft(test))
		local_bh_disable();
	else
		local_irq_save(flags);
	return flags;
}

/* Not more than that: it may be delivered a little later. */
static void sim_let_go(struct kunit *test, unsigned long flags)
{
	if (sim_is_soft(test))
		local_bh_enable();
	else
		local_irq_restore(flags);
	sim_keep_cpu(false);
	migrate_enable();
}

static void sim_release_cpu(struct kunit *test, unsigned long flags)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;

	sim_let_go(test, flags);
	/* With a budget there may be more passes than another task grants us */
	if (!sim_is_soft(test) || IS_ENABLED(CONFIG_PREEMPT_RT) || param->budget)
		irq_sim_synchronize(st->domain);
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

static int sim_wire(struct sim_line *line, bool high)
{
	return irq_sim_set_line(line->st->domain, line->hwirq, high);
}

/* Something for the handler to do: an edge, or a level which stays until it ran. */
static int sim_event(struct sim_line *line)
{
	if (line->type & (IRQF_TRIGGER_HIGH | IRQF_TRIGGER_LOW))
		return irq_sim_set_line(line->st->domain, line->hwirq,
					line->type & IRQF_TRIGGER_HIGH);
	return sim_fire(line);
}

/* ... and what the device does when it is served. */
static void sim_served(struct sim_line *line)
{
	if (line->type & (IRQF_TRIGGER_HIGH | IRQF_TRIGGER_LOW))
		irq_sim_set_line(line->st->domain, line->hwirq, line->type & IRQF_TRIGGER_LOW);
}

static bool sim_state(struct sim_line *line, enum irqchip_irq_state which)
{
	bool state = false;

	return !irq_get_irqchip_state(line->virq, which, &state) && state;
}

static void sim_fire_and_flush(struct sim_line *line)
{
	sim_fire(line);
	sim_flush();
}

/* Stays in the handler until released, and a while longer. */
static void sim_linger(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (atomic_inc_return(&st->entered) > 1)
		return;
	while (!atomic_read_acquire(&st->release))
		cpu_relax();
	/* Who does not wait for this handler is through by then */
	mdelay(2);
	atomic_set_release(&st->left, 1);
}

static void sim_rewind(struct sim_test *st)
{
	atomic_set(&st->entered, 0);
	atomic_set(&st->release, 0);
	atomic_set(&st->left, 0);
}

static void sim_need_two_cpus(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
}

/* Migration is disabled from the start to the end. */
static void sim_remote_start(struct sim_remote *remote)
{
	migrate_disable();
	remote->cpu = sim_other_cpu();
	INIT_WORK_ONSTACK(&remote->work, sim_remote_fn);
	schedule_work_on(remote->cpu, &remote->work);
}

static void sim_remote_end(struct sim_remote *remote)
{
	flush_work(&remote->work);
	destroy_work_on_stack(&remote->work);
	migrate_enable();
}

/* Start, and come back when the handler of the line is in progress there. */
static void sim_remote_hold(struct kunit *test, struct sim_remote *remote)
{
	struct sim_test *st = test->priv;

	sim_remote_start(remote);
	if (!sim_wait(&st->entered))
		KUNIT_FAIL(test, "the handler on CPU %d did not start", remote->cpu);
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
		sim_keep_cpu(true);
		ret = sim_fire(&st->line[0]);
		handled = atomic_read(&st->line[0].handled);
		sim_keep_cpu(false);
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
	for (int i = 0; i < SIM_LINES; i++) {
		if (i % 2)
			sim_pend(&st->line[order[i]], true);
		else
			sim_fire(&st->line[order[i]]);
	}
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
	for (int i = 0; i < 20; i++) {
		int ret = sim_request(line, 0);
		int handled;

		if (ret) {
			KUNIT_FAIL(test, "round %d: request_irq: %d", i, ret);
			break;
		}
		if (sim_fire(line) == 1)
			atomic_inc(&st->latched);
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
	/* Some latches went with their owner. No run was without one. */
	KUNIT_EXPECT_GT(test, atomic_read(&line->handled), 0);
	KUNIT_EXPECT_LE(test, atomic_read(&line->handled), atomic_read(&st->latched));
}

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

static void sim_note_and_serve(struct sim_line *line)
{
	sim_note_context(line);
	sim_served(line);
}

static void sim_note_and_hold(struct sim_line *line)
{
	sim_note_context(line);
	sim_hold(line);
}

/* C1: numbers in the chip and in the system, and the handler's own dev_id. */
static void chip_numbers(struct kunit *test)
{
	struct sim_test *st = test->priv;

	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
	sim_request_all(test, NULL);
	for (int i = 0; i < SIM_LINES; i++) {
		struct sim_line *line = &st->line[i];

		KUNIT_EXPECT_EQ(test, irq_find_mapping(st->domain, i), line->virq);
		KUNIT_EXPECT_EQ(test, irqd_to_hwirq(irq_get_irq_data(line->virq)), i);
		/* Mapped already: the same one */
		KUNIT_EXPECT_EQ(test, irq_create_mapping(st->domain, i), line->virq);

		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		for (int n = 0; n < SIM_LINES; n++)
			KUNIT_EXPECT_EQ(test, sim_runs(&st->line[n]), n <= i);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(st->domain, SIM_LINES), 0);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
}

/* A second chip with its own lines: the same numbers, nothing in common. */
static void chip_two_chips(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_test *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct sim_line *line = &st->line[3], *twin;
	unsigned long flags;
	int runs, runs_twin;

	KUNIT_ASSERT_NOT_NULL(test, other);
	twin = &other->line[3];
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	other->domain = sim_create(test->param_value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other->domain);
	twin->st = other;
	twin->hwirq = 3;
	twin->virq = irq_create_mapping(other->domain, 3);
	KUNIT_EXPECT_NE(test, twin->virq, line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(twin), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_request(twin, 0), 0);

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(twin), 1);
	irq_sim_synchronize(other->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(twin), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);

	/* Both at once */
	flags = sim_hold_cpu(test);
	runs = sim_fire(line);
	runs_twin = sim_fire(twin);
	sim_release_cpu(test, flags);
	irq_sim_synchronize(other->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1 + runs);
	KUNIT_EXPECT_EQ(test, sim_runs(twin), 1 + runs_twin);
	KUNIT_EXPECT_EQ(test, sim_runs(twin), 2);

	free_irq(twin->virq, twin);
	irq_dispose_mapping(twin->virq);
	irq_domain_remove_sim(other->domain);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
}

/* From a task and with softirqs disabled, which do not go the same way. */
static void sim_expect_refused(struct kunit *test, struct irq_domain *domain,
			       irq_hw_number_t hwirq, int expected)
{
	int ret;

	KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, hwirq), expected);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(domain, hwirq, true), expected);
	local_bh_disable();
	ret = irq_sim_fire(domain, hwirq);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, ret, expected);
}

/* Chips of all sizes: in a table, in a tree, and as large as they get. */
static void chip_large(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 65536, 65537, 1000000, UINT_MAX };
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	int ret;

	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct irq_sim_info info = {
			.num_irqs	= sizes[i],
			.delivery	= param->delivery,
		};
		unsigned int ends[] = { 0, sizes[i] - 1 };
		struct irq_domain *domain = irq_domain_instantiate_sim(&info);

		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, domain);
		if (IS_ERR_OR_NULL(domain))
			continue;
		for (int n = 0; n < (sizes[i] > 1 ? 2 : 1); n++) {
			struct sim_line line = {
				.st	= st,
				.hwirq	= ends[n],
				.virq	= irq_create_mapping(domain, ends[n]),
			};

			KUNIT_EXPECT_NE_MSG(test, line.virq, 0, "line %u", ends[n]);
			if (!line.virq)
				continue;
			KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, ends[n]), -ENXIO);
			KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
			KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, ends[n]), 1);
			irq_sim_synchronize(domain);
			KUNIT_EXPECT_EQ_MSG(test, sim_runs(&line), 1, "line %u", ends[n]);
			KUNIT_EXPECT_EQ(test, irq_sim_set_line(domain, ends[n], true), 1);
			irq_sim_synchronize(domain);
			KUNIT_EXPECT_EQ_MSG(test, sim_runs(&line), 2, "line %u", ends[n]);
			local_bh_disable();
			ret = irq_sim_fire(domain, ends[n]);
			local_bh_enable();
			KUNIT_EXPECT_EQ(test, ret, 1);
			irq_sim_synchronize(domain);
			KUNIT_EXPECT_EQ_MSG(test, sim_runs(&line), 3, "line %u", ends[n]);
			free_irq(line.virq, &line);
			irq_dispose_mapping(line.virq);
			sim_expect_refused(test, domain, ends[n], -ENXIO);
		}
		sim_expect_refused(test, domain, sizes[i], -EINVAL);
		irq_domain_remove_sim(domain);
	}
}

/* C18: refused, and what was there before goes on as before. */
static void chip_refused(struct kunit *test)
{
	static const irq_hw_number_t none[] = { SIM_LINES, SIM_LINES + 1, INT_MAX, ULONG_MAX };
	struct irq_sim_info info = { .num_irqs = 1 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[SIM_LINES - 1];
	struct irq_domain *foreign;
	struct device *dev;
	int ret;

	/* Not a chip, whatever it claims */
	foreign = irq_domain_create_linear(NULL, SIM_LINES, &irq_domain_simple_ops,
					   st->domain->host_data);
	KUNIT_ASSERT_NOT_NULL(test, foreign);
	dev = kunit_device_register(test, "chip");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	/* The domain warns */
	kunit_warning_suppress(test) {
		for (int i = 0; i < ARRAY_SIZE(none); i++)
			KUNIT_EXPECT_EQ(test, irq_create_mapping(st->domain, none[i]), 0);
		irq_sim_synchronize(foreign);
		irq_sim_synchronize(NULL);
	}
	for (int i = 0; i < ARRAY_SIZE(none); i++) {
		sim_expect_refused(test, st->domain, none[i], -EINVAL);
		KUNIT_EXPECT_EQ(test, irq_find_mapping(st->domain, none[i]), 0);
	}
	sim_expect_refused(test, foreign, 0, -EINVAL);
	irq_domain_remove(foreign);

	/* Not requested, and then not mapped any more */
	KUNIT_EXPECT_EQ(test, sim_fire(&st->line[0]), -ENXIO);
	local_bh_disable();
	ret = sim_fire(&st->line[0]);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, ret, -ENXIO);
	irq_dispose_mapping(st->line[0].virq);
	sim_expect_refused(test, st->domain, 0, -ENXIO);
	st->line[0].virq = irq_create_mapping(st->domain, 0);

	info.delivery = (enum irq_sim_delivery)-1;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&info)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_irq_domain_instantiate_sim(dev, &info)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_irq_domain_instantiate_sim(dev, NULL)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_irq_domain_create_sim(dev, NULL, 0)),
			-EINVAL);

	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

static void sim_log(struct sim_test *st, unsigned int what)
{
	int i = atomic_inc_return(&st->runs) - 1;

	if (i < ARRAY_SIZE(st->order))
		st->order[i] = what;
}

#define SIM_WITNESS	100

/**
 * struct sim_witness - runs in turn with the delivery of a chip
 * @st:		where it makes its mark
 * @bh:		as BH work, not as a tasklet
 * @bh_work:	next to BH work
 * @tasklet:	next to tasklets
 */
struct sim_witness {
	struct sim_test		*st;
	bool			bh;
	struct work_struct	bh_work;
	struct tasklet_struct	tasklet;
};

/* Behind the delivery. Which does the same, and so gets behind this. */
static void sim_witness_again(struct sim_witness *witness)
{
	if (witness->bh)
		queue_work(system_bh_highpri_wq, &witness->bh_work);
	else
		tasklet_sim_schedule(&witness->tasklet);
}

static void sim_witness_run(struct sim_witness *witness)
{
	struct sim_test *st = witness->st;
	int handled = 0;

	sim_log(st, SIM_WITNESS);
	if (irqs_disabled())
		atomic_inc(&st->irqs_off);
	for (int i = 0; i < SIM_LINES; i++)
		handled += sim_runs(&st->line[i]);
	if (handled < SIM_LINES)
		sim_witness_again(witness);
}

static void sim_witness_bh(struct work_struct *work)
{
	sim_witness_run(container_of(work, struct sim_witness, bh_work));
}

static void sim_witness_tasklet(struct tasklet_struct *tasklet)
{
	sim_witness_run(container_of(tasklet, struct sim_witness, tasklet));
}

/* A delivery serves as many lines as its budget says, then it is others' turn. */
static void chip_budget(struct kunit *test)
{
	static const unsigned int budgets[] = { 0, 1, 3, SIM_LINES - 1, SIM_LINES, UINT_MAX };
	const struct sim_param *param = test->param_value;
	struct sim_witness *witness = kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);

	/* Tasklets and BH work keep the order of their kind, irq_work does not */
	if (!sim_is_soft(test))
		kunit_skip(test, "the runs of an irq_work cannot be told apart");
	KUNIT_ASSERT_NOT_NULL(test, witness);
	witness->bh = param->delivery == IRQ_SIM_DELIVER_BH_WORK;
	tasklet_setup(&witness->tasklet, sim_witness_tasklet);
	INIT_WORK(&witness->bh_work, sim_witness_bh);

	for (int b = 0; b < ARRAY_SIZE(budgets); b++) {
		struct sim_param with_budget = {
			.delivery	= param->delivery,
			.budget		= budgets[b],
		};
		struct sim_test *st = test->priv;
		unsigned int served = 0, n = 0;
		unsigned long flags;

		/* The fixture, with this budget */
		sim_exit(test);
		test->priv = NULL;
		test->param_value = &with_budget;
		sim_init(test);
		test->param_value = param;
		st = test->priv;
		witness->st = st;
		sim_request_all(test, sim_note_order);

		flags = sim_hold_cpu(test);
		for (int i = 0; i < SIM_LINES; i++)
			sim_fire(&st->line[i]);
		sim_witness_again(witness);
		sim_let_go(test, flags);
		/* A synchronize would take a share of the budget */
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->line[SIM_LINES - 1].handled));
		tasklet_kill(&witness->tasklet);
		flush_work(&witness->bh_work);

		/* So many lines, the witness, and again */
		while (served < SIM_LINES) {
			unsigned int left = SIM_LINES - served;

			if (budgets[b] && left > budgets[b])
				left = budgets[b];
			while (left--)
				KUNIT_EXPECT_EQ_MSG(test, st->order[n++], served++,
						    "budget %u", budgets[b]);
			KUNIT_EXPECT_EQ_MSG(test, st->order[n++], SIM_WITNESS,
					    "budget %u", budgets[b]);
		}
		KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), n);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&witness->st->irqs_off), 0);
}

static unsigned int sim_vector_runs(enum irq_sim_delivery delivery)
{
	unsigned int vector = HI_SOFTIRQ;

	if (delivery == IRQ_SIM_DELIVER_TASKLET)
		vector = IS_ENABLED(CONFIG_IRQ_SIM_SOFTIRQ) ? NR_SOFTIRQS - 1 : TASKLET_SOFTIRQ;
	return kstat_softirqs_cpu(vector, smp_processor_id());
}

/* C10: which softirq it is, and that none of the others has to do with it. */
static void chip_vector(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	unsigned int passes = param->budget == 1 ? SIM_LINES : 1;
	unsigned int runs[3];
	unsigned long flags;
	bool ran;

	sim_request_all(test, NULL);
	flags = sim_hold_cpu(test);
	for (int i = 0; i < ARRAY_SIZE(runs); i++)
		runs[i] = sim_vector_runs(i);
	for (int i = 0; i < SIM_LINES; i++)
		sim_fire(&st->line[i]);
	/* Still on this CPU afterwards, and without a synchronize, which counts */
	migrate_disable();
	sim_let_go(test, flags);
	ran = sim_wait(&st->line[SIM_LINES - 1].handled);
	for (int i = 0; i < ARRAY_SIZE(runs); i++)
		runs[i] = sim_vector_runs(i) - runs[i];
	migrate_enable();

	KUNIT_EXPECT_TRUE(test, ran);
	if (param->delivery == IRQ_SIM_DELIVER_BH_WORK)
		KUNIT_EXPECT_GE(test, runs[IRQ_SIM_DELIVER_BH_WORK], 1);
	if (!IS_ENABLED(CONFIG_IRQ_SIM_SOFTIRQ))
		return;
	KUNIT_EXPECT_EQ(test, runs[IRQ_SIM_DELIVER_TASKLET],
			param->delivery == IRQ_SIM_DELIVER_TASKLET ? passes : 0);
}

#define SIM_SELFISH	3
#define SIM_ROUNDS	10

static void sim_fire_selfish(struct sim_line *line)
{
	sim_note_order(line);
	if (line->hwirq < SIM_SELFISH && sim_runs(line) < SIM_ROUNDS)
		sim_fire(line);
}

/* C9: several lines which fire themselves take turns, and the rest gets one. */
static void chip_fairness(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned long flags;
	unsigned int n = 0;

	sim_request_all(test, sim_fire_selfish);
	flags = sim_hold_cpu(test);
	for (int i = 0; i < SIM_LINES; i++)
		sim_fire(&st->line[i]);
	sim_release_cpu(test, flags);
	for (int i = 0; i < SIM_ROUNDS; i++)
		irq_sim_synchronize(st->domain);

	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), SIM_LINES + (SIM_ROUNDS - 1) * SIM_SELFISH);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, st->order[n++], i);
	for (int round = 1; round < SIM_ROUNDS; round++) {
		for (int i = 0; i < SIM_SELFISH; i++)
			KUNIT_EXPECT_EQ(test, st->order[n++], i);
	}
}

/**
 * struct sim_from - a fire from some context
 * @line:	the line to fire
 * @wire:	by a rising edge on its wire
 * @before:	runs of the handler before it
 * @ret:	what the fire returned
 * @inside:	runs of the handler right after it, in the same context
 * @after:	runs of the handler when the context has been left
 * @work:	to get into a hard interrupt
 * @tasklet:	to get into a soft interrupt
 * @done:	has been there
 */
struct sim_from {
	struct sim_line		*line;
	bool			wire;
	int			before;
	int			ret;
	int			inside;
	int			after;
	struct irq_work		work;
	struct tasklet_struct	tasklet;
	atomic_t		done;
};

static int sim_from_runs(struct sim_from *from)
{
	return sim_runs(from->line) - from->before;
}

static void sim_from_here(struct sim_from *from)
{
	from->ret = from->wire ? sim_wire(from->line, true) : sim_fire(from->line);
	from->inside = sim_from_runs(from);
}

static void sim_from_task(struct sim_from *from)
{
	sim_from_here(from);
	from->after = sim_from_runs(from);
}

static void sim_from_bh_disabled(struct sim_from *from)
{
	local_bh_disable();
	local_bh_disable();
	sim_from_here(from);
	local_bh_enable();
	/* Still in the outer section */
	from->inside = sim_from_runs(from);
	local_bh_enable();
	from->after = sim_from_runs(from);
}

static void sim_from_preempt_disabled(struct sim_from *from)
{
	preempt_disable();
	sim_from_here(from);
	preempt_enable();
	from->after = sim_from_runs(from);
}

static void sim_from_irqs_disabled(struct sim_from *from)
{
	scoped_guard(irqsave)
		sim_from_here(from);
	from->after = sim_from_runs(from);
}

static void sim_from_work_fn(struct irq_work *work)
{
	struct sim_from *from = container_of(work, struct sim_from, work);

	sim_from_here(from);
	atomic_set_release(&from->done, 1);
}

static void sim_from_hardirq(struct sim_from *from)
{
	from->work = IRQ_WORK_INIT_HARD(sim_from_work_fn);
	irq_work_queue(&from->work);
	sim_wait(&from->done);
	irq_work_sync(&from->work);
	from->after = sim_from_runs(from);
}

static void sim_from_tasklet_fn(struct tasklet_struct *tasklet)
{
	struct sim_from *from = container_of(tasklet, struct sim_from, tasklet);

	sim_from_here(from);
	atomic_set_release(&from->done, 1);
}

static void sim_from_softirq(struct sim_from *from)
{
	tasklet_setup(&from->tasklet, sim_from_tasklet_fn);
	local_bh_disable();
	tasklet_schedule(&from->tasklet);
	local_bh_enable();
	sim_wait(&from->done);
	tasklet_kill(&from->tasklet);
	from->after = sim_from_runs(from);
}

/* C11: fired from anywhere, handled once, and when, as far as that is promised. */
static void chip_fire_from(struct kunit *test)
{
	enum { NO, YES, ANY };
	static const struct {
		const char	*name;
		void		(*fire)(struct sim_from *from);
		/* Handled when the fire returns, when the context is left? */
		int		inside;
		int		after;
	} contexts[] = {
		{ "task",		sim_from_task,			YES,	YES },
		{ "BH disabled",	sim_from_bh_disabled,		NO,	YES },
		{ "preemption disabled", sim_from_preempt_disabled,	YES,	YES },
		{ "interrupts disabled", sim_from_irqs_disabled,	NO,	ANY },
		{ "hard interrupt",	sim_from_hardirq,		NO,	ANY },
		{ "soft interrupt",	sim_from_softirq,		NO,	ANY },
	};
	struct sim_test *st = test->priv;
	bool soft = sim_is_soft(test);

	for (int n = 0; n < 2 * ARRAY_SIZE(contexts); n++) {
		struct sim_from *from = kunit_kzalloc(test, sizeof(*from), GFP_KERNEL);
		int i = n / 2;
		int inside = contexts[i].inside, after = contexts[i].after;

		KUNIT_ASSERT_NOT_NULL(test, from);
		from->line = &st->line[i];
		from->wire = n % 2;
		from->before = sim_runs(from->line);
		if (!from->wire)
			KUNIT_ASSERT_EQ(test, sim_request(from->line, 0), 0);
		sim_keep_cpu(true);
		contexts[i].fire(from);
		sim_keep_cpu(false);
		irq_sim_synchronize(st->domain);

		KUNIT_EXPECT_EQ_MSG(test, from->ret, 1, "%s", contexts[i].name);
		KUNIT_EXPECT_EQ_MSG(test, sim_from_runs(from), 1, "%s", contexts[i].name);
		/* A hard interrupt comes as soon as it is let in, or with the tick */
		if (!soft && contexts[i].fire != sim_from_irqs_disabled)
			continue;
		/* Preemption disabled, PREEMPT_RT has ksoftirqd do it */
		if (IS_ENABLED(CONFIG_PREEMPT_RT) &&
		    contexts[i].fire == sim_from_preempt_disabled) {
			inside = ANY;
			after = ANY;
		}
		if (inside != ANY)
			KUNIT_EXPECT_EQ_MSG(test, from->inside, inside == YES, "%s",
					    contexts[i].name);
		if (after != ANY)
			KUNIT_EXPECT_EQ_MSG(test, from->after, after == YES, "%s",
					    contexts[i].name);
	}
}

/* C4: while its handler runs on one CPU, a line is fired on another one. */
static void chip_in_progress_elsewhere(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int latched = 0, runs;

	sim_need_two_cpus(test);
	line->on_irq = sim_hold;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	sim_remote_hold(test, &remote);
	for (int i = 0; i < 5; i++) {
		latched += sim_fire(line);
		sim_flush();
	}
	runs = sim_runs(line);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, runs, 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
}

static const struct cpumask *sim_effective(struct sim_line *line)
{
	return irq_data_get_effective_affinity_mask(irq_get_irq_data(line->virq));
}

/* C16: several CPUs in the mask: it is the one which fires, if it is in there. */
static void chip_affinity_from(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int here, cpu[3], effective[3];

	sim_need_two_cpus(test);
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	/* From the other CPU: to all of them, to this one, to that one */
	for (int i = 0; i < 3; i++) {
		const struct cpumask *mask = cpu_online_mask;

		migrate_disable();
		here = smp_processor_id();
		if (i)
			mask = cpumask_of(i == 1 ? here : sim_other_cpu());
		irq_set_affinity(line->virq, mask);
		effective[i] = cpumask_equal(sim_effective(line), mask);
		sim_remote_start(&remote);
		sim_remote_end(&remote);
		cpu[i] = sim_line_cpu(line);
		migrate_enable();
		KUNIT_EXPECT_EQ(test, effective[i], 1);
		KUNIT_EXPECT_EQ(test, cpu[i], i == 1 ? here : remote.cpu);
	}
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
}

static void sim_note_cpu_and_order(struct sim_line *line)
{
	sim_note_context(line);
	sim_note_order(line);
}

/* C9, C16: lines wait for a CPU which is busy, fired and driven by wire. */
static void chip_affinity_busy(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = &st->line[0] };
	int ret[5], runs = 0;

	sim_need_two_cpus(test);
	sim_request_all(test, sim_note_cpu_and_order);
	st->line[0].on_irq = sim_hold;

	sim_remote_hold(test, &remote);
	for (int i = 1; i < 5; i++) {
		irq_set_affinity(st->line[i].virq, cpumask_of(remote.cpu));
		ret[i] = i < 3 ? sim_fire(&st->line[i]) : sim_wire(&st->line[i], true);
	}
	runs = atomic_read(&st->runs);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, runs, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), 4);
	for (int i = 1; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, ret[i], 1);
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 1);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(&st->line[i]), remote.cpu);
		KUNIT_EXPECT_EQ(test, st->order[i - 1], i);
	}
}

/* C16: the affinity changes while the line is latched, and masked or not. */
static void chip_affinity_latched(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	unsigned int cpu;
	int n = 0;

	sim_need_two_cpus(test);
	line->type = param->type;
	line->on_irq = sim_note_and_serve;
	if (param->unlazy)
		irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, param->type), 0);

	for_each_online_cpu(cpu) {
		unsigned int last = cpumask_any_but(cpu_online_mask, cpu);

		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(last)), 0);
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		KUNIT_EXPECT_EQ(test, sim_event(line), 0);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), n);
		enable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(line), cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(line), ++n);
	}
}

/* C16: the handler runs, and the next one is to run somewhere else. */
static void chip_affinity_in_progress(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int here, runs, cpu;

	sim_need_two_cpus(test);
	line->on_irq = sim_note_and_hold;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	sim_remote_hold(test, &remote);
	here = smp_processor_id();
	irq_set_affinity(line->virq, cpumask_of(here));
	sim_fire(line);
	sim_flush();
	runs = sim_runs(line);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	cpu = sim_line_cpu(line);

	KUNIT_EXPECT_EQ(test, runs, 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	KUNIT_EXPECT_EQ(test, cpu, here);
}

/* C16, C18: no CPU to go to: refused, and all stays as it was. */
static void chip_affinity_refused(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	const struct cpumask *here = cpumask_of(cpumask_first(cpu_online_mask));
	struct irq_domain *compat;
	unsigned int virq;

	if (!IS_ENABLED(CONFIG_SMP))
		kunit_skip(test, "no affinity on UP");
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, here), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpu_none_mask), -EINVAL);
	if (!cpumask_equal(cpu_possible_mask, cpu_online_mask)) {
		unsigned int off = cpumask_next_zero(-1, cpu_online_mask);

		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(off)), -EINVAL);
	}
	KUNIT_EXPECT_TRUE(test, cpumask_equal(sim_effective(line), here));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* C20: the chip of irq_domain_create_sim() has none */
	compat = irq_domain_create_sim(NULL, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, compat);
	virq = irq_create_mapping(compat, 0);
	KUNIT_EXPECT_NE(test, virq, 0);
	KUNIT_EXPECT_LT(test, irq_set_affinity(virq, here), 0);
	irq_dispose_mapping(virq);
	irq_domain_remove_sim(compat);
}

/* C16, C18: forced, without a CPU that is online: refused all the same. */
static void chip_affinity_forced(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	const struct cpumask *here = cpumask_of(cpumask_first(cpu_online_mask));

	if (!IS_ENABLED(CONFIG_SMP))
		kunit_skip(test, "no affinity on UP");
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, irq_force_affinity(line->virq, here), 0);
	KUNIT_EXPECT_EQ(test, irq_force_affinity(line->virq, cpu_none_mask), -EINVAL);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(sim_effective(line), here));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* A CPU which delivers nothing until released, and for a while longer. */
static void sim_stall(struct sim_line *line)
{
	struct sim_test *st = line->st;

	atomic_inc(&st->entered);
	while (!atomic_read_acquire(&st->release))
		cpu_relax();
	mdelay(20);
	atomic_set_release(&st->left, 1);
}

static void sim_stall_irqs(struct sim_line *line)
{
	unsigned long flags;

	local_irq_save(flags);
	sim_stall(line);
	local_irq_restore(flags);
}

static void sim_stall_bh(struct sim_line *line)
{
	local_bh_disable();
	sim_stall(line);
	local_bh_enable();
}

/*
 * C16: lines are queued here and have to go to another CPU, which has nothing
 * to do when irq_sim_synchronize() looks there first, and lets them wait when
 * they have come. They are waited for all the same.
 */
static void chip_synchronize_moved(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_is_soft(test) ? sim_stall_bh : sim_stall_irqs,
		.line	= &st->line[0],
	};
	unsigned int from = cpumask_last(cpu_online_mask);
	int left, runs = 0;
	unsigned long flags;

	sim_need_two_cpus(test);
	for (int i = 0; i < 3; i++) {
		st->line[i].on_irq = sim_note_context;
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], 0), 0);
		KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(st->line[i].virq, cpumask_of(from)));
	}
	KUNIT_ASSERT_EQ(test, 0, set_cpus_allowed_ptr(current, cpumask_of(from)));
	remote.cpu = cpumask_first(cpu_online_mask);
	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(remote.cpu, &remote.work);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));

	/* With interrupts disabled, a fire leaves the rest to ksoftirqd or to the tick */
	local_irq_save(flags);
	for (int i = 0; i < 3; i++) {
		sim_fire(&st->line[i]);
		irq_set_affinity(st->line[i].virq, cpumask_of(remote.cpu));
	}
	local_irq_restore(flags);
	atomic_set_release(&st->release, 1);
	irq_sim_synchronize(st->domain);
	for (int i = 0; i < 3; i++)
		runs += sim_runs(&st->line[i]);
	left = atomic_read_acquire(&st->left);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	set_cpus_allowed_ptr(current, cpu_possible_mask);

	/* There, ksoftirqd may run where a task has softirqs disabled */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_EQ(test, runs, 3);
	for (int i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 1);
		KUNIT_EXPECT_EQ(test, READ_ONCE(st->line[i].cpu), remote.cpu);
	}
}

/* C3: the latch of a line which is queued is withdrawn: the next fire is a new one. */
static void chip_withdrawn(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];
	unsigned long flags;
	int ret[3], pending;

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 0; i < 2; i++) {
		flags = sim_hold_cpu(test);
		ret[0] = sim_fire(line);
		ret[1] = sim_pend(line, false);
		pending = sim_state(line, IRQCHIP_STATE_PENDING);
		ret[2] = i ? sim_fire(line) : 0;
		sim_release_cpu(test, flags);
		irq_sim_synchronize(st->domain);

		KUNIT_EXPECT_EQ(test, ret[0], 1);
		KUNIT_EXPECT_EQ(test, ret[1], 0);
		KUNIT_EXPECT_EQ(test, pending, 0);
		KUNIT_EXPECT_EQ(test, ret[2], i);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i);
	}
}

/* The trigger type of a chained interrupt is its own, the handler is not. */
static void chip_chained_type(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[7];
	int ret[6];

	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);
	ret[0] = irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_FALLING);
	ret[1] = sim_wire(line, true);
	ret[2] = sim_wire(line, false);
	irq_sim_synchronize(st->domain);
	ret[3] = sim_runs(line);
	/* Without a type the wire triggers nothing, a fire does */
	ret[4] = irq_set_irq_type(line->virq, IRQ_TYPE_NONE);
	ret[5] = sim_wire(line, true) + sim_wire(line, false);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);

	KUNIT_EXPECT_EQ(test, ret[0], 0);
	KUNIT_EXPECT_EQ(test, ret[1], 0);
	KUNIT_EXPECT_EQ(test, ret[2], 1);
	KUNIT_EXPECT_EQ(test, ret[3], 1);
	KUNIT_EXPECT_EQ(test, ret[4], 0);
	KUNIT_EXPECT_EQ(test, ret[5], 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
}

static void sim_chained_lower(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);

	if (line->hwirq & 1)
		irq_desc_get_chip(desc)->irq_ack(irq_desc_get_irq_data(desc));
	if (atomic_inc_return(&line->handled) == 3)
		sim_wire(line, false);
}

/*
 * C7: a chained handler which does not mask, whether it acks or not, is called again
 * for as long as the level is asserted.
 */
static void chip_chained_level(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *lines = &st->line[6];
	unsigned long flags;
	int ret[4];

	for (int i = 0; i < 2; i++) {
		irq_set_chained_handler_and_data(lines[i].virq, sim_chained_lower, &lines[i]);
		ret[i] = irq_set_irq_type(lines[i].virq, IRQ_TYPE_LEVEL_HIGH);
	}
	flags = sim_hold_cpu(test);
	for (int i = 0; i < 2; i++)
		ret[2 + i] = sim_wire(&lines[i], true);
	sim_release_cpu(test, flags);
	/* Each waits for one run of both, at least */
	for (int i = 0; i < 4; i++)
		irq_sim_synchronize(st->domain);
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&lines[i]), 3);
		irq_set_chained_handler_and_data(lines[i].virq, NULL, NULL);
	}

	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, ret[i], 0);
		KUNIT_EXPECT_EQ(test, ret[2 + i], 1);
	}
}

/* C16: latched and masked for a CPU which is gone when they are unmasked. */
static void chip_cpu_down_latched(struct kunit *test)
{
	struct sim_test *st = test->priv;
	int cpu = cpumask_last(cpu_online_mask), ret;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	sim_need_two_cpus(test);
	sim_request_all(test, sim_note_context);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(st->line[i].virq, cpumask_of(cpu)), 0);
		disable_irq(st->line[i].virq);
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	}
	irq_sim_synchronize(st->domain);
	ret = remove_cpu(cpu);
	KUNIT_EXPECT_EQ(test, ret, 0);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 0);
		enable_irq(st->line[i].virq);
	}
	irq_sim_synchronize(st->domain);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 1);
		if (!ret)
			KUNIT_EXPECT_NE(test, READ_ONCE(st->line[i].cpu), cpu);
	}
	if (!ret)
		KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(st->line[i].virq, cpumask_of(cpu)), 0);
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(&st->line[i]), cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 2);
	}
}

static struct sim_line *sim_line_going_down;

static int sim_going_down(unsigned int cpu)
{
	struct sim_line *line = sim_line_going_down;

	atomic_add(irq_sim_fire(line->st->domain, line->hwirq), &line->st->latched);
	return 0;
}

/*
 * C16: fired on a CPU which is on its way down. It takes interrupts until its
 * end; a softirq might come too late for its ksoftirqd, and runs elsewhere.
 */
static void chip_cpu_going_down(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	int cpu = cpumask_last(cpu_online_mask), state, ret;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	sim_need_two_cpus(test);
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_ASSERT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);

	sim_line_going_down = line;
	state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "irq/sim:kunit",
					  NULL, sim_going_down);
	KUNIT_ASSERT_GE(test, state, 0);
	ret = remove_cpu(cpu);
	cpuhp_remove_state_nocalls(state);
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->latched), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	if (sim_is_soft(test))
		KUNIT_EXPECT_NE(test, READ_ONCE(line->cpu), cpu);
	else
		KUNIT_EXPECT_EQ(test, READ_ONCE(line->cpu), cpu);
	if (!ret)
		KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
}

/*
 * C17: a line waits behind a handler on another CPU when its mapping is
 * disposed of: that waits until the line is off the list, and it does not run.
 * A chained line, as free_irq() may wait for RCU, and so for that handler.
 */
static void chip_dispose_waits(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = &st->line[0] };
	int latched, left;

	sim_need_two_cpus(test);
	st->line[0].on_irq = sim_linger;
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[0], 0), 0);
	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);

	sim_remote_hold(test, &remote);
	irq_set_affinity(line->virq, cpumask_of(remote.cpu));
	latched = sim_fire(line);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	atomic_set_release(&st->release, 1);
	irq_dispose_mapping(line->virq);
	left = atomic_read_acquire(&st->left);
	sim_remote_end(&remote);
	line->virq = 0;

	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, left, 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[0]), 1);
}

/* C17: chips which go while their deliveries are about to start or to end. */
static void chip_remove_in_flight(struct kunit *test)
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < 15; i++) {
		struct irq_domain *domain = sim_create(test->param_value);
		int latched = 0, runs[2];

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
		for (int n = 0; n < 2; n++) {
			struct sim_line *line = &st->line[n];
			unsigned int virq = irq_create_mapping(domain, n);

			atomic_set(&line->handled, 0);
			swap(line->virq, virq);
			KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
			/* Here and over there */
			irq_set_affinity(line->virq, cpumask_of(n && num_online_cpus() > 1 ?
								sim_other_cpu() :
								raw_smp_processor_id()));
			latched += irq_sim_fire(domain, n);
			free_irq(line->virq, line);
			runs[n] = sim_runs(line);
			irq_dispose_mapping(line->virq);
			swap(line->virq, virq);
		}
		irq_domain_remove_sim(domain);
		KUNIT_EXPECT_EQ(test, latched, 2);
		for (int n = 0; n < 2; n++) {
			KUNIT_EXPECT_LE(test, runs[n], 1);
			KUNIT_EXPECT_EQ(test, sim_runs(&st->line[n]), runs[n]);
		}
	}
}

static void sim_chained_linger(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);

	irq_desc_get_chip(desc)->irq_ack(irq_desc_get_irq_data(desc));
	atomic_inc(&line->handled);
	sim_linger(line);
}

/*
 * C17: a handler runs on another CPU while its line and then its chip go. The
 * line is acked and nobody waits for it; removing the chip waits for
 * the delivery, which comes back to it when the handler is through.
 */
static void chip_remove_waits(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_test *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct sim_line *line;
	struct sim_remote remote = { .fn = sim_fire_and_flush };
	bool entered;
	int left;

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, other);
	line = &other->line[1];
	line->st = other;
	line->hwirq = 1;
	remote.line = line;
	other->domain = sim_create(test->param_value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other->domain);
	line->virq = irq_create_mapping(other->domain, 1);
	KUNIT_EXPECT_NE(test, line->virq, 0);
	irq_set_chained_handler_and_data(line->virq, sim_chained_linger, line);

	sim_remote_start(&remote);
	entered = sim_wait(&other->entered);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	/* There, irq_work_sync() waits for RCU, and so for the handler */
	if (!arch_irq_work_has_interrupt())
		atomic_set_release(&other->release, 1);
	irq_dispose_mapping(line->virq);
	atomic_set_release(&other->release, 1);
	irq_domain_remove_sim(other->domain);
	left = atomic_read_acquire(&other->left);
	sim_remote_end(&remote);

	KUNIT_EXPECT_TRUE(test, entered);
	KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(&st->line[1]), -ENXIO);
}

/* C17: with lines mapped a chip stays, as somebody may be using them. */
static void chip_remove_mapped(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	kunit_warning_suppress(test)
		irq_domain_remove_sim(st->domain);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	/* And the end of this test removes it for good */
}

/**
 * struct sim_calls - calls of a chip's callbacks
 * @domain:	chip of the last call
 * @hwirq:	line of the last call
 * @requested:	number of calls, refused ones too
 * @released:	number of calls
 * @ret:	what @requested returns
 */
struct sim_calls {
	struct irq_domain	*domain;
	irq_hw_number_t		hwirq;
	int			requested;
	int			released;
	int			ret;
};

static int sim_irq_requested(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct sim_calls *calls = data;

	calls->domain = domain;
	calls->hwirq = hwirq;
	calls->requested++;
	return calls->ret;
}

static void sim_irq_released(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct sim_calls *calls = data;

	calls->domain = domain;
	calls->hwirq = hwirq;
	calls->released++;
}

static const struct irq_sim_ops sim_ops = {
	.irq_sim_irq_requested	= sim_irq_requested,
	.irq_sim_irq_released	= sim_irq_released,
};

/* The owner of a chip hears of requests, can refuse them, and hears of releases. */
static void chip_ops(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_calls *calls = kunit_kzalloc(test, sizeof(*calls), GFP_KERNEL);
	struct irq_sim_ops ops = sim_ops;
	struct irq_sim_info info = {
		.num_irqs	= SIM_LINES,
		.delivery	= param->delivery,
		.ops		= &ops,
		.data		= calls,
	};
	struct sim_line line = { .st = st, .hwirq = 5 };
	struct irq_domain *domain;

	KUNIT_ASSERT_NOT_NULL(test, calls);
	/* The chip which is made for @info, and the one of today's users */
	for (int i = 0; i < 2; i++) {
		memset(calls, 0, sizeof(*calls));
		ops = sim_ops;
		domain = i ? irq_domain_create_sim_full(NULL, SIM_LINES, &ops, calls) :
			     irq_domain_instantiate_sim(&info);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
		/* They are copied */
		memset(&ops, 0, sizeof(ops));
		atomic_set(&line.handled, 0);
		line.virq = irq_create_mapping(domain, line.hwirq);

		calls->ret = -EPERM;
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), -EPERM);
		KUNIT_EXPECT_EQ(test, calls->requested, 1);
		KUNIT_EXPECT_EQ(test, calls->released, 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, line.hwirq), -ENXIO);
		KUNIT_EXPECT_FALSE(test, irq_has_action(line.virq));

		calls->ret = 0;
		calls->domain = NULL;
		calls->hwirq = 0;
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
		KUNIT_EXPECT_EQ(test, calls->requested, 2);
		KUNIT_EXPECT_EQ(test, calls->released, 0);
		KUNIT_EXPECT_PTR_EQ(test, calls->domain, domain);
		KUNIT_EXPECT_EQ(test, calls->hwirq, line.hwirq);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, line.hwirq), 1);
		irq_sim_synchronize(domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&line), 1);

		calls->domain = NULL;
		calls->hwirq = 0;
		free_irq(line.virq, &line);
		KUNIT_EXPECT_EQ(test, calls->requested, 2);
		KUNIT_EXPECT_EQ(test, calls->released, 1);
		KUNIT_EXPECT_PTR_EQ(test, calls->domain, domain);
		KUNIT_EXPECT_EQ(test, calls->hwirq, line.hwirq);

		irq_dispose_mapping(line.virq);
		irq_domain_remove_sim(domain);
		KUNIT_EXPECT_EQ(test, calls->released, 1);
	}
}

static void sim_free_fwnode(void *fwnode)
{
	irq_domain_free_fwnode(fwnode);
}

static struct fwnode_handle *sim_fwnode(struct kunit *test)
{
	struct fwnode_handle *fwnode = irq_domain_alloc_named_fwnode("irq_sim_kunit");

	KUNIT_ASSERT_NOT_NULL(test, fwnode);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, sim_free_fwnode, fwnode));
	return fwnode;
}

/* A managed chip is there as long as its device. */
static void chip_devm(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct fwnode_handle *fwnode = sim_fwnode(test);
	struct irq_sim_info info = {
		.fwnode		= fwnode,
		.num_irqs	= SIM_LINES,
		.delivery	= param->delivery,
	};

	for (int i = 0; i < 2; i++) {
		struct sim_line line = { .st = st };
		struct irq_domain *domain;
		struct device *dev;

		dev = kunit_device_register(test, "chip");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
		domain = i ? devm_irq_domain_create_sim(dev, fwnode, SIM_LINES) :
			     devm_irq_domain_instantiate_sim(dev, &info);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
		KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(fwnode, DOMAIN_BUS_ANY),
				    domain);

		line.virq = irq_create_mapping(domain, 0);
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, 0), 1);
		irq_sim_synchronize(domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&line), 1);
		free_irq(line.virq, &line);
		irq_dispose_mapping(line.virq);

		kunit_device_unregister(test, dev);
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(fwnode, DOMAIN_BUS_ANY));
	}
}

static void sim_toggle(struct sim_line *line)
{
	struct sim_test *st = line->st;

	for (int i = 0; i < SIM_RACE_ROUNDS; i++) {
		if (irq_sim_set_line(st->domain, line->hwirq, !(i & 1)) == 1)
			atomic_inc(&st->latched);
		if (i % 16 == 0)
			cond_resched();
	}
}

/* C3, C7: two CPUs drive one wire. Every edge that latched runs, no other. */
static void chip_wire_race(struct kunit *test)
{
	static const unsigned long types[] = {
		IRQF_TRIGGER_RISING,
		IRQF_TRIGGER_FALLING,
		IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
		IRQF_TRIGGER_HIGH,
	};
	struct sim_test *st = test->priv;
	/*
	 * A CPU which raises a level that interrupts it in hard interrupt
	 * context never gets to lower it, when the other one is through.
	 */
	int n = ARRAY_SIZE(types) - !sim_is_soft(test);

	sim_need_two_cpus(test);
	for (int i = 0; i < n; i++) {
		struct sim_line *line = &st->line[i];
		struct sim_remote remote = { .fn = sim_toggle, .line = line };
		int runs;

		KUNIT_ASSERT_EQ(test, sim_request(line, types[i]), 0);
		atomic_set(&st->latched, 0);
		sim_remote_start(&remote);
		sim_toggle(line);
		sim_remote_end(&remote);

		sim_wire(line, false);
		irq_sim_synchronize(st->domain);
		runs = sim_runs(line);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
		if (types[i] != IRQF_TRIGGER_HIGH) {
			KUNIT_EXPECT_GT(test, runs, 0);
			KUNIT_EXPECT_EQ_MSG(test, runs, atomic_read(&st->latched),
					    "type %lu", types[i]);
			continue;
		}
		/* Low, so quiet, and the next one is served as the first one */
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
		line->type = types[i];
		line->on_irq = sim_served;
		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs + 1);
	}
}

/* That many attempts at most, or that many hits */
#define SIM_LANDINGS	2000
#define SIM_HITS	100

/**
 * struct sim_landing - a fire which is to land inside another one
 * @line:	the line of both
 * @timer:	fires in hard interrupt context
 * @work:	fires on another CPU
 * @phase:	of the fire which is to be hit: 0 before, 1 inside, 2 after it
 * @wait:	how much longer than the one that lands this waits, in turns of a loop
 * @step:	by which @wait changes
 * @go:		for the other CPU: the round, negative when it is over
 * @done:	the round for which it has fired
 * @landed:	in which phase
 * @last:	the one before
 * @ret:	what the fire that landed returned
 */
struct sim_landing {
	struct sim_line		*line;
	struct hrtimer		timer;
	struct work_struct	work;
	int			phase;
	int			wait;
	int			step;
	atomic_t		go;
	atomic_t		done;
	int			landed;
	int			last;
	int			ret;
};

static void sim_spin(int turns)
{
	while (turns-- > 0)
		cpu_relax();
}

static void sim_land(struct sim_landing *landing)
{
	landing->landed = READ_ONCE(landing->phase);
	landing->ret = sim_fire(landing->line);
	atomic_inc_return_release(&landing->done);
}

static enum hrtimer_restart sim_land_timer(struct hrtimer *timer)
{
	sim_land(container_of(timer, struct sim_landing, timer));
	return HRTIMER_NORESTART;
}

static void sim_land_work(struct work_struct *work)
{
	struct sim_landing *landing = container_of(work, struct sim_landing, work);

	for (int i = 1; ; i++) {
		int go;

		while ((go = atomic_read_acquire(&landing->go)) < i) {
			if (go < 0)
				return;
			cond_resched();
		}
		sim_spin(-READ_ONCE(landing->wait));
		sim_land(landing);
	}
}

/* Nearer, in steps which get smaller with each time that this crosses it. */
static void sim_land_nearer(struct sim_landing *landing)
{
	if (landing->landed == 1)
		return;
	if (landing->landed == landing->last)
		landing->step += landing->step / 4 + 1;
	else
		landing->step = landing->step / 2 + 1;
	landing->wait += landing->landed == 2 ? landing->step : -landing->step;
	landing->wait = clamp(landing->wait, -100000, 100000);
	landing->last = landing->landed;
}

/*
 * C3, C4: while irq_sim_fire() is at work on a line, an interrupt on this CPU
 * or another CPU fires the same line. The time that passes before is bisected
 * until it lands inside, where chance makes it visit each instruction. The
 * account is exact wherever it lands.
 */
static void sim_landing(struct kunit *test, bool remote)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_landing *landing = kunit_kzalloc(test, sizeof(*landing), GFP_KERNEL);
	int landed[3] = {}, merged = 0, wrong = 0;
	bool lost = false;

	KUNIT_ASSERT_NOT_NULL(test, landing);
	landing->line = line;
	landing->step = 1000;
	hrtimer_setup(&landing->timer, sim_land_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	INIT_WORK(&landing->work, sim_land_work);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	migrate_disable();
	if (remote)
		schedule_work_on(sim_other_cpu(), &landing->work);
	for (int i = 1; i <= SIM_LANDINGS && landed[1] < SIM_HITS && !lost; i++) {
		int runs = sim_runs(line), ret;
		unsigned long end;

		WRITE_ONCE(landing->phase, 0);
		if (remote)
			atomic_set_release(&landing->go, i);
		else
			hrtimer_start(&landing->timer, us_to_ktime(20),
				      HRTIMER_MODE_REL_PINNED_HARD);
		sim_spin(landing->wait);
		WRITE_ONCE(landing->phase, 1);
		ret = sim_fire(line);
		WRITE_ONCE(landing->phase, 2);

		end = jiffies + SIM_TIMEOUT;
		while (atomic_read_acquire(&landing->done) < i && !lost) {
			lost = time_after(jiffies, end);
			cond_resched();
		}
		irq_sim_synchronize(st->domain);
		if (lost)
			break;
		landed[landing->landed]++;
		merged += ret + landing->ret == 1;
		if (sim_runs(line) - runs != ret + landing->ret || ret + landing->ret < 1)
			wrong++;
		sim_land_nearer(landing);
	}
	hrtimer_cancel(&landing->timer);
	atomic_set_release(&landing->go, -1);
	flush_work(&landing->work);
	migrate_enable();

	kunit_info(test, "early %d, inside %d, late %d, merged %d\n",
		   landed[0], landed[1], landed[2], merged);
	KUNIT_EXPECT_FALSE(test, lost);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	if (!landed[1])
		kunit_mark_skipped(test, "none landed inside: is the clock too coarse?");
}

static void chip_land_interrupt(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_HIGH_RES_TIMERS))
		kunit_skip(test, "needs CONFIG_HIGH_RES_TIMERS");
	if (!sim_is_soft(test) && !arch_irq_work_has_interrupt())
		kunit_skip(test, "each delivery waits for the tick");
	sim_landing(test, false);
}

static void chip_land_other_cpu(struct kunit *test)
{
	sim_need_two_cpus(test);
	if (!sim_is_soft(test) && !arch_irq_work_has_interrupt())
		kunit_skip(test, "each delivery waits for the tick");
	sim_landing(test, true);
}

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
/* What is behind a file of failslab in debugfs */
static void *sim_failslab(const char *name)
{
	struct dentry *dir = debugfs_lookup("failslab", NULL), *file;
	void *data = NULL;

	if (!dir)
		return NULL;
	file = debugfs_lookup(name, dir);
	if (file) {
		data = d_inode(file)->i_private;
		dput(file);
	}
	dput(dir);
	return data;
}

#define SIM_MAX_FAILURES	200

/* Let the n-th allocation of a call fail, for all n: what it does with each. */
struct sim_failing {
	struct kunit		*test;
	struct irq_sim_info	info;
	struct device		*dev;
	struct irq_domain	*domain;
	unsigned int		virq;
};

static bool sim_try_instantiate(struct sim_failing *f)
{
	f->domain = irq_domain_instantiate_sim(&f->info);
	return !IS_ERR(f->domain);
}

static bool sim_try_devm(struct sim_failing *f)
{
	f->domain = devm_irq_domain_instantiate_sim(f->dev, &f->info);
	return !IS_ERR(f->domain);
}

static bool sim_try_map(struct sim_failing *f)
{
	f->virq = irq_create_mapping(f->domain, f->info.num_irqs - 1);
	return f->virq;
}

/*
 * Some can do without what they wanted, such as entries in sysfs and debugfs, or
 * try again: an interrupt descriptor near the one of the last mapping is a wish.
 */
static void sim_undo(struct sim_failing *f, bool (*try)(struct sim_failing *f))
{
	if (try == sim_try_map) {
		irq_dispose_mapping(f->virq);
	} else if (try == sim_try_devm) {
		kunit_device_unregister(f->test, f->dev);
		f->dev = kunit_device_register(f->test, "chip");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, f->dev);
	} else {
		irq_domain_remove_sim(f->domain);
	}
}

/* Returns how many times it failed. */
static int sim_fail_each(struct sim_failing *f, bool (*try)(struct sim_failing *f))
{
	bool done = false, injected = true;
	int failed = 0, quiet = 0;
	/*
	 * A mapping makes files in sysfs. Their numbers are kept in a tree which
	 * takes another node once in five mappings or so, and that one moves
	 * what follows: not all tries in a row meet the same n-th allocation.
	 */
	int tries = try == sim_try_map ? 3 : 1;

	for (int n = 1; n < SIM_MAX_FAILURES && quiet < tries; n++) {
		bool counted = false;

		quiet = 0;
		for (int i = 0; i < tries; i++) {
			current->fail_nth = n;
			done = try(f);
			injected = !current->fail_nth;
			current->fail_nth = 0;
			if (!injected && ++quiet == tries)
				break;
			if (done) {
				sim_undo(f, try);
				continue;
			}
			if (!counted)
				failed++;
			counted = true;
			if (try != sim_try_map) {
				KUNIT_EXPECT_EQ(f->test, PTR_ERR(f->domain), -ENOMEM);
				KUNIT_EXPECT_NULL(f->test,
						  irq_find_matching_fwnode(f->info.fwnode,
									   DOMAIN_BUS_ANY));
			} else {
				KUNIT_EXPECT_EQ(f->test, irq_find_mapping(f->domain,
									  f->info.num_irqs - 1), 0);
				KUNIT_EXPECT_EQ(f->test, f->domain->mapcount, 0);
			}
		}
	}
	KUNIT_EXPECT_FALSE(f->test, injected);
	KUNIT_EXPECT_TRUE(f->test, done);
	return failed;
}
#endif

/* C18: out of memory is an error, and all that was allocated is free again. */
static void chip_no_memory(struct kunit *test)
{
#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
	const struct sim_param *param = test->param_value;
	static const unsigned int sizes[] = { SIM_LINES, 2000000 };
	struct sim_test *st = test->priv;
	/* By default allocations which may sleep are spared, and failures traced */
	bool *spares = sim_failslab("ignore-gfp-wait"), spared;
	unsigned long *verbose = sim_failslab("verbose"), verbosity;
	unsigned int first;

	if (!spares || !verbose)
		kunit_skip(test, "no ignore-gfp-wait and verbose in debugfs' failslab");
	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct sim_failing f = {
			.test	= test,
			.info	= {
				.fwnode		= sim_fwnode(test),
				.num_irqs	= sizes[i],
				.delivery	= param->delivery,
			},
		};
		struct sim_line line = { .st = st, .hwirq = sizes[i] - 1 };
		int failed[3];

		f.dev = kunit_device_register(test, "chip");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f.dev);

		spared = *spares;
		verbosity = *verbose;
		*spares = false;
		*verbose = 0;
		failed[0] = sim_fail_each(&f, sim_try_devm);
		kunit_device_unregister(test, f.dev);
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(f.info.fwnode, DOMAIN_BUS_ANY));
		failed[1] = sim_fail_each(&f, sim_try_instantiate);
		if (IS_ERR(f.domain)) {
			*spares = spared;
			*verbose = verbosity;
			return;
		}
		/* Does the number come back? */
		first = irq_create_mapping(f.domain, 0);
		irq_dispose_mapping(first);
		failed[2] = sim_fail_each(&f, sim_try_map);
		*spares = spared;
		*verbose = verbosity;

		/* The chip, the domain, its name; the action; the line */
		KUNIT_EXPECT_GE(test, failed[1], 3);
		KUNIT_EXPECT_EQ(test, failed[0], failed[1] + 1);
		KUNIT_EXPECT_GE(test, failed[2], 1);
		KUNIT_EXPECT_EQ(test, f.virq, first);
		kunit_info(test, "%d + %d + %d allocations failed\n",
			   failed[0], failed[1], failed[2]);

		line.virq = f.virq;
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(f.domain, line.hwirq), 1);
		irq_sim_synchronize(f.domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&line), 1);
		free_irq(line.virq, &line);
		irq_dispose_mapping(line.virq);
		irq_domain_remove_sim(f.domain);
	}
#else
	kunit_skip(test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
#endif
}

#ifdef CONFIG_TRACEPOINTS
/**
 * struct sim_traced - what the tracepoints reported
 * @line:	the line which is meant
 * @fire:	irq_sim_fire, if there
 * @deliver:	irq_sim_deliver, if there
 * @latched:	fires which made a latch
 * @merged:	fires which merged
 * @delivered:	deliveries
 */
struct sim_traced {
	struct sim_line		*line;
	struct tracepoint	*fire;
	struct tracepoint	*deliver;
	atomic_t		latched;
	atomic_t		merged;
	atomic_t		delivered;
};

static bool sim_traced_is_ours(struct sim_traced *traced, const struct irq_domain *domain,
			       irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_line *line = traced->line;

	return domain == line->st->domain && hwirq == line->hwirq && irq == line->virq;
}

static void sim_traced_fire(void *data, const struct irq_domain *domain, irq_hw_number_t hwirq,
			    unsigned int irq, bool latched)
{
	struct sim_traced *traced = data;

	if (sim_traced_is_ours(traced, domain, hwirq, irq))
		atomic_inc(latched ? &traced->latched : &traced->merged);
}

static void sim_traced_deliver(void *data, const struct irq_domain *domain,
			       irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_traced *traced = data;

	if (sim_traced_is_ours(traced, domain, hwirq, irq))
		atomic_inc(&traced->delivered);
}

static void sim_find_tracepoint(struct tracepoint *tp, void *data)
{
	struct sim_traced *traced = data;

	if (!strcmp(tp->name, "irq_sim_fire"))
		traced->fire = tp;
	if (!strcmp(tp->name, "irq_sim_deliver"))
		traced->deliver = tp;
}
#endif

#ifdef CONFIG_TRACEPOINTS
/* A delivery which has taken the line stays there until released. */
static void sim_traced_hold(void *data, const struct irq_domain *domain,
			    irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_traced *traced = data;

	if (sim_traced_is_ours(traced, domain, hwirq, irq))
		sim_hold(traced->line);
}

/* ... or until the line counts as active, and a while longer. */
static void sim_traced_active(void *data, const struct irq_domain *domain,
			      irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_traced *traced = data;
	struct sim_test *st = traced->line->st;
	u64 end = local_clock() + 5ULL * NSEC_PER_SEC;

	if (!sim_traced_is_ours(traced, domain, hwirq, irq))
		return;
	atomic_set_release(&st->entered, 1);
	while (!sim_state(traced->line, IRQCHIP_STATE_ACTIVE)) {
		if (local_clock() > end)
			return;
		cpu_relax();
	}
	mdelay(2);
	atomic_set_release(&st->left, 1);
}
#endif

/*
 * C3: a delivery on another CPU has taken the line, and is not in the flow
 * handler yet. Whatever happens to the line meanwhile, there is one run for
 * each latch.
 */
static void chip_taken(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int merged, latched, runs[3];

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = line;
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->deliver);
	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(traced->deliver, sim_traced_hold,
							   traced));

	sim_remote_hold(test, &remote);
	/* Masked and unmasked here: it waits to be handled over there */
	local_bh_disable();
	disable_irq_nosync(line->virq);
	enable_irq(line->virq);
	merged = sim_fire(line);
	local_bh_enable();
	sim_flush();
	runs[0] = sim_runs(line);
	/* Somebody else calls the flow handler, which takes the latch */
	generic_handle_irq_safe(line->virq);
	runs[1] = sim_runs(line);
	/* The next one is for the delivery over there */
	latched = sim_fire(line);
	sim_flush();
	runs[2] = sim_runs(line);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);
	tracepoint_probe_unregister(traced->deliver, sim_traced_hold, traced);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, merged, 0);
	KUNIT_EXPECT_EQ(test, runs[0], 0);
	KUNIT_EXPECT_EQ(test, runs[1], 1);
	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, runs[2], 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	/* And it is not stuck */
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

/*
 * C6, C17: the interrupt is freed when a delivery on another CPU has taken the
 * line, and is not in the flow handler yet: free_irq() waits for it.
 */
static void chip_free_waits(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int left;

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = line;
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->deliver);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(traced->deliver, sim_traced_active,
							   traced));

	sim_remote_hold(test, &remote);
	free_irq(line->virq, line);
	left = atomic_read_acquire(&st->left);
	sim_remote_end(&remote);
	tracepoint_probe_unregister(traced->deliver, sim_traced_active, traced);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_ACTIVE));
	/* The handler was gone by then, and the event with it */
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

/* Who traces the chip sees all that happens, for the line that it is about. */
static void chip_traced(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = &st->line[6];
	/* By name: a module has no access to them otherwise */
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->fire);
	KUNIT_ASSERT_NOT_NULL(test, traced->deliver);
	sim_request_all(test, NULL);

	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(traced->fire, sim_traced_fire, traced));
	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(traced->deliver, sim_traced_deliver,
							   traced));
	flags = sim_hold_cpu(test);
	for (int i = 0; i < SIM_LINES; i++) {
		sim_fire(&st->line[i]);
		sim_fire(&st->line[i]);
		sim_fire(&st->line[i]);
	}
	sim_release_cpu(test, flags);
	KUNIT_EXPECT_EQ(test, sim_wire(traced->line, true), 1);
	KUNIT_EXPECT_EQ(test, sim_wire(traced->line, false), 0);
	irq_sim_synchronize(st->domain);
	tracepoint_probe_unregister(traced->deliver, sim_traced_deliver, traced);
	tracepoint_probe_unregister(traced->fire, sim_traced_fire, traced);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, atomic_read(&traced->latched), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&traced->merged), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&traced->delivered), 2);
	KUNIT_EXPECT_EQ(test, sim_runs(traced->line), 2);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
/* What the chip says in debugfs, about itself or about a line. */
static const char *sim_debug(struct kunit *test, struct sim_line *line)
{
	struct sim_test *st = test->priv;
	struct seq_file m = { .size = 512 };

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	st->domain->ops->debug_show(&m, st->domain, line ? irq_get_irq_data(line->virq) : NULL, 0);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(&m));
	return m.buf;
}
#endif

static void chip_debugfs(struct kunit *test)
{
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	static const char * const deliveries[] = { "hardirq", "tasklet", "bh_work" };
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	unsigned int budget = param->budget;
	char expected[64];

	if (!budget)
		budget = sim_is_soft(test) ? 256 : UINT_MAX;
	snprintf(expected, sizeof(expected), "lines: %u delivery: %s budget: %u\n",
		 SIM_LINES, deliveries[param->delivery], budget);
	KUNIT_EXPECT_NOT_NULL(test, strstr(sim_debug(test, NULL), expected));
	KUNIT_EXPECT_NOT_NULL(test, strstr(sim_debug(test, NULL), "cpu0 served: 0\n"));

	KUNIT_EXPECT_STREQ(test, sim_debug(test, line), " line: masked low\n");
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_STREQ(test, sim_debug(test, line), " line: started low\n");
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_STREQ(test, sim_debug(test, line), " line: started masked latched high\n");
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_STREQ(test, sim_debug(test, line), " line: started high\n");
#else
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_DEBUGFS");
#endif
}

/* ... while it waits to be delivered, and that it was. */
static void chip_debugfs_queued(struct kunit *test)
{
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	struct irq_data *data = irq_get_irq_data(line->virq);
	struct irq_data none = {};
	struct seq_file m = { .size = 512 };
	unsigned long flags;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	/* Nothing of a line which is about to be mapped */
	st->domain->ops->debug_show(&m, st->domain, &none, 0);
	KUNIT_EXPECT_EQ(test, m.count, 0);

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	flags = sim_hold_cpu(test);
	sim_fire(line);
	st->domain->ops->debug_show(&m, st->domain, data, 0);
	sim_release_cpu(test, flags);
	KUNIT_EXPECT_STREQ(test, m.buf, " line: started latched queued low\n");

	irq_sim_synchronize(st->domain);
	m.count = 0;
	st->domain->ops->debug_show(&m, st->domain, NULL, 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, " served: 1\n"));
#else
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_DEBUGFS");
#endif
}

/* C20: where there is an interrupt for irq_work, it is done on return. */
static void sim_compat_is_inline(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	if (!arch_irq_work_has_interrupt())
		kunit_skip(test, "an irq_work waits for the tick");
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 1; i <= 100; i++) {
		int ret = sim_pend(line, true);
		int runs = sim_runs(line);

		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_EQ(test, runs, i);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->in_hardirq), 100);
}

/* C20: its wires are there to be read back, nothing more. */
static void sim_compat_wire(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_RISING), 0);
	for (int i = 1; i <= 4; i++) {
		KUNIT_EXPECT_EQ(test, irq_sim_set_line(st->domain, 0, i & 1), 0);
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL), i & 1);
	}
	sim_flush();
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	/* A fire is what the state has always been */
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
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
	KUNIT_CASE_PARAM_ATTR(chip_cpu_down, sim_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_dispose_under_fire, sim_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_numbers, kind_gen_params),
	KUNIT_CASE_PARAM(chip_two_chips, kind_gen_params),
	KUNIT_CASE_PARAM(chip_large, kind_gen_params),
	KUNIT_CASE_PARAM(chip_refused, kind_gen_params),
	KUNIT_CASE_PARAM(chip_budget, kind_gen_params),
	KUNIT_CASE_PARAM(chip_vector, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fairness, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fire_from, sim_gen_params),
	KUNIT_CASE_PARAM(chip_in_progress_elsewhere, sim_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_from, kind_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_busy, kind_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_latched, mask_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_in_progress, kind_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_refused, kind_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_forced, kind_gen_params),
	KUNIT_CASE_PARAM(chip_synchronize_moved, kind_gen_params),
	KUNIT_CASE_PARAM(chip_withdrawn, kind_gen_params),
	KUNIT_CASE_PARAM(chip_chained_type, kind_gen_params),
	KUNIT_CASE_PARAM(chip_chained_level, kind_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_cpu_down_latched, kind_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_cpu_going_down, kind_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_dispose_waits, sim_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_remove_in_flight, sim_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_remove_waits, kind_gen_params),
	KUNIT_CASE_PARAM(chip_remove_mapped, kind_gen_params),
	KUNIT_CASE_PARAM(chip_ops, kind_gen_params),
	KUNIT_CASE_PARAM(chip_devm, kind_gen_params),
	KUNIT_CASE_PARAM(chip_wire_race, kind_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_land_interrupt, kind_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_land_other_cpu, kind_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_no_memory, kind_gen_params),
	KUNIT_CASE_PARAM(chip_taken, kind_gen_params),
	KUNIT_CASE_PARAM(chip_free_waits, kind_gen_params),
	KUNIT_CASE_PARAM(chip_traced, kind_gen_params),
	KUNIT_CASE_PARAM(chip_debugfs, sim_gen_params),
	KUNIT_CASE_PARAM(chip_debugfs_queued, kind_gen_params),
	KUNIT_CASE(sim_compat_is_inline),
	KUNIT_CASE(sim_compat_wire),
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

/* Request line 3 as the parameter says. */
static struct sim_line *mask_request(struct kunit *test, unsigned long flags)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	line->type = param->type;
	line->on_irq = sim_served;
	/* Goes with the last owner */
	if (param->unlazy)
		irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, param->type | flags), 0);
	return line;
}

#define SIM_DEPTH	5

/* C5, C7: disabled several times over, replayed once, by the last enable. */
static void chip_mask_nested(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);

	for (int i = 0; i < SIM_DEPTH; i++) {
		disable_irq(line->virq);
		/* A lazy one masks when the first event comes in */
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_MASKED),
				i || param->unlazy);
		KUNIT_EXPECT_EQ(test, sim_event(line), i == 0);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	}
	for (int i = 0; i < SIM_DEPTH; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
	}
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));

	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
}

/* C5, C7: what is taken back while the line is masked never runs. */
static void chip_mask_withdrawn(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);

	for (int i = 0; i < 3; i++) {
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		if (line->type & IRQF_TRIGGER_HIGH)
			sim_wire(line, false);
		else
			sim_pend(line, false);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i);

		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i + 1);
	}
}

/* C6, C7: a new owner starts without the old one's latch, but with the wire. */
static void chip_mask_new_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);
	int level = !!(line->type & IRQF_TRIGGER_HIGH);

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	free_irq(line->virq, line);

	/* Not started before somebody enables it */
	mask_request(test, IRQF_NO_AUTOEN);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_event(line), level ? 0 : -ENXIO);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);

	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), level);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), level + 1);
}

/* C5: masked and unmasked from the chip's side, without the core. */
static void chip_mask_state(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[6];
	unsigned int virq = line->virq;
	unsigned long flags;
	bool queued, active;

	/* Without an owner: masked, nothing to latch, a wire all the same */
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_PENDING, true), -ENXIO);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL, true), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL, false), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, true), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_PENDING, true), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, false), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* An edge by way of the state, and no second one without a change */
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL,
							       true));
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	}

	/* Queued is pending, but not active: synchronize_irq() waits for the latter */
	flags = sim_hold_cpu(test);
	sim_fire(line);
	queued = sim_state(line, IRQCHIP_STATE_PENDING);
	active = sim_state(line, IRQCHIP_STATE_ACTIVE);
	sim_release_cpu(test, flags);
	KUNIT_EXPECT_TRUE(test, queued);
	KUNIT_EXPECT_FALSE(test, active);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);

	/* Masked while it is queued: not now */
	flags = sim_hold_cpu(test);
	sim_fire(line);
	irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, true);
	sim_release_cpu(test, flags);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, false), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);

	/* Refused, and nothing changed */
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_ACTIVE, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL + 1, true),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, irq_get_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL + 1, &active),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_irq_wake(virq, true), -ENXIO);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 5);
}

/*
 * C8: with one line in its handler on another CPU and one masked, all others
 * are served here. The line in progress is masked meanwhile, too.
 */
static void chip_mask_while_others_run(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = &st->line[0] };
	int served[SIM_LINES], latched, latched_again;

	sim_need_two_cpus(test);
	sim_request_all(test, NULL);
	st->line[0].on_irq = sim_hold;
	irq_set_status_flags(st->line[5].virq, IRQ_DISABLE_UNLAZY);
	disable_irq(st->line[5].virq);

	sim_remote_hold(test, &remote);
	disable_irq_nosync(st->line[0].virq);
	latched = sim_fire(&st->line[0]);
	for (int i = 1; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	/* The handler on the other CPU would block a synchronize of the chip */
	sim_flush();
	latched_again = sim_fire(&st->line[0]);
	sim_flush();
	for (int i = 0; i < SIM_LINES; i++)
		served[i] = sim_runs(&st->line[i]);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, latched_again, 0);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ_MSG(test, served[i], i != 5, "line %d", i);

	/* Both had an event */
	for (int i = 0; i < SIM_LINES; i += 5) {
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), i == 0);
		enable_irq(st->line[i].virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 1 + (i == 0));
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].nested), 0);
}

static void sim_call_disable_irq(struct sim_line *line)
{
	disable_irq(line->virq);
}

static void sim_call_disable_hardirq(struct sim_line *line)
{
	disable_hardirq(line->virq);
}

static void sim_call_synchronize_irq(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	synchronize_irq(line->virq);
}

static void sim_call_synchronize_hardirq(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	synchronize_hardirq(line->virq);
}

static void sim_call_synchronize_chip(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	irq_sim_synchronize(line->st->domain);
}

static void sim_call_free_irq(struct sim_line *line)
{
	free_irq(line->virq, line);
}

/* Whoever takes a line out of service waits for its handler on another CPU. */
static void chip_mask_waits(struct kunit *test)
{
	static const struct {
		const char	*name;
		void		(*call)(struct sim_line *line);
	} calls[] = {
		{ "disable_irq",		sim_call_disable_irq },
		{ "disable_hardirq",		sim_call_disable_hardirq },
		{ "synchronize_irq",		sim_call_synchronize_irq },
		{ "synchronize_hardirq",	sim_call_synchronize_hardirq },
		{ "irq_sim_synchronize",	sim_call_synchronize_chip },
		{ "free_irq",			sim_call_free_irq },
	};
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };

	sim_need_two_cpus(test);
	line->on_irq = sim_linger;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 0; i < ARRAY_SIZE(calls); i++) {
		int left, runs;

		sim_rewind(st);
		sim_remote_hold(test, &remote);
		atomic_set_release(&st->release, 1);
		calls[i].call(line);
		left = atomic_read_acquire(&st->left);
		runs = sim_runs(line);
		sim_remote_end(&remote);

		KUNIT_EXPECT_EQ_MSG(test, left, 1, "%s did not wait", calls[i].name);
		KUNIT_EXPECT_EQ(test, runs, i + 1);
		if (irq_has_action(line->virq))
			enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i + 1);
	}
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
}

/*
 * The detector of spurious interrupts disables the line when more than 99,900
 * of 100,000 were not handled, and not for one less.
 */
static void chip_spurious(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	struct irq_data *data = irq_get_irq_data(line->virq);
	struct irq_desc *desc = irq_data_to_desc(data);

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, READ_ONCE(desc->irq_count), 0);

	line->unhandled = true;
	for (int i = 1; i <= 3; i++) {
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, READ_ONCE(desc->irq_count), i);
	}

	/* The last one of 100,000: with 99,900 not handled, and with one more */
	for (int i = 0; i < 2; i++) {
		scoped_guard(raw_spinlock_irqsave, &desc->lock) {
			desc->irq_count = 100000 - 1;
			desc->irqs_unhandled = 99900 - 1 + i;
			/* Only those count which follow one another soon */
			desc->last_unhandled = jiffies + SIM_TIMEOUT;
		}
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, irqd_irq_disabled(data), i);
		KUNIT_EXPECT_EQ(test, READ_ONCE(desc->irq_count), 0);
	}
	free_irq(line->virq, line);

	/* That is not for good: a new owner starts afresh */
	line->unhandled = false;
	atomic_set(&line->handled, 0);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* Two owners: both are called, and one goes without the other. */
static void chip_shared(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, IRQF_SHARED);
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(line->virq));
	struct sim_line *second = kunit_kzalloc(test, sizeof(*second), GFP_KERNEL);
	unsigned long flags = IRQF_NO_THREAD | line->type;

	KUNIT_ASSERT_NOT_NULL(test, second);
	second->st = st;
	second->virq = line->virq;
	second->unhandled = true;

	/* Not for one who does not share */
	KUNIT_EXPECT_EQ(test, -EBUSY,
			request_irq(line->virq, sim_handler, flags | IRQF_PROBE_SHARED,
				    "irq_sim_kunit", second));
	KUNIT_ASSERT_EQ(test, 0,
			request_irq(line->virq, sim_handler, flags | IRQF_SHARED,
				    "irq_sim_kunit", second));
	/* CONFIG_DEBUG_SHIRQ calls the handlers for nothing */
	irq_sim_synchronize(st->domain);
	atomic_set(&line->handled, 0);
	atomic_set(&second->handled, 0);

	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 1);

	/* The mask is the line's, and so for both */
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 2);
	/* One of them handled it */
	KUNIT_EXPECT_EQ(test, READ_ONCE(desc->irq_count), 0);

	free_irq(line->virq, second);
	atomic_set(&second->handled, 0);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 0);

	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
}

/* What the core does to bring up an interrupt again. */
static void chip_retrigger(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];
	struct irq_data *data = irq_get_irq_data(line->virq);
	int ret[3];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	scoped_guard(irqsave)
		ret[0] = data->chip->irq_retrigger(data);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, ret[0], 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* Twice, and once from outside: one latch */
	disable_irq(line->virq);
	for (int i = 1; i < 3; i++) {
		scoped_guard(irqsave)
			ret[i] = data->chip->irq_retrigger(data);
		KUNIT_EXPECT_EQ(test, ret[i], 1);
	}
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
}

/* The interrupt injection of the core comes to the same. */
static void chip_inject(struct kunit *test)
{
#ifdef CONFIG_GENERIC_IRQ_INJECTION
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), -EINVAL);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);

	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
#else
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_INJECTION");
#endif
}

/* A suspend of the system disables the line, unless its owner wants none. */
static void chip_suspend(struct kunit *test)
{
#if IS_BUILTIN(CONFIG_IRQ_SIM_KUNIT_TEST) && defined(CONFIG_PM_SLEEP)
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);
	struct sim_line *awake = &st->line[4];
	int latched, merged, latched_awake, runs, runs_awake;

	KUNIT_ASSERT_EQ(test, sim_request(awake, IRQF_NO_SUSPEND), 0);

	/* It disables those of all devices: short, and nothing is printed */
	suspend_device_irqs();
	latched = sim_event(line);
	sim_flush();
	merged = sim_event(line);
	latched_awake = sim_fire(awake);
	sim_flush();
	runs = sim_runs(line);
	runs_awake = sim_runs(awake);
	resume_device_irqs();
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, merged, 0);
	KUNIT_EXPECT_EQ(test, runs, 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, latched_awake, 1);
	KUNIT_EXPECT_EQ(test, runs_awake, 1);
	KUNIT_EXPECT_EQ(test, sim_runs(awake), 1);
#else
	kunit_skip(test, "needs CONFIG_PM_SLEEP, and the tests built in");
#endif
}

/* C8: two lines with their threads at work, each masked on its own. */
static void chip_oneshot_two(struct kunit *test)
{
	static const unsigned int types[] = { IRQF_TRIGGER_RISING, IRQF_TRIGGER_HIGH };
	struct sim_test *st = test->priv;

	for (int i = 0; i < 2; i++) {
		struct sim_line *line = &st->line[i];

		line->type = types[i];
		line->on_irq = sim_served;
		KUNIT_ASSERT_EQ(test, 0,
				request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						     IRQF_ONESHOT | types[i],
						     "irq_sim_kunit", line));
	}
	for (int i = 0; i < 2; i++) {
		atomic_set(&st->entered, 0);
		KUNIT_EXPECT_EQ(test, sim_event(&st->line[i]), 1);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	}
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, sim_state(&st->line[i], IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, sim_event(&st->line[i]), 1);
	}
	irq_sim_synchronize(st->domain);
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 1);

	/* Two runs each */
	for (int i = 0; i < 4; i++)
		complete(&st->thread_go);
	for (int i = 0; i < 2; i++) {
		struct sim_line *line = &st->line[i];

		/* The thread unmasks when it is done, the second run follows */
		synchronize_irq(line->virq);
		irq_sim_synchronize(st->domain);
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
		free_irq(line->virq, line);
	}
}

/* C8: a line masked for its thread, when somebody else than a delivery calls the flow handler. */
static void chip_oneshot_called(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						      IRQF_ONESHOT, "irq_sim_kunit", line));
	generic_handle_irq_safe(line->virq);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	atomic_set(&st->entered, 0);
	complete_all(&st->thread_go);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	free_irq(line->virq, line);

	/* Nothing to do for the thread: unmasked at once */
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_handler, sim_thread,
						      IRQF_ONESHOT, "irq_sim_kunit", line));
	generic_handle_irq_safe(line->virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	free_irq(line->virq, line);
}

/*
 * C6: the core remembers what came for a level line which was disabled. It does not
 * replay that, and nobody else does when the next owner wants edges.
 */
static void chip_replay_dies_with_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_HIGH), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	sim_wire(line, false);
	free_irq(line->virq, line);

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_RISING), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* Nor is an edge pending which is nobody's any more */
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	free_irq(line->virq, line);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
}

/* C5, C8: disabled while its thread runs, the line stays masked when that is done. */
static void chip_oneshot_disabled(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						      IRQF_ONESHOT, "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	disable_irq_nosync(line->virq);
	complete_all(&st->thread_go);
	synchronize_irq(line->virq);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	free_irq(line->virq, line);
}

static irqreturn_t sim_thread_linger(int irq, void *data)
{
	struct sim_line *line = data;

	sim_thread(irq, data);
	/* Who does not wait for this thread is through by then */
	mdelay(2);
	atomic_set_release(&line->st->left, 1);
	return IRQ_HANDLED;
}

/* C8: synchronize_irq() waits for the thread, too. */
static void chip_thread_waits(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	int left;

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread,
						      sim_thread_linger, IRQF_ONESHOT,
						      "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	/* Of the priority of the thread, which would be done before this goes on */
	sched_set_fifo(current);
	complete(&st->thread_go);
	synchronize_irq(line->virq);
	left = atomic_read_acquire(&st->left);
	sched_set_normal(current, 0);
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, left, 1);
}

static void sim_note_and_lower_after(struct sim_line *line)
{
	sim_note_order(line);
	sim_lower_after(line);
}

/* C7, C9: lines which are asserted take turns. */
static void chip_level_turns(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned long flags;

	/* Even lines, see sim_lower_after() */
	for (int i = 0; i < 4; i += 2) {
		st->line[i].on_irq = sim_note_and_lower_after;
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], IRQF_TRIGGER_HIGH), 0);
	}
	flags = sim_hold_cpu(test);
	for (int i = 0; i < 4; i += 2)
		sim_wire(&st->line[i], true);
	sim_release_cpu(test, flags);
	for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
		irq_sim_synchronize(st->domain);

	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), 2 * SIM_LEVEL_RUNS);
	for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
		KUNIT_EXPECT_EQ(test, st->order[n], n % 2 * 2);
}

/* Edges merge as fires do, and one in the other direction takes nothing back. */
static void chip_edges_masked(struct kunit *test)
{
	static const struct {
		unsigned long	type;
		int		ret[5];	/* up, down, up, down, up */
	} edges[] = {
		{ IRQF_TRIGGER_RISING,				{ 1, 0, 0, 0, 0 } },
		{ IRQF_TRIGGER_FALLING,				{ 0, 1, 0, 0, 0 } },
		{ IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,	{ 1, 0, 0, 0, 0 } },
	};
	struct sim_test *st = test->priv;

	for (int i = 0; i < ARRAY_SIZE(edges); i++) {
		struct sim_line *line = &st->line[i];

		/* Edges for which nobody listens are gone */
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
		KUNIT_ASSERT_EQ(test, sim_request(line, edges[i].type), 0);
		irq_sim_synchronize(st->domain);
		disable_irq(line->virq);
		for (int n = 0; n < ARRAY_SIZE(edges[i].ret); n++) {
			KUNIT_EXPECT_EQ_MSG(test, sim_wire(line, !(n & 1)), edges[i].ret[n],
					    "type %lu, edge %d", edges[i].type, n);
			irq_sim_synchronize(st->domain);
		}
		KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	}
}

/* The trigger type changes under the owner: the wire counts as it says then. */
static void chip_type_change(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	unsigned int virq = line->virq;

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_FALLING), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	/* Asserted: served at once, until the handler lowers it */
	line->type = IRQF_TRIGGER_HIGH;
	line->on_irq = sim_served;
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));

	/* Refused: no change */
	KUNIT_EXPECT_EQ(test, -EINVAL,
			irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING | IRQ_TYPE_LEVEL_HIGH));
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);

	/* Edges again: a high wire means nothing, the next edge does */
	line->on_irq = NULL;
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
}

static void sim_note_mask(struct sim_line *line)
{
	if (sim_state(line, IRQCHIP_STATE_MASKED))
		atomic_inc(&line->st->entered);
	sim_served(line);
}

static void sim_serve_and_disable(struct sim_line *line)
{
	sim_served(line);
	disable_irq_nosync(line->virq);
}

/* C7: a level line is masked while its handler runs, each time, and only then. */
static void chip_level_mask(struct kunit *test)
{
	static const unsigned int types[] = { IRQF_TRIGGER_HIGH, IRQF_TRIGGER_LOW };
	struct sim_test *st = test->priv;

	for (int t = 0; t < ARRAY_SIZE(types); t++) {
		struct sim_line *line = &st->line[3 + t];

		line->type = types[t];
		line->on_irq = sim_note_mask;
		atomic_set(&st->entered, 0);
		sim_served(line);
		KUNIT_ASSERT_EQ(test, sim_request(line, line->type), 0);
		for (int i = 1; i <= 3; i++) {
			KUNIT_EXPECT_EQ(test, sim_event(line), 1);
			irq_sim_synchronize(st->domain);
			KUNIT_EXPECT_EQ(test, sim_runs(line), i);
			KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), i);
			KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		}

		/* Disabled by its handler: it is not unmasked */
		line->on_irq = sim_serve_and_disable;
		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		enable_irq(line->virq);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	}
}

/* C20: a line of irq_domain_create_sim() is not masked while its thread runs. */
static void sim_compat_oneshot(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						      IRQF_ONESHOT, "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	sim_flush();
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	sim_flush();
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	complete_all(&st->thread_go);
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 2);
}

static struct kunit_case irq_sim_masking_cases[] = {
	KUNIT_CASE(sim_lazy_disable),
	KUNIT_CASE(sim_real_mask),
	KUNIT_CASE(sim_pending_state_masked),
	KUNIT_CASE(sim_compat_types),
	KUNIT_CASE(sim_compat_oneshot),
	KUNIT_CASE_PARAM(chip_mask, sim_gen_params),
	KUNIT_CASE_PARAM(chip_mask_one_of_many, sim_gen_params),
	KUNIT_CASE_PARAM(chip_mask_in_handler, sim_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot, sim_gen_params),
	KUNIT_CASE_PARAM(chip_edges, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level_masked, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level_mask, kind_gen_params),
	KUNIT_CASE_PARAM(chip_mask_nested, mask_gen_params),
	KUNIT_CASE_PARAM(chip_mask_withdrawn, mask_gen_params),
	KUNIT_CASE_PARAM(chip_mask_new_owner, mask_gen_params),
	KUNIT_CASE_PARAM(chip_mask_state, kind_gen_params),
	KUNIT_CASE_PARAM(chip_mask_while_others_run, kind_gen_params),
	KUNIT_CASE_PARAM(chip_mask_waits, kind_gen_params),
	KUNIT_CASE_PARAM(chip_spurious, kind_gen_params),
	KUNIT_CASE_PARAM(chip_shared, mask_gen_params),
	KUNIT_CASE_PARAM(chip_retrigger, kind_gen_params),
	KUNIT_CASE_PARAM(chip_inject, kind_gen_params),
	KUNIT_CASE_PARAM(chip_suspend, mask_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot_two, kind_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot_called, kind_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot_disabled, kind_gen_params),
	KUNIT_CASE_PARAM(chip_thread_waits, kind_gen_params),
	KUNIT_CASE_PARAM(chip_replay_dies_with_owner, kind_gen_params),
	KUNIT_CASE_PARAM(chip_level_turns, sim_gen_params),
	KUNIT_CASE_PARAM(chip_edges_masked, kind_gen_params),
	KUNIT_CASE_PARAM(chip_type_change, kind_gen_params),
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
