import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Gathers the methods of a jar in three classes, before ProGuard makes it small: a class file names all that it uses in a list of its own, and most of
 * those lists are alike. What is static goes there, and what no subclass overrides as a static method with the object first. Fields, constructors,
 * what is overridden and what answers for an interface stay where they are. An instruction is moved and not changed but for its call.
 *
 * Three and not one since a JVM reads a class as a whole: Early is what the daemon needs until it listens, Running what it needs to read the box and
 * to answer, Gathered the rest, most of which waits for a change of the rules. In one class they took OpenJDK's interpreter half as long again to listen.
 *
 * <pre>
 *   java -cp asm.jar:asm-tree.jar Gather.java IN.jar OUT.jar
 *   boxwall.plan.Stamp.isOf(String)          becomes  boxwall.Running.Stamp$isOf(boxwall.plan.Stamp, String)
 *   static boxwall.plan.Stamp.parse(String)  becomes  boxwall.Running.Stamp$$parse(String)
 * </pre>
 */
public final class Gather {
    private static final String PLACE = "boxwall/Gathered";
    /** Classes, or packages, whose methods go to another place; the first that fits. SmallJarIT looks whether a daemon that listens has loaded Early alone. */
    private static final Map<String, String> PLACES = new LinkedHashMap<>();

    static {
        PLACES.put("fi/iki/elonen/.*|boxwall/(http|sys|netfilter)/.*|boxwall/daemon/(Main|Arguments|Daemon|Config|EventLog|ListenAddresses|Administrator)(\\$.*)?"
                + "|boxwall/box/(Bridges|AddressReading|Readings|Interface)(\\$.*)?", "boxwall/Early");
        PLACES.put("com/eclipsesource/.*|boxwall/(daemon|probe|box|modules|avm|facts|apply|report|plan|syntax)/.*", "boxwall/Running");
    }

    private static final int HIDDEN = Opcodes.ACC_PRIVATE | Opcodes.ACC_PROTECTED;

    private final Map<String, ClassNode> classes = new TreeMap<>();
    private final Map<String, byte[]> others = new LinkedHashMap<>();
    /** Name and descriptor of the methods that a class of the jar itself has. */
    private final Map<String, Set<String>> declared = new HashMap<>();
    /** The classes of the jar that are a class or extend or implement it. */
    private final Map<String, Set<String>> below = new HashMap<>();
    /** What is moved, see {@link #key}. */
    private final Set<String> moved = new TreeSet<>();
    private final Map<String, ClassNode> places = new TreeMap<>();

    /** See above. */
    public static void main(String[] arguments) throws IOException {
        Gather gather = new Gather();
        gather.read(arguments[0]);
        gather.choose();
        gather.move();
        gather.write(arguments[1]);
    }

