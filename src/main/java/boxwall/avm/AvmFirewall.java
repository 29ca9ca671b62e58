package boxwall.avm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import boxwall.box.ReadingLine;
import boxwall.box.Readings;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Words;

/**
 * AVM's own packet filter (dsld) as /var/flash/ar7.cfg configures it: the forwarded ports, and the access lists for
 * both directions. Ports that UPnP and AVM's services open at run time aren't in that file. Immutable.
 */
public final class AvmFirewall {
    /** The file that configures it. */
    public static final String FILE = "/var/flash/ar7.cfg";

    /** A forwarding: {@code tcp 0.0.0.0:444+2 192.168.178.20:80 0}, ports 444 and 445 to ports 80 and 81 of a host. */
    public static final class Forward {
        /** {@code tcp}, {@code udp}, or a protocol without ports: {@code gre}, {@code esp}, {@code icmp} … */
        public final String protocol;
        /** The first port outside; 0 for a protocol without ports. */
        public final int port;
        /** The number of ports, at least one. */
        public final int count;
        /** The destination, 4 bytes; null for the box itself (written 0.0.0.0). */
        public final byte[] host;
        /** The first port inside; 0 for a protocol without ports. */
        public final int toPort;
        /** The line as evidence. */
        public final String line;

        Forward(String protocol, int port, int count, byte[] host, int toPort, String line) {
            this.protocol = protocol;
            this.port = port;
            this.count = count;
            this.host = Arrays.equals(host, new byte[4]) ? null : host;
            this.toPort = toPort;
            this.line = line;
        }
    }

    /** Whether the file was read and contains a known value. */
    public final boolean known;
    /** The active forwardings, in the file's order; IPv4 only. */
    public final List<Forward> forwards = new ArrayList<>();
    /** The filter for packets from the Internet (lowinput), the policy last; the first match decides. */
    public final List<AvmAccess> in = new ArrayList<>();
    /** The filter for packets to the Internet (highoutput), the policy last; the first match decides. */
    public final List<AvmAccess> out = new ArrayList<>();

    /** The part of an ar7.cfg that may be recorded: only the filter's sections, in AVM's form. */
    public static String kept(String text) {
        StringBuilder kept = new StringBuilder("ar7cfg {\n");
        int open = -1;
        for (AvmSyntax.Value value : AvmSyntax.values(text)) {
            if (value.index != open) {
                kept.append(open < 0 ? "" : "}\n").append(value.index < 0 ? "" : "dslifaces {\n");
                open = value.index;
            }
            boolean list = isList(value.section);
            boolean inner = list || value.section.equals("dsldpconfig");
            kept.append(inner ? "dsldpconfig {" : "").append(list ? " " + value.section + " {\n" : inner ? "\n" : "");
            kept.append(value.key).append(" = \"").append(Words.join(value.texts, "\",\n\"")).append("\";\n");
            kept.append(list ? "} }\n" : inner ? "}\n" : "");
        }
        return kept.append(open < 0 ? "}\n" : "}\n}\n").toString();
    }

    private static boolean isList(String section) { return section.equals("lowinput") || section.equals("highoutput"); }

    /** Parses the file in these readings. */
    public AvmFirewall(Readings readings) {
        String text = readings.text(FILE);
        List<AvmSyntax.Value> values = AvmSyntax.values(text == null ? "" : text);
        known = !values.isEmpty();
        // the section named internet counts; old files have only one section, without a name
        int section = -1;
        for (AvmSyntax.Value value : values) {
            section = section < 0 || value.key.equals("name") ? value.index : section;
        }
        for (AvmSyntax.Value value : values) {
            for (String item : value.texts) {
                if (value.index == -1 || value.index == section) { add(value.section, value.key, item); }
            }
        }
    }

    private void add(String section, String key, String text) {
        boolean forwards = key.endsWith("forwardrules");
        String line = ReadingLine.evidence(FILE, (forwards ? key : section + " " + key) + ": " + text);
        if (forwards) {
            addForward(Words.of(text), line);
        } else if (isList(section)) {
            boolean policy = key.equals("policy");
            AvmAccess access = AvmAccess.of(policy ? text + " ip any any" : text, policy, line);
            List<AvmAccess> list = section.equals("lowinput") ? in : out;
            // the file has the policy before its list, but it decides last
            boolean last = policy || list.isEmpty() || !list.get(list.size() - 1).policy;
            if (access != null) { list.add(last ? list.size() : list.size() - 1, access); }
        }
    }

    /** Skips an inactive forwarding ({@code # tcp …}) and an unknown form. */
    private void addForward(String[] words, String line) {
        if (words.length < 3 || words[0].equals("#")) { return; }
        int outer = words[1].indexOf(':');
        int inner = words[2].indexOf(':');
        byte[] host = Addresses.parse(inner < 0 ? words[2] : words[2].substring(0, inner));
        if (host == null || host.length != 4) { return; }
        if (!words[0].equals("tcp") && !words[0].equals("udp")) {
            forwards.add(new Forward(words[0], 0, 1, host, 0, line));
        } else if (outer >= 0 && inner >= 0) {
            String[] range = Words.split(words[1].substring(outer + 1), '+');
            int port = (int) Words.number(range[0], 65535);
            int count = range.length > 1 ? (int) Words.number(range[1], 65535) : 1;
            int to = (int) Words.number(words[2].substring(inner + 1), 65535);
            if (port > 0 && count > 0 && to > 0 && port + count <= 65536 && to + count <= 65536) {
                forwards.add(new Forward(words[0], port, count, host, to, line));
            }
        }
    }

    /**
     * The entry that decides on a packet, or null. Unknown parts of the packet are null, or -1 for the port: entries
     * that test them are skipped.
     *
     * @param list {@link #in} or {@link #out}
     * @param protocol {@code tcp}, {@code udp}, {@code icmp} …
     */
    public static AvmAccess decides(List<AvmAccess> list, String protocol, byte[] src, byte[] dst, int dport) {
        for (AvmAccess access : list) {
            if (access.matches(protocol, src, dst, dport)) { return access; }
        }
        return null;
    }
}
