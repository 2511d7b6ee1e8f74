// SPDX-License-Identifier: GPL-2.0
/*
 * What genirq guarantees to drivers and interrupt controllers, and once got wrong: affinity,
 * interrupt threads, CPU hotplug, resending. The rest is in irq_sim_genirq_kunit.c.
 */

#include "irq_sim_kunit.h"

static const struct kunit_attributes gen_slow = { .speed = KUNIT_SPEED_SLOW };

static const struct sim_kind_param gen_single_params[] = {
	SIM_KIND_PARAM(HARDIRQ, ACK, IRQ_SIM_SINGLE_TARGET, "hardirq"),
	SIM_KIND_PARAM(TASKLET, ACK, IRQ_SIM_SINGLE_TARGET, "tasklet"),
	SIM_KIND_PARAM(BH_WORK, ACK, IRQ_SIM_SINGLE_TARGET, "bh_work"),
};

KUNIT_ARRAY_PARAM_DESC(single, gen_single_params, sim.name);

/* The CPU to take down. The first CPU may not be removable. */
static unsigned int gen_need_hotplug(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	sim_need_two_cpus(test);
	return cpumask_last(cpu_online_mask);
}

static void gen_fire(struct kunit *test, struct sim_line *line)
{
	int runs = sim_runs(line);

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(line->st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), runs + 1);
}

/* Map a line with an affinity, managed or not. */
static struct sim_line *gen_map_affine(struct kunit *test, unsigned int cpu, bool managed)
{
	struct irq_affinity_desc affinity = { .is_managed = managed };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	irq_dispose_mapping(line->virq);
	cpumask_copy(&affinity.mask, cpumask_of(cpu));
	line->virq = irq_create_mapping_affinity(st->domain, line->hwirq, &affinity);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	line->on_irq = sim_note_context;
	return line;
}

/* A requested line keeps the affinity which came with its mapping. */
static void gen_affinity_given(struct kunit *test)
{
	unsigned int cpu;

	sim_need_two_cpus(test);
	for_each_online_cpu(cpu) {
		struct sim_line *line = gen_map_affine(test, cpu, false);

		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		KUNIT_EXPECT_TRUE_MSG(test, cpumask_equal(irq_get_affinity_mask(line->virq),
							  cpumask_of(cpu)),
				      "the affinity of the mapping is forgotten");
		gen_fire(test, line);
		KUNIT_EXPECT_EQ(test, READ_ONCE(line->cpu), cpu);
		free_irq(line->virq, line);
	}
}

static int gen_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	struct gen_chip *own = gen_chip_of(data);

	cpumask_copy(&own->mask, mask);
	own->force = force;
	if (atomic_inc_return(&own->calls) == 1 && own->ret)
		return own->ret;
	return own->real->irq_set_affinity(data, mask, force);
}

static unsigned int gen_startup(struct irq_data *data)
{
	struct gen_chip *own = gen_chip_of(data);

	/* Number of affinity changes before the startup */
	atomic_set(&own->outside, atomic_read(&own->calls));
	return own->real->irq_startup(data);
}

/*
 * A controller with IRQCHIP_AFFINITY_PRE_STARTUP gets the affinity of a line before it starts
 * the line.
 */
static void gen_affinity_first(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_chip *own = gen_replace_chip(test, line);

	if (!IS_ENABLED(CONFIG_SMP))
		kunit_skip(test, "no affinity on UP");
	own->chip.irq_set_affinity = gen_set_affinity;
	own->chip.irq_startup = gen_startup;
	own->chip.flags |= IRQCHIP_AFFINITY_PRE_STARTUP;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&own->outside), 1, "started without an affinity");
	KUNIT_EXPECT_EQ(test, atomic_read(&own->calls), 1);
	gen_fire(test, line);
}

/**
 * struct gen_threads - the tasks which handle an interrupt
 * @line:	the line
 * @handler:	task of the primary handler
 * @thread:	task of the threaded handler
 * @want:	CPU on which they should run
 * @irqs_on:	the primary handler runs with interrupts enabled
 * @bh_on:	softirqs may run in the primary handler
 */
struct gen_threads {
	struct sim_line		*line;
	struct task_struct	*handler;
	struct task_struct	*thread;
	const struct cpumask	*want;
	bool			irqs_on;
	bool			bh_on;
};

