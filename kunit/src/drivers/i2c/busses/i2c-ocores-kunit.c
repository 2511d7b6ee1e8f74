// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the interrupt of the OpenCores I2C controller
 *
 * The unmodified driver runs on a model of the controller with one target on its bus. A
 * command takes some time, and sets the interrupt flag IF when it is done. A target which
 * stretches the clock delays that.
 */

#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_data/i2c-ocores.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <kunit/access.h>
#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#define PRELOW		0
#define PREHIGH		1
#define CONTROL		2
#define CONTROL_EN	BIT(7)
#define CONTROL_IEN	BIT(6)
#define DATA		3
#define CMD		4
#define CMD_STA		BIT(7)
#define CMD_STO		BIT(6)
#define CMD_RD		BIT(5)
#define CMD_WR		BIT(4)
#define CMD_IACK	BIT(0)
#define CMD_ANY		(CMD_STA | CMD_STO | CMD_RD | CMD_WR)
#define STATUS		4
#define STATUS_NACK	BIT(7)
#define STATUS_BUSY	BIT(6)
#define STATUS_TIP	BIT(1)
#define STATUS_IF	BIT(0)

#define TARGET		0x50

/**
 * struct ocores_test - the controller, and the target
 * @mmio:	its registers
 * @line:	its interrupt
 * @dut:	a platform device with both
 * @done:	work item which completes the command
 * @cmd:	the command in progress, or 0
 * @control:	CONTROL
 * @tx:		DATA as written
 * @rx:		DATA as read
 * @busy:	there was a START, but no STOP yet
 * @nack:	the last byte was not acknowledged
 * @selected:	the target has been addressed
 * @stretch:	the target stretches the clock
 * @spurious:	a spurious interrupt comes before each command is done
 * @nested:	the interrupt comes from a thread, as behind a controller on a slow bus
 * @overruns:	commands, other than STOP, while one was in progress
 * @starts:	START commands
 * @stops:	STOP commands
 * @reads:	RD commands
 * @mem:	memory of the target
 * @pos:	position in @mem
 */
struct ocores_test {
	struct kunit_mmio	*mmio;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;
	struct work_struct	done;
	u8			cmd;
	u8			control;
	u8			tx;
	u8			rx;
	bool			busy;
	bool			nack;
	bool			selected;
	bool			stretch;
	bool			spurious;
	bool			nested;
	unsigned int		overruns;
	unsigned int		starts;
	unsigned int		stops;
	unsigned int		reads;
	u8			mem[4];
	unsigned int		pos;
};

/* Complete a command on the bus. Called with the lock of the registers held. */
static void ocores_model_done(struct ocores_test *t)
{
	u8 cmd = t->cmd;

	if (!cmd || t->stretch)
		return;
	t->cmd = 0;
	if (cmd & CMD_STA) {
		t->busy = true;
		t->selected = t->tx >> 1 == TARGET;
		t->nack = !t->selected;
		t->pos = 0;
	} else if (cmd & CMD_WR && t->selected) {
		t->mem[t->pos++ % sizeof(t->mem)] = t->tx;
	} else if (cmd & CMD_RD && t->selected) {
		t->rx = t->mem[t->pos++ % sizeof(t->mem)];
	}
	if (cmd & CMD_STO) {
		t->busy = false;
		t->selected = false;
	}
	kunit_irq_line_raise(t->line, STATUS_IF);
}

static void ocores_model_work(struct work_struct *work)
{
	struct ocores_test *t = container_of(work, struct ocores_test, done);

	if (t->spurious) {
		kunit_irq_line_spurious(t->line);
		kunit_irq_line_settle(t->line);
	}
	scoped_guard(kunit_mmio, t->mmio)
		ocores_model_done(t);
	if (t->nested && kunit_irq_line_status(t->line))
		handle_nested_irq(kunit_irq_line_irq(t->line));
}

