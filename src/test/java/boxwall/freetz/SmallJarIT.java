package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.build.Budgets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The small jar behaves like the whole one and uses no other members of the class library. */
class SmallJarIT {
    private static final String WHOLE = "target/boxwall-whole.jar";
    private static final String SMALL = "target/boxwall-small.jar";

    private static String output(String jar, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("java", "-XX:TieredStopAtLevel=1", "-jar", jar));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        return "status " + process.waitFor() + "\n" + output;
    }

    @Test
    void outputEqualsThatOfTheWholeJar() throws Exception {
        String box = "src/test/resources/boxes/virtual-avm";
        for (String[] command : new String[][] {{"check", "conf/boxwall.rules", "--root", box},
                {"facts", "--root", box}, {"exposure", "conf/boxwall.rules", "--root", box, "--json"},
                {"explain", "conf/boxwall.rules", "--root", box, "in=lan", "proto=tcp", "dport=22"},
                {"check", "README.md"},
                {"diff", "conf/boxwall.rules", "conf/presets/stateless-basic.rules", "--root", box},
                {"import", "src/test/resources/imports/gateway.sh"}, {}}) {
            String whole = output(WHOLE, command);
            assertTrue(whole.length() > 20, whole);
            assertEquals(whole, output(SMALL, command));
        }
    }

    @Test
    void usesNoOtherMembersOfTheClassLibrary() throws IOException {
        Set<String> small = references(SMALL);
        assertTrue(small.size() > 300, "looked at " + small.size());
        small.removeAll(references(WHOLE));
        assertEquals(Set.of(), small);
        try (JarFile jar = new JarFile(SMALL)) {
            assertTrue(jar.stream().allMatch(entry -> entry.getMethod() == ZipEntry.STORED),
                    "uncompressed: the image's file system compresses better");
        }
    }

    /** The build removes comments only, no text of the page between backquotes and no row of a table. */
    @Test
    void resourcesLoseOnlyComments() throws IOException {
        Path folder = Path.of("src/main/resources");
        try (JarFile jar = new JarFile(SMALL); Stream<Path> files = Files.walk(folder).filter(Files::isRegularFile)) {
            for (Path file : files.filter(file -> !file.endsWith("models.txt")).toList()) {
                boolean page = file.toString().endsWith(".html");
                StringBuilder expected = new StringBuilder();
                boolean quoted = false;
                for (String line : Files.readAllLines(file)) {
                    String shown = page ? line.replaceFirst("^\t+", "") : line;
                    boolean left = shown.isEmpty() || shown.startsWith(page ? "//" : "#");
                    assertFalse(quoted && (left || !shown.equals(line)), file + ": " + line);
                    quoted ^= page && line.chars().filter(c -> c == '`').count() % 2 == 1;
                    expected.append(left ? "" : shown + "\n");
                }
                try (InputStream in = jar.getInputStream(jar.getEntry(folder.relativize(file).toString()))) {
                    assertEquals(expected.toString(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    /**
     * GNU Classpath's Enum.valueOf looks for a field with the constant's name; HotSpot's does not, so no other test
     * would fail.
     */
    @Test
    void enumConstantsReadByValueOfKeepTheirNames() throws IOException {
        Set<String> references = new TreeSet<>();
        read(WHOLE, new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                    String[] exceptions) {
                return name.equals("valueOf") ? null : new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitMethodInsn(int opcode, String owner, String member, String type,
                            boolean isInterface) {
                        if (member.equals("valueOf") && type.equals("(Ljava/lang/String;)L" + owner + ";")
                                && !owner.startsWith("java/")) {
                            references.add(owner.replace('/', '.'));
                        }
                    }
                };
            }
        });
        assertTrue(references.size() >= 5, references.toString());
        String map = Files.readString(Path.of("target/freetz-package/boxwall.map"));
        for (String name : references) {
            String type = name.replace("$", "\\$").replace(".", "\\.");
            Matcher section = Pattern.compile("(?m)^" + type + " -> .*:\n((?: .*\n|#.*\n)*)").matcher(map);
            if (!section.find() && name.startsWith("fi.iki.elonen.")) {
                // removed with the code that uses it
                assertFalse(map.contains(name + " -> "), name);
                continue;
            }
            List<String> constants = Pattern.compile("(?m)^ +" + type + " ([A-Z_0-9]+) -> (\\w+)$")
                    .matcher(section.group(1)).results().map(m -> m.group(1) + "=" + m.group(2)).toList();
            assertTrue(constants.size() >= 2, section.group());
            for (String constant : constants) {
                assertEquals(constant.split("=")[0], constant.split("=")[1], name);
            }
        }
    }

    private static void read(String name, ClassVisitor visitor) throws IOException {
        try (JarFile jar = new JarFile(name)) {
            for (ZipEntry entry : jar.stream().filter(entry -> entry.getName().endsWith(".class")).toList()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    new ClassReader(in.readAllBytes()).accept(visitor, 0);
                }
            }
        }
    }

    /** The members of the class library that the jar's code uses, and the versions of its classes. */
    private static Set<String> references(String name) throws IOException {
        Set<String> references = new TreeSet<>();
        read(name, new ReferenceCollector(references));
        return references;
    }

    /** Collects the members that the code of a class uses. */
    private static final class ReferenceCollector extends ClassVisitor {
        private final Set<String> references;

        ReferenceCollector(Set<String> references) {
            super(Opcodes.ASM9);
            this.references = references;
        }

        @Override
        public void visit(int version, int access, String name, String signature, String superName,
                String[] interfaces) {
            references.add("version " + version);
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                String[] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String member, String type, boolean isInterface) {
                    if (owner.startsWith("java")) { references.add(owner + "." + member + type); }
                }

                @Override
                public void visitFieldInsn(int opcode, String owner, String member, String type) {
                    if (owner.startsWith("java")) { references.add(owner + "." + member); }
                }

                @Override
                public void visitInvokeDynamicInsn(String member, String type, org.objectweb.asm.Handle handle,
                        Object... arguments) {
                    references.add("invokedynamic");
                }
            };
        }
    }

    /** On the box the launcher switches the verifier off. */
    @ParameterizedTest
    @ValueSource(strings = {WHOLE, SMALL})
    void everyClassPassesTheVerifier(String name) throws Exception {
        int classes = 0;
        try (JarFile jar = new JarFile(name);
                URLClassLoader loader = new URLClassLoader(new URL[] {Path.of(name).toUri().toURL()},
                        ClassLoader.getPlatformClassLoader())) {
            for (JarEntry entry : jar.stream().filter(file -> file.getName().endsWith(".class")).toList()) {
                // initialized, because that verifies the class
                Class.forName(entry.getName().replace(".class", "").replace('/', '.'), true, loader);
                classes++;
            }
        }
        assertTrue(classes > 300, classes + " classes");
    }

    /** The classes that a daemon has loaded when it starts to listen. */
    private static List<String> classesLoadedUntilListening(String jar, Path folder) throws Exception {
        Path config = folder.resolve("boxwall.cfg");
        Files.writeString(config, "BOXWALL_PORT='0'\nBOXWALL_LISTEN='loopback'\nBOXWALL_SYSLOG='no'\nBOXWALL_STATE='"
                + folder + "/state'\nBOXWALL_RUN='" + folder + "/run'\nBOXWALL_BIN='" + folder + "'\n");
        ProcessBuilder builder = new ProcessBuilder("java", "-Xshare:off", "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:stdout:none", "-jar", jar, "daemon", "--config", config.toString());
        builder.environment().put("BOXWALL_BRIDGES",
                "lan       Link encap:Ethernet  \n          inet addr:192.0.2.1  Bcast:192.0.2.255  Mask:255.255.255.0\n");
        Process daemon = builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        try {
            Path log = folder.resolve("log");
            assertTrue(
                    FreetzRoot.waitUntil(120,
                            () -> lines(log).stream().anyMatch(line -> line.startsWith("listening on "))),
                    () -> lines(log).toString());
            return lines(log).stream().takeWhile(line -> !line.startsWith("listening on "))
                    .filter(line -> line.contains(" source: ")).map(line -> line.split(" ")[0]).toList();
        } finally {
            daemon.destroyForcibly().waitFor();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** NanoHTTPD would load them without need, for a second each on a box's interpreter. */
    @Test
    void loadsNoLoggersAndPatternsUntilListening(@TempDir Path folder) throws Exception {
        List<String> loaded = classesLoadedUntilListening(SMALL, folder);
        assertTrue(loaded.contains("java.net.ServerSocket"), loaded::toString);
        assertEquals(List.of(),
                loaded.stream().filter(name -> name.matches("java\\.util\\.(logging|regex)\\..*")).toList());
        Budgets.hold("start.jar.classes", loaded.size());
    }

    @Test
    void daemonAnswersHttp(@TempDir Path folder) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path config = folder.resolve("boxwall.cfg");
        Files.writeString(config,
                "export BOXWALL_PORT='" + port + "'\nexport BOXWALL_LISTEN='loopback'\nexport BOXWALL_STATE='" + folder
                        + "/state'\nexport BOXWALL_RUN='" + folder + "/run'\n");
        Process daemon = new ProcessBuilder("java", "-jar", SMALL, "daemon", "--config", config.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        try {
            assertTrue(FreetzRoot.waitUntil(120, () -> answer(port, "/ok") == 204),
                    Files.readString(folder.resolve("log")));
            assertEquals(200, answer(port, "/status"));
            assertEquals(401, answer(port, "/rules"));
            assertEquals(404, answer(port, "/nothing"));
        } finally {
            daemon.destroyForcibly().waitFor();
        }
    }

    /** The status of an answer; -1 without an answer. */
    private static int answer(int port, String path) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
            connection.setConnectTimeout(2000);
            connection.setReadTimeout(10000);
            return connection.getResponseCode();
        } catch (IOException e) {
            return -1;
        }
    }
}
