// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupts of gpio-pca953x
 *
 * The unmodified driver runs on models of the PCA9554, which interrupts while an
 * input differs from its last read, and of the PCAL6408, which also latches short
 * pulses.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/device.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/regulator/machine.h>
#include <linux/workqueue.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/irq.h>
#include <kunit/test.h>

#define INPUT		0x00
#define OUTPUT		0x01
#define INVERT		0x02
#define DIRECTION	0x03
#define IN_LATCH	0x42
#define INT_MASK	0x45
#define INT_STAT	0x46

#define PIN		3
#define OTHER_PIN	5

/**
 * struct pca953x_test - fixture
 * @c:		the device
 * @pins:	levels at the pins
 * @seen:	levels at the last read by the driver
 * @irq:	interrupt of @PIN
 * @other_irq:	interrupt of @OTHER_PIN
 * @handled:	runs of the handler of @PIN
 * @other:	runs of the handler of @OTHER_PIN
 */
struct pca953x_test {
	struct kunit_i2c_client	*c;
	u8			pins;
	u8			seen;
	int			irq;
	int			other_irq;
	atomic_t		handled;
	atomic_t		other;
};

static const struct kunit_reg pca9554_regs[] = {
	KUNIT_REG_RO(INPUT, 0xff),
	KUNIT_REG(OUTPUT, 0xff),
	KUNIT_REG(INVERT, 0),
	KUNIT_REG(DIRECTION, 0xff),
};

static void pca9554_read(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct pca953x_test *t = rf->priv;

	if (reg == INPUT)
		t->seen = *val;
}

static bool pca9554_asserted(struct kunit_regfile *rf)
{
	struct pca953x_test *t = rf->priv;

	return (rf->val[INPUT] ^ t->seen) & rf->val[DIRECTION];
}

/* @bits: the pins which change */
static void pca9554_event(struct kunit_regfile *rf, u64 bits)
{
	struct pca953x_test *t = rf->priv;

	t->pins ^= bits;
	rf->val[INPUT] = t->pins;
}

