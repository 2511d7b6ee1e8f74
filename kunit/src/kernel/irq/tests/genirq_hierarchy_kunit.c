// SPDX-License-Identifier: GPL-2.0
/*
 * Hierarchies of interrupt domains: allocation, levels which are cut off, pushed and popped,
 * activation, and what is left of a call on domains when there is no memory for it.
 */

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/irqnr.h>
#include <linux/numa.h>
#include <linux/sched.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "genirq_failslab_kunit.h"
#include "genirq_domain_kunit.h"

/* Where the hwirqs of a level begin, so that no two levels have the same */
#define DOM_BASE(level)	(100UL * (level))
#define DOM_TOP		(DOM_LEVELS - 1)

static int dom_level_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
			   void *arg)
{
	struct dom_level *level = domain->host_data;
	struct dom_test *dt = level->dt;
	int ret;

	if (domain->parent && !dt->pushed) {
		ret = irq_domain_alloc_irqs_parent(domain, virq, nr_irqs, arg);
		if (ret)
			return ret;
	}
	dt->arg = arg;
	dom_note(dt, "alloc%d ", level->index);
	if (dt->fail == level->index) {
		if (!dt->pushed)
			irq_domain_free_irqs_parent(domain, virq, nr_irqs);
		return dt->error;
	}
	for (unsigned int i = 0; i < nr_irqs; i++) {
		switch (dt->how[level->index]) {
		case DOM_CHIP:
			irq_domain_set_hwirq_and_chip(domain, virq + i,
						      dt->hwirq + i + DOM_BASE(level->index),
						      &dom_chips[level->index], level);
			break;
		case DOM_NONE:
			break;
		case DOM_MARK:
			irq_domain_disconnect_hierarchy(domain, virq + i);
			break;
		case DOM_BAD:
			irq_domain_get_irq_data(domain, virq + i)->chip = ERR_PTR(-EINVAL);
			break;
		}
		if (level->index == DOM_TOP && dt->how[DOM_TOP] == DOM_CHIP)
			irq_set_handler(virq + i, handle_simple_irq);
	}
	return 0;
}

static void dom_level_free(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs)
{
	struct dom_level *level = domain->host_data;

	dom_note(level->dt, nr_irqs == 1 ? "free%d " : "free%d of several ", level->index);
	irq_domain_free_irqs_common(domain, virq, nr_irqs);
}

static int dom_level_activate(struct irq_domain *domain, struct irq_data *data, bool reserve)
{
	struct dom_level *level = domain->host_data;

	dom_note(level->dt, "%s%d ", reserve ? "reserve" : "activate", level->index);
	if (data->domain != domain)
		dom_note(level->dt, "with wrong data ");
	return level->dt->fail == level->index ? level->dt->error : 0;
}

static void dom_level_deactivate(struct irq_domain *domain, struct irq_data *data)
{
	struct dom_level *level = domain->host_data;

	dom_note(level->dt, "deactivate%d ", level->index);
	if (data->domain != domain)
		dom_note(level->dt, "with wrong data ");
}

static const struct irq_domain_ops dom_level_ops = {
	.alloc		= dom_level_alloc,
	.free		= dom_level_free,
	.activate	= dom_level_activate,
	.deactivate	= dom_level_deactivate,
};

/* All levels linear, or all of them trees. Returns the outermost. */
static struct irq_domain *dom_stack(struct kunit *test, bool tree)
{
	struct dom_test *dt = test->priv;
	struct irq_domain *parent = NULL;

	dt->hwirq = 5;
	for (int i = 0; i < DOM_LEVELS; i++) {
		unsigned int size = tree ? 0 : DOM_BASE(i + 1);

		dt->level[i].dt = dt;
		dt->level[i].index = i;
		parent = dom_own(test, irq_domain_create_hierarchy(parent, IRQ_DOMAIN_FLAG_NONCORE,
								   size, NULL, &dom_level_ops,
								   &dt->level[i]));
		dt->level[i].domain = parent;
	}
	return parent;
}

