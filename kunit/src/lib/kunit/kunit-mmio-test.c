// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the modelled registers
 *
 * Failures, and the cleanup at the end of a test, are checked with a second struct kunit.
 */

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kallsyms.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <kunit/mmio.h>
#include <kunit/test.h>

#include "inner-test.h"

#define SIZE		0x100
#define PLAIN		0x10	/* memory */
#define FIFO		0x40	/* counts */
#define NOTHING		0x80	/* not a register */

#define ALL_WIDTHS	(KUNIT_MMIO_8 | KUNIT_MMIO_16 | KUNIT_MMIO_32 | KUNIT_MMIO_64)

/**
 * struct mmio_test - fixture
 * @inner:	owns the registers
 * @info:	how to make them
 * @mmio:	the registers
 * @acc:	the accesses to the registers
 * @base:	where they are mapped
 * @fifo:	next value read from the FIFO
 * @pushed:	last value written to the FIFO
 * @hooks:	number of calls of the hook
 * @seen:	number of accesses at the last call of the hook
 */
struct mmio_test {
	struct kunit		inner;
	struct kunit_mmio_info	info;
	struct kunit_mmio	*mmio;
	struct kunit_accesses	*acc;
	void __iomem		*base;
	u32			fifo;
	u64			pushed;
	unsigned int		hooks;
	unsigned int		seen;
};

static u64 mmio_test_read(struct kunit_mmio *mmio, unsigned int offset, unsigned int width)
{
	struct mmio_test *t = kunit_mmio_priv(mmio);

	if (offset == NOTHING)
		return kunit_mmio_unknown(mmio);
	if (offset == FIFO)
		return t->fifo++;
	return kunit_mmio_get(mmio, offset, width);
}

static void mmio_test_write(struct kunit_mmio *mmio, unsigned int offset, unsigned int width,
			    u64 val)
{
	struct mmio_test *t = kunit_mmio_priv(mmio);

	if (offset == NOTHING)
		kunit_mmio_unknown(mmio);
	else if (offset == FIFO)
		t->pushed = val;
	else
		kunit_mmio_set(mmio, offset, width, val);
}

static void mmio_test_create(struct mmio_test *t)
{
	t->mmio = kunit_mmio_create(&t->inner, &t->info);
	t->acc = kunit_mmio_accesses(t->mmio);
}

static void mmio_test_map(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	const struct resource *res = kunit_mmio_resource(t->mmio);

	KUNIT_ASSERT_EQ(test, resource_size(res), SIZE);
	t->base = ioremap(res->start, resource_size(res));
	KUNIT_ASSERT_TRUE(test, t->base);
}

static void mmio_test_cleanup(void *data)
{
	struct mmio_test *t = data;

	if (t->base)
		iounmap(t->base);
	kunit_cleanup(&t->inner);
}

static int mmio_test_init(struct kunit *test)
{
	struct mmio_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		kunit_skip(test, "needs UML with CONFIG_UML_IOMEM_EMULATION");

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	kunit_init_test(&t->inner, "kunit_mmio_inner", NULL);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, mmio_test_cleanup, t), 0);
	t->info = (struct kunit_mmio_info) {
		.name	= "registers",
		.size	= SIZE,
		.widths	= ALL_WIDTHS,
		.read	= mmio_test_read,
		.write	= mmio_test_write,
		.priv	= t,
	};
	/* A failed assertion in these does not return: call them here, before the test */
	mmio_test_create(t);
	mmio_test_map(test);
	return 0;
}

/* End the test which owns the registers. Returns its verdict about the driver. */
static enum kunit_status mmio_test_end(struct kunit *test)
{
	struct mmio_test *t = test->priv;

	iounmap(t->base);
	t->base = NULL;
	kunit_cleanup(&t->inner);
	return t->inner.status;
}

/* Each accessor reads and writes the right register, with its width. */
static void kunit_mmio_width_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	struct kunit_access a;
	unsigned int nr = 0;

