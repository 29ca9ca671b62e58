# shellcheck shell=bash disable=SC2154 # cache, parts: set by bin/box
# The prepared parts of the virtual box. Sourced by bin/box; writes to $cache only.
#
#   debs-KEY      mipsel packages, unpacked (kernel, headers, busybox, iptables, libraries, the JDK's jmods)
#   base-KEY      vmlinuz, base.cpio (programs and modules), release
#   tools-KEY     boxd, boxnet
#   avm-KEY       avm_conntrack.ko, box_panic.ko
#   jre-KEY       the Java run time for the box
#
# KEY is a hash of the part's sources: a change rebuilds only the parts that depend on it, and several checkouts can share
# a cache. A part appears by one rename, so it is never incomplete.

mipsel_index="$cache/apt"

# hash_of FILE-OR-TEXT...: a short key
hash_of() {
	local item
	for item in "$@"; do
		if [ -f "$item" ]; then cat "$item"; else printf '%s\n' "$item"; fi
	done | sha1sum | cut -c1-12
}

# part NAME KEY BUILDER ARGS...: prints the folder of a part; builds it if it is missing.
part() {
	local dir="$cache/$1-$2" new
	if [ ! -d "$dir" ]; then
		say "making $1"
		new=$(mktemp -d "$cache/new.XXXXXX")
		if ! "${@:3}" "$new" >"$cache/$1.log" 2>&1; then
			tail -n 20 "$cache/$1.log" >&2
			rm -rf "$new"
			die "making $1 failed; the whole output is in $cache/$1.log"
		fi
		mv "$new" "$dir"
	fi
	touch "$dir"
	printf '%s\n' "$dir"
}

# Deletes parts unused for two weeks.
prune_parts() {
	find "$cache" -maxdepth 1 \( -name '*-????????????' -o -name 'new.??????' \) -mtime +14 -exec rm -rf {} +
}

# ---- packages ----

# apt for mipsel with separate lists, cache and (empty) status, but the host's sources and proxies.
mipsel_apt() {
	local tool=$1
	shift
	"$tool" -o APT::Architecture=mipsel -o APT::Architectures=mipsel -o "Dir::State::Lists=$mipsel_index/lists" \
		-o "Dir::Cache=$mipsel_index/cache" -o "Dir::State::status=$mipsel_index/status" -o APT::Sandbox::User= \
		-o Acquire::Languages=none "$@"
}

list_lines() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1"; }

# Prints the packages to download: those listed, and for the two meta packages their current dependencies. The flavour's
# headers need the common ones.
package_names() {
	local name real
	for name in $(list_lines "$parts/packages.list"); do
		case $name in
			linux-*-malta)
				real=$(mipsel_apt apt-cache depends "$name" | sed -n 's/^ *Depends: *//p' | grep 'malta$')
				echo "$real"
				[ "$name" = linux-headers-4kc-malta ] && echo "${real%-4kc-malta}-common"
				;;
			*) echo "$name" ;;
		esac
	done
}

