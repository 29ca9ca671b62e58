package boxwall.apply;

import boxwall.netfilter.Words;
import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.Sys;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Finds the rule of a table that the kernel refuses, by bisection. The kernel accepts or refuses a table as a whole and
 * names no rule ({@code iptables-restore:
 * line 8 failed} is the line of COMMIT), so halves of the rules are loaded into a separate chain that nothing jumps to:
 * <pre>
 * *filter
 * :boxwall-halving - [0:0]
 * -A boxwall-halving -p udp -j REJECT --reject-with tcp-reset
 * COMMIT
 * </pre> No packet reaches the chain, --noflush keeps everything else, and the chain is always removed afterwards. A
 * rule that is refused only for its hook or together with others is not found. Of several refused rules the first is
 * found.
 */
public final class RefusedRule {
    /** The chain for the tested rules. */
    public static final String CHAIN = "boxwall-halving";
    /** A restore takes milliseconds; on a box that swaps, seconds. */
    private static final int LIMIT_SECONDS = 20;
    private static final int LOG_LINES_MAX = 4;

    private final Sys sys;
    private final String restore;
    private final String dmesg;
    private final String table;
    private final List<String> rules;

    /**
     * Prepares a search.
     *
     * @param restore absolute path of iptables-restore or ip6tables-restore
     * @param dmesg absolute path of dmesg, or null
     * @param table one that is loaded or in the plan: naming another one would load it
     * @param rules lines as in a restore file, {@code -A boxwall-halving …}, without jumps to the user's chains and
     * without targets and matches that must not be loaded on this box
     */
    public RefusedRule(Sys sys, String restore, String dmesg, String table, List<String> rules) {
        this.sys = sys;
        this.restore = restore;
        this.dmesg = dmesg;
        this.table = table;
        this.rules = rules;
    }

    /** The refused rule. */
    public static final class Found {
        /** Its index in the list. */
        public final int index;
        /** The message of iptables-restore for this rule alone. */
        public final String words;
        /** The lines that it added to the kernel log, verbatim; empty also if the log can't be read. */
        public final List<String> log;

        private Found(int index, String words, List<String> log) {
            this.index = index;
            this.words = words;
            this.log = Collections.unmodifiableList(log);
        }
    }

    /**
     * Finds the first rule that is refused on its own; starts at most 5 + log2(rules) programs. Null if there is none,
     * or the search failed.
     */
    public Found find() {
        if (rules.isEmpty()) { return null; }
        try {
            return bisect();
        } catch (BoxException e) {
            return null;
        } finally {
            remove();
        }
    }

    private Found bisect() throws BoxException {
        int from = 0;
        int to = rules.size();
        if (isAccepted(load(from, to))) { return null; }
        while (to - from > 1) {
            int middle = (from + to) / 2;
            boolean accepted = isAccepted(load(from, middle));
            from = accepted ? middle : from;
            to = accepted ? to : middle;
        }
        List<String> before = log();
        CommandResult alone = load(from, to);
        return isAccepted(alone) ? null : new Found(from, alone.describe(), added(before, log()));
    }

    /** No message means success: a status costs a second on JamVM, and all versions print an error when they fail. */
    private boolean isAccepted(CommandResult result) throws BoxException {
        String message = result.err;
        if (result.timedOut || message.contains("temporarily unavailable") || message.contains("xtables lock")) {
            throw new BoxException("the search was ended: " + result.describe());
        }
        return message.trim().length() == 0 || result.status() == 0;
    }

    private CommandResult load(int from, int to) throws BoxException {
        return restore(Words.join(rules.subList(from, to), "\n") + "\n");
    }

    /** With --noflush the line that declares a chain creates or empties it; other chains keep their rules. */
    private CommandResult restore(String lines) throws BoxException {
        return sys.run(Arrays.asList(restore, "--noflush"),
                "*" + table + "\n:" + CHAIN + " - [0:0]\n" + lines + "COMMIT\n", LIMIT_SECONDS);
    }

    /** Deletes the chain; the declaration before it makes this possible even if no load created the chain. */
    private void remove() {
        try {
            restore("-X " + CHAIN + "\n");
        } catch (BoxException e) {
            // an unused chain that remains does no harm
            return;
        }
    }

    /** Null if it can't be read. */
    private List<String> log() throws BoxException {
        if (dmesg == null) { return null; }
        return Words.lines(sys.run(Collections.singletonList(dmesg), "", LIMIT_SECONDS).out);
    }

    /** The new lines of the log; a full ring buffer has lost its first lines, so those after the former last line. */
    private static List<String> added(List<String> before, List<String> after) {
        if (before == null || after == null) { return Collections.emptyList(); }
        int count = before.size();
        boolean longer = after.size() > count && after.subList(0, count).equals(before);
        int from = longer ? count : count == 0 ? 0 : after.lastIndexOf(before.get(count - 1)) + 1;
        return after.subList(from, Math.min(after.size(), from + LOG_LINES_MAX));
    }
}
