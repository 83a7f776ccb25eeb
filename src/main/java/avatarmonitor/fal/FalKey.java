package avatarmonitor.fal;

/** A fal API key. Its text leaves this class only as the Authorization header; it never prints. */
public final class FalKey {
    private final String value;

    public FalKey(String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("the fal key is blank");
        }
        this.value = value;
    }

    /** Value of the {@code Authorization} header (fal contract section 1). */
    public String authorization() {
        return "Key " + value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
