// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the alarm of rtc-ds1374
 *
 * The unmodified driver runs on a model of the DS1374. Its handler disables the
 * interrupt and leaves the rest to a work item, which enables it again.
 */

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/i2c.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/pm.h>
#include <linux/pm_wakeup.h>
#include <linux/rtc.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/test.h>

#include "rtc-kunit.h"

#define TOD0		0x00
#define WDALM0		0x04
#define CR		0x07
#define CR_WACE		BIT(6)
#define CR_AIE		BIT(0)
#define SR		0x08
#define SR_AF		BIT(0)
#define TCR		0x09

/* Timeout of waits, so that they do not hang: reaching it is a failure. */
#define PATIENCE	(10 * HZ)
/* How long the work item is held up while the driver is unbound */
#define HOLD		(HZ / 5)

/**
 * struct ds1374_test - fixture
 * @c:		the device
 * @rtc:	the RTC which the driver has registered
 * @done:	completed by the event for which the test waits
 * @unbinder:	thread which unbinds the driver
 * @queued:	@unbinder waits for the lock of the driver
 * @removed:	completed when the remove function of the driver has returned
 * @before:	writes of the status when it has returned
 * @after:	writes of the status when no work item was left
 */
struct ds1374_test {
	struct kunit_i2c_client	*c;
	struct rtc_device	*rtc;
	struct completion	done;
	struct task_struct	*unbinder;
	bool			queued;
	struct completion	removed;
	unsigned int		before;
	unsigned int		after;
};

static const struct kunit_reg ds1374_regs[] = {
	KUNIT_REGS(TOD0, WDALM0 + 2, 0),
	KUNIT_REG(CR, 0),
	KUNIT_REG(SR, 0),
	KUNIT_REG(TCR, 0),
};

static bool ds1374_asserted(struct kunit_regfile *rf)
{
	return rf->val[SR] & SR_AF && rf->val[CR] & CR_AIE && rf->val[CR] & CR_WACE;
}

/* The alarm is due: its counter, if that runs, has reached 0 */
static void ds1374_event(struct kunit_regfile *rf, u64 bits)
{
	if (rf->val[CR] & CR_WACE)
		rf->val[SR] |= bits;
}

static const struct kunit_regfile_model ds1374_model = {
	.regs		= ds1374_regs,
	.num_regs	= ARRAY_SIZE(ds1374_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.asserted	= ds1374_asserted,
	.event		= ds1374_event,
};

static const struct kunit_i2c_info ds1374_info = {
	.driver		= "rtc-ds1374",
	.type		= "ds1374",
	.addr		= 0x68,
	.model		= &ds1374_model,
	.trigger	= IRQ_TYPE_LEVEL_LOW,
};

static int ds1374_test_init(struct kunit *test)
{
	struct ds1374_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	init_completion(&t->done);
	init_completion(&t->removed);
	t->c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &ds1374_info);
	test->priv = t;
	return 0;
}

static void set_alarm(struct kunit *test)
{
	struct ds1374_test *t = test->priv;
	struct rtc_wkalrm alarm = { .enabled = 1 };

	if (!t->rtc) {
		KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
		t->rtc = rtc_kunit_find(test, &t->c->client->dev);
	}

	/* The time is 512; the alarm counts down until it is 1000 */
	kunit_regfile_set(t->c->rf, TOD0 + 1, 0xff, 512 >> 8);
	rtc_time64_to_tm(1000, &alarm.time);
	KUNIT_ASSERT_EQ(test, rtc_set_alarm(t->rtc, &alarm), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, WDALM0) |
			      kunit_regfile_get(t->c->rf, WDALM0 + 1) << 8 |
			      kunit_regfile_get(t->c->rf, WDALM0 + 2) << 16, 1000 - 512);
	KUNIT_ASSERT_EQ(test, kunit_regfile_get(t->c->rf, CR), CR_WACE | CR_AIE);
}

static void is_done(struct kunit_regfile *rf, void *data)
{
	complete(data);
}

static void work_wrote_cr(struct kunit_regfile *rf, void *data)
{
	kunit_regfile_after(rf, KUNIT_REGFILE_WRITE, CR, is_done, data);
}

/*
 * The alarm is due now. The work item disables it in CR and reports it to the core. The
 * core disables it once more: by then the work item is done.
 */
static void expect_alarm(struct kunit *test, const char *what)
{
	struct ds1374_test *t = test->priv;

	kunit_regfile_set(t->c->rf, TOD0 + 1, 0xff, 0x10);
	kunit_regfile_after(t->c->rf, KUNIT_REGFILE_WRITE, CR, work_wrote_cr, &t->done);
	kunit_irq_line_raise(t->c->line, SR_AF);
	KUNIT_EXPECT_TRUE_MSG(test, wait_for_completion_timeout(&t->done, PATIENCE),
			      "the alarm is not handled: %s", what);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, SR), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, CR) & CR_WACE, 0);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(t->c->line),
			       "the chip still asserts its interrupt");
	flush_work(&t->rtc->irqwork);
}

