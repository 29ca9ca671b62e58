package boxwall.report;

import boxwall.box.Finding;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

/** A finding as JSON, short for everybody and whole for those with the token. */
public final class FindingJson {
    private FindingJson() {}

    /** {@code {code, severity}}. */
    public static JsonObject brief(Finding finding) {
        return Json.object().add("code", finding.code()).add("severity", finding.severity().word());
    }

    /** {@code {code, severity, where, evidence[], effect, remedy}}. */
    public static JsonObject whole(Finding finding) {
        JsonArray evidence = new JsonArray();
        for (String line : finding.evidence()) {
            evidence.add(Text.of(line));
        }
        return brief(finding).add("where", Text.of(finding.where())).add("evidence", evidence)
                .add("effect", Text.of(finding.effect())).add("remedy", Text.of(finding.remedy));
    }
}
