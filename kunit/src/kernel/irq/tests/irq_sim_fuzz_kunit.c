// SPDX-License-Identifier: GPL-2.0
/*
 * Random calls of the driver API from two tasks: each call succeeds or fails with a documented
 * error, and afterwards each line still works.
 */

#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/rwsem.h>

#include "irq_sim_kunit.h"

/*
 * Stands for the number of a line which is not mapped, to be refused. It is above that of
 * any interrupt; 0 is the timer on some machines.
 */
#define FUZZ_NO_IRQ	INT_MAX

static unsigned int fuzz_calls = 2000;
module_param(fuzz_calls, uint, 0444);
MODULE_PARM_DESC(fuzz_calls, "Calls of the driver API by each of the two tasks");

static unsigned int fuzz_seed = 1;
module_param(fuzz_seed, uint, 0444);
MODULE_PARM_DESC(fuzz_seed, "Start of the random numbers");

/**
 * struct fuzz_line - what the tasks have done to a line
 * @lock:	protects the state of paired calls
 * @requested:	it has an owner
 * @depth:	how often it is disabled
 * @wake:	how often wakeup is enabled
 */
struct fuzz_line {
	struct mutex	lock;	/* see above */
	bool		requested;
	int		depth;
	int		wake;
};

/**
 * struct fuzz - state shared by both tasks
 * @st:		the chip and its lines
 * @line:	state of the lines
 * @maps:	held for writing to map and dispose, for reading to use the number of a line
 * @wrong:	number of undocumented results
 * @call:	call with the first undocumented result
 * @ret:	first undocumented result
 */
struct fuzz {
	struct sim_test		*st;
	struct fuzz_line	line[SIM_LINES];
	struct rw_semaphore	maps;
	atomic_t		wrong;
	const char		*call;
	int			ret;
};

/**
 * struct fuzz_task - one of the tasks
 * @fuzz:	the shared state
 * @random:	its random numbers
 * @calls:	number of calls made
 * @done:	it has made all its calls
 */
struct fuzz_task {
	struct fuzz		*fuzz;
	struct rnd_state	random;
	unsigned int		calls;
	struct completion	done;
};

/* What the device does when it is served: it lowers the wire, whatever the level is. */
static void fuzz_served(struct sim_line *line)
{
	u32 type = irq_get_trigger_type(line->virq);

	if (type & IRQ_TYPE_LEVEL_MASK)
		irq_sim_set_line(line->st->domain, line->hwirq, type & IRQ_TYPE_LEVEL_LOW);
}

static irqreturn_t fuzz_handler(int irq, void *data)
{
	struct sim_line *line = data;

	fuzz_served(line);
	/* Occasionally fire another line */
	if (atomic_inc_return(&line->begun) % 8 == 0)
		irq_sim_fire(line->st->domain, (line->hwirq + 1) % SIM_LINES);
	atomic_inc(&line->handled);
	return IRQ_HANDLED;
}

