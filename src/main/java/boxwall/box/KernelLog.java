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
 * The kernel log: refused modules, and parts of AVM's firmware ({@link Clue}). {@link LogMessage} removes the heads of
 * the messages. The lines: <pre>
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
    /** The reason for a refusal. */
    public enum Cause {
        DUPLICATE_SYMBOL("exports duplicate symbol ", " (owned by "), UNKNOWN_SYMBOL("Unknown symbol ", " (err "),
        VERSION_MAGIC("version magic '", "' should be '"), SYMBOL_VERSION("disagrees about version of symbol ", " (");

        /** The message's text before and after the symbol. */
        private final String before;
        private final String after;

        Cause(String before, String after) {
            this.before = before;
            this.after = after;
        }
    }

    /** Evidence in the log other than refusals, each for one fact. */
    public enum Clue {
        /** Packet Acceleration is in this kernel. */
        ACCELERATION,
        /** AVM's kdsldmod is in this kernel. */
        KDSLDMOD,
        /** AVM's daemon dsld started. */
        DSLD,
        /** AVM's printk was enabled or disabled: the last such line. */
        PRINTK_AVM, PRINTK_STD
    }

    /** One refusal. */
    public static final class Refusal {
        public final Cause cause;
        public final String module;
        /** The symbol; empty for version magic. */
        public final String symbol;
        /** The owner of the symbol ("kernel" or a module); empty when unknown. */
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

    /** In place of a search. */
    static final List<ReadingLine> NOTHING = Collections.emptyList();
    /** The most characters of a line; the kernel's are shorter. */
    private static final int LONGEST = 1000;
    private static final String SIZE = "sizeof(struct sk_buff)";
    /** Beginnings of messages of Packet Acceleration: "AVM PA for Linux 2.6.32.61", "AVM PA 4.1.4 2013-11-27". */
    private static final String[] ACCELERATED = {"AVM PA ", "avm_pa: ", "avm_pa_", "avmnet: avm_pa: ", "offload_pa: ",
            "[avm_pa]", "[loadcontrol]module avm_pa "};

    /** All different refusals, the oldest first. */
    public final List<Refusal> refusals = new ArrayList<>();
    /** A line for each different size of struct sk_buff. */
    private final Map<String, String> sizes = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final Map<Clue, String> clues = new HashMap<>();

    /** The logs of these readings. */
    public KernelLog(Readings readings) {
        for (ReadingLine line : lines(readings, "")) {
            LogMessage message = line.text.length() > LONGEST ? null : LogMessage.of(line.text);
            for (; message != null; message = message.next()) {
                read(message, line);
            }
        }
    }

    /** The lines that contain a word. Not kept: a log is a tenth of a small heap. */
    private static List<ReadingLine> lines(Readings readings, String word) {
        List<ReadingLine> lines = new ArrayList<>();
        boolean commands = false;
        // the best first; files only without outputs of commands: they may be older than this boot
        for (String name : new String[] {"dmesg", "logread", "/proc/kmsg", "/var/log/messages",
                "/proc/avm/log_sd/panic"}) {
            if (!name.startsWith("/") || !commands) { lines.addAll(readings.holding(word, name)); }
            commands |= !name.startsWith("/") && readings.text(name) != null;
        }
        return lines;
    }

    private void read(LogMessage message, ReadingLine line) {
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

    /** The evidence in a message, by its beginning; null for most of the thousands of messages. */
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
        // while a module is loaded: "[module-alloc-by-name] give 0x1d2000 bytes at 0x8138f000 to module 'kdsldmod' (…",
        // "[module-mem] give …"
        int module = text.startsWith("[module-") ? Words.find(text, " to module '", 0) + 12 : 0;
        return module < 12 ? null : text.startsWith("kdsldmod'", module) ? Clue.KDSLDMOD
                : text.startsWith("offload_pa'", module) ? Clue.ACCELERATION : null;
    }

    private void refusal(String text, ReadingLine line) {
        int colon = text.indexOf(": ");
        if (colon < 1 || colon > 64 || !Words.isName(text.substring(0, colon), "_-")) { return; }
        for (Cause cause : Cause.values()) {
            // each attempt to load a module adds the same line
            if (text.startsWith(cause.before, colon + 2) && seen.add(text)) {
                String rest = text.substring(colon + 2 + cause.before.length());
                Refusal refusal = refusal(cause, text.substring(0, colon), rest, line.evidence());
                if (refusal != null) { refusals.add(refusal); }
            }
        }
    }

    /** The refusal in a message with this text after the cause's; null for another form. */
    private static Refusal refusal(Cause cause, String module, String rest, String evidence) {
        int end = Words.find(rest, cause.after, 0);
        boolean owned = cause == Cause.DUPLICATE_SYMBOL;
        boolean magic = cause == Cause.VERSION_MAGIC;
        if (end < 0 ? owned || magic : !rest.endsWith(magic ? "'" : ")")) { return null; }
        String symbol = magic ? "" : rest.substring(0, end < 0 ? rest.length() : end);
        String owner = owned ? rest.substring(end + cause.after.length(), rest.length() - 1) : "";
        boolean valid = (magic || Words.isName(symbol, "_.")) && (!owned || Words.isName(owner, "_-"));
        return valid ? new Refusal(cause, module, symbol, owner, evidence) : null;
    }

    /**
     * Keeps {@code sizeof(struct sk_buff)=440}, {@code (sizeof(struct sk_buff) = 384)}; {@code skb_shared_size:344} and
     * slabs are other sizes.
     */
    private void size(String text, ReadingLine line) {
        int at = text.indexOf('(') < 0 ? -1 : Words.find(text, SIZE, 0);
        if (at < 0) { return; }
        String rest = text.substring(at + SIZE.length()).trim();
        String value = rest.startsWith("=") ? rest.substring(1).trim() : "";
        String size = value.substring(0, Words.digits(value, 0));
        if (size.length() > 1 && size.length() < 5 && !sizes.containsKey(size)) { sizes.put(size, line.evidence()); }
    }

    /** A line for each different size of struct sk_buff in the log; more than one means two layouts. */
    public List<String> skBuffSizes() {
        return new ArrayList<>(sizes.values());
    }

    /** The line with the evidence, or null. */
    public String clue(Clue clue) { return clues.get(clue); }

    /** The kernel's messages that contain a word, and those of scripts on a serial console, in the log's order. */
    static List<ReadingLine> find(Readings readings, String word) {
        List<ReadingLine> found = new ArrayList<>();
        for (ReadingLine line : lines(readings, word)) {
            boolean may = line.text.length() <= LONGEST;
            for (LogMessage message = may ? LogMessage.of(line.text) : null; message != null
                    && message.kernel; message = message.next()) {
                if (Words.find(message.text(), word, 0) >= 0) { found.add(line.with(message.text())); }
            }
        }
        return found;
    }
}
