package boxwall.report;

import java.util.List;
import java.util.Map;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import boxwall.avm.Acceleration;
import boxwall.facts.BoxFacts;
import boxwall.box.Finding;
import boxwall.box.Interface;
import boxwall.modules.Kind;
import boxwall.box.Known;
import boxwall.box.Secrets;
import boxwall.box.Userland;
import boxwall.netfilter.Family;

/**
 * Facts and findings as JSON; what is unknown is null, or the word {@code unknown} where the value is one of a few
 * words.
 */
public final class FactsJson {
    private FactsJson() {}

    /** The facts, keys in a fixed order. */
    public static JsonObject of(BoxFacts facts) {
        JsonObject json = new JsonObject();
        json.add("kernel", new JsonObject().add("release", text(facts.kernelRelease()))
                .add("generation", facts.generation()).add("machine", text(facts.machine())));
        json.add("firmware", new JsonObject().add("model", text(facts.firmwareModel()))
                .add("version", text(facts.firmwareVersion())).add("revision", text(facts.firmwareRevision())));
        json.add("memory_mb", facts.memoryMb() == null ? Json.NULL : Json.value(facts.memoryMb()));
        json.add("iptables", iptables(facts.userland()));
        json.add("modules", new JsonObject().add("loaded", array(facts.loadedModules())));
        json.add("netfilter",
                new JsonObject().add("ipv4", family(facts, Family.IPV4)).add("ipv6", family(facts, Family.IPV6)));
        json.add("conntrack", new JsonObject().add("state", facts.conntrack().state().word())
                .add("owner", facts.conntrack().owner).add("reason", facts.conntrack().reason()));
        Acceleration pa = facts.packetAcceleration();
        json.add("packet_acceleration", new JsonObject().add("state", pa.state().word()).add("hardware", pa.hardware)
                .add("version", text(pa.version)));
        json.add("interfaces", interfaces(facts));
        json.add("printk", facts.printk());
        json.add("dsld", facts.dsld());
        json.add("decided_by", decidedBy(facts));
        json.add("findings", findings(facts.findings()));
        return json;
    }

    /**
     * Which reading decided a fact, so that a wrong one can be reported: names as above, with a dot between levels, to
     * lines with their source.
     */
    private static JsonObject decidedBy(BoxFacts facts) {
        JsonObject json = new JsonObject();
        for (Map.Entry<String, List<String>> fact : facts.decidedBy().entrySet()) {
            JsonArray lines = new JsonArray();
            for (String line : fact.getValue()) {
                lines.add(Text.of(line));
            }
            json.add(fact.getKey(), lines);
        }
        return json;
    }

    private static JsonObject evidence(BoxFacts facts, Family family) {
        return new JsonObject().add("tables", evidence(facts, family, Kind.TABLE))
                .add("matches", evidence(facts, family, Kind.MATCH))
                .add("targets", evidence(facts, family, Kind.TARGET));
    }

    private static JsonObject evidence(BoxFacts facts, Family family, Kind kind) {
        JsonObject json = new JsonObject();
        for (String name : facts.capabilityNames(family, kind)) {
            json.add(name, Text.of(facts.capability(family, kind, name).evidence()));
        }
        return json;
    }

    /**
     * The facts as one line of text, with the reading behind each name of netfilter's as well, which would be too much
     * for a status.
     */
    public static String text(BoxFacts facts) {
        JsonObject json = of(facts);
        json.get("decided_by").asObject().add("netfilter",
                new JsonObject().add("ipv4", evidence(facts, Family.IPV4)).add("ipv6", evidence(facts, Family.IPV6)));
        return json.toString();
    }

    private static JsonObject iptables(Userland userland) {
        return new JsonObject().add("version", text(userland.version())).add("save", known(userland.save))
                .add("restore", known(userland.restore())).add("wait", known(userland.waits()))
                .add("ip6", known(userland.ip6));
    }

    private static JsonObject family(BoxFacts facts, Family family) {
        return new JsonObject().add("tables", states(facts, family, Kind.TABLE))
                .add("matches", states(facts, family, Kind.MATCH)).add("targets", states(facts, family, Kind.TARGET));
    }

    private static JsonObject states(BoxFacts facts, Family family, Kind kind) {
        JsonObject json = new JsonObject();
        for (String name : facts.capabilityNames(family, kind)) {
            json.add(name, facts.capability(family, kind, name).state().word());
        }
        return json;
    }

    /** lan, wan and guest by what they are for; {@code all} lists every interface with the reason for its role. */
    private static JsonObject interfaces(BoxFacts facts) {
        JsonArray all = new JsonArray();
        for (Interface one : facts.interfaces()) {
            all.add(new JsonObject().add("name", one.name()).add("role", one.role.word()).add("reason", one.reason));
        }
        return new JsonObject().add("lan", of(facts.lan())).add("wan", of(facts.wan())).add("guest", of(facts.guest()))
                .add("all", all);
    }

    private static JsonValue of(Interface one) {
        if (one == null) { return Json.NULL; }
        return new JsonObject().add("name", one.name()).add("ip", text(one.ip())).add("net", text(one.net()))
                .add("ip6", one.ip6() == null ? Json.NULL : text(Secrets.masked(one.ip6())))
                .add("net6", text(one.net6()));
    }

    private static JsonArray findings(List<Finding> findings) {
        JsonArray json = new JsonArray();
        for (Finding finding : findings) {
            json.add(FindingJson.whole(finding));
        }
        return json;
    }

    private static JsonArray array(List<String> words) {
        JsonArray json = new JsonArray();
        for (String word : words) {
            json.add(word);
        }
        return json;
    }

    private static JsonValue text(String text) { return text == null ? Json.NULL : Json.value(Text.of(text)); }

    private static JsonValue known(Known known) {
        return known == Known.UNKNOWN ? Json.NULL : Json.value(known == Known.YES);
    }
}
