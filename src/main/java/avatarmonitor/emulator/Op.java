package avatarmonitor.emulator;

/** What a call asks of the queue; the name under which the call log and faults know it. */
public enum Op {
    SUBMIT,
    STATUS,
    STREAM,
    RESULT,
    CANCEL,
    /** The public keys of the webhook signatures. */
    JWKS,
    /** A path or a method that the queue does not have. */
    OTHER
}
