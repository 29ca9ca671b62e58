package boxwall.daemon;

import boxwall.box.BoxFacts;
import boxwall.http.Gate;
import boxwall.http.Port;
import boxwall.netfilter.Network;
import boxwall.sys.Sys;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Where the control port listens and whom it lets in, by the box's addresses of the moment. */
final class Doors {
    private final Sys sys;
    private final Config config;
    private final Port port;
    private final PrintStream log;

    Doors(Sys sys, Config config, Port port, PrintStream log) {
        this.sys = sys;
        this.config = config;
        this.port = port;
        this.log = log;
    }

    /** Opens what is new, closes what is gone, takes up the token as it is now. Facts without a LAN leave all as it was. */
    void open(BoxFacts facts) {
        if (facts.lan() == null && !port.addresses().isEmpty()) {
            return;
        }
        List<String> before = port.addresses();
        port.admit(gate(facts));
        for (String address : port.listen(addresses(facts))) {
            log.println("can't listen on " + address);
        }
        if (!before.isEmpty() && !before.equals(port.addresses())) {
            log.println("listening on " + port.addresses() + " now, on " + before + " before");
        }
    }

    /** The addresses that LISTEN's words mean here. */
    private List<String> addresses(BoxFacts facts) {
        List<String> addresses = new ArrayList<String>();
        for (String word : config.get("LISTEN").split("[, ]+")) {
            if (word.equals("loopback")) {
                addresses.add("127.0.0.1");
            } else if (word.equals("lan") && facts.lan() != null && facts.lan().ip() != null) {
                addresses.add(facts.lan().ip());
            }
        }
        return addresses;
    }

    private Gate gate(BoxFacts facts) {
        List<String> hosts = new ArrayList<String>(addresses(facts));
        hosts.add("localhost");
        hosts.add("127.0.0.1");
        hosts.add("fritz.box");
        for (String name : config.get("HOSTS").split("[, ]+")) {
            if (name.length() > 0) {
                hosts.add(name);
            }
        }
        List<Network> welcome = new ArrayList<Network>();
        List<Network> refused = new ArrayList<Network>();
        if (facts.lan() != null && facts.lan().net() != null) {
            welcome.add(Administrator.network(facts.lan().net()));
        }
        if (facts.guest() != null && facts.guest().net() != null) {
            refused.add(Administrator.network(facts.guest().net()));
        }
        String token = sys.read(config.get("STATE") + "/token", 256);
        return new Gate(hosts, welcome, refused, token == null || token.trim().length() == 0 ? null : token.trim());
    }
}
