// SPDX-License-Identifier: GPL-2.0
/*
 * An interrupt fires the line at each instruction of a fire, its delivery, a mask and an
 * unmask. On a machine whose clock counts instructions (qemu -icount) it lands at each of them;
 * elsewhere, at random ones.
 */

#include <asm/irq_regs.h>
#include <linux/moduleparam.h>

#include "irq_sim_kunit.h"

static unsigned int every_steps = 100;
module_param(every_steps, uint, 0444);
MODULE_PARM_DESC(every_steps, "Instructions to land at, one after the other");

static bool every_lands = true;
module_param(every_lands, bool, 0444);
MODULE_PARM_DESC(every_lands, "The interrupt comes (default); if not, once without it");

static bool every_show;
module_param(every_show, bool, 0444);
MODULE_PARM_DESC(every_show, "Print where the interrupts came");

#define EVERY_ADDRESSES	16384
/* Longer than it takes to start the timer. Two of them, as timers have a granularity */
#define EVERY_LEAD_NS	30000
#define EVERY_LEADS	2

/**
 * struct every - a fire which is meant to land at each instruction
 * @line:	the line
 * @timer:	fires it
 * @lead:	delay of the timer
 * @latched:	fires which made a latch
 * @phase:	0 before the interrupted code, 1 inside it, 2 after it
 * @landed:	the phase in which the timer fired, -1 if it has not
 * @at:		addresses of all instructions at which it fired
 * @n:		number of addresses in @at
 */
struct every {
	struct sim_line	*line;
	struct hrtimer	timer;
	unsigned int	lead;
	atomic_t	latched;
	int		phase;
	int		landed;
	unsigned long	at[EVERY_ADDRESSES];
	unsigned int	n;
};

/* The operation to be interrupted. */
enum every_what { EVERY_FIRE, EVERY_MERGE, EVERY_MASKED, EVERY_MASK, EVERY_UNMASK, EVERY_WIRE };

struct every_param {
	struct sim_param	sim;
	enum every_what		what;
};

