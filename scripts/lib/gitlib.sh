# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# Git and package work that "tree" and "series" share; sourced after lib.sh.

# The kernel release that the series is made for.
PIN=7.3
# The suite that has its source package, and that of a release with long-term support.
SUITE=trixie-backports
declare -A LONGTERM=([6.12]=trixie)
# Of the repositories in the cache: those with another number are made anew.
BASE_FORMAT=2
ROLE_NAME='irq_sim developers'
ROLE_EMAIL=irq-sim@example.org

# kgit ARGS...: git whose result depends on nobody's configuration or hooks.
kgit() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1 \
		GIT_TERMINAL_PROMPT=0 GIT_EDITOR=true LC_ALL=C TZ=UTC \
		GIT_COMMITTER_NAME=$ROLE_NAME GIT_COMMITTER_EMAIL=$ROLE_EMAIL \
		GIT_ATTR_NOSYSTEM=1 \
		git -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsync=none \
		-c core.attributesFile=/dev/null -c core.excludesFile=/dev/null -c color.ui=false \
		-c diff.noprefix=false -c diff.mnemonicPrefix=false \
		-c status.showUntrackedFiles=normal -c status.branch=false -c log.showSignature=false \
		-c gc.auto=0 -c maintenance.auto=false -c core.autocrlf=false \
		-c core.abbrev=12 -c advice.detachedHead=false -c commit.gpgSign=false \
		-c user.name="$ROLE_NAME" -c user.email="$ROLE_EMAIL" "$@"
}

# git_path TREE NAME: the file or directory NAME of its repository.
git_path() {
	kgit -C "$1" rev-parse --path-format=absolute --git-path "$2"
}

# in_peace TREE: nothing is under way there which moves HEAD.
in_peace() {
	local state

	for state in rebase-apply rebase-merge MERGE_HEAD CHERRY_PICK_HEAD; do
		[[ ! -e $(git_path "$1" $state) ]] ||
			die "a rebase, merge or am is under way in $1: finish or abort it there first"
	done
}

# new_tmp: a new directory below build/.tmp, which the next run removes if we do not.
new_tmp() {
	local dir

	mkdir -p "$BUILD/.tmp" 2>/dev/null ||
		die "cannot write $BUILD: check who owns it"
	dir=$(mktemp -d "$BUILD/.tmp/$1.XXXXXX")
	chmod 755 "$dir"
	printf '%s\n' "$dir"
}

# rm_tmp DIR: remove a directory of new_tmp, a worktree of another repository too.
rm_tmp() {
	if [[ -f $1/.git ]]; then
		kgit -C "$1" worktree remove --force --force "$1" 2>/dev/null || true
	fi
	rm -rf -- "$1"
}

# clean_tmp: remove what an interrupted run has left; call it under lock "tree".
# When a script that holds the lock has called us, what is there is its own.
clean_tmp() {
	local dir

	[[ -n ${_lock_fd[tree]-} ]] || return 0
	for dir in "$BUILD"/.tmp/*; do
		[[ ! -e $dir ]] || rm_tmp "$dir"
	done
	for dir in "$CACHE"/.tmp-base.*; do
		[[ ! -e $dir ]] || rm -rf -- "$dir"
	done
}

# base_tree TREE: prints the path of a worktree of TREE without the series.
base_tree() {
	local dir=$BUILD/linux-base commit

	commit=$(get_state "$1" base)
	[[ -n $commit ]] || die "$1 was not made by scripts/tree: --base does not know its base"
	lock tree
	if [[ $(kgit -C "$dir" rev-parse HEAD 2>/dev/null || true) != "$commit" ]]; then
		if [[ -e $dir ]]; then
			kgit -C "$1" worktree remove --force "$dir" >&2 ||
				die "$dir is in the way: move it away"
		fi
		kgit -C "$1" worktree prune
		run_logged -w "$dir" "checkout without the series" "$BUILD/log/checkout-base.log" \
			kgit -C "$1" worktree add --detach "$dir" "$commit" ||
			die "cannot check out $commit in $dir"
	fi
	unlock tree
	echo "$dir"
}

# is_series TREE: is it the tree of patches/, without the base only or changes of its own?
is_series() (
	read_postings
	[[ $(get_state "$1" patches) == "$(patches_hash)" && -z $(kgit -C "$1" status --porcelain -uno) &&
	$(kgit -C "$1" rev-parse HEAD) == "$(get_state "$1" applied)" ]]
)

# patch_list DIR: the patches of a series, one a line, in order.
patch_list() {
	find "$1" -maxdepth 1 -name '[0-9]*.patch' 2>/dev/null | LC_ALL=C sort
}

# read_table: the names that patches/postings lists, in order, in POSTINGS.
read_table() {
	local name seen=' '

	mapfile -t POSTINGS < <(sed -E 's/[#[:space:]].*//; /^$/d' "$PATCHES/postings" 2>/dev/null)
	for name in "${POSTINGS[@]}"; do
		[[ $name =~ ^[a-z][a-z0-9-]*$ && $seen != *" $name "* ]] ||
			die "patches/postings: \"$name\" is not a name, or is there twice: small letters, digits and \"-\", each once"
		seen+="$name "
	done
}

