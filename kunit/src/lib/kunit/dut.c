// SPDX-License-Identifier: GPL-2.0
/*
 * A device under test, and the driver which is bound to it
 */

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/device/driver.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/property.h>

#include <kunit/access.h>
#include <kunit/dut.h>
#include <kunit/fwnode.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/resource.h>
#include <kunit/test.h>

/* No driver has this name */
#define KUNIT_DUT_NOT_YET	"kunit-not-yet"

KUNIT_DEFINE_ACTION_WRAPPER(kunit_dut_put_module, module_put, struct module *);

/**
 * kunit_dut_adopt() - Test a driver with an existing device
 * @test:	test context
 * @dev:	the device, which may be bound to the driver already, and must exist until
 *		the test ends
 * @driver:	name of the driver, on the bus of @dev
 *
 * For devices on other buses, e.g. an I2C client on an adapter of the test. The caller
 * may set @line and @accesses of the returned struct, for the loops.
 *
 * Context: The thread of the test. If this fails, the test fails.
 *
 * Return: The device under test.
 */
struct kunit_dut *kunit_dut_adopt(struct kunit *test, struct device *dev, const char *driver)
{
	struct kunit_dut *dut = kunit_kzalloc(test, sizeof(*dut), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dut);
	KUNIT_ASSERT_NOT_NULL(test, dev->bus);
	dut->test = test;
	dut->dev = dev;
	dut->drv = driver_find(driver, dev->bus);
	KUNIT_ASSERT_NOT_NULL_MSG(test, dut->drv, "the %s bus has no driver %s",
				  dev->bus->name, driver);
	/* driver_find() does not take a reference, so keep the module of the driver */
	KUNIT_ASSERT_TRUE(test, try_module_get(dut->drv->owner));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_dut_put_module,
							dut->drv->owner), 0);
	return dut;
}
EXPORT_SYMBOL_GPL(kunit_dut_adopt);

#ifdef CONFIG_OF
static void kunit_dut_of_put(void *data)
{
	of_node_put(data);
}
#endif

/**
 * kunit_dut_of_cells() - Check that an overlay with addresses fits the device tree
 * @test:	test context
 * @address:	#address-cells of the root in the overlay
 * @size:	#size-cells likewise
 *
 * An overlay cannot change them. Skips the test if the root of the device tree has
 * different values, or without CONFIG_OF: call this before of_overlay_apply_kunit().
 *
 * Context: The thread of the test.
 */
void kunit_dut_of_cells(struct kunit *test, unsigned int address, unsigned int size)
{
	struct device_node *root = of_find_node_by_path("/");
	u32 cells[2] = { address, size };

	if (!root)
		kunit_skip(test, "needs CONFIG_OF, and a device tree");
	of_property_read_u32(root, "#address-cells", &cells[0]);
	of_property_read_u32(root, "#size-cells", &cells[1]);
	of_node_put(root);
	if (cells[0] != address || cells[1] != size)
		kunit_skip(test, "the device tree has other #address-cells or #size-cells");
}
EXPORT_SYMBOL_GPL(kunit_dut_of_cells);

/**
 * kunit_dut_of_node() - Find a node of the device tree
 * @test:	test context
 * @path:	path of the node, e.g. in an overlay which was applied with
 *		of_overlay_apply_kunit()
 *
 * The kernel must not create a device for the node: put it below a node with status
 * "disabled". The reference is kept until the end of the test. Without CONFIG_OF the
 * test is skipped.
 *
 * Context: The thread of the test. If there is no such node, the test fails.
 *
 * Return: The firmware node.
 */
struct fwnode_handle *kunit_dut_of_node(struct kunit *test, const char *path)
{
#ifdef CONFIG_OF
	struct device_node *np = of_find_node_by_path(path);

	KUNIT_ASSERT_NOT_NULL_MSG(test, np, "the device tree has no node %s", path);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_dut_of_put, np), 0);
	KUNIT_ASSERT_FALSE_MSG(test, of_node_check_flag(np, OF_POPULATED),
			       "there is a device for the node %s already", path);
	return of_fwnode_handle(np);
