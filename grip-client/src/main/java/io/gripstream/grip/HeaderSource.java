package io.gripstream.grip;

import java.util.List;

/** The headers of a request, from whatever server received it. */
@FunctionalInterface
public interface HeaderSource {

  /** All values of the header in the order received, not split; the name's case is ignored. */
  List<String> values(String headerName);
}
