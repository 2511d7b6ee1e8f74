#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Cause interrupts in each way that user space has, for scripts/bench --profile, which
# steps through one of each: a pull of gpio-sim, and with the chip of the series a fire of
# its front end in configfs and the trigger file of genirq in debugfs.

CONFIGFS=/sys/kernel/config
IRQ_SIM=$CONFIGFS/irq-sim

set -e

# often FILE TEXT...: write one text after the other to a file
often() {
	file=$1
	shift
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		for text; do
			echo "$text" >"$file"
		done
	done
}

chip=$CONFIGFS/gpio-sim/ways
mkdir -p "$chip/bank"
echo 8 >"$chip/bank/num_lines"
echo 1 >"$chip/live"
name=$(cat "$chip/bank/chip_name")
base=$(cat /sys/bus/platform/devices/"$(cat "$chip/dev_name")"/gpio/gpiochip*/base)
echo "$base" >/sys/class/gpio/export
echo both >"/sys/class/gpio/gpio$base/edge"
often "/sys/devices/platform/$(cat "$chip/dev_name")/$name/sim_gpio0/pull" pull-up pull-down
if [ -d "$IRQ_SIM" ]; then
	for delivery in hardirq tasklet bh_work; do
		chip=$IRQ_SIM/$delivery
		mkdir -p "$chip/line0/device"
		echo $delivery >"$chip/delivery"
		echo interrupt-cnt >"$chip/line0/device/driver"
		echo 1 >"$chip/live"
		counter=$(echo /sys/bus/platform/devices/irq-sim.$delivery.0/counter*)
		echo 1 >"$counter/count0/enable"
		often "$chip/line0/fire" 1 1
		echo "$delivery: $(cat "$counter/count0/count") handled after 40 fires"
		[ "$(cat "$counter/count0/count")" = 40 ]
	done
	for delivery in hardirq tasklet; do
		often "/sys/kernel/debug/irq/irqs/$(cat $IRQ_SIM/$delivery/line0/irq)" trigger trigger
		counter=$(echo /sys/bus/platform/devices/irq-sim.$delivery.0/counter*)
		echo "$delivery: $(cat "$counter/count0/count") handled after 40 triggers more"
		[ "$(cat "$counter/count0/count")" = 80 ]
	done
fi
echo "ways: end"
