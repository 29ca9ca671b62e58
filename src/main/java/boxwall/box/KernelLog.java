package boxwall.box;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import boxwall.netfilter.Words;

/**
 * What the kernel log says: which modules it refused, and what else of AVM's it shows ({@link Clue}).
 * {@link LogMessage} takes off what stands in front of the messages. The lines: <pre>
 * nf_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by avm_conntrack)
 * nf_conntrack: Unknown symbol nf_ct_destroy                     newer kernels add (err 0)
 * xt_comment: version magic '2.6.32.60 SMP …' should be '2.6.32.67 SMP …'
 * xt_state: disagrees about version of symbol module_layout
 * kdsldmod: init start (Mar 21 2017 18:53:08) sizeof(struct sk_buff)=440
 * kdsld: init start (sizeof(struct sk_buff) = 384)
 * </pre> Sources: recorded on 2.6.32 and 6.1; the sizes are printed by kdsldmod (2.6.19, 2.6.32, 4.1) and by Freetz'
 * debug patches.
 */
public final class KernelLog {
    /** Why the kernel said no. */
    public enum Cause {
        DUPLICATE_SYMBOL("exports duplicate symbol ", " (owned by "), UNKNOWN_SYMBOL("Unknown symbol ", " (err "),
        VERSION_MAGIC("version magic '", "' should be '"), SYMBOL_VERSION("disagrees about version of symbol ", " (");

        /** What the message says before the symbol, and behind it. */
        private final String before;
        private final String behind;

        Cause(String before, String behind) {
            this.before = before;
            this.behind = behind;
        }
    }

    /** What a line of the log can show beside refusals; each is the evidence for one fact. */
    public enum Clue {
        /** Packet Acceleration is in this kernel. */
        ACCELERATION,
        /** AVM's kdsldmod is in this kernel. */
        KDSLDMOD,
        /** AVM's daemon dsld started. */
        DSLD,
        /** AVM's printk was switched on or off: the last of such lines. */
        PRINTK_AVM, PRINTK_STD
    }

    /** One refusal. */
    public static final class Refusal {
        public final Cause cause;
        public final String module;
        /** The symbol; empty for version magic. */
        public final String symbol;
        /** Who has the symbol ("kernel" or a module); empty when that isn't said. */
        public final String owner;
        /** The line as evidence. */
        public final String line;

        Refusal(Cause cause, String module, String symbol, String owner, String line) {
            this.cause = cause;
            this.module = module.replace('-', '_');
            this.symbol = symbol;
            this.owner = owner;
            this.line = line;
        }
    }

    /** No lines, for who need not look. */
    static final List<Line> NOTHING = Collections.emptyList();
    /** Longer than any honest message. */
    private static final int LONGEST = 1000;
    private static final String SIZE = "sizeof(struct sk_buff)";
    /** How a message begins that shows Packet Acceleration: "AVM PA for Linux 2.6.32.61", "AVM PA 4.1.4 2013-11-27". */
    private static final String[] ACCELERATED = {"AVM PA ", "avm_pa: ", "avm_pa_", "avmnet: avm_pa: ", "offload_pa: ",
            "[avm_pa]", "[loadcontrol]module avm_pa "};

    /** All refusals, oldest first, each once. */
    public final List<Refusal> refusals = new ArrayList<>();
    /** A line for each different size of struct sk_buff. */
    private final Map<String, String> sizes = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final Map<Clue, String> clues = new HashMap<>();

    /** The logs of these readings. */
    public KernelLog(Readings readings) {
        for (Line line : lines(readings, "")) {
            LogMessage message = line.text.length() > LONGEST ? null : LogMessage.of(line.text);
            for (; message != null; message = message.next()) {
                read(message, line);
            }
        }
    }

    /** The lines that hold a word; made each time they are asked for: a log is a tenth of a small heap. */
    private static List<Line> lines(Readings readings, String word) {
        List<Line> lines = new ArrayList<>();
        boolean commands = false;
        // best first; files are of use only where nothing else was recorded: they may be older than this boot
        for (String name : new String[] {"dmesg", "logread", "/proc/kmsg", "/var/log/messages",
                "/proc/avm/log_sd/panic"}) {
            if (!name.startsWith("/") || !commands) { lines.addAll(readings.holding(word, name)); }
            commands |= readings.command(name) != null;
        }
        return lines;
    }

