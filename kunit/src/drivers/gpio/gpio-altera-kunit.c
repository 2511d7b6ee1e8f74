// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of gpio-altera
 *
 * The unmodified driver runs on a model of the Altera PIO: inputs, an interrupt mask, and
 * a write-1-to-clear edge capture register. Depending on how it was synthesised, the
 * controller interrupts while an unmasked input is high, or while an unmasked edge is
 * captured.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/property.h>

#include <kunit/dut.h>
#include <kunit/fwnode.h>
#include <kunit/irq.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#define DATA		0x00
#define DIR		0x04
#define IRQ_MASK	0x08
#define EDGE_CAP	0x0c

#define PINS		8
#define PIN		2
#define OTHER		5

/* Reads of the interrupt status after which the test assumes a storm */
#define STORM		50

/**
 * struct altera_gpio_test - the controller, and the user of a pin
 * @mmio:	its registers
 * @line:	its interrupt
 * @dut:	a platform device with both
 * @type:	trigger type with which the controller was synthesised
 * @in:		levels of the inputs
 * @mask:	inputs which are enabled to interrupt
 * @edges:	captured edges
 * @looks:	number of reads of the interrupt status by the driver
 * @handled:	runs of the handler of the pin
 * @other:	runs of the handler of the other pin
 * @unmasked:	runs of the handler of the pin while that was not masked
 * @quiet_after: the run in which the handler lowers the pin
 */
struct altera_gpio_test {
	struct kunit_mmio	*mmio;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;
	u32			type;
	u32			in;
	u32			mask;
	u32			edges;
	unsigned int		looks;
	atomic_t		handled;
	atomic_t		other;
	atomic_t		unmasked;
	int			quiet_after;
};

static bool altera_is_level(struct altera_gpio_test *t)
{
	return t->type == IRQ_TYPE_LEVEL_HIGH;
}

/* Called with the lock of the registers held, like all code that changes the controller. */
static void altera_update(struct altera_gpio_test *t)
{
	/* End a storm, so that the test can report it */
	if (t->looks > STORM)
		t->in = 0;
	kunit_irq_line_assert(t->line, (altera_is_level(t) ? t->in : t->edges) & t->mask);
}

static u64 altera_read(struct kunit_mmio *mmio, unsigned int offset, unsigned int width)
{
	struct altera_gpio_test *t = kunit_mmio_priv(mmio);
	u32 val;

	switch (offset) {
	case DATA:
		t->looks += altera_is_level(t);
		val = t->in;
		altera_update(t);
		return val;
	case DIR:
		return kunit_mmio_get(mmio, offset, width);
	case IRQ_MASK:
		return t->mask;
	case EDGE_CAP:
		t->looks += !altera_is_level(t);
		return t->edges;
	default:
		return kunit_mmio_unknown(mmio);
	}
}

static void altera_write(struct kunit_mmio *mmio, unsigned int offset, unsigned int width, u64 val)
{
	struct altera_gpio_test *t = kunit_mmio_priv(mmio);

	switch (offset) {
	case DATA:
	case DIR:
		kunit_mmio_set(mmio, offset, width, val);
		break;
	case IRQ_MASK:
		t->mask = val;
		break;
	case EDGE_CAP:
		t->edges &= ~val;
		break;
	default:
		kunit_mmio_unknown(mmio);
	}
	altera_update(t);
}

static void set_pins(struct altera_gpio_test *t, u32 mask, u32 val)
{
	u32 old;

	guard(kunit_mmio)(t->mmio);
	old = t->in;
	t->in = (t->in & ~mask) | (val & mask);
	t->edges |= t->in & ~old;
	altera_update(t);
}

/* Each event is a rising edge, and leaves the pin high. */
static void altera_event(struct kunit_irq_line *line, u64 bits, void *data)
{
	struct altera_gpio_test *t = data;

	set_pins(t, bits, 0);
	set_pins(t, bits, bits);
}

static void altera_create(struct kunit *test, u32 type)
{
	struct altera_gpio_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	const struct property_entry properties[] = {
		PROPERTY_ENTRY_U32("altr,ngpio", PINS),
		PROPERTY_ENTRY_U32("altr,interrupt-type", type),
		{ }
	};
	struct kunit_irq_line_info interrupt = {
		.event		= altera_event,
		.data		= t,
	};
	struct kunit_mmio_info registers = {
		.name		= "altera_gpio",
		.size		= 0x1000,
		.read		= altera_read,
		.write		= altera_write,
		.priv		= t,
	};
	struct kunit_dut_info device = {
		.driver		= "altera_gpio",
	};

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->type = type;
	t->line = kunit_irq_line_create(test, &interrupt);
	t->mmio = kunit_mmio_create(test, &registers);
	/* The GPIO device shares this node, and must not remove it */
	device.fwnode = kunit_fwnode_create_software_node(test, properties, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device.fwnode);
	device.line = t->line;
	device.mmio = t->mmio;
	t->dut = kunit_dut_platform(test, &device);
}

