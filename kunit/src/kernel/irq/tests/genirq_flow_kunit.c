// SPDX-License-Identifier: GPL-2.0
/*
 * What genirq asks of a controller for an interrupt, and in which order: flow handlers, trigger
 * types, chained handlers, wakeup, and controllers stacked on others.
 */

#include <linux/kernel_stat.h>
#include <linux/msi.h>

#include "genirq_request_kunit.h"

/**
 * struct flow_param - a flow handler
 * @name:	of the parameter
 * @handle:	the flow handler
 * @flags:	of the controller
 * @mask_ack:	the controller has one callback for both
 * @handled:	what an interrupt does
 * @disabled:	while it is disabled
 * @woken:	of an IRQF_ONESHOT interrupt, which has a thread
 * @thread:	when the thread has finished
 * @none:	if the thread is not woken
 */
struct flow_param {
	const char		*name;
	irq_flow_handler_t	handle;
	unsigned long		flags;
	bool			mask_ack;
	const char		*handled;
	const char		*disabled;
	const char		*woken;
	const char		*thread;
	const char		*none;
};

static const struct flow_param flow_params[] = {
	{ "simple", handle_simple_irq, 0, false,
	  "handler", "", "handler", "", "handler" },
	{ "untracked", handle_untracked_irq, 0, false,
	  "handler", "", "handler", "", "handler" },
	{ "level", handle_level_irq, 0, false,
	  "mask ack handler unmask", "mask ack", "mask ack handler", "unmask",
	  "mask ack handler unmask" },
	{ "level, mask_ack", handle_level_irq, 0, true,
	  "mask_ack handler unmask", "mask_ack", "mask_ack handler", "unmask",
	  "mask_ack handler unmask" },
	{ "edge", handle_edge_irq, 0, false,
	  "ack handler", "mask ack", "ack handler", "", "ack handler" },
	{ "edge, mask_ack", handle_edge_irq, 0, true,
	  "ack handler", "mask_ack", "ack handler", "", "ack handler" },
	{ "fasteoi", handle_fasteoi_irq, 0, false,
	  "handler eoi", "mask eoi", "mask handler eoi", "unmask", "mask handler eoi unmask" },
	{ "fasteoi, if handled", handle_fasteoi_irq, IRQCHIP_EOI_IF_HANDLED, false,
	  "handler eoi", "mask", "mask handler eoi", "unmask", "mask handler eoi unmask" },
	{ "fasteoi, threaded", handle_fasteoi_irq, IRQCHIP_EOI_THREADED, false,
	  "handler eoi", "mask eoi", "mask handler", "eoi unmask", "mask handler eoi unmask" },
#ifdef CONFIG_IRQ_FASTEOI_HIERARCHY_HANDLERS
	{ "fasteoi_ack", handle_fasteoi_ack_irq, 0, false,
	  "ack handler eoi", "mask eoi", "mask ack handler eoi", "unmask",
	  "mask ack handler eoi unmask" },
	{ "fasteoi_ack, if handled", handle_fasteoi_ack_irq, IRQCHIP_EOI_IF_HANDLED, false,
	  "ack handler eoi", "mask", "mask ack handler eoi", "unmask",
	  "mask ack handler eoi unmask" },
	{ "fasteoi_ack, threaded", handle_fasteoi_ack_irq, IRQCHIP_EOI_THREADED, false,
	  "ack handler eoi", "mask eoi", "mask ack handler", "eoi unmask",
	  "mask ack handler eoi unmask" },
	{ "fasteoi_mask", handle_fasteoi_mask_irq, 0, false,
	  "mask ack handler eoi unmask", "mask ack eoi", "mask ack handler eoi", "unmask",
	  "mask ack handler eoi unmask" },
	{ "fasteoi_mask, mask_ack", handle_fasteoi_mask_irq, 0, true,
	  "mask_ack handler eoi unmask", "mask_ack eoi", "mask_ack handler eoi", "unmask",
	  "mask_ack handler eoi unmask" },
	{ "fasteoi_mask, if handled", handle_fasteoi_mask_irq, IRQCHIP_EOI_IF_HANDLED, false,
	  "mask ack handler eoi unmask", "mask ack", "mask ack handler eoi", "unmask",
	  "mask ack handler eoi unmask" },
	{ "fasteoi_mask, threaded", handle_fasteoi_mask_irq, IRQCHIP_EOI_THREADED, false,
	  "mask ack handler eoi unmask", "mask ack eoi", "mask ack handler", "eoi unmask",
	  "mask ack handler eoi unmask" },
#endif
};