/* The interrupt is at levels @from to @to, with one line in each. */
static void dom_expect_levels(struct kunit *test, unsigned int virq, unsigned long hwirq,
			      int from, int to)
{
	struct dom_test *dt = test->priv;

	for (int i = 0; i < DOM_LEVELS; i++) {
		struct irq_domain *domain = dt->level[i].domain;
		struct irq_data *data = irq_domain_get_irq_data(domain, virq);

		if (i < from || i > to) {
			KUNIT_EXPECT_NULL_MSG(test, data, "level %d", i);
			KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, hwirq + DOM_BASE(i)), 0);
			continue;
		}
		KUNIT_ASSERT_NOT_NULL_MSG(test, data, "level %d", i);
		dom_expect_mapped(test, domain, virq, hwirq + DOM_BASE(i));
		KUNIT_EXPECT_PTR_EQ(test, data->chip, (struct irq_chip *)&dom_chips[i]);
		KUNIT_EXPECT_PTR_EQ(test, data->chip_data, (void *)&dt->level[i]);
		KUNIT_EXPECT_PTR_EQ_MSG(test, data->common, irq_get_irq_data(virq)->common,
					"level %d does not see the state of the interrupt", i);
		KUNIT_EXPECT_PTR_EQ(test, data->parent_data, i == from ? NULL :
				    irq_domain_get_irq_data(dt->level[i - 1].domain, virq));
	}
}

static void dom_expect_counts(struct kunit *test, int root, int middle, int top)
{
	struct dom_test *dt = test->priv;
	int expected[] = { root, middle, top };

	for (int i = 0; i < DOM_LEVELS; i++)
		KUNIT_EXPECT_EQ_MSG(test, dt->level[i].domain->mapcount, expected[i],
				    "number of mappings at level %d", i);
}

static const struct {
	const char	*name;
	bool		tree;
} dom_stacks[] = {
	{ "linear", false }, { "tree", true },
};

KUNIT_ARRAY_PARAM_DESC(dom_stacks, dom_stacks, name);

/* An interrupt has a line at each level, and goes from all of them. */
static void hierarchy_levels(struct kunit *test)
{
	const typeof(dom_stacks[0]) *param = test->param_value;
	struct dom_test *dt = test->priv;
	unsigned int stray = dom_stray_descs(), own;
	struct irq_domain *top = dom_stack(test, param->tree), *foreign;
	int virq, ret;

	for (int i = 0; i < DOM_LEVELS; i++) {
		KUNIT_EXPECT_PTR_EQ(test, dt->level[i].domain->root, dt->level[0].domain);
		KUNIT_EXPECT_TRUE(test, irq_domain_is_hierarchy(dt->level[i].domain));
		KUNIT_EXPECT_TRUE(test, dt->level[i].domain->flags & IRQ_DOMAIN_FLAG_NONCORE);
	}
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(top, 0, NUMA_NO_NODE, dt), -EINVAL);
	dom_expect_log(test, "", "allocating no interrupt");

	virq = irq_domain_alloc_irqs(top, 2, NUMA_NO_NODE, &stray);
	KUNIT_ASSERT_GT(test, virq, 0);
	KUNIT_EXPECT_PTR_EQ(test, dt->arg, (void *)&stray);
	dom_expect_log(test, "alloc0 alloc1 alloc2 ", "allocating two interrupts");
	dom_expect_levels(test, virq, 5, 0, DOM_TOP);
	dom_expect_levels(test, virq + 1, 6, 0, DOM_TOP);
	dom_expect_counts(test, 2, 2, 2);

	/* The number is in use */
	KUNIT_EXPECT_EQ(test, __irq_domain_alloc_irqs(top, virq + 1, 1, NUMA_NO_NODE, dt, false,
						      NULL), -EEXIST);
	irq_domain_free_irqs(virq, 2);
	dom_expect_log(test, "free2 free1 free0 free2 free1 free0 ", "freeing two interrupts");
	dom_expect_counts(test, 0, 0, 0);
	KUNIT_EXPECT_NULL(test, irq_to_desc(virq));
	KUNIT_EXPECT_NULL(test, irq_to_desc(virq + 1));
	for (int i = 0; i < DOM_LEVELS; i++) {
		dom_expect_unmapped(test, dt->level[i].domain, 0, 5 + DOM_BASE(i));
		dom_expect_unmapped(test, dt->level[i].domain, 0, 6 + DOM_BASE(i));
	}
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);

	/* A number which the caller wants, without and with a descriptor */
	ret = __irq_domain_alloc_irqs(top, virq, 1, NUMA_NO_NODE, dt, false, NULL);
	KUNIT_EXPECT_EQ(test, ret, virq);
	dom_expect_levels(test, virq, 5, 0, DOM_TOP);
	irq_dispose_mapping(virq);
	own = dom_alloc_descs(test, 1);
	ret = __irq_domain_alloc_irqs(top, own, 1, NUMA_NO_NODE, dt, true, NULL);
	KUNIT_EXPECT_EQ(test, ret, own);
	dom_expect_levels(test, own, 5, 0, DOM_TOP);
	dom_expect_counts(test, 1, 1, 1);

	/* What does not belong to it, and no parent */
	foreign = dom_create(test, 4, 4, &dom_ops, 0);
	KUNIT_EXPECT_NULL(test, irq_domain_get_irq_data(foreign, own));
	KUNIT_EXPECT_EQ(test, irq_domain_set_hwirq_and_chip(foreign, own, 1, NULL, NULL), -ENOENT);
	KUNIT_EXPECT_EQ(test, irq_domain_disconnect_hierarchy(foreign, own), -EINVAL);
	KUNIT_EXPECT_LT(test, irq_domain_alloc_irqs_parent(dt->level[0].domain, own, 1, dt), 0);
	irq_domain_free_irqs_parent(dt->level[0].domain, own, 1);
	dom_expect_levels(test, own, 5, 0, DOM_TOP);
	KUNIT_EXPECT_LT(test, irq_domain_alloc_irqs(foreign, 1, NUMA_NO_NODE, dt), 0);
	dom_expect_unmapped(test, foreign, 0, 0);
	irq_dispose_mapping(own);
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);
}

