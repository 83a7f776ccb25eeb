package avatarmonitor.app.limit;

import avatarmonitor.inspect.Facts;
import java.util.function.DoubleSupplier;

/**
 * Factor by which the intervals of ordinary trainings are longer while the rate limit of the cluster is too low for
 * all, see {@link Facts#stretch}; 0 when it is not. Each worker computes it from the same counts.
 */
public final class Stretch implements DoubleSupplier {
    /**
     * Share of the limit below which it is enough again, so that a number around the limit is not logged each time.
     */
    static final double ENOUGH = 0.9;

    private volatile double factor;

    /**
     * Returns the factor that follows.
     *
     * @param low the factor by these numbers
     */
    static double next(double before, double needed, double allowed, double low) {
        return needed > (before > 0 ? allowed * ENOUGH : allowed) ? low : 0;
    }

    void update(Facts facts, double needed, double allowed) {
        factor = next(factor, needed, allowed, facts.stretch());
    }

    @Override
    public double getAsDouble() {
        return factor;
    }
}
