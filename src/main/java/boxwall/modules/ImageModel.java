package boxwall.modules;

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
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;

/**
 * A model as Freetz-NG's sources describe it: its kernel, the kernel's built-in modules, and the modules that an image
 * for it can contain. Only the jar for a PC contains models.txt; the head of that file explains the format.
 */
public final class ImageModel {
    /**
     * The modules that Freetz selects with Iptables by default. If the kernel has x_tables, its menu hides the rest.
     */
    private static final List<String> DEFAULTS =
            Arrays.asList("iptable_filter", "ip_tables", "ip6table_filter", "ip6_tables", "x_tables");
    private static final List<String> LOG =
            Arrays.asList("xt_LOG", "nf_log_common", "nf_log_ipv4", "nf_log_ipv6", "nf_log_syslog");
    private static final List<String> REJECT = Arrays.asList("nf_reject_ipv4", "nf_reject_ipv6");

    /** Model, firmware and kernel, for a heading. */
    public final String title;
    /** Why Freetz builds no modules or no iptables for this box; empty if it does. */
    public final String obstacle;
    /** Modules that Freetz selects by default and that would end the build: they, or what they select, are built in. */
    public final List<String> unwanted;
    /** The modules in Freetz' menu (FREETZ_MODULE_x); its build adds them to the kernel's configuration. */
    public final Set<String> offered = new TreeSet<>();
    /** The modules that result from the kernel's unchanged configuration (FREETZ_MODULES_OWN). */
    public final Set<String> own;
    private final String release;
    private final KernelGeneration generation;
    private final Set<String> builtin;
    /** Whether AVM's own kernel has connection tracking. */
    private final boolean tracks;

    private ImageModel(String[] row, String[] kernel) {
        release = row[3];
        title = row[1] + ", FRITZ!OS " + row[2] + ", kernel " + release;
        obstacle = obstacle(row.length > 5 ? row[5] : "");
        generation = KernelGeneration.of(release);
        builtin = names(kernel, "y=");
        own = names(kernel, "m=");
        tracks = builtin.contains("nf_conntrack") || own.contains("nf_conntrack")
                || generation.policy == KernelGeneration.Policy.WORKS
                || generation.policy == KernelGeneration.Policy.MEMORY;
        boolean logs = builtin.contains("nf_log_common") || builtin.contains("nf_log_syslog");
        if (builtin.contains("x_tables")) {
            unwanted = DEFAULTS;
        } else {
            unwanted = logs ? Collections.singletonList("xt_LOG") : Collections.<String>emptyList();
            offer(logs ? LOG : Collections.<String>emptyList());
        }
        if (generation.atLeast("4.1")) { own.addAll(REJECT); }
        own.removeAll(builtin);
        own.removeAll(offered);
    }

