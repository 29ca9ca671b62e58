package boxwall.script;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The jar as a daemon in a namespace with clients that poll it, for measurements. The times include that of
 * {@link Relay}.
 */
public final class PolledDaemon implements AutoCloseable {
    private static final String TOKEN = "Authorization: Bearer " + DaemonBox.TOKEN + "\r\n";

    private final DaemonBox daemon;
    private int applied;

    /** Starts the daemon and applies a ruleset. */
    public PolledDaemon() {
        try {
            daemon = new DaemonBox(ControlPortIT.RULES).start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        daemon.applyAndConfirm();
    }

    /** The durations of GET /status for one client, in milliseconds, in ascending order. */
    public double[] oneClient(int requests) {
        double[] millis = new double[requests];
        for (int i = 0; i < requests; i++) {
            millis[i] = duration("127.0.0.2", "/status");
        }
        Arrays.sort(millis);
        return millis;
    }

    /**
     * The durations of GET /status in milliseconds, in ascending order, while four clients poll status and counters and
     * one change is applied and confirmed.
     */
    public double[] duringAnApply() {
        AtomicBoolean done = new AtomicBoolean();
        List<Double> millis = new ArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int n = 2; n <= 5; n++) {
            String source = "127.0.0." + n;
            clients.add(new Thread(() -> {
                while (!done.get()) {
                    double status = duration(source, "/status");
                    duration(source, "/counters");
                    synchronized (millis) {
                        millis.add(status);
                    }
                }
            }));
        }
        clients.forEach(Thread::start);
        applied++;
        daemon.http("PUT /rules",
                ControlPortIT.RULES + "iptables -A INPUT -p tcp --dport " + (1000 + applied) + " -j DROP\n");
        daemon.applyAndConfirm();
        done.set(true);
        try {
            for (Thread client : clients) {
                client.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private double duration(String source, String path) {
        long began = System.nanoTime();
        DaemonBox.Answer answer =
                daemon.raw(source, "127.0.0.1", DaemonBox.request("127.0.0.1", "GET " + path, TOKEN, ""));
        long took = System.nanoTime() - began;
        if (answer.status() != 200) { throw new IllegalStateException(path + ": " + answer); }
        return took / 1e6;
    }

    @Override
    public void close() { daemon.close(); }
}