static irqreturn_t gen_threads_handler(int irq, void *data)
{
	struct gen_threads *threads = data;

	/* Otherwise it runs on top of some other task */
	if (!in_hardirq() && !in_serving_softirq())
		WRITE_ONCE(threads->handler, current);
	threads->irqs_on = !irqs_disabled();
	threads->bh_on = !in_interrupt();
	atomic_inc(&threads->line->begun);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t gen_threads_fn(int irq, void *data)
{
	struct gen_threads *threads = data;

	WRITE_ONCE(threads->thread, current);
	threads->line->cpu = raw_smp_processor_id();
	atomic_inc(&threads->line->handled);
	return IRQ_HANDLED;
}

/* Request line 2 with a thread. genirq may force the primary handler into a thread as well. */
static struct gen_threads *gen_request_threads(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct gen_threads *threads = kunit_kzalloc(test, sizeof(*threads), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, threads);
	threads->line = &st->line[2];
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(threads->line->virq, gen_threads_handler,
						      gen_threads_fn, 0, "irq_sim_kunit",
						      threads));
	return threads;
}

static void gen_fire_threads(struct kunit *test, struct gen_threads *threads)
{
	struct sim_line *line = threads->line;
	int runs = sim_runs(line);

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(line->st->domain);
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_begun(line), runs + 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), runs + 1);
}

static bool gen_threads_moved(void *arg)
{
	struct gen_threads *threads = arg;

	return cpumask_equal(threads->thread->cpus_ptr, threads->want) &&
	       (!threads->handler || cpumask_equal(threads->handler->cpus_ptr, threads->want));
}

/* Of several interrupts which are allocated at once, each has the affinity given for it. */
static void gen_descs_affinity(struct kunit *test)
{
	struct irq_affinity_desc *affinity;
	unsigned int other = sim_other_cpu();
	struct irq_data *data[2];
	int virq;

	sim_need_two_cpus(test);
	if (!IS_ENABLED(CONFIG_SPARSE_IRQ))
		kunit_skip(test, "needs CONFIG_SPARSE_IRQ");
	affinity = kunit_kcalloc(test, ARRAY_SIZE(data), sizeof(*affinity), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, affinity);
	cpumask_copy(&affinity[0].mask, cpumask_of(other));
	cpumask_andnot(&affinity[1].mask, cpu_possible_mask, cpumask_of(other));
	affinity[1].is_managed = 1;

	virq = __irq_alloc_descs(-1, 1, ARRAY_SIZE(data), NUMA_NO_NODE, THIS_MODULE, affinity);
	KUNIT_ASSERT_GT(test, virq, 0);
	for (int i = 0; i < ARRAY_SIZE(data); i++) {
		data[i] = irq_get_irq_data(virq + i);
		KUNIT_EXPECT_TRUE_MSG(test, cpumask_equal(irq_data_get_affinity_mask(data[i]),
							  &affinity[i].mask), "interrupt %d", i);
		KUNIT_EXPECT_EQ_MSG(test, irqd_affinity_is_managed(data[i]), i, "interrupt %d", i);
	}
	irq_free_descs(virq, ARRAY_SIZE(data));
}

/* The threads of a line follow its affinity without waiting for the next interrupt. */
static void gen_threads_follow(struct kunit *test)
{
	struct gen_threads *threads;
	unsigned int cpu;

	sim_need_two_cpus(test);
	threads = gen_request_threads(test);
	gen_fire_threads(test, threads);
	KUNIT_ASSERT_NOT_NULL(test, threads->thread);
	for_each_online_cpu(cpu) {
		threads->want = cpumask_of(cpu);
		KUNIT_EXPECT_EQ(test, irq_set_affinity(threads->line->virq, threads->want), 0);
		KUNIT_EXPECT_TRUE_MSG(test, gen_wait(gen_threads_moved, threads),
				      "idle threads do not follow to CPU %u", cpu);
	}
	KUNIT_EXPECT_EQ(test, sim_runs(threads->line), 1);
	free_irq(threads->line->virq, threads);
}

