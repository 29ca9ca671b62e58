package boxwall.facts;

import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.FeatureKind;
import boxwall.modules.KernelGeneration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.modules.Capability.State;
import boxwall.netfilter.Family;
import boxwall.netfilter.Match;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoxFactsTest {
    private static Readings kernel(String release, String... modules) {
        StringBuilder dep = new StringBuilder();
        for (String module : modules) {
            dep.append(module.replaceFirst("^([^:]*)", "kernel/$1.ko").replaceAll(": *(\\S+)", ": kernel/$1.ko"))
                    .append('\n');
        }
        Readings readings = Readings.none().with("uname_-r", release + "\n").with("/proc/modules", "")
                .with("/proc/net/dev", "lo: 0\n");
        return modules.length == 0 ? readings
                : readings.with("/lib/modules/" + release + "/modules.dep", dep.toString());
    }

    @Test
    void releaseHasGeneration() {
        String[][] table = {{"2.6.13.1-ohio", "2.6.13"}, {"2.6.19.2", "2.6.19"}, {"2.6.32.61", "2.6.32"},
                {"3.10.107", "3.10"}, {"4.1.52", "4.1"}, {"4.19.183", "4.19"}, {"5.15.179", "5.15"}, {"5.4.213", "5.4"},
                {"6.1.0-50-4kc-malta", "unknown"}, {"4.14.1", "unknown"}, {"2.6.3", "unknown"}, {"3.1.5", "unknown"},
                {"5.150.1", "unknown"}};
        for (String[] row : table) {
            assertEquals(row[1], KernelGeneration.of(row[0]).name(), row[0]);
        }
        assertEquals("4.9", KernelGeneration.of("4.14.1").like());
        assertEquals("5.15", KernelGeneration.of("6.1.0").like());
        assertEquals("2.6.39", KernelGeneration.of("3.1.5").like());
    }

    @Test
    void renamedModulesAreFoundByOldAndNewName() {
        BoxFacts newer = new BoxFacts(kernel("4.4.60", "nf_conntrack:", "xt_LOG:", "xt_iprange:", "xt_hl:"));
        assertEquals(List.of("nf_conntrack"), newer.module("ip_conntrack").modules);
        assertEquals(List.of("xt_LOG"), newer.module("ipt_LOG").modules);
        assertEquals(List.of("xt_hl"), newer.module("ipt_ttl").modules);
        BoxFacts older = new BoxFacts(kernel("2.6.19.2", "ip_conntrack:", "ipt_iprange:", "ipt_LOG:"));
        assertEquals(List.of("ip_conntrack"), older.module("nf_conntrack").modules);
        assertEquals(List.of("ipt_iprange"), older.module("xt_iprange").modules);
        assertEquals(List.of("ipt_LOG"), older.module("xt_LOG").modules);
        assertEquals(State.MISSING, new BoxFacts(kernel("2.6.19.2", "x_tables:")).module("xt_iprange").state);
    }

    @Test
    void existingModuleWithOldNameIsUsed() {
        assertEquals(List.of("ipt_iprange"),
                new BoxFacts(kernel("2.6.32.61", "ipt_iprange:")).module("ipt_iprange").modules);
    }

    @Test
    void conntrackIsRefusedIfKallsymsShowsOtherOwner() {
        Readings box = kernel("6.1.0", "nf_conntrack:").with("/proc/kallsyms",
                "c00a t nf_conntrack_find_get\t[avm_conntrack]\n80230000 T nf_hook_slow\n");
        ConntrackVerdict conntrack = new BoxFacts(box).conntrack();
        assertEquals(ConntrackVerdict.State.REFUSED, conntrack.state);
        assertEquals("avm", conntrack.owner);
        assertEquals(List.of("/proc/kallsyms: c00a t nf_conntrack_find_get [avm_conntrack]"), conntrack.evidence);
    }

    @Test
    void symbolConflictEndsWhenOwnerIsUnloaded() {
        Readings box = kernel("6.1.0", "nf_conntrack:").with("dmesg",
                "nf_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by avm_conntrack)\n");
        assertEquals(ConntrackVerdict.State.USABLE, new BoxFacts(box).conntrack().state);
        assertEquals(ConntrackVerdict.State.REFUSED,
                new BoxFacts(box.with("/proc/modules", "avm_conntrack 1 0 - Live 0xc0\n")).conntrack().state);
    }

    @Test
    void loadedNfConntrackStaysInUseDespiteConflict() {
        Readings box = kernel("6.1.0", "nf_conntrack:").with("/proc/modules", "nf_conntrack 1 0 - Live 0xc0\n").with(
                "dmesg",
                "[ 3.1] avm_conntrack: exports duplicate symbol nf_conntrack_find_get (owned by nf_conntrack)\n");
        BoxFacts facts = new BoxFacts(box);
        assertEquals(ConntrackVerdict.State.IN_USE, facts.conntrack().state);
        assertTrue(facts.findings.stream()
                .anyMatch(f -> f.code.equals("conntrack-symbol-conflict") && f.effect.contains("avm_conntrack")));
    }

    @Test
    void unknownSymbolIsRefusalOnlyIfDependenciesAreLoaded() {
        Readings box = kernel("2.6.32.61", "x_tables:", "ip_tables: x_tables", "xt_mac: x_tables").with("dmesg",
                "xt_mac: Unknown symbol xt_register_match\n");
        assertEquals(State.LOADABLE, new BoxFacts(box).capability(Family.IPV4, FeatureKind.MATCH, "mac").state);
        Readings ready = box.with("/proc/modules", "x_tables 1 0 - Live 0xc0\n");
        assertEquals(State.REFUSED, new BoxFacts(ready).capability(Family.IPV4, FeatureKind.MATCH, "mac").state);
    }

    @Test
    void conntrackVerdictWithKdsldmodDependsOnKernelAndMachine() {
        String kdsld = "kdsldmod 1 0 - Live 0xc0 (P)\n";
        String[][] table = {{"2.6.13.1", "mips", "usable"}, {"2.6.32.61", "mips", "refused"},
                {"3.10.12", "mips", "refused"}, {"4.9.198", "mips", "refused"}, {"4.4.60", "armv7l", "usable"},
                {"5.15.179", "x86_64", "refused"}, {"5.4.293", "aarch64", "usable"}};
        for (String[] row : table) {
            Readings box = kernel(row[0], "ip_conntrack:", "nf_conntrack:", "nf_conntrack_ipv4: nf_conntrack")
                    .with("/proc/modules", kdsld)
                    .with("uname_-a", "Linux box " + row[0] + " #1 date " + row[1] + " GNU/Linux\n");
            assertEquals(row[2], new BoxFacts(box).conntrack().state.word(), row[0] + " " + row[1]);
        }
    }

    private static Rule rule(Target target, String... matches) {
        Rule.Builder builder = new Rule.Builder(new Origin("rules", 1)).target(target);
        for (String match : matches) {
            builder.match(Match.of(match));
        }
        return builder.build();
    }

    @Test
    void requirementOfRuleCoversTableMatchesAndTarget() {
        BoxFacts facts = new BoxFacts(kernel("3.10.107", "x_tables:", "ip_tables: x_tables",
                "iptable_filter: ip_tables", "xt_tcpudp: x_tables", "xt_LOG: x_tables"));
        Requirement log = new Requirement(Family.IPV4, Table.FILTER, rule(Target.of("LOG"), "tcp"), facts);
        assertEquals(State.LOADABLE, log.state);
        assertEquals(List.of("x_tables", "ip_tables", "iptable_filter", "xt_tcpudp", "xt_LOG"),
                List.copyOf(log.modules()));
        assertNull(log.finding("rules:1:1"));
        Requirement reject = new Requirement(Family.IPV4, Table.FILTER, rule(Target.of("REJECT"), "iprange"), facts);
        assertEquals(State.MISSING, reject.state);
        assertEquals(List.of("match iprange", "target REJECT"), reject.features.entrySet().stream()
                .filter(feature -> feature.getValue().state == reject.state).map(Map.Entry::getKey).toList());
        assertEquals("module-missing", reject.finding("rules:1:1").code);
        assertEquals("make menuconfig: FREETZ_MODULE_xt_iprange", reject.finding("").remedy);
        assertEquals(State.LOADABLE,
                new Requirement(Family.IPV4, Table.FILTER, rule(Target.of("MYCHAIN"), "tcp"), facts).state);
    }

    @Test
    void extensionsAndModulesThatNeedConntrackAreKnown() {
        for (String name : "state conntrack connlimit connbytes connmark helper".split(" ")) {
            assertTrue(KernelGeneration.tracks(FeatureKind.MATCH, name), name);
        }
        for (String name : "CT NOTRACK MASQUERADE SNAT DNAT REDIRECT".split(" ")) {
            assertTrue(KernelGeneration.tracks(FeatureKind.TARGET, name), name);
        }
        assertTrue(KernelGeneration.tracks(FeatureKind.TABLE, "nat"));
        assertFalse(KernelGeneration.tracks(FeatureKind.TABLE, "filter"));
        assertFalse(KernelGeneration.tracks(FeatureKind.TARGET, "LOG"));
        BoxFacts facts = new BoxFacts(kernel("6.1.0", "nf_conntrack:", "xt_new: nf_conntrack"));
        for (String module : "ip_conntrack nf-conntrack ip_nat_ftp ipt_state xt_CT nf_conntrack_ipv4 iptable_nat xt_new"
                .split(" ")) {
            assertTrue(facts.pullsConntrack(module), module);
        }
        for (String module : "ip_tables iptable_filter xt_tcpudp ipt_LOG nf_defrag_ipv4 xt_comment".split(" ")) {
            assertFalse(facts.pullsConntrack(module), module);
        }
    }

    @Test
    void loadableModulesDoNotIncludeRefusedConntrack() {
        Readings box = kernel("2.6.32.61", "x_tables:", "ip_tables: x_tables", "nf_conntrack:",
                "xt_odd: x_tables nf_conntrack", "xt_state: x_tables nf_conntrack")
                .with("/proc/modules", "kdsldmod 1 0 - Live 0xc0 (P)\n");
        BoxFacts facts = new BoxFacts(box);
        for (Family family : Family.values()) {
            for (FeatureKind kind : FeatureKind.values()) {
                for (String name : facts.capabilityNames(family, kind)) {
                    for (String module : facts.capability(family, kind, name).modules) {
                        assertFalse(facts.pullsConntrack(module), kind + " " + name + " would load " + module);
                    }
                }
            }
        }
        assertEquals(State.REFUSED, facts.module("ip_conntrack").state);
        assertEquals(State.REFUSED, facts.capability(Family.IPV4, FeatureKind.MATCH, "odd").state);
    }

    private static Readings traffic(long wan, long filter) {
        return Readings.none().with("/proc/net/avm_pa/brief", "State : enabled\n")
                .with("/proc/net/dev", "  dsl: 1 " + wan + " 0 0 0 0 0 0 1 0 0 0 0 0 0 0\n")
                .with("iptables-save", "*nat\n:OUTPUT ACCEPT [999999:1]\nCOMMIT\n*filter\n:FORWARD DROP [" + filter
                        + ":1]\n[0:0] -A FORWARD -j ACCEPT\nCOMMIT\n");
    }

    @Test
    void ipv6IsUnfilteredIfNoRuleAndNoPolicyStopsPackets() {
        String[][] table = {{":INPUT ACCEPT [0:0]", "true"}, {"[1:2] -A INPUT -i lo -j ACCEPT", "true"},
                {"-A INPUT -j LOG --log-prefix x", "true"}, {":INPUT DROP [0:0]", "false"},
                {"[1:2] -A INPUT -i dsl -j DROP", "false"}, {"-A FORWARD -j REJECT --reject-with a", "false"}};
        for (String[] row : table) {
            Readings box = kernel("4.4.60", "ip6table_filter:")
                    .with("/proc/net/if_inet6", "20010db8000000000000000000000001 0a 40 00 80 lan\n")
                    .with("/proc/net/dev", "lan: 0\n");
            String save = "*filter\n" + row[0] + "\nCOMMIT\n";
            String findings = new BoxFacts(
                    box.with("/proc/net/ip6_tables_names", "filter\n").with("ip6tables-save", save)).findings
                    .toString();
            assertEquals(row[1], "" + findings.contains("ipv6-unfiltered"), row[0] + ": " + findings);
            // before the change the table was not loaded; the list of the tables is not read again
            BoxFacts before = new BoxFacts(box);
            assertTrue(before.findings.toString().contains("ipv6-unfiltered"));
            BoxFacts now = before.withTables(box.with("ip6tables-save", save));
            assertEquals(row[1], "" + now.findings.toString().contains("ipv6-unfiltered"), row[0]);
            assertEquals(row[1], "" + (now == before), "the same facts are not made again");
        }
    }

    @Test
    void packetsThatBypassNetfilterAreCounted() {
        Readings before = traffic(1000, 50);
        BoxFacts facts = new BoxFacts(before);
        Finding finding = CounterFindings.bypassed(facts, before, traffic(11000, 60));
        assertEquals("pa-bypasses-netfilter", finding.code);
        assertTrue(finding.effect.contains("9990 of 10000"), finding.effect);
        assertNull(CounterFindings.bypassed(facts, before, traffic(11000, 9000)), "most packets were counted");
        assertNull(CounterFindings.bypassed(facts, before, traffic(1100, 50)), "too few packets");
        assertNull(CounterFindings.bypassed(facts, Readings.none(), traffic(11000, 60)), "nothing to compare with");
    }

    @Test
    void resultOfSelfTestIsTranslated() {
        String words =
                "netfilter-sees-nothing: counting rule for ICMP on lo: %d packets, %d bytes; sent 2 packets, 168 bytes";
        assertEquals("netfilter-sees-nothing", CounterFindings.of(words.formatted(0, 0)).code);
        assertEquals("netfilter-layout-mismatch", CounterFindings.of(words.formatted(2, 0)).code);
        assertEquals("netfilter-layout-mismatch", CounterFindings.of(words.formatted(1, 84)).code);
        assertEquals(List.of(words.formatted(20, 0).substring("netfilter-sees-nothing: ".length())),
                CounterFindings.of("trial-failed: " + words.formatted(20, 0) + " | still open: nat").evidence);
        assertEquals("netfilter-unproved",
                CounterFindings.of("netfilter-unproved: no ping to lo could be counted").code);
        assertEquals("pa-control-ineffective",
                CounterFindings.of("pa-control-ineffective: echo flush >/proc/net/avm_pa/control").code);
        assertNull(CounterFindings.of("restore-failed: iptables-restore -c: status 1"));
    }

    /** A candidate keeps the facts of its box, perhaps for days; they must not keep the texts of the readings. */
    @Test
    void factsDoNotReferenceTextsOfReadings() {
        List<WeakReference<String>> texts = new ArrayList<>();
        BoxFacts facts = new BoxFacts(large(texts));
        assertEquals(List.of("ip_tables"),
                facts.booted().capability(Family.IPV4, FeatureKind.TABLE, "filter").modules.subList(0, 1));
        for (int i = 0; i < 100 && texts.stream().anyMatch(text -> text.get() != null); i++) {
            System.gc();
        }
        for (WeakReference<String> text : texts) {
            assertNull(text.get());
        }
        Reference.reachabilityFence(facts);
    }

    private static Readings large(List<WeakReference<String>> texts) {
        Readings readings = Readings.none().with("uname_-r", "2.6.32.61\n").with("/proc/modules",
                "iptable_filter 1 0 - Live 0xc0\nip_tables 1 1 iptable_filter, Live 0xc0\n");
        for (String command : List.of("dmesg", "ps", "iptables-save")) {
            String text = command + ": " + "x".repeat(100) + "\n";
            texts.add(new WeakReference<>(text));
            readings = readings.with(command, text);
        }
        String dep = "kernel/iptable_filter.ko: kernel/ip_tables.ko\nkernel/ip_tables.ko:\n" + "\n".repeat(100);
        texts.add(new WeakReference<>(dep));
        return readings.with("/lib/modules/2.6.32.61/modules.dep", dep);
    }
}
