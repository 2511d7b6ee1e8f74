// SPDX-License-Identifier: GPL-2.0
/*
 * A controller behind a line of a simulated one: chained, and with interrupts redirected to
 * another CPU.
 */

#include <linux/irqchip/chained_irq.h>
#include <linux/kthread.h>

#include "irq_sim_kunit.h"

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

/* C24: with each kind of controller and each delivery */
KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);

#define TOPO_BITS	4

/* An interrupt of the controller which is never mapped */
#define TOPO_UNMAPPED	(TOPO_BITS + 1)

/**
 * struct topo_test - fixture: a controller with a status register behind line 0
 * @st:		the simulated chip
 * @lower:	domain of the controller
 * @upper:	a domain on top of it
 * @stacked:	the interrupts belong to @upper
 * @status:	status register: raised and not acknowledged
 * @enabled:	interrupts which are not masked
 * @on:		the controller drives the line
 * @demux:	failed calls of generic_handle_demux_domain_irq() or its variants
 * @bit:	its interrupts
 * @raised:	for each interrupt, events which did not merge into the previous one
 * @acked:	for each interrupt, acknowledged events
 * @last:	for each interrupt, number of the last event
 * @seen:	for each interrupt, event number found by the last run
 * @bits:	number of mapped interrupts
 * @redirect:	the interrupts are redirected
 */
struct topo_test {
	struct sim_test		st;
	struct irq_domain	*lower;
	struct irq_domain	*upper;
	bool			stacked;
	atomic_t		status;
	atomic_t		enabled;
	atomic_t		on;
	atomic_t		demux;
	struct sim_line		bit[TOPO_BITS];
	atomic_t		raised[TOPO_BITS + 2];
	atomic_t		acked[TOPO_BITS];
	atomic_t		last[TOPO_BITS];
	atomic_t		seen[TOPO_BITS];
	int			bits;
	bool			redirect;
};

static struct topo_test *topo_of(struct kunit *test)
{
	return container_of((struct sim_test *)test->priv, struct topo_test, st);
}

static struct topo_test *topo_of_line(struct sim_line *line)
{
	return container_of(line->st, struct topo_test, st);
}

/* The controller has something to report. */
static int topo_fire(struct topo_test *topo)
{
	/* See topo_detach() */
	guard(rcu)();
	return atomic_read(&topo->on) ? sim_fire(&topo->st.line[0]) : 0;
}

/* The device behind the controller has one event or more, given by @bits. */
static int topo_raise_bits(struct topo_test *topo, int bits)
{
	int new = bits & ~atomic_fetch_or(bits, &topo->status);

	for (int i = 0; i < ARRAY_SIZE(topo->raised); i++) {
		if (new & BIT(i))
			atomic_inc(&topo->raised[i]);
	}
	return topo_fire(topo);
}

static int topo_raise(struct sim_line *bit)
{
	struct topo_test *topo = topo_of_line(bit);
	/* It may be remapped meanwhile */
	unsigned int i = bit - topo->bit;

	atomic_inc(&topo->last[i]);
	return topo_raise_bits(topo, BIT(i));
}

static void topo_ack(struct irq_data *data)
{
	struct topo_test *topo = irq_data_get_irq_chip_data(data);

	if (atomic_fetch_andnot(BIT(data->hwirq), &topo->status) & BIT(data->hwirq))
		atomic_inc(&topo->acked[data->hwirq]);
}

static void topo_mask(struct irq_data *data)
{
	struct topo_test *topo = irq_data_get_irq_chip_data(data);

	atomic_andnot(BIT(data->hwirq), &topo->enabled);
}

static void topo_unmask(struct irq_data *data)
{
	struct topo_test *topo = irq_data_get_irq_chip_data(data);

	/* Fully ordered, against a device which sets @status and then checks @enabled */
	atomic_fetch_or(BIT(data->hwirq), &topo->enabled);
	if (atomic_read(&topo->status) & BIT(data->hwirq))
		topo_fire(topo);
}

