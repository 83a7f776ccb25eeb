package avatarmonitor.web;

import avatarmonitor.background.AtMostEvery;
import avatarmonitor.event.Actor;
import avatarmonitor.store.StoreException;
import avatarmonitor.web.AccessControl.Admission;
import avatarmonitor.web.Route.Method;
import avatarmonitor.web.Router.Found;
import avatarmonitor.web.limit.Bodies;
import avatarmonitor.web.limit.ClientDeadlines;
import avatarmonitor.web.limit.ClientDeadlines.Turn;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Root handler of all requests: routing, access control, reading the body, response. No server thread blocks on a
 * client or on the database.
 */
final class RequestHandler extends Handler.Abstract.NonBlocking {
    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin");

    /** Not a limit, see {@link RequestPools} and the server's limit of connections. */
    private static final int RUNNING_MAX = Integer.MAX_VALUE;

    /** Limit of the bodies of one kind that are being read or processed. */
    private static final long BODY_BYTES_MAX = 16L * 1024 * 1024;

    private final Router router;
    private final AccessControl access;
    private final ClientDeadlines deadlines;
    private final RequestPools pools;
    private final EventStream eventStream;
    private final Bodies bodies = new Bodies(BODY_BYTES_MAX);
    /** Separate, since anybody may send webhooks: they take no room from the calls of operators. */
    private final Bodies webhookBodies = new Bodies(BODY_BYTES_MAX);
    /** A permit for each request that runs. */
    private final Semaphore running = new Semaphore(RUNNING_MAX);

    private final AtMostEvery awayLog = new AtMostEvery(AtMostEvery.MINUTE);
    private volatile boolean stopping;

    RequestHandler(
            Router router,
            AccessControl access,
            ClientDeadlines deadlines,
            RequestPools pools,
            EventStream eventStream) {
        this.router = router;
        this.access = access;
        this.deadlines = deadlines;
        this.pools = pools;
        this.eventStream = eventStream;
    }

    /** Rejects all further requests. */
    void refuseAll() {
        stopping = true;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Connection connection = request.getConnectionMetaData().getConnection();
        deadlines.turn(connection, request, Turn.OURS);
        // Client timeouts depend on whose turn it is; during processing no server timeout may end the call.
        request.addIdleTimeoutListener(timeout -> false);
        Request.addCompletionListener(request, failure -> deadlines.over(connection, request));
        Exchange exchange = new Exchange(request, response, callback, connection);
        ALWAYS.forEach(response.getHeaders()::put);
        if (stopping) {
            exchange.close();
            exchange.send(Answer.problem(503, "Stopping", "this worker is being stopped"));
            return true;
        }
        Found found = router.find(request.getMethod(), request.getHttpURI().getPath());
        if (found instanceof Found.Match match) {
            enter(exchange, match);
        } else if (found instanceof Found.WrongMethod wrong) {
            exchange.send(Answer.problem(
                    405, "Method not allowed", "allowed: " + wrong.allowed(), Map.of("Allow", wrong.allowed())));
        } else {
            exchange.send(Answer.problem(404, "Not found", "there is nothing at this path"));
        }
        return true;
    }

    private void enter(Exchange exchange, Found.Match match) {
        HttpFields headers = exchange.request.getHeaders();
        Admission admission = access.admit(match.route().access(), headers, Request.getRemoteAddr(exchange.request));
        if (admission instanceof Admission.Admitted admitted) {
            enter(exchange, match, admitted.caller());
        } else if (admission instanceof Admission.Refused refused) {
            exchange.send(refused.answer());
        }
    }

    private void enter(Exchange exchange, Found.Match match, Actor caller) {
        Route route = match.route();
        if (route.lane() == Route.Lane.STREAM) {
            eventStream.join(exchange.request, exchange.response, exchange.callback);
        } else if (route.method() == Method.POST) {
            readBody(exchange, match, caller);
        } else {
            answer(exchange, match, caller, ByteBuffer.allocate(0));
        }
    }

