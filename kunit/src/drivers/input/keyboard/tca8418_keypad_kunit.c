// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of tca8418_keypad
 *
 * The unmodified driver runs on a model of the TCA8418: key events go into a FIFO,
 * and their interrupt cannot be acknowledged before the FIFO is empty. There is
 * another interrupt if it overflows.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/i2c.h>
#include <linux/input.h>
#include <linux/input/matrix_keypad.h>
#include <linux/irq.h>
#include <linux/property.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/test.h>

#define CFG		0x01
#define CFG_INT_CFG	BIT(4)
#define CFG_OVR_FLOW_IEN BIT(3)
#define CFG_KE_IEN	BIT(0)
#define INT_STAT	0x02
#define OVR_FLOW_INT	BIT(3)
#define K_INT		BIT(0)
#define KEY_LCK_EC	0x03
#define KEY_EVENT_A	0x04
#define KP_GPIO1	0x1d
#define KP_GPIO3	0x1f
#define DEBOUNCE_DIS1	0x29
#define DEBOUNCE_DIS3	0x2b

#define KEY_EVENTS	10

#define PRESSED		0x80
#define CODE_A		1
#define CODE_B		2

static const struct kunit_reg tca8418_regs[] = {
	KUNIT_REG(CFG, 0),
	KUNIT_REG_W1C(INT_STAT, 0, 0xff),
	KUNIT_REG_RO(KEY_LCK_EC, 0),
	KUNIT_REG_FIFO(KEY_EVENT_A, KEY_EVENTS),
	KUNIT_REGS(KP_GPIO1, KP_GPIO3, 0),
	KUNIT_REGS(DEBOUNCE_DIS1, DEBOUNCE_DIS3, 0),
};

static void tca8418_write(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	if (reg != INT_STAT)
		return;
	if (kunit_regfile_level(rf, KEY_EVENT_A))
		*val &= ~K_INT;
	/* Events which are left deassert the interrupt for a moment, and assert it again */
	if (rf->val[CFG] & CFG_INT_CFG)
		kunit_regfile_release_locked(rf);
}

static bool tca8418_asserted(struct kunit_regfile *rf)
{
	return (rf->val[INT_STAT] & K_INT && rf->val[CFG] & CFG_KE_IEN) ||
	       (rf->val[INT_STAT] & OVR_FLOW_INT && rf->val[CFG] & CFG_OVR_FLOW_IEN);
}

/* @bits: the key event */
static void tca8418_event(struct kunit_regfile *rf, u64 bits)
{
	if (!kunit_regfile_push_locked(rf, KEY_EVENT_A, bits))
		rf->val[INT_STAT] |= OVR_FLOW_INT;
	rf->val[INT_STAT] |= K_INT;
}

static const struct kunit_regfile_model tca8418_model = {
	.regs		= tca8418_regs,
	.num_regs	= ARRAY_SIZE(tca8418_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.write		= tca8418_write,
	.asserted	= tca8418_asserted,
	.event		= tca8418_event,
};

static const u32 tca8418_keymap[] = { KEY(0, 0, KEY_A), KEY(0, 1, KEY_B) };

static const struct property_entry tca8418_properties[] = {
	PROPERTY_ENTRY_U32("keypad,num-rows", 2),
	PROPERTY_ENTRY_U32("keypad,num-columns", 2),
	PROPERTY_ENTRY_U32_ARRAY("linux,keymap", tca8418_keymap),
	{ }
};

static const unsigned int triggers[] = { IRQ_TYPE_LEVEL_LOW, IRQ_TYPE_EDGE_FALLING };

static void trigger_desc(const unsigned int *trigger, char *desc)
{
	strscpy(desc, *trigger == IRQ_TYPE_LEVEL_LOW ? "level" : "edge", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(trigger, triggers, trigger_desc);

static int tca8418_test_init(struct kunit *test)
{
	const unsigned int *trigger = test->param_value;
	struct kunit_i2c_info info = {
		.driver		= "tca8418_keypad",
		.type		= "tca8418",
		.addr		= 0x34,
		.model		= &tca8418_model,
		.trigger	= trigger ? *trigger : IRQ_TYPE_LEVEL_LOW,
		.properties	= tca8418_properties,
	};

	test->priv = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
	return 0;
}

static int is_input(struct device *dev, const void *data)
{
	return dev->class == &input_class;
}

static bool key_is_down(struct kunit *test, unsigned int key)
{
	struct kunit_i2c_client *c = test->priv;
	struct device *dev = device_find_child(&c->client->dev, NULL, is_input);
	bool down;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	down = test_bit(key, to_input_dev(dev)->key);
	put_device(dev);
	return down;
}

/* All key events have been read, and the next one will interrupt. */
static void expect_idle(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	for (int rounds = 0; kunit_irq_line_settle(c->line) && rounds < 2; rounds++)
		;
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_level(c->rf, KEY_EVENT_A), 0,
			    "key events which the driver has not read");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, INT_STAT), 0);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(c->line),
			       "the chip still asserts its interrupt");
}

