package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells the proxy what to do with a client's connection. Immutable.
 *
 * <p>It is sent as {@linkplain #headers() headers} beside the answer to the client or, for values
 * that headers cannot carry, as a {@linkplain #toJson document} around that answer. The answer to a
 * next link replaces the whole instruct, so build the complete one each time.
 *
 * <pre>{@code
 * Instruct instruct = Instruct.stream()
 *     .channel(Channel.of("news"))
 *     .keepAlive(KeepAlive.of(":\n\n", Duration.ofSeconds(20)))
 *     .build();
 * instruct.headers().forEach(header -> response.addHeader(header.getKey(), header.getValue()));
 * }</pre>
 */
public final class Instruct {

  /** Content type of {@link #toJson}; the status of that answer must be 200. */
  public static final String CONTENT_TYPE = "application/grip-instruct";

  /** How the proxy holds the connection. */
  public enum Hold {
    /** No hold: the proxy sends the answer, and follows the next link if there is one (paging). */
    NONE,
    /** The proxy holds the request until one item arrives: the answer (long-polling). */
    RESPONSE,
    /** The proxy holds the answer until the client leaves, and appends each item (streaming). */
    STREAM
  }

  /** The answer to the client inside {@link #toJson}. */
  public record Answer(
      int status, @Nullable String reason, List<Map.Entry<String, String>> headers, byte[] body) {

    public Answer {
      headers = List.copyOf(headers);
      body = body.clone();
    }

    /** Makes an answer with status 200. */
    public static Answer ok(String contentType, byte[] body) {
      return new Answer(200, null, List.of(Map.entry("Content-Type", contentType)), body);
    }

    @Override
    public byte[] body() {
      return body.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Answer that
          && status == that.status
          && Objects.equals(reason, that.reason)
          && headers.equals(that.headers)
          && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
      return Objects.hash(status, reason, headers, Arrays.hashCode(body));
    }
  }

  record Link(String uri, @Nullable Duration timeout) {}

  record Status(int code, @Nullable String reason) {
    String headerValue() {
      return reason == null ? String.valueOf(code) : code + " " + reason;
    }
  }

  private final Hold hold;
  private final List<Channel> channels;
  private final @Nullable Duration timeout;
  private final @Nullable KeepAlive keepAlive;
  private final @Nullable Link next;
  private final @Nullable Link gone;
  private final Map<String, String> meta;
  private final @Nullable Status status;
  private final List<String> exposeHeaders;

  private Instruct(Builder b) {
    this.hold = b.hold;
    this.channels = List.copyOf(b.channels.values());
    this.timeout = b.timeout;
    this.keepAlive = b.keepAlive;
    this.next = b.next;
    this.gone = b.gone;
    this.meta = Collections.unmodifiableMap(new LinkedHashMap<>(b.meta));
    this.status = b.status;
    this.exposeHeaders = List.copyOf(b.exposeHeaders);
  }

  private Instruct(Instruct from, List<Channel> channels, Map<String, String> meta) {
    this.hold = from.hold;
    this.channels = channels;
    this.timeout = from.timeout;
    this.keepAlive = from.keepAlive;
    this.next = from.next;
    this.gone = from.gone;
    this.meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    this.status = from.status;
    this.exposeHeaders = from.exposeHeaders;
  }

  /** Returns a copy with this prefix in front of every channel name, also inside the meta. */
  public Instruct withPrefix(GripPrefix prefix) {
    return new Instruct(
        this, channels.stream().map(prefix::apply).toList(), prefix.applyToInstructMeta(meta));
  }

  /** Begins an instruct that keeps the connection open and sends published items. */
  public static Builder stream() {
    return new Builder(Hold.STREAM);
  }

  /**
   * Begins an instruct that answers with the first published item, or with this answer at the
   * timeout.
   */
  public static Builder response() {
    return new Builder(Hold.RESPONSE);
  }

  /**
   * Begins an instruct that holds nothing, for a {@linkplain Builder#nextLink next link} to a page.
   * Its channels are not subscribed, but with {@code build-id} among their filters the body is
   * filtered.
   */
  public static Builder none() {
    return new Builder(Hold.NONE);
  }

  /** How the connection is held after the answer. */
  public Hold hold() {
    return hold;
  }

  /** The channels, under the names that the proxy knows, prefix included. */
  public List<Channel> channels() {
    return channels;
  }

  /** The meta of this client, which filters read, in the order in which it was set. */
  public Map<String, String> meta() {
    return meta;
  }

  @Nullable
  Duration timeout() {
    return timeout;
  }

  @Nullable
  KeepAlive keepAlive() {
    return keepAlive;
  }

  @Nullable
  Link next() {
    return next;
  }

  @Nullable
  Link gone() {
    return gone;
  }

  @Nullable
  Status status() {
    return status;
  }

  List<String> exposeHeaders() {
    return exposeHeaders;
  }

  /**
   * Returns the headers in the order of the wire, one {@code Grip-Channel} per channel: add them,
   * do not set them.
   *
   * @throws IllegalArgumentException if a header cannot carry a channel, filter or meta value; the
   *     message names it and the reason. Call {@link #fitsHeaders} before
   */
  public List<Map.Entry<String, String>> headers() {
    return InstructHeaders.all(this);
  }

  /** Returns whether {@link #headers()} can carry every value. */
  public boolean fitsHeaders() {
    try {
      headers();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Returns the instruct and the answer to the client as one JSON document, for values that headers
   * cannot carry. Send it with status 200, the type {@link #CONTENT_TYPE}, and
   * {@link #headersBesideJson()}. Pushpin accepts up to 100,000 bytes for a response hold and for a
   * stream whose channels have content filters.
   *
   * @throws IllegalStateException if the instruct holds nothing: the document is for holds
   */
  public byte[] toJson(Answer answer) {
    return InstructJson.encode(this, answer);
  }

  /**
   * Returns the headers whose values the document cannot contain: links, and the keep-alive of a
   * stream with its mode.
   */
  public List<Map.Entry<String, String>> headersBesideJson() {
    return InstructHeaders.besideJson(this);
  }

  @Override
  public String toString() {
    return "Instruct[" + hold + " " + channels + "]";
  }

  /** Collects an instruct. Use it in one thread at a time. */
  public static final class Builder {
    private final Hold hold;
    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private final Map<String, String> meta = new LinkedHashMap<>();
    private final List<String> exposeHeaders = new ArrayList<>();
    private @Nullable Duration timeout;
    private @Nullable KeepAlive keepAlive;
    private @Nullable Link next;
    private @Nullable Link gone;
    private @Nullable Status status;

    private Builder(Hold hold) {
      this.hold = hold;
    }

    /**
     * Subscribes the client to a channel.
     *
     * @throws IllegalArgumentException if it is already subscribed
     */
    public Builder channel(Channel channel) {
      if (channels.putIfAbsent(channel.name(), channel) != null) {
        throw new IllegalArgumentException(
            "channel \"%s\" was given twice; the proxy would use only the last one"
                .formatted(WireText.printable(channel.name())));
      }
      return this;
    }

    /** Subscribes the client to a channel without ids and filters. */
    public Builder channel(String name) {
      return channel(Channel.of(name));
    }

    /**
     * Sets how long to hold a response: whole seconds, default 55. Pushpin's minimum is 5.
     *
     * @throws IllegalArgumentException if there is no response hold, or not whole seconds
     */
    public Builder timeout(Duration timeout) {
      if (hold != Hold.RESPONSE) {
        throw new IllegalArgumentException("only a response hold has a timeout");
      }
      this.timeout = Seconds.require("timeout", timeout);
      return this;
    }

    /**
     * Sets the bytes to send on an idle stream. Default: none.
     *
     * @throws IllegalArgumentException if there is no stream hold
     */
    public Builder keepAlive(KeepAlive keepAlive) {
      if (hold != Hold.STREAM) {
        throw new IllegalArgumentException("only a stream hold has a keep-alive");
      }
      this.keepAlive = keepAlive;
      return this;
    }

    /** Same as {@link #nextLink(String, Duration)} with the proxy's default of 120 seconds. */
    public Builder nextLink(String uri) {
      return next(uri, null);
    }

    /**
     * Sets the link that the proxy requests when an item is missing, when nothing was published for
     * the timeout or, without hold, immediately. Pushpin shares one request between clients whose
     * links differ only in the query, so the path must contain everything that selects the answer.
     * It sends no header of the client.
     *
     * @param uri resolved against the request's; percent-encoded, without {@code ,} and {@code ;}
     * @param timeout whole seconds, at least 1
     * @throws IllegalArgumentException if a value cannot be sent, or for a response hold
     */
    public Builder nextLink(String uri, Duration timeout) {
      return next(uri, Seconds.require("timeout of the next link", timeout));
    }

    private Builder next(String uri, @Nullable Duration timeout) {
      if (hold == Hold.RESPONSE) {
        throw new IllegalArgumentException(
            "a response hold has no next link: the proxy repeats the request itself");
      }
      next = new Link(requireLink("next link", uri), timeout);
      return this;
    }

    /**
     * Sets the link to which a proxy with the feature {@code link:gone} posts when the client has
     * left.
     */
    public Builder goneLink(String uri) {
      gone = new Link(requireLink("gone link", uri), null);
      return this;
    }

    private static String requireLink(String what, String uri) {
      return WireText.requireUnquoted(what, uri, " ,;<>\"");
    }

    /**
     * Sets an entry of the session, which filters read: {@code user}, {@link IdFormat#META}, and
     * any name for {@link Channel#VAR_SUBST}.
     *
     * @throws IllegalArgumentException if the key is not a token or the value not Unicode text
     */
    public Builder meta(String key, String value) {
      meta.put(WireText.requireToken("meta", key), WireText.requireText("meta " + key, value));
      return this;
    }

    /** Sets the status for the client, if the framework cannot send it with a body, such as 304. */
    public Builder status(int code) {
      this.status = new Status(requireStatus(code), null);
      return this;
    }

    /** Same as {@link #status(int)} with a reason phrase of printable ASCII. */
    public Builder status(int code, String reason) {
      if (reason.isBlank() || !WireText.isPrintableAscii(reason)) {
        throw new IllegalArgumentException(
            "reason \"%s\" is not printable ASCII".formatted(WireText.printable(reason)));
      }
      this.status = new Status(requireStatus(code), reason.strip());
      return this;
    }

    private static int requireStatus(int code) {
      if (code < 200 || code > 999) {
        throw new IllegalArgumentException("status " + code + " is not from 200 to 999");
      }
      return code;
    }

    /** Limits the headers of the answer that reach the client to these. Default: all. */
    public Builder exposeHeaders(String... names) {
      for (String name : names) {
        exposeHeaders.add(WireText.requireToken("header", name));
      }
      return this;
    }

    /**
     * Makes the instruct and checks it as a whole.
     *
     * @throws IllegalArgumentException if the proxy would not do what the parts ask for: a stream
     *     with a prev-id and without next link (Pushpin ends it immediately), or {@code id_format}
     *     and {@code build-id} without each other, or naming a channel without prev-id (Pushpin
     *     ends the stream at the first item)
     */
    public Instruct build() {
      return InstructChecks.check(new Instruct(this));
    }
  }
}
