#!/bin/sh
# Stand-in for Freetz' rc.mod: unpack the configuration, start the packages in the order of /etc/static.pkg (each rc
# script without an argument, as Freetz does), then rc.custom, then create /tmp/.mod.started.
[ -z "$1" ] && [ -e /tmp/.mod.started ] && { echo "already started"; exit 1; }

packages() { cat /etc/static.pkg 2>/dev/null; }

start() {
	[ -d /tmp/flash ] || modload
	for pkg in $(packages); do
		[ -x "/etc/init.d/rc.$pkg" ] && "/etc/init.d/rc.$pkg"
	done
	[ -s /tmp/flash/mod/rc.custom ] && sh /tmp/flash/mod/rc.custom </dev/null >/var/log/rc_custom.log 2>&1 &
	echo "Startup finished."
	touch /tmp/.mod.started
}

stop() {
	for pkg in $(packages); do
		[ -x "/etc/init.d/rc.$pkg" ] && "/etc/init.d/rc.$pkg" stop
	done
}

case $1 in
	""|start) start ;;
	stop) stop ;;
	*) echo "usage: $0 [start|stop]" >&2; exit 1 ;;
esac
