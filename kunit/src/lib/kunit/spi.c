// SPDX-License-Identifier: GPL-2.0
/*
 * Models of SPI devices, for drivers under test
 *
 * The controller shifts the bytes of a message one by one to the device at its chip
 * select, and the response back into the message. The device decodes the bytes as a
 * command and values, and accesses its registers.
 */

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/spi/spi.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include <kunit/device.h>
#include <kunit/resource.h>
#include <kunit/spi.h>
#include <kunit/test.h>

#define KUNIT_SPI_CHIP_SELECTS	4

/* What a device sends when it has no data */
#define KUNIT_SPI_IDLE		0xff

/**
 * struct kunit_spi_slot - the device at a chip select
 * @rf:		its registers, NULL for no device
 * @protocol:	format of the transfers
 */
struct kunit_spi_slot {
	struct kunit_regfile			*rf;
	const struct kunit_spi_protocol		*protocol;
};

/**
 * struct kunit_spi_controller - a controller of a test
 * @test:	the test
 * @slots:	the devices
 */
struct kunit_spi_controller {
	struct kunit		*test;
	struct kunit_spi_slot	slots[KUNIT_SPI_CHIP_SELECTS];
};

/**
 * struct kunit_spi_frame - state of a transfer since the chip select became active
 * @slot:	the device
 * @pos:	number of command and dummy bytes so far
 * @cmd:	the command
 * @mine:	the command is for this device
 * @read:	the command is a read
 * @val:	the value being read or written
 * @shifted:	number of bytes of @val so far
 */
struct kunit_spi_frame {
	struct kunit_spi_slot	*slot;
	unsigned int		pos;
	u32			cmd;
	bool			mine;
	bool			read;
	u8			val[4];
	unsigned int		shifted;
};

static void kunit_spi_command(struct kunit_spi_frame *f)
{
	const struct kunit_spi_protocol *p = f->slot->protocol;
	struct kunit_regfile *rf = f->slot->rf;
	unsigned int reg;

	f->mine = true;
	if (p->command) {
		f->mine = p->command(rf, f->cmd, &reg, &f->read);
	} else {
		f->read = p->read_flag ? f->cmd & p->read_flag : !(f->cmd & p->write_flag);
		reg = (f->cmd & ~(p->read_flag | p->write_flag)) >> p->reg_shift;
	}
	if (f->mine)
		kunit_regfile_seek(rf, reg);
}

/* Shift one byte in each direction. */
static u8 kunit_spi_shift(struct kunit_spi_frame *f, u8 out)
{
	const struct kunit_spi_protocol *p = f->slot->protocol;
	struct kunit_regfile *rf = f->slot->rf;
	unsigned int bytes = rf->model->val_bytes;
	u8 in = KUNIT_SPI_IDLE;

	if (f->pos < p->cmd_bytes) {
		f->cmd = f->cmd << 8 | out;
		if (++f->pos == p->cmd_bytes)
			kunit_spi_command(f);
		return in;
	}
	if (!f->mine)
		return in;
	if (f->read && f->pos < p->cmd_bytes + p->dummy_bytes) {
		f->pos++;
		return in;
	}

	/* The whole register is read when its first bit is on the wire */
	if (f->read) {
		if (!f->shifted)
			kunit_regfile_read(rf, f->val, bytes);
		in = f->val[f->shifted];
	} else {
		f->val[f->shifted] = out;
	}
	if (++f->shifted < bytes)
		return in;
	f->shifted = 0;
	if (!f->read)
		kunit_regfile_write(rf, f->val, bytes);
	return in;
}

/* Words are in CPU byte order in memory, and sent with the highest bit first. */
static u32 kunit_spi_get_word(const void *buf, unsigned int word, unsigned int bytes)
{
	switch (bytes) {
	case 1:
		return ((const u8 *)buf)[word];
	case 2:
		return ((const u16 *)buf)[word];
	default:
		return ((const u32 *)buf)[word];
	}
}

