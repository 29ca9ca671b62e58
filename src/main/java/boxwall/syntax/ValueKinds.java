package boxwall.syntax;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.IcmpNames;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;

/**
 * Turns a value into the form that iptables-save prints, or says why it can't be one. Which function applies is the
 * value's <em>kind</em> in the table of extensions: a word, for some with an argument after a colon
 * ({@code num:0-255}). Each kind is held against the real program by the differential test.
 */
final class ValueKinds {
    /**
     * Names of -m ipv6header in the order in which they are printed where /etc/protocols is lacking; the numbers are
     * the header's own.
     */
    private static final String[][] HEADERS = {{"hop-by-hop", "hop", "0"}, {"dst", "ipv6-opts", "60"},
            {"route", "ipv6-route", "43"}, {"frag", "ipv6-frag", "44"}, {"auth", "51"}, {"esp", "50"},
            {"none", "ipv6-nonxt", "59"}, {"protocol", "prot", "255"}};

    static String value(String kind, String text, Family family) throws ValueException {
        int colon = kind.indexOf(':');
        String name = colon < 0 ? kind : kind.substring(0, colon);
        String argument = colon < 0 ? "" : kind.substring(colon + 1);
        switch (name) {
            case "text" :
                return text(text, argument);
            case "qtext" :
                return whole(text, Integer.parseInt(argument));
            case "name" :
                return name(text, Integer.parseInt(argument));
            case "num" :
                return num(text, argument);
            case "range" :
                return Numbers.print(Numbers.range(text, ':', Long.parseLong(argument)), ':');
            case "ports" :
                return PortNames.range(text);
            case "portlist" :
                return PortNames.list(text);
            case "natports" :
                return PortNames.nat(text);
            case "nataddress" :
                return Inet.nat(text, family);
            case "iprange" :
                return Inet.range(text, family);
            case "address" :
                return Addresses.print(Inet.address(text, family));
            case "gateway" :
                return Inet.gateway(text, family);
            case "bits" :
                return String.valueOf(Numbers.within(text, 0, family.addressBits));
            case "network" :
                return Inet.network(text, family).toString();
            case "host" :
                return Inet.host(text, family);
            case "port" :
                return String.valueOf(PortNames.port(text));
            case "flags" :
                return Lists.flags(text, Words.split(argument, ','));
            case "words" :
                return Lists.words(text, Words.split(argument, ','));
            case "enum" :
                return Lists.choice(text, Words.split(argument, ','), false);
            case "prefix" :
                return Lists.choice(text, Words.split(argument, ','), true);
            case "tcpflags" :
                return Lists.tcpFlags(text);
            case "icmp" :
                return icmp(text, Family.IPV4);
            case "icmp6" :
                return icmp(text, Family.IPV6);
            case "rate" :
                return Rate.limit(text);
            case "mac" :
                return mac(text);
            case "id" :
                return id(text);
            case "rate2" :
                return Rate.hash(text);
            case "loglevel" :
                return named(text, "loglevel", 0, 7);
            case "mhtype" :
                return mhType(text);
            case "protonum" :
                String number = NumberNames.number("protocol", text);
                return number != null ? number : String.valueOf(Numbers.within(text, 0, 255));
            case "zone" :
                return text.equals("mark") ? text : String.valueOf(Numbers.within(text, 0, 65535));
            case "leddelay" :
                return text.equals("inf") ? text : String.valueOf(Numbers.within(text, 0, Numbers.U32 - 1));
            case "clock" :
            case "date" :
            case "weekdays" :
            case "monthdays" :
                return Times.value(name, text);
            case "bpf" :
                return Lists.bpf(text);
            case "bytes" :
                return WideNumbers.range(text);
            case "u64" :
                return WideNumbers.number(text);
            case "probability" :
                return WideNumbers.probability(text);
            case "ipv6opts" :
                return Lists.ipv6Options(text);
            case "setflags" :
                return Lists.setFlags(text);
            case "chunks" :
                return Lists.chunks(text);
            case "tcpoptions" :
                return Lists.tcpOptions(text);
            case "queues" :
                return Lists.queues(text);
            case "class" :
                return Marks.trafficClass(text);
            case "hexmask" :
                return Numbers.hex(Numbers.within(text, 0, Numbers.U32));
            case "exact" :
                return exact(text, Words.split(argument, ','));
            case "device" :
                return device(text);
            case "hostmask" :
                return hostMask(text, family);
            case "srhmask" :
                String host = hostMask(text, family);
                return host.indexOf('/') < 0 ? host + "/" + family.addressBits : host;
            case "dccptypes" :
                return wholeNames(text, Words.split(argument, ','));
            case "prefix64" :
                return prefix(text, family);
            case "addresses" :
                return addresses(text, Integer.parseInt(argument), family);
            case "headers" :
                return headers(text);
            case "u32" :
                return U32.canonical(text);
            case "label" :
                return String.valueOf(Numbers.within(text, 0, 127));
            case "hex8" :
                int dash = argument.indexOf('-');
                return hex8(Numbers.within(text, Long.parseLong(argument.substring(0, dash)),
                        Long.parseLong(argument.substring(dash + 1))));
            case "hexdigits" :
                return hexDigits(text, argument);
            case "nodebit" :
                // 1.8 reads back a mask up to 32 only, which is the sixth node's bit
                return hex8(1L << Numbers.within(text, 1, 6) - 1);
            case "mark" :
            case "xmark" :
            case "setmark" :
            case "andmark" :
            case "ormark" :
            case "xormark" :
            case "tos" :
            case "andtos" :
            case "ortos" :
            case "xortos" :
            case "dscp" :
            case "dscpclass" :
                return Marks.value(name, text);
            default :
                throw new IllegalStateException("extensions: unknown kind " + kind);
        }
    }

