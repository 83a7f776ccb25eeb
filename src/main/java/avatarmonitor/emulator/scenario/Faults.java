package avatarmonitor.emulator.scenario;

import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The active faults. Those of one request are found by its id, so that ten thousand of them do not slow down a call.
 */
public final class Faults {

    /** Effect on one call. */
    public record Disturbance(Duration delay, @Nullable Effect effect) {}

    /** A fault with its number and the count of calls that it still affects; 0 means all. */
    record Active(int number, Fault fault, int left) {}

    private final int most;
    private final RandomGenerator random;
    private final List<Active> ofAll = new ArrayList<>();
    private final Map<String, List<Active>> ofOne = new HashMap<>();
    private int held;
    private int lastNumber;

    public Faults(int most, RandomGenerator random) {
        this.most = most;
        this.random = random;
    }

    /** Adds a fault and returns its number; empty when there are too many. */
    public synchronized Optional<Integer> add(Fault fault) {
        if (held >= most) {
            return Optional.empty();
        }
        held++;
        lastNumber++;
        String id = fault.requestId();
        List<Active> list = id == null ? ofAll : ofOne.computeIfAbsent(id, any -> new ArrayList<>(2));
        list.add(new Active(lastNumber, fault, fault.times()));
        return Optional.of(lastNumber);
    }

    public synchronized Disturbance next(Op op, @Nullable String requestId) {
        Effect delay = take(op, requestId, true);
        Effect other = take(op, requestId, false);
        return new Disturbance(delay instanceof Effect.Delay range ? between(range) : Duration.ZERO, other);
    }

    public synchronized List<Active> list() {
        List<Active> all = new ArrayList<>(ofAll);
        ofOne.values().forEach(all::addAll);
        return all;
    }

    public synchronized boolean remove(int number) {
        boolean removed = ofAll.removeIf(active -> active.number == number);
        for (List<Active> list : ofOne.values()) {
            removed |= list.removeIf(active -> active.number == number);
        }
        ofOne.values().removeIf(List::isEmpty);
        held -= removed ? 1 : 0;
        return removed;
    }

    public synchronized void forget(String requestId) {
        List<Active> gone = ofOne.remove(requestId);
        held -= gone == null ? 0 : gone.size();
    }

    public synchronized void clear() {
        ofAll.clear();
        ofOne.clear();
        held = 0;
    }

    private @Nullable Effect take(Op op, @Nullable String requestId, boolean delay) {
        List<Active> own = requestId == null ? null : ofOne.get(requestId);
        Effect effect = own == null ? null : takeFrom(own, op, delay);
        if (own != null && own.isEmpty() && requestId != null) {
            ofOne.remove(requestId);
        }
        return effect != null ? effect : takeFrom(ofAll, op, delay);
    }

    private @Nullable Effect takeFrom(List<Active> list, Op op, boolean delay) {
        for (int index = 0; index < list.size(); index++) {
            Active active = list.get(index);
            Fault fault = active.fault;
            if (!fault.matches(op) || fault.effect() instanceof Effect.Delay != delay) {
                continue;
            }
            if (active.left == 1) {
                list.remove(index);
                held--;
            } else if (active.left > 1) {
                list.set(index, new Active(active.number, fault, active.left - 1));
            }
            return fault.effect();
        }
        return null;
    }

    private Duration between(Effect.Delay delay) {
        long spread = delay.most().minus(delay.least()).toMillis();
        return delay.least().plusMillis(spread == 0 ? 0 : random.nextLong(spread + 1));
    }
}
