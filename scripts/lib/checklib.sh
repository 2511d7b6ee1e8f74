# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# Rows of "scripts/series check" which look into the code; sourced after gitlib.sh.
#
# check_tree REPO COMMIT		sets CHECK_TREE, a checkout of the series, and CHECK_BASE
#				and CHECK_TIP, its ends
# check_kerneldoc, check_codespell, check_coccinelle, check_sparse, check_htmldocs, check_rvgen
# check_builds			each commit compiles
# check_suites			each commit passes its suites

# The symbols of configs/check.config which can be modules.
CHECK_TRISTATES='GPIO_SIM|IRQ_SIM_KUNIT_TEST|KUNIT_IRQ_TEST|GPIO_SIM_KUNIT_TEST|REGMAP_IRQ_KUNIT|IRQ_SIM_TORTURE_TEST|SAMPLE_IRQ_SIM'
# sparse 0.6.4 does not know a keyword which the kernel uses, nor the length of
# a constant string, which MODULE_INFO() asserts.
CHECK_SPARSE="sparse -D__typeof_unqual__=__typeof__ '-D__builtin_strlen(s)=(sizeof(s)-1)'"
# Semantic patches with scripts in OCaml, for which spatch expects a compiler.
CHECK_BROKEN='^(badzero|check_bq27xxx_data)\.cocci: spatch failed'
# The first clang that is new enough for the kernel, as Debian 12 has it.
CHECK_CLANG=clang-19
CHECK_PACKAGES=(gcc libc6-dev make bc bison flex libelf-dev ccache sparse codespell
	python3-lark perl python3-ply python3-git)
# With --full
CHECK_FULL_PACKAGES=(coccinelle python3-sphinx python3-yaml "$CHECK_CLANG")

check_tree() {
	local repo=$1

	CHECK_BASE=$2 CHECK_TREE=$BUILD/check/linux
	if [[ ! -e $CHECK_TREE/.git ]]; then
		need_space "$BUILD" 2500
		mkdir -p "$CHECK_TREE"
		kgit init -q -b series "$CHECK_TREE"
	fi
	git_path "$repo" objects >"$CHECK_TREE/.git/objects/info/alternates"
	apply_series "$CHECK_TREE/.git/objects" "$CHECK_BASE" || die "$WHY"
	CHECK_TIP=$TIP
	run_logged "checkout of the series" "$BUILD/log/check-tree.log" \
		kgit -C "$CHECK_TREE" checkout -q -f --detach "$CHECK_TIP" || quit "$INFRA"
	mapfile -t CHECK_FILES < <(kgit -C "$CHECK_TREE" diff --name-only --diff-filter=AM \
		"$CHECK_BASE" "$CHECK_TIP" -- '*.[ch]' ':!tools')
}

# new_findings BEFORE AFTER: the findings in AFTER which are not in BEFORE, whatever their lines.
new_findings() {
	local plain='s/:[0-9]+(:[0-9]+)?(-[0-9]+)?[: ]/: /' old

	# Not from a pipe: with pipefail, a writer that grep -q does not wait for is an error.
	old=$(sed -E "$plain" "$1")
	sort -u "$2" | while IFS= read -r line; do
		grep -qxF -- "$(sed -E "$plain" <<<"$line")" <<<"$old" || printf '%s\n' "$line"
	done
}

# finds NAME PATTERN FILE: check that the function NAME_run reports a match of PATTERN in FILE,
# as a broken tool would report nothing. Prints a row if not.
finds() {
	local found

	found=$( (
		cd "$CHECK_TREE" || exit
		"${1//-/_}_run" "$3"
	) 2>&1 || true)
	grep -qE "$2" <<<"$found" && return
	row FAIL "$1" "does not find the error in $3, so it cannot be trusted"
	details "$(head -n 5 <<<"${found:-it prints nothing}")"
	return 1
}

# canary NAME: $BUILD/check/canary-NAME.c, with the text of the standard input.
canary() {
	mkdir -p "$BUILD/check"
	cat >"$BUILD/check/canary-$1.c"
	printf '%s\n' "$BUILD/check/canary-$1.c"
}

