package avatarmonitor.schedule;

import avatarmonitor.check.decision.Overrides;

/** Result of a change of overrides. */
public sealed interface Overridden {
    /** They are stored and apply from now on. */
    record Applied(Overrides overrides) implements Overridden {}

    /** The training has no row yet: they can be stored once it is monitored. */
    record NeverMonitored() implements Overridden {}

    /** They cannot hold, nothing was changed; the reason is a sentence without a full stop. */
    record Refused(String reason) implements Overridden {}
}
