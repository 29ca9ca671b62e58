package boxwall.report;

import boxwall.box.Secrets;
import boxwall.netfilter.Words;

import com.eclipsesource.json.JsonArray;

import java.util.ArrayList;
import java.util.List;

/**
 * What an import gave, as JSON and in words: {@code {rules, whole, taken, missing, not_run, remarks[{line, what, todo,
 * harmless}], opens[], incomplete}}. whole says that nothing is missing; harmless remarks are about lines that a
 * ruleset doesn't need; taken, missing and not_run count lines that hold a rule; opens names the packets that the
 * ruleset accepts and, as far as the script can be read, the script drops.
 */
public final class ImportJson {
    private final String rules;
    private final boolean whole;
    private final int taken;
    private final int missing;
    private final int notRun;
    private final JsonArray remarks = new JsonArray();
    private final List<String> opens = new ArrayList<>();
    private final StringBuilder words = new StringBuilder();
    private String incomplete;

    /** Starts with the ruleset that came out, and the counts of lines. */
    public ImportJson(String rules, boolean whole, int taken, int missing, int notRun) {
        this.rules = rules;
        this.whole = whole;
        this.taken = taken;
        this.missing = missing;
        this.notRun = notRun;
    }

    /** Adds the remark on a line; {@code todo} may be empty or null. */
    public ImportJson remark(int line, String quoting, String todo, boolean harmless) {
        String what = Secrets.masked(quoting);
        remarks.add(
                JsonText.object("line", line, "what", what, "todo", todo == null ? "" : todo, "harmless", harmless));
        words.append(harmless ? "  " : "* ").append('\0').append(line).append(": ").append(what).append("; ")
                .append(todo).append('\n');
        return this;
    }

    /** Adds packets that the ruleset lets through and the script may not. */
    public ImportJson opens(String packets) {
        opens.add(packets);
        words.append("* lets through what the script drops, or may drop: ").append(packets).append('\n');
        return this;
    }

    /** Says what could not be compared; null for nothing. */
    public ImportJson incomplete(String why) {
        incomplete = why;
        return this;
    }

    /** The JSON text. */
    public String text() {
        return JsonText.object("rules", rules, "whole", whole, "taken", taken, "missing", missing, "not_run", notRun,
                "remarks", remarks, "opens", opens, "incomplete", incomplete).toString();
    }

    /** One line a remark, those about what is missing with a star; the totals last. */
    public String inWords(String file) {
        String more = incomplete == null ? "" : "* not all could be compared with the script: " + incomplete + "\n";
        return JsonText.utf8(Words.replace(words.toString(), "\0", file + ":") + more + "taken " + taken + ", missing "
                + missing + (notRun > 0 ? ", not run " + notRun : "") + "\n");
    }
}
