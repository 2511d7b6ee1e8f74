#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the shell sessions of Documentation/admin-guide/irq-sim-configfs.rst, and compare
# the output: lines that begin with "# " are commands, the others the expected output.

DIR=$(dirname "$(readlink -f "$0")")
. "$DIR"/../kselftest/ktap_helpers.sh

TOP=/sys/kernel/config/irq-sim
OUT=$(mktemp -d) || exit 1

ktap_print_header

skip_all()
{
	ktap_skip_all "$1"
	exit "$KSFT_SKIP"
}

# Normalize what differs between machines and shells: the numbers of CPUs and of
# interrupts, the time in the log, and the prefix of "write error"
plain()
{
	sed -e 's/^.*write error: /write error: /' -e 's/^\[ *[0-9.]*\] //' "$1" | awk '
		$1 ~ /^[0-9]+:$/ && NF > 3 {
			for (i = 2; $i ~ /^[0-9]+$/; i++)
				sum += $i
			print "interrupts", sum, $i, $NF
			sum = 0
			next
		}
		{ print }'
}

# type_in FILE: run the commands of FILE; they and their output go to $OUT/typed
type_in()
{
	: >"$OUT/typed"
	while IFS= read -r line <&9; do
		case $line in
		"# "*)
			echo "$line" >>"$OUT/typed"
			eval "${line#??}" >>"$OUT/typed" 2>&1
			;;
		esac
	done 9<"$1"
	exec 3>&-
	cd "$DIR" || exit 1
}

# try FILE CHIP: one test
try()
{
	type_in "$DIR/$1.txt"
	plain "$DIR/$1.txt" >"$OUT/expected"
	plain "$OUT/typed" >"$OUT/printed"
	# Without FILE both are empty: that is a failure
	if diff -u "$OUT/expected" "$OUT/printed" >"$OUT/diff" && [ -s "$OUT/printed" ] &&
	   [ ! -d "$TOP/$2" ]; then
		ktap_test_pass "$1"
	else
		ktap_test_fail "$1"
		sed 's/^/# /' "$OUT/diff"
	fi
	if [ -d "$TOP/$2" ]; then
		rmdir "$TOP/$2"/line*/device "$TOP/$2"/line* "$TOP/$2" 2>/dev/null
	fi
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
# It reports why a module that is there cannot be loaded
why=$(modprobe -q irq_sim_configfs 2>&1)
[ -d "$TOP" ] || mount -t configfs none /sys/kernel/config 2>/dev/null
[ -d "$TOP" ] || skip_all "${why:-needs CONFIG_IRQ_SIM_CONFIGFS}"

ktap_set_plan 2

modprobe -q uio_pdrv_genirq
if [ ! -d /sys/bus/platform/drivers/uio_pdrv_genirq ]; then
	ktap_test_skip "session: needs CONFIG_UIO_PDRV_GENIRQ"
elif uname -v | grep -q PREEMPT_RT || grep -qw threadirqs /proc/cmdline; then
	ktap_test_skip "session: the account is another one where handlers are threads"
elif [ -e /sys/class/uio/uio0 ]; then
	ktap_test_skip "session: there is a UIO device"
else
	try session demo
fi

if ! command -v i2cset >/dev/null; then
	ktap_test_skip "clock: needs i2cset of i2c-tools"
elif ! modprobe -q rtc-ds1374; then
	ktap_test_skip "clock: needs CONFIG_RTC_DRV_DS1374=m"
elif ! modprobe -q i2c-stub chip_addr=0x68; then
	ktap_test_skip "clock: needs CONFIG_I2C_STUB=m"
elif ! rmmod i2c-stub || [ -e /sys/bus/i2c/devices/i2c-0 ]; then
	ktap_test_skip "clock: there is an I2C adapter"
else
	try clock rtc
fi

rm -r "$OUT"
ktap_finished
