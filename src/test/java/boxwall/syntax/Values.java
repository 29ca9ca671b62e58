package boxwall.syntax;

import boxwall.netfilter.Family;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Generates random values for each kind of {@link ValueKinds}: mostly valid, some at the boundary, some invalid. */
final class Values {
    private final Random random;
    private final int wildness;

    Values(Random random, int wildness) {
        this.random = random;
        this.wildness = wildness;
    }

    private String pick(String... of) { return of[random.nextInt(of.length)]; }

    private long upTo(long high) {
        return random.nextInt(8) == 0 ? random.nextInt(2) * high : (random.nextLong() >>> 1) % (high + 1);
    }

    private String number(long low, long high) {
        long value = low + upTo(high - low);
        return random.nextInt(4) == 0 ? "0x" + Long.toHexString(value) : String.valueOf(value);
    }

    String address(Family family) {
        return family == Family.IPV4
                ? pick("192.168.178.1", "10.0.0.1", "0.0.0.0", "255.255.255.255", "1.2.3.4", "224.0.0.1")
                : pick("fd00::1", "2001:db8::178", "::", "::1", "fe80::1:2", "ff02::1", "::ffff:1.2.3.4",
                        "2001:DB8:0:0:1:0:0:1");
    }

    String network(Family family) {
        String address = address(family);
        switch (random.nextInt(5)) {
            case 0 :
                return address;
            case 1 :
                return address + "/" + pick("0", family == Family.IPV4 ? "32" : "128");
            case 2 :
                return address + "/" + (family == Family.IPV4 ? pick("255.255.0.0", "255.0.255.0", "0.0.0.0")
                        : pick("ffff::", "ffff:0:ffff::"));
            case 3 :
                return address + "," + address(family) + "/" + upTo(family.addressBits);
            default :
                return address + "/" + upTo(family.addressBits);
        }
    }

    String value(String extension, String option, String kind, Family family, int serial) {
        if (kind.equals("word")) { return word(extension, option, family); }
        if (random.nextInt(100) < wildness) {
            return pick("", "x", "0", "-1", "65536", "4294967296", "a,b", "1:2:3", "1/2/3", "NEW", "!", "256",
                    "1.2.3.4", "080");
        }
        int colon = kind.indexOf(':');
        String argument = colon < 0 ? "" : kind.substring(colon + 1);
        switch (colon < 0 ? kind : kind.substring(0, colon)) {
            case "num" :
                if (argument.endsWith("loglevel")) {
                    return pick("0", "4", "7", "debug", "warning", "error", "panic", "info");
                } else if (argument.endsWith("protocol")) { return pick("tcp", "17", "255", "icmp"); }
                int dash = argument.indexOf('-');
                return number(Long.parseLong(argument.substring(0, dash)),
                        Long.parseLong(argument.substring(dash + 1)));
            case "range" :
                return range(Long.parseLong(argument), ':');
            case "ports" :
                // service names differ between protocols; sctp has few
                return random.nextInt(4) != 0 ? range(65535, ':')
                        : extension.equals("tcp") ? pick("http", "ssh", "domain", "https", "ftp:ssh", ":", "0:65535")
                        : extension.equals("udp") ? pick("domain", "ntp", "bootps:bootpc", "tftp") : "0:65535";
            case "port" :
                return String.valueOf(upTo(65535));
            case "portlist" :
                return portList();
            case "flags" :
                return subset(argument.split(","), true);
            case "words" :
                return subset(argument.split(","), false);
            case "enum" :
            case "prefix" :
                String entry = pick(argument.split(","));
                return entry.contains(">") ? entry.substring(0, entry.indexOf('>')) : entry;
            case "text" :
                return option.equals("--hex-string") ? pick("|41 42|", "a|0d0a|b", "|ff|", "x\\|y", "|2f|") : text(20);
            case "name" :
                return option.equals("--oif") ? "lo" : pick("a", "list", "x_1", "T.2") + serial;
            default :
                return other(kind, family);
        }
    }

