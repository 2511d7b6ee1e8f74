// SPDX-License-Identifier: GPL-2.0
/*
 * An expander on a line of a simulated controller, whose interrupts are nested in the thread of
 * that line; and IPIs multiplexed over a per-CPU line.
 */

#include <linux/kthread.h>

#include "irq_sim_kunit.h"

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

/* C24: with each delivery */
KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);

#define NEST_BITS	4

/**
 * struct nest_test - fixture: an expander on line 0
 * @st:		the simulated chip
 * @domain:	domain of the expander
 * @lock:	protects @status, @enabled and the wire
 * @status:	status register: raised and not served
 * @enabled:	interrupts which may assert the wire
 * @bit:	interrupts of the expander
 * @raised:	for each interrupt, events which did not merge into the previous one
 * @task:	the thread of the line
 * @elsewhere:	runs of @bit handlers outside @task, always wrong
 * @atomic:	runs of @bit handlers in atomic context, always wrong
 * @spurious:	runs of the thread which found nothing
 */
struct nest_test {
	struct sim_test		st;
	struct irq_domain	*domain;
	raw_spinlock_t		lock;	/* the registers */
	unsigned long		status;
	unsigned long		enabled;
	struct sim_line		bit[NEST_BITS];
	atomic_t		raised[NEST_BITS];
	struct task_struct	*task;
	atomic_t		elsewhere;
	atomic_t		atomic;
	atomic_t		spurious;
};

static struct nest_test *nest_of(struct kunit *test)
{
	return container_of((struct sim_test *)test->priv, struct nest_test, st);
}

/* Drive the wire according to the registers. */
static void nest_update(struct nest_test *nest)
{
	lockdep_assert_held(&nest->lock);
	sim_wire(&nest->st.line[0], nest->status & nest->enabled);
}

/* A device on the expander has an event. */
static void nest_raise(struct sim_line *bit)
{
	struct nest_test *nest = container_of(bit->st, struct nest_test, st);

	guard(raw_spinlock_irqsave)(&nest->lock);
	if (!(nest->status & BIT(bit->hwirq)))
		atomic_inc(&nest->raised[bit->hwirq]);
	nest->status |= BIT(bit->hwirq);
	nest_update(nest);
}

static void nest_enable(struct irq_data *data)
{
	struct nest_test *nest = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock)(&nest->lock);
	nest->enabled |= BIT(data->hwirq);
	nest_update(nest);
}

static void nest_disable(struct irq_data *data)
{
	struct nest_test *nest = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock)(&nest->lock);
	nest->enabled &= ~BIT(data->hwirq);
	nest_update(nest);
}

static int nest_retrigger(struct irq_data *data)
{
	struct nest_test *nest = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock)(&nest->lock);
	nest->status |= BIT(data->hwirq);
	nest_update(nest);
	return 1;
}

/* Disabled at the expander, at once, or only by genirq */
static const struct irq_chip nest_chip = {
	.name		= "nest",
	.irq_enable	= nest_enable,
	.irq_disable	= nest_disable,
};

static const struct irq_chip nest_lazy_chip = {
	.name		= "nest_lazy",
	.irq_mask	= nest_disable,
	.irq_unmask	= nest_enable,
	.irq_retrigger	= nest_retrigger,
};

static int nest_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	struct nest_test *nest = domain->host_data;

	irq_set_chip_data(virq, nest);
	irq_set_chip_and_handler(virq, hwirq % 2 ? &nest_lazy_chip : &nest_chip, handle_simple_irq);
	irq_set_nested_thread(virq, true);
	irq_set_parent(virq, nest->st.line[0].virq);
	irq_set_noprobe(virq);
	return 0;
}

static const struct irq_domain_ops nest_ops = {
	.map	= nest_map,
};

