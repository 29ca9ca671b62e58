package boxwall.report;

import boxwall.avm.Acceleration;
import boxwall.box.Interface;
import boxwall.box.Secrets;
import boxwall.box.Userland;
import boxwall.facts.BoxFacts;
import boxwall.modules.Capability;
import boxwall.modules.FeatureKind;
import boxwall.netfilter.Family;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

/** Facts and findings as JSON. An unknown value is null, or {@code unknown} where values are words of a list. */
public final class FactsJson {
    private static final String[] KINDS = {"tables", "matches", "targets"};

    /** The last facts and their text: until the box is read again, each GET /status shows the same. */
    private static BoxFacts shown;
    private static String text = "";

    private FactsJson() {}

    /** The facts as part of a status. */
    public static synchronized String inStatus(BoxFacts facts) {
        if (facts != shown) {
            text = of(facts).toString();
            shown = facts;
        }
        return text;
    }

    /**
     * The facts, keys in a fixed order. decided_by maps each fact ({@code kernel.release}) to the lines of readings
     * that decided it, with their source, so that a wrong one can be reported.
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

    /** The facts as a line of text, with the evidence for each feature of netfilter, which a status leaves out. */
    public static String text(BoxFacts facts) {
        JsonObject json = of(facts);
        json.get("decided_by").asObject().add("netfilter", netfilter(facts, true));
        return json.toString();
    }

    /** By family, kind and name the state of each capability, or the evidence for it. */
    private static JsonObject netfilter(BoxFacts facts, boolean evidence) {
        JsonObject families = new JsonObject();
        for (Family family : Family.values()) {
            JsonObject kinds = new JsonObject();
            for (FeatureKind kind : new FeatureKind[] {FeatureKind.TABLE, FeatureKind.MATCH, FeatureKind.TARGET}) {
                JsonObject names = new JsonObject();
                for (String name : facts.capabilityNames(family, kind)) {
                    Capability capability = facts.capability(family, kind, name);
                    names.add(name, JsonText.value(evidence ? capability.evidence() : capability.state.word()));
                }
                kinds.add(KINDS[kinds.size()], names);
            }
            families.add(family.word(), kinds);
        }
        return families;
    }

    /** The interfaces lan, wan and guest; {@code all} lists every interface with the reason for its role. */
    private static JsonObject interfaces(BoxFacts facts) {
        JsonArray all = new JsonArray();
        for (Interface device : facts.interfaces) {
            all.add(JsonText.object("name", device.name, "role", device.role.word(), "reason", device.reason));
        }
        return JsonText.object("lan", of(facts.lan), "wan", of(facts.wan), "guest", of(facts.guest), "all", all);
    }

    private static JsonObject of(Interface device) {
        return device == null ? null : JsonText.object("name", device.name, "ip", device.ip, "net", device.net, "ip6",
                device.ip6 == null ? null : Secrets.masked(device.ip6), "net6", device.net6);
    }
}
