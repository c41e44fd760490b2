/** Names with a number from the time before there were names. */
const codes: Readonly<Record<string, number>> = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

/** `DOMException`: an error that is told apart by its name. */
export class DOMExceptionInside extends Error {
  readonly #name: string;

  constructor(message: unknown = "", options: string | { name?: string; cause?: unknown } = "Error") {
    const { name = "Error", ...more } = typeof options === "string" ? { name: options } : options;
    super(String(message), more);
    this.#name = String(name);
  }

  override get name(): string {
    return this.#name;
  }

  get code(): number {
    return codes[this.#name] ?? 0;
  }
}

for (const [name, value] of Object.entries(codes)) {
  const constant = name
    .replace(/Error$/, "")
    .replace(/^InUse/, "Inuse") // as it was spelt then
    .replace(/^URL/, "Url")
    .replace(/([a-z])(?=[A-Z])/g, "$1_")
    .toUpperCase();
  for (const holder of [DOMExceptionInside, DOMExceptionInside.prototype])
    Object.defineProperty(holder, `${constant}_ERR`, { value, enumerable: true });
}