/* The thread of the line. Events raised while it runs assert the wire again. */
static irqreturn_t nest_thread(int irq, void *data)
{
	struct nest_test *nest = data;
	unsigned long pending;
	unsigned int hwirq;

	WRITE_ONCE(nest->task, current);
	scoped_guard(raw_spinlock_irqsave, &nest->lock) {
		pending = nest->status & nest->enabled;
		nest->status &= ~pending;
		nest_update(nest);
	}
	if (!pending)
		atomic_inc(&nest->spurious);
	for_each_set_bit(hwirq, &pending, NEST_BITS)
		handle_nested_irq(nest->bit[hwirq].virq);
	atomic_inc(&nest->st.line[0].handled);
	return IRQ_HANDLED;
}

static irqreturn_t nest_handler(int irq, void *data)
{
	struct sim_line *bit = data;
	struct nest_test *nest = container_of(bit->st, struct nest_test, st);

	if (READ_ONCE(nest->task) != current)
		atomic_inc(&nest->elsewhere);
	if (in_interrupt() || irqs_disabled())
		atomic_inc(&nest->atomic);
	return sim_handler(irq, data);
}

static int nest_request(struct sim_line *bit)
{
	return request_threaded_irq(bit->virq, NULL, nest_handler, IRQF_ONESHOT,
				    "irq_sim_kunit", bit);
}

static int nest_init(struct kunit *test)
{
	struct nest_test *nest = kunit_kzalloc(test, sizeof(*nest), GFP_KERNEL);
	const struct sim_param *param = test->param_value;

	KUNIT_ASSERT_NOT_NULL(test, nest);
	init_completion(&nest->st.thread_go);
	raw_spin_lock_init(&nest->lock);
	test->priv = &nest->st;
	nest->st.domain = sim_create(param);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nest->st.domain);
	nest->st.line[0].st = &nest->st;
	nest->st.line[0].virq = sim_map(nest->st.domain, 0);
	KUNIT_ASSERT_NE(test, nest->st.line[0].virq, 0);
	nest->domain = irq_domain_create_linear(NULL, NEST_BITS, &nest_ops, nest);
	KUNIT_ASSERT_NOT_NULL(test, nest->domain);
	for (int i = 0; i < NEST_BITS; i++) {
		nest->bit[i].st = &nest->st;
		nest->bit[i].hwirq = i;
		nest->bit[i].virq = irq_create_mapping(nest->domain, i);
		KUNIT_ASSERT_NE(test, nest->bit[i].virq, 0);
	}
	return 0;
}

static void nest_exit(struct kunit *test)
{
	struct nest_test *nest;

	if (!test->priv)
		return;
	nest = nest_of(test);
	for (int i = 0; i < NEST_BITS; i++) {
		if (nest->bit[i].virq && irq_has_action(nest->bit[i].virq))
			free_irq(nest->bit[i].virq, &nest->bit[i]);
	}
	if (nest->st.line[0].virq && irq_has_action(nest->st.line[0].virq))
		free_irq(nest->st.line[0].virq, nest);
	for (int i = 0; i < NEST_BITS; i++)
		irq_dispose_mapping(nest->bit[i].virq);
	if (nest->domain)
		irq_domain_remove(nest->domain);
	irq_dispose_mapping(nest->st.line[0].virq);
	if (!IS_ERR_OR_NULL(nest->st.domain))
		irq_domain_remove_sim(nest->st.domain);
}

static struct nest_test *nest_start(struct kunit *test)
{
	struct nest_test *nest = nest_of(test);

	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(nest->st.line[0].virq, NULL, nest_thread,
						      IRQF_ONESHOT | IRQF_TRIGGER_HIGH,
						      "irq_sim_kunit", nest));
	for (int i = 0; i < NEST_BITS; i++)
		KUNIT_ASSERT_EQ(test, nest_request(&nest->bit[i]), 0);
	return nest;
}

/*
 * Wait until the line is not asserted and its thread has finished. The run which has lowered
 * the wire started before this check, so wait for it afterwards.
 */
static void nest_sync(struct nest_test *nest)
{
	bool asserted;

	do {
		asserted = sim_state(&nest->st.line[0], IRQCHIP_STATE_LINE_LEVEL);
		irq_sim_synchronize(nest->st.domain);
		synchronize_irq(nest->st.line[0].virq);
	} while (asserted);
}

