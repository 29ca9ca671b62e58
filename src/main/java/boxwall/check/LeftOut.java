package boxwall.check;

import boxwall.box.Finding;
import boxwall.syntax.Note;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules with a function that the compiler leaves out for this box. */
public final class LeftOut {
    private LeftOut() {}

    /** A finding rule-left-out for each reason, with all its lines. */
    public static List<Finding> of(List<Note> notes) {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        Map<String, String> instead = new LinkedHashMap<>();
        for (Note note : notes) {
            if (note.instead != null) {
                if (!lines.containsKey(note.text())) {
                    lines.put(note.text(), new ArrayList<String>());
                    instead.put(note.text(), note.instead);
                }
                lines.get(note.text()).add(note.origin().toString());
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (Map.Entry<String, List<String>> each : lines.entrySet()) {
            List<String> evidence = new ArrayList<>();
            for (String line : each.getValue()) {
                evidence.add(line + ": " + each.getKey());
            }
            findings.add(new Finding("rule-left-out", Finding.Severity.WARN, Checker.listed(each.getValue()), evidence,
                    each.getKey(), instead.get(each.getKey())));
        }
        return findings;
    }
}