static irqreturn_t pin_handler(int irq, void *data)
{
	struct altera_gpio_test *t = data;

	scoped_guard(kunit_mmio, t->mmio)
		atomic_add(!!(t->mask & BIT(PIN)), &t->unmasked);
	if (atomic_inc_return(&t->handled) == t->quiet_after)
		set_pins(t, BIT(PIN), 0);
	return IRQ_HANDLED;
}

static irqreturn_t other_handler(int irq, void *data)
{
	struct altera_gpio_test *t = data;

	atomic_inc(&t->other);
	return IRQ_HANDLED;
}

/* The pin has another edge while its first one is handled. */
static irqreturn_t edge_handler(int irq, void *data)
{
	struct altera_gpio_test *t = data;

	if (!atomic_read(&t->handled))
		kunit_irq_line_raise(t->line, BIT(PIN));
	atomic_inc(&t->handled);
	return IRQ_HANDLED;
}

static void bind(struct kunit *test)
{
	struct altera_gpio_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
}

static int pin_irq(struct kunit *test, unsigned int pin)
{
	struct altera_gpio_test *t = test->priv;
	struct gpio_device *gdev = gpio_device_find_by_fwnode(dev_fwnode(t->dut->dev));
	int irq;

	KUNIT_ASSERT_NOT_NULL(test, gdev);
	irq = gpiod_to_irq(gpio_device_get_desc(gdev, pin));
	gpio_device_put(gdev);
	KUNIT_ASSERT_GT(test, irq, 0);
	return irq;
}

/* A threaded handler, so that the level outlasts the handler of the controller. */
static int request(struct kunit *test)
{
	struct altera_gpio_test *t = test->priv;
	int irq = pin_irq(test, PIN);

	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, irq, NULL, pin_handler,
							 t->type | IRQF_ONESHOT,
							 "altera-gpio-kunit", t), 0);
	return irq;
}

static void settle(struct kunit *test, int irq)
{
	struct altera_gpio_test *t = test->priv;
	int runs;

	/* A level which is still high interrupts again when the thread is done */
	do {
		runs = atomic_read(&t->handled);
		kunit_irq_line_settle(t->line);
		synchronize_irq(irq);
		kunit_irq_line_settle(t->line);
		synchronize_irq(irq);
	} while (runs != atomic_read(&t->handled));
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(t->line),
			       "the controller still asserts its interrupt");
	KUNIT_EXPECT_LT_MSG(test, t->looks, STORM, "an interrupt storm");
}

/* The number of handler runs, when everything has been handled. */
static void expect_handled(struct kunit *test, int irq, int handled)
{
	struct altera_gpio_test *t = test->priv;

	settle(test, irq);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), handled);
}

/* A controller that captures edges, with its pin requested. */
static int start_edges(struct kunit *test)
{
	altera_create(test, IRQ_TYPE_EDGE_RISING);
	bind(test);
	return request(test);
}

static void altera_gpio_edges(struct kunit *test)
{
	int irq = start_edges(test);
	struct altera_gpio_test *t = test->priv;

	for (int i = 1; i <= 3; i++) {
		kunit_irq_line_raise(t->line, BIT(PIN));
		expect_handled(test, irq, i);
	}
	kunit_irq_line_raise(t->line, BIT(OTHER));
	expect_handled(test, irq, 3);
}

/* An edge which the controller captures while the handler of the pin runs is handled, too. */
static void altera_gpio_edge_in_handler(struct kunit *test)
{
	struct altera_gpio_test *t;
	int irq;

	altera_create(test, IRQ_TYPE_EDGE_RISING);
	t = test->priv;
	bind(test);
	irq = pin_irq(test, PIN);
	KUNIT_ASSERT_EQ(test, kunit_request_irq(test, irq, edge_handler, IRQF_TRIGGER_RISING,
						"altera-gpio-kunit", t), 0);
	kunit_irq_line_raise(t->line, BIT(PIN));
	expect_handled(test, irq, 2);
}

