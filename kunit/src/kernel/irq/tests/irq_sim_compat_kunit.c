// SPDX-License-Identifier: GPL-2.0
/*
 * irq_domain_create_sim(): the behavior that its existing users rely on.
 */

#include "irq_sim_kunit.h"

/* The event is delivered on the firing CPU: stay there until it has been delivered. */
static int sim_pend_and_flush(struct sim_line *line)
{
	int ret;

	migrate_disable();
	ret = sim_pend(line, true);
	sim_flush();
	migrate_enable();
	return ret;
}

/* The same for an event kept for the line. */
static void sim_enable_and_flush(struct sim_line *line)
{
	migrate_disable();
	/* BH disabled section, so that a replay by tasklet also runs before the check */
	local_bh_disable();
	enable_irq(line->virq);
	local_bh_enable();
	sim_flush();
	migrate_enable();
}

static void sim_fire_one(struct sim_line *line)
{
	sim_pend_and_flush(line);
}

static void sim_fire_line0(struct sim_line *line)
{
	sim_pend(&line->st->line[0], true);
}

/* The handler of a line may fire a line with a lower number. */
static void sim_lower_line_from_handler(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_one,
		.line	= &st->line[5],
	};

	st->line[5].on_irq = sim_fire_line0;
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[5], 0), 0);
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[0], 0), 0);

	if (num_online_cpus() > 1) {
		/*
		 * Fire on another CPU: if that CPU spins in the simulator, this
		 * one withdraws the event so that the other one returns.
		 */
		sim_remote_start(&remote);
		KUNIT_EXPECT_TRUE_MSG(test, sim_wait(&st->line[0].handled),
				      "the line below the one in progress was not served");
		sim_pend(&st->line[0], false);
		sim_remote_end(&remote);
	} else {
		migrate_disable();
		sim_fire_one(&st->line[5]);
		sim_flush();
		migrate_enable();
	}

	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[5].handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].handled), 1);
}

/*
 * While the simulator's work is in a handler on one CPU, another CPU runs the
 * work as well and serves what it has fired. Each event is still handled once.
 */
static void sim_two_cpus_at_once(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_one,
		.line	= &st->line[2],
	};

	sim_need_two_cpus(test);
	st->line[2].on_irq = sim_hold;
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[2], 0), 0);
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[6], 0), 0);

	sim_remote_hold(test, &remote);
	sim_pend(&st->line[6], true);
	sim_flush();
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&st->line[6].handled), 1,
			    "not served while another CPU is in a handler");
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);

	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[2].handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[6].handled), 1);
}

/* One event at a time, so that none can merge with the previous one. */
static void sim_race_fire(struct sim_line *line)
{
	for (int i = 0; i < SIM_RACE_ROUNDS; i++)
		sim_fire_one(line);
}

/* Two CPUs fire one line each: either CPU may serve both lines, each event once. */
static void sim_exactly_once(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_race_fire,
		.line	= &st->line[1],
	};

	sim_need_two_cpus(test);
	if (!arch_irq_work_has_interrupt())
		kunit_skip(test, "delivery waits for the tick: the CPUs do not meet");

	for (int i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], 0), 0);

	sim_remote_start(&remote);
	sim_race_fire(&st->line[0]);
	/* Flush on the CPU which has fired */
	sim_flush();
	sim_remote_end(&remote);

	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].handled), SIM_RACE_ROUNDS);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->line[i].nested), 0);
	}
}

/* Without an irq_work interrupt, queued irq_work waits for a tick. */
static void sim_fire_one_twice_handled(struct sim_line *line)
{
	sim_fire_one(line);
	sim_flush();
}

/* An event for a line in progress on another CPU runs the handler again. */
static void sim_in_progress_elsewhere(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_fire_one_twice_handled,
		.line	= &st->line[3],
	};

	sim_need_two_cpus(test);
	st->line[3].on_irq = sim_hold;
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[3], 0), 0);

	sim_remote_hold(test, &remote);
	sim_pend(&st->line[3], true);
	sim_flush();
	atomic_set_release(&st->release, 1);
	/* The kept event is handled on the other CPU, before the work ends */
	sim_remote_end(&remote);

	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[3].handled), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[3].nested), 0);
}