    private static String obstacle(String word) {
        return word.equals("sources")
                ? "Freetz-NG has no kernel sources from AVM for it that modules could be built from"
                : word.equals("untested") ? "Freetz-NG builds no modules for a box that nobody has tested"
                : word.equals("iptables") ? "Freetz-NG does not offer Iptables for it" : "";
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

    private void offer(List<String> hidden) {
        for (ModuleSpec spec : generation.specs()) {
            if (spec.offered) { addAll(offered, spec); }
        }
        offered.removeAll(REJECT);
        offered.removeAll(builtin);
        offered.removeAll(hidden);
    }

    private static void addAll(Set<String> all, ModuleSpec spec) {
        all.addAll(spec.modules());
        all.addAll(spec.needed);
    }

    /**
     * The model of that name with that firmware: {@code 7590}, {@code FRITZ!Box 7270 v3}; {@code 08.2x}, {@code 07.57}.
     *
     * @throws IllegalArgumentException if it is unknown; the message lists the known ones
     */
    public static ImageModel find(String model, String firmware) {
        List<String[]> rows = ResourceRows.of("/boxwall/modules/models.txt");
        if (rows == null) {
            throw new IllegalArgumentException(
                    "the jar of a box has no list of models; ask the one on a PC, target/boxwall.jar");
        }
        Map<String, String[]> kernels = new HashMap<>();
        Set<String> models = new LinkedHashSet<>();
        Set<String> versions = new TreeSet<>();
        String wanted = plain(model);
        String[] best = null;
        for (String[] row : rows) {
            if (row[0].equals("kernel")) {
                kernels.put(row[1], row);
                continue;
            }
            models.add(row[1]);
            if (row[1].equals(wanted)) {
                versions.add(row[2]);
                best = fits(row[2], firmware) && (best == null || row[2].compareTo(best[2]) > 0) ? row : best;
            }
        }
        if (best != null) { return new ImageModel(best, kernels.get(best[4])); }
        throw new IllegalArgumentException(
                versions.isEmpty() ? "no model '" + model + "'; known: " + Words.join(similar(models, wanted), " ")
                        : "no firmware '" + firmware + "' for " + wanted + "; known: " + Words.join(versions, " "));
    }

    /** The models whose first three characters are the same; all if there are none. */
    private static Collection<String> similar(Collection<String> models, String wanted) {
        List<String> similar = new ArrayList<>();
        for (String model : models) {
            if (wanted.length() > 2 && model.startsWith(wanted.substring(0, 3))) { similar.add(model); }
        }
        return similar.isEmpty() ? models : similar;
    }

    /** Whether a line like 06.2x is at most a firmware like 06.30: the same major version, no later minor digit. */
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

    /** Whether connection tracking runs out of memory there and reboots the box: the menu doesn't offer it. */
    public boolean lacksMemory() {
        return generation.policy == KernelGeneration.Policy.MEMORY;
    }

    /** Whether Freetz offers Iptables to developers only. */
    public boolean isForDevelopers() {
        return generation.atLeast("3.10");
    }

    /** The modules of a feature that are built into the kernel. */
    public Set<String> builtin(Family family, String kind, String feature) {
        Set<String> all = new TreeSet<>();
        ModuleSpec spec = generation.spec(FeatureKind.valueOf(kind.toUpperCase(Locale.ROOT)), feature, family);
        addAll(all, spec);
        addAll(all, generation.core(family));
        if (spec.pullsConntrack) { addAll(all, generation.conntrack(family)); }
        all.retainAll(builtin);
        return all;
    }

    /** All modules that an image for this box can contain. */
    public Set<String> obtainable() {
        Set<String> all = new TreeSet<>(offered);
        all.addAll(own);
        return all;
    }

    /** The readings of a box with these modules in its image, AVM's default addresses, and no module loaded. */
    public Readings readings(Collection<String> modules) {
        Map<String, String> texts = new HashMap<>();
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
        texts.put(folder + "modules.dep", dep.toString());
        texts.put(folder + "modules.builtin", inside.toString());
        texts.put("/proc/modules", generation.policy == KernelGeneration.Policy.LAYOUT
                ? "kdsldmod 700000 0 - Live 0x00000000 (P)\n" : "dummy 1 0 - Live 0x00000000\n");
        texts.put("/proc/net/dev", "");
        if (!tracks) { texts.put("/proc/config", "# CONFIG_NF_CONNTRACK is not set\n"); }
        texts.put("uname_-r", release + "\n");
        texts.put("iptables_--version", "iptables v" + generation.freetzUserland() + "\n");
        texts.put("ip_addr",
                interfaceText("lan", "192.168.178.1", "2001:db8:0:178::1")
                        + interfaceText("guest", "192.168.179.1", "2001:db8:0:179::1")
                        + interfaceText("dsl", "203.0.113.2", "2001:db8::2"));
        return new Readings(texts);
    }

    private static String interfaceText(String name, String ip, String ip6) {
        return "1: " + name + ": <UP>\n    inet " + ip + "/24 scope global " + name + "\n    inet6 " + ip6
                + "/64 scope global\n";
    }

    private static String path(String module) { return "kernel/net/netfilter/" + module + ".ko"; }

    /** The modules that a module is linked to on any kernel, by its name and by generations.txt. */
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
