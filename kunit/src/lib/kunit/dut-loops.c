// SPDX-License-Identifier: GPL-2.0
/*
 * What each driver has to get through, with a device under test
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
#include <linux/pm_wakeup.h>
#include <linux/sched.h>
#include <linux/string_choices.h>

#include <kunit/access.h>
#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <kunit/test-bug.h>

/* A driver which needs more steps than that is in a loop of its own */
#define KUNIT_DUT_MAX_STEPS	2000

/* So often does the device interrupt at least at each step of a loop under fire */
#define KUNIT_DUT_FIRES		16

/* As long as that may others keep CPUs from going down and coming up */
#define KUNIT_DUT_PATIENCE	(10 * HZ)

/* Nothing is left of the driver. @when is a step of a loop, @what says of which. */
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
 * kunit_dut_bind_again() - Bind and unbind, again and again
 * @dut:	device under test, not bound
 * @times:	how often
 *
 * The test fails when a probe does, or when something is left of the driver after it
 * was unbound.
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
 * The accesses are reset before, and the driver is unbound again. A driver which finds
 * in probe what an earlier one has left may have fewer of them the second time.
 *
 * Context: The thread of the test.
 *
 * Return: How many accesses there are in probe.
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
 * The first, then the second and so on, until all that probe does have been tried. A
 * driver need not notice that. If its probe fails, nothing may be left of it; if it does
 * not, it must be possible to unbind it. In the end probe succeeds.
 *
 * Context: The thread of the test.
 *
 * Return: How many accesses there are in probe.
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
/* What is behind a file of failslab in debugfs, which is the only way to it */
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

/* Bind while the @n-th allocation of this task fails. Returns whether one did. */
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
 * The first, then the second and so on, as kunit_dut_fail_each_access(). This needs
 * CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS, and skips the test without.
 * Warnings are suppressed meanwhile, as there are some in what drivers call.
 *
 * Context: The thread of the test.
 *
 * Return: How many allocations there are in probe.
 */
unsigned int kunit_dut_fail_each_allocation(struct kunit_dut *dut)
{
#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
	/* By default what may sleep does not fail, and what fails prints a stack */
	bool *spares = kunit_dut_failslab("ignore-gfp-wait"), spared;
	unsigned long *verbose = kunit_dut_failslab("verbose"), verbosity;
	bool failed = true;
	unsigned int n;
	int ret = 0;

	if (!spares || !verbose)
		kunit_skip(dut->test, "no failslab/ignore-gfp-wait and verbose in debugfs");
	kunit_dut_check_idle(dut);

	/* Once with all of them: some are made the first time only, and stay */
	kunit_dut_bind_again(dut, 1);

	for (n = 1; failed && n <= KUNIT_DUT_MAX_STEPS; n++) {
		/* Those of the thread, which may run a test of @dut->test */
		kunit_warning_suppress(kunit_get_current_test() ?: dut->test) {
			/* Put back at once: an assertion would leave it */
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
 * struct kunit_dut_fire - who interrupts all the time
 * @line:	the line
 * @bits:	what happens
 * @fires:	how often it still has to, until @done
 * @done:	it has
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

/* Some events, of which the driver can only have seen the first, or all of them */
static void kunit_dut_fire_some(struct kunit_dut_fire *fire)
{
	atomic_set(&fire->fires, KUNIT_DUT_FIRES);
	wait_for_completion(&fire->done);
}

/**
 * kunit_dut_unbind_under_fire() - Unbind while the device interrupts all the time
 * @dut:	device under test, not bound, with a line
 * @bits:	events which happen all the time, from a thread: before probe, while it
 *		runs, while the driver is bound, while it is unbound and after that
 * @times:	how often
 *
 * Accesses to registers which have been unmapped fail the test, and everything else
 * that kunit_dut_bind_again() looks for. How far the driver gets between two events is
 * up to the scheduler, and to the number of CPUs. For each place once see
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
		/* At least one of them has got to the driver. They do not end, so no settling. */
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

/* Nobody interrupts any more, and the driver has to have acknowledged everything */
static void kunit_dut_check_handled(struct kunit_dut *dut, const char *what, unsigned int cpu)
{
	KUNIT_EXPECT_EQ_MSG(dut->test, kunit_irq_line_settle(dut->line), 0,
			    "what happened while %s %u is not acknowledged: status 0x%llx",
			    what, cpu, kunit_irq_line_status(dut->line));
}

/**
 * kunit_dut_affinity_under_fire() - Move the interrupt from CPU to CPU under fire
 * @dut:	device under test, bound, with a line
 * @bits:	events which happen all the time meanwhile, from a thread
 * @times:	how often it goes round
 *
 * After each move the driver has to have acknowledged all that happened. In the end the
 * interrupt has the affinity which it had. With one CPU the test is skipped.
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
			/* And one alone, which is handled there */
			kunit_irq_line_raise(dut->line, bits);
			kunit_dut_check_handled(dut, "the interrupt was on CPU", cpu);
		}
	}
	KUNIT_EXPECT_EQ(dut->test, irq_set_affinity(irq, before), 0);
}
EXPORT_SYMBOL_GPL(kunit_dut_affinity_under_fire);

