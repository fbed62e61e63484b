package io.gripstream.eventstream.internal.door;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Receives the bytes of one stream. Used by one thread at a time, with one write at a time; nothing
 * blocks.
 */
public interface Sink {
  /** Whether bytes must be given as HTTP/1.1 chunks, the last one ending the body. */
  default boolean isChunked() {
    return false;
  }

  /**
   * Whether {@link #tryWrite} may be used, which is cheaper if most writes are accepted
   * immediately.
   */
  default boolean canTry() {
    return false;
  }

  /**
   * Writes the bytes that are accepted immediately. The buffer is free again afterwards.
   *
   * @throws IOException if the client has left
   */
  default void tryWrite(ByteBuffer bytes) throws IOException {
    throw new IllegalStateException("this sink takes whole writes only");
  }

  /**
   * Begins to write all bytes. The buffer must not be touched until the write has ended.
   *
   * @param done called once with the result, before this returns or later; on any thread
   */
  void write(ByteBuffer bytes, Done done);

  /** Ends the answer after the last byte was written. Idempotent. */
  void end();

  /** Cuts the connection, or this stream's part of it. Idempotent. */
  void abort();

  /** Receives the result of a write. */
  interface Done {
    /** The bytes are sent, as far as this process can tell. */
    void succeeded();

    /** The bytes are not sent, and no more bytes can be: the client has left. */
    void failed(Throwable cause);
  }
}
