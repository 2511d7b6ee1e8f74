// SPDX-License-Identifier: GPL-2.0
/*
 * Where and when handlers run: contexts, budget, fairness.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

/* C11: when a task fires, the interrupt has been handled on return. */
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

static void sim_log(struct sim_test *st, unsigned int what)
{
	int i = atomic_inc_return(&st->runs) - 1;

	if (i < ARRAY_SIZE(st->order))
		st->order[i] = what;
}

#define SIM_WITNESS	100

/* The task in which the first run of chip_budget() was, and whether others were elsewhere */
static struct task_struct *sim_first_task;
static bool sim_other_task;

static void sim_log_task(void)
{
	if (!sim_first_task)
		sim_first_task = current;
	else if (sim_first_task != current)
		sim_other_task = true;
}

/*
 * On PREEMPT_RT without the BH lock, a task which is preempted in the middle of a pass may
 * continue after one that has begun the next pass. If all runs were in one task, this has not
 * happened.
 */
static bool sim_passes_overlap(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) && !IS_ENABLED(CONFIG_PREEMPT_RT_NEEDS_BH_LOCK) &&
	       sim_other_task;
}

/**
 * struct sim_witness - runs alternately with the delivery of a chip
 * @st:		test in which it records its runs
 * @before:	runs of the handlers before it marked its own
 * @delivery:	delivery of the chip, and of the witness
 * @irq_work:	alternates with a delivery by irq_work
 * @bh_work:	alternates with a delivery by BH work
 * @tasklet:	alternates with a delivery by tasklet
 */
struct sim_witness {
	struct sim_test		*st;
	int			before;
	enum irq_sim_delivery	delivery;
	struct irq_work		irq_work;
	struct work_struct	bh_work;
	struct tasklet_struct	tasklet;
};

/* Queue it behind the delivery. The delivery queues itself likewise, and so gets behind this. */
static void sim_witness_again(struct sim_witness *witness)
{
	if (witness->delivery == IRQ_SIM_DELIVER_HARDIRQ)
		irq_work_queue(&witness->irq_work);
	else if (witness->delivery == IRQ_SIM_DELIVER_BH_WORK)
		queue_work(system_bh_highpri_wq, &witness->bh_work);
	else
		tasklet_sim_schedule(&witness->tasklet);
}

static void sim_witness_run(struct sim_witness *witness)
{
	struct sim_test *st = witness->st;
	int handled = 0;

	sim_log_task();
	sim_log(st, SIM_WITNESS);
	if (irqs_disabled() && witness->delivery != IRQ_SIM_DELIVER_HARDIRQ)
		atomic_inc(&st->irqs_off);
	for (int i = 0; i < SIM_LINES; i++)
		handled += sim_runs(&st->line[i]);
	if (handled < SIM_LINES)
		sim_witness_again(witness);
}

static void sim_witness_irq(struct irq_work *work)
{
	sim_witness_run(container_of(work, struct sim_witness, irq_work));
}

static void sim_witness_bh(struct work_struct *work)
{
	sim_witness_run(container_of(work, struct sim_witness, bh_work));
}

static void sim_witness_tasklet(struct tasklet_struct *tasklet)
{
	sim_witness_run(container_of(tasklet, struct sim_witness, tasklet));
}

static void sim_note_order_and_task(struct sim_line *line)
{
	sim_log_task();
	sim_note_order(line);
}

/* Expect @budget lines, then the witness, and so on */
static void sim_expect_soft_budget(struct kunit *test, struct sim_test *st, unsigned int budget)
{
	unsigned int served = 0, n = 0;

	while (served < SIM_LINES) {
		unsigned int left = SIM_LINES - served;

		if (budget && left > budget)
			left = budget;
		while (left--)
			KUNIT_EXPECT_EQ_MSG(test, st->order[n++], served++, "budget %u", budget);
		KUNIT_EXPECT_EQ_MSG(test, st->order[n++], SIM_WITNESS, "budget %u", budget);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), n);
}

/*
 * Both run once in each interrupt, in either order: an irq_work which is queued by another one
 * may come before it the next time. So up to two budgets may be served in a row.
 */
