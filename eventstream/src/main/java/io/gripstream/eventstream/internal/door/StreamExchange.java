package io.gripstream.eventstream.internal.door;

import io.gripstream.eventstream.StreamRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, as a web framework hands them in. Used on the framework's thread, until
 * the handler returns; what it sets goes out then.
 */
public interface StreamExchange extends StreamRequest {
  /** The query as it was sent, still percent-encoded; null: there is none. */
  @Nullable
  String queryString();

  /** Leaves something with the request, for {@link #attribute}. */
  void setAttribute(String name, Object value);

  /** Sets the status of the answer; without, it is 200. */
  void status(int status);

  /** Sets a header of the answer in place of what it had. */
  void setHeader(String name, String value);

  /** Adds a line of a header to the answer, unless it has that very line. */
  void addHeader(String name, String value);

  /** Sets the whole body of the answer; without, it is empty. */
  void body(byte[] bytes);

  /**
   * Answers with the status and headers that are set, and keeps the body open for a stream, which
   * enters when the request has been handled. If the answer has become another one by then (a later
   * handler set a body, or another status than 200), or the client has left, the stream is turned
   * away.
   *
   * @param opening the first bytes of the body
   * @throws IllegalStateException if this server cannot hold streams; then nothing is done with the
   *     entrance
   */
  void hold(Entrance entrance, byte[] opening);
}
