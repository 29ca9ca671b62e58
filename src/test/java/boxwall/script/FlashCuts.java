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
 * The possible contents of the flash folder when the power fails during a write: before and after each command, and in
 * between. A rename is atomic; a file being written may be empty or half written; a tree is removed file by file, from
 * either end. A state maps paths to texts; a folder's path ends in a slash and has no text.
 */
final class FlashCuts {
    private static final String[] WRITING_COMMANDS = {"cp", "mv", "rm", "mkdir", "sync", "modsave", "tar"};
    private final NetBox box;
    private final Path recordings;

    /** Replaces the commands that write by recorders. */
    FlashCuts(NetBox box) {
        this.box = box;
        recordings = box.folder.resolve("cuts");
        try {
            Path real = Files.createDirectory(box.folder.resolve("real"));
            byte[] text = FlashCuts.class.getResourceAsStream("/script/recorder").readAllBytes();
            for (String name : WRITING_COMMANDS) {
                if (Files.exists(box.bin.resolve(name))) { Files.move(box.bin.resolve(name), real.resolve(name)); }
                Files.write(box.bin.resolve(name), text);
                box.bin.resolve(name).toFile().setExecutable(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void startRecording() { box.sh("mkdir " + recordings); }

    /** Every state since startRecording(), each once. */
    Set<NavigableMap<String, String>> states() {
        Set<NavigableMap<String, String>> states = new LinkedHashSet<>();
        NavigableMap<String, String> before = null;
        String command = "";
        for (int n = 1; Files.exists(recordings.resolve(n + ".command")); n++) {
            NavigableMap<String, String> state = read(recordings.resolve("" + n));
            if (before != null) { states.addAll(statesBetween(before, state, command)); }
            states.add(state);
            before = state;
            command = NetBox.read(recordings.resolve(n + ".command"));
        }
        NavigableMap<String, String> last = read(box.state);
        states.addAll(statesBetween(before, last, command));
        states.add(last);
        box.sh("rm -rf " + recordings);
        return states;
    }

    /** The possible states while a command runs. */
    static List<NavigableMap<String, String>> statesBetween(NavigableMap<String, String> before,
            NavigableMap<String, String> after, String command) {
        List<NavigableMap<String, String>> states = new ArrayList<>();
        boolean isRename = command.startsWith("mv ");
        List<String> removed = before.keySet().stream().filter(path -> !after.containsKey(path)).toList();
        for (boolean lastFirst : isRename ? new boolean[0] : new boolean[] {false, true}) {
            NavigableMap<String, String> state = new TreeMap<>(before);
            for (int i = 0; i < removed.size(); i++) {
                String path = removed.get(lastFirst ? removed.size() - 1 - i : i);
                if (!path.endsWith("/")) { // folders are removed last, when they are empty
                    state.remove(path);
                    states.add(new TreeMap<>(state));
                }
            }
        }
        NavigableMap<String, String> state = new TreeMap<>(before);
        state.keySet().removeAll(removed);
        for (Map.Entry<String, String> file : after.entrySet()) {
            String text = file.getValue();
            if (text.equals(before.get(file.getKey())) || isRename && before.containsValue(text)) { continue; }
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

    /** Writes a state to the flash folder. */
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
