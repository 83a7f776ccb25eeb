package avatarmonitor.inspect;

/**
 * Which avatars of a list are wanted; an empty text means all.
 *
 * @param search part of a name, or the beginning of an avatar's id or request id, in any letter case
 * @param type the training type, in any letter case of ASCII letters
 * @param worker instance id of the worker that checks the avatar, or checked it last
 */
public record AvatarFilter(String search, String type, String worker) {
    /** Every avatar. */
    public static AvatarFilter none() {
        return new AvatarFilter("", "", "");
    }

    /** The avatars that a search finds. */
    public static AvatarFilter search(String text) {
        return new AvatarFilter(text, "", "");
    }

    /** Whether it leaves nothing out. */
    public boolean isNone() {
        return search.isEmpty() && type.isEmpty() && worker.isEmpty();
    }
}
