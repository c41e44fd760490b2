import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { prepareProgram } from "./submit-program.ts";

interface ImpactAnswer {
  readonly impacts: readonly {
    readonly kind: string;
    readonly name: string;
    readonly change: string;
    readonly affects: readonly {
      readonly kind: string;
      readonly name: string;
      readonly through: readonly string[];
    }[];
  }[];
  readonly nodes: Readonly<Record<string, number>>;
}

/** Shows what a program's changes affect, compared with what is applied of it. */
export async function showImpact(file: string, settings: readonly string[], output: Output): Promise<void> {
  const api = findServer();
  const program = await prepareProgram(file, settings, output, api);
  const answer = await api.call<ImpactAnswer>("POST", "/v1/impacts", program);
  output.data(answer);
  if (answer.impacts.length === 0) output.line("No changes: nothing is affected.");
  for (const impact of answer.impacts) {
    const name = output.paint("bold", printable(impact.name));
    output.line(`${impact.kind} ${name} (${changes[impact.change] ?? impact.change})`);
    if (impact.affects.length === 0) output.line("  nothing else");
    for (const { kind, name: which, through } of impact.affects) {
      const count = kind === "cluster" ? answer.nodes[which] : undefined;
      const nodes = count === undefined ? "" : `, ${count === 1 ? "1 node" : `${count} nodes`}`;
      output.line(
        `  ${printable(`${kind} ${which}${nodes}`)}  ${output.paint("dim", printable(through.join("; ")))}`,
      );
    }
  }
}

const changes: Readonly<Record<string, string>> = { create: "new", update: "changed", delete: "gone" };
