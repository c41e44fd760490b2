import type { AwsAuth } from "../../../../plugins/sdk/host.ts";
import { HostFailure } from "../../plugin-host.ts";
import type { BrokerCall } from "../broker-call.ts";
import { requireGrant } from "../grants.ts";
import { coversPlace, placeOf } from "../http-target.ts";
import type { Credentials } from "./credentials.ts";
import type { AwsCredentials } from "./sign-v4.ts";

/** Credentials, service and region for a host that is granted for signing. Throws `HostFailure`. */
export async function awsCredentialsFor(
  call: BrokerCall,
  auth: AwsAuth,
  url: URL,
  known: Credentials,
): Promise<{ credentials: AwsCredentials; service: string; region: string }> {
  requireGrant(call, "aws", placeOf(url), (written) => coversPlace(written, url));
  const entries = await known.of("aws", call.projectId);
  const entry = entries.find(({ hosts }) => hosts.some((host) => isHost(host, url)));
  if (entry === undefined)
    throw new HostFailure(`project ${call.projectId} has no AWS credentials for ${placeOf(url)}`, {
      code: "credentials-missing",
      retryable: false,
      help: `the operator adds "${placeOf(url)}" to hosts in the file that COPPICE_CREDENTIALS names`,
    });
  const named = /^([a-z0-9-]+)(?:\.([a-z]{2,}-[a-z-]+-\d))?\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname);
  const service = auth.service ?? named?.[1];
  const region = auth.region ?? named?.[2] ?? entry.region ?? (named ? "us-east-1" : undefined);
  if (service === undefined || region === undefined)
    throw new HostFailure(`the name ${url.hostname} doesn't tell service and region`, {
      code: "bad-request",
      retryable: false,
      help: 'say them: auth: { kind: "aws", service: "ec2", region: "eu-central-1" }',
    });
  const [accessKey, secretKey, sessionToken] = await Promise.all([
    known.value(entry.access_key),
    known.value(entry.secret_key),
    entry.session_token === undefined ? undefined : known.value(entry.session_token),
  ]);
  return { credentials: { accessKey, secretKey, sessionToken }, service, region };
}

/** `*.amazonaws.com:443` means each name below. */
function isHost(pattern: string, url: URL): boolean {
  if (!pattern.startsWith("*.")) return coversPlace(pattern, url);
  return url.protocol === "https:" && placeOf(url).endsWith(pattern.slice(1));
}
