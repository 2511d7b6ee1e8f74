// SPDX-License-Identifier: GPL-2.0
/*
 * To which CPUs an interrupt goes: balancing, hints, notifiers, and an affinity which is given
 * after the interrupt was allocated.
 */

#include <linux/cpumask.h>
#include <linux/kref.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include "genirq_request_kunit.h"

/* Who moves the interrupt: nobody but its owner with IRQF_NOBALANCING. */
static void req_balancing(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, NULL, IRQ_HANDLED);
	unsigned int virq = rc->virq[0];

	KUNIT_EXPECT_FALSE_MSG(test, irq_can_set_affinity(virq), "the controller cannot");
	KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, cpu_online_mask), -EINVAL);
	rc->chip.irq_set_affinity = req_chip_affinity;
	KUNIT_EXPECT_TRUE(test, irq_can_set_affinity(virq));
	KUNIT_ASSERT_EQ(test, req_request_irq(test, virq, req_handler, 0, "req", user), 0);
	REQ_EXPECT_LOG(test, rc, "request activate startup affinity", "a request");
	rc->fails = "affinity";
	rc->error = -ENOSPC;
	KUNIT_EXPECT_EQ_MSG(test, irq_set_affinity(virq, cpumask_of(0)), -ENOSPC, "no vector left");
	KUNIT_EXPECT_FALSE_MSG(test, cpumask_equal(irq_get_affinity_mask(virq), cpumask_of(0)) &&
			       num_online_cpus() > 1, "refused, but shown as its affinity");
	rc->fails = NULL;
	KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, cpu_none_mask), -EINVAL);
	REQ_EXPECT_LOG(test, rc, "affinity", "no CPU");
	KUNIT_EXPECT_EQ(test, irq_force_affinity(virq, cpu_none_mask), 0);
	REQ_EXPECT_LOG(test, rc, "affinity", "forced");
	KUNIT_EXPECT_EQ(test, req_free_irq(test, virq, user), 0);
	req_clear(rc);

	KUNIT_ASSERT_EQ(test, req_request_irq(test, virq, req_handler, IRQF_NOBALANCING, "req",
					      user), 0);
	REQ_EXPECT_LOG(test, rc, "request activate startup", "IRQF_NOBALANCING");
	KUNIT_EXPECT_FALSE_MSG(test, irq_can_set_affinity(virq), "IRQF_NOBALANCING");
}

/* A hint is what its driver gave last. Only irq_set_affinity_and_hint() applies it. */
static void req_hint(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	unsigned int virq = rc->virq[0];
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(virq));

	rc->chip.irq_set_affinity = req_chip_affinity;
	KUNIT_EXPECT_EQ(test, irq_update_affinity_hint(virq, cpumask_of(0)), 0);
	KUNIT_EXPECT_PTR_EQ(test, desc->affinity_hint, cpumask_of(0));
	REQ_EXPECT_LOG(test, rc, "", "irq_update_affinity_hint()");
	KUNIT_EXPECT_EQ(test, irq_set_affinity_and_hint(virq, cpu_online_mask), 0);
	KUNIT_EXPECT_PTR_EQ(test, desc->affinity_hint, cpu_online_mask);
	REQ_EXPECT_LOG(test, rc, "affinity", "irq_set_affinity_and_hint()");
	KUNIT_EXPECT_EQ(test, irq_set_affinity_and_hint(virq, NULL), 0);
	KUNIT_EXPECT_NULL(test, desc->affinity_hint);
	REQ_EXPECT_LOG(test, rc, "", "no hint");
	KUNIT_ASSERT_EQ(test, irq_set_percpu_devid(rc->virq[1]), 0);
	KUNIT_EXPECT_EQ_MSG(test, irq_update_affinity_hint(rc->virq[1], cpumask_of(0)), -EINVAL,
			    "for a per-CPU interrupt");
}

/**
 * struct req_notify - an affinity notifier
 * @notify:	the notifier
 * @mask:	what it was told last
 * @told:	how often it was told
 * @released:	how often it was released
 * @entered:	it is told something
 * @go:		it may return
 * @virq:	for req_no_notifier()
 * @done:	the notifier was removed
 * @task:	who removes it
 */
struct req_notify {
	struct irq_affinity_notify	notify;
	cpumask_t			mask;
	atomic_t			told;
	atomic_t			released;
	struct completion		entered;
	struct completion		go;
	unsigned int			virq;
	struct completion		done;
	struct task_struct		*task;
};

static void req_notified(struct irq_affinity_notify *notify, const cpumask_t *mask)
{
	struct req_notify *own = container_of(notify, struct req_notify, notify);

	cpumask_copy(&own->mask, mask);
	atomic_inc(&own->told);
	complete(&own->entered);
	wait_for_completion(&own->go);
}

static void req_notify_release(struct kref *ref)
{
	atomic_inc(&container_of(ref, struct req_notify, notify.kref)->released);
}

static struct req_notify *req_notifier(struct kunit *test)
{
	struct req_notify *own = kunit_kzalloc(test, sizeof(*own), GFP_KERNEL);
	struct req_chip *rc = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, own);
	own->notify.notify = req_notified;
	own->notify.release = req_notify_release;
	own->virq = rc->virq[0];
	init_completion(&own->entered);
	init_completion(&own->go);
	init_completion(&own->done);
	return own;
}