static const int dom_indices[] = { 0, 1, 2 };

static void dom_index_desc(const int *index, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "level %d", *index);
}

KUNIT_ARRAY_PARAM(dom_indices, dom_indices, dom_index_desc);

/* If a level has no line left, the caller learns why, and all levels are as before. */
static void hierarchy_alloc_refused(struct kunit *test)
{
	/* Two interrupts, each of which is freed at all levels below */
	static const char * const log[] = {
		"alloc0 ", "alloc0 alloc1 free0 free0 ",
		"alloc0 alloc1 alloc2 free1 free0 free1 free0 ",
	};
	struct dom_test *dt = test->priv;
	struct irq_domain *top = dom_stack(test, false);
	unsigned int stray = dom_stray_descs();
	int virq;

	dt->fail = *(const int *)test->param_value;
	dt->error = -ENOSPC;
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(top, 2, NUMA_NO_NODE, dt), -ENOSPC);
	dom_expect_log(test, log[dt->fail], "a level refuses");
	dom_expect_counts(test, 0, 0, 0);
	KUNIT_EXPECT_EQ_MSG(test, dom_stray_descs(), stray, "the interrupt numbers leak");
	for (int i = 0; i < DOM_LEVELS; i++)
		KUNIT_EXPECT_EQ(test, irq_find_mapping(dt->level[i].domain, 5 + DOM_BASE(i)), 0);

	dt->fail = -1;
	virq = irq_domain_alloc_irqs(top, 2, NUMA_NO_NODE, dt);
	KUNIT_ASSERT_GT(test, virq, 0);
	dom_expect_levels(test, virq, 5, 0, DOM_TOP);
	dom_expect_levels(test, virq + 1, 6, 0, DOM_TOP);
}

