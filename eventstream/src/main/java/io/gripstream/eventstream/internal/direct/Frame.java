package io.gripstream.eventstream.internal.direct;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of a stream, made once for all connections: as one HTTP/1.1 chunk (RFC 9112, section 7.1),
 * and bare within it. Never changed after it is made.
 */
final class Frame {
  /** The chunk that ends an HTTP/1.1 body. */
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;
  private final int bareStart;
  private final int bareEnd;

  private Frame(byte[] bytes, int bareStart, int bareEnd) {
    this.bytes = bytes;
    this.bareStart = bareStart;
    this.bareEnd = bareEnd;
  }

  static Frame of(byte[] content) {
    return of(content, false);
  }

  /** The last bytes of a stream: its chunk ends the body. */
  static Frame last(byte[] content) {
    return of(content, true);
  }

  private static Frame of(byte[] content, boolean isLast) {
    int digits = content.length == 0
        ? 0
        : (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 3) / 4;
    int start = digits == 0 ? 0 : digits + 2;
    int end = start + content.length;
    int chunkEnd = digits == 0 ? end : end + 2;
    byte[] bytes = new byte[chunkEnd + (isLast ? LAST_CHUNK.length : 0)];
    if (digits > 0) {
      for (int i = digits - 1, rest = content.length; i >= 0; i--, rest >>>= 4) {
        bytes[i] = (byte) Character.forDigit(rest & 0xf, 16);
      }
      bytes[digits] = '\r';
      bytes[digits + 1] = '\n';
      System.arraycopy(content, 0, bytes, start, content.length);
      bytes[end] = '\r';
      bytes[end + 1] = '\n';
    }
    if (isLast) {
      System.arraycopy(LAST_CHUNK, 0, bytes, chunkEnd, LAST_CHUNK.length);
    }
    return new Frame(bytes, start, end);
  }

  int length(boolean chunked) {
    return chunked ? bytes.length : bareEnd - bareStart;
  }

  void copyTo(ByteBuffer target, boolean chunked) {
    target.put(bytes, chunked ? 0 : bareStart, length(chunked));
  }

  /** The rest after the first {@code skip} bytes. The bytes are shared. */
  ByteBuffer from(int skip, boolean chunked) {
    int start = (chunked ? 0 : bareStart) + skip;
    return ByteBuffer.wrap(bytes, start, length(chunked) - skip);
  }

  ByteBuffer buffer(boolean chunked) {
    return from(0, chunked);
  }
}
