// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt line of a modelled device
 */

#include <linux/cleanup.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/irqdesc.h>
#include <linux/spinlock.h>

#include <kunit/irq.h>
#include <kunit/irq-line.h>
#include <kunit/test.h>

/* Limit, as events may follow each other forever */
#define KUNIT_IRQ_LINE_ROUNDS	64

/**
 * struct kunit_irq_line - an interrupt line, and the registers behind it
 * @test:	test context
 * @info:	the parameters
 * @domain:	a chip with only this line
 * @irq:	Linux interrupt number
 * @lock:	protects all members below
 * @status:	events which the driver has not acknowledged
 * @enable:	events which assert the line
 * @stuck:	events which cannot be acknowledged
 * @after_read:	events which happen after the next read of the status
 * @held:	the wire does not follow the registers
 * @cut:	the wire has been cut
 * @asserted:	the wire is at its active level
 * @requested:	the line has a handler
 * @changes:	number of level changes of the wire
 * @heard:	number of interrupts which the listener has counted
 * @fuse:	the wire is cut after so many of them, 0 for never
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

/* Drive the wire according to the registers. The lock keeps its changes in order. */
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
 * @info:	parameters; NULL for a line which is active high
 *
 * The device has a status register for up to 64 events, and an enable register. The
 * wire is active while an enabled event is set in the status register. A line of an edge
 * type latches when the wire becomes active, so an event which happens while the wire
 * is active is not an edge, as in hardware. Initially the status is clear and all events
 * are enabled, so that a device need not have an enable register.
 *
 * The line is removed at the end of the test. Create the device after the line.
 *
 * Context: The thread of the test. If this fails, the test fails.
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

	/* Make the wire idle before the type is set, so that its level is not an event */
	if (line->info.trigger & (IRQ_TYPE_LEVEL_LOW | IRQ_TYPE_EDGE_FALLING))
		irq_sim_set_line(line->domain, 0, true);
	KUNIT_ASSERT_EQ(test, irq_set_irq_type(irq, line->info.trigger), 0);

	return line;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_create);

/**
 * kunit_irq_line_irq() - Get the Linux interrupt number of a line
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
 * kunit_irq_line_domain() - Get the simulated controller of a line
 * @line:	the line
 *
 * Return: The domain, in which the line has the number 0. For functions of
 * <linux/irq_sim.h> which have no counterpart here.
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
 * Events which kunit_irq_line_raise_after_read() has prepared happen after the read.
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
	/* The model has the events in its own registers */
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
 * Context: Any but NMI. For the model, and for tests to set the initial value.
 */
void kunit_irq_line_enable(struct kunit_irq_line *line, u64 mask)
{
	guard(raw_spinlock_irqsave)(&line->lock);

	line->enable = mask;
	kunit_irq_line_drive(line);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_enable);

/**
 * kunit_irq_line_assert() - The device asserts or deasserts its interrupt
 * @line:	the line
 * @asserted:	true to assert it
 *
 * For a model which has its own status and enable registers: the line then only has a
 * single event, which is enabled.
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
 * Can be called at any time: before the driver is bound, while it is being unbound, from
 * a hook of kunit_accesses_hook().
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
 * kunit_irq_line_raise_after_read() - Events happen after the driver has read the status
 * @line:	the line
 * @bits:	the events; 0 to cancel
 *
 * They happen right after the next read of the status register, before the driver
 * acknowledges what it has read. A driver which acknowledges more than that loses them.
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
 * @bits:	the events; 0 for none: events which have happened stay until they are
 *		acknowledged
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
 * kunit_irq_line_hold() - Hold the level of the wire
 * @line:	the line
 *
 * The registers change, but the wire does not follow, as for an interrupt in flight.
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
 * As from a glitch, or from another device on a shared line.
 *
 * Context: Any but NMI.
 *
 * Return: As irq_sim_fire(): 1, or 0 if an interrupt is already pending, -ENXIO if the
 * line is not requested.
 */
int kunit_irq_line_spurious(struct kunit_irq_line *line)
{
	return irq_sim_fire(line->domain, 0);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_spurious);

/**
 * kunit_irq_line_status() - Get the events which have not been acknowledged
 * @line:	the line
 *
 * Return: The status register. For the test: does not count as a read by the driver.
 */
u64 kunit_irq_line_status(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->status;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_status);

/**
 * kunit_irq_line_enabled() - Get the enabled events
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
 * kunit_irq_line_asserted() - Check if the wire is active
 * @line:	the line
 *
 * Return: true if it is.
 */
bool kunit_irq_line_asserted(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->asserted;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_asserted);

/**
 * kunit_irq_line_requested() - Check if a driver has requested the line
 * @line:	the line
 *
 * Return: true if there is a handler.
 */
bool kunit_irq_line_requested(struct kunit_irq_line *line)
{
	return READ_ONCE(line->requested);
}
EXPORT_SYMBOL_GPL(kunit_irq_line_requested);

