// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for modelled I2C devices and their registers
 *
 * Most cases do transfers themselves; a test driver checks what drivers see. Failures
 * and cleanup at the end of a test are checked with a second struct kunit.
 */

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/pm_wakeup.h>
#include <linux/property.h>
#include <linux/smp.h>
#include <linux/string_choices.h>

#include <kunit/dut.h>
#include <kunit/i2c.h>
#include <kunit/test.h>

#include "inner-test.h"

#define ADDR		0x42
#define DRIVER		"kunit-i2c-test"

/* Registers of the device */
#define ID		0x00
#define STATUS		0x01
#define ENABLE		0x02
#define EVENT		0x03
#define FIFO		0x04
#define PLAIN		0x08
#define PLAIN_LAST	0x0b
#define HOLE		0x20

#define FIFO_DEPTH	4

static const struct kunit_reg test_regs[] = {
	KUNIT_REG_RO(ID, 0x5a),
	KUNIT_REG_W1C(STATUS, 0, 0x0f),
	KUNIT_REG(ENABLE, 0),
	KUNIT_REG_RC(EVENT, 0, 0xf0),
	KUNIT_REG_FIFO(FIFO, FIFO_DEPTH),
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
	.reg_bytes	= 1,
	.val_bytes	= 1,
	.asserted	= test_asserted,
	.event		= test_event,
};

/* The test driver reads ID, and enables, acknowledges and counts interrupts */

/* What the driver does wrong */
#define FORGETS_ACK	BIT(0)	/* acknowledges nothing */
#define NEVER_WAKES	BIT(1)	/* does not make its interrupt a wakeup source */
#define KEEPS_WAKING	BIT(2)	/* does not disable the wakeup on resume */
#define ALWAYS_WAKES	BIT(3)	/* makes it one even if user space has disabled wakeup */

static atomic_t drv_handled;
/* How many more events are raised, on drv_line, each after the driver has acknowledged one */
static unsigned int drv_again;
static struct kunit_irq_line *drv_line;
static struct cpumask drv_cpus;
static bool drv_has_line;
/* The driver has found the properties of its device in remove */
static bool drv_found_properties;
static unsigned int drv_wrong;
static unsigned int drv_alerts, drv_alert_data[4];
static unsigned short drv_alert_addr[4];

