// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the allocation of interrupt descriptors, and of handing interrupts to them. The fixture
 * which the tests of the files of interrupts share with them is here, too.
 */

#include <kunit/test.h>

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/kernel_stat.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/numa.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/uaccess.h>

#include "genirq_failslab_kunit.h"
#include "genirq_files_kunit.h"

KUNIT_DEFINE_ACTION_WRAPPER(files_unmount, kern_unmount, struct vfsmount *);
KUNIT_DEFINE_ACTION_WRAPPER(files_remove_domain, irq_domain_remove, struct irq_domain *);
KUNIT_DEFINE_ACTION_WRAPPER(files_free_fwnode, irq_domain_free_fwnode, struct fwnode_handle *);
KUNIT_DEFINE_ACTION_WRAPPER(files_fput, __fput_sync, struct file *);

/* The files */

struct file *files_open(struct vfsmount *mnt, const char *where, int flags)
{
	struct path path = {};
	struct file *file;
	int ret;

	ret = vfs_path_lookup(mnt->mnt_root, mnt, where, 0, &path);
	if (ret)
		return ERR_PTR(ret);
	file = dentry_open(&path, flags, current_cred());
	path_put(&path);
	return file;
}

struct file *files_open_kept(struct files *st, struct vfsmount *mnt, const char *where, int flags)
{
	struct file *file = files_open(mnt, where, flags);

	KUNIT_ASSERT_FALSE_MSG(st->test, IS_ERR(file), "%s cannot be opened", where);
	KUNIT_ASSERT_EQ(st->test, kunit_add_action_or_reset(st->test, files_fput, file), 0);
	return file;
}

/* Return the number of bytes of the file which are in @text now, or an error. */
ssize_t files_read_open(struct files *st, struct file *file, size_t chunk, loff_t *pos, size_t max)
{
	size_t len = 0;
	ssize_t ret;

	do {
		ret = vfs_read(file, st->user, min(chunk, max - len), pos);
		if (ret > 0 && copy_from_user(st->text + len, st->user, ret))
			ret = -EFAULT;
		if (ret > 0)
			len += ret;
	} while (ret > 0 && len < max);
	st->text[len] = '\0';
	return ret < 0 ? ret : len;
}

ssize_t files_read(struct files *st, struct vfsmount *mnt, const char *where)
{
	struct file *file = files_open(mnt, where, O_RDONLY);
	loff_t pos = 0;
	ssize_t ret;

	st->text[0] = '\0';
	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = files_read_open(st, file, FILES_TEXT_SIZE - 1, &pos, FILES_TEXT_SIZE - 1);
	__fput_sync(file);
	return ret;
}

bool files_exists(struct vfsmount *mnt, const char *where)
{
	struct path path = {};

	if (vfs_path_lookup(mnt->mnt_root, mnt, where, 0, &path))
		return false;
	path_put(&path);
	return true;
}

const char *files_sysfs(struct files *st, unsigned int irq, const char *file)
{
	snprintf(st->name, sizeof(st->name), "kernel/irq/%u%s%s", irq, *file ? "/" : "", file);
	return st->name;
}

const char *files_debugfs(struct files *st, unsigned int irq)
{
	snprintf(st->name, sizeof(st->name), "irq/irqs/%u", irq);
	return st->name;
}

void files_expect_text(struct files *st, struct vfsmount *mnt, const char *where,
		       const char *expected)
{
	ssize_t ret = files_read(st, mnt, where);

	KUNIT_EXPECT_GE_MSG(st->test, ret, 0, "%s cannot be read", where);
	KUNIT_EXPECT_STREQ_MSG(st->test, st->text, expected, "in %s", where);
}

void files_expect_sysfs(struct files *st, unsigned int irq, const char *file, const char *expected)
{
	files_expect_text(st, st->sysfs, files_sysfs(st, irq, file), expected);
}

void files_need(struct kunit *test, struct vfsmount *mnt)
{
	if (!mnt)
		kunit_skip(test, "the file system is not configured, or off");
}

