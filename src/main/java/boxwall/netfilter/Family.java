package boxwall.netfilter;

/** IPv4 and IPv6; each has its own tables. */
public enum Family {
    IPV4("iptables", 32), IPV6("ip6tables", 128);

    /** {@code iptables} or {@code ip6tables}. */
    public final String command;
    /** Bits of an address: 32 or 128. */
    public final int addressBits;

    Family(String command, int addressBits) {
        this.command = command;
        this.addressBits = addressBits;
    }

    /** 4 or 6, as in {@code restore4}. */
    public String digit() { return this == IPV4 ? "4" : "6"; }

    /** {@code ipv4} or {@code ipv6}, as in the JSON. */
    public String word() { return this == IPV4 ? "ipv4" : "ipv6"; }
}
