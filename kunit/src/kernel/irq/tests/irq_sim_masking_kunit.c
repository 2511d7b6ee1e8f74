// SPDX-License-Identifier: GPL-2.0
/*
 * Masked lines keep their events, and run once for them.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(mask, sim_masks, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

static void sim_rewind(struct sim_test *st)
{
	atomic_set(&st->entered, 0);
	atomic_set(&st->release, 0);
	atomic_set(&st->left, 0);
}

/*
 * C3, C5: when the line is really masked, the chip has the latch, and all fires merge into it.
 * When it is lazily disabled, genirq keeps the first event, and the chip latches the next one.
 * Both result in one run.
 */
static void chip_mask(struct kunit *test)
{
	struct sim_test *st = test->priv;

	irq_set_status_flags(st->line[1].virq, IRQ_DISABLE_UNLAZY);
	for (int i = 0; i < 2; i++) {
		struct sim_line *line = &st->line[i];
		struct irq_sim_account account;
		unsigned long flags;
		bool lazy = !i;

		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		disable_irq(line->virq);
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_fire(line), lazy);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
		account = sim_account(test, line);
		KUNIT_EXPECT_EQ(test, account.latched, 1 + lazy);
		KUNIT_EXPECT_EQ(test, account.kept, lazy);
		KUNIT_EXPECT_EQ(test, account.waiting, 1 + lazy);

		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

		flags = sim_hold_cpu(test);
		enable_irq(line->virq);
		sim_release_cpu(test, flags);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
		KUNIT_EXPECT_EQ(test, sim_account(test, line).merged, lazy);
		sim_account_balances(test, line);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 2);
		sim_account_balances(test, line);
	}
}

/* C8: a masked line does not hold up the others. */
static void chip_mask_one_of_many(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	sim_request_all(test, NULL);
	disable_irq(line->virq);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	irq_sim_synchronize(st->domain);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), i != 3);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

static void sim_disable_self(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	sim_fire(line);
}

/* The handler disables its own line. */
static void chip_mask_in_handler(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	line->on_irq = sim_disable_self;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 1; i <= 3; i++) {
		/* The first run is for this fire, the others for the waiting latch */
		if (i == 1)
			sim_fire(line);
		else
			enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), i);
	}
	line->on_irq = NULL;
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 4);
	/* One latch by the test, three by the handler: a run for each */
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 4);
	sim_account_balances(test, line);
}

/* Does genirq keep the first event which arrives while the line is disabled? */
static bool mask_keeps(const struct sim_param *param)
{
	return param->type == IRQF_TRIGGER_RISING && !param->unlazy;
}

#define SIM_DEPTH	5

/* C5, C7: disabled several times, the line is replayed once, by the last enable. */
static void chip_mask_nested(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);
	bool kept = mask_keeps(test->param_value);

	for (int i = 0; i < SIM_DEPTH; i++) {
		disable_irq(line->virq);
		/* A lazily disabled line is masked when the first event arrives */
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_MASKED),
				i || param->unlazy);
		/* For an edge, genirq keeps the first event, and the chip latches the next one */
		KUNIT_EXPECT_EQ(test, sim_event(line), i <= kept);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_PENDING), i >= kept);
	}
	for (int i = 0; i < SIM_DEPTH; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
	}
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));

	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	if (line->type & IRQF_TRIGGER_HIGH)
		return;
	KUNIT_EXPECT_EQ(test, sim_account(test, line).merged, kept);
	sim_account_balances(test, line);
}

/*
 * C3, C5, C7: an event withdrawn from the chip while the line is masked never runs. An event
 * kept by genirq cannot be withdrawn.
 */
