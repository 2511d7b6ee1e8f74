// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of pinctrl-mcp23s08
 *
 * The unmodified driver runs on models of the MCP23008 on I2C and the MCP23S08 on SPI,
 * which have the same registers: the first pin whose interrupt condition is met is
 * latched, with the levels of all pins. Reading the latched or the current levels
 * acknowledges it. A condition that persists is met again at once.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/irq.h>
#include <kunit/spi.h>
#include <kunit/test.h>

#define IODIR		0x00
#define IPOL		0x01
#define GPINTEN		0x02
#define DEFVAL		0x03
#define INTCON		0x04
#define IOCON		0x05
#define GPPU		0x06
#define INTF		0x07
#define INTCAP		0x08
#define GPIO		0x09
#define OLAT		0x0a

#define PIN		2
#define NEW_PIN		5
#define OLD_PIN		6

/**
 * struct mcp23s08_test - fixture
 * @rf:		registers of the device
 * @line:	its interrupt
 * @dut:	the device with its driver
 * @handled:	runs of the handler of @PIN
 * @lower_after: the run in which the handler toggles the pin
 * @old_irq:	interrupt which the handler frees
 * @new_irq:	interrupt which the handler requests
 * @new_handled: runs of the handler of @new_irq
 * @requested:	result of that request
 * @desc:	the pin which its handler reads
 * @value:	what it has read
 * @reads_in_probe: reads of INTF before there was a handler
 */
struct mcp23s08_test {
	struct kunit_regfile	*rf;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;
	atomic_t		handled;
	int			lower_after;
	unsigned int		old_irq;
	unsigned int		new_irq;
	atomic_t		new_handled;
	int			requested;
	struct gpio_desc	*desc;
	int			value;
	unsigned int		reads_in_probe;
};

static const struct kunit_reg mcp23008_regs[] = {
	KUNIT_REG(IODIR, 0xff),
	KUNIT_REGS(IPOL, GPPU, 0),
	KUNIT_REG_RO(INTF, 0),
	KUNIT_REG_RO(INTCAP, 0),
	KUNIT_REG(GPIO, 0),
	KUNIT_REG(OLAT, 0),
};

static void mcp23008_latch(struct kunit_regfile *rf, u8 changed)
{
	u8 met = rf->val[GPINTEN] & ((changed & ~rf->val[INTCON]) |
				     ((rf->val[GPIO] ^ rf->val[DEFVAL]) & rf->val[INTCON]));

	if (rf->val[INTF] || !met)
		return;
	rf->val[INTF] = met & -met;
	rf->val[INTCAP] = rf->val[GPIO];
}

static void mcp23008_read(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	if (reg == INTCAP || reg == GPIO)
		rf->val[INTF] = 0;
}

static void mcp23008_write(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	/* A write goes to the output latch, not to the pins, which are inputs */
	if (reg == GPIO)
		*val = rf->val[GPIO];
}

static bool mcp23008_asserted(struct kunit_regfile *rf)
{
	mcp23008_latch(rf, 0);
	return rf->val[INTF];
}

static void mcp23008_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[GPIO] ^= bits;
	mcp23008_latch(rf, bits);
}

