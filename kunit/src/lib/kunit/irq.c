// SPDX-License-Identifier: GPL-2.0
/*
 * Test managed interrupts, fired by the interrupt simulator
 */

#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/irq_sim.h>
#include <linux/slab.h>

#include <kunit/irq.h>
#include <kunit/resource.h>
#include <kunit/test.h>

static void kunit_irq_sim_remove(void *data)
{
	struct irq_domain *domain = data;
	irq_hw_number_t hwirq;

	/*
	 * Drivers map the interrupts which the firmware describes, and leave them
	 * mapped for the next driver. There is none, as the chip is removed. A line
	 * which is still requested stays mapped: irq_domain_remove_sim() warns.
	 */
	for (hwirq = 0; domain->mapcount && hwirq < domain->hwirq_max; hwirq++) {
		unsigned int irq = irq_find_mapping(domain, hwirq);

		if (irq && !irq_has_action(irq))
			irq_dispose_mapping(irq);
	}

	irq_domain_remove_sim(domain);
}

/**
 * kunit_irq_sim_create() - Create a test managed simulated interrupt controller
 * @test:	test context
 * @info:	parameters, as for irq_domain_instantiate_sim(); not used after the
 *		return
 *
 * At the end of the test, the remaining mappings of the controller are disposed of,
 * and it is removed. A test which removes the controller itself must create it with
 * irq_domain_instantiate_sim().
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: The domain of the controller, for irq_sim_fire() and the like, or
 * ERR_PTR(): -EINVAL if @info is NULL or invalid, -ENOMEM.
 */
struct irq_domain *kunit_irq_sim_create(struct kunit *test,
					const struct irq_sim_info *info)
{
	struct irq_domain *domain;
	int ret;

	domain = irq_domain_instantiate_sim(info);
	if (IS_ERR(domain))
		return domain;

	ret = kunit_add_action_or_reset(test, kunit_irq_sim_remove, domain);
	if (ret)
		return ERR_PTR(ret);

	return domain;
}
EXPORT_SYMBOL_GPL(kunit_irq_sim_create);

struct kunit_irq_mapping {
	struct irq_domain	*domain;
	irq_hw_number_t		hwirq;
};

static void kunit_irq_sim_unmap(void *data)
{
	struct kunit_irq_mapping *mapping = data;

	/* Not by the Linux number, which may have been reused */
	irq_dispose_mapping(irq_find_mapping(mapping->domain, mapping->hwirq));
}

/**
 * kunit_irq_sim_map() - Map a line of a simulated interrupt controller for a test
 * @test:	test context
 * @domain:	domain of the controller; the error of an ERR_PTR() is returned, so that
 *		the result of kunit_irq_sim_create() need not be checked
 * @hwirq:	number of the line in the controller, from 0
 *
 * The mapping is disposed of at the end of the test, or earlier with
 * irq_dispose_mapping(). If the line is mapped already, whoever mapped it has to dispose
 * of the mapping. If they do not, it is disposed of with the controller.
 *
 * Context: Process context. May sleep.
 *
 * Return: The Linux interrupt number, which is greater than 0, or a negative
 * errno, in which case nothing has changed: -EINVAL if @domain is NULL or has
 * no line @hwirq, -ENOMEM.
 */
int kunit_irq_sim_map(struct kunit *test, struct irq_domain *domain,
		      irq_hw_number_t hwirq)
{
	struct kunit_irq_mapping *mapping;
	unsigned int irq;
	int ret;

	/* genirq takes NULL as the default domain, but here it is an error */
	if (!domain)
		return -EINVAL;
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	if (hwirq >= domain->hwirq_max)
		return -EINVAL;

	irq = irq_find_mapping(domain, hwirq);
	if (irq)
		return irq;

	mapping = kunit_kzalloc(test, sizeof(*mapping), GFP_KERNEL);
	if (!mapping)
		return -ENOMEM;
	mapping->domain = domain;
	mapping->hwirq = hwirq;

	irq = irq_create_mapping(domain, hwirq);
	/* If the domain has no memory for its tree, the mapping cannot be looked up */
	if (irq && irq_find_mapping(domain, hwirq) != irq) {
		irq_dispose_mapping(irq);
		irq = 0;
	}
	if (!irq) {
		kunit_kfree(test, mapping);
		return -ENOMEM;
	}

	ret = kunit_add_action_or_reset(test, kunit_irq_sim_unmap, mapping);
	if (ret) {
		kunit_kfree(test, mapping);
		return ret;
	}

	return irq;
}
EXPORT_SYMBOL_GPL(kunit_irq_sim_map);

