package boxwall.modules;

import boxwall.netfilter.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import boxwall.box.Readings;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rows;
import boxwall.netfilter.Words;

/**
 * A box as Freetz-NG's sources describe it, for which an image can be built: its kernel, what that has built in, which
 * modules an image can have. models.txt, whose head explains it, is in the jar for a desk only.
 */
public final class ImageModel {
    /** What Freetz selects with Iptables if nobody says otherwise; without x_tables its menu hides the rest. */
    private static final List<String> DEFAULTS =
            Arrays.asList("iptable_filter", "ip_tables", "ip6table_filter", "ip6_tables", "x_tables");
    private static final List<String> LOG =
            Arrays.asList("xt_LOG", "nf_log_common", "nf_log_ipv4", "nf_log_ipv6", "nf_log_syslog");
    private static final List<String> REJECT = Arrays.asList("nf_reject_ipv4", "nf_reject_ipv6");

    private final String name;
    private final String firmware;
    private final String release;
    private final String obstacle;
    private final KernelGeneration generation;
    private final Set<String> builtin;
    private final Set<String> configured;
    private final Set<String> menu;

    private ImageModel(String name, String[] row, String[] kernel) {
        this.name = name;
        firmware = row[2];
        release = row[3];
        obstacle = row.length > 5 ? row[5] : "";
        generation = KernelGeneration.of(release);
        builtin = names(kernel, "y=");
        configured = names(kernel, "m=");
        menu = offeredBy(generation);
        if (builtin.contains("x_tables")) {
            menu.clear();
        } else if (builtin.contains("nf_log_common") || builtin.contains("nf_log_syslog")) { menu.removeAll(LOG); }
        menu.removeAll(builtin);
    }

    private static Set<String> names(String[] words, String prefix) {
        Set<String> names = new TreeSet<>();
        for (String word : words) {
            if (word.startsWith(prefix)) {
                names.addAll(Arrays.asList(Words.split(word.substring(prefix.length()), ',')));
            }
        }
        return names;
    }

    /** What Freetz' menu has for a generation of kernels. */
    private static Set<String> offeredBy(KernelGeneration generation) {
        Set<String> all = new TreeSet<>();
        for (ModuleSpec spec : generation.specs()) {
            if (spec.offered) { addAll(all, spec); }
        }
        all.removeAll(REJECT);
        return all;
    }

    private static void addAll(Set<String> all, ModuleSpec spec) {
        all.addAll(spec.modules());
        all.addAll(spec.needed);
    }

    /**
     * The model of that name with that firmware: {@code 7590}, {@code FRITZ!Box 7270 v3}; {@code 08.2x}, {@code 07.57}.
     *
     * @throws IllegalArgumentException when there is none; it says what there is
     */
    public static ImageModel find(String model, String firmware) {
        List<String[]> rows = Rows.of("/boxwall/modules/models.txt");
        if (rows == null) {
            throw new IllegalArgumentException(
                    "the jar of a box has no list of models; ask the one on a PC, target/boxwall.jar");
        }
        Map<String, String[]> kernels = new HashMap<>();
        Set<String> known = new LinkedHashSet<>();
        Set<String> versions = new TreeSet<>();
        String wanted = plain(model);
        String[] best = null;
        for (String[] row : rows) {
            if (row[0].equals("kernel")) {
                kernels.put(row[1], row);
                continue;
            }
            known.add(row[1]);
            if (row[1].equals(wanted)) {
                versions.add(row[2]);
                best = fits(row[2], firmware) && (best == null || row[2].compareTo(best[2]) > 0) ? row : best;
            }
        }
        if (versions.isEmpty()) {
            throw new IllegalArgumentException(
                    "no model '" + model + "'; known: " + Words.join(near(known, wanted), " "));
        }
        if (best == null) {
            throw new IllegalArgumentException(
                    "no firmware '" + firmware + "' for " + wanted + "; known: " + Words.join(versions, " "));
        }
        return new ImageModel(wanted, best, kernels.get(best[4]));
    }

    /** Those that begin alike; all when none does. */
    private static Collection<String> near(Collection<String> known, String wanted) {
        List<String> near = new ArrayList<>();
        for (String name : known) {
            if (wanted.length() > 2 && name.startsWith(wanted.substring(0, 3))) { near.add(name); }
        }
        return near.isEmpty() ? known : near;
    }

    /**
     * The same major version, and a minor one whose first digit is not beyond that of the firmware: 06.2x is the line
     * that 06.30 belongs to.
     */
    private static boolean fits(String line, String firmware) {
        int point = firmware.indexOf('.');
        if (point < 1 || point + 1 >= firmware.length()) { return false; }
        String major = firmware.substring(0, point);
        char minor = Character.toLowerCase(firmware.charAt(point + 1));
        return line.startsWith((major.length() < 2 ? "0" : "") + major + ".")
                && (line.charAt(3) == 'x' || line.charAt(3) <= minor);
    }

    private static String plain(String model) {
        StringBuilder plain = new StringBuilder();
        for (char c : model.toLowerCase(Locale.ROOT).toCharArray()) {
            plain.append(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ? String.valueOf(c) : "");
        }
        return plain.toString().startsWith("fritzbox") ? plain.substring(8) : plain.toString();
    }

