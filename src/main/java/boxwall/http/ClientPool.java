package boxwall.http;

import fi.iki.elonen.NanoHTTPD;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread for each connection that {@link ConnectionLimit} lets in, and no more; idle ones end. In place of
 * NanoHTTPD's unbounded ones.
 */
final class ClientPool implements NanoHTTPD.AsyncRunner {
    private static final int IDLE_SECONDS = 30;
    /**
     * Bytes of address space for a stack; only what is used takes memory. The proof over sets calls itself once for
     * each bit of an IPv6 packet: an interpreter that keeps its frames on the thread's own stack (OpenJDK's Zero) ran
     * out of 192 KiB there.
     */
    private static final int STACK = 1024 * 1024;

    private final ConnectionLimit admission;
    private final ThreadPoolExecutor threads;

    ClientPool(ConnectionLimit admission) {
        this.admission = admission;
        // a thread that has just answered, or whose connection was displaced, may not be idle yet when the next
        // connection has its place: that one waits
        threads = new ThreadPoolExecutor(ConnectionLimit.ALL, ConnectionLimit.ALL, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<Runnable>(4 * ConnectionLimit.ALL), new ThreadFactory() {
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
        if (((Listener.Handler) client).exchange() == null) {
            client.close();
            return;
        }
        try {
            threads.execute(client);
        } catch (RejectedExecutionException e) {
            client.close();
        } catch (OutOfMemoryError e) {
            // no room for one more thread: this connection ends, the one that listens must not
            client.close();
            System.gc();
        }
    }

    @Override
    public void closed(NanoHTTPD.ClientHandler client) { client.close(); }

    @Override
    public void closeAll() {
        for (Exchange exchange : admission.open(false)) {
            exchange.cut();
        }
    }
}
