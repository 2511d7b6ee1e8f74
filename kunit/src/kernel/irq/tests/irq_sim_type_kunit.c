// SPDX-License-Identifier: GPL-2.0
/*
 * Edges, levels, storms, shared lines.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(mask, sim_masks, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

/* Edges in the direction of the trigger type latch, other edges do not. */
static void chip_edges(struct kunit *test)
{
	static const struct {
		unsigned long	type;
		int		up;
		int		down;
	} edges[] = {
		{ 0,						1, 0 },
		{ IRQF_TRIGGER_RISING,				1, 0 },
		{ IRQF_TRIGGER_FALLING,				0, 1 },
		{ IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,	1, 1 },
	};
	struct sim_test *st = test->priv;
	bool state;

	for (int i = 0; i < ARRAY_SIZE(edges); i++) {
		struct sim_line *line = &st->line[i];

		KUNIT_ASSERT_EQ(test, sim_request(line, edges[i].type), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), edges[i].up);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), edges[i].up);
		KUNIT_EXPECT_EQ(test, 0, irq_get_irqchip_state(line->virq,
							       IRQCHIP_STATE_LINE_LEVEL, &state));
		KUNIT_EXPECT_TRUE(test, state);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), edges[i].down);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled),
				edges[i].up + edges[i].down);
	}
}

#define SIM_LEVEL_RUNS	5

static void sim_lower_after(struct sim_line *line)
{
	if (sim_begun(line) == SIM_LEVEL_RUNS)
		sim_wire(line, line->hwirq & 1);
}

/* C7: a level, high or low, is served while asserted, from the request on. */
static void chip_level(struct kunit *test)
{
	struct sim_test *st = test->priv;

	/* Even lines are active high, odd ones low */
	for (int i = 0; i < 4; i++) {
		struct sim_line *line = &st->line[i];
		bool asserted = !(i & 1);

		line->on_irq = sim_lower_after;
		/* Two are asserted before they are requested, two afterwards */
		KUNIT_EXPECT_EQ(test, sim_wire(line, i < 2 ? asserted : !asserted), 0);
		KUNIT_ASSERT_EQ(test, 0, sim_request(line, i & 1 ? IRQF_TRIGGER_LOW :
							   IRQF_TRIGGER_HIGH));
		if (i >= 2)
			KUNIT_EXPECT_EQ(test, sim_wire(line, asserted), 1);
		for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
			irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), SIM_LEVEL_RUNS);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	}
}

/* C7: a level is served on unmask if still asserted, and not at all otherwise. */
static void chip_level_masked(struct kunit *test)
{
	struct sim_test *st = test->priv;

	irq_set_status_flags(st->line[2].virq, IRQ_DISABLE_UNLAZY);
	for (int i = 0; i <= 2; i += 2) {
		struct sim_line *line = &st->line[i];

		line->on_irq = sim_lower_after;
		KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_HIGH), 0);
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
		enable_irq(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
		enable_irq(line->virq);
		for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
			irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), SIM_LEVEL_RUNS);
	}
}

#define SIM_SPURIOUS	100000

/* Use of st->order here: start of the last two unhandled runs; runs up to a stall */
enum {
	SIM_LAST,
	SIM_LAST_BUT_ONE,
	SIM_STALL,
};

/*
 * genirq restarts the count when an unhandled run comes more than a tenth of a second after the
 * previous one. It reads the clock when the handler has returned. This checks how long ago the
 * last run but one started, when the next one starts or when all have finished, so the time is
 * at least as long. If this machine was stalled for that long, no result can be expected.
 */
static bool sim_stalled(struct sim_test *st)
{
	return (u32)jiffies - st->order[SIM_LAST_BUT_ONE] > HZ / 10;
}

/* Called for each unhandled run, as the others do not count */
static void sim_note_stall(struct sim_line *line)
{
	struct sim_test *st = line->st;
	u32 now = jiffies;

	if (sim_begun(line) == 1) {
		st->order[SIM_LAST] = now;
	} else if (sim_stalled(st)) {
		st->order[SIM_STALL] = sim_begun(line);
		atomic_inc(&st->entered);
	}
	st->order[SIM_LAST_BUT_ONE] = st->order[SIM_LAST];
	st->order[SIM_LAST] = now;
}

static void sim_handle_some(struct sim_line *line)
{
	line->unhandled = sim_begun(line) >= atomic_read(&line->st->release);
	if (line->unhandled)
		sim_note_stall(line);
}

static void sim_need_detector(struct kunit *test)
{
	if (!sim_is_soft(test) && !arch_irq_work_has_interrupt())
		kunit_skip(test, "each delivery waits for the tick");
}

