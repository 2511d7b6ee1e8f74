// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of the lines of an interrupt domain to interrupt numbers, by one user and by several at
 * the same time, and the life of a domain from its creation to its removal.
 */

#include <kunit/device.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/irqnr.h>
#include <linux/kthread.h>
#include <linux/numa.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sprintf.h>

#include "genirq_domain_kunit.h"

static const struct {
	const char		*name;
	unsigned int		size;
	irq_hw_number_t		max;
	irq_hw_number_t		hwirq[6];
} dom_revmaps[] = {
	{ "linear",	6, 6,	{ 0, 1, 2, 3, 4, 5 } },
	{ "tree",	0, ~0UL, { 0, 1, 64, 0xffff, 0xffffffff, ~0UL - 1 } },
	/* The table ends at 3 */
	{ "both",	4, 100,	{ 0, 2, 3, 4, 5, 99 } },
};

KUNIT_ARRAY_PARAM_DESC(dom_revmaps, dom_revmaps, name);

/* A line has one mapping, found by all its users; it goes with the first dispose. */
static void mapping_revmap(struct kunit *test)
{
	const typeof(dom_revmaps[0]) *param = test->param_value;
	struct dom_test *dt = test->priv;
	struct irq_domain *domain = dom_create(test, param->size, param->max, &dom_ops, 0);
	unsigned int virq[ARRAY_SIZE(param->hwirq)], stray = dom_stray_descs();
	char expected[32];

	for (int i = 0; i < ARRAY_SIZE(virq); i++) {
		dom_expect_unmapped(test, domain, i, param->hwirq[i]);
		snprintf(expected, sizeof(expected), "map %lu ", param->hwirq[i]);
		virq[i] = irq_create_mapping(domain, param->hwirq[i]);
		KUNIT_ASSERT_NE(test, virq[i], 0);
		KUNIT_EXPECT_EQ(test, dt->virq, virq[i]);
		KUNIT_EXPECT_EQ(test, irq_create_mapping(domain, param->hwirq[i]), virq[i]);
		dom_expect_log(test, expected, "mapping twice");
		KUNIT_EXPECT_EQ(test, domain->mapcount, i + 1);
		KUNIT_EXPECT_PTR_EQ(test, irq_get_chip(virq[i]), &dom_chips[0]);
	}
	for (int i = 0; i < ARRAY_SIZE(virq); i++) {
		for (int j = i; j < ARRAY_SIZE(virq); j++)
			dom_expect_mapped(test, domain, virq[j], param->hwirq[j]);
		snprintf(expected, sizeof(expected), "unmap %lu ", param->hwirq[i]);
		irq_dispose_mapping(virq[i]);
		dom_expect_log(test, expected, "disposing of a mapping");
		dom_expect_unmapped(test, domain, ARRAY_SIZE(virq) - i - 1, param->hwirq[i]);
		KUNIT_EXPECT_NULL_MSG(test, irq_to_desc(virq[i]), "the interrupt number leaks");
		/* Nothing more to dispose of */
		irq_dispose_mapping(virq[i]);
	}
	irq_dispose_mapping(0);
	dom_expect_log(test, "", "disposing of nothing");
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);
	/* Beyond the last one there is nothing */
	KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, param->max), 0);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, ~0UL), 0);
}

static const int dom_errors[] = { -EPERM, -EINVAL, 1 };

static void dom_error_desc(const int *error, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%d", *error);
}

KUNIT_ARRAY_PARAM(dom_errors, dom_errors, dom_error_desc);

