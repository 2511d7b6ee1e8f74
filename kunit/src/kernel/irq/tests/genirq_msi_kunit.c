// SPDX-License-Identifier: GPL-2.0
/*
 * The MSI descriptors of a device and its interrupts: their allocation, alone, in ranges, in blocks
 * and by several threads, and what is left of it after a failure.
 */

#include <kunit/device.h>
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/minmax.h>
#include <linux/msi.h>
#include <linux/sched.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "genirq_failslab_kunit.h"
#include "genirq_msi_kunit.h"

/* Which allocation of a call fails can be chosen; it has files in sysfs as well */
#if defined(GENIRQ_FAILSLAB) && defined(CONFIG_SYSFS)
#define GM_FAILSLAB
#endif

/* Descriptors */

/* A device without an MSI domain, as with the code of an architecture, has descriptors as well. */
static void gm_desc_insert(struct kunit *test)
{
	struct irq_affinity_desc *affinity = kunit_kcalloc(test, 2, sizeof(*affinity), GFP_KERNEL);
	const unsigned int indices[] = { 9, 0, MSI_MAX_INDEX, 1 };
	const unsigned int sorted[] = { 0, 1, 9, MSI_MAX_INDEX };
	struct gm *gm = test->priv;
	struct msi_desc init = { .msi_index = 9, .nvec_used = 2, .affinity = affinity };
	struct msi_desc *desc;
	int i = 0;

	KUNIT_ASSERT_NOT_NULL(test, affinity);
	dev_set_msi_domain(gm->dev, NULL);
	KUNIT_EXPECT_EQ_MSG(test, msi_get_virq(gm->dev, 0), 0, "before the setup");
	KUNIT_ASSERT_EQ(test, msi_setup_device_data(gm->dev), 0);
	init.pci.msi_attrib.is_64 = 1;
	init.pci.msi_attrib.default_irq = 77;
	cpumask_set_cpu(0, &affinity[1].mask);
	affinity[1].is_managed = 1;
	for (int j = 0; j < ARRAY_SIZE(indices); j++) {
		guard(msi_descs_lock)(gm->dev);
		init.msi_index = indices[j];
		KUNIT_EXPECT_EQ(test, msi_insert_msi_desc(gm->dev, &init), 0);
		KUNIT_EXPECT_EQ_MSG(test, msi_insert_msi_desc(gm->dev, &init), -EBUSY,
				    "the index %u is in use", indices[j]);
	}
	/* The caller's array was copied */
	memset(affinity, 0, 2 * sizeof(*affinity));

	/* A second setup loses nothing */
	KUNIT_EXPECT_EQ(test, msi_setup_device_data(gm->dev), 0);
	scoped_guard(msi_descs_lock, gm->dev) {
		msi_for_each_desc(desc, gm->dev, MSI_DESC_ALL) {
			/* An assertion would keep the lock */
			if (i < ARRAY_SIZE(sorted))
				KUNIT_EXPECT_EQ(test, desc->msi_index, sorted[i]);
			i++;
			KUNIT_EXPECT_EQ(test, desc->irq, 0);
			KUNIT_EXPECT_EQ(test, desc->nvec_used, 2);
			KUNIT_EXPECT_PTR_EQ(test, desc->dev, gm->dev);
			KUNIT_EXPECT_TRUE(test, desc->pci.msi_attrib.is_64);
			KUNIT_EXPECT_EQ(test, desc->pci.msi_attrib.default_irq, 77);
			KUNIT_EXPECT_NOT_NULL(test, desc->affinity);
			if (!desc->affinity)
				continue;
			KUNIT_EXPECT_FALSE(test, desc->affinity[0].is_managed);
			KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(0, &desc->affinity[1].mask));
			KUNIT_EXPECT_TRUE(test, desc->affinity[1].is_managed);
		}
	}
	KUNIT_EXPECT_EQ(test, i, ARRAY_SIZE(sorted));
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, 2).index, -ENODEV);

	/* Both ends of a range are part of it */
	scoped_guard(msi_descs_lock, gm->dev)
		msi_free_msi_descs_range(gm->dev, 1, 9);
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ALL), 2);
	scoped_guard(msi_descs_lock, gm->dev) {
		desc = msi_first_desc(gm->dev, MSI_DESC_ALL);
		KUNIT_EXPECT_EQ(test, desc ? desc->msi_index : -1, 0);
		msi_free_msi_descs(gm->dev);
	}
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ALL), 0);
	KUNIT_EXPECT_EQ_MSG(test, gm_insert(gm, 9, 1), 0, "a freed index can be used again");
}

