package boxwall.imports;

import boxwall.netfilter.Words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Recognises rules by the words of a line alone, without shell and parser. A recognised rule is never skipped as prose:
 * it must be in the ruleset or have a remark.
 */
final class RuleText {
    static final List<String> BUILTIN = Arrays.asList("INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING");
    static final List<String> NAT_TARGETS = Arrays.asList("DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP");
    private static final List<String> ADDING = Arrays.asList("-A", "-I", "-R", "--append", "--insert", "--replace");
    private static final List<String> JUMPS = Arrays.asList("-j", "--jump", "-g", "--goto");
    private static final List<String> DROPPING = Arrays.asList("DROP", "REJECT", "TARPIT", "QUEUE", "NFQUEUE");
    private static final List<String> PROGRAMS = Arrays.asList("iptables", "ip6tables", "ip46tables");
    private static final List<String> ADDRESS =
            Arrays.asList("-s", "--source", "--src", "-d", "--destination", "--dst");

    private RuleText() {}

    /** Whether the line adds a rule, or sets a policy that drops. */
    static boolean hasRule(String line) {
        List<String> words = words(line);
        if (line.trim().startsWith(":") && words.size() > 1 && DROPPING.contains(words.get(1))) { return true; }
        boolean afterProgram = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean known =
                    afterProgram || i == 0 || i == 1 && words.get(0).startsWith("[") && !words.get(0).equals("[");
            boolean upper = i + 1 < words.size() && Character.isUpperCase(words.get(i + 1).charAt(0));
            if (adds(words, i) && (known || upper || jumps(words, i, true))) { return true; }
            boolean policy = known && (word.equals("-P") || word.equals("--policy")) && i + 2 < words.size();
            if (policy && isChain(words.get(i + 1)) && DROPPING.contains(words.get(i + 2))) { return true; }
            String lower = afterProgram ? "" : word.toLowerCase(Locale.ROOT);
            afterProgram |= lower.contains("tables") || lower.contains("ipt") || word.startsWith("$");
        }
        return false;
    }

    /** Whether another command seems to run iptables so that it changes the tables: {@code env iptables -F}. */
    static boolean changes(String line) {
        int at = line.indexOf("tables -");
        return at >= 0 && at + 8 < line.length() && "AIDRNXFPE".indexOf(line.charAt(at + 8)) >= 0;
    }

    /** How many rules the line adds, outside of double quotes and comments. */
    static int count(String line) {
        int comment = line.startsWith("#") ? 0 : line.indexOf(" #");
        List<String> words = Words.quoted(comment < 0 ? line : line.substring(0, comment));
        words = words == null ? words(line) : words;
        int count = 0;
        for (int i = 0; i < words.size(); i++) {
            count += adds(words, i) ? 1 : 0;
        }
        return count;
    }

    /** Whether a word is -A or its like, with the chain in the next word or in the same. */
    private static boolean adds(List<String> words, int i) {
        String word = words.get(i);
        boolean joined = word.length() > 3 && word.charAt(0) == '-' && "AIR".indexOf(word.charAt(1)) >= 0
                && Character.isUpperCase(word.charAt(2));
        return joined || ADDING.contains(word) && i + 1 < words.size() && isChain(words.get(i + 1));
    }

    /**
     * Whether a line looks like a rule or a piece of one: it begins with an option, jumps, or has -A, a chain's name
     * and another word of a rule, which a sentence about -A does not have.
     */
    static boolean resemblesRule(String line) {
        String text = line.trim();
        boolean option = text.length() > 1 && text.charAt(0) == '-'
                && (Character.isLetter(text.charAt(1)) || text.startsWith("--") && text.length() > 3);
        List<String> words = words(line);
        if (option || hasRule(line) || jumps(words, 0, !Collections.disjoint(words, ADDING))) { return true; }
        boolean chain = false;
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            boolean upper = word.length() > 2 && word.equals(word.toUpperCase(Locale.ROOT))
                    && Character.isLetter(word.charAt(0));
            boolean added = ADDING.contains(words.get(i - 1)) && isChain(word);
            if (chain && (word.charAt(0) == '-' || upper) || added && Character.isUpperCase(word.charAt(0))) {
                return true;
            }
            chain |= added;
        }
        return false;
    }

    /** Whether the rule of the line can drop packets; a target in a variable can. */
    static boolean canDrop(String line) {
        List<String> words = words(line);
        for (int i = 0; i < words.size(); i++) {
            boolean jump = JUMPS.contains(words.get(i)) && i + 1 < words.size();
            if (jump && words.get(i + 1).startsWith("$") || DROPPING.contains(words.get(i))) { return true; }
        }
        return false;
    }

    /** {@code any}: whether the target may be any word, not only one in capitals or a variable. */
    private static boolean jumps(List<String> words, int from, boolean any) {
        for (int i = from; i + 1 < words.size(); i++) {
            String target = words.get(i + 1);
            if (JUMPS.contains(words.get(i)) && (any || target.startsWith("$")
                    || target.length() > 1 && Character.isUpperCase(target.charAt(0)))) {
                return true;
            }
        }
        return false;
    }

    static boolean isChain(String word) {
        return word.length() > 0
                && (Character.isLetter(word.charAt(0)) || word.charAt(0) == '_' || word.charAt(0) == '$');
    }

    /** The name of an iptables program in the ruleset language, or null. */
    static String program(String name) {
        String program = name.endsWith("-legacy") ? name.substring(0, name.length() - 7) : name;
        return PROGRAMS.contains(program) ? program : null;
    }

    /** Whether a command is iptables, by its name or the name of a variable. */
    static boolean isIptables(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String plain = lower.startsWith("$") ? lower.substring(1) : lower;
        boolean called = plain.startsWith("ipt") || plain.startsWith("ip6t") || plain.equals("ip46tables");
        return called && plain.length() < 17 && !plain.contains("restore") && !plain.contains("save");
    }

    /**
     * Whether a line can only be one of iptables-save or iptables -S: {@code *filter}, {@code :INPUT DROP [0:0]},
     * {@code [1:60] -A …}, {@code -P INPUT DROP}, {@code COMMIT}. It is never prose.
     */
    static boolean isDump(String line) {
        String text = line.trim();
        if (text.length() < 2) { return false; }
        int blank = text.indexOf(' ') < 0 ? text.length() : text.indexOf(' ');
        switch (text.charAt(0)) {
            case '*' :
                String name = text.substring(1);
                return ShellWord.isName(name) && name.equals(name.toLowerCase(Locale.ROOT)) && name.length() > 2;
            case ':' :
                String policy = blank == text.length() ? "" : text.substring(blank + 1);
                return blank > 1 && policy.length() > 0 && isChain(text.substring(1)) && (policy.indexOf(']') >= 0
                        || policy.charAt(0) == '-' || policy.trim().equals("ACCEPT") || policy.trim().equals("DROP"));
            case '[' :
                return Character.isDigit(text.charAt(1));
            case '-' :
                return "AIDRNXFPE".indexOf(text.charAt(1)) >= 0 && (blank == 2 || text.length() == 2)
                        || text.startsWith("--append ") || text.startsWith("--insert ") || text.startsWith("--policy ")
                        || text.startsWith("-t ") && text.length() > 6 && words(text).size() > 2;
            default :
                return text.equals("COMMIT");
        }
    }

    /** {@code Generated by iptables-save …}, with or without its #. */
    static boolean isDumpHead(String line) {
        String text = line.startsWith("#") ? line.substring(1).trim() : line;
        return (text.startsWith("Generated by ") || text.startsWith("Completed on "))
                && !text.startsWith("Generated by hand");
    }

    /**
     * Whether the word at {@code i} is -s or -d without an address: a web page has removed it, or a variable is empty.
     */
    static boolean lacksAddress(List<String> words, int i) {
        String before = i > 0 ? words.get(i - 1) : "";
        boolean option = ADDRESS.contains(words.get(i)) && !ShellWord.isOneOf(before, "--comment", "--log-prefix");
        int next = i + 1 < words.size() && words.get(i + 1).equals("!") ? i + 2 : i + 1;
        String value = next < words.size() ? words.get(next) : "";
        return option && (value.length() == 0 || value.length() > 1 && value.charAt(0) == '-');
    }

    /** {@code Chain INPUT (policy ACCEPT)}, as iptables -L prints it. */
    static boolean isListedChain(String line) {
        String text = line.trim();
        int open = text.indexOf(" (");
        return text.startsWith("Chain ") && open > 6 && text.indexOf(' ', 6) == open
                && (text.startsWith("policy ", open + 2) || text.contains(" references)"));
    }

    /** The words between blanks, quotes and separators of commands. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= line.length(); i++) {
            if (i == line.length() || " \t\"'`();,".indexOf(line.charAt(i)) >= 0) {
                if (from < i) { words.add(line.substring(from, i)); }
                from = i + 1;
            }
        }
        return words;
    }
}
