package boxwall.syntax;

import boxwall.netfilter.Hook;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A row of the resource {@code extensions}: attributes ({@code key=value}, or a flag) and other words. */
class ExtensionRow {
    static final Set<Hook> ALL_HOOKS = new TreeSet<>(Arrays.asList(Hook.values()));
    private static final List<String> FLAGS = Arrays.asList("!", "multi", "silent");

    /** The other words. */
    final List<String> kinds = new ArrayList<>();
    private final Map<String, String> attributes = new HashMap<>();

    /** From the words at an index and after it. */
    ExtensionRow(String[] words, int from) {
        for (int i = from; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            int colon = words[i].indexOf(':');
            if (equals > 0 && (colon < 0 || equals < colon)) {
                String key = words[i].substring(0, equals);
                String value = words[i].substring(equals + 1);
                attributes.put(key, is(key) ? get(key) + " " + value : value);
            } else if (FLAGS.contains(words[i])) {
                attributes.put(words[i], "");
            } else {
                kinds.add(words[i]);
            }
        }
    }

    /** The value of an attribute, or null; repeated ones are joined by blanks. */
    final String get(String attribute) {
        return attributes.get(attribute);
    }

    /** The parts of a value that commas separate; none without the attribute. */
    final List<String> list(String attribute) {
        return is(attribute) ? Arrays.asList(Words.split(get(attribute), ',')) : Collections.<String>emptyList();
    }

    final boolean is(String attribute) { return attributes.containsKey(attribute); }

    /** The hooks of an attribute, or the standard without it. */
    final Set<Hook> hooks(String attribute, Set<Hook> standard) {
        Set<Hook> hooks = new TreeSet<>();
        for (String hook : list(attribute)) {
            hooks.add(Hook.valueOf(hook));
        }
        return hooks.isEmpty() ? standard : hooks;
    }
}
