package boxwall.script;

import boxwall.plan.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small plan directory in the format of the compiler. Every plan has its own id and port. */
final class PlanFolder {
    private final Map<String, String> files = new LinkedHashMap<>();
    private final String id;

    /**
     * @param id of the stamp
     * @param port that both families accept; a test recognizes this plan's rules by it
     */
    PlanFolder(String id, int port) {
        this.id = id;
        String accept = "-p tcp -m tcp --dport " + port + " -j ACCEPT\n";
        files.put("stamp", "id=" + id + "\nkernel=unknown\nadmin=proved\nadmin.address=192.168.178.0/24\nlan.if=lan\n");
        files.put("modules", "");
        files.put("restore4",
                "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:mine - [0:0]\n"
                        + "-A INPUT -i lo -j ACCEPT\n-A INPUT -j mine\n-A mine " + accept
                        + "-A mine -j LOG --log-prefix \"a word, \"\nCOMMIT\n"
                        + "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING " + accept + "COMMIT\n");
        files.put("restore6", "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" + "-A INPUT "
                + accept + "COMMIT\n");
        files.put("origin", "");
        files.put("pa", "flush\n");
        files.put("notes", "");
    }

    String id() { return id; }

    /** This plan with another text of one file. */
    PlanFolder with(String file, String text) {
        files.put(file, text);
        return this;
    }

    /** This plan with a text replaced in one file; the file must contain it. */
    PlanFolder with(String file, String oldText, String newText) {
        if (!files.get(file).contains(oldText)) {
            throw new IllegalArgumentException(file + " does not contain " + oldText);
        }
        return with(file, files.get(file).replace(oldText, newText));
    }

    /**
     * Writes the files, each with a last line "# end NAME LINES BYTES", the checksums to the stamp, and the source of
     * the rules, which has no such line.
     */
    Path write(Path folder) { return write(folder, ""); }

    /** The same, compiled for a box: {@code userland=1.4.11.1\n}. */
    Path write(Path folder, String stampLines) {
        try {
            Files.createDirectories(folder);
            StringBuilder stamp = new StringBuilder(files.get("stamp")).append(stampLines);
            for (String file : new String[] {"modules", "restore4", "restore6", "pa"}) {
                stamp.append("sha1.").append(file).append('=')
                        .append(Plan.sha1(new String(withEndLine(file, files.get(file)), StandardCharsets.ISO_8859_1)))
                        .append('\n');
            }
            for (String file : files.keySet()) {
                Files.write(folder.resolve(file),
                        withEndLine(file, file.equals("stamp") ? stamp.toString() : files.get(file)));
            }
            Files.writeString(folder.resolve("rules"), "# the source of " + id + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    private static byte[] withEndLine(String file, String text) {
        long lines = text.chars().filter(c -> c == '\n').count();
        return (text + "# end " + file + " " + lines + " " + text.getBytes(StandardCharsets.UTF_8).length + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
