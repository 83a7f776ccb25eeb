package avatarmonitor.emulator.http;

/** Operation that a call requests, as named in the call log and in faults. */
public enum Op {
    SUBMIT,
    STATUS,
    STREAM,
    RESULT,
    CANCEL,
    /** A call of {@code fal.run}, which waits for the result. */
    RUN,
    /** Requests a URL or a token for an upload. */
    UPLOAD,
    /** Uploads or fetches a stored file, or fetches a file of a model. */
    FILE,
    /** The platform API's list of requests. */
    HISTORY,
    /** The public keys of the webhook signatures. */
    JWKS,
    /** A path or a method that the emulator does not know. */
    OTHER
}
