// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt simulator compared with the controllers of this machine.
 *
 * Each case does the same to a line of the simulator and to lines of real
 * controllers, which nobody else uses: of a GIC, of the I/O APIC, or those of
 * qemu's device edu. It expects the same of all of them, and prints what genirq
 * called in the chip, what the handlers did, and what the chip reports as the state
 * of the line. Scripts compare these traces.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/pci.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/seq_buf.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "irq_sim_patience.h"

#define CONF_EVENTS	160
#define CONF_TEXT	900

/* A pulse can be generated with conf_provider::fire */
#define CONF_PULSE	BIT(0)
/* The line has a wire which can be held, with conf_provider::wire */
#define CONF_WIRE	BIT(1)
/* Per-CPU line */
#define CONF_PERCPU	BIT(2)
/* The latch can be cleared with IRQCHIP_STATE_PENDING */
#define CONF_WITHDRAW	BIT(3)
/* The type can be set to rising edge and to high level */
#define CONF_TYPE	BIT(4)
/* The line is level sensitive: a pulse is lost if the handler does not run for it */
#define CONF_LEVEL	BIT(5)

struct conf_line;

/**
 * struct conf_provider - a source of lines under test
 * @name:	name used in the trace
 * @flags:	CONF_* of the lines
 * @arg:	private argument of the callbacks
 * @get:	get a line: 0, or -ENODEV if this machine has none
 * @put:	release the line
 * @fire:	generate a pulse
 * @wire:	raise or lower the wire
 */
struct conf_provider {
	const char	*name;
	unsigned int	flags;
	unsigned int	arg;
	int		(*get)(struct conf_line *line);
	void		(*put)(struct conf_line *line);
	int		(*fire)(struct conf_line *line);
	void		(*wire)(struct conf_line *line, bool high);
};

/**
 * struct conf_line - a line under test
 * @provider:	where the line comes from
 * @virq:	its Linux number
 * @fwnode:	fwnode of its chip, if that is simulated
 * @domain:	its chip, if that is simulated
 * @requested:	it has an owner
 * @held:	CPUs on which no task can run while the handler is held
 * @chip:	chip with the recording callbacks
 * @orig:	the original chip
 * @hook:	called by the handler with the number of the run, may be NULL
 * @wake:	the handler wakes the thread
 * @begun:	runs of the handler which have started
 * @handled:	runs of the handler which have finished
 * @threads:	runs of the thread function which have finished
 * @depth:	runs in progress
 * @nested:	runs which started while another one was in progress
 * @failed:	calls from the handler which failed
 * @entered:	the handler or the thread has reached the point where the test holds it
 * @release:	lets the handler continue
 * @go:		lets the thread continue
 * @injecting:	the test makes genirq inject an event
 * @recording:	events are being recorded
 * @events:	number of recorded events
 * @event:	the recorded events
 */
struct conf_line {
	const struct conf_provider	*provider;
	unsigned int			virq;
	struct fwnode_handle		*fwnode;
	struct irq_domain		*domain;
	bool				requested;
	cpumask_t			held;
	struct irq_chip			chip;
	struct irq_chip			*orig;
	void				(*hook)(struct conf_line *line, int run);
	bool				wake;
	atomic_t			begun;
	atomic_t			handled;
	atomic_t			threads;
	atomic_t			depth;
	atomic_t			nested;
	atomic_t			failed;
	atomic_t			entered;
	atomic_t			release;
	struct completion		go;
	bool				injecting;
	bool				recording;
	atomic_t			events;
	char				event[CONF_EVENTS][12];
};

/* The line of the running case. Callbacks need it, because the chip data belongs to the chip. */
static struct conf_line *conf_line;
static DEFINE_PER_CPU(struct conf_line *, conf_cookie);

/*
 * Recording of events
 */

static __printf(2, 3) void conf_note(struct conf_line *line, const char *fmt, ...)
{
	va_list args;
	int i;

	if (!READ_ONCE(line->recording))
		return;
	i = atomic_inc_return(&line->events) - 1;
	if (i >= CONF_EVENTS)
		return;
	va_start(args, fmt);
	vsnprintf(line->event[i], sizeof(line->event[i]), fmt, args);
	va_end(args);
}

static char conf_bit(struct conf_line *line, enum irqchip_irq_state which)
{
	bool state;

	if (irq_get_irqchip_state(line->virq, which, &state))
		return '-';
	return state ? '1' : '0';
}

/* Masked, pending and active, as reported by the chip. */
static void conf_state(struct conf_line *line)
{
	guard(preempt)();
	conf_note(line, "m%cp%ca%c", conf_bit(line, IRQCHIP_STATE_MASKED),
		  conf_bit(line, IRQCHIP_STATE_PENDING), conf_bit(line, IRQCHIP_STATE_ACTIVE));
}

/*
 * Record what genirq calls. Callbacks with the same effect are recorded by the same word, and a
 * mask only if it masks: some chips use one callback for two things.
 */

static void conf_note_mask(struct irq_data *data)
{
	/* genirq does not track the mask of a per-CPU line */
	if (!irqd_irq_masked(data) || conf_line->provider->flags & CONF_PERCPU)
		conf_note(conf_line, "mask");
}

static unsigned int conf_startup(struct irq_data *data)
{
	conf_note(conf_line, "unmask");
	return conf_line->orig->irq_startup(data);
}

static void conf_mask(struct irq_data *data)
{
	conf_note_mask(data);
	conf_line->orig->irq_mask(data);
}

static void conf_unmask(struct irq_data *data)
{
	conf_note(conf_line, "unmask");
	conf_line->orig->irq_unmask(data);
}

static void conf_disable(struct irq_data *data)
{
	conf_note_mask(data);
	conf_line->orig->irq_disable(data);
}

