// SPDX-License-Identifier: GPL-2.0
/*
 * Loops which stress the driver of a device under test
 */

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/pm_wakeup.h>
#include <linux/sched.h>
#include <linux/string_choices.h>

#include <kunit/access.h>
#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <kunit/test-bug.h>

/* A driver which needs more steps than this does not terminate */
#define KUNIT_DUT_MAX_STEPS	2000

/* Minimum number of interrupts in each step of a loop under fire */
#define KUNIT_DUT_FIRES		16

/* How long others may keep CPUs from going down and coming up, in ticks */
#define KUNIT_DUT_PATIENCE	(10 * HZ)

/* Check that the driver has left nothing behind. @what and @when describe the step. */
static void kunit_dut_check_gone(struct kunit_dut *dut, const char *what, unsigned int when)
{
	KUNIT_EXPECT_FALSE_MSG(dut->test, kunit_dut_is_bound(dut), "%s %u", what, when);
	if (dut->line)
		KUNIT_EXPECT_FALSE_MSG(dut->test, kunit_irq_line_requested(dut->line),
				       "the interrupt is still requested, %s %u", what, when);
	KUNIT_EXPECT_TRUE_MSG(dut->test, list_empty(&dut->dev->devres_head),
			      "managed resources are left, %s %u", what, when);
}

static void kunit_dut_check_idle(struct kunit_dut *dut)
{
	KUNIT_ASSERT_FALSE_MSG(dut->test, kunit_dut_is_bound(dut),
			       "the device is bound before the loop begins");
}

/**
 * kunit_dut_bind_again() - Bind and unbind repeatedly
 * @dut:	device under test, not bound
 * @times:	number of iterations
 *
 * The test fails if a probe fails, or if the driver leaves something behind when it
 * is unbound.
 *
 * Context: The thread of the test.
 */
void kunit_dut_bind_again(struct kunit_dut *dut, unsigned int times)
{
	kunit_dut_check_idle(dut);

	for (unsigned int i = 1; i <= times; i++) {
		KUNIT_EXPECT_EQ_MSG(dut->test, kunit_dut_bind(dut), 0, "time %u", i);
		if (dut->line)
			kunit_irq_line_settle(dut->line);
		kunit_dut_unbind(dut);
		kunit_dut_check_gone(dut, "time", i);
	}
}
EXPORT_SYMBOL_GPL(kunit_dut_bind_again);

/**
 * kunit_dut_count_accesses() - Probe, and count the accesses to the device
 * @dut:	device under test, not bound, with accesses
 *
 * Resets the accesses before, and unbinds the driver again. If an earlier probe has
 * left the device initialised, the driver may need fewer accesses.
 *
 * Context: The thread of the test.
 *
 * Return: The number of accesses in probe.
 */
unsigned int kunit_dut_count_accesses(struct kunit_dut *dut)
{
	unsigned int count;

	kunit_dut_check_idle(dut);
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->accesses);

	kunit_accesses_reset(dut->accesses);
	KUNIT_ASSERT_EQ(dut->test, kunit_dut_bind(dut), 0);
	count = kunit_accesses_count(dut->accesses);
	kunit_dut_unbind(dut);

	return count;
}
EXPORT_SYMBOL_GPL(kunit_dut_count_accesses);

/**
 * kunit_dut_fail_each_access() - Probe while one access to the device fails
 * @dut:	device under test, not bound, with accesses
 *
 * Probes repeatedly: first the first access fails, then the second one and so on, until
 * each access in probe has failed once. The driver need not detect the failure. If probe
 * fails, it must not leave anything behind; if it succeeds, the driver must be able to
 * unbind. The last probe, without a failure, must succeed.
 *
 * Context: The thread of the test.
 *
 * Return: The number of accesses in probe.
 */
