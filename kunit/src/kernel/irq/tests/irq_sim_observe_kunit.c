// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints and debugfs.
 */

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/uio.h>

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

#define SIM_GONE_ROUNDS	100

/* Tracing a chip shows all events, each for the right line. */
static void chip_traced(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = &st->line[6];
	/* Look them up by name, as a module has no direct access */
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->fire);
	KUNIT_ASSERT_NOT_NULL(test, traced->deliver);
	sim_request_all(test, NULL);

	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(traced->fire, sim_traced_fire, traced));
	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(traced->deliver, sim_traced_deliver,
							   traced));
	flags = sim_hold_cpu(test);
	for (int i = 0; i < SIM_LINES; i++) {
		sim_fire(&st->line[i]);
		sim_fire(&st->line[i]);
		sim_fire(&st->line[i]);
	}
	/* An edge merges as well */
	sim_wire(traced->line, true);
	sim_wire(traced->line, false);
	sim_release_cpu(test, flags);
	KUNIT_EXPECT_EQ(test, sim_wire(traced->line, true), 1);
	KUNIT_EXPECT_EQ(test, sim_wire(traced->line, false), 0);
	irq_sim_synchronize(st->domain);
	tracepoint_probe_unregister(traced->deliver, sim_traced_deliver, traced);
	tracepoint_probe_unregister(traced->fire, sim_traced_fire, traced);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, atomic_read(&traced->latched), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&traced->merged), 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&traced->delivered), 2);
	KUNIT_EXPECT_EQ(test, sim_runs(traced->line), 2);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

#ifdef CONFIG_TRACEPOINTS
/**
 * struct sim_inner - fires from within the trace event of another fire
 * @outer:	the line whose fire is interrupted, once
 * @other:	line to fire there
 * @once:	it has happened
 * @ret:	return values of the fires of @other and of @outer from there
 * @runs:	runs of their handlers at that point
 */
struct sim_inner {
	struct sim_line	*outer;
	struct sim_line	*other;
	bool		once;
	int		ret[2];
	int		runs[2];
};

/* The line has been latched, but is not on a list yet. */
static void sim_inner_fire(void *data, const struct irq_domain *domain, irq_hw_number_t hwirq,
			   unsigned int irq, bool latched)
{
	struct sim_inner *inner = data;

	if (domain != inner->outer->st->domain || hwirq != inner->outer->hwirq || inner->once)
		return;
	inner->once = true;
	inner->ret[0] = sim_fire(inner->other);
	inner->ret[1] = sim_fire(inner->outer);
	inner->runs[0] = sim_runs(inner->other);
	inner->runs[1] = sim_runs(inner->outer);
}
#endif

/*
 * C3, C9, C11: a fire takes two steps. A context which interrupts it between the steps and
 * fires gets in front. It may fire the same line: that fire merges, returns before it is
 * handled, and shares the run of the interrupted fire.
 */
static void chip_fire_in_fire(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_traced traced = {};
	struct sim_inner *inner = kunit_kzalloc(test, sizeof(*inner), GFP_KERNEL);
	int order[] = { 2, 5, 1, 3 };
	unsigned long flags;
	int ret[3];

	KUNIT_ASSERT_NOT_NULL(test, inner);
	inner->outer = &st->line[1];
	inner->other = &st->line[5];
	for_each_kernel_tracepoint(sim_find_tracepoint, &traced);
	KUNIT_ASSERT_NOT_NULL(test, traced.fire);
	sim_request_all(test, sim_note_order);

	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(traced.fire, sim_inner_fire, inner));
	flags = sim_hold_cpu(test);
	ret[0] = sim_fire(&st->line[2]);
	ret[1] = sim_fire(inner->outer);
	ret[2] = sim_fire(&st->line[3]);
	sim_release_cpu(test, flags);
	tracepoint_probe_unregister(traced.fire, sim_inner_fire, inner);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_TRUE(test, inner->once);
	KUNIT_EXPECT_EQ(test, inner->ret[0], 1);
	KUNIT_EXPECT_EQ(test, inner->ret[1], 0);
	KUNIT_EXPECT_EQ(test, inner->runs[0], 0);
	KUNIT_EXPECT_EQ(test, inner->runs[1], 0);
	for (int i = 0; i < ARRAY_SIZE(ret); i++)
		KUNIT_EXPECT_EQ(test, ret[i], 1);
	KUNIT_ASSERT_EQ(test, atomic_read(&st->runs), ARRAY_SIZE(order));
	for (int i = 0; i < ARRAY_SIZE(order); i++) {
		KUNIT_EXPECT_EQ_MSG(test, st->order[i], order[i], "run %d", i);
		KUNIT_EXPECT_EQ(test, sim_runs(&st->line[order[i]]), 1);
		sim_account_balances(test, &st->line[order[i]]);
	}
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