#define CHECK(access, off, bytes, is_write, value) do {				\
	access;									\
	nr++;									\
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(t->acc, nr, &a));		\
	KUNIT_EXPECT_EQ(test, a.addr, (off));					\
	KUNIT_EXPECT_EQ(test, a.len, (bytes));					\
	KUNIT_EXPECT_EQ(test, a.write, (is_write));				\
	KUNIT_EXPECT_EQ(test, a.val, (value));					\
} while (0)

	CHECK(writeb(0x12, t->base + 0x10), 0x10, 1, true, 0x12);
	CHECK(writew(0x3456, t->base + 0x12), 0x12, 2, true, 0x3456);
	CHECK(writel(0x789abcde, t->base + 0x14), 0x14, 4, true, 0x789abcde);
	CHECK(KUNIT_EXPECT_EQ(test, readb(t->base + 0x10), 0x12), 0x10, 1, false, 0x12);
	CHECK(KUNIT_EXPECT_EQ(test, readw(t->base + 0x12), 0x3456), 0x12, 2, false, 0x3456);
	CHECK(KUNIT_EXPECT_EQ(test, readl(t->base + 0x14), 0x789abcde), 0x14, 4, false,
	      0x789abcde);
	CHECK(writeb_relaxed(1, t->base + 0x20), 0x20, 1, true, 1);
	CHECK(writew_relaxed(2, t->base + 0x22), 0x22, 2, true, 2);
	CHECK(writel_relaxed(3, t->base + 0x24), 0x24, 4, true, 3);
	CHECK(KUNIT_EXPECT_EQ(test, readb_relaxed(t->base + 0x20), 1), 0x20, 1, false, 1);
	CHECK(KUNIT_EXPECT_EQ(test, readw_relaxed(t->base + 0x22), 2), 0x22, 2, false, 2);
	CHECK(KUNIT_EXPECT_EQ(test, readl_relaxed(t->base + 0x24), 3), 0x24, 4, false, 3);
	CHECK(iowrite8(4, t->base + 0x30), 0x30, 1, true, 4);
	CHECK(iowrite16(5, t->base + 0x32), 0x32, 2, true, 5);
	CHECK(iowrite32(6, t->base + 0x34), 0x34, 4, true, 6);
	CHECK(iowrite32be(0x11223344, t->base + 0x38), 0x38, 4, true, 0x44332211);
	CHECK(KUNIT_EXPECT_EQ(test, ioread8(t->base + 0x30), 4), 0x30, 1, false, 4);
	CHECK(KUNIT_EXPECT_EQ(test, ioread16(t->base + 0x32), 5), 0x32, 2, false, 5);
	CHECK(KUNIT_EXPECT_EQ(test, ioread32(t->base + 0x34), 6), 0x34, 4, false, 6);
	CHECK(KUNIT_EXPECT_EQ(test, ioread32be(t->base + 0x38), 0x11223344), 0x38, 4, false,
	      0x44332211);
#ifdef CONFIG_64BIT
	CHECK(writeq(0x1122334455667788, t->base + 0x50), 0x50, 8, true, 0x1122334455667788);
	CHECK(KUNIT_EXPECT_EQ(test, readq(t->base + 0x50), 0x1122334455667788), 0x50, 8, false,
	      0x1122334455667788);
#endif
#undef CHECK
	KUNIT_EXPECT_EQ(test, kunit_accesses_count(t->acc), nr);
	KUNIT_EXPECT_EQ(test, kunit_accesses_to(t->acc, 0x24, true), 1);
	KUNIT_EXPECT_EQ(test, kunit_accesses_to(t->acc, 0x28, true), 0);
	KUNIT_EXPECT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
}

/* A string accesses one register many times. */
static void kunit_mmio_string_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	u32 buf[5] = {};

	t->fifo = 100;
	readsl(t->base + FIFO, buf, ARRAY_SIZE(buf));
	for (unsigned int i = 0; i < ARRAY_SIZE(buf); i++)
		KUNIT_EXPECT_EQ(test, buf[i], 100 + i);
	ioread32_rep(t->base + FIFO, buf, ARRAY_SIZE(buf));
	KUNIT_EXPECT_EQ(test, buf[4], 109);
	writesw(t->base + FIFO, buf, 3);
	KUNIT_EXPECT_EQ(test, kunit_accesses_to(t->acc, FIFO, false), 10);
	KUNIT_EXPECT_EQ(test, kunit_accesses_to(t->acc, FIFO, true), 3);
	KUNIT_EXPECT_EQ(test, t->pushed, 106);
}

