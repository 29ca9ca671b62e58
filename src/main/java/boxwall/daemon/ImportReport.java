package boxwall.daemon;

import boxwall.explain.Difference;
import boxwall.explain.Site;
import boxwall.explain.Verdict;
import boxwall.imports.Imported;
import boxwall.imports.Remark;
import boxwall.report.ImportJson;

/** The report of an import: its remarks, and what its ruleset lets through that the script may not. */
public final class ImportReport {
    private ImportReport() {}

    /** {@code site} is what is known of the box that the ruleset is for. */
    public static ImportJson of(Imported imported, Site site) {
        ImportJson json = new ImportJson(imported.text, imported.isWhole(), imported.rulesTaken(), imported.rulesLeft,
                imported.rulesNotRun);
        for (Remark remark : imported.remarks) {
            json.remark(remark.line, remark.what, remark.todo, remark.harmless);
        }
        Difference difference =
                imported.stricter == null ? null : Difference.of(imported.stricter, imported.ruleset, site);
        for (Difference.Change change : difference == null ? java.util.Collections.<Difference.Change>emptyList()
                : difference.changes) {
            if (change.before == Verdict.DROP && change.after == Verdict.ACCEPT) {
                json.opens(change.region.toString());
            }
        }
        return difference == null ? json : json.incomplete(difference.incomplete());
    }
}
