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
 * Compares boxwall's parser and writer with the real iptables: it accepts every rule that boxwall accepts and prints it
 * the same, byte for byte; it rejects every rule that boxwall rejects, except for the reasons in {@link #STRICTER}.
 * {@code -Dboxwall.seed=N -Dboxwall.rules=N} repeats or lengthens a run.
 */
class DifferentialIT {
    /** Excluded, since the host's kernel cannot check them. */
    private static final Set<String> EXCLUDED =
            Set.of("-j LED", "-j ULOG", "-j SET", "-m set", "-j ACCEPT", "-j RETURN",
                    // need a loaded helper and a defined timeout policy: a question of the box, not of the syntax
                    "CT --helper", "CT --timeout",
                    // needs an existing accounting object
                    "-m nfacct",
                    // needs an existing directory of cgroup2
                    "cgroup --path",
                    // its labels are files in sysfs, which a namespace that is being removed still has
                    "-j IDLETIMER",
                    // only iptables checks the conditions between their options; SpellingsTest has some
                    "-m policy", "-m rt", "-m statistic");

    /** Messages of iptables for lines that boxwall accepts: the line that boxwall writes has what iptables requires. */
    private static final Map<String, String> MORE_LENIENT = Map.of("also requires \"--packet\"",
            "1.4.11 accepted --every alone and assumed --packet 0", "unknown protocol \"ipcomp\"",
            "1.8.9's -m policy knows fewer names of protocols than -p; boxwall writes the number", "Bad IP address",
            "1.8.8 and later require all four numbers in a NAT address; boxwall writes them",
            "unknown option \"--mh-type\"",
            "1.8.9 looks up the match by the protocol's name as written; boxwall writes -m mh");

    /** Parts of the messages with which boxwall rejects what iptables accepts. */
    private static final Set<String> STRICTER = Strictness.messages();

    private final long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
    private final int count = Integer.getInteger("boxwall.rules", 1600);

    private record ParsedRule(Generated rule, List<String> canonical, boolean asWritten, List<SyntaxError> errors) {
    }

    private static ParsedRule parse(Generated rule) {
        ParsedRules parsed = RulesetParser.parse(new Source("r", rule.shell() + "\n"), Map.of(), Includes.NONE);
        List<String> lines = new ArrayList<>();
        boolean asWritten = false;
        for (Chain chain : parsed.ruleset().chains(rule.family(), rule.table())) {
            for (Rule each : chain.rules) {
                lines.add(RuleWriter.rule(chain.name, each));
                asWritten |= passesAsWritten(each, rule.family());
            }
        }
        return new ParsedRule(rule, lines, asWritten, parsed.errors());
    }

    /** Whether boxwall copies a value unchanged. Then iptables must print both lines the same. */
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
    void acceptedRulesAreAcceptedAndPrintedEquallyByIptables() throws Exception {
        System.out.println("differential test: seed " + seed + ", " + count + " rules");
        List<String> wrong = new ArrayList<>();
        for (Family family : Family.values()) {
            int before = wrong.size();
            List<ParsedRule> accepted = new ArrayList<>();
            RuleGenerator generator = new RuleGenerator(seed, 1, EXCLUDED);
            for (int i = 0; i < count * 20 && accepted.size() < count / 2; i++) {
                ParsedRule parsedRule = parse(generator.next());
                if (parsedRule.rule.family() == family && parsedRule.errors.isEmpty()) { accepted.add(parsedRule); }
            }
            assertTrue(accepted.size() >= count / 2,
                    "only " + accepted.size() + " rules of the generator were accepted");
            accepted.sort(java.util.Comparator.comparing(ParsedRule::asWritten));
            for (int from = 0; from < accepted.size(); from += 50) {
                compare(family, accepted.subList(from, Math.min(accepted.size(), from + 50)), wrong);
            }
            System.out.println(family.word() + ": " + accepted.size() + " accepted rules compared, "
                    + (wrong.size() - before) + " differ; " + extensions(accepted).size() + " extensions");
        }
        assertEquals("", String.join("\n", wrong), "seed " + seed);
    }

    private static Set<String> extensions(List<ParsedRule> all) {
        Set<String> names = new java.util.TreeSet<>();
        for (ParsedRule parsedRule : all) {
            List<String> words = parsedRule.rule.words();
            for (int i = 0; i + 1 < words.size(); i++) {
                if (words.get(i).equals("-m") || words.get(i).equals("-j")) {
                    names.add(words.get(i) + " " + words.get(i + 1));
                }
            }
        }
        return names;
    }

    /** Compares all rules at once; if they differ, compares each half, down to single rules. */
    private static void compare(Family family, List<ParsedRule> rules, List<String> wrong) throws Exception {
        List<Map.Entry<Table, String>> theirs = new ArrayList<>();
        List<Map.Entry<Table, String>> ours = new ArrayList<>();
        for (ParsedRule parsedRule : rules) {
            theirs.add(Map.entry(parsedRule.rule.table(), parsedRule.rule.restore()));
            parsedRule.canonical.forEach(line -> ours.add(Map.entry(parsedRule.rule.table(), line)));
        }
        List<RealIptables.Answer> answers =
                RealIptables.restore(family, List.of(RealIptables.text(theirs), RealIptables.text(ours)));
        String expected = rules.stream().anyMatch(ParsedRule::asWritten) ? byChain(answers.get(0).rules())
                : byChain(expected(rules));
        boolean same = answers.get(0).accepted() && answers.get(1).accepted()
                && expected.equals(byChain(answers.get(0).rules())) && expected.equals(byChain(answers.get(1).rules()));
        boolean moreLenient = rules.size() == 1 && answers.get(1).accepted()
                && (rules.get(0).asWritten || expected.equals(byChain(answers.get(1).rules())))
                && MORE_LENIENT.keySet().stream().anyMatch(answers.get(0).message()::contains);
        boolean rejectedBoth =
                rules.size() == 1 && rules.get(0).asWritten && !answers.get(0).accepted() && !answers.get(1).accepted();
        if (same || moreLenient || rejectedBoth) { return; }
        if (rules.size() == 1) {
            wrong.add(rules.get(0).rule.shell() + "\n  ours:   " + rules.get(0).canonical + "\n  theirs: "
                    + answers.get(0) + "\n  theirs for our line: " + answers.get(1));
            return;
        }
        compare(family, rules.subList(0, rules.size() / 2), wrong);
        compare(family, rules.subList(rules.size() / 2, rules.size()), wrong);
    }

    private static List<String> expected(List<ParsedRule> rules) {
        List<String> lines = new ArrayList<>();
        rules.forEach(j -> j.canonical.forEach(line -> lines.add(j.rule.table().word() + " " + line)));
        return lines;
    }

    /** Groups the lines by chain: the order within a chain matters, the order of the chains does not. */
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
    void rejectedRulesAreRejectedByIptablesOrListed() throws Exception {
        System.out.println("rejections: seed " + seed + ", " + count / 2 + " rules");
        for (Family family : Family.values()) {
            List<ParsedRule> rejected = new ArrayList<>();
            RuleGenerator generator = new RuleGenerator(seed + 1, 15, EXCLUDED);
            for (int i = 0; i < count * 20 && rejected.size() < count / 4; i++) {
                ParsedRule parsedRule = parse(generator.next());
                if (parsedRule.rule.family() == family && !parsedRule.errors.isEmpty()) { rejected.add(parsedRule); }
            }
            List<String> texts = new ArrayList<>();
            rejected.forEach(j -> texts.add(RealIptables.text(List.of(Map.entry(j.rule.table(), j.rule.restore())))));
            List<RealIptables.Answer> answers = RealIptables.restore(family, texts);
            List<String> wrong = new ArrayList<>();
            Map<String, Integer> stricter = new LinkedHashMap<>();
            for (int i = 0; i < rejected.size(); i++) {
                if (answers.get(i).accepted()) {
                    String ours = rejected.get(i).errors.toString();
                    String reason = STRICTER.stream().filter(ours::contains).findFirst().orElse(null);
                    if (reason == null) {
                        wrong.add(rejected.get(i).rule.shell() + "\n  ours:   " + ours + "\n  theirs: "
                                + answers.get(i).rules());
                    } else {
                        stricter.merge(reason, 1, Integer::sum);
                    }
                }
            }
            System.out.println(
                    family.word() + ": " + rejected.size() + " rejected, of which iptables accepts " + stricter);
            assertEquals("", String.join("\n", wrong), "seed " + seed);
        }
    }
}
