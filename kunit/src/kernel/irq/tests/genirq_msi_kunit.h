/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device, its MSI domain and an MSI parent which records the order of all callbacks. Shared by
 * genirq_msi_kunit.c and genirq_msi_domain_kunit.c, defined in genirq_msi_common_kunit.c.
 */
#ifndef _GENIRQ_MSI_KUNIT_H
#define _GENIRQ_MSI_KUNIT_H

#include <kunit/test.h>

#include <linux/irqdomain.h>
#include <linux/msi.h>
#include <linux/string.h>
#include <linux/types.h>

struct device;

#define GM_LINES	64
#define GM_VIRQS	4096
#define GM_PREPARED	0x5a
#define GM_ADDRESS	0xfee00000
/* The core allocates and frees the descriptors */
#define GM_SIMPLE	(MSI_FLAG_ALLOC_SIMPLE_MSI_DESCS | MSI_FLAG_FREE_MSI_DESCS)

/**
 * struct gm - a device, its MSI domain and the MSI parent
 * @root:		the MSI parent
 * @dev:		the device
 * @tmpl:		what its MSI domain is made of
 * @has_domain:		the device has an MSI domain
 * @refuse:		the parent refuses a domain for the device
 * @level:		the parent composes two messages
 * @same_hwirq:		all interrupts get the same number
 * @exclusive:		the core is not to allocate two interrupts of the device at once
 * @prepare_ret:	result of msi_prepare()
 * @affinity_ret:	result of irq_set_affinity() of the parent
 * @fail_alloc:		let the n-th allocation in the parent fail
 * @fail_init:		let the n-th msi_init() fail
 * @fail_activate:	let the n-th activation in the parent fail
 * @lines:		allocated lines of the parent
 * @inited:		numbers after msi_init() and before msi_free()
 * @bad:		number of callbacks for an interrupt which they are not due for
 * @under_way:		number of allocations with @exclusive
 * @log:		the callbacks in the order of their calls, a letter each
 * @len:		length of @log
 * @msg:		the last message written to the device
 * @nvec:		argument of the last msi_prepare()
 * @arg:		argument of the last allocation in the parent
 * @init_dev:		arguments of the last init_dev_msi_info()
 * @init_domain:	likewise
 * @init_real:		likewise
 */
struct gm {
	struct irq_domain		*root;
	struct device			*dev;
	struct msi_domain_template	tmpl;
	bool				has_domain;
	bool				refuse;
	bool				level;
	bool				same_hwirq;
	bool				exclusive;
	int				prepare_ret;
	int				affinity_ret;
	int				fail_alloc;
	int				fail_init;
	int				fail_activate;
	DECLARE_BITMAP(lines, GM_LINES);
	DECLARE_BITMAP(inited, GM_VIRQS);
	atomic_t			bad;
	atomic_t			under_way;
	char				log[128];
	int				len;
	struct msi_msg			msg[2];
	int				nvec;
	msi_alloc_info_t		arg;
	struct device			*init_dev;
	struct irq_domain		*init_domain;
	struct irq_domain		*init_real;
};

/* The callbacks since the last call are these, in this order. */
#define GM_EXPECT_LOG(test, state, expected)						\
do {											\
	struct gm *_gm = (state);							\
											\
	KUNIT_EXPECT_STREQ_MSG(test, _gm->log, expected, "the order of callbacks");	\
	memset(_gm->log, 0, sizeof(_gm->log));						\
	_gm->len = 0;									\
} while (0)

extern const struct irq_domain_ops gm_parent_domain_ops;

int gm_init(struct kunit *test);
void gm_exit(struct kunit *test);
void gm_register(struct kunit *test);
void gm_log(struct gm *gm, char c);
int gm_prepare(struct irq_domain *domain, struct device *dev, int nvec, msi_alloc_info_t *arg);

bool gm_try_create(struct gm *gm, u32 flags, unsigned int hwsize);
struct gm *gm_create(struct kunit *test, u32 flags, unsigned int hwsize);
void gm_remove(struct gm *gm);
void gm_remove_domain(void *domain);

int gm_insert(struct gm *gm, unsigned int index, unsigned int nvec);
int gm_alloc_all(struct gm *gm, int nirqs);
struct msi_map gm_alloc_at(struct gm *gm, unsigned int index);
void gm_free_descs(struct gm *gm);

unsigned int gm_count(struct gm *gm, enum msi_desc_filter filter);
bool gm_has_group(struct gm *gm);
bool gm_has_file(struct gm *gm, unsigned int virq);
void gm_expect_nothing(struct kunit *test);

#endif /* _GENIRQ_MSI_KUNIT_H */
