package boxwall.script;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Wraps every external command that the scripts use in a box. The wrapper counts the calls and lets one of them fail or
 * hang, or kills the script (and its parent) there; otherwise it runs the real command.
 */
final class Faults {
    /** Every external command of boxwall-apply and boxwall-keep except shells. */
    static final List<String> COMMANDS = List.of("cat", "cmp", "cp", "date", "grep", "gzip", "head", "ip6tables",
            "ip6tables-restore", "ip6tables-save", "iptables", "iptables-restore", "iptables-save", "ln", "logger",
            "ls", "mkdir", "modprobe", "modsave", "mv", "ping", "rm", "rmmod", "sed", "sha1sum", "sleep", "sort",
            "sync", "tail", "tar", "tr", "uniq", "wc", "xargs");
    private static final String START_SCRIPT = "#!/bin/sh\necho $$ >$BOXWALL_TEST/faults/parent\n"
            + "sh -c 'echo $$ >$BOXWALL_TEST/faults/script; exec \"$@\"' - \"$@\"\nexit $?\n";
    private final NetBox box;
    private final Path folder;
    private final Path real;

    Faults(NetBox box) {
        this.box = box;
        folder = box.folder.resolve("faults");
        try {
            real = Files.createDirectory(box.folder.resolve("real"));
            byte[] text = Faults.class.getResourceAsStream("/script/faulty").readAllBytes();
            Path faulty = Files.write(box.folder.resolve("faulty"), text);
            faulty.toFile().setExecutable(true);
            for (String name : COMMANDS) {
                if (Files.isSymbolicLink(box.bin.resolve(name)) || Files.exists(box.bin.resolve(name))) {
                    Files.move(box.bin.resolve(name), real.resolve(name));
                }
                Files.createSymbolicLink(box.bin.resolve(name), faulty);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        setReal("logger", "#!/bin/sh\nexit 0\n");
        setReal("ping", "#!/bin/sh\nexec busybox ping \"$@\"\n");
        box.script("start", START_SCRIPT);
    }

    private void setReal(String name, String text) {
        try {
            Files.writeString(real.resolve(name), text);
            real.resolve(name).toFile().setExecutable(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a verb of boxwall-apply with one fault.
     *
     * @param n the number of the command, counted from 1
     * @param fault fail, hang, kill (the script), killall (its parent too), lie (the n-th restore does nothing and
     * reports success)
     */
    NetBox.Answer run(int n, String fault, String... verb) {
        disable();
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("last"), "1\n");
            Files.writeString(folder.resolve("at"), n + " " + fault + "\n");
            String line = box.bin.resolve("start") + " " + box.command("boxwall-apply") + " " + String.join(" ", verb);
            Path output = box.folder.resolve("said");
            Process process = box.start("sh", "-c", "exec " + line + " >" + output);
            if (!process.waitFor(Wait.SECONDS, TimeUnit.SECONDS)) {
                String processes = box.sh("ps -ef").out();
                process.destroyForcibly();
                throw new AssertionError("hangs:\n" + processes);
            }
            return new NetBox.Answer(process.exitValue(), NetBox.read(output), NetBox.read(box.folder.resolve("err")));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on every command works. */
    void disable() { box.sh("rm -rf " + folder); }

    /** The command with the fault and its arguments; "" if the run ended before it. */
    String hitCommand() {
        return NetBox.read(folder.resolve("hit")).strip();
    }

    /** How many commands ran. */
    int calls() { return (int) NetBox.read(folder.resolve("log")).lines().count(); }
}
