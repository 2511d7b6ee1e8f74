#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the sample driver in the guest, and print its statistics for
# scripts/lib/demo-view: lines of "demo: WHAT ...". Waits by blocking reads.

DIR=/sys/kernel/debug/irq_sim_sample
LIVES=${LIVES:-31}
FLOOD=${FLOOD:-200000}

say() { echo "demo: $*"; }

# mark WHAT: write to the kernel log, whose time stamp counts
mark() { echo "demo: $*" >/dev/kmsg; }

# each WHAT FILE: print every line of FILE
each() {
	while read -r line; do
		say "$1 $line"
	done <"$2"
}

# ksoftirqd WHAT: CPU time of each ksoftirqd so far, in ticks
ksoftirqd() {
	for dir in /proc/[0-9]*; do
		read -r comm <"$dir/comm" || continue
		case $comm in
		ksoftirqd/*)
			read -r stat <"$dir/stat"
			# shellcheck disable=SC2086 # split into fields
			set -- $stat
			say "ksoftirqd $comm $((${14} + ${15}))"
			;;
		esac
	done 2>/dev/null
}

if [ ! -d "$DIR" ]; then
	say "error the kernel has no sample driver: $DIR is not there"
	exit 1
fi

say "release $(uname -r)"
say "machine $(uname -m) $(grep -c ^processor /proc/cpuinfo)"

# Once to warm up, then one interrupt at a time.
echo 10 >"$DIR/fire"
i=0
while [ "$i" -lt "$LIVES" ]; do
	echo 1 >"$DIR/fire"
	say "life $i"
	each "step" "$DIR/life"
	i=$((i + 1))
done

say "flood $FLOOD"
ksoftirqd
each before "$DIR/stats"
mark flood-begin
echo "$FLOOD" >"$DIR/flood"
read -r answer <"$DIR/flood"
mark "flood-end $answer"
each after "$DIR/stats"
each handoff "$DIR/life"
ksoftirqd

# After the flood, interrupts are handled inline again.
echo 1 >"$DIR/fire"
say "calm"
each "step" "$DIR/life"
say "complete"
