package boxwall.build;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds uses of APIs that JamVM 2.0 with GNU Classpath 0.99 lacks or implements incorrectly, as far as class files show
 * them. {@code build/api-floor.txt} lists the forbidden APIs, {@code build/api-floor-allow.txt} the exceptions; both
 * explain their rows.
 */
final class ApiFloor {
    /** A conversion of Formatter: "%<" or an index, flags, width, precision, letter. */
    private static final Pattern CONVERSION = Pattern.compile("%(<|\\d+\\$)?[-#+ 0,(]*\\d*(?:\\.\\d+)?([a-zA-Z%])");
    private static final Set<String> FORMATTING =
            Set.of("java/lang/String.format", "java/util/Formatter.format", "java/io/PrintStream.format",
                    "java/io/PrintStream.printf", "java/io/PrintWriter.format", "java/io/PrintWriter.printf");
    private static final Set<String> REGEX =
            Set.of("java/util/regex/Pattern.compile", "java/util/regex/Pattern.matches", "java/lang/String.matches",
                    "java/lang/String.split", "java/lang/String.replaceAll", "java/lang/String.replaceFirst");
    private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?<[A-Za-z]|\\\\k<");
    private static final Pattern MISSING_CLASS = Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\[Rh]");
    private static final Pattern WRONG_MODE = Pattern.compile("\\(\\?[a-z]*x|\\[\\^?\\]");
    private static final Pattern LOOP = Pattern.compile("\\([^()]*\\|[^()]*\\)[*+]");

    private final List<Row> rows;
    private final List<Allowance> allowances;
    private final Set<Allowance> used = new HashSet<>();
    private final Map<String, Set<String>> supertypes = new HashMap<>();
    private final Map<String, ClassScan> scanned = new HashMap<>();

    /** A forbidden API, {@code what} as written in the file, and the reason. */
    record Row(String what, String reason) {
        /** The class, or a package with its trailing slash. */
        String owner() {
            String name = what.contains("(") ? what.substring(0, what.indexOf('(')) : what;
            String owner = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
            return owner.endsWith("/**") ? owner.substring(0, owner.length() - 2) : owner;
        }

        /** The member, or null if the whole class or package is forbidden. */
        String member() {
            String name = what.contains("(") ? what.substring(0, what.indexOf('(')) : what;
            return name.contains(".") ? name.substring(name.indexOf('.') + 1) : null;
        }

        /** The start of the member's descriptor; "" for any. */
        String descriptor() {
            return what.contains("(") ? what.substring(what.indexOf('(')) : "";
        }

        boolean isPackage() { return what.endsWith("/**"); }
    }

    /**
     * An exception: where (a class, {@code class.method} or {@code package/**}), the row that is allowed there, the
     * reason.
     */
    record Allowance(String where, String what, String reason) {
        boolean covers(String className, String method, String row) {
            boolean place = where.endsWith("/**") ? className.startsWith(where.substring(0, where.length() - 2))
                    : where.equals(className) || where.equals(className + "." + method);
            return place && what.equals(row);
        }
    }

    ApiFloor(List<Row> rows, List<Allowance> allowances) {
        this.rows = List.copyOf(rows);
        this.allowances = List.copyOf(allowances);
    }

    /** The rows and exceptions of this project. */
    static ApiFloor ofTheProject() {
        return new ApiFloor(rowsOfTheProject(), allowancesOfTheProject());
    }

    static List<Row> rowsOfTheProject() {
        return Rows.read("api-floor.txt", 2).stream().map(f -> new Row(f[0], f[1])).toList();
    }

    static List<Allowance> allowancesOfTheProject() {
        return Rows.read("api-floor-allow.txt", 3).stream().map(f -> new Allowance(f[0], f[1], f[2])).toList();
    }

    /** One line for each forbidden use: where, what, why. */
    List<String> check(Collection<ClassScan> classes) {
        classes.forEach(c -> scanned.put(c.name, c));
        Set<String> findings = new LinkedHashSet<>();
        for (ClassScan scan : classes) {
            for (ClassScan.Unsupported unsupported : scan.unsupported) {
                add(findings, scan, unsupported.kind(), unsupported.method(), unsupported.line());
            }
            for (ClassScan.Reference reference : scan.references) {
                for (Row row : rows) {
                    if (matches(row, reference)) {
                        add(findings, scan, row.what(), reference.method(), reference.line());
                    }
                }
            }
            checkConstants(findings, scan);
        }
        return new ArrayList<>(findings);
    }

