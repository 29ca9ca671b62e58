package boxwall.probe;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import boxwall.avm.AvmFirewall;
import boxwall.box.Kernel;
import boxwall.box.Readings;
import boxwall.netfilter.Words;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

/**
 * Reads a box into {@link Readings}: the live one, or one recorded in a folder. No table and no module is named by it,
 * so that looking never loads anything: {@code iptables -t nat -L} would load connection tracking. The probe prints a
 * frame {@code kallsyms}, the lines of /proc/kallsyms that matter.
 */
public final class BoxReader {
    /** Prints every reading that needs a process; see {@link Frames} for the format. */
    private static final String PROBE = "/usr/sbin/boxwall-apply";
    private static final int PROBE_SECONDS = 20;
    private static final int DMESG_BYTES = 256 << 10;
    private static final int COMMAND_BYTES = 2 << 20;
    private static final int DEP_BYTES = 512 << 10;
    private static final int KALLSYMS_BYTES = 12 << 20;
    /** Reading all of kallsyms at once takes three times its size; a small JVM leaves it to the probe. */
    private static final long KALLSYMS_HEAP = 48L << 20;

    private final Sys sys;
    private final String root;
    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, String> commands = new TreeMap<>();

    private BoxReader(Sys sys, String root) {
        this.sys = sys;
        this.root = root.equals("/") ? "" : root;
    }

    /**
     * Reads a box.
     *
     * @param root {@code /} for this machine, with one process; else a recorded folder, without any
     */
    public static Readings read(Sys sys, String root) { return read(sys, root, PROBE); }

    /** As {@link #read(Sys, String)}, with another program in the place of boxwall-apply. */
    public static Readings read(Sys sys, String root, String probe) {
        BoxReader reader = new BoxReader(sys, root);
        if (reader.isLive()) {
            reader.probe(probe);
        } else {
            reader.recordedCommands();
        }
        reader.files();
        reader.modules();
        if (reader.isLive()) {
            reader.programs();
            reader.list("/proc/net");
        }
        reader.list("/lib/modules");
        return new Readings(reader.files, reader.commands);
    }

    /**
     * Asks a live box for some of its readings only.
     *
     * @param part {@code counters} for the tables, {@code addresses}, {@code log} for what LOG rules saw
     * @return what each command printed, by its name; empty when there is no table, or nothing in the log
     * @throws BoxException when the probe can't be started
     */
    public static Map<String, String> part(Sys sys, String probe, String part) throws BoxException {
        Map<String, String> cut = new TreeMap<>();
        for (Map.Entry<String, String> frame : Frames
                .parse(sys.run(Arrays.asList(probe, "probe", part), "", PROBE_SECONDS).out).outputs().entrySet()) {
            cut.put(frame.getKey(), cut(frame.getKey(), frame.getValue()));
        }
        return cut;
    }

    /**
     * A live box's readings whose modules and addresses, all that a plan depends on, are read again.
     *
     * @throws BoxException when the probe can't be started
     */
    public static Readings forPlan(Sys sys, String probe, Readings old) throws BoxException {
        Readings now = old.withCommands(Paths.ADDRESS_COMMANDS, part(sys, probe, "addresses"));
        for (Paths.Entry entry : Paths.FILES) {
            String text = Paths.ADDRESS_FILES.contains(entry.path) ? sys.read(entry.path, entry.limit) : null;
            if (text != null) { now = now.withFile(entry.path, text); }
        }
        return now;
    }

    private void probe(String program) {
        try {
            Frames frames = Frames.parse(sys.run(Arrays.asList(program, "probe"), "", PROBE_SECONDS).out);
            for (Map.Entry<String, String> frame : frames.outputs().entrySet()) {
                if (frame.getKey().equals("kallsyms")) {
                    files.put("/proc/kallsyms", keep(frame.getValue(), Paths.SYMBOLS));
                } else {
                    commands.put(frame.getKey(), cut(frame.getKey(), frame.getValue()));
                }
            }
        } catch (BoxException e) {
            // files still say most of it; what the commands would have said stays unknown, and the record shows why
            commands.put("boxwall-apply_probe", e.getMessage());
        }
    }

    /** The newest part of the kernel log, the start of everything else. */
    private static String cut(String name, String text) {
        if (name.equals("dmesg") && text.length() > DMESG_BYTES) {
            String tail = text.substring(text.length() - DMESG_BYTES);
            return tail.substring(tail.indexOf('\n') + 1);
        }
        return text.length() > COMMAND_BYTES ? text.substring(0, COMMAND_BYTES) : text;
    }

