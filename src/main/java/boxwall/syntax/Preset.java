package boxwall.syntax;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ports;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A preset: its lines, and from its head a title with a sentence in English and German, and its parameters.
 *
 * <pre>
 * #@ en Open a port: a device of the home network can be reached from the Internet.
 * #@ de Port öffnen: Ein Gerät im Heimnetz ist aus dem Internet erreichbar.
 * #@ ask HOST host: Device | Gerät
 * #@ ask PROTO proto=tcp: Protocol | Protokoll
 * </pre>
 *
 * An {@code ask} line is NAME KIND[=DEFAULT]: English | German. A parameter without a default needs a value. Texts are
 * byte strings.
 */
public final class Preset {
    private static final String MARK = "#@ ";

    /**
     * The kinds of parameters, and the names that {@code NAME=value} sets in the preset. Lines that use a name without
     * a value, such as {@code NAME4} for an IPv6 address, are left out.
     */
    public enum Kind {
        /**
         * An address or a MAC: NAME4, NAME6 the match words (-s …, or -m mac …), NAME_KEY4, NAME_KEY6 the key of an
         * expect line (src=…, mac=…).
         */
        DEVICE("192.168.178.30 or 00:00:5E:00:53:2A"),
        /** One address: NAME4 or NAME6. */
        HOST("192.168.178.30"),
        /**
         * Addresses and networks, or any: NAME4 and NAME6 those of each family, NAME_SRC4 and NAME_SRC6 the match words
         * (-s …, empty for any), NAME_KEY4 and NAME_KEY6 the key of an expect line (src=…, an example address for any).
         */
        NETWORK("203.0.113.0/24,198.51.100.7 or any"),
        /** Up to 15 ports for multiport: NAME; NAME_OTHERS all other ports, for an expect line. */
        PORTS("80,443,8000-8010"),
        /** tcp or udp: NAME. */
        PROTO("tcp or udp"),
        /** HH:MM-HH:MM or always: NAME the match words (-m time …, or empty), NAME_ALWAYS empty for always. */
        TIMES("21:00-07:00 or always"),
        /** A rate of -m limit, or no: NAME the match words, or empty; NAME_NONE empty for no. */
        LIMIT("6/minute or no"),
        /** An interface's name: NAME. */
        INTERFACE("tun0");

        public final String example;

        Kind(String example) { this.example = example; }

