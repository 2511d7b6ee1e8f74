// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * KUnit test for the interrupts of the GPIO simulator
 *
 * Pull a line up and down, and count the interrupts which reach the handler.
 */

#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/device/bus.h>
#include <linux/device/driver.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/machine.h>
#include <linux/gpio/property.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/pinctrl/pinconf-generic.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include <kunit/fwnode.h>
#include <kunit/irq.h>
#include <kunit/platform_device.h>
#include <kunit/test.h>

#define GPIO_SIM_TEST_LINE	3
#define GPIO_SIM_TEST_OTHER	4

static const struct software_node gpio_sim_test_chip = {
	.name = "gpio-sim-kunit",
};

static const struct property_entry gpio_sim_test_bank_props[] = {
	PROPERTY_ENTRY_U32("ngpios", 8),
	{ }
};

static const struct software_node gpio_sim_test_bank =
	SOFTWARE_NODE("gpio-sim-kunit-bank", gpio_sim_test_bank_props, &gpio_sim_test_chip);

static const struct software_node_ref_args gpio_sim_test_bus[] = {
	SOFTWARE_NODE_REFERENCE(&gpio_sim_test_bank, GPIO_SIM_TEST_LINE, GPIO_OPEN_DRAIN),
	SOFTWARE_NODE_REFERENCE(&gpio_sim_test_bank, GPIO_SIM_TEST_OTHER, GPIO_OPEN_DRAIN),
};

static const struct property_entry gpio_sim_test_consumer_props[] = {
	PROPERTY_ENTRY_GPIO("test-gpios", &gpio_sim_test_bank, GPIO_SIM_TEST_LINE,
			    GPIO_ACTIVE_HIGH),
	PROPERTY_ENTRY_REF_ARRAY("bus-gpios", gpio_sim_test_bus),
	{ }
};

static const struct software_node gpio_sim_test_consumer = {
	.name = "gpio-sim-kunit-consumer",
	.properties = gpio_sim_test_consumer_props,
};

static const struct software_node *const gpio_sim_test_nodes[] = {
	&gpio_sim_test_chip,
	&gpio_sim_test_bank,
	&gpio_sim_test_consumer,
	NULL
};

/**
 * struct gpio_sim_test - fixture
 * @gpio:	a line of the simulator, requested as an input, low
 * @irq:	its interrupt
 * @handled:	runs of the handler
 * @disable:	the handler disables the interrupt, as it must for a level which
 *		it cannot deassert
 * @quiet:	the thread has deasserted the level
 */
struct gpio_sim_test {
	struct gpio_desc	*gpio;
	int			irq;
	atomic_t		handled;
	bool			disable;
	struct completion	quiet;
};

static irqreturn_t gpio_sim_test_handler(int irq, void *data)
{
	struct gpio_sim_test *t = data;

	if (t->disable)
		disable_irq_nosync(irq);
	atomic_inc(&t->handled);
	return IRQ_HANDLED;
}

static int gpio_sim_test_request(struct kunit *test, unsigned long flags)
{
	struct gpio_sim_test *t = test->priv;

	return kunit_request_irq(test, t->irq, gpio_sim_test_handler, flags,
				 "gpio-sim-kunit", t);
}

/* Pull the line and wait for interrupts. Returns the number of interrupts so far. */
static int gpio_sim_test_pull(struct gpio_sim_test *t, bool up)
{
	int ret;

	ret = gpiod_set_config(t->gpio,
			       pinconf_to_config_packed(up ? PIN_CONFIG_BIAS_PULL_UP :
							     PIN_CONFIG_BIAS_PULL_DOWN, 1));
	if (ret)
		return ret;

	irq_sim_synchronize(irq_get_irq_data(t->irq)->domain);
	synchronize_irq(t->irq);
	return atomic_read(&t->handled);
}

