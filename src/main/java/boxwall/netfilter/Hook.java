package boxwall.netfilter;

/** The five hooks in the kernel's packet path; a built-in chain has its hook's name. */
public enum Hook {
    PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING
}