    /** Exceptions that no scanned class needs. */
    List<Allowance> unused() {
        return allowances.stream().filter(a -> !used.contains(a)).toList();
    }

    private void add(Set<String> findings, ClassScan scan, String what, String method, int line) {
        List<Allowance> exceptions = allowances.stream().filter(a -> a.covers(scan.name, method, what)).toList();
        used.addAll(exceptions);
        if (exceptions.isEmpty()) {
            String reason = rows.stream().filter(r -> r.what().equals(what)).map(Row::reason).findFirst()
                    .orElse("no row explains it");
            findings.add(scan.where(method, line) + ": " + what + ": " + reason);
        }
    }

    private boolean matches(Row row, ClassScan.Reference reference) {
        if (row.isPackage()) { return reference.owner().startsWith(row.owner()); }
        if (row.member() == null) {
            return reference.owner().equals(row.owner()) || reference.owner().startsWith(row.owner() + "$");
        }
        if (!row.member().equals(reference.member()) || !reference.descriptor().startsWith(row.descriptor())) {
            return false;
        }
        return reference.owner().equals(row.owner())
                || !row.member().equals("<init>") && supertypes(reference.owner()).contains(row.owner());
    }

    private Set<String> supertypes(String name) {
        Set<String> known = supertypes.get(name);
        if (known == null) {
            known = new HashSet<>();
            supertypes.put(name, known);
            for (String parent : parents(name)) {
                known.add(parent);
                known.addAll(supertypes(parent));
            }
        }
        return known;
    }

    private List<String> parents(String name) {
        if (scanned.containsKey(name)) { return scanned.get(name).parents; }
        List<String> parents = new ArrayList<>();
        try {
            Class<?> type = Class.forName(name.replace('/', '.'), false, getClass().getClassLoader());
            if (type.getSuperclass() != null) { parents.add(type.getSuperclass().getName().replace('.', '/')); }
            for (Class<?> parent : type.getInterfaces()) {
                parents.add(parent.getName().replace('.', '/'));
            }
        } catch (ClassNotFoundException e) {
            return parents; // a class of another JDK: only its own name can be compared
        }
        return parents;
    }

    private void checkConstants(Set<String> findings, ClassScan scan) {
        Set<String> formatting = methodsThatCall(scan, FORMATTING);
        Set<String> matching = methodsThatCall(scan, REGEX);
        for (ClassScan.Constant constant : scan.constants) {
            if (formatting.contains(constant.method()) && formatsWrongly(constant.text())) {
                add(findings, scan, "@format", constant.method(), constant.line());
            }
            if (matching.contains(constant.method())) { checkRegex(findings, scan, constant); }
        }
    }

    private void checkRegex(Set<String> findings, ClassScan scan, ClassScan.Constant constant) {
        if (NAMED_GROUP.matcher(constant.text()).find()) {
            add(findings, scan, "@regex-named-group", constant.method(), constant.line());
        }
        if (MISSING_CLASS.matcher(constant.text()).find()) {
            add(findings, scan, "@regex-class", constant.method(), constant.line());
        }
        if (WRONG_MODE.matcher(constant.text()).find()) {
            add(findings, scan, "@regex-wrong", constant.method(), constant.line());
        }
        if (LOOP.matcher(constant.text()).find()) {
            add(findings, scan, "@regex-loop", constant.method(), constant.line());
        }
    }

    private static Set<String> methodsThatCall(ClassScan scan, Set<String> called) {
        Set<String> methods = new HashSet<>();
        for (ClassScan.Reference reference : scan.references) {
            if (called.contains(reference.owner() + "." + reference.member())) { methods.add(reference.method()); }
        }
        return methods;
    }

    private static boolean formatsWrongly(String format) {
        Matcher conversion = CONVERSION.matcher(format);
        while (conversion.find()) {
            if ("<".equals(conversion.group(1)) || "aAbBeEfgG".contains(conversion.group(2))) { return true; }
        }
        return false;
    }
}