/* If the driver refuses a line, nothing remains, and the line can be mapped later. */
static void mapping_refused(struct kunit *test)
{
	struct dom_test *dt = test->priv;
	struct irq_domain *domain = dom_create(test, 2, 8, &dom_ops, 0);
	unsigned int virq = dom_alloc_descs(test, 4), stray = dom_stray_descs();
	struct irq_data *data = irq_get_irq_data(virq + 1);
	unsigned int own;

	dt->error = *(const int *)test->param_value;
	for (dt->fail = 1; dt->fail <= 2; dt->fail++) {
		KUNIT_EXPECT_EQ(test, irq_create_mapping(domain, dt->fail), 0);
		dom_expect_unmapped(test, domain, 0, dt->fail);
		KUNIT_EXPECT_EQ_MSG(test, dom_stray_descs(), stray, "the number leaks");
	}
	dt->log[0] = '\0';

	/* The same for numbers which the caller has */
	dt->fail = 5;
	KUNIT_EXPECT_EQ(test, irq_domain_associate(domain, virq + 1, 5), dt->error);
	dom_expect_unmapped(test, domain, 0, 5);
	KUNIT_ASSERT_PTR_EQ_MSG(test, irq_get_irq_data(virq + 1), data,
				"the number was not its own, but is freed");
	KUNIT_EXPECT_NULL(test, data->domain);
	dom_expect_log(test, "map 5 ", "associating");

	/* One of several which is refused does not keep the others from being mapped */
	irq_domain_associate_many(domain, virq, 4, 4);
	dom_expect_log(test, "map 4 map 5 map 6 map 7 ", "associating four");
	for (int i = 0; i < 4; i++)
		if (i != 1)
			dom_expect_mapped(test, domain, virq + i, 4 + i);
	dom_expect_unmapped(test, domain, 3, 5);
	dt->fail = -1;
	KUNIT_EXPECT_EQ(test, irq_domain_associate(domain, virq + 1, 5), 0);
	dom_expect_mapped(test, domain, virq + 1, 5);
	own = irq_create_mapping(domain, 1);
	KUNIT_ASSERT_NE(test, own, 0);
	dom_expect_mapped(test, domain, own, 1);
	KUNIT_EXPECT_EQ(test, domain->mapcount, 5);
}

/* Drivers without firmware choose their interrupt numbers: a driver finds each where it must be. */
static void mapping_fixed_numbers(struct kunit *test)
{
	struct dom_test *dt = test->priv;
	struct irq_domain *domain;
	unsigned int first, stray;

	/* The descriptors exist already */
	first = dom_alloc_descs(test, 3);
	domain = dom_own(test, irq_domain_create_simple(dt->fwnode, 3, first, &dom_ops, dt));
	dom_expect_log(test, "map 0 map 1 map 2 ", "creating a simple domain");
	for (int i = 0; i < 3; i++)
		dom_expect_mapped(test, domain, first + i, i);
	KUNIT_EXPECT_EQ(test, domain->mapcount, 3);
	KUNIT_EXPECT_EQ(test, domain->hwirq_max, 3);
	kunit_release_action(test, dom_remove, domain);

	/* They do not */
	stray = dom_stray_descs();
	first = dom_alloc_descs(test, 3);
	irq_free_descs(first, 3);
	dt->log[0] = '\0';
	domain = dom_own(test, irq_domain_create_simple(dt->fwnode, 3, first, &dom_ops, dt));
	dom_expect_log(test, "map 0 map 1 map 2 ", "creating a simple domain");
	for (int i = 0; i < 3; i++)
		dom_expect_mapped(test, domain, first + i, i);
	kunit_release_action(test, dom_remove, domain);
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);
	dt->log[0] = '\0';

	/* With firmware, all is mapped on demand */
	domain = dom_own(test, irq_domain_create_simple(dt->fwnode, 3, 0, &dom_ops, dt));
	dom_expect_log(test, "", "creating a simple domain on demand");
	KUNIT_EXPECT_NE(test, irq_create_mapping(domain, 2), 0);
	kunit_release_action(test, dom_remove, domain);
	dt->log[0] = '\0';

	/* The lines of a legacy domain begin anywhere */
	first = dom_alloc_descs(test, 3);
	domain = dom_own(test, irq_domain_create_legacy(dt->fwnode, 3, first, 5, &dom_ops, dt));
	dom_expect_log(test, "map 5 map 6 map 7 ", "creating a legacy domain");
	for (int i = 0; i < 3; i++)
		dom_expect_mapped(test, domain, first + i, 5 + i);
	dom_expect_unmapped(test, domain, 3, 4);
	KUNIT_EXPECT_EQ_MSG(test, domain->hwirq_max, 8, "lines which the chip does not have");
	KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, 8), 0);
}