static int topo_retrigger(struct irq_data *data)
{
	struct topo_test *topo = irq_data_get_irq_chip_data(data);

	atomic_fetch_or(BIT(data->hwirq), &topo->status);
	topo_fire(topo);
	return 1;
}

static const struct irq_chip topo_chip = {
	.name			= "topo",
	.irq_ack		= topo_ack,
	.irq_mask		= topo_mask,
	.irq_unmask		= topo_unmask,
	.irq_retrigger		= topo_retrigger,
};

#ifdef CONFIG_SMP
static void topo_no_ack(struct irq_data *data)
{
}

/* Acknowledges when demultiplexing, not when handling. */
static const struct irq_chip topo_redirect_chip = {
	.name			= "topo_redirect",
	.irq_pre_redirect	= topo_ack,
	.irq_ack		= topo_no_ack,
	.irq_mask		= topo_mask,
	.irq_unmask		= topo_unmask,
	.irq_retrigger		= topo_retrigger,
	.irq_set_affinity	= irq_chip_redirect_set_affinity,
};

static const struct irq_chip topo_upper_chip = {
	.name			= "topo_upper",
	.irq_pre_redirect	= irq_chip_pre_redirect_parent,
	.irq_ack		= topo_no_ack,
	.irq_mask		= irq_chip_mask_parent,
	.irq_unmask		= irq_chip_unmask_parent,
	.irq_set_affinity	= irq_chip_set_affinity_parent,
};
#else
static const struct irq_chip topo_upper_chip = {
	.name			= "topo_upper",
	.irq_ack		= irq_chip_ack_parent,
	.irq_mask		= irq_chip_mask_parent,
	.irq_unmask		= irq_chip_unmask_parent,
};
#endif

static int topo_lower_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
			    void *arg)
{
	struct topo_test *topo = domain->host_data;
	const struct irq_chip *chip = &topo_chip;
	u32 *hwirq = arg;

#ifdef CONFIG_SMP
	if (topo->redirect)
		chip = &topo_redirect_chip;
#endif
	irq_domain_set_info(domain, virq, *hwirq, chip, topo, handle_edge_irq, NULL, NULL);
	return 0;
}

static int topo_upper_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
			    void *arg)
{
	u32 *hwirq = arg;

	irq_domain_set_hwirq_and_chip(domain, virq, *hwirq, &topo_upper_chip, NULL);
	return irq_domain_alloc_irqs_parent(domain, virq, nr_irqs, arg);
}

static const struct irq_domain_ops topo_lower_ops = {
	.alloc	= topo_lower_alloc,
	.free	= irq_domain_free_irqs_top,
};

static const struct irq_domain_ops topo_upper_ops = {
	.alloc	= topo_upper_alloc,
	.free	= irq_domain_free_irqs_common,
};

static int topo_init(struct kunit *test)
{
	struct topo_test *topo = kunit_kzalloc(test, sizeof(*topo), GFP_KERNEL);
	const struct sim_kind_param *param = test->param_value;
	struct irq_sim_info info = { .num_irqs = 1 };

	KUNIT_ASSERT_NOT_NULL(test, topo);
	init_completion(&topo->st.thread_go);
	test->priv = &topo->st;
	info.delivery = param->sim.delivery;
	info.kind = param->kind;
	topo->st.domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, topo->st.domain);
	topo->st.line[0].st = &topo->st;
	topo->st.line[0].virq = sim_map(topo->st.domain, 0);
	KUNIT_ASSERT_NE(test, topo->st.line[0].virq, 0);

	topo->lower = irq_domain_create_linear(NULL, 8, &topo_lower_ops, topo);
	KUNIT_ASSERT_NOT_NULL(test, topo->lower);
	topo->upper = irq_domain_create_hierarchy(topo->lower, 0, 8, NULL, &topo_upper_ops, topo);
	KUNIT_ASSERT_NOT_NULL(test, topo->upper);
	return 0;
}

