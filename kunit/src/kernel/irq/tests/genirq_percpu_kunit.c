// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts which each CPU has for itself, NMIs, and those which do not exist: requests and what
 * else drivers call. NMIs are requested and set up, but not delivered as such.
 */

#include <linux/cpumask.h>
#include <linux/msi.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "genirq_request_kunit.h"

/* Handlers get the instance of the CPU which is interrupted. */
struct req_cookie {
	struct req_chip	*rc;
	const char	*name;
	unsigned int	cpu;
	int		runs;
	int		elsewhere;
};

static irqreturn_t req_percpu_handler(int irq, void *data)
{
	struct req_cookie *cookie = data;

	req_note(cookie->rc, cookie->name);
	cookie->runs++;
	cookie->elsewhere += cookie->cpu != smp_processor_id();
	return IRQ_HANDLED;
}

static void req_free_cookie(void *cookie)
{
	free_percpu((void __percpu __force *)cookie);
}

static struct req_cookie __percpu *req_cookie(struct kunit *test, const char *name)
{
	struct req_cookie __percpu *cookie = alloc_percpu(struct req_cookie);
	unsigned int cpu;

	KUNIT_ASSERT_NOT_NULL(test, (void __force *)cookie);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, req_free_cookie,
							   (void __force *)cookie));
	for_each_possible_cpu(cpu) {
		*per_cpu_ptr(cookie, cpu) = (struct req_cookie) {
			.rc = test->priv, .name = name, .cpu = cpu,
		};
	}
	return cookie;
}

/* Line 1 is one of each CPU's own. */
static int req_percpu_init(struct kunit *test)
{
	struct req_chip *rc;
	int ret;

	ret = req_init(test);
	if (ret)
		return ret;
	rc = test->priv;
	ret = irq_set_percpu_devid(rc->virq[1]);
	irq_set_handler(rc->virq[1], handle_percpu_devid_irq);
	return ret;
}

struct req_percpu_param {
	const char	*name;
	bool		enables;
	const char	*enabled;
	const char	*handled;
	const char	*disabled;
};

static const struct req_percpu_param req_percpu_params[] = {
	{ "mask", false, "type unmask", "ack handler eoi", "mask" },
	{ "enable", true, "type enable", "ack handler eoi", "disable" },
};

KUNIT_ARRAY_PARAM_DESC(percpu, req_percpu_params, name);

