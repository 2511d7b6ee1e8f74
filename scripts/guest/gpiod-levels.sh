#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Levels, through libgpiod's tools. The character device of GPIOs has edges only, so it is
# uio_pdrv_genirq that listens: the device tree gives it lines of gpio-sim for a high level,
# a low one and, to compare, an edge. It disables an interrupt until user space is through
# with the device. gpioget pulls the lines.

PATH=/guest/libgpiod:$PATH
irqs=/sys/kernel/debug/irq/irqs
wrong=0
. /guest/ktap.sh

# is WHAT WANTED FOUND
is() {
	[ "$2" != "$3" ] || return 0
	echo "# $1: \"$3\", not \"$2\""
	wrong=1
}

# result NAME: of what has been compared since the last one.
result() {
	report $wrong "$1"
	wrong=0
}

# came NAME NUMBER WHEN: so many interrupts altogether. A change of the line is queued for
# delivery when the command that makes it returns; the rest is for the kernel to finish.
came() {
	irq=$(awk -v name="irq-$1" '$NF == name { print int($1) }' /proc/interrupts)
	if [ -z "$irq" ] || [ ! -e "$irqs/$irq" ]; then
		is "interrupt of $1, $3" "in $irqs" "none"
		return
	fi
	while grep -qE '^ *line:.* queued|IRQD_IRQ_INPROGRESS' "$irqs/$irq"; do
		:
	done
	is "interrupts of $1, $3" "$2" "$(awk -v name="irq-$1" '
		$NF == name { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i }
		END { print n + 0 }' /proc/interrupts)"
}

# pull NAME up|down: gpioget asks for the bias, and reads the value.
pull() {
	value='inactive'
	[ "$2" = down ] || value=active
	is "gpioget --bias=pull-$2 $1" "\"$1\"=$value" "$(gpioget --bias="pull-$2" "$1" 2>&1)"
}

# unmask NAME: user space is through with the device.
unmask() {
	uio=$(grep -l "^irq-$1\$" /sys/class/uio/uio*/name)
	uio=${uio%/name}
	printf '\001\000\000\000' >"/dev/${uio##*/}" || wrong=1
}

# refused TEXT COMMAND...: it has to fail, and to say so.
refused() {
	text=$1
	shift
	said=$(timeout 5 "$@" 2>&1) && is "$*" refused "done"
	case $said in
	*"$text"*) ;;
	*) is "$*" "$text" "$said" ;;
	esac
}

# level NAME TO FROM BEFORE: pulled TO it has the level, and pulled FROM it has not.
level() {
	pull "$1" "$3"
	unmask "$1"
	came "$1" "$4" "before the level"
	pull "$1" "$2"
	came "$1" $(($4 + 1)) "with the level"
	unmask "$1"
	came "$1" $(($4 + 2)) "enabled, with the level"
	unmask "$1"
	came "$1" $(($4 + 3)) "enabled again, with the level"
	pull "$1" "$3"
	came "$1" $(($4 + 3)) "disabled, without the level"
	result "$1_comes_again_while_it_lasts"

	pull "$1" "$2"
	pull "$1" "$3"
	unmask "$1"
	came "$1" $(($4 + 3)) "enabled after the level"
	pull "$1" "$2"
	came "$1" $(($4 + 4)) "with the level, enabled before it"
	result "$1_is_forgotten_when_it_has_gone"
}

plan 9
grep -q " debugfs " /proc/mounts || mount -t debugfs debugfs /sys/kernel/debug
modprobe uio_pdrv_genirq of_id=irq-sim,uio
is "devices" "irq-high irq-low irq-rising" "$(cat /sys/class/uio/uio*/name | sort | xargs)"
result devices_are_bound
came high 0 "bound without the level"
came low 1 "bound with the level"
came rising 0 "bound"
result a_level_from_before_counts

level high up down 0
level low down up 1

pull rising up
came rising 1 "pulled up"
unmask rising
came rising 1 "enabled, pulled up"
pull rising down
pull rising up
came rising 2 "pulled down and up"
for way in down up down up; do
	pull rising $way
done
came rising 2 "disabled, pulled down and up twice"
unmask rising
came rising 3 "enabled after that"
unmask rising
came rising 3 "enabled again"
result an_edge_comes_once

refused "Input/output error" gpioset --toggle 0 high=0
refused "busy" gpiomon --num-events=1 high
came high 4 "after gpioset and gpiomon"
result others_may_not_have_the_line

# A line that gpioset drives cannot be an interrupt.
driver=/sys/bus/platform/drivers/uio_pdrv_genirq
echo irq-high >$driver/unbind
gpioset --daemonize high=0
(echo irq-high >$driver/bind) 2>/dev/null && is "bind" refused "done"
killall gpioset
# It has let go of the line once somebody else can ask for it
until gpioget high >/dev/null 2>&1; do
	:
done
is "gpioget high" '"high"=active' "$(gpioget high)"
echo irq-high >$driver/bind || wrong=1
came high 5 "bound with the level that gpioset hid"
result gpioset_keeps_the_interrupt_out
[ "$failed" = 0 ]