/* A chained handler, as in the driver of a controller. */
static void topo_handler(struct irq_desc *desc)
{
	struct topo_test *topo = irq_desc_get_handler_data(desc);
	struct irq_chip *chip = irq_desc_get_chip(desc);
	unsigned long pending;
	unsigned int hwirq;

	chained_irq_enter(chip, desc);
	pending = atomic_read(&topo->status) & (atomic_read(&topo->enabled) | BIT(TOPO_UNMAPPED));
	for_each_set_bit(hwirq, &pending, 8) {
		bool done = topo->redirect ? generic_handle_demux_domain_irq(topo->lower, hwirq) :
					     !generic_handle_domain_irq(topo->lower, hwirq);

		if (!done) {
			atomic_andnot(BIT(hwirq), &topo->status);
			atomic_inc(&topo->demux);
		}
	}
	chained_irq_exit(chip, desc);
	atomic_inc(&topo->st.line[0].handled);
}

static void topo_attach(struct topo_test *topo)
{
	irq_set_chained_handler_and_data(topo->st.line[0].virq, topo_handler, topo);
	atomic_set(&topo->on, 1);
	/* Fully ordered, against a device which raises an event and then checks */
	smp_mb();
	if (atomic_read(&topo->status))
		topo_fire(topo);
}

/*
 * genirq removes the data of a chained handler before the handler, and does not wait for a
 * handler in progress. Masking the line would not help: the handler unmasks it at its end. So
 * the controller has to be silenced first, as a driver would do.
 */
static void topo_detach(struct topo_test *topo)
{
	atomic_set(&topo->on, 0);
	synchronize_rcu();
	irq_sim_synchronize(topo->st.domain);
	irq_set_chained_handler_and_data(topo->st.line[0].virq, NULL, NULL);
}

/* Record which event the run found, and then the CPU. */
static void topo_note(struct sim_line *line)
{
	struct topo_test *topo = topo_of_line(line);

	atomic_set(&topo->seen[line->hwirq], atomic_read(&topo->last[line->hwirq]));
	sim_note_context(line);
}

static int topo_map(struct topo_test *topo, u32 hwirq)
{
	struct sim_line *bit = &topo->bit[hwirq];
	int virq = irq_domain_alloc_irqs(topo->stacked ? topo->upper : topo->lower, 1,
					 NUMA_NO_NODE, &hwirq);

	bit->st = &topo->st;
	bit->hwirq = hwirq;
	bit->on_irq = topo_note;
	bit->virq = max(virq, 0);
	return virq > 0 ? sim_request(bit, 0) : virq;
}

static void topo_unmap(struct sim_line *bit)
{
	struct topo_test *topo = topo_of_line(bit);

	if (!bit->virq)
		return;
	if (irq_has_action(bit->virq))
		free_irq(bit->virq, bit);
	/*
	 * A demultiplexing handler in progress has already looked up the descriptor, and would
	 * call a flow handler which is gone.
	 */
	if (!IS_ERR_OR_NULL(topo->st.domain))
		irq_sim_synchronize(topo->st.domain);
	irq_domain_free_irqs(bit->virq, 1);
	bit->virq = 0;
}

static void topo_exit(struct kunit *test)
{
	struct topo_test *topo;

	if (!test->priv)
		return;
	topo = topo_of(test);
	if (topo->st.line[0].virq)
		topo_detach(topo);
	for (int i = 0; i < TOPO_BITS; i++)
		topo_unmap(&topo->bit[i]);
	if (topo->upper)
		irq_domain_remove(topo->upper);
	if (topo->lower)
		irq_domain_remove(topo->lower);
	if (IS_ERR_OR_NULL(topo->st.domain))
		return;
	irq_dispose_mapping(topo->st.line[0].virq);
	irq_domain_remove_sim(topo->st.domain);
}

