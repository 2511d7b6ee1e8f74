// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the Goldfish RTC driver, against a model of the device
 */

#include <linux/device.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/rtc.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include <clocksource/timer-goldfish.h>

#include <kunit/access.h>
#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/test.h>

/* The only event of the device */
#define ALARM		BIT(0)

/**
 * struct goldfish_rtc_model - the device
 * @mmio:	its registers
 * @line:	its interrupt
 * @dut:	a platform device with both
 * @time:	time of the device, in nanoseconds
 * @alarm:	when the alarm is due
 * @armed:	the alarm is set, and has not gone off yet
 * @cleared:	how often the driver has acknowledged an alarm
 */
struct goldfish_rtc_model {
	struct kunit_mmio	*mmio;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;
	u64			time;
	u64			alarm;
	bool			armed;
	unsigned int		cleared;
};

/* Raise the alarm if it is due. Called with the lock of the registers held. */
static void goldfish_rtc_model_check(struct goldfish_rtc_model *rtc)
{
	if (!rtc->armed || rtc->time < rtc->alarm)
		return;
	rtc->armed = false;
	kunit_irq_line_raise(rtc->line, ALARM);
}

static u64 goldfish_rtc_model_read(struct kunit_mmio *mmio, unsigned int offset,
				   unsigned int width)
{
	struct goldfish_rtc_model *rtc = kunit_mmio_priv(mmio);

	switch (offset) {
	case TIMER_TIME_LOW:
		kunit_mmio_set(mmio, TIMER_TIME_HIGH, 4, upper_32_bits(rtc->time));
		return lower_32_bits(rtc->time);
	case TIMER_ALARM_STATUS:
		return rtc->armed;
	case TIMER_TIME_HIGH:
	case TIMER_ALARM_LOW:
	case TIMER_ALARM_HIGH:
		return kunit_mmio_get(mmio, offset, width);
	default:
		return kunit_mmio_unknown(mmio);
	}
}

static void goldfish_rtc_model_write(struct kunit_mmio *mmio, unsigned int offset,
				     unsigned int width, u64 val)
{
	struct goldfish_rtc_model *rtc = kunit_mmio_priv(mmio);

	switch (offset) {
	case TIMER_TIME_LOW:
		rtc->time = kunit_mmio_get(mmio, TIMER_TIME_HIGH, 4) << 32 | val;
		goldfish_rtc_model_check(rtc);
		break;
	case TIMER_ALARM_LOW:
		kunit_mmio_set(mmio, offset, width, val);
		rtc->alarm = kunit_mmio_get(mmio, TIMER_ALARM_HIGH, 4) << 32 | val;
		rtc->armed = true;
		goldfish_rtc_model_check(rtc);
		break;
	case TIMER_TIME_HIGH:
	case TIMER_ALARM_HIGH:
		kunit_mmio_set(mmio, offset, width, val);
		break;
	case TIMER_IRQ_ENABLED:
		kunit_irq_line_enable(rtc->line, val ? ALARM : 0);
		break;
	case TIMER_CLEAR_ALARM:
		rtc->armed = false;
		break;
	case TIMER_CLEAR_INTERRUPT:
		kunit_irq_line_ack(rtc->line, ALARM);
		rtc->cleared++;
		break;
	default:
		kunit_mmio_unknown(mmio);
	}
}

/* Let time pass in the device */
static void goldfish_rtc_model_wait(struct goldfish_rtc_model *rtc, u64 seconds)
{
	guard(kunit_mmio)(rtc->mmio);

	rtc->time += seconds * NSEC_PER_SEC;
	goldfish_rtc_model_check(rtc);
}

static int goldfish_rtc_test_init(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = kunit_kzalloc(test, sizeof(*rtc), GFP_KERNEL);
	struct kunit_mmio_info registers = {
		.name	= "goldfish-rtc",
		.size	= 0x1000,
		.read	= goldfish_rtc_model_read,
		.write	= goldfish_rtc_model_write,
		.priv	= rtc,
	};
	struct kunit_dut_info device = {
		.driver	= "goldfish_rtc",
	};

	KUNIT_ASSERT_NOT_NULL(test, rtc);
	test->priv = rtc;
	/* A sane time, as the kernel may set its clock from the first RTC it finds */
	rtc->time = ktime_get_real_seconds() * NSEC_PER_SEC;
	rtc->line = kunit_irq_line_create(test, NULL);
	kunit_irq_line_enable(rtc->line, 0);
	rtc->mmio = kunit_mmio_create(test, &registers);
	device.mmio = rtc->mmio;
	device.line = rtc->line;
	rtc->dut = kunit_dut_platform(test, &device);
	return 0;
}