    private void recordedCommands() {
        List<String> names = sys.list(root + "/commands");
        for (String name : names == null ? Collections.<String>emptyList() : names) {
            String text = sys.read(root + "/commands/" + name, COMMAND_BYTES);
            if (text != null) { commands.put(name, cut(name, text)); }
        }
    }

    private void files() {
        for (Paths.Entry entry : Paths.FILES) {
            String text = sys.read(root + entry.path, entry.limit);
            if (text != null) {
                files.put(entry.path,
                        entry.path.equals(AvmFirewall.FILE) ? AvmFirewall.kept(text) : keep(text, entry.keep));
            }
        }
        for (Paths.Entry entry : isLive() ? Collections.<Paths.Entry>emptyList() : Paths.RECORDED) {
            String text = sys.read(root + entry.path, entry.limit);
            if (text != null) { files.put(entry.path, text); }
        }
        for (String path : Paths.PRESENCE) {
            if (sys.read(root + path, 1) != null) { files.put(path, ""); }
        }
        for (String name : names("/proc/net/avm_pa")) {
            presence("/proc/net/avm_pa/" + name);
        }
        for (String name : names("/proc/kdsld")) {
            presence("/proc/kdsld/" + name);
        }
        if (!files.containsKey("/proc/kallsyms")) {
            String symbols = !isLive() || Runtime.getRuntime().maxMemory() >= KALLSYMS_HEAP
                    ? sys.read(root + "/proc/kallsyms", KALLSYMS_BYTES) : null;
            if (symbols != null) { files.put("/proc/kallsyms", keep(symbols, Paths.SYMBOLS)); }
        }
    }

    private boolean isLive() { return root.length() == 0; }

    private void presence(String path) { if (!files.containsKey(path)) { files.put(path, ""); } }

    private List<String> names(String directory) {
        List<String> names = sys.list(root + directory);
        return names == null ? Collections.<String>emptyList() : names;
    }

    /** The lines that have one of the words; all lines when there are no words. */
    static String keep(String text, Collection<String> words) {
        if (words.isEmpty()) { return text; }
        StringBuilder out = new StringBuilder();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            String line = text.substring(start, end);
            for (String word : words) {
                if (line.indexOf(word) >= 0) {
                    out.append(line).append('\n');
                    break;
                }
            }
            start = end + 1;
        }
        return out.toString();
    }

    private void modules() {
        String running = Kernel.release(new Readings(files, commands)).value();
        for (String release : names("/lib/modules")) {
            if (running != null && !running.equals(release)) { continue; }
            String directory = "/lib/modules/" + release;
            for (String file : new String[] {"/modules.dep", "/modules.builtin"}) {
                String text = sys.read(root + directory + file, DEP_BYTES);
                if (text != null) { files.put(directory + file, text); }
            }
            if (isLive()) { listModules(directory, files.get(directory + "/modules.dep")); }
        }
    }

    /**
     * The listings of the directories that hold netfilter's modules: a modules.dep may name files that a small flash
     * had no room for.
     */
    private void listModules(String directory, String dep) {
        TreeSet<String> directories = new TreeSet<>();
        for (String line : Words.lines(dep)) {
            int slash = line.lastIndexOf('/', Math.max(0, line.indexOf(':')));
            if (slash > 0 && line.indexOf("netfilter/") > 0) {
                String path = line.substring(0, slash);
                directories.add(path.startsWith("/") ? path : directory + "/" + path);
            }
        }
        for (String one : directories) {
            list(one);
        }
    }

    private void programs() {
        for (String directory : Paths.COMMANDS) {
            List<String> names = sys.list(root + directory);
            if (names != null) {
                List<String> programs = new java.util.ArrayList<String>();
                for (String name : names) {
                    if (Paths.isProgram(name)) { programs.add(name); }
                }
                listing(directory, programs);
            }
        }
        list(Paths.EXTENSIONS);
    }

    /**
     * Of a box only: a recorded folder has what was kept of one, so what isn't in it proves nothing. The kernels' names
     * are no proof of others' absence.
     */
    private void list(String directory) {
        List<String> names = sys.list(root + directory);
        if (names != null && !commands.containsKey("ls_" + Words.replace(directory, "/", "%2F"))) {
            listing(directory, names);
        }
    }

    private void listing(String directory, List<String> names) {
        StringBuilder out = new StringBuilder();
        for (String name : names) {
            out.append(name).append('\n');
        }
        commands.put("ls_" + Words.replace(directory, "/", "%2F"), out.toString());
    }
}