unsigned int kunit_dut_fail_each_access(struct kunit_dut *dut)
{
	unsigned int n, failed = 1;
	int ret = 0;

	kunit_dut_check_idle(dut);
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->accesses);

	for (n = 1; failed && n <= KUNIT_DUT_MAX_STEPS; n++) {
		kunit_accesses_fail(dut->accesses, n, 1);
		ret = kunit_dut_bind(dut);
		failed = kunit_accesses_failed(dut->accesses);
		kunit_accesses_fail(dut->accesses, 0, 0);
		if (!ret) {
			if (dut->line)
				kunit_irq_line_settle(dut->line);
			kunit_dut_unbind(dut);
		}
		kunit_dut_check_gone(dut, "failed access", n);
	}
	KUNIT_EXPECT_EQ_MSG(dut->test, ret, 0, "probe with all accesses");
	KUNIT_EXPECT_EQ_MSG(dut->test, failed, 0, "probe does not come to an end");

	return n - 2;
}
EXPORT_SYMBOL_GPL(kunit_dut_fail_each_access);

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
/* The variable behind a failslab file: debugfs is the only way to get at it */
static void *kunit_dut_failslab(const char *name)
{
	struct dentry *dir = debugfs_lookup("failslab", NULL), *file;
	void *data = NULL;

	if (!dir)
		return NULL;
	file = debugfs_lookup(name, dir);
	if (file) {
		data = d_inode(file)->i_private;
		dput(file);
	}
	dput(dir);
	return data;
}

/* Bind while the @n-th allocation of this task fails. Returns true if one has failed. */
static bool kunit_dut_bind_failing(struct kunit_dut *dut, unsigned int n, int *ret)
{
	bool failed;

	current->fail_nth = n;
	*ret = kunit_dut_bind(dut);
	failed = !current->fail_nth;
	current->fail_nth = 0;
	return failed;
}
#endif

/**
 * kunit_dut_fail_each_allocation() - Probe while one allocation fails
 * @dut:	device under test, not bound
 *
 * Same as kunit_dut_fail_each_access(), for allocations. The test is skipped without
 * CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS. Warnings are suppressed, as
 * functions which drivers call warn about failed allocations.
 *
 * Context: The thread of the test.
 *
 * Return: The number of allocations in probe.
 */
