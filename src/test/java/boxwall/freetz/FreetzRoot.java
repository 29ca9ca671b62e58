package boxwall.freetz;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The root of a Freetz box, to run in by chroot: busybox, real iptables, Freetz' own part, and boxwall as the package
 * has it. It has network, mount and process namespaces of its own. Freetz' part is a stand-in, or what a real tree has
 * under mod/files/root. Closing it ends every process in it.
 */
final class FreetzRoot implements AutoCloseable {
    /** The assembled package's files for the box. */
    static final Path PACKAGE = Path.of("target/freetz-package/addon/boxwall-0.1/root");
    private static final Path STAND_IN = Path.of("src/test/resources/freetz/root");
    private static final Path VIRTUAL_BOX = Path.of("src/box/rootfs");
    private static final String LEGACY = "/usr/sbin/xtables-legacy-multi";

    /** Another one than the machine's, to try what Freetz builds: linked statically, since it is run in the box. */
    private static final Path BUSYBOX = Path.of(System.getProperty("boxwall.busybox", "/bin/busybox"));

    /** What a command said and its exit status. */
    record Answer(int status, String out, String err) {
        String all() { return "status " + status + "\n" + out + err; }
    }

    final Path root;
    private Process space;

    /**
     * @param freetz mod/files/root of a real tree, or null for the stand-in
     * @param language de or en
     */
    FreetzRoot(Path freetz, String language) { this(freetz, language, null); }

