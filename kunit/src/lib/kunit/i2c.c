// SPDX-License-Identifier: GPL-2.0
/*
 * Models of I2C devices, for drivers under test
 *
 * The adapter only supports I2C messages, with which the I2C core emulates SMBus. A
 * transfer lasts from START to STOP, so each call of a driver is one transfer.
 *
 * A device alerts by pulling SMBALERT# low, which all devices share. A read from the
 * alert response address returns the lowest address of the alerting devices, and that
 * device then stops alerting.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/i2c.h>
#include <linux/i2c-smbus.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/property.h>
#include <linux/string.h>

#include <kunit/i2c.h>
#include <kunit/resource.h>
#include <kunit/test.h>

/* The alert response address */
#define KUNIT_I2C_ARA	0x0c

/**
 * struct kunit_i2c_slave - a device at an address
 * @node:	entry in &kunit_i2c_adapter.slaves
 * @ka:		the adapter
 * @addr:	the address
 * @rf:		the registers
 * @alerts:	the device pulls SMBALERT# low
 * @flag:	bit after the address in the response to the alert response address
 */
struct kunit_i2c_slave {
	struct list_head	node;
	struct kunit_i2c_adapter *ka;
	unsigned short		addr;
	struct kunit_regfile	*rf;
	bool			alerts;
	bool			flag;
};

/**
 * struct kunit_i2c_adapter - an adapter of a test
 * @adap:	for the I2C core
 * @test:	the test
 * @lock:	protects @slaves and their alerts
 * @slaves:	the devices
 * @smbalert:	the interrupt line, active while a device alerts; NULL if there is none
 * @setup:	setup of the device which handles @smbalert
 */
struct kunit_i2c_adapter {
	struct i2c_adapter	adap;
	struct kunit		*test;
	struct mutex		lock;	/* slaves */
	struct list_head	slaves;
	struct kunit_irq_line	*smbalert;
	struct i2c_smbus_alert_setup setup;
};

static struct kunit_i2c_adapter *to_kunit_i2c(struct i2c_adapter *adap)
{
	return container_of(adap, struct kunit_i2c_adapter, adap);
}

static struct kunit_i2c_slave *kunit_i2c_slave(struct kunit_i2c_adapter *ka, unsigned short addr)
{
	struct kunit_i2c_slave *slave;

	lockdep_assert_held(&ka->lock);
	list_for_each_entry(slave, &ka->slaves, node) {
		if (slave->addr == addr)
			return slave;
	}
	return NULL;
}

static struct kunit_regfile *kunit_i2c_find(struct i2c_adapter *adap, unsigned short addr)
{
	struct kunit_i2c_adapter *ka = to_kunit_i2c(adap);
	struct kunit_i2c_slave *slave;

	guard(mutex)(&ka->lock);
	slave = kunit_i2c_slave(ka, addr);
	return slave ? slave->rf : NULL;
}

/* The alerting device with the lowest address, which wins the arbitration */
static struct kunit_i2c_slave *kunit_i2c_alerting(struct kunit_i2c_adapter *ka)
{
	struct kunit_i2c_slave *slave, *first = NULL;

	lockdep_assert_held(&ka->lock);
	list_for_each_entry(slave, &ka->slaves, node) {
		if (slave->alerts && (!first || slave->addr < first->addr))
			first = slave;
	}
	return first;
}

/* A read from the alert response address */
static int kunit_i2c_ara(struct kunit_i2c_adapter *ka, struct i2c_msg *msg)
{
	struct kunit_i2c_slave *slave;

	guard(mutex)(&ka->lock);
	slave = kunit_i2c_alerting(ka);
	if (!slave || !(msg->flags & I2C_M_RD) || msg->len != 1)
		return -ENXIO;

	msg->buf[0] = slave->addr << 1 | slave->flag;
	slave->alerts = false;
	kunit_irq_line_assert(ka->smbalert, kunit_i2c_alerting(ka));
	return 0;
}

/* The first byte is the number of bytes which follow. The message has room for 32. */
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
	/* A probe for the presence of a device */
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
	struct kunit_i2c_adapter *ka = to_kunit_i2c(adap);
	struct kunit_regfile *rf = NULL;
	int ret = 0, i;

	if (ka->smbalert && msgs[0].addr == KUNIT_I2C_ARA)
		return num == 1 ? kunit_i2c_ara(ka, msgs) ?: num : -EOPNOTSUPP;

	for (i = 0; i < num && !ret; i++) {
		/* A driver may address several devices before the STOP */
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
	/* No PEC, as the models of devices do not support the checksum */
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
 * The adapter has no devices yet. Does not return if it cannot be created.
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

static void kunit_i2c_detach(void *data)
{
	struct kunit_i2c_slave *slave = data;
	struct kunit_i2c_adapter *ka = slave->ka;

	guard(mutex)(&ka->lock);
	list_del(&slave->node);
	if (ka->smbalert)
		kunit_irq_line_assert(ka->smbalert, kunit_i2c_alerting(ka));
}

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
	slave->ka = ka;
	slave->addr = addr;
	slave->rf = rf;
	scoped_guard(mutex, &ka->lock)
		list_add(&slave->node, &ka->slaves);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_i2c_detach, slave), 0);
}
EXPORT_SYMBOL_GPL(kunit_i2c_attach);

