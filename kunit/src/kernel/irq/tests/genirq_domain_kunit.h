/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fixture and helpers shared by the tests of interrupt domains.
 */
#ifndef _GENIRQ_DOMAIN_KUNIT_H
#define _GENIRQ_DOMAIN_KUNIT_H

#include <linux/atomic.h>
#include <linux/compiler_attributes.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/types.h>

struct fwnode_handle;
struct kunit;

#define DOM_LEVELS	3

/* What alloc() of a level does to the interrupt at its own level */
enum dom_how {
	DOM_CHIP,	/* set a chip */
	DOM_NONE,	/* leave it without a chip */
	DOM_MARK,	/* disconnect the hierarchy here */
	DOM_BAD,	/* set an error other than that of irq_domain_disconnect_hierarchy() */
};

/**
 * struct dom_level - one level of a hierarchy
 * @dt:		fixture
 * @domain:	the domain
 * @index:	0 for the root
 */
struct dom_level {
	struct dom_test		*dt;
	struct irq_domain	*domain;
	int			index;
};

/**
 * struct dom_test - fixture
 * @level:	the hierarchy, if the test has one
 * @log:	the callbacks in the order of their calls
 * @how:	what alloc() does, for each level
 * @hwirq:	first hwirq of the next alloc(), at level 0, or what match() returns
 * @fail:	level or hwirq whose callback fails, negative for none
 * @error:	what it returns
 * @pushed:	alloc() is for one level only
 * @arg:	argument of the last alloc()
 * @domain:	domain of the last callback without a level, or that of the test
 * @type:	what translate() returns
 * @virq:	virq of the last map(), or that of the test
 * @count:	calls of map() by several threads
 * @fwnode:	for the domains which the test creates
 */
struct dom_test {
	struct dom_level	level[DOM_LEVELS];
	char			log[512];
	enum dom_how		how[DOM_LEVELS];
	unsigned long		hwirq;
	int			fail;
	int			error;
	bool			pushed;
	void			*arg;
	struct irq_domain	*domain;
	unsigned int		type;
	unsigned int		virq;
	atomic_t		count;
	struct fwnode_handle	*fwnode;
};

extern const struct irq_chip dom_chips[DOM_LEVELS];
extern const struct irq_domain_ops dom_ops;
extern const struct irq_domain_ops dom_twocell_ops;
extern const struct irq_domain_ops dom_twocell_hierarchy_ops;

int dom_init(struct kunit *test);

__printf(2, 3) void dom_note(struct dom_test *dt, const char *fmt, ...);
void dom_expect_log(struct kunit *test, const char *expected, const char *when);

struct irq_domain *dom_create(struct kunit *test, unsigned int size, irq_hw_number_t max,
			      const struct irq_domain_ops *ops, enum irq_domain_bus_token bus);
struct irq_domain *dom_own(struct kunit *test, struct irq_domain *domain);
void dom_remove(void *domain);

unsigned int dom_stray_descs(void);
unsigned int dom_alloc_descs(struct kunit *test, unsigned int count);

void dom_expect_mapped(struct kunit *test, struct irq_domain *domain, unsigned int virq,
		       irq_hw_number_t hwirq);
void dom_expect_unmapped(struct kunit *test, struct irq_domain *domain, unsigned int mapped,
			 irq_hw_number_t hwirq);

#endif /* _GENIRQ_DOMAIN_KUNIT_H */
