package boxwall.cli;

import boxwall.netfilter.Words;
import boxwall.sys.BoxException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parsed command line: a verb, its files (two for diff, a file and a word for import, else one), KEY=VALUE words for
 * explain, options.
 */
final class Arguments {
    private static final List<String> WITH_VALUE =
            Arrays.asList("--root", "--out", "--stateful", "--config", "--model", "--firmware");
    private static final List<String> FLAGS = Arrays.asList("--json", "--optimize");

    private final Map<String, String> options = new HashMap<>();
    final List<String> files = new ArrayList<>();
    /** The KEY=VALUE words, in order. */
    final Map<String, String> keys = new LinkedHashMap<>();
    /** Empty if there is none. */
    String verb = "";

    private Arguments() {}

    /**
     * Parses the words; IllegalArgumentException says what is wrong with them, such as an option with a value that the
     * verb's line of the usage doesn't have.
     */
    static Arguments parse(List<String> words, String usage) {
        Arguments arguments = new Arguments();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            if (equals > 0 && WITH_VALUE.contains(word.substring(0, equals))) {
                arguments.options.put(word.substring(0, equals), word.substring(equals + 1));
            } else if (WITH_VALUE.contains(word)) {
                if (i + 1 == words.size()) { throw new IllegalArgumentException(word + " needs a value"); }
                arguments.options.put(word, words.get(++i));
            } else if (FLAGS.contains(word)) {
                arguments.options.put(word, "");
            } else if (word.startsWith("-") && word.length() > 1) {
                throw new IllegalArgumentException("no option '" + word + "'");
            } else if (arguments.verb.length() == 0) {
                arguments.verb = word;
            } else {
                arguments.word(word);
            }
        }
        for (String line : Words.lines(usage, "boxwall " + arguments.verb + " ")) {
            for (String option : arguments.options.keySet()) {
                if (!line.contains(option) && !FLAGS.contains(option) && !option.equals("--config")) {
                    throw new IllegalArgumentException(arguments.verb + " takes no " + option);
                }
            }
        }
        return arguments;
    }

    private void word(String word) {
        int at = word.indexOf('=');
        if (verb.equals("explain") && !files.isEmpty() && at > 0) {
            if (keys.put(word.substring(0, at), word.substring(at + 1)) != null) {
                throw new IllegalArgumentException("'" + word.substring(0, at) + "=' twice");
            }
            return;
        }
        if (Arrays.asList("facts", "presets", "daemon").contains(verb)) {
            throw new IllegalArgumentException(verb + " takes no file, found '" + word + "'");
        }
        boolean second = verb.equals("diff") || verb.equals("import");
        if (files.size() == (second ? 2 : 1)) {
            throw new IllegalArgumentException(
                    (verb.equals("diff") ? "two files" : second ? "a file and a word" : "one file")
                            + " at most, found '" + files.get(files.size() - 1) + "' and '" + word + "'");
        }
        files.add(word);
    }

    /** The first file, or a BoxException with this message. */
    String file(String message) throws BoxException {
        if (files.isEmpty()) { throw new BoxException(message); }
        return files.get(0);
    }

    /** An option's value, or the default. */
    String get(String option, String absent) {
        return options.containsKey(option) ? options.get(option) : absent;
    }

    boolean has(String option) { return options.containsKey(option); }
}
