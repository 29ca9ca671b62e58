package boxwall.box;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel log says about modules it refused. The lines, with or without {@code <4>} and {@code [ 12.345678]} in front:
 * <pre>
 * nf_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by avm_conntrack)
 * nf_conntrack: Unknown symbol nf_ct_destroy                     newer kernels add (err 0)
 * xt_comment: version magic '2.6.32.60 SMP …' should be '2.6.32.67 SMP …'
 * xt_state: disagrees about version of symbol module_layout
 * kdsldmod: … sizeof(struct sk_buff)=448
 * </pre>
 * Sources: recorded on 2.6.32 and 6.1; the last one is printed by Freetz' debug patches and by kdsldmod.
 */
final class KernelLog {
    /** Why the kernel said no. */
    enum Cause { DUPLICATE_SYMBOL, UNKNOWN_SYMBOL, VERSION_MAGIC, SYMBOL_VERSION }

    /** One refusal. */
    static final class Refusal {
        final Cause cause;
        final String module;
        /** The symbol; empty for version magic. */
        final String symbol;
        /** Who has the symbol ("kernel" or a module); empty when that isn't said. */
        final String owner;
        /** The line as evidence. */
        final String line;

        Refusal(Cause cause, String module, String symbol, String owner, String line) {
            this.cause = cause;
            this.module = LoadedModules.normal(module);
            this.symbol = symbol;
            this.owner = owner;
            this.line = line;
        }
    }

    private static final Pattern PREFIX = Pattern.compile("^(<[0-9]{1,2}>)?(\\[ *[0-9]+\\.[0-9]+\\] ?)?");
    private static final Pattern DUPLICATE =
            Pattern.compile("^([A-Za-z0-9_-]+): exports duplicate symbol ([A-Za-z0-9_]+) \\(owned by ([A-Za-z0-9_-]+)\\)$");
    private static final Pattern UNKNOWN = Pattern.compile("^([A-Za-z0-9_-]+): Unknown symbol ([A-Za-z0-9_.]+)( \\(err -?[0-9]+\\))?$");
    private static final Pattern MAGIC = Pattern.compile("^([A-Za-z0-9_-]+): version magic '[^']*' should be '[^']*'$");
    private static final Pattern VERSION = Pattern.compile("^([A-Za-z0-9_-]+): disagrees about version of symbol ([A-Za-z0-9_]+)$");
    private static final Pattern SIZE = Pattern.compile("sizeof\\(struct sk_buff\\) ?= ?([0-9]{2,4})");

    private final List<Refusal> refusals = new ArrayList<Refusal>();
    private final List<String> sizeLines = new ArrayList<String>();
    private final Set<String> sizes = new LinkedHashSet<String>();

    KernelLog(Readings readings) {
        Set<String> seen = new LinkedHashSet<String>();
        for (String raw : readings.commandLines("dmesg")) {
            // the cheap question first: a log has thousands of other lines
            if (raw.length() > 1000 || !isOfUse(raw)) {
                continue;
            }
            String text = PREFIX.matcher(raw).replaceFirst("").trim();
            // each try adds the same line again
            if (seen.add(text)) {
                add(text, Evidence.line("dmesg", raw));
            }
        }
    }

    private static boolean isOfUse(String text) {
        return text.contains("symbol") || text.contains("version magic") || text.contains("sizeof(struct sk_buff)");
    }

    private void add(String text, String evidence) {
        Matcher duplicate = DUPLICATE.matcher(text);
        Matcher unknown = UNKNOWN.matcher(text);
        Matcher magic = MAGIC.matcher(text);
        Matcher version = VERSION.matcher(text);
        Matcher size = SIZE.matcher(text);
        if (duplicate.find()) {
            refuse(Cause.DUPLICATE_SYMBOL, duplicate.group(1), duplicate.group(2), duplicate.group(3), evidence);
        } else if (unknown.find()) {
            refuse(Cause.UNKNOWN_SYMBOL, unknown.group(1), unknown.group(2), "", evidence);
        } else if (magic.find()) {
            refuse(Cause.VERSION_MAGIC, magic.group(1), "", "", evidence);
        } else if (version.find()) {
            refuse(Cause.SYMBOL_VERSION, version.group(1), version.group(2), "", evidence);
        } else if (size.find() && sizes.add(size.group(1))) {
            sizeLines.add(evidence);
        }
    }

    private void refuse(Cause cause, String module, String symbol, String owner, String line) {
        refusals.add(new Refusal(cause, module, symbol, owner, line));
    }

    /** All refusals, oldest first, each once. */
    List<Refusal> refusals() {
        return Collections.unmodifiableList(refusals);
    }

    /** One line for each different size of struct sk_buff that was printed; more than one entry means two layouts. */
    List<String> skBuffSizes() {
        return Collections.unmodifiableList(sizeLines);
    }
}
