package avatarmonitor.emulator;

/** What a call asks for; the name under which the call log and faults know it. */
public enum Op {
    SUBMIT,
    STATUS,
    STREAM,
    RESULT,
    CANCEL,
    /** A call of {@code fal.run} that waits for the result. */
    RUN,
    /** Asks the storage for a place or a token for an upload. */
    UPLOAD,
    /** Sends or fetches a stored file, or fetches a file of a model. */
    FILE,
    /** The platform API's list of requests. */
    HISTORY,
    /** The public keys of the webhook signatures. */
    JWKS,
    /** A path or a method that the emulator does not have. */
    OTHER
}
