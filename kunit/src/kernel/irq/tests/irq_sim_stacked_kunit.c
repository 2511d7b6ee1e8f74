// SPDX-License-Identifier: GPL-2.0
/*
 * Domains stacked on a simulated controller, two and three levels deep including the
 * controller: each irq_chip_*_parent().
 */

#include <linux/kthread.h>
#include <linux/msi.h>

#include "irq_sim_kunit.h"

static const struct kunit_attributes sim_slow = { .speed = KUNIT_SPEED_SLOW };

#define STK_LINES	8
#define STK_DEPTH	2

/* The first line of each domain is this line of the domain below it */
#define STK_OFFSET	2

enum stk_call {
	STK_ACK, STK_MASK_ACK, STK_MASK, STK_UNMASK, STK_EOI, STK_ENABLE, STK_DISABLE,
	STK_STARTUP, STK_SHUTDOWN, STK_TYPE, STK_AFFINITY, STK_RETRIGGER, STK_WAKE,
	STK_VCPU, STK_GET, STK_SET, STK_REQUEST, STK_RELEASE, STK_ACTIVATE, STK_DEACTIVATE,
	STK_CALLS
};

static const char * const stk_names[STK_CALLS] = {
	"ack", "mask_ack", "mask", "unmask", "eoi", "enable", "disable",
	"startup", "shutdown", "set_type", "set_affinity", "retrigger", "set_wake",
	"set_vcpu_affinity", "get_state", "set_state", "request", "release", "activate",
	"deactivate",
};

struct stk_param {
	struct sim_kind_param	sim;
	int			depth;
};

#define STK(_delivery, _kind, _depth, _name) { SIM_KIND_PARAM(_delivery, _kind, 0, _name), _depth }

static const struct stk_param stk_params[] = {
	STK(TASKLET, ACK, 1, "two ack tasklet"),
	STK(TASKLET, EOI, 1, "two eoi tasklet"),
	STK(HARDIRQ, ACK, 2, "three ack hardirq"),
	STK(TASKLET, ACK, 2, "three ack tasklet"),
	STK(BH_WORK, ACK, 2, "three ack bh_work"),
	STK(HARDIRQ, EOI, 2, "three eoi hardirq"),
	STK(TASKLET, EOI, 2, "three eoi tasklet"),
	STK(BH_WORK, EOI, 2, "three eoi bh_work"),
};

KUNIT_ARRAY_PARAM_DESC(stk, stk_params, sim.sim.name);

/**
 * struct stk_level - a level of the stack
 * @domain:	its domain
 * @stk:	the test
 * @calls:	calls of the callbacks of its chip, by callback
 * @refuse:	allocation of a line fails with no memory
 * @broken:	activation of a line fails with an I/O error
 */
struct stk_level {
	struct irq_domain	*domain;
	struct stk_test		*stk;
	atomic_t		calls[STK_CALLS];
	bool			refuse;
	bool			broken;
};

/**
 * struct stk_test - fixture
 * @st:		the simulated chip, and one of its lines
 * @fwnode:	fwnode of the simulated chip
 * @level:	the domains on top of it, the lowest one first
 * @depth:	number of levels
 * @chip:	chip used by each level
 * @requested:	calls of the request op of the simulated chip
 * @released:	calls of its release op
 * @refusal:	return value of the request op
 */
struct stk_test {
	struct sim_test		st;
	struct fwnode_handle	*fwnode;
	struct stk_level	level[STK_DEPTH];
	int			depth;
	const struct irq_chip	*chip;
	atomic_t		requested;
	atomic_t		released;
	int			refusal;
};

static struct stk_test *stk_of(struct kunit *test)
{
	return container_of((struct sim_test *)test->priv, struct stk_test, st);
}

static void stk_count(struct irq_data *data, enum stk_call call)
{
	struct stk_level *level = irq_data_get_irq_chip_data(data);

	atomic_inc(&level->calls[call]);
}

#define STK_VOID(_op, _call)					\
static void stk_##_op(struct irq_data *data)			\
{								\
	stk_count(data, _call);					\
	irq_chip_##_op##_parent(data);				\
}

