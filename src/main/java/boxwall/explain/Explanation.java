package boxwall.explain;

import boxwall.facts.BoxFacts;
import boxwall.netfilter.Hook;
import boxwall.netfilter.Ruleset;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What becomes of one packet on a box: by the rules that it would load, by the rules as written, and at AVM's firewall.
 */
public final class Explanation {
    /** By what the box would load: this counts. */
    public final Answer answer;
    /** By the rules as written, with states; null when the box loads just those. */
    public final Answer asWritten;
    /** What the packet passes on the whole box, AVM's firewall included, a line each. */
    public final List<String> path;

    private Explanation(Answer answer, Answer asWritten, List<String> path) {
        this.answer = answer;
        this.asWritten = asWritten;
        this.path = Collections.unmodifiableList(path);
    }

    /**
     * Walks the packet that the keys mean.
     *
     * @param loaded what the box would load
     * @param written the rules as written, where the box loads them without connection tracking; else null
     * @param keys as {@link Keys#packet}
     * @throws IllegalArgumentException for a key or value that isn't understood, with what was expected
     */
    public static Explanation of(Ruleset loaded, Ruleset written, Map<String, String> keys, BoxFacts facts) {
        Site site = Site.of(facts);
        Packet packet = Keys.packet(keys, site);
        Hook way = Keys.hook(keys);
        Answer answer = new Walk(loaded, site).packet(packet, way);
        return new Explanation(answer, written == null ? null : new Walk(written, site).packet(packet, way),
                PacketPath.of(answer, way, site, facts));
    }
}
