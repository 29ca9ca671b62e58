package boxwall.http;

import boxwall.netfilter.Addresses;

/** The other end of a connection, and since when the connection is there. */
public final class Client {
    private final byte[] address;
    private final byte[] boxAddress;
    private final long acceptedMillis;

    /**
     * Makes a client.
     *
     * @param address the peer's, network order
     * @param boxAddress the box's own address on this connection
     * @param acceptedMillis uptime at which the connection was accepted
     */
    public Client(byte[] address, byte[] boxAddress, long acceptedMillis) {
        this.address = address.clone();
        this.boxAddress = boxAddress.clone();
        this.acceptedMillis = acceptedMillis;
    }

    public byte[] address() { return address.clone(); }

    public byte[] boxAddress() { return boxAddress.clone(); }

    /** Uptime in milliseconds; a confirm counts only on a connection that is younger than the try. */
    public long acceptedMillis() {
        return acceptedMillis;
    }

    /** The peer's address as text. */
    public String text() { return Addresses.print(address); }

    /** Whether the peer is this machine itself. */
    public boolean isLoopback() {
        return address.length == 4 && address[0] == 127;
    }
}