    private String other(String kind, Family family) {
        switch (kind) {
            case "tcpflags" :
                return random.nextInt(4) == 0 ? pick("ALL", "NONE", "all")
                        : subset(new String[] {"SYN", "ACK", "FIN", "RST", "URG", "PSH"}, false);
            case "icmp" :
                return family == Family.IPV6
                        ? pick("128", "1/4", "echo-reply", "135", "neighbour-sol", "packet-too-big", "255",
                                "router-advertisement", "port-unreachable", "3/1")
                        : pick("8", "3/1", "echo-request", "any", "0", "255", "time-exceeded", "port-unreach", "11/0",
                                "13", "redirect", "TOS-host-redirect");
            case "rate" :
                return (1 + upTo(99)) + pick("", "/s", "/sec", "/second", "/m", "/minute", "/hour", "/day", "/D");
            case "mac" :
                return pick("00:11:22:33:44:55", "AA:bb:CC:dd:EE:ff");
            case "mark" :
            case "xmark" :
            case "setmark" :
                return number(0, 0xffffffffL) + (random.nextBoolean() ? "" : "/" + number(0, 0xffffffffL));
            case "natports" :
                return range(65534, '-').replaceAll("^-|-$", "").replaceAll("^0$", "1");
            case "nataddress" :
                return natAddress(family);
            case "iprange" :
                return family == Family.IPV4 ? pick("10.0.0.1-10.0.0.9", "1.2.3.4", "0.0.0.0-255.255.255.255")
                        : pick("fd00::1-fd00::9", "::1");
            case "clock" :
                return pick("0:00", "8:30", "23:59:59", "12:00:01", "09:05");
            default :
                return number(0, 0xffffffffL);
        }
    }

    /** A value that boxwall copies unchanged and that the real iptables accepts, in some spelling. */
    private String word(String extension, String option, Family family) {
        switch (extension + " " + option) {
            case "bpf --bytecode" :
                return "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0";
            case "cluster --cluster-local-nodemask" :
                return number(1, 32);
            case "cluster --cluster-local-node" :
                return "1";
            case "connbytes --connbytes" :
                return pick("5", "5:", ":9", "5:9", "0:18446744073709551615", "18446744073709551614:");
            case "connlabel --label" :
                return String.valueOf(upTo(127));
            case "conntrack --ctorigsrc" :
            case "conntrack --ctorigdst" :
            case "conntrack --ctreplsrc" :
            case "conntrack --ctrepldst" :
            case "NETMAP --to" :
                return address(family) + pick("", "/" + upTo(family.addressBits));
            case "owner --uid-owner" :
            case "owner --gid-owner" :
                return random.nextInt(4) == 0 ? "root" : range(70000, '-').replaceAll("^-|-$", "");
            case "hashlimit --hashlimit-upto" :
            case "hashlimit --hashlimit-above" :
                return (1 + upTo(99)) + pick("/s", "/sec", "/second", "/m", "/minute", "/hour");
            case "hashlimit --hashlimit-mode" :
                return pick("srcip", "dstip,srcport", "srcip,dstip,srcport,dstport");
            case "hashlimit --hashlimit-srcmask" :
            case "hashlimit --hashlimit-dstmask" :
            case "HMARK --hmark-src-prefix" :
            case "HMARK --hmark-dst-prefix" :
                return String.valueOf(upTo(family.addressBits));
            case "recent --mask" :
            case "TPROXY --on-ip" :
                return address(family);
            case "TPROXY --on-port" :
                return String.valueOf(upTo(65535));
            case "TPROXY --tproxy-mark" :
                return number(0, 0xffffffffL) + "/" + number(0, 0xffffffffL);
            case "time --datestart" :
            case "time --datestop" :
                return pick("2026", "2026-05", "2024-02-29", "2026-12-31T23", "2026-05-01T12:30",
                        "1999-01-01T00:00:01");
            case "time --weekdays" :
                return pick("Mon", "1,2,3", "Sa,Su", "Tue,5", "Mon,Tue,Wed,Thu,Fri,Sat,Sun");
            case "time --monthdays" :
                return pick("1", "1,15,31", "30,2");
            case "dccp --dccp-types" :
                return pick("REQUEST", "request,DATA", "CLOSE,RESET,INVALID");
            case "dscp --dscp" :
            case "DSCP --set-dscp" :
                return number(0, 63);
            case "dscp --dscp-class" :
            case "DSCP --set-dscp-class" :
                return pick("EF", "CS3", "AF41", "be");
            case "dst --dst-opts" :
            case "hbh --hbh-opts" :
                return pick("149:92", "1,2,3:4", "255:255");
            case "ipv6header --header" :
                return pick("hop", "hop-by-hop,dst", "60,43,44", "auth,esp,none,prot", "frag", "255,51");
            case "mh --mh-type" :
                return pick("5", "bu", "bu:be", ":7", "3:");
            case "physdev --physdev-in" :
            case "physdev --physdev-out" :
                return pick("lan", "eth0", "eth+", "a.b-c");
            case "policy --proto" :
                return pick("esp", "ah", "50");
            case "policy --tunnel-src" :
            case "policy --tunnel-dst" :
                return address(family) + pick("", "/" + upTo(family.addressBits));
            case "srh --srh-psid" :
            case "srh --srh-nsid" :
            case "srh --srh-lsid" :
                return address(family) + pick("", "/" + upTo(family.addressBits));
            case "quota --quota" :
                return pick("0", "18446744073709551615", "1000");
            case "rt --rt-0-addrs" :
                return address(family) + pick("", "," + address(family));
            case "sctp --chunk-types" :
                return pick("DATA,SACK", "ALL", "NONE", "sack");
            case "statistic --probability" :
                return pick("0", "1", "0.5", "0.333", ".25", "0.00001", "1.0", "0.99999");
            case "tos --tos" :
            case "TOS --set-tos" :
                return pick("0x10", "Minimize-Delay", "8/12", "255", "Normal-Service");
            case "TOS --and-tos" :
            case "TOS --or-tos" :
            case "TOS --xor-tos" :
                return number(0, 255);
            case "u32 --u32" :
                return pick("0=1", "0>>22&0x3C@4=1:5,7&&8=0", "6 & 0xFF = 6", "0x1c&0x1=0:1",
                        "0>>22&0x3C@12>>26&0x3C@0=0xffffffff,3");
            case "CT --zone" :
            case "CT --zone-orig" :
            case "CT --zone-reply" :
                return pick("mark", "0", "65535", "7");
            case "SNPT --src-pfx" :
            case "SNPT --dst-pfx" :
            case "DNPT --src-pfx" :
            case "DNPT --dst-pfx" :
                return pick("fd00::/8", "2001:db8::/64", "2001:db8:1:2::/64", "fd00:1::/48");
            case "HMARK --hmark-sport-mask" :
            case "HMARK --hmark-dport-mask" :
            case "HMARK --hmark-sport" :
            case "HMARK --hmark-dport" :
                return number(0, 0xffff);
            case "HMARK --hmark-proto-mask" :
                return number(0, 255);
            case "CLASSIFY --set-class" :
                return pick("1:2f", "ffff:0", "0:0");
            case "NFQUEUE --queue-balance" :
                return pick("0:3", "10:20", "0:65534");
            case "TCPOPTSTRIP --strip-options" :
                return pick("mss", "2,8", "md5,sack", "255");
            case "TEE --gateway" :
                return family == Family.IPV4 ? pick("10.0.0.1", "1.2.3.4") : pick("fd00::1", "fe80::1:2");
            default :
                return number(0, 0xffffffffL);
        }
    }

