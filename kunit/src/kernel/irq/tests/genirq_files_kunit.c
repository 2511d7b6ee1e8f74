// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the files of an interrupt in /proc/irq/, /sys/kernel/irq/ and debugfs.
 */

#include <kunit/test.h>

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/numa.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "genirq_failslab_kunit.h"
#include "genirq_files_kunit.h"

/* /proc/irq/ */

static ssize_t __maybe_unused files_write(struct files *st, struct vfsmount *mnt,
					  const char *where, const char *text)
{
	struct file *file = files_open(mnt, where, O_WRONLY);
	loff_t pos = 0;
	ssize_t ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = copy_to_user(st->user, text, strlen(text)) ? -EFAULT :
	      vfs_write(file, st->user, strlen(text), &pos);
	__fput_sync(file);
	return ret;
}

/* Valid until the next call. */
static const char *files_irq(struct files *st, unsigned int irq, const char *file)
{
	snprintf(st->name, sizeof(st->name), "irq/%u%s%s", irq, *file ? "/" : "", file);
	return st->name;
}

static void files_expect_proc(struct files *st, unsigned int irq, const char *file,
			      const char *expected)
{
	files_expect_text(st, st->proc, files_irq(st, irq, file), expected);
}

#ifdef CONFIG_SMP
static void files_expect_mask(struct files *st, const char *where, const struct cpumask *mask)
{
	char expected[64];

	snprintf(expected, sizeof(expected), strstr(where, "list") ? "%*pbl\n" : "%*pb\n",
		 cpumask_pr_args(mask));
	files_expect_text(st, st->proc, where, expected);
}

static umode_t files_mode(struct files *st, const char *where)
{
	struct path path = {};
	umode_t mode;

	if (vfs_path_lookup(st->proc->mnt_root, st->proc, where, 0, &path))
		return 0;
	mode = d_inode(path.dentry)->i_mode;
	path_put(&path);
	return mode & 0777;
}

/* Both files take a mask and show it, and the chip gets it. */
static void affinity_written(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);
	struct cpumask *mask = kunit_kzalloc(test, sizeof(*mask), GFP_KERNEL);
	char text[64];

	files_need(test, st->proc);
	KUNIT_ASSERT_NOT_NULL(test, mask);
	files_request(st, irq, 0, 0, "affinity");
	KUNIT_EXPECT_EQ(test, files_mode(st, files_irq(st, irq, "smp_affinity")), 0644);
	KUNIT_EXPECT_EQ(test, files_mode(st, files_irq(st, irq, "smp_affinity_list")), 0644);
	for (int i = 0; i < 6; i++) {
		const char *file = i & 1 ? "smp_affinity_list" : "smp_affinity";
		int moved = st->moved;

		/* The last CPU, the first one, all of them */
		cpumask_copy(mask, i < 2 ? cpumask_of(files_last_cpu()) :
			     i < 4 ? cpumask_of(cpumask_first(cpu_online_mask)) : cpu_online_mask);
		snprintf(text, sizeof(text), i & 1 ? "%*pbl\n" : "%*pb\n", cpumask_pr_args(mask));
		KUNIT_EXPECT_EQ(test, files_write(st, st->proc, files_irq(st, irq, file), text),
				strlen(text));
		KUNIT_EXPECT_EQ_MSG(test, st->moved, moved + 1, "the chip has not been told");
		KUNIT_EXPECT_TRUE(test, cpumask_equal(&st->mask, mask));
		KUNIT_EXPECT_FALSE_MSG(test, st->forced, "forced by user space");
		files_expect_mask(st, files_irq(st, irq, "smp_affinity"), mask);
		files_expect_mask(st, files_irq(st, irq, "smp_affinity_list"), mask);
		if (IS_ENABLED(CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK)) {
			cpumask_copy(mask, cpumask_of(cpumask_first(mask)));
			files_expect_mask(st, files_irq(st, irq, "effective_affinity"), mask);
			files_expect_mask(st, files_irq(st, irq, "effective_affinity_list"), mask);
		}
	}
}

