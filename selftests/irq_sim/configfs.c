// SPDX-License-Identifier: GPL-2.0
/*
 * Test simulated interrupts from user space: errors and their messages, devices which
 * use the interrupts, and two processes with random operations.
 */
#include "configfs.h"

#include <linux/i2c.h>
#include <linux/i2c-dev.h>
#include <sys/ioctl.h>

FIXTURE(configfs) {
	int kmsg;
	struct watch watch;
	struct fail fail;
	bool stub;
};

FIXTURE_SETUP(configfs)
{
	const char *reason = missing();

	if (reason)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, clean(CHIP));
	self->kmsg = kmsg_open();
	ASSERT_GE(self->kmsg, 0);
	ASSERT_EQ(0, watch_open(&self->watch));
	ASSERT_EQ(0, make(CHIP));
	ASSERT_EQ(0, make(LINE));
}

FIXTURE_TEARDOWN_PARENT(configfs)
{
	int ret;

	fail_restore(&self->fail);
	clean(CHIP);
	clean(CHIP "2");
	check_gone(_metadata, &self->watch);
	/* This also removes devices which are left on its adapter */
	ret = self->stub ? unload_module("i2c_stub") : 0;
	CHECK(!ret || ret == -ENOENT, "i2c_stub is still there, somebody has its adapter: %d", ret);
}

/*
 * Refused values
 */

#define ONES8	"1,1,1,1,1,1,1,1"
#define ONES64	ONES8 "," ONES8 "," ONES8 "," ONES8 "," ONES8 "," ONES8 "," ONES8 "," ONES8
#define WORDS16	"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16"

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
	{ "live", "10", -EINVAL },
	{ "live", "0x1", -EINVAL },
	{ "live", "1x", -EINVAL },
	{ "line3/type", "edge", -EINVAL },
	{ "line3/type", "", -EINVAL },
	{ "line3/label", "a/b", -EINVAL },
	{ "line3/label", "tab\tbed", -EINVAL },
	{ "line3/label", "a\nb", -EINVAL },
	{ "line3/label", ".", -EINVAL },
	{ "line3/label", "..", -EINVAL },
	{ "line3/label", "node", -EINVAL },
	{ "line3/label", "spurious", -EINVAL },
	{ "line3/label", "smp_affinity", -EINVAL },
	{ "line3/label", "smp_affinity_list", -EINVAL },
	{ "line3/label", "affinity_hint", -EINVAL },
	{ "line3/label", "effective_affinity", -EINVAL },
	{ "line3/label", "effective_affinity_list", -EINVAL },
	{ "line3/label", "0123456789012345678901234567890123456789012345678901234567890123+",
	  -ENAMETOOLONG },
	{ "line3/fire", "0", -EINVAL },
	{ "line3/fire", "2", -EINVAL },
	{ "line3/fire", "yes", -EINVAL },
	{ "line3/synchronize", "0", -EINVAL },
	{ "line3/wire", "2", -EINVAL },
	{ "line3/wire", "up", -EINVAL },
	{ "line3/wire", "10", -EINVAL },
	{ "line3/wire", "0x1", -EINVAL },
	{ "line3/wire", "1x", -EINVAL },
	{ "line3/masked", "", -EINVAL },
	{ "line3/masked", "10", -EINVAL },
	{ "line3/masked", "0x1", -EINVAL },
	{ "line3/masked", "1x", -EINVAL },
	{ "line3/pending", "-1", -EINVAL },
	{ "line3/pending", "10", -EINVAL },
	{ "line3/pending", "0x1", -EINVAL },
	{ "line3/pending", "1x", -EINVAL },
	{ "line3/device/driver", "", -EINVAL },
	{ "line3/device/driver", "a driver", -EINVAL },
	{ "line3/device/driver", "../x", -EINVAL },
	{ "line3/device/driver", "a\ndriver", -EINVAL },
	{ "line3/device/properties", "=1", -EINVAL },
	{ "line3/device/properties", "a = 1", -EINVAL },
	{ "line3/device/properties", "a\177", -EINVAL },
	{ "line3/device/properties", "\"a\"", -EINVAL },
	{ "line3/device/properties", "a=", -EINVAL },
	{ "line3/device/properties", "a=1,,2", -EINVAL },
	{ "line3/device/properties", "a=1, 2", -EINVAL },
	{ "line3/device/properties", "a=0x100000000", -EINVAL },
	{ "line3/device/properties", "a=\"b", -EINVAL },
	{ "line3/device/properties", "a=\"b\"c\"", -EINVAL },
	{ "line3/device/properties", "a=\"b\nc\"", -EINVAL },
	{ "line3/device/properties", "a=b", -EINVAL },
	{ "line3/device/properties", "a\nb=\nc", -EINVAL },
	{ "line3/device/properties", "a\na=1", -EEXIST },
	{ "line3/device/properties", "a=1 a=1", -EEXIST },
	{ "line3/device/properties", WORDS16 "\n17", -EINVAL },
	{ "line3/device/properties", "a=" ONES64 ",1", -EINVAL },
	{ "line3/device/properties", "linux,uio-name=\"a/b\"", -EINVAL },
	{ "line3/device/properties", "linux,uio-name=\"\"", -EINVAL },
	{ "line3/device/properties", "linux,uio-name=\"spurious\"", -EINVAL },
	{ "line3/device/properties", "linux,uio-name=\"a\tb\"", -EINVAL },
	{ "line3/device/i2c", "0", -EINVAL },
	{ "line3/device/i2c", "0-0007", -EINVAL },
	{ "line3/device/i2c", "0-0078", -EINVAL },
	{ "line3/device/i2c", "0-0050x", -EINVAL },
	{ "line3/device/i2c", "-1-0050", -EINVAL },
	{ "line3/device/i2c", "0-50", -EINVAL },
	{ "line3/device/i2c", "0-0x50", -EINVAL },
	{ "line3/device/i2c", "0- 0050", -EINVAL },
	{ "line3/device/i2c", "0-100000050", -EINVAL },
	{ "line3/device/i2c", "4294967296-0050", -EINVAL },
	{ "line3/device/i2c", "2147483648-0050", -EINVAL },
};