/* The event of a disposed mapping is dropped. */
static void sim_latch_dies_with_mapping(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	migrate_disable();
	/* Where delivery takes a tick, the event outlives the mapping */
	sim_pend(line, true);
	free_irq(line->virq, line);
	irq_dispose_mapping(line->virq);
	atomic_set(&line->handled, 0);

	line->virq = irq_create_mapping(st->domain, 4);
	if (line->virq)
		KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	sim_flush();
	migrate_enable();

	KUNIT_EXPECT_NE(test, line->virq, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
}

/* An event fired for one owner of a line never reaches the next one. */
static void sim_latch_dies_with_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[4];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	free_irq(line->virq, line);
	KUNIT_ASSERT_EQ(test, atomic_read(&line->handled), 0);

	migrate_disable();
	KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	/* The core would replay by tasklet or through the chip */
	sim_flush();
	local_bh_disable();
	local_bh_enable();
	migrate_enable();
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	/* The next owner's own events do reach it */
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/* An event without an owner is not delivered to a later one. */
static void sim_nothing_before_request(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];

	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	sim_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
}

/* The flow handler which was set for the line is called. */
static void sim_chained(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[7];

	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/* C20: where irq_work has an interrupt, the event has been handled on return. */
static void sim_compat_is_inline(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	if (!arch_irq_work_has_interrupt())
		kunit_skip(test, "an irq_work waits for the tick");
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 1; i <= 100; i++) {
		int ret = sim_pend(line, true);
		int runs = sim_runs(line);

		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_EQ(test, runs, i);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->in_hardirq), 100);
}

/* C20: the wire level can be set and read back, nothing more. */
static void sim_compat_wire(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_RISING), 0);
	for (int i = 1; i <= 4; i++) {
		KUNIT_EXPECT_EQ(test, irq_sim_set_line(st->domain, 0, i & 1), 0);
		KUNIT_EXPECT_EQ(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL), i & 1);
	}
	sim_flush();
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	/* The pending state fires the line, as it always has */
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* C20: only the pending state can be set. */
static void sim_compat_states(struct kunit *test)
{
	static const enum irqchip_irq_state none[] = {
		IRQCHIP_STATE_ACTIVE, IRQCHIP_STATE_MASKED, IRQCHIP_STATE_LINE_LEVEL,
	};
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 0; i < ARRAY_SIZE(none); i++) {
		for (int on = 0; on < 2; on++)
			KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
					    irq_set_irqchip_state(line->virq, none[i], on),
					    "state %d", none[i]);
	}
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	sim_flush();
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* disable_irq() leaves the line unmasked: this tests the replay by the core. */
static void sim_lazy_disable(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	sim_enable_and_flush(line);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/* IRQ_DISABLE_UNLAZY: disable_irq() masks, and the chip keeps the event. */
static void sim_real_mask(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	sim_enable_and_flush(line);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
}

/* The result is stored whatever the variable contained before. */
static void sim_pending_state_masked(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];
	bool state = true;

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
						       IRQCHIP_STATE_PENDING, &state));
	KUNIT_EXPECT_FALSE(test, state);

	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
						       IRQCHIP_STATE_PENDING, &state));
	KUNIT_EXPECT_TRUE(test, state);

	KUNIT_EXPECT_EQ(test, sim_pend(line, false), 0);
	sim_enable_and_flush(line);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
}