static const struct files_bad {
	const char *name;
	bool list;
	const char *text;
	int error;
} files_bad[] = {
	{ "mask-empty",		false, "",		-EINVAL },
	{ "mask-newline",	false, "\n",		-EINVAL },
	{ "mask-no-cpu",	false, "0\n",		-EINVAL },
	{ "mask-garbage",	false, "garbage\n",	-EINVAL },
	{ "mask-garbage-end",	false, "1x\n",		-EINVAL },
	{ "mask-long-word",	false, "123456789\n",	-EOVERFLOW },
	{ "mask-long",		false, NULL,		-EOVERFLOW },
	{ "list-empty",		true,  "",		-EINVAL },
	{ "list-garbage",	true,  "garbage\n",	-EINVAL },
	{ "list-backwards",	true,  "1-0\n",		-EINVAL },
	{ "list-negative",	true,  "-1\n",		-EINVAL },
	{ "list-no-such-cpu",	true,  "0-100000\n",	-ERANGE },
};

KUNIT_ARRAY_PARAM_DESC(files_bad, files_bad, name);

/* NULL: a mask for more CPUs than there can be, although its format is right */
static const char *files_bad_text(struct kunit *test)
{
	static const char word[] = ",00000000";
	const struct files_bad *bad = test->param_value;
	int words = nr_cpu_ids / 32 + 2;
	char *text;

	if (bad->text)
		return bad->text;
	text = kunit_kzalloc(test, words * strlen(word) + 3, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, text);
	text[0] = '1';
	while (words--)
		strcat(text, word);
	return strcat(text, "\n");
}

/* A mask or list without a CPU which is online is refused, and the line stays where it was. */
static void affinity_bad(struct kunit *test)
{
	const struct files_bad *bad = test->param_value;
	const char *file = bad->list ? "smp_affinity_list" : "smp_affinity";
	const struct cpumask *mask = cpumask_of(files_last_cpu());
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);
	const char *text = files_bad_text(test);
	int moved;

	files_need(test, st->proc);
	if (!strcmp(bad->name, "list-no-such-cpu") && nr_cpu_ids > 100000)
		kunit_skip(test, "that many CPUs");
	files_request(st, irq, 0, 0, "affinity");
	KUNIT_ASSERT_EQ(test, irq_set_affinity(irq, mask), 0);
	moved = st->moved;
	KUNIT_EXPECT_EQ(test, files_write(st, st->proc, files_irq(st, irq, file), text),
			bad->error);
	KUNIT_EXPECT_EQ_MSG(test, st->moved, moved, "the chip has moved the line");
	files_expect_mask(st, files_irq(st, irq, "smp_affinity"), mask);
	files_expect_mask(st, files_irq(st, irq, "smp_affinity_list"), mask);
}

/* The same for the default, which is used for lines that are created later. */
static void affinity_default_bad(struct kunit *test)
{
	const struct files_bad *bad = test->param_value;
	struct files *st = test->priv;
	const char *text = files_bad_text(test);
	char *before;

	files_need(test, st->proc);
	if (bad->list)
		kunit_skip(test, "there is no list of the default");
	KUNIT_EXPECT_GT(test, files_read(st, st->proc, "irq/default_smp_affinity"), 0);
	before = kunit_kstrdup(test, st->text, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	KUNIT_EXPECT_EQ(test, files_write(st, st->proc, "irq/default_smp_affinity", text),
			bad->error);
	files_expect_text(st, st->proc, "irq/default_smp_affinity", before);
}

static void files_default_restore(void *mask)
{
	cpumask_copy(irq_default_affinity, mask);
}

static void affinity_default(struct kunit *test)
{
	const struct cpumask *last = cpumask_of(files_last_cpu());
	struct files *st = test->priv;
	struct cpumask *before = kunit_kcalloc(test, 2, sizeof(*before), GFP_KERNEL);
	unsigned int old, new;
	char text[64];

	files_need(test, st->proc);
	KUNIT_ASSERT_NOT_NULL(test, before);
	cpumask_copy(before, irq_default_affinity);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, files_default_restore, before), 0);
	files_expect_mask(st, "irq/default_smp_affinity", before);
	old = files_new(st, 0);
	files_request(st, old, 0, 0, "old");

	snprintf(text, sizeof(text), "%*pb\n", cpumask_pr_args(last));
	KUNIT_EXPECT_EQ(test, files_write(st, st->proc, "irq/default_smp_affinity", text),
			strlen(text));
	files_expect_mask(st, "irq/default_smp_affinity", last);
	new = files_new(st, 1);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(irq_get_affinity_mask(new), last));
	files_request(st, new, 1, 0, "new");
	files_expect_mask(st, files_irq(st, new, "smp_affinity"), last);
	/* Lines which are in use stay where they are */
	cpumask_and(&before[1], before, cpu_online_mask);
	files_expect_mask(st, files_irq(st, old, "smp_affinity"), &before[1]);
}

