package io.gripstream.grip.javalin;

import io.gripstream.grip.Instruct;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;

/** Adds an instruct to an answer: as headers, or as a document if headers cannot carry it. */
final class InstructAnswer {

  private InstructAnswer() {}

  static void write(Context ctx, Instruct instruct) {
    if (instruct.fitsHeaders() || instruct.hold() == Instruct.Hold.NONE) {
      instruct.headers().forEach(header -> add(ctx, header));
      keepBody(ctx);
    } else {
      asDocument(ctx, instruct);
    }
  }

  /**
   * Servers send no body with these statuses, so the body of the first item would be lost with it.
   */
  private static void keepBody(Context ctx) {
    int status = ctx.statusCode();
    if (status == 204 || status == 205 || status == 304) {
      ctx.status(200);
      if (!ctx.res().containsHeader("Grip-Status")) {
        add(ctx, Map.entry("Grip-Status", String.valueOf(status)));
      }
    }
  }

  private static void asDocument(Context ctx, Instruct instruct) {
    var headers = new ArrayList<Map.Entry<String, String>>();
    for (String name : ctx.res().getHeaderNames()) {
      if (!name.toLowerCase(Locale.ROOT).equals("content-length")) {
        ctx.res().getHeaders(name).forEach(value -> headers.add(Map.entry(name, value)));
      }
    }
    byte[] json = instruct.toJson(new Instruct.Answer(ctx.statusCode(), null, headers, body(ctx)));
    ctx.status(200).contentType(Instruct.CONTENT_TYPE).result(json);
    instruct.headersBesideJson().forEach(header -> add(ctx, header));
  }

  private static byte[] body(Context ctx) {
    try (InputStream result = ctx.resultInputStream()) {
      return result == null ? new byte[0] : result.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(Context ctx, Map.Entry<String, String> header) {
    ctx.res().addHeader(header.getKey(), header.getValue());
  }
}