static const struct dom_trim {
	const char	*name;
	enum dom_how	how[DOM_LEVELS];
	int		from;		/* the innermost level which remains, or an error */
} dom_trims[] = {
	{ "nothing",		{ DOM_CHIP, DOM_CHIP, DOM_CHIP }, 0 },
	{ "the root",		{ DOM_MARK, DOM_CHIP, DOM_CHIP }, 1 },
	{ "two levels",		{ DOM_NONE, DOM_MARK, DOM_CHIP }, 2 },
	{ "all levels",		{ DOM_NONE, DOM_NONE, DOM_MARK }, -EINVAL },
	{ "a bad top",		{ DOM_CHIP, DOM_CHIP, DOM_BAD }, -EINVAL },
	{ "a hole",		{ DOM_CHIP, DOM_NONE, DOM_CHIP }, -EINVAL },
	{ "no mark",		{ DOM_NONE, DOM_CHIP, DOM_CHIP }, -EINVAL },
	{ "a used level",	{ DOM_CHIP, DOM_MARK, DOM_CHIP }, -EINVAL },
	{ "twice",		{ DOM_MARK, DOM_MARK, DOM_CHIP }, -EINVAL },
	{ "by another error",	{ DOM_NONE, DOM_BAD, DOM_CHIP }, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(dom_trims, dom_trims, name);

/* Levels which have no meaning for an interrupt can be cut off, from the root on, without gaps. */
static void hierarchy_trim(struct kunit *test)
{
	const struct dom_trim *param = test->param_value;
	struct dom_test *dt = test->priv;
	struct irq_domain *top = dom_stack(test, false);
	unsigned int stray = dom_stray_descs();
	int virq;

	memcpy(dt->how, param->how, sizeof(dt->how));
	virq = irq_domain_alloc_irqs(top, 2, NUMA_NO_NODE, dt);
	if (param->from < 0) {
		KUNIT_EXPECT_EQ(test, virq, param->from);
		dom_expect_log(test, "alloc0 alloc1 alloc2 free2 free1 free0 free2 free1 free0 ",
			       "an invalid hierarchy");
	} else {
		KUNIT_ASSERT_GT(test, virq, 0);
		dom_expect_levels(test, virq, 5, param->from, DOM_TOP);
		dom_expect_levels(test, virq + 1, 6, param->from, DOM_TOP);
		dom_expect_counts(test, param->from > 0 ? 0 : 2, param->from > 1 ? 0 : 2, 2);
		dt->log[0] = '\0';
		irq_domain_free_irqs(virq, 2);
		dom_expect_log(test, param->from == 0 ? "free2 free1 free0 free2 free1 free0 " :
				     param->from == 1 ? "free2 free1 free2 free1 " :
							"free2 free2 ", "freeing");
	}
	dom_expect_counts(test, 0, 0, 0);
	KUNIT_EXPECT_EQ_MSG(test, dom_stray_descs(), stray, "the interrupt numbers leak");

	/* The next interrupt has all levels again */
	memset(dt->how, 0, sizeof(dt->how));
	virq = irq_domain_alloc_irqs(top, 1, NUMA_NO_NODE, dt);
	KUNIT_ASSERT_GT(test, virq, 0);
	dom_expect_levels(test, virq, 5, 0, DOM_TOP);
}

static irqreturn_t dom_handler(int irq, void *dev_id)
{
	return IRQ_HANDLED;
}

/* A vector is activated from the root on and once. If one level fails, the others let go. */
static void hierarchy_activate(struct kunit *test)
{
	static const char * const fails[2][DOM_LEVELS] = { {
		"activate0 ", "activate0 activate1 deactivate0 ",
		"activate0 activate1 activate2 deactivate1 deactivate0 ",
	}, {
		"reserve0 ", "reserve0 reserve1 deactivate0 ",
		"reserve0 reserve1 reserve2 deactivate1 deactivate0 ",
	} };
	static const char * const works[] = {
		"activate0 activate1 activate2 ", "reserve0 reserve1 reserve2 ",
	};
	struct dom_test *dt = test->priv;
	struct irq_domain *top = dom_stack(test, false);
	int index = *(const int *)test->param_value;
	int virq = irq_domain_alloc_irqs(top, 1, NUMA_NO_NODE, dt);
	struct irq_data *data;

	KUNIT_ASSERT_GT(test, virq, 0);
	data = irq_get_irq_data(virq);
	dt->error = -EIO;
	dt->log[0] = '\0';
	for (int reserve = 0; reserve < 2; reserve++) {
		dt->fail = index;
		KUNIT_EXPECT_EQ(test, irq_domain_activate_irq(data, reserve), -EIO);
		dom_expect_log(test, fails[reserve][index], "activation fails");
		KUNIT_EXPECT_FALSE(test, irqd_is_activated(data));
		irq_domain_deactivate_irq(data);
		dom_expect_log(test, "", "deactivating what is not active");

		dt->fail = -1;
		KUNIT_EXPECT_EQ(test, irq_domain_activate_irq(data, reserve), 0);
		KUNIT_EXPECT_TRUE(test, irqd_is_activated(data));
		KUNIT_EXPECT_EQ(test, irq_domain_activate_irq(data, false), 0);
		dom_expect_log(test, works[reserve], "activating twice");
		irq_domain_deactivate_irq(data);
		KUNIT_EXPECT_FALSE(test, irqd_is_activated(data));
		irq_domain_deactivate_irq(data);
		dom_expect_log(test, "deactivate2 deactivate1 deactivate0 ", "deactivating twice");
	}

	/* For the driver: a request fails, and later works */
	dt->fail = index;
	KUNIT_EXPECT_EQ(test, request_irq(virq, dom_handler, 0, "dom", dt), -EIO);
	dom_expect_log(test, fails[0][index], "the request fails");
	dt->fail = -1;
	KUNIT_ASSERT_EQ(test, request_irq(virq, dom_handler, 0, "dom", dt), 0);
	dom_expect_log(test, works[0], "the request works");
	free_irq(virq, dt);
	dom_expect_log(test, "deactivate2 deactivate1 deactivate0 ", "the interrupt is freed");
}

/* A driver can put a level on top of an interrupt which exists, and take it off again. */
static void hierarchy_push(struct kunit *test)
{
	const typeof(dom_stacks[0]) *param = test->param_value;
	struct dom_test *dt = test->priv;
	struct irq_domain *top = dom_stack(test, param->tree), *next = dt->level[1].domain;
	unsigned int stray = dom_stray_descs();
	int virq = irq_domain_alloc_irqs(next, 1, NUMA_NO_NODE, dt);
	struct irq_data *data, was;

	KUNIT_ASSERT_GT(test, virq, 0);
	irq_set_handler(virq, handle_simple_irq);
	irqd_set_trigger_type(irq_get_irq_data(virq), IRQ_TYPE_EDGE_RISING);
	dt->log[0] = '\0';
	dt->pushed = true;
	data = irq_get_irq_data(virq);
	was = *data;

	/* It fits only onto the level which is its parent, and onto an interrupt */
	KUNIT_EXPECT_EQ(test, irq_domain_push_irq(NULL, virq, dt), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_domain_push_irq(dt->level[0].domain, virq, dt), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_domain_push_irq(next, virq, dt), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_domain_push_irq(top, irq_get_nr_irqs(), dt), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_domain_pop_irq(NULL, virq), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_domain_pop_irq(top, irq_get_nr_irqs()), -EINVAL);
	dom_expect_log(test, "", "pushing what does not fit");
	dt->fail = DOM_TOP;
	dt->error = -ENOSPC;
	KUNIT_EXPECT_EQ(test, irq_domain_push_irq(top, virq, dt), -ENOSPC);
	KUNIT_EXPECT_MEMEQ(test, data, &was, sizeof(was));
	dom_expect_levels(test, virq, 5, 0, 1);
	dom_expect_counts(test, 1, 1, 0);
	dom_expect_log(test, "alloc2 ", "pushing fails");

	dt->fail = -1;
	for (int i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, irq_domain_push_irq(top, virq, &was), 0);
		KUNIT_EXPECT_PTR_EQ(test, dt->arg, (void *)&was);
		KUNIT_EXPECT_PTR_EQ(test, irq_get_irq_data(virq), data);
		dom_expect_levels(test, virq, 5, 0, DOM_TOP);
		dom_expect_counts(test, 1, 1, 1);
		dom_expect_log(test, "alloc2 ", "pushing a level");
		KUNIT_ASSERT_EQ(test, request_irq(virq, dom_handler, 0, "dom", dt), 0);
		dom_expect_log(test, "activate0 activate1 activate2 ", "requesting it");
		free_irq(virq, dt);
		dom_expect_log(test, "deactivate2 deactivate1 deactivate0 ", "freeing it");

		KUNIT_EXPECT_EQ(test, irq_domain_pop_irq(top, virq), 0);
		dom_expect_log(test, "free2 ", "taking it off");
		KUNIT_EXPECT_MEMEQ(test, data, &was, sizeof(was));
		dom_expect_levels(test, virq, 5, 0, 1);
		dom_expect_counts(test, 1, 1, 0);
		KUNIT_ASSERT_EQ(test, request_irq(virq, dom_handler, 0, "dom", dt), 0);
		free_irq(virq, dt);
		dt->log[0] = '\0';
	}

	/* The device goes, with the level on top */
	KUNIT_ASSERT_EQ(test, irq_domain_push_irq(top, virq, dt), 0);
	dt->log[0] = '\0';
	irq_domain_free_irqs(virq, 1);
	dom_expect_log(test, "free2 free1 free0 ", "freeing it with the level");
	dom_expect_counts(test, 0, 0, 0);
	for (int i = 0; i < DOM_LEVELS; i++)
		KUNIT_EXPECT_EQ(test, irq_find_mapping(dt->level[i].domain, 5 + DOM_BASE(i)), 0);
	KUNIT_EXPECT_EQ(test, dom_stray_descs(), stray);
}

/* A free() which resets the interrupt leaves nothing of the driver in it. */
static void hierarchy_reset(struct kunit *test)
{
	struct dom_test *dt = test->priv;
	struct irq_domain *top = dom_stack(test, false);
	int virq = irq_domain_alloc_irqs(top, 1, NUMA_NO_NODE, dt);
	struct irq_data *data;

	KUNIT_ASSERT_GT(test, virq, 0);
	data = irq_get_irq_data(virq);
	irq_domain_set_info(top, virq, 250, &dom_chips[1], &dt->virq, handle_level_irq, &dt->count,
			    "dom-name");
	KUNIT_EXPECT_EQ(test, data->hwirq, 250);
	KUNIT_EXPECT_PTR_EQ(test, data->chip, (struct irq_chip *)&dom_chips[1]);
	KUNIT_EXPECT_PTR_EQ(test, data->chip_data, (void *)&dt->virq);
	KUNIT_EXPECT_TRUE(test, irq_to_desc(virq)->handle_irq == handle_level_irq);
	KUNIT_EXPECT_PTR_EQ(test, irq_get_handler_data(virq), (void *)&dt->count);
	KUNIT_EXPECT_STREQ(test, irq_to_desc(virq)->name, "dom-name");
	KUNIT_EXPECT_EQ(test, irq_domain_set_hwirq_and_chip(top, virq, 251, NULL, NULL), 0);
	KUNIT_EXPECT_PTR_EQ(test, data->chip, &no_irq_chip);

	irq_domain_set_info(top, virq, 205, &dom_chips[2], &dt->virq, handle_level_irq, &dt->count,
			    NULL);
	dt->log[0] = '\0';
	irq_domain_free_irqs_top(top, virq, 1);
	dom_expect_log(test, "free1 free0 ", "freeing the parents");
	KUNIT_EXPECT_PTR_EQ(test, irq_get_handler_data(virq), NULL);
	KUNIT_EXPECT_TRUE(test, irq_to_desc(virq)->handle_irq == handle_bad_irq);
	for (; data; data = data->parent_data) {
		KUNIT_EXPECT_EQ(test, data->hwirq, 0);
		KUNIT_EXPECT_PTR_EQ(test, data->chip, &no_irq_chip);
		KUNIT_EXPECT_NULL(test, data->chip_data);
	}
	/* The rest of the mapping is taken away with the lines it had */
	for (int i = 0; i < DOM_LEVELS; i++)
		irq_domain_set_hwirq_and_chip(dt->level[i].domain, virq, 5 + DOM_BASE(i), NULL,
					      NULL);
}

/* Line of a tree which has no other line nearby, so that the tree has to grow */
#define DOM_FAR		0x123456UL

static bool dom_try_fwnode(struct kunit *test, struct dom_test *dt)
{
	struct fwnode_handle *fwnode = irq_domain_alloc_named_id_fwnode("dom", 1);

	irq_domain_free_fwnode(fwnode);
	return fwnode;
}

static bool dom_try_create(struct kunit *test, struct dom_test *dt)
{
	struct irq_domain_chip_generic_info gc = {
		.name = "dom-gc", .handler = handle_simple_irq, .irqs_per_chip = 4, .num_ct = 1,
	};
	struct irq_domain_info info = {
		.fwnode = dt->fwnode, .size = 8, .hwirq_max = 8, .ops = &irq_generic_chip_ops,
		.domain_flags = IRQ_DOMAIN_FLAG_DESTROY_GC, .dgc_info = &gc,
		.bus_token = DOMAIN_BUS_NEXUS,
	};
	struct irq_domain *domain = irq_domain_instantiate(&info);

	if (IS_ERR(domain)) {
		KUNIT_EXPECT_EQ(test, PTR_ERR(domain), -ENOMEM);
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_NEXUS));
		return false;
	}
	irq_domain_remove(domain);
	return true;
}

