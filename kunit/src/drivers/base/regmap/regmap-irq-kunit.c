// SPDX-License-Identifier: GPL-2.0
//
// KUnit test for the regmap based irq_chip
//
// A device with a status and a mask register, and one interrupt line, which is
// high while a status bit is set that is not masked. Writing a status bit
// clears it.

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/mutex.h>
#include <linux/regmap.h>

#include <kunit/device.h>
#include <kunit/irq.h>
#include <kunit/test.h>

#define REG_STATUS	1
#define REG_MASK	2

#define NUM_SOURCES	4
#define LINE		5

struct regmap_irq_test;

/**
 * struct regmap_irq_source - an interrupt of the device, and its handler
 * @t:		the test
 * @irq:	Linux interrupt number
 * @bit:	bit in the registers
 * @again:	how many more times the handler raises the event again
 * @handled:	runs of the handler
 */
struct regmap_irq_source {
	struct regmap_irq_test	*t;
	int			irq;
	unsigned int		bit;
	atomic_t		again;
	atomic_t		handled;
};

/**
 * struct regmap_irq_test - fixture
 * @lock:	protects the registers, and keeps the line in step with them
 * @status:	status register
 * @mask:	mask register
 * @chip:	the interrupt controller to which the device is connected
 * @irq:	Linux interrupt number of the line of the device
 * @data:	data of the regmap irq_chip
 * @source:	the interrupts of the device, all requested
 */
struct regmap_irq_test {
	struct mutex			lock;	/* registers and line */
	unsigned int			status;
	unsigned int			mask;
	struct irq_domain		*chip;
	int				irq;
	struct regmap_irq_chip_data	*data;
	struct regmap_irq_source	source[NUM_SOURCES];
};

static void device_drive_line(struct regmap_irq_test *t)
{
	lockdep_assert_held(&t->lock);
	irq_sim_set_line(t->chip, LINE, t->status & ~t->mask);
}

static int device_read(void *context, unsigned int reg, unsigned int *val)
{
	struct regmap_irq_test *t = context;

	guard(mutex)(&t->lock);
	*val = reg == REG_STATUS ? t->status : t->mask;
	return 0;
}

static int device_write(void *context, unsigned int reg, unsigned int val)
{
	struct regmap_irq_test *t = context;

	guard(mutex)(&t->lock);
	if (reg == REG_STATUS)
		t->status &= ~val;
	else
		t->mask = val;
	device_drive_line(t);
	return 0;
}

static void device_events(struct regmap_irq_test *t, unsigned int bits)
{
	guard(mutex)(&t->lock);
	t->status |= bits;
	device_drive_line(t);
}

static const struct regmap_config device_config = {
	.reg_bits	= 8,
	.val_bits	= 8,
	.max_register	= REG_MASK,
	.reg_read	= device_read,
	.reg_write	= device_write,
};

static const struct regmap_irq device_irqs[NUM_SOURCES] = {
	REGMAP_IRQ_REG(0, 0, BIT(0)),
	REGMAP_IRQ_REG(1, 0, BIT(1)),
	REGMAP_IRQ_REG(2, 0, BIT(2)),
	REGMAP_IRQ_REG(3, 0, BIT(3)),
};

static const struct regmap_irq_chip device_irq_chip = {
	.name		= "regmap-irq-kunit",
	.status_base	= REG_STATUS,
	.ack_base	= REG_STATUS,
	.mask_base	= REG_MASK,
	.num_regs	= 1,
	.irqs		= device_irqs,
	.num_irqs	= NUM_SOURCES,
};

static irqreturn_t source_handler(int irq, void *data)
{
	struct regmap_irq_source *source = data;

	atomic_inc(&source->handled);
	if (atomic_dec_if_positive(&source->again) >= 0)
		device_events(source->t, source->bit);
	return IRQ_HANDLED;
}

