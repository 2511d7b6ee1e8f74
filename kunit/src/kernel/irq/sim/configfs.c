// SPDX-License-Identifier: GPL-2.0+
/*
 * Simulated interrupt controllers from user space: a configfs directory is a chip,
 * each directory in it a line. See Documentation/admin-guide/irq-sim-configfs.rst.
 */

#define pr_fmt(fmt) "irq-sim: " fmt

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/sysfs.h>

#include "configfs.h"

#define IRQ_SIM_CFS_MAX_LINES	65536
#define IRQ_SIM_CFS_MAX_LABEL	64

static const char * const irq_sim_cfs_deliveries[] = {
	[IRQ_SIM_DELIVER_HARDIRQ]	= "hardirq",
	[IRQ_SIM_DELIVER_TASKLET]	= "tasklet",
	[IRQ_SIM_DELIVER_BH_WORK]	= "bh_work",
};

/* Without percpu: no driver could request such a line through this interface */
static const char * const irq_sim_cfs_kinds[] = {
	[IRQ_SIM_KIND_ACK]		= "ack",
	[IRQ_SIM_KIND_EOI]		= "eoi",
};

static const char * const irq_sim_cfs_flags[] = {
	"single_target", "no_affinity", "no_wake", "eoi_threaded",
};

static const unsigned int irq_sim_cfs_flag_bits[] = {
	IRQ_SIM_SINGLE_TARGET, IRQ_SIM_NO_AFFINITY, IRQ_SIM_NO_WAKE, IRQ_SIM_EOI_THREADED,
};

static const char * const irq_sim_cfs_types[] = {
	"rising", "falling", "both", "high", "low",
};

static const unsigned int irq_sim_cfs_type_bits[] = {
	IRQ_TYPE_EDGE_RISING, IRQ_TYPE_EDGE_FALLING, IRQ_TYPE_EDGE_BOTH,
	IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_LEVEL_LOW,
};

static struct irq_sim_cfs_chip *to_irq_sim_cfs_chip(struct config_item *item)
{
	return container_of(to_config_group(item), struct irq_sim_cfs_chip, group);
}

static struct irq_sim_cfs_line *to_irq_sim_cfs_line(struct config_item *item)
{
	return container_of(to_config_group(item), struct irq_sim_cfs_line, group);
}

static int irq_sim_cfs_match_word(struct irq_sim_cfs_chip *chip, const char *attr,
				  const char * const *names, size_t num, const char *word)
{
	int i = __sysfs_match_string(names, num, word);
	DECLARE_SEQ_BUF(want, 64);

	if (i >= 0)
		return i;
	for (size_t j = 0; j < num; j++)
		seq_buf_printf(&want, "%s%s", j ? ", " : "", names[j]);
	irq_sim_cfs_refuse(chip, attr, word, "one of %s", seq_buf_str(&want));
	return i;
}

static int irq_sim_cfs_match(struct irq_sim_cfs_chip *chip, const char *attr,
			     const char * const *names, size_t num, const char *page,
			     size_t count)
{
	int ret = irq_sim_cfs_check(chip, attr, page, count);

	return ret ?: irq_sim_cfs_match_word(chip, attr, names, num, page);
}

/* kstrtobool() only checks the beginning: it takes 10 as true and 0x1 as false */
static int irq_sim_cfs_bool(struct irq_sim_cfs_chip *chip, const char *attr,
			    const char *page, size_t count, bool *value)
{
	int ret = irq_sim_cfs_check(chip, attr, page, count);

	if (ret)
		return ret;
	*value = sysfs_streq(page, "1");
	if (*value || sysfs_streq(page, "0"))
		return 0;
	irq_sim_cfs_refuse(chip, attr, page, "0 or 1");
	return -EINVAL;
}

/* Check a write to an attribute which triggers an action */
static int irq_sim_cfs_one(struct irq_sim_cfs_chip *chip, const char *attr,
			   const char *page, size_t count)
{
	int ret = irq_sim_cfs_check(chip, attr, page, count);

	if (ret || sysfs_streq(page, "1"))
		return ret;
	irq_sim_cfs_refuse(chip, attr, page, "1");
	return -EINVAL;
}

/*
 * Going live, and back
 */

