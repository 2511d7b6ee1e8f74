// SPDX-License-Identifier: GPL-2.0+
/*
 * The irq_chip of a simulated interrupt controller.
 *
 * The kinds, and the controllers which behave like them:
 *
 *   ACK	Latches an edge until it is acknowledged, even while it is masked: GPIO
 *		banks, MSI of x86, RISC-V's IMSIC. handle_edge_irq() for edges,
 *		handle_level_irq() for levels, as for the 8259.
 *   EOI	Does not deliver an interrupt which is active, i.e. until the end of
 *		interrupt: SPIs of the GIC, the PLIC. handle_fasteoi_irq() for edges
 *		and levels. A line that missed its EOI works again after the next
 *		startup; hardware may be less forgiving.
 *   PERCPU	Like EOI, with a separate state for each CPU: PPIs of the GIC.
 *		handle_percpu_devid_irq().
 */

#include "sim.h"

static struct irq_sim_line *irq_sim_line_of(struct irq_data *data)
{
	return irq_data_get_irq_chip_data(data);
}

/* For a per-CPU line, return the part of this CPU. Interrupts are disabled. */
static struct irq_sim_line *irq_sim_line_here(struct irq_data *data)
{
	struct irq_sim_line *line = irq_sim_line_of(data);

	return line->percpu ? this_cpu_ptr(line->percpu) : line;
}

static void irq_sim_irq_mask(struct irq_data *data)
{
	irq_sim_change(irq_sim_line_here(data), 0, IRQ_SIM_MASKED);
}

static void irq_sim_irq_unmask(struct irq_data *data)
{
	irq_sim_unmask(irq_sim_line_here(data));
}

static unsigned int irq_sim_irq_startup(struct irq_data *data)
{
	irq_sim_start(irq_sim_line_of(data), IRQ_SIM_MASKED);
	return 0;
}

static void irq_sim_irq_shutdown(struct irq_data *data)
{
	irq_sim_stop(irq_sim_line_of(data));
}

/* Called by the flow handlers, under desc->lock. */
static void irq_sim_irq_ack(struct irq_data *data)
{
	irq_sim_ack(irq_sim_line_of(data), data);
}

static void irq_sim_irq_mask_ack(struct irq_data *data)
{
	irq_sim_ack_rare(irq_sim_line_of(data), IRQ_SIM_MASKED);
}

static void irq_sim_irq_eoi(struct irq_data *data)
{
	irq_sim_eoi(irq_sim_line_here(data));
}

static int irq_sim_irq_retrigger(struct irq_data *data)
{
	return irq_sim_retrigger(irq_sim_line_of(data));
}

/**
 * irq_sim_flow_handler() - Get genirq's flow handler for a line
 * @chip:	the chip
 * @type:	trigger type of the line
 *
 * Context: Any.
 *
 * Return: The flow handler.
 */
irq_flow_handler_t irq_sim_flow_handler(const struct irq_sim_chip *chip, unsigned int type)
{
	switch (chip->kind) {
	case IRQ_SIM_KIND_PERCPU:
		return handle_percpu_devid_irq;
	case IRQ_SIM_KIND_EOI:
		return handle_fasteoi_irq;
	default:
		return type & IRQ_TYPE_LEVEL_MASK ? handle_level_irq : handle_edge_irq;
	}
}

static int irq_sim_irq_set_type(struct irq_data *data, unsigned int type)
{
	struct irq_sim_line *line = irq_sim_line_of(data);
	struct irq_data *outermost = &line->desc->irq_data;
	unsigned int cpu;
	int bits;

	switch (type) {
	case IRQ_TYPE_NONE:
		bits = 0;
		break;
	case IRQ_TYPE_EDGE_RISING:
		bits = IRQ_SIM_RISING;
		break;
	case IRQ_TYPE_EDGE_FALLING:
		bits = IRQ_SIM_FALLING;
		break;
	case IRQ_TYPE_EDGE_BOTH:
		bits = IRQ_SIM_RISING | IRQ_SIM_FALLING;
		break;
	case IRQ_TYPE_LEVEL_HIGH:
		bits = IRQ_SIM_HIGH;
		break;
	case IRQ_TYPE_LEVEL_LOW:
		bits = IRQ_SIM_LOW;
		break;
	default:
		return -EINVAL;
	}

	/* In a stack of chips, the outermost one chooses the flow handler */
	if (data == outermost)
		irq_set_handler_locked(data, irq_sim_flow_handler(line->chip, type));

	if (!line->percpu) {
		irq_sim_change(line, IRQ_SIM_TYPE, bits);
		return 0;
	}
	for_each_possible_cpu(cpu)
		irq_sim_change_on(per_cpu_ptr(line->percpu, cpu), cpu, IRQ_SIM_TYPE, bits);
	return 0;
}

#ifdef CONFIG_SMP
/*
 * If one CPU is in the mask, the line is delivered there. Otherwise it is delivered
 * on the CPU which fires it if that is in the mask, or else on the first one: any CPU
 * in the mask can be the target, so all of them are effective. Most controllers have
 * a single target, which is the first one.
 */
static int irq_sim_irq_set_affinity(struct irq_data *data, const struct cpumask *dest,
				    bool force)
{
	struct irq_sim_line *line = irq_sim_line_of(data);
	unsigned int cpu = cpumask_first_and(dest, cpu_online_mask);

	/* Forced for a CPU which is coming up: delivered elsewhere until it is online */
	if (cpu >= nr_cpu_ids && force)
		cpu = cpumask_first(dest);
	if (cpu >= nr_cpu_ids)
		return -EINVAL;

	if (line->chip->flags & IRQ_SIM_SINGLE_TARGET)
		dest = cpumask_of(cpu);
	irq_data_update_effective_affinity(data, dest);

	return IRQ_SET_MASK_OK;
}
#endif

