package boxwall.http;

/** Where the port tells what happened to it; one line an event. */
public interface Journal {
    /** An event in words; line ends and control characters in it are the journal's business. */
    void event(String words);

    /** A bug: the request was answered with 500. */
    void bug(Throwable bug);
}
