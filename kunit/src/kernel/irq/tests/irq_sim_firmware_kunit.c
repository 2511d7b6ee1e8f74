// SPDX-License-Identifier: GPL-2.0
/*
 * Lines described by firmware, and domains which are stacked on a simulated controller.
 */

#include <linux/kthread.h>

#include "irq_sim_kunit.h"

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

/* C23, C24: with each delivery */
KUNIT_ARRAY_PARAM_DESC(delivery, sim_deliveries, name);

#define FW_LINES	16
#define FW_STACKED	16

/* The first line of the child domain is this line of the parent */
#define FW_OFFSET	4

struct fw_test {
	struct sim_test		st;
	struct fwnode_handle	*fwnode;
	struct irq_domain	*child;
	const struct irq_chip	*chip;
};

static struct fw_test *fw_of(struct kunit *test)
{
	return container_of((struct sim_test *)test->priv, struct fw_test, st);
}

/* Map a line of @fwnode as firmware describes it. */
static unsigned int fw_map(struct fwnode_handle *fwnode, int cells, u32 hwirq, u32 type)
{
	struct irq_fwspec fwspec = {
		.fwnode		= fwnode,
		.param_count	= cells,
		.param		= { hwirq, type },
	};

	return irq_create_fwspec_mapping(&fwspec);
}

static int fw_init(struct kunit *test)
{
	struct irq_sim_info info = { .num_irqs = FW_LINES };
	const struct sim_param *param = test->param_value;
	struct fw_test *fw = kunit_kzalloc(test, sizeof(*fw), GFP_KERNEL);

	sim_need_numbers(test);
	KUNIT_ASSERT_NOT_NULL(test, fw);
	for (int i = 0; i < SIM_LINES; i++)
		fw->st.line[i].st = &fw->st;
	init_completion(&fw->st.thread_go);
	test->priv = &fw->st;

	fw->fwnode = irq_domain_alloc_named_fwnode("irq_sim_kunit");
	KUNIT_ASSERT_NOT_NULL(test, fw->fwnode);
	info.fwnode = fw->fwnode;
	info.delivery = param ? param->delivery : IRQ_SIM_DELIVER_TASKLET;
	fw->st.domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fw->st.domain);
	return 0;
}

static void fw_free(struct sim_line *line)
{
	if (!line->virq)
		return;
	if (irq_has_action(line->virq))
		free_irq(line->virq, line);
	irq_dispose_mapping(line->virq);
	line->virq = 0;
}

static void fw_exit(struct kunit *test)
{
	struct fw_test *fw;

	if (!test->priv)
		return;
	fw = fw_of(test);
	for (int i = 0; i < SIM_LINES; i++)
		fw_free(&fw->st.line[i]);
	if (!IS_ERR_OR_NULL(fw->child))
		irq_domain_remove(fw->child);
	if (!IS_ERR_OR_NULL(fw->st.domain)) {
		/* Nothing leaked */
		KUNIT_EXPECT_EQ(test, fw->st.domain->mapcount, 0);
		irq_domain_remove_sim(fw->st.domain);
	}
	if (fw->fwnode)
		irq_domain_free_fwnode(fw->fwnode);
}

/* Map a line as described by firmware, and request it with that type. */
static struct sim_line *fw_line(struct kunit *test, int cells, u32 hwirq, u32 type)
{
	struct fw_test *fw = fw_of(test);
	struct sim_line *line = &fw->st.line[0];

	line->hwirq = hwirq;
	line->virq = fw_map(fw->fwnode, cells, hwirq, type);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	return line;
}

/* C23: one cell is the line number; the line has the documented default type. */
static void fw_one_cell(struct kunit *test)
{
	struct sim_line *line = fw_line(test, 1, 4, 0);

	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(line->st->domain, 4), line->virq);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	irq_sim_synchronize(line->st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 0);
	irq_sim_synchronize(line->st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, NULL);
}

