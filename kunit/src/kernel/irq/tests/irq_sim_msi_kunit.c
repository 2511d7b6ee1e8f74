// SPDX-License-Identifier: GPL-2.0
/*
 * Message signaled interrupts: a simulated controller is the parent of per-device MSI domains.
 */

#include <linux/kthread.h>
#include <linux/msi.h>

#include "irq_sim_kunit.h"

#ifdef CONFIG_IRQ_SIM_MSI

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

/* C24: with each kind of controller and each delivery */
KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);

#define MSI_LINES	16

/**
 * struct msi_device - a model of a device which raises interrupts by messages
 * @st:		the test
 * @dev:	the device
 * @lock:	protects @msg: the device sees all of a message, or nothing
 * @msg:	messages written to the device, by index
 * @line:	the interrupts of the device
 * @nr:		number of interrupts
 * @writes:	number of message writes
 */
struct msi_device {
	struct sim_test		*st;
	struct device		*dev;
	raw_spinlock_t		lock;	/* the messages */
	struct msi_msg		msg[MSI_LINES];
	struct sim_line		line[MSI_LINES];
	int			nr;
	atomic_t		writes;
};

struct msi_test {
	struct sim_test		st;
	struct fwnode_handle	*fwnode;
	struct msi_device	device[3];
};

static struct msi_test *msi_of(struct kunit *test)
{
	return container_of((struct sim_test *)test->priv, struct msi_test, st);
}

static struct irq_domain *msi_create(struct kunit *test, struct fwnode_handle *fwnode,
				     unsigned int flags)
{
	const struct sim_kind_param *param = test->param_value;
	struct irq_sim_info info = {
		.fwnode		= fwnode,
		.num_irqs	= MSI_LINES,
		.delivery	= param ? param->sim.delivery : IRQ_SIM_DELIVER_TASKLET,
		.kind		= param ? param->kind : IRQ_SIM_KIND_ACK,
		.flags		= flags,
	};

	return irq_domain_instantiate_sim(&info);
}

static int msi_init(struct kunit *test)
{
	struct msi_test *mt = kunit_kzalloc(test, sizeof(*mt), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mt);
	init_completion(&mt->st.thread_go);
	test->priv = &mt->st;

	mt->fwnode = irq_domain_alloc_named_fwnode("irq_sim_kunit");
	KUNIT_ASSERT_NOT_NULL(test, mt->fwnode);
	mt->st.domain = msi_create(test, mt->fwnode, IRQ_SIM_MSI_PARENT);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mt->st.domain);

	for (int i = 0; i < ARRAY_SIZE(mt->device); i++) {
		struct msi_device *device = &mt->device[i];
		char name[] = "irq_sim_msi0";

		name[sizeof(name) - 2] += i;
		device->st = &mt->st;
		raw_spin_lock_init(&device->lock);
		device->dev = kunit_device_register(test, name);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, device->dev);
		dev_set_drvdata(device->dev, device);
		dev_set_msi_domain(device->dev, mt->st.domain);
	}
	return 0;
}

static void msi_write_msg(struct msi_desc *desc, struct msi_msg *msg)
{
	struct msi_device *device = dev_get_drvdata(msi_desc_to_dev(desc));

	guard(raw_spinlock_irqsave)(&device->lock);
	device->msg[desc->msi_index] = *msg;
	atomic_inc(&device->writes);
}

static int msi_alloc(struct msi_device *device, int nr)
{
	int ret = platform_device_msi_init_and_alloc_irqs(device->dev, nr, msi_write_msg);

	if (ret) {
		platform_device_msi_free_irqs_all(device->dev);
		return ret;
	}
	device->nr = nr;
	for (int i = 0; i < nr; i++) {
		struct sim_line *line = &device->line[i];
		unsigned int virq = msi_get_virq(device->dev, i);

		line->st = device->st;
		line->virq = virq;
		/* The device domain is stacked on the chip */
		line->hwirq = irq_domain_get_irq_data(device->st->domain, virq)->hwirq;
		atomic_set(&line->begun, 0);
		atomic_set(&line->handled, 0);
	}
	return 0;
}

