// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the modelled interrupt line, and for devices under test
 *
 * A test driver for a device with four registers can be made to misbehave. The helpers
 * must notice that, and fail a second struct kunit.
 */

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/preempt.h>
#include <linux/property.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kunit/dut.h>
#include <kunit/fwnode.h>
#include <kunit/irq.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/platform_device.h>
#include <kunit/test.h>

#include "inner-test.h"

#define DRIVER		"kunit-dut-test"

#define ID		0x00	/* MAGIC */
#define STATUS		0x04	/* write 1 to clear */
#define ENABLE		0x08
#define DATA		0x0c

#define MAGIC		0x4b554e54

/* Limit for events which are fired all the time, in ticks */
#define PATIENCE	(5 * HZ)

/* What the driver does wrong */
#define FORGETS_ACK	BIT(0)	/* acknowledges nothing */
#define ACKS_ALL	BIT(1)	/* acknowledges events it has not seen */
#define KEEPS_IRQ	BIT(2)	/* does not free its interrupt when probe fails */
#define UNMAPS_FIRST	BIT(3)	/* unmaps, and frees its interrupt only after one more */
#define ONCE		BIT(4)	/* cannot be bound a second time */

/* Not in the first probe, which some loops use for another loop within */
#define LEAVES_IRQ	BIT(5)	/* does not free its interrupt when it is unbound */

/* Not wrong, but another option: it waits for an interrupt in probe and in remove */
#define WAITS		BIT(6)

/**
 * struct dut_test - fixture, and state of its driver
 * @inner:	owns device and registers
 * @pdrv:	the driver
 * @line:	the interrupt of the device
 * @mmio:	its registers
 * @dut:	the device
 * @delivery:	how the interrupt is delivered
 * @kind:	kind of the interrupt controller
 * @wrong:	what the driver does wrong
 * @shares:	the driver shares its interrupt
 * @probes:	number of calls of probe
 * @early:	number of probes which found an event that was pending before
 * @waited:	number of interrupts for which probe or remove waited with success
 * @left:	number of interrupt actions which the driver has not freed
 * @base:	the mapped registers
 * @irq:	the interrupt
 * @handled:	number of handler runs which found an event
 * @spurious:	number of handler runs which found none
 * @hardirq:	the last run with an event was in hard interrupt context
 * @softirq:	the last run with an event was in a softirq
 * @events:	all events found
 * @requested:	what request_irq() returns
 * @released:	how often the line was freed
 * @pm:		PM callbacks that were called, in order
 * @pm_fails:	PM callbacks which return @pm_error
 * @pm_error:	error of the next one, decremented each time
 */
struct dut_test {
	struct kunit		inner;
	struct platform_driver	pdrv;
	struct kunit_irq_line	*line;
	struct kunit_mmio	*mmio;
	struct kunit_dut	*dut;
	enum irq_sim_delivery	delivery;
	enum irq_sim_kind	kind;
	unsigned int		wrong;
	bool			shares;
	unsigned int		probes;
	unsigned int		early;
	unsigned int		waited;
	unsigned int		left;
	void __iomem		*base;
	int			irq;
	atomic_t		handled;
	atomic_t		spurious;
	bool			hardirq;
	bool			softirq;
	atomic_t		events;
	int			requested;
	unsigned int		released;
	char			pm[16];
	const char		*pm_fails;
	int			pm_error;
};

static struct dut_test *to_dut_test(struct device *dev)
{
	return container_of(to_platform_driver(dev->driver), struct dut_test, pdrv);
}

static irqreturn_t dut_test_handler(int irq, void *data)
{
	struct dut_test *t = data;
	u32 status = readl(t->base + STATUS);

	if (!status) {
		atomic_inc(&t->spurious);
		return IRQ_NONE;
	}

	if (t->wrong & ACKS_ALL)
		writel(~0, t->base + STATUS);
	else if (!(t->wrong & FORGETS_ACK))
		writel(status, t->base + STATUS);
	WRITE_ONCE(t->hardirq, in_hardirq());
	WRITE_ONCE(t->softirq, !in_hardirq() && in_serving_softirq());
	atomic_or(status, &t->events);
	atomic_inc(&t->handled);
	return IRQ_HANDLED;
}

/**
 * struct dut_test_patience - how long a loop has waited
 * @since:	time of the last turn; starts as jiffies
 * @waited:	time accounted up to @since
 */
struct dut_test_patience {
	unsigned long	since;
	unsigned long	waited;
};

/*
 * Waits for a tick, or returns true if the time was up before the condition was checked last. If
 * the whole machine stalls, so does what the loop waits for. So a turn counts for at most a tenth
 * of a second.
 */
static bool dut_test_gave_up(struct dut_test_patience *patience)
{
	unsigned long now;

	if (patience->waited > PATIENCE)
		return true;
	schedule_timeout_uninterruptible(1);
	now = jiffies;
	patience->waited += min(now - patience->since, HZ / 10UL);
	patience->since = now;
	return false;
}

/* Wait until the device, under fire, interrupts once more; false on timeout */
static bool dut_test_wait(struct dut_test *t)
{
	struct dut_test_patience patience = { .since = jiffies };
	int before = atomic_read(&t->handled);

	while (atomic_read(&t->handled) == before) {
		if (dut_test_gave_up(&patience))
			return false;
	}
	return true;
}