/* C23: the second cell is the type, which a request without a type uses. */
static void fw_two_cells(struct kunit *test)
{
	static const struct {
		u32	type;
		u32	is;
		int	up;
		int	down;
	} types[] = {
		{ IRQ_TYPE_NONE, IRQ_TYPE_EDGE_RISING, 1, 0 },
		{ IRQ_TYPE_EDGE_RISING, IRQ_TYPE_EDGE_RISING, 1, 0 },
		{ IRQ_TYPE_EDGE_FALLING, IRQ_TYPE_EDGE_FALLING, 0, 1 },
		{ IRQ_TYPE_EDGE_BOTH, IRQ_TYPE_EDGE_BOTH, 1, 1 },
		{ IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_LEVEL_HIGH, 1, 0 },
	};

	for (int i = 0; i < ARRAY_SIZE(types); i++) {
		struct sim_line *line = fw_line(test, 2, 3, types[i].type);
		int runs = sim_runs(line);

		KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), types[i].is);
		/* For the level: the handler lowers the wire */
		line->type = types[i].is;
		line->on_irq = sim_served;
		KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
		KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), types[i].is);
		KUNIT_EXPECT_EQ(test, sim_wire(line, true), types[i].up);
		irq_sim_synchronize(line->st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line) - runs, types[i].up);
		KUNIT_EXPECT_EQ(test, sim_wire(line, false), types[i].down);
		irq_sim_synchronize(line->st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line) - runs, types[i].up + types[i].down);
		fw_free(line);
	}
}

/* C23: a low level, which is asserted as soon as the line is requested. */
static void fw_level_low(struct kunit *test)
{
	struct sim_line *line = fw_line(test, 2, 3, IRQ_TYPE_LEVEL_LOW);

	line->type = IRQF_TRIGGER_LOW;
	line->on_irq = sim_served;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(line->st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));
}

/* C23: other numbers of cells, other types and other line numbers are refused. */
static void fw_refused(struct kunit *test)
{
	struct fw_test *fw = fw_of(test);

	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 0, 3, 0), 0);
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 3, 3, IRQ_TYPE_EDGE_RISING), 0);
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 1, FW_LINES, 0), 0);
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 2, FW_LINES, IRQ_TYPE_EDGE_RISING), 0);
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 1, U32_MAX, 0), 0);
	for (u32 type = 0; type <= 0x20; type++) {
		unsigned int virq = fw_map(fw->fwnode, 2, 3, type);
		bool good = type <= IRQ_TYPE_LEVEL_HIGH || type == IRQ_TYPE_LEVEL_LOW;

		KUNIT_EXPECT_EQ_MSG(test, !!virq, good, "type %#x", type);
		irq_dispose_mapping(virq);
	}
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 2, 3, BIT(31) | IRQ_TYPE_EDGE_RISING), 0);
	KUNIT_EXPECT_EQ(test, fw->st.domain->mapcount, 0);
	/* None of them has left anything behind */
	fw_line(test, 1, 3, 0);
}

/* C23: a second description of the same line must match the first one. */
static void fw_mismatch(struct kunit *test)
{
	struct sim_line *line = fw_line(test, 2, 3, IRQ_TYPE_LEVEL_LOW);
	struct fw_test *fw = fw_of(test);

	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 2, 3, IRQ_TYPE_LEVEL_LOW), line->virq);
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 2, 3, IRQ_TYPE_EDGE_RISING), 0);

	/* This breaks the second modprobe of a driver which requests another type */
	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_FALLING), 0);
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 2, 3, IRQ_TYPE_LEVEL_LOW), 0);
	KUNIT_EXPECT_EQ(test, fw_map(fw->fwnode, 2, 3, IRQ_TYPE_EDGE_FALLING), line->virq);
	irq_dispose_mapping(line->virq);
	line->virq = fw_map(fw->fwnode, 2, 3, IRQ_TYPE_LEVEL_LOW);
	KUNIT_EXPECT_NE(test, line->virq, 0);
}

