// SPDX-License-Identifier: GPL-2.0
/*
 * A device under test, and the driver which is bound to it
 */

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/device/driver.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/property.h>
#include <linux/sched.h>

#include <kunit/access.h>
#include <kunit/dut.h>
#include <kunit/fwnode.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <kunit/test-bug.h>

/* A driver which needs more steps than that is in a loop of its own */
#define KUNIT_DUT_MAX_STEPS	2000

/* So often does the device interrupt at least before it is unbound under fire */
#define KUNIT_DUT_FIRES		16

/* No driver is called that */
#define KUNIT_DUT_NOT_YET	"kunit-not-yet"

KUNIT_DEFINE_ACTION_WRAPPER(kunit_dut_put_module, module_put, struct module *);

/**
 * kunit_dut_adopt() - Test a driver with a device that exists
 * @test:	test context
 * @dev:	the device, which may be bound to the driver already, and must stay
 * @driver:	name of the driver, on the bus of @dev
 *
 * For devices on other buses: an I2C client, whose adapter the test has made. The
 * caller may set @line and @accesses of what is returned, for the loops.
 *
 * Context: The thread of the test. When this fails, so does the test.
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
	/* It stays registered: nobody else holds a reference */
	KUNIT_ASSERT_TRUE(test, try_module_get(dut->drv->owner));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_dut_put_module,
							dut->drv->owner), 0);
	return dut;
}
EXPORT_SYMBOL_GPL(kunit_dut_adopt);

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
	if (info->line)
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

	/* Put by platform_device_release() */
	if (fwnode)
		device_set_node(&pdev->dev, fwnode_handle_get(fwnode));

	ret = kunit_dut_add_resources(pdev, info);
	if (!ret && info->data)
		ret = platform_device_add_data(pdev, info->data, info->size_data);
	/* Not by itself: who binds it wants to know what becomes of that */
	if (!ret)
		ret = device_set_driver_override(&pdev->dev, KUNIT_DUT_NOT_YET);
	return ret;
}

/**
 * kunit_dut_platform() - Create a platform device to test a driver with
 * @test:	test context
 * @info:	what to create; not used after the return
 *
 * The driver is one that is in the kernel, and nothing in it is changed. The device
 * is not bound to it, that is for kunit_dut_bind(). At the end of the test it is
 * unbound and removed.
 *
 * Context: The thread of the test. When this fails, so does the test.
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

	/*
	 * Not managed by the device: a device which its driver makes with the same node,
	 * as gpiolib does, would take the node away with it.
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
 * Return: 0, or what probe returned; -EBUSY if the device is bound already, -ENODEV
 * also if the driver does not match it, -EPROBE_DEFER when something is missing. There
 * is no second try then.
 */
