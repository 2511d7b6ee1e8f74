// SPDX-License-Identifier: GPL-2.0
/*
 * C26: each call of genirq's driver API, on a line in each state. It either works or returns
 * the documented error, and the line still works afterwards.
 */

#include "irq_sim_kunit.h"

/* State of the line at the time of the call. */
enum api_state {
	API_IDLE,
	API_MASKED,	/* disabled, at the chip */
	API_LATCHED,	/* disabled, one event kept and one latched */
	API_RUNNING,	/* its handler is in progress on another CPU */
};

struct api_param {
	struct sim_kind_param	kind;
	enum api_state		state;
};

#define PARAM	SIM_KIND_PARAM

static const struct api_param api_params[] = {
	{ PARAM(HARDIRQ, ACK, 0, "ack hardirq idle"), API_IDLE },
	{ PARAM(HARDIRQ, ACK, 0, "ack hardirq masked"), API_MASKED },
	{ PARAM(HARDIRQ, ACK, 0, "ack hardirq latched"), API_LATCHED },
	{ PARAM(HARDIRQ, ACK, 0, "ack hardirq running"), API_RUNNING },
	{ PARAM(TASKLET, ACK, 0, "ack tasklet idle"), API_IDLE },
	{ PARAM(TASKLET, ACK, 0, "ack tasklet masked"), API_MASKED },
	{ PARAM(TASKLET, ACK, 0, "ack tasklet latched"), API_LATCHED },
	{ PARAM(TASKLET, ACK, 0, "ack tasklet running"), API_RUNNING },
	{ PARAM(BH_WORK, ACK, 0, "ack bh_work idle"), API_IDLE },
	{ PARAM(BH_WORK, ACK, 0, "ack bh_work masked"), API_MASKED },
	{ PARAM(BH_WORK, ACK, 0, "ack bh_work latched"), API_LATCHED },
	{ PARAM(BH_WORK, ACK, 0, "ack bh_work running"), API_RUNNING },
	{ PARAM(HARDIRQ, EOI, 0, "eoi hardirq idle"), API_IDLE },
	{ PARAM(HARDIRQ, EOI, 0, "eoi hardirq masked"), API_MASKED },
	{ PARAM(HARDIRQ, EOI, 0, "eoi hardirq latched"), API_LATCHED },
	{ PARAM(HARDIRQ, EOI, 0, "eoi hardirq running"), API_RUNNING },
	{ PARAM(TASKLET, EOI, 0, "eoi tasklet idle"), API_IDLE },
	{ PARAM(TASKLET, EOI, 0, "eoi tasklet masked"), API_MASKED },
	{ PARAM(TASKLET, EOI, 0, "eoi tasklet latched"), API_LATCHED },
	{ PARAM(TASKLET, EOI, 0, "eoi tasklet running"), API_RUNNING },
	{ PARAM(BH_WORK, EOI, 0, "eoi bh_work idle"), API_IDLE },
	{ PARAM(BH_WORK, EOI, 0, "eoi bh_work masked"), API_MASKED },
	{ PARAM(BH_WORK, EOI, 0, "eoi bh_work latched"), API_LATCHED },
	{ PARAM(BH_WORK, EOI, 0, "eoi bh_work running"), API_RUNNING },
};

static const struct sim_kind_param api_percpu_params[] = {
	SIM_KIND_PARAM(HARDIRQ, PERCPU, 0, "hardirq"),
	SIM_KIND_PARAM(TASKLET, PERCPU, 0, "tasklet"),
	SIM_KIND_PARAM(BH_WORK, PERCPU, 0, "bh_work"),
};

