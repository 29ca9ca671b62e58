package boxwall.syntax;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.IcmpNames;
import boxwall.netfilter.TcpFlags;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Converts a value to the form that iptables-save prints, or throws why it is invalid. The function depends on the
 * value's <em>kind</em> in the table of extensions: a word, for some with arguments after colons ({@code num:0-255}). A
 * value of the kind {@code word} stays as written; only the box's iptables interprets it. The differential test
 * compares each kind with the real program.
 */
final class ValueKinds {
    static String value(String kind, String text, Family family) throws ValueException {
        String[] parts = Words.split(kind, ':');
        String argument = parts.length < 2 ? "" : parts[1];
        switch (parts[0]) {
            case "word" :
                if (text.startsWith("/")) {
                    throw new ValueException("a path for a value: " + Characters.show(text), "write the value itself");
                }
                return text(text, "1-" + Tokenizer.WORD_LIMIT);
            case "text" :
                return text(text, argument);
            case "name" :
                return Characters.chainName(text, Integer.parseInt(argument));
            case "num" :
                String named = parts.length < 3 ? null : NumberReader.named(parts[2], text);
                return named != null ? named : String.valueOf(NumberReader.within(text, argument));
            case "range" :
                return NumberReader.range(text, ':', Long.parseLong(argument));
            case "ports" :
                return AddressReader.ports(text);
            case "portlist" :
                return AddressReader.portList(text);
            case "natports" :
                return AddressReader.natPorts(text);
            case "nataddress" :
                return AddressReader.nat(text, family);
            case "iprange" :
                return AddressReader.range(text, family);
            case "flags" :
                return list(text, Words.split(argument, ','), true);
            case "words" :
                return list(text, Words.split(argument, ','), false);
            case "enum" :
                return choice(text, Words.split(argument, ','), false);
            case "prefix" :
                return choice(text, Words.split(argument, ','), true);
            case "tcpflags" :
                return tcpFlags(text);
            case "icmp" :
                return icmp(text, family);
            case "mac" :
                return mac(text);
            case "rate" :
                return Rate.print(text);
            case "clock" :
                return clock(text);
            default :
                if (!kind.endsWith("mark")) { throw new IllegalStateException("extensions: unknown kind " + kind); }
                return NumberReader.mark(kind, text);
        }
    }

    /** Cuts a text to LIMIT bytes, as iptables does silently; the limits "1-LIMIT" refuse an empty text. */
    private static String text(String text, String limits) throws ValueException {
        int limit = Integer.parseInt(limits.substring(limits.indexOf('-') + 1));
        if (text.length() == 0 && limits.startsWith("1-")) {
            throw new ValueException("an empty text", "write one, or leave the option out");
        }
        return Words.cut(text, limit);
    }

    /** {@code 8}, {@code 3/1}, {@code echo-request} or an unambiguous prefix of a name. */
    private static String icmp(String text, Family family) throws ValueException {
        if (text.length() > 0 && text.charAt(0) >= '0' && text.charAt(0) <= '9') {
            long type = NumberReader.within(Words.before(text, '/'), 0, 255);
            String after = Words.after(text, '/');
            String code = after == null ? "" : "/" + NumberReader.within(after, 0, 255);
            return type == 255 && family == Family.IPV4 ? "any" : type + code;
        }
        String number = IcmpNames.number(family, text);
        if (number == null || number.length() == 0) {
            throw new ValueException(
                    (number == null ? "unknown ICMP type " : "several ICMP types begin with ") + Characters.show(text),
                    Suggestion.hint(text, IcmpNames.all(family), "write the type's number"));
        }
        return number.equals("255") ? "any" : number;
    }

    private static String mac(String text) throws ValueException {
        byte[] mac = Addresses.mac(text);
        if (mac == null) {
            throw new ValueException("not a hardware address: " + Characters.show(text),
                    "write it as 00:11:22:33:44:55");
        }
        return Addresses.printMac(mac);
    }

    /** {@code SYN,ACK}, {@code ALL}, {@code NONE}. */
    private static String tcpFlags(String text) throws ValueException {
        for (String part : Words.split(text, ',')) {
            if (TcpFlags.bits(part.toUpperCase(Locale.ROOT)) < 0) {
                throw new ValueException("unknown TCP flag " + Characters.show(part),
                        "use FIN SYN RST PSH ACK URG, ALL or NONE, with commas");
            }
        }
        return TcpFlags.words(TcpFlags.bits(text.toUpperCase(Locale.ROOT)));
    }

    /** {@code a,b}: names, or with {@code prefix} prefixes of names; printed in the order of the set. */
    private static String list(String text, String[] set, boolean prefix) throws ValueException {
        List<String> names = Arrays.asList(set);
        List<String> given = new ArrayList<>();
        for (String part : Words.split(text, ',')) {
            if (!prefix && !names.contains(part)) { throw unknown(part, names); }
            given.add(choice(part, set, prefix));
        }
        List<String> sorted = new ArrayList<>(names);
        sorted.retainAll(given);
        // NONE is the absence of flags
        if (sorted.size() > 1) { sorted.remove("NONE"); }
        return Words.join(sorted, ",");
    }

    /** A name of a set of {@code name} or {@code alias>name}, case ignored; with {@code prefix} the first with it. */
    private static String choice(String text, String[] set, boolean prefix) throws ValueException {
        List<String> names = new ArrayList<>();
        for (String entry : set) {
            String name = Words.before(entry, '>');
            names.add(name);
            if (prefix && text.length() > 0 ? name.regionMatches(true, 0, text, 0, text.length())
                    : name.equalsIgnoreCase(text)) {
                return entry.substring(entry.indexOf('>') + 1);
            }
        }
        throw unknown(text, names);
    }

    private static ValueException unknown(String text, List<String> names) {
        return new ValueException(text.length() == 0 ? "an empty name" : "unknown name " + Characters.show(text),
                Suggestion.hint(text, names, "use one of " + Words.join(names, " ")));
    }

    /** Converts {@code h:mm[:ss]} to {@code hh:mm:ss}. */
    static String clock(String text) throws ValueException {
        List<String> parts = new ArrayList<>(Arrays.asList(Words.split(text, ':')));
        if (parts.size() < 2 || parts.size() > 3) {
            throw new ValueException("not a time of day: " + Characters.show(text), "write hh:mm or hh:mm:ss");
        }
        if (parts.size() == 2) { parts.add("00"); }
        for (int i = 0; i < 3; i++) {
            String part = parts.get(i);
            int last = i == 0 ? 23 : 59;
            if (!Words.isNumber(part) || part.length() > 2 || Integer.parseInt(part) > last) {
                throw new ValueException("not a number from 0 to " + last + " in " + Characters.show(text) + ": "
                        + Characters.show(part), "write times as 08:30 or 08:30:00");
            }
            parts.set(i, part.length() < 2 ? "0" + part : part);
        }
        return Words.join(parts, ":");
    }
}
