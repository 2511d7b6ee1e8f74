#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the tests of the simulator while the monitors of interrupts watch
# (Documentation/trace/rv/monitor_irq.rst): the selftests of the monitors, KUnit's
# suites, the selftests and the torture test of the series. Prints KTAP. A monitor
# that reacts ends the guest: its reactor is panic, or rv_reactor=. Kernel arguments:
# rv_parts="verification kunit selftests torture", rv_suites="irq_sim_thread*".

RV=/sys/kernel/tracing/rv
KUNIT=/sys/kernel/debug/kunit
reactor=${rv_reactor:-panic}
# shellcheck disable=SC2154 # from the kernel
parts=${rv_parts:-verification kunit torture selftests}
count=0
failed=0

report()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count $2"
	else
		echo "not ok $count $2"
		failed=$((failed + 1))
	fi
}

monitors()
{
	grep '^irq:' $RV/available_monitors | cut -d: -f2
}

watch()
{
	for m in $(monitors); do
		echo "$reactor" >"$RV/monitors/irq/$m/reactors" || return 1
		echo 1 >"$RV/monitors/irq/$m/enable" || return 1
	done
	grep . "$RV/enabled_monitors" | sed 's/^/# watching /'
}

suites()
{
	for suite in "$KUNIT"/*; do
		name=${suite##*/}
		# shellcheck disable=SC2254 # patterns
		for pattern in ${rv_suites:-irq_sim* irq_* softirq*}; do
			case $name in
			$pattern) echo "$name"; break ;;
			esac
		done
	done
}

echo "KTAP version 1"
for part in $parts; do
	case $part in
	verification)
		cd /guest/kselftest/ftrace || exit 1
		./ftracetest -K -v --rv ../verification >/tmp/verification 2>&1
		status=$?
		grep -E '^#|ok ' /tmp/verification | tail -n 25 | sed 's/^/# /'
		[ "$status" = 0 ] || tail -n 40 /tmp/verification | sed 's/^/# /'
		report $status verification
		for suite in "$KUNIT"/rv*; do
			[ -e "$suite/run" ] || continue
			name=${suite##*/}
			echo 1 >"$suite/run"
			sed 's/^/# /' "$suite/results"
			grep -q '^ *not ok' "$suite/results"
			report $((!$?)) "kunit_$name"
		done
		;;
	kunit)
		watch || exit 1
		for name in $(suites); do
			echo "# suite $name"
			echo 1 >"$KUNIT/$name/run"
			grep '^ *not ok' "$KUNIT/$name/results"
			report $((!$?)) "kunit_$name"
		done
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
		grep 'ok ' /tmp/selftests | sed 's/^/# /'
		report $status selftests
		;;
	esac
done
echo "1..$count"
[ "$failed" = 0 ]
