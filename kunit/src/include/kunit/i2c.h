/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Models of I2C devices, for drivers under test
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
 * An I2C driver is tested without changes. The test makes an adapter and a client
 * with a register file (kunit/regfile.h) and an interrupt line (kunit/irq-line.h),
 * and binds the driver to the client. The driver's transfers become register
 * accesses, no matter if it uses SMBus calls, regmap or messages.
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
 * Before kunit_dut_bind() the test may change registers, so that probe() finds a
 * device which is not in its reset state. Everything is undone at the end of the test.
 */

/**
 * struct kunit_i2c_info - parameters of kunit_i2c_client_create()
 * @driver:	name of the driver, which has to be in the kernel
 * @type:	name of the device in the driver's id table
 * @addr:	I2C address, seven bits
 * @model:	model of the registers
 * @priv:	for the callbacks of @model
 * @trigger:	trigger type of the interrupt, e.g. IRQ_TYPE_LEVEL_LOW; 0 if it is not
 *		connected
 * @line:	other parameters of the interrupt, may be NULL; its trigger is ignored
 * @properties:	properties of its software node; NULL for none
 * @fwnode:	its firmware node, instead of @properties: see kunit_dut_of_node(). The
 *		driver gets the interrupt from the device tree, and the line must match
 *		it: see @fwnode of &struct kunit_irq_line_info.
 * @platform_data: platform data
 *
 * The data behind the pointers must stay valid until the test ends.
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
 * struct kunit_i2c_client - a modelled I2C device
 * @client:	the device
 * @rf:		its registers
 * @line:	its interrupt line, or NULL
 * @dut:	the device under test; its driver is not bound yet
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