/* Likewise for an event, while the interrupt of the device is disabled */
static bool dut_test_wait_status(struct dut_test *t)
{
	struct dut_test_patience patience = { .since = jiffies };

	while (!kunit_irq_line_status(t->line)) {
		if (dut_test_gave_up(&patience))
			return false;
	}
	return true;
}

static int dut_test_probe(struct platform_device *pdev)
{
	struct dut_test *t = to_dut_test(&pdev->dev);
	struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	void *memory;
	int ret;

	t->probes++;
	if (t->wrong & ONCE && t->probes > 1)
		return -EBUSY;
	if (t->wrong & WAITS)
		t->early += dut_test_wait_status(t);

	memory = devm_kzalloc(&pdev->dev, 64, GFP_KERNEL);
	if (!memory)
		return -ENOMEM;
	t->irq = platform_get_irq(pdev, 0);
	if (t->irq < 0)
		return t->irq;
	t->base = ioremap(res->start, resource_size(res));
	if (!t->base)
		return -ENOMEM;
	ret = -ENODEV;
	if (readl(t->base + ID) != MAGIC)
		goto unmap;
	ret = request_irq(t->irq, dut_test_handler, t->shares ? IRQF_SHARED : 0, DRIVER, t);
	if (ret)
		goto unmap;
	ret = -EIO;
	if (readl(t->base + DATA) == ~0U) {
		if (t->wrong & KEEPS_IRQ)
			goto unmap;
		goto free;
	}
	writel(~0, t->base + ENABLE);
	if (t->wrong & WAITS)
		t->waited += dut_test_wait(t);
	return 0;
free:
	free_irq(t->irq, t);
unmap:
	iounmap(t->base);
	return ret;
}

static void dut_test_remove(struct platform_device *pdev)
{
	struct dut_test *t = to_dut_test(&pdev->dev);

	if (t->wrong & WAITS)
		t->waited += dut_test_wait(t);
	if (t->wrong & UNMAPS_FIRST) {
		/* Only the handler accesses unmapped registers */
		iounmap(t->base);
		dut_test_wait(t);
		free_irq(t->irq, t);
		return;
	}

	writel(0, t->base + ENABLE);
	if (t->wrong & LEAVES_IRQ && t->probes > 1)
		t->left++;
	else
		free_irq(t->irq, t);
	iounmap(t->base);
}

static int dut_test_pm(struct device *dev, char c)
{
	struct dut_test *t = to_dut_test(dev);
	size_t len = strlen(t->pm);

	if (len + 1 < sizeof(t->pm))
		t->pm[len] = c;
	return t->pm_fails && strchr(t->pm_fails, c) ? t->pm_error-- : 0;
}

static int dut_test_prepare(struct device *dev)
{
	return dut_test_pm(dev, 'p');
}

static int dut_test_suspend(struct device *dev)
{
	return dut_test_pm(dev, 's');
}

static int dut_test_suspend_late(struct device *dev)
{
	return dut_test_pm(dev, 'l');
}

static int dut_test_suspend_noirq(struct device *dev)
{
	return dut_test_pm(dev, 'n');
}

static int dut_test_resume_noirq(struct device *dev)
{
	return dut_test_pm(dev, 'N');
}

static int dut_test_resume_early(struct device *dev)
{
	return dut_test_pm(dev, 'L');
}

static int dut_test_resume(struct device *dev)
{
	return dut_test_pm(dev, 'S');
}

static void dut_test_complete(struct device *dev)
{
	dut_test_pm(dev, 'c');
}

static const struct dev_pm_ops dut_test_pm_ops = {
	.prepare	= pm_sleep_ptr(dut_test_prepare),
	.suspend	= pm_sleep_ptr(dut_test_suspend),
	.suspend_late	= pm_sleep_ptr(dut_test_suspend_late),
	.suspend_noirq	= pm_sleep_ptr(dut_test_suspend_noirq),
	.resume_noirq	= pm_sleep_ptr(dut_test_resume_noirq),
	.resume_early	= pm_sleep_ptr(dut_test_resume_early),
	.resume		= pm_sleep_ptr(dut_test_resume),
	.complete	= pm_sleep_ptr(dut_test_complete),
};

static u64 dut_test_read(struct kunit_mmio *mmio, unsigned int offset, unsigned int width)
{
	struct dut_test *t = kunit_mmio_priv(mmio);

	switch (offset) {
	case STATUS:
		return kunit_irq_line_read(t->line);
	case ID:
	case DATA:
		return kunit_mmio_get(mmio, offset, width);
	default:
		return kunit_mmio_unknown(mmio);
	}
}

static void dut_test_write(struct kunit_mmio *mmio, unsigned int offset, unsigned int width,
			   u64 val)
{
	struct dut_test *t = kunit_mmio_priv(mmio);

	switch (offset) {
	case STATUS:
		kunit_irq_line_ack(t->line, val);
		break;
	case ENABLE:
		kunit_irq_line_enable(t->line, val);
		break;
	case DATA:
		kunit_mmio_set(mmio, offset, width, val);
		break;
	default:
		kunit_mmio_unknown(mmio);
	}
}

