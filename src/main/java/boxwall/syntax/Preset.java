package boxwall.syntax;

import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the head of a preset says of it for people: a title and a sentence in English and German, and the values that it
 * takes.
 *
 * <pre>
 * #@ en Open a port: a device of the home network can be reached from the Internet.
 * #@ de Port öffnen: Ein Gerät im Heimnetz ist aus dem Internet erreichbar.
 * #@ ask HOST host: Device | Gerät
 * #@ ask PROTO proto=tcp: Protocol | Protokoll
 * </pre>
 *
 * An {@code ask} line is NAME KIND[=DEFAULT]: English | German. Without a default the value has to be given. Texts are
 * byte strings.
 */
public final class Preset {
    private static final String MARK = "#@ ";

    /** One value that a preset takes. */
    public static final class Parameter {
        public final String name;
        public final ParameterKind kind;
        /** Null when the value has to be given; may be empty. */
        public final String standard;
        public final String english;
        public final String german;

        Parameter(String name, ParameterKind kind, String standard, String english, String german) {
            this.name = name;
            this.kind = kind;
            this.standard = standard;
            this.english = english;
            this.german = german;
        }
    }

    public final String name;
    /** "Title: sentence"; empty when the head has none. */
    public final String english;
    public final String german;
    public final List<Parameter> parameters;
    /** What it writes, without comments. */
    public final List<String> lines;

    private Preset(String name, String english, String german, List<Parameter> parameters, List<String> lines) {
        this.lines = Collections.unmodifiableList(lines);
        this.name = name;
        this.english = english;
        this.german = german;
        this.parameters = Collections.unmodifiableList(parameters);
    }

    /**
     * Reads the head: the comment lines before the first other line. A line that isn't of the form is passed over; a
     * test reads those we ship.
     */
    public static Preset of(Source source) {
        String english = "";
        String german = "";
        List<Parameter> parameters = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        boolean head = true;
        for (String line : Words.lines(source.text())) {
            boolean comment = line.startsWith("#");
            head &= comment;
            if (!comment && line.length() > 0) {
                rest.add(line);
            } else if (head && line.startsWith(MARK + "en ")) {
                english = line.substring(6).trim();
            } else if (head && line.startsWith(MARK + "de ")) {
                german = line.substring(6).trim();
            } else if (head && line.startsWith(MARK + "ask ")) {
                Parameter parameter = parameter(line.substring(7).trim());
                if (parameter != null) { parameters.add(parameter); }
            }
        }
        return new Preset(source.name, english, german, parameters, rest);
    }

    /**
     * {@code NAME KIND[=DEFAULT]: English | German}; the default may have colons but no blank. Null for anything else.
     */
    private static Parameter parameter(String line) {
        int blank = line.indexOf(' ');
        int colon = line.indexOf(": ");
        int bar = line.indexOf(" | ");
        if (blank < 0 || colon < blank || bar < colon) { return null; }
        String kind = line.substring(blank + 1, colon);
        int equals = kind.indexOf('=');
        ParameterKind known = ParameterKind.of(equals < 0 ? kind : kind.substring(0, equals));
        return known == null ? null
                : new Parameter(line.substring(0, blank), known, equals < 0 ? null : kind.substring(equals + 1),
                        line.substring(colon + 2, bar), line.substring(bar + 3));
    }

    /** The parameter of that name, or null. */
    Parameter parameter(Object of) {
        for (Parameter each : parameters) {
            if (each.name.equals(of)) { return each; }
        }
        return null;
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Parameter each : parameters) {
            names.add(each.name);
        }
        return names;
    }
}