static void kunit_spi_put_word(void *buf, unsigned int word, unsigned int bytes, u32 val)
{
	switch (bytes) {
	case 1:
		((u8 *)buf)[word] = val;
		break;
	case 2:
		((u16 *)buf)[word] = val;
		break;
	default:
		((u32 *)buf)[word] = val;
	}
}

static void kunit_spi_transfer(struct kunit_spi_frame *f, struct spi_transfer *t)
{
	unsigned int bytes = t->bits_per_word / 8;

	for (unsigned int word = 0; word < t->len / bytes; word++) {
		u32 out = t->tx_buf ? kunit_spi_get_word(t->tx_buf, word, bytes) : 0, in = 0;

		for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
			in = in << 8 | kunit_spi_shift(f, out >> shift);
		if (t->rx_buf)
			kunit_spi_put_word(t->rx_buf, word, bytes, in);
	}
}

static int kunit_spi_select(struct kunit_spi_frame *f, struct kunit_spi_slot *slot)
{
	*f = (struct kunit_spi_frame) { .slot = slot };
	return kunit_regfile_begin(slot->rf);
}

static void kunit_spi_deselect(struct kunit_spi_frame *f, bool failed)
{
	struct kunit_regfile *rf = f->slot->rf;
	const char *driver = rf->dev ? dev_driver_string(rf->dev) : "(none)";

	if (!failed && f->pos && f->pos < f->slot->protocol->cmd_bytes)
		KUNIT_FAIL(rf->test, "%s: driver %s sends %u of the %u bytes of a command",
			   rf->name, driver, f->pos, f->slot->protocol->cmd_bytes);
	if (!failed && f->mine && !f->read && f->shifted)
		KUNIT_FAIL(rf->test, "%s: driver %s writes %u of the %u bytes of a value",
			   rf->name, driver, f->shifted, rf->model->val_bytes);
	kunit_regfile_end(rf);
}

static int kunit_spi_message(struct spi_controller *ctlr, struct spi_message *msg)
{
	struct kunit_spi_controller *ks = spi_controller_get_devdata(ctlr);
	struct kunit_spi_slot *slot = &ks->slots[spi_get_chipselect(msg->spi, 0)];
	struct kunit_spi_frame f = {};
	struct spi_transfer *t;
	bool selected = false;

	msg->status = slot->rf ? 0 : -ENXIO;
	msg->actual_length = 0;
	list_for_each_entry(t, &msg->transfers, transfer_list) {
		if (!selected && !msg->status) {
			msg->status = kunit_spi_select(&f, slot);
			selected = true;
		}
		if (msg->status)
			break;
		kunit_spi_transfer(&f, t);
		msg->actual_length += t->len;
		spi_transfer_delay_exec(t);
		/* On the last transfer, cs_change is only a hint to keep chip select active */
		if (t->cs_change && !list_is_last(&t->transfer_list, &msg->transfers)) {
			kunit_spi_deselect(&f, false);
			selected = false;
		}
	}
	if (selected)
		kunit_spi_deselect(&f, msg->status);
	spi_finalize_current_message(ctlr);
	return 0;
}

KUNIT_DEFINE_ACTION_WRAPPER(kunit_spi_unregister_controller, spi_unregister_controller,
			    struct spi_controller *);

/**
 * kunit_spi_controller_create() - Create a test managed SPI controller
 * @test:	test context
 *
 * The controller has four chip selects and no devices yet. It supports words of 8, 16 and
 * 32 bits, and one wire in each direction. Does not return if it cannot be created.
 *
 * Context: Process context, the thread of the test.
 *
 * Return: The controller.
 */
struct spi_controller *kunit_spi_controller_create(struct kunit *test)
{
	static atomic_t number = ATOMIC_INIT(0);
	struct kunit_spi_controller *ks;
	struct spi_controller *ctlr;
	struct device *dev;
	char name[16];