static const struct kunit_regfile_model pca9554_model = {
	.regs		= pca9554_regs,
	.num_regs	= ARRAY_SIZE(pca9554_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.read		= pca9554_read,
	.asserted	= pca9554_asserted,
	.event		= pca9554_event,
};

/* A latched input keeps its changed level until it is read. */
static const struct kunit_reg pcal6408_regs[] = {
	KUNIT_REG_RO(INPUT, 0xff),
	KUNIT_REG(OUTPUT, 0xff),
	KUNIT_REG(INVERT, 0),
	KUNIT_REG(DIRECTION, 0xff),
	KUNIT_REG(IN_LATCH, 0),
	KUNIT_REG(INT_MASK, 0xff),
	KUNIT_REG_RO(INT_STAT, 0),
};

static void pcal6408_read(struct kunit_regfile *rf, unsigned int reg, u32 *val)
{
	struct pca953x_test *t = rf->priv;

	if (reg != INPUT)
		return;
	rf->val[INPUT] = t->pins;
	rf->val[INT_STAT] = 0;
}

static bool pcal6408_asserted(struct kunit_regfile *rf)
{
	return rf->val[INT_STAT];
}

static void pcal6408_event(struct kunit_regfile *rf, u64 bits)
{
	struct pca953x_test *t = rf->priv;
	u8 latched = rf->val[INT_STAT] & rf->val[IN_LATCH];

	t->pins ^= bits;
	rf->val[INPUT] = (rf->val[INPUT] & latched) | (t->pins & ~latched);
	rf->val[INT_STAT] |= bits & rf->val[DIRECTION] & ~rf->val[INT_MASK];
}

static const struct kunit_regfile_model pcal6408_model = {
	.regs		= pcal6408_regs,
	.num_regs	= ARRAY_SIZE(pcal6408_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.read		= pcal6408_read,
	.asserted	= pcal6408_asserted,
	.event		= pcal6408_event,
};

static void set_pin(struct pca953x_test *t, unsigned int pin, bool high)
{
	if (high != !!(t->pins & BIT(pin)))
		kunit_irq_line_raise(t->c->line, BIT(pin));
}

static irqreturn_t pin_handler(int irq, void *count)
{
	atomic_inc(count);
	return IRQ_HANDLED;
}

static struct gpio_desc *pin_desc(struct kunit *test, unsigned int pin)
{
	struct pca953x_test *t = test->priv;
	struct gpio_device *gdev;
	struct gpio_desc *desc;

	gdev = gpio_device_find_by_label(dev_name(&t->c->client->dev));
	KUNIT_ASSERT_NOT_NULL(test, gdev);
	desc = gpio_device_get_desc(gdev, pin);
	gpio_device_put(gdev);
	return desc;
}

static int pin_irq(struct kunit *test, unsigned int pin)
{
	return gpiod_to_irq(pin_desc(test, pin));
}

static int request_pin(struct kunit *test, unsigned int pin, unsigned long flags,
		       atomic_t *count)
{
	return kunit_request_threaded_irq(test, pin_irq(test, pin), NULL, pin_handler,
					  flags | IRQF_ONESHOT, "pca953x-kunit", count);
}

static const unsigned int triggers[] = { IRQ_TYPE_LEVEL_LOW, IRQ_TYPE_EDGE_FALLING };

static void trigger_desc(const unsigned int *trigger, char *desc)
{
	strscpy(desc, *trigger == IRQ_TYPE_LEVEL_LOW ? "level" : "edge", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(trigger, triggers, trigger_desc);

static void make_device(struct kunit *test, const char *type,
			const struct kunit_regfile_model *model)
{
	const unsigned int *trigger = test->param_value;
	struct pca953x_test *t = test->priv;
	struct kunit_i2c_info info = {
		.driver		= "pca953x",
		.type		= type,
		.addr		= 0x20,
		.model		= model,
		.priv		= t,
		.trigger	= trigger ? *trigger : IRQ_TYPE_LEVEL_LOW,
	};

	t->c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
}

static void bind_pca9554(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	make_device(test, "pca9554", &pca9554_model);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
}

static int pca953x_test_init(struct kunit *test)
{
	struct pca953x_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	/* Use dummy regulators: the supply of the chip is not described here */
	regulator_has_full_constraints();
	t->pins = 0xff;
	t->seen = 0xff;
	test->priv = t;
	return 0;
}

static void expect_handled(struct kunit *test, int handled)
{
	struct pca953x_test *t = test->priv;

	/* Changes while the handler runs cause another run */
	for (int rounds = 0; kunit_irq_line_settle(t->c->line) && rounds < 2; rounds++)
		;
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), handled);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_regfile_asserted(t->c->rf),
			       "the chip still asserts its interrupt");
}

/* The number of reads of the pins, one for each run of the handler */
static unsigned int reads(struct pca953x_test *t)
{
	return kunit_regfile_count(t->c->rf, KUNIT_REGFILE_READ, INPUT);
}

static void pca953x_edges(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
					  &t->handled), 0);
	KUNIT_ASSERT_EQ(test, request_pin(test, OTHER_PIN, IRQF_TRIGGER_RISING, &t->other), 0);

	for (int i = 0; i < 3; i++) {
		set_pin(t, PIN, false);
		set_pin(t, OTHER_PIN, false);
		expect_handled(test, 2 * i + 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->other), i);
		set_pin(t, PIN, true);
		set_pin(t, OTHER_PIN, true);
		expect_handled(test, 2 * i + 2);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->other), i + 1);
	}
}

/* A pin which has the active level is handled with each interrupt of the chip. */
static void expect_level(struct kunit *test, unsigned long flags)
{
	struct pca953x_test *t = test->priv;
	bool high = flags & IRQF_TRIGGER_HIGH;
	unsigned int before;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, flags, &t->handled), 0);
	before = reads(t);
	set_pin(t, PIN, false);
	expect_handled(test, high ? 0 : 1);
	set_pin(t, OTHER_PIN, false);
	expect_handled(test, high ? 0 : 2);
	set_pin(t, PIN, true);
	expect_handled(test, high ? 1 : 2);
	set_pin(t, OTHER_PIN, true);
	expect_handled(test, 2);
	KUNIT_EXPECT_EQ_MSG(test, reads(t) - before, 4, "runs of the handler for four changes");
}