static irqreturn_t drv_handler(int irq, void *data)
{
	cpumask_set_cpu(smp_processor_id(), &drv_cpus);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t drv_thread(int irq, void *data)
{
	struct i2c_client *client = data;
	int status = i2c_smbus_read_byte_data(client, STATUS);

	if (status <= 0)
		return IRQ_NONE;
	if (!(drv_wrong & FORGETS_ACK))
		i2c_smbus_write_byte_data(client, STATUS, status);
	atomic_inc(&drv_handled);
	if (drv_again) {
		drv_again--;
		kunit_irq_line_raise(drv_line, BIT(0));
	}
	return IRQ_HANDLED;
}

static void drv_alert(struct i2c_client *client, enum i2c_alert_protocol type, unsigned int data)
{
	if (type != I2C_PROTOCOL_SMBUS_ALERT)
		return;
	if (drv_alerts < ARRAY_SIZE(drv_alert_addr)) {
		drv_alert_addr[drv_alerts] = client->addr;
		drv_alert_data[drv_alerts] = data;
	}
	drv_alerts++;
}

static bool drv_wakes(struct device *dev)
{
	return (device_may_wakeup(dev) || drv_wrong & ALWAYS_WAKES) && !(drv_wrong & NEVER_WAKES);
}

static int drv_suspend(struct device *dev)
{
	struct i2c_client *client = to_i2c_client(dev);

	if (!drv_wakes(dev))
		return 0;
	return enable_irq_wake(client->irq);
}

static int drv_resume(struct device *dev)
{
	struct i2c_client *client = to_i2c_client(dev);

	if (!drv_wakes(dev) || drv_wrong & KEEPS_WAKING)
		return 0;
	return disable_irq_wake(client->irq);
}

static DEFINE_SIMPLE_DEV_PM_OPS(drv_pm, drv_suspend, drv_resume);

static int drv_probe(struct i2c_client *client)
{
	int ret = i2c_smbus_read_byte_data(client, ID);

	if (ret < 0)
		return ret;
	if (ret != 0x5a || !device_property_read_bool(&client->dev, "kunit,test"))
		return -ENODEV;

	drv_has_line = client->irq > 0;
	if (drv_has_line) {
		ret = devm_request_threaded_irq(&client->dev, client->irq, drv_handler,
						drv_thread, IRQF_ONESHOT, DRIVER, client);
		if (ret)
			return ret;
		ret = devm_device_init_wakeup(&client->dev);
		if (ret)
			return ret;
	}
	return i2c_smbus_write_byte_data(client, ENABLE, 0x0f);
}

static void drv_remove(struct i2c_client *client)
{
	drv_found_properties = device_property_read_bool(&client->dev, "kunit,test");
}

static const struct i2c_device_id drv_id[] = {
	{ .name = "kunit-i2c-dev" },
	{ }
};

static struct i2c_driver drv = {
	.driver.name	= DRIVER,
	.driver.pm	= pm_sleep_ptr(&drv_pm),
	.probe		= drv_probe,
	.remove		= drv_remove,
	.alert		= drv_alert,
	.id_table	= drv_id,
};

static const struct property_entry drv_properties[] = {
	PROPERTY_ENTRY_BOOL("kunit,test"),
	{ }
};

static struct kunit_i2c_client *make_client(struct kunit *test,
					    const struct kunit_regfile_model *model,
					    unsigned int trigger)
{
	struct kunit_i2c_info info = {
		.driver		= DRIVER,
		.type		= "kunit-i2c-dev",
		.addr		= ADDR,
		.model		= model,
		.trigger	= trigger,
		.properties	= drv_properties,
	};

	return kunit_i2c_client_create(test, kunit_i2c_adapter_create(test), &info);
}

static int i2c_test_suite_init(struct kunit_suite *suite)
{
	return i2c_add_driver(&drv);
}

static void i2c_test_suite_exit(struct kunit_suite *suite)
{
	i2c_del_driver(&drv);
}

static int i2c_test_init(struct kunit *test)
{
	atomic_set(&drv_handled, 0);
	drv_again = 0;
	cpumask_clear(&drv_cpus);
	drv_wrong = 0;
	drv_alerts = 0;
	return 0;
}

/* SMBus calls of drivers access the right registers. */
static void i2c_transfers(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);
	u8 buf[4] = { 1, 2, 3, 4 }, reg = PLAIN + 1;
	struct i2c_msg msgs[] = {
		{ .addr = ADDR, .len = 1, .buf = &reg },
		{ .addr = ADDR, .flags = I2C_M_RD, .len = 2, .buf = buf },
	};

	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), 0x5a);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, 0x22), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_word_data(c->client, PLAIN), 0x1122);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_word_data(c->client, PLAIN, 0x4433), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, PLAIN), 0x33);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, PLAIN + 1), 0x44);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_i2c_block_data(c->client, PLAIN, 4, buf), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, PLAIN + 3), 4);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_i2c_block_data(c->client, PLAIN + 2, 2, buf), 2);
	KUNIT_EXPECT_EQ(test, buf[0], 3);
	KUNIT_EXPECT_EQ(test, buf[1], 4);
	KUNIT_EXPECT_EQ(test, i2c_transfer(c->client->adapter, msgs, 2), 2);
	KUNIT_EXPECT_EQ(test, buf[0], 2);
	KUNIT_EXPECT_EQ(test, buf[1], 3);

	/* A read without an address continues after the last access */
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte(c->client), 4);
	/* The address wraps around */
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte(c->client), 0x5a);

	/* A block starts with its length, here from the FIFO. The address of a FIFO stays. */
	KUNIT_EXPECT_TRUE(test, kunit_regfile_push(c->rf, FIFO, 2));
	KUNIT_EXPECT_TRUE(test, kunit_regfile_push(c->rf, FIFO, 0xaa));
	KUNIT_EXPECT_TRUE(test, kunit_regfile_push(c->rf, FIFO, 0xbb));
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_block_data(c->client, FIFO, buf), 2);
	KUNIT_EXPECT_EQ(test, buf[0], 0xaa);
	KUNIT_EXPECT_EQ(test, buf[1], 0xbb);

	/* A quick command probes the address */
	KUNIT_EXPECT_EQ(test, i2c_smbus_xfer(c->client->adapter, ADDR, 0, I2C_SMBUS_WRITE, 0,
					     I2C_SMBUS_QUICK, NULL), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_xfer(c->client->adapter, ADDR + 1, 0, I2C_SMBUS_WRITE, 0,
					     I2C_SMBUS_QUICK, NULL), -ENXIO);
	KUNIT_EXPECT_EQ(test, kunit_regfile_transfers(c->rf), 11);
}

static void count_hook(void *data)
{
	++*(unsigned int *)data;
}

/* The access of a transfer is its first register and the value, if it has one. */
static void i2c_accesses(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);
	struct kunit_accesses *acc = &c->rf->accesses;
	unsigned int hooked = 0;
	struct kunit_access a;

	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, 0x22), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_word_data(c->client, PLAIN), 0x1122);
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(acc, 1, &a));
	KUNIT_EXPECT_EQ(test, a.addr, PLAIN);
	KUNIT_EXPECT_EQ(test, a.val, 0x22);
	KUNIT_EXPECT_EQ(test, a.len, 1);
	KUNIT_EXPECT_TRUE(test, a.write);
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(acc, 2, &a));
	KUNIT_EXPECT_EQ(test, a.addr, PLAIN);
	KUNIT_EXPECT_EQ(test, a.val, 0x22);
	KUNIT_EXPECT_EQ(test, a.len, 2);
	KUNIT_EXPECT_FALSE(test, a.write);

	/* Address only, nothing at all, and failing transfers do not count as reads of ID (0) */
	kunit_accesses_hook_read(acc, ID, count_hook, &hooked);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte(c->client, ID), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_xfer(c->client->adapter, ADDR, 0, I2C_SMBUS_WRITE, 0,
					     I2C_SMBUS_QUICK, NULL), 0);
	kunit_accesses_fail(acc, 1, 1);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), -EIO);
	kunit_regfile_fail(c->rf, 1, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, kunit_accesses_count(acc), 6);
	KUNIT_EXPECT_EQ(test, kunit_accesses_to(acc, ID, false), 0);
	KUNIT_EXPECT_EQ(test, hooked, 0);
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(acc, 5, &a));
	KUNIT_EXPECT_EQ(test, a.len, 0);
	KUNIT_EXPECT_TRUE(test, a.failed);

	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), 0x5a);
	KUNIT_EXPECT_EQ(test, kunit_accesses_to(acc, ID, false), 1);
	KUNIT_EXPECT_EQ(test, hooked, 1);
}

