// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for modelled SPI devices
 *
 * The common register model is tested with I2C devices. This suite tests the parts which
 * are specific to SPI: commands, words, chip selects, messages of several transfers.
 * Failures and cleanup at the end of a test are checked with a second struct kunit.
 */

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/spi/spi.h>
#include <linux/string_choices.h>

#include <kunit/dut.h>
#include <kunit/spi.h>
#include <kunit/test.h>

#include "inner-test.h"

#define DRIVER		"kunit-spi-test"
#define TYPE		"kunit-spi-dev"

/* Registers of the device */
#define ID		0x00
#define STATUS		0x01
#define ENABLE		0x02
#define FIFO		0x04
#define PLAIN		0x08
#define PLAIN_LAST	0x0b

#define CMD_READ		BIT(7)

static const struct kunit_reg test_regs[] = {
	KUNIT_REG_RO(ID, 0x5a),
	KUNIT_REG_W1C(STATUS, 0, 0x0f),
	KUNIT_REG(ENABLE, 0),
	KUNIT_REG_FIFO(FIFO, 4),
	KUNIT_REGS(PLAIN, PLAIN_LAST, 0x11),
};

static bool test_asserted(struct kunit_regfile *rf)
{
	return rf->val[STATUS] & rf->val[ENABLE];
}

static void test_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[STATUS] |= bits;
}

static const struct kunit_regfile_model test_model = {
	.regs		= test_regs,
	.num_regs	= ARRAY_SIZE(test_regs),
	.val_bytes	= 1,
	.asserted	= test_asserted,
	.event		= test_event,
};

static const struct kunit_spi_protocol test_protocol = {
	.cmd_bytes	= 1,
	.read_flag	= CMD_READ,
};

/* The test driver reads ID, and enables, acknowledges and counts interrupts */

static atomic_t drv_handled;
/* The driver has found the properties of its device in remove */
static bool drv_found_properties;

static int drv_read(struct spi_device *spi, u8 reg)
{
	return spi_w8r8(spi, CMD_READ | reg);
}

static int drv_write(struct spi_device *spi, u8 reg, u8 val)
{
	u8 buf[2] = { reg, val };

	return spi_write(spi, buf, sizeof(buf));
}

static irqreturn_t drv_thread(int irq, void *data)
{
	struct spi_device *spi = data;
	int status = drv_read(spi, STATUS);

	if (status <= 0)
		return IRQ_NONE;
	drv_write(spi, STATUS, status);
	atomic_inc(&drv_handled);
	return IRQ_HANDLED;
}

static int drv_probe(struct spi_device *spi)
{
	int ret = drv_read(spi, ID);

	if (ret < 0)
		return ret;
	if (ret != 0x5a || !device_property_read_bool(&spi->dev, "kunit,test"))
		return -ENODEV;

	if (spi->irq > 0) {
		ret = devm_request_threaded_irq(&spi->dev, spi->irq, NULL, drv_thread,
						IRQF_ONESHOT, DRIVER, spi);
		if (ret)
			return ret;
	}
	return drv_write(spi, ENABLE, 0x0f);
}

static void drv_remove(struct spi_device *spi)
{
	drv_found_properties = device_property_read_bool(&spi->dev, "kunit,test");
}

static const struct spi_device_id drv_id[] = {
	{ .name = TYPE },
	{ }
};

static struct spi_driver drv = {
	.driver.name	= DRIVER,
	.probe		= drv_probe,
	.remove		= drv_remove,
	.id_table	= drv_id,
};

static const struct property_entry drv_properties[] = {
	PROPERTY_ENTRY_BOOL("kunit,test"),
	{ }
};

