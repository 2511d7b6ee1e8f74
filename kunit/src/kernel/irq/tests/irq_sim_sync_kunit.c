// SPDX-License-Identifier: GPL-2.0
/*
 * What irq_sim_synchronize() waits for, lines which are not started, and CPUs which come back.
 */

#include <linux/kthread.h>

#include "irq_sim_kunit.h"

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

/* For what must end in bounded time, on any host: turns of a tenth of a second */
#define SYNC_TURNS	600

KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);

/*
 * For lines which fire themselves, and whose handlers take long. Where no tick can interrupt the
 * softirqs behind an interrupt, as on UML, only their ten passes limit them. With the default
 * budget, these take longer than a tick, and the CPU would do nothing else.
 */
#define SYNC_BUDGET	16

static const struct sim_kind_param sync_slow_params[] = {
	{ { IRQ_SIM_DELIVER_TASKLET, SYNC_BUDGET, "ack tasklet" }, IRQ_SIM_KIND_ACK },
	{ { IRQ_SIM_DELIVER_BH_WORK, SYNC_BUDGET, "ack bh_work" }, IRQ_SIM_KIND_ACK },
	{ { IRQ_SIM_DELIVER_TASKLET, SYNC_BUDGET, "eoi tasklet" }, IRQ_SIM_KIND_EOI },
	{ { IRQ_SIM_DELIVER_BH_WORK, SYNC_BUDGET, "eoi bh_work" }, IRQ_SIM_KIND_EOI },
};

KUNIT_ARRAY_PARAM_DESC(slow, sync_slow_params, sim.name);

/* One line a pass, for lines which keep two CPUs in handlers that wait for each other */
static const struct sim_kind_param sync_chain_params[] = {
	{ { IRQ_SIM_DELIVER_TASKLET, 1, "ack tasklet" }, IRQ_SIM_KIND_ACK },
	{ { IRQ_SIM_DELIVER_BH_WORK, 1, "ack bh_work" }, IRQ_SIM_KIND_ACK },
	{ { IRQ_SIM_DELIVER_TASKLET, 1, "eoi tasklet" }, IRQ_SIM_KIND_EOI },
	{ { IRQ_SIM_DELIVER_BH_WORK, 1, "eoi bh_work" }, IRQ_SIM_KIND_EOI },
};

KUNIT_ARRAY_PARAM_DESC(chain, sync_chain_params, sim.name);

/* Releases the held handler later. */
struct sync_timer {
	struct hrtimer	timer;
	struct sim_test	*st;
};

static enum hrtimer_restart sync_release(struct hrtimer *timer)
{
	struct sync_timer *later = container_of(timer, struct sync_timer, timer);

	atomic_set_release(&later->st->release, 1);
	return HRTIMER_NORESTART;
}

/* The first run is held. The last run takes its time, and reports when it has finished. */
static void sync_last_is_slow(struct sim_line *line)
{
	struct sim_test *st = line->st;
	int run = atomic_inc_return(&st->entered);

	if (run == 1) {
		while (!atomic_read_acquire(&st->release))
			cpu_relax();
		return;
	}
	if (run != atomic_read(&st->runs))
		return;
	/* A caller which does not wait for this has returned by then, even on a busy host */
	mdelay(200);
	atomic_set_release(&st->left, 1);
}

static int sync_wire_up(struct sim_line *line)
{
	return sim_wire(line, true);
}

/* What genirq does to replay an event. */
static int sync_retrigger(struct sim_line *line)
{
	struct irq_data *data = irq_get_irq_data(line->virq);

	guard(raw_spinlock_irqsave)(&irq_data_to_desc(data)->lock);
	return data->chip->irq_retrigger(data);
}

