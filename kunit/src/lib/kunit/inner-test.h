/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For KUnit tests of test code: run a function as an inner test, which may be aborted.
 */
#ifndef _KUNIT_INNER_TEST_H
#define _KUNIT_INNER_TEST_H

#include <kunit/test.h>

#include "try-catch-impl.h"

struct kunit_inner_run {
	kunit_try_catch_func_t	fn;
	void			*data;
	bool			ended;
};

static void kunit_inner_try(void *context)
{
	struct kunit_inner_run *run = context;

	run->fn(run->data);
}

static void kunit_inner_catch(void *context)
{
	struct kunit_inner_run *run = context;

	run->ended = true;
}

/* Run @fn as the test function of @inner. Returns true if an assertion has aborted it. */
static bool kunit_inner_ends(struct kunit *inner, kunit_try_catch_func_t fn, void *data)
{
	struct kunit_inner_run run = { .fn = fn, .data = data };

	/* As long as for a test: the machine may stall */
	kunit_try_catch_init(&inner->try_catch, inner, kunit_inner_try, kunit_inner_catch,
			     300 * HZ);
	kunit_try_catch_run(&inner->try_catch, &run);
	return run.ended;
}

/* An unsupported request must abort the inner test, and fail it. */
static inline void kunit_inner_expect_refused(struct kunit *test, struct kunit *inner, bool refused,
					      kunit_try_catch_func_t fn, void *data)
{
	if (refused)
		kunit_info(test, "one failure that is expected:\n");
	KUNIT_EXPECT_EQ(test, kunit_inner_ends(inner, fn, data), refused);
	KUNIT_EXPECT_EQ(test, (int)inner->status, (int)(refused ? KUNIT_FAILURE : KUNIT_SUCCESS));
}

#endif
