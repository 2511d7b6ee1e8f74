// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the modelled interrupt line, and for devices under test
 *
 * There is a driver for a device with four registers. It can be told to go wrong, and
 * the helpers are to notice that, on a second struct kunit.
 */

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/slab.h>

#include <kunit/dut.h>
#include <kunit/irq.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/platform_device.h>
#include <kunit/test.h>

#define DRIVER		"kunit-dut-test"

#define ID		0x00	/* MAGIC */
#define STATUS		0x04	/* written 1 is cleared */
#define ENABLE		0x08
#define DATA		0x0c

#define MAGIC		0x4b554e54

/* What the driver does wrong */
#define FORGETS_ACK	BIT(0)	/* does not acknowledge */
#define ACKS_ALL	BIT(1)	/* acknowledges what it has not seen */
#define KEEPS_IRQ	BIT(2)	/* does not free its interrupt when probe fails */
#define UNMAPS_FIRST	BIT(3)	/* unmaps, and then disables the interrupt */
#define ONCE		BIT(4)	/* cannot be bound a second time */

/**
 * struct dut_test - fixture, and what its driver knows
 * @inner:	owns device and registers
 * @pdrv:	the driver
 * @line:	the interrupt of the device
 * @mmio:	its registers
 * @dut:	the device
 * @wrong:	what the driver does wrong
 * @shares:	its interrupt
 * @probes:	calls of probe
 * @base:	the registers, mapped
 * @irq:	the interrupt
 * @handled:	runs of the handler which found something
 * @spurious:	and those which did not
 * @events:	all that it found
 * @requested:	what request_irq() is to return
 * @released:	times that the line was freed
 * @pm:		PM callbacks that were called, in order
 * @pm_error:	what the last one returns
 */
struct dut_test {
	struct kunit		inner;
	struct platform_driver	pdrv;
	struct kunit_irq_line	*line;
	struct kunit_mmio	*mmio;
	struct kunit_dut	*dut;
	unsigned int		wrong;
	bool			shares;
	unsigned int		probes;
	void __iomem		*base;
	int			irq;
	atomic_t		handled;
	atomic_t		spurious;
	atomic_t		events;
	int			requested;
	unsigned int		released;
	char			pm[16];
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
	atomic_or(status, &t->events);
	atomic_inc(&t->handled);
	return IRQ_HANDLED;
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

	if (t->wrong & UNMAPS_FIRST)
		iounmap(t->base);
	writel(0, t->base + ENABLE);
	free_irq(t->irq, t);
	if (!(t->wrong & UNMAPS_FIRST))
		iounmap(t->base);
}

static int dut_test_pm(struct device *dev, char c)
{
	struct dut_test *t = to_dut_test(dev);
	size_t len = strlen(t->pm);

	if (len + 1 < sizeof(t->pm))
		t->pm[len] = c;
	return c == 'n' ? t->pm_error : 0;
}

static int dut_test_suspend(struct device *dev)
{
	return dut_test_pm(dev, 's');
}

static int dut_test_suspend_noirq(struct device *dev)
{
	return dut_test_pm(dev, 'n');
}

static int dut_test_resume_noirq(struct device *dev)
{
	return dut_test_pm(dev, 'N');
}

static int dut_test_resume(struct device *dev)
{
	return dut_test_pm(dev, 'S');
}

static const struct dev_pm_ops dut_test_pm_ops = {
	.suspend	= pm_sleep_ptr(dut_test_suspend),
	.suspend_noirq	= pm_sleep_ptr(dut_test_suspend_noirq),
	.resume_noirq	= pm_sleep_ptr(dut_test_resume_noirq),
	.resume		= pm_sleep_ptr(dut_test_resume),
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

/* The end of the test which owns the device: what it says about the driver */
static enum kunit_status dut_test_end(struct kunit *test)
{
	struct dut_test *t = test->priv;

	kunit_cleanup(&t->inner);
	return t->inner.status;
}

static bool dut_test_wire(struct dut_test *t)
{
	bool high = false;

	irq_get_irqchip_state(kunit_irq_line_irq(t->line), IRQCHIP_STATE_LINE_LEVEL, &high);
	return high;
}

/* The wire has its active level while STATUS & ENABLE, whatever level that is. */
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

		/* And the driver is interrupted once for each event */
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

/* An event while the wire is active is no edge. */
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

/* What happens between the read and the acknowledgment gets lost, if the driver is wrong. */
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
	}
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

/* Somebody else is on the line: hears the driver's interrupts, and ends a storm. */
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

	kunit_irq_line_stick(t->line, BIT(7));
	/* Delivered again and again until the fuse blows, in more than one go perhaps */
	while (kunit_irq_line_settle(t->line))
		cond_resched();
	KUNIT_EXPECT_EQ(test, kunit_irq_line_heard(t->line), 20);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 19);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), BIT(7));

	kunit_irq_line_stick(t->line, 0);
	kunit_irq_line_ack(t->line, BIT(7));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), 0);
	kunit_irq_line_unlisten(t->line);
	kunit_irq_line_raise(t->line, BIT(1));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 20);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_heard(t->line), 20);
}