static struct kunit_spi_device *make_device(struct kunit *test, struct spi_controller *ctlr,
					    const struct kunit_regfile_model *model,
					    const struct kunit_spi_protocol *protocol,
					    u8 cs, unsigned int trigger)
{
	struct kunit_spi_info info = {
		.driver		= DRIVER,
		.type		= TYPE,
		.cs		= cs,
		.mode		= cs % 2 ? SPI_MODE_3 | SPI_CS_HIGH : SPI_MODE_0,
		.protocol	= protocol,
		.model		= model,
		.trigger	= trigger,
		.properties	= drv_properties,
	};

	return kunit_spi_device_create(test, ctlr, &info);
}

static struct kunit_spi_device *make_one(struct kunit *test, unsigned int trigger)
{
	return make_device(test, kunit_spi_controller_create(test), &test_model, &test_protocol,
			   0, trigger);
}

static int spi_test_suite_init(struct kunit_suite *suite)
{
	return spi_register_driver(&drv);
}

static void spi_test_suite_exit(struct kunit_suite *suite)
{
	spi_unregister_driver(&drv);
}

static int spi_test_init(struct kunit *test)
{
	atomic_set(&drv_handled, 0);
	return 0;
}

/* SPI calls of drivers access the right registers. */
static void spi_transfers(struct kunit *test)
{
	struct kunit_spi_device *d = make_one(test, 0);
	u8 cmd = CMD_READ | PLAIN, buf[5] = { PLAIN, 1, 2, 3, 4 }, in[5];
	struct spi_transfer both = { .tx_buf = buf, .rx_buf = in, .len = 5 };

	KUNIT_EXPECT_EQ(test, drv_read(d->spi, ID), 0x5a);
	KUNIT_EXPECT_EQ(test, drv_write(d->spi, PLAIN, 0x22), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN), 0x22);
	KUNIT_EXPECT_EQ(test, spi_w8r16(d->spi, cmd), IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) ?
			0x2211 : 0x1122);

	/* The register number advances, and wraps around after the last register */
	KUNIT_EXPECT_EQ(test, spi_write(d->spi, buf, 5), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN_LAST), 4);
	KUNIT_EXPECT_EQ(test, spi_write_then_read(d->spi, &cmd, 1, in, 5), 0);
	KUNIT_EXPECT_MEMEQ(test, in, &buf[1], 4);
	KUNIT_EXPECT_EQ(test, in[4], 0x5a);

	/* It does not advance at a FIFO */
	KUNIT_EXPECT_TRUE(test, kunit_regfile_push(d->rf, FIFO, 0xaa));
	KUNIT_EXPECT_TRUE(test, kunit_regfile_push(d->rf, FIFO, 0xbb));
	cmd = CMD_READ | FIFO;
	KUNIT_EXPECT_EQ(test, spi_write_then_read(d->spi, &cmd, 1, in, 2), 0);
	KUNIT_EXPECT_EQ(test, in[0], 0xaa);
	KUNIT_EXPECT_EQ(test, in[1], 0xbb);

	/* Full duplex: the device does not drive MISO during the command and a write */
	buf[0] = CMD_READ | PLAIN;
	KUNIT_EXPECT_EQ(test, spi_sync_transfer(d->spi, &both, 1), 0);
	KUNIT_EXPECT_EQ(test, in[0], 0xff);
	KUNIT_EXPECT_EQ(test, in[4], 4);
	buf[0] = PLAIN;
	KUNIT_EXPECT_EQ(test, spi_sync_transfer(d->spi, &both, 1), 0);
	KUNIT_EXPECT_EQ(test, in[4], 0xff);
	KUNIT_EXPECT_EQ(test, kunit_regfile_transfers(d->rf), 8);
}

/* Two devices at one chip select: the upper byte selects the device. */
static bool shared_command(struct kunit_regfile *rf, u32 cmd, unsigned int *reg, bool *read)
{
	*read = cmd & BIT(8);
	*reg = cmd & 0xff;
	return cmd >> 9 == 0x20;
}

struct spi_case {
	const char			*name;
	struct kunit_spi_protocol	protocol;
	u8				read[4];
	u8				write[4];
	unsigned int			len;
	unsigned int			dummy;
};

