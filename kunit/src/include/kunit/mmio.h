/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Models of memory mapped registers
 */
#ifndef _KUNIT_MMIO_H
#define _KUNIT_MMIO_H

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/types.h>

#include <kunit/access.h>
#include <kunit/test.h>

struct kunit_mmio;
struct resource;

/* Access widths which a device supports, in struct kunit_mmio_info::widths */
#define KUNIT_MMIO_8	BIT(1)
#define KUNIT_MMIO_16	BIT(2)
#define KUNIT_MMIO_32	BIT(4)
#define KUNIT_MMIO_64	BIT(8)

/**
 * struct kunit_mmio_info - parameters of kunit_mmio_create()
 * @name:	for messages; NULL for the name of the test
 * @size:	bytes, up to 8 MB
 * @start:	physical address, e.g. from the "reg" of a device tree: a multiple of 8,
 *		with nothing else within 64 kB; 0 for any
 * @widths:	supported access widths, KUNIT_MMIO_*; 0 for KUNIT_MMIO_32
 * @read:	the driver reads @width bytes at @offset; if NULL, the registers are
 *		plain memory
 * @write:	the driver writes @val at @offset; NULL likewise
 * @priv:	for the model, see kunit_mmio_priv()
 *
 * The callbacks are serialised by the lock of the region and run with interrupts
 * disabled. They must not sleep and must not use expectations. They access the memory
 * behind the registers with kunit_mmio_get() and kunit_mmio_set().
 */
struct kunit_mmio_info {
	const char	*name;
	size_t		size;
	phys_addr_t	start;
	unsigned int	widths;
	u64		(*read)(struct kunit_mmio *mmio, unsigned int offset, unsigned int width);
	void		(*write)(struct kunit_mmio *mmio, unsigned int offset, unsigned int width,
				 u64 val);
	void		*priv;
};

struct kunit_mmio *kunit_mmio_create(struct kunit *test, const struct kunit_mmio_info *info);
void *kunit_mmio_priv(const struct kunit_mmio *mmio);
const struct resource *kunit_mmio_resource(const struct kunit_mmio *mmio);
struct kunit_accesses *kunit_mmio_accesses(struct kunit_mmio *mmio);

u64 kunit_mmio_get(struct kunit_mmio *mmio, unsigned int offset, unsigned int width);
void kunit_mmio_set(struct kunit_mmio *mmio, unsigned int offset, unsigned int width, u64 val);
u64 kunit_mmio_unknown(struct kunit_mmio *mmio);
void kunit_mmio_lock(struct kunit_mmio *mmio, unsigned long *flags);
void kunit_mmio_unlock(struct kunit_mmio *mmio, unsigned long flags);

DEFINE_LOCK_GUARD_1(kunit_mmio, struct kunit_mmio,
		    kunit_mmio_lock(_T->lock, &_T->flags),
		    kunit_mmio_unlock(_T->lock, _T->flags),
		    unsigned long flags)

#endif /* _KUNIT_MMIO_H */