static struct topo_test *topo_start(struct kunit *test, bool redirect, bool stacked)
{
	struct topo_test *topo = topo_of(test);

	topo->redirect = redirect;
	topo->stacked = stacked;
	for (int i = 0; i < TOPO_BITS; i++)
		KUNIT_ASSERT_EQ(test, topo_map(topo, i), 0);
	topo_attach(topo);
	return topo;
}

/* Wait until everything demultiplexed has been handled, on whichever CPU. */
static void topo_sync(struct topo_test *topo)
{
	irq_sim_synchronize(topo->st.domain);
	for (int i = 0; i < TOPO_BITS; i++) {
		if (topo->bit[i].virq)
			synchronize_irq(topo->bit[i].virq);
	}
}

/* Each event that did not merge into the previous one has had its run. */
static void topo_exact(struct kunit *test)
{
	struct topo_test *topo = topo_of(test);

	for (int i = 0; i < TOPO_BITS; i++) {
		KUNIT_EXPECT_EQ(test, sim_runs(&topo->bit[i]), atomic_read(&topo->raised[i]));
		KUNIT_EXPECT_EQ(test, atomic_read(&topo->seen[i]), atomic_read(&topo->last[i]));
		KUNIT_EXPECT_EQ(test, atomic_read(&topo->bit[i].nested), 0);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->status), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->st.wrong_irq), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->st.irqs_on), 0);
	/* The same holds for the line, whose handler is the chained one */
	sim_expect_account(test, &topo->st.line[0], NULL);
}

/* C24: chained: each interrupt of the status register runs its own handler once. */
static void topo_chained(struct kunit *test)
{
	struct topo_test *topo = topo_start(test, false, false);
	struct sim_line *bit = topo->bit;

	for (int i = 0; i < TOPO_BITS; i++) {
		KUNIT_EXPECT_EQ(test, topo_raise(&bit[i]), 1);
		topo_sync(topo);
		for (int j = 0; j < TOPO_BITS; j++)
			KUNIT_EXPECT_EQ(test, sim_runs(&bit[j]), j <= i);
	}
	topo_exact(test);

	/* Raised all at once, they are one event of the line, which runs them in turn */
	KUNIT_EXPECT_EQ(test, topo_raise_bits(topo, BIT(TOPO_BITS) - 1), 1);
	topo_sync(topo);
	topo_exact(test);
	KUNIT_EXPECT_EQ(test, sim_runs(&topo->st.line[0]), TOPO_BITS + 1);

	/* Disabled: genirq keeps the first event and masks; the controller keeps the second one */
	disable_irq(bit[1].virq);
	KUNIT_EXPECT_EQ(test, topo_raise(&bit[1]), 1);
	topo_sync(topo);
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->status), 0);
	KUNIT_EXPECT_FALSE(test, atomic_read(&topo->enabled) & BIT(1));
	KUNIT_EXPECT_EQ(test, topo_raise(&bit[2]), 1);
	topo_sync(topo);
	KUNIT_EXPECT_EQ(test, sim_runs(&bit[1]), 2);
	KUNIT_EXPECT_EQ(test, sim_runs(&bit[2]), 3);
	enable_irq(bit[1].virq);
	topo_sync(topo);
	topo_exact(test);

	/* This interrupt has no owner */
	KUNIT_EXPECT_EQ(test, topo_raise_bits(topo, BIT(TOPO_UNMAPPED)), 1);
	topo_sync(topo);
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->demux), 1);
	topo_exact(test);
}

#define TOPO_ROUNDS	2000

static void topo_flood(struct sim_line *line)
{
	struct topo_test *topo = topo_of_line(line);

	for (int i = 0; i < TOPO_ROUNDS; i++) {
		topo_raise(&topo->bit[i % TOPO_BITS]);
		if (i % 8 == 0)
			sim_poll();
	}
}

