// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the test managed interrupts
 *
 * Resources belong to a second struct kunit, so that the test can check the
 * cleanup at its end.
 */

#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/irq_sim.h>
#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include <kunit/irq.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include "inner-test.h"

#define LINES		8
#define LINE		3

/* State of the chip and its line */
#define LISTED		BIT(0)
#define MAPPED		BIT(1)
#define REQUESTED	BIT(2)

/**
 * struct irq_test - fixture
 * @inner:	owns the interrupts
 * @fwnode:	finds the chip for as long as it exists
 * @info:	a chip of @LINES lines with that node
 * @chip:	the chip
 * @irq:	its line @LINE
 * @requested:	number of calls of irq_sim_irq_requested(), without refused ones
 * @released:	number of calls of irq_sim_irq_released()
 * @refuse:	error which irq_sim_irq_requested() returns, or 0
 * @handled:	number of handler runs
 * @in_thread:	number of handler runs in task context
 * @dev_id:	dev_id of the last handler run
 * @state:	state of the chip at each call of irq_test_record()
 * @records:	number of these calls
 * @ret:	return values to be judged by the test
 */
struct irq_test {
	struct kunit		inner;
	struct fwnode_handle	*fwnode;
	struct irq_sim_info	info;
	struct irq_domain	*chip;
	int			irq;
	int			requested;
	int			released;
	int			refuse;
	atomic_t		handled;
	atomic_t		in_thread;
	void			*dev_id;
	unsigned int		state[4];
	unsigned int		records;
	int			ret[4];
};

static int irq_test_requested(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct irq_test *t = data;

	if (t->refuse)
		return t->refuse;
	t->requested++;
	return 0;
}

static void irq_test_released(struct irq_domain *domain, irq_hw_number_t hwirq, void *data)
{
	struct irq_test *t = data;

	t->released++;
}

static const struct irq_sim_ops irq_test_ops = {
	.irq_sim_irq_requested	= irq_test_requested,
	.irq_sim_irq_released	= irq_test_released,
};

static irqreturn_t irq_test_handler(int irq, void *data)
{
	struct irq_test *t = data;

	WRITE_ONCE(t->dev_id, data);
	if (in_task())
		atomic_inc(&t->in_thread);
	atomic_inc(&t->handled);
	return IRQ_HANDLED;
}

static irqreturn_t irq_test_count(int irq, void *data)
{
	atomic_inc(data);
	return IRQ_HANDLED;
}

static unsigned int irq_test_state(struct irq_test *t)
{
	struct irq_domain *chip = irq_find_matching_fwnode(t->fwnode, DOMAIN_BUS_ANY);
	unsigned int irq;

	if (!chip)
		return 0;
	irq = irq_find_mapping(chip, LINE);
	if (!irq)
		return LISTED;
	return LISTED | MAPPED | (irq_has_action(irq) ? REQUESTED : 0);
}

static void irq_test_record(void *data)
{
	struct irq_test *t = data;

	if (t->records < ARRAY_SIZE(t->state))
		t->state[t->records] = irq_test_state(t);
	t->records++;
}

static size_t irq_test_resources(struct irq_test *t)
{
	return list_count_nodes(&t->inner.resources);
}

static int irq_test_make_chip(struct irq_test *t)
{
	t->chip = kunit_irq_sim_create(&t->inner, &t->info);
	return PTR_ERR_OR_ZERO(t->chip);
}

static int irq_test_make_line(struct irq_test *t)
{
	int ret = irq_test_make_chip(t);

	if (ret)
		return ret;
	t->irq = kunit_irq_sim_map(&t->inner, t->chip, LINE);
	return t->irq > 0 ? 0 : t->irq;
}

static int irq_test_request(struct irq_test *t)
{
	return kunit_request_irq(&t->inner, t->irq, irq_test_handler, 0,
				 "kunit_irq", t);
}

