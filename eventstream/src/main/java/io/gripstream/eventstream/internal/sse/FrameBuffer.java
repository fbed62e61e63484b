package io.gripstream.eventstream.internal.sse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes. Use it in one thread at a time. */
public final class FrameBuffer {
  private byte[] bytes;
  private int length;

  public FrameBuffer() {
    this(256);
  }

  public FrameBuffer(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  public int length() {
    return length;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Drops everything after the first {@code length} bytes. */
  public void truncate(int length) {
    this.length = Math.min(this.length, length);
  }

  FrameBuffer ascii(String text) {
    int count = text.length();
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[length + i] = (byte) text.charAt(i);
    }
    length += count;
    return this;
  }

  FrameBuffer utf8(String text) {
    return append(text.getBytes(StandardCharsets.UTF_8));
  }

  public FrameBuffer append(byte[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  /** Doubles every such byte from {@code start} on. */
  public void writeTwice(byte which, int start) {
    int more = 0;
    for (int i = start; i < length; i++) {
      if (bytes[i] == which) {
        more++;
      }
    }
    if (more == 0) {
      return;
    }
    reserve(more);
    int to = length + more;
    for (int from = length - 1; from >= start; from--) {
      bytes[--to] = bytes[from];
      if (bytes[from] == which) {
        bytes[--to] = which;
      }
    }
    length += more;
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, (int)
          Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
    }
  }
}
