/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers shared by the tests of the interrupt simulator.
 */
#ifndef _IRQ_SIM_KUNIT_H
#define _IRQ_SIM_KUNIT_H

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irq_sim.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/jiffies.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "irq_sim_patience.h"

struct sim_test;

#define SIM_LINES	8
#define SIM_ORDER	128

/**
 * struct sim_line - what a line of the simulator did in a test
 * @st:		the test that the line belongs to
 * @hwirq:	number of the line in the chip
 * @virq:	Linux number of the line
 * @begun:	runs of the handler which have started
 * @handled:	runs of the handler which have finished
 * @type:	requested trigger type, 0 for the default
 * @unhandled:	the handler returns IRQ_NONE
 * @depth:	runs of the handler in progress
 * @nested:	runs which started while another one was in progress
 * @cpu:	CPU of the last run
 * @on_irq:	called by the handler, may be NULL
 */
struct sim_line {
	struct sim_test		*st;
	unsigned int		hwirq;
	unsigned int		virq;
	unsigned long		type;
	bool			unhandled;
	atomic_t		begun;
	atomic_t		handled;
	atomic_t		depth;
	atomic_t		nested;
	int			cpu;
	void			(*on_irq)(struct sim_line *line);
};

/**
 * struct sim_test - fixture: one chip, its lines mapped
 * @domain:	the chip
 * @line:	the lines
 * @entered:	a handler has reached the point where the test holds it
 * @release:	lets the handler continue
 * @left:	the held handler is about to return
 * @thread_go:	lets an interrupt thread continue, once
 * @latched:	fires which made a new latch
 * @in_hardirq:	handler runs in hard interrupt context
 * @in_softirq:	handler runs in soft interrupt context
 * @irqs_on:	handler runs with interrupts enabled, always wrong
 * @irqs_off:	softirqs after a delivery which find interrupts disabled, always wrong
 * @wrong_irq:	handler runs for a line that is not its own, always wrong
 * @runs:	handler runs in @order
 * @order:	lines whose handlers ran, the first SIM_ORDER of them
 */
struct sim_test {
	struct irq_domain	*domain;
	struct sim_line		line[SIM_LINES];
	atomic_t		entered;
	atomic_t		release;
	atomic_t		left;
	struct completion	thread_go;
	atomic_t		latched;
	atomic_t		in_hardirq;
	atomic_t		in_softirq;
	atomic_t		irqs_on;
	atomic_t		irqs_off;
	atomic_t		wrong_irq;
	atomic_t		runs;
	unsigned int		order[SIM_ORDER];
};

/**
 * struct sim_param - parameters of a test case
 * @delivery:	delivery of the chip
 * @budget:	budget of the chip
 * @name:	name of the parameter set
 * @type:	trigger type of the line, for cases which depend on it
 * @unlazy:	disable_irq() masks the line, for cases which depend on it
 */
struct sim_param {
	enum irq_sim_delivery	delivery;
	unsigned int		budget;
	const char		*name;
	unsigned long		type;
	bool			unlazy;
};

/* Run @fn in task context on a CPU other than this one. */
struct sim_remote {
	struct work_struct	work;
	void			(*fn)(struct sim_line *line);
	struct sim_line		*line;
	int			cpu;
};

#define SIM_RACE_ROUNDS	20000

/**
 * struct sim_landing - a fire which is meant to land inside another fire
 * @line:	the line which both fire
 * @timer:	fires from hard interrupt context
 * @work:	fires on another CPU
 * @phase:	phase of the fire to be hit: 0 before, 1 inside, 2 after it
 * @wait:	how much longer this side waits than the one that lands, in loop turns
 * @step:	by how much @wait changes
 * @go:		current round, for the other CPU; negative to stop it
 * @done:	last round in which the other CPU fired
 * @landed:	phase in which the fire landed
 * @last:	@landed of the previous round
 * @ret:	return value of the fire that landed
 */
struct sim_landing {
	struct sim_line		*line;
	struct hrtimer		timer;
	struct work_struct	work;
	int			phase;
	int			wait;
	int			step;
	atomic_t		go;
	atomic_t		done;
	int			landed;
	int			last;
	int			ret;
};

