/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SPI devices which a test models, for the drivers under test
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
 * As an I2C driver (kunit/i2c.h), an SPI driver is tested as it is: the test makes a
 * controller, and a device on it with a register file (kunit/regfile.h) and an
 * interrupt line (kunit/irq-line.h).
 *
 * There is no protocol for registers that all SPI devices share. Most of them take a
 * command with a register number and a direction after their chip select has become
 * active, and then values up to its end: &struct kunit_spi_protocol describes that.
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
 * A transfer of the register file is what happens while the chip select is active.
 */

/**
 * struct kunit_spi_protocol - what the bytes of a transfer mean
 * @cmd_bytes:	bytes of the command, 1 to 4, the most significant one first
 * @read_flag:	bits of the command which are set in a read; 0: see @write_flag
 * @write_flag:	bits which are set in a write, if @read_flag is 0
 * @reg_shift:	how far the register number is shifted to the left in the command;
 *		the flags are not part of it
 * @dummy_bytes: bytes between the command and the first value of a read
 * @command:	takes the command apart instead: gets the command, and says which
 *		register it is, and if it is a read. Returns false when the command is
 *		for another device on the same chip select. May be NULL.
 *
 * @command is called in the context of the transfer, and uses &kunit_regfile.priv.
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
 * struct kunit_spi_info - an SPI device to make
 * @driver:	name of the driver, which has to be in the kernel
 * @type:	name of the device, as the driver's id table has it
 * @cs:		chip select, 0 to 3
 * @mode:	SPI_MODE_0 to SPI_MODE_3, with SPI_CS_HIGH if it is so
 * @protocol:	what the bytes mean
 * @model:	how its registers behave; the protocol takes the place of @reg_bytes
 * @priv:	for the callbacks of @model and @protocol
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
 * struct kunit_spi_device - an SPI device which was made
 * @spi:	the device
 * @rf:		its registers
 * @line:	its interrupt, or NULL
 * @dut:	the device with its driver, not bound yet
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
