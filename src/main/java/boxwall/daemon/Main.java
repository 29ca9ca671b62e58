package boxwall.daemon;

/** The verbs of the command line. */
public final class Main {
    private Main() {
    }

    /** Runs one verb. */
    public static void main(String[] args) {
        System.err.println("boxwall: no verb is there yet");
        System.exit(2);
    }
}