#else
	kunit_skip(test, "needs CONFIG_OF");
	return NULL;
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_of_node);

static void kunit_dut_remove(void *data)
{
	struct platform_device *pdev = data;

	platform_device_unregister(pdev);
}

static int kunit_dut_add_resources(struct platform_device *pdev, const struct kunit_dut_info *info)
{
	unsigned int num = 0;
	struct resource *res;
	int ret;

	res = kcalloc(info->num_res + 2, sizeof(*res), GFP_KERNEL);
	if (!res)
		return -ENOMEM;

	if (info->mmio)
		res[num++] = *kunit_mmio_resource(info->mmio);
	/* With a device tree node, the driver only gets the interrupt in the device tree */
	if (info->line && !is_of_node(pdev->dev.fwnode))
		res[num++] = DEFINE_RES_IRQ(kunit_irq_line_irq(info->line));
	for (unsigned int i = 0; i < info->num_res; i++)
		res[num++] = info->res[i];

	ret = platform_device_add_resources(pdev, res, num);
	kfree(res);
	return ret;
}

static int kunit_dut_describe(struct platform_device *pdev, const struct kunit_dut_info *info,
			      struct fwnode_handle *fwnode)
{
	int ret;

	pdev->dev.parent = info->parent;
	/* Put by platform_device_release() */
	if (fwnode)
		device_set_node(&pdev->dev, fwnode_handle_get(fwnode));

	ret = kunit_dut_add_resources(pdev, info);
	if (!ret && info->data)
		ret = platform_device_add_data(pdev, info->data, info->size_data);
	/* Do not bind automatically: kunit_dut_bind() returns the result to the test */
	if (!ret)
		ret = device_set_driver_override(&pdev->dev, KUNIT_DUT_NOT_YET);
	return ret;
}

/* The test and the device tree must agree on the address of the registers */
static void kunit_dut_check_reg(struct kunit *test, const struct kunit_dut_info *info)
{
	const struct resource *mmio;
	struct resource reg;

	if (!info->mmio || of_address_to_resource(to_of_node(info->fwnode), 0, &reg))
		return;
	mmio = kunit_mmio_resource(info->mmio);
	KUNIT_ASSERT_TRUE_MSG(test, mmio->start == reg.start && mmio->end == reg.end,
			      "the registers are %pR, and in the device tree %pR", mmio, &reg);
}

/**
 * kunit_dut_platform() - Create a platform device to test a driver with
 * @test:	test context
 * @info:	what to create; not used after the return
 *
 * The driver is an existing one, without changes. This does not bind it, see
 * kunit_dut_bind(). At the end of the test the device is unbound and removed.
 *
 * Context: The thread of the test. If this fails, the test fails; without the driver the
 * test is skipped.
 *
 * Return: The device under test.
 */
struct kunit_dut *kunit_dut_platform(struct kunit *test, const struct kunit_dut_info *info)
{
	struct fwnode_handle *fwnode = info->fwnode;
	struct platform_device *pdev;
	struct kunit_dut *dut;
	int ret;

	KUNIT_ASSERT_NOT_NULL_MSG(test, info->driver, "no name of a driver");
	KUNIT_ASSERT_FALSE_MSG(test, info->properties && info->fwnode,
			       "a firmware node and properties of another");
	if (!driver_find(info->driver, &platform_bus_type))
		kunit_skip(test, "there is no platform driver %s", info->driver);
	kunit_dut_check_reg(test, info);

	/*
	 * The device does not manage the node: if the driver makes another device with the
	 * same node, as gpiolib does, the removal of that device would remove the node.
	 */
	if (info->properties) {
		fwnode = kunit_fwnode_create_software_node(test, info->properties, NULL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fwnode);
	}

	pdev = platform_device_alloc(info->name ?: info->driver, PLATFORM_DEVID_AUTO);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	ret = kunit_dut_describe(pdev, info, fwnode);
	if (!ret)
		ret = platform_device_add(pdev);
	if (ret)
		platform_device_put(pdev);
	KUNIT_ASSERT_EQ(test, ret, 0);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_dut_remove, pdev), 0);
	KUNIT_ASSERT_EQ(test, device_set_driver_override(&pdev->dev, ""), 0);

	dut = kunit_dut_adopt(test, &pdev->dev, info->driver);
	dut->line = info->line;
	if (info->mmio)
		dut->accesses = kunit_mmio_accesses(info->mmio);
	return dut;
}
EXPORT_SYMBOL_GPL(kunit_dut_platform);