/* Fire the line and wait until the interrupt has been handled, in a thread or not. */
static int irq_test_fire(struct irq_test *t)
{
	int ret = irq_sim_fire(t->chip, LINE);

	irq_sim_synchronize(t->chip);
	synchronize_irq(t->irq);
	return ret;
}

static void irq_test_free_fwnode(void *fwnode)
{
	irq_domain_free_fwnode(fwnode);
}

static int irq_test_init(struct kunit *test)
{
	struct irq_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->fwnode = irq_domain_alloc_named_fwnode("kunit_irq");
	KUNIT_ASSERT_NOT_NULL(test, t->fwnode);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, irq_test_free_fwnode,
							t->fwnode), 0);
	t->info.fwnode = t->fwnode;
	t->info.num_irqs = LINES;
	t->info.ops = &irq_test_ops;
	t->info.data = t;
	kunit_init_test(&t->inner, "kunit_irq_inner", NULL);
	test->priv = t;
	return 0;
}

static void irq_test_exit(struct kunit *test)
{
	struct irq_test *t = test->priv;

	/* A failed test may have skipped its cleanup */
	if (t)
		kunit_cleanup(&t->inner);
}

/* The example in the documentation. */
static void kunit_irq_fire_test(struct kunit *test)
{
	struct irq_sim_info info = { .num_irqs = 8 };
	atomic_t *count = kunit_kzalloc(test, sizeof(*count), GFP_KERNEL);
	struct irq_domain *chip = kunit_irq_sim_create(test, &info);
	int irq = kunit_irq_sim_map(test, chip, 3);

	KUNIT_ASSERT_NOT_NULL(test, count);
	KUNIT_ASSERT_GT(test, irq, 0);
	KUNIT_ASSERT_EQ(test, kunit_request_irq(test, irq, irq_test_count, 0, "test", count), 0);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(chip, 3), 1);
	irq_sim_synchronize(chip);
	synchronize_irq(irq);
	KUNIT_EXPECT_EQ(test, atomic_read(count), 1);
}

struct irq_test_delivery {
	enum irq_sim_delivery	delivery;
	enum irq_sim_kind	kind;
	const char		*name;
};

static const struct irq_test_delivery irq_test_deliveries[] = {
	{ IRQ_SIM_DELIVER_HARDIRQ, IRQ_SIM_KIND_ACK, "hardirq" },
	{ IRQ_SIM_DELIVER_TASKLET, IRQ_SIM_KIND_ACK, "tasklet" },
	{ IRQ_SIM_DELIVER_BH_WORK, IRQ_SIM_KIND_ACK, "bh_work" },
	{ IRQ_SIM_DELIVER_HARDIRQ, IRQ_SIM_KIND_EOI, "hardirq, eoi" },
	{ IRQ_SIM_DELIVER_TASKLET, IRQ_SIM_KIND_EOI, "tasklet, eoi" },
	{ IRQ_SIM_DELIVER_BH_WORK, IRQ_SIM_KIND_EOI, "bh_work, eoi" },
};

KUNIT_ARRAY_PARAM_DESC(irq_test_delivery, irq_test_deliveries, name);

/* The chip has the requested properties, and the handler gets its dev_id. */
static void kunit_irq_delivery_test(struct kunit *test)
{
	const struct irq_test_delivery *param = test->param_value;
	struct irq_test *t = test->priv;

	t->info.delivery = param->delivery;
	t->info.kind = param->kind;
	KUNIT_ASSERT_EQ(test, irq_test_make_line(t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(t->chip, LINE), -ENXIO);
	KUNIT_ASSERT_EQ(test, irq_test_request(t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED | REQUESTED);

	KUNIT_EXPECT_EQ(test, irq_test_fire(t), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
	KUNIT_EXPECT_PTR_EQ(test, t->dev_id, (void *)t);
	KUNIT_EXPECT_EQ(test, irq_test_fire(t), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 2);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(t->chip, LINE + 1), -ENXIO);
	KUNIT_EXPECT_EQ(test, irq_sim_fire(t->chip, LINES), -EINVAL);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
	KUNIT_EXPECT_EQ(test, t->released, 1);
}

static void kunit_irq_thread_test(struct kunit *test)
{
	struct irq_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, irq_test_make_line(t), 0);
	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(&t->inner, t->irq, NULL,
							 irq_test_handler, IRQF_ONESHOT,
							 "kunit_irq", t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_fire(t), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->in_thread), 1);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
	KUNIT_EXPECT_EQ(test, t->released, 1);
}

