package io.gripstream.grip;

import java.util.List;

/** The headers of a request, from any server. */
@FunctionalInterface
public interface HeaderSource {

  /**
   * Returns all values of the header in the order received, not split. The name's case is ignored.
   */
  List<String> values(String headerName);
}