/* Wait until the interrupt which is asserted now has been handled. */
static void wait_handled(struct regmap_irq_test *t)
{
	irq_sim_synchronize(t->chip);
	synchronize_irq(t->irq);
}

static void expect_handled(struct kunit *test, int n0, int n1, int n2, int n3)
{
	struct regmap_irq_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, atomic_read(&t->source[0].handled), n0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->source[1].handled), n1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->source[2].handled), n2);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->source[3].handled), n3);
}

static int regmap_irq_test_init(struct kunit *test)
{
	struct irq_sim_info info = { .num_irqs = LINE + 1 };
	struct regmap_irq_test *t;
	struct regmap *map;
	struct device *dev;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	mutex_init(&t->lock);
	test->priv = t;

	t->chip = kunit_irq_sim_create(test, &info);
	t->irq = kunit_irq_sim_map(test, t->chip, LINE);
	KUNIT_ASSERT_GT(test, t->irq, 0);

	dev = kunit_device_register(test, "regmap-irq-kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	map = devm_regmap_init(dev, NULL, t, &device_config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_ASSERT_EQ(test, devm_regmap_add_irq_chip(dev, map, t->irq, IRQF_TRIGGER_HIGH, 0,
						       &device_irq_chip, &t->data), 0);
	KUNIT_EXPECT_EQ(test, t->mask, GENMASK(NUM_SOURCES - 1, 0));

	for (int i = 0; i < NUM_SOURCES; i++) {
		struct regmap_irq_source *source = &t->source[i];

		source->t = t;
		source->bit = BIT(i);
		source->irq = regmap_irq_get_virq(t->data, i);
		KUNIT_ASSERT_GT(test, source->irq, 0);
		KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, source->irq, NULL,
								 source_handler, IRQF_ONESHOT,
								 "source", source), 0);
	}
	KUNIT_EXPECT_EQ(test, t->mask, 0);
	return 0;
}

/* An event runs its own handler once, and is acknowledged. */
static void regmap_irq_one_event(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;

	device_events(t, BIT(1));
	wait_handled(t);
	expect_handled(test, 0, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, t->status, 0);

	device_events(t, BIT(3));
	wait_handled(t);
	device_events(t, BIT(1));
	wait_handled(t);
	expect_handled(test, 0, 2, 0, 1);
	KUNIT_EXPECT_EQ(test, t->status, 0);
}

static void regmap_irq_events_at_once(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;

	device_events(t, BIT(0) | BIT(2) | BIT(3));
	wait_handled(t);
	expect_handled(test, 1, 0, 1, 1);
	KUNIT_EXPECT_EQ(test, t->status, 0);
}

/* The event of a disabled interrupt stays pending in the device, and does not block others. */
static void regmap_irq_disabled(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;

	disable_irq(t->source[2].irq);
	KUNIT_EXPECT_EQ(test, t->mask, BIT(2));
	device_events(t, BIT(2));
	wait_handled(t);
	expect_handled(test, 0, 0, 0, 0);

	device_events(t, BIT(0));
	wait_handled(t);
	expect_handled(test, 1, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, t->status, BIT(2));

	enable_irq(t->source[2].irq);
	wait_handled(t);
	expect_handled(test, 1, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, t->status, 0);
}

/* While the line of the device is masked, all its events stay pending. */
static void regmap_irq_line_disabled(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;

	disable_irq(t->irq);
	device_events(t, BIT(0));
	device_events(t, BIT(0) | BIT(1));
	wait_handled(t);
	expect_handled(test, 0, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, t->status, BIT(0) | BIT(1));

	enable_irq(t->irq);
	wait_handled(t);
	expect_handled(test, 1, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, t->status, 0);
}

/* An event after the acknowledgment runs the handler once more. */
static void regmap_irq_event_in_handler(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;

	atomic_set(&t->source[1].again, 2);
	device_events(t, BIT(1));
	/* Each wait ends when the line is unmasked; by then it is asserted again */
	for (int i = 0; i < 3; i++)
		wait_handled(t);
	expect_handled(test, 0, 3, 0, 0);
	KUNIT_EXPECT_EQ(test, t->status, 0);
}

