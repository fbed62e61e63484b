package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Outage;
import io.gripstream.grip.internal.Threads;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds every kick channel through a proxy, as a client: the first subscriber of a channel makes
 * all its streams ask again a second later, and personal streams should not have to. Four streams
 * of 16 channels (a proxy allows 20), on a thread each.
 */
final class Keeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  static final int CHANNELS_PER_STREAM = 16;
  static final int STREAMS = GripNames.KICK_CHANNELS / CHANNELS_PER_STREAM;

  private static final Duration RETRY = Duration.ofSeconds(2);

  /** A stream that is silent for this many times its keep-alive is dead. */
  private static final int SILENCE = 3;

  private final URI publicUrl;
  private final String path;
  private final IntFunction<String> tokens;

  private final Outage refusal = new Outage();

  private final OkHttpClient http;
  private final ScheduledExecutorService threads = Threads.loops("gripstream-keeper", STREAMS);

  /**
   * @param publicUrl the proxy's address for clients
   * @param path of streams
   * @param tokens of the keeper's own requests; may block
   * @param keepAlive time after which a proxy writes to a silent stream
   */
  Keeper(URI publicUrl, String path, IntFunction<String> tokens, Duration keepAlive) {
    this.publicUrl = publicUrl;
    this.tokens = tokens;
    this.path = path + "/" + ProxiedStreams.KEEPER_SEGMENT + "/";
    this.http = new OkHttpClient.Builder()
        // A proxy may vanish without closing the connection, and nothing is ever written to it.
        .readTimeout(keepAlive.multipliedBy(SILENCE))
        // A login page is not a stream.
        .followRedirects(false)
        .build();
  }

  void start() {
    for (int stream = 0; stream < STREAMS; stream++) {
      int number = stream;
      threads.execute(() -> keep(number));
    }
  }

  private void keep(int stream) {
    try (Response response = http.newCall(request(stream)).execute()) {
      if (response.isSuccessful()) {
        if (refusal.ends()) {
          LOG.info(
              "{} lets the application's own requests below {} through again", publicUrl, path);
        }
        response.body().source().skip(Long.MAX_VALUE);
      } else {
        refused(response.code());
      }
    } catch (IOException | StoreException e) {
      // The stream has ended, or the proxy or storage does not answer: connect again in each case.
      LOG.debug(
          "The stream of kick channels at {} ended and connects again: {}",
          publicUrl,
          e.toString());
    }
    try {
      threads.schedule(() -> keep(stream), RETRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("The keeper of kick channels at {} is closed", publicUrl);
    }
  }

  private Request request(int stream) {
    HttpUrl base = HttpUrl.get(publicUrl.toString());
    return new Request.Builder()
        .url(base.newBuilder().encodedPath(path + tokens.apply(stream)).build())
        .build();
  }

  /**
   * A proxy that cannot reach the application yet answers 502, which is temporary. Other refusals
   * are permanent.
   */
  private void refused(int status) {
    if (status < 500 && refusal.begins()) {
      LOG.warn(
          "{} answers {} to the application's own requests below {}: the proxy's routes must lead"
              + " there, and a login must let isFollowUp requests pass. Until then kick channels are"
              + " not held, and the proxy asks again for personal streams whenever a channel gets its"
              + " first one",
          publicUrl,
          status,
          path);
    } else {
      LOG.debug("{} answers {} to the keeper of kick channels", publicUrl, status);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    http.dispatcher().cancelAll();
    http.connectionPool().evictAll();
  }
}
