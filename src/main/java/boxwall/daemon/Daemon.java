package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.box.BoxFacts;
import boxwall.http.Gate;
import boxwall.http.Port;
import boxwall.netfilter.Network;
import boxwall.sys.Sys;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The service: reads the box once, opens the control port, answers until it is killed. */
final class Daemon {
    private final Sys sys;
    private final Config config;
    private final PrintStream log;

    Daemon(Sys sys, Config config, PrintStream log) {
        this.sys = sys;
        this.config = config;
        this.log = log;
    }

    /** Runs until the process ends; returns 2 when no address can be listened on. */
    int run() {
        String script = config.get("BIN").length() == 0 ? Verbs.APPLY : config.get("BIN") + "/boxwall-apply";
        BoxState box = new BoxState(sys, script);
        BoxFacts facts = box.read().facts();
        BootPlane plane = new BootPlane(sys, script, config.get("RUN"));
        long now = sys.uptimeMillis();
        BoxControl control = new BoxControl(sys, config, box, new Changes(sys, config, plane), log, now);
        Port port = new Port(config.number("PORT"), control, log);
        port.admit(gate(facts));
        List<String> failed = port.listen(addresses(facts));
        for (String address : failed) {
            log.println("can't listen on " + address);
        }
        if (port.addresses().isEmpty()) {
            log.println("no address to listen on: BOXWALL_LISTEN is '" + config.get("LISTEN") + "'");
            return 2;
        }
        log.println("listening on " + port.addresses() + " port " + config.number("PORT") + " at uptime " + now / 1000 + " s");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
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
