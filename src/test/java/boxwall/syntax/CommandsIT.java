package boxwall.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.netfilter.Table;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs random sequences of commands (-A -I -D -R -N -X -F -P -E -Z, by rule text and by number) through boxwall and the
 * real iptables. The resulting table must equal the output of iptables-save byte for byte, except for the counters. A
 * command that boxwall rejects is removed from the sequence; the real iptables must reject it at the same place too.
 * {@code -Dboxwall.seed=N -Dboxwall.sequences=N} repeats or lengthens a run.
 */
class CommandsIT {
    /** Parts of the messages with which boxwall rejects what iptables accepts. */
    private static final Set<String> STRICTER = Strictness.messages();

    private final long seed = Long.getLong("boxwall.seed", System.nanoTime() % 1_000_000_007L);
    private final int count = Integer.getInteger("boxwall.sequences", 320);
    private final Random random = new Random(seed);
    private final List<String> madeChains = new ArrayList<>();

    private <T> T pick(List<T> list) { return list.get(random.nextInt(list.size())); }

    private String chain() {
        return random.nextInt(3) == 0 || madeChains.isEmpty() ? pick(List.of("INPUT", "FORWARD", "OUTPUT"))
                : pick(madeChains);
    }

    private String rule(Family family) {
        String address = family == Family.IPV4 ? pick(List.of("10.0.0.1", "10.0.0.0/8", "1.2.3.4,1.2.3.5"))
                : pick(List.of("fd00::1", "fd00::/8", "::1,::2"));
        return pick(List.of("", "-s " + address, "! -d " + address.replaceAll(",.*", ""),
                "-p tcp --dport " + (1 + random.nextInt(3)), "-p udp -m udp --sport 53",
                "-m mark --mark 0x" + random.nextInt(3)))
                + pick(List.of("", " -j DROP", " -j ACCEPT", " -j RETURN",
                        " -j " + (madeChains.isEmpty() ? "DROP" : pick(madeChains)),
                        " -g " + (madeChains.isEmpty() ? "none" : pick(madeChains))));
    }

    private String command(Family family) {
        switch (random.nextInt(13)) {
            case 0 :
            case 1 :
                String name = pick(List.of("a", "b", "c", "d", "INPUT", "DROP", "x-y.z"));
                madeChains.add(name.equals("INPUT") || name.equals("DROP") ? "a" : name);
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
                madeChains.add(to.equals("OUTPUT") || to.equals("LOG") ? "e" : to);
                return "-E " + from + " " + to;
            default :
                return pick(List.of("-A ", "-A ", "--append ")) + chain() + " " + rule(family);
        }
    }

    private record Sequence(List<String> accepted, String rejected, String error, String table) {
    }

    private static ParsedRules parse(Family family, List<String> commands) {
        String text = commands.stream().map(c -> family.command + " " + c + "\n").collect(Collectors.joining());
        return RulesetParser.parse(new Source("r", text), Map.of(), Includes.NONE);
    }

    /** Accepted commands, one rejected command, and the table that the accepted ones produce. */
    private Sequence sequence(Family family) {
        madeChains.clear();
        List<String> accepted = new ArrayList<>();
        String rejected = null;
        String error = null;
        // a jump to a missing chain and a loop are found at the end only, so each prefix is parsed again
        for (int i = 4 + random.nextInt(16); i > 0; i--) {
            String command = command(family);
            accepted.add(command);
            ParsedRules parsed = parse(family, accepted);
            if (!parsed.errors().isEmpty()) {
                accepted.remove(accepted.size() - 1);
                rejected = rejected == null || i % 2 == 0 ? command + " | after " + accepted.size() : rejected;
                error = rejected.startsWith(command + " |") ? parsed.errors().toString() : error;
            }
        }
        String restore = RuleWriter.restore(parse(family, accepted).ruleset(), family).text;
        return new Sequence(accepted, rejected, error, restore);
    }

    private static String script(List<String> commands) {
        // without these lines the policies of the previous text would remain
        return "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n"
                + commands.stream().map(c -> c.replaceAll(" +", " ").trim() + "\n").collect(Collectors.joining())
                + "COMMIT\n";
    }

    private static String table(String save) {
        String filter = save.substring(save.indexOf("*filter"));
        return filter.substring(0, filter.indexOf("COMMIT")).replaceAll("\\[[0-9]+:[0-9]+\\]", "[0:0]");
    }

    @Test
    void resultingTableEqualsIptablesSave() throws Exception {
        System.out.println("sequences of commands: seed " + seed + ", " + count);
        int rejections = 0;
        for (Family family : Family.values()) {
            List<Sequence> all = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count / 2; i++) {
                Sequence one = sequence(family);
                all.add(one);
                texts.add(script(one.accepted));
            }
            for (Sequence one : all) {
                if (one.rejected != null) {
                    String[] parts = one.rejected.split(" \\| after ");
                    List<String> before = new ArrayList<>(one.accepted.subList(0, Integer.parseInt(parts[1])));
                    before.add(parts[0]);
                    texts.add(script(before));
                }
            }
            List<RealIptables.Answer> answers = RealIptables.restore(family, texts);
            int at = all.size();
            for (int i = 0; i < all.size(); i++) {
                Sequence one = all.get(i);
                RealIptables.Answer answer = answers.get(i);
                String shown = "seed " + seed + ", " + family.word() + ":\n" + script(one.accepted) + answer.message();
                assertTrue(answer.accepted(), shown);
                if (!one.accepted.isEmpty()) { assertEquals(table(one.table), table(answer.save()), shown); }
                if (one.rejected != null) {
                    rejections++;
                    RealIptables.Answer other = answers.get(at++);
                    assertTrue(!other.accepted() || STRICTER.stream().anyMatch(one.error::contains),
                            "seed " + seed + ": boxwall rejects " + one.rejected + " (" + one.error
                                    + "), iptables accepts\n" + script(one.accepted));
                }
            }
        }
        assertTrue(rejections > count / 4, "rejections compared: " + rejections);
        System.out.println(count + " sequences produce the same table, " + rejections + " rejections agree");
    }

    @Test
    void tableWithoutCommandIsNotOwned() {
        assertTrue(parse(Family.IPV4, List.of()).ruleset().tables(Family.IPV4).isEmpty());
        assertEquals(Set.of(Table.FILTER), parse(Family.IPV4, List.of("-Z")).ruleset().tables(Family.IPV4));
    }
}
