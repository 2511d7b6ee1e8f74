// SPDX-License-Identifier: GPL-2.0
/*
 * Lines which are queued for a CPU when it takes no interrupts any more, and is not
 * offline yet: between the moment in which stop_machine() has disabled interrupts on
 * it, and take_cpu_down().
 *
 * Nothing runs then but stop_machine() itself, which goes on only when each CPU has
 * acknowledged the last step. So an interrupt on a CPU that stays is held in there,
 * before that CPU has disabled its own:
 *
 *	CPU that stays			CPU that goes
 *
 *					its hotplug thread is parked (dying_switch())
 *					idle, held in an interrupt (dying_there())
 *	stopper thread: prepared
 *	interrupt (dying_here())
 *	  lets the other one go		stopper thread: prepared, interrupts disabled
 *	  until it does not answer
 *	  fires
 *	stopper thread: interrupts disabled
 *					take_cpu_down()
 */

#include "irq_sim_kunit.h"

/* A CPU which has not answered for this long has interrupts disabled. */
#define DYING_DEAF_NS	(5 * NSEC_PER_MSEC)
/* How long to wait for the CPU to stop answering */
#define DYING_WAIT_NS	(100 * NSEC_PER_MSEC)
#define DYING_TICK_NS	(200 * NSEC_PER_USEC)
/* Give up if stop_machine() has not started by then */
#define DYING_HELD_NS	(500 * NSEC_PER_MSEC)
/* Take the CPU down up to DYING_ROUNDS times, until DYING_HITS fires have landed */
#define DYING_ROUNDS	20
#define DYING_HITS	3
#define DYING_LINES	3

/**
 * struct dying - a CPU which dies with lines on its list
 * @st:		the test
 * @cpu:	the CPU which goes down
 * @here:	timer on a CPU that stays; fires in the stopper thread
 * @there:	holds @cpu in an interrupt
 * @tp:		the tracepoint from which @there is queued
 * @armed:	a CPU is being taken down
 * @probe:	a call sent to @cpu, which answers it
 * @held:	@there is running
 * @go:		tells @there to return
 * @sent:	@probe is on its way
 * @answered:	@probe ran: 1 in an interrupt, -1 when @cpu took none any more
 * @stopped:	ticks of @here during the stopper thread
 * @fired:	@here has fired
 * @landed:	@cpu took no interrupts at that time
 * @begun:	handlers which had started when @here had fired
 * @ret:	return values of the fires
 * @percpu:	the line which is fired, if it is a per-CPU one
 * @fire:	called to fire
 */
struct dying {
	struct sim_test	*st;
	int		cpu;
	struct hrtimer	here;
	struct irq_work	there;
	struct tracepoint *tp;
	bool		armed;
	call_single_data_t probe;
	atomic_t	held;
	atomic_t	go;
	atomic_t	sent;
	atomic_t	answered;
	int		stopped;
	atomic_t	fired;
	bool		landed;
	int		begun;
	int		ret[DYING_LINES];
	struct sim_line	*percpu;
	void		(*fire)(struct dying *dying);
};

/* The running test, whose CPU goes down */
static struct dying *dying_now;

/*
 * An interrupt, or an idle CPU which polls, answers in time. A CPU which has disabled
 * interrupts for good runs the call only in take_cpu_down(): it was deaf.
 */
static void dying_answer(void *data)
{
	struct dying *dying = data;

	atomic_set(&dying->answered, in_hardirq() || is_idle_task(current) ? 1 : -1);
	atomic_set_release(&dying->sent, 0);
}

/*
 * Does not use local_clock(), which may stand still until the next tick, and there is no tick
 * during this wait.
 */
static bool dying_is_deaf(struct dying *dying)
{
	u64 end = ktime_get_mono_fast_ns() + DYING_DEAF_NS;

	atomic_set(&dying->sent, 1);
	if (smp_call_function_single_async(dying->cpu, &dying->probe)) {
		atomic_set(&dying->sent, 0);
		return false;
	}
	while (ktime_get_mono_fast_ns() < end) {
		if (!atomic_read_acquire(&dying->sent))
			return false;
		cpu_relax();
	}
	return true;
}

static void dying_there(struct irq_work *work)
{
	struct dying *dying = container_of(work, struct dying, there);
	u64 end = ktime_get_mono_fast_ns() + DYING_HELD_NS;

	atomic_set_release(&dying->held, 1);
	while (!atomic_read_acquire(&dying->go) && ktime_get_mono_fast_ns() < end)
		cpu_relax();
	atomic_set(&dying->held, 0);
}