static void sim_expect_hard_budget(struct kunit *test, struct sim_test *st, unsigned int budget)
{
	unsigned int served = 0, row = 0, most = 0;

	for (int n = 0; n < min(atomic_read(&st->runs), SIM_ORDER); n++) {
		if (st->order[n] == SIM_WITNESS) {
			row = 0;
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, st->order[n], served++, "budget %u", budget);
		most = max(most, ++row);
	}
	KUNIT_EXPECT_EQ(test, served, SIM_LINES);
	if (budget && budget < SIM_LINES)
		KUNIT_EXPECT_LE_MSG(test, most, 2 * budget, "budget %u", budget);
	else
		KUNIT_EXPECT_EQ_MSG(test, most, SIM_LINES, "budget %u", budget);
}

/* A delivery serves as many lines as its budget allows, then others get a turn. */
static void chip_budget(struct kunit *test)
{
	static const unsigned int budgets[] = { 0, 1, 3, SIM_LINES - 1, SIM_LINES, UINT_MAX };
	const struct sim_param *param = test->param_value;
	struct sim_witness *witness = kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, witness);
	witness->delivery = param->delivery;
	witness->irq_work = IRQ_WORK_INIT_HARD(sim_witness_irq);
	tasklet_setup(&witness->tasklet, sim_witness_tasklet);
	INIT_WORK(&witness->bh_work, sim_witness_bh);

	for (int b = 0; b < ARRAY_SIZE(budgets); b++) {
		struct sim_param with_budget = {
			.delivery	= param->delivery,
			.budget		= budgets[b],
		};
		struct sim_test *st = test->priv;
		unsigned long flags;

		/* Recreate the fixture with this budget */
		sim_exit(test);
		test->priv = NULL;
		test->param_value = &with_budget;
		sim_init(test);
		test->param_value = param;
		st = test->priv;
		witness->st = st;
		sim_first_task = NULL;
		sim_other_task = false;
		sim_request_all(test, sim_note_order_and_task);

		flags = sim_hold_cpu(test);
		for (int i = 0; i < SIM_LINES; i++)
			sim_fire(&st->line[i]);
		sim_witness_again(witness);
		sim_let_go(test, flags);
		/* Synchronizing would use up some of the budget */
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->line[SIM_LINES - 1].handled));
		tasklet_kill(&witness->tasklet);
		flush_work(&witness->bh_work);
		irq_work_sync(&witness->irq_work);

		/* Tasklets and BH work are served in FIFO order, irq_work is not */
		if (!sim_is_soft(test))
			sim_expect_hard_budget(test, st, budgets[b]);
		else if (!sim_passes_overlap())
			sim_expect_soft_budget(test, st, budgets[b]);
		else
			kunit_info(test, "budget %u: the passes may have overlapped\n", budgets[b]);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&witness->st->irqs_off), 0);
}

static struct sim_witness *sim_next_witness;

static void sim_mark(struct sim_witness *witness)
{
	witness->before = atomic_read(&witness->st->runs);
	sim_log(witness->st, SIM_WITNESS);
}

static void sim_mark_irq(struct irq_work *work)
{
	sim_mark(container_of(work, struct sim_witness, irq_work));
}

static void sim_mark_bh(struct work_struct *work)
{
	sim_mark(container_of(work, struct sim_witness, bh_work));
}

static void sim_mark_tasklet(struct tasklet_struct *tasklet)
{
	sim_mark(container_of(tasklet, struct sim_witness, tasklet));
}

#define SIM_TURNS	5

/* Queue the witness in the first run, and fire the line again in all but the last one. */
static void sim_fire_with_witness(struct sim_line *line)
{
	sim_note_order(line);
	if (sim_begun(line) == 1)
		irq_work_queue(&sim_next_witness->irq_work);
	if (sim_begun(line) < SIM_TURNS)
		sim_fire(line);
	else
		atomic_set_release(&line->st->left, 1);
}

static struct task_struct *sim_wanting;

/* Done as soon as it has the CPU. */
static int sim_want_cpu(void *data)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Queue the witness in the first run, and make a task want the CPU. */
static void sim_fire_wanted(struct sim_line *line)
{
	sim_note_order(line);
	if (sim_begun(line) == 1) {
		sim_witness_again(sim_next_witness);
		wake_up_process(sim_wanting);
	}
	if (sim_begun(line) < SIM_TURNS)
		sim_fire(line);
	else
		atomic_set_release(&line->st->left, 1);
}

