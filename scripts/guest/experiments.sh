#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The experiments of Documentation/experiments.md, in the guest. The results are
# printed as lines of "exp: ...". $EXPERIMENT selects one. Those which trace a KUnit
# case find it run when they start, and its trace: see scripts/demo.

DIR=${DIR:-/sys/kernel/debug/irq_sim_sample}
TRACE=${TRACE:-/sys/kernel/tracing/trace}
OUT=${OUT:-/tmp/out}

say() { echo "exp: $*"; }

show() {
	while IFS= read -r line; do
		say "$line"
	done
}

# run COMMAND [PATTERN]: print the command as typed in $DIR, and its output. It has
# to succeed, and to print a line that matches PATTERN.
run() {
	say "# $1"
	if ! (cd "$DIR" && eval "$1") >"$OUT" 2>&1; then
		bad=1
		show <"$OUT"
		say "FAILED: the command should have succeeded"
		return
	fi
	show <"$OUT"
	if ! grep -qE "${2:-}" "$OUT" && [ -n "${2:-}" ]; then
		bad=1
		say "FAILED: no line matches \"$2\""
	fi
}

# trace PARAMETER: what the case did, for that one of its parameters. The trace has
# the report of KUnit between the events.
trace() {
	awk -v want="$1" -v most="${ROWS:-36}" '
	function row(what, where) {
		if (!n)
			from = time
		rows[n++] = sprintf("%8.0f us  %-16s %-9s %s", (time - from) * 1000000, task, where, what)
	}
	!/^ *.*-[0-9]+ +\[/ { next }
	{
		task = $1
		sub(/-[0-9]+$/, "", task)
		line = $0
		sub(/^.*\[[0-9]+\] [^ ]+ +/, "", line)
		time = line
		sub(/:.*/, "", time)
		sub(/^[0-9.]+: /, "", line)
		event = line
		sub(/:.*/, "", event)
		sub(/^[a-z_]+: /, "", line)
	}
	function value(key,   text) {
		text = line
		if (!sub("^.*" key "=", "", text))
			return ""
		sub(/ .*/, "", text)
		return text
	}
	event == "console" && /# Subtest: / { n = 0; next }
	event == "console" && /(^|[^a-z])(not )?ok [0-9]+/ {
		text = line
		sub(/^.*(not ok|ok) [0-9]+ /, "", text)
		if (text == want) {
			for (i = 0; i < n && i < most; i++)
				print rows[i]
			if (n > most)
				print "             ... and " n - most " more"
			sub(/^ +/, "", line)
			print "KUnit: " line
		}
		n = 0
	}
	event == "irq_sim_fire" { row("line " value("hwirq") " fires: " $NF, value("context")) }
	event == "irq_sim_deliver" { row("  line " value("hwirq") " is delivered", value("context")) }
	event == "softirq_entry" && /IRQ_SIM|action=TASKLET/ { row("softirq " value("action") " begins", "softirq") }
	event == "softirq_exit" && /IRQ_SIM|action=TASKLET/ { row("softirq " value("action") " ends", "softirq") }
	event == "tasklet_entry" { row("tasklet " value("function") "() runs", "softirq") }
	event == "sched_switch" && /next_comm=irq\// { task = value("next_comm"); row("the thread gets the CPU", "task") }
	' "$TRACE" | sed 's/]//' | show
}

