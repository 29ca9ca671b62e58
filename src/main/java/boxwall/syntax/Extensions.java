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
    private static final int MATCH = 0;
    private static final int TARGET = 1;
    private static final int PROTOCOL = 2;
    private static final int FAMILIES = Family.values().length;
    private static Extensions loaded;

    /** By name, a map for each kind and family; a protocol has the match that it implies. */
    private final List<Map<String, Extension>> maps = new ArrayList<>();

    private Extensions() {
        while (maps.size() < 3 * FAMILIES) {
            maps.add(new HashMap<String, Extension>());
        }
        List<Extension> current = new ArrayList<>();
        for (String[] fields : Rows.of("/boxwall/syntax/extensions")) {
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
                    if (extension.in(family)) { add(extension, family); }
                }
            }
        }
    }

    private void add(Extension extension, Family family) {
        Map<String, Extension> byName = map(extension.target ? TARGET : MATCH, family);
        byName.put(extension.name, extension);
        for (String alias : extension.aliases) {
            byName.put(alias, extension);
        }
        if (extension.implicit != null) { map(PROTOCOL, family).put(extension.implicit, extension); }
    }

    private Map<String, Extension> map(int kind, Family family) { return maps.get(kind * FAMILIES + family.ordinal()); }

    /** The table; loaded at the first call. */
    static synchronized Extensions get() {
        if (loaded == null) { loaded = new Extensions(); }
        return loaded;
    }

    Extension match(String name, Family family) { return map(MATCH, family).get(name); }

    Extension target(String name, Family family) { return map(TARGET, family).get(name); }

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
        return map(PROTOCOL, family).get(protocol);
    }

    /** All names of a kind in a family, sorted. */
    List<String> names(boolean target, Family family) {
        TreeSet<String> names = new TreeSet<>();
        for (Extension each : map(target ? TARGET : MATCH, family).values()) {
            names.add(each.name);
        }
        return new ArrayList<>(names);
    }
}
