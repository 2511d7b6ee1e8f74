// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for devices under test which are described in a device tree
 *
 * Registers, interrupt and properties come from an overlay, kunit_dut_of_test.dtso,
 * where the drivers look them up.
 */

#include <linux/atomic.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/platform_device.h>
#include <linux/pm_wakeup.h>
#include <linux/property.h>
#include <linux/spi/spi.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/of.h>
#include <kunit/platform_device.h>
#include <kunit/spi.h>
#include <kunit/test.h>

#define DRIVER		"kunit-dut-of"
#define COMPATIBLE	"test,kunit-dut-of"
#define NODE		"/kunit-dut-of"
#define LEVEL		NODE "/interrupt-controller-0"
#define EDGE		NODE "/interrupt-controller-1"

#define START		0x50000000
#define STATUS		0x00
#define STATUS_MASK	0x0f
#define SPI_READ	0x80

/* What the drivers have found in the device tree */
static struct {
	u32		number;
	int		irq;
	atomic_t	handled;
	void __iomem	*base;
} found;

static const struct of_device_id of_test_match[] = {
	{ .compatible = COMPATIBLE },
	{}
};

static irqreturn_t of_test_handler(int irq, void *data)
{
	u32 status = readl(found.base + STATUS);

	if (!status)
		return IRQ_NONE;
	writel(status, found.base + STATUS);
	atomic_inc(&found.handled);
	return IRQ_HANDLED;
}

static int of_test_probe(struct platform_device *pdev)
{
	device_property_read_u32(&pdev->dev, "kunit,number", &found.number);

	/* Map the address in the node, not the resource */
	found.base = devm_of_iomap(&pdev->dev, pdev->dev.of_node, 0, NULL);
	if (IS_ERR(found.base))
		return PTR_ERR(found.base);
	found.irq = platform_get_irq(pdev, 0);
	if (found.irq < 0)
		return found.irq;
	return devm_request_irq(&pdev->dev, found.irq, of_test_handler, 0, DRIVER, pdev);
}

static irqreturn_t of_test_i2c_thread(int irq, void *data)
{
	struct i2c_client *client = data;
	int status = i2c_smbus_read_byte_data(client, STATUS);

	if (status <= 0)
		return IRQ_NONE;
	i2c_smbus_write_byte_data(client, STATUS, status);
	atomic_inc(&found.handled);
	return IRQ_HANDLED;
}

static int of_test_i2c_probe(struct i2c_client *client)
{
	device_property_read_u32(&client->dev, "kunit,number", &found.number);
	found.irq = client->irq;
	return devm_request_threaded_irq(&client->dev, client->irq, NULL, of_test_i2c_thread,
					 IRQF_ONESHOT, DRIVER, client);
}

static struct platform_driver of_test_driver = {
	.driver.name		= DRIVER,
	.driver.owner		= THIS_MODULE,
	.driver.of_match_table	= of_test_match,
	.probe			= of_test_probe,
};

static struct i2c_driver of_test_i2c_driver = {
	.driver.name		= DRIVER,
	.driver.of_match_table	= of_test_match,
	.probe			= of_test_i2c_probe,
};

static irqreturn_t of_test_spi_thread(int irq, void *data)
{
	struct spi_device *spi = data;
	int status = spi_w8r8(spi, SPI_READ | STATUS);
	u8 ack[2] = { STATUS, status };

	if (status <= 0)
		return IRQ_NONE;
	spi_write(spi, ack, sizeof(ack));
	atomic_inc(&found.handled);
	return IRQ_HANDLED;
}

static int of_test_spi_probe(struct spi_device *spi)
{
	device_property_read_u32(&spi->dev, "kunit,number", &found.number);
	found.irq = spi->irq;
	return devm_request_threaded_irq(&spi->dev, spi->irq, NULL, of_test_spi_thread,
					 IRQF_ONESHOT, DRIVER, spi);
}

static const struct spi_device_id of_test_spi_id[] = {
	{ .name = "kunit-dut-of" },
	{}
};

