package io.gripstream.eventstream;

/** Which program holds a stream's connection. */
public enum StreamMode {
  /** This process, or another one of the application. */
  DIRECT,

  /** A GRIP proxy. */
  PROXIED
}