/* Thread for a level: the third run pulls the line down. */
static irqreturn_t gpio_sim_test_thread(int irq, void *data)
{
	struct gpio_sim_test *t = data;

	if (atomic_inc_return(&t->handled) == 3) {
		gpiod_set_config(t->gpio, pinconf_to_config_packed(PIN_CONFIG_BIAS_PULL_DOWN, 1));
		complete(&t->quiet);
	}
	return IRQ_HANDLED;
}

KUNIT_DEFINE_ACTION_WRAPPER(gpiod_put_wrapper, gpiod_put, struct gpio_desc *);

static int gpio_sim_test_init(struct kunit *test)
{
	struct platform_device_info pdevinfo = {
		.name	= "gpio-sim",
		.id	= PLATFORM_DEVID_AUTO,
	};
	struct platform_device *pdev;
	struct gpio_sim_test *t;

	if (!driver_find("gpio-sim", &platform_bus_type))
		kunit_skip(test, "the gpio-sim module is not loaded");

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	init_completion(&t->quiet);

	KUNIT_ASSERT_EQ(test, kunit_software_node_register_node_group(test, gpio_sim_test_nodes),
			0);
	pdevinfo.fwnode = software_node_fwnode(&gpio_sim_test_chip);
	pdev = kunit_platform_device_register_full(test, &pdevinfo);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pdev);
	wait_for_device_probe();

	t->gpio = fwnode_gpiod_get_index(software_node_fwnode(&gpio_sim_test_consumer),
					 "test", 0, GPIOD_IN, "gpio-sim-kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->gpio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, gpiod_put_wrapper, t->gpio), 0);

	t->irq = gpiod_to_irq(t->gpio);
	KUNIT_ASSERT_GT(test, t->irq, 0);
	test->priv = t;
	return 0;
}

struct gpio_sim_edge {
	unsigned long	flags;
	int		rising;
	int		falling;
	const char	*name;
};

static const struct gpio_sim_edge gpio_sim_edges[] = {
	{ IRQF_TRIGGER_RISING, 1, 0, "rising" },
	{ IRQF_TRIGGER_FALLING, 0, 1, "falling" },
	{ IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING, 1, 1, "both" },
};

KUNIT_ARRAY_PARAM_DESC(gpio_sim_edge, gpio_sim_edges, name);

/* Each edge of the requested type causes one interrupt, other edges none. */
static void gpio_sim_irq_edges(struct kunit *test)
{
	const struct gpio_sim_edge *edge = test->param_value;
	struct gpio_sim_test *t = test->priv;
	int sum = 0;

	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, edge->flags), 0);

	for (int i = 0; i < 3; i++) {
		sum += edge->rising;
		KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), sum);
		KUNIT_EXPECT_EQ(test, gpiod_get_value_cansleep(t->gpio), 1);
		KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), sum);

		sum += edge->falling;
		KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, false), sum);
		KUNIT_EXPECT_EQ(test, gpiod_get_value_cansleep(t->gpio), 0);
		KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, false), sum);
	}
}

/* Edges while the interrupt is disabled cause one interrupt when it is enabled. */
static void gpio_sim_irq_disabled(struct kunit *test)
{
	struct gpio_sim_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), 0);

	disable_irq(t->irq);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, false), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 0);
	enable_irq(t->irq);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 1);

	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, false), 1);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 2);
}

/* An edge before the interrupt is requested is not handled later. */
static void gpio_sim_irq_not_requested(struct kunit *test)
{
	struct gpio_sim_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 0);
	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, false), 0);

	/* From here on the line has a trigger type, even if not requested */
	KUNIT_ASSERT_EQ(test, kunit_free_irq(test, t->irq, t), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 0);
	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 0);

	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, false), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 1);
}

struct gpio_sim_level {
	unsigned long	flags;
	bool		high;
	const char	*name;
};

static const struct gpio_sim_level gpio_sim_levels[] = {
	{ IRQF_TRIGGER_HIGH, true, "high" },
	{ IRQF_TRIGGER_LOW, false, "low" },
};

