// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing outlives its owner; nothing leaks.
 */

#include "irq_sim_kunit.h"

KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);
KUNIT_ARRAY_PARAM_DESC(sim, sim_params, name);

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

/* C6: a latch is dropped when the owner goes, whether the line is lazily disabled or masked. */
static void chip_latch_dies_with_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;

	irq_set_status_flags(st->line[1].virq, IRQ_DISABLE_UNLAZY);
	for (int i = 0; i < 2; i++) {
		struct sim_line *line = &st->line[i];

		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_account(test, line).waiting, 1);
		free_irq(line->virq, line);
		KUNIT_EXPECT_EQ(test, sim_account(test, line).dropped, 1);
		sim_account_balances(test, line);

		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 0);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), 1);
		sim_account_balances(test, line);
	}
}

/* C17: free the interrupt and dispose of the mapping while the line is fired. */
static void chip_dispose_under_fire(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct sim_remote remote = {
		.fn	= sim_fire_until_released,
		.line	= line,
	};
	int cpu;

	migrate_disable();
	cpu = sim_other_cpu();
	if (cpu >= nr_cpu_ids) {
		migrate_enable();
		kunit_skip(test, "needs two CPUs");
	}
	INIT_WORK_ONSTACK(&remote.work, sim_remote_fn);
	schedule_work_on(cpu, &remote.work);
	for (int i = 0; i < 20; i++) {
		int handled = sim_runs(line);
		int ret = sim_request(line, 0);

		if (ret) {
			KUNIT_FAIL(test, "round %d: request_irq: %d", i, ret);
			break;
		}
		if (sim_fire(line) == 1)
			atomic_inc(&st->latched);
		irq_sim_synchronize(st->domain);
		free_irq(line->virq, line);
		/*
		 * The account of this mapping. The line is still being fired,
		 * and refuses the fires.
		 */
		KUNIT_EXPECT_EQ(test, sim_account(test, line).waiting, 0);
		sim_account_freed(test, line, handled);
		handled = sim_runs(line);
		irq_dispose_mapping(line->virq);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&line->handled), handled);

		line->virq = sim_map(st->domain, 0);
		if (!line->virq) {
			KUNIT_FAIL(test, "round %d: no mapping", i);
			break;
		}
	}
	atomic_set_release(&st->release, 1);
	flush_work(&remote.work);
	destroy_work_on_stack(&remote.work);
	migrate_enable();
	/* Some latches were dropped with their owner. No run was without a latch. */
	KUNIT_EXPECT_GT(test, atomic_read(&line->handled), 0);
	KUNIT_EXPECT_LE(test, atomic_read(&line->handled), atomic_read(&st->latched));
}

#define SIM_OWNERS	20

/* Map and request the line on a chip. Returns false if that fails. */
static bool sim_next_owner(struct kunit *test, struct sim_line *line, struct irq_domain *domain)
{
	int ret = -ENOMEM;

	line->virq = sim_map(domain, line->hwirq);
	if (line->virq)
		ret = sim_request(line, 0);
	KUNIT_EXPECT_EQ(test, ret, 0);
	return !ret;
}

/* Deliver this fire later: with the tick, or by ksoftirqd. */
static int sim_fire_late(struct sim_line *line)
{
	guard(irqsave)();
	return sim_fire(line);
}

/*
 * C17: a line is fired, and goes away while the event is on its way. The next interrupt gets
 * its number, and without SPARSE_IRQ the same descriptor. It belongs to another chip. It must
 * get nothing that was fired before, or that is fired at the line which is gone.
 */