	/* A test may have several controllers */
	snprintf(name, sizeof(name), "spi-%d", atomic_inc_return(&number));
	dev = kunit_device_register(test, name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	ctlr = devm_spi_alloc_host(dev, sizeof(*ks));
	KUNIT_ASSERT_NOT_NULL(test, ctlr);
	ks = spi_controller_get_devdata(ctlr);
	ks->test = test;
	ctlr->bus_num = -1;
	ctlr->num_chipselect = KUNIT_SPI_CHIP_SELECTS;
	ctlr->mode_bits = SPI_MODE_X_MASK | SPI_CS_HIGH;
	ctlr->bits_per_word_mask = SPI_BPW_MASK(8) | SPI_BPW_MASK(16) | SPI_BPW_MASK(32);
	ctlr->transfer_one_message = kunit_spi_message;

	KUNIT_ASSERT_EQ(test, spi_register_controller(ctlr), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_spi_unregister_controller,
							ctlr), 0);
	return ctlr;
}
EXPORT_SYMBOL_GPL(kunit_spi_controller_create);

KUNIT_DEFINE_ACTION_WRAPPER(kunit_spi_unregister, spi_unregister_device, struct spi_device *);

/**
 * kunit_spi_device_create() - Create a test managed SPI device
 * @test:	test context
 * @ctlr:	controller of the test
 * @info:	parameters; not used after the return, except for the data behind its
 *		pointers
 *
 * Does not bind a driver, see kunit_dut_bind(). Does not return if the device cannot be
 * created; without the driver the test is skipped.
 *
 * Context: Process context, the thread of the test.
 *
 * Return: The device.
 */
struct kunit_spi_device *kunit_spi_device_create(struct kunit *test, struct spi_controller *ctlr,
						 const struct kunit_spi_info *info)
{
	struct kunit_spi_controller *ks = spi_controller_get_devdata(ctlr);
	struct kunit_spi_device *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	struct spi_board_info board = {
		/* Matches no driver: no driver may probe before the test binds it */
		.modalias	= "kunit",
		.chip_select	= info->cs,
		.mode		= info->mode,
		.max_speed_hz	= 1000000,
		.platform_data	= info->platform_data,
	};

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_FALSE_MSG(test, info->properties && info->fwnode,
			       "a firmware node and properties of another");
	KUNIT_ASSERT_LT(test, info->cs, KUNIT_SPI_CHIP_SELECTS);
	KUNIT_ASSERT_NULL_MSG(test, ks->slots[info->cs].rf, "chip select %u twice", info->cs);
	KUNIT_ASSERT_GT(test, info->protocol->cmd_bytes, 0);
	KUNIT_ASSERT_LE(test, info->protocol->cmd_bytes, 4);
	if (!driver_find(info->driver, &spi_bus_type))
		kunit_skip(test, "there is no SPI driver %s", info->driver);

	d->rf = kunit_regfile_create(test, info->type, info->model);
	d->rf->priv = info->priv;
	if (info->trigger) {
		d->line = kunit_regfile_line_create(test, d->rf, info->trigger, info->line);
		if (!is_of_node(info->fwnode))
			board.irq = kunit_irq_line_irq(d->line);
	}
	ks->slots[info->cs] = (struct kunit_spi_slot) { d->rf, info->protocol };

	/* The SPI core registers it, and unregisters it with the device */
	d->swnode.properties = info->properties;
	if (info->properties)
		board.swnode = &d->swnode;

	d->spi = spi_new_device(ctlr, &board);
	KUNIT_ASSERT_NOT_NULL(test, d->spi);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_spi_unregister, d->spi), 0);
	strscpy(d->spi->modalias, info->type);
	/* Not before, or the driver would probe at once. The SPI core puts the node. */
	if (info->fwnode)
		device_set_node(&d->spi->dev, fwnode_handle_get(info->fwnode));
	d->rf->dev = &d->spi->dev;

	d->dut = kunit_dut_adopt(test, &d->spi->dev, info->driver);
	d->dut->line = d->line;
	d->dut->accesses = &d->rf->accesses;
	return d;
}
EXPORT_SYMBOL_GPL(kunit_spi_device_create);

MODULE_DESCRIPTION("SPI devices which KUnit tests model");
MODULE_LICENSE("GPL");
