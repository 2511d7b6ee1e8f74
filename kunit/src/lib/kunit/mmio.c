// SPDX-License-Identifier: GPL-2.0
/*
 * Models of memory mapped registers
 */

#include <linux/cleanup.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/logic_iomem.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kunit/access.h>
#include <kunit/mmio.h>
#include <kunit/resource.h>
#include <kunit/test.h>

/* Half of what one mapping can have */
#define KUNIT_MMIO_MAX_SIZE	SZ_8M

/*
 * Guards before and after the registers. With these, a resource of the device is always
 * smaller than the region. Otherwise it could replace the region in the resource tree.
 */
#define KUNIT_MMIO_GUARD	SZ_64K

/* UML has nothing here. The addresses fit into 32 bits, as many devices need. */
#define KUNIT_MMIO_START	0x40000000
#define KUNIT_MMIO_END		0xdfffffff

/**
 * struct kunit_mmio - memory mapped registers
 * @test:	test context
 * @info:	the parameters
 * @accesses:	accesses to the registers
 * @region:	the emulated region: the registers and the guards
 * @res:	the registers
 * @lock:	held while the model handles an access
 * @mem:	the memory behind the registers
 * @error:	error of the access which the model handles
 * @mappings:	all mappings of the region
 */
struct kunit_mmio {
	struct kunit		*test;
	struct kunit_mmio_info	info;
	struct kunit_accesses	accesses;
	struct resource		region;
	struct resource		res;
	raw_spinlock_t		lock;
	void			*mem;
	const char		*error;
	struct list_head	mappings;
};

/**
 * struct kunit_mmio_mapping - a mapping made by ioremap()
 * @mmio:	the registers
 * @offset:	start of the mapping, relative to the registers; negative in a guard
 * @size:	number of bytes
 * @mapped:	true until iounmap()
 * @list:	entry in kunit_mmio::mappings
 */
struct kunit_mmio_mapping {
	struct kunit_mmio	*mmio;
	long			offset;
	size_t			size;
	bool			mapped;
	struct list_head	list;
};

/* Serialises finding and taking a place in the address space */
static DEFINE_MUTEX(kunit_mmio_place);

static u64 kunit_mmio_load(const void *mem, unsigned int width)
{
	switch (width) {
	case 1:
		return *(const u8 *)mem;
	case 2:
		return *(const u16 *)mem;
	case 4:
		return *(const u32 *)mem;
	default:
		return *(const u64 *)mem;
	}
}

static void kunit_mmio_store(void *mem, unsigned int width, u64 val)
{
	switch (width) {
	case 1:
		*(u8 *)mem = val;
		break;
	case 2:
		*(u16 *)mem = val;
		break;
	case 4:
		*(u32 *)mem = val;
		break;
	default:
		*(u64 *)mem = val;
	}
}

static const char *kunit_mmio_check(const struct kunit_mmio_mapping *mapping,
				    unsigned int offset, unsigned int width, bool stale)
{
	const struct kunit_mmio_info *info = &mapping->mmio->info;
	long reg = mapping->offset + offset;

	if (stale)
		return "after iounmap()";
	if (offset + width > mapping->size)
		return "outside of what was mapped";
	if (reg < 0 || reg + width > info->size)
		return "outside of the registers";
	if (!(info->widths & BIT(width)))
		return "of a width which the device does not know";
	if (reg % width)
		return "not aligned";
	return NULL;
}

