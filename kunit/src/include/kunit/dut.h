/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device under test, and the driver which is bound to it
 */
#ifndef _KUNIT_DUT_H
#define _KUNIT_DUT_H

#include <linux/types.h>

struct device;
struct device_driver;
struct fwnode_handle;
struct kunit;
struct kunit_accesses;
struct kunit_irq_line;
struct kunit_mmio;
struct property_entry;
struct resource;

/**
 * struct kunit_dut - a device under test
 * @test:	the test
 * @dev:	the device
 * @drv:	the driver which is tested with it
 * @line:	its interrupt line, or NULL
 * @accesses:	the accesses of the driver to it, or NULL
 *
 * @line and @accesses are for the loops. kunit_dut_platform() fills them in; who
 * makes the device by kunit_dut_adopt() may set them.
 */
struct kunit_dut {
	struct kunit			*test;
	struct device			*dev;
	struct device_driver		*drv;
	struct kunit_irq_line		*line;
	struct kunit_accesses		*accesses;
};

/**
 * struct kunit_dut_info - a platform device, for kunit_dut_platform()
 * @driver:	name of the driver, which is in the kernel and not changed
 * @name:	name of the device, which the driver matches; NULL if it is @driver
 * @parent:	device of which it is a part, in whose regmap the driver may look for its
 *		registers, for instance; NULL for none
 * @mmio:	its registers, the first memory resource; NULL for none
 * @line:	its interrupt, the first interrupt resource; NULL for none
 * @res:	more resources
 * @num_res:	number of @res
 * @properties:	what the firmware says about it, as a software node; NULL for
 *		nothing. Copied.
 * @fwnode:	its firmware node, if it is not @properties: see kunit_dut_of_node(). The
 *		driver gets the interrupt which the device tree says, and @line has to be
 *		that: see @fwnode of &struct kunit_irq_line_info. So has @mmio: see @start
 *		of &struct kunit_mmio_info.
 * @data:	platform data; copied
 * @size_data:	size of @data
 */
struct kunit_dut_info {
	const char			*driver;
	const char			*name;
	struct device			*parent;
	struct kunit_mmio		*mmio;
	struct kunit_irq_line		*line;
	const struct resource		*res;
	unsigned int			num_res;
	const struct property_entry	*properties;
	struct fwnode_handle		*fwnode;
	const void			*data;
	size_t				size_data;
};

struct kunit_dut *kunit_dut_platform(struct kunit *test, const struct kunit_dut_info *info);
struct kunit_dut *kunit_dut_adopt(struct kunit *test, struct device *dev, const char *driver);
void kunit_dut_of_cells(struct kunit *test, unsigned int address, unsigned int size);
struct fwnode_handle *kunit_dut_of_node(struct kunit *test, const char *path);

int kunit_dut_bind(struct kunit_dut *dut);
void kunit_dut_unbind(struct kunit_dut *dut);
bool kunit_dut_is_bound(struct kunit_dut *dut);
int kunit_dut_suspend(struct kunit_dut *dut);
int kunit_dut_resume(struct kunit_dut *dut);

/*
 * Loops. Each ends with the driver bound, or not, as it was found. What has happened
 * while there was no driver stays in a model which has the events in its own registers.
 */
void kunit_dut_bind_again(struct kunit_dut *dut, unsigned int times);
unsigned int kunit_dut_count_accesses(struct kunit_dut *dut);
unsigned int kunit_dut_fail_each_access(struct kunit_dut *dut);
unsigned int kunit_dut_fail_each_allocation(struct kunit_dut *dut);
void kunit_dut_unbind_under_fire(struct kunit_dut *dut, u64 bits, unsigned int times);
void kunit_dut_affinity_under_fire(struct kunit_dut *dut, u64 bits, unsigned int times);
void kunit_dut_hotplug_under_fire(struct kunit_dut *dut, u64 bits);
unsigned int kunit_dut_fire_at_each_access(struct kunit_dut *dut, u64 bits,
					   void (*op)(struct kunit_dut *dut, void *data),
					   void *data);
void kunit_dut_suspend_resume(struct kunit_dut *dut, u64 bits);
void kunit_dut_wake_up(struct kunit_dut *dut, u64 bits);

#endif /* _KUNIT_DUT_H */
