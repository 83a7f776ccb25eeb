package avatarmonitor.fal.answer;

import avatarmonitor.fal.answer.FalAnswer.AlreadyOver;
import avatarmonitor.fal.answer.FalAnswer.Cancel;
import avatarmonitor.fal.answer.FalAnswer.CancelRequested;
import avatarmonitor.fal.answer.FalAnswer.RequestRefused;

/**
 * Parses the response to a cancel (docs/fal-contract.md section 1: any 2xx is accepted, 400 is already over, 404 is
 * unknown).
 */
public final class CancelAnswer {
    private CancelAnswer() {}

    public static Cancel read(HttpReply.Received reply) {
        if (reply.isHtml()) {
            return TroubleAnswer.read(reply);
        }
        if (reply.code() >= 200 && reply.code() <= 299) {
            return new CancelRequested();
        }
        if (TroubleAnswer.isRefusal(reply)) {
            return new RequestRefused(reply.code(), TroubleAnswer.detail(reply), TroubleAnswer.isAccountLocked(reply));
        }
        return reply.code() == 400 ? new AlreadyOver() : TroubleAnswer.read(reply);
    }
}