/* One access of one width */
static u64 kunit_mmio_one(struct kunit_mmio_mapping *mapping,
			  const struct logic_iomem_access *from, unsigned int offset,
			  unsigned int width, bool write, u64 val)
{
	struct kunit_mmio *mmio = mapping->mmio;
	struct kunit_access access = {
		.addr	= (long)mapping->offset + offset,
		.val	= val,
		.len	= width,
		.write	= write,
		.ip	= from->ip,
	};
	const char *error = kunit_mmio_check(mapping, offset, width, from->stale);
	unsigned int reg = access.addr;

	if (!write)
		access.val = GENMASK_ULL(width * 8 - 1, 0);

	if (!kunit_access_begin(&mmio->accesses, &access) && !error) {
		guard(raw_spinlock_irqsave)(&mmio->lock);

		mmio->error = NULL;
		if (write && mmio->info.write)
			mmio->info.write(mmio, reg, width, val);
		else if (write)
			kunit_mmio_set(mmio, reg, width, val);
		else if (mmio->info.read)
			access.val &= mmio->info.read(mmio, reg, width);
		else
			access.val = kunit_mmio_get(mmio, reg, width);
		error = mmio->error;
	}
	if (error)
		kunit_access_error(&mmio->accesses, &access, error);
	kunit_access_end(&mmio->accesses, &access);

	return access.val;
}

/* The widest access which the device supports and that fits */
static unsigned int kunit_mmio_width(const struct kunit_mmio_mapping *mapping,
				     unsigned int offset, size_t size)
{
	unsigned int width;

	for (width = sizeof(long); width; width /= 2) {
		if (mapping->mmio->info.widths & BIT(width) && width <= size &&
		    !((mapping->offset + offset) % width))
			return width;
	}
	/* None fits, so report a byte access as the error */
	return 1;
}

/* memset_io() and the like */
static void kunit_mmio_block(struct kunit_mmio_mapping *mapping,
			     const struct logic_iomem_access *block)
{
	unsigned int width, done;

	for (done = 0; done < block->size; done += width) {
		unsigned int offset = block->offset + done;
		u64 val;

		width = kunit_mmio_width(mapping, offset, block->size - done);
		switch (block->kind) {
		case LOGIC_IOMEM_SET:
			val = *(u8 *)block->data * (U64_MAX / U8_MAX);
			kunit_mmio_one(mapping, block, offset, width, true,
				       val & GENMASK_ULL(width * 8 - 1, 0));
			break;
		case LOGIC_IOMEM_COPY_TO:
			val = 0;
			memcpy(&val, block->data + done, width);
			kunit_mmio_one(mapping, block, offset, width, true, val);
			break;
		default:
			val = kunit_mmio_one(mapping, block, offset, width, false, 0);
			memcpy(block->data + done, &val, width);
		}
	}
}

static void kunit_mmio_access(void *priv, const struct logic_iomem_access *access)
{
	struct kunit_mmio_mapping *mapping = priv;

	switch (access->kind) {
	case LOGIC_IOMEM_READ:
		kunit_mmio_store(access->data, access->size,
				 kunit_mmio_one(mapping, access, access->offset, access->size,
						false, 0));
		break;
	case LOGIC_IOMEM_WRITE:
		kunit_mmio_one(mapping, access, access->offset, access->size, true,
			       kunit_mmio_load(access->data, access->size));
		break;
	default:
		kunit_mmio_block(mapping, access);
	}
}

static void kunit_mmio_unmap(void *priv)
{
	struct kunit_mmio_mapping *mapping = priv;

	WRITE_ONCE(mapping->mapped, false);
}

static const struct logic_iomem_ops kunit_mmio_ops = {
	.access	= kunit_mmio_access,
	.unmap	= kunit_mmio_unmap,
};

/* Under the mutex of the regions */
static long kunit_mmio_map(struct resource *region, unsigned long offset, size_t size,
			   const struct logic_iomem_ops **ops, void **priv)
{
	struct kunit_mmio *mmio = container_of(region, struct kunit_mmio, region);
	struct kunit_mmio_mapping *mapping;

	if (size > KUNIT_MMIO_MAX_SIZE)
		return -EINVAL;

	mapping = kzalloc_obj(*mapping);
	if (!mapping)
		return -ENOMEM;
	mapping->mmio = mmio;
	mapping->offset = (long)offset - KUNIT_MMIO_GUARD;
	mapping->size = size;
	mapping->mapped = true;
	list_add_tail(&mapping->list, &mmio->mappings);

	*ops = &kunit_mmio_ops;
	*priv = mapping;
	return 0;
}

