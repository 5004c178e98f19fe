// The options of `serve` and `start` for loads that nobody starts by hand, and what they come to.
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { isTimeZone, readSchedule, type Schedule } from "./readSchedule.ts";

export type UnattendedFlags = Readonly<{
  watch?: string;
  every?: string;
  timeZone?: string;
  load?: string | readonly string[];
  append?: boolean;
}>;

/** What is to be done unattended; `flags` are those of `load`, as they were given. */
export type UnattendedPlan = Readonly<{
  folder: string | null;
  scheduled: Readonly<{
    schedule: Schedule;
    timeZone: string | undefined;
    files: readonly string[];
    append: boolean;
  }> | null;
  flags: readonly string[];
}>;

export function unattendedOptions(): Option[] {
  return [
    new Option("--watch <folder>", "append each file that appears in FOLDER/incoming, then move it to done or failed"),
    new Option("--every <cron>", 'load the files of --load on a schedule, such as "0 6 * * *"'),
    new Option("--time-zone <name>", "the time zone of --every, such as Europe/London (without: this machine's)"),
    new Option("--append", "with --load: add the files to what is there instead of replacing it"),
  ];
}

/** Adds the options of `load` to a command that passes them on; answers with those that were given, as they were given. */
export function passOn(command: Command, options: readonly Option[]): readonly string[] {
  const given: string[] = [];
  for (const option of options) {
    command.addOption(option);
    const flag = option.long ?? option.short ?? "";
    command.on(`option:${option.name()}`, (text: string | null | undefined) => {
      given.push(text === null || text === undefined ? flag : `${flag}=${text}`);
    });
  }
  return given;
}

/** Null: nothing is. Ends the command where the options do not go together. */
export function planUnattended(
  { watch, every, timeZone, load, append = false }: UnattendedFlags,
  given: readonly string[],
  command: Command,
): UnattendedPlan | null {
  const refuse = (why: string) => command.error(`consumer360: ${why}`);
  // on its own, what it is given for is another option of the same command
  const files = load === undefined ? [] : [load].flat();
  if (timeZone !== undefined) {
    if (every === undefined) refuse("--time-zone says where the clock of --every stands, which is not given");
    if (!isTimeZone(timeZone)) {
      refuse(`--time-zone ${JSON.stringify(timeZone)} must be the name of a time zone, such as Europe/London or UTC`);
    }
  }
  if (every === undefined && watch === undefined) return null;
  if (watch === "") refuse("--watch must name a folder");
  const folder = watch === undefined ? null : resolve(watch);
  if (every === undefined) return Object.freeze({ folder, scheduled: null, flags: given });
  if (files.length === 0) refuse("--every needs --load FILE…: what is to be loaded");
  if (files.includes("-")) refuse("--every cannot load standard input: it can be read once only");
  const schedule = scheduleOf(every, timeZone, refuse);
  return Object.freeze({ folder, scheduled: Object.freeze({ schedule, timeZone, files, append }), flags: given });
}

/** Where a command loads nothing by itself, options that say how to load are a slip that would stay silent. */
export function refuseIdleOptions(
  { watch, every, load, append }: UnattendedFlags,
  given: readonly string[],
  command: Command,
): void {
  if (every !== undefined) return;
  const loadFlags = [...(load === undefined ? [] : ["--load"]), ...(append ? ["--append"] : [])];
  const [idle] = watch === undefined ? [...loadFlags, ...given] : loadFlags;
  if (idle === undefined) return;
  const needs = loadFlags.includes(idle) ? "--every" : "--watch or --every";
  command.error(`consumer360: ${idle} needs ${needs}; to load once, beside this server: npx consumer360 load FILE`);
}

function scheduleOf(every: string, timeZone: string | undefined, refuse: (why: string) => never): Schedule {
  try {
    return readSchedule(every, timeZone);
  } catch (error) {
    return refuse(`--every ${JSON.stringify(every)} ${error instanceof Error ? error.message : error}`);
  }
}
