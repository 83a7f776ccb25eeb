package avatarmonitor.cluster;

import avatarmonitor.avatar.AvatarId;

/** One training of the test and its planned end at fal. */
record Training(AvatarId avatar, String request, boolean style, End end) {}
