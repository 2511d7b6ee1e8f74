// SPDX-License-Identifier: GPL-2.0
/*
 * What genirq guarantees to drivers and interrupt controllers, and once got wrong: requests,
 * threads, slow buses, domains. Affinity and CPU hotplug are in irq_sim_genirq_more_kunit.c.
 * Use gen_replace_chip() for a controller which differs from the simulated one in some
 * callbacks.
 */

#include "irq_sim_kunit.h"

/* An edge line of a chip which delivers immediately on the firing CPU. */
int gen_init(struct kunit *test)
{
	struct irq_sim_info info = {
		.num_irqs = SIM_LINES, .delivery = IRQ_SIM_DELIVER_TASKLET,
	};

	return test->param_value ? sim_kind_init(test) : sim_init_info(test, &info);
}

/* Give a line its own copy of its chip, for the caller to modify. */
struct gen_chip *gen_replace_chip(struct kunit *test, struct sim_line *line)
{
	struct gen_chip *own = kunit_kzalloc(test, sizeof(*own), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, own);
	own->real = irq_get_chip(line->virq);
	own->chip = *own->real;
	own->line = line;
	KUNIT_ASSERT_EQ(test, irq_set_chip(line->virq, &own->chip), 0);
	return own;
}

/* Polls for what another thread does. Only a failure uses up the whole time. */
bool gen_wait(bool (*done)(void *arg), void *arg)
{
	struct sim_patience patience = {};

	while (!done(arg)) {
		if (sim_gave_up(&patience))
			return false;
		sim_poll();
	}
	return true;
}

static void gen_bus_lock(struct irq_data *data)
{
	atomic_inc(&gen_chip_of(data)->locked);
}

static void gen_bus_sync_unlock(struct irq_data *data)
{
	struct gen_chip *own = gen_chip_of(data);

	atomic_dec(&own->locked);
	atomic_inc(&own->synced);
}

static void gen_bus_note(struct irq_data *data)
{
	struct gen_chip *own = gen_chip_of(data);

	if (!atomic_read(&own->locked))
		atomic_inc(&own->outside);
}

static void gen_bus_mask(struct irq_data *data)
{
	gen_bus_note(data);
	gen_chip_of(data)->real->irq_mask(data);
}

static void gen_bus_unmask(struct irq_data *data)
{
	gen_bus_note(data);
	gen_chip_of(data)->real->irq_unmask(data);
}

static int gen_bus_set_type(struct irq_data *data, unsigned int type)
{
	gen_bus_note(data);
	return gen_chip_of(data)->real->irq_set_type(data, type);
}

static int gen_bus_set_wake(struct irq_data *data, unsigned int on)
{
	gen_bus_note(data);
	return gen_chip_of(data)->real->irq_set_wake(data, on);
}

static void gen_call_disable(unsigned int irq)
{
	disable_irq(irq);
}

static void gen_call_enable(unsigned int irq)
{
	enable_irq(irq);
}

static void gen_call_disable_nosync(unsigned int irq)
{
	disable_irq_nosync(irq);
}

static void gen_call_disable_hardirq(unsigned int irq)
{
	disable_hardirq(irq);
}

static void gen_call_wake(unsigned int irq)
{
	enable_irq_wake(irq);
}

static void gen_call_no_wake(unsigned int irq)
{
	disable_irq_wake(irq);
}

static void gen_call_set_type(unsigned int irq)
{
	irq_set_irq_type(irq, IRQ_TYPE_EDGE_FALLING);
}

static void gen_call_set_handler(unsigned int irq)
{
	irq_set_handler(irq, handle_edge_irq);
}

static void gen_call_get_state(unsigned int irq)
{
	bool state;

	irq_get_irqchip_state(irq, IRQCHIP_STATE_MASKED, &state);
}

static void gen_call_set_state(unsigned int irq)
{
	irq_set_irqchip_state(irq, IRQCHIP_STATE_PENDING, false);
}