static void irq_sim_cfs_unmap(struct irq_sim_cfs_line *line)
{
	lockdep_assert_held_write(&line->chip->live);
	if (!line->irq)
		return;
	/* The wire is not part of the chip and keeps its level */
	irq_get_irqchip_state(line->irq, IRQCHIP_STATE_LINE_LEVEL, &line->wire);
	irq_dispose_mapping(line->irq);
	line->irq = 0;
}

static void irq_sim_cfs_remove(struct irq_sim_cfs_chip *chip)
{
	struct irq_domain *domain = chip->domain;
	struct fwnode_handle *fwnode = domain->fwnode;
	struct irq_sim_cfs_line *line;

	/* Drivers may need interrupts until they are unbound */
	list_for_each_entry(line, &chip->lines, node)
		irq_sim_cfs_unbind(line);
	scoped_guard(rwsem_write, &chip->live) {
		chip->domain = NULL;
		list_for_each_entry(line, &chip->lines, node)
			irq_sim_cfs_unmap(line);
	}
	irq_domain_remove_sim(domain);
	irq_domain_free_fwnode(fwnode);
}

static int irq_sim_cfs_map(struct irq_domain *domain, struct irq_sim_cfs_line *line)
{
	int ret = -ENOMEM;

	line->irq = irq_create_mapping(domain, line->hwirq);
	if (line->irq) {
		irq_sim_set_line(domain, line->hwirq, line->wire);
		ret = irq_set_irq_type(line->irq, line->type);
	}
	if (ret)
		pr_err("%s: line%u: no interrupt: %pe\n", irq_sim_cfs_name(line->chip),
		       line->hwirq, ERR_PTR(ret));
	return ret;
}

/* Map all lines or none: the domain is not visible before */
static int irq_sim_cfs_map_all(struct irq_sim_cfs_chip *chip, struct irq_domain *domain)
{
	struct irq_sim_cfs_line *line;
	int ret;

	guard(rwsem_write)(&chip->live);
	list_for_each_entry(line, &chip->lines, node) {
		ret = irq_sim_cfs_map(domain, line);
		if (ret)
			goto err;
	}
	chip->domain = domain;
	return 0;
err:
	list_for_each_entry(line, &chip->lines, node)
		irq_sim_cfs_unmap(line);
	return ret;
}

static int irq_sim_cfs_create(struct irq_sim_cfs_chip *chip)
{
	const char *name = irq_sim_cfs_name(chip);
	struct irq_sim_info info = chip->info;
	struct irq_sim_cfs_line *line;
	struct irq_domain *domain;
	int ret;

	list_for_each_entry(line, &chip->lines, node) {
		if (line->hwirq >= info.num_irqs) {
			pr_err("%s: there is no line%u, num_lines is %u\n", name, line->hwirq,
			       info.num_irqs);
			return -ERANGE;
		}
	}

	/* With a prefix, as all domains share one directory in debugfs */
	char *domain_name __free(kfree) = kasprintf(GFP_KERNEL, "irq-sim.%s", name);
	if (!domain_name)
		return -ENOMEM;

	info.name = name;
	info.fwnode = irq_domain_alloc_named_fwnode(domain_name);
	if (!info.fwnode)
		return -ENOMEM;
	domain = irq_domain_instantiate_sim(&info);
	if (IS_ERR(domain)) {
		irq_domain_free_fwnode(info.fwnode);
		if (PTR_ERR(domain) == -EINVAL)
			pr_err("%s: flags: not all of them go together, and with the kind\n", name);
		return PTR_ERR(domain);
	}

	ret = irq_sim_cfs_map_all(chip, domain);
	if (ret) {
		irq_domain_remove_sim(domain);
		irq_domain_free_fwnode(info.fwnode);
		return ret;
	}
	list_for_each_entry(line, &chip->lines, node) {
		ret = irq_sim_cfs_bind(line);
		if (ret) {
			irq_sim_cfs_remove(chip);
			return ret;
		}
	}
	return 0;
}

/*
 * Attributes of a chip
 */

static ssize_t irq_sim_cfs_chip_num_lines_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);

	guard(mutex)(&chip->lock);
	return sysfs_emit(page, "%u\n", chip->info.num_irqs);
}

