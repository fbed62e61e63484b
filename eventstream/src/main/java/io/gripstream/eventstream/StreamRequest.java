package io.gripstream.eventstream;

import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for a stream, independent of the web framework. {@link #unwrap} returns the framework's
 * own request. Valid until the request has been answered; use it in one thread at a time. Only this
 * library implements it, so methods may be added.
 */
public interface StreamRequest {
  /** The method, in upper case: {@code GET}. */
  String method();

  /** The path of the request as it was routed, still percent-encoded, without the query. */
  String path();

  /**
   * The first value of a header, whatever the case of its name; null: the request does not have it.
   */
  @Nullable
  String header(String name);

  /** All values of a header in order, one per line; possibly none. */
  List<String> headers(String name);

  /** All values of a query parameter, decoded, in order; possibly none. */
  List<String> queryParams(String name);

  /**
   * The value of a parameter {@code {name}} of the route's path, decoded.
   *
   * @throws IllegalArgumentException if the route has no such parameter
   */
  String pathParam(String name);

  /** The value of the first cookie with that name, as it was sent; null: there is none. */
  @Nullable
  String cookie(String name);

  /**
   * The attribute that an earlier handler or filter stored in the request under that name; null:
   * none. The caller knows its type.
   */
  @SuppressWarnings("TypeParameterUnusedInFormals")
  <T> @Nullable T attribute(String name);

  /**
   * The session attribute of that name; null: none, or there is no session. Creates no session. The
   * caller knows its type.
   */
  @SuppressWarnings("TypeParameterUnusedInFormals")
  <T> @Nullable T sessionAttribute(String name);

  /** The user that the web framework authenticated; null: none. */
  @Nullable
  Principal principal();

  /**
   * The numeric address at the other end of the TCP connection, such as {@code 10.0.0.7}. Behind a
   * proxy it is that of the last proxy, whatever {@code X-Forwarded-For} says.
   */
  String peerAddress();

  /**
   * The client's address as the server reports it, which may be configured to trust
   * {@code X-Forwarded-For}. Limits per address use it.
   */
  String clientAddress();

  /**
   * Returns the web framework's own request, such as Javalin's {@code Context} or a
   * {@code HttpServletRequest}.
   *
   * @throws IllegalArgumentException if there is none of that type; the message names the available
   *     types
   */
  <T> T unwrap(Class<T> type);
}
