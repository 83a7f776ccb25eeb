package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Incoming;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.http.Route;
import avatarmonitor.emulator.http.Wire;
import avatarmonitor.emulator.scenario.Faults;
import avatarmonitor.fal.FalKey;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles one HTTP request: routing, key check, fault, operation, answer. */
final class QueueHandler implements HttpHandler {
    private static final Logger log = LoggerFactory.getLogger(QueueHandler.class);
    private static final String KEY_PREFIX = "Key ";
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration LONGEST_RUN = Duration.ofMinutes(10);
    private static final Reply RUN_TOO_LONG = Reply.claimingJson(
                    504, "{\"detail\":\"Request timed out\",\"error_type\":\"request_timeout\"}")
            .with("X-Fal-Error-Type", "request_timeout");

    private final Emulation emulation;
    private final QueueCalls calls;
    private final FileCalls files;
    private final RequestHistory history;
    private final AdminApi admin;
    private final Wire wire;
    private final StatusStreams streams;
    private final URI baseUri;

    QueueHandler(Emulation emulation, Wire wire, URI baseUri) {
        this.emulation = emulation;
        this.calls = new QueueCalls(emulation);
        this.files = new FileCalls(emulation);
        this.history = new RequestHistory(emulation);
        this.admin = new AdminApi(emulation, baseUri);
        this.wire = wire;
        this.streams = new StatusStreams(emulation, wire);
        this.baseUri = baseUri;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try {
            receive(exchange);
        } catch (RuntimeException bug) {
            log.error(
                    "emulator call failed method={} path={}",
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    bug);
            exchange.close();
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        Incoming incoming;
        try {
            incoming = Incoming.read(exchange, baseUri.toString());
        } catch (BadInputException unreadable) {
            String path = exchange.getRequestURI().getRawPath();
            CallLog.Open call = arrived(exchange.getRequestMethod(), path, Op.OTHER, null);
            wire.send(exchange, unreadable.reply(), null, call::answered);
            return;
        }
        if (!incoming.proxied() && AdminApi.owns(incoming.path())) {
            Reply reply = admin.answer(exchange.getRemoteAddress().getAddress(), incoming);
            wire.send(exchange, reply, null, notInTheCallLog -> {});
            return;
        }
        Route route = Route.of(
                incoming.site(),
                incoming.method(),
                incoming.path(),
                emulation.config().strictPaths());
        answer(exchange, incoming, route, arrived(incoming.method(), incoming.path(), route.op(), route.requestId()));
    }

    private void answer(HttpExchange exchange, Incoming incoming, Route route, CallLog.Open call) {
        if (route instanceof Route.Refused refused) {
            wire.send(exchange, refused.reply(), null, call::answered);
            return;
        }
        boolean open = route instanceof Route.Jwks || route instanceof Route.FileAt;
        if (!open && !keyAccepted(incoming)) {
            Reply refused = route instanceof Route.History
                    ? RequestHistory.problem(401, "authorization_error", "invalid key credentials")
                    : Refusals.WRONG_KEY;
            wire.send(exchange, refused, null, call::answered);
            return;
        }
        Faults.Disturbance disturbance = emulation.faults().next(route.op(), route.requestId());
        Optional<Reply> instead = instead(disturbance.effect());
        if (instead.isPresent()) {
            later(disturbance, () -> wire.send(exchange, instead.get(), disturbance.effect(), call::answered));
        } else if (route instanceof Route.About about && about.op() == Op.STREAM) {
            later(disturbance, () -> stream(exchange, incoming, about, disturbance.effect(), call));
        } else if (route instanceof Route.Run run) {
            run(exchange, incoming, run, disturbance, call);
        } else if (route instanceof Route.FileAt file) {
            Effect effect = disturbance.effect();
            later(disturbance, () -> file(exchange, incoming, file, effect, call));
        } else {
            Reply reply = carryOut(route, incoming, call);
            later(disturbance, () -> wire.send(exchange, reply, disturbance.effect(), call::answered));
        }
    }

    private void later(Faults.Disturbance disturbance, Runnable send) {
        if (disturbance.delay().isZero() || !wire.after(disturbance.delay(), send)) {
            send.run();
        }
    }

    private Reply carryOut(Route route, Incoming incoming, CallLog.Open call) {
        String origin = origin(incoming);
        try {
            if (route instanceof Route.Submit submit) {
                return calls.submit(submit.endpoint(), incoming, origin, call);
            }
            if (route instanceof Route.About about) {
                return switch (about.op()) {
                    case STATUS -> calls.status(about, incoming, origin);
                    case RESULT -> calls.result(about);
                    case CANCEL -> calls.cancel(about);
                    case SUBMIT, STREAM, RUN, UPLOAD, FILE, HISTORY, JWKS, OTHER ->
                        throw new IllegalStateException("not a queue operation: " + about);
                };
            }
            if (route instanceof Route.Upload upload) {
                return files.upload(upload, incoming, ownAddress(incoming));
            }
            if (route instanceof Route.History) {
                return history.answer(incoming.query());
            }
            if (route instanceof Route.Jwks) {
                return Reply.of(200, emulation.keys().jwks());
            }
            throw new IllegalStateException("no answer for " + route);
        } catch (BadInputException badInput) {
            return badInput.reply();
        }
    }

    private void file(
            HttpExchange exchange, Incoming incoming, Route.FileAt file, @Nullable Effect effect, CallLog.Open call) {
        try {
            files.answer(exchange, wire, file, ownAddress(incoming), effect, call);
        } catch (IOException clientGone) {
            exchange.close();
        }
    }

    /** Handles a call of fal.run: it does not queue, and it is answered when the request is over. */
    private void run(
            HttpExchange exchange,
            Incoming incoming,
            Route.Run run,
            Faults.Disturbance disturbance,
            CallLog.Open call) {
        try {
            QueueCalls.Taken taken =
                    calls.take(run.endpoint(), incoming, null, scenario -> scenario.withQueue(Duration.ZERO, 0), call);
            if (taken instanceof QueueCalls.Taken.Request in) {
                long started = System.nanoTime();
                later(disturbance, () -> sendWhenOver(exchange, in.request(), started, disturbance.effect(), call));
            } else if (taken instanceof QueueCalls.Taken.Refused refused) {
                later(disturbance, () -> wire.send(exchange, refused.reply(), disturbance.effect(), call::answered));
            }
        } catch (BadInputException badInput) {
            wire.send(exchange, badInput.reply(), null, call::answered);
        }
    }

    /** Polls until the request is over, without blocking a thread. */
    private void sendWhenOver(
            HttpExchange exchange,
            QueuedRequest request,
            long startedNanos,
            @Nullable Effect effect,
            CallLog.Open call) {
        QueuedRequest.View view = request.at(emulation.clock().instant());
        boolean known = emulation.requests().find(request.id()) == request;
        if (view.over() || !known) {
            Reply reply = known ? request.result(view) : Refusals.NOT_FOUND;
            wire.send(exchange, reply.with(QueueCalls.REQUEST_ID_HEADER, request.id()), effect, call::answered);
        } else if (System.nanoTime() - startedNanos > LONGEST_RUN.toNanos()) {
            wire.send(exchange, RUN_TOO_LONG, effect, call::answered);
        } else if (!wire.after(LOOK_EVERY, () -> sendWhenOver(exchange, request, startedNanos, effect, call))) {
            wire.send(exchange, Refusals.TOO_MANY_WAIT, effect, call::answered);
        }
    }

    private void stream(
            HttpExchange exchange, Incoming incoming, Route.About about, @Nullable Effect effect, CallLog.Open call) {
        QueuedRequest request = calls.find(about);
        if (request == null || !request.statusKept(emulation.clock().instant())) {
            wire.send(exchange, Refusals.NOT_FOUND, null, call::answered);
        } else if (effect instanceof Effect.Hang || effect instanceof Effect.Drop) {
            wire.send(exchange, Refusals.NOT_FOUND, effect, call::answered);
        } else {
            boolean cut = effect instanceof Effect.Cut;
            streams.open(exchange, request, origin(incoming), QueueCalls.wantsLogs(incoming), cut, call);
        }
    }

    /** Returns the answer of an effect that replaces the operation; empty for all others. */
    private Optional<Reply> instead(@Nullable Effect effect) {
        if (effect instanceof Effect.Answer answer) {
            return Optional.of(answer.reply());
        }
        if (effect instanceof Effect.Huge) {
            return Optional.of(Reply.claimingJson(200, ""));
        }
        if (effect instanceof Effect.RateLimited limited) {
            Reply reply = Reply.detail(429, "Too many requests");
            return Optional.of(
                    switch (limited.form()) {
                        case NONE -> reply;
                        case RESET ->
                            reply.with(
                                    "x-ratelimit-reset",
                                    Long.toString(limited.retryAfter().toSeconds()));
                        case SECONDS ->
                            reply.with(
                                    "Retry-After",
                                    Long.toString(limited.retryAfter().toSeconds()));
                        case DATE ->
                            reply.with(
                                    "Retry-After",
                                    DateTimeFormatter.RFC_1123_DATE_TIME.format(emulation
                                            .clock()
                                            .realTime()
                                            .plus(limited.retryAfter())
                                            .atOffset(ZoneOffset.UTC)));
                    });
        }
        return Optional.empty();
    }

    /** Checks the key. A proxy adds the key by itself, so a call through it may come without one. */
    private boolean keyAccepted(Incoming incoming) {
        String authorization = incoming.authorization();
        if (authorization == null) {
            return incoming.proxied();
        }
        FalKey only = emulation.config().key();
        return only == null
                ? authorization.startsWith(KEY_PREFIX)
                        && !authorization.substring(KEY_PREFIX.length()).isBlank()
                : MessageDigest.isEqual(bytes(only.authorization()), bytes(authorization));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the base of request URLs. */
    private String origin(Incoming incoming) {
        return publicUrlOr(incoming.origin());
    }

    /** Returns the base of file URLs, which clients call directly, whatever proxy they use otherwise. */
    private String ownAddress(Incoming incoming) {
        return publicUrlOr(incoming.reached());
    }

    private String publicUrlOr(String used) {
        URI fixed = emulation.config().publicUrl();
        return fixed == null ? used : fixed.toString().replaceAll("/+$", "");
    }

    private CallLog.Open arrived(String method, String path, Op op, @Nullable String requestId) {
        return emulation.calls().arrived(emulation.clock().instant(), method, path, op, requestId);
    }
}
