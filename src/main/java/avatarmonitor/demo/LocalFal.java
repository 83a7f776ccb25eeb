package avatarmonitor.demo;

import avatarmonitor.demo.DemoAvatar.Training;
import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalKey;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Local fal queue with its own key; counts the requests that reach it. */
final class LocalFal implements AutoCloseable {
    private static final int OK = 200;

    private final String key = "demo:" + UUID.randomUUID();
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withKey(new FalKey(key)));
    private final Set<String> requests = new HashSet<>();

    URI address() {
        return emulator.baseUri();
    }

    String key() {
        return key;
    }

    /** Starts a training; ignores one without a scenario, which fal never had. */
    void submit(Training training) {
        Scenario scenario = training.scenario();
        if (scenario != null) {
            emulator.register(training.endpoint(), training.requestId(), scenario);
            requests.add(training.requestId());
        }
    }

    int statusRequests() {
        return emulator.calls(Op.STATUS).size();
    }

    int statusRequests(DemoAvatar role) {
        return role.trainings().stream()
                .mapToInt(training ->
                        emulator.calls(training.requestId(), Op.STATUS).size())
                .sum();
    }

    int results() {
        return emulator.calls(LocalFal::gaveResult).size();
    }

    boolean gaveResult(String requestId) {
        return !emulator.calls(call -> gaveResult(call) && requestId.equals(call.requestId()))
                .isEmpty();
    }

    /**
     * Returns requests that no training of the demo explains, such as the path that a request id like {@code ../../x}
     * would produce.
     */
    List<String> strangeCalls() {
        return emulator
                .calls(call -> !(call.op() == Op.STATUS || call.op() == Op.RESULT)
                        || call.requestId() == null
                        || !requests.contains(call.requestId()))
                .stream()
                .map(call -> call.method() + " " + call.path())
                .distinct()
                .collect(Collectors.toList());
    }

    private static boolean gaveResult(Call call) {
        return call.op() == Op.RESULT && call.code() == OK;
    }

    @Override
    public void close() {
        emulator.close();
    }
}
