// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of interrupts: which ones genirq refuses, what is left when one fails, what the
 * controller is asked in which order, shared interrupts, and threads.
 */

#include <linux/pm_runtime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include <kunit/device.h>

#include "genirq_failslab_kunit.h"
#include "genirq_request_kunit.h"

/* The number of threads of an interrupt. */
static int req_threads(unsigned int virq)
{
	char prefix[TASK_COMM_LEN];
	struct task_struct *task;
	int count = 0;

	snprintf(prefix, sizeof(prefix), "irq/%u-", virq);
	guard(rcu)();
	for_each_process(task) {
		char comm[TASK_COMM_LEN];

		get_task_comm(comm, task);
		/* One which was stopped may not have been reaped yet */
		count += strstarts(comm, prefix) && !(READ_ONCE(task->flags) & PF_EXITING);
	}
	return count;
}

static int req_request(struct kunit *test, struct req_user *user, unsigned long flags)
{
	bool thread = flags & IRQF_ONESHOT || user->ret == IRQ_WAKE_THREAD;

	return req_request_threaded_irq(test, user->rc->virq[0], req_handler,
					  thread ? req_thread : NULL, flags, "req", user);
}

static void req_free(struct kunit *test, struct req_user *user)
{
	KUNIT_EXPECT_EQ(test, req_free_irq(test, user->rc->virq[0], user), 0);
}

static void req_expect_unused(struct kunit *test, struct req_chip *rc)
{
	KUNIT_EXPECT_FALSE_MSG(test, irq_has_action(rc->virq[0]), "a handler is left");
	KUNIT_EXPECT_EQ_MSG(test, req_threads(rc->virq[0]), 0, "threads are left");
	KUNIT_EXPECT_FALSE_MSG(test, irqd_is_activated(irq_get_irq_data(rc->virq[0])),
			       "the interrupt is still activated");
	KUNIT_EXPECT_FALSE_MSG(test, irqd_is_started(irq_get_irq_data(rc->virq[0])),
			       "the interrupt is still started");
}

struct req_step {
	const char	*name;
	const char	*fails;
	int		error;
	unsigned long	flags;
	const char	*log;
};

static const struct req_step req_steps[] = {
	{ "resources", "request", -ENOSPC, 0, "request" },
	{ "trigger", "type", -EIO, 0, "request type release" },
	{ "activation", "activate", -ENOMEM, 0, "request type activate release" },
	{ "resources with a thread", "request", -ENOSPC, IRQF_ONESHOT, "request" },
	{ "trigger with a thread", "type", -EIO, IRQF_ONESHOT, "request type release" },
	{ "activation with a thread", "activate", -ENOMEM, IRQF_ONESHOT,
	  "request type activate release" },
	{ "activation, enabled later", "activate", -ENOMEM, IRQF_NO_AUTOEN,
	  "request type activate release" },
};

KUNIT_ARRAY_PARAM_DESC(step, req_steps, name);

/* A request which fails at the controller returns its error, and leaves nothing behind. */
static void req_fails(struct kunit *test)
{
	const struct req_step *step = test->param_value;
	bool later = step->flags & IRQF_NO_AUTOEN;
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, NULL, IRQ_HANDLED);

	rc->fails = step->fails;
	rc->error = step->error;
	KUNIT_EXPECT_EQ_MSG(test, req_request(test, user, step->flags | IRQF_TRIGGER_HIGH),
			    step->error, "not the error of the controller");
	REQ_EXPECT_LOG(test, rc, step->log, "callbacks of a request which fails");
	req_expect_unused(test, rc);

	rc->fails = NULL;
	KUNIT_ASSERT_EQ_MSG(test, req_request(test, user, step->flags | IRQF_TRIGGER_HIGH), 0,
			    "the same request, when the controller has recovered");
	REQ_EXPECT_LOG(test, rc, later ? "request type activate" : "request type activate startup",
		       "callbacks of a request");
	if (later) {
		enable_irq(rc->virq[0]);
		REQ_EXPECT_LOG(test, rc, "startup", "callbacks of the first enable_irq()");
	}
	req_fire(rc->virq[0]);
	KUNIT_EXPECT_EQ(test, atomic_read(&user->runs), 1);
	REQ_EXPECT_LOG(test, rc, "mask ack unmask", "callbacks of an interrupt");
	req_free(test, user);
	REQ_EXPECT_LOG(test, rc, "shutdown deactivate release", "callbacks of free_irq()");
	req_expect_unused(test, rc);
}

