package boxwall.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table of code that behaves differently on JamVM 2.0.0 with GNU Classpath 0.99 than on OpenJDK, and of the files
 * that may contain it. Tests on OpenJDK cannot detect such code; ApiFloorTest checks for missing APIs.
 */
final class JamVmRules {
    /**
     * A row: a pattern for code without comments, the only files that may contain it ("sys/LiveSys"), and the reason.
     */
    record Rule(Pattern pattern, Set<String> files, String reason) {
    }

    private static final String CRASH =
            "JamVM ends when an object is collected that a thread waited on or that two threads locked at once (sys.DelayedCollection): ";
    private static final String SLOW_FORMAT = "formatting a date takes 15 ms and megabytes in GNU Classpath";
    private static final String WRONG = "wrong in GNU Classpath: ";

    static final List<Rule> RULES = List.of(rule(
            "\\b(ProcessBuilder\\(|Runtime\\.getRuntime\\(\\)\\s*\\.exec|(waitFor|exitValue)\\(\\)|\\.destroy\\(\\))",
            "sys/LiveSys sys/CommandResult",
            "a missing program causes no IOException, waiting for a status takes a second, and a process must not be collected early"),
            rule("(?<!DelayedCollection\\.kept\\(new )ProcessBuilder\\(|(?<!DelayedCollection\\.kept\\(process\\))\\.(waitFor|destroy)\\(\\)",
                    "",
                    CRASH + "GNU Classpath waits on a process when it is started, queried or killed, so it goes through DelayedCollection.kept"),
            rule("\\b(wait|notify|notifyAll)\\(", "sys/LiveSys daemon/Watch http/Dispatcher",
                    CRASH + "these three wait on objects that live as long as the daemon"),
            rule("(?<!Expansion|Words)\\.join\\(", "", CRASH + "a thread that is joined is waited on"),
            rule("\\b(Timer|PipedInputStream|PipedReader|CountDownLatch|FutureTask)\\b", "",
                    CRASH + "unknown whether these wait on themselves there"),
            rule("\\bThread\\.sleep\\(", "",
                    "timed waits use the wall clock, which a box sets after boot: wait in steps and check the uptime"),
            rule("\\b(extends Thread|new Thread|ThreadPoolExecutor\\()", "sys/LiveSys sys/EventLog http/Listener",
                    "a thread needs memory and cannot be joined or waited for; these are daemon threads"),
            rule("\\bsetSoTimeout\\(", "http/Connection http/Listener",
                    "close() does not wake a thread in accept or read: these use timeouts"),
            rule("\\bcatch \\(OutOfMemoryError|\\bSystem\\.gc\\(",
                    "sys/EventLog daemon/HeapBudget daemon/Watch http/Connection http/Dispatcher http/Listener",
                    "the next allocation fails too unless the collector ran: caught only where a thread would end, each with System.gc(); HeapBudget measures after a collection"),
            rule("\\bcatch \\(([A-Za-z]+ \\| )*(RuntimeException|Throwable|Exception|Error)\\b",
                    "sys/EventLog daemon/Watch http/Connection http/Dispatcher http/Listener",
                    "sockets of a disconnected peer throw a RuntimeException: caught only where a thread would end"),
            rule("\\b(SimpleDateFormat|DateFormat|Calendar|GregorianCalendar)\\b|\\bnew Date\\(", "", SLOW_FORMAT),
            rule("\\b(SecureRandom|randomUUID|Cipher|Mac\\.getInstance)\\b", "",
                    "slow to seed, or rejects valid input: read the kernel's random numbers"),
            rule("\\bMessageDigest\\.isEqual\\b", "", "not in constant time there: http.AccessControl compares"),
            rule("%[-+ 0-9.,(]*[feEgGb]\\b|%<", "",
                    "String.format prints nothing for %f, fails at %b of null, and does not support %<"),
            rule("\\(\\?<[A-Za-z]", "", "named groups never match there"),
            rule("\\b(headSet|tailSet|subSet|headMap|tailMap|subMap|stripTrailingZeros)\\(|\\bsplit\\(\"\"", "",
                    WRONG + "endless loops, exceptions, a different first part"),
            rule("\\b(URLDecoder|ManagementFactory|FileChannel|FileLock|FileHandler)\\b|\\.set(Readable|Writable|Executable)\\(",
                    "", WRONG + "accepts invalid escapes, sets mode 300, cannot release locks"),
            rule("\\btry \\(", "",
                    "with two exceptions it needs addSuppressed, which is missing, and the first exception is lost"),
            rule("(?<![.\\w])assert\\s", "", "always enabled there, regardless of the command line"),
            rule("\\bparseBody\\(", "", "NanoHTTPD's version maps a file, which fails there"));

