package boxwall.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A box with secrets in every reading that may contain some. */
public final class BoxWithSecrets {
    /** Texts that must not leave the box. */
    public static final List<String> SECRETS = List.of("9876543210123456", "geheim-wlan", "hunter2", "K12345678",
            "08:96:D7:12:34:56", "08:96:d7:ab:cd:ef", "0896d7", "a96:d7ff:fe12:3456", "0a96d7fffe123456",
            "mueller@t-online", "4711-serial", "sip-user", "Annas Rechner", "$$$$VWXYZ");

    private BoxWithSecrets() {}

    /** AVM's configuration: accounts, keys and names between the lines that boxwall reads. */
    public static String ar7() {
        return "/*\n * /var/flash/ar7.cfg\n */\n\nar7cfg {\n        mode = dsldmode_router;\n        active_provider = \"t-online K12345678\";\n"
                + "        users {\n                username = \"mueller@t-online.de\";\n                passwd = \"$$$$VWXYZ\", \"hunter2\";\n        }\n"
                + "        dslifaces {\n                enabled = yes;\n                name = \"internet\";\n                dsldpconfig {\n"
                + "                        security = dpsec_firewall;\n                        lowinput {\n"
                + "                                policy = \"permit\";\n                                accesslist = \n"
                + "                                             \"deny tcp any any eq 135\", \n"
                + "                                             \"deny udp any any range 137 139\";\n                        }\n"
                + "                        highoutput {\n                                policy = \"permit\";\n"
                + "                                accesslist = \"reject ip any 242.0.0.0 255.0.0.0\", \n"
                + "                                             \"reject udp any any range 161 162\";\n                        }\n"
                + "                        forwardrules = \"tcp 0.0.0.0:80 192.168.178.20:80 0 # Annas Rechner\", \n"
                + "                                       \"# tcp 0.0.0.0:22 0.0.0.0:22 0 # Annas Rechner, ssh\";\n"
                + "                }\n        } {\n                name = \"voip\";\n                lcp { authname = \"sip-user\"; }\n        }\n"
                + "        wlan_key = \"geheim-wlan\";\n        maca = \"08:96:D7:12:34:56\";\n}\n";
    }

    /** The files of the box. */
    public static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("/proc/sys/urlader/environment",
                "HWRevision\t122\nProductID\tFritz_Box_7270\nSerialNumber\t4711-serial\n"
                        + "wlan_key\t9876543210123456\nmaca\t08:96:D7:12:34:56\nfirmware_info\t74.05.54\nmemsize\t0x04000000\n"
                        + "webgui_pass\thunter2\n");
        files.put("/etc/init.d/rc.conf",
                "export CONFIG_PRODUKT_NAME=\"FRITZ!Box 7270\"\nexport CONFIG_SERIAL=\"4711-serial\"\n");
        files.put("/var/flash/debug.cfg",
                "iptables -A INPUT -j DROP\nPASSWORD=hunter2\niptables -A X -m comment --comment passwd=hunter2\n"
                        + "wget http://mueller@t-online.de/x\n");
        files.put("/var/flash/ar7.cfg", ar7());
        files.put("/tmp/flash/mod/rc.custom", "echo geheim-wlan > /tmp/x\n/usr/sbin/iptables -P INPUT DROP\n");
        files.put("/proc/net/if_inet6", "fe800000000000000a96d7fffe123456 05 40 20 80     lan\n"
                + "20010db8000000010a96d7fffe123456 05 40 00 00     lan\n");
        files.put("/proc/net/dev", "  lan: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n");
        files.put("/proc/modules", "ip_tables 1 0 - Live 0xc0000000\n");
        return files;
    }

    /** The output of the box's commands. */
    public static Map<String, String> commands() {
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("uname -r", "2.6.32.41\n");
        commands.put("ifconfig -a",
                "lan       Link encap:Ethernet  HWaddr 08:96:D7:12:34:56\n"
                        + "          inet addr:192.168.178.1  Bcast:192.168.178.255  Mask:255.255.255.0\n"
                        + "          inet6 addr: fe80::a96:d7ff:fe12:3456/64 Scope:Link\n");
        commands.put("ip addr", "2: lan: <UP> mtu 1500\n    link/ether 08:96:d7:ab:cd:ef brd ff:ff:ff:ff:ff:ff\n");
        commands.put("dmesg",
                "eth0: assigned 08:96:D7:12:34:56\n[avm] wlan_key=9876543210123456\nsip: sip-user registered\n"
                        + "Kernel command line: tr069_serial=4711-serial tr069_passphrase=geheim-wlan K12345678\n");
        return commands;
    }
}