static int req_no_notifier(void *data)
{
	struct req_notify *own = data;

	irq_set_affinity_notifier(own->virq, NULL);
	complete(&own->done);
	return 0;
}

static bool req_no_notifier_waits(void *data)
{
	struct req_notify *own = data;

	return !work_pending(&own->notify.work) &&
	       READ_ONCE(own->task->__state) == TASK_UNINTERRUPTIBLE;
}

/*
 * A notifier is told the newest affinity, and nothing after it was replaced or removed. It is
 * released then, once, whether a notification runs, waits, or neither.
 */
static void req_notifiers(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_notify *first = req_notifier(test), *second = req_notifier(test);
	unsigned int virq = rc->virq[0];

	rc->chip.irq_set_affinity = req_chip_affinity;
	complete_all(&first->go);
	KUNIT_ASSERT_EQ(test, irq_set_affinity_notifier(virq, &first->notify), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, cpumask_of(0)), 0);
	wait_for_completion(&first->entered);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&first->mask, cpumask_of(0)));
	KUNIT_EXPECT_EQ(test, atomic_read(&first->released), 0);
	KUNIT_ASSERT_EQ(test, irq_set_affinity_notifier(virq, &second->notify), 0);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&first->released), 1, "replaced");

	/* One notification runs, and others were merged into one which waits for it */
	KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, cpu_online_mask), 0);
	wait_for_completion(&second->entered);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&second->mask, cpu_online_mask));
	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, cpumask_of(0)), 0);
	KUNIT_EXPECT_TRUE(test, work_pending(&second->notify.work));
	second->task = kthread_create(req_no_notifier, second, "genirq_request");
	if (IS_ERR(second->task)) {
		complete_all(&second->go);
		irq_set_affinity_notifier(virq, NULL);
		KUNIT_FAIL(test, "no thread");
		return;
	}
	get_task_struct(second->task);
	wake_up_process(second->task);
	KUNIT_EXPECT_TRUE(test, req_wait(req_no_notifier_waits, second));
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&second->released), 0, "its notification still runs");
	complete_all(&second->go);
	wait_for_completion(&second->done);
	put_task_struct(second->task);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&second->told), 1, "told though it was removed");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&second->released), 1, "removed");

	KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, cpu_online_mask), 0);
	flush_work(&first->notify.work);
	flush_work(&second->notify.work);
	KUNIT_EXPECT_EQ(test, atomic_read(&first->told) + atomic_read(&second->told), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&first->released) + atomic_read(&second->released), 2);
}

#ifndef CONFIG_GENERIC_IRQ_RESERVATION_MODE
/* The affinity of an interrupt may be given late, unless it is started or is managed already. */
static void req_affinity_desc(struct kunit *test)
{
	struct irq_affinity_desc affinity = {};
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, NULL, IRQ_HANDLED);
	unsigned int virq = rc->virq[0];
	struct irq_data *data = irq_get_irq_data(virq);

	cpumask_copy(&affinity.mask, cpumask_of(0));
	KUNIT_ASSERT_EQ(test, req_request_irq(test, virq, req_handler, IRQF_NO_AUTOEN, "req",
					      user), 0);
	req_clear(rc);
	KUNIT_EXPECT_EQ(test, irq_update_affinity_desc(virq, &affinity), 0);
	REQ_EXPECT_LOG(test, rc, "deactivate activate", "it was activated with another affinity");
	KUNIT_EXPECT_TRUE(test, irqd_is_activated(data));
	KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_get_affinity_mask(virq), cpumask_of(0)));
	KUNIT_EXPECT_FALSE_MSG(test, irqd_affinity_is_managed(data), "managed, without is_managed");
	enable_irq(virq);
	req_clear(rc);
	KUNIT_EXPECT_EQ_MSG(test, irq_update_affinity_desc(virq, &affinity), -EBUSY, "started");
	KUNIT_EXPECT_EQ(test, req_free_irq(test, virq, user), 0);
	REQ_EXPECT_LOG(test, rc, "shutdown deactivate release", "nothing but free_irq()");

	affinity.is_managed = 1;
	KUNIT_EXPECT_EQ(test, irq_update_affinity_desc(virq, &affinity), 0);
	KUNIT_EXPECT_TRUE_MSG(test, irqd_affinity_is_managed(data), "not managed");
	KUNIT_EXPECT_TRUE(test, irqd_is_managed_and_shutdown(data));
	KUNIT_EXPECT_EQ_MSG(test, irq_update_affinity_desc(virq, &affinity), -EBUSY, "managed");
	KUNIT_EXPECT_FALSE(test, irqd_is_activated(data));
	REQ_EXPECT_LOG(test, rc, "", "it is not activated");
}
#endif

static struct kunit_case genirq_affinity_cases[] = {
	KUNIT_CASE(req_balancing),
	KUNIT_CASE(req_hint),
	KUNIT_CASE(req_notifiers),
#ifndef CONFIG_GENERIC_IRQ_RESERVATION_MODE
	KUNIT_CASE(req_affinity_desc),
#endif
	{}
};

static struct kunit_suite genirq_affinity_suite = {
	.name = "genirq_affinity",
	.init = req_init,
	.test_cases = genirq_affinity_cases,
};

kunit_test_suite(genirq_affinity_suite);

MODULE_DESCRIPTION("KUnit tests of the affinity of interrupts");
MODULE_LICENSE("GPL");
