// SPDX-License-Identifier: GPL-2.0
/*
 * Wakeups and other power management of a single line. Suspend itself, and its effect on lines,
 * needs a test which has the machine to itself: suspend_device_irqs() is not called here.
 */

#include "irq_sim_kunit.h"

static const struct sim_kind_param wake_params[] = {
	SIM_KIND_PARAM(HARDIRQ, ACK, 0, "ack hardirq"),
	SIM_KIND_PARAM(TASKLET, ACK, 0, "ack tasklet"),
	SIM_KIND_PARAM(BH_WORK, ACK, 0, "ack bh_work"),
	SIM_KIND_PARAM(HARDIRQ, EOI, 0, "eoi hardirq"),
	SIM_KIND_PARAM(TASKLET, EOI, 0, "eoi tasklet"),
	SIM_KIND_PARAM(TASKLET, EOI, IRQ_SIM_EOI_THREADED, "eoi threaded"),
};

static const struct sim_kind_param refuse_params[] = {
	SIM_KIND_PARAM(HARDIRQ, ACK, IRQ_SIM_NO_WAKE, "ack hardirq"),
	SIM_KIND_PARAM(TASKLET, ACK, IRQ_SIM_NO_WAKE, "ack tasklet"),
	SIM_KIND_PARAM(TASKLET, EOI, IRQ_SIM_NO_WAKE, "eoi tasklet"),
};

KUNIT_ARRAY_PARAM_DESC(wake, wake_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(refuse, refuse_params, sim.name);

static bool power_wakes(const struct sim_line *line)
{
	return irqd_is_wakeup_set(irq_get_irq_data(line->virq));
}

/* The chip is called for the first enable and for the last disable, and shows the state. */
static void power_expect(struct kunit *test, struct sim_line *line, bool wakes)
{
	KUNIT_EXPECT_EQ(test, power_wakes(line), wakes);
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_DEBUGFS))
		KUNIT_EXPECT_EQ(test, sim_shows(test, line, " wakes"), wakes);
}

static void power_fire(struct kunit *test, struct sim_line *line)
{
	int runs = sim_runs(line);

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(line->st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), runs + 1);
}

/* C25: a line can be made a wakeup source, with balanced enables and disables. */
static void power_wake(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	power_expect(test, line, false);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	power_expect(test, line, true);
	power_expect(test, &st->line[3], false);
	power_fire(test, line);

	/* Enables nest */
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irq_wake(line->virq, 1), 0);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irq_wake(line->virq, 0), 0);
	power_expect(test, line, true);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	power_expect(test, line, false);
	power_fire(test, line);

	/* Wakeup can be enabled again */
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	power_expect(test, line, true);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	power_expect(test, line, false);
	sim_expect_account(test, line, NULL);
}

/* C25: wakeup does not depend on an owner, nor does it carry over to the next mapping. */
static void power_wake_unowned(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	power_expect(test, line, true);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	power_expect(test, line, true);
	power_fire(test, line);
	free_irq(line->virq, line);
	power_expect(test, line, true);

	irq_dispose_mapping(line->virq);
	line->virq = irq_create_mapping(st->domain, line->hwirq);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	power_expect(test, line, false);
}

/* C25: for a masked line with one event kept and one latched, its state does not change. */
static void power_wake_disabled(struct kunit *test)
{
	struct irq_sim_account both = { .latched = 2, .kept = 1, .waiting = 2 };
	struct irq_sim_account done = { .latched = 2, .kept = 1, .merged = 1 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	power_expect(test, line, true);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	power_expect(test, line, false);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	sim_expect_account(test, line, &both);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &done);
}

/* C25: the same for a level which stays asserted. */
static void power_wake_level(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	line->type = IRQF_TRIGGER_LOW;
	line->on_irq = sim_served;
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_LOW), 0);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
}

static void power_wake_in_handler(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (!enable_irq_wake(line->virq) && power_wakes(line) && !disable_irq_wake(line->virq))
		atomic_inc(&st->entered);
}

/* C25: the same from the handler. */
static void power_wake_handler(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	line->on_irq = power_wake_in_handler;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	power_fire(test, line);
	power_fire(test, line);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 2);
	power_expect(test, line, false);
}

