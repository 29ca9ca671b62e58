package boxwall.explain;

import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;

/**
 * The ruleset of Freetz' wiki page on iptables, with the LAN of {@link Rules#box}.
 */
final class Wiki {
    static final String[] BASIC = {":INPUT DROP", ":FORWARD DROP", ":OUTPUT DROP", ":TRANS -",
            "-A INPUT -s 0.0.0.0/32 -d 255.255.255.255/32 -p udp -m udp --sport 68 --dport 67 -j ACCEPT",
            "-A INPUT -s 127.0.0.1/32 -d 127.0.0.1/32 -j ACCEPT", "-A INPUT -s 192.168.178.0/24 -j ACCEPT",
            "-A INPUT -s 169.254.0.0/16 -i lan -j ACCEPT", "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT",
            "-A INPUT -p tcp -m tcp --dport 5060 -j ACCEPT", "-A INPUT -p udp -m udp --dport 5060 -j ACCEPT",
            "-A INPUT -j LOG --log-prefix DENY-FRITZ-ACCESS", "-A INPUT -j DROP",
            "-A OUTPUT -d 192.168.178.0/24 -j ACCEPT", "-A OUTPUT -d 224.0.0.0/24 -j ACCEPT",
            "-A OUTPUT -d 239.255.255.250/32 -j ACCEPT", "-A OUTPUT -d 127.0.0.1/32 -j ACCEPT",
            "-A OUTPUT -p udp -m multiport --dports 53,123,5060 -j ACCEPT",
            "-A OUTPUT -p tcp -m tcp --dport 5060 -j ACCEPT",
            "-A OUTPUT -d 63.208.196.0/24 -p tcp -m tcp --dport 80 -j ACCEPT",
            "-A OUTPUT -m state --state RELATED,ESTABLISHED -j ACCEPT",
            "-A OUTPUT -d 212.42.244.73/32 -p tcp -m tcp --dport 80 -j ACCEPT",
            "-A OUTPUT -j LOG --log-prefix WARNING-CALL-HOME", "-A FORWARD -j TRANS",
            "-A FORWARD -j LOG --log-prefix DENY-FWD-ACCESS",
            "-A TRANS -s 192.168.178.0/24 -p tcp -m multiport --dports 20,21,22,25,80,110,443,465,995,5060 -j ACCEPT",
            "-A TRANS -s 192.168.178.0/24 -p udp -m multiport --dports 53,67,68,80,123,5060 -j ACCEPT",
            "-A TRANS -s 192.168.178.0/24 -p icmp -j ACCEPT", "-A TRANS -m state --state RELATED,ESTABLISHED -j ACCEPT",
            "-A TRANS -j LOG --log-prefix DENY-LAN-ACCESS", "-A TRANS -j DROP"};

    private Wiki() {}

    static Ruleset basic() { return Rules.of(Family.IPV4, BASIC); }

    /** The basic rules with other lines before them. */
    static Ruleset with(String... first) {
        java.util.List<String> lines = new java.util.ArrayList<>(java.util.List.of(BASIC));
        lines.addAll(4, java.util.List.of(first));
        return Rules.of(Family.IPV4, lines.toArray(new String[0]));
    }
}
