package avatarmonitor.alert;

import java.util.function.Function;

/** A channel that does what a test wants. */
record FakeChannel(String name, Function<Message, Sent> sends) implements Channel {
    @Override
    public Sent send(Message message) {
        return sends.apply(message);
    }

    @Override
    public void close() {}
}