static void ocores_model_command(struct ocores_test *t, u8 cmd)
{
	if (cmd & CMD_IACK)
		kunit_irq_line_ack(t->line, STATUS_IF);
	if (!(cmd & CMD_ANY) || !(t->control & CONTROL_EN))
		return;

	t->starts += !!(cmd & CMD_STA);
	t->stops += !!(cmd & CMD_STO);
	t->reads += !!(cmd & CMD_RD);
	t->overruns += t->cmd && !(cmd & CMD_STO);
	t->cmd = cmd;
	/* Without interrupts the driver polls, but not for long */
	if (t->control & CONTROL_IEN)
		schedule_work(&t->done);
	else
		ocores_model_done(t);
}

static u64 ocores_model_read(struct kunit_mmio *mmio, unsigned int offset, unsigned int width)
{
	struct ocores_test *t = kunit_mmio_priv(mmio);

	switch (offset) {
	case PRELOW:
	case PREHIGH:
		return kunit_mmio_get(mmio, offset, width);
	case CONTROL:
		return t->control;
	case DATA:
		return t->rx;
	case STATUS:
		return kunit_irq_line_status(t->line) | (t->cmd ? STATUS_TIP : 0) |
		       (t->busy ? STATUS_BUSY : 0) | (t->nack ? STATUS_NACK : 0);
	default:
		return kunit_mmio_unknown(mmio);
	}
}

static void ocores_model_write(struct kunit_mmio *mmio, unsigned int offset, unsigned int width,
			       u64 val)
{
	struct ocores_test *t = kunit_mmio_priv(mmio);

	switch (offset) {
	case PRELOW:
	case PREHIGH:
		kunit_mmio_set(mmio, offset, width, val);
		break;
	case CONTROL:
		t->control = val;
		kunit_irq_line_enable(t->line, val & CONTROL_IEN ? STATUS_IF : 0);
		break;
	case DATA:
		t->tx = val;
		break;
	case CMD:
		ocores_model_command(t, val);
		break;
	default:
		kunit_mmio_unknown(mmio);
	}
}

static void ocores_test_cancel(void *data)
{
	struct ocores_test *t = data;

	cancel_work_sync(&t->done);
}

static struct kunit_dut *ocores_test_device(struct ocores_test *t, struct kunit *test,
					    struct kunit_irq_line *line)
{
	struct ocores_i2c_platform_data pdata = { .clock_khz = 10000 };
	struct kunit_dut_info device = {
		.driver		= "ocores-i2c",
		.mmio		= t->mmio,
		.line		= line,
		.data		= &pdata,
		.size_data	= sizeof(pdata),
	};

	return kunit_dut_platform(test, &device);
}

static int ocores_test_init(struct kunit *test)
{
	struct ocores_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct kunit_irq_line_info interrupt = {};
	struct kunit_mmio_info registers = {
		.name	= "ocores-i2c",
		.size	= 0x1000,
		.widths	= KUNIT_MMIO_8,
		.read	= ocores_model_read,
		.write	= ocores_model_write,
		.priv	= t,
	};

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	INIT_WORK(&t->done, ocores_model_work);
	/*
	 * The driver's timeout for a transfer is one second. A transfer has up to twelve
	 * interrupts, and if irq_work waits for the tick, so does each hard interrupt.
	 */
	if (!arch_irq_work_has_interrupt())
		interrupt.delivery = IRQ_SIM_DELIVER_TASKLET;
	t->line = kunit_irq_line_create(test, &interrupt);
	kunit_irq_line_enable(t->line, 0);
	t->mmio = kunit_mmio_create(test, &registers);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ocores_test_cancel, t), 0);
	t->dut = ocores_test_device(t, test, t->line);
	return 0;
}

static int is_adapter(struct device *dev, const void *unused)
{
	return !!i2c_verify_adapter(dev);
}

