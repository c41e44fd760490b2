// biome-ignore-all lint/suspicious/noTemplateCurlyInString: other systems' expressions, taken as they are written

/** One text in `docs/compare`, in its system's own language. */
export const systems = {
  coppice: { title: "Coppice", file: "roll.coppice" },
  mistral: { title: "Mistral", file: "roll.mistral.yaml" },
  orquesta: { title: "StackStorm/Orquesta", file: "roll.orquesta.yaml" },
  asl: { title: "Step Functions (ASL)", file: "roll.asl.json" },
  serverless: { title: "Serverless Workflow", file: "roll.serverless.yaml" },
  temporal: { title: "Temporal TypeScript", file: "roll.temporal.ts" },
} as const;
export type SystemName = keyof typeof systems;

/** A mistake, made in each text by one replacement; `null` where the language leaves no room for it. */
export interface Mistake {
  readonly title: string;
  readonly made: Readonly<Record<SystemName, readonly [find: string, replace: string] | null>>;
}

/** The six mistakes of `docs/compare.md`. */
export const mistakes: readonly Mistake[] = [
  {
    title: "an operation's name is misspelled",
    made: {
      coppice: ["node.update(image: image)", "node.updat(image: image)"],
      mistral: ["action: senlin.update_node", "action: senlin.updat_node"],
      orquesta: ["action: senlin.update_node", "action: senlin.updat_node"],
      asl: ['"FunctionName": "update-node"', '"FunctionName": "updat-node"'],
      serverless: ["method: patch", "method: patc"],
      temporal: ["await updateNode(node.id, { image });", "await updatNode(node.id, { image });"],
    },
  },
  {
    title: "a variable's name is misspelled",
    made: {
      coppice: ["(image: image) retry", "(image: imgae) retry"],
      mistral: ["image: <% $.image %>\n        timeout", "image: <% $.imgae %>\n        timeout"],
      orquesta: ["image: <% ctx(image) %>\n    retry", "image: <% ctx(imgae) %>\n    retry"],
      asl: [
        '"node_id.$": "$.node.id", "image.$": "$.image"',
        '"node_id.$": "$.node.id", "image.$": "$.imgae"',
      ],
      serverless: [
        "image: ${ $workflow.input.image }\n                        timeout",
        "image: ${ $workflow.input.imgae }\n                        timeout",
      ],
      temporal: ["updateNode(node.id, { image });", "updateNode(node.id, { image: imgae });"],
    },
  },
  {
    title: "an argument's name is misspelled",
    made: {
      coppice: ["node.update(image: image)", "node.update(imgae: image)"],
      mistral: ["image: <% $.image %>\n        timeout", "imgae: <% $.image %>\n        timeout"],
      orquesta: ["image: <% ctx(image) %>\n    retry", "imgae: <% ctx(image) %>\n    retry"],
      asl: [
        '"node_id.$": "$.node.id", "image.$": "$.image"',
        '"node_id.$": "$.node.id", "imgae.$": "$.image"',
      ],
      serverless: [
        "image: ${ $workflow.input.image }\n                        timeout",
        "imgae: ${ $workflow.input.image }\n                        timeout",
      ],
      temporal: ["updateNode(node.id, { image });", "updateNode(node.id, { imgae: image });"],
    },
  },
  {
    title: "a text stands where a number belongs",
    made: {
      coppice: ["retry 3 every", 'retry "three" every'],
      mistral: ["count: 3\n", "count: three\n"],
      orquesta: ["count: 3\n", "count: three\n"],
      asl: ['"MaxAttempts": 3', '"MaxAttempts": "three"'],
      serverless: ["attempt: { count: 3 }", "attempt: { count: three }"],
      temporal: ["maximumAttempts: 4", 'maximumAttempts: "four"'],
    },
  },
  {
    title: "the step that puts the old image back is misspelled where it is named",
    made: {
      coppice: null,
      mistral: ["on-error: put_back", "on-error: put_bak"],
      orquesta: ["do: put_back", "do: put_bak"],
      asl: ['"Next": "PutBack"', '"Next": "PutBak"'],
      serverless: ["then: notHealthy", "then: notHealth"],
      temporal: null,
    },
  },
  {
    title: "the first node's name is used, where there may be no node",
    made: {
      coppice: ["cluster: cluster.name", "cluster: cluster.nodes.first().name"],
      mistral: ["cluster: <% $.cluster_id %>", "cluster: <% $.nodes.first().id %>"],
      orquesta: ["cluster: <% ctx(cluster_id) %>", "cluster: <% ctx(nodes).first().id %>"],
      asl: ['"cluster.$": "$.cluster_id"', '"cluster.$": "$.list.nodes[0].id"'],
      serverless: ["cluster: ${ $workflow.input.cluster_id }", "cluster: ${ $context.nodes[0].id }"],
      temporal: ['emit("rolled", { clusterId, image })', 'emit("rolled", { clusterId: nodes[0].id, image })'],
    },
  },
];

/** A system's text with a mistake in it. Throws when the text no longer has the place. */
export function withMistake(text: string, replacement: readonly [string, string]): string {
  const [find, replace] = replacement;
  const at = text.indexOf(find);
  if (at < 0) throw new Error(`the text has no ${JSON.stringify(find)}`);
  return text.slice(0, at) + replace + text.slice(at + find.length);
}
