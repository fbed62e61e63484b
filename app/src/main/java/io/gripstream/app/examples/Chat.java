package io.gripstream.app.examples;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.EventStreamConfig;
import io.gripstream.eventstream.InitialEvents;
import io.gripstream.eventstream.StreamPosition;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.List;
import java.util.ResourceBundle;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Rooms for members. The number of a line in its room is the id of the event that tells it. */
public final class Chat implements ChannelManager {
  private final ResourceBundle sql = ResourceBundle.getBundle(Chat.class.getName());
  private final Jdbi jdbi;
  private final EventStream events;

  /** @param more further settings, such as proxies */
  public Chat(String url, Consumer<EventStreamConfig> more) {
    jdbi = Jdbi.create(url);
    events = EventStream.create(config -> {
      config.store(url).channelManager(this).channelRules(Typing::rules);
      more.accept(config.user(request -> request.sessionAttribute("user")));
    });
  }

  public static void main(String[] arguments) {
    String url = System.getenv().getOrDefault("DATABASE_URL", "jdbc:sqlite:chat.db");
    Chat chat = new Chat(url, config -> config.proxiesFromEnvironment(System.getenv()));
    Javalin app = Javalin.create(config -> {
      config.staticFiles.add("/io/gripstream/app/examples/chat");
      chat.serve(config, "");
    });
    Runtime.getRuntime().addShutdownHook(new Thread(app::stop));
    app.start("127.0.0.1", Integer.parseInt(System.getenv().getOrDefault("PORT", "8080")));
  }

  /** Serves everything except its page, below this path. */
  public void serve(JavalinConfig config, String path) {
    jdbi.useHandle(handle -> handle.createScript(sql.getString("tables")).execute());
    config.registerPlugin(new EventStreamPlugin(
        events, routes -> routes.template(path + "/{room}/events", "{room}", Typing.IN_ROOM)));
    Typing.serve(config, path, events, this::member);
    config.routes.post(path + "/{room}/enter", ctx -> {
      // No user can take the name of another one: each name gets a unique ending.
      String name = field(ctx, "name", "[\\p{L}\\p{N}-]{1,20}") + "~";
      String user = ctx.cachedSessionAttributeOrCompute(
          "user", newcomer -> name + UUID.randomUUID().toString().substring(0, 8));
      String room = ctx.pathParam("room");
      require(room.matches("[a-z0-9-]{1,25}"), 400, "a room's name must be [a-z0-9-]{1,25}");
      ask("room", room, user);
      ask("enter", user, room);
      ctx.result(member(ctx));
    });
    config.routes.post(path + "/{room}/say", ctx -> {
      String line = member(ctx) + "\n" + field(ctx, "text", "\\P{Cntrl}{1,500}");
      // The line and its event: both, or none.
      jdbi.useTransaction(handle -> {
        ask("number", ctx.pathParam("room"));
        ask("say", line, ctx.pathParam("room"));
        events.enqueue(handle.getConnection(), ctx.pathParam("room"), "line", line);
      });
    });
    config.routes.post(path + "/{room}/kick", ctx -> {
      var gone = ask("kick", ctx.pathParam("room"), field(ctx, "who", ".{1,40}"), member(ctx));
      require(!gone.isEmpty(), 403, "not a member, or you are not the owner");
      gone.forEach(who -> events.permissionChanged(who, ctx.pathParam("room")));
    });
  }

  @Override
  public boolean canRead(@Nullable String user, String channel) {
    return !ask("member", Typing.room(channel), user).isEmpty();
  }

  /** The newest lines up to exactly this position; those behind it come as events. */
  @Override
  public InitialEvents initialEvents(
      StreamRequest request, @Nullable String user, List<String> rooms) {
    StreamPosition now = events.currentPosition(rooms);
    List<String> lines = ask("newest", rooms.get(0), now.ids().get(rooms.get(0)));
    return InitialEvents.of("line", lines).at(now);
  }

  /** Returns the rows of a statement, within this thread's transaction if there is one. */
  private List<String> ask(String name, @Nullable Object... values) {
    return jdbi.withHandle(
        handle -> handle.select(sql.getString(name), values).mapTo(String.class).list());
  }

  private String member(Context ctx) {
    String user = ctx.sessionAttribute("user");
    require(canRead(user, ctx.pathParam("room")), 403, "for members only");
    return String.valueOf(user);
  }

  /** Reads a field of a form; refuses forms of other sites (CSRF). */
  private static String field(Context ctx, String name, String pattern) {
    String origin = ctx.header("Origin");
    require(origin == null || origin.endsWith("://" + ctx.host()), 403, "a form of another site");
    String value = String.valueOf(ctx.formParam(name));
    require(value.matches(pattern), 400, name + " must match " + pattern);
    return value;
  }

  private static void require(boolean isTrue, int status, String otherwise) {
    if (!isTrue) {
      throw new HttpResponseException(status, otherwise);
    }
  }
}
