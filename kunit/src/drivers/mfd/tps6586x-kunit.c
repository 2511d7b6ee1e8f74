// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of the TPS6586x
 *
 * The unmodified core driver runs on a model of the PMIC: an event sets a bit in the
 * read-to-clear registers INT_ACK1 to INT_ACK4. The interrupt is low while a bit is set
 * which is not masked in INT_MASK1 to INT_MASK5. Mask and event bits have different
 * positions.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/mfd/tps6586x.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/irq.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#define INT_MASK1	0xb0
#define INT_MASK2	0xb1
#define INT_MASK3	0xb2
#define INT_MASK4	0xb3
#define INT_MASK5	0xb4
#define INT_ACK1	0xb5
#define INT_ACK4	0xb8
#define VERSIONCRC	0xcd

/* Bits of kunit_irq_line_raise() */
#define ALARM		BIT(TPS6586X_INT_RTC_ALM1)
#define USB		BIT(TPS6586X_INT_USB_DET)

/* Bits of INT_MASK5 */
#define MASK5_ALARM	BIT(4)
#define MASK5_USB	BIT(2)

/**
 * struct tps6586x_test - fixture
 * @c:		the PMIC
 * @pdata:	platform data
 * @line:	how to create the interrupt line
 * @refuse:	error with which the request of the interrupt is refused, or 0
 * @too_late:	how often the interrupt was freed after the domain, which its handler uses
 * @handled:	runs of the handler of the requested event
 */
struct tps6586x_test {
	struct kunit_i2c_client		*c;
	struct tps6586x_platform_data	pdata;
	struct kunit_irq_line_info	line;
	int				refuse;
	unsigned int			too_late;
	atomic_t			handled;
};

static const struct kunit_reg tps6586x_regs[] = {
	KUNIT_REGS(INT_MASK1, INT_MASK5, 0xff),
	{ .first = INT_ACK1, .last = INT_ACK4, .ro = U32_MAX, .rc = U32_MAX },
	KUNIT_REG_RO(VERSIONCRC, TPS658621A),
};

/* By bit in the acknowledge registers. Some events are several conditions. */
static const struct {
	u8	reg;
	u8	bits;
} tps6586x_masks[] = {
	[TPS6586X_INT_PLDO_0]		= { INT_MASK1, BIT(0) },
	[TPS6586X_INT_PLDO_1]		= { INT_MASK1, BIT(1) },
	[TPS6586X_INT_PLDO_2]		= { INT_MASK1, BIT(2) },
	[TPS6586X_INT_PLDO_3]		= { INT_MASK1, BIT(3) },
	[TPS6586X_INT_PLDO_4]		= { INT_MASK1, BIT(4) },
	[TPS6586X_INT_PLDO_5]		= { INT_MASK1, BIT(5) },
	[TPS6586X_INT_PLDO_6]		= { INT_MASK1, BIT(6) },
	[TPS6586X_INT_PLDO_7]		= { INT_MASK1, BIT(7) },
	[TPS6586X_INT_COMP_DET]		= { INT_MASK4, BIT(0) },
	[TPS6586X_INT_ADC]		= { INT_MASK2, BIT(1) },
	[TPS6586X_INT_PLDO_8]		= { INT_MASK2, BIT(2) },
	[TPS6586X_INT_PLDO_9]		= { INT_MASK2, BIT(3) },
	[TPS6586X_INT_PSM_0]		= { INT_MASK2, BIT(4) },
	[TPS6586X_INT_PSM_1]		= { INT_MASK2, BIT(5) },
	[TPS6586X_INT_PSM_2]		= { INT_MASK2, BIT(6) },
	[TPS6586X_INT_PSM_3]		= { INT_MASK2, BIT(7) },
	[TPS6586X_INT_RTC_ALM1]		= { INT_MASK5, MASK5_ALARM },
	[TPS6586X_INT_ACUSB_OVP]	= { INT_MASK5, BIT(0) | BIT(1) },
	[TPS6586X_INT_USB_DET]		= { INT_MASK5, MASK5_USB },
	[TPS6586X_INT_AC_DET]		= { INT_MASK5, BIT(3) },
	[TPS6586X_INT_BAT_DET]		= { INT_MASK3, BIT(0) },
	[TPS6586X_INT_CHG_STAT]		= { INT_MASK4, GENMASK(7, 2) },
	[TPS6586X_INT_CHG_TEMP]		= { INT_MASK3, BIT(1) | BIT(2) },
	[TPS6586X_INT_PP]		= { INT_MASK3, GENMASK(7, 4) },
	[TPS6586X_INT_RESUME]		= { INT_MASK5, BIT(5) },
	[TPS6586X_INT_LOW_SYS]		= { INT_MASK5, BIT(6) },
	[TPS6586X_INT_RTC_ALM2]		= { INT_MASK4, BIT(1) },
};

