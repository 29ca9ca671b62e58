package boxwall.syntax;

import java.util.List;

/** Files to include that a test has in memory. */
public interface TestIncludes extends Includes {
    @Override
    default List<String> names() { return List.of("loop", "part"); }
}
