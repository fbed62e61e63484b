package io.gripstream.eventstream.direct;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of one stream go. Used by the loop that owns the stream; one write at a time.
 * Nothing here blocks.
 */
interface Wire {
  /** Whether frames are written as HTTP/1.1 chunks. */
  boolean isChunked();

  /** Whether {@link #tryWrite} may be used. */
  boolean isSocket();

  /** Writes what the socket takes at once; the buffer is free again afterwards. */
  void tryWrite(ByteBuffer bytes) throws IOException;

  /**
   * Writes it all, now or as the client takes it. The buffer must not be touched until then.
   *
   * @return whether it is done; else {@link Stream#written} is called later, unless the client goes
   */
  boolean write(ByteBuffer bytes) throws IOException;

  /** Ends the stream after the last byte was written; idempotent. */
  void end();

  /** Cuts the connection; idempotent. */
  void abort();
}
