import {
  DescribeInstancesCommand,
  EC2Client,
  EC2ServiceException,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DriverError, defineDriver, type Host } from "../../../../plugins/sdk/sdk.ts";

interface SignedRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * The SDK writes the request and reads the answer; the host signs, with credentials that this code never sees. So the
 * client gets a signer that does nothing, and a handler that asks the host.
 */
function clientOf(host: Host): EC2Client {
  return new EC2Client({
    region: "eu-central-1",
    endpoint: String(host.settings["address"]),
    credentials: { accessKeyId: "host", secretAccessKey: "host" },
    maxAttempts: 1,
    signer: { sign: async <T>(request: T) => request },
    requestHandler: {
      async handle(request: unknown) {
        const { method, protocol, hostname, port, path, headers, body } = request as SignedRequest;
        const { host: _host, "content-length": _length, ...sent } = headers;
        const answer = await host.http({
          method: method as "POST",
          url: `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`,
          headers: sent,
          ...(body === undefined ? {} : { body }),
          auth: { kind: "aws", service: "ec2", region: "eu-central-1" },
        });
        const { status, text } = answer;
        const response = { statusCode: status, headers: { ...answer.headers }, body: new Blob([text]) };
        return { response: response as never };
      },
    },
  });
}

/** Runs and lists servers. */
export default defineDriver({
  contract: 1,
  functions: {
    async start(host, call) {
      const count = Number(call.arguments["count"]);
      const command = new RunInstancesCommand({
        ImageId: "ami-1",
        MinCount: count,
        MaxCount: count,
        ClientToken: call.key,
      });
      const { Instances = [] } = await clientOf(host).send(command);
      return Instances.map((instance) => instance.InstanceId ?? null);
    },
    async list(host) {
      const { Reservations = [] } = await clientOf(host).send(
        new DescribeInstancesCommand({ MaxResults: 5 }),
      );
      return Reservations.flatMap(({ Instances = [] }) =>
        Instances.map(({ InstanceId, State, LaunchTime, Tags }) => ({
          id: InstanceId ?? null,
          state: State?.Name ?? null,
          launched: LaunchTime?.toISOString() ?? null,
          tags: (Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`),
        })),
      );
    },
    async mistake(host) {
      try {
        await clientOf(host).send(new DescribeInstancesCommand({ InstanceIds: ["i-none"] }));
        return null;
      } catch (error) {
        if (!(error instanceof EC2ServiceException)) throw error;
        throw new DriverError(error.message, { code: "ec2-refused", retryable: false, help: error.name });
      }
    },
  },
});
