import { realpathSync } from "node:fs";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { Editor } from "./editor.ts";

/** An editor in a folder of its own; both are gone when the test is over. */
export function startEditor(completionItem: object = {}): Editor {
  const editor = new Editor(realpathSync(temporaryFolder()), completionItem);
  onTestFinished(() => editor.kill());
  return editor;
}
