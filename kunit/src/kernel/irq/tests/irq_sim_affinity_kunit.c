// SPDX-License-Identifier: GPL-2.0
/*
 * Affinity and CPU hotplug.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(mask, sim_masks, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

static int sim_line_cpu(struct sim_line *line)
{
	irq_sim_synchronize(line->st->domain);
	return READ_ONCE(line->cpu);
}

/* C16: delivery follows the affinity, also for what is already queued. */
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

	/* Latched here, moved while it is held, delivered on the other CPU, once */
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

/* C16: the delivering CPU goes down and comes back, under fire. */
static void chip_cpu_down(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_remote remote = {
		.fn	= sim_fire_until_released,
		.line	= line,
	};
	/* The first CPU may not be removable */
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
		ret = sim_remove_cpu(cpu);
		if (ret)
			break;
		/* Served by the remaining CPUs */
		atomic_set(&st->entered, 0);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		irq_sim_synchronize(st->domain);
		ret = sim_add_cpu(cpu);
	}
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, atomic_read(&line->handled), 0);
	/* Nobody disabled it, so no events merged: one run for each latch */
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), atomic_read(&st->latched));
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, atomic_read(&st->latched));
	sim_account_balances(test, line);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
}

/**
 * struct sim_churn - activity while a CPU goes down and comes back
 * @st:		the test
 * @fire:	fires all lines
 * @sync:	synchronizes with all lines
 * @stop:	tells both to stop
 * @fired:	rounds of @fire
 * @synced:	rounds of @sync
 */
struct sim_churn {
	struct sim_test		*st;
	struct work_struct	fire;
	struct work_struct	sync;
	atomic_t		stop;
	atomic_t		fired;
	atomic_t		synced;
};

static void sim_churn_fire(struct work_struct *work)
{
	struct sim_churn *churn = container_of(work, struct sim_churn, fire);

	while (!atomic_read(&churn->stop)) {
		for (int i = 0; i < SIM_LINES; i++)
			if (sim_fire(&churn->st->line[i]) == 1)
				atomic_inc(&churn->st->latched);
		atomic_inc_return_release(&churn->fired);
		cond_resched();
	}
}

static void sim_churn_sync(struct work_struct *work)
{
	struct sim_churn *churn = container_of(work, struct sim_churn, sync);

	while (!atomic_read(&churn->stop)) {
		irq_sim_synchronize(churn->st->domain);
		atomic_inc_return_release(&churn->synced);
		cond_resched();
	}
}

static bool sim_churned(atomic_t *rounds)
{
	atomic_set(rounds, 0);
	return sim_wait(rounds);
}

#define SIM_DOWN_ROUNDS	5

/*
 * C3, C16, C17: one task fires all lines of a CPU and another one synchronizes, while the CPU
 * goes down and comes back. No line is lost, runs twice at a time, or runs without a latch.
 */
static void chip_cpu_down_synchronize(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_churn *churn = kunit_kzalloc(test, sizeof(*churn), GFP_KERNEL);
	unsigned int cpu = cpumask_last(cpu_online_mask), first, second;
	int ret = 0, runs = 0;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	if (num_online_cpus() < 3)
		kunit_skip(test, "needs three CPUs");
	KUNIT_ASSERT_NOT_NULL(test, churn);
	churn->st = st;
	INIT_WORK(&churn->fire, sim_churn_fire);
	INIT_WORK(&churn->sync, sim_churn_sync);
	sim_request_all(test, NULL);

	first = cpumask_first(cpu_online_mask);
	second = cpumask_next(first, cpu_online_mask);
	schedule_work_on(first, &churn->fire);
	schedule_work_on(second, &churn->sync);
	for (int i = 0; i < SIM_DOWN_ROUNDS && !ret; i++) {
		for (int n = 0; n < SIM_LINES; n++)
			KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(st->line[n].virq,
								  cpumask_of(cpu)));
		KUNIT_EXPECT_TRUE(test, sim_churned(&churn->fired));
		KUNIT_EXPECT_TRUE(test, sim_churned(&churn->synced));
		ret = sim_remove_cpu(cpu);
		if (ret)
			break;
		KUNIT_EXPECT_TRUE(test, sim_churned(&churn->fired));
		KUNIT_EXPECT_TRUE(test, sim_churned(&churn->synced));
		ret = sim_add_cpu(cpu);
	}
	atomic_set(&churn->stop, 1);
	flush_work(&churn->fire);
	flush_work(&churn->sync);
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, ret, 0);
	for (int n = 0; n < SIM_LINES; n++) {
		runs += sim_runs(&st->line[n]);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[n].nested), 0);
		sim_account_balances(test, &st->line[n]);
	}
	/* Nobody disabled them, so no events merged */
	KUNIT_EXPECT_EQ(test, runs, atomic_read(&st->latched));
}

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

