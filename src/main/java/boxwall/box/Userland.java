package boxwall.box;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The iptables programs: {@code iptables v1.8.9 (legacy)}. Immutable. */
public final class Userland {
    private static final Pattern VERSION = Pattern.compile("^ip6?tables v([0-9]+(\\.[0-9]+)+)( \\((legacy|nf_tables)\\))?$");

    /** Where Freetz' iptables, if it isn't a static build, has a file for each match and target. */
    private static final String EXTENSIONS = "/usr/lib/xtables";

    private final String version;
    private final String line;
    private final Known present;
    private final Known save;
    private final Known restore;
    private final Known ip6;
    private final List<String> extensionFiles;

    private Userland(String version, String line, Known present, Known save, Known restore, Known ip6, List<String> extensionFiles) {
        this.extensionFiles = extensionFiles;
        this.version = version;
        this.line = line;
        this.present = present;
        this.save = save;
        this.restore = restore;
        this.ip6 = ip6;
    }

    static Userland of(Readings readings) {
        String line = versionLine(readings, "iptables_--version");
        Matcher matcher = VERSION.matcher(line);
        boolean found = matcher.find();
        Known present = found ? Known.YES : Listing.program(readings, "iptables");
        Known ip6 = versionLine(readings, "ip6tables_--version").length() > 0 ? Known.YES : Listing.program(readings, "ip6tables");
        return new Userland(found ? matcher.group(1) : null, line, present, program(readings, "iptables-save", present),
                program(readings, "iptables-restore", present), present == Known.NO ? Known.NO : ip6,
                Listing.names(readings, EXTENSIONS));
    }

    private static String versionLine(Readings readings, String command) {
        for (String line : readings.commandLines(command)) {
            if (VERSION.matcher(line.trim()).find()) {
                return line.trim();
            }
        }
        return "";
    }

    private static Known program(Readings readings, String name, Known iptables) {
        Known listed = Listing.program(readings, name);
        if (listed == Known.UNKNOWN && readings.command(name) != null) {
            return Known.YES;
        }
        return iptables == Known.NO ? Known.NO : listed;
    }

    /** {@code 1.4.11.1}, or null when it isn't known. */
    public String version() {
        return version;
    }

    /** Whether there is an iptables at all. */
    public Known present() {
        return present;
    }

    public Known save() {
        return save;
    }

    public Known restore() {
        return restore;
    }

    /** Whether there is an ip6tables. */
    public Known ip6() {
        return ip6;
    }

    /**
     * Whether iptables-restore knows -w, which it does since 1.6.2. An older one (1.4.11.1) prints "invalid option" and then applies
     * its input all the same.
     */
    public Known waits() {
        return version == null ? Known.UNKNOWN : Known.of(Versions.compare(version, "1.6.2") >= 0);
    }

    /** {@code libxt_layer7.so} ...: what iptables can load at run time; empty for a static build, or when it isn't known. */
    public List<String> extensionFiles() {
        return extensionFiles;
    }

    /** The version line as evidence, or empty. */
    String evidence() {
        return line.length() == 0 ? "" : Evidence.line("iptables --version", line);
    }

    /** Whether it speaks to nf_tables and not to ip_tables: no FRITZ!Box has that. */
    boolean isNfTables() {
        return line.endsWith("(nf_tables)");
    }
}
