#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the selftests of the series (tools/testing/selftests/irq_sim), which
# scripts/guest/selftests.files has put into the guest, and print KTAP. Kernel
# arguments choose: programs="handoff churn" options="-v edge_tasklet".

DIR=/guest/irq_sim
. /guest/ktap.sh

cd "$DIR" || exit 1
# shellcheck disable=SC2154 # from the kernel
if [ -z "$programs" ]; then
	for program in *; do
		[ ! -x "$program" ] || programs="$programs $program"
	done
fi
# shellcheck disable=SC2086 # several
set -- $programs
[ -d /dev/pts ] || mkdir /dev/pts
mount -t devpts devpts /dev/pts

plan $#
for program; do
	{
		# shellcheck disable=SC2086,SC2154
		"./$program" $options 2>&1
		echo $? >/tmp/selftest.status
	} | while IFS= read -r line; do
		echo "    $line"
	done
	read -r status </tmp/selftest.status
	report "$status" "$program"
done
[ "$failed" = 0 ]
