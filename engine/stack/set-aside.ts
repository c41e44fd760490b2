import { existsSync, renameSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import type { Home } from "./home.ts";
import { postgresFiles } from "./postgres-files.ts";
import { postgresAccount } from "./run-as.ts";

export const dataKinds = ["postgres", "temporal"] as const;
export type DataKind = (typeof dataKinds)[number];

/** Renames the data of these parts, so that they start empty; returns the new names. Deletes nothing. */
export function setDataAside(
  home: Home,
  kinds: readonly DataKind[],
  now: Date,
  config: Config = currentConfig(),
): string[] {
  const stamp = now.toISOString().replaceAll(/[-:]|\..*/g, "");
  const places: string[] = [];
  if (kinds.includes("postgres")) places.push(postgresFiles(home, postgresAccount(config)).data);
  if (kinds.includes("temporal")) places.push(home.temporal, `${home.temporal}-wal`, `${home.temporal}-shm`);
  const moved: string[] = [];
  for (const place of places.filter((each) => existsSync(each))) {
    renameSync(place, `${place}.aside-${stamp}`);
    moved.push(`${place}.aside-${stamp}`);
  }
  return moved;
}
