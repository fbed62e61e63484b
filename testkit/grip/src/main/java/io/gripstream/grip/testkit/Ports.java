package io.gripstream.grip.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for servers that must know theirs in advance. They lie below the range for outgoing
 * connections (Linux: from 32,768), which could take the port before the server has started. Test
 * runs that go on at the same time on one machine never get the same port: each takes blocks of
 * ports for itself, until its process ends.
 *
 * <p>Safe for use by several threads.
 */
public final class Ports {
  private static final PortBlocks BLOCKS =
      new PortBlocks(ThreadLocalRandom.current().nextInt(PortBlocks.COUNT), 40);

  private Ports() {}

  /**
   * Returns different free ports on loopback. A process does not get the same one twice before it
   * got all of its blocks.
   *
   * @throws IllegalStateException if there are not that many free ports
   */
  public static List<Integer> free(int count) {
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < count) {
      ports.add(BLOCKS.nextFree());
    }
    return ports;
  }
}