static const struct kunit_regfile_model mcp23008_model = {
	.regs		= mcp23008_regs,
	.num_regs	= ARRAY_SIZE(mcp23008_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.read		= mcp23008_read,
	.write		= mcp23008_write,
	.asserted	= mcp23008_asserted,
	.event		= mcp23008_event,
};

static const struct property_entry mcp23008_properties[] = {
	PROPERTY_ENTRY_BOOL("interrupt-controller"),
	PROPERTY_ENTRY_U8("microchip,spi-present-mask", BIT(0)),
	{ }
};

static void mcp23008_create(struct kunit *test, struct mcp23s08_test *t)
{
#if IS_ENABLED(CONFIG_KUNIT_I2C)
	static const struct kunit_i2c_info info = {
		.driver		= "mcp230xx",
		.type		= "mcp23008",
		.addr		= 0x20,
		.model		= &mcp23008_model,
		.trigger	= IRQ_TYPE_LEVEL_LOW,
		.properties	= mcp23008_properties,
	};
	struct kunit_i2c_client *c;

	c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
	t->rf = c->rf;
	t->line = c->line;
	t->dut = c->dut;
#else
	kunit_skip(test, "needs CONFIG_I2C");
#endif
}

#if IS_ENABLED(CONFIG_KUNIT_SPI)
/* Up to eight chips share a chip select; the first byte has the address of the chip. */
static bool mcp23s08_command(struct kunit_regfile *rf, u32 cmd, unsigned int *reg, bool *read)
{
	*reg = cmd & 0xff;
	*read = cmd & BIT(8);
	return cmd >> 9 == 0x20;
}
#endif

static void mcp23s08_create(struct kunit *test, struct mcp23s08_test *t)
{
#if IS_ENABLED(CONFIG_KUNIT_SPI)
	static const struct kunit_spi_protocol protocol = {
		.cmd_bytes	= 2,
		.command	= mcp23s08_command,
	};
	static const struct kunit_spi_info info = {
		.driver		= "mcp23s08",
		.type		= "mcp23s08",
		.protocol	= &protocol,
		.model		= &mcp23008_model,
		.trigger	= IRQ_TYPE_LEVEL_LOW,
		.properties	= mcp23008_properties,
	};
	struct kunit_spi_device *d;

	d = kunit_spi_device_create(test, kunit_spi_controller_create(test), &info);
	t->rf = d->rf;
	t->line = d->line;
	t->dut = d->dut;
#else
	kunit_skip(test, "needs CONFIG_SPI");
#endif
}

/**
 * struct mcp23s08_bus - bus of the device
 * @name:	name of the parameter
 * @label:	label of the GPIO chip which the driver registers
 * @create:	creates the device
 */
struct mcp23s08_bus {
	const char	*name;
	const char	*label;
	void		(*create)(struct kunit *test, struct mcp23s08_test *t);
};

static const struct mcp23s08_bus mcp23s08_buses[] = {
	{ "I2C", "mcp23008", mcp23008_create },
	{ "SPI", "mcp23s08.0", mcp23s08_create },
};

KUNIT_ARRAY_PARAM_DESC(bus, mcp23s08_buses, name);

static void toggle_pin(void *data)
{
	struct mcp23s08_test *t = data;

	kunit_irq_line_raise(t->line, BIT(PIN));
}

static void toggle_pin_hook(struct kunit_regfile *rf, void *data)
{
	toggle_pin(data);
}

static irqreturn_t pin_handler(int irq, void *data)
{
	struct mcp23s08_test *t = data;

	if (atomic_inc_return(&t->handled) == t->lower_after)
		toggle_pin(t);
	return IRQ_HANDLED;
}

static struct gpio_desc *pin_desc(struct kunit *test, unsigned int pin)
{
	const struct mcp23s08_bus *bus = test->param_value;
	struct gpio_device *gdev = gpio_device_find_by_label(bus->label);
	struct gpio_desc *desc;

	KUNIT_ASSERT_NOT_NULL(test, gdev);
	desc = gpio_device_get_desc(gdev, pin);
	gpio_device_put(gdev);
	return desc;
}

/* The chip's handler begins with a read of INTF. Probe reads it, too, like all registers. */
static unsigned int reads_of_intf(struct mcp23s08_test *t)
{
	return kunit_regfile_count(t->rf, KUNIT_REGFILE_READ, INTF) - t->reads_in_probe;
}

static void bind_and_request(struct kunit *test, unsigned long flags)
{
	struct mcp23s08_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, gpiod_to_irq(pin_desc(test, PIN)),
							 NULL, pin_handler, flags | IRQF_ONESHOT,
							 "mcp23s08-kunit", t), 0);
	t->reads_in_probe = reads_of_intf(t);
}

