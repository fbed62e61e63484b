package io.gripstream.eventstream.internal.door;

import io.gripstream.eventstream.StreamRequest;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, as a web framework passes them in. Used on the framework's thread until
 * the handler returns; the answer is sent then.
 */
public interface StreamExchange extends StreamRequest {
  @Override
  default @Nullable String header(String name) {
    List<String> all = headers(name);
    return all.isEmpty() ? null : all.get(0);
  }

  @Override
  default @Nullable String cookie(String name) {
    return headers("Cookie").stream()
        .flatMap(line -> Stream.of(line.split(";")))
        .map(String::strip)
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> pair.substring(name.length() + 1))
        .findFirst()
        .orElse(null);
  }

  /** The peer's address, unless the server can be configured to trust a proxy. */
  @Override
  default String clientAddress() {
    return peerAddress();
  }

  /** The query as it was sent, still percent-encoded; null: none. */
  @Nullable
  String queryString();

  /** Stores a value in the request, for {@link #attribute}. */
  void setAttribute(String name, Object value);

  /** Sets the status of the answer. Default: 200. */
  void status(int status);

  /** Sets a header of the answer; replaces its value. */
  void setHeader(String name, String value);

  /** Adds a header line to the answer, unless it already has exactly that line. */
  void addHeader(String name, String value);

  /**
   * Sets the whole body of the answer. Default: empty. It should leave with the head in one call to
   * the system: a proxy takes an answer that was cut off for whole.
   */
  void body(byte[] bytes);

  /**
   * Answers with the status and headers set so far, and keeps the body open for a stream, which
   * enters when the request has been handled. The stream is turned away if the answer has changed
   * by then (a later handler set a body, or another status than 200), or if the client has left.
   *
   * @param opening the first bytes of the body
   * @throws IllegalStateException if this server cannot hold streams; the entrance is then not used
   */
  void hold(Entrance entrance, byte[] opening);
}
