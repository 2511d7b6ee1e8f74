// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt domains: translation of firmware specifiers, lookup and names of domains, and their
 * firmware nodes. Also the fixture for the tests of mappings and hierarchies.
 */

#include <kunit/fwnode.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fwnode.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/irqnr.h>
#include <linux/numa.h>
#include <linux/property.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "genirq_domain_kunit.h"

void dom_note(struct dom_test *dt, const char *fmt, ...)
{
	size_t len = strlen(dt->log);
	va_list args;

	va_start(args, fmt);
	vscnprintf(dt->log + len, sizeof(dt->log) - len, fmt, args);
	va_end(args);
}

/* The callbacks since the last call of this were exactly these. */
void dom_expect_log(struct kunit *test, const char *expected, const char *when)
{
	struct dom_test *dt = test->priv;

	KUNIT_EXPECT_STREQ_MSG(test, dt->log, expected, "callbacks of the domain, %s", when);
	dt->log[0] = '\0';
}

static void dom_free_fwnode(void *fwnode)
{
	irq_domain_free_fwnode(fwnode);
}

static struct fwnode_handle *dom_own_fwnode(struct kunit *test, struct fwnode_handle *fwnode)
{
	KUNIT_ASSERT_NOT_NULL(test, fwnode);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dom_free_fwnode, fwnode));
	return fwnode;
}

static struct fwnode_handle *dom_fwnode(struct kunit *test, const char *name)
{
	return dom_own_fwnode(test, irq_domain_alloc_named_fwnode(name));
}

/* Also after an assertion has failed, so there may be mappings. */
void dom_remove(void *arg)
{
	struct irq_domain *domain = arg;

	for (unsigned int virq = 1; virq < irq_get_nr_irqs(); virq++) {
		struct irq_data *data = irq_get_irq_data(virq);

		if (data && data->domain == domain)
			irq_dispose_mapping(virq);
	}
	irq_domain_remove(domain);
}

struct irq_domain *dom_own(struct kunit *test, struct irq_domain *domain)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dom_remove, domain));
	return domain;
}

/* What belongs to nobody: after a failure there must be as many as before. */
unsigned int dom_stray_descs(void)
{
	unsigned int count = 0;

	for (unsigned int virq = 0; virq < irq_get_nr_irqs(); virq++) {
		struct irq_data *data;

		guard(rcu)();
		data = irq_get_irq_data(virq);
		/* Its owner may just be setting it */
		count += data && !data_race(data->domain);
	}
	return count;
}

static void dom_free_descs(void *arg)
{
	unsigned int virq = (unsigned long)arg;
	struct irq_data *data = irq_get_irq_data(virq);

	/* A domain has had it, and freed it with the mapping */
	if (data && !data->domain)
		irq_free_desc(virq);
}

/* Descriptors without a domain; returns the first. */
unsigned int dom_alloc_descs(struct kunit *test, unsigned int count)
{
	int virq = irq_alloc_descs(-1, 1, count, NUMA_NO_NODE);

	KUNIT_ASSERT_GT(test, virq, 0);
	for (unsigned long i = 0; i < count; i++)
		KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dom_free_descs,
								   (void *)(virq + i)));
	return virq;
}

/* One mapping, in all respects. */
void dom_expect_mapped(struct kunit *test, struct irq_domain *domain, unsigned int virq,
		       irq_hw_number_t hwirq)
{
	struct irq_data *data = irq_domain_get_irq_data(domain, virq);
	unsigned int found = 0;

	KUNIT_EXPECT_EQ_MSG(test, irq_find_mapping(domain, hwirq), virq,
			    "hwirq %lu is not found, so its interrupts are lost", hwirq);
	KUNIT_EXPECT_PTR_EQ(test, __irq_resolve_mapping(domain, hwirq, &found), irq_to_desc(virq));
	KUNIT_EXPECT_EQ(test, found, virq);
	KUNIT_ASSERT_NOT_NULL_MSG(test, data, "%u is not in domain %s", virq, domain->name);
	KUNIT_EXPECT_EQ_MSG(test, data->hwirq, hwirq, "the chip operates on another line");
	KUNIT_EXPECT_EQ(test, data->irq, virq);
	KUNIT_EXPECT_TRUE_MSG(test, can_request_irq(virq, 0), "the interrupt cannot be requested");
}