/* @rounds: runs of the handler of the chip. */
static void expect_handled(struct kunit *test, int handled, int rounds)
{
	struct mcp23s08_test *t = test->priv;

	while (kunit_irq_line_settle(t->line) && --rounds > 0)
		;
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(t->line),
			       "the chip still asserts its interrupt");
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), handled);
}

static int mcp23s08_test_init(struct kunit *test)
{
	struct mcp23s08_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	const struct mcp23s08_bus *bus = test->param_value;

	KUNIT_ASSERT_NOT_NULL(test, t);
	bus->create(test, t);
	test->priv = t;
	return 0;
}

/* Both edges, then rising, falling, and a low level. The pin is low at first. */
static void mcp23s08_edges(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;
	int irq;

	bind_and_request(test, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING);
	for (int i = 1; i <= 4; i++) {
		toggle_pin(t);
		expect_handled(test, i, 1);
	}

	irq = gpiod_to_irq(pin_desc(test, PIN));
	KUNIT_ASSERT_EQ(test, irq_set_irq_type(irq, IRQ_TYPE_EDGE_RISING), 0);
	toggle_pin(t);
	expect_handled(test, 5, 1);
	toggle_pin(t);
	expect_handled(test, 5, 1);

	KUNIT_ASSERT_EQ(test, irq_set_irq_type(irq, IRQ_TYPE_EDGE_FALLING), 0);
	toggle_pin(t);
	expect_handled(test, 5, 1);
	toggle_pin(t);
	expect_handled(test, 6, 1);

	toggle_pin(t);
	expect_handled(test, 6, 1);
	KUNIT_ASSERT_EQ(test, irq_set_irq_type(irq, IRQ_TYPE_LEVEL_LOW), 0);
	expect_handled(test, 6, 1);
	/* The pin is low for two runs of the handler, the second of which makes it high */
	t->lower_after = 8;
	toggle_pin(t);
	expect_handled(test, 8, 3);

	KUNIT_EXPECT_EQ_MSG(test, reads_of_intf(t), 4 + 2 + 2 + 1 + 2,
			    "reads of INTF, one for each interrupt of the chip");
}

/* Without an interrupt in INTF, the levels must not be read: that would acknowledge a later one. */
static void mcp23s08_change_behind_intf(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	bind_and_request(test, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING);
	kunit_regfile_after(t->rf, KUNIT_REGFILE_READ, INTF, toggle_pin_hook, t);
	KUNIT_ASSERT_EQ(test, kunit_irq_line_spurious(t->line), 1);
	expect_handled(test, 1, 2);
	KUNIT_EXPECT_EQ_MSG(test, reads_of_intf(t), 2,
			    "reads of INTF, one for each interrupt of the chip");
}

struct get_value {
	struct work_struct	work;
	struct completion	done;
	struct gpio_desc	*desc;
};

static void get_value(struct work_struct *work)
{
	struct get_value *g = container_of(work, struct get_value, work);

	gpiod_get_raw_value_cansleep(g->desc);
	complete(&g->done);
}

/* The driver releases its lock after a spurious interrupt. */
static void mcp23s08_spurious(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;
	struct get_value *g;

	bind_and_request(test, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING);
	KUNIT_ASSERT_EQ(test, kunit_irq_line_spurious(t->line), 1);
	expect_handled(test, 0, 1);

	g = kzalloc_obj(*g);
	KUNIT_ASSERT_NOT_NULL(test, g);
	INIT_WORK(&g->work, get_value);
	init_completion(&g->done);
	g->desc = pin_desc(test, PIN);
	schedule_work(&g->work);
	/* If the work hangs, it hangs for ever, so @g must not be freed */
	if (!wait_for_completion_timeout(&g->done, 5 * HZ)) {
		KUNIT_FAIL_AND_ABORT(test, "a pin cannot be read after a spurious interrupt");
		return;
	}
	flush_work(&g->work);
	kfree(g);
}

static irqreturn_t new_handler(int irq, void *data)
{
	struct mcp23s08_test *t = data;

	atomic_inc(&t->new_handled);
	return IRQ_HANDLED;
}

