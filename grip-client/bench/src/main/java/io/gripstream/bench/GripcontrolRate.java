package io.gripstream.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fanout.gripcontrol.GripPubControl;

/** Prints how many items per second org.fanout:gripcontrol publishes with its blocking call. */
public final class GripcontrolRate {

  private static final int WARM_UP = 2_000;
  private static final int ITEMS = 5_000;

  private GripcontrolRate() {}

  public static void main(String[] args) throws Exception {
    Map<String, Object> proxy = new HashMap<>();
    proxy.put("control_uri", args[0]);
    int channels = Integer.parseInt(args[1]);
    GripPubControl publisher = new GripPubControl(new ArrayList<>(List.of(proxy)));
    publish(publisher, channels, WARM_UP);
    long start = System.nanoTime();
    publish(publisher, channels, ITEMS);
    System.out.println(ITEMS / ((System.nanoTime() - start) / 1e9));
    publisher.finish();
  }

  private static void publish(GripPubControl publisher, int channels, int count) throws Exception {
    String content = "x".repeat(100);
    for (int i = 0; i < count; i++) {
      publisher.publishHttpStream(List.of("channel-" + i % channels), content, null, null);
    }
  }
}
