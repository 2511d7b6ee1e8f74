// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lines.
 */

#include "irq_sim_kunit.h"

static const struct sim_kind_param percpu_params[] = {
	SIM_KIND_PARAM(HARDIRQ, PERCPU, 0, "hardirq"),
	SIM_KIND_PARAM(TASKLET, PERCPU, 0, "tasklet"),
	SIM_KIND_PARAM(BH_WORK, PERCPU, 0, "bh_work"),
};

KUNIT_ARRAY_PARAM_DESC(percpu, percpu_params, sim.name);

/* One CPU's part of a per-CPU line. */
struct percpu_cookie {
	atomic_t	runs;
	atomic_t	elsewhere;
	int		cpu;
};

/* The cookie of the line requested in the running test */
static struct percpu_cookie __percpu *percpu_cookies;
static unsigned int percpu_virq;

static irqreturn_t percpu_handler(int irq, void *data)
{
	struct percpu_cookie *cookie = data;

	if (cookie != this_cpu_ptr(percpu_cookies) || irq != percpu_virq)
		atomic_inc(&cookie->elsewhere);
	cookie->cpu = smp_processor_id();
	atomic_inc(&cookie->runs);
	return IRQ_HANDLED;
}

void percpu_enable(void *info)
{
	enable_percpu_irq(percpu_virq, IRQ_TYPE_NONE);
}

static void percpu_disable(void *info)
{
	if (irq_percpu_is_enabled(percpu_virq))
		disable_percpu_irq(percpu_virq);
}

void percpu_exit(struct kunit *test)
{
	struct sim_test *st = test->priv;

	if (percpu_virq) {
		on_each_cpu(percpu_disable, NULL, true);
		/* Make sure that no handler is running any more */
		irq_sim_synchronize(st->domain);
		free_percpu_irq(percpu_virq, percpu_cookies);
		percpu_virq = 0;
	}
	free_percpu(percpu_cookies);
	percpu_cookies = NULL;
	sim_exit(test);
}

struct sim_line *percpu_request(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];

	percpu_cookies = alloc_percpu(struct percpu_cookie);
	KUNIT_ASSERT_NOT_NULL(test, (void __force *)percpu_cookies);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_ASSERT_EQ(test, request_percpu_irq(line->virq, percpu_handler,
						 "irq_sim_kunit", percpu_cookies), 0);
	percpu_virq = line->virq;
	return line;
}

int percpu_runs(unsigned int cpu)
{
	return atomic_read(&per_cpu_ptr(percpu_cookies, cpu)->runs);
}

/* C24: a per-CPU line runs with the cookie of the CPU on which it was fired. */
static void percpu_run(struct kunit *test)
{
	struct sim_line *line = percpu_request(test);
	unsigned int here = cpumask_last(cpu_online_mask);
	struct sim_test *st = test->priv;
	unsigned int cpu;

	on_each_cpu(percpu_enable, NULL, true);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 1);
	irq_sim_synchronize(st->domain);
	for_each_online_cpu(cpu) {
		struct percpu_cookie *cookie = per_cpu_ptr(percpu_cookies, cpu);

		KUNIT_EXPECT_EQ(test, atomic_read(&cookie->runs), 1);
		KUNIT_EXPECT_EQ(test, cookie->cpu, cpu);
	}

	/* Enabling the line sets the type, and leaves the flow handler alone */
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_RISING), -EINVAL);
	/* Calls without a CPU apply to the current one, which is not the first one here */
	KUNIT_ASSERT_EQ(test, 0, set_cpus_allowed_ptr(current, cpumask_of(here)));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(here), 2);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, -1), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(here), 3);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(here), 4);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	for_each_possible_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, 0, atomic_read(&per_cpu_ptr(percpu_cookies, cpu)->elsewhere));
		if (cpu != here)
			KUNIT_EXPECT_EQ(test, percpu_runs(cpu), cpu_online(cpu));
	}
}

/* C11: fired by a task, it has been handled when the fire returns, like any line. */
static void percpu_fire_is_inline(struct kunit *test)
{
	struct sim_line *line;
	int ret, runs;

	if (!sim_is_soft(test))
		kunit_skip(test, "an irq_work may wait for the tick");
	line = percpu_request(test);
	migrate_disable();
	percpu_enable(NULL);
	for (int i = 1; i <= 20; i++) {
		int cpu = i % 2 ? -1 : smp_processor_id();

		sim_keep_cpu(true);
		ret = irq_sim_fire_on(line->st->domain, line->hwirq, cpu);
		runs = percpu_runs(smp_processor_id());
		sim_keep_cpu(false);
		KUNIT_EXPECT_EQ(test, ret, 1);
		KUNIT_EXPECT_EQ(test, runs, i);
	}
	migrate_enable();
}

