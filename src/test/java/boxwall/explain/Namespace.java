package boxwall.explain;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs Java programs in new network namespaces, and other programs with an input. Needs root and unshare. */
public final class Namespace {
    /** The output of a Java program, stderr included, and its exit status. */
    public record Run(String output, int status) {
    }

    private Namespace() {}

    /** Compiles the injector of packets (inject.c) into a folder; needs gcc. */
    public static String injector(Path folder) throws IOException, InterruptedException {
        String injector = folder.resolve("inject").toString();
        run("", "gcc", "-O1", "-o", injector, "src/test/java/boxwall/explain/inject.c");
        return injector;
    }

    /**
     * Runs a class of the tests in a new network namespace. It has a separate /run, which contains the lock of
     * iptables.
     *
     * @param folder for the output
     * @param words options of the JVM, the class and its arguments
     */
    public static Run java(Path folder, int seconds, String... words) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> command =
                new ArrayList<>(List.of("unshare", "-n", "-m", "sh", "-c", "mount -t tmpfs none /run && exec \"$@\"",
                        "sh", Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        System.getProperty("java.class.path")));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertTrue(ended, "did not end within " + seconds + " s: " + printed);
        return new Run(printed, process.waitFor());
    }

    /** The output of a command for an input; throws an error if the command fails. */
    public static String run(String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output + "\n" + input);
        }
        return output;
    }
}
