// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated interrupts from user space: what is refused and how, devices which have
 * them, and two processes that do anything.
 */
#include "configfs.h"

#include <linux/i2c.h>
#include <linux/i2c-dev.h>
#include <sys/ioctl.h>

FIXTURE(configfs) {
	int kmsg;
	char tainted[32];
};

FIXTURE_SETUP(configfs)
{
	const char *reason = missing();

	if (reason)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, clean(CHIP));
	self->kmsg = kmsg_open();
	ASSERT_GE(self->kmsg, 0);
	ASSERT_EQ(0, get("/proc/sys/kernel/tainted", self->tainted, sizeof(self->tainted)));
	ASSERT_EQ(0, make(CHIP));
	ASSERT_EQ(0, make(LINE));
}

FIXTURE_TEARDOWN_PARENT(configfs)
{
	clean(CHIP);
	clean(CHIP "2");
}

/*
 * What is refused
 */

static const struct bad {
	const char *file;
	const char *value;
	int ret;
} bads[] = {
	{ "num_lines", "0", -EINVAL },
	{ "num_lines", "-1", -EINVAL },
	{ "num_lines", "many", -EINVAL },
	{ "num_lines", "", -EINVAL },
	{ "num_lines", "65537", -ERANGE },
	{ "num_lines", "99999999999", -ERANGE },
	{ "num_lines", "8 8", -EINVAL },
	{ "delivery", "workqueue", -EINVAL },
	{ "delivery", "", -EINVAL },
	{ "delivery", "Tasklet", -EINVAL },
	{ "kind", "percpu", -EINVAL },
	{ "kind", "0", -EINVAL },
	{ "budget", "-1", -EINVAL },
	{ "budget", "4294967296", -ERANGE },
	{ "budget", "lots", -EINVAL },
	{ "flags", "msi_parent", -EINVAL },
	{ "flags", "no_wake,no_affinity", -EINVAL },
	{ "flags", "no_wake no_sleep", -EINVAL },
	{ "live", "2", -EINVAL },
	{ "live", "", -EINVAL },
	{ "line3/type", "edge", -EINVAL },
	{ "line3/type", "", -EINVAL },
	{ "line3/label", "a/b", -EINVAL },
	{ "line3/label", "tab\tbed", -EINVAL },
	{ "line3/label", "0123456789012345678901234567890123456789012345678901234567890123+",
	  -ENAMETOOLONG },
	{ "line3/fire", "0", -EINVAL },
	{ "line3/fire", "2", -EINVAL },
	{ "line3/fire", "yes", -EINVAL },
	{ "line3/synchronize", "0", -EINVAL },
	{ "line3/wire", "2", -EINVAL },
	{ "line3/wire", "up", -EINVAL },
	{ "line3/masked", "", -EINVAL },
	{ "line3/pending", "-1", -EINVAL },
	{ "line3/device/driver", "", -EINVAL },
	{ "line3/device/driver", "a driver", -EINVAL },
	{ "line3/device/driver", "../x", -EINVAL },
	{ "line3/device/properties", "=1", -EINVAL },
	{ "line3/device/properties", "a b", -EINVAL },
	{ "line3/device/properties", "a=", -EINVAL },
	{ "line3/device/properties", "a=1,,2", -EINVAL },
	{ "line3/device/properties", "a=0x100000000", -EINVAL },
	{ "line3/device/properties", "a=\"b", -EINVAL },
	{ "line3/device/properties", "a=b", -EINVAL },
	{ "line3/device/properties", "a\nb=\nc", -EINVAL },
	{ "line3/device/properties", "a\na=1", -EINVAL },
	{ "line3/device/properties",
	  "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17", -EINVAL },
	{ "line3/device/i2c", "0", -EINVAL },
	{ "line3/device/i2c", "0-0007", -EINVAL },
	{ "line3/device/i2c", "0-0078", -EINVAL },
	{ "line3/device/i2c", "0-0050x", -EINVAL },
	{ "line3/device/i2c", "-1-0050", -EINVAL },
};

