package boxwall.imports;

import java.util.List;

/**
 * What comments tell. Rules in them stay comments; those that lack an address would still lack it when used, so a
 * remark says so. And iptables-save says in a comment when its dump isn't all.
 */
final class CommentedRules {
    private CommentedRules() {}

    static void remark(Ledger ledger) {
        for (int i = 1; i <= ledger.lines(); i++) {
            String line = ledger.source(i).trim();
            int start = 0;
            while (start < line.length() && "# \t".indexOf(line.charAt(start)) >= 0) {
                start++;
            }
            String text = start > 0 ? line.substring(start) : "";
            if (text.startsWith("Warning: ") && text.contains("tables present")) {
                String save = text.contains("ip6tables-legacy") ? "ip6tables-legacy-save" : "iptables-legacy-save";
                ledger.remark(i, "the dump isn't all: more rules are in the legacy tables",
                        "import what " + save + " prints too", false);
            } else if (text.startsWith("Table `") && text.contains("is incompatible")) {
                ledger.remark(i, "the dump isn't all: this table holds rules of nftables",
                        "see nft list ruleset, and write them as iptables commands", false);
            } else if (text.startsWith("iptables -") || text.startsWith("ip6tables -")) { rule(i, text, ledger); }
        }
    }

    private static void rule(int line, String rule, Ledger ledger) {
        int comment = rule.indexOf(" #");
        List<String> words = SaveDump.words(comment < 0 ? rule : rule.substring(0, comment));
        for (int w = 0; words != null && w < words.size(); w++) {
            if (MissingAddress.at(words, w)) {
                ledger.remark(line, "a rule in a comment: address missing after " + words.get(w),
                        "before you use it, " + MissingAddress.suggest(words, w, rule), true);
            }
        }
    }
}