/* A block is accessed with the largest width which the device supports and which fits. */
static void kunit_mmio_block_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	u8 out[16] = "0123456789abcde", in[16] = {};
	struct kunit_access a;

	memcpy_toio(t->base + PLAIN, out, sizeof(out));
	KUNIT_EXPECT_EQ(test, kunit_accesses_count(t->acc), sizeof(out) / sizeof(long));
	memcpy_fromio(in, t->base + PLAIN, sizeof(in));
	KUNIT_EXPECT_MEMEQ(test, in, out, sizeof(in));

	kunit_accesses_reset(t->acc);
	memset_io(t->base + PLAIN + 2, 0xa5, 7);
	/* 2, 4 and 1 bytes */
	KUNIT_EXPECT_EQ(test, kunit_accesses_count(t->acc), 3);
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(t->acc, 2, &a));
	KUNIT_EXPECT_EQ(test, a.addr, PLAIN + 4);
	KUNIT_EXPECT_EQ(test, a.val, 0xa5a5a5a5);
	memcpy_fromio(in, t->base + PLAIN, sizeof(in));
	memset(out + 2, 0xa5, 7);
	KUNIT_EXPECT_MEMEQ(test, in, out, sizeof(in));
	KUNIT_EXPECT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
}

static void mmio_test_expect_error(struct kunit *test, const char *reason)
{
	struct mmio_test *t = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, t->acc->num_errors, 1, "%s", reason);
	KUNIT_EXPECT_STREQ(test, t->acc->reasons[0], reason);
	KUNIT_EXPECT_EQ_MSG(test, kunit_accesses_take_errors(t->acc), 1, "%s", reason);
}

/* Invalid accesses do not reach the model; they read all ones, and are reported. */
static void kunit_mmio_error_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	const struct resource *res = kunit_mmio_resource(t->mmio);
	void __iomem *more;
	u32 buf[2];

	KUNIT_EXPECT_EQ(test, readl(t->base + NOTHING), U32_MAX);
	mmio_test_expect_error(test, "no such register");
	writel(0, t->base + NOTHING);
	mmio_test_expect_error(test, "no such register");
	KUNIT_EXPECT_EQ(test, readw(t->base + PLAIN + 1), U16_MAX);
	mmio_test_expect_error(test, "not aligned");
	KUNIT_EXPECT_EQ(test, readl(t->base + SIZE), U32_MAX);
	mmio_test_expect_error(test, "outside of what was mapped");
	writel(0, t->base + SIZE - 2);
	mmio_test_expect_error(test, "outside of what was mapped");

	more = ioremap(res->start, 2 * SIZE);
	KUNIT_ASSERT_TRUE(test, more);
	KUNIT_EXPECT_EQ(test, readl(more + SIZE), U32_MAX);
	mmio_test_expect_error(test, "outside of the registers");
	iounmap(more);

	more = ioremap(res->start - SIZE, 2 * SIZE);
	KUNIT_ASSERT_TRUE(test, more);
	KUNIT_EXPECT_EQ(test, readl(more), U32_MAX);
	mmio_test_expect_error(test, "outside of the registers");
	KUNIT_EXPECT_EQ(test, readl(more + SIZE), 0);
	iounmap(more);

	memcpy_fromio(buf, more + SIZE, 4);
	KUNIT_EXPECT_EQ(test, buf[0], U32_MAX);
	mmio_test_expect_error(test, "after iounmap()");

	KUNIT_EXPECT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
}

/* A device which supports only one width */
static void kunit_mmio_one_width_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	const struct resource *res;
	u8 buf[6];

	/* 0 is the default: 32 bits */
	t->info.widths = 0;
	KUNIT_ASSERT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
	mmio_test_create(t);
	mmio_test_map(test);
	res = kunit_mmio_resource(t->mmio);
	KUNIT_ASSERT_NOT_NULL(test, res);

	writel(0x11223344, t->base + PLAIN);
	memcpy_fromio(buf, t->base + PLAIN, 4);
	KUNIT_EXPECT_EQ(test, buf[0], 0x44);
	KUNIT_EXPECT_EQ(test, t->acc->num_errors, 0);
	KUNIT_EXPECT_EQ(test, readb(t->base + PLAIN), U8_MAX);
	mmio_test_expect_error(test, "of a width which the device does not know");
	writew(0, t->base + PLAIN);
	mmio_test_expect_error(test, "of a width which the device does not know");
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 0x11223344);
	/* One access of 4 bytes, then two of one byte */
	memcpy_fromio(buf, t->base + PLAIN, 6);
	KUNIT_EXPECT_EQ(test, kunit_accesses_take_errors(t->acc), 2);
}