void dom_expect_unmapped(struct kunit *test, struct irq_domain *domain, unsigned int mapped,
			 irq_hw_number_t hwirq)
{
	KUNIT_EXPECT_EQ_MSG(test, irq_find_mapping(domain, hwirq), 0, "hwirq %lu is mapped", hwirq);
	KUNIT_EXPECT_EQ_MSG(test, domain->mapcount, mapped, "number of mappings of %s",
			    domain->name);
}

const struct irq_chip dom_chips[DOM_LEVELS] = {
	{ .name	= "dom0" }, { .name = "dom1" }, { .name = "dom2" },
};

static int dom_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	struct dom_test *dt = domain->host_data;

	dt->virq = virq;
	dom_note(dt, "map %lu ", hwirq);
	if (dt->fail >= 0 && hwirq == dt->fail)
		return dt->error;
	irq_set_chip_and_handler(virq, &dom_chips[0], handle_simple_irq);
	return 0;
}

static void dom_unmap(struct irq_domain *domain, unsigned int virq)
{
	struct dom_test *dt = domain->host_data;

	/* No request may come in between, nor may the chip be used any more */
	dom_note(dt, "unmap %lu%s%s ", irq_get_irq_data(virq)->hwirq,
		 can_request_irq(virq, 0) ? " which can be requested" : "",
		 irq_get_chip(virq) == &no_irq_chip ? "" : " which has a chip");
}

const struct irq_domain_ops dom_ops = {
	.map	= dom_map,
	.unmap	= dom_unmap,
};

/* Linear up to @size, then a tree up to @max. */
struct irq_domain *dom_create(struct kunit *test, unsigned int size, irq_hw_number_t max,
			      const struct irq_domain_ops *ops, enum irq_domain_bus_token bus)
{
	struct dom_test *dt = test->priv;
	struct irq_domain_info info = {
		.fwnode		= dt->fwnode,
		.size		= size,
		.hwirq_max	= max,
		.bus_token	= bus,
		.ops		= ops,
		.host_data	= dt,
	};

	return dom_own(test, irq_domain_instantiate(&info));
}

int dom_init(struct kunit *test)
{
	struct dom_test *dt = kunit_kzalloc(test, sizeof(*dt), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dt);
	dt->fail = -1;
	test->priv = dt;
	dt->fwnode = dom_fwnode(test, "dom");
	return 0;
}

/* Translation */

typedef int (*dom_xlate_fn)(struct irq_domain *d, struct device_node *ctrlr, const u32 *intspec,
			    unsigned int intsize, irq_hw_number_t *out_hwirq,
			    unsigned int *out_type);
typedef int (*dom_translate_fn)(struct irq_domain *d, struct irq_fwspec *fwspec,
				unsigned long *out_hwirq, unsigned int *out_type);