static int dut_test_requested(struct kunit_irq_line *line, void *data)
{
	struct dut_test *t = data;

	return t->requested;
}

static void dut_test_released(struct kunit_irq_line *line, void *data)
{
	struct dut_test *t = data;

	t->released++;
}

static void dut_test_make(struct dut_test *t, unsigned int trigger)
{
	struct kunit_irq_line_info line = {
		.trigger	= trigger,
		.delivery	= t->delivery,
		.kind		= t->kind,
		.requested	= dut_test_requested,
		.released	= dut_test_released,
		.data		= t,
	};
	struct kunit_mmio_info mmio = {
		.name	= DRIVER,
		.size	= 0x10,
		.read	= dut_test_read,
		.write	= dut_test_write,
		.priv	= t,
	};
	struct kunit_dut_info dut = {
		.driver	= DRIVER,
	};

	t->line = kunit_irq_line_create(&t->inner, &line);
	kunit_irq_line_enable(t->line, 0);
	t->mmio = kunit_mmio_create(&t->inner, &mmio);
	kunit_mmio_set(t->mmio, ID, 4, MAGIC);
	dut.mmio = t->mmio;
	dut.line = t->line;
	t->dut = kunit_dut_platform(&t->inner, &dut);
}

static void dut_test_cleanup(void *data)
{
	struct dut_test *t = data;

	kunit_cleanup(&t->inner);
}

static int dut_test_init(struct kunit *test)
{
	struct dut_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		kunit_skip(test, "needs UML with CONFIG_UML_IOMEM_EMULATION");

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->pdrv.probe = dut_test_probe;
	t->pdrv.remove = dut_test_remove;
	t->pdrv.driver.name = DRIVER;
	t->pdrv.driver.owner = THIS_MODULE;
	t->pdrv.driver.pm = &dut_test_pm_ops;
	KUNIT_ASSERT_EQ(test, kunit_platform_driver_register(test, &t->pdrv), 0);

	kunit_init_test(&t->inner, "kunit_dut_inner", NULL);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, dut_test_cleanup, t), 0);
	return 0;
}

/* End the test which owns the device. Returns its verdict about the driver. */
static enum kunit_status dut_test_end(struct kunit *test)
{
	struct dut_test *t = test->priv;

	kunit_cleanup(&t->inner);
	return t->inner.status;
}

/* Whether the inner test has failed. Clears the failure. */
static bool dut_test_failed(struct dut_test *t)
{
	return xchg(&t->inner.status, KUNIT_SUCCESS) == KUNIT_FAILURE;
}

static bool dut_test_wire(struct dut_test *t)
{
	bool high = false;

	irq_get_irqchip_state(kunit_irq_line_irq(t->line), IRQCHIP_STATE_LINE_LEVEL, &high);
	return high;
}

/* The wire has its active level, high or low, while STATUS & ENABLE is not 0. */
static void kunit_irq_line_level_test(struct kunit *test)
{
	struct dut_test *t = test->priv;
	static const unsigned int types[] = { IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_LEVEL_LOW };

	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		dut_test_make(t, types[i]);
		KUNIT_EXPECT_EQ(test, irq_get_trigger_type(kunit_irq_line_irq(t->line)), types[i]);
		KUNIT_EXPECT_EQ(test, dut_test_wire(t), i == 1);
		kunit_irq_line_raise(t->line, BIT(3));
		KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(t->line));
		KUNIT_EXPECT_EQ(test, dut_test_wire(t), i == 1);
		kunit_irq_line_enable(t->line, BIT(3));
		KUNIT_EXPECT_TRUE(test, kunit_irq_line_asserted(t->line));
		KUNIT_EXPECT_EQ(test, dut_test_wire(t), i == 0);
		kunit_irq_line_ack(t->line, BIT(2));
		KUNIT_EXPECT_TRUE(test, kunit_irq_line_asserted(t->line));
		kunit_irq_line_ack(t->line, BIT(3));
		KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(t->line));
		KUNIT_EXPECT_EQ(test, dut_test_wire(t), i == 1);
		kunit_irq_line_enable(t->line, 0);

		/* The driver is interrupted once for each event */
		KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
		KUNIT_EXPECT_TRUE(test, kunit_irq_line_requested(t->line));
		kunit_irq_line_raise(t->line, BIT(1));
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
		KUNIT_EXPECT_EQ(test, atomic_xchg(&t->handled, 0), 1);
		KUNIT_EXPECT_EQ(test, atomic_xchg(&t->events, 0), BIT(1));
		KUNIT_EXPECT_EQ(test, atomic_read(&t->spurious), 0);
		KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
	}
	KUNIT_EXPECT_EQ(test, t->released, 2);
}

struct dut_test_delivery {
	enum irq_sim_delivery	delivery;
	enum irq_sim_kind	kind;
	const char		*name;
};

