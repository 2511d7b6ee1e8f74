/* SPDX-License-Identifier: GPL-2.0 */
/*
 * I2C devices which a test models, for the drivers under test
 */
#ifndef _KUNIT_I2C_H
#define _KUNIT_I2C_H

#include <linux/property.h>
#include <linux/types.h>

#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/regfile.h>

struct i2c_adapter;
struct i2c_client;
struct kunit;

/**
 * DOC: I2C devices
 *
 * An I2C driver is tested as it is: the test makes an adapter, and a client of
 * it with a register file (kunit/regfile.h) and an interrupt line
 * (kunit/irq-line.h), and binds the driver to that. The driver's transfers
 * become accesses to the registers, whatever it uses, SMBus calls, regmap or
 * messages.
 *
 * .. code-block:: c
 *
 *	static const struct kunit_i2c_info info = {
 *		.driver		= "pca953x",
 *		.type		= "pca9554",
 *		.addr		= 0x20,
 *		.model		= &pca9554_model,
 *		.trigger	= IRQ_TYPE_LEVEL_LOW,
 *	};
 *
 *	c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
 *	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
 *
 * Between the two the test may change registers, so that probe() finds a device
 * which is not fresh from reset. All is undone at the end of the test.
 */

/**
 * struct kunit_i2c_info - an I2C device to make
 * @driver:	name of the driver, which has to be in the kernel
 * @type:	name of the device, as the driver's id table has it
 * @addr:	I2C address, seven bits
 * @model:	how its registers behave
 * @priv:	for the callbacks of @model
 * @trigger:	how its interrupt behaves, IRQ_TYPE_LEVEL_LOW for instance; 0 if it
 *		is not connected
 * @line:	more about the interrupt, may be NULL; @trigger counts
 * @properties:	what the firmware says about it, as a software node; NULL for
 *		nothing
 * @fwnode:	its firmware node, if it is not @properties: see kunit_dut_of_node().
 *		Its interrupt is what the device tree says, and the line has to be that:
 *		see @fwnode of &struct kunit_irq_line_info.
 * @platform_data: platform data
 *
 * What the pointers point to must not go away before the test ends.
 */
struct kunit_i2c_info {
	const char				*driver;
	const char				*type;
	unsigned short				addr;
	const struct kunit_regfile_model	*model;
	void					*priv;
	unsigned int				trigger;
	const struct kunit_irq_line_info	*line;
	const struct property_entry		*properties;
	struct fwnode_handle			*fwnode;
	void					*platform_data;
};

/**
 * struct kunit_i2c_client - an I2C device which was made
 * @client:	the device
 * @rf:		its registers
 * @line:	its interrupt, or NULL
 * @dut:	the device with its driver, not bound yet
 */
struct kunit_i2c_client {
	struct i2c_client	*client;
	struct kunit_regfile	*rf;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;

	/* private: */
	struct software_node	swnode;
};

struct i2c_adapter *kunit_i2c_adapter_create(struct kunit *test);
struct kunit_i2c_client *kunit_i2c_client_create(struct kunit *test, struct i2c_adapter *adap,
						 const struct kunit_i2c_info *info);
void kunit_i2c_attach(struct kunit *test, struct i2c_adapter *adap, unsigned short addr,
		      struct kunit_regfile *rf);
struct kunit_irq_line *kunit_i2c_alert_create(struct kunit *test, struct i2c_adapter *adap,
					      unsigned int trigger);
void kunit_i2c_alert(struct i2c_client *client, bool flag);

#endif /* _KUNIT_I2C_H */
