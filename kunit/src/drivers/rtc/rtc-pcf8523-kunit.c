// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the alarm of rtc-pcf8523
 *
 * The unmodified driver runs on a model of the PCF8523, whose interrupt is asserted
 * while the alarm flag is set and alarm interrupts are enabled.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/rtc.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include "rtc-kunit.h"

#define CONTROL1		0x00
#define CONTROL1_CAP_SEL	BIT(7)
#define CONTROL1_AIE		BIT(1)
#define CONTROL2		0x01
#define CONTROL2_AF		BIT(3)
#define CONTROL3		0x02
#define SECONDS			0x03
#define MINUTES			0x04
#define HOURS			0x05
#define DAYS			0x06
#define WEEKDAYS		0x07
#define MONTHS			0x08
#define YEARS			0x09
#define MINUTE_ALARM		0x0a
#define HOUR_ALARM		0x0b
#define DAY_ALARM		0x0c
#define WEEKDAY_ALARM		0x0d
#define ALARM_OFF		0x80
#define OFFSET			0x0e
#define LAST			0x13

static const struct kunit_reg pcf8523_regs[] = {
	KUNIT_REGS(CONTROL1, CONTROL2, 0),
	KUNIT_REG(CONTROL3, 0xe0),
	/* 2026-01-01, a Thursday, 00:00:00 */
	KUNIT_REGS(SECONDS, DAYS - 1, 0),
	KUNIT_REG(DAYS, 0x01),
	KUNIT_REG(WEEKDAYS, 4),
	KUNIT_REG(MONTHS, 0x01),
	KUNIT_REG(YEARS, 0x26),
	KUNIT_REGS(MINUTE_ALARM, WEEKDAY_ALARM, ALARM_OFF),
	KUNIT_REG(OFFSET, 0x15),
	KUNIT_REGS(OFFSET + 1, LAST, 0),
};

static bool pcf8523_asserted(struct kunit_regfile *rf)
{
	return rf->val[CONTROL2] & CONTROL2_AF && rf->val[CONTROL1] & CONTROL1_AIE;
}

/* The alarm is due */
static void pcf8523_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[CONTROL2] |= bits;
}

static const struct kunit_regfile_model pcf8523_model = {
	.regs		= pcf8523_regs,
	.num_regs	= ARRAY_SIZE(pcf8523_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.asserted	= pcf8523_asserted,
	.event		= pcf8523_event,
};

static const struct kunit_i2c_info pcf8523_info = {
	.driver		= "rtc-pcf8523",
	.type		= "pcf8523",
	.addr		= 0x68,
	.model		= &pcf8523_model,
	.trigger	= IRQ_TYPE_LEVEL_LOW,
};

static int pcf8523_test_init(struct kunit *test)
{
	test->priv = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &pcf8523_info);
	return 0;
}

static struct rtc_device *bind_rtc(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	return rtc_kunit_find(test, &c->client->dev);
}

static unsigned int interrupts(struct kunit_i2c_client *c)
{
	/* The handler begins with a read of CONTROL2 */
	return kunit_regfile_count(c->rf, KUNIT_REGFILE_READ, CONTROL2);
}

static void pcf8523_alarm(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct rtc_device *rtc = bind_rtc(test);
	unsigned int before;

	/* 2026-12-30, 12:47: each of these values differs between BCD and binary */
	kunit_regfile_set(c->rf, MINUTES, 0xff, 0x47);
	kunit_regfile_set(c->rf, HOURS, 0xff, 0x12);
	kunit_regfile_set(c->rf, DAYS, 0xff, 0x30);
	kunit_regfile_set(c->rf, WEEKDAYS, 0xff, 3);
	kunit_regfile_set(c->rf, MONTHS, 0xff, 0x12);

	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, CONTROL1), CONTROL1_CAP_SEL);
	rtc_kunit_set_alarm(test, rtc);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, CONTROL1),
			CONTROL1_CAP_SEL | CONTROL1_AIE);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, MINUTE_ALARM), 0x47);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, HOUR_ALARM), 0x13);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, DAY_ALARM), 0x30);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, WEEKDAY_ALARM), ALARM_OFF,
			    "the day of the week matters");
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_count(c->rf, KUNIT_REGFILE_WRITE, OFFSET), 0,
			    "writes of the offset, which is not a part of the alarm");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, OFFSET), 0x15);

	/* Advance the time to the alarm, or the core would set the alarm again */
	kunit_regfile_set(c->rf, HOURS, 0xff, 0x13);
	before = kunit_regfile_count(c->rf, KUNIT_REGFILE_WRITE, CONTROL2);
	kunit_irq_line_raise(c->line, CONTROL2_AF);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, CONTROL2), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_count(c->rf, KUNIT_REGFILE_WRITE, CONTROL2),
			    before + 1, "the alarm flag is cleared once");
	flush_work(&rtc->irqwork);
	KUNIT_EXPECT_FALSE_MSG(test, rtc->aie_timer.enabled, "the RTC core has not seen the alarm");
}