/* Each line has an interrupt number, and keeps it when it is mapped again. */
static void kunit_irq_map_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	int irq[LINES];
	size_t resources;

	KUNIT_ASSERT_EQ(test, irq_test_make_chip(t), 0);
	for (int i = 0; i < LINES; i++) {
		irq[i] = kunit_irq_sim_map(&t->inner, t->chip, i);
		KUNIT_ASSERT_GT(test, irq[i], 0);
		for (int j = 0; j < i; j++)
			KUNIT_EXPECT_NE(test, irq[i], irq[j]);
	}

	resources = irq_test_resources(t);
	for (int i = 0; i < LINES; i++)
		KUNIT_EXPECT_EQ(test, kunit_irq_sim_map(&t->inner, t->chip, i), irq[i]);
	KUNIT_EXPECT_EQ(test, irq_test_resources(t), resources);
	KUNIT_EXPECT_EQ(test, t->chip->mapcount, LINES);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
}

/*
 * An early disposal is final: the number goes to another line, and the end of
 * the test does not take it away from there.
 */
static void kunit_irq_dispose_early_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	unsigned int other;

	KUNIT_ASSERT_EQ(test, irq_test_make_chip(t), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action(&t->inner, irq_test_record, t), 0);
	t->irq = kunit_irq_sim_map(&t->inner, t->chip, 0);
	KUNIT_ASSERT_GT(test, t->irq, 0);

	irq_dispose_mapping(t->irq);
	other = irq_create_mapping(t->chip, LINE);
	KUNIT_ASSERT_NE(test, other, 0);
	if (other != t->irq)
		kunit_skip(test, "interrupt %d was not given out again", t->irq);

	kunit_cleanup(&t->inner);
	KUNIT_ASSERT_EQ(test, t->records, 1);
	KUNIT_EXPECT_EQ(test, t->state[0], LISTED | MAPPED);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
}

/* Mappings which a driver has left do not prevent the removal of the chip. */
static void kunit_irq_mappings_left_test(struct kunit *test)
{
	struct irq_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, irq_test_make_chip(t), 0);
	KUNIT_ASSERT_NE(test, irq_create_mapping(t->chip, 0), 0);
	KUNIT_ASSERT_NE(test, irq_create_mapping(t->chip, LINE), 0);
	KUNIT_ASSERT_NE(test, irq_create_mapping(t->chip, LINES - 1), 0);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
}

/* A line which is still requested stays, and the chip with it. */
static void kunit_irq_in_use_test(struct kunit *test)
{
	struct irq_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, irq_test_make_chip(t), 0);
	t->irq = irq_create_mapping(t->chip, LINE);
	KUNIT_ASSERT_GT(test, t->irq, 0);
	KUNIT_ASSERT_NE(test, irq_create_mapping(t->chip, LINES - 1), 0);
	KUNIT_ASSERT_EQ(test, request_irq(t->irq, irq_test_handler, 0, "kunit_irq", t), 0);

	/* The chip warns */
	kunit_warning_suppress(test)
		kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED | REQUESTED);
	KUNIT_EXPECT_EQ(test, irq_find_mapping(t->chip, LINES - 1), 0);
	KUNIT_EXPECT_EQ(test, irq_test_fire(t), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);

	free_irq(t->irq, t);
	irq_dispose_mapping(t->irq);
	irq_domain_remove_sim(t->chip);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
}