KUNIT_ARRAY_PARAM_DESC(flow, flow_params, name);

/*
 * The callbacks of a flow handler, for each way in which an interrupt may end. The trigger is a
 * level, so that an interrupt which comes while it is disabled is not sent again.
 */
static void flow_callbacks(struct kunit *test)
{
	const struct flow_param *param = test->param_value;
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, "handler", IRQ_HANDLED);
	unsigned int virq = rc->virq[0];

	if (param->mask_ack)
		rc->chip.irq_mask_ack = req_chip_mask_ack;
	rc->chip.flags = param->flags;
	irq_set_handler(virq, param->handle);
	KUNIT_ASSERT_EQ(test, req_request_irq(test, virq, req_handler, IRQF_TRIGGER_HIGH, "flow",
					      user), 0);
	req_clear(rc);
	generic_handle_irq_safe(virq);
	REQ_EXPECT_LOG(test, rc, param->handled, "an interrupt");
	disable_irq(virq);
	REQ_EXPECT_LOG(test, rc, "", "disable_irq() is lazy");
	generic_handle_irq_safe(virq);
	REQ_EXPECT_LOG(test, rc, param->disabled, "an interrupt while it is disabled");
	enable_irq(virq);
	REQ_EXPECT_LOG(test, rc, strstarts(param->disabled, "mask") ? "unmask" : "",
		       "enable_irq()");
	generic_handle_irq_safe(virq);
	REQ_EXPECT_LOG(test, rc, param->handled, "an interrupt after it was enabled");
	KUNIT_EXPECT_EQ(test, req_free_irq(test, virq, user), 0);

	KUNIT_ASSERT_EQ(test, 0, req_request_threaded_irq(test, virq, req_handler, req_thread,
							  IRQF_TRIGGER_HIGH | IRQF_ONESHOT,
							    "flow", user));
	req_clear(rc);
	generic_handle_irq_safe(virq);
	REQ_EXPECT_LOG(test, rc, param->none, "the thread is not needed");
	user->ret = IRQ_WAKE_THREAD;
	user->hold = true;
	for (int disabled = 0; disabled < 2; disabled++) {
		const char *want = param->thread;
		bool masks = strends(param->thread, "unmask");

		generic_handle_irq_safe(virq);
		wait_for_completion(&user->entered);
		REQ_EXPECT_LOG(test, rc, param->woken, "the thread is woken");
		if (disabled) {
			disable_irq_nosync(virq);
			want = param->flags & IRQCHIP_EOI_THREADED ? "eoi" : "";
		}
		complete(&user->go);
		synchronize_irq(virq);
		REQ_EXPECT_LOG(test, rc, want, "the thread is done, disabled %d", disabled);
		if (disabled) {
			enable_irq(virq);
			REQ_EXPECT_LOG(test, rc, masks ? "unmask" : "", "enable_irq()");
		}
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&user->thread_runs), 2);
}

static irqreturn_t flow_again(int irq, void *data)
{
	struct req_user *user = data;

	/* As if another CPU got it, meanwhile */
	if (atomic_inc_return(&user->runs) == 1)
		generic_handle_irq(irq);
	return IRQ_HANDLED;
}

/*
 * An untracked interrupt is not counted: a demultiplexer calls all handlers it has, and most of
 * them have nothing to do. Otherwise, handle_untracked_irq() is handle_simple_irq().
 */