/* C24: masked on a CPU, the line latches only there, and runs when it is enabled. */
static void percpu_masked(struct kunit *test)
{
	struct sim_line *line = percpu_request(test);
	struct sim_test *st = test->priv;
	unsigned int cpu = cpumask_last(cpu_online_mask), other;

	for_each_online_cpu(other)
		if (other != cpu)
			smp_call_function_single(other, percpu_enable, NULL, true);
	for_each_online_cpu(other)
		KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, other), 1);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 0);
	irq_sim_synchronize(st->domain);
	for_each_online_cpu(other)
		KUNIT_EXPECT_EQ(test, percpu_runs(other), other != cpu);
	smp_call_function_single(cpu, percpu_enable, NULL, true);
	irq_sim_synchronize(st->domain);
	for_each_online_cpu(other)
		KUNIT_EXPECT_EQ(test, percpu_runs(other), 1);

	/* The latch is for this owner, and not for the next one */
	smp_call_function_single(cpu, percpu_disable, NULL, true);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 1);
	on_each_cpu(percpu_disable, NULL, true);
	free_percpu_irq(line->virq, percpu_cookies);
	percpu_virq = 0;
	KUNIT_ASSERT_EQ(test, request_percpu_irq(line->virq, percpu_handler,
						 "irq_sim_kunit", percpu_cookies), 0);
	percpu_virq = line->virq;
	on_each_cpu(percpu_enable, NULL, true);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 1);
}

/* Events for an offline CPU run when it is back and has enabled the line. */
static void percpu_expect_back(struct kunit *test, struct sim_line *line, unsigned int cpu)
{
	struct irq_domain *domain = line->st->domain;

	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(domain, line->hwirq, cpu), 1);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(domain, line->hwirq, cpu), 0);
	irq_sim_synchronize(domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 0);
	KUNIT_ASSERT_EQ(test, sim_add_cpu(cpu), 0);
	irq_sim_synchronize(domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 0);
	smp_call_function_single(cpu, percpu_enable, NULL, true);
	irq_sim_synchronize(domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 1);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(domain, line->hwirq, cpu), 1);
	irq_sim_synchronize(domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 2);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&per_cpu_ptr(percpu_cookies, cpu)->elsewhere));
}

/* C24: while a CPU is offline its part latches, and runs when the CPU is back and enables it. */
static void percpu_offline(struct kunit *test)
{
	struct sim_line *line;
	unsigned int cpu;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CONFIG_HOTPLUG_CPU");
	sim_need_two_cpus(test);
	line = percpu_request(test);
	on_each_cpu(percpu_enable, NULL, true);
	cpu = cpumask_last(cpu_online_mask);
	KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);

	/* The driver has not disabled it there, but nothing is enabled on an offline CPU */
	percpu_expect_back(test, line, cpu);
}

/* Request the line, and with @map also map it, while a CPU is offline. */
static void percpu_offline_check(struct kunit *test, bool map)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];
	unsigned int cpu = cpumask_last(cpu_online_mask);

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CONFIG_HOTPLUG_CPU");
	sim_need_two_cpus(test);
	KUNIT_ASSERT_EQ(test, sim_remove_cpu(cpu), 0);
	if (map) {
		irq_dispose_mapping(line->virq);
		line->virq = irq_create_mapping(st->domain, line->hwirq);
		KUNIT_EXPECT_NE(test, line->virq, 0);
	}
	percpu_request(test);
	percpu_expect_back(test, line, cpu);
}

/* C16, C24: a requested line also works on CPUs which come up later. */
static void percpu_requested_offline(struct kunit *test)
{
	percpu_offline_check(test, false);
}

/* C16, C24: the same for a line which was mapped while they were offline. */
static void percpu_mapped_offline(struct kunit *test)
{
	percpu_offline_check(test, true);
}

/* Keep this CPU's part of the line on the list of this CPU for a while, disabled. */
static void percpu_stall(struct sim_line *line)
{
	struct sim_test *st = line->st;
	int cpu = smp_processor_id();

	percpu_enable(NULL);
	atomic_set(&st->latched, irq_sim_fire_on(st->domain, line->hwirq, cpu));
	disable_percpu_irq(line->virq);
	atomic_set_release(&st->entered, 1);
	while (!atomic_read_acquire(&st->release))
		cpu_relax();
	/* A caller which does not wait for this has returned by then, even on a busy host */
	mdelay(200);
	atomic_set_release(&st->left, 1);
}

