// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of softirqs: the order in which vectors, tasklets and BH work run,
 * what holds them off, and when they are deferred.
 *
 * The test's thread is bound to one CPU and runs as SCHED_FIFO, so that no task
 * but a stopper preempts it: meanwhile softirqs run only on top of it, or while
 * it sleeps. On PREEMPT_RT only this lets a BH disabled section hold softirqs
 * off at all, as there another task may run the softirqs of the CPU.
 *
 * A section with bottom halves disabled holds everything which is scheduled in
 * it. Its end immediately runs at least one pass over the pending vectors: that
 * is one step. The other users of softirqs are not stopped, so no expectation
 * here may depend on further pending vectors, or on an additional pass.
 *
 * Callbacks run in soft or hard interrupt context, where a failing expectation
 * would allocate memory and sleep: they only record, and the test's thread checks.
 */
#include <kunit/test.h>

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_poll.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

/* What handle_softirqs() promises. Stated here, not copied from its source. */
#define ORD_MAX_PASSES	10
#define ORD_MAX_TIME	msecs_to_jiffies(2)

/* Bounds waits which would otherwise hang. Reaching it is a failure. */
#define ORD_TIMEOUT	(10LL * NSEC_PER_SEC)

#define ORD_TASKLETS	8
#define ORD_WORKS	4
#define ORD_HELPERS	2
#define ORD_LOG		64
#define ORD_PASSES	8

/**
 * struct ord_vec - a vector with a tasklet queue
 * @name:	as in /proc/softirqs
 * @nr:		number of the vector
 * @schedule:	schedules a tasklet on it
 * @bh_wq:	the BH workqueue on the same vector, or NULL
 */
struct ord_vec {
	const char		*name;
	unsigned int		nr;
	void			(*schedule)(struct tasklet_struct *t);
	struct workqueue_struct	**bh_wq;
};

static const struct ord_vec ord_vecs[] = {
	{ "HI", HI_SOFTIRQ, tasklet_hi_schedule, &system_bh_highpri_wq },
	{ "TASKLET", TASKLET_SOFTIRQ, tasklet_schedule, &system_bh_wq },
#ifdef CONFIG_IRQ_SIM_SOFTIRQ
	{ "IRQ_SIM", IRQ_SIM_SOFTIRQ, tasklet_sim_schedule, NULL },
#endif
};

KUNIT_ARRAY_PARAM_DESC(ord_vec, ord_vecs, name);

struct ord_test;

/**
 * struct ord_tl - a tasklet which records its runs
 * @tl:		the tasklet
 * @ot:		the test that it belongs to
 * @vec:	vector on which ord_schedule() schedules it
 * @fn:		called by the callback, may be NULL
 * @runs:	runs of the callback
 * @depth:	runs of the callback in progress
 * @nested:	runs which started while another one was in progress
 * @bad_context: runs outside of soft interrupt context
 * @left:	how many more times the callback schedules itself
 * @cpu:	CPU of the last run
 * @pass:	pass of the last run, as counted by ord_ticker()
 * @task:	task on top of which it ran last
 * @priv:	private data of @fn
 */
struct ord_tl {
	struct tasklet_struct	tl;
	struct ord_test		*ot;
	const struct ord_vec	*vec;
	void			(*fn)(struct ord_tl *w);
	atomic_t		runs;
	atomic_t		depth;
	atomic_t		nested;
	atomic_t		bad_context;
	int			left;
	int			cpu;
	int			pass;
	struct task_struct	*task;
	void			*priv;
};

/**
 * struct ord_work - a work item which records its runs
 * @work:	the work
 * @ot:		the test that it belongs to
 * @id:		its number in the log
 * @runs:	runs of the function
 * @cpu:	CPU of the last run
 */
struct ord_work {
	struct work_struct	work;
	struct ord_test		*ot;
	int			id;
	atomic_t		runs;
	int			cpu;
};

/**
 * struct ord_helper - a thread bound to a CPU, which runs one function
 * @task:	the thread
 * @fn:		what it runs
 * @w:		argument of @fn
 * @started:	it was woken for the first time
 * @entered:	it is about to call @fn
 * @returned:	@fn has returned
 * @done:	the thread is done
 */
struct ord_helper {
	struct task_struct	*task;
	void			(*fn)(struct ord_tl *w);
	struct ord_tl		*w;
	bool			started;
	int			entered;
	int			returned;
	struct completion	done;
};

/* One run in a flood, see ord_flood(). */
struct ord_run {
	unsigned long		jiffies;
	struct task_struct	*task;
	bool			starts_batch;
};

/**
 * struct ord_test - fixture
 * @cpu:	the CPU that the test's thread is bound to
 * @thread:	the test's thread
 * @tl:		the tasklets
 * @work:	the works
 * @helper:	the helper threads
 * @irq_work:	raises from hard interrupt context
 * @landed:	the hard interrupt has happened
 * @held:	a callback is held in ord_hold()
 * @release:	lets callbacks in ord_hold() continue
 * @stop:	no callback may schedule itself again
 * @pass:	passes over the vectors, as counted by ord_ticker()
 * @actions:	calls of each vector's action at the start of each pass
 * @nlog:	number of entries in @log, including those which did not fit
 * @log:	what ran, in order, and when
 * @run:	the first runs of a flood
 * @batch:	runs of a flood in the current batch
 * @in_ksoftirqd: runs of a flood in ksoftirqd
 * @progress:	what a flood waits for before it ends
 * @done:	what the test's thread waits for
 * @busy:	something still refers to this, so it must not be freed
 */
struct ord_test {
	int			cpu;
	struct task_struct	*thread;
	struct ord_tl		tl[ORD_TASKLETS];
	struct ord_work		work[ORD_WORKS];
	struct ord_helper	helper[ORD_HELPERS];
	struct irq_work		irq_work;
	int			landed;
	atomic_t		held;
	atomic_t		release;
	int			stop;
	int			pass;
	unsigned int		actions[ORD_PASSES][ARRAY_SIZE(ord_vecs)];
	atomic_t		nlog;
	struct {
		int		id;
		unsigned long	jiffies;
	}			log[ORD_LOG];
	struct ord_run		run[ORD_LOG];
	int			batch;
	int			in_ksoftirqd;
	atomic_t		progress;
	struct completion	done;
	bool			busy;
};

static void ord_log(struct ord_test *ot, int id)
{
	int n = atomic_inc_return(&ot->nlog) - 1;

	if (n < ORD_LOG) {
		ot->log[n].id = id;
		ot->log[n].jiffies = jiffies;
	}
}

static bool ord_in_softirq(void)
{
	return in_serving_softirq() && !in_hardirq();
}

static void ord_callback(struct tasklet_struct *t)
{
	struct ord_tl *w = from_tasklet(w, t, tl);

	if (atomic_inc_return(&w->depth) > 1)
		atomic_inc(&w->nested);
	if (!ord_in_softirq())
		atomic_inc(&w->bad_context);
	w->cpu = smp_processor_id();
	w->task = current;
	w->pass = w->ot->pass;
	ord_log(w->ot, w - w->ot->tl);
	/* Whoever sees the count also sees what was recorded about the run. */
	atomic_inc_return_release(&w->runs);
	if (w->fn)
		w->fn(w);
	atomic_dec(&w->depth);
}

static int ord_runs(struct ord_tl *w)
{
	return atomic_read_acquire(&w->runs);
}

static void ord_schedule(struct ord_tl *w)
{
	w->vec->schedule(&w->tl);
}

/* Schedule a tasklet and run it, or at least the pass which should run it. */
static void ord_step(struct ord_tl *w)
{
	local_bh_disable();
	ord_schedule(w);
	local_bh_enable();
}

static void ord_complete(struct ord_tl *w)
{
	complete(&w->ot->done);
}

/**
 * struct ord_patience - how long a loop has waited
 * @since:	time of the last turn, 0 before the first one
 * @waited:	time accounted up to @since
 */
struct ord_patience {
	s64	since;
	s64	waited;
};

/*
 * Returns true when the time is up. Call it in each turn, after checking the condition. A whole
 * machine may stall before or after the check, and whatever the loop waits for stalls as well.
 * So a turn counts for at most a tenth of a second, and the condition is checked once more
 * after the time is up. The context may be atomic, so jiffies may stand still.
 */
static bool ord_gave_up(struct ord_patience *patience)
{
	s64 now = ktime_get_mono_fast_ns();

	if (patience->waited > ORD_TIMEOUT)
		return true;
	/* This clock may go back a little */
	if (patience->since)
		patience->waited += clamp(now - patience->since, 0, NSEC_PER_SEC / 10);
	patience->since = now;
	return false;
}

/* Wait for an interrupt on this CPU. The context may be atomic. */
static bool ord_spin(int *flag)
{
	struct ord_patience patience = {};

	while (!READ_ONCE(*flag)) {
		if (ord_gave_up(&patience))
			return false;
		cpu_relax();
	}
	return true;
}

/* Wait until jiffies has advanced by @ticks. The context may be atomic. */
static bool ord_spin_jiffies(unsigned long ticks)
{
	struct ord_patience patience = {};
	unsigned long until = jiffies + ticks;

	while (time_before(jiffies, until)) {
		if (ord_gave_up(&patience))
			return false;
		cpu_relax();
	}
	return true;
}