struct gm_walk {
	const char		*name;
	enum msi_desc_filter	filter;
	const char		*found;
};

static const struct gm_walk gm_walks[] = {
	{ "all",		MSI_DESC_ALL,		"01356" },
	{ "not associated",	MSI_DESC_NOTASSOCIATED,	"056" },
	{ "associated",		MSI_DESC_ASSOCIATED,	"13" },
};

KUNIT_ARRAY_PARAM_DESC(gm_walk, gm_walks, name);

static void gm_desc_walk(struct kunit *test)
{
	const struct gm_walk *walk = test->param_value;
	struct gm *gm = gm_create(test, 0, 7);
	const int indices[] = { 0, 1, 3, 5, 6 };
	char found[8] = "";
	struct msi_desc *desc;
	int len = 0, left;

	for (int i = 0; i < ARRAY_SIZE(indices); i++)
		KUNIT_ASSERT_EQ(test, gm_insert(gm, indices[i], 1), 0);
	KUNIT_ASSERT_EQ(test, 0, msi_domain_alloc_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 1, 4));
	scoped_guard(msi_descs_lock, gm->dev) {
		msi_for_each_desc(desc, gm->dev, walk->filter) {
			if (len < sizeof(found) - 1)
				found[len++] = '0' + desc->msi_index;
			/* Removing the one at hand is allowed */
			if (!desc->irq)
				msi_free_msi_descs_range(gm->dev, desc->msi_index, desc->msi_index);
		}
		/* The walk is over */
		KUNIT_EXPECT_NULL(test, msi_next_desc(gm->dev, MSI_DEFAULT_DOMAIN, walk->filter));
	}
	KUNIT_EXPECT_STREQ_MSG(test, found, walk->found, "descriptors %s", walk->name);
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ASSOCIATED), 2);
	left = walk->filter == MSI_DESC_ASSOCIATED ? 3 : 0;
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_NOTASSOCIATED), left);

	/* Who has inserted descriptors also frees them, unless the domain says otherwise */
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ASSOCIATED), 0);
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ALL), 2 + left);
}

/* An index is below the size of the domain; any index is the lowest free one. */
static void gm_desc_hwsize(struct kunit *test)
{
	struct gm *gm = gm_create(test, GM_SIMPLE, 3);
	struct msi_map map;

	KUNIT_EXPECT_EQ_MSG(test, gm_insert(gm, 3, 1), -ERANGE, "an index beyond the domain");
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, 3).index, -ERANGE);
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, 2).index, 2);
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, MSI_ANY_INDEX).index, 0);
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, MSI_ANY_INDEX).index, 1);
	map = gm_alloc_at(gm, MSI_ANY_INDEX);
	KUNIT_EXPECT_EQ_MSG(test, map.index, -EBUSY, "the domain is full");
	KUNIT_EXPECT_EQ(test, map.virq, 0);
	KUNIT_EXPECT_EQ_MSG(test, gm_alloc_at(gm, 1).index, -EBUSY, "the index is in use");
	KUNIT_EXPECT_EQ_MSG(test, gm_count(gm, MSI_DESC_ASSOCIATED), 3,
			    "a refused allocation changes nothing");
	msi_domain_free_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 1, 1);
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, MSI_ANY_INDEX).index, 1);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	gm_expect_nothing(test);
	gm_remove(gm);

	/* Unlimited is up to the limit of the core, and more is refused */
	KUNIT_EXPECT_FALSE(test, gm_try_create(gm, GM_SIMPLE, MSI_MAX_INDEX + 2));
	KUNIT_ASSERT_TRUE(test, gm_try_create(gm, GM_SIMPLE, MSI_MAX_INDEX + 1));
	gm_remove(gm);
	KUNIT_ASSERT_TRUE(test, gm_try_create(gm, GM_SIMPLE, 0));
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, MSI_MAX_INDEX).index, MSI_MAX_INDEX);
	KUNIT_EXPECT_NE(test, msi_get_virq(gm->dev, MSI_MAX_INDEX), 0);
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, MSI_MAX_INDEX + 1).index, -ERANGE);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	gm_expect_nothing(test);
}