/* The chip may refuse: user space gets its error, and sees that nothing has changed. */
static void affinity_refused(struct kunit *test)
{
	const struct cpumask *last = cpumask_of(files_last_cpu());
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);

	files_need(test, st->proc);
	files_request(st, irq, 0, 0, "affinity");
	KUNIT_ASSERT_EQ(test, irq_set_affinity(irq, last), 0);
	st->refuse = -ENOSPC;
	KUNIT_EXPECT_EQ(test, files_write(st, st->proc, files_irq(st, irq, "smp_affinity"), "1\n"),
			-ENOSPC);
	files_expect_mask(st, files_irq(st, irq, "smp_affinity"), last);
}

static const struct files_fixed {
	const char *name;
	unsigned long flags;
	bool managed;
	bool none;
} files_fixed[] = {
	{ .name = "no-balancing", .flags = IRQF_NOBALANCING },
	{ .name = "per-cpu", .flags = IRQF_PERCPU },
	{ .name = "managed", .managed = true },
	{ .name = "no-set-affinity", .none = true },
};

KUNIT_ARRAY_PARAM_DESC(files_fixed, files_fixed, name);

/* User space may not move lines which the kernel keeps where they are. */
static void affinity_fixed(struct kunit *test)
{
	const struct files_fixed *fixed = test->param_value;
	struct irq_affinity_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);
	static const char * const file[] = { "smp_affinity", "smp_affinity_list" };
	struct files *st = test->priv;
	int irq;

	files_need(test, st->proc);
	KUNIT_ASSERT_NOT_NULL(test, desc);
	cpumask_copy(&desc->mask, cpu_online_mask);
	desc->is_managed = fixed->managed;
	if (fixed->none)
		st->chip.irq_set_affinity = NULL;
	irq = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, THIS_MODULE, desc);
	KUNIT_ASSERT_GT(test, irq, 0);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, files_free_desc,
							   (void *)(unsigned long)irq));
	files_map(st->domain, irq, 0);
	irq_modify_status(irq, IRQ_NOREQUEST, 0);
	files_request(st, irq, 0, fixed->flags, "fixed");
	for (int i = 0; i < ARRAY_SIZE(file); i++) {
		int moved = st->moved;

		KUNIT_EXPECT_EQ(test, files_mode(st, files_irq(st, irq, file[i])), 0444);
		KUNIT_EXPECT_EQ(test, files_write(st, st->proc, files_irq(st, irq, file[i]), "1\n"),
				-EPERM);
		KUNIT_EXPECT_EQ(test, st->moved, moved);
		files_expect_mask(st, files_irq(st, irq, file[i]), cpu_online_mask);
	}
}

/* The hint of a driver is shown for as long as there is one. */
static void affinity_hint(struct kunit *test)
{
	const struct cpumask *last = cpumask_of(files_last_cpu());
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);

	files_need(test, st->proc);
	files_request(st, irq, 0, 0, "hint");
	files_expect_mask(st, files_irq(st, irq, "affinity_hint"), cpu_none_mask);
	KUNIT_EXPECT_EQ(test, irq_update_affinity_hint(irq, last), 0);
	files_expect_mask(st, files_irq(st, irq, "affinity_hint"), last);
	KUNIT_EXPECT_EQ(test, irq_set_affinity_and_hint(irq, cpumask_of(0)), 0);
	files_expect_mask(st, files_irq(st, irq, "affinity_hint"), cpumask_of(0));
	files_expect_mask(st, files_irq(st, irq, "smp_affinity"), cpumask_of(0));
	KUNIT_EXPECT_EQ(test, irq_update_affinity_hint(irq, NULL), 0);
	files_expect_mask(st, files_irq(st, irq, "affinity_hint"), cpu_none_mask);
	files_expect_mask(st, files_irq(st, irq, "smp_affinity"), cpumask_of(0));
}

