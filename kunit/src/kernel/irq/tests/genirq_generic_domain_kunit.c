// SPDX-License-Identifier: GPL-2.0
/*
 * The generic interrupt chips of an interrupt domain: which lines each of them has, what mapping
 * a line sets up, and that each chip is given back, also after failures.
 */

#include <linux/bitops.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/irqflags.h>
#include <linux/numa.h>
#include <linux/sched.h>
#include <kunit/test.h>

#include "genirq_failslab_kunit.h"

#define GC_CHIPS	3
#define GC_PER_CHIP	16
/* The last chip is not full */
#define GC_LINES	40

/**
 * struct gc_test - the chips of a domain, and what happened to them
 * @mask:	mask register of all chips
 * @reads:	number of reads of it
 * @inits:	number of chips which were initialised
 * @exits:	number of chips which were given back
 * @init_base:	first line of these chips, in the order of the calls
 * @given_back:	those which were given back, as bits
 * @fail_init:	number of the chip which fails
 * @fail_domain: the domain fails after its chips were initialised
 */
struct gc_test {
	u32			mask;
	int			reads;
	int			inits;
	int			exits;
	unsigned int		init_base[GC_CHIPS];
	unsigned long		given_back;
	int			fail_init;
	bool			fail_domain;
};

static int gc_init(struct kunit *test)
{
	struct gc_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->fail_init = -1;
	test->priv = t;
	return 0;
}

static struct irq_desc *gc_desc(unsigned int virq)
{
	return irq_data_to_desc(irq_get_irq_data(virq));
}

/* What a descriptor has which nobody has set up */
static bool gc_is_bare(unsigned int virq)
{
	return gc_desc(virq)->handle_irq == handle_bad_irq && !irq_get_chip_data(virq) &&
	       !irq_get_chip(virq)->irq_mask;
}

static u32 gc_read(void __iomem *addr)
{
	struct gc_test *t = container_of((u32 __force *)addr, struct gc_test, mask);

	t->reads++;
	return t->mask;
}

static int gc_chip_init(struct irq_chip_generic *gc)
{
	struct gc_test *t = gc->domain->host_data;

	if (t->inits == t->fail_init)
		return -ENXIO;
	t->init_base[t->inits++ % GC_CHIPS] = gc->irq_base;
	gc->reg_base = (void __iomem __force *)t;
	gc->reg_readl = gc_read;
	gc->chip_types[0].regs.mask = offsetof(struct gc_test, mask);
	gc->chip_types[0].chip.irq_mask = irq_gc_noop;
	return 0;
}

static void gc_chip_exit(struct irq_chip_generic *gc)
{
	struct gc_test *t = gc->domain->host_data;

	t->exits++;
	t->given_back |= BIT(gc->irq_base / GC_PER_CHIP);
}

static int gc_domain_init(struct irq_domain *domain)
{
	struct gc_test *t = domain->host_data;

	return t->fail_domain ? -EPROTO : 0;
}

static const struct irq_domain_chip_generic_info gc_info = {
	.name			= "gc_domain",
	.handler		= handle_level_irq,
	.irqs_per_chip		= GC_PER_CHIP,
	.num_ct			= 2,
	.irq_flags_to_clear	= IRQ_NOTHREAD,
	.irq_flags_to_set	= IRQ_NOPROBE,
	.gc_flags		= IRQ_GC_INIT_MASK_CACHE | IRQ_GC_INIT_NESTED_LOCK,
	.init			= gc_chip_init,
	.exit			= gc_chip_exit,
};

static void gc_domain_remove(void *data)
{
	struct irq_domain *domain = data;

	for (int i = 0; i < domain->revmap_size; i++)
		irq_dispose_mapping(irq_find_mapping(domain, i));
	irq_domain_remove_generic_chips(domain);
	irq_domain_remove(domain);
}

static void gc_fwnode_free(void *fwnode)
{
	irq_domain_free_fwnode(fwnode);
}

static struct fwnode_handle *gc_fwnode(struct kunit *test)
{
	struct fwnode_handle *fwnode = irq_domain_alloc_named_fwnode("gc");

	KUNIT_ASSERT_NOT_NULL(test, fwnode);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gc_fwnode_free, fwnode));
	return fwnode;
}