static void msi_free(struct msi_device *device)
{
	for (int i = 0; i < device->nr; i++) {
		if (irq_has_action(device->line[i].virq))
			free_irq(device->line[i].virq, &device->line[i]);
	}
	if (device->nr)
		platform_device_msi_free_irqs_all(device->dev);
	device->nr = 0;
}

static void msi_exit(struct kunit *test)
{
	struct msi_test *mt;

	if (!test->priv)
		return;
	mt = msi_of(test);
	for (int i = 0; i < ARRAY_SIZE(mt->device); i++)
		msi_free(&mt->device[i]);
	if (!IS_ERR_OR_NULL(mt->st.domain)) {
		/* Nothing leaked */
		KUNIT_EXPECT_EQ(test, mt->st.domain->mapcount, 0);
		irq_domain_remove_sim(mt->st.domain);
	}
	if (mt->fwnode)
		irq_domain_free_fwnode(mt->fwnode);
}

static struct msi_device *msi_request(struct kunit *test, int which, int nr)
{
	struct msi_device *device = &msi_of(test)->device[which];

	KUNIT_ASSERT_EQ(test, msi_alloc(device, nr), 0);
	for (int i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ(test, sim_request(&device->line[i], 0), 0);
	return device;
}

/* Raise an interrupt of the device. */
static int msi_raise(struct msi_device *device, int index)
{
	struct msi_msg msg;

	scoped_guard(raw_spinlock_irqsave, &device->lock)
		msg = device->msg[index];
	return irq_sim_write_msi(device->st->domain, &msg);
}

static bool msi_is_zero(const struct msi_msg *msg)
{
	return !msg->address_hi && !msg->address_lo && !msg->data;
}

/* C24: writing a message fires a line, and the handler of that message runs once. */
static void msi_message(struct kunit *test)
{
	struct msi_device *device = &msi_of(test)->device[0];
	struct sim_test *st = test->priv;

	KUNIT_ASSERT_EQ(test, msi_alloc(device, 4), 0);
	/* The device gets a message when its interrupt is requested, not earlier */
	KUNIT_EXPECT_EQ(test, atomic_read(&device->writes), 0);
	msi_free(device);
	device = msi_request(test, 0, 4);
	for (int i = 0; i < 4; i++) {
		KUNIT_EXPECT_FALSE(test, msi_is_zero(&device->msg[i]));
		KUNIT_EXPECT_EQ(test, device->msg[i].data, device->line[i].hwirq);
	}

	for (int i = 3; i >= 0; i--) {
		KUNIT_EXPECT_EQ(test, msi_raise(device, i), 1);
		irq_sim_synchronize(st->domain);
		for (int j = 0; j < 4; j++)
			KUNIT_EXPECT_EQ(test, sim_runs(&device->line[j]), j >= i);
		sim_expect_account(test, &device->line[i],
				   &(struct irq_sim_account){ .latched = 1 });
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);

	/* The message is cleared when the interrupt is freed */
	free_irq(device->line[2].virq, &device->line[2]);
	KUNIT_EXPECT_TRUE(test, msi_is_zero(&device->msg[2]));
	KUNIT_EXPECT_EQ(test, msi_raise(device, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, msi_raise(device, 3), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(&device->line[2]), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(&device->line[3]), 2);
}

/* An MSI parent which does not belong to the simulator */
static const struct msi_parent_ops msi_foreign_ops;

/* C1: an invalid message is refused, and runs nothing. */
static void msi_refused(struct kunit *test)
{
	struct msi_device *device = msi_request(test, 0, 2);
	struct sim_test *st = test->priv;
	struct irq_domain *other, *plain, *foreign;
	struct msi_msg msg = device->msg[0];

	for (int bit = 0; bit < 32; bit++) {
		msg.address_lo ^= BIT(bit);
		KUNIT_EXPECT_EQ(test, irq_sim_write_msi(st->domain, &msg), -EINVAL);
		msg.address_lo ^= BIT(bit);
		msg.address_hi ^= BIT(bit);
		KUNIT_EXPECT_EQ(test, irq_sim_write_msi(st->domain, &msg), -EINVAL);
		msg.address_hi ^= BIT(bit);
	}
	msg.data = MSI_LINES;
	KUNIT_EXPECT_EQ(test, irq_sim_write_msi(st->domain, &msg), -EINVAL);
	msg.data = U32_MAX;
	KUNIT_EXPECT_EQ(test, irq_sim_write_msi(st->domain, &msg), -EINVAL);
	/* A line without an owner */
	msg.data = MSI_LINES - 1;
	KUNIT_EXPECT_EQ(test, irq_sim_write_msi(st->domain, &msg), -ENXIO);

	/* A message of this chip is invalid for any other */
	msg = device->msg[0];
	other = msi_create(test, NULL, IRQ_SIM_MSI_PARENT);
	plain = msi_create(test, NULL, 0);
	KUNIT_EXPECT_EQ(test, irq_sim_write_msi(NULL, &msg), -EINVAL);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, other);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, plain);
	if (!IS_ERR(other)) {
		KUNIT_EXPECT_EQ(test, irq_sim_write_msi(other, &msg), -EINVAL);
		irq_domain_remove_sim(other);
	}
	if (!IS_ERR(plain)) {
		KUNIT_EXPECT_EQ(test, irq_sim_write_msi(plain, &msg), -EINVAL);
		irq_domain_remove_sim(plain);
	}
	foreign = irq_domain_create_linear(NULL, 1, &irq_domain_simple_ops, NULL);
	KUNIT_EXPECT_NOT_NULL(test, foreign);
	if (foreign) {
		foreign->msi_parent_ops = &msi_foreign_ops;
		KUNIT_EXPECT_EQ(test, irq_sim_write_msi(foreign, &msg), -EINVAL);
		foreign->msi_parent_ops = NULL;
		irq_domain_remove(foreign);
	}

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_begun(&device->line[0]) + sim_begun(&device->line[1]), 0);
	KUNIT_EXPECT_EQ(test, irq_sim_write_msi(st->domain, &msg), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(&device->line[0]), 1);
}

