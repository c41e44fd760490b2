import type { Caller, Target } from "../caller.ts";
import type { CallerAttribute, Check, TargetAttribute, Template } from "./check.ts";

/** Whether a check holds for a caller and an object's owner. A rule that it names is looked up in `rules`. */
export function checkHolds(
  check: Check,
  caller: Caller,
  target: Target,
  rules: ReadonlyMap<string, Check>,
): boolean {
  const holds = (one: Check): boolean => {
    switch (one.kind) {
      case "always":
        return true;
      case "never":
        return false;
      case "not":
        return !holds(one.check);
      case "and":
        return one.checks.every(holds);
      case "or":
        return one.checks.some(holds);
      case "rule": {
        const named = rules.get(one.name);
        return named !== undefined && holds(named); // whoever read the rules has looked: it exists, and in no circle
      }
      case "role": {
        const role = render(one.role, target)?.toLowerCase();
        return role !== undefined && caller.roles.some((name) => name.toLowerCase() === role);
      }
      case "equal": {
        const left = "text" in one.left ? one.left.text : attributeOf(caller, one.left.attribute);
        return left !== null && left === render(one.right, target);
      }
    }
  };
  return holds(check);
}

/** `undefined` where the object's owner lacks the attribute: then nothing is equal to it. */
function render(template: Template, target: Target): string | undefined {
  let text = "";
  for (const part of template) {
    const value = typeof part === "string" ? part : ownerOf(target, part.target);
    if (value === undefined || value === null) return undefined;
    text += value;
  }
  return text;
}

function ownerOf(target: Target, attribute: TargetAttribute): string | null | undefined {
  switch (attribute) {
    case "project_id":
      return target.projectId;
    case "user_id":
      return target.userId;
    case "domain_id":
      return target.domainId;
  }
}

function attributeOf(caller: Caller, attribute: CallerAttribute): string | null {
  switch (attribute) {
    case "project_id":
      return caller.projectId;
    case "project_name":
      return caller.projectName;
    case "user_id":
      return caller.userId;
    case "user_name":
      return caller.userName;
    case "user_domain_id":
      return caller.userDomainId;
    case "domain_id":
      return caller.domainId;
    case "is_admin":
      return caller.isAdmin ? "True" : "False"; // as Python writes it, and so do the files
  }
}