/* A domain of @size lines; with chips, if there is a description of them */
static struct irq_domain *gc_domain(struct kunit *test, unsigned int size,
				    const struct irq_domain_chip_generic_info *dgc)
{
	struct irq_domain_info info = {
		.fwnode		= gc_fwnode(test),
		.size		= size,
		.hwirq_max	= size ?: 64,
		.ops		= &irq_generic_chip_ops,
		.dgc_info	= (void *)dgc,
		.host_data	= test->priv,
	};
	struct irq_domain *domain = irq_domain_instantiate(&info);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gc_domain_remove, domain));
	return domain;
}

/* Each chip has its part of the lines, and what is behind the last one has no chip. */
static void gc_domain_lookup(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_domain *bare = gc_domain(test, GC_LINES, NULL);
	struct irq_domain *domain = gc_domain(test, GC_LINES, &gc_info);

	KUNIT_EXPECT_NULL_MSG(test, irq_get_domain_generic_chip(bare, 0), "it has no chips");
	KUNIT_EXPECT_EQ(test, irq_map_generic_chip(bare, 0, 0), -ENODEV);
	KUNIT_ASSERT_NOT_NULL(test, domain->gc);
	KUNIT_ASSERT_EQ(test, domain->gc->num_chips, GC_CHIPS);
	KUNIT_ASSERT_EQ(test, t->inits, GC_CHIPS);
	for (int i = 0; i < GC_CHIPS * GC_PER_CHIP; i++) {
		struct irq_chip_generic *gc = irq_get_domain_generic_chip(domain, i);

		KUNIT_ASSERT_NOT_NULL_MSG(test, gc, "line %d", i);
		KUNIT_EXPECT_EQ_MSG(test, gc->irq_base, i - i % GC_PER_CHIP, "chip of line %d", i);
		KUNIT_EXPECT_EQ(test, gc->num_ct, 2);
		KUNIT_EXPECT_PTR_EQ(test, gc->domain, domain);
		KUNIT_EXPECT_STREQ(test, gc->chip_types[1].chip.name, "gc_domain");
	}
	for (int i = 0; i < GC_CHIPS; i++)
		KUNIT_EXPECT_EQ_MSG(test, t->init_base[i], i * GC_PER_CHIP, "order of init()");
	KUNIT_EXPECT_NULL(test, irq_get_domain_generic_chip(domain, GC_CHIPS * GC_PER_CHIP));
	KUNIT_EXPECT_NULL(test, irq_get_domain_generic_chip(domain, UINT_MAX));
	KUNIT_EXPECT_EQ(test, irq_map_generic_chip(domain, 0, GC_CHIPS * GC_PER_CHIP), -EINVAL);
	KUNIT_EXPECT_EQ_MSG(test, irq_domain_alloc_generic_chips(domain, &gc_info), -EBUSY,
			    "the chips of a domain which are in use");
	KUNIT_EXPECT_EQ(test, t->inits, GC_CHIPS);
	KUNIT_EXPECT_EQ(test, t->exits, 0);
}