# compared NAME TEXT FILE...: a row for the findings of the function NAME_run in FILE which
# it does not report for the same file before the series.
compared() {
	local name=$1 text=$2 dir=$BUILD/check/$1 found old n

	shift 2
	(($#)) || {
		row FAIL "$name" "no files to look at"
		return
	}
	rm -rf -- "$dir"
	mkdir -p "$dir"
	: >"$dir.before"
	(cd "$CHECK_TREE" && "${name//-/_}_run" "$(printf '%s\n' "$@")") >"$dir.after" || true
	mapfile -t old < <(kgit -C "$CHECK_TREE" ls-tree -r --name-only "$CHECK_BASE" -- "$@" |
		while IFS= read -r n; do ! grep -qF -- "$n:" "$dir.after" || printf '%s\n' "$n"; done)
	if ((${#old[@]})); then
		kgit -C "$CHECK_TREE" archive "$CHECK_BASE" "${old[@]}" | tar -x -C "$dir"
		(cd "$dir" && "${name//-/_}_run" "$(printf '%s\n' "${old[@]}")") >"$dir.before" || true
	fi
	found=$(new_findings "$dir.before" "$dir.after")
	# An error of the tool always counts as a new finding.
	found+=$(grep -E ': (spatch failed|.*[Tt]raceback|.*No such file)' "$dir.after" || true)
	judged "$name" "$text" "$found"
}

kernel_doc_run() {
	xargs -d '\n' -n 16 -P "$(nproc)" /usr/bin/python3 "$CHECK_TREE/tools/docs/kernel-doc" -none -Wall <<<"$1" 2>&1 | sort -u
}

check_kerneldoc() {
	local bad

	bad=$(
		canary kernel-doc <<-'EOF'
			/**
			 * canary() - Is without a line on its parameter
			 */
			int canary(int bird)
			{
				return bird;
			}
		EOF
	)
	finds kernel-doc "canary-kernel-doc.c:.*bird" "$bad" || return 0
	compared kernel-doc "nothing new in ${#CHECK_FILES[@]} files (-Wall)" "${CHECK_FILES[@]}"
}

# The headers of the monitors are what rvgen makes of their models.
check_rvgen() {
	local dir=$BUILD/check/rvgen model name class found='' n=0

	rm -rf -- "$dir"
	mkdir -p "$dir"
	for model in "$CHECK_TREE"/tools/verification/models/irq/*.dot; do
		[[ -e $model ]] || {
			row FAIL rvgen "no models in ${model%/*}"
			return
		}
		name=${model##*/} name=${name%.dot} class=da
		! grep -q "^#include <rv/ha_monitor.h>" "$CHECK_TREE/kernel/trace/rv/monitors/$name/$name.c" || class=ha
		(cd "$dir" && env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 \
			"$CHECK_TREE/tools/verification/rvgen/__main__.py" monitor -c "$class" -t per_obj \
			-n "$name" -p irq -s "$model") >"$dir/$name.log" 2>&1 || found+="$name: rvgen fails: see $dir/$name.log"$'\n'
		cmp -s "$dir/$name/$name.h" "$CHECK_TREE/kernel/trace/rv/monitors/$name/$name.h" ||
			found+="$name.h is not what rvgen makes of $name.dot"$'\n'
		n=$((n + 1))
	done
	judged rvgen "the headers of $n monitors are those of their models" "$found"
}

# The pages of the series; those of the whole kernel take an hour.
check_htmldocs() {
	local log=$BUILD/log/htmldocs.log found

	rm -rf -- "$BUILD/check/htmldocs"
	mkdir -p "$BUILD/check/htmldocs"
	if ! PATH=/usr/bin:$PATH run_logged htmldocs "$log" make -C "$CHECK_TREE" \
		O="$BUILD/check/htmldocs" SPHINXDIRS="core-api/irq" W=1 htmldocs; then
		row FAIL htmldocs "does not build: see $log"
		return
	fi
	found=$(grep -iE '(warning|error)[: ]' "$log" | sed "s#^$CHECK_TREE/##" || true)
	[[ -n $found || -e $BUILD/check/htmldocs/Documentation/output/core-api/irq/irq-sim.html ]] ||
		found="no page was made of irq-sim.rst: see $log"
	judged htmldocs "core-api/irq, no warning (W=1)" "$found"
}

# check_codespell PATCH...
check_codespell() {
	local dir=$BUILD/check/codespell found n

	rm -rf -- "$dir"
	mkdir -p "$dir"
	echo 'recieve''d' >"$dir/canary"
	found=$(codespell --quiet-level 3 -- "$dir/canary" 2>&1 || true)
	if [[ $found != *'==>'* ]]; then
		row FAIL codespell "does not find a misspelt word, so it cannot be trusted"
		return
	fi
	rm -f -- "$dir/canary"
	(($#)) || {
		row FAIL codespell "no patches to look at"
		return
	}
	# The messages, and the lines that are added. Not the diffstat,
	# which has names of files.
	for n; do
		found=${n#"${n%/*/*}"/}
		awk '/^---$/ { stat = 1 }
			/^diff --git / { diff = 1 }
			stat && !diff && /^ ([^ ].* \| +([0-9]|Bin)|(create|delete) mode |rename )/ { next }
			!diff || /^\+[^+]/' "$n" >"$dir/${found/\//:}"
	done
	found=$(codespell --quiet-level 3 --ignore-words-list "${CODESPELL_IGNORE:-ser,inout,iff,ot}" -- "$dir" 2>&1 |
		sed "s#^$dir/##") || found=${found:-"codespell fails"}
	judged codespell "messages and added lines of $# patches" "$found"
}

coccinelle_run() {
	# The stack that spatch needs grows with the number of files.
	ulimit -S -s "$(ulimit -H -s)"
	# shellcheck disable=SC2016 # the inner shell expands it, options and files split
	grep -rlE --include='*.cocci' '^virtual .*report' "$CHECK_TREE/scripts/coccinelle" | sort |
		xargs -d '\n' -n 1 -P "$(nproc)" sh -c '
			timeout 300 spatch -D report --very-quiet --cocci-file "$2" \
				$(sed -n "s#^// Options: *##p" "$2") $1 2>/dev/null ||
				echo "${2##*/}: spatch failed (status $?)"' sh "${1//$'\n'/ }" |
		grep -E '^[^ ]+:([0-9]+| spatch)' | grep -vE "$CHECK_BROKEN" | sed "s#^\./##" | sort -u
}

check_coccinelle() {
	local sources=() n bad

	bad=$(
		canary coccinelle <<-'EOF'
			void canary(struct bird *bird)
			{
				if (bird)
					kfree(bird);
			}
		EOF
	)
	finds coccinelle "canary-coccinelle.c:[0-9]+" "$bad" || return 0
	for n in "${CHECK_FILES[@]}"; do
		[[ $n != *.c ]] || sources+=("$n")
	done
	say "coccinelle ..."
	compared coccinelle "nothing new in ${#sources[@]} files" "${sources[@]}"
}

# check_config DIR VECTOR KIND [ARG...]: configure; KIND is y or m.
check_config() {
	local dir=$1 vector=$2 kind=$3

	shift 3
	mkdir -p "$dir"
	sed -E -e "s/^(CONFIG_IRQ_SIM_SOFTIRQ)=y/\1=$vector/" \
		-e "s/^(CONFIG_($CHECK_TRISTATES))=y/\1=$kind/" "$TOP/configs/check.config" >"$dir/asked.config"
	kmake "$CHECK_TREE" "$dir" ARCH=x86_64 "$@" KCONFIG_ALLCONFIG="$dir/asked.config" allnoconfig
}

# objects COMMIT: the objects of the sources which the series has touched up to COMMIT,
# except those that exist only on UML, and those which rv's suite includes.
objects() {
	kgit -C "$CHECK_TREE" diff --name-only --diff-filter=AM "$CHECK_BASE" "$1" -- '*.c' ':!tools' \
		':!lib/logic_iomem.c' ':!kernel/trace/rv/monitors/*_kunit.c' |
		sed 's/\.c$/.o/'
}

check_sparse() {
	local dir=$BUILD/check/obj-sparse log=$BUILD/log/sparse.log targets found

	mapfile -t targets < <(objects "$CHECK_TIP")
	if ! run_logged "sparse: configuring" "$dir.log" check_config "$dir" y y ||
		! run_logged "sparse" "$log" kmake "$CHECK_TREE" "$dir" ARCH=x86_64 C=2 \
			"CHECK=$CHECK_SPARSE" "${targets[@]}"; then
		row FAIL sparse "does not build: see $log"
		return
	fi
	found=$(grep -E ': (warning|error): ' "$log" | sed "s#^\(\.\./\)*##; s#^$CHECK_TREE/##" |
		grep -F -f <(printf '%s\n' "${CHECK_FILES[@]}") | sort -u || true)
	# Drop findings from before the series.
	printf '%s\n' "$found" >"$BUILD/check/sparse.after"
	if [[ -n $found ]]; then
		kgit -C "$CHECK_TREE" checkout -q -f --detach "$CHECK_BASE"
		mapfile -t targets < <(kgit -C "$CHECK_TREE" ls-tree -r --name-only "$CHECK_BASE" -- "${targets[@]/%.o/.c}" |
			sed 's/\.c$/.o/')
		check_config "$dir" y y >>"$dir.log" 2>&1
		# -k: what only the series selects, such as MSIs, does not build without it.
		kmake "$CHECK_TREE" "$dir" ARCH=x86_64 -k C=2 "CHECK=$CHECK_SPARSE" \
			"${targets[@]}" >"$log.before" 2>&1 || true
		kgit -C "$CHECK_TREE" checkout -q -f --detach "$CHECK_TIP"
		sed "s#^\(\.\./\)*##; s#^$CHECK_TREE/##" "$log.before" >"$BUILD/check/sparse.before"
		found=$(new_findings "$BUILD/check/sparse.before" "$BUILD/check/sparse.after")
	fi
	judged sparse "nothing new in $(objects "$CHECK_TIP" | wc -l) objects" "$found"
}

# sources COMMIT: all files of the tree from which a kernel is built.
sources() {
	kgit -C "$CHECK_TREE" ls-tree -r "$1" |
		grep -vE $'\t''(MAINTAINERS$|(Documentation|tools/(perf|testing|tracing))/)'
}

# vectors COMMIT: the vector can be on and off, or is not there yet.
vectors() {
	if kgit -C "$CHECK_TREE" grep -qw 'config IRQ_SIM_SOFTIRQ' "$1" -- kernel/irq/Kconfig; then
		echo y n
	else
		echo y
	fi
}

# out_of_time ROW DONE COMMIT TOTAL: CHECK_SECONDS since $start have passed.
out_of_time() {
	[[ -n ${CHECK_SECONDS-} ]] && ((EPOCHSECONDS - start > CHECK_SECONDS)) || return 1
	row skipped "$1" "$2 done, stopped after $CHECK_SECONDS s at commit $3 of $4; run it again"
}

# complains LOG TARGET...: did the compiler warn about their sources or a header?
complains() {
	local log=$1 files

	shift
	files=$(printf '%s|' "${@%.o}")
	grep -E "((${files%|})\\.[ch]|\\.h):[0-9]+.*(warning|error):" "$log"
}

# check_build KEY LOG VECTOR KIND CC TARGET...: build the checkout; quiet if there is no warning.
check_build() {
	local key=$1 log=$2 vector=$3 kind=$4 cc=$5 dir

	shift 5
	dir=$BUILD/check/obj-$cc-$vector-$kind
	# One CPU each: most of the time is spent in make itself.
	check_config "$dir" "$vector" "$kind" "CC=ccache $cc" -j1 >"$log" 2>&1 &&
		kmake "$CHECK_TREE" "$dir" ARCH=x86_64 "CC=ccache $cc" W=1 -j1 "$@" >>"$log" 2>&1 &&
		! complains "$log" "$@" &&
		: >"$BUILD/check/built/$key"
}

# Each commit: the vector on and off, built in and as modules, gcc and clang, W=1. Builds
# with the same sources, configuration and compiler are not repeated.
check_builds() {
	local done=$BUILD/check/built vector kind cc key log commit n=0 total fresh=0 bad='' targets \
		source running variants v start=$EPOCHSECONDS

	lock build
	mkdir -p "$done" "$BUILD/log"
	total=$(kgit -C "$CHECK_TREE" rev-list --count "$CHECK_BASE..$CHECK_TIP")
	while read -r commit; do
		n=$((n + 1)) running=0 variants=()
		mapfile -t targets < <(objects "$commit")
		((${#targets[@]})) || continue
		source=$(sources "$commit" | sha256sum)
		for vector in $(vectors "$commit"); do for kind in y m; do for cc in gcc "$CHECK_CLANG"; do
			key=$({
				cat "$TOP/configs/check.config"
				"$cc" --version
				echo "$source $vector $kind"
			} | sha256sum | cut -c1-40)
			[[ -e $done/$key ]] || variants+=("$key $BUILD/log/build-$n-$cc-$vector-$kind.log $vector $kind $cc")
		done; done; done
		((${#variants[@]})) || continue
		! out_of_time builds "$fresh" "$n" "$total" || return 0
		kgit -C "$CHECK_TREE" checkout -q -f --detach "$commit"
		say "commit $n of $total, ${#variants[@]} builds"
		for v in "${variants[@]}"; do
			((running < $(nproc))) || {
				wait -n || true
				running=$((running - 1))
			}
			# shellcheck disable=SC2086 # its words
			check_build $v "${targets[@]}" &
			running=$((running + 1))
		done
		wait
		for v in "${variants[@]}"; do
			read -r key log vector kind cc <<<"$v"
			fresh=$((fresh + 1))
			[[ -e $done/$key ]] ||
				bad+="$(kgit -C "$CHECK_TREE" log -1 --format=%s "$commit") ($cc, vector $vector, $kind): $log"$'\n'
		done
	done < <(kgit -C "$CHECK_TREE" rev-list --reverse "$CHECK_BASE..$CHECK_TIP")
	kgit -C "$CHECK_TREE" checkout -q -f --detach "$CHECK_TIP"
	bad=${bad%$'\n'}
	judged builds "each of $total commits, vector on and off, built in and modules, gcc and clang, W=1 ($fresh new)" \
		"$bad" "$(wc -l <<<"$bad") build(s) fail or warn"
}

# Each commit on UML, with its suites, the vector on and off.
check_suites() {
	local done=$BUILD/check/passed vector key log commit n=0 total fresh=0 ran=0 bad='' source asked v \
		start=$EPOCHSECONDS

	lock build
	mkdir -p "$done" "$BUILD/log"
	kmake_env "$CHECK_TREE"
	asked=kernel/irq/.kunitconfig
	total=$(kgit -C "$CHECK_TREE" rev-list --count "$CHECK_BASE..$CHECK_TIP")
	while read -r commit; do
		n=$((n + 1))
		# Before that there is nothing to run.
		kgit -C "$CHECK_TREE" cat-file -e "$commit:$asked" 2>/dev/null || continue
		source=$(sources "$commit" | sha256sum)
		for vector in $(vectors "$commit"); do
			ran=$((ran + 1))
			key=$({
				gcc --version
				echo "$source $vector"
			} | sha256sum | cut -c1-40)
			[[ ! -e $done/$key ]] || continue
			! out_of_time suites "$fresh" "$n" "$total" || return 0
			kgit -C "$CHECK_TREE" checkout -q -f --detach "$commit"
			log=$BUILD/log/suites-$n-$vector.log
			v=()
			[[ $vector == y ]] || v=(--kconfig_add CONFIG_IRQ_SIM_SOFTIRQ=n)
			if PYTHONDONTWRITEBYTECODE=1 run_logged "commit $n of $total, vector $vector: suites" "$log" \
				/usr/bin/python3 "$CHECK_TREE/tools/testing/kunit/kunit.py" run --jobs "$(nproc)" \
				--build_dir "$BUILD/check/obj-suites-$vector" --kunitconfig "$CHECK_TREE/$asked" \
				${v[@]+"${v[@]}"} "${KUNIT_VARS[@]}" --filter 'speed>slow'; then
				: >"$done/$key"
			else
				bad+="$(kgit -C "$CHECK_TREE" log -1 --format=%s "$commit") (vector $vector): $log"$'\n'
			fi
			fresh=$((fresh + 1))
		done
	done < <(kgit -C "$CHECK_TREE" rev-list --reverse "$CHECK_BASE..$CHECK_TIP")
	kgit -C "$CHECK_TREE" checkout -q -f --detach "$CHECK_TIP"
	bad=${bad%$'\n'}
	judged suites "$ran runs of the quick cases on UML, each commit with suites, vector on and off ($fresh new)" \
		"$bad" "$(wc -l <<<"$bad") commit(s) fail"
}