static void chip_mask_withdrawn(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);
	bool level = line->type & IRQF_TRIGGER_HIGH;
	bool kept = mask_keeps(test->param_value);
	int runs = 0;

	for (int i = 0; i < 3; i++) {
		disable_irq(line->virq);
		for (int n = 0; n <= kept; n++) {
			KUNIT_EXPECT_EQ(test, sim_event(line), 1);
			irq_sim_synchronize(st->domain);
		}
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
		if (level)
			sim_wire(line, false);
		else
			sim_pend(line, false);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		runs += kept;
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);

		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		runs++;
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
		if (level)
			continue;
		KUNIT_EXPECT_EQ(test, sim_account(test, line).dropped, i + 1);
		KUNIT_EXPECT_EQ(test, sim_account(test, line).merged, 0);
		sim_account_balances(test, line);
	}
}

/* C6, C7: a new owner starts without the latch of the old one, but with the wire. */
static void chip_mask_new_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);
	int level = !!(line->type & IRQF_TRIGGER_HIGH);

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	free_irq(line->virq, line);

	/* Not started until it is enabled */
	mask_request(test, IRQF_NO_AUTOEN);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_event(line), level ? 0 : -ENXIO);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);

	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), level);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), level + 1);
	if (level)
		return;
	KUNIT_EXPECT_EQ(test, sim_account(test, line).dropped, 1);
	sim_account_balances(test, line);
}

/* C5: mask and unmask through the chip, bypassing the core. */
static void chip_mask_state(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[6];
	unsigned int virq = line->virq;
	unsigned long flags;
	bool queued, active;

	/* Without an owner: masked, nothing can be latched, but the wire can be set */
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_PENDING, true), -ENXIO);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL, true), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL, false), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, true), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_PENDING, true), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, false), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* Setting the state makes an edge; setting the same state again does not */
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL,
							       true));
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	}

	/* A queued line is pending, but not active: synchronize_irq() waits for the latter */
	flags = sim_hold_cpu(test);
	sim_fire(line);
	queued = sim_state(line, IRQCHIP_STATE_PENDING);
	active = sim_state(line, IRQCHIP_STATE_ACTIVE);
	sim_release_cpu(test, flags);
	KUNIT_EXPECT_TRUE(test, queued);
	KUNIT_EXPECT_FALSE(test, active);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);

	/* Masked while it is queued: it does not run now */
	flags = sim_hold_cpu(test);
	sim_fire(line);
	irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, true);
	sim_release_cpu(test, flags);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, false), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);

	/* Refused without any change */
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_ACTIVE, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL + 1, true),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, irq_get_irqchip_state(virq, IRQCHIP_STATE_LINE_LEVEL + 1, &active),
			-EINVAL);
	/* Making it a wakeup source has no effect at this point */
	KUNIT_EXPECT_EQ(test, irq_set_irq_wake(virq, true), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irq_wake(virq, false), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 5);
	sim_account_balances(test, line);
}

/*
 * C3, C8: with one line in its handler on another CPU and one masked, all others are served
 * here. The line in progress is disabled meanwhile, too: its next event is kept, the one after
 * that latched, and both are one run when it is enabled.
 */
static void chip_mask_while_others_run(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = &st->line[0] };
	int served[SIM_LINES], latched, latched_again, merged, begun;

	sim_need_two_cpus(test);
	sim_request_all(test, NULL);
	st->line[0].on_irq = sim_hold;
	irq_set_status_flags(st->line[5].virq, IRQ_DISABLE_UNLAZY);
	disable_irq(st->line[5].virq);

	sim_remote_hold(test, &remote);
	disable_irq_nosync(st->line[0].virq);
	latched = sim_fire(&st->line[0]);
	for (int i = 1; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ(test, sim_fire(&st->line[i]), 1);
	/* Synchronizing the chip would block on the handler on the other CPU */
	sim_flush();
	latched_again = sim_fire(&st->line[0]);
	sim_flush();
	merged = sim_fire(&st->line[0]);
	sim_flush();
	begun = sim_begun(&st->line[0]);
	for (int i = 0; i < SIM_LINES; i++)
		served[i] = sim_runs(&st->line[i]);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, latched_again, 1);
	KUNIT_EXPECT_EQ(test, merged, 0);
	KUNIT_EXPECT_EQ(test, begun, 1);
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_EQ_MSG(test, served[i], i && i != 5, "line %d", i);

	/* Both lines had an event */
	for (int i = 0; i < SIM_LINES; i += 5) {
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), i == 0);
		enable_irq(st->line[i].virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[i]), 1 + (i == 0));
		KUNIT_EXPECT_EQ(test, sim_account(test, &st->line[i]).merged, i == 0);
		sim_account_balances(test, &st->line[i]);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].nested), 0);
}

