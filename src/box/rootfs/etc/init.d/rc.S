#!/bin/sh
# Boot of the virtual box, in the order of a FRITZ!Box: storage, network, AVM's own parts, then Freetz' rc.mod in the
# background. So the network is up before any package runs, as on a box.
export PATH=/sbin:/usr/sbin:/bin:/usr/bin

# A disk appears some time after its driver. 10 s is far more than QEMU needs; without it there is no flash to use.
wait_for_disk() {
	tries=200
	until [ -b "$1" ]; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { echo "rc.S: no disk $1 after 10 s"; return 1; }
		usleep 50000
	done
}

storage() {
	modprobe ata_piix && modprobe ext4 || echo "rc.S: no disk driver"
	wait_for_disk /dev/sda && mount -t ext4 -o noatime /dev/sda /var/flash
	mkdir -p /var/media/ftp/uStor01
	wait_for_disk /dev/sdb && mount -t ext4 -o noatime /dev/sdb /var/media/ftp/uStor01
}

# What is asked for on the kernel's command line, one word each.
asked() { grep -qw "$1" /proc/cmdline; }

avm() {
	asked box.avm_conntrack || return 0
	insmod /lib/avm_conntrack.ko || echo "rc.S: AVM's stand-in was not loaded"
}

logging() {
	syslogd -C64
	klogd -c 4
}

hostname fritz.box
storage
/etc/init.d/rc.net
avm
logging
boxd serve mgmt 2323 </dev/null >/dev/console 2>&1 &
/etc/init.d/rc.mod </dev/null >/var/log/mod.log 2>&1 &
