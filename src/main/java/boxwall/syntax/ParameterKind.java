package boxwall.syntax;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;

import java.util.Locale;
import java.util.Map;

/**
 * The kinds of values that a preset takes, and the names that each sets in the preset for {@code NAME=value}. A name
 * that is set to null leaves the lines out that use it: {@code NAME4} for an IPv6 address, say.
 */
public enum ParameterKind {
    /**
     * An address or a MAC: NAME4, NAME6 the match words (-s …, or -m mac …), NAME_KEY4, NAME_KEY6 the key of an expect
     * line (src=…, mac=…).
     */
    DEVICE("192.168.178.30 or 00:00:5E:00:53:2A"),
    /** One address: NAME4 or NAME6. */
    HOST("192.168.178.30"),
    /**
     * Addresses and networks, or any: NAME4 and NAME6 those of each family, NAME_SRC4 and NAME_SRC6 the match words (-s
     * …, nothing for any), NAME_KEY4 and NAME_KEY6 the key of an expect line (src=…, for any an address for examples).
     */
    NETWORK("203.0.113.0/24,198.51.100.7 or any"),
    /** Up to 15 ports as multiport takes them: NAME; NAME_OTHERS all other ports, for an expect line. */
    PORTS("80,443,8000-8010"),
    /** tcp or udp: NAME. */
    PROTO("tcp or udp"),
    /** HH:MM-HH:MM or always: NAME the match words (-m time …, or nothing), NAME_ALWAYS nothing when always. */
    TIMES("21:00-07:00 or always"),
    /** A rate as -m limit takes it, or no: NAME the match words, NAME_NONE nothing when no. */
    LIMIT("6/minute or no"),
    /** An interface's name: NAME. */
    INTERFACE("tun0");

    /** A value of that kind. */
    public final String example;

    ParameterKind(String example) { this.example = example; }

    /** The kind as a preset's head writes it, in small letters; null for another word. */
    static ParameterKind of(String word) {
        for (ParameterKind kind : values()) {
            if (kind.word().equals(word)) { return kind; }
        }
        return null;
    }

    /** In small letters, as the head and the JSON have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Checks a value and sets what the preset's lines use.
     *
     * @throws Bad what is wrong with it
     */
    void set(String name, String value, Map<String, String> names) throws ValueException {
        names.put(name, value);
        if (this == DEVICE) {
            device(name, value, names);
        } else if (this == HOST || this == NETWORK) {
            networks(name, value, names);
        } else if (this == PORTS) {
            String list = Inet.portList(value.replace('-', ':'));
            names.put(name, list);
            names.put(name + "_OTHERS", others(list));
        } else if (this == PROTO) {
            wanted(value.equals("tcp") || value.equals("udp"), value);
        } else if (this == TIMES) {
            times(name, value, names);
        } else if (this == LIMIT) {
            boolean none = value.equals("no");
            names.put(name, none ? "" : "-m limit --limit " + Rate.limit(value) + " --limit-burst 12");
            names.put(name + "_NONE", none ? "" : null);
        } else {
            wanted(value.length() > 0 && value.length() < 16, value);
            ValueKinds.name(value, 15);
        }
    }

    private void wanted(boolean good, String value) throws ValueException {
        if (!good) {
            throw new ValueException("not a value for a " + word() + ": " + Errors.show(value), "write " + example);
        }
    }

    private void device(String name, String value, Map<String, String> names) throws ValueException {
        byte[] address = Addresses.parse(value);
        boolean mac = address == null;
        if (mac) { wanted(isMac(value), value); }
        for (Family family : Family.values()) {
            boolean here = mac || address.length * 8 == family.addressBits;
            names.put(name + family.digit(), !here ? null : mac ? "-m mac --mac-source " + value : "-s " + value);
            names.put(name + "_KEY" + family.digit(), !here ? null : (mac ? "mac=" : "src=") + value);
        }
    }

    /** Six pairs of hex digits with colons. */
    private static boolean isMac(String value) {
        boolean mac = value.length() == 17;
        for (int i = 0; mac && i < 17; i++) {
            mac = i % 3 == 2 ? value.charAt(i) == ':' : Character.digit(value.charAt(i), 16) >= 0;
        }
        return mac;
    }

    private void networks(String name, String value, Map<String, String> names) throws ValueException {
        boolean any = this == NETWORK && value.equals("any");
        String[] lists = {any ? "0.0.0.0/0" : null, any ? "::/0" : null};
        for (int at = 0; at <= value.length() && !any;) {
            int comma = value.indexOf(',', at);
            String one = value.substring(at, comma < 0 ? value.length() : comma);
            at += one.length() + 1;
            wanted(this == NETWORK || Addresses.parse(one) != null && comma < 0, value);
            int index = one.indexOf(':') >= 0 ? 1 : 0;
            Inet.network(one, Family.values()[index]);
            lists[index] = lists[index] == null ? one : lists[index] + "," + one;
        }
        for (Family family : Family.values()) {
            String list = lists[family.ordinal()];
            names.put(name + family.digit(), list);
            names.put(name + "_SRC" + family.digit(), list == null ? null : any ? "" : "-s " + list);
            names.put(name + "_KEY" + family.digit(), list == null ? null
                    : "src=" + (!any ? list : family == Family.IPV4 ? "198.51.100.7" : "2001:db8:ffff::7"));
        }
    }

    /** The ports that a list leaves, as ranges: {@code 80,443} gives {@code 1-79,81-442,444-65535}. */
    private static String others(String list) throws ValueException {
        boolean[] in = new boolean[65537];
        in[65536] = true;
        for (int at = 0; at < list.length();) {
            int comma = list.indexOf(',', at);
            String one = list.substring(at, comma < 0 ? list.length() : comma);
            at += one.length() + 1;
            int colon = one.indexOf(':');
            int high = Inet.port(one.substring(colon + 1));
            for (int port = colon < 0 ? high : Inet.port(one.substring(0, colon)); port <= high; port++) {
                in[port] = true;
            }
        }
        StringBuilder out = new StringBuilder();
        int from = in[1] ? 0 : 1;
        for (int port = 2; port <= 65536; port++) {
            if (from > 0 && in[port]) {
                out.append(out.length() == 0 ? "" : ",").append(from).append('-').append(port - 1);
                from = 0;
            } else if (from == 0 && !in[port]) { from = port; }
        }
        return out.length() == 0 ? null : out.toString();
    }

    private void times(String name, String value, Map<String, String> names) throws ValueException {
        boolean always = value.equals("always");
        int dash = value.indexOf('-');
        wanted(always || dash > 0, value);
        names.put(name + "_ALWAYS", always ? "" : null);
        try {
            names.put(name, always ? "" : "-m time --timestart " + Times.clock(value.substring(0, dash))
                    + " --timestop " + Times.clock(value.substring(dash + 1)));
        } catch (ValueException bad) {
            throw new ValueException(bad.getMessage(), "write " + example);
        }
    }
}
