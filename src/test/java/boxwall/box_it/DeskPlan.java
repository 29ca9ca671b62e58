package boxwall.box_it;

import boxwall.plan.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A plan compiled on this machine for the recorded virtual box, as for a box without a JVM. */
final class DeskPlan {
    static final Path RULES = VirtualBox.ROOT.resolve("conf/boxwall.rules");
    /** A rule that no other ruleset here contains, as iptables-save prints it. */
    static final String MARKER = "-A INPUT -p tcp -m tcp --dport 4711 -j DROP";

    private final Path directory;

    private DeskPlan(Path directory) { this.directory = directory; }

    /** conf/boxwall.rules. */
    static String plain() { return VirtualBox.text(RULES); }

    /** conf/boxwall.rules with the marker. */
    static String marked() {
        return plain() + "iptables -I INPUT -p tcp --dport 4711 -j DROP\n";
    }

    /** Compiles a ruleset for the recorded virtual box, into a subfolder of the given folder. */
    static DeskPlan of(Path folder, String rules) {
        return of(folder, rules, VirtualBox.ROOT.resolve("src/test/resources/boxes/virtual"));
    }

    /** Compiles a ruleset for a recorded box. */
    static DeskPlan of(Path folder, String rules, Path recorded, String... options) {
        try {
            Path source = Files.writeString(folder.resolve("rules"), rules);
            Path plan = folder.resolve("plan");
            List<String> words = new ArrayList<>(
                    List.of("compile", source.toString(), "--out", plan.toString(), "--root", recorded.toString()));
            words.addAll(List.of(options));
            jar(words.toArray(new String[0])).ok();
            return new DeskPlan(plan);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code java -jar boxwall.jar WORD...} on this machine. */
    static VirtualBox.Answer jar(String... words) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-jar", VirtualBox.JAR.toString()));
        command.addAll(List.of(words));
        return VirtualBox.host(command.toArray(new String[0]));
    }

    /** Appends a line to one of the files, and updates its end line and its checksum in the stamp. */
    DeskPlan with(String file, String line) {
        Path path = directory.resolve(file);
        String text = VirtualBox.text(path);
        String body = text.substring(0, text.lastIndexOf("# end ")) + line;
        try {
            String fileText = body + "# end " + file + " " + body.lines().count() + " " + body.length() + "\n";
            Files.writeString(path, fileText);
            Path stamp = directory.resolve("stamp");
            String stampText = VirtualBox.text(stamp)
                    .replaceFirst("sha1\\." + file + "=.*\n", "sha1." + file + "=" + Plan.sha1(fileText) + "\n")
                    .replaceFirst("# end .*\n", "");
            Files.writeString(stamp,
                    stampText + "# end stamp " + stampText.lines().count() + " " + stampText.length() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Copies the plan's folder to /tmp/NAME of the box; returns that path. */
    String copyTo(VirtualBox box, String name) {
        Path packed = directory.resolveSibling(name + ".tar");
        VirtualBox.host("tar", "-cf", packed.toString(), "-C", directory.toString(), ".").ok();
        box.put(packed, "/tmp/" + name + ".tar");
        String path = "/tmp/" + name;
        box.run("rm -rf " + path + " && mkdir " + path + " && tar -xf " + path + ".tar -C " + path).ok();
        return path;
    }

    /** The output of both iptables-save when this plan is live, in the form of {@link VirtualBox#rules}. */
    String liveRules() {
        return table("restore4") + table("restore6");
    }

    /**
     * A restore file without its end line and counters, like {@link VirtualBox#rules}.
     */
    private String table(String file) {
        return VirtualBox.withoutCounters(VirtualBox.text(directory.resolve(file)));
    }

    /** The modules that the plan loads. */
    List<String> modules() {
        return VirtualBox.text(directory.resolve("modules")).lines().filter(l -> !l.startsWith("#")).toList();
    }
}
