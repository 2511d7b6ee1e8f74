/* SPDX-License-Identifier: GPL-2.0+ */
/*
 * What the files of the configfs front end of the interrupt simulator share.
 */
#ifndef _KERNEL_IRQ_SIM_CONFIGFS_H
#define _KERNEL_IRQ_SIM_CONFIGFS_H

#include <linux/configfs.h>
#include <linux/irq_sim.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/string.h>

struct irq_sim_cfs_device;

/**
 * struct irq_sim_cfs_chip - a directory which stands for a chip
 * @group:	the directory
 * @lock:	what is configured, and the way to and from being live
 * @live:	held to change @domain, and the mappings of the lines; held for
 *		reading to use them. Nests in @lock, and is never held while a
 *		driver is bound: that may need interrupts.
 * @domain:	the chip while it is live, NULL otherwise
 * @info:	what is configured, the numbers
 * @lines:	the lines which have a directory
 */
struct irq_sim_cfs_chip {
	struct config_group	group;
	struct mutex		lock;	/* configuration */
	struct rw_semaphore	live;	/* the domain and the mappings */
	struct irq_domain	*domain;
	struct irq_sim_info	info;
	struct list_head	lines;
};

/**
 * struct irq_sim_cfs_line - a directory which stands for a line
 * @group:	the directory
 * @chip:	the chip. Whoever holds a file of the line open after it was
 *		removed must not follow this.
 * @node:	in the list of the chip
 * @hwirq:	number of the line in the chip
 * @type:	trigger type
 * @label:	what it is called, NULL for the name of the chip and the number
 * @wire:	level of the wire while the line is not mapped
 * @irq:	Linux number while it is mapped, 0 otherwise
 * @device:	what is to have the interrupt, may be NULL
 */
struct irq_sim_cfs_line {
	struct config_group	group;
	struct irq_sim_cfs_chip	*chip;
	struct list_head	node;
	unsigned int		hwirq;
	unsigned int		type;
	char			*label;
	bool			wire;
	unsigned int		irq;
	struct irq_sim_cfs_device *device;
};

static inline const char *irq_sim_cfs_name(struct irq_sim_cfs_chip *chip)
{
	return config_item_name(&chip->group.cg_item);
}

static inline bool irq_sim_cfs_is_live(const struct irq_sim_cfs_chip *chip)
{
	lockdep_assert(lockdep_is_held(&chip->lock) || lockdep_is_held(&chip->live));
	return chip->domain;
}

/* Say why a value was refused, once for each time. */
#define irq_sim_cfs_refuse(chip, attr, page, want, ...)					\
do {											\
	const char *_page = (page);							\
											\
	pr_err("%s: %s: '%*pE' refused, must be " want "\n", irq_sim_cfs_name(chip),	\
	       attr, (int)min(strcspn(_page, "\n"), 32), _page, ##__VA_ARGS__);		\
} while (0)

/* configfs_device.c */
int irq_sim_cfs_bind(struct irq_sim_cfs_line *line);
void irq_sim_cfs_unbind(struct irq_sim_cfs_line *line);
struct config_item *irq_sim_cfs_make_device(struct config_group *group, const char *name);
void irq_sim_cfs_drop_device(struct config_group *group, struct config_item *item);

#endif /* _KERNEL_IRQ_SIM_CONFIGFS_H */
