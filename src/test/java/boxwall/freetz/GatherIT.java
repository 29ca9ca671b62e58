package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gather.java on classes that have each kind of method once: what may move moves, what may not stays, and all do as
 * before.
 */
class GatherIT {
    private static final String SOURCE =
            """
                    package some;
                    public final class Main {
                        interface Named { String name(); }
                        enum Kind { SMALL, LARGE; String low() { return name().toLowerCase(); } }
                        static class Base {
                            protected int seen;
                            private String secret() { return "base"; }
                            String overridden() { return "base"; }
                            String asked() { return secret() + overridden(); }
                            public String name() { seen++; return "by base " + seen; }
                            String same(Base other) { return "object" + other.seen; }
                            static String same(Base one, Base other) { return "static" + one.seen + other.seen; }
                        }
                        static final class Sub extends Base implements Named {
                            private String secret() { return "sub"; }
                            @Override String overridden() { return "sub " + super.overridden(); }
                            String above() { return super.overridden() + secret(); }
                            String twice() { return asked() + asked(); }
                            @Override public String toString() { return above(); }
                            synchronized String locked() { return "locked"; }
                        }
                        static final class Bag extends java.util.ArrayList<String> {
                            String cut() { removeRange(0, 1); return size() + " left"; }
                            String counted() { return " " + (modCount > 0); }
                            String plain() { return " " + size(); }
                        }
                        static String all(Object... parts) { StringBuilder all = new StringBuilder(); for (Object part : parts) all.append(part).append(';'); return all.toString(); }
                        public static void main(String[] arguments) {
                            Sub sub = new Sub();
                            Base base = sub;
                            Named named = sub;
                            Bag bag = new Bag();
                            bag.add("a");
                            bag.add("b");
                            System.out.println(all(sub, base.overridden(), base.asked(), named.name(), sub.name(), sub.twice(), base.same(sub), Base.same(base, sub), sub.locked(), sub.secret(), bag.cut(),
                                    bag.counted(), bag.plain(), Kind.valueOf("LARGE").low(), Kind.values().length, new Base().asked()));
                        }
                    }
                    """;
    private static final Set<String> MOVED = Set.of("Main$$all", "Main$Kind$low", "Main$Base$secret", "Main$Base$asked",
            "Main$Base$same", "Main$Base$$same", "Main$Sub$secret", "Main$Sub$twice", "Main$Bag$plain");

    @TempDir
    Path folder;

    private static String said(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        return "status " + process.waitFor() + "\n" + said;
    }

    private Path compiled() throws IOException {
        Path source = folder.resolve("Main.java");
        Files.writeString(source, SOURCE);
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "--release", "7", "-Xlint:-options",
                "-d", folder.toString(), source.toString()));
        Path jar = folder.resolve("in.jar");
        try (Stream<Path> classes = Files.list(folder.resolve("some"));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Path file : classes.sorted().toList()) {
                out.putNextEntry(new ZipEntry("some/" + file.getFileName()));
                out.write(Files.readAllBytes(file));
            }
            out.putNextEntry(new ZipEntry("text"));
            out.write("as it was".getBytes());
        }
        return jar;
    }

    @Test
    void movesWhatMayMoveAndChangesNothing() throws Exception {
        Path in = compiled();
        Path out = folder.resolve("out.jar");
        assertEquals("status 0\n", said("java", "-cp", System.getProperty("java.class.path"),
                "freetz-package/Gather.java", in.toString(), out.toString()));
        String before = said("java", "-cp", in.toString(), "some.Main");
        assertEquals(
                "status 0\nbasesub;sub base;basesub base;by base 1;by base 2;basesub basebasesub base;object2;static22;locked;sub;1 left; true; 1;large;2;basebase;\n",
                before);
        assertEquals(before, said("java", "-Xverify:all", "-cp", out.toString(), "some.Main"));
        try (URLClassLoader there = new URLClassLoader(new URL[] {out.toUri().toURL()}, null)) {
            Set<String> names = Arrays.stream(there.loadClass("boxwall.Gathered").getDeclaredMethods())
                    .map(java.lang.reflect.Method::getName).filter(name -> !name.matches(".*(access\\$\\d+|\\$values)"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(new TreeSet<>(MOVED), names);
            assertEquals("as it was", new String(there.getResourceAsStream("text").readAllBytes()));
            List<String> stayed = new ArrayList<>();
            Arrays.stream(there.loadClass("some.Main$Bag").getDeclaredMethods())
                    .forEach(method -> stayed.add(method.getName()));
            assertEquals(Set.of("cut", "counted"), Set.copyOf(stayed));
        }
    }
}