/* C9, C27: a delivery continues with new events, unless something else has to run on the CPU. */
static void chip_gives_way(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_witness *witness = kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);
	struct task_struct *task;
	unsigned int n = 0;

	if (!sim_is_soft(test))
		kunit_skip(test, "an interrupt does not go on");
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "who wants the CPU has it between two handlers");
	KUNIT_ASSERT_NOT_NULL(test, witness);
	witness->st = st;
	witness->delivery = param->delivery;
	tasklet_setup(&witness->tasklet, sim_mark_tasklet);
	INIT_WORK(&witness->bh_work, sim_mark_bh);
	sim_next_witness = witness;
	line->on_irq = sim_fire_wanted;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	task = kthread_create(sim_want_cpu, NULL, "irq_sim_kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	sim_wanting = task;

	/* Keep all of it on one CPU */
	migrate_disable();
	kthread_bind(task, smp_processor_id());
	sched_set_fifo(task);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->left));
	irq_sim_synchronize(st->domain);
	migrate_enable();
	tasklet_kill(&witness->tasklet);
	flush_work(&witness->bh_work);
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, sim_runs(line), SIM_TURNS);
	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), SIM_TURNS + 1);
	while (n < SIM_TURNS && st->order[n] != SIM_WITNESS)
		n++;
	/* Both are queued again, and the witness was first */
	KUNIT_EXPECT_EQ(test, n, 1);
}

/* C9, C27: events arriving during an interrupt are left to the next one, with any budget. */
static void chip_next_interrupt(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_witness *witness = kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);
	unsigned int n = 0;

	if (sim_is_soft(test))
		kunit_skip(test, "a softirq goes on with it");
	KUNIT_ASSERT_NOT_NULL(test, witness);
	witness->st = st;
	witness->irq_work = IRQ_WORK_INIT_HARD(sim_mark_irq);
	sim_next_witness = witness;
	line->on_irq = sim_fire_with_witness;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	/* Keep all of it on one CPU */
	migrate_disable();
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	/* The delivery wakes a synchronizing task, and gives way to it: wait until it is over */
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->left));
	irq_sim_synchronize(st->domain);
	irq_work_sync(&witness->irq_work);
	migrate_enable();
	KUNIT_EXPECT_EQ(test, sim_runs(line), SIM_TURNS);
	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), SIM_TURNS + 1);
	while (n < SIM_TURNS && st->order[n] != SIM_WITNESS)
		n++;
	/* The witness may run after the line in the next interrupt, but not later */
	KUNIT_EXPECT_GE(test, n, 1);
	KUNIT_EXPECT_LE(test, n, 2);
}

/* More than twice the default budget: two hard interrupt deliveries may precede the witness */
#define SIM_MANY	600

/* Queue the witness in the first run of any line: it runs when this delivery has ended. */
static irqreturn_t sim_many_handler(int irq, void *data)
{
	struct sim_test *st = data;

	if (!atomic_read(&st->runs))
		sim_witness_again(sim_next_witness);
	if (atomic_inc_return(&st->runs) == SIM_MANY)
		atomic_set_release(&st->left, 1);
	return IRQ_HANDLED;
}

/* C27: without a limit, one delivery serves all that is queued when it starts. */
static void chip_no_limit(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_witness *witness = kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);
	struct irq_sim_info info = {
		.num_irqs	= SIM_MANY,
		.delivery	= param->delivery,
		/* In hard interrupt context, the default is no limit */
		.budget		= sim_is_soft(test) ? UINT_MAX : 0,
	};
	struct irq_domain *domain;
	unsigned int ready, virq, fired = 0;
	unsigned long flags;

	if (!IS_ENABLED(CONFIG_SPARSE_IRQ))
		kunit_skip(test, "needs %u interrupt numbers", SIM_MANY);
	KUNIT_ASSERT_NOT_NULL(test, witness);
	witness->st = st;
	witness->delivery = param->delivery;
	witness->irq_work = IRQ_WORK_INIT_HARD(sim_mark_irq);
	tasklet_setup(&witness->tasklet, sim_mark_tasklet);
	INIT_WORK(&witness->bh_work, sim_mark_bh);
	sim_next_witness = witness;
	domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	for (ready = 0; ready < SIM_MANY; ready++) {
		virq = sim_map(domain, ready);
		if (!virq)
			break;
		if (request_irq(virq, sim_many_handler, IRQF_NO_THREAD, "irq_sim_kunit", st)) {
			irq_dispose_mapping(virq);
			break;
		}
	}
	KUNIT_EXPECT_EQ(test, ready, SIM_MANY);

	flags = sim_hold_cpu(test);
	for (unsigned int i = 0; i < ready; i++)
		fired += irq_sim_fire(domain, i) == 1;
	sim_let_go(test, flags);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->left));
	irq_sim_synchronize(domain);
	tasklet_kill(&witness->tasklet);
	flush_work(&witness->bh_work);
	irq_work_sync(&witness->irq_work);
	while (ready--) {
		virq = irq_find_mapping(domain, ready);
		free_irq(virq, st);
		irq_dispose_mapping(virq);
	}
	irq_domain_remove_sim(domain);

	KUNIT_EXPECT_EQ(test, fired, SIM_MANY);
	KUNIT_EXPECT_EQ(test, witness->before, SIM_MANY);
}