/* Bind the driver. Returns the adapter which it registers. */
static struct i2c_adapter *bind(struct kunit *test, struct kunit_dut *dut)
{
	struct device *dev;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(dut), 0);
	dev = device_find_child(dut->dev, NULL, is_adapter);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	/* Keep no reference: at unbind, the driver waits for the last one to go */
	put_device(dev);
	return i2c_verify_adapter(dev);
}

static int write_target(struct i2c_adapter *adap, u16 addr, const u8 *buf, u16 len)
{
	struct i2c_msg msg = { .addr = addr, .len = len, .buf = (u8 *)buf };

	return i2c_transfer(adap, &msg, 1);
}

static int read_target(struct i2c_adapter *adap, u8 *buf, u16 len)
{
	struct i2c_msg msg = { .addr = TARGET, .flags = I2C_M_RD, .len = len, .buf = buf };

	return i2c_transfer(adap, &msg, 1);
}

/* Transfer data to the target and back, one byte for each interrupt. */
static void expect_transfers(struct kunit *test, struct i2c_adapter *adap)
{
	struct ocores_test *t = test->priv;
	static const u8 out[] = { 0x12, 0x34, 0x56, 0x78 };
	u8 in[sizeof(out)] = {};

	t->overruns = 0;
	KUNIT_EXPECT_EQ(test, write_target(adap, TARGET, out, sizeof(out)), 1);
	KUNIT_EXPECT_MEMEQ(test, t->mem, out, sizeof(out));
	KUNIT_EXPECT_EQ(test, read_target(adap, in, sizeof(in)), 1);
	KUNIT_EXPECT_MEMEQ(test, in, out, sizeof(out));
	KUNIT_EXPECT_EQ_MSG(test, t->overruns, 0, "commands before the last one was done");
}

/* The second message begins with another START, and the first one ends without a STOP. */
static void expect_repeated_start(struct kunit *test, struct i2c_adapter *adap)
{
	struct ocores_test *t = test->priv;
	u8 out[] = { 0x5a, 0xc3 }, in[] = { 0, 0, 0 };
	struct i2c_msg msgs[] = {
		{ .addr = TARGET, .len = sizeof(out), .buf = out },
		{ .addr = TARGET, .flags = I2C_M_RD, .len = sizeof(in), .buf = in },
	};

	scoped_guard(kunit_mmio, t->mmio) {
		memset(t->mem, 0xa5, sizeof(t->mem));
		t->overruns = 0;
		t->starts = 0;
		t->stops = 0;
		t->reads = 0;
	}
	KUNIT_EXPECT_EQ(test, i2c_transfer(adap, msgs, ARRAY_SIZE(msgs)), ARRAY_SIZE(msgs));
	flush_work(&t->done);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_MEMEQ(test, t->mem, out, sizeof(out));
	KUNIT_EXPECT_MEMEQ(test, in, t->mem, sizeof(in));
	KUNIT_EXPECT_EQ(test, t->starts, 2);
	KUNIT_EXPECT_EQ(test, t->reads, sizeof(in));
	KUNIT_EXPECT_EQ(test, t->stops, 1);
	KUNIT_EXPECT_EQ_MSG(test, t->overruns, 0, "commands before the last one was done");
}

static void ocores_transfers(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap = bind(test, t->dut);

	expect_transfers(test, adap);
	flush_work(&t->done);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_FALSE(test, t->busy);
}

static void ocores_repeated_start(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap = bind(test, t->dut);

	expect_repeated_start(test, adap);
	expect_transfers(test, adap);
}

/* There is a STOP even if no target answers. */
static void ocores_no_target(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap = bind(test, t->dut);
	static const u8 out[] = { 0x12 };

	KUNIT_EXPECT_EQ(test, write_target(adap, TARGET + 1, out, 1), -EIO);
	flush_work(&t->done);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_FALSE(test, t->busy);
	expect_transfers(test, adap);
}

/* An interrupt without IF does not end a command: the line may be shared. */
static void ocores_spurious(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap = bind(test, t->dut);

	t->spurious = true;
	expect_transfers(test, adap);
}

