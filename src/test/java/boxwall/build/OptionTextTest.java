package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** An option's text is read in netfilter and syntax; the packages behind them ask for ports, flags or states. */
class OptionTextTest {
    private static final List<String> PACKAGES = List.of("explain", "check", "compile", "optimize", "plan", "report");
    private static final Pattern TEXT = Pattern.compile("\\.value\\(\\)|\\.values\\.get\\(|\\.values\\(\\)\\.get\\(");
    /** Where the text is still looked at, and how often; a number only ever gets smaller. */
    private static final Map<String, Integer> STILL = new TreeMap<>(Map.of("explain/Extensions", 2, // icmp, iprange,
                                                                                                    // mac, mark: by the
                                                                                                    // readers in
                                                                                                    // netfilter
            "explain/Targets", 5, // mark, --to-destination, --to-ports
            "compile/IcmpTypes", 3, "optimize/Merging", 1, "check/RuleLint", 2, // times of day
            "check/MissingReferences", 2)); // sets' names: as written

    @Test
    void nobodyElseReadsAnOptionsText() throws IOException {
        Map<String, Integer> found = new TreeMap<>();
        for (String name : PACKAGES) {
            try (var files = Files.list(Path.of("src/main/java/boxwall").resolve(name))) {
                for (Path file : new ArrayList<>(files.sorted().toList())) {
                    Matcher matcher = TEXT.matcher(Files.readString(file));
                    String type = name + "/" + file.getFileName().toString().replace(".java", "");
                    while (matcher.find()) {
                        found.merge(type, 1, Integer::sum);
                    }
                }
            }
        }
        assertEquals(STILL, found,
                "ask the option for its ports(), flags() or states(), or add a reader to netfilter.Option");
    }
}
