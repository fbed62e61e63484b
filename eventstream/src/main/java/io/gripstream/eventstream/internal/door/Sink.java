package io.gripstream.eventstream.internal.door;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of one stream go. Used by one thread at a time, with one write at a time; nothing
 * blocks.
 */
public interface Sink {
  /** Whether bytes are to be given as HTTP/1.1 chunks, the last one ending the body. */
  default boolean isChunked() {
    return false;
  }

  /** Whether {@link #tryWrite} may be used: cheaper where most writes are taken at once. */
  default boolean canTry() {
    return false;
  }

  /**
   * Writes what is taken at once; the buffer is free again afterwards.
   *
   * @throws IOException if the client has left
   */
  default void tryWrite(ByteBuffer bytes) throws IOException {
    throw new IllegalStateException("this sink takes whole writes only");
  }

  /**
   * Begins to write all of it. The buffer must not be touched until it is done.
   *
   * @param done told once how it ends, before this returns or later; any thread
   */
  void write(ByteBuffer bytes, Done done);

  /** Ends the answer after the last byte was written; idempotent. */
  void end();

  /** Cuts the connection, or the client's part of it; idempotent. */
  void abort();

  /** How a write ends. */
  interface Done {
    /** The bytes are out, as far as we can tell. */
    void succeeded();

    /** They are not, and nothing more can be: the client has left. */
    void failed(Throwable cause);
  }
}