/* A device with two addresses, both in one transfer */
static void i2c_addresses(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);
	struct kunit_regfile *other = kunit_regfile_create(test, "other", &test_model);
	u8 first[2] = { PLAIN, 1 }, second[2] = { PLAIN, 2 }, reg = ID, in = 0;
	struct i2c_msg msgs[] = {
		{ .addr = ADDR, .len = 2, .buf = first },
		{ .addr = ADDR + 1, .len = 2, .buf = second },
		{ .addr = ADDR, .len = 1, .buf = &reg },
		{ .addr = ADDR, .flags = I2C_M_RD, .len = 1, .buf = &in },
	};

	kunit_i2c_attach(test, c->client->adapter, ADDR + 1, other);
	kunit_regfile_set(other, ID, 0xff, 0x77);
	KUNIT_EXPECT_EQ(test, i2c_transfer(c->client->adapter, msgs, 4), 4);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, PLAIN), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(other, PLAIN), 2);
	KUNIT_EXPECT_EQ(test, in, 0x5a);
	/* For each device, a transfer ends where a message is for another device */
	KUNIT_EXPECT_EQ(test, kunit_regfile_transfers(c->rf), 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_transfers(other), 1);

	msgs[1].addr = ADDR + 2;
	KUNIT_EXPECT_EQ(test, i2c_transfer(c->client->adapter, msgs, 2), -ENXIO);
}

/* The length of a block has a limit. */
static void i2c_block_length(struct kunit *test)
{
	static const u8 wrong[] = { 0, I2C_SMBUS_BLOCK_MAX + 1 };
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);
	u8 reg = FIFO, buf[I2C_SMBUS_BLOCK_MAX + 2];

	for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct i2c_msg msgs[] = {
			{ .addr = ADDR, .len = 1, .buf = &reg },
			{ .addr = ADDR, .flags = I2C_M_RD | I2C_M_RECV_LEN, .len = 1, .buf = buf },
		};

		KUNIT_EXPECT_TRUE(test, kunit_regfile_push(c->rf, FIFO, wrong[i]));
		KUNIT_EXPECT_EQ(test, i2c_transfer(c->client->adapter, msgs, 2), -EPROTO);
		KUNIT_EXPECT_EQ(test, kunit_regfile_count(c->rf, KUNIT_REGFILE_READ, FIFO), i + 1);
	}

	/* The longest block. Beyond the contents of the FIFO there are zeros. */
	memset(buf, 0xff, sizeof(buf));
	KUNIT_EXPECT_TRUE(test, kunit_regfile_push(c->rf, FIFO, I2C_SMBUS_BLOCK_MAX));
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_block_data(c->client, FIFO, buf),
			I2C_SMBUS_BLOCK_MAX);
	KUNIT_EXPECT_EQ(test, buf[I2C_SMBUS_BLOCK_MAX - 1], 0);
	KUNIT_EXPECT_EQ(test, buf[I2C_SMBUS_BLOCK_MAX], 0xff);
}

static const struct kunit_reg word_regs[] = {
	KUNIT_REGS(0x100, 0x103, 0x1234),
};

static const struct kunit_regfile_model word_models[] = {
	{ .regs = word_regs, .num_regs = 1, .reg_bytes = 2, .val_bytes = 2 },
	{ .regs = word_regs, .num_regs = 1, .reg_bytes = 2, .val_bytes = 2, .val_le = true,
	  .reg_mask = 0x7fff },
};

/* Addresses and values of 16 bits, and flags in the address. */
static void i2c_words(struct kunit *test)
{
	for (int i = 0; i < ARRAY_SIZE(word_models); i++) {
		struct kunit_i2c_client *c = make_client(test, &word_models[i], 0);
		bool le = word_models[i].val_le;
		u8 set[6] = { le ? 0x81 : 0x01, 0x01, 0xab, 0xcd, 0x56, 0x78 }, get[4];
		struct i2c_msg msgs[] = {
			{ .addr = ADDR, .len = 2, .buf = set },
			{ .addr = ADDR, .flags = I2C_M_RD, .len = 4, .buf = get },
		};

		KUNIT_EXPECT_EQ(test, i2c_master_send(c->client, set, 6), 6);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, 0x101), le ? 0xcdab : 0xabcd);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, 0x102), le ? 0x7856 : 0x5678);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, 0x103), 0x1234);
		KUNIT_EXPECT_EQ(test, i2c_transfer(c->client->adapter, msgs, 2), 2);
		KUNIT_EXPECT_MEMEQ(test, get, set + 2, 4);

		/* The highest address is followed by the lowest one */
		kunit_regfile_set(c->rf, 0x100, 0xffff, 0xeeee);
		set[1] = 0x03;
		KUNIT_EXPECT_EQ(test, i2c_transfer(c->client->adapter, msgs, 2), 2);
		KUNIT_EXPECT_EQ(test, get[0], le ? 0x34 : 0x12);
		KUNIT_EXPECT_EQ(test, get[1], le ? 0x12 : 0x34);
		KUNIT_EXPECT_EQ(test, get[2], 0xee);
		KUNIT_EXPECT_EQ(test, get[3], 0xee);
	}
}

