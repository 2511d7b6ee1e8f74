#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the tests of the simulator while the monitors of interrupts watch
# (Documentation/trace/rv/monitor_irq.rst): the selftests of the monitors, KUnit's
# suites, the selftests and the torture test of the series. Prints KTAP. A monitor
# that reacts ends the guest: its reactor is panic, or rv_reactor=. Kernel arguments:
# rv_parts="verification models kunit torture selftests", rv_suites="irq_sim_thread*".

RV=/sys/kernel/tracing/rv
KUNIT=/sys/kernel/debug/kunit
reactor=${rv_reactor:-panic}
# shellcheck disable=SC2154 # from the kernel
parts=${rv_parts:-verification models kunit torture selftests}
. /guest/ktap.sh

monitors() {
	grep '^irq:' $RV/available_monitors | cut -d: -f2
}

watch() {
	for m in $(monitors); do
		echo "$reactor" >"$RV/monitors/irq/$m/reactors" || return 1
		echo 1 >"$RV/monitors/irq/$m/enable" || return 1
	done
	grep . "$RV/enabled_monitors" | sed 's/^/# watching /'
	# No monitor watches nothing: a part without one has failed
	grep -q . "$RV/enabled_monitors"
}

# The suites which match these patterns
suites() (
	cd "$KUNIT" || exit
	for name in $1; do
		[ ! -e "$name/run" ] || echo "$name"
	done | sort -u
)

# Run the suites of these patterns; report the part.
run_suites() {
	part=$1
	# shellcheck disable=SC2046 # words
	set -- $(suites "$2")
	if [ $# = 0 ]; then
		echo "# no suite in $KUNIT: is kunit.enable=1 set?"
		report 1 "$part"
		return
	fi
	echo "    KTAP version 1"
	echo "    1..$#"
	# KUnit prints the results, too: as those of the guest. Warnings still show.
	read -r level _ </proc/sys/kernel/printk
	echo 5 >/proc/sys/kernel/printk
	n=0
	bad=0
	for name; do
		n=$((n + 1))
		echo "# suite $name"
		echo 1 >"$KUNIT/$name/run"
		# If nothing has passed, failed or been skipped, that is not a result
		if ! grep -q '^ *ok ' "$KUNIT/$name/results" ||
			grep -q '^ *not ok' "$KUNIT/$name/results"; then
			sed 's/^/# /' "$KUNIT/$name/results"
			echo "    not ok $n $name"
			bad=1
		elif ! grep '^ *ok ' "$KUNIT/$name/results" | grep -qv '# SKIP'; then
			echo "    ok $n $name # SKIP each of its cases"
		else
			echo "    ok $n $name"
		fi
	done
	echo "$level" >/proc/sys/kernel/printk
	report $bad "$part"
}

# shellcheck disable=SC2086 # words
set -- $parts
plan $#
for part in $parts; do
	case $part in
	verification)
		cd /guest/kselftest/ftrace || exit 1
		./ftracetest -K -v --rv ../verification >/tmp/verification 2>&1
		status=$?
		grep -E '^#|ok ' /tmp/verification | tail -n 25 | sed 's/^/# /'
		[ "$status" = 0 ] || tail -n 40 /tmp/verification | sed 's/^/# /'
		report $((status != 0)) verification # a skip is no pass
		;;
	models)
		# What the suites of the monitors report is what they are to report: no
		# reactor is set yet, and the monitors of interrupts are off
		run_suites "$part" 'rv*'
		;;
	kunit)
		watch || exit 1
		run_suites "$part" "${rv_suites:-irq_sim* irq_* softirq*}"
		;;
	torture)
		watch || exit 1
		SECONDS_EACH=${rv_torture:-5} sh /guest/torture.sh >/tmp/torture 2>&1
		status=$?
		grep 'ok ' /tmp/torture | sed 's/^/# /'
		report $status torture
		;;
	selftests)
		watch || exit 1
		sh /guest/selftests.sh >/tmp/selftests 2>&1
		status=$?
		# What a case which failed has said, and all results
		awk '/ok [0-9]+ / { if (/not ok/) printf "%s", said; said = ""; print; next }
			{ said = said $0 "\n" }' /tmp/selftests | sed 's/^/# /'
		report $status selftests
		;;
	esac
done
[ "$failed" = 0 ]