/* C3, C24: the same from two CPUs at once. */
static void topo_chained_race(struct kunit *test)
{
	struct sim_remote remote = { .fn = topo_flood };
	struct topo_test *topo;

	sim_need_two_cpus(test);
	topo = topo_start(test, false, false);
	remote.line = &topo->bit[0];
	sim_remote_start(&remote);
	topo_flood(&topo->bit[0]);
	sim_remote_end(&remote);
	topo_sync(topo);
	topo_exact(test);
	for (int i = 0; i < TOPO_BITS; i++)
		KUNIT_EXPECT_GE(test, sim_runs(&topo->bit[i]), 1);
}

static int topo_fire_thread(void *data)
{
	struct topo_test *topo = data;

	while (!kthread_should_stop()) {
		for (int i = 0; i < 4 * TOPO_BITS; i++)
			topo_raise(&topo->bit[i % TOPO_BITS]);
		atomic_inc(&topo->st.entered);
		sim_poll();
	}
	return 0;
}

/* Wait until all interrupts have been raised since the call. */
static void topo_wait_flood(struct kunit *test)
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < 2; i++) {
		atomic_set(&st->entered, 0);
		KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	}
}

/* C17, C24: the controller and its interrupts are removed while its devices fire. */
static void topo_removed(struct kunit *test, bool redirect, bool stacked)
{
	struct topo_test *topo = topo_start(test, redirect, stacked);
	struct task_struct *task;

	task = kthread_run(topo_fire_thread, topo, "irq_sim_topo");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	for (int round = 0; round < 8; round++) {
		int runs[TOPO_BITS];

		for (int i = 0; redirect && i < TOPO_BITS; i++)
			irq_set_affinity(topo->bit[i].virq, cpumask_of(sim_other_cpu()));
		topo_wait_flood(test);
		topo_sync(topo);
		/*
		 * Free and unmap one interrupt while the others are there, then remove the
		 * controller
		 */
		topo_unmap(&topo->bit[1]);
		runs[1] = sim_runs(&topo->bit[1]);
		topo_wait_flood(test);
		KUNIT_EXPECT_EQ(test, sim_runs(&topo->bit[1]), runs[1]);

		topo_detach(topo);
		for (int i = 0; i < TOPO_BITS; i++) {
			topo_unmap(&topo->bit[i]);
			runs[i] = sim_runs(&topo->bit[i]);
			KUNIT_EXPECT_GE(test, runs[i], 1);
		}
		topo_wait_flood(test);
		irq_sim_synchronize(topo->st.domain);
		for (int i = 0; i < TOPO_BITS; i++) {
			KUNIT_EXPECT_EQ(test, sim_runs(&topo->bit[i]), runs[i]);
			KUNIT_EXPECT_EQ(test, topo_map(topo, i), 0);
		}
		topo_attach(topo);
	}
	kthread_stop(task);
	topo_detach(topo);
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->st.wrong_irq), 0);
	KUNIT_EXPECT_EQ(test, topo->lower->mapcount, TOPO_BITS);
}

static void topo_chained_removed(struct kunit *test)
{
	topo_removed(test, false, false);
}

/* C24: demultiplexed on a CPU in the affinity, an interrupt is handled on that CPU. */
static void topo_demux_here(struct kunit *test)
{
	struct topo_test *topo = topo_start(test, true, false);

	for (int i = 0; i < TOPO_BITS; i++) {
		KUNIT_EXPECT_EQ(test, 0, IS_ENABLED(CONFIG_SMP) ?
				irq_set_affinity(topo->bit[i].virq, cpu_online_mask) : 0);
		topo->bit[i].cpu = -1;
		migrate_disable();
		KUNIT_EXPECT_EQ(test, topo_raise(&topo->bit[i]), 1);
		/* Nothing was sent elsewhere: waiting for the line is enough */
		irq_sim_synchronize(topo->st.domain);
		KUNIT_EXPECT_EQ(test, topo->bit[i].cpu, raw_smp_processor_id());
		migrate_enable();
		KUNIT_EXPECT_EQ(test, sim_runs(&topo->bit[i]), 1);
	}
	KUNIT_EXPECT_EQ(test, topo_raise_bits(topo, BIT(TOPO_UNMAPPED)), 1);
	topo_sync(topo);
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->demux), 1);
	topo_exact(test);
}

