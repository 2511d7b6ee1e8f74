// SPDX-License-Identifier: GPL-2.0
/*
 * MSI domains: when a device is told which message, the domain of a device, of its parents and that
 * of several devices, bridges from wires to messages, and the files in sysfs and debugfs.
 */

#include <kunit/device.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/msi.h>
#include <linux/namei.h>
#include <linux/property.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/uio.h>

#include "genirq_msi_kunit.h"

/* Messages */

static irqreturn_t gm_handler(int irq, void *data)
{
	return IRQ_HANDLED;
}

#ifdef CONFIG_HOTPLUG_CPU
/* CPU hotplug is disabled for a moment now and then, which is no other error */
static int gm_retry_busy(int (*fn)(unsigned int cpu), unsigned int cpu)
{
	int ret;

	for (int i = 0; (ret = fn(cpu)) == -EBUSY && i < 10 * HZ; i++)
		schedule_timeout_uninterruptible(1);
	return ret;
}
#endif

/* The device has a message as long as its interrupt is requested, or from the allocation on. */
static void gm_message(struct kunit *test, bool early)
{
	/* Without an affinity, as its message would be written for that as well */
	u32 flags = GM_SIMPLE | MSI_FLAG_NO_AFFINITY | (early ? MSI_FLAG_ACTIVATE_EARLY : 0);
	struct gm *gm = gm_create(test, flags, 2);
	struct msi_map map, other = gm_alloc_at(gm, 0);
	struct msi_msg msg = {};

	KUNIT_ASSERT_GT(test, other.virq, 0);
	GM_EXPECT_LOG(test, gm, early ? "dsaiAw" : "dsai");
	map = gm_alloc_at(gm, 1);
	KUNIT_ASSERT_GT(test, map.virq, 0);
	GM_EXPECT_LOG(test, gm, early ? "dsaiAw" : "dsai");
	KUNIT_ASSERT_EQ(test, request_irq(map.virq, gm_handler, 0, "genirq_msi", gm), 0);
	GM_EXPECT_LOG(test, gm, early ? "" : "Aw");
	KUNIT_EXPECT_EQ(test, gm->msg[0].address_hi, 1);
	KUNIT_EXPECT_EQ(test, gm->msg[0].address_lo, GM_ADDRESS);
	KUNIT_EXPECT_EQ(test, gm->msg[0].data, 2);
	KUNIT_EXPECT_EQ(test, gm->msg[1].data, 0);
	get_cached_msi_msg(map.virq, &msg);
	KUNIT_EXPECT_MEMEQ(test, &msg, &gm->msg[0], sizeof(msg));
	free_irq(map.virq, gm);
	GM_EXPECT_LOG(test, gm, "0D");
	KUNIT_EXPECT_EQ_MSG(test, gm->msg[0].address_lo, 0, "the device may still write");
	KUNIT_EXPECT_EQ(test, gm->msg[0].address_hi, 0);

	/* A freed interrupt is not activated, others are deactivated before they are freed */
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	GM_EXPECT_LOG(test, gm, early ? "0Dxfxf" : "xfxf");
}

static void gm_message_late(struct kunit *test)
{
	gm_message(test, false);
}

static void gm_message_early(struct kunit *test)
{
	gm_message(test, true);
}

/* A managed interrupt is not activated before one of its CPUs is online. */
static void gm_message_no_cpu(struct kunit *test)
{
#ifdef CONFIG_HOTPLUG_CPU
	struct irq_affinity_desc *affinity = kunit_kzalloc(test, sizeof(*affinity), GFP_KERNEL);
	unsigned int cpu = cpumask_last(cpu_online_mask);
	struct gm *gm = test->priv;
	struct irq_data *data;
	bool activated = false;
	struct msi_map map;
	int ret;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	KUNIT_ASSERT_NOT_NULL(test, affinity);
	gm_create(test, GM_SIMPLE | MSI_FLAG_ACTIVATE_EARLY, 1);
	cpumask_set_cpu(cpu, &affinity->mask);
	affinity->is_managed = 1;
	KUNIT_ASSERT_EQ(test, gm_retry_busy(remove_cpu, cpu), 0);
	map = msi_domain_alloc_irq_at(gm->dev, MSI_DEFAULT_DOMAIN, 0, affinity, NULL);
	data = irq_get_irq_data(map.virq);
	if (!map.index)
		activated = irqd_is_activated(data);
	ret = map.index ?: request_irq(map.virq, gm_handler, 0, "genirq_msi", gm);
	KUNIT_EXPECT_EQ(test, gm_retry_busy(add_cpu, cpu), 0);
	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_EXPECT_FALSE_MSG(test, activated, "for a CPU which is offline");
	KUNIT_EXPECT_TRUE_MSG(test, irqd_is_activated(data), "its CPU is online");
	KUNIT_EXPECT_TRUE(test, irqd_is_started(data));
	free_irq(map.virq, gm);
#else
	kunit_skip(test, "needs CPU hotplug");
#endif
}

