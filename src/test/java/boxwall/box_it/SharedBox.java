package boxwall.box_it;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One booted box with a JVM for all classes that ask for it: 30 s a boot are the price of each. Its tests leave the rules as they found
 * them, those of conf/boxwall.rules.
 */
final class SharedBox implements ParameterResolver {
    /** The box while it runs, what its {@code up} said and how long that took. */
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
        public void close() {
            box.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Booted.class || parameter.getParameter().getType() == VirtualBox.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Booted booted = test.getRoot().getStore(ExtensionContext.Namespace.create(SharedBox.class))
                .getOrComputeIfAbsent(Booted.class, k -> new Booted(), Booted.class);
        return parameter.getParameter().getType() == Booted.class ? booted : booted.box;
    }
}
