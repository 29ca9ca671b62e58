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

    private AvmAccess(boolean permits, boolean policy, String protocol, Network source, Network destination,
            int[] ports, String line) {
        this.permits = permits;
        this.policy = policy;
        this.protocol = protocol;
        this.source = source;
        this.destination = destination;
        this.low = ports[0];
        this.high = ports[1];
        this.line = line;
    }

    static AvmAccess policy(String text, String line) {
        return new AvmAccess(text.equals("permit"), true, "ip", null, null, new int[] {0, 65535}, line);
    }

    /**
     * Null when the line has a word that isn't understood ({@code connection …}, {@code icmp-type …}): it may mean less
     * than it seems.
     */
    static AvmAccess of(String text, String line) {
        String[] words = Words.of(text);
        if (words.length < 4) { return null; }
        int[] at = {2};
        Network[] source = network(words, at);
        Network[] destination = source == null ? null : network(words, at);
        int[] ports = destination == null ? null : ports(words, at);
        return ports == null || at[0] != words.length ? null
                : new AvmAccess(words[0].equals("permit"), false, words[1], source[0], destination[0], ports, line);
    }

    /**
     * {@code any}, {@code host 1.2.3.4} or {@code 10.0.0.0 255.0.0.0}; an array with null in it for any, null when it
     * is none of these.
     */
    private static Network[] network(String[] words, int[] at) {
        String word = at[0] < words.length ? words[at[0]++] : "";
        if (word.equals("any")) { return new Network[] {null}; }
        boolean host = word.equals("host");
        byte[] address = at[0] < words.length ? Addresses.parse(host ? words[at[0]] : word) : null;
        byte[] mask =
                at[0] < words.length ? host ? Network.maskOf(Family.IPV4, 32) : Addresses.parse(words[at[0]]) : null;
        at[0]++;
        return address == null || mask == null || address.length != 4 || mask.length != 4 ? null
                : new Network[] {new Network(Family.IPV4, address, mask)};
    }

    /** {@code eq 135}, {@code range 137 139} or nothing; null when it is none of these. */
    private static int[] ports(String[] words, int[] at) {
        int left = words.length - at[0];
        if (left == 0) { return new int[] {0, 65535}; }
        boolean range = words[at[0]].equals("range") && left == 3;
        if (!range && !(words[at[0]].equals("eq") && left == 2)) { return null; }
        int low = (int) Words.number(words[at[0] + 1], 65535);
        int high = range ? (int) Words.number(words[at[0] + 2], 65535) : low;
        at[0] += left;
        return low < 0 || high < low ? null : new int[] {low, high};
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