/*
 * The hotplug thread of the CPU is parked, and takedown_cpu() waits until it has left the CPU.
 * The interrupt arrives after that, and before stop_machine() starts.
 */
static void __maybe_unused dying_switch(void *data, bool preempt, struct task_struct *prev,
					struct task_struct *next, unsigned int prev_state)
{
	struct dying *dying = data;

	if (READ_ONCE(dying->armed) && raw_smp_processor_id() == dying->cpu &&
	    prev_state == TASK_PARKED && is_idle_task(next) &&
	    !strncmp(prev->comm, "cpuhp/", strlen("cpuhp/")))
		irq_work_queue(&dying->there);
}

static void __maybe_unused dying_find(struct tracepoint *tp, void *data)
{
	struct dying *dying = data;

	if (!strcmp(tp->name, "sched_switch"))
		dying->tp = tp;
}

static enum hrtimer_restart dying_here(struct hrtimer *timer)
{
	struct dying *dying = container_of(timer, struct dying, here);
	u64 end;

	if (strncmp(current->comm, "migration/", strlen("migration/")) ||
	    !atomic_read_acquire(&dying->held)) {
		dying->stopped = 0;
		goto again;
	}
	/* At the first tick the stopper may not have acknowledged the prepare step yet */
	if (!dying->stopped++)
		goto again;

	atomic_set_release(&dying->go, 1);
	end = ktime_get_mono_fast_ns() + DYING_WAIT_NS;
	while (!dying_is_deaf(dying))
		if (ktime_get_mono_fast_ns() > end)
			goto again;
	dying->fire(dying);
	for (int i = 0; i < DYING_LINES; i++)
		dying->begun += sim_begun(&dying->st->line[i]);
	atomic_set_release(&dying->fired, 1);
	return HRTIMER_NORESTART;
again:
	hrtimer_forward_now(timer, DYING_TICK_NS);
	return HRTIMER_RESTART;
}

static void dying_start(struct sim_line *line)
{
	hrtimer_start(&dying_now->here, ns_to_ktime(DYING_TICK_NS), HRTIMER_MODE_REL_PINNED_HARD);
}

static struct dying *dying_init(struct kunit *test, void (*fire)(struct dying *dying))
{
	struct dying *dying;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "needs CONFIG_TRACEPOINTS");
	if (!arch_irq_work_has_interrupt())
		kunit_skip(test, "an irq_work waits for the tick");
	sim_need_two_cpus(test);
	dying = kunit_kzalloc(test, sizeof(*dying), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dying);
	dying->st = test->priv;
	dying->cpu = cpumask_last(cpu_online_mask);
	dying->fire = fire;
	INIT_CSD(&dying->probe, dying_answer, dying);
	hrtimer_setup(&dying->here, dying_here, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	dying->there = IRQ_WORK_INIT_HARD(dying_there);
#ifdef CONFIG_TRACEPOINTS
	for_each_kernel_tracepoint(dying_find, dying);
#endif
	KUNIT_ASSERT_NOT_NULL(test, dying->tp);
	if (!get_cpu_device(dying->cpu) || dev_offline_disabled(get_cpu_device(dying->cpu)))
		kunit_skip(test, "CPU %d cannot go down", dying->cpu);
#ifdef CONFIG_TRACEPOINTS
	/* Only once per test, as registering patches code */
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(dying->tp, dying_switch, dying));
#endif
	dying_now = dying;
	return dying;
}

/* Called before the CPU goes down */
static void dying_begin(struct dying *dying)
{
	struct sim_remote remote = { .fn = dying_start };

	atomic_set(&dying->go, 0);
	atomic_set(&dying->fired, 0);
	dying->stopped = 0;
	dying->begun = 0;
	remote.cpu = cpumask_first(cpu_online_mask);
	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(remote.cpu, &remote.work);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	WRITE_ONCE(dying->armed, true);
}

/* Called when the CPU is down. Waits until nothing uses @dying, which needs all CPUs. */
static void dying_end(struct dying *dying)
{
	/* The switch to the idle task was long ago */
	WRITE_ONCE(dying->armed, false);
	atomic_set_release(&dying->go, 1);
	hrtimer_cancel(&dying->here);
	irq_work_sync(&dying->there);
	/* A CPU which is down has run its pending calls; a probe may only have been late */
	while (atomic_read_acquire(&dying->sent))
		schedule_timeout_uninterruptible(1);
	dying->landed = atomic_read_acquire(&dying->fired) && atomic_read(&dying->answered) < 0;
}