static const struct logic_iomem_region_ops kunit_mmio_region_ops = {
	.map_resource	= kunit_mmio_map,
};

static void kunit_mmio_exit(void *data)
{
	struct kunit_mmio *mmio = data;
	struct kunit_mmio_mapping *mapping, *next;

	if (IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		logic_iomem_remove_region(&mmio->region);

	list_for_each_entry_safe(mapping, next, &mmio->mappings, list) {
		if (mapping->mapped)
			KUNIT_FAIL(mmio->test, "%s: 0x%zx bytes at 0x%lx are still mapped\n",
				   mmio->accesses.name, mapping->size, mapping->offset);
		kfree(mapping);
	}
}

static void kunit_mmio_free(void *mem)
{
	kvfree(mem);
}

/* Find a place for the region, and take it */
static int kunit_mmio_add(struct kunit_mmio *mmio)
{
	resource_size_t size = ALIGN(mmio->info.size, KUNIT_MMIO_GUARD) + 2 * KUNIT_MMIO_GUARD;
	resource_size_t start = KUNIT_MMIO_START, end = KUNIT_MMIO_END;
	resource_size_t align = KUNIT_MMIO_GUARD;
	struct resource *region = &mmio->region;
	int ret;

	region->name = mmio->accesses.name;
	region->flags = IORESOURCE_MEM;

	if (mmio->info.start) {
		size = mmio->info.size + 2 * KUNIT_MMIO_GUARD;
		start = mmio->info.start - KUNIT_MMIO_GUARD;
		end = start + size - 1;
		align = 1;
	}

	guard(mutex)(&kunit_mmio_place);

	ret = allocate_resource(&iomem_resource, region, size, start, end, align, NULL, NULL);
	if (ret)
		return ret;
	release_resource(region);

	mmio->res = DEFINE_RES_MEM_NAMED(region->start + KUNIT_MMIO_GUARD, mmio->info.size,
					 region->name);

	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		return -ENXIO;
	return logic_iomem_add_region(region, &kunit_mmio_region_ops);
}

/**
 * kunit_mmio_create() - Create memory mapped registers
 * @test:	test context
 * @info:	parameters; copied, except for @name
 *
 * A driver maps the resource kunit_mmio_resource() with ioremap() or a function based on
 * it, and uses readl(), ioread8(), writesw(), memcpy_fromio() and the other accessors.
 * All valid accesses call the callbacks. An access with an invalid offset or width, or
 * after iounmap(), does not call them and fails the test. Initially all registers are 0.
 *
 * The registers are removed at the end of the test. Create the device after them.
 *
 * Context: The thread of the test. If this fails, the test fails. It is skipped on
 * architectures other than UML, and without CONFIG_UML_IOMEM_EMULATION.
 *
 * Return: The registers.
 */
struct kunit_mmio *kunit_mmio_create(struct kunit *test, const struct kunit_mmio_info *info)
{
	struct kunit_mmio *mmio = kunit_kzalloc(test, sizeof(*mmio), GFP_KERNEL);

	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		kunit_skip(test, "needs UML with CONFIG_UML_IOMEM_EMULATION");

	KUNIT_ASSERT_NOT_NULL(test, mmio);
	KUNIT_ASSERT_GT(test, info->size, 0);
	KUNIT_ASSERT_LE(test, info->size, KUNIT_MMIO_MAX_SIZE);
	if (info->start) {
		KUNIT_ASSERT_EQ(test, info->start % sizeof(u64), 0);
		KUNIT_ASSERT_GE(test, info->start, KUNIT_MMIO_GUARD);
	}

	mmio->test = test;
	mmio->info = *info;
	if (!mmio->info.widths)
		mmio->info.widths = KUNIT_MMIO_32;
	raw_spin_lock_init(&mmio->lock);
	INIT_LIST_HEAD(&mmio->mappings);
	/* This may be too large for kmalloc() */
	mmio->mem = kvzalloc(ALIGN(info->size, sizeof(u64)), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mmio->mem);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_mmio_free, mmio->mem), 0);

	kunit_accesses_init(test, &mmio->accesses, info->name ?: test->name);
	KUNIT_ASSERT_EQ_MSG(test, kunit_mmio_add(mmio), 0, "no place for %s at %pa",
			    mmio->accesses.name, &mmio->info.start);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_mmio_exit, mmio), 0);

	return mmio;
}
EXPORT_SYMBOL_GPL(kunit_mmio_create);

