/* SPDX-License-Identifier: GPL-2.0+ */
/*
 * Shared by the files of the configfs front end of the interrupt simulator.
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
 * struct irq_sim_cfs_chip - the directory of a chip
 * @group:	the directory
 * @lock:	protects the configuration, and serialises going live and back
 * @live:	write lock to change @domain and the mappings of the lines, read
 *		lock to use them. Nests in @lock. It is not held while a driver is
 *		bound, as that may need interrupts.
 * @domain:	the domain of the chip while it is live, NULL otherwise
 * @info:	the configured numbers
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
 * struct irq_sim_cfs_line - the directory of a line
 * @group:	the directory
 * @chip:	the chip, whose directory cannot be removed before this one
 * @node:	entry in the list of the chip
 * @hwirq:	number of the line in the chip
 * @type:	trigger type
 * @label:	name of the line, NULL for the name of the chip and the number
 * @wire:	level of the wire while the line is not mapped
 * @irq:	Linux number while the line is mapped, 0 otherwise
 * @device:	the device which gets the interrupt, may be NULL
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

/* A handler gets a directory /proc/irq/N/LABEL, which must not clash with genirq's files. */
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

/* Log why a value is refused. */
#define irq_sim_cfs_refuse(chip, attr, page, want, ...)					\
do {											\
	const char *_page = (page);							\
											\
	pr_err("%s: %s: '%*pE' refused, must be " want "\n", irq_sim_cfs_name(chip),	\
	       attr, (int)min(strcspn(_page, "\n"), 32), _page, ##__VA_ARGS__);		\
} while (0)

/* The most that configfs passes on of a write(): SIMPLE_ATTR_SIZE - 1 */
#define IRQ_SIM_CFS_MAX_WRITE	4095

/*
 * Refuse a value which contains a NUL, or which configfs may have truncated: the writer
 * would write the rest, which would be taken for another value.
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
