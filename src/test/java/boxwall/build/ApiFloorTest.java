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

/** Checks that boxwall's classes use only what the box's virtual machine supports, and tests this check. */
class ApiFloorTest {
    /** A forbidden statement in {@code void method() throws Exception}, and the row that forbids it. */
    private record Forbidden(String row, int release, String statement) {
    }

    private static final List<Forbidden> FORBIDDEN = List.of(
            new Forbidden("@invokedynamic", 8, "Runnable r = () -> { }; r.run();"),
            new Forbidden("@class-version", 8, "int i = 1;"),
            new Forbidden("@format", 7, "String s = String.format(\"%d of %5.1f\", 1, 2.0);"),
            new Forbidden("@format", 7, "System.out.printf(\"100%% %b\", Boolean.TRUE);"),
            new Forbidden("@format", 7, "String s = String.format(\"%s %<s\", 1);"),
            new Forbidden("@regex-named-group", 7, "java.util.regex.Pattern.compile(\"(?<name>x)\");"),
            new Forbidden("@regex-class", 7, "String[] s = \"a\".split(\"\\\\R\");"),
            new Forbidden("@regex-wrong", 7, "boolean b = \"a\".matches(\"[]a]\");"),
            new Forbidden("@regex-loop", 7, "boolean b = \"a\".matches(\"(?:a|b)*c\");"),
            new Forbidden("java/util/regex/**", 7, "java.util.regex.Pattern p = null; p.matcher(\"\");"),
            new Forbidden("java/lang/String.format", 7, "String s = String.format(\"%d\", 1);"),
            new Forbidden("java/lang/String.split", 7, "String[] s = \"a\".split(\",\");"),
            new Forbidden("java/lang/String.replace(Ljava/lang/CharSequence", 7,
                    "String s = \"a\".replace(\"a\", \"b\");"),
            new Forbidden("java/util/regex/Pattern.quote", 7, "String s = java.util.regex.Pattern.quote(\".\");"),
            new Forbidden("java/util/regex/Matcher.quoteReplacement", 7,
                    "String s = java.util.regex.Matcher.quoteReplacement(\".\");"),
            new Forbidden("java/lang/System.console", 7, "Object o = System.console();"),
            new Forbidden("java/io/Console", 7, "java.io.Console c = null; c.flush();"),
            new Forbidden("java/io/IOError", 7, "throw new java.io.IOError(null);"),
            new Forbidden("java/util/Objects", 7, "Object o = java.util.Objects.requireNonNull(\"\");"),
            new Forbidden("java/util/Objects", 7, "Outer o = null; Object i = o.new Inner();"),
            new Forbidden("java/lang/AutoCloseable", 7, "AutoCloseable c = null;  c.close();"),
            new Forbidden("java/lang/Throwable.addSuppressed", 7,
                    "try (java.io.Closeable c = new java.io.StringReader(\"\")) { c.hashCode(); }"),
            new Forbidden("java/lang/Throwable.addSuppressed", 7, "new RuntimeException().addSuppressed(null);"),
            new Forbidden("java/nio/charset/StandardCharsets", 7,
                    "Object o = java.nio.charset.StandardCharsets.UTF_8;"),
            new Forbidden("java/nio/file/**", 7, "Object o = java.nio.file.Paths.get(\"x\");"),
            new Forbidden("java/io/File.toPath", 7, "Object o = new java.io.File(\"x\").toPath();"),
            new Forbidden("java/util/stream/**", 8, "Object o = new java.util.ArrayList<String>().stream();"),
            new Forbidden("java/util/Optional", 8, "Object o = java.util.Optional.empty();"),
            new Forbidden("java/util/Base64", 8, "Object o = java.util.Base64.getEncoder();"),
            new Forbidden("java/util/List.sort", 8, "new java.util.ArrayList<String>().sort(null);"),
            new Forbidden("java/lang/String.join", 8, "String s = String.join(\",\", \"a\");"),
            new Forbidden("java/util/concurrent/ConcurrentHashMap$KeySetView", 8,
                    "java.util.concurrent.ConcurrentHashMap<String, String> m = null; Object o = m.keySet();"),
            new Forbidden("java/lang/Integer.compare", 7, "int i = Integer.compare(1, 2);"),
            new Forbidden("java/lang/Boolean.compare", 7, "int i = Boolean.compare(true, false);"),
            new Forbidden("java/lang/System.lineSeparator", 7, "String s = System.lineSeparator();"),
            new Forbidden("java/util/concurrent/ThreadLocalRandom", 7,
                    "int i = java.util.concurrent.ThreadLocalRandom.current().nextInt();"),
            new Forbidden("java/util/NavigableMap.headMap(Ljava/lang/Object;Z", 7,
                    "new java.util.TreeMap<String, String>().headMap(\"\", true);"),
            new Forbidden("java/util/NavigableMap.subMap(Ljava/lang/Object;ZLjava/lang/Object;Z", 7,
                    "new java.util.TreeMap<String, String>().subMap(\"\", true, \"\", true);"),
            new Forbidden("java/util/NavigableSet.headSet(Ljava/lang/Object;Z", 7,
                    "new java.util.TreeSet<String>().headSet(\"\", true);"),
            new Forbidden("java/util/EnumMap", 7,
                    "boolean b = new java.util.EnumMap<Thread.State, String>(Thread.State.class).keySet().contains(null);"),
            new Forbidden("java/util/EnumSet", 7, "java.util.EnumSet.noneOf(Thread.State.class).remove(null);"),
            new Forbidden("java/security/MessageDigest.isEqual", 7,
                    "boolean b = java.security.MessageDigest.isEqual(null, null);"),
            new Forbidden("java/text/SimpleDateFormat.<init>", 7, "Object o = new java.text.SimpleDateFormat();"),
            new Forbidden("java/lang/ProcessBuilder", 7, "new ProcessBuilder(\"/bin/true\").start();"),
            new Forbidden("java/lang/Process.waitFor()", 7, "Process p = null; p.waitFor();"),
            new Forbidden("java/lang/Runtime.exec", 7, "Runtime.getRuntime().exec(\"true\");"),
            new Forbidden("java/nio/channels/FileLock.release", 7, "java.nio.channels.FileLock l = null; l.release();"),
            new Forbidden("java/io/File.setReadable", 7, "new java.io.File(\"\").setReadable(false, false);"),
            new Forbidden("java/math/BigDecimal.stripTrailingZeros", 7,
                    "java.math.BigDecimal.ZERO.stripTrailingZeros();"),
            new Forbidden("java/lang/String.getBytes()", 7, "byte[] b = \"\".getBytes();"),
            new Forbidden("java/net/ServerSocket.<init>(I", 7, "new java.net.ServerSocket(8181);"),
            new Forbidden("fi/iki/elonen/NanoHTTPD$IHTTPSession.parseBody", 7,
                    "fi.iki.elonen.NanoHTTPD.IHTTPSession s = null; s.parseBody(null);"));