/**
 * kunit_dut_bind() - Bind the driver to the device
 * @dut:	device under test
 *
 * Context: Process context. May sleep.
 *
 * Return: 0, or the error from probe; -EBUSY if the device is bound already, -ENODEV
 * also if the driver does not match it, -EPROBE_DEFER if something is missing. A
 * deferred probe is not retried.
 */
int kunit_dut_bind(struct kunit_dut *dut)
{
	int ret;

	/* The match callback may also save which id matched, for the driver */
	if (dut->dev->bus->match && dut->dev->bus->match(dut->dev, dut->drv) <= 0) {
		kunit_err(dut->test, "%s does not match the driver %s\n", dev_name(dut->dev),
			  dut->drv->name);
		return -ENODEV;
	}

	ret = device_driver_attach(dut->drv, dut->dev);
	return ret == -EAGAIN ? -EPROBE_DEFER : ret;
}
EXPORT_SYMBOL_GPL(kunit_dut_bind);

/**
 * kunit_dut_is_bound() - Check if the device is bound to a driver
 * @dut:	device under test
 *
 * Return: true if it is.
 */
bool kunit_dut_is_bound(struct kunit_dut *dut)
{
	guard(device)(dut->dev);
	return device_is_bound(dut->dev);
}
EXPORT_SYMBOL_GPL(kunit_dut_is_bound);

/**
 * kunit_dut_unbind() - Unbind the driver from the device
 * @dut:	device under test
 *
 * Context: Process context. May sleep.
 */
void kunit_dut_unbind(struct kunit_dut *dut)
{
	device_release_driver(dut->dev);
}
EXPORT_SYMBOL_GPL(kunit_dut_unbind);

#ifdef CONFIG_PM_SLEEP
enum kunit_dut_phase {
	KUNIT_DUT_PREPARED,
	KUNIT_DUT_SUSPENDED,
	KUNIT_DUT_SUSPENDED_LATE,
	KUNIT_DUT_SUSPENDED_NOIRQ,
};

static const size_t kunit_dut_down[] = {
	[KUNIT_DUT_PREPARED]		= offsetof(const struct dev_pm_ops, prepare),
	[KUNIT_DUT_SUSPENDED]		= offsetof(const struct dev_pm_ops, suspend),
	[KUNIT_DUT_SUSPENDED_LATE]	= offsetof(const struct dev_pm_ops, suspend_late),
	[KUNIT_DUT_SUSPENDED_NOIRQ]	= offsetof(const struct dev_pm_ops, suspend_noirq),
};

static const size_t kunit_dut_up[] = {
	[KUNIT_DUT_PREPARED]		= offsetof(const struct dev_pm_ops, complete),
	[KUNIT_DUT_SUSPENDED]		= offsetof(const struct dev_pm_ops, resume),
	[KUNIT_DUT_SUSPENDED_LATE]	= offsetof(const struct dev_pm_ops, resume_early),
	[KUNIT_DUT_SUSPENDED_NOIRQ]	= offsetof(const struct dev_pm_ops, resume_noirq),
};

/* Call a callback like the PM core: that of the first level which has PM operations */
static int kunit_dut_call(struct device *dev, size_t op)
{
	const struct dev_pm_ops *ops = NULL;
	int (*call)(struct device *dev);
	void (*complete)(struct device *dev);
	void *callback = NULL;

	if (dev->pm_domain)
		ops = &dev->pm_domain->ops;
	else if (dev->type && dev->type->pm)
		ops = dev->type->pm;
	else if (dev->class && dev->class->pm)
		ops = dev->class->pm;
	else if (dev->bus && dev->bus->pm)
		ops = dev->bus->pm;

	if (ops)
		callback = *(void **)((void *)ops + op);
	if (!callback && dev->driver && dev->driver->pm)
		callback = *(void **)((void *)dev->driver->pm + op);
	if (!callback)
		return 0;

	if (op == offsetof(const struct dev_pm_ops, complete)) {
		complete = callback;
		complete(dev);
		return 0;
	}
	call = callback;
	return call(dev);
}

