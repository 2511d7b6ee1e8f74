// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers, sizes, arguments, chained handlers.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

/* C1, C6: without an owner, nothing is kept. */
static void chip_not_started(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct irq_sim_account account;

	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), -ENXIO);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);

	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	irq_dispose_mapping(line->virq);
	line->virq = 0;
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(st->domain, 2, true), -ENXIO);
	KUNIT_EXPECT_EQ(test, irq_sim_get_account(st->domain, 2, &account), -ENXIO);
}

/* C1, C18: bad arguments are refused and change nothing. */
static void chip_bad_arguments(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct irq_sim_info info = { .num_irqs = 1 };
	struct irq_sim_account account;
	struct irq_domain *other;

	KUNIT_EXPECT_EQ(test, irq_sim_fire(NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(st->domain, SIM_LINES), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(st->domain, ~0UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(NULL, 0, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(st->domain, SIM_LINES, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_get_account(NULL, 0, &account), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_get_account(st->domain, SIM_LINES, &account), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_get_account(st->domain, ~0UL, &account), -EINVAL);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(NULL)), -EINVAL);
	info.num_irqs = 0;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&info)), -EINVAL);
	info.num_irqs = 1;
	info.delivery = IRQ_SIM_DELIVER_BH_WORK + 1;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&info)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_create_sim(NULL, 0)), -EINVAL);
	/* Unknown options, together with a known one */
	info.delivery = IRQ_SIM_DELIVER_TASKLET;
	for (int bit = 8; bit < 32; bit++) {
		info.flags = IRQ_SIM_NO_WAKE | BIT(bit);
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&info)), -EINVAL);
	}

	other = irq_domain_create_linear(NULL, 1, &irq_domain_simple_ops, NULL);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(other, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(other, 0, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_get_account(other, 0, &account), -EINVAL);
	irq_domain_remove(other);
}

/* C1: line numbers in the chip and in the system, and the dev_id passed to the handler. */
static void chip_numbers(struct kunit *test)
{
	struct sim_test *st = test->priv;

	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
	/* probe_irq_on() looks for the interrupt of a device; none of these lines has one */
	for (int i = 0; i < SIM_LINES; i++)
		KUNIT_EXPECT_TRUE(test, irq_check_status_bit(st->line[i].virq, IRQ_NOPROBE));
	sim_request_all(test, NULL);
	for (int i = 0; i < SIM_LINES; i++) {
		struct sim_line *line = &st->line[i];

		KUNIT_EXPECT_EQ(test, irq_find_mapping(st->domain, i), line->virq);
		KUNIT_EXPECT_EQ(test, irqd_to_hwirq(irq_get_irq_data(line->virq)), i);
		/* Already mapped: the same number is returned */
		KUNIT_EXPECT_EQ(test, irq_create_mapping(st->domain, i), line->virq);

		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		for (int n = 0; n < SIM_LINES; n++)
			KUNIT_EXPECT_EQ(test, sim_runs(&st->line[n]), n <= i);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(st->domain, SIM_LINES), 0);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
}

/* A second chip with its own lines: the same line numbers, nothing shared. */
static void chip_two_chips(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_test *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct sim_line *line = &st->line[3], *twin;
	unsigned long flags;
	int runs, runs_twin;

	KUNIT_ASSERT_NOT_NULL(test, other);
	twin = &other->line[3];
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	other->domain = sim_create(test->param_value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other->domain);
	twin->st = other;
	twin->hwirq = 3;
	twin->virq = sim_map(other->domain, 3);
	KUNIT_EXPECT_NE(test, twin->virq, line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(twin), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_request(twin, 0), 0);

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(twin), 1);
	irq_sim_synchronize(other->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(twin), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);

	/* Fire both at once */
	flags = sim_hold_cpu(test);
	runs = sim_fire(line);
	runs_twin = sim_fire(twin);
	sim_release_cpu(test, flags);
	irq_sim_synchronize(other->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1 + runs);
	KUNIT_EXPECT_EQ(test, sim_runs(twin), 1 + runs_twin);
	KUNIT_EXPECT_EQ(test, sim_runs(twin), 2);

	free_irq(twin->virq, twin);
	irq_dispose_mapping(twin->virq);
	irq_domain_remove_sim(other->domain);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
}

