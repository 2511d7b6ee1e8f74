#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the suites that are modules, one after the other, unloading each before the next.

status=0
# gpio-sim: its suite tests what is loaded.
for module in "kunit enable=1" gpio-sim; do
	# shellcheck disable=SC2086 # words
	modprobe $module || exit 1
done
for module in kunit-irq-test irq_sim_kunit gpio-sim-kunit regmap-irq-kunit; do
	if ! modprobe "$module"; then
		echo "$module cannot be loaded"
		status=1
	elif ! modprobe -r "$module"; then
		echo "$module cannot be unloaded"
		status=1
	fi
done
exit $status