static struct vfsmount *files_mount(struct kunit *test, const char *name)
{
	struct file_system_type *type = get_fs_type(name);
	struct vfsmount *mnt;

	if (!type)
		return NULL;
	mnt = kern_mount(type);
	/* put_filesystem() is not exported */
	module_put(type->owner);
	/* debugfs may be off */
	if (PTR_ERR_OR_ZERO(mnt) == -EPERM)
		return NULL;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mnt);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, files_unmount, mnt), 0);
	return mnt;
}

/* The chip, the lines and their handlers */

static void files_noop(struct irq_data *data)
{
}

static int files_set_type(struct irq_data *data, unsigned int type)
{
	return IRQ_SET_MASK_OK;
}

static int files_set_wake(struct irq_data *data, unsigned int on)
{
	return 0;
}

static int files_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	struct files *st = irq_data_get_irq_chip_data(data);

	st->moved++;
	cpumask_copy(&st->mask, mask);
	st->forced |= force;
	if (st->refuse)
		return st->refuse;
	irq_data_update_effective_affinity(data, cpumask_of(cpumask_first(mask)));
	return IRQ_SET_MASK_OK;
}

static int files_set_state(struct irq_data *data, enum irqchip_irq_state which, bool set)
{
	struct files *st = irq_data_get_irq_chip_data(data);

	if (st->refuse)
		return st->refuse;
	if (which == IRQCHIP_STATE_PENDING && set)
		st->injected++;
	st->hwirq = data->hwirq;
	return 0;
}

static int files_retrigger(struct irq_data *data)
{
	struct files *st = irq_data_get_irq_chip_data(data);

	st->retriggered++;
	return 1;
}

static const struct irq_chip files_chip = {
	.name			= "files",
	.irq_ack		= files_noop,
	.irq_mask		= files_noop,
	.irq_unmask		= files_noop,
	.irq_eoi		= files_noop,
	.irq_set_type		= files_set_type,
	.irq_set_wake		= files_set_wake,
	.irq_set_affinity	= files_set_affinity,
	.irq_set_irqchip_state	= files_set_state,
	.irq_retrigger		= files_retrigger,
};

int files_map(struct irq_domain *domain, unsigned int irq, irq_hw_number_t hwirq)
{
	struct files *st = domain->host_data;

	irq_set_chip_and_handler(irq, &st->chip, handle_simple_irq);
	irq_set_chip_data(irq, st);
	return 0;
}

static const struct irq_domain_ops files_domain_ops = {
	.map = files_map,
};

irqreturn_t files_handler(int irq, void *dev)
{
	struct files *st = *(struct files **)dev;

	if (irqs_disabled())
		atomic_inc(&st->runs);
	st->cpu = raw_smp_processor_id();
	return st->result;
}

/* Undone when a case fails; until then it may use files_drop() and files_release() */
static void files_dispose(void *irq)
{
	irq_dispose_mapping((unsigned long)irq);
}

void files_free_desc(void *irq)
{
	irq_free_desc((unsigned long)irq);
}

unsigned int files_new(struct files *st, irq_hw_number_t hwirq)
{
	unsigned int irq = irq_create_mapping(st->domain, hwirq);

	KUNIT_ASSERT_NE(st->test, irq, 0);
	KUNIT_ASSERT_EQ(st->test, 0, kunit_add_action_or_reset(st->test, files_dispose,
							       (void *)(unsigned long)irq));
	return irq;
}

void files_drop(struct files *st, unsigned int irq)
{
	kunit_release_action(st->test, files_dispose, (void *)(unsigned long)irq);
}

static void files_free(void *data)
{
	struct files_request *request = data;

	free_irq(request->irq, request->dev);
}

