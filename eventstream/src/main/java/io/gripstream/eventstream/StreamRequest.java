package io.gripstream.eventstream;

import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for a stream, whichever web framework it came through. The framework's own request is
 * behind it ({@link #unwrap}). Valid until the request has been answered; one thread at a time.
 */
public interface StreamRequest {
  /** The method, in capital letters: {@code GET}. */
  String method();

  /** The path as it was routed, still percent-encoded, without the query. */
  String path();

  /** The first value of a header; null: there is none. The name's case makes no difference. */
  @Nullable
  String header(String name);

  /** All values of a header, in order, one for each line of it; possibly none. */
  List<String> headers(String name);

  /** All values of a query parameter, decoded, in order; possibly none. */
  List<String> queryParams(String name);

  /**
   * A parameter of the route's path, decoded: {@code {name}}.
   *
   * @throws IllegalArgumentException if the route has no such parameter
   */
  String pathParam(String name);

  /** The value of the first cookie with that name, as it was sent; null: there is none. */
  @Nullable
  String cookie(String name);

  /**
   * What an earlier handler or filter left with the request under that name; null: nothing. The
   * caller knows its type.
   */
  @SuppressWarnings("TypeParameterUnusedInFormals")
  <T> @Nullable T attribute(String name);

  /**
   * What the session holds under that name; null: nothing, or there is no session. Makes none. The
   * caller knows its type.
   */
  @SuppressWarnings("TypeParameterUnusedInFormals")
  <T> @Nullable T sessionAttribute(String name);

  /** The user that the web framework has logged in; null: none. */
  @Nullable
  Principal principal();

  /**
   * The numeric address at the other end of the TCP connection, such as {@code 10.0.0.7}: the last
   * proxy if there is one, whatever {@code X-Forwarded-For} says.
   */
  String peerAddress();

  /**
   * The client's address as the server tells it, which may have been configured to believe
   * {@code X-Forwarded-For}. Limits per address count by it.
   */
  String clientAddress();

  /**
   * The request of the web framework behind this one, such as Javalin's {@code Context} or a
   * {@code HttpServletRequest}.
   *
   * @throws IllegalArgumentException if there is none of that type; the message names those that
   *     there are
   */
  <T> T unwrap(Class<T> type);
}
