package boxwall.report;

import boxwall.avm.Acceleration;
import boxwall.facts.BoxFacts;
import boxwall.modules.Capability;
import boxwall.box.Interface;
import boxwall.modules.Kind;
import boxwall.box.Secrets;
import boxwall.box.Userland;
import boxwall.netfilter.Family;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

/**
 * Facts and findings as JSON; what is unknown is null, or the word {@code unknown} where the value is one of a few
 * words.
 */
public final class FactsJson {
    private static final String[] KINDS = {"tables", "matches", "targets"};

    /** The facts shown last and their text, which each GET /status shows again. */
    private static BoxFacts shown;
    private static String text = "";

    private FactsJson() {}

    /** The facts as they stand in a status; made once for each reading of a box. */
    public static synchronized String inStatus(BoxFacts facts) {
        if (facts != shown) {
            text = of(facts).toString();
            shown = facts;
        }
        return text;
    }

    /**
     * The facts, keys in a fixed order. decided_by names the readings that decided each fact, so that a wrong one can
     * be reported: names as above, with a dot between levels, to lines with their source.
     */
    public static JsonObject of(BoxFacts facts) {
        Userland userland = facts.userland;
        Integer revision = facts.firmware.revision.value();
        Acceleration pa = facts.acceleration;
        return JsonText.object("kernel",
                JsonText.object("release", facts.kernel.value(), "generation", facts.generation.name(), "machine",
                        facts.machine.value()),
                "firmware",
                JsonText.object("model", facts.firmware.model.value(), "version", facts.firmware.version.value(),
                        "revision", revision == null ? null : revision.toString()),
                "memory_mb", facts.firmware.memoryMb.value(), "iptables",
                JsonText.object("version", userland.version.value(), "save", userland.save, "restore", userland.restore,
                        "wait", userland.waits(), "ip6", userland.ip6),
                "modules", JsonText.object("loaded", facts.modules().loaded.names()), "netfilter",
                netfilter(facts, false), "conntrack",
                JsonText.object("state", facts.conntrack().state.word(), "owner", facts.conntrack().owner, "reason",
                        facts.conntrack().reason),
                "packet_acceleration",
                JsonText.object("state", pa.state.word(), "hardware", pa.hardware, "version", pa.version), "interfaces",
                interfaces(facts), "printk", facts.surroundings.printk.value(), "dsld", facts.surroundings.dsld.value(),
                "decided_by", facts.decidedBy(), "findings", facts.findings);
    }

    /**
     * The facts as one line of text, with the reading behind each name of netfilter's as well, which would be too much
     * for a status.
     */
    public static String text(BoxFacts facts) {
        JsonObject json = of(facts);
        json.get("decided_by").asObject().add("netfilter", netfilter(facts, true));
        return json.toString();
    }

    /** By family, kind and name the state of each capability, or the reading that it was told by. */
    private static JsonObject netfilter(BoxFacts facts, boolean evidence) {
        JsonObject families = new JsonObject();
        for (Family family : Family.values()) {
            JsonObject kinds = new JsonObject();
            for (Kind kind : new Kind[] {Kind.TABLE, Kind.MATCH, Kind.TARGET}) {
                JsonObject names = new JsonObject();
                for (String name : facts.capabilityNames(family, kind)) {
                    Capability one = facts.capability(family, kind, name);
                    names.add(name, JsonText.value(evidence ? one.evidence() : one.state.word()));
                }
                kinds.add(KINDS[kinds.size()], names);
            }
            families.add(family.word(), kinds);
        }
        return families;
    }

    /** lan, wan and guest by what they are for; {@code all} lists every interface with the reason for its role. */
    private static JsonObject interfaces(BoxFacts facts) {
        JsonArray all = new JsonArray();
        for (Interface one : facts.interfaces) {
            all.add(JsonText.object("name", one.name, "role", one.role.word(), "reason", one.reason));
        }
        return JsonText.object("lan", of(facts.lan), "wan", of(facts.wan), "guest", of(facts.guest), "all", all);
    }

    private static JsonObject of(Interface one) {
        return one == null ? null : JsonText.object("name", one.name, "ip", one.ip, "net", one.net, "ip6",
                one.ip6 == null ? null : Secrets.masked(one.ip6), "net6", one.net6);
    }
}