/* Returns what files_release() takes. */
struct files_request *files_request(struct files *st, unsigned int irq, int dev,
				    unsigned long flags, const char *name)
{
	struct files_request *request = kunit_kzalloc(st->test, sizeof(*request), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(st->test, request);
	request->irq = irq;
	request->dev = &st->dev[dev];
	KUNIT_ASSERT_EQ(st->test, 0, request_irq(irq, files_handler, flags | IRQF_NO_THREAD, name,
						 request->dev));
	KUNIT_ASSERT_EQ(st->test, 0, kunit_add_action_or_reset(st->test, files_free, request));
	return request;
}

void files_release(struct files *st, struct files_request *request)
{
	kunit_release_action(st->test, files_free, request);
}

struct files_fire {
	unsigned int	irq;
	int		ret;
};

static void files_fire_here(void *data)
{
	struct files_fire *fire = data;

	fire->ret = generic_handle_irq(fire->irq);
}

int files_fire(unsigned int irq, int cpu)
{
	struct files_fire fire = { .irq = irq };

	smp_call_function_single(cpu, files_fire_here, &fire, true);
	return fire.ret;
}

int files_last_cpu(void)
{
	return cpumask_last(cpu_online_mask);
}

int files_test_init(struct kunit *test)
{
	struct files *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);
	unsigned long user;

	KUNIT_ASSERT_NOT_NULL(test, st);
	test->priv = st;
	st->test = test;
	st->text = kunit_kzalloc(test, FILES_TEXT_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, st->text);
	user = kunit_vm_mmap(test, NULL, 0, FILES_TEXT_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (!user || IS_ERR_VALUE(user))
		kunit_skip(test, "no user memory");
	st->user = (char __user *)user;
	if (IS_ENABLED(CONFIG_PROC_FS) && IS_ENABLED(CONFIG_GENERIC_IRQ_SHOW))
		st->proc = files_mount(test, "proc");
	if (IS_ENABLED(CONFIG_SYSFS))
		st->sysfs = files_mount(test, "sysfs");
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_DEBUGFS))
		st->debugfs = files_mount(test, "debugfs");

	for (int i = 0; i < FILES_LINES; i++)
		st->dev[i] = st;
	st->result = IRQ_HANDLED;
	st->chip = files_chip;
	st->fwnode = irq_domain_alloc_named_fwnode("genirq_files");
	KUNIT_ASSERT_NOT_NULL(test, st->fwnode);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, files_free_fwnode, st->fwnode), 0);
	st->domain = irq_domain_create_linear(st->fwnode, FILES_LINES, &files_domain_ops, st);
	KUNIT_ASSERT_NOT_NULL(test, st->domain);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, files_remove_domain, st->domain), 0);
	return 0;
}

/* Descriptors */

/* Nobody else gets these numbers: unless one is asked for, the lowest free one is allocated */
#define FILES_OWN_IRQS	5000U

static void files_free_own(void *unused)
{
	for (unsigned int irq = FILES_OWN_IRQS; irq < FILES_OWN_IRQS + 16; irq++) {
		if (irq_get_irq_data(irq))
			irq_free_desc(irq);
	}
}

static unsigned int files_own_descs(void)
{
	unsigned int count = 0;

	for (unsigned int irq = FILES_OWN_IRQS; irq < FILES_OWN_IRQS + 16; irq++)
		count += !!irq_get_irq_data(irq);
	return count;
}

/* Some architectures choose the first number that may be found free, see x86. */
static bool files_from_counts(void)
{
	int irq = irq_alloc_desc_from(FILES_OWN_IRQS, NUMA_NO_NODE);

	if (irq >= 0)
		irq_free_desc(irq);
	return irq < 0 || irq >= FILES_OWN_IRQS;
}