struct gm_reserve {
	const char			*name;
	enum irq_domain_bus_token	token;
	u32				flags;
	bool				msix;
	bool				can_mask;
	bool				reserved;
};

static const struct gm_reserve gm_reserves[] = {
	{ "MSI-X",	DOMAIN_BUS_PCI_DEVICE_MSIX, MSI_FLAG_MUST_REACTIVATE, true, false, true },
	{ "MSI",	DOMAIN_BUS_PCI_DEVICE_MSI, MSI_FLAG_MUST_REACTIVATE, false, true, true },
	{ "old MSI",	DOMAIN_BUS_PCI_MSI, MSI_FLAG_MUST_REACTIVATE, false, true, true },
	{ "VMD",	DOMAIN_BUS_VMD_MSI, MSI_FLAG_MUST_REACTIVATE, true, false, true },
	{ "MSI without mask bits", DOMAIN_BUS_PCI_DEVICE_MSI, MSI_FLAG_MUST_REACTIVATE },
	{ "mask bits not used",	DOMAIN_BUS_PCI_DEVICE_MSIX,
	  MSI_FLAG_MUST_REACTIVATE | MSI_FLAG_NO_MASK, true, true },
	{ "no reactivation", DOMAIN_BUS_PCI_DEVICE_MSIX, 0, true, true },
	{ "platform",	DOMAIN_BUS_DEVICE_MSI, MSI_FLAG_MUST_REACTIVATE, true, true },
};

KUNIT_ARRAY_PARAM_DESC(gm_reserve, gm_reserves, name);

/* An unused interrupt of PCI occupies no vector, unless its device could not be kept silent. */
static void gm_message_reserved(struct kunit *test)
{
	const struct gm_reserve *p = test->param_value;
	struct msi_desc init = { .nvec_used = 1 };
	struct gm *gm = test->priv;
	int virq;

	gm->tmpl.info.bus_token = p->token;
	gm_create(test, MSI_FLAG_FREE_MSI_DESCS | MSI_FLAG_ACTIVATE_EARLY | MSI_FLAG_NO_AFFINITY |
			p->flags, 1);
	init.pci.msi_attrib.is_msix = p->msix;
	init.pci.msi_attrib.can_mask = p->can_mask;
	scoped_guard(msi_descs_lock, gm->dev)
		KUNIT_EXPECT_EQ(test, msi_insert_msi_desc(gm->dev, &init), 0);
	KUNIT_ASSERT_EQ(test, gm_alloc_all(gm, 1), 0);
	GM_EXPECT_LOG(test, gm, p->reserved ? "dsaiRw" : "dsaiAw");
	virq = msi_get_virq(gm->dev, 0);
	KUNIT_EXPECT_EQ(test, irqd_can_reserve(irq_get_irq_data(virq)), p->reserved);
	KUNIT_ASSERT_EQ(test, request_irq(virq, gm_handler, 0, "genirq_msi", gm), 0);
	/* Now it needs a vector */
	GM_EXPECT_LOG(test, gm, p->reserved ? "Aw" : "");
	free_irq(virq, gm);
	GM_EXPECT_LOG(test, gm, "0D");
}

struct gm_affinity {
	const char	*name;
	int		ret;
	bool		written;
};

static const struct gm_affinity gm_affinities[] = {
	{ "OK",			IRQ_SET_MASK_OK,	true },
	{ "OK, no copy",	IRQ_SET_MASK_OK_NOCOPY,	true },
	{ "done",		IRQ_SET_MASK_OK_DONE,	false },
	{ "refused",		-ENODEV,		false },
};

KUNIT_ARRAY_PARAM_DESC(gm_affinity, gm_affinities, name);

