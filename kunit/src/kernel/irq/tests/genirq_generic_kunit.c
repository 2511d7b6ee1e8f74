// SPDX-License-Identifier: GPL-2.0
/*
 * Generic interrupt chips on registers which record each access: the callbacks, the setup of
 * ranges of interrupts, and the types of a chip.
 */

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/numa.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <kunit/test.h>

#define GC_LOG		8
/* Changes of the mask by each of two CPUs */
#define GC_ROUNDS	20000

/* Registers of the first and of the second chip type */
enum {
	GC_ENABLE	= 0x00,
	GC_DISABLE	= 0x04,
	GC_MASK		= 0x08,
	GC_ACK		= 0x0c,
	GC_EOI		= 0x10,
	GC_TYPE1	= 0x20,
	GC_SIZE		= 0x40,
};

/**
 * struct gc_test - registers, and what happened to them
 * @reg:	the registers
 * @log:	offset of each write, and the value
 * @writes:	number of writes
 * @reads:	number of reads
 * @gc:		chip whose lock has to be held
 * @unlocked:	accesses without the lock
 * @runs:	handled interrupts
 * @writes_before: number of writes before the first one was handled
 * @virq:	allocated interrupts
 */
struct gc_test {
	u32			reg[GC_SIZE / sizeof(u32)];
	struct {
		int		offset;
		u32		val;
	} log[GC_LOG];
	int			writes;
	int			reads;
	struct irq_chip_generic	*gc;
	int			unlocked;
	int			runs;
	int			writes_before;
	int			virq;
};

/* The accessors only get an address */
static struct gc_test *gc_now;

static int gc_offset(void __iomem *addr)
{
	return (char __force *)addr - (char *)gc_now->reg;
}

static void gc_check_lock(void)
{
	/* A spinlock has no state otherwise */
	if (IS_ENABLED(CONFIG_SMP) && gc_now->gc && !raw_spin_is_locked(&gc_now->gc->lock))
		gc_now->unlocked++;
}

static void gc_write(u32 val, void __iomem *addr)
{
	int n = gc_now->writes++;

	gc_check_lock();
	if (n < GC_LOG) {
		gc_now->log[n].offset = gc_offset(addr);
		gc_now->log[n].val = val;
	}
	gc_now->reg[gc_offset(addr) / sizeof(u32)] = val;
}

static u32 gc_read(void __iomem *addr)
{
	gc_now->reads++;
	return gc_now->reg[gc_offset(addr) / sizeof(u32)];
}

static int gc_init(struct kunit *test)
{
	struct gc_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	gc_now = t;
	return 0;
}

/* Two types of a chip: for levels and for edges */
static void gc_fill(struct gc_test *t, struct irq_chip_generic *gc)
{
	gc->reg_base = (void __iomem __force *)t->reg;
	gc->reg_readl = gc_read;
	gc->reg_writel = gc_write;
	for (int i = 0; i < gc->num_ct; i++) {
		struct irq_chip_type *ct = &gc->chip_types[i];

		ct->regs.enable = GC_ENABLE + i * GC_TYPE1;
		ct->regs.disable = GC_DISABLE + i * GC_TYPE1;
		ct->regs.mask = GC_MASK + i * GC_TYPE1;
		ct->regs.ack = GC_ACK + i * GC_TYPE1;
		ct->regs.eoi = GC_EOI + i * GC_TYPE1;
		ct->type = i ? IRQ_TYPE_EDGE_BOTH : IRQ_TYPE_LEVEL_MASK;
		ct->handler = i ? handle_edge_irq : handle_level_irq;
		ct->chip.irq_mask = irq_gc_mask_set_bit;
		ct->chip.irq_unmask = irq_gc_mask_clr_bit;
		ct->chip.irq_ack = irq_gc_ack_set_bit;
		ct->chip.irq_set_type = irq_setup_alt_chip;
	}
}

