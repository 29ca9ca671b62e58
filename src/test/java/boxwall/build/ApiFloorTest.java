package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.Member;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Holds boxwall's own classes to what the box's virtual machine can do, and shows that the holding works. */
class ApiFloorTest {
    /** A bad statement in {@code void method() throws Exception}, and the row that must refuse it. */
    private record Bad(String row, int release, String statement) {
    }

    private static final List<Bad> BAD = List.of(new Bad("@invokedynamic", 8, "Runnable r = () -> { }; r.run();"),
            new Bad("@class-version", 8, "int i = 1;"),
            new Bad("@format", 7, "String s = String.format(\"%d of %5.1f\", 1, 2.0);"),
            new Bad("@format", 7, "System.out.printf(\"100%% %b\", Boolean.TRUE);"),
            new Bad("@format", 7, "String s = String.format(\"%s %<s\", 1);"),
            new Bad("@regex-named-group", 7, "java.util.regex.Pattern.compile(\"(?<name>x)\");"),
            new Bad("@regex-class", 7, "String[] s = \"a\".split(\"\\\\R\");"),
            new Bad("@regex-wrong", 7, "boolean b = \"a\".matches(\"[]a]\");"),
            new Bad("@regex-loop", 7, "boolean b = \"a\".matches(\"(?:a|b)*c\");"),
            new Bad("java/util/regex/**", 7, "java.util.regex.Pattern p = null; p.matcher(\"\");"),
            new Bad("java/lang/String.format", 7, "String s = String.format(\"%d\", 1);"),
            new Bad("java/lang/String.split", 7, "String[] s = \"a\".split(\",\");"),
            new Bad("java/lang/String.replace(Ljava/lang/CharSequence", 7, "String s = \"a\".replace(\"a\", \"b\");"),
            new Bad("java/util/regex/Pattern.quote", 7, "String s = java.util.regex.Pattern.quote(\".\");"),
            new Bad("java/util/regex/Matcher.quoteReplacement", 7,
                    "String s = java.util.regex.Matcher.quoteReplacement(\".\");"),
            new Bad("java/lang/System.console", 7, "Object o = System.console();"),
            new Bad("java/io/Console", 7, "java.io.Console c = null; c.flush();"),
            new Bad("java/io/IOError", 7, "throw new java.io.IOError(null);"),
            new Bad("java/util/Objects", 7, "Object o = java.util.Objects.requireNonNull(\"\");"),
            new Bad("java/util/Objects", 7, "Outer o = null; Object i = o.new Inner();"),
            new Bad("java/lang/AutoCloseable", 7, "AutoCloseable c = null;  c.close();"),
            new Bad("java/lang/Throwable.addSuppressed", 7,
                    "try (java.io.Closeable c = new java.io.StringReader(\"\")) { c.hashCode(); }"),
            new Bad("java/lang/Throwable.addSuppressed", 7, "new RuntimeException().addSuppressed(null);"),
            new Bad("java/nio/charset/StandardCharsets", 7, "Object o = java.nio.charset.StandardCharsets.UTF_8;"),
            new Bad("java/nio/file/**", 7, "Object o = java.nio.file.Paths.get(\"x\");"),
            new Bad("java/io/File.toPath", 7, "Object o = new java.io.File(\"x\").toPath();"),
            new Bad("java/util/stream/**", 8, "Object o = new java.util.ArrayList<String>().stream();"),
            new Bad("java/util/Optional", 8, "Object o = java.util.Optional.empty();"),
            new Bad("java/util/Base64", 8, "Object o = java.util.Base64.getEncoder();"),
            new Bad("java/util/List.sort", 8, "new java.util.ArrayList<String>().sort(null);"),
            new Bad("java/lang/String.join", 8, "String s = String.join(\",\", \"a\");"),
            new Bad("java/util/concurrent/ConcurrentHashMap$KeySetView", 8,
                    "java.util.concurrent.ConcurrentHashMap<String, String> m = null; Object o = m.keySet();"),
            new Bad("java/lang/Integer.compare", 7, "int i = Integer.compare(1, 2);"),
            new Bad("java/lang/Boolean.compare", 7, "int i = Boolean.compare(true, false);"),
            new Bad("java/lang/System.lineSeparator", 7, "String s = System.lineSeparator();"),
            new Bad("java/util/concurrent/ThreadLocalRandom", 7,
                    "int i = java.util.concurrent.ThreadLocalRandom.current().nextInt();"),
            new Bad("java/util/NavigableMap.headMap(Ljava/lang/Object;Z", 7,
                    "new java.util.TreeMap<String, String>().headMap(\"\", true);"),
            new Bad("java/util/NavigableMap.subMap(Ljava/lang/Object;ZLjava/lang/Object;Z", 7,
                    "new java.util.TreeMap<String, String>().subMap(\"\", true, \"\", true);"),
            new Bad("java/util/NavigableSet.headSet(Ljava/lang/Object;Z", 7,
                    "new java.util.TreeSet<String>().headSet(\"\", true);"),
            new Bad("java/util/EnumMap", 7,
                    "boolean b = new java.util.EnumMap<Thread.State, String>(Thread.State.class).keySet().contains(null);"),
            new Bad("java/util/EnumSet", 7, "java.util.EnumSet.noneOf(Thread.State.class).remove(null);"),
            new Bad("java/security/MessageDigest.isEqual", 7,
                    "boolean b = java.security.MessageDigest.isEqual(null, null);"),
            new Bad("java/text/SimpleDateFormat.<init>", 7, "Object o = new java.text.SimpleDateFormat();"),
            new Bad("java/lang/ProcessBuilder", 7, "new ProcessBuilder(\"/bin/true\").start();"),
            new Bad("java/lang/Process.waitFor()", 7, "Process p = null; p.waitFor();"),
            new Bad("java/lang/Runtime.exec", 7, "Runtime.getRuntime().exec(\"true\");"),
            new Bad("java/nio/channels/FileLock.release", 7, "java.nio.channels.FileLock l = null; l.release();"),
            new Bad("java/io/File.setReadable", 7, "new java.io.File(\"\").setReadable(false, false);"),
            new Bad("java/math/BigDecimal.stripTrailingZeros", 7, "java.math.BigDecimal.ZERO.stripTrailingZeros();"),
            new Bad("java/lang/String.getBytes()", 7, "byte[] b = \"\".getBytes();"),
            new Bad("java/net/ServerSocket.<init>(I", 7, "new java.net.ServerSocket(8181);"),
            new Bad("fi/iki/elonen/NanoHTTPD$IHTTPSession.parseBody", 7,
                    "fi.iki.elonen.NanoHTTPD.IHTTPSession s = null; s.parseBody(null);"));