/* Register 0x0a, PLAIN + 2 */
static const struct spi_case spi_cases[] = {
	{ "read flag", { .cmd_bytes = 1, .read_flag = BIT(7) }, { 0x8a }, { 0x0a }, 1 },
	{ "write flag", { .cmd_bytes = 1, .write_flag = BIT(7) }, { 0x0a }, { 0x8a }, 1 },
	{ "shift", { .cmd_bytes = 1, .read_flag = BIT(0), .reg_shift = 1 }, { 0x15 }, { 0x14 },
	  1 },
	{ "two bytes", { .cmd_bytes = 2, .read_flag = BIT(15) }, { 0x80, 0x0a }, { 0x00, 0x0a },
	  2 },
	{ "dummy bytes", { .cmd_bytes = 1, .read_flag = BIT(7), .dummy_bytes = 2 },
	  { 0x8a }, { 0x0a }, 1, 2 },
	{ "command", { .cmd_bytes = 2, .command = shared_command }, { 0x41, 0x0a },
	  { 0x40, 0x0a }, 2 },
};

KUNIT_ARRAY_PARAM_DESC(spi_case, spi_cases, name);

static void spi_commands(struct kunit *test)
{
	const struct spi_case *sc = test->param_value;
	struct kunit_spi_device *d = make_device(test, kunit_spi_controller_create(test),
						 &test_model, &sc->protocol, 0, 0);
	u8 buf[8] = {}, in[8] = {};

	memcpy(buf, sc->write, sc->len);
	buf[sc->len] = 0x33;
	KUNIT_EXPECT_EQ(test, spi_write(d->spi, buf, sc->len + 1), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN + 2), 0x33);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN + 1), 0x11);
	KUNIT_EXPECT_EQ(test, spi_write_then_read(d->spi, sc->read, sc->len, in, sc->dummy + 2),
			0);
	KUNIT_EXPECT_EQ(test, in[sc->dummy], 0x33);
	KUNIT_EXPECT_EQ(test, in[sc->dummy + 1], 0x11);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(d->rf, KUNIT_REGFILE_READ, PLAIN + 2), 1);

	/* For the other device: this one neither writes nor answers */
	if (!sc->protocol.command)
		return;
	buf[0] = 0x42;
	KUNIT_EXPECT_EQ(test, spi_write(d->spi, buf, 3), 0);
	buf[0] = 0x43;
	KUNIT_EXPECT_EQ(test, spi_write_then_read(d->spi, buf, 2, in, 2), 0);
	KUNIT_EXPECT_EQ(test, in[0], 0xff);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(d->rf, KUNIT_REGFILE_WRITE, PLAIN + 2), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(d->rf, KUNIT_REGFILE_READ, PLAIN + 2), 1);
}

static const struct kunit_reg word_regs[] = {
	KUNIT_REGS(0x10, 0x13, 0x1234),
};

static const struct kunit_regfile_model word_model = {
	.regs = word_regs, .num_regs = 1, .val_bytes = 2,
};