static irqreturn_t changing_handler(int irq, void *data)
{
	struct mcp23s08_test *t = data;

	free_irq(t->old_irq, t);
	t->requested = request_threaded_irq(t->new_irq, NULL, new_handler,
					    IRQF_TRIGGER_RISING | IRQF_ONESHOT,
					    "mcp23s08-kunit-new", t);
	toggle_pin(t);
	atomic_inc(&t->handled);
	return IRQ_HANDLED;
}

/*
 * While a level is handled, others free interrupts of the chip, and request some: here, the
 * handler itself. The driver does not undo that when it unmasks the level.
 */
static void mcp23s08_changes_in_handler(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	t->new_irq = gpiod_to_irq(pin_desc(test, NEW_PIN));
	t->old_irq = gpiod_to_irq(pin_desc(test, OLD_PIN));
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, gpiod_to_irq(pin_desc(test, PIN)),
							 NULL, changing_handler,
							 IRQF_TRIGGER_HIGH | IRQF_ONESHOT,
							 "mcp23s08-kunit", t), 0);
	KUNIT_ASSERT_EQ(test, request_threaded_irq(t->old_irq, NULL, new_handler,
						   IRQF_TRIGGER_HIGH | IRQF_ONESHOT,
						   "mcp23s08-kunit-old", t), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, GPINTEN), BIT(PIN) | BIT(OLD_PIN));

	toggle_pin(t);
	expect_handled(test, 1, 2);
	if (!atomic_read(&t->handled)) {
		free_irq(t->old_irq, t);
		return;
	}
	KUNIT_EXPECT_EQ(test, t->requested, 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, GPINTEN), BIT(PIN) | BIT(NEW_PIN),
			    "the interrupts enabled in the chip");
	KUNIT_EXPECT_EQ(test, atomic_read(&t->new_handled), 0);
	kunit_irq_line_raise(t->line, BIT(NEW_PIN));
	expect_handled(test, 1, 1);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->new_handled), 1,
			    "interrupts of the pin requested meanwhile");
	if (!t->requested)
		free_irq(t->new_irq, t);
}

/* The line is shared, and the driver does not claim interrupts of other devices. */
static void mcp23s08_not_mine(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	bind_and_request(test, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, 0), 0,
			    "an interrupt of another device is claimed");
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, BIT(PIN)), 1,
			    "an interrupt of the chip is not claimed");
	expect_handled(test, 2, 1);
}

/* A level is handled until it is gone, and the chip does not interrupt for anything else. */
static void mcp23s08_level(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;
	unsigned int before;

	bind_and_request(test, IRQF_TRIGGER_HIGH);
	before = kunit_regfile_count(t->rf, KUNIT_REGFILE_READ, INTF);
	t->lower_after = 3;
	toggle_pin(t);
	expect_handled(test, 3, 5);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_count(t->rf, KUNIT_REGFILE_READ, INTF) - before,
			    3, "reads of INTF, one for each interrupt of the chip");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, GPINTEN), BIT(PIN));
}

static void set_type(struct kunit *test, unsigned int type)
{
	KUNIT_ASSERT_EQ(test, irq_set_irq_type(gpiod_to_irq(pin_desc(test, PIN)), type), 0);
}

/* The pin changes, and changes back before the chip interrupts. */
static void short_pulse(struct mcp23s08_test *t)
{
	kunit_irq_line_hold(t->line);
	toggle_pin(t);
	toggle_pin(t);
	kunit_irq_line_let_go(t->line);
}

