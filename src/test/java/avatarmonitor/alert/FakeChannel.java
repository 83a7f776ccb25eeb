package avatarmonitor.alert;

import java.util.function.Function;

/** Fake channel with a given outcome. */
record FakeChannel(String name, int concurrency, Function<Message, Sent> sends) implements Channel {
    FakeChannel(String name, Function<Message, Sent> sends) {
        this(name, 1, sends);
    }

    @Override
    public Sent send(Message message) {
        return sends.apply(message);
    }

    @Override
    public void close() {}
}
