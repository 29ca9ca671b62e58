package boxwall.box;

import java.util.List;
import java.util.Locale;

import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Versions;
import boxwall.netfilter.Words;

/** A network interface of the box with its role and the reason for it. Immutable. */
public final class Interface {
    /** The purpose of an interface. */
    public enum Role {
        LOOPBACK, LAN, ALIAS, WAN, GUEST, PORT, TUNNEL, OTHER;

        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    /** The rows of the resource {@code interfaces}: role, form, reason, names. */
    private static final List<String[]> ROWS = ResourceRows.of("/boxwall/box/interfaces");

    public final String name;
    public final Role role;
    /** The reason for this role; one sentence. */
    public final String reason;
    /** Its first IPv4 address, {@code 192.168.178.1}, or null. */
    public final String ip;
    /** The network of that address, {@code 192.168.178.0/24}, or null. */
    public final String net;
    /** Its permanent IPv6 address (a unique local one before a global one, no link-local one), or null. */
    public final String ip6;
    /** The network of that address, or null. */
    public final String net6;

    Interface(String name, Role role, String reason, String ip, String net, String ip6, String net6) {
        this.name = name;
        this.role = role;
        this.reason = reason;
        this.ip = ip;
        this.net = net;
        this.ip6 = ip6;
        this.net6 = net6;
    }

    /** The interface of that name on any FRITZ!Box. */
    public static Interface byName(String name) {
        return new Interface(name, Role.OTHER, "", null, null, null, null).classified(false);
    }

    /** The reason why an interface carries no traffic of the networks, or null. */
    public static String inner(String name) {
        for (String[] row : ROWS) {
            if (row[0].equals("other") && fits(name, row)) { return reason(row); }
        }
        return null;
    }

    private static String reason(String[] row) { return row[2].replace('~', ' '); }

    private static boolean fits(String name, String[] row) {
        boolean fits = false;
        for (int i = 3; i < row.length && !fits; i++) {
            fits = name.startsWith(row[i]) && isForm(row[1], name.substring(row[i].length()));
        }
        return fits;
    }

    /** Whether this may follow a name of a row. */
    private static boolean isForm(String form, String rest) {
        if (form.equals("is")) { return rest.length() == 0; }
        if (form.equals("begins")) { return rest.length() > 0 && "0123456789_.:-".indexOf(rest.charAt(0)) >= 0; }
        int end = Versions.end(rest, 0);
        return end == rest.length() || form.equals("more")
                && (":_-".indexOf(rest.charAt(end)) >= 0 || end > 0 && rest.charAt(end - 1) == '.');
    }

    /** This interface with its role. */
    Interface classified(boolean defaultRoute) {
        if (name.indexOf(':') > 0) { return as(Role.ALIAS, "a further address of " + Words.before(name, ':')); }
        for (String[] row : ROWS) {
            if (row[1].equals("route") ? defaultRoute : fits(name, row)) {
                return as(Role.valueOf(row[0].toUpperCase(Locale.ROOT)), reason(row));
            }
        }
        return as(Role.OTHER, "no rule for this name");
    }

    /** Whether a text can be an interface's name: IFNAMSIZ is 16 with the end; an alias adds ":0". */
    static boolean isName(String text) {
        return text.length() < 32 && Words.isName(text, "_.:@+-");
    }

    Interface as(Role other, String why) { return new Interface(name, other, why, ip, net, ip6, net6); }

    @Override
    public String toString() { return name + " (" + role.word() + ": " + reason + ")"; }
}