static const struct dom_cells {
	const char		*name;
	dom_xlate_fn		xlate;
	dom_translate_fn	translate;
	unsigned int		count;
	int			ret;
	unsigned long		hwirq;
	unsigned int		type;
} dom_cells[] = {
	/* The cells are 17, 0x128, 0xf1: level low, and edge rising, with other bits */
	{ "xlate onecell of 1", irq_domain_xlate_onecell, NULL, 1, 0, 17, 0 },
	{ "xlate onecell of 2", irq_domain_xlate_onecell, NULL, 2, 0, 17, 0 },
	{ "xlate twocell of 2", irq_domain_xlate_twocell, NULL, 2, 0, 17, 8 },
	{ "xlate twocell of 3", irq_domain_xlate_twocell, NULL, 3, 0, 17, 8 },
	{ "xlate onetwocell of 1", irq_domain_xlate_onetwocell, NULL, 1, 0, 17, 0 },
	{ "xlate onetwocell of 2", irq_domain_xlate_onetwocell, NULL, 2, 0, 17, 8 },
	{ "xlate twothreecell of 1", irq_domain_xlate_twothreecell, NULL, 1, -EINVAL },
	{ "xlate twothreecell of 2", irq_domain_xlate_twothreecell, NULL, 2, 0, 17, 8 },
	{ "xlate twothreecell of 3", irq_domain_xlate_twothreecell, NULL, 3, 0, 0x128, 1 },
	{ "xlate twothreecell of 4", irq_domain_xlate_twothreecell, NULL, 4, -EINVAL },
	{ "translate onecell of 1", NULL, irq_domain_translate_onecell, 1, 0, 17, 0 },
	{ "translate onecell of 2", NULL, irq_domain_translate_onecell, 2, 0, 17, 0 },
	{ "translate twocell of 2", NULL, irq_domain_translate_twocell, 2, 0, 17, 8 },
	{ "translate twocell of 3", NULL, irq_domain_translate_twocell, 3, 0, 17, 8 },
	{ "translate twothreecell of 0", NULL, irq_domain_translate_twothreecell, 0, -EINVAL },
	{ "translate twothreecell of 1", NULL, irq_domain_translate_twothreecell, 1, -EINVAL },
	{ "translate twothreecell of 2", NULL, irq_domain_translate_twothreecell, 2, 0, 17, 8 },
	{ "translate twothreecell of 3", NULL, irq_domain_translate_twothreecell, 3, 0, 0x128, 1 },
	{ "translate twothreecell of 4", NULL, irq_domain_translate_twothreecell, 4, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(dom_cells, dom_cells, name);

/* The cells of a specifier mean what the binding says. What is not a type does not get through. */
static void domain_cells(struct kunit *test)
{
	static const u32 cell[] = {
		17, 0x120 | IRQ_TYPE_LEVEL_LOW, 0xf0 | IRQ_TYPE_EDGE_RISING, 0,
	};
	const struct dom_cells *param = test->param_value;
	unsigned long hwirq = ~0UL;
	unsigned int type = ~0U;
	int ret;

	if (param->xlate) {
		ret = param->xlate(NULL, NULL, cell, param->count, &hwirq, &type);
	} else {
		struct irq_fwspec fwspec = { .param_count = param->count };

		memcpy(fwspec.param, cell, param->count * sizeof(*cell));
		ret = param->translate(NULL, &fwspec, &hwirq, &type);
	}
	KUNIT_ASSERT_EQ(test, ret, param->ret);
	if (ret)
		return;
	KUNIT_EXPECT_EQ_MSG(test, hwirq, param->hwirq,
			    "a driver gets the interrupt of another device");
	KUNIT_EXPECT_EQ_MSG(test, type, param->type,
			    "the line gets another trigger type than the firmware tells");
}

/* All cells of a phandle get into the specifier. */
static void domain_of_args(struct kunit *test)
{
	struct irq_fwspec fwspec;
	u32 cell[IRQ_DOMAIN_IRQ_SPEC_PARAMS];

	for (int i = 0; i < ARRAY_SIZE(cell); i++)
		cell[i] = i + 1;
	for (int count = 0; count <= ARRAY_SIZE(cell); count++) {
		memset(&fwspec, 0xff, sizeof(fwspec));
		of_phandle_args_to_fwspec(NULL, cell, count, &fwspec);
		KUNIT_EXPECT_NULL(test, fwspec.fwnode);
		KUNIT_EXPECT_EQ(test, fwspec.param_count, count);
		for (int i = 0; i < count; i++)
			KUNIT_EXPECT_EQ_MSG(test, fwspec.param[i], i + 1, "cell %d of %d", i,
					    count);
	}
}

static int dom_xlate(struct irq_domain *domain, struct device_node *node, const u32 *intspec,
		     unsigned int intsize, unsigned long *hwirq, unsigned int *type)
{
	struct dom_test *dt = domain->host_data;

	dom_note(dt, "xlate %u of %u ", intspec[0], intsize);
	*hwirq = intspec[0] + 1;
	*type = dt->type;
	return dt->error;
}

static int dom_translate(struct irq_domain *domain, struct irq_fwspec *fwspec,
			 unsigned long *hwirq, unsigned int *type)
{
	struct dom_test *dt = domain->host_data;

	dom_note(dt, "translate %u of %d ", fwspec->param[0], fwspec->param_count);
	*hwirq = fwspec->param[0] + 2;
	*type = dt->type;
	return dt->error;
}

/* translate() is preferred to xlate(). Without both the first cell is the line. */
static void domain_translation(struct kunit *test)
{
	static const struct irq_domain_ops ops[] = {
		{ .map = dom_map },
		{ .map = dom_map, .xlate = dom_xlate },
		{ .map = dom_map, .xlate = dom_xlate, .translate = dom_translate },
	};
	static const char * const calls[] = {
		"map 5 ", "xlate 5 of 2 map 6 ", "translate 5 of 2 map 7 ",
	};
	struct dom_test *dt = test->priv;

	dt->type = IRQ_TYPE_EDGE_BOTH;
	for (int i = 0; i < ARRAY_SIZE(ops); i++) {
		struct irq_fwspec fwspec = { .param_count = 2, .param = { 5, 6 } };
		struct irq_domain *domain;
		unsigned int virq;

		dt->fwnode = dom_fwnode(test, "dom-translation");
		fwspec.fwnode = dt->fwnode;
		domain = dom_create(test, 8, 8, &ops[i], DOMAIN_BUS_ANY);
		virq = irq_create_fwspec_mapping(&fwspec);
		dom_expect_log(test, calls[i], "mapping a specifier");
		KUNIT_ASSERT_NE(test, virq, 0);
		dom_expect_mapped(test, domain, virq, 5 + i);
		KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), i ? IRQ_TYPE_EDGE_BOTH : 0);

		/* The specifier makes no sense to the driver */
		dt->error = -EINVAL;
		fwspec.param[0] = 1;
		if (i) {
			KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
			KUNIT_EXPECT_NULL(test, strstr(dt->log, "map"));
			dom_expect_unmapped(test, domain, 1, 1 + i);
		}
		dt->error = 0;
		dt->log[0] = '\0';
	}
}