int kunit_dut_bind(struct kunit_dut *dut)
{
	int ret;

	/* This is also how a driver learns which of its names matched */
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
 * kunit_dut_is_bound() - Whether the device has a driver
 * @dut:	device under test
 *
 * Return: true if it has.
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

/* Nothing is left of the driver. @when is a step of a loop, @what says of which. */
static void kunit_dut_check_gone(struct kunit_dut *dut, const char *what, unsigned int when)
{
	KUNIT_EXPECT_FALSE_MSG(dut->test, kunit_dut_is_bound(dut), "%s %u", what, when);
	if (dut->line)
		KUNIT_EXPECT_FALSE_MSG(dut->test, kunit_irq_line_requested(dut->line),
				       "the interrupt is still requested, %s %u", what, when);
	KUNIT_EXPECT_TRUE_MSG(dut->test, list_empty(&dut->dev->devres_head),
			      "managed resources are left, %s %u", what, when);
}

static void kunit_dut_check_idle(struct kunit_dut *dut)
{
	KUNIT_ASSERT_FALSE_MSG(dut->test, kunit_dut_is_bound(dut),
			       "the device is bound before the loop begins");
}

/**
 * kunit_dut_bind_again() - Bind and unbind, again and again
 * @dut:	device under test, not bound
 * @times:	how often
 *
 * The test fails when a probe does, or when something is left of the driver after it
 * was unbound.
 *
 * Context: The thread of the test.
 */
void kunit_dut_bind_again(struct kunit_dut *dut, unsigned int times)
{
	kunit_dut_check_idle(dut);

	for (unsigned int i = 1; i <= times; i++) {
		KUNIT_EXPECT_EQ_MSG(dut->test, kunit_dut_bind(dut), 0, "time %u", i);
		if (dut->line)
			kunit_irq_line_settle(dut->line);
		kunit_dut_unbind(dut);
		kunit_dut_check_gone(dut, "time", i);
	}
}
EXPORT_SYMBOL_GPL(kunit_dut_bind_again);

/**
 * kunit_dut_fail_each_access() - Probe while one access to the device fails
 * @dut:	device under test, not bound, with accesses
 *
 * The first, then the second and so on, until all that probe does have been tried. A
 * driver need not notice that. If its probe fails, nothing may be left of it; if it does
 * not, it must be possible to unbind it. In the end probe succeeds.
 *
 * Context: The thread of the test.
 *
 * Return: How many accesses there are in probe.
 */
unsigned int kunit_dut_fail_each_access(struct kunit_dut *dut)
{
	unsigned int n, failed = 1;
	int ret = 0;

	kunit_dut_check_idle(dut);
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->accesses);

	for (n = 1; failed && n <= KUNIT_DUT_MAX_STEPS; n++) {
		kunit_accesses_fail(dut->accesses, n, 1);
		ret = kunit_dut_bind(dut);
		failed = kunit_accesses_failed(dut->accesses);
		kunit_accesses_fail(dut->accesses, 0, 0);
		if (!ret) {
			if (dut->line)
				kunit_irq_line_settle(dut->line);
			kunit_dut_unbind(dut);
		}
		kunit_dut_check_gone(dut, "failed access", n);
	}
	KUNIT_EXPECT_EQ_MSG(dut->test, ret, 0, "probe with all accesses");
	KUNIT_EXPECT_EQ_MSG(dut->test, failed, 0, "probe does not come to an end");

	return n - 2;
}
EXPORT_SYMBOL_GPL(kunit_dut_fail_each_access);

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
/* What is behind a file of failslab in debugfs, which is the only way to it */
static void *kunit_dut_failslab(const char *name)
{
	struct dentry *dir = debugfs_lookup("failslab", NULL), *file;
	void *data = NULL;

	if (!dir)
		return NULL;
	file = debugfs_lookup(name, dir);
	if (file) {
		data = d_inode(file)->i_private;
		dput(file);
	}
	dput(dir);
	return data;
}

/* Bind while the @n-th allocation of this task fails. Returns whether one did. */
static bool kunit_dut_bind_failing(struct kunit_dut *dut, unsigned int n, int *ret)
{
	bool failed;

	current->fail_nth = n;
	*ret = kunit_dut_bind(dut);
	failed = !current->fail_nth;
	current->fail_nth = 0;
	return failed;
}
#endif

/**
 * kunit_dut_fail_each_allocation() - Probe while one allocation fails
 * @dut:	device under test, not bound
 *
 * The first, then the second and so on, as kunit_dut_fail_each_access(). This needs
 * CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS, and skips the test without.
 * Warnings are suppressed meanwhile, as there are some in what drivers call.
 *
 * Context: The thread of the test.
 *
 * Return: How many allocations there are in probe.
 */
