package io.gripstream.app.doctor;

import io.gripstream.app.config.Printable;
import io.gripstream.grip.GripSig;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Finds out which program holds a stream. With a configured proxy it should be the proxy: it is if
 * the server accepts the proxy's signature. Make it before the stream is opened.
 */
final class SignatureCheck {
  private final ServerView server;
  private final String channel;
  private final BooleanSupplier isPushpin;
  private final Consumer<Finding> findings;
  private final long refusedBefore;

  /**
   * @param channel of the stream, used by no other program
   * @param isPushpin whether requests come through Pushpin
   */
  SignatureCheck(
      ServerView server, String channel, BooleanSupplier isPushpin, Consumer<Finding> findings) {
    this.server = server;
    this.channel = channel;
    this.isPushpin = isPushpin;
    this.findings = findings;
    this.refusedBefore = refused();
  }

  void check() {
    Boolean byServer = server.holds(channel).orElse(null);
    if (byServer == null) {
      findings.accept(
          Finding.note(
              "Grip-Sig",
              "cannot be checked: the server at " + server.base()
                  + " does not show its channels; run this on the server's machine, with its configuration"));
      return;
    }
    if (!byServer) {
      findings.accept(Finding.ok("Grip-Sig", "accepted, the proxy holds the stream"));
      return;
    }
    if (refused() > refusedBefore) {
      findings.accept(Finding.fail(
          "Grip-Sig",
          "the server refuses it: " + Printable.of(lastRefused("last_detail")),
          adviceFor(lastRefused("last_reason"))));
    } else if (isPushpin.getAsBoolean()) {
      findings.accept(Finding.fail(
          "Grip-Sig",
          "requests come through Pushpin without one, so the server holds the streams",
          "set sig_key and sig_iss in pushpin.conf, and remove no_grip from the route"));
    } else {
      findings.accept(
          Finding.fail(
              "Grip-Sig",
              "requests do not come through a GRIP proxy, so the server holds the streams",
              "give the address of the proxy, or let the web server in front lead to the proxy, not to the server"));
    }
  }

  private String lastRefused(String name) {
    return server
        .refusedSignatures()
        .map(signatures -> signatures.get(name))
        .map(JsonNode::stringValue)
        .orElse("unknown");
  }

  private static String adviceFor(String reason) {
    GripSig.Reason known = Stream.of(GripSig.Reason.values())
        .filter(one -> one.name().equalsIgnoreCase(reason))
        .findFirst()
        .orElse(GripSig.Reason.NOT_VERIFIED);
    return switch (known) {
      case EXPIRED ->
        "the clocks of proxy and server differ: synchronise them (timedatectl, chrony)";
      case OTHER_ISSUER -> "verify-iss in GRIP_URL must be sig_iss of pushpin.conf (pushpin)";
      case UNTRUSTED_PEER ->
        "set GRIP_VERIFY_KEY to your own secret and sig_key of pushpin.conf to the same, or add the proxy to"
            + " trusted_proxies";
      default -> "GRIP_VERIFY_KEY must be the same as sig_key in pushpin.conf";
    };
  }

  private long refused() {
    return server
        .refusedSignatures()
        .map(signatures -> signatures.get("count").longValue())
        .orElse(0L);
  }
}
