package avatarmonitor.emulator.scenario;

/** The three statuses of fal's queue (docs/fal-contract.md section 3). */
public enum Phase {
    IN_QUEUE,
    IN_PROGRESS,
    COMPLETED
}
