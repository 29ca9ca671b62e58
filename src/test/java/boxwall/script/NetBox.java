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
 * A box that runs the scripts: own network, mount and process namespaces, real iptables (legacy, as on the boxes),
 * stubs for modprobe, rmmod and modsave, an own /run for xtables' lock, an empty /var/tmp (the daemon reads leases
 * there), the case's shell as /bin/sh, and a temporary folder instead of /tmp/flash and /var/run. Closing it kills
 * every process in it.
 * <p>
 * Its uptime changes only when the test advances it ({@link #advanceClock}), so no deadline passes because a machine is
 * slow. No command counts as hung unless the test asks for it ({@link #useFakeHangClock}).
 */
final class NetBox implements AutoCloseable {
    private static final Path SCRIPTS = Path.of("init.d").toAbsolutePath();
    /** The version of iptables on boxes with kernel 2.6; a test appends it to the name of the shell. */
    static final String OLD_IPTABLES = "1.4.11.1";
    /** Seconds that no command takes on any machine; the maximum that boxwall-apply accepts. */
    static final int NO_HANG_LIMIT = 99999;
    /** The command with which a stub hangs. */
    static final String HANG_COMMAND = "exec $BOXWALL_BIN/hang\n";
    /** Starts another program that holds xtables' lock. */
    static final String HOLD_LOCK =
            "{ exec 9>>/run/xtables.lock; flock 9; sleep 100000 & echo $! >$BOXWALL_TEST/holder; exec 9>&-; } </dev/null >/dev/null 2>&1\n";
    /**
     * Mounts the busybox that bin/check chose over the installed one, which may prefer its own applets to stubs.
     */
    private static final String BUSYBOX = System.getProperty("boxwall.busybox") == null ? ""
            : "mount --bind " + System.getProperty("boxwall.busybox") + " /bin/busybox && ";
    private static final String LEGACY = "/usr/sbin/xtables-legacy-multi";

    /** A command's exit status and output. */
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
    final boolean hasOldIptables;
    private Process namespaces;
    private int uptime = 1000;

    /**
     * @param shell that runs the scripts, with its arguments: "dash", "busybox sh"; after a comma OLD_IPTABLES, if the
     * box has the old version
     */
    NetBox(String shell) {
        this.shell = shell.split(", ")[0].split(" ");
        hasOldIptables = shell.endsWith(", " + OLD_IPTABLES);
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
            for (String stub : new String[] {"modprobe", "rmmod", "modsave", "hang"}) {
                script(stub, new String(NetBox.class.getResourceAsStream("/script/" + stub).readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.putAll(Map.of("BOXWALL_BIN", bin.toString(), "BOXWALL_STATE", state.toString(), "BOXWALL_RUN",
                run.toString(), "BOXWALL_CONF", "/nonexistent", "BOXWALL_SYSLOG", "no", "BOXWALL_TEST",
                folder.toString(), "BOXWALL_MEDIA", folder.resolve("media").toString(), "BOXWALL_HANG_SECONDS",
                "" + NO_HANG_LIMIT));
        powerOn();
        createProc();
    }

    private void powerOn() {
        try {
            namespaces =
                    new ProcessBuilder("unshare", "-n", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c",
                            "mount -t tmpfs none /run && mount -t tmpfs none /var/tmp && " + BUSYBOX
                                    + (shell.length > 1 ? "mount --bind /bin/busybox /bin/sh && " : "")
                                    + "echo up; while :; do sleep 0.3; done")
                            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            if (namespaces.getInputStream().read() != 'u') {
                throw new IllegalStateException("unshare -n -m -p failed: these tests need root and " + LEGACY);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Simulates a power cut and a restart: tables and /var/run are lost, the flash folder stays.
     */
    void cutPower() {
        killAll();
        delete(run);
        powerOn();
    }

    /** Runs boxwall-apply. */
    Answer apply(String... arguments) { return runScript("boxwall-apply", arguments); }

    /** Writes a plan to a folder of its own in the box. */
    Path write(PlanFolder plan) {
        return write(plan, folder.resolve("plan-" + plan.id()));
    }

    private Path write(PlanFolder plan, Path to) {
        return plan.write(to, hasOldIptables ? "userland=" + OLD_IPTABLES + "\n" : "");
    }

    /** Runs boxwall-apply try with a plan. */
    Answer tryPlan(PlanFolder plan, int seconds, String... options) {
        return apply(Stream.concat(Stream.of("try", write(plan).toString(), "" + seconds), Stream.of(options))
                .toArray(String[]::new));
    }

    /** Runs a script of init.d. */
    Answer runScript(String script, String... arguments) {
        return exec(Stream.concat(Stream.of(command(script).split(" ")), Stream.of(arguments)).toArray(String[]::new));
    }

    /** The command line that runs a script of init.d with this box's shell; for use in sh(). */
    String command(String script) {
        return String.join(" ", shell) + " " + SCRIPTS.resolve(script);
    }

    /** Runs a shell command in the box. */
    Answer sh(String line) { return exec("sh", "-c", line); }

    private Answer exec(String... command) {
        try {
            Process process = start(command);
            process.getOutputStream().close();
            Path err = folder.resolve("err");
            // ends only when no process holds the pipe any more
            Future<String> reader = READERS.submit(() -> new String(process.getInputStream().readAllBytes()));
            String out = reader.get(Wait.SECONDS, TimeUnit.SECONDS);
            if (!process.waitFor(Wait.SECONDS, TimeUnit.SECONDS)) { throw new TimeoutException(); }
            return new Answer(process.exitValue(), out, Files.readString(err));
        } catch (TimeoutException e) {
            throw new IllegalStateException("hangs: " + String.join(" ", command) + "; in the box: " + commandLines());
        } catch (IOException | InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a command in the box. */
    Process start(String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(init()), "-n", "-m", "-p"));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("BOXWALL_") || key.startsWith("SSH_"));
        builder.environment().putAll(settings);
        return builder.start();
    }

    private long init() { return namespaces.children().findFirst().orElseThrow().pid(); }

    /** All tables of both families as iptables-save prints them, without comments and counters. */
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

    /** Loads rules that are not boxwall's: two IPv4 tables and one IPv6 table. */
    void loadForeignRules() {
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

    /** Replaces a command by a script. */
    void script(String name, String text) {
        try {
            Files.deleteIfExists(bin.resolve(name));
            Files.writeString(bin.resolve(name), text);
            bin.resolve(name).toFile().setExecutable(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the script by the real iptables command again. */
    void useRealTool(String name) {
        try {
            Files.delete(bin.resolve(name));
            tool(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tool(String name) throws IOException {
        if (hasOldIptables) {
            script(name, new String(NetBox.class.getResourceAsStream("/script/iptables-1.4.11.1").readAllBytes()));
        } else {
            Files.createSymbolicLink(bin.resolve(name), Path.of(LEGACY));
        }
    }

    /** Gives the box a /proc whose uptime the test controls; the other files are the real ones. */
    private void createProc() {
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
        advanceClock(0);
    }

    /** Gives the box the real uptime, for the daemon. */
    void useRealClock() {
        Path link = proc.resolve("uptime");
        try {
            Files.delete(link);
            Files.createSymbolicLink(link, Path.of("/proc/uptime"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Advances the uptime, by which the scripts measure the deadlines of changes. */
    void advanceClock(int seconds) {
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
     * Gives the box a fake clock for the detection of hung commands. It stands still until a stub that ends in
     * {@link #HANG_COMMAND} moves it to the time at which that command and its callers have run for too long.
     *
     * @param seconds BOXWALL_HANG_SECONDS
     */
    void useFakeHangClock(String seconds) {
        settings.put("BOXWALL_HANG_SECONDS", seconds);
        Answer answer = sh(
                "cat /proc/uptime >$BOXWALL_TEST/uptime.hung && mount --bind $BOXWALL_TEST/uptime.hung /proc/uptime");
        if (answer.status() != 0) {
            throw new IllegalStateException("cannot mount over /proc/uptime: " + answer.err());
        }
    }

    /**
     * Lets the first restores wait for xtables' lock until they are killed; the next one finds the lock free. Use it
     * with {@link #useFakeHangClock} and {@link #HOLD_LOCK}.
     *
     * @param times how many restores wait
     */
    void blockRestoresOnLock(int times) {
        for (String tool : new String[] {"iptables-restore", "ip6tables-restore"}) {
            script(tool,
                    "#!/bin/sh\nif ! flock -n /run/xtables.lock true; then\n\techo >>$BOXWALL_TEST/held\n"
                            + "\t[ $(wc -l <$BOXWALL_TEST/held) -gt " + times + " ] || exec $BOXWALL_BIN/hang " + LEGACY
                            + " " + tool + " \"$@\"\n" + "\tkill $(cat $BOXWALL_TEST/holder)\nfi\nexec " + LEGACY + " "
                            + tool + " \"$@\"\n");
        }
    }

    /** Gives the box a fake list of modules and fake files of Packet Acceleration; returns its /proc. */
    Path fakeProc() {
        sh("cd " + proc
                + "; rm modules; : >modules; cd net; mkdir avm_pa; : >avm_pa/control; echo 'State          : enabled' >avm_pa/status");
        return proc;
    }

    /** Lets every "sleep SECONDS" wait until {@link #releaseSleep}. */
    void blockSleep(int seconds) {
        script("sleep", "#!/bin/sh\n[ \"$1\" = " + seconds
                + " ] || exec /bin/sleep \"$@\"\nuntil [ -e $BOXWALL_TEST/awake ]; do /bin/sleep 0.1; done\n");
    }

    /** Ends the sleeps that {@link #blockSleep} blocks. */
    void releaseSleep() {
        try {
            Files.writeString(folder.resolve("awake"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The calls that the stubs recorded. */
    String calls() { return read(folder.resolve("calls")); }

    /** A file's text; "" if the file does not exist. */
    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many processes run in the box, without its init, the counting command and zombies. */
    long processCount() {
        return sh(
                "for p in /proc/[0-9]*; do read -r s <$p/stat && s=${s##*) } && [ \"${s%% *}\" != Z ] && tr '\\0' ' ' <$p/cmdline && echo; done"
                        + " 2>/dev/null")
                .out().lines().filter(line -> !line.contains("sleep 0.3") && !line.startsWith("sh -c for p in")
                        && !line.startsWith("tr "))
                .count();
    }

    /**
     * The same, counted from outside the box: cheap enough to poll, but without processes that the test itself runs in
     * the box at the moment.
     */
    long outsideProcessCount() {
        return namespaces.children().flatMap(ProcessHandle::descendants)
                .filter(process -> process.info().command().isPresent()
                        && !process.info().commandLine().orElse("").endsWith("sleep 0.3"))
                .count();
    }

    /** The command lines of all processes in the box except its init, read from outside the box. */
    List<String> commandLines() {
        String here = namespace(init());
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != init() && namespace(process.pid()).equals(here))
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> !line.isEmpty() && !line.endsWith("sleep 0.3")).toList();
    }

    /** The files of RUN and the processes, for the message of a failed assertion. */
    String describe() {
        return sh("ls -lR $BOXWALL_RUN; ps -ef").out();
    }

    private static String namespace(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid")).toString();
        } catch (IOException e) {
            return ""; // it has just ended
        }
    }

    private void killAll() {
        namespaces.descendants().forEach(ProcessHandle::destroyForcibly);
        namespaces.destroyForcibly();
        try {
            namespaces.waitFor();
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

    /** Writes a plan to the flash folder under a name. */
    void storePlan(String name, PlanFolder plan) {
        write(plan, state.resolve(name));
        delete(state.resolve(name).resolve("rules"));
    }

    @Override
    public void close() {
        killAll();
        delete(folder);
    }
}
