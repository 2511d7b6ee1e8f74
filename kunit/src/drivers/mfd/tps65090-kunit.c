// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of the TPS65090 and of its charger
 *
 * Both unmodified drivers run on a model of the PMIC: the core driver registers an
 * interrupt controller with regmap-irq, and the charger is a child device with one of
 * its interrupts. An event sets a bit in INTR_STS, which is cleared by writing 0 to
 * it, and the interrupt is low while a bit is set which INTR_MASK enables. Bit 0 of
 * INTR_STS is set if there is any event.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/mfd/tps65090.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>
#include <linux/regmap.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/irq.h>
#include <kunit/test.h>

/* INTR_STS and INTR_MASK */
#define ANY		BIT(0)
#define VACG		BIT(1)
#define VBATG		BIT(3)

/* CG_CTRL0 */
#define CHARGE		BIT(0)

static const struct kunit_reg tps65090_regs[] = {
	KUNIT_REGS(TPS65090_REG_INTR_STS, TPS65090_REG_CG_CTRL5, 0),
	{ .first = TPS65090_REG_CG_STATUS1, .last = TPS65090_REG_CG_STATUS2, .ro = U32_MAX },
	KUNIT_REGS(TPS65090_REG_CG_STATUS2 + 1, TPS65090_MAX_REG, 0),
};

static bool tps65090_asserted(struct kunit_regfile *rf)
{
	return (rf->val[TPS65090_REG_INTR_STS] & rf->val[TPS65090_REG_INTR_MASK] & ~ANY) ||
	       rf->val[TPS65090_REG_INTR_STS2] & rf->val[TPS65090_REG_INTR_MASK2];
}

static void tps65090_read_reg(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	if (reg == TPS65090_REG_INTR_STS && tps65090_asserted(rf))
		*val |= ANY;
}

static void tps65090_write_reg(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	if (reg == TPS65090_REG_INTR_STS || reg == TPS65090_REG_INTR_STS2)
		*val &= rf->val[reg];
}

/* @bits: the lower byte is for INTR_STS, the upper byte for INTR_STS2. */
static void tps65090_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[TPS65090_REG_INTR_STS] |= bits & 0xff & ~ANY;
	rf->val[TPS65090_REG_INTR_STS2] |= bits >> 8 & 0xff;
}

static const struct kunit_regfile_model tps65090_model = {
	.regs		= tps65090_regs,
	.num_regs	= ARRAY_SIZE(tps65090_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.read		= tps65090_read_reg,
	.write		= tps65090_write_reg,
	.asserted	= tps65090_asserted,
	.event		= tps65090_event,
};

static struct tps65090_platform_data tps65090_pdata;

static const struct kunit_i2c_info tps65090_info = {
	.driver		= "tps65090",
	.type		= "tps65090",
	.addr		= 0x48,
	.model		= &tps65090_model,
	.trigger	= IRQ_TYPE_LEVEL_LOW,
	.platform_data	= &tps65090_pdata,
};

static int tps65090_init(struct kunit *test)
{
	test->priv = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test),
					     &tps65090_info);
	return 0;
}

/* Cases about the charger need its driver, which may be a separate module. */
static void need_charger(struct kunit *test)
{
	if (!driver_find("tps65090-charger", &platform_bus_type))
		kunit_skip(test, "the driver of the charger is not loaded: tps65090-charger");
}

static bool has_charger(void)
{
	struct power_supply *psy = power_supply_get_by_name("tps65090-ac");

	if (psy)
		power_supply_put(psy);
	return psy;
}

static int ac_online(struct kunit *test)
{
	struct power_supply *psy = power_supply_get_by_name("tps65090-ac");
	union power_supply_propval val = { .intval = -1 };

	KUNIT_ASSERT_NOT_NULL(test, psy);
	KUNIT_EXPECT_EQ(test, power_supply_get_property(psy, POWER_SUPPLY_PROP_ONLINE, &val), 0);
	power_supply_put(psy);
	return val.intval;
}

