// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt line of a device which a test models
 */

#include <linux/cleanup.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/spinlock.h>

#include <kunit/irq.h>
#include <kunit/irq-line.h>
#include <kunit/test.h>

/* Events may follow each other for ever */
#define KUNIT_IRQ_LINE_ROUNDS	64

/**
 * struct kunit_irq_line - an interrupt line, and the registers behind it
 * @test:	test context
 * @info:	how it was created
 * @domain:	a chip of this one line
 * @irq:	Linux interrupt number
 * @lock:	protects all below
 * @status:	events which the driver has not acknowledged
 * @enable:	events which assert the line
 * @stuck:	events which cannot be acknowledged
 * @after_read:	events which happen after the next read of the status
 * @held:	the wire does not follow
 * @cut:	the wire has been cut
 * @asserted:	the wire has its active level
 * @requested:	the line has a handler
 * @changes:	how often the wire has changed
 * @heard:	runs of the listener
 * @fuse:	after so many the wire is cut, 0 for never
 */
struct kunit_irq_line {
	struct kunit			*test;
	struct kunit_irq_line_info	info;
	struct irq_domain		*domain;
	unsigned int			irq;
	raw_spinlock_t			lock;
	u64				status;
	u64				enable;
	u64				stuck;
	u64				after_read;
	bool				held;
	bool				cut;
	bool				asserted;
	bool				requested;
	unsigned int			changes;
	unsigned int			heard;
	unsigned int			fuse;
};

/* Drive the wire as the registers have it. Under the lock, for the order of its changes. */
static void kunit_irq_line_drive(struct kunit_irq_line *line)
{
	bool low = line->info.trigger & (IRQ_TYPE_LEVEL_LOW | IRQ_TYPE_EDGE_FALLING);
	bool asserted = line->status & line->enable && !line->cut;

	if (line->held || asserted == line->asserted)
		return;

	line->asserted = asserted;
	WRITE_ONCE(line->changes, line->changes + 1);
	irq_sim_set_line(line->domain, 0, asserted != low);
}

static int kunit_irq_line_on_request(struct irq_domain *domain, irq_hw_number_t hwirq,
				     void *data)
{
	struct kunit_irq_line *line = data;
	int ret = 0;

	if (line->info.requested)
		ret = line->info.requested(line, line->info.data);
	if (!ret)
		WRITE_ONCE(line->requested, true);
	return ret;
}

static void kunit_irq_line_on_release(struct irq_domain *domain, irq_hw_number_t hwirq,
				      void *data)
{
	struct kunit_irq_line *line = data;

	WRITE_ONCE(line->requested, false);
	if (line->info.released)
		line->info.released(line, line->info.data);
}

static const struct irq_sim_ops kunit_irq_line_ops = {
	.irq_sim_irq_requested	= kunit_irq_line_on_request,
	.irq_sim_irq_released	= kunit_irq_line_on_release,
};

/**
 * kunit_irq_line_create() - Create the interrupt line of a device
 * @test:	test context
 * @info:	what to create; NULL for a line which is active high
 *
 * The device has a status register, of up to 64 events, and an enable register.
 * While an event has happened that is enabled, the wire is active. A line of an edge
 * type latches as the wire becomes active, so that an event which happens while the
 * wire is active is no edge, as in hardware. In the beginning nothing has happened
 * and all events are enabled: a device without an enable register needs no more.
 *
 * The line is removed at the end of the test. Its device is to be made after it.
 *
 * Context: The thread of the test. When this fails, so does the test.
 *
 * Return: The line.
 */
struct kunit_irq_line *kunit_irq_line_create(struct kunit *test,
					     const struct kunit_irq_line_info *info)
{
	struct kunit_irq_line *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);
	struct irq_sim_info chip = {
		.num_irqs	= 1,
		.ops		= &kunit_irq_line_ops,
		.data		= line,
	};
	int irq;

	KUNIT_ASSERT_NOT_NULL(test, line);
	line->test = test;
	if (info)
		line->info = *info;
	if (!line->info.trigger)
		line->info.trigger = IRQ_TYPE_LEVEL_HIGH;
	KUNIT_ASSERT_EQ_MSG(test, hweight32(line->info.trigger & IRQ_TYPE_SENSE_MASK), 1,
			    "an output is active high or low, or has one active edge");
	raw_spin_lock_init(&line->lock);
	line->enable = U64_MAX;

	chip.delivery = line->info.delivery;
	chip.kind = line->info.kind;
	chip.fwnode = line->info.fwnode;
	line->domain = kunit_irq_sim_create(test, &chip);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line->domain);
	irq = kunit_irq_sim_map(test, line->domain, 0);
	KUNIT_ASSERT_GT(test, irq, 0);
	line->irq = irq;

	/* Idle before the type is set, which otherwise might make the level an event */
	if (line->info.trigger & (IRQ_TYPE_LEVEL_LOW | IRQ_TYPE_EDGE_FALLING))
		irq_sim_set_line(line->domain, 0, true);
	KUNIT_ASSERT_EQ(test, irq_set_irq_type(irq, line->info.trigger), 0);

	return line;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_create);

