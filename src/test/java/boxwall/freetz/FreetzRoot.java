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
 * The root of a Freetz box for chroot: busybox, real iptables, Freetz' files and the package, in its own network, mount
 * and process namespaces. Freetz' files are stubs, or those of a real tree under mod/files/root. Closing it kills every
 * process in it.
 */
final class FreetzRoot implements AutoCloseable {
    /** The assembled package's files for the box. */
    static final Path PACKAGE = Path.of("target/freetz-package/addon/boxwall-0.1/root");
    private static final Path STUBS = Path.of("src/test/resources/freetz/root");
    private static final Path VIRTUAL_BOX = Path.of("src/box/rootfs");
    private static final String LEGACY = "/usr/sbin/xtables-legacy-multi";

    /**
     * May differ from the machine's, to test one that Freetz has built: statically linked, because it runs in the box.
     */
    private static final Path BUSYBOX = Path.of(System.getProperty("boxwall.busybox", "/bin/busybox"));

    /** A command's exit status and output. */
    record Answer(int status, String out, String err) {
        String all() { return "status " + status + "\n" + out + err; }
    }

    final Path root;
    private Process namespaces;

    /**
     * @param freetz mod/files/root of a real tree, or null for the stubs
     * @param language de or en
     */
    FreetzRoot(Path freetz, String language) { this(freetz, language, null); }

    /** @param applets the applets to link, null for all of busybox */
    FreetzRoot(Path freetz, String language, Set<String> applets) {
        try {
            root = Files.createTempDirectory("boxwall-freetz");
            for (String folder : "bin sbin usr/bin usr/sbin proc dev sys lib mod/etc/conf mod/etc/reg mod/etc/init.d mod/usr/lib/cgi-bin mod/pkg mod/var/cache var/tmp/flash var/run var/flash var/log"
                    .split(" ")) {
                Files.createDirectories(root.resolve(folder));
            }
            if (freetz == null) {
                copy(STUBS, root);
                for (String file : new String[] {"etc/init.d/modlibrc", "usr/bin/modsave"}) {
                    copyInto(VIRTUAL_BOX.resolve(file), file);
                }
            } else {
                copy(freetz, root);
                Languages.fillAll(root, language);
            }
            copy(PACKAGE, root);
            Files.writeString(root.resolve("etc/lang"), language + "\n");
            Languages.fill(root, language);
            installBusybox(applets);
            installIptables();
            createLinks();
            powerOn();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Links applets for which the image has no program. */
    private void installBusybox(Set<String> applets) throws IOException {
        copyInto(BUSYBOX, "bin/busybox");
        copyLibraries(BUSYBOX);
        Process list = new ProcessBuilder(BUSYBOX.toString(), "--list-full").start();
        for (String applet : new String(list.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
            Path link = root.resolve(applet);
            if (applets != null && !applets.contains(link.getFileName().toString())) { continue; }
            Files.createDirectories(link.getParent());
            if (!Files.exists(link)) { Files.createSymbolicLink(link, Path.of("/bin/busybox")); }
        }
    }

    private void installIptables() throws IOException {
        copyInto(Path.of(LEGACY), LEGACY.substring(1));
        copyLibraries(Path.of(LEGACY));
        for (String name : "iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore"
                .split(" ")) {
            Files.createSymbolicLink(root.resolve("usr/sbin/" + name), Path.of(LEGACY));
        }
        // the host's modules must not change
        for (String stub : new String[] {"sbin/modprobe", "sbin/rmmod", "sbin/insmod"}) {
            Files.deleteIfExists(root.resolve(stub));
            script(stub, "#!/bin/sh\nexit 0\n");
        }
    }

    /** Creates what Freetz' modload makes for a package of /etc/static.pkg, and the files of its var.tar. */
    private void createLinks() throws IOException {
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
            Files.deleteIfExists(root.resolve(file)); // in a real tree a link that points outside this root
            Files.writeString(root.resolve(file), "boxwall\n");
        }
        Files.copy(root.resolve("etc/default.boxwall/boxwall.cfg"), root.resolve("mod/etc/conf/boxwall.cfg"));
        Files.writeString(root.resolve("var/flash/freetz"), "");
    }

    /** A stub of a JVM: runs until INT. */
    void installJvm() {
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

    private void copyInto(Path from, String to) throws IOException {
        Files.createDirectories(root.resolve(to).getParent());
        Files.copy(from, root.resolve(to), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Copies the libraries of a program to the same paths. */
    private void copyLibraries(Path program) throws IOException {
        Process ldd = new ProcessBuilder("ldd", program.toString()).start();
        for (String line : new String(ldd.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
            String path = line.replaceAll("^.*=>", "").replaceAll("\\(.*", "").strip();
            if (path.startsWith("/")) { copyInto(Path.of(path).toRealPath(), path.substring(1)); }
        }
    }

    /** Copies a tree; symbolic links stay links. */
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
        namespaces = new ProcessBuilder("unshare", "-n", "-m", "-p", "-f", "--kill-child", "sh", "-c",
                "mount -t proc none " + root + "/proc && mount --bind /dev " + root + "/dev && mkdir -p " + at
                        + " && mount --bind " + xtables + " " + at
                        + " && ip link set lo up && echo up; while :; do sleep 0.3; done")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        if (namespaces.getInputStream().read() != 'u') {
            throw new IllegalStateException("unshare -n -m -p failed: these tests need root");
        }
    }

    /** Runs a command in the box's shell. */
    Answer sh(String line) {
        try {
            Path err = Files.createTempFile("boxwall-freetz", ".err");
            Process process =
                    new ProcessBuilder(commandInside("/bin/sh", "-c", line)).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running after two minutes: " + line);
            }
            Answer answer = new Answer(process.exitValue(), out, Files.readString(err, StandardCharsets.ISO_8859_1));
            Files.delete(err);
            return answer;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs a program of this machine in the box's network, as a browser: the wget of some boxes has too few options.
     */
    String runOutside(List<String> command) {
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

    private long init() { return namespaces.children().findFirst().orElseThrow().pid(); }

    private List<String> commandInside(String... command) {
        long init = init();
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(init), "-n", "-m", "-p", "chroot",
                root.toString(), "/usr/bin/env", "-i", "PATH=/sbin:/usr/sbin:/bin:/usr/bin"));
        line.addAll(List.of(command));
        return line;
    }

    /** Runs rc.boxwall with a verb. */
    Answer rc(String verb) { return sh("/mod/etc/init.d/rc.boxwall " + verb); }

    /** A file's text; "" if the file does not exist. */
    String read(String path) {
        try {
            Path file = root.resolve(path);
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tables of both families. */
    String tables() {
        return sh(
                "for t in iptables ip6tables; do for n in $(cat /proc/net/${t%tables}_tables_names | sort); do $t-save -t $n; done; done")
                .out().replaceAll("(?m)^#.*\n", "").replaceAll("\\[\\d+:\\d+]", "");
    }

    /** Waits until a condition holds, checking ten times a second; false after the limit. */
    static boolean waitUntil(double seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) { return false; }
            try {
                Thread.sleep(100); // between two checks
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return true;
    }

    @Override
    public void close() {
        namespaces.descendants().forEach(ProcessHandle::destroyForcibly);
        namespaces.destroyForcibly();
        try {
            namespaces.waitFor();
            try (Stream<Path> paths = Files.walk(root)) {
                paths.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