    private String natAddress(Family family) {
        String address =
                family == Family.IPV4 ? pick("1.2.3.4", "1.2.3.4-1.2.3.9") : pick("fd00::1", "fd00::1-fd00::9");
        String port = pick("", "", "80", "1024-2048");
        return port.isEmpty() ? address : family == Family.IPV4 ? address + ":" + port : "[" + address + "]:" + port;
    }

    private String range(long high, char separator) {
        long low = upTo(high);
        long end = low + upTo(high - low);
        switch (random.nextInt(6)) {
            case 0 :
                return separator + String.valueOf(end);
            case 1 :
                return String.valueOf(low) + separator;
            case 2 :
                return String.valueOf(low) + separator + end;
            default :
                return String.valueOf(low);
        }
    }

    private String portList() {
        StringBuilder out = new StringBuilder();
        for (int places = 1 + random.nextInt(15); places > 0; places--) {
            out.append(out.length() == 0 ? "" : ",");
            long low = upTo(65534);
            if (places > 1 && random.nextInt(3) == 0) {
                out.append(low).append(':').append(low + 1 + upTo(65534 - low));
                places--;
            } else {
                out.append(low);
            }
        }
        return out.toString();
    }

    private String subset(String[] set, boolean shorten) {
        List<String> some = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            String one = pick(set);
            some.add(shorten && random.nextInt(6) == 0 ? one.toLowerCase(java.util.Locale.ROOT) : one);
        }
        return String.join(",", some);
    }

    private String text(int limit) {
        StringBuilder out = new StringBuilder();
        String letters = random.nextBoolean() ? "abcXYZ019_-" : "ab Z9_-\"'\\[]:;$#!|&*.,";
        for (int n = 1 + random.nextInt(limit); n > 0; n--) {
            out.append(letters.charAt(random.nextInt(letters.length())));
        }
        // iptables-restore 1.4.11 takes a word with a leading dash for an option, and "!" for a negation
        return out.charAt(0) == '-' || out.charAt(0) == '!' ? "x" + out.substring(1) : out.toString();
    }
}
