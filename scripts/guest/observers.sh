#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What tools of the distribution show of simulated interrupts and of the softirq vector
# IRQ_SIM: each of them runs while the sample driver is flooded.

FLOOD=/sys/kernel/debug/irq_sim_sample/flood
. /guest/ktap.sh

# shows NAME REGEX TEXT COMMAND: what the COMMAND of a shell prints during a flood has a line
# like REGEX, and TEXT says what that means.
shows() {
	echo 120000ms >$FLOOD
	echo "# \$ $4"
	timeout 110 sh -c "$4" >/tmp/out 2>&1
	echo 0 >$FLOOD
	cat $FLOOD >/dev/null
	head -n 40 /tmp/out | sed 's/^/# | /'
	grep -qE "$2" /tmp/out
	report $? "$1: $3"
}

# What a program has drawn on a terminal when it is asked to end, a line for each place
# to which the cursor went
cat >/tmp/screen.py <<'END'
import os, pty, re, sys, time

pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="vt100", LINES="40", COLUMNS="100")
    os.execvp(sys.argv[1], sys.argv[1:])
time.sleep(4)
os.write(fd, b"q")
drawn = b""
try:
    while more := os.read(fd, 65536):
        drawn += more
except OSError:
    pass
text = re.sub(r"\x1b\[[0-9;]*[HrJ]", "\n", drawn.decode(errors="replace"))
print(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()]?.|[\x0e\x0f\r]", "", text))
END
cd /tmp || exit 1
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
modprobe irq_sim_sample || exit 1
ip link set lo up
sed 's/^/# /' /guest/versions
plan 13
shows lsirq-softirq '^ *IRQ_SIM +[1-9]' "counts the vector" \
	"sleep 2; lsirq --softirq"
shows lsirq '^ *[0-9]+ +[1-9][0-9]* .*irq_sim_sample' "counts the line" \
	"lsirq"
shows irqtop-softirq 'IRQ_SIM +[1-9]' "counts the vector, and how fast it grows" \
	"python3 screen.py irqtop -S -d 1 | grep ."
shows irqtop 'irq_sim_sample' "counts the line, and how fast it grows" \
	"python3 screen.py irqtop -d 1 | grep ."
shows perf-kwork-softirq 'IRQ_SIM' "names the vector" \
	"perf kwork -k softirq record -o p -- sleep 1 >/dev/null; perf kwork -k softirq report -i p"
shows perf-kwork-latency 'IRQ_SIM' "times the vector" \
	"perf kwork -k softirq latency -i p"
shows perf-kwork-irq 'irq_sim_sample' "counts and times the line" \
	"perf kwork -k irq record -o q -- sleep 1 >/dev/null; perf kwork -k irq report -i q"
shows perf-trace-events 'vec=10 \[action=IRQ_SIM\]' "names the vector in the trace event" \
	"perf record -e irq:softirq_entry -a -o r -- sleep 1 >/dev/null; perf script -i r | grep -m 3 vec=10"
# The last but one is the column Softirq: without a flood it is some hundred microseconds
shows rtla-osnoise '^ *[01] .* [1-9][0-9]{3,} +[0-9]+ *$' "counts the vector as softirq noise" \
	"rtla osnoise top -q -d 5s"
shows rtla-timerlat '^ *[01] ' "measures latency during a flood" \
	"rtla timerlat top -q -d 5s"
shows node_exporter-interrupts 'node_interrupts_total\{.*irq_sim' "exports the line" \
	"node_exporter --collector.disable-defaults --collector.interrupts --collector.stat \$(node_exporter --help 2>&1 | grep -om 1 -e '--collector.stat.softirq') --web.listen-address=127.0.0.1:9100 2>err & sleep 5; wget -q -O m http://127.0.0.1:9100/metrics; kill \$!; grep -i error err; grep -E 'irq_sim|softirq|collector_success' m"
shows softirqs-bpfcc-count 'IndexError' "ends at the vector, whose name it has not" \
	"python3 /bin/softirqs-bpfcc -C 3 1"
shows softirqs-vec_to_name 'IndexError' "the table of names in it ends before the vector" \
	"sed -n '/^def vec_to_name/,/vec\\]/p' /bin/softirqs-bpfcc >v.py; echo 'print(vec_to_name(10))' >>v.py; python3 v.py"
rmmod irq_sim_sample
[ "$failed" = 0 ]
