// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for modelled devices behind the regmap of a parent device
 */

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/regmap.h>

#include <kunit/device.h>
#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/platform_device.h>
#include <kunit/regmap.h>
#include <kunit/test.h>

#include "inner-test.h"

#define DRIVER		"kunit-regmap-test"

#define ID		0x10
#define STATUS		0x14
#define ENABLE		0x18
#define DATA		0x1c
#define HOLE		0x20

static const struct kunit_reg test_regs[] = {
	KUNIT_REG_RO(ID, 0x1234),
	KUNIT_REG_W1C(STATUS, 0, 0xffff),
	KUNIT_REG(ENABLE, 0),
	KUNIT_REG(DATA, 0),
};

static bool test_asserted(struct kunit_regfile *rf)
{
	return rf->val[STATUS] & rf->val[ENABLE];
}

static void test_event(struct kunit_regfile *rf, u64 bits)
{
	rf->val[STATUS] |= bits;
}

static const struct kunit_regfile_model test_models[] = {
	{ .regs = test_regs, .num_regs = ARRAY_SIZE(test_regs), .reg_bytes = 1, .val_bytes = 2,
	  .asserted = test_asserted, .event = test_event },
	{ .regs = test_regs, .num_regs = ARRAY_SIZE(test_regs), .reg_bytes = 2, .val_bytes = 4,
	  .val_le = true, .asserted = test_asserted, .event = test_event },
};

static const struct regmap_config test_configs[] = {
	{ .reg_bits = 8, .val_bits = 16, .reg_stride = 4 },
	{ .reg_bits = 16, .val_bits = 32, .reg_stride = 4 },
};

static atomic_t handled;

static irqreturn_t test_thread(int irq, void *data)
{
	struct regmap *map = data;
	unsigned int status;

	if (regmap_read(map, STATUS, &status) || !status)
		return IRQ_NONE;
	regmap_write(map, STATUS, status);
	atomic_inc(&handled);
	return IRQ_HANDLED;
}

static int test_probe(struct platform_device *pdev)
{
	struct regmap *map = dev_get_regmap(pdev->dev.parent, NULL);
	int irq = platform_get_irq(pdev, 0), ret;
	unsigned int id;

	if (!map)
		return -ENODEV;
	if (irq < 0)
		return irq;
	ret = regmap_read(map, ID, &id);
	if (ret)
		return ret;
	if (id != 0x1234)
		return -ENODEV;
	ret = devm_request_threaded_irq(&pdev->dev, irq, NULL, test_thread, IRQF_ONESHOT, DRIVER,
					map);
	return ret ?: regmap_write(map, ENABLE, 0xffff);
}

static struct platform_driver test_driver = {
	.driver.name	= DRIVER,
	.driver.owner	= THIS_MODULE,
	.probe		= test_probe,
};

struct regs {
	struct kunit		test;
	struct device		*parent;
	struct kunit_regfile	*rf;
};

static void make_regs(struct kunit *test, struct kunit *owner, struct regs *regs,
		      unsigned int kind)
{
	regs->parent = kunit_device_register(test, "kunit-regmap-parent");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, regs->parent);
	regs->rf = kunit_regmap_create(owner, regs->parent, "part", &test_models[kind],
				       &test_configs[kind]);
}

/* Reads and writes have the right values and side effects, with any width and byte order. */
static void regmap_values(struct kunit *test)
{
	struct regs *part = kunit_kzalloc(test, sizeof(*part), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, part);
	for (unsigned int kind = 0; kind < ARRAY_SIZE(test_models); kind++) {
		unsigned int val, big = kind ? 0x89abcdef : 0xcdef;
		struct regmap *map;

		kunit_init_test(&part->test, "kunit_regmap_inner", NULL);
		make_regs(test, &part->test, part, kind);
		map = dev_get_regmap(part->parent, NULL);
		KUNIT_ASSERT_NOT_NULL(test, map);
		KUNIT_EXPECT_EQ(test, regmap_write(map, DATA, big), 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(part->rf, DATA), big);
		KUNIT_EXPECT_EQ(test, regmap_read(map, DATA, &val), 0);
		KUNIT_EXPECT_EQ(test, val, big);
		KUNIT_EXPECT_EQ(test, regmap_update_bits(map, DATA, 0xff, 0x11), 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(part->rf, DATA), (big & ~0xff) | 0x11);
		KUNIT_EXPECT_EQ(test, kunit_regfile_transfers(part->rf), 4);

		kunit_regfile_set(part->rf, STATUS, 0xff, 0x0f);
		KUNIT_EXPECT_EQ(test, regmap_write(map, STATUS, 0x03), 0);
		KUNIT_EXPECT_EQ(test, kunit_regfile_get(part->rf, STATUS), 0x0c);

		/* One access fails and has no effect; the next one works */
		kunit_regfile_fail(part->rf, 1, -ETIMEDOUT);
		KUNIT_EXPECT_EQ(test, regmap_write(map, DATA, 1), -ETIMEDOUT);
		KUNIT_EXPECT_NE(test, kunit_regfile_get(part->rf, DATA), 1);
		kunit_regfile_fail(part->rf, 1, -EIO);
		KUNIT_EXPECT_EQ(test, regmap_read(map, DATA, &val), -EIO);
		KUNIT_EXPECT_EQ(test, regmap_read(map, DATA, &val), 0);

		KUNIT_EXPECT_EQ(test, (int)part->test.status, (int)KUNIT_SUCCESS);
		kunit_info(test, "one failure that is expected:\n");
		regmap_read(map, HOLE, &val);
		KUNIT_EXPECT_EQ(test, (int)part->test.status, (int)KUNIT_FAILURE);
		kunit_cleanup(&part->test);
		KUNIT_EXPECT_NULL(test, dev_get_regmap(part->parent, NULL));
		kunit_device_unregister(test, part->parent);
	}
}

