import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultRules, type RuleName } from "../../../../engine/access/rules/default-rules.ts";
import { PolicyRules } from "../../../../engine/access/rules/policy-rules.ts";
import { senlinRules } from "../../../../engine/access/rules/senlin-rules.ts";
import { callerOf } from "../callers.ts";

let rules: PolicyRules;
beforeAll(async () => {
  rules = await PolicyRules.open({ file: null, logger: pino({ level: "silent" }) });
});
afterAll(() => rules.close());

/** By Senlin's names, and who has them by default there: anybody, admins, nobody (reference: config.md, section 8). */
const ofSenlin = {
  context_is_admin: "admin",
  deny_everybody: "nobody",
  build_info: "build_info",
  profile_types: "index get ops",
  policy_types: "index get",
  profiles: "index create get update delete validate",
  policies: "index create get update delete validate",
  clusters: "index create get update delete action collect operation",
  cluster_policies: "index get attach detach update",
  nodes: "index create adopt adopt_preview get update delete action operation",
  receivers: "index create get update delete notify",
  webhooks: "trigger",
  actions: "index get update",
  events: "index get",
  services: "index",
};

it("has all of Senlin's 55 rules by name, and no other among them", () => {
  const names = Object.entries(ofSenlin).flatMap(([group, operations]) =>
    operations === "admin" || operations === "nobody"
      ? [group]
      : operations.split(" ").map((operation) => `${group}:${operation}`),
  );
  expect(names).toHaveLength(55);
  expect(Object.keys(senlinRules).sort()).toEqual(names.sort());
});

describe("by default", () => {
  const may = (roles: readonly string[]) => {
    const caller = callerOf("ann", roles);
    return (Object.keys(defaultRules) as RuleName[]).filter((rule) => rules.holds(rule, caller));
  };
  const everything = Object.keys(defaultRules) as RuleName[];

  it("a plain member may do all that Senlin lets anybody do, in its own project", () => {
    for (const roles of [["member"], ["member", "reader"], ["Member"], ["manager"]]) {
      const permitted = may(roles);
      for (const rule of Object.keys(senlinRules) as RuleName[])
        if (!["context_is_admin", "deny_everybody", "services:index"].includes(rule))
          expect(permitted).toContain(rule);
      expect(permitted).not.toContain("services:index");
      expect(permitted).not.toContain("context_is_admin");
    }
  });

  it("a reader may look, have things checked, and change nothing", () => {
    const reading =
      /:(index|get|ops|collect|validate|adopt_preview|plan|explain|watch|build_info|audit|trigger)$/;
    const permitted = may(["reader"]).filter((rule) => rule.includes(":"));
    expect(permitted.filter((rule) => !reading.test(rule))).toEqual(["credentials:delete"]); // its own
    const looks = everything.filter((rule) => /:(index|get)$/.test(rule));
    const adminsOnly = ["services:index", "quotas:index", "config:get"];
    expect(looks.filter((rule) => !permitted.includes(rule)).sort()).toEqual(adminsOnly.sort());
  });

  it("an admin may do everything, in every project", () => {
    const root = callerOf("root", ["admin"]);
    const eves = { projectId: "p-of-eve", userId: "eve", domainId: "default" };
    const denied = everything.filter((rule) => !rules.holds(rule, root, eves));
    expect(denied.sort()).toEqual([
      "deny_everybody",
      "project_manager_api",
      "project_member_api",
      "project_reader_api",
    ]);
  });

  it("nobody else may do anything with another project's object", () => {
    const ann = callerOf("ann", ["manager", "member", "reader"]);
    const eves = { projectId: "p-of-eve", userId: "eve", domainId: "default" };
    const permitted = everything.filter((rule) => rules.holds(rule, ann, eves));
    expect(permitted.sort()).toEqual([
      "build_info:build_info",
      "policy_types:get",
      "policy_types:index",
      "profile_types:get",
      "profile_types:index",
      "profile_types:ops",
      "webhooks:trigger",
    ]);
  });

  it("a role of another service permits nothing but seeing types", () => {
    expect(may(["creator"]).sort()).toEqual([
      "build_info:build_info",
      "policy_types:get",
      "policy_types:index",
      "profile_types:get",
      "profile_types:index",
      "profile_types:ops",
      "webhooks:trigger",
    ]);
  });

  it("a manager decides for the project's members", () => {
    const more = may(["manager"]).filter((rule) => !may(["member"]).includes(rule));
    expect(more.sort()).toEqual([
      "project_manager_api",
      "project_manager_or_admin",
      "quotas:update_user",
      "shares:create_public",
    ]);
  });

  it("each rule says what it permits", () => {
    for (const { permits } of Object.values(defaultRules)) expect(permits).not.toBe("");
  });
});
