// SPDX-License-Identifier: GPL-2.0
/*
 * Flood a CPU with softirqs until ksoftirqd takes over, and check the promises
 * of the handoff: the CPU's ksoftirqd does the work, nothing is lost, user tasks,
 * timers and other vectors get their turn, and all is as before when it ends.
 */
#include "torture.h"

#include <termios.h>

/* The work which the torture module repeats for ever on one CPU. */
enum source {
	LEVEL,		/* a level line whose handler leaves it asserted */
	EDGE,		/* an edge line whose handler fires it again */
	TASKLET,	/* a tasklet which schedules itself, scheduled by a handler */
	SIM_TASKLET,	/* the same, on the IRQ_SIM vector */
	MIXED,		/* several of each, and a timer in hard interrupt context */
};

static bool is_tasklet(enum source source)
{
	return source == TASKLET || source == SIM_TASKLET;
}

FIXTURE(handoff) {
	int home;		/* the CPU on which the test runs */
	int cpu;		/* the flooded CPU */
	pid_t ksoftirqd;	/* of the flooded CPU */
	int kmsg;
	char trace[80];		/* tracing instance, "" if there is none */
};

FIXTURE_VARIANT(handoff) {
	enum source source;
	const char *delivery;
	/* with budget=1, each delivery or tasklet is one pass of this vector; or NULL */
	const char *vector;
};

/* Is line 0 delivered in hard interrupt context? */
static bool in_hardirq(const char *delivery)
{
	return !strcmp(delivery, "hardirq") || !strcmp(delivery, "mixed");
}

FIXTURE_VARIANT_ADD(handoff, level_tasklet) {
	.source		= LEVEL,
	.delivery	= "tasklet",
	.vector		= "IRQ_SIM",
};

FIXTURE_VARIANT_ADD(handoff, level_bh_work) {
	.source		= LEVEL,
	.delivery	= "bh_work",
};

FIXTURE_VARIANT_ADD(handoff, edge_tasklet) {
	.source		= EDGE,
	.delivery	= "tasklet",
	.vector		= "IRQ_SIM",
};

FIXTURE_VARIANT_ADD(handoff, edge_bh_work) {
	.source		= EDGE,
	.delivery	= "bh_work",
};

FIXTURE_VARIANT_ADD(handoff, tasklet_hardirq) {
	.source		= TASKLET,
	.delivery	= "hardirq",
};

FIXTURE_VARIANT_ADD(handoff, tasklet_tasklet) {
	.source		= TASKLET,
	.delivery	= "tasklet",
};

FIXTURE_VARIANT_ADD(handoff, tasklet_bh_work) {
	.source		= TASKLET,
	.delivery	= "bh_work",
};

FIXTURE_VARIANT_ADD(handoff, sim_tasklet_hardirq) {
	.source		= SIM_TASKLET,
	.delivery	= "hardirq",
	.vector		= "IRQ_SIM",
};

FIXTURE_VARIANT_ADD(handoff, mixed_hardirq) {
	.source		= MIXED,
	.delivery	= "hardirq",
};

FIXTURE_VARIANT_ADD(handoff, mixed_tasklet) {
	.source		= MIXED,
	.delivery	= "tasklet",
};

FIXTURE_VARIANT_ADD(handoff, mixed_bh_work) {
	.source		= MIXED,
	.delivery	= "bh_work",
};

FIXTURE_VARIANT_ADD(handoff, mixed_mixed) {
	.source		= MIXED,
	.delivery	= "mixed",
};

/*
 * There are no variants for level and edge in hard interrupt context: such a
 * line never gives the CPU back, to ksoftirqd or to anybody else. The test
 * "params" checks that the module refuses it.
 */

static void hist_start(const char *trace)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/events/irq/softirq_entry/trigger", trace);
	put(path, "hist:keys=vec,common_pid,common_cpu:size=2048");
}

/* The number of softirq passes in the trace. -1: any vector, task, CPU. */
static long long hist_count(const char *trace, int vec, pid_t pid, int cpu)
{
	char path[160], *text, *line, *save;
	long long sum = 0, n;
	int v, p, c;

	snprintf(path, sizeof(path), "%s/events/irq/softirq_entry/hist", trace);
	text = slurp(path);
	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *pv = strstr(line, "vec:"), *pp = strstr(line, "common_pid:");
		char *pc = strstr(line, "common_cpu:"), *ph = strstr(line, "hitcount:");

		if (!pv || !pp || !pc || !ph)
			continue;
		v = atoi(pv + strlen("vec:"));
		p = atoi(pp + strlen("common_pid:"));
		c = atoi(pc + strlen("common_cpu:"));
		n = atoll(ph + strlen("hitcount:"));
		if ((vec < 0 || v == vec) && (pid < 0 || p == pid) && (cpu < 0 || c == cpu))
			sum += n;
	}
	free(text);
	return text ? sum : -1;
}

