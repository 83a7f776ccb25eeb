package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.http.Egress;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Checks whether fal is reachable and accepts the configured key, with a status request for a request that cannot
 * exist: fal checks the key first and then answers 404 (docs/fal-contract.md section 1).
 *
 * @param detail one line for display; never contains the key
 */
public record KeyCheck(Outcome outcome, String detail) {

    public enum Outcome {
        /** fal answered about the request: reachable, key accepted. */
        ACCEPTED,
        /** fal does not have the endpoint's application. */
        UNKNOWN_APPLICATION,
        /** fal is reachable and refuses the key, or none is configured. */
        REFUSED,
        /** fal is reachable and has locked the account of the key, by itself or for lack of balance. */
        LOCKED,
        /** The answer says nothing about the key: too many requests, or no answer of fal's. */
        UNCLEAR,
        /** No answer: wrong address, no network, or fal is down. */
        UNREACHABLE
    }

    /**
     * Checks each configured endpoint once, on a separate connection and without the worker's limits.
     *
     * @param endpoints by configuration key
     * @return results by configuration key; the rest is skipped when fal is unreachable
     */
    public static Map<String, KeyCheck> all(
            FalConfig config, Egress egress, Map<String, String> endpoints, InstantSource clock) {
        Map<String, KeyCheck> checks = new LinkedHashMap<>();
        try (HttpFalQueue http = new HttpFalQueue(config, egress, 1, clock)) {
            for (Map.Entry<String, String> endpoint : endpoints.entrySet()) {
                KeyCheck check = of(http, endpoint.getValue());
                checks.put(endpoint.getKey(), check);
                if (check.outcome() == Outcome.UNREACHABLE) {
                    break;
                }
            }
        }
        return checks;
    }

    public static KeyCheck of(FalQueue queue, String endpoint) {
        FalRequest unknown =
                new FalRequest(endpoint, new FalRequestId(UUID.randomUUID().toString()));
        FalAnswer.Status answer = queue.status(unknown);
        if (answer instanceof FalAnswer.AccessRefused refused) {
            return new KeyCheck(refused.accountLocked() ? Outcome.LOCKED : Outcome.REFUSED, refused.detail());
        }
        if (answer instanceof FalAnswer.ApplicationUnknown missing) {
            return new KeyCheck(
                    Outcome.UNKNOWN_APPLICATION, "fal answers, but not about this application: " + missing.detail());
        }
        if (answer instanceof FalAnswer.RateLimited limited) {
            return new KeyCheck(
                    Outcome.UNCLEAR,
                    "too many requests, try again in " + limited.retryAfter().toSeconds() + " s");
        }
        if (answer instanceof FalAnswer.Held held) {
            return new KeyCheck(Outcome.UNCLEAR, held.reason());
        }
        if (answer instanceof FalAnswer.Unavailable unavailable) {
            Outcome outcome = switch (unavailable.cause()) {
                case TIMEOUT, CONNECTION, SERVER_ERROR -> Outcome.UNREACHABLE;
                case MALFORMED, TOO_LARGE, UNKNOWN_STATUS, UNEXPECTED_CODE -> Outcome.UNCLEAR;
            };
            return new KeyCheck(outcome, unavailable.detail());
        }
        return new KeyCheck(Outcome.ACCEPTED, "fal answers and takes the key");
    }
}