static void pca953x_level_high(struct kunit *test)
{
	expect_level(test, IRQF_TRIGGER_HIGH);
}

static void pca953x_level_low(struct kunit *test)
{
	expect_level(test, IRQF_TRIGGER_LOW);
}

/* A change before the request of the pin is the base for the next edge. */
static void pca953x_change_before_request(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	make_device(test, "pca9554", &pca9554_model);
	set_pin(t, PIN, false);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);

	set_pin(t, PIN, true);
	expect_handled(test, 0);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);
	set_pin(t, PIN, false);
	expect_handled(test, 1);
}

static void change_other_pin(void *data)
{
	struct pca953x_test *t = data;

	set_pin(t, OTHER_PIN, !(t->pins & BIT(OTHER_PIN)));
}

/* Another pin which changes after any transfer of the handler is handled, too. */
static void pca953x_change_in_handler(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	unsigned int before, hooked;
	int others = 0;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
					  &t->handled), 0);
	KUNIT_ASSERT_EQ(test, request_pin(test, OTHER_PIN,
					  IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
					  &t->other), 0);

	for (int nr = 1; nr <= 4; nr++) {
		before = reads(t);
		kunit_accesses_hook(&t->c->rf->accesses, nr, change_other_pin, t);
		set_pin(t, PIN, nr % 2 == 0);
		expect_handled(test, nr);
		hooked = kunit_accesses_hooked(&t->c->rf->accesses);
		others += hooked;
		KUNIT_EXPECT_EQ_MSG(test, reads(t) - before, 1 + hooked, "runs of the handler");
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->other), others,
				    "pin %d changed behind transfer %d of the handler",
				    OTHER_PIN, nr);
	}
	KUNIT_EXPECT_EQ_MSG(test, others, 1, "one transfer: the direction is in the cache");
}

/* The trigger type comes from the firmware, not from the driver. */
static void pca953x_trigger_type(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	const unsigned int *trigger = test->param_value;

	bind_pca9554(test);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(kunit_irq_line_irq(t->c->line)), *trigger);
}

/* The line may be shared, and the driver does not claim interrupts of other devices. */
static void pca953x_not_mine(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
					  &t->handled), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->c->line, 0), 0,
			    "an interrupt of another device is claimed");
	expect_handled(test, 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->c->line, BIT(PIN)), 1,
			    "an interrupt of the chip is not claimed");
	expect_handled(test, 2);
}

/* The chip cannot mask inputs: it also interrupts for those which nobody has requested. */
static void pca953x_not_requested(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
					  &t->handled), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->c->line, BIT(OTHER_PIN)), 1,
			    "an interrupt of the chip for another pin is not claimed");
	expect_handled(test, 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->c->line, 0), 0,
			    "an interrupt of another device is claimed");
	expect_handled(test, 0);
}

/* A pin whose interrupt was freed does not interrupt any more, if the chip can mask it. */
static void pca953x_freed(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	unsigned int before;

	make_device(test, "pcal6408", &pcal6408_model);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, INT_MASK), 0xff & ~BIT(PIN));
	KUNIT_ASSERT_EQ(test, kunit_free_irq(test, pin_irq(test, PIN), &t->handled), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->c->rf, INT_MASK), 0xff,
			    "the freed interrupt is not masked");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, IN_LATCH), 0);

	before = reads(t);
	set_pin(t, PIN, false);
	expect_handled(test, 0);
	KUNIT_EXPECT_EQ_MSG(test, reads(t), before, "the chip interrupts");
}