static ssize_t irq_sim_cfs_chip_num_lines_store(struct config_item *item, const char *page,
						size_t count)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);
	unsigned int num;
	int ret;

	ret = irq_sim_cfs_check(chip, "num_lines", page, count);
	if (ret)
		return ret;
	ret = kstrtouint(page, 0, &num);
	if (!ret && !num)
		ret = -EINVAL;
	if (!ret && num > IRQ_SIM_CFS_MAX_LINES)
		ret = -ERANGE;
	if (ret) {
		irq_sim_cfs_refuse(chip, "num_lines", page, "1 to %u", IRQ_SIM_CFS_MAX_LINES);
		return ret;
	}

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	chip->info.num_irqs = num;
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_chip_, num_lines);

static ssize_t irq_sim_cfs_chip_delivery_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);

	guard(mutex)(&chip->lock);
	return sysfs_emit(page, "%s\n", irq_sim_cfs_deliveries[chip->info.delivery]);
}

static ssize_t irq_sim_cfs_chip_delivery_store(struct config_item *item, const char *page,
					       size_t count)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);
	int i = irq_sim_cfs_match(chip, "delivery", irq_sim_cfs_deliveries,
				  ARRAY_SIZE(irq_sim_cfs_deliveries), page, count);

	if (i < 0)
		return i;
	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	chip->info.delivery = i;
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_chip_, delivery);

static ssize_t irq_sim_cfs_chip_kind_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);

	guard(mutex)(&chip->lock);
	return sysfs_emit(page, "%s\n", irq_sim_cfs_kinds[chip->info.kind]);
}

static ssize_t irq_sim_cfs_chip_kind_store(struct config_item *item, const char *page,
					   size_t count)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);
	int i = irq_sim_cfs_match(chip, "kind", irq_sim_cfs_kinds,
				  ARRAY_SIZE(irq_sim_cfs_kinds), page, count);

	if (i < 0)
		return i;
	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	chip->info.kind = i;
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_chip_, kind);

static ssize_t irq_sim_cfs_chip_budget_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);

	guard(mutex)(&chip->lock);
	return sysfs_emit(page, "%u\n", chip->info.budget);
}

static ssize_t irq_sim_cfs_chip_budget_store(struct config_item *item, const char *page,
					     size_t count)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);
	unsigned int budget;
	int ret;

	ret = irq_sim_cfs_check(chip, "budget", page, count);
	if (ret)
		return ret;
	ret = kstrtouint(page, 0, &budget);
	if (ret) {
		irq_sim_cfs_refuse(chip, "budget", page, "a number of lines, 0 for the default");
		return ret;
	}

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	chip->info.budget = budget;
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_chip_, budget);

static ssize_t irq_sim_cfs_chip_flags_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);
	const char *gap = "";
	int at = 0;

	guard(mutex)(&chip->lock);
	for (int i = 0; i < ARRAY_SIZE(irq_sim_cfs_flags); i++) {
		if (!(chip->info.flags & irq_sim_cfs_flag_bits[i]))
			continue;
		at += sysfs_emit_at(page, at, "%s%s", gap, irq_sim_cfs_flags[i]);
		gap = " ";
	}
	return at + sysfs_emit_at(page, at, "\n");
}

static ssize_t irq_sim_cfs_chip_flags_store(struct config_item *item, const char *page,
					    size_t count)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);
	unsigned int flags = 0;
	char *word, *rest;
	int ret;

	ret = irq_sim_cfs_check(chip, "flags", page, count);
	if (ret)
		return ret;

	char *words __free(kfree) = kstrdup(page, GFP_KERNEL);
	if (!words)
		return -ENOMEM;
	rest = strim(words);
	while ((word = strsep(&rest, " \t"))) {
		int i;

		if (!*word)
			continue;
		i = irq_sim_cfs_match_word(chip, "flags", irq_sim_cfs_flags,
					   ARRAY_SIZE(irq_sim_cfs_flags), word);
		if (i < 0)
			return i;
		flags |= irq_sim_cfs_flag_bits[i];
	}

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	chip->info.flags = flags;
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_chip_, flags);

static ssize_t irq_sim_cfs_chip_live_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);

	guard(mutex)(&chip->lock);
	return sysfs_emit(page, "%d\n", irq_sim_cfs_is_live(chip));
}