/* Without a model the registers are memory. */
static void kunit_mmio_memory_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;

	t->info.read = NULL;
	t->info.write = NULL;
	KUNIT_ASSERT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
	mmio_test_create(t);
	mmio_test_map(test);

	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 0);
	writel(0x11223344, t->base + PLAIN);
	KUNIT_EXPECT_EQ(test, kunit_mmio_get(t->mmio, PLAIN, 4), 0x11223344);
	kunit_mmio_set(t->mmio, PLAIN, 2, 0x5566);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 0x11225566);
	KUNIT_EXPECT_EQ(test, readb(t->base + PLAIN + 1), 0x55);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN + 4), 0);
	KUNIT_EXPECT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
}

/* An invalid access fails the test, and the message names the culprit. */
static noinline void mmio_test_culprit(struct mmio_test *t)
{
	struct kunit *inner = &t->inner;

	KUNIT_EXPECT_EQ(inner, readl(t->base + NOTHING), U32_MAX);
}

static void kunit_mmio_report_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	struct kunit_access a;
	char sym[KSYM_SYMBOL_LEN];

	mmio_test_culprit(t);
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(t->acc, 1, &a));
	if (IS_ENABLED(CONFIG_KALLSYMS)) {
		sprint_symbol_no_offset(sym, a.ip);
		KUNIT_EXPECT_TRUE_MSG(test, strstarts(sym, "mmio_test_culprit"), "%s", sym);
	}
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, mmio_test_end(test), KUNIT_FAILURE);
}

/* A mapping which is left fails the test as well. */
static void kunit_mmio_leak_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, t->inner.status, KUNIT_FAILURE);
	/* The cleanup still unmaps t->base, but does not access it */
}

/* The given number of accesses fail, beginning with the given one. */
static void kunit_mmio_fail_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;

	writel(7, t->base + PLAIN);
	kunit_accesses_fail(t->acc, 2, 2);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 7);
	KUNIT_EXPECT_EQ(test, readb(t->base + PLAIN), U8_MAX);
	writel(8, t->base + PLAIN);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 7);
	KUNIT_EXPECT_EQ(test, kunit_accesses_failed(t->acc), 2);

	kunit_accesses_fail(t->acc, 1, UINT_MAX);
	for (unsigned int i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, readw(t->base + PLAIN), U16_MAX);
	kunit_accesses_fail(t->acc, 0, 0);
	KUNIT_EXPECT_EQ(test, readw(t->base + PLAIN), 7);
	KUNIT_EXPECT_EQ(test, kunit_accesses_failed(t->acc), 0);

	/* Injected failures are not invalid accesses */
	KUNIT_EXPECT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
}

static void kunit_mmio_delay_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	ktime_t begin = ktime_get();

	kunit_accesses_delay(t->acc, 500);
	for (unsigned int i = 0; i < 10; i++)
		readl(t->base + PLAIN);
	KUNIT_EXPECT_GE(test, ktime_us_delta(ktime_get(), begin), 5000);
}

static void mmio_test_hook(void *data)
{
	struct mmio_test *t = data;

	t->hooks++;
	t->seen = kunit_accesses_count(t->acc);
	/* The value of the read in progress does not change any more */
	kunit_mmio_set(t->mmio, PLAIN, 4, 99);
}

/* The hook is called once, after the given access. */
static void kunit_mmio_hook_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;

	readl(t->base + PLAIN);
	kunit_accesses_hook(t->acc, 2, mmio_test_hook, t);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 0);
	KUNIT_EXPECT_EQ(test, t->hooks, 0);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 0);
	KUNIT_EXPECT_EQ(test, t->hooks, 1);
	KUNIT_EXPECT_EQ(test, t->seen, 3);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 99);
	KUNIT_EXPECT_EQ(test, t->hooks, 1);
	KUNIT_EXPECT_EQ(test, kunit_accesses_hooked(t->acc), 1);

	kunit_accesses_hook_write(t->acc, PLAIN, mmio_test_hook, t);
	KUNIT_EXPECT_EQ(test, kunit_accesses_hooked(t->acc), 0);
	readl(t->base + PLAIN);
	writel(0, t->base + PLAIN + 4);
	KUNIT_EXPECT_EQ(test, t->hooks, 1);
	writel(0, t->base + PLAIN);
	writel(0, t->base + PLAIN);
	KUNIT_EXPECT_EQ(test, t->hooks, 2);

	kunit_accesses_hook_read(t->acc, PLAIN + 4, mmio_test_hook, t);
	writel(0, t->base + PLAIN + 4);
	readl(t->base + PLAIN);
	KUNIT_EXPECT_EQ(test, t->hooks, 2);
	readl(t->base + PLAIN + 4);
	KUNIT_EXPECT_EQ(test, t->hooks, 3);

	kunit_accesses_hook(t->acc, 1, mmio_test_hook, t);
	kunit_accesses_hook(t->acc, 0, NULL, NULL);
	readl(t->base + PLAIN);
	KUNIT_EXPECT_EQ(test, t->hooks, 3);
}

