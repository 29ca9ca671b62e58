package boxwall.imports;

/** What is known of a command's exit status: as of the commands true and false, or nothing. */
enum ExitStatus {
    TRUE, FALSE, UNKNOWN;

    static ExitStatus of(boolean yes) { return yes ? TRUE : FALSE; }

    ExitStatus not() { return this == TRUE ? FALSE : this == FALSE ? TRUE : UNKNOWN; }
}
