package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.netfilter.Table;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sequences of commands (-A -I -D -R -N -X -F -P -E -Z, by specification and by number) against the real program: the
 * table that they leave is iptables-save's, byte for byte but for the counters. A command that we refuse is taken out
 * of the sequence, and the real program must refuse it too where it stands.
 * {@code -Dboxwall.seed=N -Dboxwall.sequences=N} repeat or lengthen a run.
 */
class CommandsIT {
    /** Where we refuse what iptables takes, by a piece of our words. */
    private static final Set<String> STRICTER = Strictness.messages();

    private final long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
    private final int count = Integer.getInteger("boxwall.sequences", 320);
    private final Random random = new Random(seed);
    private final List<String> made = new ArrayList<>();

    private <T> T pick(List<T> list) { return list.get(random.nextInt(list.size())); }

    private String chain() {
        return random.nextInt(3) == 0 || made.isEmpty() ? pick(List.of("INPUT", "FORWARD", "OUTPUT")) : pick(made);
    }

    private String rule(Family family) {
        String address = family == Family.IPV4 ? pick(List.of("10.0.0.1", "10.0.0.0/8", "1.2.3.4,1.2.3.5"))
                : pick(List.of("fd00::1", "fd00::/8", "::1,::2"));
        return pick(List.of("", "-s " + address, "! -d " + address.replaceAll(",.*", ""),
                "-p tcp --dport " + (1 + random.nextInt(3)), "-p udp -m udp --sport 53",
                "-m mark --mark 0x" + random.nextInt(3)))
                + pick(List.of("", " -j DROP", " -j ACCEPT", " -j RETURN",
                        " -j " + (made.isEmpty() ? "DROP" : pick(made)),
                        " -g " + (made.isEmpty() ? "none" : pick(made))));
    }

    private String command(Family family) {
        switch (random.nextInt(13)) {
            case 0 :
            case 1 :
                String name = pick(List.of("a", "b", "c", "d", "INPUT", "DROP", "x-y.z"));
                made.add(name.equals("INPUT") || name.equals("DROP") ? "a" : name);
                return "-N " + name;
            case 2 :
                return "-I " + chain() + pick(List.of(" ", " 1 ", " 2 ", " 3 ", " 9 ")) + rule(family);
            case 3 :
                return "-D " + chain() + " " + (1 + random.nextInt(4));
            case 4 :
                return "--delete " + chain() + " " + rule(family);
            case 5 :
                return "-R " + chain() + " " + (1 + random.nextInt(3)) + " " + rule(family);
            case 6 :
                return pick(List.of("-F", "-X", "-Z", "--flush", "-X", "-Z"))
                        + (random.nextInt(3) == 0 ? "" : " " + chain());
            case 7 :
                return "-P " + chain() + " " + pick(List.of("DROP", "ACCEPT", "REJECT", "RETURN"));
            case 8 :
                String to = pick(List.of("a", "b", "e", "f", "OUTPUT", "LOG"));
                String from = chain();
                made.add(to.equals("OUTPUT") || to.equals("LOG") ? "e" : to);
                return "-E " + from + " " + to;
            default :
                return pick(List.of("-A ", "-A ", "--append ")) + chain() + " " + rule(family);
        }
    }

    private record Sequence(List<String> taken, String refused, String why, String table) {
    }

    private static ParsedRules parse(Family family, List<String> commands) {
        String text = commands.stream().map(c -> family.command + " " + c + "\n").collect(Collectors.joining());
        return RulesetParser.parse(new Source("r", text), Names.none(), Includes.NONE);
    }

    /** Commands that are fine, the first one that isn't, and the table that the fine ones leave. */
    private Sequence sequence(Family family) {
        made.clear();
        List<String> taken = new ArrayList<>();
        String refused = null;
        String why = null;
        // a jump to a chain that isn't there or a loop shows at the end only, so each beginning is parsed anew
        for (int i = 4 + random.nextInt(16); i > 0; i--) {
            String command = command(family);
            taken.add(command);
            ParsedRules parsed = parse(family, taken);
            if (!parsed.errors().isEmpty()) {
                taken.remove(taken.size() - 1);
                refused = refused == null || i % 2 == 0 ? command + " | after " + taken.size() : refused;
                why = refused.startsWith(command + " |") ? parsed.errors().toString() : why;
            }
        }
        String restore = Writer.restore(parse(family, taken).ruleset(), family).text;
        return new Sequence(taken, refused, why, restore);
    }

    private static String script(List<String> commands) {
        // policies of the text before stay otherwise
        return "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n"
                + commands.stream().map(c -> c.replaceAll(" +", " ").trim() + "\n").collect(Collectors.joining())
                + "COMMIT\n";
    }

    private static String table(String save) {
        String filter = save.substring(save.indexOf("*filter"));
        return filter.substring(0, filter.indexOf("COMMIT")).replaceAll("\\[[0-9]+:[0-9]+\\]", "[0:0]");
    }

    @Test
    void theTableThatIsLeftIsTheKernels() throws Exception {
        System.out.println("sequences of commands: seed " + seed + ", " + count);
        int refusals = 0;
        for (Family family : Family.values()) {
            List<Sequence> all = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count / 2; i++) {
                Sequence one = sequence(family);
                all.add(one);
                texts.add(script(one.taken));
            }
            for (Sequence one : all) {
                if (one.refused != null) {
                    String[] parts = one.refused.split(" \\| after ");
                    List<String> before = new ArrayList<>(one.taken.subList(0, Integer.parseInt(parts[1])));
                    before.add(parts[0]);
                    texts.add(script(before));
                }
            }
            List<RealIptables.Answer> answers = RealIptables.restore(family, texts);
            int at = all.size();
            for (int i = 0; i < all.size(); i++) {
                Sequence one = all.get(i);
                RealIptables.Answer answer = answers.get(i);
                String shown = "seed " + seed + ", " + family.word() + ":\n" + script(one.taken) + answer.said();
                assertTrue(answer.taken(), shown);
                if (!one.taken.isEmpty()) { assertEquals(table(one.table), table(answer.save()), shown); }
                if (one.refused != null) {
                    refusals++;
                    RealIptables.Answer other = answers.get(at++);
                    assertTrue(!other.taken() || STRICTER.stream().anyMatch(one.why::contains), "seed " + seed
                            + ": we refuse " + one.refused + " (" + one.why + "), they take\n" + script(one.taken));
                }
            }
        }
        assertTrue(refusals > count / 4, "refusals compared: " + refusals);
        System.out.println(count + " sequences leave the same table, " + refusals + " refusals agree");
    }

    @Test
    void aTableThatIsntMentionedIsntOwned() {
        assertTrue(parse(Family.IPV4, List.of()).ruleset().tables(Family.IPV4).isEmpty());
        assertEquals(Set.of(Table.FILTER), parse(Family.IPV4, List.of("-Z")).ruleset().tables(Family.IPV4));
    }
}