static void ord_spin_ns(u64 ns)
{
	u64 end = ktime_get_mono_fast_ns() + ns;

	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

static void ord_hold(struct ord_tl *w)
{
	struct ord_test *ot = w->ot;

	if (atomic_inc_return(&ot->held) > 1)
		return;
	while (!atomic_read_acquire(&ot->release))
		cpu_relax();
}

/*
 * Sleeps on an hrtimer, which stays on this CPU. A timer of the wheel moves to
 * a CPU which is not idle, and might have to wait there for a callback on hold.
 */
static void ord_nap(void)
{
	ktime_t time = NSEC_PER_MSEC;

	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_hrtimeout(&time, HRTIMER_MODE_REL);
}

/* Poll for what another thread does. Running out of time is a failure. */
#define ord_poll(cond)							\
({									\
	struct ord_patience __patience = {};				\
	bool __ok;							\
									\
	while (!(__ok = (cond)) && !ord_gave_up(&__patience))		\
		ord_nap();						\
	__ok;								\
})

/*
 * Polls as well, so that a failure is reported even when the softirq of the
 * timers is the one that does not run.
 */
static bool ord_wait(struct ord_test *ot)
{
	return ord_poll(try_wait_for_completion(&ot->done));
}

/* Wait until a tasklet is neither pending nor running. */
static bool ord_wait_idle(struct ord_tl *w)
{
	return ord_poll(!READ_ONCE(w->tl.state));
}

static int ord_helper_thread(void *data)
{
	struct ord_helper *h = data;

	sched_set_fifo(current);
	WRITE_ONCE(h->entered, 1);
	h->fn(h->w);
	WRITE_ONCE(h->returned, 1);
	complete(&h->done);

	return 0;
}

/* Not while a callback is on hold: kthreadd may be waiting for that CPU. */
static bool ord_helper_create(struct ord_helper *h, int cpu,
			      void (*fn)(struct ord_tl *w), struct ord_tl *w)
{
	struct task_struct *task;

	h->fn = fn;
	h->w = w;
	h->started = false;
	h->entered = 0;
	h->returned = 0;
	init_completion(&h->done);
	task = kthread_create(ord_helper_thread, h, "softirq_kunit/%d", cpu);
	if (IS_ERR(task))
		return false;
	kthread_bind(task, cpu);
	h->task = get_task_struct(task);

	return true;
}

static void ord_helper_start(struct ord_helper *h)
{
	h->started = true;
	wake_up_process(h->task);
}

static bool ord_helper_run(struct ord_helper *h, int cpu,
			   void (*fn)(struct ord_tl *w), struct ord_tl *w)
{
	if (!ord_helper_create(h, cpu, fn, w))
		return false;
	ord_helper_start(h);

	return true;
}

static bool ord_helper_join(struct ord_test *ot, struct ord_helper *h)
{
	if (!h->task)
		return true;
	if (!h->started) {
		/* It has never run, and will not start now */
		kthread_stop(h->task);
		complete(&h->done);
	}
	if (!ord_poll(try_wait_for_completion(&h->done))) {
		ot->busy = true;
		return false;
	}
	put_task_struct(h->task);
	h->task = NULL;

	return true;
}

/*
 * A helper takes precedence over what it waits for, on the same CPU. It returns, unless it waits
 * without giving up the CPU.
 */
static bool ord_helper_gives_way(struct ord_helper *h)
{
	bool returned = ord_poll(READ_ONCE(h->returned));

	/* Otherwise neither would ever get done */
	if (!returned)
		sched_set_normal(h->task, 0);
	return returned;
}

/* True when the helper sleeps in its function, false when the function has returned. */
static bool ord_helper_blocks(struct ord_helper *h)
{
	if (!ord_poll(READ_ONCE(h->returned) ||
		      (READ_ONCE(h->entered) &&
		       wait_task_inactive(h->task, TASK_UNINTERRUPTIBLE))))
		return false;

	return !READ_ONCE(h->returned);
}

static void ord_bh_work_fn(struct work_struct *work)
{
	struct ord_work *ow = container_of(work, struct ord_work, work);

	ow->cpu = raw_smp_processor_id();
	ord_log(ow->ot, ow->id);
	atomic_inc_return_release(&ow->runs);
}

/*
 * A pending reschedule request, such as that of the change to SCHED_FIFO, ends
 * the passes after the first one. Without preemption it may stay pending for
 * long.
 */
static void ord_settle(void)
{
	while (need_resched())
		schedule();
}

static int ord_init(struct kunit *test)
{
	const struct ord_vec *vec = test->param_value;
	struct ord_test *ot = kzalloc(sizeof(*ot), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ot);
	test->priv = ot;

	init_completion(&ot->done);
	ot->thread = current;
	for (int i = 0; i < ORD_TASKLETS; i++) {
		ot->tl[i].ot = ot;
		ot->tl[i].vec = vec;
		ot->tl[i].cpu = -1;
		tasklet_setup(&ot->tl[i].tl, ord_callback);
	}
	for (int i = 0; i < ORD_WORKS; i++) {
		ot->work[i].ot = ot;
		ot->work[i].id = ORD_TASKLETS + i;
		INIT_WORK(&ot->work[i].work, ord_bh_work_fn);
	}

	ot->cpu = get_cpu();
	put_cpu();
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(ot->cpu)), 0);
	sched_set_fifo(current);
	ord_settle();

	return 0;
}

/* Runs also after a test which broke off in the middle. */
static void ord_exit(struct kunit *test)
{
	struct ord_test *ot = test->priv;

	if (!ot)
		return;

	WRITE_ONCE(ot->stop, 1);
	atomic_set_release(&ot->release, 1);
	for (int i = 0; i < ORD_TASKLETS; i++)
		atomic_set(&ot->tl[i].tl.count, 0);
	for (int i = 0; i < ORD_HELPERS; i++)
		KUNIT_EXPECT_TRUE_MSG(test, ord_helper_join(ot, &ot->helper[i]),
				      "helper %d hangs", i);
	for (int i = 0; i < ORD_WORKS; i++)
		cancel_work_sync(&ot->work[i].work);
	for (int i = 0; i < ORD_TASKLETS; i++) {
		bool idle = ord_wait_idle(&ot->tl[i]);

		KUNIT_EXPECT_TRUE_MSG(test, idle, "tasklet %d stays pending", i);
		if (idle)
			tasklet_kill(&ot->tl[i].tl);
		else
			ot->busy = true;
	}
	if (!ot->busy)
		kfree(ot);
}

static int ord_other_cpu(struct ord_test *ot)
{
	return cpumask_any_but(cpu_online_mask, ot->cpu);
}

/*
 * On PREEMPT_RT, and without the BH lock, a task which preempts ksoftirqd in
 * the middle of a pass may run another pass before the first one continues.
 * Keep other tasks out for the tests which count passes.
 */
static void ord_serialize_passes(struct ord_test *ot, bool on)
{
	struct task_struct *ksoftirqd_task = this_cpu_ksoftirqd();

	if (!IS_ENABLED(CONFIG_PREEMPT_RT) ||
	    IS_ENABLED(CONFIG_PREEMPT_RT_NEEDS_BH_LOCK))
		return;
	if (on)
		sched_set_fifo(ksoftirqd_task);
	else
		sched_set_normal(ksoftirqd_task, 0);
}

static void ord_expect_log(struct kunit *test, const int *want, int n)
{
	struct ord_test *ot = test->priv;

	KUNIT_EXPECT_EQ(test, atomic_read(&ot->nlog), n);
	for (int i = 0; i < n; i++)
		KUNIT_EXPECT_EQ_MSG(test, ot->log[i].id, want[i], "at place %d", i);
}

/* Expect a tasklet to have run @runs times, in the right context. */
static void ord_expect_runs(struct kunit *test, struct ord_tl *w, int runs)
{
	KUNIT_EXPECT_EQ(test, ord_runs(w), runs);
	KUNIT_EXPECT_EQ(test, atomic_read(&w->nested), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&w->bad_context), 0);
}

