#!/bin/sh
# Boot of the virtual box, in the order of a FRITZ!Box: storage, network, AVM's parts, then Freetz' rc.mod in the
# background. So the network is up before any package runs.
export PATH=/sbin:/usr/sbin:/bin:/usr/bin

# mount_disk TARGET DIR: mounts the disk with that SCSI target number. Not by its letter: disks are probed in parallel, so which
# becomes sda is random. The disk appears some time after its driver, and its node shortly before it can be opened. 10 s is
# far more than QEMU needs.
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
	requested box.late_stick || stick
}

stick() { mount_disk 1 /var/media/ftp/uStor01; }

# Whether a word is on the kernel's command line.
requested() { grep -qw "$1" /proc/cmdline; }

avm() {
	requested box.avm_conntrack || return 0
	insmod /lib/avm_conntrack.ko || echo "rc.S: AVM's stand-in was not loaded"
}

# A module that causes a kernel panic, for tests of plans that name it.
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

[ "$1" != stick ] || { stick; exit; } # mounts a late stick
hostname fritz.box
storage
/etc/init.d/rc.net
avm
panic_module
logging
boxd serve mgmt 2323 </dev/null >/dev/console 2>&1 &
/etc/init.d/rc.mod </dev/null >/var/log/mod.log 2>&1 &
