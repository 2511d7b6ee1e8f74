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

/* The cookie of the line which is requested in the test that runs */
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
		/* Nobody is in the handler any more */
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
	struct sim_test *st = test->priv;
	unsigned int cpu;
	int sum = 0;

	on_each_cpu(percpu_enable, NULL, true);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 1);
	irq_sim_synchronize(st->domain);
	for_each_online_cpu(cpu) {
		struct percpu_cookie *cookie = per_cpu_ptr(percpu_cookies, cpu);

		KUNIT_EXPECT_EQ(test, atomic_read(&cookie->runs), 1);
		KUNIT_EXPECT_EQ(test, cookie->cpu, cpu);
	}

	/* The type is set by the enable, which has left the flow handler alone */
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_RISING), -EINVAL);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, -1), 1);
	irq_sim_synchronize(st->domain);
	for_each_possible_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, 0, atomic_read(&per_cpu_ptr(percpu_cookies, cpu)->elsewhere));
		sum += percpu_runs(cpu);
	}
	KUNIT_EXPECT_EQ(test, sum, num_online_cpus() + 2);
}

/* C24: masked on a CPU, the line latches there and only there, and runs when it is enabled. */
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

	/* ... which is for this owner, and not for the next one */
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

/* C24: while a CPU is offline its part latches, and runs when it is back and enabled. */
static void percpu_offline(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line;
	unsigned int cpu;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CONFIG_HOTPLUG_CPU");
	sim_need_two_cpus(test);
	line = percpu_request(test);
	on_each_cpu(percpu_enable, NULL, true);
	cpu = cpumask_last(cpu_online_mask);
	if (sim_remove_cpu(cpu))
		kunit_skip(test, "CPU %u does not go down", cpu);

	/* Its driver has not disabled it there, but a CPU which is off has nothing enabled */
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 1);
	KUNIT_EXPECT_EQ(test, irq_sim_fire_on(st->domain, line->hwirq, cpu), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 0);
	KUNIT_ASSERT_EQ(test, sim_add_cpu(cpu), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 0);
	smp_call_function_single(cpu, percpu_enable, NULL, true);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, percpu_runs(cpu), 1);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&per_cpu_ptr(percpu_cookies, cpu)->elsewhere));
}

/* C24, C26: what is refused. */
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

	/* Nothing of the rest of the options is for it */
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
	KUNIT_CASE_PARAM(percpu_masked, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_offline, percpu_gen_params),
	KUNIT_CASE_PARAM(percpu_bad, percpu_gen_params),
	{}
};

struct kunit_suite irq_sim_percpu_suite = {
	.name = "irq_sim_percpu",
	.init = sim_kind_init,
	.exit = percpu_exit,
	.test_cases = irq_sim_percpu_cases,
};
