// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of the DA9211 and its siblings
 *
 * The unmodified driver runs on a model of the chip: its registers are in pages, the
 * first of which has the write-1-to-clear events. The interrupt is low while an unmasked
 * event is set. Bit SLAVE_SEL of CONFIG_E is set if there are two bucks.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/notifier.h>
#include <linux/regulator/consumer.h>
#include <linux/regulator/da9211.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include "da9211-regulator.h"

#define DEVICE_ID	0x22

/* Page of a register, and offset within it */
#define PAGE(_reg)	((_reg) >> 8)
#define OFFSET(_reg)	((_reg) & 0xff)

/* Values of CONFIG_E, the only register outside the first page */
#define CONFIG_E_ONE	0
#define CONFIG_E_TWO	DA9211_SLAVE_SEL

/**
 * struct da9211_test - fixture
 * @c:		the chip
 * @pdata:	platform data
 * @bucks:	the consumed regulators
 * @nb:		their notifiers
 * @notified:	calls of the notifiers with an over-current
 * @again:	events raised during the first notification of each buck
 * @handled:	interrupts which the test has already accounted for
 * @late:	the regulator did not exist when the interrupt was requested
 */
struct da9211_test {
	struct kunit_i2c_client	*c;
	struct da9211_pdata	pdata;
	struct regulator	*bucks[DA9211_MAX_REGULATORS];
	struct notifier_block	nb[DA9211_MAX_REGULATORS];
	atomic_t		notified[DA9211_MAX_REGULATORS];
	u64			again[DA9211_MAX_REGULATORS];
	unsigned int		handled;
	bool			late;
};

static const struct kunit_reg da9211_regs[] = {
	KUNIT_REGS(DA9211_REG_PAGE_CON, 0xff, 0),
};

static unsigned int da9211_page(struct kunit_regfile *rf)
{
	return (rf->val[DA9211_REG_PAGE_CON] & DA9211_REG_PAGE_MASK) >> DA9211_REG_PAGE_SHIFT;
}

static void da9211_read_reg(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct da9211_test *t = rf->priv;
	unsigned int page = da9211_page(rf);

	if (reg == DA9211_REG_PAGE_CON || !page)
		return;
	*val = 0;
	if (page == PAGE(DA9211_REG_CONFIG_E) && reg == OFFSET(DA9211_REG_CONFIG_E))
		*val = t->pdata.num_buck == 2 ? CONFIG_E_TWO : CONFIG_E_ONE;
	if (page == PAGE(DA9211_REG_DEVICE_ID) && reg == OFFSET(DA9211_REG_DEVICE_ID))
		*val = DEVICE_ID;
}

static void da9211_write_reg(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	if (reg == DA9211_REG_PAGE_CON)
		return;
	if (da9211_page(rf))
		*val = rf->val[reg];
	else if (reg == DA9211_REG_EVENT_A || reg == DA9211_REG_EVENT_B)
		*val = rf->val[reg] & ~*val;
}

static bool da9211_asserted(struct kunit_regfile *rf)
{
	return rf->val[DA9211_REG_EVENT_B] & ~rf->val[DA9211_REG_MASK_B];
}

static void da9211_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[DA9211_REG_EVENT_B] |= bits;
}

static const struct kunit_regfile_model da9211_model = {
	.regs		= da9211_regs,
	.num_regs	= ARRAY_SIZE(da9211_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.read		= da9211_read_reg,
	.write		= da9211_write_reg,
	.asserted	= da9211_asserted,
	.event		= da9211_event,
};

/*
 * The regulator, which the handler uses, must exist once the handler can be called. If
 * not, refuse the interrupt, as the handler would crash the kernel.
 */
static int da9211_requested(struct kunit_irq_line *line, void *data)
{
	struct da9211_test *t = data;
	struct regulator *buck = regulator_get_optional(NULL, "BUCKA");

	t->late = IS_ERR(buck);
	if (t->late)
		return -EBUSY;
	regulator_put(buck);
	return 0;
}

static struct da9211_test *da9211_create(struct kunit *test, int num_buck)
{
	struct da9211_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct kunit_irq_line_info *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);
	struct kunit_i2c_info info = {
		.driver		= "da9211",
		.type		= "da9211",
		.addr		= 0x68,
		.model		= &da9211_model,
		.trigger	= IRQ_TYPE_LEVEL_LOW,
	};

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_NOT_NULL(test, line);
	test->priv = t;
	t->pdata.num_buck = num_buck;
	line->requested = da9211_requested;
	line->data = t;
	info.priv = t;
	info.line = line;
	info.platform_data = &t->pdata;
	t->c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);

	/* Out of reset, everything is masked */
	kunit_regfile_set(t->c->rf, DA9211_REG_MASK_A, 0xff, 0xff);
	kunit_regfile_set(t->c->rf, DA9211_REG_MASK_B, 0xff, 0xff);
	return t;
}