/* The pin is masked until its thread has run, so that the controller is quiet meanwhile. */
static void altera_gpio_level(struct kunit *test)
{
	struct altera_gpio_test *t;
	int irq;

	altera_create(test, IRQ_TYPE_LEVEL_HIGH);
	t = test->priv;
	t->quiet_after = 3;
	bind(test);
	irq = request(test);
	t->looks = 0;
	set_pins(t, BIT(PIN), BIT(PIN));
	settle(test, irq);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->handled), 3, "runs of the handler");
	KUNIT_EXPECT_EQ_MSG(test, t->looks, 3, "runs of the handler of the controller");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->unmasked), 0,
			    "runs of the handler while the pin was not masked");
	KUNIT_EXPECT_EQ(test, t->mask, BIT(PIN));
}

/* The firmware may leave pins unmasked which have no handler. */
static void altera_gpio_left_unmasked(struct kunit *test)
{
	struct altera_gpio_test *t;
	int irq;

	altera_create(test, IRQ_TYPE_LEVEL_HIGH);
	t = test->priv;
	t->mask = BIT(OTHER);
	set_pins(t, BIT(OTHER), BIT(OTHER));
	bind(test);
	KUNIT_EXPECT_EQ_MSG(test, t->mask, 0, "pins are unmasked after probe");
	irq = request(test);
	expect_handled(test, irq, 0);
}

/* An edge from before the request of the pin is not handled. */
static void altera_gpio_stale_edge(struct kunit *test)
{
	struct altera_gpio_test *t;
	int irq;

	altera_create(test, IRQ_TYPE_EDGE_RISING);
	t = test->priv;
	bind(test);
	kunit_irq_line_raise(t->line, BIT(PIN));
	irq = request(test);
	expect_handled(test, irq, 0);
	kunit_irq_line_raise(t->line, BIT(PIN));
	expect_handled(test, irq, 1);
}

/* An edge while the interrupt is disabled, and masked, is handled when it is enabled again. */
static void altera_gpio_disabled(struct kunit *test)
{
	int irq = start_edges(test);
	struct altera_gpio_test *t = test->priv;

	/* With lazy disabling, the pin is masked only at an edge, which genirq then resends */
	irq_set_status_flags(irq, IRQ_DISABLE_UNLAZY);
	disable_irq(irq);
	KUNIT_EXPECT_EQ(test, t->mask & BIT(PIN), 0);
	kunit_irq_line_raise(t->line, BIT(PIN));
	expect_handled(test, irq, 0);
	enable_irq(irq);
	expect_handled(test, irq, 1);
	kunit_irq_line_raise(t->line, BIT(PIN));
	expect_handled(test, irq, 2);
}

/* The request of another pin discards its stale edge, and leaves that of a disabled pin. */
static void altera_gpio_other_requested(struct kunit *test)
{
	int irq = start_edges(test);
	struct altera_gpio_test *t = test->priv;

	irq_set_status_flags(irq, IRQ_DISABLE_UNLAZY);
	disable_irq(irq);
	kunit_irq_line_raise(t->line, BIT(PIN) | BIT(OTHER));
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, pin_irq(test, OTHER), NULL,
							 other_handler, t->type | IRQF_ONESHOT,
							 "altera-gpio-kunit-other", t), 0);
	expect_handled(test, irq, 0);
	enable_irq(irq);
	expect_handled(test, irq, 1);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->other), 0,
			    "an edge from before the request of its pin is handled");
}

static void altera_gpio_bind_again(struct kunit *test)
{
	struct altera_gpio_test *t;

	altera_create(test, IRQ_TYPE_EDGE_RISING);
	t = test->priv;
	kunit_dut_bind_again(t->dut, 3);
}

static void altera_gpio_unbind_under_fire(struct kunit *test)
{
	struct altera_gpio_test *t;

	altera_create(test, IRQ_TYPE_EDGE_RISING);
	t = test->priv;
	kunit_dut_unbind_under_fire(t->dut, BIT(PIN), 5);
}

static struct kunit_case altera_gpio_cases[] = {
	KUNIT_CASE(altera_gpio_edges),
	KUNIT_CASE(altera_gpio_edge_in_handler),
	KUNIT_CASE(altera_gpio_level),
	KUNIT_CASE(altera_gpio_left_unmasked),
	KUNIT_CASE(altera_gpio_stale_edge),
	KUNIT_CASE(altera_gpio_disabled),
	KUNIT_CASE(altera_gpio_other_requested),
	KUNIT_CASE(altera_gpio_bind_again),
	KUNIT_CASE(altera_gpio_unbind_under_fire),
	{ }
};

static struct kunit_suite altera_gpio_suite = {
	.name = "gpio_altera",
	.test_cases = altera_gpio_cases,
};

kunit_test_suite(altera_gpio_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of gpio-altera");
MODULE_LICENSE("GPL");
