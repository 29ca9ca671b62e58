package boxwall.box;

import java.util.HashMap;
import java.util.Map;

import boxwall.netfilter.Versions;
import boxwall.netfilter.Words;

/**
 * The firmware's model and version, from files and logs; nothing is executed. The best source is first: <pre>
 * export CONFIG_VERSION="05.54"        /etc/init.d/rc.conf; CONFIG_VERSION='04.26' in the output of set, on a serial console
 * 154.07.29-95450                      /etc/.version; /etc/.revision has the revision
 * firmware_info  65.04.70              the boot loader's environment, in /proc or printed at boot; also 272.07.29,slot1=07.29-95450,…
 * … UTC(138)FW(07.19-79768)HW(226)…    printed by AVM's kernel when it goes down, also in a crash, with the revision
 * </pre> Reads only a few lines of the environment, which contains serial number, MACs and the WLAN key.
 */
public final class Firmware {
    private static final String[] ENVIRONMENT = {"firmware_info", "ProductID", "memsize"};

    /** {@code FRITZ!Box 7270}. */
    public final Fact<String> model = new Fact<>();
    /** FRITZ!OS as {@code 05.54}. */
    public final Fact<String> version = new Fact<>();
    /** The source revision. */
    public final Fact<Integer> revision = new Fact<>();
    /** The RAM in MiB (CONFIG_RAMSIZE, memsize), else estimated from the kernel's own count. */
    public final Fact<Integer> memoryMb = new Fact<>();
    /** The first line of each setting or variable, with its value as text. */
    private final Map<String, ReadingLine> set = new HashMap<>();

    /** The firmware in these readings. */
    public Firmware(Readings readings) {
        for (ReadingLine line : readings.all("/etc/init.d/rc.conf", "set")) {
            setting(line);
        }
        for (ReadingLine line : set.containsKey("CONFIG_VERSION") ? KernelLog.NOTHING
                : KernelLog.find(readings, "CONFIG_")) {
            setting(line);
        }
        for (ReadingLine line : readings.all("/proc/sys/urlader/environment")) {
            variable(line);
        }
        for (String key : ENVIRONMENT) {
            boolean known = set.containsKey(key) || key.equals("ProductID") && set.containsKey("CONFIG_PRODUKT_NAME")
                    || key.equals("ProductID") && set.containsKey("CONFIG_PRODUKT");
            for (ReadingLine line : known ? KernelLog.NOTHING : KernelLog.find(readings, key)) {
                variable(line);
            }
        }
        for (String key : new String[] {"CONFIG_PRODUKT_NAME", "ProductID", "CONFIG_PRODUKT"}) {
            ReadingLine line = set.get(key);
            if (line != null && isPlain(line.text)) { model.offer(line.text, line); }
        }
        version(readings);
        memory(readings);
    }

    /** Keeps {@code export CONFIG_X="…"}, with double quotes, single quotes or none, unless a shell must expand it. */
    private void setting(ReadingLine line) {
        String text = line.text.trim();
        text = text.startsWith("export ") ? text.substring(7).trim() : text;
        int equals = text.startsWith("CONFIG_") && text.length() < 300 ? text.indexOf('=') : -1;
        String value = equals < 0 ? "" : text.substring(equals + 1);
        char quote = value.length() == 0 ? ' ' : value.charAt(0);
        if ((quote == '"' || quote == '\'') && value.length() > 1 && value.charAt(value.length() - 1) == quote) {
            value = value.substring(1, value.length() - 1);
        }
        if (isPlain(value) && !set.containsKey(text.substring(0, equals))) {
            set.put(text.substring(0, equals), new ReadingLine(line.source, value.trim(), text));
        }
    }

    private static boolean isPlain(String value) {
        return value.trim().length() > 0 && value.length() <= 60 && Words.isName(value, " ._!/()+-");
    }

    /** Keeps {@code ProductID  Fritz_Box_7270}. */
    private void variable(ReadingLine line) {
        String text = line.text.trim();
        for (String key : ENVIRONMENT) {
            int end = key.length();
            if (text.length() > end + 1 && text.length() < 300 && text.startsWith(key)
                    && (text.charAt(end) == ' ' || text.charAt(end) == '\t') && text.charAt(end + 1) != '='
                    && !set.containsKey(key)) {
                set.put(key, line.with(text.substring(end).trim()));
            }
        }
    }

