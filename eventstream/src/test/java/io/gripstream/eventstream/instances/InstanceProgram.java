package io.gripstream.eventstream.instances;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.Sent;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.javalin.Javalin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One instance of an application: {@code DATABASE_URL PORT RULES_FOLDER GRIP_URL…}. The user is the
 * header {@code X-User}. Two things forbid a channel to a user: a file {@code USER-CHANNEL} in the
 * folder, which all instances share, and a revocation in the storage. Prints a line when it serves.
 */
public final class InstanceProgram {
  private InstanceProgram() {}

  public static void main(String[] args) {
    Path rules = Path.of(args[2]);
    EventStore store = EventStores.of(args[0], StoreOptions.DEFAULT);
    EventStream events = EventStream.create(config -> {
      config
          .store(store)
          .user(request -> request.header("X-User"))
          .channelManager(new ChannelManager() {
            @Override
            public boolean canRead(@Nullable String user, String channel) {
              return !Files.exists(rules.resolve(user + "-" + channel))
                  && store.revocations().active(null, 1_000).stream()
                      .noneMatch(revoked ->
                          revoked.user().equals(user) && revoked.channel().equals(channel));
            }
          });
      List.of(args).subList(3, args.length).forEach(config::proxy);
      // Two users open all streams of the tests, on a new channel each.
      config.newChannelLimit(0);
    });
    Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.pathParam("/events/{channel}")));
          config.routes.post("/send/{channels}", request -> {
            List<String> channels = List.of(request.pathParam("channels").split(","));
            Sent sent = events.send(Draft.of(channels, "message", request.body()));
            request.result(sent.ids().values().toString());
          });
          config.routes.post(
              "/forget/{channel}/{upTo}",
              request -> request.result(""
                  + events.forget(
                      request.pathParam("channel"), Long.parseLong(request.pathParam("upTo")))));
          config.routes.post(
              "/changed/{user}/{channel}",
              request -> events.permissionChanged(
                  request.pathParam("user"), request.pathParam("channel")));
          config.routes.post(
              "/changed/{user}", request -> events.permissionChanged(request.pathParam("user")));
          config.routes.post("/revoke/{user}/{channel}", request -> {
            String user = request.pathParam("user");
            String channel = request.pathParam("channel");
            store.revocations().revoke(user, channel, Instant.now().plusSeconds(3_600));
            events.permissionChanged(user, channel);
          });
          config.routes.post(
              "/lift/{user}/{channel}",
              request -> store
                  .revocations()
                  .lift(request.pathParam("user"), request.pathParam("channel")));
        })
        .start("127.0.0.1", Integer.parseInt(args[1]));
    System.out.println("serving");
  }
}