/* All files exist, except i2c without CONFIG_I2C. */
static bool is_there(const char *path)
{
	return !strstr(path, "/i2c") || !access(path, F_OK);
}

/* Each value is refused with its error, and the log has the reason once. */
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
		if (!is_there(path))
			continue;
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
	/* Write-only and read-only files */
	EXPECT_EQ(-EACCES, read_only(LINE "/fire"));
	EXPECT_EQ(-EACCES, put(LINE "/account", "0"));
	EXPECT_EQ(-EACCES, put(LINE "/irq", "0"));
}

/* Values of a page, with a NUL, of no bytes, and without a newline. */
TEST_F(configfs, odd_values)
{
	static const char * const files[] = {
		"num_lines", "delivery", "kind", "budget", "flags", "live", "line3/type",
		"line3/label", "line3/fire", "line3/wire", "line3/masked", "line3/pending",
		"line3/synchronize", "line3/device/driver", "line3/device/properties",
		"line3/device/i2c",
	};
	char path[128], buf[4096], before[256], after[256], said[1024];
	int i, ret;

	ASSERT_EQ(0, make(DEVICE));
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		bool readable;

		snprintf(path, sizeof(path), "%s/%s", CHIP, files[i]);
		if (!is_there(path))
			continue;
		readable = !get(path, before, sizeof(before));
		memset(buf, 'x', sizeof(buf));
		/* The name of a property, short enough for "properties" */
		buf[9] = '=';
		ret = put_bytes(path, buf, 4095);
		CHECK(ret == -EINVAL || ret == -ENAMETOOLONG, "%s: %d", files[i], ret);
		CHECK(kmsg_find(self->kmsg, "refused, must be ", said, sizeof(said)) &&
		      strlen(said) < 300, "%s: a page was refused without a reason", files[i]);
		CHECK(!kmsg_find(self->kmsg, "refused, must be ", said, sizeof(said)),
		      "%s: a page was refused with more than one reason", files[i]);
		/* A valid value before a NUL is refused as well */
		ret = put_bytes(path, "1\0junk", 6);
		CHECK(ret == -EINVAL, "%s: %d with a NUL", files[i], ret);
		CHECK(kmsg_find(self->kmsg, "refused, must be text", NULL, 0),
		      "%s: a NUL was refused without a reason", files[i]);
		CHECK(!kmsg_find(self->kmsg, "refused, must be ", said, sizeof(said)),
		      "%s: a NUL was refused with more than one reason", files[i]);
		/* For a write of 0 bytes, configfs itself returns -EFAULT */
		EXPECT_EQ(-EFAULT, put_bytes(path, buf, 0));
		if (readable) {
			get(path, after, sizeof(after));
			CHECK(!strcmp(before, after), "%s: changed to %s", files[i], after);
		}
	}
	EXPECT_EQ(0, put_bytes(CHIP "/num_lines", "16", 2));
	EXPECT_EQ(16, get_number(CHIP "/num_lines"));
	EXPECT_EQ(0, put_bytes(CHIP "/num_lines", "0x4\n", 4));
	EXPECT_EQ(4, get_number(CHIP "/num_lines"));
	EXPECT_EQ(0, put_bytes(LINE "/label", "with a blank", 12));
	EXPECT_EQ(0, get(LINE "/label", buf, sizeof(buf)));
	EXPECT_STREQ("with a blank\n", buf);
	/* Two lines may have the same label, and a label may be empty */
	ASSERT_EQ(0, make(CHIP "/line2"));
	EXPECT_EQ(0, put(CHIP "/line2/label", "with a blank"));
	EXPECT_EQ(0, take(DEVICE));
	EXPECT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_EQ(0, put(CHIP "/live", "0"));
	EXPECT_EQ(0, put(LINE "/label", "\n"));
	EXPECT_EQ(0, get(LINE "/label", buf, sizeof(buf)));
	EXPECT_STREQ("\n", buf);
	check_taint(_metadata, &self->watch);
}

#define NAME64	"0123456789012345678901234567890123456789012345678901234567890123"