/* Numbers and names of the vectors are visible to user space. */
static void ord_names(struct kunit *test)
{
	static const char * const names[] = {
		"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL",
		"TASKLET", "SCHED", "HRTIMER", "RCU",
	};

	for (int i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_STREQ(test, softirq_to_name[i], names[i]);

#ifdef CONFIG_IRQ_SIM_SOFTIRQ
	KUNIT_EXPECT_EQ(test, IRQ_SIM_SOFTIRQ, ARRAY_SIZE(names));
	KUNIT_EXPECT_EQ(test, IRQ_SIM_SOFTIRQ, NR_SOFTIRQS - 1);
	KUNIT_EXPECT_STREQ(test, softirq_to_name[NR_SOFTIRQS - 1], "IRQ_SIM");
#else
	KUNIT_EXPECT_EQ(test, NR_SOFTIRQS, ARRAY_SIZE(names));
#endif
}

/* The observable users of the vectors, in the order in which they must run. */
enum {
	ORD_BH_HIGHPRI,
	ORD_TASKLET_HI,
	ORD_TIMER,
	ORD_IRQ_POLL,
	ORD_BH,
	ORD_TASKLET,
	ORD_HRTIMER,
	ORD_TASKLET_SIM,
	ORD_WITNESSES
};

static const struct ord_direction {
	const char	*name;
	bool		down;
} ord_directions[] = {
	{ "raised ascending", false },
	{ "raised descending", true },
};

KUNIT_ARRAY_PARAM_DESC(ord_direction, ord_directions, name);

/**
 * struct ord_witnesses - one user of each vector that can be observed
 * @ot:		the test
 * @timer:	on TIMER_SOFTIRQ
 * @hrtimer:	on HRTIMER_SOFTIRQ
 * @iop:	on IRQ_POLL_SOFTIRQ
 * @work:	BH work, on HI_SOFTIRQ and on TASKLET_SOFTIRQ
 * @tl:		tasklets, on HI_SOFTIRQ, TASKLET_SOFTIRQ, IRQ_SIM_SOFTIRQ
 * @elsewhere:	runs which were not in softirq context on top of the test
 */
struct ord_witnesses {
	struct ord_test		*ot;
	struct timer_list	timer;
	struct hrtimer		hrtimer;
	struct irq_poll		iop;
	struct work_struct	work[2];
	struct tasklet_struct	tl[3];
	int			elsewhere;
};

static void ord_witness(struct ord_witnesses *s, int id)
{
	if (!ord_in_softirq() || current != s->ot->thread)
		s->elsewhere++;
	ord_log(s->ot, id);
}

static void ord_witness_timer(struct timer_list *t)
{
	ord_witness(timer_container_of(((struct ord_witnesses *)NULL), t, timer),
		    ORD_TIMER);
}

static enum hrtimer_restart ord_witness_hrtimer(struct hrtimer *t)
{
	ord_witness(container_of(t, struct ord_witnesses, hrtimer), ORD_HRTIMER);
	return HRTIMER_NORESTART;
}

static int ord_witness_poll(struct irq_poll *iop, int budget)
{
	ord_witness(container_of(iop, struct ord_witnesses, iop), ORD_IRQ_POLL);
	irq_poll_complete(iop);
	return 0;
}

static void ord_witness_bh_highpri(struct work_struct *work)
{
	ord_witness(container_of(work, struct ord_witnesses, work[0]), ORD_BH_HIGHPRI);
}

static void ord_witness_bh(struct work_struct *work)
{
	ord_witness(container_of(work, struct ord_witnesses, work[1]), ORD_BH);
}

static void ord_witness_tasklet_hi(struct tasklet_struct *t)
{
	ord_witness(container_of(t, struct ord_witnesses, tl[0]), ORD_TASKLET_HI);
}

static void ord_witness_tasklet(struct tasklet_struct *t)
{
	ord_witness(container_of(t, struct ord_witnesses, tl[1]), ORD_TASKLET);
}

static void ord_witness_tasklet_sim(struct tasklet_struct *t)
{
	ord_witness(container_of(t, struct ord_witnesses, tl[2]), ORD_TASKLET_SIM);
}

static void ord_witness_raise(struct ord_witnesses *s, int id)
{
	switch (id) {
	case ORD_BH_HIGHPRI:
		queue_work(system_bh_highpri_wq, &s->work[0]);
		break;
	case ORD_TASKLET_HI:
		tasklet_hi_schedule(&s->tl[0]);
		break;
	case ORD_TIMER:
		raise_softirq(TIMER_SOFTIRQ);
		break;
	case ORD_IRQ_POLL:
		irq_poll_sched(&s->iop);
		break;
	case ORD_BH:
		queue_work(system_bh_wq, &s->work[1]);
		break;
	case ORD_TASKLET:
		tasklet_schedule(&s->tl[1]);
		break;
	case ORD_HRTIMER:
		raise_softirq(HRTIMER_SOFTIRQ);
		break;
	case ORD_TASKLET_SIM:
		if (IS_ENABLED(CONFIG_IRQ_SIM_SOFTIRQ))
			tasklet_sim_schedule(&s->tl[2]);
		break;
	}
}

/* C12: a pass runs the vectors in ascending order, however they were raised. */
static void ord_ascending(struct kunit *test)
{
	const struct ord_direction *dir = test->param_value;
	struct ord_test *ot = test->priv;
	struct ord_witnesses *s;
	int want[ORD_WITNESSES];
	unsigned long before;
	int n = 0, inl;
	bool ticks;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	s->ot = ot;
	timer_setup(&s->timer, ord_witness_timer, TIMER_PINNED);
	hrtimer_setup(&s->hrtimer, ord_witness_hrtimer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_SOFT);
	irq_poll_init(&s->iop, 1, ord_witness_poll);
	INIT_WORK(&s->work[0], ord_witness_bh_highpri);
	INIT_WORK(&s->work[1], ord_witness_bh);
	tasklet_setup(&s->tl[0], ord_witness_tasklet_hi);
	tasklet_setup(&s->tl[1], ord_witness_tasklet);
	tasklet_setup(&s->tl[2], ord_witness_tasklet_sim);

	local_bh_disable();
	mod_timer(&s->timer, jiffies);
	hrtimer_start(&s->hrtimer, 0, HRTIMER_MODE_REL_PINNED_SOFT);
	/* By then both have expired, and wait for their vectors to run. */
	ticks = ord_spin_jiffies(2);
	for (int i = 0; i < ORD_WITNESSES; i++)
		ord_witness_raise(s, dir->down ? ORD_WITNESSES - 1 - i : i);
	before = jiffies;
	local_bh_enable();
	inl = atomic_read(&ot->nlog);

	/* All of them are in one pass, so they have all run by now. */
	for (int i = 0; i < ORD_WITNESSES; i++)
		if (i != ORD_TASKLET_SIM || IS_ENABLED(CONFIG_IRQ_SIM_SOFTIRQ))
			want[n++] = i;
	KUNIT_EXPECT_TRUE(test, ticks);
	KUNIT_EXPECT_TRUE(test, ord_poll(atomic_read(&ot->nlog) >= n));
	if (ot->log[n - 1].id == ORD_IRQ_POLL &&
	    time_after(ot->log[n - 1].jiffies, before)) {
		/* irq_poll defers to the next pass when jiffies changes */
		kunit_info(test, "a tick has deferred irq_poll");
		for (int i = ORD_IRQ_POLL; i < n - 1; i++)
			want[i] = want[i + 1];
		want[n - 1] = ORD_IRQ_POLL;
	} else {
		KUNIT_EXPECT_EQ(test, inl, n);
		KUNIT_EXPECT_EQ(test, s->elsewhere, 0);
	}
	ord_expect_log(test, want, n);

	timer_shutdown_sync(&s->timer);
	hrtimer_cancel(&s->hrtimer);
	irq_poll_disable(&s->iop);
	for (int i = 0; i < ARRAY_SIZE(s->work); i++)
		cancel_work_sync(&s->work[i]);
	for (int i = 0; i < ARRAY_SIZE(s->tl); i++)
		tasklet_kill(&s->tl[i]);
}

/* C12: tasklets of one vector run in the order in which they were scheduled. */
static void ord_fifo(struct kunit *test)
{
	static const int order[] = { 3, 0, 7, 1, 6, 2, 5, 4 };
	struct ord_test *ot = test->priv;

	static_assert(ARRAY_SIZE(order) == ORD_TASKLETS);

	local_bh_disable();
	for (int i = 0; i < ARRAY_SIZE(order); i++)
		ord_schedule(&ot->tl[order[i]]);
	local_bh_enable();

	ord_expect_log(test, order, ARRAY_SIZE(order));
	for (int i = 0; i < ORD_TASKLETS; i++)
		ord_expect_runs(test, &ot->tl[i], 1);
}

/*
 * C12: BH work shares the vector with tasklets. All of the work comes first,
 * and each of the two keeps its own order. Work is left to the next pass only
 * after running for 2 ms.
 */
static void ord_bh_work_first(struct kunit *test)
{
	static const int works[] = { 2, 0, 1 };
	static const int tasklets[] = { 1, 0, 2 };
	const int all = ARRAY_SIZE(works) + ARRAY_SIZE(tasklets);
	const struct ord_vec *vec = test->param_value;
	struct ord_test *ot = test->priv;
	int first = 0, nworks = 0, ntasklets = 0;
	unsigned long before;

	if (!vec->bh_wq)
		kunit_skip(test, "no BH work on this vector");

	local_bh_disable();
	for (int i = 0; i < ARRAY_SIZE(works); i++) {
		ord_schedule(&ot->tl[tasklets[i]]);
		queue_work(*vec->bh_wq, &ot->work[works[i]].work);
	}
	before = jiffies;
	local_bh_enable();
	KUNIT_ASSERT_TRUE(test, ord_poll(atomic_read(&ot->nlog) >= all));
	KUNIT_EXPECT_EQ(test, atomic_read(&ot->nlog), all);

	for (int i = 0; i < all; i++) {
		int id = ot->log[i].id;

		if (id >= ORD_TASKLETS) {
			KUNIT_ASSERT_LT(test, nworks, ARRAY_SIZE(works));
			KUNIT_EXPECT_EQ(test, id - ORD_TASKLETS, works[nworks++]);
			continue;
		}
		if (!ntasklets)
			first = i;
		KUNIT_ASSERT_LT(test, ntasklets, ARRAY_SIZE(tasklets));
		KUNIT_EXPECT_EQ(test, id, tasklets[ntasklets++]);
	}
	KUNIT_EXPECT_GT(test, first, 0);
	if (first < ARRAY_SIZE(works))
		KUNIT_EXPECT_TRUE_MSG(test,
				      time_after_eq(ot->log[first].jiffies,
						    before + ORD_MAX_TIME),
				      "tasklets after %d works", first);
}

/*
 * Counts the passes. It is the first tasklet of the first vector, and raises
 * its vector again, so that each pass starts with it for as long as it
 * continues.
 */
static void ord_ticker(struct ord_tl *w)
{
	struct ord_test *ot = w->ot;

	ot->pass++;
	if (ot->pass < ORD_PASSES) {
		for (int i = 0; i < ARRAY_SIZE(ord_vecs); i++)
			ot->actions[ot->pass][i] =
				kstat_softirqs_cpu(ord_vecs[i].nr, smp_processor_id());
	}
	if (w->left-- > 0)
		ord_schedule(w);
	else
		complete(&ot->done);
}

static void ord_start_ticker(struct ord_test *ot, struct ord_tl *w, int passes)
{
	w->vec = &ord_vecs[0];
	w->fn = ord_ticker;
	w->left = passes - 1;
	ord_schedule(w);
}

struct ord_pair {
	int	from;
	int	to;
};

static struct ord_pair ord_pairs[ARRAY_SIZE(ord_vecs) * ARRAY_SIZE(ord_vecs)];

static const void *ord_pair_gen_params(struct kunit *test, const void *prev, char *desc)
{
	int i = prev ? (const struct ord_pair *)prev - ord_pairs + 1 : 0;
	struct ord_pair *pair;

	if (i >= ARRAY_SIZE(ord_pairs))
		return NULL;

	pair = &ord_pairs[i];
	pair->from = i / ARRAY_SIZE(ord_vecs);
	pair->to = i % ARRAY_SIZE(ord_vecs);
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s raises %s",
		 ord_vecs[pair->from].name, ord_vecs[pair->to].name);

	return pair;
}

static void ord_schedule_next(struct ord_tl *w)
{
	ord_schedule(w->priv);
}

/*
 * C12: a vector which is raised during a pass, whether lower, higher or the one
 * running, is called in the next pass, and only once per pass.
 */
static void ord_next_pass(struct kunit *test)
{
	const struct ord_pair *pair = test->param_value;
	struct ord_test *ot = test->priv;
	struct ord_tl *ticker = &ot->tl[0], *from = &ot->tl[1], *to = &ot->tl[2];
	unsigned int *start, calls;
	bool done;

	from->vec = &ord_vecs[pair->from];
	from->fn = ord_schedule_next;
	from->priv = to;
	to->vec = &ord_vecs[pair->to];

	ord_serialize_passes(ot, true);
	local_bh_disable();
	ord_start_ticker(ot, ticker, 4);
	ord_schedule(from);
	local_bh_enable();
	done = ord_wait(ot);
	ord_serialize_passes(ot, false);

	KUNIT_ASSERT_TRUE(test, done);
	KUNIT_ASSERT_EQ(test, ot->pass, 4);
	ord_expect_runs(test, from, 1);
	ord_expect_runs(test, to, 1);
	KUNIT_EXPECT_EQ(test, from->pass, 1);

	/* No vector is called twice in a pass */
	for (int i = 0; i < ARRAY_SIZE(ord_vecs); i++)
		for (int pass = 1; pass < 4; pass++)
			KUNIT_EXPECT_LE_MSG(test, ot->actions[pass + 1][i] -
					    ot->actions[pass][i], 1,
					    "%s in pass %d", ord_vecs[i].name, pass);

	/*
	 * The second pass calls the vector in any case. If something else had
	 * raised it for the first pass, and its turn was still to come, the
	 * tasklet already ran then.
	 */
	start = &ot->actions[1][pair->to];
	calls = ot->actions[2][pair->to] - *start;
	if (pair->to > pair->from && calls == 1) {
		kunit_info(test, "%s was pending already", to->vec->name);
		KUNIT_EXPECT_EQ(test, to->pass, 1);
	} else {
		KUNIT_EXPECT_EQ(test, to->pass, 2);
	}
	KUNIT_EXPECT_EQ(test, ot->actions[3][pair->to] - ot->actions[2][pair->to], 1);
}

