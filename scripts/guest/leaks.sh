#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Check for memory leaks of the suites, which ran before init.

LEAKS=/sys/kernel/debug/kmemleak

echo 3 >/proc/sys/vm/drop_caches
# Memory that waits for a grace period is not lost.
sleep 1
# An object is judged from an age of 5 s on, and reported when two scans in a
# row found it unchanged and without a pointer to it.
sleep 5
echo scan >$LEAKS || exit 1
echo scan >$LEAKS || exit 1
# The kernel said "kmemleak: N new suspected memory leaks"; these are they.
cat $LEAKS
