package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console and the demos, as the running server serves them. */
class PagesIT {
  private static final List<String> PAGES = List.of("/", "/demo/chat/", "/demo/time/");
  private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"([^\"]*)\"");

  @TempDir
  Path directory;

  private final int port = Ports.free(1).get(0);
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void pages_refer_only_to_files_of_the_server() throws Exception {
    try (Command server = serve()) {
      assertThat(server.isAlive()).isTrue();
      for (String page : PAGES) {
        HttpResponse<String> answer = get(page);
        assertThat(answer.statusCode()).as(page).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
            .contains("default-src 'self'");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
            .startsWith("text/html");
        Matcher references = REFERENCE.matcher(answer.body());
        int count = 0;
        while (references.find()) {
          String reference = references.group(1);
          assertThat(reference).doesNotContain(":").doesNotStartWith("//");
          String path = URI.create(page).resolve(reference).toString();
          assertThat(get(path).statusCode()).as(path).isEqualTo(200);
          count++;
        }
        assertThat(count).as("references of %s", page).isGreaterThan(2);
        // The policy would keep a browser from running or applying these.
        assertThat(answer.body()).doesNotContain("<style", " style=", " onclick=", "<script>");
      }
    }
  }

  @Test
  void a_page_names_only_elements_that_it_has() throws Exception {
    Pattern use = Pattern.compile("\\$\\('([a-z-]+)'\\)|say\\('([a-z-]+)'");
    try (Command server = serve()) {
      assertThat(server.isAlive()).isTrue();
      for (Map.Entry<String, String> pair : Map.of(
              "/console/app.js", "/",
              "/console/watch.js", "/",
              "/console/publish.js", "/",
              "/console/health.js", "/",
              "/demo/chat/chat.js", "/demo/chat/",
              "/demo/time/time.js", "/demo/time/")
          .entrySet()) {
        String page = get(pair.getValue()).body();
        Matcher uses = use.matcher(get(pair.getKey()).body());
        assertThat(uses.find()).isTrue();
        do {
          String id = uses.group(1) != null ? uses.group(1) : uses.group(2);
          assertThat(page).as(pair.getKey()).contains("id=\"" + id + "\"");
        } while (uses.find());
      }
    }
  }

  private Command serve() {
    return Command.gripstream(
            directory,
            Map.of("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db")),
            "serve",
            "--port",
            Integer.toString(port))
        .await("ready:");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
