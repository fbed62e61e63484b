package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.ProxyTrust;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements of a request about the proxy that forwarded it. */
public record Forwarded(ProxyTrust trust, GripRequest request) {
  private static final String ATTRIBUTE = Forwarded.class.getName();

  /**
   * Returns the trusted statements; without any, the request is direct. Read once per exchange:
   * verifying a signature costs time, and a refused one is counted.
   */
  public static GripRequest read(StreamRequest request, ProxyTrust trust) {
    Forwarded known = known(request);
    if (known != null && known.trust() == trust) {
      return known.request();
    }
    Forwarded read = new Forwarded(trust, trust.read(request::headers, request.peerAddress()));
    if (request instanceof StreamExchange exchange) {
      exchange.setAttribute(ATTRIBUTE, read);
    }
    return read.request();
  }

  /** The name of the proxy that forwarded the request; empty: none. */
  public static Optional<String> proxy(StreamRequest request, ProxyTrust trust) {
    GripRequest read = read(request, trust);
    if (!read.isProxied()) {
      return Optional.empty();
    }
    GripProxy signer = read.proxy();
    return Optional.of(signer == null ? trust.onlyProxy().orElse("unknown") : signer.name());
  }

  private static @Nullable Forwarded known(StreamRequest request) {
    return request.attribute(ATTRIBUTE);
  }
}
