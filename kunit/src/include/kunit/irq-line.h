/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interrupt line of a device which a test models
 */
#ifndef _KUNIT_IRQ_LINE_H
#define _KUNIT_IRQ_LINE_H

#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/types.h>

struct fwnode_handle;
struct kunit;
struct kunit_irq_line;

/**
 * struct kunit_irq_line_info - What kunit_irq_line_create() is to create
 * @trigger:	how the output of the device behaves: IRQ_TYPE_LEVEL_HIGH (also
 *		for 0), IRQ_TYPE_LEVEL_LOW, IRQ_TYPE_EDGE_RISING or
 *		IRQ_TYPE_EDGE_FALLING. The line is set to that type, as if the
 *		firmware had said it, and idles at the inactive level.
 * @delivery:	context in which the interrupts are delivered
 * @kind:	kind of the controller, IRQ_SIM_KIND_ACK or IRQ_SIM_KIND_EOI
 * @fwnode:	firmware node of the controller, for instance by kunit_dut_of_node(): the
 *		device in the device tree refers to line 0 of it, with @trigger; NULL for
 *		none
 * @requested:	called when the driver requests the line, may be NULL. Returns
 *		0, or an error which request_irq() then returns.
 * @released:	called after the driver has freed it, may be NULL
 * @event:	called by kunit_irq_line_raise() instead of what that does otherwise:
 *		the device computes its interrupt itself, tells it by
 *		kunit_irq_line_assert(), and makes the events happen in its
 *		registers. In the context of the caller. May be NULL.
 * @data:	passed to all three
 *
 * The first two may sleep. What does exist when a driver attaches its handler, and
 * what does still exist when it has detached it, is for them to look at.
 */
struct kunit_irq_line_info {
	unsigned int		trigger;
	enum irq_sim_delivery	delivery;
	enum irq_sim_kind	kind;
	struct fwnode_handle	*fwnode;
	int			(*requested)(struct kunit_irq_line *line, void *data);
	void			(*released)(struct kunit_irq_line *line, void *data);
	void			(*event)(struct kunit_irq_line *line, u64 bits, void *data);
	void			*data;
};

struct kunit_irq_line *kunit_irq_line_create(struct kunit *test,
					     const struct kunit_irq_line_info *info);
unsigned int kunit_irq_line_irq(const struct kunit_irq_line *line);
struct irq_domain *kunit_irq_line_domain(const struct kunit_irq_line *line);

/* For the model: what the driver does to the registers of the interrupt */
u64 kunit_irq_line_read(struct kunit_irq_line *line);
void kunit_irq_line_ack(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_enable(struct kunit_irq_line *line, u64 mask);
void kunit_irq_line_assert(struct kunit_irq_line *line, bool asserted);

/* For the test: what happens in the device */
void kunit_irq_line_raise(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_raise_after_read(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_stick(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_hold(struct kunit_irq_line *line);
void kunit_irq_line_let_go(struct kunit_irq_line *line);
int kunit_irq_line_spurious(struct kunit_irq_line *line);

/* For the test: what there is to see */
u64 kunit_irq_line_status(struct kunit_irq_line *line);
u64 kunit_irq_line_enabled(struct kunit_irq_line *line);
bool kunit_irq_line_asserted(struct kunit_irq_line *line);
bool kunit_irq_line_requested(struct kunit_irq_line *line);
int kunit_irq_line_settle(struct kunit_irq_line *line);

/* For the test: somebody else on the line */
void kunit_irq_line_listen(struct kunit_irq_line *line, unsigned int fuse);
unsigned int kunit_irq_line_heard(struct kunit_irq_line *line);
void kunit_irq_line_unlisten(struct kunit_irq_line *line);

#endif /* _KUNIT_IRQ_LINE_H */
