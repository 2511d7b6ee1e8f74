/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Run code under test in each context
 */
#ifndef _KUNIT_CONTEXT_H
#define _KUNIT_CONTEXT_H

#include <linux/types.h>

struct kunit;

/**
 * enum kunit_context - a context in which code can run
 * @KUNIT_CONTEXT_TASK:		a task which can sleep
 * @KUNIT_CONTEXT_BH_DISABLED:	a task with softirqs disabled
 * @KUNIT_CONTEXT_SOFTIRQ:	a softirq
 * @KUNIT_CONTEXT_HARDIRQ:	a hard interrupt, also on PREEMPT_RT
 * @KUNIT_CONTEXTS:		number of contexts
 */
enum kunit_context {
	KUNIT_CONTEXT_TASK,
	KUNIT_CONTEXT_BH_DISABLED,
	KUNIT_CONTEXT_SOFTIRQ,
	KUNIT_CONTEXT_HARDIRQ,
	KUNIT_CONTEXTS
};

const char *kunit_context_name(enum kunit_context context);
bool kunit_run_in_context(enum kunit_context context, bool (*fn)(void *data), void *data);
void kunit_expect_in_each_context(struct kunit *test, bool (*fn)(void *data), void *data);

#endif /* _KUNIT_CONTEXT_H */
