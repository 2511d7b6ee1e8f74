// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts which nobody handles: when a line is switched off, what is polled then, and what
 * irqfixup polls. Also interrupts which nobody has set up, and injected ones.
 */

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel_stat.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/numa.h>
#include <linux/sched.h>
#include <linux/sprintf.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <kunit/test.h>

#define SP_LINES	6
/* The detector looks at so many interrupts ... */
#define SP_CHECK	100000
/* ... and spares the line if this many have been handled. */
#define SP_ENOUGH	100

/**
 * struct sp_line - a line which is fired by calling its flow handler
 * @virq:	the interrupt
 * @desc:	its descriptor
 * @ret:	what the handler returns
 * @thread_ret:	what the threaded handler returns
 * @runs:	number of runs of the handler
 * @depth:	handlers in progress
 * @max_depth:	their maximum
 * @fires:	fired by the first run of the handler
 * @irqs_on:	a handler ran with interrupts enabled
 * @polls:	runs after which @polled is completed
 * @polled:	the handler ran that often
 * @go:		the thread may handle the interrupt
 */
struct sp_line {
	int			virq;
	struct irq_desc		*desc;
	irqreturn_t		ret;
	irqreturn_t		thread_ret;
	atomic_t		runs;
	int			depth;
	int			max_depth;
	struct sp_line		*fires;
	bool			irqs_on;
	int			polls;
	struct completion	polled;
	struct completion	go;
};

/**
 * struct sp_test - some lines
 * @line:	the lines, in the order of their numbers
 * @calls:	retriggered interrupts
 * @retrigger:	what the chip returns
 * @state:	what the chip returns for the setting of a state
 */
struct sp_test {
	struct sp_line		line[SP_LINES];
	int			calls;
	int			retrigger;
	int			state;
};

/**
 * struct sp_request - a requested interrupt
 * @virq:	the interrupt
 * @cookie:	what tells its handlers apart
 */
struct sp_request {
	int	virq;
	void	*cookie;
};

static void sp_free_descs(void *data)
{
	struct sp_test *t = data;

	irq_free_descs(t->line[0].virq, SP_LINES);
}

static int sp_init(struct kunit *test)
{
	struct sp_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int virq;

	if (!t)
		return -ENOMEM;
	virq = irq_alloc_descs(-1, 1, SP_LINES, NUMA_NO_NODE);
	if (virq < 0)
		return virq;
	for (int i = 0; i < SP_LINES; i++) {
		struct sp_line *line = &t->line[i];

		line->virq = virq + i;
		line->desc = irq_data_to_desc(irq_get_irq_data(virq + i));
		line->ret = IRQ_NONE;
		line->thread_ret = IRQ_NONE;
		init_completion(&line->polled);
		init_completion(&line->go);
		irq_set_chip_and_handler(virq + i, &dummy_irq_chip, handle_simple_irq);
		irq_modify_status(virq + i, IRQ_NOREQUEST, 0);
	}
	test->priv = t;
	return kunit_add_action_or_reset(test, sp_free_descs, t);
}

static void sp_fire_once(struct sp_line *line)
{
	guard(irqsave)();
	/*
	 * Only unhandled interrupts less than HZ / 10 after each other count. So that a slow or
	 * stalled machine makes no difference, the last one always is recent.
	 */
	line->desc->last_unhandled = jiffies + 60 * HZ;
	generic_handle_irq(line->virq);
}

static void sp_fire(struct sp_line *line, int count)
{
	while (count--) {
		sp_fire_once(line);
		if (!(count % 1024))
			cond_resched();
	}
}

static irqreturn_t sp_handler(int irq, void *data)
{
	struct sp_line *line = data;
	int runs = atomic_inc_return(&line->runs);

	line->irqs_on |= !irqs_disabled();
	line->max_depth = max(line->max_depth, ++line->depth);
	if (line->fires && runs == 1)
		sp_fire_once(line->fires);
	line->depth--;
	if (line->polls && !--line->polls)
		complete(&line->polled);
	return line->ret;
}

static irqreturn_t sp_thread(int irq, void *data)
{
	struct sp_line *line = data;
	irqreturn_t ret = READ_ONCE(line->thread_ret);

	/* A thread on another CPU might be done before genirq has looked at its interrupt */
	if (ret == IRQ_HANDLED)
		wait_for_completion(&line->go);
	return ret;
}

