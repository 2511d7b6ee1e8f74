// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers shared by the KUnit tests of the interrupt simulator.
 */

#include <linux/kthread.h>

#include "irq_sim_kunit.h"

irqreturn_t sim_handler(int irq, void *data)
{
	struct sim_line *line = data;

	if (atomic_inc_return(&line->depth) > 1)
		atomic_inc(&line->nested);
	if (irq != line->virq)
		atomic_inc(&line->st->wrong_irq);
	atomic_inc(&line->begun);
	if (line->on_irq)
		line->on_irq(line);
	atomic_dec(&line->depth);
	/* Last, so that whoever reads the count knows that the handler has finished */
	atomic_inc(&line->handled);

	return line->unhandled ? IRQ_NONE : IRQ_HANDLED;
}

int sim_request(struct sim_line *line, unsigned long flags)
{
	return request_irq(line->virq, sim_handler, flags | IRQF_NO_THREAD,
			   "irq_sim_kunit", line);
}

int sim_pend(struct sim_line *line, bool on)
{
	return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, on);
}

/*
 * One turn of a polling loop. With time-travel=inf-cpu on User-mode Linux, time
 * stands still while the CPU works, unless somebody reads the clock.
 */
void sim_poll(void)
{
	ktime_get();
	cond_resched();
}

static void sim_flush_fn(struct irq_work *work)
{
}

/*
 * Wait until everything fired on this CPU has been delivered. The simulator
 * queued its work on this CPU earlier, and a CPU runs all the work it has
 * queued before it returns to a task.
 */
void sim_flush(void)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(sim_flush_fn);

	migrate_disable();
	irq_work_queue(&work);
	/* irq_work_sync() may wait for RCU, and thus for a handler on hold */
	while (irq_work_is_busy(&work))
		sim_poll();
	migrate_enable();
}

/* Runs of the handler which have finished */
int sim_runs(struct sim_line *line)
{
	return atomic_read(&line->handled);
}

/* Runs of the handler which have started, finished or not */
int sim_begun(struct sim_line *line)
{
	return atomic_read(&line->begun);
}

struct irq_sim_account sim_account(struct kunit *test, struct sim_line *line)
{
	struct irq_sim_account account = {};

	KUNIT_EXPECT_EQ(test, 0, irq_sim_get_account(line->st->domain, line->hwirq, &account));
	return account;
}

/*
 * C3: at rest, each latch has had its run, or the account says why not. Only for lines which
 * were mapped once in the test, and whose counts the test has not reset.
 */
void sim_account_balances(struct kunit *test, struct sim_line *line)
{
	struct irq_sim_account account = sim_account(test, line);

	KUNIT_EXPECT_EQ_MSG(test, account.latched,
			    sim_runs(line) + account.merged + account.dropped + account.waiting,
			    "line %u: kept %lu, merged %lu, dropped %lu, waiting %u",
			    line->hwirq, account.kept, account.merged, account.dropped,
			    account.waiting);
}

/*
 * Check the account of a line at rest whose handler was freed under fire. @before is the number
 * of handler runs before the mapping. free_irq() does not wait before it removes the handler,
 * so an event which was already acknowledged may find none. A line has one delivery at a time,
 * so there is at most one such event.
 */
void sim_account_freed(struct kunit *test, struct sim_line *line, int before)
{
	struct irq_sim_account account = sim_account(test, line);
	unsigned long told = sim_runs(line) - before + account.merged + account.dropped +
			     account.waiting;

	KUNIT_EXPECT_GE(test, account.latched, told);
	KUNIT_EXPECT_LE(test, account.latched, told + 1);
}

const struct sim_param sim_params[6] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq" },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet" },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work" },
	{ IRQ_SIM_DELIVER_HARDIRQ, 1, "hardirq budget 1" },
	{ IRQ_SIM_DELIVER_TASKLET, 1, "tasklet budget 1" },
	{ IRQ_SIM_DELIVER_BH_WORK, 1, "bh_work budget 1" },
};

/* For cases which do not depend on the budget */
const struct sim_param sim_deliveries[3] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq" },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet" },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work" },
};

