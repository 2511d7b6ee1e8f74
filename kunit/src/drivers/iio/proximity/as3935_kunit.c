// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupt of the AS3935 lightning sensor
 *
 * The unmodified driver runs on a model of the sensor: an event sets its reason in INT and
 * raises the interrupt, and reading INT clears both. INT must not be read before 2 ms have
 * passed, so the driver reads it in a work item. The calibration routes the oscillators
 * to the interrupt pin, and is lost while the sensor is powered down.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/iio/iio.h>
#include <linux/iio/trigger.h>
#include <linux/iio/trigger_consumer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/spi/spi.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <kunit/dut.h>
#include <kunit/irq.h>
#include <kunit/resource.h>
#include <kunit/spi.h>
#include <kunit/test.h>

#define AFE_GAIN	0x00
#define AFE_GAIN_PWD	BIT(0)
#define INT		0x03
#define INT_NOISE	BIT(0)
#define INT_LIGHTNING	BIT(3)
#define INT_MASK	0x0f
#define TUNE_CAP	0x08
#define TUNE_CAP_OSC	BIT(5)
#define DEFAULTS	0x3c
#define CALIBRATE	0x3d
#define DIRECT_COMMAND	0x96

/* Minimum delay from an event to the read of INT */
#define ESTIMATE_US	2000
/* Wait if nothing should happen: the driver waits 3 ms, and a tick may take 10 */
#define LATER_MS	50
/* Delay before the driver's first retry, doubled for each further one */
#define RETRY_MS	100
/* Timeout if something should happen, for a busy system */
#define DEADLINE_MS	10000

/**
 * struct as3935_test - fixture
 * @d:		the sensor
 * @trig:	trigger of the driver
 * @triggered:	runs of its consumer
 * @event:	time of the last event
 * @soonest:	the shortest time from an event to the read of INT
 * @calibrated:	the oscillators are calibrated
 * @attempts:	start of the transfers for which note_attempt() was armed, in jiffies
 * @attempt:	next index in @attempts
 */
struct as3935_test {
	struct kunit_spi_device	*d;
	struct iio_trigger	*trig;
	atomic_t		triggered;
	ktime_t			event;
	ktime_t			soonest;
	bool			calibrated;
	unsigned long		attempts[4];
	unsigned int		attempt;
};

static const struct kunit_reg as3935_regs[] = {
	KUNIT_REGS(AFE_GAIN, INT - 1, 0),
	KUNIT_REG_RC(INT, 0, INT_MASK),
	KUNIT_REGS(INT + 1, CALIBRATE, 0),
};

static void as3935_read_reg(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct as3935_test *t = rf->priv;

	if (reg == INT && *val & INT_MASK)
		t->soonest = min(t->soonest, ktime_sub(ktime_get(), t->event));
}

static void as3935_write_reg(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct as3935_test *t = rf->priv;

	if (reg == DEFAULTS && *val == DIRECT_COMMAND)
		memset(rf->val, 0, (TUNE_CAP + 1) * sizeof(*rf->val));
	if (reg == CALIBRATE && *val == DIRECT_COMMAND)
		t->calibrated = !(rf->val[AFE_GAIN] & AFE_GAIN_PWD);
	if (reg == AFE_GAIN && *val & AFE_GAIN_PWD)
		t->calibrated = false;
}

static bool as3935_asserted(struct kunit_regfile *rf)
{
	return rf->val[INT] & INT_MASK || rf->val[TUNE_CAP] & TUNE_CAP_OSC;
}

static void as3935_event(struct kunit_regfile *rf, u64 bits)
{
	struct as3935_test *t = rf->priv;

	t->event = ktime_get();
	rf->val[INT] |= bits;
}

static const struct kunit_regfile_model as3935_model = {
	.regs		= as3935_regs,
	.num_regs	= ARRAY_SIZE(as3935_regs),
	.val_bytes	= 1,
	.read		= as3935_read_reg,
	.write		= as3935_write_reg,
	.asserted	= as3935_asserted,
	.event		= as3935_event,
};

static const struct kunit_spi_protocol as3935_protocol = {
	.cmd_bytes	= 1,
	.read_flag	= BIT(6),
};

static const struct kunit_spi_info as3935_info = {
	.driver		= "as3935",
	.type		= "as3935",
	.mode		= SPI_MODE_1,
	.protocol	= &as3935_protocol,
	.model		= &as3935_model,
	.trigger	= IRQ_TYPE_EDGE_RISING,
};

static int as3935_init(struct kunit *test)
{
	struct as3935_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->soonest = KTIME_MAX;
	t->d = kunit_spi_device_create(test, kunit_spi_controller_create(test), &as3935_info);
	t->d->rf->priv = t;
	return 0;
}

static int is_trigger(struct device *dev, const void *unused)
{
	return strstarts(dev_name(dev), "trigger");
}

