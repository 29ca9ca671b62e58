package boxwall.build;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles a small source in memory, to test the checks of this package with forbidden code. */
final class Snippet {
    private Snippet() {}

    /** The scanned classes of a source, with line numbers. */
    static List<ClassScan> compile(int release, String source) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager standard = javac.getStandardFileManager(null, null, null);
        Memory memory = new Memory(standard);
        StringWriter messages = new StringWriter();
        List<String> options = List.of("--release", "" + release, "-g:lines,source", "-Xlint:none", "-proc:none", "-cp",
                System.getProperty("java.class.path"));
        boolean done = javac.getTask(messages, memory, null, options, null, List.of(new Text(source))).call();
        if (!done) { throw new IllegalArgumentException("the snippet does not compile:\n" + source + "\n" + messages); }
        return memory.classes.stream().map(b -> ClassScan.of(b.toByteArray())).toList();
    }

    /** A source file that is a string. */
    private static final class Text extends SimpleJavaFileObject {
        private final String source;

        Text(String source) {
            super(URI.create("string:///bad/Snippet.java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) { return source; }
    }

    /** Keeps the output of javac. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        final List<ByteArrayOutputStream> classes = new ArrayList<>();

        Memory(JavaFileManager standard) { super(standard); }

        @Override
        public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind,
                FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            classes.add(bytes);
            return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() { return bytes; }
            };
        }
    }
}