/* An edge is handled even if the pin has changed back, but only if somebody waits for it. */
static void mcp23s08_short_pulse(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	bind_and_request(test, IRQF_TRIGGER_RISING);
	short_pulse(t);
	expect_handled(test, 1, 1);
	toggle_pin(t);
	expect_handled(test, 2, 1);
	toggle_pin(t);
	expect_handled(test, 2, 1);

	set_type(test, IRQ_TYPE_EDGE_FALLING);
	toggle_pin(t);
	expect_handled(test, 2, 1);
	short_pulse(t);
	expect_handled(test, 3, 1);
	toggle_pin(t);
	expect_handled(test, 4, 1);
	KUNIT_EXPECT_EQ_MSG(test, reads_of_intf(t), 6,
			    "reads of INTF, one for each interrupt of the chip");
}

/* The pin is high when the driver is bound, and falls after that. */
static void mcp23s08_high_at_probe(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	toggle_pin(t);
	bind_and_request(test, IRQF_TRIGGER_FALLING);
	toggle_pin(t);
	expect_handled(test, 1, 1);
	toggle_pin(t);
	expect_handled(test, 1, 1);
}

static irqreturn_t reading_handler(int irq, void *data)
{
	struct mcp23s08_test *t = data;

	/* The other pin changes, and this one is read before the chip is served for that */
	if (!atomic_read(&t->handled))
		kunit_irq_line_raise(t->line, BIT(NEW_PIN));
	WRITE_ONCE(t->value, gpiod_get_raw_value_cansleep(t->desc));
	atomic_inc(&t->handled);
	return IRQ_HANDLED;
}

/* Reading a pin acknowledges the interrupts of all pins, but none of them is lost. */
static void mcp23s08_read_in_handler(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	t->desc = pin_desc(test, PIN);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, gpiod_to_irq(t->desc), NULL,
							 reading_handler,
							 IRQF_TRIGGER_RISING |
							 IRQF_TRIGGER_FALLING | IRQF_ONESHOT,
							 "mcp23s08-kunit", t), 0);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test,
							 gpiod_to_irq(pin_desc(test, NEW_PIN)),
							 NULL, new_handler,
							 IRQF_TRIGGER_RISING | IRQF_ONESHOT,
							 "mcp23s08-kunit-new", t), 0);
	toggle_pin(t);
	expect_handled(test, 1, 2);
	KUNIT_EXPECT_EQ(test, READ_ONCE(t->value), 1);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->new_handled), 1,
			    "interrupts of the pin which changed before the other one was read");

	/* It is reported once, also if the pins are read again and again */
	KUNIT_EXPECT_EQ(test, gpiod_get_raw_value_cansleep(t->desc), 1);
	toggle_pin(t);
	expect_handled(test, 2, 1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(t->value), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->new_handled), 1);
	kunit_irq_line_raise(t->line, BIT(NEW_PIN));
	expect_handled(test, 2, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->new_handled), 1);
	kunit_irq_line_raise(t->line, BIT(NEW_PIN));
	expect_handled(test, 2, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->new_handled), 2);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, 0), 0,
			    "an interrupt of another device is claimed");
}

/* The chip latches the first pin that changes. Another one which changes then is handled once. */
static void mcp23s08_two_pins(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	bind_and_request(test, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test,
							 gpiod_to_irq(pin_desc(test, NEW_PIN)),
							 NULL, new_handler,
							 IRQF_TRIGGER_RISING | IRQF_ONESHOT,
							 "mcp23s08-kunit-new", t), 0);
	for (int i = 1; i <= 2; i++) {
		kunit_irq_line_hold(t->line);
		toggle_pin(t);
		kunit_irq_line_raise(t->line, BIT(NEW_PIN));
		kunit_irq_line_let_go(t->line);
		expect_handled(test, 3 * i - 2, 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->new_handled), i);

		toggle_pin(t);
		expect_handled(test, 3 * i - 1, 1);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->new_handled), i,
				    "interrupts of the pin which did not change");
		/* Low again, and the other one changes once more */
		kunit_irq_line_raise(t->line, BIT(NEW_PIN));
		toggle_pin(t);
		expect_handled(test, 3 * i, 2);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->new_handled), i);
	}
}

/*
 * The interrupt of a pin is changed from an edge to the level before that edge. A level which
 * is gone is not handled, and its end is not an edge.
 */
