package boxwall.bench;

import boxwall.avm.Listeners;
import boxwall.box.Readings;
import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiler;
import boxwall.explain.AdminConnection;
import boxwall.explain.AdminProof;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Difference;
import boxwall.explain.Exposure;
import boxwall.explain.NeedlessRules;
import boxwall.explain.Packet;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Ruleset;
import boxwall.probe.BoxReader;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.TestIncludes;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Packets, proofs, exposure and differences of the shipped rules; checking and compiling rulesets of growing length.
 */
final class ExplainBench {
    private static final Readings BOX = BoxReader.read(new LiveSys(), "src/test/resources/explain/box");
    private static final int MAX_PIECE = RulesetParser.FILE_LIMIT - 1;
    private static final BoxFacts FACTS = new BoxFacts(BOX);

    private ExplainBench() {}

    public static void main(String[] args) throws IOException {
        String shipped = Files.readString(Path.of("conf/boxwall.rules"));
        BoxNetwork boxNetwork = BoxNetwork.of(FACTS);
        Ruleset written = parse(shipped).ruleset();
        Ruleset stateless = Compiler.compile(parse(shipped), FACTS, AutoYesNo.NO, AutoYesNo.AUTO, false).ruleset;
        Verdicts walk = new Verdicts(parse(rules(1000)).ruleset(), boxNetwork);
        Packet packet = Packet.of(Family.IPV4).in("dsl").src(Addresses.parse("198.51.100.7"))
                .dst(Addresses.parse("203.0.113.2")).protocol(6).sport(40000).dport(49000).flags(Packet.SYN);
        Bench.millis("explain: one packet, 1000 rules asked", () -> walk.packet(packet, null));
        Network lan = Network.ofPrefix(Family.IPV4, Addresses.parse("192.168.178.0"), 24);
        List<AdminConnection> paths = List.of(new AdminConnection("lan", lan, Addresses.parse("192.168.178.1"), 8181),
                new AdminConnection("lan", lan, Addresses.parse("192.168.178.1"), 80),
                new AdminConnection("lan", lan, Addresses.parse("192.168.178.1"), 22));
        Bench.millis("explain: lock-out proof, three ports, boxwall.rules",
                () -> AdminProof.of(new Verdicts(stateless, boxNetwork), paths));
        List<String> exposedInterfaces = Listeners.exposedInterfaces(FACTS.interfaces);
        Bench.millis("explain: exposure, boxwall.rules",
                () -> Exposure.of(new Verdicts(stateless, boxNetwork), Listeners.of(BOX), exposedInterfaces));
        Bench.millis("explain: stateful against stateless, boxwall.rules",
                () -> Difference.of(written, stateless, boxNetwork));
        Bench.millis("explain: idle rules, boxwall.rules", () -> NeedlessRules.of(new Verdicts(written, boxNetwork)));
        double[] medians = new double[4];
        for (int i = 0; i < medians.length; i++) {
            int count = (int) Math.pow(10, i + 1);
            String text = rules(count);
            medians[i] = Bench.millis("parse, check and compile " + count + " rules", () -> {
                ParsedRules parsed = parse(text);
                return AllFindings.checked(new CheckedRuleset(parsed,
                        Compiler.compile(parsed, FACTS, AutoYesNo.NO, AutoYesNo.AUTO, false).ruleset, FACTS));
            });
        }
        // growth of the time from 1000 to 10 000 rules: 1 is linear
        double exponent = Math.log10(medians[3] / medians[2]);
        Bench.row("parse, check and compile: growth exponent 1000 to 10000", new double[] {exponent}, "1");
    }

    /** Includes a text in pieces if it is longer than a file may be. */
    private static ParsedRules parse(String text) {
        StringBuilder main = new StringBuilder();
        Map<String, String> pieces = new HashMap<>();
        for (int at = 0; at < text.length();) {
            int end = text.length() - at <= MAX_PIECE ? text.length() : text.lastIndexOf('\n', at + MAX_PIECE) + 1;
            pieces.put("piece" + at, text.substring(at, end));
            main.append("include piece").append(at).append('\n');
            at = end;
        }
        ParsedRules parsed = RulesetParser.parse(new Source("rules", main.toString()), FACTS.names,
                (TestIncludes) name -> new Source(name, pieces.get(name)));
        if (!parsed.errors().isEmpty()) { throw new IllegalStateException(parsed.errors().get(0).toString()); }
        return parsed;
    }

    /** Different ordinary rules, none of which the packet matches. */
    private static String rules(int count) {
        StringBuilder text = new StringBuilder("iptables -P INPUT DROP\n");
        for (int i = 0; i < count; i++) {
            text.append("iptables -A INPUT -i dsl -s 10.").append(i >> 8 & 255).append('.').append(i & 255)
                    .append(".0/24 -p tcp --dport ").append(1 + i).append(" -j ACCEPT\n");
        }
        return text.toString();
    }
}
