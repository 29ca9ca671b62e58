package boxwall.box;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Something the administrator should know: what, by which evidence, what it means, what to do. */
public final class Finding {
    /** How bad it is. */
    public enum Severity {
        /** A ruleset is not applied while this stands. */
        REFUSE,
        /** Protection is less than it seems, or something will fail. */
        WARN,
        /** Good to know. */
        NOTE;

        /** Lower case, as in JSON. */
        public String word() { return name().toLowerCase(java.util.Locale.ROOT); }
    }

    public final String code;
    public final Severity severity;
    public final String where;
    private final List<String> evidence;
    private final String effect;
    public final String remedy;
    /** Of the box that it is about; of none when they are at hand no more. */
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

    /** The same, shown without what names this box. */
    public Finding(String code, Severity severity, String where, List<String> evidence, String effect, String remedy,
            Secrets secrets) {
        this.code = code;
        this.severity = severity;
        this.where = where;
        this.evidence = Collections.unmodifiableList(new ArrayList<>(evidence));
        this.effect = effect;
        this.remedy = remedy;
        this.secrets = secrets;
    }

    /** The lines without secrets, see {@link Secrets}. */
    public List<String> evidence() {
        List<String> shown = new ArrayList<>();
        for (String line : evidence) {
            shown.add(secrets.line(line));
        }
        return shown;
    }

    /** Without secrets: it may quote. */
    public String effect() { return secrets.sentence(effect); }

    @Override
    public String toString() {
        return (where.length() == 0 ? "" : where + ": ") + severity.word() + " " + code + ": " + effect()
                + (remedy.length() == 0 ? "" : "; " + remedy);
    }
}
