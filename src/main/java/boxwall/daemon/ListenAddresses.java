package boxwall.daemon;

import boxwall.box.Interface;
import boxwall.http.AccessControl;
import boxwall.http.Port;
import boxwall.netfilter.Network;
import boxwall.sys.EventLog;

import java.util.ArrayList;
import java.util.List;

/** Where the control port listens and whom it lets in, by the box's addresses of the moment. */
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

    /** Opens what is new, closes what is gone. A box without a LAN leaves all as it was. */
    void open(Interface lan, Interface guest) {
        if (lan == null && !port.addresses().isEmpty()) { return; }
        List<String> before = port.addresses();
        port.admit(gate(lan, guest));
        for (String address : port.listen(addresses(lan))) {
            log.event("can't listen on " + address);
            taken |= address.indexOf("in use") > 0;
        }
        if (!before.isEmpty() && !before.equals(port.addresses())) {
            log.event("listening on " + port.addresses() + " now, on " + before + " before");
        }
    }

    /** Whether another process has the port, so that there is no address to listen on. */
    boolean inUse() {
        return taken && port.addresses().isEmpty();
    }

    /** The addresses that LISTEN's words mean here. */
    private List<String> addresses(Interface lan) {
        List<String> addresses = new ArrayList<>();
        for (String word : config.words("LISTEN")) {
            if (word.equals("loopback")) {
                addresses.add("127.0.0.1");
            } else if (word.equals("lan") && lan != null && lan.ip != null) { addresses.add(lan.ip); }
        }
        return addresses;
    }

    private AccessControl gate(Interface lan, Interface guest) {
        List<String> hosts = new ArrayList<>(addresses(lan));
        hosts.add("localhost");
        hosts.add("127.0.0.1");
        hosts.add("fritz.box");
        hosts.addAll(config.words("HOSTS"));
        List<Network> welcome = new ArrayList<>();
        List<Network> refused = new ArrayList<>();
        if (lan != null && lan.net != null) { welcome.add(Network.parse(lan.net)); }
        if (guest != null && guest.net != null) { refused.add(Network.parse(guest.net)); }
        return new AccessControl(hosts, welcome, refused);
    }
}
