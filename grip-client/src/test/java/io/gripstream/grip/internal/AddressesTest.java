package io.gripstream.grip.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  /** Texts without white space that look like addresses. A resolver would be asked for them. */
  private static final List<String> NAMES = List.of(
      "999.999.999.999",
      "1..2..3",
      "1.2.3",
      "127.1",
      "1.2.3.4.5",
      "...........",
      "127.0.0.1.",
      "0177.0.0.1",
      "2130706433",
      "0x7f000001",
      "face",
      ".:",
      ".1:2",
      "localhost",
      "127.0.0.1.example");

  @ParameterizedTest
  @CsvSource({
    "203.0.113.9,      203.0.113.9",
    "0.0.0.0,          0.0.0.0",
    "255.255.255.255,  255.255.255.255",
    "2001:db8::7,      2001:db8:0:0:0:0:0:7",
    "2001:DB8:0::7,    2001:db8:0:0:0:0:0:7",
    "::,               0:0:0:0:0:0:0:0",
    "::ffff:10.0.0.7,  10.0.0.7",
  })
  void literal_addresses_are_read(String text, String address) {
    assertThat(Addresses.parse(text)).hasValueSatisfying(read -> {
      assertThat(read.getHostAddress()).isEqualTo(address);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", ":", "1:x", "1:2:3", "[::1]", "::1%lo", "10.0.0.0/8", "::1 ", "1.2.3.4:5"
      })
  void nothing_else_is_one(String text) {
    assertThat(Addresses.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.9.8.7",
        "::1",
        "0:0:0:0:0:0:0:1",
        "0:0:0:0:0:0:0:1%lo",
        "::ffff:127.0.0.1"
      })
  void loopback_addresses_are_known(String address) {
    assertThat(Addresses.isLoopback(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.7", "::2", "localhost", "127.0.0.1.example", "0.0.0.0", "1:x", "%lo"})
  void others_are_not_loopback(String address) {
    assertThat(Addresses.isLoopback(address)).isFalse();
  }

  @Test
  void a_zone_belongs_to_addresses_of_ipv6() {
    assertThat(Addresses.isLiteral("fe80::1%eth0.5")).isTrue();
    assertThat(Addresses.isLiteral("10.0.0.7")).isTrue();
    assertThat(Addresses.isLiteral("10.0.0.7%eth0")).isFalse();
    assertThat(Addresses.isLiteral("fe80::1%")).isFalse();
  }

  /** In a JVM whose resolver is a file in which each of these texts has an address. */
  @Test
  void a_text_that_is_no_address_is_never_looked_up(@TempDir Path folder) throws Exception {
    Path hosts = folder.resolve("hosts");
    Files.write(hosts, NAMES.stream().map(name -> "127.0.0.1 " + name).toList());
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Djdk.net.hosts.file=" + hosts,
        "-cp",
        System.getProperty("java.class.path"),
        AddressLookups.class.getName()));
    command.addAll(NAMES);

    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertThat(printed).isEqualTo("resolver: true, looked up: []");
  }
}
