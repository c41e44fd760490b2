import { may, type RuleDefinition } from "./rule-definition.ts";

/**
 * Senlin's 55 rules by its names (senlin: common/policies). Senlin lets any authenticated user do anything but list
 * services; here readers read, members work, as elsewhere in OpenStack today. Senlin's way again, in the policy file:
 * `"project_member_api": "project_id:%(project_id)s"`, and the same for `project_reader_api`.
 */
export const senlinRules = {
  context_is_admin: { check: "role:admin", permits: "whatever anybody may, in every project" },
  deny_everybody: { check: "!", permits: "nothing" },

  "build_info:build_info": may("anyone", "seeing which build answers"),
  "profile_types:index": may("anyone", "listing profile types"),
  "profile_types:get": may("anyone", "seeing a profile type's schema"),
  "profile_types:ops": may("anyone", "seeing a profile type's operations"),
  "policy_types:index": may("anyone", "listing policy types"),
  "policy_types:get": may("anyone", "seeing a policy type's schema"),

  "profiles:index": may("reader", "listing profiles"),
  "profiles:create": may("member", "creating a profile"),
  "profiles:get": may("reader", "seeing a profile"),
  "profiles:update": may("member", "updating a profile"),
  "profiles:delete": may("member", "deleting a profile"),
  "profiles:validate": may("reader", "having a profile's spec checked; keeps nothing"),

  "policies:index": may("reader", "listing policies"),
  "policies:create": may("member", "creating a policy"),
  "policies:get": may("reader", "seeing a policy"),
  "policies:update": may("member", "updating a policy"),
  "policies:delete": may("member", "deleting a policy"),
  "policies:validate": may("reader", "having a policy's spec checked; keeps nothing"),

  "clusters:index": may("reader", "listing clusters"),
  "clusters:create": may("member", "creating a cluster"),
  "clusters:get": may("reader", "seeing a cluster"),
  "clusters:update": may("member", "updating a cluster"),
  "clusters:delete": may("member", "deleting a cluster"),
  "clusters:action": may("member", "every action on a cluster"),
  "clusters:collect": may("reader", "collecting an attribute of a cluster's nodes"),
  "clusters:operation": may("member", "a profile type's operation on a cluster"),

  "cluster_policies:index": may("reader", "listing a cluster's policies"),
  "cluster_policies:get": may("reader", "seeing a cluster's binding to a policy"),
  // Senlin has these three and never asks them; here they are asked after clusters:action
  "cluster_policies:attach": may("member", "attaching a policy to a cluster"),
  "cluster_policies:detach": may("member", "detaching a policy from a cluster"),
  "cluster_policies:update": may("member", "updating a cluster's binding to a policy"),

  "nodes:index": may("reader", "listing nodes"),
  "nodes:create": may("member", "creating a node"),
  "nodes:adopt": may("member", "adopting what exists as a node"),
  "nodes:adopt_preview": may("reader", "seeing the spec of what might be adopted; keeps nothing"),
  "nodes:get": may("reader", "seeing a node"),
  "nodes:update": may("member", "updating a node"),
  "nodes:delete": may("member", "deleting a node"),
  "nodes:action": may("member", "every action on a node"),
  "nodes:operation": may("member", "a profile type's operation on a node"),

  "receivers:index": may("reader", "listing receivers"),
  "receivers:create": may("member", "creating a receiver"),
  "receivers:get": may("reader", "seeing a receiver"),
  "receivers:update": may("member", "updating a receiver"),
  "receivers:delete": may("member", "deleting a receiver"),
  "receivers:notify": may("member", "telling a message receiver that messages wait"),
  // whoever knows the signed URL: the caller is the receiver's owner
  "webhooks:trigger": may("anyone", "triggering a webhook"),

  "actions:index": may("reader", "listing actions"),
  "actions:get": may("reader", "seeing an action"),
  "actions:update": may("member", "cancelling an action"),

  "events:index": may("reader", "listing events"),
  "events:get": may("reader", "seeing an event"),

  "services:index": may("admin", "listing the engine's processes"),
} as const satisfies Record<string, RuleDefinition>;
