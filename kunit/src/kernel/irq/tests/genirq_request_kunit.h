/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An interrupt controller which writes down what genirq asks of it, in the words of struct
 * irq_chip. Shared by the suites for requests, per-CPU interrupts, affinity and flow
 * handlers.
 */
#ifndef _GENIRQ_REQUEST_KUNIT_H
#define _GENIRQ_REQUEST_KUNIT_H

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/kthread.h>

#include <kunit/resource.h>
#include <kunit/test.h>

#define REQ_LINES	2

/* Only a failure uses up this time */
#define REQ_TIMEOUT	(10 * HZ)

/**
 * struct req_chip - fixture
 * @chip:	the controller; a test removes, adds and replaces callbacks before the request
 * @domain:	its domain
 * @virq:	Linux number of each line
 * @lock:	protects @log
 * @log:	what happened, in words
 * @len:	length of @log
 * @fails:	the callback which fails, NULL if none does
 * @error:	its return value
 */
struct req_chip {
	struct irq_chip		chip;
	struct irq_domain	*domain;
	unsigned int		virq[REQ_LINES];
	raw_spinlock_t		lock;
	char			log[256];
	size_t			len;
	const char		*fails;
	int			error;
};

/**
 * struct req_user - a driver which has requested a line
 * @rc:		where it notes that its handlers run
 * @name:	its word in the log, NULL for none
 * @ret:	return value of the primary handler
 * @runs:	number of runs of the primary handler
 * @thread_runs: number of finished runs of the threaded handler
 * @hold:	the threaded handler waits for @go
 * @dies:	the threaded handler ends its thread
 * @entered:	the threaded handler was entered
 * @go:		releases it
 * @task:	the thread, if it dies
 */
struct req_user {
	struct req_chip		*rc;
	const char		*name;
	irqreturn_t		ret;
	atomic_t		runs;
	atomic_t		thread_runs;
	bool			hold;
	bool			dies;
	struct completion	entered;
	struct completion	go;
	struct task_struct	*task;
};

int req_init(struct kunit *test);
int req_note(struct req_chip *rc, const char *what);
struct req_user *req_user(struct kunit *test, const char *name, irqreturn_t ret);
int req_request_threaded_irq(struct kunit *test, unsigned int virq, irq_handler_t handler,
			     irq_handler_t thread, unsigned long flags, const char *name,
			     void *dev);
int req_free_irq(struct kunit *test, unsigned int virq, void *dev);
irqreturn_t req_handler(int irq, void *data);
irqreturn_t req_thread(int irq, void *data);
bool req_wait(bool (*done)(void *arg), void *arg);

void req_chip_mask(struct irq_data *data);
void req_chip_unmask(struct irq_data *data);
void req_chip_ack(struct irq_data *data);
void req_chip_mask_ack(struct irq_data *data);
void req_chip_eoi(struct irq_data *data);
void req_chip_enable(struct irq_data *data);
void req_chip_disable(struct irq_data *data);
unsigned int req_chip_startup(struct irq_data *data);
void req_chip_shutdown(struct irq_data *data);
int req_chip_set_type(struct irq_data *data, unsigned int type);
int req_chip_request(struct irq_data *data);
void req_chip_release(struct irq_data *data);
int req_chip_affinity(struct irq_data *data, const struct cpumask *mask, bool force);

static inline int req_request_irq(struct kunit *test, unsigned int virq, irq_handler_t handler,
				  unsigned long flags, const char *name, void *dev)
{
	return req_request_threaded_irq(test, virq, handler, NULL, flags, name, dev);
}

/* A handler in hard interrupt context, then its thread, if any. */
static inline void req_fire(unsigned int virq)
{
	generic_handle_irq_safe(virq);
	synchronize_irq(virq);
}

/* Nothing has happened so far. */
static inline void req_clear(struct req_chip *rc)
{
	rc->len = 0;
	rc->log[0] = '\0';
}

/* Compare what happened since the last time. */
#define REQ_EXPECT_LOG(test, chip, want, fmt, ...)				\
	do {									\
		struct req_chip *_rc = chip;					\
										\
		KUNIT_EXPECT_STREQ_MSG(test, _rc->log, want, fmt, ##__VA_ARGS__); \
		req_clear(_rc);							\
	} while (0)

#endif /* _GENIRQ_REQUEST_KUNIT_H */
