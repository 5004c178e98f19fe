#!/usr/bin/env node
// The command line: says what can be done, runs one command, and turns whatever goes wrong into two lines and an exit code.
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { defaultSample } from "../etl/sample/generateSample.ts";
import { usualLinesPerCustomer } from "../etl/sample/inventCustomers.ts";
import { findPackageFile } from "../src/server/findPackageFile.ts";
import { readLogLevel } from "../src/server/readConfig.ts";
import { exportedLists, type ListName } from "./exportedLists.ts";
import { formatError, withoutStops } from "./formatError.ts";
import { loadOptions } from "./loadOptions.ts";
import { outputOptions } from "./outputOptions.ts";
import { type Claims, parseClaims } from "./parseClaims.ts";
import { parseDuration } from "./parseDuration.ts";
import { parseKeyName } from "./parseKeyName.ts";
import { parseCount, parseMonth, parseWhole } from "./parseSampleOptions.ts";
import { parseSubject } from "./parseSubject.ts";
import { parseTime } from "./parseTime.ts";
import { readingOptions } from "./readingOptions.ts";
import { Stopped } from "./stopSignal.ts";
import { passOn, planUnattended, refuseIdleOptions, unattendedOptions } from "./unattended/unattendedOptions.ts";

const { version } = JSON.parse(readFileSync(findPackageFile("package.json"), "utf8")) as { version: string };

const exits = `
Exit codes:
  0    done; for start and serve also: stopped by Ctrl-C or SIGTERM
  1    failed; standard error says what and how to mend it
  2    not understood: a command, an option or an argument is wrong
  130  interrupted: by Ctrl-C in load, by a second Ctrl-C elsewhere

Settings come from the environment too; the README lists them. LOG_LEVEL=debug adds the stack to an error.`;

const program = new Command("consumer360")
  .description("One trustworthy customer view over retail transaction files, served as a typed graph.")
  .version(version)
  .addHelpText("after", exits)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(withoutStops(text.replace(/^error: /, "consumer360: "))) });

// each command is read when it runs: `token` need not wait for a database driver
const command = (name: string, description: string) => program.command(name).description(description);
const json = new Option("--json", "print JSON alone on standard output");
const port = new Option("--port <number>", "port to listen on; 0 for any free one (PORT, 4000)");
const host = new Option("--host <address>", "address to listen on; 0.0.0.0 to serve other machines (HOST, 127.0.0.1)");

/** What says how to load; whether to add is an option of its own where loads are not started by hand. */
const passedOn = () => loadOptions().filter(({ long }) => long !== "--append");
const startCommand = command(
  "start",
  "database, migrations, a generated sample if the warehouse is empty, and the server",
)
  .option("--load <file...>", "load these files instead of the sample; they replace what was there")
  .addOption(port)
  .addOption(host);
for (const option of unattendedOptions()) startCommand.addOption(option);
const givenToStart = passOn(startCommand, passedOn());
startCommand.action(async (flags, self) => {
  const plan = planUnattended(flags, givenToStart, self);
  await (await import("./start.ts")).start(flags, plan);
});

const loadCommand = command(
  "load",
  "load files and publish them, in place of what was there or in addition; beside a running server, or alone",
).argument("<file...>", "CSV, plain or gzip, or XLSX; patterns such as 2024-*.csv; - for standard input");
for (const option of loadOptions()) loadCommand.addOption(option);
loadCommand
  .option("--no-follow-up", "leave what is computed once a snapshot is published to a server, or to follow-up")
  .addOption(json)
  .action(async (paths, flags) => (await import("./load.ts")).load(paths, flags));

command("rollback", "publish the snapshot before once more, or another that is kept")
  .option("--to <number>", "a snapshot that is kept (default: the one before)", parseCount)
  .addOption(json)
  .action(async (flags) => (await import("./rollback.ts")).rollback(flags));

const serveCommand = command("serve", "the server alone, on a warehouse that is there")
  .addOption(port)
  .addOption(host)
  .option("--load <file...>", "with --every: what is loaded");
