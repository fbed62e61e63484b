package io.gripstream.grip.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

class NoAnswerTest {
  private final OkHttpClient patient = new OkHttpClient();
  private final OkHttpClient hasty =
      patient.newBuilder().readTimeout(Duration.ofMillis(200)).build();

  @Test
  void a_port_without_a_listener_is_reported() {
    assertThat(reason("http://127.0.0.1:" + Ports.free(1).get(0)))
        .isEqualTo("no program listens there");
  }

  @Test
  void a_host_that_is_unknown_is_said() {
    assertThat(reason("http://nohost.invalid")).isEqualTo("the host of this address is unknown");
  }

  @Test
  void a_server_that_is_silent_is_said() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertThat(reason(hasty, "http://127.0.0.1:" + silent.getLocalPort()))
          .isEqualTo("it did not answer in time");
    }
  }

  @Test
  void a_connection_that_is_closed_is_said() throws Exception {
    assertThat(answering("http", "")).isEqualTo("it closed the connection without an answer");
  }

  @Test
  void a_server_without_tls_is_said() throws Exception {
    assertThat(answering("https", "HTTP/1.1 400 Bad Request\r\n\r\n"))
        .isEqualTo("no TLS could be agreed on; is http:// meant instead of https://?");
  }

  @Test
  void a_certificate_that_is_not_trusted_is_said() {
    IOException untrusted = new SSLHandshakeException("PKIX path building failed");
    untrusted.initCause(new CertificateException("PKIX path building failed"));

    assertThat(NoAnswer.reason(untrusted)).startsWith("Java does not trust its certificate");
  }

  @Test
  void a_failure_of_another_kind_keeps_its_text() {
    assertThat(NoAnswer.reason(new IOException("the key set is too long")))
        .isEqualTo("the key set is too long");
  }

  /** Of a server that says this to whatever it is asked, and closes. */
  private String answering(String scheme, String answer) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> {
        while (true) {
          try (Socket asked = server.accept()) {
            asked.getInputStream().read(new byte[8192]);
            asked.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
          } catch (IOException closed) {
            return;
          }
        }
      });
      thread.setDaemon(true);
      thread.start();
      return reason(scheme + "://127.0.0.1:" + server.getLocalPort());
    }
  }

  private String reason(String url) {
    return reason(patient, url);
  }

  private static String reason(OkHttpClient client, String url) {
    try (Response response =
        client.newCall(new Request.Builder().url(url).build()).execute()) {
      return "answered " + response.code();
    } catch (IOException e) {
      return NoAnswer.reason(e);
    }
  }
}