static bool dom_try_map(struct kunit *test, struct dom_test *dt)
{
	unsigned int virq = irq_create_mapping(dt->domain, dt->hwirq);

	if (virq) {
		dom_expect_mapped(test, dt->domain, virq, dt->hwirq);
		irq_dispose_mapping(virq);
	}
	dom_expect_unmapped(test, dt->domain, 0, dt->hwirq);
	return virq;
}

static bool dom_try_alloc(struct kunit *test, struct dom_test *dt)
{
	int virq = irq_domain_alloc_irqs(dt->level[DOM_TOP].domain, 2, NUMA_NO_NODE, dt);

	if (virq > 0) {
		dom_expect_levels(test, virq, dt->hwirq, 0, DOM_TOP);
		dom_expect_levels(test, virq + 1, dt->hwirq + 1, 0, DOM_TOP);
		irq_domain_free_irqs(virq, 2);
	} else {
		KUNIT_EXPECT_EQ(test, virq, -ENOMEM);
	}
	dom_expect_counts(test, 0, 0, 0);
	for (int i = 0; i < DOM_LEVELS; i++) {
		irq_hw_number_t hwirq = dt->hwirq + DOM_BASE(i);

		KUNIT_EXPECT_EQ(test, irq_find_mapping(dt->level[i].domain, hwirq), 0);
		KUNIT_EXPECT_EQ(test, irq_find_mapping(dt->level[i].domain, hwirq + 1), 0);
	}
	/* Each level which has given lines away has got them back */
	KUNIT_EXPECT_EQ(test, !!strstr(dt->log, "alloc2"), !!strstr(dt->log, "free2"));
	dt->log[0] = '\0';
	return virq > 0;
}

