#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Load the sample driver and the torture test of the simulator in turn, for a moment
# each: each is loaded to the addresses of the other. The kernel argument
# rounds is the number of rounds. Prints KTAP.

SAMPLE=/sys/kernel/debug/irq_sim_sample
rounds=${rounds:-20}
round=0
sample=0
torture=0
. /guest/ktap.sh

while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	modprobe irq_sim_sample
	echo 100 >$SAMPLE/fire
	if [ "$(grep -cx 'fired 100\|lost 0' $SAMPLE/stats)" = 2 ]; then
		sample=$((sample + 1))
	else
		echo "# round $round: $(grep 'fired\|lost' $SAMPLE/stats | tr '\n' ' ')"
	fi
	rmmod irq_sim_sample

	case $((round % 3)) in
	0) delivery=hardirq ;;
	1) delivery=tasklet ;;
	2) delivery=bh_work ;;
	esac
	dmesg -c >/dev/null
	modprobe irq_sim_torture chips=1 stat_interval=0 stutter=0 delivery="$delivery"
	usleep 50000
	rmmod irq_sim_torture
	rmmod torture
	if dmesg | grep -q 'irq_sim-torture:--- End of test: SUCCESS:'; then
		torture=$((torture + 1))
	else
		dmesg | grep irq_sim-torture | tail -n 1 | sed "s/^/# round $round: /"
	fi
done

plan 2
report $((sample != rounds)) sample
report $((torture != rounds)) torture
[ "$failed" = 0 ]