static void dying_remove_cpu(struct kunit *test, struct dying *dying)
{
	dying_begin(dying);
	KUNIT_EXPECT_EQ(test, sim_remove_cpu(dying->cpu), 0);
	dying_end(dying);
}

/* On a slow or busy machine, the fire may be too late each time */
static void dying_need_hit(struct kunit *test, int hits)
{
	/* Do not turn a failure into a skip */
	if (!hits && test->status != KUNIT_FAILURE)
		kunit_skip(test, "no CPU was caught with interrupts disabled");
}

static void dying_fire(struct dying *dying)
{
	for (int i = 0; i < DYING_LINES; i++)
		dying->ret[i] = sim_fire(&dying->st->line[i]);
}

static void dying_note(struct sim_line *line)
{
	sim_note_context(line);
	sim_note_order(line);
}

/**
 * struct dying_sync - irq_sim_synchronize(), called after the lines were fired
 * @dying:	the fired lines and the dying CPU
 * @stall:	stalls @stall_cpu, if there is one
 * @stall_cpu:	CPU which takes no interrupts from before the take-over until released
 * @held:	@stall_cpu is being stalled
 * @release:	lets @stall_cpu continue
 * @late:	@stall_cpu was not released in time
 * @called:	irq_sim_synchronize() is about to be called
 * @returned:	irq_sim_synchronize() has returned
 * @before:	handler runs before the fires
 * @runs:	handler runs which the call has waited for
 */
struct dying_sync {
	struct dying		*dying;
	call_single_data_t	stall;
	int			stall_cpu;
	atomic_t		held;
	atomic_t		release;
	bool			late;
	atomic_t		called;
	atomic_t		returned;
	int			before;
	int			runs;
};

static struct dying_sync *dying_sync_now;

static int dying_runs_of(struct sim_test *st)
{
	int runs = 0;

	for (int i = 0; i < DYING_LINES; i++)
		runs += sim_runs(&st->line[i]);
	return runs;
}

static int dying_synchronize(void *data)
{
	struct dying_sync *sync = data;
	struct sim_test *st = sync->dying->st;

	while (!atomic_read_acquire(&sync->dying->fired)) {
		if (kthread_should_stop())
			return 0;
		usleep_range(50, 100);
	}
	atomic_set_release(&sync->called, 1);
	irq_sim_synchronize(st->domain);
	sync->runs = dying_runs_of(st) - sync->before;
	atomic_set_release(&sync->returned, 1);
	/* kthread_stop() needs the thread to exist */
	while (!kthread_should_stop())
		usleep_range(50, 100);
	return 0;
}

static void dying_stall_fn(void *data)
{
	struct dying_sync *sync = data;
	struct sim_patience patience = {};

	atomic_set_release(&sync->held, 1);
	while (!atomic_read_acquire(&sync->release)) {
		if (sim_gave_up(&patience)) {
			sync->late = true;
			break;
		}
		cpu_relax();
	}
	atomic_set_release(&sync->held, 0);
}

/*
 * Called when the CPU is dead, before irq_sim_cpu_dead(). A dynamic state gets the first free
 * number, which is after that of irq/sim:dead, as that has existed since boot, unless an
 * earlier one was removed. By the time the take-over starts, irq_sim_synchronize() has found
 * the other CPUs idle and waits for the dead one.
 */
static int dying_dead(unsigned int cpu)
{
	struct dying_sync *sync = dying_sync_now;

	if (!atomic_read_acquire(&sync->dying->fired))
		return 0;
	sim_wait(&sync->called);
	usleep_range(20000, 21000);
	if (sync->stall_cpu >= 0) {
		smp_call_function_single_async(sync->stall_cpu, &sync->stall);
		sim_wait(&sync->held);
	}
	return 0;
}

