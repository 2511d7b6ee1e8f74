/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Models of registers, for drivers that use the regmap of another device
 */
#ifndef _KUNIT_REGMAP_H
#define _KUNIT_REGMAP_H

#include <kunit/regfile.h>

struct device;
struct kunit;
struct regmap_config;

/**
 * DOC: Devices behind a regmap
 *
 * A part of a larger chip is not on a bus by itself. Its driver is a platform driver
 * which accesses the registers through the regmap of the parent, see dev_get_regmap().
 * The test makes the parent, its regmap with a register file (kunit/regfile.h), and the
 * device:
 *
 * .. code-block:: c
 *
 *	parent = kunit_device_register(test, "pmic");
 *	rf = kunit_regmap_create(test, parent, "pmic", &model, &config);
 *	line = kunit_regfile_line_create(test, rf, IRQ_TYPE_LEVEL_HIGH, NULL);
 *	dut = kunit_dut_platform(test, &(struct kunit_dut_info) {
 *		.driver = "pmic-part", .parent = parent, .line = line,
 *	});
 *	dut->accesses = &rf->accesses;
 *
 * Each register access of the regmap is a transfer. This works on all architectures.
 */

struct kunit_regfile *kunit_regmap_create(struct kunit *test, struct device *dev,
					  const char *name,
					  const struct kunit_regfile_model *model,
					  const struct regmap_config *config);

#endif /* _KUNIT_REGMAP_H */