static void i2c_side_effects(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);

	/* Read only */
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, ID, 0), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, ID), 0x5a);

	/* Write 1 to clear; the upper bits are plain bits */
	kunit_regfile_set(c->rf, STATUS, 0xff, 0x0f);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, STATUS, 0x32), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, STATUS), 0x3d);

	/* Read to clear */
	kunit_regfile_set(c->rf, EVENT, 0xff, 0xff);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, EVENT), 0xff);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, EVENT), 0x0f);

	/* First in, first out, until it is full, and empty */
	for (int i = 1; i <= FIFO_DEPTH; i++)
		KUNIT_EXPECT_TRUE(test, kunit_regfile_push(c->rf, FIFO, i));
	KUNIT_EXPECT_FALSE(test, kunit_regfile_push(c->rf, FIFO, 99));
	for (int i = 1; i <= FIFO_DEPTH; i++)
		KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, FIFO), i);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, FIFO), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, FIFO, 7), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_level(c->rf, FIFO), 1);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, FIFO), 7);

	KUNIT_EXPECT_EQ(test, kunit_regfile_count(c->rf, KUNIT_REGFILE_READ, EVENT), 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(c->rf, KUNIT_REGFILE_WRITE, STATUS), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(c->rf, KUNIT_REGFILE_READ, STATUS), 0);
}

/* One transfer fails and has no effect; those before and after it work. */
static void i2c_failures(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);

	kunit_regfile_fail(c->rf, 2, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, 1), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, 2), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, PLAIN), 1);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, 3), 0);
	KUNIT_EXPECT_EQ(test, kunit_regfile_transfers(c->rf), 3);

	kunit_accesses_fail(&c->rf->accesses, 1, 1);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), -EIO);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), 0x5a);
	KUNIT_EXPECT_EQ(test, kunit_accesses_failed(&c->rf->accesses), 1);

	kunit_regfile_fail(c->rf, 1, -EIO);
	kunit_regfile_disarm(c->rf);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), 0x5a);

	/* A power cycle resets the registers; power on does not if the power was on */
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, FIFO, 1), 0);
	kunit_regfile_power(c->rf, true);
	KUNIT_EXPECT_EQ(test, kunit_regfile_level(c->rf, FIFO), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, PLAIN), 3);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte(c->client, PLAIN), 0);
	kunit_regfile_power(c->rf, false);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte(c->client), -ENXIO);
	kunit_regfile_power(c->rf, true);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte(c->client), 0x5a);
	KUNIT_EXPECT_EQ(test, kunit_regfile_level(c->rf, FIFO), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, FIFO), 0);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, PLAIN), 0x11);
}

static void i2c_slow(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);
	ktime_t begin;

	/* Short enough for a timer: msleep() counts ticks, which may be late and bunched */
	kunit_regfile_delay(c->rf, 1, 3000);
	begin = ktime_get();
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, ID), 0x5a);
	KUNIT_EXPECT_GE(test, ktime_us_delta(ktime_get(), begin), 3000);
}

struct hook_log {
	struct kunit_i2c_client	*c;
	unsigned int		calls;
	u32			plain[4];
};

static void hook_log(struct kunit_regfile *rf, void *data)
{
	struct hook_log *log = data;

	if (log->calls < ARRAY_SIZE(log->plain))
		log->plain[log->calls] = kunit_regfile_get(rf, PLAIN);
	log->calls++;
}

static void hook_accessed(void *data)
{
	struct hook_log *log = data;

	hook_log(log->c->rf, log);
}

static void hook_change(struct kunit_regfile *rf, void *data)
{
	kunit_regfile_set(rf, PLAIN, 0xff, 0x77);
}