/* Each is refused with its error, and the reason is in the log, once. */
TEST_F(configfs, bad_values)
{
	char path[128], message[192], before[256], after[256], said[1024];
	int i, ret;

	ASSERT_EQ(0, make(DEVICE));
	for (i = 0; i < ARRAY_SIZE(bads); i++) {
		const struct bad *b = &bads[i];
		const char *attr = strrchr(b->file, '/') ? strrchr(b->file, '/') + 1 : b->file;
		bool readable;

		snprintf(path, sizeof(path), "%s/%s", CHIP, b->file);
		readable = !get(path, before, sizeof(before));
		ret = put(path, "%s\n", b->value);
		CHECK(ret == b->ret, "%s: '%s' is %d, not %d", b->file, b->value, ret, b->ret);
		if (readable) {
			get(path, after, sizeof(after));
			CHECK(!strcmp(before, after), "%s: '%s' was refused and changed it to %s",
			      b->file, b->value, after);
		}

		snprintf(message, sizeof(message), TAG "kselftest: %s: '", attr);
		CHECK(kmsg_find(self->kmsg, message, said, sizeof(said)) &&
		      strstr(said, "' refused, must be "),
		      "%s: '%s' was refused without a reason", b->file, b->value);
		CHECK(!kmsg_find(self->kmsg, message, said, sizeof(said)),
		      "%s: '%s' was refused with more than one reason", b->file, b->value);
	}
	/* Files which are for one direction */
	EXPECT_EQ(-EACCES, read_only(LINE "/fire"));
	EXPECT_EQ(-EACCES, put(LINE "/account", "0"));
	EXPECT_EQ(-EACCES, put(LINE "/irq", "0"));
}

TEST_F(configfs, bad_names)
{
	static const char * const bad[] = {
		"line", "line-1", "line01", "line3x", "line65536", "line4294967299", "3", "Line3",
	};
	char path[128];
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(path, sizeof(path), CHIP "/%s", bad[i]);
		ret = make(path);
		CHECK(ret == -EINVAL, "%s: %d", bad[i], ret);
	}
	EXPECT_EQ(-EEXIST, make(LINE));
	EXPECT_EQ(-EINVAL, make(LINE "/hog"));
	EXPECT_EQ(-ENOTEMPTY, take(CHIP));
	EXPECT_EQ(0, make(CHIP "/line65535"));
}

/* While it is live it cannot be configured, and before that there is nothing to use. */
TEST_F(configfs, busy)
{
	static const char * const config[][2] = {
		{ "num_lines", "9" }, { "delivery", "tasklet" }, { "kind", "eoi" },
		{ "budget", "1" }, { "flags", "no_wake" }, { "line3/type", "low" },
		{ "line3/label", "x" },
	};
	static const char * const use[][2] = {
		{ "line3/fire", "1" }, { "line3/masked", "1" }, { "line3/pending", "0" },
		{ "line3/synchronize", "1" },
	};
	static const char * const show[] = { "irq", "masked", "pending", "account" };
	char path[128], before[64], after[64];
	int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < ARRAY_SIZE(use); i++) {
			snprintf(path, sizeof(path), CHIP "/%s", use[i][0]);
			EXPECT_EQ(-ENODEV, put(path, "%s", use[i][1]));
		}
		for (i = 0; i < ARRAY_SIZE(show); i++) {
			snprintf(path, sizeof(path), LINE "/%s", show[i]);
			EXPECT_EQ(-ENODEV, read_only(path));
		}
		EXPECT_EQ(-EPERM, put(CHIP "/live", "0"));

		ASSERT_EQ(0, put(CHIP "/num_lines", "8"));
		ASSERT_EQ(0, put(CHIP "/live", "1"));
		EXPECT_EQ(-EPERM, put(CHIP "/live", "1"));
		EXPECT_EQ(1, get_number(CHIP "/live"));
		for (i = 0; i < ARRAY_SIZE(config); i++) {
			snprintf(path, sizeof(path), CHIP "/%s", config[i][0]);
			get(path, before, sizeof(before));
			EXPECT_EQ(-EBUSY, put(path, "%s", config[i][1]));
			get(path, after, sizeof(after));
			EXPECT_STREQ(before, after);
		}
		EXPECT_EQ(-EBUSY, make(CHIP "/line4"));
		EXPECT_EQ(-EBUSY, make(DEVICE));
		for (i = 0; i < ARRAY_SIZE(show); i++) {
			snprintf(path, sizeof(path), LINE "/%s", show[i]);
			EXPECT_EQ(0, read_only(path));
		}
		EXPECT_GT(get_number(LINE "/irq"), 0);
		/* Nobody has requested it */
		EXPECT_EQ(-ENXIO, put(LINE "/fire", "1"));
		EXPECT_EQ(-ENXIO, put(LINE "/pending", "1"));
		/* The wire keeps its level, come what may */
		EXPECT_EQ(round, get_number(LINE "/wire"));
		EXPECT_EQ(0, put(LINE "/wire", "%d", !round));
		EXPECT_EQ(!round, get_number(LINE "/wire"));
		ASSERT_EQ(0, put(CHIP "/live", "0"));
		EXPECT_EQ(!round, get_number(LINE "/wire"));
	}
	/* A line is removed with what it is, and the chip stays */
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_EQ(0, take(LINE));
	EXPECT_EQ(1, get_number(CHIP "/live"));
	/* As is a chip */
	EXPECT_EQ(0, take(CHIP));
	EXPECT_EQ(-ENOENT, put(CHIP "/live", "1"));
}