/* If any allocation of a request fails, nothing of the request is left. */
static void req_no_memory(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, NULL, IRQ_WAKE_THREAD);
	int ret, failed = 0;
	bool injected = true;

	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	for (int n = 1; injected && n < 200; n++) {
		genirq_fail_nth(n);
		ret = request_threaded_irq(rc->virq[0], req_handler, req_thread, IRQF_ONESHOT,
					   "req", user);
		injected = genirq_has_failed();
		if (!ret) {
			/* Some allocations are for files, which are not essential */
			free_irq(rc->virq[0], user);
			REQ_EXPECT_LOG(test, rc,
				       "request activate startup shutdown deactivate release",
				       "allocation %d failed, the request did not", n);
		} else {
			failed++;
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
			REQ_EXPECT_LOG(test, rc, "", "the controller is asked without memory");
		}
		req_expect_unused(test, rc);
	}
	/* At least the action, and what kthread_create() needs */
	KUNIT_EXPECT_GE(test, failed, 2);
	KUNIT_EXPECT_FALSE(test, injected);
}

/* What genirq can refuse without the controller it refuses without it. */
static void req_refused(struct kunit *test)
{
	static const unsigned long flags[] = {
		IRQF_COND_SUSPEND,
		IRQF_SHARED | IRQF_COND_SUSPEND | IRQF_NO_SUSPEND,
		IRQF_SHARED | IRQF_NO_AUTOEN,
	};
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, NULL, IRQ_HANDLED);

	for (int i = 0; i < ARRAY_SIZE(flags); i++)
		KUNIT_EXPECT_EQ_MSG(test, req_request(test, user, flags[i]), -EINVAL,
				    "flags %#lx", flags[i]);
	KUNIT_EXPECT_EQ_MSG(test, request_irq(rc->virq[0], req_handler, IRQF_SHARED, "req", NULL),
			    -EINVAL, "shared, but nobody can tell its handlers apart");
	KUNIT_EXPECT_EQ(test, -ENOTCONN, request_irq(IRQ_NOTCONNECTED, req_handler, 0, "req",
						     user));
	KUNIT_EXPECT_EQ(test, -ENOTCONN, request_any_context_irq(IRQ_NOTCONNECTED, req_handler, 0,
								 "req", user));

	KUNIT_EXPECT_TRUE(test, can_request_irq(rc->virq[0], 0));
	irq_set_status_flags(rc->virq[0], IRQ_NOREQUEST);
	KUNIT_EXPECT_FALSE(test, can_request_irq(rc->virq[0], IRQF_SHARED));
	KUNIT_EXPECT_EQ_MSG(test, req_request(test, user, 0), -EINVAL, "IRQ_NOREQUEST");
	irq_clear_status_flags(rc->virq[0], IRQ_NOREQUEST);

	irq_set_nested_thread(rc->virq[0], true);
	KUNIT_EXPECT_EQ_MSG(test, req_request(test, user, 0), -EINVAL,
			    "nested into a thread, but only with a handler for hard interrupts");
	irq_set_nested_thread(rc->virq[0], false);

	irq_set_chip(rc->virq[0], NULL);
	KUNIT_EXPECT_EQ_MSG(test, req_request(test, user, 0), -ENOSYS, "without a controller");
	irq_set_chip(rc->virq[0], &rc->chip);
	REQ_EXPECT_LOG(test, rc, "", "the controller hears of a bad request");
	req_expect_unused(test, rc);

	KUNIT_EXPECT_EQ(test, req_request_threaded_irq(test, rc->virq[0], NULL, req_thread, 0,
						       "req", user), -EINVAL);
	REQ_EXPECT_LOG(test, rc, "request release",
		       "a thread, but nothing which keeps the line masked until it has run");
	req_expect_unused(test, rc);

	KUNIT_ASSERT_EQ(test, req_request(test, user, 0), 0);
	KUNIT_EXPECT_FALSE_MSG(test, can_request_irq(rc->virq[0], IRQF_SHARED), "not shared");
	req_free(test, user);
	KUNIT_ASSERT_EQ(test, req_request(test, user, IRQF_SHARED), 0);
	KUNIT_EXPECT_FALSE_MSG(test, can_request_irq(rc->virq[0], 0), "they do not both share it");
	KUNIT_EXPECT_TRUE(test, can_request_irq(rc->virq[0], IRQF_SHARED));
}