/* A second handler of a line, which never handles anything */
static irqreturn_t sp_second(int irq, void *data)
{
	return IRQ_NONE;
}

static void sp_free(void *data)
{
	struct sp_request *req = data;

	free_irq(req->virq, req->cookie);
}

static struct sp_request *sp_request_as(struct kunit *test, struct sp_line *line,
					irq_handler_t handler, irq_handler_t thread,
					unsigned long flags)
{
	struct sp_request *req = kunit_kzalloc(test, sizeof(*req), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, req);
	req->virq = line->virq;
	/* Each handler of a line has a cookie of its own */
	req->cookie = handler == sp_second ? (void *)req : line;
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, handler, thread,
						      flags | IRQF_NO_THREAD, "sp", req->cookie));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, sp_free, req));
	/* CONFIG_DEBUG_SHIRQ calls the handler */
	atomic_set(&line->runs, 0);
	return req;
}

static struct sp_request *sp_request(struct kunit *test, int i, unsigned long flags)
{
	struct sp_test *t = test->priv;

	return sp_request_as(test, &t->line[i], sp_handler, NULL, flags);
}

static bool sp_off(struct sp_line *line)
{
	return irqd_irq_disabled(&line->desc->irq_data);
}

static int sp_runs(struct sp_line *line)
{
	return atomic_read(&line->runs);
}

/* A parameter in /sys/module/spurious/parameters */
static const struct kernel_param *sp_find_param(const char *name)
{
	for (const struct kernel_param *kp = __start___param; kp < __stop___param; kp++) {
		if (!strcmp(kp->name, name))
			return kp;
	}
	return NULL;
}

static void sp_restore_irqfixup(void *data)
{
	const struct kernel_param *kp = sp_find_param("spurious.irqfixup");
	char buf[12];

	scnprintf(buf, sizeof(buf), "%ld", (long)data);
	kp->ops->set(buf, kp);
}

static void sp_restore_noirqdebug(void *data)
{
	const struct kernel_param *kp = sp_find_param("spurious.noirqdebug");

	kp->ops->set(data ? "1" : "0", kp);
}

static void sp_set_irqfixup(struct kunit *test, const char *val)
{
	const struct kernel_param *kp = sp_find_param("spurious.irqfixup");
	long old;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "irqfixup is not for PREEMPT_RT");
	KUNIT_ASSERT_NOT_NULL(test, kp);
	old = *(int *)kp->arg;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, sp_restore_irqfixup, (void *)old));
	KUNIT_ASSERT_EQ(test, kp->ops->set(val, kp), 0);
}

/*
 * A line is switched off by the last of 100,000 interrupts, counted from the first unhandled one:
 * handled ones before it do not count. After free_irq() and request_irq() the count starts anew.
 */
static void sp_count(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];
	struct sp_request *req = sp_request(test, 0, 0);

	line->ret = IRQ_HANDLED;
	sp_fire(line, SP_ENOUGH / 2);
	line->ret = IRQ_NONE;
	sp_fire(line, SP_CHECK - 1);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "handled interrupts before count as unhandled");
	kunit_release_action(test, sp_free, req);
	sp_request(test, 0, 0);
	sp_fire(line, SP_CHECK - 1);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "a new owner gets the count of the last one");
	sp_fire(line, 1);
	KUNIT_EXPECT_TRUE_MSG(test, sp_off(line), "a stuck line can block the CPU for ever");
	KUNIT_EXPECT_EQ(test, sp_runs(line), SP_CHECK);
	sp_fire(line, 1);
	KUNIT_EXPECT_EQ_MSG(test, sp_runs(line), SP_CHECK, "handled although switched off");

	/* An owner which disables and enables it for its own reasons does not switch it on */
	disable_irq(line->virq);
	enable_irq(line->virq);
	KUNIT_EXPECT_TRUE_MSG(test, sp_off(line), "enable_irq() switches a stuck line on");
}

