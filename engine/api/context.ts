import type { Client } from "@temporalio/client";
import type pg from "pg";
import type { Access } from "../access/create-access.ts";
import type { PluginQuestions } from "../actions/ask-plugins.ts";
import type { RequestLimits } from "../actions/limits.ts";
import type { MessageReceivers } from "../receivers/message-receivers.ts";
import type { ActionWatchers } from "./action-watchers.ts";
import type { TriggerRate } from "./trigger-rate.ts";

/** What every route may use. */
export interface ApiContext {
  readonly pool: pg.Pool;
  readonly access: Access;
  readonly watchers: ActionWatchers;
  readonly temporal: TemporalLinks | null;
  readonly limits: RequestLimits;
  /** How clients reach the API, where that isn't what their requests say. */
  readonly publicUrl: string | null;
  /** After how long a silent process of ours is shown as down. */
  readonly serviceDownSeconds: number;
  readonly triggers: TriggerRate;
  readonly messages: MessageReceivers;
  /** Whether whoever knows a webhook's id may trigger it, as in Senlin. */
  readonly unsignedWebhooks: boolean;
  /** What the API asks of plugins. */
  readonly questions: PluginQuestions;
}

/** Where Temporal is: its state is reported, its UI linked to; requests are accepted without it. */
export interface TemporalLinks {
  readonly client: Client;
  /** `http://127.0.0.1:8233`; `null` when there is no UI. */
  readonly uiUrl: string | null;
}