/* Allocation */

static void gm_alloc_range(struct kunit *test)
{
	struct gm *gm = gm_create(test, GM_SIMPLE, 6);
	int virq[6] = {};

	KUNIT_ASSERT_EQ(test, 0, msi_domain_alloc_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 2, 5));
	GM_EXPECT_LOG(test, gm, "dsaidsaidsaidsai");
	KUNIT_EXPECT_EQ_MSG(test, gm->arg.flags, GM_PREPARED, "the parent sees what was prepared");
	KUNIT_EXPECT_EQ(test, gm->arg.hwirq, 5);
	for (int i = 0; i < 6; i++) {
		virq[i] = msi_get_virq(gm->dev, i);
		KUNIT_EXPECT_EQ_MSG(test, !!virq[i], i >= 2, "index %d", i);
		for (int j = 2; j < i; j++)
			KUNIT_EXPECT_NE(test, virq[i], virq[j]);
		if (virq[i]) {
			KUNIT_EXPECT_EQ(test, irq_get_irq_data(virq[i])->hwirq, i);
			KUNIT_EXPECT_EQ(test, irq_get_msi_desc(virq[i])->msi_index, i);
		}
	}
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, 6), 0);
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, MSI_MAX_INDEX), 0);
	KUNIT_EXPECT_EQ(test, gm->root->mapcount, 4);

	/* Freeing some of them does not affect the others */
	msi_domain_free_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 3, 4);
	GM_EXPECT_LOG(test, gm, "xfxf");
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, 2), virq[2]);
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, 3), 0);
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, 4), 0);
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, 5), virq[5]);
	KUNIT_EXPECT_EQ_MSG(test, gm_count(gm, MSI_DESC_ALL), 2, "their descriptors are freed");
	KUNIT_EXPECT_EQ(test, 0, msi_domain_alloc_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 4, 4));
	KUNIT_EXPECT_EQ(test, 0, msi_domain_alloc_irqs(gm->dev, MSI_DEFAULT_DOMAIN, 2));
	KUNIT_EXPECT_NE(test, msi_get_virq(gm->dev, 0), 0);
	KUNIT_EXPECT_NE(test, msi_get_virq(gm->dev, 1), 0);
	KUNIT_EXPECT_EQ(test, gm->root->mapcount, 5);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	gm_expect_nothing(test);
}

/* The caller's affinity and cookie reach the interrupt and its descriptor. */
static void gm_alloc_at_index(struct kunit *test)
{
	struct irq_affinity_desc *affinity = kunit_kzalloc(test, sizeof(*affinity), GFP_KERNEL);
	union msi_instance_cookie cookie = { .value = 0x123456789abcdef0ULL };
	unsigned int cpu = cpumask_last(cpu_online_mask);
	struct gm *gm = gm_create(test, GM_SIMPLE, 8);
	struct msi_map map, plain;
	struct msi_desc *desc;

	KUNIT_ASSERT_NOT_NULL(test, affinity);
	cpumask_set_cpu(cpu, &affinity->mask);
	affinity->is_managed = 1;
	map = msi_domain_alloc_irq_at(gm->dev, MSI_DEFAULT_DOMAIN, 5, affinity, &cookie);
	GM_EXPECT_LOG(test, gm, "dsai");
	plain = gm_alloc_at(gm, MSI_ANY_INDEX);
	KUNIT_ASSERT_EQ(test, map.index, 5);
	KUNIT_ASSERT_EQ(test, plain.index, 0);
	KUNIT_EXPECT_EQ(test, map.virq, msi_get_virq(gm->dev, 5));
	KUNIT_EXPECT_EQ(test, plain.virq, msi_get_virq(gm->dev, 0));
	memset(affinity, 0, sizeof(*affinity));

	desc = irq_get_msi_desc(map.virq);
	KUNIT_ASSERT_NOT_NULL(test, desc);
	KUNIT_EXPECT_EQ(test, desc->data.icookie.value, cookie.value);
	KUNIT_ASSERT_NOT_NULL(test, desc->affinity);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&desc->affinity->mask, cpumask_of(cpu)));
	if (IS_ENABLED(CONFIG_SMP)) {
		struct irq_data *data = irq_get_irq_data(map.virq);

		KUNIT_EXPECT_TRUE_MSG(test, irqd_affinity_is_managed(data),
				      "user space may move the interrupt");
		KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_data_get_affinity_mask(data),
						      cpumask_of(cpu)));
		KUNIT_EXPECT_FALSE(test, irqd_affinity_is_managed(irq_get_irq_data(plain.virq)));
	}
	desc = irq_get_msi_desc(plain.virq);
	KUNIT_ASSERT_NOT_NULL(test, desc);
	KUNIT_EXPECT_EQ(test, desc->data.icookie.value, 0);
	KUNIT_EXPECT_NULL(test, desc->affinity);
}

