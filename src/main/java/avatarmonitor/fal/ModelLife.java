package avatarmonitor.fal;

/** Whether the files of a model are available. */
public sealed interface ModelLife {

    /** All are available, as far as their servers report. */
    record Alive() implements ModelLife {}

    /** The server of one reports that it does not exist. */
    record Gone(String detail) implements ModelLife {}

    /** One could not be checked; may be temporary. */
    record Unclear(String detail) implements ModelLife {}
}
