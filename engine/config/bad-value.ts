/** Thrown by a kind for a text that it can't read; `readConfig` makes a mistake of it that says where the text stands. */
export class BadValue extends Error {
  /** How to mend it: one imperative sentence. */
  readonly help: string;

  /** `why` follows the quoted value: `is above 65535`. */
  constructor(why: string, help: string) {
    super(why);
    this.name = "BadValue";
    this.help = help;
  }
}