/* Nor is it claimed, or genirq would not notice that another device is stuck. */
static void ocores_not_mine(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap = bind(test, t->dut);

	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, 0), 0,
			    "an interrupt of another device is claimed");
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(t->line, STATUS_IF), 1,
			    "an interrupt of the controller is not claimed");
	expect_transfers(test, adap);
}

/* Behind an expander on a slow bus, the interrupt is handled in the thread of the expander. */
static void ocores_nested(struct kunit *test)
{
	struct ocores_test *t = test->priv;

	irq_set_nested_thread(kunit_irq_line_irq(t->line), true);
	kunit_irq_line_hold(t->line);
	t->nested = true;
	expect_transfers(test, bind(test, t->dut));
	flush_work(&t->done);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_status(t->line), 0);
}

/*
 * A transfer that takes too long is aborted. If the target releases the clock after
 * that, its data is unexpected, and the driver must not write to the buffer any more.
 */
static void ocores_late(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap = bind(test, t->dut);
	struct i2c_msg *msg = kunit_kzalloc(test, sizeof(*msg), GFP_KERNEL);
	u8 *in = kunit_kzalloc(test, sizeof(t->mem), GFP_KERNEL);
	static const u8 nothing[sizeof(t->mem)];

	KUNIT_ASSERT_NOT_NULL(test, msg);
	KUNIT_ASSERT_NOT_NULL(test, in);
	/* Not on the stack, so that a transfer which continues does no harm */
	*msg = (struct i2c_msg) {
		.addr = TARGET, .flags = I2C_M_RD, .len = sizeof(t->mem), .buf = in
	};
	memset(t->mem, 0xa5, sizeof(t->mem));
	t->stretch = true;
	KUNIT_ASSERT_EQ(test, i2c_transfer(adap, msg, 1), -ETIMEDOUT);
	KUNIT_EXPECT_EQ_MSG(test, t->stops, 1, "the bus is not released");

	/* One interrupt for the command, and one for each that the driver adds to it */
	t->stretch = false;
	for (int i = 0; i < 8; i++) {
		schedule_work(&t->done);
		flush_work(&t->done);
		kunit_irq_line_settle(t->line);
	}
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(t->line), 0);
	KUNIT_EXPECT_EQ_MSG(test, t->reads, 0, "the transfer goes on");
	KUNIT_EXPECT_MEMEQ_MSG(test, in, nothing, sizeof(nothing),
			       "the buffer is written to after the transfer has failed");
	expect_transfers(test, adap);
}

/* The firmware has left an interrupt pending. */
static void ocores_pending(struct kunit *test)
{
	struct ocores_test *t = test->priv;

	scoped_guard(kunit_mmio, t->mmio) {
		t->control = CONTROL_EN | CONTROL_IEN;
		kunit_irq_line_enable(t->line, STATUS_IF);
		kunit_irq_line_raise(t->line, STATUS_IF);
	}
	expect_transfers(test, bind(test, t->dut));
}

/* One controller has no interrupt; another one which has an interrupt uses it. */
static void ocores_without_interrupt(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct kunit_dut *polled = ocores_test_device(t, test, NULL);
	struct i2c_adapter *adap = bind(test, polled);

	expect_transfers(test, adap);
	expect_repeated_start(test, adap);
	KUNIT_EXPECT_EQ(test, t->control & CONTROL_IEN, 0);
	kunit_dut_unbind(polled);

	expect_transfers(test, bind(test, t->dut));
	KUNIT_EXPECT_TRUE_MSG(test, kunit_irq_line_requested(t->line),
			      "the interrupt is not used");
	KUNIT_EXPECT_EQ(test, t->control & CONTROL_IEN, CONTROL_IEN);
}

/* The result of the transfer in remove() of the target's driver */
static int ocores_target_removed;

static int ocores_target_probe(struct i2c_client *client)
{
	return 0;
}

