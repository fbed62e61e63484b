package io.gripstream.grip.testkit;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link Pushpin} that JUnit starts and stops: in a static field one for all tests of the class
 * and of those nested in it, in another field one for each test. A field needs
 * {@code @RegisterExtension}. A start takes about a second.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PushpinExtension PUSHPIN = PushpinExtension.create();
 * }</pre>
 *
 * <p>It forwards everything to {@link #originPort()} on loopback, which is free: the test has its
 * application listen there. Not for tests of one class that run in parallel with a non-static
 * field.
 */
public final class PushpinExtension
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
  private final UnaryOperator<Pushpin.Builder> settings;
  private final int originPort = Ports.free(1).get(0);
  private volatile @Nullable Pushpin running;

  /** Classes and tests between whose beginning and end we are. */
  private int depth;

  private PushpinExtension(UnaryOperator<Pushpin.Builder> settings) {
    this.settings = settings;
  }

  /** With the settings of {@link Pushpin#forOrigin}. */
  public static PushpinExtension create() {
    return create(builder -> builder);
  }

  /**
   * With other settings.
   *
   * @param settings gets a builder that has the route to {@link #originPort()}
   */
  public static PushpinExtension create(UnaryOperator<Pushpin.Builder> settings) {
    return new PushpinExtension(settings);
  }

  /** Where the application has to listen, on loopback. Known before Pushpin runs. */
  public int originPort() {
    return originPort;
  }

  /**
   * The one that runs.
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
    // Not before: where it cannot start, JUnit still says that we leave.
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
