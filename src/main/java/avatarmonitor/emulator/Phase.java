package avatarmonitor.emulator;

/** The three statuses that fal's queue has (docs/fal-contract.md section 3). */
public enum Phase {
    IN_QUEUE,
    IN_PROGRESS,
    COMPLETED
}
