// SPDX-License-Identifier: GPL-2.0
/*
 * I2C devices which a test models, for the drivers under test
 *
 * The adapter does plain I2C messages, of which the I2C core makes the SMBus
 * transfers. What goes from START to STOP is one transfer: the drivers' calls
 * are one each.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/i2c.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include <kunit/i2c.h>
#include <kunit/resource.h>
#include <kunit/test.h>

/**
 * struct kunit_i2c_slave - who answers at an address
 * @node:	in &kunit_i2c_adapter.slaves
 * @addr:	the address
 * @rf:		the registers
 */
struct kunit_i2c_slave {
	struct list_head	node;
	unsigned short		addr;
	struct kunit_regfile	*rf;
};

/**
 * struct kunit_i2c_adapter - an adapter of a test
 * @adap:	for the I2C core
 * @test:	the test
 * @lock:	protects @slaves
 * @slaves:	who is there
 */
struct kunit_i2c_adapter {
	struct i2c_adapter	adap;
	struct kunit		*test;
	struct mutex		lock;	/* slaves */
	struct list_head	slaves;
};

static struct kunit_i2c_adapter *to_kunit_i2c(struct i2c_adapter *adap)
{
	return container_of(adap, struct kunit_i2c_adapter, adap);
}

static struct kunit_regfile *kunit_i2c_find(struct i2c_adapter *adap, unsigned short addr)
{
	struct kunit_i2c_adapter *ka = to_kunit_i2c(adap);
	struct kunit_i2c_slave *slave;

	guard(mutex)(&ka->lock);
	list_for_each_entry(slave, &ka->slaves, node) {
		if (slave->addr == addr)
			return slave->rf;
	}
	return NULL;
}

/* The device says how many bytes follow, and the message has room for 32. */
static int kunit_i2c_read_block(struct kunit_regfile *rf, struct i2c_msg *msg)
{
	int ret = kunit_regfile_read(rf, msg->buf, 1);

	if (ret)
		return ret;
	if (!msg->buf[0] || msg->buf[0] > I2C_SMBUS_BLOCK_MAX)
		return -EPROTO;
	ret = kunit_regfile_read(rf, msg->buf + 1, msg->buf[0]);
	msg->len += msg->buf[0];
	return ret;
}

static int kunit_i2c_msg(struct kunit_regfile *rf, struct i2c_msg *msg)
{
	unsigned int reg_bytes = rf->model->reg_bytes, reg = 0;

	if (!reg_bytes)
		kunit_regfile_seek(rf, 0);
	if (msg->flags & I2C_M_RECV_LEN)
		return kunit_i2c_read_block(rf, msg);
	if (msg->flags & I2C_M_RD)
		return kunit_regfile_read(rf, msg->buf, msg->len);
	/* Is anybody there? */
	if (!msg->len)
		return 0;
	if (msg->len < reg_bytes) {
		KUNIT_FAIL(rf->test, "%s: driver %s writes a part of an address only", rf->name,
			   rf->dev ? dev_driver_string(rf->dev) : "(none)");
		return -EIO;
	}

	if (reg_bytes) {
		for (unsigned int i = 0; i < reg_bytes; i++)
			reg = reg << 8 | msg->buf[i];
		kunit_regfile_seek(rf, reg);
	}
	return kunit_regfile_write(rf, msg->buf + reg_bytes, msg->len - reg_bytes);
}

static int kunit_i2c_xfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)
{
	struct kunit_regfile *rf = NULL;
	int ret = 0, i;

	for (i = 0; i < num && !ret; i++) {
		/* A driver may talk to several devices before it stops */
		if (!i || msgs[i].addr != msgs[i - 1].addr) {
			if (rf)
				kunit_regfile_end(rf);
			rf = kunit_i2c_find(adap, msgs[i].addr);
			if (!rf)
				return -ENXIO;
			ret = kunit_regfile_begin(rf);
		}
		if (!ret)
			ret = kunit_i2c_msg(rf, &msgs[i]);
	}
	if (rf)
		kunit_regfile_end(rf);
	return ret ?: num;
}

static u32 kunit_i2c_functionality(struct i2c_adapter *adap)
{
	/* The device would have to know about the checksum */
	return I2C_FUNC_I2C | (I2C_FUNC_SMBUS_EMUL_ALL & ~I2C_FUNC_SMBUS_PEC);
}

static const struct i2c_algorithm kunit_i2c_algorithm = {
	.xfer		= kunit_i2c_xfer,
	.functionality	= kunit_i2c_functionality,
};

