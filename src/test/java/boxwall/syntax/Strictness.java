package boxwall.syntax;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** The table of docs/language.md of what boxwall rejects although iptables accepts it. */
final class Strictness {
    private Strictness() {}

    /** The parts of messages in its left column. */
    static Set<String> messages() {
        Set<String> messages = new LinkedHashSet<>();
        try {
            String docs = Files.readString(Path.of("docs/language.md"));
            String table = docs.substring(docs.indexOf("|---|---|", docs.indexOf("| Message |")) + 10);
            for (String line : table.substring(0, table.indexOf("\n\n")).split("\n")) {
                String cell = line.substring(2, line.indexOf(" | ", 2));
                messages.add(cell);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }
}
