package boxwall.freetz;

import org.junit.jupiter.api.Test;

/** rc.boxwall as the package brings it, in a busybox root, with stand-ins of modlibrc, modconf, modsave and modreg. */
class ServiceIT {
    /** What happens in a box. */
    interface Scene {
        void play(FreetzRoot box) throws Exception;
    }

    static void in(java.nio.file.Path freetz, Scene scene) throws Exception {
        try (FreetzRoot box = new FreetzRoot(freetz, "en")) {
            scene.play(box);
        }
    }

    @Test
    void nothingIsFilteredUnasked() throws Exception {
        in(null, Contract::firstInstall);
    }

    @Test
    void everyVerbTwice() throws Exception {
        in(null, Contract::everyVerbTwice);
    }

    @Test
    void theStorageWithTheJvmComesLate() throws Exception {
        in(null, Contract::lateStorage);
    }

    @Test
    void aPlanInTheImage() throws Exception {
        in(null, Contract::planInTheImage);
    }
}
