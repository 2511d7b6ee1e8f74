// SPDX-License-Identifier: GPL-2.0
/*
 * Kinds of simulated controllers, and the account of their lines.
 */

#include "irq_sim_kunit.h"

#define KIND	SIM_KIND_PARAM

const struct sim_kind_param sim_kind_params[6] = {
	KIND(HARDIRQ, ACK, 0, "ack hardirq"),
	KIND(TASKLET, ACK, 0, "ack tasklet"),
	KIND(BH_WORK, ACK, 0, "ack bh_work"),
	KIND(HARDIRQ, EOI, 0, "eoi hardirq"),
	KIND(TASKLET, EOI, 0, "eoi tasklet"),
	KIND(BH_WORK, EOI, 0, "eoi bh_work"),
};

static const struct sim_kind_param eoi_params[] = {
	KIND(HARDIRQ, EOI, 0, "hardirq"),
	KIND(TASKLET, EOI, 0, "tasklet"),
	KIND(BH_WORK, EOI, 0, "bh_work"),
	KIND(HARDIRQ, EOI, IRQ_SIM_EOI_THREADED, "hardirq threaded"),
	KIND(TASKLET, EOI, IRQ_SIM_EOI_THREADED, "tasklet threaded"),
	KIND(BH_WORK, EOI, IRQ_SIM_EOI_THREADED, "bh_work threaded"),
};

static const struct sim_kind_param single_params[] = {
	KIND(HARDIRQ, ACK, IRQ_SIM_SINGLE_TARGET, "ack hardirq"),
	KIND(TASKLET, ACK, IRQ_SIM_SINGLE_TARGET, "ack tasklet"),
	KIND(BH_WORK, ACK, IRQ_SIM_SINGLE_TARGET, "ack bh_work"),
	KIND(TASKLET, EOI, IRQ_SIM_SINGLE_TARGET, "eoi tasklet"),
};

static const struct sim_kind_param here_params[] = {
	KIND(HARDIRQ, ACK, IRQ_SIM_NO_AFFINITY, "ack hardirq"),
	KIND(TASKLET, ACK, IRQ_SIM_NO_AFFINITY, "ack tasklet"),
	KIND(BH_WORK, ACK, IRQ_SIM_NO_AFFINITY, "ack bh_work"),
	KIND(TASKLET, EOI, IRQ_SIM_NO_AFFINITY, "eoi tasklet"),
};

KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(eoi, eoi_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(single, single_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(here, here_params, sim.name);

/* The fixture of sim_init(), for any kind of chip. */
int sim_init_info(struct kunit *test, const struct irq_sim_info *info)
{
	struct sim_test *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);

	sim_need_numbers(test);
	KUNIT_ASSERT_NOT_NULL(test, st);
	init_completion(&st->thread_go);
	test->priv = st;

	st->domain = irq_domain_instantiate_sim(info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, st->domain);

	for (int i = 0; i < SIM_LINES; i++) {
		st->line[i].st = st;
		st->line[i].hwirq = i;
		st->line[i].virq = sim_map(st->domain, i);
		KUNIT_ASSERT_NE(test, st->line[i].virq, 0);
	}
	return 0;
}

/* C3: the account of a line at rest is exact. */
void sim_expect_account(struct kunit *test, struct sim_line *line,
			const struct irq_sim_account *want)
{
	struct irq_sim_account is;

	KUNIT_ASSERT_EQ(test, irq_sim_get_account(line->st->domain, line->hwirq, &is), 0);
	KUNIT_EXPECT_EQ(test, is.latched,
			sim_runs(line) + is.merged + is.dropped + is.waiting);
	if (!want)
		return;
	KUNIT_EXPECT_EQ(test, is.latched, want->latched);
	KUNIT_EXPECT_EQ(test, is.kept, want->kept);
	KUNIT_EXPECT_EQ(test, is.merged, want->merged);
	KUNIT_EXPECT_EQ(test, is.dropped, want->dropped);
	KUNIT_EXPECT_EQ(test, is.waiting, want->waiting);
}

/* Wait until genirq has kept @kept events of a line. Only a failure uses up the whole time. */
bool sim_wait_kept(struct sim_line *line, unsigned long kept)
{
	struct sim_patience patience = {};
	struct irq_sim_account is;

	for (;;) {
		if (!irq_sim_get_account(line->st->domain, line->hwirq, &is) && is.kept == kept)
			return true;
		if (sim_gave_up(&patience))
			return false;
		sim_poll();
	}
}

/* Create the chip which the parameter describes. */
int sim_kind_init(struct kunit *test)
{
	const struct sim_kind_param *param = test->param_value;
	struct irq_sim_info info = { .num_irqs = SIM_LINES };

	info.delivery = param->sim.delivery;
	info.budget = param->sim.budget;
	info.kind = param->kind;
	info.flags = param->flags;
	return sim_init_info(test, &info);
}

#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
/* For a line, call with its descriptor locked, as genirq does; for the chip, without a lock. */
static bool sim_shows_here(struct kunit *test, struct irq_domain *domain, struct sim_line *line,
			   const char *what)
{
	struct irq_data *data = line ? irq_get_irq_data(line->virq) : NULL;
	struct seq_file m = { .size = PAGE_SIZE };
	unsigned long flags = 0;
	bool shows;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	if (line)
		raw_spin_lock_irqsave(&irq_data_to_desc(data)->lock, flags);
	domain->ops->debug_show(&m, line ? NULL : domain, data, 0);
	if (line)
		raw_spin_unlock_irqrestore(&irq_data_to_desc(data)->lock, flags);
	KUNIT_EXPECT_LT(test, m.count, m.size);
	shows = strnstr(m.buf, what, m.count);
	kunit_kfree(test, m.buf);
	return shows;
}
#endif

/* Does debugfs show @what for a line? */
bool sim_shows(struct kunit *test, struct sim_line *line, const char *what)
{
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	return sim_shows_here(test, line->st->domain, line, what);
#else
	return false;
#endif
}

/*
 * Does debugfs show @what for the chip? The number of served events is updated when a delivery
 * ends, so a caller which has just synchronized may be a bit early. Only a failure uses up the
 * whole time.
 */
bool sim_chip_shows(struct kunit *test, struct irq_domain *domain, const char *what)
{
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	struct sim_patience patience = {};

	while (!sim_shows_here(test, domain, NULL, what)) {
		if (sim_gave_up(&patience))
			return false;
		sim_poll();
	}
	return true;
#else
	return false;
#endif
}

bool sim_kind_is_eoi(struct kunit *test)
{
	const struct sim_kind_param *param = test->param_value;

	return param->kind == IRQ_SIM_KIND_EOI;
}

/* Returns a line whose IRQF_ONESHOT thread is held, with one event for it. */
static struct sim_line *kind_hold_thread(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						      IRQF_ONESHOT, "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	return line;
}

static struct sim_line *kind_request(struct kunit *test, unsigned long flags,
				     void (*on_irq)(struct sim_line *line))
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	line->on_irq = on_irq;
	KUNIT_ASSERT_EQ(test, sim_request(line, flags), 0);
	return line;
}

/*
 * C3: the line fires while its handler is in progress on another CPU. An edge which reaches
 * genirq there is kept, and the next one is latched; an active line latches the first one.
 * Nothing is lost, and the account shows what became of each event.
 */
static void kind_in_progress(struct kunit *test)
{
	struct irq_sim_account ack = { .latched = 3, .kept = 1 };
	struct irq_sim_account eoi = { .latched = 2 };
	struct sim_line *line = kind_request(test, 0, sim_hold);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct sim_test *st = test->priv;

	sim_need_two_cpus(test);
	sim_remote_hold(test, &remote);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	if (sim_kind_is_eoi(test)) {
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_ACTIVE));
		KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	} else {
		KUNIT_EXPECT_TRUE(test, sim_wait_kept(line, 1));
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	}
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->begun), 1);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), sim_kind_is_eoi(test) ? 2 : 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	sim_expect_account(test, line, sim_kind_is_eoi(test) ? &eoi : &ack);
}

