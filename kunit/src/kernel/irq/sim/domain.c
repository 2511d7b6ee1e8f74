// SPDX-License-Identifier: GPL-2.0+
/*
 * Simulated interrupt controllers: create one, map its lines, remove it.
 */

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/irqdomain.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim.h"

static void irq_sim_line_free(struct irq_sim_line *line)
{
	free_percpu(line->percpu);
	kfree(line);
}

static void irq_sim_line_rcu(struct rcu_head *rcu)
{
	irq_sim_line_free(container_of(rcu, struct irq_sim_line, rcu));
}

static void irq_sim_line_init(struct irq_sim_line *line, struct irq_sim_chip *chip,
			      struct irq_desc *desc, unsigned int hwirq, int state)
{
	atomic_set(&line->state, state);
	line->cpu = -1;
	line->chip = chip;
	line->desc = desc;
	line->hwirq = hwirq;
}

static void irq_sim_part_init(struct irq_sim_line *part, struct irq_sim_line *line,
			      unsigned int cpu, int state)
{
	irq_sim_line_init(part, line->chip, line->desc, line->hwirq, state | IRQ_SIM_PINNED);
	part->pin = cpu;
}

static struct irq_sim_line *irq_sim_line_alloc(struct irq_sim_chip *chip, struct irq_desc *desc,
					       unsigned int hwirq)
{
	int state = IRQ_SIM_MASKED | (chip->kind == IRQ_SIM_KIND_ACK ? 0 : IRQ_SIM_EOI);
	struct irq_sim_line *line = kzalloc_obj(*line);
	unsigned int cpu;

	if (!line)
		return NULL;
	irq_sim_line_init(line, chip, desc, hwirq, state);

	if (chip->kind != IRQ_SIM_KIND_PERCPU)
		return line;

	line->percpu = alloc_percpu(struct irq_sim_line);
	if (!line->percpu) {
		kfree(line);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		irq_sim_part_init(per_cpu_ptr(line->percpu, cpu), line, cpu, state);
	return line;
}

/* The slot of a line in the table, NULL if there is no memory for it. */
static struct irq_sim_line __rcu **irq_sim_slot(struct irq_sim_chip *chip, irq_hw_number_t hwirq)
{
	struct irq_sim_chunk __rcu **at = &chip->chunks[hwirq >> IRQ_SIM_CHUNK_SHIFT];
	struct irq_sim_chunk *chunk = rcu_access_pointer(*at);

	/* Mappings are added and removed under the mutex of the domain */
	lockdep_assert_held(&chip->domain->root->mutex);
	if (!chunk) {
		chunk = kzalloc_obj(*chunk);
		if (!chunk)
			return NULL;
		/* Pairs with irq_sim_find_line(), which must see a zeroed chunk (litmus: map) */
		rcu_assign_pointer(*at, chunk);
	}
	return &chunk->line[hwirq % IRQ_SIM_CHUNK_LINES];
}

/* Create line @hwirq of the chip for @virq, which is a new mapping. */
static int irq_sim_connect(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	struct irq_sim_chip *chip = domain->host_data;
	struct irq_data *data = irq_domain_get_irq_data(domain, virq);
	struct irq_sim_line __rcu **slot;
	struct irq_sim_line *line;
	int ret;

	if (hwirq >= chip->num_irqs)
		return -EINVAL;
	slot = irq_sim_slot(chip, hwirq);
	if (!slot)
		return -ENOMEM;
	if (rcu_access_pointer(*slot))
		return -EBUSY;
	line = irq_sim_line_alloc(chip, irq_data_to_desc(data), hwirq);
	if (!line)
		return -ENOMEM;

	if (chip->kind == IRQ_SIM_KIND_PERCPU) {
		ret = irq_set_percpu_devid(virq);
		if (ret) {
			irq_sim_line_free(line);
			return ret;
		}
	}
	irq_domain_set_info(domain, virq, hwirq, &chip->irqchip, line,
			    irq_sim_flow_handler(chip, chip->default_type), NULL, NULL);
	/* A request without a trigger type uses this one */
	if (chip->default_type)
		irqd_set_trigger_type(data, chip->default_type);
	if (chip->flags & IRQ_SIM_SINGLE_TARGET)
		irqd_set_single_target(data);
	irq_modify_status(virq, chip->kind == IRQ_SIM_KIND_PERCPU ?
				IRQ_NOREQUEST : IRQ_NOREQUEST | IRQ_NOAUTOEN, IRQ_NOPROBE);
	/* Pairs with irq_sim_find_line(): a fire finds the line set up (litmus: map) */
	rcu_assign_pointer(*slot, line);
	return 0;
}

static void irq_sim_disconnect(struct irq_domain *domain, unsigned int virq)
{
	struct irq_sim_chip *chip = domain->host_data;
	struct irq_data *data = irq_domain_get_irq_data(domain, virq);
	struct irq_sim_line *line = irq_data_get_irq_chip_data(data);
	unsigned int cpu;

	rcu_assign_pointer(*irq_sim_slot(chip, line->hwirq), NULL);

	/*
	 * genirq has removed the irq_chip already. If the owner has not shut the line
	 * down, this is the last chance to stop it.
	 */
	irq_sim_stop(line);
	irq_sim_leave_queue(line);
	if (line->percpu) {
		for_each_possible_cpu(cpu) {
			struct irq_sim_line *part = per_cpu_ptr(line->percpu, cpu);

			irq_sim_stop(part);
			irq_sim_leave_queue(part);
		}
	}

	irq_domain_reset_irq_data(data);
	/* A CPU which has found the line may still access it (litmus: unmap) */
	call_rcu(&line->rcu, irq_sim_line_rcu);
}

/* Map one line, for irq_create_mapping(). */
static int irq_sim_domain_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	return irq_sim_connect(domain, virq, hwirq);
}

