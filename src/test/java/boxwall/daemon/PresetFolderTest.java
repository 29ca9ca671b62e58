package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An include finds only presets and, for a file on disk, files in the same folder, whatever its name is. */
class PresetFolderTest {
    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));

    PresetFolderTest() {
        sys.files.put("/presets/basic.rules", "preset");
        sys.files.put("/home/basic", "same folder");
        sys.files.put("/home/own", "own");
        sys.files.put("/etc/passwd", "secret");
        sys.files.put("/presets/../etc/passwd.rules", "secret");
        sys.files.put("/presets//etc/passwd.rules", "secret");
        sys.files.put("/home/../etc/passwd", "secret");
        sys.files.put("/home/.hidden", "secret");
        sys.files.put("/home/-dash", "secret");
        sys.files.put("/home/", "secret");
    }

    @Test
    void includeFindsPresetBeforeFileInSameFolder() {
        assertEquals("preset", new PresetFolder(sys, "/presets", "/home").find("basic").text);
        assertEquals("own", new PresetFolder(sys, "/presets", "/home").find("own").text);
        assertEquals("preset", new PresetFolder(sys, "/presets", null).find("basic").text);
        assertNull(new PresetFolder(sys, "/presets", null).find("own"), "a ruleset received over HTTP has no folder");
    }

    @Test
    void presetsHaveNamesForAMisspeltOne() {
        assertEquals(List.of("basic"), new PresetFolder(sys, "/presets", "/home").names());
        assertEquals(List.of(), new PresetFolder(sys, "/none", null).names());
    }

    @Test
    void presetsOfSourceTreeAreUsedIfConfiguredFolderIsMissing() {
        sys.files.put("target/../conf/presets/basic.rules", "the tree's");
        assertEquals("/presets", PresetFolder.place(sys, "/presets", "target/boxwall.jar"),
                "the configured folder takes precedence");
        assertEquals("target/../conf/presets", PresetFolder.place(sys, "/none", "target/boxwall.jar"));
        assertEquals("/none", PresetFolder.place(sys, "/none", "/usr/share/boxwall/boxwall.jar"));
        assertEquals("/none", PresetFolder.place(sys, "/none", "target/classes:lib/x.jar"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../etc/passwd", "/etc/passwd", "..", ".hidden", "-dash", "", "a/b", "own\u0000", "own\n",
            "o wn", "%2e%2e"})
    void includeNameWithPathIsRejected(String name) {
        assertNull(new PresetFolder(sys, "/presets", "/home").find(name));
    }
}
