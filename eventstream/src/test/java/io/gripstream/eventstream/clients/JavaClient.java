package io.gripstream.eventstream.clients;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import io.gripstream.eventstream.testkit.StreamEvent;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** LaunchDarkly's {@code okhttp-eventsource}. */
final class JavaClient extends RealClient {
  private final EventSource source;

  JavaClient(URI uri) {
    source = new EventSource.Builder(ConnectStrategy.http(uri))
        .errorStrategy(ErrorStrategy.alwaysContinue())
        .retryDelay(100, TimeUnit.MILLISECONDS)
        .build();
    Thread reader = new Thread(this::read, "okhttp-eventsource");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try {
      for (MessageEvent event : source.messages()) {
        got(new StreamEvent(event.getEventName(), event.getLastEventId(), event.getData()));
      }
    } catch (RuntimeException closed) {
      // The test closes it while it reads.
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