/*
 * Firmware describes a line by its number and its trigger type. Without a type, or with
 * IRQ_TYPE_NONE, the line gets the default type of the chip.
 */
static int irq_sim_translate_cells(struct irq_domain *domain, struct irq_fwspec *fwspec,
				   unsigned long *hwirq, unsigned int *type)
{
	struct irq_sim_chip *chip = domain->host_data;
	u32 cell = fwspec->param_count == 2 ? fwspec->param[1] : IRQ_TYPE_NONE;

	/* The lines of an MSI parent are for messages, and are assigned when those are allocated */
	if (chip->flags & IRQ_SIM_MSI_PARENT)
		return -EINVAL;
	if (fwspec->param_count < 1 || fwspec->param_count > 2 ||
	    fwspec->param[0] >= chip->num_irqs)
		return -EINVAL;

	switch (cell) {
	case IRQ_TYPE_NONE:
		*type = chip->default_type;
		break;
	case IRQ_TYPE_EDGE_RISING:
	case IRQ_TYPE_EDGE_FALLING:
	case IRQ_TYPE_EDGE_BOTH:
	case IRQ_TYPE_LEVEL_HIGH:
	case IRQ_TYPE_LEVEL_LOW:
		*type = cell;
		break;
	default:
		return -EINVAL;
	}
	*hwirq = fwspec->param[0];
	return 0;
}

static int irq_sim_domain_translate(struct irq_domain *domain, struct irq_fwspec *fwspec,
				    unsigned long *hwirq, unsigned int *type)
{
	const struct irq_sim_chip *chip = domain->host_data;

	if (!chip->number_only)
		return irq_sim_translate_cells(domain, fwspec, hwirq, type);
	/* Same as genirq does for a domain without translate callback */
	*hwirq = fwspec->param[0];
	*type = IRQ_TYPE_NONE;
	return 0;
}

static void irq_sim_domain_free(struct irq_domain *domain, unsigned int virq,
				unsigned int nr_irqs)
{
	while (nr_irqs--)
		irq_sim_disconnect(domain, virq + nr_irqs);
}

/* Allocate lines which firmware describes, lines of a stacked domain, or messages. */
static int irq_sim_domain_alloc(struct irq_domain *domain, unsigned int virq,
				unsigned int nr_irqs, void *arg)
{
	struct irq_sim_chip *chip = domain->host_data;
	unsigned int i, type;
	unsigned long hwirq;
	int ret = -EINVAL;

	if (chip->flags & IRQ_SIM_MSI_PARENT)
		ret = irq_sim_msi_find(domain, virq, nr_irqs, &hwirq);
	else if (arg)
		ret = irq_sim_domain_translate(domain, arg, &hwirq, &type);
	if (ret)
		return ret;

	for (i = 0; i < nr_irqs; i++) {
		ret = irq_sim_connect(domain, virq + i, hwirq + i);
		if (ret) {
			irq_sim_domain_free(domain, virq, i);
			return ret;
		}
	}
	return 0;
}

/*
 * A chip which is stacked on this one need not forward startup and shutdown. genirq
 * activates all levels before startup, and deactivates them after shutdown.
 */
static bool irq_sim_is_stacked(struct irq_data *data)
{
	return data != &irq_data_to_desc(data)->irq_data;
}

static int irq_sim_domain_activate(struct irq_domain *domain, struct irq_data *data, bool reserve)
{
	if (!irq_sim_is_stacked(data))
		return 0;
	/* MSI domains activate early, without the lock of the descriptor */
	guard(irqsave)();
	irq_sim_start(irq_data_get_irq_chip_data(data), 0);
	return 0;
}

