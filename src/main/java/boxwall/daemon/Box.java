package boxwall.daemon;

import boxwall.box.BoxFacts;
import boxwall.box.Readings;

/** A box as it was read once: the texts, what they mean now, and what they mean for the next boot. */
final class Box {
    private final Readings readings;
    private final BoxFacts facts;
    private BoxFacts booted;

    Box(Readings readings) {
        this.readings = readings;
        this.facts = BoxFacts.of(readings);
    }

    Readings readings() {
        return readings;
    }

    BoxFacts facts() {
        return facts;
    }

    /** The facts as they are when the box has just come up, no module of netfilter loaded. */
    synchronized BoxFacts booted() {
        if (booted == null) {
            booted = BoxFacts.of(readings.asBooted());
        }
        return booted;
    }

    /** Whether a ruleset compiled for the other box would be compiled the same for this one. */
    boolean compilesLike(Box other) {
        return this == other || facts.names().equals(other.facts.names()) && facts.loadedModules().equals(other.facts.loadedModules())
                && facts.conntrack().state() == other.facts.conntrack().state()
                && String.valueOf(facts.kernelRelease()).equals(String.valueOf(other.facts.kernelRelease()));
    }
}