static bool dom_try_push(struct kunit *test, struct dom_test *dt)
{
	struct irq_data *data = irq_get_irq_data(dt->virq), was = *data;
	int ret = irq_domain_push_irq(dt->level[DOM_TOP].domain, dt->virq, dt);

	if (!ret) {
		dom_expect_levels(test, dt->virq, dt->hwirq, 0, DOM_TOP);
		KUNIT_EXPECT_EQ(test, irq_domain_pop_irq(dt->level[DOM_TOP].domain, dt->virq), 0);
	} else {
		KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
	}
	KUNIT_EXPECT_MEMEQ(test, data, &was, sizeof(was));
	dom_expect_levels(test, dt->virq, dt->hwirq, 0, 1);
	dom_expect_counts(test, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, !!strstr(dt->log, "alloc2"), !!strstr(dt->log, "free2"));
	dt->log[0] = '\0';
	return !ret;
}

static const struct dom_try {
	const char	*name;
	bool		(*try)(struct kunit *test, struct dom_test *dt);
	unsigned long	hwirq;
	bool		tree;
	int		least;	/* allocations without which the call cannot do */
} dom_tries[] = {
	{ "firmware node",	dom_try_fwnode, .least = 2 },
	{ "domain",		dom_try_create, .least = 3 },
	/* For most lines a failure makes genirq try other numbers. Not so for line 1. */
	{ "linear mapping",	dom_try_map, 1, false, 1 },
	{ "tree mapping",	dom_try_map, DOM_FAR, true, 1 },
	{ "linear hierarchy",	dom_try_alloc, 5, false, 4 },
	{ "tree hierarchy",	dom_try_alloc, DOM_FAR, true, 5 },
	{ "linear push",	dom_try_push, 5, false, 1 },
	{ "tree push",		dom_try_push, DOM_FAR, true, 2 },
};