STK_VOID(ack, STK_ACK)
STK_VOID(mask_ack, STK_MASK_ACK)
STK_VOID(mask, STK_MASK)
STK_VOID(unmask, STK_UNMASK)
STK_VOID(eoi, STK_EOI)
STK_VOID(enable, STK_ENABLE)
STK_VOID(disable, STK_DISABLE)
STK_VOID(shutdown, STK_SHUTDOWN)
STK_VOID(release_resources, STK_RELEASE)

static unsigned int stk_startup(struct irq_data *data)
{
	stk_count(data, STK_STARTUP);
	return irq_chip_startup_parent(data);
}

static int stk_request_resources(struct irq_data *data)
{
	stk_count(data, STK_REQUEST);
	return irq_chip_request_resources_parent(data);
}

/* The outermost chip chooses the flow handler. */
static int stk_set_type(struct irq_data *data, unsigned int type)
{
	struct stk_level *level = irq_data_get_irq_chip_data(data);
	struct stk_test *stk = level->stk;

	stk_count(data, STK_TYPE);
	if (level == &stk->level[stk->depth - 1] && stk->chip->irq_ack)
		irq_set_handler_locked(data, type & IRQ_TYPE_LEVEL_MASK ? handle_level_irq :
									  handle_edge_irq);
	return irq_chip_set_type_parent(data, type);
}

#ifdef CONFIG_SMP
static int stk_set_affinity(struct irq_data *data, const struct cpumask *dest, bool force)
{
	stk_count(data, STK_AFFINITY);
	return irq_chip_set_affinity_parent(data, dest, force);
}
#endif

/* Use the first chip below which has the callback: one in the middle would be asked again. */
static int stk_retrigger(struct irq_data *data)
{
	stk_count(data, STK_RETRIGGER);
	return irq_chip_retrigger_hierarchy(data);
}

static int stk_set_wake(struct irq_data *data, unsigned int on)
{
	stk_count(data, STK_WAKE);
	return irq_chip_set_wake_parent(data, on);
}

static int stk_set_vcpu_affinity(struct irq_data *data, void *vcpu_info)
{
	stk_count(data, STK_VCPU);
	return irq_chip_set_vcpu_affinity_parent(data, vcpu_info);
}

static int stk_get_state(struct irq_data *data, enum irqchip_irq_state which, bool *state)
{
	stk_count(data, STK_GET);
	return irq_chip_get_parent_state(data, which, state);
}

static int stk_set_state(struct irq_data *data, enum irqchip_irq_state which, bool state)
{
	stk_count(data, STK_SET);
	return irq_chip_set_parent_state(data, which, state);
}

#ifdef CONFIG_SMP
#define STK_CHIP_AFFINITY	.irq_set_affinity = stk_set_affinity,
#else
#define STK_CHIP_AFFINITY
#endif

#define STK_CHIP(_name)							\
	.name				= _name,			\
	.irq_mask			= stk_mask,			\
	.irq_unmask			= stk_unmask,			\
	.irq_set_type			= stk_set_type,			\
	.irq_retrigger			= stk_retrigger,		\
	.irq_set_wake			= stk_set_wake,			\
	.irq_set_vcpu_affinity		= stk_set_vcpu_affinity,	\
	.irq_get_irqchip_state		= stk_get_state,		\
	.irq_set_irqchip_state		= stk_set_state,		\
	.irq_request_resources		= stk_request_resources,	\
	.irq_release_resources		= stk_release_resources,	\
	STK_CHIP_AFFINITY

#define STK_CHIP_STARTUP						\
	.irq_startup			= stk_startup,			\
	.irq_shutdown			= stk_shutdown,			\
	.irq_enable			= stk_enable,			\
	.irq_disable			= stk_disable,

#define STK_CHIP_ACK							\
	.irq_ack			= stk_ack,			\
	.irq_mask_ack			= stk_mask_ack,