/* A request enables the interrupt nowhere; each CPU enables its own. */
static void req_percpu_enable(struct kunit *test)
{
	const struct req_percpu_param *param = test->param_value;
	struct req_chip *rc = test->priv;
	struct req_cookie __percpu *cookie = req_cookie(test, "handler");
	unsigned int virq = rc->virq[1], cpu;
	int ret;

	if (param->enables) {
		rc->chip.irq_enable = req_chip_enable;
		rc->chip.irq_disable = req_chip_disable;
	}
	rc->fails = "request";
	rc->error = -EIO;
	ret = request_percpu_irq(virq, req_percpu_handler, "req", cookie);
	KUNIT_EXPECT_EQ_MSG(test, ret, -EIO, "not the error of the controller");
	KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
	rc->fails = NULL;
	KUNIT_ASSERT_EQ(test, request_percpu_irq(virq, req_percpu_handler, "req", cookie), 0);
	REQ_EXPECT_LOG(test, rc, "request request activate", "it is enabled by the request");

	migrate_disable();
	cpu = smp_processor_id();
	KUNIT_EXPECT_FALSE_MSG(test, irq_percpu_is_enabled(virq), "enabled by the request");
	enable_percpu_irq(virq, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_TRUE(test, irq_percpu_is_enabled(virq));
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	REQ_EXPECT_LOG(test, rc, param->enabled, "enabled");
	generic_handle_irq_safe(virq);
	REQ_EXPECT_LOG(test, rc, param->handled, "an interrupt");
	disable_percpu_irq(virq);
	KUNIT_EXPECT_FALSE(test, irq_percpu_is_enabled(virq));
	REQ_EXPECT_LOG(test, rc, param->disabled, "disabled");
	/* Without a type, that of the line stays */
	enable_percpu_irq(virq, IRQ_TYPE_NONE);
	KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	REQ_EXPECT_LOG(test, rc, param->enabled, "enabled again");
	disable_percpu_irq(virq);
	migrate_enable();
	req_clear(rc);
	KUNIT_EXPECT_EQ(test, per_cpu_ptr(cookie, cpu)->runs, 1);
	KUNIT_EXPECT_EQ_MSG(test, per_cpu_ptr(cookie, cpu)->elsewhere, 0, "of another CPU");

	KUNIT_EXPECT_EQ_MSG(test, request_percpu_irq(virq, req_percpu_handler, "req", cookie),
			    -EINVAL, "it is not shared");
	free_percpu_irq(virq, cookie);
	REQ_EXPECT_LOG(test, rc, "release", "freed");
	KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
}

/* Drivers which are for different CPUs share an interrupt, each with its own handler. */
static void req_percpu_shared(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_cookie __percpu *here = req_cookie(test, "here");
	struct req_cookie __percpu *there = req_cookie(test, "there");
	struct cpumask *others = kunit_kzalloc(test, sizeof(*others), GFP_KERNEL);
	unsigned int virq = rc->virq[1], cpu;

	KUNIT_ASSERT_NOT_NULL(test, others);
	if (num_possible_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	migrate_disable();
	cpu = smp_processor_id();
	cpumask_andnot(others, cpu_possible_mask, cpumask_of(cpu));
	KUNIT_EXPECT_EQ(test, 0, request_percpu_irq_affinity(virq, req_percpu_handler, "there",
							     others, there));
	REQ_EXPECT_LOG(test, rc, "request activate", "the first request");

	/* Nobody handles it here: it is shut up where it is enabled, and only there */
	enable_percpu_irq(virq, IRQ_TYPE_NONE);
	generic_handle_irq_safe(virq);
	KUNIT_EXPECT_FALSE_MSG(test, irq_percpu_is_enabled(virq), "nobody handles it");
	generic_handle_irq_safe(virq);
	REQ_EXPECT_LOG(test, rc, "unmask ack mask eoi ack eoi", "no handler for this CPU");

	KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
			    request_percpu_irq_affinity(virq, req_percpu_handler, "here",
							cpu_possible_mask, here),
			    "all CPUs, some of which have a handler");
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
			    request_percpu_irq_affinity(virq, req_percpu_handler, "here",
							others, here),
			    "CPUs which have a handler");
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
			    request_percpu_irq_affinity(virq, req_percpu_handler, "here",
							cpumask_of(cpu), there),
			    "a cookie which is used already");
	KUNIT_EXPECT_EQ(test, 0, request_percpu_irq_affinity(virq, req_percpu_handler, "here",
							     cpumask_of(cpu), here));
	REQ_EXPECT_LOG(test, rc, "", "the line is in use already");
	enable_percpu_irq(virq, IRQ_TYPE_NONE);
	generic_handle_irq_safe(virq);
	REQ_EXPECT_LOG(test, rc, "unmask ack here eoi", "the handler for this CPU");

	/* That of the others may be freed though it is enabled here */
	free_percpu_irq(virq, there);
	REQ_EXPECT_LOG(test, rc, "", "freed, but there is another one");
	generic_handle_irq_safe(virq);
	disable_percpu_irq(virq);
	free_percpu_irq(virq, here);
	REQ_EXPECT_LOG(test, rc, "ack here eoi mask release", "both freed");
	migrate_enable();
	KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
}

static int req_nmi_setup(struct irq_data *data)
{
	return req_note(irq_data_get_irq_chip_data(data), "setup");
}

static void req_nmi_teardown(struct irq_data *data)
{
	req_note(irq_data_get_irq_chip_data(data), "teardown");
}

static void req_bus(struct irq_data *data)
{
}

#define REQ_NMI_FLAGS	(IRQF_PERCPU | IRQF_NO_AUTOEN)

static int req_request_nmi(struct kunit *test, struct req_user *user)
{
	return request_nmi(user->rc->virq[0], req_handler, REQ_NMI_FLAGS, "req", user);
}

