// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for the Goldfish battery driver, against a model of the device
 */

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/power_supply.h>
#include <linux/workqueue.h>

#include <kunit/dut.h>
#include <kunit/irq-line.h>
#include <kunit/mmio.h>
#include <kunit/of.h>
#include <kunit/test.h>

#define INT_STATUS	0x00	/* read to clear */
#define INT_ENABLE	0x04
#define AC_ONLINE	0x08
#define CAPACITY	0x18
#define LAST		0x40

#define BATTERY_CHANGED	BIT(0)
#define AC_CHANGED	BIT(1)
#define CHANGED		(BATTERY_CHANGED | AC_CHANGED)

/* In goldfish_battery_kunit_of.dtso */
#define TREE		"/goldfish-battery-kunit"
#define TREE_REG	0x9020000

/**
 * struct goldfish_battery_model - the device, and observations of its driver
 * @mmio:	its registers
 * @line:	its interrupt
 * @dut:	a platform device with both
 * @nb:		notifier of power supply changes
 * @battery:	number of changes announced for the battery
 * @ac:		number of changes announced for the mains
 * @refuse:	error when the driver requests its interrupt
 * @early:	supplies which did not exist when the driver requested its interrupt
 * @late:	supplies which were gone when the driver had freed its interrupt
 * @seen:	events which the driver has read from INT_STATUS
 */
struct goldfish_battery_model {
	struct kunit_mmio	*mmio;
	struct kunit_irq_line	*line;
	struct kunit_dut	*dut;
	struct notifier_block	nb;
	atomic_t		battery;
	atomic_t		ac;
	int			refuse;
	unsigned int		early;
	unsigned int		late;
	u64			seen;
};

static u64 goldfish_battery_model_read(struct kunit_mmio *mmio, unsigned int offset,
				       unsigned int width)
{
	struct goldfish_battery_model *bat = kunit_mmio_priv(mmio);
	u64 status;

	if (offset > LAST || offset == INT_ENABLE)
		return kunit_mmio_unknown(mmio);
	if (offset != INT_STATUS)
		return kunit_mmio_get(mmio, offset, width);

	status = kunit_irq_line_read(bat->line);
	kunit_irq_line_ack(bat->line, status);
	bat->seen |= status;
	return status;
}

static void goldfish_battery_model_write(struct kunit_mmio *mmio, unsigned int offset,
					 unsigned int width, u64 val)
{
	struct goldfish_battery_model *bat = kunit_mmio_priv(mmio);

	if (offset == INT_ENABLE)
		kunit_irq_line_enable(bat->line, val);
	else
		kunit_mmio_unknown(mmio);
}

/* The number of power supplies, out of two, which do not exist */
static unsigned int goldfish_battery_missing(void)
{
	static const char * const names[] = { "battery", "ac" };
	unsigned int missing = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		struct power_supply *psy = power_supply_get_by_name(names[i]);

		if (psy)
			power_supply_put(psy);
		else
			missing++;
	}
	return missing;
}

static int goldfish_battery_requested(struct kunit_irq_line *line, void *data)
{
	struct goldfish_battery_model *bat = data;

	bat->early += goldfish_battery_missing();
	return bat->refuse;
}

static void goldfish_battery_released(struct kunit_irq_line *line, void *data)
{
	struct goldfish_battery_model *bat = data;

	bat->late += goldfish_battery_missing();
}

static int goldfish_battery_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	struct goldfish_battery_model *bat = container_of(nb, struct goldfish_battery_model, nb);
	struct power_supply *psy = data;

	if (event != PSY_EVENT_PROP_CHANGED)
		return NOTIFY_DONE;
	if (!strcmp(psy->desc->name, "battery"))
		atomic_inc(&bat->battery);
	else if (!strcmp(psy->desc->name, "ac"))
		atomic_inc(&bat->ac);
	return NOTIFY_OK;
}

static void goldfish_battery_unnotify(void *nb)
{
	power_supply_unreg_notifier(nb);
}

