/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers shared by the tests of interrupt descriptors and of the files which show them.
 */
#ifndef _GENIRQ_FILES_KUNIT_H
#define _GENIRQ_FILES_KUNIT_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/irq.h>
#include <linux/irqreturn.h>
#include <linux/types.h>

struct file;
struct fwnode_handle;
struct irq_domain;
struct kunit;
struct seq_file;
struct vfsmount;

#define FILES_LINES	8
#define FILES_TEXT_SIZE	32768

/**
 * struct files - state of a test
 * @test:	the test
 * @proc:	a mount of procfs, NULL without it
 * @sysfs:	a mount of sysfs, NULL without it
 * @debugfs:	a mount of debugfs, NULL without it, or if it is off
 * @user:	memory of the task, read() and write() refuse anything else
 * @text:	what has been read, NUL terminated
 * @name:	room for a name of a file
 * @fwnode:	node of @domain
 * @domain:	a domain with @chip
 * @chip:	the chip, may be changed before lines are mapped
 * @dev:	this test; addresses of these are the cookies of handlers
 * @percpu:	cookie of a per-CPU interrupt
 * @percpu_irq:	its number
 * @result:	what the handlers return
 * @runs:	number of their calls
 * @cpu:	CPU of the last call
 * @moved:	number of calls of the irq_set_affinity() callback
 * @mask:	argument of the last of them
 * @forced:	one of these calls had force set
 * @refuse:	what irq_set_affinity() and irq_set_irqchip_state() return
 * @injected:	number of calls which made a line pending
 * @hwirq:	the line of the last of them
 * @retriggered: number of calls of irq_retrigger()
 * @redirected:	number of calls of irq_pre_redirect()
 */
struct files {
	struct kunit		*test;
	struct vfsmount		*proc;
	struct vfsmount		*sysfs;
	struct vfsmount		*debugfs;
	char __user		*user;
	char			*text;
	char			name[192];
	struct fwnode_handle	*fwnode;
	struct irq_domain	*domain;
	struct irq_chip		chip;
	struct files		*dev[FILES_LINES];
	int __percpu		*percpu;
	unsigned int		percpu_irq;
	irqreturn_t		result;
	atomic_t		runs;
	int			cpu;
	int			moved;
	struct cpumask		mask;
	bool			forced;
	int			refuse;
	int			injected;
	irq_hw_number_t		hwirq;
	int			retriggered;
	atomic_t		redirected;
};

/**
 * struct files_request - a request which is freed with the test, or by files_release()
 * @irq:	the interrupt
 * @dev:	cookie of the handler
 */
struct files_request {
	unsigned int	irq;
	void		*dev;
};

int files_test_init(struct kunit *test);
void files_need(struct kunit *test, struct vfsmount *mnt);

struct file *files_open(struct vfsmount *mnt, const char *where, int flags);
struct file *files_open_kept(struct files *st, struct vfsmount *mnt, const char *where, int flags);
ssize_t files_read_open(struct files *st, struct file *file, size_t chunk, loff_t *pos, size_t max);
ssize_t files_read(struct files *st, struct vfsmount *mnt, const char *where);
bool files_exists(struct vfsmount *mnt, const char *where);
const char *files_sysfs(struct files *st, unsigned int irq, const char *file);
const char *files_debugfs(struct files *st, unsigned int irq);
void files_expect_text(struct files *st, struct vfsmount *mnt, const char *where,
		       const char *expected);
void files_expect_sysfs(struct files *st, unsigned int irq, const char *file, const char *expected);
bool files_listed(struct files *st, unsigned int irq);
void files_expect_counts(struct files *st, unsigned int irq, unsigned int first, unsigned int last);

void files_print_chip(struct irq_data *data, struct seq_file *m);
int files_map(struct irq_domain *domain, unsigned int irq, irq_hw_number_t hwirq);
irqreturn_t files_handler(int irq, void *dev);
unsigned int files_new(struct files *st, irq_hw_number_t hwirq);
void files_drop(struct files *st, unsigned int irq);
void files_free_desc(void *irq);
struct files_request *files_request(struct files *st, unsigned int irq, int dev,
				    unsigned long flags, const char *name);
void files_release(struct files *st, struct files_request *request);
int files_fire(unsigned int irq, int cpu);
int files_last_cpu(void);

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)
#endif

#endif /* _GENIRQ_FILES_KUNIT_H */