/* The events which make the wire active */
static u64 kunit_irq_line_pending(struct kunit_irq_line *line)
{
	guard(raw_spinlock_irqsave)(&line->lock);
	return line->asserted ? line->status & line->enable : 0;
}

/**
 * kunit_irq_line_settle() - Wait for the driver to handle all events
 * @line:	the line
 *
 * Waits for handlers and threads, also for events which happen meanwhile. If the driver
 * defers work elsewhere, e.g. to a workqueue, the test has to wait for that.
 *
 * Context: Process context. May sleep.
 *
 * Return: 0, or -EBUSY if the wire is still active for the same events: the driver has
 * not acknowledged them. In this case a level line never stops interrupting.
 */
int kunit_irq_line_settle(struct kunit_irq_line *line)
{
	u64 before, pending = kunit_irq_line_pending(line);
	unsigned int changes_before, changes = READ_ONCE(line->changes);
	unsigned int rounds = 0, same = 0;

	/*
	 * Only a round without a change is conclusive. If the wire is inactive, the run
	 * which has acknowledged the last event began before that round, and has finished.
	 * If it is active, the run in progress may have read the status before the event
	 * happened. The next run is queued at the end of that round, and another round
	 * waits for it. If the wire was inactive in between, it is active for a new event.
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

/**
 * kunit_irq_line_claimed() - Check if the driver claims an interrupt
 * @line:	the line
 * @bits:	events to raise, each of which interrupts once; 0 for an interrupt without an
 *		event, as from another device on a shared line
 *
 * Interrupts twice, and waits each time for handlers and threads. A driver has to return
 * %IRQ_NONE for what it finds no event for, and only for that. Otherwise genirq does not
 * notice that another device is stuck, and the machine hangs, or it disables the interrupt
 * of this one.
 *
 * The wire must be inactive, and the interrupt must not be disabled.
 *
 * Context: Process context. May sleep.
 *
 * Return: 0 if no handler has claimed the interrupts, 1 if one has. -EBUSY if an event or
 * an interrupt is pending, before or after, -EAGAIN if the interrupt is disabled, -ENXIO if
 * the line is not requested, -EOPNOTSUPP if genirq does not look at what handlers return,
 * because of "noirqdebug".
 */
int kunit_irq_line_claimed(struct kunit_irq_line *line, u64 bits)
{
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(line->irq));
	unsigned int unhandled = 0;
	unsigned long last = 0;

	if (!kunit_irq_line_requested(line))
		return -ENXIO;
	if (irq_check_status_bit(line->irq, IRQ_NO_DEBUG))
		return -EOPNOTSUPP;
	if (kunit_irq_line_asserted(line))
		return -EBUSY;

	/* What a thread has returned is accounted for at the next interrupt */
	for (int i = 0; i < 2; i++) {
		struct irq_sim_account account;

		unhandled = READ_ONCE(desc->irqs_unhandled);
		last = READ_ONCE(desc->last_unhandled);
		if (bits)
			kunit_irq_line_raise(line, bits);
		else if (irq_sim_fire(line->domain, 0) != 1)
			return -EBUSY;
		irq_sim_synchronize(line->domain);
		synchronize_irq(line->irq);
		if (irq_sim_get_account(line->domain, 0, &account) || account.waiting)
			return -EAGAIN;
		if (kunit_irq_line_asserted(line))
			return -EBUSY;
	}

	/* After a tenth of a second, the count starts again */
	return READ_ONCE(desc->last_unhandled) == last &&
	       READ_ONCE(desc->irqs_unhandled) <= unhandled;
}
EXPORT_SYMBOL_GPL(kunit_irq_line_claimed);

static irqreturn_t kunit_irq_line_handler(int irq, void *data)
{
	struct kunit_irq_line *line = data;

	guard(raw_spinlock_irqsave)(&line->lock);

	line->heard++;
	if (line->fuse && line->heard >= line->fuse) {
		line->cut = true;
		kunit_irq_line_drive(line);
	}

	/* The interrupt of the driver's device */
	return IRQ_NONE;
}

/**
 * kunit_irq_line_listen() - Share the line with the driver
 * @line:	the line
 * @fuse:	cut the wire after so many interrupts, to end an interrupt storm; 0 for
 *		never
 *
 * Requests the line with IRQF_SHARED, which the driver must use, too, and counts the
 * interrupts. If this is called before the driver is bound, the listener runs before
 * the driver's handler. The wire stays cut until kunit_irq_line_unlisten().
 *
 * Context: The thread of the test. If this fails, the test fails.
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
 * kunit_irq_line_heard() - Get the number of interrupts of the listener
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
 * kunit_irq_line_unlisten() - Stop sharing the line
 * @line:	the line
 *
 * Reconnects the wire if it was cut.
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