static void ds1374_alarm(struct kunit *test)
{
	for (int i = 0; i < 3; i++) {
		set_alarm(test);
		expect_alarm(test, "all is well");
	}
}

/* An alarm which the firmware has left enabled and pending is not reported as the next one. */
static void ds1374_pending(struct kunit *test)
{
	struct ds1374_test *t = test->priv;

	kunit_regfile_set(t->c->rf, CR, 0xff, CR_WACE | CR_AIE);
	kunit_irq_line_raise(t->c->line, SR_AF);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, SR), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, CR), 0);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(t->c->line));

	t->rtc = rtc_kunit_find(test, &t->c->client->dev);
	set_alarm(test);
	expect_alarm(test, "after one from before");
}

/* A failed transfer of the work item is retried. */
static void ds1374_read_fails(struct kunit *test)
{
	struct ds1374_test *t = test->priv;

	set_alarm(test);
	kunit_regfile_fail(t->c->rf, 1, -EIO);
	expect_alarm(test, "the status could not be read once");
	set_alarm(test);
	expect_alarm(test, "the next one");
}

static void fail_next(struct kunit_regfile *rf, void *data)
{
	kunit_regfile_fail(rf, 1, -EIO);
}

/*
 * Once the alarm flag is cleared, the alarm does not interrupt again: it is reported even if
 * the control register cannot be read. The core then disables it.
 */
static void ds1374_control_fails(struct kunit *test)
{
	struct ds1374_test *t = test->priv;

	set_alarm(test);
	kunit_regfile_set(t->c->rf, TOD0 + 1, 0xff, 0x10);
	kunit_regfile_after(t->c->rf, KUNIT_REGFILE_WRITE, SR, fail_next, NULL);
	kunit_regfile_after(t->c->rf, KUNIT_REGFILE_WRITE, CR, is_done, &t->done);
	kunit_irq_line_raise(t->c->line, SR_AF);
	KUNIT_EXPECT_TRUE_MSG(test, wait_for_completion_timeout(&t->done, PATIENCE),
			      "the alarm is lost: the control register could not be read once");
	kunit_regfile_disarm(t->c->rf);
	flush_work(&t->rtc->irqwork);
	KUNIT_EXPECT_FALSE_MSG(test, t->rtc->aie_timer.enabled,
			       "the RTC core has not seen the alarm");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, SR), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, CR) & CR_WACE, 0);

	set_alarm(test);
	expect_alarm(test, "the next one");
}

/* The counter of a disabled alarm stops: its flag would be reported as the next alarm. */
static void ds1374_disabled(struct kunit *test)
{
	struct ds1374_test *t = test->priv;

	set_alarm(test);
	KUNIT_ASSERT_EQ(test, rtc_alarm_irq_enable(t->rtc, 0), 0);
	kunit_irq_line_raise(t->c->line, SR_AF);
	KUNIT_ASSERT_EQ_MSG(test, kunit_regfile_get(t->c->rf, SR), 0,
			    "the counter of a disabled alarm runs on");
	set_alarm(test);
	expect_alarm(test, "after one which was disabled");
}

static void ds1374_probe_fails(struct kunit *test)
{
	struct ds1374_test *t = test->priv;
	unsigned int accesses = kunit_dut_count_accesses(t->c->dut);

	KUNIT_EXPECT_GT(test, accesses, 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->c->dut), accesses);
}

/* The driver is unbound while the work item of a due alarm runs: it must not outlive that. */
static void ds1374_unbind_in_work(struct kunit *test)
{
	struct ds1374_test *t = test->priv;
	unsigned int transfers;

	set_alarm(test);
	kunit_regfile_at(t->c->rf, 1, is_done, &t->done);
	kunit_regfile_delay(t->c->rf, 1, 20000);
	kunit_irq_line_raise(t->c->line, SR_AF);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&t->done, PATIENCE));
	kunit_dut_unbind(t->c->dut);
	transfers = kunit_regfile_transfers(t->c->rf);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_requested(t->c->line));

	/*
	 * A work item which is left would do its transfers. flush_workqueue() warns about
	 * flushing a system-wide workqueue, which is wrong for drivers, but right for this test.
	 */
	__flush_workqueue(system_percpu_wq);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_transfers(t->c->rf), transfers,
			    "transfers after the driver was unbound");
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->c->dut), 0);
}

static unsigned int writes_of_status(struct ds1374_test *t)
{
	return kunit_regfile_count(t->c->rf, KUNIT_REGFILE_WRITE, SR);
}

/*
 * A managed resource which is newer than those of the driver goes first: the remove function
 * has returned, and the memory of the driver is still there for a work item which is left.
 */
static void removed(void *data)
{
	struct ds1374_test *t = data;

	t->before = writes_of_status(t);
	complete_all(&t->removed);
	/* As in ds1374_unbind_in_work() */
	__flush_workqueue(system_percpu_wq);
	t->after = writes_of_status(t);
}