/* The device gets the message for its new target, except where the parent redirects the old one. */
static void gm_message_affinity(struct kunit *test)
{
	const struct gm_affinity *p = test->param_value;
	struct gm *gm = gm_create(test, GM_SIMPLE, 1);
	struct msi_map map = gm_alloc_at(gm, 0);
	struct irq_data *data;

	KUNIT_ASSERT_GT(test, map.virq, 0);
	data = irq_get_irq_data(map.virq);
	GM_EXPECT_LOG(test, gm, "dsai");
	for (int force = 0; force < 2; force++) {
		gm->affinity_ret = p->ret;
		memset(gm->msg, 0, sizeof(gm->msg));
		KUNIT_EXPECT_EQ(test, p->ret,
				msi_domain_set_affinity(data, cpumask_of(0), force));
		KUNIT_EXPECT_EQ(test, gm->msg[0].data, p->written);
		KUNIT_EXPECT_EQ(test, gm->msg[0].address_lo, p->written ? GM_ADDRESS : 0);
	}
	GM_EXPECT_LOG(test, gm, p->written ? "cwFw" : "cF");
	if (IS_ENABLED(CONFIG_SMP)) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(map.virq, cpumask_of(0)), min(p->ret, 0));
		GM_EXPECT_LOG(test, gm, p->written ? "cw" : "c");
	}
}

static int gm_own_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	return -EOPNOTSUPP;
}

/* Where messages cannot be steered, or the chip steers them itself, the core does not. */
static void gm_message_no_affinity(struct kunit *test)
{
	struct gm *gm = gm_create(test, GM_SIMPLE | MSI_FLAG_NO_AFFINITY, 1);
	struct msi_map map = gm_alloc_at(gm, 0);

	KUNIT_ASSERT_GT(test, map.virq, 0);
	GM_EXPECT_LOG(test, gm, "dsai");
	KUNIT_EXPECT_NULL(test, irq_get_chip(map.virq)->irq_set_affinity);
	if (IS_ENABLED(CONFIG_SMP))
		KUNIT_EXPECT_NE(test, irq_set_affinity(map.virq, cpumask_of(0)), 0);
	GM_EXPECT_LOG(test, gm, "");
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	gm_remove(gm);
	GM_EXPECT_LOG(test, gm, "xft");

	gm->tmpl.chip.irq_set_affinity = gm_own_affinity;
	gm_create(test, GM_SIMPLE, 1);
	map = gm_alloc_at(gm, 0);
	KUNIT_ASSERT_GT(test, map.virq, 0);
	KUNIT_EXPECT_PTR_EQ(test, irq_get_chip(map.virq)->irq_set_affinity, &gm_own_affinity);
}

/* A level needs two messages, one for each edge. */
static void gm_message_level(struct kunit *test)
{
	struct gm *gm = test->priv;
	struct msi_map map;

	gm->level = true;
	gm->tmpl.chip.flags = IRQCHIP_SUPPORTS_LEVEL_MSI;
	gm_create(test, GM_SIMPLE | MSI_FLAG_LEVEL_CAPABLE, 1);
	map = gm_alloc_at(gm, 0);
	KUNIT_ASSERT_GT(test, map.virq, 0);
	for (int affinity = 0; affinity < 2; affinity++) {
		memset(gm->msg, 0, sizeof(gm->msg));
		if (affinity)
			msi_domain_set_affinity(irq_get_irq_data(map.virq), cpumask_of(0), false);
		else
			KUNIT_ASSERT_EQ(test, 0,
					irq_domain_activate_irq(irq_get_irq_data(map.virq), false));
		KUNIT_EXPECT_EQ(test, gm->msg[0].data, 1);
		KUNIT_EXPECT_EQ(test, gm->msg[1].data, 1 | BIT(31));
		KUNIT_EXPECT_EQ(test, gm->msg[1].address_lo, GM_ADDRESS);
	}
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	KUNIT_EXPECT_EQ(test, gm->msg[0].data, 0);
	KUNIT_EXPECT_EQ_MSG(test, gm->msg[1].data, 0, "the second message is left");
}

/* Domains */