/* C23: no line is allocated twice, and a failure in the middle leaves nothing behind. */
static void fw_alloc_twice(struct kunit *test)
{
	struct sim_line *line = fw_line(test, 1, 6, 0);
	struct irq_fwspec fwspec = {
		.fwnode = fw_of(test)->fwnode, .param_count = 1, .param = { 6 },
	};
	struct irq_domain *domain = line->st->domain;
	int virq;

	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(domain, 1, NUMA_NO_NODE, &fwspec), -EBUSY);
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(domain, 1, NUMA_NO_NODE, NULL), -EINVAL);
	fwspec.param[0] = 4;
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(domain, 4, NUMA_NO_NODE, &fwspec), -EBUSY);
	/* Beyond the last line */
	fwspec.param[0] = FW_LINES - 2;
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(domain, 4, NUMA_NO_NODE, &fwspec), -EINVAL);
	KUNIT_EXPECT_EQ(test, domain->mapcount, 1);
	for (int i = 0; i < FW_LINES; i++)
		KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, i), i == 6 ? line->virq : 0);

	/* The existing line is unchanged, and the others are free */
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	fwspec.param[0] = FW_LINES - 2;
	virq = irq_domain_alloc_irqs(domain, 2, NUMA_NO_NODE, &fwspec);
	KUNIT_ASSERT_GT(test, virq, 0);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(domain, FW_LINES - 1), virq + 1);
	irq_domain_free_irqs(virq, 2);
	fwspec.param[0] = 4;
	virq = irq_domain_alloc_irqs(domain, 2, NUMA_NO_NODE, &fwspec);
	KUNIT_EXPECT_GT(test, virq, 0);
	irq_domain_free_irqs(virq, 2);
}

/* C27: the size of a chip costs nothing, and its last line works like any other. */
static void fw_large(struct kunit *test)
{
	static const unsigned int sizes[] = { 1 << 20, 1 << 24 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];

	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct irq_sim_info info = {
			.num_irqs = sizes[i], .delivery = IRQ_SIM_DELIVER_TASKLET,
		};
		struct irq_domain *small = st->domain;
		int runs = sim_runs(line);

		st->domain = irq_domain_instantiate_sim(&info);
		if (IS_ERR(st->domain)) {
			KUNIT_FAIL(test, "%u lines: %pe", sizes[i], st->domain);
			st->domain = small;
			break;
		}
		line->hwirq = sizes[i] - 1;
		line->virq = irq_create_mapping(st->domain, line->hwirq);
		KUNIT_EXPECT_NE(test, line->virq, 0);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(st->domain, sizes[i]), -EINVAL);
		KUNIT_EXPECT_EQ(test, irq_sim_fire(st->domain, 0), -ENXIO);
		KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs + 1);
		fw_free(line);
		irq_domain_remove_sim(st->domain);
		st->domain = small;
	}
}

/* A stacked chip which leaves everything to its parent. */
#define FW_CHIP								\
	.irq_ack		= irq_chip_ack_parent,			\
	.irq_mask		= irq_chip_mask_parent,			\
	.irq_unmask		= irq_chip_unmask_parent,		\
	.irq_set_type		= irq_chip_set_type_parent,		\
	.irq_retrigger		= irq_chip_retrigger_hierarchy,		\
	.irq_set_wake		= irq_chip_set_wake_parent,		\
	.irq_get_irqchip_state	= irq_chip_get_parent_state,		\
	.irq_set_irqchip_state	= irq_chip_set_parent_state

static const struct irq_chip fw_chip = {
	.name			= "fw_chip",
	FW_CHIP,
#ifdef CONFIG_SMP
	.irq_set_affinity	= irq_chip_set_affinity_parent,
#endif
};

/* The same with startup and shutdown, and with mask and ack combined in one callback. */
static const struct irq_chip fw_chip_startup = {
	.name			= "fw_chip_startup",
	FW_CHIP,
	.irq_startup		= irq_chip_startup_parent,
	.irq_shutdown		= irq_chip_shutdown_parent,
	.irq_mask_ack		= irq_chip_mask_ack_parent,
#ifdef CONFIG_SMP
	.irq_set_affinity	= irq_chip_set_affinity_parent,
#endif
};

