import type { Span } from "../../grammar/spans.ts";

/** What the words of the language do, each in one sentence: for hovers, and beside completions. */
const docs: Readonly<Record<string, string>> = {
  import: "makes what another file declares visible here.",
  version: "takes the newest version of a library that starts with these numbers.",
  plugin: "loads a driver from a path; it may do only what its `allow` lines say.",
  allow: "grants a plugin one permission.",
  with: "gives settings.",
  param: "is a value that is set from outside, with `--set name=value`.",
  secret: "names a value that only a driver can read.",
  enum: "declares a type of a few names.",
  record: "declares a type with fields.",
  profile: "says what nodes are made from.",
  cluster: "declares a number of nodes with one profile.",
  policy: "has a say before or after actions on the clusters that list it.",
  action: "is what someone can ask for.",
  every: "repeats: an action by a schedule, a look or a try by an interval.",
  at: "runs once, at that time.",
  on: "runs when a plugin or the engine tells of that event.",
  test: "is run by `coppice test`, with fake drivers and virtual time.",
  given: "sets the scene of a test.",
  run: "runs an action in a test.",
  expect: "is what must be true after a run.",
  before: "is asked before the named actions begin.",
  after: "is told when the named actions have ended.",
  attach: "is asked as the policy is attached to a cluster.",
  detach: "is told as the policy is detached from a cluster.",
  priority: "orders hooks: the lower runs first, 50 when not written.",
  when: "is the condition under which it applies.",
  let: "names a value for the rest of its block.",
  for: "does the block for each item of a list; it always ends.",
  batch: "is how many items are worked on at once.",
  pause: "is how long to wait between batches.",
  window: "is how many nodes of a batch are under way at once.",
  rows: "is how many nodes' records one statement of the database writes.",
  tolerate: "goes on although that many items have failed.",
  parallel: "runs its statements side by side.",
  if: "runs its block when the condition is true.",
  else: "runs when no condition before it was true.",
  match: "chooses by an enum's member, a Bool, a number or a text; every case must be there.",
  try: "runs its block; `recover` and `ensure` say what happens after a failure.",
  recover: "runs instead of failing; the name behind it has `message`, `code` and `line`.",
  ensure: "runs in any case: after success, after a failure, and after a cancel.",
  wait: "waits for a time, or `until` a condition is true.",
  until: "looks again and again until the condition is true.",
  within: "is how long to wait at most.",
  approve: "waits until a person with that role says yes.",
  lock: "holds names of the project while its block runs, first come first served.",
  emit: "makes an event, which is kept with the action.",
  fail: "ends the action as failed, with this message.",
  return: "ends the action with this result.",
  deny: "ends the action before anything was changed, with this reason.",
  warn: "keeps a warning with the action, which goes on.",
  limit: "cuts the request to that many nodes.",
  choose: "orders the nodes to take away, the first one first.",
  place: "spreads new nodes over the values of a property.",
  across: "names the values to spread over.",
  through: "holds the names in a plugin's backend as well, which shares them with others.",
  to: "tells a plugin's notifier of the event as well.",
  weights: "gives some values a larger share.",
  caps: "bounds how many nodes some values get.",
  enforce: "says how strict a policy is: `warn`, `deny`, or `deny unless ROLE`.",
  retry: "tries again where the driver says that it may be repeated.",
  timeout: "bounds one try.",
  undo: "takes back what the call did, when a later step fails or the action is cancelled.",
  fails: "lets the driver fail.",
  takes: "lets the driver take that long.",
  returns: "lets a plugin's function give that value.",
  override: "runs in spite of a policy that this role may override, with a reason.",
};

/** What a word of the language does; `undefined` for others. */
export function wordDoc(word: string): string | undefined {
  return Object.hasOwn(docs, word) ? docs[word] : undefined;
}

/** The word around an offset, empty where there is none. */
export function wordAt(text: string, offset: number): { readonly text: string; readonly span: Span } {
  let start = offset;
  let end = offset;
  while (start > 0 && /\w/.test(text[start - 1]!)) start -= 1;
  while (end < text.length && /\w/.test(text[end]!)) end += 1;
  return { text: text.slice(start, end), span: { start, end } };
}
