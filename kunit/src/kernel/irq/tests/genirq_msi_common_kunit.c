// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests of message signaled interrupts share: the MSI parent, the callbacks of the MSI
 * domain of a device, and checks that nothing is left of its interrupts.
 */

#include <kunit/device.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/kernfs.h>
#include <linux/msi.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "genirq_msi_kunit.h"

void gm_log(struct gm *gm, char c)
{
	if (gm->len < sizeof(gm->log) - 1)
		gm->log[gm->len++] = c;
}

static bool gm_fails(int *countdown)
{
	return *countdown && !--*countdown;
}

/* The parent */

static void gm_nop(struct irq_data *data)
{
}

static int gm_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	struct gm *gm = irq_data_get_irq_chip_data(data);

	gm_log(gm, force ? 'F' : 'c');
	if (gm->affinity_ret >= 0)
		irq_data_update_effective_affinity(data, mask);
	return gm->affinity_ret;
}

static void gm_compose(struct irq_data *data, struct msi_msg *msg)
{
	struct gm *gm = irq_data_get_irq_chip_data(data);

	msg->address_hi = 1;
	msg->address_lo = GM_ADDRESS;
	msg->data = data->hwirq + 1;
	if (gm->level) {
		msg[1] = msg[0];
		msg[1].data |= BIT(31);
	}
}

static struct irq_chip gm_parent_chip = {
	.name			= "gm_parent",
	.irq_mask		= gm_nop,
	.irq_unmask		= gm_nop,
	.irq_set_affinity	= gm_set_affinity,
	.irq_compose_msi_msg	= gm_compose,
};

static int gm_parent_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr, void *arg)
{
	struct gm *gm = domain->host_data;
	unsigned long line;

	gm_log(gm, 'a');
	gm->arg = *(msi_alloc_info_t *)arg;
	if (gm_fails(&gm->fail_alloc))
		return -ENOSPC;
	line = bitmap_find_next_zero_area(gm->lines, GM_LINES, 0, nr, 0);
	if (line >= GM_LINES)
		return -ENOSPC;
	bitmap_set(gm->lines, line, nr);
	for (unsigned int i = 0; i < nr; i++) {
		irq_domain_set_info(domain, virq + i, line + i, &gm_parent_chip, gm,
				    handle_simple_irq, NULL, NULL);
		irqd_set_can_reserve(irq_get_irq_data(virq + i));
	}
	return 0;
}

static void gm_parent_free(struct irq_domain *domain, unsigned int virq, unsigned int nr)
{
	struct gm *gm = domain->host_data;

	for (unsigned int i = 0; i < nr; i++) {
		struct irq_data *data = irq_domain_get_irq_data(domain, virq + i);

		gm_log(gm, 'f');
		if (!test_and_clear_bit(data->hwirq, gm->lines))
			atomic_inc(&gm->bad);
		irq_domain_reset_irq_data(data);
	}
}

static int gm_parent_activate(struct irq_domain *domain, struct irq_data *data, bool reserve)
{
	struct gm *gm = domain->host_data;

	gm_log(gm, reserve ? 'R' : 'A');
	return gm_fails(&gm->fail_activate) ? -EIO : 0;
}

static void gm_parent_deactivate(struct irq_domain *domain, struct irq_data *data)
{
	gm_log(domain->host_data, 'D');
}

const struct irq_domain_ops gm_parent_domain_ops = {
	.alloc		= gm_parent_alloc,
	.free		= gm_parent_free,
	.activate	= gm_parent_activate,
	.deactivate	= gm_parent_deactivate,
};

static bool gm_init_dev_msi_info(struct device *dev, struct irq_domain *domain,
				 struct irq_domain *real_parent, struct msi_domain_info *info)
{
	struct gm *gm = domain->host_data;

	gm_log(gm, 'I');
	gm->init_dev = dev;
	gm->init_domain = domain;
	gm->init_real = real_parent;
	info->flags |= MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS;
	return !gm->refuse;
}

static const struct msi_parent_ops gm_pops = {
	.bus_select_token	= DOMAIN_BUS_NEXUS,
	.prefix			= "GM-",
	.init_dev_msi_info	= gm_init_dev_msi_info,
};

/* The MSI domain of the device */

static struct gm *gm_of(struct irq_domain *domain)
{
	return domain->root->host_data;
}