static void sync_in_progress_check(struct kunit *test, int fires,
				   int (*event)(struct sim_line *line))
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct sync_timer later = { .st = st };
	int left;

	sim_need_two_cpus(test);
	line->on_irq = sync_last_is_slow;
	atomic_set(&st->runs, fires + 1);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	hrtimer_setup_on_stack(&later.timer, sync_release, CLOCK_MONOTONIC,
			       HRTIMER_MODE_REL_HARD);
	sim_remote_hold(test, &remote);
	KUNIT_EXPECT_EQ(test, event(line), 1);
	/* The first event is kept, and the second one latched behind it */
	if (fires > 1) {
		KUNIT_EXPECT_TRUE(test, sim_wait_kept(line, 1));
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	}
	hrtimer_start(&later.timer, ms_to_ktime(2), HRTIMER_MODE_REL_HARD);
	irq_sim_synchronize(st->domain);
	left = atomic_read_acquire(&st->left);
	hrtimer_cancel(&later.timer);
	destroy_hrtimer_on_stack(&later.timer);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	KUNIT_EXPECT_EQ(test, left, 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), fires + 1);
	/* A retrigger replays an event which genirq has never kept */
	if (event != sync_retrigger)
		sim_expect_account(test, line, NULL);
}

/*
 * C17: the line is fired while its handler is in progress on another CPU, which has to run it
 * once more. That run has finished when irq_sim_synchronize() returns.
 */
static void sync_in_progress(struct kunit *test)
{
	sync_in_progress_check(test, 1, sim_fire);
}

/* C17: the same with an edge on the wire */
static void sync_in_progress_wire(struct kunit *test)
{
	sync_in_progress_check(test, 1, sync_wire_up);
}

/* C17: the same with a retrigger */
static void sync_in_progress_retrigger(struct kunit *test)
{
	sync_in_progress_check(test, 1, sync_retrigger);
}

/* C17: the same for an event latched behind one which genirq kept */
static void sync_behind_kept(struct kunit *test)
{
	if (sim_kind_is_eoi(test))
		kunit_skip(test, "genirq keeps nothing of a line which is active");
	sync_in_progress_check(test, 2, sim_fire);
}

#ifdef CONFIG_TRACEPOINTS
/* Hold a fire which has latched, but has not yet put the line on a list, until released. */
static void sync_fire_hold(void *data, const struct irq_domain *domain, irq_hw_number_t hwirq,
			   unsigned int irq, bool latched)
{
	struct sim_traced *traced = data;

	if (latched && sim_traced_is_ours(traced, domain, hwirq, irq))
		sim_hold(traced->line);
}
#endif

/* C17: a fire, or an edge, merges into a fire which is in progress on another CPU. */
static void sync_merged(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct sync_timer later = { .st = st };

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = line;
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->fire);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	hrtimer_setup_on_stack(&later.timer, sync_release, CLOCK_MONOTONIC,
			       HRTIMER_MODE_REL_HARD);
	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(traced->fire, sync_fire_hold, traced));
	for (int wire = 0; wire < 2; wire++) {
		int ret, before, after;

		atomic_set(&st->entered, 0);
		atomic_set(&st->release, 0);
		sim_remote_hold(test, &remote);
		before = sim_begun(line);
		ret = wire ? sim_wire(line, true) : sim_fire(line);
		hrtimer_start(&later.timer, ms_to_ktime(2), HRTIMER_MODE_REL_HARD);
		irq_sim_synchronize(st->domain);
		after = sim_runs(line);
		hrtimer_cancel(&later.timer);
		atomic_set_release(&st->release, 1);
		sim_remote_end(&remote);
		irq_sim_synchronize(st->domain);

		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_EQ(test, before, wire);
		KUNIT_EXPECT_EQ_MSG(test, after, wire + 1, "%s", wire ? "edge" : "fire");
		KUNIT_EXPECT_EQ(test, sim_runs(line), wire + 1);
	}
	tracepoint_probe_unregister(traced->fire, sync_fire_hold, traced);
	tracepoint_synchronize_unregister();
	destroy_hrtimer_on_stack(&later.timer);
	sim_expect_account(test, line, NULL);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

