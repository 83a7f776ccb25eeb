package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Op;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Bounded log of the latest calls. A call is logged on arrival, so a call that never gets an answer is listed too. */
final class CallLog {
    private static final int LONGEST_PATH = 300;

    /** A call that has not been answered. */
    final class Open {
        private final long number;
        private final Instant at;
        private final String method;
        private final String path;
        private final Op op;
        private @Nullable String requestId;
        private int code;

        private Open(long number, Instant at, String method, String path, Op op, @Nullable String requestId) {
            this.number = number;
            this.at = at;
            this.method = method;
            this.path = path;
            this.op = op;
            this.requestId = requestId;
        }

        void about(String id) {
            synchronized (CallLog.this) {
                requestId = id;
            }
        }

        void answered(int statusCode) {
            synchronized (CallLog.this) {
                code = statusCode;
            }
        }

        private Call snapshot() {
            return new Call(number, at, method, path, op, requestId, code);
        }
    }

    private final int most;
    private final Deque<Open> calls = new ArrayDeque<>();
    private long lastNumber;

    CallLog(int most) {
        this.most = most;
    }

    synchronized Open arrived(Instant at, String method, String path, Op op, @Nullable String requestId) {
        lastNumber++;
        String shown = path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path;
        Open call = new Open(lastNumber, at, method, shown, op, requestId);
        if (calls.size() >= most) {
            calls.removeFirst();
        }
        calls.addLast(call);
        return call;
    }

    /** Returns the matching calls in order of arrival. */
    synchronized List<Call> list(Predicate<Call> wanted) {
        List<Call> found = new ArrayList<>();
        for (Open open : calls) {
            Call call = open.snapshot();
            if (wanted.test(call)) {
                found.add(call);
            }
        }
        return found;
    }

    /** Number of all calls since the start, including those no longer kept. */
    synchronized long arrivals() {
        return lastNumber;
    }

    synchronized void clear() {
        calls.clear();
    }
}
