package boxwall.report;

import boxwall.netfilter.Addresses;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;

import java.util.Map;
import java.util.StringTokenizer;
import java.util.TreeMap;

/**
 * GET /devices: {@code {devices[{address, name, mac, interface}]}}, the IPv4 devices that the kernel has spoken to
 * lately, and those that have a lease. name, mac and interface are null where nobody told them.
 */
public final class DevicesJson {
    private DevicesJson() {}

    /**
     * The JSON text.
     *
     * @param arp /proc/net/arp, or null
     * @param leases AVM's or dnsmasq's: {@code lease MAC ADDRESS … NAME}, {@code SECONDS MAC ADDRESS NAME …}; may be
     * null
     * @param wan the interface whose neighbours are the provider's, or null
     */
    public static String of(String arp, String[] leases, String wan) {
        Map<String, JsonObject> devices = new TreeMap<>();
        for (String file : leases) {
            for (StringTokenizer lines = lines(file); lines.hasMoreTokens();) {
                StringTokenizer words = new StringTokenizer(lines.nextToken());
                String first = words.countTokens() < 3 ? "" : words.nextToken();
                if (first.equals("lease") || isNumber(first)) {
                    String mac = words.nextToken();
                    add(devices, words.nextToken(), mac, name(words), null);
                }
            }
        }
        for (StringTokenizer lines = lines(arp); lines.hasMoreTokens();) {
            StringTokenizer words = new StringTokenizer(lines.nextToken());
            if (words.countTokens() == 6) {
                String address = words.nextToken();
                words.nextToken();
                boolean known = !words.nextToken().equals("0x0");
                String mac = words.nextToken();
                words.nextToken();
                String device = words.nextToken();
                if (known && !device.equals(wan)) {
                    JsonObject leased = devices.get(address);
                    add(devices, address, mac,
                            leased == null || leased.get("name").isNull() ? null : leased.getString("name", null),
                            device);
                }
            }
        }
        JsonArray all = new JsonArray();
        for (JsonObject device : devices.values()) {
            all.add(device);
        }
        return Json.object().add("devices", all).toString();
    }

    private static StringTokenizer lines(String text) { return new StringTokenizer(text == null ? "" : text, "\n"); }

    private static boolean isNumber(String word) {
        return word.length() > 0 && Character.isDigit(word.charAt(0)) && word.indexOf(':') < 0 && word.indexOf('.') < 0;
    }

    private static void add(Map<String, JsonObject> devices, String address, String mac, String name, String device) {
        byte[] bytes = Addresses.parse(address);
        if (bytes == null || bytes.length != 4) { return; }
        devices.put(address,
                Json.object().add("address", address).add("name", name == null ? Json.NULL : Json.value(Text.of(name)))
                        .add("mac", mac.length() == 17 ? Json.value(Text.of(mac)) : Json.NULL)
                        .add("interface", device == null ? Json.NULL : Json.value(Text.of(device))));
    }

    /** The first word with a letter: dnsmasq writes * for none, multid numbers before it. */
    private static String name(StringTokenizer words) {
        while (words.hasMoreTokens()) {
            String word = words.nextToken().replace("\"", "");
            if (word.length() > 0 && Character.isLetter(word.charAt(0)) && word.indexOf(':') < 0) { return word; }
        }
        return null;
    }
}
