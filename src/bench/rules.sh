#!/bin/sh
# rules.sh wiki|block|both|list COUNT: a ruleset of COUNT rules for the measurements, as iptables-save writes one.
#   wiki   like Freetz' wiki page on iptables: a separate chain, hosts and ports accepted one by one, states, logs
#   block  a block list: one dropped network per rule, before the few rules of a small box
#   both   like wiki, half of the rules for IPv4, half for IPv6
#   list   networks dropped in INPUT, and ICMP accepted after all of them
# The log prefix has no blank, because one of the compared ways does not support it. 5000 rules fit into the 256 KiB of one file.
[ $# = 2 ] || { sed -n '2,7s/^# *//p' "$0" >&2; exit 2; }
awk -v shape="$1" -v count="$2" '
function add(rule) { if (left-- > 0) print rule }
function wiki(v6,   i, lan, host) {
	lan = v6 ? "fd00::/64" : "192.168.178.0/24"
	add("-A INPUT -i lo -j ACCEPT")
	add("-A INPUT -i lan -s " lan " -j ACCEPT")
	add("-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT")
	add("-A INPUT -p udp --dport 5060 -j ACCEPT")
	add("-A FORWARD -j TRANS")
	add("-A TRANS -p tcp -m multiport --dports 22,25,80,110,443,465,995,5060 -j ACCEPT")
	add("-A TRANS -p udp -m multiport --dports 53,67,68,123,5060 -j ACCEPT")
	add("-A TRANS -m state --state RELATED,ESTABLISHED -j ACCEPT")
	for (i = 0; left > 2; i++) {
		host = v6 ? "2001:db8:" sprintf("%x::%x", int(i / 256), i % 256 + 1) : "10." int(i / 65536) "." int(i / 256) % 256 "." i % 256
		if (i % 4 == 0) add("-A OUTPUT -d " host " -p tcp --dport 80 -j ACCEPT")
		else if (i % 4 == 1) add("-A TRANS -d " host " -p tcp --dport " 1024 + i " -j ACCEPT")
		else if (i % 4 == 2) add("-A INPUT -i lan -s " host " -j DROP")
		else add("-A TRANS -d " host " -p " (v6 ? "icmpv6" : "icmp") " -j DROP")
	}
	add("-A INPUT -j LOG --log-prefix \"DENY-FRITZ:\"")
	add("-A TRANS -j LOG --log-prefix \"DENY-LAN:\"")
}
function block(   i) {
	add("-A INPUT -i lo -j ACCEPT")
	add("-A INPUT -i lan -s 192.168.178.0/24 -j ACCEPT")
	for (i = 0; left > 2; i++) add("-A " (i % 2 ? "FORWARD" : "INPUT") " -s " 20 + int(i / 65536) "." int(i / 256) % 256 "." i % 256 ".0/24 -j DROP")
	add("-A FORWARD -i lan -j ACCEPT")
	add("-A INPUT -p icmp -j ACCEPT")
}
function list(   i) {
	for (i = 0; left > 1; i++) add("-A INPUT -s " 20 + int(i / 32768) "." int(i / 128) % 256 "." i % 128 * 2 ".0/24 -j DROP")
	add("-A INPUT -p icmp -j ACCEPT")
}
function table(name, chain) { printf "%s\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n%s", name, chain }
BEGIN {
	table("*filter", shape == "block" || shape == "list" ? "" : ":TRANS - [0:0]\n")
	left = shape == "both" ? count - int(count / 2) : count
	if (shape == "block") block(); else if (shape == "list") list(); else wiki(0)
	print "COMMIT"
	if (shape != "both") exit
	table("*filter6", ":TRANS - [0:0]\n")
	left = int(count / 2)
	wiki(1)
	print "COMMIT"
}'
