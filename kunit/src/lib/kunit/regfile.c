// SPDX-License-Identifier: GPL-2.0
/*
 * Models of the registers of a device on a slow bus
 *
 * A bus transfer consists of kunit_regfile_begin(), and then any number of
 * kunit_regfile_seek(), kunit_regfile_read() and kunit_regfile_write(). Hooks of the
 * test are called between the accesses, without the lock, so that they can change
 * registers, fire interrupts or sleep, like events in a real device.
 */

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kunit/irq-line.h>
#include <kunit/regfile.h>
#include <kunit/test.h>

/**
 * struct kunit_regfile_hook - a hook of the test
 * @node:	entry in &kunit_regfile.hooks
 * @what:	KUNIT_REGFILE_READ or KUNIT_REGFILE_WRITE to run after an access,
 *		KUNIT_REGFILE_FAILED to run before a transfer
 * @number:	register, or number of the transfer
 * @fn:		function to call, or NULL
 * @data:	for @fn
 * @usecs:	delay
 * @error:	result of the transfer
 */
struct kunit_regfile_hook {
	struct list_head	node;
	enum kunit_regfile_what	what;
	unsigned int		number;
	kunit_regfile_fn	fn;
	void			*data;
	unsigned int		usecs;
	int			error;
};

static void kunit_regfile_trace(struct kunit_regfile *rf, enum kunit_regfile_what what,
				unsigned int reg, u32 val)
{
	rf->trace[rf->events++ % KUNIT_REGFILE_TRACE] = (struct kunit_regfile_event) {
		.transfer	= rf->transfers,
		.what		= what,
		.reg		= reg,
		.val		= val,
	};
}

static void kunit_regfile_dump(struct kunit_regfile *rf)
{
	unsigned int i = rf->events - min(rf->events, KUNIT_REGFILE_TRACE);
	int width = rf->model->val_bytes * 2;

	for (; i < rf->events; i++) {
		struct kunit_regfile_event *e = &rf->trace[i % KUNIT_REGFILE_TRACE];

		switch (e->what) {
		case KUNIT_REGFILE_READ:
			kunit_info(rf->test, "%s: transfer %u: read 0x%02x is 0x%0*x\n",
				   rf->name, e->transfer, e->reg, width, e->val);
			break;
		case KUNIT_REGFILE_WRITE:
			kunit_info(rf->test, "%s: transfer %u: write 0x%02x = 0x%0*x\n",
				   rf->name, e->transfer, e->reg, width, e->val);
			break;
		case KUNIT_REGFILE_FAILED:
			kunit_info(rf->test, "%s: transfer %u: failed, %d\n",
				   rf->name, e->transfer, (int)e->val);
			break;
		case KUNIT_REGFILE_LINE:
			kunit_info(rf->test, "%s: interrupt %s\n",
				   rf->name, e->val ? "asserted" : "released");
			break;
		}
	}
}

static void kunit_regfile_exit(void *data)
{
	struct kunit_regfile *rf = data;

	if (READ_ONCE(rf->test->status) == KUNIT_FAILURE)
		kunit_regfile_dump(rf);
	/* Do not print the accesses once more, as transfers */
	kunit_accesses_reset(&rf->accesses);
	kunit_regfile_disarm(rf);
}

static const struct kunit_reg *kunit_regfile_find(struct kunit_regfile *rf, unsigned int reg)
{
	return reg <= rf->highest ? rf->map[reg] : NULL;
}

/* A test must not access a register or a FIFO which its model does not have. */
static bool kunit_regfile_has(struct kunit_regfile *rf, unsigned int reg, bool fifo)
{
	const struct kunit_reg *desc = kunit_regfile_find(rf, reg);

	if (desc && (!fifo || desc->fifo))
		return true;
	KUNIT_FAIL(rf->test, "%s: the model has no %s 0x%02x", rf->name,
		   fifo ? "FIFO" : "register", reg);
	return false;
}

static unsigned int kunit_reg_last(const struct kunit_reg *reg)
{
	return max(reg->first, reg->last);
}

/**
 * kunit_regfile_create() - Create the registers of a device
 * @test:	test context
 * @name:	name of the device, for messages; must stay valid until the test ends
 * @model:	model of the registers; must stay valid likewise
 *
 * Does not return if there is no memory, or if @model is invalid.
 *
 * Context: Process context, the thread of the test.
 *
 * Return: The registers, with their reset values.
 */