/* A mapping may come with an affinity. An empty one is none. */
static void mapping_affinity(struct kunit *test)
{
	struct irq_domain *domain = dom_create(test, 4, 4, &dom_ops, 0);
	struct irq_affinity_desc *affinity = kunit_kzalloc(test, sizeof(*affinity), GFP_KERNEL);
	unsigned int virq, stray = dom_stray_descs();

	KUNIT_ASSERT_NOT_NULL(test, affinity);
	KUNIT_EXPECT_EQ(test, irq_create_mapping_affinity(domain, 1, affinity), 0);
	dom_expect_log(test, "", "mapping with an empty affinity");
	dom_expect_unmapped(test, domain, 0, 1);
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);

	cpumask_set_cpu(0, &affinity->mask);
	affinity->is_managed = true;
	virq = irq_create_mapping_affinity(domain, 1, affinity);
	KUNIT_ASSERT_NE(test, virq, 0);
	dom_expect_mapped(test, domain, virq, 1);
	KUNIT_EXPECT_TRUE(test, irqd_affinity_is_managed(irq_get_irq_data(virq)));
#ifdef CONFIG_SMP
	KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_get_affinity_mask(virq), &affinity->mask));
#endif
	/* The mapping exists, so this is only a lookup */
	KUNIT_EXPECT_EQ(test, irq_create_mapping_affinity(domain, 1, NULL), virq);
	KUNIT_EXPECT_EQ(test, domain->mapcount, 1);
}

static void dom_restore_default(void *domain)
{
	irq_set_default_domain(domain);
}

/* Interrupts which no firmware describes belong to the default domain, until it goes. */
static void mapping_default_domain(struct kunit *test)
{
	struct dom_test *dt = test->priv;
	struct irq_domain *was = irq_get_default_domain(), *other, *domain, *hier;
	struct irq_fwspec fwspec = { .param_count = 2, .param = { 3, IRQ_TYPE_EDGE_RISING } };
	struct of_phandle_args args = { .args_count = 2, .args = { 3, IRQ_TYPE_EDGE_RISING } };
	struct irq_fwspec_info info;
	unsigned int virq;

	domain = irq_domain_create_linear(dt->fwnode, 4, &dom_twocell_ops, dt);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dom_restore_default, was));
	dom_own(test, domain);
	other = dom_create(test, 4, 4, &dom_twocell_ops, DOMAIN_BUS_IPI);
	hier = dom_create(test, 8, 8, &dom_twocell_hierarchy_ops, DOMAIN_BUS_NEXUS);

	irq_set_default_domain(NULL);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(NULL, 1), 0);
	KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
	KUNIT_EXPECT_EQ(test, irq_populate_fwspec_info(&fwspec, &info), 0);
	irq_set_default_domain(domain);
	KUNIT_EXPECT_PTR_EQ(test, irq_get_default_domain(), domain);

	virq = irq_create_mapping(NULL, 1);
	KUNIT_ASSERT_NE(test, virq, 0);
	dom_expect_mapped(test, domain, virq, 1);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(NULL, 1), virq);
	virq = irq_create_fwspec_mapping(&fwspec);
	KUNIT_ASSERT_NE(test, virq, 0);
	dom_expect_mapped(test, domain, virq, 3);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_EQ(test, irq_create_of_mapping(&args), virq);

	irq_set_default_domain(hier);
	virq = irq_domain_alloc_irqs(NULL, 1, NUMA_NO_NODE, &fwspec);
	KUNIT_ASSERT_GT(test, (int)virq, 0);
	dom_expect_mapped(test, hier, virq, 3);

	kunit_release_action(test, dom_remove, other);
	KUNIT_EXPECT_PTR_EQ_MSG(test, irq_get_default_domain(), hier,
				"the default domain has gone with another one");
	kunit_release_action(test, dom_remove, hier);
	KUNIT_EXPECT_NULL_MSG(test, irq_get_default_domain(), "the default domain is freed memory");
}

