package boxwall.daemon;

import boxwall.box.BoxFacts;
import boxwall.box.Readings;

/** A box as it was read once: the texts, what they mean now, and what they mean for the next boot. Immutable. */
final class Box {
    private final Readings readings;
    private final BoxFacts facts;
    private final BoxFacts booted;

    Box(Readings readings) {
        this.readings = readings;
        this.facts = BoxFacts.of(readings);
        this.booted = BoxFacts.of(readings.asBooted());
    }

    Readings readings() {
        return readings;
    }

    BoxFacts facts() {
        return facts;
    }

    /** The facts as they are when the box has just come up, no module of netfilter loaded. */
    BoxFacts booted() {
        return booted;
    }
}
