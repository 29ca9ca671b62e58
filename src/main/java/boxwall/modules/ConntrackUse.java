package boxwall.modules;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** What pulls connection tracking in, whatever the kernel. */
public final class ConntrackUse {
    private static final Set<String> MATCHES = set("state", "conntrack", "connlimit", "connbytes", "connmark",
            "connlabel", "helper", "cluster", "ipvs", "layer7");
    private static final Set<String> TARGETS = set("CT", "NOTRACK", "MASQUERADE", "SNAT", "DNAT", "REDIRECT", "NETMAP",
            "SAME", "CONNMARK", "CONNSECMARK", "CLUSTERIP", "SYNPROXY", "FULLCONENAT");
    private static final Set<String> MODULES = set("iptable_nat", "ip6table_nat", "xt_state", "ipt_state", "xt_helper",
            "ipt_helper", "xt_nat", "xt_ct", "xt_notrack", "ipt_notrack", "xt_cluster", "ipt_clusterip", "xt_ipvs",
            "ipt_layer7", "xt_layer7", "xt_masquerade", "ipt_masquerade", "ip6t_masquerade", "xt_redirect",
            "ipt_redirect", "ip6t_redirect", "xt_netmap", "ipt_netmap", "ip6t_netmap", "ipt_same", "ipt_synproxy",
            "ip6t_synproxy", "nf_synproxy_core", "ip_vs", "nft_ct", "nft_nat", "act_ct", "act_connmark", "openvswitch",
            "nf_flow_table");

    private static Set<String> set(String... words) {
        return Collections.unmodifiableSet(new HashSet<String>(Arrays.asList(words)));
    }

    public static boolean pulls(Kind kind, String name) {
        return kind == Kind.TABLE ? name.equals("nat") : (kind == Kind.MATCH ? MATCHES : TARGETS).contains(name);
    }

    /** Whether loading a module of that name loads, or is, connection tracking; the old names too. */
    public static boolean pullsByName(String module) {
        String name = LoadedModules.normal(module).toLowerCase(java.util.Locale.ROOT);
        return name.contains("conntrack") || name.startsWith("nf_nat") || name.startsWith("ip_nat")
                || name.startsWith("xt_conn") || name.startsWith("ipt_conn") || MODULES.contains(name);
    }
}