/* Indexed by [with an EOI][with startup, shutdown, enable and disable] */
static const struct irq_chip stk_chips[2][2] = {
	{
		{ STK_CHIP("stk_ack") STK_CHIP_ACK },
		{ STK_CHIP("stk_ack_startup") STK_CHIP_ACK STK_CHIP_STARTUP },
	},
	{
		{ STK_CHIP("stk_eoi") .irq_eoi = stk_eoi },
		{ STK_CHIP("stk_eoi_startup") .irq_eoi = stk_eoi, STK_CHIP_STARTUP },
	},
};

static int stk_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs, void *arg)
{
	struct stk_level *level = domain->host_data;
	struct irq_fwspec *fwspec = arg, parent = *fwspec;
	int ret;

	parent.param[0] += STK_OFFSET;
	ret = irq_domain_alloc_irqs_parent(domain, virq, nr_irqs, &parent);
	if (ret)
		return ret;
	if (level->refuse) {
		irq_domain_free_irqs_parent(domain, virq, nr_irqs);
		return -ENOMEM;
	}
	for (int i = 0; i < nr_irqs; i++)
		irq_domain_set_hwirq_and_chip(domain, virq + i, fwspec->param[0] + i,
					      level->stk->chip, level);
	return 0;
}

static int stk_activate(struct irq_domain *domain, struct irq_data *data, bool reserve)
{
	struct stk_level *level = domain->host_data;

	stk_count(data, STK_ACTIVATE);
	return level->broken ? -EIO : 0;
}

static void stk_deactivate(struct irq_domain *domain, struct irq_data *data)
{
	stk_count(data, STK_DEACTIVATE);
}

static const struct irq_domain_ops stk_ops = {
	.alloc		= stk_alloc,
	.free		= irq_domain_free_irqs_common,
	.activate	= stk_activate,
	.deactivate	= stk_deactivate,
};

static int stk_requested(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct stk_test *stk = data;

	atomic_inc(&stk->requested);
	return stk->refusal;
}

static void stk_released(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct stk_test *stk = data;

	atomic_inc(&stk->released);
}

static const struct irq_sim_ops stk_sim_ops = {
	.irq_sim_irq_requested	= stk_requested,
	.irq_sim_irq_released	= stk_released,
};

static int stk_virq(struct stk_test *stk, u32 hwirq, unsigned int nr)
{
	struct irq_fwspec fwspec = {
		.param_count = 2, .param = { hwirq, IRQ_TYPE_EDGE_RISING },
	};

	return irq_domain_alloc_irqs(stk->level[stk->depth - 1].domain, nr, NUMA_NO_NODE, &fwspec);
}

static int stk_init(struct kunit *test)
{
	struct stk_test *stk = kunit_kzalloc(test, sizeof(*stk), GFP_KERNEL);
	const struct stk_param *param = test->param_value;
	struct irq_domain *below;

	KUNIT_ASSERT_NOT_NULL(test, stk);
	init_completion(&stk->st.thread_go);
	test->priv = &stk->st;
	stk->depth = param ? param->depth : STK_DEPTH;
	stk->chip = &stk_chips[param && param->sim.kind == IRQ_SIM_KIND_EOI][0];

	stk->fwnode = irq_domain_alloc_named_fwnode("irq_sim_kunit");
	KUNIT_ASSERT_NOT_NULL(test, stk->fwnode);
	stk->st.domain = irq_domain_instantiate_sim(&(struct irq_sim_info) {
		.fwnode		= stk->fwnode,
		.num_irqs	= STK_LINES,
		.delivery	= param ? param->sim.sim.delivery : IRQ_SIM_DELIVER_TASKLET,
		.kind		= param ? param->sim.kind : IRQ_SIM_KIND_ACK,
		.flags		= param ? 0 : IRQ_SIM_NO_WAKE,
		.ops		= &stk_sim_ops,
		.data		= stk,
	});
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, stk->st.domain);
	below = stk->st.domain;
	for (int i = 0; i < stk->depth; i++) {
		stk->level[i].stk = stk;
		below = irq_domain_create_hierarchy(below, 0, STK_LINES, NULL, &stk_ops,
						    &stk->level[i]);
		KUNIT_ASSERT_NOT_NULL(test, below);
		stk->level[i].domain = below;
	}
	stk->st.line[0].st = &stk->st;
	/* The line is fired at the bottom chip */
	stk->st.line[0].hwirq = 1 + stk->depth * STK_OFFSET;
	return 0;
}

