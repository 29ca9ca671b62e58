package boxwall.box_it;

import boxwall.plan.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A plan compiled on this machine for the recorded virtual box, as one does for a box without a JVM. */
final class DeskPlan {
    static final Path RULES = VirtualBox.ROOT.resolve("conf/boxwall.rules");
    /** A rule that no other ruleset here has, as iptables-save prints it. */
    static final String MARKER = "-A INPUT -p tcp -m tcp --dport 4711 -j DROP";

    private final Path directory;

    private DeskPlan(Path directory) { this.directory = directory; }

    /** conf/boxwall.rules. */
    static String plain() { return VirtualBox.text(RULES); }

    /** conf/boxwall.rules with the marker. */
    static String marked() {
        return plain() + "iptables -I INPUT -p tcp --dport 4711 -j DROP\n";
    }

    /** Compiles a ruleset for the recorded virtual box, into a folder below one of the test's. */
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
            jar(words.toArray(new String[0])).good();
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

    /** The same with a line more in one of its files, whose last line counts the others; the stamp gets its new sum. */
    DeskPlan with(String file, String line) {
        Path path = directory.resolve(file);
        String text = VirtualBox.text(path);
        String body = text.substring(0, text.lastIndexOf("# end ")) + line;
        try {
            String whole = body + "# end " + file + " " + body.lines().count() + " " + body.length() + "\n";
            Files.writeString(path, whole);
            Path stamp = directory.resolve("stamp");
            String known = VirtualBox.text(stamp)
                    .replaceFirst("sha1\\." + file + "=.*\n", "sha1." + file + "=" + Plan.sha1(whole) + "\n")
                    .replaceFirst("# end .*\n", "");
            Files.writeString(stamp, known + "# end stamp " + known.lines().count() + " " + known.length() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
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

    /** What both iptables-save print when this plan is live, in the form of {@link VirtualBox#rules}. */
    String live() {
        return table("restore4") + table("restore6");
    }

    /**
     * The plan's last line counts the others; iptables-restore takes {@code [0:0]} behind a chain, which rules() leaves
     * out.
     */
    private String table(String file) {
        return VirtualBox.withoutCounters(VirtualBox.text(directory.resolve(file)));
    }

    /** The modules to be loaded. */
    List<String> modules() {
        return VirtualBox.text(directory.resolve("modules")).lines().filter(l -> !l.startsWith("#")).toList();
    }
}