static void node_shown(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);
	char text[16];

	files_need(test, st->proc);
	files_request(st, irq, 0, 0, "node test");
	snprintf(text, sizeof(text), "%d\n", irq_data_get_node(irq_get_irq_data(irq)));
	files_expect_proc(st, irq, "node", text);
}
#endif

/* Interrupts which nobody handled are counted. */
static void spurious_shown(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1), count, unhandled, when;
	int fields;

	files_need(test, st->proc);
	files_request(st, irq, 0, 0, "spurious test");
	files_expect_proc(st, irq, "spurious", "count 0\nunhandled 0\nlast_unhandled 0 ms\n");
	st->result = IRQ_NONE;
	KUNIT_EXPECT_EQ(test, files_fire(irq, 0), 0);
	st->result = IRQ_HANDLED;
	for (int i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, files_fire(irq, 0), 0);
	KUNIT_EXPECT_GT(test, files_read(st, st->proc, files_irq(st, irq, "spurious")), 0);
	fields = sscanf(st->text, "count %u\nunhandled %u\nlast_unhandled %u ms\n", &count,
			&unhandled, &when);
	KUNIT_ASSERT_EQ(test, fields, 3);
	KUNIT_EXPECT_EQ(test, count, 5);
	KUNIT_EXPECT_EQ(test, unhandled, 1);
	KUNIT_EXPECT_EQ(test, when, jiffies_to_msecs(irq_to_desc(irq)->last_unhandled));
	KUNIT_EXPECT_NE(test, when, 0);
}

/* The directory comes with the first request and goes with the number. */
static void dir_of_line(struct kunit *test)
{
	static const char * const files[] = {
		"spurious",
#ifdef CONFIG_SMP
		"smp_affinity", "smp_affinity_list", "affinity_hint", "node",
#endif
#ifdef CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK
		"effective_affinity", "effective_affinity_list",
#endif
	};
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);

	files_need(test, st->proc);
	for (int round = 0; round < 2; round++) {
		struct files_request *request;

		KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, "")));
		request = files_request(st, irq, 0, 0, "dir");
		for (int i = 0; i < ARRAY_SIZE(files); i++)
			KUNIT_EXPECT_GT_MSG(test, files_read(st, st->proc,
							     files_irq(st, irq, files[i])), 0,
					    "no %s", files[i]);
		KUNIT_EXPECT_TRUE(test, files_exists(st->proc, files_irq(st, irq, "dir")));
		files_release(st, request);
		KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, "dir")));
		KUNIT_EXPECT_TRUE(test, files_exists(st->proc, files_irq(st, irq, "spurious")));
		/* Of a line which is in use again, and of a new owner of the number */
		files_release(st, files_request(st, irq, 0, 0, "dir"));
		files_drop(st, irq);
		KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, "")));
		irq = files_new(st, 1);
	}
}

/* Each name has a directory while it is in use, and only a directory in that of the line. */
static void dir_of_handler(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);
	struct files_request *request[6];
	char *name = kunit_kzalloc(test, 131, GFP_KERNEL), cut[128];

	files_need(test, st->proc);
	KUNIT_ASSERT_NOT_NULL(test, name);
	memset(name, 'n', 130);
	strscpy(cut, name);
	request[0] = files_request(st, irq, 0, IRQF_SHARED, "a");
	request[1] = files_request(st, irq, 1, IRQF_SHARED, "b");
	request[2] = files_request(st, irq, 2, IRQF_SHARED, "a/in");
	request[3] = files_request(st, irq, 3, IRQF_SHARED, "b");
	request[4] = files_request(st, irq, 4, IRQF_SHARED, NULL);
	request[5] = files_request(st, irq, 5, IRQF_SHARED, name);
	KUNIT_EXPECT_TRUE(test, files_exists(st->proc, files_irq(st, irq, "a")));
	KUNIT_EXPECT_TRUE(test, files_exists(st->proc, files_irq(st, irq, "b")));
	KUNIT_EXPECT_FALSE_MSG(test, files_exists(st->proc, files_irq(st, irq, "a/in")),
			       "the directory of a handler is in that of another one");
	/* Cut to 127 characters */
	KUNIT_EXPECT_TRUE(test, files_exists(st->proc, files_irq(st, irq, cut)));
	for (int i = 5; i >= 3; i--)
		files_release(st, request[i]);
	KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, cut)));
	KUNIT_EXPECT_TRUE_MSG(test, files_exists(st->proc, files_irq(st, irq, "b")),
			      "the directory of a handler has gone with another handler");
	files_release(st, request[0]);
	KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, "a")));
	files_release(st, request[2]);
	files_release(st, request[1]);
	KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, "b")));
}