static void flow_untracked(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, NULL, IRQ_NONE);
	unsigned int virq = rc->virq[0], count = kstat_irqs_usr(virq);

	irq_set_handler(virq, handle_untracked_irq);
	KUNIT_ASSERT_EQ(test, req_request_irq(test, virq, req_handler, 0, "flow", user), 0);
	/* As many would disable one which is tracked */
	for (int i = 0; i < 100001; i++)
		generic_handle_irq_safe(virq);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&user->runs), 100001, "taken for a spurious one");
	KUNIT_EXPECT_FALSE_MSG(test, irqd_irq_disabled(irq_get_irq_data(virq)),
			       "taken for a spurious one");
	KUNIT_EXPECT_EQ_MSG(test, kstat_irqs_usr(virq), count, "counted");
	KUNIT_EXPECT_EQ(test, req_free_irq(test, virq, user), 0);

	KUNIT_ASSERT_EQ(test, req_request_irq(test, virq, flow_again, 0, "flow", user), 0);
	atomic_set(&user->runs, 0);
	generic_handle_irq_safe(virq);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&user->runs), 1, "a handler in a handler");
	KUNIT_EXPECT_FALSE(test, irqd_irq_inprogress(irq_get_irq_data(virq)));
	generic_handle_irq_safe(virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&user->runs), 2);

	irq_set_handler(virq, handle_simple_irq);
	generic_handle_irq_safe(virq);
	KUNIT_EXPECT_EQ_MSG(test, kstat_irqs_usr(virq), count + 1, "not counted");
}

/* handle_percpu_irq() does without the lock; the controller may have an ack, an EOI, or both. */
static void flow_percpu(struct kunit *test)
{
	static const char * const want[] = {
		"handler", "ack handler", "handler eoi", "ack handler eoi",
	};
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, "handler", IRQ_HANDLED);
	unsigned int virq = rc->virq[0];

	irq_set_handler(virq, handle_percpu_irq);
	KUNIT_ASSERT_EQ(test, req_request_irq(test, virq, req_handler, IRQF_PERCPU, "flow", user),
			0);
	req_clear(rc);
	for (int i = 0; i < ARRAY_SIZE(want); i++) {
		rc->chip.irq_ack = i & 1 ? req_chip_ack : NULL;
		rc->chip.irq_eoi = i & 2 ? req_chip_eoi : NULL;
		migrate_disable();
		generic_handle_irq_safe(virq);
		KUNIT_EXPECT_EQ(test, kstat_irqs_cpu(virq, smp_processor_id()) > 0, 1);
		migrate_enable();
		REQ_EXPECT_LOG(test, rc, want[i], "an interrupt");
	}
}

static unsigned int flow_type;

static int flow_set_type(struct irq_data *data, unsigned int type)
{
	flow_type = type;
	return req_note(irq_data_get_irq_chip_data(data), "type");
}

/* A controller with one trigger for all */
static int flow_nocopy(struct irq_data *data, unsigned int type)
{
	flow_type = type;
	irqd_set_trigger_type(data, IRQ_TYPE_LEVEL_LOW);
	return IRQ_SET_MASK_OK_NOCOPY;
}

static void flow_expect_type(struct kunit *test, unsigned int type)
{
	struct req_chip *rc = test->priv;
	bool level = type & IRQ_TYPE_LEVEL_MASK;

	KUNIT_EXPECT_EQ_MSG(test, irq_get_trigger_type(rc->virq[0]), type, "what it is now");
	KUNIT_EXPECT_EQ_MSG(test, irqd_is_level_type(irq_get_irq_data(rc->virq[0])), level,
			    "it is a level");
	KUNIT_EXPECT_EQ_MSG(test, irq_check_status_bit(rc->virq[0], IRQ_LEVEL), level,
			    "it is a level");
}

/* The trigger of an interrupt is the last one which its controller has accepted. */
static void flow_types(struct kunit *test)
{
	static const unsigned int types[] = {
		IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_EDGE_BOTH, IRQ_TYPE_LEVEL_LOW, IRQ_TYPE_EDGE_FALLING,
	};
	struct req_chip *rc = test->priv;
	unsigned int virq = rc->virq[0];

	rc->chip.irq_set_type = flow_set_type;
	for (int i = 0; i < ARRAY_SIZE(types); i++) {
		KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, types[i] | IRQF_SHARED), 0);
		KUNIT_EXPECT_EQ_MSG(test, flow_type, types[i], "the controller gets other flags");
		flow_expect_type(test, types[i]);
		rc->fails = "type";
		rc->error = -EINVAL;
		KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING), -EINVAL);
		rc->fails = NULL;
		flow_expect_type(test, types[i]);
	}
	rc->chip.irq_set_type = flow_nocopy;
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING), 0);
	KUNIT_EXPECT_EQ(test, flow_type, IRQ_TYPE_EDGE_RISING);
	flow_expect_type(test, IRQ_TYPE_LEVEL_LOW);
	rc->chip.irq_set_type = NULL;
	KUNIT_EXPECT_EQ_MSG(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING), 0,
			    "there is only one type");
	flow_expect_type(test, IRQ_TYPE_LEVEL_LOW);
}