/*
 * Does the irq_chip claim the interrupts of its line? genirq accounts for what a thread has
 * returned at the next interrupt: see kunit_irq_line_claimed().
 */
static bool line_claimed(struct kunit *test, unsigned int bits)
{
	struct regmap_irq_test *t = test->priv;
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(t->irq));
	unsigned int unhandled = 0;
	unsigned long last = 0;

	for (int i = 0; i < 2; i++) {
		unhandled = READ_ONCE(desc->irqs_unhandled);
		last = READ_ONCE(desc->last_unhandled);
		if (bits)
			device_events(t, bits);
		else
			KUNIT_EXPECT_EQ(test, irq_sim_fire(t->chip, LINE), 1);
		wait_handled(t);
	}
	return READ_ONCE(desc->last_unhandled) == last &&
	       READ_ONCE(desc->irqs_unhandled) <= unhandled;
}

/* An interrupt without an event is not claimed, or genirq would not notice a stuck line. */
static void regmap_irq_not_mine(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;

	if (irq_check_status_bit(t->irq, IRQ_NO_DEBUG))
		kunit_skip(test, "genirq does not look at what handlers return");

	KUNIT_EXPECT_FALSE_MSG(test, line_claimed(test, 0),
			       "an interrupt without an event is claimed");
	disable_irq(t->source[2].irq);
	device_events(t, BIT(2));
	KUNIT_EXPECT_FALSE_MSG(test, line_claimed(test, 0),
			       "an interrupt is claimed for an event which is masked");
	expect_handled(test, 0, 0, 0, 0);
	KUNIT_EXPECT_TRUE_MSG(test, line_claimed(test, BIT(1)),
			      "an interrupt of the device is not claimed");
	expect_handled(test, 0, 2, 0, 0);
	enable_irq(t->source[2].irq);
	wait_handled(t);
	expect_handled(test, 0, 2, 1, 0);
}

static void expect_wakes(struct kunit *test, bool wakes)
{
	struct regmap_irq_test *t = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, irqd_is_wakeup_set(irq_get_irq_data(t->irq)), wakes,
			    "the line of the device is %sa wakeup source", wakes ? "not " : "");
}

/* The line of the device is a wakeup source as long as one of its interrupts is. */
static void regmap_irq_wake(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;

	expect_wakes(test, false);
	KUNIT_ASSERT_EQ(test, enable_irq_wake(t->source[1].irq), 0);
	expect_wakes(test, true);
	KUNIT_ASSERT_EQ(test, enable_irq_wake(t->source[3].irq), 0);
	expect_wakes(test, true);
	/* Other changes have no influence */
	disable_irq(t->source[0].irq);
	enable_irq(t->source[0].irq);
	KUNIT_ASSERT_EQ(test, disable_irq_wake(t->source[1].irq), 0);
	expect_wakes(test, true);
	KUNIT_ASSERT_EQ(test, disable_irq_wake(t->source[3].irq), 0);
	expect_wakes(test, false);
}

static int refuse_request(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	return -EBUSY;
}

static const struct irq_sim_ops refuse_ops = {
	.irq_sim_irq_requested	= refuse_request,
};

static void free_fwnode(void *fwnode)
{
	irq_domain_free_fwnode(fwnode);
}