/* C1: a chip has the name given by its owner, and keeps a copy of it. */
static void chip_named(struct kunit *test)
{
	struct sim_test *st = test->priv;
	char name[] = "named";
	struct irq_sim_info info = { .num_irqs = 1, .name = name };
	struct irq_domain *domain = irq_domain_instantiate_sim(&info);
	unsigned int virq;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	virq = irq_create_mapping(domain, 0);
	name[0] = 'X';
	if (virq)
		KUNIT_EXPECT_STREQ(test, irq_get_chip(virq)->name, "named");
	else
		KUNIT_FAIL(test, "no memory for a line");
	irq_dispose_mapping(virq);
	irq_domain_remove_sim(domain);

	KUNIT_EXPECT_STREQ(test, irq_get_chip(st->line[0].virq)->name, "irq_sim");
}

/* Fire from a task, and with softirqs disabled, which takes a different path. */
static void sim_expect_refused(struct kunit *test, struct irq_domain *domain,
			       irq_hw_number_t hwirq, int expected)
{
	int ret;

	KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, hwirq), expected);
	KUNIT_EXPECT_EQ(test, irq_sim_set_line(domain, hwirq, true), expected);
	local_bh_disable();
	ret = irq_sim_fire(domain, hwirq);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, ret, expected);
}

/* Chips of all sizes: with a table, with a tree, and of the maximum size. */
static void chip_large(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 65536, 65537, 1000000, UINT_MAX };
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	int ret;

	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct irq_sim_info info = {
			.num_irqs	= sizes[i],
			.delivery	= param->delivery,
		};
		unsigned int ends[] = { 0, sizes[i] - 1 };
		struct irq_domain *domain = irq_domain_instantiate_sim(&info);

		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, domain);
		if (IS_ERR_OR_NULL(domain))
			continue;
		for (int n = 0; n < (sizes[i] > 1 ? 2 : 1); n++) {
			struct sim_line line = {
				.st	= st,
				.hwirq	= ends[n],
				.virq	= irq_create_mapping(domain, ends[n]),
			};

			KUNIT_EXPECT_NE_MSG(test, line.virq, 0, "line %u", ends[n]);
			if (!line.virq)
				continue;
			KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, ends[n]), -ENXIO);
			KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
			KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, ends[n]), 1);
			irq_sim_synchronize(domain);
			KUNIT_EXPECT_EQ_MSG(test, sim_runs(&line), 1, "line %u", ends[n]);
			KUNIT_EXPECT_EQ(test, irq_sim_set_line(domain, ends[n], true), 1);
			irq_sim_synchronize(domain);
			KUNIT_EXPECT_EQ_MSG(test, sim_runs(&line), 2, "line %u", ends[n]);
			local_bh_disable();
			ret = irq_sim_fire(domain, ends[n]);
			local_bh_enable();
			KUNIT_EXPECT_EQ(test, ret, 1);
			irq_sim_synchronize(domain);
			KUNIT_EXPECT_EQ_MSG(test, sim_runs(&line), 3, "line %u", ends[n]);
			free_irq(line.virq, &line);
			irq_dispose_mapping(line.virq);
			sim_expect_refused(test, domain, ends[n], -ENXIO);
		}
		sim_expect_refused(test, domain, sizes[i], -EINVAL);
		irq_domain_remove_sim(domain);
	}
}