/* Hooks run once: before a transfer takes effect, after an access, after a transfer. */
static void i2c_hooks(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, 0);
	struct hook_log log = { .c = c };

	kunit_regfile_at(c->rf, 2, hook_log, &log);
	kunit_regfile_after(c->rf, KUNIT_REGFILE_WRITE, PLAIN, hook_log, &log);
	kunit_accesses_hook(&c->rf->accesses, 2, hook_accessed, &log);
	for (int i = 1; i <= 4; i++)
		KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, i), 0);
	KUNIT_EXPECT_EQ(test, log.calls, 3);
	KUNIT_EXPECT_EQ(test, log.plain[0], 1);
	KUNIT_EXPECT_EQ(test, log.plain[1], 1);
	KUNIT_EXPECT_EQ(test, log.plain[2], 2);

	/* The hook runs after the read has got its value */
	kunit_regfile_after(c->rf, KUNIT_REGFILE_READ, PLAIN, hook_log, &log);
	KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, 5), 0);
	KUNIT_EXPECT_EQ(test, log.calls, 3);
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(c->client, PLAIN), 5);
	KUNIT_EXPECT_EQ(test, log.calls, 4);

	/* Two hooks for the same access run in the order in which they were set */
	for (int first = 0; first < 2; first++) {
		log.calls = 0;
		if (first)
			kunit_regfile_after(c->rf, KUNIT_REGFILE_WRITE, PLAIN, hook_change, NULL);
		kunit_regfile_after(c->rf, KUNIT_REGFILE_WRITE, PLAIN, hook_log, &log);
		if (!first)
			kunit_regfile_after(c->rf, KUNIT_REGFILE_WRITE, PLAIN, hook_change, NULL);
		KUNIT_EXPECT_EQ(test, i2c_smbus_write_byte_data(c->client, PLAIN, 6), 0);
		KUNIT_EXPECT_EQ(test, log.calls, 1);
		KUNIT_EXPECT_EQ(test, log.plain[0], first ? 0x77 : 6);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, PLAIN), 0x77);
	}
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
static void i2c_line(struct kunit *test)
{
	const unsigned int *trigger = test->param_value;
	struct kunit_i2c_client *c = make_client(test, &test_model, *trigger);

	/* Pending before the driver is bound, but not enabled */
	kunit_irq_line_raise(c->line, BIT(0));
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(c->line));
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(c->dut), 0);
	KUNIT_EXPECT_TRUE(test, drv_has_line);
	for (int i = 1; i <= 3; i++) {
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(c->rf, STATUS), 0);
		KUNIT_EXPECT_FALSE(test, kunit_regfile_asserted(c->rf));
		KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), i);
		scoped_guard(kunit_regfile, c->rf)
			c->rf->val[STATUS] |= BIT(i);
	}
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), 4);

	/* The wire has the same level for each of these events */
	drv_line = c->line;
	drv_again = 9;
	kunit_irq_line_raise(c->line, BIT(0));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), 14);

	/* No edge while the wire stays asserted. A short deassertion makes one */
	if (*trigger & IRQ_TYPE_EDGE_BOTH) {
		drv_wrong = FORGETS_ACK;
		for (int i = 0; i < 2; i++) {
			kunit_irq_line_raise(c->line, BIT(0));
			KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), -EBUSY);
			KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), 15);
		}
		scoped_guard(kunit_regfile, c->rf)
			kunit_regfile_release_locked(c->rf);
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(c->line), -EBUSY);
		KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), 16);
		drv_wrong = 0;
		kunit_regfile_set(c->rf, STATUS, 0xff, 0);
		atomic_set(&drv_handled, 14);
	}

	/* A short deassertion makes an edge, but does not end a level */
	disable_irq(kunit_irq_line_irq(c->line));
	kunit_irq_line_raise(c->line, BIT(0));
	KUNIT_EXPECT_TRUE(test, kunit_irq_line_asserted(c->line));
	scoped_guard(kunit_regfile, c->rf)
		kunit_regfile_release_locked(c->rf);
	KUNIT_EXPECT_TRUE(test, kunit_irq_line_asserted(c->line));
	kunit_regfile_power(c->rf, false);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(c->line));
	enable_irq(kunit_irq_line_irq(c->line));
	kunit_irq_line_settle(c->line);
	KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), 14);
}

/* The loops of kunit/dut.h, with transfers as accesses. */
static void i2c_loops(struct kunit *test)
{
	struct kunit_i2c_client *c = make_client(test, &test_model, IRQ_TYPE_LEVEL_LOW);

	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(c->dut), 2);
	kunit_dut_bind_again(c->dut, 3);
	kunit_dut_unbind_under_fire(c->dut, BIT(0), 3);
	KUNIT_EXPECT_GT(test, atomic_read(&drv_handled), 0);
}

/* Lowest address first, each device once; an alert during the handling is not lost. */
static void i2c_alert(struct kunit *test)
{
	struct i2c_adapter *adap = kunit_i2c_adapter_create(test);
	struct kunit_irq_line *line = kunit_i2c_alert_create(test, adap, IRQ_TYPE_LEVEL_LOW);
	struct kunit_i2c_info info = {
		.driver		= DRIVER,
		.type		= "kunit-i2c-dev",
		.addr		= ADDR + 1,
		.model		= &test_model,
		.properties	= drv_properties,
	};
	struct kunit_i2c_client *high = kunit_i2c_client_create(test, adap, &info), *low;

	info.addr = ADDR;
	low = kunit_i2c_client_create(test, adap, &info);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(high->dut), 0);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(low->dut), 0);

	kunit_irq_line_hold(line);
	kunit_i2c_alert(high->client, true);
	kunit_i2c_alert(low->client, false);
	KUNIT_EXPECT_EQ(test, drv_alerts, 0);
	kunit_irq_line_let_go(line);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(line), 0);
	KUNIT_EXPECT_EQ(test, drv_alerts, 2);
	KUNIT_EXPECT_EQ(test, drv_alert_addr[0], ADDR);
	KUNIT_EXPECT_EQ(test, drv_alert_data[0], 0);
	KUNIT_EXPECT_EQ(test, drv_alert_addr[1], ADDR + 1);
	KUNIT_EXPECT_EQ(test, drv_alert_data[1], 1);

	kunit_i2c_alert(high->client, false);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(line), 0);
	KUNIT_EXPECT_EQ(test, drv_alerts, 3);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(line));
}

struct inner {
	struct kunit		test;
	struct kunit_i2c_client	*c;
};

static void cleanup_inner(void *data)
{
	struct inner *inner = data;

	kunit_cleanup(&inner->test);
}

static struct inner *begin_inner(struct kunit *test)
{
	struct inner *inner = kunit_kzalloc(test, sizeof(*inner), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, inner);
	kunit_init_test(&inner->test, "kunit_i2c_inner", NULL);
	/* Clean up even if the outer test ends early */
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, cleanup_inner, inner), 0);
	return inner;
}

static struct inner *make_inner_model(struct kunit *test, const struct kunit_regfile_model *model,
				      unsigned int trigger)
{
	struct inner *inner = begin_inner(test);

	inner->c = make_client(&inner->test, model, trigger);
	return inner;
}

