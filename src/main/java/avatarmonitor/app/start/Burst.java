package avatarmonitor.app.start;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.Notifications.Heard;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Parsed burst of notifications. Any user who may connect to the database can send any payload, so invalid ones are
 * only counted, and ids are limited to {@link #IDS_MAX}.
 *
 * @param ids avatars to start, each once, in order of arrival
 * @param tooMany whether there were more ids, which only a sweep finds
 * @param requests whether there are requests of SQL functions
 * @param due whether a trigger was stored that is due now
 * @param odd number of payloads that are no id
 */
record Burst(List<AvatarId> ids, boolean tooMany, boolean requests, boolean due, int odd) {
    static final int IDS_MAX = 10_000;

    static Burst of(List<Heard> heard) {
        Set<AvatarId> ids = new LinkedHashSet<>();
        boolean tooMany = false;
        boolean requests = false;
        boolean due = false;
        int odd = 0;
        for (Heard one : heard) {
            if (one.channel().equals(Notifications.INTERNAL)) {
                requests |= one.payload().equals(Notifications.REQUESTS);
                due |= one.payload().equals(Notifications.DUE);
            } else if (one.channel().equals(Notifications.TRAINING)) {
                Optional<AvatarId> id = AvatarId.parse(one.payload().strip());
                if (id.isEmpty()) {
                    odd++;
                } else if (ids.size() < IDS_MAX) {
                    ids.add(id.get());
                } else {
                    tooMany |= !ids.contains(id.get());
                }
            }
        }
        return new Burst(new ArrayList<>(ids), tooMany, requests, due, odd);
    }
}
