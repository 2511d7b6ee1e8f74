/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupt line of a modelled device
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
 * struct kunit_irq_line_info - parameters of kunit_irq_line_create()
 * @trigger:	trigger type of the device's output: IRQ_TYPE_LEVEL_HIGH (also for 0),
 *		IRQ_TYPE_LEVEL_LOW, IRQ_TYPE_EDGE_RISING or IRQ_TYPE_EDGE_FALLING. The
 *		line gets that type, as if set by the firmware, and idles at the
 *		inactive level.
 * @delivery:	context in which the interrupts are delivered
 * @kind:	kind of controller, IRQ_SIM_KIND_ACK or IRQ_SIM_KIND_EOI
 * @fwnode:	firmware node of the controller, e.g. from kunit_dut_of_node(); NULL for
 *		none. The device in the device tree must refer to its line 0, with
 *		@trigger.
 * @requested:	called when the driver requests the line, may be NULL. Returns
 *		0, or an error which request_irq() then returns.
 * @released:	called after the driver has freed the line, may be NULL
 * @event:	replaces the default action of kunit_irq_line_raise(), for a device
 *		which computes its interrupt itself: it makes the events happen in its
 *		registers, and drives the line with kunit_irq_line_assert(). Runs in
 *		the context of the caller. May be NULL.
 * @data:	passed to the three callbacks
 *
 * @requested and @released may sleep. They can check what exists when the driver
 * attaches its handler, and what still exists after it has detached it.
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

/* For models: the driver accesses the interrupt registers */
u64 kunit_irq_line_read(struct kunit_irq_line *line);
void kunit_irq_line_ack(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_enable(struct kunit_irq_line *line, u64 mask);
void kunit_irq_line_assert(struct kunit_irq_line *line, bool asserted);

/* For tests: events in the device */
void kunit_irq_line_raise(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_raise_after_read(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_stick(struct kunit_irq_line *line, u64 bits);
void kunit_irq_line_hold(struct kunit_irq_line *line);
void kunit_irq_line_let_go(struct kunit_irq_line *line);
int kunit_irq_line_spurious(struct kunit_irq_line *line);

/* For tests: state of the line */
u64 kunit_irq_line_status(struct kunit_irq_line *line);
u64 kunit_irq_line_enabled(struct kunit_irq_line *line);
bool kunit_irq_line_asserted(struct kunit_irq_line *line);
bool kunit_irq_line_requested(struct kunit_irq_line *line);
int kunit_irq_line_settle(struct kunit_irq_line *line);
int kunit_irq_line_claimed(struct kunit_irq_line *line, u64 bits);

/* For tests: a second handler on a shared line */
void kunit_irq_line_listen(struct kunit_irq_line *line, unsigned int fuse);
unsigned int kunit_irq_line_heard(struct kunit_irq_line *line);
void kunit_irq_line_unlisten(struct kunit_irq_line *line);

#endif /* _KUNIT_IRQ_LINE_H */
