package boxwall.avm;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;

/**
 * One line of dsld's access lists: {@code deny tcp any any range 137 139}, {@code reject ip any 242.0.0.0 255.0.0.0},
 * {@code permit ip host 192.168.178.9 any}: action, protocol, source, destination, the destination's ports. Immutable.
 */
public final class AvmAccess {
    /** Whether it lets packets pass; deny and reject don't. */
    public final boolean permits;
    /** Whether it is the list's policy, for packets that no line decides on. */
    public final boolean policy;
    /** {@code ip} for every protocol. */
    public final String protocol;
    /** Null for any source. */
    public final Network source;
    /** Null for any destination. */
    public final Network destination;
    /** The destination's first port. */
    public final int low;
    /** The destination's last port. */
    public final int high;
    /** The line as evidence. */
    public final String line;

    private AvmAccess(String action, String protocol, Network source, Network destination, int low, int high,
            boolean policy, String line) {
        permits = action.equals("permit");
        this.policy = policy;
        this.protocol = protocol;
        this.source = source.isEverything() ? null : source;
        this.destination = destination.isEverything() ? null : destination;
        this.low = low;
        this.high = high;
        this.line = line;
    }

    /**
     * Null if the line has an unknown word ({@code connection …}, {@code icmp-type …}): it may match fewer packets than
     * its known words say.
     */
    static AvmAccess of(String text, boolean policy, String line) {
        String[] words = Words.of(Words.replace(text, " any", " 0.0.0.0 0.0.0.0"));
        int count = words.length;
        boolean complete = count == 6 || count == 8 && words[6].equals("eq") || count == 9 && words[6].equals("range");
        Network source = complete ? network(words[2], words[3]) : null;
        Network destination = complete ? network(words[4], words[5]) : null;
        int low = count > 7 ? (int) Words.number(words[7], 65535) : 0;
        int high = count > 7 ? (int) Words.number(words[count - 1], 65535) : 65535;
        return source == null || destination == null || low < 0 || high < low ? null
                : new AvmAccess(words[0], words[1], source, destination, low, high, policy, line);
    }

    /** {@code host 1.2.3.4} or {@code 10.0.0.0 255.0.0.0}; null for anything else. */
    private static Network network(String first, String second) {
        boolean host = first.equals("host");
        byte[] address = Addresses.parse(host ? second : first);
        byte[] mask = host ? Network.maskOf(Family.IPV4, 32) : Addresses.parse(second);
        return address == null || mask == null || address.length != 4 || mask.length != 4 ? null
                : new Network(Family.IPV4, address, mask);
    }

    boolean matches(String proto, byte[] src, byte[] dst, int dport) {
        return (protocol.equals("ip") || protocol.equals(proto)) && contains(source, src) && contains(destination, dst)
                && (!namesPorts() || dport >= low && dport <= high);
    }

    private static boolean contains(Network network, byte[] address) {
        return network == null || address != null && network.contains(address);
    }

    /** Whether it matches only some ports of the destination. */
    public boolean namesPorts() {
        return low > 0 || high < 65535;
    }
}
