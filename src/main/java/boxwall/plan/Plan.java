package boxwall.plan;

import boxwall.compile.Compiled;
import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.syntax.Note;
import boxwall.syntax.RuleWriter;

import java.nio.charset.Charset;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a plan directory. Each file ends in {@code # end NAME LINES BYTES}, the size of the text before that
 * line, which a shell without sha1sum can check: a power failure may truncate a file, or leave an older one.
 */
public final class Plan {
    private Plan() {}

    /**
     * The files by name, each with its end mark; only the user's {@code rules} have none.
     *
     * @param source the ruleset's text as the user wrote it, so that a confirmed change saves both
     * @param stamp names box and administrator; gets mode, families, tables and sums
     * @param acceleration flush, disable or leave
     */
    public static Map<String, String> files(Compiled compiled, String source, Stamp stamp, String acceleration) {
        Map<String, String> files = new LinkedHashMap<>();
        StringBuilder origin = new StringBuilder();
        List<String> families = new ArrayList<>();
        put(files, "modules", lines(compiled.modules));
        for (Family family : Family.values()) {
            RuleWriter.RestoreText restore = RuleWriter.restore(compiled.ruleset, family);
            put(files, "restore" + family.digit(), restore.text);
            if (restore.text.length() > 0) { families.add(family.word()); }
            for (int line = 1; line <= restore.origins.size(); line++) {
                Origin from = restore.origins.get(line - 1);
                if (from != null) {
                    origin.append(family.digit()).append(' ').append(line).append(' ').append(from).append('\n');
                }
            }
            List<String> tables = new ArrayList<>();
            for (Table table : compiled.ruleset.tables(family)) {
                tables.add(table.word());
            }
            stamp.put("tables" + family.digit(), Words.join(tables, ","));
        }
        put(files, "pa", acceleration + "\n");
        put(files, "origin", origin.toString());
        List<String> notes = new ArrayList<>();
        for (Note note : compiled.notes) {
            notes.add(note.origin + ": " + note.text);
        }
        put(files, "notes", lines(notes));
        stamp.put("families", Words.join(families, ",")).put("mode", compiled.mode());
        if (!compiled.protects()) { stamp.put("protects", "no"); }
        for (String name : new String[] {"modules", "restore4", "restore6", "pa"}) {
            stamp.put("sha1." + name, sha1(files.get(name))); // as sha1sum prints it on the box
        }
        // identifies the ruleset of this plan among the saved ones after a reboot
        stamp.put("sha1.rules", sha1(source));
        put(files, "stamp", stamp.toString());
        files.put("rules", source);
        return files;
    }

    private static String lines(List<String> lines) { return lines.isEmpty() ? "" : Words.join(lines, "\n") + "\n"; }

    private static void put(Map<String, String> files, String name, String text) {
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            count += text.charAt(i) == '\n' ? 1 : 0;
        }
        files.put(name, text + "# end " + name + " " + count + " " + text.length() + "\n");
    }

    /** A text's SHA-1 in hex digits. */
    public static String sha1(String text) {
        try {
            return Words.hex(MessageDigest.getInstance("SHA-1").digest(
                    Words.highest(text) < 256 ? Words.bytesOf(text) : text.getBytes(Charset.forName("ISO-8859-1"))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
