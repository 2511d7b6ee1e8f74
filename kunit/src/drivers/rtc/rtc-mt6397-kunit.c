// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the alarm of the MediaTek MT6397, a part of a PMIC
 *
 * The registers are in the regmap of the PMIC, and a device tree describes the device.
 */

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/mfd/mt6397/core.h>
#include <linux/mfd/mt6397/rtc.h>
#include <linux/module.h>
#include <linux/regmap.h>
#include <linux/rtc.h>
#include <linux/workqueue.h>

#include <kunit/device.h>
#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/of.h>
#include <kunit/regmap.h>
#include <kunit/test.h>

#include "rtc-kunit.h"

#define NODE		"/rtc-mt6397-kunit"

#define BASE		0xe000
#define LAST		(BASE + RTC_WRTGR_MT6397)
#define IRQ_STA		(BASE + RTC_IRQ_STA)
#define IRQ_EN		(BASE + RTC_IRQ_EN)
#define TC(what)	(BASE + RTC_TC_SEC + 2 * RTC_OFFSET_##what)
#define AL(what)	(BASE + RTC_AL_SEC + 2 * RTC_OFFSET_##what)

#define ALARM		RTC_IRQ_STA_AL

/**
 * struct mt6397_test - fixture
 * @chip:	data of the PMIC driver for the drivers of its parts
 * @rf:		the registers
 * @line:	the interrupt
 * @dut:	the device
 * @rtc:	the RTC of the driver, while mt6397_write() shall check the order
 * @early:	how often the handler disabled the alarm after reporting it to the RTC core
 */
struct mt6397_test {
	struct mt6397_chip	chip;
	struct kunit_regfile	*rf;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;
	struct rtc_device	*rtc;
	unsigned int		early;
};

static const struct kunit_reg mt6397_regs[] = {
	KUNIT_REGS(BASE, BASE + 1, 0),
	KUNIT_REG_RC(IRQ_STA, 0, 0xffff),
	KUNIT_REGS(BASE + 3, LAST, 0),
};

/* The RTC core may set the next alarm as soon as this one is reported */
static void mt6397_write(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct mt6397_test *t = rf->priv;

	if (reg == IRQ_EN && !(*val & RTC_IRQ_EN_AL) && t->rtc &&
	    current_work() != &t->rtc->irqwork &&
	    (work_busy(&t->rtc->irqwork) || !t->rtc->aie_timer.enabled))
		t->early++;
}

static bool mt6397_asserted(struct kunit_regfile *rf)
{
	return rf->val[IRQ_STA] & rf->val[IRQ_EN];
}

/* An enabled alarm goes off */
static void mt6397_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[IRQ_EN] |= bits;
	rf->val[IRQ_STA] |= bits;
}

static const struct kunit_regfile_model mt6397_model = {
	.regs		= mt6397_regs,
	.num_regs	= ARRAY_SIZE(mt6397_regs),
	.reg_bytes	= 2,
	.val_bytes	= 2,
	.write		= mt6397_write,
	.asserted	= mt6397_asserted,
	.event		= mt6397_event,
};

static const struct regmap_config mt6397_config = {
	.reg_bits	= 16,
	.val_bits	= 16,
	.reg_stride	= 2,
};

static int mt6397_test_init(struct kunit *test)
{
	struct resource base = DEFINE_RES_MEM(BASE, LAST + 2 - BASE);
	struct mt6397_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct kunit_irq_line_info line = {};
	struct device *pmic;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	KUNIT_ASSERT_EQ(test, of_overlay_apply_kunit(test, rtc_mt6397_kunit_of), 0);
	pmic = kunit_device_register(test, "mt6397-pmic");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pmic);

	t->rf = kunit_regmap_create(test, pmic, "mt6397-rtc", &mt6397_model, &mt6397_config);
	t->rf->priv = t;
	t->chip.regmap = dev_get_regmap(pmic, NULL);
	dev_set_drvdata(pmic, &t->chip);
	line.fwnode = kunit_dut_of_node(test, NODE "/interrupt-controller");
	t->line = kunit_regfile_line_create(test, t->rf, IRQ_TYPE_LEVEL_HIGH, &line);
	t->dut = kunit_dut_platform(test, &(struct kunit_dut_info) {
		.driver		= "mt6397-rtc",
		.parent		= pmic,
		.line		= t->line,
		.fwnode		= kunit_dut_of_node(test, NODE "/pmic/rtc"),
		.res		= &base,
		.num_res	= 1,
	});
	t->dut->accesses = &t->rf->accesses;

	/* January 1st */
	kunit_regfile_set(t->rf, TC(DOM), 0xffff, 1);
	kunit_regfile_set(t->rf, TC(DOW), 0xffff, 1);
	kunit_regfile_set(t->rf, TC(MTH), 0xffff, 1);
	kunit_regfile_set(t->rf, TC(YEAR), 0xffff, 50);
	return 0;
}

