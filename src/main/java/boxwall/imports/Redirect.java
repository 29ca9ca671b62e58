package boxwall.imports;

import java.util.ArrayList;
import java.util.List;

/** {@code >file}, {@code 2>&1}, {@code <file} or a here-document at a command. */
final class Redirect {
    /** One of {@code > >> < <& >& <> >| << <<- <<<}. */
    final String operator;
    final ShellWord target;
    /** The lines of a here-document, else empty. */
    final List<String> body = new ArrayList<String>();
    /** The line where the body starts, 1-based. */
    int bodyLine;
    /** Whether names in the body are to be replaced: its end word has no quotes. */
    boolean expand = true;

    Redirect(String operator, ShellWord target) {
        this.operator = operator;
        this.target = target;
    }

    boolean isHere() { return operator.equals("<<") || operator.equals("<<-"); }

    boolean isInput() { return operator.charAt(0) == '<' && !isHere(); }
}
