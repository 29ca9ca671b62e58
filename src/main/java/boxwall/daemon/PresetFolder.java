package boxwall.daemon;

import boxwall.netfilter.Words;
import boxwall.syntax.Includes;
import boxwall.syntax.Preset;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Finds the files of {@code include NAME}: presets, and the files beside a ruleset on disk. No name has a slash. */
public final class PresetFolder implements Includes {
    /** One byte more than a ruleset's text may have. */
    private static final int MAX_BYTES = RulesetParser.FILE_LIMIT + 1;

    private final Sys sys;
    private final String presets;
    private final String beside;

    /** {@code beside} is the folder of the ruleset's file, or null if it has none. */
    public PresetFolder(Sys sys, String presets, String beside) {
        this.sys = sys;
        this.presets = presets;
        this.beside = beside;
    }

    /**
     * The folder of the presets: the configured one; on a PC without it, conf/presets of the source tree.
     *
     * @param jar the path of the jar as java.class.path has it with -jar
     */
    public static String place(Sys sys, String configured, String jar) {
        String tree = inTree(sys, jar, "conf/presets");
        return sys.list(configured) == null && tree != null ? tree : configured;
    }

    /** A folder of the source tree that has the jar in its target/; null if there is none. */
    public static String inTree(Sys sys, String jar, String folder) {
        int slash = jar.lastIndexOf('/');
        String tree = (slash < 0 ? "" : jar.substring(0, slash) + "/") + "../" + folder;
        return jar.endsWith(".jar") && jar.indexOf(':') < 0 && sys.list(tree) != null ? tree : null;
    }

    @Override
    public Source find(String name) {
        if (!Words.isName(name, "_.+-") || name.charAt(0) == '.' || name.charAt(0) == '-') { return null; }
        String text = sys.read(presets + "/" + name + ".rules", MAX_BYTES);
        if (text != null) { return Source.preset(name, text); }
        text = beside == null ? null : sys.read(beside + "/" + name, MAX_BYTES);
        return text == null ? null : new Source(name, text);
    }

    @Override
    public List<String> names() {
        List<String> files = sys.list(presets);
        List<String> names = new ArrayList<>();
        for (String file : files == null ? Collections.<String>emptyList() : files) {
            if (file.endsWith(".rules")) { names.add(file.substring(0, file.length() - 6)); }
        }
        return names;
    }

    /** All presets, by name. */
    public List<Preset> all() {
        List<Preset> all = new ArrayList<>();
        for (String name : names()) {
            Source source = find(name);
            if (source != null) { all.add(new Preset(source)); }
        }
        return all;
    }
}