/*
 * The detector of spurious interrupts disables the line when more than 99,900 of 100,000
 * interrupts were not handled, and not for one less. They only count when they follow one
 * another within a tenth of a second.
 */
static void chip_spurious(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	struct irq_data *data = irq_get_irq_data(line->virq);
	int wrong = 0;

	sim_need_detector(test);
	line->on_irq = sim_handle_some;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	for (int i = 0; i < 2; i++) {
		/*
		 * The count starts with the first unhandled interrupt. The next 100 are
		 * handled, 99 in the second round.
		 */
		atomic_set(&st->entered, 0);
		atomic_set(&line->begun, 0);
		atomic_set(&st->release, 0);
		wrong += sim_fire(line) != 1;
		irq_sim_synchronize(st->domain);
		atomic_set(&st->release, 2 + 100 - i);
		for (int n = 1; n < SIM_SPURIOUS - 1; n++) {
			wrong += sim_fire(line) != 1;
			/* Runs are inline, except those by ksoftirqd */
			if (sim_begun(line) != n + 1)
				irq_sim_synchronize(st->domain);
			if (n % 1024 == 0)
				cond_resched();
		}
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_begun(line), SIM_SPURIOUS - 1);
		KUNIT_EXPECT_FALSE(test, irqd_irq_disabled(data));
		wrong += sim_fire(line) != 1;
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_begun(line), SIM_SPURIOUS);
		KUNIT_EXPECT_EQ(test, wrong, 0);
		/* In the first round, restarting the count changes nothing */
		if (i && (atomic_read(&st->entered) || sim_stalled(st)) &&
		    test->status != KUNIT_FAILURE)
			kunit_skip(test, "the machine has stalled");
		KUNIT_EXPECT_EQ(test, irqd_irq_disabled(data), i);
	}
	/* The line is lazily disabled, so the core keeps the next event */
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_begun(line), SIM_SPURIOUS);
	sim_account_balances(test, line);
	free_irq(line->virq, line);

	/* This is not permanent: a new owner starts over */
	line->on_irq = NULL;
	line->unhandled = false;
	atomic_set(&line->handled, 0);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* C8: a level which nobody lowers is disabled after 100,000 runs. Meanwhile, others are served. */
static void chip_storm(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1], *other = &st->line[2];
	struct irq_data *data = irq_get_irq_data(line->virq);
	unsigned long end = jiffies + 12 * SIM_TIMEOUT;
	int fired = 0, rounds = 0, runs;
	bool stalled;

	sim_need_detector(test);
	line->unhandled = true;
	line->on_irq = sim_note_stall;
	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_HIGH), 0);
	KUNIT_ASSERT_EQ(test, sim_request(other, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	do {
		fired += sim_fire(other) == 1;
		irq_sim_synchronize(st->domain);
		rounds++;
		/* Its flow handler is running meanwhile */
	} while (!data_race(irqd_irq_disabled(data)) && time_before(jiffies, end));

	/* The count may have been restarted again and again, and may still be going on */
	if (!data_race(irqd_irq_disabled(data))) {
		sim_wire(line, false);
		irq_sim_synchronize(st->domain);
		/*
		 * A stall spoils the current count; the next count disables the line. On a slow
		 * machine, the first one may not be complete yet.
		 */
		runs = sim_begun(line);
		/* Each round waits for a run, which may be the one of the previous round */
		KUNIT_EXPECT_GE(test, runs, rounds / 2);
		runs -= st->order[SIM_STALL];
		if (atomic_read(&st->entered))
			stalled = runs <= 2 * SIM_SPURIOUS;
		else
			stalled = runs < SIM_SPURIOUS || (runs == SIM_SPURIOUS && sim_stalled(st));
		if (stalled && !irqd_irq_disabled(data) && test->status != KUNIT_FAILURE)
			kunit_skip(test, "the machine has stalled, or is too slow");
	}

	runs = sim_runs(line);
	KUNIT_EXPECT_TRUE(test, irqd_irq_disabled(data));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_runs(other), fired);
	KUNIT_EXPECT_EQ(test, sim_fire(other), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(other), fired + 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
	/* The detector checks every 100,000 interrupts */
	KUNIT_EXPECT_EQ(test, runs % SIM_SPURIOUS, 0);
	if (!atomic_read(&st->entered))
		KUNIT_EXPECT_EQ(test, runs, SIM_SPURIOUS);
}

/* Two owners: both handlers are called, and one is freed without affecting the other. */
static void chip_shared(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = mask_request(test, IRQF_SHARED);
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(line->virq));
	struct sim_line *second = kunit_kzalloc(test, sizeof(*second), GFP_KERNEL);
	unsigned long flags = IRQF_NO_THREAD | line->type;

	KUNIT_ASSERT_NOT_NULL(test, second);
	second->st = st;
	second->virq = line->virq;
	second->unhandled = true;

	/* A request without IRQF_SHARED is refused */
	KUNIT_EXPECT_EQ(test, -EBUSY,
			request_irq(line->virq, sim_handler, flags | IRQF_PROBE_SHARED,
				    "irq_sim_kunit", second));
	KUNIT_ASSERT_EQ(test, 0,
			request_irq(line->virq, sim_handler, flags | IRQF_SHARED,
				    "irq_sim_kunit", second));
	/* CONFIG_DEBUG_SHIRQ calls the handlers without an interrupt */
	irq_sim_synchronize(st->domain);
	atomic_set(&line->handled, 0);
	atomic_set(&second->handled, 0);

	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 1);

	/* Masking affects the line, and so both owners */
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 2);
	/* One of them handled it */
	KUNIT_EXPECT_EQ(test, READ_ONCE(desc->irq_count), 0);

	free_irq(line->virq, second);
	atomic_set(&second->handled, 0);
	KUNIT_EXPECT_EQ(test, sim_event(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, sim_runs(second), 0);

	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
}

