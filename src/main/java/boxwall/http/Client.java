package boxwall.http;

import boxwall.netfilter.Addresses;

import java.util.Arrays;

/** The peer of a connection, and when the connection was accepted. */
public final class Client {
    /** The peer's address in network order. */
    public final byte[] address;
    /** Uptime in milliseconds. A change can only be confirmed over a connection that was accepted after it. */
    public final long acceptedMillis;

    public Client(byte[] address, long acceptedMillis) {
        this.address = address;
        this.acceptedMillis = acceptedMillis;
    }

    /** The peer's address as text. */
    public String text() { return Addresses.print(address); }

    /** Whether it is the same peer. */
    boolean isSamePeer(Client other) {
        return Arrays.equals(address, other.address);
    }

    /** Whether the peer is this machine itself. */
    public boolean isLoopback() {
        return address.length == 4 && address[0] == 127;
    }
}
