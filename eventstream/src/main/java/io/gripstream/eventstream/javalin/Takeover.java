package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.internal.door.Entrance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over an HTTP/1 connection when its request has been handled. All handlers see an ordinary
 * request that is answered with 200 and an empty body. Their cookies, headers, after handlers and
 * request logs work as usual. The answer becomes the head of the stream. Jetty's HTTP layer ends
 * there, the same way as for a WebSocket. An answer with another status or a body goes out
 * unchanged, and there is no stream.
 */
final class Takeover extends HttpStream.Wrapper {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
  private static final int USUAL_HEAD = 1_024;
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] NOTHING = {};

  private final Request request;
  private final Entrance entrance;
  private final byte[] firstBytes;
  private boolean isDecided;
  private boolean isTaken;

  private Takeover(HttpStream stream, Request request, Entrance entrance, byte[] firstBytes) {
    super(stream);
    this.request = request;
    this.entrance = entrance;
    this.firstBytes = firstBytes;
  }

  static void prepare(Request request, Entrance entrance, byte[] firstBytes) {
    request.addHttpStreamWrapper(
        stream -> new Takeover(stream, Request.unWrap(request), entrance, firstBytes));
  }

  @Override
  public void send(
      MetaData.Request asked,
      MetaData.@Nullable Response answer,
      boolean isLast,
      @Nullable ByteBuffer content,
      Callback callback) {
    if (answer != null && !isDecided && !HttpStatus.isInterim(answer.getStatus())) {
      isDecided = true;
      isTaken = answer.getStatus() == 200 && BufferUtil.isEmpty(content);
      if (isTaken) {
        take(answer, callback);
        return;
      }
      entrance.turnAway();
    }
    if (isTaken) {
      callback.succeeded();
    } else {
      super.send(asked, answer, isLast, content, callback);
    }
  }

  private void take(MetaData.Response answer, Callback callback) {
    boolean isChunked = answer.getHttpVersion().getVersion() >= HttpVersion.HTTP_1_1.getVersion();
    try {
      ByteBuffer head = head(answer, isChunked);
      boolean isChunk = isChunked && firstBytes.length > 0;
      byte[] size = isChunk ? chunkSize(firstBytes.length) : NOTHING;
      byte[] end = isChunk ? CRLF : NOTHING;
      ByteBuffer opening =
          ByteBuffer.allocate(head.remaining() + size.length + firstBytes.length + end.length);
      opening.put(head).put(size).put(firstBytes).put(end);
      EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
      request.setAttribute(
          HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
          new HeldConnection(endPoint, isChunked, entrance, opening.flip()));
    } catch (IOException | RuntimeException e) {
      LOG.warn("Could not take over a connection; its client gets 500", e);
      isTaken = false;
      entrance.turnAway();
      callback.failed(e);
      return;
    }
    callback.succeeded();
  }

  private static byte[] chunkSize(int length) {
    return (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** The head of the answer, as Jetty writes it for a body of unknown length. */
  private ByteBuffer head(MetaData.Response answer, boolean isChunked) throws IOException {
    HttpFields.Mutable fields = HttpFields.build(answer.getHttpFields());
    fields.remove(HttpHeader.CONTENT_LENGTH);
    fields.remove(HttpHeader.CONNECTION);
    if (isChunked) {
      fields.put(new HttpField(HttpHeader.TRANSFER_ENCODING, HttpHeaderValue.CHUNKED.asString()));
    }
    MetaData.Response streamed = new MetaData.Response(
        answer.getStatus(), answer.getReason(), answer.getHttpVersion(), fields, -1);
    int limit = request.getConnectionMetaData().getHttpConfiguration().getResponseHeaderSize();
    HttpGenerator.Result result = HttpGenerator.Result.HEADER_OVERFLOW;
    // Most heads are short. When many clients come at once, buffers for the longest head are much
    // garbage.
    for (int size = Math.min(limit, USUAL_HEAD);
        result == HttpGenerator.Result.HEADER_OVERFLOW && size <= limit;
        size = size < limit ? limit : limit + 1) {
      HttpGenerator generator = new HttpGenerator();
      generator.setPersistent(false);
      ByteBuffer head = BufferUtil.allocate(size);
      result = generator.generateResponse(streamed, false, head, null, null, false);
      if (result == HttpGenerator.Result.FLUSH) {
        return head;
      }
    }
    throw new IOException("the response header cannot be written: " + result);
  }

  @Override
  public void failed(Throwable cause) {
    if (!isDecided || isTaken) {
      isDecided = true;
      isTaken = false;
      entrance.turnAway();
    }
    super.failed(cause);
  }
}