/* C3: an event is kept while the line is disabled; the next one merges with the retrigger. */
static void kind_merged(struct kunit *test)
{
	struct irq_sim_account kept = { .latched = 1, .kept = 1, .waiting = 1 };
	struct irq_sim_account both = { .latched = 2, .kept = 1, .waiting = 2 };
	struct irq_sim_account done = { .latched = 2, .kept = 1, .merged = 1 };
	struct sim_line *line = kind_request(test, 0, NULL);
	struct sim_test *st = test->priv;

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	sim_expect_account(test, line, &kept);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	irq_sim_synchronize(st->domain);
	sim_expect_account(test, line, &both);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &done);
}

/* C3, C5: masked at once, the line keeps the event in the chip, and genirq keeps nothing. */
static void kind_unlazy(struct kunit *test)
{
	struct irq_sim_account done = { .latched = 1 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	kind_request(test, 0, NULL);
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &done);
}

/* C3: events are dropped by writing 0 to PENDING, and by the shutdown. */
static void kind_dropped(struct kunit *test)
{
	struct irq_sim_account one = { .latched = 2, .kept = 1, .dropped = 1, .waiting = 1 };
	struct irq_sim_account two = { .latched = 3, .kept = 1, .dropped = 3 };
	struct irq_sim_account end = { .latched = 4, .kept = 1, .dropped = 3 };
	struct sim_line *line = kind_request(test, 0, NULL);
	struct sim_test *st = test->priv;

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_pend(line, false), 0);
	KUNIT_EXPECT_EQ(test, sim_pend(line, false), 0);
	sim_expect_account(test, line, &one);

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	free_irq(line->virq, line);
	sim_expect_account(test, line, &two);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	sim_expect_account(test, line, &two);

	kind_request(test, 0, NULL);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &end);
}

/*
 * C3: genirq keeps an event, and gets a second one before it has handled the first, because
 * somebody has unmasked the line behind its back. It keeps one event for both.
 */
static void kind_kept_again(struct kunit *test)
{
	struct irq_sim_account both = { .latched = 2, .kept = 2, .merged = 1, .waiting = 1 };
	struct irq_sim_account done = { .latched = 2, .kept = 2, .merged = 1 };
	struct sim_line *line = kind_request(test, 0, NULL);
	struct sim_test *st = test->priv;

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, false));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	sim_expect_account(test, line, &both);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &done);
}

/* C5: an event which is handed in while the line is disabled gives one run. */
static void kind_handed_in(struct kunit *test)
{
	struct sim_line *line = kind_request(test, 0, NULL);
	struct sim_test *st = test->priv;

	disable_irq(line->virq);
	generic_handle_irq_safe(line->virq);
	generic_handle_irq_safe(line->virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
}

/* Acknowledge in the third run only. */
static void kind_chained_handler(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);
	struct irq_chip *chip = irq_desc_get_chip(desc);
	struct sim_test *st = line->st;
	int run = atomic_inc_return(&line->begun);

	if (run == 1 && sim_fire(line) == 1)
		atomic_inc(&st->latched);
	if (run == 3 && chip->irq_ack)
		chip->irq_ack(&desc->irq_data);
	atomic_inc(&line->handled);
}

/*
 * C4: a chained handler which neither acknowledges nor sends an EOI. Without an acknowledge the
 * line fires again, and without an EOI it stays active; nothing is discarded without a run.
 */
static void kind_chained(struct kunit *test)
{
	struct irq_sim_account ack = { .latched = 1 };
	struct irq_sim_account eoi = { .latched = 3, .dropped = 1 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	irq_set_chained_handler_and_data(line->virq, kind_chained_handler, line);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	if (!sim_kind_is_eoi(test)) {
		irq_sim_synchronize(st->domain);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
		KUNIT_EXPECT_EQ(test, atomic_read(&st->latched), 0);
		irq_set_chained_handler_and_data(line->virq, NULL, NULL);
		/* Three runs for one latch */
		atomic_sub(2, &line->handled);
		sim_expect_account(test, line, &ack);
		return;
	}

	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->latched), 1);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_ACTIVE));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));

	/* A new request starts from scratch */
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	irq_set_chained_handler_and_data(line->virq, kind_chained_handler, line);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_ACTIVE));
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	/* The last event is still active for lack of an EOI: let it end */
	irq_set_chained_handler_and_data(line->virq, kind_chained_handler, line);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	sim_expect_account(test, line, &eoi);
}