KUNIT_ARRAY_PARAM_DESC(dom_tries, dom_tries, name);

#define DOM_MAX_FAILURES	200

/* Whichever allocation fails: the call either fails and leaves nothing, or all of it works. */
static void hierarchy_no_memory(struct kunit *test)
{
	const struct dom_try *param = test->param_value;
	struct dom_test *dt = test->priv;
	unsigned int stray, failed = 0;
	bool injected = true;

	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	if (param->try == dom_try_map)
		dt->domain = dom_create(test, param->tree ? 0 : 4, ~0UL, &dom_ops, 0);
	else if (param->try == dom_try_alloc || param->try == dom_try_push)
		dom_stack(test, param->tree);
	dt->hwirq = param->hwirq;
	if (param->try == dom_try_push) {
		int virq = irq_domain_alloc_irqs(dt->level[1].domain, 1, NUMA_NO_NODE, dt);

		KUNIT_ASSERT_GT(test, virq, 0);
		dt->virq = virq;
		dt->pushed = true;
		dt->log[0] = '\0';
	}
	/* Once without a failure: some allocations are done once, and stay */
	KUNIT_ASSERT_TRUE(test, param->try(test, dt));
	stray = dom_stray_descs();
	for (int n = 1; injected && n < DOM_MAX_FAILURES; n++) {
		bool done;

		genirq_fail_nth(n);
		done = param->try(test, dt);
		injected = genirq_has_failed();
		failed += !done;
		KUNIT_EXPECT_EQ_MSG(test, dom_stray_descs(), stray,
				    "an interrupt number leaks if allocation %d fails", n);
		if (!injected)
			KUNIT_EXPECT_TRUE_MSG(test, done, "it fails with all allocations");
		dt->log[0] = '\0';
	}
	KUNIT_EXPECT_FALSE_MSG(test, injected, "it does not come to an end");
	KUNIT_EXPECT_GE_MSG(test, failed, param->least, "a failed allocation is not noticed");
}

static struct kunit_case genirq_hierarchy_cases[] = {
	KUNIT_CASE_PARAM(hierarchy_levels, dom_stacks_gen_params),
	KUNIT_CASE_PARAM(hierarchy_alloc_refused, dom_indices_gen_params),
	KUNIT_CASE_PARAM(hierarchy_trim, dom_trims_gen_params),
	KUNIT_CASE_PARAM(hierarchy_activate, dom_indices_gen_params),
	KUNIT_CASE_PARAM(hierarchy_push, dom_stacks_gen_params),
	KUNIT_CASE(hierarchy_reset),
	KUNIT_CASE_PARAM(hierarchy_no_memory, dom_tries_gen_params),
	{}
};

static struct kunit_suite genirq_hierarchy_suite = {
	.name		= "genirq_hierarchy",
	.init		= dom_init,
	.test_cases	= genirq_hierarchy_cases,
};

kunit_test_suite(genirq_hierarchy_suite);

MODULE_DESCRIPTION("KUnit tests of hierarchies of interrupt domains");
MODULE_LICENSE("GPL");