    /**
     * The files that use locks: "FILE STATIC" locks on a static object, "FILE MAKER" on an object that only the file
     * MAKER creates, once for the lifetime of the daemon.
     */
    static final List<String> LOCKS = List.of("sys/LiveSys STATIC", "sys/DelayedCollection STATIC",
            "syntax/Extensions STATIC", "modules/Capabilities STATIC", "modules/KernelConfig STATIC",
            "modules/ModuleStates STATIC", "modules/ModulesDep STATIC", "http/Connection STATIC",
            "http/RequestDeadline STATIC", "report/FactsJson STATIC", "modules/KernelGeneration STATIC",
            "daemon/BoxState daemon/DaemonPart", "daemon/Drafts daemon/Api", "daemon/History daemon/DaemonPart",
            "daemon/ReadReplies daemon/Api", "daemon/Watch daemon/Daemon", "daemon/CounterRing daemon/Watch",
            "sys/EventLog daemon/Daemon", "http/ConnectionLimit http/Dispatcher", "http/FailedLogins http/Dispatcher",
            "http/Port daemon/Daemon", "http/Dispatcher http/Port", "daemon/Api daemon/Daemon");

    /** The simple name of each class that locks on itself, and the file that creates it. */
    private static final Map<String, String> MAKERS = LOCKS.stream().filter(lock -> !lock.endsWith(" STATIC")).collect(
            Collectors.toMap(lock -> lock.replaceFirst("^[a-z]+/(\\w+) .*", "$1"), lock -> lock.split(" ")[1]));
    private static final Pattern MADE = Pattern.compile("\\bnew (" + String.join("|", MAKERS.keySet()) + ")\\(");
    private static final Pattern LOCK = Pattern.compile("\\bsynchronized\\b");
    private static final Pattern STATIC_LOCK =
            Pattern.compile("\\bstatic synchronized\\b|\\bsynchronized \\([A-Z][A-Z_]*\\)");

    private JamVmRules() {}

    private static Rule rule(String pattern, String files, String reason) {
        return new Rule(Pattern.compile(pattern), files.isEmpty() ? Set.of() : Set.of(files.split(" ")), reason);
    }

    /**
     * The violations of all rows in the sources below a directory; and the unused entries of rows, which could hide a
     * later violation.
     */
    static List<String> violations(Path main) {
        List<String> violations = new ArrayList<>();
        Set<String> unused = new TreeSet<>();
        RULES.forEach(rule -> rule.files().forEach(file -> unused.add(file + " has none of " + rule.pattern())));
        LOCKS.forEach(lock -> unused.add(lock.split(" ")[0] + " locks nothing"));
        // listed as the creator of Drafts and others
        unused.remove("daemon/Api locks nothing");
        try (Stream<Path> walk = Files.walk(main)) {
            for (Path file : walk.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                String name = main.relativize(file).toString().replaceFirst("\\.java$", "");
                String code = withoutComments(Files.readString(file));
                for (Rule rule : RULES) {
                    checkRule(name, code, rule, violations, unused);
                }
                checkLocks(name, code, violations, unused);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        unused.forEach(row -> violations.add(row + ": take it out of JamVmRules"));
        return violations;
    }

    private static void checkRule(String name, String code, Rule rule, List<String> violations, Set<String> unused) {
        Matcher found = rule.pattern().matcher(code);
        while (found.find()) {
            unused.remove(name + " has none of " + rule.pattern());
            if (!rule.files().contains(name)) {
                violations.add(where(name, code, found) + found.group() + " "
                        + (rule.files().isEmpty() ? "nowhere" : "only in " + new TreeSet<>(rule.files())) + ": "
                        + rule.reason());
            }
        }
    }

    private static void checkLocks(String name, String code, List<String> violations, Set<String> unused) {
        String row = LOCKS.stream().filter(lock -> lock.startsWith(name + " ")).findFirst().orElse(null);
        Matcher found = LOCK.matcher(code);
        while (found.find()) {
            unused.remove(name + " locks nothing");
            Matcher fixed =
                    STATIC_LOCK.matcher(code).region(Math.max(0, found.start() - "static ".length()), code.length());
            if (row == null || row.endsWith(" STATIC") && !(fixed.find() && fixed.start() <= found.start())) {
                violations.add(where(name, code, found) + "synchronized: " + CRASH
                        + "lock on a static object, or add the class to JamVmRules if it has one instance for the daemon's lifetime");
            }
        }
        Matcher made = MADE.matcher(code);
        while (made.find()) {
            String maker = MAKERS.get(made.group(1));
            if (!maker.equals(name)) {
                violations.add(where(name, code, made) + made.group() + " only in " + maker + ": " + CRASH
                        + "the class locks on itself, so it lives as long as the daemon");
            }
        }
    }

    private static String where(String name, String code, Matcher found) {
        return name + ".java:" + (code.substring(0, found.start()).lines().count()
                + (code.charAt(Math.max(0, found.start() - 1)) == '\n' ? 1 : 0)) + ": ";
    }

    /** The code with comments replaced by blanks; literals remain. */
    static String withoutComments(String source) {
        Matcher part = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*+\"|'(?:[^'\\\\\n]|\\\\.)*+'|//[^\n]*|(?s:/\\*.*?\\*/)")
                .matcher(source);
        return part.replaceAll(found -> Matcher.quoteReplacement(
                found.group().startsWith("/") ? found.group().replaceAll("[^\n]", " ") : found.group()));
    }
}
