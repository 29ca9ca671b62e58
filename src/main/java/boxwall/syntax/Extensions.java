package boxwall.syntax;

import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Target;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The known matches and targets, from the resource {@code extensions}:
 *
 * <pre>
 * match tcp 46 implicit=tcp p=tcp     kind, name, families; p= protocols, t= tables, h= hooks, need= and one= groups, since= see RequiredRelease
 *   --sport|--source-port ! ports hide=0:65535     spellings, "!" when negatable, the values' kinds, and the fields of OptionSpec
 * </pre>
 */
final class Extensions {
    private static Extensions loaded;

    /** By name, alias, and {@code -p PROTOCOL}, which implies a match. */
    private final Map<String, List<Extension>> named = new HashMap<>();

    private Extensions() {
        List<Extension> current = new ArrayList<>();
        for (String[] fields : ResourceRows.of("/boxwall/syntax/extensions")) {
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

    /** The table, which the first call loads. */
    static synchronized Extensions get() {
        if (loaded == null) { loaded = new Extensions(); }
        return loaded;
    }

    Extension match(String name, Family family) { return find(false, name, family); }

    Extension target(String name, Family family) { return find(true, name, family); }

    /** The extension of a match or a target in a rule, or null. */
    Extension of(Clause clause, Family family) {
        return find(clause instanceof Target, clause.name, family);
    }

    /** The target (or match) with that name, or null. */
    Extension find(boolean target, String name, Family family) {
        List<Extension> all = named.get(name);
        for (int i = 0; all != null && i < all.size(); i++) {
            if (all.get(i).is(target, family)) { return all.get(i); }
        }
        return null;
    }

    /** Whether a family has a target with that name, which no chain may have. */
    boolean isTarget(String name) {
        return target(name, Family.IPV4) != null || target(name, Family.IPV6) != null;
    }

    /** The match that -p implies, or null. */
    Extension implicit(String protocol, Family family) {
        return match("-p " + protocol, family);
    }

    /** The sorted names of the targets (or matches) of a family. */
    List<String> names(boolean target, Family family) {
        TreeSet<String> names = new TreeSet<>();
        for (List<Extension> all : named.values()) {
            for (Extension extension : all) {
                if (extension.is(target, family)) { names.add(extension.name); }
            }
        }
        return new ArrayList<>(names);
    }
}