static int dom_hier_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
			  void *arg)
{
	struct irq_fwspec *fwspec = arg;

	irq_domain_set_info(domain, virq, fwspec->param[0], &dom_chips[0], NULL, handle_simple_irq,
			    NULL, NULL);
	return 0;
}

const struct irq_domain_ops dom_twocell_ops = {
	.map		= dom_map,
	.translate	= irq_domain_translate_twocell,
};

const struct irq_domain_ops dom_twocell_hierarchy_ops = {
	.alloc		= dom_hier_alloc,
	.free		= irq_domain_free_irqs_top,
	.translate	= irq_domain_translate_twocell,
};

static const struct {
	const char			*name;
	const struct irq_domain_ops	*ops;
} dom_types[] = {
	{ "plain", &dom_twocell_ops }, { "hierarchy", &dom_twocell_hierarchy_ops },
};

KUNIT_ARRAY_PARAM_DESC(dom_types, dom_types, name);

static unsigned int dom_map_type(struct fwnode_handle *fwnode, unsigned int hwirq,
				 unsigned int type)
{
	struct irq_fwspec fwspec = { .fwnode = fwnode, .param_count = 2, .param = { hwirq, type } };

	return irq_create_fwspec_mapping(&fwspec);
}

/*
 * Who maps a line first chooses its trigger type. Others may share the mapping if they do not
 * disagree, and the first choice may come late.
 */
static void domain_type(struct kunit *test)
{
	const typeof(dom_types[0]) *param = test->param_value;
	struct dom_test *dt = test->priv;
	struct irq_domain *domain = dom_create(test, 8, 8, param->ops, DOMAIN_BUS_ANY);
	unsigned int virq = dom_map_type(dt->fwnode, 3, IRQ_TYPE_LEVEL_HIGH);
	unsigned int none;

	KUNIT_ASSERT_NE(test, virq, 0);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_EQ(test, dom_map_type(dt->fwnode, 3, IRQ_TYPE_LEVEL_HIGH), virq);
	KUNIT_EXPECT_EQ(test, dom_map_type(dt->fwnode, 3, IRQ_TYPE_NONE), virq);
	KUNIT_EXPECT_EQ(test, irq_create_mapping(domain, 3), virq);
	KUNIT_EXPECT_EQ_MSG(test, dom_map_type(dt->fwnode, 3, IRQ_TYPE_EDGE_RISING), 0,
			    "a line is shared by devices which disagree about its type");
	KUNIT_EXPECT_EQ_MSG(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH,
			    "a device has changed the type of another one's line");
	dom_expect_mapped(test, domain, virq, 3);
	KUNIT_EXPECT_EQ(test, domain->mapcount, 1);

	none = dom_map_type(dt->fwnode, 4, IRQ_TYPE_NONE);
	KUNIT_ASSERT_NE(test, none, 0);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(none), IRQ_TYPE_NONE);
	KUNIT_EXPECT_EQ_MSG(test, dom_map_type(dt->fwnode, 4, IRQ_TYPE_EDGE_FALLING), none,
			    "a type cannot be given later");
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(none), IRQ_TYPE_EDGE_FALLING);
	KUNIT_EXPECT_EQ(test, dom_map_type(dt->fwnode, 4, IRQ_TYPE_LEVEL_LOW), 0);

	/* A disposed mapping leaves no type for the next user */
	irq_dispose_mapping(virq);
	dom_expect_unmapped(test, domain, 1, 3);
	virq = dom_map_type(dt->fwnode, 3, IRQ_TYPE_EDGE_RISING);
	KUNIT_ASSERT_NE(test, virq, 0);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_EDGE_RISING);

	/* Nobody handles this one */
	KUNIT_EXPECT_EQ(test, dom_map_type(dom_fwnode(test, "dom-nobody"), 3, IRQ_TYPE_NONE), 0);
}