    private void readBody(Exchange exchange, Found.Match match, Actor caller) {
        int most = match.route().bodyMax();
        if (exchange.request.getLength() > most) {
            tooLarge(exchange, most);
            return;
        }
        deadlines.turn(exchange.connection, exchange.request, Turn.REQUEST);
        Bodies room = match.route().lane() == Route.Lane.WEBHOOK ? webhookBodies : bodies;
        room.read(exchange.request, most, outcome -> {
            deadlines.turn(exchange.connection, exchange.request, Turn.OURS);
            if (outcome instanceof Bodies.Outcome.Whole whole) {
                answer(exchange, match, caller, whole.body());
            } else if (outcome instanceof Bodies.Outcome.TooLarge) {
                tooLarge(exchange, most);
            } else if (outcome instanceof Bodies.Outcome.NoRoom) {
                exchange.close();
                busy(exchange);
            } else if (outcome instanceof Bodies.Outcome.Broken broken) {
                exchange.callback.failed(broken.failure());
            }
        });
    }

    private static void tooLarge(Exchange exchange, int most) {
        exchange.close();
        exchange.send(Answer.problem(413, "Body too large", "at most " + most + " bytes"));
    }

    private void answer(Exchange exchange, Found.Match match, Actor caller, ByteBuffer body) {
        Runnable work = () -> exchange.send(answerOf(exchange.request, match, caller, body));
        boolean taken = switch (match.route().lane()) {
            case DIRECT, STREAM -> {
                work.run();
                yield true;
            }
            case READING, ACTING, WEBHOOK, HEALTH -> pools.take(match.route().lane(), work);
        };
        if (!taken) {
            busy(exchange);
        }
    }

    private static void busy(Exchange exchange) {
        exchange.send(Answer.problem(
                503, "Busy", "too many calls are waiting, try again in a moment", Map.of("Retry-After", "1")));
    }

    private Answer answerOf(Request request, Found.Match match, Actor caller, ByteBuffer body) {
        try {
            Query query = Query.parse(request.getHttpURI().getQuery());
            return match.route()
                    .endpoint()
                    .answer(new Call(match.variables(), query, request.getHeaders(), body, caller));
        } catch (RefusedException refused) {
            return refused.answer();
        } catch (StoreException | UnavailableException away) {
            awayAt(request.getHttpURI().getPath(), away);
            return Answer.problem(
                    503, "Database away", "the database did not answer; the log says why", Map.of("Retry-After", "5"));
        } catch (RuntimeException | Error bug) {
            log.error(
                    "call failed, please report it path={}",
                    request.getHttpURI().getPath(),
                    bug);
            return Answer.problem(500, "Internal error", "this is a bug; the log says more");
        }
    }

    /** The page polls every two seconds, so one line a minute is enough. */
    private void awayAt(String path, RuntimeException away) {
        if (awayLog.due()) {
            log.warn("call not answered, logged at most once a minute path={} error={}", path, away.getMessage());
        }
    }

    /** Waits until every request is over and its response is sent, at most this long; returns whether all are. */
    boolean awaitNone(Duration timeout) throws InterruptedException {
        boolean none = running.tryAcquire(RUNNING_MAX, timeout.toNanos(), TimeUnit.NANOSECONDS);
        running.release(none ? RUNNING_MAX : 0);
        return none;
    }

    private final class Exchange {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final Connection connection;

        private Exchange(Request request, Response response, Callback callback, Connection connection) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.connection = connection;
            running.acquireUninterruptibly();
            Request.addCompletionListener(request, failure -> running.release());
        }

        /** Closes the connection after the response: remaining input would be parsed as the next request. */
        private void close() {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }

        private void send(Answer answer) {
            deadlines.turn(connection, request, Turn.ANSWER);
            answer.sendTo(response, callback);
        }
    }
}
