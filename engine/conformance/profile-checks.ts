import type { Check } from "./check.ts";
import { batchChecks } from "./checks/batch.ts";
import { createChecks } from "./checks/create.ts";
import { deleteChecks } from "./checks/delete.ts";
import { disturbedChecks } from "./checks/disturbed.ts";
import { errorChecks } from "./checks/errors.ts";
import { findChecks } from "./checks/find.ts";
import { grantChecks } from "./checks/grants.ts";
import { operationChecks } from "./checks/operations.ts";
import { updateChecks } from "./checks/update.ts";
import type { ProfileBench } from "./profile-bench.ts";

/** All that is asked of a profile type, in this order: a check comes after those that it builds on. */
export const profileChecks: readonly Check<ProfileBench>[] = [
  ...createChecks,
  ...findChecks,
  ...deleteChecks,
  ...updateChecks,
  ...operationChecks,
  ...batchChecks,
  ...disturbedChecks,
  ...errorChecks,
  ...grantChecks,
];