/**
 * kunit_irq_line_irq() - The Linux interrupt number of a line
 * @line:	the line
 *
 * Return: The number, for the device.
 */
unsigned int kunit_irq_line_irq(const struct kunit_irq_line *line)
{
	return line->irq;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_irq);

/**
 * kunit_irq_line_domain() - The simulated controller of a line
 * @line:	the line
 *
 * Return: The domain, in which the line has the number 0: for what is not here, in
 * <linux/irq_sim.h>.
 */
struct irq_domain *kunit_irq_line_domain(const struct kunit_irq_line *line)
{
	return line->domain;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_domain);

/**
 * kunit_irq_line_read() - The driver reads the status register
 * @line:	the line
 *
 * What kunit_irq_line_raise_after_read() has prepared happens after that.
 *
 * Context: Any but NMI. For the model.
 *
 * Return: The events which have happened, enabled or not.
 */
u64 kunit_irq_line_read(struct kunit_irq_line *line)
{
	u64 status;

	guard(raw_spinlock_irqsave)(&line->lock);

	status = line->status;
	line->status |= line->after_read;
	line->after_read = 0;
	kunit_irq_line_drive(line);
	return status;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_read);

/**
 * kunit_irq_line_ack() - The driver acknowledges events
 * @line:	the line
 * @bits:	the events
 *
 * Context: Any but NMI. For the model.
 */
void kunit_irq_line_ack(struct kunit_irq_line *line, u64 bits)
{
	/* Not here: the device has the events in its registers */
	if (line->info.event)
		return;

	guard(raw_spinlock_irqsave)(&line->lock);

	line->status &= ~bits | line->stuck;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_ack);

/**
 * kunit_irq_line_enable() - The driver writes the enable register
 * @line:	the line
 * @mask:	the events which are enabled
 *
 * Context: Any but NMI. For the model, and to have them disabled in the beginning.
 */
void kunit_irq_line_enable(struct kunit_irq_line *line, u64 mask)
{
	guard(raw_spinlock_irqsave)(&line->lock);

	line->enable = mask;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_enable);

/**
 * kunit_irq_line_assert() - The device asserts its interrupt, or does not
 * @line:	the line
 * @asserted:	true if it does
 *
 * For a model which has the status and enable registers itself: to the line there is
 * one event then, which is enabled.
 *
 * Context: Any but NMI. For the model.
 */
void kunit_irq_line_assert(struct kunit_irq_line *line, bool asserted)
{
	guard(raw_spinlock_irqsave)(&line->lock);

	line->status = asserted ? 1 : line->stuck;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_assert);

/**
 * kunit_irq_line_raise() - Events happen in the device
 * @line:	the line
 * @bits:	the events
 *
 * At any time: before the driver is bound, after it has begun to unbind, from a hook
 * of kunit_accesses_hook().
 *
 * Context: Any but NMI.
 */
void kunit_irq_line_raise(struct kunit_irq_line *line, u64 bits)
{
	if (line->info.event) {
		line->info.event(line, bits, line->info.data);
		return;
	}

	guard(raw_spinlock_irqsave)(&line->lock);

	line->status |= bits;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_raise);

/**
 * kunit_irq_line_raise_after_read() - Events happen once the driver has looked
 * @line:	the line
 * @bits:	the events; 0 for none any more
 *
 * They happen right after the next read of the status register, and before the driver
 * acknowledges what it has read. Who acknowledges more than that loses them.
 */
void kunit_irq_line_raise_after_read(struct kunit_irq_line *line, u64 bits)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	line->after_read = bits;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_raise_after_read);

/**
 * kunit_irq_line_stick() - Events happen, and cannot be acknowledged
 * @line:	the line
 * @bits:	the events; 0 for none any more, those that have happened remain until
 *		they are acknowledged
 */
void kunit_irq_line_stick(struct kunit_irq_line *line, u64 bits)
{
	guard(raw_spinlock_irqsave)(&line->lock);

	line->stuck = bits;
	line->status |= bits;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_stick);

/**
 * kunit_irq_line_hold() - Keep the wire as it is
 * @line:	the line
 *
 * The registers go on, and the wire does not follow: the interrupt is on its way.
 */
void kunit_irq_line_hold(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	line->held = true;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_hold);

/**
 * kunit_irq_line_let_go() - Let the wire follow the registers again
 * @line:	the line
 */
void kunit_irq_line_let_go(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);

	line->held = false;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_let_go);

/**
 * kunit_irq_line_spurious() - Interrupt without an event
 * @line:	the line
 *
 * As from a glitch, or from somebody else on the line.
 *
 * Context: Any but NMI.
 *
 * Return: What irq_sim_fire() returns: 1, or 0 if there was one on its way already,
 * -ENXIO if nobody has requested the line.
 */