/* Activity while somebody synchronizes. */
struct sync_noise {
	struct sim_test		*st;
	struct task_struct	*loud;
	struct task_struct	*sync;
	struct completion	done;
	int			rounds;
	atomic_t		begun;
	atomic_t		stop;
};

static int sync_thread(void *data)
{
	struct sync_noise *noise = data;

	for (int i = 0; i < noise->rounds; i++)
		irq_sim_synchronize(noise->st->domain);
	complete_all(&noise->done);
	return 0;
}

static int sync_fire_thread(void *data)
{
	struct sync_noise *noise = data;

	while (!atomic_read(&noise->stop)) {
		for (int i = 0; i < SIM_LINES; i++)
			sim_fire(&noise->st->line[i]);
		atomic_set_release(&noise->begun, 1);
		sim_poll();
	}
	return 0;
}

static int sync_move_thread(void *data)
{
	struct sync_noise *noise = data;

	while (!atomic_read(&noise->stop)) {
		unsigned int cpu;

		for_each_online_cpu(cpu) {
			for (int i = 0; i < SIM_LINES; i++)
				irq_set_affinity(noise->st->line[i].virq, cpumask_of(cpu));
			atomic_set_release(&noise->begun, 1);
			sim_poll();
		}
	}
	return 0;
}

static void sync_fire_self(struct sim_line *line)
{
	if (!atomic_read(&line->st->release))
		sim_fire(line);
}

/* If the whole machine stalls, that counts for one turn. */
static bool sync_returns(struct sync_noise *noise)
{
	for (int turn = 0; turn < SYNC_TURNS; turn++) {
		if (wait_for_completion_timeout(&noise->done, HZ / 10))
			return true;
	}
	return false;
}

/* Create the threads while there is no noise yet, which might hold up their creation. */
static void sync_bounded_init(struct kunit *test, struct sync_noise *noise,
			      int (*fn)(void *data))
{
	struct sim_test *st = test->priv;

	sim_need_two_cpus(test);
	noise->st = st;
	noise->rounds = 4;
	init_completion(&noise->done);
	sim_request_all(test, NULL);
	noise->loud = kthread_create(fn, noise, "irq_sim_noise");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, noise->loud);
	get_task_struct(noise->loud);
	noise->sync = kthread_create(sync_thread, noise, "irq_sim_sync");
	if (IS_ERR(noise->sync)) {
		kthread_stop_put(noise->loud);
		KUNIT_FAIL_AND_ABORT(test, "no thread: %pe", noise->sync);
	}
	migrate_disable();
	kthread_bind(noise->loud, sim_other_cpu());
}

static void sync_bounded_check(struct kunit *test, struct sync_noise *noise)
{
	wake_up_process(noise->loud);
	KUNIT_EXPECT_TRUE(test, sim_wait(&noise->begun));

	wake_up_process(noise->sync);
	if (!sync_returns(noise))
		KUNIT_FAIL(test, "irq_sim_synchronize() does not return");
	atomic_set(&noise->stop, 1);
	atomic_set(&noise->st->release, 1);
	kthread_stop_put(noise->loud);
	/* Nothing holds it up any more, and it uses data on the stack */
	wait_for_completion(&noise->done);
}

static void sync_bounded_end(struct kunit *test)
{
	struct sim_test *st = test->priv;

	migrate_enable();
	for (int i = 0; i < 2; i++)
		irq_sim_synchronize(st->domain);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, sim_account(test, &st->line[i]).waiting, 0);
		sim_expect_account(test, &st->line[i], NULL);
	}
}

/* C17: bounded while another CPU keeps firing all lines and one line keeps firing itself. */
static void sync_bounded_fire(struct kunit *test)
{
	struct sync_noise noise = {};
	struct sim_test *st = test->priv;

	sync_bounded_init(test, &noise, sync_fire_thread);
	/* In hard interrupt context this would be a storm, which uses up the CPU */
	if (sim_is_soft(test))
		st->line[7].on_irq = sync_fire_self;
	sync_bounded_check(test, &noise);
	sync_bounded_end(test);
}