static void nest_exact(struct kunit *test)
{
	struct nest_test *nest = nest_of(test);

	for (int i = 0; i < NEST_BITS; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&nest->bit[i]), atomic_read(&nest->raised[i]));
		KUNIT_EXPECT_EQ(test, atomic_read(&nest->bit[i].nested), 0);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&nest->elsewhere), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nest->atomic), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nest->st.wrong_irq), 0);
}

/* C24: each nested handler runs in the thread of the line, may sleep there, and runs once. */
static void nest_threads(struct kunit *test)
{
	struct nest_test *nest = nest_of(test);
	struct sim_line *bit = nest->bit;

	/* Nobody would call a primary handler */
	KUNIT_EXPECT_EQ(test, sim_request(&bit[0], 0), -EINVAL);
	nest_start(test);
	for (int i = 0; i < NEST_BITS; i++) {
		nest_raise(&bit[i]);
		nest_sync(nest);
		for (int j = 0; j < NEST_BITS; j++)
			KUNIT_EXPECT_EQ(test, sim_runs(&bit[j]), j <= i);
	}
	nest_exact(test);
	KUNIT_EXPECT_EQ(test, sim_runs(&nest->st.line[0]), NEST_BITS);

	/* The line stays masked while its thread runs, regardless of new events */
	disable_irq(nest->st.line[0].virq);
	for (int i = 0; i < NEST_BITS; i++)
		nest_raise(&bit[i]);
	irq_sim_synchronize(nest->st.domain);
	KUNIT_EXPECT_EQ(test, sim_runs(&bit[0]), 1);
	enable_irq(nest->st.line[0].virq);
	nest_sync(nest);
	nest_exact(test);
	KUNIT_EXPECT_EQ(test, sim_runs(&nest->st.line[0]), NEST_BITS + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&nest->spurious), 0);
}

/* C5, C24: disabled at the expander, or by genirq, which keeps the event and replays it. */
static void nest_disabled(struct kunit *test)
{
	struct nest_test *nest = nest_start(test);

	for (int i = 0; i < NEST_BITS; i++) {
		struct sim_line *bit = &nest->bit[i];

		disable_irq(bit->virq);
		nest_raise(bit);
		nest_raise(&nest->bit[(i + 1) % NEST_BITS]);
		nest_sync(nest);
		KUNIT_EXPECT_EQ(test, sim_runs(bit), atomic_read(&nest->raised[i]) - 1);
		enable_irq(bit->virq);
		nest_sync(nest);
		nest_exact(test);
	}
	KUNIT_EXPECT_EQ(test, nest->status, 0);
}

#define NEST_ROUNDS	500

static void nest_flood(struct sim_line *bit)
{
	struct nest_test *nest = container_of(bit->st, struct nest_test, st);

	for (int i = 0; i < NEST_ROUNDS; i++) {
		nest_raise(&nest->bit[i % NEST_BITS]);
		sim_poll();
	}
}

/* C3, C24: events arrive while the thread runs, from two CPUs if available. */
static void nest_race(struct kunit *test)
{
	struct nest_test *nest = nest_start(test);
	struct sim_remote remote = { .fn = nest_flood, .line = &nest->bit[0] };
	bool two = num_online_cpus() > 1;

	if (two)
		sim_remote_start(&remote);
	nest_flood(&nest->bit[0]);
	if (two)
		sim_remote_end(&remote);
	nest_sync(nest);
	nest_exact(test);
	KUNIT_EXPECT_EQ(test, nest->status, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nest->spurious), 0);
}

static int nest_fire_thread(void *data)
{
	struct nest_test *nest = data;

	while (!kthread_should_stop()) {
		for (int i = 0; i < NEST_BITS; i++)
			nest_raise(&nest->bit[i]);
		atomic_inc(&nest->st.entered);
		sim_poll();
	}
	return 0;
}