/* A range is where it is asked for, all of it or nothing. */
static void descs_range(struct kunit *test)
{
	unsigned int own = FILES_OWN_IRQS, nr;
	bool from = files_from_counts();

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, files_free_own, NULL), 0);
	KUNIT_EXPECT_EQ(test, irq_alloc_descs(own, own, 0, NUMA_NO_NODE), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_alloc_descs(-1, own, 0, NUMA_NO_NODE), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_alloc_descs(own, own + 1, 1, NUMA_NO_NODE), -EINVAL);
	KUNIT_EXPECT_EQ(test, files_own_descs(), 0);

	KUNIT_ASSERT_EQ(test, irq_alloc_descs(own + 2, own, 1, NUMA_NO_NODE), own + 2);
	KUNIT_EXPECT_EQ(test, irq_alloc_descs(own + 2, own + 2, 1, NUMA_NO_NODE), -EEXIST);
	KUNIT_EXPECT_EQ_MSG(test, irq_alloc_descs(own, own, 3, NUMA_NO_NODE), -EEXIST,
			    "its last number is in use");
	KUNIT_EXPECT_EQ(test, files_own_descs(), 1);
	KUNIT_EXPECT_EQ_MSG(test, from ? irq_alloc_descs(-1, own, 3, NUMA_NO_NODE) :
			    irq_alloc_descs(own + 3, own, 3, NUMA_NO_NODE), own + 3,
			    "not behind the number which is in use");
	KUNIT_EXPECT_EQ_MSG(test, irq_alloc_descs(from ? -1 : own, own, 2, NUMA_NO_NODE), own,
			    "a gap which fits is not used");
	KUNIT_EXPECT_EQ(test, files_own_descs(), 6);

	/* The first, the last, and those in use are found; a number itself counts as next */
	KUNIT_EXPECT_EQ(test, irq_get_next_irq(own), own);
	irq_free_descs(own + 3, 2);
	KUNIT_EXPECT_EQ(test, files_own_descs(), 4);
	KUNIT_EXPECT_EQ(test, irq_get_next_irq(own + 2), own + 2);
	KUNIT_EXPECT_EQ(test, irq_get_next_irq(own + 3), own + 5);
	KUNIT_EXPECT_NULL(test, irq_get_irq_data(own + 3));
	KUNIT_EXPECT_EQ(test, irq_alloc_desc_at(own + 4, NUMA_NO_NODE), own + 4);

	/* Numbers which cannot exist are left alone, also if some of the range do */
	nr = irq_get_nr_irqs();
	irq_free_descs(nr, 1);
	irq_free_descs(own, nr - own + 1);
	KUNIT_EXPECT_EQ(test, files_own_descs(), 5);
	KUNIT_EXPECT_EQ(test, irq_get_nr_irqs(), nr);
}

/* A range which does not fit below the largest number is an error, whatever its size. */
static void descs_too_many(struct kunit *test)
{
	static const unsigned int sizes[] = { 12, 13, 28, 29, 60, 100 };
	unsigned int nr = irq_get_nr_irqs();

	if (!files_from_counts())
		kunit_skip(test, "this architecture chooses where numbers begin");
	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		int irq = irq_alloc_descs(-1, INT_MAX - 10, sizes[i], NUMA_NO_NODE);

		KUNIT_EXPECT_LT_MSG(test, irq, 0, "%u interrupts where 11 numbers are left",
				    sizes[i]);
		KUNIT_EXPECT_EQ_MSG(test, irq_get_nr_irqs(), nr, "%u interrupts", sizes[i]);
		/* A negative number is an error code, and must not become an interrupt */
		for (int bad = -MAX_ERRNO; bad < 0; bad++) {
			if (!irq_get_irq_data(bad))
				continue;
			KUNIT_FAIL(test, "%d became an interrupt for a range of %u", bad, sizes[i]);
			return;
		}
	}
}

/* A new descriptor is disabled and unused: nothing is left of the last owner of the number. */
static void descs_new(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = FILES_OWN_IRQS;

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, files_free_own, NULL), 0);
	for (int round = 0; round < 2; round++) {
		struct irq_data *data;

		KUNIT_ASSERT_EQ(test, irq_alloc_desc_at(irq, NUMA_NO_NODE), irq);
		data = irq_get_irq_data(irq);
		KUNIT_EXPECT_EQ(test, data->irq, irq);
		KUNIT_EXPECT_TRUE(test, irqd_irq_disabled(data));
		KUNIT_EXPECT_TRUE(test, irqd_irq_masked(data));
		KUNIT_EXPECT_FALSE(test, irqd_is_started(data));
		KUNIT_EXPECT_FALSE(test, irqd_affinity_was_set(data));
		KUNIT_EXPECT_NULL(test, irq_data_get_irq_chip_data(data));
		KUNIT_EXPECT_NULL(test, irq_get_handler_data(irq));
		KUNIT_EXPECT_NULL(test, irq_to_desc(irq)->name);
		KUNIT_EXPECT_EQ(test, irq_get_trigger_type(irq), IRQ_TYPE_NONE);
#ifdef CONFIG_SMP
		KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_get_affinity_mask(irq),
						      irq_default_affinity));
