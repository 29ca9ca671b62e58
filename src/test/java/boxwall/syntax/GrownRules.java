package boxwall.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rulesets of any length, one kind each, for tests that find costs that grow faster than the ruleset: each kind has
 * commands that search among the other rules.
 */
public enum GrownRules {
    /** A block list: dropped networks in one chain. */
    BLOCK_LIST {
        @Override
        void add(int i, int count) { line("-A INPUT -s " + net(i) + " -j DROP"); }
    },
    /**
     * Every fourth rule accepts ESTABLISHED, every fourth accepts a UDP request whose replies each of those accepts.
     */
    ANSWERS {
        @Override
        void add(int i, int count) {
            String[] rules = {"-A INPUT -s " + net(i) + " -m state --state ESTABLISHED -j ACCEPT",
                    "-A OUTPUT -d " + net(i) + " -p udp --dport 53 -j ACCEPT", "-A INPUT -s " + net(i) + " -j DROP",
                    "-A OUTPUT -d " + net(i) + " -p tcp --dport 80 -j ACCEPT"};
            line(rules[i % 4]);
        }
    },
    /** The same, but the rules with ESTABLISHED have no other condition and stand in a chain each. */
    ANSWERS_TO_ALL {
        @Override
        void add(int i, int count) {
            String[] rules = {
                    "-N c" + i + "\niptables -A INPUT -s " + net(i) + " -j c" + i + "\niptables -A c" + i
                            + " -m state --state ESTABLISHED -j ACCEPT",
                    "-A OUTPUT -d " + net(i) + " -p udp --dport 53 -j ACCEPT",
                    "-A OUTPUT -d " + net(i) + " -p tcp --dport 80 -j ACCEPT"};
            line(rules[i % 3]);
        }
    },
    /** Half of the rules are deleted by their rule text, the last first; the other half remains. */
    DELETED {
        @Override
        void add(int i, int count) {
            line(i < count * 2 / 3 ? "-A INPUT -s " + net(i) + " -j DROP"
                    : "-D INPUT -s " + net(count * 2 / 3 - 1 - (i - count * 2 / 3)) + " -j DROP");
        }
    },
    /** Each new rule is inserted before all others. */
    INSERTED {
        @Override
        void add(int i, int count) { line("-I INPUT -s " + net(i) + " -j DROP"); }
    },
    /** Every third line makes a chain, which is used and then renamed. */
    RENAMED {
        @Override
        void add(int i, int count) {
            int third = Math.max(1, count / 3);
            line(i < third ? "-N a" + i + "\niptables -A a" + i + " -s " + net(i) + " -j DROP"
                    : i < 2 * third ? "-A INPUT -s " + net(i) + " -j a" + (i - third)
                    : i < 3 * third ? "-E a" + (i - 2 * third) + " b" + i : "-A INPUT -s " + net(i) + " -j DROP");
        }
    },
    /** Every third line makes a chain, which is deleted. */
    REMOVED {
        @Override
        void add(int i, int count) {
            int third = Math.max(1, count / 3);
            line(i < third ? "-A INPUT -s " + net(i) + " -j DROP" : i < 2 * third ? "-N a" + (i - third)
                    : i < 3 * third ? "-X a" + (i - 2 * third) : "-A INPUT -s " + net(i) + " -j DROP");
        }
    },
    /** Every second line sets a name, which the next line uses. */
    NAMED {
        @Override
        void add(int i, int count) {
            text.append(i % 2 == 0 ? "NET" + i + "=" + net(i) + "\n"
                    : "iptables -A INPUT -s $NET" + (i - 1) + " -j DROP\n");
        }
    },
    /** Each chain jumps to the next, as deep as there are rules. */
    DEEP {
        @Override
        void add(int i, int count) {
            line((i == 0 ? "" : "-N d" + i + "\niptables ") + "-A " + (i < 2 ? "INPUT" : "d" + (i - 1))
                    + (i == 0 ? " -s " + net(i) + " -j DROP" : " -p tcp -j d" + i));
        }
    },
    /** Chains that each jump to the next, ten deep, with many paths through them. */
    NESTED {
        @Override
        void add(int i, int count) {
            int depth = i % 10;
            line(depth == 9 ? "-A INPUT -s " + net(i) + " -j n" + (i - 9)
                    : "-N n" + i + "\niptables -A n" + i + " -p tcp --dport " + (1 + i % 60000) + " -j "
                            + (depth < 8 && i + 1 < count ? "ACCEPT" : "DROP")
                            + (depth == 0 ? "" : "\niptables -A n" + (i - 1) + " -s " + net(i) + " -j n" + i));
        }
    };

    /** The text being written. Not thread-safe. */
    StringBuilder text;

    abstract void add(int i, int count);

    /** The largest count that makes no more rules than one ruleset may have. */
    public int maxCount() {
        return this == ANSWERS_TO_ALL || this == NESTED ? 10_000 : TableBuilder.RULES_LIMIT;
    }

    /** 10.0.0.0/24 and so on: a different network for each number below 65536. */
    static String net(int i) {
        return "10." + (i >> 8 & 255) + "." + (i & 255) + ".0/24";
    }

    void line(String words) { text.append("iptables ").append(words).append('\n'); }

    /** The text. It may be longer than one file may be; {@link #parse} accepts it. */
    public String text(int count) {
        text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            add(i, count);
        }
        return text.toString();
    }

    /** Parses a text of any length: a main file includes it in parts. */
    public static ParsedRules parse(String text, Map<String, String> names) {
        List<String> parts = new ArrayList<>();
        StringBuilder main = new StringBuilder();
        for (int at = 0; at < text.length();) {
            int limit = at + RulesetParser.FILE_LIMIT - 1;
            int end = text.length() <= limit ? text.length() : text.lastIndexOf('\n', limit) + 1;
            main.append("include ").append(parts.size()).append('\n');
            parts.add(text.substring(at, end));
            at = end;
        }
        return RulesetParser.parse(new Source("rules", main.toString()), names,
                (TestIncludes) name -> new Source(name, parts.get(Integer.parseInt(name))));
    }
}
