package boxwall.syntax;

import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
import boxwall.netfilter.Rows;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The matches and targets that the language knows, read once from the resource {@code extensions}:
 *
 * <pre>
 * match tcp 46 implicit=tcp p=tcp     kind, name, families; p= protocols, t= tables, h= hooks, need= and one= groups, since= see RequiredRelease
 *   --sport|--source-port ! ports hide=0:65535     spellings, "!" when negatable, the values' kinds, and the fields of OptionSpec
 * </pre>
 */
final class Extensions {
    private static Extensions loaded;

    /** By name and alias, and by {@code -p PROTOCOL}, which brings its match along. */
    private final Map<String, List<Extension>> named = new HashMap<>();

    private Extensions() {
        List<Extension> current = new ArrayList<>();
        for (String[] fields : Rows.of("/boxwall/syntax/extensions")) {
            if (fields[0].startsWith("--")) {
                OptionSpec option = new OptionSpec(fields);
                for (Extension extension : current) {
                    extension.options.add(option);
                    extension.any.add(option.names.get(0));
                }
                continue;
            }
            current.clear();
            for (String name : Words.split(fields[1], '|')) {
                Extension extension = new Extension(name, fields);
                current.add(extension);
                add(name, extension);
                for (String alias : extension.list("alias")) {
                    add(alias, extension);
                }
                if (extension.implicit != null) { add("-p " + extension.implicit, extension); }
            }
        }
    }

    private void add(String name, Extension extension) {
        if (!named.containsKey(name)) { named.put(name, new ArrayList<Extension>(2)); }
        named.get(name).add(extension);
    }

    /** The table; loaded at the first call. */
    static synchronized Extensions get() {
        if (loaded == null) { loaded = new Extensions(); }
        return loaded;
    }

    Extension match(String name, Family family) { return find(false, name, family); }

    Extension target(String name, Family family) { return find(true, name, family); }

    /** That of a match or a target in a rule, or null. */
    Extension of(Clause clause, Family family) {
        return find(clause instanceof Target, clause.name, family);
    }

    Extension find(boolean target, String name, Family family) {
        List<Extension> all = named.get(name);
        for (int i = 0; all != null && i < all.size(); i++) {
            if (all.get(i).is(target, family)) { return all.get(i); }
        }
        return null;
    }

    /** Whether any family has a target of that name: no chain may be called so. */
    boolean isTarget(String name) {
        return target(name, Family.IPV4) != null || target(name, Family.IPV6) != null;
    }

    /** The match that -p brings along for its options, or null. */
    Extension implicit(String protocol, Family family) {
        return match("-p " + protocol, family);
    }

    /** All names of a kind in a family, sorted. */
    List<String> names(boolean target, Family family) {
        TreeSet<String> names = new TreeSet<>();
        for (List<Extension> all : named.values()) {
            for (Extension each : all) {
                if (each.is(target, family)) { names.add(each.name); }
            }
        }
        return new ArrayList<>(names);
    }
}
