package io.gripstream.eventstream.conformance;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.StreamRoutes;
import io.gripstream.eventstream.internal.Interior;
import io.gripstream.eventstream.internal.door.Entrance;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.serve.StreamEndpoints;
import io.gripstream.grip.internal.PercentText;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;

/**
 * The same streams through another door: plain servlets with asynchronous I/O, under an embedded
 * Tomcat. No more than it takes to show that nothing behind the door needs Javalin or Jetty.
 */
final class TomcatDoor implements AutoCloseable {
  private final EventStream events;
  private final Tomcat tomcat = new Tomcat();

  TomcatDoor(EventStream events, Consumer<StreamRoutes> routes, int port)
      throws LifecycleException {
    this.events = events;
    StreamEndpoints endpoints = Interior.endpoints(events, routes);
    tomcat.setBaseDir("target/tomcat-" + port);
    Connector connector = new Connector();
    connector.setProperty("address", "127.0.0.1");
    connector.setPort(port);
    connector.setEncodedSolidusHandling("passthrough");
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Wrapper servlet = Tomcat.addServlet(context, "events", new Streams(endpoints));
    servlet.setAsyncSupported(true);
    servlet.addMapping("/*");
    endpoints.start();
    tomcat.start();
  }

  @Override
  public void close() throws LifecycleException {
    events.drain();
    tomcat.stop();
    tomcat.destroy();
    events.close();
  }

  /** All endpoints, as one servlet. */
  private static final class Streams extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient StreamEndpoints endpoints;

    Streams(StreamEndpoints endpoints) {
      this.endpoints = endpoints;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      for (StreamEndpoints.Endpoint endpoint : endpoints.all()) {
        String path = endpoint.path().replaceAll("\\{(\\w+)}", "(?<$1>[^/]+)") + "/?";
        Matcher found = Pattern.compile(path).matcher(request.getRequestURI());
        if (found.matches() && endpoint.method().equals(request.getMethod())) {
          ByteArrayOutputStream body = new ByteArrayOutputStream();
          ServletOutputStream out = response.getOutputStream();
          endpoint.handler().accept(new Exchange(request, response, found, out, body));
          if (!request.isAsyncStarted()) {
            response.setContentLength(body.size());
            body.writeTo(out);
          }
          return;
        }
      }
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private record Exchange(
      HttpServletRequest request,
      HttpServletResponse response,
      Matcher found,
      ServletOutputStream out,
      ByteArrayOutputStream body)
      implements StreamExchange {
    @Override
    public String method() {
      return request.getMethod();
    }

    @Override
    public String path() {
      return request.getRequestURI();
    }

    @Override
    public @Nullable String queryString() {
      return request.getQueryString();
    }

    @Override
    public @Nullable String header(String name) {
      return request.getHeader(name);
    }

    @Override
    public List<String> headers(String name) {
      return Collections.list(request.getHeaders(name));
    }

    @Override
    public List<String> queryParams(String name) {
      String[] values = request.getParameterValues(name);
      return values == null ? List.of() : List.of(values);
    }

    @Override
    public String pathParam(String name) {
      return Objects.requireNonNull(PercentText.decode(found.group(name)));
    }

    @Override
    public @Nullable String cookie(String name) {
      return Stream.ofNullable(request.getCookies())
          .flatMap(Arrays::stream)
          .filter(cookie -> cookie.getName().equals(name))
          .map(Cookie::getValue)
          .findFirst()
          .orElse(null);
    }

    @Override
    public <T> @Nullable T attribute(String name) {
      return (T) request.getAttribute(name);
    }

    @Override
    public <T> @Nullable T sessionAttribute(String name) {
      return (T) request.getSession().getAttribute(name);
    }

    @Override
    public @Nullable Principal principal() {
      return request.getUserPrincipal();
    }

    @Override
    public String peerAddress() {
      return request.getRemoteAddr();
    }

    @Override
    public String clientAddress() {
      return request.getRemoteAddr();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      return type.cast(request);
    }

    @Override
    public void setAttribute(String name, Object value) {
      request.setAttribute(name, value);
    }

    @Override
    public void status(int status) {
      response.setStatus(status);
    }

    @Override
    public void setHeader(String name, String value) {
      response.setHeader(name, value);
    }

    @Override
    public void addHeader(String name, String value) {
      if (!response.getHeaders(name).contains(value)) {
        response.addHeader(name, value);
      }
    }

    @Override
    public void body(byte[] bytes) {
      body.writeBytes(bytes);
    }

    @Override
    public void hold(Entrance entrance, byte[] opening) {
      AsyncContext held = request.startAsync();
      held.setTimeout(0);
      out.setWriteListener(new TomcatSink(held, out, entrance, ByteBuffer.wrap(opening)));
    }
  }
}
