#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The tests of libgpiod, which are somebody else's and know nothing of the series: its
# library and its tools, on gpio-sim.

cd /guest/libgpiod || exit 1
version=$(cat version)

# suite NUMBER NAME: what comes from its tests, as a group of KTAP.
suite() {
	set -- "$1" "$2-$version"
	echo "    KTAP version 1"
	echo "    # Subtest: $2"
	awk '{ print "    " $0; fflush() }' | tee /tmp/suite
	# Without a plan, or with less than was planned, it has not come to its end.
	ended=$(grep -cE '^ *(not )?ok ' /tmp/suite)
	if grep -q '^ *not ok ' /tmp/suite || ! grep -q "^ *1\.\.$ended\$" /tmp/suite; then
		echo "not ok $1 $2" | tee -a /tmp/failed
	else
		echo "ok $1 $2"
	fi
}

# tap: the TAP of GLib without its header; what else it prints becomes a comment.
tap() {
	sed -E '/^TAP version/d; /^(1\.\.|ok |not ok |#)/!s/^/# /'
}

# shunit NAME: the output of shunit2, which names a test and then what is wrong with it.
shunit() {
	awk -v plan="$(grep -c '^test_.*()' "$1")" '
		function result() {
			if (name != "") {
				n++
				print (bad ? "not ok" : "ok"), n, name
			}
			name = ""
			bad = 0
		}
		BEGIN { print "1.." plan }
		/^test_[A-Za-z0-9_]+$/ { result(); name = $1; next }
		/^Ran [0-9]+ test/ { result() }
		/^(ASSERT|shunit2):/ { bad = 1 }
		/./ { print "# " $0 }
		{ fflush() }'
}

modprobe gpio-sim || exit 1
: >/tmp/failed
echo "KTAP version 1"
echo "1..3"
{
	echo 1..1
	verdict=ok
	./gpiosim-selftest >/tmp/out 2>&1 || verdict="not ok"
	sed 's/^/# /' /tmp/out
	echo "$verdict 1 selftest"
} | suite 1 gpiosim
./gpiod-test --tap 2>&1 | tap | suite 2 gpiod-test
SHUNIT_COLOR=none bash ./gpio-tools-test.bash 2>&1 | shunit gpio-tools-test.bash | suite 3 gpio-tools-test
rmmod gpio-sim || echo "gpio-sim is still in use" >>/tmp/failed
[ ! -s /tmp/failed ]