static struct rtc_device *bind_rtc(struct kunit *test)
{
	struct mt6397_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	return rtc_kunit_find(test, t->dut->dev);
}

static void mt6397_alarm(struct kunit *test)
{
	struct mt6397_test *t = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	/* 12:47:07 on the 30th of November */
	kunit_regfile_set(t->rf, TC(SEC), 0xffff, 7);
	kunit_regfile_set(t->rf, TC(MIN), 0xffff, 47);
	kunit_regfile_set(t->rf, TC(HOUR), 0xffff, 12);
	kunit_regfile_set(t->rf, TC(DOM), 0xffff, 30);
	kunit_regfile_set(t->rf, TC(MTH), 0xffff, 11);

	rtc_kunit_set_alarm(test, rtc);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, AL(SEC)), 7);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, AL(MIN)), 47);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, AL(HOUR)), 13);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, AL(DOM)), 30);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, AL(MTH)), 11);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, AL(YEAR)), 50);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, BASE + RTC_AL_MASK), RTC_AL_MASK_DOW,
			    "the day of the week matters, or another one does not");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, IRQ_EN), RTC_IRQ_EN_ONESHOT_AL);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, LAST), 1,
			    "the values are not transferred to the clock");

	kunit_regfile_set(t->rf, TC(HOUR), 0xffff, 13);
	kunit_irq_line_raise(t->line, ALARM);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, IRQ_EN) & RTC_IRQ_EN_AL, 0);
	flush_work(&rtc->irqwork);
	KUNIT_EXPECT_FALSE_MSG(test, rtc->aie_timer.enabled, "the RTC core has not seen the alarm");
}

/* A cancelled alarm does not go off. */
static void mt6397_cancelled(struct kunit *test)
{
	struct mt6397_test *t = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	rtc_kunit_set_alarm(test, rtc);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, IRQ_EN), RTC_IRQ_EN_ONESHOT_AL);
	kunit_regfile_set(t->rf, LAST, 0xffff, 0);
	KUNIT_EXPECT_EQ_MSG(test, rtc_alarm_irq_enable(rtc, 0), 0, "it cannot be cancelled");
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, IRQ_EN), 0,
			    "the alarm is still enabled");
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, LAST), 1,
			    "the value is not transferred to the clock");

	KUNIT_EXPECT_EQ(test, rtc_alarm_irq_enable(rtc, 1), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, IRQ_EN), RTC_IRQ_EN_ONESHOT_AL);
}

static void fail_next(struct kunit_regfile *rf, void *data)
{
	kunit_regfile_fail(rf, 1, -EIO);
}

/*
 * The clock interrupts before the alarm is due, so the RTC core sets it again. If that fails,
 * the core tries it once more, with the same alarm.
 */
static void mt6397_set_again(struct kunit *test)
{
	struct mt6397_test *t = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	/* 2026: the core adds no offset to that */
	kunit_regfile_set(t->rf, TC(YEAR), 0xffff, 126);
	rtc_kunit_set_alarm(test, rtc);
	KUNIT_ASSERT_EQ(test, kunit_regfile_get(t->rf, AL(MTH)), 1);
	kunit_regfile_after(t->rf, KUNIT_REGFILE_WRITE, AL(YEAR), fail_next, NULL);
	kunit_irq_line_raise(t->line, ALARM);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	flush_work(&rtc->irqwork);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, AL(MTH)), 1,
			    "the month of an alarm which was set in January");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, AL(HOUR)), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, IRQ_EN), RTC_IRQ_EN_ONESHOT_AL);
}

/*
 * Once an alarm is reported, the RTC core sets the next one. A handler which disables the
 * alarm only after reporting it disables the next alarm.
 */
