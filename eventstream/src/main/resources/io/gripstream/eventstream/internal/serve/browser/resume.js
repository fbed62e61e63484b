// Gripstream: keeps the position of every event, whichever the page listens to, and stops when the
// server says that coming back is of no use.
(() => {
  "use strict";
  const Reconnecting = globalThis.ReconnectingEventSource;

  // The wrapper takes note of the position of those types only that somebody listens to; and each of
  // these bears the position of the stream so far.
  const OWN_TYPES = ["stream-open", "stream-reset", "keep-alive"];

  globalThis.ReconnectingEventSource = class ReconnectingEventSource extends Reconnecting {
    constructor(url, configuration) {
      super(url, configuration);
      for (const type of OWN_TYPES) {
        this.addEventListener(type, () => {});
      }
      this.addEventListener("stream-error", (event) => {
        if (event.lastEventId === "error") {
          this.close();
        }
      });
    }

    _start() {
      super._start();
      // Without this, a page with nothing but an onmessage would have no position after a 502.
      this._eventSource.onmessage = (event) => {
        if (!("message" in this._listeners)) {
          this._onevent(event);
        }
      };
    }
  };
})();
