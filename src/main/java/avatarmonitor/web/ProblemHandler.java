package avatarmonitor.web;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Formats errors of the server itself like those of the API: no HTML page, no stack trace, no product name. */
final class ProblemHandler extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Answer problem = problem(response.getStatus());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, problem.contentType());
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, problem.body().remaining());
        response.write(true, problem.toSend(), callback);
        return true;
    }

    private static Answer problem(int status) {
        String title = HttpStatus.getMessage(status);
        return Answer.problem(status, title == null ? "Error" : title, "the request cannot be understood or served");
    }
}