KUNIT_ARRAY_PARAM_DESC(gpio_sim_level, gpio_sim_levels, name);

/*
 * A level is handled repeatedly while it lasts, and at once if the line had it before
 * the interrupt was requested. The handler disables the interrupt, so that the test
 * can count the runs.
 */
static void gpio_sim_irq_level(struct kunit *test)
{
	const struct gpio_sim_level *level = test->param_value;
	struct gpio_sim_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, level->high), 0);
	t->disable = true;
	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, level->flags), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, level->high), 1);

	/* One run each time the interrupt is enabled */
	for (int i = 2; i < 5; i++) {
		enable_irq(t->irq);
		KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, level->high), i);
	}

	/* Changes of the level while the interrupt is disabled leave nothing pending */
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, !level->high), 4);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, level->high), 4);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, !level->high), 4);
	enable_irq(t->irq);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, !level->high), 4);

	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, level->high), 5);
	enable_irq(t->irq);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, level->high), 6);
}

/* A handler which deasserts the level is not called again. */
static void gpio_sim_irq_level_thread(struct kunit *test)
{
	struct gpio_sim_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kunit_request_threaded_irq(test, t->irq, NULL, gpio_sim_test_thread,
							 IRQF_TRIGGER_HIGH | IRQF_ONESHOT,
							 "gpio-sim-kunit", t), 0);
	KUNIT_EXPECT_GE(test, gpio_sim_test_pull(t, true), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&t->quiet, 5 * HZ), 0);
	KUNIT_EXPECT_EQ(test, gpiod_get_value_cansleep(t->gpio), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, false), 3);
}

/*
 * An interrupt described by firmware, which gives its type; the GPIO itself is not
 * requested. The level was active before the interrupt is mapped.
 */
static void gpio_sim_irq_firmware(struct kunit *test)
{
	const struct gpio_sim_level *level = test->param_value;
	struct irq_fwspec fwspec = {
		.fwnode		= software_node_fwnode(&gpio_sim_test_bank),
		.param_count	= 2,
		.param		= {
			GPIO_SIM_TEST_LINE,
			level->high ? IRQ_TYPE_LEVEL_HIGH : IRQ_TYPE_LEVEL_LOW,
		},
	};
	struct gpio_sim_test *t = test->priv;
	unsigned long config;

	/* The interrupt is not mapped when the line changes */
	irq_dispose_mapping(t->irq);
	config = pinconf_to_config_packed(level->high ? PIN_CONFIG_BIAS_PULL_UP :
							PIN_CONFIG_BIAS_PULL_DOWN, 1);
	KUNIT_ASSERT_EQ(test, gpiod_set_config(t->gpio, config), 0);
	kunit_release_action(test, gpiod_put_wrapper, t->gpio);

	t->irq = irq_create_fwspec_mapping(&fwspec);
	KUNIT_ASSERT_GT(test, t->irq, 0);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(t->irq), fwspec.param[1]);
	t->disable = true;
	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, 0), 0);
	irq_sim_synchronize(irq_get_irq_data(t->irq)->domain);
	/* Handlers may be threads: threadirqs, PREEMPT_RT */
	synchronize_irq(t->irq);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->handled), 1);
}

/* A line can be a wakeup source. */
static void gpio_sim_irq_wake(struct kunit *test)
{
	struct gpio_sim_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), 0);
	KUNIT_EXPECT_EQ(test, enable_irq_wake(t->irq), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 1);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(t->irq), 0);
}

#ifdef CONFIG_GPIO_SIM_MODULE
/* The module is pinned while an interrupt is requested. */
static void gpio_sim_irq_module(struct kunit *test)
{
	struct module *module = driver_find("gpio-sim", &platform_bus_type)->owner;
	struct gpio_sim_test *t = test->priv;
	int refs = module_refcount(module);

	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(module), refs + 1);
	KUNIT_ASSERT_EQ(test, kunit_free_irq(test, t->irq, t), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(module), refs);
}
#else
static void gpio_sim_irq_module(struct kunit *test)
{
	kunit_skip(test, "gpio-sim is built in");
}
#endif

