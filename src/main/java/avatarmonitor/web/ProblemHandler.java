package avatarmonitor.web;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Formats errors of the server itself like those of the API: no HTML page, no stack trace, no product name. */
final class ProblemHandler extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        String title = HttpStatus.getMessage(status);
        Answer.problem(status, title == null ? "Error" : title, "the request cannot be understood or served")
                .sendTo(response, callback);
        return true;
    }
}
