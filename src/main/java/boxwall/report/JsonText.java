package boxwall.report;

import boxwall.box.Finding;
import boxwall.netfilter.Words;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.io.UnsupportedEncodingException;
import java.util.List;
import java.util.Map;

/** The few methods that write all of boxwall's JSON; texts are byte strings until here. */
public final class JsonText {
    /** A box without a clock of its own begins in 1970, or with the day its image was made. */
    private static final long CLOCK_SET = 1577836800L;

    private JsonText() {}

    /** An object of names and their values, in turns; what has no name is left out. */
    static JsonObject object(Object... namesAndValues) {
        JsonObject json = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i] != null) { json.add((String) namesAndValues[i], value(namesAndValues[i + 1])); }
        }
        return json;
    }

    /** The same for packages that don't see minimal-json: toString() is its text, or it is a value of another one. */
    public static Object of(Object... namesAndValues) {
        return object(namesAndValues);
    }

    /** Null, a JSON value, a finding, a list or map of such, a truth value, a whole number; the text of all else. */
    static JsonValue value(Object value) {
        if (value instanceof JsonValue) { return (JsonValue) value; }
        if (value instanceof Finding) {
            Finding finding = (Finding) value;
            return object("code", finding.code, "severity", finding.severity.word(), "where", finding.where, "evidence",
                    finding.evidence(), "effect", finding.effect(), "remedy", finding.remedy);
        }
        if (value instanceof Map) {
            JsonObject json = new JsonObject();
            for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet()) {
                json.add(e.getKey().toString(), value(e.getValue()));
            }
            return json;
        }
        if (value instanceof Iterable) {
            JsonArray all = new JsonArray();
            for (Object each : (Iterable<?>) value) {
                all.add(value(each));
            }
            return all;
        }
        if (value instanceof Boolean) { return Json.value(((Boolean) value).booleanValue()); }
        if (value instanceof Number) { return Json.value(((Number) value).longValue()); }
        return value == null ? Json.NULL : Json.value(utf8(value.toString()));
    }

    /** {@code {code, severity}} of each finding; a whole one also has {@code {where, evidence[], effect, remedy}}. */
    public static Object brief(List<Finding> findings) {
        JsonArray all = new JsonArray();
        for (Finding finding : findings) {
            all.add(object("code", finding.code, "severity", finding.severity.word()));
        }
        return all;
    }

    /** A clock's milliseconds since 1970 in seconds; null when nobody has set it. */
    public static Long clock(long millis) {
        return millis / 1000 < CLOCK_SET ? null : (Long) (millis / 1000);
    }

    /** Milliseconds as seconds with two digits. */
    public static Object seconds(long millis) {
        long part = millis % 1000 / 10;
        return Json.parse(millis / 1000 + "." + (part < 10 ? "0" : "") + part);
    }

    /** A number as a program printed it ({@code 14.21}); null for null, and what isn't a number to JSON. */
    public static Object number(String text) {
        int dot = text == null ? -1 : text.indexOf('.');
        String whole = dot < 0 ? text : text.substring(0, dot);
        boolean number = text != null && Words.isNumber(whole) && (whole.length() == 1 || whole.charAt(0) != '0')
                && (dot < 0 || Words.isNumber(text.substring(dot + 1)));
        return number ? Json.parse(text) : Json.NULL;
    }

    /**
     * The text whose UTF-8 bytes are the characters of {@code bytes}; unchanged when it holds other characters already.
     */
    static String utf8(String bytes) {
        char highest = Words.highest(bytes);
        if (highest < 128 || highest > 255) { return bytes; }
        try {
            String text = new String(bytes.getBytes("ISO-8859-1"), "UTF-8");
            return text.indexOf('\ufffd') >= 0 ? bytes : text;
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