static const struct cpumask *dom_info_mask;
static struct irq_fwspec *dom_info_spec;

static int dom_get_info(struct irq_fwspec *fwspec, struct irq_fwspec_info *info)
{
	dom_info_spec = fwspec;
	if (fwspec->param[0])
		return -ENXIO;
	info->flags = IRQ_FWSPEC_INFO_AFFINITY_VALID;
	info->affinity = dom_info_mask;
	return 0;
}

/* What the firmware tells about an interrupt comes from its domain. There may be nothing. */
static void domain_fwspec_info(struct kunit *test)
{
	static const struct irq_domain_ops ops = { .get_fwspec_info = dom_get_info };
	struct dom_test *dt = test->priv;
	struct irq_fwspec known = { .fwnode = dt->fwnode, .param_count = 1 };
	struct irq_fwspec silent = { .fwnode = dom_fwnode(test, "dom-silent"), .param_count = 1 };
	struct irq_fwspec unknown = { .fwnode = dom_fwnode(test, "dom-unknown") };
	struct irq_fwspec_info info;

	dom_info_mask = cpumask_of(0);
	dom_create(test, 4, 4, &ops, DOMAIN_BUS_ANY);
	dt->fwnode = silent.fwnode;
	dom_create(test, 4, 4, &dom_ops, DOMAIN_BUS_ANY);

	memset(&info, 0xff, sizeof(info));
	KUNIT_EXPECT_EQ(test, irq_populate_fwspec_info(&known, &info), 0);
	KUNIT_EXPECT_PTR_EQ(test, dom_info_spec, &known);
	KUNIT_EXPECT_EQ(test, info.flags, IRQ_FWSPEC_INFO_AFFINITY_VALID);
	KUNIT_EXPECT_PTR_EQ(test, info.affinity, dom_info_mask);
	known.param[0] = 1;
	memset(&info, 0xff, sizeof(info));
	KUNIT_EXPECT_EQ(test, irq_populate_fwspec_info(&known, &info), -ENXIO);
	KUNIT_EXPECT_EQ_MSG(test, info.flags, 0, "a failure leaves an affinity");
	memset(&info, 0xff, sizeof(info));
	KUNIT_EXPECT_EQ(test, irq_populate_fwspec_info(&silent, &info), 0);
	KUNIT_EXPECT_EQ_MSG(test, info.flags, 0, "an affinity from nowhere");
	memset(&info, 0xff, sizeof(info));
	KUNIT_EXPECT_EQ(test, irq_populate_fwspec_info(&unknown, &info), 0);
	KUNIT_EXPECT_EQ(test, info.flags, 0);
}

/* Lookup and names */

