package boxwall.imports;

import boxwall.netfilter.Abandoned;
import boxwall.netfilter.Ruleset;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.SyntaxError;

import java.util.ArrayList;
import java.util.List;

/**
 * The ruleset with the rules that drop and were left out, each as far as it can be read: what it can't be read of
 * matches all.
 */
final class LeftOutRules {
    /** Each word that isn't understood costs reading the line once more. */
    private static final int ROUNDS_LIMIT = 8;
    private static final int RULES_LIMIT = 200;

    private final List<OutLine> lines;
    private final Ledger ledger;

    LeftOutRules(List<OutLine> lines, Ledger ledger) {
        this.lines = lines;
        this.ledger = ledger;
    }

    /** Null when there is none, or none that can be read. */
    Ruleset stricter() {
        List<String> texts = new ArrayList<String>();
        List<Boolean> added = new ArrayList<Boolean>();
        int rules = 0;
        for (OutLine line : lines) {
            Abandoned.check();
            boolean left = line.text.length() == 0 && line.strict != null && rules < RULES_LIMIT;
            String strict = left && (RuleText.drops(line.strict) || line.strict.contains(" -N "))
                    ? readable(line.strict) : null;
            rules += strict == null ? 0 : 1;
            texts.add(strict == null ? line.text : strict);
            added.add(strict != null);
        }
        ParsedRules parsed = rules == 0 ? null : Sieve.parse(join(texts));
        for (int round = 0; parsed != null && !parsed.errors().isEmpty(); round++) {
            for (SyntaxError error : parsed.errors()) {
                int index = error.line() - 1;
                if (index < 0 || index >= texts.size() || !added.get(index) || round > ROUNDS_LIMIT) { return null; }
                rules -= texts.get(index).length() > 0 ? 1 : 0;
                texts.set(index, "");
            }
            parsed = rules == 0 ? null : Sieve.parse(join(texts));
        }
        return parsed == null ? null : parsed.ruleset();
    }

    private static String join(List<String> texts) {
        StringBuilder text = new StringBuilder();
        for (String each : texts) {
            text.append(each).append('\n');
        }
        return text.toString();
    }

    /** The rule without the options that can't be read; null when too much of it can't. */
    private static String readable(String rule) {
        String now = rule;
        for (int round = 0; round < ROUNDS_LIMIT; round++) {
            List<SyntaxError> errors = Sieve.parse(now).errors();
            SyntaxError first = errors.isEmpty() ? null : errors.get(0);
            if (first == null || first.what().startsWith("no chain ")
                    || first.what().startsWith("no target and no chain ")) {
                // the chains are those of the whole
                return now;
            }
            now = without(now, first.column() - 1);
            if (now == null) { return null; }
        }
        return null;
    }

    /** Without the option at a place, its value and the ! before it. */
    private static String without(String rule, int at) {
        int from = Math.min(at, rule.length());
        while (from > 0 && !(rule.startsWith(" -", from) && from < rule.length())) {
            from--;
        }
        int word = from + 1;
        int name = word;
        while (name < rule.length() && rule.charAt(name) != ' ') {
            name++;
        }
        String option = rule.substring(Math.min(word, rule.length()), name);
        if (from == 0 || option.equals("-A") || option.equals("-I") || option.equals("-j") || option.equals("-t")
                || option.equals("-R") || option.equals("-P")) {
            return null;
        }
        int to = rule.indexOf(" -", from + 1);
        int not = rule.indexOf(" ! -", from + 1);
        to = not >= 0 && (to < 0 || not < to) ? not : to;
        int start = from >= 2 && rule.startsWith(" !", from - 2) ? from - 2 : from;
        return rule.substring(0, start) + (to < 0 ? "" : rule.substring(to));
    }
}
