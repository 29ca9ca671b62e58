package boxwall.box_it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * One booted box with a JVM, shared by all classes that use it, because each boot takes 30 s. Every test restores the
 * rules of conf/boxwall.rules.
 */
final class SharedBox implements ParameterResolver {
    /** For classes that use the shared box: they run one after the other; other classes may run in parallel. */
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(SharedBox.class)
    @Execution(ExecutionMode.SAME_THREAD)
    @interface Used {}

    /** The running box, with the output and the duration of its {@code up}. */
    static final class Booted implements ExtensionContext.Store.CloseableResource {
        final VirtualBox box = new VirtualBox("shared");
        final VirtualBox.Answer up;
        final double seconds;

        Booted() {
            long began = System.nanoTime();
            try {
                up = box.up("--new");
            } catch (RuntimeException | Error e) {
                box.close();
                throw e;
            }
            seconds = (System.nanoTime() - began) / 1e9;
        }

        @Override
        public void close() { box.close(); }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Booted.class
                || parameter.getParameter().getType() == VirtualBox.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Booted booted = test.getRoot().getStore(ExtensionContext.Namespace.create(SharedBox.class))
                .getOrComputeIfAbsent(Booted.class, k -> new Booted(), Booted.class);
        return parameter.getParameter().getType() == Booted.class ? booted : booted.box;
    }
}