static void goldfish_battery_create(struct kunit *test, bool tree)
{
	struct goldfish_battery_model *bat = kunit_kzalloc(test, sizeof(*bat), GFP_KERNEL);
	struct kunit_irq_line_info interrupt = {
		.requested	= goldfish_battery_requested,
		.released	= goldfish_battery_released,
		.data		= bat,
	};
	struct kunit_mmio_info registers = {
		.name	= "goldfish-battery",
		.size	= 0x1000,
		.read	= goldfish_battery_model_read,
		.write	= goldfish_battery_model_write,
		.priv	= bat,
	};
	struct kunit_dut_info device = {
		.driver	= "goldfish-battery",
	};

	KUNIT_ASSERT_NOT_NULL(test, bat);
	test->priv = bat;
	bat->nb.notifier_call = goldfish_battery_notify;
	KUNIT_ASSERT_EQ(test, power_supply_reg_notifier(&bat->nb), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, goldfish_battery_unnotify, &bat->nb),
			0);

	if (tree) {
		interrupt.fwnode = kunit_dut_of_node(test, TREE "/interrupt-controller");
		registers.start = TREE_REG;
		device.fwnode = kunit_dut_of_node(test, TREE "/battery@9020000");
	}
	bat->line = kunit_irq_line_create(test, &interrupt);
	kunit_irq_line_enable(bat->line, 0);
	bat->mmio = kunit_mmio_create(test, &registers);
	kunit_mmio_set(bat->mmio, CAPACITY, 4, 42);
	kunit_mmio_set(bat->mmio, AC_ONLINE, 4, 1);
	device.mmio = bat->mmio;
	device.line = bat->line;
	bat->dut = kunit_dut_platform(test, &device);
}

static int goldfish_battery_test_init(struct kunit *test)
{
	goldfish_battery_create(test, false);
	return 0;
}

/* The same device, from a device tree */
static int goldfish_battery_of_test_init(struct kunit *test)
{
	kunit_dut_of_cells(test, 2, 2);
	KUNIT_ASSERT_EQ(test, of_overlay_apply_kunit(test, goldfish_battery_kunit_of), 0);
	goldfish_battery_create(test, true);
	return 0;
}

static void goldfish_battery_put(void *psy)
{
	power_supply_put(psy);
}

static struct power_supply *goldfish_battery_get(struct kunit *test, const char *name)
{
	struct power_supply *psy = power_supply_get_by_name(name);

	KUNIT_ASSERT_NOT_NULL_MSG(test, psy, "there is no power supply \"%s\"", name);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, goldfish_battery_put, psy), 0);
	return psy;
}

/* Wait for the initial announcements, and clear the counts */
static void goldfish_battery_calm(struct goldfish_battery_model *bat, struct power_supply *battery,
				  struct power_supply *ac)
{
	flush_delayed_work(&battery->deferred_register_work);
	flush_delayed_work(&ac->deferred_register_work);
	flush_work(&battery->changed_work);
	flush_work(&ac->changed_work);
	atomic_set(&bat->battery, 0);
	atomic_set(&bat->ac, 0);
}

/*
 * The handler announces changes of the power supplies, so they must exist while it is
 * requested. No interrupt is raised, so that a wrong driver survives the check.
 */
static void goldfish_battery_check_order(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	KUNIT_EXPECT_EQ_MSG(test, bat->early, 0,
			    "the interrupt is requested before %u of the 2 power supplies exist",
			    bat->early);
	kunit_dut_unbind(bat->dut);
	KUNIT_EXPECT_EQ_MSG(test, bat->late, 0,
			    "%u of the 2 power supplies are gone before the interrupt is freed",
			    bat->late);
}

static void goldfish_battery_order_test(struct kunit *test)
{
	goldfish_battery_check_order(test);
}

/* A driver with the wrong order would crash the kernel in the rest of the test case */
static void goldfish_battery_assert_order(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	goldfish_battery_check_order(test);
	KUNIT_ASSERT_EQ(test, bat->early + bat->late, 0);
}

