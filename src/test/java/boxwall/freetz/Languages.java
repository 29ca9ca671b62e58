package boxwall.freetz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Selects a language as Freetz' build does: replaces {@code $(lang de:"ja" en:"yes")} by ja or yes in the files that
 * .language lists.
 */
final class Languages {
    private static final Pattern CHOICE =
            Pattern.compile("\\$\\(lang((?:[\\s\\\\]+\\w+:\"(?:[^\"\\\\]|\\\\.)*\")+)[\\s\\\\]*\\)");
    private static final Path LANGUAGE = Path.of("freetz-package/language");

    private Languages() {}

    /** The files that the package's .language lists. */
    static List<String> files() throws IOException {
        String text = Files.readString(LANGUAGE);
        return List.of(text.substring(text.indexOf("files\n{\n") + 8, text.lastIndexOf('}')).strip().split("\\s+"));
    }

    /** Selects the language in the listed files below a root. */
    static void fill(Path root, String language) throws IOException {
        for (String name : files()) {
            Path file = root.resolve(name);
            Files.writeString(file, translate(Files.readString(file, StandardCharsets.ISO_8859_1), language),
                    StandardCharsets.ISO_8859_1);
        }
    }

    /** The same for every file of a real tree, without reading its .language files. */
    static void fillAll(Path root, String language) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (text.contains("$(lang")) {
                    Files.writeString(file, translate(text, language), StandardCharsets.ISO_8859_1);
                }
            }
        }
    }

    /** A text in one language; throws if a text lacks the language. */
    static String translate(String text, String language) {
        Matcher choices = CHOICE.matcher(text);
        StringBuilder result = new StringBuilder();
        while (choices.find()) {
            Matcher entry =
                    Pattern.compile("[\\s\\\\]" + language + ":\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(choices.group(1));
            if (!entry.find()) { throw new IllegalArgumentException("no " + language + " in " + choices.group()); }
            choices.appendReplacement(result, Matcher.quoteReplacement(entry.group(1).replaceAll("\\\\(.)", "$1")));
        }
        return choices.appendTail(result).toString();
    }
}
