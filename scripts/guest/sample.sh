#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test the sample driver (samples/irq_sim of the series) in the running kernel
# through its debugfs files, and print KTAP. Runs as root, in busybox ash or any
# other POSIX shell. Waits by blocking reads, never by sleeping.
#
# The module is $SAMPLE_KO, or the irq_sim_sample.ko of the running kernel in
# /lib/modules, or the one next to this script. With the sample built into the
# kernel, what needs a module is skipped. Exits 0 if no test failed, 1 if one
# did, 4 if all were skipped, as kselftests do.
#
# The variables a_KEY and b_KEY come from snap(), through eval:
# shellcheck disable=SC2154

NAME=irq_sim_sample
DEBUGFS=/sys/kernel/debug
DIR=$DEBUGFS/$NAME
FLOOD=${FLOOD:-100000} # samples in a flood
LIMIT=${LIMIT:-120}    # seconds until a blocking read counts as stuck
UNLOADS=${UNLOADS:-5}  # how often to unload in the middle of a flood

here=$(dirname "$0")
total=11
count=0
failed=0
skipped=0
why=
stuck=

# The errors that a test finds, one per line, are printed at its end.
fail() {
	why="$why# $*
"
}

# result NAME: print the result of the test NAME, which has just run.
result() {
	count=$((count + 1))
	if [ -n "$why" ]; then
		printf '%s' "$why"
		echo "not ok $count $1"
		failed=$((failed + 1))
	else
		echo "ok $count $1"
	fi
	why=
	if [ -n "$stuck" ]; then
		echo "Bail out! $stuck"
		exit 1
	fi
}

skip() {
	count=$((count + 1))
	skipped=$((skipped + 1))
	echo "ok $count $1 # SKIP $2"
	why=
}

finish() {
	if [ "$MODULE" = 1 ] && [ -d "/sys/module/$NAME" ]; then
		rmmod "$NAME"
	fi
	echo "# Totals: pass:$((count - failed - skipped)) fail:$failed skip:$skipped"
	[ "$failed" -eq 0 ] || exit 1
	[ "$skipped" -lt "$count" ] || exit 4
	exit 0
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 4
}

# eq WHAT GOT EXPECTED
eq() {
	[ "$2" = "$3" ] || fail "$1 is $2, expected $3"
}

# more WHAT GOT THAN
more() {
	[ "$2" -gt "$3" ] || fail "$1 is $2, expected more than $3"
}

find_module() {
	for ko in "$SAMPLE_KO" \
		"/lib/modules/$(uname -r)/kernel/samples/irq_sim/$NAME.ko" \
		"/lib/modules/$(uname -r)/$NAME.ko" \
		"/lib/modules/$NAME.ko" "/$NAME.ko" "$here/$NAME.ko"; do
		if [ -n "$ko" ] && [ -f "$ko" ]; then
			echo "$ko"
			return
		fi
	done
}

loaded() {
	[ -d "$DIR" ]
}

load() {
	insmod "$KO" "$@" 2>/dev/null
}

# unload: a process that was killed may hold a file open for a moment longer;
# this script leaves none behind, so the first try must do.
unload() {
	rmmod "$NAME" 2>/dev/null
}

# snap PREFIX: set PREFIX_KEY for every counter, and PREFIX_proc to what
# /proc/interrupts has.
snap() {
	while read -r key value; do
		eval "$1_$key=$value"
	done <"$DIR/stats"
	eval "$1_proc=$(proc_interrupts)"
}

# delta KEY: how much KEY has grown between "snap a" and "snap b"
delta() {
	eval "echo \$((b_$1 - a_$1))"
}

# The sum over all CPUs of the interrupts counted for the sample's line
proc_interrupts() {
	sum=0
	while read -r line; do
		case $line in
		*" $NAME")
			# Unquoted: split into the number, the counts and the rest.
			set -f
			# shellcheck disable=SC2086
			set -- $line
			set +f
			shift
			while :; do
				case $1 in
				*[!0-9]* | '')
					break
					;;
				esac
				sum=$((sum + $1))
				shift
			done
			;;
		esac
	done </proc/interrupts
	echo "$sum"
}

# put VALUE FILE: write, without a message if that is refused. A write that does
# not return is killed, and the test at hand is the last.
put() {
	# shellcheck disable=SC2016
	timeout "$LIMIT" sh -c 'echo "$0" > "$1"' "$1" "$DIR/$2" 2>/dev/null
	status=$?
	case $status in
	124 | 143)
		fail "writing $1 to $2 took more than $LIMIT s"
		stuck="an interrupt never reached the worker"
		;;
	esac
	return "$status"
}