/* Words are sent MSB first, whatever the endianness of the CPU. */
static void spi_words(struct kunit *test)
{
	static const struct kunit_spi_protocol protocol = {
		.cmd_bytes = 2, .read_flag = BIT(15),
	};
	struct kunit_spi_device *d = make_device(test, kunit_spi_controller_create(test),
						 &word_model, &protocol, 1, 0);
	u16 out[3] = { 0x11, 0xabcd, 0x5678 }, in[3];
	u8 bytes[4] = { 0x00, 0x11, 0x43, 0x21 };
	u32 two = 0x00120f0f, more[2] = { 0x80120000 }, got[2] = {};
	struct spi_transfer t = { .tx_buf = out, .rx_buf = in, .len = 6, .bits_per_word = 16 };

	KUNIT_EXPECT_EQ(test, spi_sync_transfer(d->spi, &t, 1), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, 0x11), 0xabcd);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, 0x12), 0x5678);
	out[0] = 0x8011;
	KUNIT_EXPECT_EQ(test, spi_sync_transfer(d->spi, &t, 1), 0);
	KUNIT_EXPECT_EQ(test, in[1], 0xabcd);
	KUNIT_EXPECT_EQ(test, in[2], 0x5678);

	/* Bytes are sent in order; a 32-bit word has command and value */
	KUNIT_EXPECT_EQ(test, spi_write(d->spi, bytes, 4), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, 0x11), 0x4321);
	t = (struct spi_transfer) { .tx_buf = &two, .len = 4, .bits_per_word = 32 };
	KUNIT_EXPECT_EQ(test, spi_sync_transfer(d->spi, &t, 1), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, 0x12), 0x0f0f);
	t = (struct spi_transfer) { .tx_buf = more, .rx_buf = got, .len = 8, .bits_per_word = 32 };
	kunit_regfile_set(d->rf, 0x10, 0xffff, 0x8765);
	KUNIT_EXPECT_EQ(test, spi_sync_transfer(d->spi, &t, 1), 0);
	KUNIT_EXPECT_EQ(test, got[0], 0xffff0f0f);
	KUNIT_EXPECT_EQ(test, got[1], 0x12348765);
}

/* Each chip select has its own registers, and no device answers at an unused one. */
static void spi_selects(struct kunit *test)
{
	/* Including the last one of the four chip selects */
	static const u8 cs[] = { 0, 1, 3 };
	struct spi_controller *ctlr = kunit_spi_controller_create(test);
	struct kunit_spi_device *d[ARRAY_SIZE(cs)];
	struct spi_board_info board = { .modalias = "kunit", .chip_select = 2,
					.max_speed_hz = 1000000 };
	struct spi_device *nobody;

	for (int i = 0; i < ARRAY_SIZE(cs); i++)
		d[i] = make_device(test, ctlr, &test_model, &test_protocol, cs[i], 0);
	for (int i = 0; i < ARRAY_SIZE(cs); i++)
		KUNIT_EXPECT_EQ(test, drv_write(d[i]->spi, PLAIN, i), 0);
	for (int i = 0; i < ARRAY_SIZE(cs); i++) {
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(d[i]->rf, PLAIN), i);
		KUNIT_EXPECT_EQ(test, kunit_dut_bind(d[i]->dut), 0);
	}

	nobody = spi_new_device(ctlr, &board);
	KUNIT_ASSERT_NOT_NULL(test, nobody);
	KUNIT_EXPECT_EQ(test, drv_read(nobody, ID), -ENXIO);
	spi_unregister_device(nobody);
	board.chip_select = 4;
	KUNIT_EXPECT_NULL(test, spi_new_device(ctlr, &board));
}

/* Only if the chip select is inactive between two transfers does a new command begin. */
static void spi_messages(struct kunit *test)
{
	struct kunit_spi_device *d = make_one(test, 0);
	u8 first[2] = { PLAIN, 1 }, second[2] = { PLAIN + 2, 7 };

	for (int change = 0; change < 2; change++) {
		struct spi_transfer t[2] = {
			{ .tx_buf = first, .len = 2, .cs_change = change },
			/* After the last transfer: the message ends anyway for the device */
			{ .tx_buf = second, .len = 2, .cs_change = change },
		};

		KUNIT_EXPECT_EQ(test, spi_sync_transfer(d->spi, t, 2), 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN), 1);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN + 1), PLAIN + 2);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN + 2), 7);
		kunit_regfile_set(d->rf, PLAIN + 2, 0xff, 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_transfers(d->rf), change ? 3 : 1);
	}
	KUNIT_EXPECT_EQ(test, drv_read(d->spi, ID), 0x5a);
}