static void gm_domain_create(struct kunit *test)
{
	struct gm *gm = gm_create(test, GM_SIMPLE, 2);
	struct msi_domain_info *info;
	struct irq_data *data;
	struct msi_map map;
	char name[48];

	KUNIT_EXPECT_PTR_EQ(test, gm->init_dev, gm->dev);
	KUNIT_EXPECT_PTR_EQ(test, gm->init_domain, gm->root);
	KUNIT_EXPECT_PTR_EQ(test, gm->init_real, gm->root);
	KUNIT_EXPECT_EQ_MSG(test, gm->nvec, 2, "prepared for a wrong number");
	map = gm_alloc_at(gm, 0);
	KUNIT_ASSERT_GT(test, map.virq, 0);
	data = irq_get_irq_data(map.virq);
	snprintf(name, sizeof(name), "GM-gm-%s", dev_name(gm->dev));
	KUNIT_EXPECT_STREQ(test, data->chip->name, name);
	KUNIT_EXPECT_PTR_EQ(test, data->chip_data, (void *)gm);
	KUNIT_EXPECT_PTR_EQ(test, data->domain->parent, gm->root);
	KUNIT_EXPECT_PTR_EQ(test, data->domain->dev, gm->dev);
	KUNIT_EXPECT_EQ(test, data->domain->bus_token, DOMAIN_BUS_DEVICE_MSI);
	info = msi_get_domain_info(data->domain);
	KUNIT_EXPECT_EQ(test, info->hwsize, 2);
	KUNIT_EXPECT_PTR_EQ(test, info->data, (void *)&gm->log);

	KUNIT_EXPECT_TRUE(test, msi_match_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN,
							    DOMAIN_BUS_DEVICE_MSI));
	KUNIT_EXPECT_FALSE(test, msi_match_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN,
							     DOMAIN_BUS_PCI_DEVICE_MSI));
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	GM_EXPECT_LOG(test, gm, "dsaixf");
	gm_remove(gm);
	GM_EXPECT_LOG(test, gm, "t");
	KUNIT_EXPECT_FALSE(test, msi_match_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN,
							     DOMAIN_BUS_DEVICE_MSI));
	/* Nothing is left to be removed */
	msi_remove_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN);
	GM_EXPECT_LOG(test, gm, "");
}

/* A domain which cannot be had leaves nothing behind, so that the next try succeeds. */
static void gm_domain_refused(struct kunit *test)
{
	struct gm *gm = test->priv;

	gm->refuse = true;
	KUNIT_EXPECT_FALSE(test, gm_try_create(gm, GM_SIMPLE, 2));
	GM_EXPECT_LOG(test, gm, "I");
	gm->refuse = false;
	gm->prepare_ret = -ENOMEM;
	KUNIT_EXPECT_FALSE(test, gm_try_create(gm, GM_SIMPLE, 2));
	GM_EXPECT_LOG(test, gm, "Ip");
	KUNIT_EXPECT_FALSE(test, msi_match_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN,
							     DOMAIN_BUS_DEVICE_MSI));
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, 0).index, -ENODEV);
	gm->prepare_ret = 0;
	KUNIT_EXPECT_FALSE_MSG(test,
			       msi_create_device_irq_domain(gm->dev, MSI_MAX_DEVICE_IRQDOMAINS,
							    &gm->tmpl, 2, NULL, gm),
			       "there is no such domain of a device");
	GM_EXPECT_LOG(test, gm, "");
	gm_create(test, GM_SIMPLE, 2);
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, 0).index, 0);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	gm_remove(gm);

	/* A parent of messages is needed */
	gm->root->flags &= ~IRQ_DOMAIN_FLAG_MSI_PARENT;
	KUNIT_EXPECT_FALSE(test, gm_try_create(gm, GM_SIMPLE, 2));
	gm->root->flags |= IRQ_DOMAIN_FLAG_MSI_PARENT;
}

/* The domain of a device goes away with the device. */
static void gm_domain_devres(struct kunit *test)
{
	struct gm *gm = gm_create(test, GM_SIMPLE, 1);

	KUNIT_EXPECT_EQ(test, gm_has_group(gm), IS_ENABLED(CONFIG_SYSFS));
	get_device(gm->dev);
	gm->has_domain = false;
	kunit_device_unregister(test, gm->dev);
	GM_EXPECT_LOG(test, gm, "t");
	KUNIT_EXPECT_NULL(test, gm->dev->msi.data);
	put_device(gm->dev);
	/* The next device of that name can have a domain again */
	gm_register(test);
	gm_create(test, GM_SIMPLE, 1);
	KUNIT_EXPECT_EQ(test, gm_alloc_at(gm, 0).index, 0);
}

