// SPDX-License-Identifier: GPL-2.0+
/*
 * Message signaled interrupts: a simulated interrupt controller as the parent of the
 * MSI domains of devices, as the IMSIC is, or the frame of a GICv2m.
 *
 * A message is a write to an address. The address stands for the controller, the data
 * for the line. Nothing is mapped there: a model of a device hands its message to
 * irq_sim_write_msi(), where hardware would write to the bus.
 */

#include <linux/cleanup.h>
#include <linux/irqchip/irq-msi-lib.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>

#include "sim.h"

/* Each controller has a page, with a register to write to. */
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
 * irq_sim_msi_init() - Make a chip an MSI parent, if it is to be one
 * @chip:	a new chip, whose kind, flags and callbacks are set
 * @info:	what its domain will be
 *
 * msi_create_parent_irq_domain() would do this, and give the domain a table with all
 * the lines, which the chip has itself. It also makes the domain known before it is
 * complete.
 *
 * Context: Any.
 */
void irq_sim_msi_init(struct irq_sim_chip *chip, struct irq_domain_info *info)
{
	/* The page of a chip is not that of the next one: messages may be left over */
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
 * irq_sim_msi_domain_init() - The part of irq_sim_msi_init() that needs the domain
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
 * irq_sim_msi_select() - Does firmware mean this domain?
 * @domain:	the domain of a simulated controller, an MSI parent or not
 * @fwspec:	what firmware says
 * @bus_token:	what the domain is to be for; not DOMAIN_BUS_ANY
 *
 * Context: As genirq calls it.
 *
 * Return: 1 if it does, 0 if not.
 */
int irq_sim_msi_select(struct irq_domain *domain, struct irq_fwspec *fwspec,
		       enum irq_domain_bus_token bus_token)
{
	/* Two which have no node are not the same */
	if (!fwspec->fwnode)
		return 0;
	if (domain->msi_parent_ops)
		return msi_lib_irq_domain_select(domain, fwspec, bus_token);
	return domain->fwnode == fwspec->fwnode && domain->bus_token == bus_token;
}

/**
 * irq_sim_msi_find() - A line for a message
 * @domain:	the domain of an MSI parent, whose mutex is held
 * @virq:	Linux number of the interrupt
 * @nr_irqs:	number of interrupts
 * @hwirq:	set to the number of the line
 *
 * Context: Process context.
 *
 * Return: 0, -EINVAL if it is not for the MSI domain of a device, -EOPNOTSUPP if it is
 * for a message which stands for several interrupts, -ENOSPC if all lines are taken.
 */
int irq_sim_msi_find(struct irq_domain *domain, unsigned int virq, unsigned int nr_irqs,
		     unsigned long *hwirq)
{
	const struct irq_sim_chip *chip = domain->host_data;
	struct irq_data *outermost = irq_get_irq_data(virq);
	unsigned int i;

	/* What others pass down says which line they want: do not give them another one */
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
 * @msg:	the message, as it was written into the device
 *
 * What a device does to raise an interrupt. The line for which the message stands is
 * fired, as by irq_sim_fire(). A message is for the controller which composed it:
 * another address is refused, such as that of the message of zeroes which a device
 * has when its interrupt was freed.
 *
 * Context: Any but NMI.
 *
 * Return: As irq_sim_fire(), also -EINVAL if @domain is no MSI parent, or the address
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
