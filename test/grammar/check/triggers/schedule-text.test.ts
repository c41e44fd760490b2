import { describe, expect, it } from "vitest";
import { parseOnce, parseRepeated, scheduleSlug } from "../../../../grammar/check/triggers/schedule-text.ts";
import { timeZoneProblem } from "../../../../grammar/check/triggers/time-zones.ts";

describe("parseRepeated", () => {
  it.each([
    ["18:00", { kind: "weekly", days: [0, 1, 2, 3, 4, 5, 6], hour: 18, minute: 0 }],
    ["7:05", { kind: "weekly", days: [0, 1, 2, 3, 4, 5, 6], hour: 7, minute: 5 }],
    ["Fri 18:00", { kind: "weekly", days: [5], hour: 18, minute: 0 }],
    ["Mon-Fri 02:30", { kind: "weekly", days: [1, 2, 3, 4, 5], hour: 2, minute: 30 }],
    ["Fri-Mon 02:30", { kind: "weekly", days: [0, 1, 5, 6], hour: 2, minute: 30 }],
    ["Mon,Wed 07:00", { kind: "weekly", days: [1, 3], hour: 7, minute: 0 }],
    ["mon-tue,sat 07:00", { kind: "weekly", days: [1, 2, 6], hour: 7, minute: 0 }],
    ["0 2 * * *", { kind: "cron", line: "0 2 * * *" }],
    ["*/15 8-18 * * MON-FRI", { kind: "cron", line: "*/15 8-18 * * MON-FRI" }],
    ["0 0 1,15 jan,jul *", { kind: "cron", line: "0 0 1,15 jan,jul *" }],
    ["0 0 29 2 *", { kind: "cron", line: "0 0 29 2 *" }],
  ])("%s", (text, schedule) => {
    expect(parseRepeated(text)).toEqual({ schedule });
  });

  it.each([
    ["18h", '"18:00"'],
    ["18h30", '"18:30"'],
    ["Friday 18:00", '"Fri 18:00"'],
    ["Fri 6pm", '"Fri 18:00"'],
    ["6:30 pm", '"18:30"'],
    ["12am", '"00:00"'],
    ["24:00", '"00:00"'],
    ["18:00:00", '"18:00"'],
    ["18.30", '"18:30"'],
    ["every day at 18:00", '"18:00"'],
    ["weekdays 07:00", '"Mon-Fri 07:00"'],
    ["Monday to Friday 07:00", '"Mon-Fri 07:00"'],
    ["Mon and Wed 07:00", '"Mon,Wed 07:00"'],
    ["18:00 Fri", '"Fri 18:00"'],
    ["@daily", '"00:00"'],
    ["@hourly", "1h"],
    ["noon", '"12:00"'],
    ["30m", "30m"],
    ["5 minutes", "5m"],
    ["0 0 2 * * ?", '"0 2 * * *"'],
  ])("%s is probably meant as %s", (text, instead) => {
    expect(parseRepeated(text)).toMatchObject({ instead });
  });

  it.each([
    "",
    "soon",
    "25:00",
    "12:60",
    "Fri",
    "Fry 18:00",
    "61 * * * *",
    "* * 0 * *",
    "* * * 13 *",
    "5-1 * * * *",
    "*/0 * * * *",
    "0 0 31 4,6 *",
  ])("%j means nothing", (text) => {
    expect(parseRepeated(text)).toHaveProperty("problem");
  });
});

describe("parseOnce", () => {
  it("takes a date and a time", () => {
    expect(parseOnce("2026-12-24 20:00")).toEqual({ schedule: { kind: "once", time: "2026-12-24T20:00" } });
    expect(parseOnce("2028-02-29T00:00")).toEqual({ schedule: { kind: "once", time: "2028-02-29T00:00" } });
  });

  it.each([
    ["24.12.2026 20:00", '"2026-12-24 20:00"'],
    ["2026-12-24 8pm", '"2026-12-24 20:00"'],
    ["2026-1-4 20:00", '"2026-01-04 20:00"'],
    ["2026-12-24 20:00:00", '"2026-12-24 20:00"'],
  ])("%s is probably meant as %s", (text, instead) => {
    expect(parseOnce(text)).toMatchObject({ instead });
  });

  it.each(["2026-02-29 20:00", "2026-12-24 24:30", "20:00", "12/24/2026", "soon"])(
    "%s means nothing",
    (text) => {
      expect(parseOnce(text)).toHaveProperty("problem");
    },
  );
});

it("makes names of schedules", () => {
  expect(scheduleSlug("every", "Fri 18:00")).toBe("every_fri_18_00");
  expect(scheduleSlug("every", "*/5 * * * *")).toBe("every_5");
  expect(scheduleSlug("every", "* * * * *")).toBe("every");
  expect(scheduleSlug("at", "2026-12-24 20:00")).toBe("at_2026_12_24_20_00");
});

describe("timeZoneProblem", () => {
  it.each(["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Asia/Kolkata"])("%s exists", (zone) => {
    expect(timeZoneProblem(zone)).toBeUndefined();
  });

  it.each([
    ["Europe/Pari", "Europe/Paris"],
    ["paris", "Europe/Paris"],
    ["New York", "America/New_York"],
    ["CET", "Europe/Paris"],
    ["utc", "UTC"],
  ])("%s is probably meant as %s", (zone, instead) => {
    expect(timeZoneProblem(zone)).toMatchObject({ instead });
  });

  it.each(["+01:00", "GMT+1", "Mars/Olympus", ""])("%j is none", (zone) => {
    expect(timeZoneProblem(zone)?.instead).toBeUndefined();
    expect(timeZoneProblem(zone)?.help).toBeDefined();
  });
});
