package boxwall.syntax;

import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
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

    private final Map<String, Extension> byKey = new HashMap<>();

    private Extensions() {
        List<Extension> current = new ArrayList<>();
        for (String[] fields : TableRow.resource("extensions")) {
            if (fields[0].startsWith("--")) {
                OptionSpec option = new OptionSpec(fields);
                for (Extension extension : current) {
                    extension.options.add(option);
                }
                continue;
            }
            current.clear();
            for (String name : Words.split(fields[1], '|')) {
                Extension extension = new Extension(name, fields);
                current.add(extension);
                for (Family family : Family.values()) {
                    if (extension.in(family)) { add(extension, family.digit()); }
                }
            }
        }
    }

    private void add(Extension extension, String family) {
        String key = (extension.target ? "t" : "m") + family;
        byKey.put(key + extension.name, extension);
        for (String alias : extension.aliases) {
            byKey.put(key + alias, extension);
        }
        if (extension.implicit != null) { byKey.put("p" + family + extension.implicit, extension); }
    }

    /** The table; loaded at the first call. */
    static synchronized Extensions get() {
        if (loaded == null) { loaded = new Extensions(); }
        return loaded;
    }

    Extension match(String name, Family family) { return byKey.get("m" + family.digit() + name); }

    Extension target(String name, Family family) { return byKey.get("t" + family.digit() + name); }

    /** That of a match or a target in a rule, or null. */
    Extension of(Clause clause, Family family) {
        return find(clause instanceof Target, clause.name, family);
    }

    Extension find(boolean target, String name, Family family) {
        return target ? target(name, family) : match(name, family);
    }

    /** Whether any family has a target of that name: no chain may be called so. */
    boolean isTarget(String name) {
        return target(name, Family.IPV4) != null || target(name, Family.IPV6) != null;
    }

    /** The match that -p brings along for its options, or null. */
    Extension implicit(String protocol, Family family) {
        return byKey.get("p" + family.digit() + protocol);
    }

    /** All names of a kind in a family, sorted. */
    List<String> names(boolean target, Family family) {
        String prefix = (target ? "t" : "m") + family.digit();
        TreeSet<String> names = new TreeSet<>();
        for (Map.Entry<String, Extension> each : byKey.entrySet()) {
            if (each.getKey().startsWith(prefix)) { names.add(each.getValue().name); }
        }
        return new ArrayList<>(names);
    }
}