# Block until the flood is over and all of it is handled.
drain() {
	out=$(timeout "$LIMIT" cat "$DIR/flood" 2>/dev/null)
	if [ "$out" != "done" ]; then
		fail "reading flood gave \"$out\", expected \"done\""
		stuck="the flood is not over after $LIMIT s"
	fi
}

# threaded: does genirq run the handler in a thread?
threaded() {
	case $(uname -v) in
	*PREEMPT_RT*) return 0 ;;
	esac
	grep -qw threadirqs /proc/cmdline
}

# Invariants when nothing is in progress, between "snap a" and "snap b"
check_books() {
	eq "lost" "$b_lost" 0
	eq "line_errors" "$b_line_errors" 0
	eq "fired + merged" "$(($(delta fired) + $(delta merged)))" \
		"$(delta samples_produced)"
	eq "handled" "$(delta handled)" "$(delta fired)"
	eq "works_run" "$(delta works_run)" "$(delta works_queued)"
	eq "growth in /proc/interrupts" "$(delta proc)" \
		"$(($(delta handled) + $(delta spurious)))"
	eq "sum of the deliveries" \
		"$(($(delta deliveries_hardirq) + $(delta deliveries_irq_exit) + \
		$(delta deliveries_bh_enable) + $(delta deliveries_ksoftirqd) + \
		$(delta deliveries_ktimers) + $(delta deliveries_irq_thread)))" \
		"$(delta proc)"
	[ "$b_missing" -le "$b_overruns" ] ||
		fail "missing is $b_missing, more than the $b_overruns overruns"
}

# --- the tests ---------------------------------------------------------------

test_bad_parameters() {
	if [ "$MODULE" = 0 ]; then
		skip bad_parameters "$NAME is built into the kernel"
		return
	fi
	for arg in delivery=nonsense delivery= period_us=49 period_us=1000001 \
		period_us=x; do
		if load "$arg"; then
			fail "$arg was accepted"
			unload
		fi
	done
	loaded && fail "the debugfs directory is there after a refusal"
	case $(dmesg) in
	*"delivery=nonsense is not known, use"*) ;;
	*) fail "the log does not say what is wrong with delivery=nonsense" ;;
	esac
	result bad_parameters
}

test_bad_values() {
	snap a
	for v in 0 10001 -1 x; do
		put "$v" fire && fail "fire accepted $v"
	done
	for v in 100000001 600001ms -1 x 5s ms 1234567890123456789012345; do
		put "$v" flood && fail "flood accepted $v"
	done
	snap b
	eq "samples_produced" "$(delta samples_produced)" 0
	result bad_values
}

# The write returns when the worker is done; the handler was run in the write,
# by the end of the device's own BH-disabled section.
test_fire_is_handled_on_return() {
	snap a
	put 1 fire || fail "cannot write 1 to fire"
	snap b
	eq "fired" "$(delta fired)" 1
	eq "handled" "$(delta handled)" 1
	eq "samples_consumed" "$(delta samples_consumed)" 1
	check_books
	if threaded; then
		eq "deliveries_irq_thread" "$(delta deliveries_irq_thread)" 1
	else
		eq "deliveries_bh_enable" "$(delta deliveries_bh_enable)" 1
	fi
	result fire_is_handled_on_return
}

test_life_has_all_steps_in_order() {
	put 1 fire || fail "cannot write 1 to fire"
	steps=
	last=0
	while read -r step context cpu comm ns; do
		steps="$steps$step "
		[ "$ns" -ge "$last" ] || fail "$step at $ns ns, before the step before"
		last=$ns
		[ -n "$comm" ] || fail "$step has no comm"
		[ "$cpu" -ge 0 ] || fail "$step has no CPU"
		case $step:$context in
		fire:task | worker:worker | tasklet:softirq | tasklet:ksoftirqd | \
			tasklet:ktimers) ;;
		handler:softirq)
			threaded && fail "the handler is not threaded"
			;;
		handler:irq-thread)
			threaded || fail "the handler is threaded"
			;;
		*)
			fail "$step ran in context $context"
			;;
		esac
	done <"$DIR/life"
	eq "the order of the steps" "$steps" "fire handler tasklet worker "
	result life_has_all_steps_in_order
}

test_accounting_is_exact() {
	n=100
	snap a
	put "$n" fire || fail "cannot write $n to fire"
	snap b
	for key in fired handled tasklet_scheduled tasklet_runs works_queued \
		works_run samples_produced samples_consumed; do
		eq "$key" "$(delta "$key")" "$n"
	done
	for key in merged spurious overruns; do
		eq "$key" "$(delta "$key")" 0
	done
	check_books
	result accounting_is_exact
}

