package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The matches and targets that the language knows, read once from the resource {@code extensions}:
 *
 * <pre>
 * match tcp 46 implicit=tcp p=tcp     kind, name, families; p= protocols, t= tables, h= hooks, need= and one= groups, finish= see ExtensionCheck, since= see RequiredRelease
 *   --sport|--source-port ! ports hide=0:65535     spellings, "!" when negatable, the values' kinds, and the fields of OptionSpec
 * </pre>
 */
final class Extensions {
    private static Extensions loaded;

    private final Map<String, Extension> byKey = new HashMap<>();

    private Extensions(BufferedReader in) throws IOException {
        List<Extension> current = Collections.emptyList();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] fields = Words.of(line);
            if (fields.length == 0 || fields[0].charAt(0) == '#') { continue; }
            if (fields[0].startsWith("--")) {
                OptionSpec option = new OptionSpec(fields);
                for (Extension extension : current) {
                    extension.options.add(option);
                }
            } else {
                current = extensions(fields);
                for (Extension extension : current) {
                    add(extension);
                }
            }
        }
    }

    /** The table; loaded at the first call. */
    static synchronized Extensions get() {
        if (loaded == null) {
            try {
                loaded = new Extensions(resource("extensions"));
            } catch (IOException e) {
                throw new IllegalStateException("resource boxwall/syntax/extensions can't be read: " + e.getMessage(),
                        e);
            }
        }
        return loaded;
    }

    static BufferedReader resource(String name) throws IOException {
        InputStream in = Extensions.class.getResourceAsStream("/boxwall/syntax/" + name);
        if (in == null) { throw new IOException("not in the jar: boxwall/syntax/" + name); }
        return new BufferedReader(new InputStreamReader(in, Charset.forName("US-ASCII")));
    }

    Extension match(String name, Family family) { return byKey.get("m" + family.digit() + name); }

    Extension target(String name, Family family) { return byKey.get("t" + family.digit() + name); }

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
        for (String key : byKey.keySet()) {
            if (key.startsWith(prefix) && !byKey.get(key).aliases.contains(key.substring(prefix.length()))) {
                names.add(key.substring(prefix.length()));
            }
        }
        return new ArrayList<>(names);
    }

    private void add(Extension extension) {
        for (Family family : Family.values()) {
            if (extension.in(family)) {
                byKey.put((extension.target ? "t" : "m") + family.digit() + extension.name, extension);
                for (String alias : extension.aliases) {
                    byKey.put((extension.target ? "t" : "m") + family.digit() + alias, extension);
                }
                if (extension.implicit != null) { byKey.put("p" + family.digit() + extension.implicit, extension); }
            }
        }
    }

    /** {@code match A|B 46 ...}: one extension for each name. */
    private static List<Extension> extensions(String[] fields) {
        List<Extension> all = new ArrayList<>();
        for (String name : Words.split(fields[1], '|')) {
            Extension e = new Extension(fields[0].equals("target"), name, fields[2].indexOf('4') >= 0,
                    fields[2].indexOf('6') >= 0);
            for (int i = 3; i < fields.length; i++) {
                attribute(e, fields[i]);
            }
            all.add(e);
        }
        return all;
    }

    private static void attribute(Extension e, String field) {
        String value = field.substring(field.indexOf('=') + 1);
        if (field.startsWith("p=")) {
            for (String protocol : list(value)) {
                e.protocols.add(Protocols.canonical(protocol));
            }
        } else if (field.startsWith("implicit=")) {
            e.implicit = Protocols.canonical(value);
        } else if (field.startsWith("alias=")) {
            e.aliases.addAll(list(value));
        } else if (field.startsWith("t=")) {
            e.tables = new TreeSet<>();
            for (String table : list(value)) {
                e.tables.add(Table.of(table));
            }
        } else if (field.startsWith("h=")) {
            e.hooks = Extension.hooks(value);
        } else if (field.startsWith("need=")) {
            e.need.add(value.equals("any") ? Collections.<String>emptyList() : list(value));
        } else if (field.startsWith("one=")) {
            e.exclusive.add(list(value));
        } else if (field.startsWith("finish=")) {
            e.finish = value;
        } else if (field.startsWith("since=")) {
            e.since = value;
        } else if (field.startsWith("since6=")) {
            e.since6 = value;
        } else {
            throw new IllegalStateException("extensions: " + e.name + ": " + field);
        }
    }

    private static List<String> list(String value) { return Arrays.asList(Words.split(value, ',')); }
}