static struct spi_driver of_test_spi_driver = {
	.driver.name		= DRIVER,
	.driver.of_match_table	= of_test_match,
	.probe			= of_test_spi_probe,
	.id_table		= of_test_spi_id,
};

static u64 of_test_read(struct kunit_mmio *mmio, unsigned int offset, unsigned int width)
{
	return kunit_irq_line_read(kunit_mmio_priv(mmio));
}

static void of_test_write(struct kunit_mmio *mmio, unsigned int offset, unsigned int width,
			  u64 val)
{
	kunit_irq_line_ack(kunit_mmio_priv(mmio), val);
}

static int of_test_init(struct kunit *test)
{
	found.number = 0;
	found.irq = 0;
	atomic_set(&found.handled, 0);
	kunit_dut_of_cells(test, 2, 2);
	KUNIT_ASSERT_EQ(test, of_overlay_apply_kunit(test, kunit_dut_of_test), 0);
	return 0;
}

static struct kunit_irq_line *of_test_line(struct kunit *test, const char *node,
					   unsigned int trigger)
{
	return kunit_irq_line_create(test, &(struct kunit_irq_line_info) {
		.trigger	= trigger,
		.fwnode		= kunit_dut_of_node(test, node),
	});
}

static struct kunit_dut *of_test_device(struct kunit *test, struct kunit_irq_line *line)
{
	struct kunit_mmio *mmio = kunit_mmio_create(test, &(struct kunit_mmio_info) {
		.start	= START,
		.size	= 0x10,
		.read	= of_test_read,
		.write	= of_test_write,
		.priv	= line,
	});

	return kunit_dut_platform(test, &(struct kunit_dut_info) {
		.driver	= DRIVER,
		.fwnode	= kunit_dut_of_node(test, NODE "/device@50000000"),
		.mmio	= mmio,
		.line	= line,
	});
}

/* The driver finds the data of the tree, and is tested like any other */
static void of_test_works(struct kunit *test, struct kunit_dut *dut, u32 number)
{
	struct kunit_irq_line *line = dut->line;

	KUNIT_EXPECT_FALSE(test, kunit_dut_is_bound(dut));
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(dut), 0);
	KUNIT_EXPECT_EQ(test, found.number, number);
	KUNIT_EXPECT_EQ(test, found.irq, kunit_irq_line_irq(line));
	kunit_irq_line_raise(line, BIT(0));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&found.handled), 1);

	kunit_dut_unbind(dut);
	kunit_dut_bind_again(dut, 3);
	kunit_dut_unbind_under_fire(dut, BIT(0), 3);
}

static void of_platform(struct kunit *test)
{
	struct kunit_irq_line *line = of_test_line(test, LEVEL, IRQ_TYPE_LEVEL_LOW);

	KUNIT_ASSERT_EQ(test, kunit_platform_driver_register(test, &of_test_driver), 0);
	of_test_works(test, of_test_device(test, line), 17);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(found.irq), IRQ_TYPE_LEVEL_LOW);
}

/* The driver does not get a line whose trigger type differs from the tree. */
static void of_trigger(struct kunit *test)
{
	struct kunit_irq_line *line = of_test_line(test, LEVEL, IRQ_TYPE_EDGE_RISING);
	struct kunit_dut *dut;
	int ret;

	KUNIT_ASSERT_EQ(test, kunit_platform_driver_register(test, &of_test_driver), 0);
	dut = of_test_device(test, line);
	ret = kunit_dut_bind(dut);
	KUNIT_EXPECT_LT(test, ret, 0);
	KUNIT_EXPECT_NE(test, ret, -EPROBE_DEFER);
	KUNIT_EXPECT_EQ_MSG(test, found.number, 17, "the driver has not probed");
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_requested(line));
}

/* Without the interrupt controller of the tree, probe is deferred. */
static void of_no_controller(struct kunit *test)
{
	struct kunit_irq_line *line = kunit_irq_line_create(test, NULL);
	struct kunit_dut *dut;

	KUNIT_ASSERT_EQ(test, kunit_platform_driver_register(test, &of_test_driver), 0);
	dut = of_test_device(test, line);
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(dut), -EPROBE_DEFER);
}