    /** iptables cuts a text that is too long and says nothing. */
    /** What fits into "LIMIT" bytes; "1-LIMIT" refuses an empty text. */
    private static String text(String text, String limits) throws ValueException {
        int limit = Integer.parseInt(limits.substring(limits.indexOf('-') + 1));
        if (text.length() == 0 && limits.startsWith("1-")) {
            throw new ValueException("an empty text", "write one, or leave the option out");
        }
        int end = 0;
        while (end < text.length()
                && Letters.bytes(text.substring(0, end + Letters.length(text, end))).length <= limit) {
            end += Letters.length(text, end);
        }
        return text.substring(0, end);
    }

    private static String whole(String text, int limit) throws ValueException {
        int bytes = Letters.bytes(text).length;
        if (bytes > limit) {
            throw new ValueException(bytes + " bytes where " + limit + " are the limit: " + Errors.show(text),
                    "shorten it");
        }
        return text;
    }

    /** Whether {@link #value} cuts a text of this kind. */
    static boolean cuts(String kind) {
        return kind.startsWith("text:");
    }

    /** Names of extensions, modules, chains, lists: nothing that a path or an option could be made of. */
    static String name(String text, int limit) throws ValueException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean good =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "_.+-".indexOf(c) >= 0;
            if (!good || i == 0 && c == '-') {
                throw new ValueException("not a name: " + Errors.show(text),
                        "use letters, digits and _ . + -, and don't begin with -");
            }
        }
        if (text.length() == 0 || text.length() > limit) {
            throw new ValueException(
                    text.length() == 0 ? "a name is missing"
                            : "a name of " + text.length() + " characters, the limit is " + limit,
                    text.length() == 0 ? "write it" : "shorten it");
        }
        return text;
    }

    private static String num(String text, String bounds) throws ValueException {
        int dash = bounds.indexOf('-');
        return String.valueOf(Numbers.within(text, Long.parseLong(bounds.substring(0, dash)),
                Long.parseLong(bounds.substring(dash + 1))));
    }

    private static String named(String text, String kind, int low, int high) throws ValueException {
        String number = NumberNames.number(kind, text);
        return number != null ? number : String.valueOf(Numbers.within(text, low, high));
    }

    /** {@code 8}, {@code 3/1}, {@code echo-request} or the beginning of a name, as iptables takes it. */
    private static String icmp(String text, Family family) throws ValueException {
        int slash = text.indexOf('/');
        if (text.length() > 0 && text.charAt(0) >= '0' && text.charAt(0) <= '9') {
            long type = Numbers.within(slash < 0 ? text : text.substring(0, slash), 0, 255);
            String code = slash < 0 ? "" : "/" + Numbers.within(text.substring(slash + 1), 0, 255);
            return type == 255 && family == Family.IPV4 ? "any" : type + code;
        }
        String number = IcmpNames.number(family, text);
        if (number == null || number.length() == 0) {
            throw new ValueException(
                    (number == null ? "unknown ICMP type " : "several ICMP types begin with ") + Errors.show(text),
                    Nearest.hint(text, IcmpNames.all(family), "write the type's number"));
        }
        return number.equals("255") ? "any" : number;
    }

    /** A mobility header's type by number, name or the beginning of one, or a range of them. */
    private static String mhType(String text) throws ValueException {
        int colon = text.indexOf(':');
        if (colon < 0) { return String.valueOf(mhNumber(text, 0)); }
        return Numbers.print(
                Numbers.ordered(mhNumber(text.substring(0, colon), 0), mhNumber(text.substring(colon + 1), 255), text),
                ':');
    }

    private static long mhNumber(String text, int empty) throws ValueException {
        String number = text.length() == 0 ? String.valueOf(empty) : NumberNames.number("mh", text);
        number = number == null || number.length() == 0 ? NumberNames.byPrefix("mh", text) : number;
        return Numbers.within(number == null || number.length() == 0 ? text : number, 0, 255);
    }

    private static String mac(String text) throws ValueException {
        String[] parts = Words.split(text, ':');
        StringBuilder out = new StringBuilder();
        for (String part : parts) {
            long value = part.length() > 2 ? -1 : Numbers.parse("0x" + part);
            if (parts.length != 6 || value < 0) {
                throw new ValueException("not a hardware address: " + Errors.show(text),
                        "write it as 00:11:22:33:44:55");
            }
            out.append(out.length() == 0 ? "" : ":").append(Integer.toHexString(0x100 | (int) value).substring(1));
        }
        return out.toString();
    }

    /** A user's or group's number or a range of them; names are the box's own affair, but root is 0 everywhere. */
    private static String id(String text) throws ValueException {
        return text.equals("root") ? "0" : Numbers.print(Numbers.range(text, '-', Numbers.U32 - 1), '-');
    }

    /** {@code name} or {@code alias>name}, letter by letter. */
    private static String exact(String text, String[] set) throws ValueException {
        StringBuilder all = new StringBuilder("use one of");
        for (String entry : set) {
            int arrow = entry.indexOf('>');
            String name = arrow < 0 ? entry : entry.substring(0, arrow);
            if (name.equals(text)) { return entry.substring(arrow + 1); }
            all.append(' ').append(name);
        }
        throw new ValueException(text.length() == 0 ? "an empty name" : "unknown name " + Errors.show(text),
                all.toString());
    }

    /** A bridge port's name, as -i takes it. */
    private static String device(String text) throws ValueException {
        boolean good = text.length() > 0 && text.length() <= 15;
        for (int i = 0; i < text.length(); i++) {
            good &= text.charAt(i) > ' ' && text.charAt(i) < 127 && "/\"'\\".indexOf(text.charAt(i)) < 0;
        }
        if (!good) {
            throw new ValueException("not an interface: " + Errors.show(text),
                    "1 to 15 characters, as in /proc/net/dev");
        }
        return text;
    }

    /**
     * The address whole, its mask only when it isn't all ones; a mask with holes is printed wrongly by iptables-save.
     */
    private static String hostMask(String text, Family family) throws ValueException {
        if (Inet.network(text, family).prefix < 0) {
            throw new ValueException("a mask with holes: " + Errors.show(text), "write the number of bits");
        }
        return Inet.host(text, family);
    }

    /** At most 64 bits (none at all would be saved as no option), nothing behind them (the kernel's ip6t_NPT.c). */
    private static String prefix(String text, Family family) throws ValueException {
        Network network = Inet.network(text, family);
        int slash = text.lastIndexOf('/');
        boolean exact = slash > 0 && Addresses.print(Inet.address(text.substring(0, slash), family))
                .equals(Addresses.print(network.address()));
        if (!exact || network.prefix < 1 || network.prefix > 64) {
            throw new ValueException("not a prefix of 1 to 64 bits: " + Errors.show(text),
                    "write it as fd00::/64, with zeros behind the prefix");
        }
        return network.toString();
    }

    private static String addresses(String text, int limit, Family family) throws ValueException {
        StringBuilder out = new StringBuilder();
        String[] parts = Words.split(text, ',');
        for (String part : parts) {
            out.append(out.length() == 0 ? "" : ",").append(Addresses.print(Inet.address(part, family)));
        }
        if (parts.length > limit) {
            throw new ValueException("more than " + limit + " addresses", "the kernel keeps " + limit);
        }
        return out.toString();
    }

    private static String headers(String text) throws ValueException {
        boolean[] given = new boolean[HEADERS.length];
        for (String part : Words.split(text, ',')) {
            boolean known = false;
            for (int i = 0; i < HEADERS.length; i++) {
                boolean is = Arrays.asList(HEADERS[i]).contains(part);
                given[i] |= is;
                known |= is;
            }
            if (!known) {
                throw new ValueException("unknown name " + Errors.show(part),
                        "use hop, dst, route, frag, auth, esp, none, prot");
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < HEADERS.length; i++) {
            out.append(given[i] ? (out.length() == 0 ? "" : ",") + HEADERS[i][0] : "");
        }
        return out.toString();
    }

    /** Names with commas, case ignored, printed in the set's order. */
    private static String wholeNames(String text, String[] set) throws ValueException {
        StringBuilder out = new StringBuilder();
        List<String> parts = Arrays.asList(Words.split(text.toUpperCase(Locale.ROOT), ','));
        for (String part : parts) {
            exact(part, set);
        }
        for (String name : set) {
            out.append(parts.contains(name) ? (out.length() == 0 ? "" : ",") + name : "");
        }
        return out.toString();
    }

    /** As many digits at least and at most as the argument's two say. */
    private static String hexDigits(String text, String argument) throws ValueException {
        String value = Numbers.hex(Numbers.within(text, 0, (1L << 4 * (argument.charAt(1) - '0')) - 1)).substring(2);
        return "0x00000000".substring(0, 2 + Math.max(0, argument.charAt(0) - '0' - value.length())) + value;
    }

    private static String hex8(long value) { return "0x" + Long.toHexString(0x100000000L | value).substring(1); }
}