static struct inner *make_inner(struct kunit *test, unsigned int trigger)
{
	return make_inner_model(test, &test_model, trigger);
}

/*
 * The interrupt moves from CPU to CPU. A driver which acknowledges nothing is detected;
 * with an edge there is no storm.
 */
static void i2c_affinity(struct kunit *test)
{
	struct kunit_dut *dut;
	struct inner *inner;
	unsigned int irq;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");

	inner = make_inner(test, IRQ_TYPE_EDGE_FALLING);
	dut = inner->c->dut;
	irq = kunit_irq_line_irq(inner->c->line);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(dut), 0);
	KUNIT_ASSERT_EQ(test, irq_set_affinity(irq, cpumask_of(cpumask_last(cpu_online_mask))), 0);
	kunit_dut_affinity_under_fire(dut, BIT(0), 2);
	KUNIT_EXPECT_EQ(test, (int)inner->test.status, (int)KUNIT_SUCCESS);
	KUNIT_EXPECT_GE(test, atomic_read(&drv_handled), 2 * num_online_cpus());
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&drv_cpus, cpu_online_mask));
	KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_data_get_affinity_mask(irq_get_irq_data(irq)),
					      cpumask_of(cpumask_last(cpu_online_mask))));

	kunit_info(test, "failures that are expected:\n");
	drv_wrong = FORGETS_ACK;
	kunit_dut_affinity_under_fire(dut, BIT(0), 1);
	KUNIT_EXPECT_EQ(test, (int)inner->test.status, (int)KUNIT_FAILURE);
	kunit_cleanup(&inner->test);
}

/* The CPU which handles the interrupt goes down, and comes back. */
static void i2c_hotplug(struct kunit *test)
{
	unsigned int cpu, irq, cpus = num_online_cpus(), pluggable = 0;
	struct inner *inner;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	if (cpus < 2)
		kunit_skip(test, "needs two CPUs");
	for_each_online_cpu(cpu)
		pluggable += cpu_is_hotpluggable(cpu);
	if (!pluggable)
		kunit_skip(test, "no CPU can be taken down");

	inner = make_inner(test, IRQ_TYPE_EDGE_FALLING);
	irq = kunit_irq_line_irq(inner->c->line);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(inner->c->dut), 0);
	/* An affinity of several CPUs: after the loop it must be restored, not only one CPU */
	KUNIT_ASSERT_EQ(test, irq_set_affinity(irq, cpu_online_mask), 0);
	kunit_dut_hotplug_under_fire(inner->c->dut, BIT(0));
	KUNIT_EXPECT_EQ(test, (int)inner->test.status, (int)KUNIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, num_online_cpus(), cpus);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_data_get_affinity_mask(irq_get_irq_data(irq)),
					      cpu_online_mask));
	for_each_online_cpu(cpu) {
		if (cpu_is_hotpluggable(cpu))
			KUNIT_EXPECT_TRUE_MSG(test, cpumask_test_cpu(cpu, &drv_cpus),
					      "CPU %u did not get the interrupt", cpu);
	}

	kunit_info(test, "failures that are expected:\n");
	drv_wrong = FORGETS_ACK;
	kunit_dut_hotplug_under_fire(inner->c->dut, BIT(0));
	KUNIT_EXPECT_EQ(test, (int)inner->test.status, (int)KUNIT_FAILURE);
	KUNIT_EXPECT_EQ(test, num_online_cpus(), cpus);
	kunit_cleanup(&inner->test);
}

/* The interrupt is a wakeup source while the device is suspended with wakeup enabled. */
static void i2c_wake_up(struct kunit *test)
{
	static const unsigned int wrong[] = { NEVER_WAKES, KEEPS_WAKING, ALWAYS_WAKES };

	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "needs CONFIG_PM_SLEEP");

	for (unsigned int i = 0; i <= ARRAY_SIZE(wrong); i++) {
		struct inner *inner = make_inner(test, IRQ_TYPE_LEVEL_LOW);

		KUNIT_ASSERT_EQ(test, kunit_dut_bind(inner->c->dut), 0);
		device_set_wakeup_enable(&inner->c->client->dev, true);
		atomic_set(&drv_handled, 0);
		if (i)
			kunit_info(test, "failures that are expected:\n");
		drv_wrong = i ? wrong[i - 1] : 0;
		kunit_dut_wake_up(inner->c->dut, BIT(0));
		KUNIT_EXPECT_EQ(test, (int)inner->test.status,
				(int)(i ? KUNIT_FAILURE : KUNIT_SUCCESS));
		KUNIT_EXPECT_EQ(test, atomic_read(&drv_handled), 2);
		KUNIT_EXPECT_TRUE(test, device_may_wakeup(&inner->c->client->dev));
		drv_wrong = 0;
		kunit_cleanup(&inner->test);
	}
}

