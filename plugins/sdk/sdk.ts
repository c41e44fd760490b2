/** What `import … from "coppice/sdk"` gives a plugin; the loader resolves the name. */
export type { Accepted } from "./accepted.ts";
export { accepted } from "./accepted.ts";
export type {
  AcceptedCallOf,
  BatchDriver,
  Created,
  DeleteCall,
  Driver,
  FunctionCall,
  Json,
  NodeCall,
  Observed,
  ProfileDriver,
} from "./driver.ts";
export { DriverError, defineDriver } from "./driver.ts";
export { each } from "./each.ts";
export type {
  AmqpConnection,
  AmqpConsume,
  AmqpMessage,
  AmqpPublish,
  AwsAuth,
  CommandJail,
  CommandLimits,
  CommandRequest,
  CommandResult,
  EndpointRequest,
  Host,
  HostAmqp,
  HostState,
  HttpRequest,
  HttpResponse,
  HttpTls,
  KeystoneAuth,
  SshRequest,
} from "./host.ts";
export type { CallsOf, DriverOf, ManifestLike, PropertiesOf } from "./infer.ts";
export type {
  AttachCall,
  CoordinationDriver,
  DetachCall,
  LockCall,
  Notice,
  NotifierDriver,
  PolicyCall,
  PolicyDecision,
  PolicyDriver,
  PolicyNode,
  PolicyRecord,
  SecretStoreDriver,
  SourceAnswer,
  SourceDriver,
  SourceEvent,
} from "./kind-drivers.ts";