/* The threads run on the line's CPU from the first interrupt on, and nobody else moves them. */
static void gen_threads_bound(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct gen_threads *threads;
	unsigned int cpu;

	sim_need_two_cpus(test);
	for_each_online_cpu(cpu) {
		st->line[2].cpu = -1;
		atomic_set(&st->line[2].begun, 0);
		atomic_set(&st->line[2].handled, 0);
		KUNIT_EXPECT_EQ(test, irq_set_affinity(st->line[2].virq, cpumask_of(cpu)), 0);
		threads = gen_request_threads(test);
		gen_fire_threads(test, threads);
		KUNIT_EXPECT_EQ_MSG(test, st->line[2].cpu, cpu, "where its thread runs");
		KUNIT_ASSERT_NOT_NULL(test, threads->thread);
		KUNIT_EXPECT_TRUE_MSG(test, threads->thread->flags & PF_NO_SETAFFINITY,
				      "a cpuset can move the thread");
		if (threads->handler)
			KUNIT_EXPECT_TRUE(test, threads->handler->flags & PF_NO_SETAFFINITY);
		free_irq(st->line[2].virq, threads);
	}
}

/*
 * A handler which is forced into a thread runs as in an interrupt: with softirqs disabled and,
 * except on PREEMPT_RT, with interrupts disabled. It takes precedence over the thread of the
 * same interrupt.
 */
static void gen_threads_forced(struct kunit *test)
{
	struct gen_threads *threads = gen_request_threads(test);

	gen_fire_threads(test, threads);
	if (!threads->handler) {
		free_irq(threads->line->virq, threads);
		if (test->status != KUNIT_FAILURE)
			kunit_skip(test, "needs forced interrupt threads");
		return;
	}
	KUNIT_EXPECT_EQ_MSG(test, threads->irqs_on, IS_ENABLED(CONFIG_PREEMPT_RT),
			    "interrupts in a forced handler");
	KUNIT_EXPECT_FALSE_MSG(test, threads->bh_on, "softirqs in a forced handler");
	KUNIT_EXPECT_GT_MSG(test, threads->handler->rt_priority, threads->thread->rt_priority,
			    "the thread goes before the handler");
	free_irq(threads->line->virq, threads);
}

/* Record the CPU of each run. The first run waits for the next event. */
static void gen_storm(struct sim_line *line)
{
	struct sim_test *st = line->st;
	struct irq_sim_account is = {};
	int run = atomic_inc_return(&st->entered);

	st->order[run % SIM_ORDER] = smp_processor_id();
	if (run > 1)
		return;
	while (!atomic_read_acquire(&st->release))
		cpu_relax();
	/* For the new target, which waits for this handler or leaves the event to it. */
	sim_fire(line);
	for (int i = 0; i < 40000 && !is.kept; i++) {
		if (irq_sim_get_account(st->domain, line->hwirq, &is))
			break;
		udelay(5);
	}
}

/*
 * A line with a single target moves while its handler is in progress. The next interrupt is
 * handled on the new target. On the old one, an interrupt which arrives fast enough might never
 * let the handler finish.
 */
static void gen_live_lock(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int here;

	sim_need_two_cpus(test);
	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK))
		kunit_skip(test, "needs CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK");
	line->on_irq = gen_storm;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	migrate_disable();
	here = smp_processor_id();
	KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(line->virq, cpumask_of(sim_other_cpu())));
	sim_remote_hold(test, &remote);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(here)), 0);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);
	migrate_enable();

	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, st->order[1], remote.cpu);
	KUNIT_EXPECT_EQ_MSG(test, st->order[2], here, "handled on the old target");
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	sim_expect_account(test, line, NULL);
}

/* A demultiplexed interrupt is handled on another CPU, according to its affinity. */
static void gen_redirect(struct kunit *test)
{
#ifdef CONFIG_SMP
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_chip *own = gen_replace_chip(test, line);
	const struct cpumask *mask;
	unsigned int cpu;
	int handled = 0;

	sim_need_two_cpus(test);
	own->chip.irq_set_affinity = irq_chip_redirect_set_affinity;
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for_each_online_cpu(cpu) {
		unsigned long flags;
		bool ret;

		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		mask = irq_get_effective_affinity_mask(line->virq);
		KUNIT_EXPECT_TRUE_MSG(test, cpumask_equal(mask, cpumask_of(cpu)),
				      "the effective affinity does not follow");
		line->cpu = -1;
		local_irq_save(flags);
		ret = generic_handle_demux_domain_irq(st->domain, line->hwirq);
		local_irq_restore(flags);
		KUNIT_EXPECT_TRUE(test, ret);
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(line), ++handled);
		KUNIT_EXPECT_EQ_MSG(test, line->cpu, cpu, "where it is handled");
	}
#else
	kunit_skip(test, "needs CONFIG_SMP");
#endif
}

/*
 * The controller is not passed offline CPUs, unless a CPU is on its way up and the affinity is
 * forced: then it gets the requested mask.
 */
