package io.gripstream.grip.internal;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.io.AbstractDeserializer;
import io.jsonwebtoken.io.AbstractSerializer;
import io.jsonwebtoken.io.Deserializer;
import io.jsonwebtoken.io.Parser;
import io.jsonwebtoken.io.Serializer;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import java.io.OutputStream;
import java.io.Reader;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and makes tokens and keys of JOSE (RFC 7515, 7517, 7519) with Jackson as JSON library. jjwt
 * has no module for Jackson 3. It would look for others on the class path, where an application may
 * have one.
 */
public final class Jose {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Serializer<Map<String, ?>> WRITER = new AbstractSerializer<>() {
    @Override
    protected void doSerialize(Map<String, ?> members, OutputStream out) {
      MAPPER.writeValue(out, members);
    }
  };

  private static final Deserializer<Map<String, ?>> READER = new AbstractDeserializer<>() {
    @Override
    protected Map<String, ?> doDeserialize(Reader json) {
      Map<String, Object> members = object(json);
      // The library would take its lowest 64 bits for a time.
      if (members.values().stream().anyMatch(BigInteger.class::isInstance)) {
        throw new IllegalArgumentException("a number with more than 64 bits");
      }
      return members;
    }
  };

  private Jose() {}

  /** Makes a token. */
  public static JwtBuilder token() {
    return Jwts.builder().json(WRITER);
  }

  /** Reads tokens. */
  public static JwtParserBuilder parser() {
    return Jwts.parser().json(READER);
  }

  /** Reads keys, each one a JWK. */
  public static Parser<Jwk<?>> keys() {
    return Jwks.parser().json(READER).build();
  }

  /**
   * Reads the members of one JSON object. A repeated name is refused: two readers might use
   * different ones.
   *
   * @throws JacksonException if it is not JSON, or not an object
   * @throws IllegalArgumentException if it is {@code null}
   */
  @SuppressWarnings("unchecked") // names of a JSON object are strings
  public static Map<String, Object> object(Reader json) {
    Map<String, Object> members = MAPPER.readValue(json, LinkedHashMap.class);
    if (members == null) {
      throw new IllegalArgumentException("null is not a JSON object");
    }
    return members;
  }
}