/* The handler begins with a read of INT_STAT. */
static unsigned int interrupts(struct kunit_i2c_client *c)
{
	return kunit_regfile_count(c->rf, KUNIT_REGFILE_READ, INT_STAT);
}

static void tca8418_keys(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	for (int i = 0; i < 3; i++) {
		kunit_irq_line_raise(c->line, PRESSED | CODE_A);
		kunit_irq_line_raise(c->line, PRESSED | CODE_B);
		expect_idle(test);
		KUNIT_EXPECT_TRUE(test, key_is_down(test, KEY_A));
		KUNIT_EXPECT_TRUE(test, key_is_down(test, KEY_B));
		kunit_irq_line_raise(c->line, CODE_A);
		kunit_irq_line_raise(c->line, CODE_B);
		expect_idle(test);
		KUNIT_EXPECT_FALSE(test, key_is_down(test, KEY_A));
		KUNIT_EXPECT_FALSE(test, key_is_down(test, KEY_B));
	}
}

static void press_key(struct kunit_regfile *rf, void *data)
{
	struct kunit_i2c_client *c = data;

	kunit_irq_line_raise(c->line, PRESSED | CODE_A);
}

static void press_key_b(void *data)
{
	struct kunit_i2c_client *c = data;

	kunit_irq_line_raise(c->line, PRESSED | CODE_B);
}

/* A key event as soon as the interrupt of the chip is enabled: the handler must be ready. */
static void tca8418_key_as_enabled(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	kunit_regfile_after(c->rf, KUNIT_REGFILE_WRITE, CFG, press_key, c);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	expect_idle(test);

	kunit_irq_line_raise(c->line, CODE_A);
	expect_idle(test);
	KUNIT_EXPECT_FALSE(test, key_is_down(test, KEY_A));
}

/* Another key after each transfer of the handler: INT_STAT, the key, no key, INT_STAT. */
static void tca8418_key_in_handler(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	unsigned int before;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	for (unsigned int nr = 1; nr <= 4; nr++) {
		before = interrupts(c);
		kunit_accesses_hook(&c->rf->accesses, nr, press_key_b, c);
		kunit_irq_line_raise(c->line, PRESSED | CODE_A);
		expect_idle(test);
		KUNIT_EXPECT_EQ_MSG(test, interrupts(c) - before, nr <= 2 ? 1 : 2,
				    "runs of the handler: it reads all that there are");
		KUNIT_EXPECT_EQ(test, kunit_accesses_hooked(&c->rf->accesses), 1);
		KUNIT_EXPECT_TRUE_MSG(test, key_is_down(test, KEY_B),
				      "pressed behind transfer %u of the handler", nr);
		kunit_irq_line_raise(c->line, CODE_A);
		kunit_irq_line_raise(c->line, CODE_B);
		expect_idle(test);
	}
}