static void conf_enable(struct irq_data *data)
{
	conf_note(conf_line, "unmask");
	conf_line->orig->irq_enable(data);
}

static void conf_ack(struct irq_data *data)
{
	conf_note(conf_line, "ack");
	conf_line->orig->irq_ack(data);
}

static void conf_mask_ack(struct irq_data *data)
{
	conf_note_mask(data);
	conf_note(conf_line, "ack");
	conf_line->orig->irq_mask_ack(data);
}

static void conf_eoi(struct irq_data *data)
{
	conf_note(conf_line, "eoi");
	conf_line->orig->irq_eoi(data);
}

static int conf_set_type(struct irq_data *data, unsigned int type)
{
	/* A request sets the type from firmware, if the type can be set */
	if (conf_line->requested)
		conf_note(conf_line, type & IRQ_TYPE_LEVEL_MASK ? "level" : "edge");
	return conf_line->orig->irq_set_type(data, type);
}

/* Same as try_retrigger() for a chip without that callback. */
static int conf_retrigger(struct irq_data *data)
{
	int ret;

	/* Injections are not recorded here, the case has done so already */
	if (!READ_ONCE(conf_line->injecting))
		conf_note(conf_line, "retrigger");
	if (conf_line->orig->irq_retrigger)
		return conf_line->orig->irq_retrigger(data);
	ret = irq_chip_retrigger_hierarchy(data);
	if (!ret)
		conf_note(conf_line, "resend");
	return ret;
}

/* Install a copy of the chip which records the calls and passes them on. */
static void conf_wrap(struct conf_line *line)
{
	struct irq_chip *chip = &line->chip;

	line->orig = irq_get_chip(line->virq);
	*chip = *line->orig;
	chip->irq_startup = chip->irq_startup ? conf_startup : NULL;
	chip->irq_mask = chip->irq_mask ? conf_mask : NULL;
	chip->irq_unmask = chip->irq_unmask ? conf_unmask : NULL;
	chip->irq_disable = chip->irq_disable ? conf_disable : NULL;
	chip->irq_enable = chip->irq_enable ? conf_enable : NULL;
	chip->irq_ack = chip->irq_ack ? conf_ack : NULL;
	chip->irq_mask_ack = chip->irq_mask_ack ? conf_mask_ack : NULL;
	chip->irq_eoi = chip->irq_eoi ? conf_eoi : NULL;
	chip->irq_set_type = chip->irq_set_type ? conf_set_type : NULL;
	chip->irq_retrigger = conf_retrigger;
	irq_set_chip(line->virq, chip);
}

/*
 * Providers
 */

static unsigned int conf_type(const struct conf_line *line)
{
	return line->provider->flags & CONF_LEVEL ? IRQ_TYPE_LEVEL_HIGH : IRQ_TYPE_EDGE_RISING;
}

/* Firmware describes the lines, as for the real controllers. */
static int conf_map(struct conf_line *line, struct irq_fwspec *fwspec)
{
	fwspec->param[fwspec->param_count++] = conf_type(line);
	line->virq = irq_create_fwspec_mapping(fwspec);
	return line->virq ? 0 : -EINVAL;
}

static int conf_sim_get(struct conf_line *line)
{
	struct irq_sim_info info = { .num_irqs = 8 };
	struct irq_fwspec fwspec = { .param_count = 1, .param = { 3 } };

	line->fwnode = irq_domain_alloc_named_fwnode("irq_conform");
	if (!line->fwnode)
		return -ENOMEM;
	info.fwnode = line->fwnode;
	info.delivery = IRQ_SIM_DELIVER_HARDIRQ;
	info.kind = line->provider->arg;
	line->domain = irq_domain_instantiate_sim(&info);
	if (IS_ERR(line->domain))
		return PTR_ERR(line->domain);
	fwspec.fwnode = line->fwnode;
	return conf_map(line, &fwspec);
}

static void conf_sim_put(struct conf_line *line)
{
	if (!IS_ERR_OR_NULL(line->domain)) {
		irq_dispose_mapping(line->virq);
		irq_domain_remove_sim(line->domain);
	}
	if (line->fwnode)
		irq_domain_free_fwnode(line->fwnode);
}

static void conf_sim_wire(struct conf_line *line, bool high)
{
	irq_sim_set_line(line->domain, 3, high);
}

static int conf_pend(struct conf_line *line)
{
	guard(preempt)();
	return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, true);
}

/* An event which is already on its way covers this one. */
static int conf_inject(struct conf_line *line)
{
	int ret;

	WRITE_ONCE(line->injecting, true);
	ret = irq_inject_interrupt(line->virq);
	WRITE_ONCE(line->injecting, false);
	return ret == -EBUSY ? 0 : ret;
}

#ifdef CONFIG_ARM64
static const struct of_device_id conf_gics[] = {
	{ .compatible = "arm,cortex-a15-gic" },
	{ .compatible = "arm,gic-v3" },
	{}
};

/* Lines of qemu's machine virt with nothing attached to them */
#define CONF_SPI	200
#define CONF_PPI	3

static int conf_gic_get(struct conf_line *line)
{
	struct device_node *node __free(device_node) = of_find_matching_node(NULL, conf_gics);
	struct irq_fwspec fwspec = { .param_count = 2 };
	bool pending;
	int ret;

	if (!node)
		return -ENODEV;
	fwspec.fwnode = of_fwnode_handle(node);
	fwspec.param[0] = line->provider->flags & CONF_PERCPU ? 1 : 0;
	fwspec.param[1] = line->provider->arg;
	ret = conf_map(line, &fwspec);
	if (ret)
		return ret;

	/* The GICv2 of qemu up to 9.0 ignores this for per-CPU lines: they cannot be fired */
	guard(preempt)();
	irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, true);
	ret = irq_get_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, &pending);
	irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, false);
	return ret ?: pending ? 0 : -ENODEV;
}

