package boxwall.syntax;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Addresses, networks and ranges of them, and ports. Where iptables reads addresses itself (-s, -d, -m iprange, the NAT
 * targets), {@code 10} is 10.0.0.0 and {@code 192.168.1} is 192.168.1.0 (libxtables' numeric_to_ipaddr). Elsewhere it
 * asks getaddrinfo, to which 10 is 0.0.0.10; there a short address is refused.
 */
final class Inet {
    /** What is left of -dport and its like behind -d. */
    private static final List<String> ONE_DASH =
            Arrays.asList("port", "ports", "ource", "rc", "estination", "st", "tate", "yn");

    /** A numeric address of that family. */
    static byte[] address(String text, Family family) throws ValueException {
        byte[] bytes = Addresses.parse(text);
        if (bytes == null && looksNumeric(text)) {
            throw new ValueException("not an address: " + Letters.show(text),
                    "write it in full, without leading zeros, as "
                            + (family == Family.IPV4 ? "192.168.178.1" : "fd00::1"));
        }
        if (bytes == null) {
            throw new ValueException("a host name for an address: " + Letters.show(text),
                    ONE_DASH.contains(text) ? "a long option has two dashes: write --dport, --sport, --source, --state"
                            : "write the address; there may be no DNS when the rules are loaded");
        }
        if (bytes.length * 8 != family.addressBits) {
            throw new ValueException(
                    family.command + " with an " + (bytes.length == 4 ? "IPv4" : "IPv6") + " address: "
                            + Letters.show(text),
                    "use " + (bytes.length == 4 ? "iptables" : "ip6tables") + " for this rule");
        }
        return bytes;
    }

    /** As {@link #address}, short IPv4 addresses completed with zeros at their end. */
    private static byte[] completed(String text, Family family) throws ValueException {
        String[] parts = Words.split(text, '.');
        byte[] bytes = new byte[4];
        boolean good = family == Family.IPV4 && parts.length <= 4;
        for (int i = 0; i < parts.length && good; i++) {
            long part = Numbers.parse(parts[i]);
            good = part >= 0 && part <= 255;
            bytes[i] = (byte) part;
        }
        return good ? bytes : address(text, family);
    }

    /**
     * {@code address}, {@code address/bits} or {@code address/mask}.
     *
     * @param option as -s and -d read it: short addresses are completed, and with a mask of no bits the address is not
     * looked at, as in {@code any/0}
     */
    static Network network(String text, Family family, boolean option) throws ValueException {
        int slash = text.lastIndexOf('/');
        byte[] mask = slash < 0 ? Network.maskOf(family, family.addressBits) : mask(text.substring(slash + 1), family);
        if (option && Arrays.equals(mask, new byte[mask.length])) { return new Network(family, mask, mask); }
        String address = slash < 0 ? text : text.substring(0, slash);
        return new Network(family, option ? completed(address, family) : address(address, family), mask);
    }

    private static byte[] mask(String text, Family family) throws ValueException {
        long bits = Numbers.parse(text);
        byte[] bytes =
                bits >= 0 && bits <= family.addressBits ? Network.maskOf(family, (int) bits) : Addresses.parse(text);
        if (bytes == null || bytes.length * 8 != family.addressBits) {
            throw new ValueException("not a mask: " + Letters.show(text),
                    "write the number of bits, 0 to " + family.addressBits);
        }
        return bytes;
    }

    /** Whether a text that is no address was at least meant as one, and not as a name. */
    static boolean looksNumeric(String text) {
        boolean numeric = true;
        for (int i = 0; i < text.length(); i++) {
            numeric &= "0123456789./".indexOf(text.charAt(i)) >= 0;
        }
        return numeric || text.indexOf(':') >= 0;
    }

    /** {@code a-b} or {@code a}, as -m iprange takes it and prints it: always two addresses. */
    static String range(String text, Family family) throws ValueException {
        int dash = text.indexOf('-');
        byte[] low = completed(dash < 0 ? text : text.substring(0, dash), family);
        byte[] high = dash < 0 ? low : completed(text.substring(dash + 1), family);
        if (new BigInteger(1, low).compareTo(new BigInteger(1, high)) > 0) {
            throw new ValueException("a range that runs backwards: " + Letters.show(text),
                    "write the lower address first");
        }
        return Addresses.print(low) + "-" + Addresses.print(high);
    }

    /** {@code a[-b][:p[-q]]}, for IPv6 {@code [a[-b]]:p}, as SNAT's and DNAT's options take it. */
    static String nat(String text, Family family) throws ValueException {
        String addresses = text;
        String ports = null;
        int close = text.indexOf(']');
        if (family == Family.IPV6 && text.startsWith("[") && close > 0) {
            addresses = text.substring(1, close);
            String rest = text.substring(close + 1);
            if (rest.length() > 0 && rest.charAt(0) != ':') {
                throw new ValueException("unknown text after the bracket: " + Letters.show(rest),
                        "write [address]:port");
            }
            ports = rest.length() > 0 ? rest.substring(1) : null;
        } else if (family == Family.IPV4 && text.indexOf(':') >= 0) {
            addresses = text.substring(0, text.indexOf(':'));
            ports = text.substring(text.indexOf(':') + 1);
        }
        String printed = addresses.length() == 0 && ports != null ? "" : natRange(addresses, family);
        if (ports == null) { return printed; }
        String port = natPorts(ports);
        if (port.equals("0") || port.startsWith("0-")) {
            throw new ValueException("port 0 isn't allowed here", "write a port from 1 to 65535");
        }
        return (family == Family.IPV6 && printed.length() > 0 ? "[" + printed + "]" : printed) + ":" + port;
    }

    private static String natRange(String text, Family family) throws ValueException {
        String range = range(text, family);
        String low = range.substring(0, range.indexOf('-'));
        return range.endsWith("-" + low) ? low : range;
    }

    /** A number or a service's name. */
    static int port(String text) throws ValueException {
        // iptables' options don't agree on hex here, so it is left out
        long value = text.startsWith("0x") || text.startsWith("0X") ? -1 : Numbers.parse(text);
        if (value >= 0 && value <= 65535) { return (int) value; }
        String number = Numbers.named("service", text);
        if (number == null) {
            boolean digits = text.length() > 0 && text.charAt(0) >= '0' && text.charAt(0) <= '9';
            throw new ValueException(text.length() == 0 ? "a port is missing" : "unknown port " + Letters.show(text),
                    digits ? "ports go from 0 to 65535"
                            : Nearest.hint(text, Numbers.names("service"), "write the port's number"));
        }
        return Integer.parseInt(number);
    }

    /** {@code 80}, {@code 1024:}, {@code :1023}, {@code 5060:5070}, as tcp's and udp's --dport. */
    static String ports(String text) throws ValueException {
        int colon = text.indexOf(':');
        if (colon < 0 && text.indexOf(',') >= 0) {
            throw new ValueException("a list of ports: " + Letters.show(text),
                    "put -m multiport before --dports (or --sports)");
        }
        if (colon < 0) { return String.valueOf(port(text)); }
        String low = text.substring(0, colon);
        String high = text.substring(colon + 1);
        return Numbers.range(low.length() == 0 ? 0 : port(low), high.length() == 0 ? 65535 : port(high), ':', text);
    }

    /** {@code 80,443,5060:5070}, as multiport's --dports: 15 places in the kernel, of which a range takes two. */
    static String portList(String text) throws ValueException {
        List<String> out = new ArrayList<>();
        int places = 0;
        for (String part : Words.split(text, ',')) {
            int colon = part.indexOf(':');
            int low = port(colon < 0 ? part : part.substring(0, colon));
            int high = colon < 0 ? low : port(part.substring(colon + 1));
            if (colon >= 0 && low >= high) {
                throw new ValueException("a range that runs backwards: " + Letters.show(part),
                        "write the lower port first");
            }
            places += colon < 0 ? 1 : 2;
            out.add(colon < 0 ? String.valueOf(low) : low + ":" + high);
        }
        if (places > 15) { throw new ValueException("more than 15 ports (a range counts two)", "write several rules"); }
        return Words.join(out, ",");
    }

    /** {@code 80} or {@code 80-90}, as the NAT targets take it; no names in a range, since they may have dashes. */
    static String natPorts(String text) throws ValueException {
        return text.indexOf('-') < 0 || Numbers.named("service", text) != null ? String.valueOf(port(text))
                : Numbers.range(text, '-', 65535);
    }
}