static void stk_free(struct sim_line *line)
{
	if (!line->virq)
		return;
	if (irq_has_action(line->virq))
		free_irq(line->virq, line);
	irq_domain_free_irqs(line->virq, 1);
	line->virq = 0;
}

static void stk_exit(struct kunit *test)
{
	struct stk_test *stk;

	if (!test->priv)
		return;
	stk = stk_of(test);
	stk_free(&stk->st.line[0]);
	for (int i = STK_DEPTH - 1; i >= 0; i--) {
		if (stk->level[i].domain)
			irq_domain_remove(stk->level[i].domain);
	}
	if (!IS_ERR_OR_NULL(stk->st.domain)) {
		/* Nothing leaked */
		KUNIT_EXPECT_EQ(test, stk->st.domain->mapcount, 0);
		irq_domain_remove_sim(stk->st.domain);
	}
	if (stk->fwnode)
		irq_domain_free_fwnode(stk->fwnode);
}

static struct sim_line *stk_line(struct kunit *test)
{
	struct stk_test *stk = stk_of(test);
	struct sim_line *line = &stk->st.line[0];
	int virq = stk_virq(stk, 1, 1);

	KUNIT_ASSERT_GT(test, virq, 0);
	line->virq = virq;
	KUNIT_EXPECT_EQ(test, irq_find_mapping(stk->st.domain, line->hwirq), virq);
	return line;
}

/* Expect @times calls of each of @calls at each level since they were checked last. */
static void stk_called(struct kunit *test, unsigned long calls, int times)
{
	struct stk_test *stk = stk_of(test);

	for (int i = 0; i < stk->depth; i++) {
		unsigned int call;

		for_each_set_bit(call, &calls, STK_CALLS)
			KUNIT_EXPECT_EQ_MSG(test, atomic_xchg(&stk->level[i].calls[call], 0),
					    times, "%s, level %d", stk_names[call], i);
	}
}

/* The lower levels learn of the retrigger when the level above asks them. */
#define STK_CALL(_call)	BIT(STK_##_call)

/* C24: each call of genirq reaches the simulated chip through each level, once. */
static void stk_each(struct kunit *test)
{
	bool eoi = stk_of(test)->chip->irq_eoi;
	struct stk_test *stk = stk_of(test);
	struct sim_line *line = stk_line(test);
	struct sim_test *st = test->priv;
	bool state;

	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	stk_called(test, STK_CALL(REQUEST) | STK_CALL(TYPE) | STK_CALL(UNMASK), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&stk->requested), 1);

	/* An event is served */
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	stk_called(test, eoi ? STK_CALL(EOI) : STK_CALL(ACK), 1);
	stk_called(test, STK_CALL(MASK) | STK_CALL(UNMASK) | STK_CALL(MASK_ACK), 0);

	/* Disabled: genirq keeps one event, masks, and replays the event */
	disable_irq(line->virq);
	stk_called(test, STK_CALL(MASK) | STK_CALL(MASK_ACK), 0);
	/* It waits for running handlers, so it asks whether the line is active */
	stk_called(test, STK_CALL(GET), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	stk_called(test, eoi ? STK_CALL(MASK) | STK_CALL(EOI) : STK_CALL(MASK_ACK), 1);
	stk_called(test, STK_CALL(UNMASK) | STK_CALL(RETRIGGER), 0);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	stk_called(test, STK_CALL(UNMASK) | STK_CALL(RETRIGGER), 1);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);

	/* Set and read the state */
	stk_called(test, STK_CALL(GET) | STK_CALL(SET), 0);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	stk_called(test, STK_CALL(SET), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, true));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	stk_called(test, STK_CALL(GET), 2);
	KUNIT_EXPECT_EQ(test, sim_pend(line, false), 0);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, false));
	KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(line->virq, IRQCHIP_STATE_LINE_LEVEL, true));
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_LINE_LEVEL));
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			irq_get_irqchip_state(line->virq, (enum irqchip_irq_state)99, &state));
	KUNIT_EXPECT_EQ(test, 0, irq_set_irqchip_state(line->virq, IRQCHIP_STATE_LINE_LEVEL,
						       false));

	/* The type, and one which the bottom chip does not support */
	stk_called(test, STK_CALL(TYPE), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_FALLING), 0);
	stk_called(test, STK_CALL(TYPE), 1);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_BOTH | IRQ_TYPE_LEVEL_LOW),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(line->virq), IRQ_TYPE_EDGE_FALLING);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 0);
	KUNIT_EXPECT_EQ(test, sim_wire(line, false), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 5);

	/* Wakeups */
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), 0);
	stk_called(test, STK_CALL(WAKE), 1);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(line->virq), 0);
	stk_called(test, STK_CALL(WAKE), 1);

	/* Not supported by the bottom chip */
	KUNIT_EXPECT_EQ(test, irq_set_vcpu_affinity(line->virq, NULL), -ENOSYS);
	stk_called(test, STK_CALL(VCPU), 1);

	free_irq(line->virq, line);
	stk_called(test, STK_CALL(MASK) | STK_CALL(RELEASE), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&stk->released), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	sim_expect_account(test, line, NULL);
}