    @Test
    void codeForBoxUsesOnlyApisOfItsVirtualMachine() {
        List<ClassScan> classes = ClassScan.below(Path.of("target/classes"));
        assertFalse(classes.isEmpty(), "target/classes has no class: the test checked nothing");
        List<String> findings = ApiFloor.ofTheProject().check(classes);
        assertTrue(findings.isEmpty(),
                () -> "JamVM with GNU Classpath 0.98 or 0.99 does not support this. Change it, or, if it is safe there, add to "
                        + "src/test/resources/build/api-floor-allow.txt a row with the reason:\n"
                        + String.join("\n", findings));
    }

    @Test
    void everyExceptionIsUsed() {
        ApiFloor floor = ApiFloor.ofTheProject();
        floor.check(ClassScan.below(Path.of("target/classes")));
        assertTrue(floor.unused().isEmpty(),
                () -> "unused rows of api-floor-allow.txt; remove them: " + floor.unused());
    }

    @Test
    void everyExceptionHasReasonAndRow() {
        Set<String> rows = new HashSet<>();
        ApiFloor.rowsOfTheProject().forEach(r -> rows.add(r.what()));
        for (ApiFloor.Allowance allowance : ApiFloor.allowancesOfTheProject()) {
            assertTrue(allowance.reason().split("\\s+").length >= 4,
                    () -> "a reason of at least four words is expected: " + allowance);
            assertTrue(rows.contains(allowance.what()), () -> "no such row in api-floor.txt: " + allowance);
        }
        Rows.read("classpath-allow.txt", 2)
                .forEach(r -> assertTrue(r[1].split("\\s+").length >= 4, () -> Arrays.toString(r)));
    }