static void sim_note_and_lower_after(struct sim_line *line)
{
	sim_note_order(line);
	sim_lower_after(line);
}

/* C7, C9: asserted lines take turns. */
static void chip_level_turns(struct kunit *test)
{
	struct sim_test *st = test->priv;
	unsigned long flags;

	/* Even lines, see sim_lower_after() */
	for (int i = 0; i < 4; i += 2) {
		st->line[i].on_irq = sim_note_and_lower_after;
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], IRQF_TRIGGER_HIGH), 0);
	}
	flags = sim_hold_cpu(test);
	for (int i = 0; i < 4; i += 2)
		sim_wire(&st->line[i], true);
	sim_release_cpu(test, flags);
	for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
		irq_sim_synchronize(st->domain);

	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), 2 * SIM_LEVEL_RUNS);
	for (int n = 0; n < 2 * SIM_LEVEL_RUNS; n++)
		KUNIT_EXPECT_EQ(test, st->order[n], n % 2 * 2);
}

/* The trigger type changes under the owner: the wire has the meaning of the new type. */
static void chip_type_change(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	unsigned int virq = line->virq;

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_FALLING), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	/* Asserted: served at once, until the handler lowers it */
	line->type = IRQF_TRIGGER_HIGH;
	line->on_irq = sim_served;
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));

	/* Refused without any change */
	KUNIT_EXPECT_EQ(test, -EINVAL,
			irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING | IRQ_TYPE_LEVEL_HIGH));
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);

	/* Edges again: a high wire has no meaning, but the next edge does */
	line->on_irq = NULL;
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
}

static void sim_note_mask(struct sim_line *line)
{
	if (sim_state(line, IRQCHIP_STATE_MASKED))
		atomic_inc(&line->st->entered);
	sim_served(line);
}

static void sim_serve_and_disable(struct sim_line *line)
{
	sim_served(line);
	disable_irq_nosync(line->virq);
}

/* C7: a level line is masked while its handler runs, each time, and only then. */
static void chip_level_mask(struct kunit *test)
{
	static const unsigned int types[] = { IRQF_TRIGGER_HIGH, IRQF_TRIGGER_LOW };
	struct sim_test *st = test->priv;

	for (int t = 0; t < ARRAY_SIZE(types); t++) {
		struct sim_line *line = &st->line[3 + t];

		line->type = types[t];
		line->on_irq = sim_note_mask;
		atomic_set(&st->entered, 0);
		sim_served(line);
		KUNIT_ASSERT_EQ(test, sim_request(line, line->type), 0);
		for (int i = 1; i <= 3; i++) {
			KUNIT_EXPECT_EQ(test, sim_event(line), 1);
			irq_sim_synchronize(st->domain);
			KUNIT_EXPECT_EQ(test, sim_runs(line), i);
			KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), i);
			KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		}

		/* Disabled by its handler, it is not unmasked */
		line->on_irq = sim_serve_and_disable;
		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		enable_irq(line->virq);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	}
}

static struct kunit_case irq_sim_type_cases[] = {
	KUNIT_CASE_PARAM(chip_edges, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level_masked, sim_gen_params),
	KUNIT_CASE_PARAM(chip_level_mask, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_level_turns, sim_gen_params),
	KUNIT_CASE_PARAM(chip_type_change, delivery_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_spurious, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_storm, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_shared, mask_gen_params),
	{}
};

struct kunit_suite irq_sim_type_suite = {
	.name = "irq_sim_type",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_type_cases,
};