static const struct cpumask *sim_effective(struct sim_line *line)
{
	return irq_data_get_effective_affinity_mask(irq_get_irq_data(line->virq));
}

/* C16: with several CPUs in the mask, the firing CPU delivers if it is in the mask. */
static void chip_affinity_from(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int here, cpu[3], effective[3];

	sim_need_two_cpus(test);
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	/* Fire on the other CPU: affinity to all CPUs, to this one, to the other one */
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

/* C9, C16: lines wait for a busy CPU, whether fired or driven by the wire. */
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

/*
 * C3, C16: a line is passed on to another CPU, where it waits behind a handler. Until its turn
 * it can be withdrawn, and then it does not run.
 */
static void chip_affinity_withdrawn(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1], *behind = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = &st->line[0] };
	bool before, after, passed;
	unsigned long flags;
	int ret;

	sim_need_two_cpus(test);
	sim_request_all(test, NULL);
	st->line[0].on_irq = sim_hold;

	sim_remote_hold(test, &remote);
	flags = sim_hold_cpu(test);
	ret = sim_fire(line);
	sim_fire(behind);
	irq_set_affinity(line->virq, cpumask_of(remote.cpu));
	sim_let_go(test, flags);
	/* Lines are served in order, so this CPU has finished with the first one, too */
	passed = sim_wait(&behind->handled);
	before = sim_state(line, IRQCHIP_STATE_PENDING);
	sim_pend(line, false);
	after = sim_state(line, IRQCHIP_STATE_PENDING);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, ret, 1);
	KUNIT_EXPECT_TRUE(test, passed);
	KUNIT_EXPECT_TRUE(test, before);
	KUNIT_EXPECT_FALSE(test, after);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).dropped, 1);
	sim_account_balances(test, line);

	/* ... but the next event does run there */
	line->on_irq = sim_note_context;
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_line_cpu(line), remote.cpu);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_account_balances(test, line);
}

/*
 * C16: the affinity changes while the line is latched, masked or not. A lazily disabled edge
 * line has passed the first event to genirq, and latches the next one.
 */
static void chip_affinity_latched(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	int again = param->type == IRQF_TRIGGER_RISING && !param->unlazy;
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
		KUNIT_EXPECT_EQ(test, sim_event(line), again);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), n);
		enable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(line), cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(line), ++n);
		if (param->type != IRQF_TRIGGER_RISING)
			continue;
		KUNIT_EXPECT_EQ(test, sim_account(test, line).merged, again * n);
		sim_account_balances(test, line);
	}
}

/*
 * C16: the affinity changes while the handler runs. Events which arrive meanwhile are left to
 * the handler in progress, which runs once more on its CPU. After that, the line follows the
 * new affinity.
 */
static void chip_affinity_in_progress(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int here, begun, runs, cpu;

	sim_need_two_cpus(test);
	line->on_irq = sim_note_and_hold;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	sim_remote_hold(test, &remote);
	here = smp_processor_id();
	irq_set_affinity(line->virq, cpumask_of(here));
	sim_fire(line);
	sim_flush();
	begun = sim_begun(line);
	runs = sim_runs(line);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	cpu = sim_line_cpu(line);

	KUNIT_EXPECT_EQ(test, begun, 1);
	KUNIT_EXPECT_EQ(test, runs, 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	KUNIT_EXPECT_EQ(test, cpu, remote.cpu);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).kept, 1);
	sim_account_balances(test, line);

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_line_cpu(line), here);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
}

