import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, chromium } from "playwright-core";
import { startTestStack, type TestStack } from "../test/end-to-end/test-stack.ts";
import { root, runCoppice } from "../test/support/run-coppice.ts";

/**
 * Makes docs/images/temporal-ui.png: Temporal's own UI, in a real Chromium, while `roll` of examples/storefront.coppice
 * runs. Starts a stack of its own and stops it again.
 */

const picture = path.join(root, "docs", "images", "temporal-ui.png");

/** Long enough to look at: the example's servers answer in 150 ms. */
const latency = "3s";

const width = 1500;

/** For what the page fetches and draws after its first words are there. */
const settleMs = 1000;

const executable = findChromium();
const folder = mkdtempSync(path.join(tmpdir(), "coppice-screenshot-"));
let stack: TestStack | undefined;
let browser: Browser | undefined;
try {
  console.log("starting a stack of its own");
  stack = await startTestStack();
  browser = await startChromium(executable);
  await applySlowStorefront(stack);
  await settled(
    stack,
    await stack.begin("storefront", "CLUSTER_SCALE_OUT", { cluster: "storefront", count: 3 }),
  );
  const id = await stack.begin("storefront", "roll", { cluster: "storefront", image: "shop/web:1.28" });
  // the first two nodes are through, the next two are being updated
  await stack.until(
    "select count(*) filter (where state = 'done') >= 2 and count(*) >= 4 from intent where action_id = $1",
    [id],
  );
  mkdirSync(path.dirname(picture), { recursive: true });
  await takePicture(browser, await runUrlOf(stack, id));
  console.log(`wrote ${path.relative(root, picture)}`);
  await settled(stack, id);
} finally {
  await browser?.close();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
}

function findChromium(): string {
  const named = process.env["CHROMIUM"];
  const found = [named, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (file) => file !== undefined && existsSync(file),
  );
  if (found !== undefined && (named === undefined || found === named)) return found;
  const where =
    named === undefined ? "/usr/bin/chromium is not there" : `CHROMIUM is ${named}, which is not there`;
  console.error(`error: no Chromium: ${where}
help: install one (on Debian: apt-get install chromium), or name yours: CHROMIUM=/path/to/chromium npm run screenshot`);
  process.exit(1);
}

/** A browser with a fresh profile, which talks to nobody but the page that it is given. */
async function startChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Applies a copy of the example, word for word but for the latency, under the same path in a folder of its own. */
async function applySlowStorefront(on: TestStack): Promise<void> {
  const source = readFileSync(path.join(root, "examples", "storefront.coppice"), "utf8");
  const slow = source.replace(/latency: \w+/, `latency: ${latency}`);
  if (slow === source) throw new Error("examples/storefront.coppice names no latency to change");
  mkdirSync(path.join(folder, "examples"));
  symlinkSync(path.join(root, "plugins"), path.join(folder, "plugins"));
  writeFileSync(path.join(folder, "examples", "storefront.coppice"), slow);
  const env = { COPPICE_HOME: on.home };
  const ran = await runCoppice(["apply", "examples/storefront.coppice", "--yes"], { env, cwd: folder });
  if (ran.code !== 0) throw new Error(`coppice apply ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
}

/** The address of a run's page, without its tab. */
async function runUrlOf(on: TestStack, id: string): Promise<string> {
  const workflow = on.temporal.workflow.getHandle(id);
  const { runId } = await workflow.describe();
  return `${on.stack.state().temporal_ui_url}/namespaces/default/workflows/${id}/${runId}`;
}

async function settled(on: TestStack, id: string): Promise<void> {
  const end = await on.end(id);
  if (end.status !== "SUCCEEDED") throw new Error(`action ${id} ended ${end.status}: ${end.status_reason}`);
}

/** Two tabs of the run's page, one above the other: what the action is and where it stands, and its timeline. */
async function takePicture(from: Browser, runUrl: string): Promise<void> {
  const page = await from.newPage({ viewport: { width, height: 2000 }, colorScheme: "light" });
  await page.goto(`${runUrl}/user-metadata`);
  // the UI draws each text in a frame of its own: summary, details, current details
  const texts = page.locator("iframe");
  await texts.nth(2).waitFor();
  await page.waitForTimeout(settleMs);
  const left = await page.getByText("Back to Workflows").boundingBox();
  const boxes = await Promise.all((await texts.all()).map((text) => text.boundingBox()));
  const x = Math.floor((left?.x ?? 40) - 40);
  const clip = { x, width: width - x };
  const top = Math.floor((left?.y ?? 60) - 12);
  const bottom = Math.ceil(Math.max(...boxes.map((box) => (box?.y ?? 0) + (box?.height ?? 0))) + 16);
  const upper = await page.screenshot({ clip: { ...clip, y: top, height: bottom - top } });

  await page.goto(`${runUrl}/timeline`);
  const heading = page.getByRole("heading", { name: "Timeline" });
  await heading.waitFor();
  await page.waitForTimeout(settleMs);
  const begin = Math.floor(((await heading.boundingBox())?.y ?? 400) - 16);
  const lower = await page.screenshot({ clip: { ...clip, y: begin, height: 330 } });

  const sheet = await from.newPage({ viewport: { width: clip.width, height: bottom - top + 330 } });
  const image = (bytes: Buffer) =>
    `<img style="display:block" src="data:image/png;base64,${bytes.toString("base64")}">`;
  await sheet.setContent(`<body style="margin:0">${image(upper)}${image(lower)}</body>`);
  await sheet.screenshot({ path: picture, fullPage: true });
}