        private static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(word)) { return kind; }
            }
            return null;
        }

        /** The lower-case name in the head and in the JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Checks a value and sets the names for the lines of the preset. */
        void set(String name, String value, Map<String, String> names) throws ValueException {
            names.put(name, value);
            if (this == DEVICE) {
                device(name, value, names);
            } else if (this == HOST || this == NETWORK) {
                networks(name, value, names);
            } else if (this == PORTS) {
                String list = AddressReader.portList(value.replace('-', ':'));
                names.put(name, list);
                String others = Ports.of(1, 65535).without(Ports.parse(list)).toString();
                names.put(name + "_OTHERS", others.length() == 0 ? null : others.replace(':', '-'));
            } else if (this == PROTO) {
                require(value.equals("tcp") || value.equals("udp"), value);
            } else if (this == TIMES) {
                times(name, value, names);
            } else if (this == LIMIT) {
                boolean none = value.equals("no");
                names.put(name, none ? "" : "-m limit --limit " + Rate.print(value) + " --limit-burst 12");
                names.put(name + "_NONE", none ? "" : null);
            } else {
                require(value.length() > 0 && value.length() < 16, value);
                Characters.name(value, 15);
            }
        }

        private void require(boolean valid, String value) throws ValueException {
            if (!valid) {
                throw new ValueException("not a value of kind " + word() + ": " + Characters.show(value),
                        "write " + (this == DEVICE || this == HOST ? "an address, as " : "") + example);
            }
        }

        private void device(String name, String value, Map<String, String> names) throws ValueException {
            byte[] address = Addresses.parse(value);
            boolean mac = address == null;
            if (mac) { require(value.length() == 17 && Addresses.mac(value) != null, value); }
            for (Family family : Family.values()) {
                boolean applies = mac || address.length * 8 == family.addressBits;
                names.put(name + family.digit(), !applies ? null : (mac ? "-m mac --mac-source " : "-s ") + value);
                names.put(name + "_KEY" + family.digit(), !applies ? null : (mac ? "mac=" : "src=") + value);
            }
        }

        private void networks(String name, String value, Map<String, String> names) throws ValueException {
            boolean any = this == NETWORK && value.equals("any");
            String[] lists = {any ? "0.0.0.0/0" : null, any ? "::/0" : null};
            for (String network : any ? new String[0] : Words.split(value, ',')) {
                require(this == NETWORK || Addresses.parse(value) != null, value);
                int index = network.indexOf(':') >= 0 ? 1 : 0;
                AddressReader.network(network, Family.values()[index], false);
                lists[index] = lists[index] == null ? network : lists[index] + "," + network;
            }
            for (Family family : Family.values()) {
                String list = lists[family.ordinal()];
                names.put(name + family.digit(), list);
                names.put(name + "_SRC" + family.digit(), list == null ? null : any ? "" : "-s " + list);
                names.put(name + "_KEY" + family.digit(), list == null ? null
                        : "src=" + (!any ? list : family == Family.IPV4 ? "198.51.100.7" : "2001:db8:ffff::7"));
            }
        }

        private void times(String name, String value, Map<String, String> names) throws ValueException {
            boolean always = value.equals("always");
            require(always || value.indexOf('-') > 0, value);
            names.put(name + "_ALWAYS", always ? "" : null);
            try {
                names.put(name, always ? "" : "-m time --timestart " + ValueKinds.clock(Words.before(value, '-'))
                        + " --timestop " + ValueKinds.clock(Words.after(value, '-')));
            } catch (ValueException invalid) {
                throw new ValueException(invalid.getMessage(), "write " + example);
            }
        }
    }

    /** A parameter of a preset. */
    public static final class Parameter {
        public final String name;
        public final Kind kind;
        /** The default, which may be empty; null for none. */
        public final String standard;
        public final String english;
        public final String german;

        Parameter(String name, Kind kind, String standard, String english, String german) {
            this.name = name;
            this.kind = kind;
            this.standard = standard;
            this.english = english;
            this.german = german;
        }
    }

    public final String name;
    /** "Title: sentence"; empty when the head has none. */
    public final String english;
    public final String german;
    /** By their names, in the order of the head. */
    public final Map<String, Parameter> parameters;
    /** Without comments. */
    public final List<String> lines;

    /** The head is the comment lines before the first other line; lines of another form are skipped. */
    public Preset(Source source) {
        name = source.name;
        String en = "";
        String de = "";
        Map<String, Parameter> found = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>();
        boolean head = true;
        for (String line : Words.lines(source.text)) {
            boolean comment = line.startsWith("#");
            head &= comment;
            if (!comment && line.length() > 0) {
                rest.add(line);
            } else if (head && line.startsWith(MARK + "en ")) {
                en = line.substring(6).trim();
            } else if (head && line.startsWith(MARK + "de ")) {
                de = line.substring(6).trim();
            } else if (head && line.startsWith(MARK + "ask ")) {
                Parameter parameter = parameter(line.substring(7).trim());
                if (parameter != null) { found.put(parameter.name, parameter); }
            }
        }
        english = en;
        german = de;
        parameters = Collections.unmodifiableMap(found);
        lines = Collections.unmodifiableList(rest);
    }

    /** {@code NAME KIND[=DEFAULT]: English | German}; the default has no blanks. Null for another text. */
    private static Parameter parameter(String line) {
        int blank = line.indexOf(' ');
        int colon = line.indexOf(": ");
        int bar = line.indexOf(" | ");
        if (blank < 0 || colon < blank || bar < colon) { return null; }
        String kind = line.substring(blank + 1, colon);
        Kind known = Kind.of(Words.before(kind, '='));
        return known == null ? null : new Parameter(line.substring(0, blank), known, Words.after(kind, '='),
                line.substring(colon + 2, bar), line.substring(bar + 3));
    }
}
