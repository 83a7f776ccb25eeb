package avatarmonitor.alert;

/** A way to a receiver. Sending blocks, within a limit, and never throws; closing ends it at once. */
public interface Channel extends AutoCloseable {

    /** The value in column {@code channel}. */
    String name();

    /** Tries once. */
    Sent send(Message message);

    @Override
    void close();

    /** What an attempt came to. The reasons hold no secret and fit on a line. */
    sealed interface Sent {

        /** The receiver has it. */
        record Delivered() implements Sent {}

        /** The receiver does not want this message. It may want the next one. */
        record Refused(String why) implements Sent {}

        /** There is no receiver; it would not get the next one either. */
        record Unreachable(String why) implements Sent {}

        /** This side stopped in the middle. */
        record Stopped() implements Sent {}
    }
}
