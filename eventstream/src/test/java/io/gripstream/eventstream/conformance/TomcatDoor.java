package io.gripstream.eventstream.conformance;

import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.internal.door.Entrance;
import io.gripstream.eventstream.internal.door.Sink;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.serve.StreamEndpoints;
import io.gripstream.grip.internal.PercentText;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;

/** Another door, which needs neither Javalin nor Jetty: asynchronous servlets, under Tomcat. */
final class TomcatDoor implements AutoCloseable {
  private final EventStream events;
  private final StreamEndpoints endpoints;
  private final Tomcat tomcat = new Tomcat();

  TomcatDoor(EventStream events, StreamEndpoints endpoints, int port) throws Exception {
    this.events = events;
    this.endpoints = endpoints;
    tomcat.setBaseDir("target/tomcat-" + port);
    tomcat.setPort(port);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    // A client can vanish while the engine writes: nothing of its request may serve another one.
    tomcat.getConnector().setProperty("processorCache", "0");
    tomcat.getConnector().setEncodedSolidusHandling("passthrough");
    Tomcat.addServlet(tomcat.addContext("", null), "events", new Streams()).addMapping("/*");
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

  @WebServlet(asyncSupported = true)
  @SuppressWarnings("serial")
  private final class Streams extends HttpServlet {
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      for (StreamEndpoints.Endpoint endpoint : endpoints.all()) {
        String path = endpoint.path().replaceAll("\\{(\\w+)}", "(?<$1>[^/]+)") + "/?";
        Matcher found = Pattern.compile(path).matcher(request.getRequestURI());
        if (found.matches() && endpoint.method().equals(request.getMethod())) {
          endpoint
              .handler()
              .accept(new Exchange(
                  request.getMethod(),
                  request.getRequestURI(),
                  request.getQueryString(),
                  request.getUserPrincipal(),
                  request.getRemoteAddr(),
                  request,
                  response,
                  found,
                  response.getOutputStream()));
          return;
        }
      }
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private record Exchange(
      String method,
      String path,
      @Nullable String queryString,
      @Nullable Principal principal,
      String peerAddress,
      HttpServletRequest request,
      HttpServletResponse response,
      Matcher found,
      ServletOutputStream out)
      implements StreamExchange {
    @Override
    public List<String> headers(String name) {
      return Collections.list(request.getHeaders(name));
    }

    @Override
    public List<String> queryParams(String name) {
      return List.of(request.getParameterMap().getOrDefault(name, new String[0]));
    }

    @Override
    public String pathParam(String name) {
      return Objects.requireNonNull(PercentText.decode(found.group(name)));
    }

    @Override
    public <T> @Nullable T attribute(String name) {
      return (T) request.getAttribute(name);
    }

    @Override
    public <T> @Nullable T sessionAttribute(String name) {
      HttpSession session = request.getSession(false);
      return session == null ? null : (T) session.getAttribute(name);
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
      try {
        out.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void hold(Entrance entrance, byte[] opening) {
      AsyncContext held = request.startAsync();
      held.setTimeout(0);
      out.setWriteListener(new HeldResponse(held, out, entrance, ByteBuffer.wrap(opening)));
    }
  }

  /** A response that stays open, written when the container says that it can be. */
  private static final class HeldResponse implements Sink, WriteListener {
    private final AsyncContext held;
    private final ServletOutputStream out;
    private final Entrance entrance;
    private final ByteBuffer opening;
    private @Nullable Runnable left;
    private @Nullable ByteBuffer pending;
    private Done done;
    private boolean isFlushed;
    private boolean isOver;

    HeldResponse(AsyncContext held, ServletOutputStream out, Entrance by, ByteBuffer first) {
      this.held = held;
      this.out = out;
      this.entrance = by;
      this.opening = first;
    }

    /** First when the request has been handled, then whenever bytes that waited can go on. */
    @Override
    public synchronized void onWritePossible() {
      if (left == null) {
        left = entrance.enter(this, opening);
      }
      proceed();
    }

    @Override
    public synchronized void write(ByteBuffer bytes, Done told) {
      pending = isOver ? null : bytes;
      done = told;
      isFlushed = false;
      proceed();
    }

    private void proceed() {
      try {
        while (pending != null && out.isReady()) {
          if (pending.hasRemaining()) {
            byte[] some = new byte[Math.min(pending.remaining(), 1 << 15)];
            pending.get(some);
            out.write(some);
          } else if (isFlushed) {
            pending = null;
            done.succeeded();
          } else {
            isFlushed = true;
            out.flush();
          }
        }
      } catch (IOException | IllegalStateException e) {
        onError(e);
      }
    }

    /** Once only. Servlets cannot cut, so this is {@link #abort} too: the client sees an end. */
    @Override
    public synchronized void end() {
      if (!isOver) {
        isOver = true;
        held.complete();
      }
    }

    @Override
    public void abort() {
      end();
    }

    @Override
    public synchronized void onError(Throwable cause) {
      if (left == null) {
        entrance.turnAway();
        return;
      }
      isOver = true;
      pending = null;
      left.run();
    }
  }
}