/* With IRQCHIP_SET_TYPE_MASKED the interrupt is masked meanwhile, and then as it was before. */
static void flow_type_masked(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_user *user = req_user(test, "handler", IRQ_WAKE_THREAD);
	unsigned int virq = rc->virq[0];

	rc->chip.flags = IRQCHIP_SET_TYPE_MASKED;
	KUNIT_ASSERT_EQ(test, 0, req_request_threaded_irq(test, virq, req_handler, req_thread,
							  IRQF_ONESHOT | IRQF_TRIGGER_HIGH,
							    "flow", user));
	REQ_EXPECT_LOG(test, rc, "request type activate startup", "a request");
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), 0);
	REQ_EXPECT_LOG(test, rc, "mask type unmask", "it is enabled");
	rc->fails = "type";
	rc->error = -EINVAL;
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), -EINVAL);
	rc->fails = NULL;
	REQ_EXPECT_LOG(test, rc, "mask type unmask", "it fails, but is enabled");
	disable_irq(virq);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), 0);
	REQ_EXPECT_LOG(test, rc, "mask type", "it is disabled");
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), 0);
	REQ_EXPECT_LOG(test, rc, "type", "it is masked");
	enable_irq(virq);
	REQ_EXPECT_LOG(test, rc, "unmask", "it is enabled");

	user->hold = true;
	generic_handle_irq_safe(virq);
	wait_for_completion(&user->entered);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), 0);
	REQ_EXPECT_LOG(test, rc, "mask ack handler type",
		       "IRQF_ONESHOT, unmasked while its thread runs");
	complete(&user->go);
	synchronize_irq(virq);
	REQ_EXPECT_LOG(test, rc, "unmask", "its thread is done");
}

/* irq_modify_status() changes what it is told to change, for genirq as well as for the chip. */
static void flow_status(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	unsigned int virq = rc->virq[0];
	struct irq_data *data = irq_get_irq_data(virq);

	KUNIT_ASSERT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_RISING), 0);
	irq_modify_status(virq, 0, IRQ_PER_CPU | IRQ_NO_BALANCING | IRQ_LEVEL | IRQ_NOPROBE);
	KUNIT_EXPECT_TRUE(test, irqd_is_per_cpu(data));
	KUNIT_EXPECT_FALSE(test, irqd_can_balance(data));
	KUNIT_EXPECT_TRUE(test, irqd_is_level_type(data));
	KUNIT_EXPECT_TRUE(test, irq_check_status_bit(virq, IRQ_NOPROBE));
	KUNIT_EXPECT_EQ_MSG(test, irq_get_trigger_type(virq), IRQ_TYPE_EDGE_RISING,
			    "nobody has changed the trigger");
	irq_modify_status(virq, IRQ_PER_CPU | IRQ_LEVEL, 0);
	KUNIT_EXPECT_FALSE(test, irqd_is_per_cpu(data));
	KUNIT_EXPECT_FALSE(test, irqd_is_level_type(data));
	KUNIT_EXPECT_FALSE_MSG(test, irqd_can_balance(data), "IRQ_NO_BALANCING was not cleared");
	KUNIT_EXPECT_TRUE(test, irq_check_status_bit(virq, IRQ_NOPROBE));
	irq_modify_status(virq, IRQ_TYPE_SENSE_MASK | IRQ_NO_BALANCING, IRQ_TYPE_LEVEL_LOW);
	KUNIT_EXPECT_TRUE(test, irqd_can_balance(data));
	KUNIT_EXPECT_EQ_MSG(test, irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW, "the new type");
}