/* For masking: each trigger, with and without disable_irq() masking at once */
const struct sim_param sim_masks[12] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq edge lazy", IRQF_TRIGGER_RISING, false },
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq edge unlazy", IRQF_TRIGGER_RISING, true },
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq level lazy", IRQF_TRIGGER_HIGH, false },
	{ IRQ_SIM_DELIVER_HARDIRQ, 0, "hardirq level unlazy", IRQF_TRIGGER_HIGH, true },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet edge lazy", IRQF_TRIGGER_RISING, false },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet edge unlazy", IRQF_TRIGGER_RISING, true },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet level lazy", IRQF_TRIGGER_HIGH, false },
	{ IRQ_SIM_DELIVER_TASKLET, 0, "tasklet level unlazy", IRQF_TRIGGER_HIGH, true },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work edge lazy", IRQF_TRIGGER_RISING, false },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work edge unlazy", IRQF_TRIGGER_RISING, true },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work level lazy", IRQF_TRIGGER_HIGH, false },
	{ IRQ_SIM_DELIVER_BH_WORK, 0, "bh_work level unlazy", IRQF_TRIGGER_HIGH, true },
};

/* Without a parameter, create the chip of irq_domain_create_sim(). */
struct irq_domain *sim_create(const struct sim_param *param)
{
	struct irq_sim_info info = { .num_irqs = SIM_LINES };

	if (!param)
		return irq_domain_create_sim(NULL, SIM_LINES);

	info.delivery = param->delivery;
	info.budget = param->budget;
	return irq_domain_instantiate_sim(&info);
}

/*
 * Map a line and have it delivered on the CPU that fires it, regardless of irqaffinity= on the
 * command line. Where the affinity cannot be set, this is the case already.
 */
unsigned int sim_map(struct irq_domain *domain, unsigned int hwirq)
{
	unsigned int virq = irq_create_mapping(domain, hwirq);

	if (virq)
		irq_set_affinity(virq, cpu_online_mask);
	return virq;
}

/*
 * Without SPARSE_IRQ there are only NR_IRQS numbers, and the controllers of a platform may have
 * taken them all.
 */
void sim_need_numbers(struct kunit *test)
{
	int virq;

	if (IS_ENABLED(CONFIG_SPARSE_IRQ))
		return;
	virq = irq_alloc_descs(-1, 1, 2 * SIM_LINES, NUMA_NO_NODE);
	if (virq < 0)
		kunit_skip(test, "the platform has no interrupt numbers left");
	irq_free_descs(virq, 2 * SIM_LINES);
}

int sim_init(struct kunit *test)
{
	struct sim_test *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);

	sim_need_numbers(test);
	KUNIT_ASSERT_NOT_NULL(test, st);
	init_completion(&st->thread_go);
	test->priv = st;

	st->domain = sim_create(test->param_value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, st->domain);

	for (int i = 0; i < SIM_LINES; i++) {
		st->line[i].st = st;
		st->line[i].hwirq = i;
		st->line[i].virq = sim_map(st->domain, i);
		KUNIT_ASSERT_NE(test, st->line[i].virq, 0);
	}
	return 0;
}

void sim_exit(struct kunit *test)
{
	struct sim_test *st = test->priv;

	if (!st || IS_ERR_OR_NULL(st->domain))
		return;

	for (int i = 0; i < SIM_LINES; i++) {
		struct sim_line *line = &st->line[i];

		if (!line->virq)
			continue;
		if (irq_has_action(line->virq))
			free_irq(line->virq, line);
		irq_dispose_mapping(line->virq);
	}
	irq_domain_remove_sim(st->domain);
}

void sim_remote_fn(struct work_struct *work)
{
	struct sim_remote *remote = container_of(work, struct sim_remote, work);

	remote->fn(remote->line);
}

int sim_other_cpu(void)
{
	return cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
}

/*
 * Probing a bus, among other things, disables CPU hotplug for a moment. That is reported as
 * -EBUSY; no other error goes away by itself.
 */
static int sim_retry_busy(int (*fn)(unsigned int cpu), unsigned int cpu)
{
	struct sim_patience patience = {};
	int ret;

	while ((ret = fn(cpu)) == -EBUSY && !sim_gave_up(&patience))
		schedule_timeout_uninterruptible(1);
	return ret;
}

int sim_remove_cpu(unsigned int cpu)
{
	return sim_retry_busy(remove_cpu, cpu);
}

int sim_add_cpu(unsigned int cpu)
{
	return sim_retry_busy(add_cpu, cpu);
}

/* A handler that stays in progress until the test releases it. */
void sim_hold(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (atomic_inc_return(&st->entered) > 1)
		return;
	while (!atomic_read_acquire(&st->release))
		cpu_relax();
}

/*
 * Polls, because a timer to wake this thread might be waiting for the CPU which
 * hangs. Only a failing test uses up the whole time.
 */
