// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for code which is run in each context
 */

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/preempt.h>

#include <kunit/context.h>
#include <kunit/run-in-irq-context.h>
#include <kunit/test.h>

static bool in_context(enum kunit_context context)
{
	switch (context) {
	case KUNIT_CONTEXT_TASK:
		return in_task() && !in_softirq() && !irqs_disabled();
	case KUNIT_CONTEXT_BH_DISABLED:
		return in_softirq() && !in_serving_softirq() && !in_hardirq();
	case KUNIT_CONTEXT_SOFTIRQ:
		return in_serving_softirq() && !in_hardirq();
	case KUNIT_CONTEXT_HARDIRQ:
		return in_hardirq() && irqs_disabled();
	default:
		return false;
	}
}

struct context_log {
	enum kunit_context	refused;
	atomic_t		calls;
	atomic_t		seen[KUNIT_CONTEXTS];
};

/* Record the context of the call, which must be one of the known ones. */
static bool note_context(void *data)
{
	struct context_log *log = data;

	atomic_inc(&log->calls);
	for (int context = 0; context < KUNIT_CONTEXTS; context++) {
		if (!in_context(context))
			continue;
		atomic_inc(&log->seen[context]);
		return context != log->refused;
	}
	return false;
}

static const enum kunit_context contexts[] = {
	KUNIT_CONTEXT_TASK, KUNIT_CONTEXT_BH_DISABLED, KUNIT_CONTEXT_SOFTIRQ,
	KUNIT_CONTEXT_HARDIRQ,
};

static void context_desc(const enum kunit_context *context, char *desc)
{
	strscpy(desc, kunit_context_name(*context), KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(context, contexts, context_desc);

static void context_run(struct kunit *test)
{
	enum kunit_context context = *(const enum kunit_context *)test->param_value;
	struct context_log log = { .refused = KUNIT_CONTEXTS };

	for (int i = 1; i <= 20; i++) {
		KUNIT_EXPECT_TRUE(test, kunit_run_in_context(context, note_context, &log));
		KUNIT_EXPECT_EQ(test, atomic_read(&log.seen[context]), i);
	}
	log.refused = context;
	KUNIT_EXPECT_FALSE(test, kunit_run_in_context(context, note_context, &log));
	KUNIT_EXPECT_EQ(test, atomic_read(&log.calls), 21);
}

static void context_each(struct kunit *test)
{
	struct context_log log = { .refused = KUNIT_CONTEXTS };

	kunit_expect_in_each_context(test, note_context, &log);
	for (int context = 0; context < KUNIT_CONTEXTS; context++)
		KUNIT_EXPECT_EQ(test, atomic_read(&log.seen[context]), 1);
}

/* A failure in one context fails the test, but the function runs in the others as well. */
static void context_fails(struct kunit *test)
{
	struct context_log log = { .refused = *(const enum kunit_context *)test->param_value };
	struct kunit inner;

	kunit_init_test(&inner, "context_inner", NULL);
	kunit_info(test, "one failure that is expected:\n");
	kunit_expect_in_each_context(&inner, note_context, &log);
	KUNIT_EXPECT_EQ(test, (int)inner.status, (int)KUNIT_FAILURE);
	KUNIT_EXPECT_EQ(test, atomic_read(&log.calls), KUNIT_CONTEXTS);
	kunit_cleanup(&inner);
}

/* Each context runs alone once; timer and softirq also interrupt the task. */
static void context_irq_test(struct kunit *test)
{
	struct context_log log = { .refused = KUNIT_CONTEXTS };

	kunit_run_irq_test(test, note_context, 1, &log);
	KUNIT_EXPECT_EQ(test, atomic_read(&log.seen[KUNIT_CONTEXT_BH_DISABLED]), 1);
	KUNIT_EXPECT_GT(test, atomic_read(&log.seen[KUNIT_CONTEXT_TASK]), 1);
	KUNIT_EXPECT_GT(test, atomic_read(&log.seen[KUNIT_CONTEXT_HARDIRQ]), 1);
	KUNIT_EXPECT_GT(test, atomic_read(&log.seen[KUNIT_CONTEXT_SOFTIRQ]), 1);
}

static struct kunit_case context_cases[] = {
	KUNIT_CASE_PARAM(context_run, context_gen_params),
	KUNIT_CASE(context_each),
	KUNIT_CASE_PARAM(context_fails, context_gen_params),
	KUNIT_CASE(context_irq_test),
	{ }
};

static struct kunit_suite context_suite = {
	.name = "kunit_context",
	.test_cases = context_cases,
};

kunit_test_suite(context_suite);

MODULE_DESCRIPTION("KUnit test for code which is run in each context");
MODULE_LICENSE("GPL");
