import { AbortControllerInside, AbortSignalInside } from "./abort.ts";
import { defineGlobals } from "./define-globals.ts";
import { DOMExceptionInside } from "./dom-exception.ts";
import { CustomEventInside, EventInside, EventTargetInside } from "./events.ts";

// The streams look for these once, when they are evaluated: this module comes before them.
defineGlobals({
  AbortController: AbortControllerInside,
  AbortSignal: AbortSignalInside,
  CustomEvent: CustomEventInside,
  DOMException: DOMExceptionInside,
  Event: EventInside,
  EventTarget: EventTargetInside,
});