static void dut_test_release(struct device *dev)
{
	kfree(dev);
}

/* A device which has the node of another, as that of a GPIO chip, comes and goes. */
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

/* The device gets what was asked for, the driver is found by its name, and errors come back. */
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
	t->requested = -ESRCH;
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(t->dut), -ESRCH);
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

/* At the end of the test the driver is unbound, before what it uses goes. */
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

/* Each of the three accesses in probe fails once. */
static void kunit_dut_fail_access_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->dut), 3);
	/* After the first two, probe fails; the last one is not noticed, and then none fails */
	KUNIT_EXPECT_EQ(test, t->probes, 4);
	KUNIT_EXPECT_EQ(test, t->released, 3);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(t->dut));

	t->wrong = KEEPS_IRQ;
	t->shares = true;
	kunit_dut_fail_each_access(t->dut);
	free_irq(t->irq, t);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
}

/* So does each allocation. */
static void kunit_dut_fail_memory_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	if (!IS_ENABLED(CONFIG_FAILSLAB) || !IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS))
		kunit_skip(test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	/* That of the driver, the mapping, the action of the interrupt, at least */
	KUNIT_EXPECT_GE(test, kunit_dut_fail_each_allocation(t->dut), 3);
	KUNIT_EXPECT_GE(test, t->probes, 3);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(t->dut));
	KUNIT_EXPECT_EQ(test, dut_test_end(test), KUNIT_SUCCESS);
}

/* A driver that unmaps too early is found out, and the kernel survives it. */
static void kunit_dut_unbind_under_fire_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	kunit_dut_unbind_under_fire(t->dut, BIT(0), 50);
	KUNIT_EXPECT_EQ(test, t->probes, 50);
	KUNIT_EXPECT_GE(test, atomic_read(&t->handled), 50);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), 0);

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

/* The event comes once after each access, and has to be acknowledged. */
static void kunit_dut_fire_at_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_fire_at_each_access(t->dut, BIT(2), dut_test_use, t), 4);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 4);
	kunit_dut_unbind(t->dut);

	/* Three in probe, one in remove */
	KUNIT_EXPECT_EQ(test, kunit_dut_fire_at_each_access(t->dut, BIT(2), dut_test_bind_unbind,
							    t), 4);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);

	t->wrong = FORGETS_ACK;
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
	kunit_dut_fire_at_each_access(t->dut, BIT(2), dut_test_use, t);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
}

/* The callbacks are called in order, without the interrupt at the end; an error is undone. */
static void kunit_dut_suspend_test(struct kunit *test)
{
	struct dut_test *t = test->priv;

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "needs CONFIG_PM_SLEEP");
	dut_test_make(t, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);

	KUNIT_EXPECT_EQ(test, kunit_dut_suspend(t->dut), 0);
	KUNIT_EXPECT_STREQ(test, t->pm, "sn");
	kunit_irq_line_raise(t->line, BIT(0));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), -EBUSY);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 0);
	KUNIT_EXPECT_EQ(test, kunit_dut_resume(t->dut), 0);
	KUNIT_EXPECT_STREQ(test, t->pm, "snNS");
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);

	memset(t->pm, 0, sizeof(t->pm));
	t->pm_error = -EBUSY;
	KUNIT_EXPECT_EQ(test, kunit_dut_suspend(t->dut), -EBUSY);
	KUNIT_EXPECT_STREQ(test, t->pm, "snS");
	kunit_irq_line_raise(t->line, BIT(0));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 2);

	t->pm_error = 0;
	kunit_dut_suspend_resume(t->dut, BIT(1));
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	t->wrong = FORGETS_ACK;
	kunit_dut_suspend_resume(t->dut, BIT(1));
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
	kunit_irq_line_ack(t->line, BIT(1));
}

static struct kunit_case kunit_dut_test_cases[] = {
	KUNIT_CASE(kunit_irq_line_level_test),
	KUNIT_CASE(kunit_irq_line_edge_test),
	KUNIT_CASE(kunit_irq_line_after_read_test),
	KUNIT_CASE(kunit_irq_line_hold_test),
	KUNIT_CASE(kunit_irq_line_shared_test),
	KUNIT_CASE(kunit_dut_bind_test),
	KUNIT_CASE(kunit_dut_end_test),
	KUNIT_CASE(kunit_dut_bind_again_test),
	KUNIT_CASE(kunit_dut_fail_access_test),
	KUNIT_CASE(kunit_dut_fail_memory_test),
	KUNIT_CASE(kunit_dut_unbind_under_fire_test),
	KUNIT_CASE(kunit_dut_fire_at_test),
	KUNIT_CASE(kunit_dut_suspend_test),
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