KUNIT_ARRAY_PARAM_DESC(api, api_params, kind.sim.name);
KUNIT_ARRAY_PARAM_DESC(kind, sim_kind_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(percpu, api_percpu_params, sim.name);

/**
 * struct api_call - a call, or several which belong together
 * @name:	its name in messages
 * @call:	makes the call, and undoes it if needed
 * @ret:	expected return value
 * @runs:	handler runs caused by the call, in each state
 */
struct api_call {
	const char	*name;
	int		(*call)(struct sim_line *line);
	int		ret;
	int		runs[4];
};

/* Distinct from what genirq returns */
#define API_WRONG	1000

static irqreturn_t api_none(int irq, void *data)
{
	return IRQ_NONE;
}

static int api_request(struct sim_line *line)
{
	return request_irq(line->virq, api_none, 0, "api", line->st);
}

static int api_request_shared(struct sim_line *line)
{
	return request_irq(line->virq, api_none, IRQF_SHARED, "api", line->st);
}

static int api_request_shared_nobody(struct sim_line *line)
{
	return request_irq(line->virq, api_none, IRQF_SHARED, "api", NULL);
}

static int api_request_type(struct sim_line *line)
{
	return request_irq(line->virq, api_none, IRQF_TRIGGER_HIGH | IRQF_SHARED, "api",
			   line->st);
}

static int api_request_shared_noauto(struct sim_line *line)
{
	return request_irq(line->virq, api_none, IRQF_SHARED | IRQF_NO_AUTOEN, "api", line->st);
}

static int api_request_threaded(struct sim_line *line)
{
	return request_threaded_irq(line->virq, NULL, api_none, IRQF_ONESHOT, "api", line->st);
}

static int api_request_nothing(struct sim_line *line)
{
	irq_handler_t none = NULL;

	return request_threaded_irq(line->virq, none, none, 0, "api", line->st);
}

static int api_request_any(struct sim_line *line)
{
	return request_any_context_irq(line->virq, api_none, 0, "api", line->st);
}

static int api_request_percpu(struct sim_line *line)
{
	return request_percpu_irq(line->virq, api_none, "api", (void __percpu __force *)line->st);
}

static int api_percpu_calls(struct sim_line *line)
{
	int ret;

	/* Not for this kind of line: nothing happens */
	guard(preempt)();
	ret = irq_percpu_is_enabled(line->virq);
	enable_percpu_irq(line->virq, IRQ_TYPE_NONE);
	disable_percpu_irq(line->virq);
	free_percpu_irq(line->virq, (void __percpu __force *)line->st);
	return ret;
}

/* Lines which the chip cannot deliver as NMIs cannot be requested as such */
#ifndef MODULE
static int api_request_nmi(struct sim_line *line)
{
	return request_nmi(line->virq, api_none, IRQF_PERCPU | IRQF_NO_AUTOEN, "api", line->st);
}

static int api_request_percpu_nmi(struct sim_line *line)
{
	return request_percpu_nmi(line->virq, api_none, "api", NULL,
				  (void __percpu __force *)line->st);
}

static int api_prepare_nmi(struct sim_line *line)
{
	guard(preempt)();
	teardown_percpu_nmi(line->virq);
	return prepare_percpu_nmi(line->virq);
}

static int api_nmi_calls(struct sim_line *line)
{
	disable_nmi_nosync(line->virq);
	enable_nmi(line->virq);
	return 0;
}
#endif

static int api_disable(struct sim_line *line)
{
	disable_irq(line->virq);
	disable_irq(line->virq);
	enable_irq(line->virq);
	enable_irq(line->virq);
	return 0;
}

static int api_disable_nosync(struct sim_line *line)
{
	disable_irq_nosync(line->virq);
	enable_irq(line->virq);
	return 0;
}

static int api_disable_hardirq(struct sim_line *line)
{
	bool done = disable_hardirq(line->virq);

	enable_irq(line->virq);
	return done ? 0 : API_WRONG;
}

static int api_synchronize(struct sim_line *line)
{
	synchronize_irq(line->virq);
	return 0;
}

static int api_synchronize_hardirq(struct sim_line *line)
{
	return synchronize_hardirq(line->virq) ? 0 : API_WRONG;
}

static int api_wake_thread(struct sim_line *line)
{
	/* The line has no thread */
	irq_wake_thread(line->virq, line);
	return 0;
}

static int api_wake(struct sim_line *line)
{
	return enable_irq_wake(line->virq) ?: irq_set_irq_wake(line->virq, 1) ?:
	       irq_set_irq_wake(line->virq, 0) ?: disable_irq_wake(line->virq);
}

static int api_get_states(struct sim_line *line)
{
	bool state;

	for (int which = IRQCHIP_STATE_PENDING; which <= IRQCHIP_STATE_LINE_LEVEL; which++)
		if (irq_get_irqchip_state(line->virq, which, &state))
			return API_WRONG + which;
	return irq_get_irqchip_state(line->virq, IRQCHIP_STATE_LINE_LEVEL + 1, &state);
}

static int api_set_active(struct sim_line *line)
{
	return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_ACTIVE, true);
}

