// The tests of EventSource in github.com/web-platform-tests/wpt, folder eventsource/ (November 2026), by name.

export const THEIRS = [
  "event-data", "eventsource-bfcache", "eventsource-close", "eventsource-constructor-document-domain",
  "eventsource-constructor-empty-url", "eventsource-constructor-non-same-origin", "eventsource-constructor-stringify",
  "eventsource-constructor-url-bogus", "eventsource-constructor-url-multi-window", "eventsource-cross-origin",
  "eventsource-cross-origin-preflight", "eventsource-eventtarget", "eventsource-from-readable-stream",
  "eventsource-from-readable-stream-fetch", "eventsource-onmessage", "eventsource-onmessage-realm",
  "eventsource-onmessage-trusted", "eventsource-onopen", "eventsource-prototype", "eventsource-readyState",
  "eventsource-reconnect", "eventsource-request-cancellation", "eventsource-url", "format-bom", "format-bom-2",
  "format-comments", "format-data-before-final-empty-line", "format-field-data", "format-field-event",
  "format-field-event-empty", "format-field-id", "format-field-id-2", "format-field-id-3", "format-field-id-null",
  "format-field-parsing", "format-field-retry", "format-field-retry-bogus", "format-field-retry-empty",
  "format-field-unknown", "format-leading-space", "format-mime-bogus", "format-mime-trailing-semicolon",
  "format-mime-valid-bogus", "format-newlines", "format-null-character", "format-utf-8", "interfaces", "request-accept",
  "request-cache-control", "request-credentials", "request-post-to-connect", "request-redirect", "request-status-error",
  "MOSQUITO/accept-header-include-text-event-stream", "MOSQUITO/field-name-event",
  "MOSQUITO/user-agent-announce-connection",
];

/** Why there is none. Those in dedicated-worker/ and shared-worker/ repeat some: so does behaviour.test.mjs. */
export const WITHOUT_CASE = {
  "eventsource-bfcache": "whether a page with an open stream is kept is the browser's matter",
  "eventsource-from-readable-stream": "a proposal for the browser's own class; it is in no standard",
  "eventsource-from-readable-stream-fetch": "the same proposal",
  "eventsource-onmessage-realm": "events of a script belong to the script's window",
  "eventsource-onmessage-trusted": "a script's events are never trusted",
};