/**
 * struct sim_traced - what the tracepoints reported
 * @line:	the line to observe
 * @fire:	irq_sim_fire, if available
 * @deliver:	irq_sim_deliver, if available
 * @queue:	irq_sim_queue, if available
 * @release:	irq_sim_release, if available
 * @latched:	fires which set a new latch
 * @merged:	fires which merged
 * @delivered:	deliveries
 * @queued:	claims
 * @released:	claims which were released
 * @cpu:	CPU on which the line was queued last
 */
struct sim_traced {
	struct sim_line		*line;
	struct tracepoint	*fire;
	struct tracepoint	*deliver;
	struct tracepoint	*queue;
	struct tracepoint	*release;
	atomic_t		latched;
	atomic_t		merged;
	atomic_t		delivered;
	atomic_t		queued;
	atomic_t		released;
	unsigned int		cpu;
};

irqreturn_t sim_handler(int irq, void *data);
int sim_request(struct sim_line *line, unsigned long flags);
int sim_pend(struct sim_line *line, bool on);
void sim_poll(void);
void sim_flush(void);
int sim_runs(struct sim_line *line);
int sim_begun(struct sim_line *line);
struct irq_sim_account sim_account(struct kunit *test, struct sim_line *line);
void sim_account_balances(struct kunit *test, struct sim_line *line);
void sim_account_freed(struct kunit *test, struct sim_line *line, int before);
extern const struct sim_param sim_params[6];
extern const struct sim_param sim_deliveries[3];
extern const struct sim_param sim_masks[12];
struct irq_domain *sim_create(const struct sim_param *param);
unsigned int sim_map(struct irq_domain *domain, unsigned int hwirq);
void sim_need_numbers(struct kunit *test);
int sim_init(struct kunit *test);
void sim_exit(struct kunit *test);
int sim_other_cpu(void);
int sim_remove_cpu(unsigned int cpu);
int sim_add_cpu(unsigned int cpu);
void sim_hold(struct sim_line *line);
bool sim_wait(atomic_t *what);
void sim_chained_handler(struct irq_desc *desc);
bool sim_is_soft(struct kunit *test);
int sim_fire(struct sim_line *line);
void sim_keep_cpu(bool on);
unsigned long sim_hold_cpu(struct kunit *test);
void sim_let_go(struct kunit *test, unsigned long flags);
void sim_release_cpu(struct kunit *test, unsigned long flags);
void sim_note_context(struct sim_line *line);
void sim_note_order(struct sim_line *line);
int sim_wire(struct sim_line *line, bool high);
int sim_event(struct sim_line *line);
void sim_served(struct sim_line *line);
bool sim_state(struct sim_line *line, enum irqchip_irq_state which);
void sim_fire_and_flush(struct sim_line *line);
void sim_linger(struct sim_line *line);
void sim_need_two_cpus(struct kunit *test);
void sim_remote_fn(struct work_struct *work);
void sim_remote_start(struct sim_remote *remote);
void sim_remote_end(struct sim_remote *remote);
void sim_remote_hold(struct kunit *test, struct sim_remote *remote);
void sim_request_all(struct kunit *test, void (*on_irq)(struct sim_line *line));
int sim_fire_thread(void *data);
int sim_use_under_fire(struct kunit *test, struct sim_line *line, struct task_struct *task,
		       bool disable);
void sim_fire_until_released(struct sim_line *line);
bool sim_traced_is_ours(struct sim_traced *traced, const struct irq_domain *domain,
			irq_hw_number_t hwirq, unsigned int irq);
void sim_traced_fire(void *data, const struct irq_domain *domain, irq_hw_number_t hwirq,
		     unsigned int irq, bool latched);
void sim_traced_deliver(void *data, const struct irq_domain *domain,
			irq_hw_number_t hwirq, unsigned int irq);
struct sim_traced *sim_trace_claims(struct kunit *test, struct sim_line *line);
void sim_expect_claims(struct kunit *test, struct sim_traced *traced, unsigned int cpu, int claims);
void sim_untrace_claims(struct sim_traced *traced);
void sim_find_tracepoint(struct tracepoint *tp, void *data);
void sim_traced_hold(void *data, const struct irq_domain *domain,
		     irq_hw_number_t hwirq, unsigned int irq);
void sim_traced_freed(void *data, const struct irq_domain *domain,
		      irq_hw_number_t hwirq, unsigned int irq);
irqreturn_t sim_wake_thread(int irq, void *data);
irqreturn_t sim_thread(int irq, void *data);
struct sim_line *mask_request(struct kunit *test, unsigned long flags);