/* What cannot be an NMI is refused, and the interrupt can still be requested as such. */
static void req_nmi_refused(struct kunit *test)
{
	static const unsigned long flags[] = {
		IRQF_NO_AUTOEN, IRQF_PERCPU, REQ_NMI_FLAGS | IRQF_SHARED,
		REQ_NMI_FLAGS | IRQF_COND_SUSPEND, REQ_NMI_FLAGS | IRQF_IRQPOLL,
	};
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, "handler", IRQ_HANDLED);
	irq_handler_t none = NULL;
	unsigned int virq = rc->virq[0];

	rc->chip.irq_nmi_setup = req_nmi_setup;
	KUNIT_EXPECT_EQ_MSG(test, req_request_nmi(test, user), -EINVAL, "no IRQCHIP_SUPPORTS_NMI");
	rc->chip.flags |= IRQCHIP_SUPPORTS_NMI;
	for (int i = 0; i < ARRAY_SIZE(flags); i++)
		KUNIT_EXPECT_EQ_MSG(test, request_nmi(virq, req_handler, flags[i], "req", user),
				    -EINVAL, "flags %#lx", flags[i]);
	KUNIT_EXPECT_EQ(test, request_nmi(virq, none, REQ_NMI_FLAGS, "req", user), -EINVAL);
	KUNIT_EXPECT_EQ(test, -ENOTCONN, request_nmi(IRQ_NOTCONNECTED, req_handler, REQ_NMI_FLAGS,
						     "req", user));
	rc->chip.irq_bus_lock = req_bus;
	KUNIT_EXPECT_EQ_MSG(test, req_request_nmi(test, user), -EINVAL, "behind a slow bus");
	rc->chip.irq_bus_lock = NULL;
	rc->chip.irq_bus_sync_unlock = req_bus;
	KUNIT_EXPECT_EQ_MSG(test, req_request_nmi(test, user), -EINVAL, "behind a slow bus");
	rc->chip.irq_bus_sync_unlock = NULL;
	irq_set_status_flags(virq, IRQ_NOREQUEST);
	KUNIT_EXPECT_EQ_MSG(test, req_request_nmi(test, user), -EINVAL, "IRQ_NOREQUEST");
	irq_clear_status_flags(virq, IRQ_NOREQUEST);
	REQ_EXPECT_LOG(test, rc, "", "the controller hears of a bad request");

	/* Failures of the controller: the resources, or to make it an NMI */
	rc->fails = "request";
	rc->error = -EIO;
	KUNIT_EXPECT_EQ(test, req_request_nmi(test, user), -EIO);
	REQ_EXPECT_LOG(test, rc, "request", "request failed");
	rc->fails = "setup";
	rc->error = -EINVAL;
	KUNIT_EXPECT_EQ(test, req_request_nmi(test, user), -EINVAL);
	REQ_EXPECT_LOG(test, rc, "request activate setup deactivate release", "setup failed");
	KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
	rc->fails = NULL;
	rc->chip.irq_nmi_setup = NULL;
	KUNIT_EXPECT_EQ_MSG(test, req_request_nmi(test, user), -EINVAL, "without a setup");
	REQ_EXPECT_LOG(test, rc, "request activate deactivate release", "without a setup");

	KUNIT_ASSERT_EQ(test, 0, req_request_irq(test, virq, req_handler, 0, "req", user));
	req_fire(virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&user->runs), 1);
	rc->chip.irq_nmi_setup = req_nmi_setup;
	KUNIT_EXPECT_EQ_MSG(test, req_request_nmi(test, user), -EBUSY, "requested already");
	req_fire(virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&user->runs), 2);
}