/* C17, C24: one interrupt is freed and requested while all fire; the others lose nothing. */
static void nest_freed(struct kunit *test)
{
	struct nest_test *nest = nest_start(test);
	struct sim_test *st = test->priv;
	struct task_struct *task;

	task = kthread_run(nest_fire_thread, nest, "irq_sim_nest");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	for (int round = 0; round < 50; round++) {
		struct sim_line *bit = &nest->bit[round % 2];
		int runs;

		/* The thread of the line has served the event of this interrupt */
		atomic_set(&bit->handled, 0);
		KUNIT_EXPECT_TRUE(test, sim_wait(&bit->handled));
		free_irq(bit->virq, bit);
		runs = sim_runs(bit);
		atomic_set(&st->entered, 0);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		synchronize_irq(st->line[0].virq);
		KUNIT_EXPECT_EQ(test, sim_runs(bit), runs);
		KUNIT_EXPECT_EQ(test, atomic_read(&bit->depth), 0);
		KUNIT_EXPECT_EQ(test, nest_request(bit), 0);
	}
	kthread_stop(task);
	nest_sync(nest);
	for (int i = 2; i < NEST_BITS; i++)
		KUNIT_EXPECT_EQ(test, sim_runs(&nest->bit[i]), atomic_read(&nest->raised[i]));
	KUNIT_EXPECT_EQ(test, atomic_read(&nest->elsewhere), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nest->st.wrong_irq), 0);
}

/* The mux cannot be removed, and keeps its callbacks, so a module must not create one. */
#if defined(CONFIG_GENERIC_IRQ_IPI_MUX) && !defined(MODULE)

#define IPI_NR	4

static unsigned int ipi_virq;
static struct irq_domain *ipi_domain;
static atomic_t ipi_runs[NR_CPUS][IPI_NR];
static unsigned int ipi_line;

static void ipi_send(unsigned int cpu)
{
	irq_sim_fire_on(ipi_domain, 0, cpu);
}

static irqreturn_t ipi_parent(int irq, void *data)
{
	ipi_mux_process();
	return IRQ_HANDLED;
}

static irqreturn_t ipi_handler(int irq, void *data)
{
	atomic_inc(&ipi_runs[smp_processor_id()][irq - ipi_virq]);
	return IRQ_HANDLED;
}

static void ipi_enable(void *on)
{
	for (int i = 0; i < IPI_NR; i++) {
		if (on)
			enable_percpu_irq(ipi_virq + i, IRQ_TYPE_NONE);
		else
			disable_percpu_irq(ipi_virq + i);
	}
	if (on)
		enable_percpu_irq(ipi_line, IRQ_TYPE_NONE);
	else
		disable_percpu_irq(ipi_line);
}

static void ipi_mask_one(void *off)
{
	if (off)
		disable_percpu_irq(ipi_virq + 1);
	else
		enable_percpu_irq(ipi_virq + 1, IRQ_TYPE_NONE);
}

static void ipi_to(const struct cpumask *mask, int which)
{
	struct irq_data *data = irq_get_irq_data(ipi_virq + which);

	guard(preempt)();
	irq_data_get_irq_chip(data)->ipi_send_mask(data, mask);
}

static void ipi_expect(struct kunit *test, const int *want, int which)
{
	int cpu;

	irq_sim_synchronize(ipi_domain);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&ipi_runs[cpu][which]), want[cpu],
				    "IPI %d on CPU %d", which, cpu);
}

static void ipi_flood(struct sim_line *line)
{
	for (int i = 0; i < 1000; i++)
		ipi_to(cpu_online_mask, i % IPI_NR);
}