static void irq_sim_domain_deactivate(struct irq_domain *domain, struct irq_data *data)
{
	struct irq_sim_line *line = irq_data_get_irq_chip_data(data);

	if (!irq_sim_is_stacked(data))
		return;
	irq_sim_stop(line);
	/* genirq releases the resources of the outermost chip only */
	irq_sim_forget(line);
}

const struct irq_domain_ops irq_sim_domain_ops = {
	.map		= irq_sim_domain_map,
	.translate	= irq_sim_domain_translate,
	.alloc		= irq_sim_domain_alloc,
	.free		= irq_sim_domain_free,
	.activate	= irq_sim_domain_activate,
	.deactivate	= irq_sim_domain_deactivate,
#ifdef CONFIG_IRQ_SIM_MSI
	.select		= irq_sim_msi_select,
#endif
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	.debug_show	= irq_sim_debug_show,
#endif
};

/* Separate operations, so that irq_sim_fire() can tell the kind with one comparison. */
const struct irq_domain_ops irq_sim_percpu_domain_ops = {
	.map		= irq_sim_domain_map,
	.translate	= irq_sim_domain_translate,
	.alloc		= irq_sim_domain_alloc,
	.free		= irq_sim_domain_free,
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	.debug_show	= irq_sim_debug_show,
#endif
};

static int irq_sim_domain_init(struct irq_domain *domain)
{
	struct irq_sim_chip *chip = domain->host_data;

	chip->domain = domain;
	irq_sim_msi_domain_init(domain);
	return 0;
}

static void irq_sim_chip_free(struct irq_sim_chip *chip)
{
	unsigned int i;

	if (!chip)
		return;
	if (chip->chunks)
		for (i = 0; i < irq_sim_num_chunks(chip); i++)
			kfree(rcu_access_pointer(chip->chunks[i]));
	kvfree(chip->chunks);
	irq_sim_queues_free(chip);
	kfree_const(chip->name);
	kfree(chip);
}

DEFINE_FREE(irq_sim_chip, struct irq_sim_chip *, irq_sim_chip_free(_T))

static bool irq_sim_info_valid(const struct irq_sim_info *info)
{
	unsigned int flags = IRQ_SIM_SINGLE_TARGET | IRQ_SIM_NO_AFFINITY | IRQ_SIM_NO_WAKE |
			     IRQ_SIM_EOI_THREADED | IRQ_SIM_MSI_PARENT;

	if (!info || !info->num_irqs || info->delivery > IRQ_SIM_DELIVER_BH_WORK ||
	    info->kind > IRQ_SIM_KIND_PERCPU || info->flags & ~flags)
		return false;
	if (info->flags & IRQ_SIM_EOI_THREADED && info->kind != IRQ_SIM_KIND_EOI)
		return false;
	/* None of the flags applies to per-CPU lines */
	if (info->flags && info->kind == IRQ_SIM_KIND_PERCPU)
		return false;
	return !(info->flags & IRQ_SIM_SINGLE_TARGET && info->flags & IRQ_SIM_NO_AFFINITY);
}

/**
 * irq_sim_create() - Create a simulated interrupt controller
 * @info:	as for irq_domain_instantiate_sim()
 * @adapt:	called for the new chip before it is visible, may be NULL
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: As irq_domain_instantiate_sim().
 */
struct irq_domain *irq_sim_create(const struct irq_sim_info *info,
				  void (*adapt)(struct irq_sim_chip *chip))
{
	struct irq_domain_info domain_info = {};
	struct irq_domain *domain;
	int ret;

	if (!irq_sim_info_valid(info))
		return ERR_PTR(-EINVAL);
	if (info->flags & IRQ_SIM_MSI_PARENT && !IS_ENABLED(CONFIG_IRQ_SIM_MSI))
		return ERR_PTR(-EOPNOTSUPP);

	struct irq_sim_chip *chip __free(irq_sim_chip) = kzalloc_obj(*chip);
	if (!chip)
		return ERR_PTR(-ENOMEM);

	chip->num_irqs = info->num_irqs;
	chip->budget = info->budget;
	chip->delivery = info->delivery;
	chip->kind = info->kind;
	chip->flags = info->flags;
	chip->default_type = IRQ_TYPE_EDGE_RISING;
	chip->user_data = info->data;
	if (info->ops)
		chip->ops = *info->ops;
	mutex_init(&chip->sync);

	chip->name = kstrdup_const(info->name ?: "irq_sim", GFP_KERNEL);
	if (!chip->name)
		return ERR_PTR(-ENOMEM);
	chip->chunks = kvcalloc(irq_sim_num_chunks(chip), sizeof(*chip->chunks), GFP_KERNEL);
	if (!chip->chunks)
		return ERR_PTR(-ENOMEM);
	ret = irq_sim_queues_init(chip);
	if (ret)
		return ERR_PTR(ret);

	irq_sim_chip_init(chip);
	if (adapt)
		adapt(chip);

	/* Lines are looked up in the table of the chip, so the domain does not need one */
	domain_info.ops = chip->kind == IRQ_SIM_KIND_PERCPU ? &irq_sim_percpu_domain_ops :
							       &irq_sim_domain_ops;
	domain_info.fwnode = info->fwnode;
	domain_info.hwirq_max = info->num_irqs;
	domain_info.host_data = chip;
	domain_info.init = irq_sim_domain_init;
	irq_sim_msi_init(chip, &domain_info);
	/* The domain can be used as soon as it can be found */
	ret = irq_sim_queues_start(chip);
	if (ret)
		return ERR_PTR(ret);
	domain = irq_domain_instantiate(&domain_info);
	if (IS_ERR(domain)) {
		irq_sim_queues_stop(chip);
		return domain;
	}
	retain_and_null_ptr(chip);

	return domain;
}

