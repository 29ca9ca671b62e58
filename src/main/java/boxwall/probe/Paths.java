package boxwall.probe;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import boxwall.avm.AvmFirewall;

/** What is read of a box, how much of it at most, and which lines of a file may be kept. */
final class Paths {
    /** One file to read. */
    static final class Entry {
        final String path;
        /** Bytes; more is cut off. */
        final int limit;
        /** Only lines with one of these words are kept; empty for all. */
        final List<String> keep;

        private Entry(String path, int limit, String... keep) {
            this.path = path;
            this.limit = limit;
            this.keep = Collections.unmodifiableList(Arrays.asList(keep));
        }
    }

    private static final int SMALL = 16 << 10;
    private static final int LARGE = 256 << 10;

    /**
     * Words that a line of /proc/kallsyms needs to be kept: netfilter's and AVM's functions, one to see that there are
     * any.
     */
    static final List<String> SYMBOLS = Collections
            .unmodifiableList(Arrays.asList("nf_hook_slow", "nf_conntrack_", "ip_conntrack_", "nf_ct_", "ip_ct_attach",
                    "xt_find_match", "xt_register_match", "ipt_do_table", "ip6t_do_table", "generic_ct_"));

    /** Lines of boot scripts that matter; the rest of debug.cfg may hold passwords. */
    private static final String[] SCRIPT = {"iptables", "ip6tables", "tables-restore", "_PRINTK"};

    /** The boot loader's environment also holds serial number, MACs and the WLAN key: only these lines are kept. */
    private static final String[] ENVIRONMENT =
            {"HWRevision", "ProductID", "firmware_info", "firmware_version", "memsize", "annex"};

    static final List<Entry> FILES = Collections.unmodifiableList(Arrays.asList(new Entry("/proc/version", SMALL),
            new Entry("/proc/modules", LARGE), new Entry("/proc/meminfo", SMALL),
            new Entry("/proc/cpuinfo", SMALL, "cpu model", "Processor", "model name"),
            new Entry("/proc/config.gz", LARGE), new Entry("/proc/config", LARGE), new Entry("/proc/net/dev", SMALL),
            new Entry("/proc/net/route", SMALL), new Entry("/proc/net/if_inet6", SMALL),
            new Entry("/proc/net/tcp", LARGE), new Entry("/proc/net/udp", LARGE), new Entry("/proc/net/tcp6", LARGE),
            new Entry("/proc/net/udp6", LARGE), new Entry("/proc/net/ip_tables_names", SMALL),
            new Entry("/proc/net/ip_tables_matches", SMALL), new Entry("/proc/net/ip_tables_targets", SMALL),
            new Entry("/proc/net/ip6_tables_names", SMALL), new Entry("/proc/net/ip6_tables_matches", SMALL),
            new Entry("/proc/net/ip6_tables_targets", SMALL), new Entry("/proc/net/avm_pa/brief", SMALL),
            new Entry("/proc/net/avm_pa/status", SMALL), new Entry("/proc/sys/net/ipv4/ip_local_port_range", SMALL),
            new Entry("/proc/sys/net/ipv4/netfilter/ip_conntrack_max", SMALL),
            new Entry("/proc/sys/net/netfilter/nf_conntrack_max", SMALL),
            new Entry("/proc/sys/net/nf_conntrack_max", SMALL),
            new Entry("/proc/sys/urlader/environment", SMALL, ENVIRONMENT), new Entry("/etc/.version", SMALL),
            new Entry("/etc/.subversion", SMALL), new Entry("/etc/.revision", SMALL),
            new Entry("/etc/.freetz-version", SMALL),
            new Entry("/etc/init.d/rc.conf", LARGE, "CONFIG_VERSION", "CONFIG_PRODUKT", "CONFIG_RAMSIZE"),
            new Entry("/etc/init.d/rc.S", LARGE, SCRIPT), new Entry("/etc/init.d/S17-isdn", LARGE, SCRIPT),
            new Entry("/etc/init.d/S11-piglet", LARGE, SCRIPT), new Entry("/var/flash/debug.cfg", LARGE, SCRIPT),
            new Entry("/tmp/flash/mod/rc.custom", LARGE, SCRIPT),
            // accounts and keys are in it too: BoxReader keeps what AvmFirewall says
            new Entry(AvmFirewall.FILE, LARGE), new Entry("/tmp/flash/mod/modules", SMALL),
            new Entry("/var/run/dsld.pid", SMALL)));

    /** Logs that a recording may have; on a box they would block their reader, or tell of an earlier start. */
    static final List<Entry> RECORDED = Collections.unmodifiableList(Arrays.asList(new Entry("/proc/kmsg", LARGE),
            new Entry("/var/log/messages", LARGE), new Entry("/proc/avm/log_sd/panic", LARGE)));

    /** Where the addresses and modules are that a plan depends on. */
    static final List<String> ADDRESS_FILES = Collections
            .unmodifiableList(Arrays.asList("/proc/modules", "/proc/net/dev", "/proc/net/route", "/proc/net/if_inet6"));
    static final List<String> ADDRESS_COMMANDS = Collections.unmodifiableList(Arrays.asList("ifconfig_-a", "ip_addr"));

    /** Files that are only looked for: their content is of no use, and /proc/net/nf_conntrack may be long. */
    static final List<String> PRESENCE =
            Collections.unmodifiableList(Arrays.asList("/proc/net/nf_conntrack", "/proc/net/ip_conntrack"));

    /** Directories that commands are looked for in. */
    static final List<String> COMMANDS =
            Collections.unmodifiableList(Arrays.asList("/sbin", "/usr/sbin", "/bin", "/usr/bin"));

    /** The matches and targets that a shared build of iptables loads. */
    static final String EXTENSIONS = "/usr/lib/xtables";

    /** Whether a program's name is worth keeping in the listing of its directory. */
    static boolean isProgram(String name) {
        return name.indexOf("tables") >= 0 || name.equals("modprobe") || name.equals("kmod") || name.equals("busybox")
                || name.equals("dsld") || name.equals("modsave") || name.equals("jamvm") || name.equals("java");
    }
}
