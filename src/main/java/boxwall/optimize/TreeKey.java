package boxwall.optimize;

import boxwall.netfilter.Family;
import boxwall.netfilter.Negatable;
import boxwall.netfilter.Network;
import boxwall.netfilter.Rule;

/** What a list of rules can be parted by, the best first. */
enum TreeKey {
    SOURCE, DESTINATION, IN, OUT, PROTOCOL;

    boolean isAddress() { return this == SOURCE || this == DESTINATION; }

    /**
     * Whether the rule names one value of it. IPv6's protocol stands behind headers that may be broken: a jump must not
     * look for it.
     */
    boolean reads(Rule rule, Family family) {
        switch (this) {
            case SOURCE :
            case DESTINATION :
                return RuleOrder.hasPrefix(network(rule));
            case PROTOCOL :
                return family == Family.IPV4 && RuleOrder.isProtocol(rule.protocol);
            default :
                return RuleOrder.isName(name(rule));
        }
    }

    /** The address that an address is read from, or null. */
    Negatable<Network> network(Rule rule) {
        return this == SOURCE ? rule.source : rule.destination;
    }

    /** The interface or protocol, or null. */
    Negatable<String> name(Rule rule) {
        return this == IN ? rule.in : this == OUT ? rule.out : rule.protocol;
    }
}