/* Fire the line from its own first run, and check its state. */
static void kind_fire_self(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (atomic_inc_return(&st->entered) > 1)
		return;
	atomic_set(&st->latched, sim_fire(line));
	if (sim_state(line, IRQCHIP_STATE_ACTIVE))
		atomic_inc(&st->release);
	if (sim_state(line, IRQCHIP_STATE_PENDING))
		atomic_inc(&st->left);
}

/* C4: a fire in the handler gives one more run, afterwards. The line stays active until then. */
static void kind_fire_in_handler(struct kunit *test)
{
	struct irq_sim_account done = { .latched = 2 };
	struct sim_line *line = kind_request(test, 0, kind_fire_self);
	struct sim_test *st = test->priv;

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->latched), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->release), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->left), 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_ACTIVE));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	sim_expect_account(test, line, &done);
}

/* C8: an IRQF_ONESHOT thread, with the EOI either before the thread or at its end. */
static void kind_eoi_thread(struct kunit *test)
{
	const struct sim_kind_param *param = test->param_value;
	struct irq_sim_account done = { .latched = 2 };
	struct sim_line *line = kind_hold_thread(test);
	struct sim_test *st = test->priv;

	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	/*
	 * Not from IRQCHIP_STATE_ACTIVE, which synchronize_irq() polls before it waits for
	 * threads
	 */
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_DEBUGFS))
		KUNIT_EXPECT_EQ(test, sim_shows(test, line, " active"), !!param->flags);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	atomic_set(&st->entered, 0);
	complete(&st->thread_go);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	complete(&st->thread_go);
	synchronize_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_DEBUGFS))
		KUNIT_EXPECT_FALSE(test, sim_shows(test, line, " active"));
	sim_expect_account(test, line, &done);
}

/* C8: a line which is disabled while its thread runs still gets its EOI, and is not stuck. */
static void kind_eoi_disabled(struct kunit *test)
{
	struct irq_sim_account done = { .latched = 2 };
	struct sim_line *line = kind_hold_thread(test);
	struct sim_test *st = test->priv;

	disable_irq_nosync(line->virq);
	complete_all(&st->thread_go);
	synchronize_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_DEBUGFS))
		KUNIT_EXPECT_FALSE(test, sim_shows(test, line, " active"));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 2);
	sim_expect_account(test, line, &done);
}

/* C7, C8: a level with a thread is served once for each run of the thread. */
static void kind_eoi_level(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread, sim_thread,
						      IRQF_ONESHOT | IRQF_TRIGGER_HIGH,
						      "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	for (int i = 1; i <= 3; i++) {
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		irq_sim_synchronize(st->domain);
		/* It is asserted, and waits until the thread has finished */
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
		KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
		KUNIT_EXPECT_EQ(test, sim_runs(line), i);
		atomic_set(&st->entered, 0);
		if (i == 3)
			KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
		complete(&st->thread_go);
	}
	synchronize_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
}

/* Lower the wire in the third run. */
static void kind_lower(struct sim_line *line)
{
	if (atomic_read(&line->begun) == 3)
		sim_wire(line, false);
}

/* C7: a level fires again until it is lowered, and is still there after a disable. */
static void kind_level(struct kunit *test)
{
	struct sim_line *line = kind_request(test, IRQF_TRIGGER_HIGH, kind_lower);
	struct sim_test *st = test->priv;

	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	for (int i = 0; i < 3; i++)
		irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));

	line->on_irq = sim_served;
	line->type = IRQF_TRIGGER_HIGH;
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_ACTIVE));
}

/*
 * C8: an edge with a thread. The primary handler runs again while the thread is running, unless
 * the line has an EOI and is oneshot, in which case it is masked.
 */
static void kind_beside_thread(struct kunit *test)
{
	struct irq_sim_account done = { .latched = 2 };
	struct sim_line *line = kind_hold_thread(test);
	struct sim_test *st = test->priv;

	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), sim_kind_is_eoi(test) ? 1 : 2);
	complete_all(&st->thread_go);
	synchronize_irq(line->virq);
	irq_sim_synchronize(st->domain);
	synchronize_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 2);
	sim_expect_account(test, line, &done);
}

