package boxwall.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Only netfilter and syntax parse an option's text; other packages use its ports, flags or states. */
class OptionTextTest {
    private static final List<String> PACKAGES = List.of("explain", "check", "compile", "optimize", "plan", "report");
    private static final Pattern TEXT = Pattern.compile("\\.values\\.get\\(");

    @Test
    void otherPackagesDoNotParseOptionText() throws IOException {
        List<String> found = new ArrayList<>();
        for (String name : PACKAGES) {
            try (var files = Files.list(Path.of("src/main/java/boxwall").resolve(name))) {
                for (Path file : files.sorted().toList()) {
                    Matcher matcher = TEXT.matcher(Files.readString(file));
                    while (matcher.find()) {
                        found.add(name + "/" + file.getFileName());
                    }
                }
            }
        }
        for (ClassScan each : ClassScan.below(Path.of("target/classes"))) {
            String[] names = each.name.split("/");
            for (ClassScan.Reference reference : PACKAGES.contains(names[1]) ? each.references
                    : List.<ClassScan.Reference>of()) {
                if (reference.owner().equals("boxwall/netfilter/Option") && "value".equals(reference.member())) {
                    found.add(each.where(reference.method(), reference.line()));
                }
            }
        }
        assertEquals(List.of(), found,
                "use the option's ports(), flags(), states() …: netfilter.Option parses the text");
    }
}