FIXTURE_SETUP(handoff)
{
	const char *missing = torture_missing();

	if (missing)
		SKIP(return, "%s", missing);
	if (!two_cpus(&self->home, &self->cpu))
		SKIP(return, "needs two CPUs: one which is flooded, one which watches");
	if (variant->source == SIM_TASKLET && softirq_number("IRQ_SIM") < 0)
		SKIP(return, "no vector IRQ_SIM: CONFIG_IRQ_SIM_SOFTIRQ=y");
	self->ksoftirqd = find_task("ksoftirqd/%d", self->cpu);
	ASSERT_GT(self->ksoftirqd, 0) {
		TH_LOG("there is no ksoftirqd/%d", self->cpu);
	}
	torture_unload();
	ASSERT_EQ(0, pin_to(self->home));

	snprintf(self->trace, sizeof(self->trace),
		 "/sys/kernel/tracing/instances/irq_sim_%d", getpid());
	if (mkdir(self->trace, 0700))
		self->trace[0] = 0;
	self->kmsg = kmsg_open();
	ASSERT_GE(self->kmsg, 0);
}

/* In the parent: the flood must not outlive a test which has crashed. */
FIXTURE_TEARDOWN_PARENT(handoff)
{
	torture_unload();
	if (self->trace[0])
		rmdir(self->trace);
}

/* Start the flood. MORE: further module parameters. Returns 0 or -errno. */
static int flood(int cpu, enum source source, const char *delivery, const char *more)
{
	char settings[512], what[160];

	switch (source) {
	case LEVEL:
	case EDGE:
		snprintf(what, sizeof(what),
			 "chips=1 lines=1 timer_us=0 trigger=%s refire=100 resched=0 consumer=none",
			 source == LEVEL ? "level" : "edge");
		break;
	case TASKLET:
	case SIM_TASKLET:
		snprintf(what, sizeof(what),
			 "chips=1 lines=1 timer_us=0 trigger=edge refire=0 resched=100 consumer=%s",
			 source == TASKLET ? "tasklet" : "sim_tasklet");
		break;
	case MIXED:
		/*
		 * The hard interrupts must end each time, hence refire=50. The
		 * timer is slow, to leave most of the CPU to others: softirqs
		 * run at the exit of each of its interrupts.
		 */
		snprintf(what, sizeof(what),
			 "chips=3 lines=4 timer_us=10000 trigger=mixed refire=%d resched=100 consumer=tasklet",
			 in_hardirq(delivery) ? 50 : 100);
		break;
	}
	/* no_thread: handlers stay in softirqs where interrupts are threaded */
	snprintf(settings, sizeof(settings),
		 "cpu=%d delivery=%s no_thread=1 budget=0 firers=0 maskers=0 shufflers=0 churners=0 stutter=0 stat_interval=0 %s %s",
		 cpu, delivery, what, more);
	return load_module(TORTURE, settings);
}

/* Where the work of a flood was done, on its CPU. */
struct places {
	long long inl;		/* at interrupt exit or BH enable */
	long long ksoftirqd;
	long long ktimers;
};

static struct places places(const char *text, enum source source, int cpu)
{
	const char *prefix = is_tasklet(source) ? "consumed/" : "";
	struct places p;

	p.inl = value(text, "%sirq_exit/%d", prefix, cpu) +
		value(text, "%sbh_enable/%d", prefix, cpu);
	p.ksoftirqd = value(text, "%sksoftirqd/%d", prefix, cpu);
	p.ktimers = value(text, "%sktimers/%d", prefix, cpu);
	if (source == MIXED) {
		p.inl += value(text, "consumed/irq_exit/%d", cpu) +
			 value(text, "consumed/bh_enable/%d", cpu);
		p.ksoftirqd += value(text, "consumed/ksoftirqd/%d", cpu);
		p.ktimers += value(text, "consumed/ktimers/%d", cpu);
	}
	return p;
}

static struct places places_now(enum source source, int cpu)
{
	char *text = torture_counters();
	struct places p = places(text, source, cpu);

	free(text);
	return p;
}

/*
 * Wait until ksoftirqd has used NS of CPU time and done COUNT pieces of work.
 * Under a flood that happens soon or never.
 */
static bool wait_ksoftirqd(pid_t pid, int cpu, enum source source, u64 ns, long long count)
{
	long long had = places_now(source, cpu).ksoftirqd;
	struct patience patience = { };
	u64 since = task_ns(pid);

	while (task_ns(pid) - since < ns || places_now(source, cpu).ksoftirqd - had < count) {
		if (gave_up(&patience))
			return false;
		take_a_break();
	}
	return true;
}

#define TOOK_OVER_NS	100000000
#define TOOK_OVER_COUNT	1000

static void check_took_over(struct __test_metadata *_metadata, pid_t pid, int cpu,
			    enum source source)
{
	u64 before = task_ns(pid), stay;
	const char *why = "";
	struct places p;
	char *text;

	if (wait_ksoftirqd(pid, cpu, source, TOOK_OVER_NS, TOOK_OVER_COUNT))
		return;

