package boxwall.daemon;

import boxwall.sys.CommandResult;
import boxwall.sys.EndedCommand;
import boxwall.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A box from a folder, with a boxwall-apply that behaves like the real one as far as the daemon sees it: probe prints
 * frames, try writes RUN/tx/plan, RUN/live and a pending result, confirm moves the plan to RUN/plan, again loads the
 * boot plan. The texts {@code live} stand for the kernel's rules.
 */
class FakeBox implements Sys {
    static final String RUN = "/var/run/boxwall";
    static final String STATE = "/tmp/flash/boxwall";

    final Map<String, String> files = new TreeMap<>();
    final Map<String, String> commands = new TreeMap<>();
    final List<String> verbs = new ArrayList<>();
    final String[] live = {"", ""};
    long uptimeMillis = 100_000;
    /** The error with which the next try fails (status 4); empty if it succeeds. */
    String tryError = "";
    /** Called with the path after a file was read and before its text is returned. */
    Consumer<String> afterRead = path -> {};
    private int ids;

    FakeBox(Path recorded) {
        try (var walk = Files.walk(recorded)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                String name = "/" + recorded.relativize(path);
                Map<String, String> into = name.startsWith("/commands/") ? commands : files;
                into.put(name.replace("/commands/", ""), Files.readString(path, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.put("/proc/sys/kernel/random/uuid", "0000-0\n");
    }

    /** Loads rules without boxwall's knowledge. */
    void load(String restore4, String restore6) {
        live[0] = restore4;
        live[1] = restore6;
    }

    private void result(String state, String id, String plan, String reason, String error) {
        files.put(RUN + "/result",
                "state=" + state + "\nid=" + id + "\ndeadline=" + (state.equals("pending") ? "999" : "") + "\nplan="
                        + plan + "\nprotected=12.5\nreason=" + reason + "\nerror=" + error + "\n");
    }

    /** Sets the state after a boot with a plan of these rules and this stamp. */
    void booted(String stamp, String restore4, String restore6) {
        String id = "p0";
        files.put(STATE + "/boot/stamp", "id=" + id + "\n" + stamp);
        files.put(STATE + "/boot/restore4", restore4);
        files.put(STATE + "/boot/restore6", restore6);
        files.put(STATE + "/boot/modules", "");
        loadPlan(STATE + "/boot");
        result("active", "", id, "", "");
    }

    private void loadPlan(String folder) {
        load(files.get(folder + "/restore4"), files.get(folder + "/restore6"));
        readBack(live[0], 4);
        readBack(live[1], 6);
    }

    /** RUN/live: a table's lines without its name, counters, comments and accepting policies. */
    private void readBack(String save, int family) {
        String name = null;
        for (String line : save.split("\n")) {
            if (line.startsWith("*")) {
                name = RUN + "/live/" + family + "." + line.substring(1);
                files.put(name, "");
            } else if (name != null && !line.startsWith("#") && !line.equals("COMMIT")
                    && !line.matches(":.* ACCEPT.*")) {
                files.put(name, files.get(name)
                        + line.replaceAll("^\\[[^]]*\\] ", "").replaceAll("^(:[^ ]* [^ ]*) .*", "$1") + "\n");
            }
        }
    }

    @Override
    public CommandResult run(List<String> command, String stdin, int limitSeconds) {
        String verb = command.get(1);
        verbs.add(String.join(" ", command.subList(1, command.size())));
        if (verb.equals("probe")) {
            StringBuilder frames = new StringBuilder();
            commands.forEach((name, text) -> frame(frames, name, text));
            frame(frames, "iptables-save", live[0]);
            frame(frames, "ip6tables-save", live[1]);
            return new EndedCommand(command, frames.toString(), "", 0);
        }
        int status = act(verb, command);
        return new EndedCommand(command, files.get(RUN + "/result"), "", status);
    }

    private int act(String verb, List<String> command) {
        if (verb.equals("again")) {
            loadPlan(STATE + "/boot");
        } else if (verb.equals("try") && !tryError.isEmpty()) {
            files.put(RUN + "/result",
                    files.get(RUN + "/result").replace("reason=\nerror=", "reason=restore-failed\nerror=" + tryError));
            return 4;
        } else if (verb.equals("try")) {
            copy(command.get(2), RUN + "/tx/plan");
            loadPlan(RUN + "/tx/plan");
            String plan = files.get(RUN + "/tx/plan/stamp").replaceAll("(?s).*?id=([^\n]*)\n.*", "$1");
            result("pending", "t" + ++ids, plan, "", "");
        } else if (verb.equals("confirm")) {
            copy(RUN + "/tx/plan", RUN + "/plan");
            files.keySet().removeIf(name -> name.startsWith(RUN + "/tx/"));
            files.put(RUN + "/result", files.get(RUN + "/result").replace("state=pending", "state=active")
                    .replace("deadline=999", "deadline="));
        } else if (verb.equals("revert")) {
            result("active", command.get(2), "", "reverted", "");
        } else if (!List.of("history", "pa", "printk").contains(verb)) { throw new IllegalArgumentException(verb); }
        return 0;
    }

    private void copy(String from, String to) {
        for (String name : List.copyOf(files.keySet())) {
            if (name.startsWith(from + "/")) { files.put(to + name.substring(from.length()), files.get(name)); }
        }
    }

    private static void frame(StringBuilder frames, String name, String text) {
        frames.append('@').append(name).append(" rc=0\n");
        text.lines().forEach(line -> frames.append('|').append(line).append('\n'));
    }

    @Override
    public String read(String path, int limitBytes) {
        String text = files.get(path);
        afterRead.accept(path);
        return text == null ? null : text.substring(0, Math.min(limitBytes, text.length()));
    }

    @Override
    public void write(String path, String text) { files.put(path, text); }

    @Override
    public List<String> list(String directory) {
        TreeSet<String> names = new TreeSet<>();
        for (String path : files.keySet()) {
            if (path.startsWith(directory + "/")) { names.add(path.substring(directory.length() + 1).split("/")[0]); }
        }
        return names.isEmpty() ? null : new ArrayList<>(names);
    }

    @Override
    public long uptimeMillis() { return uptimeMillis; }
}