/* One transfer fails and has no effect; those before and after it work. */
static void spi_failures(struct kunit *test)
{
	struct kunit_spi_device *d = make_one(test, 0);

	kunit_regfile_fail(d->rf, 2, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, drv_write(d->spi, PLAIN, 1), 0);
	KUNIT_EXPECT_EQ(test, drv_write(d->spi, PLAIN, 2), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN), 1);
	KUNIT_EXPECT_EQ(test, drv_write(d->spi, PLAIN, 3), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, PLAIN), 3);

	kunit_accesses_fail(&d->rf->accesses, 1, 1);
	KUNIT_EXPECT_EQ(test, drv_read(d->spi, ID), -EIO);
	KUNIT_EXPECT_EQ(test, drv_read(d->spi, ID), 0x5a);

	kunit_regfile_power(d->rf, false);
	KUNIT_EXPECT_EQ(test, drv_read(d->spi, ID), -ENXIO);
	kunit_regfile_power(d->rf, true);
	KUNIT_EXPECT_EQ(test, drv_read(d->spi, PLAIN), 0x11);
}

static const unsigned int triggers[] = {
	IRQ_TYPE_LEVEL_LOW, IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_EDGE_FALLING, IRQ_TYPE_EDGE_RISING,
};

static void trigger_desc(const unsigned int *trigger, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s",
		 *trigger & IRQ_TYPE_EDGE_BOTH ? "edge" : "level",
		 str_low_high(*trigger & (IRQ_TYPE_LEVEL_LOW | IRQ_TYPE_EDGE_FALLING)));
}

KUNIT_ARRAY_PARAM(trigger, triggers, trigger_desc);

/* The line follows the registers: the test's events and the driver's accesses. */
static void spi_line(struct kunit *test)
{
	const unsigned int *trigger = test->param_value;
	struct kunit_spi_device *d = make_one(test, *trigger);

	kunit_irq_line_raise(d->line, BIT(0));
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(d->line));
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(d->dut), 0);
	for (int i = 1; i <= 3; i++) {
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(d->line), 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(d->rf, STATUS), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), i);
		kunit_irq_line_raise(d->line, BIT(i));
	}
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(d->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), 4);
}

/* The loops of kunit/dut.h, with transfers as accesses. */
static void spi_loops(struct kunit *test)
{
	struct kunit_spi_device *d = make_one(test, IRQ_TYPE_LEVEL_LOW);

	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(d->dut), 2);
	kunit_dut_bind_again(d->dut, 3);
	kunit_dut_unbind_under_fire(d->dut, BIT(0), 3);
	KUNIT_EXPECT_GT(test, atomic_read(&drv_handled), 0);
}

struct inner {
	struct kunit		test;
	struct kunit_spi_device	*d;
};

static struct inner *make_inner(struct kunit *test, const struct kunit_regfile_model *model,
				const struct kunit_spi_protocol *protocol)
{
	struct inner *inner = kunit_kzalloc(test, sizeof(*inner), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, inner);
	kunit_init_test(&inner->test, "kunit_spi_inner", NULL);
	inner->d = make_device(&inner->test, kunit_spi_controller_create(&inner->test), model,
			       protocol, 0, IRQ_TYPE_LEVEL_LOW);
	return inner;
}

/* A partial command, a partial value, and an unknown register */
static void spi_unfinished(struct kunit *test)
{
	static const struct kunit_spi_protocol protocol = {
		.cmd_bytes = 2, .read_flag = BIT(15),
	};
	static const u8 good[6] = { 0, 0x10, 1, 2, 3, 4 }, hole[4] = { 0, 0x40, 0, 0 };
	static const struct {
		const u8	*bytes;
		unsigned int	len;
		int		status;
	} rows[] = {
		{ good, 6, KUNIT_SUCCESS }, { good, 2, KUNIT_SUCCESS },
		{ good, 1, KUNIT_FAILURE }, { good, 5, KUNIT_FAILURE },
		{ hole, 4, KUNIT_FAILURE },
	};

	kunit_info(test, "three failures that are expected:\n");
	for (int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inner *inner = make_inner(test, &word_model, &protocol);

		KUNIT_EXPECT_EQ(test, spi_write(inner->d->spi, rows[i].bytes, rows[i].len), 0);
		KUNIT_EXPECT_EQ_MSG(test, (int)inner->test.status, rows[i].status, "row %d", i);
		kunit_cleanup(&inner->test);
	}
}

