import { defineDriver, type Host, type Json, type Notice } from "coppice/sdk";

interface Call {
  /** The same when the same notice is sent again after a lost reply. */
  readonly key: string;
  readonly event: Notice;
  readonly arguments: { readonly to: string };
}

// Put your service in the place of host.state: host.http({ method: "POST", url: … }), and give it the key too, if it
// takes one, so that a repeat is told once.
async function send(host: Host, { key, event, arguments: { to } }: Call): Promise<void> {
  await host.state.set(`notice/${key}`, `${event.level} to ${to}: ${event.message}`);
}

async function notices(host: Host): Promise<Json> {
  return (await host.state.list("notice/")).map(({ value }) => value);
}

export default defineDriver({
  contract: 1,
  notifiers: { mailbox: { send } },
  functions: { notices },
});