static void conf_gic_put(struct conf_line *line)
{
	if (!line->virq)
		return;
	/* The case may have ended with an unhandled event: clear it for the next case */
	scoped_guard(preempt)
		irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, false);
	irq_dispose_mapping(line->virq);
}
#endif

#ifdef CONFIG_X86_IO_APIC
#define CONF_LEGACY	7

static int conf_ioapic_get(struct conf_line *line)
{
	struct irq_data *data = irq_get_irq_data(CONF_LEGACY);

	if (!data || strcmp(irq_get_chip(CONF_LEGACY)->name, "IO-APIC"))
		return -ENODEV;
	line->virq = CONF_LEGACY;
	return 0;
}
#endif

#ifdef CONFIG_PCI
#define CONF_EDU_RAISE	0x60
#define CONF_EDU_LOWER	0x64

static struct pci_dev *conf_edu;
static void __iomem *conf_edu_regs;

static int conf_edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = pcim_enable_device(pdev);

	if (ret)
		return ret;
	conf_edu_regs = pcim_iomap(pdev, 0, 0);
	if (!conf_edu_regs)
		return -ENOMEM;
	pci_set_master(pdev);
	conf_edu = pdev;
	return 0;
}

static void conf_edu_remove(struct pci_dev *pdev)
{
	conf_edu = NULL;
}

static const struct pci_device_id conf_edu_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{}
};

static struct pci_driver conf_edu_driver = {
	.name		= "irq_conform",
	.id_table	= conf_edu_ids,
	.probe		= conf_edu_probe,
	.remove		= conf_edu_remove,
};

static int conf_edu_get(struct conf_line *line)
{
	int ret;

	if (!conf_edu)
		return -ENODEV;
	/* The PLIC and the APLIC of qemu 7.2 treat a level as an edge */
	if (IS_ENABLED(CONFIG_RISCV) && line->provider->arg == PCI_IRQ_INTX)
		return -ENODEV;
	ret = pci_alloc_irq_vectors(conf_edu, 1, 1, line->provider->arg);
	if (ret < 0)
		return -ENODEV;
	line->virq = pci_irq_vector(conf_edu, 0);
	return 0;
}

static void conf_edu_wire(struct conf_line *line, bool high)
{
	writel(~0U, conf_edu_regs + (high ? CONF_EDU_RAISE : CONF_EDU_LOWER));
	/* Flush the write, so that it has reached the device on return */
	readl(conf_edu_regs);
}

static int conf_edu_fire(struct conf_line *line)
{
	conf_edu_wire(line, true);
	return 0;
}

static void conf_edu_put(struct conf_line *line)
{
	if (!line->virq)
		return;
	conf_edu_wire(line, false);
	/* Clear it for the next case, if possible */
	irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, false);
	pci_free_irq_vectors(conf_edu);
}
#endif