static void percpu_stall_irqs(struct sim_line *line)
{
	unsigned long flags;

	local_irq_save(flags);
	percpu_stall(line);
	local_irq_restore(flags);
}

static void percpu_stall_bh(struct sim_line *line)
{
	local_bh_disable();
	percpu_stall(line);
	local_bh_enable();
}

/*
 * C17: the mapping is disposed of while the line is on the list of another CPU. The dispose
 * waits until the line is off the list, and the line does not run.
 */
static void percpu_dispose_waits(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_remote remote = {
		.fn	= sim_is_soft(test) ? percpu_stall_bh : percpu_stall_irqs,
		.line	= &st->line[3],
	};
	struct sim_line *line;
	bool entered;
	int left;

	sim_need_two_cpus(test);
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && sim_is_soft(test))
		kunit_skip(test, "softirqs can be preempted by any task");
	line = percpu_request(test);
	sim_remote_start(&remote);
	entered = sim_wait(&st->entered);
	/* This does not wait */
	free_percpu_irq(line->virq, percpu_cookies);
	percpu_virq = 0;
	atomic_set_release(&st->release, 1);
	irq_dispose_mapping(line->virq);
	left = atomic_read_acquire(&st->left);
	sim_remote_end(&remote);
	line->virq = 0;

	KUNIT_EXPECT_TRUE(test, entered);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->latched), 1);
	KUNIT_EXPECT_EQ(test, left, 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(remote.cpu), 0);
}

/* Notifications about a per-CPU line to the owner of the chip. */
struct percpu_calls {
	int	requested;
	int	released;
	int	ret;
};

static int percpu_requested(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct percpu_calls *calls = data;

	calls->requested++;
	return calls->ret;
}

static void percpu_released(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct percpu_calls *calls = data;

	calls->released++;
}

static const struct irq_sim_ops percpu_sim_ops = {
	.irq_sim_irq_requested	= percpu_requested,
	.irq_sim_irq_released	= percpu_released,
};

/* The owner of a chip is notified of requests, can refuse them, and is notified of releases. */
static void percpu_ops(struct kunit *test)
{
	const struct sim_kind_param *param = test->param_value;
	struct percpu_calls *calls = kunit_kzalloc(test, sizeof(*calls), GFP_KERNEL);
	struct irq_sim_info info = {
		.num_irqs	= 1,
		.delivery	= param->sim.delivery,
		.kind		= IRQ_SIM_KIND_PERCPU,
		.ops		= &percpu_sim_ops,
		.data		= calls,
	};
	struct irq_domain *domain;
	unsigned int virq;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, calls);
	percpu_cookies = alloc_percpu(struct percpu_cookie);
	KUNIT_ASSERT_NOT_NULL(test, (void __force *)percpu_cookies);
	domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	virq = irq_create_mapping(domain, 0);
	KUNIT_EXPECT_NE(test, virq, 0);

	calls->ret = -EPERM;
	ret = request_percpu_irq(virq, percpu_handler, "irq_sim_kunit", percpu_cookies);
	KUNIT_EXPECT_EQ(test, ret, -EPERM);
	if (!ret)
		free_percpu_irq(virq, percpu_cookies);
	KUNIT_EXPECT_EQ(test, calls->requested, 1);
	KUNIT_EXPECT_EQ(test, calls->released, 0);
	/* It was not started on any CPU */
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(domain, 0, -1), -ENXIO);

	calls->ret = 0;
	ret = request_percpu_irq(virq, percpu_handler, "irq_sim_kunit", percpu_cookies);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, calls->requested, 2);
	KUNIT_EXPECT_EQ(test, calls->released, 0);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(domain, 0, -1), 1);
	if (!ret)
		free_percpu_irq(virq, percpu_cookies);
	KUNIT_EXPECT_EQ(test, calls->requested, 2);
	KUNIT_EXPECT_EQ(test, calls->released, 1);
	irq_dispose_mapping(virq);
	irq_domain_remove_sim(domain);
}