static irqreturn_t fuzz_wake(int irq, void *data)
{
	fuzz_handler(irq, data);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t fuzz_thread(int irq, void *data)
{
	fuzz_served(data);
	return IRQ_HANDLED;
}

static void fuzz_wrong(struct fuzz *fuzz, const char *call, int ret)
{
	if (atomic_inc_return(&fuzz->wrong) == 1) {
		fuzz->ret = ret;
		WRITE_ONCE(fuzz->call, call);
	}
}

static void fuzz_check(struct fuzz *fuzz, const char *call, int ret)
{
	switch (ret) {
	case 0:
	case 1:
	case -EBUSY:
	case -EINVAL:
	case -ENXIO:
	case -EOPNOTSUPP:
		return;
	}
	fuzz_wrong(fuzz, call, ret);
}

#define FUZZ(fuzz, call)	fuzz_check(fuzz, #call, call)

/* Check a call for a line of the chip, which may not be mapped or not be started. */
static void fuzz_check_line(struct fuzz *fuzz, const char *call, int ret, int most)
{
	if (ret != -ENXIO && (ret < 0 || ret > most))
		fuzz_wrong(fuzz, call, ret);
}

#define FUZZ_LINE(fuzz, call, most)	fuzz_check_line(fuzz, #call, call, most)

static int fuzz_request(struct fuzz *fuzz, struct sim_line *line, u32 r)
{
	static const unsigned long flags[] = {
		0, IRQF_NO_THREAD, IRQF_NO_AUTOEN, IRQF_NOBALANCING, IRQF_TRIGGER_RISING,
		IRQF_TRIGGER_FALLING, IRQF_TRIGGER_HIGH, IRQF_TRIGGER_LOW,
	};
	unsigned long flag = flags[r % ARRAY_SIZE(flags)];
	int ret;

	switch (r >> 16 & 3) {
	case 0:
		ret = request_threaded_irq(line->virq, NULL, fuzz_thread,
					   flag | IRQF_ONESHOT, "fuzz", line);
		break;
	case 1:
		ret = request_threaded_irq(line->virq, fuzz_wake, fuzz_thread, flag, "fuzz",
					   line);
		break;
	default:
		ret = request_irq(line->virq, fuzz_handler, flag, "fuzz", line);
		break;
	}
	if (!ret)
		fuzz->line[line->hwirq].depth = !!(flag & IRQF_NO_AUTOEN);
	return ret;
}

static void fuzz_free(struct fuzz_line *mine, struct sim_line *line)
{
	while (mine->wake) {
		irq_set_irq_wake(line->virq, 0);
		mine->wake--;
	}
	free_irq(line->virq, line);
	mine->requested = false;
	mine->depth = 0;
}

/* Calls which are paired, or must not run concurrently with others of their kind. */
static void fuzz_in_pairs(struct fuzz *fuzz, struct sim_line *line, u32 r)
{
	struct fuzz_line *mine = &fuzz->line[line->hwirq];

	guard(mutex)(&mine->lock);
	switch (r >> 8 & 7) {
	case 0:
		if (!mine->requested && line->virq) {
			int ret = fuzz_request(fuzz, line, r);

			mine->requested = !ret;
			fuzz_check(fuzz, "request_irq", ret);
		}
		break;
	case 1:
		if (mine->requested && r & 0x10000)
			fuzz_free(mine, line);
		break;
	case 2:
	case 3:
		if (mine->requested && mine->depth < 3) {
			mine->depth++;
			if (r & 0x10000)
				disable_irq(line->virq);
			else
				disable_irq_nosync(line->virq);
		}
		break;
	case 4:
	case 5:
		if (mine->depth) {
			mine->depth--;
			enable_irq(line->virq);
		}
		break;
	case 6:
		if (mine->requested && !irq_set_irq_wake(line->virq, 1))
			mine->wake++;
		break;
	default:
		if (mine->wake) {
			mine->wake--;
			FUZZ(fuzz, irq_set_irq_wake(line->virq, 0));
		}
	}
}

static void fuzz_map(struct fuzz *fuzz, struct sim_line *line)
{
	guard(rwsem_write)(&fuzz->maps);
	if (fuzz->line[line->hwirq].requested)
		return;
	if (line->virq) {
		irq_dispose_mapping(line->virq);
		line->virq = 0;
	} else {
		line->virq = sim_map(line->st->domain, line->hwirq);
		fuzz_check(fuzz, "irq_create_mapping", line->virq ? 0 : -ENOMEM);
	}
}

static void fuzz_affinity(struct fuzz *fuzz, unsigned int virq, u32 r)
{
	unsigned int cpu = (r >> 8) % nr_cpu_ids;

	if (r & 0x10000)
		FUZZ(fuzz, irq_set_affinity(virq, cpu_possible_mask));
	else if (r & 0x20000)
		FUZZ(fuzz, irq_set_affinity(virq, cpumask_of(cpu)));
	else
		FUZZ(fuzz, irq_set_affinity(virq, cpu_none_mask));
}

static void fuzz_call(struct fuzz *fuzz, struct sim_line *line, u32 r)
{
	static const enum irqchip_irq_state states[] = {
		IRQCHIP_STATE_PENDING, IRQCHIP_STATE_ACTIVE, IRQCHIP_STATE_MASKED,
		IRQCHIP_STATE_LINE_LEVEL,
	};
	static const unsigned int types[] = {
		IRQ_TYPE_NONE, IRQ_TYPE_EDGE_RISING, IRQ_TYPE_EDGE_FALLING, IRQ_TYPE_EDGE_BOTH,
		IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_LEVEL_LOW,
	};
	struct irq_domain *domain = line->st->domain;
	enum irqchip_irq_state which = states[(r >> 8) % ARRAY_SIZE(states)];
	struct irq_sim_account account;
	bool state = r & 0x10000;
	unsigned int virq;

	guard(rwsem_read)(&fuzz->maps);
	virq = line->virq ?: FUZZ_NO_IRQ;
	switch (r % 16) {
	case 0 ... 3:
		FUZZ_LINE(fuzz, irq_sim_fire(domain, line->hwirq), 1);
		break;
	case 4:
	case 5:
		FUZZ_LINE(fuzz, irq_sim_set_line(domain, line->hwirq, state), 1);
		break;
	case 6 ... 9:
		fuzz_in_pairs(fuzz, line, r);
		break;
	case 10:
		FUZZ(fuzz, irq_set_irq_type(virq, types[(r >> 8) % ARRAY_SIZE(types)]));
		break;
	case 11:
		fuzz_affinity(fuzz, virq, r);
		break;
	case 12:
		/*
		 * Do not mask behind the back of genirq: it does not mask a disabled line
		 * again, so a level would storm, as on real controllers.
		 */
		if (which != IRQCHIP_STATE_MASKED)
			FUZZ(fuzz, irq_set_irqchip_state(virq, which, state));
		break;
	case 13:
		FUZZ(fuzz, irq_get_irqchip_state(virq, which, &state));
		break;
	case 14:
		if (r & 0x10000)
			synchronize_irq(virq);
		else
			synchronize_hardirq(virq);
		break;
	default:
		if (r & 0x30000)
			FUZZ_LINE(fuzz, irq_sim_get_account(domain, line->hwirq, &account), 0);
		else
			irq_sim_synchronize(domain);
	}
}

static int fuzz_fn(void *data)
{
	struct fuzz_task *mine = data;
	struct fuzz *fuzz = mine->fuzz;

	for (; mine->calls < fuzz_calls; mine->calls++) {
		struct sim_line *line = &fuzz->st->line[prandom_u32_state(&mine->random) % 4];
		u32 r = prandom_u32_state(&mine->random);

		if (r % 64 == 63)
			fuzz_map(fuzz, line);
		else
			fuzz_call(fuzz, line, r >> 3);
		cond_resched();
	}
	/* Execute no further code of a module which may be unloaded */
	kthread_complete_and_exit(&mine->done, 0);
}

static void fuzz_driver_api(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct fuzz *fuzz = kunit_kzalloc(test, sizeof(*fuzz), GFP_KERNEL);
	struct fuzz_task *task = kunit_kcalloc(test, 2, sizeof(*task), GFP_KERNEL);
	struct task_struct *thread;

	KUNIT_ASSERT_NOT_NULL(test, fuzz);
	KUNIT_ASSERT_NOT_NULL(test, task);
	fuzz->st = st;
	init_rwsem(&fuzz->maps);
	for (int i = 0; i < SIM_LINES; i++)
		mutex_init(&fuzz->line[i].lock);

	for (int i = 0; i < 2; i++) {
		task[i].fuzz = fuzz;
		init_completion(&task[i].done);
		prandom_seed_state(&task[i].random, fuzz_seed + i);
		thread = kthread_run(fuzz_fn, &task[i], "irq_sim_fuzz/%d", i);
		if (IS_ERR(thread))
			complete(&task[i].done);
	}
	for (int i = 0; i < 2; i++) {
		wait_for_completion(&task[i].done);
		KUNIT_EXPECT_EQ(test, task[i].calls, fuzz_calls);
	}
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&fuzz->wrong), 0, "%s: %d", fuzz->call, fuzz->ret);

	for (int i = 0; i < 4; i++) {
		struct sim_line *line = &st->line[i];
		struct irq_sim_account is = { };

		if (fuzz->line[i].requested)
			fuzz_free(&fuzz->line[i], line);
		irq_sim_synchronize(st->domain);
		if (!line->virq)
			line->virq = sim_map(st->domain, i);
		KUNIT_ASSERT_NE(test, line->virq, 0);
		KUNIT_EXPECT_EQ(test, irq_sim_get_account(st->domain, i, &is), 0);
		KUNIT_EXPECT_EQ(test, is.waiting, 0);

		/* The line works as before */
		irq_sim_set_line(st->domain, i, false);
		KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_RISING), 0);
		atomic_set(&line->handled, 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(st->domain, i), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
		free_irq(line->virq, line);
	}
}

KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);

static struct kunit_case irq_sim_fuzz_cases[] = {
	KUNIT_CASE_PARAM(fuzz_driver_api, kind_gen_params),
	{}
};

struct kunit_suite irq_sim_fuzz_suite = {
	.name = "irq_sim_fuzz",
	.init = sim_kind_init,
	.exit = sim_exit,
	.test_cases = irq_sim_fuzz_cases,
};