for (const option of unattendedOptions()) serveCommand.addOption(option);
const givenToServe = passOn(serveCommand, passedOn());
serveCommand.action(async (flags, self) => {
  const plan = planUnattended(flags, givenToServe, self);
  refuseIdleOptions(flags, givenToServe, self);
  await (await import("./serve.ts")).serve(flags, plan);
});

command("status", "what is published, since when, and where")
  .addOption(json)
  .action(async (flags) => (await import("./status.ts")).status(flags));

command("rejects", "the rows that a load could not load; --export writes them to be mended and loaded back")
  .option("--load <number>", "of this load (default: the newest that has some)", parseCount)
  .option("--code <code>", "for this reason alone, such as BAD_DATE")
  .option("--file <name>", "of this file alone")
  .option("--rows <number>", "how many are listed", parseCount, 50)
  .addOption(json)
  .option("--export <file>", "write them all to a file or a folder, or with - to standard output; docs/rejects.md")
  .addOption(new Option("--format <format>", "of --export").choices(["csv", "jsonl"]).default("csv"))
  .option("--force", "write over a file that is there")
  .action(async (flags, self) => (await import("./rejects.ts")).rejects(flags, self));

command("verify", "whether segments, rollups, products and facts are what the lines make; changes nothing")
  .option("--snapshot <number>", "a snapshot that is kept (default: the published one)", parseCount)
  .addOption(json)
  .action(async (flags) => (await import("./verify.ts")).verify(flags));

command(
  "follow-up",
  "compute what a load leaves for after its publish, where that was not done: product pairs, standings",
)
  .addOption(json)
  .action(async (flags) => (await import("./followUp.ts")).followUp(flags));

const layout = command("layout", "what the columns of files mean: list the layouts, check a mapping file");
layout
  .command("list")
  .description("the layouts that are recognised by their header")
  .addOption(json)
  .action(async (flags) => (await import("./layout.ts")).listLayouts(flags));
const checkLayout = layout
  .command("check")
  .description("whether a mapping file is in order, and how a data file is read with it")
  .argument("<layout>", "a mapping file (.json), or the name of a layout")
  .argument("[file]", "a data file")
  .addOption(json);
for (const option of readingOptions().slice(1)) checkLayout.addOption(option);
checkLayout.action(async (name, file, flags) => (await import("./layout.ts")).checkLayout(name, file, flags));

const { lines, months, from, seed } = defaultSample;
command("sample", "write a generated transaction file")
  .option("--lines <number>", "data rows", parseCount, lines)
  .option("--months <number>", "months that they span", parseWhole, months)
  .addOption(new Option("--from <month>", "first month, YYYY-MM").argParser(parseMonth).default(from, from))
  .option("--customers <number>", `customers (default: one for every ${usualLinesPerCustomer} lines)`, parseCount)
  .option("--seed <number>", "the same seed gives the same file", parseWhole, seed)
  .option("--output <file>", "where to; .gz at its end for gzip, - for standard output (default: -, if not a terminal)")
  .option("--force", "write over a file that is there")
  .action(async (flags, self) => (await import("./sample.ts")).sample(flags, self));

const claim = new Option(
  "--claim <name=values>",
  "a list that the policy may use: countries=France,Germany; repeatable",
).argParser((text: string, before?: Claims) => parseClaims(text, before));
command("token", "print a token for the graph")
  .requiredOption("--role <name>", "a role of the policy")
  .option(
    "--subject <name>",
    "whom it is for: limits and the audit tell askers apart by it (default: token:ROLE)",
    parseSubject,
  )
  .addOption(claim)
  .addOption(
    new Option("--expires <duration>", "how long it is good for: 30m, 12h, 7d")
      .argParser(parseDuration)
      .default(parseDuration("12h"), "12h"),
  )
  .action(async (flags, self) => (await import("./token.ts")).token(flags, self));

