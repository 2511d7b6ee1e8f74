// SPDX-License-Identifier: GPL-2.0
/*
 * The controller, the handlers and the threads which the suites for requests, per-CPU interrupts,
 * affinity and flow handlers share.
 */

#include <linux/jiffies.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "genirq_request_kunit.h"

/* Returns the error with which this callback should fail. */
int req_note(struct req_chip *rc, const char *what)
{
	guard(raw_spinlock_irqsave)(&rc->lock);
	rc->len += scnprintf(rc->log + rc->len, sizeof(rc->log) - rc->len, "%s%s",
			     rc->len ? " " : "", what);
	return rc->fails && !strcmp(rc->fails, what) ? rc->error : 0;
}

#define REQ_CALLBACK(_op)						\
void req_chip_##_op(struct irq_data *data)				\
{									\
	req_note(irq_data_get_irq_chip_data(data), #_op);		\
}

REQ_CALLBACK(mask)
REQ_CALLBACK(unmask)
REQ_CALLBACK(ack)
REQ_CALLBACK(mask_ack)
REQ_CALLBACK(eoi)
REQ_CALLBACK(enable)
REQ_CALLBACK(disable)
REQ_CALLBACK(shutdown)
REQ_CALLBACK(release)

unsigned int req_chip_startup(struct irq_data *data)
{
	return req_note(irq_data_get_irq_chip_data(data), "startup");
}

int req_chip_set_type(struct irq_data *data, unsigned int type)
{
	return req_note(irq_data_get_irq_chip_data(data), "type");
}

int req_chip_request(struct irq_data *data)
{
	return req_note(irq_data_get_irq_chip_data(data), "request");
}

int req_chip_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	irq_data_update_effective_affinity(data, mask);
	return req_note(irq_data_get_irq_chip_data(data), "affinity");
}

static int req_activate(struct irq_domain *domain, struct irq_data *data, bool reserve)
{
	return req_note(domain->host_data, "activate");
}

static void req_deactivate(struct irq_domain *domain, struct irq_data *data)
{
	req_note(domain->host_data, "deactivate");
}

static int req_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	struct req_chip *rc = domain->host_data;

	irq_set_chip_data(virq, rc);
	irq_set_chip_and_handler(virq, &rc->chip, handle_level_irq);
	return 0;
}

static const struct irq_domain_ops req_domain_ops = {
	.map		= req_map,
	.activate	= req_activate,
	.deactivate	= req_deactivate,
};

static void req_remove(void *domain)
{
	irq_domain_remove(domain);
}

static void req_dispose(void *virq)
{
	irq_dispose_mapping((unsigned long)virq);
}

int req_init(struct kunit *test)
{
	struct req_chip *rc = kunit_kzalloc(test, sizeof(*rc), GFP_KERNEL);
	struct irq_domain_info info = {
		.size = REQ_LINES, .hwirq_max = REQ_LINES, .ops = &req_domain_ops, .host_data = rc,
	};

	KUNIT_ASSERT_NOT_NULL(test, rc);
	raw_spin_lock_init(&rc->lock);
	rc->chip = (struct irq_chip) {
		.name			= "genirq_request",
		.irq_mask		= req_chip_mask,
		.irq_unmask		= req_chip_unmask,
		.irq_ack		= req_chip_ack,
		.irq_eoi		= req_chip_eoi,
		.irq_startup		= req_chip_startup,
		.irq_shutdown		= req_chip_shutdown,
		.irq_set_type		= req_chip_set_type,
		.irq_request_resources	= req_chip_request,
		.irq_release_resources	= req_chip_release,
	};
	rc->domain = irq_domain_instantiate(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, rc->domain);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, req_remove, rc->domain), 0);
	for (int i = 0; i < REQ_LINES; i++) {
		unsigned long virq = irq_create_mapping(rc->domain, i);

		KUNIT_ASSERT_NE(test, virq, 0);
		KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, req_dispose,
								   (void *)virq));
		rc->virq[i] = virq;
	}
	test->priv = rc;
	return 0;
}

struct req_user *req_user(struct kunit *test, const char *name, irqreturn_t ret)
{
	struct req_user *user = kunit_kzalloc(test, sizeof(*user), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, user);
	user->rc = test->priv;
	user->name = name;
	user->ret = ret;
	init_completion(&user->entered);
	init_completion(&user->go);
	return user;
}

/* A request or its end, which call the handler of a shared interrupt with CONFIG_DEBUG_SHIRQ. */
static bool req_changing;

irqreturn_t req_handler(int irq, void *data)
{
	struct req_user *user = data;

	if (IS_ENABLED(CONFIG_DEBUG_SHIRQ) && req_changing)
		return IRQ_NONE;

	if (user->name)
		req_note(user->rc, user->name);
	atomic_inc(&user->runs);
	return user->ret;
}

irqreturn_t req_thread(int irq, void *data)
{
	struct req_user *user = data;

	if (user->dies) {
		get_task_struct(current);
		/* Whoever sees it has the reference. Pairs with req_is_dead() */
		smp_store_release(&user->task, current);
		kthread_exit(0);
	}
	complete(&user->entered);
	/* Bounded: if the test fails before it lets go, the interrupt has to be freed */
	if (user->hold)
		wait_for_completion_timeout(&user->go, REQ_TIMEOUT);
	atomic_inc(&user->thread_runs);
	return IRQ_HANDLED;
}

/* Polls for what another thread does. */
bool req_wait(bool (*done)(void *arg), void *arg)
{
	unsigned long end = jiffies + REQ_TIMEOUT;

	while (!done(arg)) {
		if (time_after(jiffies, end))
			return done(arg);
		schedule_timeout_uninterruptible(1);
	}
	return true;
}

/* A request, which the test or its end frees. */
struct req_request {
	struct kunit_resource	res;
	unsigned int		virq;
	void			*dev;
};

static void req_free(struct kunit_resource *res)
{
	struct req_request *req = container_of(res, struct req_request, res);

	req_changing = true;
	free_irq(req->virq, req->dev);
	req_changing = false;
}

static bool req_match(struct kunit *test, struct kunit_resource *res, void *data)
{
	struct req_request *req = container_of(res, struct req_request, res), *key = data;

	return res->free == req_free && req->virq == key->virq && req->dev == key->dev;
}

int req_request_threaded_irq(struct kunit *test, unsigned int virq, irq_handler_t handler,
			     irq_handler_t thread, unsigned long flags, const char *name,
			     void *dev)
{
	struct req_request *req = kzalloc_obj(*req);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, req);
	req->virq = virq;
	req->dev = dev;
	req->res.should_kfree = true;

	req_changing = true;
	ret = request_threaded_irq(virq, handler, thread, flags, name, dev);
	req_changing = false;
	if (ret)
		kfree(req);
	else	/* Without an init function this cannot fail */
		kunit_add_resource(test, NULL, req_free, &req->res, NULL);
	return ret;
}

int req_free_irq(struct kunit *test, unsigned int virq, void *dev)
{
	struct req_request key = { .virq = virq, .dev = dev };

	return kunit_destroy_resource(test, req_match, &key);
}