/* A pin whose interrupt was freed can be an output, and stays one. */
static void pca953x_output_after_free(struct kunit *test)
{
	static const unsigned long flags[] = {
		IRQF_TRIGGER_RISING, IRQF_TRIGGER_FALLING, IRQF_TRIGGER_HIGH, IRQF_TRIGGER_LOW,
	};
	struct pca953x_test *t = test->priv;

	make_device(test, "pcal6408", &pcal6408_model);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
	for (int i = 0; i < ARRAY_SIZE(flags); i++) {
		KUNIT_ASSERT_EQ(test, request_pin(test, PIN, flags[i], &t->handled), 0);
		KUNIT_ASSERT_EQ(test, kunit_free_irq(test, pin_irq(test, PIN), &t->handled), 0);
		KUNIT_ASSERT_EQ(test, gpiod_direction_output_raw(pin_desc(test, PIN), 0), 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, DIRECTION), 0xff & ~BIT(PIN));

		KUNIT_ASSERT_EQ(test, request_pin(test, OTHER_PIN, IRQF_TRIGGER_FALLING,
						  &t->other), 0);
		KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->c->rf, DIRECTION),
				    0xff & ~BIT(PIN),
				    "the request of another pin has changed the direction");
		KUNIT_ASSERT_EQ(test, kunit_free_irq(test, pin_irq(test, OTHER_PIN), &t->other), 0);
		KUNIT_ASSERT_EQ(test, gpiod_direction_input(pin_desc(test, PIN)), 0);
	}
}

/* A failed read is retried, as the line stays asserted. */
static void pca953x_read_fails(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	unsigned int before;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);
	before = reads(t);
	kunit_regfile_fail(t->c->rf, 1, -EIO);
	set_pin(t, PIN, false);
	expect_handled(test, 1);
	KUNIT_EXPECT_EQ_MSG(test, reads(t) - before, 1, "reads that succeed");
}

static void pca953x_short_pulse(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	make_device(test, "pcal6408", &pcal6408_model);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, INT_MASK), 0xff & ~BIT(PIN));
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, IN_LATCH), BIT(PIN));

	/* INPUT shows the first pulse, but looks the same for the following ones */
	for (int i = 1; i <= 3; i++) {
		kunit_irq_line_hold(t->c->line);
		set_pin(t, PIN, false);
		set_pin(t, PIN, true);
		kunit_irq_line_let_go(t->c->line);
		expect_handled(test, i);
	}
}

/*
 * While suspended, the driver cannot read the interrupt status. Interrupts are still
 * on when its suspend() returns, and on again before resume() is called.
 */
static void pca953x_suspended(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	const struct dev_pm_ops *pm;
	struct device *dev;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "there is no suspend without CONFIG_PM_SLEEP");

	bind_pca9554(test);
	dev = &t->c->client->dev;
	pm = dev->driver->pm;
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);
	kunit_irq_line_listen(t->c->line, 20);

	KUNIT_ASSERT_EQ(test, pm->suspend(dev), 0);
	set_pin(t, PIN, false);
	for (int i = 0; i < 25; i++)
		kunit_irq_line_settle(t->c->line);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_heard(t->c->line), 0,
			    "the driver is interrupted while it is suspended");
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 0);

	KUNIT_ASSERT_EQ(test, pm->resume(dev), 0);
	expect_handled(test, 1);
}

/**
 * struct pca953x_reader - a handler which needs the driver while that is suspended
 * @t:		the fixture
 * @pin:	the pin, which the handler reads
 * @suspend:	suspends the device
 * @suspended:	result of that
 * @read:	reads the pin
 * @done:	@read is done
 * @level:	result of that
 * @handled:	runs of the handler
 * @stuck:	runs in which the pin could not be read
 */
struct pca953x_reader {
	struct pca953x_test	*t;
	struct gpio_desc	*pin;
	struct work_struct	suspend;
	int			suspended;
	struct work_struct	read;
	struct completion	done;
	int			level;
	atomic_t		handled;
	atomic_t		stuck;
};

static void suspend_device(struct work_struct *work)
{
	struct pca953x_reader *r = container_of(work, struct pca953x_reader, suspend);
	struct device *dev = &r->t->c->client->dev;

	r->suspended = dev->driver->pm->suspend(dev);
}