/* The trace has the last accesses, and only those. */
static void kunit_mmio_trace_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	struct kunit_access a;

	for (unsigned int i = 0; i < KUNIT_ACCESSES_TRACED + 1; i++)
		writel(i, t->base + PLAIN);
	KUNIT_EXPECT_FALSE(test, kunit_accesses_get(t->acc, 0, &a));
	KUNIT_EXPECT_FALSE(test, kunit_accesses_get(t->acc, 1, &a));
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(t->acc, 2, &a));
	KUNIT_EXPECT_EQ(test, a.val, 1);
	KUNIT_ASSERT_TRUE(test, kunit_accesses_get(t->acc, KUNIT_ACCESSES_TRACED + 1, &a));
	KUNIT_EXPECT_EQ(test, a.val, KUNIT_ACCESSES_TRACED);
	KUNIT_EXPECT_FALSE(test, kunit_accesses_get(t->acc, KUNIT_ACCESSES_TRACED + 2, &a));

	kunit_accesses_reset(t->acc);
	KUNIT_EXPECT_EQ(test, kunit_accesses_count(t->acc), 0);
	KUNIT_EXPECT_FALSE(test, kunit_accesses_get(t->acc, 2, &a));
}

/* A reset drops the trace, and armed hooks and failures, but not errors. */
static void kunit_mmio_reset_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	struct kunit_access a;

	writel(7, t->base + PLAIN);
	readl(t->base + NOTHING);
	kunit_accesses_hook(t->acc, 1, mmio_test_hook, t);
	readl(t->base + PLAIN);
	kunit_accesses_hook(t->acc, 2, mmio_test_hook, t);
	kunit_accesses_fail(t->acc, 1, 5);
	KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), U32_MAX);

	kunit_accesses_reset(t->acc);
	KUNIT_EXPECT_EQ(test, kunit_accesses_failed(t->acc), 0);
	KUNIT_EXPECT_EQ(test, kunit_accesses_hooked(t->acc), 0);
	KUNIT_EXPECT_EQ(test, kunit_accesses_to(t->acc, PLAIN, true), 0);
	kunit_mmio_set(t->mmio, PLAIN, 4, 8);
	for (unsigned int i = 1; i <= 10; i++) {
		KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), 8);
		KUNIT_ASSERT_TRUE(test, kunit_accesses_get(t->acc, i, &a));
		KUNIT_EXPECT_FALSE(test, a.failed);
	}
	KUNIT_EXPECT_EQ(test, t->hooks, 1);

	/* Hooks by address, too */
	kunit_accesses_hook_read(t->acc, PLAIN, mmio_test_hook, t);
	kunit_accesses_reset(t->acc);
	readl(t->base + PLAIN);
	KUNIT_EXPECT_EQ(test, t->hooks, 1);
	mmio_test_expect_error(test, "no such register");
	KUNIT_EXPECT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);
}

/* A test can map the registers more often than the limit of mappings at a time. */
static void kunit_mmio_map_again_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	const struct resource *res = kunit_mmio_resource(t->mmio);

	for (unsigned int i = 0; i < 300; i++) {
		void __iomem *base = ioremap(res->start, SIZE);

		KUNIT_ASSERT_TRUE_MSG(test, base, "mapping %u", i);
		writel(i, base + PLAIN);
		KUNIT_EXPECT_EQ(test, readl(t->base + PLAIN), i);
		iounmap(base);
		/* The addresses are not reused at once, so this hits no other mapping */
		KUNIT_EXPECT_EQ(test, readl(base + PLAIN), U32_MAX);
		KUNIT_EXPECT_EQ(test, kunit_accesses_take_errors(t->acc), 1);
	}
}

