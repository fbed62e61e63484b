package io.gripstream.grip.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PortBlocksTest {
  private static final int MORE_THAN_A_BLOCK = PortBlocks.SIZE + 10;

  @Test
  void two_that_begin_at_the_same_block_share_no_port() {
    PortBlocks one = new PortBlocks(PortBlocks.COUNT - 1, 2);
    PortBlocks other = new PortBlocks(PortBlocks.COUNT - 1, 2);
    List<Integer> ports = IntStream.range(0, MORE_THAN_A_BLOCK)
        .boxed()
        .flatMap(i -> Stream.of(one.nextFree(), other.nextFree()))
        .toList();
    assertThat(ports)
        .doesNotHaveDuplicates()
        .allMatch(port -> port > PortBlocks.FIRST_PORT && port < 32_768);
  }

  @Test
  void port_where_something_listens_is_passed_over() throws Exception {
    PortBlocks blocks = new PortBlocks(7, 1);
    int first = blocks.nextFree();
    try (ServerSocket listening =
        new ServerSocket(first + 1, 1, InetAddress.getLoopbackAddress())) {
      assertThat(blocks.nextFree()).isGreaterThan(listening.getLocalPort());
    }
  }

  @Test
  void ports_begin_again_after_the_last_block() {
    PortBlocks blocks = new PortBlocks(0, 2);
    Set<Integer> seen = new TreeSet<>();
    int port = blocks.nextFree();
    while (seen.add(port)) {
      port = blocks.nextFree();
    }
    assertThat(port).isEqualTo(seen.iterator().next());
  }
}