/* C11: the same in a task, where the inner fires would otherwise be handled on return. */
static void chip_fire_in_fire_task(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_traced traced = {};
	struct sim_inner *inner = kunit_kzalloc(test, sizeof(*inner), GFP_KERNEL);
	int ret, runs;

	/* PREEMPT_RT may run the probe where softirqs cannot be disabled */
	if (!sim_is_soft(test) || IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "the handler runs when it runs");
	KUNIT_ASSERT_NOT_NULL(test, inner);
	inner->outer = &st->line[1];
	inner->other = &st->line[5];
	for_each_kernel_tracepoint(sim_find_tracepoint, &traced);
	KUNIT_ASSERT_NOT_NULL(test, traced.fire);
	sim_request_all(test, NULL);

	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(traced.fire, sim_inner_fire, inner));
	ret = sim_fire(inner->outer);
	runs = sim_runs(inner->outer);
	tracepoint_probe_unregister(traced.fire, sim_inner_fire, inner);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, inner->ret[0], 1);
	KUNIT_EXPECT_EQ(test, inner->runs[0], 1);
	/* Merged, but not handled yet: the one exception */
	KUNIT_EXPECT_EQ(test, inner->ret[1], 0);
	KUNIT_EXPECT_EQ(test, inner->runs[1], 0);
	KUNIT_EXPECT_EQ(test, ret, 1);
	KUNIT_EXPECT_EQ(test, runs, 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(inner->outer), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(inner->other), 1);
	sim_account_balances(test, inner->outer);
	sim_account_balances(test, inner->other);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

#ifdef CONFIG_TRACEPOINTS
/**
 * struct sim_gone - trace events of a line which comes and goes
 * @line:	the line
 * @fired:	traced fires
 * @wrong:	traced fires with another chip, or without one
 */
struct sim_gone {
	struct sim_line	*line;
	atomic_t	fired;
	atomic_t	wrong;
};

static void sim_gone_fire(void *data, const struct irq_domain *domain, irq_hw_number_t hwirq,
			  unsigned int irq, bool latched)
{
	struct sim_gone *gone = data;

	/* No other chip exists at this time */
	if (domain != gone->line->st->domain)
		atomic_inc(&gone->wrong);
	else if (hwirq == gone->line->hwirq)
		atomic_inc(&gone->fired);
}
#endif

/*
 * C17: a line is disposed of while another CPU fires it and each fire merges. A merging fire
 * does not use a list, so nobody waits for it. Its trace event must still have the chip.
 */
static void chip_traced_dispose(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_gone *gone = kunit_kzalloc(test, sizeof(*gone), GFP_KERNEL);
	struct sim_remote remote = { .fn = sim_fire_until_released, .line = line };
	struct sim_traced traced = {};
	bool merges = true;

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, gone);
	gone->line = line;
	for_each_kernel_tracepoint(sim_find_tracepoint, &traced);
	KUNIT_ASSERT_NOT_NULL(test, traced.fire);

	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(traced.fire, sim_gone_fire, gone));
	sim_remote_start(&remote);
	for (int i = 0; i < SIM_GONE_ROUNDS && merges; i++) {
		int ret;

		/* Masked, so that all fires merge into the first one */
		irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
		ret = sim_request(line, 0);
		KUNIT_EXPECT_EQ(test, ret, 0);
		if (ret)
			break;
		disable_irq(line->virq);
		sim_fire(line);
		atomic_set(&gone->fired, 0);
		merges = sim_wait(&gone->fired);
		free_irq(line->virq, line);
		irq_dispose_mapping(line->virq);
		line->virq = sim_map(st->domain, line->hwirq);
		KUNIT_EXPECT_NE(test, line->virq, 0);
		if (!line->virq)
			break;
	}
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	tracepoint_probe_unregister(traced.fire, sim_gone_fire, gone);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_TRUE(test, merges);
	KUNIT_EXPECT_EQ(test, atomic_read(&gone->wrong), 0);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