/* A line is locked as an input while its interrupt is requested. */
static void gpio_sim_irq_locks_direction(struct kunit *test)
{
	struct gpio_sim_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), 0);
	KUNIT_EXPECT_EQ(test, gpiod_direction_output(t->gpio, 1), -EIO);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_pull(t, true), 1);

	KUNIT_ASSERT_EQ(test, kunit_free_irq(test, t->irq, t), 0);
	KUNIT_EXPECT_EQ(test, gpiod_direction_output(t->gpio, 1), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), -EIO);
	KUNIT_EXPECT_EQ(test, gpiod_direction_input(t->gpio), 0);
	KUNIT_EXPECT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING), 0);
}

/*
 * An open drain output can be used as an interrupt. Its level changes with that of another
 * line, in a single call.
 */
static void gpio_sim_irq_open_drain(struct kunit *test)
{
	struct gpio_sim_test *t = test->priv;
	struct gpio_desc *bus[2];

	/* The lines are requested again, with another flag */
	kunit_release_action(test, gpiod_put_wrapper, t->gpio);
	for (int i = 0; i < ARRAY_SIZE(bus); i++) {
		bus[i] = fwnode_gpiod_get_index(software_node_fwnode(&gpio_sim_test_consumer),
						"bus", i, GPIOD_ASIS, "gpio-sim-kunit");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bus[i]);
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, gpiod_put_wrapper, bus[i]),
				0);
		KUNIT_ASSERT_EQ(test, gpiod_direction_output_raw(bus[i], i), 0);
	}
	KUNIT_ASSERT_EQ(test, gpio_sim_test_request(test, IRQF_TRIGGER_RISING |
						    IRQF_TRIGGER_FALLING), 0);

	for (int i = 1; i <= 4; i++) {
		DECLARE_BITMAP(values, ARRAY_SIZE(bus)) = { i & 1 ? BIT(0) : BIT(1) };

		KUNIT_ASSERT_EQ(test, gpiod_set_raw_array_value_cansleep(ARRAY_SIZE(bus), bus,
									 NULL, values), 0);
		irq_sim_synchronize(irq_get_irq_data(t->irq)->domain);
		synchronize_irq(t->irq);
		KUNIT_EXPECT_EQ(test, gpiod_get_raw_value_cansleep(bus[0]), i & 1);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&t->handled), i,
				    "interrupts after the line was driven %s",
				    i & 1 ? "high" : "low");
	}
}

static struct kunit_case gpio_sim_irq_test_cases[] = {
	KUNIT_CASE_PARAM(gpio_sim_irq_edges, gpio_sim_edge_gen_params),
	KUNIT_CASE(gpio_sim_irq_disabled),
	KUNIT_CASE(gpio_sim_irq_not_requested),
	KUNIT_CASE_PARAM(gpio_sim_irq_level, gpio_sim_level_gen_params),
	KUNIT_CASE(gpio_sim_irq_level_thread),
	KUNIT_CASE_PARAM(gpio_sim_irq_firmware, gpio_sim_level_gen_params),
	KUNIT_CASE(gpio_sim_irq_wake),
	KUNIT_CASE(gpio_sim_irq_module),
	KUNIT_CASE(gpio_sim_irq_locks_direction),
	KUNIT_CASE(gpio_sim_irq_open_drain),
	{ }
};

static struct kunit_suite gpio_sim_irq_test_suite = {
	.name = "gpio-sim-irq",
	.init = gpio_sim_test_init,
	.test_cases = gpio_sim_irq_test_cases,
};

kunit_test_suite(gpio_sim_irq_test_suite);

MODULE_DESCRIPTION("KUnit test for the interrupts of the GPIO simulator");
MODULE_LICENSE("GPL");