/* One round: irq_sim_synchronize() waits for the lines fired at the CPU which goes down. */
static void dying_round(struct kunit *test, struct dying_sync *sync, unsigned int cpu)
{
	struct dying *dying = sync->dying;
	struct sim_test *st = dying->st;
	struct task_struct *task;
	int state, early = 0;
	bool held = false;

	for (int i = 0; i < DYING_LINES; i++)
		KUNIT_ASSERT_EQ(test, 0, irq_set_affinity(st->line[i].virq,
							  cpumask_of(dying->cpu)));
	atomic_set(&sync->release, 0);
	atomic_set(&sync->called, 0);
	atomic_set(&sync->returned, 0);
	sync->before = dying_runs_of(st);
	dying_sync_now = sync;
	state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "irq/sim:dying", NULL, dying_dead);
	KUNIT_ASSERT_GE(test, state, 0);
	dying_begin(dying);
	task = kthread_create(dying_synchronize, sync, "irq_sim_kunit");
	KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	if (!IS_ERR(task)) {
		kthread_bind(task, cpu);
		wake_up_process(task);
	}

	KUNIT_EXPECT_EQ(test, sim_remove_cpu(dying->cpu), 0);
	if (sync->stall_cpu >= 0 && atomic_read(&dying->fired)) {
		held = atomic_read(&sync->held);
		/* Leave time for a call which returns too early */
		usleep_range(20000, 21000);
		early = atomic_read(&sync->returned);
		atomic_set_release(&sync->release, 1);
		while (atomic_read_acquire(&sync->held))
			usleep_range(50, 100);
	}
	dying_end(dying);
	if (atomic_read(&dying->fired) && !IS_ERR(task))
		KUNIT_EXPECT_TRUE(test, sim_wait(&sync->returned));
	if (!IS_ERR(task))
		kthread_stop(task);
	cpuhp_remove_state_nocalls(state);

	if (!atomic_read(&dying->fired))
		return;
	KUNIT_EXPECT_EQ(test, sync->runs, DYING_LINES);
	if (sync->stall_cpu >= 0 && dying->landed) {
		KUNIT_EXPECT_TRUE(test, held && !sync->late);
		KUNIT_EXPECT_EQ(test, early, 0);
	}
}

/*
 * C16, C17: lines on the list of a dying CPU are delivered on another CPU, once, in the order
 * in which they were fired. irq_sim_synchronize() returns after that. Lines delivered by
 * softirq are not on that list: the CPU has left cpu_active_mask before, so nothing is queued
 * there.
 */
static void dying_lines(struct kunit *test)
{
	struct dying *dying = dying_init(test, dying_fire);
	struct dying_sync sync = { .dying = dying, .stall_cpu = -1 };
	struct sim_test *st = test->priv;
	int hits = 0, fired = 0, first, runs;

	for (int i = 0; i < DYING_LINES; i++) {
		st->line[i].on_irq = dying_note;
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], 0), 0);
	}
	for (int round = 0; round < DYING_ROUNDS && hits < DYING_HITS; round++) {
		int before = fired;

		first = atomic_read(&st->runs);
		dying_round(test, &sync, cpumask_first(cpu_online_mask));
		irq_sim_synchronize(st->domain);
		fired += atomic_read(&dying->fired);
		hits += dying->landed;
		for (int i = 0; i < DYING_LINES; i++) {
			KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), fired);
			sim_account_balances(test, &st->line[i]);
			if (fired > before)
				KUNIT_EXPECT_EQ(test, dying->ret[i], 1);
			if (dying->landed)
				KUNIT_EXPECT_TRUE(test, st->line[i].cpu != dying->cpu);
		}
		runs = atomic_read(&st->runs) - first;
		KUNIT_EXPECT_EQ(test, runs, (fired - before) * DYING_LINES);
		for (int i = 0; i < runs && first + i < SIM_ORDER; i++)
			KUNIT_EXPECT_EQ(test, st->order[first + i], i);
		/* Otherwise the list was empty */
		if (dying->landed)
			KUNIT_EXPECT_EQ(test, dying->begun, before * DYING_LINES);
		KUNIT_ASSERT_EQ(test, sim_add_cpu(dying->cpu), 0);
	}
	dying_need_hit(test, hits);
}

/*
 * C17: irq_sim_synchronize() has found that a CPU has nothing to do, and waits for the CPU that
 * dies. The lines left by the dying CPU go to the first CPU, which is stalled.
 */