/* What debugfs shows of a chip's kind, of each part of a line, and of the serving CPUs. */
static void percpu_shown(struct kunit *test)
{
	unsigned int cpu = cpumask_last(cpu_online_mask), other;
	struct sim_test *st = test->priv;
	struct sim_line *line;
	char expected[48];

	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_DEBUGFS))
		kunit_skip(test, "needs CONFIG_GENERIC_IRQ_DEBUGFS");
	line = percpu_request(test);
	smp_call_function_single(cpu, percpu_enable, NULL, true);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 1);

	KUNIT_EXPECT_TRUE(test, sim_chip_shows(test, st->domain, " kind: percpu delivery: "));
	for_each_online_cpu(other) {
		snprintf(expected, sizeof(expected), "cpu%u served: %d\n", other, other == cpu);
		KUNIT_EXPECT_TRUE_MSG(test, sim_chip_shows(test, st->domain, expected), "%s",
				      expected);
		snprintf(expected, sizeof(expected), " cpu%u: started%s low\n", other,
			 other == cpu ? "" : " masked");
		KUNIT_EXPECT_TRUE_MSG(test, sim_shows(test, line, expected), "%s", expected);
	}
}

/* Each claim of a part is traced once, with its CPU, and so is its release. */
static void percpu_traced(struct kunit *test)
{
	struct sim_line *line = percpu_request(test);
	struct sim_traced *traced = sim_trace_claims(test, line);
	struct sim_test *st = test->priv;
	unsigned int cpu;
	int claims = 0;

	/* Latched while it is masked, claimed by the enable; then claimed by the fire */
	for_each_online_cpu(cpu) {
		for (int enabled = 0; enabled < 2; enabled++) {
			KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 1);
			if (!enabled) {
				KUNIT_EXPECT_EQ(test, atomic_read(&traced->queued), claims);
				smp_call_function_single(cpu, percpu_enable, NULL, true);
			}
			irq_sim_synchronize(st->domain);
			sim_expect_claims(test, traced, cpu, ++claims);
		}
		KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 2);
	}
	sim_untrace_claims(traced);
}

/* C24, C26: calls which are refused. */
static void percpu_bad(struct kunit *test)
{
	struct irq_sim_info info = { .num_irqs = 1, .delivery = IRQ_SIM_DELIVER_TASKLET };
	struct sim_line *line = percpu_request(test);
	struct sim_test *st = test->priv;
	struct irq_sim_account account;
	struct irq_domain *other;

	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, -2), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, nr_cpu_ids), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, INT_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, SIM_LINES, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(NULL, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, 0, 0), -ENXIO);
	KUNIT_EXPECT_EQ(test, irq_sim_get_account(st->domain, line->hwirq, &account), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(0)), -EINVAL);

	other = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(other, 0, 0), -EINVAL);
	irq_domain_remove_sim(other);

	/* A line which is not mapped */
	irq_dispose_mapping(st->line[0].virq);
	st->line[0].virq = 0;
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, 0, 0), -ENXIO);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, 0, -1), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_fire(&st->line[0]), -ENXIO);
	KUNIT_EXPECT_EQ(test, sim_wire(&st->line[0], true), -ENXIO);

	/* None of the other options apply to it */
	info.kind = IRQ_SIM_KIND_PERCPU;
	for (int bit = 0; bit < 5; bit++) {
		info.flags = BIT(bit);
		KUNIT_EXPECT_EQ(test, PTR_ERR(irq_domain_instantiate_sim(&info)), -EINVAL);
	}
	info.kind = IRQ_SIM_KIND_ACK;
	info.flags = IRQ_SIM_EOI_THREADED;
	KUNIT_EXPECT_EQ(test, PTR_ERR(irq_domain_instantiate_sim(&info)), -EINVAL);
	info.flags = IRQ_SIM_SINGLE_TARGET | IRQ_SIM_NO_AFFINITY;
	KUNIT_EXPECT_EQ(test, PTR_ERR(irq_domain_instantiate_sim(&info)), -EINVAL);
	info.flags = 0;
	info.kind = IRQ_SIM_KIND_PERCPU + 1;
	KUNIT_EXPECT_EQ(test, PTR_ERR(irq_domain_instantiate_sim(&info)), -EINVAL);
}

static struct kunit_case irq_sim_percpu_cases[] = {
	KUNIT_CASE_PARAM(percpu_run, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_fire_is_inline, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_masked, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_offline, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_requested_offline, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_mapped_offline, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_dispose_waits, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_ops, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_shown, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_traced, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_bad, percpu_gen_params),
	{}
};

struct kunit_suite irq_sim_percpu_suite = {
	.name = "irq_sim_percpu",
	.init = sim_kind_init,
	.exit = percpu_exit,
	.test_cases = irq_sim_percpu_cases,
};