/* Without memory a line works or is not requested, and its directory is complete or missing. */
static void dir_no_memory(struct kunit *test)
{
	struct files *st = test->priv;
	int quiet = 0, without = 0;

	files_need(test, st->proc);
	if (!genirq_failslab_on(test))
		kunit_skip(test, GENIRQ_NEEDS_FAILSLAB);
	for (int n = 1; n < 100 && quiet < 3; n++) {
		unsigned int irq = files_new(st, 1);
		bool spurious, affinity;
		int ret;

		genirq_fail_nth(n);
		ret = request_irq(irq, files_handler, IRQF_NO_THREAD, "memory", &st->dev[0]);
		quiet = genirq_has_failed() ? 0 : quiet + 1;
		spurious = files_exists(st->proc, files_irq(st, irq, "spurious"));
		affinity = files_exists(st->proc, files_irq(st, irq, "smp_affinity"));
		KUNIT_EXPECT_EQ_MSG(test, files_exists(st->proc, files_irq(st, irq, "")), spurious,
				    "a directory without its files, allocation %d", n);
		KUNIT_EXPECT_EQ(test, affinity, spurious && IS_ENABLED(CONFIG_SMP));
		without += !spurious;
		if (!ret) {
			KUNIT_EXPECT_TRUE(test, files_listed(st, irq));
			KUNIT_EXPECT_EQ(test, files_fire(irq, 0), 0);
			free_irq(irq, &st->dev[0]);
		} else {
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
			KUNIT_EXPECT_FALSE(test, files_listed(st, irq));
		}
		KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, "memory")));
		files_drop(st, irq);
		KUNIT_EXPECT_FALSE(test, files_exists(st->proc, files_irq(st, irq, "")));
	}
	KUNIT_EXPECT_EQ(test, quiet, 3);
	KUNIT_EXPECT_GE_MSG(test, without, 2, "neither the handler nor the directory failed");
}

/* A file which is open does not keep the line, does not show the next one, and does no harm. */
static void open_and_removed(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1);
	struct files_request *request = files_request(st, irq, 0, 0, "open");
	struct file *file[4] = {};
	loff_t pos[4] = {};
	ssize_t ret;

	if (st->proc)
		file[0] = files_open_kept(st, st->proc, files_irq(st, irq, "spurious"), O_RDONLY);
	if (st->sysfs)
		file[1] = files_open_kept(st, st->sysfs, files_sysfs(st, irq, "actions"), O_RDONLY);
	if (st->debugfs)
		file[2] = files_open_kept(st, st->debugfs, files_debugfs(st, irq), O_RDWR);
	if (st->proc && IS_ENABLED(CONFIG_SMP))
		file[3] = files_open_kept(st, st->proc, files_irq(st, irq, "smp_affinity"), O_RDWR);
	files_release(st, request);
	files_drop(st, irq);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < ARRAY_SIZE(file); i++) {
			if (!file[i])
				continue;
			ret = files_read_open(st, file[i], 64, &pos[i], 64);
			KUNIT_EXPECT_EQ_MSG(test, ret, i == 1 ? -ENODEV : -EIO, "read, file %d", i);
			if (i < 2)
				continue;
			KUNIT_ASSERT_EQ(test, copy_to_user(st->user, "trigger", 7), 0);
			ret = vfs_write(file[i], st->user, 7, &pos[i]);
			KUNIT_EXPECT_EQ_MSG(test, ret, -EIO, "write, file %d", i);
		}
		if (round)
			break;
		/* The same number */
		KUNIT_EXPECT_EQ(test, files_new(st, 1), irq);
		files_request(st, irq, 0, 0, "next");
	}
	KUNIT_EXPECT_EQ(test, st->injected, 0);
}

/* /sys/kernel/irq/N/ */