static const struct dut_test_delivery dut_test_deliveries[] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, IRQ_SIM_KIND_ACK, "hardirq" },
	{ IRQ_SIM_DELIVER_TASKLET, IRQ_SIM_KIND_ACK, "tasklet" },
	{ IRQ_SIM_DELIVER_BH_WORK, IRQ_SIM_KIND_ACK, "bh_work" },
	{ IRQ_SIM_DELIVER_HARDIRQ, IRQ_SIM_KIND_EOI, "hardirq, eoi" },
	{ IRQ_SIM_DELIVER_TASKLET, IRQ_SIM_KIND_EOI, "tasklet, eoi" },
	{ IRQ_SIM_DELIVER_BH_WORK, IRQ_SIM_KIND_EOI, "bh_work, eoi" },
};

KUNIT_ARRAY_PARAM_DESC(dut_test_delivery, dut_test_deliveries, name);

/* The controller has the requested kind and delivery. */
static void kunit_irq_line_delivery_test(struct kunit *test)
{
	const struct dut_test_delivery *param = test->param_value;
	struct dut_test *t = test->priv;
	struct irq_chip *chip;

	t->delivery = param->delivery;
	t->kind = param->kind;
	dut_test_make(t, IRQ_TYPE_LEVEL_LOW);
	chip = irq_get_chip(kunit_irq_line_irq(t->line));
	KUNIT_EXPECT_EQ(test, !!chip->irq_eoi, param->kind == IRQ_SIM_KIND_EOI);
	KUNIT_EXPECT_EQ(test, !!chip->irq_ack, param->kind == IRQ_SIM_KIND_ACK);

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	for (int i = 1; i <= 3; i++) {
		kunit_irq_line_raise(t->line, BIT(i));
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), i);
		KUNIT_EXPECT_EQ(test, t->hardirq, param->delivery == IRQ_SIM_DELIVER_HARDIRQ);
		KUNIT_EXPECT_EQ(test, t->softirq, param->delivery != IRQ_SIM_DELIVER_HARDIRQ);
	}
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
}

/* An event while the wire is already active causes no edge. */
static void kunit_irq_line_edge_test(struct kunit *test)
{
	struct dut_test *t = test->priv;
	static const unsigned int types[] = { IRQ_TYPE_EDGE_RISING, IRQ_TYPE_EDGE_FALLING };

	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		dut_test_make(t, types[i]);
		KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->spurious), 0);

		t->wrong = FORGETS_ACK;
		kunit_irq_line_raise(t->line, BIT(1));
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), -EBUSY);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
		kunit_irq_line_raise(t->line, BIT(2));
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), -EBUSY);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
		t->wrong = 0;
		kunit_irq_line_ack(t->line, BIT(1) | BIT(2));
		kunit_irq_line_raise(t->line, BIT(2));
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
		KUNIT_EXPECT_EQ(test, atomic_xchg(&t->handled, 0), 2);
		KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
	}
}

/* A wrong driver loses an event between its read of the status and the acknowledgment. */
static void kunit_irq_line_after_read_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	for (unsigned int i = 0; i < 2; i++) {
		t->wrong = i ? ACKS_ALL : 0;
		atomic_set(&t->events, 0);
		kunit_irq_line_raise_after_read(t->line, BIT(5));
		kunit_irq_line_raise(t->line, BIT(4));
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->events), BIT(4) | (i ? 0 : BIT(5)));
		KUNIT_EXPECT_EQ(test, atomic_xchg(&t->handled, 0), i ? 1 : 2);
		/* Only the first read raises the event */
		KUNIT_EXPECT_EQ(test, readl(t->base + STATUS), 0);
		KUNIT_EXPECT_EQ(test, readl(t->base + STATUS), 0);
	}

	/* The read raises the event, even without an interrupt: the driver may poll */
	t->wrong = 0;
	atomic_set(&t->events, 0);
	kunit_irq_line_raise_after_read(t->line, BIT(5));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 0);
	KUNIT_EXPECT_EQ(test, readl(t->base + STATUS), 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->events), BIT(5));
}

static void kunit_irq_line_hold_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	kunit_irq_line_hold(t->line);
	kunit_irq_line_raise(t->line, BIT(0));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), BIT(0));
	kunit_irq_line_let_go(t->line);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), 0);
}

/* A second handler on the line sees the driver's interrupts, and ends a storm. */
static void kunit_irq_line_shared_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	t->shares = true;
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	kunit_irq_line_listen(t->line, 20);
	/* CONFIG_DEBUG_SHIRQ has called the handler already */
	atomic_set(&t->spurious, 0);

	KUNIT_EXPECT_EQ(test, kunit_irq_line_spurious(t->line), 1);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->spurious), 1);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_heard(t->line), 1);

	/* A pending event from before, which the driver acknowledges */
	kunit_irq_line_hold(t->line);
	kunit_irq_line_raise(t->line, BIT(2));
	kunit_irq_line_stick(t->line, BIT(7));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), BIT(2) | BIT(7));
	kunit_irq_line_let_go(t->line);
	/* Delivered repeatedly until the fuse blows, perhaps in several goes */
	while (kunit_irq_line_settle(t->line))
		cond_resched();
	KUNIT_EXPECT_EQ(test, kunit_irq_line_heard(t->line), 20);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 19);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), BIT(7));

	/* The event is still pending. The driver sees it once the wire is reconnected */
	kunit_irq_line_stick(t->line, 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), BIT(7));
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(t->line));
	kunit_irq_line_unlisten(t->line);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 20);
	kunit_irq_line_raise(t->line, BIT(1));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 21);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_heard(t->line), 20);
}