/* From request_nmi() to free_nmi() an interrupt is an NMI, and nothing that an NMI cannot be. */
static void req_nmi(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, "handler", IRQ_HANDLED);
	unsigned int virq = rc->virq[0];
	static const char name[] = "its name";

	rc->chip.flags |= IRQCHIP_SUPPORTS_NMI | IRQCHIP_SKIP_SET_WAKE;
	rc->chip.irq_nmi_setup = req_nmi_setup;
	rc->chip.irq_nmi_teardown = req_nmi_teardown;
	irq_set_handler(virq, handle_fasteoi_nmi);
	for (int i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, 0, request_nmi(virq, req_handler, REQ_NMI_FLAGS, name, user));
		REQ_EXPECT_LOG(test, rc, "request activate setup", "request_nmi()");
		KUNIT_EXPECT_EQ_MSG(test, req_request_nmi(test, user), -EINVAL, "an NMI is shared");
		KUNIT_EXPECT_EQ_MSG(test, request_irq(virq, req_handler, IRQF_SHARED, "req", rc),
				    -EINVAL, "an NMI is shared with an interrupt");
		KUNIT_EXPECT_EQ_MSG(test, irq_set_irq_wake(virq, 1), -EINVAL, "an NMI for wakeup");
		if (IS_ENABLED(CONFIG_SMP))
			KUNIT_EXPECT_EQ(test, irq_set_affinity_notifier(virq, NULL), -EINVAL);
		REQ_EXPECT_LOG(test, rc, "", "refused requests");
		enable_nmi(virq);
		generic_handle_irq_safe(virq);
		disable_nmi_nosync(virq);
		REQ_EXPECT_LOG(test, rc, "startup handler eoi", "an NMI");
		KUNIT_EXPECT_PTR_EQ(test, free_nmi(virq, user), (const void *)name);
		REQ_EXPECT_LOG(test, rc, "teardown shutdown deactivate release", "free_nmi()");
		KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&user->runs), 2);

	/* It is an interrupt again */
	irq_set_handler(virq, handle_fasteoi_irq);
	KUNIT_ASSERT_EQ(test, 0, req_request_irq(test, virq, req_handler, 0, "req", user));
	KUNIT_EXPECT_EQ_MSG(test, irq_set_irq_wake(virq, 1), 0, "it is still an NMI");
	KUNIT_EXPECT_EQ(test, irq_set_irq_wake(virq, 0), 0);
	req_fire(virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&user->runs), 3);
}

/* Whether the line is an NMI. A NULL notifier is refused for these, and only for these. */
static bool req_is_nmi(unsigned int virq)
{
	return irq_set_affinity_notifier(virq, NULL) == -EINVAL;
}

/* The same for per-CPU interrupts, which each CPU sets up for itself. */
static void req_nmi_percpu(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_cookie __percpu *cookie = req_cookie(test, "handler");
	struct req_cookie __percpu *other = req_cookie(test, "other");
	unsigned int virq = rc->virq[1];

	rc->chip.irq_nmi_setup = req_nmi_setup;
	rc->chip.irq_nmi_teardown = req_nmi_teardown;
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL, request_percpu_nmi(virq, req_percpu_handler, "req",
							      NULL, cookie),
			    "no IRQCHIP_SUPPORTS_NMI");
	rc->chip.flags |= IRQCHIP_SUPPORTS_NMI;
	KUNIT_EXPECT_EQ(test, -EINVAL, request_percpu_nmi(virq, NULL, "req", NULL, cookie));
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL, request_percpu_nmi(rc->virq[0], req_percpu_handler,
							      "req", NULL, cookie),
			    "not a per-CPU interrupt");
	irq_clear_status_flags(virq, IRQ_NOAUTOEN);
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL, request_percpu_nmi(virq, req_percpu_handler, "req",
							      NULL, cookie),
			    "enabled automatically");
	irq_set_status_flags(virq, IRQ_NOAUTOEN);
	rc->fails = "request";
	rc->error = -EIO;
	KUNIT_EXPECT_EQ(test, -EIO, request_percpu_nmi(virq, req_percpu_handler, "req", NULL,
						       cookie));
	rc->fails = NULL;
	KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
	REQ_EXPECT_LOG(test, rc, "request", "refused requests");
	if (IS_ENABLED(CONFIG_SMP))
		KUNIT_EXPECT_FALSE_MSG(test, req_is_nmi(virq), "refused, but an NMI");

	for (int i = 0; i < 2; i++) {
		int ret;

		KUNIT_ASSERT_EQ(test, 0, request_percpu_nmi(virq, req_percpu_handler, "req", NULL,
							    cookie));
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL, request_percpu_nmi(virq, req_percpu_handler,
								      "req", NULL, other),
				    "for CPUs which have a handler");
		if (IS_ENABLED(CONFIG_SMP))
			KUNIT_EXPECT_TRUE_MSG(test, req_is_nmi(virq), "not an NMI");
		/* Some CPU may still need it when it is freed, so it stays activated */
		REQ_EXPECT_LOG(test, rc, i ? "request" : "request activate",
			       "request_percpu_nmi()");
		preempt_disable();
		rc->fails = "setup";
		ret = prepare_percpu_nmi(virq);
		rc->fails = NULL;
		if (!ret)
			ret = 1;
		else if (ret == -EIO)
			ret = prepare_percpu_nmi(virq);
		enable_percpu_nmi(virq, IRQ_TYPE_NONE);
		generic_handle_irq_safe(virq);
		disable_percpu_nmi(virq);
		teardown_percpu_nmi(virq);
		preempt_enable();
		KUNIT_EXPECT_EQ_MSG(test, ret, 0, "prepare_percpu_nmi()");
		REQ_EXPECT_LOG(test, rc, "setup setup unmask ack handler eoi mask teardown",
			       "an NMI of this CPU");
		free_percpu_nmi(virq, cookie);
		REQ_EXPECT_LOG(test, rc, "release", "free_percpu_nmi()");
		KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
		if (IS_ENABLED(CONFIG_SMP))
			KUNIT_EXPECT_FALSE_MSG(test, req_is_nmi(virq), "freed, but an NMI");
	}
}

