/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Models of the registers of a device on a slow bus
 */
#ifndef _KUNIT_REGFILE_H
#define _KUNIT_REGFILE_H

#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <kunit/access.h>

struct device;
struct kunit;
struct kunit_irq_line;
struct kunit_irq_line_info;
struct kunit_regfile;

/**
 * DOC: Register files
 *
 * A driver for a device on I2C or SPI is tested against a model of the device: its
 * registers, the effects of reading and writing them, and when it asserts its
 * interrupt. The model is a table, with callbacks for the peculiarities of a chip.
 * The model of the bus turns transfers into register accesses.
 *
 * .. code-block:: c
 *
 *	static const struct kunit_reg regs[] = {
 *		KUNIT_REG_W1C(STATUS, 0, 0xff),
 *		KUNIT_REG(ENABLE, 0),
 *		KUNIT_REG_FIFO(DATA, 16),
 *	};
 *
 *	static bool asserted(struct kunit_regfile *rf)
 *	{
 *		return rf->val[STATUS] & rf->val[ENABLE];
 *	}
 *
 * The interrupt line is updated after each access of the driver, and after each event
 * which the test makes:
 *
 * .. code-block:: c
 *
 *	scoped_guard(kunit_regfile, rf)
 *		rf->val[STATUS] |= BIT(3);
 *
 * An access to a register which is not in the table fails the test, with a message
 * about the driver and the access. At the end of a failed test, the last accesses are
 * printed.
 */

/**
 * struct kunit_reg - a register, or a range of identical registers
 * @first:	address
 * @last:	address of the last register, inclusive; 0 for a single register
 * @reset:	reset value
 * @ro:		read-only bits
 * @w1c:	write-1-to-clear bits; writing 0 does not change them
 * @rc:		bits which are cleared by a read
 * @fifo:	depth of the FIFO at this address; 0: not a FIFO. A read takes the
 *		oldest value, or returns 0 if there is none; a write appends. The
 *		address is not incremented here.
 */
struct kunit_reg {
	u16	first;
	u16	last;
	u32	reset;
	u32	ro;
	u32	w1c;
	u32	rc;
	u16	fifo;
};

#define KUNIT_REG(_reg, _reset)						\
	{ .first = (_reg), .reset = (_reset) }
#define KUNIT_REGS(_first, _last, _reset)				\
	{ .first = (_first), .last = (_last), .reset = (_reset) }
#define KUNIT_REG_RO(_reg, _reset)					\
	{ .first = (_reg), .reset = (_reset), .ro = U32_MAX }
#define KUNIT_REG_W1C(_reg, _reset, _bits)				\
	{ .first = (_reg), .reset = (_reset), .w1c = (_bits) }
#define KUNIT_REG_RC(_reg, _reset, _bits)				\
	{ .first = (_reg), .reset = (_reset), .ro = U32_MAX, .rc = (_bits) }
#define KUNIT_REG_FIFO(_reg, _depth)					\
	{ .first = (_reg), .fifo = (_depth) }

/**
 * struct kunit_regfile_model - how the registers of a device behave
 * @regs:	the registers
 * @num_regs:	entries in @regs
 * @reg_bytes:	bytes of an address, 0 to 2; 0 if there is only register 0
 * @val_bytes:	bytes of a value, 1, 2 or 4
 * @val_le:	values are little endian; addresses are always big endian
 * @reg_mask:	address bits, 0 for all. The others are flags of the bus protocol,
 *		e.g. auto-increment.
 * @no_increment: the address is not incremented. Otherwise each value of a transfer
 *		increments it, and it wraps around from the highest address to the
 *		lowest one.
 * @read:	called when the driver reads a register, before the side effects
 *		in the table: @val is the value it gets. May be NULL.
 * @write:	called when the driver writes a register, before the side effects
 *		in the table: @val is the value written. May be NULL.
 * @asserted:	returns true if the device asserts its interrupt. NULL if it has
 *		no interrupt.
 * @event:	makes events happen, for kunit_irq_line_raise() and the loops of
 *		kunit/dut.h. The model defines the meaning of the bits. May be NULL
 *		if none of them is used.
 *
 * The callbacks are called with the registers locked and must not sleep. They can
 * access &kunit_regfile.val.
 */
struct kunit_regfile_model {
	const struct kunit_reg	*regs;
	unsigned int		num_regs;
	u8			reg_bytes;
	u8			val_bytes;
	bool			val_le;
	u32			reg_mask;
	bool			no_increment;
	void (*read)(struct kunit_regfile *rf, unsigned int reg, u32 *val);
	void (*write)(struct kunit_regfile *rf, unsigned int reg, u32 *val);
	bool (*asserted)(struct kunit_regfile *rf);
	void (*event)(struct kunit_regfile *rf, u64 bits);
};

/* Number of accesses printed when the test has failed */
#define KUNIT_REGFILE_TRACE	32