static void mt6397_order(struct kunit *test)
{
	struct mt6397_test *t = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	rtc_kunit_set_alarm(test, rtc);
	kunit_regfile_set(t->rf, TC(HOUR), 0xffff, 1);
	t->rtc = rtc;
	kunit_irq_line_raise(t->line, ALARM);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	t->rtc = NULL;
	flush_work(&rtc->irqwork);
	KUNIT_EXPECT_EQ_MSG(test, t->early, 0,
			    "the alarm is disabled after the RTC core was told of it");
}

/* Not every interrupt is an alarm, and the driver does not claim others. */
static void mt6397_not_mine(struct kunit *test)
{
	struct mt6397_test *t = test->priv;
	struct rtc_device *rtc = bind_rtc(test);

	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, 0), 0,
			    "an interrupt without an alarm is claimed");
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, ALARM), 1,
			    "the interrupt of an alarm is not claimed");
	flush_work(&rtc->irqwork);
}

static void mt6397_read_fails(struct kunit *test)
{
	struct mt6397_test *t = test->priv;
	struct rtc_device *rtc = bind_rtc(test);
	unsigned int before;

	rtc_kunit_set_alarm(test, rtc);
	kunit_regfile_set(t->rf, TC(HOUR), 0xffff, 1);
	before = kunit_regfile_count(t->rf, KUNIT_REGFILE_READ, IRQ_STA);
	kunit_regfile_fail(t->rf, 1, -EIO);
	kunit_irq_line_raise(t->line, ALARM);
	for (unsigned int i = 0; kunit_irq_line_settle(t->line) && i < 3; i++)
		;
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_count(t->rf, KUNIT_REGFILE_READ, IRQ_STA) - before,
			    1, "reads of the status that succeed");
	flush_work(&rtc->irqwork);
	KUNIT_EXPECT_FALSE_MSG(test, rtc->aie_timer.enabled, "the RTC core has not seen the alarm");
}

static void mt6397_wakes(struct kunit *test)
{
	struct mt6397_test *t = test->priv;

	bind_rtc(test);
	kunit_dut_wake_up(t->dut, ALARM);
}

static void mt6397_bind_again(struct kunit *test)
{
	struct mt6397_test *t = test->priv;

	kunit_dut_bind_again(t->dut, 3);
}

static void mt6397_probe_fails(struct kunit *test)
{
	struct mt6397_test *t = test->priv;
	unsigned int accesses = kunit_dut_count_accesses(t->dut);

	KUNIT_EXPECT_GE(test, accesses, 2);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->dut), accesses);
}

static void mt6397_unbind_under_fire(struct kunit *test)
{
	struct mt6397_test *t = test->priv;

	kunit_dut_unbind_under_fire(t->dut, ALARM, 5);
}

static void mt6397_affinity(struct kunit *test)
{
	struct mt6397_test *t = test->priv;

	bind_rtc(test);
	kunit_dut_affinity_under_fire(t->dut, ALARM, 2);
}

static void mt6397_hotplug(struct kunit *test)
{
	struct mt6397_test *t = test->priv;

	bind_rtc(test);
	kunit_dut_hotplug_under_fire(t->dut, ALARM);
}

static struct kunit_case mt6397_cases[] = {
	KUNIT_CASE(mt6397_alarm),
	KUNIT_CASE(mt6397_cancelled),
	KUNIT_CASE(mt6397_set_again),
	KUNIT_CASE(mt6397_order),
	KUNIT_CASE(mt6397_not_mine),
	KUNIT_CASE(mt6397_read_fails),
	KUNIT_CASE(mt6397_wakes),
	KUNIT_CASE(mt6397_bind_again),
	KUNIT_CASE(mt6397_probe_fails),
	KUNIT_CASE(mt6397_unbind_under_fire),
	KUNIT_CASE(mt6397_affinity),
	KUNIT_CASE(mt6397_hotplug),
	{}
};

static struct kunit_suite mt6397_suite = {
	.name		= "rtc-mt6397",
	.init		= mt6397_test_init,
	.test_cases	= mt6397_cases,
};

kunit_test_suite(mt6397_suite);

MODULE_DESCRIPTION("KUnit test for the alarm of the MediaTek MT6397");
MODULE_LICENSE("GPL");