static void flow_chained_first(struct irq_desc *desc)
{
	req_note(irq_desc_get_handler_data(desc), "first");
}

static void flow_chained_second(struct irq_desc *desc)
{
	req_note(irq_desc_get_handler_data(desc), "second");
}

/* Controllers choose the flow handler for a trigger */
static int flow_type_handler(struct irq_data *data, unsigned int type)
{
	irq_set_handler_locked(data, handle_edge_irq);
	return req_note(irq_data_get_irq_chip_data(data), "type");
}

/* Whoever chains an interrupt gets all of it, with its trigger, until it is unchained. */
static void flow_chained(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	unsigned int virq = rc->virq[0];

	rc->chip.irq_set_type = flow_type_handler;
	irqd_set_trigger_type(irq_get_irq_data(virq), IRQ_TYPE_EDGE_RISING);
	for (int i = 0; i < 2; i++) {
		irq_set_chained_handler_and_data(virq, flow_chained_first, rc);
		REQ_EXPECT_LOG(test, rc, i ? "type startup" : "type activate startup", "chained");
		generic_handle_irq_safe(virq);
		REQ_EXPECT_LOG(test, rc, "first", "an interrupt");
		KUNIT_EXPECT_TRUE(test, irq_has_action(virq));
		KUNIT_EXPECT_TRUE(test, irq_check_status_bit(virq, IRQ_NOREQUEST));
		KUNIT_EXPECT_TRUE(test, irq_check_status_bit(virq, IRQ_NOPROBE));
		KUNIT_EXPECT_TRUE(test, irq_check_status_bit(virq, IRQ_NOTHREAD));
		KUNIT_EXPECT_FALSE(test, can_request_irq(virq, IRQF_SHARED));
		KUNIT_EXPECT_EQ_MSG(test, request_irq(virq, no_action, IRQF_SHARED, "flow", rc),
				    -EINVAL, "shared with a chained handler");
		KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_FALLING), 0);
		generic_handle_irq_safe(virq);
		REQ_EXPECT_LOG(test, rc, "type first", "another trigger");
		irq_set_chained_handler(virq, flow_chained_second);
		generic_handle_irq_safe(virq);
		REQ_EXPECT_LOG(test, rc, "type second", "another handler");

		irq_set_chained_handler_and_data(virq, NULL, NULL);
		REQ_EXPECT_LOG(test, rc, "mask ack shutdown", "unchained");
		KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
		KUNIT_EXPECT_FALSE(test, irqd_is_started(irq_get_irq_data(virq)));
		KUNIT_EXPECT_NULL(test, irq_get_handler_data(virq));
	}
	irq_set_handler(virq, handle_level_irq);
	irq_clear_status_flags(virq, IRQ_NOREQUEST);
	KUNIT_EXPECT_EQ_MSG(test, req_request_irq(test, virq, no_action, 0, "flow", rc), 0,
			    "requested after it was unchained");
}

static int flow_set_wake(struct irq_data *data, unsigned int on)
{
	return req_note(irq_data_get_irq_chip_data(data), on ? "on" : "off");
}