/* A handler which acknowledges @acks, and what it and its thread return. */
struct dut_test_results {
	irqreturn_t		handler;
	irqreturn_t		thread;
	int			claimed;
	struct kunit_irq_line	*line;
	u64			acks;
};

static irqreturn_t dut_test_results_handler(int irq, void *data)
{
	struct dut_test_results *now = data;

	kunit_irq_line_ack(now->line, now->acks);
	return now->handler;
}

static irqreturn_t dut_test_results_thread(int irq, void *data)
{
	struct dut_test_results *now = data;

	return now->thread;
}

/* Whether an interrupt is claimed depends on the results of its own handler and thread only. */
static void kunit_irq_line_claimed_test(struct kunit *test)
{
	static const struct dut_test_results results[] = {
		{ IRQ_NONE, IRQ_NONE, 0 },
		{ IRQ_HANDLED, IRQ_NONE, 1 },
		{ IRQ_WAKE_THREAD, IRQ_NONE, 0 },
		{ IRQ_WAKE_THREAD, IRQ_HANDLED, 1 },
	};
	struct kunit_irq_line_info info = { .trigger = IRQ_TYPE_EDGE_RISING };
	struct kunit_irq_line *line = kunit_irq_line_create(test, &info);
	struct dut_test_results *now = kunit_kzalloc(test, sizeof(*now), GFP_KERNEL);
	int irq = kunit_irq_line_irq(line);

	KUNIT_ASSERT_NOT_NULL(test, now);
	now->line = line;
	now->acks = BIT(3);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_claimed(line, 0), -ENXIO);
	KUNIT_ASSERT_EQ(test, 0, kunit_request_threaded_irq(test, irq, dut_test_results_handler,
							    dut_test_results_thread,
							    IRQF_NO_THREAD, "results", now));
	for (int i = 0; i < ARRAY_SIZE(results); i++) {
		for (int j = 0; j < 2 * ARRAY_SIZE(results); j++) {
			int order[] = { i, j / 2 };

			for (int k = 0; k < 2; k++) {
				now->handler = results[order[k]].handler;
				now->thread = results[order[k]].thread;
				KUNIT_EXPECT_EQ_MSG(test, results[order[k]].claimed,
						    kunit_irq_line_claimed(line, j % 2 * BIT(3)),
						    "%d, %d: %d", i, j, k);
			}
		}
	}

	disable_irq(irq);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_claimed(line, 0), -EAGAIN);
	enable_irq(irq);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(line), 0);

	/* An event which is not acknowledged, then one which is pending */
	KUNIT_EXPECT_EQ(test, kunit_irq_line_claimed(line, BIT(4)), -EBUSY);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_claimed(line, BIT(3)), -EBUSY);
}

static void dut_test_release(struct device *dev)
{
	kfree(dev);
}

/* A device which shares the node of another, like that of a GPIO chip, comes and goes. */
static void dut_test_share_node(struct kunit *test, struct device *of)
{
	struct device *dev = kzalloc_obj(*dev);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	device_initialize(dev);
	dev->release = dut_test_release;
	KUNIT_EXPECT_EQ(test, dev_set_name(dev, "kunit-shares-node"), 0);
	device_set_node(dev, dev_fwnode(of));
	KUNIT_EXPECT_EQ(test, device_add(dev), 0);
	device_unregister(dev);
}

/* The device gets its properties, the driver is found by name, and errors are returned. */
static void kunit_dut_bind_test(struct kunit *test)
{
	static const struct property_entry properties[] = {
		PROPERTY_ENTRY_U32("kunit,number", 17),
		{}
	};
	struct dut_test *t = test->priv;
	struct kunit_dut_info info = {
		.driver		= DRIVER,
		.name		= "kunit-other",
		.properties	= properties,
		.data		= "data",
		.size_data	= 5,
	};
	struct kunit_dut *other;
	u32 number = 0;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(t->dut));
	KUNIT_EXPECT_EQ(test, t->probes, 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->dut), 0);
	KUNIT_EXPECT_TRUE(test, kunit_dut_is_bound(t->dut));
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->dut), -EBUSY);
	kunit_dut_unbind(t->dut);
	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(t->dut));
	KUNIT_EXPECT_EQ(test, t->probes, 1);

	t->requested = -EPROBE_DEFER;
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->dut), -EPROBE_DEFER);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_requested(t->line));
	t->requested = -ESRCH;
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->dut), -ESRCH);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_requested(t->line));
	/* Only by the first, successful probe */
	KUNIT_EXPECT_EQ(test, t->released, 1);
	t->requested = 0;
	kunit_mmio_set(t->mmio, ID, 4, 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->dut), -ENODEV);
	KUNIT_EXPECT_EQ(test, t->probes, 4);

	other = kunit_dut_platform(&t->inner, &info);
	KUNIT_EXPECT_EQ(test, device_property_read_u32(other->dev, "kunit,number", &number), 0);
	KUNIT_EXPECT_EQ(test, number, 17);
	dut_test_share_node(test, other->dev);
	number = 0;
	KUNIT_EXPECT_EQ(test, device_property_read_u32(other->dev, "kunit,number", &number), 0);
	KUNIT_EXPECT_EQ(test, number, 17);
	KUNIT_EXPECT_STREQ(test, dev_get_platdata(other->dev), "data");
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(other), -ENODEV);
	KUNIT_EXPECT_EQ(test, t->probes, 4);
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
}