static void gm_write_msg(struct irq_data *data, struct msi_msg *msg)
{
	struct gm *gm = gm_of(data->domain);

	gm_log(gm, msg->data ? 'w' : '0');
	gm->msg[0] = msg[0];
	gm->msg[1] = msg[1];
	irq_data_get_msi_desc(data)->msg = *msg;
}

int gm_prepare(struct irq_domain *domain, struct device *dev, int nvec, msi_alloc_info_t *arg)
{
	struct gm *gm = dev_get_drvdata(dev);

	gm_log(gm, 'p');
	gm->nvec = nvec;
	memset(arg, 0, sizeof(*arg));
	arg->flags = GM_PREPARED;
	return gm->prepare_ret;
}

static void gm_teardown(struct irq_domain *domain, msi_alloc_info_t *arg)
{
	struct gm *gm = gm_of(domain);

	gm_log(gm, 't');
	/* It undoes what was prepared */
	if (arg->flags != GM_PREPARED)
		atomic_inc(&gm->bad);
}

static void gm_prepare_desc(struct irq_domain *domain, msi_alloc_info_t *arg,
			    struct msi_desc *desc)
{
	struct gm *gm = dev_get_drvdata(desc->dev);

	gm_log(gm, 'd');
	if (gm->exclusive && atomic_inc_return(&gm->under_way) != 1)
		atomic_inc(&gm->bad);
}

static void gm_set_desc(msi_alloc_info_t *arg, struct msi_desc *desc)
{
	struct gm *gm = dev_get_drvdata(desc->dev);

	gm_log(gm, 's');
	arg->desc = desc;
	arg->hwirq = gm->same_hwirq ? 7 : desc->msi_index;
}

static int gm_msi_init(struct irq_domain *domain, struct msi_domain_info *info, unsigned int virq,
		       irq_hw_number_t hwirq, msi_alloc_info_t *arg)
{
	struct gm *gm = gm_of(domain);

	gm_log(gm, 'i');
	if (gm->exclusive)
		atomic_dec(&gm->under_way);
	if (gm_fails(&gm->fail_init))
		return -EIO;
	if (test_and_set_bit(virq % GM_VIRQS, gm->inited))
		atomic_inc(&gm->bad);
	return irq_domain_set_hwirq_and_chip(domain, virq, hwirq, info->chip, info->chip_data);
}

static void gm_msi_free(struct irq_domain *domain, struct msi_domain_info *info, unsigned int virq)
{
	struct gm *gm = gm_of(domain);

	gm_log(gm, 'x');
	if (!test_and_clear_bit(virq % GM_VIRQS, gm->inited))
		atomic_inc(&gm->bad);
}

static const struct msi_domain_template gm_template = {
	.chip = {
		.name			= "gm",
		.irq_mask		= irq_chip_mask_parent,
		.irq_unmask		= irq_chip_unmask_parent,
		.irq_write_msi_msg	= gm_write_msg,
	},
	.ops = {
		.msi_init		= gm_msi_init,
		.msi_free		= gm_msi_free,
		.msi_prepare		= gm_prepare,
		.msi_teardown		= gm_teardown,
		.prepare_desc		= gm_prepare_desc,
		.set_desc		= gm_set_desc,
	},
	.info = {
		.bus_token		= DOMAIN_BUS_DEVICE_MSI,
	},
};

void gm_remove_domain(void *domain)
{
	irq_domain_remove(domain);
}

void gm_register(struct kunit *test)
{
	struct gm *gm = test->priv;

	gm->dev = kunit_device_register(test, "genirq_msi");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, gm->dev);
	dev_set_drvdata(gm->dev, gm);
	dev_set_msi_domain(gm->dev, gm->root);
}

int gm_init(struct kunit *test)
{
	struct gm *gm = kunit_kzalloc(test, sizeof(*gm), GFP_KERNEL);
	struct irq_domain_info info = {
		.ops		= &gm_parent_domain_ops,
		.host_data	= gm,
		.size		= GM_LINES,
	};

	KUNIT_ASSERT_NOT_NULL(test, gm);
	gm->tmpl = gm_template;
	gm->root = msi_create_parent_irq_domain(&info, &gm_pops);
	KUNIT_ASSERT_NOT_NULL(test, gm->root);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gm_remove_domain, gm->root));
	test->priv = gm;
	gm_register(test);
	return 0;
}

