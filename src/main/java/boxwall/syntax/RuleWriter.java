package boxwall.syntax;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Clause;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Option;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.List;

/** Writes rules like iptables-save 1.8, which every iptables-restore since 1.4.11 reads. */
public final class RuleWriter {
    /** Input for iptables-restore, and the origins of its rules. */
    public static final class RestoreText {
        /** Each line has its end; empty without tables. */
        public final String text;
        /** For each line the origin of its rule, or null. */
        public final List<Origin> origins;

        private RestoreText(String text, List<Origin> origins) {
            this.text = text;
            this.origins = origins;
        }
    }

    private RuleWriter() {}

    /** {@code -A INPUT -s 192.168.178.0/24 -i lan -p tcp -m tcp --dport 80 -j ACCEPT}. */
    public static String rule(String chain, Rule rule) {
        StringBuilder out = new StringBuilder("-A ").append(chain);
        rule.printGeneral(out);
        for (Match match : rule.matches) {
            clause(out, match);
        }
        if (rule.target != null) { clause(out, rule.target); }
        return out.toString();
    }

    private static void clause(StringBuilder out, Clause clause) {
        Extension found = Extensions.get().of(clause, Family.IPV4);
        Extension extension = found != null ? found : Extensions.get().of(clause, Family.IPV6);
        out.append(' ').append(clause.letter).append(' ').append(clause.name);
        for (Option option : clause.options) {
            OptionSpec spec = extension == null ? null : extension.printed(option.name);
            out.append(option.negated ? " ! " : " ").append(option.name);
            for (int i = 0; i < option.values.size(); i++) {
                String kind = spec == null || i >= spec.kinds.size() ? "word" : spec.kinds.get(i);
                String value = option.values.get(i);
                boolean quoted = kind.equals("word") ? !Words.isName(value, "_-./:,+%=@~^")
                        : kind.startsWith("text:") && !Words.isName(value, "_-");
                out.append(' ').append(quoted ? quoted(value) : value);
            }
        }
    }

    /** In double quotes; for iptables-restore a backslash escapes any character. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c == '"' || c == '\\' || c == '\'' ? "\\" : "").append(c);
        }
        return out.append('"').toString();
    }

    /** The tables of a family. */
    public static RestoreText restore(Ruleset ruleset, Family family) {
        StringBuilder out = new StringBuilder();
        List<Origin> origins = new ArrayList<>();
        for (Table table : ruleset.tables(family)) {
            line(out, origins, "*" + table.word(), null);
            for (Chain chain : ruleset.chains(family, table)) {
                line(out, origins, ":" + chain.name + " " + (chain.isBuiltin() ? chain.policy.name() : "-") + " [0:0]",
                        null);
            }
            for (Chain chain : ruleset.chains(family, table)) {
                for (Rule rule : chain.rules) {
                    line(out, origins, rule(chain.name, rule), rule.origin);
                }
            }
            line(out, origins, "COMMIT", null);
        }
        return new RestoreText(out.toString(), origins);
    }

    private static void line(StringBuilder out, List<Origin> origins, String text, Origin origin) {
        out.append(text).append('\n');
        origins.add(origin);
    }
}