static ssize_t irq_sim_cfs_chip_live_store(struct config_item *item, const char *page,
					   size_t count)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);
	bool live;
	int ret;

	ret = irq_sim_cfs_bool(chip, "live", page, count, &live);
	if (ret)
		return ret;

	guard(mutex)(&chip->lock);
	if (live == irq_sim_cfs_is_live(chip))
		return -EPERM;
	if (live)
		ret = irq_sim_cfs_create(chip);
	else
		irq_sim_cfs_remove(chip);
	return ret ?: count;
}

CONFIGFS_ATTR(irq_sim_cfs_chip_, live);

static struct configfs_attribute *irq_sim_cfs_chip_attrs[] = {
	&irq_sim_cfs_chip_attr_num_lines,
	&irq_sim_cfs_chip_attr_delivery,
	&irq_sim_cfs_chip_attr_kind,
	&irq_sim_cfs_chip_attr_budget,
	&irq_sim_cfs_chip_attr_flags,
	&irq_sim_cfs_chip_attr_live,
	NULL
};

/*
 * Attributes of a line
 */

static ssize_t irq_sim_cfs_line_type_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	int i = 0;

	guard(mutex)(&line->chip->lock);
	while (irq_sim_cfs_type_bits[i] != line->type)
		i++;
	return sysfs_emit(page, "%s\n", irq_sim_cfs_types[i]);
}

static ssize_t irq_sim_cfs_line_type_store(struct config_item *item, const char *page,
					   size_t count)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	struct irq_sim_cfs_chip *chip = line->chip;
	int i = irq_sim_cfs_match(chip, "type", irq_sim_cfs_types,
				  ARRAY_SIZE(irq_sim_cfs_types), page, count);

	if (i < 0)
		return i;
	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	line->type = irq_sim_cfs_type_bits[i];
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_line_, type);

static ssize_t irq_sim_cfs_line_label_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);

	guard(mutex)(&line->chip->lock);
	return sysfs_emit(page, "%s\n", line->label ?: "");
}

static ssize_t irq_sim_cfs_line_label_store(struct config_item *item, const char *page,
					    size_t count)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	struct irq_sim_cfs_chip *chip = line->chip;
	size_t len = count - (page[count - 1] == '\n');
	int ret;

	ret = irq_sim_cfs_check(chip, "label", page, count);
	if (ret)
		return ret;
	if (len > IRQ_SIM_CFS_MAX_LABEL) {
		irq_sim_cfs_refuse(chip, "label", page, "of up to %u characters",
				   IRQ_SIM_CFS_MAX_LABEL);
		return -ENAMETOOLONG;
	}
	if (!irq_sim_cfs_is_label(page, len)) {
		irq_sim_cfs_refuse(chip, "label", page,
				   "printable, without '/', and no file of /proc/irq/N");
		return -EINVAL;
	}

	char *label __free(kfree) = len ? kstrndup(page, len, GFP_KERNEL) : NULL;
	if (len && !label)
		return -ENOMEM;

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	swap(line->label, label);
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_line_, label);

static ssize_t irq_sim_cfs_line_irq_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);

	guard(rwsem_read)(&line->chip->live);
	if (!irq_sim_cfs_is_live(line->chip))
		return -ENODEV;
	return sysfs_emit(page, "%u\n", line->irq);
}

CONFIGFS_ATTR_RO(irq_sim_cfs_line_, irq);

static ssize_t irq_sim_cfs_line_fire_store(struct config_item *item, const char *page,
					   size_t count)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	struct irq_sim_cfs_chip *chip = line->chip;
	int ret;

	ret = irq_sim_cfs_one(chip, "fire", page, count);
	if (ret)
		return ret;
	guard(rwsem_read)(&chip->live);
	if (!irq_sim_cfs_is_live(chip))
		return -ENODEV;
	ret = irq_sim_fire(chip->domain, line->hwirq);
	return ret < 0 ? ret : count;
}

CONFIGFS_ATTR_WO(irq_sim_cfs_line_, fire);

static ssize_t irq_sim_cfs_state_show(struct config_item *item, enum irqchip_irq_state which,
				      char *page)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	bool state;
	int ret;

	guard(rwsem_read)(&line->chip->live);
	if (!irq_sim_cfs_is_live(line->chip))
		return -ENODEV;
	ret = irq_get_irqchip_state(line->irq, which, &state);
	return ret ?: sysfs_emit(page, "%d\n", state);
}