static void chip_next_owner(struct kunit *test)
{
	struct sim_test *st = test->priv;
	/* Both are line 0, of two chips; the second may have two mappings in a row */
	struct sim_line *line = &st->line[0], next;
	struct irq_domain *other = sim_create(test->param_value);
	struct sim_remote remote = { .fn = sim_fire_until_released, .line = line };
	bool two = num_online_cpus() > 1;
	int same = 0, round;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other);
	irq_dispose_mapping(line->virq);
	line->virq = 0;
	if (two)
		sim_remote_start(&remote);
	for (round = 0; round < SIM_OWNERS; round++) {
		struct irq_sim_account account = {};
		unsigned int virq;
		int runs;

		next = (struct sim_line) { .st = st };
		if (!sim_next_owner(test, line, st->domain))
			break;
		virq = line->virq;
		if (two && round % 2)
			irq_set_affinity(virq, cpumask_of(remote.cpu));
		/* The fire of the other CPU may have come first */
		KUNIT_EXPECT_GE(test, sim_fire_late(line), 0);
		free_irq(virq, line);
		runs = sim_runs(line);
		irq_dispose_mapping(virq);
		line->virq = 0;

		if (!sim_next_owner(test, &next, other))
			break;
		same += next.virq == virq;
		KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
		irq_sim_synchronize(st->domain);
		irq_sim_synchronize(other);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
		KUNIT_EXPECT_EQ(test, sim_runs(&next), 0);
		KUNIT_EXPECT_EQ(test, irq_sim_get_account(other, 0, &account), 0);
		KUNIT_EXPECT_EQ(test, account.latched, 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(other, 0), 1);
		irq_sim_synchronize(other);
		KUNIT_EXPECT_EQ(test, sim_runs(&next), 1);
		free_irq(next.virq, &next);
		irq_dispose_mapping(next.virq);
		next.virq = 0;
	}
	atomic_set_release(&st->release, 1);
	if (two)
		sim_remote_end(&remote);
	if (next.virq) {
		free_irq(next.virq, &next);
		irq_dispose_mapping(next.virq);
	}
	irq_domain_remove_sim(other);
	KUNIT_EXPECT_EQ(test, round, SIM_OWNERS);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
	/*
	 * The lowest free number is used, and this one has just been freed. A driver which
	 * probes meanwhile may grab it, but not every time.
	 */
	KUNIT_EXPECT_GT(test, same, 0);
}

/*
 * C17: a line waits behind a handler on another CPU when its mapping is
 * disposed of. The dispose waits until the line is off the list, and the line
 * does not run. The line is chained, as free_irq() might wait for RCU, and thus
 * for that handler.
 */
static void chip_dispose_waits(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = &st->line[0] };
	int latched, left;

	sim_need_two_cpus(test);
	st->line[0].on_irq = sim_linger;
	KUNIT_ASSERT_EQ(test, sim_request(&st->line[0], 0), 0);
	irq_set_chained_handler_and_data(line->virq, sim_chained_handler, line);

	sim_remote_hold(test, &remote);
	irq_set_affinity(line->virq, cpumask_of(remote.cpu));
	latched = sim_fire(line);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	atomic_set_release(&st->release, 1);
	irq_dispose_mapping(line->virq);
	left = atomic_read_acquire(&st->left);
	sim_remote_end(&remote);
	line->virq = 0;

	KUNIT_EXPECT_EQ(test, latched, 1);
	KUNIT_EXPECT_EQ(test, left, 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(&st->line[0]), 1);
}

/* C17: chips are removed while their deliveries are about to start or to end. */
static void chip_remove_in_flight(struct kunit *test)
{
	struct sim_test *st = test->priv;

	for (int i = 0; i < 15; i++) {
		struct irq_domain *domain = sim_create(test->param_value);
		int latched = 0, runs[2];

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
		for (int n = 0; n < 2; n++) {
			struct sim_line *line = &st->line[n];
			unsigned int virq = irq_create_mapping(domain, n);

			atomic_set(&line->handled, 0);
			swap(line->virq, virq);
			KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
			/* On this CPU and on the other one */
			irq_set_affinity(line->virq, cpumask_of(n && num_online_cpus() > 1 ?
								sim_other_cpu() :
								raw_smp_processor_id()));
			latched += irq_sim_fire(domain, n);
			free_irq(line->virq, line);
			runs[n] = sim_runs(line);
			irq_dispose_mapping(line->virq);
			swap(line->virq, virq);
		}
		irq_domain_remove_sim(domain);
		KUNIT_EXPECT_EQ(test, latched, 2);
		for (int n = 0; n < 2; n++) {
			KUNIT_EXPECT_LE(test, runs[n], 1);
			KUNIT_EXPECT_EQ(test, sim_runs(&st->line[n]), runs[n]);
		}
	}
}

static void sim_chained_linger(struct irq_desc *desc)
{
	struct sim_line *line = irq_desc_get_handler_data(desc);

	atomic_inc(&line->begun);
	irq_desc_get_chip(desc)->irq_ack(irq_desc_get_irq_data(desc));
	sim_linger(line);
	atomic_inc(&line->handled);
}

/*
 * C17: a handler runs on another CPU while its line and then its chip are removed. The line is
 * acknowledged and on no list. The dispose must still wait for the handler, which may use its
 * line, so that nothing is left to wait for when the chip is removed.
 */
