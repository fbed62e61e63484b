package io.gripstream.app.doctor;

import io.gripstream.app.config.Printable;
import io.gripstream.app.server.RequestTrace;
import java.util.List;

/**
 * A route that changes the path of a stream. When the proxy asks again for the stream, it changes
 * the path once more, so the server does not get the question, and the stream gets nothing any
 * more.
 *
 * @param asked the path of the request
 * @param arrived the path that the server saw
 * @param url where the request went
 */
record ChangedPath(String asked, String arrived, String url) {

  static ChangedPath of(StreamRequests requests, RequestTrace seen) {
    String url = requests.url().toString();
    return new ChangedPath(
        requests.of(List.of()).build().url().encodedPath(),
        seen.path(),
        url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
  }

  boolean isChanged() {
    return !arrived.equals(asked);
  }

  Finding silent() {
    return Finding.fail(
        "follow-ups",
        this
            + ", and is changed once more when the proxy asks again: a stream is silent from then on",
        "remove path_rem and replace_beg from the route, and give the server that path (routes); or set"
            + " public_url to " + url);
  }

  @Override
  public String toString() {
    return "the route changes the path: " + asked + " arrives as " + Printable.of(arrived);
  }
}
