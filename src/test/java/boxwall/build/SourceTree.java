package boxwall.build;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Imports, lengths and docstrings of the sources. It uses the parser of javac, so strings and comments cannot be
 * mistaken for code.
 */
final class SourceTree {
    /** A type and its file. {@code lines} is the length of the whole file for a top-level type, otherwise 0. */
    record TypeText(Path file, long line, String name, boolean isPublic, boolean hasDoc, long lines) {
    }

    /**
     * A method; {@code owner} is its type, {@code visible} means that it and its type are public and it overrides
     * nothing.
     */
    record MethodText(Path file, long line, String owner, String name, long lines, boolean visible, boolean hasBody,
            boolean hasDoc) {
    }

    /** An import as written. */
    record Import(Path file, long line, String name) {
    }

    final List<Path> files;
    final List<TypeText> types = new ArrayList<>();
    final List<MethodText> methods = new ArrayList<>();
    final List<Import> imports = new ArrayList<>();

    private SourceTree(List<Path> files) { this.files = files; }

    /** Reads all sources below a directory. */
    static SourceTree below(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            return of(walk.filter(f -> f.toString().endsWith(".java")).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SourceTree of(List<Path> files) throws IOException {
        SourceTree tree = new SourceTree(files);
        if (files.isEmpty()) { return tree; }
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null);
        JavacTask task = (JavacTask) javac.getTask(null, manager, d -> {}, List.of("-proc:none"), null,
                manager.getJavaFileObjectsFromPaths(files));
        DocTrees docs = DocTrees.instance(task);
        for (CompilationUnitTree unit : task.parse()) {
            tree.new Visitor(unit, docs).scan(unit, null);
        }
        return tree;
    }

    /** Walks one file. */
    private final class Visitor extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final DocTrees docs;
        private final Path file;
        private String owner = "";
        private boolean ownerIsPublic = true;
        private boolean ownerIsInterface;

        Visitor(CompilationUnitTree unit, DocTrees docs) {
            this.unit = unit;
            this.docs = docs;
            this.file = Path.of(unit.getSourceFile().toUri());
        }

        @Override
        public Void visitImport(ImportTree tree, Void unused) {
            imports.add(new Import(file, line(tree), tree.getQualifiedIdentifier().toString()));
            return null;
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            String outer = owner;
            boolean outerIsPublic = ownerIsPublic;
            boolean outerIsInterface = ownerIsInterface;
            if (tree.getSimpleName().length() > 0) {
                owner = outer.isEmpty() ? tree.getSimpleName().toString() : outer + "." + tree.getSimpleName();
                ownerIsPublic =
                        outerIsPublic && (outerIsInterface || tree.getModifiers().getFlags().contains(Modifier.PUBLIC));
                types.add(new TypeText(file, line(tree), owner, ownerIsPublic, hasDoc(),
                        outer.isEmpty() ? lastLine(unit) : 0));
            } else {
                ownerIsPublic = false;
            }
            ownerIsInterface = tree.getKind() == Tree.Kind.INTERFACE || tree.getKind() == Tree.Kind.ANNOTATION_TYPE;
            super.visitClass(tree, unused);
            owner = outer;
            ownerIsPublic = outerIsPublic;
            ownerIsInterface = outerIsInterface;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree tree, Void unused) {
            boolean overrides = tree.getModifiers().getAnnotations().stream()
                    .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
            boolean isPublic = ownerIsInterface || tree.getModifiers().getFlags().contains(Modifier.PUBLIC);
            long from = line(tree);
            methods.add(new MethodText(file, from, owner, tree.getName().toString(), lastLine(tree) - from + 1,
                    ownerIsPublic && isPublic && !overrides, tree.getBody() != null, hasDoc()));
            return super.visitMethod(tree, unused);
        }

        private boolean hasDoc() {
            String doc = docs.getDocComment(getCurrentPath());
            return doc != null && !doc.isBlank();
        }

        private long line(Tree tree) { return unit.getLineMap().getLineNumber(Math.max(0, start(tree))); }

        private long lastLine(Tree tree) {
            return unit.getLineMap().getLineNumber(Math.max(0, Math.max(start(tree), end(tree) - 1)));
        }

        private long start(Tree tree) { return docs.getSourcePositions().getStartPosition(unit, tree); }

        private long end(Tree tree) { return docs.getSourcePositions().getEndPosition(unit, tree); }
    }
}