/* The PM core does not take the lock of the device in the late and noirq phases */
static int kunit_dut_pm(struct device *dev, size_t op)
{
	if (op != offsetof(const struct dev_pm_ops, prepare) &&
	    op != offsetof(const struct dev_pm_ops, suspend) &&
	    op != offsetof(const struct dev_pm_ops, resume) &&
	    op != offsetof(const struct dev_pm_ops, complete))
		return kunit_dut_call(dev, op);

	guard(device)(dev);
	return kunit_dut_call(dev, op);
}

/* Undo the phases from @phase down to the first */
static int kunit_dut_wind_up(struct kunit_dut *dut, int phase)
{
	int ret, err = 0;

	for (; phase >= KUNIT_DUT_PREPARED; phase--) {
		ret = kunit_dut_pm(dut->dev, kunit_dut_up[phase]);
		err = err ?: ret;
		if (phase == KUNIT_DUT_SUSPENDED_NOIRQ && dut->line)
			enable_irq(kunit_irq_line_irq(dut->line));
		if (phase == KUNIT_DUT_SUSPENDED_LATE)
			pm_runtime_enable(dut->dev);
	}
	pm_runtime_put(dut->dev);
	return err;
}
#endif

/**
 * kunit_dut_suspend() - Suspend only the device, like the PM core
 * @dut:	device under test, bound
 *
 * Calls the callbacks from prepare to suspend_noirq. The interrupt of the device is
 * disabled before the last one, as the PM core does unless it is a wakeup source. The
 * machine keeps running. The device must be resumed before anything can end the test, as a
 * driver is never unbound while its device is suspended. Without CONFIG_PM_SLEEP drivers
 * have no callbacks, and the test is skipped.
 *
 * Context: The thread of the test.
 *
 * Return: 0, or the error from a callback, after which the device has been resumed.
 */
int kunit_dut_suspend(struct kunit_dut *dut)
{
#ifdef CONFIG_PM_SLEEP
	int phase, ret;

	pm_runtime_get_noresume(dut->dev);
	pm_runtime_barrier(dut->dev);
	for (phase = KUNIT_DUT_PREPARED; phase <= KUNIT_DUT_SUSPENDED_NOIRQ; phase++) {
		if (phase == KUNIT_DUT_SUSPENDED_LATE)
			pm_runtime_disable(dut->dev);
		if (phase == KUNIT_DUT_SUSPENDED_NOIRQ && dut->line)
			disable_irq(kunit_irq_line_irq(dut->line));
		ret = kunit_dut_pm(dut->dev, kunit_dut_down[phase]);
		/* prepare returns a positive value if the device can stay runtime suspended */
		if (ret < 0 || (ret && phase != KUNIT_DUT_PREPARED)) {
			if (phase == KUNIT_DUT_SUSPENDED_LATE)
				pm_runtime_enable(dut->dev);
			if (phase == KUNIT_DUT_SUSPENDED_NOIRQ && dut->line)
				enable_irq(kunit_irq_line_irq(dut->line));
			kunit_dut_wind_up(dut, phase - 1);
			return ret;
		}
	}
	return 0;
#else
	kunit_skip(dut->test, "drivers have no suspend without CONFIG_PM_SLEEP");
	return -EOPNOTSUPP;
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_suspend);

/**
 * kunit_dut_resume() - Resume the device
 * @dut:	device under test, suspended by kunit_dut_suspend()
 *
 * Context: The thread of the test.
 *
 * Return: 0, or the first error from a callback.
 */
int kunit_dut_resume(struct kunit_dut *dut)
{
#ifdef CONFIG_PM_SLEEP
	return kunit_dut_wind_up(dut, KUNIT_DUT_SUSPENDED_NOIRQ);
#else
	return -EOPNOTSUPP;
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_resume);