static int fw_child_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
			  void *arg)
{
	struct fw_test *fw = domain->host_data;
	struct irq_fwspec *fwspec = arg, parent = {
		.fwnode		= fw->fwnode,
		.param_count	= 2,
		.param		= { fwspec->param[0] + FW_OFFSET, fwspec->param[1] },
	};

	for (int i = 0; i < nr_irqs; i++)
		irq_domain_set_info(domain, virq + i, fwspec->param[0] + i, fw->chip, NULL,
				    handle_edge_irq, NULL, NULL);
	return irq_domain_alloc_irqs_parent(domain, virq, nr_irqs, &parent);
}

static const struct irq_domain_ops fw_child_ops = {
	.alloc	= fw_child_alloc,
	.free	= irq_domain_free_irqs_common,
};

static void fw_stack(struct kunit *test, const struct irq_chip *chip)
{
	struct fw_test *fw = fw_of(test);

	fw->chip = chip;
	fw->child = irq_domain_create_hierarchy(fw->st.domain, 0, FW_STACKED, NULL,
						&fw_child_ops, fw);
	KUNIT_ASSERT_NOT_NULL(test, fw->child);
}

static int fw_stacked_alloc(struct fw_test *fw, u32 hwirq, unsigned int nr)
{
	struct irq_fwspec fwspec = {
		.param_count = 2, .param = { hwirq, IRQ_TYPE_EDGE_RISING },
	};

	return irq_domain_alloc_irqs(fw->child, nr, NUMA_NO_NODE, &fwspec);
}

static struct sim_line *fw_stacked_line(struct kunit *test)
{
	struct fw_test *fw = fw_of(test);
	struct sim_line *line = &fw->st.line[1];
	int virq = fw_stacked_alloc(fw, 2, 1);

	KUNIT_ASSERT_GT(test, virq, 0);
	line->virq = virq;
	/* The line is fired at the parent chip */
	line->hwirq = 2 + FW_OFFSET;
	return line;
}

/* C24: fired at the parent, a stacked line runs its handler once, through all operations. */
static void fw_stacked_check(struct kunit *test, const struct irq_chip *chip)
{
	struct irq_sim_account done = { .latched = 7, .kept = 2, .merged = 1, .dropped = 2 };
	struct sim_test *st = test->priv;
	struct sim_line *line;
	struct irq_desc *desc;

	fw_stack(test, chip);
	line = fw_stacked_line(test);
	desc = irq_data_to_desc(irq_get_irq_data(line->virq));
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* One event is kept, the next one latched: the retrigger merges */
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);

	/* The parent chip has the type; the flow handler is the one set by the chip on top */
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, IRQ_TYPE_LEVEL_HIGH), 0);
	KUNIT_EXPECT_TRUE(test, desc->handle_irq == handle_edge_irq);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_FALLING), 0);
	KUNIT_EXPECT_TRUE(test, desc->handle_irq == handle_edge_irq);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, 3 | IRQ_TYPE_LEVEL_LOW), -EINVAL);

	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	if (IS_ENABLED(CONFIG_SMP)) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(0)), 0);
		line->on_irq = sim_note_context;
		line->cpu = -1;
	}
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	KUNIT_EXPECT_EQ(test, line->cpu, 0);

	/* Shut down with one event kept and one latched */
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	sim_expect_account(test, line, &done);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	sim_expect_account(test, line, &done);
}

static void fw_stacked(struct kunit *test)
{
	fw_stacked_check(test, &fw_chip);
}

static void fw_stacked_startup(struct kunit *test)
{
	fw_stacked_check(test, &fw_chip_startup);
}

/* C24: a fire while the handler is in progress on another CPU, through the stacked chip. */
static void fw_stacked_progress(struct kunit *test)
{
	struct irq_sim_account done = { .latched = 3, .kept = 1 };
	struct sim_remote remote = { .fn = sim_fire_and_flush };
	struct sim_test *st = test->priv;
	struct sim_line *line;

	sim_need_two_cpus(test);
	fw_stack(test, &fw_chip);
	line = fw_stacked_line(test);
	line->on_irq = sim_hold;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	remote.line = line;
	sim_remote_hold(test, &remote);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_TRUE(test, sim_wait_kept(line, 1));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	sim_expect_account(test, line, &done);
}

