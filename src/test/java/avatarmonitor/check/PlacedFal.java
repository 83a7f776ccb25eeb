package avatarmonitor.check;

import avatarmonitor.fal.FalQueue;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.ModelLife;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fake queue that has each request at one application only. */
final class PlacedFal implements FalQueue {
    /** The existing applications. */
    final Map<String, Map<String, FalAnswer.Status>> applications = new HashMap<>();

    FalAnswer.Result result = new FalAnswer.NotFound("no result");
    PlatformApiAnswer history = new PlatformApiAnswer.Absent();
    ModelLife files = new ModelLife.Alive();
    final List<String> asked = new ArrayList<>();

    PlacedFal has(String application, String request, FalAnswer.Status status) {
        applications.computeIfAbsent(application, name -> new HashMap<>()).put(request, status);
        return this;
    }

    void returns(String json) {
        result = new FalAnswer.Output(JsonParser.parseString(json).getAsJsonObject());
    }

    JsonObject output() {
        return ((FalAnswer.Output) result).body();
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        asked.add(request.endpoint());
        Map<String, FalAnswer.Status> requests = applications.get(request.endpoint());
        if (requests == null) {
            return new FalAnswer.ApplicationUnknown("HTTP 404: Application \"" + request.endpoint() + "\" not found");
        }
        FalAnswer.Status status = requests.get(request.id().value());
        return status == null ? new FalAnswer.NotFound("HTTP 404: NOT_FOUND") : status;
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        asked.add("result " + request.endpoint());
        return result;
    }

    @Override
    public PlatformApiAnswer history(FalRequestId id, Collection<String> endpoints) {
        asked.add("history " + id + " " + endpoints);
        return history;
    }

    @Override
    public ModelLife files(Collection<String> urls) {
        asked.add("files " + urls);
        return files;
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        throw new IllegalStateException("a check never cancels");
    }
}