static void goldfish_rtc_put(void *dev)
{
	put_device(dev);
}

/* Bind the driver. Returns the RTC which it has registered. */
static struct rtc_device *goldfish_rtc_test_bind(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct device *dev;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(rtc->dut), 0);
	dev = device_find_any_child(rtc->dut->dev);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, goldfish_rtc_put, dev), 0);
	return to_rtc_device(dev);
}

/* Set an alarm @seconds from now */
static void goldfish_rtc_test_set(struct kunit *test, struct rtc_device *dev, u64 seconds,
				  bool enabled)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct rtc_wkalrm alarm = { .enabled = enabled };

	rtc_time64_to_tm(div_u64(rtc->time, NSEC_PER_SEC) + seconds, &alarm.time);
	KUNIT_ASSERT_EQ(test, rtc_set_alarm(dev, &alarm), 0);
}

/* Wait for the interrupt, and for the work of the RTC core */
static void goldfish_rtc_test_settle(struct kunit *test, struct rtc_device *dev)
{
	struct goldfish_rtc_model *rtc = test->priv;

	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(rtc->line), 0);
	flush_work(&dev->irqwork);
}

/* Time is read and written in halves, in the order required by the device. */
static void goldfish_rtc_time_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct rtc_device *dev = goldfish_rtc_test_bind(test);
	struct rtc_time tm;

	/* The low half is all ones, so the high half changes with the next tick */
	rtc->time = 0x0123456700000000 - 1;
	KUNIT_ASSERT_EQ(test, rtc_read_time(dev, &tm), 0);
	KUNIT_EXPECT_EQ(test, rtc_tm_to_time64(&tm), (0x0123456700000000 - 1) / NSEC_PER_SEC);

	rtc_time64_to_tm(1234567890, &tm);
	KUNIT_ASSERT_EQ(test, rtc_set_time(dev, &tm), 0);
	KUNIT_EXPECT_EQ(test, rtc->time, 1234567890ULL * NSEC_PER_SEC);
	KUNIT_ASSERT_EQ(test, rtc_read_time(dev, &tm), 0);
	KUNIT_EXPECT_EQ(test, rtc_tm_to_time64(&tm), 1234567890);
}

/*
 * An alarm is programmed and enabled, interrupts once, is acknowledged, and is reported to
 * the RTC core. Check a second alarm as well, as the core disables the interrupt after the
 * first one.
 */
static void goldfish_rtc_alarm_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct rtc_device *dev = goldfish_rtc_test_bind(test);

	for (unsigned int i = 1; i <= 2; i++) {
		goldfish_rtc_test_set(test, dev, 10, true);
		KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_enabled(rtc->line), ALARM,
				    "IRQ_ENABLED is not set with alarm %u", i);
		KUNIT_EXPECT_TRUE(test, rtc->armed);

		goldfish_rtc_model_wait(rtc, 9);
		goldfish_rtc_test_settle(test, dev);
		KUNIT_EXPECT_EQ(test, rtc->cleared, i - 1);

		dev->irq_data = 0;
		goldfish_rtc_model_wait(rtc, 1);
		goldfish_rtc_test_settle(test, dev);
		KUNIT_EXPECT_EQ_MSG(test, rtc->cleared, i,
				    "writes to CLEAR_INTERRUPT after alarm %u", i);
		KUNIT_EXPECT_EQ_MSG(test, dev->irq_data, 0x100 | RTC_IRQF | RTC_AF,
				    "alarm %u as user space sees it", i);
		KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(rtc->line));
	}
}

/* A cancelled alarm does not go off. */
static void goldfish_rtc_cancel_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct rtc_device *dev = goldfish_rtc_test_bind(test);

	goldfish_rtc_test_set(test, dev, 10, true);
	goldfish_rtc_test_set(test, dev, 10, false);
	goldfish_rtc_model_wait(rtc, 20);
	goldfish_rtc_test_settle(test, dev);
	KUNIT_EXPECT_EQ(test, rtc->cleared, 0);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(rtc->line));
}

