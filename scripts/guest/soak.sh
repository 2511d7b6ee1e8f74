#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the torture test of the simulator (irq_sim_torture of the series) repeatedly
# with each set of parameters, for soak_secs, a kernel argument. A run is
# evaluated by the result that the module reports and by its counters, in lines
# "soak: NAME latched N …". Prints KTAP, with a result per set.

EACH=${soak_each:-30}    # seconds of load in a run
FLOOD_EACH=$((EACH * 4)) # and of a flood, which fires most
LIMIT=300                # seconds until a run counts as stuck
DIR=/sys/kernel/debug/irq_sim_torture
# No thread: with a real-time priority it would keep ktimers/N, and so the timer which
# is to end the run, from that CPU.
FLOOD="no_thread=1 cpu=$(($(nproc) > 1)) shufflers=0 churners=0 maskers=0 firers=0 timer_us=0 chips=1 lines=8
budget=0 refire=100 consumer=none trigger=edge stutter=0"
. /guest/ktap.sh

end=$(($(cut -d. -f1 /proc/uptime) + ${soak_secs:-60}))
hotplug=
[ ! -e /sys/devices/system/cpu/cpu1/online ] || hotplug="onoff_interval=500 onoff_holdoff=1"

value() {
	sed -n "s/^$1 //p" "$DIR/counters"
}

# run NAME PARAMETER=VALUE...: 0 if all is accounted for.
run() {
	name=$1
	shift
	dmesg -c >/dev/null
	modprobe irq_sim_torture stat_interval=0 "$@" || return
	waited=0
	while [ "$(value state)" != ended ] && [ "$waited" -lt "$LIMIT" ]; do
		sleep 1
		waited=$((waited + 1))
	done
	latched=$(value latched)
	handled=$(value handled)
	dropped=$(value dropped)
	state=$(value state)
	echo "soak: $name latched $latched handled $handled dropped $dropped merged $(value merged)" \
		"runs $(value runs) replays $(value replays) churns $(value churns)" \
		"errors $(value errors) state $state"
	# torture.ko counts the CPUs that are online, forgets those which it brings
	# online at the end of a run, and warns after some: reload it.
	rmmod irq_sim_torture
	rmmod torture
	[ "$state" = ended ] && [ "$latched" -gt 0 ] &&
		[ "$latched" -eq $((handled + dropped)) ] &&
		dmesg | grep -q 'irq_sim-torture:--- End of test: SUCCESS:'
}

# Until the time is over, and each set at least once.
names=
bad=
round=0
while [ "$round" = 0 ] || [ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ]; do
	for delivery in hardirq tasklet bh_work mixed; do
		for kind in load flood; do
			[ "$round" = 0 ] || [ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ] || break 2
			# In hard interrupts nothing else would ever run.
			case $delivery.$kind in
			mixed.flood | hardirq.flood) continue ;;
			esac
			# shellcheck disable=SC2086 # words
			case $kind in
			load) set -- runtime_secs=$EACH $hotplug ;;
			flood) set -- runtime_secs=$FLOOD_EACH $FLOOD ;;
			esac
			name=${kind}_$delivery
			[ "$round" != 0 ] || names="$names $name"
			run "$name" delivery="$delivery" "$@" && continue
			dmesg | grep 'irq_sim-torture' | tail -n 8 | sed 's/^/# /'
			bad="$bad $name "
		done
	done
	round=$((round + 1))
done

# shellcheck disable=SC2086 # words
set -- $names
plan $#
for name; do
	case $bad in
	*" $name "*) report 1 "$name" ;;
	*) report 0 "$name" ;;
	esac
done
[ "$failed" = 0 ]