static int req_call_type(unsigned int virq)
{
	return irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING);
}

static int req_call_chip(unsigned int virq)
{
	return irq_set_chip(virq, &dummy_irq_chip);
}

static int req_call_chip_data(unsigned int virq)
{
	return irq_set_chip_data(virq, NULL);
}

static int req_call_handler_data(unsigned int virq)
{
	return irq_set_handler_data(virq, NULL);
}

static int req_call_wake(unsigned int virq)
{
	return irq_set_irq_wake(virq, 1);
}

static int req_call_vcpu(unsigned int virq)
{
	return irq_set_vcpu_affinity(virq, NULL);
}

static int req_call_get_state(unsigned int virq)
{
	bool state;

	return irq_get_irqchip_state(virq, IRQCHIP_STATE_PENDING, &state);
}

static int req_call_set_state(unsigned int virq)
{
	return irq_set_irqchip_state(virq, IRQCHIP_STATE_PENDING, true);
}

static int req_call_request(unsigned int virq)
{
	return request_irq(virq, no_action, 0, "req", NULL);
}

static int req_call_any(unsigned int virq)
{
	return request_any_context_irq(virq, no_action, 0, "req", NULL);
}

static int req_call_nmi(unsigned int virq)
{
	return request_nmi(virq, no_action, REQ_NMI_FLAGS, "req", NULL);
}

static int req_call_percpu(unsigned int virq)
{
	static DEFINE_PER_CPU(int, cookie);

	return request_percpu_irq(virq, no_action, "req", &cookie);
}

static int req_call_percpu_nmi(unsigned int virq)
{
	return request_percpu_nmi(virq, no_action, "req", NULL, NULL);
}

static int req_call_prepare(unsigned int virq)
{
	guard(preempt)();
	return prepare_percpu_nmi(virq);
}

#ifdef CONFIG_GENERIC_MSI_IRQ
static int req_call_msi(unsigned int virq)
{
	return irq_set_msi_desc(virq, NULL);
}
#endif

#ifdef CONFIG_SMP
static int req_call_affinity(unsigned int virq)
{
	return irq_set_affinity(virq, cpu_online_mask);
}

static int req_call_hint(unsigned int virq)
{
	return irq_set_affinity_and_hint(virq, cpu_online_mask);
}

static int req_call_notifier(unsigned int virq)
{
	return irq_set_affinity_notifier(virq, NULL);
}
#endif