/* Only the interrupt which the charger has requested is enabled. */
static void tps65090_enabled(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	need_charger(test);
	/* The firmware may have left interrupts enabled */
	kunit_regfile_set(c->rf, TPS65090_REG_INTR_MASK, 0xff, 0xfe);
	kunit_regfile_set(c->rf, TPS65090_REG_INTR_MASK2, 0xff, 0xff);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, TPS65090_REG_INTR_MASK), VACG);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, TPS65090_REG_INTR_MASK2), 0);
}

/* When the adapter is plugged in, the battery is charged and the event acknowledged. */
static void tps65090_plugged(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	need_charger(test);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	KUNIT_EXPECT_EQ(test, ac_online(test), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, TPS65090_REG_CG_CTRL0) & CHARGE, 0);

	kunit_irq_line_raise(c->line, VACG);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ(test, ac_online(test), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, TPS65090_REG_CG_CTRL0) & CHARGE, CHARGE);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, TPS65090_REG_INTR_STS), 0);
}

/* The adapter was plugged in before probe. */
static void tps65090_plugged_before(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	need_charger(test);
	kunit_regfile_set(c->rf, TPS65090_REG_CG_STATUS1, 0xff, 0x01);
	kunit_irq_line_raise(c->line, VACG);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ(test, ac_online(test), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, TPS65090_REG_CG_CTRL0) & CHARGE, CHARGE);
}

/* Events which are not requested neither interrupt nor reach the charger. */
static void tps65090_others(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	unsigned int before;

	need_charger(test);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	before = kunit_regfile_count(c->rf, KUNIT_REGFILE_READ, TPS65090_REG_CG_STATUS1);
	kunit_irq_line_raise(c->line, VBATG | 0xff00);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, 0), 0,
			    "an interrupt of another device is claimed");
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(c->rf, KUNIT_REGFILE_READ,
						  TPS65090_REG_CG_STATUS1), before);
	KUNIT_EXPECT_EQ(test, ac_online(test), 0);
}

/**
 * struct tps65090_user - user of the interrupt of an event
 * @pmic:	data of the core driver
 * @handled:	runs of the handler
 */
struct tps65090_user {
	struct tps65090	*pmic;
	atomic_t	handled;
};

/* Like the charger, the handler acknowledges its event and all others. */
static irqreturn_t user_handler(int irq, void *data)
{
	struct tps65090_user *user = data;

	atomic_inc(&user->handled);
	regmap_write(user->pmic->rmap, TPS65090_REG_INTR_STS, 0);
	regmap_write(user->pmic->rmap, TPS65090_REG_INTR_STS2, 0);
	return IRQ_HANDLED;
}

/* Acknowledge only the event of the battery. */
static irqreturn_t battery_handler(int irq, void *data)
{
	struct tps65090_user *user = data;

	regmap_write(user->pmic->rmap, TPS65090_REG_INTR_STS, 0xff & ~VBATG);
	atomic_inc(&user->handled);
	return IRQ_HANDLED;
}

/* Each event has its own interrupt, and the bit with its number. */
static void tps65090_each(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct tps65090_user *users;
	struct tps65090 *pmic;

	users = kunit_kcalloc(test, TPS65090_IRQ_OVERLOAD_FET7 + 1, sizeof(*users), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, users);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	pmic = i2c_get_clientdata(c->client);

	/* The first interrupt belongs to the charger */
	for (int i = TPS65090_IRQ_VSYS_STATUS_CHANGE; i <= TPS65090_IRQ_OVERLOAD_FET7; i++) {
		int irq = regmap_irq_get_virq(pmic->irq_data, i);

		KUNIT_ASSERT_GT_MSG(test, irq, 0, "interrupt %d", i);
		users[i].pmic = pmic;
		KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, irq, NULL, user_handler,
								 IRQF_ONESHOT, "tps65090-kunit",
								 &users[i]), 0);
	}

	for (int i = TPS65090_IRQ_VSYS_STATUS_CHANGE; i <= TPS65090_IRQ_OVERLOAD_FET7; i++) {
		kunit_irq_line_raise(c->line, BIT(i));
		KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_settle(c->line), 0, "event %d", i);
		for (int j = TPS65090_IRQ_VSYS_STATUS_CHANGE; j <= TPS65090_IRQ_OVERLOAD_FET7; j++)
			KUNIT_EXPECT_EQ_MSG(test, atomic_read(&users[j].handled), j <= i,
					    "interrupt %d, after event %d", j, i);
	}
}