/* Two interrupts of a domain cannot have the same number in it. */
static void gm_alloc_twice(struct kunit *test)
{
	struct gm *gm = gm_create(test, GM_SIMPLE, 4);
	struct msi_map first, second;

	gm->same_hwirq = true;
	first = gm_alloc_at(gm, 0);
	GM_EXPECT_LOG(test, gm, "dsai");
	second = gm_alloc_at(gm, 1);
	KUNIT_EXPECT_LT(test, second.index, 0);
	KUNIT_EXPECT_EQ(test, second.virq, 0);
	GM_EXPECT_LOG(test, gm, "ds");
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, 0), first.virq);
	KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, 1), 0);
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ALL), 1);
	KUNIT_EXPECT_EQ(test, gm->root->mapcount, 1);
}

struct gm_failure {
	const char	*name;
	size_t		which;
	int		nth;
	int		error;
	const char	*log;
};

/* The fourth interrupt, or the first, cannot be had: all of them are given back */
static const struct gm_failure gm_failures[] = {
	{ "parent 1",	offsetof(struct gm, fail_alloc), 1, -ENOSPC, "dsa" },
	{ "parent 4",	offsetof(struct gm, fail_alloc), 4, -ENOSPC,
	  "dsaiAwdsaiAwdsaiAwdsa0Dxf0Dxf0Dxf" },
	{ "msi_init 1",	offsetof(struct gm, fail_init), 1, -ENOSPC, "dsaif" },
	{ "msi_init 4",	offsetof(struct gm, fail_init), 4, -ENOSPC,
	  "dsaiAwdsaiAwdsaiAwdsaif0Dxf0Dxf0Dxf" },
	{ "activate 1",	offsetof(struct gm, fail_activate), 1, -EIO, "dsaiAxf" },
	{ "activate 4",	offsetof(struct gm, fail_activate), 4, -EIO,
	  "dsaiAwdsaiAwdsaiAwdsaiA0Dxf0Dxf0Dxfxf" },
};

KUNIT_ARRAY_PARAM_DESC(gm_failure, gm_failures, name);

static void gm_alloc_fails(struct kunit *test)
{
	const struct gm_failure *failure = test->param_value;
	struct gm *gm = gm_create(test, GM_SIMPLE | MSI_FLAG_ACTIVATE_EARLY, 4);
	int *fail = (void *)gm + failure->which;
	struct msi_map map;

	*fail = failure->nth;
	KUNIT_EXPECT_EQ(test, failure->error,
			msi_domain_alloc_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 0, 3));
	GM_EXPECT_LOG(test, gm, failure->log);
	gm_expect_nothing(test);
	for (int i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, msi_get_virq(gm->dev, i), 0);

	*fail = 1;
	map = gm_alloc_at(gm, 2);
	KUNIT_EXPECT_EQ(test, map.index, failure->error);
	KUNIT_EXPECT_EQ(test, map.virq, 0);
	gm_expect_nothing(test);

	KUNIT_EXPECT_EQ_MSG(test, msi_domain_alloc_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 0, 3),
			    0, "not again after a failure");
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ASSOCIATED), 4);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	gm_expect_nothing(test);
}