struct req_pair {
	const char	*name;
	unsigned long	first;
	unsigned long	second;
	int		ret;
};

#define S	IRQF_SHARED

static const struct req_pair req_pairs[] = {
	{ "both shared", S, S, 0 },
	{ "the first is not shared", 0, S, -EBUSY },
	{ "the second is not shared", S, 0, -EBUSY },
	{ "other trigger", S | IRQF_TRIGGER_HIGH, S | IRQF_TRIGGER_LOW, -EBUSY },
	{ "more triggers", S | IRQF_TRIGGER_RISING,
	  S | IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING, -EBUSY },
	{ "other trigger, probing", S | IRQF_TRIGGER_HIGH,
	  S | IRQF_TRIGGER_LOW | IRQF_PROBE_SHARED, -EBUSY },
	{ "same trigger", S | IRQF_TRIGGER_HIGH, S | IRQF_TRIGGER_HIGH, 0 },
	{ "any trigger", S | IRQF_TRIGGER_HIGH, S, 0 },
	{ "trigger only of the second", S, S | IRQF_TRIGGER_HIGH, 0 },
	{ "both oneshot", S | IRQF_ONESHOT, S | IRQF_ONESHOT, 0 },
	{ "the first is oneshot", S | IRQF_ONESHOT, S, -EBUSY },
	{ "the second is oneshot", S, S | IRQF_ONESHOT, -EBUSY },
	{ "oneshot if need be", S | IRQF_ONESHOT, S | IRQF_COND_ONESHOT, 0 },
	{ "need not be oneshot", S, S | IRQF_COND_ONESHOT, 0 },
	{ "too late to be oneshot", S | IRQF_COND_ONESHOT, S | IRQF_ONESHOT, -EBUSY },
	{ "both per CPU", S | IRQF_PERCPU, S | IRQF_PERCPU, 0 },
	{ "the first is per CPU", S | IRQF_PERCPU, S, -EBUSY },
	{ "the second is per CPU", S, S | IRQF_PERCPU, -EBUSY },
};

#undef S

KUNIT_ARRAY_PARAM_DESC(pair, req_pairs, name);

/*
 * Whoever shares a line agrees on how it works. Who does not is refused, which those who have
 * requested it do not notice; one of several who leaves does not disturb the others either.
 */
static void req_shared(struct kunit *test)
{
	const struct req_pair *pair = test->param_value;
	struct req_chip *rc = test->priv;
	struct req_user *first = req_user(test, NULL, IRQ_HANDLED);
	struct req_user *second = req_user(test, NULL, IRQ_HANDLED);
	bool percpu = pair->first & IRQF_PERCPU;
	int both = pair->ret ? 0 : 1;

	KUNIT_ASSERT_EQ(test, req_request(test, first, pair->first), 0);
	KUNIT_EXPECT_EQ_MSG(test, irqd_is_per_cpu(irq_get_irq_data(rc->virq[0])), percpu,
			    "IRQF_PERCPU");
	req_clear(rc);
	KUNIT_EXPECT_EQ(test, req_request(test, second, pair->second), pair->ret);
	REQ_EXPECT_LOG(test, rc, "", "the line is used already");
	KUNIT_EXPECT_EQ_MSG(test, req_threads(rc->virq[0]), !!(pair->first & IRQF_ONESHOT) +
			    (both && pair->second & IRQF_ONESHOT), "threads");

	req_fire(rc->virq[0]);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&first->runs), 1, "whoever was first");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&second->runs), both, "whoever was second");
	REQ_EXPECT_LOG(test, rc, "mask ack unmask", "callbacks of an interrupt");

	if (both) {
		req_free(test, first);
		REQ_EXPECT_LOG(test, rc, "", "the second one still needs the line");
		req_fire(rc->virq[0]);
		KUNIT_EXPECT_EQ(test, atomic_read(&first->runs), 1);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&second->runs), 2, "the first one has left");
		REQ_EXPECT_LOG(test, rc, "mask ack unmask", "callbacks of an interrupt");
		req_free(test, second);
	} else {
		req_free(test, first);
	}
	REQ_EXPECT_LOG(test, rc, "shutdown deactivate release", "nobody is left");
	req_expect_unused(test, rc);
}