/* Unknown registers fail the test, and so do partial values and partial addresses. */
static void i2c_unknown_register(struct kunit *test)
{
	struct inner *inner = make_inner(test, IRQ_TYPE_LEVEL_LOW);
	struct i2c_client *client = inner->c->client;
	static const struct {
		u8	bytes[4];
		int	len;
		int	ret;
		int	status;
	} rows[] = {
		{ { 0x01, 0x01, 0xab, 0xcd }, 4, 4, KUNIT_SUCCESS },
		{ { 0x01, 0x01 }, 2, 2, KUNIT_SUCCESS },
		{ { 0x01, 0x01, 0xab }, 3, 3, KUNIT_FAILURE },
		{ { 0x01 }, 1, -EIO, KUNIT_FAILURE },
		{ { 0x00, 0xff, 0xab, 0xcd }, 4, 4, KUNIT_FAILURE },
		{ { 0x01, 0x04, 0xab, 0xcd }, 4, 4, KUNIT_FAILURE },
	};

	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(client, ID), 0x5a);
	KUNIT_EXPECT_EQ(test, (int)inner->test.status, (int)KUNIT_SUCCESS);
	kunit_info(test, "five failures that are expected:\n");
	KUNIT_EXPECT_EQ(test, i2c_smbus_read_byte_data(client, HOLE), 0);
	KUNIT_EXPECT_EQ(test, (int)inner->test.status, (int)KUNIT_FAILURE);
	KUNIT_EXPECT_NOT_NULL(test, inner->c->rf->dev);
	kunit_cleanup(&inner->test);

	for (int i = 0; i < ARRAY_SIZE(rows); i++) {
		inner = make_inner_model(test, &word_models[0], 0);
		KUNIT_EXPECT_EQ_MSG(test, i2c_master_send(inner->c->client, rows[i].bytes,
							  rows[i].len), rows[i].ret, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, (int)inner->test.status, rows[i].status, "row %d", i);
		kunit_cleanup(&inner->test);
	}
}

/* A test which uses something its own model does not have fails, whatever it expects. */
static void i2c_wrong_test(struct kunit *test)
{
	kunit_info(test, "six failures that are expected:\n");
	for (int what = 0; what < 7; what++) {
		struct inner *inner = make_inner(test, 0);
		struct kunit_regfile *rf = inner->c->rf;

		switch (what) {
		case 0:
			KUNIT_EXPECT_TRUE(test, kunit_regfile_push(rf, FIFO, 1));
			KUNIT_EXPECT_EQ(test, kunit_regfile_get(rf, PLAIN), 0x11);
			break;
		case 1:
			KUNIT_EXPECT_EQ(test, kunit_regfile_get(rf, HOLE), 0);
			break;
		case 2:
			kunit_regfile_set(rf, HOLE, 0xff, 1);
			break;
		case 3:
			KUNIT_EXPECT_EQ(test, kunit_regfile_count(rf, KUNIT_REGFILE_READ, HOLE), 0);
			break;
		case 4:
			kunit_regfile_after(rf, KUNIT_REGFILE_WRITE, HOLE, hook_change, NULL);
			break;
		case 5:
			KUNIT_EXPECT_FALSE(test, kunit_regfile_push(rf, HOLE, 1));
			break;
		case 6:
			KUNIT_EXPECT_FALSE(test, kunit_regfile_push(rf, PLAIN, 1));
			break;
		}
		KUNIT_EXPECT_EQ_MSG(test, (int)inner->test.status,
				    (int)(what ? KUNIT_FAILURE : KUNIT_SUCCESS), "%d", what);
		kunit_cleanup(&inner->test);
	}
}

/* Impossible requests are refused at once. @what runs like the function of a KUnit test. */
struct refusal {
	const char	*name;
	void		(*what)(struct inner *inner);
	bool		refused;
};

static const struct kunit_reg twice_regs[] = {
	KUNIT_REGS(PLAIN, PLAIN_LAST, 0), KUNIT_REG(PLAIN_LAST, 0),
};

static const struct kunit_regfile_model refused_models[] = {
	{ .regs = twice_regs, .num_regs = 2, .reg_bytes = 1, .val_bytes = 1 },
	{ .regs = test_regs, .num_regs = 0, .reg_bytes = 1, .val_bytes = 1 },
	{ .regs = test_regs, .num_regs = 1, .reg_bytes = 3, .val_bytes = 1 },
	{ .regs = test_regs, .num_regs = 1, .reg_bytes = 1, .val_bytes = 3 },
	{ .regs = test_regs, .num_regs = 1, .reg_bytes = 1, .val_bytes = 8 },
};

static void two_addresses(struct inner *inner)
{
	kunit_i2c_attach(&inner->test, inner->c->client->adapter, ADDR + 1, inner->c->rf);
}

static void address_twice(struct inner *inner)
{
	kunit_i2c_attach(&inner->test, inner->c->client->adapter, ADDR, inner->c->rf);
}

static void alert_twice(struct inner *inner)
{
	struct i2c_adapter *adap = kunit_i2c_adapter_create(&inner->test);

	kunit_i2c_alert_create(&inner->test, adap, IRQ_TYPE_LEVEL_LOW);
	kunit_i2c_alert_create(&inner->test, adap, IRQ_TYPE_LEVEL_LOW);
}

static void two_nodes(struct inner *inner)
{
	struct kunit_i2c_info info = {
		.driver		= DRIVER,
		.type		= "kunit-i2c-dev",
		.addr		= ADDR + 1,
		.model		= &test_model,
		.properties	= drv_properties,
		.fwnode		= dev_fwnode(&inner->c->client->dev),
	};

	kunit_i2c_client_create(&inner->test, inner->c->client->adapter, &info);
}

static void register_twice(struct inner *inner)
{
	kunit_regfile_create(&inner->test, "refused", &refused_models[0]);
}

