/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Let the n-th allocation of a call fail. Shared by the suites of genirq.
 */
#ifndef _GENIRQ_FAILSLAB_KUNIT_H
#define _GENIRQ_FAILSLAB_KUNIT_H

#include <linux/sched.h>
#include <linux/types.h>

#define GENIRQ_NEEDS_FAILSLAB	"needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS"

struct kunit;

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
#define GENIRQ_FAILSLAB

bool genirq_failslab_on(struct kunit *test);

/* The @n-th allocation of this task fails, from 1. */
static inline void genirq_fail_nth(int n)
{
	current->fail_nth = n;
}

/* Whether it has come to that one. From here on, none fails. */
static inline bool genirq_has_failed(void)
{
	bool failed = !current->fail_nth;

	current->fail_nth = 0;
	return failed;
}
#else
static inline bool genirq_failslab_on(struct kunit *test)
{
	return false;
}

static inline void genirq_fail_nth(int n)
{
}

static inline bool genirq_has_failed(void)
{
	return false;
}
#endif

#endif /* _GENIRQ_FAILSLAB_KUNIT_H */