/* One descriptor for several vectors, as PCI MSI has; n of them are initialized. */
static void gm_alloc_block(struct kunit *test)
{
	static const char * const failed[] = { "dsaifff", "dsaiixfff", "dsaiiixxfff" };
	struct gm *gm = gm_create(test, MSI_FLAG_FREE_MSI_DESCS, 1);
	int base;

	for (int n = 0; n < ARRAY_SIZE(failed); n++) {
		KUNIT_ASSERT_EQ(test, gm_insert(gm, 0, 3), 0);
		gm->fail_init = n + 1;
		KUNIT_EXPECT_EQ(test, gm_alloc_all(gm, 1), -ENOSPC);
		GM_EXPECT_LOG(test, gm, failed[n]);
		gm_expect_nothing(test);
	}
	KUNIT_ASSERT_EQ(test, gm_insert(gm, 0, 3), 0);
	KUNIT_ASSERT_EQ(test, gm_alloc_all(gm, 1), 0);
	GM_EXPECT_LOG(test, gm, "dsaiii");
	base = msi_get_virq(gm->dev, 0);
	KUNIT_ASSERT_NE(test, base, 0);
	for (int i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, irq_get_irq_data(base + i)->hwirq, i);
		KUNIT_EXPECT_PTR_EQ(test, irq_get_msi_desc(base + i), irq_get_msi_desc(base));
	}
	KUNIT_EXPECT_EQ(test, irq_get_msi_desc(base)->irq, base);
	KUNIT_EXPECT_EQ(test, gm->root->mapcount, 3);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	GM_EXPECT_LOG(test, gm, "xfxfxf");
}

/* Each vector of a block is activated early, and none stays activated. */
static void gm_alloc_block_early(struct kunit *test)
{
	struct gm *gm = gm_create(test, MSI_FLAG_FREE_MSI_DESCS | MSI_FLAG_ACTIVATE_EARLY, 1);

	KUNIT_ASSERT_EQ(test, gm_insert(gm, 0, 3), 0);
	KUNIT_ASSERT_EQ(test, gm_alloc_all(gm, 1), 0);
	GM_EXPECT_LOG(test, gm, "dsaiiiAwAwAw");
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	GM_EXPECT_LOG(test, gm, "0D0D0Dxfxfxf");
}

struct gm_short {
	const char			*name;
	enum irq_domain_bus_token	token;
	int				nvec;
	int				nth;
	int				ret;
};

/* A PCI driver learns how many vectors there would be; everything is freed nevertheless */
static const struct gm_short gm_shorts[] = {
	{ "platform",		DOMAIN_BUS_DEVICE_MSI,		1, 3, -ENOSPC },
	{ "MSI-X",		DOMAIN_BUS_PCI_DEVICE_MSIX,	1, 3, 2 },
	{ "MSI-X, none",	DOMAIN_BUS_PCI_DEVICE_MSIX,	1, 1, -ENOSPC },
	{ "MSI",		DOMAIN_BUS_PCI_DEVICE_MSI,	1, 1, -ENOSPC },
	{ "multi MSI",		DOMAIN_BUS_PCI_DEVICE_MSI,	4, 1, 1 },
	{ "several, platform",	DOMAIN_BUS_DEVICE_MSI,		4, 1, -ENOSPC },
};

KUNIT_ARRAY_PARAM_DESC(gm_short, gm_shorts, name);

static void gm_alloc_short(struct kunit *test)
{
	const struct gm_short *p = test->param_value;
	struct gm *gm = test->priv;

	gm->tmpl.info.bus_token = p->token;
	gm_create(test, MSI_FLAG_FREE_MSI_DESCS, 3);
	for (int i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, gm_insert(gm, i, p->nvec), 0);
	gm->fail_alloc = p->nth;
	KUNIT_EXPECT_EQ(test, gm_alloc_all(gm, 3), IS_ENABLED(CONFIG_PCI_MSI) ? p->ret : -ENOSPC);
	gm_expect_nothing(test);
}

/* A domain may allocate and free in its own way. */
static int gm_own_alloc(struct irq_domain *domain, struct device *dev, int nvec)
{
	struct gm *gm = dev_get_drvdata(dev);

	gm_log(gm, '0' + nvec);
	return gm->fail_alloc;
}

