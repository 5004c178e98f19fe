// Every setting of the program, read once into frozen data. The one place that knows the environment;
// whatever is wrong with it is reported together, so that it is mended in one go.
import { resolve } from "node:path";
import { Consumer360Error } from "../kernel/errors.ts";
import { findPackageFile } from "./findPackageFile.ts";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export type Config = Readonly<{
  /** Absolute: where the embedded PostgreSQL and the demo's secret live. */
  home: string;
  /** Null: embedded PostgreSQL. */
  databaseUrl: string | null;
  /** 0: any free port. */
  port: number;
  host: string;
  /** Null: the demo's secret, kept under `home`. Never null in production where `authenticates` was asked for. */
  authSecret: string | null;
  policyFile: string;
  production: boolean;
  logLevel: LogLevel;
  /** ISO 4217. */
  currency: string;
  snapshotsKept: number;
  poolSize: number;
  /** The share of rows (0 to 1) that a load may reject before it gives up. */
  maxRejects: number;
}>;

/** What the command line gives; it wins over the environment. */
export type Flags = Readonly<{
  port?: string | undefined;
  host?: string | undefined;
  /** Whether tokens are signed or checked: then production must have a secret. */
  authenticates?: boolean | undefined;
}>;

export type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(flags: Flags = {}, env: Environment = process.env): Config {
  const faults: string[] = [];
  const setting = reader(env, faults);

  const mode = setting("NODE_ENV", "development", oneOf("production", "development", "test"));
  const authSecret = setting("AUTH_SECRET", null, longEnough);
  if (mode === "production" && flags.authenticates && !given(env.AUTH_SECRET)) {
    faults.push(
      "AUTH_SECRET is not set: production does not start with the demo's secret. Set it to at least 32 random bytes, for example from: openssl rand -base64 48",
    );
  }
  const config: Config = Object.freeze({
    home: resolve(setting("CONSUMER360_HOME", ".consumer360", path)),
    databaseUrl: setting("DATABASE_URL", null, postgresUrl),
    port: setting("PORT", 4000, whole(0, 65_535), flags.port),
    host: setting("HOST", "127.0.0.1", hostName, flags.host),
    authSecret,
    policyFile: resolve(setting("POLICY_FILE", findPackageFile("policy/demo.yaml"), path)),
    production: mode === "production",
    logLevel: setting("LOG_LEVEL", defaultLogLevel, oneOf(...logLevels)),
    currency: setting("CURRENCY", "GBP", currency),
    snapshotsKept: setting("SNAPSHOTS_KEPT", 2, whole(2, 1000)),
    poolSize: setting("POOL_SIZE", 8, whole(1, 1000)),
    maxRejects: setting("MAX_REJECTS", 0.01, share),
  });
  if (faults.length > 0) {
    const [first, ...rest] = faults;
    throw new Consumer360Error(
      "CONFIG_INVALID",
      rest.length === 0 ? `${first}` : `${faults.length} settings are wrong:\n  ${faults.join("\n  ")}`,
      { remedy: "Change the environment or the flags; the README lists every setting." },
    );
  }
  return config;
}

const defaultLogLevel = "warn";

/** The level alone, never failing: for errors that happen before or while the rest is read. */
export function readLogLevel(env: Environment = process.env): LogLevel {
  return logLevels.find((level) => level === env.LOG_LEVEL) ?? defaultLogLevel;
}

/** What a setting's text means, or the sentence that says what it must be. */
type Meaning<T> = Readonly<{ ok: T } | { must: string; secret?: true }>;

/** An empty variable counts as unset: that is how container files leave one out. */
function given(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

function reader(env: Environment, faults: string[]) {
  return <T, D>(name: string, fallback: D, read: (text: string) => Meaning<T>, flag?: string): T | D => {
    const text = flag ?? env[name];
    if (!given(text) && flag === undefined) return fallback;
    const meaning = read(text ?? "");
    if ("ok" in meaning) return meaning.ok;
    const label = flag === undefined ? name : `--${name.toLowerCase()}`;
    const shown = meaning.secret ? "" : ` is ${JSON.stringify(text)}, and`;
    faults.push(`${label}${shown} must be ${meaning.must}.`);
    return fallback;
  };
}

function oneOf<const T extends string>(...values: readonly T[]) {
  return (text: string): Meaning<T> => {
    const found = values.find((value) => value === text);
    return found === undefined ? { must: `one of ${values.join(", ")}` } : { ok: found };
  };
}

function whole(low: number, high: number) {
  return (text: string): Meaning<number> => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= low && value <= high ? { ok: value } : { must: `a whole number from ${low} to ${high}` };
  };
}

function share(text: string): Meaning<number> {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  return value <= 1 ? { ok: value } : { must: "a share from 0 to 1, such as 0.01 for one row in a hundred" };
}

function path(text: string): Meaning<string> {
  return text.includes("\0") ? { must: "a path" } : { ok: text };
}

function hostName(text: string): Meaning<string> {
  return /^[A-Za-z0-9._:%-]+$/.test(text) ? { ok: text } : { must: "a host name or an address, such as 127.0.0.1" };
}

function longEnough(text: string): Meaning<string> {
  return Buffer.byteLength(text) >= 32
    ? { ok: text }
    : { must: "at least 32 bytes long; make one with: openssl rand -base64 48", secret: true };
}

/** Never shown in an error: it carries a password. */
function postgresUrl(text: string): Meaning<string> {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  return protocol === "postgres:" || protocol === "postgresql:"
    ? { ok: text }
    : { must: "a URL of the form postgresql://user:password@host:5432/database", secret: true };
}

function currency(text: string): Meaning<string> {
  return Intl.supportedValuesOf("currency").includes(text)
    ? { ok: text }
    : { must: "a currency's code of ISO 4217, such as GBP or EUR" };
}
