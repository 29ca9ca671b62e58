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
 * named.
 */
public final class RefusedRule {
    /** The chain that the rules are tried in. */
    public static final String CHAIN = "boxwall-halving";
    /** A restore takes milliseconds; on a box that swaps, seconds. */
    private static final int LIMIT_SECONDS = 20;
    private static final int LOG_LINES_MAX = 4;

    private final Sys sys;
    private final String restore;
    private final String dmesg;
    private final String table;
    private final List<String> rules;

    private RefusedRule(Sys sys, String restore, String dmesg, String table, List<String> rules) {
        this.sys = sys;
        this.restore = restore;
        this.dmesg = dmesg;
        this.table = table;
        this.rules = rules;
    }

    /** The result of the search. */
    public static final class Found {
        /** The refused rule's place in the list, from 0; -1 when none is refused by itself, or that isn't known. */
        public final int index;
        /** What iptables-restore said of that rule alone; else why none was found. */
        public final String words;
        /** What the kernel log got for it, verbatim; empty when nothing, or it can't be read. */
        public final List<String> log;

        private Found(int index, String words, List<String> log) {
            this.index = index;
            this.words = words;
            this.log = Collections.unmodifiableList(log);
        }
    }

    /**
     * Looks for the first rule that is refused by itself; at most 5 + log2(rules) programs are started.
     *
     * @param restore absolute path of iptables-restore or ip6tables-restore
     * @param dmesg absolute path of dmesg, or null
     * @param table one that is loaded or in the plan: to name another one would load it
     * @param rules lines as in a restore file, {@code -A boxwall-halving …}, without jumps to chains of the user's and
     * without what must not be loaded here
     */
    public static Found find(Sys sys, String restore, String dmesg, String table, List<String> rules) {
        if (rules.isEmpty()) { return none("no rule of it may be tried alone"); }
        RefusedRule search = new RefusedRule(sys, restore, dmesg, table, rules);
        try {
            return search.halve();
        } catch (BoxException e) {
            return none(e.getMessage());
        } finally {
            search.remove();
        }
    }

    private static Found none(String why) { return new Found(-1, why, Collections.<String>emptyList()); }

    private Found halve() throws BoxException {
        int from = 0;
        int to = rules.size();
        if (isTaken(load(from, to))) { return none("each of its rules is taken outside its place"); }
        while (to - from > 1) {
            int middle = (from + to) / 2;
            boolean taken = isTaken(load(from, middle));
            from = taken ? middle : from;
            to = taken ? to : middle;
        }
        List<String> before = log();
        CommandResult alone = load(from, to);
        if (isTaken(alone)) { return none("its rules are refused together, none alone"); }
        return new Found(from, alone.describe(), added(before, log()));
    }

    /** Silence is consent: a status costs a second on JamVM, and all versions complain when they fail. */
    private boolean isTaken(CommandResult result) throws BoxException {
        String said = result.err;
        if (result.timedOut || said.contains("temporarily unavailable") || said.contains("xtables lock")) {
            throw new BoxException("the search was ended: " + result.describe());
        }
        return said.trim().length() == 0 || result.status() == 0;
    }

    private CommandResult load(int from, int to) throws BoxException {
        return restore(Words.join(rules.subList(from, to), "\n") + "\n");
    }

    /**
     * With --noflush the line that declares a chain makes it, or empties it when it is there; other chains keep their
     * rules.
     */
    private CommandResult restore(String lines) throws BoxException {
        return sys.run(Arrays.asList(restore, "--noflush"),
                "*" + table + "\n:" + CHAIN + " - [0:0]\n" + lines + "COMMIT\n", LIMIT_SECONDS);
    }

    /** Declared first, the chain can always be deleted, whether a try left it or not. */
    private void remove() {
        try {
            restore("-X " + CHAIN + "\n");
        } catch (BoxException e) {
            // the program could be started a moment ago; an empty or unused chain that stays does no harm
            return;
        }
    }

    /** Null when it can't be read. */
    private List<String> log() throws BoxException {
        if (dmesg == null) { return null; }
        return Words.lines(sys.run(Collections.singletonList(dmesg), "", LIMIT_SECONDS).out);
    }

    /**
     * What is new in the log. A ring that is full has forgotten its first lines: then what follows the line that was
     * last.
     */
    private static List<String> added(List<String> before, List<String> after) {
        if (before == null || after == null) { return Collections.emptyList(); }
        int from = after.size();
        if (after.size() > before.size() && after.subList(0, before.size()).equals(before)) {
            from = before.size();
        } else {
            String last = before.isEmpty() ? null : before.get(before.size() - 1);
            while (from > 0 && !after.get(from - 1).equals(last)) {
                from--;
            }
        }
        return after.subList(from, Math.min(after.size(), from + LOG_LINES_MAX));
    }
}
