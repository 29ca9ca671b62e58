package boxwall.probe;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import boxwall.avm.AvmFirewall;
import boxwall.box.Kernel;
import boxwall.box.Readings;
import boxwall.netfilter.ResourceRows;
import boxwall.netfilter.Words;
import boxwall.sys.BoxException;
import boxwall.sys.Programs;
import boxwall.sys.Sys;

/**
 * Reads a box into {@link Readings}: the live one, or one recorded in a folder. It names no table and no module,
 * because reading must not load anything: {@code iptables -t nat -L} would load connection tracking.
 */
public final class BoxReader {
    private static final int PROBE_SECONDS = 20;
    private static final int DMESG_BYTES = 256 << 10;
    private static final int COMMAND_BYTES = 2 << 20;
    private static final int DEP_BYTES = 512 << 10;
    /** Lines are selected in parts of a text. */
    private static final int PART_BYTES = 64 << 10;
    /** Reading all of kallsyms takes three times its size; in a smaller JVM only the probe reads it. */
    private static final long KALLSYMS_HEAP = 48L << 20;

    /** The rows of the resource {@code paths}: kind, path, KiB, then words of the lines to keep. */
    static final List<String[]> PATHS = ResourceRows.of("/boxwall/probe/paths");
    /** Relevant programs besides iptables'. */
    private static final List<String> PROGRAMS =
            Arrays.asList("modprobe", "kmod", "busybox", "dsld", "modsave", "jamvm", "java");

    private final Sys sys;
    /** The recorded folder; empty for the live box. */
    private final String root;
    private final Map<String, String> texts = new TreeMap<>();

    private BoxReader(Sys sys, String root) {
        this.sys = sys;
        this.root = root.equals("/") ? "" : root;
    }

    /** Reads a box with the installed boxwall-apply. */
    public static Readings read(Sys sys, String root) {
        return read(sys, root, "/usr/sbin/boxwall-apply");
    }

