package avatarmonitor.inspect;

/**
 * Filter of a list of avatars; an empty text matches all.
 *
 * @param search part of a name, or the beginning of an avatar's id or request id, in any letter case
 * @param type the training type, in any letter case of ASCII letters
 * @param worker instance id of the worker that checks the avatar, or checked it last
 */
public record AvatarFilter(String search, String type, String worker) {
    /** Returns whether it matches every avatar. */
    public boolean isNone() {
        return search.isEmpty() && type.isEmpty() && worker.isEmpty();
    }
}