/* C24: each domain activates a line once, and what is activated is undone if one above fails. */
static void stk_activated(struct kunit *test)
{
	struct stk_test *stk = stk_of(test);
	struct stk_level *top = &stk->level[stk->depth - 1];
	struct sim_line *line = stk_line(test);

	top->broken = true;
	KUNIT_EXPECT_EQ(test, sim_request(line, 0), -EIO);
	stk_called(test, STK_CALL(ACTIVATE), 1);
	/* The one that failed has nothing to undo */
	KUNIT_EXPECT_EQ(test, atomic_read(&top->calls[STK_DEACTIVATE]), 0);
	for (int i = 0; i < stk->depth - 1; i++)
		KUNIT_EXPECT_EQ_MSG(test, 1,
				    atomic_xchg(&stk->level[i].calls[STK_DEACTIVATE], 0),
				    "deactivate, level %d", i);
	KUNIT_EXPECT_FALSE(test, irqd_is_activated(irq_get_irq_data(line->virq)));
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);

	top->broken = false;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	stk_called(test, STK_CALL(ACTIVATE), 1);
	stk_called(test, STK_CALL(DEACTIVATE), 0);
	free_irq(line->virq, line);
	stk_called(test, STK_CALL(ACTIVATE), 0);
	stk_called(test, STK_CALL(DEACTIVATE), 1);
}

/*
 * C5, C24: a line requested without being enabled is started, as genirq has activated it, and
 * masked. Events stay in the bottom chip until the top chip unmasks the line.
 */
static void stk_no_autoen(struct kunit *test)
{
	struct irq_sim_account waits = { .latched = 1, .waiting = 1 };
	struct irq_sim_account done = { .latched = 1 };
	struct sim_line *line = stk_line(test);
	struct sim_test *st = test->priv;

	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_NO_AUTOEN), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	sim_expect_account(test, line, &waits);
	enable_irq(line->virq);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	sim_expect_account(test, line, &done);
}

