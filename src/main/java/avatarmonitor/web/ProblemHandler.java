package avatarmonitor.web;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the server itself refuses, in the same form as our own refusals: no page, no stack trace, no name of a product. */
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