#ifdef CONFIG_IRQ_DOMAIN_NOMAP
/* A chip which takes the interrupt number as its line */
static void mapping_nomap(struct kunit *test)
{
	struct dom_test *dt = test->priv;
	struct irq_domain *domain, *low;
	unsigned int virq, stray = dom_stray_descs();

	low = dom_own(test, irq_domain_create_nomap(dt->fwnode, 1, &dom_ops, dt));
	KUNIT_EXPECT_EQ_MSG(test, irq_create_direct_mapping(low), 0, "a line beyond the last one");
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);
	dom_expect_log(test, "", "mapping beyond the last line");

	domain = dom_own(test, irq_domain_create_nomap(dt->fwnode, 10000, &dom_ops, dt));
	virq = irq_create_direct_mapping(domain);
	KUNIT_ASSERT_NE(test, virq, 0);
	dom_expect_mapped(test, domain, virq, virq);
	KUNIT_EXPECT_EQ_MSG(test, irq_find_mapping(low, virq), 0, "it is in another domain");
	KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, 10000), 0);
	irq_dispose_mapping(virq);
	dom_expect_unmapped(test, domain, 0, virq);
	dt->fail = virq;
	dt->error = -EINVAL;
	KUNIT_EXPECT_EQ(test, irq_create_direct_mapping(domain), 0);
	dom_expect_unmapped(test, domain, 0, virq);
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);
}
#endif

#define DOM_RACE_LINES	64

/**
 * struct dom_racer - maps all lines while another one does the same
 * @domain:	the domain
 * @peer:	the other racer
 * @ready:	lines for which this racer has begun
 * @virq:	what it got
 * @done:	completed in the end
 */
struct dom_racer {
	struct irq_domain	*domain;
	struct dom_racer	*peer;
	atomic_t		ready;
	unsigned int		virq[DOM_RACE_LINES];
	struct completion	done;
};

static int dom_race(void *data)
{
	struct dom_racer *racer = data;

	for (int i = 0; i < DOM_RACE_LINES; i++) {
		atomic_set(&racer->ready, i + 1);
		while (atomic_read(&racer->peer->ready) <= i)
			cond_resched();
		racer->virq[i] = irq_create_mapping(racer->domain, i);
	}
	complete(&racer->done);
	return 0;
}

static int dom_race_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	struct dom_test *dt = domain->host_data;

	atomic_inc(&dt->count);
	/* Enough for the other one to come here as well, if it could */
	usleep_range(50, 100);
	irq_set_chip_and_handler(virq, &dom_chips[0], handle_simple_irq);
	return 0;
}

/* Two drivers which map a shared line at the same time get the same interrupt. */
static void mapping_race(struct kunit *test)
{
	static const struct irq_domain_ops ops = { .map = dom_race_map };
	struct dom_test *dt = test->priv;
	struct dom_racer *racer = kunit_kcalloc(test, 2, sizeof(*racer), GFP_KERNEL);
	struct irq_domain *domain = dom_create(test, DOM_RACE_LINES / 2, DOM_RACE_LINES, &ops, 0);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, racer);
	for (int i = 0; i < 2; i++) {
		racer[i].domain = domain;
		racer[i].peer = &racer[!i];
		init_completion(&racer[i].done);
	}
	task = kthread_run(dom_race, &racer[1], "dom_race");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	dom_race(&racer[0]);
	wait_for_completion(&racer[1].done);

	for (int i = 0; i < DOM_RACE_LINES; i++) {
		KUNIT_EXPECT_NE(test, racer[0].virq[i], 0);
		KUNIT_EXPECT_EQ_MSG(test, racer[0].virq[i], racer[1].virq[i],
				    "line %d has two interrupts, one of which never occurs", i);
	}
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dt->count), DOM_RACE_LINES,
			    "calls of map(), which is called only once for a line");
	KUNIT_EXPECT_EQ(test, domain->mapcount, DOM_RACE_LINES);
}

/* Creation and removal */

static struct irq_domain_info *dom_life_info;

static int dom_gc_init(struct irq_chip_generic *gc)
{
	struct dom_test *dt = gc->domain->host_data;

	dom_note(dt, "gc %u ", gc->irq_base);
	return dt->fail == gc->irq_base ? -ENOSPC : 0;
}

static void dom_gc_exit(struct irq_chip_generic *gc)
{
	dom_note(gc->domain->host_data, "gc-exit %u ", gc->irq_base);
}

