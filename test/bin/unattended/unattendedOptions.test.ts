// What is asked for unattended, from the command line: which options go together, and what is passed on to `load`.
import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { loadOptions } from "../../../bin/loadOptions.ts";
import {
  passOn,
  planUnattended,
  refuseIdleOptions,
  type UnattendedPlan,
  unattendedOptions,
} from "../../../bin/unattended/unattendedOptions.ts";

/** As `serve` is told; an error's text where it is refused. */
function plan(...args: string[]): UnattendedPlan | string | null {
  let plan: UnattendedPlan | null = null;
  let said = "";
  const serve = new Command("serve")
    .exitOverride()
    .configureOutput({ writeErr: (text) => (said += text), outputError: (text) => (said += text) })
    .option("--load <file...>");
  for (const option of unattendedOptions()) serve.addOption(option);
  const given = passOn(
    serve,
    loadOptions().filter(({ long }) => long !== "--append"),
  );
  serve.action((flags, self) => {
    plan = planUnattended(flags, given, self);
    refuseIdleOptions(flags, given, self);
  });
  try {
    serve.parse(args, { from: "user" });
    return plan;
  } catch (error) {
    if (error instanceof CommanderError) return said;
    throw error;
  }
}

describe("what is done unattended", () => {
  test("is nothing where nothing is asked for", () => {
    expect(plan()).toBeNull();
  });

  test("is a watched folder, with the options of load as they were given", () => {
    expect(plan("--watch", "drop", "--date-order", "mdy", "--encoding=windows-1252")).toEqual({
      folder: resolve("drop"),
      scheduled: null,
      flags: ["--date-order=mdy", "--encoding=windows-1252"],
    });
  });

  test("is a schedule", () => {
    expect(
      plan(
        "--every",
        "0 6 * * *",
        "--time-zone",
        "UTC",
        "--load",
        "a.csv",
        "b*.csv",
        "--append",
        "--date-order",
        "dmy",
      ),
    ).toEqual({
      folder: null,
      scheduled: {
        schedule: { text: "0 6 * * *", after: expect.any(Function) },
        timeZone: "UTC",
        files: ["a.csv", "b*.csv"],
        append: true,
      },
      flags: ["--date-order=dmy"],
    });
  });

  test.each([
    [["--every", "0 6 * * *"], "consumer360: --every needs --load FILE…: what is to be loaded"],
    [
      ["--every", "0 6 * * *", "--load", "-"],
      "consumer360: --every cannot load standard input: it can be read once only",
    ],
    [
      ["--every", "0 25 * * *", "--load", "a"],
      'consumer360: --every "0 25 * * *" must be cron\'s five fields (minute, hour, day of month, month, day of week), such as "0 6 * * *" for six in the morning: Invalid value for hour: 25',
    ],
    [
      ["--every", "0 6 * * *", "--load", "a", "--time-zone", "Mars"],
      'consumer360: --time-zone "Mars" must be the name of a time zone, such as Europe/London or UTC',
    ],
    [
      ["--watch", "drop", "--time-zone", "UTC"],
      "consumer360: --time-zone says where the clock of --every stands, which is not given",
    ],
    [["--watch", ""], "consumer360: --watch must name a folder"],
    [["--load", "a"], "consumer360: --load needs --every; to load once, beside this server: npx consumer360 load FILE"],
    [
      ["--watch", "drop", "--append"],
      "consumer360: --append needs --every; to load once, beside this server: npx consumer360 load FILE",
    ],
    [
      ["--date-order", "mdy"],
      "consumer360: --date-order=mdy needs --watch or --every; to load once, beside this server: npx consumer360 load FILE",
    ],
  ])("%j is refused", (args, why) => {
    expect(plan(...args)).toBe(`${why}\n`);
  });
});
