package boxwall.http;

/**
 * What the port can ask of the daemon. Every method may be called from several threads; each answers with a finished reply and
 * throws nothing for bad input.
 */
public interface Control {
    /** GET /: the page, in the language that Accept-Language prefers. */
    Reply page(Request request);

    /** GET /status; the long form only for a client that showed the token. */
    Reply status(boolean withToken);

    /** GET /facts. */
    Reply facts();

    /** GET /findings. */
    Reply findings();

    /** GET /counters[?samples=1]: the live rules with their counters. */
    Reply counters(Request request);

    /** GET /log[?lines=N]: packets that LOG rules saw. */
    Reply log(Request request);

    /** GET /metrics: Prometheus' text format 0.0.4. */
    Reply metrics();

    /** GET /history: the rulesets before, and the changes since the daemon is there. */
    Reply history();

    /** GET /rules: the live source, with ?draft=1 the candidate, each with an ETag; 304 when If-None-Match has it. */
    Reply rules(Request request);

    /** GET /explain?KEY=VALUE…: what becomes of one packet. */
    Reply explain(Request request);

    /** GET /exposure: who reaches what, now and with the candidate. */
    Reply exposure(Request request);

    /** GET /diff: what the candidate decides differently from the live rules. */
    Reply diff(Request request);

    /** PUT /rules: a candidate, checked and kept in memory. */
    Reply putRules(Request request);

    /** DELETE /rules: the candidate is forgotten. */
    Reply discard(Request request);

    /** GET /presets: what can be included. */
    Reply presets();

    /** POST /apply?confirm=N[&force=1]. */
    Reply apply(Request request);

    /** POST /confirm/ID. */
    Reply confirm(Request request, String id);

    /** DELETE /apply/ID. */
    Reply revert(Request request, String id);

    /** POST /history/N: an older ruleset becomes the candidate. */
    Reply restore(Request request, String number);

    /** POST /import: a script or a dump as a ruleset, and what is not in it. */
    Reply imported(Request request);

    /** POST /record: what was read of the box, secrets left out, as a tar. */
    Reply record(Request request);

    /** POST /pa?state=flush|disable|enable. */
    Reply acceleration(Request request);

    /** POST /printk?seconds=N: the kernel's messages to the kernel log, for a while. */
    Reply printk(Request request);
}