/* Domains which share a firmware node are told apart by their bus, also after a change of it. */
static void domain_bus_tokens(struct kunit *test)
{
	struct dom_test *dt = test->priv;
	struct irq_domain *wired = dom_create(test, 4, 4, &dom_ops, DOMAIN_BUS_WIRED);
	struct irq_domain *ipi = dom_create(test, 4, 4, &dom_ops, DOMAIN_BUS_IPI);
	struct irq_domain *any = dom_create(test, 4, 4, &dom_ops, DOMAIN_BUS_ANY);
	struct irq_domain *found;
	unsigned int virq;

	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_WIRED), wired);
	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_IPI), ipi);
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_NEXUS));
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(NULL, DOMAIN_BUS_WIRED));
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(NULL, DOMAIN_BUS_ANY));
	found = irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_ANY);
	KUNIT_EXPECT_TRUE(test, found == wired || found == ipi || found == any);
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(dom_fwnode(test, "dom-other"),
							 DOMAIN_BUS_WIRED));

	/* Interrupts of devices are wired ones, whichever domain was there first */
	virq = dom_map_type(dt->fwnode, 2, IRQ_TYPE_NONE);
	KUNIT_ASSERT_NE(test, virq, 0);
	dom_expect_mapped(test, wired, virq, 2);

	KUNIT_EXPECT_STREQ(test, wired->name, "dom-1");
	KUNIT_EXPECT_STREQ(test, ipi->name, "dom-6");
	KUNIT_EXPECT_STREQ(test, any->name, "dom");
	irq_domain_update_bus_token(any, DOMAIN_BUS_ANY);
	KUNIT_EXPECT_STREQ(test, any->name, "dom");
	irq_domain_update_bus_token(any, DOMAIN_BUS_NEXUS);
	KUNIT_EXPECT_STREQ_MSG(test, any->name, "dom-5", "two domains have one name in debugfs");
	KUNIT_EXPECT_EQ(test, any->bus_token, DOMAIN_BUS_NEXUS);
	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_NEXUS), any);
	irq_domain_update_bus_token(any, DOMAIN_BUS_WAKEUP);
	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_WAKEUP), any);
	KUNIT_EXPECT_NULL_MSG(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_NEXUS),
			      "a domain is found by the token which it had before");
}

static int dom_select(struct irq_domain *domain, struct irq_fwspec *fwspec,
		      enum irq_domain_bus_token bus)
{
	struct dom_test *dt = domain->host_data;

	/* Others look up their domains as well */
	if (fwspec->fwnode != domain->fwnode)
		return 0;
	dom_note(dt, "select %u bus %d ", fwspec->param[0], bus);
	return fwspec->param[0] == 1;
}

static int dom_match(struct irq_domain *domain, struct device_node *node,
		     enum irq_domain_bus_token bus)
{
	struct dom_test *dt = domain->host_data;

	if (node || bus != DOMAIN_BUS_VMD_MSI)
		return 0;
	dom_note(dt, "match ");
	return dt->hwirq;
}

/* A driver which decides by itself is asked, with the whole specifier, except for "any bus". */
static void domain_select(struct kunit *test)
{
	static const struct irq_domain_ops select_ops = { .map = dom_map, .select = dom_select };
	static const struct irq_domain_ops match_ops = { .map = dom_map, .match = dom_match };
	struct dom_test *dt = test->priv;
	struct irq_fwspec fwspec = { .fwnode = dt->fwnode, .param_count = 1, .param = { 1 } };
	struct irq_domain *domain = dom_create(test, 4, 4, &select_ops, DOMAIN_BUS_IPI);
	unsigned int virq;

	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwspec(&fwspec, DOMAIN_BUS_PCI_MSI), domain);
	dom_expect_log(test, "select 1 bus 3 ", "looking up a bus which is not its own");
	fwspec.param[0] = 2;
	KUNIT_EXPECT_NULL_MSG(test, irq_find_matching_fwspec(&fwspec, DOMAIN_BUS_IPI),
			      "a domain is found although its driver says no");
	dom_expect_log(test, "select 2 bus 6 ", "looking up its bus");
	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwspec(&fwspec, DOMAIN_BUS_ANY), domain);
	dom_expect_log(test, "", "looking up any bus");

	virq = irq_create_fwspec_mapping(&fwspec);
	KUNIT_ASSERT_NE(test, virq, 0);
	dom_expect_log(test, "select 2 bus 1 map 2 ", "mapping what it denies for wired ones");

	dt->fwnode = dom_fwnode(test, "dom-match");
	domain = dom_create(test, 4, 4, &match_ops, DOMAIN_BUS_IPI);
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(NULL, DOMAIN_BUS_VMD_MSI));
	dt->hwirq = 1;
	KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(NULL, DOMAIN_BUS_VMD_MSI), domain);
	KUNIT_EXPECT_NULL_MSG(test, irq_find_matching_fwnode(dt->fwnode, DOMAIN_BUS_IPI),
			      "a domain is found although its driver says no");
	dom_expect_log(test, "match match ", "looking up a node by device tree");
}

