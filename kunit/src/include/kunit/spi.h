/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Models of SPI devices, for drivers under test
 */
#ifndef _KUNIT_SPI_H
#define _KUNIT_SPI_H

#include <linux/property.h>
#include <linux/types.h>

#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/regfile.h>

struct kunit;
struct spi_controller;
struct spi_device;

/**
 * DOC: SPI devices
 *
 * Like an I2C driver (kunit/i2c.h), an SPI driver is tested without changes. The test
 * makes a controller, and a device on it with a register file (kunit/regfile.h) and an
 * interrupt line (kunit/irq-line.h).
 *
 * SPI devices have no common protocol for registers. After chip select becomes active,
 * most of them take a command with a register number and a direction, and then values
 * until chip select becomes inactive: &struct kunit_spi_protocol describes that.
 *
 * .. code-block:: c
 *
 *	static const struct kunit_spi_protocol protocol = {
 *		.cmd_bytes	= 1,
 *		.read_flag	= BIT(7),
 *	};
 *	static const struct kunit_spi_info info = {
 *		.driver		= "my-driver",
 *		.type		= "my-device",
 *		.protocol	= &protocol,
 *		.model		= &my_model,
 *		.trigger	= IRQ_TYPE_LEVEL_LOW,
 *	};
 *
 *	d = kunit_spi_device_create(test, kunit_spi_controller_create(test), &info);
 *	KUNIT_ASSERT_EQ(test, kunit_dut_bind(d->dut), 0);
 *
 * A transfer of the register file lasts as long as chip select is active.
 */

/**
 * struct kunit_spi_protocol - format of a transfer
 * @cmd_bytes:	bytes of the command, 1 to 4, the most significant one first
 * @read_flag:	command bits which are set for a read; 0: see @write_flag
 * @write_flag:	command bits which are set for a write, if @read_flag is 0
 * @reg_shift:	left shift of the register number in the command; the flags are
 *		masked out
 * @dummy_bytes: bytes between the command and the first value of a read
 * @command:	decodes the command instead: returns the register and if it is a read.
 *		Returns false if the command is for another device on the same chip
 *		select. May be NULL.
 *
 * @command is called in the context of the transfer, and can use &kunit_regfile.priv.
 */
struct kunit_spi_protocol {
	u8	cmd_bytes;
	u32	read_flag;
	u32	write_flag;
	u8	reg_shift;
	u8	dummy_bytes;
	bool	(*command)(struct kunit_regfile *rf, u32 cmd, unsigned int *reg, bool *read);
};

/**
 * struct kunit_spi_info - parameters of kunit_spi_device_create()
 * @driver:	name of the driver, which has to be in the kernel
 * @type:	name of the device in the driver's id table
 * @cs:		chip select, 0 to 3
 * @mode:	SPI_MODE_0 to SPI_MODE_3, and SPI_CS_HIGH if chip select is active high
 * @protocol:	format of the transfers
 * @model:	model of the registers; @protocol replaces its reg_bytes
 * @priv:	for the callbacks of @model and @protocol
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
struct kunit_spi_info {
	const char				*driver;
	const char				*type;
	u8					cs;
	u32					mode;
	const struct kunit_spi_protocol		*protocol;
	const struct kunit_regfile_model	*model;
	void					*priv;
	unsigned int				trigger;
	const struct kunit_irq_line_info	*line;
	const struct property_entry		*properties;
	struct fwnode_handle			*fwnode;
	const void				*platform_data;
};

/**
 * struct kunit_spi_device - a modelled SPI device
 * @spi:	the device
 * @rf:		its registers
 * @line:	its interrupt line, or NULL
 * @dut:	the device under test; its driver is not bound yet
 */
struct kunit_spi_device {
	struct spi_device	*spi;
	struct kunit_regfile	*rf;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;

	/* private: */
	struct software_node	swnode;
};

struct spi_controller *kunit_spi_controller_create(struct kunit *test);
struct kunit_spi_device *kunit_spi_device_create(struct kunit *test, struct spi_controller *ctlr,
						 const struct kunit_spi_info *info);

#endif /* _KUNIT_SPI_H */