    private void read(LogMessage message, Line line) {
        String text = message.text();
        Clue clue = message.kernel ? clue(text) : "dsld".equals(message.tag) && text.startsWith("startup") ? Clue.DSLD
                : null;
        if (clue == Clue.PRINTK_AVM || clue == Clue.PRINTK_STD) {
            clues.remove(clue == Clue.PRINTK_AVM ? Clue.PRINTK_STD : Clue.PRINTK_AVM);
        }
        if (clue != null && !clues.containsKey(clue)) { clues.put(clue, line.evidence()); }
        if (message.kernel) {
            refusal(text, line);
            size(text, line);
        }
    }

    /** By how a message begins: a log has thousands of others. Null for those. */
    private static Clue clue(String text) {
        if (text.length() == 0 || "Aako[".indexOf(text.charAt(0)) < 0) { return null; }
        for (String beginning : ACCELERATED) {
            if (text.startsWith(beginning)) { return Clue.ACCELERATION; }
        }
        if (text.startsWith("kdsldmod: ") || text.startsWith("kdsld: ")) { return Clue.KDSLDMOD; }
        if (text.startsWith("[avm_debug]")) {
            return text.indexOf("redirect") > 0 && text.endsWith("(/dev/debug)") ? Clue.PRINTK_AVM
                    : text.indexOf("standard kernel-messages") > 0 ? Clue.PRINTK_STD : null;
        }
        // "[module-alloc-by-name] give 0x1d2000 bytes at 0x8138f000 to module 'kdsldmod' (…", "[module-mem] give …": it
        // is being loaded
        int module = text.startsWith("[module-") ? Words.find(text, " to module '", 0) + 12 : 0;
        return module < 12 ? null : text.startsWith("kdsldmod'", module) ? Clue.KDSLDMOD
                : text.startsWith("offload_pa'", module) ? Clue.ACCELERATION : null;
    }

    private void refusal(String text, Line line) {
        int colon = text.indexOf(": ");
        if (colon < 1 || colon > 64 || !Words.isName(text.substring(0, colon), "_-")) { return; }
        for (Cause cause : Cause.values()) {
            if (text.startsWith(cause.before, colon + 2)) {
                refusal(cause, text, colon, text.substring(colon + 2 + cause.before.length()), line);
            }
        }
    }

    /** Of a message with this rest behind what it says first. */
    private void refusal(Cause cause, String text, int colon, String rest, Line line) {
        int end = Words.find(rest, cause.behind, 0);
        boolean owned = cause == Cause.DUPLICATE_SYMBOL;
        boolean magic = cause == Cause.VERSION_MAGIC;
        boolean whole = end < 0 ? !owned && !magic : rest.endsWith(magic ? "'" : ")");
        String symbol = magic ? "" : rest.substring(0, end < 0 ? rest.length() : end);
        String owner = owned && whole ? rest.substring(end + cause.behind.length(), rest.length() - 1) : "";
        boolean sane = whole && (magic || Words.isName(symbol, "_.")) && (!owned || Words.isName(owner, "_-"));
        // each try adds the same line again
        if (sane && seen.add(text)) {
            refusals.add(new Refusal(cause, text.substring(0, colon), symbol, owner, line.evidence()));
        }
    }

    /**
     * {@code sizeof(struct sk_buff)=440}, {@code (sizeof(struct sk_buff) = 384)}; other sizes in a log
     * ({@code skb_shared_size:344}, slabs) are others.
     */
    private void size(String text, Line line) {
        int at = text.indexOf('(') < 0 ? -1 : Words.find(text, SIZE, 0);
        if (at < 0) { return; }
        String rest = text.substring(at + SIZE.length()).trim();
        String value = rest.startsWith("=") ? rest.substring(1).trim() : "";
        String size = value.substring(0, Words.digits(value, 0));
        if (size.length() > 1 && size.length() < 5 && !sizes.containsKey(size)) { sizes.put(size, line.evidence()); }
    }

    /** One line for each different size of struct sk_buff that was printed; more than one entry means two layouts. */
    public List<String> skBuffSizes() {
        return new ArrayList<>(sizes.values());
    }

    /** The line that shows it as evidence, or null. */
    public String clue(Clue clue) { return clues.get(clue); }

    /**
     * In the log's order, the kernel's messages that hold a word, and what a serial console shows of scripts; for what
     * is rarely asked.
     */
    static List<Line> find(Readings readings, String word) {
        List<Line> found = new ArrayList<>();
        for (Line line : lines(readings, word)) {
            boolean may = line.text.length() <= LONGEST;
            for (LogMessage message = may ? LogMessage.of(line.text) : null; message != null
                    && message.kernel; message = message.next()) {
                if (Words.find(message.text(), word, 0) >= 0) { found.add(line.with(message.text())); }
            }
        }
        return found;
    }
}
