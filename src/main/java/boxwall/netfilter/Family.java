package boxwall.netfilter;

/** The two packet families, IPv4 and IPv6; each has its own tables. */
public enum Family {
    IPV4("iptables", 32), IPV6("ip6tables", 128);

    /** The program's name: {@code iptables} or {@code ip6tables}. */
    public final String command;
    /** Bits of an address: 32 or 128. */
    public final int addressBits;

    Family(String command, int addressBits) {
        this.command = command;
        this.addressBits = addressBits;
    }

    /** As in {@code restore4}: 4 or 6. */
    public String digit() { return this == IPV4 ? "4" : "6"; }

    /** {@code ipv4}, as the JSON spells it. */
    public String word() { return this == IPV4 ? "ipv4" : "ipv6"; }
}