static int api_set_unknown(struct sim_line *line)
{
	return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_LINE_LEVEL + 1, true);
}

static int api_set_masked(struct sim_line *line)
{
	bool masked = sim_state(line, IRQCHIP_STATE_MASKED);

	if (irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, true) ||
	    !sim_state(line, IRQCHIP_STATE_MASKED))
		return API_WRONG;
	return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, masked);
}

static int api_set_level(struct sim_line *line)
{
	/* A rising edge, and a falling one which the line does not trigger on */
	if (irq_set_irqchip_state(line->virq, IRQCHIP_STATE_LINE_LEVEL, true) ||
	    !sim_state(line, IRQCHIP_STATE_LINE_LEVEL))
		return API_WRONG;
	return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_LINE_LEVEL, false);
}

static int api_set_pending(struct sim_line *line)
{
	return sim_pend(line, true);
}

static int api_clear_pending(struct sim_line *line)
{
	return sim_pend(line, false);
}

#ifdef CONFIG_GENERIC_IRQ_INJECTION
static int api_inject(struct sim_line *line)
{
	return irq_inject_interrupt(line->virq);
}
#endif

/* Every type. The level is not asserted, so nothing runs. */
static int api_types(struct sim_line *line)
{
	for (unsigned int type = 0; type <= IRQ_TYPE_SENSE_MASK; type++) {
		int want = type <= IRQ_TYPE_LEVEL_HIGH || type == IRQ_TYPE_LEVEL_LOW ? 0 : -EINVAL;

		if (irq_set_irq_type(line->virq, IRQ_TYPE_NONE))
			return API_WRONG;
		sim_wire(line, type == IRQ_TYPE_LEVEL_LOW);
		if (irq_set_irq_type(line->virq, type) != want)
			return API_WRONG + type;
		if (!want && irq_get_trigger_type(line->virq) != type)
			return 2 * API_WRONG + type;
	}
	if (irq_set_irq_type(line->virq, IRQ_TYPE_NONE))
		return API_WRONG;
	sim_wire(line, false);
	return irq_set_irq_type(line->virq, IRQ_TYPE_EDGE_RISING);
}

static int api_status(struct sim_line *line)
{
	struct irq_data *data = irq_get_irq_data(line->virq);
	bool unlazy = irq_check_status_bit(line->virq, IRQ_DISABLE_UNLAZY);

	if (!irq_has_action(line->virq) || !data || data->hwirq != line->hwirq ||
	    !irq_get_chip(line->virq) || !irq_get_chip_data(line->virq) ||
	    irq_get_trigger_type(line->virq) != IRQ_TYPE_EDGE_RISING ||
	    irq_get_msi_desc(line->virq) || irq_is_percpu_devid(line->virq) ||
	    !irq_get_affinity_mask(line->virq) || !irq_get_effective_affinity_mask(line->virq))
		return API_WRONG;
	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	if (!irq_check_status_bit(line->virq, IRQ_DISABLE_UNLAZY))
		return API_WRONG + 1;
	if (!unlazy)
		irq_clear_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	if (irq_set_handler_data(line->virq, line) || irq_get_handler_data(line->virq) != line)
		return API_WRONG + 2;
	return irq_set_handler_data(line->virq, NULL);
}

static int api_vcpu(struct sim_line *line)
{
	return irq_set_vcpu_affinity(line->virq, NULL);
}

static int api_parent(struct sim_line *line)
{
	return irq_set_parent(line->virq, line->st->line[0].virq) ?:
	       irq_set_parent(line->virq, 0);
}

#ifdef CONFIG_SMP
static int api_affinity(struct sim_line *line)
{
	if (!irq_can_set_affinity(line->virq))
		return API_WRONG;
	return irq_set_affinity(line->virq, cpumask_of(0)) ?:
	       irq_set_affinity_and_hint(line->virq, cpumask_of(0)) ?:
	       irq_update_affinity_hint(line->virq, NULL) ?:
	       irq_force_affinity(line->virq, cpumask_of(0)) ?:
	       irq_set_affinity(line->virq, cpu_online_mask);
}

