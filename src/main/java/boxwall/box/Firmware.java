package boxwall.box;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import boxwall.netfilter.Words;

/**
 * Which firmware this is, from texts that are read and never run, best first: <pre>
 * export CONFIG_VERSION="05.54"        /etc/init.d/rc.conf; CONFIG_VERSION='04.26' in the output of set, on a serial console
 * 154.07.29-95450                      /etc/.version; /etc/.revision has the revision
 * firmware_info  65.04.70              the boot loader's environment, in /proc or printed at boot; also 272.07.29,slot1=07.29-95450,…
 * … UTC(138)FW(07.19-79768)HW(226)…    what AVM's kernel prints when it goes down, with the revision
 * </pre> Of the environment only a few named lines are looked at: it holds serial number, MACs and the WLAN key.
 * Immutable.
 */
public final class Firmware {
    private static final String CONF = "/etc/init.d/rc.conf";
    private static final String ENVIRONMENT = "/proc/sys/urlader/environment";
    private static final String[] ENVIRONMENT_KEYS = {"firmware_info", "ProductID", "memsize"};
    private static final List<KernelLog.Line> NONE = Collections.emptyList();

    private final Map<String, String> values = new HashMap<>();
    private final Map<String, String> lines = new HashMap<>();
    private String version;
    private String versionLine = "";
    private Integer revision;
    private String revisionLine = "";
    private Integer memoryMb;
    private String memoryLine = "";

    private Firmware() {}

    /** As these readings say. */
    public static Firmware of(Readings readings, KernelLog log) {
        Firmware firmware = new Firmware();
        firmware.configuration(readings, log);
        firmware.environment(readings, log);
        firmware.version(readings, log);
        firmware.memory(readings, log);
        return firmware;
    }

    /** The first that says something of a key counts. */
    private void put(String key, String value, String line) {
        if (value != null && !values.containsKey(key)) {
            values.put(key, value);
            lines.put(key, line);
        }
    }

    private void configuration(Readings readings, KernelLog log) {
        for (String line : readings.lines(CONF)) {
            setting(line, CONF);
        }
        for (String line : readings.commandLines("set")) {
            setting(line, "set");
        }
        if (!values.containsKey("CONFIG_VERSION")) {
            for (KernelLog.Line line : log.find("CONFIG_")) {
                setting(line.text, line.evidence.substring(0, line.evidence.indexOf(": ")));
            }
        }
    }

    /**
     * {@code export CONFIG_X="…"}, with double quotes, single quotes or none; what a shell would have to work out is
     * left out.
     */
    private void setting(String line, String source) {
        String text = line.trim();
        text = text.startsWith("export ") ? text.substring(7).trim() : text;
        int equals = text.startsWith("CONFIG_") && text.length() < 300 ? text.indexOf('=') : -1;
        String value = equals < 0 ? "" : text.substring(equals + 1);
        char quote = value.length() == 0 ? ' ' : value.charAt(0);
        if ((quote == '"' || quote == '\'') && value.length() > 1 && value.charAt(value.length() - 1) == quote) {
            value = value.substring(1, value.length() - 1);
        }
        if (isPlain(value)) { put(text.substring(0, equals), value.trim(), Evidence.line(source, text)); }
    }

    private static boolean isPlain(String value) {
        return value.length() > 0 && value.length() <= 60 && Words.isName(value, " ._!/()+-")
                && value.trim().length() > 0;
    }

    private void environment(Readings readings, KernelLog log) {
        for (String line : readings.lines(ENVIRONMENT)) {
            variable(line.trim(), Evidence.line(ENVIRONMENT, line));
        }
        for (String key : ENVIRONMENT_KEYS) {
            if (!values.containsKey(key) && !(key.equals("ProductID") && model() != null)) {
                for (KernelLog.Line line : log.find(key)) {
                    variable(line.text, line.evidence);
                }
            }
        }
    }

    /** {@code ProductID  Fritz_Box_7270}. */
    private void variable(String text, String line) {
        for (String key : ENVIRONMENT_KEYS) {
            int end = key.length();
            if (text.length() > end + 1 && text.length() < 300 && text.startsWith(key)
                    && (text.charAt(end) == ' ' || text.charAt(end) == '\t') && text.charAt(end + 1) != '=') {
                put(key, text.substring(end).trim(), line);
            }
        }
    }

    private void version(Readings readings, KernelLog log) {
        version(values.get("CONFIG_VERSION"), lines.get("CONFIG_VERSION"));
        for (String line : readings.lines("/etc/.version")) {
            version(line, Evidence.line("/etc/.version", line));
        }
        version(values.get("firmware_info"), lines.get("firmware_info"));
        for (String line : readings.lines("/etc/.revision")) {
            revision(line.trim(), Evidence.line("/etc/.revision", line));
        }
        for (KernelLog.Line line : version == null ? log.find("FW(") : NONE) {
            int from = Words.find(line.text, "FW(", 0) + 3;
            int end = line.text.indexOf(')', from);
            String inside = end < 0 ? "" : line.text.substring(from, end);
            version(inside, line.evidence);
            if (line.evidence.equals(versionLine)) {
                revision(inside.substring(inside.indexOf('-') + 1), line.evidence);
            }
        }
    }

    private void version(String text, String line) {
        if (version == null && text != null) {
            version = versionIn(text);
            versionLine = version == null ? "" : line;
        }
    }

