package io.gripstream.grip.testkit;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link Pushpin} that JUnit starts and stops: once for all tests of a class and its nested
 * classes in a static field, once per test in another field. A field needs
 * {@code @RegisterExtension}. A start takes about a second.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PushpinExtension PUSHPIN = PushpinExtension.create();
 * }</pre>
 *
 * <p>It forwards everything to {@link #originPort()} on loopback, which is free: the application of
 * the test listens there. Do not use a non-static field if tests of the class run in parallel.
 */
public final class PushpinExtension
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
  private final UnaryOperator<Pushpin.Builder> settings;
  private final int originPort = Ports.free(1).get(0);
  private volatile @Nullable Pushpin running;

  /** Number of classes and tests that have begun and not ended. */
  private int depth;

  private PushpinExtension(UnaryOperator<Pushpin.Builder> settings) {
    this.settings = settings;
  }

  /** Makes an extension with the settings of {@link Pushpin#forOrigin}. */
  public static PushpinExtension create() {
    return create(builder -> builder);
  }

  /**
   * Makes an extension with other settings.
   *
   * @param settings gets a builder that has the route to {@link #originPort()}
   */
  public static PushpinExtension create(UnaryOperator<Pushpin.Builder> settings) {
    return new PushpinExtension(settings);
  }

  /** The port of loopback on which the application must listen. Known before Pushpin runs. */
  public int originPort() {
    return originPort;
  }

  /**
   * The running Pushpin.
   *
   * @throws IllegalStateException before the first test and after the last one
   */
  public Pushpin pushpin() {
    Pushpin pushpin = running;
    if (pushpin == null) {
      throw new IllegalStateException("Pushpin runs during tests only, and only if the field of"
          + " the extension has @RegisterExtension");
    }
    return pushpin;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    enter();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    enter();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    leave();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    leave();
  }

  private synchronized void enter() {
    if (depth == 0) {
      running =
          settings.apply(Pushpin.builder().route("* 127.0.0.1:" + originPort)).start();
    }
    // Not earlier: if it cannot start, JUnit still calls the end.
    depth++;
  }

  private synchronized void leave() {
    if (depth > 0) {
      depth--;
    }
    Pushpin pushpin = running;
    if (depth == 0 && pushpin != null) {
      running = null;
      pushpin.close();
    }
  }
}