static const struct {
	const char	*name;
	void		(*call)(unsigned int irq);
} gen_bus_calls[] = {
	{ "disable_irq()", gen_call_disable },
	{ "enable_irq()", gen_call_enable },
	{ "disable_irq_nosync()", gen_call_disable_nosync },
	{ "enable_irq()", gen_call_enable },
	{ "disable_hardirq()", gen_call_disable_hardirq },
	{ "enable_irq()", gen_call_enable },
	{ "enable_irq_wake()", gen_call_wake },
	{ "disable_irq_wake()", gen_call_no_wake },
	{ "irq_set_irq_type()", gen_call_set_type },
	{ "irq_set_handler()", gen_call_set_handler },
	{ "irq_get_irqchip_state()", gen_call_get_state },
	{ "irq_set_irqchip_state()", gen_call_set_state },
};

/*
 * A controller behind a slow bus collects what its callbacks are passed, and writes it when the
 * bus lock is dropped. Each call which may reach the controller takes and drops the lock once,
 * and no callback is called without it.
 */
static void gen_slow_bus(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct gen_chip *own = gen_replace_chip(test, line);

	own->chip.irq_bus_lock = gen_bus_lock;
	own->chip.irq_bus_sync_unlock = gen_bus_sync_unlock;
	own->chip.irq_mask = gen_bus_mask;
	own->chip.irq_unmask = gen_bus_unmask;
	own->chip.irq_set_type = gen_bus_set_type;
	own->chip.irq_set_wake = gen_bus_set_wake;
	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	for (int i = 0; i < ARRAY_SIZE(gen_bus_calls); i++) {
		atomic_set(&own->synced, 0);
		gen_bus_calls[i].call(line->virq);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&own->synced), 1, "%s",
				    gen_bus_calls[i].name);
		KUNIT_EXPECT_EQ(test, atomic_read(&own->locked), 0);
	}
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, atomic_read(&own->locked), 0);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&own->outside), 0, "callbacks without the bus lock");
}

static irqreturn_t gen_count_thread(int irq, void *data)
{
	struct sim_line *line = data;

	atomic_inc(&line->handled);
	return IRQ_HANDLED;
}

/*
 * A handler without a thread may share a line with an IRQF_ONESHOT one if its request allows
 * it, whether the request is a managed one or not.
 */
static void gen_cond_oneshot(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_line plain = { .st = st, .virq = line->virq };
	struct sim_line managed = { .st = st, .virq = line->virq };
	struct device *dev = kunit_device_register(test, "irq_sim_genirq");
	int ret;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, sim_wake_thread,
						      gen_count_thread,
						      IRQF_SHARED | IRQF_ONESHOT,
						      "irq_sim_kunit", line));
	ret = request_irq(line->virq, sim_handler, IRQF_SHARED, "irq_sim_kunit", &plain);
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "request_irq() of a line that is IRQF_ONESHOT");
	if (!ret) {
		sim_fire(line);
		irq_sim_synchronize(st->domain);
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(&plain), 1);
		free_irq(line->virq, &plain);
	}
	ret = devm_request_irq(dev, line->virq, sim_handler, IRQF_SHARED, "irq_sim_kunit",
			       &managed);
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "devm_request_irq() of a line that is IRQF_ONESHOT");
	if (!ret) {
		sim_fire(line);
		irq_sim_synchronize(st->domain);
		synchronize_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_runs(&managed), 1);
		devm_free_irq(dev, line->virq, &managed);
	}
}

/* devm_free_irq() does not free what devres does not manage, and complains instead. */
static void gen_devm_stranger(struct kunit *test)
{
#ifdef kunit_warning_suppress
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct device *dev = kunit_device_register(test, "irq_sim_genirq");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	kunit_warning_suppress(test) {
		devm_free_irq(dev, line->virq, line);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, IS_ENABLED(CONFIG_BUG));
	}
	KUNIT_ASSERT_TRUE_MSG(test, irq_has_action(line->virq), "freed, though not managed");
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
#else
	kunit_skip(test, "the warning would be a complaint");
#endif
}

/*
 * generic_handle_domain_irq_safe() may be called from any context. generic_handle_domain_irq()
 * only requires interrupts to be disabled.
 */
static void gen_handle_domain(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	unsigned long flags;
	int ret;

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, generic_handle_domain_irq_safe(st->domain, line->hwirq), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	local_irq_save(flags);
	ret = generic_handle_domain_irq(st->domain, line->hwirq);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
}

/**
 * struct gen_node - a firmware node which counts references
 * @fwnode:	the node
 * @refs:	number of references
 */
struct gen_node {
	struct fwnode_handle	fwnode;
	atomic_t		refs;
};

