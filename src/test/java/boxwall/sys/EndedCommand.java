package boxwall.sys;

import java.util.List;

/** The result of a program that was not really run, with its status. */
public class EndedCommand extends CommandResult {
    private final int status;

    public EndedCommand(List<String> command, String out, String err, int status) {
        super(command, out, err, false, null);
        this.status = status;
    }

    @Override
    public int status() { return status; }
}
