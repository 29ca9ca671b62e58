package boxwall.report;

import boxwall.box.Finding;
import boxwall.compile.Compiled;
import boxwall.netfilter.Family;

import java.util.List;

/** A checked ruleset: {@code {etag, mode, rules{ipv4,ipv6}, modules[], advice, findings[], notes[{where, text}]}}. */
public final class CandidateJson {
    private CandidateJson() {}

    /** The JSON text; {@code advice} names the source of the remaining findings, null if there are none. */
    public static String of(String etag, Compiled compiled, List<Finding> findings, String advice) {
        return JsonText
                .object("etag", etag, "mode", compiled.mode(), "rules",
                        JsonText.object("ipv4", compiled.ruleset.ruleCount(Family.IPV4), "ipv6",
                                compiled.ruleset.ruleCount(Family.IPV6)),
                        "modules", compiled.modules, advice == null ? null : "advice", advice, "findings", findings,
                        "notes", compiled.notes)
                .toString();
    }
}