static void chip_remove_waits(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_test *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct sim_line *line;
	struct sim_remote remote = { .fn = sim_fire_and_flush };
	bool entered;
	int left;

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, other);
	line = &other->line[1];
	line->st = other;
	line->hwirq = 1;
	remote.line = line;
	other->domain = sim_create(test->param_value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other->domain);
	line->virq = sim_map(other->domain, 1);
	KUNIT_EXPECT_NE(test, line->virq, 0);
	irq_set_chained_handler_and_data(line->virq, sim_chained_linger, line);

	sim_remote_start(&remote);
	entered = sim_wait(&other->entered);
	irq_set_chained_handler_and_data(line->virq, NULL, NULL);
	atomic_set_release(&other->release, 1);
	irq_dispose_mapping(line->virq);
	left = atomic_read_acquire(&other->left);
	irq_domain_remove_sim(other->domain);
	sim_remote_end(&remote);

	KUNIT_EXPECT_TRUE(test, entered);
	KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(&st->line[1]), -ENXIO);
}

/* C17: a chip with mapped lines stays, as the lines may be in use. */
static void chip_remove_mapped(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	kunit_warning_suppress(test)
		irq_domain_remove_sim(st->domain);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, SIM_LINES);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	/* sim_exit() removes it for good */
}

/**
 * struct sim_calls - recorded calls of a chip's callbacks
 * @domain:	chip of the last call
 * @hwirq:	line of the last call
 * @requested:	number of request calls, including refused ones
 * @released:	number of release calls
 * @ret:	return value of the request callback
 */
struct sim_calls {
	struct irq_domain	*domain;
	irq_hw_number_t		hwirq;
	int			requested;
	int			released;
	int			ret;
};

static int sim_irq_requested(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct sim_calls *calls = data;

	calls->domain = domain;
	calls->hwirq = hwirq;
	calls->requested++;
	return calls->ret;
}

static void sim_irq_released(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct sim_calls *calls = data;

	calls->domain = domain;
	calls->hwirq = hwirq;
	calls->released++;
}

static const struct irq_sim_ops sim_ops = {
	.irq_sim_irq_requested	= sim_irq_requested,
	.irq_sim_irq_released	= sim_irq_released,
};

/* The owner of a chip is notified of requests, can refuse them, and is notified of releases. */
static void chip_ops(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct sim_calls *calls = kunit_kzalloc(test, sizeof(*calls), GFP_KERNEL);
	struct irq_sim_ops ops = sim_ops;
	struct irq_sim_info info = {
		.num_irqs	= SIM_LINES,
		.delivery	= param->delivery,
		.ops		= &ops,
		.data		= calls,
	};
	struct sim_line line = { .st = st, .hwirq = 5 };
	struct irq_domain *domain;
	struct device *dev;

	KUNIT_ASSERT_NOT_NULL(test, calls);
	dev = kunit_device_register(test, "chip");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	/* The chip created from @info, and those of the existing users */
	for (int i = 0; i < 3; i++) {
		memset(calls, 0, sizeof(*calls));
		ops = sim_ops;
		if (!i)
			domain = irq_domain_instantiate_sim(&info);
		else if (i == 1)
			domain = irq_domain_create_sim_full(NULL, SIM_LINES, &ops, calls);
		else
			domain = devm_irq_domain_create_sim_full(dev, NULL, SIM_LINES, &ops, calls);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
		/* The ops were copied */
		memset(&ops, 0, sizeof(ops));
		atomic_set(&line.handled, 0);
		line.virq = irq_create_mapping(domain, line.hwirq);

		calls->ret = -EPERM;
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), -EPERM);
		KUNIT_EXPECT_EQ(test, calls->requested, 1);
		KUNIT_EXPECT_EQ(test, calls->released, 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, line.hwirq), -ENXIO);
		KUNIT_EXPECT_FALSE(test, irq_has_action(line.virq));

		calls->ret = 0;
		calls->domain = NULL;
		calls->hwirq = 0;
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
		KUNIT_EXPECT_EQ(test, calls->requested, 2);
		KUNIT_EXPECT_EQ(test, calls->released, 0);
		KUNIT_EXPECT_PTR_EQ(test, calls->domain, domain);
		KUNIT_EXPECT_EQ(test, calls->hwirq, line.hwirq);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, line.hwirq), 1);
		irq_sim_synchronize(domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&line), 1);

		calls->domain = NULL;
		calls->hwirq = 0;
		free_irq(line.virq, &line);
		KUNIT_EXPECT_EQ(test, calls->requested, 2);
		KUNIT_EXPECT_EQ(test, calls->released, 1);
		KUNIT_EXPECT_PTR_EQ(test, calls->domain, domain);
		KUNIT_EXPECT_EQ(test, calls->hwirq, line.hwirq);

		irq_dispose_mapping(line.virq);
		if (i < 2)
			irq_domain_remove_sim(domain);
		else
			kunit_device_unregister(test, dev);
		KUNIT_EXPECT_EQ(test, calls->released, 1);
	}
}

