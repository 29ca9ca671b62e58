package boxwall.http;

import fi.iki.elonen.NanoHTTPD;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A few threads for all connections, in place of NanoHTTPD's one for each; what finds none free for long is closed unheard. */
final class ClientPool implements NanoHTTPD.AsyncRunner {
    private static final int THREADS = 4;
    private static final int WAITING = 4;
    /**
     * Bytes of address space for a stack; only what is used takes memory. The proof over sets calls itself once for each bit of an IPv6
     * packet: an interpreter that keeps its frames on the thread's own stack (OpenJDK's Zero) ran out of 192 KiB there.
     */
    private static final int STACK = 1024 * 1024;

    private final ThreadPoolExecutor threads;
    private final List<NanoHTTPD.ClientHandler> open = new ArrayList<NanoHTTPD.ClientHandler>();

    ClientPool() {
        threads = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<Runnable>(WAITING),
                new ThreadFactory() {
                    @Override
                    public Thread newThread(Runnable work) {
                        Thread thread = new Thread(null, work, "http", STACK);
                        thread.setDaemon(true);
                        return thread;
                    }
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void exec(NanoHTTPD.ClientHandler client) {
        synchronized (open) {
            open.add(client);
        }
        try {
            threads.execute(client);
        } catch (RejectedExecutionException e) {
            client.close();
            closed(client);
        }
    }

    @Override
    public void closed(NanoHTTPD.ClientHandler client) {
        synchronized (open) {
            open.remove(client);
        }
    }

    @Override
    public void closeAll() {
        List<NanoHTTPD.ClientHandler> all;
        synchronized (open) {
            all = new ArrayList<NanoHTTPD.ClientHandler>(open);
        }
        for (NanoHTTPD.ClientHandler client : all) {
            client.close();
        }
    }
}
