package boxwall.imports;

/** A script that no shell would read: the line and what is wrong there. */
final class ShellSyntax extends Exception {
    private final int line;

    ShellSyntax(int line, String what) {
        super(what);
        this.line = line;
    }

    int line() { return line; }
}
