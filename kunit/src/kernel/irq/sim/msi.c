// SPDX-License-Identifier: GPL-2.0+
/*
 * Message signaled interrupts: a simulated interrupt controller as the parent of the
 * MSI domains of devices, like the IMSIC or a GICv2m frame.
 *
 * A message is a write to an address. The address identifies the controller, the data
 * the line. Nothing is mapped there: where hardware would write to the bus, the model of
 * a device passes its message to irq_sim_write_msi().
 */

#include <linux/cleanup.h>
#include <linux/irqchip/irq-msi-lib.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>

#include "sim.h"

/* Each controller has its own page, with one register to write to. */
#define IRQ_SIM_MSI_PAGE_SHIFT	12
#define IRQ_SIM_MSI_REGISTER	0x40

static u64 irq_sim_msi_address(const struct irq_sim_chip *chip)
{
	return (u64)chip->msi_page << IRQ_SIM_MSI_PAGE_SHIFT | IRQ_SIM_MSI_REGISTER;
}

static void irq_sim_compose_msi_msg(struct irq_data *data, struct msi_msg *msg)
{
	struct irq_sim_line *line = irq_data_get_irq_chip_data(data);
	u64 address = irq_sim_msi_address(line->chip);

	msg->address_hi = upper_32_bits(address);
	msg->address_lo = lower_32_bits(address);
	msg->data = line->hwirq;
}

static bool irq_sim_init_dev_msi_info(struct device *dev, struct irq_domain *domain,
				      struct irq_domain *real_parent,
				      struct msi_domain_info *info)
{
	return msi_lib_init_dev_msi_info(dev, domain, real_parent, info);
}

/**
 * irq_sim_msi_init() - Make a chip an MSI parent, if it has IRQ_SIM_MSI_PARENT
 * @chip:	a new chip, whose kind, flags and callbacks are set
 * @info:	the parameters of its domain
 *
 * This does not use msi_create_parent_irq_domain(), which would allocate a table of
 * all lines for the domain, while the chip has its own. It also publishes the domain
 * before that is complete.
 *
 * Context: Any.
 */
void irq_sim_msi_init(struct irq_sim_chip *chip, struct irq_domain_info *info)
{
	/* Pages are not reused: a stale message must not reach another chip */
	static atomic_t pages;

	if (!(chip->flags & IRQ_SIM_MSI_PARENT))
		return;

	chip->msi_page = atomic_inc_return(&pages);
	chip->msi = (struct msi_parent_ops) {
		.supported_flags	= MSI_GENERIC_FLAGS_MASK,
		.required_flags		= MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS,
		.chip_flags		= chip->kind == IRQ_SIM_KIND_EOI ? MSI_CHIP_FLAG_SET_EOI :
									   MSI_CHIP_FLAG_SET_ACK,
		.bus_select_token	= DOMAIN_BUS_NEXUS,
		.bus_select_mask	= MATCH_PLATFORM_MSI,
		.prefix			= "SIM-",
		.init_dev_msi_info	= irq_sim_init_dev_msi_info,
	};
	if (chip->flags & IRQ_SIM_NO_AFFINITY)
		chip->msi.required_flags |= MSI_FLAG_NO_AFFINITY;
	chip->irqchip.irq_compose_msi_msg = irq_sim_compose_msi_msg;

	info->domain_flags |= IRQ_DOMAIN_FLAG_MSI_PARENT;
	info->bus_token = DOMAIN_BUS_NEXUS;
}

/**
 * irq_sim_msi_domain_init() - Part of irq_sim_msi_init() that needs the domain
 * @domain:	the domain, which nobody can find yet
 *
 * Context: Any.
 */
void irq_sim_msi_domain_init(struct irq_domain *domain)
{
	struct irq_sim_chip *chip = domain->host_data;

	if (chip->flags & IRQ_SIM_MSI_PARENT)
		domain->msi_parent_ops = &chip->msi;
}

/**
 * irq_sim_msi_select() - Check if a firmware description matches a domain
 * @domain:	the domain of a simulated controller, an MSI parent or not
 * @fwspec:	the firmware description
 * @bus_token:	the requested bus token; not DOMAIN_BUS_ANY
 *
 * Context: As the select callback of a domain.
 *
 * Return: 1 if it matches, 0 if not.
 */
int irq_sim_msi_select(struct irq_domain *domain, struct irq_fwspec *fwspec,
		       enum irq_domain_bus_token bus_token)
{
	/* Without nodes there is nothing to compare */
	if (!fwspec->fwnode)
		return 0;
	if (domain->msi_parent_ops)
		return msi_lib_irq_domain_select(domain, fwspec, bus_token);
	return domain->fwnode == fwspec->fwnode && domain->bus_token == bus_token;
}

/**
 * irq_sim_msi_find() - Find a free line for a message
 * @domain:	the domain of an MSI parent, whose mutex is held
 * @virq:	Linux number of the interrupt
 * @nr_irqs:	number of interrupts
 * @hwirq:	set to the number of the line
 *
 * Context: Process context.
 *
 * Return: 0, -EINVAL if the interrupt is not in the MSI domain of a device, -EOPNOTSUPP
 * for a message with several interrupts, -ENOSPC if all lines are taken.
 */
int irq_sim_msi_find(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
		     unsigned long *hwirq)
{
	const struct irq_sim_chip *chip = domain->host_data;
	struct irq_data *outermost = irq_get_irq_data(virq);
	unsigned int i;

	/* Other domains request a specific line: do not give them another one */
	if (!outermost || !irq_domain_is_msi_device(outermost->domain))
		return -EINVAL;
	if (nr_irqs != 1)
		return -EOPNOTSUPP;

	guard(rcu)();
	for (i = 0; i < chip->num_irqs; i++) {
		if (!irq_sim_find_line(chip, i)) {
			*hwirq = i;
			return 0;
		}
	}
	return -ENOSPC;
}

/**
 * irq_sim_write_msi() - Write a message to a simulated interrupt controller
 * @domain:	domain of a controller with IRQ_SIM_MSI_PARENT
 * @msg:	the message which the device has been programmed with
 *
 * A device raises an interrupt with this. It fires the line of the message, like
 * irq_sim_fire(). The controller only accepts messages which it has composed. Any other
 * address is refused, e.g. that of the zeroed message in a device whose interrupt
 * has been freed.
 *
 * Context: Any but NMI.
 *
 * Return: As irq_sim_fire(), and -EINVAL if @domain is not an MSI parent, or the address
 * is not that of the controller.
 */
int irq_sim_write_msi(struct irq_domain *domain, const struct msi_msg *msg)
{
	const struct irq_sim_chip *chip;
	u64 address;

	if (!domain || !domain->msi_parent_ops ||
	    domain->msi_parent_ops->init_dev_msi_info != irq_sim_init_dev_msi_info)
		return -EINVAL;

	chip = domain->host_data;
	address = (u64)msg->address_hi << 32 | msg->address_lo;
	if (address != irq_sim_msi_address(chip))
		return -EINVAL;
	return irq_sim_fire(domain, msg->data);
}
EXPORT_SYMBOL_GPL(irq_sim_write_msi);
