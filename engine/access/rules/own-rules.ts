import { may, type RuleDefinition } from "./rule-definition.ts";

const ofClusterActions = (permits: string): RuleDefinition => ({ check: "rule:clusters:action", permits });
const ofNodeActions = (permits: string): RuleDefinition => ({ check: "rule:nodes:action", permits });

/** Rules that Senlin lacks: those of operations from microversion 1.15 on, and one for each action. */
export const ownRules = {
  "clusters:action:add_nodes": ofClusterActions("adding nodes to a cluster"),
  "clusters:action:del_nodes": ofClusterActions("taking nodes out of a cluster"),
  "clusters:action:replace_nodes": ofClusterActions("replacing nodes of a cluster"),
  "clusters:action:scale_out": ofClusterActions("growing a cluster"),
  "clusters:action:scale_in": ofClusterActions("shrinking a cluster"),
  "clusters:action:resize": ofClusterActions("setting a cluster's size"),
  "clusters:action:check": ofClusterActions("checking a cluster's nodes"),
  "clusters:action:recover": ofClusterActions("recovering a cluster's nodes"),
  "clusters:action:policy_attach": ofClusterActions("attaching a policy by an action"),
  "clusters:action:policy_detach": ofClusterActions("detaching a policy by an action"),
  "clusters:action:policy_update": ofClusterActions("updating a binding by an action"),
  "clusters:action:complete_lifecycle": ofClusterActions("completing a lifecycle hook"),
  "clusters:action:suspend": ofClusterActions("suspending a cluster"),
  "clusters:action:resume": ofClusterActions("resuming a cluster"),
  "clusters:action:scale_vertically": ofClusterActions("giving a cluster's nodes more or less"),
  "clusters:action:blue_green": ofClusterActions("replacing a cluster's nodes by a second set"),
  "clusters:action:replace_old": ofClusterActions("replacing a cluster's old nodes"),
  "clusters:action:fill_standby": ofClusterActions("filling up a cluster's nodes that stand by"),
  "clusters:action:override": ofClusterActions("having a program's action stand in for a built-in one"),
  "clusters:action:maintain": ofClusterActions("putting a cluster into maintenance and back"),
  "nodes:action:check": ofNodeActions("checking a node"),
  "nodes:action:recover": ofNodeActions("recovering a node"),
  "nodes:action:suspend": ofNodeActions("suspending a node"),
  "nodes:action:resume": ofNodeActions("resuming a node"),
  "nodes:action:scale_vertically": ofNodeActions("giving a node more or less"),
  "nodes:action:protect": ofNodeActions("keeping a node from being scaled in"),
  "nodes:action:maintain": ofNodeActions("putting a node into maintenance and back"),

  "nodes:explain": may("reader", "seeing why a node is what it is"),
  "receivers:show_channel": may(
    "member",
    "seeing the URL that triggers a webhook: whoever has it may trigger",
  ),

  "actions:create": may("member", "starting an action of a program"),
  "actions:plan": may("reader", "seeing what an action would do; does nothing"),
  "actions:explain": may("reader", "seeing what policies decided on an action, and why"),
  "actions:retry": may("member", "trying a failed action again"),
  "actions:watch": may("reader", "following an action while it runs"),
  "events:watch": may("reader", "following events as they happen"),

  "approvals:index": may("reader", "listing questions that actions wait for"),
  "approvals:answer": may("member", "answering one; the question itself may ask for a further role"),

  "programs:index": may("reader", "listing programs and their versions"),
  "programs:get": may("reader", "seeing a program, its versions and what changed"),
  "programs:plan": may("reader", "seeing what applying a program would change; changes nothing"),
  "programs:apply": may("member", "applying a program, or an older version of it"),

  "plugins:index": may("reader", "listing plugins"),
  "plugins:get": may("reader", "seeing a plugin and its manifest"),
  "plugins:create": may("member", "uploading a plugin"),
  "plugins:load": may("admin", "loading again what was unloaded"),
  "plugins:unload": may("admin", "unloading a plugin"),
  "plugins:send_event": may("member", "telling the engine of an event in a plugin's name"),
  "plugins:audit": may("reader", "seeing what plugins did for the own project"),

  "schedules:index": may("reader", "listing schedules and listeners"),
  "schedules:get": may("reader", "seeing a schedule or listener"),
  "schedules:create": may("member", "creating a schedule"),
  "schedules:update": may("member", "updating, pausing and resuming a schedule or listener"),
  "schedules:delete": may("member", "deleting a schedule"),
  "schedules:fire": may("member", "starting what a schedule or listener starts, now"),

  "shares:index": may("reader", "listing shares, given and received"),
  "shares:get": may("reader", "seeing a share"),
  "shares:create": may("member", "sharing an object with a user or a project"),
  "shares:create_public": may("manager", "sharing an object with everyone"),
  "shares:update": may("member", "changing what a share permits"),
  "shares:delete": may("member", "revoking a share, or leaving one"),

  "quotas:get": may("reader", "seeing the own project's limits and use"),
  "quotas:index": may("admin", "seeing every project's limits and use"),
  "quotas:update": may("admin", "setting a project's limits"),
  "quotas:delete": may("admin", "setting a project's limits back to the defaults"),
  "quotas:update_user": may("manager", "setting a user's part of the project's limits"),

  "credentials:get": may("reader", "seeing whether the engine may act in the own name"),
  "credentials:create": may("member", "letting the engine act in the own name"),
  "credentials:delete": may("reader", "taking that back"),

  "config:get": may("admin", "seeing the engine's configuration"),
} as const satisfies Record<string, RuleDefinition>;