/**
 * struct kunit_irq_request - an interrupt which is freed at the end of the test
 * @res:	the KUnit resource; first, as KUnit frees the memory through it
 * @irq:	Linux interrupt number
 * @dev_id:	identifies the handler of a shared interrupt
 */
struct kunit_irq_request {
	struct kunit_resource	res;
	unsigned int		irq;
	void			*dev_id;
};

static void kunit_irq_request_free(struct kunit_resource *res)
{
	struct kunit_irq_request *req = container_of(res, struct kunit_irq_request, res);

	free_irq(req->irq, req->dev_id);
}

static bool kunit_irq_request_match(struct kunit *test, struct kunit_resource *res,
				    void *match_data)
{
	struct kunit_irq_request *req, *key = match_data;

	if (res->free != kunit_irq_request_free)
		return false;

	req = container_of(res, struct kunit_irq_request, res);
	return req->irq == key->irq && req->dev_id == key->dev_id;
}

/**
 * kunit_request_threaded_irq() - Test managed request_threaded_irq()
 * @test:	test context
 * @irq:	Linux interrupt number
 * @handler:	called when the interrupt occurs, in interrupt context; NULL
 *		for none
 * @thread_fn:	called in a thread if @handler returns IRQ_WAKE_THREAD; NULL for none
 * @flags:	IRQF_* flags
 * @name:	name of the interrupt, must stay valid until it is freed
 * @dev_id:	passed to @handler and @thread_fn; must stay valid likewise
 *
 * The interrupt is freed at the end of the test, or earlier with kunit_free_irq(). Do not
 * use free_irq(). The interrupt need not belong to a simulated controller.
 *
 * Context: Process context. May sleep.
 *
 * Return: 0, or a negative errno, in which case nothing has changed: -EINVAL if
 * @irq is 0, and otherwise as request_threaded_irq().
 */
int kunit_request_threaded_irq(struct kunit *test, unsigned int irq,
			       irq_handler_t handler, irq_handler_t thread_fn,
			       unsigned long flags, const char *name, void *dev_id)
{
	struct kunit_irq_request *req;
	int ret;

	/* Mapping functions return 0 for errors, but some machines have an interrupt 0 */
	if (!irq)
		return -EINVAL;

	req = kzalloc_obj(*req);
	if (!req)
		return -ENOMEM;
	req->irq = irq;
	req->dev_id = dev_id;
	req->res.should_kfree = true;

	ret = request_threaded_irq(irq, handler, thread_fn, flags, name, dev_id);
	if (ret) {
		kfree(req);
		return ret;
	}

	/* Without an init function this cannot fail */
	__kunit_add_resource(test, NULL, kunit_irq_request_free, &req->res, NULL);
	return 0;
}
EXPORT_SYMBOL_GPL(kunit_request_threaded_irq);

/**
 * kunit_free_irq() - Free a test managed interrupt before the end of the test
 * @test:	test context
 * @irq:	Linux interrupt number
 * @dev_id:	same as in the request
 *
 * Context: Process context. May sleep.
 *
 * Return: 0, or -ENOENT if the test has not requested it, or has freed it already.
 */
int kunit_free_irq(struct kunit *test, unsigned int irq, void *dev_id)
{
	struct kunit_irq_request key = {
		.irq	= irq,
		.dev_id	= dev_id,
	};

	return kunit_destroy_resource(test, kunit_irq_request_match, &key);
}
EXPORT_SYMBOL_GPL(kunit_free_irq);
