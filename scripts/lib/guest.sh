# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0
#
# Build kernels and run guests in them; sourced after gitlib.sh.
#
# target_names KIND; target KIND NAME	the table, configs/targets: sets t_*
# common_option ARG [NEXT]	options that kunit and vm share
# build_kernel NAME SRC OBJ ARCH CONFIG...
# make_command ARGUMENT...	how the kernel in $objdir is run: sets command
# run_guest NAME DIR		boot, judge, count

TARGETS=$TOP/configs/targets

target_names() {
	awk -v kind="$1" '$1 == kind { printf "%s%s", sep, $2; sep = " " }' "$TARGETS"
}

# target KIND NAME: sets t_kind t_arch t_cpus t_seconds t_configs t_run t_args, and t_guest to the
# guest script.
target() {
	local kind name rest

	while read -r kind name t_arch t_cpus t_seconds t_configs t_run rest; do
		[[ $kind == "$1" && $name == "$2" ]] || continue
		read -r -a t_args <<<"$rest"
		t_guest='' t_kind=$kind
		[[ $kind != vm ]] || t_guest=$t_run
		[[ " $rest" != *' guest='* ]] || {
			t_guest=${rest##*guest=}
			t_guest=${t_guest%% *}
		}
		return 0
	done <"$TARGETS"
	die "'$2' is not a $1 target of configs/targets; there are: $(target_names "$1")"
}

COMMON_OPTIONS="
  --brief           print only the summary and the failures
  --raw             print the whole console
  --build-only      build, do not run
  --no-build        run the previous build
  --fail-fast       stop at the first target that fails
  --kconfig KEY=VALUE
                    set one more kernel option, in a separate build; may be repeated
  --accel WHAT      kvm, tcg, or auto (default): KVM if it is known to work
  --append ARGS     append arguments to the kernel command line; guest scripts see them, too
  --limit N         time limit of the run in seconds (default: from configs/targets)
  --exec COMMAND    run this shell command in the guest instead, and return its result;
                    in KUnit's guests, after the suites
  --gdb             build with debug information; the guest waits for gdb, and the command
                    to start gdb is printed; for UML, gdb is started
  -v, --verbose     print the commands of make and of the guest; each is also at the top
                    of its log

Exit status: 0 passed, 1 a test failed, 4 everything was skipped, 125 not tested: the build
failed, or the usage is wrong. \"git bisect run\" expects these statuses.
KERNEL=DIR uses that kernel tree. PATIENCE=3 triples the time limits."

show=results build=1 run=1 fail_fast=0 kconfig=() accel=auto append=() limit='' in_guest='' gdb=0
boot_options=()

# common_option ARG [NEXT]: takes an option that all targets have; TOOK is the number of words.
common_option() {
	local value=${2-}

	TOOK=1
	case ${1%%=*} in
	--kconfig | --accel | --append | --limit | --exec)
		if [[ $1 == *=* ]]; then
			value=${1#*=}
		else
			TOOK=2
			(($# > 1)) || die "$1 needs a value: see scripts/$SCRIPT --help"
		fi
		;;
	esac
	case ${1%%=*} in
	--brief | --raw) show=${1#--} ;;
	--build-only) run=0 ;;
	--no-build) build=0 ;;
	--fail-fast) fail_fast=1 ;;
	--gdb) gdb=1 ;;
	-v | --verbose) export IRQ_SIM_VERBOSE=1 ;;
	--exec) in_guest=$value ;;
	--append) read -r -a append <<<"$value" ;;
	--kconfig)
		[[ $value =~ ^(CONFIG_)?[A-Z0-9_]+=.+$ ]] || die "--kconfig expects KEY=VALUE, such as PREEMPT=y, not '$value'"
		kconfig+=("CONFIG_${value#CONFIG_}")
		;;
	--accel)
		[[ $value =~ ^(kvm|tcg|auto)$ ]] || die "--accel expects kvm, tcg or auto, not '$value'"
		accel=$value
		;;
	--limit)
		[[ $value =~ ^[1-9][0-9]{0,6}$ ]] || die "--limit expects a number of seconds, not '$value'"
		limit=$value
		;;
	*) return 1 ;;
	esac
}