/* An overflow of the FIFO is acknowledged, too, and the next key interrupts again. */
static void tca8418_overflow(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	kunit_irq_line_listen(c->line, 20);
	kunit_irq_line_hold(c->line);
	for (int i = 0; i <= KEY_EVENTS; i++)
		kunit_irq_line_raise(c->line, (i & 1 ? 0 : PRESSED) | CODE_A);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, INT_STAT), OVR_FLOW_INT | K_INT);
	kunit_irq_line_let_go(c->line);
	expect_idle(test);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_heard(c->line), 1,
			    "interrupts for all these events");

	kunit_irq_line_raise(c->line, PRESSED | CODE_B);
	expect_idle(test);
	KUNIT_EXPECT_TRUE_MSG(test, key_is_down(test, KEY_B), "pressed after the overflow");
}

/* The line may be shared, and nobody handles a key when the driver is gone. */
static void tca8418_unbound(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	kunit_dut_unbind(c->dut);
	for (int i = 0; i <= KEY_EVENTS; i++)
		kunit_irq_line_raise(c->line, PRESSED | CODE_A);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(c->line),
			       "a key interrupts without a driver");
}

/* The trigger type comes from the firmware, not from the driver. */
static void tca8418_trigger_type(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	const unsigned int *trigger = test->param_value;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(kunit_irq_line_irq(c->line)), *trigger);
}

/* The line may be shared, and the driver does not claim interrupts of other devices. */
static void tca8418_not_mine(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, 0), 0,
			    "an interrupt of another device is claimed");
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(c->line, PRESSED | CODE_A), 1,
			    "an interrupt of the device is not claimed");
	expect_idle(test);
}

static void tca8418_read_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	unsigned int before;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	for (unsigned int nr = 1; nr <= 4; nr++) {
		before = interrupts(c);
		kunit_regfile_fail(c->rf, nr, -EIO);
		kunit_irq_line_raise(c->line, (nr & 1 ? PRESSED : 0) | CODE_A);
		expect_idle(test);
		/* If transfer 2 fails, the key is still there; if 4 does, INT_STAT is still set */
		KUNIT_EXPECT_EQ_MSG(test, interrupts(c) - before, nr & 1 ? 1 : 2,
				    "reads of INT_STAT when transfer %u of the handler failed", nr);
		KUNIT_EXPECT_EQ_MSG(test, key_is_down(test, KEY_A), nr & 1,
				    "transfer %u of the handler failed", nr);
	}
}

static void tca8418_probe_fails(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;
	unsigned int accesses = kunit_dut_count_accesses(c->dut);

	KUNIT_EXPECT_GT(test, accesses, 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(c->dut), accesses);
}

static void tca8418_unbind_under_fire(struct kunit *test)
{
	struct kunit_i2c_client *c = test->priv;

	kunit_dut_unbind_under_fire(c->dut, PRESSED | CODE_A, 5);
}

static struct kunit_case tca8418_test_cases[] = {
	KUNIT_CASE_PARAM(tca8418_keys, trigger_gen_params),
	KUNIT_CASE_PARAM(tca8418_key_as_enabled, trigger_gen_params),
	KUNIT_CASE_PARAM(tca8418_key_in_handler, trigger_gen_params),
	KUNIT_CASE_PARAM(tca8418_overflow, trigger_gen_params),
	KUNIT_CASE_PARAM(tca8418_trigger_type, trigger_gen_params),
	KUNIT_CASE_PARAM(tca8418_not_mine, trigger_gen_params),
	KUNIT_CASE(tca8418_read_fails),
	KUNIT_CASE(tca8418_probe_fails),
	KUNIT_CASE(tca8418_unbound),
	KUNIT_CASE(tca8418_unbind_under_fire),
	{ }
};

static struct kunit_suite tca8418_test_suite = {
	.name = "tca8418_keypad",
	.init = tca8418_test_init,
	.test_cases = tca8418_test_cases,
};

kunit_test_suite(tca8418_test_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of tca8418_keypad");
MODULE_LICENSE("GPL");
