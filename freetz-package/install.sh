#!/bin/sh
# Adds boxwall to a source tree of Freetz-NG or of classic Freetz, or removes it.
#   install.sh FREETZ_DIR            as a package with an entry in menuconfig
#   install.sh --addon FREETZ_DIR    as an addon, without an entry
#   install.sh --undo FREETZ_DIR     removes the package and the addon
# Exit: 0 done, 2 usage, 3 not a tree of Freetz or another file in the way (nothing was changed).
here=$(cd "${0%/*}" && pwd)
note=.put-here-by-boxwall # marks the folders that are ours

# Exits without changes.
refuse() {
	echo "install.sh: $1" >&2
	exit 3
}

# Sets kind, the package's place in this tree, and what its menu shows: where, and Iptables from which kernel on.
recognise() {
	if [ -d "$tree/make/pkgs/mod" ] && [ -f "$tree/fwmod" ]; then
		kind=ng place=make/pkgs/boxwall menu='Packages > B > boxwall'
	elif [ -d "$tree/make/mod" ] && [ -f "$tree/fwmod" ]; then
		kind=classic place=make/boxwall menu='Packages > Packages > boxwall'
	else
		refuse "$tree is neither Freetz-NG (make/pkgs/mod) nor Freetz (make/mod): name the folder that has fwmod in it"
	fi
	case $kind in
	ng) level='Kernel 3 and later: Iptables is shown at the level of user competence "Developer" only.' ;;
	*) level='Kernel 3.10 and later: classic Freetz has no Iptables there; Freetz-NG has.' ;;
	esac
}

# Refuses to write over a folder that is not ours.
ours() { # FOLDER
	[ ! -e "$tree/$1" ] || [ -e "$tree/$1/$note" ] || refuse "$tree/$1 is there and not from here: remove it first"
}

# Copies a folder of ours into the tree in the place of an older one.
put() { # FROM PLACE
	rm -rf "${tree:?}/$2"
	mkdir -p "$tree/${2%/*}"
	cp -pR "$here/$1" "$tree/$2" && : >"$tree/$2/$note" || exit 3
}

# Adds the package and prints the menu entries to select.
install_package() {
	ours $place
	put $kind/$place $place
	[ $kind != ng ] || cp -p "$here/ng/docs/make/boxwall.md" "$tree/docs/make/boxwall.md" || exit 3
	cat <<END
boxwall is in $tree/$place. Then, as the user who builds Freetz:

    make menuconfig     Packages > Unstable > Iptables, then $menu
    make

$level
What it needs is chosen with it: iptables-save and -restore, start-stop-daemon, kernel modules, JamVM (or none: "compiled plans only").
If the build ends with "File of kernel module not found", the kernel has that module built in: switch "Kernel modules for the presets" off and
choose what "boxwall needs" prints.
Nothing is filtered until boxwall is switched on in the web interface of the box.
END
}

# Adds the addon and registers it with the build.
install_addon() {
	for folder in "$here"/addon/boxwall-*; do addon=addon/${folder##*/}; done
	ours "$addon"
	remove_addons
	put "$addon" "$addon"
	[ -z "$(tail -c 1 "$tree/addon/static.pkg" 2>/dev/null)" ] || echo >>"$tree/addon/static.pkg"
	echo "${addon#addon/}" >>"$tree/addon/static.pkg"
	cat <<END
boxwall is in $tree/$addon and named in addon/static.pkg. Choose by hand in "make menuconfig", since an addon can't:

    Packages > Unstable > Iptables with iptables-save/-restore and the modules that "boxwall needs" prints
    BusyBox: start-stop-daemon
    JamVM, unless only compiled plans are to run

$level
An addon starts after all packages: its rules are loaded last, when the servers of the image already answer. The package loads them before (level 25).
END
}

# Removes every version of the addon, and its line.
remove_addons() {
	for folder in "$tree"/addon/boxwall-*; do
		[ -e "$folder/$note" ] || continue
		rm -rf "$folder"
		grep -v -x "${folder##*/}" "$tree/addon/static.pkg" >"$tree/addon/static.pkg.new"
		cat "$tree/addon/static.pkg.new" >"$tree/addon/static.pkg" && rm -f "$tree/addon/static.pkg.new"
		echo "removed $folder"
	done
}

# Removes the package and the addon.
undo() {
	ours $place
	if [ -e "$tree/$place" ]; then
		rm -rf "${tree:?}/$place"
		[ $kind != ng ] || rm -f "$tree/docs/make/boxwall.md"
		echo "removed $tree/$place; run make menuconfig once, so that the menu forgets it too"
	fi
	remove_addons
}

what=install_package
case $1 in
--addon) what=install_addon; shift ;;
--undo) what=undo; shift ;;
esac
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
	sed -n '3,5s/^# *//p' "$0" >&2
	exit 2
fi
tree=$(cd "$1" && pwd)
recognise
$what
