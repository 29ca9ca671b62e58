package boxwall.box;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    public enum Cause { DUPLICATE_SYMBOL, UNKNOWN_SYMBOL, VERSION_MAGIC, SYMBOL_VERSION }

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

    /** Longer than any honest message. */
    private static final int LONGEST = 1000;
    private static final String SIZE = "sizeof(struct sk_buff)";
    /**
     * Where a log is, best first; the last two are of use only where nothing else was recorded: they may be older than
     * this boot.
     */
    private static final List<String> COMMANDS = Arrays.asList("dmesg", "logread");
    private static final List<String> FILES =
            Arrays.asList("/proc/kmsg", "/var/log/messages", "/proc/avm/log_sd/panic");

    private final Readings readings;
    private final List<String> logs = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<String> sizeLines = new ArrayList<>();
    private final Set<String> sizes = new LinkedHashSet<>();
    private final Set<String> seen = new LinkedHashSet<>();
    private final Map<Clue, String> clues = new LinkedHashMap<>();

    /** The logs of these readings. */
    public KernelLog(Readings readings) {
        this.readings = readings;
        for (String name : COMMANDS) {
            if (readings.command(name) != null) { logs.add(name); }
        }
        for (String name : logs.isEmpty() ? FILES : Collections.<String>emptyList()) {
            if (readings.file(name) != null) { logs.add(name); }
        }
        for (String log : logs) {
            for (String line : lines(log)) {
                if (line.length() <= LONGEST) { read(log, line); }
            }
        }
    }

    /** Split each time it is asked for: facts are kept, and a log is a tenth of a small heap. */
    private List<String> lines(String log) {
        return log.charAt(0) == '/' ? readings.lines(log) : readings.commandLines(log);
    }

    private void read(String log, String line) {
        for (LogMessage message = LogMessage.of(line); message != null; message = message.next()) {
            String text = message.text();
            if (message.isKernel()) {
                Clue clue = clue(text);
                if (clue != null) { note(clue, log, line); }
                refusal(text, log, line);
                size(text, log, line);
            } else if ("dsld".equals(message.tag) && text.startsWith("startup")) { note(Clue.DSLD, log, line); }
        }
    }

    private void note(Clue clue, String log, String line) {
        if (clue == Clue.PRINTK_AVM || clue == Clue.PRINTK_STD) {
            clues.remove(clue == Clue.PRINTK_AVM ? Clue.PRINTK_STD : Clue.PRINTK_AVM);
        }
        if (!clues.containsKey(clue)) { clues.put(clue, Evidence.line(log, line)); }
    }

    /** By how a message begins: a log has thousands of others. Null for those. */
    private static Clue clue(String text) {
        switch (text.length() == 0 ? ' ' : text.charAt(0)) {
            case 'A' :
                // "AVM PA for Linux 2.6.32.61", "AVM PA 4.1.4 2013-11-27"
                return text.startsWith("AVM PA ") ? Clue.ACCELERATION : null;
            case 'a' :
                return text.startsWith("avm_pa: ") || text.startsWith("avm_pa_") || text.startsWith("avmnet: avm_pa: ")
                        ? Clue.ACCELERATION : null;
            case 'k' :
                return text.startsWith("kdsldmod: ") || text.startsWith("kdsld: ") ? Clue.KDSLDMOD : null;
            case 'o' :
                return text.startsWith("offload_pa: ") ? Clue.ACCELERATION : null;
            case '[' :
                return bracketed(text);
            default :
                return null;
        }
    }

    private static Clue bracketed(String text) {
        if (text.startsWith("[avm_debug]")) {
            return text.indexOf("redirect") > 0 && text.endsWith("(/dev/debug)") ? Clue.PRINTK_AVM
                    : text.indexOf("standard kernel-messages") > 0 ? Clue.PRINTK_STD : null;
        }
        if (text.startsWith("[avm_pa]") || text.startsWith("[loadcontrol]module avm_pa ")) { return Clue.ACCELERATION; }
        // "[module-alloc-by-name] give 0x1d2000 bytes at 0x8138f000 to module 'kdsldmod' (…", "[module-mem] give …": it
        // is being loaded
        int module = text.startsWith("[module-") ? Words.find(text, " to module '", 0) + 12 : 0;
        return module < 12 ? null : text.startsWith("kdsldmod'", module) ? Clue.KDSLDMOD
                : text.startsWith("offload_pa'", module) ? Clue.ACCELERATION : null;
    }

    private void refusal(String text, String log, String line) {
        int colon = text.indexOf(": ");
        if (colon < 1 || colon > 64 || !Words.isName(text.substring(0, colon), "_-")) { return; }
        String module = text.substring(0, colon);
        String rest = text.substring(colon + 2);
        Refusal refusal = null;
        if (rest.startsWith("exports duplicate symbol ")) {
            String[] words = Words.of(rest.substring(25));
            if (words.length == 4 && words[1].equals("(owned") && words[2].equals("by") && words[3].endsWith(")")) {
                refusal = new Refusal(Cause.DUPLICATE_SYMBOL, module, words[0],
                        words[3].substring(0, words[3].length() - 1), Evidence.line(log, line));
            }
        } else if (rest.startsWith("Unknown symbol ")) {
            String[] words = Words.of(rest.substring(15));
            if (words.length == 1 || words.length == 3 && words[1].equals("(err") && words[2].endsWith(")")) {
                refusal = new Refusal(Cause.UNKNOWN_SYMBOL, module, words[0], "", Evidence.line(log, line));
            }
        } else if (rest.startsWith("version magic '") && rest.endsWith("'") && rest.indexOf("' should be '") > 0) {
            refusal = new Refusal(Cause.VERSION_MAGIC, module, "", "", Evidence.line(log, line));
        } else if (rest.startsWith("disagrees about version of symbol ")) {
            String[] words = Words.of(rest.substring(34));
            refusal = words.length == 1
                    ? new Refusal(Cause.SYMBOL_VERSION, module, words[0], "", Evidence.line(log, line)) : null;
        }
        boolean sane = refusal != null && (refusal.symbol.length() == 0 || Words.isName(refusal.symbol, "_."))
                && (refusal.owner.length() == 0 || Words.isName(refusal.owner, "_-"));
        // each try adds the same line again
        if (sane && seen.add(text)) { refusals.add(refusal); }
    }

    /**
     * {@code sizeof(struct sk_buff)=440}, {@code (sizeof(struct sk_buff) = 384)}; other sizes in a log
     * ({@code skb_shared_size:344}, slabs) are others.
     */
    private void size(String text, String log, String line) {
        int at = text.indexOf('(') < 0 ? -1 : Words.find(text, SIZE, 0);
        if (at < 0) { return; }
        int number = at + SIZE.length();
        while (number < text.length() && (text.charAt(number) == ' ' || text.charAt(number) == '=')) {
            number++;
        }
        String size = text.substring(number, Words.digits(text, number));
        if (size.length() > 1 && size.length() < 5 && text.substring(at, number).indexOf('=') > 0 && sizes.add(size)) {
            sizeLines.add(Evidence.line(log, line));
        }
    }

    /** All refusals, oldest first, each once. */
    public List<Refusal> refusals() {
        return Collections.unmodifiableList(refusals);
    }

    /** One line for each different size of struct sk_buff that was printed; more than one entry means two layouts. */
    public List<String> skBuffSizes() {
        return Collections.unmodifiableList(sizeLines);
    }

    /** The line that shows it as evidence, or null. */
    public String clue(Clue clue) { return clues.get(clue); }

    /** A message of the kernel's, or what a serial console shows of scripts, with its line as evidence. */
    static final class Line {
        final String text;
        final String evidence;

        Line(String text, String evidence) {
            this.text = text;
            this.evidence = evidence;
        }
    }

    /** In the log's order, the messages that hold a word and weren't written by a daemon; for what is rarely asked. */
    List<Line> find(String word) {
        List<Line> found = new ArrayList<>();
        for (String log : logs) {
            for (String line : lines(log)) {
                boolean may = line.length() <= LONGEST && Words.find(line, word, 0) >= 0;
                for (LogMessage message = may ? LogMessage.of(line) : null; message != null
                        && message.isKernel(); message = message.next()) {
                    if (Words.find(message.text(), word, 0) >= 0) {
                        found.add(new Line(message.text(), Evidence.line(log, line)));
                    }
                }
            }
        }
        return found;
    }
}
