package boxwall.syntax;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Words;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads addresses, networks, ranges and ports. Where iptables reads addresses itself (-s, -d, -m iprange, the NAT
 * targets), {@code 10} is 10.0.0.0 and {@code 192.168.1} is 192.168.1.0 (libxtables' numeric_to_ipaddr). Elsewhere it
 * calls getaddrinfo, for which 10 is 0.0.0.10; there a short address is refused.
 */
final class AddressReader {
    /** The values of -d and -s if -dport and the like have a single dash. */
    private static final List<String> ONE_DASH =
            Arrays.asList("port", "ports", "ource", "rc", "estination", "st", "tate", "yn");

    private static byte[] address(String text, Family family) throws ValueException {
        byte[] bytes = Addresses.parse(text);
        if (bytes == null && looksNumeric(text)) {
            throw new ValueException("not an address: " + Characters.show(text),
                    "write it in full, without leading zeros, as "
                            + (family == Family.IPV4 ? "192.168.178.1" : "fd00::1"));
        }
        if (bytes == null) {
            throw new ValueException("a host name for an address: " + Characters.show(text),
                    ONE_DASH.contains(text) ? "a long option has two dashes: write --dport, --sport, --source, --state"
                            : "write the address; there may be no DNS when the rules are loaded");
        }
        if (bytes.length * 8 != family.addressBits) {
            throw new ValueException(
                    family.command + " with an " + (bytes.length == 4 ? "IPv4" : "IPv6") + " address: "
                            + Characters.show(text),
                    "use " + (bytes.length == 4 ? "iptables" : "ip6tables") + " for this rule");
        }
        return bytes;
    }

    /** The same, but completes short IPv4 addresses with zeros. */
    private static byte[] completed(String text, Family family) throws ValueException {
        String[] parts = Words.split(text, '.');
        byte[] bytes = new byte[4];
        boolean valid = family == Family.IPV4 && parts.length <= 4;
        for (int i = 0; i < parts.length && valid; i++) {
            long part = NumberReader.parse(parts[i]);
            valid = part >= 0 && part <= 255;
            bytes[i] = (byte) part;
        }
        return valid ? bytes : address(text, family);
    }

    /**
     * Reads {@code address}, {@code address/bits} or {@code address/mask}; with {@code option} as -s and -d do, which
     * complete short addresses and ignore the address if the mask is zero, as in {@code any/0}.
     */
    static Network network(String text, Family family, boolean option) throws ValueException {
        int slash = text.lastIndexOf('/');
        byte[] mask = slash < 0 ? Network.maskOf(family, family.addressBits) : mask(text.substring(slash + 1), family);
        if (option && Arrays.equals(mask, new byte[mask.length])) { return new Network(family, mask, mask); }
        String address = slash < 0 ? text : text.substring(0, slash);
        return new Network(family, option ? completed(address, family) : address(address, family), mask);
    }

    private static byte[] mask(String text, Family family) throws ValueException {
        long bits = NumberReader.parse(text);
        byte[] bytes =
                bits >= 0 && bits <= family.addressBits ? Network.maskOf(family, (int) bits) : Addresses.parse(text);
        if (bytes == null || bytes.length * 8 != family.addressBits) {
            throw new ValueException("not a mask: " + Characters.show(text),
                    "write the number of bits, 0 to " + family.addressBits);
        }
        return bytes;
    }

    /** Whether a text that is no address was probably meant as an address, not as a name. */
    static boolean looksNumeric(String text) {
        boolean numeric = true;
        for (int i = 0; i < text.length(); i++) {
            numeric &= "0123456789./".indexOf(text.charAt(i)) >= 0;
        }
        return numeric || text.indexOf(':') >= 0;
    }

    /** {@code a-b} or {@code a} as -m iprange prints it: always two addresses. */
    static String range(String text, Family family) throws ValueException {
        String end = Words.after(text, '-');
        byte[] low = completed(Words.before(text, '-'), family);
        byte[] high = end == null ? low : completed(end, family);
        if (new BigInteger(1, low).compareTo(new BigInteger(1, high)) > 0) {
            throw new ValueException("a range that runs backwards: " + Characters.show(text),
                    "write the lower address first");
        }
        return Addresses.print(low) + "-" + Addresses.print(high);
    }

    /** {@code a[-b][:p[-q]]}, for IPv6 {@code [a[-b]]:p}: an option of SNAT or DNAT. */
    static String nat(String text, Family family) throws ValueException {
        String addresses = text;
        String ports = null;
        int close = text.indexOf(']');
        if (family == Family.IPV6 && text.startsWith("[") && close > 0) {
            addresses = text.substring(1, close);
            String rest = text.substring(close + 1);
            if (rest.length() > 0 && rest.charAt(0) != ':') {
                throw new ValueException("unknown text after the bracket: " + Characters.show(rest),
                        "write [address]:port");
            }
            ports = Words.after(rest, ':');
        } else if (family == Family.IPV4) {
            addresses = Words.before(text, ':');
            ports = Words.after(text, ':');
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
        String low = Words.before(range, '-');
        return low.equals(Words.after(range, '-')) ? low : range;
    }

    /** Reads a number or the name of a service. */
    private static int port(String text) throws ValueException {
        // no hex, which only some options of iptables accept
        long value = text.startsWith("0x") || text.startsWith("0X") ? -1 : NumberReader.parse(text);
        if (value >= 0 && value <= 65535) { return (int) value; }
        String number = NumberReader.named("service", text);
        if (number == null) {
            boolean digits = text.length() > 0 && text.charAt(0) >= '0' && text.charAt(0) <= '9';
            throw new ValueException(text.length() == 0 ? "a port is missing" : "unknown port " + Characters.show(text),
                    digits ? "ports go from 0 to 65535"
                            : Suggestion.hint(text, NumberReader.names("service"), "write the port's number"));
        }
        return Integer.parseInt(number);
    }

    /** {@code 80}, {@code 1024:}, {@code :1023}, {@code 5060:5070}: --dport of tcp and udp. */
    static String ports(String text) throws ValueException {
        String high = Words.after(text, ':');
        if (high == null && text.indexOf(',') >= 0) {
            throw new ValueException("a list of ports: " + Characters.show(text),
                    "put -m multiport before --dports (or --sports)");
        }
        if (high == null) { return String.valueOf(port(text)); }
        String low = Words.before(text, ':');
        return NumberReader.range(low.length() == 0 ? 0 : port(low), high.length() == 0 ? 65535 : port(high), ':',
                text);
    }

    /** {@code 80,443,5060:5070}: --dports of multiport. */
    static String portList(String text) throws ValueException {
        List<int[]> ranges = new ArrayList<>();
        for (String part : Words.split(text, ',')) {
            String end = Words.after(part, ':');
            int low = port(Words.before(part, ':'));
            int high = end == null ? low : port(end);
            if (end != null && low >= high) {
                throw new ValueException("a range that runs backwards: " + Characters.show(part),
                        "write the lower port first");
            }
            ranges.add(new int[] {low, high});
        }
        Ports ports = Ports.of(ranges);
        if (ports.parts().size() > 1) {
            throw new ValueException("more than 15 ports (a range counts two)", "write several rules");
        }
        return ports.toString();
    }

    /** {@code 80} or {@code 80-90}: ports of a NAT target; a range has no names, which may contain dashes. */
    static String natPorts(String text) throws ValueException {
        return text.indexOf('-') < 0 || NumberReader.named("service", text) != null ? String.valueOf(port(text))
                : NumberReader.range(text, '-', 65535);
    }
}