/* C13: scheduled several times before it runs, a tasklet runs once. */
static void ord_one_shot(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];

	local_bh_disable();
	for (int i = 0; i < 5; i++)
		ord_schedule(w);
	local_bh_enable();
	ord_expect_runs(test, w, 1);

	/* The run has consumed the request */
	local_bh_disable();
	local_bh_enable();
	ord_expect_runs(test, w, 1);

	ord_step(w);
	ord_expect_runs(test, w, 2);
}

static void ord_again(struct ord_tl *w)
{
	struct ord_test *ot = w->ot;

	/* These merge: there is one more run for all of them. */
	if (w->left-- > 0) {
		ord_schedule(w);
		ord_schedule(w);
	} else {
		complete(&ot->done);
	}
}

/* C13: a tasklet which schedules itself runs again, once in each pass. */
static void ord_self(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *ticker = &ot->tl[0], *w = &ot->tl[1];
	bool done;

	w->fn = ord_again;
	w->left = 3;

	ord_serialize_passes(ot, true);
	local_bh_disable();
	ord_start_ticker(ot, ticker, 6);
	ord_schedule(w);
	local_bh_enable();
	/* Wait for the ticker and for the tasklet */
	done = ord_wait(ot) && ord_wait(ot);
	ord_serialize_passes(ot, false);

	KUNIT_ASSERT_TRUE(test, done);
	ord_expect_runs(test, w, 4);
	KUNIT_EXPECT_EQ(test, w->pass, 4);
	KUNIT_EXPECT_EQ(test, ot->pass, 6);
}

/* C13: a disabled tasklet waits until it was enabled as often; others run. */
static void ord_disable(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0], *other = &ot->tl[1];
	int runs;

	w->fn = ord_complete;
	tasklet_disable(&w->tl);
	tasklet_disable(&w->tl);

	local_bh_disable();
	ord_schedule(w);
	ord_schedule(other);
	local_bh_enable();
	ord_expect_runs(test, w, 0);
	ord_expect_runs(test, other, 1);

	tasklet_enable(&w->tl);
	ord_step(other);
	ord_expect_runs(test, w, 0);
	ord_expect_runs(test, other, 2);

	/* It is still queued, and runs without being scheduled again. */
	local_bh_disable();
	tasklet_enable(&w->tl);
	runs = ord_runs(w);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, runs, 0);
	KUNIT_EXPECT_TRUE(test, ord_wait(ot));
	ord_expect_runs(test, w, 1);
}

static void ord_wait_kill(struct ord_tl *w)
{
	tasklet_kill(&w->tl);
}

static void ord_wait_unlock(struct ord_tl *w)
{
	tasklet_unlock_wait(&w->tl);
}

static void ord_wait_disable(struct ord_tl *w)
{
	tasklet_disable(&w->tl);
	tasklet_enable(&w->tl);
}

/*
 * C13: tasklet_kill() waits for a pending run, on the same CPU and on another
 * one. Afterwards the tasklet is idle and can be used again.
 */
static void __ord_kill_pending(struct kunit *test, int cpu)
{
	struct ord_test *ot = test->priv;
	struct ord_helper *h = &ot->helper[0];
	struct ord_tl *w = &ot->tl[0];
	int runs;

	/* While disabled, it stays pending for as long as the test wants. */
	tasklet_disable(&w->tl);
	ord_step(w);
	ord_expect_runs(test, w, 0);

	KUNIT_ASSERT_TRUE(test, ord_helper_run(h, cpu, ord_wait_kill, w));
	KUNIT_EXPECT_TRUE_MSG(test, ord_helper_blocks(h),
			      "tasklet_kill() did not wait for the run");
	ord_expect_runs(test, w, 0);

	tasklet_enable(&w->tl);
	KUNIT_ASSERT_TRUE(test, ord_helper_join(ot, h));
	ord_expect_runs(test, w, 1);
	KUNIT_EXPECT_EQ(test, w->cpu, ot->cpu);
	KUNIT_EXPECT_EQ(test, w->tl.state, 0);

	runs = ord_runs(w);
	local_bh_disable();
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, ord_runs(w), runs);

	ord_step(w);
	ord_expect_runs(test, w, 2);
}

static void ord_kill_pending(struct kunit *test)
{
	struct ord_test *ot = test->priv;

	__ord_kill_pending(test, ot->cpu);
}

static void ord_kill_pending_remote(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	int cpu = ord_other_cpu(ot);

	if (cpu >= nr_cpu_ids)
		kunit_skip(test, "needs two CPUs");
	__ord_kill_pending(test, cpu);
}

/* C13: killing an idle tasklet leaves nothing behind. */
static void ord_kill_idle(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];

	tasklet_kill(&w->tl);
	ord_expect_runs(test, w, 0);
	KUNIT_EXPECT_EQ(test, w->tl.state, 0);

	ord_step(w);
	ord_expect_runs(test, w, 1);
	tasklet_kill(&w->tl);
	ord_expect_runs(test, w, 1);
	KUNIT_EXPECT_EQ(test, w->tl.state, 0);
}

/*
 * C13: functions which wait for the tasklet wait for the run in progress on
 * another CPU.
 */
static void ord_waits_for_run(struct kunit *test, void (*wait)(struct ord_tl *w))
{
	struct ord_test *ot = test->priv;
	struct ord_helper *runner = &ot->helper[0], *waiter = &ot->helper[1];
	struct ord_tl *w = &ot->tl[0];
	int cpu = ord_other_cpu(ot);

	if (cpu >= nr_cpu_ids)
		kunit_skip(test, "needs two CPUs");

	w->fn = ord_hold;
	KUNIT_ASSERT_TRUE(test, ord_helper_create(waiter, ot->cpu, wait, w));
	KUNIT_ASSERT_TRUE(test, ord_helper_run(runner, cpu, ord_step, w));
	KUNIT_ASSERT_TRUE(test, ord_poll(atomic_read(&ot->held)));

	ord_helper_start(waiter);
	KUNIT_EXPECT_TRUE_MSG(test, ord_helper_blocks(waiter),
			      "did not wait for the run in progress");
	KUNIT_EXPECT_EQ(test, atomic_read(&w->depth), 1);

	atomic_set_release(&ot->release, 1);
	KUNIT_EXPECT_TRUE(test, ord_helper_join(ot, waiter));
	KUNIT_EXPECT_EQ(test, atomic_read(&w->depth), 0);
	KUNIT_ASSERT_TRUE(test, ord_helper_join(ot, runner));
	ord_expect_runs(test, w, 1);
	KUNIT_EXPECT_EQ(test, w->cpu, cpu);
}

static void ord_kill_running(struct kunit *test)
{
	ord_waits_for_run(test, ord_wait_kill);
}

static void ord_unlock_wait_running(struct kunit *test)
{
	ord_waits_for_run(test, ord_wait_unlock);
}

static void ord_disable_running(struct kunit *test)
{
	ord_waits_for_run(test, ord_wait_disable);
}

static void ord_step_low(struct ord_tl *w)
{
	sched_set_fifo_low(current);
	ord_step(w);
}

static void ord_disable_in_atomic(struct ord_tl *w)
{
	atomic_set_release(&w->ot->release, 1);
	tasklet_disable_in_atomic(&w->tl);
	tasklet_enable(&w->tl);
}

/*
 * C13: on PREEMPT_RT, a task may preempt a tasklet. tasklet_disable_in_atomic() then lets the
 * tasklet finish, though the task takes precedence.
 */
static void ord_disable_preempted(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_helper *runner = &ot->helper[0], *waiter = &ot->helper[1];
	struct ord_tl *w = &ot->tl[0];
	int cpu = ord_other_cpu(ot);

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "no task preempts a tasklet");
	if (cpu >= nr_cpu_ids)
		kunit_skip(test, "needs two CPUs");

	w->fn = ord_hold;
	KUNIT_ASSERT_TRUE(test, ord_helper_create(waiter, cpu, ord_disable_in_atomic, w));
	KUNIT_ASSERT_TRUE(test, ord_helper_run(runner, cpu, ord_step_low, w));
	KUNIT_ASSERT_TRUE(test, ord_poll(atomic_read(&ot->held)));

	ord_helper_start(waiter);
	KUNIT_EXPECT_TRUE_MSG(test, ord_helper_gives_way(waiter),
			      "it keeps the tasklet which it waits for off the CPU");
	KUNIT_ASSERT_TRUE(test, ord_helper_join(ot, waiter));
	KUNIT_ASSERT_TRUE(test, ord_helper_join(ot, runner));
	ord_expect_runs(test, w, 1);
	KUNIT_EXPECT_EQ(test, w->cpu, cpu);
}

/*
 * C13: a tasklet never runs on two CPUs at once. When another CPU schedules it
 * during a run, it runs once more, afterwards, and on that other CPU.
 */
static void ord_never_twice(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_helper *runner = &ot->helper[0];
	struct ord_tl *w = &ot->tl[0];
	int cpu = ord_other_cpu(ot);
	unsigned int before, after;

	if (cpu >= nr_cpu_ids)
		kunit_skip(test, "needs two CPUs");

	w->fn = ord_hold;
	KUNIT_ASSERT_TRUE(test, ord_helper_run(runner, cpu, ord_step, w));
	KUNIT_ASSERT_TRUE(test, ord_poll(atomic_read(&ot->held)));

	before = kstat_softirqs_cpu(w->vec->nr, ot->cpu);
	local_bh_disable();
	for (int i = 0; i < 3; i++)
		ord_schedule(w);
	local_bh_enable();
	after = kstat_softirqs_cpu(w->vec->nr, ot->cpu);

	/* This CPU tried to run it, and had to leave it for later. */
	KUNIT_EXPECT_GT(test, after - before, 0);
	KUNIT_EXPECT_EQ(test, ord_runs(w), 1);
	KUNIT_EXPECT_EQ(test, w->cpu, cpu);

	atomic_set_release(&ot->release, 1);
	KUNIT_ASSERT_TRUE(test, ord_helper_join(ot, runner));
	KUNIT_EXPECT_TRUE(test, ord_poll(ord_runs(w) == 2));
	KUNIT_EXPECT_EQ(test, w->cpu, ot->cpu);
	tasklet_kill(&w->tl);
	ord_expect_runs(test, w, 2);
}