static struct fwnode_handle *gen_node_get(struct fwnode_handle *fwnode)
{
	atomic_inc(&container_of(fwnode, struct gen_node, fwnode)->refs);
	return fwnode;
}

static void gen_node_put(struct fwnode_handle *fwnode)
{
	atomic_dec(&container_of(fwnode, struct gen_node, fwnode)->refs);
}

static const struct fwnode_operations gen_node_ops = {
	.get	= gen_node_get,
	.put	= gen_node_put,
};

static int gen_domain_fails(struct irq_domain *domain)
{
	return -ENODEV;
}

static const struct irq_domain_ops gen_no_ops;

/* A domain holds a reference to its firmware node exactly as long as it exists. */
static void gen_node_balanced(struct kunit *test)
{
	struct gen_node *node = kunit_kzalloc(test, sizeof(*node), GFP_KERNEL);
	struct irq_sim_info info = { .num_irqs = 1, .delivery = IRQ_SIM_DELIVER_TASKLET };
	struct irq_domain_info broken = {
		.size = 1, .hwirq_max = 1, .ops = &gen_no_ops, .init = gen_domain_fails,
	};
	struct irq_domain *domain;

	KUNIT_ASSERT_NOT_NULL(test, node);
	fwnode_init(&node->fwnode, &gen_node_ops);
	info.fwnode = &node->fwnode;
	domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&node->refs), 1, "references of a domain");
	irq_domain_remove_sim(domain);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&node->refs), 0, "left by a domain");

	broken.fwnode = &node->fwnode;
	domain = irq_domain_instantiate(&broken);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(domain), -ENODEV);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&node->refs), 0, "left by one which failed");
}

/**
 * struct gen_mapper - a thread which maps an interrupt
 * @domain:	domain in which it maps
 * @task:	the thread
 * @entered:	the thread is about to map
 * @virq:	Linux number it got
 * @done:	the thread has finished
 */
struct gen_mapper {
	struct irq_domain	*domain;
	struct task_struct	*task;
	atomic_t		entered;
	unsigned int		virq;
	struct completion	done;
};

/* The first mapper waits here. */
static struct completion gen_map_entered, gen_map_release;
static atomic_t gen_maps;

static int gen_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	if (atomic_inc_return(&gen_maps) == 1) {
		complete(&gen_map_entered);
		wait_for_completion(&gen_map_release);
	}
	irq_domain_set_info(domain, virq, hwirq, &dummy_irq_chip, NULL, handle_simple_irq,
			    NULL, NULL);
	return 0;
}

static const struct irq_domain_ops gen_map_ops = { .map = gen_map };

static int gen_mapper_fn(void *data)
{
	struct gen_mapper *mapper = data;

	atomic_set_release(&mapper->entered, 1);
	mapper->virq = irq_create_mapping(mapper->domain, 3);
	complete(&mapper->done);
	return 0;
}

static bool gen_mapper_waits(void *arg)
{
	struct gen_mapper *mapper = arg;

	return atomic_read_acquire(&mapper->entered) &&
	       READ_ONCE(mapper->task->__state) == TASK_UNINTERRUPTIBLE;
}

/* Two threads which map the same interrupt at the same time get the same number. */
static void gen_map_twice(struct kunit *test)
{
	struct irq_domain_info info = { .size = 8, .hwirq_max = 8, .ops = &gen_map_ops };
	struct irq_domain *domain = irq_domain_instantiate(&info);
	struct gen_mapper *mapper;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	mapper = kunit_kcalloc(test, 2, sizeof(*mapper), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mapper);
	init_completion(&gen_map_entered);
	init_completion(&gen_map_release);
	atomic_set(&gen_maps, 0);

	for (int i = 0; i < 2; i++) {
		mapper[i].domain = domain;
		init_completion(&mapper[i].done);
		mapper[i].task = kthread_create(gen_mapper_fn, &mapper[i], "irq_sim_kunit/%d", i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mapper[i].task);
		get_task_struct(mapper[i].task);
	}
	wake_up_process(mapper[0].task);
	wait_for_completion(&gen_map_entered);
	wake_up_process(mapper[1].task);
	/* It waits for the first mapper, whether or not it has already looked for a mapping */
	KUNIT_EXPECT_TRUE(test, gen_wait(gen_mapper_waits, &mapper[1]));
	complete_all(&gen_map_release);
	for (int i = 0; i < 2; i++) {
		wait_for_completion(&mapper[i].done);
		put_task_struct(mapper[i].task);
		KUNIT_EXPECT_NE(test, mapper[i].virq, 0);
	}
	KUNIT_EXPECT_EQ_MSG(test, mapper[0].virq, mapper[1].virq, "one interrupt, two numbers");
	KUNIT_EXPECT_EQ(test, atomic_read(&gen_maps), 1);

	irq_dispose_mapping(mapper[0].virq);
	if (mapper[1].virq != mapper[0].virq)
		irq_dispose_mapping(mapper[1].virq);
	irq_domain_remove(domain);
}

