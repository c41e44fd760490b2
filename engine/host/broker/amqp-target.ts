/** A virtual host of a message broker: `amqps://mq.example.org:5671/orders`. */
export interface AmqpTarget {
  readonly protocol: "amqp" | "amqps";
  /** A name or an address, IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
}

/** Reads `host:5672/vhost`: without scheme `amqp`, without port that of the scheme, without vhost `/`. */
export function parseAmqpTarget(text: string): AmqpTarget | undefined {
  const parts =
    /^(?:(amqps?):\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]{0,252}))(?::([0-9]{1,5}))?(?:\/([^/?#\s]*))?$/.exec(
      text,
    );
  if (parts === null) return undefined;
  const [, scheme, address, name, given, vhost = ""] = parts;
  const protocol = scheme === "amqps" ? "amqps" : "amqp";
  const port = given === undefined ? (protocol === "amqps" ? 5671 : 5672) : Number(given);
  if (port < 1 || port > 65_535) return undefined;
  try {
    return {
      protocol,
      host: (address ?? name ?? "").toLowerCase(),
      port,
      vhost: decodeURIComponent(vhost) || "/",
    };
  } catch {
    return undefined;
  }
}

/** Whether two texts name the same virtual host over the same protocol. */
export function sameAmqpTarget(a: string, b: string): boolean {
  const [first, second] = [parseAmqpTarget(a), parseAmqpTarget(b)];
  return first !== undefined && JSON.stringify(first) === JSON.stringify(second);
}