/* Takes long enough that the lines behind it are moved while they wait. */
static void sync_fire_self_slowly(struct sim_line *line)
{
	/* Longer than the other CPU takes to move a line */
	for (int i = 0; i < 1000; i++)
		cpu_relax();
	sync_fire_self(line);
}

/*
 * C17: bounded while all lines keep firing themselves and moving between CPUs. In hard interrupt
 * context this would be a storm, which uses up the CPU.
 */
static void sync_bounded_move(struct kunit *test)
{
	struct sync_noise noise = {};
	struct sim_test *st = test->priv;

	sync_bounded_init(test, &noise, sync_move_thread);
	for (int i = 0; i < SIM_LINES; i++) {
		st->line[i].on_irq = sync_fire_self_slowly;
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	}
	sync_bounded_check(test, &noise);
	sync_bounded_end(test);
}

/* Two lines which move from one CPU to another by turns, so that one is always in transit. */
static struct sync_chain {
	unsigned int	from;
	unsigned int	to;
	atomic_t	held;	/* the CPU that the lines leave is in the handler of the gate */
	atomic_t	open;	/* the gate may return */
	atomic_t	passed;	/* the line behind the gate has left that CPU */
	atomic_t	links;	/* moves so far */
	atomic_t	broken;	/* a step did not do what it should */
} sync_chain;

#define SYNC_GATE	2	/* lines 0 and 1 move */
#define SYNC_MARK	3

static bool sync_spin(atomic_t *what)
{
	struct sim_patience patience = {};

	while (!atomic_read_acquire(what)) {
		if (sim_gave_up(&patience))
			return atomic_read_acquire(what);
		cpu_relax();
	}
	return true;
}

static void sync_chain_gate(struct sim_line *line)
{
	atomic_set_release(&sync_chain.held, 1);
	if (!sync_spin(&sync_chain.open))
		atomic_inc(&sync_chain.broken);
}

static void sync_chain_mark(struct sim_line *line)
{
	atomic_set_release(&sync_chain.passed, 1);
}

/* The line has arrived, and is in transit until this returns. By then, the other one is, too. */
static void sync_chain_link(struct sim_line *line)
{
	struct sim_test *st = line->st;
	struct sim_line *next = &st->line[!line->hwirq];

	if (smp_processor_id() != sync_chain.to)
		atomic_inc(&sync_chain.broken);
	if (atomic_read(&st->release) || atomic_read(&sync_chain.broken))
		return;

	atomic_set(&sync_chain.held, 0);
	atomic_set(&sync_chain.open, 0);
	atomic_set(&sync_chain.passed, 0);
	if (irq_set_affinity(next->virq, cpumask_of(sync_chain.from)) ||
	    sim_fire(&st->line[SYNC_GATE]) != 1 || !sync_spin(&sync_chain.held) ||
	    sim_fire(next) != 1 || irq_set_affinity(next->virq, cpumask_of(sync_chain.to)) ||
	    sim_fire(&st->line[SYNC_MARK]) != 1)
		atomic_inc(&sync_chain.broken);
	atomic_set_release(&sync_chain.open, 1);
	if (!sync_spin(&sync_chain.passed))
		atomic_inc(&sync_chain.broken);
	atomic_inc(&sync_chain.links);
	atomic_set_release(&st->entered, 1);
}

static int sync_chain_thread(void *data)
{
	struct sync_noise *noise = data;

	sim_fire(&noise->st->line[0]);
	if (sim_wait(&noise->st->entered))
		atomic_set_release(&noise->begun, 1);
	return 0;
}