	p = places_now(source, cpu);
	text = torture_counters();
	stay = value(text, "softirq_stay_max_ns/%d", cpu);
	free(text);
	if (stay > PATIENCE_NS / 2)
		why = ": softirqs do not stop at their limit";
	else if (!p.ksoftirqd)
		why = ": nobody woke it";
	CHECK(false,
	      "ksoftirqd/%d did not take over: it had %llu ms of CPU time and %lld runs, %lld were inline, up to %llu ms without a break%s",
	      cpu, (task_ns(pid) - before) / 1000000, p.ksoftirqd, p.inl, stay / 1000000, why);
}

#define FIRES	100

/* After the flood, handlers and tasklets run inline again, and ksoftirqd sleeps. */
static void check_calm(struct __test_metadata *_metadata, pid_t pid, int home, int cpu,
		       enum source source, const char *delivery)
{
	bool hard = in_hardirq(delivery);
	long long disturbed, spared = 0, idle;
	char *before, *after;
	struct patience patience = { };
	struct places p, q;
	int i, ret = 0;
	char state;

	ASSERT_EQ(0, pin_to(cpu));
	before = torture_counters();
	for (i = 0; i < FIRES && !ret; i++)
		ret = put(TORTURE_DIR "/command", "fire 0");
	after = torture_counters();
	ASSERT_EQ(0, pin_to(home));
	ASSERT_EQ(0, ret);
	CHECK(value(after, "latched") - value(before, "latched") == FIRES &&
	      value(after, "handled") - value(before, "handled") == FIRES,
	      "after the flood, of %d fires %lld latched, %lld were handled when the call returned",
	      FIRES, value(after, "latched") - value(before, "latched"),
	      value(after, "handled") - value(before, "handled"));
	/*
	 * Where interrupt exit leaves softirqs to ksoftirqd, that is so without
	 * a flood as well: the check below leaves this case out.
	 */
	p = places(before, source, cpu);
	q = places(after, source, cpu);
	/*
	 * The first pass is always inline. A tasklet which a softirq schedules
	 * runs in the second pass. That pass is left to ksoftirqd if a reschedule
	 * is due, or 2 ms are over: the module counts the fires for which this may
	 * have happened. With PREEMPT_RT, ksoftirqd may be woken for another vector
	 * and preempt the firing task before that enables bottom halves. It then
	 * runs the handler which was fired, and the tasklet which that schedules.
	 */
	disturbed = value(after, "disturbed") - value(before, "disturbed");
	if (source == MIXED || (is_tasklet(source) && !hard) || preempt_rt())
		spared = preempt_rt() && source == MIXED ? 2 * disturbed : disturbed;
	if (spared)
		TH_LOG("after the flood, %lld of %d fires were disturbed", disturbed, FIRES);
	if (!hard || !softirqs_forced())
		CHECK(q.inl - p.inl >= FIRES - spared && q.ksoftirqd - p.ksoftirqd <= spared,
		      "after the flood, of %d runs %lld were inline, %lld in ksoftirqd/%d",
		      FIRES, q.inl - p.inl, q.ksoftirqd - p.ksoftirqd, cpu);
	free(before);
	free(after);

	while ((state = stat_field(pid, 3)) != 'S' && !gave_up(&patience))
		take_a_break();
	CHECK(state == 'S', "after the flood, ksoftirqd/%d does not sleep: state %c", cpu, state);
	idle = cpu_idle(cpu);
	while (cpu_idle(cpu) - idle < 10 && !gave_up(&patience))
		take_a_break();
	CHECK(cpu_idle(cpu) - idle >= 10, "after the flood, CPU %d does not get idle", cpu);
}

/*
 * (1) ksoftirqd took over, by three independent sources; (2) not one interrupt
 * is lost; (5) all is as before when the flood is over.
 */
