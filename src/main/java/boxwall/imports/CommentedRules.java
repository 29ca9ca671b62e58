package boxwall.imports;

import java.util.List;

/** Rules that stand in comments stay comments; those that lack an address would lack it as well once they are wanted, so it is said. */
final class CommentedRules {
    private CommentedRules() {
    }

    static void remark(String text, Ledger ledger) {
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].trim();
            String rule = line.startsWith("#") ? line.replaceFirst("^[# \t]+", "") : "";
            if (!rule.startsWith("iptables -") && !rule.startsWith("ip6tables -")) {
                continue;
            }
            int comment = rule.indexOf(" #");
            List<String> words = SaveDump.words(comment < 0 ? rule : rule.substring(0, comment));
            for (int w = 0; words != null && w < words.size(); w++) {
                if (MissingAddress.at(words, w)) {
                    ledger.remark(i + 1, "a rule in a comment: address missing after " + words.get(w),
                            "before you use it, " + MissingAddress.suggest(words, w, rule), true);
                }
            }
        }
    }
}
