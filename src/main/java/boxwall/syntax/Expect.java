package boxwall.syntax;

import boxwall.netfilter.Origin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** An {@code expect VERDICT key=value ...} line: a policy test. The keys are not judged here. */
public final class Expect {
    /** ACCEPT, DROP or REJECT. */
    public final String verdict;
    /** The keys in the order written. */
    public final Map<String, String> keys;
    public final Origin origin;
    private final boolean preset;

    Expect(String verdict, Map<String, String> keys, Origin origin, boolean preset) {
        this.preset = preset;
        this.verdict = verdict;
        this.keys = Collections.unmodifiableMap(new LinkedHashMap<String, String>(keys));
        this.origin = origin;
    }

    /** Whether it is a preset's promise, and not the user's own. */
    public boolean isPreset() { return preset; }
}