static int irq_sim_irq_set_wake(struct irq_data *data, unsigned int on)
{
	irq_sim_change(irq_sim_line_of(data), on ? 0 : IRQ_SIM_WAKES, on ? IRQ_SIM_WAKES : 0);
	return 0;
}

static int irq_sim_irq_get_state(struct irq_data *data, enum irqchip_irq_state which, bool *state)
{
	struct irq_sim_line *line = irq_sim_line_here(data);
	int bits = atomic_read(&line->state);

	switch (which) {
	case IRQCHIP_STATE_PENDING:
		*state = bits & IRQ_SIM_LATCHED || irq_sim_asserted(bits);
		return 0;
	case IRQCHIP_STATE_MASKED:
		*state = bits & IRQ_SIM_MASKED;
		return 0;
	case IRQCHIP_STATE_LINE_LEVEL:
		*state = bits & IRQ_SIM_WIRE;
		return 0;
	case IRQCHIP_STATE_ACTIVE:
		/*
		 * free_irq() and synchronize_irq() poll this state. If the EOI comes from
		 * a thread, the line is active until then, so that they would deadlock.
		 */
		*state = irq_sim_in_service(line) ||
			 (bits & IRQ_SIM_ACTIVE && bits & IRQ_SIM_STARTED &&
			  !(line->chip->flags & IRQ_SIM_EOI_THREADED));
		return 0;
	default:
		return -EINVAL;
	}
}

static int irq_sim_irq_set_state(struct irq_data *data, enum irqchip_irq_state which, bool state)
{
	struct irq_sim_line *line = irq_sim_line_here(data);
	bool claimed = false;
	int ret = 0;

	switch (which) {
	case IRQCHIP_STATE_PENDING:
		if (state)
			ret = irq_sim_latch(line, &claimed);
		else
			irq_sim_withdraw(line);
		break;
	case IRQCHIP_STATE_MASKED:
		irq_sim_change(line, state ? 0 : IRQ_SIM_MASKED, state ? IRQ_SIM_MASKED : 0);
		break;
	case IRQCHIP_STATE_LINE_LEVEL:
		irq_sim_drive(line, state, &claimed);
		break;
	default:
		return -EINVAL;
	}

	if (claimed)
		irq_sim_add(line);
	return min(ret, 0);
}

static int irq_sim_irq_request_resources(struct irq_data *data)
{
	struct irq_sim_line *line = irq_sim_line_of(data);
	struct irq_sim_chip *chip = line->chip;
	unsigned int cpu;
	int ret;

	/* A chained handler, which may have been there before, does not release resources */
	scoped_guard(raw_spinlock_irqsave, &line->desc->lock)
		irq_sim_forget(line);

	if (chip->ops.irq_sim_irq_requested) {
		ret = chip->ops.irq_sim_irq_requested(chip->domain, line->hwirq, chip->user_data);
		if (ret)
			return ret;
	}

	/* genirq does not call startup and shutdown for per-CPU lines */
	if (line->percpu) {
		guard(preempt)();
		for_each_possible_cpu(cpu)
			irq_sim_change_on(per_cpu_ptr(line->percpu, cpu), cpu,
					  IRQ_SIM_LATCHED, IRQ_SIM_STARTED);
	}
	return 0;
}

static void irq_sim_irq_release_resources(struct irq_data *data)
{
	struct irq_sim_line *line = irq_sim_line_of(data);
	struct irq_sim_chip *chip = line->chip;

	scoped_guard(raw_spinlock_irqsave, &line->desc->lock)
		irq_sim_forget(line);

	if (chip->ops.irq_sim_irq_released)
		chip->ops.irq_sim_irq_released(chip->domain, line->hwirq, chip->user_data);
}

/**
 * irq_sim_chip_init() - Set up the irq_chip
 * @chip:	a new chip, whose name, kind and flags are set
 *
 * Context: Any.
 */
void irq_sim_chip_init(struct irq_sim_chip *chip)
{
	chip->irqchip = (struct irq_chip) {
		.name			= chip->name,
		.irq_mask		= irq_sim_irq_mask,
		.irq_unmask		= irq_sim_irq_unmask,
		.irq_set_type		= irq_sim_irq_set_type,
		.irq_get_irqchip_state	= irq_sim_irq_get_state,
		.irq_set_irqchip_state	= irq_sim_irq_set_state,
		.irq_request_resources	= irq_sim_irq_request_resources,
		.irq_release_resources	= irq_sim_irq_release_resources,
		.flags			= IRQCHIP_AFFINITY_PRE_STARTUP,
	};

	if (chip->kind == IRQ_SIM_KIND_ACK) {
		chip->irqchip.irq_ack = irq_sim_irq_ack;
		chip->irqchip.irq_mask_ack = irq_sim_irq_mask_ack;
	} else {
		chip->irqchip.irq_eoi = irq_sim_irq_eoi;
	}
	if (chip->kind == IRQ_SIM_KIND_PERCPU)
		return;

	chip->irqchip.irq_startup = irq_sim_irq_startup;
	chip->irqchip.irq_shutdown = irq_sim_irq_shutdown;
	chip->irqchip.irq_retrigger = irq_sim_irq_retrigger;
	if (!(chip->flags & IRQ_SIM_NO_WAKE))
		chip->irqchip.irq_set_wake = irq_sim_irq_set_wake;
#ifdef CONFIG_SMP
	if (!(chip->flags & IRQ_SIM_NO_AFFINITY))
		chip->irqchip.irq_set_affinity = irq_sim_irq_set_affinity;
#endif
	if (chip->flags & IRQ_SIM_EOI_THREADED)
		chip->irqchip.flags |= IRQCHIP_EOI_THREADED;
}
