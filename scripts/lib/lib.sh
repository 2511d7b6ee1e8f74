# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Functions shared by the bash scripts.  Source it first:
#
#	#!/bin/bash
#	set -euo pipefail
#	. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
#
# Paths:	TOP BUILD CACHE PATCHES
# Messages:	say TEXT; warn TEXT; die CAUSE-AND-NEXT-STEP; failed CAUSE; quit STATUS
# Clean-up:	at_exit COMMAND...
# Needs:	need_packages PACKAGE...; need_space DIR MIB
# Locks:	lock NAME; unlock NAME; alone DIR
# Long steps:	run_logged [-w DIR] NAME LOG COMMAND...
# Kernel builds: kmake SRC OUT ARGS...; kmake_env SRC [CROSS] (sets KMAKE_VARS, KUNIT_VARS);
#		fragment NAME
# Architectures: arch NAME (sets ARCH_*)

[[ -z ${IRQ_SIM_LIB_LOADED-} ]] || return 0
IRQ_SIM_LIB_LOADED=1

set -euo pipefail
shopt -s inherit_errexit

# Variables that are set for other programs must not change results. An outer script may
# set them on purpose.
_environment() {
	local name ignored=()

	for name in $(compgen -e); do
		case $name in
		GIT_AUTHOR_* | GIT_COMMITTER_* | GIT_CONFIG_GLOBAL | GIT_CONFIG_SYSTEM | GIT_CONFIG_NOSYSTEM) ;;
		GIT_* | CDPATH | GREP_OPTIONS | TAR_OPTIONS | POSIXLY_CORRECT | LANGUAGE | MAKEFLAGS | MFLAGS | \
			MAKELEVEL | KCONFIG_* | KBUILD_*)
			unset "$name"
			;;
		ARCH | CROSS_COMPILE | LLVM | LLVM_IAS | KCFLAGS | KAFLAGS | KCPPFLAGS | KRUSTFLAGS | HOSTCFLAGS | \
			HOSTLDFLAGS | CFLAGS | CPPFLAGS | LDFLAGS | USERCFLAGS | USERLDFLAGS | INSTALL_MOD_PATH | \
			INSTALL_PATH | O | V | W | C | M)
			ignored+=("$name")
			unset "$name"
			;;
		esac
	done
	export LC_ALL=C.UTF-8
	umask 022
	((!${#ignored[@]})) ||
		printf '%s: note: ignored: %s; CC=COMPILER is heeded\n' "${0##*/}" "${ignored[*]}" >&2
}
[[ -n ${IRQ_SIM_DIED-} ]] || _environment

TOP=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=${IRQ_SIM_BUILD:-$TOP/build}
# shellcheck disable=SC2034 # used by the scripts that source this file
PATCHES=${IRQ_SIM_PATCHES:-$TOP/patches}
# Without a writable home directory, the cache is below build/.
if [[ -z ${XDG_CACHE_HOME-} ]]; then
	XDG_CACHE_HOME=${HOME:-/nonexistent}/.cache
	[[ -w $XDG_CACHE_HOME || (! -e $XDG_CACHE_HOME && -d ${HOME:-/nonexistent} && -w ${HOME:-/nonexistent}) ]] || XDG_CACHE_HOME=$BUILD/cache
	export XDG_CACHE_HOME
fi
CACHE=$XDG_CACHE_HOME/irq_sim
SCRIPT=${0##*/}

# Elapsed time counts from the start of the outermost script.
export IRQ_SIM_T0=${IRQ_SIM_T0:-$EPOCHSECONDS}
# Exists once the reason of a failure has been reported, so that it is reported once.
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

# say TEXT: print progress, with the time since the start.
say() {
	printf '%s %s\n' "$(_elapsed)" "$*" >&2
}

# warn TEXT: print a note which does not stop the run.
warn() {
	printf '%s: note: %s\n' "$SCRIPT" "$*" >&2
}

# quit STATUS: exit with STATUS; the reason has been reported already.
quit() {
	: 2>/dev/null >"$IRQ_SIM_DIED" || true
	exit "$1"
}

# The exit status of all scripts: 0 passed, 1 a test failed, 4 skipped and, as "git bisect
# run" expects, 125 if nothing could be tested: bad usage, no build, no packages.
INFRA=125

# die TEXT: print one line with the cause and the next step, and exit.
die() {
	printf '%s: error: %s\n' "$SCRIPT" "$*" >&2
	quit "$INFRA"
}

# failed TEXT: the same if a test has failed.
failed() {
	printf '%s: error: %s\n' "$SCRIPT" "$*" >&2
	quit 1
}

# other_argument ARG: of a script; it is --help, or an error.
other_argument() {
	[[ $1 == -h || $1 == --help ]] || die "unknown argument '$1': see scripts/$SCRIPT --help"
	usage
	exit 0
}

_exit_hooks=()

# at_exit COMMAND ARG...: run COMMAND when this script exits, last added first.
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
		((rc != 1)) || rc=$INFRA
	fi
	[[ -z $IRQ_SIM_OUTERMOST ]] || rm -f -- "$IRQ_SIM_DIED"
	exit "$rc"
}

_err_at=
set -E
trap '_err_at="${BASH_SOURCE[0]-$0}:$LINENO: $BASH_COMMAND"' ERR
trap _on_exit EXIT

# host_arch: Debian's name for the architecture of this machine.
host_arch() {
	dpkg --print-architecture 2>/dev/null || uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/'
}

declare -A _packages=()

# _there PACKAGE: is the tool of PACKAGE installed, in whatever way?
_there() {
	local name probe

	((${#_packages[@]})) || while read -r name _ _ probe; do
		[[ $name == '#'* || -z $name ]] || _packages[$name]=$probe
	done <"$TOP/scripts/lib/packages"
	probe=${_packages[$1]-}
	case $probe in
	'<'*) echo "#include $probe" | gcc -E - >/dev/null 2>&1 ;;
	/*) compgen -G "$probe" >/dev/null ;;
	python:*) /usr/bin/python3 -c "import ${probe#*:}" 2>/dev/null ;;
	'') [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null || true) == ii* ]] ;;
	*) command -v "$probe" >/dev/null ;;
	esac
}

# _how_to_install PACKAGE...: a line for each distribution.
_how_to_install() {
	local at=0 command

	for command in "apt-get install" "dnf install" "pacman -S"; do
		at=$((at + 1))
		printf '  sudo %s %s\n' "$command" "$(for p; do
			awk -v p="$p" -v at="$at" '$1 == p { name = $at } END { print name == "" ? p : name }' \
				"$TOP/scripts/lib/packages"
		done | grep -vx -e - | sort -u | paste -sd ' ')"
	done
}

# need_packages PACKAGE...: install missing packages: as root or with CI=true without a
# question, on a terminal after a question; otherwise print the command and exit. With
# IRQ_SIM_LIST_PACKAGES=FILE, add the names to FILE and exit: call it once, before any work.
need_packages() {
	local p missing=() root=() answer='' may=1

	if [[ -n ${IRQ_SIM_LIST_PACKAGES-} ]]; then
		printf '%s\n' "$@" >>"$IRQ_SIM_LIST_PACKAGES"
		quit "$INFRA"
	fi
	for p; do
		_there "$p" || missing+=("$p")
	done
	((${#missing[@]})) || return 0
	if ! grep -qsE '^ID(_LIKE)?=.*(debian|ubuntu)' "${IRQ_SIM_OS_RELEASE:-/etc/os-release}" ||
		! command -v apt-get >/dev/null; then
		may=
	elif ((EUID == 0)); then
		:
	elif ! command -v sudo >/dev/null; then
		may=
	elif [[ ${CI-} == true ]]; then
		root=(sudo -n)
	elif [[ -n ${IRQ_SIM_MAY_INSTALL-} ]]; then
		root=(sudo)
	elif [[ -t 0 && -t 2 ]]; then
		printf '%s: these Debian packages are missing:\n  %s\nThey can be installed with\n  sudo apt-get install %s\nInstall them now? [y/N] ' \
			"$SCRIPT" "${missing[*]}" "${missing[*]}" >&2
		read -r answer || true
		if [[ $answer == [yY]* ]]; then
			export IRQ_SIM_MAY_INSTALL=1
			root=(sudo)
		else
			may=
		fi
	else
		may=
	fi
	if [[ -z $may ]]; then
		printf '%s: error: missing: %s; install with one of\n' "$SCRIPT" "${missing[*]}" >&2
		_how_to_install "${missing[@]}" >&2
		quit "$INFRA"
	fi
	mkdir -p "$BUILD/log"
	if [[ -z ${IRQ_SIM_APT_UPDATED-} ]]; then
		# A broken third-party archive need not matter: let the install decide.
		run_logged "package lists" "$BUILD/log/apt-update.log" \
			"${root[@]}" apt-get -q update </dev/null ||
			warn "apt-get update failed; trying with the existing package lists"
		export IRQ_SIM_APT_UPDATED=1
	fi
	run_logged "packages ${missing[*]}" "$BUILD/log/apt-install.log" \
		"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}" </dev/null ||
		die "cannot install ${missing[*]}: see $BUILD/log/apt-install.log, or install by hand: apt-get install ${missing[*]}"
}

# need_space DIR MIB: check that DIR's file system has MIB MiB free.
need_space() {
	local dir=$1 want=$2 have

	while [[ ! -d $dir ]]; do
		dir=$(dirname -- "$dir")
	done
	have=$(df -Pm -- "$dir" | awk 'NR == 2 { print $4 }')
	((have >= want)) ||
		die "$1 needs $want MiB but its file system has $have MiB free: free some space, or put build/ and XDG_CACHE_HOME elsewhere"
}

# need_plain_path: the kernel's make does not support paths with blanks or colons.
need_plain_path() {
	[[ $BUILD != *[[:space:]:]* ]] ||
		die "\"$BUILD\" has a blank or a colon, which the kernel's make does not support: set IRQ_SIM_BUILD to another path"
}

# need_cache: check that the cache directory exists and is writable.
need_cache() {
	mkdir -p "$CACHE" 2>/dev/null || true
	[[ -d $CACHE && -w $CACHE ]] ||
		die "cannot write to the cache $CACHE: set XDG_CACHE_HOME to a directory of yours"
}

declare -A _lock_fd=()

# lock NAME: take the lock NAME of this user's cache; it is released when the
# script exits.  A script called by the holder of the lock holds it, too.
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

# unlock NAME: release the lock early.
unlock() {
	local name=$1 fd=${_lock_fd[$1]-}

	[[ -n $fd ]] || return 0
	exec {fd}>&-
	unset "_lock_fd[$name]"
	IRQ_SIM_LOCKS=${IRQ_SIM_LOCKS//":$name:"/}
}

# alone DIR: wait until no other run uses DIR.
alone() {
	local fd

	mkdir -p "$1"
	exec {fd}>"$1/lock"
	flock -n "$fd" && return
	say "$1: waiting for another run that uses it"
	flock "$fd"
}

# One line on the progress of a command: files compiled so far, and its last line.
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

# Runs along with a long command until it is killed or its script has died.
_progress() {
	local name=$1 log=$2 dir=$3 start=$EPOCHSECONDS line cols next=15 s fd

	trap - ERR EXIT
	set +e
	for fd in ${_lock_fd[@]+"${_lock_fd[@]}"}; do
		exec {fd}>&- # or the last sleep keeps the lock
	done
	# The last sleep must not keep a pipe of the caller open.
	while
		sleep 1 2>/dev/null
		kill -0 "$$" 2>/dev/null
	do
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
# LOG, show its progress (-w: by the size of DIR), return its status.  If it
# fails, print the name of the log and the errors in it.
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
	# kmake writes the make command to the log.
	[[ $1 == kmake ]] || printf '+ %s\n' "$(printf '%q ' "$@")" >>"$log"
	"$@" >>"$log" 2>&1 || rc=$?
	[[ -z ${IRQ_SIM_VERBOSE-} ]] || sed -n 's/^+ /    + /p' "$log" >&2
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

# kmake_env SRC [CROSS_COMPILE]: sets the environment and the make variables (KMAKE_VARS,
# and KUNIT_VARS for kunit.py, which counts the CPUs itself) for a build of the kernel
# tree SRC which does not depend on the path of the checkout, so that ccache can use the
# objects of another clone.
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
	# Set, but empty: no commit id and no "+" in the release, so that
	# a commit in the tree does not rebuild everything that uses the release.
	export LOCALVERSION=${LOCALVERSION-}
	export LC_ALL=C
	KMAKE_VARS=("CC=$cc" "HOSTCC=$hostcc" "-j$(nproc)")
	# shellcheck disable=SC2034 # used by the scripts that source this file
	KUNIT_VARS=("--make_options=CC=$cc" "--make_options=HOSTCC=$hostcc")
}

# kmake SRC OUT ARGS...: make in the kernel tree SRC with output in OUT.  One
# kernel build at a time: two would only thrash a small machine.
kmake() (
	src=$1 out=$2
	shift 2
	cross=
	for arg; do
		[[ $arg != CROSS_COMPILE=* ]] || cross=${arg#*=}
	done
	kmake_env "$src" "$cross"
	need_plain_path
	mkdir -p "$out"
	lock build
	set -- make -C "$src" O="$out" "${KMAKE_VARS[@]}" "$@"
	printf '+ %s\n' "$(printf '%q ' "$@")"
	"$@"
)

# fragment NAME: prints the file of the kernel config fragment NAME.
fragment() {
	local file

	for file in "$TOP/configs/$1.config" "$TOP/kunit/$1.kunitconfig"; do
		[[ -r $file ]] || continue
		printf '%s\n' "$file"
		return
	done
	die "$1 is not a kernel config fragment: write configs/$1.config"
}

# arch NAME: the properties of an architecture, by kunit.py's name: Debian's name for it,
# the prefixes of the compilers for kernels and for programs, and the packages to run
# a guest, to build a kernel and to build programs.
# shellcheck disable=SC2034 # used by the scripts that source this file
arch() {
	ARCH_DEBIAN=$1 ARCH_CROSS='' ARCH_USER_CROSS='' ARCH_FRAGMENT=$1
	ARCH_QEMU=() ARCH_TOOLS=(gcc make bc bison flex libelf-dev libc6-dev ccache) ARCH_LIBC=()
	case $1 in
	um)
		ARCH_DEBIAN=$(host_arch)
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
		ARCH_QEMU=(qemu-system-misc binutils-s390x-linux-gnu) # the latter to probe qemu
		;;
	arm)
		ARCH_DEBIAN=armhf ARCH_CROSS=arm-linux-gnueabihf-
		ARCH_QEMU=(qemu-system-arm)
		;;
	powerpc)
		ARCH_DEBIAN=ppc64 ARCH_CROSS=powerpc64-linux-gnu-
		ARCH_QEMU=(qemu-system-ppc)
		;;
	mipsel)
		ARCH_CROSS=mipsel-linux-gnu- ARCH_FRAGMENT=mips
		ARCH_QEMU=(qemu-system-mips)
		;;
	*) die "unknown architecture $1: add it to scripts/lib/lib.sh" ;;
	esac
	[[ -n $ARCH_CROSS ]] || return 0
	ARCH_USER_CROSS=$ARCH_CROSS
	ARCH_TOOLS+=("gcc-${ARCH_CROSS%-}")
	ARCH_LIBC=("libc6-dev-$ARCH_DEBIAN-cross")
}