/* After each 100,000 interrupts, of which enough were handled, the count starts anew. */
static void sp_count_again(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];

	sp_request(test, 0, 0);
	for (int i = 0; i < 2; i++) {
		sp_fire(line, SP_CHECK - SP_ENOUGH);
		line->ret = IRQ_HANDLED;
		sp_fire(line, SP_ENOUGH);
		line->ret = IRQ_NONE;
		KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "enough interrupts were handled");
	}
	sp_fire(line, SP_CHECK - 1);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "old interrupts are counted again");
	sp_fire(line, 1);
	KUNIT_EXPECT_TRUE(test, sp_off(line));
}

static const struct sp_gap {
	const char	*name;
	int		before;
	bool		off;
} sp_gaps[] = {
	{ "99 before", SP_ENOUGH - 1, true },
	{ "100 before", SP_ENOUGH, false },
};

KUNIT_ARRAY_PARAM_DESC(sp_gap, sp_gaps, name);

/*
 * Unhandled interrupts which come more than 100 ms after the last one are odd ones out, and not a
 * line which is stuck: what was before does not count as unhandled any more.
 */
static void sp_old_ones(struct kunit *test)
{
	const struct sp_gap *gap = test->param_value;
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];
	unsigned long start;

	sp_request(test, 0, 0);
	sp_fire(line, gap->before);
	start = jiffies;
	scoped_guard(irqsave) {
		line->desc->last_unhandled = jiffies - HZ / 10 - 1;
		generic_handle_irq(line->virq);
	}
	KUNIT_EXPECT_EQ_MSG(test, line->desc->irqs_unhandled, 1, "in /proc/irq/N/spurious");
	KUNIT_EXPECT_FALSE_MSG(test, time_before(line->desc->last_unhandled, start),
			       "the time of the last unhandled one is not kept");
	sp_fire(line, SP_CHECK - gap->before - 1);
	KUNIT_EXPECT_EQ_MSG(test, sp_off(line), gap->off, "%d of 100,000 are too old",
			    gap->before);
}

/* An interrupt every 100 ms which nobody handles does not switch off the line, ever. */
static void sp_rare(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];

	sp_request(test, 0, 0);
	for (int i = 0; i < SP_CHECK + 1; i++) {
		guard(irqsave)();
		line->desc->last_unhandled = jiffies - HZ / 10 - 1;
		generic_handle_irq(line->virq);
	}
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "the odd spurious interrupt kills the line");
}

/* Another owner of a shared line gives it another chance: it may handle what nobody did. */
static void sp_second_chance(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];
	struct sp_request *second;

	sp_request(test, 0, IRQF_SHARED);
	sp_fire(line, SP_CHECK);
	KUNIT_EXPECT_TRUE(test, sp_off(line));
	second = sp_request_as(test, line, sp_second, NULL, IRQF_SHARED);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "the second owner gets no interrupts");
	sp_fire(line, SP_CHECK - 1);
	KUNIT_EXPECT_EQ(test, sp_runs(line), SP_CHECK - 1);
	KUNIT_EXPECT_FALSE(test, sp_off(line));
	sp_fire(line, 1);
	KUNIT_EXPECT_TRUE_MSG(test, sp_off(line), "the second chance is the last one");

	/* It stays off, whoever of the two goes */
	kunit_release_action(test, sp_free, second);
	KUNIT_EXPECT_TRUE(test, sp_off(line));
}

static const struct sp_threads {
	const char	*name;
	irq_handler_t	thread;
	int		handled;
	bool		off;
} sp_threads[] = {
	{ "no thread", NULL, 0, true },
	{ "none", sp_thread, 0, true },
	{ "99 handled", sp_thread, SP_ENOUGH - 1, true },
	{ "100 handled", sp_thread, SP_ENOUGH, false },
};

KUNIT_ARRAY_PARAM_DESC(sp_threads, sp_threads, name);

/*
 * Whether a thread handled an interrupt is known at the next one, so the line is switched off one
 * later. What its thread has handled counts as handled.
 */
static void sp_threaded(struct kunit *test)
{
	const struct sp_threads *param = test->param_value;
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];

	sp_request_as(test, line, sp_handler, param->thread, 0);
	line->ret = IRQ_WAKE_THREAD;
	sp_fire(line, 1);
	for (int i = 0; i < param->handled; i++) {
		/* No thread of an earlier interrupt may see this */
		synchronize_irq(line->virq);
		WRITE_ONCE(line->thread_ret, IRQ_HANDLED);
		sp_fire(line, 1);
		complete(&line->go);
		synchronize_irq(line->virq);
		WRITE_ONCE(line->thread_ret, IRQ_NONE);
	}
	sp_fire(line, SP_CHECK - 1 - param->handled);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "too early");
	sp_fire(line, 1);
	KUNIT_EXPECT_EQ_MSG(test, sp_off(line), param->off, "%d were handled by the thread",
			    param->handled);
}

