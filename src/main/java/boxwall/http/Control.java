package boxwall.http;

/**
 * What the port can ask of the daemon. Every method may be called from several threads; each answers with a finished reply and
 * throws nothing for bad input.
 */
public interface Control {
    /** Milliseconds since the machine started; connections are dated with it. */
    long uptimeMillis();

    /** GET /status; the long form only for a client that showed the token. */
    Reply status(boolean withToken);

    /** GET /facts. */
    Reply facts();

    /** GET /findings. */
    Reply findings();

    /** GET /rules: the source, with an ETag. */
    Reply rules();

    /** GET /explain?KEY=VALUE…: what becomes of one packet. */
    Reply explain(Request request);

    /** GET /exposure: who reaches what, now and with the candidate. */
    Reply exposure();

    /** GET /diff: what the candidate decides otherwise than the live rules. */
    Reply diff();

    /** PUT /rules: a candidate, checked and kept in memory. */
    Reply putRules(Request request);

    /** POST /apply?confirm=N[&force=1]. */
    Reply apply(Request request);

    /** POST /confirm/ID. */
    Reply confirm(Request request, String id);

    /** DELETE /apply/ID. */
    Reply revert(Request request, String id);
}
