package boxwall.sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Finds programs: Java on the box doesn't search PATH. */
public final class Programs {
    /** The folders that boxwall-apply searches, after $BOXWALL_BIN. */
    public static final List<String> FOLDERS =
            Collections.unmodifiableList(Arrays.asList("/sbin", "/usr/sbin", "/bin", "/usr/bin"));

    private Programs() {}

    /**
     * The absolute path of a program, or null.
     *
     * @param first the first folder to search, or null; skipped if it isn't absolute
     */
    public static String path(Sys sys, String first, String name) {
        List<String> folders = new ArrayList<>(FOLDERS);
        if (first != null && first.startsWith("/")) { folders.add(0, first); }
        for (String folder : folders) {
            List<String> names = sys.list(folder);
            if (names != null && names.contains(name)) { return folder + "/" + name; }
        }
        return null;
    }
}