static void sim_call_disable_irq(struct sim_line *line)
{
	disable_irq(line->virq);
}

static void sim_call_disable_hardirq(struct sim_line *line)
{
	disable_hardirq(line->virq);
}

static void sim_call_synchronize_irq(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	synchronize_irq(line->virq);
}

static void sim_call_synchronize_hardirq(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	synchronize_hardirq(line->virq);
}

static void sim_call_synchronize_chip(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	irq_sim_synchronize(line->st->domain);
}

static void sim_call_free_irq(struct sim_line *line)
{
	free_irq(line->virq, line);
}

/* Every way to take a line out of service waits for its handler on another CPU. */
static void chip_mask_waits(struct kunit *test)
{
	static const struct {
		const char	*name;
		void		(*call)(struct sim_line *line);
	} calls[] = {
		{ "disable_irq",		sim_call_disable_irq },
		{ "disable_hardirq",		sim_call_disable_hardirq },
		{ "synchronize_irq",		sim_call_synchronize_irq },
		{ "synchronize_hardirq",	sim_call_synchronize_hardirq },
		{ "irq_sim_synchronize",	sim_call_synchronize_chip },
		{ "free_irq",			sim_call_free_irq },
	};
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };

	sim_need_two_cpus(test);
	line->on_irq = sim_linger;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 0; i < ARRAY_SIZE(calls); i++) {
		int left, runs;

		sim_rewind(st);
		sim_remote_hold(test, &remote);
		atomic_set_release(&st->release, 1);
		calls[i].call(line);
		left = atomic_read_acquire(&st->left);
		runs = sim_runs(line);
		sim_remote_end(&remote);

		KUNIT_EXPECT_EQ_MSG(test, left, 1, "%s did not wait", calls[i].name);
		KUNIT_EXPECT_EQ(test, runs, i + 1);
		if (irq_has_action(line->virq))
			enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), i + 1);
	}
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
}

/* What the core does to replay an interrupt, under the descriptor lock. */
static int sim_retrigger(struct sim_line *line)
{
	struct irq_data *data = irq_get_irq_data(line->virq);

	guard(raw_spinlock_irqsave)(&irq_data_to_desc(data)->lock);
	return data->chip->irq_retrigger(data);
}

/* C3: a retrigger is an event but no new latch: it replays one which was already counted. */
static void chip_retrigger(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];
	struct irq_sim_account account;
	unsigned long flags;
	int ret[2], fired;

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_retrigger(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 0);

	/* Two retriggers and a fire before any delivery: one run */
	flags = sim_hold_cpu(test);
	ret[0] = sim_retrigger(line);
	ret[1] = sim_retrigger(line);
	fired = sim_fire(line);
	sim_release_cpu(test, flags);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, ret[0], 1);
	KUNIT_EXPECT_EQ(test, ret[1], 1);
	KUNIT_EXPECT_EQ(test, fired, 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);

	/* While disabled it is kept like any event: genirq holds it again */
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_retrigger(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	account = sim_account(test, line);
	KUNIT_EXPECT_EQ(test, account.latched, 0);
	KUNIT_EXPECT_EQ(test, account.kept, 1);
	KUNIT_EXPECT_EQ(test, account.waiting, 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 1);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).waiting, 0);

	/* Without an owner the retrigger fails, and nothing is pending */
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_retrigger(line), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
}

