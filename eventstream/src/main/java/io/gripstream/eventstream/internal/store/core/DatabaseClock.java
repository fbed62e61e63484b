package io.gripstream.eventstream.internal.store.core;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local clock corrected by its difference to the database's clock, so that processes on many
 * machines agree on the age of events. Thread-safe.
 */
public final class DatabaseClock extends Clock {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
  private static final Duration REMARKABLE = Duration.ofSeconds(2);

  private final Clock own;
  private volatile long behindMillis;

  public DatabaseClock(Clock own) {
    this.own = own;
  }

  /** What a database answers. */
  public interface Question<E extends Exception> {
    /** Its time in milliseconds since 1970. Blocks. */
    long millis() throws E;
  }

  /** Asks the database what the time is. */
  public <E extends Exception> void adjust(Question<E> question) throws E {
    long asked = own.millis();
    long theirs = question.millis();
    long answered = own.millis();
    long behind = theirs - asked - (answered - asked) / 2;
    if (Math.abs(behind - behindMillis) > REMARKABLE.toMillis()) {
      LOG.warn(
          "The local clock is {} ms behind the database clock; the database clock is used", behind);
    }
    behindMillis = behind;
  }

  @Override
  public Instant instant() {
    return own.instant().plusMillis(behindMillis);
  }

  @Override
  public long millis() {
    return own.millis() + behindMillis;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("the time of a database has no zone");
  }
}
