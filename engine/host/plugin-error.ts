/** Why a plugin can't be used: for whoever wrote its path, or its author. */
export class PluginError extends Error {
  /** `plugin-not-found`, `bad-manifest`, `bad-plugin` (its code), `plugin-modified`. */
  readonly code: string;
  readonly help: string | undefined;

  constructor(message: string, options: { code: string; help?: string | undefined; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PluginError";
    this.code = options.code;
    this.help = options.help;
  }
}