/* C16, C18: an affinity without a usable CPU is refused, and nothing changes. */
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

	/* C20: the chip of irq_domain_create_sim() has no affinity */
	compat = irq_domain_create_sim(NULL, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, compat);
	virq = irq_create_mapping(compat, 0);
	KUNIT_EXPECT_NE(test, virq, 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, here), -EINVAL);
	irq_dispose_mapping(virq);
	irq_domain_remove_sim(compat);
}

/* C16, C18: a forced affinity without any CPU is refused as well. */
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

/* The first run is held until released; the second one takes its time. */
static void sim_hold_then_linger(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (atomic_inc_return(&st->entered) == 1) {
		while (!atomic_read_acquire(&st->release))
			cpu_relax();
		return;
	}
	mdelay(20);
	atomic_set_release(&st->left, 1);
}

static enum hrtimer_restart sim_release_timer(struct hrtimer *timer)
{
	struct sim_landing *landing = container_of(timer, struct sim_landing, timer);

	atomic_set_release(&landing->line->st->release, 1);
	return HRTIMER_NORESTART;
}

/*
 * C17: a line is fired while its handler is in progress on another CPU, which has to run it
 * once more. irq_sim_synchronize() is called before that handler ends. It returns when the run
 * for this fire has finished, or with two fires, the run for the second one.
 */
static void chip_synchronize_in_progress(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct sim_landing *landing = kunit_kzalloc(test, sizeof(*landing), GFP_KERNEL);
	int ret[2] = {}, left, runs;

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, landing);
	landing->line = line;
	hrtimer_setup(&landing->timer, sim_release_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
	line->on_irq = sim_hold_then_linger;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	for (int fires = 1; fires <= 2; fires++) {
		atomic_set(&st->entered, 0);
		atomic_set(&st->release, 0);
		atomic_set(&st->left, 0);
		runs = sim_runs(line);
		sim_remote_hold(test, &remote);
		for (int i = 0; i < fires; i++) {
			ret[i] = sim_fire(line);
			sim_flush();
		}
		hrtimer_start(&landing->timer, ms_to_ktime(20), HRTIMER_MODE_REL_PINNED_HARD);
		irq_sim_synchronize(st->domain);
		left = atomic_read_acquire(&st->left);
		runs = sim_runs(line) - runs;
		hrtimer_cancel(&landing->timer);
		atomic_set_release(&st->release, 1);
		sim_remote_end(&remote);

		for (int i = 0; i < fires; i++)
			KUNIT_EXPECT_EQ(test, ret[i], 1);
		KUNIT_EXPECT_EQ(test, left, 1);
		KUNIT_EXPECT_EQ_MSG(test, runs, 1 + fires, "%d fires", fires);
		irq_sim_synchronize(st->domain);
		sim_account_balances(test, line);
	}
}

/* Keep a CPU from delivering until released, and for a while longer. */
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
 * C16: lines are queued here and have to go to another CPU. That CPU has
 * nothing to do when irq_sim_synchronize() looks there first, and lets the
 * lines wait once they have arrived. irq_sim_synchronize() waits for them all
 * the same.
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

	/* With interrupts disabled, a fire leaves delivery to ksoftirqd or to the tick */
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

	/* On PREEMPT_RT ksoftirqd may run while a task has softirqs disabled */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_EQ(test, runs, 3);
	for (int i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 1);
		KUNIT_EXPECT_EQ(test, READ_ONCE(st->line[i].cpu), remote.cpu);
	}
}

/* C16: lines are latched and masked for a CPU which is offline by the time they are unmasked. */
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
	ret = sim_remove_cpu(cpu);
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
		sim_account_balances(test, &st->line[i]);
	}
	if (!ret)
		KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(st->line[i].virq, cpumask_of(cpu)), 0);
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(&st->line[i]), cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 2);
	}
}

