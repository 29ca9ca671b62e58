package boxwall.http;

import boxwall.report.Problem;

/** A request that isn't one, or that the port won't read to its end; the answer is in it. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    Refused(int status, String title, String detail) {
        super(title);
        problem = new Problem(status, title, detail);
    }

    Problem problem() { return problem; }
}
