// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the alerts of max17042_battery
 *
 * The unmodified driver runs on a model of the MAX17042, whose interrupt is asserted
 * until the alerts are cleared in its status register.
 */

#include <linux/bits.h>
#include <linux/device.h>
#include <linux/i2c.h>
#include <linux/irq.h>
#include <linux/pm.h>
#include <linux/power_supply.h>
#include <linux/workqueue.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#define STATUS		0x00
#define STATUS_POR	BIT(1)
#define STATUS_BST	BIT(3)
#define STATUS_SMN	BIT(10)
#define STATUS_VMX	BIT(12)
#define STATUS_SMX	BIT(14)
#define STATUS_ALERTS	0x7f80
#define TALRT_TH	0x02
#define SALRT_TH	0x03
#define REPSOC		0x06
#define CONFIG		0x1d
#define CONFIG_AEN	BIT(2)

/* All registers are 16-bit words, and writable */
static const struct kunit_reg max17042_regs[] = {
	KUNIT_REGS(0x00, 0xff, 0),
};

static bool max17042_asserted(struct kunit_regfile *rf)
{
	return rf->val[STATUS] & STATUS_ALERTS && rf->val[CONFIG] & CONFIG_AEN;
}

static void max17042_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[STATUS] |= bits;
}

static const struct kunit_regfile_model max17042_model = {
	.regs		= max17042_regs,
	.num_regs	= ARRAY_SIZE(max17042_regs),
	.reg_bytes	= 1,
	.val_bytes	= 2,
	.val_le		= true,
	.asserted	= max17042_asserted,
	.event		= max17042_event,
};

static const struct kunit_i2c_info max17042_info = {
	.driver		= "max17042",
	.type		= "max17042",
	.addr		= 0x36,
	.model		= &max17042_model,
	.trigger	= IRQ_TYPE_LEVEL_LOW,
};

static int max17042_test_init(struct kunit *test)
{
	test->priv = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &max17042_info);
	return 0;
}

/* The core reads the properties in a work item: wait, as its reads would disturb the test. */
static void wait_for_power_supply(struct kunit *test)
{
	struct power_supply *psy = power_supply_get_by_name("max170xx_battery");

	KUNIT_ASSERT_NOT_NULL(test, psy);
	flush_delayed_work(&psy->deferred_register_work);
	flush_work(&psy->changed_work);
	power_supply_put(psy);
}

static void bind(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	/* 50 % */
	kunit_regfile_set(c->rf, REPSOC, 0xffff, 50 << 8);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	wait_for_power_supply(test);
	kunit_irq_line_listen(c->line, 20);
}

/* The number of interrupts of the line. The fuse ends a storm. */
static unsigned int interrupts(struct kunit_i2c_client *c)
{
	for (int i = 0; i < 25; i++)
		kunit_irq_line_settle(c->line);
	return kunit_irq_line_heard(c->line);
}

/* The trigger type comes from the firmware, not from the driver. */
static void max17042_trigger_type(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	bind(test);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(kunit_irq_line_irq(c->line)),
			IRQ_TYPE_LEVEL_LOW);
}

static void max17042_alert(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	bind(test);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, CONFIG), CONFIG_AEN);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, SALRT_TH), 51 << 8 | 49);

	kunit_regfile_set(c->rf, REPSOC, 0xffff, 48 << 8);
	kunit_irq_line_raise(c->line, STATUS_SMN);
	KUNIT_EXPECT_EQ_MSG(test, interrupts(c), 1, "interrupts for one alert");
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, STATUS), 0,
			    "the alert is cleared in STATUS");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, SALRT_TH), 49 << 8 | 47);

	kunit_regfile_set(c->rf, REPSOC, 0xffff, 52 << 8);
	kunit_irq_line_raise(c->line, STATUS_SMX);
	KUNIT_EXPECT_EQ_MSG(test, interrupts(c), 2, "interrupts for two alerts");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, STATUS), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, SALRT_TH), 53 << 8 | 51);

	kunit_regfile_set(c->rf, REPSOC, 0xffff, 0);
	kunit_irq_line_raise(c->line, STATUS_SMN);
	KUNIT_EXPECT_EQ_MSG(test, interrupts(c), 3, "interrupts for three alerts");
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, SALRT_TH), 1 << 8 | 0,
			    "there is nothing below 0 %%");
}

