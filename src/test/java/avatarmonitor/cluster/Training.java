package avatarmonitor.cluster;

import avatarmonitor.avatar.AvatarId;

/** One training under observation, and the end that fal has in store for it. */
record Training(AvatarId avatar, String request, boolean style, End end) {}