/* Handlers of a line run in the order of their requests, each until it is freed. */
static void req_order(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user[] = {
		req_user(test, "a", IRQ_HANDLED), req_user(test, "b", IRQ_NONE),
		req_user(test, "c", IRQ_HANDLED),
	};
	static const char name[] = "its name";

	for (int i = 0; i < ARRAY_SIZE(user); i++)
		KUNIT_ASSERT_EQ(test, req_request(test, user[i], IRQF_SHARED), 0);
	REQ_EXPECT_LOG(test, rc, "request activate startup", "three requests");
	req_fire(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "mask ack a b c unmask", "order of handlers");
	req_free(test, user[1]);
	req_fire(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "mask ack a c unmask", "the one in the middle has left");
	KUNIT_ASSERT_EQ(test, req_request(test, user[1], IRQF_SHARED), 0);
	req_free(test, user[0]);
	req_fire(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "mask ack c b unmask", "the first has left");
	req_free(test, user[1]);
	req_free(test, user[2]);
	REQ_EXPECT_LOG(test, rc, "shutdown deactivate release", "nobody is left");

	KUNIT_ASSERT_EQ(test, request_irq(rc->virq[0], req_handler, 0, name, user[0]), 0);
	KUNIT_EXPECT_PTR_EQ_MSG(test, free_irq(rc->virq[0], user[0]), (const void *)name,
				"free_irq() returns the name given to the request");
}

/* The disable depth belongs to a request: the next one starts anew. */
static void req_depth(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, "handler", IRQ_HANDLED);

	/* Which is not replayed when it is enabled, on no architecture */
	irq_set_status_flags(rc->virq[0], IRQ_LEVEL);
	KUNIT_ASSERT_EQ(test, req_request(test, user, 0), 0);
	disable_irq(rc->virq[0]);
	disable_irq(rc->virq[0]);
	enable_irq(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "request activate startup", "disabled lazily");
	req_fire(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "mask ack", "an interrupt while the line is disabled once");
	enable_irq(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "unmask", "enabled as often as disabled");
	disable_irq(rc->virq[0]);
	disable_irq(rc->virq[0]);
	req_free(test, user);
	REQ_EXPECT_LOG(test, rc, "shutdown deactivate release", "freed while disabled");

	KUNIT_ASSERT_EQ(test, req_request(test, user, 0), 0);
	REQ_EXPECT_LOG(test, rc, "request activate startup", "disabled by the last user");
	req_fire(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "mask ack handler unmask", "disabled by the last user");
	disable_irq(rc->virq[0]);
	disable_irq(rc->virq[0]);
	req_free(test, user);
	req_clear(rc);

	KUNIT_ASSERT_EQ(test, req_request(test, user, IRQF_NO_AUTOEN), 0);
	REQ_EXPECT_LOG(test, rc, "request activate", "IRQF_NO_AUTOEN");
	enable_irq(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "startup", "one enable_irq() of an IRQF_NO_AUTOEN interrupt");
	req_free(test, user);
	req_clear(rc);

	irq_set_status_flags(rc->virq[0], IRQ_NOAUTOEN);
	KUNIT_ASSERT_EQ(test, req_request(test, user, 0), 0);
	REQ_EXPECT_LOG(test, rc, "request activate", "IRQ_NOAUTOEN of the line");
	req_fire(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "ack", "an interrupt before the line is enabled");
	enable_irq(rc->virq[0]);
	disable_irq(rc->virq[0]);
	req_free(test, user);
	REQ_EXPECT_LOG(test, rc, "startup shutdown deactivate release", "started once");
}