static int dom_life_init(struct irq_domain *domain)
{
	struct dom_test *dt = domain->host_data;

	/* Complete, but nobody may use it yet */
	dom_note(dt, "init%s%s ", irq_get_domain_generic_chip(domain, 4) ? "" : " without gc",
		 irq_find_matching_fwnode(domain->fwnode, DOMAIN_BUS_ANY) ? " published" : "");
	if (domain->dev != dom_life_info->dev || !domain->exit || domain->root != domain)
		dom_note(dt, "incomplete ");
	dt->domain = domain;
	return dt->fail == 100 ? -ENXIO : 0;
}

static void dom_life_exit(struct irq_domain *domain)
{
	dom_note(domain->host_data, "exit%s ",
		 irq_get_domain_generic_chip(domain, 4) ? "" : " without gc");
}

/* init() comes after the generic chips and before users, exit() reverses that; also with devm. */
static void mapping_domain_life(struct kunit *test)
{
	struct dom_test *dt = test->priv;
	struct device *dev = kunit_device_register(test, "dom");
	struct irq_domain_chip_generic_info gc = {
		.name = "dom-gc", .handler = handle_simple_irq, .irqs_per_chip = 4, .num_ct = 1,
		.init = dom_gc_init, .exit = dom_gc_exit,
	};
	struct irq_domain_info info = {
		.fwnode = dt->fwnode, .size = 8, .hwirq_max = 8, .ops = &irq_generic_chip_ops,
		.domain_flags = IRQ_DOMAIN_FLAG_DESTROY_GC, .host_data = dt, .dgc_info = &gc,
		.dev = dev, .init = dom_life_init, .exit = dom_life_exit,
	};
	static const struct {
		int		fail;
		int		error;
		const char	*log;
	} fails[] = {
		{ 0, -ENOSPC, "gc 0 " },
		{ 4, -ENOSPC, "gc 0 gc 4 gc-exit 0 " },
		{ 100, -ENXIO, "gc 0 gc 4 init gc-exit 0 gc-exit 4 " },
	};
	struct irq_domain *domain;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	dom_life_info = &info;
	for (int i = 0; i < 2 * ARRAY_SIZE(fails); i++) {
		dt->fail = fails[i / 2].fail;
		domain = i % 2 ? devm_irq_domain_instantiate(dev, &info) :
				 irq_domain_instantiate(&info);
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(domain), fails[i / 2].error);
		dom_expect_log(test, fails[i / 2].log, "creation fails");
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_ANY));
	}
	dt->fail = -1;
	domain = irq_domain_instantiate(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_EXPECT_PTR_EQ(test, dt->domain, domain);
	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_ANY), domain);
	irq_domain_remove(domain);
	dom_expect_log(test, "gc 0 gc 4 init exit gc-exit 0 gc-exit 4 ", "creation and removal");
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_ANY));

	domain = devm_irq_domain_instantiate(dev, &info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	dom_expect_log(test, "gc 0 gc 4 init ", "creation for a device");
	kunit_device_unregister(test, dev);
	dom_expect_log(test, "exit gc-exit 0 gc-exit 4 ", "removal of the device");
	KUNIT_EXPECT_NULL_MSG(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_ANY),
			      "the domain outlives its device");
}

static struct kunit_case genirq_mapping_cases[] = {
	KUNIT_CASE_PARAM(mapping_revmap, dom_revmaps_gen_params),
	KUNIT_CASE_PARAM(mapping_refused, dom_errors_gen_params),
	KUNIT_CASE(mapping_fixed_numbers),
	KUNIT_CASE(mapping_affinity),
	KUNIT_CASE(mapping_default_domain),
#ifdef CONFIG_IRQ_DOMAIN_NOMAP
	KUNIT_CASE(mapping_nomap),
#endif
	KUNIT_CASE(mapping_race),
	KUNIT_CASE(mapping_domain_life),
	{}
};

static struct kunit_suite genirq_mapping_suite = {
	.name		= "genirq_mapping",
	.init		= dom_init,
	.test_cases	= genirq_mapping_cases,
};

kunit_test_suite(genirq_mapping_suite);

MODULE_DESCRIPTION("KUnit tests of mappings of interrupt domains");
MODULE_LICENSE("GPL");