/* C18: refused, and everything else continues to work. */
static void chip_refused(struct kunit *test)
{
	static const irq_hw_number_t none[] = { SIM_LINES, SIM_LINES + 1, INT_MAX, ULONG_MAX };
	struct irq_sim_info info = { .num_irqs = 1 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[SIM_LINES - 1];
	struct irq_domain *foreign;
	struct device *dev;
	int ret;

	/* Not a simulated chip, though its host_data claims so */
	foreign = irq_domain_create_linear(NULL, SIM_LINES, &irq_domain_simple_ops,
					   st->domain->host_data);
	KUNIT_ASSERT_NOT_NULL(test, foreign);
	dev = kunit_device_register(test, "chip");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	/* The domain code warns */
	kunit_warning_suppress(test) {
		for (int i = 0; i < ARRAY_SIZE(none); i++)
			KUNIT_EXPECT_EQ(test, irq_create_mapping(st->domain, none[i]), 0);
		irq_sim_synchronize(foreign);
		irq_sim_synchronize(NULL);
	}
	for (int i = 0; i < ARRAY_SIZE(none); i++) {
		sim_expect_refused(test, st->domain, none[i], -EINVAL);
		KUNIT_EXPECT_EQ(test, irq_find_mapping(st->domain, none[i]), 0);
	}
	sim_expect_refused(test, foreign, 0, -EINVAL);
	irq_domain_remove(foreign);

	/* Not requested; then no longer mapped either */
	KUNIT_EXPECT_EQ(test, sim_fire(&st->line[0]), -ENXIO);
	local_bh_disable();
	ret = sim_fire(&st->line[0]);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, ret, -ENXIO);
	irq_dispose_mapping(st->line[0].virq);
	sim_expect_refused(test, st->domain, 0, -ENXIO);
	st->line[0].virq = irq_create_mapping(st->domain, 0);

	info.delivery = (enum irq_sim_delivery)-1;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&info)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_irq_domain_instantiate_sim(dev, &info)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_irq_domain_instantiate_sim(dev, NULL)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_irq_domain_create_sim(dev, NULL, 0)),
			-EINVAL);

	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* A chained interrupt has its own trigger type, but not its own flow handler. */
static void chip_chained_type(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[7];
	int ret[6];

	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);
	ret[0] = irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_FALLING);
	ret[1] = sim_wire(line, true);
	ret[2] = sim_wire(line, false);
	irq_sim_synchronize(st->domain);
	ret[3] = sim_runs(line);
	/* Without a type the wire triggers nothing, but a fire does */
	ret[4] = irq_set_irq_type(line->virq, IRQ_TYPE_NONE);
	ret[5] = sim_wire(line, true) + sim_wire(line, false);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);

	KUNIT_EXPECT_EQ(test, ret[0], 0);
	KUNIT_EXPECT_EQ(test, ret[1], 0);
	KUNIT_EXPECT_EQ(test, ret[2], 1);
	KUNIT_EXPECT_EQ(test, ret[3], 1);
	KUNIT_EXPECT_EQ(test, ret[4], 0);
	KUNIT_EXPECT_EQ(test, ret[5], 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
}

#define SIM_UNACKED	5

/* Acknowledge only the n-th run, and fire the line before and after the ack. */
static void sim_chained_no_ack(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);
	struct sim_test *st = line->st;
	int n = atomic_inc_return(&line->begun);

	if (n == 1)
		atomic_set(&st->entered, sim_fire(line));
	if (n >= SIM_UNACKED)
		irq_desc_get_chip(desc)->irq_ack(irq_desc_get_irq_data(desc));
	if (n == SIM_UNACKED)
		atomic_set(&st->left, sim_fire(line));
	atomic_inc(&line->handled);
}

/*
 * C4: an acknowledging controller calls a chained handler which does not
 * acknowledge again: the event is pending until the ack. Other lines are served
 * in between, and each event has a run.
 */
static void chip_chained_no_ack(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[7], *other = &st->line[2];
	struct irq_sim_account account;
	unsigned long flags;
	int ret[2];

	atomic_set(&st->entered, -1);
	atomic_set(&st->left, -1);
	KUNIT_ASSERT_EQ(test, sim_request(other, 0), 0);
	irq_set_chained_handler_and_data(line->virq, sim_chained_no_ack, line);
	flags = sim_hold_cpu(test);
	ret[0] = sim_fire(line);
	ret[1] = sim_fire(other);
	sim_release_cpu(test, flags);
	/* Each call waits for at least one run */
	for (int i = 0; i <= SIM_UNACKED; i++)
		irq_sim_synchronize(st->domain);
	account = sim_account(test, line);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);

	KUNIT_EXPECT_EQ(test, ret[0], 1);
	KUNIT_EXPECT_EQ(test, ret[1], 1);
	KUNIT_EXPECT_EQ(test, sim_runs(other), 1);
	/* Before the ack it merges; after the ack it gives one more run. */
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->left), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), SIM_UNACKED + 1);
	KUNIT_EXPECT_EQ(test, account.latched, 2);
	KUNIT_EXPECT_EQ(test, account.waiting, 0);
}

