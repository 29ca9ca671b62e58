package boxwall.script;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a flash folder can hold when the power goes while something writes to it: before and after each command, and in
 * between. A rename is whole or not at all; a file that is written may be empty or half there; a tree that is removed
 * goes file by file, from either end. A state is a map of paths to texts; a folder's path ends in a slash and has no
 * text.
 */
final class FlashCuts {
    private static final String[] WRITERS = {"cp", "mv", "rm", "mkdir", "sync", "modsave", "tar"};
    private final NetBox box;
    private final Path cuts;

    /** Puts the recorder before the commands that write. */
    FlashCuts(NetBox box) {
        this.box = box;
        cuts = box.folder.resolve("cuts");
        try {
            Path real = Files.createDirectory(box.folder.resolve("real"));
            byte[] text = FlashCuts.class.getResourceAsStream("/script/recorder").readAllBytes();
            for (String name : WRITERS) {
                if (Files.exists(box.bin.resolve(name))) { Files.move(box.bin.resolve(name), real.resolve(name)); }
                Files.write(box.bin.resolve(name), text);
                box.bin.resolve(name).toFile().setExecutable(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void begin() { box.sh("mkdir " + cuts); }

    /** Every state since begin(), each once. */
    Set<NavigableMap<String, String>> end() {
        Set<NavigableMap<String, String>> states = new LinkedHashSet<>();
        NavigableMap<String, String> before = null;
        String command = "";
        for (int n = 1; Files.exists(cuts.resolve(n + ".command")); n++) {
            NavigableMap<String, String> state = read(cuts.resolve("" + n));
            if (before != null) { states.addAll(between(before, state, command)); }
            states.add(state);
            before = state;
            command = NetBox.read(cuts.resolve(n + ".command"));
        }
        NavigableMap<String, String> last = read(box.state);
        states.addAll(between(before, last, command));
        states.add(last);
        box.sh("rm -rf " + cuts);
        return states;
    }

    /** What may be there while a command is under way. */
    static List<NavigableMap<String, String>> between(NavigableMap<String, String> before,
            NavigableMap<String, String> after, String command) {
        List<NavigableMap<String, String>> states = new ArrayList<>();
        boolean renames = command.startsWith("mv ");
        List<String> gone = before.keySet().stream().filter(path -> !after.containsKey(path)).toList();
        for (boolean fromTheEnd : renames ? new boolean[0] : new boolean[] {false, true}) {
            NavigableMap<String, String> state = new TreeMap<>(before);
            for (int i = 0; i < gone.size(); i++) {
                String path = gone.get(fromTheEnd ? gone.size() - 1 - i : i);
                if (!path.endsWith("/")) { // folders go last, when they are empty
                    state.remove(path);
                    states.add(new TreeMap<>(state));
                }
            }
        }
        NavigableMap<String, String> state = new TreeMap<>(before);
        state.keySet().removeAll(gone);
        for (Map.Entry<String, String> file : after.entrySet()) {
            String text = file.getValue();
            if (text.equals(before.get(file.getKey())) || renames && before.containsValue(text)) { continue; }
            for (int length : new int[] {0, text.length() / 2, text.length()}) {
                state.put(file.getKey(), text.substring(0, length));
                states.add(new TreeMap<>(state));
            }
        }
        return states;
    }

    private static NavigableMap<String, String> read(Path folder) {
        NavigableMap<String, String> state = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(path -> !path.equals(folder)).toList()) {
                boolean file = Files.isRegularFile(path);
                state.put(folder.relativize(path) + (file ? "" : "/"),
                        file ? Files.readString(path, StandardCharsets.ISO_8859_1) : "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return state;
    }

    /** Makes the flash folder hold a state. */
    static void write(NetBox box, NavigableMap<String, String> state) {
        box.sh("rm -rf $BOXWALL_STATE/*");
        try {
            for (Map.Entry<String, String> file : state.entrySet()) {
                Path path = box.state.resolve(file.getKey());
                if (file.getKey().endsWith("/")) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    Files.writeString(path, file.getValue(), StandardCharsets.ISO_8859_1);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