/* C13: a tasklet runs on the CPU that schedules it. */
static void ord_runs_here(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_helper *h = &ot->helper[0];
	struct ord_tl *w = &ot->tl[0];
	int cpu, runs = 0;

	for_each_online_cpu(cpu) {
		KUNIT_ASSERT_TRUE(test, ord_helper_run(h, cpu, ord_step, w));
		KUNIT_ASSERT_TRUE(test, ord_helper_join(ot, h));
		ord_expect_runs(test, w, ++runs);
		KUNIT_EXPECT_EQ(test, w->cpu, cpu);
	}
}

/*
 * Record a run in a flood.
 *
 * The runs of one handle_softirqs() are a batch. To tell where one begins: it
 * clears PF_MEMALLOC at its start, leaves the flag to the softirqs after that,
 * and restores what was there at its end. So the first run of a batch is the
 * one which finds the flag clear.
 */
static bool ord_flood_run(struct ord_tl *w)
{
	struct ord_test *ot = w->ot;
	int n = ord_runs(w) - 1;
	bool starts_batch = !(current->flags & PF_MEMALLOC);

	current->flags |= PF_MEMALLOC;
	if (current == this_cpu_ksoftirqd())
		ot->in_ksoftirqd++;
	if (n < ORD_LOG) {
		ot->run[n].jiffies = jiffies;
		ot->run[n].task = current;
		ot->run[n].starts_batch = starts_batch;
	}

	/* If nothing else stops the flood, report that instead of hanging. */
	ot->batch = starts_batch ? 1 : ot->batch + 1;
	if (ot->batch >= ORD_LOG)
		WRITE_ONCE(ot->stop, 1);
	if (READ_ONCE(ot->stop)) {
		complete(&ot->done);
		return false;
	}
	return true;
}

/* Continue until ksoftirqd has taken over. */
static void ord_flood(struct ord_tl *w)
{
	if (!ord_flood_run(w))
		return;
	if (w->ot->in_ksoftirqd)
		complete(&w->ot->done);
	else
		ord_schedule(w);
}

/* The first run takes as long as all runs together may take. */
static void ord_flood_slow(struct ord_tl *w)
{
	bool ticks = true;

	if (ord_runs(w) == 1)
		ticks = ord_spin_jiffies(ORD_MAX_TIME);
	if (!ticks)
		WRITE_ONCE(w->ot->stop, 1);
	ord_flood(w);
}

/* Number of runs in the batch which starts with run @first. */
static int ord_batch(struct ord_test *ot, int runs, int first)
{
	int n = 1;

	while (first + n < min(runs, ORD_LOG) && !ot->run[first + n].starts_batch)
		n++;
	return n;
}

/*
 * Like ord_step(). Also returns whether a task came to want the CPU. That is visible until the
 * scheduler is called, which is not before preemption is enabled. The run itself cannot tell,
 * as an interrupt may come between it and the check in handle_softirqs(). On PREEMPT_RT
 * softirqs run only with preemption enabled, and a task which wants the CPU gets it.
 */
static bool ord_step_wanted(struct ord_tl *w)
{
	unsigned long switches = current->nvcsw + current->nivcsw;
	bool wanted;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
	ord_step(w);
	wanted = need_resched() || switches != current->nvcsw + current->nivcsw;
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();

	return wanted;
}

/*
 * C14: a tasklet which schedules itself is in each pass, so that its runs count
 * the passes: 10 of them, unless 2 ms have passed or the CPU is needed.
 */
static void ord_pass_limit(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];
	unsigned long before, after;
	bool wanted;
	int runs, n;

	w->fn = ord_flood;
	ord_settle();
	before = jiffies;
	wanted = ord_step_wanted(w);
	after = jiffies;
	KUNIT_ASSERT_TRUE(test, ord_wait(ot));

	runs = ord_runs(w);
	ord_expect_runs(test, w, runs);
	KUNIT_EXPECT_FALSE_MSG(test, ot->stop, "nothing stops the flood");
	KUNIT_EXPECT_TRUE_MSG(test, ot->run[0].starts_batch, "not at the start of a batch");
	KUNIT_EXPECT_PTR_EQ(test, ot->run[0].task, ot->thread);

	n = ord_batch(ot, runs, 0);
	kunit_info(test, "%d passes inline, %d runs, %lu jiffies", n, runs, after - before);
	KUNIT_EXPECT_LE(test, n, ORD_MAX_PASSES);
	/*
	 * handle_softirqs() started between @before and the first run, and
	 * decided to continue after each run but the last one. So none of those
	 * was past the limit.
	 */
	for (int i = 0; i < n - 1; i++)
		KUNIT_EXPECT_TRUE_MSG(test,
				      time_before(ot->run[i].jiffies,
						  ot->run[0].jiffies + ORD_MAX_TIME),
				      "goes on past the limit after run %d", i);
	/* If it ended early, the time was up or the CPU was needed. */
	if (n < ORD_MAX_PASSES && !wanted)
		KUNIT_EXPECT_TRUE_MSG(test,
				      time_after_eq(after, before + ORD_MAX_TIME),
				      "%d passes in %lu jiffies", n, after - before);

	/* Calls of handle_softirqs() follow each other; on !RT two never overlap */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT)) {
		for (int i = n; i < min(runs, ORD_LOG); i += n) {
			n = ord_batch(ot, runs, i);
			KUNIT_EXPECT_LE(test, n, ORD_MAX_PASSES);
		}
	}

	KUNIT_EXPECT_EQ(test, ot->in_ksoftirqd, 1);
	KUNIT_EXPECT_PTR_EQ(test, w->task, per_cpu(ksoftirqd, ot->cpu));
	tasklet_kill(&w->tl);
	KUNIT_EXPECT_EQ(test, ord_runs(w), runs);
}

/* Run a flood of @fn, where only the first pass runs inline. */
static void ord_one_pass(struct kunit *test, void (*fn)(struct ord_tl *w))
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];

	w->fn = fn;
	ord_settle();
	ord_step(w);
	KUNIT_ASSERT_TRUE(test, ord_wait(ot));

	KUNIT_EXPECT_FALSE(test, ot->stop);
	KUNIT_EXPECT_TRUE(test, ot->run[0].starts_batch);
	KUNIT_EXPECT_PTR_EQ(test, ot->run[0].task, ot->thread);
	KUNIT_EXPECT_EQ(test, ord_batch(ot, ord_runs(w), 0), 1);
	KUNIT_EXPECT_EQ(test, ot->in_ksoftirqd, 1);
}

/* C14: a pass which takes 2 ms is the last one. */
static void ord_time_limit(struct kunit *test)
{
	ord_one_pass(test, ord_flood_slow);
}

/* During the first run, a task comes to want the CPU. */
static void ord_flood_wanted(struct ord_tl *w)
{
	if (ord_runs(w) == 1) {
		set_tsk_need_resched(current);
		set_preempt_need_resched();
	}
	ord_flood(w);
}

/* C14: a pass in which a task comes to want the CPU is the last one. */
static void ord_wanted(struct kunit *test)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "a task that wants the CPU has it at once");
	ord_one_pass(test, ord_flood_wanted);
}

static void ord_flood_until(struct ord_tl *w)
{
	struct ord_test *ot = w->ot;

	if (!ord_flood_run(w))
		return;
	if (!atomic_read(&ot->progress) && ot->in_ksoftirqd)
		complete(&ot->done);
	else
		ord_schedule(w);
}

static void ord_progress(struct ord_tl *w)
{
	atomic_dec(&w->ot->progress);
}

static void ord_progress_work(struct work_struct *work)
{
	struct ord_work *ow = container_of(work, struct ord_work, work);

	ow->cpu = raw_smp_processor_id();
	atomic_inc(&ow->runs);
	atomic_dec(&ow->ot->progress);
}

struct ord_timer {
	struct timer_list	timer;
	struct ord_test		*ot;
	int			cpu;
};

static void ord_progress_timer(struct timer_list *t)
{
	struct ord_timer *timer = timer_container_of(timer, t, timer);

	timer->cpu = smp_processor_id();
	atomic_dec(&timer->ot->progress);
}

/*
 * C14: while a flood is going on, the tasks of this CPU run, and its timers and
 * the other vectors are served. The flood ends when all of them have been.
 */
static void ord_flood_progress(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];
	struct ord_work *task = &ot->work[0];
	struct ord_timer *timer;
	bool done;

	timer = kunit_kzalloc(test, sizeof(*timer), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, timer);
	timer->ot = ot;
	timer->cpu = -1;
	timer_setup(&timer->timer, ord_progress_timer, TIMER_PINNED);
	INIT_WORK(&task->work, ord_progress_work);
	task->cpu = -1;

	w->fn = ord_flood_until;
	atomic_set(&ot->progress, 2 + ARRAY_SIZE(ord_vecs));

	local_bh_disable();
	ord_schedule(w);
	for (int i = 0; i < ARRAY_SIZE(ord_vecs); i++) {
		ot->tl[1 + i].vec = &ord_vecs[i];
		ot->tl[1 + i].fn = ord_progress;
		ord_schedule(&ot->tl[1 + i]);
	}
	queue_work_on(ot->cpu, system_percpu_wq, &task->work);
	mod_timer(&timer->timer, jiffies + 2);
	local_bh_enable();

	done = ord_wait(ot);
	WRITE_ONCE(ot->stop, 1);
	timer_shutdown_sync(&timer->timer);
	flush_work(&task->work);
	tasklet_kill(&w->tl);

	KUNIT_EXPECT_TRUE_MSG(test, done, "not served: %d of %zu, flood in ksoftirqd: %d of %d",
			      atomic_read(&ot->progress), 2 + ARRAY_SIZE(ord_vecs),
			      ot->in_ksoftirqd, ord_runs(w));
	KUNIT_EXPECT_EQ(test, atomic_read(&task->runs), 1);
	KUNIT_EXPECT_EQ(test, task->cpu, ot->cpu);
	KUNIT_EXPECT_EQ(test, timer->cpu, ot->cpu);
	for (int i = 0; i < ARRAY_SIZE(ord_vecs); i++)
		ord_expect_runs(test, &ot->tl[1 + i], 1);
	ord_expect_runs(test, w, ord_runs(w));
}

/*
 * C11, C12: nothing runs while bottom halves are disabled, neither in
 * interrupts which arrive meanwhile nor at the end of an inner section.
 */
static void ord_bh_disabled(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];
	int scheduled, later, inner;
	bool ticks;

	local_bh_disable();
	local_bh_disable();
	ord_schedule(w);
	scheduled = ord_runs(w);
	ticks = ord_spin_jiffies(2);
	later = ord_runs(w);
	local_bh_enable();
	inner = ord_runs(w);
	local_bh_enable();

	ord_expect_runs(test, w, 1);
	KUNIT_EXPECT_PTR_EQ(test, w->task, current);
	KUNIT_EXPECT_TRUE(test, ticks);
	KUNIT_EXPECT_EQ(test, scheduled, 0);
	KUNIT_EXPECT_EQ(test, later, 0);
	KUNIT_EXPECT_EQ(test, inner, 0);
}