static void gm_own_free(struct irq_domain *domain, struct device *dev)
{
	gm_log(dev_get_drvdata(dev), 'o');
}

static void gm_alloc_own(struct kunit *test)
{
	struct gm *gm = test->priv;

	gm->tmpl.ops.domain_alloc_irqs = gm_own_alloc;
	gm->tmpl.ops.domain_free_irqs = gm_own_free;
	gm_create(test, GM_SIMPLE, 5);
	KUNIT_EXPECT_EQ(test, 0, msi_domain_alloc_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 1, 3));
	GM_EXPECT_LOG(test, gm, "3");
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_NOTASSOCIATED), 3);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	GM_EXPECT_LOG(test, gm, "o");
	gm_expect_nothing(test);
	gm->fail_alloc = -EIO;
	KUNIT_EXPECT_EQ(test, msi_domain_alloc_irqs(gm->dev, MSI_DEFAULT_DOMAIN, 5), -EIO);
	GM_EXPECT_LOG(test, gm, "5o");
	gm_expect_nothing(test);
}

#define GM_WORKERS	3

struct gm_worker {
	struct work_struct	work;
	struct gm		*gm;
	unsigned long		*taken;
	int			failed;
};

static void gm_work(struct work_struct *work)
{
	struct gm_worker *worker = container_of(work, struct gm_worker, work);
	struct gm *gm = worker->gm;

	for (int i = 0; i < 30; i++) {
		struct msi_map map = gm_alloc_at(gm, MSI_ANY_INDEX);

		if (map.index < 0 || test_and_set_bit(map.index, worker->taken) ||
		    msi_get_virq(gm->dev, map.index) != map.virq) {
			worker->failed++;
			return;
		}
		clear_bit(map.index, worker->taken);
		msi_domain_free_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, map.index, map.index);
	}
}

/* Threads of a driver allocate and free at the same time: each has its own interrupt. */
static void gm_alloc_races(struct kunit *test)
{
	struct gm_worker *worker = kunit_kcalloc(test, GM_WORKERS, sizeof(*worker), GFP_KERNEL);
	struct gm *gm = gm_create(test, GM_SIMPLE, GM_WORKERS);
	unsigned long taken = 0;

	KUNIT_ASSERT_NOT_NULL(test, worker);
	gm->exclusive = true;
	for (int i = 0; i < GM_WORKERS; i++) {
		INIT_WORK(&worker[i].work, gm_work);
		worker[i].gm = gm;
		worker[i].taken = &taken;
		queue_work(system_dfl_wq, &worker[i].work);
	}
	for (int i = 0; i < GM_WORKERS; i++) {
		flush_work(&worker[i].work);
		KUNIT_EXPECT_EQ(test, worker[i].failed, 0);
	}
	gm_expect_nothing(test);
}

/* Allocations which fail */

#ifdef GM_FAILSLAB
/* A call in which each allocation fails in turn */
struct gm_scarce {
	const char	*name;
	bool		domain;
	int		(*try)(struct gm *gm);
	void		(*undo)(struct kunit *test);
};

static int gm_try_setup(struct gm *gm)
{
	return msi_setup_device_data(gm->dev);
}

static void gm_undo_device(struct kunit *test)
{
	struct gm *gm = test->priv;

	gm->has_domain = false;
	kunit_device_unregister(test, gm->dev);
	gm_register(test);
}

static int gm_try_domain(struct gm *gm)
{
	return gm_try_create(gm, GM_SIMPLE, 4) ? 0 : -ENOMEM;
}

static struct irq_affinity_desc gm_any_cpu;

static int gm_try_insert(struct gm *gm)
{
	struct msi_desc desc = { .msi_index = 70, .nvec_used = 1, .affinity = &gm_any_cpu };

	guard(msi_descs_lock)(gm->dev);
	return msi_insert_msi_desc(gm->dev, &desc);
}

static void gm_undo_insert(struct kunit *test)
{
	gm_free_descs(test->priv);
}

static int gm_try_range(struct gm *gm)
{
	return msi_domain_alloc_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 1, 3);
}