static struct irq_desc *gc_desc(unsigned int virq)
{
	return irq_data_to_desc(irq_get_irq_data(virq));
}

/* What a descriptor has which nobody has set up */
static bool gc_is_bare(unsigned int virq)
{
	return gc_desc(virq)->handle_irq == handle_bad_irq && !irq_get_chip_data(virq) &&
	       !irq_get_chip(virq)->irq_mask;
}

static void gc_free_descs(void *data)
{
	struct gc_test *t = data;

	irq_free_descs(t->virq, 33);
}

static void gc_free(void *gc)
{
	irq_free_generic_chip(gc);
}

static void gc_remove(void *data)
{
	struct irq_chip_generic *gc = data;

	irq_remove_generic_chip(gc, gc->irq_cnt ? IRQ_MSK(gc->irq_cnt) : 0, 0, 0);
}

/* A chip without a domain, for 32 of 33 interrupts */
static struct irq_chip_generic *gc_alloc(struct kunit *test, int types)
{
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc;

	t->virq = irq_alloc_descs(-1, 1, 33, NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, t->virq, 0);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gc_free_descs, t));
	gc = irq_alloc_generic_chip("gc", types, t->virq, NULL, handle_level_irq);
	KUNIT_ASSERT_NOT_NULL(test, gc);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gc_free, gc));
	KUNIT_EXPECT_EQ(test, gc->num_ct, types);
	KUNIT_EXPECT_EQ(test, gc->irq_base, t->virq);
	KUNIT_EXPECT_PTR_EQ(test, gc->chip_types[0].handler, &handle_level_irq);
	for (int i = 0; i < types; i++)
		KUNIT_EXPECT_STREQ_MSG(test, gc->chip_types[i].chip.name, "gc", "type %d", i);
	gc_fill(t, gc);
	return gc;
}

static void gc_setup(struct kunit *test, struct irq_chip_generic *gc, u32 msk,
		     enum irq_gc_flags flags, unsigned int clr, unsigned int set)
{
	irq_setup_generic_chip(gc, msk, flags, clr, set);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, gc_remove, gc));
}

enum gc_val { GC_NONE, GC_BIT, GC_NOT_BIT, GC_CACHE };

static const struct gc_callback {
	const char	*name;
	void		(*fn)(struct irq_data *data);
	struct {
		int		offset;
		enum gc_val	val;
	} write[2];
	int		cache;
} gc_callbacks[] = {
	{ "noop", irq_gc_noop },
	{ "mask_disable_reg", irq_gc_mask_disable_reg, { { GC_DISABLE, GC_BIT } }, -1 },
	{ "mask_set_bit", irq_gc_mask_set_bit, { { GC_MASK, GC_CACHE } }, 1 },
	{ "mask_clr_bit", irq_gc_mask_clr_bit, { { GC_MASK, GC_CACHE } }, -1 },
	{ "unmask_enable_reg", irq_gc_unmask_enable_reg, { { GC_ENABLE, GC_BIT } }, 1 },
	{ "ack_set_bit", irq_gc_ack_set_bit, { { GC_ACK, GC_BIT } } },
	{ "ack_clr_bit", irq_gc_ack_clr_bit, { { GC_ACK, GC_NOT_BIT } } },
	{ "mask_disable_and_ack_set", irq_gc_mask_disable_and_ack_set,
	  { { GC_DISABLE, GC_BIT }, { GC_ACK, GC_BIT } }, -1 },
	{ "eoi", irq_gc_eoi, { { GC_EOI, GC_BIT } } },
};

KUNIT_ARRAY_PARAM_DESC(gc_callback, gc_callbacks, name);

/*
 * A callback writes the registers of the type which the interrupt uses, in the order in which
 * the hardware needs it, with the lock of the chip held, and keeps the bits of the others.
 */
