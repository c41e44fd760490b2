/** Names of the NOTIFY channels. A notification says "look again"; the facts are in the tables. */
export const channels = {
  /** Something in the outbox may be due; no payload. */
  dispatch: "coppice_dispatch",
  /** An action changed (progress, event, end); the payload is its id. */
  action: "coppice_progress",
  /** A schedule changed, or an event came that somebody listens to; no payload. */
  triggers: "coppice_triggers",
} as const;
