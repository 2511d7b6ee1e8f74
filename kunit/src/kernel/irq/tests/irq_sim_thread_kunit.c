// SPDX-License-Identifier: GPL-2.0
/*
 * Threaded handlers.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

/* For an edge line, and for a level line. */
static const unsigned int sim_oneshot_types[] = { IRQF_TRIGGER_RISING, IRQF_TRIGGER_HIGH };

static void sim_request_oneshot(struct kunit *test, struct sim_line *line, unsigned int type,
				irq_handler_t handler)
{
	line->type = type;
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, handler, sim_thread,
						      IRQF_ONESHOT | type, "irq_sim_kunit", line));
}

/*
 * C8: while the thread of a level line with IRQF_ONESHOT runs, that line is masked, and no
 * other. An edge line is not masked: the primary handler runs while the thread is running,
 * which then runs once more.
 */
static void chip_oneshot(struct kunit *test)
{
	struct sim_test *st = test->priv;

	KUNIT_ASSERT_EQ(test, sim_request(&st->line[7], 0), 0);
	for (int i = 0; i < ARRAY_SIZE(sim_oneshot_types); i++) {
		struct sim_line *line = &st->line[i];
		bool level = i;

		atomic_set(&st->entered, 0);
		sim_request_oneshot(test, line, sim_oneshot_types[i], sim_wake_thread);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_MASKED), level);

		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[7]), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), level ? 1 : 2);
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[7]), i + 1);
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_PENDING), level);
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_MASKED), level);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 1);

		/* The thread has finished: the waiting event runs, and the thread for it */
		atomic_set(&st->entered, 0);
		complete(&st->thread_go);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_MASKED), level);
		complete(&st->thread_go);
		synchronize_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 1);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		if (!level)
			sim_account_balances(test, line);
		free_irq(line->virq, line);
	}
}

/* C8: two lines with their threads running, of which the level line is masked. */
static void chip_oneshot_two(struct kunit *test)
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < 2; i++) {
		st->line[i].on_irq = sim_served;
		sim_request_oneshot(test, &st->line[i], sim_oneshot_types[i], sim_wake_thread);
	}
	for (int i = 0; i < 2; i++) {
		atomic_set(&st->entered, 0);
		KUNIT_EXPECT_EQ(test, sim_event(&st->line[i]), 1);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	}
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, sim_state(&st->line[i], IRQCHIP_STATE_MASKED), i);
		KUNIT_EXPECT_EQ(test, sim_event(&st->line[i]), 1);
	}
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[0]), 2);
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[1]), 1);

	/* Two runs for each line */
	for (int i = 0; i < 4; i++)
		complete(&st->thread_go);
	for (int i = 0; i < 2; i++) {
		struct sim_line *line = &st->line[i];

		/* The thread unmasks when it has finished, and the second run follows */
		synchronize_irq(line->virq);
		irq_sim_synchronize(st->domain);
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
		free_irq(line->virq, line);
	}
	/* The last one of the first line, and one of each run of the second one */
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 3);
}

/* C8: the same when something other than a delivery calls the flow handler. */
static void chip_oneshot_called(struct kunit *test)
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < ARRAY_SIZE(sim_oneshot_types); i++) {
		struct sim_line *line = &st->line[2 + i];
		bool level = i;

		atomic_set(&st->entered, 0);
		reinit_completion(&st->thread_go);
		sim_request_oneshot(test, line, sim_oneshot_types[i], sim_wake_thread);
		generic_handle_irq_safe(line->virq);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_MASKED), level);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), level ? 1 : 2);

		atomic_set(&st->entered, 0);
		complete_all(&st->thread_go);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 1);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		free_irq(line->virq, line);

		/* The thread has nothing to do: unmasked at once */
		sim_request_oneshot(test, line, sim_oneshot_types[i], sim_handler);
		generic_handle_irq_safe(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
		free_irq(line->virq, line);
	}
}

/*
 * C5, C8: a level line which is disabled while its thread runs stays masked when the thread has
 * finished, and an edge line is masked by the next event. Neither runs before it is enabled,
 * and then it runs once.
 */
static void chip_oneshot_disabled(struct kunit *test)
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < ARRAY_SIZE(sim_oneshot_types); i++) {
		struct sim_line *line = &st->line[2 + i];
		bool level = i;

		atomic_set(&st->entered, 0);
		reinit_completion(&st->thread_go);
		sim_request_oneshot(test, line, sim_oneshot_types[i], sim_wake_thread);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		disable_irq_nosync(line->virq);
		complete_all(&st->thread_go);
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_MASKED), level);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 2);
		if (!level)
			sim_account_balances(test, line);
		free_irq(line->virq, line);
	}
}

static irqreturn_t sim_thread_linger(int irq, void *data)
{
	struct sim_line *line = data;

	sim_thread(irq, data);
	/* A caller which does not wait for this thread has returned by then */
	mdelay(20);
	atomic_set_release(&line->st->left, 1);
	return IRQ_HANDLED;
}

/* C8: synchronize_irq() waits for the thread, too. */
static void chip_thread_waits(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	int left;

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread,
						      sim_thread_linger, IRQF_ONESHOT,
						      "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	/* Same priority as the thread, which would otherwise finish before this continues */
	sched_set_fifo(current);
	complete(&st->thread_go);
	synchronize_irq(line->virq);
	left = atomic_read_acquire(&st->left);
	sched_set_normal(current, 0);
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, left, 1);
}

static struct kunit_case irq_sim_thread_cases[] = {
	KUNIT_CASE_PARAM(chip_oneshot, sim_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot_two, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot_called, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_oneshot_disabled, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_thread_waits, delivery_gen_params),
	{}
};

struct kunit_suite irq_sim_thread_suite = {
	.name = "irq_sim_thread",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_thread_cases,
};