static void ord_hardirq(struct irq_work *work)
{
	struct ord_test *ot = container_of(work, struct ord_test, irq_work);

	ord_schedule(&ot->tl[0]);
	WRITE_ONCE(ot->landed, 1);
}

/*
 * C14: a tasklet raised in hard interrupt context runs when the interrupt ends.
 * With forced interrupt threading it is left to ksoftirqd.
 */
static void ord_irq_exit(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];
	bool landed;
	int runs;

	w->fn = ord_complete;
	ot->irq_work = IRQ_WORK_INIT_HARD(ord_hardirq);
	irq_work_queue(&ot->irq_work);
	landed = ord_spin(&ot->landed);
	runs = ord_runs(w);

	KUNIT_EXPECT_TRUE(test, landed);
	KUNIT_EXPECT_EQ(test, runs, !force_irqthreads());
	KUNIT_EXPECT_TRUE(test, ord_wait(ot));
	ord_expect_runs(test, w, 1);
	if (force_irqthreads())
		KUNIT_EXPECT_PTR_NE(test, w->task, current);
	else
		KUNIT_EXPECT_PTR_EQ(test, w->task, current);
	irq_work_sync(&ot->irq_work);
}

/*
 * C14: the same while ksoftirqd is awake, waiting for its turn to run what a task has raised.
 * Neither the end of an interrupt nor that of a BH disabled section leaves to ksoftirqd what it
 * can run itself.
 */
static void ord_irq_exit_awake(struct kunit *test)
{
	struct task_struct *ksoftirqd_task = this_cpu_ksoftirqd();
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0], *first = &ot->tl[1], *bh = &ot->tl[2];
	unsigned long switches[2];
	bool landed, awake[2];
	int runs, bh_runs;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "a BH disabled section and ksoftirqd exclude each other");
	ot->irq_work = IRQ_WORK_INIT_HARD(ord_hardirq);
	/* This task has the CPU until it sleeps, or until it has kept others off for too long */
	local_irq_disable();
	ord_schedule(first);
	awake[0] = task_is_running(ksoftirqd_task);
	switches[0] = current->nvcsw + current->nivcsw;
	local_irq_enable();
	irq_work_queue(&ot->irq_work);
	landed = ord_spin(&ot->landed);
	runs = ord_runs(w);
	local_irq_disable();
	awake[1] = task_is_running(ksoftirqd_task);
	switches[1] = current->nvcsw + current->nivcsw;
	local_irq_enable();
	ord_step(bh);
	bh_runs = ord_runs(bh);

	KUNIT_EXPECT_TRUE(test, awake[0]);
	KUNIT_EXPECT_TRUE(test, landed);
	KUNIT_EXPECT_EQ_MSG(test, bh_runs, 1, "at the end of the BH disabled section");
	KUNIT_EXPECT_TRUE(test, ord_poll(ord_runs(w) == 1 && ord_runs(first) == 1));
	ord_expect_runs(test, w, 1);
	irq_work_sync(&ot->irq_work);
	/* Otherwise ksoftirqd may have got the CPU and done all the work */
	if (switches[1] != switches[0] && test->status != KUNIT_FAILURE)
		kunit_skip(test, "this task has lost the CPU");
	KUNIT_EXPECT_TRUE(test, awake[1]);
	KUNIT_EXPECT_EQ_MSG(test, runs, !force_irqthreads(), "at the end of the interrupt");
}

/* C11: the same while bottom halves are disabled: it waits until they are enabled. */
static void ord_irq_exit_bh_disabled(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];
	bool landed;
	int runs;

	ot->irq_work = IRQ_WORK_INIT_HARD(ord_hardirq);
	local_bh_disable();
	irq_work_queue(&ot->irq_work);
	landed = ord_spin(&ot->landed);
	runs = ord_runs(w);
	local_bh_enable();

	ord_expect_runs(test, w, 1);
	KUNIT_EXPECT_PTR_EQ(test, w->task, current);
	KUNIT_EXPECT_TRUE(test, landed);
	KUNIT_EXPECT_EQ(test, runs, 0);
	irq_work_sync(&ot->irq_work);
}

static void ord_irq_work_fn(struct irq_work *work)
{
	struct ord_test *ot = container_of(work, struct ord_test, irq_work);

	if (!!in_hardirq() == IS_ENABLED(CONFIG_PREEMPT_RT))
		atomic_inc(&ot->tl[0].bad_context);
	WRITE_ONCE(ot->landed, 1);
}

static void ord_wait_irq_work(struct ord_tl *w)
{
	irq_work_queue(&w->ot->irq_work);
	irq_work_sync(&w->ot->irq_work);
}

/*
 * An irq_work runs in hard interrupt context or, on PREEMPT_RT, in a thread unless it asks for
 * that context. irq_work_sync() waits for it, also where the thread has the lower priority.
 */
static void ord_irq_work_sync(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_helper *h = &ot->helper[0];
	int cpu = ord_other_cpu(ot);

	if (cpu >= nr_cpu_ids)
		kunit_skip(test, "needs two CPUs");
	ot->irq_work = IRQ_WORK_INIT(ord_irq_work_fn);
	KUNIT_ASSERT_TRUE(test, ord_helper_run(h, cpu, ord_wait_irq_work, &ot->tl[0]));
	KUNIT_EXPECT_TRUE_MSG(test, ord_helper_gives_way(h),
			      "irq_work_sync() keeps the thread off the CPU");
	KUNIT_ASSERT_TRUE(test, ord_helper_join(ot, h));
	KUNIT_EXPECT_EQ_MSG(test, ot->landed, 1, "it did not wait");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&ot->tl[0].bad_context), 0,
			    "hard interrupt context or not");
}

/* Returns false when ksoftirqd was already awake. Nothing was done then. */
static bool ord_asleep_bh_disabled(struct ord_tl *w, bool *asleep)
{
	struct task_struct *task = this_cpu_ksoftirqd();
	bool before;

	local_bh_disable();
	local_irq_disable();
	before = !task_is_running(task);
	if (before) {
		ord_schedule(w);
		*asleep = !task_is_running(task);
	}
	local_irq_enable();
	local_bh_enable();

	return before;
}

/*
 * Returns false when a task was preempted in a BH disabled section, which is possible only on
 * PREEMPT_RT: that task runs the softirq. Nothing was done then.
 */
static bool ord_awake_irqs_off(struct ord_tl *w, bool *awake, int *runs)
{
	bool free;

	local_irq_disable();
	free = !local_bh_blocked();
	if (free) {
		ord_schedule(w);
		*awake = task_is_running(this_cpu_ksoftirqd());
		*runs = ord_runs(w);
	}
	local_irq_enable();

	return free;
}

/*
 * C14: a softirq raised by a task with interrupts off wakes ksoftirqd, but not
 * where bottom halves are disabled.
 */
static void ord_wakes_ksoftirqd(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0], *held = &ot->tl[1];
	bool asleep, awake;
	int runs;

	/* Something else may have woken it. If so, wait until it is asleep again. */
	KUNIT_ASSERT_TRUE(test, ord_poll(ord_asleep_bh_disabled(held, &asleep)));
	KUNIT_EXPECT_TRUE_MSG(test, asleep, "woken in a BH disabled section");
	ord_expect_runs(test, held, 1);

	w->fn = ord_complete;
	KUNIT_ASSERT_TRUE(test, ord_poll(ord_awake_irqs_off(w, &awake, &runs)));
	KUNIT_EXPECT_TRUE(test, awake);
	KUNIT_EXPECT_EQ(test, runs, 0);
	KUNIT_EXPECT_TRUE(test, ord_wait(ot));
	ord_expect_runs(test, w, 1);
}

/**
 * struct ord_sleeper - work which sleeps, and the interrupt which queues it
 * @work:	the work
 * @irq_work:	queues it from hard interrupt context
 * @landed:	@irq_work has run
 * @go:		lets one run continue
 * @entered:	runs which have started
 * @runs:	runs which have finished
 * @queued:	how often it was queued
 * @bad_context: runs which were not in a worker, in process context
 */
struct ord_sleeper {
	struct work_struct	work;
	struct irq_work		irq_work;
	int			landed;
	struct completion	go;
	atomic_t		entered;
	atomic_t		runs;
	atomic_t		queued;
	atomic_t		bad_context;
};

static void ord_sleeper_fn(struct work_struct *work)
{
	struct ord_sleeper *s = container_of(work, struct ord_sleeper, work);

	if (!in_task() || in_atomic() || irqs_disabled() || current_work() != work)
		atomic_inc(&s->bad_context);
	atomic_inc(&s->entered);
	wait_for_completion(&s->go);
	atomic_inc(&s->runs);
}

static void ord_sleeper_queue(struct ord_sleeper *s)
{
	if (queue_work(system_percpu_wq, &s->work))
		atomic_inc(&s->queued);
}

static void ord_sleeper_hardirq(struct irq_work *irq_work)
{
	struct ord_sleeper *s = container_of(irq_work, struct ord_sleeper, irq_work);

	ord_sleeper_queue(s);
	WRITE_ONCE(s->landed, 1);
}

/* Queue it twice: work which is already pending is not queued again. */
static void ord_hand_over(struct ord_tl *w)
{
	ord_sleeper_queue(w->priv);
	ord_sleeper_queue(w->priv);
}

/*
 * C15: work which must sleep is queued from a tasklet or from a hard interrupt.
 * It runs in process context as often as queue_work() reported it as queued.
 */
static void ord_sleeping_work(struct kunit *test)
{
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];
	struct ord_sleeper *s;
	bool landed;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	INIT_WORK(&s->work, ord_sleeper_fn);
	init_completion(&s->go);
	w->priv = s;
	w->fn = ord_hand_over;

	ord_step(w);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->queued), 1);
	/* It sleeps, and can be queued for one more run meanwhile. */
	KUNIT_EXPECT_TRUE(test, ord_poll(atomic_read(&s->entered) == 1));
	ord_step(w);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->queued), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->entered), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->runs), 0);
	complete(&s->go);
	KUNIT_EXPECT_TRUE(test, ord_poll(atomic_read(&s->entered) == 2));

	s->irq_work = IRQ_WORK_INIT_HARD(ord_sleeper_hardirq);
	irq_work_queue(&s->irq_work);
	landed = ord_spin(&s->landed);
	KUNIT_EXPECT_TRUE(test, landed);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->queued), 3);

	complete_all(&s->go);
	flush_work(&s->work);
	irq_work_sync(&s->irq_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->entered), 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->runs), 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->bad_context), 0);
	ord_expect_runs(test, w, 2);
}