static const struct {
	const char	*name;
	int		(*call)(unsigned int virq);
} req_calls[] = {
	{ "irq_set_irq_type()", req_call_type },
	{ "irq_set_chip()", req_call_chip },
	{ "irq_set_chip_data()", req_call_chip_data },
	{ "irq_set_handler_data()", req_call_handler_data },
	{ "irq_set_irq_wake()", req_call_wake },
	{ "irq_set_vcpu_affinity()", req_call_vcpu },
	{ "irq_get_irqchip_state()", req_call_get_state },
	{ "irq_set_irqchip_state()", req_call_set_state },
	{ "request_irq()", req_call_request },
	{ "request_any_context_irq()", req_call_any },
	{ "request_nmi()", req_call_nmi },
	{ "request_percpu_irq()", req_call_percpu },
	{ "request_percpu_nmi()", req_call_percpu_nmi },
	{ "prepare_percpu_nmi()", req_call_prepare },
#ifdef CONFIG_GENERIC_MSI_IRQ
	{ "irq_set_msi_desc()", req_call_msi },
#endif
#ifdef CONFIG_SMP
	{ "irq_set_affinity()", req_call_affinity },
	{ "irq_set_affinity_and_hint()", req_call_hint },
	{ "irq_set_affinity_notifier()", req_call_notifier },
#endif
};

/* An interrupt which does not exist: nothing crashes, and -EINVAL where there is an error. */
static void req_missing(struct kunit *test)
{
	/* Behind the last one there can be, so that nobody else maps it meanwhile */
	static const unsigned int missing[] = { INT_MAX, UINT_MAX };

	for (int i = 0; i < ARRAY_SIZE(missing); i++) {
		unsigned int virq = missing[i];
		bool enabled;

		for (int j = 0; j < ARRAY_SIZE(req_calls); j++)
			KUNIT_EXPECT_EQ_MSG(test, req_calls[j].call(virq), -EINVAL, "%s of %u",
					    req_calls[j].name, virq);
		KUNIT_EXPECT_NULL(test, irq_get_irq_data(virq));
		KUNIT_EXPECT_NULL(test, irq_get_chip(virq));
		KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
		KUNIT_EXPECT_FALSE(test, irq_check_status_bit(virq, ~0U));
		KUNIT_EXPECT_FALSE(test, can_request_irq(virq, IRQF_SHARED));
		KUNIT_EXPECT_EQ(test, irq_get_trigger_type(virq), IRQ_TYPE_NONE);
		KUNIT_EXPECT_EQ(test, generic_handle_irq_safe(virq), -EINVAL);
		KUNIT_EXPECT_NULL(test, free_irq(virq, NULL));
		KUNIT_EXPECT_NULL(test, free_nmi(virq, NULL));
		KUNIT_EXPECT_FALSE(test, disable_hardirq(virq));
		KUNIT_EXPECT_TRUE_MSG(test, synchronize_hardirq(virq), "a thread runs");
		synchronize_irq(virq);
		disable_irq(virq);
		disable_irq_nosync(virq);
		enable_irq(virq);
		irq_wake_thread(virq, test);
		irq_set_handler(virq, handle_simple_irq);
		irq_set_chained_handler_and_data(virq, handle_simple_irq, test);
		irq_modify_status(virq, 0, IRQ_NOREQUEST);
		scoped_guard(preempt) {
			enable_percpu_irq(virq, IRQ_TYPE_NONE);
			disable_percpu_irq(virq);
			enabled = irq_percpu_is_enabled(virq);
			teardown_percpu_nmi(virq);
		}
		KUNIT_EXPECT_FALSE(test, enabled);
		free_percpu_irq(virq, NULL);
		free_percpu_nmi(virq, NULL);
	}
}

static struct kunit_case genirq_percpu_cases[] = {
	KUNIT_CASE_PARAM(req_percpu_enable, percpu_gen_params),
	KUNIT_CASE(req_percpu_shared),
	KUNIT_CASE(req_nmi_refused),
	KUNIT_CASE(req_nmi),
	KUNIT_CASE(req_nmi_percpu),
	KUNIT_CASE(req_missing),
	{}
};

static struct kunit_suite genirq_percpu_suite = {
	.name = "genirq_percpu",
	.init = req_percpu_init,
	.test_cases = genirq_percpu_cases,
};

kunit_test_suite(genirq_percpu_suite);

MODULE_DESCRIPTION("KUnit tests of per-CPU interrupts and NMIs");
MODULE_LICENSE("GPL");
