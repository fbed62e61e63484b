package io.gripstream.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client as a browser is one, with the script that we ship: whatever cuts its stream, it comes
 * back with the last id. Records the data of all events, and how often it was cut.
 */
final class ReturningClient implements AutoCloseable {
  private static final long PAUSE_MILLIS = 100;
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(10);

  private final HttpClient http;
  private final URI uri;
  private final List<String> data = Collections.synchronizedList(new ArrayList<>());
  private final List<String> trouble = Collections.synchronizedList(new ArrayList<>());
  private final Thread thread = new Thread(this::run, "returning-client");
  private volatile boolean isOpen;
  private volatile boolean isClosed;
  private volatile InputStream body = InputStream.nullInputStream();
  private @Nullable String lastId;

  private ReturningClient(HttpClient http, URI uri) {
    this.http = http;
    this.uri = uri;
  }

  static ReturningClient start(HttpClient http, URI uri) {
    ReturningClient client = new ReturningClient(http, uri);
    client.thread.setDaemon(true);
    client.thread.start();
    return client;
  }

  boolean isOpen() {
    return isOpen;
  }

  /** The events so far, in the order of their arrival. */
  List<String> data() {
    synchronized (data) {
      return List.copyOf(data);
    }
  }

  /** Why it had to come back, each time; and what it was told that is not an event. */
  List<String> trouble() {
    synchronized (trouble) {
      return List.copyOf(trouble);
    }
  }

  private void run() {
    try {
      while (!isClosed) {
        try {
          stream();
          trouble.add("the stream ended");
        } catch (IOException e) {
          trouble.add(String.valueOf(e));
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void stream() throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20));
    if (lastId != null) {
      request.header("Last-Event-ID", lastId);
    }
    HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
    body = answer.body();
    if (isClosed) {
      body.close();
    }
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
      if (answer.statusCode() != 200) {
        throw new IOException("status " + answer.statusCode());
      }
      read(lines.lines().iterator());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void read(Iterator<String> lines) {
    String type = "message";
    List<String> text = new ArrayList<>();
    String id = lastId;
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith("event: ")) {
        type = line.substring("event: ".length());
      } else if (line.startsWith("data:")) {
        text.add(line.substring("data:".length()).strip());
      } else if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.isEmpty()) {
        if (!text.isEmpty()) {
          lastId = id;
          received(type, String.join("\n", text));
        }
        type = "message";
        text.clear();
      }
    }
  }

  private void received(String type, String text) {
    switch (type) {
      case "stream-open" -> isOpen = true;
      case "keep-alive" -> {}
      case "message" -> data.add(text);
      default -> trouble.add(type + ": " + text);
    }
  }

  /**
   * When it returns, the client asks no more: it would take processor time from all later tests.
   */
  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
    try {
      // A read of Java 17 goes on when it is interrupted.
      body.close();
      thread.join(CLOSED_WITHIN.toMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assertThat(thread.isAlive()).as("%s is still read", uri).isFalse();
  }
}