/* Mapping sets up the interrupt, once, and disposing of it gives the line back. */
static void gc_domain_map(struct kunit *test)
{
	static const int lines[] = { 0, GC_PER_CHIP - 1, GC_PER_CHIP, GC_LINES - 1 };
	struct irq_domain *domain = gc_domain(test, GC_LINES, &gc_info);
	struct irq_chip_generic *gc;
	int virq;

	for (int i = 0; i < ARRAY_SIZE(lines); i++) {
		int bit = lines[i] % GC_PER_CHIP;
		struct irq_data *data;

		gc = irq_get_domain_generic_chip(domain, lines[i]);
		virq = irq_alloc_desc(NUMA_NO_NODE);
		KUNIT_ASSERT_GT(test, virq, 0);
		irq_set_status_flags(virq, IRQ_NOTHREAD);
		KUNIT_EXPECT_EQ(test, irq_domain_associate(domain, virq, lines[i]), 0);
		data = irq_get_irq_data(virq);
		KUNIT_EXPECT_EQ_MSG(test, data->mask, BIT(bit), "bit of line %d", lines[i]);
		KUNIT_EXPECT_EQ(test, data->hwirq, lines[i]);
		KUNIT_EXPECT_PTR_EQ(test, data->chip, &gc->chip_types[0].chip);
		KUNIT_EXPECT_PTR_EQ(test, irq_get_chip_data(virq), gc);
		KUNIT_EXPECT_PTR_EQ(test, gc_desc(virq)->handle_irq, &handle_level_irq);
		KUNIT_EXPECT_EQ_MSG(test, gc_desc(virq)->status_use_accessors &
				    (IRQ_NOTHREAD | IRQ_NOPROBE), IRQ_NOPROBE, "flags");
		KUNIT_EXPECT_TRUE(test, test_bit(bit, &gc->installed));
		KUNIT_EXPECT_EQ_MSG(test, irq_map_generic_chip(domain, virq, lines[i]), -EBUSY,
				    "line %d is mapped", lines[i]);
	}
	gc = irq_get_domain_generic_chip(domain, 0);
	KUNIT_EXPECT_EQ(test, gc->installed, BIT(0) | BIT(15));
	virq = irq_find_mapping(domain, 15);
	/* Keep the descriptor, to look at what is left */
	domain->ops->unmap(domain, virq);
	KUNIT_EXPECT_EQ_MSG(test, gc->installed, BIT(0), "mapped lines");
	KUNIT_EXPECT_TRUE_MSG(test, gc_is_bare(virq), "an unmapped line still has its chip");
	KUNIT_EXPECT_FALSE(test, gc_is_bare(irq_find_mapping(domain, 0)));
	irq_dispose_mapping(virq);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, 15), 0);
	KUNIT_EXPECT_NE_MSG(test, irq_create_mapping(domain, 15), 0, "mapped again");
	KUNIT_EXPECT_EQ(test, gc->installed, BIT(0) | BIT(15));

	/* Lines which the hardware does not have */
	__set_bit(3, &gc->unused);
	KUNIT_EXPECT_EQ_MSG(test, irq_create_mapping(domain, 3), 0, "an unused line");
	KUNIT_EXPECT_LT(test, irq_map_generic_chip(domain, virq, 3), 0);
	KUNIT_EXPECT_EQ(test, gc->installed, BIT(0) | BIT(15));
	__clear_bit(3, &gc->unused);
	KUNIT_EXPECT_NE(test, irq_create_mapping(domain, 3), 0);
}

/* Early in the boot, the first line of a chip is mapped with interrupts disabled. They stay so. */
static void gc_domain_irqs_off(struct kunit *test)
{
	struct irq_domain *domain = gc_domain(test, GC_LINES, &gc_info);
	unsigned int virq = irq_create_mapping(domain, 0);
	unsigned long flags;
	bool off;
	int ret;

	KUNIT_ASSERT_NE(test, virq, 0);
	domain->ops->unmap(domain, virq);
	local_irq_save(flags);
	ret = irq_map_generic_chip(domain, virq, 0);
	off = irqs_disabled();
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_TRUE_MSG(test, off, "the mapping has enabled interrupts");
}

/* The first mapping of each chip reads its mask, and no other: it would undo what was masked. */
static void gc_domain_cache(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_domain *domain = gc_domain(test, GC_LINES, &gc_info);
	struct irq_chip_generic *gc = irq_get_domain_generic_chip(domain, 0);

	KUNIT_EXPECT_EQ_MSG(test, t->reads, 0, "the chip may not be accessible yet");
	t->mask = 0x33;
	KUNIT_EXPECT_NE(test, irq_create_mapping(domain, 1), 0);
	KUNIT_EXPECT_EQ(test, gc->mask_cache, 0x33);
	t->mask = 0x44;
	KUNIT_EXPECT_NE(test, irq_create_mapping(domain, 2), 0);
	KUNIT_EXPECT_EQ_MSG(test, gc->mask_cache, 0x33, "read again");
	KUNIT_EXPECT_NE(test, irq_create_mapping(domain, GC_PER_CHIP), 0);
	KUNIT_EXPECT_EQ(test, irq_get_domain_generic_chip(domain, GC_PER_CHIP)->mask_cache, 0x44);
	KUNIT_EXPECT_EQ(test, gc->mask_cache, 0x33);
}