struct kunit_regfile *kunit_regfile_create(struct kunit *test, const char *name,
					   const struct kunit_regfile_model *model)
{
	struct kunit_regfile *rf = kunit_kzalloc(test, sizeof(*rf), GFP_KERNEL);
	unsigned int fifo = 0;

	KUNIT_ASSERT_NOT_NULL(test, rf);
	KUNIT_ASSERT_GT(test, model->num_regs, 0);
	KUNIT_ASSERT_LE(test, model->reg_bytes, 2);
	KUNIT_ASSERT_LE(test, model->val_bytes, 4);
	KUNIT_ASSERT_TRUE(test, is_power_of_2(model->val_bytes));

	rf->test = test;
	rf->name = name;
	rf->model = model;
	raw_spin_lock_init(&rf->lock);
	INIT_LIST_HEAD(&rf->hooks);
	kunit_accesses_init(test, &rf->accesses, name);
	rf->lowest = U16_MAX;
	for (int i = 0; i < model->num_regs; i++) {
		rf->lowest = min_t(unsigned int, rf->lowest, model->regs[i].first);
		rf->highest = max_t(unsigned int, rf->highest, kunit_reg_last(&model->regs[i]));
		fifo += model->regs[i].fifo;
	}

	rf->val = kunit_kcalloc(test, rf->highest + 1, sizeof(*rf->val), GFP_KERNEL);
	rf->map = kunit_kcalloc(test, rf->highest + 1, sizeof(*rf->map), GFP_KERNEL);
	rf->reads = kunit_kcalloc(test, rf->highest + 1, sizeof(*rf->reads), GFP_KERNEL);
	rf->writes = kunit_kcalloc(test, rf->highest + 1, sizeof(*rf->writes), GFP_KERNEL);
	rf->fifo = kunit_kcalloc(test, fifo + 1, sizeof(*rf->fifo), GFP_KERNEL);
	rf->fifo_base = kunit_kcalloc(test, model->num_regs, sizeof(*rf->fifo_base), GFP_KERNEL);
	rf->fifo_head = kunit_kcalloc(test, model->num_regs, sizeof(*rf->fifo_head), GFP_KERNEL);
	rf->fifo_level = kunit_kcalloc(test, model->num_regs, sizeof(*rf->fifo_level),
				       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rf->val);
	KUNIT_ASSERT_NOT_NULL(test, rf->map);
	KUNIT_ASSERT_NOT_NULL(test, rf->reads);
	KUNIT_ASSERT_NOT_NULL(test, rf->writes);
	KUNIT_ASSERT_NOT_NULL(test, rf->fifo);
	KUNIT_ASSERT_NOT_NULL(test, rf->fifo_base);
	KUNIT_ASSERT_NOT_NULL(test, rf->fifo_head);
	KUNIT_ASSERT_NOT_NULL(test, rf->fifo_level);

	fifo = 0;
	for (int i = 0; i < model->num_regs; i++) {
		const struct kunit_reg *desc = &model->regs[i];

		for (unsigned int reg = desc->first; reg <= kunit_reg_last(desc); reg++) {
			KUNIT_ASSERT_NULL_MSG(test, rf->map[reg], "register 0x%02x twice", reg);
			rf->map[reg] = desc;
			rf->val[reg] = desc->reset;
		}
		rf->fifo_base[i] = fifo;
		fifo += desc->fifo;
	}

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_regfile_exit, rf), 0);
	return rf;
}
EXPORT_SYMBOL_GPL(kunit_regfile_create);

static void kunit_regfile_drive(struct kunit_regfile *rf)
{
	bool asserted;

	lockdep_assert_held(&rf->lock);
	if (!rf->model->asserted)
		return;

	asserted = !rf->off && rf->model->asserted(rf);
	if (asserted == rf->asserted)
		return;

	kunit_regfile_trace(rf, KUNIT_REGFILE_LINE, 0, asserted);
	rf->asserted = asserted;
	if (rf->line)
		kunit_irq_line_assert(rf->line, asserted);
}

/**
 * kunit_regfile_connect() - Connect the interrupt of a device
 * @rf:		the registers
 * @line:	the line, which nobody else drives
 *
 * From now on the line follows the registers.
 */