build_debs() {
	local deb names
	mkdir -p "$mipsel_index/lists/partial" "$mipsel_index/cache/archives/partial" "$1/debs" "$1/root"
	: >"$mipsel_index/status"
	mipsel_apt apt-get update || echo "apt-get update had errors; continuing with what it got"
	names=$(package_names)
	case $names in *linux-image-*linux-headers-*) ;; *)
		echo "No mipsel packages: the configured Debian mirror has no mipsel index (Debian 12 is the last release that has)."
		return 1 ;;
	esac
	# shellcheck disable=SC2086 # a list of names
	(cd "$1/debs" && mipsel_apt apt-get download $names) || return 1
	for deb in "$1"/debs/*.deb; do
		unpack_deb "$deb" "$1/root" || return 1
	done
	rm -rf "$1/debs"
}

unpack_deb() {
	dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --exclude='./usr/share/*' --exclude='./usr/lib/debug/*' \
		--exclude='./usr/lib/mipsel-linux-gnu/gconv/*' --exclude='./boot/System.map*.old'
}

# ---- programs and modules ----

kernel_release() { basename "$1"/root/lib/modules/*; }

# copy_modules DEBS TO: copies the modules of modules.list and their dependencies, with depmod's files.
copy_modules() {
	local release kernel to pattern found
	release=$(kernel_release "$1")
	kernel=$1/root/lib/modules/$release
	to=$2/lib/modules/$release
	mkdir -p "$to"
	depmod -b "$1/root" "$release" || return 1
	for pattern in $(list_lines "$parts/modules.list"); do
		(cd "$kernel" && find kernel -path "kernel/$pattern")
	done | while read -r found; do
		echo "$found"
		sed -n "s|^$found:||p" "$kernel/modules.dep"
	done | tr ' ' '\n' | sed '/^$/d' | sort -u | while read -r found; do
		install -D -m 0644 "$kernel/$found" "$to/$found"
	done
	cp "$kernel/modules.builtin" "$kernel/modules.builtin.modinfo" "$kernel/modules.order" "$to"
	find "$to" -name '*.ko' -exec mipsel-linux-gnu-strip --strip-debug {} +
	depmod -b "$2" "$release"
}

# Programs at their paths on a Freetz box. /sbin/modprobe and the like are busybox's, as on most boxes; kmod's are in
# /usr/sbin, so both can be used.
copy_programs() {
	local from=$1/root to=$2 name
	mkdir -p "$to"/{bin,sbin,usr/bin,usr/sbin,usr/lib,lib,etc,proc,sys,dev,mnt,root}
	cp "$from/bin/busybox" "$to/bin/busybox"
	for name in sh mount umount mkdir chmod cat cp mv rm ls ln ps kill date sed grep gzip tar sleep usleep echo ping ping6 \
		dmesg hostname touch df uname true false dd pwd netstat sync egrep fgrep gunzip zcat mknod stty login chown; do ln -s busybox "$to/bin/$name"; done
	for name in init reboot halt poweroff modprobe insmod rmmod lsmod depmod ifconfig ip route arp klogd syslogd brctl \
		sysctl; do ln -s ../bin/busybox "$to/sbin/$name"; done
	for name in wget nc logger logread pidof killall tail head wc cut tr sort cmp sha1sum arping top free id env which \
		start-stop-daemon uptime awk find xargs tee test expr nslookup vi \
		md5sum uniq basename dirname readlink printf yes od hexdump less diff du nohup telnet traceroute traceroute6 [; do ln -s ../../bin/busybox "$to/usr/bin/$name"; done
	cp "$from/usr/bin/kmod" "$to/usr/bin/kmod" 2>/dev/null || cp "$from/bin/kmod" "$to/usr/bin/kmod"
	for name in modprobe insmod rmmod lsmod modinfo; do ln -s ../bin/kmod "$to/usr/sbin/$name"; done
	cp "$from/usr/sbin/xtables-legacy-multi" "$to/usr/sbin"
	for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
		ln -s xtables-legacy-multi "$to/usr/sbin/$name"
	done
}

copy_libraries() {
	local from=$1/root to=$2 name
	mkdir -p "$to/lib/mipsel-linux-gnu" "$to/usr/lib/mipsel-linux-gnu/xtables"
	for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2 libgcc_s.so.1 libz.so.1 liblzma.so.5 \
		libatomic.so.1 libstdc++.so.6 libip4tc.so.2 libip6tc.so.2 libxtables.so.12 libkmod.so.2 libzstd.so.1 libcrypto.so.3; do
		cp -L "$(find "$from/lib" "$from/usr/lib/mipsel-linux-gnu" -name "$name" | head -n 1)" "$to/lib/mipsel-linux-gnu/$name" || return 1
	done
	cp -L "$from/lib/ld.so.1" "$to/lib/ld.so.1"
	cp "$from"/usr/lib/mipsel-linux-gnu/xtables/lib{xt,ipt,ip6t}_*.so "$to/usr/lib/mipsel-linux-gnu/xtables"
	rm -f "$to"/usr/lib/mipsel-linux-gnu/xtables/libxt_connlabel.so  # needs a library that no box has
}

links() {
	ln -s var/tmp "$1/tmp"
	ln -s var/run "$1/run"
	ln -s var/mod "$1/mod"
	mkdir "$1/var"
}

build_base() {
	local tree=$2/tree
	copy_programs "$1" "$tree" && copy_libraries "$1" "$tree" && copy_modules "$1" "$tree" && links "$tree" || return 1
	pack_tree "$tree" "$2/base.cpio" || return 1
	cp "$1"/root/boot/vmlinuz-* "$2/vmlinuz"
	kernel_release "$1" >"$2/release"
	rm -rf "$tree"
}

# pack_tree DIR FILE: packs a cpio archive for the kernel, all files owned by root.
pack_tree() {
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) >"$2"
}

build_tools() {
	local tool
	for tool in boxd boxnet; do
		mipsel-linux-gnu-gcc -Os -Wall -Wextra -s -o "$1/$tool" "$parts/tools/$tool.c" || return 1
	done
}

# The unpacked headers refer to absolute paths of an installed system; here they refer to each other.
build_avm() {
	local src=$2/src headers=$1/root/usr/src kbuild=/usr/lib/linux-kbuild-6.1 dir
	cp -r "$headers" "$src"
	for dir in "$src"/linux-headers-*; do
		rm -rf "$dir/scripts" "$dir/tools"
		ln -s "$kbuild/scripts" "$dir/scripts"
		ln -s "$kbuild/tools" "$dir/tools"
	done
	dir=$(echo "$src"/linux-headers-*-4kc-malta)
	echo "include $(echo "$src"/linux-headers-*-common)/Makefile" >"$dir/Makefile"
	cp -r "$parts/avm_conntrack" "$2/avm"
	make -C "$dir" M="$2/avm" ARCH=mips CROSS_COMPILE=mipsel-linux-gnu- DEB_BUILD_ARCH=amd64 DEB_HOST_ARCH=mipsel \
		DEB_HOST_GNU_TYPE=mipsel-linux-gnu modules || return 1
	mipsel-linux-gnu-strip --strip-debug -o "$2/avm_conntrack.ko" "$2/avm/avm_conntrack.ko"
	mipsel-linux-gnu-strip --strip-debug -o "$2/box_panic.ko" "$2/avm/box_panic.ko"
	rm -rf "$src" "$2/avm"
}

# ---- Java ----

# Prints the path of a jlink 17: it must match the jmods.
jlink_17() {
	local tool
	for tool in "${JAVA_HOME:-/nowhere}/bin/jlink" "$(command -v jlink)" /usr/lib/jvm/java-17-*/bin/jlink; do
		if [ -x "$tool" ] && "$tool" --version 2>/dev/null | grep -q '^17'; then
			echo "$tool"
			return
		fi
	done
	return 1
}

# Prints the JDK modules that the jar needs; cached, because jdeps takes seconds. NanoHTTPD needs
# java.logging.
java_modules() {
	local jdeps needed kept
	kept=$cache/modules-of-$(hash_of "$1")
	if [ ! -s "$kept" ]; then
		jdeps=$(dirname "$(jlink_17)")/jdeps
		needed=$("$jdeps" --ignore-missing-deps --multi-release 17 --print-module-deps "$1" 2>/dev/null) || needed=java.base
		printf '%s\n' "$needed,java.base,java.logging" | tr ',' '\n' | sort -u | paste -sd, - >"$kept"
	fi
	cat "$kept"
}

build_jre() {
	"$(jlink_17)" --module-path "$(echo "$1"/root/usr/lib/jvm/java-17-*/jmods)" --add-modules "$2" --compress=0 \
		--no-header-files --no-man-pages --strip-java-debug-attributes --output "$3/java"
	find "$3/java" -name '*.so' -exec mipsel-linux-gnu-strip --strip-debug {} + 2>/dev/null
	test -x "$3/java/bin/java"
}
