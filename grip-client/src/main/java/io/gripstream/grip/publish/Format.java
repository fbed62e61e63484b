package io.gripstream.grip.publish;

import io.gripstream.grip.internal.WireText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of an item for one kind of client: streams, held responses or WebSockets. A client gets
 * only the format of its kind.
 *
 * <p>{@code contentFilters}, if present, must be exactly the content filters ({@code build-id},
 * {@code var-subst}) of the channel as clients hold it, in the same order. Otherwise Pushpin closes
 * every stream of the channel. Null skips the comparison.
 */
public sealed interface Format {

  /** The kinds of clients. */
  enum Kind {
    HTTP_STREAM("http-stream"),
    HTTP_RESPONSE("http-response"),
    WS_MESSAGE("ws-message");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    String key() {
      return key;
    }
  }

  /** The kind of client; an item has at most one format of each kind. */
  Kind kind();

  /** Appends bytes to a held stream. */
  record HttpStream(byte[] content, @Nullable List<String> contentFilters) implements Format {
    public HttpStream {
      content = content.clone();
      contentFilters = copy(contentFilters);
    }

    @Override
    public byte[] content() {
      return content.clone();
    }

    @Override
    public Kind kind() {
      return Kind.HTTP_STREAM;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof HttpStream that
          && Arrays.equals(content, that.content)
          && Objects.equals(contentFilters, that.contentFilters);
    }

    @Override
    public int hashCode() {
      return Objects.hash(Arrays.hashCode(content), contentFilters);
    }
  }

  /** Ends a held stream. */
  record HttpStreamClose() implements Format {
    @Override
    public Kind kind() {
      return Kind.HTTP_STREAM;
    }
  }

  /**
   * Makes a held stream follow its next link. Publish it without ids: with an id the proxy would
   * report that the client has that item.
   */
  record HttpStreamHint() implements Format {
    @Override
    public Kind kind() {
      return Kind.HTTP_STREAM;
    }
  }

  /**
   * Answers a held response.
   *
   * @param code 200 to 999
   * @param reason the reason phrase, or null for the usual one
   * @param headers replace those of the instruct's answer, by name
   */
  record HttpResponse(
      int code,
      @Nullable String reason,
      List<Map.Entry<String, String>> headers,
      byte[] body,
      @Nullable List<String> contentFilters)
      implements Format {

    /** @throws IllegalArgumentException if the code, the reason or a header cannot be sent */
    public HttpResponse {
      requireStatus(code);
      requireLine("reason", reason);
      headers = requireHeaders(headers);
      body = body.clone();
      contentFilters = copy(contentFilters);
    }

    @Override
    public byte[] body() {
      return body.clone();
    }

    @Override
    public Kind kind() {
      return Kind.HTTP_RESPONSE;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof HttpResponse that
          && code == that.code
          && Objects.equals(reason, that.reason)
          && headers.equals(that.headers)
          && Arrays.equals(body, that.body)
          && Objects.equals(contentFilters, that.contentFilters);
    }

    @Override
    public int hashCode() {
      return Objects.hash(code, reason, headers, Arrays.hashCode(body), contentFilters);
    }
  }

  /**
   * Answers a held response with the instruct's answer, after a patch of its JSON body.
   *
   * @param patch a JSON Patch (RFC 6902), as the text of its array
   */
  record HttpResponsePatch(
      int code, @Nullable String reason, List<Map.Entry<String, String>> headers, String patch)
      implements Format {

    /**
     * @throws IllegalArgumentException if the patch is not a JSON array, or as {@link HttpResponse}
     */
    public HttpResponsePatch {
      requireStatus(code);
      requireLine("reason", reason);
      headers = requireHeaders(headers);
      ItemJson.requireArray("patch", patch);
    }

    @Override
    public Kind kind() {
      return Kind.HTTP_RESPONSE;
    }
  }

  /** Makes the proxy repeat the request of a held response. */
  record HttpResponseHint() implements Format {
    @Override
    public Kind kind() {
      return Kind.HTTP_RESPONSE;
    }
  }

  /** Sends a message to WebSockets. Text must be UTF-8. */
  record WsMessage(Type type, byte[] content, @Nullable List<String> contentFilters)
      implements Format {

    /** The kind of frame. */
    public enum Type {
      TEXT,
      BINARY,
      PING,
      PONG
    }

    /** @throws IllegalArgumentException if text is not UTF-8, or a ping or pong above 125 bytes */
    public WsMessage {
      content = content.clone();
      contentFilters = copy(contentFilters);
      if (type == Type.TEXT && !ItemJson.isUtf8(content)) {
        throw new IllegalArgumentException("a WebSocket text message must be UTF-8");
      }
      if ((type == Type.PING || type == Type.PONG) && content.length > 125) {
        throw new IllegalArgumentException(
            "a WebSocket ping or pong has at most 125 bytes, this one " + content.length);
      }
    }

    @Override
    public byte[] content() {
      return content.clone();
    }

    @Override
    public Kind kind() {
      return Kind.WS_MESSAGE;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof WsMessage that
          && type == that.type
          && Arrays.equals(content, that.content)
          && Objects.equals(contentFilters, that.contentFilters);
    }

    @Override
    public int hashCode() {
      return Objects.hash(type, Arrays.hashCode(content), contentFilters);
    }
  }

  /**
   * Closes WebSockets.
   *
   * @param code RFC 6455 close code that may be sent: 1000–1003, 1007–1014, 3000–4999
   * @param reason at most 123 bytes of UTF-8, or null
   */
  record WsClose(int code, @Nullable String reason) implements Format {

    /** @throws IllegalArgumentException if the code may not be sent or the reason is too long */
    public WsClose {
      WireText.requireCloseCode(code);
      if (reason != null) {
        WireText.requireCloseReason(reason);
      }
    }

    @Override
    public Kind kind() {
      return Kind.WS_MESSAGE;
    }
  }

  private static @Nullable List<String> copy(@Nullable List<String> filters) {
    return filters == null ? null : List.copyOf(filters);
  }

  private static void requireStatus(int code) {
    if (code < 200 || code > 999) {
      throw new IllegalArgumentException("status " + code + " is not from 200 to 999");
    }
  }

  private static List<Map.Entry<String, String>> requireHeaders(
      List<Map.Entry<String, String>> headers) {
    for (Map.Entry<String, String> header : headers) {
      WireText.requireToken("header", header.getKey());
      requireLine("header " + header.getKey(), header.getValue());
    }
    return List.copyOf(headers);
  }

  private static void requireLine(String what, @Nullable String value) {
    if (value != null
        && WireText.requireText(what, value).chars().anyMatch(c -> c < 0x20 && c != '\t')) {
      throw new IllegalArgumentException(
          what + " \"" + WireText.printable(value) + "\" has a control character");
    }
  }
}