/*
 * Would unmasking a line cause an interrupt storm? If an EOI line of level type which
 * genirq has masked is unmasked behind its back, handle_fasteoi_irq() neither calls
 * the handler nor masks the line again. The line is then served again and again while
 * it is asserted.
 */
static bool irq_sim_cfs_would_storm(const struct irq_sim_cfs_line *line, struct irq_data *data)
{
	return line->chip->info.kind == IRQ_SIM_KIND_EOI && irqd_is_started(data) &&
	       irqd_is_level_type(data) && irqd_irq_masked(data);
}

static int irq_sim_cfs_unmask(const struct irq_sim_cfs_line *line)
{
	struct irq_data *data = irq_get_irq_data(line->irq);

	if (!data)
		return -EINVAL;
	/*
	 * genirq masks lines under this lock, so none is masked between the check and the
	 * unmask. irq_set_irqchip_state() takes the lock itself.
	 */
	guard(raw_spinlock_irqsave)(&irq_data_to_desc(data)->lock);
	if (irq_sim_cfs_would_storm(line, data))
		return -EBUSY;
	return data->chip->irq_set_irqchip_state(data, IRQCHIP_STATE_MASKED, false);
}

static ssize_t irq_sim_cfs_state_store(struct config_item *item, const char *attr,
				       enum irqchip_irq_state which, const char *page,
				       size_t count)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	struct irq_sim_cfs_chip *chip = line->chip;
	bool state;
	int ret;

	ret = irq_sim_cfs_bool(chip, attr, page, count, &state);
	if (ret)
		return ret;
	guard(rwsem_read)(&chip->live);
	if (!irq_sim_cfs_is_live(chip))
		return -ENODEV;
	if (which == IRQCHIP_STATE_MASKED && !state)
		ret = irq_sim_cfs_unmask(line);
	else
		ret = irq_set_irqchip_state(line->irq, which, state);
	return ret ?: count;
}

static ssize_t irq_sim_cfs_line_wire_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	bool high;
	int ret;

	guard(rwsem_read)(&line->chip->live);
	if (!irq_sim_cfs_is_live(line->chip))
		return sysfs_emit(page, "%d\n", READ_ONCE(line->wire));
	ret = irq_get_irqchip_state(line->irq, IRQCHIP_STATE_LINE_LEVEL, &high);
	return ret ?: sysfs_emit(page, "%d\n", high);
}

static ssize_t irq_sim_cfs_line_wire_store(struct config_item *item, const char *page,
					   size_t count)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	struct irq_sim_cfs_chip *chip = line->chip;
	bool high;
	int ret;

	ret = irq_sim_cfs_bool(chip, "wire", page, count, &high);
	if (ret)
		return ret;
	guard(rwsem_read)(&chip->live);
	if (!irq_sim_cfs_is_live(chip)) {
		WRITE_ONCE(line->wire, high);
		return count;
	}
	/* The handler may run during this call */
	ret = irq_sim_set_line(chip->domain, line->hwirq, high);
	return ret < 0 ? ret : count;
}

CONFIGFS_ATTR(irq_sim_cfs_line_, wire);

static ssize_t irq_sim_cfs_line_masked_show(struct config_item *item, char *page)
{
	return irq_sim_cfs_state_show(item, IRQCHIP_STATE_MASKED, page);
}

static ssize_t irq_sim_cfs_line_masked_store(struct config_item *item, const char *page,
					     size_t count)
{
	return irq_sim_cfs_state_store(item, "masked", IRQCHIP_STATE_MASKED, page, count);
}

CONFIGFS_ATTR(irq_sim_cfs_line_, masked);

static ssize_t irq_sim_cfs_line_pending_show(struct config_item *item, char *page)
{
	return irq_sim_cfs_state_show(item, IRQCHIP_STATE_PENDING, page);
}

static ssize_t irq_sim_cfs_line_pending_store(struct config_item *item, const char *page,
					      size_t count)
{
	return irq_sim_cfs_state_store(item, "pending", IRQCHIP_STATE_PENDING, page, count);
}

CONFIGFS_ATTR(irq_sim_cfs_line_, pending);