static void put_trigger(void *trig)
{
	iio_trigger_put(trig);
}

static irqreturn_t consumer(int irq, void *data)
{
	struct as3935_test *t = data;

	atomic_inc(&t->triggered);
	iio_trigger_notify_done(t->trig);
	return IRQ_HANDLED;
}

static void bind(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->d->dut), 0);
}

/* Consume the trigger. */
static void consume(struct kunit *test)
{
	struct as3935_test *t = test->priv;
	struct device *dev = device_find_child(&t->d->spi->dev, NULL, is_trigger);

	KUNIT_ASSERT_NOT_NULL_MSG(test, dev, "the driver has no trigger");
	t->trig = iio_trigger_get(to_iio_trigger(dev));
	put_device(dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_trigger, t->trig), 0);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, t->trig->subirq_base, NULL,
							 consumer, IRQF_ONESHOT,
							 "as3935-kunit", t), 0);
}

static unsigned int reads_of_int(struct as3935_test *t)
{
	return kunit_regfile_count(t->d->rf, KUNIT_REGFILE_READ, INT);
}

/* The driver has read the reason, and the next event is an edge. */
static void expect_handled(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	for (int ms = 0; kunit_irq_line_settle(t->d->line) && ms < DEADLINE_MS; ms += 20)
		msleep(20);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(t->d->line),
			       "INT is never read: no event is an edge any more");
}

/* The work item calls the consumer after the read. */
static void expect_triggered(struct kunit *test, int times)
{
	struct as3935_test *t = test->priv;

	for (int ms = 0; atomic_read(&t->triggered) < times && ms < DEADLINE_MS; ms += 20)
		msleep(20);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->triggered), times);
}

/* Wait for the delayed work of the driver. */
static void wait_for_work(void)
{
	msleep(LATER_MS);
	/*
	 * The work may still be late. flush_workqueue() warns about flushing a system-wide
	 * workqueue, which is wrong for drivers, but right for this test.
	 */
	__flush_workqueue(system_freezable_wq);
}

/* Each lightning triggers, noise does not. */
static void as3935_events(struct kunit *test)
{
	struct as3935_test *t = test->priv;
	unsigned int before;

	bind(test);
	consume(test);
	for (int i = 1; i <= 3; i++) {
		kunit_irq_line_raise(t->d->line, INT_LIGHTNING);
		expect_handled(test);
		expect_triggered(test, i);
	}
	before = reads_of_int(t);
	kunit_irq_line_raise(t->d->line, INT_NOISE);
	expect_handled(test);
	wait_for_work();
	KUNIT_EXPECT_EQ(test, reads_of_int(t), before + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->triggered), 3);
}

/* The sensor estimates the distance for 2 ms, and INT must not be read before that. */
static void as3935_not_at_once(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	bind(test);
	/* The driver reads INT once after probe. An event just then would be read too soon */
	for (int ms = 0; !reads_of_int(t) && ms < DEADLINE_MS; ms += 20)
		msleep(20);
	KUNIT_ASSERT_EQ(test, reads_of_int(t), 1);
	for (int i = 0; i < 10; i++) {
		kunit_irq_line_raise(t->d->line, INT_LIGHTNING);
		expect_handled(test);
	}
	KUNIT_EXPECT_EQ(test, reads_of_int(t), 11);
	KUNIT_EXPECT_GE_MSG(test, ktime_to_us(t->soonest), ESTIMATE_US,
			    "INT is read too soon after an event");
}

/* Events in the first milliseconds, around the driver's own first read of INT. */
static void as3935_event_after_probe(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	for (int us = 0; us <= 10000; us += 500) {
		bind(test);
		fsleep(us);
		kunit_irq_line_raise(t->d->line, INT_LIGHTNING);
		expect_handled(test);
		kunit_dut_unbind(t->d->dut);
	}
}

/* The driver is unbound between the interrupt and the read. */
static void as3935_unbind_with_event(struct kunit *test)
{
	struct as3935_test *t = test->priv;
	struct iio_dev *indio_dev;
	unsigned int before;

	bind(test);
	/* Keep the memory of the driver, so that a work item which is left does no harm */
	indio_dev = iio_device_get(spi_get_drvdata(t->d->spi));
	wait_for_work();

	/* Noise: a lightning would use the trigger, which is not kept */
	kunit_irq_line_raise(t->d->line, INT_NOISE);
	kunit_irq_line_settle(t->d->line);
	kunit_dut_unbind(t->d->dut);
	before = kunit_regfile_transfers(t->d->rf);
	wait_for_work();
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_transfers(t->d->rf), before,
			    "the device is accessed after the driver was unbound");
	iio_device_put(indio_dev);
}

static void note_attempt(struct kunit_regfile *rf, void *data)
{
	struct as3935_test *t = data;

	t->attempts[t->attempt++ % ARRAY_SIZE(t->attempts)] = jiffies;
}