/* C20: the chip of irq_domain_create_sim() knows edges only. */
static void sim_compat_types(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned int virq = st->line[0].virq;
	struct sim_line *line = &st->line[1], other = { .st = st, .virq = line->virq };

	/* It has no type until one is set: a shared request may ask for any edge */
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), IRQ_TYPE_NONE);
	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_SHARED), 0);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), IRQ_TYPE_NONE);
	KUNIT_EXPECT_EQ(test, sim_request(&other, IRQF_SHARED | IRQF_TRIGGER_FALLING), 0);
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(&other), 1);
	free_irq(other.virq, &other);

	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_BOTH), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), -EINVAL);

	/* The type is not a filter either: every event counts */
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[0], IRQF_TRIGGER_FALLING), 0);
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(&st->line[0]), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->line[0].handled), 1);
}

/*
 * C20: when described by firmware, the first cell is the line number, and any other cells are
 * ignored.
 */
static void sim_compat_firmware(struct kunit *test)
{
	static const u32 cells[][3] = {
		{ 5 }, { 5, IRQ_TYPE_LEVEL_HIGH }, { 5, 77 }, { 5, IRQ_TYPE_EDGE_FALLING, 3 },
	};
	static const int count[] = { 1, 2, 2, 3 };
	struct fwnode_handle *fwnode = irq_domain_alloc_named_fwnode("irq_sim_kunit");
	struct sim_test *st = test->priv;
	struct irq_domain *domain;

	KUNIT_ASSERT_NOT_NULL(test, fwnode);
	domain = irq_domain_create_sim(fwnode, SIM_LINES);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, domain);
	for (int i = 0; i < ARRAY_SIZE(count) && !IS_ERR(domain); i++) {
		struct irq_fwspec fwspec = { .fwnode = fwnode, .param_count = count[i] };
		struct sim_line line = { .st = st };

		memcpy(fwspec.param, cells[i], sizeof(cells[i]));
		line.virq = irq_create_fwspec_mapping(&fwspec);
		KUNIT_EXPECT_NE_MSG(test, line.virq, 0, "%d", i);
		if (!line.virq)
			continue;
		KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, 5), line.virq);
		KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line.virq), IRQ_TYPE_NONE);
		/* Map again, as when a driver is loaded a second time */
		KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), line.virq);
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
		KUNIT_EXPECT_EQ(test, sim_pend_and_flush(&line), 0);
		KUNIT_EXPECT_EQ(test, sim_runs(&line), 1);
		free_irq(line.virq, &line);
		irq_dispose_mapping(line.virq);
	}
	if (!IS_ERR(domain)) {
		struct irq_fwspec beyond = {
			.fwnode = fwnode, .param_count = 1, .param = { SIM_LINES },
		};

		KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&beyond), 0);
		irq_domain_remove_sim(domain);
	}
	irq_domain_free_fwnode(fwnode);
}

/* C20: a line of irq_domain_create_sim() is not masked while its thread runs. */
static void sim_compat_oneshot(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						      IRQF_ONESHOT, "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_pend_and_flush(line), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	complete_all(&st->thread_go);
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 2);
}

static struct kunit_case irq_sim_compat_cases[] = {
	KUNIT_CASE(sim_lower_line_from_handler),
	KUNIT_CASE(sim_two_cpus_at_once),
	KUNIT_CASE_SLOW(sim_exactly_once),
	KUNIT_CASE(sim_in_progress_elsewhere),
	KUNIT_CASE(sim_latch_dies_with_mapping),
	KUNIT_CASE(sim_latch_dies_with_owner),
	KUNIT_CASE(sim_nothing_before_request),
	KUNIT_CASE(sim_chained),
	KUNIT_CASE(sim_compat_is_inline),
	KUNIT_CASE(sim_compat_wire),
	KUNIT_CASE(sim_compat_states),
	KUNIT_CASE(sim_lazy_disable),
	KUNIT_CASE(sim_real_mask),
	KUNIT_CASE(sim_pending_state_masked),
	KUNIT_CASE(sim_compat_types),
	KUNIT_CASE(sim_compat_firmware),
	KUNIT_CASE(sim_compat_oneshot),
	{}
};

struct kunit_suite irq_sim_compat_suite = {
	.name = "irq_sim_compat",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_compat_cases,
};
