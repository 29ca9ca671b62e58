package boxwall.report;

import boxwall.avm.Service;
import boxwall.explain.Exposure;
import boxwall.explain.Reach;
import boxwall.explain.Region;
import boxwall.netfilter.Addresses;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who reaches what, before and after a change, as JSON and in words: {@code {interfaces[], services[{family, protocol,
 * port, address, name, reach{INTERFACE{who, sources, before}}}], local_services, forward[{packets, certain}],
 * forward_before, incomplete}}. services is null when nobody knows what listens, {@code before} and forward_before when
 * nobody knows what is loaded now.
 */
public final class ExposureJson {
    private final Exposure before;
    private final Exposure after;
    private final List<Service> services;

    /**
     * Compares two exposures of one box.
     *
     * @param before the rules that are loaded now, or null when that isn't known
     * @param services what listens, or null when that isn't known
     */
    public ExposureJson(Exposure before, Exposure after, List<Service> services) {
        this.before = before;
        this.after = after;
        this.services = services;
    }

    /** The JSON text. */
    public String json() {
        return Json.object().add("interfaces", ExplainJson.words(after.doors())).add("services", servicesJson())
                .add("local_services", services == null ? Json.NULL : Json.value(localOnly()))
                .add("forward", forward(after)).add("forward_before", before == null ? Json.NULL : forward(before))
                .add("incomplete", text(after.incomplete())).toString();
    }

    private static JsonArray forward(Exposure exposure) {
        JsonArray all = new JsonArray();
        for (Region region : exposure.forwarded()) {
            all.add(Json.object().add("packets", region.toString()).add("certain", true));
        }
        for (Region region : exposure.perhapsForwarded()) {
            all.add(Json.object().add("packets", region.toString()).add("certain", false));
        }
        return all;
    }

    private JsonValue servicesJson() {
        if (services == null) { return Json.NULL; }
        Map<Service, JsonObject> reached = new LinkedHashMap<>();
        for (Reach reach : after.reaches()) {
            JsonObject json = reached.get(reach.service);
            if (json == null) {
                json = Json.object();
                reached.put(reach.service, json);
            }
            Reach was = was(reach);
            json.add(reach.interfaceName, Json.object().add("who", word(reach)).add("sources", text(reach.sources)).add(
                    "before",
                    was == null ? Json.NULL : Json.object().add("who", word(was)).add("sources", text(was.sources))));
        }
        JsonArray all = new JsonArray();
        for (Map.Entry<Service, JsonObject> each : reached.entrySet()) {
            Service service = each.getKey();
            all.add(Json.object().add("family", service.family.word())
                    .add("protocol", service.protocol == 6 ? "tcp" : "udp").add("port", service.port)
                    .add("address",
                            service.address() == null ? Json.NULL : Json.value(Addresses.print(service.address())))
                    .add("name", text(service.name)).add("reach", each.getValue()));
        }
        return all;
    }

    private static JsonValue text(String text) { return text == null ? Json.NULL : Json.value(Text.of(text)); }

    private static String word(Reach reach) { return reach.who.name().toLowerCase(java.util.Locale.ROOT); }

    private int localOnly() {
        int count = 0;
        for (Service service : services) {
            count += Exposure.isLocal(service) ? 1 : 0;
        }
        return count;
    }

    private Reach was(Reach reach) {
        for (Reach old : before == null ? new ArrayList<Reach>() : before.reaches()) {
            if (old.service == reach.service && old.interfaceName.equals(reach.interfaceName)) { return old; }
        }
        return null;
    }

    /** For people: a table of services and interfaces, then what is let through. */
    public String inWords() {
        StringBuilder out = new StringBuilder();
        if (services == null) {
            out.append("It is unknown what listens on this box: /proc/net/tcp and the like were not read.\n");
        } else {
            table(out);
        }
        String then = through(after);
        String now = before == null ? then : through(before);
        if (!now.equals(then)) {
            out.append("\nThrough the box with a new connection, now:\n").append(now).append("then:\n").append(then);
        } else {
            out.append("\nThrough the box with a new connection:\n").append(then);
        }
        return Text.of(out.append(after.incomplete() == null ? "" : "\nNot complete: " + after.incomplete() + "\n")
                .toString());
    }

    private static String through(Exposure exposure) {
        StringBuilder out = new StringBuilder();
        for (Region region : exposure.forwarded()) {
            out.append("  ").append(region).append('\n');
        }
        for (Region region : exposure.perhapsForwarded()) {
            out.append("  possibly (a match can't be predicted) ").append(region).append('\n');
        }
        return out.length() == 0 ? "  nothing\n" : out.toString();
    }

    private void table(StringBuilder out) {
        Map<Service, List<String>> rows = new LinkedHashMap<>();
        for (Reach reach : after.reaches()) {
            if (!rows.containsKey(reach.service)) {
                rows.put(reach.service, new ArrayList<String>());
                rows.get(reach.service).add(reach.service.toString());
            }
            Reach was = was(reach);
            boolean same = was == null || cell(was).equals(cell(reach));
            rows.get(reach.service).add(same ? cell(reach) : cell(was) + " -> " + cell(reach));
        }
        List<String> head = new ArrayList<>(after.doors());
        head.add(0, "listens on the box");
        List<List<String>> all = new ArrayList<>(rows.values());
        all.add(0, head);
        int[] width = new int[head.size()];
        for (List<String> row : all) {
            for (int i = 0; i < row.size(); i++) {
                width[i] = Math.max(width[i], row.get(i).length());
            }
        }
        out.append("Who can reach what with a new connection").append(before == null ? "" : ", now -> then")
                .append(":\n");
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i));
                for (int k = row.get(i).length(); k < width[i] + 2 && i < row.size() - 1; k++) {
                    line.append(' ');
                }
            }
            out.append(line).append('\n');
        }
        out.append(localOnly() == 0 ? ""
                : "  and " + localOnly() + " on a loopback address, reachable from the box only\n");
    }

    private static String cell(Reach reach) {
        return reach.who == Reach.Who.SOME ? reach.sources : reach.who == Reach.Who.PERHAPS ? "perhaps " + reach.sources
                : word(reach);
    }
}