static void dying_moved(struct kunit *test)
{
	struct dying *dying = dying_init(test, dying_fire);
	struct dying_sync sync = { .dying = dying };
	struct sim_test *st = test->priv;
	int hits = 0, fired = 0, control;

	if (num_online_cpus() < 3)
		kunit_skip(test, "needs three CPUs");
	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_MIGRATION))
		kunit_skip(test, "genirq moves no interrupts here when a CPU goes down");
	INIT_CSD(&sync.stall, dying_stall_fn, &sync);
	sync.stall_cpu = cpumask_first(cpu_online_mask);
	control = cpumask_next(sync.stall_cpu, cpu_online_mask);
	KUNIT_ASSERT_EQ(test, 0, set_cpus_allowed_ptr(current, cpumask_of(control)));
	for (int i = 0; i < DYING_LINES; i++)
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], 0), 0);

	for (int round = 0; round < DYING_ROUNDS && hits < DYING_HITS; round++) {
		dying_round(test, &sync, control);
		irq_sim_synchronize(st->domain);
		fired += atomic_read(&dying->fired);
		hits += dying->landed;
		for (int i = 0; i < DYING_LINES; i++)
			KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), fired);
		KUNIT_ASSERT_EQ(test, sim_add_cpu(dying->cpu), 0);
	}
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	dying_need_hit(test, hits);
}

static void dying_exit(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	if (dying_now) {
		tracepoint_probe_unregister(dying_now->tp, dying_switch, dying_now);
		tracepoint_synchronize_unregister();
	}
#endif
	dying_now = NULL;
	percpu_exit(test);
}

static int percpu_all_runs(void)
{
	unsigned int cpu;
	int runs = 0;

	for_each_possible_cpu(cpu)
		runs += percpu_runs(cpu);
	return runs;
}

static void dying_fire_on(struct dying *dying)
{
	struct sim_line *line = dying->percpu;

	dying->ret[0] = irq_sim_fire_on(dying->st->domain, line->hwirq, dying->cpu);
}

/*
 * C24: a per-CPU line with an event on the list of a dying CPU is not taken over by another
 * CPU. It runs when the CPU is back and has enabled it.
 */
static void dying_percpu(struct kunit *test)
{
	struct dying *dying = dying_init(test, dying_fire_on);
	struct sim_test *st = test->priv;
	int hits = 0, fired = 0;

	dying->percpu = percpu_request(test);
	on_each_cpu(percpu_enable, NULL, true);

	for (int round = 0; round < DYING_ROUNDS && hits < DYING_HITS; round++) {
		int before = fired;

		dying_remove_cpu(test, dying);
		irq_sim_synchronize(st->domain);
		fired += atomic_read(&dying->fired);
		hits += dying->landed;
		if (fired > before)
			KUNIT_EXPECT_EQ(test, dying->ret[0], 1);
		if (dying->landed)
			KUNIT_EXPECT_EQ(test, percpu_all_runs(), before);
		KUNIT_ASSERT_EQ(test, sim_add_cpu(dying->cpu), 0);
		irq_sim_synchronize(st->domain);
		if (dying->landed)
			KUNIT_EXPECT_EQ(test, percpu_all_runs(), before);

		smp_call_function_single(dying->cpu, percpu_enable, NULL, true);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, percpu_all_runs(), fired);
		KUNIT_EXPECT_EQ(test, percpu_runs(dying->cpu), fired);
	}
	dying_need_hit(test, hits);
}

static const struct sim_kind_param dying_single_params[] = {
	SIM_KIND_PARAM(HARDIRQ, ACK, IRQ_SIM_SINGLE_TARGET, "ack"),
	SIM_KIND_PARAM(HARDIRQ, EOI, IRQ_SIM_SINGLE_TARGET, "eoi"),
};

static const struct sim_kind_param dying_percpu_params[] = {
	SIM_KIND_PARAM(HARDIRQ, PERCPU, 0, "hardirq"),
	SIM_KIND_PARAM(TASKLET, PERCPU, 0, "tasklet"),
	SIM_KIND_PARAM(BH_WORK, PERCPU, 0, "bh_work"),
};

KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(single, dying_single_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(percpu, dying_percpu_params, sim.name);

static const struct kunit_attributes dying_slow = { .speed = KUNIT_SPEED_SLOW };

static struct kunit_case irq_sim_dying_cases[] = {
	KUNIT_CASE_PARAM_ATTR(dying_lines, kind_gen_params, dying_slow),
	KUNIT_CASE_PARAM_ATTR(dying_moved, single_gen_params, dying_slow),
	KUNIT_CASE_PARAM_ATTR(dying_percpu, percpu_gen_params, dying_slow),
	{}
};

struct kunit_suite irq_sim_dying_suite = {
	.name = "irq_sim_dying",
	.init = sim_kind_init,
	.exit = dying_exit,
	.test_cases = irq_sim_dying_cases,
};
