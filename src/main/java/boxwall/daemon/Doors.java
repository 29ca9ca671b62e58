package boxwall.daemon;

import boxwall.box.BoxFacts;
import boxwall.http.Gate;
import boxwall.http.Port;
import boxwall.netfilter.Network;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.List;

/** Where the control port listens and whom it lets in, by the box's addresses of the moment. */
final class Doors {
    private final Sys sys;
    private final Config config;
    private final Port port;
    private final EventLog log;

    Doors(Sys sys, Config config, Port port, EventLog log) {
        this.sys = sys;
        this.config = config;
        this.port = port;
        this.log = log;
    }

    /** Opens what is new, closes what is gone. Facts without a LAN leave all as it was. */
    void open(BoxFacts facts) {
        if (facts.lan() == null && !port.addresses().isEmpty()) {
            return;
        }
        List<String> before = port.addresses();
        port.admit(gate(facts));
        for (String address : port.listen(addresses(facts))) {
            log.event("can't listen on " + address);
        }
        if (!before.isEmpty() && !before.equals(port.addresses())) {
            log.event("listening on " + port.addresses() + " now, on " + before + " before");
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
        return new Gate(hosts, welcome, refused, new Gate.Secret() {
            @Override
            public String token() {
                // a small file of a RAM disk, read each time: a new token counts at once, the old one no more
                String text = sys.read(config.get("STATE") + "/token", 256);
                return text == null || text.trim().length() == 0 ? null : text.trim();
            }
        });
    }
}