TEST_F_TIMEOUT(handoff, takes_over, 240)
{
	int vec = variant->vector ? softirq_number(variant->vector) : -1;
	long long in_ksoftirqd, elsewhere, sum;
	struct places p;
	u64 before;
	char *text;

	if (self->trace[0])
		hist_start(self->trace);
	before = task_ns(self->ksoftirqd);
	/* One pass for each interrupt, so that the passes in the trace count interrupts */
	ASSERT_EQ(0, flood(self->cpu, variant->source, variant->delivery, "budget=1"));
	check_took_over(_metadata, self->ksoftirqd, self->cpu, variant->source);
	ASSERT_EQ(0, torture_stop());

	text = torture_counters();
	p = places(text, variant->source, self->cpu);
	TH_LOG("ksoftirqd/%d: %llu ms of CPU time, %lld runs; %lld inline, %lld in ktimers/%d",
	       self->cpu, (task_ns(self->ksoftirqd) - before) / 1000000,
	       p.ksoftirqd, p.inl, p.ktimers, self->cpu);
	/*
	 * An interrupt is followed by at most ten inline passes, of one delivery
	 * each, and the flood consists of softirqs, not of interrupts.
	 */
	CHECK(p.ksoftirqd > p.inl,
	      "most of the flood was inline: %lld, and %lld in ksoftirqd/%d",
	      p.inl, p.ksoftirqd, self->cpu);

	in_ksoftirqd = hist_count(self->trace, vec, self->ksoftirqd, self->cpu);
	if (in_ksoftirqd < 0) {
		TH_LOG("no trace events: needs CONFIG_HIST_TRIGGERS, and tracefs mounted");
	} else if (vec >= 0) {
		sum = is_tasklet(variant->source) ? value(text, "consumed/ksoftirqd") +
			value(text, "consumed/irq_exit") + value(text, "consumed/bh_enable") +
			value(text, "consumed/ktimers") : value(text, "runs");
		elsewhere = hist_count(self->trace, vec, -1, -1) - in_ksoftirqd;
		CHECK(in_ksoftirqd == p.ksoftirqd,
		      "softirq_entry: %lld passes of %s in ksoftirqd/%d; the handlers saw %lld",
		      in_ksoftirqd, variant->vector, self->cpu, p.ksoftirqd);
		CHECK(in_ksoftirqd + elsewhere == sum,
		      "softirq_entry: %lld passes of %s; the handlers saw %lld",
		      in_ksoftirqd + elsewhere, variant->vector, sum);
	} else {
		/* The flood uses several vectors, or its vector has other users */
		elsewhere = hist_count(self->trace, -1, -1, self->cpu) - in_ksoftirqd;
		CHECK(in_ksoftirqd > elsewhere,
		      "softirq_entry: %lld passes in ksoftirqd/%d, %lld elsewhere on that CPU",
		      in_ksoftirqd, self->cpu, elsewhere);
	}
	free(text);

	check_account(_metadata);
	check_calm(_metadata, self->ksoftirqd, self->home, self->cpu, variant->source,
		   variant->delivery);
	check_end(_metadata, self->kmsg);
}

/*
 * A delivery continues with interrupts which are raised again until its budget or
 * time is used up, or a reschedule is due. So a flood does not need a pass for each
 * interrupt.
 */
TEST_F_TIMEOUT(handoff, long_passes, 240)
{
	int vec = variant->vector ? softirq_number(variant->vector) : -1;
	long long passes, runs, in_ksoftirqd;
	u64 spent;
	char *text;

	if (variant->source != LEVEL && variant->source != EDGE)
		SKIP(return, "no flood of interrupts alone");
	if (vec < 0)
		SKIP(return, "its passes cannot be told apart");
	if (!self->trace[0])
		SKIP(return, "no trace events: needs tracefs mounted, and CONFIG_FTRACE");

	hist_start(self->trace);
	spent = task_ns(self->ksoftirqd);
	ASSERT_EQ(0, flood(self->cpu, variant->source, variant->delivery, ""));
	check_took_over(_metadata, self->ksoftirqd, self->cpu, variant->source);
	ASSERT_EQ(0, torture_stop());
	spent = task_ns(self->ksoftirqd) - spent;

	passes = hist_count(self->trace, vec, -1, -1);
	text = torture_counters();
	runs = value(text, "runs");
	in_ksoftirqd = places(text, variant->source, self->cpu).ksoftirqd;
	free(text);
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
	/* A skip below must not hide a failure */
	if (_metadata->exit_code == KSFT_FAIL)
		return;

	if (passes < 0)
		SKIP(return, "no trace events: needs CONFIG_HIST_TRIGGERS");
	TH_LOG("%lld interrupts in %lld passes of %s", runs, passes, variant->vector);
	/* A pass may end after 2 ms: enough for few interrupts on a slow machine */
	if (spent > in_ksoftirqd * 1000000ULL)
		SKIP(return, "too slow: an interrupt takes %llu us, and a pass may end after 2000",
		     spent / 1000 / in_ksoftirqd);
	CHECK(passes * 2 <= runs, "%lld interrupts took %lld passes of %s", runs, passes,
	      variant->vector);
}

/* A CPU-bound user task. */
struct hog {
	pthread_t thread;
	int cpu;
	bool stop;
	pid_t tid;
	u64 loops;
};

