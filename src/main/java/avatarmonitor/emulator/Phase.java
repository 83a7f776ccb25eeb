package avatarmonitor.emulator;

/** The three statuses that fal's queue has (fal contract section 3). */
public enum Phase {
    IN_QUEUE,
    IN_PROGRESS,
    COMPLETED
}