static int api_affinity_none(struct sim_line *line)
{
	return irq_set_affinity(line->virq, cpu_none_mask);
}

struct api_notify {
	struct irq_affinity_notify	notify;
	atomic_t			told;
	atomic_t			released;
};

static void api_notified(struct irq_affinity_notify *notify, const cpumask_t *mask)
{
	atomic_inc(&container_of(notify, struct api_notify, notify)->told);
}

static void api_notify_release(struct kref *ref)
{
	atomic_inc(&container_of(ref, struct api_notify, notify.kref)->released);
}

static int api_notifier(struct sim_line *line)
{
	/* It contains a work item, which would need annotation on the stack */
	struct api_notify *own = kzalloc_obj(*own);
	int ret;

	if (!own)
		return -ENOMEM;
	own->notify.notify = api_notified;
	own->notify.release = api_notify_release;
	ret = irq_set_affinity_notifier(line->virq, &own->notify);
	if (ret)
		goto out;
	ret = irq_set_affinity(line->virq, cpu_online_mask);
	flush_work(&own->notify.work);
	if (irq_set_affinity_notifier(line->virq, NULL) ||
	    atomic_read(&own->told) != 1 || atomic_read(&own->released) != 1)
		ret = API_WRONG;
out:
	kfree(own);
	return ret;
}

#ifndef MODULE
static int api_affinity_desc(struct sim_line *line)
{
	struct irq_affinity_desc desc = {};

	cpumask_copy(&desc.mask, cpumask_of(0));
	return irq_update_affinity_desc(line->virq, &desc);
}
#endif
#endif /* CONFIG_SMP */

static const struct api_call api_calls[] = {
	{ "request_irq", api_request, -EBUSY },
	{ "request_irq shared", api_request_shared, -EBUSY },
	{ "request_irq shared, no dev_id", api_request_shared_nobody, -EINVAL },
	{ "request_irq other type", api_request_type, -EBUSY },
	{ "request_irq shared, NO_AUTOEN", api_request_shared_noauto, -EINVAL },
	{ "request_threaded_irq", api_request_threaded, -EBUSY },
	{ "request_threaded_irq no handler", api_request_nothing, -EINVAL },
	{ "request_any_context_irq", api_request_any, -EBUSY },
	{ "request_percpu_irq", api_request_percpu, -EINVAL },
	{ "percpu calls", api_percpu_calls, 0 },
#ifndef MODULE
	{ "request_nmi", api_request_nmi, -EINVAL },
	{ "request_percpu_nmi", api_request_percpu_nmi, -EINVAL },
	{ "prepare_percpu_nmi", api_prepare_nmi, -EINVAL },
	{ "disable_nmi_nosync", api_nmi_calls, 0 },
#endif
	{ "disable_irq", api_disable, 0 },
	{ "disable_irq_nosync", api_disable_nosync, 0 },
	{ "disable_hardirq", api_disable_hardirq, 0 },
	{ "synchronize_irq", api_synchronize, 0 },
	{ "synchronize_hardirq", api_synchronize_hardirq, 0 },
	{ "irq_wake_thread", api_wake_thread, 0 },
	{ "irq_set_irq_wake", api_wake, 0 },
	{ "irq_get_irqchip_state", api_get_states, -EINVAL },
	{ "set ACTIVE", api_set_active, -EINVAL },
	{ "set unknown", api_set_unknown, -EINVAL },
	{ "set MASKED", api_set_masked, 0 },
	{ "set LINE_LEVEL", api_set_level, 0, { 1, 1, 0, 1 } },
	{ "set PENDING", api_set_pending, 0, { 1, 1, 0, 1 } },
	{ "clear PENDING", api_clear_pending, 0 },
#ifdef CONFIG_GENERIC_IRQ_INJECTION
	{ "irq_inject_interrupt", api_inject, 0, { 1, 1, 0, 1 } },
#endif
	{ "irq_set_irq_type", api_types, 0 },
	{ "irq_get_*", api_status, 0 },
	{ "irq_set_vcpu_affinity", api_vcpu, -ENOSYS },
	{ "irq_set_parent", api_parent, 0 },
#ifdef CONFIG_SMP
	{ "irq_set_affinity", api_affinity, 0 },
	{ "irq_set_affinity, no CPU", api_affinity_none, -EINVAL },
	{ "irq_set_affinity_notifier", api_notifier, 0 },
#ifndef MODULE
	{ "irq_update_affinity_desc", api_affinity_desc,
	  IS_ENABLED(CONFIG_GENERIC_IRQ_RESERVATION_MODE) ? -EOPNOTSUPP : -EBUSY },
#endif
#endif
};