static const struct kunit_reg of_test_regs[] = {
	KUNIT_REG_W1C(STATUS, 0, STATUS_MASK),
};

static bool of_test_asserted(struct kunit_regfile *rf)
{
	return rf->val[STATUS];
}

static void of_test_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[STATUS] |= bits;
}

static const struct kunit_regfile_model of_test_model = {
	.regs		= of_test_regs,
	.num_regs	= ARRAY_SIZE(of_test_regs),
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.asserted	= of_test_asserted,
	.event		= of_test_event,
};

static void of_test_del_i2c_driver(void *drv)
{
	i2c_del_driver(drv);
}

/* The I2C core gets the interrupt and the wakeup-source property from the tree. */
static void of_i2c(struct kunit *test)
{
	struct kunit_irq_line_info line = { .fwnode = kunit_dut_of_node(test, EDGE) };
	struct kunit_i2c_info info = {
		.driver		= DRIVER,
		.type		= "dut-of",
		.addr		= 0x42,
		.model		= &of_test_model,
		.trigger	= IRQ_TYPE_EDGE_RISING,
		.line		= &line,
		.fwnode		= kunit_dut_of_node(test, NODE "/i2c/device@42"),
	};
	struct kunit_i2c_client *c;

	KUNIT_ASSERT_EQ(test, i2c_add_driver(&of_test_i2c_driver), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, of_test_del_i2c_driver,
							&of_test_i2c_driver), 0);

	c = kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
	of_test_works(test, c->dut, 18);
	/* Only while the device is bound: the I2C core undoes it at unbind */
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	if (IS_ENABLED(CONFIG_PM_SLEEP))
		KUNIT_EXPECT_TRUE(test, device_can_wakeup(&c->client->dev));
}

static const struct kunit_regfile_model of_test_spi_model = {
	.regs		= of_test_regs,
	.num_regs	= ARRAY_SIZE(of_test_regs),
	.val_bytes	= 1,
	.asserted	= of_test_asserted,
	.event		= of_test_event,
};

static const struct kunit_spi_protocol of_test_protocol = {
	.cmd_bytes	= 1,
	.read_flag	= SPI_READ,
};

static void of_test_del_spi_driver(void *drv)
{
	spi_unregister_driver(drv);
}

/* The SPI core gets the interrupt from the tree. */
static void of_spi(struct kunit *test)
{
	struct kunit_irq_line_info line = { .fwnode = kunit_dut_of_node(test, EDGE) };
	struct kunit_spi_info info = {
		.driver		= DRIVER,
		.type		= "dut-of",
		.cs		= 1,
		.protocol	= &of_test_protocol,
		.model		= &of_test_spi_model,
		.trigger	= IRQ_TYPE_EDGE_FALLING,
		.line		= &line,
		.fwnode		= kunit_dut_of_node(test, NODE "/spi/device@1"),
	};
	struct kunit_spi_device *d;

	KUNIT_ASSERT_EQ(test, spi_register_driver(&of_test_spi_driver), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, of_test_del_spi_driver,
							&of_test_spi_driver), 0);

	d = kunit_spi_device_create(test, kunit_spi_controller_create(test), &info);
	of_test_works(test, d->dut, 19);
}

static struct kunit_case of_test_cases[] = {
	KUNIT_CASE(of_platform),
	KUNIT_CASE(of_trigger),
	KUNIT_CASE(of_no_controller),
	KUNIT_CASE(of_i2c),
	KUNIT_CASE(of_spi),
	{}
};

static struct kunit_suite of_test_suite = {
	.name		= "kunit_dut_of",
	.init		= of_test_init,
	.test_cases	= of_test_cases,
};

kunit_test_suite(of_test_suite);

MODULE_DESCRIPTION("KUnit test for devices under test in a device tree");
MODULE_LICENSE("GPL");
