// SPDX-License-Identifier: GPL-2.0
/*
 * Walk through the model in Documentation/litmus-tests/irq_sim on the chip: in each state the
 * chip does what the model does. spin has searched the model.
 */

#include <linux/moduleparam.h>
#include <linux/prandom.h>

#include "irq_sim_kunit.h"

static unsigned int walk_steps = 500;
module_param(walk_steps, uint, 0444);
MODULE_PARM_DESC(walk_steps, "Length of a walk at random");

static unsigned int walk_seed = 1;
module_param(walk_seed, uint, 0444);
MODULE_PARM_DESC(walk_seed, "Start of its random numbers");

/* The state of a line, as far as the model describes it: started, masked, disabled, ... */
#define S	0x1
#define M	0x2
#define D	0x4
/* latched in the chip, kept by genirq, and the delivery is held */
#define L	0x8
#define K	0x10
#define H	0x20

/**
 * struct walk_step - a step, and its result
 * @step:	f fire, d disable, m mask, e enable, x free, r request, h hold the delivery
 *		back, g let it go
 * @ret:	return value of a fire
 * @runs:	runs of the handler until the line is at rest
 * @merged:	events which genirq merged in this step
 * @state:	state after the step
 */
struct walk_step {
	char	step;
	s8	ret;
	u8	runs;
	u8	merged;
	u8	state;
};

#include "irq_sim_walks.h"

/**
 * struct walk - progress of a walk
 * @line:	the line
 * @flags:	of sim_hold_cpu()
 * @runs:	runs before the step
 * @merged:	merged events before the step
 * @state:	S if the line is started, H if the delivery is held
 */
struct walk {
	struct sim_line	*line;
	unsigned long	flags;
	int		runs;
	unsigned long	merged;
	u8		state;
};

static int walk_do(struct kunit *test, struct walk *walk, char step)
{
	struct sim_line *line = walk->line;

	switch (step) {
	case 'f':
		return sim_fire(line);
	case 'd':
		disable_irq_nosync(line->virq);
		return 0;
	case 'm':
		irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
		disable_irq_nosync(line->virq);
		irq_clear_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
		return 0;
	case 'e':
		enable_irq(line->virq);
		return 0;
	case 'x':
		free_irq(line->virq, line);
		walk->state = 0;
		return 0;
	case 'r':
		walk->state = S;
		return sim_request(line, 0);
	case 'h':
		walk->flags = sim_hold_cpu(test);
		walk->state |= H;
		return 0;
	case 'g':
		walk->state &= ~H;
		sim_let_go(test, walk->flags);
		return 0;
	default:
		return -EINVAL;
	}
}

/* Returns what has become of the line. Unless the delivery is held, it is at rest. */
static struct walk_step walk_look(struct walk *walk, char step, int ret)
{
	struct sim_line *line = walk->line;
	struct irq_sim_account is = { };
	struct walk_step did = { step, ret };
	bool latched;

	if (!(walk->state & H))
		irq_sim_synchronize(line->st->domain);
	irq_sim_get_account(line->st->domain, line->hwirq, &is);
	latched = sim_state(line, IRQCHIP_STATE_PENDING);

	did.runs = sim_runs(line) - walk->runs;
	did.merged = is.merged - walk->merged;
	did.state = walk->state;
	if (sim_state(line, IRQCHIP_STATE_MASKED))
		did.state |= M;
	if (irqd_irq_disabled(irq_get_irq_data(line->virq)))
		did.state |= D;
	if (latched)
		did.state |= L;
	if (is.waiting > latched)
		did.state |= K;

	walk->runs = sim_runs(line);
	walk->merged = is.merged;
	return did;
}

/* A step and its error, which cannot be reported while the delivery is held. */
struct walk_error {
	const struct walk_step	*want;
	struct walk_step	is;
	unsigned int		number;
	u8			from;
};

static bool walk_step(struct kunit *test, struct walk *walk, const struct walk_step *want,
		      u8 from, struct walk_error *error)
{
	int ret = walk_do(test, walk, want->step);
	struct walk_step is = walk_look(walk, want->step, ret);

	if (!memcmp(&is, want, sizeof(is)))
		return true;
	*error = (struct walk_error) { want, is, error->number, from };
	return false;
}

static void walk_end(struct kunit *test, struct walk *walk, const struct walk_error *error)
{
	const struct walk_step *is = &error->is, *want = error->want;

	if (walk->state & H)
		walk_do(test, walk, 'g');
	if (want)
		KUNIT_FAIL(test,
			   "step %u, '%c' in state %#x: returned %d, %u runs, %u merged, state %#x; in the model %d, %u, %u, %#x",
			   error->number, want->step, error->from, is->ret, is->runs, is->merged,
			   is->state, want->ret, want->runs, want->merged, want->state);
	if (walk->state & S)
		free_irq(walk->line->virq, walk->line);
}

/* C22: each step in each state */
static void walk_model(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct walk walk = { .line = &st->line[1], .state = S };
	struct walk_error error = { };
	u8 from = S;

	KUNIT_ASSERT_EQ(test, sim_request(walk.line, 0), 0);
	for (; error.number < ARRAY_SIZE(walk_of_model); error.number++) {
		const struct walk_step *next = &walk_of_model[error.number];

		if (!walk_step(test, &walk, next, from, &error))
			break;
		from = next->state;
	}
	walk_end(test, &walk, &error);
}

/* C22: steps in random order */
static void walk_random(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct walk walk = { .line = &st->line[1], .state = S };
	const struct walk_step *next;
	struct walk_error error = { };
	struct rnd_state random;
	unsigned int i, found;
	u8 from = S;

	prandom_seed_state(&random, walk_seed);
	KUNIT_ASSERT_EQ(test, sim_request(walk.line, 0), 0);
	for (; error.number < walk_steps; error.number++) {
		/* Choose any step which the walk has in this state */
		next = NULL;
		for (i = 0, found = 0; i < ARRAY_SIZE(walk_of_model); i++) {
			if ((i ? walk_of_model[i - 1].state : S) == from &&
			    prandom_u32_state(&random) % ++found == 0)
				next = &walk_of_model[i];
		}
		if (!next) {
			KUNIT_FAIL(test, "no step in state %#x", from);
			break;
		}
		if (!walk_step(test, &walk, next, from, &error))
			break;
		from = next->state;
		if (!(walk.state & H))
			cond_resched();
	}
	walk_end(test, &walk, &error);
}

KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);

static struct kunit_case irq_sim_walk_cases[] = {
	KUNIT_CASE_PARAM(walk_model, kind_gen_params),
	KUNIT_CASE_PARAM(walk_random, kind_gen_params),
	{}
};

struct kunit_suite irq_sim_walk_suite = {
	.name = "irq_sim_walk",
	.init = sim_kind_init,
	.exit = sim_exit,
	.test_cases = irq_sim_walk_cases,
};