#endif
		KUNIT_EXPECT_FALSE(test, irq_has_action(irq));
		KUNIT_EXPECT_EQ(test, kstat_irqs_usr(irq), 0);

		files_map(st->domain, irq, 0);
		irq_set_irq_type(irq, IRQ_TYPE_LEVEL_HIGH);
		irq_set_handler_data(irq, st);
		__irq_set_handler(irq, handle_level_irq, false, "flow");
		KUNIT_EXPECT_EQ(test, irq_set_affinity(irq, cpumask_of(files_last_cpu())),
				IS_ENABLED(CONFIG_SMP) ? 0 : -EINVAL);
		kstat_incr_irq_this_cpu(irq);
		irq_free_desc(irq);
	}
}

/* A range may have masks: each descriptor gets its own, or none is created. */
static void descs_affinity(struct kunit *test)
{
	struct irq_affinity_desc *desc = kunit_kcalloc(test, 3, sizeof(*desc), GFP_KERNEL);
	int cpu[3] = { files_last_cpu(), cpumask_first(cpu_online_mask), files_last_cpu() };
	unsigned int own = FILES_OWN_IRQS;

	if (!IS_ENABLED(CONFIG_SMP))
		kunit_skip(test, "needs CONFIG_SMP");
	KUNIT_ASSERT_NOT_NULL(test, desc);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, files_free_own, NULL), 0);
	cpumask_set_cpu(cpu[0], &desc[0].mask);
	cpumask_set_cpu(cpu[1], &desc[1].mask);
	desc[1].is_managed = true;
	KUNIT_EXPECT_EQ_MSG(test, __irq_alloc_descs(own, own, 3, NUMA_NO_NODE, NULL, desc), -EINVAL,
			    "the last mask is empty");
	KUNIT_EXPECT_EQ(test, files_own_descs(), 0);

	cpumask_set_cpu(cpu[2], &desc[2].mask);
	KUNIT_ASSERT_EQ(test, __irq_alloc_descs(own, own, 3, NUMA_NO_NODE, NULL, desc), own);
	for (int i = 0; i < 3; i++) {
		struct irq_data *data = irq_get_irq_data(own + i);

		KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_data_get_affinity_mask(data),
						      cpumask_of(cpu[i])));
		KUNIT_EXPECT_TRUE_MSG(test, irqd_affinity_was_set(data), "descriptor %d", i);
		KUNIT_EXPECT_EQ_MSG(test, irqd_affinity_is_managed(data), i == 1,
				    "descriptor %d", i);
		KUNIT_EXPECT_EQ_MSG(test, irqd_is_managed_and_shutdown(data), i == 1,
				    "descriptor %d", i);
		KUNIT_EXPECT_EQ(test, irq_data_get_node(data), cpu_to_node(cpu[i]));
	}
}

/* A descriptor becomes per-CPU once. */
static void descs_percpu(struct kunit *test)
{
	unsigned int own = FILES_OWN_IRQS;

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, files_free_own, NULL), 0);
	KUNIT_EXPECT_EQ(test, irq_set_percpu_devid(own), -EINVAL);
	for (int round = 0; round < 2; round++) {
		KUNIT_ASSERT_EQ(test, irq_alloc_desc_at(own, NUMA_NO_NODE), own);
		KUNIT_EXPECT_FALSE(test, irq_is_percpu_devid(own));
		KUNIT_EXPECT_EQ(test, irq_set_percpu_devid(own), 0);
		KUNIT_EXPECT_TRUE(test, irq_is_percpu_devid(own));
		KUNIT_EXPECT_EQ(test, irq_set_percpu_devid(own), -EINVAL);
		KUNIT_EXPECT_TRUE_MSG(test, irq_is_percpu_devid(own), "undone by the second call");
		/* It is off on all CPUs and stays on its CPU */
		KUNIT_EXPECT_TRUE(test, cpumask_empty(irq_to_desc(own)->percpu_enabled));
		KUNIT_EXPECT_TRUE(test, irq_balancing_disabled(own));
		irq_free_desc(own);
	}
}

