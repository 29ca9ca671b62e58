package boxwall.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import boxwall.avm.AvmFirewall;
import boxwall.box.Kernel;
import boxwall.box.Readings;
import boxwall.netfilter.Rows;
import boxwall.netfilter.Words;
import boxwall.sys.BoxException;
import boxwall.sys.Programs;
import boxwall.sys.Sys;

/**
 * Reads a box into {@link Readings}: the live one, or one recorded in a folder. It names no table and no module,
 * because reading must not load anything: {@code iptables -t nat -L} would load connection tracking. The probe prints a
 * frame {@code kallsyms}, the relevant lines of /proc/kallsyms.
 */
public final class BoxReader {
    /** Prints every reading that needs a process; see {@link #frames} for the format. */
    private static final String PROBE = "/usr/sbin/boxwall-apply";
    private static final int PROBE_SECONDS = 20;
    private static final int DMESG_BYTES = 256 << 10;
    private static final int COMMAND_BYTES = 2 << 20;
    private static final int DEP_BYTES = 512 << 10;
    /** Reading all of kallsyms at once takes three times its size; a small JVM leaves it to the probe. */
    private static final long KALLSYMS_HEAP = 48L << 20;

    /** The rows of the resource {@code paths}: kind, path, KiB, then words that lines which are kept have. */
    static final List<String[]> PATHS = Rows.of("/boxwall/probe/paths");
    /** Programs worth keeping in the listing of their directory, beside iptables'. */
    private static final List<String> PROGRAMS =
            Arrays.asList("modprobe", "kmod", "busybox", "dsld", "modsave", "jamvm", "java");

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
        return frames(sys.run(Arrays.asList(probe, "probe", part), "", PROBE_SECONDS).out);
    }

    /**
     * A live box's readings whose modules and addresses, all that a plan depends on, are read again.
     *
     * @throws BoxException when the probe can't be started
     */
    public static Readings forPlan(Sys sys, String probe, Readings old) throws BoxException {
        Readings now = old.withCommands(Arrays.asList("ifconfig_-a", "ip_addr"), part(sys, probe, "addresses"));
        for (String[] row : PATHS) {
            String text = row[0].equals("plan") ? sys.read(row[1], limit(row)) : null;
            if (text != null) { now = now.withFile(row[1], text); }
        }
        return now;
    }

    private void probe(String program) {
        try {
            commands.putAll(frames(sys.run(Arrays.asList(program, "probe"), "", PROBE_SECONDS).out));
        } catch (BoxException e) {
            // files still say most of it; what the commands would have said stays unknown, and the record shows why
            commands.put("boxwall-apply_probe", e.getMessage());
        }
    }

    /**
     * What {@code boxwall-apply probe} prints: for each command a head with its name (blanks as {@code _}, slashes as
     * {@code %2F}) and status, then its output, a character in front of each line, {@code |} for stdout, {@code !} for
     * stderr. Status 127 with nothing printed means that there is no such command. <pre>
     * &#64;iptables_--version rc=0
     * |iptables v1.4.11.1
     * &#64;ip_addr rc=127
     * </pre>
     */
    static Map<String, String> frames(String text) {
        Map<String, String> outputs = new TreeMap<>();
        String name = null;
        String status = "";
        StringBuilder out = new StringBuilder();
        for (String line : Words.lines(text + "\n@")) {
            if (line.startsWith("@")) {
                if (name != null && (!status.equals("127") || out.length() > 0)) {
                    outputs.put(name, cut(name, out.toString()));
                }
                int end = line.indexOf(" rc=");
                name = end > 1 && end < 122 && Words.isName(line.substring(1, end), "_.%+-") ? line.substring(1, end)
                        : null;
                status = name == null ? "" : line.substring(end + 4).trim();
                out = new StringBuilder();
            } else if (line.startsWith("|")) { out.append(line.substring(1)).append('\n'); }
        }
        return outputs;
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
        for (String name : names("/commands")) {
            String text = sys.read(root + "/commands/" + name, COMMAND_BYTES);
            if (text != null) { commands.put(name, cut(name, text)); }
        }
    }

    private void files() {
        String probed = commands.remove("kallsyms");
        for (String[] row : PATHS) {
            String kind = row[0];
            String path = row[1];
            boolean symbols = kind.equals("symbols");
            boolean read = symbols ? probed == null && (!isLive() || Runtime.getRuntime().maxMemory() >= KALLSYMS_HEAP)
                    : !isLive() || !kind.equals("recorded");
            String text = read ? sys.read(root + path, limit(row)) : symbols ? probed : null;
            if (text != null) {
                files.put(path, kind.equals("present") ? "" : path.equals(AvmFirewall.FILE) ? AvmFirewall.kept(text)
                        : text == probed ? text : kept(row, text));
            }
        }
        for (String folder : new String[] {"/proc/net/avm_pa", "/proc/kdsld"}) {
            for (String name : names(folder)) {
                if (!files.containsKey(folder + "/" + name)) { files.put(folder + "/" + name, ""); }
            }
        }
    }

    private static int limit(String[] row) { return Integer.parseInt(row[2]) << 10; }

    /** The lines that may be kept. */
    private static String kept(String[] row, String text) {
        if (row.length == 3) { return text; }
        StringBuilder out = new StringBuilder();
        for (String line : Words.lines(text)) {
            boolean kept = false;
            for (int i = 3; !kept && i < row.length; i++) {
                kept = Words.find(line, row[i].replace('~', ' '), 0) >= 0;
            }
            out.append(kept ? line + "\n" : "");
        }
        return out.toString();
    }

    private boolean isLive() { return root.length() == 0; }

    private List<String> names(String directory) {
        List<String> names = sys.list(root + directory);
        return names == null ? Collections.<String>emptyList() : names;
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
        for (String directory : Programs.FOLDERS) {
            List<String> names = sys.list(directory);
            if (names == null) { continue; }
            List<String> programs = new ArrayList<>();
            for (String name : names) {
                if (name.indexOf("tables") >= 0 || PROGRAMS.contains(name)) { programs.add(name); }
            }
            listing(directory, programs);
        }
        list("/usr/lib/xtables");
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
        commands.put("ls_" + Words.replace(directory, "/", "%2F"),
                names.isEmpty() ? "" : Words.join(names, "\n") + "\n");
    }
}