static void sim_free_fwnode(void *fwnode)
{
	irq_domain_free_fwnode(fwnode);
}

static struct fwnode_handle *sim_fwnode(struct kunit *test)
{
	struct fwnode_handle *fwnode = irq_domain_alloc_named_fwnode("irq_sim_kunit");

	KUNIT_ASSERT_NOT_NULL(test, fwnode);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, sim_free_fwnode, fwnode));
	return fwnode;
}

/* A managed chip exists as long as its device. */
static void chip_devm(struct kunit *test)
{
	const struct sim_param *param = test->param_value;
	struct sim_test *st = test->priv;
	struct fwnode_handle *fwnode = sim_fwnode(test);
	struct irq_sim_info info = {
		.fwnode		= fwnode,
		.num_irqs	= SIM_LINES,
		.delivery	= param->delivery,
	};

	for (int i = 0; i < 2; i++) {
		struct sim_line line = { .st = st };
		struct irq_domain *domain;
		struct device *dev;

		dev = kunit_device_register(test, "chip");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
		domain = i ? devm_irq_domain_create_sim(dev, fwnode, SIM_LINES) :
			     devm_irq_domain_instantiate_sim(dev, &info);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
		KUNIT_EXPECT_PTR_EQ(test, irq_find_matching_fwnode(fwnode, DOMAIN_BUS_ANY),
				    domain);
		/* It is not a parent of MSI domains */
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(fwnode, DOMAIN_BUS_PLATFORM_MSI));
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(fwnode, DOMAIN_BUS_NEXUS));

		line.virq = irq_create_mapping(domain, 0);
		KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(domain, 0), 1);
		irq_sim_synchronize(domain);
		KUNIT_EXPECT_EQ(test, sim_runs(&line), 1);
		free_irq(line.virq, &line);
		irq_dispose_mapping(line.virq);

		kunit_device_unregister(test, dev);
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(fwnode, DOMAIN_BUS_ANY));
	}
}

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
/* The variable behind a failslab file in debugfs */
static void *sim_failslab(const char *name)
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

#define SIM_MAX_FAILURES	200

/* For all n, let the n-th allocation of a call fail, and check how the call copes. */
struct sim_failing {
	struct kunit		*test;
	struct irq_sim_info	info;
	struct device		*dev;
	struct irq_domain	*domain;
	unsigned int		virq;
};

static bool sim_try_instantiate(struct sim_failing *f)
{
	f->domain = irq_domain_instantiate_sim(&f->info);
	return !IS_ERR(f->domain);
}

static bool sim_try_devm(struct sim_failing *f)
{
	f->domain = devm_irq_domain_instantiate_sim(f->dev, &f->info);
	return !IS_ERR(f->domain);
}

static bool sim_try_map(struct sim_failing *f)
{
	f->virq = irq_create_mapping(f->domain, f->info.num_irqs - 1);
	return f->virq;
}

/*
 * The number of descriptors which belong to no domain and have no chip. A mapping which fails must
 * not leave one behind. The number which is given out next does not show that, as drivers may
 * probe meanwhile.
 */
static unsigned int sim_unused_descs(const struct irq_chip *none)
{
	unsigned int count = 0;

	/* Without SPARSE_IRQ, numbers which are free have a descriptor as well */
	if (!IS_ENABLED(CONFIG_SPARSE_IRQ))
		return 0;
	for (unsigned int virq = 0; virq < irq_get_nr_irqs(); virq++) {
		const struct irq_data *data;

		/* Keeps the descriptor */
		guard(rcu)();
		data = irq_get_irq_data(virq);
		/* Its owner may just be setting both */
		count += data && !data_race(data->domain) && data_race(data->chip) == none;
	}
	return count;
}

