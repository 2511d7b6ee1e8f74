# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Programs of this machine for a guest of the same architecture; sourced by
# scripts/guest/*.files.

# add_libraries ROOT FILE: the libraries that FILE needs, where it looks for them.
add_libraries() {
	local lib

	ldd "$2" | { grep -o '/[^ )]*' || true; } | while IFS= read -r lib; do
		install -D -m 755 "$(realpath -- "$lib")" "$1$lib"
	done
}

# add_programs ROOT PROGRAM...: in /bin, with their libraries.
add_programs() {
	local root=$1 program file

	shift
	for program; do
		file=$(command -v "$program")
		install -m 755 "$(realpath -- "$file")" "$root/bin/${program##*/}"
		head -c 4 "$root/bin/${program##*/}" | grep -q ELF || continue
		add_libraries "$root" "$file"
	done
}

# add_mountpoint ROOT: busybox-static has none.
add_mountpoint() {
	cat >"$1/bin/mountpoint" <<-'END'
		#!/bin/sh
		# mountpoint [-q] DIR
		for dir; do :; done
		grep -q " ${dir%/} " /proc/mounts
	END
	chmod 755 "$1/bin/mountpoint"
}

# build_source PACKAGE "OPTION..." [MAKE-ARGUMENT...]: the source of that package of Debian's
# stable release, built once for all kernels, in $build; its version is in $version.
# shellcheck disable=SC2153 # lib.sh sets BUILD
build_source() {
	lock "$1"
	fetch_source "${SUITE%-backports}" "$1" || die "$WHY"
	version=$(<"$SOURCE.version") build=$BUILD/$1-$version
	[[ ! -e $build/done ]] || return 0
	rm -rf -- "$build"
	mkdir -p "$build"
	# shellcheck disable=SC2086 # words
	env -C "$build" "$SOURCE/configure" --disable-shared $2
	make -C "$build" -j"$(nproc)" "${@:3}"
	touch "$build/done"
}