test_flood_reaches_ksoftirqd() {
	snap a
	put "$FLOOD" flood || fail "cannot write $FLOOD to flood"
	drain
	snap b
	eq "samples_produced" "$(delta samples_produced)" "$FLOOD"
	check_books
	if threaded; then
		more "deliveries_irq_thread" "$(delta deliveries_irq_thread)" 0
	else
		more "deliveries_ksoftirqd" "$(delta deliveries_ksoftirqd)" 0
		grep -q '^handoff ksoftirqd ' "$DIR/life" ||
			fail "life shows no step in ksoftirqd"
	fi
	echo "# bh_enable $(delta deliveries_bh_enable)," \
		"irq_exit $(delta deliveries_irq_exit)," \
		"ksoftirqd $(delta deliveries_ksoftirqd)," \
		"irq_thread $(delta deliveries_irq_thread);" \
		"merged $(delta merged), overruns $(delta overruns)," \
		"longest $b_raise_to_run_max_ns ns"

	# And back to inline processing
	snap a
	put 1 fire || fail "cannot write 1 to fire"
	snap b
	eq "the registers at rest" "$(xargs <"$DIR/regs")" "STATUS 0x00000000 ENABLE 0x00000001\
 DATA 0x00000000 LEVEL 0x00000000 LINE 0"
	threaded ||
		eq "deliveries_bh_enable after" "$(delta deliveries_bh_enable)" 1
	# All gaps are seen once there is a sample behind them
	eq "missing" "$b_missing" "$b_overruns"
	result flood_reaches_ksoftirqd
}

# Since the boot, in hundredths of a second
uptime_cs() {
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}"
}

test_stop_works() {
	snap a
	put 600000ms flood || fail "cannot write 600000ms to flood"
	put 1000 flood && fail "a second flood was accepted"
	put 1 fire && fail "fire was accepted while a flood was on"
	put 0 flood || fail "cannot write 0 to flood"
	drain
	snap b
	check_books
	more "samples_produced" "$(delta samples_produced)" 0

	# No interrupts but those that are fired here.
	snap a
	eq "samples since the stop" "$((a_samples_produced - b_samples_produced))" 0
	put 10 fire || fail "cannot write 10 to fire"
	snap b
	eq "samples_produced after" "$(delta samples_produced)" 10
	check_books

	# A flood that ends by time is over without a stop, and not before its time.
	from=$(uptime_cs)
	put 500ms flood || fail "cannot write 500ms to flood"
	drain
	more "hundredths of a second of 500 ms" $(($(uptime_cs) - from)) 48
	snap b
	check_books
	result stop_works
}

# How many interrupt domains there are, where the kernel shows them
domains() {
	set -- "$DEBUGFS"/irq/domains/*
	echo $#
}

test_unload_in_flood() {
	if [ "$MODULE" = 0 ]; then
		skip unload_in_flood "$NAME is built into the kernel"
		return
	fi
	i=0
	before=$(domains)
	snap a
	while [ "$i" -lt "$UNLOADS" ] && [ -z "$why" ]; do
		i=$((i + 1))
		put 600000ms flood || fail "cannot write 600000ms to flood"
		put 1 flood && fail "the flood is over already"
		unload || fail "rmmod failed, time $i"
		loaded && fail "the debugfs directory outlived the module"
		grep -q " $NAME\$" /proc/interrupts &&
			fail "the interrupt outlived the module"
		load || fail "cannot load the module again"
	done
	put 1 fire || fail "the new module does not work"
	snap b
	eq "interrupt number" "$b_irq" "$a_irq"
	eq "number of interrupt domains" "$(domains)" "$before"
	result unload_in_flood
}

test_other_deliveries() {
	if [ "$MODULE" = 0 ]; then
		skip other_deliveries "$NAME is built into the kernel"
		return
	fi
	for kind in bh hardirq; do
		unload || fail "rmmod failed"
		# So fast a timer fills the FIFO where deliveries are slow.
		load "delivery=$kind" period_us=50 ||
			fail "delivery=$kind was refused"
		loaded || continue
		snap a
		domain=$(sed -n 's/^ *domain: *//p' "$DEBUGFS/irq/irqs/$a_irq" 2>/dev/null)
		[ -z "$domain" ] ||
			grep -q "delivery: $kind" "$DEBUGFS/irq/domains/$domain" ||
			fail "$kind: the chip has another delivery"
		put 5 fire || fail "$kind: cannot write 5 to fire"
		# Where the architecture has no irq_work IPI, each of these
		# waits for a tick.
		put 3000 flood || fail "$kind: cannot write 3000 to flood"
		drain
		put 1 fire || fail "$kind: cannot write 1 to fire"
		snap b
		eq "$kind: samples_produced" "$(delta samples_produced)" 3006
		check_books
		eq "$kind: missing" "$b_missing" "$b_overruns"
		echo "# $kind: handled $(delta handled), merged $(delta merged)," \
			"overruns $(delta overruns), missing $(delta missing)"
		case $kind:$(threaded && echo threaded) in
		hardirq:)
			eq "$kind: deliveries_hardirq" \
				"$(delta deliveries_hardirq)" "$(delta proc)"
			;;
		*:threaded)
			eq "$kind: deliveries_irq_thread" \
				"$(delta deliveries_irq_thread)" "$(delta proc)"
			;;
		bh:)
			eq "$kind: deliveries_hardirq" "$(delta deliveries_hardirq)" 0
			;;
		esac
	done
	result other_deliveries
}