static void files_expect_no_own(struct files *st)
{
	for (int i = 0; i < 3; i++) {
		files_sysfs(st, FILES_OWN_IRQS + i, "");
		KUNIT_EXPECT_FALSE(st->test, st->sysfs && files_exists(st->sysfs, st->name));
		files_debugfs(st, FILES_OWN_IRQS + i);
		KUNIT_EXPECT_FALSE(st->test, st->debugfs && files_exists(st->debugfs, st->name));
	}
}

/* Without memory there is no descriptor, none of a range and no file; or all is well. */
static void descs_no_memory(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int own = FILES_OWN_IRQS;

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, files_free_own, NULL), 0);
	/* Once without failures: what stays afterwards is not allocated again */
	KUNIT_ASSERT_EQ(test, irq_alloc_descs(own, own, 3, NUMA_NO_NODE), own);
	irq_free_descs(own, 3);
	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	/*
	 * Which of the later allocations make the call fail is not fixed: the files may be missing,
	 * and sysfs and the tree of descriptors need another node from time to time.
	 */
	for (int n = 1; n < 300; n++) {
		bool passed;
		int irq;

		genirq_fail_nth(n);
		irq = irq_alloc_descs(own, own, 3, NUMA_NO_NODE);
		passed = !genirq_has_failed();
		if (n == 1)
			KUNIT_EXPECT_EQ_MSG(test, irq, -ENOMEM, "the first descriptor");
		if (irq < 0) {
			KUNIT_EXPECT_EQ_MSG(test, files_own_descs(), 0, "left, allocation %d", n);
		} else {
			KUNIT_ASSERT_EQ(test, irq, own);
			KUNIT_EXPECT_EQ_MSG(test, files_own_descs(), 3, "allocation %d", n);
			irq_free_descs(own, 3);
		}
		files_expect_no_own(st);
		if (passed)
			break;
	}

	KUNIT_ASSERT_EQ(test, irq_alloc_desc_at(own, NUMA_NO_NODE), own);
	genirq_fail_nth(1);
	KUNIT_EXPECT_EQ(test, irq_set_percpu_devid(own), -ENOMEM);
	genirq_has_failed();
	KUNIT_EXPECT_FALSE_MSG(test, irq_is_percpu_devid(own), "per-CPU without the mask");
	KUNIT_EXPECT_EQ(test, irq_set_percpu_devid(own), 0);
	irq_free_desc(own);
}

/* Handling */

/* A chip is told whether there is a descriptor; interrupts stay enabled or disabled. */
static void handle_returns(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 2);

	files_request(st, irq, 0, 0, "handle");
	KUNIT_EXPECT_EQ(test, generic_handle_irq_safe(irq), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), 1);
	KUNIT_EXPECT_EQ(test, generic_handle_domain_irq_safe(st->domain, 2), 0);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&st->runs), 2, "not run, or with interrupts enabled");
	KUNIT_EXPECT_EQ(test, generic_handle_irq_safe(irq_get_nr_irqs()), -EINVAL);
	KUNIT_EXPECT_EQ(test, generic_handle_irq_safe(FILES_OWN_IRQS), -EINVAL);
	KUNIT_EXPECT_EQ(test, generic_handle_domain_irq_safe(st->domain, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, generic_handle_domain_irq_safe(st->domain, FILES_LINES), -EINVAL);
	KUNIT_EXPECT_FALSE_MSG(test, irqs_disabled(), "interrupts left disabled");

	local_irq_disable();
	KUNIT_EXPECT_EQ(test, generic_handle_irq_safe(irq), 0);
	KUNIT_EXPECT_EQ(test, generic_handle_domain_irq_safe(st->domain, 2), 0);
	KUNIT_EXPECT_TRUE_MSG(test, irqs_disabled(), "interrupts left enabled");
	KUNIT_EXPECT_EQ(test, generic_handle_irq(irq), 0);
	KUNIT_EXPECT_EQ(test, generic_handle_domain_irq(st->domain, 2), 0);
	KUNIT_EXPECT_EQ(test, generic_handle_domain_irq(st->domain, 3), -EINVAL);
	KUNIT_EXPECT_TRUE(test, generic_handle_demux_domain_irq(st->domain, 2));
	KUNIT_EXPECT_FALSE(test, generic_handle_demux_domain_irq(st->domain, 3));
	KUNIT_EXPECT_FALSE(test, generic_handle_demux_domain_irq(st->domain, FILES_LINES));
	local_irq_enable();
	/* It may have been redirected to another CPU */
	synchronize_irq(irq);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), 7);
}

