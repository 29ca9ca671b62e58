#!/bin/sh
# a small gateway with a shop's terminal, a web shop and a net for visitors

INET=ppp0
OFFICE=eth0;	OFFICE_NET=10.1.0.0/24
VISITORS=eth2
TERMINAL=10.1.0.50
BANK="198.51.100.10,198.51.100.11"
ADMIN_MACS="00:11:22:33:44:55 00:11:22:33:44:66"
STRICT=yes
MY_IP=$(ifconfig $INET | sed -n 's/.*addr:\([0-9.]*\).*/\1/p')

for t in filter nat mangle; do
	iptables -t $t -F
	iptables -t $t -X
done
iptables -P INPUT DROP; iptables -P FORWARD DROP; iptables -P OUTPUT ACCEPT

iptables -N flood
iptables -A flood -m limit --limit 20/s --limit-burst 40 -j RETURN
iptables -A flood -j DROP
iptables -N scan
iptables -A scan -p tcp --tcp-flags ALL NONE -j DROP
iptables -A scan -p tcp --tcp-flags ALL ALL -j DROP
iptables -A scan -p tcp --tcp-flags SYN,FIN SYN,FIN -j DROP
iptables -A scan -p tcp --tcp-flags SYN,RST SYN,RST -j DROP
iptables -A INPUT -i $INET -p tcp --syn -j flood
iptables -A INPUT -i $INET -p tcp -j scan
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -m state --state INVALID -j DROP
iptables -A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
for mac in $ADMIN_MACS; do
	iptables -A INPUT -i $OFFICE -m mac --mac-source $mac -p tcp -m multiport \
		--dports 22,443 -j ACCEPT
done
iptables -A INPUT -i $OFFICE -s $OFFICE_NET -p udp -m multiport --dports 53,67,123 -j ACCEPT
iptables -A INPUT -i $VISITORS -p udp -m multiport --dports 53,67 -j ACCEPT

# the terminal talks to its bank and to nobody else
iptables -A FORWARD -i $OFFICE -s $TERMINAL -d $BANK -p tcp --dport 443 -j ACCEPT
iptables -A FORWARD -s $TERMINAL -j REJECT --reject-with icmp-admin-prohibited
if [ "$STRICT" = yes ]; then
	for port in 25 137:139 445; do
		iptables -A FORWARD -i $VISITORS -p tcp --dport $port -j REJECT --reject-with tcp-reset
	done
else
	iptables -A FORWARD -i $VISITORS -j ACCEPT
fi
iptables -A FORWARD -i $VISITORS ! -o $INET -j DROP
iptables -A FORWARD -i $VISITORS -m iprange --src-range 10.2.0.100-10.2.0.200 -j ACCEPT
iptables -A FORWARD -i $OFFICE -s $OFFICE_NET -o $INET -j ACCEPT
iptables -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
iptables -t nat -A POSTROUTING -o $INET -s $OFFICE_NET -j MASQUERADE
iptables -t nat -A POSTROUTING -o $INET -s 10.2.0.0/24 -j MASQUERADE
iptables -t nat -A PREROUTING -i $INET -p tcp --dport 443 -j DNAT --to-destination 10.1.0.80
iptables -t nat -A PREROUTING -d $MY_IP -p tcp --dport 80 -j DNAT --to-destination 10.1.0.80