bool sim_wait(atomic_t *what)
{
	struct sim_patience patience = {};

	while (!atomic_read_acquire(what)) {
		if (sim_gave_up(&patience))
			return false;
		sim_poll();
	}
	return true;
}

void sim_chained_handler(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);

	atomic_inc(&line->begun);
	irq_desc_get_chip(desc)->irq_ack(irq_desc_get_irq_data(desc));
	atomic_inc(&line->handled);
}

/*
 * The chip of irq_domain_instantiate_sim(), with each delivery.
 */
bool sim_is_soft(struct kunit *test)
{
	const struct sim_param *param = test->param_value;

	return param->delivery != IRQ_SIM_DELIVER_HARDIRQ;
}

int sim_fire(struct sim_line *line)
{
	return irq_sim_fire(line->st->domain, line->hwirq);
}

/*
 * On PREEMPT_RT a task in a BH disabled section can be preempted. The
 * preempting task may run the softirqs of the CPU, or be preempted in turn
 * while it runs them. Let no task preempt this one.
 */
void sim_keep_cpu(bool on)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	if (on)
		sched_set_fifo(current);
	else
		sched_set_normal(current, 0);
}

/*
 * Begin a section in which nothing is delivered on this CPU. Everything that
 * was fired in the section is delivered when it ends.
 */
unsigned long sim_hold_cpu(struct kunit *test)
{
	unsigned long flags = 0;

	migrate_disable();
	sim_keep_cpu(true);
	if (sim_is_soft(test))
		local_bh_disable();
	else
		local_irq_save(flags);
	return flags;
}

/* Only end the section: delivery may happen a little later. */
void sim_let_go(struct kunit *test, unsigned long flags)
{
	if (sim_is_soft(test))
		local_bh_enable();
	else
		local_irq_restore(flags);
	sim_keep_cpu(false);
	migrate_enable();
}

void sim_release_cpu(struct kunit *test, unsigned long flags)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;

	sim_let_go(test, flags);
	/* With a budget, more passes may be needed than another task lets us run */
	if (!sim_is_soft(test) || IS_ENABLED(CONFIG_PREEMPT_RT) || param->budget)
		irq_sim_synchronize(st->domain);
}

void sim_note_context(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (in_hardirq())
		atomic_inc(&st->in_hardirq);
	else if (in_serving_softirq())
		atomic_inc(&st->in_softirq);
	if (!irqs_disabled())
		atomic_inc(&st->irqs_on);
	line->cpu = smp_processor_id();
}

void sim_note_order(struct sim_line *line)
{
	struct sim_test *st = line->st;
	int i = atomic_inc_return(&st->runs) - 1;

	if (i < ARRAY_SIZE(st->order))
		st->order[i] = line->hwirq;
}

int sim_wire(struct sim_line *line, bool high)
{
	return irq_sim_set_line(line->st->domain, line->hwirq, high);
}

/* Give the handler work: an edge, or a level which stays asserted until the handler ran. */
int sim_event(struct sim_line *line)
{
	if (line->type & (IRQF_TRIGGER_HIGH | IRQF_TRIGGER_LOW))
		return irq_sim_set_line(line->st->domain, line->hwirq,
					line->type & IRQF_TRIGGER_HIGH);
	return sim_fire(line);
}

/* What the device does when it is served: it takes back its level. */
void sim_served(struct sim_line *line)
{
	if (line->type & (IRQF_TRIGGER_HIGH | IRQF_TRIGGER_LOW))
		irq_sim_set_line(line->st->domain, line->hwirq, line->type & IRQF_TRIGGER_LOW);
}

bool sim_state(struct sim_line *line, enum irqchip_irq_state which)
{
	bool state = false;

	return !irq_get_irqchip_state(line->virq, which, &state) && state;
}

void sim_fire_and_flush(struct sim_line *line)
{
	sim_fire(line);
	sim_flush();
}

/* Stay in the handler until released, and a while longer. */
void sim_linger(struct sim_line *line)
{
	struct sim_test *st = line->st;

	if (atomic_inc_return(&st->entered) > 1)
		return;
	while (!atomic_read_acquire(&st->release))
		cpu_relax();
	/* By then, a caller which does not wait for this handler has returned */
	mdelay(20);
	atomic_set_release(&st->left, 1);
}

void sim_need_two_cpus(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
}

/* Migration is disabled from start to end. */
void sim_remote_start(struct sim_remote *remote)
{
	migrate_disable();
	remote->cpu = sim_other_cpu();
	INIT_WORK_ONSTACK(&remote->work, sim_remote_fn);
	schedule_work_on(remote->cpu, &remote->work);
}

