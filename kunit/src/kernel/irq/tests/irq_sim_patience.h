/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bounds of polling loops, for all suites which use the interrupt simulator.
 */
#ifndef _IRQ_SIM_PATIENCE_H
#define _IRQ_SIM_PATIENCE_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/types.h>

/* Bounds waits which would otherwise hang. Reaching it is a failure. */
#define SIM_TIMEOUT	(5 * HZ)

/**
 * struct sim_patience - how long a polling loop has waited
 * @since:	time of the last turn; starts as jiffies
 * @waited:	time accounted up to @since
 */
struct sim_patience {
	unsigned long	since;
	unsigned long	waited;
};

/*
 * Returns true when the time is up. Call it in each turn, after checking the condition. A whole
 * machine may stall before or after the check, and whatever the loop waits for stalls as well.
 * So a turn counts for at most a tenth of a second, and the condition is checked once more
 * after the time is up.
 */
static inline bool sim_gave_up(struct sim_patience *patience)
{
	unsigned long now = jiffies;

	if (patience->waited > SIM_TIMEOUT)
		return true;
	patience->waited += min(now - patience->since, HZ / 10UL);
	patience->since = now;
	return false;
}

#endif