/*
 * C16: the CPU comes back. A line whose affinity includes it is delivered there again when
 * fired there, without its affinity being set anew; masked or not, and not before the CPU is
 * back.
 */
static void chip_cpu_comes_back(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = { .fn = sim_fire_and_flush };
	int cpu = cpumask_last(cpu_online_mask), here;
	const struct cpumask *effective;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	sim_need_two_cpus(test);
	for (int i = 0; i < 2; i++) {
		st->line[i].on_irq = sim_note_context;
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], 0), 0);
	}
	/* This one moves back, as its affinity has only the other CPU */
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[2], 0), 0);
	st->line[2].on_irq = sim_note_context;
	here = cpumask_first(cpu_online_mask);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(st->line[2].virq, cpumask_of(here)), 0);
	disable_irq(st->line[1].virq);

	for (int round = 1; round <= 2; round++) {
		KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
		for (int i = 0; i < 3; i++) {
			/* Where genirq does not move lines, the chip just skips dead CPUs */
			effective = sim_effective(&st->line[i]);
			if (IS_ENABLED(CONFIG_GENERIC_IRQ_MIGRATION))
				KUNIT_EXPECT_FALSE(test, cpumask_test_cpu(cpu, effective));
		}
		KUNIT_ASSERT_EQ(test, sim_add_cpu(cpu), 0);
		if (round == 2)
			enable_irq(st->line[1].virq);

		for (int i = 0; i < 3; i++) {
			bool masked = i == 1 && round == 1;

			effective = sim_effective(&st->line[i]);
			KUNIT_EXPECT_EQ(test, cpumask_test_cpu(cpu, effective), i < 2);
			WRITE_ONCE(st->line[i].cpu, -1);
			remote.line = &st->line[i];
			remote.cpu = cpu;
			INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
			schedule_work_on(cpu, &remote.work);
			flush_work(&remote.work);
			destroy_work_on_stack(&remote.work);
			KUNIT_EXPECT_EQ_MSG(test, sim_line_cpu(&st->line[i]),
					    masked ? -1 : i < 2 ? cpu : here,
					    "line %d, round %d", i, round);
			sim_account_balances(test, &st->line[i]);
		}
	}
	/* The event kept in the first round has had its run as well */
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[1]), 2);
}

/* C16, C19: a chip created while a CPU is offline delivers there once the CPU is up. */
static void chip_created_offline(struct kunit *test)
{
	int cpu = cpumask_last(cpu_online_mask);
	struct sim_test *st = test->priv;
	struct sim_line line = { .st = st, .on_irq = sim_note_context, .cpu = -1 };
	struct irq_domain *domain;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	sim_need_two_cpus(test);
	KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
	domain = sim_create(test->param_value);
	KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);

	line.virq = irq_create_mapping(domain, 0);
	KUNIT_EXPECT_NE(test, line.virq, 0);
	KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line.virq, cpumask_of(cpu)), 0);
	for (int i = 1; i <= 2; i++) {
		KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, 0), 1);
		irq_sim_synchronize(domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&line), i);
		KUNIT_EXPECT_EQ(test, READ_ONCE(line.cpu), cpu);
	}
	free_irq(line.virq, &line);
	irq_dispose_mapping(line.virq);
	irq_domain_remove_sim(domain);
}

/*
 * C16: a line with a single target keeps it when another CPU of its affinity comes back, even
 * if it is fired there.
 */
