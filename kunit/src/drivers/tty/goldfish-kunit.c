// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupt of the Goldfish TTY
 *
 * The unmodified driver runs on a model of the device, which asserts its interrupt while
 * it has received bytes and the interrupt is enabled. On command, it reads and writes
 * memory of the driver. This is the old version of the device, which uses virtual
 * addresses.
 */

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/tty.h>
#include <linux/tty_flip.h>
#include <linux/tty_port.h>
#include <linux/workqueue.h>

#include <kunit/access.h>
#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#define BYTES_READY	0x04
#define CMD		0x08
#define CMD_DISABLE	0
#define CMD_ENABLE	1
#define CMD_WRITE	2
#define CMD_READ	3
#define DATA_PTR	0x10
#define DATA_LEN	0x14
#define DATA_PTR_HIGH	0x18
#define VERSION		0x20

/* The driver's limit of devices: the number of a device is its TTY line */
#define LINES		8

/**
 * struct goldfish_tty_test - the device, and its reader
 * @mmio:	its registers
 * @line:	its interrupt
 * @dut:	a platform device with both
 * @enabled:	the interrupt is enabled
 * @early:	the device interrupts when the driver requests the interrupt
 * @rx:		bytes received by the device
 * @rx_len:	number of bytes in @rx
 * @tx:		bytes sent by the driver
 * @tx_len:	number of bytes in @tx
 * @tty:	the TTY, while it is open
 * @stuck:	the reader takes no bytes
 * @client_ops:	pass received bytes to the test instead of to a line discipline
 * @got:	bytes passed to the test
 * @got_len:	number of bytes in @got
 */
struct goldfish_tty_test {
	struct kunit_mmio		*mmio;
	struct kunit_irq_line		*line;
	struct kunit_dut		*dut;
	bool				enabled;
	bool				early;
	u8				rx[32];
	size_t				rx_len;
	u8				tx[32];
	size_t				tx_len;
	struct tty_struct		*tty;
	bool				stuck;
	struct tty_port_client_operations client_ops;
	u8				got[32];
	size_t				got_len;
};

/* Called with the lock of the registers held, like all code that changes the device. */
static void goldfish_tty_update(struct goldfish_tty_test *t)
{
	kunit_irq_line_assert(t->line, t->rx_len && t->enabled);
}

static void goldfish_tty_command(struct goldfish_tty_test *t, struct kunit_mmio *mmio, u32 cmd)
{
	size_t len = kunit_mmio_get(mmio, DATA_LEN, 4);
	void *ptr = (void *)(unsigned long)(kunit_mmio_get(mmio, DATA_PTR_HIGH, 4) << 32 |
					    kunit_mmio_get(mmio, DATA_PTR, 4));

	switch (cmd) {
	case CMD_DISABLE:
	case CMD_ENABLE:
		t->enabled = cmd == CMD_ENABLE;
		break;
	case CMD_WRITE:
		len = min(len, sizeof(t->tx) - t->tx_len);
		memcpy(t->tx + t->tx_len, ptr, len);
		t->tx_len += len;
		break;
	case CMD_READ:
		len = min(len, t->rx_len);
		memcpy(ptr, t->rx, len);
		t->rx_len -= len;
		memmove(t->rx, t->rx + len, t->rx_len);
		break;
	default:
		kunit_mmio_unknown(mmio);
	}
	goldfish_tty_update(t);
}

static u64 goldfish_tty_read(struct kunit_mmio *mmio, unsigned int offset, unsigned int width)
{
	struct goldfish_tty_test *t = kunit_mmio_priv(mmio);

	switch (offset) {
	case BYTES_READY:
		return t->rx_len;
	case VERSION:
		return 0;
	default:
		return kunit_mmio_unknown(mmio);
	}
}

static void goldfish_tty_write(struct kunit_mmio *mmio, unsigned int offset, unsigned int width,
			       u64 val)
{
	switch (offset) {
	case DATA_PTR:
	case DATA_PTR_HIGH:
	case DATA_LEN:
		kunit_mmio_set(mmio, offset, width, val);
		break;
	case CMD:
		goldfish_tty_command(kunit_mmio_priv(mmio), mmio, val);
		break;
	default:
		kunit_mmio_unknown(mmio);
	}
}

static void receive(struct goldfish_tty_test *t, const char *s)
{
	guard(kunit_mmio)(t->mmio);
	while (*s && t->rx_len < sizeof(t->rx))
		t->rx[t->rx_len++] = *s++;
	goldfish_tty_update(t);
}