static void gc_callback(struct kunit *test)
{
	static const int lines[] = { 0, 5, 31 };
	const struct gc_callback *cb = test->param_value;
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc = gc_alloc(test, 2);

	gc_setup(test, gc, ~0U, IRQ_GC_MASK_CACHE_PER_TYPE, 0, 0);
	t->gc = gc;
	for (int type = 0; type < 2; type++) {
		u32 *cache = gc->chip_types[type].mask_cache;
		u32 *other = gc->chip_types[!type].mask_cache;

		for (int i = 0; i < 2 * ARRAY_SIZE(lines); i++) {
			int line = lines[i / 2], n = 0;
			struct irq_data *data = irq_get_irq_data(t->virq + line);
			/* With the bit clear, and with the bit set */
			u32 bit = BIT(line), start = i & 1 ? 0xf0f0f0f0 | bit : 0xf0f0f0f0 & ~bit;
			u32 after = start;

			data->chip = &gc->chip_types[type].chip;
			*cache = start;
			*other = 0x12345678;
			t->writes = 0;
			cb->fn(data);

			if (cb->cache)
				after = cb->cache > 0 ? start | bit : start & ~bit;
			KUNIT_EXPECT_EQ_MSG(test, *cache, after, "line %d: the others' bits", line);
			KUNIT_EXPECT_EQ_MSG(test, *other, 0x12345678, "other type's cache");
			for (; n < 2 && cb->write[n].val; n++) {
				u32 val = cb->write[n].val == GC_BIT ? bit :
					  cb->write[n].val == GC_NOT_BIT ? ~bit : after;

				KUNIT_EXPECT_EQ_MSG(test, t->log[n].offset,
						    cb->write[n].offset + type * GC_TYPE1,
						    "write %d goes to the wrong register", n);
				KUNIT_EXPECT_EQ_MSG(test, t->log[n].val, val,
						    "line %d, write %d", line, n);
			}
			KUNIT_EXPECT_EQ_MSG(test, t->writes, n, "number of writes");
		}
	}
	for (int i = 0; i < 32; i++)
		irq_get_irq_data(t->virq + i)->chip = &gc->chip_types[0].chip;
	KUNIT_EXPECT_EQ_MSG(test, t->unlocked, 0, "register accesses without the chip's lock");
	t->gc = NULL;
}

