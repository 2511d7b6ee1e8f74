# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# KTAP for the guest scripts. (ktap_helpers.sh of the kernel leaves out why a test is skipped.)

count=0
failed=0

# plan NUMBER
plan() {
	echo "KTAP version 1"
	echo "1..$1"
}

# report STATUS NAME [WHY]: as a test has ended; with status 4 it was skipped.
report() {
	count=$((count + 1))
	case $1 in
	0) echo "ok $count $2" ;;
	4) echo "ok $count $2 # SKIP${3:+ $3}" ;;
	*)
		echo "not ok $count $2"
		failed=$((failed + 1))
		;;
	esac
}
