package boxwall.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * A ruleset of any size, similar to a long block list: dropped networks, allowed hosts and ports, logs, user chains,
 * IPv6. It consists of files below the size limit, which the first file includes.
 */
public final class LargeRules implements TestIncludes {
    private static final int PART = RulesetParser.FILE_LIMIT - 4096;

    private final List<String> files = new ArrayList<>();
    private StringBuilder file = new StringBuilder();

    /** Makes {@code count} rules. */
    public LargeRules(int count) {
        for (int i = 0; i < count; i++) {
            if (file.length() > PART) {
                files.add(file.toString());
                file = new StringBuilder();
            }
            rule(i);
        }
        files.add(file.toString());
    }

    private void rule(int i) {
        int high = i >> 8 & 255;
        int low = i & 255;
        switch (i % 8) {
            case 0 :
                add("-A INPUT -s 10." + high + "." + low + ".0/24 -j DROP");
                break;
            case 1 :
                add("-A FORWARD -i lan -s 192.168.178." + low + " -p tcp -m tcp --dport " + (1024 + i % 50000)
                        + " -j ACCEPT");
                break;
            case 2 :
                add("-A FORWARD -p udp -m multiport --dports 53,123," + (1024 + i % 50000) + " -d 172.16." + high + "."
                        + low + " -j ACCEPT");
                break;
            case 3 :
                file.append("ip6tables -A FORWARD -s 2001:db8:").append(Integer.toHexString(i & 0xffff))
                        .append("::/48 -j DROP\n");
                break;
            case 4 :
                add("-A FORWARD -m state --state NEW -d 10." + high + "." + low + ".1 -j LOG --log-prefix 'x" + i
                        + " '");
                break;
            case 5 :
                add("-N c" + i);
                add("-A c" + i + " -s 10." + high + "." + low + ".7 -j RETURN");
                break;
            case 6 :
                add("-A INPUT -i lan -p tcp -j c" + (i - 1));
                break;
            default :
                // an ESTABLISHED rule becomes a rule for the replies to each accepted UDP request: one such rule is
                // usual
                add("-A FORWARD " + (i == 7 ? "-m state --state ESTABLISHED,RELATED" : "-p icmp") + " -s 10." + high
                        + "." + low + ".9 -j ACCEPT");
        }
    }

    private void add(String words) { file.append("iptables ").append(words).append('\n'); }

    /** The first file; {@link #part} returns the others. */
    public Source main() {
        StringBuilder text =
                new StringBuilder("iptables -P INPUT DROP\niptables -A INPUT -i lan -s 192.168.178.0/24 -j ACCEPT\n");
        for (int i = 0; i < files.size(); i++) {
            text.append("include part").append(i).append('\n');
        }
        return new Source("rules", text.toString());
    }

    /** The number of files that the first file includes. */
    public int parts() { return files.size(); }

    /** The text of {@code part0} and so on. */
    public String part(int i) { return files.get(i); }

    @Override
    public Source find(String name) {
        return new Source(name, files.get(Integer.parseInt(name.substring("part".length()))));
    }
}
