package boxwall.explain;

/**
 * Converts packets in the syntax of explain to frames for the injector (src/test/java/boxwall/explain/inject.c), for
 * tests of other packages.
 */
public final class Wire {
    private Wire() {}

    /**
     * A request for the injector: a frame to send on an interface.
     *
     * @param keys as in {@link Keys}, {@code src=… dst=… proto=tcp …}; an ICMP error carries 28 zero bytes
     * @param destination and source are MAC addresses in hex
     */
    public static String frame(String device, String destination, String source, String keys) {
        return frame(device, destination, source, Keys.packet(Rules.keys(keys), BoxNetwork.unknown()));
    }

    /** The same for a {@link Packet}. */
    public static String frame(String device, String destination, String source, Packet packet) {
        StringBuilder out = new StringBuilder("P ").append(device).append(' ').append(destination).append(source)
                .append(packet.family == boxwall.netfilter.Family.IPV4 ? "0800" : "86dd");
        for (byte b : PacketBytes.of(packet, 1000, 2000, new byte[28])) {
            out.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return out.toString();
    }
}
