package boxwall.report;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;

/**
 * POST /import: {@code {rules, whole, remarks[{line, what, todo, harmless}]}}. whole says that nothing is missing; harmless remarks are about
 * lines that a ruleset doesn't need.
 */
public final class ImportJson {
    private final String rules;
    private final boolean whole;
    private final JsonArray remarks = new JsonArray();

    /** Starts with the ruleset that came out. */
    public ImportJson(String rules, boolean whole) {
        this.rules = rules;
        this.whole = whole;
    }

    /** Adds what is said of a line; {@code todo} may be empty or null. */
    public ImportJson remark(int line, String what, String todo, boolean harmless) {
        remarks.add(Json.object().add("line", line).add("what", Text.of(what)).add("todo", todo == null ? "" : Text.of(todo)).add("harmless", harmless));
        return this;
    }

    /** The JSON text. */
    public String text() {
        return Json.object().add("rules", Text.of(rules)).add("whole", whole).add("remarks", remarks).toString();
    }
}