/**
 * enum kunit_regfile_what - kind of event of a register file
 * @KUNIT_REGFILE_READ:		the driver has read a register
 * @KUNIT_REGFILE_WRITE:	the driver has written a register
 * @KUNIT_REGFILE_FAILED:	a transfer has failed
 * @KUNIT_REGFILE_LINE:		the interrupt was asserted or deasserted
 */
enum kunit_regfile_what {
	KUNIT_REGFILE_READ,
	KUNIT_REGFILE_WRITE,
	KUNIT_REGFILE_FAILED,
	KUNIT_REGFILE_LINE,
};

/* private: one line of the printed trace */
struct kunit_regfile_event {
	unsigned int		transfer;
	enum kunit_regfile_what	what;
	unsigned int		reg;
	u32			val;
};

/**
 * struct kunit_regfile - the registers of a device
 * @val:	values by address. Access only between kunit_regfile_lock() and
 *		kunit_regfile_unlock(), and in the callbacks of the model.
 * @priv:	for the callbacks of the model
 * @dev:	the device, for messages; set by the bus
 *
 * The rest is private.
 */
struct kunit_regfile {
	u32				*val;
	void				*priv;
	struct device			*dev;

	/* private: */
	struct kunit			*test;
	const char			*name;
	const struct kunit_regfile_model *model;
	const struct kunit_reg		**map;
	unsigned int			lowest;
	unsigned int			highest;
	u32				*fifo;
	unsigned int			*fifo_base;
	unsigned int			*fifo_head;
	unsigned int			*fifo_level;
	unsigned int			*reads;
	unsigned int			*writes;

	raw_spinlock_t			lock;
	unsigned long			flags;
	bool				off;
	unsigned int			pointer;
	unsigned int			transfers;
	unsigned int			refused;
	struct list_head		hooks;

	struct kunit_irq_line		*line;
	bool				asserted;
	struct kunit_accesses		accesses;
	struct kunit_access		access;

	unsigned int			events;
	struct kunit_regfile_event	trace[KUNIT_REGFILE_TRACE];
};

typedef void (*kunit_regfile_fn)(struct kunit_regfile *rf, void *data);

struct kunit_regfile *kunit_regfile_create(struct kunit *test, const char *name,
					   const struct kunit_regfile_model *model);
void kunit_regfile_connect(struct kunit_regfile *rf, struct kunit_irq_line *line);
struct kunit_irq_line *kunit_regfile_line_create(struct kunit *test, struct kunit_regfile *rf,
						 unsigned int trigger,
						 const struct kunit_irq_line_info *info);

void kunit_regfile_lock(struct kunit_regfile *rf);
void kunit_regfile_unlock(struct kunit_regfile *rf);
DEFINE_GUARD(kunit_regfile, struct kunit_regfile *, kunit_regfile_lock(_T),
	     kunit_regfile_unlock(_T))

u32 kunit_regfile_get(struct kunit_regfile *rf, unsigned int reg);
void kunit_regfile_set(struct kunit_regfile *rf, unsigned int reg, u32 mask, u32 val);
bool kunit_regfile_push(struct kunit_regfile *rf, unsigned int reg, u32 val);
bool kunit_regfile_push_locked(struct kunit_regfile *rf, unsigned int reg, u32 val);
void kunit_regfile_release_locked(struct kunit_regfile *rf);
unsigned int kunit_regfile_level(struct kunit_regfile *rf, unsigned int reg);
bool kunit_regfile_asserted(struct kunit_regfile *rf);

unsigned int kunit_regfile_transfers(struct kunit_regfile *rf);
unsigned int kunit_regfile_count(struct kunit_regfile *rf, enum kunit_regfile_what what,
				 unsigned int reg);
void kunit_regfile_power(struct kunit_regfile *rf, bool on);
void kunit_regfile_fail(struct kunit_regfile *rf, unsigned int nth, int error);
void kunit_regfile_delay(struct kunit_regfile *rf, unsigned int nth, unsigned int usecs);
void kunit_regfile_at(struct kunit_regfile *rf, unsigned int nth, kunit_regfile_fn fn,
		      void *data);
void kunit_regfile_after(struct kunit_regfile *rf, enum kunit_regfile_what what,
			 unsigned int reg, kunit_regfile_fn fn, void *data);
void kunit_regfile_disarm(struct kunit_regfile *rf);

/* For buses */
int kunit_regfile_begin(struct kunit_regfile *rf);
void kunit_regfile_end(struct kunit_regfile *rf);
void kunit_regfile_seek(struct kunit_regfile *rf, unsigned int reg);
int kunit_regfile_read(struct kunit_regfile *rf, u8 *buf, unsigned int len);
int kunit_regfile_write(struct kunit_regfile *rf, const u8 *buf, unsigned int len);

#endif /* _KUNIT_REGFILE_H */
