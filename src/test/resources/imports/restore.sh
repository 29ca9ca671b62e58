#!/bin/sh
# a ruleset in one go, with two addresses that may change
NAS=192.168.178.20
PRINTER="192.168.178.30"

if ! lsmod | grep -q iptable_filter; then
	modprobe iptable_filter
	modprobe iptable_mangle
fi

iptables-restore <<END
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:inner - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -i lan -j inner
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -j LOG --log-prefix "closed: "
-A inner -s 192.168.178.0/24 -j ACCEPT
-A inner -p udp -m udp --sport 68 --dport 67 -j ACCEPT
-A inner -j DROP
-A FORWARD -d $NAS -p tcp -m tcp --dport 445 -j ACCEPT
-A FORWARD -d ${PRINTER} -p tcp -m multiport --dports 515,631,9100 -j ACCEPT
-A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT
COMMIT
*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p udp -m udp --dport 5060 -j DSCP --set-dscp-class EF
-A PREROUTING -p udp -m udp --dport 7078:7109 -j TOS --set-tos Minimize-Delay
COMMIT
END

cat <<'SIX' | ip6tables-restore
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p icmpv6 -j ACCEPT
-A INPUT -i lan -s fe80::/10 -j ACCEPT
-A FORWARD -p icmpv6 -m icmp6 --icmpv6-type 2 -j ACCEPT
COMMIT
SIX
