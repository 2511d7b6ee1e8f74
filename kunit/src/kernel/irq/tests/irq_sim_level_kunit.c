// SPDX-License-Identifier: GPL-2.0
/*
 * Levels which are served many times in a row.
 */

#include "irq_sim_kunit.h"

/* How many times in a row a level is served, and by which delivery. */
struct level_param {
	struct sim_param	sim;
	int			k;
};

static const struct level_param level_params[] = {
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 1" }, 1 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 1" }, 1 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 8" }, 8 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 8" }, 8 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 10" }, 10 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 10" }, 10 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 11" }, 11 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 11" }, 11 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 16" }, 16 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 16" }, 16 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 64" }, 64 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 64" }, 64 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 255" }, 255 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 255" }, 255 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 256" }, 256 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 256" }, 256 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 257" }, 257 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 257" }, 257 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 2559" }, 2559 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 2559" }, 2559 },
	{ { IRQ_SIM_DELIVER_TASKLET, 0, "tasklet 2560" }, 2560 },
	{ { IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work 2560" }, 2560 },
};

KUNIT_ARRAY_PARAM_DESC(level, level_params, sim.name);

static struct task_struct *level_task;

/* Lower the wire in the k-th run. */
static void level_lower(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (current != level_task)
		atomic_inc(&st->entered);
	if (sim_begun(line) == atomic_read(&st->runs))
		sim_wire(line, false);
}

static irqreturn_t level_nothing(int irq, void *data)
{
	return IRQ_HANDLED;
}

/* Are handlers forced into threads? Request one to find out. */
static bool level_forced_threads(struct kunit *test, struct sim_line *line)
{
	bool forced;

	KUNIT_ASSERT_EQ(test, request_irq(line->virq, level_nothing, 0, "irq_sim_kunit", line),
			0);
	forced = irq_data_to_desc(irq_get_irq_data(line->virq))->action->thread;
	free_irq(line->virq, line);
	return forced;
}

/*
 * C27: a level is served k times, where k is up to the number of softirq passes times the
 * budget. All runs have happened when the task which raised the level continues, and none of
 * them in ksoftirqd.
 *
 * Delivery has to hand over to ksoftirqd when its time is used up or somebody wants the CPU.
 * Whether there was such a reason can be seen afterwards: jiffies are beyond the limit, or the
 * CPU is still wanted, as the scheduler is not called while preemption is disabled. RCU may
 * want the CPU, too, and then the scheduler picks the same task again. Only an attempt with
 * such a reason is repeated.
 */
static void level_served(struct kunit *test)
{
	const struct level_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	bool undisturbed = false;
	int at_once = param->k;
	int try;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "softirqs can be preempted by any task");
	/*
	 * With threadirqs a real-time task serves only what is pending, once in each of the ten
	 * passes of softirqs. In each pass, BH workers start ten times.
	 */
	if (level_forced_threads(test, &st->line[3]))
		at_once = min(at_once, param->sim.delivery == IRQ_SIM_DELIVER_BH_WORK ? 100 : 10);

	level_task = current;
	line->on_irq = level_lower;
	atomic_set(&st->runs, param->k);
	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_HIGH), 0);

	for (try = 0; try < 100 && !undisturbed; try++) {
		unsigned long start, limit;
		int runs, elsewhere, ret;

		atomic_set(&line->begun, 0);
		atomic_set(&line->handled, 0);
		atomic_set(&st->entered, 0);
		/* No task of lower priority can want the CPU, and a jiffy has just started */
		sched_set_fifo(current);
		start = jiffies;
		while (!time_after(jiffies, start))
			sim_poll();
		preempt_disable();
		start = jiffies;
		limit = start + msecs_to_jiffies(2);
		ret = sim_wire(line, true);
		runs = sim_runs(line);
		elsewhere = atomic_read(&st->entered);
		undisturbed = !need_resched() && time_before(jiffies, limit);
		preempt_enable();
		sched_set_normal(current, 0);

		KUNIT_EXPECT_EQ(test, ret, 1);
		if (undisturbed) {
			KUNIT_EXPECT_EQ(test, runs, at_once);
			KUNIT_EXPECT_EQ(test, elsewhere, 0);
		}
		/* All runs happen, with or without ksoftirqd */
		start = jiffies;
		while (sim_runs(line) < param->k && time_before(jiffies, start + SIM_TIMEOUT))
			sim_poll();
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), param->k);
		KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
		if (sim_runs(line) != param->k) {
			sim_wire(line, false);
			return;
		}
	}
	if (!undisturbed && test->status != KUNIT_FAILURE)
		kunit_skip(test, "%d runs take more than 2 ms, or the CPU was wanted, %d times",
			   param->k, try);
}

static struct kunit_case irq_sim_level_cases[] = {
	KUNIT_CASE_PARAM(level_served, level_gen_params),
	{}
};

struct kunit_suite irq_sim_level_suite = {
	.name = "irq_sim_level",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_level_cases,
};