#define CONF_SIM(_name, _kind, _flags, _wire)						\
	{ _name, CONF_PULSE | CONF_WITHDRAW | CONF_TYPE | (_flags),			\
	  IRQ_SIM_KIND_##_kind, conf_sim_get, conf_sim_put, conf_pend, _wire }

static const struct conf_provider conf_providers[] = {
	CONF_SIM("sim-ack-edge", ACK, 0, NULL),
	CONF_SIM("sim-ack-level", ACK, CONF_LEVEL | CONF_WIRE, conf_sim_wire),
	CONF_SIM("sim-eoi-edge", EOI, 0, NULL),
	CONF_SIM("sim-eoi-level", EOI, CONF_LEVEL | CONF_WIRE, conf_sim_wire),
	CONF_SIM("sim-percpu-edge", PERCPU, CONF_PERCPU, NULL),
	CONF_SIM("sim-percpu-level", PERCPU, CONF_PERCPU | CONF_LEVEL, NULL),
#ifdef CONFIG_ARM64
#define CONF_GIC(_name, _number, _flags)						\
	{ _name, CONF_PULSE | CONF_WITHDRAW | CONF_TYPE | (_flags),	\
	  _number, conf_gic_get, conf_gic_put, conf_pend, NULL }
	CONF_GIC("spi-edge", CONF_SPI, 0),
	CONF_GIC("spi-level", CONF_SPI + 1, CONF_LEVEL),
	CONF_GIC("ppi-edge", CONF_PPI, CONF_PERCPU),
	CONF_GIC("ppi-level", CONF_PPI + 1, CONF_PERCPU | CONF_LEVEL),
#endif
#ifdef CONFIG_X86_IO_APIC
	{ "ioapic-edge", CONF_PULSE, 0, conf_ioapic_get, NULL, conf_inject, NULL },
#endif
#ifdef CONFIG_PCI
	{ "msi-edge", CONF_PULSE, PCI_IRQ_MSI, conf_edu_get, conf_edu_put, conf_edu_fire, NULL },
	{ "intx-level", CONF_WIRE | CONF_LEVEL, PCI_IRQ_INTX, conf_edu_get, conf_edu_put, NULL,
	  conf_edu_wire },
#endif
};

/* The providers which this machine has. */
static bool conf_have[ARRAY_SIZE(conf_providers)];

static int conf_suite_init(struct kunit_suite *suite)
{
#ifdef CONFIG_PCI
	if (pci_register_driver(&conf_edu_driver))
		return -ENODEV;
#endif
	for (int i = 0; i < ARRAY_SIZE(conf_providers); i++) {
		struct conf_line *line = kzalloc_obj(*line);

		if (!line)
			return -ENOMEM;
		line->provider = &conf_providers[i];
		conf_have[i] = !line->provider->get(line);
		if (line->provider->put)
			line->provider->put(line);
		kfree(line);
	}
	return 0;
}

static void conf_suite_exit(struct kunit_suite *suite)
{
#ifdef CONFIG_PCI
	pci_unregister_driver(&conf_edu_driver);
#endif
}

static const void *conf_next(const void *prev, char *desc, unsigned int flags, unsigned int want)
{
	const struct conf_provider *p = prev;

	for (p = p ? p + 1 : conf_providers; p < ARRAY_END(conf_providers); p++) {
		if (conf_have[p - conf_providers] && (p->flags & flags) == want) {
			strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
			return p;
		}
	}
	return NULL;
}

#define CONF_GEN(_name, _flags, _want)							\
	static const void *_name##_gen(struct kunit *test, const void *prev, char *desc)	\
	{										\
		return conf_next(prev, desc, _flags, _want);				\
	}

CONF_GEN(conf_pulse, CONF_PULSE | CONF_PERCPU, CONF_PULSE)
CONF_GEN(conf_withdraw, CONF_WITHDRAW | CONF_PERCPU, CONF_WITHDRAW)
CONF_GEN(conf_type, CONF_TYPE | CONF_PERCPU, CONF_TYPE)
CONF_GEN(conf_wire, CONF_WIRE, CONF_WIRE)
CONF_GEN(conf_percpu, CONF_PERCPU, CONF_PERCPU)

/*
 * Building blocks of the cases
 */

static irqreturn_t conf_handler(int irq, void *data)
{
	struct conf_line *line = data;
	int run = atomic_inc_return(&line->begun);

	conf_note(line, "run%d", smp_processor_id());
	if (atomic_inc_return(&line->depth) > 1)
		atomic_inc(&line->nested);
	if (line->hook)
		line->hook(line, run);
	atomic_dec(&line->depth);
	conf_note(line, "end");
	/* Release: a test thread which sees the count also sees the data of the run */
	atomic_inc_return_release(&line->handled);
	return line->wake ? IRQ_WAKE_THREAD : IRQ_HANDLED;
}

static irqreturn_t conf_percpu_handler(int irq, void *data)
{
	return conf_handler(irq, *(struct conf_line **)data);
}

static irqreturn_t conf_thread(int irq, void *data)
{
	struct conf_line *line = data;

	conf_note(line, "thread");
	atomic_set_release(&line->entered, 1);
	/* Completed by the test, or when it ends */
	wait_for_completion(&line->go);
	conf_note(line, "done");
	atomic_inc_return_release(&line->threads);
	return IRQ_HANDLED;
}

static bool conf_wait(atomic_t *what, int value)
{
	struct sim_patience patience = {};

	while (atomic_read_acquire(what) < value) {
		if (sim_gave_up(&patience))
			return false;
		cond_resched();
		cpu_relax();
	}
	return true;
}

static long conf_nothing(void *arg)
{
	/* Flush softirqs as well: genirq's own resend is a tasklet */
	local_bh_disable();
	local_bh_enable();
	return 0;
}

/*
 * Wait until the handlers of @runs events have finished, and for any further interrupts. A CPU
 * takes whatever was sent to it before it continues with a task.
 */
static void conf_settle(struct kunit *test, int runs)
{
	struct conf_line *line = test->priv;
	unsigned int cpu;

	if (cpumask_empty(&line->held))
		KUNIT_EXPECT_TRUE(test, conf_wait(&line->handled, runs));
	/* Where irq_work has no interrupt of its own, it waits for the tick */
	if (cpumask_empty(&line->held) && line->domain)
		irq_sim_synchronize(line->domain);
	for (int round = 0; round < 2; round++) {
		for_each_online_cpu(cpu) {
			if (!cpumask_test_cpu(cpu, &line->held))
				work_on_cpu(cpu, conf_nothing, NULL);
		}
	}
}

static int conf_do_fire(struct conf_line *line)
{
	conf_note(line, "fire");
	return line->provider->fire(line);
}

static void conf_fire(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, conf_do_fire(test->priv), 0);
}

static void conf_raise(struct conf_line *line)
{
	conf_note(line, "raise");
	line->provider->wire(line, true);
}

static void conf_lower(struct conf_line *line)
{
	conf_note(line, "lower");
	line->provider->wire(line, false);
}

static void conf_do_disable(struct conf_line *line)
{
	conf_note(line, "disable");
	/* There is no handler in progress which it would have to wait for */
	disable_irq_nosync(line->virq);
}

static void conf_do_enable(struct conf_line *line)
{
	conf_note(line, "enable");
	enable_irq(line->virq);
}

static void conf_move(struct kunit *test, unsigned int cpu)
{
	struct conf_line *line = test->priv;

	conf_note(line, "move%u", cpu);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(line->virq, cpumask_of(cpu)), 0);
}

static void conf_free(struct conf_line *line)
{
	WRITE_ONCE(line->recording, false);
	free_irq(line->virq, line);
	line->requested = false;
}

/* A line which is not activated has no CPU yet. */
static bool conf_is_at(struct conf_line *line, unsigned int cpu)
{
	struct irq_data *data = irq_get_irq_data(line->virq);

	return irqd_is_activated(data) && cpumask_equal(irq_data_get_effective_affinity_mask(data),
							  cpumask_of(cpu));
}

/* Some chips move a line only when it fires: fire it here. */
static void conf_arrive(struct kunit *test, unsigned int cpu)
{
	struct conf_line *line = test->priv;
	void (*hook)(struct conf_line *line, int run) = line->hook;
	bool wake = line->wake;

	if (line->domain || !line->provider->fire || !irq_can_set_affinity(line->virq) ||
	    conf_is_at(line, cpu))
		return;

	WRITE_ONCE(line->recording, false);
	line->hook = NULL;
	line->wake = false;
	/* Fire twice: an IMSIC enables the line on the new CPU only a while after the first one */
	for (int i = 1; i <= 2; i++) {
		KUNIT_EXPECT_EQ(test, line->provider->fire(line), 0);
		conf_settle(test, i);
	}
	KUNIT_EXPECT_TRUE(test, conf_is_at(line, cpu));
	line->hook = hook;
	line->wake = wake;
	atomic_set(&line->begun, 0);
	atomic_set(&line->handled, 0);
	WRITE_ONCE(line->recording, true);
}