/* A chip which cannot be says why, and is not. */
TEST_F(configfs, refused)
{
	char said[1024];

	EXPECT_EQ(-ERANGE, put(CHIP "/live", "1"));
	EXPECT_TRUE(kmsg_find(self->kmsg, TAG "kselftest: there is no line3, num_lines is 1",
			      NULL, 0));
	ASSERT_EQ(0, put(CHIP "/num_lines", "4"));

	ASSERT_EQ(0, put(CHIP "/flags", "single_target no_affinity"));
	EXPECT_EQ(-EINVAL, put(CHIP "/live", "1"));
	EXPECT_TRUE(kmsg_find(self->kmsg, TAG "kselftest: flags: ", said, sizeof(said)));
	ASSERT_EQ(0, put(CHIP "/flags", "eoi_threaded"));
	EXPECT_EQ(-EINVAL, put(CHIP "/live", "1"));
	ASSERT_EQ(0, put(CHIP "/kind", "eoi"));
	EXPECT_EQ(0, put(CHIP "/live", "1"));
	ASSERT_EQ(0, put(CHIP "/live", "0"));

	ASSERT_EQ(0, make(DEVICE));
	EXPECT_EQ(-ENODATA, put(CHIP "/live", "1"));
	EXPECT_TRUE(kmsg_find(self->kmsg, TAG "irq-sim.kselftest.3: the device has no driver",
			      NULL, 0));
	ASSERT_EQ(0, put(DEVICE "/driver", "no-such-driver"));
	EXPECT_EQ(-ENODEV, put(CHIP "/live", "1"));
	EXPECT_TRUE(kmsg_find(self->kmsg, TAG "irq-sim.kselftest.3: there is no platform driver",
			      NULL, 0));
	EXPECT_EQ(0, get_number(CHIP "/live"));
	/* A driver which needs more than an interrupt */
	if (have_driver("gpio-keys")) {
		ASSERT_EQ(0, put(DEVICE "/driver", "gpio-keys"));
		EXPECT_EQ(-ENXIO, put(CHIP "/live", "1"));
		EXPECT_TRUE(kmsg_find(self->kmsg, "did not take the device", NULL, 0));
		EXPECT_EQ(-ENODEV, read_only(DEVICE "/dev_name"));
	}
	ASSERT_EQ(0, take(DEVICE));
	EXPECT_EQ(0, put(CHIP "/live", "1"));
	check_taint(_metadata, self->tainted);
}

/*
 * Drivers of the kernel
 */

