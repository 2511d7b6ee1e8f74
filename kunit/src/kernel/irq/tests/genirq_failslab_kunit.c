// SPDX-License-Identifier: GPL-2.0
/*
 * By default failslab spares allocations which may sleep, and logs failures. Change that for
 * the time of a test.
 */

#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/fs.h>

#include <kunit/resource.h>
#include <kunit/test.h>

#include "genirq_failslab_kunit.h"

#ifdef GENIRQ_FAILSLAB
struct genirq_failslab {
	bool		*spares, spared;
	unsigned long	*verbose, verbosity;
};

/* The variable behind a failslab file: debugfs is the only way to get at it */
static void *genirq_failslab_variable(const char *name)
{
	struct dentry *dir = debugfs_lookup("failslab", NULL), *file;
	void *data = NULL;

	if (!dir)
		return NULL;
	file = debugfs_lookup(name, dir);
	if (file) {
		data = d_inode(file)->i_private;
		dput(file);
	}
	dput(dir);
	return data;
}

static void genirq_failslab_off(void *data)
{
	struct genirq_failslab *slab = data;

	current->fail_nth = 0;
	*slab->spares = slab->spared;
	*slab->verbose = slab->verbosity;
}

/* Until the end of the test. Returns false if debugfs has no such files. */
bool genirq_failslab_on(struct kunit *test)
{
	struct genirq_failslab *slab = kunit_kzalloc(test, sizeof(*slab), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slab);
	slab->spares = genirq_failslab_variable("ignore-gfp-wait");
	slab->verbose = genirq_failslab_variable("verbose");
	if (!slab->spares || !slab->verbose)
		return false;

	slab->spared = *slab->spares;
	slab->verbosity = *slab->verbose;
	*slab->spares = false;
	*slab->verbose = 0;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, genirq_failslab_off, slab), 0);
	return true;
}
#endif