/* On a shared line, one owner wakes a thread which finds nothing, the other one handles it. */
static void sp_threaded_shared(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];

	sp_request_as(test, line, sp_handler, sp_thread, IRQF_SHARED);
	sp_request_as(test, line, sp_second, NULL, IRQF_SHARED);
	/* One that is deferred, until the next one */
	line->ret = IRQ_WAKE_THREAD;
	sp_fire(line, 1);
	/* The sum of a handler which handled it, and one which woke its thread */
	line->ret = IRQ_HANDLED | IRQ_WAKE_THREAD;
	sp_fire(line, SP_CHECK + 1);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "one of the primary handlers handles them");
	KUNIT_EXPECT_EQ(test, line->desc->irqs_unhandled, 0);
	/* The count starts here, with one that is deferred */
	line->ret = IRQ_WAKE_THREAD;
	sp_fire(line, SP_CHECK);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "a handled one before is not deferred");
	sp_fire(line, 1);
	KUNIT_EXPECT_TRUE(test, sp_off(line));
}

/* An interrupt which is handled in the thread of its parent is switched off likewise. */
static void sp_nested(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];

	irq_set_nested_thread(line->virq, true);
	sp_request_as(test, line, NULL, sp_thread, IRQF_ONESHOT);
	for (int i = 0; i < SP_CHECK - 1; i++) {
		line->desc->last_unhandled = jiffies + 60 * HZ;
		handle_nested_irq(line->virq);
	}
	KUNIT_EXPECT_FALSE(test, sp_off(line));
	line->desc->last_unhandled = jiffies + 60 * HZ;
	handle_nested_irq(line->virq);
	KUNIT_EXPECT_TRUE_MSG(test, sp_off(line), "a nested interrupt is stuck for ever");
}

/* What is polled by its driver anyway is not switched off: nobody misses an interrupt there. */
static void sp_is_polled(struct kunit *test)
{
	struct sp_test *t = test->priv;

	irq_set_status_flags(t->line[0].virq, IRQ_IS_POLLED);
	sp_request(test, 0, 0);
	sp_fire(&t->line[0], SP_CHECK);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(&t->line[0]), "IRQ_IS_POLLED");
	KUNIT_EXPECT_EQ(test, t->line[0].desc->irqs_unhandled, 0);
}

/* noirqdebug is for what is requested while it is set. */
static void sp_noirqdebug(struct kunit *test)
{
	const struct kernel_param *kp = sp_find_param("spurious.noirqdebug");
	struct sp_test *t = test->priv;
	bool old;

	KUNIT_ASSERT_NOT_NULL(test, kp);
	old = *(bool *)kp->arg;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, sp_restore_noirqdebug,
							   old ? kp->arg : NULL));
	for (int i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, kp->ops->set(i ? "0" : "1", kp), 0);
		sp_request(test, i, 0);
		sp_fire(&t->line[i], SP_CHECK);
	}
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(&t->line[0]), "switched off in spite of noirqdebug");
	KUNIT_EXPECT_TRUE_MSG(test, sp_off(&t->line[1]), "noirqdebug is not set any more");
}

/* A bogus return value is reported. It neither counts, nor does it spoil the count. */
static void sp_bogus(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];

	sp_request(test, 0, 0);
	sp_fire(line, SP_CHECK - 1);
	line->ret = 4;
	sp_fire(line, 1);
	KUNIT_EXPECT_FALSE_MSG(test, sp_off(line), "a bogus value counts as unhandled");
	line->ret = -EINVAL;
	sp_fire(line, 1);
	KUNIT_EXPECT_FALSE(test, sp_off(line));
	KUNIT_EXPECT_EQ(test, line->desc->irqs_unhandled, SP_CHECK - 1);
	line->ret = IRQ_NONE;
	sp_fire(line, 1);
	KUNIT_EXPECT_TRUE(test, sp_off(line));
}

