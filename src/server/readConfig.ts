// Every setting of the program, read once into frozen data. The one place that knows the environment;
// whatever is wrong with it is reported together, so that it is mended in one go.
import { resolve } from "node:path";
import { registeredClaims } from "../access/principal.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { findPackageFile } from "./findPackageFile.ts";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where the record of who asked what goes: nowhere, to the log, or to the log and a table of the warehouse. */
const auditTargets = ["off", "log", "table"] as const;
export type AuditTarget = (typeof auditTargets)[number];

/** How tokens are checked. Neither a secret nor a key server: the demo's secret, which production refuses. */
export type AuthConfig = Readonly<{
  /** HS256: at least 32 bytes. */
  secret: string | null;
  /** RS256 and ES256: the JSON Web Key Set of an identity provider. Then issuer and audience are not null. */
  jwksUrl: string | null;
  /** Null: not checked. */
  issuer: string | null;
  /** Null: not checked. */
  audience: string | null;
  /** Seconds by which the clocks of issuer and server may differ. */
  clockSkew: number;
  /** The top-level claim that holds the role. */
  roleClaim: string;
}>;

export type Config = Readonly<{
  /** Absolute: where the embedded PostgreSQL and the demo's secret live. */
  home: string;
  /** Null: embedded PostgreSQL. */
  databaseUrl: string | null;
  /** The warehouse as a user who may do nothing but read under a scope. Null: `databaseUrl`, whose user becomes the reader. */
  readerDatabaseUrl: string | null;
  /** 0: any free port. */
  port: number;
  host: string;
  auth: AuthConfig;
  audit: AuditTarget;
  policyFile: string;
  production: boolean;
  logLevel: LogLevel;
  /** ISO 4217. */
  currency: string;
  /** What customers' monetary scores are made of. */
  monetary: "grossRevenue" | "netRevenue";
  snapshotsKept: number;
  /** Days that a snapshot stays at least after it was published, beyond that number. */
  daysKept: number;
  /** How far closed months, and the shares of segments, may move before a publish is refused: shares from 0 to 1. */
  tolerances: Readonly<{ months: number; segments: number }>;
  poolSize: number;
  /** Bytes of answers that are kept to be given again; 0: none is. */
  answerCacheBytes: number;
  /** The share of rows (0 to 1) that a load may reject before it gives up. */
  maxRejects: number;
  /** Who is told how each load ended. Null: nobody. */
  loadWebhook: LoadWebhook | null;
}>;

/** Never shown: the path of such an address is often what proves the sender. `secret` signs what is sent; null: unsigned. */
export type LoadWebhook = Readonly<{ url: string; secret: string | null }>;

/** What the command line gives; it wins over the environment. */
export type Flags = Readonly<{
  port?: string | undefined;
  host?: string | undefined;
  /** Whether tokens are signed or checked: then production must have a secret or a key server. */
  authenticates?: boolean | undefined;
}>;

