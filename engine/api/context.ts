import type { Client } from "@temporalio/client";
import type pg from "pg";
import type { Access } from "../access/create-access.ts";
import type { PluginQuestions } from "../actions/ask-plugins.ts";
import type { PolicyLimits } from "../specs/policy-meaning.ts";
import type { ActionWatchers } from "./action-watchers.ts";

/** What every route may use. */
export interface ApiContext {
  readonly pool: pg.Pool;
  readonly access: Access;
  readonly watchers: ActionWatchers;
  readonly temporal: TemporalLinks | null;
  readonly limits: PolicyLimits;
  /** What the API asks of plugins. */
  readonly questions: PluginQuestions;
}

/** Where Temporal is: its state is reported, its UI linked to; requests are accepted without it. */
export interface TemporalLinks {
  readonly client: Client;
  /** `http://127.0.0.1:8233`; `null` when there is no UI. */
  readonly uiUrl: string | null;
}