/* If the line cannot be requested, nothing of the irq_chip is left. */
static void regmap_irq_request_fails(struct kunit *test)
{
	struct irq_sim_info info = { .num_irqs = 1, .ops = &refuse_ops };
	struct fwnode_handle *fwnode;
	struct irq_domain *domain;
	struct regmap_irq_chip_data *data;
	struct regmap *map;
	struct device *dev;
	int irq;

	irq = kunit_irq_sim_map(test, kunit_irq_sim_create(test, &info), 0);
	KUNIT_ASSERT_GT(test, irq, 0);
	fwnode = irq_domain_alloc_named_fwnode("regmap-irq-kunit-refused");
	KUNIT_ASSERT_NOT_NULL(test, fwnode);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_fwnode, fwnode), 0);
	dev = kunit_device_register(test, "regmap-irq-kunit-refused");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	map = devm_regmap_init(dev, NULL, test->priv, &device_config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);

	KUNIT_EXPECT_EQ(test, regmap_add_irq_chip_fwnode(fwnode, map, irq, IRQF_TRIGGER_HIGH, 0,
							 &device_irq_chip, &data), -EBUSY);
	domain = irq_find_matching_fwnode(fwnode, DOMAIN_BUS_ANY);
	KUNIT_EXPECT_NULL_MSG(test, domain, "the domain is left behind");
	if (domain)
		irq_domain_remove(domain);
}

#define REG_UNMASK	3
#define UNMASK_LINE	(LINE - 2)

/**
 * struct regmap_irq_unmask - a device whose register enables interrupts, and masks others
 * @lock:	protects the registers, and keeps the line in step with them
 * @chip:	the interrupt controller to which the device is connected
 * @status:	status register
 * @unmask:	register with the interrupts that are enabled
 * @handled:	runs of the handler
 */
struct regmap_irq_unmask {
	struct mutex		lock;	/* registers and line */
	struct irq_domain	*chip;
	unsigned int		status;
	unsigned int		unmask;
	atomic_t		handled;
};

static int unmask_read(void *context, unsigned int reg, unsigned int *val)
{
	struct regmap_irq_unmask *u = context;

	guard(mutex)(&u->lock);
	*val = reg == REG_STATUS ? u->status : u->unmask;
	return 0;
}

static int unmask_write(void *context, unsigned int reg, unsigned int val)
{
	struct regmap_irq_unmask *u = context;

	guard(mutex)(&u->lock);
	if (reg == REG_STATUS)
		u->status &= ~val;
	else
		u->unmask = val;
	irq_sim_set_line(u->chip, UNMASK_LINE, u->status & u->unmask);
	return 0;
}

static const struct regmap_config unmask_config = {
	.reg_bits	= 8,
	.val_bits	= 8,
	.max_register	= REG_UNMASK,
	.reg_read	= unmask_read,
	.reg_write	= unmask_write,
};

static const struct regmap_irq_chip unmask_irq_chip = {
	.name		= "regmap-irq-kunit-unmask",
	.status_base	= REG_STATUS,
	.ack_base	= REG_STATUS,
	.unmask_base	= REG_UNMASK,
	.num_regs	= 1,
	.irqs		= device_irqs,
	.num_irqs	= NUM_SOURCES,
};

static irqreturn_t count_handler(int irq, void *data)
{
	atomic_inc(data);
	return IRQ_HANDLED;
}