/* What nobody has set is not shown. */
static void sysfs_plain(struct kunit *test)
{
	struct files *st = test->priv;
	int irq = irq_alloc_desc(NUMA_NO_NODE);

	KUNIT_ASSERT_GT(test, irq, 0);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, files_free_desc,
							   (void *)(unsigned long)irq));
	files_need(test, st->sysfs);
	files_expect_counts(st, irq, 0, 0);
	files_expect_sysfs(st, irq, "chip_name", "none\n");
	files_expect_sysfs(st, irq, "hwirq", "");
	files_expect_sysfs(st, irq, "type", "edge\n");
	files_expect_sysfs(st, irq, "wakeup", "disabled\n");
	files_expect_sysfs(st, irq, "name", "");
	files_expect_sysfs(st, irq, "actions", "");
	kunit_release_action(test, files_free_desc, (void *)(unsigned long)irq);
	KUNIT_EXPECT_FALSE(test, files_exists(st->sysfs, files_sysfs(st, irq, "")));
}

static void sysfs_full(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 7);
	struct files_request *request[2];

	files_need(test, st->sysfs);
	files_expect_sysfs(st, irq, "chip_name", "files\n");
	files_expect_sysfs(st, irq, "hwirq", "7\n");
	__irq_set_handler(irq, handle_level_irq, false, "flow");
	files_expect_sysfs(st, irq, "name", "flow\n");
	request[0] = files_request(st, irq, 0, IRQF_SHARED | IRQF_TRIGGER_LOW, "one");
	files_expect_sysfs(st, irq, "type", "level\n");
	files_expect_sysfs(st, irq, "actions", "one\n");
	request[1] = files_request(st, irq, 1, IRQF_SHARED | IRQF_TRIGGER_LOW, "two");
	files_expect_sysfs(st, irq, "actions", "one,two\n");
	KUNIT_EXPECT_EQ(test, enable_irq_wake(irq), 0);
	files_expect_sysfs(st, irq, "wakeup", "enabled\n");
	KUNIT_EXPECT_EQ(test, disable_irq_wake(irq), 0);
	files_expect_sysfs(st, irq, "wakeup", "disabled\n");
	files_release(st, request[0]);
	files_expect_sysfs(st, irq, "actions", "two\n");
	files_release(st, request[1]);
	files_expect_sysfs(st, irq, "actions", "");
	files_request(st, irq, 0, IRQF_TRIGGER_FALLING, "edge");
	files_expect_sysfs(st, irq, "type", "edge\n");
	/* A chip need not have a name */
	st->chip.name = NULL;
	files_expect_sysfs(st, irq, "chip_name", "");
}

/* debugfs */

#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
KUNIT_DEFINE_ACTION_WRAPPER(files_remove_domain, irq_domain_remove, struct irq_domain *);
KUNIT_DEFINE_ACTION_WRAPPER(files_free_fwnode, irq_domain_free_fwnode, struct fwnode_handle *);

static void files_expect_shown(struct files *st, const char *expected)
{
	KUNIT_EXPECT_NOT_NULL_MSG(st->test, strstr(st->text, expected), "no \"%s\" in:\n%s",
				  expected, st->text);
}

static void debugfs_line(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq;
	char expected[96];

	files_need(test, st->debugfs);
	st->chip.flags = IRQCHIP_SKIP_SET_WAKE;
	irq = files_new(st, 7);
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, files_debugfs(st, irq)), 0);
	snprintf(expected, sizeof(expected), "handler:  %ps\n", handle_simple_irq);
	files_expect_shown(st, expected);
	files_expect_shown(st, "\nddepth:   1\nwdepth:   0\n");
	files_expect_shown(st, "            IRQD_IRQ_MASKED\n");
	snprintf(expected, sizeof(expected), "\ndomain:  %s\n hwirq:   0x7\n chip:    files\n"
		 "  flags:   0x%x\n             IRQCHIP_SKIP_SET_WAKE\n", st->domain->name,
		 IRQCHIP_SKIP_SET_WAKE);
	files_expect_shown(st, expected);
	__irq_set_handler(irq, handle_level_irq, false, NULL);
	files_request(st, irq, 0, IRQF_TRIGGER_HIGH, "debugfs");
	KUNIT_EXPECT_EQ(test, enable_irq_wake(irq), 0);
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, files_debugfs(st, irq)), 0);
	snprintf(expected, sizeof(expected), "handler:  %ps\n", handle_level_irq);
	files_expect_shown(st, expected);
	files_expect_shown(st, "\nddepth:   0\nwdepth:   1\n");
	files_expect_shown(st, "            IRQ_TYPE_LEVEL_HIGH\n            IRQD_LEVEL\n");
	files_expect_shown(st, "            IRQD_IRQ_STARTED\n");
	files_expect_shown(st, "            IRQD_WAKEUP_STATE\n");
	KUNIT_EXPECT_NULL_MSG(test, strstr(st->text, "IRQD_IRQ_MASKED"), "enabled, but masked");
