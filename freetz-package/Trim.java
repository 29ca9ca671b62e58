import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Takes out of boxwall.jar what boxwall never asks of NanoHTTPD. The logger, which boxwall switches off, and the patterns: both are made before
 * anything listens, and loading what they need took OpenJDK's interpreter a quarter of that time. The reading of requests, which boxwall does itself
 * (boxwall.http.Listener): the small jar then is without bodies in files, cookies and answers, too. A call would end
 * in an exception. All other classes stay as they are, byte for byte.
 *
 * <pre>
 *   java -cp asm.jar:asm-tree.jar Trim.java IN.jar OUT.jar
 *   LOG.log(Level.FINE, "Communication with the client broken", e)     becomes     nothing
 *   NanoHTTPD$ClientHandler.run() { … }                                becomes     throw new UnsupportedOperationException()
 * </pre>
 */
public final class Trim {
    private static final String NANO = "fi/iki/elonen/NanoHTTPD";
    private static final String LOGGING = "java/util/logging/";
    /** What boxwall's subclasses override; a class initialiser loses all its code: it makes the patterns and the logger. */
    private static final Set<String> UNUSED = Set.of(NANO + ".<clinit>", NANO + "$ClientHandler.run", NANO + "$ClientHandler.close", NANO + ".createClientHandler");

    private Trim() {
    }

    /** See above. */
    public static void main(String[] arguments) throws IOException {
        Set<String> left = new TreeSet<>(UNUSED);
        try (ZipFile in = new ZipFile(arguments[0]); ZipOutputStream out = new ZipOutputStream(new FileOutputStream(arguments[1]))) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] bytes = in.getInputStream(entry).readAllBytes();
                ZipEntry same = new ZipEntry(entry.getName());
                same.setTimeLocal(entry.getTimeLocal());
                out.putNextEntry(same);
                out.write(entry.getName().endsWith(".class") ? trimmed(bytes, left) : bytes);
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException("not there, so not taken out: " + left);
        }
    }

    private static byte[] trimmed(byte[] bytes, Set<String> left) {
        ClassNode type = new ClassNode();
        new ClassReader(bytes).accept(type, 0);
        boolean changed = false;
        for (MethodNode method : type.methods) {
            String name = type.name + "." + method.name;
            if (UNUSED.contains(name)) {
                left.remove(name);
                empty(method);
                changed = true;
            }
            for (AbstractInsnNode instruction : method.instructions.toArray()) {
                InsnList instead = instead(instruction);
                if (instead != null) {
                    method.instructions.insertBefore(instruction, instead);
                    method.instructions.remove(instruction);
                    changed = true;
                }
            }
        }
        if (!changed) {
            return bytes;
        }
        ClassWriter out = new ClassWriter(0);
        type.accept(out);
        return out.toByteArray();
    }

    private static void empty(MethodNode method) {
        method.instructions.clear();
        method.tryCatchBlocks.clear();
        method.localVariables = null;
        if (method.name.equals("<clinit>")) {
            method.instructions.add(new InsnNode(Opcodes.RETURN));
            return;
        }
        String exception = Type.getInternalName(UnsupportedOperationException.class);
        method.instructions.add(new TypeInsnNode(Opcodes.NEW, exception));
        method.instructions.add(new InsnNode(Opcodes.DUP));
        method.instructions.add(new MethodInsnNode(Opcodes.INVOKESPECIAL, exception, "<init>", "()V"));
        method.instructions.add(new InsnNode(Opcodes.ATHROW));
        method.maxStack = 2;
    }

    /** For an instruction that uses java.util.logging: takes from the stack what it took, leaves null where it left an object; else null. */
    private static InsnList instead(AbstractInsnNode instruction) {
        InsnList instead = new InsnList();
        if (instruction instanceof FieldInsnNode field && field.owner.startsWith(LOGGING)) {
            instead.add(new InsnNode(Opcodes.ACONST_NULL));
            return instead;
        }
        if (!(instruction instanceof MethodInsnNode call) || !call.owner.startsWith(LOGGING)) {
            return null;
        }
        for (Type argument : Type.getArgumentTypes(call.desc)) {
            instead.add(new InsnNode(argument.getSize() == 2 ? Opcodes.POP2 : Opcodes.POP));
        }
        if (call.getOpcode() != Opcodes.INVOKESTATIC) {
            instead.add(new InsnNode(Opcodes.POP));
        }
        int left = Type.getReturnType(call.desc).getSort();
        if (left == Type.OBJECT) {
            instead.add(new InsnNode(Opcodes.ACONST_NULL));
        } else if (left != Type.VOID) {
            throw new IllegalStateException(call.owner + "." + call.name + call.desc + " leaves a number, and there is none to put in its place");
        }
        return instead;
    }
}
