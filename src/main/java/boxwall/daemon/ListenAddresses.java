package boxwall.daemon;

import boxwall.box.Interface;
import boxwall.http.AccessControl;
import boxwall.http.Port;
import boxwall.netfilter.Network;
import boxwall.sys.EventLog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Configures where the control port listens and which clients it accepts, from the box's current addresses. */
final class ListenAddresses {
    private final Config config;
    private final Port port;
    private final EventLog log;
    private boolean taken;

    ListenAddresses(Config config, Port port, EventLog log) {
        this.config = config;
        this.port = port;
        this.log = log;
    }

    /** Opens new addresses and closes old ones; changes nothing while the LAN has no interface. */
    void open(Interface lan, Interface guest) {
        if (lan == null && !port.addresses().isEmpty()) { return; }
        List<String> before = port.addresses();
        List<String> addresses = addresses(lan);
        port.admit(accessControl(addresses, lan, guest));
        for (String address : port.listen(addresses)) {
            log.event("can't listen on " + address);
            taken |= address.indexOf("in use") > 0;
        }
        if (!before.isEmpty() && !before.equals(port.addresses())) {
            log.event("listening on " + port.addresses() + " now, on " + before + " before");
        }
    }

    /** Whether a listener has ended, so that {@link #open} must open it again. */
    boolean hasEnded() {
        return !port.isListening();
    }

    /** Whether another process has the port, so that there is no address to listen on. */
    boolean inUse() {
        return taken && port.addresses().isEmpty();
    }

    /** The addresses that the words of LISTEN mean. */
    private List<String> addresses(Interface lan) {
        List<String> addresses = new ArrayList<>();
        for (String word : config.words("LISTEN")) {
            if (word.equals("loopback")) {
                addresses.add("127.0.0.1");
            } else if (word.equals("lan") && lan != null && lan.ip != null) { addresses.add(lan.ip); }
        }
        return addresses;
    }

    private AccessControl accessControl(List<String> addresses, Interface lan, Interface guest) {
        List<String> hosts = new ArrayList<>(addresses);
        hosts.addAll(Arrays.asList("localhost", "127.0.0.1", "fritz.box"));
        hosts.addAll(config.words("HOSTS"));
        return new AccessControl(hosts, network(lan), network(guest));
    }

    private static Network network(Interface of) { return of == null || of.net == null ? null : Network.parse(of.net); }
}
