package io.gripstream.app;

import io.gripstream.app.Guide.Block;
import java.nio.file.Path;
import java.util.List;

/** Where a guide is typed. */
interface Machine extends AutoCloseable {

  /** Whether this block can be typed there. */
  boolean types(Block block);

  /** A line of the guide, with what is different there. */
  String here(String text);

  /** A folder for what is typed and printed, as the test sees it. */
  Path folder();

  /** The same, as the machine sees it. */
  String folderInside();

  /** A shell that reads this script, of {@link #folder()}. */
  Command shell(String script);

  /** Ends what was started, all of it. */
  void end(Command shell);

  /** Ends it, and removes what was written. */
  @Override
  void close();

  /** The blocks that can be typed. */
  default List<Block> typed(List<Block> blocks) {
    return Guide.only(blocks, this::types);
  }
}
