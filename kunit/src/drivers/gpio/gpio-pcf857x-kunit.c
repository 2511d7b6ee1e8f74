// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of gpio-pcf857x
 *
 * The unmodified driver runs on a model of the PCF8574: a byte which reads as the
 * pins and is written to the outputs, and an interrupt which is asserted while a
 * pin differs from the last read. The driver must find out which pin it is.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/irq.h>
#include <kunit/test.h>

#define PINS		0
#define NUM_PINS	8

/**
 * struct pcf857x_test - fixture
 * @c:		the device
 * @seen:	levels at the last read by the driver
 * @latch:	what the driver has written
 * @handled:	runs of the handlers, by pin
 */
struct pcf857x_test {
	struct kunit_i2c_client	*c;
	u8			seen;
	u8			latch;
	atomic_t		handled[NUM_PINS];
};

static const struct kunit_reg pcf8574_regs[] = {
	KUNIT_REG_RO(PINS, 0xff),
};

static void pcf8574_read(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct pcf857x_test *t = rf->priv;

	t->seen = *val;
}

static void pcf8574_write(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct pcf857x_test *t = rf->priv;

	t->latch = *val;
}

static bool pcf8574_asserted(struct kunit_regfile *rf)
{
	struct pcf857x_test *t = rf->priv;

	return rf->val[PINS] != t->seen;
}

static void pcf8574_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[PINS] ^= bits;
}

static const struct kunit_regfile_model pcf8574_model = {
	.regs		= pcf8574_regs,
	.num_regs	= ARRAY_SIZE(pcf8574_regs),
	.val_bytes	= 1,
	.no_increment	= true,
	.read		= pcf8574_read,
	.write		= pcf8574_write,
	.asserted	= pcf8574_asserted,
	.event		= pcf8574_event,
};

static const struct kunit_i2c_info pcf8574_info = {
	.driver		= "pcf857x",
	.type		= "pcf8574",
	.addr		= 0x20,
	.model		= &pcf8574_model,
	.trigger	= IRQ_TYPE_EDGE_FALLING,
};

static void change_pins(struct pcf857x_test *t, u64 pins)
{
	kunit_irq_line_raise(t->c->line, pins);
}

static struct gpio_desc *pin_desc(struct kunit *test, unsigned int pin)
{
	struct gpio_device *gdev = gpio_device_find_by_label("pcf8574");
	struct gpio_desc *desc;

	KUNIT_ASSERT_NOT_NULL(test, gdev);
	desc = gpio_device_get_desc(gdev, pin);
	gpio_device_put(gdev);
	return desc;
}

static irqreturn_t pin_handler(int irq, void *count)
{
	atomic_inc(count);
	return IRQ_HANDLED;
}

static void bind_and_request(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
	for (int pin = 0; pin < NUM_PINS; pin++) {
		int irq = gpiod_to_irq(pin_desc(test, pin));

		KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, irq, NULL, pin_handler,
								 IRQF_ONESHOT, "pcf857x-kunit",
								 &t->handled[pin]), 0);
	}
}

static unsigned int reads(struct pcf857x_test *t)
{
	return kunit_regfile_count(t->c->rf, KUNIT_REGFILE_READ, PINS);
}

/* Check how often each pin was handled, and that nothing is left to handle. */
static void expect_handled(struct kunit *test, unsigned int pin, int handled)
{
	struct pcf857x_test *t = test->priv;

	/* Changes while the handler runs cause another run */
	for (int rounds = 0; kunit_irq_line_settle(t->c->line) && rounds < 2; rounds++)
		;
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(t->c->line),
			       "the chip still asserts its interrupt");
	for (int i = 0; i < NUM_PINS; i++) {
		int expected = i == pin ? handled : 0;

		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->handled[i]), expected,
				    "interrupts of pin %d", i);
	}
}

static int pcf857x_test_init(struct kunit *test)
{
	struct pcf857x_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct kunit_i2c_info info = pcf8574_info;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->seen = 0xff;
	t->latch = 0xff;
	info.priv = t;
	t->c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
	test->priv = t;
	return 0;
}

/* A pin which is low at probe has not changed. */
static void pcf857x_low_at_probe(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;
	unsigned int before;

	change_pins(t, BIT(0));
	bind_and_request(test);
	expect_handled(test, 0, 0);
	before = reads(t);
	for (int i = 1; i <= 3; i++) {
		change_pins(t, BIT(0));
		expect_handled(test, 0, i);
	}
	KUNIT_EXPECT_EQ_MSG(test, reads(t) - before, 3, "one for each interrupt");
}

