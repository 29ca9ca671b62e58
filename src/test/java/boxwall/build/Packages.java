package boxwall.build;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** boxwall's packages, their levels and the allowed dependencies, from {@code build/packages.txt}. */
final class Packages {
    /** One package; {@code arrows} lists the packages it may use and may contain "*". */
    record Row(String name, int level, List<String> arrows) {
        boolean maySee(String other) { return other.equals(name) || arrows.contains("*") || arrows.contains(other); }
    }

    private final Map<String, Row> rows = new LinkedHashMap<>();

    Packages() {
        for (String[] f : Rows.read("packages.txt", 3)) {
            rows.put(f[0],
                    new Row(f[0], Integer.parseInt(f[1]), f[2].equals("-") ? List.of() : List.of(f[2].split("\\s+"))));
        }
    }

    /** The row of a package such as {@code sys}; null if there is none. */
    Row row(String name) {
        return rows.get(name);
    }

    Iterable<Row> rows() { return rows.values(); }

    /**
     * {@code boxwall/sys/Sys} to {@code sys}; null for a class that isn't boxwall's; deeper packages keep their
     * slashes.
     */
    static String of(String className) {
        if (!className.startsWith("boxwall/")) { return null; }
        int slash = className.lastIndexOf('/');
        return slash == "boxwall".length() ? "" : className.substring("boxwall/".length(), slash);
    }

    /**
     * {@code boxwall.box.Interface.Role}, as an import names it, to {@code box}: types start with a capital, packages
     * don't.
     */
    static String ofImport(String name) {
        return of(name.replaceFirst("\\.([A-Z].*|\\*)$", ".Any").replace('.', '/'));
    }
}