/* C26: a message is for one interrupt: there are no blocks of several vectors. */
static void msi_block(struct kunit *test)
{
	struct msi_device *device = msi_request(test, 0, 1);
	struct irq_domain *domain = irq_get_irq_data(device->line[0].virq)->domain;
	struct sim_test *st = test->priv;
	/* Through the MSI domain of the device, as its driver would allocate them */
	msi_alloc_info_t info = { .hwirq = 8 };
	int virq = irq_domain_alloc_irqs(domain, 2, NUMA_NO_NODE, &info);

	KUNIT_EXPECT_EQ(test, virq, -EOPNOTSUPP);
	if (virq > 0)
		irq_domain_free_irqs(virq, 2);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, 1);
	KUNIT_EXPECT_EQ(test, msi_raise(device, 0), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(&device->line[0]), 1);
}

/* C5: masked through the device domain, the message waits in genirq or in the chip. */
static void msi_masked(struct kunit *test)
{
	struct irq_sim_account lazy = { .latched = 1, .kept = 1 };
	struct irq_sim_account both = { .latched = 2, .kept = 1 };
	struct msi_device *device = msi_request(test, 0, 2);
	struct sim_line *line = &device->line[0];
	struct sim_test *st = test->priv;

	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, msi_raise(device, 0), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	/* The other interrupt is served */
	KUNIT_EXPECT_EQ(test, msi_raise(device, 1), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(&device->line[1]), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &lazy);

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	disable_irq(line->virq);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, msi_raise(device, 0), 1);
	KUNIT_EXPECT_EQ(test, msi_raise(device, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	sim_expect_account(test, line, &both);
}

/* C16: the chip sets the affinity, and the message is written again. */
static void msi_affinity(struct kunit *test)
{
	struct msi_device *device = msi_request(test, 0, 1);
	struct sim_line *line = &device->line[0];
	struct sim_test *st = test->priv;
	int runs = 0;
	int cpu;

	sim_need_two_cpus(test);
	line->on_irq = sim_note_context;
	for_each_online_cpu(cpu) {
		int writes = atomic_read(&device->writes);

		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&device->writes), writes + 1);
		line->cpu = -1;
		KUNIT_EXPECT_EQ(test, msi_raise(device, 0), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, line->cpu, cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(line), ++runs);
	}
	sim_expect_account(test, line, NULL);
}

