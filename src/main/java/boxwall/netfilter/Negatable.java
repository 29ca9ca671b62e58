package boxwall.netfilter;

/**
 * A value that a rule matches, or its negation ({@code ! -s X}).
 *
 * @param <T> an immutable value with equals
 */
public final class Negatable<T> {
    public final boolean negated;
    public final T value;

    /** The value is never null. */
    public Negatable(boolean negated, T value) {
        this.negated = negated;
        this.value = value;
    }

    public static <T> Negatable<T> is(T value) { return new Negatable<>(false, value); }

    @Override
    public boolean equals(Object other) {
        return other instanceof Negatable && ((Negatable<?>) other).negated == negated
                && ((Negatable<?>) other).value.equals(value);
    }

    @Override
    public int hashCode() { return value.hashCode() * 2 + (negated ? 1 : 0); }

    @Override
    public String toString() { return (negated ? "! " : "") + value; }
}
