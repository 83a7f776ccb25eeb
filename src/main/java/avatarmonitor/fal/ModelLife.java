package avatarmonitor.fal;

/** Whether the files of a model can be had. */
public sealed interface ModelLife {

    /** Each of them, as far as their servers tell. */
    record Alive() implements ModelLife {}

    /** The server of one says that it is not there. */
    record Gone(String detail) implements ModelLife {}

    /** One could not be tried; may pass by itself. */
    record Unclear(String detail) implements ModelLife {}
}
