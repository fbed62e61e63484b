package io.gripstream.app;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.javalin.Javalin;

/** A program that {@link PublishedIT} builds in separate projects: it sends one event and ends. */
final class SmallProgram {
  private SmallProgram() {}

  /** @param arguments the URL of a database; none: events in memory */
  public static void main(String[] arguments) {
    EventStore store = arguments.length == 0
        ? EventStores.memory()
        : EventStores.of(arguments[0], StoreOptions.DEFAULT);
    EventStream events = EventStream.create(config -> config.store(store));
    Javalin javalin = Javalin.create(config -> config.registerPlugin(
        new EventStreamPlugin(events, routes -> routes.pathParam("/events/{channel}"))));
    javalin.start("127.0.0.1", 0);
    System.out.println("stored as " + events.send("news", "message", "hello").id());
    javalin.stop();
  }
}