/* A driver which counts: it has what the line was fired. */
TEST_F(configfs, counter)
{
	char path[512] = "/sys/bus/platform/devices/irq-sim.kselftest.3", file[600];
	int i;

	if (!have_driver("interrupt-cnt"))
		SKIP(return, "no interrupt-cnt: CONFIG_INTERRUPT_CNT");
	ASSERT_EQ(0, put(CHIP "/num_lines", "4"));
	ASSERT_EQ(0, make(DEVICE));
	ASSERT_EQ(0, put(DEVICE "/driver", "interrupt-cnt"));
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	ASSERT_TRUE(find_entry(path, sizeof(path), "counter"));
	snprintf(file, sizeof(file), "%s/count0/enable", path);
	ASSERT_EQ(0, put(file, "1"));
	snprintf(file, sizeof(file), "%s/count0/count", path);
	for (i = 1; i <= 10; i++) {
		ASSERT_EQ(0, put(LINE "/fire", "1"));
		ASSERT_EQ(0, settle());
		EXPECT_EQ(i, get_number(file));
	}
	EXPECT_EQ(10, account_of(LINE "/account").latched);
	check_taint(_metadata, self->tainted);
}

/* A register of the device at 0x68 of i2c-stub: read it, or write it if VALUE is not -1. */
static int stub_reg(int fd, unsigned char reg, int val)
{
	union i2c_smbus_data data = { .byte = val };
	struct i2c_smbus_ioctl_data args = {
		.read_write	= val < 0 ? I2C_SMBUS_READ : I2C_SMBUS_WRITE,
		.command	= reg,
		.size		= I2C_SMBUS_BYTE_DATA,
		.data		= &data,
	};

	if (ioctl(fd, I2C_SMBUS, &args))
		return -errno;
	return val < 0 ? data.byte : 0;
}

/*
 * The driver of a clock on i2c-stub, with an interrupt that is low when the alarm
 * goes: it takes the alarm back in the registers, and disables it.
 */
TEST_F(configfs, i2c)
{
	char path[512], buf[64] = "";
	int n, stub;
	u64 until;

	if (load_module("i2c_stub", "chip_addr=0x68") && access("/sys/module/i2c_stub", F_OK))
		SKIP(return, "no i2c-stub: CONFIG_I2C_STUB");
	load_module("i2c_dev", "");
	load_module("rtc_ds1374", "");
	if (access("/sys/bus/i2c/drivers/rtc-ds1374", F_OK))
		SKIP(return, "no rtc-ds1374: CONFIG_RTC_DRV_DS1374");
	for (n = 0; n < 64; n++) {
		snprintf(path, sizeof(path), "/sys/bus/i2c/devices/i2c-%d/name", n);
		if (!get(path, buf, sizeof(buf)) && !strncmp(buf, "SMBus stub driver", 17))
			break;
	}
	ASSERT_LT(n, 64);
	snprintf(path, sizeof(path), "/dev/i2c-%d", n);
	stub = open(path, O_RDWR);
	if (stub < 0)
		SKIP(return, "no /dev/i2c-N: CONFIG_I2C_CHARDEV");
	ASSERT_EQ(0, ioctl(stub, I2C_SLAVE_FORCE, 0x68));

	ASSERT_EQ(0, put(CHIP "/num_lines", "4"));
	ASSERT_EQ(0, put(LINE "/type", "low"));
	ASSERT_EQ(0, put(LINE "/wire", "1"));
	ASSERT_EQ(0, make(DEVICE));
	ASSERT_EQ(0, put(DEVICE "/driver", "ds1374"));
	ASSERT_EQ(0, put(DEVICE "/i2c", "%d-0068", n + 1000));
	EXPECT_EQ(-ENODEV, put(CHIP "/live", "1"));
	ASSERT_EQ(0, put(DEVICE "/i2c", "%d-0068", n));
	ASSERT_EQ(0, put(DEVICE "/driver", "no-such-device"));
	EXPECT_EQ(-ENXIO, put(CHIP "/live", "1"));
	ASSERT_EQ(0, put(DEVICE "/driver", "ds1374"));
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	/* The adapter stays */
	EXPECT_EQ(-EAGAIN, unload_module("i2c_stub"));

	/* The device: the alarm is on, and goes */
	ASSERT_EQ(0, stub_reg(stub, 0x07, 0x41));
	ASSERT_EQ(0, stub_reg(stub, 0x08, 0x01));
	ASSERT_EQ(0, put(LINE "/wire", "0"));
	until = now_ns() + PATIENCE_NS;
	while (stub_reg(stub, 0x08, -1) && now_ns() < until)
		take_a_break();
	EXPECT_EQ(0, stub_reg(stub, 0x08, -1));
	EXPECT_EQ(0, stub_reg(stub, 0x07, -1));
	ASSERT_EQ(0, put(LINE "/wire", "1"));
	EXPECT_EQ(0, settle());

	close(stub);
	ASSERT_EQ(0, put(CHIP "/live", "0"));
	EXPECT_EQ(0, unload_module("i2c_stub"));
	check_taint(_metadata, self->tainted);
}