static void chip_single_stays(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct irq_sim_info info = {
		.num_irqs	= 1,
		.delivery	= param->delivery,
		.flags		= IRQ_SIM_SINGLE_TARGET,
	};
	int cpu = cpumask_last(cpu_online_mask), first = cpumask_first(cpu_online_mask);
	struct sim_test *own = kunit_kzalloc(test, sizeof(*own), GFP_KERNEL);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .cpu = cpu };
	struct sim_line *line;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, own);
	line = &own->line[0];
	remote.line = line;
	own->domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, own->domain);
	line->st = own;
	line->on_irq = sim_note_context;
	line->virq = sim_map(own->domain, 0);
	KUNIT_EXPECT_NE(test, line->virq, 0);
	KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);

	for (int i = 0; i < 2; i++) {
		if (IS_ENABLED(CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK))
			KUNIT_EXPECT_TRUE(test, cpumask_equal(sim_effective(line),
							      cpumask_of(first)));
		line->cpu = -1;
		INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
		schedule_work_on(cpu, &remote.work);
		flush_work(&remote.work);
		destroy_work_on_stack(&remote.work);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(line), first);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i + 1);
		if (i)
			break;
		KUNIT_EXPECT_EQ(test, sim_remove_cpu(cpu), 0);
		KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
	}
	free_irq(line->virq, line);
	irq_dispose_mapping(line->virq);
	irq_domain_remove_sim(own->domain);
}

static void sim_unmap(struct sim_line *line)
{
	irq_dispose_mapping(line->virq);
	line->virq = 0;
}

/*
 * C16: a managed line is shut down with the last CPU of its affinity. It loses what is latched
 * in the chip, as the device behind it is quiet by then; the account shows the loss. Events
 * kept by genirq are not lost. The line comes back with the CPU, disabled if it was disabled
 * before.
 */
static void chip_managed(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];
	int cpu = cpumask_last(cpu_online_mask);
	struct irq_affinity_desc affinity = { .is_managed = 1 };
	int runs = 0;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_MIGRATION))
		kunit_skip(test, "genirq moves no interrupts here when a CPU goes down");
	sim_need_two_cpus(test);
	sim_unmap(line);
	cpumask_copy(&affinity.mask, cpumask_of(cpu));
	line->virq = irq_create_mapping_affinity(st->domain, line->hwirq, &affinity);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	/* Enabled; masked with the latch in the chip; disabled with the event in genirq */
	for (int i = 0; i < 3; i++) {
		bool waits = i, kept = i == 2;

		if (i == 1)
			irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
		else
			irq_clear_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
		if (waits)
			disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		runs += !waits;
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
		KUNIT_EXPECT_EQ(test, sim_account(test, line).waiting, waits);

		KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
		KUNIT_EXPECT_EQ_MSG(test, sim_account(test, line).waiting, kept, "%d", i);
		KUNIT_EXPECT_EQ_MSG(test, sim_account(test, line).dropped, i > 0, "%d", i);
		KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
		KUNIT_ASSERT_EQ(test, sim_add_cpu(cpu), 0);

		if (waits)
			enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		runs += kept;
		KUNIT_EXPECT_EQ_MSG(test, sim_runs(line), runs, "%d", i);
		WRITE_ONCE(line->cpu, -1);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		KUNIT_EXPECT_EQ(test, sim_line_cpu(line), cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(line), ++runs);
		sim_account_balances(test, line);
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
 * C16: fired on a CPU which is going down. The CPU takes interrupts until its
 * end; a softirq might be too late for its ksoftirqd, and runs elsewhere.
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
	ret = sim_remove_cpu(cpu);
	cpuhp_remove_state_nocalls(state);
	irq_sim_synchronize(st->domain);

	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->latched), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	if (sim_is_soft(test))
		KUNIT_EXPECT_NE(test, READ_ONCE(line->cpu), cpu);
	else
		KUNIT_EXPECT_EQ(test, READ_ONCE(line->cpu), cpu);
	sim_account_balances(test, line);
	if (!ret)
		KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
}

static struct kunit_case irq_sim_affinity_cases[] = {
	KUNIT_CASE_PARAM(chip_affinity, sim_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_from, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_busy, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_withdrawn, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_latched, mask_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_in_progress, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_refused, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_affinity_forced, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_synchronize_in_progress, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_synchronize_moved, delivery_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_cpu_down, sim_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_cpu_down_synchronize, sim_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_cpu_down_latched, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_cpu_comes_back, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_created_offline, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_single_stays, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_managed, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_cpu_going_down, delivery_gen_params, sim_slow),
	{}
};

struct kunit_suite irq_sim_affinity_suite = {
	.name = "irq_sim_affinity",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_affinity_cases,
};
