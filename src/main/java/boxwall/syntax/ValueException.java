package boxwall.syntax;

/** Thrown for an invalid value; becomes a {@link SyntaxError} where the place is known. */
final class ValueException extends Exception {
    final String todo;

    ValueException(String what, String todo) {
        super(what);
        this.todo = todo;
    }
}
