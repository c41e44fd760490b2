import { readResults, type SuiteName, suiteNames } from "../test/peers/senlin-clients/results.ts";
import { type TargetName, targetNames } from "../test/peers/senlin-clients/target.ts";
import { exchangeNames, readExchange, readGolden } from "../test/support/exchange/golden-files.ts";

const suiteTitles: Record<SuiteName, string> = {
  commands: "commands of `openstack cluster`",
  api: "tempest's API tests",
  functional: "tempest's functional tests",
};

/** docs/senlin.md with its generated parts, between `<!-- name -->` and `<!-- end of name -->`, written anew. */
export function senlinPage(page: string): string {
  return Object.entries({ clients: clientsPart(), differences: differencesPart() }).reduce(
    (text, [name, part]) =>
      text.replace(
        new RegExp(`(<!-- ${name}: .* -->\n)[\\s\\S]*?(<!-- end of ${name} -->)`),
        (_, from: string, to: string) => `${from}\n${part}\n\n${to}`,
      ),
    page,
  );
}

/** How the clients' tests ended on both systems, and which ended differently. */
function clientsPart(): string {
  const results = new Map(targetNames.map((target) => [target, readResults(target)]));
  const how = (target: TargetName, suite: SuiteName, name: string) =>
    results.get(target)?.[suite]?.[name] ?? "not run";
  const count = (target: TargetName, suite: SuiteName) => {
    const ended = Object.values(results.get(target)?.[suite] ?? {});
    return ended.length === 0
      ? "not run"
      : `${ended.filter((each) => each === "ok").length} of ${ended.length}`;
  };
  const lines = ["| passed | Senlin 14.0.0 | Coppice |", "| --- | --- | --- |"];
  for (const suite of suiteNames)
    lines.push(`| ${suiteTitles[suite]} | ${count("senlin", suite)} | ${count("coppice", suite)} |`);
  const names = suiteNames.flatMap((suite) =>
    [...new Set(targetNames.flatMap((target) => Object.keys(results.get(target)?.[suite] ?? {})))]
      .filter((name) => targetNames.some((target) => how(target, suite, name) !== "ok"))
      .map((name) => `| \`${name}\` | ${how("senlin", suite, name)} | ${how("coppice", suite, name)} |`),
  );
  if (names.length > 0 && names.length <= 60)
    lines.push(
      "",
      "Not passed on both:",
      "",
      "| test | Senlin 14.0.0 | Coppice |",
      "| --- | --- | --- |",
      ...names,
    );
  return lines.join("\n");
}

/** The requests that Coppice answers otherwise than Senlin did, by the reason. */
function differencesPart(): string {
  const byReason = new Map<string, string[]>();
  let compared = 0;
  for (const name of exchangeNames()) {
    const golden = readGolden(name);
    for (const { title, differs } of readExchange(name)) {
      compared++;
      if (differs === undefined) continue;
      const theirs = golden.get(title)?.slice(0, 3);
      const change = Number(theirs) === differs.status ? `${theirs}` : `${theirs} → ${differs.status}`;
      byReason.set(differs.reason, [
        ...(byReason.get(differs.reason) ?? []),
        `${name}: ${title} (${change})`,
      ]);
    }
  }
  const meant = [...byReason.values()].flat().length;
  const lines = [
    `Of ${compared} requests, ${compared - meant} are answered as Senlin does, ${meant} otherwise:`,
  ];
  for (const [reason, titles] of byReason) {
    const shown = titles.length > 1 ? titles.map((title) => `  - ${title}`) : [];
    lines.push(`- ${reason}${titles.length > 1 ? "" : `: ${titles[0]}`}`, ...shown);
  }
  return lines.join("\n");
}