/* Wakeup is on from the first enable_irq_wake() to the last disable_irq_wake() which worked. */
static void flow_wake(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	unsigned int virq = rc->virq[0];
	struct irq_data *data = irq_get_irq_data(virq);

	KUNIT_EXPECT_EQ_MSG(test, enable_irq_wake(virq), -ENXIO, "the controller cannot");
	KUNIT_EXPECT_FALSE(test, irqd_is_wakeup_set(data));
	rc->chip.irq_set_wake = flow_set_wake;
	rc->fails = "on";
	rc->error = -EIO;
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, enable_irq_wake(virq), -EIO);
	KUNIT_EXPECT_FALSE_MSG(test, irqd_is_wakeup_set(data), "it could not be enabled");
	rc->fails = NULL;
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, enable_irq_wake(virq), 0);
	KUNIT_EXPECT_TRUE(test, irqd_is_wakeup_set(data));
	REQ_EXPECT_LOG(test, rc, "on on on", "two failures, and the first of two");
	KUNIT_EXPECT_EQ(test, disable_irq_wake(virq), 0);
	REQ_EXPECT_LOG(test, rc, "", "the first of two");
	rc->fails = "off";
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, disable_irq_wake(virq), -EIO);
	KUNIT_EXPECT_TRUE_MSG(test, irqd_is_wakeup_set(data), "it could not be disabled");
	rc->fails = NULL;
	KUNIT_EXPECT_EQ(test, disable_irq_wake(virq), 0);
	REQ_EXPECT_LOG(test, rc, "off off off", "two failures, and the last");
	KUNIT_EXPECT_FALSE(test, irqd_is_wakeup_set(data));
	KUNIT_EXPECT_EQ(test, enable_irq_wake(virq), 0);
	KUNIT_EXPECT_EQ(test, disable_irq_wake(virq), 0);
	REQ_EXPECT_LOG(test, rc, "on off", "once more");

	rc->chip.flags = IRQCHIP_SKIP_SET_WAKE;
	KUNIT_EXPECT_EQ(test, enable_irq_wake(virq), 0);
	KUNIT_EXPECT_TRUE(test, irqd_is_wakeup_set(data));
	KUNIT_EXPECT_EQ(test, disable_irq_wake(virq), 0);
	REQ_EXPECT_LOG(test, rc, "", "IRQCHIP_SKIP_SET_WAKE");
}

/* Values which are passed through */
static struct {
	enum irqchip_irq_state	which;
	bool			value;
	void			*info;
} flow_passed;

static int flow_get_state(struct irq_data *data, enum irqchip_irq_state which, bool *state)
{
	flow_passed.which = which;
	/* An active one would be waited for */
	*state = which != IRQCHIP_STATE_ACTIVE && flow_passed.value;
	return req_note(irq_data_get_irq_chip_data(data), "get");
}

static int flow_set_state(struct irq_data *data, enum irqchip_irq_state which, bool state)
{
	flow_passed.which = which;
	flow_passed.value = state;
	return req_note(irq_data_get_irq_chip_data(data), "set");
}

static int flow_set_vcpu(struct irq_data *data, void *info)
{
	flow_passed.info = info;
	return req_note(irq_data_get_irq_chip_data(data), "vcpu");
}

static int flow_retrigger(struct irq_data *data)
{
	req_note(irq_data_get_irq_chip_data(data), "retrigger");
	return 1;
}

static void flow_compose(struct irq_data *data, struct msi_msg *msg)
{
	msg->data = data->hwirq;
	req_note(irq_data_get_irq_chip_data(data), "compose");
}

static int flow_alloc(struct irq_domain *domain, unsigned int virq, unsigned int nr, void *arg)
{
	struct req_chip *rc = domain->host_data;

	if (domain->parent) {
		int ret = irq_domain_alloc_irqs_parent(domain, virq, nr, arg);

		if (ret)
			return ret;
	}
	return irq_domain_set_hwirq_and_chip(domain, virq, domain->parent ? 1 : 2, &rc->chip, rc);
}

static const struct irq_domain_ops flow_domain_ops = {
	.alloc	= flow_alloc,
	.free	= irq_domain_free_irqs_common,
};

static void flow_remove(void *domain)
{
	irq_domain_remove(domain);
}

static void flow_free(void *virq)
{
	irq_domain_free_irqs((unsigned long)virq, 1);
}

/* Stack a controller without callbacks on another one; its line is line 0 of @rc. */
static struct req_chip *flow_stack(struct kunit *test, struct req_chip *rc)
{
	struct req_chip *low = kunit_kzalloc(test, sizeof(*low), GFP_KERNEL);
	struct req_chip *high = kunit_kzalloc(test, sizeof(*high), GFP_KERNEL);
	struct irq_domain_info info = {
		.size = 4, .hwirq_max = 4, .ops = &flow_domain_ops, .host_data = low,
	};
	long virq;