static void ocores_target_remove(struct i2c_client *client)
{
	static const u8 out[] = { 0xff };

	ocores_target_removed = i2c_master_send(client, out, sizeof(out));
}

static const struct i2c_device_id ocores_target_ids[] = {
	{ .name = "ocores-target" },
	{ }
};

static struct i2c_driver ocores_target_driver = {
	.driver.name	= "ocores-target",
	.probe		= ocores_target_probe,
	.remove		= ocores_target_remove,
	.id_table	= ocores_target_ids,
};

static void ocores_target_unregister(void *unused)
{
	i2c_del_driver(&ocores_target_driver);
}

/* Drivers of devices on the bus may do transfers in remove(), to switch the device off. */
static void ocores_remove_with_target(struct kunit *test)
{
	struct i2c_board_info info = { I2C_BOARD_INFO("ocores-target", TARGET) };
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap;

	KUNIT_ASSERT_EQ(test, i2c_add_driver(&ocores_target_driver), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ocores_target_unregister, NULL), 0);
	adap = bind(test, t->dut);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, i2c_new_client_device(adap, &info));

	ocores_target_removed = 0;
	kunit_dut_unbind(t->dut);
	KUNIT_EXPECT_EQ_MSG(test, ocores_target_removed, 1,
			    "the target cannot be written to when its driver is removed");
	KUNIT_EXPECT_EQ(test, t->mem[0], 0xff);
	KUNIT_EXPECT_EQ_MSG(test, t->control & (CONTROL_EN | CONTROL_IEN), 0,
			    "the controller is left enabled");
}

static void ocores_suspend_resume(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	struct i2c_adapter *adap = bind(test, t->dut);

	KUNIT_ASSERT_EQ(test, kunit_dut_suspend(t->dut), 0);
	KUNIT_EXPECT_EQ(test, t->control & (CONTROL_EN | CONTROL_IEN), 0);
	KUNIT_ASSERT_EQ(test, kunit_dut_resume(t->dut), 0);
	expect_transfers(test, adap);
}

static void ocores_bind_again(struct kunit *test)
{
	struct ocores_test *t = test->priv;

	kunit_dut_bind_again(t->dut, 3);
}

static void ocores_probe_fails(struct kunit *test)
{
	struct ocores_test *t = test->priv;
	unsigned int accesses = kunit_dut_count_accesses(t->dut);

	KUNIT_EXPECT_GE(test, accesses, 5);
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(t->dut), accesses);
}

static void ocores_unbind_under_fire(struct kunit *test)
{
	struct ocores_test *t = test->priv;

	kunit_irq_line_enable(t->line, STATUS_IF);
	kunit_dut_unbind_under_fire(t->dut, STATUS_IF, 5);
}

static struct kunit_case ocores_cases[] = {
	KUNIT_CASE(ocores_transfers),
	KUNIT_CASE(ocores_repeated_start),
	KUNIT_CASE(ocores_no_target),
	KUNIT_CASE(ocores_spurious),
	KUNIT_CASE(ocores_not_mine),
	KUNIT_CASE(ocores_nested),
	KUNIT_CASE_SLOW(ocores_late),
	KUNIT_CASE(ocores_pending),
	KUNIT_CASE(ocores_without_interrupt),
	KUNIT_CASE(ocores_remove_with_target),
	KUNIT_CASE(ocores_suspend_resume),
	KUNIT_CASE(ocores_bind_again),
	KUNIT_CASE(ocores_probe_fails),
	KUNIT_CASE(ocores_unbind_under_fire),
	{ }
};

static struct kunit_suite ocores_suite = {
	.name = "i2c_ocores",
	.init = ocores_test_init,
	.test_cases = ocores_cases,
};

kunit_test_suite(ocores_suite);

MODULE_DESCRIPTION("KUnit test for the interrupt of the OpenCores I2C controller");
MODULE_LICENSE("GPL");