static ssize_t irq_sim_cfs_line_account_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	struct irq_sim_cfs_chip *chip = line->chip;
	struct irq_sim_account account;
	int ret;

	guard(rwsem_read)(&chip->live);
	if (!irq_sim_cfs_is_live(chip))
		return -ENODEV;
	ret = irq_sim_get_account(chip->domain, line->hwirq, &account);
	if (ret)
		return ret;
	return sysfs_emit(page, "latched %lu\nkept %lu\nmerged %lu\ndropped %lu\nwaiting %u\n",
			  account.latched, account.kept, account.merged, account.dropped,
			  account.waiting);
}

CONFIGFS_ATTR_RO(irq_sim_cfs_line_, account);

static ssize_t irq_sim_cfs_line_synchronize_store(struct config_item *item, const char *page,
						  size_t count)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);
	struct irq_sim_cfs_chip *chip = line->chip;
	int ret;

	ret = irq_sim_cfs_one(chip, "synchronize", page, count);
	if (ret)
		return ret;
	guard(rwsem_read)(&chip->live);
	if (!irq_sim_cfs_is_live(chip))
		return -ENODEV;
	irq_sim_synchronize(chip->domain);
	synchronize_irq(line->irq);
	return count;
}

CONFIGFS_ATTR_WO(irq_sim_cfs_line_, synchronize);

static struct configfs_attribute *irq_sim_cfs_line_attrs[] = {
	&irq_sim_cfs_line_attr_type,
	&irq_sim_cfs_line_attr_label,
	&irq_sim_cfs_line_attr_irq,
	&irq_sim_cfs_line_attr_fire,
	&irq_sim_cfs_line_attr_wire,
	&irq_sim_cfs_line_attr_masked,
	&irq_sim_cfs_line_attr_pending,
	&irq_sim_cfs_line_attr_account,
	&irq_sim_cfs_line_attr_synchronize,
	NULL
};

/*
 * Directories
 *
 * When a directory is dropped, configfs guarantees that no attribute callback is running
 * and none will be called, even if files are still open. So it is freed at once.
 */

static void irq_sim_cfs_line_release(struct config_item *item)
{
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);

	kfree(line->label);
	kfree(line);
}

static const struct configfs_item_operations irq_sim_cfs_line_item_ops = {
	.release	= irq_sim_cfs_line_release,
};

static const struct configfs_group_operations irq_sim_cfs_line_group_ops = {
	.make_item	= irq_sim_cfs_make_device,
	.drop_item	= irq_sim_cfs_drop_device,
};

static const struct config_item_type irq_sim_cfs_line_type = {
	.ct_item_ops	= &irq_sim_cfs_line_item_ops,
	.ct_group_ops	= &irq_sim_cfs_line_group_ops,
	.ct_attrs	= irq_sim_cfs_line_attrs,
	.ct_owner	= THIS_MODULE,
};

static struct config_group *irq_sim_cfs_make_line(struct config_group *group, const char *name)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(&group->cg_item);
	struct irq_sim_cfs_line *line;
	unsigned int hwirq;
	char canonical[20];

	/* Each line has one valid name only */
	if (sscanf(name, "line%u", &hwirq) == 1)
		snprintf(canonical, sizeof(canonical), "line%u", hwirq);
	else
		canonical[0] = '\0';
	if (strcmp(name, canonical) || hwirq >= IRQ_SIM_CFS_MAX_LINES) {
		irq_sim_cfs_refuse(chip, "line", name, "line0 to line%u",
				   IRQ_SIM_CFS_MAX_LINES - 1);
		return ERR_PTR(-EINVAL);
	}

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return ERR_PTR(-EBUSY);
	line = kzalloc_obj(*line);
	if (!line)
		return ERR_PTR(-ENOMEM);
	line->chip = chip;
	line->hwirq = hwirq;
	line->type = IRQ_TYPE_EDGE_RISING;
	config_group_init_type_name(&line->group, name, &irq_sim_cfs_line_type);
	list_add_tail(&line->node, &chip->lines);
	return &line->group;
}

static void irq_sim_cfs_drop_line(struct config_group *group, struct config_item *item)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(&group->cg_item);
	struct irq_sim_cfs_line *line = to_irq_sim_cfs_line(item);

	scoped_guard(mutex, &chip->lock) {
		scoped_guard(rwsem_write, &chip->live)
			irq_sim_cfs_unmap(line);
		list_del(&line->node);
	}
	config_item_put(item);
}

