package avatarmonitor.alert;

/**
 * Sends messages to one receiver. Sending blocks for a limited time and never throws; closing interrupts it. As many
 * threads as {@link #concurrency} may send at the same time.
 */
public interface Channel extends AutoCloseable {

    /** Name in column {@code channel}. */
    String name();

    /** Messages that a worker sends at the same time, at least 1. */
    default int concurrency() {
        return 1;
    }

    /** Makes one attempt. */
    Sent send(Message message);

    @Override
    void close();

    /** Outcome of an attempt. The reasons contain no secrets and fit on one line. */
    sealed interface Sent {

        /** The receiver accepted the message. */
        record Delivered() implements Sent {}

        /** The receiver rejected this message. It may accept the next one. */
        record Refused(String why) implements Sent {}

        /** The receiver cannot be reached; further messages would fail too. */
        record Unreachable(String why) implements Sent {}

        /** The worker stopped during the attempt. */
        record Stopped() implements Sent {}
    }
}