static void *hog_fn(void *arg)
{
	struct hog *hog = arg;

	__atomic_store_n(&hog->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	while (!__atomic_load_n(&hog->stop, __ATOMIC_RELAXED))
		__atomic_store_n(&hog->loops, hog->loops + 1, __ATOMIC_RELAXED);
	return NULL;
}

/* Start a thread on a CPU, with SCHED_FIFO priority PRIO if that is not 0. */
static int start_on(int cpu, int prio, pthread_t *thread, void *(*fn)(void *), void *arg)
{
	struct sched_param param = { .sched_priority = prio };
	pthread_attr_t attr;
	cpu_set_t set;
	int ret;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (prio) {
		pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
		pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
		pthread_attr_setschedparam(&attr, &param);
	}
	ret = pthread_create(thread, &attr, fn, arg);
	pthread_attr_destroy(&attr);
	return ret;
}

/*
 * A read of a silent terminal ends after 100 ms, by a timer of the timer wheel:
 * unlike an hrtimer, that needs the TIMER softirq. The timer is on the wheel of
 * the local CPU, as the CPU is not idle.
 */
struct clockwork {
	pthread_t thread;
	int fd;
	bool stop;
	int expired;
};

static void *clockwork_fn(void *arg)
{
	struct clockwork *clock = arg;
	char c;

	while (!__atomic_load_n(&clock->stop, __ATOMIC_RELAXED)) {
		if (read(clock->fd, &c, 1) != 0)
			break;
		__atomic_fetch_add(&clock->expired, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static int quiet_terminal(int *master)
{
	struct termios t;
	char name[64];
	int fd;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master < 0 || grantpt(*master) || unlockpt(*master) ||
	    ptsname_r(*master, name, sizeof(name)))
		return -1;
	fd = open(name, O_RDWR | O_NOCTTY);
	if (fd < 0 || tcgetattr(fd, &t))
		return -1;
	cfmakeraw(&t);
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 1;
	if (tcsetattr(fd, TCSANOW, &t))
		return -1;
	return fd;
}

/* Interrupts and softirq passes of a CPU. */
struct business {
	long long irqs;
	long long passes[3];
};

static struct business business(int cpu)
{
	static const char * const vectors[] = { "HI", "TASKLET", "IRQ_SIM" };
	struct business b = { .irqs = cpu_irqs(cpu) };
	int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		b.passes[i] = softirq_runs(vectors[i], cpu);
	return b;
}

/* The highest number of passes of one vector. */
static long long most_passes(const struct business *from, const struct business *to)
{
	long long most = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(from->passes); i++) {
		if (to->passes[i] - from->passes[i] > most)
			most = to->passes[i] - from->passes[i];
	}
	return most;
}

#define TIMERS		5
/* CPU time of both tasks. Long, as the scheduler is fair only in the long run. */
#define SHARE_NS	5000000000ULL

/*
 * (3) A SCHED_OTHER task keeps at least 40% of the CPU: ksoftirqd is SCHED_OTHER
 * as well, of the same weight, so each gets half. A tenth of the CPU is allowed
 * for the softirqs at interrupt exit, at most ten passes for each interrupt.
 *
 * The scheduler charges these inline passes to the interrupted task. Their share
 * is estimated from the work done: each piece takes as long as in ksoftirqd.
 * Unlike wall-clock time, this does not depend on the load of the host of a
 * virtual machine. Other tasks take CPU time from both.
 *
 * A pass can be long: a delivery takes up to 256 interrupts or two milliseconds,
 * and BH work is done up to ten times in each. Ten passes for each interrupt can
 * then take more than a tenth, above all on a slow CPU: an emulated one, or one
 * with lockdep. The kernel promises no share in that case. The test then checks
 * that ksoftirqd has no more than its half, and that there are no more passes
 * than allowed.
 *
 * (4) Timers of that CPU fire, and its other vectors are served.
 */
TEST_F_TIMEOUT(handoff, user_share, 240)
{
	const char *other = is_tasklet(variant->source) && variant->source != SIM_TASKLET ?
			    "timer_us=20000" : "consumer=tasklet";
	struct patience begins = { }, shares = { }, fires = { };
	struct clockwork clock = { .fd = -1 };
	struct hog hog = { .cpu = self->cpu };
	long long timers, served, work, exec, k_exec, inl, allowed;
	struct business b0, b1;
	u64 from, until, u0, k0, loops;
	struct places p, q;
	int master = -1;
	char *text;
	double share, most;

	if (variant->source == MIXED || variant->source == SIM_TASKLET)
		other = "";
	ASSERT_EQ(0, flood(self->cpu, variant->source, variant->delivery, other));
	check_took_over(_metadata, self->ksoftirqd, self->cpu, variant->source);
	ASSERT_EQ(0, start_on(self->cpu, 0, &hog.thread, hog_fn, &hog));
	while (!__atomic_load_n(&hog.loops, __ATOMIC_RELAXED) && !gave_up(&begins))
		take_a_break();
	CHECK(hog.loops, "a task on CPU %d never got to run", self->cpu);

	timers = softirq_runs("TIMER", self->cpu);
	loops = __atomic_load_n(&hog.loops, __ATOMIC_RELAXED);
	from = now_ns();
	u0 = task_ns(hog.tid);
	k0 = task_ns(self->ksoftirqd);
	b0 = business(self->cpu);
	p = places_now(variant->source, self->cpu);
	/*
	 * Not wall-clock time: the host may take the CPU away for a part of it. If it does so for
	 * long, the task that is running is charged, and the other one catches up after that.
	 */
	do {
		take_a_break();
		exec = task_ns(hog.tid) - u0;
		k_exec = task_ns(self->ksoftirqd) - k0;
	} while ((exec + k_exec < SHARE_NS || exec < 0.45 * (exec + k_exec)) && !gave_up(&shares));
	q = places_now(variant->source, self->cpu);
	b1 = business(self->cpu);
	exec = task_ns(hog.tid) - u0;
	k_exec = task_ns(self->ksoftirqd) - k0;
	until = now_ns();
	loops = __atomic_load_n(&hog.loops, __ATOMIC_RELAXED) - loops;

	work = q.ksoftirqd - p.ksoftirqd;
	inl = q.inl - p.inl;
	share = work ? exec - (double)k_exec * inl / work : 0;
	share /= exec + k_exec + 1;
	/* The runs in ten passes for each interrupt, at the measured runs per pass */
	allowed = 10 * (b1.irqs - b0.irqs) * (work + inl) /
		  (most_passes(&b0, &b1) + 1);
	/* Half of the interrupts hit ksoftirqd, which then continues the work itself */
	most = work ? (double)k_exec * allowed / 2 / work / (exec + k_exec + 1) : 0;
	TH_LOG("of %llu ms: ksoftirqd %lld ms for %lld runs, task %lld ms with %lld runs inline",
	       (until - from) / 1000000, k_exec / 1000000, work, exec / 1000000,
	       inl);
	TH_LOG("so the task has %.0f%% of CPU %d, and counts to %llu", share * 100, self->cpu,
	       loops);
	CHECK(loops, "a task on CPU %d got nowhere under the flood", self->cpu);
	if (share < 0.4 && most > 0.1) {
		TH_LOG("slow: ten passes for %lld interrupts, or %lld runs, are %.0f%% of it",
		       b1.irqs - b0.irqs, allowed, most * 100);
		CHECK(inl <= allowed,
		      "%lld runs inline on CPU %d: ten passes for each interrupt are %lld",
		      inl, self->cpu, allowed);
		CHECK(exec >= 0.45 * (exec + k_exec),
		      "a task on CPU %d had %.1f%% of it, ksoftirqd the rest", self->cpu,
		      100.0 * exec / (exec + k_exec));
	} else {
		CHECK(share >= 0.4,
		      "a task on CPU %d kept %.1f%% of it under the flood, not 40%%",
		      self->cpu, share * 100);
	}

	clock.fd = quiet_terminal(&master);
	if (clock.fd < 0) {
		TH_LOG("no timer to test with: needs CONFIG_UNIX98_PTYS, and devpts mounted");
	} else {
		ASSERT_EQ(0, start_on(self->cpu, 0, &clock.thread, clockwork_fn, &clock));
		while (__atomic_load_n(&clock.expired, __ATOMIC_ACQUIRE) < TIMERS &&
		       !gave_up(&fires))
			take_a_break();
		CHECK(clock.expired >= TIMERS, "%d of %d timers fired on CPU %d under the flood",
		      clock.expired, TIMERS, self->cpu);
		__atomic_store_n(&clock.stop, true, __ATOMIC_RELAXED);
	}
	CHECK(softirq_runs("TIMER", self->cpu) > timers,
	      "the vector TIMER was not served on CPU %d under the flood", self->cpu);

	/* Work on another vector than the one of the flood, during the flood */
	text = torture_counters();
	if (variant->source == MIXED || *other == 'c')
		served = value(text, "consumed/ksoftirqd") + value(text, "consumed/irq_exit") +
			 value(text, "consumed/bh_enable") + value(text, "consumed/ktimers");
	else
		served = value(text, "runs");
	/* With SIM_TASKLET there is no work on another vector */
	if (variant->source != SIM_TASKLET)
		CHECK(served > 1, "%lld runs of what is on another vector than the flood", served);
	free(text);

	ASSERT_EQ(0, torture_stop());
	__atomic_store_n(&hog.stop, true, __ATOMIC_RELAXED);
	pthread_join(hog.thread, NULL);
	if (clock.fd >= 0)
		pthread_join(clock.thread, NULL);
	close(clock.fd);
	close(master);
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
}

#define WAKEUPS		50

struct sleeper {
	pthread_t thread;
	pid_t tid;
	bool go;
	bool done;
	int error;
	u64 latest;
};

static void *sleeper_fn(void *arg)
{
	struct sleeper *sleeper = arg;
	struct timespec ts;
	u64 at, late;
	int i;

	__atomic_store_n(&sleeper->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	while (!__atomic_load_n(&sleeper->go, __ATOMIC_ACQUIRE))
		take_a_break();
	for (i = 0; i < WAKEUPS; i++) {
		at = now_ns() + 2000000;
		ts.tv_sec = at / 1000000000;
		ts.tv_nsec = at % 1000000000;
		sleeper->error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		if (sleeper->error)
			break;
		late = now_ns() - at;
		if (late > sleeper->latest)
			sleeper->latest = late;
	}
	__atomic_store_n(&sleeper->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Was the previous task one of higher priority, such as the stopper? */
static bool outranked(const char *line)
{
	const char *prev = strstr(line, "prev_prio="), *next = strstr(line, "next_prio=");

	return prev && next &&
	       atoi(prev + strlen("prev_prio=")) < atoi(next + strlen("next_prio="));
}

/* Is this trace event an interrupt? One interrupt may cause several events. */
static bool is_interrupt(const char *line)
{
	return strstr(line, "_entry: vector=") || strstr(line, " irq_handler_entry: ") ||
	       strstr(line, " hrtimer_expire_entry: ");
}

/*
 * The highest number of passes of the flood which began between the wakeup of a
 * task and its turn. A pass after an interrupt is not counted: each interrupt
 * exit may begin one. A wakeup which had to wait for a task of higher priority is
 * left out: it does not set need_resched(), so the softirqs continue. Returns the
 * number of wakeups.
 */
static int passes_before_turn(struct __test_metadata *_metadata, const char *trace, int cpu,
			      pid_t tid, int *most)
{
	char path[160], mine[32], *text, *line, *save, *window[32], *worst[32];
	int passes = 0, wakeups = 0, nwindow = 0, nworst = 0, last = 0, vec, i;
	bool woken = false, interrupted = false;

	snprintf(path, sizeof(path), "%s/per_cpu/cpu%d/trace", trace, cpu);
	snprintf(mine, sizeof(mine), "next_pid=%d ", tid);
	*most = 0;
	text = slurp(path);
	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, " sched_waking: ")) {
			woken = true;
			passes = 0;
			last = INT32_MAX;
			interrupted = false;
			nwindow = 0;
		}
		if (nwindow < ARRAY_SIZE(window))
			window[nwindow++] = line;
		if (strstr(line, " softirq_entry: ") && strstr(line, "vec=")) {
			/* Vectors run in ascending order within a pass */
			vec = atoi(strstr(line, "vec=") + strlen("vec="));
			if (vec <= last) {
				passes += !interrupted;
				interrupted = false;
			}
			last = vec;
		} else if (is_interrupt(line)) {
			interrupted = true;
		} else if (strstr(line, " sched_switch: ")) {
			/* The task may be woken before it has switched out */
			if (woken && strstr(line, mine) && !outranked(line)) {
				if (passes > *most) {
					*most = passes;
					nworst = nwindow;
					memcpy(worst, window, sizeof(worst));
				}
				wakeups++;
			}
			woken = false;
		}
	}
	for (i = 0; *most > 1 && i < nworst; i++)
		TH_LOG("%s", worst[i]);
	free(text);
	return wakeups;
}

/*
 * (3) A SCHED_FIFO task is delayed by one pass at most. The test counts passes,
 * not time: the pass in progress at the wakeup ends, and once need_resched() is
 * set no other one begins. The exceptions are the exit of the interrupt which
 * woke the task, and of any other interrupt before the task is scheduled. With
 * PREEMPT_RT the task preempts even these passes.
 */
TEST_F_TIMEOUT(handoff, fifo_task, 240)
{
	struct patience begins = { }, sleeps = { };
	struct sleeper sleeper = { };
	struct line flooded;
	char path[160];
	int most, wakeups;

	if (!self->trace[0])
		SKIP(return, "no trace events: needs tracefs mounted, and CONFIG_FTRACE");
	if (variant->source == MIXED)
		SKIP(return, "passes of a mixed flood are not all alike");

	ASSERT_EQ(0, flood(self->cpu, variant->source, variant->delivery, ""));
	check_took_over(_metadata, self->ksoftirqd, self->cpu, variant->source);
	ASSERT_EQ(0, start_on(self->cpu, 10, &sleeper.thread, sleeper_fn, &sleeper));
	while (!__atomic_load_n(&sleeper.tid, __ATOMIC_ACQUIRE) && !gave_up(&begins))
		take_a_break();
	CHECK(sleeper.tid, "a task of SCHED_FIFO never got to run on CPU %d", self->cpu);

	snprintf(path, sizeof(path), "%s/buffer_size_kb", self->trace);
	put(path, "16384");
	snprintf(path, sizeof(path), "%s/events/sched/sched_waking/filter", self->trace);
	ASSERT_EQ(0, put(path, "pid == %d", sleeper.tid));
	snprintf(path, sizeof(path), "%s/events/sched/sched_switch/filter", self->trace);
	ASSERT_EQ(0, put(path, "next_pid == %d || prev_pid == %d", sleeper.tid, sleeper.tid));
	snprintf(path, sizeof(path), "%s/events/sched/sched_waking/enable", self->trace);
	ASSERT_EQ(0, put(path, "1"));
	snprintf(path, sizeof(path), "%s/events/sched/sched_switch/enable", self->trace);
	ASSERT_EQ(0, put(path, "1"));
	/* Device interrupts, or on many architectures all of them; not those of the flood */
	ASSERT_EQ(1, torture_lines(&flooded, 1));
	snprintf(path, sizeof(path), "%s/events/irq/irq_handler_entry/filter", self->trace);
	ASSERT_EQ(0, put(path, "irq != %u", flooded.virq));
	snprintf(path, sizeof(path), "%s/events/irq/irq_handler_entry/enable", self->trace);
	ASSERT_EQ(0, put(path, "1"));
	/* Vectors of x86. Elsewhere only the timer may lack an irq_handler_entry event. */
	snprintf(path, sizeof(path), "%s/events/irq_vectors/enable", self->trace);
	if (put(path, "1")) {
		snprintf(path, sizeof(path), "%s/events/timer/hrtimer_expire_entry/enable",
			 self->trace);
		ASSERT_EQ(0, put(path, "1"));
	}
	snprintf(path, sizeof(path), "%s/events/irq/softirq_entry/enable", self->trace);
	ASSERT_EQ(0, put(path, "1"));

	__atomic_store_n(&sleeper.go, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&sleeper.done, __ATOMIC_ACQUIRE) && !gave_up(&sleeps))
		take_a_break();
	CHECK(sleeper.done, "a task of SCHED_FIFO on CPU %d did not get %d turns under the flood",
	      self->cpu, WAKEUPS);
	snprintf(path, sizeof(path), "%s/tracing_on", self->trace);
	put(path, "0");

	ASSERT_EQ(0, torture_stop());
	pthread_join(sleeper.thread, NULL);
	CHECK(!sleeper.error, "a task of SCHED_FIFO cannot sleep: %s", strerror(sleeper.error));
	wakeups = passes_before_turn(_metadata, self->trace, self->cpu, sleeper.tid, &most);
	TH_LOG("%d wakeups: at most %d passes begin before the turn of the task, %llu us late",
	       wakeups, most, sleeper.latest / 1000);
	CHECK(wakeups >= WAKEUPS / 2, "the trace has %d of %d wakeups", wakeups, WAKEUPS);
	CHECK(most <= 1, "a task of SCHED_FIFO waited for %d passes of softirqs on CPU %d",
	      most, self->cpu);
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
}

/* All work of the flood, on any CPU and in any context. */
static long long work_done(enum source source)
{
	char *text = torture_counters();
	long long n = is_tasklet(source) ? 0 : value(text, "runs");

	if (is_tasklet(source) || source == MIXED)
		n += value(text, "consumed/irq_exit") + value(text, "consumed/bh_enable") +
		     value(text, "consumed/ksoftirqd") + value(text, "consumed/ktimers");
	free(text);
	return n;
}

static bool wait_work(enum source source, long long more)
{
	long long since = work_done(source);
	struct patience patience = { };

	while (work_done(source) - since < more) {
		if (gave_up(&patience))
			return false;
		take_a_break();
	}
	return true;
}

/*
 * (6) The flooded CPU goes offline and comes back; nothing is lost. No CPU is left idle with the
 * vector IRQ_SIM pending and nobody who runs it ("NOHZ tick-stop error").
 *
 * For a CPU that goes down, the kernel accepts this for IRQ_SIM, and reports it up to ten times
 * for other vectors: ksoftirqd parks even if something is pending, and after that nobody goes on
 * where the exit of an interrupt stops, that is after ten passes, 2 ms, or when a reschedule is
 * due. Tasklets which schedule themselves stay raised until they are taken over, with whatever
 * was raised in the last pass. HI and TASKLET may stay raised without any work left. Vectors
 * such as NET_RX and BLOCK belong to others.
 */
TEST_F_TIMEOUT(handoff, hotplug, 300)
{
	int vec = softirq_number("IRQ_SIM");
	unsigned int left, ours = vec < 0 ? 0 : 1U << vec;
	int kmsg = kmsg_open(), round, rounds = 3, n, i;
	static struct line table[64];
	char message[1024], path[80];
	bool went_on;
	char *p;

	if (!hotpluggable(self->cpu))
		SKIP(return, "CPU %d cannot be taken down: CONFIG_HOTPLUG_CPU=y", self->cpu);

	/* Tasklets stay on the CPU that took them over */
	if (is_tasklet(variant->source) || variant->source == MIXED)
		rounds = 1;

	ASSERT_EQ(0, flood(self->cpu, variant->source, variant->delivery, ""));
	check_took_over(_metadata, self->ksoftirqd, self->cpu, variant->source);
	for (round = 0; round < rounds; round++) {
		ASSERT_EQ(0, set_online(self->cpu, false));
		went_on = wait_work(variant->source, TOOK_OVER_COUNT);
		ASSERT_EQ(0, set_online(self->cpu, true));
		CHECK(went_on, "CPU %d went down, and what was queued there was not taken over",
		      self->cpu);
		if (!went_on || rounds == 1)
			break;

		n = torture_lines(table, ARRAY_SIZE(table));
		for (i = 0; i < n; i++) {
			snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list",
				 table[i].virq);
			ASSERT_EQ(0, put(path, "%d", self->cpu));
		}
		check_took_over(_metadata, self->ksoftirqd, self->cpu, variant->source);
	}

	ASSERT_EQ(0, torture_stop());
	while (kmsg_find(kmsg, "NOHZ tick-stop error", message, sizeof(message))) {
		p = strchr(message, '#');
		left = p ? strtoul(p + 1, NULL, 16) : 0;
		CHECK(left && !(left & ours), "nobody runs the interrupts on an idle CPU: %s",
		      message);
	}
	close(kmsg);
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
}

TEST_HARNESS_MAIN
