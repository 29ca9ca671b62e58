package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Chain;
import boxwall.netfilter.Family;
import boxwall.netfilter.Option;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Our parser and writer against the real programs: what we accept, they accept, and print as we do, byte for byte; what
 * we refuse, they refuse, but for the reasons listed in {@link #STRICTER}. {@code -Dboxwall.seed=N -Dboxwall.rules=N}
 * repeat or lengthen a run.
 */
class DifferentialIT {
    /** Not in the host's kernel, so it can't judge them. */
    private static final Set<String> LEFT = Set.of("-j LED", "-j ULOG", "-j SET", "-m set", "-j ACCEPT", "-j RETURN",
            // a helper must be loaded, a timeout policy defined: a matter of the box, not of the syntax
            "CT --helper", "CT --timeout",
            // an accounting object must be there before
            "-m nfacct",
            // a directory of cgroup2 must be there before
            "cgroup --path",
            // its labels are files of sysfs, which the namespace that is just going away still has
            "-j IDLETIMER",
            // conditions between their options that iptables alone judges; SpellingsTest has some
            "-m policy", "-m rt", "-m statistic");

    /** What the real program refuses and we take, since our own line, which it then gets, says what it asks for. */
    private static final Map<String, String> KINDER = Map.of("also requires \"--packet\"",
            "1.4.11 took --every alone and meant --packet 0", "unknown protocol \"ipcomp\"",
            "1.8.9's -m policy knows fewer names of protocols than -p; boxwall writes the number", "Bad IP address",
            "1.8.8 and later want all four numbers in the address of NAT; boxwall writes them",
            "unknown option \"--mh-type\"",
            "1.8.9 looks for a match by the protocol's name as it is written; boxwall writes -m mh");

    /** Where we refuse what iptables takes, by a piece of our words. */
    private static final Set<String> STRICTER = Strictness.messages();

    private final long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
    private final int count = Integer.getInteger("boxwall.rules", 1600);

    private record Judged(Generated rule, List<String> canonical, boolean asWritten, List<SyntaxError> errors) {
    }

    private static Judged judge(Generated rule) {
        ParsedRules parsed = RulesetParser.parse(new Source("r", rule.shell() + "\n"), Names.none(), Includes.NONE);
        List<String> lines = new ArrayList<>();
        boolean asWritten = false;
        for (Chain chain : parsed.ruleset().chains(rule.family(), rule.table())) {
            for (Rule each : chain.rules) {
                lines.add(Writer.rule(chain.name, each));
                asWritten |= passesAsWritten(each, rule.family());
            }
        }
        return new Judged(rule, lines, asWritten, parsed.errors());
    }

    /** Whether a value passes as it is written: then the real program has to make the same of both lines. */
    private static boolean passesAsWritten(Rule rule, Family family) {
        List<Map.Entry<Extension, Option>> options = new ArrayList<>();
        rule.matches.forEach(
                m -> m.options.forEach(o -> options.add(Map.entry(Extensions.get().match(m.name, family), o))));
        if (rule.target != null && Extensions.get().target(rule.target.name, family) != null) {
            rule.target.options
                    .forEach(o -> options.add(Map.entry(Extensions.get().target(rule.target.name, family), o)));
        }
        return options.stream().anyMatch(e -> Set.of("string", "CONNMARK", "time", "TPROXY").contains(e.getKey().name)
                || e.getKey().printed(e.getValue().name).kinds.contains("word"));
    }

    @Test
    void whatWeAcceptTheyAcceptAndPrintAlike() throws Exception {
        System.out.println("differential test: seed " + seed + ", " + count + " rules");
        List<String> wrong = new ArrayList<>();
        for (Family family : Family.values()) {
            int before = wrong.size();
            List<Judged> accepted = new ArrayList<>();
            RuleGenerator generator = new RuleGenerator(seed, 1, LEFT);
            for (int i = 0; i < count * 20 && accepted.size() < count / 2; i++) {
                Judged judged = judge(generator.next());
                if (judged.rule.family() == family && judged.errors.isEmpty()) { accepted.add(judged); }
            }
            assertTrue(accepted.size() >= count / 2,
                    "only " + accepted.size() + " rules of the generator were accepted");
            accepted.sort(java.util.Comparator.comparing(Judged::asWritten));
            for (int from = 0; from < accepted.size(); from += 50) {
                compare(family, accepted.subList(from, Math.min(accepted.size(), from + 50)), wrong);
            }
            System.out.println(family.word() + ": " + accepted.size() + " accepted rules compared, "
                    + (wrong.size() - before) + " differ; " + extensions(accepted).size() + " extensions");
        }
        assertEquals("", String.join("\n", wrong), "seed " + seed);
    }

    private static Set<String> extensions(List<Judged> all) {
        Set<String> names = new java.util.TreeSet<>();
        for (Judged judged : all) {
            List<String> words = judged.rule.words();
            for (int i = 0; i + 1 < words.size(); i++) {
                if (words.get(i).equals("-m") || words.get(i).equals("-j")) {
                    names.add(words.get(i) + " " + words.get(i + 1));
                }
            }
        }
        return names;
    }

    /** All at once; when they differ, halves, until one rule is left. */
    private static void compare(Family family, List<Judged> rules, List<String> wrong) throws Exception {
        List<Map.Entry<Table, String>> theirs = new ArrayList<>();
        List<Map.Entry<Table, String>> ours = new ArrayList<>();
        for (Judged judged : rules) {
            theirs.add(Map.entry(judged.rule.table(), judged.rule.restore()));
            judged.canonical.forEach(line -> ours.add(Map.entry(judged.rule.table(), line)));
        }
        List<RealIptables.Answer> answers =
                RealIptables.restore(family, List.of(RealIptables.text(theirs), RealIptables.text(ours)));
        String expected =
                rules.stream().anyMatch(Judged::asWritten) ? byChain(answers.get(0).rules()) : byChain(expected(rules));
        boolean same = answers.get(0).taken() && answers.get(1).taken()
                && expected.equals(byChain(answers.get(0).rules())) && expected.equals(byChain(answers.get(1).rules()));
        boolean kinder = rules.size() == 1 && answers.get(1).taken()
                && (rules.get(0).asWritten || expected.equals(byChain(answers.get(1).rules())))
                && KINDER.keySet().stream().anyMatch(answers.get(0).said()::contains);
        boolean refused =
                rules.size() == 1 && rules.get(0).asWritten && !answers.get(0).taken() && !answers.get(1).taken();
        if (same || kinder || refused) { return; }
        if (rules.size() == 1) {
            wrong.add(rules.get(0).rule.shell() + "\n  ours:   " + rules.get(0).canonical + "\n  theirs: "
                    + answers.get(0) + "\n  of our line they make: " + answers.get(1));
            return;
        }
        compare(family, rules.subList(0, rules.size() / 2), wrong);
        compare(family, rules.subList(rules.size() / 2, rules.size()), wrong);
    }

    private static List<String> expected(List<Judged> rules) {
        List<String> lines = new ArrayList<>();
        rules.forEach(j -> j.canonical.forEach(line -> lines.add(j.rule.table().word() + " " + line)));
        return lines;
    }

    /** The order within a chain counts, that of the chains doesn't. */
    private static String byChain(List<String> lines) {
        Map<String, StringBuilder> chains = new TreeMap<>();
        for (String line : lines) {
            String key = line.substring(0, line.indexOf(' ', line.indexOf("-A ") + 3) < 0 ? line.length()
                    : line.indexOf(' ', line.indexOf("-A ") + 3));
            chains.computeIfAbsent(key, k -> new StringBuilder()).append(line).append('\n');
        }
        return String.join("", chains.values());
    }

    @Test
    void whatWeRefuseTheyRefuseOrItIsListed() throws Exception {
        System.out.println("refusals: seed " + seed + ", " + count / 2 + " rules");
        for (Family family : Family.values()) {
            List<Judged> refused = new ArrayList<>();
            RuleGenerator generator = new RuleGenerator(seed + 1, 15, LEFT);
            for (int i = 0; i < count * 20 && refused.size() < count / 4; i++) {
                Judged judged = judge(generator.next());
                if (judged.rule.family() == family && !judged.errors.isEmpty()) { refused.add(judged); }
            }
            List<String> texts = new ArrayList<>();
            refused.forEach(j -> texts.add(RealIptables.text(List.of(Map.entry(j.rule.table(), j.rule.restore())))));
            List<RealIptables.Answer> answers = RealIptables.restore(family, texts);
            List<String> wrong = new ArrayList<>();
            Map<String, Integer> stricter = new LinkedHashMap<>();
            for (int i = 0; i < refused.size(); i++) {
                if (answers.get(i).taken()) {
                    String ours = refused.get(i).errors.toString();
                    String reason = STRICTER.stream().filter(ours::contains).findFirst().orElse(null);
                    if (reason == null) {
                        wrong.add(refused.get(i).rule.shell() + "\n  ours:   " + ours + "\n  theirs: "
                                + answers.get(i).rules());
                    } else {
                        stricter.merge(reason, 1, Integer::sum);
                    }
                }
            }
            System.out.println(family.word() + ": " + refused.size() + " refused, of which they take " + stricter);
            assertEquals("", String.join("\n", wrong), "seed " + seed);
        }
    }
}