ksoftirqd() {
	for dir in /proc/[0-9]*; do
		read -r comm <"$dir/comm" || continue
		case $comm in
		ksoftirqd/*)
			read -r stat <"$dir/stat"
			# shellcheck disable=SC2086 # split into fields
			set -- $stat
			say "$comm has run for $((${14} + ${15})) ticks"
			;;
		esac
	done 2>/dev/null
}

# want LINE COMMAND: what the command prints, quietly, has a line like that
want() {
	(cd "$DIR" && eval "$2") 2>&1 | grep -qE "$1" && return
	bad=1
	say "FAILED: $2: no line matches \"$1\""
}

IRQ_SIM=/sys/kernel/config/irq-sim

# Two lines of a chip for drivers in user space, an edge and a level
two_lines() {
	DIR=$IRQ_SIM
	run 'mkdir -p two/line0/device two/line1/device'
	run 'echo 2 >two/num_lines; echo tasklet >two/delivery'
	run 'echo rising >two/line0/type; echo high >two/line1/type'
	run 'echo edge >two/line0/label; echo level >two/line1/label'
	run 'echo uio_pdrv_genirq >two/line0/device/driver'
	run 'echo uio_pdrv_genirq >two/line1/device/driver'
	run 'echo 1 >two/live'
	run 'grep " two " /proc/interrupts' 'two .*level$'
	DIR=$IRQ_SIM/two
}

bad=0
case $EXPERIMENT in
life)
	run 'echo 10 >fire' # warm
	run 'echo 1 >fire'
	run 'cat life' 'worker'
	;;
merge | mask | order | selfish | level | oneshot)
	trace tasklet
	;;
tasklet)
	trace TASKLET
	;;
worker)
	run 'grep -E "^(handled|tasklet|works|samples)" stats' '^handled +0$'
	run 'echo 100 >fire'
	run 'grep -E "^(handled|tasklet|works|samples)" stats' '^handled +[1-9]'
	;;
handoff)
	ksoftirqd
	run 'echo 200000 >flood; cat flood' '^done$'
	run 'cat life' '.'
	run 'grep -E "^(fired|merged|handled|lost|deliveries_(bh|irq_exit|ks))" stats' '^lost +0$'
	ksoftirqd
	run 'grep -E "CPU|IRQ_SIM" /proc/softirqs'
	run 'echo 1 >fire; cat life'
	;;
bottom)
	run 'echo 10 >fire' # warm
	for bottom in tasklet bh_work thread; do
		run "echo $bottom >bottom"
		run 'echo 10 >fire' # warm
		run 'echo 1 >fire; cat life' "^$bottom "
	done
	run 'echo bottom >store'
	run 'echo 1 >fire; cat life' '^thread irq-thread'
	want '^lost 0$' 'cat stats'
	;;
sleep)
	run 'cat store bottom' '\[tasklet\]'
	run 'echo bottom >store'
	run 'echo 1 >fire'
	# Without what this script has printed
	run 'dmesg | grep -v exp: | grep -E "BUG|in_atomic|iss_drv|tasklet_action"' 'BUG: sleeping function called from invalid context'
	want ' iss_drv_tasklet' 'dmesg | grep -v exp:'
	run 'cat life' '^tasklet softirq'
	want '^lost 0$' 'cat stats'
	run 'echo thread >bottom; dmesg -c >/dev/null'
	run 'echo 1 >fire; cat life' '^thread irq-thread'
	run 'dmesg | grep -v exp: | grep -c BUG; true' '^0$'
	;;
early)
	two_lines
	say "Three events before the first one is handled, because the line is masked"
	run 'echo 1 >line0/masked'
	run 'echo 1 >line0/fire; echo 1 >line0/fire; echo 1 >line0/fire'
	run 'cat line0/account' '^waiting 1$'
	run 'echo 0 >line0/masked; echo 1 >line0/synchronize'
	run 'cat /sys/class/uio/uio0/event' '^1$'
	say "Two events between the acknowledge and the end of the driver"
	run 'echo 1 >line0/fire; echo 1 >line0/fire'
	run 'cat line0/account /sys/class/uio/uio0/event' '^waiting 2$'
	say "The driver is done"
	run 'printf "\\1\\0\\0\\0" >/dev/uio0; echo 1 >line0/synchronize'
	run 'cat line0/account /sys/class/uio/uio0/event' '^2$'
	;;
edgelevel)
	two_lines
	say "The device of each line needs service"
	run 'echo 1 >line0/wire; echo 1 >line1/wire; echo 1 >line0/synchronize; echo 1 >line1/synchronize'
	run 'cat line0/masked line1/masked'
	want '^0 1 $' 'cat line0/masked line1/masked | tr "\n" " "'
	run 'cat /sys/class/uio/uio0/event /sys/class/uio/uio1/event'
	want '^1 1 $' 'cat /sys/class/uio/uio0/event /sys/class/uio/uio1/event | tr "\n" " "'
	say "Each driver is done, but has forgotten to look at its device"
	run 'printf "\\1\\0\\0\\0" >/dev/uio0; printf "\\1\\0\\0\\0" >/dev/uio1; echo 1 >line0/synchronize; echo 1 >line1/synchronize'
	run 'cat /sys/class/uio/uio0/event' '^1$'
	run 'cat /sys/class/uio/uio1/event' '^2$'
	say "The devices have been served"
	run 'echo 0 >line0/wire; echo 0 >line1/wire'
	run 'printf "\\1\\0\\0\\0" >/dev/uio0; printf "\\1\\0\\0\\0" >/dev/uio1; echo 1 >line0/synchronize; echo 1 >line1/synchronize'
	run 'cat line0/masked line1/masked line1/pending'
	want '^0 0 0 $' 'cat line0/masked line1/masked line1/pending | tr "\n" " "'
	run 'cat /sys/class/uio/uio1/event' '^2$'
	;;
*)
	say "\"$EXPERIMENT\" is not an experiment"
	exit 1
	;;
esac
[ "$bad" = 0 ] || exit 1
say end