# variant: the suffix of a build with options of its own.
variant() {
	((!gdb)) || printf -- -debug
	((!${#kconfig[@]})) || printf -- '-%.8s' "$(printf '%s\n' "${kconfig[@]}" | sort | sha256sum)"
}

# more_configs FILE: prints the config files that the options add, one per line.
more_configs() {
	((!gdb)) || fragment debug
	[[ -z $in_guest ]] || fragment guest
	((!${#kconfig[@]})) || {
		printf '%s\n' "${kconfig[@]}" >"$1"
		printf '%s\n' "$1"
	}
}

# about WHAT...: what kunit.py knows about the architecture of the target.
about() {
	"$TOP/scripts/lib/kunit-guest" --tree "$tree" --arch "$t_arch" --build "$objdir" "$@"
}

# check_config SRC OBJ FILE...: checks that .config has all options in the files. Kconfig
# silently drops an option whose dependencies are not met.
check_config() {
	local src=$1 obj=$2 missing line option

	shift 2
	missing=$(awk '
		function put(name, value) {
			if (FILENAME == ARGV[1])
				have[name] = value
			else if (!(name in asked))
				order[++n] = name
			if (FILENAME != ARGV[1])
				asked[name] = value
		}
		/^CONFIG_[A-Za-z0-9_]+=/ { at = index($0, "="); put(substr($0, 1, at - 1), substr($0, at + 1)) }
		/^# CONFIG_[A-Za-z0-9_]+ is not set$/ { put($2, "n") }
		END {
			for (i = 1; i <= n; i++) {
				value = order[i] in have ? have[order[i]] : "n"
				if (value != asked[order[i]])
					print order[i] "=" asked[order[i]] " was asked for; the kernel has " value
			}
		}' "$obj/.config" "$@")
	[[ -n $missing ]] || return 0
	while read -r line; do
		option=${line%%=*}
		printf '%s\n' "$line"
		grep -rhA 12 --include='Kconfig*' -E "^(menu)?config ${option#CONFIG_}\$" "$src" |
			grep -E 'depends on|select' | sed 's/^/    /' || echo "    no option of this kernel"
	done <<<"$missing"
	return 1
}

# build_kernel NAME SRC OBJ ARCH CONFIG...: builds a kernel with the options in the files
# CONFIG, in OBJ; ARCH is kunit.py's name. With AS_KUNIT set, kunit.py configures UML,
# starting from UML's defaults; all other kernels start from allnoconfig. MAKE_VARIABLES
# are for make. Needs the lock "build" only to compile. OBJ/provenance.json says of which
# series the kernel is: what is measured later is of what is built now.
build_kernel() {
	local name=$1 src=$2 obj=$3 tree=$2 t_arch=$4 objdir=$3 how targets vars file kunit=() series=()

	shift 4
	mkdir -p "$obj"
	need_plain_path
	arch "$t_arch"
	vars=(ARCH="$(about make)" CROSS_COMPILE="$ARCH_CROSS" ${MAKE_VARIABLES[@]+"${MAKE_VARIABLES[@]}"})
	targets=("$(basename -- "$(about image)")")
	{
		about config
		cat -- "$@"
	} >"$obj/asked.config"
	# Do not configure again if nothing changed: that would rebuild too much.
	{
		echo "# ${CC-} $(kgit -C "$src" rev-parse HEAD 2>/dev/null)"
		cat -- "$obj/asked.config"
	} >"$obj/asked.new"
	if [[ ! -e $obj/.config ]] || ! cmp -s "$obj/asked.new" "$obj/asked.last"; then
		rm -f -- "$obj/asked.last"
		how=(kmake "$src" "$obj" "${vars[@]}" KCONFIG_ALLCONFIG="$obj/asked.config" allnoconfig)
		if [[ $t_arch == um && -n ${AS_KUNIT-} ]]; then
			for file; do
				kunit+=(--kunitconfig="$file")
			done
			# The same variables as for the build: the config depends on the compiler.
			kmake_env "$src"
			how=(env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$src/tools/testing/kunit/kunit.py" config
				--build_dir "$obj" --arch um "${kunit[@]}" "${KUNIT_VARS[@]}")
		fi
		run_logged "$name: configuring" "$obj/config.log" "${how[@]}" || return
		check_config "$src" "$obj" "$obj/asked.config" >&2 || {
			warn "$name: the kernel lacks options that were asked for: fix its fragments: $*"
			return 1
		}
	fi
	! grep -q '^CONFIG_MODULES=y' "$obj/.config" || targets+=(modules)
	run_logged "$name: building" "$obj/build.log" \
		kmake "$src" "$obj" "${vars[@]}" olddefconfig "${targets[@]}" || return
	check_config "$src" "$obj" "$obj/asked.config" >&2 || return
	! is_series "$src" || series=(--series)
	"$TOP/scripts/lib/provenance.py" stamp --tree "$src" --objdir "$obj" ${series[@]+"${series[@]}"} >"$obj/provenance.json"
	mv -- "$obj/asked.new" "$obj/asked.last"
}

# accelerator: prints qemu's accelerator, according to --accel.
accelerator() {
	case $accel in
	kvm) echo kvm ;;
	tcg) echo tcg,thread=multi ;;
	*)
		if [[ $t_arch == x86_64 || $t_arch == i386 ]] && [[ $(uname -m) == x86_64 ]]; then
			"$TOP/scripts/lib/kvm-ok"
		else
			echo tcg,thread=multi
		fi
		;;
	esac
}

# make_command DIR ARGUMENT...: sets the array command to the command which runs $objdir's
# kernel; DIR has root.cpio if t_guest is set. PLAIN=--plain is for runs without KUnit.
make_command() {
	local dir=$1 args

	shift
	args=("$@" ${t_args[@]+"${t_args[@]}"} ${append[@]+"${append[@]}"})
	((!gdb)) || args+=(nokaslr)
	if [[ $t_arch == um && -n ${PLAIN-} ]]; then
		command=("$objdir/linux" mem=512M seccomp=on ncpus="$t_cpus" con=null "con0=null,fd:1" "${args[@]}")
	else
		mapfile -t command < <(about --cpus "$t_cpus" --accel "$(accelerator)" \
			${PLAIN:+"$PLAIN"} command -- "${args[@]}")
	fi
	[[ -z ${QEMU-} ]] || command[0]=$QEMU
	if [[ -n $t_guest ]]; then
		[[ $t_arch != um ]] || command+=("initrd=$dir/root.cpio")
		[[ $t_arch == um ]] || command+=(-initrd "$dir/root.cpio")
		# RUN.files may make a device tree.
		[[ $t_arch != um || ! -e $dir/guest.dtb ]] || command+=("dtb=$dir/guest.dtb")
	fi
	command+=(${QEMU_MORE[@]+"${QEMU_MORE[@]}"})
}

# use_exec DIR: make the guest run the command of --exec.
use_exec() {
	local i kept=()

	t_guest='exec'
	printf '#!/bin/sh\n%s\n' "$in_guest" >"$1/exec.sh"
	for i in ${t_args[@]+"${t_args[@]}"}; do
		[[ $i == guest=* || $i == kunit_shutdown=* ]] || kept+=("$i")
	done
	t_args=(${kept[@]+"${kept[@]}"})
}

# make_root DIR: create the root file system of the guest in DIR.
make_root() {
	[[ -z $t_guest ]] || "$TOP/scripts/lib/initramfs" "$tree" "$objdir" "$t_arch" "$t_guest" "$1"
}

# debug NAME: run the guest under gdb.
debug() {
	if [[ $t_arch == um ]]; then
		exec gdb -ex 'handle SIGSEGV SIGUSR1 SIGALRM pass nostop noprint' --args "${command[@]}"
	fi
	say "$1 waits for: gdb-multiarch -ex 'target remote :1234' $objdir/vmlinux"
	exec "${command[@]}" -S -gdb tcp:127.0.0.1:1234
}

# cpus_up LOG: the number of CPUs that the guest reports.
cpus_up() {
	local n

	n=$(sed -nE 's/.*smp: Brought up [0-9]+ nodes?, ([0-9]+) CPUs?.*/\1/p' "$1" | head -n 1)
	echo "${n:-1}"
}

# unknown_arguments LOG: the arguments of the target which the kernel does not know: the
# kernel does not match the target then. Arguments of the guest script do not count.
unknown_arguments() {
	local word unknown=()

	read -r -a unknown < <(sed -nE 's/.*Unknown kernel command line parameters "(.*)", will be.*/\1/p' "$1") || true
	for word in ${unknown[@]+"${unknown[@]}"}; do
		# These are for the init of a guest, or for KUnit, which may be a module.
		[[ $word != guest* && $word != kunit_shutdown=* && " ${t_args[*]-} " == *" $word "* ]] || continue
		echo "$word"
	done
}

passed=0 failed=0 skipped=0 bad=() infra=0

# run_guest NAME DIR: run the command and evaluate its console; adds to passed, failed and
# skipped. Parses results with the parser of $parser.
run_guest() {
	local name=$1 dir=$2 quiet=() booted=0 judged=0 complaints p=0 f=0 s=0 from=$EPOCHSECONDS n ended

	rm -f "$dir"/{console.log,results.json,results.xml,counts,status,run,splats}
	[[ $show == results ]] || quiet=(--brief)
	[[ $t_kind != vm ]] || quiet+=(--selftests)
	say "$name: running (${command[0]##*/}, $t_cpus CPU)"
	[[ -z ${IRQ_SIM_VERBOSE-} ]] || printf '    + %s\n' "$(printf '%q ' "${command[@]}")" >&2
	{
		"$TOP/scripts/lib/boot" --name "$name" --log "$dir/console.log" --done 'guest: exit' \
			${boot_options[@]+"${boot_options[@]}"} --run-limit "${limit:-$t_seconds}" \
			-- "${command[@]}" || echo $? >"$dir/status"
	} | {
		if [[ $show == raw ]]; then
			tee /dev/stderr
		else
			cat
		fi
	} | if [[ -n $in_guest ]]; then
		sed -nE '/guest: up$/,/guest: exit/{/guest: (up|exit)/d; s/^\[[^]]*\] //p}'
		echo "0 0 0" >"$dir/counts"
	else
		"$TOP/scripts/lib/ktap" --tree "${parser:-$tree}" --objdir "$objdir" --arch "$t_arch" --config "$t_configs" \
			--log "$dir/console.log" \
			--json "$dir/results.json" --junit "$dir/results.xml" --counts "$dir/counts" \
			"${quiet[@]}"
	fi || judged=1
	if [[ -e $dir/status ]]; then
		booted=$(<"$dir/status")
		rm -f "$dir/status"
	fi
	read -r p f s <"$dir/counts" || return 1

	n=$(cpus_up "$dir/console.log")
	if [[ $n != "$t_cpus" ]]; then
		warn "$name: asked for $t_cpus CPUs, the guest has $n: see $dir/console.log"
		f=$((f + 1))
	fi
	n=$(unknown_arguments "$dir/console.log")
	if [[ -n $n ]]; then
		warn "$name: the kernel does not know ${n//$'\n'/ }: see $dir/console.log"
		f=$((f + 1))
	fi
	if [[ -n $t_guest ]]; then
		ended=$(sed -nE 's/.*guest: exit ([0-9]+)$/\1/p' "$dir/console.log" | tail -n 1)
		if [[ ${ended:-1} != [04] || (-n $in_guest && $ended != 0) ]] && ((f == 0)); then
			warn "$name: the guest script $t_guest ended with status ${ended:-(none)}: see $dir/console.log"
			f=1
		elif [[ -n $in_guest ]]; then
			p=1
		fi
	fi
	"$TOP/scripts/lib/splats.py" --on "$t_kind/$name" --tree "$tree" --vmlinux "$objdir/vmlinux" \
		--count "$dir/splats" --json "$dir/results.json" "$dir/console.log" || true
	complaints=$(cat -- "$dir/splats") || complaints=1 # it has reported the error
	f=$((f + complaints))
	((booted == 0 || f > 0)) || f=1 # boot has reported the reason
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	echo "$f $complaints $((EPOCHSECONDS - from))" >"$dir/run"
	say "$name: $p passed, $f failed, $s skipped, $complaints splats, in $((EPOCHSECONDS - from)) s; $dir/console.log${DOUBT:+; $DOUBT}"
	((judged == 0 && f == 0))
}

# not_built NAME: counts NAME as a failure of the infrastructure.
not_built() {
	failed=$((failed + 1)) infra=$((infra + 1))
	bad+=("$1 (not built)")
}

# finish DIR: write the counts for scripts/test, and exit with the status of the run.
finish() {
	local words

	[[ -z ${STAGE_COUNTS-} ]] || echo "$passed $failed $skipped" >"$STAGE_COUNTS"
	if ((${#bad[@]})); then
		printf -v words '%s, ' "${bad[@]}"
		((failed > infra || infra == 0)) || die "failed: ${words%, }: see $1"
		failed "failed: ${words%, }: see $1"
	fi
	((passed || !skipped)) || quit 4
}