    private void read(String jar) throws IOException {
        try (ZipFile in = new ZipFile(jar)) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] bytes = in.getInputStream(entry).readAllBytes();
                if (entry.getName().endsWith(".class")) {
                    ClassNode type = new ClassNode();
                    new ClassReader(bytes).accept(type, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
                    classes.put(type.name, type);
                } else if (!entry.isDirectory()) {
                    others.put(entry.getName(), bytes);
                }
            }
        }
        for (ClassNode type : classes.values()) {
            Set<String> methods = new HashSet<>();
            type.methods.forEach(method -> methods.add(method.name + method.desc));
            declared.put(type.name, methods);
            for (String above : above(type.name)) {
                below.computeIfAbsent(above, name -> new TreeSet<>()).add(type.name);
            }
        }
    }

    /** Fills moved: first by what a method is, then without those whose code has to stay in its class, until none is left of these. */
    private void choose() {
        for (ClassNode type : classes.values()) {
            for (MethodNode method : type.methods) {
                if (isFree(type, method)) {
                    moved.add(key(type.name, method.name, method.desc));
                }
            }
        }
        for (int before = -1; before != moved.size();) {
            before = moved.size();
            for (ClassNode type : classes.values()) {
                for (MethodNode method : type.methods) {
                    if (Arrays.stream(method.instructions.toArray()).anyMatch(this::binds)) {
                        moved.remove(key(type.name, method.name, method.desc));
                    }
                }
            }
        }
    }

    /** Nobody asks for this method by its name, overrides it or calls it as another's. */
    private boolean isFree(ClassNode type, MethodNode method) {
        int fixed = Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE | Opcodes.ACC_SYNCHRONIZED;
        if ((type.access & Opcodes.ACC_INTERFACE) != 0 || (method.access & fixed) != 0 || method.name.startsWith("<")) {
            return false;
        }
        if ((method.access & Opcodes.ACC_STATIC) != 0) {
            boolean ofEnum = (type.access & Opcodes.ACC_ENUM) != 0 && method.name.matches("values|valueOf");
            return !ofEnum && !method.name.equals("main");
        }
        return (method.access & Opcodes.ACC_PRIVATE) != 0 || isAlone(type, method);
    }

    /** No class above or below the method's has one of its name and types, nor has an interface that one of them implements. */
    private boolean isAlone(ClassNode type, MethodNode method) {
        for (String subclass : below.get(type.name)) {
            for (String relative : above(subclass)) {
                if (!relative.equals(type.name) && declares(relative, method.name, method.desc)) {
                    boolean own = (method.access & (HIDDEN | Opcodes.ACC_PUBLIC)) == 0 && classes.containsKey(relative);
                    if (own && !packageOf(relative).equals(packageOf(type.name))) {
                        throw new IllegalStateException(relative + "." + method.name + " would override that of " + type.name + " once both are public: rename one");
                    }
                    return false;
                }
            }
        }
        return true;
    }

    private static String packageOf(String type) {
        return type.substring(0, type.lastIndexOf('/') + 1);
    }

    /** An instruction that is allowed in its class only: super.toString(), or what the class library has protected. */
    private boolean binds(AbstractInsnNode instruction) {
        if (instruction instanceof InvokeDynamicInsnNode) {
            return true;
        }
        if (instruction instanceof FieldInsnNode field) {
            return above(field.owner).stream().anyMatch(name -> !classes.containsKey(name)
                    && Arrays.stream(library(name).getDeclaredFields()).anyMatch(of -> of.getName().equals(field.name) && Modifier.isProtected(of.getModifiers())));
        }
        if (!(instruction instanceof MethodInsnNode call) || call.owner.startsWith("[") || call.getOpcode() == Opcodes.INVOKEINTERFACE) {
            return false;
        }
        String owner = owner(call);
        if (call.getOpcode() == Opcodes.INVOKESPECIAL && !call.name.equals("<init>")) {
            return owner == null || !moved.contains(key(owner, call.name, call.desc));
        }
        return owner == null && above(call.owner).stream().anyMatch(name -> !classes.containsKey(name) && Arrays.stream(library(name).getDeclaredMethods())
                .anyMatch(of -> isIt(of, call.name, call.desc) && Modifier.isProtected(of.getModifiers())));
    }

    private void move() {
        for (ClassNode type : classes.values()) {
            for (MethodNode method : List.copyOf(type.methods)) {
                for (AbstractInsnNode instruction : method.instructions) {
                    if (instruction instanceof MethodInsnNode call) {
                        redirect(call);
                    }
                }
                if (moved.contains(key(type.name, method.name, method.desc))) {
                    type.methods.remove(method);
                    place(type.name).methods.add(moved(type, method));
                }
            }
            open(type);
        }
        classes.putAll(places);
    }

    private ClassNode place(String type) {
        return places.computeIfAbsent(placeOf(type), name -> {
            ClassNode place = new ClassNode();
            place.visit(Opcodes.V1_6, Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, name, null, "java/lang/Object", null);
            return place;
        });
    }

    private static String placeOf(String type) {
        return PLACES.entrySet().stream().filter(place -> type.matches(place.getKey())).map(Map.Entry::getValue).findFirst().orElse(PLACE);
    }

    private MethodNode moved(ClassNode type, MethodNode method) {
        boolean isStatic = (method.access & Opcodes.ACC_STATIC) != 0;
        MethodNode there = new MethodNode(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, name(type.name, method.name, isStatic), types(type.name, method.desc, isStatic), null, null);
        if (place(type.name).methods.stream().anyMatch(other -> other.name.equals(there.name) && other.desc.equals(there.desc))) {
            throw new IllegalStateException("two of " + there.name + there.desc);
        }
        there.instructions = method.instructions;
        there.tryCatchBlocks = method.tryCatchBlocks;
        there.maxLocals = method.maxLocals;
        there.maxStack = method.maxStack;
        return there;
    }

    private static String name(String type, String method, boolean isStatic) {
        return type.substring(type.lastIndexOf('/') + 1) + (isStatic ? "$$" : "$") + method;
    }

    private static String types(String type, String types, boolean isStatic) {
        return isStatic ? types : "(L" + type + ";" + types.substring(1);
    }

    private void redirect(MethodInsnNode call) {
        String owner = owner(call);
        if (owner != null && moved.contains(key(owner, call.name, call.desc))) {
            boolean isStatic = call.getOpcode() == Opcodes.INVOKESTATIC;
            String method = call.name;
            call.name = name(owner, method, isStatic);
            call.desc = types(owner, call.desc, isStatic);
            call.owner = placeOf(owner);
            call.setOpcode(Opcodes.INVOKESTATIC);
        }
    }

    /** Makes all public that the moved code may need; a private method that stayed is called by its own class alone, and stays private. */
    private static void open(ClassNode type) {
        type.version = Opcodes.V1_6;
        type.access = type.access & ~HIDDEN | Opcodes.ACC_PUBLIC;
        type.innerClasses = new ArrayList<>();
        type.outerClass = type.outerMethod = type.outerMethodDesc = null;
        for (FieldNode field : type.fields) {
            field.access = field.access & ~HIDDEN | Opcodes.ACC_PUBLIC;
        }
        for (MethodNode method : type.methods) {
            boolean ownOnly = (method.access & Opcodes.ACC_PRIVATE) != 0 && (method.access & Opcodes.ACC_STATIC) == 0 && !method.name.equals("<init>");
            if (!ownOnly && !method.name.equals("<clinit>")) {
                method.access = method.access & ~HIDDEN | Opcodes.ACC_PUBLIC;
            }
        }
    }

    private void write(String jar) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(new FileOutputStream(jar))) {
            for (ClassNode type : classes.values()) {
                ClassWriter bytes = new ClassWriter(0);
                type.accept(bytes);
                out.putNextEntry(new ZipEntry(type.name + ".class"));
                out.write(bytes.toByteArray());
            }
            for (Map.Entry<String, byte[]> other : others.entrySet()) {
                out.putNextEntry(new ZipEntry(other.getKey()));
                out.write(other.getValue());
            }
        }
    }

    private static String key(String type, String method, String types) {
        return type + "." + method + types;
    }

    /** The class of the jar whose method a call gets to, or one's that overrides it; null: one of the class library. */
    private String owner(MethodInsnNode call) {
        for (String name = call.owner; classes.containsKey(name); name = classes.get(name).superName) {
            if (declares(name, call.name, call.desc)) {
                return name;
            }
        }
        return null;
    }

    /** A class, those that it extends and the interfaces of them all. */
    private Set<String> above(String type) {
        Set<String> all = new LinkedHashSet<>();
        climb(type, all);
        return all;
    }

    private void climb(String type, Set<String> all) {
        if (type == null || type.startsWith("[") || !all.add(type)) {
            return;
        }
        ClassNode own = classes.get(type);
        if (own != null) {
            climb(own.superName, all);
            own.interfaces.forEach(name -> climb(name, all));
            return;
        }
        Class<?> library = library(type);
        climb(library.getSuperclass() == null ? null : Type.getInternalName(library.getSuperclass()), all);
        Arrays.stream(library.getInterfaces()).forEach(name -> climb(Type.getInternalName(name), all));
    }

    private boolean declares(String type, String method, String types) {
        return classes.containsKey(type) ? declared.get(type).contains(method + types)
                : Arrays.stream(library(type).getDeclaredMethods()).anyMatch(of -> isIt(of, method, types));
    }

    private static boolean isIt(Method of, String method, String types) {
        return of.getName().equals(method) && Type.getMethodDescriptor(of).equals(types);
    }

    private static Class<?> library(String type) {
        try {
            return Class.forName(type.replace('/', '.'), false, null);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(type + " is neither in the jar nor in the class library", e);
        }
    }
}