/* Injecting an interrupt through the core has the same effect. */
static void chip_inject(struct kunit *test)
{
#ifdef CONFIG_GENERIC_IRQ_INJECTION
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), -EINVAL);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);

	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	KUNIT_EXPECT_EQ(test, irq_inject_interrupt(line->virq), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
#else
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_INJECTION");
#endif
}

/*
 * C5: somebody else calls the flow handler while the line is disabled, as cascaded controllers
 * do. The core keeps the event, and replays it.
 */
static void chip_mask_called(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, 0);
	int level = !!(line->type & IRQF_TRIGGER_HIGH);

	disable_irq(line->virq);
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, generic_handle_irq_safe(line->virq), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	/* No level is asserted, so nothing has to be served */
	KUNIT_EXPECT_EQ(test, sim_runs(line), !level);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).latched, 0);
}

/*
 * C6: the core remembers an event for a level line which was disabled. It does not replay it,
 * and neither does anybody else when the next owner requests edges.
 */
static void chip_replay_dies_with_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_HIGH), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	sim_wire(line, false);
	free_irq(line->virq, line);

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_RISING), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* Neither a latched edge nor a kept one stays pending without its owner */
	disable_irq(line->virq);
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_PENDING), i);
	}
	KUNIT_EXPECT_EQ(test, sim_account(test, line).dropped, 0);
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_account(test, line).dropped, 2);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_RISING), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_account_balances(test, line);
}

/* Edges merge as fires do, and an edge in the other direction withdraws nothing. */
static void chip_edges_masked(struct kunit *test)
{
	static const struct {
		unsigned long	type;
		int		ret[5];	/* up, down, up, down, up */
	} edges[] = {
		/* genirq keeps the first one, the chip latches the next */
		{ IRQF_TRIGGER_RISING,				{ 1, 0, 1, 0, 0 } },
		{ IRQF_TRIGGER_FALLING,				{ 0, 1, 0, 1, 0 } },
		{ IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,	{ 1, 1, 0, 0, 0 } },
	};
	struct sim_test *st = test->priv;

	for (int i = 0; i < ARRAY_SIZE(edges); i++) {
		struct sim_line *line = &st->line[i];

		/* Edges without an owner are lost */
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
		KUNIT_ASSERT_EQ(test, sim_request(line, edges[i].type), 0);
		irq_sim_synchronize(st->domain);
		disable_irq(line->virq);
		for (int n = 0; n < ARRAY_SIZE(edges[i].ret); n++) {
			KUNIT_EXPECT_EQ_MSG(test, sim_wire(line, !(n & 1)), edges[i].ret[n],
					    "type %lu, edge %d", edges[i].type, n);
			irq_sim_synchronize(st->domain);
		}
		KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
		KUNIT_EXPECT_EQ(test, sim_account(test, line).merged, 1);
		sim_account_balances(test, line);
	}
}

static struct kunit_case irq_sim_masking_cases[] = {
	KUNIT_CASE_PARAM(chip_mask, sim_gen_params),
	KUNIT_CASE_PARAM(chip_mask_one_of_many, sim_gen_params),
	KUNIT_CASE_PARAM(chip_mask_in_handler, sim_gen_params),
	KUNIT_CASE_PARAM(chip_mask_nested, mask_gen_params),
	KUNIT_CASE_PARAM(chip_mask_withdrawn, mask_gen_params),
	KUNIT_CASE_PARAM(chip_mask_new_owner, mask_gen_params),
	KUNIT_CASE_PARAM(chip_mask_state, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_mask_while_others_run, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_mask_waits, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_retrigger, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_inject, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_mask_called, mask_gen_params),
	KUNIT_CASE_PARAM(chip_replay_dies_with_owner, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_edges_masked, delivery_gen_params),
	{}
};

struct kunit_suite irq_sim_masking_suite = {
	.name = "irq_sim_masking",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_masking_cases,
};