/* C16, C24: redirected to each CPU in turn, whichever CPU gets the line: one ack and one run. */
static void topo_redirected(struct kunit *test, bool stacked)
{
	struct topo_test *topo;
	int cpu, sum = 0;

	sim_need_two_cpus(test);
	topo = topo_start(test, true, stacked);
	for_each_online_cpu(cpu) {
		for (int i = 0; i < TOPO_BITS; i++)
			KUNIT_EXPECT_EQ(test, irq_set_affinity(topo->bit[i].virq,
							       cpumask_of(cpu)), 0);
		for (int i = 0; i < 40; i++) {
			struct sim_line *bit = &topo->bit[i % TOPO_BITS];

			bit->cpu = -1;
			KUNIT_EXPECT_EQ(test, topo_raise(bit), 1);
			topo_sync(topo);
			KUNIT_EXPECT_EQ(test, bit->cpu, cpu);
			sum++;
		}
	}
	topo_exact(test);
	for (int i = 0; i < TOPO_BITS; i++) {
		sum -= sim_runs(&topo->bit[i]);
		KUNIT_EXPECT_EQ(test, sim_runs(&topo->bit[i]), atomic_read(&topo->acked[i]));
	}
	KUNIT_EXPECT_EQ(test, sum, 0);
}

static void topo_demux_redirect(struct kunit *test)
{
	topo_redirected(test, false);
}

static void topo_demux_stacked(struct kunit *test)
{
	topo_redirected(test, true);
}

/* C5, C24: a redirected interrupt which is disabled is kept, and replayed. */
static void topo_demux_disabled(struct kunit *test)
{
	struct topo_test *topo;
	struct sim_line *bit;

	sim_need_two_cpus(test);
	topo = topo_start(test, true, false);
	bit = &topo->bit[2];
	migrate_disable();
	KUNIT_EXPECT_EQ(test, irq_set_affinity(bit->virq, cpumask_of(sim_other_cpu())), 0);
	disable_irq(bit->virq);
	KUNIT_EXPECT_EQ(test, topo_raise(bit), 1);
	topo_sync(topo);
	KUNIT_EXPECT_EQ(test, sim_runs(bit), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->acked[2]), 1);
	KUNIT_EXPECT_FALSE(test, atomic_read(&topo->enabled) & BIT(2));
	enable_irq(bit->virq);
	topo_sync(topo);
	KUNIT_EXPECT_EQ(test, bit->cpu, sim_other_cpu());
	migrate_enable();
	topo_exact(test);
}

/* C3, C24: many events while the affinity changes: new ones merge with those still in flight. */
static void topo_demux_race(struct kunit *test)
{
	struct sim_remote remote = { .fn = topo_flood };
	struct topo_test *topo;

	sim_need_two_cpus(test);
	topo = topo_start(test, true, false);
	remote.line = &topo->bit[0];
	sim_remote_start(&remote);
	for (int i = 0; i < 400; i++) {
		int cpu = i & 1 ? remote.cpu : raw_smp_processor_id();

		KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(topo->bit[i % TOPO_BITS].virq,
							  cpumask_of(cpu)));
		topo_raise(&topo->bit[i % TOPO_BITS]);
		sim_poll();
	}
	sim_remote_end(&remote);
	topo_sync(topo);
	for (int i = 0; i < TOPO_BITS; i++) {
		/* After each event there is a run that sees it, but not necessarily one for each */
		KUNIT_EXPECT_EQ(test, atomic_read(&topo->seen[i]), atomic_read(&topo->last[i]));
		KUNIT_EXPECT_LE(test, sim_runs(&topo->bit[i]), atomic_read(&topo->raised[i]));
		KUNIT_EXPECT_EQ(test, atomic_read(&topo->acked[i]), atomic_read(&topo->raised[i]));
		KUNIT_EXPECT_EQ(test, atomic_read(&topo->bit[i].nested), 0);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&topo->st.wrong_irq), 0);
	sim_expect_account(test, &topo->st.line[0], NULL);
}