/* The alarm can be read back. */
static void goldfish_rtc_read_alarm_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct rtc_device *dev = goldfish_rtc_test_bind(test);
	struct rtc_wkalrm alarm;

	goldfish_rtc_test_set(test, dev, 10, true);
	KUNIT_ASSERT_EQ(test, dev->ops->read_alarm(rtc->dut->dev, &alarm), 0);
	KUNIT_EXPECT_EQ(test, alarm.enabled, 1);
	KUNIT_EXPECT_EQ(test, rtc_tm_to_time64(&alarm.time), div_u64(rtc->time, NSEC_PER_SEC) + 10);

	goldfish_rtc_model_wait(rtc, 10);
	goldfish_rtc_test_settle(test, dev);
	KUNIT_ASSERT_EQ(test, dev->ops->read_alarm(rtc->dut->dev, &alarm), 0);
	KUNIT_EXPECT_EQ(test, alarm.enabled, 0);
}

/* An alarm from before boot is pending on the line when the driver requests it. */
static void goldfish_rtc_early_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct rtc_device *dev;

	kunit_irq_line_enable(rtc->line, ALARM);
	kunit_irq_line_raise(rtc->line, ALARM);
	dev = goldfish_rtc_test_bind(test);
	goldfish_rtc_test_settle(test, dev);
	KUNIT_EXPECT_EQ(test, rtc->cleared, 1);
}

static void goldfish_rtc_bind_again_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;

	kunit_dut_bind_again(rtc->dut, 5);
}

static void goldfish_rtc_access_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	unsigned int accesses = kunit_dut_count_accesses(rtc->dut);

	KUNIT_EXPECT_GE(test, accesses, 2);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(rtc->dut), accesses);
}

static void goldfish_rtc_memory_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;

	KUNIT_EXPECT_GE(test, kunit_dut_fail_each_allocation(rtc->dut), 5);
}

static void goldfish_rtc_unbind_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;

	kunit_irq_line_enable(rtc->line, ALARM);
	kunit_dut_unbind_under_fire(rtc->dut, ALARM, 20);
}

static void goldfish_rtc_use(struct kunit_dut *dut, void *data)
{
	struct rtc_device *dev = data;
	struct kunit *test = dut->test;
	struct rtc_time tm;

	goldfish_rtc_test_set(test, dev, 10, true);
	goldfish_rtc_test_set(test, dev, 10, false);
	KUNIT_EXPECT_EQ(test, rtc_read_time(dev, &tm), 0);
	KUNIT_EXPECT_EQ(test, dev->ops->alarm_irq_enable(dut->dev, 1), 0);
}

/* An interrupt at any point of the driver is handled in the end. */
static void goldfish_rtc_any_time_test(struct kunit *test)
{
	struct goldfish_rtc_model *rtc = test->priv;
	struct rtc_device *dev = goldfish_rtc_test_bind(test);

	KUNIT_EXPECT_GE(test, kunit_dut_fire_at_each_access(rtc->dut, ALARM, goldfish_rtc_use, dev),
			7);
}

static struct kunit_case goldfish_rtc_test_cases[] = {
	KUNIT_CASE(goldfish_rtc_time_test),
	KUNIT_CASE(goldfish_rtc_alarm_test),
	KUNIT_CASE(goldfish_rtc_cancel_test),
	KUNIT_CASE(goldfish_rtc_read_alarm_test),
	KUNIT_CASE(goldfish_rtc_early_test),
	KUNIT_CASE(goldfish_rtc_bind_again_test),
	KUNIT_CASE(goldfish_rtc_access_test),
	KUNIT_CASE_SLOW(goldfish_rtc_memory_test),
	KUNIT_CASE(goldfish_rtc_unbind_test),
	KUNIT_CASE(goldfish_rtc_any_time_test),
	{}
};

static struct kunit_suite goldfish_rtc_test_suite = {
	.name		= "rtc_goldfish",
	.init		= goldfish_rtc_test_init,
	.test_cases	= goldfish_rtc_test_cases,
};

kunit_test_suite(goldfish_rtc_test_suite);

MODULE_DESCRIPTION("KUnit test for the Goldfish RTC driver");
MODULE_LICENSE("GPL");