/* BH work which is queued on another CPU runs there, and needs nothing else to start it. */
static void ord_work_on(struct kunit *test)
{
	const struct ord_vec *vec = test->param_value;
	struct ord_test *ot = test->priv;
	struct ord_work *ow = &ot->work[0];

	if (!vec->bh_wq)
		kunit_skip(test, "no BH work on this vector");
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	for (int i = 1; i <= 20; i++) {
		KUNIT_EXPECT_TRUE(test, queue_work_on(ord_other_cpu(ot), *vec->bh_wq, &ow->work));
		KUNIT_ASSERT_TRUE_MSG(test, ord_poll(atomic_read_acquire(&ow->runs) == i),
				      "it waits on the other CPU");
		KUNIT_EXPECT_EQ(test, ow->cpu, ord_other_cpu(ot));
	}
}

/**
 * struct ord_cancel - BH work which is canceled while it runs
 * @work:	the work
 * @entered:	it has started
 * @canceling:	somebody is about to cancel it
 * @left:	it has finished
 */
struct ord_cancel {
	struct work_struct	work;
	int			entered;
	int			canceling;
	int			left;
};

static void ord_cancel_fn(struct work_struct *work)
{
	struct ord_cancel *c = container_of(work, struct ord_cancel, work);

	WRITE_ONCE(c->entered, 1);
	if (ord_spin(&c->canceling))
		ord_spin_ns(20 * NSEC_PER_MSEC);
	/* By then a caller which does not wait has returned. Pairs with ord_cancel_atomic() */
	smp_store_release(&c->left, 1);
}

/* cancel_work_sync() waits for running BH work even where it must not sleep. */
static void ord_cancel_atomic(struct kunit *test)
{
	const struct ord_vec *vec = test->param_value;
	struct ord_test *ot = test->priv;
	struct ord_cancel *c;
	int left = 0;

	if (!vec->bh_wq)
		kunit_skip(test, "no BH work on this vector");
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c);
	INIT_WORK(&c->work, ord_cancel_fn);
	queue_work_on(ord_other_cpu(ot), *vec->bh_wq, &c->work);
	KUNIT_EXPECT_TRUE(test, ord_poll(READ_ONCE(c->entered)));
	local_bh_disable();
	WRITE_ONCE(c->canceling, 1);
	cancel_work_sync(&c->work);
	/* Pairs with ord_cancel_fn() */
	left = smp_load_acquire(&c->left);
	local_bh_enable();
	KUNIT_EXPECT_EQ_MSG(test, left, 1, "canceled, and still running");
}

#ifdef CONFIG_HOTPLUG_CPU
/**
 * struct ord_waiting - a tasklet waiting on the CPU that takes over others
 * @tl:		the tasklet, disabled while it waits
 * @runs:	its runs
 */
struct ord_waiting {
	struct tasklet_struct	tl;
	atomic_t		runs;
};

/**
 * struct ord_takeover - a CPU which goes down
 * @ot:		the test
 * @work:	runs on the CPU while it is dying
 * @exit:	the tracepoint at the end of a hotplug step
 * @waiting:	for each vector, a tasklet waiting on the CPU which stays
 */
struct ord_takeover {
	struct ord_test		*ot;
	struct irq_work		work;
	struct tracepoint	*exit;
	struct ord_waiting	waiting[ARRAY_SIZE(ord_vecs)];
};

/* The running test that takes a CPU down: there is only one at a time. */
static struct ord_takeover *ord_takeover_test;

/*
 * A dying CPU runs a section with interrupts off, at whose end it is dead. A tasklet which is
 * scheduled in that section is still pending then. The last thing in it is to run the irq_work
 * of the CPU, which is already offline by then.
 */
static void ord_dying(struct irq_work *work)
{
	struct ord_takeover *to = container_of(work, struct ord_takeover, work);
	struct ord_test *ot = to->ot;
	int n = 0;

	if (cpu_online(smp_processor_id())) {
		/* A tick: queue again for the next one, or for that section. */
		irq_work_queue(work);
		return;
	}

	for (int i = 0; i < ARRAY_SIZE(ord_vecs); i++, n += 2) {
		ord_schedule(&ot->tl[n]);
		ord_schedule(&ot->tl[n + 1]);
	}
	queue_work(system_bh_wq, &ot->work[0].work);
	queue_work(system_bh_highpri_wq, &ot->work[1].work);
	WRITE_ONCE(ot->landed, 1);
}

static int ord_going_down(unsigned int cpu)
{
	irq_work_queue(&ord_takeover_test->work);
	return 0;
}

#ifdef CONFIG_TRACEPOINTS
static void ord_find_cpuhp(struct tracepoint *tp, void *data)
{
	struct ord_takeover *to = data;

	if (!strcmp(tp->name, "cpuhp_exit"))
		to->exit = tp;
}

/*
 * A tasklet which is scheduled on the CPU which took the others over, before it has run them,
 * is put behind them. This runs right after the take-over.
 */
static void ord_cpuhp_exit(void *data, unsigned int cpu, int state, int step, int ret)
{
	struct ord_takeover *to = data;

	if (step == CPUHP_SOFTIRQ_DEAD)
		ord_schedule(&to->ot->tl[2 * ARRAY_SIZE(ord_vecs)]);
}

static int ord_trace(struct ord_takeover *to)
{
	for_each_kernel_tracepoint(ord_find_cpuhp, to);
	return to->exit ? tracepoint_probe_register(to->exit, ord_cpuhp_exit, to) : -ENOENT;
}

static void ord_untrace(struct ord_takeover *to)
{
	tracepoint_probe_unregister(to->exit, ord_cpuhp_exit, to);
	tracepoint_synchronize_unregister();
}
#else
static int ord_trace(struct ord_takeover *to)
{
	return -ENOENT;
}

static void ord_untrace(struct ord_takeover *to)
{
}
#endif

/*
 * Probing a bus, among other things, disables CPU hotplug for a moment. That is reported as
 * -EBUSY; no other error goes away by itself.
 */
static int ord_retry_busy(int (*fn)(unsigned int cpu), unsigned int cpu)
{
	struct ord_patience patience = {};
	int ret;

	while ((ret = fn(cpu)) == -EBUSY && !ord_gave_up(&patience))
		ord_nap();
	return ret;
}

static void ord_waiting_fn(struct tasklet_struct *tl)
{
	struct ord_waiting *w = container_of(tl, struct ord_waiting, tl);

	atomic_inc(&w->runs);
}

/* Put a tasklet where others will be taken over to. Disabled, it waits as long as needed. */
static void ord_wait_here(struct ord_takeover *to)
{
	for (int i = 0; i < ARRAY_SIZE(ord_vecs); i++) {
		struct ord_waiting *w = &to->waiting[i];

		tasklet_setup(&w->tl, ord_waiting_fn);
		tasklet_disable(&w->tl);
		local_bh_disable();
		ord_vecs[i].schedule(&w->tl);
		local_bh_enable();
	}
}

/* Expect the waiting tasklet to be still there. */
static void ord_expect_waited(struct kunit *test, struct ord_takeover *to)
{
	for (int i = 0; i < ARRAY_SIZE(ord_vecs); i++) {
		struct ord_waiting *w = &to->waiting[i];

		KUNIT_EXPECT_EQ(test, atomic_read(&w->runs), 0);
		tasklet_enable(&w->tl);
		if (!ord_poll(atomic_read(&w->runs))) {
			/* It is on no list: tasklet_kill() would wait forever */
			KUNIT_FAIL(test, "%s: lost by the CPU which took others over",
				   ord_vecs[i].name);
			continue;
		}
		tasklet_kill(&w->tl);
		KUNIT_EXPECT_EQ(test, atomic_read(&w->runs), 1);
	}
}

/* With @more, one more is scheduled on the CPU which has just taken the others over. */
static void ord_check_takeover(struct kunit *test, bool more)
{
	static const int tasklets = 2 * ARRAY_SIZE(ord_vecs);
	struct ord_test *ot = test->priv;
	struct ord_takeover to = { .ot = ot };
	unsigned long seen = 0;
	bool idle = false;
	int cpu, state, ret;

	/* Move away from the last CPU, as the first one may not be removable */
	ot->cpu = cpumask_first(cpu_online_mask);
	cpu = cpumask_last(cpu_online_mask);
	if (cpu == ot->cpu)
		kunit_skip(test, "needs two CPUs");
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(ot->cpu)), 0);

	static_assert(2 * ARRAY_SIZE(ord_vecs) < ORD_TASKLETS);
	for (int i = 0; i < tasklets + more; i++)
		ot->tl[i].vec = &ord_vecs[min(i, tasklets - 1) / 2];

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "an irq_work which waits is not run on a dying CPU there");
	to.work = IRQ_WORK_INIT_LAZY(ord_dying);
	if (more && ord_trace(&to))
		kunit_skip(test, "needs CONFIG_TRACEPOINTS");
	ord_wait_here(&to);
	ord_takeover_test = &to;
	state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "softirq_kunit:down",
					  NULL, ord_going_down);
	ret = state < 0 ? state : ord_retry_busy(remove_cpu, cpu);
	if (state >= 0)
		cpuhp_remove_state_nocalls(state);
	if (more)
		ord_untrace(&to);
	ord_expect_waited(test, &to);
	/* Some CPUs cannot go down */
	if (ret == -EPERM || ret == -EOPNOTSUPP)
		kunit_skip(test, "CPU %d does not go down: %d", cpu, ret);
	KUNIT_ASSERT_EQ(test, ret, 0);

	/* BH work of the dead CPU was drained before it was reported dead. */
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&ot->work[i].runs), 1);
		KUNIT_EXPECT_NE(test, ot->work[i].cpu, cpu);
	}

	KUNIT_EXPECT_EQ(test, ot->landed, 1);
	for (int i = 0; i < tasklets + more; i++)
		KUNIT_EXPECT_TRUE_MSG(test, ord_poll(ord_runs(&ot->tl[i])),
				      "%s tasklet %d did not run elsewhere",
				      ot->tl[i].vec->name, i);
	/* In the order in which they were scheduled there, with the additional one last */
	for (int i = 0; i < min(atomic_read(&ot->nlog), ORD_LOG); i++) {
		int id = ot->log[i].id;

		if (id >= ORD_TASKLETS)
			continue;
		if (id & 1)
			KUNIT_EXPECT_TRUE(test, seen & BIT(id - 1));
		else if (id == tasklets)
			KUNIT_EXPECT_TRUE(test, seen & BIT(tasklets - 1));
		seen |= BIT(id);
	}
	KUNIT_EXPECT_EQ(test, ord_retry_busy(add_cpu, cpu), 0);

	/* Nothing was left on the CPU for its return, and nothing was duplicated. */
	if (cpu_online(cpu) &&
	    ord_helper_run(&ot->helper[0], cpu, ord_step, &ot->tl[tasklets - 1]))
		idle = ord_helper_join(ot, &ot->helper[0]);
	KUNIT_EXPECT_TRUE(test, idle);
	for (int i = 0; i < tasklets + more; i++) {
		ord_expect_runs(test, &ot->tl[i], i == tasklets - 1 ? 2 : 1);
		if (i != tasklets - 1)
			KUNIT_EXPECT_NE(test, ot->tl[i].cpu, cpu);
	}
}
#else
static void ord_check_takeover(struct kunit *test, bool more)
{
	kunit_skip(test, "needs CPU hotplug");
}
#endif