/* Each chip whose init() succeeded is given back once, also when a later one fails. */
static void gc_domain_init_fails(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_domain *domain = gc_domain(test, GC_LINES, NULL);

	for (t->fail_init = 0; t->fail_init < GC_CHIPS; t->fail_init++) {
		t->inits = 0;
		t->exits = 0;
		t->given_back = 0;
		KUNIT_EXPECT_EQ(test, irq_domain_alloc_generic_chips(domain, &gc_info), -ENXIO);
		KUNIT_EXPECT_EQ(test, t->inits, t->fail_init);
		KUNIT_EXPECT_EQ_MSG(test, t->exits, t->fail_init, "chips which are given back");
		KUNIT_EXPECT_NULL(test, domain->gc);
		KUNIT_EXPECT_NULL(test, irq_get_domain_generic_chip(domain, 0));
		KUNIT_EXPECT_EQ(test, t->given_back, BIT(t->fail_init) - 1);
	}
	t->inits = 0;
	t->exits = 0;
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_generic_chips(domain, &gc_info), 0);
	KUNIT_EXPECT_EQ(test, t->inits, GC_CHIPS);
	irq_domain_remove_generic_chips(domain);
	KUNIT_EXPECT_EQ(test, t->exits, GC_CHIPS);
	irq_domain_remove_generic_chips(domain);
	KUNIT_EXPECT_EQ_MSG(test, t->exits, GC_CHIPS, "given back twice");

	/* A domain without lines has no chips */
	domain = gc_domain(test, 0, NULL);
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_generic_chips(domain, &gc_info), -EINVAL);
	KUNIT_EXPECT_NULL(test, domain->gc);
}

/* The older call: no init(), so the caller fills in the chips; little or big endian registers. */
static void gc_domain_alloc(struct kunit *test)
{
	struct irq_domain *domain = gc_domain(test, 2 * 32, NULL);
	struct irq_chip_generic *gc;
	int virq;

	for (int be = 0; be < 2; be++) {
		KUNIT_ASSERT_EQ(test, 0, irq_alloc_domain_generic_chips(domain, 32, 1, "old",
									handle_simple_irq,
									IRQ_NOTHREAD, IRQ_LEVEL,
									be ? IRQ_GC_BE_IO : 0));
		KUNIT_EXPECT_EQ(test, domain->gc->num_chips, 2);
		gc = irq_get_domain_generic_chip(domain, 63);
		KUNIT_ASSERT_NOT_NULL(test, gc);
		KUNIT_EXPECT_EQ(test, gc->irq_base, 32);
		KUNIT_EXPECT_STREQ(test, gc->chip_types[0].chip.name, "old");
		KUNIT_EXPECT_PTR_EQ(test, gc->chip_types[0].handler, &handle_simple_irq);
		KUNIT_EXPECT_EQ_MSG(test, !!gc->reg_readl, be, "accessor of big endian registers");
		KUNIT_EXPECT_EQ(test, !!gc->reg_writel, be);
		virq = irq_alloc_desc(NUMA_NO_NODE);
		KUNIT_ASSERT_GT(test, virq, 0);
		irq_set_status_flags(virq, IRQ_NOTHREAD);
		KUNIT_EXPECT_EQ_MSG(test, irq_domain_associate(domain, virq, 63), 0, "last line");
		KUNIT_EXPECT_EQ(test, irq_get_irq_data(virq)->mask, BIT(31));
		KUNIT_EXPECT_EQ_MSG(test, gc_desc(virq)->status_use_accessors &
				    (IRQ_NOTHREAD | IRQ_LEVEL), IRQ_LEVEL, "flags");
		irq_dispose_mapping(virq);
		irq_domain_remove_generic_chips(domain);
		KUNIT_EXPECT_NULL(test, domain->gc);
	}
}

/* The chips are removed while lines are mapped: these refer to no chip any more. */
static void gc_domain_remove_mapped(struct kunit *test)
{
	static const int lines[] = { 2, GC_PER_CHIP, GC_LINES - 1 };
	struct gc_test *t = test->priv;
	struct irq_domain *domain = gc_domain(test, GC_LINES, &gc_info);
	unsigned int virq[ARRAY_SIZE(lines)];

	for (int i = 0; i < ARRAY_SIZE(lines); i++) {
		virq[i] = irq_create_mapping(domain, lines[i]);
		KUNIT_ASSERT_NE(test, virq[i], 0);
	}
	irq_domain_remove_generic_chips(domain);
	KUNIT_EXPECT_EQ(test, t->exits, GC_CHIPS);
	for (int i = 0; i < ARRAY_SIZE(lines); i++) {
		KUNIT_EXPECT_TRUE_MSG(test, gc_is_bare(virq[i]), "line %d", lines[i]);
		irq_dispose_mapping(virq[i]);
	}
}

