// SPDX-License-Identifier: GPL-2.0+
/*
 * Copyright (C) 2017-2018 Bartosz Golaszewski <brgl@bgdev.pl>
 * Copyright (C) 2020 Bartosz Golaszewski <bgolaszewski@baylibre.com>
 *
 * Interrupts of simulated devices: edges only, fired with irq_set_irqchip_state()
 * on the CPU on which they are delivered, in hard interrupt context.
 */

#include <linux/device.h>
#include <linux/irqdomain.h>

#include "sim.h"

static int irq_sim_compat_set_type(struct irq_data *data, unsigned int type)
{
	/* We only support rising and falling edge trigger types. */
	if (type & ~IRQ_TYPE_EDGE_BOTH)
		return -EINVAL;

	irqd_set_trigger_type(data, type);

	return 0;
}

static int irq_sim_compat_set_state(struct irq_data *data, enum irqchip_irq_state which,
				    bool state)
{
	struct irq_sim_line *line = irq_data_get_irq_chip_data(data);
	bool claimed;

	if (which != IRQCHIP_STATE_PENDING)
		return -EINVAL;

	if (!state) {
		irq_sim_withdraw(line);
		return 0;
	}
	/* It is not an error if the line is not started */
	irq_sim_latch(line, &claimed);
	if (claimed)
		irq_sim_add(line);
	return 0;
}

static void irq_sim_compat_adapt(struct irq_sim_chip *chip)
{
	chip->irqchip.irq_set_type = irq_sim_compat_set_type;
	chip->irqchip.irq_set_irqchip_state = irq_sim_compat_set_state;
	chip->default_type = IRQ_TYPE_NONE;
	chip->number_only = true;
}

/**
 * irq_domain_create_sim() - Create a new interrupt simulator irq_domain and
 *			     allocate a range of dummy interrupts
 * @fwnode:	struct fwnode_handle to be associated with this domain
 * @num_irqs:	number of interrupts to allocate
 *
 * The interrupts are edge triggered, fired with irq_set_irqchip_state(), and
 * delivered in hard interrupt context on the CPU which fires them.
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: The new irq_domain, or a negative errno wrapped with ERR_PTR().
 */
struct irq_domain *irq_domain_create_sim(struct fwnode_handle *fwnode,
					 unsigned int num_irqs)
{
	return irq_domain_create_sim_full(fwnode, num_irqs, NULL, NULL);
}
EXPORT_SYMBOL_GPL(irq_domain_create_sim);

/**
 * irq_domain_create_sim_full() - Create a new interrupt simulator irq_domain
 *				  with callbacks
 * @fwnode:	struct fwnode_handle to be associated with this domain
 * @num_irqs:	number of interrupts to allocate
 * @ops:	called when a line is requested and released, may be NULL; copied
 * @data:	passed to @ops
 *
 * Otherwise the same as irq_domain_create_sim().
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: The new irq_domain, or a negative errno wrapped with ERR_PTR().
 */
struct irq_domain *irq_domain_create_sim_full(struct fwnode_handle *fwnode,
					      unsigned int num_irqs,
					      const struct irq_sim_ops *ops,
					      void *data)
{
	struct irq_sim_info info = {
		.fwnode		= fwnode,
		.num_irqs	= num_irqs,
		.delivery	= IRQ_SIM_DELIVER_HARDIRQ,
		.flags		= IRQ_SIM_NO_AFFINITY | IRQ_SIM_NO_WAKE,
		.ops		= ops,
		.data		= data,
	};

	return irq_sim_create(&info, irq_sim_compat_adapt);
}
EXPORT_SYMBOL_GPL(irq_domain_create_sim_full);

/**
 * devm_irq_domain_create_sim() - Create a new interrupt simulator for
 *				  a managed device
 * @dev:	device to initialize the simulator object for
 * @fwnode:	struct fwnode_handle to be associated with this domain
 * @num_irqs:	number of interrupts to allocate
 *
 * Like irq_domain_create_sim(). The simulator is removed when the driver is
 * unbound from @dev.
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: The new irq_domain, or a negative errno wrapped with ERR_PTR().
 */
struct irq_domain *devm_irq_domain_create_sim(struct device *dev,
					      struct fwnode_handle *fwnode,
					      unsigned int num_irqs)
{
	return devm_irq_domain_create_sim_full(dev, fwnode, num_irqs,
					       NULL, NULL);
}
EXPORT_SYMBOL_GPL(devm_irq_domain_create_sim);

/**
 * devm_irq_domain_create_sim_full() - Create a new interrupt simulator with
 *				       callbacks for a managed device
 * @dev:	device to initialize the simulator object for
 * @fwnode:	struct fwnode_handle to be associated with this domain
 * @num_irqs:	number of interrupts to allocate
 * @ops:	called when a line is requested and released, may be NULL; copied
 * @data:	passed to @ops
 *
 * Like irq_domain_create_sim_full(). The simulator is removed when the driver is
 * unbound from @dev.
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: The new irq_domain, or a negative errno wrapped with ERR_PTR().
 */
struct irq_domain *
devm_irq_domain_create_sim_full(struct device *dev,
				struct fwnode_handle *fwnode,
				unsigned int num_irqs,
				const struct irq_sim_ops *ops,
				void *data)
{
	return irq_sim_devm(dev, irq_domain_create_sim_full(fwnode, num_irqs,
							    ops, data));
}
EXPORT_SYMBOL_GPL(devm_irq_domain_create_sim_full);
