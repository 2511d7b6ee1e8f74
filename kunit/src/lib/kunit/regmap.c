// SPDX-License-Identifier: GPL-2.0
/*
 * Models of registers, for drivers that use the regmap of another device
 */

#include <linux/err.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/regmap.h>

#include <kunit/regmap.h>
#include <kunit/resource.h>
#include <kunit/test.h>

static unsigned int kunit_regmap_shift(const struct kunit_regfile *rf, unsigned int byte)
{
	return 8 * (rf->model->val_le ? byte : rf->model->val_bytes - 1 - byte);
}

static int kunit_regmap_read(void *context, unsigned int reg, unsigned int *val)
{
	struct kunit_regfile *rf = context;
	u8 buf[sizeof(u32)];
	int ret;

	ret = kunit_regfile_begin(rf);
	if (!ret) {
		kunit_regfile_seek(rf, reg);
		ret = kunit_regfile_read(rf, buf, rf->model->val_bytes);
	}
	kunit_regfile_end(rf);
	if (ret)
		return ret;

	*val = 0;
	for (unsigned int i = 0; i < rf->model->val_bytes; i++)
		*val |= (u32)buf[i] << kunit_regmap_shift(rf, i);
	return 0;
}

static int kunit_regmap_write(void *context, unsigned int reg, unsigned int val)
{
	struct kunit_regfile *rf = context;
	u8 buf[sizeof(u32)];
	int ret;

	for (unsigned int i = 0; i < rf->model->val_bytes; i++)
		buf[i] = val >> kunit_regmap_shift(rf, i);

	ret = kunit_regfile_begin(rf);
	if (!ret) {
		kunit_regfile_seek(rf, reg);
		ret = kunit_regfile_write(rf, buf, rf->model->val_bytes);
	}
	kunit_regfile_end(rf);
	return ret;
}

static const struct regmap_bus kunit_regmap_bus = {
	.reg_read	= kunit_regmap_read,
	.reg_write	= kunit_regmap_write,
};

KUNIT_DEFINE_ACTION_WRAPPER(kunit_regmap_exit, regmap_exit, struct regmap *);

/**
 * kunit_regmap_create() - Create a test managed regmap with registers
 * @test:	test context
 * @dev:	device of the regmap, must exist until the test ends
 * @name:	for messages; must stay valid until the test ends
 * @model:	model of the registers; must stay valid likewise
 * @config:	config of the regmap, as in the driver of @dev: bits of an address and of a
 *		value, stride, cache, name
 *
 * The drivers of other devices find the regmap with dev_get_regmap(@dev, ...). The
 * reg_bytes of @model are ignored.
 *
 * Context: Process context, the thread of the test. If this fails, the test fails.
 *
 * Return: The registers.
 */
struct kunit_regfile *kunit_regmap_create(struct kunit *test, struct device *dev,
					  const char *name,
					  const struct kunit_regfile_model *model,
					  const struct regmap_config *config)
{
	struct kunit_regfile *rf = kunit_regfile_create(test, name, model);
	struct regmap *map;

	KUNIT_ASSERT_EQ_MSG(test, config->val_bits, 8 * model->val_bytes,
			    "regmap and model of %s: bits of a value", name);
	KUNIT_ASSERT_FALSE_MSG(test, config->fast_io, "accesses to %s may sleep", name);
	rf->dev = dev;
	map = regmap_init(dev, &kunit_regmap_bus, rf, config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_regmap_exit, map), 0);
	return rf;
}
EXPORT_SYMBOL_GPL(kunit_regmap_create);

MODULE_DESCRIPTION("Registers behind a regmap which KUnit tests model");
MODULE_LICENSE("GPL");