/* Each event is announced for the right supply, and acknowledged. */
static void goldfish_battery_changed_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;
	static const struct {
		u64 bits;
		int battery, ac;
	} events[] = {
		{ BATTERY_CHANGED, 1, 0 },
		{ AC_CHANGED, 0, 1 },
		{ CHANGED, 1, 1 },
	};
	struct power_supply *battery, *ac;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_enabled(bat->line), CHANGED);
	battery = goldfish_battery_get(test, "battery");
	ac = goldfish_battery_get(test, "ac");

	for (unsigned int i = 0; i < ARRAY_SIZE(events); i++) {
		goldfish_battery_calm(bat, battery, ac);
		kunit_irq_line_raise(bat->line, events[i].bits);
		KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(bat->line), 0);
		flush_work(&battery->changed_work);
		flush_work(&ac->changed_work);

		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&bat->battery), events[i].battery,
				    "announced for the battery, INT_STATUS 0x%llx", events[i].bits);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&bat->ac), events[i].ac,
				    "announced for the mains, INT_STATUS 0x%llx", events[i].bits);
		KUNIT_EXPECT_EQ(test, kunit_irq_line_status(bat->line), 0);
	}
}

/* An event after the read of INT_STATUS causes another interrupt, and is not lost. */
static void goldfish_battery_late_event_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;
	struct power_supply *battery, *ac;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	battery = goldfish_battery_get(test, "battery");
	ac = goldfish_battery_get(test, "ac");
	goldfish_battery_calm(bat, battery, ac);

	kunit_irq_line_raise_after_read(bat->line, AC_CHANGED);
	kunit_irq_line_raise(bat->line, BATTERY_CHANGED);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(bat->line), 0);
	flush_work(&battery->changed_work);
	flush_work(&ac->changed_work);
	KUNIT_EXPECT_EQ(test, atomic_read(&bat->battery), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&bat->ac), 1);
}

/* The line is shared, and the driver does not claim interrupts of other devices. */
static void goldfish_battery_shared_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;
	struct power_supply *battery, *ac;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	battery = goldfish_battery_get(test, "battery");
	ac = goldfish_battery_get(test, "ac");
	goldfish_battery_calm(bat, battery, ac);
	kunit_irq_line_listen(bat->line, 20);

	KUNIT_EXPECT_EQ(test, kunit_irq_line_spurious(bat->line), 1);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(bat->line), 0);
	flush_work(&battery->changed_work);
	flush_work(&ac->changed_work);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_heard(bat->line), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&bat->battery), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&bat->ac), 0);

	kunit_irq_line_raise(bat->line, BATTERY_CHANGED);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(bat->line), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_heard(bat->line), 2,
			    "interrupts for one event");
	kunit_irq_line_unlisten(bat->line);
}

/* Nor does it claim them when it returns, or genirq would not notice a stuck interrupt. */
static void goldfish_battery_not_mine_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(bat->line, 0), 0,
			    "an interrupt of another device is claimed");
	KUNIT_EXPECT_EQ_MSG(test, kunit_irq_line_claimed(bat->line, BATTERY_CHANGED), 1,
			    "an interrupt of the device is not claimed");
}

/* Without a handler the device does not interrupt, as that may be the line of others, too. */
static void goldfish_battery_request_fails_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	bat->refuse = -EBUSY;
	KUNIT_EXPECT_EQ(test, kunit_dut_bind(bat->dut), -EBUSY);
	kunit_irq_line_raise(bat->line, CHANGED);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(bat->line),
			       "the device interrupts, and its driver could not be bound");

	bat->refuse = 0;
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(bat->line), 0);
	KUNIT_EXPECT_EQ(test, bat->seen, CHANGED);
}

/* Nor after the driver was unbound */
static void goldfish_battery_unbound_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	kunit_dut_unbind(bat->dut);
	kunit_irq_line_raise(bat->line, CHANGED);
	KUNIT_EXPECT_FALSE_MSG(test, kunit_irq_line_asserted(bat->line),
			       "the device interrupts after its driver was unbound");
}

/* Events from before probe are pending and enabled. */
static void goldfish_battery_early_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	goldfish_battery_assert_order(test);
	kunit_irq_line_enable(bat->line, CHANGED);
	kunit_irq_line_raise(bat->line, CHANGED);
	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	KUNIT_EXPECT_EQ(test, kunit_irq_line_settle(bat->line), 0);
	KUNIT_EXPECT_EQ(test, bat->seen, CHANGED);
}