static bool tps6586x_asserted(struct kunit_regfile *rf)
{
	for (int i = 0; i < ARRAY_SIZE(tps6586x_masks); i++) {
		if (rf->val[INT_ACK1 + i / 8] & BIT(i % 8) &&
		    tps6586x_masks[i].bits & ~rf->val[tps6586x_masks[i].reg])
			return true;
	}
	return false;
}

static void tps6586x_event(struct kunit_regfile *rf, u64 bits)
{
	for (int i = 0; i <= INT_ACK4 - INT_ACK1; i++)
		rf->val[INT_ACK1 + i] |= bits >> 8 * i & 0xff;
}

static const struct kunit_regfile_model tps6586x_model = {
	.regs		= tps6586x_regs,
	.num_regs	= ARRAY_SIZE(tps6586x_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.asserted	= tps6586x_asserted,
	.event		= tps6586x_event,
};

static int tps6586x_requested(struct kunit_irq_line *line, void *data)
{
	struct tps6586x_test *t = data;

	return t->refuse;
}

/* The domain from which a device with a reference to the PMIC's node gets interrupts. */
static struct irq_domain *find_domain(struct tps6586x_test *t)
{
	return irq_find_matching_fwnode(dev_fwnode(&t->c->client->dev), DOMAIN_BUS_ANY);
}

static void tps6586x_released(struct kunit_irq_line *line, void *data)
{
	struct tps6586x_test *t = data;

	t->too_late += !find_domain(t);
}

/* The interrupts of the PMIC are found by its node, which needs a property to exist */
static const struct property_entry tps6586x_properties[] = {
	PROPERTY_ENTRY_BOOL("interrupt-controller"),
	{ }
};

static int tps6586x_init(struct kunit *test)
{
	static const char * const cells[] = {
		"tps6586x-gpio", "tps6586x-regulator", "tps6586x-rtc", "tps6586x-onkey",
	};
	struct tps6586x_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct kunit_i2c_info info = {
		.driver		= "tps6586x",
		.type		= "tps6586x",
		.addr		= 0x34,
		.model		= &tps6586x_model,
		.trigger	= IRQ_TYPE_LEVEL_LOW,
		.properties	= tps6586x_properties,
	};

	/* Drivers of cells use registers which are not modelled, and request the alarm */
	for (int i = 0; i < ARRAY_SIZE(cells); i++) {
		if (driver_find(cells[i], &platform_bus_type))
			kunit_skip(test, "%s is there, and this is about the core alone", cells[i]);
	}

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->line.requested = tps6586x_requested;
	t->line.released = tps6586x_released;
	t->line.data = t;
	info.line = &t->line;
	info.platform_data = &t->pdata;
	t->c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
	return 0;
}

static void bind(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
}

static irqreturn_t event_handler(int irq, void *data)
{
	struct tps6586x_test *t = data;

	atomic_inc(&t->handled);
	return IRQ_HANDLED;
}

static int request_event(struct kunit *test, int event)
{
	struct tps6586x_test *t = test->priv;
	int irq = tps6586x_irq_get_virq(&t->c->client->dev, event);

	KUNIT_ASSERT_GT(test, irq, 0);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, irq, NULL, event_handler,
							 IRQF_ONESHOT, "tps6586x-kunit", t), 0);
	return irq;
}