static void no_registers(struct inner *inner)
{
	kunit_regfile_create(&inner->test, "refused", &refused_models[1]);
}

static void long_address(struct inner *inner)
{
	kunit_regfile_create(&inner->test, "refused", &refused_models[2]);
}

static void odd_value(struct inner *inner)
{
	kunit_regfile_create(&inner->test, "refused", &refused_models[3]);
}

static void long_value(struct inner *inner)
{
	kunit_regfile_create(&inner->test, "refused", &refused_models[4]);
}

static const struct refusal refusals[] = {
	{ "two addresses", two_addresses },
	{ "address twice", address_twice, true },
	{ "alert twice", alert_twice, true },
	{ "two nodes", two_nodes, true },
	{ "register twice", register_twice, true },
	{ "no registers", no_registers, true },
	{ "long address", long_address, true },
	{ "odd value", odd_value, true },
	{ "long value", long_value, true },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

static void refused_try(void *data)
{
	struct inner *inner = data;
	const struct refusal *refusal = inner->test.priv;

	refusal->what(inner);
}

static void i2c_refused(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct inner *inner = make_inner(test, 0);

	inner->test.priv = (void *)refusal;
	kunit_inner_expect_refused(test, &inner->test, refusal->refused, refused_try, inner);
	kunit_cleanup(&inner->test);
}

/* A removed device stops alerting, even if it was never polled. */
static void i2c_alert_undone(struct kunit *test)
{
	struct i2c_adapter *adap = kunit_i2c_adapter_create(test);
	struct kunit_irq_line *line = kunit_i2c_alert_create(test, adap, IRQ_TYPE_EDGE_FALLING);
	struct kunit_i2c_info info = {
		.driver	= DRIVER,
		.type	= "kunit-i2c-dev",
		.model	= &test_model,
	};

	/* Remove one of two devices, and then both */
	for (int gone = 1; gone <= 2; gone++) {
		struct inner *inner[2];

		kunit_irq_line_hold(line);
		for (int i = 0; i < 2; i++) {
			inner[i] = begin_inner(test);
			info.addr = ADDR + i;
			inner[i]->c = kunit_i2c_client_create(&inner[i]->test, adap, &info);
			kunit_i2c_alert(inner[i]->c->client, false);
		}
		for (int i = 0; i < gone; i++)
			kunit_cleanup(&inner[i]->test);
		KUNIT_EXPECT_EQ(test, !!kunit_irq_line_status(line), gone == 1);
		kunit_irq_line_let_go(line);
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(line), 0);
		KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(line));
		for (int i = gone; i < 2; i++)
			kunit_cleanup(&inner[i]->test);
	}
}

static int count_clients(struct device *dev, void *data)
{
	struct i2c_client *client = i2c_verify_client(dev);
	unsigned int *count = data;

	*count += client && !strcmp(client->name, "kunit-i2c-dev");
	return 0;
}

/* The end of the test unbinds the driver and removes device and adapter. */
static void i2c_undone(struct kunit *test)
{
	struct inner *inner = make_inner(test, IRQ_TYPE_LEVEL_LOW);
	unsigned int before = 0, after = 0;
	int nr = inner->c->client->adapter->nr;
	struct i2c_adapter *adap;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(inner->c->dut), 0);
	i2c_for_each_dev(&before, count_clients);
	kunit_irq_line_raise(inner->c->line, BIT(0));
	drv_found_properties = false;
	kunit_cleanup(&inner->test);
	KUNIT_EXPECT_TRUE(test, drv_found_properties);
	i2c_for_each_dev(&after, count_clients);
	KUNIT_EXPECT_EQ(test, before, 1);
	KUNIT_EXPECT_EQ(test, after, 0);

	adap = i2c_get_adapter(nr);
	KUNIT_EXPECT_NULL(test, adap);
	if (adap)
		i2c_put_adapter(adap);
}

static struct kunit_case i2c_test_cases[] = {
	KUNIT_CASE(i2c_transfers),
	KUNIT_CASE(i2c_accesses),
	KUNIT_CASE(i2c_addresses),
	KUNIT_CASE(i2c_block_length),
	KUNIT_CASE(i2c_words),
	KUNIT_CASE(i2c_side_effects),
	KUNIT_CASE(i2c_failures),
	KUNIT_CASE(i2c_slow),
	KUNIT_CASE(i2c_hooks),
	KUNIT_CASE_PARAM(i2c_line, trigger_gen_params),
	KUNIT_CASE(i2c_loops),
	KUNIT_CASE(i2c_affinity),
	KUNIT_CASE(i2c_hotplug),
	KUNIT_CASE(i2c_wake_up),
	KUNIT_CASE(i2c_alert),
	KUNIT_CASE(i2c_alert_undone),
	KUNIT_CASE(i2c_unknown_register),
	KUNIT_CASE(i2c_wrong_test),
	KUNIT_CASE_PARAM(i2c_refused, refusal_gen_params),
	KUNIT_CASE(i2c_undone),
	{ }
};

static struct kunit_suite i2c_test_suite = {
	.name = "kunit_i2c",
	.suite_init = i2c_test_suite_init,
	.suite_exit = i2c_test_suite_exit,
	.init = i2c_test_init,
	.test_cases = i2c_test_cases,
};

kunit_test_suite(i2c_test_suite);

MODULE_DESCRIPTION("KUnit test for modelled I2C devices");
MODULE_LICENSE("GPL");