/* C24: startup, shutdown, enable and disable, which masks at once. */
static void stk_starts(struct kunit *test)
{
	struct irq_sim_account done = { .latched = 2, .dropped = 1 };
	struct stk_test *stk = stk_of(test);
	struct sim_test *st = test->priv;
	struct sim_line *line;

	stk->chip = &stk_chips[!!stk->chip->irq_eoi][1];
	line = stk_line(test);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	stk_called(test, STK_CALL(STARTUP), 1);
	stk_called(test, STK_CALL(ENABLE) | STK_CALL(UNMASK), 0);
	disable_irq(line->virq);
	stk_called(test, STK_CALL(DISABLE), 1);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 0);
	enable_irq(line->virq);
	stk_called(test, STK_CALL(ENABLE), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);

	/* With a latched event, which is dropped with the owner */
	disable_irq(line->virq);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	free_irq(line->virq, line);
	stk_called(test, STK_CALL(SHUTDOWN) | STK_CALL(RELEASE), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	sim_expect_account(test, line, &done);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* Lower the wire in the third run. */
static void stk_lower(struct sim_line *line)
{
	if (atomic_read(&line->begun) == 3)
		sim_wire(line, false);
}

/* C7, C24: a level. Each run masks and acknowledges it in one step, or ends it with an EOI. */
static void stk_level(struct kunit *test)
{
	bool eoi = stk_of(test)->chip->irq_eoi;
	struct sim_line *line = stk_line(test);
	struct sim_test *st = test->priv;

	line->on_irq = stk_lower;
	KUNIT_ASSERT_EQ(test, sim_request(line, IRQF_TRIGGER_HIGH), 0);
	stk_called(test, STK_CALL(TYPE) | STK_CALL(UNMASK), 1);
	KUNIT_EXPECT_EQ(test, sim_wire(line, true), 1);
	for (int i = 0; i < 3; i++)
		irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	stk_called(test, eoi ? STK_CALL(EOI) : STK_CALL(MASK_ACK) | STK_CALL(UNMASK), 3);
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_FALSE(test, sim_state(line, IRQCHIP_STATE_MASKED));
}

/* C16, C24: the line runs on the CPU which the top chip was told. */
static void stk_affinity(struct kunit *test)
{
	struct sim_line *line = stk_line(test);
	struct sim_test *st = test->priv;
	int cpu, runs = 0;

	sim_need_two_cpus(test);
	line->on_irq = sim_note_context;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	for_each_online_cpu(cpu) {
		stk_called(test, STK_CALL(AFFINITY), cpu > 0 ? 0 : 1);
		KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
		stk_called(test, STK_CALL(AFFINITY), 1);
		line->cpu = -1;
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, line->cpu, cpu);
		KUNIT_EXPECT_EQ(test, sim_runs(line), ++runs);
	}
	sim_expect_account(test, line, NULL);
}