static void irq_sim_cfs_chip_release(struct config_item *item)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);

	mutex_destroy(&chip->lock);
	kfree(chip);
}

static const struct configfs_item_operations irq_sim_cfs_chip_item_ops = {
	.release	= irq_sim_cfs_chip_release,
};

static const struct configfs_group_operations irq_sim_cfs_chip_group_ops = {
	.make_group	= irq_sim_cfs_make_line,
	.drop_item	= irq_sim_cfs_drop_line,
};

static const struct config_item_type irq_sim_cfs_chip_type = {
	.ct_item_ops	= &irq_sim_cfs_chip_item_ops,
	.ct_group_ops	= &irq_sim_cfs_chip_group_ops,
	.ct_attrs	= irq_sim_cfs_chip_attrs,
	.ct_owner	= THIS_MODULE,
};

/* The name appears in the log, in /proc/interrupts and in device names. */
static int irq_sim_cfs_check_name(const char *name)
{
	size_t len = strlen(name), i = 0;

	while (isgraph(name[i]))
		i++;
	if (len <= IRQ_SIM_CFS_MAX_LABEL && i == len)
		return 0;
	pr_err("chip: '%*pE' refused, must be up to %u printable characters, without blanks\n",
	       (int)min(len, 32), name, IRQ_SIM_CFS_MAX_LABEL);
	return i == len ? -ENAMETOOLONG : -EINVAL;
}

static struct config_group *irq_sim_cfs_make_chip(struct config_group *group, const char *name)
{
	struct irq_sim_cfs_chip *chip;
	int ret;

	ret = irq_sim_cfs_check_name(name);
	if (ret)
		return ERR_PTR(ret);
	chip = kzalloc_obj(*chip);
	if (!chip)
		return ERR_PTR(-ENOMEM);
	mutex_init(&chip->lock);
	init_rwsem(&chip->live);
	INIT_LIST_HEAD(&chip->lines);
	chip->info.num_irqs = 1;
	config_group_init_type_name(&chip->group, name, &irq_sim_cfs_chip_type);
	/* Long names are allocated, and the function above does not return errors */
	if (!irq_sim_cfs_name(chip)) {
		config_item_put(&chip->group.cg_item);
		return ERR_PTR(-ENOMEM);
	}
	return &chip->group;
}

static void irq_sim_cfs_drop_chip(struct config_group *group, struct config_item *item)
{
	struct irq_sim_cfs_chip *chip = to_irq_sim_cfs_chip(item);

	/* There are no lines any more: rmdir() fails for a directory with subdirectories */
	scoped_guard(mutex, &chip->lock) {
		if (irq_sim_cfs_is_live(chip))
			irq_sim_cfs_remove(chip);
	}
	config_item_put(item);
}

static const struct configfs_group_operations irq_sim_cfs_group_ops = {
	.make_group	= irq_sim_cfs_make_chip,
	.drop_item	= irq_sim_cfs_drop_chip,
};

static const struct config_item_type irq_sim_cfs_type = {
	.ct_group_ops	= &irq_sim_cfs_group_ops,
	.ct_owner	= THIS_MODULE,
};

static struct configfs_subsystem irq_sim_cfs_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf	= "irq-sim",
			.ci_type	= &irq_sim_cfs_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(irq_sim_cfs_subsys.su_mutex),
};

static int __init irq_sim_cfs_init(void)
{
	int ret;

	ret = irq_sim_cfs_init_i2c();
	if (ret)
		return ret;
	config_group_init(&irq_sim_cfs_subsys.su_group);
	ret = configfs_register_subsystem(&irq_sim_cfs_subsys);
	if (ret)
		irq_sim_cfs_exit_i2c();
	return ret;
}
module_init(irq_sim_cfs_init);

static void __exit irq_sim_cfs_exit(void)
{
	configfs_unregister_subsystem(&irq_sim_cfs_subsys);
	irq_sim_cfs_exit_i2c();
}
module_exit(irq_sim_cfs_exit);

MODULE_DESCRIPTION("Simulated interrupt controllers from user space");
MODULE_LICENSE("GPL");