unsigned int kunit_dut_fail_each_allocation(struct kunit_dut *dut)
{
#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
	/* By default allocations which may sleep do not fail, and failures print a stack */
	bool *spares = kunit_dut_failslab("ignore-gfp-wait"), spared;
	unsigned long *verbose = kunit_dut_failslab("verbose"), verbosity;
	bool failed = true;
	unsigned int n;
	int ret = 0;

	if (!spares || !verbose)
		kunit_skip(dut->test, "no failslab/ignore-gfp-wait and verbose in debugfs");
	kunit_dut_check_idle(dut);

	/* Probe once without failures: some allocations are done only once, and stay */
	kunit_dut_bind_again(dut, 1);

	for (n = 1; failed && n <= KUNIT_DUT_MAX_STEPS; n++) {
		/* Suppress warnings for the test of this thread, which may not be @dut->test */
		kunit_warning_suppress(kunit_get_current_test() ?: dut->test) {
			/* Restore the settings at once, before an assertion can end the test */
			spared = *spares;
			verbosity = *verbose;
			*spares = false;
			*verbose = 0;
			failed = kunit_dut_bind_failing(dut, n, &ret);
			*spares = spared;
			*verbose = verbosity;

			if (!ret) {
				if (dut->line)
					kunit_irq_line_settle(dut->line);
				kunit_dut_unbind(dut);
			}
		}
		kunit_dut_check_gone(dut, "failed allocation", n);
	}
	KUNIT_EXPECT_EQ_MSG(dut->test, ret, 0, "probe with all allocations");
	KUNIT_EXPECT_FALSE_MSG(dut->test, failed, "probe does not come to an end");

	return n - 2;
#else
	kunit_skip(dut->test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
	return 0;
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_fail_each_allocation);

/**
 * struct kunit_dut_fire - a thread which raises interrupts continuously
 * @line:	the line
 * @bits:	the events
 * @fires:	number of interrupts until @done
 * @done:	completed after @fires interrupts
 * @task:	the thread
 */
struct kunit_dut_fire {
	struct kunit_irq_line	*line;
	u64			bits;
	atomic_t		fires;
	struct completion	done;
	struct task_struct	*task;
};

static int kunit_dut_fire_thread(void *data)
{
	struct kunit_dut_fire *fire = data;

	while (!kthread_should_stop()) {
		kunit_irq_line_raise(fire->line, fire->bits);
		if (!atomic_dec_if_positive(&fire->fires))
			complete(&fire->done);
		cond_resched();
	}
	return 0;
}

static void kunit_dut_fire_end(void *data)
{
	struct kunit_dut_fire *fire = data;

	kthread_stop(fire->task);
	put_task_struct(fire->task);
}

static struct kunit_dut_fire *kunit_dut_fire_create(struct kunit_dut *dut, u64 bits)
{
	struct kunit_dut_fire *fire = kunit_kzalloc(dut->test, sizeof(*fire), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(dut->test, fire);
	KUNIT_ASSERT_NOT_NULL_MSG(dut->test, dut->line, "the device has no interrupt");
	fire->line = dut->line;
	fire->bits = bits;
	init_completion(&fire->done);
	return fire;
}

static void kunit_dut_fire_start(struct kunit_dut *dut, struct kunit_dut_fire *fire)
{
	struct task_struct *task = kthread_run(kunit_dut_fire_thread, fire, "kunit-fire");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(dut->test, task);
	fire->task = get_task_struct(task);
	KUNIT_ASSERT_EQ(dut->test,
			kunit_add_action_or_reset(dut->test, kunit_dut_fire_end, fire), 0);
}

static void kunit_dut_fire_stop(struct kunit_dut *dut, struct kunit_dut_fire *fire)
{
	kunit_release_action(dut->test, kunit_dut_fire_end, fire);
}

/* Wait for some events. The driver need not have seen more than the first one. */
static void kunit_dut_fire_some(struct kunit_dut_fire *fire)
{
	atomic_set(&fire->fires, KUNIT_DUT_FIRES);
	wait_for_completion(&fire->done);
}

/**
 * kunit_dut_unbind_under_fire() - Unbind while the device interrupts continuously
 * @dut:	device under test, not bound, with a line
 * @bits:	events which a thread raises continuously: before and during probe, while
 *		the driver is bound, while it is being unbound and after that
 * @times:	number of iterations
 *
 * The test fails on accesses to unmapped registers, and if a check of
 * kunit_dut_bind_again() fails. How far the driver gets between two events depends on
 * the scheduler and on the number of CPUs. To cover each place once, use
 * kunit_dut_fire_at_each_access().
 *
 * Context: The thread of the test.
 */
void kunit_dut_unbind_under_fire(struct kunit_dut *dut, u64 bits, unsigned int times)
{
	struct kunit_dut_fire *fire = kunit_dut_fire_create(dut, bits);

	kunit_dut_check_idle(dut);
	kunit_dut_fire_start(dut, fire);

	for (unsigned int i = 1; i <= times; i++) {
		KUNIT_EXPECT_EQ_MSG(dut->test, kunit_dut_bind(dut), 0, "time %u", i);
		kunit_dut_fire_some(fire);
		/* At least one event has reached the driver. They do not stop, so do not settle. */
		irq_sim_synchronize(kunit_irq_line_domain(dut->line));
		synchronize_irq(kunit_irq_line_irq(dut->line));
		kunit_dut_unbind(dut);
		kunit_dut_check_gone(dut, "time", i);
	}

	kunit_dut_fire_stop(dut, fire);
	kunit_irq_line_ack(dut->line, bits);
}
EXPORT_SYMBOL_GPL(kunit_dut_unbind_under_fire);

static void kunit_dut_check_movable(struct kunit_dut *dut)
{
	KUNIT_ASSERT_TRUE_MSG(dut->test, kunit_dut_is_bound(dut),
			      "the device is not bound before the loop begins");
	KUNIT_ASSERT_NOT_NULL_MSG(dut->test, dut->line, "the device has no interrupt");
	if (num_online_cpus() < 2)
		kunit_skip(dut->test, "needs two CPUs");
	if (!irq_can_set_affinity(kunit_irq_line_irq(dut->line)))
		kunit_skip(dut->test, "the interrupt cannot be moved");
}

static struct cpumask *kunit_dut_cpumask(struct kunit_dut *dut, const struct cpumask *mask)
{
	struct cpumask *copy = kunit_kzalloc(dut->test, cpumask_size(), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(dut->test, copy);
	cpumask_copy(copy, mask);
	return copy;
}

static struct cpumask *kunit_dut_affinity(struct kunit_dut *dut)
{
	struct irq_data *data = irq_get_irq_data(kunit_irq_line_irq(dut->line));

	return kunit_dut_cpumask(dut, irq_data_get_affinity_mask(data));
}

/* The interrupts have stopped, and the driver must have acknowledged all events */
static void kunit_dut_check_handled(struct kunit_dut *dut, const char *what, unsigned int cpu)
{
	KUNIT_EXPECT_EQ_MSG(dut->test, kunit_irq_line_settle(dut->line), 0,
			    "what happened while %s %u is not acknowledged: status 0x%llx",
			    what, cpu, kunit_irq_line_status(dut->line));
}

/**
 * kunit_dut_affinity_under_fire() - Move the interrupt from CPU to CPU under fire
 * @dut:	device under test, bound, with a line
 * @bits:	events which a thread raises continuously
 * @times:	number of rounds over all CPUs
 *
 * After each move, the driver must have acknowledged all events. The affinity is restored
 * at the end. With one CPU the test is skipped.
 *
 * Context: The thread of the test.
 */
void kunit_dut_affinity_under_fire(struct kunit_dut *dut, u64 bits, unsigned int times)
{
	struct kunit_dut_fire *fire;
	struct cpumask *before;
	unsigned int cpu, irq;

	kunit_dut_check_movable(dut);
	irq = kunit_irq_line_irq(dut->line);
	fire = kunit_dut_fire_create(dut, bits);
	before = kunit_dut_affinity(dut);

	for (unsigned int i = 1; i <= times; i++) {
		for_each_online_cpu(cpu) {
			kunit_dut_fire_start(dut, fire);
			kunit_dut_fire_some(fire);
			KUNIT_EXPECT_EQ_MSG(dut->test, irq_set_affinity(irq, cpumask_of(cpu)), 0,
					    "the interrupt cannot go to CPU %u", cpu);
			kunit_dut_fire_some(fire);
			kunit_dut_fire_stop(dut, fire);
			kunit_dut_check_handled(dut, "the interrupt went to CPU", cpu);
			/* And a single one, which is handled on that CPU */
			kunit_irq_line_raise(dut->line, bits);
			kunit_dut_check_handled(dut, "the interrupt was on CPU", cpu);
		}
	}
	KUNIT_EXPECT_EQ(dut->test, irq_set_affinity(irq, before), 0);
}
EXPORT_SYMBOL_GPL(kunit_dut_affinity_under_fire);

#ifdef CONFIG_HOTPLUG_CPU
/*
 * Others, e.g. the probe of a bus, may disable CPU hotplug for a moment: -EBUSY. If the whole
 * machine stalls, they stall as well: so an attempt counts for at most a tenth of a second.
 */
static int kunit_dut_plug(int (*fn)(unsigned int cpu), unsigned int cpu)
{
	unsigned long now, since = jiffies, waited = 0;
	int ret;

	while ((ret = fn(cpu)) == -EBUSY && waited < KUNIT_DUT_PATIENCE) {
		schedule_timeout_uninterruptible(1);
		now = jiffies;
		waited += min(now - since, HZ / 10UL);
		since = now;
	}
	return ret;
}

static void kunit_dut_plug_under_fire(struct kunit_dut *dut, struct kunit_dut_fire *fire,
				      unsigned int cpu)
{
	unsigned int irq = kunit_irq_line_irq(dut->line);
	int down, up = 0;

	KUNIT_EXPECT_EQ_MSG(dut->test, irq_set_affinity(irq, cpumask_of(cpu)), 0,
			    "the interrupt cannot go to CPU %u", cpu);
	/* A single event, which is handled on that CPU */
	kunit_irq_line_raise(dut->line, fire->bits);
	kunit_dut_check_handled(dut, "the interrupt was on CPU", cpu);
	kunit_dut_fire_start(dut, fire);
	kunit_dut_fire_some(fire);
	down = kunit_dut_plug(remove_cpu, cpu);
	kunit_dut_fire_some(fire);
	if (!down)
		up = kunit_dut_plug(add_cpu, cpu);
	kunit_dut_fire_some(fire);
	kunit_dut_fire_stop(dut, fire);

	KUNIT_EXPECT_EQ_MSG(dut->test, down, 0, "CPU %u does not go down", cpu);
	KUNIT_EXPECT_EQ_MSG(dut->test, up, 0, "CPU %u does not come back", cpu);
	kunit_dut_check_handled(dut, "the CPU of the interrupt was taken down,", cpu);
}
#endif

/**
 * kunit_dut_hotplug_under_fire() - Take the CPU of the interrupt down under fire
 * @dut:	device under test, bound, with a line
 * @bits:	events which a thread raises continuously
 *
 * Moves the interrupt to each CPU that can be taken down, takes the CPU down and up
 * again. Then the driver must have acknowledged all events. The affinity is restored at
 * the end. Without CONFIG_HOTPLUG_CPU, or with one CPU, the test is skipped.
 *
 * Context: The thread of the test.
 */
void kunit_dut_hotplug_under_fire(struct kunit_dut *dut, u64 bits)
{
#ifdef CONFIG_HOTPLUG_CPU
	struct cpumask *before, *pluggable;
	struct kunit_dut_fire *fire;
	unsigned int cpu;

	kunit_dut_check_movable(dut);
	/* A copy, as the mask changes during the loop below */
	pluggable = kunit_dut_cpumask(dut, cpu_online_mask);
	for_each_online_cpu(cpu) {
		if (!cpu_is_hotpluggable(cpu))
			cpumask_clear_cpu(cpu, pluggable);
	}
	if (cpumask_empty(pluggable))
		kunit_skip(dut->test, "no CPU can be taken down");

	fire = kunit_dut_fire_create(dut, bits);
	before = kunit_dut_affinity(dut);
	for_each_cpu(cpu, pluggable)
		kunit_dut_plug_under_fire(dut, fire, cpu);
	KUNIT_EXPECT_EQ(dut->test, irq_set_affinity(kunit_irq_line_irq(dut->line), before), 0);
#else
	kunit_skip(dut->test, "needs CONFIG_HOTPLUG_CPU");
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_hotplug_under_fire);

static void kunit_dut_fire_hook(void *data)
{
	struct kunit_dut_fire *fire = data;

	kunit_irq_line_raise(fire->line, fire->bits);
}

static void kunit_dut_unhook(void *accesses)
{
	kunit_accesses_hook(accesses, 0, NULL, NULL);
}

/**
 * kunit_dut_fire_at_each_access() - Interrupt after each access of an operation
 * @dut:	device under test, with a line and accesses
 * @bits:	events which happen once in each round: after the first access in the
 *		first round, after the second one in the second, and so on
 * @op:		operation of the driver: a call into its subsystem, kunit_dut_bind(),
 *		kunit_dut_unbind()
 * @data:	passed to @op
 *
 * If the device is bound after @op, the driver must have acknowledged the events.
 *
 * Context: The thread of the test.
 *
 * Return: The number of accesses in the operation.
 */
unsigned int kunit_dut_fire_at_each_access(struct kunit_dut *dut, u64 bits,
					   void (*op)(struct kunit_dut *dut, void *data),
					   void *data)
{
	struct kunit_dut_fire *fire = kunit_dut_fire_create(dut, bits);
	unsigned int n, hooked = 1;

	KUNIT_ASSERT_NOT_NULL(dut->test, dut->accesses);

	/* Remove the hook even after an assertion in @op, as @fire is freed before the device */
	KUNIT_ASSERT_EQ(dut->test, kunit_add_action_or_reset(dut->test, kunit_dut_unhook,
							     dut->accesses), 0);

	for (n = 1; hooked && n <= KUNIT_DUT_MAX_STEPS; n++) {
		kunit_accesses_hook(dut->accesses, n, kunit_dut_fire_hook, fire);
		op(dut, data);
		hooked = kunit_accesses_hooked(dut->accesses);
		kunit_accesses_hook(dut->accesses, 0, NULL, NULL);

		if (kunit_dut_is_bound(dut))
			KUNIT_EXPECT_EQ_MSG(dut->test, kunit_irq_line_settle(dut->line), 0,
					    "the event after access %u is not acknowledged", n);
		kunit_irq_line_ack(dut->line, bits);
	}
	kunit_release_action(dut->test, kunit_dut_unhook, dut->accesses);
	KUNIT_EXPECT_EQ_MSG(dut->test, hooked, 0, "the operation does not come to an end");

	return n - 2;
}
EXPORT_SYMBOL_GPL(kunit_dut_fire_at_each_access);

/* Resume the device. The driver must acknowledge the events from the suspend. */
static void kunit_dut_resume_handled(struct kunit_dut *dut)
{
	KUNIT_EXPECT_EQ(dut->test, kunit_dut_resume(dut), 0);
	KUNIT_EXPECT_EQ_MSG(dut->test, kunit_irq_line_settle(dut->line), 0,
			    "what happened in suspend is not acknowledged: status 0x%llx",
			    kunit_irq_line_status(dut->line));
}

/**
 * kunit_dut_suspend_resume() - Suspend and resume, with an event in between
 * @dut:	device under test, bound, with a line
 * @bits:	events which happen while the device is suspended
 *
 * After the resume, the driver must have acknowledged the events.
 *
 * Context: The thread of the test.
 */
void kunit_dut_suspend_resume(struct kunit_dut *dut, u64 bits)
{
	KUNIT_ASSERT_NOT_NULL(dut->test, dut->line);
	KUNIT_ASSERT_EQ(dut->test, kunit_dut_suspend(dut), 0);
	kunit_irq_line_raise(dut->line, bits);
	kunit_dut_resume_handled(dut);
}
EXPORT_SYMBOL_GPL(kunit_dut_suspend_resume);

#ifdef CONFIG_PM_SLEEP
static bool kunit_dut_wakes(struct kunit_dut *dut)
{
	return irqd_is_wakeup_set(irq_get_irq_data(kunit_irq_line_irq(dut->line)));
}
#endif

/**
 * kunit_dut_wake_up() - Suspend and resume, with an event that wakes up the machine
 * @dut:	device under test, bound, with a line; its driver has called
 *		device_init_wakeup() or the like
 * @bits:	events which happen while the device is suspended
 *
 * Runs twice: first with wakeup disabled, as by user space, then enabled. While the
 * device is suspended, its interrupt must be a wakeup source only if enabled. After the
 * resume, the driver must have acknowledged the events in both cases. The driver may make
 * the interrupt a wakeup source while the device is not suspended, but the state must be
 * the same before and after. This checks for enable_irq_wake() by the driver, but does
 * not do what the PM core does for dev_pm_set_wake_irq().
 *
 * Context: The thread of the test. Without CONFIG_PM_SLEEP the test is skipped.
 */
void kunit_dut_wake_up(struct kunit_dut *dut, u64 bits)
{
#ifdef CONFIG_PM_SLEEP
	bool enabled, before;

	KUNIT_ASSERT_NOT_NULL_MSG(dut->test, dut->line, "the device has no interrupt");
	KUNIT_ASSERT_TRUE_MSG(dut->test, device_can_wakeup(dut->dev),
			      "the driver says that the device cannot wake");
	enabled = device_may_wakeup(dut->dev);

	for (unsigned int wake = 0; wake <= 1; wake++) {
		KUNIT_EXPECT_EQ(dut->test, device_set_wakeup_enable(dut->dev, wake), 0);
		before = kunit_dut_wakes(dut);
		KUNIT_ASSERT_EQ(dut->test, kunit_dut_suspend(dut), 0);
		KUNIT_EXPECT_EQ_MSG(dut->test, kunit_dut_wakes(dut), wake,
				    "the interrupt wakes the machine, or does not, with wakeup %s",
				    str_enabled_disabled(wake));
		kunit_irq_line_raise(dut->line, bits);
		kunit_dut_resume_handled(dut);
		KUNIT_EXPECT_EQ_MSG(dut->test, kunit_dut_wakes(dut), before,
				    "the interrupt as a wakeup source, before and after");
	}
	device_set_wakeup_enable(dut->dev, enabled);
#else
	kunit_skip(dut->test, "drivers have no suspend without CONFIG_PM_SLEEP");
#endif
}
EXPORT_SYMBOL_GPL(kunit_dut_wake_up);
