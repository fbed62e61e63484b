package io.gripstream.app.auth;

import io.gripstream.grip.internal.Jose;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.io.AbstractDeserializer;
import java.io.Reader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads head and claims of a token, and checks the registered claims before the library converts
 * them: a time out of range, a number as a name. Such a claim is left out, and a claim
 * {@link #PROBLEM} has the reason, for use after the signature was verified.
 */
final class ClaimsReader extends AbstractDeserializer<Map<String, ?>> {
  static final ClaimsReader INSTANCE = new ClaimsReader();

  static final String PROBLEM = "gripstream: problem";

  /** The end of the year 9999, in seconds. */
  private static final double LATEST = 253_402_300_799d;

  private ClaimsReader() {}

  @Override
  protected Map<String, ?> doDeserialize(Reader reader) {
    Map<String, Object> claims = Jose.object(reader);
    claims.remove(PROBLEM);
    if (claims.get(Claims.SUBJECT) != null && !(claims.get(Claims.SUBJECT) instanceof String)) {
      leaveOut(claims, Claims.SUBJECT, "is not a string; a number goes in quotation marks");
    }
    for (String name : List.of(Claims.EXPIRATION, Claims.NOT_BEFORE, Claims.ISSUED_AT)) {
      String problem = problem(claims.get(name));
      if (problem != null) {
        leaveOut(claims, name, problem);
      }
    }
    return claims;
  }

  private static void leaveOut(Map<String, Object> claims, String name, String problem) {
    claims.remove(name);
    claims.put(PROBLEM, "the token's claim " + name + " " + problem);
  }

  private static @Nullable String problem(@Nullable Object time) {
    if (time == null) {
      return null;
    }
    if (!(time instanceof Number number) || !(number.doubleValue() >= 0)) {
      return "is not a number of seconds since 1970";
    }
    // A time in milliseconds would be valid forever.
    return number.doubleValue() > LATEST
        ? "is after the year 9999; it is in seconds, not milliseconds"
        : null;
  }
}
