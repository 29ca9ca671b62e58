package boxwall.avm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.box.Line;
import boxwall.box.Readings;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Words;

/**
 * What AVM's own packet filter (dsld) was told in /var/flash/ar7.cfg: which ports it forwards, what it lets neither in
 * nor out. What UPnP and AVM's services open while the box runs isn't in that file. Immutable.
 */
public final class AvmFirewall {
    /** Where it is told. */
    public static final String FILE = "/var/flash/ar7.cfg";

    /** A forwarding: {@code tcp 0.0.0.0:444+2 192.168.178.20:80 0}, two ports from 444 on to 80 and 81 of a host. */
    public static final class Forward {
        /** {@code tcp}, {@code udp}, or one without ports: {@code gre}, {@code esp}, {@code icmp} … */
        public final String protocol;
        /** The first port outside; 0 for a protocol without ports. */
        public final int port;
        /** How many ports, one at least. */
        public final int count;
        /** The host that gets it, 4 bytes; null for the box itself (written 0.0.0.0). */
        public final byte[] host;
        /** The first port inside; 0 for a protocol without ports. */
        public final int toPort;
        /** The line as evidence. */
        public final String line;

        Forward(String protocol, int port, int count, byte[] host, int toPort, String line) {
            this.protocol = protocol;
            this.port = port;
            this.count = count;
            this.host = host;
            this.toPort = toPort;
            this.line = line;
        }
    }

    /** Whether the file was read and said anything. */
    public final boolean known;
    /** The forwardings that are switched on, in the file's order; IPv4 only. */
    public final List<Forward> forwards = new ArrayList<>();
    /** What filters packets that come in from the Internet (lowinput), the policy last; the first that fits decides. */
    public final List<AvmAccess> in = new ArrayList<>();
    /** What filters packets to the Internet (highoutput), the policy last; the first that fits decides. */
    public final List<AvmAccess> out = new ArrayList<>();

    /** What of ar7.cfg is kept of a box: the filter's sections and nothing else, in AVM's form again. */
    public static String kept(String text) {
        StringBuilder kept = new StringBuilder("ar7cfg {\n");
        int open = -1;
        for (AvmSyntax.Value value : AvmSyntax.values(text)) {
            if (value.number != open) {
                kept.append(open < 0 ? "" : "}\n").append(value.number < 0 ? "" : "dslifaces {\n");
                open = value.number;
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

    /** As these readings say; knows nothing where ar7.cfg was not read. */
    public AvmFirewall(Readings readings) {
        String text = readings.file(FILE);
        List<AvmSyntax.Value> values = text == null ? Collections.<AvmSyntax.Value>emptyList() : AvmSyntax.values(text);
        // without a section called internet (old files have one only) the first that says something counts
        int internet = -1;
        int first = -1;
        for (AvmSyntax.Value value : values) {
            internet = value.key.equals("name") ? value.number : internet;
            first = first < 0 ? value.number : first;
        }
        known = !values.isEmpty();
        for (AvmSyntax.Value value : values) {
            boolean counts = value.number == -1 || value.number == (internet >= 0 ? internet : first);
            for (String one : counts ? value.texts : Collections.<String>emptyList()) {
                take(value.section, value.key, one);
            }
        }
    }

    private void take(String section, String key, String text) {
        String line = Line.evidence(FILE, (key.endsWith("forwardrules") ? key : section + " " + key) + ": " + text);
        if (key.endsWith("forwardrules")) {
            Forward forward = forward(text, line);
            if (forward != null) { forwards.add(forward); }
        } else if (isList(section)) {
            List<AvmAccess> list = section.equals("lowinput") ? in : out;
            AvmAccess access = key.equals("policy") ? AvmAccess.policy(text, line) : AvmAccess.of(text, line);
            if (access != null) {
                // the policy comes before its list in the file, and counts after it
                list.add(list.isEmpty() || !list.get(list.size() - 1).policy || key.equals("policy") ? list.size()
                        : list.size() - 1, access);
            }
        }
    }

    /** Null for one that is switched off ({@code # tcp …}) or not understood. */
    private static Forward forward(String text, String line) {
        String[] words = Words.of(text);
        if (words.length < 3) { return null; }
        int outer = words[1].indexOf(':');
        int inner = words[2].indexOf(':');
        boolean ports = words[0].equals("tcp") || words[0].equals("udp");
        byte[] host = Addresses.parse(inner < 0 ? words[2] : words[2].substring(0, inner));
        if (words[0].equals("#") || host == null || host.length != 4 || ports && (outer < 0 || inner < 0)) {
            return null;
        }
        boolean box = host[0] == 0 && host[1] == 0 && host[2] == 0 && host[3] == 0;
        if (!ports) { return new Forward(words[0], 0, 1, box ? null : host, 0, line); }
        String[] range = Words.split(words[1].substring(outer + 1), '+');
        int port = (int) Words.number(range[0], 65535);
        int count = range.length > 1 ? (int) Words.number(range[1], 65535) : 1;
        int to = (int) Words.number(words[2].substring(inner + 1), 65535);
        return port < 1 || count < 1 || to < 1 || port + count > 65536 || to + count > 65536 ? null
                : new Forward(words[0], port, count, box ? null : host, to, line);
    }

    /**
     * The entry that decides on a packet; null when none is known to. A part that isn't known is null, or -1 for the
     * port: an entry that asks for it is then skipped.
     *
     * @param list {@link #in()} or {@link #out()}
     * @param protocol {@code tcp}, {@code udp}, {@code icmp} …
     */
    public static AvmAccess decides(List<AvmAccess> list, String protocol, byte[] src, byte[] dst, int dport) {
        for (AvmAccess access : list) {
            if (access.fits(protocol, src, dst, dport)) { return access; }
        }
        return null;
    }
}