KUNIT_DEFINE_ACTION_WRAPPER(kunit_i2c_del_adapter, i2c_del_adapter, struct i2c_adapter *);

/**
 * kunit_i2c_adapter_create() - Create a test managed I2C adapter
 * @test:	test context
 *
 * Nobody answers there yet. Does not return if it cannot be made.
 *
 * Context: Process context, the thread of the test.
 *
 * Return: The adapter.
 */
struct i2c_adapter *kunit_i2c_adapter_create(struct kunit *test)
{
	struct kunit_i2c_adapter *ka = kunit_kzalloc(test, sizeof(*ka), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ka);
	ka->test = test;
	mutex_init(&ka->lock);
	INIT_LIST_HEAD(&ka->slaves);
	ka->adap.owner = THIS_MODULE;
	ka->adap.algo = &kunit_i2c_algorithm;
	strscpy(ka->adap.name, "KUnit");

	KUNIT_ASSERT_EQ(test, i2c_add_adapter(&ka->adap), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_i2c_del_adapter, &ka->adap),
			0);
	return &ka->adap;
}
EXPORT_SYMBOL_GPL(kunit_i2c_adapter_create);

/**
 * kunit_i2c_attach() - Let registers answer at an address
 * @test:	test context
 * @adap:	adapter of the test
 * @addr:	I2C address, seven bits
 * @rf:		the registers
 *
 * For a device with more than one address, whose driver makes dummy clients.
 */
void kunit_i2c_attach(struct kunit *test, struct i2c_adapter *adap, unsigned short addr,
		      struct kunit_regfile *rf)
{
	struct kunit_i2c_slave *slave = kunit_kzalloc(test, sizeof(*slave), GFP_KERNEL);
	struct kunit_i2c_adapter *ka = to_kunit_i2c(adap);

	KUNIT_ASSERT_NOT_NULL(test, slave);
	KUNIT_ASSERT_NULL_MSG(test, kunit_i2c_find(adap, addr), "address 0x%02x twice", addr);
	slave->addr = addr;
	slave->rf = rf;
	guard(mutex)(&ka->lock);
	list_add(&slave->node, &ka->slaves);
}
EXPORT_SYMBOL_GPL(kunit_i2c_attach);

KUNIT_DEFINE_ACTION_WRAPPER(kunit_i2c_unregister, i2c_unregister_device, struct i2c_client *);

/**
 * kunit_i2c_client_create() - Create a test managed I2C device
 * @test:	test context
 * @adap:	adapter of the test
 * @info:	what to create; not used after the return, but for what its
 *		pointers point to
 *
 * No driver is bound, kunit_dut_bind() does that. Does not return if the device
 * cannot be made; without the driver the test is skipped.
 *
 * Context: Process context, the thread of the test.
 *
 * Return: The device.
 */
struct kunit_i2c_client *kunit_i2c_client_create(struct kunit *test, struct i2c_adapter *adap,
						 const struct kunit_i2c_info *info)
{
	struct kunit_i2c_client *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	struct i2c_board_info board = {
		/* No driver has that: none shall probe before the test wants it to */
		.type		= "kunit",
		.addr		= info->addr,
		.platform_data	= info->platform_data,
	};

	KUNIT_ASSERT_NOT_NULL(test, c);
	if (!driver_find(info->driver, &i2c_bus_type))
		kunit_skip(test, "there is no I2C driver %s", info->driver);

	c->rf = kunit_regfile_create(test, info->type, info->model);
	c->rf->priv = info->priv;
	if (info->trigger) {
		c->line = kunit_regfile_line_create(test, c->rf, info->trigger, info->line);
		board.irq = kunit_irq_line_irq(c->line);
	}
	kunit_i2c_attach(test, adap, info->addr, c->rf);

	/* The I2C core registers it, and unregisters it with the device */
	c->swnode.properties = info->properties;
	if (info->properties)
		board.swnode = &c->swnode;

	c->client = i2c_new_client_device(adap, &board);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, c->client);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_i2c_unregister, c->client), 0);
	strscpy(c->client->name, info->type);
	c->rf->dev = &c->client->dev;

	c->dut = kunit_dut_adopt(test, &c->client->dev, info->driver);
	c->dut->line = c->line;
	c->dut->accesses = &c->rf->accesses;
	return c;
}
EXPORT_SYMBOL_GPL(kunit_i2c_client_create);

MODULE_DESCRIPTION("I2C devices which KUnit tests model");
MODULE_LICENSE("GPL");