static void mcp23s08_edge_to_level(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	bind_and_request(test, IRQF_TRIGGER_RISING);
	toggle_pin(t);
	expect_handled(test, 1, 1);
	set_type(test, IRQ_TYPE_LEVEL_LOW);
	short_pulse(t);
	expect_handled(test, 1, 1);

	set_type(test, IRQ_TYPE_EDGE_FALLING);
	toggle_pin(t);
	expect_handled(test, 2, 1);
	set_type(test, IRQ_TYPE_LEVEL_HIGH);
	short_pulse(t);
	expect_handled(test, 2, 1);
	KUNIT_EXPECT_EQ_MSG(test, reads_of_intf(t), 4,
			    "reads of INTF, one for each interrupt of the chip");
}

/* The interrupt of a pin is changed from a level to an edge, which is handled once. */
static void mcp23s08_level_to_edge(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	bind_and_request(test, IRQF_TRIGGER_HIGH);
	t->lower_after = 1;
	toggle_pin(t);
	expect_handled(test, 1, 2);

	/* The driver last read the pin before the handler lowered it: it compares with that */
	KUNIT_ASSERT_EQ(test, gpiod_get_raw_value_cansleep(pin_desc(test, PIN)), 0);
	set_type(test, IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, INTCON) & BIT(PIN), 0,
			    "the chip still interrupts for the level");
	/* The second run, which is one too many, ends an interrupt storm */
	t->lower_after = 3;
	toggle_pin(t);
	expect_handled(test, 2, 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, GPIO), BIT(PIN));
	toggle_pin(t);
	expect_handled(test, 2, 1);
}

/* A pin whose interrupt was freed does not interrupt any more. */
static void mcp23s08_freed(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;
	unsigned int before;

	bind_and_request(test, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, GPINTEN), BIT(PIN));
	KUNIT_ASSERT_EQ(test, kunit_free_irq(test, gpiod_to_irq(pin_desc(test, PIN)), t), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->rf, GPINTEN), 0,
			    "the freed interrupt is still enabled");

	before = reads_of_intf(t);
	toggle_pin(t);
	expect_handled(test, 0, 1);
	KUNIT_EXPECT_EQ_MSG(test, reads_of_intf(t), before, "the chip interrupts");
}

/* The firmware may leave interrupts enabled, and one pending. */
static void mcp23s08_left_enabled(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	kunit_regfile_set(t->rf, GPINTEN, 0xff, 0xff);
	toggle_pin(t);
	KUNIT_ASSERT_EQ(test, kunit_regfile_get(t->rf, INTF), BIT(PIN));

	/* Probe must disable them before it requests the line: the pins have no handlers yet */
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->rf, GPINTEN), 0);
	expect_handled(test, 0, 1);
}

static void mcp23s08_probe_fails(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	KUNIT_EXPECT_GT(test, kunit_dut_fail_each_access(t->dut), 0);
}

static void mcp23s08_unbind_under_fire(struct kunit *test)
{
	struct mcp23s08_test *t = test->priv;

	kunit_dut_unbind_under_fire(t->dut, BIT(PIN), 5);
}

static struct kunit_case mcp23s08_test_cases[] = {
	KUNIT_CASE_PARAM(mcp23s08_edges, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_change_behind_intf, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_spurious, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_not_mine, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_changes_in_handler, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_level, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_short_pulse, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_high_at_probe, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_read_in_handler, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_two_pins, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_edge_to_level, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_level_to_edge, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_freed, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_left_enabled, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_probe_fails, bus_gen_params),
	KUNIT_CASE_PARAM(mcp23s08_unbind_under_fire, bus_gen_params),
	{ }
};

static struct kunit_suite mcp23s08_test_suite = {
	.name = "pinctrl-mcp23s08",
	.init = mcp23s08_test_init,
	.test_cases = mcp23s08_test_cases,
};

kunit_test_suite(mcp23s08_test_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of pinctrl-mcp23s08");
MODULE_LICENSE("GPL");
