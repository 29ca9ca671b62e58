package boxwall.plan;

import boxwall.netfilter.Words;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The plan's {@code stamp}: the box and the time of the compilation, and whether the administrator's access is proved.
 * A line for each {@code key=value}: <pre>
 * id=5cf2…            created=1790000000    kernel=2.6.32.61     userland=1.4.11.1   families=ipv4,ipv6   mode=stateless
 * tables4=filter      tables6=filter        admin=proved         admin.address=192.168.178.20    admin.interface=lan
 * admin.port=8181     lan.if=lan            name.LAN_NET=192.168.178.0/24                sha1.restore4=…
 * sha1.rules=…
 * protects=no           only where no rule and no policy can stop a packet
 * </pre>
 */
public final class Stamp {
    private final Map<String, String> values = new LinkedHashMap<>();

    /** Adds a line; null becomes {@code unknown}. A line end in a value is refused: it would forge a key. */
    public Stamp put(String key, String value) {
        String text = value == null ? "unknown" : value;
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0 || key.indexOf('=') >= 0) {
            throw new IllegalArgumentException(key + "=" + text);
        }
        values.put(key, text);
        return this;
    }

    /** The value of a key, or null. */
    public String get(String key) { return values.get(key); }

    /** The keys in the order of the lines. */
    public Iterable<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** Reads a stamp; skips lines without {@code =} and the end mark. */
    public static Stamp parse(String text) {
        Stamp stamp = new Stamp();
        for (String line : Words.lines(text)) {
            int at = line.indexOf('=');
            if (at > 0 && !line.startsWith("#")) { stamp.values.put(line.substring(0, at), line.substring(at + 1)); }
        }
        return stamp;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            text.append(entry.getKey()).append('=').append(entry.getValue()).append('\n');
        }
        return text.toString();
    }
}
