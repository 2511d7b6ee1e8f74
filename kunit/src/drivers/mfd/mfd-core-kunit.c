// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the software nodes and the interrupts of MFD cells
 */

#include <linux/container_of.h>
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/irqdomain.h>
#include <linux/mfd/core.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include <kunit/device.h>
#include <kunit/platform_device.h>
#include <kunit/test.h>

#define MFD_CORE_TEST_VALUE	0x5a
#define MFD_CORE_TEST_HWIRQ	2
#define MFD_CORE_TEST_HWIRQS	4

/**
 * struct mfd_core_test - fixture, and observations of the driver of the cell
 * @parent:	parent of the cell
 * @shared:	node of the parent, which the cell shares
 * @nb:		notifier which gives @shared to the cell
 * @hold:	the driver takes a reference to the device
 * @held:	the device with that reference
 * @domain:	interrupts of the parent
 * @at_probe:	value of the property in probe
 * @at_remove:	value of the property in remove
 * @irq:	interrupt of the cell, or an error
 * @bound:	number of cells bound to the driver
 */
struct mfd_core_test {
	struct device *parent;
	struct fwnode_handle *shared;
	struct notifier_block nb;
	bool hold;
	struct device *held;
	struct irq_domain *domain;
	u32 at_probe;
	u32 at_remove;
	int irq;
	int bound;
};

static u32 mfd_core_test_read(struct platform_device *pdev)
{
	u32 val = 0;

	device_property_read_u32(&pdev->dev, "test-value", &val);
	return val;
}

static struct mfd_core_test *mfd_core_test_of(struct platform_device *pdev)
{
	return *(struct mfd_core_test **)dev_get_platdata(&pdev->dev);
}

static int mfd_core_test_probe(struct platform_device *pdev)
{
	struct mfd_core_test *seen = mfd_core_test_of(pdev);

	seen->at_probe = mfd_core_test_read(pdev);
	seen->irq = platform_get_irq_optional(pdev, 0);
	seen->bound++;
	if (seen->hold)
		seen->held = get_device(&pdev->dev);

	return 0;
}

static void mfd_core_test_remove(struct platform_device *pdev)
{
	struct mfd_core_test *seen = mfd_core_test_of(pdev);

	seen->at_remove = mfd_core_test_read(pdev);
	seen->bound--;
}

static struct platform_driver mfd_core_test_driver = {
	.probe	= mfd_core_test_probe,
	.remove	= mfd_core_test_remove,
	.driver	= {
		.name	= "mfd-core-test-cell",
	},
};

static const struct property_entry mfd_core_test_props[] = {
	PROPERTY_ENTRY_U32("test-value", MFD_CORE_TEST_VALUE),
	{ }
};

static const struct software_node mfd_core_test_node = {
	.properties = mfd_core_test_props,
};

KUNIT_DEFINE_ACTION_WRAPPER(mfd_core_test_undo, mfd_remove_devices,
			    struct device *);
KUNIT_DEFINE_ACTION_WRAPPER(mfd_core_test_put, put_device, struct device *);

static int mfd_core_test_init(struct kunit *test)
{
	struct mfd_core_test *seen;

	seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	test->priv = seen;
	seen->parent = kunit_device_register(test, "mfd-core-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, seen->parent);
	KUNIT_ASSERT_EQ(test, 0, kunit_platform_driver_register(test,
								&mfd_core_test_driver));
	return 0;
}

static const struct resource mfd_core_test_resources[] = {
	DEFINE_RES_IRQ(MFD_CORE_TEST_HWIRQ),
};

static void mfd_core_test_add_irqs(struct kunit *test, int irq_base, struct irq_domain *domain)
{
	struct mfd_core_test *seen = test->priv;
	const struct mfd_cell cell = {
		.name		= "mfd-core-test-cell",
		.platform_data	= &seen,
		.pdata_size	= sizeof(seen),
		.swnode		= &mfd_core_test_node,
		.resources	= mfd_core_test_resources,
		.num_resources	= ARRAY_SIZE(mfd_core_test_resources),
	};

	seen->at_probe = 0;
	seen->at_remove = 0;
	KUNIT_ASSERT_EQ(test, 0,
			mfd_add_devices(seen->parent, PLATFORM_DEVID_NONE, &cell, 1,
					NULL, irq_base, domain));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, mfd_core_test_undo,
							   seen->parent));
	KUNIT_ASSERT_EQ(test, 1, seen->bound);
}

static void mfd_core_test_add(struct kunit *test)
{
	mfd_core_test_add_irqs(test, 0, NULL);
}

/* A driver finds its properties in remove as well as in probe. */
static void mfd_core_test_properties(struct kunit *test)
{
	struct mfd_core_test *seen = test->priv;

	for (int i = 0; i < 2; i++) {
		mfd_core_test_add(test);
		KUNIT_EXPECT_EQ(test, MFD_CORE_TEST_VALUE, seen->at_probe);
		kunit_release_action(test, mfd_core_test_undo, seen->parent);
		KUNIT_EXPECT_EQ(test, 0, seen->bound);
		KUNIT_EXPECT_EQ(test, MFD_CORE_TEST_VALUE, seen->at_remove);
		KUNIT_EXPECT_NULL(test, software_node_fwnode(&mfd_core_test_node));
	}
}