static void gen_handle_nested(struct sim_line *line)
{
	handle_nested_irq(line->virq);
}

static void gen_synchronize_hardirq(struct sim_line *line)
{
	struct sim_test *st = line->st;

	/* Returns false, as the threaded handler is active */
	atomic_set(&st->latched, synchronize_hardirq(line->virq));
	atomic_set_release(&st->left, 1);
}

static irqreturn_t gen_never(int irq, void *data)
{
	return IRQ_NONE;
}

/*
 * A nested handler is a threaded one: synchronize_hardirq() does not wait for it but reports
 * it; synchronize_irq() waits.
 */
static void gen_nested_thread(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote other = { .fn = gen_synchronize_hardirq, .line = line };
	struct sim_remote parent = { .fn = gen_handle_nested, .line = line };
	bool returned;

	sim_need_two_cpus(test);
	irq_set_nested_thread(line->virq, true);
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(line->virq, gen_never, sim_thread, 0,
						      "irq_sim_kunit", line));
	/* The handler sleeps on this CPU: the task which spins for it uses the other one */
	migrate_disable();
	INIT_WORK_ONSTACK(&parent.work, sim_remote_fn);
	schedule_work_on(raw_smp_processor_id(), &parent.work);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	sim_remote_start(&other);
	returned = sim_wait(&st->left);
	KUNIT_EXPECT_TRUE_MSG(test, returned, "synchronize_hardirq() waits for a nested thread");
	if (returned)
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&st->latched), 0, "no thread, it says");
	complete_all(&st->thread_go);
	synchronize_irq(line->virq);
	sim_remote_end(&other);
	flush_work(&parent.work);
	destroy_work_on_stack(&parent.work);
	migrate_enable();
	free_irq(line->virq, line);
	irq_set_nested_thread(line->virq, false);
}

static const struct sim_kind_param gen_eoi_params[] = {
	SIM_KIND_PARAM(HARDIRQ, EOI, 0, "hardirq"),
	SIM_KIND_PARAM(TASKLET, EOI, 0, "tasklet"),
	SIM_KIND_PARAM(BH_WORK, EOI, 0, "bh_work"),
};

KUNIT_ARRAY_PARAM_DESC(eoi, gen_eoi_params, sim.name);

/*
 * A controller with an EOI but without an active state, such as a GIC for LPIs, may raise an
 * interrupt on another CPU while its handler runs. The interrupt is not lost.
 */
static void gen_eoi_in_progress(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int begun;

	sim_need_two_cpus(test);
	irqd_set_resend_when_in_progress(irq_get_irq_data(line->virq));
	line->on_irq = sim_hold;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	sim_remote_hold(test, &remote);
	generic_handle_irq_safe(line->virq);
	begun = sim_begun(line);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, begun, 1);
	KUNIT_EXPECT_EQ_MSG(test, sim_runs(line), 2, "what came meanwhile");
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
}

static struct kunit_case irq_sim_genirq_cases[] = {
	KUNIT_CASE(gen_slow_bus),
	KUNIT_CASE(gen_cond_oneshot),
	KUNIT_CASE(gen_devm_stranger),
	KUNIT_CASE(gen_handle_domain),
	KUNIT_CASE(gen_node_balanced),
	KUNIT_CASE(gen_map_twice),
	KUNIT_CASE(gen_nested_thread),
	KUNIT_CASE_PARAM(gen_eoi_in_progress, eoi_gen_params),
	{}
};

struct kunit_suite irq_sim_genirq_suite = {
	.name = "irq_sim_genirq",
	.init = gen_init,
	.exit = sim_exit,
	.test_cases = irq_sim_genirq_cases,
};