# What fetches the samples, and who stores them
test_choices() {
	for v in "" taskle tasklets "tasklet bh_work" 1; do
		put "$v" bottom && fail "bottom accepted \"$v\""
	done
	put me store && fail "store accepted me"
	eq "bottom" "$(cat "$DIR/bottom")" "[tasklet] bh_work thread"
	eq "store" "$(cat "$DIR/store")" "[worker] bottom"
	for bottom in tasklet bh_work thread; do
		put "$bottom" bottom || fail "bottom refused $bottom"
		eq "bottom" "$(sed 's/.*\[\(.*\)].*/\1/' "$DIR/bottom")" "$bottom"
		snap a
		put 100 fire || fail "$bottom: cannot write 100 to fire"
		snap b
		check_books
		for kind in tasklet bh_work thread; do
			runs=0
			[ "$kind" != "$bottom" ] || runs=100
			eq "$bottom: ${kind}_runs" "$(delta "${kind}_runs")" "$runs"
		done
		eq "$bottom: works_run" "$(delta works_run)" 100
		eq "$bottom in life" "$(grep -c "^$bottom " "$DIR/life")" 1
		put 20000 flood || fail "$bottom: cannot write 20000 to flood"
		drain
		snap b
		check_books
		eq "$bottom: samples_produced" "$(delta samples_produced)" 20100
	done
	put 600000ms flood || fail "cannot write 600000ms to flood"
	put tasklet bottom && fail "bottom was changed in a flood"
	put bottom store && fail "store was changed in a flood"
	put 0 flood || fail "cannot write 0 to flood"
	drain
	eq "bottom after the refusal" "$(cat "$DIR/bottom")" "tasklet bh_work [thread]"
	eq "store after the refusal" "$(cat "$DIR/store")" "[worker] bottom"
	# In the thread, which may sleep
	put bottom store || fail "store refused bottom"
	snap a
	put 100 fire || fail "cannot write 100 to fire"
	snap b
	check_books
	eq "works_queued" "$(delta works_queued)" 0
	eq "thread_runs" "$(delta thread_runs)" 100
	eq "store" "$(cat "$DIR/store")" "worker [bottom]"
	eq "samples_consumed" "$(delta samples_consumed)" 100
	put worker store || fail "store refused worker"
	put tasklet bottom || fail "bottom refused tasklet"
	result choices
}

complaints() {
	dmesg | grep -cE 'BUG:|WARNING:|Call Trace:|Oops|nobody cared|NOHZ tick-stop error|possible .*(lock|dead)|inconsistent .*lock|rcu.*stall'
}

test_log_is_clean() {
	eq "complaints in the kernel log" "$(complaints)" "$complaints_before"
	result log_is_clean
}

# --- setting up --------------------------------------------------------------

echo "KTAP version 1"

[ "$(id -u)" = 0 ] || skip_all "must be run as root"
[ -r /proc/interrupts ] || mount -t proc proc /proc
[ -d /sys/kernel ] || mount -t sysfs sysfs /sys
[ -d "$DEBUGFS" ] || skip_all "the kernel has no debugfs"
grep -q " $DEBUGFS debugfs " /proc/mounts || mount -t debugfs debugfs "$DEBUGFS"

complaints_before=$(complaints)
KO=$(find_module)
MODULE=0
if loaded; then
	# A module can be unloaded; what is built in stays.
	if [ -n "$KO" ] && unload; then
		MODULE=1
	fi
elif [ -n "$KO" ]; then
	MODULE=1
else
	skip_all "$NAME is neither loaded nor to be found, set SAMPLE_KO"
fi

echo "1..$total"

test_bad_parameters
if [ "$MODULE" = 1 ] && ! load; then
	echo "Bail out! cannot load $KO"
	exit 1
fi
test_bad_values
test_fire_is_handled_on_return
test_life_has_all_steps_in_order
test_accounting_is_exact
test_flood_reaches_ksoftirqd
test_stop_works
test_unload_in_flood
test_choices
test_other_deliveries
test_log_is_clean
finish