/* C17: bounded although at each moment a line is in transit, as those set out after the call. */
static void sync_bounded_chain(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sync_noise noise = {};

	sync_bounded_init(test, &noise, sync_chain_thread);
	sync_chain = (struct sync_chain) { .from = smp_processor_id(), .to = sim_other_cpu() };
	for (int i = 0; i < 2; i++) {
		st->line[i].on_irq = sync_chain_link;
		KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(st->line[i].virq,
							  cpumask_of(sync_chain.to)));
	}
	st->line[SYNC_GATE].on_irq = sync_chain_gate;
	st->line[SYNC_MARK].on_irq = sync_chain_mark;
	for (int i = SYNC_GATE; i <= SYNC_MARK; i++)
		KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(st->line[i].virq,
							  cpumask_of(sync_chain.from)));
	sync_bounded_check(test, &noise);
	sync_bounded_end(test);
	KUNIT_EXPECT_EQ(test, atomic_read(&sync_chain.broken), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&sync_chain.links), 0);
	/* Each of them moved */
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[0]) + sim_runs(&st->line[1]),
			atomic_read(&sync_chain.links) + 1);
}

/* C26: a line which waits for its first enable_irq() takes no events, and reports that. */
static void sync_not_started(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	int injected;

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_NO_AUTOEN), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), -ENXIO);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 0);
	/* What an architecture resends in software is kept by genirq, and not lost */
	injected = !irq_inject_interrupt(line->virq);
	if (!IS_ENABLED(CONFIG_HARDIRQS_SW_RESEND))
		KUNIT_EXPECT_EQ(test, injected, 0);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 0);

	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	if (injected)
		KUNIT_EXPECT_TRUE(test, sim_wait(&line->handled));
	KUNIT_EXPECT_EQ(test, sim_runs(line), injected);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), injected + 1);

	/* Once the line is started, an injected event is latched like any other */
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), injected + 2);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 2);

	/* ... and after the free it is not started any more */
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 2);
}

/* C16: lines are delivered again on a CPU which has come back, and their affinity shows it. */
static void sync_cpu_back(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned int cpu = cpumask_last(cpu_online_mask);
	struct sim_line *lines[] = { &st->line[1], &st->line[2] };
	struct sim_remote remote = { .fn = sim_fire_and_flush };

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CONFIG_HOTPLUG_CPU");
	if (num_online_cpus() != 2)
		kunit_skip(test, "needs two CPUs, no more");
	if (!cpumask_equal(irq_get_affinity_mask(lines[0]->virq), cpu_possible_mask) &&
	    !cpumask_test_cpu(cpu, irq_get_affinity_mask(lines[0]->virq)))
		kunit_skip(test, "the default affinity is without CPU %u", cpu);

	sim_request_all(test, sim_note_context);
	KUNIT_ASSERT_EQ(test, irq_set_affinity(lines[1]->virq, cpu_online_mask), 0);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < ARRAY_SIZE(lines); i++) {
			const struct cpumask *mask;

			mask = irq_get_effective_affinity_mask(lines[i]->virq);
			KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(cpu, mask));
			lines[i]->cpu = -1;
			remote.line = lines[i];
			/* Fire on the other CPU, if this task is on the first one */
			set_cpus_allowed_ptr(current, cpumask_of(cpumask_first(cpu_online_mask)));
			sim_remote_start(&remote);
			sim_remote_end(&remote);
			irq_sim_synchronize(st->domain);
			KUNIT_EXPECT_EQ(test, lines[i]->cpu, cpu);
		}
		if (round)
			break;
		KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
		for (int i = 0; i < ARRAY_SIZE(lines); i++) {
			KUNIT_EXPECT_EQ(test, sim_fire(lines[i]), 1);
			irq_sim_synchronize(st->domain);
			KUNIT_EXPECT_NE(test, lines[i]->cpu, cpu);
		}
		KUNIT_ASSERT_EQ(test, sim_add_cpu(cpu), 0);
	}
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	for (int i = 0; i < ARRAY_SIZE(lines); i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(lines[i]), 3);
		sim_expect_account(test, lines[i], NULL);
	}
}

