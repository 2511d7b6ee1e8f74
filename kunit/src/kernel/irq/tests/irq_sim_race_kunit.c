// SPDX-License-Identifier: GPL-2.0
/*
 * Timers and other CPUs which land in the middle of a fire.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

#define SIM_WIRE_ROUNDS	5000

static void sim_toggle(struct sim_line *line)
{
	struct sim_test *st = line->st;

	for (int i = 0; i < SIM_WIRE_ROUNDS; i++) {
		if (irq_sim_set_line(st->domain, line->hwirq, !(i & 1)) == 1)
			atomic_inc(&st->latched);
		if (i % 16 == 0)
			cond_resched();
	}
}

/* C3, C7: two CPUs drive one wire. Every edge that latched runs, and no other. */
static void chip_wire_race(struct kunit *test)
{
	static const unsigned long types[] = {
		IRQF_TRIGGER_RISING,
		IRQF_TRIGGER_FALLING,
		IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING,
		IRQF_TRIGGER_HIGH,
	};
	struct sim_test *st = test->priv;
	/*
	 * In hard interrupt context, a CPU which raises a level and is
	 * interrupted by it never gets to lower it, once the other CPU has
	 * finished.
	 */
	int n = ARRAY_SIZE(types) - !sim_is_soft(test);

	sim_need_two_cpus(test);
	for (int i = 0; i < n; i++) {
		struct sim_line *line = &st->line[i];
		struct sim_remote remote = { .fn = sim_toggle, .line = line };
		int runs;

		KUNIT_ASSERT_EQ(test, sim_request(line, types[i]), 0);
		atomic_set(&st->latched, 0);
		sim_remote_start(&remote);
		sim_toggle(line);
		sim_remote_end(&remote);

		sim_wire(line, false);
		irq_sim_synchronize(st->domain);
		runs = sim_runs(line);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
		if (types[i] != IRQF_TRIGGER_HIGH) {
			KUNIT_EXPECT_GT(test, runs, 0);
			KUNIT_EXPECT_EQ_MSG(test, runs, atomic_read(&st->latched),
					    "type %lu", types[i]);
			KUNIT_EXPECT_EQ(test, sim_account(test, line).latched,
					atomic_read(&st->latched));
			sim_account_balances(test, line);
			continue;
		}
		/* Low, so it is at rest, and the next edge is served like the first one */
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
		line->type = types[i];
		line->on_irq = sim_served;
		KUNIT_EXPECT_EQ(test, sim_event(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs + 1);
	}
}

/* The maximum number of attempts, and of hits */
#define SIM_LANDINGS	2000
#define SIM_HITS	100

static void sim_spin(int turns)
{
	while (turns-- > 0)
		cpu_relax();
}

static void sim_land(struct sim_landing *landing)
{
	landing->landed = READ_ONCE(landing->phase);
	landing->ret = sim_fire(landing->line);
	atomic_inc_return_release(&landing->done);
}

static enum hrtimer_restart sim_land_timer(struct hrtimer *timer)
{
	sim_land(container_of(timer, struct sim_landing, timer));
	return HRTIMER_NORESTART;
}

static void sim_land_work(struct work_struct *work)
{
	struct sim_landing *landing = container_of(work, struct sim_landing, work);

	for (int i = 1; ; i++) {
		int go;

		while ((go = atomic_read_acquire(&landing->go)) < i) {
			if (go < 0)
				return;
			cond_resched();
		}
		sim_spin(-READ_ONCE(landing->wait));
		sim_land(landing);
	}
}

/* Get nearer, in steps which get smaller with each crossing. */
static void sim_land_nearer(struct sim_landing *landing)
{
	if (landing->landed == 1)
		return;
	if (landing->landed == landing->last)
		landing->step += landing->step / 4 + 1;
	else
		landing->step = landing->step / 2 + 1;
	landing->wait += landing->landed == 2 ? landing->step : -landing->step;
	landing->wait = clamp(landing->wait, -100000, 100000);
	landing->last = landing->landed;
}

/*
 * C3, C4: while irq_sim_fire() is working on a line, an interrupt on this CPU
 * or another CPU fires the same line. The delay is bisected until that fire
 * lands inside, where chance makes it visit each instruction. The account is
 * exact wherever it lands.
 */
static void sim_landing(struct kunit *test, bool remote)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_landing *landing = kunit_kzalloc(test, sizeof(*landing), GFP_KERNEL);
	int landed[3] = {}, merged = 0, wrong = 0;
	bool lost = false;

	KUNIT_ASSERT_NOT_NULL(test, landing);
	landing->line = line;
	landing->step = 1000;
	hrtimer_setup(&landing->timer, sim_land_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	INIT_WORK(&landing->work, sim_land_work);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	migrate_disable();
	if (remote)
		schedule_work_on(sim_other_cpu(), &landing->work);
	for (int i = 1; i <= SIM_LANDINGS && landed[1] < SIM_HITS && !lost; i++) {
		int runs = sim_runs(line), ret;
		struct sim_patience patience;

		WRITE_ONCE(landing->phase, 0);
		if (remote)
			atomic_set_release(&landing->go, i);
		else
			hrtimer_start(&landing->timer, us_to_ktime(20),
				      HRTIMER_MODE_REL_PINNED_HARD);
		sim_spin(landing->wait);
		WRITE_ONCE(landing->phase, 1);
		ret = sim_fire(line);
		WRITE_ONCE(landing->phase, 2);

		patience = (struct sim_patience) {};
		while (atomic_read_acquire(&landing->done) < i && !lost) {
			lost = sim_gave_up(&patience);
			sim_poll();
		}
		irq_sim_synchronize(st->domain);
		if (lost)
			break;
		landed[landing->landed]++;
		merged += ret + landing->ret == 1;
		if (sim_runs(line) - runs != ret + landing->ret || ret + landing->ret < 1)
			wrong++;
		sim_land_nearer(landing);
	}
	hrtimer_cancel(&landing->timer);
	atomic_set_release(&landing->go, -1);
	flush_work(&landing->work);
	migrate_enable();

	kunit_info(test, "early %d, inside %d, late %d, merged %d\n",
		   landed[0], landed[1], landed[2], merged);
	KUNIT_EXPECT_FALSE(test, lost);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	sim_account_balances(test, line);
	/* Do not turn a failure into a skip */
	if (!landed[1] && test->status != KUNIT_FAILURE)
		kunit_mark_skipped(test, "none landed inside: is the clock too coarse?");
}

static void chip_land_interrupt(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_HIGH_RES_TIMERS))
		kunit_skip(test, "needs CONFIG_HIGH_RES_TIMERS");
	if (!sim_is_soft(test) && !arch_irq_work_has_interrupt())
		kunit_skip(test, "each delivery waits for the tick");
	sim_landing(test, false);
}

static void chip_land_other_cpu(struct kunit *test)
{
	sim_need_two_cpus(test);
	if (!sim_is_soft(test) && !arch_irq_work_has_interrupt())
		kunit_skip(test, "each delivery waits for the tick");
	sim_landing(test, true);
}

static struct kunit_case irq_sim_race_cases[] = {
	KUNIT_CASE_PARAM_ATTR(chip_wire_race, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_land_interrupt, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(chip_land_other_cpu, delivery_gen_params, sim_slow),
	{}
};

struct kunit_suite irq_sim_race_suite = {
	.name = "irq_sim_race",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_race_cases,
};