void sim_remote_end(struct sim_remote *remote)
{
	flush_work(&remote->work);
	destroy_work_on_stack(&remote->work);
	migrate_enable();
}

/* Start, and return when the handler of the line is in progress on the other CPU. */
void sim_remote_hold(struct kunit *test, struct sim_remote *remote)
{
	struct sim_test *st = test->priv;

	sim_remote_start(remote);
	if (!sim_wait(&st->entered))
		KUNIT_FAIL(test, "the handler on CPU %d did not start", remote->cpu);
}

void sim_request_all(struct kunit *test, void (*on_irq)(struct sim_line *line))
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < SIM_LINES; i++) {
		st->line[i].on_irq = on_irq;
		KUNIT_ASSERT_EQ(test, sim_request(&st->line[i], 0), 0);
	}
}

/* A thread which fires a line. While the thread is parked, the line can come to rest. */
int sim_fire_thread(void *data)
{
	struct sim_line *line = data;

	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		sim_fire(line);
		atomic_inc(&line->st->entered);
		sim_poll();
	}
	return 0;
}

/*
 * Request a line, let it run, and free it, optionally disabling it first, while @task runs
 * sim_fire_thread() for it. Returns the number of handler runs.
 */
int sim_use_under_fire(struct kunit *test, struct sim_line *line, struct task_struct *task,
		       bool disable)
{
	struct sim_test *st = line->st;
	int runs;

	KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	/* Wait for a run which certainly started after the request */
	for (int i = 0; i < 2; i++) {
		atomic_set(&st->entered, 0);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	}
	irq_sim_synchronize(st->domain);
	/* disable_irq() waits for the handler; free_irq() waits only after removing it */
	if (disable)
		disable_irq(line->virq);
	free_irq(line->virq, line);
	runs = sim_runs(line);
	KUNIT_EXPECT_GE(test, runs, 1);
	/* The account is exact only at rest, so stop firing meanwhile */
	kthread_park(task);
	irq_sim_synchronize(st->domain);
	if (disable)
		sim_expect_account(test, line, NULL);
	else
		sim_account_freed(test, line, 0);
	kthread_unpark(task);
	return runs;
}

void sim_fire_until_released(struct sim_line *line)
{
	struct sim_test *st = line->st;

	while (!atomic_read_acquire(&st->release)) {
		if (irq_sim_fire(st->domain, line->hwirq) == 1)
			atomic_inc(&st->latched);
		atomic_inc(&st->entered);
		cond_resched();
	}
}

#ifdef CONFIG_TRACEPOINTS

bool sim_traced_is_ours(struct sim_traced *traced, const struct irq_domain *domain,
			irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_line *line = traced->line;

	return domain == line->st->domain && hwirq == line->hwirq && irq == line->virq;
}

void sim_traced_fire(void *data, const struct irq_domain *domain, irq_hw_number_t hwirq,
		     unsigned int irq, bool latched)
{
	struct sim_traced *traced = data;

	if (sim_traced_is_ours(traced, domain, hwirq, irq))
		atomic_inc(latched ? &traced->latched : &traced->merged);
}

void sim_traced_deliver(void *data, const struct irq_domain *domain,
			irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_traced *traced = data;

	if (sim_traced_is_ours(traced, domain, hwirq, irq))
		atomic_inc(&traced->delivered);
}

static void sim_traced_queue(void *data, const struct irq_domain *domain,
			     irq_hw_number_t hwirq, unsigned int irq, unsigned int cpu)
{
	struct sim_traced *traced = data;

	if (!sim_traced_is_ours(traced, domain, hwirq, irq))
		return;
	WRITE_ONCE(traced->cpu, cpu);
	atomic_inc(&traced->queued);
}

static void sim_traced_release(void *data, const struct irq_domain *domain,
			       irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_traced *traced = data;

	if (sim_traced_is_ours(traced, domain, hwirq, irq))
		atomic_inc(&traced->released);
}

void sim_find_tracepoint(struct tracepoint *tp, void *data)
{
	struct sim_traced *traced = data;

	if (!strcmp(tp->name, "irq_sim_fire"))
		traced->fire = tp;
	if (!strcmp(tp->name, "irq_sim_deliver"))
		traced->deliver = tp;
	if (!strcmp(tp->name, "irq_sim_queue"))
		traced->queue = tp;
	if (!strcmp(tp->name, "irq_sim_release"))
		traced->release = tp;
}