/*
 * C24: a line allocated in the parent is not allocated twice, and a failure leaves nothing
 * there.
 */
static void fw_stacked_twice(struct kunit *test)
{
	struct fw_test *fw = fw_of(test);
	struct irq_fwspec below = {
		.fwnode = fw->fwnode, .param_count = 1, .param = { 2 + FW_OFFSET },
	};
	struct irq_domain *domain = fw->st.domain;
	struct sim_line *line;
	int virq;

	fw_stack(test, &fw_chip);
	line = fw_stacked_line(test);
	KUNIT_EXPECT_EQ(test, fw_stacked_alloc(fw, 2, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, fw_stacked_alloc(fw, 0, 4), -EBUSY);
	KUNIT_EXPECT_EQ(test, fw_stacked_alloc(fw, FW_LINES, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, fw_stacked_alloc(fw, FW_LINES - FW_OFFSET - 1, 2), -EINVAL);
	/* Nor can it be mapped again in the parent: there is one interrupt for both */
	KUNIT_EXPECT_EQ(test, irq_create_mapping(domain, 2 + FW_OFFSET), line->virq);
	KUNIT_EXPECT_EQ(test, irq_domain_alloc_irqs(domain, 1, NUMA_NO_NODE, &below), -EBUSY);
	KUNIT_EXPECT_EQ(test, fw->st.domain->mapcount, 1);
	KUNIT_EXPECT_EQ(test, fw->child->mapcount, 1);

	virq = fw_stacked_alloc(fw, 3, 4);
	KUNIT_ASSERT_GT(test, virq, 0);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(fw->child, 6), virq + 3);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(fw->st.domain, 6 + FW_OFFSET), virq + 3);
	irq_domain_free_irqs(virq, 4);
	KUNIT_EXPECT_EQ(test, fw->st.domain->mapcount, 1);

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(fw->st.domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* C24: lines are mapped, requested, freed and disposed of under fire. */
static void fw_stacked_dispose(struct kunit *test)
{
	const struct irq_chip *chips[] = { &fw_chip, &fw_chip_startup };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[1];
	struct task_struct *task;
	int runs;

	line->hwirq = 2 + FW_OFFSET;
	fw_stack(test, &fw_chip);
	task = kthread_run(sim_fire_thread, line, "irq_sim_fire");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	KUNIT_EXPECT_TRUE(test, sim_wait(&st->entered));
	for (int i = 0; i < 50; i++) {
		fw_of(test)->chip = chips[i % 2];
		line->virq = max(fw_stacked_alloc(fw_of(test), 2, 1), 0);
		KUNIT_EXPECT_NE(test, line->virq, 0);
		if (!line->virq)
			break;
		runs = sim_use_under_fire(test, line, task, i % 4 < 2);
		irq_dispose_mapping(line->virq);
		line->virq = 0;
		/* Nothing runs after the free; the account belongs to the mapping */
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
		atomic_set(&line->handled, 0);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
}

static struct kunit_case irq_sim_firmware_cases[] = {
	KUNIT_CASE(fw_one_cell),
	KUNIT_CASE(fw_two_cells),
	KUNIT_CASE(fw_level_low),
	KUNIT_CASE(fw_refused),
	KUNIT_CASE(fw_mismatch),
	KUNIT_CASE(fw_alloc_twice),
	KUNIT_CASE(fw_large),
	KUNIT_CASE_PARAM(fw_stacked, delivery_gen_params),
	KUNIT_CASE_PARAM(fw_stacked_startup, delivery_gen_params),
	KUNIT_CASE_PARAM(fw_stacked_progress, delivery_gen_params),
	KUNIT_CASE(fw_stacked_twice),
	KUNIT_CASE_PARAM_ATTR(fw_stacked_dispose, delivery_gen_params, sim_slow),
	{}
};

struct kunit_suite irq_sim_firmware_suite = {
	.name = "irq_sim_firmware",
	.init = fw_init,
	.exit = fw_exit,
	.test_cases = irq_sim_firmware_cases,
};
