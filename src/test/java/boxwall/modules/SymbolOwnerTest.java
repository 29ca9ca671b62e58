package boxwall.modules;

import boxwall.facts.BoxFacts;
import boxwall.box.Readings;
import boxwall.facts.Requirement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.netfilter.Origin;
import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import boxwall.netfilter.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The remedy for an unknown symbol names the module that defines it, not the one that needs it. */
class SymbolOwnerTest {
    private static Readings box(String release, String log, String... extraModules) {
        StringBuilder dep = new StringBuilder("kernel/x_tables.ko:\nkernel/ip_tables.ko: kernel/x_tables.ko\n"
                + "kernel/iptable_filter.ko: kernel/ip_tables.ko kernel/x_tables.ko\nkernel/ipt_REJECT.ko: kernel/ip_tables.ko kernel/x_tables.ko\n");
        for (String each : extraModules) {
            dep.append("kernel/").append(each).append(".ko:\n");
        }
        return Readings.none().with("uname_-r", release + "\n").with("/proc/net/dev", "lo: 0\n")
                .with("dmesg", log + "\n").with("/proc/modules", "x_tables 1 1 - Live 0x0\nip_tables 1 0 - Live 0x0\n")
                .with("/lib/modules/" + release + "/modules.dep", dep.toString());
    }

    private static String remedy(BoxFacts facts) {
        Rule reject = new Rule.Builder(new Origin("rules", 1)).target(Target.of("REJECT")).build();
        return new Requirement(Family.IPV4, Table.FILTER, reject, facts).finding("rules:1").remedy;
    }

    @Test
    void remediesOfRuleAndBoxNameMissingModule() {
        String log = "[   14.201] ipt_REJECT: Unknown symbol nf_send_reset (err 0)";
        String expected =
                "ipt_REJECT needs nf_reject_ipv4, which has nf_send_reset and isn't in modules.dep: make menuconfig: "
                        + "FREETZ_MODULES_OWN=\"nf_reject_ipv4\", and build again";
        BoxFacts facts = new BoxFacts(box("4.4.271", log));
        assertEquals(expected, remedy(facts));
        assertTrue(facts.findings.stream().anyMatch(f -> f.code.equals("module-refused") && f.remedy.equals(expected)),
                facts.findings.toString());
        assertTrue(remedy(new BoxFacts(box("4.4.271", log, "nf_reject_ipv4")))
                .endsWith("modprobe nf_reject_ipv4 in the ruleset, before it is needed"));
        assertTrue(remedy(new BoxFacts(box("2.6.32.61", "ipt_REJECT: Unknown symbol nf_ct_attach")))
                .contains("built without connection tracking"));
        assertTrue(remedy(new BoxFacts(box("4.4.271", "ipt_REJECT: Unknown symbol frobnicate (err 0)")))
                .contains("the module that has frobnicate"));
    }

    @ParameterizedTest
    @CsvSource({"4.4.60, nf_send_reset, nf_reject_ipv4", "4.4.60, nf_send_unreach, nf_reject_ipv4",
            "4.9.198, nf_reject_ip_tcphdr_put, nf_reject_ipv4", "5.4.213, nf_send_reset6, nf_reject_ipv6",
            "5.4.213, nf_reject_ip6hdr_put, nf_reject_ipv6", "4.19.183, nf_log_dump_tcp_header, nf_log_common",
            "4.1.52, nf_defrag_ipv4_enable, nf_defrag_ipv4", "4.4.60, nf_nat_masquerade_ipv4, nf_nat_masquerade_ipv4",
            "5.4.213, nf_nat_masquerade_ipv4, nf_nat", "4.4.60, nf_nat_redirect_ipv4, nf_nat_redirect",
            "2.6.32.61, nf_nat_setup_info, nf_nat", "2.6.32.61, nf_conntrack_find_get, nf_conntrack",
            "2.6.32.61, nf_ct_l3proto_try_module_get, nf_conntrack", "2.6.19.2, ip_conntrack_in, ip_conntrack",
            "2.6.13.1, ip_nat_setup_info, iptable_nat", "2.6.32.61, xt_register_match, x_tables",
            "2.6.13.1, ipt_register_match, ip_tables", "2.6.32.61, ip6t_register_table, ip6_tables",
            "4.4.60, ip_set_nfnl_get_byindex, ip_set", "2.6.32.61, nf_conntrack_destroy, @core",
            "2.6.32.61, printk, ",})
    void ownerOfSymbolIsKnown(String release, String symbol, String owner) {
        assertEquals(owner, KernelGeneration.of(release).owner(symbol));
    }
}