/* As many threads can share an IRQF_ONESHOT line as a long has bits. */
static void req_oneshot_limit(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user[BITS_PER_LONG + 1];

	for (int i = 0; i < ARRAY_SIZE(user); i++)
		user[i] = req_user(test, NULL, IRQ_WAKE_THREAD);
	for (int i = 0; i < BITS_PER_LONG; i++)
		KUNIT_ASSERT_EQ_MSG(test, req_request(test, user[i], IRQF_SHARED | IRQF_ONESHOT), 0,
				    "thread %d", i);
	req_clear(rc);
	KUNIT_EXPECT_EQ_MSG(test, -EBUSY, req_request(test, user[BITS_PER_LONG],
						      IRQF_SHARED | IRQF_ONESHOT),
			    "one more thread than can be told apart");
	KUNIT_EXPECT_EQ(test, req_threads(rc->virq[0]), BITS_PER_LONG);
	req_fire(rc->virq[0]);
	REQ_EXPECT_LOG(test, rc, "mask ack unmask", "all threads have run");

	req_free(test, user[5]);
	KUNIT_ASSERT_EQ_MSG(test, 0, req_request(test, user[BITS_PER_LONG],
						 IRQF_SHARED | IRQF_ONESHOT),
			    "the place of one which has left");
	req_fire(rc->virq[0]);
	for (int i = 0; i < ARRAY_SIZE(user); i++)
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&user[i]->thread_runs),
				    i == 5 || i == BITS_PER_LONG ? 1 : 2, "thread %d", i);
	REQ_EXPECT_LOG(test, rc, "mask ack unmask", "all threads have run");
}

static bool req_one_active(void *desc)
{
	return atomic_read(&((struct irq_desc *)desc)->threads_active) == 1;
}

/* An IRQF_ONESHOT line stays masked until the last of its threads has finished. */
static void req_oneshot_last(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user[] = {
		req_user(test, NULL, IRQ_WAKE_THREAD), req_user(test, NULL, IRQ_WAKE_THREAD),
		req_user(test, NULL, IRQ_HANDLED),
	};
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(rc->virq[0]));

	for (int i = 0; i < ARRAY_SIZE(user); i++)
		KUNIT_ASSERT_EQ(test, req_request(test, user[i], IRQF_SHARED | IRQF_ONESHOT), 0);
	req_clear(rc);
	for (int last = 0; last < 2; last++) {
		user[0]->hold = true;
		user[1]->hold = true;
		generic_handle_irq_safe(rc->virq[0]);
		wait_for_completion(&user[0]->entered);
		wait_for_completion(&user[1]->entered);
		KUNIT_EXPECT_FALSE_MSG(test, synchronize_hardirq(rc->virq[0]), "no thread");
		complete(&user[!last]->go);
		KUNIT_EXPECT_TRUE(test, req_wait(req_one_active, desc));
		REQ_EXPECT_LOG(test, rc, "mask ack", "thread %d still runs", last);
		complete(&user[last]->go);
		synchronize_irq(rc->virq[0]);
		REQ_EXPECT_LOG(test, rc, "unmask", "both threads have finished");
	}

	for (int i = 0; i < ARRAY_SIZE(user); i++)
		req_free(test, user[i]);

	/* A controller may be safe without that. Then the flag is neither needed nor used */
	rc->chip.flags |= IRQCHIP_ONESHOT_SAFE;
	for (int i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, 0, req_request_threaded_irq(test, rc->virq[0], NULL,
								  req_thread,
								    i ? IRQF_ONESHOT : 0, "req",
								    user[0]));
		req_clear(rc);
		generic_handle_irq_safe(rc->virq[0]);
		wait_for_completion(&user[0]->entered);
		REQ_EXPECT_LOG(test, rc, "mask ack unmask", "IRQCHIP_ONESHOT_SAFE");
		complete(&user[0]->go);
		synchronize_irq(rc->virq[0]);
		KUNIT_EXPECT_EQ(test, atomic_read(&user[0]->thread_runs), 3 + i);
		REQ_EXPECT_LOG(test, rc, "", "IRQCHIP_ONESHOT_SAFE");
		req_free(test, user[0]);
	}
}

static void req_wake_handled(struct kunit *test, struct req_user **user, int a, int b)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&user[0]->thread_runs), a);
	KUNIT_EXPECT_EQ(test, atomic_read(&user[1]->thread_runs), b);
}

/*
 * Threads run if their own handler says so or for irq_wake_thread(). A handler which wants a
 * thread that it has not got is only told so in the log.
 */