/* C16: a managed line loses its latch with its last CPU, as on hardware; the account shows it. */
static void sync_managed(struct kunit *test)
{
	struct irq_sim_account lost = { .latched = 1, .dropped = 1 };
	struct irq_sim_account done = { .latched = 2, .dropped = 1 };
	struct irq_affinity_desc desc = { .is_managed = 1 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	unsigned int cpu = cpumask_last(cpu_online_mask);

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CONFIG_HOTPLUG_CPU");
	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_MIGRATION))
		kunit_skip(test, "genirq moves no interrupts here when a CPU goes down");
	sim_need_two_cpus(test);
	irq_dispose_mapping(line->virq);
	cpumask_copy(&desc.mask, cpumask_of(cpu));
	line->virq = irq_create_mapping_affinity(st->domain, line->hwirq, &desc);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
	sim_expect_account(test, line, &lost);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_ASSERT_EQ(test, sim_add_cpu(cpu), 0);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &done);
}

static irqreturn_t sync_thread_fn(int irq, void *data)
{
	struct sim_line *line = data;

	atomic_inc(&line->handled);
	return IRQ_HANDLED;
}

static irqreturn_t sync_wake_fn(int irq, void *data)
{
	return IRQ_WAKE_THREAD;
}

/*
 * C13: on PREEMPT_RT a thread which is woken with interrupts disabled gets the CPU at once, so
 * it has run when a fire by a task of lower priority returns.
 */
static void sync_rt_thread(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	int late = 0;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "needs CONFIG_PREEMPT_RT");
	if (!sim_is_soft(test))
		kunit_skip(test, "its interrupt comes when it comes");
	migrate_disable();
	KUNIT_EXPECT_EQ(test, 0, request_threaded_irq(line->virq, sync_wake_fn, sync_thread_fn,
						      0, "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(line->virq, cpumask_of(smp_processor_id())));
	/* The thread moves on its next wakeup */
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	synchronize_irq(line->virq);
	/*
	 * An ordinary task might run the softirq for this one, and be preempted in the middle of
	 * it. The thread has a higher priority than this.
	 */
	sched_set_fifo_low(current);
	for (int i = 0; i < 100; i++) {
		int runs = sim_runs(line);

		sim_fire(line);
		if (sim_runs(line) != runs + 1)
			late++;
		irq_sim_synchronize(st->domain);
		synchronize_irq(line->virq);
	}
	sched_set_normal(current, 0);
	migrate_enable();
	KUNIT_EXPECT_EQ(test, late, 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 101);
	sim_expect_account(test, line, NULL);
}

static struct kunit_case irq_sim_sync_cases[] = {
	KUNIT_CASE_PARAM(sync_in_progress, kind_gen_params),
	KUNIT_CASE_PARAM(sync_in_progress_wire, kind_gen_params),
	KUNIT_CASE_PARAM(sync_in_progress_retrigger, kind_gen_params),
	KUNIT_CASE_PARAM(sync_behind_kept, kind_gen_params),
	KUNIT_CASE_PARAM(sync_merged, kind_gen_params),
	KUNIT_CASE_PARAM_ATTR(sync_bounded_fire, kind_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(sync_bounded_move, slow_gen_params, sim_slow),
	KUNIT_CASE_PARAM(sync_bounded_chain, chain_gen_params),
	KUNIT_CASE_PARAM(sync_not_started, kind_gen_params),
	KUNIT_CASE_PARAM(sync_cpu_back, kind_gen_params),
	KUNIT_CASE_PARAM(sync_managed, kind_gen_params),
	KUNIT_CASE_PARAM(sync_rt_thread, kind_gen_params),
	{}
};

struct kunit_suite irq_sim_sync_suite = {
	.name = "irq_sim_sync",
	.init = sim_kind_init,
	.exit = sim_exit,
	.test_cases = irq_sim_sync_cases,
};
