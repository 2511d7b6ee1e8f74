#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the benchmark module with the parameters BENCH of the kernel's command line
# (with commas between them). It prints its records to the kernel log.

# shellcheck disable=SC2046 # words
set -- $(echo "$BENCH" | tr , ' ')
if [ -e /guest/irq_sim_bench.ko ]; then
	insmod /guest/irq_sim_bench.ko "$@"
else
	modprobe irq_sim_bench "$@"
fi
dmesg | grep -q 'irq_sim_bench: end$'