static void gm_domain_parent(struct kunit *test)
{
	static const struct msi_parent_ops pops = { .bus_select_token = DOMAIN_BUS_GENERIC_MSI };
	struct irq_domain_info info = {
		.ops = &gm_parent_domain_ops, .size = 3, .hwirq_max = 9,
	};
	struct irq_domain *domain = msi_create_parent_irq_domain(&info, &pops);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_EXPECT_EQ(test, domain->hwirq_max, 9);
	KUNIT_EXPECT_TRUE(test, irq_domain_is_msi_parent(domain));
	KUNIT_EXPECT_EQ(test, domain->bus_token, DOMAIN_BUS_GENERIC_MSI);
	KUNIT_EXPECT_PTR_EQ(test, domain->msi_parent_ops, &pops);
	irq_domain_remove(domain);

	info = (struct irq_domain_info) { .ops = &gm_parent_domain_ops, .size = 9 };
	domain = msi_create_parent_irq_domain(&info, &pops);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_EXPECT_EQ(test, domain->hwirq_max, 9);
	irq_domain_remove(domain);
}

/* Between a parent and the device: what the domain may do is decided by the innermost one. */
static void gm_domain_stacked(struct kunit *test)
{
	static const struct msi_parent_ops pops = {
		.prefix			= "MID-",
		.init_dev_msi_info	= msi_parent_init_dev_msi_info,
	};
	struct gm *gm = test->priv;
	struct irq_domain *mid;

	mid = irq_domain_create_hierarchy(gm->root, IRQ_DOMAIN_FLAG_MSI_PARENT, 0, NULL,
					  &gm_parent_domain_ops, gm);
	KUNIT_ASSERT_NOT_NULL(test, mid);
	mid->msi_parent_ops = &pops;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gm_remove_domain, mid));
	dev_set_msi_domain(gm->dev, mid);
	gm->refuse = true;
	KUNIT_EXPECT_FALSE(test, gm_try_create(gm, GM_SIMPLE, 2));
	GM_EXPECT_LOG(test, gm, "I");
	gm->refuse = false;
	gm_create(test, GM_SIMPLE, 2);
	KUNIT_EXPECT_PTR_EQ(test, gm->init_domain, gm->root);
	KUNIT_EXPECT_PTR_EQ_MSG(test, gm->init_real, mid, "not the domain below the device");
	KUNIT_EXPECT_PTR_EQ(test, gm->init_dev, gm->dev);

	/* For a device in a virtual machine: any domain below it may check the messages */
	KUNIT_EXPECT_EQ(test, msi_device_has_isolated_msi(gm->dev), arch_is_isolated_msi());
	mid->flags |= IRQ_DOMAIN_FLAG_ISOLATED_MSI;
	KUNIT_EXPECT_TRUE(test, msi_device_has_isolated_msi(gm->dev));
	mid->flags &= ~IRQ_DOMAIN_FLAG_ISOLATED_MSI;
	gm->root->flags |= IRQ_DOMAIN_FLAG_ISOLATED_MSI;
	KUNIT_EXPECT_TRUE(test, msi_device_has_isolated_msi(gm->dev));
	gm_remove(gm);
	dev_set_msi_domain(gm->dev, NULL);
	KUNIT_EXPECT_EQ(test, msi_device_has_isolated_msi(gm->dev), arch_is_isolated_msi());
	dev_set_msi_domain(gm->dev, gm->root);
}

static void gm_set_index(msi_alloc_info_t *arg, struct msi_desc *desc)
{
	arg->hwirq = desc->msi_index;
}

