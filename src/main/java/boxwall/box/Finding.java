package boxwall.box;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.netfilter.ResourceTexts;
import boxwall.netfilter.Words;

/** A message for the administrator: what was found, the evidence, its effect and a remedy. Immutable. */
public final class Finding {
    /** How serious it is. */
    public enum Severity {
        /** The ruleset is not applied. */
        REFUSE,
        /** Protection is weaker than it seems, or something will fail. */
        WARN,
        /** For information. */
        NOTE;

        /** Lower case, as in JSON. */
        public String word() { return name().toLowerCase(java.util.Locale.ROOT); }

        private static Severity of(String word) {
            for (Severity severity : values()) {
                if (severity.word().equals(word)) { return severity; }
            }
            throw new IllegalArgumentException(word);
        }
    }

    /** Severity and texts; read at the first finding. */
    private static final ResourceTexts ROWS = new ResourceTexts("/boxwall/box/findings", 4);

    public final String code;
    public final Severity severity;
    public final String where;
    /** Lines, each with its source in front ({@code dmesg: …}). */
    public final List<String> evidence;
    public final String effect;
    public final String remedy;

    /**
     * Makes a finding from texts without secrets.
     *
     * @param code a stable word that docs/findings.md has a row for
     * @param where {@code file:line:column} of a ruleset, or the box's file the evidence is from; empty when neither
     * @param evidence verbatim lines; never null
     * @param effect one sentence that a user understands
     * @param remedy the exact command or menuconfig symbol; never null
     */
    public Finding(String code, Severity severity, String where, List<String> evidence, String effect, String remedy) {
        this.code = code;
        this.severity = severity;
        this.where = where;
        this.evidence = Collections.unmodifiableList(new ArrayList<>(evidence));
        this.effect = effect;
        this.remedy = remedy;
    }

    /**
     * Makes a finding from a row of the resource {@code findings}; removes secrets, as of any box.
     *
     * @param name the code, or {@code CODE.VARIANT}
     * @param values of {@code %1} to {@code %9} in effect and remedy
     */
    public static Finding of(String name, String where, List<String> evidence, Object... values) {
        return of(Secrets.NONE, name, where, evidence, values);
    }

    /** The same; removes the secrets of a box. */
    public static Finding of(Secrets secrets, String name, String where, List<String> evidence, Object... values) {
        String[] row = ROWS.rows(name).get(0);
        return new Finding(Words.before(name, '.'), Severity.of(row[1]), where, secrets.lines(evidence),
                secrets.sentence(ResourceTexts.filled(row[2], "", values)), ResourceTexts.filled(row[3], "", values));
    }

    /** This finding about another place, with other lines without secrets. */
    public Finding at(String place, List<String> lines) {
        return new Finding(code, severity, place, lines, effect, remedy);
    }

    public Finding withSeverity(Severity other) { return new Finding(code, other, where, evidence, effect, remedy); }

    @Override
    public String toString() {
        return (where.length() == 0 ? "" : where + ": ") + severity.word() + " " + code + ": " + effect
                + (remedy.length() == 0 ? "" : "; " + remedy);
    }
}
