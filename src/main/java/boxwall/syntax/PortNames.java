package boxwall.syntax;

import boxwall.netfilter.Words;

/** Ports: numbers or services' names, ranges {@code a:b}, lists {@code a,b:c}. */
final class PortNames {
    /** multiport's array in the kernel has 15 places; a range takes two. */
    private static final int MULTIPORT = 15;

    static int port(String text) throws ValueException {
        // iptables' options don't agree on hex here, so it is left out
        long value = text.startsWith("0x") || text.startsWith("0X") ? -1 : Numbers.parse(text);
        if (value >= 0 && value <= 65535) { return (int) value; }
        String number = NumberNames.number("service", text);
        if (number == null) {
            boolean digits = text.length() > 0 && text.charAt(0) >= '0' && text.charAt(0) <= '9';
            throw new ValueException(text.length() == 0 ? "a port is missing" : "unknown port " + Errors.show(text),
                    digits ? "ports go from 0 to 65535"
                            : Nearest.hint(text, NumberNames.names("service"), "write the port's number"));
        }
        return Integer.parseInt(number);
    }

    /** {@code 80}, {@code 1024:}, {@code :1023}, {@code 5060:5070}, as tcp's and udp's --dport. */
    static String range(String text) throws ValueException {
        int colon = text.indexOf(':');
        if (colon < 0) {
            if (text.indexOf(',') >= 0) {
                throw new ValueException("a list of ports: " + Errors.show(text),
                        "put -m multiport before --dports (or --sports)");
            }
            return String.valueOf(port(text));
        }
        String low = text.substring(0, colon);
        String high = text.substring(colon + 1);
        return Numbers.print(
                Numbers.ordered(low.length() == 0 ? 0 : port(low), high.length() == 0 ? 65535 : port(high), text), ':');
    }

    /** {@code 80,443,5060:5070}, as multiport's --dports. */
    static String list(String text) throws ValueException {
        StringBuilder out = new StringBuilder();
        int places = 0;
        for (String part : Words.split(text, ',')) {
            int colon = part.indexOf(':');
            String canonical = String.valueOf(colon < 0 ? port(part) : port(part.substring(0, colon)));
            if (colon >= 0) {
                int high = port(part.substring(colon + 1));
                if (Integer.parseInt(canonical) >= high) {
                    throw new ValueException("a range that runs backwards: " + Errors.show(part),
                            "write the lower port first");
                }
                canonical += ":" + high;
            }
            places += colon < 0 ? 1 : 2;
            out.append(out.length() == 0 ? "" : ",").append(canonical);
        }
        if (places > MULTIPORT) {
            throw new ValueException("more than " + MULTIPORT + " ports (a range counts two)", "write several rules");
        }
        return out.toString();
    }

    /**
     * {@code 80} or {@code 80-90}, as the NAT targets take it; iptables takes no names in a range, since they may have
     * dashes.
     */
    static String nat(String text) throws ValueException {
        int dash = text.indexOf('-');
        if (dash < 0 || NumberNames.number("service", text) != null) { return String.valueOf(port(text)); }
        return Numbers.print(Numbers.range(text, '-', 65535), '-');
    }
}