    @Test
    void whatRunsOnTheBoxStaysAboveTheFloor() {
        List<ClassScan> classes = ClassScan.below(Path.of("target/classes"));
        assertFalse(classes.isEmpty(), "target/classes holds no class: the test looked at nothing");
        List<String> refused = ApiFloor.ofTheProject().refuse(classes);
        assertTrue(refused.isEmpty(),
                () -> "JamVM with GNU Classpath 0.98 or 0.99 can't do this. Write it otherwise, or, if it is right there, give "
                        + "src/test/resources/build/api-floor-allow.txt a row with the reason:\n"
                        + String.join("\n", refused));
    }

    @Test
    void noAllowanceIsStale() {
        ApiFloor floor = ApiFloor.ofTheProject();
        floor.refuse(ClassScan.below(Path.of("target/classes")));
        assertTrue(floor.unused().isEmpty(),
                () -> "rows of api-floor-allow.txt that excuse nothing; take them out: " + floor.unused());
    }

    @Test
    void everyAllowanceHasAReasonAndARowOfTheFloor() {
        Set<String> rows = new HashSet<>();
        ApiFloor.rowsOfTheProject().forEach(r -> rows.add(r.what()));
        for (ApiFloor.Allowance allowance : ApiFloor.allowancesOfTheProject()) {
            assertTrue(allowance.reason().split("\\s+").length >= 4,
                    () -> "a reason of four words and more is expected: " + allowance);
            assertTrue(rows.contains(allowance.what()), () -> "no row of api-floor.txt is called so: " + allowance);
        }
        Rows.read("classpath-allow.txt", 2)
                .forEach(r -> assertTrue(r[1].split("\\s+").length >= 4, () -> Arrays.toString(r)));
    }

    @TestFactory
    Stream<DynamicTest> aBadStatementIsRefusedWithClassMethodAndLine() {
        return BAD.stream().map(bad -> DynamicTest.dynamicTest(bad.row() + ": " + bad.statement(), () -> {
            List<String> refused = noAllowances().refuse(Snippet.compile(bad.release(), source(bad.statement())));
            String place = bad.row().equals("@class-version") ? "bad.Snippet (Snippet.java): "
                    : "bad.Snippet.method (Snippet.java:4): ";
            assertTrue(refused.stream().anyMatch(line -> line.startsWith(place + bad.row() + ": ")),
                    () -> "refused only: " + refused);
        }));
    }

    @Test
    void codeInAnInterfaceIsRefused() {
        List<ClassScan> classes = Snippet.compile(8, "package bad;\ninterface Snippet { default void method() { } }\n");
        List<String> refused = noAllowances().refuse(classes);
        assertTrue(refused.stream().anyMatch(l -> l.startsWith("bad.Snippet.method (Snippet.java): @interface-code: ")),
                () -> "" + refused);
    }