static struct conf_line *conf_request_thread(struct kunit *test, unsigned int cpu,
					     void (*hook)(struct conf_line *line, int run),
					     bool thread)
{
	struct conf_line *line = test->priv;
	int ret;

	line->hook = hook;
	line->wake = thread;
	/* Before startup: some chips can move a line later only when it fires */
	if (line->domain || !conf_is_at(line, cpu))
		irq_set_affinity(line->virq, cpumask_of(cpu));
	WRITE_ONCE(line->recording, true);
	conf_note(line, "request");
	ret = request_threaded_irq(line->virq, conf_handler, thread ? conf_thread : NULL,
				   IRQF_NO_THREAD * !thread | IRQF_ONESHOT * thread,
				   "irq_conform", line);
	KUNIT_ASSERT_EQ(test, ret, 0);
	line->requested = true;
	conf_arrive(test, cpu);
	return line;
}

static struct conf_line *conf_request(struct kunit *test, unsigned int cpu,
				      void (*hook)(struct conf_line *line, int run))
{
	return conf_request_thread(test, cpu, hook, false);
}

static void conf_unlazy(struct kunit *test)
{
	struct conf_line *line = test->priv;

	irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
}

static bool conf_is(struct kunit *test, unsigned int flag)
{
	struct conf_line *line = test->priv;

	return line->provider->flags & flag;
}

static bool conf_flow_is(struct kunit *test, irq_flow_handler_t handler)
{
	struct conf_line *line = test->priv;

	return irq_data_to_desc(irq_get_irq_data(line->virq))->handle_irq == handler;
}

/* Print the trace, and expect @runs handler runs. */
static void conf_report(struct kunit *test, const char *scenario, int runs)
{
	struct conf_line *line = test->priv;
	char *text = kunit_kzalloc(test, CONF_TEXT, GFP_KERNEL);
	struct irq_data *data = irq_get_irq_data(line->virq);
	int n = min(atomic_read(&line->events), CONF_EVENTS);
	struct seq_buf s;

	WRITE_ONCE(line->recording, false);
	KUNIT_ASSERT_NOT_NULL(test, text);
	seq_buf_init(&s, text, CONF_TEXT);
	for (int i = 0; i < n; i++)
		seq_buf_printf(&s, " %s", line->event[i]);
	pr_info("conform: %s %s: %ps %s:%s\n", line->provider->name, scenario,
		irq_data_to_desc(data)->handle_irq, line->orig->name ?: data->domain->name,
		seq_buf_str(&s));
	KUNIT_EXPECT_FALSE(test, seq_buf_has_overflowed(&s));
	KUNIT_EXPECT_LE(test, atomic_read(&line->events), CONF_EVENTS);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->begun), runs);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->nested), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&line->failed), 0);
}

static int conf_init(struct kunit *test)
{
	struct conf_line *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, line);
	line->provider = test->param_value;
	init_completion(&line->go);
	test->priv = line;
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(0)), 0);
	KUNIT_ASSERT_EQ(test, line->provider->get(line), 0);
	conf_line = line;
	conf_wrap(line);
	return 0;
}

static void conf_exit(struct kunit *test)
{
	struct conf_line *line = test->priv;

	set_cpus_allowed_ptr(current, cpu_possible_mask);
	if (!line)
		return;
	/* After a failure something may still be waiting */
	atomic_set(&line->release, 1);
	complete_all(&line->go);
	if (line->requested && line->provider->flags & CONF_WIRE)
		line->provider->wire(line, false);
	if (line->requested)
		conf_free(line);
	if (line->orig) {
		irq_clear_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
		irq_set_chip(line->virq, line->orig);
	}
	if (line->provider->put)
		line->provider->put(line);
	conf_line = NULL;
}

static void conf_cannot(struct kunit *test, const char *scenario, const char *why)
{
	struct conf_line *line = test->priv;

	pr_info("conform: %s %s: cannot: %s\n", line->provider->name, scenario, why);
	kunit_skip(test, "%s", why);
}

/* For cases which need one CPU to fire and two to deliver. */
static void conf_need_cpus(struct kunit *test, const char *scenario)
{
	struct conf_line *line = test->priv;

	if (num_online_cpus() < 3)
		kunit_skip(test, "needs three CPUs: one to fire, two to deliver");
	if (!irq_can_set_affinity(line->virq))
		conf_cannot(test, scenario, "the line has no affinity to set");
}

/* The same for cases which move the line while it is pending or active. */
static void conf_need_move(struct kunit *test, const char *scenario)
{
	struct device_node *node __free(device_node) =
		of_find_compatible_node(NULL, NULL, "arm,cortex-a15-gic");
	struct conf_line *line = test->priv;

	conf_need_cpus(test, scenario);
	/* The architecture has a single pending and active state per line */
	if (node && !line->domain)
		conf_cannot(test, scenario,
			    "qemu's GICv2 has a pending and an active bit of a line for each CPU");
}

/*
 * Pulses
 */

static void pulse_once(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, NULL);

	conf_state(line);
	conf_fire(test);
	conf_settle(test, 1);
	conf_state(line);
	conf_fire(test);
	conf_settle(test, 2);
	conf_report(test, __func__, 2);
}

static void conf_hook_fire(struct conf_line *line, int run)
{
	if (run > 1)
		return;
	conf_state(line);
	for (int i = 0; i < 2; i++) {
		if (conf_do_fire(line))
			atomic_inc(&line->failed);
		conf_state(line);
	}
}