/* C16: the affinity cannot be set, and the MSI domain does not try to. */
static void msi_no_affinity(struct kunit *test)
{
	struct irq_domain *domain = msi_create(test, NULL,
					       IRQ_SIM_MSI_PARENT | IRQ_SIM_NO_AFFINITY);
	struct sim_test *st = test->priv;
	struct msi_device *device;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	swap(st->domain, domain);
	irq_domain_remove_sim(domain);
	dev_set_msi_domain(msi_of(test)->device[0].dev, st->domain);
	device = msi_request(test, 0, 2);
	if (IS_ENABLED(CONFIG_SMP))
		KUNIT_EXPECT_EQ(test, -EINVAL,
				irq_set_affinity(device->line[1].virq, cpumask_of(0)));
	KUNIT_EXPECT_EQ(test, msi_raise(device, 1), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(&device->line[1]), 1);
}

/* C16: each vector has one target, the first CPU of its affinity. */
static void msi_single(struct kunit *test)
{
	struct irq_domain *domain = msi_create(test, NULL,
					       IRQ_SIM_MSI_PARENT | IRQ_SIM_SINGLE_TARGET);
	struct sim_test *st = test->priv;
	struct msi_device *device;
	struct sim_line *line;
	unsigned int cpu;
	int runs = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	swap(st->domain, domain);
	irq_domain_remove_sim(domain);
	dev_set_msi_domain(msi_of(test)->device[0].dev, st->domain);
	sim_need_two_cpus(test);
	device = msi_request(test, 0, 2);
	line = &device->line[1];
	line->on_irq = sim_note_context;
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		KUNIT_EXPECT_EQ(test, msi_raise(device, 1), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, line->cpu, cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(line), ++runs);
	}
	/* Whichever CPU fires; here it is not the first one */
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpu_online_mask), 0);
	cpu = cpumask_last(cpu_online_mask);
	KUNIT_EXPECT_EQ(test, 0, set_cpus_allowed_ptr(current, cpumask_of(cpu)));
	KUNIT_EXPECT_EQ(test, msi_raise(device, 1), 1);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, line->cpu, cpumask_first(cpu_online_mask));
	KUNIT_EXPECT_EQ(test, sim_runs(line), ++runs);
	sim_expect_account(test, line, NULL);
}

static void msi_raise_all(struct msi_device *device)
{
	for (int i = 0; i < device->nr; i++) {
		if (msi_raise(device, i) == 1)
			atomic_inc(&device->line[i].st->latched);
		sim_poll();
	}
}

#define MSI_ROUNDS	200

static void msi_flood(struct sim_line *line)
{
	struct msi_device *device = container_of(line, struct msi_device, line[0]);

	for (int i = 0; i < MSI_ROUNDS; i++)
		msi_raise_all(device);
}