/* Releases the handler, for the calls which wait for it. */
struct api_timer {
	struct hrtimer	timer;
	struct sim_test	*st;
};

static enum hrtimer_restart api_release(struct hrtimer *timer)
{
	struct api_timer *later = container_of(timer, struct api_timer, timer);

	atomic_set_release(&later->st->release, 1);
	return HRTIMER_NORESTART;
}

static void api_check(struct kunit *test, const struct api_call *call, enum api_state state)
{
	static const int runs[] = { 0, 0, 1, 1 };
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[3];
	struct sim_remote remote = { .fn = sim_fire_and_flush, .line = line };
	struct api_timer later = { .st = st };
	struct irq_sim_account account;
	int ret, before = sim_runs(line);

	atomic_set(&st->entered, 0);
	atomic_set(&st->release, 0);
	line->on_irq = state == API_RUNNING ? sim_hold : NULL;
	if (state == API_MASKED)
		irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	KUNIT_ASSERT_EQ(test, sim_request(line, 0), 0);

	switch (state) {
	case API_IDLE:
		break;
	case API_MASKED:
		disable_irq(line->virq);
		break;
	case API_LATCHED:
		disable_irq(line->virq);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
		break;
	case API_RUNNING:
		hrtimer_setup_on_stack(&later.timer, api_release, CLOCK_MONOTONIC,
				       HRTIMER_MODE_REL_HARD);
		sim_remote_hold(test, &remote);
		hrtimer_start(&later.timer, ms_to_ktime(2), HRTIMER_MODE_REL_HARD);
		break;
	}

	ret = call->call(line);
	KUNIT_EXPECT_EQ_MSG(test, ret, call->ret, "%s", call->name);

	switch (state) {
	case API_IDLE:
		break;
	case API_MASKED:
	case API_LATCHED:
		KUNIT_EXPECT_TRUE_MSG(test, sim_state(line, IRQCHIP_STATE_MASKED), "%s",
				      call->name);
		KUNIT_EXPECT_EQ_MSG(test, sim_runs(line), before, "%s", call->name);
		enable_irq(line->virq);
		break;
	case API_RUNNING:
		hrtimer_cancel(&later.timer);
		destroy_hrtimer_on_stack(&later.timer);
		atomic_set_release(&st->release, 1);
		sim_remote_end(&remote);
		break;
	}

	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ_MSG(test, sim_runs(line), before + runs[state] + call->runs[state],
			    "%s", call->name);
	KUNIT_EXPECT_FALSE_MSG(test, sim_state(line, IRQCHIP_STATE_MASKED), "%s", call->name);

	/* The line works as before */
	before = sim_runs(line);
	KUNIT_EXPECT_EQ_MSG(test, sim_fire(line), 1, "%s", call->name);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ_MSG(test, sim_runs(line), before + 1, "%s", call->name);
	account = sim_account(test, line);
	KUNIT_EXPECT_EQ_MSG(test, account.waiting, 0, "%s", call->name);
	KUNIT_EXPECT_EQ_MSG(test, account.latched,
			    sim_runs(line) + account.merged + account.dropped, "%s", call->name);
	free_irq(line->virq, line);
	/* Map anew, so that the next call has its own account */
	irq_dispose_mapping(line->virq);
	line->virq = sim_map(st->domain, line->hwirq);
	KUNIT_ASSERT_NE(test, line->virq, 0);
	atomic_set(&line->handled, 0);
}

static void api_walk(struct kunit *test)
{
	const struct api_param *param = test->param_value;

	if (param->state == API_RUNNING)
		sim_need_two_cpus(test);
	for (int i = 0; i < ARRAY_SIZE(api_calls); i++)
		api_check(test, &api_calls[i], param->state);
}

static irqreturn_t api_thread(int irq, void *data)
{
	struct sim_line *line = data;

	atomic_inc(&line->st->entered);
	return IRQ_HANDLED;
}