/* C4: a fire during the handler gives one more run. */
static void pulse_in_handler(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, conf_hook_fire);

	conf_fire(test);
	conf_settle(test, 2);
	conf_state(line);
	conf_report(test, __func__, 2);
}

/* C5: an edge which arrives while the line is disabled is kept, a pulse on a level is not. */
static void pulse_disabled(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, NULL);
	int runs = conf_is(test, CONF_LEVEL) ? 0 : 1;

	conf_do_disable(line);
	conf_state(line);
	conf_fire(test);
	conf_settle(test, 0);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, runs);
	conf_state(line);
	conf_report(test, __func__, runs);
}

/* The line is masked by the time of the second pulse, which stays in the chip. */
static void pulse_disabled_twice(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, NULL);

	conf_do_disable(line);
	conf_fire(test);
	conf_settle(test, 0);
	conf_fire(test);
	conf_settle(test, 0);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 1);
	conf_state(line);
	conf_report(test, __func__, 1);
}

static void pulse_masked(struct kunit *test)
{
	struct conf_line *line;

	conf_unlazy(test);
	line = conf_request(test, 0, NULL);
	conf_do_disable(line);
	conf_state(line);
	conf_fire(test);
	conf_fire(test);
	conf_settle(test, 0);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 1);
	conf_state(line);
	conf_report(test, __func__, 1);
}

static void conf_hook_disable(struct conf_line *line, int run)
{
	if (run > 1)
		return;
	conf_do_disable(line);
	if (conf_do_fire(line))
		atomic_inc(&line->failed);
}

/* handle_level_irq() has masked the line, so the pulse stays in the chip. */
static void pulse_disable_in_handler(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, conf_hook_disable);
	int runs = conf_is(test, CONF_LEVEL) && !conf_flow_is(test, handle_level_irq) ? 1 : 2;

	conf_fire(test);
	conf_settle(test, 1);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, runs);
	conf_state(line);
	conf_report(test, __func__, runs);
}

static void conf_hook_disable_enable(struct conf_line *line, int run)
{
	if (run > 1)
		return;
	conf_hook_disable(line, run);
	conf_do_enable(line);
	conf_state(line);
}

static void pulse_enable_in_handler(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, conf_hook_disable_enable);

	conf_fire(test);
	conf_settle(test, 2);
	conf_state(line);
	conf_report(test, __func__, 2);
}

static void conf_hook_hold(struct conf_line *line, int run)
{
	if (run > 1)
		return;
	atomic_set_release(&line->entered, 1);
	conf_wait(&line->release, 1);
}

static void conf_hold(struct kunit *test)
{
	struct conf_line *line = test->priv;

	conf_fire(test);
	KUNIT_EXPECT_TRUE(test, conf_wait(&line->entered, 1));
	cpumask_set_cpu(1, &line->held);
}

static void conf_release(struct kunit *test, int runs)
{
	struct conf_line *line = test->priv;

	cpumask_clear(&line->held);
	atomic_set_release(&line->release, 1);
	conf_settle(test, runs);
	conf_state(line);
}

/* C4: the handler is in progress on the only CPU of the line. */
static void pulse_other_cpu(struct kunit *test)
{
	struct conf_line *line;

	conf_need_cpus(test, __func__);
	line = conf_request(test, 1, conf_hook_hold);
	conf_hold(test);
	conf_fire(test);
	conf_fire(test);
	conf_settle(test, 0);
	conf_state(line);
	conf_release(test, 2);
	conf_report(test, __func__, 2);
}

/* C4, C16: the same, and the line is moved meanwhile. */
static void pulse_moved(struct kunit *test)
{
	struct conf_line *line;

	conf_need_move(test, __func__);
	line = conf_request(test, 1, conf_hook_hold);
	conf_hold(test);
	conf_move(test, 2);
	conf_fire(test);
	/* genirq may spin there until the handler has finished, for lines with a single target */
	if (conf_flow_is(test, handle_edge_irq) && !line->domain)
		cpumask_set_cpu(2, &line->held);
	conf_settle(test, 0);
	conf_state(line);
	conf_release(test, 2);
	conf_report(test, __func__, 2);
}

/* C16: a latched event moves along with the line. */
static void pulse_moved_masked(struct kunit *test)
{
	struct conf_line *line;

	conf_need_move(test, __func__);
	conf_unlazy(test);
	line = conf_request(test, 1, NULL);
	conf_do_disable(line);
	conf_fire(test);
	conf_settle(test, 0);
	conf_move(test, 2);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 1);
	conf_state(line);
	conf_report(test, __func__, 1);
}

/*
 * C6: an event which is latched when the owner frees the line is not for the next owner. The
 * pending bit of a GIC or an IMSIC is still set.
 */
static void pulse_free(struct kunit *test)
{
	struct conf_line *line;
	int runs;

	conf_unlazy(test);
	line = conf_request(test, 0, NULL);
	conf_do_disable(line);
	conf_fire(test);
	conf_settle(test, 0);
	runs = !line->domain && (IS_ENABLED(CONFIG_RISCV) ||
				 conf_bit(line, IRQCHIP_STATE_PENDING) == '1');
	conf_free(line);
	conf_request(test, 0, NULL);
	conf_settle(test, runs);
	conf_state(line);
	conf_fire(test);
	conf_settle(test, runs + 1);
	conf_report(test, __func__, runs + 1);
}

/* C5: an event injected through genirq, while the line is idle and disabled. */
static void pulse_inject(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, NULL);
	int runs = conf_is(test, CONF_LEVEL) ? 1 : 2;

	conf_note(line, "inject");
	KUNIT_EXPECT_EQ(test, conf_inject(line), 0);
	conf_settle(test, 1);
	conf_do_disable(line);
	conf_note(line, "inject");
	KUNIT_EXPECT_EQ(test, conf_inject(line), 0);
	conf_settle(test, 1);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, runs);
	conf_report(test, __func__, runs);
}