const exporting = command("export", "a list of customers as a file, as the owner or a role sees it; docs/exports.md");
for (const [name, { description }] of Object.entries(exportedLists)) {
  const exportCommand = exporting
    .command(name)
    .description(description)
    .option("--role <name>", "as this role of the policy sees it (default: as the owner, nothing hidden)")
    .addOption(claim)
    .option("--snapshot <number>", "a snapshot that is kept (default: the published one)", parseCount);
  for (const option of outputOptions()) exportCommand.addOption(option);
  exportCommand.action(async (flags, self) => (await import("./export.ts")).exportList(name as ListName, flags, self));
}
const rejectsExport = exporting
  .command("rejects")
  .description("the rows that a load could not load, to be mended and loaded back")
  .option("--load <number>", "of this load (default: the newest that has some)", parseCount)
  .option("--code <code>", "for this reason alone")
  .option("--file <name>", "of this file alone");
for (const option of outputOptions()) rejectsExport.addOption(option);
rejectsExport.action(async (flags, self) => (await import("./exportRejects.ts")).exportRejects(flags, self));

const key = command("key", "keys with which programs ask: make, list and revoke them");
key
  .command("create")
  .description("print a new key; it is shown this once")
  .addOption(new Option("--name <name>", "what logs call it").argParser(parseKeyName).makeOptionMandatory())
  .requiredOption("--role <name>", "a role of the policy")
  .addOption(claim)
  .addOption(
    new Option("--expires <duration>", "how long it is good for: 12h, 90d (without: until it is revoked)").argParser(
      parseDuration,
    ),
  )
  .action(async (flags, self) => (await import("./key.ts")).createKey(flags, self));
key
  .command("list")
  .description("the keys that are there or were, without their secrets")
  .addOption(json)
  .action(async (flags) => (await import("./key.ts")).listKeys(flags));
key
  .command("revoke")
  .description("make a key worthless at once")
  .argument("<name>", "its name", parseKeyName)
  .action(async (name, _, self) => (await import("./key.ts")).revokeKey(name, self));

command("audit", "who asked what, from the table that AUDIT=table fills; the newest last")
  .option("--last <number>", "how many records", parseCount, 50)
  .option("--subject <name>", "of one asker alone: a token's subject, or key:NAME")
  .option("--since <time>", "since a day or a moment in UTC: 2026-01-01, 2026-01-01T08:30Z", parseTime)
  .addOption(json)
  .action(async (flags) => (await import("./audit.ts")).audit(flags));

const policy = command("policy", "who may see what: check a policy, show a role of it, test it before it is deployed");
policy
  .command("check")
  .description("whether a policy is in order; all faults at once")
  .argument("[file]", "the policy (default: POLICY_FILE)")
  .action(async (file) => (await import("./checkPolicy.ts")).checkPolicy(file));
policy
  .command("show")
  .description("a role of POLICY_FILE as it is once it has inherited, and where each key was stated")
  .argument("<role>", "a role of the policy")
  .addOption(claim)
  .addOption(json)
  .action(async (role, flags, self) => (await import("./showPolicy.ts")).showPolicy(role, flags, self));
policy
  .command("test")
  .description("hold a policy against a file of expectations; policy/demo.test.yaml is a pattern")
  .argument("<file>", "the expectations; they name the policy (without: POLICY_FILE)")
  .addOption(json)
  .action(async (file, flags) => (await import("./testPolicy.ts")).testPolicy(file, flags));

// a reader that went away, as in `sample | head`, has what it wanted: no reason to leave a server or a database behind; whoever is
// writing hears of anything else, and cleans up
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: Error & { code?: string }) => {
    if (error.code !== "EPIPE" && stream.listenerCount("error") === 1) throw error;
  });
}

try {
  if (process.argv.length <= 2) program.help({ error: true });
  await program.parseAsync();
} catch (error) {
  if (error instanceof Stopped) process.exit(error.exitCode);
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  process.stderr.write(formatError(error, { withStack: ["debug", "trace"].includes(readLogLevel()) }));
  process.exit(1);
}