/* Free the interrupt, dispose of the mapping, remove the chip: in reverse order of creation. */
static void kunit_irq_reverse_order_test(struct kunit *test)
{
	struct irq_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_add_action(&t->inner, irq_test_record, t), 0);
	KUNIT_ASSERT_EQ(test, irq_test_make_chip(t), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action(&t->inner, irq_test_record, t), 0);
	t->irq = kunit_irq_sim_map(&t->inner, t->chip, LINE);
	KUNIT_ASSERT_GT(test, t->irq, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action(&t->inner, irq_test_record, t), 0);
	KUNIT_ASSERT_EQ(test, irq_test_request(t), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action(&t->inner, irq_test_record, t), 0);

	kunit_cleanup(&t->inner);
	KUNIT_ASSERT_EQ(test, t->records, 4);
	KUNIT_EXPECT_EQ(test, t->state[0], LISTED | MAPPED | REQUESTED);
	KUNIT_EXPECT_EQ(test, t->state[1], LISTED | MAPPED);
	KUNIT_EXPECT_EQ(test, t->state[2], LISTED);
	KUNIT_EXPECT_EQ(test, t->state[3], 0);
	KUNIT_EXPECT_EQ(test, t->requested, 1);
	KUNIT_EXPECT_EQ(test, t->released, 1);
}

static void irq_test_try_abort(void *data)
{
	struct irq_test *t = data;

	t->ret[0] = irq_test_make_line(t);
	if (!t->ret[0]) {
		t->ret[1] = irq_test_request(t);
		t->ret[2] = irq_test_fire(t);
	}
	/* Like a failed assertion, without the message */
	__kunit_abort(&t->inner);
}

/* After a failed assertion everything is still in place, and nothing after the cleanup. */
static void kunit_irq_abort_test(struct kunit *test)
{
	struct irq_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, kunit_inner_ends(&t->inner, irq_test_try_abort, t));
	KUNIT_EXPECT_EQ(test, t->ret[0], 0);
	KUNIT_EXPECT_EQ(test, t->ret[1], 0);
	KUNIT_EXPECT_EQ(test, t->ret[2], 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED | REQUESTED);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
	KUNIT_EXPECT_EQ(test, t->released, 1);
}

static void irq_test_try_half_way(void *data)
{
	struct irq_test *t = data;

	t->ret[0] = irq_test_make_line(t);
	t->refuse = -EBUSY;
	t->ret[1] = irq_test_request(t);
	t->ret[2] = kunit_irq_sim_map(&t->inner, t->chip, LINES);
	if (t->ret[2] < 0)
		__kunit_abort(&t->inner);
}

/* If a step fails, the steps before it are undone at the end, and only those. */
static void kunit_irq_half_way_test(struct kunit *test)
{
	struct irq_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, kunit_inner_ends(&t->inner, irq_test_try_half_way, t));
	KUNIT_EXPECT_EQ(test, t->ret[0], 0);
	KUNIT_EXPECT_EQ(test, t->ret[1], -EBUSY);
	KUNIT_EXPECT_EQ(test, t->ret[2], -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
	KUNIT_EXPECT_EQ(test, t->requested, 0);
	KUNIT_EXPECT_EQ(test, t->released, 0);
}

/* A line which is freed early can be requested again, and is not freed twice. */
static void kunit_irq_free_early_test(struct kunit *test)
{
	struct irq_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, irq_test_make_line(t), 0);
	KUNIT_ASSERT_EQ(test, irq_test_request(t), 0);
	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);
	KUNIT_EXPECT_EQ(test, t->released, 1);
	KUNIT_EXPECT_EQ(test, irq_test_fire(t), -ENXIO);

	KUNIT_ASSERT_EQ(test, irq_test_request(t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_fire(t), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, t), 0);
	KUNIT_EXPECT_EQ(test, t->released, 2);
	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, t), -ENOENT);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
	KUNIT_EXPECT_EQ(test, t->requested, 2);
	KUNIT_EXPECT_EQ(test, t->released, 2);
}

