#!/bin/sh
# Adds boxwall to a source tree of Freetz-NG or of classic Freetz, or removes it.
#   install.sh FREETZ_DIR            as a package with an entry in menuconfig
#   install.sh --addon FREETZ_DIR    as an addon, without an entry
#   install.sh --undo FREETZ_DIR     removes the package and the addon
# Exit: 0 done, 2 usage, 3 not a Freetz tree, or a foreign file in the way (nothing was changed).
here=$(cd "${0%/*}" && pwd)
marker=.put-here-by-boxwall # a file in each of our folders

# Exits without changes.
refuse() {
	echo "install.sh: $1" >&2
	exit 3
}

# Sets kind, place (the package's folder), menu (its path) and level (when Iptables is shown).
detect_tree() {
	if [ -d "$tree/make/pkgs/mod" ] && [ -f "$tree/fwmod" ]; then
		kind=ng place=make/pkgs/boxwall menu='Packages > B > boxwall'
	elif [ -d "$tree/make/mod" ] && [ -f "$tree/fwmod" ]; then
		kind=classic place=make/boxwall menu='Packages > Packages > boxwall'
	else
		refuse "$tree is neither Freetz-NG (make/pkgs/mod) nor Freetz (make/mod): give the folder that contains fwmod"
	fi
	case $kind in
	ng) level='Kernel 3 and later: Iptables is shown at the level of user competence "Developer" only.' ;;
	*) level='Kernel 3.10 and later: classic Freetz has no Iptables there; Freetz-NG has.' ;;
	esac
}

# Refuses to replace a folder that is not ours.
require_ours() { # FOLDER
	[ ! -e "$tree/$1" ] || [ -e "$tree/$1/$marker" ] || refuse "$tree/$1 exists and is not from boxwall: remove it first"
}

# Copies one of our folders into the tree, over an older one.
copy_folder() { # FROM PLACE
	rm -rf "${tree:?}/$2"
	mkdir -p "$tree/${2%/*}"
	cp -pR "$here/$1" "$tree/$2" && : >"$tree/$2/$marker" || exit 3
}

# Adds the package and prints the menu entries to select.
install_package() {
	require_ours $place
	copy_folder $kind/$place $place
	[ $kind != ng ] || cp -p "$here/ng/docs/make/boxwall.md" "$tree/docs/make/boxwall.md" || exit 3
	cat <<END
boxwall is in $tree/$place. Then, as the user who builds Freetz:

    make menuconfig     Packages > Unstable > Iptables, then $menu
    make

$level
It selects what it needs: iptables-save and -restore, start-stop-daemon, kernel modules, JamVM (or none: "compiled plans only").
If the build ends with "File of kernel module not found", the kernel has that module built in: switch off "Kernel modules for the presets" and
select what "boxwall needs" prints.
Nothing is filtered until you enable boxwall in the web interface of the box.
END
}

# Adds the addon and registers it with the build.
install_addon() {
	for folder in "$here"/addon/boxwall-*; do addon=addon/${folder##*/}; done
	require_ours "$addon"
	remove_addons
	copy_folder "$addon" "$addon"
	[ -z "$(tail -c 1 "$tree/addon/static.pkg" 2>/dev/null)" ] || echo >>"$tree/addon/static.pkg"
	echo "${addon#addon/}" >>"$tree/addon/static.pkg"
	cat <<END
boxwall is in $tree/$addon and listed in addon/static.pkg. Select these in "make menuconfig", because an addon can't:

    Packages > Unstable > Iptables with iptables-save/-restore and the modules that "boxwall needs" prints
    BusyBox: start-stop-daemon
    JamVM, unless only compiled plans are to run

$level
An addon starts after all packages: its rules are loaded last, when the servers already answer. The package loads them before (level 25).
END
}

# Removes every version of the addon, and their lines.
remove_addons() {
	for folder in "$tree"/addon/boxwall-*; do
		[ -e "$folder/$marker" ] || continue
		rm -rf "$folder"
		grep -v -x "${folder##*/}" "$tree/addon/static.pkg" >"$tree/addon/static.pkg.new"
		cat "$tree/addon/static.pkg.new" >"$tree/addon/static.pkg" && rm -f "$tree/addon/static.pkg.new"
		removed=yes
		echo "removed $folder"
	done
}

# Removes the package and the addon.
undo() {
	require_ours $place
	removed=''
	if [ -e "$tree/$place" ]; then
		removed=yes
		rm -rf "${tree:?}/$place"
		[ $kind != ng ] || rm -f "$tree/docs/make/boxwall.md"
		echo "removed $tree/$place; run make menuconfig once, to remove it from the menu, too"
	fi
	remove_addons
	[ -n "$removed" ] || echo "nothing of boxwall is in $tree"
}

what=install_package
case $1 in
--addon) what=install_addon; shift ;;
--undo) what=undo; shift ;;
esac
if [ $# -ne 1 ]; then
	sed -n '3,5s/^# *//p' "$0" >&2
	exit 2
fi
[ -d "$1" ] || { echo "install.sh: no folder $1" >&2; exit 2; }
tree=$(cd "$1" && pwd)
detect_tree
$what
