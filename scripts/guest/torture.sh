#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the torture test of the simulator (irq_sim_torture of the series) with a
# few sets of parameters, and print KTAP. Each run ends by itself after SECONDS;
# its result is the one that the module reports, and its counters.

SECONDS_EACH=${SECONDS_EACH:-10}
LIMIT=${LIMIT:-120} # seconds until a run counts as stuck
DIR=/sys/kernel/debug/irq_sim_torture
. /guest/ktap.sh

value() {
	sed -n "s/^$1 //p" "$DIR/counters"
}

# refused NAME PARAMETER=VALUE: the module does not load, and reports the reason.
refused() {
	dmesg -c >/dev/null
	if modprobe irq_sim_torture "$2" 2>/dev/null; then
		echo "# $2 was accepted"
		rmmod irq_sim_torture
		report 1 "$1"
	elif dmesg | grep -q "irq_sim-torture:!!! $2: must be"; then
		report 0 "$1"
	else
		dmesg | tail -n 3 | sed 's/^/# /'
		report 1 "$1"
	fi
}

# torture NAME PARAMETER=VALUE...
torture() {
	name=$1
	shift
	dmesg -c >/dev/null
	if ! modprobe irq_sim_torture runtime_secs="$SECONDS_EACH" stat_interval=0 "$@"; then
		dmesg | tail -n 3 | sed 's/^/# /'
		report 1 "$name"
		return
	fi
	waited=0
	while [ "$(value state)" != ended ] && [ "$waited" -lt "$LIMIT" ]; do
		sleep 1
		waited=$((waited + 1))
	done
	state=$(value state)
	latched=$(value latched)
	handled=$(value handled)
	sed -n 's/^/# /; /latched\|handled\|dropped\|merged\|replays\|hardirq \|irq_exit \|bh_enable \|ksoftirqd \|ktimers \|thread /p' \
		"$DIR/counters" | head -n 14
	rmmod irq_sim_torture
	if [ "$state" = ended ] && [ "${latched:-0}" -gt 0 ] && [ "${handled:-0}" -gt 0 ] &&
		dmesg | grep -q 'irq_sim-torture:--- End of test: SUCCESS:'; then
		report 0 "$name"
	else
		echo "# state $state, latched $latched, handled $handled"
		dmesg | grep 'irq_sim-torture' | tail -n 8 | sed 's/^/# /'
		report 1 "$name"
	fi
}

plan 12
refused bad_delivery delivery=nonsense
refused bad_chips chips=0
refused bad_refire refire=101
for delivery in hardirq tasklet bh_work; do
	for trigger in edge level; do
		torture "${delivery}_$trigger" delivery=$delivery trigger=$trigger
	done
done
torture everything onoff_interval=500 onoff_holdoff=1
# What floods a CPU can keep the timers of tasks there from expiring: watch it from another.
taskset -p 1 $$ >/dev/null
torture flood cpu=1 shufflers=0 churners=0 maskers=0 firers=0 timer_us=0 chips=1 \
	lines=1 budget=0 refire=100 delivery=tasklet trigger=edge stutter=0
torture held_asserted cpu=1 shufflers=0 churners=0 maskers=0 firers=0 timer_us=0 chips=1 \
	lines=1 budget=0 refire=100 delivery=tasklet trigger=level stutter=0
[ "$failed" = 0 ]