/* Only what can wake the system is marked, and the marks of other interrupts stay. */
static void gc_wake(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc = gc_alloc(test, 1);
	struct irq_data *data;

	gc_setup(test, gc, ~0U, 0, 0, 0);
	gc->wake_enabled = BIT(0) | BIT(3) | BIT(31);
	data = irq_get_irq_data(t->virq + 4);
	KUNIT_EXPECT_EQ_MSG(test, irq_gc_set_wake(data, 1), -EINVAL, "cannot wake the system");
	KUNIT_EXPECT_EQ(test, irq_gc_set_wake(data, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, gc->wake_active, 0);
	KUNIT_EXPECT_EQ(test, irq_gc_set_wake(irq_get_irq_data(t->virq + 31), 1), 0);
	KUNIT_EXPECT_EQ(test, irq_gc_set_wake(irq_get_irq_data(t->virq), 1), 0);
	KUNIT_EXPECT_EQ(test, gc->wake_active, BIT(0) | BIT(31));
	KUNIT_EXPECT_EQ(test, irq_gc_set_wake(irq_get_irq_data(t->virq + 31), 0), 0);
	KUNIT_EXPECT_EQ_MSG(test, gc->wake_active, BIT(0), "the wakeup of another interrupt");
}

static void gc_calc_mask(struct irq_data *data)
{
	data->mask = 0x100 + data->irq;
}

/* Setup touches the interrupts in the mask and no others, first and last one included. */
static void gc_range(struct kunit *test)
{
	const u32 msk = BIT(0) | BIT(2) | BIT(31);
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc = gc_alloc(test, 2);

	for (int i = 0; i < 33; i++)
		irq_modify_status(t->virq + i, IRQ_NOPROBE | IRQ_NOREQUEST, IRQ_NOTHREAD);
	t->reg[GC_MASK / 4] = 0xa5a5a5a5;
	gc_setup(test, gc, msk, IRQ_GC_INIT_MASK_CACHE | IRQ_GC_INIT_NESTED_LOCK, IRQ_NOTHREAD,
		 IRQ_NOPROBE);
	KUNIT_EXPECT_EQ_MSG(test, gc->irq_cnt, 32, "number of interrupts, holes included");
	for (int i = 0; i < 33; i++) {
		unsigned int status = gc_desc(t->virq + i)->status_use_accessors;
		struct irq_data *data = irq_get_irq_data(t->virq + i);

		if (i == 32 || !(msk & BIT(i))) {
			KUNIT_EXPECT_TRUE_MSG(test, gc_is_bare(t->virq + i),
					      "interrupt %d is not in the mask", i);
			KUNIT_EXPECT_EQ_MSG(test, status & (IRQ_NOTHREAD | IRQ_NOPROBE),
					    IRQ_NOTHREAD, "flags of %d", i);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, status & (IRQ_NOTHREAD | IRQ_NOPROBE), IRQ_NOPROBE,
				    "flags of %d", i);
		KUNIT_EXPECT_PTR_EQ(test, data->chip, &gc->chip_types[0].chip);
		KUNIT_EXPECT_PTR_EQ(test, irq_get_chip_data(t->virq + i), gc);
		KUNIT_EXPECT_PTR_EQ(test, gc_desc(t->virq + i)->handle_irq, &handle_level_irq);
		KUNIT_EXPECT_EQ_MSG(test, data->mask, BIT(i), "bit of interrupt %d", i);
	}
	KUNIT_EXPECT_EQ_MSG(test, gc->mask_cache, 0xa5a5a5a5, "cache of the mask register");

	/* Two of them go, the other one stays */
	kunit_remove_action(test, gc_remove, gc);
	irq_remove_generic_chip(gc, BIT(0) | BIT(31), IRQ_NOPROBE, IRQ_NOREQUEST);
	for (int i = 0; i < 33; i++) {
		unsigned int status = gc_desc(t->virq + i)->status_use_accessors;

		KUNIT_EXPECT_EQ_MSG(test, gc_is_bare(t->virq + i), i != 2, "interrupt %d", i);
		if (i == 0 || i == 31)
			KUNIT_EXPECT_EQ_MSG(test, status & (IRQ_NOPROBE | IRQ_NOREQUEST),
					    IRQ_NOREQUEST, "flags of removed %d", i);
		else
			KUNIT_EXPECT_FALSE_MSG(test, status & IRQ_NOREQUEST, "flags of %d", i);
	}
	irq_set_chip_and_handler(t->virq + 2, NULL, NULL);
}

/* Chips may calculate the mask of an interrupt, or do without one. */
static void gc_masks(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc = gc_alloc(test, 1);
	struct irq_data *data = irq_get_irq_data(t->virq + 1);

	data->mask = 0x77;
	gc_setup(test, gc, BIT(1), IRQ_GC_NO_MASK, 0, 0);
	KUNIT_EXPECT_EQ_MSG(test, data->mask, 0x77, "IRQ_GC_NO_MASK");
	KUNIT_EXPECT_EQ(test, gc->irq_cnt, 2);
	KUNIT_EXPECT_EQ_MSG(test, t->reads, 0, "the cache was not to be initialised");
	kunit_release_action(test, gc_remove, gc);

	gc->chip_types[0].chip.irq_calc_mask = gc_calc_mask;
	gc_setup(test, gc, BIT(1), 0, 0, 0);
	KUNIT_EXPECT_EQ_MSG(test, data->mask, 0x100 + data->irq, "irq_calc_mask()");
	kunit_release_action(test, gc_remove, gc);
	gc_setup(test, gc, BIT(1), IRQ_GC_NO_MASK, 0, 0);
	KUNIT_EXPECT_EQ(test, data->mask, 0x100 + data->irq);
}

/* All types share a cache, or have one each; each is read from its own register. */
static void gc_caches(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc = gc_alloc(test, 2);

	t->reg[GC_MASK / 4] = 0x11111111;
	t->reg[(GC_TYPE1 + GC_MASK) / 4] = 0x22222222;
	gc_setup(test, gc, 0, IRQ_GC_INIT_MASK_CACHE, 0, 0);
	KUNIT_EXPECT_EQ(test, gc->irq_cnt, 0);
	KUNIT_EXPECT_PTR_EQ(test, gc->chip_types[0].mask_cache, &gc->mask_cache);
	KUNIT_EXPECT_PTR_EQ_MSG(test, gc->chip_types[1].mask_cache, &gc->mask_cache,
				"the types do not share the cache");
	KUNIT_EXPECT_EQ(test, gc->mask_cache, 0x11111111);
	kunit_release_action(test, gc_remove, gc);

	gc->mask_cache = 0;
	gc_setup(test, gc, 0, IRQ_GC_INIT_MASK_CACHE | IRQ_GC_MASK_CACHE_PER_TYPE, 0, 0);
	KUNIT_EXPECT_EQ(test, *gc->chip_types[0].mask_cache, 0x11111111);
	KUNIT_EXPECT_EQ_MSG(test, *gc->chip_types[1].mask_cache, 0x22222222,
			    "cache of the second type");
	KUNIT_EXPECT_EQ(test, gc->mask_cache, 0);
}

static irqreturn_t gc_handler(int irq, void *data)
{
	struct gc_test *t = data;

	if (!t->runs++)
		t->writes_before = t->writes;
	return IRQ_HANDLED;
}

/*
 * With the type of an interrupt, its registers and its flow change; a type which the chip does
 * not have is refused, and changes nothing.
 */
static void gc_alt(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc = gc_alloc(test, 2);
	unsigned int virq = t->virq + 3;
	struct irq_desc *desc;

	gc_setup(test, gc, BIT(3) | BIT(4), IRQ_GC_MASK_CACHE_PER_TYPE, IRQ_NOREQUEST, 0);
	desc = gc_desc(virq);
	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_EDGE_FALLING), 0);
	KUNIT_EXPECT_PTR_EQ(test, irq_get_chip(virq), &gc->chip_types[1].chip);
	KUNIT_EXPECT_PTR_EQ_MSG(test, desc->handle_irq, &handle_edge_irq, "flow of an edge");
	KUNIT_EXPECT_PTR_EQ_MSG(test, irq_get_chip(virq + 1), &gc->chip_types[0].chip,
				"the type of another interrupt");
	KUNIT_ASSERT_EQ(test, request_irq(virq, gc_handler, 0, "gc", t), 0);
	t->writes = 0;
	generic_handle_irq_safe(virq);
	KUNIT_EXPECT_EQ(test, t->runs, 1);
	KUNIT_EXPECT_EQ(test, t->writes, 1);
	KUNIT_EXPECT_EQ_MSG(test, t->writes_before, 1, "acknowledge an edge before the handler");
	KUNIT_EXPECT_EQ_MSG(test, t->log[0].offset, GC_TYPE1 + GC_ACK, "registers of an edge");
	KUNIT_EXPECT_EQ(test, t->log[0].val, BIT(3));
	free_irq(virq, t);

	for (int i = 0; i < 2; i++) {
		gc->chip_types[i].type = i ? IRQ_TYPE_EDGE_RISING : IRQ_TYPE_LEVEL_LOW;
		KUNIT_EXPECT_EQ(test, irq_setup_alt_chip(irq_get_irq_data(virq),
							 IRQ_TYPE_LEVEL_HIGH), -EINVAL);
		KUNIT_EXPECT_PTR_EQ_MSG(test, irq_get_chip(virq), &gc->chip_types[1].chip,
					"changed by a type which is refused");
		KUNIT_EXPECT_PTR_EQ(test, desc->handle_irq, &handle_edge_irq);
	}

	KUNIT_EXPECT_EQ(test, irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), 0);
	KUNIT_ASSERT_EQ(test, request_irq(virq, gc_handler, 0, "gc", t), 0);
	t->runs = 0;
	t->writes = 0;
	generic_handle_irq_safe(virq);
	KUNIT_EXPECT_EQ(test, t->runs, 1);
	KUNIT_EXPECT_EQ_MSG(test, t->writes_before, 2, "masked and acknowledged, then handled");
	KUNIT_EXPECT_EQ_MSG(test, t->writes, 3, "unmasked after the handler");
	KUNIT_EXPECT_EQ(test, t->log[0].offset, GC_MASK);
	KUNIT_EXPECT_EQ(test, t->log[0].val, BIT(3));
	KUNIT_EXPECT_EQ(test, t->log[1].offset, GC_ACK);
	KUNIT_EXPECT_EQ(test, t->log[2].offset, GC_MASK);
	KUNIT_EXPECT_EQ(test, t->log[2].val, 0);
	free_irq(virq, t);
}

