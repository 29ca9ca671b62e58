package boxwall.daemon;

import boxwall.compile.AutoYesNo;
import boxwall.netfilter.Words;
import boxwall.sys.Sys;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings in boxwall.cfg, a line each: <pre>export BOXWALL_PORT='8181'</pre> The file is not run as shell: the
 * value is the text between the quotes. BOXWALL_* in the environment override the file. Immutable.
 */
public final class Config {
    private static final String FILE = "/mod/etc/conf/boxwall.cfg";
    /** Name without BOXWALL_, default, and the bounds of some numbers. */
    private static final String[][] DEFAULTS = {{"ENABLED", "no"}, {"PORT", "8181", "0", "65535"},
            {"LISTEN", "lan,loopback"}, {"HOSTS", ""}, {"CONFIRM_SECONDS", "120", "5", "3600"}, {"STATEFUL", "auto"},
            {"PA", "flush"}, {"PRINTK", "leave"}, {"IPV6", "auto"}, {"DRIFT", "300"}, {"REASSERT", "no"},
            {"PROVE_SECONDS", "600"}, {"HANG_SECONDS", "20"}, {"HEAP", "8m"}, {"JVM", ""}, {"SYSLOG", "yes"},
            {"STATE", "/tmp/flash/boxwall"}, {"RUN", "/var/run/boxwall"}, {"PRESETS", "/usr/share/boxwall/presets"},
            {"BIN", ""}, {"OPTIMIZE", "no"},};

    private final Map<String, String> values = new LinkedHashMap<>();

    private Config() {}

    /** Reads the settings from a file; null means Freetz' own. */
    public static Config read(Sys sys, String file) {
        return parse(sys.read(file == null ? FILE : file, 65536), System.getenv());
    }

    /**
     * Parses the settings.
     *
     * @param text the file's text, or null if there is none
     * @param environment the process's environment
     */
    public static Config parse(String text, Map<String, String> environment) {
        Config config = new Config();
        for (String[] setting : DEFAULTS) {
            config.values.put(setting[0], setting[1]);
        }
        for (String line : Words.lines(text)) {
            config.line(line.trim());
        }
        for (String[] setting : DEFAULTS) {
            String given = environment.get("BOXWALL_" + setting[0]);
            if (given != null) { config.values.put(setting[0], given); }
        }
        return config;
    }

    /** These settings with another value for one of them. */
    public Config with(String name, String value) {
        Config copy = new Config();
        copy.values.putAll(values);
        copy.values.put(name, value);
        return copy;
    }

    private void line(String line) {
        String text = line.startsWith("export ") ? line.substring(7).trim() : line;
        int at = text.indexOf('=');
        if (!text.startsWith("BOXWALL_") || at < 0) { return; }
        String name = text.substring(8, at);
        if (values.containsKey(name)) { values.put(name, unquote(text.substring(at + 1))); }
    }

    private static String unquote(String value) {
        char quote = value.length() == 0 ? 0 : value.charAt(0);
        if (quote == '\'' || quote == '"') {
            int end = value.indexOf(quote, 1);
            return end < 0 ? value.substring(1) : value.substring(1, end);
        }
        int comment = value.indexOf(" #");
        return (comment < 0 ? value : value.substring(0, comment)).trim();
    }

    /** A setting's text; the name without BOXWALL_. */
    public String get(String name) {
        String value = values.get(name);
        if (value == null) { throw new IllegalArgumentException("no setting " + name); }
        return value;
    }

    /** The words of a setting, separated by blanks or commas. */
    List<String> words(String name) {
        return Arrays.asList(Words.of(get(name).replace(',', ' ')));
    }

    /** A setting that is auto, yes or no; any other word means auto. */
    AutoYesNo choice(String name) {
        AutoYesNo choice = AutoYesNo.of(get(name));
        return choice == null ? AutoYesNo.AUTO : choice;
    }

    /** A setting that is a number; its default if it is another text or out of bounds. */
    int number(String name) {
        String[] row = {};
        for (String[] setting : DEFAULTS) {
            row = setting[0].equals(name) ? setting : row;
        }
        try {
            int number = Integer.parseInt(get(name).trim());
            boolean within = row.length < 4 || number >= Integer.parseInt(row[2]) && number <= Integer.parseInt(row[3]);
            return within ? number : Integer.parseInt(row[1]);
        } catch (NumberFormatException e) {
            return Integer.parseInt(row[1]);
        }
    }

    /** The path of one of boxwall's scripts. */
    String script(String name) {
        return (get("BIN").length() == 0 ? "/usr/sbin" : get("BIN")) + "/" + name;
    }
}
