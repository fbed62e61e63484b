export { EventStream, type EventStreamOptions, type EventStreamEvents } from "./stream.js";
export { OpenEvent, ResetEvent, StreamErrorEvent, type Failure, type Reset } from "./events.js";