/* The interrupt is a level: after a failed read of the events it is still there. */
static void tps65090_read_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	need_charger(test);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	kunit_regfile_fail(c->rf, 1, -EIO);
	kunit_irq_line_raise(c->line, VACG);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_settle(c->line), 0, "the event is not handled");
	KUNIT_EXPECT_EQ(test, ac_online(test), 1);
}

static void plug(struct kunit_regfile *rf, void *data)
{
	struct kunit_i2c_client *c = data;

	kunit_irq_line_raise(c->line, VACG);
}

/* The adapter is plugged in while the interrupt is low for an event of another user. */
static void tps65090_plugged_in_handler(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	struct tps65090_user *user = kunit_kzalloc(test, sizeof(*user), GFP_KERNEL);
	int irq;

	need_charger(test);
	KUNIT_ASSERT_NOT_NULL(test, user);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	user->pmic = i2c_get_clientdata(c->client);
	irq = regmap_irq_get_virq(user->pmic->irq_data, TPS65090_IRQ_BAT_STATUS_CHANGE);
	KUNIT_ASSERT_GT(test, irq, 0);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, irq, NULL, battery_handler,
							 IRQF_ONESHOT, "tps65090-kunit", user), 0);

	/* The events of the interrupt have been read */
	kunit_regfile_after(c->rf, KUNIT_REGFILE_READ, TPS65090_REG_INTR_STS2, plug, c);
	kunit_irq_line_raise(c->line, VBATG);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_settle(c->line), 0, "the event is not handled");
	KUNIT_EXPECT_EQ(test, atomic_read(&user->handled), 1);
	KUNIT_EXPECT_EQ(test, ac_online(test), 1);
}

/* One chip has no interrupt; the charger of the next one, which has one, gets it. */
static void tps65090_without_interrupt(struct kunit *test)
{
	struct kunit_i2c_info info = tps65090_info;
	struct kunit_i2c_client *c;

	info.trigger = 0;
	c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	kunit_dut_unbind(c->dut);

	tps65090_plugged(test);
}

static void tps65090_bind_again(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	kunit_dut_bind_again(c->dut, 3);
}

static void tps65090_probe_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_EXPECT_GT(test, kunit_dut_fail_each_access(c->dut), 0);
}

/* Any access of the probe of the charger fails: without it, its interrupt is not enabled. */
static void tps65090_charger_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	unsigned int accesses, without = 0;

	need_charger(test);
	accesses = kunit_dut_count_accesses(c->dut);
	for (unsigned int nr = 1; nr <= accesses; nr++) {
		kunit_regfile_fail(c->rf, nr, -EIO);
		if (!kunit_dut_bind(c->dut) && !has_charger()) {
			u32 enabled = kunit_regfile_get(c->rf, TPS65090_REG_INTR_MASK);

			without++;
			KUNIT_EXPECT_EQ_MSG(test, enabled, 0,
					    "enabled without a handler, as access %u of %u failed",
					    nr, accesses);
		}
		kunit_dut_unbind(c->dut);
		kunit_regfile_disarm(c->rf);
	}
	KUNIT_EXPECT_GT_MSG(test, without, 0, "no access of the probe of the charger has failed");
}

static struct kunit_case tps65090_cases[] = {
	KUNIT_CASE(tps65090_enabled),
	KUNIT_CASE(tps65090_bind_again),
	KUNIT_CASE(tps65090_others),
	KUNIT_CASE(tps65090_plugged),
	KUNIT_CASE(tps65090_plugged_before),
	KUNIT_CASE(tps65090_plugged_in_handler),
	KUNIT_CASE(tps65090_read_fails),
	KUNIT_CASE(tps65090_each),
	KUNIT_CASE(tps65090_without_interrupt),
	KUNIT_CASE(tps65090_probe_fails),
	KUNIT_CASE(tps65090_charger_fails),
	{ }
};

static struct kunit_suite tps65090_suite = {
	.name = "tps65090",
	.init = tps65090_init,
	.test_cases = tps65090_cases,
};

kunit_test_suite(tps65090_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of the TPS65090");
MODULE_LICENSE("GPL");
