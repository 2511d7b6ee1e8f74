#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the example of Documentation/admin-guide/irq-sim-configfs.rst: a hundred jobs
# arrive in order, and each interrupt is for at least one job.

DIR=$(dirname "$(readlink -f "$0")")
. "$DIR"/../kselftest/ktap_helpers.sh

TOP=/sys/kernel/config/irq-sim

ktap_print_header

skip()
{
	ktap_skip_all "$1"
	exit "$KSFT_SKIP"
}

[ "$(id -u)" = 0 ] || skip "needs root"
command -v python3 >/dev/null || skip "needs python3"
# It reports why a module that is there cannot be loaded
why=$(modprobe -q irq_sim_configfs 2>&1)
[ -d "$TOP" ] || mount -t configfs none /sys/kernel/config 2>/dev/null
[ -d "$TOP" ] || skip "${why:-needs CONFIG_IRQ_SIM_CONFIGFS}"
why=$(modprobe -q uio_pdrv_genirq 2>&1)
[ -d /sys/bus/platform/drivers/uio_pdrv_genirq ] || skip "${why:-needs CONFIG_UIO_PDRV_GENIRQ}"

ktap_set_plan 2

out=$(python3 "$DIR"/uio_example.py 2>&1)
echo "$out" | sed 's/^/# /'
interrupts=$(echo "$out" | sed -n 's/^100 jobs, \([0-9]*\) interrupts$/\1/p')
if [ "${interrupts:-0}" -ge 1 ] && [ "$interrupts" -le 100 ] &&
   echo "$out" | grep -qx "in order"; then
	ktap_test_pass uio_example
else
	ktap_test_fail uio_example
fi

if [ -d "$TOP/example" ]; then
	rmdir "$TOP/example/line0/device" "$TOP/example/line0" "$TOP/example" 2>/dev/null
	ktap_test_fail "all of it is removed"
else
	ktap_test_pass "all of it is removed"
fi

ktap_finished