/*
 * At random
 */

#define FUZZ_OPS	5000

static int fuzz(int fd, unsigned int seed)
{
	static const char * const files[] = {
		"num_lines", "delivery", "kind", "budget", "flags", "live", "live", "live",
		"line%d/type", "line%d/label", "line%d/fire", "line%d/fire", "line%d/fire",
		"line%d/wire", "line%d/wire", "line%d/masked", "line%d/pending",
		"line%d/synchronize", "line%d/account", "line%d/irq", "line%d/device/driver",
		"line%d/device/dev_name",
	};
	static const char * const values[] = {
		"0", "1", "1", "1", "2", "4", "-1", "hardirq", "tasklet", "bh_work", "ack", "eoi",
		"rising", "falling", "both", "high", "low", "no_wake", "no_affinity single_target",
		"eoi_threaded", "uio_pdrv_genirq", "uio_pdrv_genirq", "gpio-keys", "interrupt-cnt",
		"", "nonsense", "99999999999999999999",
	};
	static const char * const chips[] = { CHIP, CHIP "2" };
	char path[256], name[64];
	int i, n;

	for (i = 0; i < FUZZ_OPS && !told_to_stop(fd); i++) {
		const char *chip = chips[rand_r(&seed) % 2];
		int line = rand_r(&seed) % 3;

		switch (rand_r(&seed) % 16) {
		case 0:
			make(chip);
			break;
		case 1:
			snprintf(path, sizeof(path), "%s/line%d", chip, line);
			make(path);
			break;
		case 2:
			snprintf(path, sizeof(path), "%s/line%d/device", chip, line);
			make(path);
			snprintf(path, sizeof(path), "%s/line%d/device/driver", chip, line);
			put(path, "uio_pdrv_genirq");
			break;
		case 3:
			snprintf(path, sizeof(path), "%s/line%d/device", chip, line);
			take(path);
			break;
		case 4:
			if (rand_r(&seed) % 2)
				break;
			snprintf(path, sizeof(path), "%s/line%d", chip, line);
			take(path);
			break;
		case 5:
			if (rand_r(&seed) % 4 == 0)
				take(chip);
			break;
		default:
			n = snprintf(path, sizeof(path), "%s/", chip);
			snprintf(name, sizeof(name), files[rand_r(&seed) % ARRAY_SIZE(files)],
				 line);
			snprintf(path + n, sizeof(path) - n, "%s", name);
			if (rand_r(&seed) % 3)
				put(path, "%s\n", values[rand_r(&seed) % ARRAY_SIZE(values)]);
			else
				read_only(path);
			break;
		}
	}
	return i == FUZZ_OPS ? 0 : 1;
}

/* Two processes do anything. Afterwards all of it can be removed. */
TEST_F_TIMEOUT(configfs, fuzz, 600)
{
	static const unsigned int seeds[] = { 1, 2 };
	struct worker w[2];
	int status, i;

	have_driver("uio_pdrv_genirq");
	clean(CHIP);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, start(&w[i], fuzz, seeds[i]));
	for (i = 0; i < 2; i++) {
		waitpid(w[i].pid, &status, 0);
		EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	EXPECT_EQ(0, clean(CHIP));
	EXPECT_EQ(0, clean(CHIP "2"));
	/* And it works */
	ASSERT_EQ(0, make(CHIP));
	ASSERT_EQ(0, make(CHIP "/line0"));
	EXPECT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_GT(get_number(CHIP "/line0/irq"), 0);
	EXPECT_EQ(0, clean(CHIP));
	check_taint(_metadata, self->tainted);
}

TEST_HARNESS_MAIN