/* C24: two devices use all lines of the chip, a third gets none; all fire at once. */
static void msi_many(struct kunit *test)
{
	struct msi_device *device = msi_of(test)->device;
	struct sim_remote remote = { .fn = msi_flood, .line = &device[1].line[0] };
	bool two = num_online_cpus() > 1;
	struct sim_test *st = test->priv;
	int runs = 0;

	msi_request(test, 0, 10);
	msi_request(test, 1, MSI_LINES - 10);
	KUNIT_EXPECT_EQ(test, msi_alloc(&device[2], 2), -ENOSPC);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, MSI_LINES);

	/* Free and allocate again: free lines are found */
	msi_free(&device[0]);
	KUNIT_EXPECT_EQ(test, msi_alloc(&device[2], 2), 0);
	KUNIT_EXPECT_EQ(test, msi_alloc(&device[0], 9), -ENOSPC);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, MSI_LINES - 8);
	msi_free(&device[2]);
	msi_request(test, 0, 10);

	if (two)
		sim_remote_start(&remote);
	else
		msi_flood(&device[1].line[0]);
	msi_flood(&device[0].line[0]);
	if (two)
		sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);

	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < device[i].nr; j++) {
			KUNIT_EXPECT_GE(test, sim_runs(&device[i].line[j]), 1);
			sim_expect_account(test, &device[i].line[j], NULL);
			runs += sim_runs(&device[i].line[j]);
		}
	}
	/* Nothing was disabled, so each latch had its run */
	KUNIT_EXPECT_EQ(test, runs, atomic_read(&st->latched));
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
}

/* C18, C24: how such a chip is found, and what it refuses. */
static void msi_domain(struct kunit *test)
{
	struct irq_fwspec fwspec = {
		.fwnode = msi_of(test)->fwnode, .param_count = 1, .param = { 3 },
	};
	struct irq_sim_info percpu = {
		.num_irqs = 1, .kind = IRQ_SIM_KIND_PERCPU, .flags = IRQ_SIM_MSI_PARENT,
	};
	struct irq_domain *nameless = msi_create(test, NULL, IRQ_SIM_MSI_PARENT);
	struct msi_device *device = &msi_of(test)->device[0];
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct msi_msg msg;

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(irq_domain_instantiate_sim(&percpu)), -EINVAL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nameless);
	KUNIT_EXPECT_PTR_EQ(test, st->domain,
			    irq_find_matching_fwnode(fwspec.fwnode, DOMAIN_BUS_PLATFORM_MSI));
	KUNIT_EXPECT_PTR_EQ(test, st->domain,
			    irq_find_matching_fwnode(fwspec.fwnode, DOMAIN_BUS_NEXUS));
	KUNIT_EXPECT_PTR_EQ(test, NULL,
			    irq_find_matching_fwnode(fwspec.fwnode, DOMAIN_BUS_PCI_MSI));
	KUNIT_EXPECT_PTR_NE(test, nameless,
			    irq_find_matching_fwnode(NULL, DOMAIN_BUS_PLATFORM_MSI));
	irq_domain_remove_sim(nameless);

	/* Its lines are for messages: firmware cannot choose one, nor can others allocate one */
	KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(st->domain, 1, NUMA_NO_NODE, &fwspec), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(st->domain, 1, NUMA_NO_NODE, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, 0);

	/* A line which was mapped explicitly is not allocated, and has a message as well */
	line->st = st;
	line->virq = sim_map(st->domain, 0);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, msi_alloc(device, MSI_LINES), -ENOSPC);
	KUNIT_EXPECT_EQ(test, msi_alloc(device, MSI_LINES - 1), 0);
	KUNIT_EXPECT_EQ(test, sim_request(&device->line[0], 0), 0);
	/* Firmware does not find lines which were allocated for messages or mapped explicitly */
	fwspec.param[0] = device->line[0].hwirq;
	KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
	fwspec.param[0] = line->hwirq;
	KUNIT_EXPECT_EQ(test, irq_create_fwspec_mapping(&fwspec), 0);
	msg = device->msg[0];
	msg.data = 0;
	KUNIT_EXPECT_EQ(test, irq_sim_write_msi(st->domain, &msg), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(&device->line[0]), 0);
	free_irq(line->virq, line);
	irq_dispose_mapping(line->virq);
}