static void sim_unmount(void *mnt)
{
	kern_unmount(mnt);
}

/* Mount of debugfs, for the test. */
static struct vfsmount *sim_debugfs(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("debugfs");
	struct vfsmount *mnt;

	KUNIT_ASSERT_NOT_NULL(test, type);
	mnt = kern_mount(type);
	/* put_filesystem() is not exported */
	module_put(type->owner);
	if (PTR_ERR_OR_ZERO(mnt) == -EPERM)
		kunit_skip(test, "debugfs is off");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mnt);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, sim_unmount, mnt));
	return mnt;
}

#define SIM_DEBUG_SIZE	4096

/*
 * Return what a read of a file below /sys/kernel/debug/irq yields, using the file's own open
 * and read functions.
 */
static const char *sim_read(struct kunit *test, struct vfsmount *mnt, const char *dir,
			    const char *name)
{
	char *text = kunit_kzalloc(test, SIM_DEBUG_SIZE, GFP_KERNEL);
	struct kvec kvec = { .iov_base = text, .iov_len = SIM_DEBUG_SIZE - 1 };
	struct iov_iter iter;
	struct path path = {};
	struct kiocb iocb;
	struct file *file;
	char where[64];
	ssize_t ret;

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(where, sizeof(where), "irq/%s/%s", dir, name);
	KUNIT_ASSERT_EQ_MSG(test, 0, vfs_path_lookup(mnt->mnt_root, mnt, where, 0, &path),
			    "%s", where);
	file = dentry_open(&path, O_RDONLY, current_cred());
	path_put(&path);
	if (PTR_ERR_OR_ZERO(file) == -EPERM)
		kunit_skip(test, "debugfs is locked down");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);

	/* seq_read() into a kernel buffer */
	init_sync_kiocb(&iocb, file);
	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, kvec.iov_len);
	ret = seq_read_iter(&iocb, &iter);
	__fput_sync(file);
	KUNIT_EXPECT_GT(test, ret, 0);
	return text;
}

static const char *sim_debug_chip(struct kunit *test, struct vfsmount *mnt)
{
	struct sim_test *st = test->priv;

	return sim_read(test, mnt, "domains", st->domain->name);
}

static const char *sim_debug_line(struct kunit *test, struct vfsmount *mnt, struct sim_line *line)
{
	char name[12];

	snprintf(name, sizeof(name), "%u", line->virq);
	return sim_read(test, mnt, "irqs", name);
}

static void sim_expect_shown(struct kunit *test, const char *text, const char *expected)
{
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, expected), "no \"%s\" in:\n%s", expected,
				  text);
}
#endif