/* Other drivers may use the line after this one is unbound. */
static void max17042_unbound(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	kunit_dut_unbind(c->dut);
	kunit_irq_line_raise(c->line, STATUS_VMX);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(c->line),
			       "the gauge interrupts after its driver was unbound");
}

/*
 * Alerts are cleared, but other bits of STATUS are not: a gauge which has lost its power must
 * be initialised again by the next probe.
 */
static void max17042_keeps_reset(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	bind(test);
	kunit_regfile_set(c->rf, STATUS, STATUS_POR | STATUS_BST, STATUS_POR | STATUS_BST);
	kunit_irq_line_raise(c->line, STATUS_VMX);
	KUNIT_EXPECT_EQ(test, interrupts(c), 1);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, STATUS), STATUS_POR | STATUS_BST,
			    "an alert clears what is not an alert");
}

static void charge_falls(struct kunit_regfile *rf, void *data)
{
	struct kunit_i2c_client *c = data;

	kunit_regfile_set(rf, REPSOC, 0xffff, 48 << 8);
	kunit_irq_line_raise(c->line, STATUS_SMN);
}

/* An alert after the read of the status is handled as another one. */
static void max17042_alert_behind_read(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	bind(test);
	kunit_regfile_after(c->rf, KUNIT_REGFILE_READ, STATUS, charge_falls, c);
	kunit_irq_line_raise(c->line, STATUS_VMX);
	KUNIT_EXPECT_EQ_MSG(test, interrupts(c), 2, "interrupts for two alerts");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, STATUS), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, SALRT_TH), 49 << 8 | 47,
			    "the thresholds around the new state of charge");
}

static void max17042_read_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	bind(test);
	kunit_regfile_fail(c->rf, 1, -EIO);
	kunit_irq_line_raise(c->line, STATUS_SMN);
	KUNIT_EXPECT_EQ(test, interrupts(c), 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, STATUS), 0);
}

static void fail_next(struct kunit_regfile *rf, void *data)
{
	kunit_regfile_fail(rf, 1, -EIO);
}

/* The thresholds are not set around a state of charge which could not be read. */
static void max17042_soc_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	bind(test);
	kunit_regfile_set(c->rf, REPSOC, 0xffff, 48 << 8);
	kunit_regfile_after(c->rf, KUNIT_REGFILE_READ, STATUS, fail_next, NULL);
	kunit_irq_line_raise(c->line, STATUS_SMN);
	KUNIT_EXPECT_EQ_MSG(test, interrupts(c), 2,
			    "interrupts for an alert which could not be handled once");
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, SALRT_TH), 49 << 8 | 47,
			    "the thresholds around the new state of charge");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, STATUS), 0);
}

/* The line is shared, and the driver does not claim interrupts of other devices. */
static void max17042_not_mine(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	wait_for_power_supply(test);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, 0), 0,
			    "an interrupt of another device is claimed");
	kunit_regfile_set(c->rf, STATUS, STATUS_POR | STATUS_BST, STATUS_POR | STATUS_BST);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, 0), 0,
			    "an interrupt is claimed for a bit which is not an alert");
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, STATUS_VMX), 1,
			    "an interrupt of the device is not claimed");
}

/* Both temperatures are in one register, as signed bytes: the maximum is the upper one. */
static void max17042_temp_alerts(struct kunit *test)
{
	static const struct {
		enum power_supply_property psp;
		int val;
		u16 before;
		int ret;
		u16 after;
	} sets[] = {
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MIN, -100, 0x3200, 0, 0x32f6 },
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MIN, 50, 0x32f6, 0, 0x3205 },
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MAX, 600, 0x32f6, 0, 0x3cf6 },
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MAX, -50, 0x32f6, 0, 0xfbf6 },
		/* Not below the maximum, and not above the minimum */
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MIN, 600, 0x3200, 0, 0x3231 },
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MAX, -600, 0x3200, 0, 0x0100 },
		/* Beyond a signed byte */
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MIN, -1290, 0x3200, -EINVAL, 0x3200 },
		{ POWER_SUPPLY_PROP_TEMP_ALERT_MAX, 1280, 0x3200, -EINVAL, 0x3200 },
	};
	struct kunit_i2c_client *c = test->priv;
	struct power_supply *psy;

	bind(test);
	psy = power_supply_get_by_name("max170xx_battery");
	KUNIT_ASSERT_NOT_NULL(test, psy);
	for (int i = 0; i < ARRAY_SIZE(sets); i++) {
		union power_supply_propval val = { .intval = sets[i].val };

		kunit_regfile_set(c->rf, TALRT_TH, 0xffff, sets[i].before);
		KUNIT_EXPECT_EQ_MSG(test, power_supply_set_property(psy, sets[i].psp, &val),
				    sets[i].ret, "%d tenths of a degree", sets[i].val);
		KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, TALRT_TH), sets[i].after,
				    "alerts after %d tenths of a degree, and 0x%04x before",
				    sets[i].val, sets[i].before);
	}
	power_supply_put(psy);
}