    /** For a heading. */
    public String title() { return name + ", FRITZ!OS " + firmware + ", kernel " + release; }

    /** Freetz hides Iptables from others. */
    public boolean isForDevelopers() { return generation.atLeast("3.10"); }

    /** Why Freetz has no modules or no iptables for this box at all; empty when it has. */
    public String obstacle() {
        return obstacle.equals("sources")
                ? "Freetz-NG has no kernel sources from AVM for it that modules could be built from"
                : obstacle.equals("untested") ? "Freetz-NG builds no modules for a box that nobody has tested"
                : obstacle.equals("iptables") ? "Freetz-NG does not offer Iptables for it" : "";
    }

    /** What of a feature the kernel has without a module. */
    public Set<String> builtin(Family family, String kind, String feature) {
        Set<String> all = new TreeSet<>();
        ModuleSpec spec = generation.spec(Kind.valueOf(kind.toUpperCase(Locale.ROOT)), feature, family);
        for (ModuleSpec each : Arrays.asList(spec, generation.core(family),
                spec.pullsConntrack ? generation.conntrack(family) : spec)) {
            addAll(all, each);
        }
        all.retainAll(builtin);
        return all;
    }

    /** Whether Freetz' menu has the module (FREETZ_MODULE_x); its build then adds it to the kernel's configuration. */
    public boolean isOffered(String module) {
        return menu.contains(module);
    }

    /** Whether the module comes of the kernel's configuration as it is (FREETZ_MODULES_OWN). */
    public boolean isOwn(String module) {
        return !builtin.contains(module) && !menu.contains(module)
                && (configured.contains(module) || REJECT.contains(module) && generation.atLeast("4.1"));
    }

    /** Defaults of Iptables that would end the build, since the kernel has them, or what they select, built in. */
    public List<String> unwanted() {
        if (builtin.contains("x_tables")) { return DEFAULTS; }
        return builtin.contains("nf_log_common") || builtin.contains("nf_log_syslog")
                ? Collections.singletonList("xt_LOG") : Collections.<String>emptyList();
    }

    /** All that an image for this box can have. */
    public Set<String> obtainable() {
        Set<String> all = new TreeSet<>(menu);
        Set<String> own = new TreeSet<>(configured);
        own.addAll(REJECT);
        for (String module : own) {
            if (isOwn(module)) { all.add(module); }
        }
        return all;
    }

    /**
     * How the box would be read if these modules were in its image; addresses are AVM's defaults, none of the modules
     * is loaded.
     */
    public Readings readings(Collection<String> modules) {
        Map<String, String> files = new HashMap<>();
        Map<String, String> commands = new HashMap<>();
        String folder = "/lib/modules/" + release + "/";
        StringBuilder dep = new StringBuilder();
        for (String module : modules) {
            dep.append(path(module)).append(':');
            for (String needed : needed(module)) {
                dep.append(modules.contains(needed) ? " " + path(needed) : "");
            }
            dep.append('\n');
        }
        StringBuilder inside = new StringBuilder();
        for (String module : builtin) {
            inside.append(path(module)).append('\n');
        }
        files.put(folder + "modules.dep", dep.toString());
        files.put(folder + "modules.builtin", inside.toString());
        files.put("/proc/modules", generation.policy == KernelGeneration.Policy.LAYOUT
                ? "kdsldmod 700000 0 - Live 0x00000000 (P)\n" : "dummy 1 0 - Live 0x00000000\n");
        files.put("/proc/net/dev", "");
        if (!isTracking()) { files.put("/proc/config", "# CONFIG_NF_CONNTRACK is not set\n"); }
        commands.put("uname_-r", release + "\n");
        commands.put("iptables_--version", "iptables v" + generation.freetzUserland() + "\n");
        commands.put("ip_addr",
                interfaceText("lan", "192.168.178.1", "2001:db8:0:178::1")
                        + interfaceText("guest", "192.168.179.1", "2001:db8:0:179::1")
                        + interfaceText("dsl", "203.0.113.2", "2001:db8::2"));
        return new Readings(files, commands);
    }

    /** Whether AVM's own kernel has connection tracking. */
    private boolean isTracking() {
        return builtin.contains("nf_conntrack") || configured.contains("nf_conntrack")
                || generation.policy == KernelGeneration.Policy.WORKS
                || generation.policy == KernelGeneration.Policy.MEMORY;
    }

    private static String interfaceText(String name, String ip, String ip6) {
        return "1: " + name + ": <UP>\n    inet " + ip + "/24 scope global " + name + "\n    inet6 " + ip6
                + "/64 scope global\n";
    }

    private static String path(String module) { return "kernel/net/netfilter/" + module + ".ko"; }

    /** What a module is linked to, by its name and by generations.txt; perhaps what this kernel doesn't have. */
    private List<String> needed(String module) {
        List<String> needed = new ArrayList<>();
        for (ModuleSpec spec : generation.specs()) {
            if (spec.modules().contains(module)) { needed.addAll(spec.needed); }
        }
        if (module.equals("xt_conntrack") || module.equals("xt_state")) { needed.add("nf_conntrack"); }
        String base = module.equals("x_tables") ? null : ModuleStates.base(module);
        if (base != null) { needed.add(base); }
        return needed;
    }
}