static struct irq_domain_info gc_domain_info(struct kunit *test,
					     struct irq_domain_chip_generic_info *dgc)
{
	return (struct irq_domain_info) {
		.fwnode		= gc_fwnode(test),
		.size		= GC_LINES,
		.hwirq_max	= GC_LINES,
		.ops		= &irq_generic_chip_ops,
		.dgc_info	= dgc,
		.host_data	= test->priv,
		.domain_flags	= IRQ_DOMAIN_FLAG_DESTROY_GC,
	};
}

/* A domain which fails, or is removed with IRQ_DOMAIN_FLAG_DESTROY_GC, gives its chips back. */
static void gc_domain_instantiate(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_domain_chip_generic_info dgc = gc_info;
	struct irq_domain_info info = gc_domain_info(test, &dgc);
	struct irq_domain *domain;

	info.init = gc_domain_init;
	t->fail_domain = true;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate(&info)), -EPROTO);
	KUNIT_EXPECT_EQ(test, t->inits, GC_CHIPS);
	KUNIT_EXPECT_EQ_MSG(test, t->exits, GC_CHIPS, "chips of a domain which failed");
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(info.fwnode, DOMAIN_BUS_ANY));
	t->fail_domain = false;
	t->fail_init = GC_CHIPS + 1;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate(&info)), -ENXIO);
	KUNIT_EXPECT_EQ(test, t->inits, GC_CHIPS + 1);
	KUNIT_EXPECT_EQ(test, t->exits, GC_CHIPS + 1);
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(info.fwnode, DOMAIN_BUS_ANY));

	t->fail_init = -1;
	t->inits = 0;
	t->exits = 0;
	t->given_back = 0;
	domain = irq_domain_instantiate(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_EXPECT_EQ(test, t->exits, 0);
	irq_domain_remove(domain);
	KUNIT_EXPECT_EQ_MSG(test, t->exits, GC_CHIPS, "chips of a removed domain");
	KUNIT_EXPECT_EQ(test, t->given_back, BIT(GC_CHIPS) - 1);

	/* exit() is optional */
	dgc.exit = NULL;
	domain = irq_domain_instantiate(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	irq_domain_remove(domain);
	KUNIT_EXPECT_EQ(test, t->exits, GC_CHIPS);
}

/* Without memory, there is no domain and no chip; those which were initialised are given back. */
static void gc_domain_no_memory(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_domain_chip_generic_info dgc = gc_info;
	struct irq_domain_info info = gc_domain_info(test, &dgc);
	struct irq_domain *domain;
	bool failed = true;
	struct irq_chip_generic *gc;
	int failures = 0;

	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	for (int n = 1; failed && n < 50; n++) {
		t->inits = 0;
		t->exits = 0;
		genirq_fail_nth(n);
		domain = irq_domain_instantiate(&info);
		failed = genirq_has_failed();
		if (!IS_ERR(domain)) {
			irq_domain_remove(domain);
			KUNIT_EXPECT_EQ(test, t->exits, GC_CHIPS);
			continue;
		}
		failures++;
		KUNIT_EXPECT_EQ(test, PTR_ERR(domain), -ENOMEM);
		KUNIT_EXPECT_EQ_MSG(test, t->exits, t->inits, "allocation %d", n);
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(info.fwnode, DOMAIN_BUS_ANY));
	}
	genirq_fail_nth(1);
	gc = irq_alloc_generic_chip("gc", 1, 1, NULL, handle_level_irq);
	genirq_has_failed();
	KUNIT_EXPECT_FALSE(test, failed);
	/* The domain, its chips */
	KUNIT_EXPECT_GE(test, failures, 2);
	KUNIT_EXPECT_NULL(test, gc);
	irq_free_generic_chip(gc);
}

static struct kunit_case genirq_generic_domain_cases[] = {
	KUNIT_CASE(gc_domain_lookup),
	KUNIT_CASE(gc_domain_map),
	KUNIT_CASE(gc_domain_irqs_off),
	KUNIT_CASE(gc_domain_cache),
	KUNIT_CASE(gc_domain_init_fails),
	KUNIT_CASE(gc_domain_alloc),
	KUNIT_CASE(gc_domain_remove_mapped),
	KUNIT_CASE(gc_domain_instantiate),
	KUNIT_CASE(gc_domain_no_memory),
	{}
};

static struct kunit_suite genirq_generic_domain_suite = {
	.name = "genirq_generic_domain",
	.init = gc_init,
	.test_cases = genirq_generic_domain_cases,
};

kunit_test_suite(genirq_generic_domain_suite);