/* The work item has just begun: it ends after the remove function, if that does not wait. */
static void hold_work(struct kunit_regfile *rf, void *data)
{
	struct ds1374_test *t = data;

	wait_for_completion_timeout(&t->removed, HOLD);
}

static int unbind_thread(void *data)
{
	struct ds1374_test *t = data;

	kunit_dut_unbind(t->c->dut);
	complete(&t->done);
	return 0;
}

/*
 * A caller of the driver has its lock. First the remove function waits for the lock, then
 * the alarm is due, and its work item waits behind the remove function.
 */
static void unbind_and_raise(struct kunit_regfile *rf, void *data)
{
	struct ds1374_test *t = data;
	unsigned long end = jiffies + PATIENCE;
	struct task_struct *task;

	task = kthread_create(unbind_thread, t, "kunit-unbind");
	if (IS_ERR(task))
		return;
	t->unbinder = get_task_struct(task);
	wake_up_process(task);
	do {
		schedule_timeout_uninterruptible(1);
		t->queued = READ_ONCE(task->__state) == TASK_UNINTERRUPTIBLE;
	} while (!t->queued && time_before(jiffies, end));

	kunit_irq_line_raise(t->c->line, SR_AF);
	/* The handler has disabled the interrupt, so the line stays asserted */
	kunit_irq_line_settle(t->c->line);
}

/* The work item of a due alarm begins behind the remove function: it must not outlive that. */
static void ds1374_unbind_before_work(struct kunit *test)
{
	struct ds1374_test *t = test->priv;

	set_alarm(test);
	KUNIT_ASSERT_EQ(test, devm_add_action(&t->c->client->dev, removed, t), 0);
	/* Unbinding frees the RTC while the last call to it returns */
	get_device(&t->rtc->dev);
	kunit_regfile_after(t->c->rf, KUNIT_REGFILE_READ, SR, hold_work, t);
	kunit_regfile_after(t->c->rf, KUNIT_REGFILE_READ, CR, unbind_and_raise, t);
	KUNIT_EXPECT_EQ(test, rtc_alarm_irq_enable(t->rtc, 0), 0);
	put_device(&t->rtc->dev);
	KUNIT_ASSERT_NOT_NULL(test, t->unbinder);
	/* Not kthread_stop() alone, as that interrupts the thread */
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&t->done, PATIENCE));
	kthread_stop(t->unbinder);
	put_task_struct(t->unbinder);
	kunit_regfile_disarm(t->c->rf);

	KUNIT_EXPECT_TRUE_MSG(test, t->queued, "remove does not wait for a user of the RTC");
	KUNIT_EXPECT_EQ_MSG(test, t->after, t->before,
			    "the work item runs on after the driver was removed");
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_requested(t->c->line));
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->c->dut), 0);
}

/* The alarm wakes the system if user space wants that. */
static void ds1374_wakes(struct kunit *test)
{
	struct ds1374_test *t = test->priv;
	struct device *dev = &t->c->client->dev;
	const struct dev_pm_ops *pm;
	struct irq_data *line;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "there is no suspend without CONFIG_PM_SLEEP");

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
	pm = dev->driver->pm;
	line = irq_get_irq_data(kunit_irq_line_irq(t->c->line));
	for (int wake = 0; wake <= 1; wake++) {
		KUNIT_ASSERT_EQ(test, device_set_wakeup_enable(dev, wake), 0);
		KUNIT_ASSERT_EQ(test, pm->suspend(dev), 0);
		KUNIT_EXPECT_EQ_MSG(test, irqd_is_wakeup_set(line), wake,
				    "the alarm wakes the system, or does not");
		KUNIT_ASSERT_EQ(test, pm->resume(dev), 0);
		KUNIT_EXPECT_FALSE_MSG(test, irqd_is_wakeup_set(line),
				       "the alarm is left as a wakeup source");
	}
}

static struct kunit_case ds1374_test_cases[] = {
	KUNIT_CASE(ds1374_alarm),
	KUNIT_CASE(ds1374_pending),
	KUNIT_CASE(ds1374_read_fails),
	KUNIT_CASE(ds1374_control_fails),
	KUNIT_CASE(ds1374_disabled),
	KUNIT_CASE(ds1374_probe_fails),
	KUNIT_CASE(ds1374_unbind_in_work),
	KUNIT_CASE(ds1374_unbind_before_work),
	KUNIT_CASE(ds1374_wakes),
	{ }
};

static struct kunit_suite ds1374_test_suite = {
	.name = "rtc-ds1374",
	.init = ds1374_test_init,
	.test_cases = ds1374_test_cases,
};

kunit_test_suite(ds1374_test_suite);

MODULE_DESCRIPTION("KUnit test for the alarm of rtc-ds1374");
MODULE_LICENSE("GPL");