unsigned int kunit_dut_fail_each_allocation(struct kunit_dut *dut)
{
#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
	/* By default what may sleep does not fail, and what fails prints a stack */
	bool *spares = kunit_dut_failslab("ignore-gfp-wait"), spared;
	unsigned long *verbose = kunit_dut_failslab("verbose"), verbosity;
	bool failed = true;
	unsigned int n;
	int ret = 0;

	if (!spares || !verbose)
		kunit_skip(dut->test, "no failslab/ignore-gfp-wait and verbose in debugfs");
	kunit_dut_check_idle(dut);

	/* Once with all of them: some are made the first time only, and stay */
	kunit_dut_bind_again(dut, 1);

	for (n = 1; failed && n <= KUNIT_DUT_MAX_STEPS; n++) {
		/* Those of the thread, which may run a test of @dut->test */
		kunit_warning_suppress(kunit_get_current_test() ?: dut->test) {
			/* Put back at once: an assertion would leave it */
			spared = *spares;
			verbosity = *verbose;
			*spares = false;
			*verbose = 0;
			failed = kunit_dut_bind_failing(dut, n, &ret);
			*spares = spared;
			*verbose = verbosity;

			if (!ret) {
				if (dut->line)
					kunit_irq_line_settle(dut->line);
				kunit_dut_unbind(dut);
			}
		}
		kunit_dut_check_gone(dut, "failed allocation", n);
	}
	KUNIT_EXPECT_EQ_MSG(dut->test, ret, 0, "probe with all allocations");
	KUNIT_EXPECT_FALSE_MSG(dut->test, failed, "probe does not come to an end");

	return n - 2;
#else
	kunit_skip(dut->test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
	return 0;
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_fail_each_allocation);

/**
 * struct kunit_dut_fire - who interrupts while the driver is bound and unbound
 * @line:	the line
 * @bits:	what happens
 * @fires:	how often it still has to, until @done
 * @done:	it has
 */
struct kunit_dut_fire {
	struct kunit_irq_line	*line;
	u64			bits;
	atomic_t		fires;
	struct completion	done;
};

static int kunit_dut_fire_thread(void *data)
{
	struct kunit_dut_fire *fire = data;

	while (!kthread_should_stop()) {
		kunit_irq_line_raise(fire->line, fire->bits);
		if (!atomic_dec_if_positive(&fire->fires))
			complete(&fire->done);
		cond_resched();
	}
	return 0;
}

static void kunit_dut_fire_stop(void *data)
{
	struct task_struct *task = data;

	kthread_stop(task);
	put_task_struct(task);
}

/**
 * kunit_dut_unbind_under_fire() - Unbind while the device interrupts all the time
 * @dut:	device under test, not bound, with a line
 * @bits:	events which happen all the time, from a thread: before probe, while it
 *		runs, while the driver is bound, while it is unbound and after that
 * @times:	how often
 *
 * Accesses to registers which have been unmapped fail the test, and everything else
 * that kunit_dut_bind_again() looks for. How far the driver gets between two events is
 * up to the scheduler, and to the number of CPUs. For each place once see
 * kunit_dut_fire_at_each_access().
 *
 * Context: The thread of the test.
 */
void kunit_dut_unbind_under_fire(struct kunit_dut *dut, u64 bits, unsigned int times)
{
	struct kunit_dut_fire *fire = kunit_kzalloc(dut->test, sizeof(*fire), GFP_KERNEL);
	struct task_struct *task;

	kunit_dut_check_idle(dut);
	KUNIT_ASSERT_NOT_NULL(dut->test, fire);
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->line);
	fire->line = dut->line;
	fire->bits = bits;
	init_completion(&fire->done);

	task = kthread_run(kunit_dut_fire_thread, fire, "kunit-fire");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(dut->test, task);
	get_task_struct(task);
	KUNIT_ASSERT_EQ(dut->test,
			kunit_add_action_or_reset(dut->test, kunit_dut_fire_stop, task), 0);

	for (unsigned int i = 1; i <= times; i++) {
		KUNIT_EXPECT_EQ_MSG(dut->test, kunit_dut_bind(dut), 0, "time %u", i);
		atomic_set(&fire->fires, KUNIT_DUT_FIRES);
		wait_for_completion(&fire->done);
		/* At least one of them has got to the driver */
		kunit_irq_line_settle(dut->line);
		kunit_dut_unbind(dut);
		kunit_dut_check_gone(dut, "time", i);
	}

	kunit_release_action(dut->test, kunit_dut_fire_stop, task);
	kunit_irq_line_ack(dut->line, bits);
}
EXPORT_SYMBOL_GPL(kunit_dut_unbind_under_fire);

static void kunit_dut_fire_hook(void *data)
{
	struct kunit_dut_fire *fire = data;

	kunit_irq_line_raise(fire->line, fire->bits);
}

/**
 * kunit_dut_fire_at_each_access() - Interrupt after each access of an operation
 * @dut:	device under test, with a line and accesses
 * @bits:	events which happen, once: after the first access in the first round,
 *		after the second one in the second, and so on until all have been tried
 * @op:		what the driver does: a call into its subsystem, kunit_dut_bind(),
 *		kunit_dut_unbind()
 * @data:	passed to it
 *
 * If the device is bound after @op, the driver has to have acknowledged the events.
 *
 * Context: The thread of the test.
 *
 * Return: How many accesses there are in the operation.
 */
