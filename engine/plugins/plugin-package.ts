/**
 * A plugin's files as they were read once, in memory. Hash, signature, manifest and bundle all come from here, so the
 * bytes that run are the bytes that were checked, whatever happens on disk in between.
 */
export interface PluginPackage {
  /** As messages name it. */
  readonly shown: string;
  readonly kind: PackageKind;
  /** Contents by path with `/`, in the order of the paths; signatures are not among them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Links that lead out of the plugin, or to a folder: they are no part of it. */
  readonly links: ReadonlySet<string>;
  /** The folder that holds `files` on disk, links resolved; `null` when they were in an archive. */
  readonly home: string | null;
  /** Of a single file its signature alone; of others the sums that are signed, too. */
  readonly signature: { readonly sums: string | null; readonly text: string } | null;
}

export type PackageKind = "folder" | "file" | "archive";

/** Names of the files that sign a folder or an archive; they are no part of what they sign. */
export const signatureFiles = { sums: "plugin.sums", signature: "plugin.sums.minisig" } as const;

/** A package from files in any order, its signature taken out. */
export function assemblePackage(
  q: Omit<PluginPackage, "signature" | "files"> & { readonly files: ReadonlyMap<string, Uint8Array> },
): PluginPackage {
  const text = (name: string) => {
    const bytes = q.files.get(name);
    return bytes === undefined ? null : Buffer.from(bytes).toString("utf8");
  };
  const signature = text(signatureFiles.signature);
  const own = [...q.files].filter(
    ([path]) => path !== signatureFiles.sums && path !== signatureFiles.signature,
  );
  own.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...q,
    files: new Map(own),
    signature: signature === null ? null : { sums: text(signatureFiles.sums), text: signature },
  };
}