struct refusal {
	const char			*name;
	struct kunit_spi_protocol	protocol;
	u8				cs;
	bool				node;
	bool				refused;
};

static const struct refusal refusals[] = {
	{ "none", { .cmd_bytes = 4, .read_flag = CMD_READ }, 1 },
	{ "chip select twice", { .cmd_bytes = 1, .read_flag = CMD_READ }, 0, .refused = true },
	{ "chip select 4", { .cmd_bytes = 1, .read_flag = CMD_READ }, 4, .refused = true },
	{ "no command", { .read_flag = CMD_READ }, 1, .refused = true },
	{ "long command", { .cmd_bytes = 5, .read_flag = CMD_READ }, 1, .refused = true },
	{ "two nodes", { .cmd_bytes = 1, .read_flag = CMD_READ }, 1, true, .refused = true },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

static void refused_try(void *data)
{
	struct inner *inner = data;
	const struct refusal *refusal = inner->test.priv;
	struct kunit_spi_info info = {
		.driver		= DRIVER,
		.type		= TYPE,
		.cs		= refusal->cs,
		.protocol	= &refusal->protocol,
		.model		= &test_model,
		.properties	= drv_properties,
	};

	if (refusal->node)
		info.fwnode = dev_fwnode(&inner->d->spi->dev);
	kunit_spi_device_create(&inner->test, inner->d->spi->controller, &info);
}

/* A second device with impossible parameters aborts the test. */
static void spi_refused(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct inner *inner = make_inner(test, &test_model, &test_protocol);

	inner->test.priv = (void *)refusal;
	kunit_inner_expect_refused(test, &inner->test, refusal->refused, refused_try, inner);
	kunit_cleanup(&inner->test);
}

/* The end of the test unbinds the driver and removes device and controller. */
static void spi_undone(struct kunit *test)
{
	struct inner *inner = make_inner(test, &test_model, &test_protocol);
	char name[32];
	struct device *dev;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(inner->d->dut), 0);
	kunit_irq_line_raise(inner->d->line, BIT(0));
	strscpy(name, dev_name(&inner->d->spi->dev));
	dev = bus_find_device_by_name(&spi_bus_type, NULL, name);
	KUNIT_EXPECT_NOT_NULL(test, dev);
	put_device(dev);

	drv_found_properties = false;
	kunit_cleanup(&inner->test);
	KUNIT_EXPECT_TRUE(test, drv_found_properties);
	dev = bus_find_device_by_name(&spi_bus_type, NULL, name);
	KUNIT_EXPECT_NULL(test, dev);
	put_device(dev);
}

static struct kunit_case spi_test_cases[] = {
	KUNIT_CASE(spi_transfers),
	KUNIT_CASE_PARAM(spi_commands, spi_case_gen_params),
	KUNIT_CASE(spi_words),
	KUNIT_CASE(spi_selects),
	KUNIT_CASE(spi_messages),
	KUNIT_CASE(spi_failures),
	KUNIT_CASE_PARAM(spi_line, trigger_gen_params),
	KUNIT_CASE(spi_loops),
	KUNIT_CASE(spi_unfinished),
	KUNIT_CASE_PARAM(spi_refused, refusal_gen_params),
	KUNIT_CASE(spi_undone),
	{ }
};

static struct kunit_suite spi_test_suite = {
	.name = "kunit_spi",
	.suite_init = spi_test_suite_init,
	.suite_exit = spi_test_suite_exit,
	.init = spi_test_init,
	.test_cases = spi_test_cases,
};

kunit_test_suite(spi_test_suite);

MODULE_DESCRIPTION("KUnit test for modelled SPI devices");
MODULE_LICENSE("GPL");
