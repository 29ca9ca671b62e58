package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A router's clock jumps, for example from 1970 to today: boxwall displays and records it, but makes no decision by it.
 */
class WallClockTest {
    /** The classes that read the clock, with the number of reads and their purpose. */
    private static final Map<String, Integer> ALLOWED = new TreeMap<>(Map.of("ChangeReplies", 1, // the time of the
                                                                                                 // files
                                                                                                 // in a tar
            "History", 1, // beside the uptime of a change
            "Candidate", 2, // a stamp's "created", and the id of a plan that was made where no kernel has a random one
            "ReadReplies", 1, // the status' clock
            "Api", 1, "Verbs", 1)); // explain: whether a rule with hours holds now

    @Test
    void onlyListedClassesReadWallClock() throws IOException {
        Map<String, Integer> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                int count = Files.readString(file)
                        .split("currentTimeMillis|new (java\\.util\\.)?Date\\(|Calendar\\.getInstance", -1).length - 1;
                if (count > 0) { found.put(file.getFileName().toString().replace(".java", ""), count); }
            }
        }
        assertEquals(ALLOWED, found);
    }
}
