package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.cli.Main;
import boxwall.build.Budgets;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Limits the classes that are loaded before the daemon listens: on an interpreter each takes time, about 10 ms on the
 * virtual box. The JVM prints them, in the order of loading, on the same stream as the daemon's log.
 */
class StartBudgetTest {
    /** Packages that must not be loaded before the port is open: reading the box, rules, replies. */
    private static final Set<String> LATE =
            Set.of("syntax", "probe", "explain", "imports", "check", "compile", "plan", "apply", "report");

    @TempDir
    Path folder;
    private Process daemon;

    @AfterEach
    void end() { daemon.destroyForcibly(); }

    /** The class path of the daemon: the contents of the jar. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).filter(
                entry -> entry.endsWith("/classes") || entry.contains("nanohttpd") || entry.contains("minimal-json"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The names of the classes loaded before the daemon logs that it listens. */
    private List<String> loaded(boolean early) throws Exception {
        Path config = folder.resolve("boxwall.cfg");
        Files.writeString(config, "BOXWALL_PORT='0'\nBOXWALL_LISTEN='loopback'\nBOXWALL_SYSLOG='no'\nBOXWALL_STATE='"
                + folder + "/state'\nBOXWALL_RUN='" + folder + "/run'\nBOXWALL_BIN='" + folder + "'\n");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx32m", "-Xshare:off",
                        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:class+load:stdout:none", "-cp"));
        command.add(early ? classPath() + File.pathSeparator + Path.of("target/test-classes").toAbsolutePath()
                : classPath());
        command.addAll(
                List.of(early ? Early.class.getName() : "boxwall.cli.Main", "daemon", "--config", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("BOXWALL_"));
        // "3: lan: <…": as on a box, where the launcher asks for the bridges
        builder.environment().put("BOXWALL_BRIDGES", "3: lan: <UP> mtu 1500\n    inet 192.0.2.1/24 scope global lan\n");
        daemon = builder.start();
        // half a second on an idle machine; the reader below must end in any case
        Thread late = new Thread(() -> {
            try {
                if (!daemon.waitFor(120, TimeUnit.SECONDS)) { daemon.destroyForcibly(); }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        late.setDaemon(true);
        late.start();
        return names(new BufferedReader(new InputStreamReader(daemon.getInputStream())));
    }

    private static List<String> names(BufferedReader out) throws Exception {
        List<String> names = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("listening on ")) { return names; }
            int end = line.indexOf(" source: ");
            (end > 0 ? names : words).add(end > 0 ? line.substring(0, end) : line);
        }
        throw new AssertionError("the daemon did not listen: " + words);
    }

    @Test
    void ownClassesStayWithinBudget() throws Exception {
        boolean broken = Budgets.isBroken("start.own.classes");
        List<String> own = loaded(broken).stream()
                .filter(name -> name.startsWith("boxwall.") || name.startsWith("fi.iki.")).toList();
        assertTrue(own.contains("boxwall.http.Port"), own::toString);
        Budgets.hold("start.own.classes", own.size());
        assertEquals(Set.of(), own.stream().map(name -> name.split("\\.")[1]).filter(LATE::contains)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void allClassesStayWithinBudget() throws Exception {
        List<String> all = loaded(Budgets.isBroken("start.all.classes"));
        assertTrue(all.contains("java.lang.Object"));
        Budgets.hold("start.all.classes", all.size());
    }

    /** A daemon that loads its classes before it listens, to break the budget on purpose. */
    static final class Early {
        private Early() {}

        public static void main(String[] arguments) throws Exception {
            for (String name : LATE) {
                for (String file : new File("target/classes/boxwall/" + name).list()) {
                    if (file.endsWith(".class") && !file.startsWith("package-info")) {
                        Class.forName("boxwall." + name + "." + file.replace(".class", ""));
                    }
                }
            }
            Main.main(arguments);
        }
    }
}
