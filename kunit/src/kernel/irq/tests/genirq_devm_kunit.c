// SPDX-License-Identifier: GPL-2.0
/*
 * What a device has requested or created is managed: it goes when the device is unbound, and
 * nothing of it is left after a failure. Nor is anything left of an IPI mux which failed.
 */

#include <linux/bitops.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/numa.h>
#include <linux/sched.h>
#include <linux/sprintf.h>
#include <kunit/device.h>
#include <kunit/test.h>

#include "genirq_failslab_kunit.h"

#define DEVM_LINES	4

/**
 * struct devm_line - an interrupt which somebody may request
 * @virq:	the interrupt
 * @desc:	its descriptor
 * @runs:	number of runs of the handler
 */
struct devm_line {
	int			virq;
	struct irq_desc		*desc;
	int			runs;
};

/**
 * struct devm_test - some interrupts, and what happened to a domain
 * @line:	the interrupts, in the order of their numbers
 * @fail_init:	what the initialisation of the domain returns
 * @exits:	removed domains
 * @gone:	interrupt @watched was gone by then
 * @watched:	an interrupt; a free number at first, and so is the next one
 */
struct devm_test {
	struct devm_line	line[DEVM_LINES];
	int			fail_init;
	int			exits;
	bool			gone;
	unsigned int		watched;
};

static void devm_free_descs(void *data)
{
	struct devm_test *t = data;

	irq_free_descs(t->line[0].virq, DEVM_LINES);
}

static int devm_init(struct kunit *test)
{
	struct devm_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int virq;

	if (!t)
		return -ENOMEM;
	/* The numbers of the last two are free then */
	virq = irq_alloc_descs(-1, 1, DEVM_LINES + 2, NUMA_NO_NODE);
	if (virq < 0)
		return virq;
	irq_free_descs(virq + DEVM_LINES, 2);
	t->watched = virq + DEVM_LINES;
	for (int i = 0; i < DEVM_LINES; i++) {
		t->line[i].virq = virq + i;
		t->line[i].desc = irq_data_to_desc(irq_get_irq_data(virq + i));
		irq_set_chip_and_handler(virq + i, &dummy_irq_chip, handle_simple_irq);
		irq_modify_status(virq + i, IRQ_NOREQUEST, 0);
	}
	test->priv = t;
	return kunit_add_action_or_reset(test, devm_free_descs, t);
}

static irqreturn_t devm_handler(int irq, void *data)
{
	struct devm_line *line = data;

	line->runs++;
	return IRQ_HANDLED;
}

static void devm_free_line(void *data)
{
	struct devm_line *line = data;

	free_irq(line->virq, line);
}

static struct device *devm_device(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "devm");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	return dev;
}

/* What a device has requested is free after it was unbound, and not before. */
static void devm_request(struct kunit *test)
{
	struct devm_test *t = test->priv;
	struct device *dev = devm_device(test);
	struct devm_line *any = &t->line[0], *nested = &t->line[1];
	struct devm_line *taken = &t->line[2], *own = &t->line[3];

	irq_set_nested_thread(nested->virq, true);
	KUNIT_ASSERT_EQ(test, 0, request_irq(taken->virq, devm_handler, IRQF_NO_THREAD, "taken",
					     taken));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, devm_free_line, taken));
	KUNIT_EXPECT_EQ(test, devm_request_any_context_irq(dev, any->virq, devm_handler,
							   IRQF_NO_THREAD, NULL, any),
			IRQC_IS_HARDIRQ);
	KUNIT_EXPECT_STREQ_MSG(test, any->desc->action->name, dev_name(dev), "the default name");
	KUNIT_EXPECT_EQ(test, devm_request_any_context_irq(dev, nested->virq, devm_handler, 0,
							   "nested", nested), IRQC_IS_NESTED);
	KUNIT_EXPECT_STREQ(test, nested->desc->action->name, "nested");
	/* With the same cookie: only the one who got it may free it */
	KUNIT_EXPECT_EQ(test, devm_request_any_context_irq(dev, taken->virq, devm_handler, 0,
							   "devm", taken), -EBUSY);
	KUNIT_EXPECT_EQ(test, devm_request_irq(dev, taken->virq, devm_handler, 0, "devm", taken),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, devm_request_irq(dev, own->virq, devm_handler, 0, NULL, own), 0);
	KUNIT_EXPECT_STREQ(test, own->desc->action->name, dev_name(dev));
	generic_handle_irq_safe(any->virq);
	KUNIT_EXPECT_EQ(test, any->runs, 1);
	devm_free_irq(dev, nested->virq, nested);
	KUNIT_EXPECT_NULL(test, nested->desc->action);

	kunit_device_unregister(test, dev);
	KUNIT_EXPECT_NULL_MSG(test, any->desc->action, "a handler of an unbound device is left");
	KUNIT_EXPECT_NULL(test, own->desc->action);
	KUNIT_EXPECT_NOT_NULL_MSG(test, taken->desc->action, "freed what it had not got");
	generic_handle_irq_safe(taken->virq);
	KUNIT_EXPECT_EQ(test, taken->runs, 1);
}