static void req_wake_thread(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user[] = {
		req_user(test, NULL, IRQ_WAKE_THREAD), req_user(test, NULL, IRQ_WAKE_THREAD),
		req_user(test, NULL, IRQ_WAKE_THREAD),
	};
	unsigned int virq = rc->virq[0];

	for (int i = 0; i < ARRAY_SIZE(user); i++)
		KUNIT_ASSERT_EQ(test, 0, req_request_threaded_irq(test, virq, req_handler,
								  i < 2 ? req_thread : NULL,
								    IRQF_SHARED, "req", user[i]));
	irq_wake_thread(virq, user[1]);
	synchronize_irq(virq);
	req_wake_handled(test, user, 0, 1);
	irq_wake_thread(virq, user[2]);
	irq_wake_thread(virq, test);
	KUNIT_EXPECT_TRUE_MSG(test, synchronize_hardirq(virq), "a thread which does not exist");
	for (int i = 0; i < 2; i++) {
		req_fire(virq);
		KUNIT_EXPECT_TRUE_MSG(test, synchronize_hardirq(virq), "a thread is left active");
		KUNIT_EXPECT_EQ(test, atomic_read(&user[2]->runs), i + 1);
		req_wake_handled(test, user, i + 1, i + 2);
	}
	/* A thread which is woken while it runs, runs once more */
	user[0]->hold = true;
	reinit_completion(&user[0]->entered);
	irq_wake_thread(virq, user[0]);
	wait_for_completion(&user[0]->entered);
	irq_wake_thread(virq, user[0]);
	irq_wake_thread(virq, user[0]);
	KUNIT_EXPECT_FALSE(test, synchronize_hardirq(virq));
	complete_all(&user[0]->go);
	synchronize_irq(virq);
	req_wake_handled(test, user, 4, 3);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&user[0]->runs), 2, "the primary handler");
}

static bool req_is_dead(void *data)
{
	struct req_user *user = data;
	/* Pairs with req_thread() */
	struct task_struct *task = smp_load_acquire(&user->task);

	return task && READ_ONCE(task->exit_state);
}

/*
 * The thread of an interrupt dies: the line is not left masked, nobody waits for the thread, and
 * those who share the line are still served.
 */
static void req_thread_dies(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *dies = req_user(test, NULL, IRQ_WAKE_THREAD);
	struct req_user *other = req_user(test, NULL, IRQ_WAKE_THREAD);
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(rc->virq[0]));
	bool done;

	KUNIT_ASSERT_EQ(test, req_request(test, dies, IRQF_SHARED | IRQF_ONESHOT), 0);
	KUNIT_ASSERT_EQ(test, req_request(test, other, IRQF_SHARED | IRQF_ONESHOT), 0);
	req_clear(rc);
	dies->dies = true;
	generic_handle_irq_safe(rc->virq[0]);
	KUNIT_ASSERT_TRUE(test, req_wait(req_is_dead, dies));
	put_task_struct(dies->task);
	wait_for_completion(&other->entered);

	done = wait_event_timeout(desc->wait_for_threads, !atomic_read(&desc->threads_active),
				  HZ);
	KUNIT_EXPECT_TRUE_MSG(test, done, "free_irq() would wait forever for the dead thread");
	/* So that this test does not */
	if (!done)
		atomic_set(&desc->threads_active, 0);
	REQ_EXPECT_LOG(test, rc, "mask ack unmask", "the dead thread keeps the line masked");

	req_fire(rc->virq[0]);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&other->thread_runs), 2, "the other thread");
	KUNIT_EXPECT_EQ(test, atomic_read(&dies->runs), 2);
	REQ_EXPECT_LOG(test, rc, "mask ack unmask", "callbacks of an interrupt");
	req_free(test, dies);
	req_free(test, other);

	dies->dies = false;
	KUNIT_ASSERT_EQ(test, req_request(test, dies, IRQF_SHARED | IRQF_ONESHOT), 0);
	req_fire(rc->virq[0]);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dies->thread_runs), 1, "thread of the next request");
}

