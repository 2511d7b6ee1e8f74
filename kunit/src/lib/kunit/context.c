// SPDX-License-Identifier: GPL-2.0
/*
 * Run code under test in each context
 */

#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/workqueue.h>

#include <kunit/context.h>
#include <kunit/test.h>

/**
 * struct kunit_context_call - a call in another context
 * @fn:		function to call
 * @data:	for @fn
 * @ret:	return value of @fn
 * @work:	runs @fn in a softirq
 * @timer:	runs @fn in a hard interrupt
 * @done:	completed when @fn has returned
 */
struct kunit_context_call {
	bool			(*fn)(void *data);
	void			*data;
	bool			ret;
	struct work_struct	work;
	struct hrtimer		timer;
	struct completion	done;
};

/**
 * kunit_context_name() - Name of a context, for messages
 * @context:	the context
 *
 * Return: The name.
 */
const char *kunit_context_name(enum kunit_context context)
{
	static const char * const names[KUNIT_CONTEXTS] = {
		[KUNIT_CONTEXT_TASK]		= "task",
		[KUNIT_CONTEXT_BH_DISABLED]	= "BH-disabled",
		[KUNIT_CONTEXT_SOFTIRQ]		= "softirq",
		[KUNIT_CONTEXT_HARDIRQ]		= "hardirq",
	};

	return context < KUNIT_CONTEXTS ? names[context] : "unknown";
}
EXPORT_SYMBOL_GPL(kunit_context_name);

static void kunit_context_work(struct work_struct *work)
{
	struct kunit_context_call *call = container_of(work, struct kunit_context_call, work);

	call->ret = call->fn(call->data);
}

static enum hrtimer_restart kunit_context_timer(struct hrtimer *timer)
{
	struct kunit_context_call *call = container_of(timer, struct kunit_context_call, timer);

	call->ret = call->fn(call->data);
	complete(&call->done);
	return HRTIMER_NORESTART;
}

/* A BH work item always runs in a softirq, if necessary in ksoftirqd. */
static bool kunit_run_in_softirq(bool (*fn)(void *data), void *data)
{
	struct kunit_context_call call = { .fn = fn, .data = data };

	INIT_WORK_ONSTACK(&call.work, kunit_context_work);
	queue_work(system_bh_wq, &call.work);
	flush_work(&call.work);
	destroy_work_on_stack(&call.work);
	return call.ret;
}

static bool kunit_run_in_hardirq(bool (*fn)(void *data), void *data)
{
	struct kunit_context_call call = { .fn = fn, .data = data };

	init_completion(&call.done);
	hrtimer_setup_on_stack(&call.timer, kunit_context_timer, CLOCK_MONOTONIC,
			       HRTIMER_MODE_REL_HARD);
	hrtimer_start(&call.timer, 0, HRTIMER_MODE_REL_HARD);
	wait_for_completion(&call.done);
	/* The timer function may not have returned from complete() yet */
	hrtimer_cancel(&call.timer);
	destroy_hrtimer_on_stack(&call.timer);
	return call.ret;
}

/**
 * kunit_run_in_context() - Call a function in a context, once
 * @context:	the context
 * @fn:		function to call
 * @data:	for @fn
 *
 * Creates the context for the call and waits for @fn, on all architectures including
 * UML, independent of timing. @fn may sleep in a task only, and must not use expectations
 * in a hard interrupt.
 *
 * Context: Process context. May sleep.
 *
 * Return: The return value of @fn.
 */
bool kunit_run_in_context(enum kunit_context context, bool (*fn)(void *data), void *data)
{
	bool ret;

	might_sleep();

	switch (context) {
	case KUNIT_CONTEXT_BH_DISABLED:
		local_bh_disable();
		ret = fn(data);
		local_bh_enable();
		return ret;
	case KUNIT_CONTEXT_SOFTIRQ:
		return kunit_run_in_softirq(fn, data);
	case KUNIT_CONTEXT_HARDIRQ:
		return kunit_run_in_hardirq(fn, data);
	default:
		return fn(data);
	}
}
EXPORT_SYMBOL_GPL(kunit_run_in_context);

/**
 * kunit_expect_in_each_context() - Call a function once in each context
 * @test:	test context
 * @fn:		function to call, which returns false on errors
 * @data:	for @fn
 *
 * If @fn returns false, the test fails and continues with the next context.
 *
 * Context: Process context. May sleep.
 */
void kunit_expect_in_each_context(struct kunit *test, bool (*fn)(void *data), void *data)
{
	for (int context = 0; context < KUNIT_CONTEXTS; context++)
		KUNIT_EXPECT_TRUE_MSG(test, kunit_run_in_context(context, fn, data),
				      "Failure reported from %s context",
				      kunit_context_name(context));
}
EXPORT_SYMBOL_GPL(kunit_expect_in_each_context);