static int devm_domain_init(struct irq_domain *domain)
{
	struct devm_test *t = domain->host_data;

	return t->fail_init;
}

static void devm_domain_exit(struct irq_domain *domain)
{
	struct devm_test *t = domain->host_data;

	t->exits++;
	t->gone = !irq_get_irq_data(t->watched);
}

static const struct irq_domain_ops devm_domain_ops = { };

static void devm_fwnode_free(void *fwnode)
{
	irq_domain_free_fwnode(fwnode);
}

static struct irq_domain_info devm_domain_info(struct kunit *test)
{
	struct irq_domain_info info = {
		.fwnode		= irq_domain_alloc_named_fwnode("devm"),
		.size		= 4,
		.hwirq_max	= 4,
		.ops		= &devm_domain_ops,
		.host_data	= test->priv,
		.init		= devm_domain_init,
		.exit		= devm_domain_exit,
	};

	KUNIT_ASSERT_NOT_NULL(test, info.fwnode);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, devm_fwnode_free, info.fwnode));
	return info;
}

/* Descriptors, a generic chip and a domain of a device go when it is unbound, last one first. */
static void devm_chip(struct kunit *test)
{
	struct devm_test *t = test->priv;
	struct irq_domain_info info = devm_domain_info(test);
	struct device *dev = devm_device(test);
	struct irq_chip_generic *gc;
	int virq, own = t->line[0].virq;

	t->fail_init = -EPROTO;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_irq_domain_instantiate(dev, &info)), -EPROTO);
	t->fail_init = 0;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, devm_irq_domain_instantiate(dev, &info));
	KUNIT_EXPECT_EQ_MSG(test, devm_irq_alloc_desc_at(dev, own, NUMA_NO_NODE), -EEXIST,
			    "a descriptor which somebody has");
	virq = devm_irq_alloc_descs(dev, -1, 1, 3, NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, virq, 0);
	t->watched = virq + 2;
	KUNIT_ASSERT_NOT_NULL(test, irq_get_irq_data(virq + 2));

	/* The chip is for descriptors which are not the device's */
	irq_set_chip_and_handler(own, NULL, NULL);
	gc = devm_irq_alloc_generic_chip(dev, "devm_gc", 2, own, NULL, handle_level_irq);
	KUNIT_ASSERT_NOT_NULL(test, gc);
	KUNIT_EXPECT_STREQ(test, gc->chip_types[1].chip.name, "devm_gc");
	KUNIT_ASSERT_EQ(test, 0, devm_irq_setup_generic_chip(dev, gc, BIT(0) | BIT(2), 0,
							     IRQ_NOTHREAD, IRQ_NOPROBE));
	KUNIT_EXPECT_PTR_EQ(test, irq_get_chip_data(own), gc);
	KUNIT_EXPECT_PTR_EQ(test, irq_get_chip(own + 1), &dummy_irq_chip);
	KUNIT_EXPECT_PTR_EQ(test, irq_get_chip_data(own + 2), gc);
	KUNIT_EXPECT_TRUE(test, t->line[0].desc->status_use_accessors & IRQ_NOPROBE);

	kunit_device_unregister(test, dev);
	KUNIT_EXPECT_NULL_MSG(test, irq_get_chip_data(own), "refers to a chip which is freed");
	KUNIT_EXPECT_NULL(test, irq_get_chip_data(own + 2));
	KUNIT_EXPECT_PTR_EQ(test, t->line[2].desc->handle_irq, &handle_bad_irq);
	KUNIT_EXPECT_PTR_EQ_MSG(test, irq_get_chip(own + 1), &dummy_irq_chip, "not of this chip");
	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_NULL_MSG(test, irq_get_irq_data(virq + i), "descriptor %d", i);
	KUNIT_EXPECT_NOT_NULL_MSG(test, irq_get_irq_data(own), "freed a stranger's descriptor");
	KUNIT_EXPECT_EQ_MSG(test, t->exits, 1, "removed domains");
	KUNIT_EXPECT_TRUE_MSG(test, t->gone, "the domain goes before the interrupts");
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(info.fwnode, DOMAIN_BUS_ANY));
}

/*
 * Make each allocation of a call fail in turn, until all of them succeed. Then it returns
 * @expected; before, nothing is left of it.
 */