#ifdef CONFIG_SMP
	KUNIT_EXPECT_EQ(test, irq_set_affinity(irq, cpumask_of(files_last_cpu())), 0);
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, files_debugfs(st, irq)), 0);
	snprintf(expected, sizeof(expected), "\naffinity: %d\n", files_last_cpu());
	files_expect_shown(st, expected);
#endif
	KUNIT_EXPECT_EQ(test, disable_irq_wake(irq), 0);
	st->chip.irq_print_chip = files_print_chip;
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, files_debugfs(st, irq)), 0);
	files_expect_shown(st, "\n chip:    printed7\n");
	/* The end of a hierarchy may be a chip which does not exist yet */
	irq_get_irq_data(irq)->chip = NULL;
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, files_debugfs(st, irq)), 0);
	irq_get_irq_data(irq)->chip = &st->chip;
	files_expect_shown(st, "chip: None\n");
}

/* "trigger" makes the interrupt pending, in the chip or by sending it again, and nothing else. */
static void debugfs_trigger(struct kunit *test)
{
	static const char * const words[] = { "triggex", "xtrigger", "Trigger", "\n", "inject" };
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 7);
	struct files_request *request;

	files_need(test, st->debugfs);
	for (int i = 0; i < ARRAY_SIZE(words); i++)
		KUNIT_EXPECT_EQ(test, strlen(words[i]),
				files_write(st, st->debugfs, files_debugfs(st, irq), words[i]));
	KUNIT_EXPECT_EQ_MSG(test, st->injected, 0, "triggered by another word");
	KUNIT_EXPECT_EQ(test, files_write(st, st->debugfs, files_debugfs(st, irq), "trigger"), 7);
	KUNIT_EXPECT_EQ(test, st->injected, 1);
	KUNIT_EXPECT_EQ(test, st->hwirq, 7);
	KUNIT_EXPECT_EQ(test, files_write(st, st->debugfs, files_debugfs(st, irq), "trigger\n"), 8);
	KUNIT_EXPECT_EQ(test, st->injected, 2);

	st->refuse = -EIO;
	KUNIT_EXPECT_EQ_MSG(test, files_write(st, st->debugfs, files_debugfs(st, irq), "trigger"),
			    -EINVAL, "the line is not in use");
	KUNIT_EXPECT_EQ(test, st->retriggered, 0);
	request = files_request(st, irq, 0, IRQF_TRIGGER_RISING, "trigger");
	KUNIT_EXPECT_EQ(test, files_write(st, st->debugfs, files_debugfs(st, irq), "trigger"), 7);
	KUNIT_EXPECT_EQ_MSG(test, st->retriggered, 1, "not sent again");
	files_release(st, request);
	KUNIT_EXPECT_EQ_MSG(test, files_write(st, st->debugfs, files_debugfs(st, irq), "trigger"),
			    -EINVAL, "the line is no longer in use");
	KUNIT_EXPECT_EQ(test, st->retriggered, 1);
}

static int files_alloc(struct irq_domain *domain, unsigned int irq, unsigned int nr, void *arg)
{
	struct files *st = domain->host_data;
	irq_hw_number_t *hwirq = arg;

	irq_domain_set_hwirq_and_chip(domain, irq, *hwirq, &st->chip, st);
	irq_set_handler(irq, handle_simple_irq);
	*hwirq += 8;
	return domain->parent ? irq_domain_alloc_irqs_parent(domain, irq, nr, arg) : 0;
}

static void files_debug_show(struct seq_file *m, struct irq_domain *domain, struct irq_data *data,
			     int ind)
{
	seq_printf(m, "%*sshown %s\n", ind, "", domain ? "domain" : "line");
}

static const struct irq_domain_ops files_hierarchy_ops = {
	.alloc		= files_alloc,
	.free		= irq_domain_free_irqs_top,
	.debug_show	= files_debug_show,
};