	KUNIT_ASSERT_NOT_NULL(test, low);
	KUNIT_ASSERT_NOT_NULL(test, high);
	raw_spin_lock_init(&low->lock);
	raw_spin_lock_init(&high->lock);
	low->domain = irq_domain_instantiate(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, low->domain);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, flow_remove, low->domain), 0);
	info.parent = low->domain;
	info.host_data = high;
	high->domain = irq_domain_instantiate(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, high->domain);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, flow_remove, high->domain), 0);
	virq = irq_domain_alloc_irqs(high->domain, 1, NUMA_NO_NODE, NULL);
	KUNIT_ASSERT_GT(test, virq, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, flow_free, (void *)virq), 0);
	rc->virq[0] = virq;
	high->chip.name = "high";
	low->chip.name = "low";
	return low;
}

/* States, vCPUs and MSI messages: the outermost controller which can do it is asked, or none. */
static void flow_hierarchy(struct kunit *test)
{
	struct req_chip *rc = test->priv;
	struct req_chip *low = flow_stack(test, rc), *high;
	unsigned int virq = rc->virq[0];
	struct irq_data *data = irq_get_irq_data(virq);
	struct msi_msg msg = {};
	bool state = false;

	high = irq_data_get_irq_chip_data(data);
	KUNIT_EXPECT_EQ(test, irq_get_irqchip_state(virq, IRQCHIP_STATE_ACTIVE, &state), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_ACTIVE, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_vcpu_affinity(virq, test), -ENOSYS);
	KUNIT_EXPECT_EQ(test, irq_chip_compose_msi_msg(data, &msg), -ENOSYS);

	for (int i = 0; i < 2; i++) {
		struct req_chip *asked = i ? high : low, *other = i ? low : high;

		asked->chip.irq_get_irqchip_state = flow_get_state;
		asked->chip.irq_set_irqchip_state = flow_set_state;
		asked->chip.irq_set_vcpu_affinity = flow_set_vcpu;
		asked->chip.irq_compose_msi_msg = flow_compose;
		flow_passed.value = true;
		KUNIT_EXPECT_EQ(test, irq_get_irqchip_state(virq, IRQCHIP_STATE_MASKED, &state), 0);
		KUNIT_EXPECT_EQ(test, flow_passed.which, IRQCHIP_STATE_MASKED);
		KUNIT_EXPECT_TRUE(test, state);
		KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_PENDING, false), 0);
		KUNIT_EXPECT_EQ(test, flow_passed.which, IRQCHIP_STATE_PENDING);
		KUNIT_EXPECT_FALSE(test, flow_passed.value);
		KUNIT_EXPECT_EQ(test, irq_set_vcpu_affinity(virq, rc), 0);
		KUNIT_EXPECT_PTR_EQ(test, flow_passed.info, (void *)rc);
		KUNIT_EXPECT_EQ(test, irq_chip_compose_msi_msg(data, &msg), 0);
		KUNIT_EXPECT_EQ_MSG(test, msg.data, i ? 1 : 2, "hwirq of the controller");
		REQ_EXPECT_LOG(test, asked, "get set vcpu compose", "who should be asked");
		REQ_EXPECT_LOG(test, other, "", "who should not be asked");
		asked->fails = "get";
		asked->error = -EIO;
		KUNIT_EXPECT_EQ(test, -EIO, irq_get_irqchip_state(virq, IRQCHIP_STATE_MASKED,
								  &state));
		asked->fails = "set";
		KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_MASKED, 1), -EIO);
		asked->fails = "vcpu";
		KUNIT_EXPECT_EQ(test, irq_set_vcpu_affinity(virq, rc), -EIO);
		REQ_EXPECT_LOG(test, asked, "get set vcpu", "errors");
	}
}