static void goldfish_battery_property_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;
	union power_supply_propval val;
	struct power_supply *battery, *ac;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	battery = goldfish_battery_get(test, "battery");
	ac = goldfish_battery_get(test, "ac");
	KUNIT_EXPECT_EQ(test, power_supply_get_property(battery, POWER_SUPPLY_PROP_CAPACITY, &val),
			0);
	KUNIT_EXPECT_EQ(test, val.intval, 42);
	KUNIT_EXPECT_EQ(test, power_supply_get_property(ac, POWER_SUPPLY_PROP_ONLINE, &val), 0);
	KUNIT_EXPECT_EQ(test, val.intval, 1);
}

static void goldfish_battery_bind_again_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	kunit_dut_bind_again(bat->dut, 5);
}

static void goldfish_battery_access_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	KUNIT_EXPECT_GE(test, kunit_dut_fail_each_access(bat->dut), 1);
}

static void goldfish_battery_memory_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	KUNIT_EXPECT_GE(test, kunit_dut_fail_each_allocation(bat->dut), 5);
}

static void goldfish_battery_unbind_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	goldfish_battery_assert_order(test);
	kunit_dut_unbind_under_fire(bat->dut, CHANGED, 20);
}

/* Under fire, the interrupt moves from CPU to CPU */
static void goldfish_battery_affinity_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_dut_bind(bat->dut), 0);
	kunit_dut_affinity_under_fire(bat->dut, CHANGED, 3);
}

static void goldfish_battery_bind_unbind(struct kunit_dut *dut, void *data)
{
	KUNIT_EXPECT_EQ(dut->test, kunit_dut_bind(dut), 0);
	kunit_irq_line_settle(dut->line);
	kunit_dut_unbind(dut);
}

/* An interrupt at any point of probe and remove does no harm. */
static void goldfish_battery_any_time_test(struct kunit *test)
{
	struct goldfish_battery_model *bat = test->priv;

	goldfish_battery_assert_order(test);
	kunit_irq_line_enable(bat->line, CHANGED);
	KUNIT_EXPECT_GE(test, kunit_dut_fire_at_each_access(bat->dut, CHANGED,
							    goldfish_battery_bind_unbind, NULL), 1);
}

static struct kunit_case goldfish_battery_test_cases[] = {
	KUNIT_CASE(goldfish_battery_order_test),
	KUNIT_CASE(goldfish_battery_changed_test),
	KUNIT_CASE(goldfish_battery_late_event_test),
	KUNIT_CASE(goldfish_battery_shared_test),
	KUNIT_CASE(goldfish_battery_not_mine_test),
	KUNIT_CASE(goldfish_battery_request_fails_test),
	KUNIT_CASE(goldfish_battery_unbound_test),
	KUNIT_CASE(goldfish_battery_early_test),
	KUNIT_CASE(goldfish_battery_property_test),
	KUNIT_CASE(goldfish_battery_bind_again_test),
	KUNIT_CASE(goldfish_battery_access_test),
	KUNIT_CASE_SLOW(goldfish_battery_memory_test),
	KUNIT_CASE(goldfish_battery_unbind_test),
	KUNIT_CASE(goldfish_battery_affinity_test),
	KUNIT_CASE(goldfish_battery_any_time_test),
	{}
};

/* Cases which depend on where registers and interrupt of the driver are described */
static struct kunit_case goldfish_battery_of_test_cases[] = {
	KUNIT_CASE(goldfish_battery_order_test),
	KUNIT_CASE(goldfish_battery_changed_test),
	KUNIT_CASE(goldfish_battery_bind_again_test),
	KUNIT_CASE(goldfish_battery_access_test),
	KUNIT_CASE_SLOW(goldfish_battery_memory_test),
	KUNIT_CASE(goldfish_battery_unbind_test),
	{}
};

static struct kunit_suite goldfish_battery_test_suite = {
	.name		= "goldfish_battery",
	.init		= goldfish_battery_test_init,
	.test_cases	= goldfish_battery_test_cases,
};

static struct kunit_suite goldfish_battery_of_test_suite = {
	.name		= "goldfish_battery_of",
	.init		= goldfish_battery_of_test_init,
	.test_cases	= goldfish_battery_of_test_cases,
};

kunit_test_suites(&goldfish_battery_test_suite, &goldfish_battery_of_test_suite);

MODULE_DESCRIPTION("KUnit test for the Goldfish battery driver");
MODULE_LICENSE("GPL");
