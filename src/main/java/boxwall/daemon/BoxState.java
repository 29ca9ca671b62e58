package boxwall.daemon;

import boxwall.box.Finding;
import boxwall.box.Witness;
import boxwall.netfilter.Family;
import boxwall.probe.BoxReader;
import boxwall.sys.Sys;

import java.util.List;

/** The box as last read. One exec a reading; between readings everything is answered from memory. */
final class BoxState {
    private final Sys sys;
    private final String script;
    private Box box;
    private String era = "";
    private Finding bypassed;

    /** {@code script} is boxwall-apply's path: its probe is the one exec. */
    BoxState(Sys sys, String script) {
        this.sys = sys;
        this.script = script;
    }

    /** Reads the box anew; counters can't be compared with those read before. */
    synchronized Box read() {
        return read("");
    }

    /**
     * Reads the box anew.
     *
     * @param now names the change that is live; counters are compared with the last reading when it had the same, not empty: loading
     *     rules sets them to 0
     */
    synchronized Box read(String now) {
        Box before = box;
        box = new Box(BoxReader.read(sys, "/", script));
        bypassed = before != null && now.length() > 0 && now.equals(era) ? Witness.bypassed(box.facts(), before.readings(), box.readings())
                : null;
        era = now;
        return box;
    }

    /** The finding that Packet Acceleration moved packets past the rules between the last two readings, with figures; null when not. */
    synchronized Finding bypassed() {
        return bypassed;
    }

    /** The box at the last reading; reads when there is none yet. */
    synchronized Box box() {
        return box == null ? read() : box;
    }

    /** Rules that were live in a family at the last reading, over all its tables. */
    synchronized int liveRules(Family family) {
        int count = 0;
        List<String> lines = box().readings().commandLines(family == Family.IPV4 ? "iptables-save" : "ip6tables-save");
        for (String line : lines) {
            // with counters a line is "[12:3456] -A INPUT …"
            if (line.startsWith("-A ") || line.startsWith("[") && line.contains("] -A ")) {
                count++;
            }
        }
        return count;
    }
}
