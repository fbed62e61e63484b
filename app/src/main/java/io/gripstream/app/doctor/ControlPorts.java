package io.gripstream.app.doctor;

import io.gripstream.app.config.Printable;
import io.gripstream.app.config.Settings;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.NoAnswer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Checks that proxies accept events and are the expected ones. */
final class ControlPorts {
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final String GREETING = "Pushpin API";
  private static final String SUBJECT = "proxy";

  private ControlPorts() {}

  static List<Finding> check(Settings settings) {
    List<Finding> findings = new ArrayList<>();
    if (settings.grip().proxies().isEmpty()) {
      return List.of(Finding.note(
          SUBJECT, "none is configured (GRIP_URL): the server holds all streams itself"));
    }
    OkHttpClient client =
        new OkHttpClient.Builder().callTimeout(LIMIT).followRedirects(false).build();
    for (Settings.Proxy proxy : settings.grip().proxies()) {
      findings.add(check(client, proxy.grip()));
      findings.add(key(proxy.grip()));
    }
    if (settings.storage().url() == null && settings.grip().prefix().isEmpty()) {
      findings.add(Finding.advice(
          SUBJECT,
          "without a storage, another application without a storage on the same proxy gets events of"
              + " channels with the same names",
          "if there is one, give each its own GRIP_PREFIX"));
    }
    return findings;
  }

  private static Finding check(OkHttpClient client, GripProxy proxy) {
    Request.Builder request = new Request.Builder().url(proxy.controlUri("").toString());
    String authorization = proxy.authorization(Clock.systemUTC());
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try (Response response = client.newCall(request.build()).execute()) {
      String body =
          response.body().source().request(1) ? response.body().string().strip() : "";
      if (response.isSuccessful() && body.equals(GREETING)) {
        return Finding.ok(SUBJECT, proxy.name() + " is a Pushpin and accepts events");
      }
      if (authorization != null) {
        return Finding.note(
            SUBJECT,
            proxy.name() + " answers " + response.code() + "; it is not your own Pushpin, so"
                + " only an event can show whether it accepts events");
      }
      return Finding.fail(
          SUBJECT,
          proxy.name() + " is not Pushpin's control port: it answers " + response.code() + " \""
              + Printable.of(body.lines().findFirst().orElse("")) + "\", not \"" + GREETING + "\"",
          "GRIP_URL must lead to push_in_http_port of pushpin.conf (5561), not to the port of clients or of"
              + " another program");
    } catch (IOException e) {
      if (NoAnswer.isOfCertificate(e)) {
        return Finding.fail(
            SUBJECT,
            proxy.name() + " answers, and Java does not trust its certificate",
            StreamCheck.CERTIFICATE);
      }
      return Finding.fail(
          SUBJECT,
          proxy.name() + " cannot be reached: " + NoAnswer.reason(e),
          "is Pushpin running, and is push_in_http_addr and push_in_http_port in pushpin.conf what GRIP_URL"
              + " says?");
    }
  }

  private static Finding key(GripProxy proxy) {
    GripKey key = proxy.verifyKey();
    if (key == null) {
      return Finding.note(
          "Grip-Sig key",
          "none for " + proxy.name()
              + ": its requests are believed from loopback only. Set GRIP_VERIFY_KEY"
              + " to sig_key of pushpin.conf");
    }
    return proxy.verifyKeys().stream().anyMatch(GripKey::isPushpinDefault)
        ? Finding.note(
            "Grip-Sig key",
            "changeme for " + proxy.name()
                + ", Pushpin's default key: use it on one machine, for trials only")
        : Finding.ok("Grip-Sig key", key.type().algorithm() + " for " + proxy.name());
  }
}