/**
 * kunit_mmio_priv() - Get the private data of the model
 * @mmio:	the registers
 *
 * Return: @priv of &struct kunit_mmio_info.
 */
void *kunit_mmio_priv(const struct kunit_mmio *mmio)
{
	return mmio->info.priv;
}
EXPORT_SYMBOL_GPL(kunit_mmio_priv);

/**
 * kunit_mmio_resource() - Get the resource of the registers
 * @mmio:	the registers
 *
 * Return: A memory resource, for the device to copy.
 */
const struct resource *kunit_mmio_resource(const struct kunit_mmio *mmio)
{
	return &mmio->res;
}
EXPORT_SYMBOL_GPL(kunit_mmio_resource);

/**
 * kunit_mmio_accesses() - Get the accesses of the driver to the registers
 * @mmio:	the registers
 *
 * Return: The accesses, which the test can count, make fail and so on.
 */
struct kunit_accesses *kunit_mmio_accesses(struct kunit_mmio *mmio)
{
	return &mmio->accesses;
}
EXPORT_SYMBOL_GPL(kunit_mmio_accesses);

/**
 * kunit_mmio_get() - Read the memory behind the registers
 * @mmio:	the registers
 * @offset:	offset of the register
 * @width:	width in bytes
 *
 * Does not call a callback, and is not counted as an access. For models and tests. A
 * test must hold the lock to access several registers consistently.
 *
 * Return: The value.
 */
u64 kunit_mmio_get(struct kunit_mmio *mmio, unsigned int offset, unsigned int width)
{
	return kunit_mmio_load(mmio->mem + offset, width);
}
EXPORT_SYMBOL_GPL(kunit_mmio_get);

/**
 * kunit_mmio_set() - Write the memory behind the registers
 * @mmio:	the registers
 * @offset:	offset of the register
 * @width:	width in bytes
 * @val:	the value
 *
 * Like kunit_mmio_get().
 */
void kunit_mmio_set(struct kunit_mmio *mmio, unsigned int offset, unsigned int width, u64 val)
{
	kunit_mmio_store(mmio->mem + offset, width, val);
}
EXPORT_SYMBOL_GPL(kunit_mmio_set);

/**
 * kunit_mmio_unknown() - The model does not have the register
 * @mmio:	the registers
 *
 * For @read and @write of &struct kunit_mmio_info. Makes the test fail at its end.
 *
 * Return: All ones, for @read to return.
 */
u64 kunit_mmio_unknown(struct kunit_mmio *mmio)
{
	mmio->error = "no such register";
	return U64_MAX;
}
EXPORT_SYMBOL_GPL(kunit_mmio_unknown);

/**
 * kunit_mmio_lock() - Lock the registers
 * @mmio:	the registers
 * @flags:	saved interrupt state
 *
 * For tests; callbacks hold the lock already. Accesses of the driver wait, with interrupts
 * disabled. There is also guard(kunit_mmio)().
 */
void kunit_mmio_lock(struct kunit_mmio *mmio, unsigned long *flags)
{
	raw_spin_lock_irqsave(&mmio->lock, *flags);
}
EXPORT_SYMBOL_GPL(kunit_mmio_lock);

/**
 * kunit_mmio_unlock() - Unlock the registers
 * @mmio:	the registers
 * @flags:	saved interrupt state
 */
void kunit_mmio_unlock(struct kunit_mmio *mmio, unsigned long flags)
{
	raw_spin_unlock_irqrestore(&mmio->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_mmio_unlock);