/* Expect the line to run on @cpu, whether fired from here or from another CPU. */
static void kind_runs_on(struct kunit *test, struct sim_line *line, int cpu)
{
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct sim_test *st = test->priv;

	line->cpu = -1;
	sim_remote_start(&remote);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, line->cpu, cpu);
	line->cpu = -1;
	migrate_disable();
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	migrate_enable();
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, line->cpu, cpu);
}

/* C16: whichever CPU fires, the line has one target: the first CPU of its affinity. */
static void kind_single(struct kunit *test)
{
	struct sim_line *line = kind_request(test, 0, sim_note_context);
	int runs = 0;
	int cpu;

	sim_need_two_cpus(test);
	for_each_online_cpu(cpu) {
		KUNIT_ASSERT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		kind_runs_on(test, line, cpu);
		runs += 2;
	}
	cpu = cpumask_first(cpu_online_mask);
	KUNIT_ASSERT_EQ(test, irq_set_affinity(line->virq, cpu_online_mask), 0);
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK)) {
		const struct cpumask *mask = irq_get_effective_affinity_mask(line->virq);

		KUNIT_EXPECT_TRUE(test, cpumask_equal(mask, cpumask_of(cpu)));
	}
	kind_runs_on(test, line, cpu);
	KUNIT_EXPECT_EQ(test, sim_runs(line), runs + 2);
	sim_expect_account(test, line, NULL);
}

/* C16: without an affinity to set, a line is delivered on the CPU which fires it. */
static void kind_no_affinity(struct kunit *test)
{
	struct sim_line *line = kind_request(test, 0, sim_note_context);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct sim_test *st = test->priv;
	unsigned int cpu;
	int here;

	sim_need_two_cpus(test);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), -EINVAL);
	line->cpu = -1;
	sim_remote_start(&remote);
	here = smp_processor_id();
	flush_work(&remote.work);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, line->cpu, remote.cpu);
	line->cpu = -1;
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, line->cpu, here);
	sim_remote_end(&remote);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	sim_expect_account(test, line, NULL);
}

/* Tracks the number of latches which the last run of the thread has seen. */
struct kind_sequence {
	struct sim_line	*line;
	atomic_long_t	seen;
	atomic_t	fired;
	atomic_t	stop;
};

static struct kind_sequence kind_seq;

static irqreturn_t kind_seq_thread(int irq, void *data)
{
	struct sim_line *line = data;
	struct irq_sim_account is;

	if (!irq_sim_get_account(line->st->domain, line->hwirq, &is))
		atomic_long_set(&kind_seq.seen, is.latched);
	return IRQ_HANDLED;
}

static void kind_seq_flood(struct sim_line *line)
{
	while (!atomic_read(&kind_seq.stop)) {
		sim_fire(line);
		atomic_inc(&kind_seq.fired);
		sim_poll();
	}
}

/* C3: every latch is followed by a thread run which sees it, while another CPU floods. */
static void kind_thread_sees(struct kunit *test)
{
	/* Each of them waits for the next tick */
	bool slow = !sim_is_soft(test) && !arch_irq_work_has_interrupt();
	int rounds = slow ? 50 : 3000, late = 0, i;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];
	struct sim_remote remote = { .fn = kind_seq_flood, .line = line };
	struct irq_sim_account is;

	sim_need_two_cpus(test);
	memset(&kind_seq, 0, sizeof(kind_seq));
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread,
						      kind_seq_thread, IRQF_NO_THREAD,
						      "irq_sim_kunit", line));
	sim_remote_start(&remote);
	KUNIT_EXPECT_TRUE(test, sim_wait(&kind_seq.fired));
	for (i = 0; i < rounds && !late; i++) {
		struct sim_patience patience = {};

		sim_fire(line);
		/* Wait for the latch of this fire at least */
		irq_sim_get_account(st->domain, line->hwirq, &is);
		while ((long)(is.latched - atomic_long_read(&kind_seq.seen)) > 0) {
			if (sim_gave_up(&patience)) {
				late++;
				break;
			}
			sim_poll();
		}
	}
	atomic_set(&kind_seq.stop, 1);
	sim_remote_end(&remote);
	KUNIT_EXPECT_EQ_MSG(test, late, 0, "round %d: latch %lu, seen %ld", i, is.latched,
			    atomic_long_read(&kind_seq.seen));

	irq_sim_synchronize(st->domain);
	synchronize_irq(line->virq);
	sim_expect_account(test, line, NULL);
	irq_sim_get_account(st->domain, line->hwirq, &is);
	KUNIT_EXPECT_EQ(test, is.waiting, 0);
	KUNIT_EXPECT_EQ(test, is.latched, atomic_long_read(&kind_seq.seen));
}