/* What irq_chip_*_parent() do if the controller below has not got the callback. */
static void flow_parent(struct kunit *test)
{
	struct req_chip *low = flow_stack(test, test->priv), *rc = test->priv;
	struct irq_data *data = irq_get_irq_data(rc->virq[0]);
	struct irq_chip *chip = &low->chip;
	bool state = true;

	KUNIT_EXPECT_EQ(test, irq_chip_set_affinity_parent(data, cpu_online_mask, false), -ENOSYS);
	KUNIT_EXPECT_EQ(test, irq_chip_set_type_parent(data, IRQ_TYPE_EDGE_RISING), -ENOSYS);
	KUNIT_EXPECT_EQ(test, irq_chip_set_vcpu_affinity_parent(data, NULL), -ENOSYS);
	KUNIT_EXPECT_EQ(test, irq_chip_set_wake_parent(data, 1), -ENOSYS);
	KUNIT_EXPECT_EQ_MSG(test, irq_chip_retrigger_hierarchy(data), 0, "nobody retriggers it");
	KUNIT_EXPECT_EQ_MSG(test, irq_chip_request_resources_parent(data), 0, "none are needed");
	irq_chip_release_resources_parent(data);
	KUNIT_EXPECT_EQ(test, irq_chip_set_parent_state(data, IRQCHIP_STATE_PENDING, true), 0);
	KUNIT_EXPECT_EQ(test, irq_chip_get_parent_state(data, IRQCHIP_STATE_PENDING, &state), 0);

	chip->irq_unmask = req_chip_unmask;
	chip->irq_mask = req_chip_mask;
	KUNIT_EXPECT_EQ(test, irq_chip_startup_parent(data), 0);
	irq_chip_enable_parent(data);
	irq_chip_shutdown_parent(data);
	irq_chip_disable_parent(data);
	REQ_EXPECT_LOG(test, low, "unmask unmask mask mask", "it can only be masked");
	chip->irq_enable = req_chip_enable;
	chip->irq_disable = req_chip_disable;
	KUNIT_EXPECT_EQ(test, irq_chip_startup_parent(data), 0);
	irq_chip_enable_parent(data);
	irq_chip_shutdown_parent(data);
	irq_chip_disable_parent(data);
	REQ_EXPECT_LOG(test, low, "enable enable disable disable", "it can be enabled");
	chip->irq_startup = req_chip_startup;
	chip->irq_shutdown = req_chip_shutdown;
	low->fails = "startup";
	low->error = 7;
	KUNIT_EXPECT_EQ_MSG(test, irq_chip_startup_parent(data), 7, "its return value");
	irq_chip_enable_parent(data);
	irq_chip_shutdown_parent(data);
	irq_chip_disable_parent(data);
	REQ_EXPECT_LOG(test, low, "startup enable shutdown disable", "it can be started");

	chip->irq_set_wake = flow_set_wake;
	low->fails = "off";
	low->error = -EIO;
	KUNIT_EXPECT_EQ(test, irq_chip_set_wake_parent(data, 1), 0);
	KUNIT_EXPECT_EQ(test, irq_chip_set_wake_parent(data, 0), -EIO);
	chip->flags = IRQCHIP_SKIP_SET_WAKE;
	KUNIT_EXPECT_EQ(test, irq_chip_set_wake_parent(data, 0), 0);
	REQ_EXPECT_LOG(test, low, "on off", "IRQCHIP_SKIP_SET_WAKE");
	chip->irq_retrigger = flow_retrigger;
	KUNIT_EXPECT_EQ_MSG(test, irq_chip_retrigger_hierarchy(data), 1, "it was retriggered");
	chip->irq_request_resources = req_chip_request;
	chip->irq_release_resources = req_chip_release;
	low->fails = "request";
	KUNIT_EXPECT_EQ(test, irq_chip_request_resources_parent(data), -EIO);
	irq_chip_release_resources_parent(data);
	REQ_EXPECT_LOG(test, low, "retrigger request release", "resources");
}

static struct kunit_case genirq_flow_cases[] = {
	KUNIT_CASE_PARAM(flow_callbacks, flow_gen_params),
	KUNIT_CASE(flow_untracked),
	KUNIT_CASE(flow_percpu),
	KUNIT_CASE(flow_types),
	KUNIT_CASE(flow_type_masked),
	KUNIT_CASE(flow_status),
	KUNIT_CASE(flow_chained),
	KUNIT_CASE(flow_wake),
	KUNIT_CASE(flow_hierarchy),
	KUNIT_CASE(flow_parent),
	{}
};

static struct kunit_suite genirq_flow_suite = {
	.name = "genirq_flow",
	.init = req_init,
	.test_cases = genirq_flow_cases,
};

kunit_test_suite(genirq_flow_suite);

MODULE_DESCRIPTION("KUnit tests of interrupt flows");
MODULE_LICENSE("GPL");
