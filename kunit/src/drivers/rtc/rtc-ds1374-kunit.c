// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the alarm of rtc-ds1374
 *
 * The unmodified driver runs on a model of the DS1374. Its handler disables the
 * interrupt and leaves the rest to a work item, which enables it again.
 */

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/i2c.h>
#include <linux/jiffies.h>
#include <linux/rtc.h>
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

/**
 * struct ds1374_test - fixture
 * @c:		the device
 * @rtc:	the RTC which the driver has registered
 * @done:	completed by the event for which the test waits
 */
struct ds1374_test {
	struct kunit_i2c_client	*c;
	struct rtc_device	*rtc;
	struct completion	done;
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

/* The alarm is due */
static void ds1374_event(struct kunit_regfile *rf, u64 bits)
{
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

static struct kunit_case ds1374_test_cases[] = {
	KUNIT_CASE(ds1374_alarm),
	KUNIT_CASE(ds1374_pending),
	KUNIT_CASE(ds1374_read_fails),
	KUNIT_CASE(ds1374_probe_fails),
	KUNIT_CASE(ds1374_unbind_in_work),
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
