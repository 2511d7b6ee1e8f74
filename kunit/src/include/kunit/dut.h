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
 * @drv:	the driver under test
 * @line:	interrupt line of the device, or NULL
 * @accesses:	accesses of the driver to the device, or NULL
 *
 * The loops use @line and @accesses. kunit_dut_platform() sets them; the caller of
 * kunit_dut_adopt() may do so.
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
 * @driver:	name of the driver, which has to be in the kernel
 * @name:	name of the device, which the driver matches; NULL if it is @driver
 * @parent:	parent device, whose regmap the driver may use, for instance; NULL for
 *		none
 * @mmio:	registers, the first memory resource; NULL for none
 * @line:	interrupt, the first interrupt resource; NULL for none
 * @res:	more resources
 * @num_res:	number of @res
 * @properties:	properties of its software node; NULL for none. Copied.
 * @fwnode:	its firmware node, instead of @properties: see kunit_dut_of_node(). The
 *		driver gets the interrupt from the device tree, and @line must match it:
 *		see @fwnode of &struct kunit_irq_line_info. @mmio must match as well:
 *		see @start of &struct kunit_mmio_info.
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
 * Loops. On return the driver is bound if and only if it was bound before. A model which
 * keeps events in its own registers still has those from while there was no driver.
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
