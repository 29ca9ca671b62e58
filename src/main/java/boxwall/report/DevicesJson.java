package boxwall.report;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Words;

import com.eclipsesource.json.JsonObject;

import java.util.Map;
import java.util.TreeMap;

/**
 * GET /devices: {@code {devices[{address, name, mac, interface}]}}, the IPv4 devices in the kernel's ARP table, and
 * those with a lease. name, mac and interface are null if unknown.
 */
public final class DevicesJson {
    private DevicesJson() {}

    /**
     * The JSON text.
     *
     * @param arp /proc/net/arp, or null
     * @param leases AVM's or dnsmasq's, some may be null: {@code lease MAC ADDRESS … NAME},
     * {@code SECONDS MAC ADDRESS NAME …}
     * @param wan the interface whose devices are the provider's and left out, or null
     */
    public static String of(String arp, String[] leases, String wan) {
        // by the bytes of the address, so that .20 is before .100
        Map<String, JsonObject> devices = new TreeMap<>();
        for (String file : leases) {
            for (String line : Words.lines(file)) {
                String[] words = Words.of(line);
                if (words.length >= 3 && (words[0].equals("lease") || Words.isNumber(words[0]))) {
                    add(devices, words[2], words[1], name(words), null);
                }
            }
        }
        for (String line : Words.lines(arp)) {
            String[] words = Words.of(line);
            if (words.length == 6 && !words[2].equals("0x0") && !words[5].equals(wan)) {
                JsonObject leased = devices.get(key(words[0]));
                String name = leased == null || leased.get("name").isNull() ? null : leased.get("name").asString();
                add(devices, words[0], words[3], name, words[5]);
            }
        }
        return JsonText.object("devices", devices.values()).toString();
    }

    private static void add(Map<String, JsonObject> devices, String address, String mac, String name, String device) {
        if (key(address).length() != 4) { return; }
        devices.put(key(address), JsonText.object("address", address, "name", name, "mac",
                mac.length() == 17 ? mac : null, "interface", device));
    }

    /** The bytes of an address as characters; empty for another text. */
    private static String key(String address) {
        byte[] bytes = Addresses.parse(address);
        return bytes == null ? "" : Words.text(bytes);
    }

    /** The first name after the address: dnsmasq writes * for none, multid has numbers before it. */
    private static String name(String[] words) {
        for (int i = 3; i < words.length; i++) {
            String word = Words.replace(words[i], "\"", "");
            if (word.length() > 0 && Character.isLetter(word.charAt(0)) && word.indexOf(':') < 0) { return word; }
        }
        return null;
    }
}