/**
 * irq_domain_instantiate_sim() - Create a simulated interrupt controller
 * @info:	what to create; not used after the return
 *
 * The lines are mapped with irq_create_mapping(), or from a firmware description with
 * the number of the line and, in an optional second cell, its trigger type. They are
 * requested like those of any interrupt controller. Other domains can be stacked on
 * the domain; with IRQ_SIM_MSI_PARENT, these are the MSI domains of devices. Lines are
 * fired with irq_sim_fire(), or driven with irq_sim_set_line(). The default trigger
 * type of a line is a rising edge; all edge and level types are supported.
 *
 * On SMP, irq_set_affinity() selects where a line is delivered. With several CPUs in
 * the mask, a line is delivered on the CPU which fires it if that is in the mask,
 * unless the controller has IRQ_SIM_SINGLE_TARGET.
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: The domain of the new controller, or ERR_PTR(): -EINVAL if @info is
 * NULL, has no lines, an unknown delivery or kind, or flags which are unknown or do
 * not go with the kind or with each other, -EOPNOTSUPP for an MSI parent in a kernel
 * without CONFIG_IRQ_SIM_MSI, -ENOMEM.
 */
struct irq_domain *irq_domain_instantiate_sim(const struct irq_sim_info *info)
{
	return irq_sim_create(info, NULL);
}
EXPORT_SYMBOL_GPL(irq_domain_instantiate_sim);

/**
 * irq_domain_remove_sim() - Remove a simulated interrupt controller
 * @domain:	the domain of the controller
 *
 * All mappings must have been disposed of, and nobody may fire a line any more. This
 * waits for deliveries in flight; none follows. A domain with mappings left is leaked,
 * with a warning, as the users of the mappings would access freed memory.
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 */
void irq_domain_remove_sim(struct irq_domain *domain)
{
	struct irq_sim_chip *chip = domain->host_data;

	if (WARN_ONCE(domain->mapcount, "irq_sim: %s removed with %u lines mapped\n",
		      domain->name, domain->mapcount))
		return;

	irq_sim_queues_stop(chip);
	/* Lookups by firmware node find the chip until the domain is gone */
	irq_domain_remove(domain);
	irq_sim_chip_free(chip);
}
EXPORT_SYMBOL_GPL(irq_domain_remove_sim);

static void devm_irq_domain_remove_sim(void *data)
{
	irq_domain_remove_sim(data);
}

/**
 * irq_sim_devm() - Remove a controller when its device is unbound
 * @dev:	the device
 * @domain:	the domain of the controller, or an error
 *
 * Context: Process context. May sleep.
 *
 * Return: @domain, or an error.
 */
struct irq_domain *irq_sim_devm(struct device *dev, struct irq_domain *domain)
{
	int ret;

	if (IS_ERR(domain))
		return domain;

	ret = devm_add_action_or_reset(dev, devm_irq_domain_remove_sim, domain);
	if (ret)
		return ERR_PTR(ret);

	return domain;
}

/**
 * devm_irq_domain_instantiate_sim() - Create a simulated interrupt controller
 *				       for a managed device
 * @dev:	device which owns the controller
 * @info:	as for irq_domain_instantiate_sim()
 *
 * The controller is removed when the driver is unbound from @dev. By then the
 * driver must have disposed of all mappings.
 *
 * Context: Process context. May sleep. Not from CPU hotplug callbacks.
 *
 * Return: As irq_domain_instantiate_sim().
 */
struct irq_domain *devm_irq_domain_instantiate_sim(struct device *dev,
						   const struct irq_sim_info *info)
{
	return irq_sim_devm(dev, irq_domain_instantiate_sim(info));
}
EXPORT_SYMBOL_GPL(devm_irq_domain_instantiate_sim);