static void goldfish_tty_event(struct kunit_irq_line *line, u64 bits, void *data)
{
	receive(data, "x");
}

static int goldfish_tty_requested(struct kunit_irq_line *line, void *data)
{
	struct goldfish_tty_test *t = data;

	t->early = kunit_irq_line_asserted(line);
	return 0;
}

static int goldfish_tty_init(struct kunit *test)
{
	struct goldfish_tty_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct kunit_irq_line_info interrupt = {
		.requested	= goldfish_tty_requested,
		.event		= goldfish_tty_event,
		.data		= t,
	};
	struct kunit_mmio_info registers = {
		.name	= "goldfish-tty",
		.size	= 0x1000,
		.read	= goldfish_tty_read,
		.write	= goldfish_tty_write,
		.priv	= t,
	};
	struct kunit_dut_info device = {
		.driver	= "goldfish_tty",
	};

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->line = kunit_irq_line_create(test, &interrupt);
	t->mmio = kunit_mmio_create(test, &registers);
	device.line = t->line;
	device.mmio = t->mmio;
	t->dut = kunit_dut_platform(test, &device);
	if (to_platform_device(t->dut->dev)->id >= LINES)
		kunit_skip(test, "the number of the device is %d: too many of them are there",
			   to_platform_device(t->dut->dev)->id);
	return 0;
}

static void bind(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(t->dut), 0);
}

static size_t goldfish_tty_got(struct tty_port *port, const u8 *p, const u8 *f, size_t count)
{
	struct goldfish_tty_test *t = port->client_data;
	size_t len = min(count, sizeof(t->got) - t->got_len);

	if (READ_ONCE(t->stuck))
		return 0;
	memcpy(t->got + t->got_len, p, len);
	/* Pairs with smp_load_acquire() in expect_got() */
	smp_store_release(&t->got_len, t->got_len + len);
	return count;
}

static void goldfish_tty_close(void *data)
{
	struct goldfish_tty_test *t = data;

	tty_lock(t->tty);
	t->tty->ops->close(t->tty, NULL);
	tty_unlock(t->tty);
	t->tty->port->client_ops = &tty_port_default_client_ops;
	tty_kclose(t->tty);
	t->tty = NULL;
}

static int is_tty(struct device *dev, const void *unused)
{
	return strstarts(dev_name(dev), "ttyGF");
}

/* Open the TTY from the kernel, as for a device on a serial bus. */
static void goldfish_tty_open(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;
	struct device *dev = device_find_child(t->dut->dev, NULL, is_tty);
	struct tty_struct *tty;
	dev_t devt;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	devt = dev->devt;
	put_device(dev);
	tty = tty_kopen_exclusive(devt);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tty);
	t->tty = tty;
	t->client_ops.receive_buf = goldfish_tty_got;
	tty->port->client_data = t;
	tty->port->client_ops = &t->client_ops;
	KUNIT_EXPECT_EQ(test, tty->ops->open(tty, NULL), 0);
	tty_unlock(tty);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, goldfish_tty_close, t), 0);
}

static void expect_got(struct kunit *test, const char *s)
{
	struct goldfish_tty_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	flush_work(&t->tty->port->buf.work);
	/* Pairs with smp_store_release() in goldfish_tty_got() */
	KUNIT_ASSERT_EQ(test, smp_load_acquire(&t->got_len), strlen(s));
	KUNIT_EXPECT_MEMEQ(test, t->got, s, strlen(s));
}

/* Received bytes cause interrupts only while the port is open. */
static void goldfish_tty_receive(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	bind(test);
	KUNIT_EXPECT_FALSE_MSG(test, t->enabled, "interrupts before the port is open");
	receive(t, "early, ");
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ(test, t->rx_len, 7);

	goldfish_tty_open(test);
	expect_got(test, "early, ");
	receive(t, "more");
	expect_got(test, "early, more");
	receive(t, ".");
	expect_got(test, "early, more.");

	kunit_release_action(test, goldfish_tty_close, t);
	KUNIT_EXPECT_FALSE_MSG(test, t->enabled, "interrupts after the port was closed");
}

/* What the firmware has left enabled does not run the handler before the port is ready. */
static void goldfish_tty_left_enabled(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	t->enabled = true;
	receive(t, "early");
	KUNIT_ASSERT_TRUE(test, kunit_irq_line_asserted(t->line));
	bind(test);
	KUNIT_EXPECT_FALSE_MSG(test, t->early,
			       "the device interrupts as soon as there is a handler");
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ_MSG(test, t->rx_len, 5, "bytes are read before the port is open");
	goldfish_tty_open(test);
	expect_got(test, "early");
}