static void dut_test_one_edge(struct dut_test *t)
{
	struct kunit_irq_line_info info = { .trigger = IRQ_TYPE_EDGE_RISING };

	kunit_irq_line_create(&t->inner, &info);
}

static void dut_test_two_edges(struct dut_test *t)
{
	struct kunit_irq_line_info info = { .trigger = IRQ_TYPE_EDGE_BOTH };

	kunit_irq_line_create(&t->inner, &info);
}

static void dut_test_two_nodes(struct dut_test *t)
{
	static const struct property_entry properties[] = { PROPERTY_ENTRY_BOOL("kunit"), {} };
	struct kunit_dut_info info = {
		.driver		= DRIVER,
		.properties	= properties,
		.fwnode		= kunit_fwnode_create_software_node(&t->inner, properties, NULL),
	};

	kunit_dut_platform(&t->inner, &info);
}

static void dut_test_no_driver(struct dut_test *t)
{
	struct kunit_dut_info info = {};

	kunit_dut_platform(&t->inner, &info);
}

static void dut_test_bound(struct dut_test *t)
{
	kunit_dut_bind_again(t->dut, 1);
}

static void dut_test_not_bound(struct dut_test *t)
{
	kunit_dut_unbind(t->dut);
	kunit_dut_affinity_under_fire(t->dut, BIT(0), 1);
}

struct dut_test_refusal {
	const char	*name;
	void		(*what)(struct dut_test *t);
	bool		refused;
};

static const struct dut_test_refusal dut_test_refusals[] = {
	{ "one edge", dut_test_one_edge },
	{ "two edges", dut_test_two_edges, true },
	{ "two nodes", dut_test_two_nodes, true },
	{ "no driver", dut_test_no_driver, true },
	{ "bound", dut_test_bound, true },
	{ "not bound", dut_test_not_bound, true },
};

KUNIT_ARRAY_PARAM_DESC(dut_test_refusal, dut_test_refusals, name);

static const struct dut_test_refusal *dut_test_refusal;

static void dut_test_try(void *data)
{
	dut_test_refusal->what(data);
}

/* An impossible request aborts the test. It runs in an inner test, with the device bound. */
static void kunit_dut_refused_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_refusal = test->param_value;
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	kunit_inner_expect_refused(test, &t->inner, dut_test_refusal->refused, dut_test_try, t);
	KUNIT_EXPECT_EQ(test, dut_test_failed(t), dut_test_refusal->refused);
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
}

/* At the end of the test, the driver is unbound before its resources are removed. */
static void kunit_dut_end_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, t->released, 1);
}

static void kunit_dut_bind_again_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	kunit_dut_bind_again(t->dut, 7);
	KUNIT_EXPECT_EQ(test, t->probes, 7);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);

	t->wrong = ONCE;
	t->probes = 0;
	kunit_dut_bind_again(t->dut, 2);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
}

static void dut_test_loop_bind(struct kunit_dut *dut)
{
	kunit_dut_bind_again(dut, 2);
}

static void dut_test_loop_access(struct kunit_dut *dut)
{
	kunit_dut_fail_each_access(dut);
}

static void dut_test_loop_memory(struct kunit_dut *dut)
{
	kunit_dut_fail_each_allocation(dut);
}

static void dut_test_loop_fire(struct kunit_dut *dut)
{
	kunit_dut_unbind_under_fire(dut, BIT(0), 2);
}

struct dut_test_loop {
	void		(*run)(struct kunit_dut *dut);
	bool		memory;
	const char	*name;
};

static const struct dut_test_loop dut_test_loops[] = {
	{ dut_test_loop_bind, false, "bind" },
	{ dut_test_loop_access, false, "access" },
	{ dut_test_loop_memory, true, "memory" },
	{ dut_test_loop_fire, false, "fire" },
};

KUNIT_ARRAY_PARAM_DESC(dut_test_loop, dut_test_loops, name);

/* Each loop notices an interrupt which is left requested, and a final probe which fails. */
static void kunit_dut_loops_look_test(struct kunit *test)
{
	const struct dut_test_loop *loop = test->param_value;
	struct dut_test *t = test->priv;

	if (loop->memory && (!IS_ENABLED(CONFIG_FAILSLAB) ||
			     !IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS)))
		kunit_skip(test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	t->shares = true;
	loop->run(t->dut);
	KUNIT_EXPECT_FALSE(test, dut_test_failed(t));

	kunit_info(test, "failures that are expected:\n");
	t->wrong = LEAVES_IRQ;
	t->probes = 0;
	loop->run(t->dut);
	KUNIT_EXPECT_GT(test, t->left, 0);
	/* Failed allocations may have left some requests without their procfs files */
	kunit_warning_suppress(test) {
		for (; t->left; t->left--)
			free_irq(t->irq, t);
	}
	KUNIT_EXPECT_TRUE_MSG(test, dut_test_failed(t), "an interrupt");

	t->wrong = ONCE;
	t->probes = 0;
	loop->run(t->dut);
	KUNIT_EXPECT_GT(test, t->probes, 1);
	KUNIT_EXPECT_TRUE_MSG(test, dut_test_failed(t), "probe");
}

