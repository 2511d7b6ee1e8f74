// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the software nodes of MFD cells
 */

#include <linux/device.h>
#include <linux/mfd/core.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include <kunit/device.h>
#include <kunit/platform_device.h>
#include <kunit/test.h>

#define MFD_CORE_TEST_VALUE	0x5a

/* What the driver of the cell has seen, through the platform data of it. */
struct mfd_core_test {
	struct device *held;
	bool hold;
	u32 at_probe;
	u32 at_remove;
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

static void mfd_core_test_add(struct kunit *test, struct device *parent,
			      struct mfd_core_test *seen)
{
	const struct mfd_cell cell = {
		.name		= "mfd-core-test-cell",
		.platform_data	= &seen,
		.pdata_size	= sizeof(seen),
		.swnode		= &mfd_core_test_node,
	};

	seen->at_probe = 0;
	seen->at_remove = 0;
	KUNIT_ASSERT_EQ(test, 0,
			mfd_add_devices(parent, PLATFORM_DEVID_NONE, &cell, 1,
					NULL, 0, NULL));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, mfd_core_test_undo,
							   parent));
	KUNIT_ASSERT_EQ(test, 1, seen->bound);
	KUNIT_EXPECT_EQ(test, MFD_CORE_TEST_VALUE, seen->at_probe);
}

/* A driver finds its properties when it is unbound, as when it was bound. */
static void mfd_core_test_properties(struct kunit *test)
{
	struct mfd_core_test *seen;
	struct device *parent;

	seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	parent = kunit_device_register(test, "mfd-core-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	KUNIT_ASSERT_EQ(test, 0, kunit_platform_driver_register(test,
								&mfd_core_test_driver));

	for (int i = 0; i < 2; i++) {
		mfd_core_test_add(test, parent, seen);
		kunit_release_action(test, mfd_core_test_undo, parent);
		KUNIT_EXPECT_EQ(test, 0, seen->bound);
		KUNIT_EXPECT_EQ(test, MFD_CORE_TEST_VALUE, seen->at_remove);
		KUNIT_EXPECT_NULL(test, software_node_fwnode(&mfd_core_test_node));
	}
}

/* The node of a cell is its caller's again, even if the device is in use. */
static void mfd_core_test_held(struct kunit *test)
{
	struct mfd_core_test *seen;
	struct device *parent;

	seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	parent = kunit_device_register(test, "mfd-core-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	KUNIT_ASSERT_EQ(test, 0, kunit_platform_driver_register(test,
								&mfd_core_test_driver));

	seen->hold = true;
	mfd_core_test_add(test, parent, seen);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, mfd_core_test_put,
							   seen->held));
	kunit_release_action(test, mfd_core_test_undo, parent);
	KUNIT_EXPECT_EQ(test, MFD_CORE_TEST_VALUE, seen->at_remove);
	KUNIT_EXPECT_NULL(test, software_node_fwnode(&mfd_core_test_node));
}

static struct kunit_case mfd_core_test_cases[] = {
	KUNIT_CASE(mfd_core_test_properties),
	KUNIT_CASE(mfd_core_test_held),
	{}
};

static struct kunit_suite mfd_core_test_suite = {
	.name		= "mfd-core",
	.test_cases	= mfd_core_test_cases,
};

kunit_test_suite(mfd_core_test_suite);

MODULE_DESCRIPTION("KUnit test for the software nodes of MFD cells");
MODULE_LICENSE("GPL");
