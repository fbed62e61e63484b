package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The two configurations in pushpin/, of which each machine has one. */
class PushpinFilesTest {
  private static final Path PUSHPIN = Path.of("../pushpin");

  @Test
  void configurations_differ_only_in_settings_of_one_version() throws Exception {
    Map<String, String> old = settings("pushpin.conf");
    Map<String, String> current = settings("pushpin-1.41.conf");

    assertThat(old.remove("runner/services"))
        .isEqualTo("condure,zurl,pushpin-proxy,pushpin-handler");
    assertThat(old.remove("proxy/zurl_out_specs")).isNotNull();
    assertThat(old.remove("proxy/zurl_out_stream_specs")).isNotNull();
    assertThat(old.remove("proxy/zurl_in_specs")).isNotNull();
    assertThat(current.remove("runner/services")).isEqualTo("connmgr,proxy,handler");
    assertThat(current.remove("runner/allow_compression")).isEqualTo("false");
    assertThat(current.remove("proxy/workers")).isEqualTo("1");
    assertThat(current.remove("handler/update_on_first_subscription")).isEqualTo("false");
    assertThat(current.remove("handler/push_in_http_max_body_size")).isEqualTo("1000000");
    assertThat(current).isEqualTo(old).hasSizeGreaterThan(15);
  }

  /** Each with its section; a name that comes twice is a mistake. */
  private static Map<String, String> settings(String file) throws Exception {
    Map<String, String> settings = new TreeMap<>();
    String section = "";
    for (String line : Files.readAllLines(PUSHPIN.resolve(file))) {
      if (line.startsWith("[")) {
        section = line.substring(1, line.indexOf(']'));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        int equals = line.indexOf('=');
        String before =
            settings.put(section + "/" + line.substring(0, equals), line.substring(equals + 1));
        assertThat(before).as("first value of %s", line).isNull();
      }
    }
    return settings;
  }
}
