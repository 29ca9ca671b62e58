package boxwall.imports;

/** The exit status of a command, if it is known without the box. */
enum ExitStatus {
    TRUE, FALSE, UNKNOWN;

    static ExitStatus of(boolean success) { return success ? TRUE : FALSE; }

    ExitStatus not() { return this == TRUE ? FALSE : this == FALSE ? TRUE : UNKNOWN; }
}