static void handle_nmi(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 2);
	int ret[2];

	irq_set_handler(irq, handle_fasteoi_nmi);
	files_request(st, irq, 0, 0, "nmi");
	local_irq_disable();
	nmi_enter();
	ret[0] = generic_handle_domain_nmi(st->domain, 2);
	ret[1] = generic_handle_domain_nmi(st->domain, 3);
	nmi_exit();
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, ret[0], 0);
	KUNIT_EXPECT_EQ(test, ret[1], -EINVAL);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), 1);
}

#ifdef CONFIG_SMP
static void files_pre_redirect(struct irq_data *data)
{
	struct files *st = irq_data_get_irq_chip_data(data);

	atomic_inc(&st->redirected);
}

static void files_demux(void *data)
{
	struct files *st = data;

	st->refuse = !generic_handle_demux_domain_irq(st->domain, 2);
}

/* A line of a demultiplexer is handled on a CPU of its affinity, wherever its parent is handled. */
static void handle_redirected(struct kunit *test)
{
	int cpu[] = { cpumask_first(cpu_online_mask), files_last_cpu() };
	struct files *st = test->priv;
	unsigned int irq;

	if (cpu[0] == cpu[1])
		kunit_skip(test, "needs two CPUs");
	st->chip.irq_set_affinity = irq_chip_redirect_set_affinity;
	st->chip.irq_pre_redirect = files_pre_redirect;
	irq = files_new(st, 2);
	files_request(st, irq, 0, 0, "demux");
	for (int i = 0; i < 4; i++) {
		int target = cpu[i & 1], from = cpu[i >> 1];

		KUNIT_ASSERT_EQ(test, irq_set_affinity(irq, cpumask_of(target)), 0);
		smp_call_function_single(from, files_demux, st, true);
		synchronize_irq(irq);
		KUNIT_EXPECT_EQ(test, st->refuse, 0);
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&st->redirected), i + 1,
				    "the chip has not been told");
		KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), i + 1);
		KUNIT_EXPECT_EQ_MSG(test, st->cpu, target, "it came on CPU %d", from);
		KUNIT_EXPECT_EQ(test, kstat_irqs_cpu(irq, target), i / 2 + 1);
	}
}
#endif

static struct kunit_case descs_cases[] = {
	KUNIT_CASE(descs_range),
	KUNIT_CASE(descs_too_many),
	KUNIT_CASE(descs_new),
	KUNIT_CASE(descs_affinity),
	KUNIT_CASE(descs_percpu),
	KUNIT_CASE(descs_no_memory),
	KUNIT_CASE(handle_returns),
	KUNIT_CASE(handle_nmi),
#ifdef CONFIG_SMP
	KUNIT_CASE(handle_redirected),
#endif
	{}
};

static struct kunit_suite descs_suite = {
	.name = "genirq_descs",
	.init = files_test_init,
	.test_cases = descs_cases,
};

kunit_test_suite(descs_suite);

MODULE_DESCRIPTION("KUnit tests of interrupt descriptors");
MODULE_LICENSE("GPL");