/* The caller can use the node of a removed cell again, even if the device is still held. */
static void mfd_core_test_held(struct kunit *test)
{
	struct mfd_core_test *seen = test->priv;

	seen->hold = true;
	mfd_core_test_add(test);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, mfd_core_test_put,
							   seen->held));
	kunit_release_action(test, mfd_core_test_undo, seen->parent);
	KUNIT_EXPECT_EQ(test, MFD_CORE_TEST_VALUE, seen->at_remove);
	KUNIT_EXPECT_NULL(test, software_node_fwnode(&mfd_core_test_node));
}

/* Like ACPI, set the node before a device is added, and clear it when it is deleted. */
static int mfd_core_test_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	struct mfd_core_test *seen = container_of(nb, struct mfd_core_test, nb);
	struct device *dev = data;

	if (dev->parent != seen->parent)
		return NOTIFY_DONE;
	if (action == BUS_NOTIFY_ADD_DEVICE)
		set_primary_fwnode(dev, seen->shared);
	else if (action == BUS_NOTIFY_REMOVED_DEVICE)
		set_primary_fwnode(dev, NULL);
	return NOTIFY_OK;
}

static void mfd_core_test_unnotify(void *nb)
{
	bus_unregister_notifier(&platform_bus_type, nb);
}

static void mfd_core_test_unshare(void *data)
{
	struct mfd_core_test *seen = data;

	device_set_node(seen->parent, NULL);
	irq_domain_free_fwnode(seen->shared);
}

/*
 * A cell without an ACPI node of its own shares the node of its parent, and its software
 * node becomes the secondary one. Once the cell is removed, the shared node must not refer
 * to it any more.
 */
static void mfd_core_test_shared(struct kunit *test)
{
	struct mfd_core_test *seen = test->priv;

	/* Any node which is not a software node. This one has no properties of its own. */
	seen->shared = irq_domain_alloc_named_fwnode("mfd-core-test");
	KUNIT_ASSERT_NOT_NULL(test, seen->shared);
	device_set_node(seen->parent, seen->shared);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, mfd_core_test_unshare, seen));
	seen->nb.notifier_call = mfd_core_test_notify;
	KUNIT_ASSERT_EQ(test, 0, bus_register_notifier(&platform_bus_type, &seen->nb));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, mfd_core_test_unnotify,
							   &seen->nb));

	mfd_core_test_add(test);
	KUNIT_EXPECT_PTR_EQ(test, seen->shared->secondary,
			    software_node_fwnode(&mfd_core_test_node));
	kunit_release_action(test, mfd_core_test_undo, seen->parent);
	KUNIT_EXPECT_NULL_MSG(test, seen->shared->secondary,
			      "the node of the parent refers to a software node that is gone");
	KUNIT_EXPECT_NULL(test, software_node_fwnode(&mfd_core_test_node));
}

static void mfd_core_test_remove_domain(void *data)
{
	struct irq_domain *domain = data;

	for (int i = 0; i < MFD_CORE_TEST_HWIRQS; i++)
		irq_dispose_mapping(irq_find_mapping(domain, i));
	irq_domain_remove(domain);
}

/*
 * The interrupt of a cell is a number in the domain of the parent. The base is for parents
 * without a domain, and unused otherwise.
 */
static void mfd_core_test_irq(struct kunit *test)
{
	struct mfd_core_test *seen = test->priv;

	seen->domain = irq_domain_create_linear(NULL, MFD_CORE_TEST_HWIRQS,
						&irq_domain_simple_ops, NULL);
	KUNIT_ASSERT_NOT_NULL(test, seen->domain);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, mfd_core_test_remove_domain,
							   seen->domain));

	for (int base = 0; base < MFD_CORE_TEST_HWIRQS - MFD_CORE_TEST_HWIRQ; base++) {
		mfd_core_test_add_irqs(test, base, seen->domain);
		KUNIT_EXPECT_GT(test, seen->irq, 0);
		KUNIT_EXPECT_EQ_MSG(test, seen->irq,
				    irq_find_mapping(seen->domain, MFD_CORE_TEST_HWIRQ),
				    "the cell has another interrupt, with base %d", base);
		kunit_release_action(test, mfd_core_test_undo, seen->parent);
	}

	mfd_core_test_add_irqs(test, 100, NULL);
	KUNIT_EXPECT_EQ(test, seen->irq, 100 + MFD_CORE_TEST_HWIRQ);
}

static struct kunit_case mfd_core_test_cases[] = {
	KUNIT_CASE(mfd_core_test_properties),
	KUNIT_CASE(mfd_core_test_held),
	KUNIT_CASE(mfd_core_test_shared),
	KUNIT_CASE(mfd_core_test_irq),
	{}
};

static struct kunit_suite mfd_core_test_suite = {
	.name		= "mfd-core",
	.init		= mfd_core_test_init,
	.test_cases	= mfd_core_test_cases,
};

kunit_test_suite(mfd_core_test_suite);

MODULE_DESCRIPTION("KUnit test for the software nodes and the interrupts of MFD cells");
MODULE_LICENSE("GPL");