static void pcf8523_alarm_disabled(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct rtc_device *rtc = bind_rtc(test);
	unsigned int before;

	rtc_kunit_set_alarm(test, rtc);
	KUNIT_ASSERT_EQ(test, rtc_alarm_irq_enable(rtc, 0), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, CONTROL1), CONTROL1_CAP_SEL,
			    "CONTROL1 with the alarm off again");

	before = interrupts(c);
	kunit_irq_line_raise(c->line, CONTROL2_AF);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ_MSG(test, interrupts(c), before, "a disabled alarm interrupts");
}

/* An alarm which was due while alarms were disabled is not reported as the next one. */
static void pcf8523_old_alarm(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	rtc_kunit_set_alarm(test, rtc);
	KUNIT_ASSERT_EQ(test, rtc_alarm_irq_enable(rtc, 0), 0);
	kunit_irq_line_raise(c->line, CONTROL2_AF);
	kunit_irq_line_listen(c->line, 20);
	rtc_kunit_set_alarm(test, rtc);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_heard(c->line), 0,
			    "interrupts for an alarm which is not due yet");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, CONTROL2), 0);
	flush_work(&rtc->irqwork);
}

/* The line may be shared, and the driver does not claim interrupts of other devices. */
static void pcf8523_not_mine(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, 0), 0,
			    "an interrupt of another device is claimed");
	kunit_regfile_set(c->rf, CONTROL1, CONTROL1_AIE, CONTROL1_AIE);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, CONTROL2_AF), 1,
			    "an interrupt of the device is not claimed");
	flush_work(&rtc->irqwork);
}

static void pcf8523_wakes(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	rtc_kunit_set_alarm(test, rtc);
	kunit_dut_wake_up(c->dut, CONTROL2_AF);
	/* The core may have set the alarm again meanwhile */
	flush_work(&rtc->irqwork);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, CONTROL2), 0);
	flush_work(&rtc->irqwork);
}

static void pcf8523_probe_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	unsigned int accesses;

	/* Only the first probe writes the load capacitance, which persists */
	kunit_dut_bind_again(c->dut, 1);
	accesses = kunit_dut_count_accesses(c->dut);
	KUNIT_EXPECT_GT(test, accesses, 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(c->dut), accesses);
}

static void pcf8523_unbind_under_fire(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	/* The alarm has been left enabled */
	kunit_regfile_set(c->rf, CONTROL1, CONTROL1_AIE, CONTROL1_AIE);
	kunit_dut_unbind_under_fire(c->dut, CONTROL2_AF, 5);
}

static struct kunit_case pcf8523_test_cases[] = {
	KUNIT_CASE(pcf8523_alarm),
	KUNIT_CASE(pcf8523_alarm_disabled),
	KUNIT_CASE(pcf8523_old_alarm),
	KUNIT_CASE(pcf8523_not_mine),
	KUNIT_CASE(pcf8523_wakes),
	KUNIT_CASE(pcf8523_probe_fails),
	KUNIT_CASE(pcf8523_unbind_under_fire),
	{ }
};

static struct kunit_suite pcf8523_test_suite = {
	.name = "rtc-pcf8523",
	.init = pcf8523_test_init,
	.test_cases = pcf8523_test_cases,
};

kunit_test_suite(pcf8523_test_suite);

MODULE_DESCRIPTION("KUnit test for the alarm of rtc-pcf8523");
MODULE_LICENSE("GPL");
