#!/bin/sh
# Boot of the virtual box, in the order of a FRITZ!Box: storage, network, AVM's own parts, then Freetz' rc.mod in the
# background. So the network is up before any package runs, as on a box.
export PATH=/sbin:/usr/sbin:/bin:/usr/bin

# mount_disk TARGET DIR: the disk at that place of the IDE cable. Not by its letter: disks are probed side by side, and which
# becomes sda is chance. It appears some time after its driver, and its node a moment before it can be opened. 10 s is far
# more than QEMU needs; without it there is no flash to use.
mount_disk() {
	mkdir -p "$2"
	tries=200
	until disk=$(ls "/sys/class/scsi_disk/0:0:$1:0/device/block" 2>/dev/null) && mount -t ext4 -o noatime "/dev/$disk" "$2" 2>/dev/null; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { echo "rc.S: no disk for $2 after 10 s"; return 1; }
		usleep 50000
	done
}

storage() {
	modprobe ata_piix && modprobe ext4 || echo "rc.S: no disk driver"
	mount_disk 0 /var/flash
	asked box.late_stick || stick
}

stick() { mount_disk 1 /var/media/ftp/uStor01; }

# What is asked for on the kernel's command line, one word each.
asked() { grep -qw "$1" /proc/cmdline; }

avm() {
	asked box.avm_conntrack || return 0
	insmod /lib/avm_conntrack.ko || echo "rc.S: AVM's stand-in was not loaded"
}

# A module that stops the kernel; whoever names it in a plan wants to see what becomes of that.
panic_module() {
	[ -f /lib/box_panic.ko ] || return 0
	modules=/lib/modules/$(uname -r)
	mv /lib/box_panic.ko "$modules/box_panic.ko"
	echo 'box_panic.ko:' >>"$modules/modules.dep"
}

logging() {
	syslogd -C64
	klogd -c 4
}

[ "$1" != stick ] || { stick; exit; } # the stick that was late is there now
hostname fritz.box
storage
/etc/init.d/rc.net
avm
panic_module
logging
boxd serve mgmt 2323 </dev/null >/dev/console 2>&1 &
/etc/init.d/rc.mod </dev/null >/var/log/mod.log 2>&1 &