#ifdef CONFIG_TRACEPOINTS
#define SIM_VECTOR_NONE		NR_SOFTIRQS
#define SIM_VECTOR_HARDIRQ	(NR_SOFTIRQS + 1)
#define SIM_VECTOR_TASKS	16

/**
 * struct sim_vector - a softirq in progress, tracked by tracepoints
 * @task:	the task which runs it or is interrupted by it, NULL if the entry is free
 * @vector:	number of the softirq
 */
struct sim_vector {
	struct task_struct	*task;
	unsigned int		vector;
};

/*
 * The softirqs in progress on each CPU. On PREEMPT_RT without the BH lock there may be several:
 * a task which is preempted in a softirq does not keep other tasks from running softirqs.
 */
static DEFINE_PER_CPU(struct sim_vector [SIM_VECTOR_TASKS], sim_in_progress);
/* There was no entry left */
static bool sim_untracked;

/**
 * struct sim_vectors - the tracepoints of softirqs
 * @entry:	tracepoint at the start of a softirq
 * @exit:	tracepoint at the end of a softirq
 */
struct sim_vectors {
	struct tracepoint	*entry;
	struct tracepoint	*exit;
};

static void sim_find_vectors(struct tracepoint *tp, void *data)
{
	struct sim_vectors *vectors = data;

	if (!strcmp(tp->name, "softirq_entry"))
		vectors->entry = tp;
	if (!strcmp(tp->name, "softirq_exit"))
		vectors->exit = tp;
}

/* The entry of a task, or a free one if @task is NULL. Interrupts are disabled. */
static struct sim_vector *sim_vector_entry_of(struct task_struct *task)
{
	struct sim_vector *entry = this_cpu_ptr(&sim_in_progress[0]);

	for (int i = 0; i < SIM_VECTOR_TASKS; i++) {
		if (entry[i].task == task)
			return &entry[i];
	}
	return NULL;
}

static void sim_vector_entry(void *data, unsigned int vector)
{
	struct sim_vector *entry;

	guard(irqsave)();
	entry = sim_vector_entry_of(NULL);
	if (entry)
		*entry = (struct sim_vector) { current, vector };
	else
		WRITE_ONCE(sim_untracked, true);
}

static void sim_vector_exit(void *data, unsigned int vector)
{
	struct sim_vector *entry;

	guard(irqsave)();
	entry = sim_vector_entry_of(current);
	if (entry)
		entry->task = NULL;
}

static void sim_note_vector(struct sim_line *line)
{
	struct sim_vector *entry = sim_vector_entry_of(current);
	unsigned int vector = entry ? entry->vector : SIM_VECTOR_NONE;
	struct sim_test *st = line->st;
	int i = atomic_inc_return(&st->runs) - 1;

	/* A hard interrupt may arrive during a softirq */
	if (i < ARRAY_SIZE(st->order))
		st->order[i] = in_hardirq() ? SIM_VECTOR_HARDIRQ : vector;
}

static unsigned int sim_vector_of(enum irq_sim_delivery delivery)
{
	switch (delivery) {
	case IRQ_SIM_DELIVER_TASKLET:
		return IS_ENABLED(CONFIG_IRQ_SIM_SOFTIRQ) ? NR_SOFTIRQS - 1 : TASKLET_SOFTIRQ;
	case IRQ_SIM_DELIVER_BH_WORK:
		return HI_SOFTIRQ;
	default:
		return SIM_VECTOR_HARDIRQ;
	}
}
#endif

