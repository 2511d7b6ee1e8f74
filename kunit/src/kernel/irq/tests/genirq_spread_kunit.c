// SPDX-License-Identifier: GPL-2.0
/*
 * Spreading the vectors of a device over all CPUs: the affinity masks of sets of vectors, the
 * vectors before and after them, which are not spread, and how many vectors are of use.
 */

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "genirq_failslab_kunit.h"

/* Which allocation of a call fails can be chosen */
struct spread_sets {
	struct irq_affinity	affd;
	unsigned int		nr_sets;
	unsigned int		size[IRQ_AFFINITY_MAX_SETS];
	unsigned int		nvecs;
};

static void spread_calc_sets(struct irq_affinity *affd, unsigned int nvecs)
{
	struct spread_sets *sets = affd->priv;

	sets->nvecs = nvecs;
	affd->nr_sets = sets->nr_sets;
	memcpy(affd->set_size, sets->size, sizeof(affd->set_size));
}

/* From the vector @first on: all CPUs, evenly, or as many vectors as there are CPUs */
static void spread_expect_set(struct kunit *test, const struct irq_affinity_desc *masks,
			      unsigned int first, unsigned int size)
{
	unsigned int used = min(size, num_possible_cpus()), least = UINT_MAX, most = 0;
	cpumask_var_t all;

	KUNIT_ASSERT_TRUE(test, zalloc_cpumask_var(&all, GFP_KERNEL));
	for (unsigned int i = first; i < first + size; i++) {
		unsigned int weight = cpumask_weight(&masks[i].mask);

		KUNIT_EXPECT_TRUE_MSG(test, masks[i].is_managed, "vector %u", i);
		if (i >= first + used) {
			KUNIT_EXPECT_TRUE_MSG(test,
					      cpumask_equal(&masks[i].mask, irq_default_affinity),
					      "vector %u, without a CPU of its own", i);
			continue;
		}
		KUNIT_EXPECT_FALSE_MSG(test, cpumask_intersects(all, &masks[i].mask),
				       "vector %u shares a CPU within its set", i);
		cpumask_or(all, all, &masks[i].mask);
		least = min(least, weight);
		most = max(most, weight);
	}
	KUNIT_EXPECT_TRUE_MSG(test, cpumask_equal(all, cpu_possible_mask),
			      "a set of %u at %u leaves out CPUs", size, first);
	KUNIT_EXPECT_GT_MSG(test, least, 0, "a set of %u at %u has a vector without CPU", size,
			    first);
	/* With nodes or CPUs which are not present it is less even */
	if (nr_node_ids == 1 && cpumask_equal(cpu_possible_mask, cpu_present_mask))
		KUNIT_EXPECT_LE(test, most, least + 1);
	free_cpumask_var(all);
}

static void spread_expect_default(struct kunit *test, const struct irq_affinity_desc *mask)
{
	KUNIT_EXPECT_FALSE_MSG(test, mask->is_managed, "a vector before or after is managed");
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&mask->mask, irq_default_affinity));
}

static void spread_masks(struct kunit *test)
{
	struct spread_sets *sets = kunit_kzalloc(test, sizeof(*sets), GFP_KERNEL);
	unsigned int cpus = num_possible_cpus();
	const unsigned int sizes[] = { 1, cpus, cpus + 1, 2 * cpus };

	KUNIT_ASSERT_NOT_NULL(test, sets);
	/* No sets, then one and more of them, of sizes which differ */
	for (int i = 0; i < ARRAY_SIZE(sizes) * 3 * (IRQ_AFFINITY_MAX_SETS + 1); i++) {
		unsigned int nr = i % (IRQ_AFFINITY_MAX_SETS + 1);
		unsigned int pre = i / (IRQ_AFFINITY_MAX_SETS + 1) % 3, post = 2 - pre;
		unsigned int at = i / (IRQ_AFFINITY_MAX_SETS + 1) / 3;
		struct irq_affinity *affd = &sets->affd;
		struct irq_affinity_desc *masks;
		unsigned int vec = pre, affvecs = 0;

		memset(sets, 0, sizeof(*sets));
		affd->pre_vectors = pre;
		affd->post_vectors = post;
		affd->priv = sets;
		sets->nr_sets = nr;
		if (nr)
			affd->calc_sets = spread_calc_sets;
		for (int j = 0; j < max(nr, 1); j++) {
			sets->size[j] = sizes[(at + j) % ARRAY_SIZE(sizes)];
			affvecs += sets->size[j];
		}
		masks = irq_create_affinity_masks(pre + affvecs + post, affd);
		KUNIT_ASSERT_NOT_NULL(test, masks);
		if (nr) {
			KUNIT_EXPECT_EQ(test, sets->nvecs, affvecs);
		} else {
			KUNIT_EXPECT_EQ(test, affd->nr_sets, 1);
			KUNIT_EXPECT_EQ(test, affd->set_size[0], affvecs);
		}
		for (int j = 0; j < pre; j++)
			spread_expect_default(test, &masks[j]);
		for (int j = 0; j < max(nr, 1); vec += sets->size[j++])
			spread_expect_set(test, masks, vec, sets->size[j]);
		for (int j = 0; j < post; j++)
			spread_expect_default(test, &masks[vec + j]);
		kfree(masks);
	}
}