/* Interrupts are enabled only while they are requested, whatever the firmware has left. */
static void regmap_irq_unmask_register(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;
	struct regmap_irq_unmask *u = kunit_kzalloc(test, sizeof(*u), GFP_KERNEL);
	struct regmap_irq_chip_data *data;
	struct regmap *map;
	struct device *dev;
	int irq, virq;

	KUNIT_ASSERT_NOT_NULL(test, u);
	mutex_init(&u->lock);
	u->chip = t->chip;
	u->unmask = BIT(0);
	irq = kunit_irq_sim_map(test, t->chip, UNMASK_LINE);
	KUNIT_ASSERT_GT(test, irq, 0);
	dev = kunit_device_register(test, "regmap-irq-kunit-unmask");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	map = devm_regmap_init(dev, NULL, u, &unmask_config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_ASSERT_EQ(test, devm_regmap_add_irq_chip(dev, map, irq, IRQF_TRIGGER_HIGH, 0,
						       &unmask_irq_chip, &data), 0);
	KUNIT_ASSERT_EQ_MSG(test, u->unmask, 0, "interrupts are enabled, and none is requested");

	virq = regmap_irq_get_virq(data, 1);
	KUNIT_ASSERT_GT(test, virq, 0);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, virq, NULL, count_handler,
							 IRQF_ONESHOT, "unmask", &u->handled), 0);
	KUNIT_EXPECT_EQ(test, u->unmask, BIT(1));
	scoped_guard(mutex, &u->lock) {
		u->status = BIT(0) | BIT(1);
		irq_sim_set_line(u->chip, UNMASK_LINE, u->status & u->unmask);
	}
	irq_sim_synchronize(t->chip);
	synchronize_irq(irq);
	KUNIT_EXPECT_EQ(test, atomic_read(&u->handled), 1);
	KUNIT_EXPECT_EQ_MSG(test, u->status, BIT(0), "status after the event is acknowledged");

	kunit_free_irq(test, virq, &u->handled);
	KUNIT_EXPECT_EQ(test, u->unmask, 0);
}

#define MAIN_STATUS	0x10	/* two registers, a bit for each of the others */
#define MAIN_BASE	0x20
#define MAIN_REGS	10
#define MAIN_MASK	(MAIN_BASE + MAIN_REGS + 1)
#define MAIN_LINE	(LINE - 1)

/**
 * struct regmap_irq_main - a device with main status registers
 * @lock:	protects the registers, and keeps the line in step with them
 * @chip:	the interrupt controller to which the device is connected
 * @status:	status registers
 * @mask:	mask registers
 * @reserved:	main status bits without a register
 * @beyond:	reads of registers which do not exist
 * @handled:	runs of the handlers
 */
struct regmap_irq_main {
	struct mutex		lock;	/* registers and line */
	struct irq_domain	*chip;
	u8			status[MAIN_REGS];
	u8			mask[MAIN_REGS];
	unsigned int		reserved;
	unsigned int		beyond;
	atomic_t		handled[MAIN_REGS];
};

static unsigned int main_bits(struct regmap_irq_main *m)
{
	unsigned int bits = 0;

	for (int i = 0; i < MAIN_REGS; i++)
		bits |= m->status[i] & ~m->mask[i] ? BIT(i) : 0;
	irq_sim_set_line(m->chip, MAIN_LINE, bits);
	return bits | m->reserved;
}

static int main_read(void *context, unsigned int reg, unsigned int *val)
{
	struct regmap_irq_main *m = context;

	guard(mutex)(&m->lock);
	if (reg == MAIN_STATUS || reg == MAIN_STATUS + 1)
		*val = main_bits(m) >> 8 * (reg - MAIN_STATUS) & 0xff;
	else if (reg - MAIN_BASE < MAIN_REGS)
		*val = m->status[reg - MAIN_BASE];
	else if (reg - MAIN_MASK < MAIN_REGS)
		*val = m->mask[reg - MAIN_MASK];
	else
		*val = m->beyond++;
	return 0;
}

static int main_write(void *context, unsigned int reg, unsigned int val)
{
	struct regmap_irq_main *m = context;

	guard(mutex)(&m->lock);
	if (reg - MAIN_BASE < MAIN_REGS)
		m->status[reg - MAIN_BASE] &= ~val;
	else if (reg - MAIN_MASK < MAIN_REGS)
		m->mask[reg - MAIN_MASK] = val;
	main_bits(m);
	return 0;
}

static const struct regmap_config main_config = {
	.reg_bits	= 8,
	.val_bits	= 8,
	.max_register	= MAIN_MASK + MAIN_REGS,
	.reg_read	= main_read,
	.reg_write	= main_write,
};