/* The device which has a managed resource after its driver is unbound */
static struct device *dut_test_leaky;

static int dut_test_leave(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (action == BUS_NOTIFY_UNBOUND_DRIVER && dev == dut_test_leaky)
		devm_kzalloc(dev, 8, GFP_KERNEL);
	return NOTIFY_OK;
}

/* A managed resource which is added too late to go with the driver is noticed as well. */
static void kunit_dut_managed_test(struct kunit *test)
{
	struct notifier_block nb = { .notifier_call = dut_test_leave };
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	dut_test_leaky = t->dut->dev;
	KUNIT_ASSERT_EQ(test, bus_register_notifier(&platform_bus_type, &nb), 0);
	kunit_info(test, "one failure that is expected:\n");
	kunit_dut_bind_again(t->dut, 1);
	bus_unregister_notifier(&platform_bus_type, &nb);
	dut_test_leaky = NULL;
	KUNIT_EXPECT_TRUE(test, dut_test_failed(t));
}

/* Each of the three accesses in probe fails once. */
static void kunit_dut_fail_access_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->dut), 3);
	/* Failures of ID and DATA fail probe, that of ENABLE is not noticed; then none fails */
	KUNIT_EXPECT_EQ(test, t->probes, 4);
	KUNIT_EXPECT_EQ(test, t->released, 3);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(t->dut));

	KUNIT_EXPECT_EQ(test, kunit_dut_count_accesses(t->dut), 3);
	KUNIT_EXPECT_EQ(test, t->probes, 5);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(t->dut));

	t->wrong = KEEPS_IRQ;
	t->shares = true;
	kunit_dut_fail_each_access(t->dut);
	free_irq(t->irq, t);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
}

/* Each allocation in probe fails once. */
static void kunit_dut_fail_memory_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	if (!IS_ENABLED(CONFIG_FAILSLAB) || !IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS))
		kunit_skip(test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	/* At least the driver's own allocation, the mapping and the interrupt action */
	KUNIT_EXPECT_GE(test, kunit_dut_fail_each_allocation(t->dut), 3);
	KUNIT_EXPECT_GE(test, t->probes, 3);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(t->dut));
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
}

/* A driver that unmaps too early is detected, and the kernel survives it. */
static void kunit_dut_unbind_under_fire_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	kunit_dut_unbind_under_fire(t->dut, BIT(0), 50);
	KUNIT_EXPECT_EQ(test, t->probes, 50);
	KUNIT_EXPECT_GE(test, atomic_read(&t->handled), 50);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), 0);

	/* The loop fires before probe, in probe and in remove, without waiting */
	t->wrong = WAITS;
	kunit_dut_unbind_under_fire(t->dut, BIT(0), 1);
	KUNIT_EXPECT_EQ(test, t->early, 1);
	KUNIT_EXPECT_EQ(test, t->waited, 2);
	KUNIT_ASSERT_EQ(test, t->inner.status, KUNIT_SUCCESS);

	t->wrong = UNMAPS_FIRST;
	kunit_dut_unbind_under_fire(t->dut, BIT(0), 5);
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_FAILURE);
}

static void dut_test_use(struct kunit_dut *dut, void *data)
{
	struct dut_test *t = data;

	for (unsigned int i = 0; i < 4; i++)
		writel(i, t->base + DATA);
}

static void dut_test_bind_unbind(struct kunit_dut *dut, void *data)
{
	KUNIT_EXPECT_EQ(dut->test, kunit_dut_bind(dut), 0);
	kunit_irq_line_settle(dut->line);
	kunit_dut_unbind(dut);
}

/* The event is raised once after each access, and must be acknowledged. */
static void kunit_dut_fire_at_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_fire_at_each_access(t->dut, BIT(2), dut_test_use, t), 4);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 4);
	kunit_dut_unbind(t->dut);

	/* Three accesses in probe, one in remove */
	KUNIT_EXPECT_EQ(test, kunit_dut_fire_at_each_access(t->dut, BIT(2), dut_test_bind_unbind,
							    t), 4);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);

	t->wrong = FORGETS_ACK;
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	kunit_dut_fire_at_each_access(t->dut, BIT(2), dut_test_use, t);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
}

/* The callbacks are called in order, and the interrupt is off while suspended. */
static void kunit_dut_suspend_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "needs CONFIG_PM_SLEEP");
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);

	KUNIT_EXPECT_EQ(test, kunit_dut_suspend(t->dut), 0);
	KUNIT_EXPECT_STREQ(test, t->pm, "psln");
	kunit_irq_line_raise(t->line, BIT(0));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), -EBUSY);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_resume(t->dut), 0);
	KUNIT_EXPECT_STREQ(test, t->pm, "pslnNLSc");
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);

	kunit_dut_suspend_resume(t->dut, BIT(1));
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	t->wrong = FORGETS_ACK;
	kunit_dut_suspend_resume(t->dut, BIT(1));
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
	kunit_irq_line_ack(t->line, BIT(1));
}

