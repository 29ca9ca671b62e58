package boxwall.sys;

import java.util.List;

/** The result of a program that a test only says was run, with its status. */
public class EndedCommand extends CommandResult {
    private final int status;

    public EndedCommand(List<String> command, String out, String err, int status) {
        super(command, out, err, false, null);
        this.status = status;
    }

    @Override
    public int status() { return status; }
}
