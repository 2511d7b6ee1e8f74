// SPDX-License-Identifier: GPL-2.0
/*
 * Each event is delivered once, in order, and never nested.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

/* C2, C10: one fire gives one run, in the requested context. */
static void chip_fire_once(struct kunit *test)
{
	struct sim_test *st = test->priv;

	sim_request_all(test, sim_note_context);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	irq_sim_synchronize(st->domain);

	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->in_hardirq), sim_is_soft(test) ? 0 : SIM_LINES);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->in_softirq), sim_is_soft(test) ? SIM_LINES : 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->irqs_on), 0);
}

/* C3, C11: while delivery is held, fires merge; everything latched runs at the end. */
static void chip_held_and_merged(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned long flags;
	int fired = 0, merged = 0, held = 0;

	sim_request_all(test, NULL);
	flags = sim_hold_cpu(test);
	for (int n = 0; n < 3; n++) {
		for (int i = 0; i < SIM_LINES; i++) {
			int ret = sim_fire(&st->line[i]);

			fired += ret == 1;
			merged += ret == 0;
		}
	}
	for (int i = 0; i < SIM_LINES; i++)
		held += atomic_read(&st->line[i].handled);
	sim_release_cpu(test, flags);

	KUNIT_EXPECT_EQ(test, held, 0);
	KUNIT_EXPECT_EQ(test, fired, SIM_LINES);
	KUNIT_EXPECT_EQ(test, merged, 2 * SIM_LINES);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
		/* Fires which merged in the chip are not latches */
		KUNIT_EXPECT_EQ(test, sim_account(test, &st->line[i]).latched, 1);
		KUNIT_EXPECT_EQ(test, sim_account(test, &st->line[i]).merged, 0);
		sim_account_balances(test, &st->line[i]);
	}
}

/* C9: lines run in the order in which they latched. */
static void chip_fifo(struct kunit *test)
{
	static const unsigned int order[SIM_LINES] = { 3, 7, 0, 5, 1, 6, 4, 2 };
	struct sim_test *st = test->priv;
	unsigned long flags;

	sim_request_all(test, sim_note_order);
	flags = sim_hold_cpu(test);
	for (int i = 0; i < SIM_LINES; i++) {
		if (i % 2)
			sim_pend(&st->line[order[i]], true);
		else
			sim_fire(&st->line[order[i]]);
	}
	/* A merge does not move a line to the end */
	sim_fire(&st->line[order[0]]);
	sim_release_cpu(test, flags);

	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), SIM_LINES);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, st->order[i], order[i]);
}

#define SIM_SELF_FIRES	50

static void sim_fire_self(struct sim_line *line)
{
	sim_note_order(line);
	if (line->hwirq == 0 && sim_begun(line) < SIM_SELF_FIRES)
		sim_fire(line);
}

/* C4, C9: a line which fires itself runs again, after all waiting lines. */
static void chip_self_fire(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned long flags;

	sim_request_all(test, sim_fire_self);
	flags = sim_hold_cpu(test);
	for (int i = 0; i < SIM_LINES; i++)
		sim_fire(&st->line[i]);
	sim_release_cpu(test, flags);
	/* Synchronizing waits for pending events, not for those which they cause */
	for (int i = 0; i < SIM_SELF_FIRES; i++)
		irq_sim_synchronize(st->domain);

	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, st->order[i], i);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].handled), SIM_SELF_FIRES);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].nested), 0);
	for (int i = 1; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
	KUNIT_EXPECT_EQ(test, sim_account(test, &st->line[0]).latched, SIM_SELF_FIRES);
	sim_account_balances(test, &st->line[0]);
}

static void sim_fire_lower(struct sim_line *line)
{
	sim_note_order(line);
	if (line->hwirq)
		sim_fire(&line->st->line[line->hwirq - 1]);
}

/* Each handler fires the line with the next lower number. */
static void chip_fire_from_handler(struct kunit *test)
{
	struct sim_test *st = test->priv;

	sim_request_all(test, sim_fire_lower);
	KUNIT_EXPECT_EQ(test, sim_fire(&st->line[SIM_LINES - 1]), 1);
	for (int i = 0; i < SIM_LINES; i++)
		irq_sim_synchronize(st->domain);
	for (int i = 0; i < SIM_LINES; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), 1);
		KUNIT_EXPECT_EQ(test, st->order[i], SIM_LINES - 1 - i);
	}
}

/* C3, C4: the handler runs here while another CPU fires; the account is exact. */
static void chip_account_across_cpus(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_until_released,
		.line	= &st->line[0],
	};
	struct irq_sim_account account;
	int cpu;

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}
	if (sim_request(&st->line[0], 0)) {
		migrate_enable();
		KUNIT_FAIL_AND_ABORT(test, "cannot request the line");
	}

	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpu, &remote.work);
	for (int i = 0; i < 10000; i++) {
		if (sim_fire(&st->line[0]) == 1)
			atomic_inc(&st->latched);
		if (i % 100 == 0) {
			disable_irq(st->line[0].virq);
			enable_irq(st->line[0].virq);
		}
		cond_resched();
	}
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	migrate_enable();

	irq_sim_synchronize(st->domain);
	account = sim_account(test, &st->line[0]);
	/* Some events were merged by enable_irq(). None is waiting, none was withdrawn. */
	KUNIT_EXPECT_EQ(test, account.latched, atomic_read(&st->latched));
	KUNIT_EXPECT_EQ(test, account.waiting, 0);
	KUNIT_EXPECT_EQ(test, account.dropped, 0);
	KUNIT_EXPECT_LE(test, account.merged, account.kept);
	sim_account_balances(test, &st->line[0]);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].nested), 0);
}

