package boxwall.probe;

import boxwall.box.Finding;
import boxwall.facts.BoxFacts;
import boxwall.modules.Capability;
import boxwall.modules.FeatureKind;
import boxwall.netfilter.Family;
import boxwall.report.FactsJson;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Facts as text for review: the JSON's leaves, one per line; netfilter's names grouped by state; the names that rules
 * may use; the modules of some features; and the findings.
 */
final class Golden {
    private Golden() {}

    static String of(BoxFacts facts) {
        StringBuilder out = new StringBuilder();
        JsonObject json = FactsJson.of(facts);
        for (JsonObject.Member member : json) {
            if (member.getName().equals("netfilter")) {
                appendNetfilter(out, member.getValue().asObject());
            } else if (!member.getName().equals("findings")) { appendLeaves(out, member.getName(), member.getValue()); }
        }
        Map<String, String> known = new LinkedHashMap<>(facts.names);
        known.values().removeAll(Collections.singleton(null));
        List<String> lacking = new ArrayList<>(facts.names.keySet());
        lacking.removeAll(known.keySet());
        out.append("names ").append(known).append(" lacking ").append(lacking).append('\n');
        out.append("ports ").append(facts.portRange == null ? "unknown" : facts.portRange.toString().replace(':', '-'))
                .append('\n');
        appendLoad(out, facts, FeatureKind.TABLE, "filter");
        appendLoad(out, facts, FeatureKind.TABLE, "nat");
        appendLoad(out, facts, FeatureKind.MATCH, "tcp");
        appendLoad(out, facts, FeatureKind.MATCH, "state");
        appendLoad(out, facts, FeatureKind.TARGET, "LOG");
        for (String module : new String[] {"ip_conntrack", "nf_conntrack", "ip_conntrack_ftp", "nf_conntrack_tftp",
                "ipt_LOG", "xt_iprange"}) {
            out.append("modprobe ").append(module).append(" -> ").append(facts.module(module)).append(' ')
                    .append(facts.module(module).modules).append('\n');
        }
        out.append(Planted.lines(facts.avmFirewall));
        for (Finding finding : facts.findings) {
            out.append("finding ").append(finding).append('\n');
            for (String line : finding.evidence) {
                out.append("    ").append(line).append('\n');
            }
        }
        return out.toString();
    }

    private static void appendLoad(StringBuilder out, BoxFacts facts, FeatureKind kind, String name) {
        Capability capability = facts.capability(Family.IPV4, kind, name);
        out.append(kind.word).append(' ').append(name).append(": ").append(capability).append(" load ")
                .append(capability.modules).append('\n');
    }

    private static void appendLeaves(StringBuilder out, String path, JsonValue value) {
        if (value.isObject()) {
            for (JsonObject.Member member : value.asObject()) {
                appendLeaves(out, path + "." + member.getName(), member.getValue());
            }
        } else if (value.isArray() && value.asArray().size() > 0 && value.asArray().get(0).isObject()) {
            for (JsonValue one : value.asArray()) {
                out.append(path).append(" = ").append(one).append('\n');
            }
        } else {
            out.append(path).append(" = ").append(value).append('\n');
        }
    }

    private static void appendNetfilter(StringBuilder out, JsonObject families) {
        for (JsonObject.Member family : families) {
            for (JsonObject.Member kind : family.getValue().asObject()) {
                Map<String, StringBuilder> byState = new TreeMap<>();
                for (JsonObject.Member name : kind.getValue().asObject()) {
                    byState.computeIfAbsent(name.getValue().asString(), k -> new StringBuilder()).append(' ')
                            .append(name.getName());
                }
                byState.forEach((state, names) -> out.append(family.getName()).append('.').append(kind.getName())
                        .append(' ').append(state).append(':').append(names).append('\n'));
            }
        }
    }

    /**
     * The same with all other facts, evidence and the load order of each capability, so that the loss of any line of a
     * box changes it.
     */
    static String complete(BoxFacts facts) {
        StringBuilder out = new StringBuilder(of(facts));
        for (Family family : Family.values()) {
            for (FeatureKind kind : FeatureKind.values()) {
                for (String name : facts.capabilityNames(family, kind)) {
                    Capability capability = facts.capability(family, kind, name);
                    out.append(name).append(' ').append(capability).append(capability.modules).append('\n');
                }
            }
        }
        return out.append(facts.conntrack().evidence).append(facts.acceleration.evidence).append(facts.interfaces)
                .toString();
    }
}
