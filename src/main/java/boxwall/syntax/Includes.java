package boxwall.syntax;

import java.util.Collections;
import java.util.List;

/** Finds the file of {@code include NAME}, in the places that the implementation allows. */
public interface Includes {
    /** The file, or null if it doesn't exist or isn't allowed. */
    Source find(String name);

    /** The names of the presets. */
    List<String> names();

    /** Allows no includes. */
    Includes NONE = new Includes() {
        @Override
        public Source find(String name) { return null; }

        @Override
        public List<String> names() { return Collections.emptyList(); }
    };
}
