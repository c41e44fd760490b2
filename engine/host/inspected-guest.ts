import type { GuestOptions, StartedGuest } from "./guest-process.ts";
import type { PluginBundle } from "./guest-session.ts";

/** A plugin's isolate that a debugger may come into: messages of the Chrome DevTools protocol, both ways. */
export interface InspectedGuest {
  readonly plugin: PluginBundle;
  send(text: string): void;
}

/** Called for each guest as it starts; what it returns hears what the isolate says, and that the guest has ended. */
export type Inspect = (guest: InspectedGuest) => {
  /** The first call waits for it: somebody may want to set breakpoints. */
  readonly released?: Promise<void>;
  onMessage(text: string): void;
  onEnd(): void;
};

/** Opens a guest so that it can be inspected. */
export function openInspected(
  open: (options: GuestOptions) => StartedGuest,
  options: GuestOptions,
  plugin: PluginBundle,
  inspect: Inspect,
): StartedGuest {
  const started: StartedGuest = open({
    ...options,
    inspect: true,
    onInspect: (text) => listener.onMessage(text),
    onEnd: (end) => {
      listener.onEnd();
      options.onEnd(end);
    },
  });
  const send = (text: string) =>
    void started.opened.then(
      () => started.bridge.inspect(text), // there is nobody to hear it before
      () => {}, // its end is told
    );
  const listener = inspect({ plugin, send });
  const opened = Promise.all([started.opened, listener.released]).then(([description]) => description);
  opened.catch(() => {}); // whoever waits for it hears of it
  return { bridge: started.bridge, opened };
}