/* An interrupt in the first and the last register behind each main register */
static const struct regmap_irq main_irqs[] = {
	REGMAP_IRQ_REG(0, 0, BIT(4)),
	REGMAP_IRQ_REG(1, 7, BIT(5)),
	REGMAP_IRQ_REG(2, 8, BIT(6)),
	REGMAP_IRQ_REG(3, 9, BIT(7)),
};

static const struct regmap_irq_chip main_irq_chip = {
	.name		= "regmap-irq-kunit-main",
	.main_status	= MAIN_STATUS,
	.num_main_regs	= 2,
	.status_base	= MAIN_BASE,
	.ack_base	= MAIN_BASE,
	.mask_base	= MAIN_MASK,
	.num_regs	= MAIN_REGS,
	.irqs		= main_irqs,
	.num_irqs	= ARRAY_SIZE(main_irqs),
};

/*
 * Only status registers whose bits are set in the main registers are read, wherever they are.
 * Those of other blocks of the device are not interrupts.
 */
static void regmap_irq_main_status(struct kunit *test)
{
	struct regmap_irq_test *t = test->priv;
	struct regmap_irq_main *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct regmap_irq_chip_data *data;
	struct regmap *map;
	struct device *dev;
	int irq;

	KUNIT_ASSERT_NOT_NULL(test, m);
	mutex_init(&m->lock);
	m->chip = t->chip;
	m->reserved = GENMASK(15, MAIN_REGS);
	irq = kunit_irq_sim_map(test, t->chip, MAIN_LINE);
	KUNIT_ASSERT_GT(test, irq, 0);
	dev = kunit_device_register(test, "regmap-irq-kunit-main");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	map = devm_regmap_init(dev, NULL, m, &main_config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	/* An edge, so that an event which is not found does not come again and again */
	KUNIT_ASSERT_EQ(test, devm_regmap_add_irq_chip(dev, map, irq, IRQF_TRIGGER_RISING, 0,
						       &main_irq_chip, &data), 0);
	for (int i = 0; i < ARRAY_SIZE(main_irqs); i++) {
		int virq = regmap_irq_get_virq(data, i);

		KUNIT_ASSERT_GT(test, virq, 0);
		KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, virq, NULL, count_handler,
								 IRQF_ONESHOT, "main",
								 &m->handled[i]), 0);
	}

	m->beyond = 0;
	for (int i = 0; i < ARRAY_SIZE(main_irqs); i++) {
		unsigned int reg = main_irqs[i].reg_offset;

		scoped_guard(mutex, &m->lock) {
			m->status[reg] = main_irqs[i].mask;
			main_bits(m);
		}
		irq_sim_synchronize(t->chip);
		synchronize_irq(irq);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&m->handled[i]), 1,
				    "interrupts of register %u", reg);
		KUNIT_EXPECT_EQ_MSG(test, m->status[reg], 0,
				    "register %u is not acknowledged", reg);
	}
	KUNIT_EXPECT_EQ_MSG(test, m->beyond, 0, "reads of registers behind the last one");
}

static struct kunit_case regmap_irq_test_cases[] = {
	KUNIT_CASE(regmap_irq_one_event),
	KUNIT_CASE(regmap_irq_events_at_once),
	KUNIT_CASE(regmap_irq_disabled),
	KUNIT_CASE(regmap_irq_line_disabled),
	KUNIT_CASE(regmap_irq_event_in_handler),
	KUNIT_CASE(regmap_irq_not_mine),
	KUNIT_CASE(regmap_irq_wake),
	KUNIT_CASE(regmap_irq_request_fails),
	KUNIT_CASE(regmap_irq_unmask_register),
	KUNIT_CASE(regmap_irq_main_status),
	{}
};

static struct kunit_suite regmap_irq_test_suite = {
	.name = "regmap-irq",
	.init = regmap_irq_test_init,
	.test_cases = regmap_irq_test_cases,
};

kunit_test_suite(regmap_irq_test_suite);

MODULE_DESCRIPTION("KUnit test for the regmap based irq_chip");
MODULE_LICENSE("GPL");
