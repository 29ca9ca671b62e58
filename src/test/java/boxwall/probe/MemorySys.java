package boxwall.probe;

import boxwall.sys.BoxException;
import boxwall.sys.CommandResult;
import boxwall.sys.EndedCommand;
import boxwall.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A machine with files in memory and a single program, whose output the test sets; every start is recorded.
 */
final class MemorySys implements Sys {
    final Map<String, String> files = new TreeMap<>();
    final List<List<String>> started = new ArrayList<>();
    String output;

    /** A machine with the files of a folder, at their relative paths and below /box. */
    static MemorySys of(Path folder) {
        MemorySys sys = new MemorySys();
        try (var walk = Files.walk(folder)) {
            for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
                sys.files.put("/" + folder.relativize(path), Files.readString(path, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sys;
    }

    @Override
    public CommandResult run(List<String> command, String stdin, int limitSeconds) throws BoxException {
        started.add(command);
        if (output == null) { throw new BoxException(command.get(0) + ": no such program"); }
        return new EndedCommand(command, output, "", 0);
    }

    private static String withoutBoxPrefix(String path) { return path.startsWith("/box/") ? path.substring(4) : path; }

    @Override
    public String read(String path, int limitBytes) {
        String text = files.get(withoutBoxPrefix(path));
        return text == null ? null : text.substring(0, Math.min(limitBytes, text.length()));
    }

    @Override
    public void write(String path, String text) { files.put(withoutBoxPrefix(path), text); }

    @Override
    public List<String> list(String directory) {
        String prefix = withoutBoxPrefix(directory) + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String path : files.keySet()) {
            if (path.startsWith(prefix)) { names.add(path.substring(prefix.length()).split("/")[0]); }
        }
        return names.isEmpty() ? null : new ArrayList<>(names);
    }

    @Override
    public long uptimeMillis() { return 0; }
}