/* Of several lines with the same dev_id, the right one is freed. */
static void kunit_irq_same_dev_id_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	int other;

	KUNIT_ASSERT_EQ(test, irq_test_make_line(t), 0);
	other = kunit_irq_sim_map(&t->inner, t->chip, 0);
	KUNIT_ASSERT_GT(test, other, 0);
	KUNIT_ASSERT_EQ(test, irq_test_request(t), 0);
	KUNIT_ASSERT_EQ(test, kunit_request_irq(&t->inner, other, irq_test_handler, 0,
						"kunit_irq", t), 0);

	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);
	KUNIT_EXPECT_TRUE(test, irq_has_action(other));

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
	KUNIT_EXPECT_EQ(test, t->released, 2);
}

/**
 * struct irq_test_lookalike - a resource of a test with the layout of a request
 * @res:	KUnit resource
 * @irq:	Linux interrupt number
 * @dev_id:	dev_id of the request
 */
struct irq_test_lookalike {
	struct kunit_resource	res;
	unsigned int		irq;
	void			*dev_id;
};

static void irq_test_lookalike_free(struct kunit_resource *res)
{
}

/* Other resources of the test, which are no interrupts, are left alone. */
static void kunit_irq_other_resource_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	struct irq_test_lookalike *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	size_t resources;

	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_ASSERT_EQ(test, irq_test_make_line(t), 0);
	KUNIT_ASSERT_EQ(test, irq_test_request(t), 0);
	other->irq = t->irq;
	other->dev_id = t;
	__kunit_add_resource(&t->inner, NULL, irq_test_lookalike_free, &other->res, NULL);
	resources = irq_test_resources(t);

	/* The search starts with the last resource, which is not a request */
	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);
	KUNIT_EXPECT_EQ(test, irq_test_resources(t), resources - 1);
	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, t), -ENOENT);
	KUNIT_EXPECT_EQ(test, irq_test_resources(t), resources - 1);
	kunit_cleanup(&t->inner);
}

/* On a shared line, the right action is freed. */
static void kunit_irq_shared_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	atomic_t *count;
	int before;

	count = kunit_kcalloc(test, 2, sizeof(*count), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, count);
	KUNIT_ASSERT_EQ(test, irq_test_make_line(t), 0);
	for (int i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, kunit_request_irq(&t->inner, t->irq, irq_test_count,
							IRQF_SHARED, "kunit_irq", &count[i]), 0);
	KUNIT_EXPECT_EQ(test, irq_test_fire(t), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&count[0]), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&count[1]), 1);

	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, t), -ENOENT);
	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, &count[0]), 0);
	KUNIT_EXPECT_EQ(test, kunit_free_irq(&t->inner, t->irq, &count[0]), -ENOENT);
	/* With CONFIG_DEBUG_SHIRQ, free_irq() calls the handler */
	before = atomic_read(&count[0]);
	KUNIT_EXPECT_EQ(test, irq_test_fire(t), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&count[0]), before);
	KUNIT_EXPECT_EQ(test, atomic_read(&count[1]), 2);

	kunit_cleanup(&t->inner);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
	KUNIT_EXPECT_EQ(test, t->released, 1);
}

static void kunit_irq_create_invalid_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	struct irq_sim_info info;

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(kunit_irq_sim_create(&t->inner, NULL)), -EINVAL);

	info = t->info;
	info.num_irqs = 0;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(kunit_irq_sim_create(&t->inner, &info)), -EINVAL);

	info = t->info;
	info.delivery = IRQ_SIM_DELIVER_BH_WORK + 1;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(kunit_irq_sim_create(&t->inner, &info)), -EINVAL);

	info = t->info;
	info.kind = IRQ_SIM_KIND_PERCPU + 1;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(kunit_irq_sim_create(&t->inner, &info)), -EINVAL);

	/* This flag is only for lines with an EOI */
	info = t->info;
	info.flags = IRQ_SIM_EOI_THREADED;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(kunit_irq_sim_create(&t->inner, &info)), -EINVAL);

	KUNIT_EXPECT_EQ(test, irq_test_resources(t), 0);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
}

