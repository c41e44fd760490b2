import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import { newCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { type OutputOptions, openOutput } from "../../output.ts";

/** The commands with which an author hands a plugin on. */
export function publishCommands(): Command[] {
  return [packCommand(), signCommand()];
}

function packCommand(): Command {
  return newCommand("pack", {
    summary: "make an archive of a plugin",
    description:
      "Writes a plugin, with its signature if it has one, as a .tgz or .zip that programs can name. The same files give\n" +
      "the same bytes.",
    examples: [
      ["coppice plugin pack plugins/docker", "writes docker-VERSION.tgz here"],
      ["coppice plugin pack plugins/docker --out docker.zip", "writes a zip"],
    ],
  })
    .argument("<path>", "the plugin's folder or file")
    .option("-o, --out <file>", "the archive, .tgz or .zip; NAME-VERSION.tgz when left out")
    .action(async (path: string, options: OutputOptions & { out?: string }) => {
      const output = openOutput(options);
      const { writeFile } = await import("node:fs/promises");
      const { openPlugin } = await import("../../../plugins/open-plugin.ts");
      const { packPlugin } = await import("../../../plugins/pack-plugin.ts");
      const { pack, manifest, digest, signature } = openPlugin(path);
      const { name, version } = manifest;
      const file = options.out ?? `${name}-${version}.tgz`;
      const [, form] = /\.(tgz|zip)$/.exec(file) ?? [];
      if (form === undefined)
        throw new CliError(exitCodes.usage, `--out ${file}: an archive is a .tgz or a .zip`, {
          help: `write --out ${file.replace(/\.(tar\.gz|tar)$/, "")}.tgz`,
        });
      const bytes = packPlugin(pack, form as "tgz" | "zip"); // the pattern's two
      await writeFile(file, bytes);
      output.line(
        `${file}: ${pack.files.size} files, ${bytes.length} bytes, ${signature.state}, ${digest.slice(0, 12)}`,
      );
      output.data({
        file,
        name,
        version,
        files: pack.files.size,
        bytes: bytes.length,
        hash: digest,
        ...signature,
      });
    });
}

function signCommand(): Command {
  return newCommand("sign", {
    summary: "sign a plugin",
    description:
      "Signs a plugin's files with an Ed25519 key, in minisign's format: a folder gets plugin.sums and plugin.sums.minisig, a\n" +
      "single file a .minisig beside it. Others trust the key's .pub file through COPPICE_TRUSTED_KEYS.",
    examples: [
      ["coppice plugin sign ./lamps --key ~/lamps.key --new-key", "with a new key"],
      ["coppice plugin sign ./lamps --key ~/lamps.key", "after each change"],
    ],
  })
    .argument("<path>", "the plugin's folder or file")
    .requiredOption("--key <file>", "the secret key; its password is taken from COPPICE_SIGNING_PASSWORD")
    .option("--new-key", "make the key, and the public one beside it as FILE.pub")
    .action(async (path: string, options: OutputOptions & { key: string; newKey?: boolean }) => {
      const { signPlugin } = await import("../../sign-plugin.ts");
      signPlugin({ path, key: options.key, newKey: options.newKey === true, output: openOutput(options) });
    });
}
