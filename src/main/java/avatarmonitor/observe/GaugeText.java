package avatarmonitor.observe;

/** Descriptions of the gauges of trainings. */
final class GaugeText {
    private GaugeText() {}

    static String of(String gauge) {
        return switch (gauge) {
            case "training" -> "Avatars in TRAINING";
            case "watched" -> "Trainings with a live trigger";
            case "late" ->
                "Trainings without an answer of fal for more than an interval and a minute, or with a check as overdue";
            case "failing" -> "Trainings whose last check failed";
            case "unwatched" -> "Trainings without a live trigger, without the stalled ones: unmonitored and invalid";
            case "unmonitored" -> "Trainings without a live trigger that a worker has to schedule";
            case "invalid" -> "Trainings whose row the application must correct before they can be monitored";
            case "stalled" -> "Trainings that were given up as too old, or at their own deadline";
            case "stuck" -> "Triggers that will not fire by themselves";
            case "ends_refused" -> "Trainings that fal has ended and whose end the database refuses";
            default -> gauge;
        };
    }
}
