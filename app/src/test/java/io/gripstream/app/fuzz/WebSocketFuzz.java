package io.gripstream.app.fuzz;

import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.websocket.WebSocketContext;
import io.gripstream.grip.websocket.WebSocketEvent;
import io.gripstream.grip.websocket.WebSocketEvents;
import java.util.Arrays;
import java.util.List;

/** The events of WebSocket-over-HTTP: refused whole, or every event has its message. */
public final class WebSocketFuzz {
  private WebSocketFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    List<WebSocketEvent> events;
    try {
      events = WebSocketEvents.decode(input);
    } catch (IllegalArgumentException refused) {
      return;
    }
    byte[] encoded = WebSocketEvents.encode(events);
    if (!WebSocketEvents.decode(encoded).equals(events)) {
      throw new AssertionError("encoded anew it is something else: " + Arrays.toString(encoded));
    }
    WebSocketContext context = WebSocketContext.read(
        name -> List.of(name.equals("Content-Type") ? WebSocketEvents.CONTENT_TYPE : "id"),
        input,
        GripPrefix.NONE);
    if (context.isOpening()) {
      context.accept();
    }
    for (int messages = 0; context.receive() != null; messages++) {
      if (messages > events.size()) {
        throw new AssertionError("more messages than events");
      }
    }
    context.response();
  }
}
