package boxwall.report;

import boxwall.avm.Listeners.Service;
import boxwall.explain.Exposure;
import boxwall.explain.Exposure.Reach;
import boxwall.explain.Region;
import boxwall.netfilter.Addresses;

import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who can reach which service before and after a change, as JSON and in words: {@code {interfaces[], services[{family,
 * protocol, port, address, name, reach{INTERFACE{who, sources, before}}}], local_services, forward[{packets, certain,
 * from, to, protocols, destinations, ports}], forward_before, incomplete}}. Of a region protocols, destinations and
 * ports are null for all. services is null if it is unknown which services listen, {@code before} and forward_before if
 * the loaded rules are unknown.
 */
public final class ExposureJson {
    private final Exposure before;
    private final Exposure after;
    private final List<Service> services;
    /** For each service who reaches it through which interface. */
    private final Map<Service, List<Reach>> reached = new LinkedHashMap<>();
    /** Services on a loopback address. */
    private int localOnly;

    /**
     * Compares two exposures of one box.
     *
     * @param before with the rules that are loaded now; null if unknown
     * @param services the listening services; null if unknown
     */
    public ExposureJson(Exposure before, Exposure after, List<Service> services) {
        this.before = before;
        this.after = after;
        this.services = services;
        for (Service service : services == null ? new ArrayList<Service>() : services) {
            localOnly += Exposure.isLocal(service) ? 1 : 0;
        }
        for (Reach reach : after.reaches) {
            if (!reached.containsKey(reach.service)) { reached.put(reach.service, new ArrayList<Reach>()); }
            reached.get(reach.service).add(reach);
        }
    }

    /** The JSON text. */
    public String json() {
        JsonArray all = new JsonArray();
        for (Map.Entry<Service, List<Reach>> entry : reached.entrySet()) {
            Service service = entry.getKey();
            JsonObject interfaces = new JsonObject();
            for (Reach reach : entry.getValue()) {
                Reach was = was(reach);
                interfaces.add(reach.interfaceName, JsonText.object("who", word(reach), "sources", reach.sources,
                        "before", was == null ? null : JsonText.object("who", word(was), "sources", was.sources)));
            }
            all.add(JsonText.object("family", service.family.word(), "protocol", service.protocol == 6 ? "tcp" : "udp",
                    "port", service.port, "address", service.address == null ? null : Addresses.print(service.address),
                    "name", service.name, "reach", interfaces));
        }
        boolean known = services != null;
        return JsonText.object("interfaces", after.interfaces, "services", known ? all : null, "local_services",
                known ? (Object) localOnly : null, "forward", forward(after), "forward_before",
                before == null ? null : forward(before), "incomplete", after.incomplete()).toString();
    }

    private static JsonArray forward(Exposure exposure) {
        JsonArray all = new JsonArray();
        for (Region region : exposure.forwarded) {
            all.add(region(region, true));
        }
        for (Region region : exposure.uncertain) {
            all.add(region(region, false));
        }
        return all;
    }

    private static JsonObject region(Region region, boolean certain) {
        return JsonText.object("packets", region, "certain", certain, "from", region.from(), "to", region.to(),
                "protocols", region.protocols(), "destinations", region.destinations(), "ports", region.ports());
    }

    private static String word(Reach reach) { return reach.who.name().toLowerCase(Locale.ROOT); }

    /** Who reached that service through that interface before, or null. */
    private Reach was(Reach reach) {
        for (Reach old : before == null ? new ArrayList<Reach>() : before.reaches) {
            if (old.service == reach.service && old.interfaceName.equals(reach.interfaceName)) { return old; }
        }
        return null;
    }

    /** For people: a table of services and interfaces, then the packets that are forwarded. */
    public String inWords() {
        StringBuilder out = new StringBuilder();
        if (services == null) {
            out.append("It is unknown what listens on this box: /proc/net/tcp and the like were not read.\n");
        } else {
            table(out);
        }
        String then = through(after);
        String now = before == null ? then : through(before);
        out.append("\nThrough the box with a new connection").append(now.equals(then) ? "" : ", now:\n" + now + "then")
                .append(":\n").append(then);
        String more = after.incomplete();
        return JsonText.utf8(out.append(more == null ? "" : "\nNot complete: " + more + "\n").toString());
    }

    private static String through(Exposure exposure) {
        StringBuilder out = new StringBuilder();
        for (Region region : exposure.forwarded) {
            out.append("  ").append(region).append('\n');
        }
        for (Region region : exposure.uncertain) {
            out.append("  possibly (a match can't be predicted) ").append(region).append('\n');
        }
        return out.length() == 0 ? "  nothing\n" : out.toString();
    }

    private void table(StringBuilder out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(new ArrayList<>(after.interfaces));
        rows.get(0).add(0, "listens on the box");
        for (Map.Entry<Service, List<Reach>> entry : reached.entrySet()) {
            List<String> row = new ArrayList<>();
            row.add(entry.getKey().toString());
            for (Reach reach : entry.getValue()) {
                Reach was = was(reach);
                boolean same = was == null || cell(was).equals(cell(reach));
                row.add(same ? cell(reach) : cell(was) + " -> " + cell(reach));
            }
            rows.add(row);
        }
        int[] width = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                width[i] = Math.max(width[i], row.get(i).length());
            }
        }
        out.append("Who can reach what with a new connection").append(before == null ? "" : ", now -> then")
                .append(":\n");
        for (List<String> row : rows) {
            out.append("  ");
            for (int i = 0; i < row.size(); i++) {
                out.append(row.get(i));
                for (int k = row.get(i).length(); k < width[i] + 2 && i < row.size() - 1; k++) {
                    out.append(' ');
                }
            }
            out.append('\n');
        }
        out.append(
                localOnly == 0 ? "" : "  and " + localOnly + " on a loopback address, reachable from the box only\n");
    }

    private static String cell(Reach reach) {
        return reach.who == Reach.Who.SOME ? reach.sources : reach.who == Reach.Who.PERHAPS ? "perhaps " + reach.sources
                : word(reach);
    }
}