    /** @param applets the only ones that are linked, null for all that busybox has */
    FreetzRoot(Path freetz, String language, Set<String> applets) {
        try {
            root = Files.createTempDirectory("boxwall-freetz");
            for (String folder : "bin sbin usr/bin usr/sbin proc dev sys lib mod/etc/conf mod/etc/reg mod/etc/init.d mod/usr/lib/cgi-bin mod/pkg mod/var/cache var/tmp/flash var/run var/flash var/log"
                    .split(" ")) {
                Files.createDirectories(root.resolve(folder));
            }
            if (freetz == null) {
                copy(STAND_IN, root);
                for (String file : new String[] {"etc/init.d/modlibrc", "usr/bin/modsave"}) {
                    place(VIRTUAL_BOX.resolve(file), file);
                }
            } else {
                copy(freetz, root);
                Languages.fillAll(root, language);
            }
            copy(PACKAGE, root);
            Files.writeString(root.resolve("etc/lang"), language + "\n");
            Languages.fill(root, language);
            busybox(applets);
            iptables();
            links();
            powerOn();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applets where the image does not have a program of its own. */
    private void busybox(Set<String> applets) throws IOException {
        place(BUSYBOX, "bin/busybox");
        libraries(BUSYBOX);
        Process list = new ProcessBuilder(BUSYBOX.toString(), "--list-full").start();
        for (String applet : new String(list.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
            Path link = root.resolve(applet);
            if (applets != null && !applets.contains(link.getFileName().toString())) { continue; }
            Files.createDirectories(link.getParent());
            if (!Files.exists(link)) { Files.createSymbolicLink(link, Path.of("/bin/busybox")); }
        }
    }

    private void iptables() throws IOException {
        place(Path.of(LEGACY), LEGACY.substring(1));
        libraries(Path.of(LEGACY));
        for (String name : "iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore"
                .split(" ")) {
            Files.createSymbolicLink(root.resolve("usr/sbin/" + name), Path.of(LEGACY));
        }
        for (String fake : new String[] {"sbin/modprobe", "sbin/rmmod", "sbin/insmod"}) { // the host's modules are not
                                                                                          // this box's
            Files.deleteIfExists(root.resolve(fake));
            script(fake, "#!/bin/sh\nexit 0\n");
        }
    }

    /** What Freetz' modload does for a package of /etc/static.pkg, and what its var.tar brings. */
    private void links() throws IOException {
        Files.deleteIfExists(root.resolve("tmp"));
        Files.createSymbolicLink(root.resolve("tmp"), Path.of("/var/tmp"));
        Files.createSymbolicLink(root.resolve("run"), Path.of("/var/run")); // for xtables' lock
        Files.writeString(root.resolve("var/env.mod.daemon"),
                "export PATH='/mod/sbin:/mod/bin:/mod/usr/sbin:/mod/usr/bin:/mod/etc/init.d:/sbin:/usr/sbin:/bin:/usr/bin'\nexport LANG=en\n");
        for (String link : "etc/default.boxwall etc/init.d/rc.boxwall usr/lib/cgi-bin/boxwall usr/lib/cgi-bin/boxwall.cgi"
                .split(" ")) {
            Files.createSymbolicLink(root.resolve("mod/" + link), Path.of("/" + link));
        }
        for (String file : "mod/etc/static.pkg etc/static.pkg".split(" ")) {
            Files.deleteIfExists(root.resolve(file)); // a real tree has a link there, which would lead out of this root
            Files.writeString(root.resolve(file), "boxwall\n");
        }
        Files.copy(root.resolve("etc/default.boxwall/boxwall.cfg"), root.resolve("mod/etc/conf/boxwall.cfg"));
        Files.writeString(root.resolve("var/flash/freetz"), "");
    }

    /** A JVM that is none: it runs until INT. */
    void jvm() {
        script("usr/bin/jamvm", "#!/bin/sh\ntrap 'exit 0' INT\nwhile :; do sleep 1; done\n");
    }

    void script(String path, String text) {
        try {
            Files.writeString(root.resolve(path), text);
            root.resolve(path).toFile().setExecutable(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void place(Path from, String to) throws IOException {
        Files.createDirectories(root.resolve(to).getParent());
        Files.copy(from, root.resolve(to), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Copies what a program is linked to, at its own place. */
    private void libraries(Path program) throws IOException {
        Process ldd = new ProcessBuilder("ldd", program.toString()).start();
        for (String line : new String(ldd.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
            String path = line.replaceAll("^.*=>", "").replaceAll("\\(.*", "").strip();
            if (path.startsWith("/")) { place(Path.of(path).toRealPath(), path.substring(1)); }
        }
    }

    /** Copies a tree, symbolic links as such. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES,
                            java.nio.file.LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
    }

    private void powerOn() throws IOException {
        File xtables = Stream.of(new File("/usr/lib").listFiles()).map(dir -> new File(dir, "xtables"))
                .filter(File::isDirectory).findFirst()
                .orElseThrow(() -> new IllegalStateException("no /usr/lib/*/xtables: install iptables"));
        String at = root + xtables.getPath();
        space = new ProcessBuilder("unshare", "-n", "-m", "-p", "-f", "--kill-child", "sh", "-c",
                "mount -t proc none " + root + "/proc && mount --bind /dev " + root + "/dev && mkdir -p " + at
                        + " && mount --bind " + xtables + " " + at
                        + " && ip link set lo up && echo up; while :; do sleep 0.3; done")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        if (space.getInputStream().read() != 'u') {
            throw new IllegalStateException("unshare -n -m -p failed: these tests need root");
        }
    }

    /** Runs a line in the box's shell. */
    Answer sh(String line) {
        try {
            Path err = Files.createTempFile("boxwall-freetz", ".err");
            Process process = new ProcessBuilder(inside("/bin/sh", "-c", line)).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running after a minute: " + line);
            }
            Answer answer = new Answer(process.exitValue(), out, Files.readString(err, StandardCharsets.ISO_8859_1));
            Files.delete(err);
            return answer;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What a program of this machine says in the box's network: a browser's part, for which many a box's own wget has
     * too few options.
     */
    String outside(List<String> command) {
        try {
            List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(init()), "-n"));
            line.addAll(command);
            Process process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            process.waitFor();
            return out;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long init() { return space.children().findFirst().orElseThrow().pid(); }

    private List<String> inside(String... command) {
        long init = init();
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(init), "-n", "-m", "-p", "chroot",
                root.toString(), "/usr/bin/env", "-i", "PATH=/sbin:/usr/sbin:/bin:/usr/bin"));
        line.addAll(List.of(command));
        return line;
    }

    /** rc.boxwall with a verb. */
    Answer rc(String verb) { return sh("/mod/etc/init.d/rc.boxwall " + verb); }

    /** A file's text; "" if there is none. */
    String read(String path) {
        try {
            Path file = root.resolve(path);
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both families' filter tables. */
    String tables() {
        return sh(
                "for t in iptables ip6tables; do for n in $(cat /proc/net/${t%tables}_tables_names | sort); do $t-save -t $n; done; done")
                .out().replaceAll("(?m)^#.*\n", "").replaceAll("\\[\\d+:\\d+]", "");
    }

    /** Waits until something holds, looking ten times a second. */
    static boolean within(double seconds, BooleanSupplier what) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (!what.getAsBoolean()) {
            if (System.nanoTime() > end) { return false; }
            try {
                Thread.sleep(100); // between two looks; the bound is above
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return true;
    }

    @Override
    public void close() {
        space.descendants().forEach(ProcessHandle::destroyForcibly);
        space.destroyForcibly();
        try {
            space.waitFor();
            try (Stream<Path> paths = Files.walk(root)) {
                paths.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