void kunit_regfile_connect(struct kunit_regfile *rf, struct kunit_irq_line *line)
{
	guard(kunit_regfile)(rf);
	rf->line = line;
	kunit_irq_line_assert(line, rf->asserted);
}
EXPORT_SYMBOL_GPL(kunit_regfile_connect);

/**
 * struct kunit_regfile_line - the interrupt of a device with registers
 * @rf:		the registers
 * @info:	parameters of the test
 */
struct kunit_regfile_line {
	struct kunit_regfile		*rf;
	struct kunit_irq_line_info	info;
};

static int kunit_regfile_line_requested(struct kunit_irq_line *line, void *data)
{
	const struct kunit_irq_line_info *info = &((struct kunit_regfile_line *)data)->info;

	return info->requested ? info->requested(line, info->data) : 0;
}

static void kunit_regfile_line_released(struct kunit_irq_line *line, void *data)
{
	const struct kunit_irq_line_info *info = &((struct kunit_regfile_line *)data)->info;

	if (info->released)
		info->released(line, info->data);
}

static void kunit_regfile_line_event(struct kunit_irq_line *line, u64 bits, void *data)
{
	struct kunit_regfile *rf = ((struct kunit_regfile_line *)data)->rf;

	guard(kunit_regfile)(rf);
	rf->model->event(rf, bits);
}

/**
 * kunit_regfile_line_create() - Create the interrupt of a device, and connect it
 * @test:	test context
 * @rf:		the registers
 * @trigger:	trigger type of the interrupt, e.g. IRQ_TYPE_LEVEL_LOW
 * @info:	other parameters, may be NULL; its trigger and event are replaced by
 *		@trigger and the event callback of the model
 *
 * For buses. Does not return if there is no memory.
 *
 * Context: Process context, the thread of the test.
 *
 * Return: The line, which follows the registers.
 */
struct kunit_irq_line *kunit_regfile_line_create(struct kunit *test, struct kunit_regfile *rf,
						 unsigned int trigger,
						 const struct kunit_irq_line_info *info)
{
	struct kunit_regfile_line *rl = kunit_kzalloc(test, sizeof(*rl), GFP_KERNEL);
	struct kunit_irq_line_info own = {};
	struct kunit_irq_line *line;

	KUNIT_ASSERT_NOT_NULL(test, rl);
	rl->rf = rf;
	if (info)
		own = *info;
	rl->info = own;
	own.trigger = trigger;
	own.requested = kunit_regfile_line_requested;
	own.released = kunit_regfile_line_released;
	own.event = rf->model->event ? kunit_regfile_line_event : NULL;
	own.data = rl;
	line = kunit_irq_line_create(test, &own);
	kunit_regfile_connect(rf, line);
	return line;
}
EXPORT_SYMBOL_GPL(kunit_regfile_line_create);

/**
 * kunit_regfile_lock() - Begin an event
 * @rf:	the registers
 *
 * Between this and kunit_regfile_unlock() the test may change
 * &kunit_regfile.val, and must not sleep.
 */
void kunit_regfile_lock(struct kunit_regfile *rf)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	rf->flags = flags;
}
EXPORT_SYMBOL_GPL(kunit_regfile_lock);

/**
 * kunit_regfile_unlock() - End an event, and drive the interrupt line
 * @rf:	the registers
 */