static struct irq_domain *dom_named(struct kunit *test, struct fwnode_handle *fwnode,
				    enum irq_domain_bus_token bus, const char *suffix)
{
	struct irq_domain_info info = {
		.fwnode = fwnode, .size = 1, .hwirq_max = 1, .bus_token = bus,
		.name_suffix = suffix, .ops = &dom_ops, .host_data = test->priv,
	};

	return irq_domain_instantiate(&info);
}

/* The name of a domain tells which it is, and is unique: it is the name of a file in debugfs. */
static void domain_names(struct kunit *test)
{
	static phys_addr_t pa = 0x12340000;
	struct fwnode_handle *id = dom_own_fwnode(test, irq_domain_alloc_named_id_fwnode("dom", 7));
	struct fwnode_handle *real = dom_own_fwnode(test, irq_domain_alloc_fwnode(&pa));
	struct fwnode_handle *soft = kunit_fwnode_create_software_node(test, NULL, NULL);
	struct fwnode_handle *child;
	struct irq_domain *domain;
	char expected[64];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, soft);
	child = kunit_fwnode_create_software_node(test, NULL, soft);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, child);

	KUNIT_EXPECT_STREQ(test, fwnode_get_name(id), "dom-7");
	KUNIT_EXPECT_STREQ(test, dom_own(test, dom_named(test, id, DOMAIN_BUS_ANY, NULL))->name,
			   "dom-7");
	KUNIT_EXPECT_STREQ(test, dom_own(test, dom_named(test, id, DOMAIN_BUS_IPI, NULL))->name,
			   "dom-7-6");

	snprintf(expected, sizeof(expected), "irqchip@%pa", &pa);
	KUNIT_EXPECT_STREQ(test, fwnode_get_name(real), expected);
	domain = dom_own(test, dom_named(test, real, DOMAIN_BUS_ANY, NULL));
	KUNIT_EXPECT_STREQ(test, domain->name, expected);
	snprintf(expected, sizeof(expected), "irqchip@%pa-6", &pa);
	KUNIT_EXPECT_STREQ(test, dom_own(test, dom_named(test, real, DOMAIN_BUS_IPI, NULL))->name,
			   expected);
	/* This name was that of the node. It remains the node's. */
	irq_domain_update_bus_token(domain, DOMAIN_BUS_NEXUS);
	snprintf(expected, sizeof(expected), "irqchip@%pa-5", &pa);
	KUNIT_EXPECT_STREQ(test, domain->name, expected);
	snprintf(expected, sizeof(expected), "irqchip@%pa", &pa);
	KUNIT_EXPECT_STREQ(test, fwnode_get_name(real), expected);

	/* A suffix is for nodes of devices; they have a path */
	domain = dom_named(test, id, DOMAIN_BUS_ANY, "suffix");
	KUNIT_EXPECT_EQ(test, PTR_ERR(domain), -EINVAL);
	snprintf(expected, sizeof(expected), "%pfw-a", child);
	strreplace(expected, '/', ':');
	domain = dom_own(test, dom_named(test, child, DOMAIN_BUS_ANY, "a"));
	KUNIT_EXPECT_STREQ(test, domain->name, expected);
	KUNIT_EXPECT_NOT_NULL(test, strchr(expected, ':'));
	strcat(expected, "-6");
	expected[strlen(expected) - 3] = 'b';
	domain = dom_own(test, dom_named(test, child, DOMAIN_BUS_IPI, "b"));
	KUNIT_EXPECT_STREQ(test, domain->name, expected);
	snprintf(expected, sizeof(expected), "%pfw-6", child);
	strreplace(expected, '/', ':');
	domain = dom_own(test, dom_named(test, child, DOMAIN_BUS_IPI, NULL));
	KUNIT_EXPECT_STREQ(test, domain->name, expected);

	/* There is no node at all */
	domain = dom_own(test, dom_named(test, NULL, DOMAIN_BUS_ANY, NULL));
	strscpy(expected, domain->name);
	KUNIT_EXPECT_EQ(test, strncmp(expected, "unknown-", 8), 0);
	domain = dom_own(test, dom_named(test, NULL, DOMAIN_BUS_ANY, NULL));
	KUNIT_EXPECT_STRNEQ(test, domain->name, expected);
	irq_domain_free_fwnode(NULL);
}