static void ord_takeover(struct kunit *test)
{
	ord_check_takeover(test, false);
}

static void ord_takeover_more(struct kunit *test)
{
	ord_check_takeover(test, true);
}

enum ord_phase {
	ORD_EARLY,
	ORD_OPEN,
	ORD_LATE,
};

/**
 * struct ord_landing - an interrupt which lands in a critical section
 * @timer:	the interrupt
 * @w:		the tasklet which the interrupt schedules
 * @phase:	where the task is
 * @landed:	the interrupt has happened
 * @seen:	phase in which it found the task
 * @sched:	it found the tasklet already pending
 * @serving:	it found softirqs being served
 * @mid:	number of runs at the end of the section
 */
struct ord_landing {
	struct hrtimer		timer;
	struct ord_tl		*w;
	enum ord_phase		phase;
	int			landed;
	enum ord_phase		seen;
	bool			sched;
	bool			serving;
	int			mid;
};

static enum hrtimer_restart ord_land(struct hrtimer *timer)
{
	struct ord_landing *l = container_of(timer, struct ord_landing, timer);

	l->seen = READ_ONCE(l->phase);
	l->sched = test_bit(TASKLET_STATE_SCHED, &l->w->tl.state);
	l->serving = in_serving_softirq();
	ord_schedule(l->w);
	WRITE_ONCE(l->landed, 1);

	return HRTIMER_NORESTART;
}

static void ord_phase(struct ord_landing *l, enum ord_phase phase)
{
	barrier();
	WRITE_ONCE(l->phase, phase);
	barrier();
}

static void ord_arm(struct ord_landing *l, long delay)
{
	hrtimer_start(&l->timer, delay, HRTIMER_MODE_REL_PINNED_HARD);
}

/* The tasklet runs and is interrupted during the passes, or in its callback. */
static void ord_section_run(struct ord_landing *l, long delay)
{
	local_bh_disable();
	ord_arm(l, delay);
	ord_schedule(l->w);
	ord_phase(l, ORD_OPEN);
	local_bh_enable();
	ord_phase(l, ORD_LATE);
}

static int ord_landed_run(struct ord_landing *l)
{
	/* If it was pending already, the two requests merge into one run. */
	return l->seen == ORD_EARLY || l->sched ? 1 : 2;
}

static bool ord_hit_run(struct ord_landing *l)
{
	return l->seen == ORD_OPEN && l->serving && !l->sched;
}

/* The tasklet is disabled. */
static void ord_section_disable(struct ord_landing *l, long delay)
{
	ord_arm(l, delay);
	tasklet_disable(&l->w->tl);
	ord_phase(l, ORD_OPEN);
	ord_spin_ns(2000);
	ord_phase(l, ORD_LATE);
	l->mid = ord_runs(l->w);
	tasklet_enable(&l->w->tl);
}

static int ord_landed_one(struct ord_landing *l)
{
	return 1;
}

static bool ord_hit_open(struct ord_landing *l)
{
	return l->seen == ORD_OPEN;
}

/* The tasklet is idle and is killed. */
static void ord_section_kill(struct ord_landing *l, long delay)
{
	ord_arm(l, delay);
	ord_phase(l, ORD_OPEN);
	tasklet_kill(&l->w->tl);
	ord_phase(l, ORD_LATE);
}

static int ord_landed_kill(struct ord_landing *l)
{
	/* tasklet_kill() holds the state bit, which keeps others from scheduling. */
	return l->seen == ORD_OPEN && l->sched ? 0 : 1;
}

/**
 * struct ord_section - a critical section in which an interrupt lands
 * @name:	what it does
 * @enter:	executes it, with the interrupt armed
 * @runs:	how often the tasklet must run, given what the interrupt found
 * @hit:	whether the interrupt landed inside
 * @holds:	the tasklet must not run in the section
 */
struct ord_section {
	const char	*name;
	void		(*enter)(struct ord_landing *l, long delay);
	int		(*runs)(struct ord_landing *l);
	bool		(*hit)(struct ord_landing *l);
	bool		holds;
};

static const struct ord_section ord_sections[] = {
	{ "run", ord_section_run, ord_landed_run, ord_hit_run, false },
	{ "disable", ord_section_disable, ord_landed_one, ord_hit_open, true },
	{ "kill", ord_section_kill, ord_landed_kill, ord_hit_open, false },
};

struct ord_landing_param {
	const struct ord_vec		*vec;
	const struct ord_section	*section;
};

static struct ord_landing_param
ord_landing_params[ARRAY_SIZE(ord_vecs) * ARRAY_SIZE(ord_sections)];

static const void *ord_landing_gen_params(struct kunit *test, const void *prev, char *desc)
{
	const struct ord_landing_param *last = prev;
	int i = last ? last - ord_landing_params + 1 : 0;
	struct ord_landing_param *param;

	if (i >= ARRAY_SIZE(ord_landing_params))
		return NULL;

	param = &ord_landing_params[i];
	param->section = &ord_sections[i / ARRAY_SIZE(ord_vecs)];
	param->vec = &ord_vecs[i % ARRAY_SIZE(ord_vecs)];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s", param->section->name,
		 param->vec->name);

	return param;
}

#define ORD_LANDINGS	300

static void ord_callback_slow(struct ord_tl *w)
{
	ord_spin_ns(2000);
}

/*
 * C13: an interrupt schedules the tasklet while the task is in a critical
 * section. The delay of the interrupt is narrowed down until it lands there.
 * Wherever it lands, what it finds determines exactly how often the tasklet
 * must run.
 */
static void ord_landing(struct kunit *test)
{
	const struct ord_landing_param *param = test->param_value;
	const struct ord_section *section = param->section;
	int early = 0, late = 0, hits = 0, wrong = 0, held = 0;
	long delay = 1000, step = 1000, last = 0;
	struct ord_test *ot = test->priv;
	struct ord_tl *w = &ot->tl[0];
	struct ord_landing *l;
	bool landed = true;

	if (hrtimer_resolution >= TICK_NSEC)
		kunit_skip(test, "no high resolution timers: interrupts come with the tick");

	l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, l);
	w->vec = param->vec;
	w->fn = ord_callback_slow;
	l->w = w;
	hrtimer_setup(&l->timer, ord_land, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);

	for (int i = 0; i < ORD_LANDINGS && landed; i++) {
		long way;

		l->landed = 0;
		l->mid = 0;
		atomic_set(&w->runs, 0);
		ord_phase(l, ORD_EARLY);
		section->enter(l, delay);
		landed = ord_spin(&l->landed);
		hrtimer_cancel(&l->timer);
		if (ord_wait_idle(w))
			tasklet_kill(&w->tl);
		else
			landed = false;

		if (ord_runs(w) != section->runs(l))
			wrong++;
		if (section->holds && l->seen == ORD_OPEN && l->mid)
			held++;

		if (section->hit(l)) {
			hits++;
			continue;
		}
		if (l->seen == ORD_LATE) {
			late++;
			way = -1;
		} else {
			early++;
			way = 1;
		}
		/* Narrow down while it alternates, widen when it drifts. */
		if (way == last)
			step = min(2 * step, 100000L);
		else
			step = max(step / 4, 20L);
		delay = max(delay + way * step, 0L);
		last = way;
	}

	kunit_info(test, "%d early, %d inside, %d late, delay %ld ns", early, hits, late, delay);
	KUNIT_EXPECT_TRUE_MSG(test, landed, "interrupt or tasklet is lost");
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "landings after which it ran too often or not at all");
	KUNIT_EXPECT_EQ_MSG(test, held, 0, "landings after which it ran though it was disabled");
	ord_expect_runs(test, w, ord_runs(w));
	if (!hits && test->status != KUNIT_FAILURE)
		kunit_skip(test, "no interrupt landed inside: %d early, %d late", early, late);
}

static struct kunit_case softirq_ordering_cases[] = {
	KUNIT_CASE(ord_names),
	KUNIT_CASE_PARAM(ord_ascending, ord_direction_gen_params),
	KUNIT_CASE_PARAM(ord_fifo, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_bh_work_first, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_next_pass, ord_pair_gen_params),
	KUNIT_CASE_PARAM(ord_one_shot, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_self, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_disable, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_kill_idle, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_kill_pending, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_kill_pending_remote, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_kill_running, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_unlock_wait_running, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_disable_running, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_disable_preempted, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_never_twice, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_runs_here, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_pass_limit, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_time_limit, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_wanted, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_flood_progress, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_bh_disabled, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_irq_exit, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_irq_exit_awake, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_irq_exit_bh_disabled, ord_vec_gen_params),
	KUNIT_CASE(ord_irq_work_sync),
	KUNIT_CASE_PARAM(ord_wakes_ksoftirqd, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_sleeping_work, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_work_on, ord_vec_gen_params),
	KUNIT_CASE_PARAM(ord_cancel_atomic, ord_vec_gen_params),
	KUNIT_CASE_SLOW(ord_takeover),
	KUNIT_CASE_SLOW(ord_takeover_more),
	KUNIT_CASE_PARAM_ATTR(ord_landing, ord_landing_gen_params,
			      ((struct kunit_attributes){ .speed = KUNIT_SPEED_SLOW })),
	{}
};

static struct kunit_suite softirq_ordering_suite = {
	.name		= "softirq_ordering",
	.init		= ord_init,
	.exit		= ord_exit,
	.test_cases	= softirq_ordering_cases,
};

kunit_test_suite(softirq_ordering_suite);

MODULE_DESCRIPTION("KUnit tests of softirq ordering and deferral");
MODULE_LICENSE("GPL");
