package boxwall.avm;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Words;

/**
 * One line of dsld's access lists: {@code deny tcp any any range 137 139}, {@code reject ip any 242.0.0.0 255.0.0.0},
 * {@code permit ip host 192.168.178.9 any}: what happens, protocol, source, destination, the destination's ports.
 * Immutable.
 */
public final class AvmAccess {
    /** Whether it lets packets pass; deny and reject don't. */
    public final boolean permits;
    /** Whether it is the list's policy, for what no line decides. */
    public final boolean policy;
    /** {@code ip} for every protocol. */
    public final String protocol;
    /** Where from, or null for anywhere. */
    public final Network source;
    /** Where to, or null for anywhere. */
    public final Network destination;
    /** The destination's first port. */
    public final int low;
    /** The destination's last port. */
    public final int high;
    /** The line as evidence. */
    public final String line;

    private AvmAccess(boolean permits, boolean policy, String protocol, Network source, Network destination, int low,
            int high, String line) {
        this.permits = permits;
        this.policy = policy;
        this.protocol = protocol;
        this.source = source == null || source.isEverything() ? null : source;
        this.destination = destination == null || destination.isEverything() ? null : destination;
        this.low = low;
        this.high = high;
        this.line = line;
    }

    static AvmAccess policy(String text, String line) {
        return new AvmAccess(text.equals("permit"), true, "ip", null, null, 0, 65535, line);
    }

    /**
     * Null when the line has a word that isn't understood ({@code connection …}, {@code icmp-type …}): it may mean less
     * than it seems.
     */
    static AvmAccess of(String text, String line) {
        String[] words = Words.of(Words.replace(text, " any", " 0.0.0.0 0.0.0.0"));
        int count = words.length;
        boolean whole = count == 6 || count == 8 && words[6].equals("eq") || count == 9 && words[6].equals("range");
        Network source = whole ? network(words[2], words[3]) : null;
        Network destination = whole ? network(words[4], words[5]) : null;
        int low = count > 7 ? (int) Words.number(words[7], 65535) : 0;
        int high = count > 7 ? (int) Words.number(words[count - 1], 65535) : 65535;
        return source == null || destination == null || low < 0 || high < low ? null
                : new AvmAccess(words[0].equals("permit"), false, words[1], source, destination, low, high, line);
    }

    /** {@code host 1.2.3.4} or {@code 10.0.0.0 255.0.0.0}; null when it is neither. */
    private static Network network(String first, String second) {
        boolean host = first.equals("host");
        byte[] address = Addresses.parse(host ? second : first);
        byte[] mask = host ? Network.maskOf(Family.IPV4, 32) : Addresses.parse(second);
        return address == null || mask == null || address.length != 4 || mask.length != 4 ? null
                : new Network(Family.IPV4, address, mask);
    }

    boolean fits(String proto, byte[] src, byte[] dst, int dport) {
        return (protocol.equals("ip") || protocol.equals(proto)) && fits(source, src) && fits(destination, dst)
                && (!namesPorts() || dport >= low && dport <= high);
    }

    private static boolean fits(Network network, byte[] address) {
        return network == null || address != null && network.contains(address);
    }

    /** Whether it asks for the destination's port. */
    public boolean namesPorts() { return low > 0 || high < 65535; }
}
