package boxwall.http;

import boxwall.sys.CommandResult;
import boxwall.sys.Sys;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A Sys with only a clock and the token file, which is all that a port needs. */
record ClockAndToken(LongSupplier clock, Supplier<String> token) implements Sys {
    static final String FILE = "/token";

    @Override
    public CommandResult run(List<String> command, String stdin, int limitSeconds) { throw new AssertionError(); }

    @Override
    public String read(String path, int limitBytes) { return path.equals(FILE) ? token.get() : null; }

    @Override
    public void write(String path, String text) { throw new AssertionError(); }

    @Override
    public List<String> list(String directory) { throw new AssertionError(); }

    @Override
    public long uptimeMillis() { return clock.getAsLong(); }
}