int kunit_irq_line_spurious(struct kunit_irq_line *line)
{
	return irq_sim_fire(line->domain, 0);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_spurious);

/**
 * kunit_irq_line_status() - Events which have not been acknowledged
 * @line:	the line
 *
 * Return: The status register. For the test: the driver has not read it.
 */
u64 kunit_irq_line_status(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->status;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_status);

/**
 * kunit_irq_line_enabled() - Events which are enabled
 * @line:	the line
 *
 * Return: The enable register.
 */
u64 kunit_irq_line_enabled(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->enable;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_enabled);

/**
 * kunit_irq_line_asserted() - Whether the wire is active
 * @line:	the line
 *
 * Return: true while it is.
 */
bool kunit_irq_line_asserted(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->asserted;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_asserted);

/**
 * kunit_irq_line_requested() - Whether a driver has requested the line
 * @line:	the line
 *
 * Return: true if there is a handler.
 */
bool kunit_irq_line_requested(struct kunit_irq_line *line)
{
	return READ_ONCE(line->requested);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_requested);

/* What makes the wire active */
static u64 kunit_irq_line_pending(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->asserted ? line->status & line->enable : 0;
}

/**
 * kunit_irq_line_settle() - Wait for the driver to handle what has happened
 * @line:	the line
 *
 * Waits for handlers and threads; what the driver has deferred to elsewhere is for the
 * test to wait for. Other events which happen meanwhile are waited for as well.
 *
 * Context: Process context. May sleep.
 *
 * Return: 0, or -EBUSY if the wire is active nevertheless, for events which have been
 * there before: the driver has not acknowledged them. A level line interrupts without
 * end then.
 */
int kunit_irq_line_settle(struct kunit_irq_line *line)
{
	u64 before, pending = kunit_irq_line_pending(line);
	unsigned int changes_before, changes = READ_ONCE(line->changes);
	unsigned int rounds = 0, same = 0;

	/*
	 * Only a round in which nothing has changed says anything. Inactive: the run which
	 * has acknowledged the last event began before that round, and is through. Active:
	 * the run in progress may have looked before the event happened. The next one is
	 * queued by the end of that round, and another round waits for it. A wire which was
	 * inactive in between is active for another event.
	 */
	do {
		before = pending;
		changes_before = changes;
		irq_sim_synchronize(line->domain);
		synchronize_irq(line->irq);
		pending = kunit_irq_line_pending(line);
		changes = READ_ONCE(line->changes);
		if (pending == before && changes == changes_before)
			same++;
		else
			same = 0;
	} while (same < (pending ? 2 : 1) && ++rounds < KUNIT_IRQ_LINE_ROUNDS);

	return pending ? -EBUSY : 0;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_settle);

static irqreturn_t kunit_irq_line_handler(int irq, void *data)
{
	struct kunit_irq_line *line = data;

	guard(raw_spinlock_irqsave)(&line->lock);

	line->heard++;
	if (line->fuse && line->heard >= line->fuse) {
		line->cut = true;
		kunit_irq_line_drive(line);
	}

	/* That of somebody else */
	return IRQ_NONE;
}

/**
 * kunit_irq_line_listen() - Share the line with the driver
 * @line:	the line
 * @fuse:	the wire is cut after so many interrupts, so that a storm ends; 0 for
 *		never
 *
 * Counts the interrupts from now on. The driver has to allow that, with IRQF_SHARED.
 * Who listens before the driver is bound is called before it. What is cut remains so
 * until kunit_irq_line_unlisten().
 *
 * Context: The thread of the test. When this fails, so does the test.
 */
void kunit_irq_line_listen(struct kunit_irq_line *line, unsigned int fuse)
{
	KUNIT_ASSERT_EQ_MSG(line->test,
			    kunit_request_irq(line->test, line->irq, kunit_irq_line_handler,
					      IRQF_SHARED, "kunit-listener", line), 0,
			    "the driver does not share its interrupt");

	/* CONFIG_DEBUG_SHIRQ has called the handler once */
	guard(raw_spinlock_irqsave)(&line->lock);

	line->heard = 0;
	line->fuse = fuse;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_listen);

/**
 * kunit_irq_line_heard() - Interrupts which the listener has counted
 * @line:	the line
 *
 * Return: The number since kunit_irq_line_listen().
 */
unsigned int kunit_irq_line_heard(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->heard;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_heard);

/**
 * kunit_irq_line_unlisten() - Leave the line to the driver
 * @line:	the line
 *
 * A wire which was cut is mended.
 *
 * Context: Process context. May sleep.
 */
void kunit_irq_line_unlisten(struct kunit_irq_line *line)
{
	unsigned int heard = kunit_irq_line_heard(line);

	kunit_free_irq(line->test, line->irq, line);

	guard(raw_spinlock_irqsave)(&line->lock);

	/* CONFIG_DEBUG_SHIRQ has called the handler once more */
	line->heard = heard;
	line->fuse = 0;
	line->cut = false;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_unlisten);
