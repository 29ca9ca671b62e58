package boxwall.box_it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A plan compiled on this machine for the recorded virtual box, as one does for a box without a JVM. */
final class DeskPlan {
    static final Path RULES = VirtualBox.ROOT.resolve("conf/boxwall.rules");
    /** A rule that no other ruleset here has, as iptables-save prints it. */
    static final String MARKER = "-A INPUT -p tcp -m tcp --dport 4711 -j DROP";

    private final Path directory;

    private DeskPlan(Path directory) {
        this.directory = directory;
    }

    /** conf/boxwall.rules with the marker. */
    static String marked() {
        return VirtualBox.text(RULES) + "iptables -I INPUT -p tcp --dport 4711 -j DROP\n";
    }

    /** Compiles a ruleset into a folder below one of the test's. */
    static DeskPlan of(Path folder, String rules) {
        try {
            Path source = Files.writeString(folder.resolve("rules"), rules);
            Path plan = folder.resolve("plan");
            VirtualBox.host(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-jar", VirtualBox.JAR.toString(), "compile",
                    source.toString(), "--out", plan.toString(), "--root",
                    VirtualBox.ROOT.resolve("src/test/resources/boxes/virtual").toString()).good();
            return new DeskPlan(plan);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the plan's folder to /tmp/NAME of the box. */
    String into(VirtualBox box, String name) {
        Path packed = directory.resolveSibling(name + ".tar");
        VirtualBox.host("tar", "-cf", packed.toString(), "-C", directory.toString(), ".").good();
        box.put(packed, "/tmp/" + name + ".tar");
        String path = "/tmp/" + name;
        box.run("rm -rf " + path + " && mkdir " + path + " && tar -xf " + path + ".tar -C " + path).good();
        return path;
    }

    /** Lines of {@code restore4} or {@code restore6} that begin so. */
    List<String> lines(String file, String start) {
        return VirtualBox.text(directory.resolve(file)).lines().filter(l -> l.startsWith(start)).toList();
    }

    /** The modules to be loaded. */
    List<String> modules() {
        return VirtualBox.text(directory.resolve("modules")).lines().filter(l -> !l.startsWith("#")).toList();
    }
}