    @Test
    void goodCodeIsNotRefused() {
        List<String> good = List.of("String s = String.format(\"%d %s 100%% %x\", 1, \"e\", 3);",
                "String s = \"%f and %b\" + 1;",
                "java.util.Map<String, String> m = new java.util.TreeMap<String, String>().headMap(\"a\"); m.clear();",
                "String s = \"a\".replace('a', 'b');",
                "switch (\"a\") { case \"a\": break; default: \"\".getBytes(\"UTF-8\"); }",
                "boolean b = \"a\".matches(\"[a-z]+(,[0-9]{1,3})*(?<!x)(?=y)\");",
                "boolean b = \"a\".equals(\"(?<name>x) \\\\R (a|b)*\");",
                "java.io.InputStream in = new java.io.FileInputStream(\"a\"); try { in.read(); } finally { in.close(); }");
        String reason = "what is refused is how, not that";
        List<ApiFloor.Allowance> allowed =
                List.of(new ApiFloor.Allowance("bad/Snippet", "java/lang/String.format", reason),
                        new ApiFloor.Allowance("bad/Snippet", "java/lang/String.matches", reason));
        for (String statement : good) {
            assertEquals(List.of(),
                    new ApiFloor(ApiFloor.rowsOfTheProject(), allowed).refuse(Snippet.compile(7, source(statement))),
                    statement);
        }
    }

    @Test
    void anAllowanceHoldsOnlyWhereItSays() {
        ApiFloor.Allowance here =
                new ApiFloor.Allowance("bad/Snippet.method", "java/lang/Integer.compare", "a reason of four words");
        ApiFloor.Allowance elsewhere =
                new ApiFloor.Allowance("bad/Other", "java/lang/Integer.compare", "a reason of four words");
        List<ClassScan> classes = Snippet.compile(7, source("int i = Integer.compare(1, 2);"));
        assertEquals(List.of(), new ApiFloor(ApiFloor.rowsOfTheProject(), List.of(here)).refuse(classes));
        ApiFloor floor = new ApiFloor(ApiFloor.rowsOfTheProject(), List.of(elsewhere));
        assertEquals(1, floor.refuse(classes).size());
        assertEquals(List.of(elsewhere), floor.unused());
    }

    /**
     * Each row is shown a class file that does just what the row refuses: a row that can't match would be found here.
     */
    @TestFactory
    Stream<DynamicTest> everyRowRefusesWhatItNames() {
        return ApiFloor.rowsOfTheProject().stream().filter(r -> !r.what().startsWith("@"))
                .map(row -> DynamicTest.dynamicTest(row.what(), () -> {
                    List<String> refused = noAllowances().refuse(List.of(ClassScan.of(classThatUses(row))));
                    assertTrue(refused.stream().anyMatch(l -> l.contains(": " + row.what() + ": " + row.reason())),
                            () -> "refused only: " + refused);
                }));
    }

    /** A misspelt row would never match anything: its class and member must exist in the JDK that runs this. */
    @TestFactory
    Stream<DynamicTest> everyRowNamesSomethingThatExists() {
        return ApiFloor.rowsOfTheProject().stream().filter(r -> !r.what().startsWith("@") && !r.isPackage())
                .map(row -> DynamicTest.dynamicTest(row.what(), () -> {
                    Class<?> owner = Class.forName(row.owner().replace('/', '.'), false, getClass().getClassLoader());
                    if (row.member() != null && members(owner).noneMatch(m -> names(row, m))) {
                        fail(row.what() + ": " + owner + " has no such member");
                    }
                }));
    }

    private static Stream<Member> members(Class<?> owner) {
        return Stream.of(owner.getDeclaredMethods(), owner.getDeclaredConstructors(), owner.getDeclaredFields())
                .flatMap(Arrays::stream);
    }

    private static boolean names(ApiFloor.Row row, Member member) {
        String name = member instanceof java.lang.reflect.Constructor ? "<init>" : member.getName();
        String descriptor = "";
        if (member instanceof java.lang.reflect.Constructor<?> constructor) {
            descriptor = Type.getConstructorDescriptor(constructor);
        } else if (member instanceof java.lang.reflect.Method method) { descriptor = Type.getMethodDescriptor(method); }
        return name.equals(row.member()) && descriptor.startsWith(row.descriptor());
    }

    private static byte[] classThatUses(ApiFloor.Row row) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V1_7, Opcodes.ACC_PUBLIC, "bad/Made", null, "java/lang/Object", null);
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "method", "()V", null, null);
        method.visitCode();
        if (row.member() == null) {
            method.visitTypeInsn(Opcodes.INSTANCEOF, row.isPackage() ? row.owner() + "Any" : row.owner());
        } else {
            String arguments = row.descriptor().isEmpty() ? "()" : row.descriptor();
            String open = arguments.endsWith("/lang/String") || arguments.matches(".*L[^;]*") ? ";" : "";
            String descriptor = arguments + open + (arguments.endsWith(")") ? "" : ")") + "V";
            int opcode = row.member().equals("<init>") ? Opcodes.INVOKESPECIAL : Opcodes.INVOKEVIRTUAL;
            method.visitMethodInsn(opcode, row.owner(), row.member(), descriptor, false);
        }
        method.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static ApiFloor noAllowances() { return new ApiFloor(ApiFloor.rowsOfTheProject(), List.of()); }

    private static String source(String statement) {
        return "package bad;\npublic class Snippet {\n    void method() throws Exception {\n        " + statement
                + "\n    }\n    static class Outer { class Inner { } }\n}\n";
    }
}
