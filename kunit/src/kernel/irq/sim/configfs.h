/* SPDX-License-Identifier: GPL-2.0+ */
/*
 * What the files of the configfs front end of the interrupt simulator share.
 */
#ifndef _KERNEL_IRQ_SIM_CONFIGFS_H
#define _KERNEL_IRQ_SIM_CONFIGFS_H

#include <linux/configfs.h>
#include <linux/ctype.h>
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
 * @chip:	the chip, whose directory cannot be removed before this one
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

/* A handler of that name gets a directory /proc/irq/N/NAME, beside files of genirq. */
static inline bool irq_sim_cfs_is_label(const char *text, size_t len)
{
	static const char * const taken[] = {
		".", "..", "affinity_hint", "effective_affinity", "effective_affinity_list",
		"node", "smp_affinity", "smp_affinity_list", "spurious",
	};

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		if (len == strlen(taken[i]) && !strncmp(text, taken[i], len))
			return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (!isprint(text[i]) || text[i] == '/')
			return false;
	}
	return true;
}

/* Say why a value was refused, once for each time. */
#define irq_sim_cfs_refuse(chip, attr, page, want, ...)					\
do {											\
	const char *_page = (page);							\
											\
	pr_err("%s: %s: '%*pE' refused, must be " want "\n", irq_sim_cfs_name(chip),	\
	       attr, (int)min(strcspn(_page, "\n"), 32), _page, ##__VA_ARGS__);		\
} while (0)

/* What configfs hands over of a write() at most: SIMPLE_ATTR_SIZE - 1 */
#define IRQ_SIM_CFS_MAX_WRITE	4095

/*
 * A value is all of what was written. It ends neither at a NUL, nor where configfs
 * has cut it: the writer would go on, and have the rest taken for another value.
 */
static inline int irq_sim_cfs_check(struct irq_sim_cfs_chip *chip, const char *attr,
				    const char *page, size_t count)
{
	if (strlen(page) != count) {
		irq_sim_cfs_refuse(chip, attr, page, "text, without a NUL in it");
		return -EINVAL;
	}
	if (count >= IRQ_SIM_CFS_MAX_WRITE) {
		irq_sim_cfs_refuse(chip, attr, page, "of less than %u bytes",
				   IRQ_SIM_CFS_MAX_WRITE);
		return -EINVAL;
	}
	return 0;
}

/* configfs_device.c */
int irq_sim_cfs_bind(struct irq_sim_cfs_line *line);
void irq_sim_cfs_unbind(struct irq_sim_cfs_line *line);
struct config_item *irq_sim_cfs_make_device(struct config_group *group, const char *name);
void irq_sim_cfs_drop_device(struct config_group *group, struct config_item *item);
#if IS_ENABLED(CONFIG_I2C)
int irq_sim_cfs_init_i2c(void);
void irq_sim_cfs_exit_i2c(void);
#else
static inline int irq_sim_cfs_init_i2c(void) { return 0; }
static inline void irq_sim_cfs_exit_i2c(void) { }
#endif

#endif /* _KERNEL_IRQ_SIM_CONFIGFS_H */
