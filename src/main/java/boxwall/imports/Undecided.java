package boxwall.imports;

/** A value that only the box, or whoever runs the script, could tell: what it is, and what to write instead. */
final class Undecided extends Exception {
    private final String todo;

    Undecided(String what, String todo) {
        super(what);
        this.todo = todo;
    }

    String todo() {
        return todo;
    }
}
