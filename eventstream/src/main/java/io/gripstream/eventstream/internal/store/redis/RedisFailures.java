package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreException.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.PartitionSelectorException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Explains failures of Redis to operators and to senders. */
final class RedisFailures {
  /** The first words of temporary refusals; nothing was done. */
  private static final Map<String, String> PASSING = Map.of(
      "MOVED", "has moved the keys to another node",
      "ASK", "is moving the keys to another node",
      "LOADING", "is reading its data from disk",
      "BUSY", "is busy with a script of another client",
      "TRYAGAIN", "is moving the keys to another node",
      "CLUSTERDOWN", "has no node for some keys",
      "MASTERDOWN", "has lost its master",
      "NOREPLICAS", "has fewer replicas than min-replicas-to-write asks for",
      "READONLY", "is a replica, which cannot be written");

  private static final Map<String, String> LASTING = Map.of(
      "OOM", "has reached its memory limit (maxmemory); nothing was stored",
      "MISCONF", "cannot save its data to disk and takes no writes; see its log",
      "NOAUTH", "asks for a password: write " + RedisAddress.FORM,
      "WRONGPASS", "does not accept the user and password",
      "NOPERM",
          "does not allow this user a command or a key that is needed (docs/storage.md"
              + " names them)");

  private final String place;

  RedisFailures(RedisAddress address) {
    this.place = address.toString();
  }

  /** The failure without the wrappers of futures. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Whether the server does not know the script; nothing was done. */
  static boolean isUnknownScript(Throwable failure) {
    return word(failure).equals("NOSCRIPT");
  }

  /** Whether another try may help. */
  static boolean isPassing(Throwable failure) {
    boolean hasAnswered = failure instanceof RedisCommandExecutionException;
    return (failure instanceof RedisException && !hasAnswered)
        || failure instanceof IOException
        || PASSING.containsKey(word(failure));
  }

  /** Whether certainly nothing was done: the server refused, or did not get the command. */
  static boolean isWithoutEffect(Throwable failure) {
    return failure instanceof RedisCommandExecutionException
        || failure instanceof RedisConnectionException
        || failure instanceof PartitionSelectorException
        || String.valueOf(failure.getMessage()).contains("Currently not connected");
  }

  /** The exception for callers; {@code unknown} if the event may have been stored. */
  StoreException of(Throwable thrown, boolean unknown) {
    Throwable failure = cause(thrown);
    if (failure instanceof StoreException known) {
      return known;
    }
    return new StoreException(
        unknown ? Kind.UNKNOWN_OUTCOME : Kind.UNAVAILABLE,
        place + " " + what(failure)
            + (unknown ? "; it is not known whether the event was stored" : ""),
        failure);
  }

  StoreException notReplicated(long reached, int wanted) {
    return new StoreException(
        Kind.UNKNOWN_OUTCOME,
        place + " stored the event, but only " + reached + " of " + wanted
            + " replicas have it so far (wait_replicas)",
        null);
  }

  StoreException tooFewReplicas(long reached, int wanted) {
    return new StoreException(
        Kind.UNAVAILABLE,
        "only " + reached + " of " + wanted + " replicas have everything that was written to "
            + place + " so far (wait_replicas)",
        null);
  }

  private static String what(Throwable failure) {
    String word = word(failure);
    String known = PASSING.getOrDefault(word, LASTING.get(word));
    if (known != null) {
      return known;
    }
    for (Throwable cause : behind(failure)) {
      String deeper = word(cause);
      if (LASTING.containsKey(deeper)) {
        return LASTING.get(deeper);
      }
      if (PASSING.containsKey(deeper)) {
        return PASSING.get(deeper);
      }
      if (String.valueOf(cause.getMessage()).contains("cluster support disabled")) {
        return "is not a node of a Cluster: name one server, or a Sentinel (redis-sentinel://HOST)";
      }
      if (String.valueOf(cause.getMessage()).contains("not allowed in cluster mode")) {
        return "is a node of a Cluster, which has no such database: leave the number out";
      }
      if (cause instanceof SSLException) {
        return "does not speak TLS, or its certificate is not trusted (rediss://," + " ssl_ca)";
      }
    }
    if (failure instanceof TimeoutException) {
      return "did not answer in time";
    }
    if (failure instanceof RedisCommandExecutionException) {
      return "refused a command: " + first(word) + " (the log has more at level debug)";
    }
    return failure instanceof RedisException || failure instanceof IOException
        ? "cannot be reached"
        : "failed";
  }

  /** The failure, its causes, and the failures of single nodes of a Cluster. */
  private static List<Throwable> behind(Throwable failure) {
    List<Throwable> all = new ArrayList<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.add(cause);
      for (Throwable suppressed : cause.getSuppressed()) {
        all.addAll(behind(suppressed));
      }
    }
    return all;
  }

  private static String first(String word) {
    return word.isEmpty() ? "error" : word;
  }

  /** Servers begin a refusal with a word in capitals. */
  private static String word(Throwable failure) {
    String message = failure instanceof RedisException ? failure.getMessage() : null;
    if (message == null) {
      return "";
    }
    int end = 0;
    while (end < message.length() && Character.isUpperCase(message.charAt(end))) {
      end++;
    }
    return message.substring(0, end);
  }
}