KUNIT_DEFINE_ACTION_WRAPPER(kunit_i2c_unregister, i2c_unregister_device, struct i2c_client *);

/**
 * kunit_i2c_alert_create() - Let devices alert
 * @test:	test context
 * @adap:	adapter of the test
 * @trigger:	trigger type of the adapter's input for SMBALERT#: IRQ_TYPE_LEVEL_LOW or
 *		IRQ_TYPE_EDGE_FALLING
 *
 * Connects SMBALERT# of @adap to an interrupt, which the SMBALERT# driver of the I2C
 * core handles. Call this before the clients are created, so that they are removed first.
 *
 * Context: Process context, the thread of the test. If this fails, the test fails.
 * Without the driver of CONFIG_I2C_SMBUS the test is skipped: select it for such tests.
 *
 * Return: The line.
 */
struct kunit_irq_line *kunit_i2c_alert_create(struct kunit *test, struct i2c_adapter *adap,
					      unsigned int trigger)
{
	struct kunit_irq_line_info line = { .trigger = trigger };
	struct kunit_i2c_adapter *ka = to_kunit_i2c(adap);
	struct i2c_client *ara;

	if (!driver_find("smbus_alert", &i2c_bus_type))
		kunit_skip(test, "needs the driver of CONFIG_I2C_SMBUS");
	KUNIT_ASSERT_NULL_MSG(test, ka->smbalert, "SMBALERT# twice");
	ka->smbalert = kunit_irq_line_create(test, &line);
	ka->setup.irq = kunit_irq_line_irq(ka->smbalert);

	ara = i2c_new_smbus_alert_device(adap, &ka->setup);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ara);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_i2c_unregister, ara), 0);
	KUNIT_ASSERT_TRUE_MSG(test, kunit_irq_line_requested(ka->smbalert),
			      "the driver for SMBALERT# does not bind");
	return ka->smbalert;
}
EXPORT_SYMBOL_GPL(kunit_i2c_alert_create);

/**
 * kunit_i2c_alert() - A device alerts
 * @client:	the device, on an adapter with kunit_i2c_alert_create()
 * @flag:	the bit which the device sends after its address, for its driver
 *
 * The device alerts until it has answered. Whether it alerts again while the reason
 * persists depends on the device.
 *
 * Context: Process context. May sleep.
 */
void kunit_i2c_alert(struct i2c_client *client, bool flag)
{
	struct kunit_i2c_adapter *ka = to_kunit_i2c(client->adapter);
	struct kunit_i2c_slave *slave;

	guard(mutex)(&ka->lock);
	slave = kunit_i2c_slave(ka, client->addr);
	if (!slave || !ka->smbalert) {
		KUNIT_FAIL(ka->test, "the device at 0x%02x is not connected to SMBALERT#",
			   client->addr);
		return;
	}
	slave->flag = flag;
	slave->alerts = true;
	kunit_irq_line_assert(ka->smbalert, true);
}
EXPORT_SYMBOL_GPL(kunit_i2c_alert);

/**
 * kunit_i2c_client_create() - Create a test managed I2C device
 * @test:	test context
 * @adap:	adapter of the test
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
struct kunit_i2c_client *kunit_i2c_client_create(struct kunit *test, struct i2c_adapter *adap,
						 const struct kunit_i2c_info *info)
{
	struct kunit_i2c_client *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	struct i2c_board_info board = {
		/* Matches no driver: no driver may probe before the test binds it */
		.type		= "kunit",
		.addr		= info->addr,
		.platform_data	= info->platform_data,
	};

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_FALSE_MSG(test, info->properties && info->fwnode,
			       "a firmware node and properties of another");
	if (!driver_find(info->driver, &i2c_bus_type))
		kunit_skip(test, "there is no I2C driver %s", info->driver);

	c->rf = kunit_regfile_create(test, info->type, info->model);
	c->rf->priv = info->priv;
	if (info->trigger) {
		c->line = kunit_regfile_line_create(test, c->rf, info->trigger, info->line);
		if (!is_of_node(info->fwnode))
			board.irq = kunit_irq_line_irq(c->line);
	}
	kunit_i2c_attach(test, adap, info->addr, c->rf);

	/* The I2C core registers it, and unregisters it with the device */
	c->swnode.properties = info->properties;
	if (info->properties)
		board.swnode = &c->swnode;
	/* As the I2C core does for devices in a device tree */
	if (is_of_node(info->fwnode) && fwnode_property_read_bool(info->fwnode, "wakeup-source"))
		board.flags |= I2C_CLIENT_WAKE;

	c->client = i2c_new_client_device(adap, &board);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, c->client);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_i2c_unregister, c->client), 0);
	strscpy(c->client->name, info->type);
	/* Not before, or the driver would probe at once. The I2C core puts the node. */
	if (info->fwnode)
		device_set_node(&c->client->dev, fwnode_handle_get(info->fwnode));
	c->rf->dev = &c->client->dev;

	c->dut = kunit_dut_adopt(test, &c->client->dev, info->driver);
	c->dut->line = c->line;
	c->dut->accesses = &c->rf->accesses;
	return c;
}
EXPORT_SYMBOL_GPL(kunit_i2c_client_create);

MODULE_DESCRIPTION("I2C devices which KUnit tests model");
MODULE_LICENSE("GPL");