export type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(flags: Flags = {}, env: Environment = process.env): Config {
  const faults: string[] = [];
  const setting = reader(env, faults);

  const mode = setting("NODE_ENV", "development", oneOf("production", "development", "test"));
  const production = mode === "production";
  const config: Config = Object.freeze({
    home: resolve(setting("CONSUMER360_HOME", ".consumer360", path)),
    databaseUrl: setting("DATABASE_URL", null, postgresUrl),
    readerDatabaseUrl: setting("READER_DATABASE_URL", null, postgresUrl),
    port: setting("PORT", 4000, whole(0, 65_535), flags.port),
    host: setting("HOST", "127.0.0.1", hostName, flags.host),
    auth: readAuth(setting, { env, faults, production, authenticates: flags.authenticates === true }),
    audit: setting("AUDIT", "log", oneOf(...auditTargets)),
    policyFile: resolve(setting("POLICY_FILE", findPackageFile("policy/demo.yaml"), path)),
    production,
    logLevel: setting("LOG_LEVEL", defaultLogLevel, oneOf(...logLevels)),
    currency: setting("CURRENCY", "GBP", currency),
    monetary: setting("RFM_MONETARY", "grossRevenue", oneOf("grossRevenue", "netRevenue")),
    snapshotsKept: setting("SNAPSHOTS_KEPT", 2, whole(2, 1000)),
    daysKept: setting("SNAPSHOT_DAYS", 0, whole(0, 36_500)),
    tolerances: Object.freeze({
      months: setting("MONTH_TOLERANCE", 0.05, share),
      segments: setting("SEGMENT_TOLERANCE", 0.5, share),
    }),
    poolSize: setting("POOL_SIZE", 8, whole(1, 1000)),
    answerCacheBytes: setting("ANSWER_CACHE_MB", 64, whole(0, 65_536)) * 2 ** 20,
    maxRejects: setting("MAX_REJECTS", 0.01, share),
    loadWebhook: readWebhook(setting, { env, faults }),
  });
  if (given(env.READER_DATABASE_URL) && !given(env.DATABASE_URL)) {
    faults.push(
      "DATABASE_URL is not set: with READER_DATABASE_URL it must be, for both name one database; the embedded one makes a login for readers itself.",
    );
  }
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

function readAuth(
  setting: Setting,
  {
    env,
    faults,
    production,
    authenticates,
  }: { env: Environment; faults: string[]; production: boolean; authenticates: boolean },
): AuthConfig {
  const auth = Object.freeze({
    secret: setting("AUTH_SECRET", null, longEnough),
    jwksUrl: setting("AUTH_JWKS_URL", null, keyServer(production)),
    issuer: setting("AUTH_ISSUER", null, claimText),
    audience: setting("AUTH_AUDIENCE", null, claimText),
    clockSkew: setting("AUTH_CLOCK_SKEW", 30, whole(0, 300)),
    roleClaim: setting("AUTH_ROLE_CLAIM", "role", claimName),
  });
  if (given(env.AUTH_JWKS_URL)) {
    for (const name of ["AUTH_ISSUER", "AUTH_AUDIENCE"]) {
      if (!given(env[name])) {
        faults.push(
          `${name} is not set: with AUTH_JWKS_URL it must be, for a key server signs for other programs too.`,
        );
      }
    }
  } else if (production && authenticates && !given(env.AUTH_SECRET)) {
    faults.push(
      "AUTH_SECRET is not set, nor is AUTH_JWKS_URL: production does not start with the demo's secret. Set AUTH_SECRET to at least 32 random bytes, for example from: openssl rand -base64 48",
    );
  }
  return auth;
}

function readWebhook(setting: Setting, { env, faults }: { env: Environment; faults: string[] }): LoadWebhook | null {
  const url = setting("LOAD_WEBHOOK_URL", null, webhookUrl);
  const secret = setting("LOAD_WEBHOOK_SECRET", null, longEnough);
  if (given(env.LOAD_WEBHOOK_SECRET) && !given(env.LOAD_WEBHOOK_URL)) {
    faults.push("LOAD_WEBHOOK_URL is not set: LOAD_WEBHOOK_SECRET signs what is sent there.");
  }
  return url === null ? null : Object.freeze({ url, secret });
}

/** The environment of a program that this one starts: its own, but for the changes. Empty counts as unset. */
export function childEnvironment(
  changes: Readonly<Record<string, string>>,
  env: Environment = process.env,
): Record<string, string | undefined> {
  return { ...env, ...changes };
}

const defaultLogLevel = "warn";

/** The level alone, never failing: for errors that happen before or while the rest is read. */
export function readLogLevel(env: Environment = process.env): LogLevel {
  return logLevels.find((level) => level === env.LOG_LEVEL) ?? defaultLogLevel;
}

/** What a setting's text means, or the sentence that says what it must be. */
type Meaning<T> = Readonly<{ ok: T } | { must: string; secret?: boolean }>;

/** An empty variable counts as unset: that is how container files leave one out. */
function given(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

type Setting = <T, D>(name: string, fallback: D, read: (text: string) => Meaning<T>, flag?: string) => T | D;

function reader(env: Environment, faults: string[]): Setting {
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

/** Keys that travel unprotected could be exchanged on the way; within one machine they do not travel. */
function keyServer(production: boolean) {
  return (text: string): Meaning<string> => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const near = !production && url?.protocol === "http:" && ["localhost", "127.0.0.1"].includes(url.hostname);
    if (url && (url.protocol === "https:" || near) && url.username === "" && url.password === "") return { ok: text };
    const exception = production ? "" : " (http for localhost only)";
    return {
      must: `an https URL of a JSON Web Key Set, without user and password${exception}`,
      secret: text.includes("@"),
    };
  };
}

function webhookUrl(text: string): Meaning<string> {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHttp = url?.protocol === "https:" || url?.protocol === "http:";
  return isHttp && url.username === "" && url.password === ""
    ? { ok: text }
    : { must: "an http or https URL, without user and password", secret: true };
}

function claimText(text: string): Meaning<string> {
  return text.trim() === text ? { ok: text } : { must: "a text without blanks at its ends" };
}

function claimName(text: string): Meaning<string> {
  const others = registeredClaims.filter((name) => name !== "role");
  return text.trim() === text && !others.includes(text)
    ? { ok: text }
    : { must: `the name of a claim of its own, other than ${others.join(", ")}` };
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