/* A driver may be just between the allocation of a descriptor and the domain of it. */
static void sim_expect_no_desc_left(struct kunit *test, const struct irq_chip *none,
				    unsigned int before)
{
	struct sim_patience patience = {};
	unsigned int after;

	while ((after = sim_unused_descs(none)) > before && !sim_gave_up(&patience))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_LE_MSG(test, after, before, "descriptors without an owner");
}

/*
 * Some callers can do without the allocation, such as for entries in sysfs and debugfs. Others
 * retry: an interrupt descriptor near that of the last mapping is only a preference.
 */
static void sim_undo(struct sim_failing *f, bool (*try)(struct sim_failing *f))
{
	if (try == sim_try_map) {
		irq_dispose_mapping(f->virq);
	} else if (try == sim_try_devm) {
		kunit_device_unregister(f->test, f->dev);
		f->dev = kunit_device_register(f->test, "chip");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, f->dev);
	} else {
		irq_domain_remove_sim(f->domain);
	}
}

/* Returns the number of failures. */
static int sim_fail_each(struct sim_failing *f, bool (*try)(struct sim_failing *f))
{
	bool done = false, injected = true;
	int failed = 0, quiet = 0;
	/*
	 * A mapping creates files in sysfs. Their numbers are kept in a tree which needs
	 * another node about every fifth mapping, which shifts the allocations after it. So
	 * consecutive tries do not always hit the same n-th allocation.
	 */
	int tries = try == sim_try_map ? 3 : 1;

	for (int n = 1; n < SIM_MAX_FAILURES && quiet < tries; n++) {
		bool counted = false;

		quiet = 0;
		for (int i = 0; i < tries; i++) {
			current->fail_nth = n;
			done = try(f);
			injected = !current->fail_nth;
			current->fail_nth = 0;
			if (!injected && ++quiet == tries)
				break;
			if (done) {
				/* A successful mapping has a line */
				if (try == sim_try_map)
					KUNIT_EXPECT_EQ(f->test, 0,
							irq_sim_set_line(f->domain,
									 f->info.num_irqs - 1,
									 false));
				sim_undo(f, try);
				continue;
			}
			if (!counted)
				failed++;
			counted = true;
			if (try != sim_try_map) {
				KUNIT_EXPECT_EQ(f->test, PTR_ERR(f->domain), -ENOMEM);
				KUNIT_EXPECT_NULL(f->test,
						  irq_find_matching_fwnode(f->info.fwnode,
									   DOMAIN_BUS_ANY));
			} else {
				KUNIT_EXPECT_EQ(f->test, irq_find_mapping(f->domain,
									  f->info.num_irqs - 1), 0);
				KUNIT_EXPECT_EQ(f->test, f->domain->mapcount, 0);
			}
		}
	}
	KUNIT_EXPECT_FALSE(f->test, injected);
	KUNIT_EXPECT_TRUE(f->test, done);
	return failed;
}
#endif