static int msi_raise_thread(void *data)
{
	struct msi_device *device = data;

	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		for (int i = 0; i < 4; i++)
			msi_raise(device, i);
		atomic_inc(&device->st->entered);
		sim_poll();
	}
	return 0;
}

/* C17, C24: interrupts are allocated, requested, freed and released while the device fires. */
static void msi_free_under_fire(struct kunit *test)
{
	struct msi_device *device = &msi_of(test)->device[0];
	struct sim_test *st = test->priv;
	struct task_struct *task;
	int runs, after;

	task = kthread_run(msi_raise_thread, device, "irq_sim_msi");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	for (int round = 0; round < 50; round++) {
		if (msi_alloc(device, 4)) {
			KUNIT_FAIL(test, "no interrupts in round %d", round);
			break;
		}
		for (int i = 0; i < 4; i++)
			KUNIT_EXPECT_EQ(test, sim_request(&device->line[i], 0), 0);
		/* The device has fired all of them, starting with the first */
		for (int i = 0; i < 2; i++) {
			atomic_set(&st->entered, 0);
			KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
		}
		irq_sim_synchronize(st->domain);
		/* disable_irq() waits for the handler; free_irq() waits only after removing it */
		if (round % 2)
			disable_irq(device->line[1].virq);
		runs = 0;
		after = 0;
		for (int i = 0; i < 4; i++) {
			struct sim_line *line = &device->line[i];

			free_irq(line->virq, line);
			runs += sim_runs(line);
		}
		/* The account is exact only at rest, so the device pauses */
		kthread_park(task);
		irq_sim_synchronize(st->domain);
		for (int i = 0; i < 4; i++) {
			if (i == 1 && round % 2)
				sim_expect_account(test, &device->line[i], NULL);
			else
				sim_account_freed(test, &device->line[i], 0);
		}
		kthread_unpark(task);
		platform_device_msi_free_irqs_all(device->dev);
		device->nr = 0;
		irq_sim_synchronize(st->domain);
		for (int i = 0; i < 4; i++)
			after += sim_runs(&device->line[i]);
		KUNIT_EXPECT_EQ(test, after, runs);
		KUNIT_EXPECT_GE(test, runs, 4);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
	KUNIT_EXPECT_EQ(test, st->domain->mapcount, 0);
}

static struct kunit_case irq_sim_msi_cases[] = {
	KUNIT_CASE_PARAM(msi_message, kind_gen_params),
	KUNIT_CASE_PARAM(msi_refused, kind_gen_params),
	KUNIT_CASE_PARAM(msi_block, kind_gen_params),
	KUNIT_CASE_PARAM(msi_masked, kind_gen_params),
	KUNIT_CASE_PARAM(msi_affinity, kind_gen_params),
	KUNIT_CASE(msi_no_affinity),
	KUNIT_CASE(msi_single),
	KUNIT_CASE_PARAM(msi_many, kind_gen_params),
	KUNIT_CASE(msi_domain),
	KUNIT_CASE_PARAM_ATTR(msi_free_under_fire, kind_gen_params, sim_slow),
	{}
};

struct kunit_suite irq_sim_msi_suite = {
	.name = "irq_sim_msi",
	.init = msi_init,
	.exit = msi_exit,
	.test_cases = irq_sim_msi_cases,
};

#else

/* C26: refused if the option is not built in. */
static void msi_not_built(struct kunit *test)
{
	struct irq_sim_info info = { .num_irqs = 1, .flags = IRQ_SIM_MSI_PARENT };
	struct irq_domain *domain = irq_domain_instantiate_sim(&info);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(domain), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, irq_sim_write_msi(NULL, NULL), -EINVAL);
}

static struct kunit_case irq_sim_msi_cases[] = {
	KUNIT_CASE(msi_not_built),
	{}
};

struct kunit_suite irq_sim_msi_suite = {
	.name = "irq_sim_msi",
	.test_cases = irq_sim_msi_cases,
};

#endif
