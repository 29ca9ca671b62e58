package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An include reaches the presets and, for a file on disk, what lies beside it: nothing else, whatever it is called. */
class PresetFolderTest {
    private final FakeBox sys = new FakeBox(Path.of("src/test/resources/boxes/virtual"));

    PresetFolderTest() {
        sys.files.put("/presets/basic.rules", "preset");
        sys.files.put("/home/basic", "beside");
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
    void presetsFirstThenWhatLiesBesideAFile() {
        assertEquals("preset", new PresetFolder(sys, "/presets", "/home").find("basic", "rules").text);
        assertEquals("own", new PresetFolder(sys, "/presets", "/home").find("own", "rules").text);
        assertEquals("preset", new PresetFolder(sys, "/presets", null).find("basic", "rules").text);
        assertNull(new PresetFolder(sys, "/presets", null).find("own", "rules"), "what came over HTTP has no folder");
    }

    @Test
    void aDeskTakesThoseOfTheTreeWhereTheSettingsNameNone() {
        sys.files.put("target/../conf/presets/basic.rules", "the tree's");
        assertEquals("/presets", PresetFolder.place(sys, "/presets", "target/boxwall.jar"), "the settings win");
        assertEquals("target/../conf/presets", PresetFolder.place(sys, "/none", "target/boxwall.jar"));
        assertEquals("/none", PresetFolder.place(sys, "/none", "/usr/share/boxwall/boxwall.jar"));
        assertEquals("/none", PresetFolder.place(sys, "/none", "target/classes:lib/x.jar"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../etc/passwd", "/etc/passwd", "..", ".hidden", "-dash", "", "a/b", "own\u0000", "own\n",
            "o wn", "%2e%2e"})
    void noPathComesFromARuleset(String name) {
        assertNull(new PresetFolder(sys, "/presets", "/home").find(name, "rules"));
    }
}
