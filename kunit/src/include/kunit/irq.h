/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test managed interrupts, fired by the interrupt simulator
 */
#ifndef _KUNIT_IRQ_H
#define _KUNIT_IRQ_H

#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/irq_sim.h>

struct kunit;

/**
 * DOC: Interrupts in a test
 *
 * An interrupt handler is tested with an interrupt: the test makes a simulated
 * interrupt controller, maps a line of it, attaches the handler to that, and
 * fires. Nothing has to be undone, KUnit does that at the end of the test, in
 * reverse order, whether the test passed or an assertion has ended it half-way.
 *
 * .. code-block:: c
 *
 *	static irqreturn_t count_irq(int irq, void *count)
 *	{
 *		atomic_inc(count);
 *		return IRQ_HANDLED;
 *	}
 *
 *	static void fire_test(struct kunit *test)
 *	{
 *		struct irq_sim_info info = { .num_irqs = 8 };
 *		atomic_t *count = kunit_kzalloc(test, sizeof(*count), GFP_KERNEL);
 *		struct irq_domain *chip = kunit_irq_sim_create(test, &info);
 *		int irq = kunit_irq_sim_map(test, chip, 3);
 *
 *		KUNIT_ASSERT_NOT_NULL(test, count);
 *		KUNIT_ASSERT_GT(test, irq, 0);
 *		KUNIT_ASSERT_EQ(test, kunit_request_irq(test, irq, count_irq, 0, "test", count), 0);
 *		KUNIT_EXPECT_EQ(test, irq_sim_fire(chip, 3), 1);
 *		irq_sim_synchronize(chip);
 *		synchronize_irq(irq);
 *		KUNIT_EXPECT_EQ(test, atomic_read(count), 1);
 *	}
 *
 * A driver which requests its interrupt itself gets the number that
 * kunit_irq_sim_map() returned, and kunit_request_irq() is not needed. Make its
 * device after that: what is made last is undone first.
 *
 * Three things to keep in mind:
 *
 * - Handlers run in interrupt context, where neither expectations nor
 *   assertions may be used. Record there, for instance in an atomic_t, and look
 *   at it in the test.
 * - irq_sim_synchronize() waits until the handlers have run for what was fired,
 *   synchronize_irq() after it waits for the interrupt threads, which all
 *   handlers become on a kernel which threads them. Do both before looking.
 * - The interrupt is freed after the test function has returned, so what the
 *   handler uses must not be on its stack: kunit_kzalloc() it before the
 *   request.
 *
 * The configuration symbol of a test which uses this selects IRQ_SIM.
 */

struct irq_domain *kunit_irq_sim_create(struct kunit *test,
					const struct irq_sim_info *info);
int kunit_irq_sim_map(struct kunit *test, struct irq_domain *domain,
		      irq_hw_number_t hwirq);

int kunit_request_threaded_irq(struct kunit *test, unsigned int irq,
			       irq_handler_t handler, irq_handler_t thread_fn,
			       unsigned long flags, const char *name, void *dev_id);
int kunit_free_irq(struct kunit *test, unsigned int irq, void *dev_id);

/**
 * kunit_request_irq() - Test managed request_irq()
 * @test:	test context
 * @irq:	Linux interrupt number
 * @handler:	called when the interrupt occurs
 * @flags:	IRQF_* flags
 * @name:	name of the interrupt, must not go away before it is freed
 * @dev_id:	passed to @handler, likewise
 *
 * kunit_request_threaded_irq() without a thread.
 *
 * Context: Process context. May sleep.
 *
 * Return: 0, or a negative errno, in which case nothing has changed.
 */
static inline int kunit_request_irq(struct kunit *test, unsigned int irq,
				    irq_handler_t handler, unsigned long flags,
				    const char *name, void *dev_id)
{
	return kunit_request_threaded_irq(test, irq, handler, NULL,
					  flags | IRQF_COND_ONESHOT, name, dev_id);
}

#endif /* _KUNIT_IRQ_H */