static void kunit_irq_map_invalid_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	size_t resources;

	KUNIT_EXPECT_EQ(test, kunit_irq_sim_map(&t->inner, NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, kunit_irq_sim_map(&t->inner, ERR_PTR(-ENOMEM), 0), -ENOMEM);
	KUNIT_EXPECT_EQ(test, irq_test_resources(t), 0);

	KUNIT_ASSERT_EQ(test, irq_test_make_chip(t), 0);
	resources = irq_test_resources(t);
	KUNIT_EXPECT_EQ(test, kunit_irq_sim_map(&t->inner, t->chip, LINES), -EINVAL);
	KUNIT_EXPECT_EQ(test, kunit_irq_sim_map(&t->inner, t->chip, ~0UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_test_resources(t), resources);
	KUNIT_EXPECT_EQ(test, t->chip->mapcount, 0);
}

static void kunit_irq_request_invalid_test(struct kunit *test)
{
	struct irq_test *t = test->priv;
	struct kunit *inner = &t->inner;
	size_t resources;
	int unmapped;

	KUNIT_ASSERT_EQ(test, irq_test_make_line(t), 0);
	unmapped = kunit_irq_sim_map(inner, t->chip, 0);
	KUNIT_ASSERT_GT(test, unmapped, 0);
	irq_dispose_mapping(unmapped);
	resources = irq_test_resources(t);

	KUNIT_EXPECT_EQ(test, kunit_request_irq(inner, 0, irq_test_handler, 0, "kunit_irq", t),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, kunit_request_irq(inner, -ENOMEM, irq_test_handler, 0,
						"kunit_irq", t), -EINVAL);
	/* -ENOSYS without sparse interrupts, where descriptors are in a static table */
	KUNIT_EXPECT_LT(test, kunit_request_irq(inner, unmapped, irq_test_handler, 0,
						"kunit_irq", t), 0);
	KUNIT_EXPECT_EQ(test, kunit_request_irq(inner, t->irq, NULL, 0, "kunit_irq", t),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, kunit_request_irq(inner, t->irq, irq_test_handler, IRQF_SHARED,
						"kunit_irq", NULL), -EINVAL);
	t->refuse = -EPERM;
	KUNIT_EXPECT_EQ(test, irq_test_request(t), -EPERM);
	t->refuse = 0;
	KUNIT_EXPECT_EQ(test, irq_test_resources(t), resources);
	KUNIT_EXPECT_EQ(test, irq_test_state(t), LISTED | MAPPED);
	KUNIT_EXPECT_EQ(test, kunit_free_irq(inner, t->irq, t), -ENOENT);

	/* A line in use, with IRQF_PROBE_SHARED to suppress the message */
	KUNIT_ASSERT_EQ(test, irq_test_request(t), 0);
	resources = irq_test_resources(t);
	KUNIT_EXPECT_EQ(test, kunit_request_irq(inner, t->irq, irq_test_handler,
						IRQF_PROBE_SHARED, "kunit_irq", test), -EBUSY);
	KUNIT_EXPECT_EQ(test, irq_test_resources(t), resources);
	KUNIT_EXPECT_EQ(test, t->requested, 1);
	KUNIT_EXPECT_EQ(test, t->released, 0);
}

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
#define MAX_FAILURES	200

static int irq_test_make_mapping(struct irq_test *t)
{
	t->irq = kunit_irq_sim_map(&t->inner, t->chip, LINE);
	return t->irq > 0 ? 0 : t->irq;
}

/* failslab's ignore-gfp-wait: by default, allocations which may sleep do not fail. */
static bool *irq_test_failslab_spares(void)
{
	struct dentry *dir = debugfs_lookup("failslab", NULL), *file;
	bool *spares = NULL;

	if (!dir)
		return NULL;
	file = debugfs_lookup("ignore-gfp-wait", dir);
	if (file) {
		spares = d_inode(file)->i_private;
		dput(file);
	}
	dput(dir);
	return spares;
}
#endif

/* Each allocation fails in turn: the step which needs it has no effect. */
static void kunit_irq_no_memory_test(struct kunit *test)
{
#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
	/* The state after each number of steps */
	static const unsigned int states[] = {
		0, LISTED, LISTED | MAPPED, LISTED | MAPPED | REQUESTED,
	};
	static int (* const steps[])(struct irq_test *t) = {
		irq_test_make_chip, irq_test_make_mapping, irq_test_request,
	};
	/* Minimum of failures. Chip, action; resource, line, action; request, its resource */
	static const unsigned int least[] = { 2, 3, 2 };
	struct irq_test *t = test->priv;
	bool *spares = irq_test_failslab_spares();

	if (!spares)
		kunit_skip(test, "no failslab/ignore-gfp-wait in debugfs");
	for (int step = 0; step < ARRAY_SIZE(steps); step++) {
		unsigned int failed = 0;
		bool injected = true;

		/*
		 * First without a failure. Some allocations are done once and stay, such as a chunk
		 * for alloc_percpu(): they would shift the others, and some would not fail.
		 */
		for (int n = 0; injected && n < MAX_FAILURES; n++) {
			bool spared = *spares;
			size_t resources;
			int ret = 0;

			for (int i = 0; i < step; i++)
				KUNIT_ASSERT_EQ(test, steps[i](t), 0);
			resources = irq_test_resources(t);

			*spares = false;
			current->fail_nth = n;
			ret = steps[step](t);
			injected = !current->fail_nth;
			current->fail_nth = 0;
			*spares = spared;

			KUNIT_EXPECT_EQ(test, irq_test_state(t), states[ret ? step : step + 1]);
			if (ret) {
				KUNIT_EXPECT_TRUE(test, n && injected);
				KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
				KUNIT_EXPECT_EQ(test, irq_test_resources(t), resources);
				failed++;
			}
			/* procfs warns about removing files which it failed to create */
			kunit_warning_suppress(test)
				kunit_cleanup(&t->inner);
			KUNIT_EXPECT_EQ(test, irq_test_state(t), 0);
		}
		KUNIT_EXPECT_FALSE(test, injected);
		KUNIT_EXPECT_GE(test, failed, least[step]);
	}
#else
	kunit_skip(test, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");
#endif
}

static struct kunit_case kunit_irq_test_cases[] = {
	KUNIT_CASE(kunit_irq_fire_test),
	KUNIT_CASE_PARAM(kunit_irq_delivery_test, irq_test_delivery_gen_params),
	KUNIT_CASE(kunit_irq_thread_test),
	KUNIT_CASE(kunit_irq_map_test),
	KUNIT_CASE(kunit_irq_dispose_early_test),
	KUNIT_CASE(kunit_irq_mappings_left_test),
	KUNIT_CASE(kunit_irq_in_use_test),
	KUNIT_CASE(kunit_irq_reverse_order_test),
	KUNIT_CASE(kunit_irq_abort_test),
	KUNIT_CASE(kunit_irq_half_way_test),
	KUNIT_CASE(kunit_irq_free_early_test),
	KUNIT_CASE(kunit_irq_same_dev_id_test),
	KUNIT_CASE(kunit_irq_other_resource_test),
	KUNIT_CASE(kunit_irq_shared_test),
	KUNIT_CASE(kunit_irq_create_invalid_test),
	KUNIT_CASE(kunit_irq_map_invalid_test),
	KUNIT_CASE(kunit_irq_request_invalid_test),
	KUNIT_CASE_SLOW(kunit_irq_no_memory_test),
	{}
};

static struct kunit_suite kunit_irq_test_suite = {
	.name = "kunit_irq",
	.init = irq_test_init,
	.exit = irq_test_exit,
	.test_cases = kunit_irq_test_cases,
};

kunit_test_suite(kunit_irq_test_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit test for the test managed interrupts");
