package boxwall.script;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A box to run the scripts in: network, mount and process namespaces of its own, real iptables (the legacy one, as on
 * the boxes), stand-ins for modprobe, rmmod and modsave, a /run of its own for xtables' lock, an empty /var/tmp (the
 * daemon reads leases there), /bin/sh the shell of the case, and a folder in place of /tmp/flash and /var/run. Closing
 * it ends every process in it.
 * <p>
 * Its uptime stands still until the test moves it ({@link #passes}), so no time of a change is over before a slow
 * machine has looked; and no command ever counts as hung, unless the test says so ({@link #hangClock}).
 */
final class NetBox implements AutoCloseable {
    private static final Path SCRIPTS = Path.of("init.d").toAbsolutePath();
    /** The iptables of the boxes with kernel 2.6, as NetBox takes it behind the shell. */
    static final String OLD = "1.4.11.1";
    /** So many seconds does no machine take for one command; the most that boxwall-apply takes. */
    static final int NEVER = 99999;
    /** What a stand-in does to hang. */
    static final String HANG = "exec $BOXWALL_BIN/hang\n";
    /** Lets another program hold xtables' lock. */
    static final String HOLD =
            "{ exec 9>>/run/xtables.lock; flock 9; sleep 100000 & echo $! >$BOXWALL_TEST/holder; exec 9>&-; } </dev/null >/dev/null 2>&1\n";
    /**
     * Puts the busybox that bin/check has found in the place of the installed one, which may prefer its own applets to
     * stand-ins.
     */
    private static final String BUSYBOX = System.getProperty("boxwall.busybox") == null ? ""
            : "mount --bind " + System.getProperty("boxwall.busybox") + " /bin/busybox && ";
    private static final String LEGACY = "/usr/sbin/xtables-legacy-multi";

    /** What a command said and its exit status. */
    record Answer(int status, String out, String err) {
        /** The value of a KEY=VALUE line; "" when there is none. */
        String get(String key) {
            return out.lines().filter(line -> line.startsWith(key + "=")).map(line -> line.substring(key.length() + 1))
                    .findFirst().orElse("");
        }
    }

    private static final ExecutorService READERS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "reader");
        thread.setDaemon(true);
        return thread;
    });

    final Path folder;
    final Path bin;
    final Path state;
    final Path run;
    private final Path proc;
    final Map<String, String> settings = new HashMap<>();
    private final String[] shell;
    private final boolean old;
    private Process space;
    private int uptime = 1000;

    /**
     * @param shell that runs the scripts, with its arguments: "dash", "busybox sh"; behind a comma the age of iptables,
     * if it is an old one
     */
    NetBox(String shell) {
        this.shell = shell.split(", ")[0].split(" ");
        old = shell.endsWith(", " + OLD);
        try {
            folder = Files.createTempDirectory("boxwall-script");
            bin = Files.createDirectory(folder.resolve("bin"));
            state = Files.createDirectory(folder.resolve("state"));
            run = folder.resolve("run");
            proc = folder.resolve("proc");
            for (String tool : new String[] {"iptables", "ip6tables"}) {
                for (String part : new String[] {"", "-save", "-restore"}) {
                    tool(tool + part);
                }
            }
            for (String fake : new String[] {"modprobe", "rmmod", "modsave", "hang"}) {
                script(fake, new String(NetBox.class.getResourceAsStream("/script/" + fake).readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.putAll(
                Map.of("BOXWALL_BIN", bin.toString(), "BOXWALL_STATE", state.toString(), "BOXWALL_RUN", run.toString(),
                        "BOXWALL_CONF", "/nonexistent", "BOXWALL_SYSLOG", "no", "BOXWALL_TEST", folder.toString(),
                        "BOXWALL_MEDIA", folder.resolve("media").toString(), "BOXWALL_HANG_SECONDS", "" + NEVER));
        powerOn();
        ownProc();
    }

    private void powerOn() {
        try {
            space = new ProcessBuilder("unshare", "-n", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c",
                    "mount -t tmpfs none /run && mount -t tmpfs none /var/tmp && " + BUSYBOX
                            + (shell.length > 1 ? "mount --bind /bin/busybox /bin/sh && " : "")
                            + "echo up; while :; do sleep 0.3; done")
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            if (space.getInputStream().read() != 'u') {
                throw new IllegalStateException("unshare -n -m -p failed: these tests need root and " + LEGACY);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends the box as a power cut does: the tables and /var/run are gone, the flash folder stays; then starts it again.
     */
    void cut() {
        end();
        delete(run);
        powerOn();
    }

    /** Runs boxwall-apply. */
    Answer apply(String... arguments) { return scripted("boxwall-apply", arguments); }

    /** Runs one of the scripts of init.d. */
    Answer scripted(String script, String... arguments) {
        return exec(Stream.concat(Stream.of(command(script).split(" ")), Stream.of(arguments)).toArray(String[]::new));
    }

    /** The command line that runs a script of init.d with this box's shell; for use inside of sh(). */
    String command(String script) {
        return String.join(" ", shell) + " " + SCRIPTS.resolve(script);
    }

    /** Runs a line in a shell inside of the box. */
    Answer sh(String line) { return exec("sh", "-c", line); }

    private Answer exec(String... command) {
        try {
            Process process = start(command);
            process.getOutputStream().close();
            Path err = folder.resolve("err");
            Future<String> out = READERS.submit(() -> new String(process.getInputStream().readAllBytes())); // ends only
                                                                                                            // when
                                                                                                            // nobody
                                                                                                            // holds the
                                                                                                            // pipe any
                                                                                                            // more
            String said = out.get(Wait.SECONDS, TimeUnit.SECONDS);
            if (!process.waitFor(Wait.SECONDS, TimeUnit.SECONDS)) { throw new TimeoutException(); }
            return new Answer(process.exitValue(), said, Files.readString(err));
        } catch (TimeoutException e) {
            throw new IllegalStateException("hangs: " + String.join(" ", command) + "; in the box: " + alive());
        } catch (IOException | InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a command inside of the box. */
    Process start(String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(init()), "-n", "-m", "-p"));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("BOXWALL_") || key.startsWith("SSH_"));
        builder.environment().putAll(settings);
        return builder.start();
    }

    private long init() { return space.children().findFirst().orElseThrow().pid(); }

    /** All tables of both families as iptables-save has them, without comments and counters. */
    String tables() {
        return saved("iptables") + saved("ip6tables");
    }

    private String saved(String tool) {
        String command = "for t in $(sort /proc/net/" + tool.replace("tables", "_tables") + "_names); do " + LEGACY
                + " " + tool + "-save -t $t; done";
        return sh(command).out().lines().filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceAll(" \\[\\d+:\\d+]$", "") + "\n")
                .collect(Collectors.joining("", tool + "\n", ""));
    }

    /** Rules that were there before boxwall: two tables of IPv4, one of IPv6. */
    void givenRules() {
        Answer answer =
                sh("printf '*filter\\n:INPUT ACCEPT [5:500]\\n:FORWARD DROP [0:0]\\n:old - [0:0]\\n-A INPUT -j old\\n"
                        + "[7:700] -A old -s 10.0.0.0/8 -j DROP\\nCOMMIT\\n*raw\\n-A PREROUTING -i x -j ACCEPT\\nCOMMIT\\n' | "
                        + LEGACY
                        + " iptables-restore -c; printf '*filter\\n:INPUT ACCEPT [0:0]\\n:FORWARD DROP [0:0]\\n-A INPUT -i six -j DROP\\nCOMMIT\\n' | "
                        + LEGACY + " ip6tables-restore");
        if (answer.status() != 0) {
            throw new IllegalStateException("iptables-restore in a namespace: " + answer.err());
        }
    }

    /** Puts a script of the test's own in the place of a command. */
    void script(String name, String text) {
        try {
            Files.deleteIfExists(bin.resolve(name));
            Files.writeString(bin.resolve(name), text);
            bin.resolve(name).toFile().setExecutable(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the real iptables command back. */
    void real(String name) {
        try {
            Files.delete(bin.resolve(name));
            tool(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tool(String name) throws IOException {
        if (old) {
            script(name, new String(NetBox.class.getResourceAsStream("/script/iptables-1.4.11.1").readAllBytes()));
        } else {
            Files.createSymbolicLink(bin.resolve(name), Path.of(LEGACY));
        }
    }

    /** Gives the box a /proc in which the uptime is the test's; the rest is the real one. */
    private void ownProc() {
        try {
            Files.createDirectories(proc.resolve("net"));
            for (String real : new String[] {"modules", "kallsyms", "net/ip_tables_names", "net/ip6_tables_names",
                    "net/if_inet6"}) {
                Files.createSymbolicLink(proc.resolve(real), Path.of("/proc", real));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.put("BOXWALL_PROC", proc.toString());
        passes(0);
    }

    /** Gives the box the machine's own time: for a daemon, which looks at nothing else. */
    void realTime() {
        Path link = proc.resolve("uptime");
        try {
            Files.delete(link);
            Files.createSymbolicLink(link, Path.of("/proc/uptime"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets seconds pass for all that goes by the uptime: the times of changes. */
    void passes(int seconds) {
        uptime += seconds;
        try {
            Path next = Files.writeString(folder.resolve("uptime"), uptime + ".00 1.00\n");
            Files.move(next, proc.resolve("uptime"), StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Gives the clock by which commands count as hung into the test's hands, too: it stands still, until a stand-in
     * that ends in {@link #HANG} has moved it to the time at which that very command, and what was there before it, has
     * run for too long.
     *
     * @param seconds BOXWALL_HANG_SECONDS
     */
    void hangClock(String seconds) {
        settings.put("BOXWALL_HANG_SECONDS", seconds);
        Answer answer = sh(
                "cat /proc/uptime >$BOXWALL_TEST/uptime.hung && mount --bind $BOXWALL_TEST/uptime.hung /proc/uptime");
        if (answer.status() != 0) {
            throw new IllegalStateException("a file in the place of /proc/uptime: " + answer.err());
        }
    }

    /**
     * Has the real iptables-restore wait for xtables' lock until it is killed, so many times; the one after that finds
     * the lock free. Goes with {@link #hangClock} and {@link #HOLD}.
     */
    void waitsForLock(int times) {
        for (String tool : new String[] {"iptables-restore", "ip6tables-restore"}) {
            script(tool,
                    "#!/bin/sh\nif ! flock -n /run/xtables.lock true; then\n\techo >>$BOXWALL_TEST/held\n"
                            + "\t[ $(wc -l <$BOXWALL_TEST/held) -gt " + times + " ] || exec $BOXWALL_BIN/hang " + LEGACY
                            + " " + tool + " \"$@\"\n" + "\tkill $(cat $BOXWALL_TEST/holder)\nfi\nexec " + LEGACY + " "
                            + tool + " \"$@\"\n");
        }
    }

    /** Gives the box a file of modules and Packet Acceleration of the test's own. */
    Path pretendProc() {
        sh("cd " + proc
                + "; rm modules; : >modules; cd net; mkdir avm_pa; : >avm_pa/control; echo 'State          : enabled' >avm_pa/status");
        return proc;
    }

    /** Has those who sleep so many seconds wait until {@link #wakeUp}. */
    void holdSleep(int seconds) {
        script("sleep", "#!/bin/sh\n[ \"$1\" = " + seconds
                + " ] || exec /bin/sleep \"$@\"\nuntil [ -e $BOXWALL_TEST/awake ]; do /bin/sleep 0.1; done\n");
    }

    /** Lets the time of {@link #holdSleep} be over. */
    void wakeUp() {
        try {
            Files.writeString(folder.resolve("awake"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The calls that the stand-ins wrote down. */
    String calls() { return read(folder.resolve("calls")); }

    /** A file's text; "" if there is none. */
    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many processes live in the box but for its first, which reaps, and what looks. A zombie does not live. */
    long processes() {
        return sh(
                "for p in /proc/[0-9]*; do read -r s <$p/stat && s=${s##*) } && [ \"${s%% *}\" != Z ] && tr '\\0' ' ' <$p/cmdline && echo; done"
                        + " 2>/dev/null")
                .out().lines().filter(line -> !line.contains("sleep 0.3") && !line.startsWith("sh -c for p in")
                        && !line.startsWith("tr "))
                .count();
    }

    /**
     * The same, told from outside: cheap enough to ask often, but without those that a test itself runs in the box just
     * now.
     */
    long living() {
        return space.children().flatMap(ProcessHandle::descendants)
                .filter(process -> process.info().command().isPresent()
                        && !process.info().commandLine().orElse("").endsWith("sleep 0.3"))
                .count();
    }

    /** The command lines of all that runs in the box but its first process, told from outside. */
    List<String> alive() {
        String here = namespace(init());
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != init() && namespace(process.pid()).equals(here))
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> !line.isEmpty() && !line.endsWith("sleep 0.3")).toList();
    }

    private static String namespace(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid")).toString();
        } catch (IOException e) {
            return ""; // it ended just now
        }
    }

    private void end() {
        space.descendants().forEach(ProcessHandle::destroyForcibly);
        space.destroyForcibly();
        try {
            space.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path path) {
        if (!Files.exists(path)) { return; }
        try (Stream<Path> paths = Files.walk(path)) {
            paths.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a plan to the flash folder under a name of its own. */
    void stored(String name, PlanFolder plan) {
        plan.write(state.resolve(name));
        delete(state.resolve(name).resolve("rules"));
    }

    /** Copies one of the box's commands elsewhere, for boxes that lack the rest. */
    void alone(String tool, Path to) throws IOException {
        Files.copy(Path.of(LEGACY), to.resolve(tool), StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Override
    public void close() {
        end();
        delete(folder);
    }
}