/* Valid values, which are shown as written. Grouped by file; the last one is not the default. */
static const struct {
	const char *file;
	const char *value;
} goods[] = {
	{ "num_lines", "1" }, { "num_lines", "65536" },
	{ "delivery", "hardirq" }, { "delivery", "tasklet" }, { "delivery", "bh_work" },
	{ "kind", "ack" }, { "kind", "eoi" },
	{ "budget", "4294967295" }, { "budget", "7" },
	{ "flags", "no_affinity" }, { "flags", "" },
	{ "flags", "single_target no_wake eoi_threaded" },
	{ "line3/type", "rising" }, { "line3/type", "falling" }, { "line3/type", "both" },
	{ "line3/type", "high" }, { "line3/type", "low" },
	{ "line3/label", NAME64 }, { "line3/label", "a label" },
	{ "line3/wire", "0" }, { "line3/wire", "1" },
	{ "line3/device/driver", NAME64 }, { "line3/device/driver", "a-driver" },
	{ "line3/device/i2c", "" }, { "line3/device/i2c", "2147483647-0077" },
	{ "line3/device/i2c", "1-0008" },
};

static void check_shown(struct __test_metadata *_metadata, int i)
{
	char path[128], want[128], text[256];

	snprintf(path, sizeof(path), "%s/%s", CHIP, goods[i].file);
	if (!is_there(path))
		return;
	snprintf(want, sizeof(want), "%s\n", goods[i].value);
	CHECK(!get(path, text, sizeof(text)) && !strcmp(text, want), "%s: '%s' is shown as '%s'",
	      goods[i].file, goods[i].value, text);
}

TEST_F(configfs, good_values)
{
	char path[128];
	int i, ret;

	ASSERT_EQ(0, make(DEVICE));
	for (i = 0; i < ARRAY_SIZE(goods); i++) {
		snprintf(path, sizeof(path), "%s/%s", CHIP, goods[i].file);
		if (!is_there(path))
			continue;
		ret = put(path, "%s\n", goods[i].value);
		CHECK(!ret, "%s: '%s' is refused: %d", goods[i].file, goods[i].value, ret);
		check_shown(_metadata, i);
	}
	/* No write has changed another file: each shows its last value */
	for (i = 0; i < ARRAY_SIZE(goods); i++) {
		if (i + 1 == ARRAY_SIZE(goods) || strcmp(goods[i].file, goods[i + 1].file))
			check_shown(_metadata, i);
	}
}

static bool debugfs_has(const char *what, const char *name, const char *text)
{
	char path[128], *file;
	bool has;

	snprintf(path, sizeof(path), "%s/%s/%s", DEBUG_IRQ, what, name);
	file = slurp(path);
	has = file && strstr(file, text);
	free(file);
	return has;
}

/* With these flags, genirq shows both IRQD_SINGLE_TARGET and IRQCHIP_EOI_THREADED, or neither. */
static void check_flags(struct __test_metadata *_metadata, const char *flags, bool has)
{
	char irq[16];

	ASSERT_EQ(0, put(CHIP "/flags", "%s", flags));
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	snprintf(irq, sizeof(irq), "%lld", get_number(LINE "/irq"));
	EXPECT_TRUE(debugfs_has("irqs", irq, "domain:"));
	EXPECT_EQ(has, debugfs_has("irqs", irq, "IRQD_SINGLE_TARGET"));
	EXPECT_EQ(has, debugfs_has("irqs", irq, "IRQCHIP_EOI_THREADED"));
	ASSERT_EQ(0, put(CHIP "/live", "0"));
}

/* The chip has the configured values: compare with its debugfs file. */
TEST_F(configfs, configured)
{
	static const char * const deliveries[] = { "hardirq", "tasklet", "bh_work" };
	static const char * const kinds[] = { "ack", "eoi" };
	char want[128];
	int i;

	if (access(DEBUG_IRQ "/domains", F_OK))
		SKIP(return, "needs CONFIG_GENERIC_IRQ_DEBUGFS");
	for (i = 0; i < 6; i++) {
		ASSERT_EQ(0, put(CHIP "/num_lines", "%d", 5 + i));
		ASSERT_EQ(0, put(CHIP "/delivery", "%s", deliveries[i % 3]));
		ASSERT_EQ(0, put(CHIP "/kind", "%s", kinds[i / 3]));
		ASSERT_EQ(0, put(CHIP "/budget", "%d", 100 + i));
		ASSERT_EQ(0, put(CHIP "/live", "1"));
		snprintf(want, sizeof(want), "lines: %d kind: %s delivery: %s budget: %d\n", 5 + i,
			 kinds[i / 3], deliveries[i % 3], 100 + i);
		CHECK(debugfs_has("domains", "irq-sim.kselftest", want), "it is not: %s", want);
		ASSERT_EQ(0, put(CHIP "/live", "0"));
	}
	/* The chip is of kind eoi now */
	check_flags(_metadata, "single_target eoi_threaded", true);
	check_flags(_metadata, "no_affinity no_wake", false);
}

#define PROPERTIES	DEVICE "/properties"