static int gm_try_at(struct gm *gm)
{
	struct msi_map map = msi_domain_alloc_irq_at(gm->dev, MSI_DEFAULT_DOMAIN, MSI_ANY_INDEX,
						     &gm_any_cpu, NULL);

	return min(map.index, 0);
}

static void gm_undo_alloc(struct kunit *test)
{
	struct gm *gm = test->priv;

	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
}

static const struct gm_scarce gm_scarces[] = {
	{ "setup",	false,	gm_try_setup,	gm_undo_device },
	{ "domain",	false,	gm_try_domain,	gm_undo_device },
	{ "insert",	true,	gm_try_insert,	gm_undo_insert },
	{ "range",	true,	gm_try_range,	gm_undo_alloc },
	{ "at",		true,	gm_try_at,		gm_undo_alloc },
};

KUNIT_ARRAY_PARAM_DESC(gm_scarce, gm_scarces, name);

static const struct kunit_attributes gm_slow = { .speed = KUNIT_SPEED_SLOW };

/* An allocation without all of its files is a failure. */
static void gm_expect_files(struct kunit *test)
{
	struct gm *gm = test->priv;
	struct msi_desc *desc;

	guard(msi_descs_lock)(gm->dev);
	msi_for_each_desc(desc, gm->dev, MSI_DESC_ALL)
		KUNIT_EXPECT_TRUE_MSG(test, gm_has_file(gm, desc->irq), "no file in sysfs");
}

static void gm_no_memory(struct kunit *test)
{
	const struct gm_scarce *p = test->param_value;
	struct gm *gm = test->priv;
	int failed = 0, ret = 0;
	bool injected = true;

	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	cpumask_copy(&gm_any_cpu.mask, cpu_online_mask);
	if (p->domain)
		gm_create(test, GM_SIMPLE | MSI_FLAG_DEV_SYSFS, 100);
	/* Some allocations are done once and stay */
	KUNIT_ASSERT_EQ(test, p->try(gm), 0);
	p->undo(test);
	for (int n = 1; n < 200 && injected; n++) {
		genirq_fail_nth(n);
		ret = p->try(gm);
		injected = genirq_has_failed();
		if (ret) {
			failed++;
			if (ret != -ENOSPC)
				KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
			gm_expect_nothing(test);
			if (p->try == gm_try_setup) {
				KUNIT_EXPECT_NULL(test, gm->dev->msi.data);
				KUNIT_EXPECT_FALSE_MSG(test, gm_has_group(gm), "directory is left");
			}
			if (p->try == gm_try_domain && gm->dev->msi.data)
				KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, 0).index, -ENODEV);
			KUNIT_ASSERT_EQ_MSG(test, p->try(gm), 0, "not again after failure %d", n);
		}
		if (p->undo == gm_undo_alloc)
			gm_expect_files(test);
		p->undo(test);
		if (p->domain)
			gm_expect_nothing(test);
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_FALSE(test, injected);
	KUNIT_EXPECT_GT_MSG(test, failed, 0, "no allocation failed the call");
}
#endif

static struct kunit_case gm_cases[] = {
	KUNIT_CASE(gm_desc_insert),
	KUNIT_CASE_PARAM(gm_desc_walk, gm_walk_gen_params),
	KUNIT_CASE(gm_desc_hwsize),
	KUNIT_CASE(gm_alloc_range),
	KUNIT_CASE(gm_alloc_at_index),
	KUNIT_CASE(gm_alloc_twice),
	KUNIT_CASE_PARAM(gm_alloc_fails, gm_failure_gen_params),
	KUNIT_CASE(gm_alloc_block),
	KUNIT_CASE(gm_alloc_block_early),
	KUNIT_CASE_PARAM(gm_alloc_short, gm_short_gen_params),
	KUNIT_CASE(gm_alloc_own),
	KUNIT_CASE(gm_alloc_races),
#ifdef GM_FAILSLAB
	KUNIT_CASE_PARAM_ATTR(gm_no_memory, gm_scarce_gen_params, gm_slow),
#endif
	{}
};

static struct kunit_suite gm_suite = {
	.name		= "genirq_msi",
	.init		= gm_init,
	.exit		= gm_exit,
	.test_cases	= gm_cases,
};

kunit_test_suite(gm_suite);