/* C18: running out of memory is an error, and everything allocated is freed again. */
static void chip_no_memory(struct kunit *test)
{
#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
	const struct sim_param *param = test->param_value;
	static const struct {
		unsigned int		size;
		enum irq_sim_kind	kind;
	} chips[] = {
		{ SIM_LINES,	IRQ_SIM_KIND_ACK },
		{ 2000000,	IRQ_SIM_KIND_ACK },
		{ SIM_LINES,	IRQ_SIM_KIND_PERCPU },
	};
	struct sim_test *st = test->priv;
	/* By default failslab spares allocations which may sleep, and logs failures */
	bool *spares = sim_failslab("ignore-gfp-wait"), spared;
	unsigned long *verbose = sim_failslab("verbose"), verbosity;
	const struct irq_chip *none;
	unsigned int unused;
	int virq;

	if (!spares || !verbose)
		kunit_skip(test, "no ignore-gfp-wait and verbose in debugfs' failslab");
	virq = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GE(test, virq, 0);
	none = irq_get_chip(virq);
	irq_free_desc(virq);
	for (int i = 0; i < ARRAY_SIZE(chips); i++) {
		struct sim_failing f = {
			.test	= test,
			.info	= {
				.fwnode		= sim_fwnode(test),
				.num_irqs	= chips[i].size,
				.delivery	= param->delivery,
				.kind		= chips[i].kind,
			},
		};
		struct sim_line line = { .st = st, .hwirq = chips[i].size - 1 };
		int failed[3];

		f.dev = kunit_device_register(test, "chip");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f.dev);

		/*
		 * Once without failures. Some allocations are done once and stay, such as a chunk
		 * for alloc_percpu(): they would shift the others, and some would not fail.
		 */
		KUNIT_ASSERT_TRUE(test, sim_try_instantiate(&f));
		irq_domain_remove_sim(f.domain);
		spared = *spares;
		verbosity = *verbose;
		*spares = false;
		*verbose = 0;
		failed[0] = sim_fail_each(&f, sim_try_devm);
		kunit_device_unregister(test, f.dev);
		KUNIT_EXPECT_NULL(test, irq_find_matching_fwnode(f.info.fwnode, DOMAIN_BUS_ANY));
		failed[1] = sim_fail_each(&f, sim_try_instantiate);
		if (IS_ERR(f.domain)) {
			*spares = spared;
			*verbose = verbosity;
			return;
		}
		/* The same for a line; this one may be in another part of the chip's table */
		irq_dispose_mapping(irq_create_mapping(f.domain, 0));
		unused = sim_unused_descs(none);
		failed[2] = sim_fail_each(&f, sim_try_map);
		*spares = spared;
		*verbose = verbosity;

		/*
		 * At least: the chip, the domain, its name; the action; the line. There may be
		 * more, and not each time: a cache may need another slab, alloc_percpu() another
		 * chunk.
		 */
		KUNIT_EXPECT_GE(test, failed[1], 3);
		KUNIT_EXPECT_GE(test, failed[0], 4);
		KUNIT_EXPECT_GE(test, failed[2], 1);
		sim_expect_no_desc_left(test, none, unused);
		kunit_info(test, "%d + %d + %d allocations failed\n",
			   failed[0], failed[1], failed[2]);

		line.virq = f.virq;
		if (chips[i].kind == IRQ_SIM_KIND_PERCPU) {
			/* request_irq() must not be used for it */
			KUNIT_EXPECT_EQ(test, 0, irq_sim_set_line(f.domain, line.hwirq, true));
		} else {
			KUNIT_EXPECT_EQ(test, sim_request(&line, 0), 0);
			KUNIT_EXPECT_EQ(test, irq_sim_fire(f.domain, line.hwirq), 1);
			irq_sim_synchronize(f.domain);
			KUNIT_EXPECT_EQ(test, sim_runs(&line), 1);
			free_irq(line.virq, &line);
		}
		irq_dispose_mapping(line.virq);
		irq_domain_remove_sim(f.domain);
	}
#else
	kunit_skip(test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
#endif
}

/*
 * C6, C17: the interrupt is freed when a delivery on another CPU has taken the
 * line, but has not entered the flow handler yet: free_irq() waits for it.
 */
static void chip_free_waits(struct kunit *test)
{
#ifdef CONFIG_TRACEPOINTS
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[5];
	struct sim_traced *traced = kunit_kzalloc(test, sizeof(*traced), GFP_KERNEL);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	int left;

	sim_need_two_cpus(test);
	KUNIT_ASSERT_NOT_NULL(test, traced);
	traced->line = line;
	for_each_kernel_tracepoint(sim_find_tracepoint, traced);
	KUNIT_ASSERT_NOT_NULL(test, traced->deliver);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(traced->deliver, sim_traced_freed,
							   traced));

	sim_remote_hold(test, &remote);
	free_irq(line->virq, line);
	left = atomic_read_acquire(&st->left);
	sim_remote_end(&remote);
	tracepoint_probe_unregister(traced->deliver, sim_traced_freed, traced);
	tracepoint_synchronize_unregister();

	KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_ACTIVE));
	/* The handler was gone by then, and the event was dropped */
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
#else
	kunit_skip(test, "needs CONFIG_TRACEPOINTS");
#endif
}

static struct kunit_case irq_sim_lifetime_cases[] = {
	KUNIT_CASE_PARAM(chip_latch_dies_with_owner, sim_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_dispose_under_fire, sim_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_next_owner, sim_gen_params),
	KUNIT_CASE_PARAM(chip_dispose_waits, sim_gen_params),
	KUNIT_CASE_PARAM_ATTR(chip_remove_in_flight, sim_gen_params, sim_slow),
	KUNIT_CASE_PARAM(chip_remove_waits, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_remove_mapped, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_free_waits, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_ops, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_devm, delivery_gen_params),
	KUNIT_CASE_PARAM(chip_no_memory, delivery_gen_params),
	{}
};

struct kunit_suite irq_sim_lifetime_suite = {
	.name = "irq_sim_lifetime",
	.init = sim_init,
	.exit = sim_exit,
	.test_cases = irq_sim_lifetime_cases,
};