/* C24: IPIs over a per-CPU line: to one CPU, to all, masked on one CPU; none is lost. */
static void ipi_check(struct kunit *test)
{
	struct sim_remote remote = { .fn = ipi_flood };
	int *want = kunit_kcalloc(test, nr_cpu_ids, sizeof(*want), GFP_KERNEL);
	int cpu, sum;

	KUNIT_ASSERT_NOT_NULL(test, want);
	for_each_online_cpu(cpu) {
		ipi_to(cpumask_of(cpu), 2);
		want[cpu]++;
		ipi_expect(test, want, 2);
	}
	ipi_to(cpu_online_mask, 2);
	for_each_online_cpu(cpu)
		want[cpu]++;
	ipi_expect(test, want, 2);

	/* Masked on the last CPU: there, several IPIs merge into one, which waits for the unmask */
	memset(want, 0, nr_cpu_ids * sizeof(*want));
	cpu = cpumask_last(cpu_online_mask);
	smp_call_function_single(cpu, ipi_mask_one, &want, true);
	for (int i = 0; i < 3; i++) {
		int other;

		ipi_to(cpu_online_mask, 1);
		for_each_online_cpu(other)
			want[other] += other != cpu;
		ipi_expect(test, want, 1);
	}
	smp_call_function_single(cpu, ipi_mask_one, NULL, true);
	want[cpu] = 1;
	ipi_expect(test, want, 1);

	if (num_online_cpus() > 1) {
		sim_remote_start(&remote);
		ipi_flood(NULL);
		sim_remote_end(&remote);
	}
	/* Nothing is left over: one more of each gives one more run */
	irq_sim_synchronize(ipi_domain);
	for (int i = 0; i < IPI_NR; i++) {
		sum = 0;
		for_each_online_cpu(cpu)
			sum -= atomic_read(&ipi_runs[cpu][i]);
		ipi_to(cpu_online_mask, i);
		irq_sim_synchronize(ipi_domain);
		for_each_online_cpu(cpu)
			sum += atomic_read(&ipi_runs[cpu][i]);
		KUNIT_EXPECT_EQ(test, sum, num_online_cpus());
	}
}

static void nest_ipi(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct irq_sim_info info = {
		.num_irqs = 1, .delivery = param->delivery, .kind = IRQ_SIM_KIND_PERCPU,
	};
	static int __percpu *cookie;

	if (!ipi_virq) {
		int ret = ipi_mux_create(IPI_NR, ipi_send);

		if (ret == -EEXIST)
			kunit_skip(test, "there is one mux, which the architecture has taken");
		KUNIT_ASSERT_GT(test, ret, 0);
		ipi_virq = ret;
		cookie = alloc_percpu(int);
		KUNIT_ASSERT_NOT_NULL(test, (void __force *)cookie);
		for (int i = 0; i < IPI_NR; i++)
			KUNIT_ASSERT_EQ(test, 0, request_percpu_irq(ipi_virq + i, ipi_handler,
								    "irq_sim_kunit", cookie));
	}
	KUNIT_EXPECT_EQ(test, ipi_mux_create(IPI_NR, ipi_send), -EEXIST);

	memset(ipi_runs, 0, sizeof(ipi_runs));
	ipi_domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ipi_domain);
	ipi_line = irq_create_mapping(ipi_domain, 0);
	KUNIT_EXPECT_NE(test, ipi_line, 0);
	KUNIT_EXPECT_EQ(test, 0, request_percpu_irq(ipi_line, ipi_parent, "irq_sim_kunit", cookie));
	on_each_cpu(ipi_enable, &info, true);
	ipi_check(test);
	on_each_cpu(ipi_enable, NULL, true);
	irq_sim_synchronize(ipi_domain);
	free_percpu_irq(ipi_line, cookie);
	irq_dispose_mapping(ipi_line);
	irq_domain_remove_sim(ipi_domain);
}

#else

static void nest_ipi(struct kunit *test)
{
	kunit_skip(test, "needs SMP, and the tests built in: a mux cannot be removed");
}

#endif

static struct kunit_case irq_sim_nested_cases[] = {
	KUNIT_CASE_PARAM(nest_threads, delivery_gen_params),
	KUNIT_CASE_PARAM(nest_disabled, delivery_gen_params),
	KUNIT_CASE_PARAM(nest_race, delivery_gen_params),
	KUNIT_CASE_PARAM_ATTR(nest_freed, delivery_gen_params, sim_slow),
	KUNIT_CASE_PARAM(nest_ipi, delivery_gen_params),
	{}
};

struct kunit_suite irq_sim_nested_suite = {
	.name = "irq_sim_nested",
	.init = nest_init,
	.exit = nest_exit,
	.test_cases = irq_sim_nested_cases,
};
