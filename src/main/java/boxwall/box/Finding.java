package boxwall.box;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import boxwall.netfilter.TextTable;
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
    private static final TextTable ROWS = new TextTable("/boxwall/box/findings", 4);

    public final String code;
    public final Severity severity;
    public final String where;
    private final List<String> evidence;
    private final String effect;
    public final String remedy;
    /** The secrets of the box that the finding is about; else those of any box. */
    private final Secrets secrets;

    /**
     * Makes a finding.
     *
     * @param code a stable word that docs/findings.md has a row for
     * @param where {@code file:line:column} of a ruleset, or the box's file the evidence is from; empty when neither
     * @param evidence verbatim lines, each with its source in front ({@code dmesg: …}); never null
     * @param effect one sentence that a user understands
     * @param remedy the exact command or menuconfig symbol; never null
     */
    public Finding(String code, Severity severity, String where, List<String> evidence, String effect, String remedy) {
        this(code, severity, where, evidence, effect, remedy, Secrets.NONE);
    }

    private Finding(String code, Severity severity, String where, List<String> evidence, String effect, String remedy,
            Secrets secrets) {
        this.code = code;
        this.severity = severity;
        this.where = where;
        this.evidence = Collections.unmodifiableList(new ArrayList<>(evidence));
        this.effect = effect;
        this.remedy = remedy;
        this.secrets = secrets;
    }

    /**
     * Makes a finding from a row of the resource {@code findings}.
     *
     * @param name the code, or {@code CODE.VARIANT}
     * @param values of {@code %1} to {@code %9} in effect and remedy
     */
    public static Finding of(String name, String where, List<String> evidence, Object... values) {
        String[] row = ROWS.rows(name).get(0);
        return new Finding(Words.before(name, '.'), Severity.of(row[1]), where, evidence,
                TextTable.filled(row[2], "", values), TextTable.filled(row[3], "", values));
    }

    /** This finding about another place. */
    public Finding at(String place, List<String> lines) {
        return new Finding(code, severity, place, lines, effect, remedy, secrets);
    }

    public Finding withSeverity(Severity other) {
        return new Finding(code, other, where, evidence, effect, remedy, secrets);
    }

    /** This finding, shown without these secrets of its box. */
    public Finding without(Secrets others) {
        return new Finding(code, severity, where, evidence, effect, remedy, others);
    }

    /** The lines without secrets. */
    public List<String> evidence() {
        List<String> shown = new ArrayList<>();
        for (String line : evidence) {
            shown.add(secrets.line(line));
        }
        return shown;
    }

    /** The effect without secrets, which it may quote. */
    public String effect() { return secrets.sentence(effect); }

    @Override
    public String toString() {
        return (where.length() == 0 ? "" : where + ": ") + severity.word() + " " + code + ": " + effect()
                + (remedy.length() == 0 ? "" : "; " + remedy);
    }
}
