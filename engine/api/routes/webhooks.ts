import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { expectOwnerMay } from "../../access/expect-owner-may.ts";
import { isSigned, signatureName } from "../../actions/receiver-urls.ts";
import { triggerReceiver } from "../../actions/trigger-receiver.ts";
import { findReceiverSecret, listedReceivers, type ReceiverRow } from "../../store/receivers.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject, objectNotFound } from "../find-object.ts";
import { sendFrameworkPage } from "../framework-page.ts";
import { isSenlins } from "../microversions.ts";
import { mapField, nullable } from "../senlin-body/fields.ts";
import { readFields } from "../senlin-body/read-body.ts";

const accepted = Type.Object({ action: Type.String() });
/** From this microversion on, and by every URL that says `V=2`, the whole body is inputs. */
const plainInputsSince = 10;

/**
 * `POST /v1/webhooks/{id}/trigger?V=2&signature=…`: 202 with the action. No token: whoever has the URL may trigger. The
 * header `Idempotency-Key` makes a repeat return the first one's action. 403 for a URL without its signature, 400 without
 * V and for a cluster that is gone, 429 above the option `receiver-rate-limit`.
 */
export function postTrigger(app: Api, context: ApiContext): void {
  const params = Type.Object({ receiver: Type.String() });
  const schema = { summary: "Trigger a webhook", params, response: { 202: accepted, ...refusals } };
  app.post("/webhooks/:receiver/trigger", { schema }, async (request, reply) => {
    const query = request.query as Readonly<Record<string, string | string[]>>; // as the parser gives it
    const version = lastOf(query["V"]);
    if (version === undefined) return sendFrameworkPage(request, reply, 400, { explanation: noVersion });
    const receiver = await findObject<ReceiverRow>(context.pool, listedReceivers, {
      scope: { projectId: null },
      identity: request.params.receiver,
      kind: "receiver",
      names: false,
    });
    await expectSigned(context, receiver, lastOf(query[signatureName]));
    await context.triggers.expectRoom(receiver.id);
    const action = await triggerReceiver(context.pool, {
      receiver,
      inputs: inputsOf(request, version),
      refusesConflicts: isSenlins(request),
      key: keyOf(request),
      permit: (actor, rule) => expectOwnerMay(context.access, actor, rule),
    });
    return reply.code(202).header("location", `/v1/actions/${action.id}`).send({ action: action.id });
  });
}

/**
 * `POST /v1/webhooks/{id}/notify?signature=…`: 204 once the messages that wait for a receiver have been read. The message
 * service comes by this URL, without a token; what it sends isn't looked at. 403 without the signature, 404 for a webhook.
 */
export function postNotification(app: Api, context: ApiContext): void {
  const params = Type.Object({ receiver: Type.String() });
  const schema = {
    summary: "Be told by the message service that messages wait",
    params,
    response: { 204: Type.Null(), ...refusals },
  };
  app.post("/webhooks/:receiver/notify", { schema }, async (request, reply) => {
    const query = request.query as Readonly<Record<string, string | string[]>>; // as the parser gives it
    const identity = request.params.receiver;
    const scope = { projectId: null };
    const kind = "receiver";
    const q = { scope, identity, kind, names: false };
    const receiver = await findObject<ReceiverRow>(context.pool, listedReceivers, q);
    if (receiver.type !== "message") throw objectNotFound(kind, identity);
    const hash = await findReceiverSecret(context.pool, receiver);
    if (hash === null || !isSigned(lastOf(query[signatureName]), hash)) throw unsigned();
    await context.messages.take(receiver);
    return reply.code(204).send(null);
  });
}

const noVersion = "V query parameter is required in webhook trigger URL";

async function expectSigned(
  context: ApiContext,
  receiver: ReceiverRow,
  signature: string | undefined,
): Promise<void> {
  if (context.unsignedWebhooks && signature === undefined) return;
  const hash = await findReceiverSecret(context.pool, receiver);
  if (hash === null || isSigned(signature, hash)) return;
  throw unsigned();
}

function unsigned(): ApiError {
  return new ApiError(403, "The URL lacks the receiver's signature.", {
    help: "use the alarm_url that the receiver shows, to its last character",
  });
}

/** A body that is no JSON object counts as none. */
function inputsOf(request: FastifyRequest, version: string): Readonly<Record<string, Json>> {
  const body = request.body as Readonly<Record<string, Json>> | undefined; // from `parseBody`
  if (body === undefined) return {};
  if (version !== "1" || request.microversion >= plainInputsSince) return body;
  const { params } = readFields(body, { params: { field: nullable(mapField) } }, request.microversion);
  return params ?? {};
}

function keyOf({ headers }: FastifyRequest): string | null {
  const key = headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key === "string" && key.length >= 1 && key.length <= 200) return key;
  throw new ApiError(400, "the header Idempotency-Key must hold 1 to 200 characters, once");
}

function lastOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}
