package boxwall.imports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The firewall scripts and saved rules in src/test/resources/imports; each NAME has a file NAME.golden. */
final class Scripts {
    static final Path FOLDER = Path.of("src/test/resources/imports");

    private Scripts() {}

    static List<Path> all() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(f -> !f.toString().endsWith(".golden")).sorted().toList();
        }
    }

    static String text(Path file) throws IOException { return Files.readString(file, StandardCharsets.ISO_8859_1); }

    /** Imports a text without an argument for the script. */
    static Imported read(String name, String text) {
        return Imported.read(name, text, null);
    }

    static Imported imported(Path file) throws IOException { return read(file.getFileName().toString(), text(file)); }
}
