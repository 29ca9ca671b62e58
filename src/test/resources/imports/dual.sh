#!/bin/ash
# the same for both families, written once

common() {
	for ipt in iptables ip6tables; do
		$ipt "$@"
	done
}

accept_service() {
	local proto="$1"
	local port="$2"
	common -A services -p "$proto" --dport "$port" -j ACCEPT
}

if [ "$(id -u)" != 0 ]; then
	echo "only for root" >&2
	exit 1
fi

common -P INPUT DROP
common -P FORWARD DROP
common -P OUTPUT ACCEPT
common -N services
common -A INPUT -i lo -j ACCEPT
common -A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
common -A INPUT -i lan -j services
common -A INPUT -m pkttype --pkt-type broadcast -j DROP

while read proto port; do
	accept_service $proto $port
done < /etc/my-services

accept_service tcp 22
accept_service tcp 53
accept_service udp 53
accept_service udp 123

# each family's own
iptables -A INPUT -i lan -p udp --sport 68 --dport 67 -j ACCEPT
iptables -A INPUT -p icmp -m icmp --icmp-type echo-request -j ACCEPT
for t in 1 2 3 4 128 129 133 134 135 136; do
	ip6tables -A INPUT -p icmpv6 --icmpv6-type $t -j ACCEPT
done
ip6tables -A INPUT -i lan -s fe80::/10 -p udp --dport 547 -j ACCEPT
common -A FORWARD -i lan -o dsl -j ACCEPT
common -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
common -A INPUT -j LOG --log-prefix 'in: ' --log-level info