    private void version(Readings readings) {
        version(set.get("CONFIG_VERSION"));
        for (ReadingLine line : readings.all("/etc/.version")) {
            version(line);
        }
        version(set.get("firmware_info"));
        for (ReadingLine line : readings.all("/etc/.revision")) {
            revision(line.text.trim(), line);
        }
        for (ReadingLine line : version.value() == null ? KernelLog.find(readings, "FW(") : KernelLog.NOTHING) {
            int from = Words.find(line.text, "FW(", 0) + 3;
            String inside = line.text.substring(from, Math.max(from, line.text.indexOf(')', from)));
            version(line.with(inside));
            if (line.evidence().equals(version.evidence())) {
                revision(inside.substring(inside.indexOf('-') + 1), line);
            }
        }
    }

    /** {@code 05.54} from {@code 74.05.54}, {@code 05.54} or {@code 154.07.29-95450}. */
    private void version(ReadingLine line) {
        String text = line == null || line.text.length() > 300 ? "" : line.text;
        int end;
        for (int at = 0; at < text.length(); at = end + 1) {
            end = Versions.end(text, at);
            String[] parts = Words.split(text.substring(at, end), '.');
            int last = parts.length - 1;
            // not a part of a word: the MAC address 1a86.16dc.3315
            boolean alone = (at == 0 || !Character.isLetter(text.charAt(at - 1)))
                    && (end == text.length() || !Character.isLetter(text.charAt(end)));
            if (alone && (last == 1 || last == 2 && Words.isNumber(parts[0]) && parts[0].length() < 4)
                    && isTwoDigits(parts[last]) && isTwoDigits(parts[last - 1])) {
                version.offer(parts[last - 1] + "." + parts[last], line);
                return;
            }
        }
    }

    private static boolean isTwoDigits(String text) { return text.length() == 2 && Words.isNumber(text); }

    private void memory(Readings readings) {
        ReadingLine ramsize = set.get("CONFIG_RAMSIZE");
        if (ramsize != null) { memory(Words.number(ramsize.text, 65536), ramsize); }
        if (set.containsKey("memsize")) { memory(memsize(set.get("memsize").text), set.get("memsize")); }
        for (ReadingLine line : memoryMb.value() == null ? KernelLog.find(readings, "memsize") : KernelLog.NOTHING) {
            memory(memsize(line.text.substring(Words.find(line.text, "memsize", 0) + 7)), line);
        }
        for (ReadingLine line : memoryMb.value() == null ? KernelLog.find(readings, "Memory: ") : KernelLog.NOTHING) {
            // "Memory: 111584k/131072k available (…": free for programs, and all that the kernel manages
            int slash = line.text.startsWith("Memory: ") && Words.find(line.text, " available", 0) > 0
                    ? line.text.indexOf('/') + 1 : 0;
            memory(slash == 0 ? -1 : wholeMb(line.text.substring(slash, Words.digits(line.text, slash))), line);
        }
        for (ReadingLine line : readings.all("/proc/meminfo")) {
            String[] words = line.words();
            if (words.length == 3 && words[0].equals("MemTotal:") && words[2].equals("kB")) {
                memory(wholeMb(words[1]), line);
            }
        }
    }

    private void revision(String text, ReadingLine line) {
        long number = Words.number(text, 9999999);
        if (number >= 0) { revision.offer((int) number, line); }
    }

    private void memory(long mb, ReadingLine line) { if (mb > 0) { memoryMb.offer((int) mb, line); } }

    /** MiB of {@code 0x02000000}, {@code = 0x4000000}, {@code =32 MByte}; -1 for anything else. */
    private static long memsize(String text) {
        String[] words = Words.of(text.replace('=', ' '));
        if (words.length > 1 && words[1].equals("MByte")) { return Words.number(words[0], 65536); }
        boolean hex = words.length > 0 && words[0].startsWith("0x");
        return hex ? Words.number(words[0], Integer.MAX_VALUE) >> 20 : -1;
    }

    /** The RAM for so many KiB of the kernel's count: the next power of two if at most a quarter of it is missing. */
    private static long wholeMb(String text) {
        long kilobytes = Words.number(text, Integer.MAX_VALUE);
        int mb = 1;
        while (mb < 1 << 20 && mb << 10 < kilobytes) {
            mb <<= 1;
        }
        return kilobytes * 4 >= ((long) mb << 10) * 3 ? mb : kilobytes >> 10;
    }
}
