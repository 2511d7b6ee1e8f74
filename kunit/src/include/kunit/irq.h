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
 * To test an interrupt handler, create a simulated interrupt controller, map a line of
 * it, request the interrupt, and fire the line. KUnit undoes all of this in reverse
 * order at the end of the test, even if an assertion has failed.
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
 * A driver which requests its interrupt itself does not need kunit_request_irq(). It
 * gets the number that kunit_irq_sim_map() returned. Create its device after the
 * mapping, so that it is removed first.
 *
 * Three things to keep in mind:
 *
 * - Handlers run in interrupt context, where neither expectations nor assertions may
 *   be used. Record the result in the handler, e.g. in an atomic_t, and check it in
 *   the test.
 * - irq_sim_synchronize() waits for the handlers of all fired interrupts.
 *   synchronize_irq() then waits for interrupt threads; with forced threading, all
 *   handlers are threads. Call both before checking the result.
 * - The interrupt is freed after the test function has returned, so data of the
 *   handler must not be on its stack: allocate it with kunit_kzalloc() before the
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
 * @name:	name of the interrupt, must stay valid until it is freed
 * @dev_id:	passed to @handler; must stay valid likewise
 *
 * Same as kunit_request_threaded_irq() without a thread.
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