/* Writes of properties add up, as some shells split their output into several writes. */
TEST_F(configfs, properties)
{
	static const char text[] = "a\nb=1,0x2\nlinux,uio-name=\"a name\"\n";
	static const char more[] = "c\nk=3\ne=\"x  y\"\n";
	char buf[8192], want[256];
	const char *line;
	size_t len;
	int fd;

	ASSERT_EQ(0, make(DEVICE));
	/* One write per line, as by printf of bash */
	fd = open(PROPERTIES, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	ASSERT_GE(fd, 0);
	for (line = text; *line; line += len) {
		len = strcspn(line, "\n") + 1;
		EXPECT_EQ(len, write(fd, line, len));
	}
	close(fd);
	ASSERT_EQ(0, get(PROPERTIES, buf, sizeof(buf)));
	EXPECT_STREQ(text, buf);
	/* One line, as by echo: blanks separate, except in a string */
	EXPECT_EQ(0, put(PROPERTIES, " c \tk=3  e=\"x  y\"\n"));
	snprintf(want, sizeof(want), "%s%s", text, more);
	ASSERT_EQ(0, get(PROPERTIES, buf, sizeof(buf)));
	EXPECT_STREQ(want, buf);

	/* A refused write adds nothing, and loses nothing */
	EXPECT_EQ(-EEXIST, put(PROPERTIES, "f a=1"));
	EXPECT_TRUE(kmsg_find(self->kmsg, TAG "kselftest: properties: 'a=1' refused", NULL, 0));
	EXPECT_EQ(-EINVAL, put(PROPERTIES, "f g="));
	memset(buf, '\n', sizeof(buf));
	memcpy(buf, "f", 1);
	EXPECT_EQ(-EINVAL, put_bytes(PROPERTIES, buf, 4095));
	EXPECT_EQ(-EINVAL, put_bytes(PROPERTIES, buf, sizeof(buf)));
	ASSERT_EQ(0, get(PROPERTIES, buf, sizeof(buf)));
	EXPECT_STREQ(want, buf);

	/* An empty line removes all properties */
	EXPECT_EQ(0, put(PROPERTIES, "\n"));
	ASSERT_EQ(0, get(PROPERTIES, buf, sizeof(buf)));
	EXPECT_STREQ("", buf);
	EXPECT_EQ(0, put(PROPERTIES, "a=2"));
	EXPECT_EQ(0, put(PROPERTIES, "\t\n"));

	/* The maximum, and then one more */
	EXPECT_EQ(0, put(PROPERTIES, "a=" ONES64));
	EXPECT_EQ(-EINVAL, put(PROPERTIES, "b=1"));
	EXPECT_EQ(0, put(PROPERTIES, "\n"));
	EXPECT_EQ(0, put(PROPERTIES, WORDS16));
	EXPECT_EQ(-EINVAL, put(PROPERTIES, "17"));

	/* The most that one write takes, and that a read shows */
	memset(buf, 'x', sizeof(buf));
	memcpy(buf, "s=\"", 3);
	memcpy(buf + 4092, "\"\n", 3);
	EXPECT_EQ(0, put(PROPERTIES, "\n"));
	EXPECT_EQ(0, put_bytes(PROPERTIES, buf, 4094));
	buf[0] = 't';
	EXPECT_EQ(-EINVAL, put_bytes(PROPERTIES, buf, 4094));
	EXPECT_EQ(-EINVAL, put(PROPERTIES, "t"));
	EXPECT_TRUE(kmsg_find(self->kmsg, TAG "kselftest: properties: 't' refused", NULL, 0));
	ASSERT_EQ(0, get(PROPERTIES, buf, sizeof(buf)));
	EXPECT_EQ(4094, strlen(buf));
	EXPECT_EQ('s', buf[0]);
	check_taint(_metadata, &self->watch);
}

TEST_F(configfs, bad_names)
{
	static const char * const bad[] = {
		"line", "line-1", "line01", "line3x", "line65536", "line4294967299", "3", "Line3",
	};
	static const char * const bad_chips[] = {
		"two words", "an end\n", "\x1b[2J", "\177",
	};
	char path[512], name[600];
	int i, ret;

	/* Names appear in the log and in /proc/interrupts */
	for (i = 0; i < ARRAY_SIZE(bad_chips); i++) {
		snprintf(path, sizeof(path), TOP "/%s", bad_chips[i]);
		ret = make(path);
		CHECK(ret == -EINVAL, "'%s': %d", bad_chips[i], ret);
		CHECK(kmsg_find(self->kmsg, TAG "chip: '", NULL, 0),
		      "'%s' was refused without a reason", bad_chips[i]);
		take(path);
	}
	for (i = 64; i <= 65; i++) {
		snprintf(path, sizeof(path), TOP "/%0*d", i, 0);
		EXPECT_EQ(i == 64 ? 0 : -ENAMETOOLONG, make(path));
		snprintf(name, sizeof(name), "%s/live", path);
		EXPECT_EQ(i == 64 ? 0 : -ENOENT, put(name, "1"));
		take(path);
	}
	/* A device has no subdirectories, and a line none but "device" */
	ASSERT_EQ(0, make(DEVICE));
	EXPECT_EQ(-EPERM, make(DEVICE "/x"));
	ASSERT_EQ(0, take(DEVICE));
	EXPECT_NE(0, symlink(LINE, CHIP "/line4"));
	EXPECT_NE(0, symlink(CHIP, LINE "/device"));
	EXPECT_NE(0, rename(LINE, CHIP "/line4"));
	EXPECT_NE(0, unlink(LINE "/type"));
	EXPECT_NE(0, take(LINE "/type"));

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

/* A live chip cannot be configured, and a chip which is not live cannot be used. */
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
		/* The interrupt is not requested */
		EXPECT_EQ(-ENXIO, put(LINE "/fire", "1"));
		EXPECT_EQ(-ENXIO, put(LINE "/pending", "1"));
		/* The wire keeps its level in all of these cases */
		EXPECT_EQ(round, get_number(LINE "/wire"));
		EXPECT_EQ(0, put(LINE "/wire", "%d", !round));
		EXPECT_EQ(!round, get_number(LINE "/wire"));
		ASSERT_EQ(0, put(CHIP "/live", "0"));
		EXPECT_EQ(!round, get_number(LINE "/wire"));
	}
	/* A line of a live chip can be removed, and the chip stays */
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_EQ(0, take(LINE));
	EXPECT_EQ(1, get_number(CHIP "/live"));
	/* So can a live chip */
	EXPECT_EQ(0, take(CHIP));
	EXPECT_EQ(-ENOENT, put(CHIP "/live", "1"));
}

