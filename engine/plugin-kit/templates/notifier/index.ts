import { defineDriver, type Host, type Notice } from "coppice/sdk";
import type manifest from "./.coppice/manifest.ts";

// Put your service in the place of host.state: host.http({ method: "POST", url: … }), and give it the key too, if it
// takes one, so that a repeat is told once.
async function send(host: Host, key: string, to: string, { level, message }: Notice): Promise<void> {
  await host.state.set(`notice/${key}`, `${level} to ${to}: ${message}`);
}

async function notices(host: Host): Promise<readonly string[]> {
  return (await host.state.list("notice/")).map(({ value }) => String(value));
}

export default defineDriver<typeof manifest>()({
  contract: 1,
  notifiers: {
    mailbox: {
      /** The key is the same when the same notice is sent again after a lost reply. */
      send: (host, { key, event, arguments: { to } }) => send(host, key, to, event),
    },
  },
  functions: { notices },
});