/* What debugfs shows of the kind of a chip, and of the CPUs where it has served. */
static void kind_shown(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line;
	char expected[48];
	int here, cpu;

	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_DEBUGFS))
		kunit_skip(test, "needs CONFIG_GENERIC_IRQ_DEBUGFS");
	line = kind_request(test, 0, NULL);
	migrate_disable();
	here = smp_processor_id();
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
	}
	migrate_enable();
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);

	snprintf(expected, sizeof(expected), " kind: %s delivery: ",
		 sim_kind_is_eoi(test) ? "eoi" : "ack");
	KUNIT_EXPECT_TRUE(test, sim_chip_shows(test, st->domain, expected));
	for_each_online_cpu(cpu) {
		snprintf(expected, sizeof(expected), "cpu%d served: %d\n", cpu,
			 cpu == here ? 2 : 0);
		KUNIT_EXPECT_TRUE_MSG(test, sim_chip_shows(test, st->domain, expected), "%s",
				      expected);
	}
	KUNIT_EXPECT_TRUE(test, sim_shows(test, line, " line: started low\n"));
}

/* Each claim is traced once, with the CPU on whose list the line is put, and so is its release. */
static void kind_traced(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = kind_request(test, 0, NULL);
	struct sim_traced *traced = sim_trace_claims(test, line);
	int cpu, claims = 0;

	/* From this CPU, whichever it is, to each CPU */
	for_each_online_cpu(cpu) {
		if (IS_ENABLED(CONFIG_SMP))
			KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		for (int wire = 0; wire < 2; wire++) {
			KUNIT_EXPECT_EQ(test, wire ? sim_wire(line, true) : sim_fire(line), 1);
			irq_sim_synchronize(st->domain);
			sim_expect_claims(test, traced, cpu, ++claims);
		}
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
	}
	sim_untrace_claims(traced);
	KUNIT_EXPECT_EQ(test, sim_runs(line), claims);
}

static struct kunit_case irq_sim_kind_cases[] = {
	KUNIT_CASE_PARAM(kind_in_progress, kind_gen_params),
	KUNIT_CASE_PARAM(kind_merged, kind_gen_params),
	KUNIT_CASE_PARAM(kind_unlazy, kind_gen_params),
	KUNIT_CASE_PARAM(kind_dropped, kind_gen_params),
	KUNIT_CASE_PARAM(kind_kept_again, kind_gen_params),
	KUNIT_CASE_PARAM(kind_handed_in, kind_gen_params),
	KUNIT_CASE_PARAM(kind_chained, kind_gen_params),
	KUNIT_CASE_PARAM(kind_fire_in_handler, kind_gen_params),
	KUNIT_CASE_PARAM(kind_level, kind_gen_params),
	KUNIT_CASE_PARAM(kind_beside_thread, kind_gen_params),
	KUNIT_CASE_PARAM(kind_thread_sees, kind_gen_params),
	KUNIT_CASE_PARAM(kind_shown, kind_gen_params),
	KUNIT_CASE_PARAM(kind_traced, kind_gen_params),
	KUNIT_CASE_PARAM(kind_eoi_thread, eoi_gen_params),
	KUNIT_CASE_PARAM(kind_eoi_disabled, eoi_gen_params),
	KUNIT_CASE_PARAM(kind_eoi_level, eoi_gen_params),
	KUNIT_CASE_PARAM(kind_single, single_gen_params),
	KUNIT_CASE_PARAM(kind_no_affinity, here_gen_params),
	{}
};

struct kunit_suite irq_sim_kind_suite = {
	.name = "irq_sim_kind",
	.init = sim_kind_init,
	.exit = sim_exit,
	.test_cases = irq_sim_kind_cases,
};
