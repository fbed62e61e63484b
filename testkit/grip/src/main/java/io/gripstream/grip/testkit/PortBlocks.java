package io.gripstream.grip.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of ports that belong to one process. The first port of a block is the sign: a process that
 * listens there has the block, and the system frees it when the process ends, however it ends.
 */
// The browser's tests have the same, with the same numbers, in client/test/browser/ports.mjs.
final class PortBlocks {
  /** Browsers refuse to open port 10,080. */
  static final int FIRST_PORT = 10_100;

  static final int SIZE = 200;
  static final int COUNT = 113;

  private final int firstBlock;
  private final int most;
  /** Open for as long as the process runs. */
  private final List<ServerSocket> signs = new ArrayList<>();
  /** Blocks tried so far, the taken ones included. */
  private int tried;

  private final List<Integer> ports = new ArrayList<>();
  private int next;

  /**
   * Begins with this block, from 0 to {@link #COUNT} - 1, or the next one that no process has.
   *
   * @param most blocks to take at most: so there are some for other processes
   */
  PortBlocks(int firstBlock, int most) {
    this.firstBlock = firstBlock;
    this.most = most;
  }

  synchronized int nextFree() {
    for (int tries = 0; tries <= COUNT * SIZE; tries++) {
      if (next == ports.size() && !takeBlock()) {
        // Once more from the first of its own.
        next = 0;
      }
      if (next < ports.size()) {
        int port = ports.get(next++);
        if (isFree(port)) {
          return port;
        }
      }
    }
    throw new IllegalStateException("none of this process's "
        + ports.size()
        + " ports from "
        + FIRST_PORT
        + " to "
        + (FIRST_PORT + COUNT * SIZE - 1)
        + " is free");
  }

  private boolean takeBlock() {
    while (tried < COUNT && signs.size() < most) {
      int sign = FIRST_PORT + Math.floorMod(firstBlock + tried++, COUNT) * SIZE;
      ServerSocket socket = listen(sign);
      if (socket != null) {
        signs.add(socket);
        for (int port = sign + 1; port < sign + SIZE; port++) {
          ports.add(port);
        }
        return true;
      }
    }
    return false;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = listen(port)) {
      return socket != null;
    } catch (IOException failed) {
      return false;
    }
  }

  /** Returns null if something else listens there. */
  private static ServerSocket listen(int port) {
    try {
      return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    } catch (IOException taken) {
      return null;
    }
  }
}