/*
 * C10: check in which softirq each run is, and that the vector of the chip does no other work:
 * one pass for each delivery, none for other vectors.
 */
static void chip_vector(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	unsigned int tasklet = sim_vector_of(IRQ_SIM_DELIVER_TASKLET);
	struct sim_vectors vectors = {};
	unsigned int cpu, passes = 0;
	unsigned long flags;
	bool ran;

	if (param->delivery == IRQ_SIM_DELIVER_TASKLET)
		passes = param->budget == 1 ? SIM_LINES : 1;
	for_each_kernel_tracepoint(sim_find_vectors, &vectors);
	KUNIT_ASSERT_NOT_NULL(test, vectors.entry);
	KUNIT_ASSERT_NOT_NULL(test, vectors.exit);
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&sim_in_progress[0], cpu), 0, sizeof(sim_in_progress));
	sim_untracked = false;
	sim_request_all(test, sim_note_vector);
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(vectors.exit, sim_vector_exit, NULL));
	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(vectors.entry, sim_vector_entry, NULL));

	flags = sim_hold_cpu(test);
	passes += kstat_softirqs_cpu(tasklet, smp_processor_id());
	for (int i = 0; i < SIM_LINES; i++)
		sim_fire(&st->line[i]);
	/* Still on this CPU afterwards. No synchronize, as it would be counted */
	migrate_disable();
	sim_let_go(test, flags);
	ran = sim_wait(&st->line[SIM_LINES - 1].handled);
	passes -= kstat_softirqs_cpu(tasklet, smp_processor_id());
	migrate_enable();
	tracepoint_probe_unregister(vectors.entry, sim_vector_entry, NULL);
	tracepoint_probe_unregister(vectors.exit, sim_vector_exit, NULL);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_TRUE(test, ran);
	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), SIM_LINES);
	/* TASKLET_SOFTIRQ has other users, too */
	if (IS_ENABLED(CONFIG_IRQ_SIM_SOFTIRQ))
		KUNIT_EXPECT_EQ(test, passes, 0);
	if (sim_untracked && test->status != KUNIT_FAILURE)
		kunit_skip(test, "too many tasks were preempted in softirqs");
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ_MSG(test, st->order[i], sim_vector_of(param->delivery),
				    "run %d", i);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

#define SIM_SELFISH	3
#define SIM_ROUNDS	10

static void sim_fire_selfish(struct sim_line *line)
{
	sim_note_order(line);
	if (line->hwirq < SIM_SELFISH && sim_begun(line) < SIM_ROUNDS)
		sim_fire(line);
}

/* C9: several lines which fire themselves take turns, and the other lines get theirs. */
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
 * struct sim_from - a fire from a given context
 * @line:	the line to fire
 * @wire:	fire by a rising edge on the wire
 * @before:	runs of the handler before the fire
 * @ret:	what the fire returned
 * @inside:	runs of the handler right after the fire, in the same context
 * @after:	runs of the handler after leaving the context
 * @work:	to get into hard interrupt context
 * @tasklet:	to get into softirq context
 * @done:	the fire has happened
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

/* C11: fired from each context, the line is handled once, and at the promised time, if any. */
static void chip_fire_from(struct kunit *test)
{
	enum { NO, YES, ANY };
	static const struct {
		const char	*name;
		void		(*fire)(struct sim_from *from);
		/* Handled when the fire returns? When the context is left? */
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
		/* A hard interrupt is taken when interrupts are enabled, or with the next tick */
		if (!soft && contexts[i].fire != sim_from_irqs_disabled)
			continue;
		/* With preemption disabled, PREEMPT_RT leaves it to ksoftirqd */
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

static struct kunit_case irq_sim_context_cases[] = {
	KUNIT_CASE_PARAM(chip_fire_is_inline, sim_gen_params),
	KUNIT_CASE_PARAM(chip_budget, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_gives_way, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_next_interrupt, sim_gen_params),
	KUNIT_CASE_PARAM(chip_no_limit, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_vector, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fairness, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fire_from, sim_gen_params),
	{}
};

struct kunit_suite irq_sim_context_suite = {
	.name = "irq_sim_context",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_context_cases,
};