/* Request the alarm, as the RTC driver does. */
static int request(struct kunit *test)
{
	return request_event(test, TPS6586X_INT_RTC_ALM1);
}

static void expect_handled(struct kunit *test, int handled)
{
	struct tps6586x_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->c->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), handled);
}

/* Only requested events are enabled and handled. */
static void tps6586x_events(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	bind(test);
	request(test);
	for (int i = INT_MASK1; i < INT_MASK5; i++)
		KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->c->rf, i), 0xff,
				    "INT_MASK%d", i - INT_MASK1 + 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, INT_MASK5), 0xff & ~MASK5_ALARM);

	for (int i = 1; i <= 3; i++) {
		kunit_irq_line_raise(t->c->line, ALARM);
		expect_handled(test, i);
	}
	kunit_irq_line_raise(t->c->line, USB);
	expect_handled(test, 3);
	/* The unhandled USB event is acknowledged along with the next alarm */
	kunit_irq_line_raise(t->c->line, ALARM);
	expect_handled(test, 4);
}

/* Each event has its own interrupt, and its own mask bits. */
static void tps6586x_each(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	bind(test);
	for (int event = 0; event < ARRAY_SIZE(tps6586x_masks); event++) {
		int irq = request_event(test, event);
		int before = atomic_read(&t->handled);

		for (int reg = INT_MASK1; reg <= INT_MASK5; reg++) {
			u8 own = reg == tps6586x_masks[event].reg ? tps6586x_masks[event].bits : 0;

			KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->c->rf, reg), 0xff & ~own,
					    "INT_MASK%d, with event %d requested",
					    reg - INT_MASK1 + 1, event);
		}
		kunit_irq_line_raise(t->c->line, BIT(event));
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->c->line), 0);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->handled) - before, 1,
				    "runs of the handler of event %d", event);
		KUNIT_ASSERT_EQ(test, kunit_free_irq(test, irq, t), 0);
	}
}

/* The firmware has left events enabled and pending. */
static void tps6586x_pending(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	kunit_regfile_set(t->c->rf, INT_MASK5, MASK5_USB | MASK5_ALARM, 0);
	kunit_irq_line_raise(t->c->line, USB | ALARM);
	bind(test);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, INT_MASK5), 0xff);
	request(test);
	expect_handled(test, 0);
	kunit_irq_line_raise(t->c->line, ALARM);
	expect_handled(test, 1);
}

/*
 * An alarm which wakes the system arrives while the I2C adapter is still suspended. It is
 * handled only once the driver has resumed.
 */
static void tps6586x_suspended(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;
	struct device *dev = &t->c->client->dev;
	unsigned int before;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "drivers have no suspend without CONFIG_PM_SLEEP");

	bind(test);
	request(test);
	KUNIT_ASSERT_EQ(test, dev->driver->pm->suspend(dev), 0);
	before = kunit_regfile_transfers(t->c->rf);
	kunit_irq_line_raise(t->c->line, ALARM);
	kunit_irq_line_settle(t->c->line);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_transfers(t->c->rf), before,
			    "the driver uses the I2C adapter while it is suspended");
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 0);

	KUNIT_ASSERT_EQ(test, dev->driver->pm->resume(dev), 0);
	expect_handled(test, 1);
}

/* The interrupts of the PMIC are removed when the driver is unbound. */
static void tps6586x_unbound(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;
	int irq;

	bind(test);
	irq = tps6586x_irq_get_virq(&t->c->client->dev, TPS6586X_INT_RTC_ALM1);
	KUNIT_ASSERT_GT(test, irq, 0);
	kunit_dut_unbind(t->c->dut);
	KUNIT_EXPECT_NULL_MSG(test, irq_get_irq_data(irq),
			      "an interrupt of the PMIC is left, with the memory of the driver");
}

/* The handler of the PMIC finds the interrupts of the PMIC: they are removed behind it. */
static void tps6586x_remove_order(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	bind(test);
	kunit_dut_unbind(t->c->dut);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_requested(t->c->line));
	KUNIT_EXPECT_EQ_MSG(test, t->too_late, 0,
			    "the interrupts of the PMIC are gone before its handler");
}