/* A read of a pin by a consumer does not hide a later change from the handler. */
static void pcf857x_value_read(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;

	bind_and_request(test);
	KUNIT_EXPECT_EQ(test, gpiod_get_raw_value_cansleep(pin_desc(test, 3)), 1);
	change_pins(t, BIT(3));
	expect_handled(test, 3, 1);
	KUNIT_EXPECT_EQ(test, gpiod_get_raw_value_cansleep(pin_desc(test, 3)), 0);
}

static void change_pin_1(void *data)
{
	change_pins(data, BIT(1));
}

/* A change after the read of the handler is another edge. */
static void pcf857x_change_behind_read(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;
	unsigned int before;

	bind_and_request(test);
	before = reads(t);
	kunit_accesses_hook(&t->c->rf->accesses, 1, change_pin_1, t);
	change_pins(t, BIT(1));
	expect_handled(test, 1, 2);
	KUNIT_EXPECT_EQ_MSG(test, reads(t) - before, 2, "one for each interrupt");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, PINS), 0xff);
}

/* Several chips may share an interrupt line. */
static void pcf857x_shared(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;

	bind_and_request(test);
	kunit_irq_line_listen(t->c->line, 20);
	change_pins(t, BIT(5));
	expect_handled(test, 5, 1);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_heard(t->c->line), 1,
			    "interrupts of the other device");
}

/* The handler ignores the result of a failed read. */
static void pcf857x_read_fails(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;

	bind_and_request(test);
	kunit_regfile_fail(t->c->rf, 1, -EIO);
	change_pins(t, BIT(6));
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_settle(t->c->line), -EBUSY,
			    "the read has not failed");
	for (int i = 0; i < NUM_PINS; i++)
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->handled[i]), 0,
				    "pin %d was handled though it could not be read", i);

	/* The next interrupt handles the missed change */
	KUNIT_ASSERT_EQ(test, kunit_irq_line_spurious(t->c->line), 1);
	expect_handled(test, 6, 1);
}

/* A pin wakes the system through the interrupt of the chip. */
static void pcf857x_wakes(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;
	struct irq_data *line = irq_get_irq_data(kunit_irq_line_irq(t->c->line));
	int irq;

	bind_and_request(test);
	irq = gpiod_to_irq(pin_desc(test, 4));
	KUNIT_ASSERT_EQ(test, enable_irq_wake(irq), 0);
	KUNIT_EXPECT_TRUE(test, irqd_is_wakeup_set(line));
	KUNIT_EXPECT_EQ(test, disable_irq_wake(irq), 0);
	KUNIT_EXPECT_FALSE(test, irqd_is_wakeup_set(line));
}

static void pcf857x_probe_fails(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;
	unsigned int transfers = kunit_dut_count_accesses(t->c->dut);

	KUNIT_EXPECT_GT(test, transfers, 0);
	for (unsigned int nr = 1; nr <= transfers; nr++) {
		kunit_regfile_fail(t->c->rf, nr, -EIO);
		KUNIT_EXPECT_EQ_MSG(test, kunit_dut_bind(t->c->dut), -EIO,
				    "probe with transfer %u of %u failing", nr, transfers);
		kunit_dut_unbind(t->c->dut);
		kunit_regfile_disarm(t->c->rf);
	}
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->c->dut), transfers);
}

static void pcf857x_unbind_under_fire(struct kunit *test)
{
	struct pcf857x_test *t = test->priv;

	kunit_dut_unbind_under_fire(t->c->dut, BIT(2), 5);
}

static struct kunit_case pcf857x_test_cases[] = {
	KUNIT_CASE(pcf857x_low_at_probe),
	KUNIT_CASE(pcf857x_value_read),
	KUNIT_CASE(pcf857x_change_behind_read),
	KUNIT_CASE(pcf857x_shared),
	KUNIT_CASE(pcf857x_read_fails),
	KUNIT_CASE(pcf857x_wakes),
	KUNIT_CASE(pcf857x_probe_fails),
	KUNIT_CASE(pcf857x_unbind_under_fire),
	{ }
};

static struct kunit_suite pcf857x_test_suite = {
	.name = "gpio-pcf857x",
	.init = pcf857x_test_init,
	.test_cases = pcf857x_test_cases,
};

kunit_test_suite(pcf857x_test_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of gpio-pcf857x");
MODULE_LICENSE("GPL");