/* The registers are at the given address, or the test is aborted. */
struct mmio_test_place {
	const char	*name;
	size_t		size;
	phys_addr_t	start;
	bool		refused;
};

/* The largest size and a fixed address; then values beyond the limits */
static const struct mmio_test_place mmio_test_places[] = {
	{ "large", SZ_8M, 0 },
	{ "there", SIZE, 0x50000008 },
	{ "no size", 0, 0, true },
	{ "too large", SZ_8M + 1, 0, true },
	{ "not aligned", SIZE, 0x50000004, true },
	{ "no guard", SIZE, SZ_64K - 8, true },
	{ "taken", SIZE, 0x60000000, true },
};

KUNIT_ARRAY_PARAM_DESC(mmio_test_place, mmio_test_places, name);

static void mmio_test_try(void *data)
{
	mmio_test_create(data);
}

static void kunit_mmio_place_test(struct kunit *test)
{
	const struct mmio_test_place *place = test->param_value;
	const struct resource *res;
	struct mmio_test *t = test->priv;

	/* For "taken": another resource within 64 kB */
	KUNIT_ASSERT_NOT_NULL(test, request_mem_region(0x60000000 + SIZE + SZ_64K - 1, 1, "kunit"));
	t->info.size = place->size;
	t->info.start = place->start;
	kunit_inner_expect_refused(test, &t->inner, place->refused, mmio_test_try, t);
	release_mem_region(0x60000000 + SIZE + SZ_64K - 1, 1);

	if (!place->refused) {
		res = kunit_mmio_resource(t->mmio);
		KUNIT_EXPECT_EQ(test, resource_size(res), place->size);
		if (place->start)
			KUNIT_EXPECT_EQ(test, res->start, place->start);
	}
	KUNIT_EXPECT_EQ(test, mmio_test_end(test), place->refused ? KUNIT_FAILURE : KUNIT_SUCCESS);
}

/* After the end of the test, nothing is left at these addresses. */
static void kunit_mmio_remove_test(struct kunit *test)
{
	struct mmio_test *t = test->priv;
	struct resource res = *kunit_mmio_resource(t->mmio);
	struct resource *again;

	KUNIT_ASSERT_EQ(test, mmio_test_end(test), KUNIT_SUCCESS);

	again = request_mem_region(res.start, resource_size(&res), "kunit");
	KUNIT_EXPECT_NOT_NULL(test, again);
	if (!again)
		return;
	KUNIT_EXPECT_PTR_EQ(test, again->parent, &iomem_resource);
	release_mem_region(res.start, resource_size(&res));

	kunit_warning_suppress(test)
		KUNIT_EXPECT_TRUE(test, !ioremap(res.start, resource_size(&res)));
}

static struct kunit_case kunit_mmio_test_cases[] = {
	KUNIT_CASE(kunit_mmio_width_test),
	KUNIT_CASE(kunit_mmio_string_test),
	KUNIT_CASE(kunit_mmio_block_test),
	KUNIT_CASE(kunit_mmio_error_test),
	KUNIT_CASE(kunit_mmio_one_width_test),
	KUNIT_CASE(kunit_mmio_memory_test),
	KUNIT_CASE(kunit_mmio_report_test),
	KUNIT_CASE(kunit_mmio_leak_test),
	KUNIT_CASE(kunit_mmio_fail_test),
	KUNIT_CASE(kunit_mmio_delay_test),
	KUNIT_CASE(kunit_mmio_hook_test),
	KUNIT_CASE(kunit_mmio_trace_test),
	KUNIT_CASE(kunit_mmio_reset_test),
	KUNIT_CASE(kunit_mmio_map_again_test),
	KUNIT_CASE_PARAM(kunit_mmio_place_test, mmio_test_place_gen_params),
	KUNIT_CASE(kunit_mmio_remove_test),
	{}
};

static struct kunit_suite kunit_mmio_test_suite = {
	.name		= "kunit_mmio",
	.init		= mmio_test_init,
	.test_cases	= kunit_mmio_test_cases,
};

kunit_test_suite(kunit_mmio_test_suite);

MODULE_DESCRIPTION("KUnit test for the modelled registers");
MODULE_LICENSE("GPL");