static void read_pin(struct work_struct *work)
{
	struct pca953x_reader *r = container_of(work, struct pca953x_reader, read);

	r->level = gpiod_get_raw_value_cansleep(r->pin);
	complete(&r->done);
}

static irqreturn_t reading_handler(int irq, void *data)
{
	struct pca953x_reader *r = data;
	struct irq_data *line = irq_get_irq_data(kunit_irq_line_irq(r->t->c->line));
	bool disabled;

	schedule_work(&r->suspend);
	/* disable_irq() first disables the interrupt, and then waits for this handler */
	read_poll_timeout(irqd_irq_disabled, disabled, disabled, 1000, 5 * USEC_PER_SEC, false,
			  line);
	/* The handler itself does not wait for ever, so that a deadlock ends */
	schedule_work(&r->read);
	if (!wait_for_completion_timeout(&r->done, 5 * HZ))
		atomic_inc(&r->stuck);
	atomic_inc(&r->handled);
	return IRQ_HANDLED;
}

/* suspend() waits for the handler of a pin, which may use the pin. */
static void pca953x_suspended_in_handler(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	const struct dev_pm_ops *pm;
	struct pca953x_reader *r;
	struct device *dev;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "there is no suspend without CONFIG_PM_SLEEP");

	r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	r->t = t;
	r->suspended = -EINPROGRESS;
	INIT_WORK(&r->suspend, suspend_device);
	INIT_WORK(&r->read, read_pin);
	init_completion(&r->done);
	bind_pca9554(test);
	dev = &t->c->client->dev;
	pm = dev->driver->pm;
	r->pin = pin_desc(test, PIN);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, pin_irq(test, PIN), NULL,
							 reading_handler,
							 IRQF_TRIGGER_FALLING | IRQF_ONESHOT,
							 "pca953x-kunit", r), 0);

	set_pin(t, PIN, false);
	kunit_irq_line_settle(t->c->line);
	flush_work(&r->suspend);
	flush_work(&r->read);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&r->stuck), 0,
			    "suspend() and the handler of a pin wait for each other");
	KUNIT_EXPECT_EQ(test, atomic_read(&r->handled), 1);
	KUNIT_EXPECT_EQ(test, r->level, 0);
	KUNIT_ASSERT_EQ(test, r->suspended, 0);
	KUNIT_EXPECT_EQ(test, pm->resume(dev), 0);
}

static void pca953x_suspend_resume(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);
	kunit_dut_suspend_resume(t->c->dut, BIT(PIN));
	expect_handled(test, 1);
}

/* The chip loses its registers while it is switched off in suspend: the driver restores them. */
static void pca953x_powered_off(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	const struct dev_pm_ops *pm;
	struct device *dev;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "there is no suspend without CONFIG_PM_SLEEP");

	make_device(test, "pcal6408", &pcal6408_model);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->c->dut), 0);
	dev = &t->c->client->dev;
	pm = dev->driver->pm;
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);

	KUNIT_ASSERT_EQ(test, pm->suspend(dev), 0);
	kunit_regfile_power(t->c->rf, false);
	kunit_regfile_power(t->c->rf, true);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, INT_MASK), 0xff);
	KUNIT_ASSERT_EQ(test, pm->resume(dev), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_get(t->c->rf, INT_MASK), 0xff & ~BIT(PIN),
			    "the interrupt of the pin is masked after resume");
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(t->c->rf, IN_LATCH), BIT(PIN));
	set_pin(t, PIN, false);
	expect_handled(test, 1);
}