/* A stacked line shows each of its levels, and a domain that of its parent. */
static void debugfs_hierarchy(struct kunit *test)
{
	struct files *st = test->priv;
	struct irq_domain *domain[2];
	irq_hw_number_t hwirq = 3;
	char expected[256], name[96];
	int irq;

	files_need(test, st->debugfs);
	for (int i = 0; i < 2; i++) {
		snprintf(expected, sizeof(expected), "genirq_files_level%d", i);
		struct fwnode_handle *fwnode = irq_domain_alloc_named_fwnode(expected);

		KUNIT_ASSERT_NOT_NULL(test, fwnode);
		KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, files_free_fwnode,
								   fwnode));
		domain[i] = i ? irq_domain_create_hierarchy(domain[0], 0, FILES_LINES, fwnode,
							    &files_hierarchy_ops, st) :
			    irq_domain_create_linear(fwnode, 2 * FILES_LINES,
						     &files_hierarchy_ops, st);
		KUNIT_ASSERT_NOT_NULL(test, domain[i]);
		KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, files_remove_domain,
								   domain[i]));
	}
	irq = irq_domain_alloc_irqs(domain[1], 1, NUMA_NO_NODE, &hwirq);
	KUNIT_ASSERT_GT(test, irq, 0);
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, files_debugfs(st, irq)), 0);
	snprintf(expected, sizeof(expected),
		 "\ndomain:  %s\n hwirq:   0x3\n chip:    files\n  flags:   0x0\n shown line\n"
		 " parent:\n    domain:  %s\n     hwirq:   0xb\n     chip:    files\n"
		 "      flags:   0x0\n     shown line\n", domain[1]->name, domain[0]->name);
	files_expect_shown(st, expected);

	snprintf(name, sizeof(name), "irq/domains/%s", domain[1]->name);
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, name), 0);
	snprintf(expected, sizeof(expected), "name:   %s\n size:   8\n mapped: 1\n",
		 domain[1]->name);
	files_expect_shown(st, expected);
	files_expect_shown(st, "            IRQ_DOMAIN_FLAG_HIERARCHY\n");
	snprintf(expected, sizeof(expected),
		 "\n shown domain\n parent: %s\n    name:   %s\n     size:   16\n     mapped: 1\n",
		 domain[0]->name, domain[0]->name);
	files_expect_shown(st, expected);
	files_expect_shown(st, "\n     shown domain\n");

	irq_domain_free_irqs(irq, 1);
	KUNIT_EXPECT_GT(test, files_read(st, st->debugfs, name), 0);
	files_expect_shown(st, "\n mapped: 0\n");
	KUNIT_EXPECT_FALSE(test, files_exists(st->debugfs, files_debugfs(st, irq)));
	kunit_release_action(test, files_remove_domain, domain[1]);
	KUNIT_EXPECT_FALSE(test, files_exists(st->debugfs, name));
}
#endif

static struct kunit_case files_cases[] = {
#ifdef CONFIG_SMP
	KUNIT_CASE(affinity_written),
	KUNIT_CASE_PARAM(affinity_bad, files_bad_gen_params),
	KUNIT_CASE_PARAM(affinity_default_bad, files_bad_gen_params),
	KUNIT_CASE(affinity_default),
	KUNIT_CASE(affinity_refused),
	KUNIT_CASE_PARAM(affinity_fixed, files_fixed_gen_params),
	KUNIT_CASE(affinity_hint),
	KUNIT_CASE(node_shown),
#endif
	KUNIT_CASE(spurious_shown),
	KUNIT_CASE(dir_of_line),
	KUNIT_CASE(dir_of_handler),
	KUNIT_CASE(dir_no_memory),
	KUNIT_CASE(open_and_removed),
	KUNIT_CASE(sysfs_plain),
	KUNIT_CASE(sysfs_full),
#ifdef CONFIG_GENERIC_IRQ_DEBUGFS
	KUNIT_CASE(debugfs_line),
	KUNIT_CASE(debugfs_trigger),
	KUNIT_CASE(debugfs_hierarchy),
#endif
	{}
};

static struct kunit_suite files_suite = {
	.name = "genirq_files",
	.init = files_test_init,
	.test_cases = files_cases,
};

kunit_test_suite(files_suite);

MODULE_DESCRIPTION("KUnit tests of the files of interrupts");
MODULE_LICENSE("GPL");
