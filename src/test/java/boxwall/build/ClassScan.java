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

/** What one class file asks of other classes, with method and line. Names are internal ({@code java/util/Map}). */
final class ClassScan extends ClassVisitor {
    /**
     * One mention of a class or of one of its members.
     *
     * @param member null when the class itself is mentioned
     * @param descriptor of the member, null with it
     * @param method the method that asks, or "" outside methods
     * @param line 0 where the class file has none
     */
    record Reference(String owner, String member, String descriptor, String method, int line) {
    }

    /** A string constant loaded by a method. */
    record Constant(String text, String method, int line) {
    }

    /** An instruction or shape that the box's virtual machine can't take; {@code kind} as in api-floor.txt. */
    record Oddity(String kind, String method, int line) {
    }

    final List<Reference> references = new ArrayList<>();
    final List<Constant> constants = new ArrayList<>();
    final List<Oddity> oddities = new ArrayList<>();
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

    /** Where something stands, for a message: {@code boxwall.sys.LiveSys.run (LiveSys.java:24)}. */
    String where(String inMethod, int atLine) {
        return name.replace('/', '.') + (inMethod.isEmpty() ? "" : "." + inMethod) + " (" + source
                + (atLine > 0 ? ":" + atLine : "") + ")";
    }

    @Override
    public void visit(int version, int access, String className, String signature, String superName,
            String[] interfaces) {
        name = className;
        isInterface = (access & Opcodes.ACC_INTERFACE) != 0;
        if ((version & 0xffff) > Opcodes.V1_7) { oddities.add(new Oddity("@class-version", "", 0)); }
        if (superName != null) { parents.add(superName); }
        parents.addAll(List.of(interfaces));
        parents.forEach(this::mention);
    }

    @Override
    public void visitSource(String file, String debug) { source = file; }

    @Override
    public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
        mentionTypes(descriptor);
        return null;
    }

    @Override
    public FieldVisitor visitField(int access, String field, String descriptor, String signature, Object value) {
        mentionTypes(descriptor);
        return null;
    }

    @Override
    public MethodVisitor visitMethod(int access, String methodName, String descriptor, String signature,
            String[] exceptions) {
        method = methodName;
        line = 0;
        mentionTypes(descriptor);
        if (exceptions != null) { List.of(exceptions).forEach(this::mention); }
        if (isInterface && (access & Opcodes.ACC_ABSTRACT) == 0 && !methodName.equals("<clinit>")) {
            oddities.add(new Oddity("@interface-code", method, 0));
        }
        return new Code();
    }

    @Override
    public void visitEnd() { method = ""; }

    private void mention(String internalName) {
        Type type = Type.getObjectType(internalName);
        while (type.getSort() == Type.ARRAY) {
            type = type.getElementType();
        }
        if (type.getSort() == Type.OBJECT) {
            references.add(new Reference(type.getInternalName(), null, null, method, line));
        }
    }

    private void mentionTypes(String descriptor) {
        Type type = Type.getType(descriptor);
        if (type.getSort() == Type.METHOD) {
            for (Type argument : type.getArgumentTypes()) {
                mentionTypes(argument.getDescriptor());
            }
            mentionTypes(type.getReturnType().getDescriptor());
        } else if (type.getSort() == Type.ARRAY) {
            mentionTypes(type.getElementType().getDescriptor());
        } else if (type.getSort() == Type.OBJECT) { mention(type.getInternalName()); }
    }

    private void member(String owner, String member, String descriptor) {
        mention(owner);
        mentionTypes(descriptor);
        references.add(new Reference(owner, member, descriptor, method, line));
    }

    /** The instructions of one method. */
    private final class Code extends MethodVisitor {
        Code() { super(Opcodes.ASM9); }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            mentionTypes(descriptor);
            return null;
        }

        @Override
        public void visitLineNumber(int number, Label start) { line = number; }

        @Override
        public void visitTypeInsn(int opcode, String type) { mention(type); }

        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String descriptor) {
            member(owner, field, descriptor);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String descriptor, boolean onInterface) {
            if (onInterface && opcode != Opcodes.INVOKEINTERFACE) {
                oddities.add(new Oddity("@interface-code", method, line));
            }
            member(owner, called, descriptor);
        }

        @Override
        public void visitInvokeDynamicInsn(String called, String descriptor, Handle bootstrap, Object... arguments) {
            oddities.add(new Oddity("@invokedynamic", method, line));
        }

        @Override
        public void visitLdcInsn(Object value) {
            if (value instanceof String text) {
                constants.add(new Constant(text, method, line));
            } else if (value instanceof Type type) { mentionTypes(type.getDescriptor()); }
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) { mentionTypes(descriptor); }

        @Override
        public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
            if (type != null) { mention(type); }
        }
    }
}