extern struct kunit_suite irq_sim_context_suite;
extern struct kunit_suite irq_sim_delivery_suite;
extern struct kunit_suite irq_sim_chip_suite;
extern struct kunit_suite irq_sim_lifetime_suite;
extern struct kunit_suite irq_sim_affinity_suite;
extern struct kunit_suite irq_sim_race_suite;
extern struct kunit_suite irq_sim_observe_suite;
extern struct kunit_suite irq_sim_compat_suite;
extern struct kunit_suite irq_sim_masking_suite;
extern struct kunit_suite irq_sim_type_suite;
extern struct kunit_suite irq_sim_thread_suite;
extern struct kunit_suite irq_sim_kind_suite;
extern struct kunit_suite irq_sim_percpu_suite;
extern struct kunit_suite irq_sim_firmware_suite;
extern struct kunit_suite irq_sim_power_suite;
extern struct kunit_suite irq_sim_sync_suite;
extern struct kunit_suite irq_sim_level_suite;
extern struct kunit_suite irq_sim_api_suite;
extern struct kunit_suite irq_sim_genirq_suite;
extern struct kunit_suite irq_sim_genirq_more_suite;
extern struct kunit_suite irq_sim_msi_suite;
extern struct kunit_suite irq_sim_stacked_suite;
extern struct kunit_suite irq_sim_topology_suite;
extern struct kunit_suite irq_sim_nested_suite;
extern struct kunit_suite irq_sim_table_suite;
extern struct kunit_suite irq_sim_walk_suite;
extern struct kunit_suite irq_sim_fuzz_suite;
extern struct kunit_suite irq_sim_every_suite;
extern struct kunit_suite irq_sim_dying_suite;

/**
 * struct sim_kind_param - parameters of a case which depends on the kind of chip
 * @sim:	delivery and name; first, for functions which take a &struct sim_param
 * @kind:	kind of the chip
 * @flags:	flags of the chip
 */
struct sim_kind_param {
	struct sim_param	sim;
	enum irq_sim_kind	kind;
	unsigned int		flags;
};

#define SIM_KIND_PARAM(_delivery, _kind, _flags, _name)				\
	{ { IRQ_SIM_DELIVER_##_delivery, 0, _name }, IRQ_SIM_KIND_##_kind, _flags }

/* irq_sim_kind_kunit.c */
extern const struct sim_kind_param sim_kind_params[6];
int sim_init_info(struct kunit *test, const struct irq_sim_info *info);
int sim_kind_init(struct kunit *test);
bool sim_kind_is_eoi(struct kunit *test);
void sim_expect_account(struct kunit *test, struct sim_line *line,
			const struct irq_sim_account *want);
bool sim_wait_kept(struct sim_line *line, unsigned long kept);
bool sim_shows(struct kunit *test, struct sim_line *line, const char *what);
bool sim_chip_shows(struct kunit *test, struct irq_domain *domain, const char *what);

/* irq_sim_percpu_kunit.c: a per-CPU line, and the number of its runs on a CPU */
struct sim_line *percpu_request(struct kunit *test);
int percpu_runs(unsigned int cpu);
void percpu_enable(void *info);
void percpu_exit(struct kunit *test);

/**
 * struct gen_chip - a chip which overrides some callbacks of the simulator's chip
 * @chip:	the chip
 * @real:	the chip of the simulator
 * @line:	the line which uses @chip
 * @locked:	the bus lock is held, for chips behind a slow bus
 * @synced:	number of unlocks
 * @outside:	callbacks invoked without the bus lock
 * @calls:	calls of the callback under test
 * @mask:	CPU mask passed to the last call
 * @force:	force argument of the last call
 * @ret:	what the first call returns, if not 0
 */
struct gen_chip {
	struct irq_chip		chip;
	const struct irq_chip	*real;
	struct sim_line		*line;
	atomic_t		locked;
	atomic_t		synced;
	atomic_t		outside;
	atomic_t		calls;
	struct cpumask		mask;
	bool			force;
	int			ret;
};

static inline struct gen_chip *gen_chip_of(struct irq_data *data)
{
	return container_of(data->chip, struct gen_chip, chip);
}

/* irq_sim_genirq_kunit.c */
int gen_init(struct kunit *test);
struct gen_chip *gen_replace_chip(struct kunit *test, struct sim_line *line);
bool gen_wait(bool (*done)(void *arg), void *arg);

#endif