#define EVERY_PARAM(_delivery, _what, _name)	\
	{ { IRQ_SIM_DELIVER_##_delivery, 0, _name }, EVERY_##_what }

static const struct every_param every_params[] = {
	EVERY_PARAM(TASKLET, FIRE, "fire tasklet"),
	EVERY_PARAM(BH_WORK, FIRE, "fire bh_work"),
	EVERY_PARAM(HARDIRQ, FIRE, "fire hardirq"),
	EVERY_PARAM(TASKLET, MERGE, "merge tasklet"),
	EVERY_PARAM(TASKLET, MASKED, "masked tasklet"),
	EVERY_PARAM(HARDIRQ, MASKED, "masked hardirq"),
	EVERY_PARAM(TASKLET, MASK, "mask tasklet"),
	EVERY_PARAM(TASKLET, UNMASK, "unmask tasklet"),
	EVERY_PARAM(HARDIRQ, UNMASK, "unmask hardirq"),
	EVERY_PARAM(TASKLET, WIRE, "wire tasklet"),
};

static enum hrtimer_restart every_fn(struct hrtimer *timer)
{
	struct every *every = container_of(timer, struct every, timer);
	struct pt_regs *regs = get_irq_regs();

	if (regs && every->phase == 1 && every->n < EVERY_ADDRESSES)
		every->at[every->n++] = instruction_pointer(regs);
	if (sim_fire(every->line) == 1)
		atomic_inc(&every->latched);
	WRITE_ONCE(every->landed, every->phase);
	return HRTIMER_NORESTART;
}

static void every_note(struct every *every, int ret)
{
	if (ret == 1)
		atomic_inc(&every->latched);
}

/* The code to be interrupted: only the calls under test. */
static noinline void every_do(struct every *every, enum every_what what)
{
	struct sim_line *line = every->line;
	struct irq_domain *domain = line->st->domain;

	switch (what) {
	case EVERY_FIRE:
	case EVERY_MERGE:
	case EVERY_MASKED:
		every_note(every, irq_sim_fire(domain, line->hwirq));
		break;
	case EVERY_MASK:
		disable_irq_nosync(line->virq);
		break;
	case EVERY_UNMASK:
		enable_irq(line->virq);
		break;
	case EVERY_WIRE:
		every_note(every, irq_sim_set_line(domain, line->hwirq, true));
		break;
	}
}

/* Wait for about @n instructions: the loop has three, and a step is one. */
static noinline void every_wait(unsigned int n)
{
	for (unsigned int i = 0; i < n / 8; i++)
		barrier_data(&i);
	switch (n % 8) {
	case 7:
		asm volatile("nop");
		fallthrough;
	case 6:
		asm volatile("nop");
		fallthrough;
	case 5:
		asm volatile("nop");
		fallthrough;
	case 4:
		asm volatile("nop");
		fallthrough;
	case 3:
		asm volatile("nop");
		fallthrough;
	case 2:
		asm volatile("nop");
		fallthrough;
	case 1:
		asm volatile("nop");
	}
}

static void every_step(struct kunit *test, struct every *every, enum every_what what, int wait)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = every->line;
	bool masked = what == EVERY_MASKED || what == EVERY_UNMASK;
	unsigned long flags = 0;

	if (masked)
		disable_irq(line->virq);
	if (what == EVERY_MERGE) {
		flags = sim_hold_cpu(test);
		every_note(every, sim_fire(line));
	}
	every->phase = 0;
	every->landed = every_lands ? -1 : 2;
	if (every_lands)
		hrtimer_start(&every->timer, ns_to_ktime(every->lead), HRTIMER_MODE_REL_HARD);
	every_wait(wait);
	WRITE_ONCE(every->phase, 1);
	every_do(every, what);
	WRITE_ONCE(every->phase, 2);
	while (READ_ONCE(every->landed) < 0)
		cpu_relax();
	if (what == EVERY_MERGE)
		sim_release_cpu(test, flags);
	if (what == EVERY_WIRE)
		sim_wire(line, false);
	if (what == EVERY_MASKED || what == EVERY_MASK)
		enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
}

/* Find where the timer fires with one lead. */
static void every_lead(struct kunit *test, struct every *every, enum every_what what,
		       unsigned int landed[3])
{
	unsigned int lo = 0, hi = 2 * EVERY_LEAD_NS;

	/* The shortest wait with which the timer fires before the wait is over */
	while (every_lands && hi - lo > 8) {
		unsigned int wait = lo + (hi - lo) / 2;

		every_step(test, every, what, wait);
		if (every->landed)
			lo = wait;
		else
			hi = wait;
	}
	/* From there on it fires later and later */
	hi += 16;
	for (unsigned int i = 0; i < (every_lands ? every_steps : 1) && i < hi; i++) {
		every_step(test, every, what, hi - i);
		landed[every->landed]++;
	}
}

static void every_instruction(struct kunit *test)
{
	const struct every_param *param = test->param_value;
	struct every *every = kunit_kzalloc(test, sizeof(*every), GFP_KERNEL);
	struct sim_test *st = test->priv;
	unsigned long end = jiffies + 2 * HZ;
	unsigned int landed[3] = { };

	KUNIT_ASSERT_NOT_NULL(test, every);
	/* Suites may run a few ticks before timers switch to high resolution */
	while (IS_ENABLED(CONFIG_HIGH_RES_TIMERS) && hrtimer_resolution > NSEC_PER_USEC &&
	       time_before(jiffies, end))
		sim_poll();
	if (every_lands && hrtimer_resolution > NSEC_PER_USEC)
		kunit_skip(test, "no high resolution timers: interrupts come with the tick");
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && param->what == EVERY_MERGE)
		kunit_skip(test, "nothing holds softirqs back from ksoftirqd");
	every->line = &st->line[1];
	hrtimer_setup(&every->timer, every_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	irq_set_status_flags(every->line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(every->line, IRQF_TRIGGER_RISING), 0);

	for (unsigned int i = 0; i < EVERY_LEADS; i++) {
		every->lead = EVERY_LEAD_NS + i * 7;
		every_lead(test, every, param->what, landed);
	}

	kunit_info(test, "%u before, %u in it, %u behind it\n", landed[0], landed[1], landed[2]);
	for (unsigned int i = 0; every_show && i < every->n; i++)
		kunit_info(test, "landed at %#lx\n", every->at[i]);

	KUNIT_EXPECT_EQ(test, sim_runs(every->line), atomic_read(&every->latched));
	KUNIT_EXPECT_EQ(test, atomic_read(&every->line->nested), 0);
	sim_account_balances(test, every->line);
	free_irq(every->line->virq, every->line);
	irq_clear_status_flags(every->line->virq, IRQ_DISABLE_UNLAZY);
}

KUNIT_ARRAY_PARAM_DESC(every, every_params, sim.name);

static struct kunit_case irq_sim_every_cases[] = {
	KUNIT_CASE_PARAM(every_instruction, every_gen_params),
	{}
};

struct kunit_suite irq_sim_every_suite = {
	.name = "irq_sim_every",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_every_cases,
};