/* A nested interrupt has no thread of its own. request_any_context_irq() tells which it is. */
static void req_any_context(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, "handler", IRQ_HANDLED);
	unsigned int virq = rc->virq[0];

	KUNIT_ASSERT_EQ(test, IRQC_IS_HARDIRQ, request_any_context_irq(virq, req_handler, 0, "req",
								       user));
	free_irq(virq, user);
	irq_set_nested_thread(virq, true);
	req_clear(rc);
	KUNIT_ASSERT_EQ(test, IRQC_IS_NESTED, request_any_context_irq(virq, req_handler, 0, "req",
								      user));
	KUNIT_EXPECT_EQ_MSG(test, req_threads(virq), 0, "runs in the thread of the parent");
	handle_nested_irq(virq);
	disable_irq(virq);
	handle_nested_irq(virq);
	KUNIT_EXPECT_TRUE(test, synchronize_hardirq(virq));
	free_irq(virq, user);
	REQ_EXPECT_LOG(test, rc, "request activate startup handler shutdown deactivate release",
		       "it is handled only while it is enabled");
	irq_set_nested_thread(virq, false);
}

/* The power of the controller is on from the request to free_irq(), and only then. */
static void req_power(struct kunit *test)
{
#ifdef CONFIG_PM
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, NULL, IRQ_HANDLED);
	struct device *dev = kunit_device_register(test, "genirq_request");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	irq_domain_set_pm_device(rc->domain, dev);
	/* Power management of the device is not enabled: it cannot be resumed */
	KUNIT_EXPECT_EQ(test, req_request(test, user, 0), -EACCES);
	REQ_EXPECT_LOG(test, rc, "", "the controller has no power");
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 0);

	pm_runtime_enable(dev);
	rc->fails = "request";
	rc->error = -EIO;
	KUNIT_EXPECT_EQ(test, req_request(test, user, 0), -EIO);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->power.usage_count), 0, "the request failed");
	rc->fails = NULL;
	KUNIT_EXPECT_EQ(test, req_request(test, user, IRQF_SHARED), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
	KUNIT_EXPECT_TRUE(test, pm_runtime_active(dev));
	KUNIT_EXPECT_EQ(test, request_irq(rc->virq[0], req_handler, 0, "req", rc), -EBUSY);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->power.usage_count), 1, "a refused request");
	req_free(test, user);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->power.usage_count), 0, "it was freed");
	irq_domain_set_pm_device(rc->domain, NULL);
	pm_runtime_disable(dev);
#else
	kunit_skip(test, "needs CONFIG_PM");
#endif
}

/* The same for a chained handler, which gives the power back even if it cannot be switched off. */
static void req_power_chained(struct kunit *test)
{
#ifdef CONFIG_PM
	struct req_chip *rc = test->priv;
	struct device *dev = kunit_device_register(test, "genirq_request");

	/* genirq takes it under desc->lock, which is a raw spinlock */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || IS_ENABLED(CONFIG_PROVE_RAW_LOCK_NESTING))
		kunit_skip(test, "the lock of the device must not be taken there");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	irq_domain_set_pm_device(rc->domain, dev);
	/* Resuming it could sleep */
	KUNIT_EXPECT_EQ(test, pm_runtime_set_active(dev), 0);
	pm_runtime_enable(dev);
	irq_set_chained_handler(rc->virq[0], handle_simple_irq);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->power.usage_count), 1, "it has no power");
	pm_runtime_disable(dev);
	irq_set_chained_handler(rc->virq[0], NULL);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->power.usage_count), 0, "it was removed");
	irq_domain_set_pm_device(rc->domain, NULL);
#else
	kunit_skip(test, "needs CONFIG_PM");
#endif
}

static struct kunit_case genirq_request_cases[] = {
	KUNIT_CASE_PARAM(req_fails, step_gen_params),
	KUNIT_CASE(req_no_memory),
	KUNIT_CASE(req_refused),
	KUNIT_CASE_PARAM(req_shared, pair_gen_params),
	KUNIT_CASE(req_order),
	KUNIT_CASE(req_depth),
	KUNIT_CASE_SLOW(req_oneshot_limit),
	KUNIT_CASE(req_oneshot_last),
	KUNIT_CASE(req_wake_thread),
	KUNIT_CASE(req_thread_dies),
	KUNIT_CASE(req_any_context),
	KUNIT_CASE(req_power),
	KUNIT_CASE(req_power_chained),
	{}
};

static struct kunit_suite genirq_request_suite = {
	.name = "genirq_request",
	.init = req_init,
	.test_cases = genirq_request_cases,
};

kunit_test_suite(genirq_request_suite);

MODULE_DESCRIPTION("KUnit tests of interrupt requests");
MODULE_LICENSE("GPL");