/* C26: the ways to request a line without an owner. */
static void api_requests(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "irq_sim_api");
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2], other = { .st = st, .virq = line->virq };
	irq_handler_t none = NULL;
	int virq = line->virq;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_EXPECT_FALSE(test, irq_has_action(virq));
	KUNIT_EXPECT_EQ(test, request_irq(IRQ_NOTCONNECTED, sim_handler, 0, "api", line),
			-ENOTCONN);

	KUNIT_EXPECT_EQ(test, request_any_context_irq(virq, sim_handler, 0, "api", line),
			IRQC_IS_HARDIRQ);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	synchronize_irq(virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 1);
	KUNIT_EXPECT_TRUE(test, irq_has_action(virq));
	KUNIT_EXPECT_STREQ(test, free_irq(virq, line), "api");
	KUNIT_EXPECT_FALSE(test, irq_has_action(virq));

	KUNIT_EXPECT_EQ(test, devm_request_irq(dev, virq, sim_handler, 0, "api", line), 0);
	KUNIT_EXPECT_NE(test, devm_request_irq(dev, virq, api_none, 0, "api", st), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	synchronize_irq(virq);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 2);
	devm_free_irq(dev, virq, line);

	/* Two compatible requests, and an incompatible one */
	KUNIT_EXPECT_EQ(test, sim_request(line, IRQF_SHARED | IRQF_TRIGGER_RISING), 0);
	KUNIT_EXPECT_EQ(test, sim_request(&other, IRQF_SHARED | IRQF_TRIGGER_RISING), 0);
	KUNIT_EXPECT_EQ(test, -EBUSY, request_irq(virq, api_none, IRQF_SHARED | IRQF_TRIGGER_HIGH,
						  "api", st));
	KUNIT_EXPECT_EQ(test, -EBUSY, request_threaded_irq(virq, NULL, api_none,
							   IRQF_SHARED | IRQF_ONESHOT, "api", st));
	KUNIT_EXPECT_EQ(test, -EBUSY, request_irq(virq, api_none, IRQF_SHARED | IRQF_PERCPU,
						  "api", st));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 3);
	KUNIT_EXPECT_EQ(test, sim_runs(&other), 1);
	free_irq(virq, &other);
	free_irq(virq, line);
	/* With DEBUG_SHIRQ the core then calls a shared handler once more, without an interrupt */
	if (IS_ENABLED(CONFIG_DEBUG_SHIRQ)) {
		KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
		KUNIT_EXPECT_EQ(test, sim_runs(&other), 2);
		atomic_dec(&line->begun);
		atomic_dec(&line->handled);
	}

	/* A thread, woken by its interrupt and explicitly */
	KUNIT_EXPECT_EQ(test, -EINVAL, request_threaded_irq(virq, none, api_thread, 0, "api",
							    line));
	KUNIT_EXPECT_EQ(test, 0, request_threaded_irq(virq, sim_wake_thread, api_thread,
						      IRQF_ONESHOT, "api", line));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	synchronize_irq(virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 1);
	irq_wake_thread(virq, line);
	synchronize_irq(virq);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->entered), 2);
	KUNIT_EXPECT_EQ(test, sim_runs(line), 4);
	free_irq(virq, line);
	sim_expect_account(test, line, NULL);
}

static unsigned int api_virq;
static void __percpu *api_cookie;
static atomic_t api_elsewhere;
static atomic_t api_runs;

static irqreturn_t api_percpu_handler(int irq, void *data)
{
	if (data != this_cpu_ptr(api_cookie))
		atomic_inc(&api_elsewhere);
	atomic_inc(&api_runs);
	return IRQ_HANDLED;
}

static void api_percpu_disable(void *unused)
{
	if (irq_percpu_is_enabled(api_virq))
		disable_percpu_irq(api_virq);
}

static void api_exit(struct kunit *test)
{
	if (api_virq) {
		/* This may run on another CPU than the test */
		on_each_cpu(api_percpu_disable, NULL, true);
		free_percpu_irq(api_virq, api_cookie);
		api_virq = 0;
	}
	free_percpu(api_cookie);
	api_cookie = NULL;
	sim_exit(test);
}

