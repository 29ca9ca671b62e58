package boxwall.daemon;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A command line taken apart: a verb, at most one file, options. */
final class Arguments {
    private static final List<String> WITH_VALUE = Arrays.asList("--root", "--out", "--stateful", "--config");
    private static final List<String> FLAGS = Arrays.asList("--json");

    private final Map<String, String> options = new HashMap<String, String>();
    private String verb = "";
    private String file;

    private Arguments() {
    }

    /** Takes the words apart; IllegalArgumentException says what is wrong with them. */
    static Arguments parse(List<String> words) {
        Arguments arguments = new Arguments();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (WITH_VALUE.contains(word)) {
                if (i + 1 == words.size()) {
                    throw new IllegalArgumentException(word + " wants a value");
                }
                arguments.options.put(word, words.get(++i));
            } else if (FLAGS.contains(word)) {
                arguments.options.put(word, "");
            } else if (word.startsWith("-") && word.length() > 1) {
                throw new IllegalArgumentException("no option '" + word + "'");
            } else if (arguments.verb.length() == 0) {
                arguments.verb = word;
            } else if (arguments.file == null) {
                arguments.file = word;
            } else {
                throw new IllegalArgumentException("one file at most, found '" + arguments.file + "' and '" + word + "'");
            }
        }
        return arguments;
    }

    /** The verb; empty when there is none. */
    String verb() {
        return verb;
    }

    /** The file, or null. */
    String file() {
        return file;
    }

    /** An option's value, or the given one when it wasn't said. */
    String get(String option, String otherwise) {
        return options.containsKey(option) ? options.get(option) : otherwise;
    }

    boolean has(String option) {
        return options.containsKey(option);
    }
}
