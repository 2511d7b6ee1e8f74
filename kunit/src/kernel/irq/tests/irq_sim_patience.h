/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bounds of polling loops, for all suites which use the interrupt simulator.
 */
#ifndef _IRQ_SIM_PATIENCE_H
#define _IRQ_SIM_PATIENCE_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

/* Bounds waits which would otherwise hang. Reaching it is a failure. */
#define SIM_TIMEOUT	(5 * HZ)

/**
 * struct sim_patience - how long a polling loop has waited
 * @since:	time of the last turn in nanoseconds, 0 before the first one
 * @waited:	time accounted up to @since
 */
struct sim_patience {
	s64	since;
	s64	waited;
};

/*
 * Returns true when the time is up. Call it in each turn, after checking the condition. A whole
 * machine may stall before or after the check, and whatever the loop waits for stalls as well.
 * So a turn counts for at most a tenth of a second, and the condition is checked once more
 * after the time is up. Interrupts may be disabled, so jiffies may stand still.
 */
static inline bool sim_gave_up(struct sim_patience *patience)
{
	s64 now = ktime_get_mono_fast_ns();

	if (patience->waited > (s64)jiffies_to_nsecs(SIM_TIMEOUT))
		return true;
	/* This clock may go back a little */
	if (patience->since)
		patience->waited += clamp(now - patience->since, 0, NSEC_PER_SEC / 10);
	patience->since = now;
	return false;
}

#endif