/* C8: a pulse while the thread of an IRQF_ONESHOT handler runs. */
static void pulse_thread(struct kunit *test)
{
	struct conf_line *line = conf_request_thread(test, 0, NULL, true);
	bool edge = conf_flow_is(test, handle_edge_irq);

	conf_fire(test);
	KUNIT_EXPECT_TRUE(test, conf_wait(&line->entered, 1));
	conf_settle(test, 1);
	conf_state(line);
	conf_fire(test);
	conf_settle(test, edge ? 2 : 1);
	conf_state(line);
	atomic_set(&line->entered, 0);
	complete(&line->go);
	KUNIT_EXPECT_TRUE(test, conf_wait(&line->entered, 1));
	conf_settle(test, 2);
	complete(&line->go);
	KUNIT_EXPECT_TRUE(test, conf_wait(&line->threads, 2));
	synchronize_irq(line->virq);
	conf_state(line);
	conf_report(test, __func__, 2);
}

/* C3: a latched event can be cleared. */
static void pulse_withdrawn(struct kunit *test)
{
	struct conf_line *line;

	conf_unlazy(test);
	line = conf_request(test, 0, NULL);
	conf_do_disable(line);
	conf_fire(test);
	conf_settle(test, 0);
	conf_state(line);
	conf_note(line, "withdraw");
	KUNIT_EXPECT_EQ(test, 0,
			irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, false));
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 0);
	conf_state(line);
	conf_fire(test);
	conf_settle(test, 1);
	conf_report(test, __func__, 1);
}

/* Change to the other type, and back. */
static void pulse_type(struct kunit *test)
{
	unsigned int types[] = { IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_EDGE_RISING };
	struct conf_line *line = conf_request(test, 0, NULL);
	bool level = conf_is(test, CONF_LEVEL);

	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, irq_set_irq_type(line->virq, types[i ^ level]), 0);
		conf_state(line);
		conf_fire(test);
		conf_settle(test, i + 1);
	}
	conf_state(line);
	conf_report(test, __func__, 2);
}

/*
 * Levels held by a device
 */

static void conf_hook_lower(struct conf_line *line, int run)
{
	conf_lower(line);
}

static void conf_hook_lower_third(struct conf_line *line, int run)
{
	if (run == 3)
		conf_lower(line);
}

/* C7: the handler runs again until the level is lowered. */
static void level_held(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, conf_hook_lower_third);

	conf_state(line);
	conf_raise(line);
	conf_settle(test, 3);
	conf_state(line);
	conf_report(test, __func__, 3);
}

static void level_disabled(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, conf_hook_lower);

	conf_do_disable(line);
	conf_raise(line);
	conf_settle(test, 0);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 1);
	conf_state(line);
	conf_report(test, __func__, 1);
}

static void level_masked(struct kunit *test)
{
	struct conf_line *line;

	conf_unlazy(test);
	line = conf_request(test, 0, conf_hook_lower);
	conf_do_disable(line);
	conf_raise(line);
	conf_settle(test, 0);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 1);
	conf_state(line);
	conf_report(test, __func__, 1);
}

/* C7: a level which is lowered while the line is disabled leaves no trace. */
static void level_gone(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, conf_hook_lower);

	conf_do_disable(line);
	conf_raise(line);
	conf_settle(test, 0);
	conf_lower(line);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 0);
	conf_state(line);
	conf_raise(line);
	conf_settle(test, 1);
	conf_report(test, __func__, 1);
}

static void level_gone_masked(struct kunit *test)
{
	struct conf_line *line;

	conf_unlazy(test);
	line = conf_request(test, 0, conf_hook_lower);
	conf_do_disable(line);
	conf_raise(line);
	conf_settle(test, 0);
	conf_lower(line);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 0);
	conf_state(line);
	conf_raise(line);
	conf_settle(test, 1);
	conf_report(test, __func__, 1);
}

static void conf_hook_disable_level(struct conf_line *line, int run)
{
	if (run == 1)
		conf_do_disable(line);
	else
		conf_lower(line);
}

static void level_disable_in_handler(struct kunit *test)
{
	struct conf_line *line = conf_request(test, 0, conf_hook_disable_level);

	conf_raise(line);
	conf_settle(test, 1);
	conf_state(line);
	conf_do_enable(line);
	conf_settle(test, 2);
	conf_state(line);
	conf_report(test, __func__, 2);
}

/* C8: the line is masked while the thread runs and quiets the device. */
static void level_thread(struct kunit *test)
{
	struct conf_line *line = conf_request_thread(test, 0, NULL, true);

	conf_raise(line);
	KUNIT_EXPECT_TRUE(test, conf_wait(&line->entered, 1));
	conf_settle(test, 1);
	conf_state(line);
	conf_lower(line);
	conf_state(line);
	complete(&line->go);
	KUNIT_EXPECT_TRUE(test, conf_wait(&line->threads, 1));
	synchronize_irq(line->virq);
	conf_settle(test, 1);
	conf_state(line);
	conf_report(test, __func__, 1);
}

static void conf_hook_hold_level(struct conf_line *line, int run)
{
	conf_hook_hold(line, run);
	if (run == 2)
		conf_lower(line);
}

/* C7, C16: moved while the handler runs; the next run is on the other CPU. */
static void level_moved(struct kunit *test)
{
	struct conf_line *line;

	conf_need_move(test, __func__);
	line = conf_request(test, 1, conf_hook_hold_level);
	conf_raise(line);
	KUNIT_EXPECT_TRUE(test, conf_wait(&line->entered, 1));
	cpumask_set_cpu(1, &line->held);
	conf_settle(test, 0);
	conf_state(line);
	conf_move(test, 2);
	conf_release(test, 2);
	conf_report(test, __func__, 2);
}