static void goldfish_tty_send(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	bind(test);
	goldfish_tty_open(test);
	KUNIT_EXPECT_EQ(test, t->tty->ops->write(t->tty, "hello", 5), 5);
	KUNIT_ASSERT_EQ(test, t->tx_len, 5);
	KUNIT_EXPECT_MEMEQ(test, t->tx, "hello", 5);
}

/* Bytes for which there is no room are dropped: the device interrupts until they are read. */
static void goldfish_tty_full(struct kunit *test)
{
	static const char bytes[] = "0123456789abcdefghijklmnopqrstuv";
	struct goldfish_tty_test *t = test->priv;

	bind(test);
	goldfish_tty_open(test);
	/* The least possible, for 1024 bytes */
	KUNIT_ASSERT_EQ(test, tty_buffer_set_limit(t->tty->port, 256), 0);
	WRITE_ONCE(t->stuck, true);
	kunit_irq_line_listen(t->line, 100);
	for (int i = 0; i < 50; i++) {
		receive(t, bytes);
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
		KUNIT_ASSERT_EQ_MSG(test, t->rx_len, 0,
				    "the device is not read, and interrupts again and again");
	}
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_heard(t->line), 50, "interrupts");

	/* Those which came first are kept */
	WRITE_ONCE(t->stuck, false);
	receive(t, "x");
	expect_got(test, bytes);
	kunit_irq_line_unlisten(t->line);
}

/* The interrupt may be shared: without an event it is not from this device. */
static void goldfish_tty_spurious(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	bind(test);
	goldfish_tty_open(test);
	kunit_irq_line_listen(t->line, 0);
	KUNIT_ASSERT_EQ(test, kunit_irq_line_spurious(t->line), 1);
	expect_got(test, "");
	KUNIT_EXPECT_EQ(test, kunit_irq_line_heard(t->line), 1);
	receive(t, "x");
	expect_got(test, "x");
	kunit_irq_line_unlisten(t->line);
}

/* Nor does the driver claim it when it returns, or genirq would not notice a stuck interrupt. */
static void goldfish_tty_not_mine(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	bind(test);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, 0), 0,
			    "an interrupt of another device is claimed");
}

/*
 * The interrupt is freed before the registers are unmapped. Otherwise another device on
 * the shared line could interrupt in between, as CONFIG_DEBUG_SHIRQ simulates.
 */
static void goldfish_tty_interrupt_in_remove(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	if (!IS_ENABLED(CONFIG_DEBUG_SHIRQ))
		kunit_skip(test, "needs CONFIG_DEBUG_SHIRQ");

	bind(test);
	kunit_warning_suppress(test) {
		kunit_dut_unbind(t->dut);
		KUNIT_EXPECT_EQ_MSG(test, KUNIT_SUPPRESSED_WARNING_COUNT(), 0,
				    "the interrupt handler uses registers which are unmapped");
	}
}

static void goldfish_tty_bind_again(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;

	kunit_dut_bind_again(t->dut, 3);
}

static void goldfish_tty_probe_fails(struct kunit *test)
{
	struct goldfish_tty_test *t = test->priv;
	unsigned int accesses = kunit_dut_count_accesses(t->dut);

	KUNIT_EXPECT_GE(test, accesses, 1);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->dut), accesses);
}

static struct kunit_case goldfish_tty_cases[] = {
	KUNIT_CASE(goldfish_tty_bind_again),
	KUNIT_CASE(goldfish_tty_interrupt_in_remove),
	KUNIT_CASE(goldfish_tty_receive),
	KUNIT_CASE(goldfish_tty_left_enabled),
	KUNIT_CASE(goldfish_tty_send),
	KUNIT_CASE(goldfish_tty_full),
	KUNIT_CASE(goldfish_tty_spurious),
	KUNIT_CASE(goldfish_tty_not_mine),
	KUNIT_CASE(goldfish_tty_probe_fails),
	{ }
};

static struct kunit_suite goldfish_tty_suite = {
	.name = "goldfish_tty",
	.init = goldfish_tty_init,
	.test_cases = goldfish_tty_cases,
};

kunit_test_suite(goldfish_tty_suite);

MODULE_DESCRIPTION("KUnit test for the interrupt of the Goldfish TTY");
MODULE_LICENSE("GPL");