unsigned int kunit_dut_fire_at_each_access(struct kunit_dut *dut, u64 bits,
					   void (*op)(struct kunit_dut *dut, void *data),
					   void *data)
{
	struct kunit_dut_fire *fire = kunit_kzalloc(dut->test, sizeof(*fire), GFP_KERNEL);
	unsigned int n, hooked = 1;

	KUNIT_ASSERT_NOT_NULL(dut->test, fire);
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->line);
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->accesses);
	fire->line = dut->line;
	fire->bits = bits;

	for (n = 1; hooked && n <= KUNIT_DUT_MAX_STEPS; n++) {
		kunit_accesses_hook(dut->accesses, n, kunit_dut_fire_hook, fire);
		op(dut, data);
		hooked = kunit_accesses_hooked(dut->accesses);
		kunit_accesses_hook(dut->accesses, 0, NULL, NULL);

		if (kunit_dut_is_bound(dut))
			KUNIT_EXPECT_EQ_MSG(dut->test, kunit_irq_line_settle(dut->line), 0,
					    "the event after access %u is not acknowledged", n);
		kunit_irq_line_ack(dut->line, bits);
	}
	KUNIT_EXPECT_EQ_MSG(dut->test, hooked, 0, "the operation does not come to an end");

	return n - 2;
}
EXPORT_SYMBOL_GPL(kunit_dut_fire_at_each_access);

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

/* Call what the PM core would, which is the first of those who have any */
static int kunit_dut_pm(struct device *dev, size_t op)
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
 * kunit_dut_suspend() - Suspend the device, as the PM core does, and nothing else
 * @dut:	device under test, bound
 *
 * Calls its callbacks from prepare to suspend_noirq. The interrupt of the device is
 * disabled before the last one, as the PM core does with those that do not wake. The
 * machine goes on. On a kernel without CONFIG_PM_SLEEP drivers have no callbacks, and
 * the test is skipped.
 *
 * Context: The thread of the test.
 *
 * Return: 0, or the error of a callback, after which the device is resumed.
 */
int kunit_dut_suspend(struct kunit_dut *dut)
{
#ifdef CONFIG_PM_SLEEP
	int phase, ret;

	guard(device)(dut->dev);

	pm_runtime_get_noresume(dut->dev);
	pm_runtime_barrier(dut->dev);
	for (phase = KUNIT_DUT_PREPARED; phase <= KUNIT_DUT_SUSPENDED_NOIRQ; phase++) {
		if (phase == KUNIT_DUT_SUSPENDED_LATE)
			pm_runtime_disable(dut->dev);
		if (phase == KUNIT_DUT_SUSPENDED_NOIRQ && dut->line)
			disable_irq(kunit_irq_line_irq(dut->line));
		ret = kunit_dut_pm(dut->dev, kunit_dut_down[phase]);
		/* prepare returns more than 0 to say that it can stay as it is */
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
 * Return: 0, or the first error of a callback.
 */
int kunit_dut_resume(struct kunit_dut *dut)
{
#ifdef CONFIG_PM_SLEEP
	guard(device)(dut->dev);
	return kunit_dut_wind_up(dut, KUNIT_DUT_SUSPENDED_NOIRQ);
#else
	return -EOPNOTSUPP;
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_resume);

/**
 * kunit_dut_suspend_resume() - Suspend and resume, with an event in between
 * @dut:	device under test, bound, with a line
 * @bits:	events which happen while the device is suspended
 *
 * After that the driver has to have acknowledged them.
 *
 * Context: The thread of the test.
 */
void kunit_dut_suspend_resume(struct kunit_dut *dut, u64 bits)
{
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->line);
	KUNIT_ASSERT_EQ(dut->test, kunit_dut_suspend(dut), 0);
	kunit_irq_line_raise(dut->line, bits);
	KUNIT_EXPECT_EQ(dut->test, kunit_dut_resume(dut), 0);
	KUNIT_EXPECT_EQ_MSG(dut->test, kunit_irq_line_settle(dut->line), 0,
			    "what happened in suspend is not acknowledged: status 0x%llx",
			    kunit_irq_line_status(dut->line));
}
EXPORT_SYMBOL_GPL(kunit_dut_suspend_resume);