/* A domain which devices share, as older drivers create it. */
static void gm_domain_global(struct kunit *test)
{
	struct gm *gm = test->priv;
	struct msi_domain_template *tmpl = &gm->tmpl;
	struct msi_domain_info *info = &tmpl->info;
	struct irq_domain *domain;
	struct irq_desc *desc;
	struct msi_map map;

	tmpl->ops = (struct msi_domain_ops) { .msi_prepare = gm_prepare, .set_desc = gm_set_index };
	info->flags = GM_SIMPLE | MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
		      MSI_FLAG_PARENT_PM_DEV;
	info->bus_token = DOMAIN_BUS_PLATFORM_MSI;
	info->ops = &tmpl->ops;
	info->chip = &tmpl->chip;
	info->chip_data = gm;
	info->handler = handle_level_irq;
	info->handler_name = "level";
	info->handler_data = &gm->len;
	gm->root->pm_dev = gm->dev;
	domain = msi_create_irq_domain(NULL, info, gm->root);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gm_remove_domain, domain));
	KUNIT_EXPECT_PTR_EQ(test, msi_get_domain_info(domain), info);
	KUNIT_EXPECT_PTR_EQ(test, domain->pm_dev, gm->dev);
	KUNIT_EXPECT_EQ(test, domain->bus_token, DOMAIN_BUS_PLATFORM_MSI);
	KUNIT_EXPECT_EQ(test, info->hwsize, MSI_MAX_INDEX + 1);
	domain->pm_dev = NULL;

	dev_set_msi_domain(gm->dev, domain);
	KUNIT_ASSERT_EQ(test, msi_setup_device_data(gm->dev), 0);
	KUNIT_ASSERT_EQ(test, msi_domain_alloc_irqs(gm->dev, MSI_DEFAULT_DOMAIN, 3), 0);
	GM_EXPECT_LOG(test, gm, "paaa");
	KUNIT_EXPECT_EQ_MSG(test, gm->nvec, 3, "prepared for a wrong number");
	KUNIT_EXPECT_EQ(test, gm->arg.flags, GM_PREPARED);
	map.virq = msi_get_virq(gm->dev, 2);
	desc = irq_data_to_desc(irq_get_irq_data(map.virq));
	KUNIT_EXPECT_EQ(test, irq_get_irq_data(map.virq)->hwirq, 2);
	KUNIT_EXPECT_PTR_EQ(test, desc->handle_irq, &handle_level_irq);
	KUNIT_EXPECT_STREQ(test, desc->name, "level");
	KUNIT_EXPECT_PTR_EQ(test, irq_get_handler_data(map.virq), (void *)&gm->len);
	KUNIT_EXPECT_PTR_EQ(test, irq_get_chip(map.virq), &tmpl->chip);
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	GM_EXPECT_LOG(test, gm, "fff");

	gm->prepare_ret = -ENODEV;
	KUNIT_EXPECT_EQ(test, msi_domain_alloc_irqs(gm->dev, MSI_DEFAULT_DOMAIN, 1), -ENODEV);
	GM_EXPECT_LOG(test, gm, "p");
	gm_expect_nothing(test);
	/* It does not belong to the device */
	msi_remove_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN);
	KUNIT_EXPECT_FALSE(test, msi_match_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN,
							     DOMAIN_BUS_PLATFORM_MSI));
	kunit_device_unregister(test, gm->dev);
	gm->dev = NULL;
}

static void gm_free_node(void *fwnode)
{
	fwnode_remove_software_node(fwnode);
}

static void gm_clear_node(void *dev)
{
	((struct device *)dev)->fwnode = NULL;
}

/* Of a bridge from wires to messages: the number of the wire counts, not that of the message */
static void gm_set_wired(msi_alloc_info_t *arg, struct msi_desc *desc)
{
	arg->desc = desc;
	arg->hwirq = (u32)desc->data.icookie.value;
}

static int gm_translate(struct irq_domain *domain, struct irq_fwspec *fwspec,
			irq_hw_number_t *hwirq, unsigned int *type)
{
	return irq_domain_translate_twocell(domain, fwspec, hwirq, type);
}

/* A bridge from wires to messages: firmware describes wires, each gets a message. */
static struct irq_fwspec gm_wired_create(struct kunit *test)
{
	struct fwnode_handle *fwnode = fwnode_create_software_node(NULL, NULL);
	struct gm *gm = test->priv;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fwnode);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gm_free_node, fwnode));
	gm->dev->fwnode = fwnode;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gm_clear_node, gm->dev));
	gm->tmpl.info.bus_token = DOMAIN_BUS_WIRED_TO_MSI;
	gm->tmpl.ops.msi_translate = gm_translate;
	gm->tmpl.ops.set_desc = gm_set_wired;
	return (struct irq_fwspec) {
		.fwnode = fwnode, .param_count = 2, .param = { 100000, IRQ_TYPE_LEVEL_LOW },
	};
}

