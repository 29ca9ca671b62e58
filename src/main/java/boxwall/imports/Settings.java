package boxwall.imports;

/**
 * What boxwall does, or a ruleset can say, in place of a value written below /proc, /sys or to a device. The rows'
 * beginnings are file names of Linux (Documentation/networking/ip-sysctl.txt) and of AVM's kernels.
 */
final class Settings {
    private static final String[][] ROWS = {
            {"/proc/net/avm_pa", "set BOXWALL_PA in boxwall.cfg: flush, disable or leave Packet Acceleration"},
            {"/dev/debug", "set BOXWALL_PRINTK=std in boxwall.cfg"},
            {"ip_forward", "the box's firmware forwards already; keep the line in rc.custom if yours is no router"},
            {"forwarding", "the box's firmware forwards already; keep the line in rc.custom if yours is no router"},
            {"rp_filter", "say it in rules: iptables -A INPUT -i $WAN_IF -s $LAN_NET -j DROP, and the same in FORWARD"},
            {"echo_ignore_broadcasts", "say it in a rule: iptables -A INPUT -d 255.255.255.255 -p icmp -j DROP"},
            {"echo_ignore_all", "say it in a rule: iptables -A INPUT -p icmp --icmp-type echo-request -j DROP"},
            {"accept_redirects", "say it in a rule: iptables -A INPUT -p icmp --icmp-type redirect -j DROP"},
            {"secure_redirects", "say it in a rule: iptables -A INPUT -p icmp --icmp-type redirect -j DROP"},
            {"send_redirects", "say it in a rule: iptables -A OUTPUT -p icmp --icmp-type redirect -j DROP"},
            {"syncookies", "no rule does that; keep the line in rc.custom, or limit new connections with -m limit"},
            {"log_martians",
                    "say it in a rule: iptables -A INPUT -i $WAN_IF -s $LAN_NET -j LOG before the one that drops"},
            {"conntrack",
                    "connection tracking's sizes are no part of a ruleset; keep the line in rc.custom, after boxwall has loaded the module"},
            {"disable_ipv6", "set BOXWALL_IPV6 in boxwall.cfg, or let ip6tables -P drop all"},};

    /** What scripts ask the box for, as all words of a row but the first show, and the ruleset's own name for it. */
    private static final String[][] NAMES = {{"$WAN_IF", "nvram get wan", "ifname"},
            {"$WAN_IF", "network.wan", "ifname"}, {"$WAN_IF", "network.wan", "device"}, {"$WAN_IF", "get_wanface"},
            {"$WAN_IF", "network_get_", "wan"}, {"$WAN_IF", "route", "default"}, {"$WAN_IF", "route", "UG"},
            {"$WAN_IF", "route get"}, {"$WAN_IF", "nvram get wan_iface"}, {"$LAN_IF", "nvram get lan_ifname"},
            {"$LAN_IF", "network.lan", "ifname"}, {"$LAN_IF", "network.lan", "device"},
            {"$LAN_IP", "nvram get lan_ipaddr"}, {"$LAN_IP", "network.lan.ipaddr"},};

    private Settings() {}

    /** The name for what a command would tell, or null. */
    static String meant(String command) {
        for (String[] row : NAMES) {
            boolean all = true;
            for (int i = 1; i < row.length; i++) {
                all &= command.contains(row[i]);
            }
            if (all) { return row[0]; }
        }
        return null;
    }

    static String instead(String target) {
        for (String[] row : ROWS) {
            if (target.contains(row[0])) { return row[1]; }
        }
        return "no rule does that; keep the line in rc.custom";
    }
}