/* C25: refused on purpose, each time, and without side effects. */
static void power_refused(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for (int i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), -ENXIO);
		power_expect(test, line, false);
	}
	power_fire(test, line);
	sim_expect_account(test, line, NULL);
}

/* C25, C26: chips without wakeups: irq_domain_create_sim(), and per-CPU lines. */
static void power_other_chips(struct kunit *test)
{
	struct irq_sim_info info = {
		.num_irqs = 1, .delivery = IRQ_SIM_DELIVER_TASKLET, .kind = IRQ_SIM_KIND_PERCPU,
	};
	struct irq_domain *domain = irq_domain_create_sim(NULL, 1);
	unsigned int virq;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	virq = irq_create_mapping(domain, 0);
	KUNIT_EXPECT_NE(test, virq, 0);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(virq), -ENXIO);
	irq_dispose_mapping(virq);
	irq_domain_remove_sim(domain);

	domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	virq = irq_create_mapping(domain, 0);
	KUNIT_EXPECT_NE(test, virq, 0);
	/* genirq supports wakeup for global interrupts only */
	KUNIT_EXPECT_EQ(test, enable_irq_wake(virq), -EINVAL);
	irq_dispose_mapping(virq);
	irq_domain_remove_sim(domain);
}

/* C25: request flags concerning suspend; meanwhile the line works like any other. */
static void power_flags(struct kunit *test)
{
	static const struct {
		unsigned long	flags;
		int		ret;
	} requests[] = {
		{ IRQF_NO_SUSPEND, 0 },
		{ IRQF_FORCE_RESUME, 0 },
		{ IRQF_EARLY_RESUME, 0 },
		{ IRQF_NO_SUSPEND | IRQF_SHARED, 0 },
		{ IRQF_COND_SUSPEND | IRQF_SHARED, 0 },
		{ IRQF_COND_SUSPEND, -EINVAL },
		{ IRQF_COND_SUSPEND | IRQF_NO_SUSPEND | IRQF_SHARED, -EINVAL },
	};
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	for (int i = 0; i < ARRAY_SIZE(requests); i++) {
		KUNIT_EXPECT_EQ_MSG(test, sim_request(line, requests[i].flags), requests[i].ret,
				    "flags %#lx", requests[i].flags);
		KUNIT_EXPECT_EQ(test, irq_has_action(line->virq), !requests[i].ret);
		if (requests[i].ret) {
			KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
			continue;
		}
		power_fire(test, line);
		KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
		power_fire(test, line);
		KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
		free_irq(line->virq, line);
	}
}

/* C25: a shared line where one of the owners uses IRQF_NO_SUSPEND. */
static void power_shared(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2], other = { .st = st, .virq = line->virq };

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_SHARED | IRQF_NO_SUSPEND), 0);
	KUNIT_ASSERT_EQ(test, sim_request(&other, IRQF_SHARED | IRQF_COND_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	power_expect(test, line, true);
	power_fire(test, line);
	KUNIT_EXPECT_EQ(test, sim_runs(&other), 1);
	free_irq(line->virq, &other);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	power_expect(test, line, false);
	power_fire(test, line);
}

static struct kunit_case irq_sim_power_cases[] = {
	KUNIT_CASE_PARAM(power_wake, wake_gen_params),
	KUNIT_CASE_PARAM(power_wake_unowned, wake_gen_params),
	KUNIT_CASE_PARAM(power_wake_disabled, wake_gen_params),
	KUNIT_CASE_PARAM(power_wake_level, wake_gen_params),
	KUNIT_CASE_PARAM(power_wake_handler, wake_gen_params),
	KUNIT_CASE_PARAM(power_flags, wake_gen_params),
	KUNIT_CASE_PARAM(power_shared, wake_gen_params),
	KUNIT_CASE_PARAM(power_refused, refuse_gen_params),
	KUNIT_CASE_PARAM(power_other_chips, refuse_gen_params),
	{}
};

struct kunit_suite irq_sim_power_suite = {
	.name = "irq_sim_power",
	.init = sim_kind_init,
	.exit = sim_exit,
	.test_cases = irq_sim_power_cases,
};