/* C26: a per-CPU line, and calls which do not apply to it. */
static void api_percpu(struct kunit *test)
{
	struct sim_test *st = test->priv;
	struct sim_line *line = &st->line[2];
	int virq = line->virq, runs;
	bool state;

	atomic_set(&api_runs, 0);
	atomic_set(&api_elsewhere, 0);
	api_cookie = alloc_percpu(int);
	KUNIT_ASSERT_NOT_NULL(test, (void __force *)api_cookie);
	KUNIT_EXPECT_EQ(test, request_percpu_irq(virq, api_percpu_handler, "api", NULL), -EINVAL);
	KUNIT_ASSERT_EQ(test, request_percpu_irq(virq, api_percpu_handler, "api", api_cookie), 0);
	api_virq = virq;
	KUNIT_EXPECT_EQ(test, -EINVAL, request_percpu_irq(virq, api_percpu_handler, "api",
							  api_cookie));
	KUNIT_EXPECT_TRUE(test, irq_has_action(virq));
	KUNIT_EXPECT_TRUE(test, irq_is_percpu_devid(virq));

	/* The enable state is that of this CPU */
	migrate_disable();
	KUNIT_EXPECT_FALSE(test, irq_percpu_is_enabled(virq));
	enable_percpu_irq(virq, IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_TRUE(test, irq_percpu_is_enabled(virq));

	/* Calls for global interrupts */
	disable_irq_nosync(virq);
	disable_irq(virq);
	enable_irq(virq);
	KUNIT_EXPECT_FALSE(test, disable_hardirq(virq));
	KUNIT_EXPECT_EQ(test, irq_set_irq_wake(virq, 1), -EINVAL);
	for (unsigned int type = 0; type <= IRQ_TYPE_SENSE_MASK; type++)
		KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, type), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_vcpu_affinity(virq, NULL), -ENOSYS);
	synchronize_irq(virq);
	KUNIT_EXPECT_TRUE(test, synchronize_hardirq(virq));
	if (IS_ENABLED(CONFIG_SMP)) {
		KUNIT_EXPECT_FALSE(test, irq_can_set_affinity(virq));
		KUNIT_EXPECT_EQ(test, irq_set_affinity(virq, cpumask_of(0)), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&api_runs), 1);

	/* Calls for this CPU's part, masked and latched */
	for (int which = IRQCHIP_STATE_PENDING; which <= IRQCHIP_STATE_LINE_LEVEL; which++)
		KUNIT_EXPECT_EQ(test, irq_get_irqchip_state(virq, which, &state), 0);
	KUNIT_EXPECT_EQ(test, irq_set_irqchip_state(virq, IRQCHIP_STATE_ACTIVE, true), -EINVAL);
	disable_percpu_irq(virq);
	KUNIT_EXPECT_EQ(test, sim_pend(line, true), 0);
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_PENDING));
	KUNIT_EXPECT_TRUE(test, sim_state(line, IRQCHIP_STATE_MASKED));
	KUNIT_EXPECT_EQ(test, sim_fire(line), 0);
	KUNIT_EXPECT_EQ(test, sim_pend(line, false), 0);
	KUNIT_EXPECT_EQ(test, sim_fire(line), 1);
	irq_sim_synchronize(st->domain);
	runs = atomic_read(&api_runs);
	KUNIT_EXPECT_EQ(test, runs, 1);
	enable_percpu_irq(virq, IRQ_TYPE_NONE);
	irq_sim_synchronize(st->domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&api_runs), 2);
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_INJECTION)) {
		KUNIT_EXPECT_EQ(test, irq_inject_interrupt(virq), 0);
		irq_sim_synchronize(st->domain);
		KUNIT_EXPECT_EQ(test, atomic_read(&api_runs), 3);
	}
	migrate_enable();
	KUNIT_EXPECT_EQ(test, atomic_read(&api_elsewhere), 0);
}

static struct kunit_case irq_sim_api_cases[] = {
	KUNIT_CASE_PARAM(api_walk, api_gen_params),
	KUNIT_CASE_PARAM(api_requests, kind_gen_params),
	KUNIT_CASE_PARAM(api_percpu, percpu_gen_params),
	{}
};

struct kunit_suite irq_sim_api_suite = {
	.name = "irq_sim_api",
	.init = sim_kind_init,
	.exit = api_exit,
	.test_cases = irq_sim_api_cases,
};