/* A pin wakes the system through the interrupt of the chip, which must stay powered. */
static void pca953x_wakes(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	const struct dev_pm_ops *pm;
	struct irq_data *line;
	struct device *dev;
	int irq;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "there is no suspend without CONFIG_PM_SLEEP");

	bind_pca9554(test);
	dev = &t->c->client->dev;
	pm = dev->driver->pm;
	line = irq_get_irq_data(kunit_irq_line_irq(t->c->line));
	irq = pin_irq(test, PIN);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING, &t->handled), 0);

	KUNIT_ASSERT_EQ(test, pm->suspend(dev), 0);
	KUNIT_EXPECT_FALSE(test, device_wakeup_path(dev));
	KUNIT_ASSERT_EQ(test, pm->resume(dev), 0);

	KUNIT_ASSERT_EQ(test, enable_irq_wake(irq), 0);
	KUNIT_EXPECT_TRUE(test, irqd_is_wakeup_set(line));
	KUNIT_ASSERT_EQ(test, pm->suspend(dev), 0);
	KUNIT_EXPECT_TRUE_MSG(test, device_wakeup_path(dev), "the chip may be switched off");
	KUNIT_ASSERT_EQ(test, pm->resume(dev), 0);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(irq), 0);
	KUNIT_EXPECT_FALSE(test, irqd_is_wakeup_set(line));
}

/* Each transfer of probe() fails in turn; nothing leaks, and probe() then works. */
static void pca953x_probe_fails(struct kunit *test)
{
	struct pca953x_test *t = test->priv;
	unsigned int accesses;

	make_device(test, "pca9554", &pca9554_model);
	accesses = kunit_dut_count_accesses(t->c->dut);
	KUNIT_EXPECT_GT(test, accesses, 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->c->dut), accesses);
}

static void pca953x_unbind_under_fire(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	make_device(test, "pca9554", &pca9554_model);
	kunit_dut_unbind_under_fire(t->c->dut, BIT(PIN), 5);
}

/* Edges are handled while the interrupt of the chip is moved, and its CPU goes down. */
static void pca953x_affinity(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING | IRQF_TRIGGER_RISING,
					  &t->handled), 0);
	kunit_dut_affinity_under_fire(t->c->dut, BIT(PIN), 2);
	KUNIT_EXPECT_GT(test, atomic_read(&t->handled), 0);
}

static void pca953x_hotplug(struct kunit *test)
{
	struct pca953x_test *t = test->priv;

	bind_pca9554(test);
	KUNIT_ASSERT_EQ(test, request_pin(test, PIN, IRQF_TRIGGER_FALLING | IRQF_TRIGGER_RISING,
					  &t->handled), 0);
	kunit_dut_hotplug_under_fire(t->c->dut, BIT(PIN));
	KUNIT_EXPECT_GT(test, atomic_read(&t->handled), 0);
}

static struct kunit_case pca953x_test_cases[] = {
	KUNIT_CASE_PARAM(pca953x_edges, trigger_gen_params),
	KUNIT_CASE_PARAM(pca953x_level_high, trigger_gen_params),
	KUNIT_CASE_PARAM(pca953x_level_low, trigger_gen_params),
	KUNIT_CASE_PARAM(pca953x_change_before_request, trigger_gen_params),
	KUNIT_CASE_PARAM(pca953x_change_in_handler, trigger_gen_params),
	KUNIT_CASE_PARAM(pca953x_trigger_type, trigger_gen_params),
	KUNIT_CASE_PARAM(pca953x_not_mine, trigger_gen_params),
	KUNIT_CASE_PARAM(pca953x_not_requested, trigger_gen_params),
	KUNIT_CASE(pca953x_freed),
	KUNIT_CASE(pca953x_output_after_free),
	KUNIT_CASE(pca953x_read_fails),
	KUNIT_CASE(pca953x_short_pulse),
	KUNIT_CASE(pca953x_suspended),
	KUNIT_CASE(pca953x_suspended_in_handler),
	KUNIT_CASE(pca953x_suspend_resume),
	KUNIT_CASE(pca953x_powered_off),
	KUNIT_CASE(pca953x_wakes),
	KUNIT_CASE(pca953x_probe_fails),
	KUNIT_CASE(pca953x_unbind_under_fire),
	KUNIT_CASE(pca953x_affinity),
	KUNIT_CASE(pca953x_hotplug),
	{ }
};

static struct kunit_suite pca953x_test_suite = {
	.name = "gpio-pca953x",
	.init = pca953x_test_init,
	.test_cases = pca953x_test_cases,
};

kunit_test_suite(pca953x_test_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of gpio-pca953x");
MODULE_LICENSE("GPL");