/**
 * struct dut_test_sleep - results of PM callbacks
 * @fails:	callbacks which return @error
 * @error:	what the first of them returns, and the second one less
 * @suspend:	what kunit_dut_suspend() returns
 * @resume:	what kunit_dut_resume() returns, if @suspend is 0
 * @calls:	callbacks which are called, in order
 */
struct dut_test_sleep {
	const char	*fails;
	int		error;
	int		suspend;
	int		resume;
	const char	*calls;
};

static const struct dut_test_sleep dut_test_sleeps[] = {
	/* Without a successful prepare there is no complete, as in the PM core */
	{ "p", -EBUSY, -EBUSY, 0, "p" },
	{ "s", -EBUSY, -EBUSY, 0, "psc" },
	{ "l", -EBUSY, -EBUSY, 0, "pslSc" },
	{ "n", -EBUSY, -EBUSY, 0, "pslnLSc" },
	{ "s", 1, 1, 0, "psc" },
	/* Direct-complete: the device asks to stay as it is, but is suspended anyway */
	{ "p", 1, 0, 0, "pslnNLSc" },
	{ "N", -EIO, 0, -EIO, "pslnNLSc" },
	{ "L", -EIO, 0, -EIO, "pslnNLSc" },
	{ "S", -EIO, 0, -EIO, "pslnNLSc" },
	{ "NS", -EIO, 0, -EIO, "pslnNLSc" },
};

static void dut_test_sleep_desc(const struct dut_test_sleep *sleep, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %d", sleep->fails, sleep->error);
}

KUNIT_ARRAY_PARAM(dut_test_sleep, dut_test_sleeps, dut_test_sleep_desc);

/* Runtime PM state: usage count and disable depth */
static unsigned int dut_test_users(struct dut_test *t)
{
#ifdef CONFIG_PM
	return atomic_read(&t->dut->dev->power.usage_count);
#else
	return 0;
#endif
}

static unsigned int dut_test_disabled(struct dut_test *t)
{
#ifdef CONFIG_PM
	return t->dut->dev->power.disable_depth;
#else
	return 0;
#endif
}

/* An error is returned to the test. Interrupt and runtime PM are as before. */
static void kunit_dut_suspend_fails_test(struct kunit *test)
{
	const struct dut_test_sleep *sleep = test->param_value;
	struct dut_test *t = test->priv;
	unsigned int users, disabled;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "needs CONFIG_PM_SLEEP");
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	users = dut_test_users(t);
	disabled = dut_test_disabled(t);
	t->pm_fails = sleep->fails;
	t->pm_error = sleep->error;
	KUNIT_EXPECT_EQ(test, kunit_dut_suspend(t->dut), sleep->suspend);
	if (!sleep->suspend) {
		KUNIT_EXPECT_EQ(test, dut_test_users(t), users + 1);
		KUNIT_EXPECT_EQ(test, dut_test_disabled(t), disabled + 1);
		KUNIT_EXPECT_EQ(test, kunit_dut_resume(t->dut), sleep->resume);
	}
	KUNIT_EXPECT_STREQ(test, t->pm, sleep->calls);
	KUNIT_EXPECT_EQ(test, dut_test_users(t), users);
	KUNIT_EXPECT_EQ(test, dut_test_disabled(t), disabled);
	kunit_irq_line_raise(t->line, BIT(0));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
}

static struct kunit_case kunit_dut_test_cases[] = {
	KUNIT_CASE(kunit_irq_line_level_test),
	KUNIT_CASE_PARAM(kunit_irq_line_delivery_test, dut_test_delivery_gen_params),
	KUNIT_CASE(kunit_irq_line_edge_test),
	KUNIT_CASE(kunit_irq_line_after_read_test),
	KUNIT_CASE(kunit_irq_line_hold_test),
	KUNIT_CASE(kunit_irq_line_shared_test),
	KUNIT_CASE(kunit_irq_line_claimed_test),
	KUNIT_CASE(kunit_dut_bind_test),
	KUNIT_CASE_PARAM(kunit_dut_refused_test, dut_test_refusal_gen_params),
	KUNIT_CASE(kunit_dut_end_test),
	KUNIT_CASE(kunit_dut_bind_again_test),
	KUNIT_CASE_PARAM(kunit_dut_loops_look_test, dut_test_loop_gen_params),
	KUNIT_CASE(kunit_dut_managed_test),
	KUNIT_CASE(kunit_dut_fail_access_test),
	KUNIT_CASE(kunit_dut_fail_memory_test),
	KUNIT_CASE(kunit_dut_unbind_under_fire_test),
	KUNIT_CASE(kunit_dut_fire_at_test),
	KUNIT_CASE(kunit_dut_suspend_test),
	KUNIT_CASE_PARAM(kunit_dut_suspend_fails_test, dut_test_sleep_gen_params),
	{}
};

static struct kunit_suite kunit_dut_test_suite = {
	.name		= "kunit_dut",
	.init		= dut_test_init,
	.test_cases	= kunit_dut_test_cases,
};

kunit_test_suite(kunit_dut_test_suite);

MODULE_DESCRIPTION("KUnit test for devices under test");
MODULE_LICENSE("GPL");
