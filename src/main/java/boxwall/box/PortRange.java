package boxwall.box;

import boxwall.netfilter.Words;

/**
 * The ports the kernel takes for outgoing connections: /proc/sys/net/ipv4/ip_local_port_range, {@code 32768	60999}.
 * Immutable.
 */
public final class PortRange {
    /** The lowest port, 1 to 65535. */
    public final int low;
    /** The highest port, not below {@link #low}. */
    public final int high;

    private PortRange(int low, int high) {
        this.low = low;
        this.high = high;
    }

    /** Null when it wasn't read or is no range. */
    public static PortRange of(Readings readings) {
        for (String line : readings.lines("/proc/sys/net/ipv4/ip_local_port_range")) {
            String[] words = Words.of(line);
            if (words.length == 2 && isPort(words[0]) && isPort(words[1])) {
                int low = Integer.parseInt(words[0]);
                int high = Integer.parseInt(words[1]);
                return low > 0 && low <= high && high <= 65535 ? new PortRange(low, high) : null;
            }
        }
        return null;
    }

    private static boolean isPort(String text) { return text.length() < 6 && Words.isNumber(text); }
}
