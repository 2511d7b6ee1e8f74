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
#define STATUS_SMN	BIT(10)
#define STATUS_VMX	BIT(12)
#define STATUS_SMX	BIT(14)
#define STATUS_ALERTS	0x7f80
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
	KUNIT_CASE(max17042_alert_behind_read),
	KUNIT_CASE(max17042_read_fails),
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
