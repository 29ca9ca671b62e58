package boxwall.build;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The rules of the architecture. Each method checks one rule and returns a list of violations with their remedy. */
final class Architecture {
    /**
     * The maximum lines of a file, and of a method from its first annotation to its closing brace: high enough that no
     * table must be split.
     */
    static final int MAX_FILE_LINES = 500;
    static final int MAX_METHOD_LINES = 150;
    /** A method with a body of up to this length (two statements) needs no docstring. */
    static final int NO_DOCSTRING_LINES = 4;

    private static final Pattern VAGUE = Pattern.compile(".*(Manager|Helper|Impl|Utils?)");
    /** A prefix of class names (or a whole name, up to the first $) and the only package that may use it. */
    private static final Map<String, String> ONLY = new TreeMap<>(Map.ofEntries(Map.entry("fi/iki/elonen/", "http"),
            Map.entry("com/eclipsesource/json/", "report"), Map.entry("java/lang/ProcessBuilder", "sys"),
            Map.entry("java/lang/Process", "sys"), Map.entry("java/io/File", "sys"),
            Map.entry("java/io/FileInputStream", "sys"), Map.entry("java/io/FileOutputStream", "sys"),
            Map.entry("java/io/FileReader", "sys"), Map.entry("java/io/FileWriter", "sys"),
            Map.entry("java/io/RandomAccessFile", "sys"), Map.entry("java/nio/channels/FileChannel", "sys"),
            Map.entry("java/util/zip/ZipFile", "sys"), Map.entry("java/util/jar/JarFile", "sys")));
    private static final Set<String> EXECUTING =
            Set.of("java/lang/Runtime.exec", "java/lang/System.load", "java/lang/System.loadLibrary");
    /** Members that open files in classes that are otherwise allowed. */
    private static final Set<String> OPENING = Set.of("java/io/PrintStream.<init>(Ljava/lang/String;",
            "java/io/PrintWriter.<init>(Ljava/lang/String;", "java/util/Formatter.<init>(Ljava/lang/String;",
            "java/net/URL.openStream()", "java/net/URL.openConnection()");

    private final Packages packages;

    Architecture(Packages packages) { this.packages = packages; }

    /** Dependencies between packages that the table does not allow, from class files. */
    List<String> arrows(Collection<ClassScan> classes) {
        Set<String> violations = new LinkedHashSet<>();
        for (ClassScan scan : classes) {
            Packages.Row from = packages.row(Packages.of(scan.name));
            if (from == null) {
                violations.add(scan.where("", 0)
                        + ": its package has no row in src/test/resources/build/packages.txt; packages are boxwall.NAME, one deep");
                continue;
            }
            for (ClassScan.Reference reference : scan.references) {
                String to = Packages.of(reference.owner());
                if (to != null && !from.maySee(to)) {
                    violations.add(scan.where(reference.method(), reference.line()) + ": "
                            + advice(from, to, reference.owner()));
                }
            }
        }
        return List.copyOf(violations);
    }

    /** The same from imports, which also show what the compiler inlines. */
    List<String> imports(SourceTree tree, Path root) {
        List<String> violations = new ArrayList<>();
        for (SourceTree.Import line : tree.imports) {
            Packages.Row from = packages.row(root.relativize(line.file().getParent()).toString());
            String to = Packages.ofImport(line.name());
            if (from != null && to != null && !from.maySee(to)) {
                violations.add(line.file().getFileName() + ":" + line.line() + ": " + advice(from, to, line.name()));
            }
        }
        return violations;
    }

    private static String advice(Packages.Row from, String to, String seen) {
        return from.name() + " may not see " + to + " (" + seen.replace('/', '.') + "); it may see " + from.arrows()
                + ": pass a value in, or move the code to the package that may";
    }

    /** Libraries, processes and files used by a package that may not use them. */
    List<String> edges(Collection<ClassScan> classes) {
        Set<String> violations = new LinkedHashSet<>();
        for (ClassScan scan : classes) {
            String from = Packages.of(scan.name);
            for (ClassScan.Reference reference : scan.references) {
                String owner = onlyPackage(reference.owner());
                if (owner != null && !owner.equals(from)) {
                    violations.add(scan.where(reference.method(), reference.line()) + ": only " + owner + " sees "
                            + reference.owner().replace('/', '.') + ": use " + owner + " for it");
                }
                String member = reference.owner() + "." + reference.member();
                if (reference.member() != null && !"sys".equals(from) && (EXECUTING.contains(member)
                        || OPENING.stream().anyMatch((member + reference.descriptor())::startsWith))) {
                    violations.add(scan.where(reference.method(), reference.line())
                            + ": only sys executes and opens files: " + member);
                }
            }
        }
        return List.copyOf(violations);
    }

    private static String onlyPackage(String className) {
        for (Map.Entry<String, String> only : ONLY.entrySet()) {
            String key = only.getKey();
            if (key.endsWith("/") ? className.startsWith(key)
                    : className.equals(key) || className.startsWith(key + "$")) {
                return only.getValue();
            }
        }
        return null;
    }

    /** Class names without meaning. */
    List<String> names(SourceTree tree) {
        return tree.types.stream()
                .filter(t -> VAGUE.matcher(t.name().substring(t.name().lastIndexOf('.') + 1)).matches())
                .map(t -> at(t.file(), t.line()) + t.name()
                        + ": Manager, Helper, Impl and Util have no meaning: use a term of the field")
                .toList();
    }

    /** Files and methods that are too long. */
    List<String> lengths(SourceTree tree) {
        List<String> violations = new ArrayList<>();
        for (SourceTree.TypeText type : tree.types) {
            if (type.lines() > MAX_FILE_LINES) {
                violations.add(at(type.file(), type.line()) + type.lines() + " lines, at most " + MAX_FILE_LINES
                        + ": split it by its responsibilities");
            }
        }
        for (SourceTree.MethodText method : tree.methods) {
            if (method.lines() > MAX_METHOD_LINES) {
                violations.add(at(method.file(), method.line()) + method.owner() + "." + method.name() + " has "
                        + method.lines() + " lines, at most " + MAX_METHOD_LINES + ": extract methods");
            }
        }
        return violations;
    }

    /**
     * Public types without a docstring; and their public methods, except overriding and short ones.
     */
    List<String> docstrings(SourceTree tree) {
        List<String> violations = new ArrayList<>();
        for (SourceTree.TypeText type : tree.types) {
            if (type.isPublic() && !type.hasDoc()) {
                violations.add(at(type.file(), type.line()) + "public " + type.name()
                        + " has no docstring: add one sentence that describes it");
            }
        }
        for (SourceTree.MethodText method : tree.methods) {
            boolean isShort = method.hasBody() && method.lines() <= NO_DOCSTRING_LINES;
            if (method.visible() && !method.hasDoc() && !isShort) {
                violations.add(at(method.file(), method.line()) + "public " + method.owner() + "." + method.name()
                        + " has no docstring: describe the result, units, null, exceptions");
            }
        }
        return violations;
    }

    /** Packages with sources but without a package-info.java. */
    List<String> packageInfos(SourceTree tree) {
        Set<String> violations = new LinkedHashSet<>();
        for (Path file : tree.files) {
            if (!Files.exists(file.resolveSibling("package-info.java"))) {
                violations.add(file.getParent()
                        + ": package-info.java is missing: describe the purpose of the package and what it must not do");
            }
        }
        return List.copyOf(violations);
    }

    private static String at(Path file, long line) { return file.getFileName() + ":" + line + ": "; }
}
