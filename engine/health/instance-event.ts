import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";

/** What Nova told of one of its servers. */
export interface InstanceEvent {
  /** Without where it comes from: `delete.end`, `rebuild.error`. */
  readonly event: string;
  /** The server's id in Nova. */
  readonly instanceId: string;
}

const Envelope = Compile(Type.Object({ "oslo.message": Type.String() }));
const Notification = Compile(Type.Object({ event_type: Type.String(), payload: Type.Unknown() }));
const Unversioned = Compile(Type.Object({ instance_id: Type.String() }));
const Versioned = Compile(Type.Object({ "nova_object.data": Type.Object({ uuid: Type.String() }) }));

/** Nova sends either form, or both: `compute.instance.delete.end`, and versioned `instance.delete.end`. */
const ofInstance = /^(?:compute\.)?instance\.(.+)$/;

/** Reads the body of a notification of Nova's (oslo.messaging 2.0). `null` for what is about no server, or can't be read. */
export function readInstanceEvent(body: string): InstanceEvent | null {
  const envelope = parsed(body);
  const message = Envelope.Check(envelope) ? parsed(envelope["oslo.message"]) : envelope; // without one in its version 1
  if (!Notification.Check(message)) return null;
  const event = ofInstance.exec(message.event_type)?.[1];
  const instanceId = idIn(message.payload);
  return event === undefined || instanceId === null ? null : { event, instanceId };
}

function idIn(payload: unknown): string | null {
  if (Versioned.Check(payload)) return payload["nova_object.data"].uuid;
  return Unversioned.Check(payload) ? (payload satisfies Static<typeof Unversioned>).instance_id : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
