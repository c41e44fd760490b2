import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SystemName } from "./mistakes.ts";

/** What a system's own checker says of a text before anything runs; empty when it finds nothing. */
export type Check = (text: string) => string;

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The checkers that need nothing but this repository. */
export const ownCheckers: Readonly<Pick<Record<SystemName, Check>, "coppice" | "temporal">> = {
  coppice: (text) => {
    const run = spawnSync(process.execPath, ["bin/main.mjs", "check", "-", "--no-color"], {
      cwd: root,
      input: text.replace("../../plugins/fake", "./plugins/fake"),
      encoding: "utf8",
    });
    return run.status === 0 ? "" : run.stdout.trim();
  },
  temporal: (text) => {
    // inside the repository, so that it finds the SDK's types
    const folder = join(root, ".cache");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `roll-${process.pid}.ts`);
    writeFileSync(file, text);
    try {
      const flags = [
        "--noEmit",
        "--ignoreConfig",
        "--strict",
        "--noUncheckedIndexedAccess",
        "--skipLibCheck",
      ];
      const modules = ["--module", "nodenext", "--target", "es2023", "--types", "node"];
      const compiler = join(root, "node_modules/typescript/bin/tsc");
      const run = spawnSync(process.execPath, [compiler, ...flags, ...modules, "--pretty", "false", file], {
        cwd: root,
        encoding: "utf8",
      });
      const said = run.stdout.trim().replaceAll(`.cache/roll-${process.pid}.ts`, "roll.temporal.ts");
      return run.status === 0 ? "" : said;
    } finally {
      rmSync(file, { force: true });
    }
  },
};

/**
 * The other systems' own checkers, installed into `folder` from npm and PyPI: Mistral's and Orquesta's are the code that
 * their servers run on upload; for ASL and Serverless Workflow the validators that their communities keep.
 */
export function installCheckers(
  folder: string,
): Readonly<Omit<Record<SystemName, Check>, "coppice" | "temporal">> {
  mkdirSync(folder, { recursive: true });
  const npm = join(folder, "npm");
  if (!existsSync(npm)) {
    mkdirSync(npm);
    writeFileSync(join(npm, "package.json"), "{}");
    writeFileSync(join(npm, "serverless.cjs"), serverlessScript);
    const packages = ["asl-validator@4.0.0", "@serverlessworkflow/sdk@1.0.1"];
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--save-exact", ...packages], { cwd: npm });
  }
  const mistral = venv(join(folder, "mistral"), "mistral==20.0.0", mistralScript);
  const orquesta = venv(join(folder, "orquesta"), "orquesta==1.2.0", orquestaScript);
  return {
    mistral,
    orquesta,
    asl: (text) => {
      const file = join(npm, "roll.asl.json");
      writeFileSync(file, text);
      const run = spawnSync(
        process.execPath,
        ["node_modules/asl-validator/dist/bin/asl-validator.js", "--json-path", file],
        {
          cwd: npm,
          encoding: "utf8",
        },
      );
      return run.status === 0 ? "" : `${run.stdout}${run.stderr}`.replaceAll(file, "roll.asl.json").trim();
    },
    serverless: (text) => {
      const run = spawnSync(process.execPath, ["serverless.cjs"], {
        cwd: npm,
        input: text,
        encoding: "utf8",
      });
      return run.status === 0 ? "" : run.stdout.trim();
    },
  };
}

function venv(folder: string, requirement: string, script: string): Check {
  if (!existsSync(folder)) {
    execFileSync("python3", ["-m", "venv", folder]);
    execFileSync(join(folder, "bin/pip"), ["install", "--quiet", requirement]);
    writeFileSync(join(folder, "check.py"), script);
  }
  return (text) => {
    const run = spawnSync(join(folder, "bin/python"), ["-W", "ignore", join(folder, "check.py")], {
      input: text,
      encoding: "utf8",
    });
    return run.status === 0 ? "" : run.stdout.trim();
  };
}

const mistralScript = `import logging, sys
logging.disable(logging.CRITICAL)
from mistral.lang import parser
try:
    parser.get_workbook_spec_from_yaml(sys.stdin.read(), validate=True)
except Exception as error:
    print(str(error).strip())
    sys.exit(1)
`;

/** Its newest release on PyPI is older than Python 3.10's clean-up: the first lines give back what it imports. */
const orquestaScript = `import collections, collections.abc, json, re, sys
for name in ("MutableSequence", "MutableMapping", "Mapping", "Sequence", "Iterable", "Set", "Callable"):
    setattr(collections, name, getattr(collections.abc, name))
findall = re.findall
re.findall = lambda p, s, flags=0: findall(re.sub(r"\\(\\?(i|s|m)\\)", "", p) if isinstance(p, str) else p, s, flags)
import yaml
from orquesta.specs.native.v1 import models
found = [models.WorkflowSpec(text, name="x").inspect() for text in yaml.safe_load_all(sys.stdin.read())]
found = [each for each in found if each]
for each in found:
    print(json.dumps(each, indent=1))
sys.exit(1 if found else 0)
`;

const serverlessScript = `const { readFileSync } = require("node:fs");
const { Classes } = require("@serverlessworkflow/sdk");
try {
  Classes.Workflow.deserialize(readFileSync(0, "utf8")).validate();
} catch (error) {
  console.log(error.message);
  process.exit(1);
}
`;