static void devm_fail_each(struct kunit *test, const char *name, int expected,
			   int (*call)(struct devm_test *t, struct device *dev))
{
	struct devm_test *t = test->priv;
	bool failed = true;
	int failures = 0, ret = 0;

	for (int n = 1; failed && n < 50; n++) {
		struct device *dev = devm_device(test);

		genirq_fail_nth(n);
		ret = call(t, dev);
		failed = genirq_has_failed();
		/* It can do without some of them */
		if (ret) {
			failures++;
			KUNIT_EXPECT_NULL_MSG(test, t->line[0].desc->action, "%s, allocation %d",
					      name, n);
			KUNIT_EXPECT_NULL(test, irq_get_chip_data(t->line[1].virq));
			KUNIT_EXPECT_NULL(test, irq_get_irq_data(t->watched));
		}
		kunit_device_unregister(test, dev);
		KUNIT_EXPECT_NULL(test, t->line[0].desc->action);
		KUNIT_EXPECT_NULL(test, irq_get_chip_data(t->line[1].virq));
		KUNIT_EXPECT_NULL(test, irq_get_irq_data(t->watched));
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GE_MSG(test, failures, 1, "%s does not fail", name);
	KUNIT_EXPECT_EQ_MSG(test, ret, expected, "%s", name);
}

static int devm_try_request(struct devm_test *t, struct device *dev)
{
	return devm_request_irq(dev, t->line[0].virq, devm_handler, 0, "devm", &t->line[0]);
}

static int devm_try_any(struct devm_test *t, struct device *dev)
{
	return devm_request_any_context_irq(dev, t->line[0].virq, devm_handler, 0, "devm",
					    &t->line[0]);
}

static int devm_try_chip(struct devm_test *t, struct device *dev)
{
	struct irq_chip_generic *gc = devm_irq_alloc_generic_chip(dev, "devm", 1, t->line[1].virq,
								  NULL, handle_level_irq);

	return gc ? devm_irq_setup_generic_chip(dev, gc, BIT(0), IRQ_GC_NO_MASK, 0, 0) : -ENOMEM;
}

static int devm_try_descs(struct devm_test *t, struct device *dev)
{
	int ret = devm_irq_alloc_descs(dev, t->watched, t->watched, 2, NUMA_NO_NODE);

	return ret < 0 ? ret : 0;
}

/* Without memory, a managed call fails, and its interrupt is not left to anybody. */
static void devm_no_memory(struct kunit *test)
{
	struct devm_test *t = test->priv;

	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	irq_set_chip_and_handler(t->line[1].virq, NULL, NULL);
	devm_fail_each(test, "request", 0, devm_try_request);
	devm_fail_each(test, "any context", 0, devm_try_any);
	devm_fail_each(test, "chip", 0, devm_try_chip);
	devm_fail_each(test, "descriptors", 0, devm_try_descs);
}

#ifdef CONFIG_GENERIC_IRQ_IPI_MUX
/* Whether debugfs has the domain of a mux: there is no other way to find it */
static bool devm_has_mux(void)
{
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	struct dentry *irq = debugfs_lookup("irq", NULL), *domains, *mux;
	char name[24];

	if (!irq)
		return false;
	domains = debugfs_lookup("domains", irq);
	dput(irq);
	if (!domains)
		return false;
	scnprintf(name, sizeof(name), "IPI-Mux-%d", DOMAIN_BUS_IPI);
	mux = debugfs_lookup(name, domains) ?: debugfs_lookup("IPI-Mux", domains);
	dput(domains);
	dput(mux);
	return mux;
#else
	return false;
#endif
}

static void devm_ipi_send(unsigned int cpu)
{
}

static int devm_try_mux(struct devm_test *t, struct device *dev)
{
	return ipi_mux_create(0, devm_ipi_send);
}

/* There is one mux for ever, so it is only created in vain here: then nothing of it is left. */
static void devm_ipi_mux(struct kunit *test)
{
	int ret = ipi_mux_create(0, devm_ipi_send);

	if (ret == -EEXIST)
		kunit_skip(test, "there is a mux");
	KUNIT_EXPECT_EQ_MSG(test, ret, -EINVAL, "without IPIs");
	KUNIT_EXPECT_FALSE_MSG(test, devm_has_mux(), "a domain of a mux which failed");
	KUNIT_EXPECT_EQ_MSG(test, ipi_mux_create(1 + BITS_PER_TYPE(int), devm_ipi_send), -EINVAL,
			    "too many IPIs, or the mux which failed is there");
	KUNIT_EXPECT_EQ_MSG(test, ipi_mux_create(4, NULL), -EINVAL, "nothing to send");
	KUNIT_EXPECT_FALSE(test, devm_has_mux());
	if (genirq_failslab_on(test))
		devm_fail_each(test, "mux", -EINVAL, devm_try_mux);
	KUNIT_EXPECT_FALSE_MSG(test, devm_has_mux(), "a domain of a mux without memory");
}
#else
static void devm_ipi_mux(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_IPI_MUX");
}
#endif

static struct kunit_case genirq_devm_cases[] = {
	KUNIT_CASE(devm_request),
	KUNIT_CASE(devm_chip),
	KUNIT_CASE(devm_no_memory),
	KUNIT_CASE(devm_ipi_mux),
	{}
};

static struct kunit_suite genirq_devm_suite = {
	.name = "genirq_devm",
	.init = devm_init,
	.test_cases = genirq_devm_cases,
};

kunit_test_suite(genirq_devm_suite);