/* Nothing to spread: the driver is told that nothing is left for its sets. */
static void spread_nothing(struct kunit *test)
{
	struct spread_sets sets = { .nr_sets = 1, .size = { 1 } };
	struct irq_affinity_desc *masks;

	for (int nvecs = 0; nvecs <= 3; nvecs++) {
		sets.nvecs = 99;
		sets.affd = (struct irq_affinity) {
			.pre_vectors = 1, .post_vectors = 2, .calc_sets = spread_calc_sets,
			.priv = &sets,
		};
		masks = irq_create_affinity_masks(nvecs, &sets.affd);
		KUNIT_EXPECT_NULL(test, masks);
		kfree(masks);
		KUNIT_EXPECT_EQ(test, sets.nvecs, 0);
	}
	masks = irq_create_affinity_masks(4, &sets.affd);
	KUNIT_ASSERT_NOT_NULL(test, masks);
	spread_expect_set(test, masks, 1, 1);
	kfree(masks);
}

/* How many vectors are of use: no more than CPUs, unless the driver calculates sets. */
static void spread_count(struct kunit *test)
{
	struct irq_affinity affd = { .pre_vectors = 2, .post_vectors = 1 };
	unsigned int cpus = num_possible_cpus();

	KUNIT_EXPECT_EQ(test, irq_calc_affinity_vectors(2, 100, &affd), 0);
	KUNIT_EXPECT_EQ(test, irq_calc_affinity_vectors(3, 3, &affd), 3);
	KUNIT_EXPECT_EQ(test, irq_calc_affinity_vectors(3, 4, &affd), 4);
	KUNIT_EXPECT_EQ(test, irq_calc_affinity_vectors(3, 3 + cpus, &affd), 3 + cpus);
	KUNIT_EXPECT_EQ(test, irq_calc_affinity_vectors(4, 4 + cpus, &affd), 3 + cpus);
	affd.calc_sets = spread_calc_sets;
	KUNIT_EXPECT_EQ(test, irq_calc_affinity_vectors(3, 3 + 5 * cpus, &affd), 3 + 5 * cpus);
	KUNIT_EXPECT_EQ(test, irq_calc_affinity_vectors(2, 100, &affd), 0);
}

static void spread_no_memory(struct kunit *test)
{
	struct irq_affinity_desc *masks;
	bool injected = true;

	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	for (int n = 1; n < 50 && injected; n++) {
		struct spread_sets sets = { .nr_sets = 2, .size = { 1, 2 } };

		sets.affd.calc_sets = spread_calc_sets;
		sets.affd.priv = &sets;
		genirq_fail_nth(n);
		masks = irq_create_affinity_masks(3, &sets.affd);
		injected = genirq_has_failed();
		/* Clusters of CPUs are only a preference, which needs memory */
		if (n == 1)
			KUNIT_EXPECT_NULL(test, masks);
		if (masks)
			spread_expect_set(test, masks, 0, 1);
		kfree(masks);
	}
	KUNIT_EXPECT_FALSE(test, injected);
}

static struct kunit_case spread_cases[] = {
	KUNIT_CASE(spread_masks),
	KUNIT_CASE(spread_nothing),
	KUNIT_CASE(spread_count),
	KUNIT_CASE(spread_no_memory),
	{}
};

static struct kunit_suite spread_suite = {
	.name		= "genirq_spread",
	.test_cases	= spread_cases,
};

kunit_test_suite(spread_suite);