/* A chip which cannot go live logs the reason, and stays as it was. */
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
	/* A driver which needs more than an interrupt fails to probe */
	if (have_driver("gpio-keys")) {
		ASSERT_EQ(0, put(DEVICE "/driver", "gpio-keys"));
		EXPECT_EQ(-ENXIO, put(CHIP "/live", "1"));
		EXPECT_TRUE(kmsg_find(self->kmsg, "did not take the device", NULL, 0));
		EXPECT_EQ(-ENODEV, read_only(DEVICE "/dev_name"));
	}
	ASSERT_EQ(0, take(DEVICE));
	EXPECT_EQ(0, put(CHIP "/live", "1"));
	check_taint(_metadata, &self->watch);
}

/*
 * Kernel drivers
 */

/* A driver which counts interrupts has counted each event of the line. */
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
	check_taint(_metadata, &self->watch);
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

/* Registers for an RTC and a multiplexer, from i2c-stub. Returns why there are none, or NULL. */
static const char *missing_i2c(struct _test_data_configfs *self)
{
	char addrs[256];

	load_module("i2c_stub", "chip_addr=0x68,0x70");
	if (get("/sys/module/i2c_stub/parameters/chip_addr", addrs, sizeof(addrs)))
		return "no i2c-stub: CONFIG_I2C_STUB";
	/* i2c-stub may have been loaded before */
	if (strncmp(addrs, "104,112,", 8))
		return "i2c-stub is loaded, with other addresses than 0x68,0x70";
	self->stub = true;
	load_module("rtc_ds1374", "");
	if (access("/sys/bus/i2c/drivers/rtc-ds1374", F_OK))
		return "no rtc-ds1374: CONFIG_RTC_DRV_DS1374";
	return NULL;
}

/* The number of the I2C adapter whose name begins with NAME, or -1. */
static int find_adapter(const char *name)
{
	char path[512], buf[64];
	int n;

	for (n = 0; n < 64; n++) {
		snprintf(path, sizeof(path), "/sys/bus/i2c/devices/i2c-%d/name", n);
		if (!get(path, buf, sizeof(buf)) && !strncmp(buf, name, strlen(name)))
			return n;
	}
	return -1;
}

/*
 * The driver of an RTC on i2c-stub, whose alarm interrupt is active low. The driver
 * clears the alarm flag in the registers and disables the alarm.
 */
TEST_F(configfs, i2c)
{
	const char *reason = missing_i2c(self);
	struct patience patience = { };
	char path[512];
	int n, stub;

	if (reason)
		SKIP(return, "%s", reason);
	load_module("i2c_dev", "");
	n = find_adapter("SMBus stub driver");
	ASSERT_GE(n, 0);
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
	/* One character more than the name of an I2C device may have */
	ASSERT_EQ(0, put(DEVICE "/driver", "twenty-characters-it"));
	EXPECT_EQ(-ENAMETOOLONG, put(CHIP "/live", "1"));
	ASSERT_EQ(0, put(DEVICE "/driver", "ds1374"));
	ASSERT_EQ(0, put(CHIP "/live", "1"));

	/* Play the device: the alarm is enabled, and goes off */
	ASSERT_EQ(0, stub_reg(stub, 0x07, 0x41));
	ASSERT_EQ(0, stub_reg(stub, 0x08, 0x01));
	ASSERT_EQ(0, put(LINE "/wire", "0"));
	/* The driver clears the flag, then disables the alarm, in a work item */
	while ((stub_reg(stub, 0x08, -1) || stub_reg(stub, 0x07, -1)) && !gave_up(&patience))
		take_a_break();
	EXPECT_EQ(0, stub_reg(stub, 0x08, -1));
	EXPECT_EQ(0, stub_reg(stub, 0x07, -1));
	ASSERT_EQ(0, put(LINE "/wire", "1"));
	EXPECT_EQ(0, settle());

	close(stub);
	ASSERT_EQ(0, put(CHIP "/live", "0"));
	/* The chip does not pin the adapter, which can be removed along with the device */
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_EQ(0, read_only(DEVICE "/dev_name"));
	EXPECT_EQ(0, unload_module("i2c_stub"));
	EXPECT_EQ(-ENODEV, read_only(DEVICE "/dev_name"));
	EXPECT_EQ(-ENXIO, put(LINE "/fire", "1"));
	EXPECT_EQ(1, get_number(CHIP "/live"));
	EXPECT_EQ(0, put(CHIP "/live", "0"));
	EXPECT_EQ(-ENODEV, put(CHIP "/live", "1"));
	check_taint(_metadata, &self->watch);
}