/* C24: the owner of the bottom chip refuses the request. */
static void stk_refused(struct kunit *test)
{
	struct sim_line *line = stk_line(test);
	struct stk_test *stk = stk_of(test);

	stk->refusal = -EBUSY;
	KUNIT_EXPECT_EQ(test, sim_request(line, 0), -EBUSY);
	stk_called(test, STK_CALL(REQUEST), 1);
	stk_called(test, STK_CALL(UNMASK) | STK_CALL(RELEASE), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&stk->released), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
	stk->refusal = 0;
	KUNIT_EXPECT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(stk->st.domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
#ifndef MODULE
	/* Not supported except at the root, or not supported here */
	free_irq(line->virq, line);
	KUNIT_EXPECT_EQ(test, -EINVAL, request_nmi(line->virq, sim_handler, IRQF_NO_AUTOEN |
						   IRQF_PERCPU, "irq_sim_kunit", line));
	KUNIT_EXPECT_EQ(test, -ENOSYS,
			irq_chip_compose_msi_msg(irq_get_irq_data(line->virq),
						 &(struct msi_msg){ }));
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
#endif
}

/* C24: without wakeups at the bottom there are none on top; genirq's error differs there. */
static void stk_no_wake(struct kunit *test)
{
	struct sim_line *line = stk_line(test);

	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(line->virq), -ENOSYS);
	stk_called(test, STK_CALL(WAKE), 1);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(line->st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* C18, C24: a failing allocation at any level leaves nothing behind at the others. */
static void stk_fails(struct kunit *test)
{
	struct stk_test *stk = stk_of(test);
	struct sim_line *line;

	for (int i = 0; i < stk->depth; i++) {
		stk->level[i].refuse = true;
		KUNIT_EXPECT_EQ(test, stk_virq(stk, 1, 2), -ENOMEM);
		KUNIT_EXPECT_EQ(test, stk->st.domain->mapcount, 0);
		KUNIT_EXPECT_EQ(test, irq_find_mapping(stk->st.domain,
						       stk->st.line[0].hwirq), 0);
		stk->level[i].refuse = false;
	}
	/* Beyond the last line of the bottom chip */
	KUNIT_EXPECT_EQ(test, stk_virq(stk, STK_LINES - stk->depth * STK_OFFSET - 1, 2), -EINVAL);
	line = stk_line(test);
	KUNIT_EXPECT_EQ(test, stk_virq(stk, 0, 2), -EBUSY);
	KUNIT_EXPECT_EQ(test, stk->st.domain->mapcount, 1);
	for (int i = 0; i < stk->depth; i++)
		KUNIT_EXPECT_EQ(test, stk->level[i].domain->mapcount, 1);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(stk->st.domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
}

/* C3, C24: fires while the handler is in progress on another CPU, seen through all levels. */
static void stk_progress(struct kunit *test)
{
	struct irq_sim_account ack = { .latched = 3, .kept = 1 };
	struct irq_sim_account ended = { .latched = 2 };
	bool eoi = stk_of(test)->chip->irq_eoi;
	struct sim_line *line = stk_line(test);
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct sim_test *st = test->priv;

	sim_need_two_cpus(test);
	line->on_irq = sim_hold;
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);
	sim_remote_hold(test, &remote);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_ACTIVE) || !eoi);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	if (!eoi) {
		KUNIT_EXPECT_TRUE(test, sim_wait_kept(line, 1));
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	}
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	atomic_set_release(&st->release, 1);
	sim_remote_end(&remote);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), eoi ? 2 : 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	sim_expect_account(test, line, eoi ? &ended : &ack);
}

/* C17, C24: map, request, free and dispose of lines at all levels under fire. */
static void stk_under_fire(struct kunit *test)
{
	struct stk_test *stk = stk_of(test);
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[0];
	struct task_struct *task;
	int runs;

	task = kthread_run(sim_fire_thread, line, "irq_sim_fire");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	for (int i = 0; i < 50; i++) {
		stk->chip = &stk_chips[!!stk->chip->irq_eoi][i % 2];
		line->virq = max(stk_virq(stk, 1, 1), 0);
		KUNIT_EXPECT_NE(test, line->virq, 0);
		if (!line->virq)
			break;
		runs = sim_use_under_fire(test, line, task, i % 4 < 2);
		irq_domain_free_irqs(line->virq, 1);
		line->virq = 0;
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_runs(line), runs);
		/* The account belongs to the mapping */
		atomic_set(&line->handled, 0);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->wrong_irq), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), -ENXIO);
}

static struct kunit_case irq_sim_stacked_cases[] = {
	KUNIT_CASE_PARAM(stk_each, stk_gen_params),
	KUNIT_CASE_PARAM(stk_activated, stk_gen_params),
	KUNIT_CASE_PARAM(stk_no_autoen, stk_gen_params),
	KUNIT_CASE_PARAM(stk_starts, stk_gen_params),
	KUNIT_CASE_PARAM(stk_level, stk_gen_params),
	KUNIT_CASE_PARAM(stk_affinity, stk_gen_params),
	KUNIT_CASE_PARAM(stk_refused, stk_gen_params),
	KUNIT_CASE(stk_no_wake),
	KUNIT_CASE_PARAM(stk_fails, stk_gen_params),
	KUNIT_CASE_PARAM(stk_progress, stk_gen_params),
	KUNIT_CASE_PARAM_ATTR(stk_under_fire, stk_gen_params, sim_slow),
	{}
};

struct kunit_suite irq_sim_stacked_suite = {
	.name = "irq_sim_stacked",
	.init = stk_init,
	.exit = stk_exit,
	.test_cases = irq_sim_stacked_cases,
};