static void sim_chained_lower(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);

	if (line->hwirq & 1)
		irq_desc_get_chip(desc)->irq_ack(irq_desc_get_irq_data(desc));
	if (atomic_inc_return(&line->begun) == 3)
		sim_wire(line, false);
	atomic_inc(&line->handled);
}

/*
 * C7: a chained handler which does not mask, whether or not it acknowledges, is called again
 * for as long as the level is asserted.
 */
static void chip_chained_level(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *lines = &st->line[6];
	unsigned long flags;
	int ret[4];

	for (int i = 0; i < 2; i++) {
		irq_set_chained_handler_and_data(lines[i].virq, sim_chained_lower, &lines[i]);
		ret[i] = irq_set_irq_type(lines[i].virq, IRQ_TYPE_LEVEL_HIGH);
	}
	flags = sim_hold_cpu(test);
	for (int i = 0; i < 2; i++)
		ret[2 + i] = sim_wire(&lines[i], true);
	sim_release_cpu(test, flags);
	/* Each call waits for at least one run of both */
	for (int i = 0; i < 4; i++)
		irq_sim_synchronize(st->domain);
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&lines[i]), 3);
		irq_set_chained_handler_and_data(lines[i].virq, NULL, NULL);
	}

	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, ret[i], 0);
		KUNIT_EXPECT_EQ(test, ret[2 + i], 1);
	}
}

/*
 * C3, C6: genirq keeps an event for a disabled chained handler. Whoever requests the line after
 * that handler was removed gets nothing of the event.
 */
static void chip_chained_kept(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	struct irq_sim_account account;

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	/* This masks and acknowledges: from now on genirq has the event */
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	account = sim_account(test, line);
	KUNIT_EXPECT_EQ(test, account.kept, 1);
	KUNIT_EXPECT_EQ(test, account.waiting, 1);

	/* Left over from the chained handler */
	irq_clear_status_flags(line->virq, IRQ_NOREQUEST);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	account = sim_account(test, line);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, account.dropped, 1);
	KUNIT_EXPECT_EQ(test, account.waiting, 0);
	sim_account_balances(test, line);

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	account = sim_account(test, line);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, account.latched, 2);
	KUNIT_EXPECT_EQ(test, account.dropped, 1);
	sim_account_balances(test, line);
}

/*
 * C3, C6: an event is pending when the chained handler is removed. genirq acknowledges it, as
 * if about to call a handler, but calls none: it is accounted as merged.
 */
static void chip_chained_removed(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	struct irq_sim_account account;

	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);
	KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, true));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	irq_sim_synchronize(st->domain);
	account = sim_account(test, line);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, account.latched, 1);
	KUNIT_EXPECT_EQ(test, account.kept, 0);
	KUNIT_EXPECT_EQ(test, account.merged, 1);
	KUNIT_EXPECT_EQ(test, account.dropped, 0);
	KUNIT_EXPECT_EQ(test, account.waiting, 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);

	/* The next handler gets nothing of it */
	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	sim_account_balances(test, line);
}

static struct kunit_case irq_sim_chip_cases[] = {
	KUNIT_CASE_PARAM(chip_not_started, sim_gen_params),
	KUNIT_CASE_PARAM(chip_bad_arguments, sim_gen_params),
	KUNIT_CASE_PARAM(chip_numbers, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_two_chips, delivery_gen_params),
	KUNIT_CASE(chip_named),
	KUNIT_CASE_PARAM(chip_large, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_refused, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_chained_type, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_chained_no_ack, sim_gen_params),
	KUNIT_CASE_PARAM(chip_chained_level, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_chained_kept, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_chained_removed, delivery_gen_params),
	{}
};

struct kunit_suite irq_sim_chip_suite = {
	.name = "irq_sim_chip",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_chip_cases,
};
