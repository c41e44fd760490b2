import { PluginError } from "../host/plugin-error.ts";

/** What a plugin's files may be at most: far more than any reasonable plugin with its libraries. */
export const packageLimits = {
  files: 20_000,
  bytes: 64 * 1024 * 1024,
  archiveBytes: 32 * 1024 * 1024,
} as const;

/** Counts the files of a package while it's read, so that a bomb is refused before it's held. */
export class PackageBudget {
  private readonly shown: string;
  private files = 0;
  private bytes = 0;

  constructor(shown: string) {
    this.shown = shown;
  }

  /** Throws `bad-plugin` when there are too many files, or too many bytes. */
  spend(bytes: number): void {
    this.files += 1;
    this.bytes += bytes;
    if (this.files > packageLimits.files) this.refuse(`more than ${packageLimits.files} files`);
    if (this.bytes > packageLimits.bytes) this.refuse(`more than ${packageLimits.bytes >> 20} MiB of files`);
  }

  private refuse(what: string): never {
    throw new PluginError(`${this.shown} holds ${what}`, {
      code: "bad-plugin",
      help: "bundle its libraries into one file, and leave out what it doesn't need",
    });
  }
}
