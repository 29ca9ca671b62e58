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

/** The rules of the architecture, each a function from what was read to a list of breaches that say what to do. */
final class Architecture {
    /**
     * Lines of a file, and of a method from its first annotation to its closing brace: far enough that nobody splits a
     * table to keep to them.
     */
    static final int MAX_FILE_LINES = 500;
    static final int MAX_METHOD_LINES = 150;
    /** Up to here (two statements) a method with a body may let its name speak. */
    static final int SPEAKING_NAME_LINES = 4;

    private static final Pattern VAGUE = Pattern.compile(".*(Manager|Helper|Impl|Utils?)");
    /** Start of a class name (or its whole, to the first $) and the one package that may see it. */
    private static final Map<String, String> ONLY = new TreeMap<>(Map.ofEntries(Map.entry("fi/iki/elonen/", "http"),
            Map.entry("com/eclipsesource/json/", "report"), Map.entry("java/lang/ProcessBuilder", "sys"),
            Map.entry("java/lang/Process", "sys"), Map.entry("java/io/File", "sys"),
            Map.entry("java/io/FileInputStream", "sys"), Map.entry("java/io/FileOutputStream", "sys"),
            Map.entry("java/io/FileReader", "sys"), Map.entry("java/io/FileWriter", "sys"),
            Map.entry("java/io/RandomAccessFile", "sys"), Map.entry("java/nio/channels/FileChannel", "sys"),
            Map.entry("java/util/zip/ZipFile", "sys"), Map.entry("java/util/jar/JarFile", "sys")));
    private static final Set<String> EXECUTING =
            Set.of("java/lang/Runtime.exec", "java/lang/System.load", "java/lang/System.loadLibrary");
    /** Members that open files although their class is harmless. */
    private static final Set<String> OPENING = Set.of("java/io/PrintStream.<init>(Ljava/lang/String;",
            "java/io/PrintWriter.<init>(Ljava/lang/String;", "java/util/Formatter.<init>(Ljava/lang/String;",
            "java/net/URL.openStream()", "java/net/URL.openConnection()");

    private final Packages packages;

    Architecture(Packages packages) { this.packages = packages; }

    /** Arrows between packages that the table doesn't have, from class files. */
    List<String> arrows(Collection<ClassScan> classes) {
        Set<String> breaches = new LinkedHashSet<>();
        for (ClassScan scan : classes) {
            Packages.Row from = packages.row(Packages.of(scan.name));
            if (from == null) {
                breaches.add(scan.where("", 0)
                        + ": its package has no row in src/test/resources/build/packages.txt; packages are boxwall.NAME, one deep");
                continue;
            }
            for (ClassScan.Reference reference : scan.references) {
                String to = Packages.of(reference.owner());
                if (to != null && !from.maySee(to)) {
                    breaches.add(scan.where(reference.method(), reference.line()) + ": "
                            + advice(from, to, reference.owner()));
                }
            }
        }
        return List.copyOf(breaches);
    }

    /** The same from imports, which also see what the compiler inlines. */
    List<String> imports(SourceTree tree, Path root) {
        List<String> breaches = new ArrayList<>();
        for (SourceTree.Import line : tree.imports) {
            Packages.Row from = packages.row(root.relativize(line.file().getParent()).toString());
            String to = Packages.ofImport(line.name());
            if (from != null && to != null && !from.maySee(to)) {
                breaches.add(line.file().getFileName() + ":" + line.line() + ": " + advice(from, to, line.name()));
            }
        }
        return breaches;
    }

    private static String advice(Packages.Row from, String to, String seen) {
        return from.name() + " may not see " + to + " (" + seen.replace('/', '.') + "); it may see " + from.arrows()
                + ": pass a value in, or move the code to the package that may";
    }

    /** Libraries, processes and files seen by a package that is not the one for them. */
    List<String> edges(Collection<ClassScan> classes) {
        Set<String> breaches = new LinkedHashSet<>();
        for (ClassScan scan : classes) {
            String from = Packages.of(scan.name);
            for (ClassScan.Reference reference : scan.references) {
                String owner = onlyPackage(reference.owner());
                if (owner != null && !owner.equals(from)) {
                    breaches.add(scan.where(reference.method(), reference.line()) + ": only " + owner + " sees "
                            + reference.owner().replace('/', '.') + ": ask " + owner + " for it");
                }
                String member = reference.owner() + "." + reference.member();
                if (reference.member() != null && !"sys".equals(from) && (EXECUTING.contains(member)
                        || OPENING.stream().anyMatch((member + reference.descriptor())::startsWith))) {
                    breaches.add(scan.where(reference.method(), reference.line())
                            + ": only sys executes and opens files: " + member);
                }
            }
        }
        return List.copyOf(breaches);
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

    /** Names that say nothing. */
    List<String> names(SourceTree tree) {
        return tree.types.stream()
                .filter(t -> VAGUE.matcher(t.name().substring(t.name().lastIndexOf('.') + 1)).matches())
                .map(t -> at(t.file(), t.line()) + t.name()
                        + ": Manager, Helper, Impl and Util say nothing: name what it is, in the field's words")
                .toList();
    }

    /** Files and methods that have grown too long. */
    List<String> lengths(SourceTree tree) {
        List<String> breaches = new ArrayList<>();
        for (SourceTree.TypeText type : tree.types) {
            if (type.lines() > MAX_FILE_LINES) {
                breaches.add(at(type.file(), type.line()) + type.lines() + " lines, at most " + MAX_FILE_LINES
                        + ": does it still say one thing? Split it by what it says");
            }
        }
        for (SourceTree.MethodText method : tree.methods) {
            if (method.lines() > MAX_METHOD_LINES) {
                breaches.add(at(method.file(), method.line()) + method.owner() + "." + method.name() + " has "
                        + method.lines() + " lines, at most " + MAX_METHOD_LINES + ": give its parts names");
            }
        }
        return breaches;
    }

    /**
     * Public types without a docstring; and their public methods, but for those that override, and short ones whose
     * name says it.
     */
    List<String> docstrings(SourceTree tree) {
        List<String> breaches = new ArrayList<>();
        for (SourceTree.TypeText type : tree.types) {
            if (type.isPublic() && !type.hasDoc()) {
                breaches.add(at(type.file(), type.line()) + "public " + type.name()
                        + " has no docstring: one sentence that says what it is");
            }
        }
        for (SourceTree.MethodText method : tree.methods) {
            boolean speaks = method.hasBody() && method.lines() <= SPEAKING_NAME_LINES;
            if (method.visible() && !method.hasDoc() && !speaks) {
                breaches.add(at(method.file(), method.line()) + "public " + method.owner() + "." + method.name()
                        + " has no docstring: what it answers, units, whether null, what it throws");
            }
        }
        return breaches;
    }

    /** Packages with sources but without a package-info.java. */
    List<String> packageInfos(SourceTree tree) {
        Set<String> breaches = new LinkedHashSet<>();
        for (Path file : tree.files) {
            if (!Files.exists(file.resolveSibling("package-info.java"))) {
                breaches.add(file.getParent()
                        + ": package-info.java is missing: say what the package is for and what it must not do");
            }
        }
        return List.copyOf(breaches);
    }

    private static String at(Path file, long line) { return file.getFileName() + ":" + line + ": "; }
}