/* Contents of the files of a chip and of a line. */
static void chip_debugfs(struct kunit *test)
{
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	static const char * const deliveries[] = { "hardirq", "tasklet", "bh_work" };
	const struct sim_param *param = test->param_value;
	struct vfsmount *mnt = sim_debugfs(test);
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	unsigned int budget = param->budget;
	const char *shown;
	char expected[96];

	if (!budget)
		budget = sim_is_soft(test) ? 256 : UINT_MAX;
	snprintf(expected, sizeof(expected), "\n lines: %u kind: ack delivery: %s budget: %u\n",
		 SIM_LINES, deliveries[param->delivery], budget);
	shown = sim_debug_chip(test, mnt);
	sim_expect_shown(test, shown, expected);
	sim_expect_shown(test, shown, "\n cpu0 served: 0\n");

	/* A line whose number was not in use at boot has no file */
	if (!IS_ENABLED(CONFIG_SPARSE_IRQ))
		return;
	shown = sim_debug_line(test, mnt, line);
	snprintf(expected, sizeof(expected), "\ndomain:  %s\n hwirq:   0x1\n chip:    irq_sim\n",
		 st->domain->name);
	sim_expect_shown(test, shown, expected);
	sim_expect_shown(test, shown, "\n  line: masked low\n"
			 "  latched: 0 kept: 0 merged: 0 dropped: 0 waiting: 0\n");

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	sim_expect_shown(test, sim_debug_line(test, mnt, line), "\n  line: started low\n");
	disable_irq(line->virq);
	/* genirq keeps the first one, and the second one waits in the chip */
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	sim_expect_shown(test, sim_debug_line(test, mnt, line),
			 "\n  line: started masked kept high\n"
			 "  latched: 1 kept: 1 merged: 0 dropped: 0 waiting: 1\n");
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	sim_expect_shown(test, sim_debug_line(test, mnt, line),
			 "\n  line: started masked latched kept high\n"
			 "  latched: 2 kept: 1 merged: 0 dropped: 0 waiting: 2\n");
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	sim_expect_shown(test, sim_debug_line(test, mnt, line),
			 "\n  line: started high\n"
			 "  latched: 2 kept: 1 merged: 1 dropped: 0 waiting: 0\n");
	sim_account_balances(test, line);
	free_irq(line->virq, line);
	sim_expect_shown(test, sim_debug_line(test, mnt, line), "\n  line: masked high\n");

	/* A new mapping is a new line */
	irq_dispose_mapping(line->virq);
	line->virq = irq_create_mapping(st->domain, line->hwirq);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	sim_expect_shown(test, sim_debug_line(test, mnt, line), "\n  line: masked low\n"
			 "  latched: 0 kept: 0 merged: 0 dropped: 0 waiting: 0\n");
#else
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_DEBUGFS");
#endif
}

/* The same while a line waits for delivery on a busy CPU, and after the delivery. */
static void chip_debugfs_queued(struct kunit *test)
{
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	struct vfsmount *mnt = sim_debugfs(test);
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = &st->line[0] };
	unsigned long flags;
	const char *shown;
	char expected[32];
	int ret, cpu;

	sim_need_two_cpus(test);
	sim_request_all(test, NULL);
	st->line[0].on_irq = sim_hold;
	/* Check this first, so that a failure comes before the other CPU is held */
	sim_expect_shown(test, sim_debug_line(test, mnt, line), "\n  line: started low\n");

	sim_remote_hold(test, &remote);
	irq_set_affinity(line->virq, cpumask_of(remote.cpu));
	ret = sim_fire(line);
	shown = sim_debug_line(test, mnt, line);
	/* This CPU serves no line: one has to go to the other CPU, and one is withdrawn */
	flags = sim_hold_cpu(test);
	sim_fire(&st->line[2]);
	irq_set_affinity(st->line[2].virq, cpumask_of(remote.cpu));
	sim_fire(&st->line[3]);
	sim_pend(&st->line[3], false);
	sim_let_go(test, flags);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	KUNIT_EXPECT_EQ(test, ret, 1);
	sim_expect_shown(test, shown, "\n  line: started latched queued low\n"
			 "  latched: 1 kept: 0 merged: 0 dropped: 0 waiting: 1\n");

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[2]), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[3]), 0);
	sim_expect_shown(test, sim_debug_line(test, mnt, line), "\n  line: started low\n");
	for_each_online_cpu(cpu) {
		snprintf(expected, sizeof(expected), " cpu%d served: %d\n", cpu,
			 cpu == remote.cpu ? 3 : 0);
		/* Updated when the delivery ends, which nobody waits for; not indented there */
		KUNIT_EXPECT_TRUE(test, sim_chip_shows(test, st->domain, expected + 1));
		sim_expect_shown(test, sim_debug_chip(test, mnt), expected);
	}
#else
	kunit_skip(test, "needs CONFIG_GENERIC_IRQ_DEBUGFS");
#endif
}

static struct kunit_case irq_sim_observe_cases[] = {
	KUNIT_CASE_PARAM(chip_traced, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_fire_in_fire, sim_gen_params),
	KUNIT_CASE_PARAM(chip_fire_in_fire_task, delivery_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_traced_dispose, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_debugfs, sim_gen_params),
	KUNIT_CASE_PARAM(chip_debugfs_queued, delivery_gen_params),
	{}
};

struct kunit_suite irq_sim_observe_suite = {
	.name = "irq_sim_observe",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_observe_cases,
};
