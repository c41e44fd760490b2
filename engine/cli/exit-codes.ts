/** What `coppice` ends with. Scripts rely on them: a number never changes its meaning (`docs/cli.md`). */
export const exitCodes = {
  ok: 0,
  /** What was asked for was tried and failed: an action, a start, a doctor's finding. */
  failed: 1,
  usage: 2,
  /** The program text has errors. */
  programErrors: 3,
  /** No server answers. */
  unreachable: 4,
  unauthorized: 5,
  notFound: 6,
  /** Refused: a conflict, a policy's denial, a question answered with no. */
  refused: 7,
  /** A saved plan was not applied, since what it was made from has moved. */
  moved: 8,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For `coppice help exit-codes`. */
export const exitCodeTexts: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.ok, "it is done"],
  [exitCodes.failed, "what was asked for was tried and failed"],
  [exitCodes.usage, "the command line or the configuration is wrong"],
  [exitCodes.programErrors, "the program has errors"],
  [exitCodes.unreachable, "no server answers"],
  [exitCodes.unauthorized, "the token is missing, wrong, or may not do this"],
  [exitCodes.notFound, "there is no such thing"],
  [exitCodes.refused, "refused: a conflict, or a question answered with no"],
  [exitCodes.moved, "what a saved plan was made from has moved; nothing was changed"],
  [exitCodes.interrupted, "interrupted with Ctrl-C"],
];