/*
 * A line which was switched off is polled, if it is shared: its devices still work, slowly. One
 * which is exclusive, a timer, per CPU, nested or polled by its driver is left alone.
 */
static void sp_poll(struct kunit *test)
{
	static const unsigned long flags[SP_LINES] = {
		0, IRQF_SHARED | __IRQF_TIMER, IRQF_SHARED, IRQF_SHARED, IRQF_SHARED, IRQF_SHARED,
	};
	struct sp_test *t = test->priv;
	/* It is polled last */
	struct sp_line *last = &t->line[SP_LINES - 1];

	for (int i = 0; i < SP_LINES; i++) {
		sp_request(test, i, flags[i]);
		/* Before this one is polled */
		if (i == 2)
			irq_set_status_flags(t->line[i].virq, IRQ_PER_CPU);
		sp_fire(&t->line[i], SP_CHECK - 1);
		if (i == 3)
			irq_set_status_flags(t->line[i].virq, IRQ_NESTED_THREAD);
		if (i == SP_LINES - 1)
			last->polls = 3;
		sp_fire(&t->line[i], 1);
		/* After it was switched off; it may have been polled meanwhile */
		if (i == 4)
			irq_set_status_flags(t->line[i].virq, IRQ_IS_POLLED);
		KUNIT_ASSERT_TRUE_MSG(test, sp_off(&t->line[i]), "line %d", i);
	}
	/* A poll may have been going on as line 4 was marked. The second one begins later. */
	atomic_set(&t->line[4].runs, SP_CHECK);
	KUNIT_EXPECT_NE_MSG(test, 0, wait_for_completion_timeout(&last->polled, 60 * HZ),
			    "a shared line is not polled");
	for (int i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ_MSG(test, sp_runs(&t->line[i]), SP_CHECK, "line %d is polled", i);
	KUNIT_EXPECT_LE_MSG(test, sp_runs(&t->line[4]), SP_CHECK + 1, "IRQ_IS_POLLED is polled");
	KUNIT_EXPECT_TRUE_MSG(test, sp_off(last), "polling is no reason to switch it on");
	KUNIT_EXPECT_EQ(test, last->max_depth, 1);
	KUNIT_EXPECT_FALSE_MSG(test, last->irqs_on, "polled with interrupts enabled");
	KUNIT_EXPECT_EQ_MSG(test, last->desc->irqs_unhandled, 0, "polling counts");
	irq_clear_status_flags(t->line[3].virq, IRQ_NESTED_THREAD);
}

static const struct sp_fixup {
	const char	*name;
	const char	*irqfixup;
	irqreturn_t	ret;
	unsigned long	flags;
	int		polls;
} sp_fixups[] = {
	{ "off", "0", IRQ_NONE, 0, 0 },
	{ "irqfixup", "1", IRQ_NONE, 0, 1 },
	{ "irqfixup, handled", "1", IRQ_HANDLED, IRQF_IRQPOLL, 0 },
	{ "irqpoll", "2", IRQ_NONE, 0, 1 },
	{ "irqpoll, handled", "2", IRQ_HANDLED, 0, 0 },
	{ "irqpoll, timer", "2", IRQ_HANDLED, IRQF_IRQPOLL, 1 },
};

KUNIT_ARRAY_PARAM_DESC(sp_fixup, sp_fixups, name);

struct sp_round {
	struct sp_line	*line, *other;
	int		line_runs, other_runs;
};

/* In stop_machine(): with irqpoll, the timer of the machine polls as well */
static int sp_fire_alone(void *data)
{
	struct sp_round *round = data;
	int line_runs = sp_runs(round->line), other_runs = sp_runs(round->other);

	sp_fire_once(round->line);
	round->line_runs = sp_runs(round->line) - line_runs;
	round->other_runs = sp_runs(round->other) - other_runs;
	return 0;
}

/*
 * With irqfixup, an interrupt which nobody handles may come from another shared line. irqpoll does
 * so also at each interrupt of a line which is marked for it.
 */
static void sp_misrouted(struct kunit *test)
{
	const struct sp_fixup *fixup = test->param_value;
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[1], *other = &t->line[2];
	struct sp_round round = { .line = line, .other = other };

	/* The line itself is on neither end */
	sp_request(test, 0, 0);
	sp_request(test, 1, IRQF_SHARED | fixup->flags);
	sp_request(test, 2, IRQF_SHARED);
	sp_request(test, 3, IRQF_SHARED);
	sp_request(test, 4, IRQF_SHARED);
	disable_irq(t->line[3].virq);
	irq_set_status_flags(t->line[4].virq, IRQ_IS_POLLED);
	line->ret = fixup->ret;
	other->ret = IRQ_HANDLED;
	sp_set_irqfixup(test, fixup->irqfixup);
	for (int i = 1; i <= 2; i++) {
		KUNIT_ASSERT_EQ(test, stop_machine(sp_fire_alone, &round, NULL), 0);
		KUNIT_EXPECT_EQ_MSG(test, round.line_runs, 1, "its handlers have been tried");
		KUNIT_EXPECT_EQ_MSG(test, round.other_runs, fixup->polls, "misrouted");
		KUNIT_EXPECT_FALSE(test, other->irqs_on);
	}
	KUNIT_EXPECT_EQ_MSG(test, sp_runs(&t->line[0]), 0, "an exclusive line was tried");
	KUNIT_EXPECT_EQ_MSG(test, sp_runs(&t->line[3]), 0, "a disabled line was tried");
	KUNIT_EXPECT_EQ_MSG(test, sp_runs(&t->line[4]), 0, "a polled line was tried");
	/* Another shared line of this machine may have had something to do */
	if (fixup->polls || fixup->ret == IRQ_HANDLED)
		KUNIT_EXPECT_EQ_MSG(test, line->desc->irqs_unhandled, 0, "one that was handled");
	else
		KUNIT_EXPECT_EQ(test, line->desc->irqs_unhandled, 2);
	KUNIT_EXPECT_EQ_MSG(test, other->desc->irqs_unhandled, 0, "the line which is tried");
	enable_irq(t->line[3].virq);
}

/*
 * A line is tried whose handler is in progress: it runs again when it has finished, and not twice
 * at a time.
 */
static void sp_misrouted_busy(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0], *busy = &t->line[1];

	irq_set_chip_and_handler(busy->virq, &dummy_irq_chip, handle_edge_irq);
	sp_request(test, 0, 0);
	sp_request(test, 1, IRQF_SHARED);
	busy->fires = line;
	busy->ret = IRQ_HANDLED;
	sp_set_irqfixup(test, "1");
	sp_fire(busy, 1);
	KUNIT_EXPECT_EQ(test, sp_runs(line), 1);
	KUNIT_EXPECT_EQ_MSG(test, sp_runs(busy), 2, "the misrouted interrupt is lost");
	KUNIT_EXPECT_EQ_MSG(test, busy->max_depth, 1, "a handler runs twice at a time");
}

