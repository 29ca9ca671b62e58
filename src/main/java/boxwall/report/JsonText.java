package boxwall.report;

import boxwall.box.Finding;
import boxwall.netfilter.Words;
import boxwall.syntax.Note;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;

/** Writes JSON. Converts byte strings to texts. */
public final class JsonText {
    /** 1 January 2020. A box without a real-time clock starts in 1970, or on the day its image was made. */
    private static final long CLOCK_SET = 1577836800L;

    private JsonText() {}

    /** An object from alternating names and values; a pair whose name is null is left out. */
    static JsonObject object(Object... namesAndValues) {
        JsonObject json = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i] != null) { json.add((String) namesAndValues[i], value(namesAndValues[i + 1])); }
        }
        return json;
    }

    /** The same for other packages, which don't use minimal-json: toString() is its text. It may be a value, too. */
    public static Object of(Object... namesAndValues) {
        return object(namesAndValues);
    }

    /** JSON of null, a JSON value, finding, note, list, map, boolean or whole number; of other objects their text. */
    static JsonValue value(Object value) {
        if (value instanceof JsonValue) { return (JsonValue) value; }
        if (value instanceof Finding) {
            Finding finding = (Finding) value;
            return object("code", finding.code, "severity", finding.severity.word(), "where", finding.where, "evidence",
                    finding.evidence, "effect", finding.effect, "remedy", finding.remedy);
        }
        if (value instanceof Note) { return object("where", ((Note) value).origin, "text", ((Note) value).text); }
        if (value instanceof Map) {
            JsonObject json = new JsonObject();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                json.add(entry.getKey().toString(), value(entry.getValue()));
            }
            return json;
        }
        if (value instanceof Iterable) {
            JsonArray all = new JsonArray();
            for (Object element : (Iterable<?>) value) {
                all.add(value(element));
            }
            return all;
        }
        if (value instanceof Boolean) { return Json.value(((Boolean) value).booleanValue()); }
        if (value instanceof Number) { return Json.value(((Number) value).longValue()); }
        return value == null ? Json.NULL : Json.value(utf8(value.toString()));
    }

    /** {@code {code, severity}} of each finding, without {@code {where, evidence[], effect, remedy}}. */
    public static Object brief(List<Finding> findings) {
        JsonArray all = new JsonArray();
        for (Finding finding : findings) {
            all.add(object("code", finding.code, "severity", finding.severity.word()));
        }
        return all;
    }

    /** Milliseconds since 1970 in seconds; null if the clock isn't set. */
    public static Long clock(long millis) {
        return millis / 1000 < CLOCK_SET ? null : (Long) (millis / 1000);
    }

    /** Milliseconds as seconds with two decimals. */
    public static Object seconds(long millis) {
        long part = millis % 1000 / 10;
        return Json.parse(millis / 1000 + "." + (part < 10 ? "0" : "") + part);
    }

    /** A line number, or null for 0. */
    static Integer line(int number) {
        return number == 0 ? null : Integer.valueOf(number);
    }

    /** A number as a program printed it ({@code 14.21}); null if it isn't a number in JSON. */
    public static Object number(String text) {
        int dot = text == null ? -1 : text.indexOf('.');
        String whole = dot < 0 ? text : text.substring(0, dot);
        boolean number = text != null && Words.isNumber(whole) && (whole.length() == 1 || whole.charAt(0) != '0')
                && (dot < 0 || Words.isNumber(text.substring(dot + 1)));
        return number ? Json.parse(text) : Json.NULL;
    }

    /** The text whose UTF-8 bytes are the characters of {@code bytes}; unchanged if they aren't UTF-8. */
    static String utf8(String bytes) {
        char highest = Words.highest(bytes);
        if (highest < 128 || highest > 255) { return bytes; }
        String text = new String(Words.bytesOf(bytes), Charset.forName("UTF-8"));
        return text.indexOf('\ufffd') >= 0 ? bytes : text;
    }
}