    /**
     * Reads a box.
     *
     * @param root {@code /} for this machine, with one process; else a recorded folder, without any
     * @param probe absolute path of boxwall-apply, which prints every reading that needs a process
     */
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
            for (String folder : Programs.FOLDERS) {
                reader.list(folder);
            }
            reader.list("/usr/lib/xtables");
            reader.list("/proc/net");
        }
        reader.list("/lib/modules");
        return new Readings(reader.texts);
    }

    /**
     * Reads a part of a live box.
     *
     * @param part {@code counters} for the tables, {@code addresses}, {@code log} for the output of LOG rules
     * @return each command's output by its name; empty if there is no table, or nothing in the log
     * @throws BoxException if the probe can't be started
     */
    public static Map<String, String> part(Sys sys, String probe, String part) throws BoxException {
        return frames(sys.run(Arrays.asList(probe, "probe", part), "", PROBE_SECONDS).out);
    }

    /**
     * Reads the modules and addresses of a live box again: all that a plan depends on.
     *
     * @throws BoxException if the probe can't be started
     */
    public static Readings forPlan(Sys sys, String probe, Readings old) throws BoxException {
        Readings now = old.with(Arrays.asList("ifconfig_-a", "ip_addr"), part(sys, probe, "addresses"));
        for (String[] row : PATHS) {
            String text = row[0].equals("plan") ? sys.read(row[1], limit(row)) : null;
            if (text != null) { now = now.with(row[1], text); }
        }
        return now;
    }

    private void probe(String program) {
        try {
            texts.putAll(frames(sys.run(Arrays.asList(program, "probe"), "", PROBE_SECONDS).out));
        } catch (BoxException e) {
            // the commands' readings stay unknown; the record shows why
            texts.put("boxwall-apply_probe", e.getMessage());
        }
    }

    /**
     * Parses the output of {@code boxwall-apply probe}: for each command a head with its name (blanks as {@code _},
     * slashes as {@code %2F}) and status, then its output, {@code |} before each line of stdout, {@code !} before each
     * line of stderr. Status 127 without output: there is no such command. The frame {@code kallsyms} contains the
     * relevant lines of /proc/kallsyms. <pre>
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

    /** The newest part of the kernel log, the beginning of everything else. */
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
            if (text != null) { texts.put(name, cut(name, text)); }
        }
    }

    private void files() {
        String symbols = texts.remove("kallsyms");
        for (String[] row : PATHS) {
            if (row[0].equals("symbols") && symbols != null) {
                texts.put(row[1], symbols);
                continue;
            }
            boolean skipped = row[0].equals("symbols") ? Runtime.getRuntime().maxMemory() < KALLSYMS_HEAP
                    : row[0].equals("recorded");
            String text = isLive() && skipped ? null : sys.read(root + row[1], limit(row));
            if (text != null) { texts.put(row[1], kept(row, text)); }
        }
        for (String folder : new String[] {"/proc/net/avm_pa", "/proc/kdsld"}) {
            for (String name : names(folder)) {
                if (!texts.containsKey(folder + "/" + name)) { texts.put(folder + "/" + name, ""); }
            }
        }
    }

    private static int limit(String[] row) { return Integer.parseInt(row[2]) << 10; }

    /** The part of a file that may be kept. */
    private static String kept(String[] row, String text) {
        if (row[0].equals("present")) { return ""; }
        if (row[1].equals(AvmFirewall.FILE)) { return AvmFirewall.kept(text); }
        if (row.length == 3) { return text; }
        StringBuilder out = new StringBuilder();
        // in parts: a list of all lines of kallsyms takes more memory than the text
        for (int start = 0, end; start < text.length(); start = end) {
            end = text.indexOf('\n', start + PART_BYTES) + 1;
            end = end == 0 ? text.length() : end;
            for (String line : Words.lines(text.substring(start, end))) {
                if (containsWord(line, row)) { out.append(line).append('\n'); }
            }
        }
        return out.toString();
    }

    private static boolean containsWord(String line, String[] row) {
        for (int i = 3; i < row.length; i++) {
            if (Words.find(line, row[i].replace('~', ' '), 0) >= 0) { return true; }
        }
        return false;
    }

    private boolean isLive() { return root.length() == 0; }

    private List<String> names(String directory) {
        List<String> names = sys.list(root + directory);
        return names == null ? Collections.<String>emptyList() : names;
    }

    private void modules() {
        String running = Kernel.release(new Readings(texts)).value();
        for (String release : names("/lib/modules")) {
            if (running != null && !running.equals(release)) { continue; }
            String directory = "/lib/modules/" + release;
            for (String file : new String[] {"/modules.dep", "/modules.builtin"}) {
                String text = sys.read(root + directory + file, DEP_BYTES);
                if (text != null) { texts.put(directory + file, text); }
            }
            if (isLive()) { listModules(directory, texts.get(directory + "/modules.dep")); }
        }
    }

    /** Lists the directories of netfilter's modules: a small flash may lack files that modules.dep names. */
    private void listModules(String directory, String dep) {
        TreeSet<String> folders = new TreeSet<>();
        for (String line : Words.lines(dep, "netfilter/")) {
            int slash = line.lastIndexOf('/', Math.max(0, line.indexOf(':')));
            if (slash > 0) {
                String path = line.substring(0, slash);
                folders.add(path.startsWith("/") ? path : directory + "/" + path);
            }
        }
        for (String folder : folders) {
            list(folder);
        }
    }

    /**
     * Adds a directory's listing, of programs only the relevant ones. Of a recorded folder only /lib/modules is listed;
     * other listings come from its recorded commands, because a file that wasn't recorded may exist on the box.
     */
    private void list(String directory) {
        List<String> names = sys.list(root + directory);
        String command = "ls_" + Words.replace(directory, "/", "%2F");
        if (names == null || texts.containsKey(command)) { return; }
        boolean all = !Programs.FOLDERS.contains(directory);
        StringBuilder listing = new StringBuilder();
        for (String name : names) {
            if (all || name.indexOf("tables") >= 0 || PROGRAMS.contains(name)) { listing.append(name).append('\n'); }
        }
        texts.put(command, listing.toString());
    }
}
