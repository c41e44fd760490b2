import { heading, type Importer } from "../imported.ts";
import { secondsLiteral } from "../program-text.ts";
import { intField } from "../spec-value.ts";

/** `senlin.policy.batch`: how many nodes an update works on at once. senlin: policies/batch_policy.py */
export const importBatch: Importer = ({ spec, name }) => {
  const keep = intField(spec.properties, "min_in_service", 1);
  const most = intField(spec.properties, "max_batch_size", -1);
  const pause = intField(spec.properties, "pause_time", 60);
  const free = `if cluster.size > ${keep} then cluster.size - ${keep} else (cluster.size + 1).div(2)`;
  const size = most > 0 ? `free.min(${most})` : "free";
  const body = [
    `let free = ${free}`,
    `batch ${size}.max(1)${pause > 0 ? ` pause ${secondsLiteral(pause)}` : ""}`,
  ];
  return {
    text: `${heading(spec)}policy ${name} {\nbefore update {\n${body.join("\n")}\n}\n}`,
    binding: name,
  };
};