static int da9211_notified(struct da9211_test *t, unsigned int buck, unsigned long event)
{
	if (event != REGULATOR_EVENT_OVER_CURRENT)
		return NOTIFY_DONE;
	atomic_inc(&t->notified[buck]);
	if (t->again[buck])
		kunit_irq_line_raise(t->c->line, t->again[buck]);
	t->again[buck] = 0;
	return NOTIFY_OK;
}

static int da9211_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	return da9211_notified(container_of(nb, struct da9211_test, nb[0]), 0, event);
}

static int da9211_notify_b(struct notifier_block *nb, unsigned long event, void *data)
{
	return da9211_notified(container_of(nb, struct da9211_test, nb[1]), 1, event);
}

static void da9211_bind(struct kunit *test)
{
	struct da9211_test *t = test->priv;
	int ret = kunit_dut_bind(t->c->dut);

	KUNIT_EXPECT_FALSE_MSG(test, t->late,
			       "the interrupt is requested before there is a regulator");
	KUNIT_ASSERT_EQ(test, ret, 0);
}

static void da9211_put(void *data)
{
	struct da9211_test *t = data;

	for (int i = 0; i < t->pdata.num_buck; i++) {
		if (IS_ERR_OR_NULL(t->bucks[i]))
			continue;
		regulator_unregister_notifier(t->bucks[i], &t->nb[i]);
		regulator_put(t->bucks[i]);
	}
}

/* Consume each regulator, with a notifier. */
static void da9211_consume(struct kunit *test)
{
	static const char * const names[] = { "BUCKA", "BUCKB" };
	struct da9211_test *t = test->priv;

	t->nb[0].notifier_call = da9211_notify;
	t->nb[1].notifier_call = da9211_notify_b;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, da9211_put, t), 0);
	for (int i = 0; i < t->pdata.num_buck; i++) {
		t->bucks[i] = regulator_get_optional(NULL, names[i]);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->bucks[i]);
		KUNIT_ASSERT_EQ(test, regulator_register_notifier(t->bucks[i], &t->nb[i]), 0);
	}
}

/* A chip whose driver is bound, with consumers */
static struct da9211_test *da9211_start(struct kunit *test, int num_buck)
{
	struct da9211_test *t = da9211_create(test, num_buck);

	da9211_bind(test);
	da9211_consume(test);
	return t;
}

/* The handler begins with a read of EVENT_B. */
static unsigned int interrupts(struct da9211_test *t)
{
	return kunit_regfile_count(t->c->rf, KUNIT_REGFILE_READ, DA9211_REG_EVENT_B);
}

/* @runs: runs of the handler which have read the events, since the last call */
static void expect_notified(struct kunit *test, int a, int b, unsigned int runs)
{
	struct da9211_test *t = test->priv;

	/* One round for each event, and one for a failed transfer */
	for (int i = 0; i < 3 && kunit_irq_line_settle(t->c->line); i++)
		;
	KUNIT_EXPECT_EQ_MSG(test, interrupts(t) - t->handled, runs, "runs of the handler");
	t->handled = interrupts(t);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->notified[0]), a, "over-currents of BUCKA");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->notified[1]), b, "over-currents of BUCKB");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, DA9211_REG_EVENT_B), 0);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(t->c->line));
}

static void da9211_over_current(struct kunit *test)
{
	struct da9211_test *t = da9211_start(test, 2);

	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->c->rf, DA9211_REG_MASK_B),
			    (u8)~(DA9211_M_OV_CURR_A | DA9211_M_OV_CURR_B),
			    "other events are enabled than those of the regulators");

	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_A);
	expect_notified(test, 1, 0, 1);
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_B);
	expect_notified(test, 1, 1, 1);
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_A | DA9211_E_OV_CURR_B);
	expect_notified(test, 2, 2, 1);
}