struct refusal {
	const char			*name;
	const struct regmap_config	config;
	bool				refused;
};

static const struct refusal refusals[] = {
	{ "none", { .reg_bits = 8, .val_bits = 16, .reg_stride = 4 }, false },
	{ "other values", { .reg_bits = 8, .val_bits = 8, .reg_stride = 4 }, true },
	{ "fast", { .reg_bits = 8, .val_bits = 16, .reg_stride = 4, .fast_io = true }, true },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

struct inner {
	struct kunit		test;
	struct device		*parent;
	const struct refusal	*refusal;
};

static void refused_try(void *data)
{
	struct inner *inner = data;

	kunit_regmap_create(&inner->test, inner->parent, "part", &test_models[0],
			    &inner->refusal->config);
}

/* A regmap which does not fit the model aborts the test. */
static void regmap_refused(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct inner *inner = kunit_kzalloc(test, sizeof(*inner), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, inner);
	inner->refusal = refusal;
	inner->parent = kunit_device_register(test, "kunit-regmap-parent");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, inner->parent);
	kunit_init_test(&inner->test, "kunit_regmap_inner", NULL);
	kunit_inner_expect_refused(test, &inner->test, refusal->refused, refused_try, inner);
	KUNIT_EXPECT_EQ(test, !dev_get_regmap(inner->parent, NULL), refusal->refused);
	kunit_cleanup(&inner->test);
}

static unsigned int requests, releases;

static int count_request(struct kunit_irq_line *line, void *data)
{
	requests++;
	return 0;
}

static void count_release(struct kunit_irq_line *line, void *data)
{
	releases++;
}

static struct kunit_irq_line *make_line(struct kunit *test, struct kunit_regfile *rf)
{
	struct kunit_irq_line_info info = {
		.requested	= count_request,
		.released	= count_release,
	};

	return kunit_regfile_line_create(test, rf, IRQ_TYPE_LEVEL_HIGH, &info);
}

/* A driver of a part of the device, with the loops of kunit/dut.h. */
static void regmap_driver(struct kunit *test)
{
	struct regs *regs = kunit_kzalloc(test, sizeof(*regs), GFP_KERNEL);
	struct kunit_irq_line *line;
	struct kunit_dut *dut;

	atomic_set(&handled, 0);
	KUNIT_ASSERT_EQ(test, kunit_platform_driver_register(test, &test_driver), 0);
	KUNIT_ASSERT_NOT_NULL(test, regs);
	make_regs(test, test, regs, 0);
	requests = 0;
	releases = 0;
	line = make_line(test, regs->rf);
	dut = kunit_dut_platform(test, &(struct kunit_dut_info) {
		.driver = DRIVER, .parent = regs->parent, .line = line,
	});
	dut->accesses = &regs->rf->accesses;

	/* One read, and one write */
	KUNIT_EXPECT_EQ(test, kunit_dut_fail_each_access(dut), 2);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(dut), 0);
	kunit_irq_line_raise(line, BIT(3));
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&handled), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_get(regs->rf, STATUS), 0);
	kunit_dut_unbind(dut);
	/* In the loop, probe has requested the interrupt twice: write failed, write done */
	KUNIT_EXPECT_EQ(test, requests, 3);
	KUNIT_EXPECT_EQ(test, releases, 3);
	kunit_dut_bind_again(dut, 3);
	kunit_dut_unbind_under_fire(dut, BIT(0), 3);
}

/* A line which is added while an event is pending is driven at once, and from then on. */
static void regmap_late_line(struct kunit *test)
{
	struct regs *regs = kunit_kzalloc(test, sizeof(*regs), GFP_KERNEL);
	struct kunit_irq_line *line;

	KUNIT_ASSERT_NOT_NULL(test, regs);
	make_regs(test, test, regs, 0);
	kunit_regfile_set(regs->rf, ENABLE, 1, 1);
	kunit_regfile_set(regs->rf, STATUS, 1, 1);
	line = make_line(test, regs->rf);
	KUNIT_EXPECT_TRUE(test, kunit_irq_line_asserted(line));
	kunit_regfile_set(regs->rf, STATUS, 1, 0);
	KUNIT_EXPECT_FALSE(test, kunit_irq_line_asserted(line));
	kunit_regfile_set(regs->rf, STATUS, 1, 1);
	KUNIT_EXPECT_TRUE(test, kunit_irq_line_asserted(line));
}

static struct kunit_case regmap_test_cases[] = {
	KUNIT_CASE(regmap_values),
	KUNIT_CASE_PARAM(regmap_refused, refusal_gen_params),
	KUNIT_CASE(regmap_late_line),
	KUNIT_CASE(regmap_driver),
	{}
};

static struct kunit_suite regmap_test_suite = {
	.name		= "kunit_regmap",
	.test_cases	= regmap_test_cases,
};

kunit_test_suite(regmap_test_suite);

MODULE_DESCRIPTION("KUnit test for modelled devices behind a regmap");
MODULE_LICENSE("GPL");