/* A handler which is tried causes another unhandled interrupt: this does not try them all again. */
static void sp_misrouted_once(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0], *tried = &t->line[2];

	sp_request(test, 0, 0);
	sp_request(test, 1, 0);
	sp_request(test, 2, IRQF_SHARED);
	sp_request(test, 3, IRQF_SHARED);
	tried->fires = &t->line[1];
	sp_set_irqfixup(test, "1");
	for (int i = 1; i <= 2; i++) {
		sp_fire(line, 1);
		KUNIT_EXPECT_EQ(test, sp_runs(&t->line[1]), 1);
		KUNIT_EXPECT_EQ(test, sp_runs(tried), i);
		KUNIT_EXPECT_EQ_MSG(test, sp_runs(&t->line[3]), i, "tried twice, or never again");
	}
}

/* An interrupt which nobody has set up is counted, and that is all. */
static void sp_bad_irq(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];
	unsigned int before = kstat_irqs_usr(line->virq);

	irq_set_chip_and_handler(line->virq, NULL, NULL);
	KUNIT_EXPECT_LT(test, request_irq(line->virq, sp_handler, 0, "sp", line), 0);
	sp_fire(line, 1);
	KUNIT_EXPECT_EQ_MSG(test, kstat_irqs_usr(line->virq), before + 1, "in /proc/interrupts");
	KUNIT_EXPECT_EQ(test, sp_runs(line), 0);

	irq_set_chip_and_handler(line->virq, &dummy_irq_chip, handle_simple_irq);
	sp_request(test, 0, 0);
	sp_fire(line, 1);
	KUNIT_EXPECT_EQ(test, sp_runs(line), 1);
}