/* The next @failures transfers fail. */
static void fail_transfers(struct as3935_test *t, unsigned int failures)
{
	t->attempt = 0;
	for (int i = 1; i <= failures + 1; i++)
		kunit_regfile_at(t->d->rf, i, note_attempt, t);
	for (int i = 1; i <= failures; i++)
		kunit_regfile_fail(t->d->rf, i, -EIO);
}

/* The driver recovers from failed transfers. */
static void as3935_read_fails(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	bind(test);
	consume(test);
	wait_for_work();
	fail_transfers(t, 3);
	kunit_irq_line_raise(t->d->line, INT_LIGHTNING);
	expect_handled(test);
	expect_triggered(test, 1);
	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_GE_MSG(test, t->attempts[i + 1] - t->attempts[i],
				    msecs_to_jiffies(RETRY_MS << i),
				    "failure %d is not tried again less often", i + 1);
}

/* A successful transfer resets the retry delay. */
static void as3935_read_fails_again(struct kunit *test)
{
	struct as3935_test *t = test->priv;
	unsigned long waited;

	bind(test);
	wait_for_work();
	fail_transfers(t, 3);
	kunit_irq_line_raise(t->d->line, INT_NOISE);
	expect_handled(test);

	/* A busy host may be late, but not each time */
	for (int i = 0; i < 3; i++) {
		wait_for_work();
		fail_transfers(t, 1);
		kunit_irq_line_raise(t->d->line, INT_NOISE);
		expect_handled(test);
		waited = t->attempts[1] - t->attempts[0];
		if (waited < msecs_to_jiffies(RETRY_MS << 3))
			break;
	}
	KUNIT_EXPECT_LT(test, waited, msecs_to_jiffies(RETRY_MS << 3));
}

static void bind_anew(struct kunit_dut *dut, void *data)
{
	struct kunit *test = data;
	struct as3935_test *t = test->priv;

	if (kunit_dut_is_bound(dut))
		kunit_dut_unbind(dut);
	/* Clear events of the previous round */
	kunit_regfile_set(t->d->rf, INT, INT_MASK, 0);
	bind(test);
	expect_handled(test);
}

/* The edge of an event before the interrupt is requested is missed. */
static void as3935_event_in_probe(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	KUNIT_EXPECT_GE(test, kunit_dut_fire_at_each_access(t->d->dut, INT_NOISE, bind_anew, test),
			5);
}

/* The calibration on resume routes the oscillators to the interrupt pin. */
static void as3935_suspend_resume(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	bind(test);
	consume(test);
	KUNIT_EXPECT_TRUE_MSG(test, t->calibrated, "not calibrated after probe");
	KUNIT_ASSERT_EQ(test, kunit_dut_suspend(t->d->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->d->rf, AFE_GAIN), AFE_GAIN_PWD);
	KUNIT_ASSERT_EQ(test, kunit_dut_resume(t->d->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->d->rf, AFE_GAIN) & AFE_GAIN_PWD, 0);
	KUNIT_EXPECT_TRUE_MSG(test, t->calibrated, "not calibrated after power up");
	wait_for_work();
	KUNIT_EXPECT_EQ(test, atomic_read(&t->triggered), 0);

	kunit_irq_line_raise(t->d->line, INT_LIGHTNING);
	expect_handled(test);
	expect_triggered(test, 1);
}

static void as3935_bind_again(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	kunit_dut_bind_again(t->d->dut, 3);
}

static void as3935_probe_fails(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	KUNIT_EXPECT_GE(test, kunit_dut_fail_each_access(t->d->dut), 5);
}

static void as3935_unbind_under_fire(struct kunit *test)
{
	struct as3935_test *t = test->priv;

	kunit_dut_unbind_under_fire(t->d->dut, INT_LIGHTNING, 5);
}

static struct kunit_case as3935_cases[] = {
	KUNIT_CASE(as3935_unbind_with_event),
	KUNIT_CASE(as3935_events),
	KUNIT_CASE(as3935_not_at_once),
	KUNIT_CASE(as3935_read_fails),
	KUNIT_CASE_SLOW(as3935_read_fails_again),
	KUNIT_CASE(as3935_event_in_probe),
	KUNIT_CASE(as3935_event_after_probe),
	KUNIT_CASE(as3935_suspend_resume),
	KUNIT_CASE(as3935_bind_again),
	KUNIT_CASE(as3935_probe_fails),
	KUNIT_CASE(as3935_unbind_under_fire),
	{ }
};

static struct kunit_suite as3935_suite = {
	.name = "as3935",
	.init = as3935_init,
	.test_cases = as3935_cases,
};

kunit_test_suite(as3935_suite);

MODULE_DESCRIPTION("KUnit test for the interrupt of the AS3935");
MODULE_LICENSE("GPL");