/*
 * An alert in suspend wakes the system, and is handled after resume, as the I2C adapter may
 * be suspended. The state of charge may change meanwhile, with or without an alert.
 */
static void max17042_suspended(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct irq_data *line = irq_get_irq_data(kunit_irq_line_irq(c->line));
	struct device *dev = &c->client->dev;
	const struct dev_pm_ops *pm;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "there is no suspend without CONFIG_PM_SLEEP");

	bind(test);
	pm = dev->driver->pm;
	KUNIT_ASSERT_EQ(test, pm->suspend(dev), 0);
	KUNIT_EXPECT_TRUE_MSG(test, irqd_is_wakeup_set(line), "an alert does not wake the system");
	kunit_regfile_set(c->rf, REPSOC, 0xffff, 48 << 8);
	kunit_irq_line_raise(c->line, STATUS_SMN);
	KUNIT_EXPECT_EQ_MSG(test, interrupts(c), 0, "the driver is interrupted while suspended");
	KUNIT_ASSERT_EQ(test, pm->resume(dev), 0);
	KUNIT_EXPECT_FALSE_MSG(test, irqd_is_wakeup_set(line),
			       "alerts are left as a wakeup source");
	KUNIT_EXPECT_EQ(test, interrupts(c), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, STATUS), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, SALRT_TH), 49 << 8 | 47);

	KUNIT_ASSERT_EQ(test, pm->suspend(dev), 0);
	kunit_regfile_set(c->rf, REPSOC, 0xffff, 60 << 8);
	KUNIT_ASSERT_EQ(test, pm->resume(dev), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(c->rf, SALRT_TH), 61 << 8 | 59,
			    "the thresholds around the new state of charge");
	KUNIT_EXPECT_EQ(test, interrupts(c), 1);
}

static void max17042_probe_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_EXPECT_GT(test, kunit_dut_fail_each_access(c->dut), 0);
}

static void max17042_unbind_under_fire(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	kunit_dut_unbind_under_fire(c->dut, STATUS_VMX, 5);
}

static void max17042_affinity(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	wait_for_power_supply(test);
	kunit_dut_affinity_under_fire(c->dut, STATUS_VMX, 2);
}

static void max17042_hotplug(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	wait_for_power_supply(test);
	kunit_dut_hotplug_under_fire(c->dut, STATUS_VMX);
}

static struct kunit_case max17042_test_cases[] = {
	KUNIT_CASE(max17042_trigger_type),
	KUNIT_CASE(max17042_alert),
	KUNIT_CASE(max17042_unbound),
	KUNIT_CASE(max17042_keeps_reset),
	KUNIT_CASE(max17042_alert_behind_read),
	KUNIT_CASE(max17042_read_fails),
	KUNIT_CASE(max17042_soc_fails),
	KUNIT_CASE(max17042_not_mine),
	KUNIT_CASE(max17042_temp_alerts),
	KUNIT_CASE(max17042_suspended),
	KUNIT_CASE(max17042_probe_fails),
	KUNIT_CASE(max17042_unbind_under_fire),
	KUNIT_CASE(max17042_affinity),
	KUNIT_CASE(max17042_hotplug),
	{ }
};

static struct kunit_suite max17042_test_suite = {
	.name = "max17042_battery",
	.init = max17042_test_init,
	.test_cases = max17042_test_cases,
};

kunit_test_suite(max17042_test_suite);

MODULE_DESCRIPTION("KUnit test for the alerts of max17042_battery");
MODULE_LICENSE("GPL");