#ifdef CONFIG_HOTPLUG_CPU
/* Who probes a bus, among others, keeps all CPUs as they are for a moment: -EBUSY */
static int kunit_dut_plug(int (*fn)(unsigned int cpu), unsigned int cpu)
{
	unsigned long end = jiffies + KUNIT_DUT_PATIENCE;
	int ret;

	while ((ret = fn(cpu)) == -EBUSY && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	return ret;
}

static void kunit_dut_plug_under_fire(struct kunit_dut *dut, struct kunit_dut_fire *fire,
				      unsigned int cpu)
{
	unsigned int irq = kunit_irq_line_irq(dut->line);
	int down, up = 0;

	KUNIT_EXPECT_EQ_MSG(dut->test, irq_set_affinity(irq, cpumask_of(cpu)), 0,
			    "the interrupt cannot go to CPU %u", cpu);
	/* One alone, which is handled there */
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
 * @bits:	events which happen all the time meanwhile, from a thread
 *
 * Each CPU that can be taken down gets the interrupt, goes down, and comes back. Then
 * the driver has to have acknowledged all that happened. In the end the interrupt has
 * the affinity which it had. Without CONFIG_HOTPLUG_CPU, or with one CPU, the test is
 * skipped.
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
	/* A copy: CPUs go while it is walked through */
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
 * @bits:	events which happen, once: after the first access in the first round,
 *		after the second one in the second, and so on until all have been tried
 * @op:		what the driver does: a call into its subsystem, kunit_dut_bind(),
 *		kunit_dut_unbind()
 * @data:	passed to it
 *
 * If the device is bound after @op, the driver has to have acknowledged the events.
 *
 * Context: The thread of the test.
 *
 * Return: How many accesses there are in the operation.
 */
unsigned int kunit_dut_fire_at_each_access(struct kunit_dut *dut, u64 bits,
					   void (*op)(struct kunit_dut *dut, void *data),
					   void *data)
{
	struct kunit_dut_fire *fire = kunit_dut_fire_create(dut, bits);
	unsigned int n, hooked = 1;

	KUNIT_ASSERT_NOT_NULL(dut->test, dut->accesses);

	/* An assertion in @op must not leave it: @fire goes before the device does */
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

/* Resume the device, whose driver then has to acknowledge what happened meanwhile */
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
 * After that the driver has to have acknowledged them.
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
 * kunit_dut_wake_up() - Suspend and resume, with an event that is to wake the machine
 * @dut:	device under test, bound, with a line; its driver has called
 *		device_init_wakeup() or the like
 * @bits:	events which happen while the device is suspended
 *
 * First with wakeup as user space has disabled it, then as user space has enabled it:
 * while the device is suspended its interrupt is a wakeup source in the second case
 * only, and in both the driver has to have acknowledged the events once it is resumed.
 * Whether it is a wakeup source while the device is not suspended is up to the driver,
 * but has to be the same before and after. This looks for enable_irq_wake(), which the
 * driver calls. What the PM core calls, for dev_pm_set_wake_irq(), is not called here.
 *
 * Context: The thread of the test. Without CONFIG_PM_SLEEP it is skipped.
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
