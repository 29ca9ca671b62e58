package boxwall.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * Rulesets of one kind each and of any length, to see what grows faster than they do: every command that looks for
 * something among the others.
 */
public enum GrownRules {
    /** Networks that are dropped, in one chain. */
    BLOCK_LIST {
        @Override
        void add(int i, int count) { line("-A INPUT -s " + net(i) + " -j DROP"); }
    },
    /**
     * Each fourth rule lets ESTABLISHED in, each fourth asks a question over UDP whose answer every one of those lets
     * in.
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
    /** The same, the rules with ESTABLISHED without any condition, as in chain after chain. */
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
    /** Half is made and deleted again by its words, the last first; the other half stays. */
    DELETED {
        @Override
        void add(int i, int count) {
            line(i < count * 2 / 3 ? "-A INPUT -s " + net(i) + " -j DROP"
                    : "-D INPUT -s " + net(count * 2 / 3 - 1 - (i - count * 2 / 3)) + " -j DROP");
        }
    },
    /** Each new rule is put before all others. */
    INSERTED {
        @Override
        void add(int i, int count) { line("-I INPUT -s " + net(i) + " -j DROP"); }
    },
    /** A chain for each third line, which is used and then gets another name. */
    RENAMED {
        @Override
        void add(int i, int count) {
            int third = Math.max(1, count / 3);
            line(i < third ? "-N a" + i + "\niptables -A a" + i + " -s " + net(i) + " -j DROP"
                    : i < 2 * third ? "-A INPUT -s " + net(i) + " -j a" + (i - third)
                    : i < 3 * third ? "-E a" + (i - 2 * third) + " b" + i : "-A INPUT -s " + net(i) + " -j DROP");
        }
    },
    /** A chain for each third line, which is emptied and deleted. */
    REMOVED {
        @Override
        void add(int i, int count) {
            int third = Math.max(1, count / 3);
            line(i < third ? "-A INPUT -s " + net(i) + " -j DROP" : i < 2 * third ? "-N a" + (i - third)
                    : i < 3 * third ? "-X a" + (i - 2 * third) : "-A INPUT -s " + net(i) + " -j DROP");
        }
    },
    /** A name for each second line, which the next uses. */
    NAMED {
        @Override
        void add(int i, int count) {
            text.append(i % 2 == 0 ? "NET" + i + "=" + net(i) + "\n"
                    : "iptables -A INPUT -s $NET" + (i - 1) + " -j DROP\n");
        }
    },
    /** Each chain calls the next, as deep as there are rules. */
    DEEP {
        @Override
        void add(int i, int count) {
            line((i == 0 ? "" : "-N d" + i + "\niptables ") + "-A " + (i < 2 ? "INPUT" : "d" + (i - 1))
                    + (i == 0 ? " -s " + net(i) + " -j DROP" : " -p tcp -j d" + i));
        }
    },
    /** Chains that each call the next but few, so that there are many ways through. */
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

    /** What is being written. Makes these values no place for two threads. */
    StringBuilder text;

    abstract void add(int i, int count);

    /** The greatest count that makes no more rules than one file may hold. */
    public int most() {
        return this == ANSWERS_TO_ALL || this == NESTED ? 10_000 : Draft.RULES_LIMIT;
    }

    /** 10.0.0.0/24 and so on: another one for each number below 65536. */
    static String net(int i) {
        return "10." + (i >> 8 & 255) + "." + (i & 255) + ".0/24";
    }

    void line(String words) { text.append("iptables ").append(words).append('\n'); }

    /** The text, which is longer than one file may be; {@link #parse} takes it. */
    public String text(int count) {
        text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            add(i, count);
        }
        return text.toString();
    }

    /** Parses a text of any length, as a file that includes it in pieces. */
    public static ParsedRules parse(String text, Names names) {
        List<String> pieces = new ArrayList<>();
        StringBuilder main = new StringBuilder();
        for (int at = 0; at < text.length();) {
            int limit = at + RulesetParser.FILE_LIMIT - 1;
            int end = text.length() <= limit ? text.length() : text.lastIndexOf('\n', limit) + 1;
            main.append("include ").append(pieces.size()).append('\n');
            pieces.add(text.substring(at, end));
            at = end;
        }
        return RulesetParser.parse(new Source("rules", main.toString()), names,
                (name, from) -> new Source(name, pieces.get(Integer.parseInt(name))));
    }
}