/**
 * struct dom_counted - firmware node which counts its references
 * @fwnode:	the node
 * @refs:	references
 */
struct dom_counted {
	struct fwnode_handle	fwnode;
	int			refs;
};

static struct fwnode_handle *dom_counted_get(struct fwnode_handle *fwnode)
{
	container_of(fwnode, struct dom_counted, fwnode)->refs++;
	return fwnode;
}

static void dom_counted_put(struct fwnode_handle *fwnode)
{
	container_of(fwnode, struct dom_counted, fwnode)->refs--;
}

static const struct fwnode_operations dom_counted_ops = {
	.get	= dom_counted_get,
	.put	= dom_counted_put,
};

static int dom_init_fails(struct irq_domain *domain)
{
	return -ENXIO;
}

/* A domain keeps its firmware node, as long as it exists and not longer. */
static void domain_fwnode_refs(struct kunit *test)
{
	struct dom_counted *node = kunit_kzalloc(test, sizeof(*node), GFP_KERNEL);
	struct irq_domain_info info = { .size = 1, .hwirq_max = 1, .ops = &dom_ops };
	struct irq_domain *domain;
	struct fwnode_handle *child;

	KUNIT_ASSERT_NOT_NULL(test, node);
	fwnode_init(&node->fwnode, &dom_counted_ops);
	info.fwnode = &node->fwnode;
	domain = irq_domain_instantiate(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_EXPECT_EQ_MSG(test, node->refs, 1, "the node can go away while the domain uses it");
	KUNIT_EXPECT_TRUE_MSG(test, fwnode_test_flag(&node->fwnode, FWNODE_FLAG_INITIALIZED),
			      "consumers wait for a device which never comes");
	irq_domain_remove(domain);
	KUNIT_EXPECT_EQ_MSG(test, node->refs, 0, "the node never goes away");
	KUNIT_EXPECT_FALSE(test, fwnode_test_flag(&node->fwnode, FWNODE_FLAG_INITIALIZED));

	info.init = dom_init_fails;
	KUNIT_EXPECT_EQ(test, PTR_ERR(irq_domain_instantiate(&info)), -ENXIO);
	KUNIT_EXPECT_EQ_MSG(test, node->refs, 0, "a failure keeps the node");
	KUNIT_EXPECT_FALSE(test, fwnode_test_flag(&node->fwnode, FWNODE_FLAG_INITIALIZED));

	/* Who asks for the parent of a node puts it afterwards */
	child = irq_domain_alloc_named_parented_fwnode("dom-child", &node->fwnode);
	dom_own_fwnode(test, child);
	KUNIT_EXPECT_PTR_EQ(test, fwnode_get_parent(child), &node->fwnode);
	KUNIT_EXPECT_EQ_MSG(test, node->refs, 1, "the parent is freed under its owner");
	KUNIT_EXPECT_NULL(test, fwnode_get_parent(dom_fwnode(test, "dom-orphan")));
}

static struct kunit_case genirq_domain_cases[] = {
	KUNIT_CASE_PARAM(domain_cells, dom_cells_gen_params),
	KUNIT_CASE(domain_of_args),
	KUNIT_CASE(domain_translation),
	KUNIT_CASE_PARAM(domain_type, dom_types_gen_params),
	KUNIT_CASE(domain_fwspec_info),
	KUNIT_CASE(domain_bus_tokens),
	KUNIT_CASE(domain_select),
	KUNIT_CASE(domain_names),
	KUNIT_CASE(domain_fwnode_refs),
	{}
};

static struct kunit_suite genirq_domain_suite = {
	.name		= "genirq_domain",
	.init		= dom_init,
	.test_cases	= genirq_domain_cases,
};

kunit_test_suite(genirq_domain_suite);

MODULE_DESCRIPTION("KUnit tests of interrupt domains");
MODULE_LICENSE("GPL");