/* Start counting the claims of a line and their releases. */
struct sim_traced *sim_trace_claims(struct kunit *test, struct sim_line *line)
{
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = line;
	traced->cpu = nr_cpu_ids;
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->queue);
	KUNIT_ASSERT_NOT_NULL(test, traced->release);
	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(traced->queue, sim_traced_queue,
							   traced));
	KUNIT_EXPECT_EQ(test, 0, tracepoint_probe_register(traced->release, sim_traced_release,
							   traced));
	return traced;
}

/* Expect @claims claims, all of them released, the last one for @cpu. */
void sim_expect_claims(struct kunit *test, struct sim_traced *traced, unsigned int cpu, int claims)
{
	KUNIT_EXPECT_EQ(test, xchg(&traced->cpu, nr_cpu_ids), cpu);
	KUNIT_EXPECT_EQ(test, atomic_read(&traced->queued), claims);
	KUNIT_EXPECT_EQ(test, atomic_read(&traced->released), claims);
}

void sim_untrace_claims(struct sim_traced *traced)
{
	tracepoint_probe_unregister(traced->release, sim_traced_release, traced);
	tracepoint_probe_unregister(traced->queue, sim_traced_queue, traced);
	tracepoint_synchronize_unregister();
}
#else
struct sim_traced *sim_trace_claims(struct kunit *test, struct sim_line *line)
{
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
}

void sim_expect_claims(struct kunit *test, struct sim_traced *traced, unsigned int cpu, int claims)
{
}

void sim_untrace_claims(struct sim_traced *traced)
{
}
#endif

#ifdef CONFIG_TRACEPOINTS
/* Hold a delivery which has taken the line until released. */
void sim_traced_hold(void *data, const struct irq_domain *domain,
		     irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_traced *traced = data;

	if (sim_traced_is_ours(traced, domain, hwirq, irq))
		sim_hold(traced->line);
}

/* Hold it until the line has no owner any more, and a while longer. */
void sim_traced_freed(void *data, const struct irq_domain *domain,
		      irq_hw_number_t hwirq, unsigned int irq)
{
	struct sim_traced *traced = data;
	struct sim_test *st = traced->line->st;
	struct sim_patience patience = {};

	if (!sim_traced_is_ours(traced, domain, hwirq, irq))
		return;
	atomic_set_release(&st->entered, 1);
	while (irq_has_action(traced->line->virq)) {
		if (sim_gave_up(&patience))
			return;
		cpu_relax();
	}
	mdelay(20);
	atomic_set_release(&st->left, 1);
}
#endif

irqreturn_t sim_wake_thread(int irq, void *data)
{
	sim_handler(irq, data);
	return IRQ_WAKE_THREAD;
}

irqreturn_t sim_thread(int irq, void *data)
{
	struct sim_line *line = data;
	struct sim_test *st = line->st;

	atomic_inc(&st->entered);
	wait_for_completion(&st->thread_go);
	return IRQ_HANDLED;
}

/* Request line 3 as the parameter says. */
struct sim_line *mask_request(struct kunit *test, unsigned long flags)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	line->type = param->type;
	line->on_irq = sim_served;
	/* The flag is cleared when the last owner frees the line */
	if (param->unlazy)
		irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, param->type | flags), 0);
	return line;
}

kunit_test_suites(&irq_sim_context_suite,
		  &irq_sim_delivery_suite,
		  &irq_sim_chip_suite,
		  &irq_sim_lifetime_suite,
		  &irq_sim_affinity_suite,
		  &irq_sim_race_suite,
		  &irq_sim_observe_suite,
		  &irq_sim_compat_suite,
		  &irq_sim_masking_suite,
		  &irq_sim_type_suite,
		  &irq_sim_thread_suite,
		  &irq_sim_kind_suite,
		  &irq_sim_percpu_suite,
		  &irq_sim_firmware_suite,
		  &irq_sim_power_suite,
		  &irq_sim_sync_suite,
		  &irq_sim_level_suite,
		  &irq_sim_api_suite,
		  &irq_sim_genirq_suite,
		  &irq_sim_genirq_more_suite,
		  &irq_sim_msi_suite,
		  &irq_sim_stacked_suite,
		  &irq_sim_topology_suite,
		  &irq_sim_nested_suite,
		  &irq_sim_table_suite,
		  &irq_sim_walk_suite,
		  &irq_sim_fuzz_suite,
		  &irq_sim_every_suite,
		  &irq_sim_dying_suite);

MODULE_DESCRIPTION("KUnit tests of the interrupt simulator");
MODULE_LICENSE("GPL");