#ifdef CONFIG_GENERIC_IRQ_INJECTION
static int sp_retrigger(struct irq_data *data)
{
	struct sp_test *t = irq_data_get_irq_chip_data(data);

	t->calls++;
	return t->retrigger;
}

static int sp_set_state(struct irq_data *data, enum irqchip_irq_state which, bool on)
{
	struct sp_test *t = irq_data_get_irq_chip_data(data);

	return t->state;
}

static void sp_nothing(struct irq_data *data)
{
}

static struct irq_chip sp_chip = {
	.name			= "sp",
	.irq_ack		= sp_nothing,
	.irq_mask		= sp_nothing,
	.irq_unmask		= sp_nothing,
	.irq_retrigger		= sp_retrigger,
	.irq_set_irqchip_state	= sp_set_state,
};

/* Injecting an interrupt: what cannot be injected, and what happens to the rest. */
static void sp_inject(struct kunit *test)
{
	struct sp_test *t = test->priv;
	struct sp_line *line = &t->line[0];

	irq_set_chip_and_handler(line->virq, &sp_chip, handle_edge_irq);
	irq_set_chip_data(line->virq, t);
	t->retrigger = 1;
	t->state = -EINVAL;
	KUNIT_EXPECT_EQ_MSG(test, irq_inject_interrupt(line->virq), -EINVAL, "nobody uses it");
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(UINT_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, t->calls, 0);
	sp_request(test, 0, 0);
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	KUNIT_EXPECT_EQ(test, t->calls, 1);
	KUNIT_EXPECT_EQ_MSG(test, irq_inject_interrupt(line->virq), -EBUSY, "not handled yet");
	KUNIT_EXPECT_EQ(test, t->calls, 1);
	sp_fire(line, 1);
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	KUNIT_EXPECT_EQ(test, t->calls, 2);
	sp_fire(line, 1);

	/* The chip sets the line pending itself */
	t->state = 0;
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	KUNIT_EXPECT_EQ_MSG(test, t->calls, 2, "retriggered as well");
	t->state = -EINVAL;

	irq_set_status_flags(line->virq, IRQ_LEVEL);
	KUNIT_EXPECT_EQ_MSG(test, irq_inject_interrupt(line->virq), -EINVAL, "a level");
	KUNIT_EXPECT_EQ(test, t->calls, 2);
	irq_clear_status_flags(line->virq, IRQ_LEVEL);

	/* Neither the chip nor genirq can do it. Nothing is in flight then. */
	irqd_set_handle_enforce_irqctx(irq_get_irq_data(line->virq));
	t->retrigger = 0;
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), -EINVAL);
	KUNIT_EXPECT_EQ(test, t->calls, 3);
	t->retrigger = 1;
	KUNIT_EXPECT_EQ_MSG(test, irq_inject_interrupt(line->virq), 0, "busy after a failure");
}
#else
static void sp_inject(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_INJECTION");
}
#endif

static struct kunit_case genirq_spurious_cases[] = {
	KUNIT_CASE(sp_count),
	KUNIT_CASE(sp_count_again),
	KUNIT_CASE_PARAM(sp_old_ones, sp_gap_gen_params),
	KUNIT_CASE(sp_rare),
	KUNIT_CASE(sp_second_chance),
	KUNIT_CASE_PARAM(sp_threaded, sp_threads_gen_params),
	KUNIT_CASE(sp_threaded_shared),
	KUNIT_CASE(sp_nested),
	KUNIT_CASE(sp_is_polled),
	KUNIT_CASE(sp_noirqdebug),
	KUNIT_CASE(sp_bogus),
	KUNIT_CASE(sp_poll),
	KUNIT_CASE_PARAM(sp_misrouted, sp_fixup_gen_params),
	KUNIT_CASE(sp_misrouted_busy),
	KUNIT_CASE(sp_misrouted_once),
	KUNIT_CASE(sp_bad_irq),
	KUNIT_CASE(sp_inject),
	{}
};

static struct kunit_suite genirq_spurious_suite = {
	.name = "genirq_spurious",
	.init = sp_init,
	.test_cases = genirq_spurious_cases,
};

kunit_test_suite(genirq_spurious_suite);
