#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test the existing users of the interrupt simulator: the gpio selftests of
# the kernel tree, and sim-users, which accounts for their interrupts. Nothing
# here depends on the series: it also passes on a kernel without it.

CONFIGFS=/sys/kernel/config
GPIO=/guest/gpio
. /guest/ktap.sh

# result NAME STATUS, with the output in /tmp/out
result() {
	sed 's/^/# /' /tmp/out
	report "$2" "$1" "$(tail -n 2 /tmp/out | head -n 1)"
}

# selftest NAME: run a selftest of the tree.
selftest() {
	if [ ! -e "$GPIO/$1.sh" ]; then
		echo "the kernel tree has no $1.sh" >/tmp/out
		echo >>/tmp/out
		result "$1" 4
		return
	fi
	"$GPIO/$1.sh" >/tmp/out 2>&1
	result "$1" $?
}

gpio_sim_interrupts() {
	(
		set -e
		chip=$CONFIGFS/gpio-sim/edges
		modprobe gpio-sim
		mkdir -p "$chip/bank"
		echo 8 >"$chip/bank/num_lines"
		echo 1 >"$chip/live"
		name=$(cat "$chip/bank/chip_name")
		pull=/sys/devices/platform/$(cat "$chip/dev_name")/$name/sim_gpio5/pull
		/guest/sim-users gpio "/dev/$name" 5 "$pull" pull-up pull-down
		echo 0 >"$chip/live"
		rmdir "$chip/bank" "$chip"
		rmmod gpio-sim
	) >/tmp/out 2>&1
	result gpio_sim_interrupts $?
}

gpio_mockup_interrupts() {
	(
		set -e
		modprobe gpio-mockup gpio_mockup_ranges=-1,8
		dir=$(find /sys/kernel/debug/gpio-mockup -mindepth 1 -name 'gpiochip*' | head -n 1)
		name=${dir##*/}
		/guest/sim-users gpio "/dev/$name" 3 \
			"/sys/kernel/debug/gpio-mockup/$name/3" 1 0
		rmmod gpio-mockup
	) >/tmp/out 2>&1
	result gpio_mockup_interrupts $?
}

iio_dummy_interrupts() {
	(
		set -e
		modprobe iio_dummy
		device=$CONFIGFS/iio/devices/dummy/events
		mkdir -p "$device"
		for dir in /sys/bus/iio/devices/iio:device*; do
			[ "$(cat "$dir/name")" != events ] || break
		done
		echo 1 >"$dir/events/in_voltage0_thresh_rising_en"
		/guest/sim-users iio "/dev/${dir##*/}" /sys/bus/iio/devices/iio_evgen/poke_ev0
		rmdir "$device"
		rmmod iio_dummy
		rmmod iio_dummy_evgen
	) >/tmp/out 2>&1
	result iio_dummy_interrupts $?
}

plan 7
selftest gpio-sim
selftest gpio-mockup
selftest gpio-aggregator
selftest gpio-cdev-uaf
gpio_sim_interrupts
gpio_mockup_interrupts
iio_dummy_interrupts
[ "$failed" = 0 ]