static void gm_wired(struct kunit *test)
{
	struct irq_fwspec fwspec = gm_wired_create(test), other = fwspec;
	struct gm *gm = gm_create(test, MSI_FLAG_FREE_MSI_DESCS | MSI_FLAG_USE_DEV_FWNODE, 2);
	unsigned int virq, second;
	struct msi_desc *desc;

	virq = irq_create_fwspec_mapping(&fwspec);
	KUNIT_ASSERT_NE(test, virq, 0);
	GM_EXPECT_LOG(test, gm, "dai");
	KUNIT_EXPECT_EQ(test, irq_get_irq_data(virq)->hwirq, 100000);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	desc = irq_get_msi_desc(virq);
	KUNIT_ASSERT_NOT_NULL(test, desc);
	KUNIT_EXPECT_EQ(test, desc->data.icookie.value, ((u64)IRQ_TYPE_LEVEL_LOW << 32) | 100000);
	KUNIT_EXPECT_EQ_MSG(test, irq_create_fwspec_mapping(&fwspec), virq, "the same wire");

	other.param[0] = 5;
	second = irq_create_fwspec_mapping(&other);
	KUNIT_EXPECT_NE(test, second, 0);
	KUNIT_EXPECT_NE(test, second, virq);
	other.param[0] = 6;
	KUNIT_EXPECT_EQ_MSG(test, irq_create_fwspec_mapping(&other), 0, "the bridge is full");
	KUNIT_EXPECT_EQ(test, gm->root->mapcount, 2);

	irq_dispose_mapping(virq);
	KUNIT_ASSERT_EQ(test, gm->root->mapcount, 1);
	KUNIT_EXPECT_EQ(test, gm_count(gm, MSI_DESC_ALL), 1);
	KUNIT_EXPECT_EQ_MSG(test, irq_get_irq_data(second)->hwirq, 5, "the other one is affected");
	virq = irq_create_fwspec_mapping(&other);
	KUNIT_ASSERT_NE(test, virq, 0);
	KUNIT_EXPECT_EQ(test, irq_get_irq_data(virq)->hwirq, 6);
	irq_dispose_mapping(virq);
	irq_dispose_mapping(second);
	gm_expect_nothing(test);

	/* After a failure nothing is mapped, and the same wire can be mapped */
	gm->fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
	gm_expect_nothing(test);
	virq = irq_create_fwspec_mapping(&fwspec);
	KUNIT_EXPECT_NE(test, virq, 0);
	irq_dispose_mapping(virq);
	gm_expect_nothing(test);
}

/* The node in the firmware stays the device's own when the MSI domain has used it. */
static void gm_wired_remove(struct kunit *test)
{
	struct irq_fwspec fwspec = gm_wired_create(test);
	struct gm *gm = gm_create(test, MSI_FLAG_FREE_MSI_DESCS | MSI_FLAG_USE_DEV_FWNODE, 2);
	unsigned int virq;

	KUNIT_EXPECT_NOT_NULL(test, irq_find_matching_fwnode(fwspec.fwnode, DOMAIN_BUS_ANY));
	kunit_warning_suppress(test) {
		gm_remove(gm);
		KUNIT_EXPECT_EQ_MSG(test, KUNIT_SUPPRESSED_WARNING_COUNT(), 0,
				    "tried to free the firmware node of the device");
	}
	KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(fwspec.fwnode, DOMAIN_BUS_ANY));
	KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
	GM_EXPECT_LOG(test, gm, "t");
	gm_create(test, MSI_FLAG_FREE_MSI_DESCS | MSI_FLAG_USE_DEV_FWNODE, 2);
	virq = irq_create_fwspec_mapping(&fwspec);
	KUNIT_EXPECT_NE(test, virq, 0);
	irq_dispose_mapping(virq);

	/* Firmware does not choose the messages of other domains */
	gm_remove(gm);
	gm->tmpl.ops.msi_translate = NULL;
	GM_EXPECT_LOG(test, gm, "daixft");
	gm_create(test, MSI_FLAG_FREE_MSI_DESCS | MSI_FLAG_USE_DEV_FWNODE, 2);
	KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
}

/* Files */

#ifdef CONFIG_SYSFS
/* User space finds the interrupts of a device in its msi_irqs directory. */
static void gm_files_sysfs(struct kunit *test)
{
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct gm *gm = gm_create(test, MSI_FLAG_FREE_MSI_DESCS | MSI_FLAG_DEV_SYSFS, 3);
	struct device_attribute *attr;
	struct msi_desc *desc;
	int virq, other;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_EQ(test, gm_insert(gm, 0, 2), 0);
	KUNIT_ASSERT_EQ(test, gm_insert(gm, 2, 1), 0);
	KUNIT_ASSERT_EQ(test, gm_alloc_all(gm, 2), 0);
	virq = msi_get_virq(gm->dev, 0);
	other = msi_get_virq(gm->dev, 2);
	KUNIT_EXPECT_TRUE(test, gm_has_file(gm, virq));
	KUNIT_EXPECT_TRUE(test, gm_has_file(gm, virq + 1));
	KUNIT_EXPECT_TRUE(test, gm_has_file(gm, other));
	desc = irq_get_msi_desc(virq);
	KUNIT_ASSERT_NOT_NULL(test, desc->sysfs_attrs);
	attr = &desc->sysfs_attrs[1];
	KUNIT_EXPECT_EQ_MSG(test, attr->attr.mode, 0444, "not for all to read");
	KUNIT_ASSERT_NOT_NULL(test, attr->show);
	attr->show(gm->dev, attr, text);
	KUNIT_EXPECT_STREQ(test, text, "msi\n");
	msi_domain_free_irqs_range(gm->dev, MSI_DEFAULT_DOMAIN, 0, 0);
	KUNIT_EXPECT_FALSE(test, gm_has_file(gm, virq));
	KUNIT_EXPECT_FALSE(test, gm_has_file(gm, virq + 1));
	KUNIT_EXPECT_TRUE(test, gm_has_file(gm, other));
	msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
	KUNIT_EXPECT_FALSE(test, gm_has_file(gm, other));
	KUNIT_EXPECT_TRUE(test, gm_has_group(gm));
	gm_remove(gm);
	GM_EXPECT_LOG(test, gm, "dsaiidsaixfxfxft");

	/* Only for domains which want it */
	gm_create(test, GM_SIMPLE, 1);
	virq = gm_alloc_at(gm, 0).virq;
	KUNIT_EXPECT_FALSE(test, gm_has_file(gm, virq));
}
#endif