#ifdef CONFIG_SMP
static int gc_other_line(void *data)
{
	struct irq_data *line = data;

	for (int i = 0; i < GC_ROUNDS || !kthread_should_stop(); i++) {
		scoped_guard(irqsave) {
			irq_gc_mask_set_bit(line);
			irq_gc_mask_clr_bit(line);
		}
		cond_resched();
	}
	return 0;
}

/* Two CPUs mask and unmask two interrupts of a chip: neither changes what the other one did. */
static void gc_two_cpus(struct kunit *test)
{
	struct gc_test *t = test->priv;
	struct irq_chip_generic *gc = gc_alloc(test, 1);
	struct task_struct *task;
	struct irq_data *data;
	int lost = 0;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	gc_setup(test, gc, ~0U, 0, 0, 0);
	t->gc = gc;
	data = irq_get_irq_data(t->virq + 1);
	task = kthread_run_on_cpu(gc_other_line, irq_get_irq_data(t->virq),
				  cpumask_any_but(cpu_online_mask, raw_smp_processor_id()), "gc%u");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	for (int i = 0; i < GC_ROUNDS; i++) {
		scoped_guard(irqsave) {
			irq_gc_mask_set_bit(data);
			lost += !(READ_ONCE(gc->mask_cache) & BIT(1));
			irq_gc_mask_clr_bit(data);
			lost += !!(READ_ONCE(gc->mask_cache) & BIT(1));
		}
		cond_resched();
	}
	kthread_stop(task);
	t->gc = NULL;
	KUNIT_EXPECT_EQ_MSG(test, lost, 0, "lost changes of the mask");
	KUNIT_EXPECT_EQ(test, gc->mask_cache, 0);
	KUNIT_EXPECT_EQ_MSG(test, t->reg[GC_MASK / 4], 0, "the register differs from its cache");
	KUNIT_EXPECT_EQ(test, t->unlocked, 0);
}
#else
static void gc_two_cpus(struct kunit *test)
{
	kunit_skip(test, "needs SMP");
}
#endif

static struct kunit_case genirq_generic_cases[] = {
	KUNIT_CASE_PARAM(gc_callback, gc_callback_gen_params),
	KUNIT_CASE(gc_wake),
	KUNIT_CASE(gc_range),
	KUNIT_CASE(gc_masks),
	KUNIT_CASE(gc_caches),
	KUNIT_CASE(gc_alt),
	KUNIT_CASE(gc_two_cpus),
	{}
};

static struct kunit_suite genirq_generic_suite = {
	.name = "genirq_generic",
	.init = gc_init,
	.test_cases = genirq_generic_cases,
};

kunit_test_suite(genirq_generic_suite);
