# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the bash scripts here share.  Source it first:
#
#	#!/bin/bash
#	set -euo pipefail
#	. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
#
# Paths:	TOP BUILD CACHE PATCHES
# Messages:	say TEXT; warn TEXT; die CAUSE-AND-NEXT-STEP; quit STATUS
# Clean-up:	at_exit COMMAND...
# Needs:	need_packages PACKAGE...; need_space DIR MIB
# Locks:	lock NAME; unlock NAME
# Long steps:	run_logged [-w DIR] NAME LOG COMMAND...
# Kernel builds: kmake SRC OUT ARGS...; kmake_env SRC [CROSS] (sets KMAKE_VARS, KUNIT_VARS);
#		fragment NAME
# Architectures: arch NAME (sets ARCH_*)

[[ -z ${IRQ_SIM_LIB_LOADED-} ]] || return 0
IRQ_SIM_LIB_LOADED=1

set -euo pipefail
shopt -s inherit_errexit

# A git hook or a git alias that calls us must not redirect our own git calls.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_PREFIX \
	GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_NAMESPACE CDPATH

TOP=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=${IRQ_SIM_BUILD:-$TOP/build}
# shellcheck disable=SC2034 # used by the scripts that source this file
PATCHES=${IRQ_SIM_PATCHES:-$TOP/patches}
CACHE=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/irq_sim
SCRIPT=${0##*/}

# Elapsed time counts from the start of the outermost script.
export IRQ_SIM_T0=${IRQ_SIM_T0:-$EPOCHSECONDS}
# Exists once somebody has told the reason of a failure: nobody need say it again.
if [[ -z ${IRQ_SIM_DIED-} ]]; then
	export IRQ_SIM_DIED=${TMPDIR:-/tmp}/irq_sim-died.$$.$EPOCHSECONDS
	IRQ_SIM_OUTERMOST=1
else
	IRQ_SIM_OUTERMOST=
fi

_elapsed() {
	local s=$((EPOCHSECONDS - IRQ_SIM_T0))

	printf '[%2d:%02d]' $((s / 60)) $((s % 60))
}

# say TEXT: tell what is going on, with the time since the start.
say() {
	printf '%s %s\n' "$(_elapsed)" "$*" >&2
}

# warn TEXT: something a person should know, which does not stop the run.
warn() {
	printf '%s: note: %s\n' "$SCRIPT" "$*" >&2
}

# quit STATUS: leave with STATUS; the reason has been told already.
quit() {
	: 2>/dev/null >"$IRQ_SIM_DIED" || true
	exit "$1"
}

# die TEXT: one line that names the cause and the next step; then leave.
die() {
	printf '%s: error: %s\n' "$SCRIPT" "$*" >&2
	quit 1
}

_exit_hooks=()

# at_exit COMMAND ARG...: run COMMAND when this script ends, last added first.
at_exit() {
	_exit_hooks=("$(printf '%q ' "$@")" ${_exit_hooks[@]+"${_exit_hooks[@]}"})
}

_on_exit() {
	local rc=$? hook

	trap - ERR
	set +e
	for hook in ${_exit_hooks[@]+"${_exit_hooks[@]}"}; do
		eval "$hook"
	done
	if ((rc != 0 && rc < 128)) && [[ ! -e $IRQ_SIM_DIED ]]; then
		printf '%s: error: unexpected failure at %s (status %d)\n' \
			"$SCRIPT" "${_err_at:-an unknown place}" "$rc" >&2
		: 2>/dev/null >"$IRQ_SIM_DIED"
	fi
	[[ -z $IRQ_SIM_OUTERMOST ]] || rm -f -- "$IRQ_SIM_DIED"
	exit "$rc"
}

_err_at=
set -E
trap '_err_at="${BASH_SOURCE[0]-$0}:$LINENO: $BASH_COMMAND"' ERR
trap _on_exit EXIT

# need_packages PACKAGE...: install the Debian packages that are missing.
# Asks dpkg only, so that it needs neither root nor network when all are there.
need_packages() {
	local p missing=() root=()

	command -v dpkg-query >/dev/null ||
		die "this needs Debian packages ($*) but there is no dpkg here: run it on Debian, or in a Debian container"
	for p; do
		[[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null || true) == ii* ]] ||
			missing+=("$p")
	done
	((${#missing[@]})) || return 0

	if ((EUID != 0)); then
		command -v sudo >/dev/null ||
			die "packages are missing and there is no sudo: as root, run: apt-get install ${missing[*]}"
		root=(sudo)
	fi
	mkdir -p "$BUILD/log"
	if [[ -z ${IRQ_SIM_APT_UPDATED-} ]]; then
		# A third party's broken archive is not our business: let the install decide.
		run_logged "package lists" "$BUILD/log/apt-update.log" \
			"${root[@]}" apt-get -q update </dev/null ||
			warn "apt-get update failed; trying with the lists there are"
		export IRQ_SIM_APT_UPDATED=1
	fi
	run_logged "packages ${missing[*]}" "$BUILD/log/apt-install.log" \
		"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}" </dev/null ||
		die "cannot install ${missing[*]}: see $BUILD/log/apt-install.log, or install by hand: apt-get install ${missing[*]}"
}

# need_space DIR MIB: there is room for MIB MiB in DIR's file system.
need_space() {
	local dir=$1 want=$2 have

	while [[ ! -d $dir ]]; do
		dir=$(dirname -- "$dir")
	done
	have=$(df -Pm -- "$dir" | awk 'NR == 2 { print $4 }')
	((have >= want)) ||
		die "$1 needs $want MiB but its file system has $have MiB free: free some space, or put build/ and XDG_CACHE_HOME elsewhere"
}

# need_cache: the cache directory exists and can be written.
need_cache() {
	mkdir -p "$CACHE" 2>/dev/null || true
	[[ -d $CACHE && -w $CACHE ]] ||
		die "cannot write the cache $CACHE: set XDG_CACHE_HOME to a directory of yours"
}

declare -A _lock_fd=()

# lock NAME: wait for the lock NAME of this user's cache; it is let go when the
# script ends.  A script called by one that holds the lock has it, too.
lock() {
	local name=$1 fd

	[[ ${IRQ_SIM_LOCKS-} != *":$name:"* ]] || return 0
	need_cache
	exec {fd}>>"$CACHE/$name.lock"
	if ! flock -n "$fd"; then
		say "waiting for another run that holds $CACHE/$name.lock"
		flock "$fd"
	fi
	_lock_fd[$name]=$fd
	export IRQ_SIM_LOCKS="${IRQ_SIM_LOCKS-}:$name:"
}

# unlock NAME: let it go early.
unlock() {
	local name=$1 fd=${_lock_fd[$1]-}

	[[ -n $fd ]] || return 0
	exec {fd}>&-
	unset "_lock_fd[$name]"
	IRQ_SIM_LOCKS=${IRQ_SIM_LOCKS//":$name:"/}
}

# One line on how far a command is: files compiled so far, and its last line.
_progress_line() {
	local log=$1 dir=$2 n last=

	if [[ -n $dir ]]; then
		n=$(du -sm -- "$dir" 2>/dev/null | cut -f1 || true)
		printf '%s MiB' "${n:-0}"
		return
	fi
	n=$(grep -cE '^ +(CC|AS|CC \[M\]|HOSTCC|LD|AR)  ' "$log" 2>/dev/null || true)
	last=$(tail -c 2000 -- "$log" 2>/dev/null | tr '\r' '\n' | tr -d '\000-\010\013-\037' |
		grep -v '^[[:space:]]*$' | tail -n 1 || true)
	last=${last#"${last%%[![:space:]]*}"}
	if ((${n:-0} > 0)); then
		printf '%s files, %s' "$n" "$last"
	else
		printf '%s' "$last"
	fi
}

# Runs beside a long command until it is killed or its script has died.
_progress() {
	local name=$1 log=$2 dir=$3 start=$EPOCHSECONDS line cols next=15 s fd

	trap - ERR EXIT
	set +e
	for fd in ${_lock_fd[@]+"${_lock_fd[@]}"}; do
		exec {fd}>&- # or our last sleep keeps the lock
	done
	# The sleep that outlives us must keep no pipe of our caller open.
	while sleep 1 2>/dev/null; kill -0 "$$" 2>/dev/null; do
		s=$((EPOCHSECONDS - start))
		if [[ -t 2 ]]; then
			cols=$(tput cols 2>/dev/null || echo 80)
			line="$(_elapsed) $name: ${s} s, $(_progress_line "$log" "$dir")"
			printf '\r\033[K%s' "${line:0:cols-1}" >&2
		elif ((s >= next)); then
			line=$(_progress_line "$log" "$dir")
			say "$name: ${s} s, ${line:0:120}"
			next=$((s < 120 ? next + 15 : s + 60))
		fi
	done
}

# run_logged [-w DIR] NAME LOG COMMAND...: run a long command with its output in
# LOG, show that it lives (-w: by the size of DIR), return its status.  When it
# fails, tell the log and what it says.
run_logged() {
	local dir='' name log monitor rc=0 start=$EPOCHSECONDS

	if [[ $1 == -w ]]; then
		dir=$2
		shift 2
	fi
	name=$1 log=$2
	shift 2
	mkdir -p "$(dirname -- "$log")"
	: >"$log"
	say "$name ..."
	_progress "$name" "$log" "$dir" </dev/null >/dev/null &
	monitor=$!
	"$@" >>"$log" 2>&1 || rc=$?
	kill "$monitor" 2>/dev/null || true
	wait "$monitor" 2>/dev/null || true
	[[ ! -t 2 ]] || printf '\r\033[K' >&2
	if ((rc == 0)); then
		say "$name: done in $((EPOCHSECONDS - start)) s"
		return 0
	fi
	{
		printf '%s: error: %s failed (status %d), log: %s\n' "$SCRIPT" "$name" "$rc" "$log"
		{ grep -aE '(^|[^[:alnum:]_])(error|fatal|undefined reference|FAIL|\*\*\*|E:)' "$log" ||
			tail -n 8 -- "$log"; } | tail -n 8 | cut -c1-300 | sed 's/^/    | /'
	} >&2
	: 2>/dev/null >"$IRQ_SIM_DIED" || true
	return "$rc"
}

# kmake_env SRC [CROSS_COMPILE]: the environment and (in KMAKE_VARS, and in KUNIT_VARS as
# kunit.py takes them, which counts the CPUs by itself) the make variables for a
# build of the kernel tree SRC that is the same wherever the checkout is, so that
# ccache finds what another clone has compiled.
kmake_env() {
	local cc=${CC:-${2-}gcc} hostcc=${HOSTCC:-gcc}

	if command -v ccache >/dev/null && [[ $cc != ccache* ]]; then
		cc="ccache $cc" hostcc="ccache $hostcc"
	fi
	export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ccache}
	export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$TOP}
	export CCACHE_NOHASHDIR=1
	export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970'
	export KBUILD_BUILD_USER=irq_sim KBUILD_BUILD_HOST=example.org KBUILD_BUILD_VERSION=1
	# Set though empty: no commit id and no "+" in the release, so that
	# a commit in the tree does not rebuild all that knows the release.
	export LOCALVERSION=${LOCALVERSION-}
	export LC_ALL=C
	KMAKE_VARS=("CC=$cc" "HOSTCC=$hostcc" "-j$(nproc)")
	# shellcheck disable=SC2034 # used by the scripts that source this file
	KUNIT_VARS=("--make_options=CC=$cc" "--make_options=HOSTCC=$hostcc")
}

# kmake SRC OUT ARGS...: make in the kernel tree SRC with output in OUT.  One
# kernel build at a time: two at once only thrash a small machine.
kmake() (
	src=$1 out=$2
	shift 2
	cross=${CROSS_COMPILE-}
	for arg; do
		[[ $arg != CROSS_COMPILE=* ]] || cross=${arg#*=}
	done
	kmake_env "$src" "$cross"
	mkdir -p "$out"
	lock build
	make -C "$src" O="$out" "${KMAKE_VARS[@]}" "$@"
)

# fragment NAME: the file of that kernel configuration fragment.
fragment() {
	local file

	for file in "$TOP/configs/$1.config" "$TOP/kunit/$1.kunitconfig"; do
		[[ -r $file ]] || continue
		printf '%s\n' "$file"
		return
	done
	die "no kernel configuration $1: write configs/$1.config"
}

# arch NAME: what there is to know of an architecture, by kunit.py's name: Debian's
# name for it, the prefixes of the compilers for its kernel and for programs, and the
# packages to run a guest, to build a kernel and to build programs.
# shellcheck disable=SC2034 # used by the scripts that source this file
arch() {
	ARCH_DEBIAN=$1 ARCH_CROSS='' ARCH_USER_CROSS='' ARCH_FRAGMENT=$1
	ARCH_QEMU=() ARCH_TOOLS=(gcc make bc bison flex libelf-dev libc6-dev ccache) ARCH_LIBC=()
	case $1 in
	um)
		ARCH_DEBIAN=$(dpkg --print-architecture)
		return
		;;
	x86_64)
		ARCH_DEBIAN=amd64 ARCH_FRAGMENT=x86
		ARCH_QEMU=(qemu-system-x86) ARCH_TOOLS+=(libssl-dev)
		;;
	i386)
		ARCH_USER_CROSS=i686-linux-gnu- ARCH_FRAGMENT=x86
		ARCH_QEMU=(qemu-system-x86) ARCH_TOOLS+=(libssl-dev)
		ARCH_LIBC=(gcc-i686-linux-gnu libc6-dev-i386-cross)
		;;
	arm64)
		ARCH_CROSS=aarch64-linux-gnu-
		ARCH_QEMU=(qemu-system-arm)
		;;
	riscv)
		ARCH_DEBIAN=riscv64 ARCH_CROSS=riscv64-linux-gnu- ARCH_FRAGMENT=riscv64
		ARCH_QEMU=(qemu-system-misc opensbi)
		;;
	s390)
		ARCH_DEBIAN=s390x ARCH_CROSS=s390x-linux-gnu- ARCH_FRAGMENT=s390x
		ARCH_QEMU=(qemu-system-misc binutils-s390x-linux-gnu) # and for the probe of it
		;;
	mipsel)
		ARCH_CROSS=mipsel-linux-gnu- ARCH_FRAGMENT=mips
		ARCH_QEMU=(qemu-system-mips)
		;;
	*)	die "nothing known of the architecture $1: add it to scripts/lib/lib.sh" ;;
	esac
	[[ -n $ARCH_CROSS ]] || return 0
	ARCH_USER_CROSS=$ARCH_CROSS
	ARCH_TOOLS+=("gcc-${ARCH_CROSS%-}")
	ARCH_LIBC=("libc6-dev-$ARCH_DEBIAN-cross")
}