static void topo_demux_removed(struct kunit *test)
{
	sim_need_two_cpus(test);
	topo_removed(test, true, false);
}

/* Raise one event at a time, so that each has a run. Stop at the first event without one. */
static int topo_step_thread(void *data)
{
	struct topo_test *topo = data;
	struct sim_line *bit = &topo->bit[0];

	while (!kthread_should_stop()) {
		if (!atomic_read(&topo->st.left)) {
			topo_raise(bit);
			topo_sync(topo);
			if (sim_runs(bit) != atomic_read(&topo->last[0]))
				atomic_set(&topo->st.left, 1);
			atomic_inc(&topo->st.entered);
		}
		sim_poll();
	}
	return 0;
}

/* C16, C24: the target CPU goes down, and comes back. */
static void topo_demux_offline(struct kunit *test)
{
	struct task_struct *task;
	struct topo_test *topo;
	int cpu;

	sim_need_two_cpus(test);
	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CONFIG_HOTPLUG_CPU");
	if (!IS_ENABLED(CONFIG_GENERIC_IRQ_MIGRATION))
		kunit_skip(test, "genirq moves no interrupts here when a CPU goes down");
	topo = topo_start(test, true, false);
	/* The first CPU may not be removable */
	cpu = cpumask_last(cpu_online_mask);
	task = kthread_create_on_cpu(topo_step_thread, topo, cpumask_first(cpu_online_mask),
				     "irq_sim_topo/%u");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	wake_up_process(task);
	for (int i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, 0, irq_set_affinity(topo->bit[0].virq, cpumask_of(cpu)));
		topo_wait_flood(test);
		KUNIT_EXPECT_EQ(test, topo->bit[0].cpu, cpu);
		KUNIT_EXPECT_EQ(test, sim_remove_cpu(cpu), 0);
		topo_wait_flood(test);
		KUNIT_EXPECT_NE(test, topo->bit[0].cpu, cpu);
		KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
		if (atomic_read(&topo->st.left))
			break;
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&topo->st.left), 0, "event %d: %d runs",
			    atomic_read(&topo->last[0]), sim_runs(&topo->bit[0]));
	topo_exact(test);
}

static struct kunit_case irq_sim_topology_cases[] = {
	KUNIT_CASE_PARAM(topo_chained, kind_gen_params),
	KUNIT_CASE_PARAM(topo_chained_race, kind_gen_params),
	KUNIT_CASE_PARAM_ATTR(topo_chained_removed, kind_gen_params, sim_slow),
	KUNIT_CASE_PARAM(topo_demux_here, kind_gen_params),
	KUNIT_CASE_PARAM(topo_demux_redirect, kind_gen_params),
	KUNIT_CASE_PARAM(topo_demux_stacked, kind_gen_params),
	KUNIT_CASE_PARAM(topo_demux_disabled, kind_gen_params),
	KUNIT_CASE_PARAM(topo_demux_race, kind_gen_params),
	KUNIT_CASE_PARAM_ATTR(topo_demux_removed, kind_gen_params, sim_slow),
	KUNIT_CASE_PARAM_ATTR(topo_demux_offline, kind_gen_params, sim_slow),
	{}
};

struct kunit_suite irq_sim_topology_suite = {
	.name = "irq_sim_topology",
	.init = topo_init,
	.exit = topo_exit,
	.test_cases = irq_sim_topology_cases,
};
