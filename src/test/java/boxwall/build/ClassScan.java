package boxwall.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The references of one class file to other classes, with method and line. Names are internal ({@code java/util/Map}).
 */
final class ClassScan extends ClassVisitor {
    /**
     * One reference to a class or to one of its members.
     *
     * @param member null for a reference to the class itself
     * @param descriptor of the member, null without a member
     * @param method the referring method, or "" outside methods
     * @param line 0 if the class file has none
     */
    record Reference(String owner, String member, String descriptor, String method, int line) {
    }

    /** A string constant loaded by a method. */
    record Constant(String text, String method, int line) {
    }

    /** An instruction or a format that the box's virtual machine does not support; {@code kind} as in api-floor.txt. */
    record Unsupported(String kind, String method, int line) {
    }

    final List<Reference> references = new ArrayList<>();
    final List<Constant> constants = new ArrayList<>();
    final List<Unsupported> unsupported = new ArrayList<>();
    String name;
    String source = "";
    final List<String> parents = new ArrayList<>();
    private boolean isInterface;
    private String method = "";
    private int line;

    private ClassScan() { super(Opcodes.ASM9); }

    static ClassScan of(byte[] classFile) {
        ClassScan scan = new ClassScan();
        new ClassReader(classFile).accept(scan, 0);
        return scan;
    }

    /** Scans every class file below a directory, sorted by path. */
    static List<ClassScan> below(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(f -> f.toString().endsWith(".class")).sorted().map(ClassScan::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " can't be read; was the project compiled?", e);
        }
    }

    private static ClassScan read(Path file) {
        try {
            return of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A location for a message: {@code boxwall.sys.LiveSys.run (LiveSys.java:24)}. */
    String where(String inMethod, int atLine) {
        return name.replace('/', '.') + (inMethod.isEmpty() ? "" : "." + inMethod) + " (" + source
                + (atLine > 0 ? ":" + atLine : "") + ")";
    }

    @Override
    public void visit(int version, int access, String className, String signature, String superName,
            String[] interfaces) {
        name = className;
        isInterface = (access & Opcodes.ACC_INTERFACE) != 0;
        if ((version & 0xffff) > Opcodes.V1_7) { unsupported.add(new Unsupported("@class-version", "", 0)); }
        if (superName != null) { parents.add(superName); }
        parents.addAll(List.of(interfaces));
        parents.forEach(this::refer);
    }

    @Override
    public void visitSource(String file, String debug) { source = file; }

    @Override
    public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
        referToTypes(descriptor);
        return null;
    }

    @Override
    public FieldVisitor visitField(int access, String field, String descriptor, String signature, Object value) {
        referToTypes(descriptor);
        return null;
    }

    @Override
    public MethodVisitor visitMethod(int access, String methodName, String descriptor, String signature,
            String[] exceptions) {
        method = methodName;
        line = 0;
        referToTypes(descriptor);
        if (exceptions != null) { List.of(exceptions).forEach(this::refer); }
        if (isInterface && (access & Opcodes.ACC_ABSTRACT) == 0 && !methodName.equals("<clinit>")) {
            unsupported.add(new Unsupported("@interface-code", method, 0));
        }
        return new Code();
    }

    @Override
    public void visitEnd() { method = ""; }

    private void refer(String internalName) {
        Type type = Type.getObjectType(internalName);
        while (type.getSort() == Type.ARRAY) {
            type = type.getElementType();
        }
        if (type.getSort() == Type.OBJECT) {
            references.add(new Reference(type.getInternalName(), null, null, method, line));
        }
    }

    private void referToTypes(String descriptor) {
        Type type = Type.getType(descriptor);
        if (type.getSort() == Type.METHOD) {
            for (Type argument : type.getArgumentTypes()) {
                referToTypes(argument.getDescriptor());
            }
            referToTypes(type.getReturnType().getDescriptor());
        } else if (type.getSort() == Type.ARRAY) {
            referToTypes(type.getElementType().getDescriptor());
        } else if (type.getSort() == Type.OBJECT) { refer(type.getInternalName()); }
    }

    private void member(String owner, String member, String descriptor) {
        refer(owner);
        referToTypes(descriptor);
        references.add(new Reference(owner, member, descriptor, method, line));
    }

    /** The instructions of one method. */
    private final class Code extends MethodVisitor {
        Code() { super(Opcodes.ASM9); }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            referToTypes(descriptor);
            return null;
        }

        @Override
        public void visitLineNumber(int number, Label start) { line = number; }

        @Override
        public void visitTypeInsn(int opcode, String type) { refer(type); }

        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String descriptor) {
            member(owner, field, descriptor);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String descriptor, boolean onInterface) {
            if (onInterface && opcode != Opcodes.INVOKEINTERFACE) {
                unsupported.add(new Unsupported("@interface-code", method, line));
            }
            member(owner, called, descriptor);
        }

        @Override
        public void visitInvokeDynamicInsn(String called, String descriptor, Handle bootstrap, Object... arguments) {
            unsupported.add(new Unsupported("@invokedynamic", method, line));
        }

        @Override
        public void visitLdcInsn(Object value) {
            if (value instanceof String text) {
                constants.add(new Constant(text, method, line));
            } else if (value instanceof Type type) { referToTypes(type.getDescriptor()); }
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) { referToTypes(descriptor); }

        @Override
        public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
            if (type != null) { refer(type); }
        }
    }
}
