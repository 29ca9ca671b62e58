package boxwall.http;

import boxwall.netfilter.Addresses;

import java.util.Arrays;

/** The other end of a connection, and since when the connection is there. */
public final class Client {
    /** The peer's address in network order. */
    public final byte[] address;
    /** Uptime in milliseconds; a confirm counts only on a connection that is younger than the try. */
    public final long acceptedMillis;

    public Client(byte[] address, long acceptedMillis) {
        this.address = address;
        this.acceptedMillis = acceptedMillis;
    }

    /** The peer's address as text. */
    public String text() { return Addresses.print(address); }

    /** Whether it is the same peer. */
    boolean is(Client other) { return Arrays.equals(address, other.address); }

    /** Whether the peer is this machine itself. */
    public boolean isLoopback() {
        return address.length == 4 && address[0] == 127;
    }
}