#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
static void gm_unmount(void *mnt)
{
	kern_unmount(mnt);
}

/* The file of an interrupt in debugfs shows what the device has been told to write. */
static void gm_files_debugfs(struct kunit *test)
{
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct kvec kvec = { .iov_base = text, .iov_len = PAGE_SIZE - 1 };
	struct file_system_type *type = get_fs_type("debugfs");
	struct gm *gm = gm_create(test, GM_SIMPLE | MSI_FLAG_ACTIVATE_EARLY, 1);
	struct msi_map map = gm_alloc_at(gm, 0);
	struct vfsmount *mnt;
	struct iov_iter iter;
	struct path path;
	struct kiocb iocb;
	struct file *file;
	char name[24];

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_GT(test, map.virq, 0);
	KUNIT_ASSERT_NOT_NULL(test, type);
	mnt = kern_mount(type);
	/* put_filesystem() is not exported */
	module_put(type->owner);
	if (PTR_ERR_OR_ZERO(mnt) == -EPERM)
		kunit_skip(test, "debugfs is off");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mnt);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gm_unmount, mnt));
	snprintf(name, sizeof(name), "irq/irqs/%d", map.virq);
	KUNIT_ASSERT_EQ(test, 0, vfs_path_lookup(mnt->mnt_root, mnt, name, 0, &path));
	file = dentry_open(&path, O_RDONLY, current_cred());
	path_put(&path);
	if (PTR_ERR_OR_ZERO(file) == -EPERM)
		kunit_skip(test, "debugfs is locked down");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	init_sync_kiocb(&iocb, file);
	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, kvec.iov_len);
	KUNIT_EXPECT_GT(test, seq_read_iter(&iocb, &iter), 0);
	__fput_sync(file);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "address_hi: 0x00000001"), "%s", text);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "address_lo: 0xfee00000"), "%s", text);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "msg_data:   0x00000001"), "%s", text);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, dev_name(gm->dev)), "%s", text);
}
#endif

static struct kunit_case gm_cases[] = {
	KUNIT_CASE(gm_message_late),
	KUNIT_CASE(gm_message_early),
	KUNIT_CASE_SLOW(gm_message_no_cpu),
	KUNIT_CASE_PARAM(gm_message_reserved, gm_reserve_gen_params),
	KUNIT_CASE_PARAM(gm_message_affinity, gm_affinity_gen_params),
	KUNIT_CASE(gm_message_no_affinity),
	KUNIT_CASE(gm_message_level),
	KUNIT_CASE(gm_domain_create),
	KUNIT_CASE(gm_domain_refused),
	KUNIT_CASE(gm_domain_devres),
	KUNIT_CASE(gm_domain_parent),
	KUNIT_CASE(gm_domain_stacked),
	KUNIT_CASE(gm_domain_global),
	KUNIT_CASE(gm_wired),
	KUNIT_CASE(gm_wired_remove),
#ifdef CONFIG_SYSFS
	KUNIT_CASE(gm_files_sysfs),
#endif
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	KUNIT_CASE(gm_files_debugfs),
#endif
	{}
};

static struct kunit_suite gm_suite = {
	.name		= "genirq_msi_domain",
	.init		= gm_init,
	.exit		= gm_exit,
	.test_cases	= gm_cases,
};

kunit_test_suite(gm_suite);