bool gm_try_create(struct gm *gm, u32 flags, unsigned int hwsize)
{
	gm->tmpl.info.flags = flags;
	gm->has_domain = msi_create_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN, &gm->tmpl,
						      hwsize, &gm->log, gm);
	return gm->has_domain;
}

struct gm *gm_create(struct kunit *test, u32 flags, unsigned int hwsize)
{
	struct gm *gm = test->priv;

	KUNIT_ASSERT_TRUE(test, gm_try_create(gm, flags, hwsize));
	GM_EXPECT_LOG(test, gm, "Ip");
	return gm;
}

void gm_remove(struct gm *gm)
{
	if (gm->has_domain)
		msi_remove_device_irq_domain(gm->dev, MSI_DEFAULT_DOMAIN);
	gm->has_domain = false;
}

unsigned int gm_count(struct gm *gm, enum msi_desc_filter filter)
{
	struct msi_desc *desc;
	unsigned int count = 0;

	guard(msi_descs_lock)(gm->dev);
	msi_for_each_desc(desc, gm->dev, filter)
		count++;
	return count;
}

void gm_free_descs(struct gm *gm)
{
	struct msi_desc *desc;

	guard(msi_descs_lock)(gm->dev);
	msi_for_each_desc(desc, gm->dev, MSI_DESC_NOTASSOCIATED)
		msi_free_msi_descs_range(gm->dev, desc->msi_index, desc->msi_index);
}

/* There is no descriptor, no interrupt, and nothing allocated in the parent. */
void gm_expect_nothing(struct kunit *test)
{
	struct gm *gm = test->priv;

	if (gm->dev && gm->dev->msi.data)
		KUNIT_EXPECT_EQ_MSG(test, gm_count(gm, MSI_DESC_ALL), 0, "descriptors are left");
	KUNIT_EXPECT_EQ_MSG(test, gm->root->mapcount, 0, "interrupts are left");
	KUNIT_EXPECT_TRUE_MSG(test, bitmap_empty(gm->lines, GM_LINES), "the parent has lines left");
	KUNIT_EXPECT_TRUE_MSG(test, bitmap_empty(gm->inited, GM_VIRQS), "without msi_free()");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&gm->bad), 0, "a callback for the wrong interrupt");
}

void gm_exit(struct kunit *test)
{
	struct gm *gm = test->priv;

	if (!gm)
		return;
	if (!IS_ERR_OR_NULL(gm->dev) && gm->dev->msi.data) {
		if (gm->has_domain)
			msi_domain_free_irqs_all(gm->dev, MSI_DEFAULT_DOMAIN);
		if (gm->has_domain || !gm->dev->msi.domain)
			gm_free_descs(gm);
		gm_expect_nothing(test);
		gm_remove(gm);
	} else {
		gm_expect_nothing(test);
	}
}

int gm_insert(struct gm *gm, unsigned int index, unsigned int nvec)
{
	struct msi_desc desc = { .msi_index = index, .nvec_used = nvec };

	guard(msi_descs_lock)(gm->dev);
	return msi_insert_msi_desc(gm->dev, &desc);
}

int gm_alloc_all(struct gm *gm, int nirqs)
{
	guard(msi_descs_lock)(gm->dev);
	return msi_domain_alloc_irqs_all_locked(gm->dev, MSI_DEFAULT_DOMAIN, nirqs);
}

struct msi_map gm_alloc_at(struct gm *gm, unsigned int index)
{
	return msi_domain_alloc_irq_at(gm->dev, MSI_DEFAULT_DOMAIN, index, NULL, NULL);
}

bool gm_has_group(struct gm *gm)
{
	struct kernfs_node *kn = kernfs_find_and_get(gm->dev->kobj.sd, "msi_irqs");

	kernfs_put(kn);
	return kn;
}

bool gm_has_file(struct gm *gm, unsigned int virq)
{
	struct kernfs_node *group, *kn;
	char name[12];

	snprintf(name, sizeof(name), "%u", virq);
	group = kernfs_find_and_get(gm->dev->kobj.sd, "msi_irqs");
	if (!group)
		return false;
	kn = kernfs_find_and_get(group, name);
	kernfs_put(group);
	kernfs_put(kn);
	return kn;
}