/*
 * C3, C4: while its handler runs on one CPU, a line is fired on another one. The first fire
 * reaches genirq, which keeps the event and masks the line; the second one is latched, and the
 * others merge into it.
 */
static void chip_in_progress_elsewhere(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct irq_sim_account account;
	int ret[5], begun, runs;

	sim_need_two_cpus(test);
	line->on_irq = sim_hold;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	sim_remote_hold(test, &remote);
	for (int i = 0; i < ARRAY_SIZE(ret); i++) {
		ret[i] = sim_fire(line);
		sim_flush();
	}
	account = sim_account(test, line);
	begun = sim_begun(line);
	runs = sim_runs(line);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);

	irq_sim_synchronize(st->domain);
	for (int i = 0; i < ARRAY_SIZE(ret); i++)
		KUNIT_EXPECT_EQ_MSG(test, ret[i], i < 2, "fire %d", i);
	KUNIT_EXPECT_EQ(test, begun, 1);
	KUNIT_EXPECT_EQ(test, runs, 0);
	KUNIT_EXPECT_EQ(test, account.latched, 3);
	KUNIT_EXPECT_EQ(test, account.kept, 1);
	KUNIT_EXPECT_EQ(test, account.waiting, 2);
	/* One run for each, one after the other */
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	sim_account_balances(test, line);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).merged, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
}

/* C3: the latch of a queued line is withdrawn: the next fire makes a new one. */
static void chip_withdrawn(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];
	unsigned long flags;
	int ret[3], pending;

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 0; i < 2; i++) {
		flags = sim_hold_cpu(test);
		ret[0] = sim_fire(line);
		ret[1] = sim_pend(line, false);
		pending = sim_state(line, IRQCHIP_STATE_PENDING);
		ret[2] = i ? sim_fire(line) : 0;
		sim_release_cpu(test, flags);
		irq_sim_synchronize(st->domain);

		KUNIT_EXPECT_EQ(test, ret[0], 1);
		KUNIT_EXPECT_EQ(test, ret[1], 0);
		KUNIT_EXPECT_EQ(test, pending, 0);
		KUNIT_EXPECT_EQ(test, ret[2], i);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i);
		KUNIT_EXPECT_EQ(test, sim_account(test, line).dropped, i + 1);
		sim_account_balances(test, line);
	}
}

/*
 * C3: a delivery on another CPU has taken the line, but has not entered the
 * flow handler yet. Whatever happens to the line meanwhile, there is one run
 * for each latch.
 */
static void chip_taken(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct irq_sim_account account;
	int merged, latched, runs[3];

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = line;
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->deliver);
	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(traced->deliver, sim_traced_hold,
							   traced));

	sim_remote_hold(test, &remote);
	/* Masked and unmasked here: it waits to be handled on the other CPU */
	local_bh_disable();
	disable_irq_nosync(line->virq);
	enable_irq(line->virq);
	merged = sim_fire(line);
	local_bh_enable();
	sim_flush();
	runs[0] = sim_runs(line);
	/* Another caller of the flow handler takes the latch */
	generic_handle_irq_safe(line->virq);
	runs[1] = sim_runs(line);
	/* The next event is for the delivery on the other CPU */
	latched = sim_fire(line);
	sim_flush();
	runs[2] = sim_runs(line);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);
	tracepoint_probe_unregister(traced->deliver, sim_traced_hold, traced);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, merged, 0);
	KUNIT_EXPECT_EQ(test, runs[0], 0);
	KUNIT_EXPECT_EQ(test, runs[1], 1);
	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, runs[2], 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	/* The line is not stuck */
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	/* The run caused by the other caller took the latch of one of the three */
	account = sim_account(test, line);
	KUNIT_EXPECT_EQ(test, account.latched, 3);
	KUNIT_EXPECT_EQ(test, account.merged, 1);
	KUNIT_EXPECT_EQ(test, account.waiting, 0);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

static struct kunit_case irq_sim_delivery_cases[] = {
	KUNIT_CASE_PARAM(chip_fire_once, sim_gen_params),
	KUNIT_CASE_PARAM(chip_held_and_merged, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fifo, sim_gen_params),
	KUNIT_CASE_PARAM(chip_self_fire, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fire_from_handler, sim_gen_params),
	KUNIT_CASE_PARAM(chip_in_progress_elsewhere, sim_gen_params),
	KUNIT_CASE_PARAM(chip_account_across_cpus, sim_gen_params),
	KUNIT_CASE_PARAM(chip_withdrawn, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_taken, delivery_gen_params),
	{}
};

struct kunit_suite irq_sim_delivery_suite = {
	.name = "irq_sim_delivery",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_delivery_cases,
};