/* The firmware has enabled the over-current event, which is pending at probe. */
static void da9211_pending(struct kunit *test)
{
	struct da9211_test *t = da9211_create(test, 1);

	kunit_regfile_set(t->c->rf, DA9211_REG_MASK_B, DA9211_M_OV_CURR_A, 0);
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_A);
	da9211_bind(test);
	expect_notified(test, 0, 0, 1);
	da9211_consume(test);
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_A);
	expect_notified(test, 1, 0, 1);
}

/* An event while consumers are notified is handled as another event. */
static void da9211_again(struct kunit *test)
{
	struct da9211_test *t = da9211_start(test, 1);

	t->again[0] = DA9211_E_OV_CURR_A;
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_A);
	expect_notified(test, 2, 0, 2);
}

static void da9211_again_b(struct kunit *test)
{
	struct da9211_test *t = da9211_start(test, 2);

	t->again[1] = DA9211_E_OV_CURR_B;
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_B);
	expect_notified(test, 0, 2, 2);
}

/* The line may be shared, and the driver does not claim interrupts of other devices. */
static void da9211_not_mine(struct kunit *test)
{
	struct da9211_test *t = da9211_start(test, 1);

	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->c->line, 0), 0,
			    "an interrupt of another device is claimed");
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->c->line, DA9211_E_OV_CURR_A), 1,
			    "an interrupt of the device is not claimed");
	expect_notified(test, 2, 0, 4);
}

static void da9211_read_fails(struct kunit *test)
{
	struct da9211_test *t = da9211_start(test, 1);

	kunit_regfile_fail(t->c->rf, 1, -EIO);
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_A);
	expect_notified(test, 1, 0, 1);
}

/* If clearing an event fails, consumers are notified again when it succeeds. */
static void da9211_clear_fails(struct kunit *test)
{
	struct da9211_test *t = da9211_start(test, 1);

	kunit_regfile_fail(t->c->rf, 2, -EIO);
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_A);
	expect_notified(test, 2, 0, 2);
}

static void da9211_clear_b_fails(struct kunit *test)
{
	struct da9211_test *t = da9211_start(test, 2);

	kunit_regfile_fail(t->c->rf, 2, -EIO);
	kunit_irq_line_raise(t->c->line, DA9211_E_OV_CURR_B);
	expect_notified(test, 0, 2, 2);
}

static void da9211_bind_again(struct kunit *test)
{
	struct da9211_test *t = da9211_create(test, 2);

	kunit_dut_bind_again(t->c->dut, 3);
}

static void da9211_probe_fails(struct kunit *test)
{
	struct da9211_test *t = da9211_create(test, 2);
	unsigned int accesses;

	/* The first probe selects one page more */
	kunit_dut_bind_again(t->c->dut, 1);
	accesses = kunit_dut_count_accesses(t->c->dut);
	KUNIT_EXPECT_GT(test, accesses, 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->c->dut), accesses);
	KUNIT_EXPECT_FALSE(test, t->late);
}

static void da9211_unbind_under_fire(struct kunit *test)
{
	struct da9211_test *t = da9211_create(test, 1);

	kunit_dut_unbind_under_fire(t->c->dut, DA9211_E_OV_CURR_A, 5);
}

static struct kunit_case da9211_cases[] = {
	KUNIT_CASE(da9211_pending),
	KUNIT_CASE(da9211_over_current),
	KUNIT_CASE(da9211_again),
	KUNIT_CASE(da9211_again_b),
	KUNIT_CASE(da9211_not_mine),
	KUNIT_CASE(da9211_read_fails),
	KUNIT_CASE(da9211_clear_fails),
	KUNIT_CASE(da9211_clear_b_fails),
	KUNIT_CASE(da9211_bind_again),
	KUNIT_CASE(da9211_probe_fails),
	KUNIT_CASE(da9211_unbind_under_fire),
	{ }
};

static struct kunit_suite da9211_suite = {
	.name = "da9211",
	.test_cases = da9211_cases,
};

kunit_test_suite(da9211_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of the DA9211");
MODULE_LICENSE("GPL");
