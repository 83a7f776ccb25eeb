package avatarmonitor.check;

/** Rolls back the transaction of a check when another writer was faster (optimistic lock). */
final class ConcurrentChangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
