import { heading, type Importer } from "../imported.ts";
import { secondsLiteral } from "../program-text.ts";
import { boolField, intField, listField, mapField, textField } from "../spec-value.ts";
import { lineOfField } from "./line-of-field.ts";

/**
 * `senlin.policy.health`: looks at a cluster again and again and mends its sick nodes. It becomes an action, and an `every`
 * where the cluster is known. senlin: policies/health_policy.py
 */
export const importHealth: Importer = ({ spec, name, report }) => {
  const { path, properties } = spec;
  const at = (property: string) => lineOfField(properties, property);
  const detection = mapField(properties, "detection");
  const recovery = mapField(properties, "recovery");
  const interval = intField(detection, "interval", 60);
  const modes = listField(detection, "detection_modes").map((item) => ({
    line: item.line,
    type: textField(item.kind === "map" ? item : undefined, "type", ""),
  }));
  for (const { line, type } of modes) {
    const note = modeNotes[type] ?? `"${type}" is none of Senlin's`;
    if (type !== "NODE_STATUS_POLLING") report.changed(path, line, "detection.detection_modes", note);
  }
  if (textField(detection, "recovery_conditional", "ANY_FAILED") === "ALL_FAILED" && modes.length > 1) {
    const message = "a node is healthy or not, as its driver says; there is one way to look";
    report.dropped(path, at("detection.recovery_conditional"), "detection.recovery_conditional", message);
  }
  const [action] = listField(recovery, "actions");
  const wanted = textField(action?.kind === "map" ? action : undefined, "name", "RECREATE");
  if (wanted !== "RECREATE") {
    const message = `sick nodes are made anew: ${wanted} is an operation of the driver, which any cluster may not have; put it before the recreate`;
    report.changed(path, at("recovery.actions"), "recovery.actions", message);
  }
  if (listField(recovery, "fencing").length > 0) {
    report.dropped(path, at("recovery.fencing"), "recovery.fencing", "Senlin accepted it and did nothing");
  }
  if (boolField(recovery, "node_force_recreate", false)) {
    const message = "a recreate fails where the old resource can't be deleted, so that none is left behind";
    report.dropped(path, at("recovery.node_force_recreate"), "recovery.node_force_recreate", message);
  }
  const timeout = secondsLiteral(Math.max(1, intField(detection, "node_update_timeout", 300)));
  const body = [
    "cluster.check()",
    "for node in cluster.nodes.filter(n => not n.healthy) batch all {",
    `node.recreate() retry 1 every 5s timeout ${timeout}`,
    "}",
  ];
  return {
    text: `${heading(spec)}action ${name}(cluster: Cluster) {\n${body.join("\n")}\n}`,
    trigger: (cluster) => `every ${secondsLiteral(Math.max(10, interval))} {\n${name}(${cluster})\n}`,
  };
};

const modeNotes: Readonly<Record<string, string>> = {
  LIFECYCLE_EVENTS: "the cluster is looked at regularly; add an `on` for an event that its plugin tells of",
  NODE_STATUS_POLL_URL: "a node's driver says whether it is healthy; a plugin's function can ask a URL",
  HYPERVISOR_STATUS_POLLING: "a node's driver says whether it is healthy, its hypervisor included",
};