static void gen_offline_cpus(struct kunit *test)
{
	unsigned int cpu = gen_need_hotplug(test);
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_chip *own = gen_replace_chip(test, line);
	int ret;

	own->chip.irq_set_affinity = gen_set_affinity;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
	ret = irq_set_affinity(line->virq, cpu_possible_mask);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_TRUE_MSG(test, cpumask_subset(&own->mask, cpu_online_mask),
			      "the controller is given CPUs which are offline");
	KUNIT_EXPECT_FALSE(test, own->force);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), -EINVAL);
	ret = irq_force_affinity(line->virq, cpumask_of(cpu));
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "a forced affinity is refused");
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&own->mask, cpumask_of(cpu)));
	KUNIT_EXPECT_TRUE(test, own->force);
	/* Delivered elsewhere until that CPU is up */
	gen_fire(test, line);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpu_online_mask), 0);
	KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
	gen_fire(test, line);
}

/* A controller without room on the remaining CPUs of the affinity gets any CPU. */
static void gen_no_vectors(struct kunit *test)
{
	unsigned int cpu = gen_need_hotplug(test);
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_chip *own = gen_replace_chip(test, line);
	const struct cpumask *mask;

	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_MIGRATION))
		kunit_skip(test, "genirq moves no interrupts here when a CPU goes down");
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	/* Do not use cpu_online_mask itself: genirq compares the pointers */
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpu_online_mask), 0);
	own->chip.irq_set_affinity = gen_set_affinity;
	own->ret = -ENOSPC;
	KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&own->calls), 2, "no second attempt");
	mask = irq_get_effective_affinity_mask(line->virq);
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK))
		KUNIT_EXPECT_FALSE_MSG(test, cpumask_test_cpu(cpu, mask), "left on a dead CPU");
	gen_fire(test, line);
	KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
}

static void gen_complete_move(struct irq_data *data)
{
	atomic_inc(&gen_chip_of(data)->calls);
}

/*
 * A line may have been moved away from a CPU which goes down. The controller is told to
 * complete the move, though the line is delivered elsewhere by now.
 */
static void gen_move_completed(struct kunit *test)
{
	unsigned int cpu = gen_need_hotplug(test);
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_chip *own = gen_replace_chip(test, line);

	if (!IS_ENABLED(CONFIG_GENERIC_PENDING_IRQ))
		kunit_skip(test, "needs CONFIG_GENERIC_PENDING_IRQ");
	own->chip.irq_force_complete_move = gen_complete_move;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
	KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(line->virq,
						  cpumask_of(cpumask_first(cpu_online_mask))));
	KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&own->calls), 1, "the move is not completed");
	KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
	gen_fire(test, line);
}

/**
 * struct gen_notify - an affinity notifier
 * @notify:	the notifier
 * @told:	number of notifications
 * @mask:	mask passed to the last one
 */
struct gen_notify {
	struct irq_affinity_notify	notify;
	atomic_t			told;
	struct cpumask			mask;
};

static void gen_notified(struct irq_affinity_notify *notify, const cpumask_t *mask)
{
	struct gen_notify *own = container_of(notify, struct gen_notify, notify);

	cpumask_copy(&own->mask, mask);
	atomic_inc_return_release(&own->told);
}

static void gen_notify_release(struct kref *ref)
{
}

/* The affinity notifier is called when a CPU going down breaks the affinity. */
static void gen_notify_broken(struct kunit *test)
{
	unsigned int cpu = gen_need_hotplug(test);
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_notify *own = kunit_kzalloc(test, sizeof(*own), GFP_KERNEL);
	bool told;

	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_MIGRATION))
		kunit_skip(test, "genirq moves no interrupts here when a CPU goes down");
	KUNIT_ASSERT_NOT_NULL(test, own);
	own->notify.notify = gen_notified;
	own->notify.release = gen_notify_release;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
	KUNIT_ASSERT_EQ(test, irq_set_affinity_notifier(line->virq, &own->notify), 0);
	KUNIT_EXPECT_EQ(test, sim_remove_cpu(cpu), 0);
	told = sim_wait(&own->told);
	KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity_notifier(line->virq, NULL), 0);
	KUNIT_EXPECT_TRUE_MSG(test, told, "nobody tells that the affinity is broken");
	KUNIT_EXPECT_EQ(test, atomic_read(&own->told), told);
	if (told) {
		KUNIT_EXPECT_TRUE(test, cpumask_intersects(&own->mask, cpu_online_mask));
		KUNIT_EXPECT_FALSE(test, cpumask_equal(&own->mask, cpumask_of(cpu)));
	}
	gen_fire(test, line);
}