/*
 * Removal of an adapter: one of a multiplexer on i2c-stub
 */

#define MUX_DRIVER	"/sys/bus/i2c/drivers/pca954x"

static char mux[16];

/* Why there is no multiplexer, or NULL: then adapter PARENT has it as a device. */
static const char *missing_mux(struct _test_data_configfs *self, int *parent)
{
	const char *reason = missing_i2c(self);

	if (reason)
		return reason;
	load_module("i2c_mux_pca954x", "");
	if (access(MUX_DRIVER, F_OK))
		return "no pca954x: CONFIG_I2C_MUX_PCA954x";
	*parent = find_adapter("SMBus stub driver");
	snprintf(mux, sizeof(mux), "%d-0070", *parent);
	return NULL;
}

/* The number of the adapter behind the multiplexer, or -1. */
static int find_mux(int parent)
{
	char name[32];

	snprintf(name, sizeof(name), "i2c-%d-mux (chan_id 0)", parent);
	return find_adapter(name);
}

/* Write a line to a file of an adapter. Returns 0 or -errno. */
static int adapter_put(int n, const char *file, const char *what)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/i2c/devices/i2c-%d/%s", n, file);
	return put(path, "%s", what);
}

static int keep_rebinding(int fd, unsigned int seed)
{
	while (!told_to_stop(fd)) {
		if (put(MUX_DRIVER "/unbind", "%s", mux))
			return 1;
		if (put(MUX_DRIVER "/bind", "%s", mux))
			return 2;
	}
	return 0;
}

/* Write to "delete_device" of an adapter. The adapter or the device may be missing. */
static int keep_deleting(int fd, unsigned int n)
{
	int ret;

	while (!told_to_stop(fd)) {
		ret = adapter_put(n, "delete_device", "0x68");
		if (ret && ret != -ENOENT && ret != -ENODEV)
			return -ret;
	}
	return 0;
}

static int keep_waving(int fd, unsigned int seed)
{
	int ret;

	while (!told_to_stop(fd)) {
		ret = put(LINE "/wire", "%d", rand_r(&seed) % 2);
		if (ret)
			return -ret;
		read_only(LINE "/account");
		read_only(DEVICE "/dev_name");
	}
	return 0;
}

/*
 * The adapter is removed and comes back while a chip has a device on it, and the device
 * is deleted through the adapter. In any order, the device is removed only once.
 */
TEST_F_TIMEOUT(configfs, i2c_adapter_goes, 120)
{
	int n, parent = -1, i, ret, live = 0, none = 0, lost = 0;
	const char *reason = missing_mux(self, &parent);
	struct worker rebind, delete, wave;

	if (reason)
		SKIP(return, "%s", reason);
	ASSERT_GE(parent, 0);
	ASSERT_EQ(0, adapter_put(parent, "new_device", "pca9540 0x70"));
	n = find_mux(parent);
	ASSERT_GE(n, 0);
	ASSERT_EQ(0, put(CHIP "/num_lines", "4"));
	ASSERT_EQ(0, put(LINE "/type", "low"));
	ASSERT_EQ(0, put(LINE "/wire", "1"));
	ASSERT_EQ(0, make(DEVICE));
	ASSERT_EQ(0, put(DEVICE "/driver", "ds1374"));
	ASSERT_EQ(0, put(DEVICE "/i2c", "%d-0068", n));

	/* The adapter first, then the chip */
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	ASSERT_EQ(0, put(MUX_DRIVER "/unbind", "%s", mux));
	EXPECT_EQ(-ENODEV, read_only(DEVICE "/dev_name"));
	/* A new adapter of the same number */
	ASSERT_EQ(0, put(MUX_DRIVER "/bind", "%s", mux));
	EXPECT_EQ(-ENODEV, read_only(DEVICE "/dev_name"));
	ASSERT_EQ(0, put(CHIP "/live", "0"));
	ASSERT_EQ(n, find_mux(parent));

	ASSERT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_EQ(0, adapter_put(n, "delete_device", "0x68"));
	EXPECT_EQ(-ENODEV, read_only(DEVICE "/dev_name"));
	/* The address is free for another device, which the chip leaves alone */
	EXPECT_EQ(0, adapter_put(n, "new_device", "ds1374 0x68"));
	ASSERT_EQ(0, put(CHIP "/live", "0"));
	EXPECT_EQ(-EBUSY, put(CHIP "/live", "1"));
	EXPECT_EQ(0, adapter_put(n, "delete_device", "0x68"));

	/* All at the same time */
	ASSERT_EQ(0, start(&wave, keep_waving, 1));
	ASSERT_EQ(0, start(&delete, keep_deleting, n));
	ASSERT_EQ(0, start(&rebind, keep_rebinding, 0));
	for (i = 0; i < 500; i++) {
		ret = put(CHIP "/live", "1");
		if (!ret) {
			live++;
			EXPECT_EQ(0, put(CHIP "/live", "0"));
		} else if (ret == -ENXIO) {
			lost++;
		} else {
			none++;
			CHECK(ret == -ENODEV, "live: %d", ret);
		}
		check_log(_metadata, &self->watch);
	}
	EXPECT_EQ(0, stop(&rebind));
	EXPECT_EQ(0, stop(&delete));
	EXPECT_EQ(0, stop(&wave));
	TH_LOG("live %d times, no adapter %d times, gone at once %d times", live, none, lost);
	EXPECT_GT(live, 0);

	ASSERT_EQ(0, adapter_put(parent, "delete_device", "0x70"));
	check_taint(_metadata, &self->watch);
}

