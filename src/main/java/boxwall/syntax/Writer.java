package boxwall.syntax;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Option;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.List;

/** Writes rules in the form of iptables-save 1.8, which every iptables-restore since 1.4.11 reads. */
public final class Writer {
    private Writer() {}

    /** {@code -A INPUT -s 192.168.178.0/24 -i lan -p tcp -m tcp --dport 80 -j ACCEPT}. */
    public static String rule(String chain, Rule rule) {
        StringBuilder out = new StringBuilder("-A ").append(chain);
        part(out, "-s", rule.source);
        part(out, "-d", rule.destination);
        part(out, "-i", rule.in);
        part(out, "-o", rule.out);
        part(out, "-p", rule.protocol);
        if (rule.fragment != null) { out.append(rule.fragment.negated ? " ! -f" : " -f"); }
        for (Match match : rule.matches()) {
            out.append(" -m ").append(match.name);
            options(out, match.options, extension(match.name, false));
        }
        if (rule.target != null) {
            out.append(rule.target.isGoto() ? " -g " : " -j ").append(rule.target.name);
            options(out, rule.target.options, extension(rule.target.name, true));
        }
        return out.toString();
    }

    private static void part(StringBuilder out, String option, Negatable<?> value) {
        if (value != null) { out.append(value.negated ? " ! " : " ").append(option).append(' ').append(value.value); }
    }

    private static Extension extension(String name, boolean target) {
        Extension found = Extensions.get().find(target, name, Family.IPV4);
        return found != null ? found : Extensions.get().find(target, name, Family.IPV6);
    }

    private static void options(StringBuilder out, List<Option> options, Extension extension) {
        for (Option option : options) {
            OptionSpec spec = extension == null ? null : extension.printed(option.name);
            out.append(option.negated ? " ! " : " ").append(option.name);
            for (int i = 0; i < option.values.size(); i++) {
                String kind = spec == null || i >= spec.kinds.size() ? "word" : spec.kinds.get(i);
                String value = option.values.get(i);
                boolean quoted = kind.equals("word") ? !Words.isName(value, "_-./:,+%=@~^")
                        : kind.startsWith("text:") && !Words.isName(value, "_-");
                out.append(' ');
                if (quoted) {
                    quote(out, value);
                } else {
                    out.append(value);
                }
            }
        }
    }

    /** In double quotes; iptables-restore takes any character after a backslash as it is. */
    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c == '\'') { out.append('\\'); }
            out.append(c);
        }
        out.append('"');
    }

    /** All tables that the ruleset owns in a family, whole. */
    public static RestoreText restore(Ruleset ruleset, Family family) {
        StringBuilder out = new StringBuilder();
        List<Origin> origins = new ArrayList<>();
        for (Table table : ruleset.tables(family)) {
            line(out, origins, "*" + table.word(), null);
            for (Chain chain : ruleset.chains(family, table)) {
                line(out, origins,
                        ":" + chain.name() + " " + (chain.isBuiltin() ? chain.policy().name() : "-") + " [0:0]", null);
            }
            for (Chain chain : ruleset.chains(family, table)) {
                for (Rule rule : chain.rules()) {
                    line(out, origins, rule(chain.name(), rule), rule.origin);
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