/* A disabled managed line stays disabled, however often its CPU goes down and comes back. */
static void gen_managed_disabled(struct kunit *test)
{
	unsigned int cpu = gen_need_hotplug(test);
	struct sim_line *line = gen_map_affine(test, cpu, true);

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	for (int i = 1; i <= 3; i++) {
		KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
		KUNIT_ASSERT_EQ(test, sim_add_cpu(cpu), 0);
		sim_fire(line);
		irq_sim_synchronize(line->st->domain);
		KUNIT_ASSERT_EQ_MSG(test, sim_runs(line), 0,
				    "disabled, and runs after CPU %u was back %d times", cpu, i);
	}
	enable_irq(line->virq);
	irq_sim_synchronize(line->st->domain);
	gen_fire(test, line);
	KUNIT_EXPECT_EQ(test, READ_ONCE(line->cpu), cpu);
}

static bool gen_line_ran(void *arg)
{
	struct sim_line *line = arg;

	return sim_runs(line) == atomic_read(&line->st->runs);
}

/* genirq resends each time, if the controller of a line cannot retrigger. */
static void gen_resend(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_chip *own = gen_replace_chip(test, line);

	if (!IS_ENABLED(CONFIG_HARDIRQS_SW_RESEND))
		kunit_skip(test, "needs CONFIG_HARDIRQS_SW_RESEND");
	own->chip.irq_retrigger = NULL;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 1; i <= 3; i++) {
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i - 1);
		atomic_set(&st->runs, i);
		enable_irq(line->virq);
		KUNIT_EXPECT_TRUE_MSG(test, gen_wait(gen_line_ran, line), "resend %d", i);
	}
}

/* Two interrupts nested in one parent are resent at once: the parent is resent, and once. */
static void gen_resend_nested(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *parent = &st->line[1];

	if (!IS_ENABLED(CONFIG_HARDIRQS_SW_RESEND))
		kunit_skip(test, "needs CONFIG_HARDIRQS_SW_RESEND");
	KUNIT_ASSERT_EQ(test, sim_request(parent, 0), 0);
	for (int i = 2; i < 4; i++) {
		struct sim_line *line = &st->line[i];

		gen_replace_chip(test, line)->chip.irq_retrigger = NULL;
		irq_set_nested_thread(line->virq, true);
		KUNIT_ASSERT_EQ(test, irq_set_parent(line->virq, parent->virq), 0);
		KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, NULL, sim_handler,
							      IRQF_ONESHOT, "irq_sim_kunit",
							      line));
		disable_irq(line->virq);
		handle_nested_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	}
	atomic_set(&st->runs, 1);
	local_bh_disable();
	for (int i = 2; i < 4; i++)
		enable_irq(st->line[i].virq);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, gen_wait(gen_line_ran, parent));
	for (int i = 2; i < 4; i++)
		free_irq(st->line[i].virq, &st->line[i]);
}

static struct kunit_case irq_sim_genirq_more_cases[] = {
	KUNIT_CASE(gen_affinity_given),
	KUNIT_CASE(gen_affinity_first),
	KUNIT_CASE(gen_descs_affinity),
	KUNIT_CASE(gen_threads_follow),
	KUNIT_CASE(gen_threads_bound),
	KUNIT_CASE(gen_threads_forced),
	KUNIT_CASE(gen_redirect),
	KUNIT_CASE(gen_resend),
	KUNIT_CASE(gen_resend_nested),
	KUNIT_CASE_PARAM(gen_live_lock, single_gen_params),
	KUNIT_CASE_ATTR(gen_offline_cpus, gen_slow),
	KUNIT_CASE_ATTR(gen_no_vectors, gen_slow),
	KUNIT_CASE_ATTR(gen_move_completed, gen_slow),
	KUNIT_CASE_ATTR(gen_notify_broken, gen_slow),
	KUNIT_CASE_ATTR(gen_managed_disabled, gen_slow),
	{}
};

struct kunit_suite irq_sim_genirq_more_suite = {
	.name = "irq_sim_genirq_more",
	.init = gen_init,
	.exit = sim_exit,
	.test_cases = irq_sim_genirq_more_cases,
};