static int set_i2c_live(void)
{
	return put(CHIP "/live", "1");
}

static int set_i2c_dead(void)
{
	return put(CHIP "/live", "0");
}

/* Each allocation for a device on I2C fails in turn. */
TEST_F_TIMEOUT(configfs, i2c_no_memory, 600)
{
	const char *reason = missing_i2c(self);
	int fd, n, live;

	if (reason)
		SKIP(return, "%s", reason);
	fd = fail_open(&self->fail);
	if (fd < 0)
		SKIP(return, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
	n = find_adapter("SMBus stub driver");
	ASSERT_GE(n, 0);
	ASSERT_EQ(0, put(CHIP "/num_lines", "4"));
	ASSERT_EQ(0, make(DEVICE));
	ASSERT_EQ(0, put(DEVICE "/driver", "ds1374"));
	ASSERT_EQ(0, put(DEVICE "/properties", "a=1"));
	ASSERT_EQ(0, put(DEVICE "/i2c", "%d-0068", n));
	ASSERT_EQ(0, set_i2c_live());
	ASSERT_EQ(0, set_i2c_dead());
	put(KMEMLEAK, "clear");
	live = fail_each(_metadata, "live", fd, set_i2c_live, set_i2c_dead, true);
	fail_each(_metadata, "not live", fd, set_i2c_dead, set_i2c_live, false);
	fail_close(&self->fail, fd);
	TH_LOG("%d allocations failed", live);
	EXPECT_GT(live, 20);
	EXPECT_EQ(0, clean(CHIP));
	check_leaks(_metadata);
	check_taint(_metadata, &self->watch);
}

/* The chip has the multiplexer as well, and removes it first. */
TEST_F(configfs, i2c_adapter_of_chip)
{
	static const char first[] = CHIP "/line0/device";
	char path[128];
	int n, parent = -1;
	const char *reason = missing_mux(self, &parent);

	if (reason)
		SKIP(return, "%s", reason);
	ASSERT_GE(parent, 0);
	ASSERT_EQ(0, take(LINE));
	ASSERT_EQ(0, put(CHIP "/num_lines", "4"));
	ASSERT_EQ(0, make(CHIP "/line0"));
	ASSERT_EQ(0, make(first));
	ASSERT_EQ(0, put(CHIP "/line0/device/driver", "pca9540"));
	ASSERT_EQ(0, put(CHIP "/line0/device/i2c", "%s", mux));
	/* idle-state is shown by the driver; a property with several numbers comes first */
	ASSERT_EQ(0, put(CHIP "/line0/device/properties", "a=7,8 idle-state=1"));
	/* Find the number of the adapter */
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	n = find_mux(parent);
	ASSERT_GE(n, 0);
	snprintf(path, sizeof(path), "/sys/bus/i2c/devices/%s/idle_state", mux);
	EXPECT_EQ(1, get_number(path));
	ASSERT_EQ(0, put(CHIP "/live", "0"));

	ASSERT_EQ(0, make(LINE));
	ASSERT_EQ(0, make(DEVICE));
	ASSERT_EQ(0, put(DEVICE "/driver", "ds1374"));
	ASSERT_EQ(0, put(DEVICE "/i2c", "%d-0068", n));
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_EQ(0, read_only(DEVICE "/dev_name"));
	ASSERT_EQ(0, put(CHIP "/live", "0"));

	ASSERT_EQ(0, put(CHIP "/live", "1"));
	ASSERT_EQ(0, take(first));
	EXPECT_EQ(-ENODEV, read_only(DEVICE "/dev_name"));
	EXPECT_EQ(0, take(DEVICE));
	check_taint(_metadata, &self->watch);
}

/* The module can be unloaded once there are no directories. Nothing calls it after that. */
TEST_F(configfs, module)
{
	if (!module_loaded(MODULE))
		SKIP(return, "%s is built in", MODULE);
	EXPECT_EQ(-EAGAIN, unload_module(MODULE));
	EXPECT_EQ(0, clean(CHIP));
	ASSERT_EQ(0, unload_module(MODULE));
	EXPECT_NE(0, access(TOP, F_OK));
	/* The notifier of the module is called for all I2C devices */
	if (!missing_i2c(self))
		EXPECT_EQ(0, unload_module("i2c_stub"));
	ASSERT_EQ(0, load_module(MODULE, ""));
	EXPECT_EQ(0, make(CHIP));
	check_taint(_metadata, &self->watch);
}

/*
 * Random operations
 */

#define FUZZ_OPS	5000

/* The adapter of i2c-stub, or -1; that of a multiplexer on it has the next number */
static int fuzz_adapter = -1;

static int fuzz(int fd, unsigned int seed)
{
	static const char * const files[] = {
		"num_lines", "delivery", "kind", "budget", "flags", "live", "live", "live",
		"line%d/type", "line%d/label", "line%d/fire", "line%d/fire", "line%d/fire",
		"line%d/wire", "line%d/wire", "line%d/masked", "line%d/pending",
		"line%d/synchronize", "line%d/account", "line%d/irq", "line%d/device/driver",
		"line%d/device/dev_name", "line%d/device/properties", "line%d/device/i2c",
	};
	static const char * const values[] = {
		"0", "1", "1", "1", "2", "4", "-1", "hardirq", "tasklet", "bh_work", "ack", "eoi",
		"rising", "falling", "both", "high", "low", "no_wake", "no_affinity single_target",
		"eoi_threaded", "uio_pdrv_genirq", "uio_pdrv_genirq", "gpio-keys", "interrupt-cnt",
		"", "nonsense", "99999999999999999999", "4294967295", "ds1374", "ds1374", "pca9540",
		"linux,uio-name=\"x\"", "a=1,2", "spurious", "linux,uio-name=\"node\"",
	};
	static const char * const chips[] = { CHIP, CHIP "2" };
	static const char * const unbinds[] = {
		"/sys/bus/platform/drivers/uio_pdrv_genirq/unbind",
		"/sys/bus/platform/drivers/uio_pdrv_genirq/bind",
	};
	static const char * const unbinds_i2c[] = {
		MUX_DRIVER "/unbind", MUX_DRIVER "/bind",
		"/sys/bus/i2c/drivers/rtc-ds1374/unbind", "/sys/bus/i2c/drivers/rtc-ds1374/bind",
	};
	char path[256], name[64];
	int i, n;

	for (i = 0; i < FUZZ_OPS && !told_to_stop(fd);) {
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
			if (fuzz_adapter < 0 || rand_r(&seed) % 2)
				break;
			put(path, line ? "ds1374" : "pca9540");
			snprintf(path, sizeof(path), "%s/line%d/device/i2c", chip, line);
			put(path, "%d-%04x", fuzz_adapter + rand_r(&seed) % 2, line ? 0x68 : 0x70);
			break;
		case 3:
			snprintf(path, sizeof(path), "%s/line%d/device", chip, line);
			take(path);
			break;
		case 4:
			if (rand_r(&seed) % 2)
				continue;
			snprintf(path, sizeof(path), "%s/line%d", chip, line);
			take(path);
			break;
		case 5:
			if (rand_r(&seed) % 4)
				continue;
			take(chip);
			break;
		case 6:
			/* Unbind through the driver */
			snprintf(name, sizeof(name), "irq-sim.%s.%d", strrchr(chip, '/') + 1, line);
			put(unbinds[rand_r(&seed) % ARRAY_SIZE(unbinds)], "%s", name);
			break;
		case 7:
			if (fuzz_adapter < 0)
				continue;
			snprintf(name, sizeof(name), "%d-%04x", fuzz_adapter + rand_r(&seed) % 2,
				 line ? 0x68 : 0x70);
			put(unbinds_i2c[rand_r(&seed) % ARRAY_SIZE(unbinds_i2c)], "%s", name);
			adapter_put(fuzz_adapter + 1, "delete_device", "0x68");
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
		i++;
	}
	return i == FUZZ_OPS ? 0 : 1;
}

/* Two processes do random operations. Afterwards everything can be removed. */
TEST_F_TIMEOUT(configfs, fuzz, 600)
{
	const char *given = getenv("IRQ_SIM_SEED");
	unsigned int seed = given ? strtoul(given, NULL, 0) : now_ns();
	struct worker w[2];
	int status, i;

	TH_LOG("IRQ_SIM_SEED=%u", seed);

	have_driver("uio_pdrv_genirq");
	if (missing_mux(self, &fuzz_adapter))
		fuzz_adapter = -1;
	clean(CHIP);
	put(KMEMLEAK, "clear");
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, start(&w[i], fuzz, seed + i));
	for (i = 0; i < 2; i++) {
		while (!waitpid(w[i].pid, &status, WNOHANG)) {
			check_log(_metadata, &self->watch);
			take_a_break();
		}
		EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	EXPECT_EQ(0, clean(CHIP));
	EXPECT_EQ(0, clean(CHIP "2"));
	/* A new chip works */
	ASSERT_EQ(0, make(CHIP));
	ASSERT_EQ(0, make(CHIP "/line0"));
	EXPECT_EQ(0, put(CHIP "/live", "1"));
	EXPECT_GT(get_number(CHIP "/line0/irq"), 0);
	EXPECT_EQ(0, clean(CHIP));
	check_leaks(_metadata);
	check_taint(_metadata, &self->watch);
}

TEST_HARNESS_MAIN