# read_postings: read_table, and the patches of all postings, in order, in SERIES; in
# COUNTS, how many each has.
read_postings() {
	local name dir list

	read_table
	SERIES=() COUNTS=()
	for name in "${POSTINGS[@]}"; do
		mapfile -t list < <(patch_list "$PATCHES/$name")
		((${#list[@]})) ||
			die "patches/postings lists \"$name\" but there is no patch in patches/$name: export it, or remove the line"
		SERIES+=("${list[@]}")
		COUNTS+=("${#list[@]}")
	done
	while read -r dir; do
		[[ " ${POSTINGS[*]} " == *" ${dir#"$PATCHES"/} "* || ${dir##*/} =~ ^[0-9]+\.[0-9]+$ ]] ||
			die "$dir has patches but patches/postings does not list it: list it in its place, or move them to a posting"
	done < <(find "$PATCHES" -name '[0-9]*.patch' -printf '%h\n' 2>/dev/null | sort -u)
}

# posting_refs TREE: where it has the last commit of each posting: in branches, which
# "git rebase --update-refs" moves; a worktree of a person's repository, which may have
# such branches, in refs of its own that this repository does not see.
posting_refs() {
	if [[ -d $1/.git ]]; then
		echo refs/heads/posting
	else
		echo refs/worktree/posting
	fi
}

# posting_marks TREE: all of them, in a line.
posting_marks() {
	kgit -C "$1" for-each-ref --format='%(refname:lstrip=-1):%(objectname)' "$(posting_refs "$1")/" |
		paste -sd ' '
}

# mark_postings TREE: put them at ENDS.
mark_postings() {
	local refs n ref

	refs=$(posting_refs "$1")
	[[ $refs != refs/heads/* ]] || kgit -C "$1" config rebase.updateRefs true
	while read -r ref; do
		[[ " ${POSTINGS[*]} " == *" ${ref##*/} "* ]] || kgit -C "$1" update-ref -d "$ref"
	done < <(kgit -C "$1" for-each-ref --format='%(refname)' "$refs/")
	for n in "${!POSTINGS[@]}"; do
		kgit -C "$1" update-ref "$refs/${POSTINGS[n]}" "${ENDS[n]}"
	done
}

# release_of VERSION: 6.12 of 6.12.117.
release_of() {
	cut -d. -f1-2 <<<"$1"
}

# below VERSION: the patches that this release needs below the series.
below() {
	[[ -z $1 ]] || patch_list "$PATCHES/$(release_of "$1")"
}

# unported RELEASE: why the series is not on that release yet, if it is not.
unported() {
	cat "$PATCHES/$1/unported" 2>/dev/null || true
}

# suits POSTING VERSION: whether it is for that kernel. One that is not for all has the
# first release it is for in patches/POSTING/since.
suits() {
	local since

	since=$(cat "$PATCHES/$1/since" 2>/dev/null || true)
	[[ -z $since || -z $2 || $(printf '%s\n' "$since" "$(release_of "$2")" | sort -V | head -n 1) == "$since" ]]
}

# for_kernel VERSION: the postings which are for that kernel in FIT, and their patches in
# FITTING; the others in LEFT_OUT.
for_kernel() {
	local n at=0

	FIT=() FITTING=() LEFT_OUT=()
	for n in "${!POSTINGS[@]}"; do
		if suits "${POSTINGS[n]}" "$1"; then
			FIT+=("${POSTINGS[n]}") FITTING+=("${SERIES[@]:at:COUNTS[n]}")
		else
			LEFT_OUT+=("${POSTINGS[n]}")
		fi
		at=$((at + COUNTS[n]))
	done
}

# patches_hash: changes whenever any patch does, or their order, or what they are for.
patches_hash() {
	local list

	mapfile -t list < <(find "$PATCHES" \( -path "$PATCHES/[0-9]*.[0-9]*/[0-9]*.patch" -o -name since \) 2>/dev/null | LC_ALL=C sort)
	list=("${SERIES[@]}" "${list[@]}")
	{
		printf '%s\n' "${list[@]#"$PATCHES"/}"
		((!${#list[@]})) || cat -- "${list[@]}"
	} | sha256sum | cut -d' ' -f1
}

# kernel_version: VERSION.PATCHLEVEL.SUBLEVEL of the kernel Makefile on stdin.
kernel_version() {
	awk -F '[ \t]*=[ \t]*' '
		$1 ~ /^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)$/ && !($1 in v) { v[$1] = $2 }
		END {
			if (v["VERSION"] ~ /^[0-9]+$/ && v["PATCHLEVEL"] ~ /^[0-9]+$/)
				print v["VERSION"] "." v["PATCHLEVEL"] \
					(v["SUBLEVEL"] != "" ? "." v["SUBLEVEL"] : "") v["EXTRAVERSION"]
		}'
}

# apply_series OBJECTS COMMIT [SHALLOW [PATCH...]]: "git am" of the patches, by default
# all of SERIES, on COMMIT, in a scratch directory that holds only the files they touch.
# The new objects go to the object directory OBJECTS; TIP is the commit that has them all,
# ENDS the last one of each posting.  Postings which are not for this release are left
# out, and are in LEFT_OUT.  A release with patches below the series gets these
# first, and then one line of context will do.
# On failure, WHY names the patch and the file.  Do not count on errexit in here.
apply_series() {
	local objects=$1 commit=$2 shallow=${3-} list=("${@:4}") first=() am=() work log at file rc=0 left n
	local version

	TIP=$commit WHY='' ENDS=() LEFT_OUT=()
	((${#list[@]} + ${#SERIES[@]})) || return 0

	work=$(new_tmp apply)
	log=$work.log
	kgit init -q -b series "$work"
	version=$(GIT_OBJECT_DIRECTORY=$objects version_of "$work" "$commit")
	if ((!${#list[@]})); then
		for_kernel "$version"
		list=("${FITTING[@]}")
	fi
	left=${#list[@]}
	mapfile -t first < <(below "$version")
	if ((${#first[@]})); then
		list=("${first[@]}" "${list[@]}") am=(-C1)
	fi
	(
		export GIT_OBJECT_DIRECTORY=$objects
		sparse=(-c core.sparseCheckout=true -c core.sparseCheckoutCone=false)
		cd "$work" && mkdir -p .git/info &&
			{ [[ -z $shallow || ! -e $shallow ]] || cp -- "$shallow" .git/shallow; } &&
			kgit update-ref HEAD "$commit" &&
			"$TOP/scripts/lib/patchinfo" paths "${list[@]}" >.git/info/sparse-checkout &&
			kgit "${sparse[@]}" read-tree -mu HEAD &&
			kgit "${sparse[@]}" am -q --keep-non-patch --committer-date-is-author-date \
				${am[@]+"${am[@]}"} "${list[@]}"
	) >"$log" 2>&1 || rc=$?
	if ((rc == 0)); then
		# Without its objects, this is not a repository to git.
		TIP=$(GIT_OBJECT_DIRECTORY=$objects kgit -C "$work" rev-parse HEAD)
		(($# > 3)) || for n in "${!POSTINGS[@]}"; do
			[[ " ${LEFT_OUT[*]} " == *" ${POSTINGS[n]} "* ]] || left=$((left - COUNTS[n]))
			ENDS+=("$(GIT_OBJECT_DIRECTORY=$objects kgit -C "$work" rev-parse "HEAD~$left")")
		done
	else
		at=$(cat "$work/.git/rebase-apply/next" 2>/dev/null || echo 0)
		file=$(sed -nE -e 's/^error: patch failed: (.*):[0-9]+$/\1/p' \
			-e 's/^error: (.*): (does not (exist|match)|already exists) in .*/\1/p' \
			-e 's/^error: (.*): No such file or directory$/\1/p' "$log" |
			sort -u | paste -sd ' ')
		if ((at > 0)); then
			n=${list[at - 1]}
			WHY="${n#"${n%/*/*}"/} does not apply to ${file:-"it ($(grep -m1 -E '^(error|fatal):' "$log" || echo "unknown reason"))"}"
		else
			WHY="the series does not apply: $(grep -m1 -vE '^(hint|warning)' "$log" || echo "unknown reason")"
		fi
	fi
	rm -rf -- "$work" "$log"
	return "$rc"
}

# The private apt: the host's configuration and lists are only read. APT_DIR is where
# it is, APT_ARCH for which architecture, that of the host when empty, APT_KIND deb or
# deb-src.
APT_DIR=$CACHE/apt APT_ARCH='' APT_KIND=deb
_apt_opts() {
	APT_OPTS=(-q
		-o Dir::Etc::sourcelist="$APT_DIR/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
		-o Dir::State::lists="$APT_DIR/lists" -o Dir::State::status=/dev/null
		-o Dir::Cache="$APT_DIR/cache" -o APT::Sandbox::User=root
		-o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=30)
	[[ -z $APT_ARCH ]] ||
		APT_OPTS+=(-o APT::Architecture="$APT_ARCH" -o APT::Architectures="$APT_ARCH")
}

# The mirrors of Debian that the host's own apt is configured for.
_host_mirrors() {
	# shellcheck disable=SC2016 # these are apt's variables
	{
		[[ -z ${IRQ_SIM_MIRROR-} ]] || echo "$IRQ_SIM_MIRROR"
		apt-get indextargets --format '$(SITE)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(CREATED_BY)' 2>/dev/null |
			awk -F'|' '$2 == "Debian" && $3 == "Debian" && $4 == "main" && $5 == "Packages" { print $1 }'
		# A machine that never ran "apt-get update" has no index targets.
		apt-get update --print-uris 2>/dev/null |
			sed -nE "s#^'(.*)/dists/[^/]+/InRelease'.*#\1#p" | grep -v -e security || true
	} | awk 'NF && !seen[$0]++'
}

# apt_update: lists of SUITE from the first mirror that has it.  WHY on failure.
apt_update() {
	local key mirror keyring='' mirrors

	[[ -z ${_apt_updated-} ]] || return 0
	command -v apt-get >/dev/null ||
		{
			WHY="there is no apt here: run it on Debian, or give your own tree with KERNEL=DIR"
			return 1
		}
	for key in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[[ ! -e $key ]] || keyring=$key
	done
	[[ -n $keyring ]] ||
		{
			WHY="there is no Debian archive keyring here: install debian-archive-keyring, or give your own tree with KERNEL=DIR"
			return 1
		}
	mkdir -p "$APT_DIR"/{lists,cache,archives/partial} || return
	mapfile -t mirrors < <(_host_mirrors)
	((${#mirrors[@]})) ||
		{
			WHY="this machine's apt knows no Debian mirror: set IRQ_SIM_MIRROR=URL, or give your own tree with KERNEL=DIR"
			return 1
		}
	_apt_opts
	for mirror in "${mirrors[@]}"; do
		printf '%s [signed-by=%s] %s %s main\n' "$APT_KIND" "$keyring" "$mirror" "$SUITE" >"$APT_DIR/sources.list"
		say "package lists of $SUITE ..."
		! LC_ALL=C apt-get "${APT_OPTS[@]}" -o APT::Update::Error-Mode=any update \
			>"$APT_DIR/update.log" 2>&1 </dev/null || {
			_apt_updated=1
			return
		}
	done
	WHY="cannot get the package lists of $SUITE (log: $APT_DIR/update.log): check the network, or give your own tree with KERNEL=DIR"
	return 1
}

# packaged: the kernel releases (7.2, 7.3, ...) that the lists at hand know.
packaged() {
	[[ -e $APT_DIR/sources.list ]] || return 0
	_apt_opts
	LC_ALL=C apt-cache "${APT_OPTS[@]}" pkgnames linux-source- 2>/dev/null |
		sed -nE 's/^linux-source-([0-9]+\.[0-9]+)$/\1/p' | sort -V
}

_newest_deb() {
	find "$APT_DIR/archives" -maxdepth 1 -name "linux-source-$1_*.deb" 2>/dev/null |
		sort -V | tail -n 1
}

# _apt_get DIR WHAT ARG...: apt-get ARG..., in DIR, downloads WHAT; WHY on failure.
_apt_get() {
	run_logged -w "$1" "download of $2" "$APT_DIR/download.log" \
		env -C "$1" LC_ALL=C apt-get "${APT_OPTS[@]}" "${@:3}" </dev/null && return
	WHY="cannot download $2 (log: $APT_DIR/download.log): check the network and run it again"
	return 1
}

# Fetch the source package of release $1; WHY on failure.
_fetch_deb() {
	local partial=$APT_DIR/archives/partial

	apt_update || return
	_apt_opts
	# Without -q, which ends before all is written: with pipefail, that is an error.
	if ! packaged | grep -xF "$1" >/dev/null; then
		WHY="linux-source-$1 is not in $SUITE any more"
		return 3
	fi
	need_space "$CACHE" 400
	_apt_get "$partial" "linux-source-$1" download "linux-source-$1" || return
	mv -- "$partial/linux-source-$1"_*.deb "$APT_DIR/archives/"
}

_import_deb() {
	dpkg-deb --fsys-tarfile "$1" |
		tar -xO "./usr/src/linux-source-$2.tar.xz" |
		xz -T0 -dc |
		"$TOP/scripts/lib/tar2git" |
		kgit -C "$3" -c core.bigFileThreshold=1 -c core.compression=1 \
			-c fastimport.unpackLimit=0 fast-import --done --quiet --depth=0
}

# base_repo RELEASE [refresh]: the bare repository of that release's source, made
# when it is not in the cache.  Sets BASE_REPO; on failure, WHY, status 3 when
# there is no such package.
base_repo() {
	local release=$1 refresh=${2-} deb tmp has

	BASE_REPO=$CACHE/linux-$release.git WHY=
	has=$(kgit -C "$BASE_REPO" config irqsim.package 2>/dev/null || true)
	[[ $(kgit -C "$BASE_REPO" config irqsim.format 2>/dev/null || true) == "$BASE_FORMAT" ]] || has=
	[[ -n $refresh || -z $has ]] || return 0
	need_cache
	if [[ -n ${LONGTERM[$release]-} ]]; then
		local SUITE=${LONGTERM[$release]} APT_DIR=$CACHE/apt-${LONGTERM[$release]} _apt_updated=
	fi
	deb=$(_newest_deb "$release")
	if [[ -n $refresh || -z $deb ]]; then
		_fetch_deb "$release" || return
		deb=$(_newest_deb "$release")
	fi
	if [[ $has == "${deb##*/}" ]]; then
		say "${deb##*/} is the newest there is"
		return 0
	fi
	need_space "$CACHE" 700
	tmp=$(mktemp -d "$CACHE/.tmp-base.XXXXXX")
	kgit init -q --bare -b source "$tmp"
	run_logged -w "$tmp" "import of ${deb##*/}" "$CACHE/import.log" \
		_import_deb "$deb" "$release" "$tmp" || {
		rm -rf -- "$tmp"
		WHY="cannot unpack $deb: remove it and run it again"
		return 1
	}
	kgit -C "$tmp" tag base source
	kgit -C "$tmp" config irqsim.package "${deb##*/}"
	kgit -C "$tmp" config irqsim.format "$BASE_FORMAT"
	[[ ! -d $BASE_REPO ]] || mv -- "$BASE_REPO" "$tmp.old"
	chmod 755 "$tmp"
	mv -- "$tmp" "$BASE_REPO"
	rm -rf -- "$tmp.old"
}

# fetch_debs NAME SUITE ARCHITECTURE PACKAGE: that package of that suite of Debian, and all
# that it needs, in $CACHE/apt-NAME/archives; WHY on failure.
fetch_debs() {
	local APT_DIR=$CACHE/apt-$1 SUITE=$2 APT_ARCH=$3 _apt_updated=

	apt_update || {
		WHY=${WHY%, or give your own tree*}
		return 1
	}
	_apt_opts
	rm -f -- "$APT_DIR"/archives/*.deb
	# Without the options it wants dpkg's lock, and to be root.
	_apt_get "$APT_DIR/archives" "$4 for $3" -o Dir::Cache::archives="$APT_DIR/archives" \
		-o Debug::NoLocking=1 -y --no-install-recommends --download-only install "$4"
}

# fetch_source SUITE PACKAGE: sets SOURCE to the source of the package of that suite with
# Debian's patches, which is fetched once; SOURCE.version is its version. apt compares what it
# downloads with the checksums in the index of the suite, which is signed. WHY on failure.
fetch_source() {
	local APT_DIR=$CACHE/apt-$2-source APT_KIND=deb-src _apt_updated='' SUITE=$1 part tars patch

	SOURCE=$CACHE/$2-source
	[[ ! -e $SOURCE.version ]] || return 0
	apt_update || {
		WHY=${WHY%, or give your own tree*}
		return 1
	}
	_apt_opts
	rm -rf -- "$SOURCE" "$SOURCE.new" "$APT_DIR"/archives/*.tar.*
	mkdir "$SOURCE.new"
	# Without the .dsc, which is in the index, too, and which some mirrors lack
	for part in tar diff; do
		_apt_get "$APT_DIR/archives" "the source of $2 ($part)" source --"$part"-only "$2" || return
	done
	tars=("$APT_DIR"/archives/*.orig.tar.* "$APT_DIR"/archives/*.debian.tar.*)
	{ tar -x -C "$SOURCE.new" --strip-components=1 -f "${tars[0]}" &&
		tar -x -C "$SOURCE.new" -f "${tars[1]}"; } ||
		{
			WHY="cannot unpack ${tars[*]}: remove them and run it again"
			return 1
		}
	while read -r patch _; do
		[[ -z $patch || $patch == '#'* ]] ||
			(cd "$SOURCE.new" && kgit apply -p1 "debian/patches/$patch") ||
			{
				WHY="$patch of Debian does not apply to the source of $2"
				return 1
			}
	done <"$SOURCE.new/debian/patches/series"
	mv -- "$SOURCE.new" "$SOURCE"
	part=${tars[1]##*/} part=${part#*_}
	echo "${part%.debian.tar.*}" >"$SOURCE.version"
}

# fetch_program NAME SUITE PACKAGE PROGRAM [ARG...]: makes $CACHE/NAME/PROGRAM, which runs the
# PROGRAM of a package of that suite with the libraries which came with it, unless it is
# there. In ARGs, @ is the directory. WHY on failure.
fetch_program() {
	local dir=$CACHE/$1 new=$CACHE/$1.new debs=$CACHE/apt-$1/archives program=$4 deb libs args

	[[ ! -x $dir/$program ]] || return 0
	need_space "$CACHE" 400
	fetch_debs "$1" "$2" "$(host_arch)" "$3" || return
	rm -rf -- "$dir" "$new"
	mkdir "$new"
	for deb in "$debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$new" --exclude='./usr/share/doc' --exclude='./[!u]*' || {
			WHY="cannot unpack $deb: check the space in $CACHE and run it again"
			return 1
		}
	done
	rm -f -- "$debs"/*.deb
	libs=$(cd "$new" && dirname -- usr/lib/*/ld-linux*)
	args=''
	(($# < 5)) || args=$(printf ' "%s"' "${@:5}")
	# With the C library that it was built for, which may be newer than the host's.
	cat >"$new/$program" <<-EOF
		#!/bin/sh
		cd=\${0%/*}
		exec "\$cd/$libs"/ld-linux*.so.* --library-path "\$cd/$libs" \\
			"\$cd/usr/bin/$program"${args//@/\$cd} "\$@"
	EOF
	chmod 755 "$new/$program"
	mv -- "$new" "$dir"
}

# busybox_of DEBIAN-ARCHITECTURE: the file of a static busybox for it, which is fetched
# once where it is not the host's.
busybox_of() {
	local file=$CACHE/busybox-$1 deb

	if [[ $1 == "$(host_arch)" ]]; then
		command -v busybox || die "no busybox: apt-get install busybox-static"
		return
	fi
	if [[ ! -x $file ]]; then
		lock tree
		fetch_debs "$1" "${SUITE%-backports}" "$1" busybox-static || die "no busybox for $1: $WHY"
		deb=$(find "$CACHE/apt-$1/archives" -name 'busybox-static_*.deb' | tail -n 1)
		dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards '*/bin/busybox' >"$file.new" ||
			die "cannot unpack $deb: remove it and run it again"
		chmod 755 "$file.new"
		mv -- "$file.new" "$file"
	fi
	printf '%s\n' "$file"
}

# _s390x_probe QEMU: does it run what was written last?  WHY it does not.
_s390x_probe() {
	local tmp ran=

	tmp=$(mktemp -d)
	if ! s390x-linux-gnu-as -o "$tmp/probe.o" "$TOP/scripts/lib/s390x-probe.S" 2>"$tmp/log" ||
		! s390x-linux-gnu-ld -N -Ttext=0x20000 -e _start -o "$tmp/probe" "$tmp/probe.o" 2>"$tmp/log"; then
		WHY="scripts/lib/s390x-probe.S cannot be built: $(head -n 1 "$tmp/log")"
	else
		ran=$(timeout --kill-after=1 60 "$1" -machine s390-ccw-virtio -m 256 -nodefaults \
			-nographic -serial stdio -kernel "$tmp/probe" </dev/null 2>"$tmp/log" | tr -d '\r') || true
		case $ran in
		*' 12') WHY= ;;
		*' 11') WHY="it runs old code after new was copied over it (scripts/lib/s390x-probe.S)" ;;
		*) WHY="scripts/lib/s390x-probe.S fails: ${ran:-$(head -n 1 "$tmp/log")}" ;;
		esac
	fi
	rm -rf -- "$tmp"
	[[ -n $WHY ]] || return 0
	WHY="$("$1" --version 2>&1 | sed -nE '1s/^QEMU emulator/qemu/p'): $WHY"
	return 1
}

# guest_qemu ARCH DIR: sets QEMU to the qemu for guests of that architecture, by kunit.py's
# name, where it is not to be the one in PATH, and DOUBT to why their results are not to be
# trusted, which DIR/doubt keeps.  qemu before 9.1.3 runs old code on s390x where a module
# is loaded in the place of another: a later one is fetched then, once.  S390X_QEMU in the
# environment is taken, come what may.
guest_qemu() {
	local newer=$CACHE/qemu-s390x old

	if [[ $1 != "${_guest_qemu-}" ]]; then
		_guest_qemu=$1 QEMU='' DOUBT=''
		[[ $1 != s390 ]] || QEMU=${S390X_QEMU-}
		if [[ $1 == s390 ]] && ! _s390x_probe "${QEMU:-qemu-system-s390x}"; then
			old=$WHY WHY="S390X_QEMU asks for this"
			lock qemu
			if [[ -z $QEMU ]] && fetch_program qemu-s390x "${SUITE%-backports}" \
				qemu-system-s390x qemu-system-s390x -L @/usr/share/qemu &&
				_s390x_probe "$newer/qemu-system-s390x"; then
				QEMU=$newer/qemu-system-s390x
				say "$old; using $QEMU"
			else
				DOUBT="s390x results on this qemu are not to be trusted: $old; and no later one: $WHY"
				warn "$DOUBT"
			fi
			unlock qemu
		fi
	fi
	rm -f -- "$2/doubt"
	[[ -z $DOUBT ]] || printf '%s\n' "$DOUBT" >"$2/doubt"
}

# link_objects REPO DIR: DIR's repository gets all objects of REPO, for free where
# both are on one file system; it stays whole when REPO goes.
link_objects() {
	local to

	to=$(git_path "$2" objects)/pack
	mkdir -p "$to"
	cp -l -n -- "$1"/objects/pack/pack-*.* "$to/" 2>/dev/null ||
		cp -n -- "$1"/objects/pack/pack-*.* "$to/" 2>/dev/null ||
		die "cannot copy the objects of $1: check the space in $to; if the cache is damaged, remove $1"
}

# "KEY=VALUE" lines that we keep in the git directory of a tree of ours:
# base (commit), applied (commit), patches (hash), version; pending (commit) while
# an update runs; marks, as posting_marks has them.
get_state() {
	local file

	file=$(git_path "$1" irq_sim 2>/dev/null) || return 0
	[[ ! -e $file ]] || sed -n "s/^$2=//p" "$file"
}

put_state() {
	local file

	file=$(git_path "$1" irq_sim)
	printf '%s\n' "${@:2}" "marks=$(posting_marks "$1")" >"$file.new"
	mv -- "$file.new" "$file"
}

# version_of REPO COMMIT: the kernel version there.
version_of() {
	kgit -C "$1" show "$2:Makefile" | kernel_version
}

# scratch_repo REPO: a bare repository below build/.tmp that has all objects of
# REPO without copying one; its path is in SCRATCH.
scratch_repo() {
	SCRATCH=$(new_tmp scratch)
	kgit init -q --bare -b series "$SCRATCH"
	git_path "$1" objects >"$SCRATCH/objects/info/alternates"
}

# scratch_tree TREE DIR LOG: the files of TREE's HEAD in DIR, a clone which shares its
# objects. Not a worktree, so that nothing of it is in a repository of somebody else's.
scratch_tree() {
	local tree=$1 dir=$2 head

	head=$(kgit -C "$tree" rev-parse HEAD)
	if [[ ! -d $dir/.git ]]; then
		need_space "$(dirname -- "$dir")" 2500
		rm -rf -- "$dir" "$dir.new"
		kgit clone -q --shared --no-checkout "$tree" "$dir.new"
		kgit -C "$dir.new" config core.trustctime false
		kgit -C "$dir.new" config core.checkStat minimal
		mv -- "$dir.new" "$dir"
	fi
	cp -- "$(git_path "$tree" irq_sim)" "$dir/.git/" 2>/dev/null || true # for is_series
	rm -f -- "$dir/.git/index.lock"
	kgit -C "$dir" cat-file -e "$head^{commit}" 2>/dev/null ||
		kgit -C "$dir" fetch -q "$tree" "$head" 2>/dev/null || kgit -C "$dir" fetch -q "$tree"
	run_logged "copy of the kernel tree" "$3" \
		kgit -C "$dir" -c checkout.workers=0 checkout -f --detach "$head" || quit "$INFRA"
}

# format_series REPO BASE TIP OUT: the patches of BASE..TIP, byte for byte the same
# whatever git and whoever's configuration: no signature, no commit ids, a plain
# rule for the function names in hunk headers.
format_series() {
	local rule='^[[:alpha:]_].*$'

	kgit -C "$1" -c diff.cpp.xfuncname="$rule" -c diff.dts.xfuncname="$rule" \
		-c diff.rust.xfuncname="$rule" \
		format-patch -q -o "$4" --no-signature --zero-commit --no-numbered --no-base \
		--no-thread --no-cover-letter --no-attach --no-add-header --no-notes \
		--no-color --no-ext-diff --no-textconv --diff-algorithm=myers \
		--indent-heuristic -M --stat=72 --src-prefix=a/ --dst-prefix=b/ -U3 \
		--filename-max-length=64 "$2..$3"
}

# format_postings REPO BASE OUT: the same for each posting up to its ENDS, in a directory
# of its own.
format_postings() {
	local from=$2 n

	for n in "${!POSTINGS[@]}"; do
		format_series "$1" "$from" "${ENDS[n]}" "$3/${POSTINGS[n]}"
		from=${ENDS[n]}
	done
}

# The sources of the series that the repository shows, by their path in the kernel.
KUNIT_SOURCES=('kernel/irq/sim/*' 'kernel/irq/tests/*' ':!kernel/irq/tests/Makefile'
	'kernel/tests/*_kunit.c' 'lib/kunit/*' 'include/kunit/*' kernel/irq/.kunitconfig
	'drivers/*kunit.[ch]' 'drivers/*kunit*.dtso' 'Documentation/*.rst')
SELFTESTS=tools/testing/selftests/irq_sim

# copy_sources REPO BASE TIP OUT: OUT/kunit and OUT/selftests, as they belong into
# kunit/src and selftests/irq_sim.
copy_sources() {
	local files

	mkdir -p "$4/kunit" "$4/selftests"
	mapfile -t files < <(kgit -C "$1" diff --name-only --no-renames --diff-filter=A "$2" "$3" -- \
		"${KUNIT_SOURCES[@]}")
	((!${#files[@]})) ||
		kgit -C "$1" archive --format=tar "$3" -- "${files[@]}" | tar -x -C "$4/kunit"
	if kgit -C "$1" cat-file -e "$3:$SELFTESTS" 2>/dev/null; then
		kgit -C "$1" archive --format=tar "$3:$SELFTESTS" | tar -x -C "$4/selftests"
	fi
}

# Tables of findings: passed, failed and skipped count the rows; lint is what a checker
# has said, a line "ROW<tab>COMPLAINT" each.
passed=0 failed=0 skipped=0 lint=

# row STATUS NAME TEXT: a line of the table.
row() {
	case $1 in
	ok) passed=$((passed + 1)) ;;
	FAIL) failed=$((failed + 1)) ;;
	skipped) skipped=$((skipped + 1)) ;;
	esac
	printf '%-18s %-8s %s\n' "$2" "$1" "$3"
}

# details TEXT: the findings below a row.
details() {
	[[ -z $1 ]] || printf '    %s\n' "${1//$'\n'/$'\n    '}"
}

# judged NAME TEXT FOUND [WORDS]: the row of NAME, which fails, with WORDS, if something was found.
judged() {
	if [[ -n $3 ]]; then
		row FAIL "$1" "${4:-$(wc -l <<<"$3") finding(s)}"
		details "$3"
	else
		row ok "$1" "$2"
	fi
}

# lint_row NAME TEXT: a row of what "patchinfo lint" found; if that has crashed, no row is ok.
lint_row() {
	judged "$1" "$2" "$(sed -n "s/^$1\t//p; /^[a-z]*\t/!p" <<<"$lint")"
}

# count_rows: what the rows say, for scripts/test.
count_rows() {
	[[ -z ${STAGE_COUNTS-} ]] || echo "$passed $failed $skipped" >"$STAGE_COUNTS"
}

# check_checkpatch KERNEL DIR: a row for the patches in DIR by KERNEL's checkpatch.pl.
check_checkpatch() {
	local kernel=$1 dir=$2 found list

	# Whether new files have a maintainer is a row of its own, and a tree without
	# history knows no commit that a Fixes: tag names. ENOSYS is what genirq returns
	# where a controller has no callback for a vCPU. Accessors of I/O memory take
	# volatile pointers. rvgen writes _Static_assert(), and rv/da_monitor.h asks each
	# monitor for a typedef. The registers of max17042_battery have the names they have.
	mapfile -t list < <(find "$dir" -name '*.patch' | LC_ALL=C sort)
	say "checkpatch of ${#list[@]} patches ..."
	(
		cd "$kernel" || exit
		# Several at once, as a start takes as long as a patch.
		# shellcheck disable=SC2016 # the arguments are for the inner shell
		printf '%s\0' "${list[@]}" |
			xargs -0 -n 8 -P "$(nproc)" sh -c '
				# for spdxcheck.py, the Python which has the modules of Debian
				PATH=/usr/bin:$PATH perl scripts/checkpatch.pl --strict --terse --show-types --no-color \
					--ignore FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID,ENOSYS,VOLATILE "$@" >"$1.out" 2>&1 || [ $? = 1 ] || echo "checkpatch died in these $#: $*" >>"$1.out"' sh
	)
	find "$dir" -name '*.patch.out' -exec cat {} + >"$dir/checkpatch"
	found=$(grep -v -e '^total: ' -e '/[0-9]*-rv-[^/]*:NEW_TYPEDEFS:' -e '/[0-9]*-rv-[^/]*:CAMELCASE: .*<_Static_assert>' \
		-e ':CAMELCASE: .*<MAX17042_' "$dir/checkpatch" |
		sed "s#^$dir/##" || true)
	judged checkpatch "0 errors, 0 warnings, 0 checks (--strict, as a person would send it; commit ids in Fixes: not looked up)" \
		"$found" "$(wc -l <<<"$found") finding(s), --strict, as a person would send it"
}
