package io.gripstream.grip.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Explains why an HTTP request got no answer, in words for operators. The HTTP library's own
 * messages name its internals.
 */
public final class NoAnswer {
  private NoAnswer() {}

  /**
   * Returns the reason, to follow the address in a message. A failure outside the network keeps its
   * text.
   */
  public static String reason(Throwable failure) {
    if (failure instanceof UnknownHostException) {
      return "the host of this address is unknown";
    }
    if (failure instanceof NoRouteToHostException) {
      return "no route leads to this address";
    }
    if (failure instanceof ConnectException) {
      return refused(failure) ? "no program listens there" : "no connection can be made to it";
    }
    if (failure instanceof InterruptedIOException) {
      return "it did not answer in time";
    }
    if (failure instanceof SSLPeerUnverifiedException) {
      return "its certificate is for another host";
    }
    if (failure instanceof SSLException) {
      return isOfCertificate(failure)
          ? "Java does not trust its certificate; add its authority with keytool -importcert -cacerts"
          : "no TLS could be agreed on; is http:// meant instead of https://?";
    }
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof SocketException || message.startsWith("unexpected end of stream")) {
      return "it closed the connection without an answer";
    }
    return message;
  }

  /** Whether the certificate is refused for another reason than its host name. */
  public static boolean isOfCertificate(Throwable failure) {
    if (!(failure instanceof IOException)) {
      return false;
    }
    Throwable below = failure.getCause();
    while (below != null && !(below instanceof GeneralSecurityException)) {
      below = below.getCause();
    }
    return below != null;
  }

  private static boolean refused(Throwable failure) {
    Throwable below = failure.getCause();
    return String.valueOf((below == null ? failure : below).getMessage()).contains("refused");
  }
}