    @TestFactory
    Stream<DynamicTest> forbiddenStatementIsReportedWithClassMethodAndLine() {
        return FORBIDDEN.stream()
                .map(forbidden -> DynamicTest.dynamicTest(forbidden.row() + ": " + forbidden.statement(), () -> {
                    List<String> findings = withoutExceptions()
                            .check(Snippet.compile(forbidden.release(), source(forbidden.statement())));
                    String location = forbidden.row().equals("@class-version") ? "bad.Snippet (Snippet.java): "
                            : "bad.Snippet.method (Snippet.java:4): ";
                    assertTrue(findings.stream().anyMatch(line -> line.startsWith(location + forbidden.row() + ": ")),
                            () -> "found only: " + findings);
                }));
    }

    @Test
    void codeInInterfaceIsReported() {
        List<ClassScan> classes = Snippet.compile(8, "package bad;\ninterface Snippet { default void method() { } }\n");
        List<String> findings = withoutExceptions().check(classes);
        assertTrue(
                findings.stream().anyMatch(l -> l.startsWith("bad.Snippet.method (Snippet.java): @interface-code: ")),
                () -> "" + findings);
    }

    @Test
    void allowedCodeIsNotReported() {
        List<String> permitted = List.of("String s = String.format(\"%d %s 100%% %x\", 1, \"e\", 3);",
                "String s = \"%f and %b\" + 1;",
                "java.util.Map<String, String> m = new java.util.TreeMap<String, String>().headMap(\"a\"); m.clear();",
                "String s = \"a\".replace('a', 'b');",
                "switch (\"a\") { case \"a\": break; default: \"\".getBytes(\"UTF-8\"); }",
                "boolean b = \"a\".matches(\"[a-z]+(,[0-9]{1,3})*(?<!x)(?=y)\");",
                "boolean b = \"a\".equals(\"(?<name>x) \\\\R (a|b)*\");",
                "java.io.InputStream in = new java.io.FileInputStream(\"a\"); try { in.read(); } finally { in.close(); }");
        String reason = "only its arguments are tested here";
        List<ApiFloor.Allowance> allowed =
                List.of(new ApiFloor.Allowance("bad/Snippet", "java/lang/String.format", reason),
                        new ApiFloor.Allowance("bad/Snippet", "java/lang/String.matches", reason));
        for (String statement : permitted) {
            assertEquals(List.of(),
                    new ApiFloor(ApiFloor.rowsOfTheProject(), allowed).check(Snippet.compile(7, source(statement))),
                    statement);
        }
    }

    @Test
    void exceptionAppliesOnlyToItsLocation() {
        ApiFloor.Allowance here =
                new ApiFloor.Allowance("bad/Snippet.method", "java/lang/Integer.compare", "a reason of four words");
        ApiFloor.Allowance elsewhere =
                new ApiFloor.Allowance("bad/Other", "java/lang/Integer.compare", "a reason of four words");
        List<ClassScan> classes = Snippet.compile(7, source("int i = Integer.compare(1, 2);"));
        assertEquals(List.of(), new ApiFloor(ApiFloor.rowsOfTheProject(), List.of(here)).check(classes));
        ApiFloor floor = new ApiFloor(ApiFloor.rowsOfTheProject(), List.of(elsewhere));
        assertEquals(1, floor.check(classes).size());
        assertEquals(List.of(elsewhere), floor.unused());
    }

    /**
     * Checks each row with a class file that uses just its API: this finds rows that can never match.
     */
    @TestFactory
    Stream<DynamicTest> everyRowMatchesItsApi() {
        return ApiFloor.rowsOfTheProject().stream().filter(r -> !r.what().startsWith("@"))
                .map(row -> DynamicTest.dynamicTest(row.what(), () -> {
                    List<String> findings = withoutExceptions().check(List.of(ClassScan.of(classThatUses(row))));
                    assertTrue(findings.stream().anyMatch(l -> l.contains(": " + row.what() + ": " + row.reason())),
                            () -> "found only: " + findings);
                }));
    }

    /** Class and member of each row exist in the JDK that runs this test: a misspelt row would never match. */
    @TestFactory
    Stream<DynamicTest> everyRowNamesExistingClassAndMember() {
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

    private static ApiFloor withoutExceptions() { return new ApiFloor(ApiFloor.rowsOfTheProject(), List.of()); }

    private static String source(String statement) {
        return "package bad;\npublic class Snippet {\n    void method() throws Exception {\n        " + statement
                + "\n    }\n    static class Outer { class Inner { } }\n}\n";
    }
}