void kunit_regfile_unlock(struct kunit_regfile *rf)
{
	unsigned long flags = rf->flags;

	kunit_regfile_drive(rf);
	raw_spin_unlock_irqrestore(&rf->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_unlock);

/**
 * kunit_regfile_get() - Get a register, without side effects
 * @rf:		the registers
 * @reg:	address
 *
 * Return: The value.
 */
u32 kunit_regfile_get(struct kunit_regfile *rf, unsigned int reg)
{
	if (!kunit_regfile_has(rf, reg, false))
		return 0;
	guard(kunit_regfile)(rf);
	return rf->val[reg];
}
EXPORT_SYMBOL_GPL(kunit_regfile_get);

/**
 * kunit_regfile_set() - Change bits of a register, like the device itself
 * @rf:		the registers
 * @reg:	address
 * @mask:	bits to change
 * @val:	their values
 */
void kunit_regfile_set(struct kunit_regfile *rf, unsigned int reg, u32 mask, u32 val)
{
	if (!kunit_regfile_has(rf, reg, false))
		return;
	guard(kunit_regfile)(rf);
	rf->val[reg] = (rf->val[reg] & ~mask) | (val & mask);
}
EXPORT_SYMBOL_GPL(kunit_regfile_set);

static bool kunit_fifo_push(struct kunit_regfile *rf, const struct kunit_reg *desc, u32 val)
{
	int i = desc - rf->model->regs;

	if (rf->fifo_level[i] == desc->fifo)
		return false;
	rf->fifo[rf->fifo_base[i] + (rf->fifo_head[i] + rf->fifo_level[i]++) % desc->fifo] = val;
	return true;
}

static u32 kunit_fifo_pop(struct kunit_regfile *rf, const struct kunit_reg *desc)
{
	int i = desc - rf->model->regs;
	u32 val;

	if (!rf->fifo_level[i])
		return 0;
	val = rf->fifo[rf->fifo_base[i] + rf->fifo_head[i]];
	rf->fifo_head[i] = (rf->fifo_head[i] + 1) % desc->fifo;
	rf->fifo_level[i]--;
	return val;
}

/**
 * kunit_regfile_push() - Append a value to a FIFO of the device
 * @rf:		the registers
 * @reg:	address of the FIFO
 * @val:	what the driver will read
 *
 * Return: true, or false if the FIFO is full.
 */
bool kunit_regfile_push(struct kunit_regfile *rf, unsigned int reg, u32 val)
{
	if (!kunit_regfile_has(rf, reg, true))
		return false;
	guard(kunit_regfile)(rf);
	return kunit_fifo_push(rf, rf->map[reg], val);
}
EXPORT_SYMBOL_GPL(kunit_regfile_push);

/**
 * kunit_regfile_push_locked() - kunit_regfile_push() for the callbacks of a model
 * @rf:		the registers
 * @reg:	address of the FIFO
 * @val:	what the driver will read
 *
 * Return: true, or false if the FIFO is full.
 */
bool kunit_regfile_push_locked(struct kunit_regfile *rf, unsigned int reg, u32 val)
{
	const struct kunit_reg *desc = kunit_regfile_find(rf, reg);

	lockdep_assert_held(&rf->lock);
	return desc && desc->fifo && kunit_fifo_push(rf, desc, val);
}
EXPORT_SYMBOL_GPL(kunit_regfile_push_locked);

/**
 * kunit_regfile_release_locked() - Deassert the interrupt for a moment
 * @rf:	the registers
 *
 * For the callbacks of a model whose interrupt output pulses, so that the controller
 * sees another edge if the interrupt is still asserted.
 */
void kunit_regfile_release_locked(struct kunit_regfile *rf)
{
	lockdep_assert_held(&rf->lock);
	if (!rf->asserted)
		return;
	kunit_regfile_trace(rf, KUNIT_REGFILE_LINE, 0, false);
	rf->asserted = false;
	if (rf->line)
		kunit_irq_line_assert(rf->line, false);
}
EXPORT_SYMBOL_GPL(kunit_regfile_release_locked);

/**
 * kunit_regfile_level() - Number of values in a FIFO of the device
 * @rf:		the registers
 * @reg:	address of the FIFO
 *
 * The callbacks of a model may call this.
 *
 * Return: The number.
 */
unsigned int kunit_regfile_level(struct kunit_regfile *rf, unsigned int reg)
{
	const struct kunit_reg *desc = kunit_regfile_find(rf, reg);

	return desc ? READ_ONCE(rf->fifo_level[desc - rf->model->regs]) : 0;
}
EXPORT_SYMBOL_GPL(kunit_regfile_level);

/**
 * kunit_regfile_asserted() - Does the device assert its interrupt?
 * @rf:	the registers
 *
 * Return: true if it does.
 */
bool kunit_regfile_asserted(struct kunit_regfile *rf)
{
	guard(kunit_regfile)(rf);
	return rf->asserted;
}
EXPORT_SYMBOL_GPL(kunit_regfile_asserted);

/**
 * kunit_regfile_transfers() - Number of transfers so far
 * @rf:	the registers
 *
 * Failed transfers are counted, too.
 *
 * Return: The number.
 */
unsigned int kunit_regfile_transfers(struct kunit_regfile *rf)
{
	return READ_ONCE(rf->transfers);
}
EXPORT_SYMBOL_GPL(kunit_regfile_transfers);

/**
 * kunit_regfile_count() - Number of accesses of the driver to a register
 * @rf:		the registers
 * @what:	KUNIT_REGFILE_READ or KUNIT_REGFILE_WRITE
 * @reg:	address
 *
 * Return: The number.
 */
unsigned int kunit_regfile_count(struct kunit_regfile *rf, enum kunit_regfile_what what,
				 unsigned int reg)
{
	if (!kunit_regfile_has(rf, reg, false))
		return 0;
	guard(kunit_regfile)(rf);
	return what == KUNIT_REGFILE_READ ? rf->reads[reg] : rf->writes[reg];
}
EXPORT_SYMBOL_GPL(kunit_regfile_count);

/**
 * kunit_regfile_power() - Switch the device off or on
 * @rf:	the registers
 * @on:	true to switch it on; initially it is on
 *
 * A device that is off does not respond to transfers (-ENXIO), and does not assert its
 * interrupt. Switching it on resets it: the registers have their reset values, the FIFOs
 * are empty, and no address is set.
 */
void kunit_regfile_power(struct kunit_regfile *rf, bool on)
{
	guard(kunit_regfile)(rf);
	if (on && rf->off) {
		for (unsigned int reg = 0; reg <= rf->highest; reg++)
			rf->val[reg] = rf->map[reg] ? rf->map[reg]->reset : 0;
		memset(rf->fifo_level, 0, rf->model->num_regs * sizeof(*rf->fifo_level));
		rf->pointer = 0;
	}
	rf->off = !on;
}
EXPORT_SYMBOL_GPL(kunit_regfile_power);

static void kunit_regfile_arm(struct kunit_regfile *rf, const struct kunit_regfile_hook *arg,
			      unsigned int nth)
{
	struct kunit_regfile_hook *hook = kmemdup(arg, sizeof(*arg), GFP_KERNEL);

	if (!hook) {
		KUNIT_FAIL(rf->test, "no memory for a hook");
		return;
	}

	guard(kunit_regfile)(rf);
	hook->number += nth ? rf->transfers + nth : 0;
	list_add_tail(&hook->node, &rf->hooks);
}

/**
 * kunit_regfile_fail() - Make a transfer fail
 * @rf:		the registers
 * @nth:	number of the transfer, 1 for the next one
 * @error:	error of the transfer, a negative errno
 *
 * No part of the transfer reaches the device.
 */
void kunit_regfile_fail(struct kunit_regfile *rf, unsigned int nth, int error)
{
	struct kunit_regfile_hook hook = { .what = KUNIT_REGFILE_FAILED, .error = error };

	kunit_regfile_arm(rf, &hook, nth);
}
EXPORT_SYMBOL_GPL(kunit_regfile_fail);

/**
 * kunit_regfile_delay() - Make a transfer slow
 * @rf:		the registers
 * @nth:	number of the transfer, 1 for the next one
 * @usecs:	how long the transfer sleeps before it begins
 */
void kunit_regfile_delay(struct kunit_regfile *rf, unsigned int nth, unsigned int usecs)
{
	struct kunit_regfile_hook hook = { .what = KUNIT_REGFILE_FAILED, .usecs = usecs };

	kunit_regfile_arm(rf, &hook, nth);
}
EXPORT_SYMBOL_GPL(kunit_regfile_delay);

/**
 * kunit_regfile_at() - Call a function when a transfer begins
 * @rf:		the registers
 * @nth:	number of the transfer, 1 for the next one
 * @fn:		called in the context of the driver, before the transfer has an effect.
 *		May sleep to delay the transfer.
 * @data:	for @fn
 */
void kunit_regfile_at(struct kunit_regfile *rf, unsigned int nth, kunit_regfile_fn fn,
		      void *data)
{
	struct kunit_regfile_hook hook = {
		.what = KUNIT_REGFILE_FAILED, .fn = fn, .data = data
	};

	kunit_regfile_arm(rf, &hook, nth);
}
EXPORT_SYMBOL_GPL(kunit_regfile_at);

/**
 * kunit_regfile_after() - Call a function after a register has been accessed
 * @rf:		the registers
 * @what:	KUNIT_REGFILE_READ or KUNIT_REGFILE_WRITE
 * @reg:	address
 * @fn:		called in the context of the driver after the next such access, once.
 *		May sleep.
 * @data:	for @fn
 */
void kunit_regfile_after(struct kunit_regfile *rf, enum kunit_regfile_what what,
			 unsigned int reg, kunit_regfile_fn fn, void *data)
{
	struct kunit_regfile_hook hook = {
		.what = what, .number = reg, .fn = fn, .data = data
	};

	if (kunit_regfile_has(rf, reg, false))
		kunit_regfile_arm(rf, &hook, 0);
}
EXPORT_SYMBOL_GPL(kunit_regfile_after);

/**
 * kunit_regfile_disarm() - Remove all hooks which have not run
 * @rf:	the registers
 */
void kunit_regfile_disarm(struct kunit_regfile *rf)
{
	struct kunit_regfile_hook *hook, *next;
	LIST_HEAD(hooks);

	scoped_guard(kunit_regfile, rf)
		list_splice_init(&rf->hooks, &hooks);
	list_for_each_entry_safe(hook, next, &hooks, node)
		kfree(hook);
}
EXPORT_SYMBOL_GPL(kunit_regfile_disarm);

/* Call the hooks for one event, in the order in which they were set. */
static int kunit_regfile_call(struct kunit_regfile *rf, enum kunit_regfile_what what,
			      unsigned int number)
{
	struct kunit_regfile_hook *hook, *next;
	LIST_HEAD(hooks);
	int ret = 0;

	scoped_guard(kunit_regfile, rf) {
		list_for_each_entry_safe(hook, next, &rf->hooks, node) {
			if (hook->what == what && hook->number == number)
				list_move_tail(&hook->node, &hooks);
		}
	}

	list_for_each_entry_safe(hook, next, &hooks, node) {
		if (hook->usecs)
			fsleep(hook->usecs);
		if (hook->fn)
			hook->fn(rf, hook->data);
		if (hook->error)
			ret = hook->error;
		kfree(hook);
	}
	return ret;
}

/**
 * kunit_regfile_begin() - A transfer of the bus begins
 * @rf:	the registers
 *
 * The bus does one transfer at a time. It must call kunit_regfile_end() in any case.
 *
 * Return: 0, or the negative errno of the transfer.
 */
int kunit_regfile_begin(struct kunit_regfile *rf)
{
	unsigned int number;
	int ret;

	scoped_guard(kunit_regfile, rf)
		number = ++rf->transfers;
	ret = kunit_regfile_call(rf, KUNIT_REGFILE_FAILED, number);

	rf->access = (struct kunit_access) {};
	if (kunit_access_begin(&rf->accesses, &rf->access))
		ret = -EIO;

	guard(kunit_regfile)(rf);
	if (rf->off)
		ret = -ENXIO;
	if (ret)
		kunit_regfile_trace(rf, KUNIT_REGFILE_FAILED, 0, ret);
	return ret;
}
EXPORT_SYMBOL_GPL(kunit_regfile_begin);

/**
 * kunit_regfile_end() - A transfer of the bus ends
 * @rf:	the registers
 */
void kunit_regfile_end(struct kunit_regfile *rf)
{
	kunit_access_end(&rf->accesses, &rf->access);
}
EXPORT_SYMBOL_GPL(kunit_regfile_end);

/**
 * kunit_regfile_seek() - Set the address of the next access
 * @rf:		the registers
 * @reg:	address, with flags of the protocol
 */
void kunit_regfile_seek(struct kunit_regfile *rf, unsigned int reg)
{
	guard(kunit_regfile)(rf);
	rf->pointer = rf->model->reg_mask ? reg & rf->model->reg_mask : reg;
}
EXPORT_SYMBOL_GPL(kunit_regfile_seek);

static bool kunit_regfile_access(struct kunit_regfile *rf, enum kunit_regfile_what what,
				 unsigned int *where, u32 *val)
{
	const struct kunit_regfile_model *model = rf->model;
	const struct kunit_reg *desc;
	unsigned int reg;
	bool first;

	guard(kunit_regfile)(rf);
	reg = *where = rf->pointer;
	desc = kunit_regfile_find(rf, reg);
	if (!model->no_increment && !(desc && desc->fifo))
		rf->pointer = reg == rf->highest ? rf->lowest : reg + 1;
	/* A transfer is recorded with the first register which it accesses */
	first = !rf->access.len;
	if (first) {
		rf->access.addr = reg;
		rf->access.write = what == KUNIT_REGFILE_WRITE;
		rf->access.val = *val;
	}
	rf->access.len += model->val_bytes;
	if (!desc)
		return false;

	if (what == KUNIT_REGFILE_READ) {
		rf->reads[reg]++;
		*val = desc->fifo ? kunit_fifo_pop(rf, desc) : rf->val[reg];
		if (model->read)
			model->read(rf, reg, val);
		if (first)
			rf->access.val = *val;
		rf->val[reg] &= ~desc->rc;
		kunit_regfile_trace(rf, what, reg, *val);
	} else {
		u32 keep = desc->ro | desc->w1c;

		rf->writes[reg]++;
		kunit_regfile_trace(rf, what, reg, *val);
		if (model->write)
			model->write(rf, reg, val);
		if (desc->fifo)
			kunit_fifo_push(rf, desc, *val);
		else
			rf->val[reg] = (rf->val[reg] & keep & ~(*val & desc->w1c)) |
				       (*val & ~keep);
	}
	return true;
}

/* Report only the first one: a faulty driver often does this in a loop. */
static void kunit_regfile_refuse(struct kunit_regfile *rf, enum kunit_regfile_what what,
				 unsigned int reg)
{
	bool first;

	scoped_guard(kunit_regfile, rf)
		first = !rf->refused++;
	if (first)
		KUNIT_FAIL(rf->test, "%s: driver %s %s register 0x%02x, which is not in the model",
			   rf->name, rf->dev ? dev_driver_string(rf->dev) : "(none)",
			   what == KUNIT_REGFILE_READ ? "reads" : "writes", reg);
}

/**
 * kunit_regfile_read() - The driver reads
 * @rf:		the registers
 * @buf:	set to the values
 * @len:	number of bytes
 *
 * Context: Process context. May sleep, if the test delays it.
 *
 * Return: 0. A missing register fails the test, and reads as 0.
 */
int kunit_regfile_read(struct kunit_regfile *rf, u8 *buf, unsigned int len)
{
	unsigned int bytes = rf->model->val_bytes;

	while (len) {
		unsigned int n = min(len, bytes), reg;
		u32 val = 0;

		if (!kunit_regfile_access(rf, KUNIT_REGFILE_READ, &reg, &val))
			kunit_regfile_refuse(rf, KUNIT_REGFILE_READ, reg);
		for (unsigned int i = 0; i < n; i++)
			buf[i] = val >> 8 * (rf->model->val_le ? i : bytes - 1 - i);
		kunit_regfile_call(rf, KUNIT_REGFILE_READ, reg);
		buf += n;
		len -= n;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(kunit_regfile_read);

/**
 * kunit_regfile_write() - The driver writes
 * @rf:		the registers
 * @buf:	values
 * @len:	number of bytes
 *
 * Context: Process context. May sleep, if the test delays it.
 *
 * Return: 0. A missing register or an incomplete value fails the test.
 */
int kunit_regfile_write(struct kunit_regfile *rf, const u8 *buf, unsigned int len)
{
	unsigned int bytes = rf->model->val_bytes;

	while (len >= bytes) {
		unsigned int reg;
		u32 val = 0;

		for (unsigned int i = 0; i < bytes; i++)
			val |= (u32)buf[i] << 8 * (rf->model->val_le ? i : bytes - 1 - i);
		if (!kunit_regfile_access(rf, KUNIT_REGFILE_WRITE, &reg, &val))
			kunit_regfile_refuse(rf, KUNIT_REGFILE_WRITE, reg);
		kunit_regfile_call(rf, KUNIT_REGFILE_WRITE, reg);
		buf += bytes;
		len -= bytes;
	}
	if (len)
		KUNIT_FAIL(rf->test, "%s: driver %s writes %u of the %u bytes of a value",
			   rf->name, rf->dev ? dev_driver_string(rf->dev) : "(none)", len, bytes);
	return 0;
}
EXPORT_SYMBOL_GPL(kunit_regfile_write);
