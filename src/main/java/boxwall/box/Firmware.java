package boxwall.box;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which firmware this is, from texts that are read and never run: {@code export CONFIG_VERSION="05.54"} in
 * /etc/init.d/rc.conf, /etc/.version, /etc/.revision, and the lines {@code ProductID  Fritz_Box_7270} of the boot loader's
 * environment, of which only a few named ones are looked at (it holds serial number, MACs and the WLAN key). Immutable.
 */
public final class Firmware {
    private static final Pattern EXPORT = Pattern.compile("^\\s*(?:export\\s+)?(CONFIG_[A-Z_0-9]+)=\"?([^\"$`;]*)\"?\\s*$");
    private static final Pattern VERSION = Pattern.compile("(?:^|[^0-9.])(?:([0-9]{1,3})\\.)?([0-9]{2})\\.([0-9]{2})(?:[^0-9.]|$)");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9 ._!/()+-]{1,60}");

    private final String model;
    private final String version;
    private final Integer revision;
    private final Integer memoryMb;
    private final String evidence;

    private Firmware(String model, String version, Integer revision, Integer memoryMb, String evidence) {
        this.model = model;
        this.version = version;
        this.revision = revision;
        this.memoryMb = memoryMb;
        this.evidence = evidence;
    }

    static Firmware of(Readings readings) {
        Map<String, String> conf = new HashMap<String, String>();
        for (String line : readings.lines("/etc/init.d/rc.conf")) {
            Matcher export = EXPORT.matcher(line.length() > 300 ? "" : line);
            if (export.find() && WORD.matcher(export.group(2)).matches()) {
                conf.put(export.group(1), export.group(2).trim());
            }
        }
        String environment = environment(readings, "firmware_info");
        String version = version(conf.get("CONFIG_VERSION"));
        String source = "/etc/init.d/rc.conf: CONFIG_VERSION=" + conf.get("CONFIG_VERSION");
        for (String line : readings.lines("/etc/.version")) {
            if (version == null && (version = version(line)) != null) {
                source = Evidence.line("/etc/.version", line);
            }
        }
        if (version == null && (version = version(environment)) != null) {
            source = Evidence.line("/proc/sys/urlader/environment", "firmware_info " + environment);
        }
        String model = conf.get("CONFIG_PRODUKT_NAME");
        model = model == null ? environment(readings, "ProductID") : model;
        return new Firmware(model == null || !WORD.matcher(model).matches() ? null : model, version, revision(readings),
                memory(conf.get("CONFIG_RAMSIZE"), readings), version == null ? "" : source);
    }

    /** {@code 05.54} from {@code 74.05.54}, {@code 05.54} or {@code 154.07.29-95450}; null when there is none. */
    private static String version(String text) {
        if (text == null || text.length() > 300) {
            return null;
        }
        Matcher matcher = VERSION.matcher(text);
        return matcher.find() ? matcher.group(2) + "." + matcher.group(3) : null;
    }

    private static String environment(Readings readings, String key) {
        for (String line : readings.lines("/proc/sys/urlader/environment")) {
            String[] words = line.trim().split("[ \t]+", 2);
            if (words.length == 2 && words[0].equals(key)) {
                return words[1].trim();
            }
        }
        return null;
    }

    private static Integer revision(Readings readings) {
        for (String line : readings.lines("/etc/.revision")) {
            Integer number = number(line.trim(), 10, 9999999);
            if (number != null) {
                return number;
            }
        }
        return null;
    }

    private static Integer memory(String ramsize, Readings readings) {
        Integer mb = ramsize == null ? null : number(ramsize, 10, 65536);
        String memsize = environment(readings, "memsize");
        if (mb == null && memsize != null && memsize.startsWith("0x")) {
            Integer bytes = number(memsize.substring(2), 16, Integer.MAX_VALUE);
            mb = bytes == null ? null : Integer.valueOf(bytes >> 20);
        }
        for (String line : readings.lines("/proc/meminfo")) {
            String[] words = line.trim().split("\\s+");
            if (mb == null && words.length == 3 && words[0].equals("MemTotal:") && words[2].equals("kB")) {
                Integer kilobytes = number(words[1], 10, Integer.MAX_VALUE);
                mb = kilobytes == null ? null : Integer.valueOf(kilobytes >> 10);
            }
        }
        return mb == null || mb < 1 ? null : mb;
    }

    private static Integer number(String text, int radix, int max) {
        try {
            long value = Long.parseLong(text, radix);
            return value < 0 || value > max ? null : Integer.valueOf((int) value);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@code FRITZ!Box 7270}, or null. */
    public String model() {
        return model;
    }

    /** FRITZ!OS as {@code 05.54}, or null. */
    public String version() {
        return version;
    }

    /** The source revision of /etc/.revision, or null. */
    public Integer revision() {
        return revision;
    }

    /** What the box has (CONFIG_RAMSIZE, memsize), else what the kernel sees; MiB, or null. */
    public Integer memoryMb() {
        return memoryMb;
    }

    /** The line with the version, with its source; empty when there is none. */
    String evidence() {
        return evidence;
    }
}