/* C6: a level which is still asserted reaches the next owner, too. */
static void level_free(struct kunit *test)
{
	struct conf_line *line;

	conf_unlazy(test);
	line = conf_request(test, 0, conf_hook_lower);
	conf_do_disable(line);
	conf_raise(line);
	conf_settle(test, 0);
	conf_free(line);
	conf_request(test, 0, conf_hook_lower);
	conf_settle(test, 1);
	conf_state(line);
	conf_raise(line);
	conf_settle(test, 2);
	conf_state(line);
	conf_report(test, __func__, 2);
}

/*
 * Per-CPU lines
 */

static long percpu_enable(void *arg)
{
	struct conf_line *line = arg;

	enable_percpu_irq(line->virq, conf_type(line));
	return 0;
}

static long percpu_disable(void *arg)
{
	struct conf_line *line = arg;

	disable_percpu_irq(line->virq);
	return 0;
}

static long percpu_fire(void *arg)
{
	return conf_do_fire(arg);
}

static struct conf_line *percpu_request(struct kunit *test,
					void (*hook)(struct conf_line *line, int run))
{
	struct conf_line *line = test->priv;
	unsigned int cpu;

	line->hook = hook;
	for_each_possible_cpu(cpu)
		per_cpu(conf_cookie, cpu) = line;
	WRITE_ONCE(line->recording, true);
	conf_note(line, "request");
	KUNIT_ASSERT_EQ(test, request_percpu_irq(line->virq, conf_percpu_handler,
						 "irq_conform", &conf_cookie), 0);
	for_each_online_cpu(cpu)
		work_on_cpu(cpu, percpu_enable, line);
	return line;
}

/* Like conf_report(), after the owner has freed the line. */
static void percpu_report(struct kunit *test, const char *scenario, int runs)
{
	struct conf_line *line = test->priv;
	unsigned int cpu;

	conf_report(test, scenario, runs);
	for_each_online_cpu(cpu)
		work_on_cpu(cpu, percpu_disable, line);
	free_percpu_irq(line->virq, &conf_cookie);
}

static void percpu_once(struct kunit *test)
{
	struct conf_line *line = percpu_request(test, NULL);

	conf_state(line);
	conf_fire(test);
	conf_settle(test, 1);
	conf_state(line);
	percpu_report(test, __func__, 1);
}

static void percpu_in_handler(struct kunit *test)
{
	struct conf_line *line = percpu_request(test, conf_hook_fire);

	conf_fire(test);
	conf_settle(test, 2);
	conf_state(line);
	percpu_report(test, __func__, 2);
}

/* disable_percpu_irq() masks at once, on its CPU. */
static void percpu_masked(struct kunit *test)
{
	struct conf_line *line = percpu_request(test, NULL);

	conf_note(line, "disable");
	disable_percpu_irq(line->virq);
	conf_fire(test);
	conf_fire(test);
	conf_settle(test, 0);
	conf_state(line);
	if (num_online_cpus() > 1) {
		KUNIT_EXPECT_EQ(test, work_on_cpu(1, percpu_fire, line), 0);
		conf_settle(test, 1);
	}
	conf_note(line, "enable");
	percpu_enable(line);
	conf_settle(test, min(num_online_cpus(), 2));
	conf_state(line);
	percpu_report(test, __func__, min(num_online_cpus(), 2));
}

static void percpu_withdrawn(struct kunit *test)
{
	struct conf_line *line = percpu_request(test, NULL);

	conf_note(line, "disable");
	disable_percpu_irq(line->virq);
	conf_fire(test);
	conf_state(line);
	conf_note(line, "withdraw");
	KUNIT_EXPECT_EQ(test, 0,
			irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, false));
	conf_state(line);
	conf_note(line, "enable");
	percpu_enable(line);
	conf_settle(test, 0);
	conf_state(line);
	percpu_report(test, __func__, 0);
}

static struct kunit_case irq_conform_cases[] = {
	KUNIT_CASE_PARAM(pulse_once, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_in_handler, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_disabled, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_disabled_twice, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_masked, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_disable_in_handler, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_enable_in_handler, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_other_cpu, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_moved, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_moved_masked, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_free, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_inject, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_thread, conf_pulse_gen),
	KUNIT_CASE_PARAM(pulse_withdrawn, conf_withdraw_gen),
	KUNIT_CASE_PARAM(pulse_type, conf_type_gen),
	KUNIT_CASE_PARAM(level_held, conf_wire_gen),
	KUNIT_CASE_PARAM(level_disabled, conf_wire_gen),
	KUNIT_CASE_PARAM(level_masked, conf_wire_gen),
	KUNIT_CASE_PARAM(level_gone, conf_wire_gen),
	KUNIT_CASE_PARAM(level_gone_masked, conf_wire_gen),
	KUNIT_CASE_PARAM(level_disable_in_handler, conf_wire_gen),
	KUNIT_CASE_PARAM(level_thread, conf_wire_gen),
	KUNIT_CASE_PARAM(level_moved, conf_wire_gen),
	KUNIT_CASE_PARAM(level_free, conf_wire_gen),
	KUNIT_CASE_PARAM(percpu_once, conf_percpu_gen),
	KUNIT_CASE_PARAM(percpu_in_handler, conf_percpu_gen),
	KUNIT_CASE_PARAM(percpu_masked, conf_percpu_gen),
	KUNIT_CASE_PARAM(percpu_withdrawn, conf_percpu_gen),
	{}
};

static struct kunit_suite irq_conform_suite = {
	.name = "irq_conform",
	.suite_init = conf_suite_init,
	.suite_exit = conf_suite_exit,
	.init = conf_init,
	.exit = conf_exit,
	.test_cases = irq_conform_cases,
};

kunit_test_suite(irq_conform_suite);

MODULE_DESCRIPTION("Comparison of the interrupt simulator with real controllers");
MODULE_LICENSE("GPL");