/* An event whose interrupt was freed does not interrupt any more. */
static void tps6586x_freed(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;
	unsigned int before;
	int irq;

	bind(test);
	irq = request(test);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, INT_MASK5), 0xff & ~MASK5_ALARM);
	KUNIT_ASSERT_EQ(test, kunit_free_irq(test, irq, t), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->c->rf, INT_MASK5), 0xff,
			    "the freed interrupt is not masked");
	before = kunit_regfile_transfers(t->c->rf);
	kunit_irq_line_raise(t->c->line, ALARM);
	expect_handled(test, 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_transfers(t->c->rf), before,
			    "the PMIC interrupts");
}

/* The interrupts of the PMIC are removed if probe fails after their creation. */
static void tps6586x_refused(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	t->refuse = -EBUSY;
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->c->dut), -EBUSY);
	KUNIT_EXPECT_NULL_MSG(test, find_domain(t),
			      "the interrupts of the PMIC are left, with the memory of the driver");

	t->refuse = 0;
	bind(test);
	KUNIT_EXPECT_NOT_NULL(test, find_domain(t));
	kunit_dut_unbind(t->c->dut);
	KUNIT_EXPECT_NULL(test, find_domain(t));
}

/* The same if any allocation in probe fails. */
static void tps6586x_allocations_fail(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	KUNIT_EXPECT_GE(test, kunit_dut_fail_each_allocation(t->c->dut), 5);
	KUNIT_EXPECT_NULL_MSG(test, find_domain(t),
			      "the interrupts of the PMIC are left, with the memory of the driver");
}

/* A wakeup event wakes the system through the interrupt of the PMIC. */
static void tps6586x_wakes(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;
	struct irq_data *line = irq_get_irq_data(kunit_irq_line_irq(t->c->line));
	int irq;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "there are no wakeups without CONFIG_PM_SLEEP");

	bind(test);
	irq = request(test);
	KUNIT_ASSERT_EQ(test, enable_irq_wake(irq), 0);
	KUNIT_EXPECT_TRUE(test, irqd_is_wakeup_set(line));
	KUNIT_EXPECT_EQ(test, disable_irq_wake(irq), 0);
	KUNIT_EXPECT_FALSE(test, irqd_is_wakeup_set(line));
}

static void tps6586x_read_fails(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	bind(test);
	request(test);
	kunit_regfile_fail(t->c->rf, 1, -EIO);
	kunit_irq_line_raise(t->c->line, ALARM);
	kunit_irq_line_settle(t->c->line);
	expect_handled(test, 1);
}

static void tps6586x_bind_again(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;

	kunit_dut_bind_again(t->c->dut, 3);
}

static void tps6586x_probe_fails(struct kunit *test)
{
	struct tps6586x_test *t = test->priv;
	unsigned int accesses = kunit_dut_count_accesses(t->c->dut);

	KUNIT_EXPECT_GT(test, accesses, 0);
	/* The driver warns when it cannot write a mask */
	kunit_warning_suppress(test)
		KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->c->dut), accesses);
}

static struct kunit_case tps6586x_cases[] = {
	KUNIT_CASE(tps6586x_events),
	KUNIT_CASE(tps6586x_each),
	KUNIT_CASE(tps6586x_pending),
	KUNIT_CASE(tps6586x_suspended),
	KUNIT_CASE(tps6586x_unbound),
	KUNIT_CASE(tps6586x_remove_order),
	KUNIT_CASE(tps6586x_freed),
	KUNIT_CASE(tps6586x_refused),
	KUNIT_CASE(tps6586x_allocations_fail),
	KUNIT_CASE(tps6586x_wakes),
	KUNIT_CASE(tps6586x_read_fails),
	KUNIT_CASE(tps6586x_bind_again),
	KUNIT_CASE(tps6586x_probe_fails),
	{ }
};

static struct kunit_suite tps6586x_suite = {
	.name = "tps6586x",
	.init = tps6586x_init,
	.test_cases = tps6586x_cases,
};

kunit_test_suite(tps6586x_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of the TPS6586x");
MODULE_LICENSE("GPL");
