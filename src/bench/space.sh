#!/bin/sh
# space.sh FOLDER COMMAND...: runs a command in a simulated box on this machine: separate network, mount and process namespaces with a
# LAN and an Internet side, a separate /run for xtables' lock, the legacy iptables and the scripts of init.d in FOLDER/bin. As root. Loading
# modules costs nothing here: modprobe, rmmod and modsave are /bin/true, so modules missing from the kernel are unavailable.
folder=$1
if [ "$2" != --in ]; then
	shift
	exec unshare -n -m -p -f --mount-proc --kill-child "$0" "$folder" --in "$@"
fi
shift 2
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
mount -t tmpfs none /run
for net in lan,192.168.178.1 dsl,203.0.113.2; do
	ip link add "${net%,*}" type veth peer name "${net%,*}peer"
	ip link set "${net%,*}" up
	ip link set "${net%,*}peer" up
	ip addr add "${net#*,}/24" dev "${net%,*}"
done
ip link set lo up
ip route add default via 203.0.113.1
mkdir -p "$folder/bin"
for tool in iptables ip6tables; do
	for part in '' -save -restore; do ln -sf "$(command -v xtables-legacy-multi)" "$folder/bin/$tool$part"; done
done
for tool in modprobe rmmod modsave; do ln -sf /bin/true "$folder/bin/$tool"; done
for tool in nc httpd; do ln -sf "$(command -v busybox)" "$folder/bin/$tool"; done
for script in apply keep read; do
	printf '#!/bin/sh\nexec sh %s "$@"\n' "$root/init.d/boxwall-$script" >"$folder/bin/boxwall-$script"
	chmod +x "$folder/bin/boxwall-$script"
done
BOXWALL_BIN=$folder/bin BOXWALL_APPLY=$root/init.d/boxwall-apply BOXWALL_SYSLOG=no BOXWALL_MEDIA=$folder/media BENCH=$folder/work
export BOXWALL_BIN BOXWALL_APPLY BOXWALL_SYSLOG BOXWALL_MEDIA BENCH
exec "$@"
