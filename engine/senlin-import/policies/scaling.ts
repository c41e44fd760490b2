import { heading, type Importer } from "../imported.ts";
import { boolField, intField, mapField, textField } from "../spec-value.ts";
import { lineOfField } from "./line-of-field.ts";

/**
 * `senlin.policy.scaling`: by how much a scale action changes a cluster when nobody says. It becomes an action of its
 * own, to be called instead of the bare scale_out or scale_in. senlin: policies/scaling_policy.py
 */
export const importScaling: Importer = ({ spec, name, report }) => {
  const { path, properties } = spec;
  const at = (property: string) => lineOfField(properties, property);
  const adjustment = mapField(properties, "adjustment");
  const out = textField(properties, "event", "CLUSTER_SCALE_OUT") === "CLUSTER_SCALE_OUT";
  const number = intField(adjustment, "number", 1);
  const minimum = intField(adjustment, "min_step", 1);
  const cooldown = intField(adjustment, "cooldown", 0);
  const type = textField(adjustment, "type", "CHANGE_IN_CAPACITY");
  const call = out ? "scale_out" : "scale_in";
  report.changed(
    path,
    at("event"),
    "event",
    `becomes the action ${name}: run it instead of ${call} where no count is given`,
  );
  if (cooldown > 0) {
    const message = `no time of ${cooldown} s is kept between two actions; put it where the action is asked for`;
    report.dropped(path, at("adjustment.cooldown"), "adjustment.cooldown", message);
  }
  const steps: string[] = [];
  switch (type) {
    case "EXACT_CAPACITY":
      steps.push(`let step = ${out ? `${number} - cluster.size` : `cluster.size - ${number}`}`);
      break;
    case "CHANGE_IN_PERCENTAGE":
      steps.push(`let step = (cluster.size * ${number}%).floor().max(${minimum})`);
      break;
    case "CHANGE_IN_CAPACITY":
      steps.push(`let step = ${number}`);
      break;
    default:
      report.dropped(
        path,
        at("adjustment.type"),
        "adjustment.type",
        `"${type}" is none of Senlin's; read as a step of ${number}`,
      );
      steps.push(`let step = ${number}`);
  }
  if (boolField(adjustment, "best_effort", false)) {
    const room = out
      ? "let room = (cluster.max ?? cluster.size + step) - cluster.size"
      : "let room = cluster.size - cluster.min";
    steps.push(room, "let fits = step.min(room)", `if fits > 0 {\ncluster.${call}(fits)\n}`);
  } else steps.push(`cluster.${call}(step)`);
  return { text: `${heading(spec)}action ${name}(cluster: Cluster) {\n${steps.join("\n")}\n}` };
};