    /** {@code 05.54} from {@code 74.05.54}, {@code 05.54} or {@code 154.07.29-95450}; null when there is none. */
    private static String versionIn(String text) {
        int at = 0;
        while (at < text.length() && text.length() <= 300) {
            int end = at;
            while (end < text.length() && (text.charAt(end) == '.' || Words.digits(text, end) > end)) {
                end++;
            }
            String[] parts = Words.split(text.substring(at, end), '.');
            int last = parts.length - 1;
            if ((last == 1 || last == 2 && Words.isNumber(parts[0]) && parts[0].length() < 4)
                    && isTwoDigits(parts[last]) && isTwoDigits(parts[last - 1])) {
                return parts[last - 1] + "." + parts[last];
            }
            at = end + 1;
        }
        return null;
    }

    private static boolean isTwoDigits(String text) { return text.length() == 2 && Words.isNumber(text); }

    private void revision(String text, String line) {
        Integer number = number(text, 10, 9999999);
        if (revision == null && number != null) {
            revision = number;
            revisionLine = line;
        }
    }

    private void memory(Readings readings, KernelLog log) {
        String ramsize = values.get("CONFIG_RAMSIZE");
        memory(ramsize == null ? null : number(ramsize, 10, 65536), lines.get("CONFIG_RAMSIZE"));
        memory(memsize(values.get("memsize")), lines.get("memsize"));
        for (KernelLog.Line line : memoryMb == null ? log.find("memsize") : NONE) {
            memory(memsize(line.text.substring(Words.find(line.text, "memsize", 0) + 7)), line.evidence);
        }
        for (KernelLog.Line line : memoryMb == null ? log.find("Memory: ") : NONE) {
            // "Memory: 111584k/131072k available (…": what is left for programs, of what the kernel was given
            String text = line.text;
            int slash =
                    text.startsWith("Memory: ") && Words.find(text, " available", 0) > 0 ? text.indexOf('/') + 1 : 0;
            Integer kilobytes =
                    slash == 0 ? null : number(text.substring(slash, Words.digits(text, slash)), 10, Integer.MAX_VALUE);
            memory(kilobytes == null ? null : Integer.valueOf(wholeMb(kilobytes)), line.evidence);
        }
        for (String line : readings.lines("/proc/meminfo")) {
            String[] words = Words.of(line);
            if (words.length == 3 && words[0].equals("MemTotal:") && words[2].equals("kB")) {
                Integer kilobytes = number(words[1], 10, Integer.MAX_VALUE);
                memory(kilobytes == null ? null : Integer.valueOf(wholeMb(kilobytes)),
                        Evidence.line("/proc/meminfo", line));
            }
        }
    }

    private void memory(Integer mb, String line) {
        if (memoryMb == null && mb != null && mb > 0) {
            memoryMb = mb;
            memoryLine = line;
        }
    }

    /** MiB of {@code 0x02000000}, {@code = 0x4000000}, {@code =32 MByte}; null for anything else. */
    private static Integer memsize(String text) {
        String[] words = Words.of(text == null ? "" : text.replace('=', ' '));
        if (words.length > 1 && words[1].equals("MByte")) { return number(words[0], 10, 65536); }
        Integer bytes = words.length > 0 && words[0].startsWith("0x")
                ? number(words[0].substring(2), 16, Integer.MAX_VALUE) : null;
        return bytes == null || bytes < 1 << 20 ? null : Integer.valueOf(bytes >> 20);
    }

    /** What a box with so much for its kernel has: the power of two, when no more than a quarter of it is missing. */
    private static int wholeMb(int kilobytes) {
        int mb = 1;
        while (mb < 1 << 20 && mb << 10 < kilobytes) {
            mb <<= 1;
        }
        return (long) kilobytes * 4 >= ((long) mb << 10) * 3 ? mb : kilobytes >> 10;
    }

    private static Integer number(String text, int radix, int max) {
        try {
            long value = text.length() > 12 ? -1 : Long.parseLong(text, radix);
            return value < 0 || value > max ? null : Integer.valueOf((int) value);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@code FRITZ!Box 7270}, or null. */
    public String model() {
        String key = modelKey();
        return key == null ? null : values.get(key);
    }

    private String modelKey() {
        for (String key : new String[] {"CONFIG_PRODUKT_NAME", "ProductID", "CONFIG_PRODUKT"}) {
            if (values.containsKey(key) && isPlain(values.get(key))) { return key; }
        }
        return null;
    }

    /** FRITZ!OS as {@code 05.54}, or null. */
    public String version() { return version; }

    /** The source revision, or null. */
    public Integer revision() { return revision; }

    /** What the box has (CONFIG_RAMSIZE, memsize), else what the kernel's own count comes to; MiB, or null. */
    public Integer memoryMb() {
        return memoryMb;
    }

    /** The line with the version, with its source; empty when there is none. */
    public String evidence() {
        return versionLine;
    }

    /** The line with the model; empty when there is none. */
    public String modelEvidence() {
        String key = modelKey();
        return key == null ? "" : lines.get(key);
    }

    /** The line with the revision; empty when there is none. */
    public String revisionEvidence() {
        return revisionLine;
    }

    /** The line with the memory; empty when there is none. */
    public String memoryEvidence() { return memoryLine; }
}
