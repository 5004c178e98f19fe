// Settings: defaults, what each accepts, and that every fault is reported in one go, never with a secret in it.
import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import {
  childEnvironment,
  type Environment,
  type Flags,
  readConfig,
  readLogLevel,
} from "../../src/server/readConfig.ts";

function faultOf(env: Environment, flags: Flags = {}): Consumer360Error {
  try {
    readConfig(flags, env);
  } catch (error) {
    if (error instanceof Consumer360Error) return error;
    throw error;
  }
  throw new Error("The settings were accepted.");
}

const secret = "0123456789abcdef0123456789abcdef";
const server: Environment = {
  AUTH_JWKS_URL: "https://idp/keys",
  AUTH_ISSUER: "https://idp",
  AUTH_AUDIENCE: "c360",
};

describe("the settings", () => {
  test("all have a default", () => {
    const config = readConfig({}, {});
    const { policyFile, ...rest } = config;
    expect(rest).toEqual({
      home: resolve(".consumer360"),
      databaseUrl: null,
      readerDatabaseUrl: null,
      port: 4000,
      host: "127.0.0.1",
      auth: { secret: null, jwksUrl: null, issuer: null, audience: null, clockSkew: 30, roleClaim: "role" },
      audit: "log",
      production: false,
      logLevel: "warn",
      currency: "GBP",
      monetary: "grossRevenue",
      snapshotsKept: 2,
      daysKept: 0,
      tolerances: { months: 0.05, segments: 0.5 },
      poolSize: 8,
      answerCacheBytes: 64 * 2 ** 20,
      maxRejects: 0.01,
      loadWebhook: null,
    });
    expect(policyFile).toMatch(/[\\/]policy[\\/]demo\.yaml$/);
    expect(isAbsolute(policyFile) && existsSync(policyFile)).toBe(true);
    expect(Object.isFrozen(config) && Object.isFrozen(config.auth)).toBe(true);
  });

  test("come from the environment", () => {
    const config = readConfig(
      { authenticates: true },
      {
        CONSUMER360_HOME: "/srv/data",
        DATABASE_URL: "postgres://u:p@db:5432/c360",
        PORT: "0",
        HOST: "::1",
        READER_DATABASE_URL: "postgres://r:p@db:5432/c360",
        AUTH_SECRET: secret,
        AUTH_JWKS_URL: "https://idp/keys",
        AUTH_ISSUER: "https://idp",
        AUTH_AUDIENCE: "c360",
        AUTH_CLOCK_SKEW: "0",
        AUTH_ROLE_CLAIM: "https://shop/role",
        AUDIT: "table",
        POLICY_FILE: "mine.yaml",
        NODE_ENV: "production",
        LOG_LEVEL: "debug",
        CURRENCY: "EUR",
        RFM_MONETARY: "netRevenue",
        SNAPSHOTS_KEPT: "5",
        SNAPSHOT_DAYS: "30",
        MONTH_TOLERANCE: "0.2",
        SEGMENT_TOLERANCE: "1",
        POOL_SIZE: "1",
        ANSWER_CACHE_MB: "0",
        MAX_REJECTS: "0",
      },
    );
    expect(config).toEqual({
      home: resolve("/srv/data"),
      databaseUrl: "postgres://u:p@db:5432/c360",
      readerDatabaseUrl: "postgres://r:p@db:5432/c360",
      port: 0,
      host: "::1",
      auth: {
        secret,
        jwksUrl: "https://idp/keys",
        issuer: "https://idp",
        audience: "c360",
        clockSkew: 0,
        roleClaim: "https://shop/role",
      },
      audit: "table",
      policyFile: resolve("mine.yaml"),
      production: true,
      logLevel: "debug",
      currency: "EUR",
      monetary: "netRevenue",
      snapshotsKept: 5,
      daysKept: 30,
      tolerances: { months: 0.2, segments: 1 },
      poolSize: 1,
      answerCacheBytes: 0,
      maxRejects: 0,
      loadWebhook: null,
    });
  });

  test("a flag wins over the environment, and is named in its fault", () => {
    expect(readConfig({ port: "5000" }, { PORT: "not looked at" }).port).toBe(5000);
    expect(faultOf({}, { port: "" }).message).toBe(`--port is "", and must be a whole number from 0 to 65535.`);
  });

  test("an empty variable counts as unset", () => {
    expect(readConfig({}, { PORT: "", DATABASE_URL: "", AUTH_SECRET: "", NODE_ENV: "" })).toEqual(readConfig({}, {}));
  });

  test.each<[Environment, string]>([
    [{ PORT: "65536" }, `PORT is "65536"`],
    [{ PORT: "-1" }, `PORT is "-1"`],
    [{ PORT: "0x10" }, "PORT"],
    [{ PORT: "4000.5" }, "PORT"],
    [{ PORT: " 4000" }, "PORT"],
    [{ HOST: "a b" }, "HOST"],
    [{ NODE_ENV: "prod" }, "one of production, development, test"],
    [{ LOG_LEVEL: "loud" }, "one of fatal, error, warn"],
    [{ CURRENCY: "gbp" }, "ISO 4217"],
    [{ CURRENCY: "ZZZ" }, "ISO 4217"],
    [{ SNAPSHOTS_KEPT: "1" }, "from 2"],
    [{ POOL_SIZE: "0" }, "from 1"],
    [{ MAX_REJECTS: "1.01" }, "from 0 to 1"],
    [{ MAX_REJECTS: "1%" }, "from 0 to 1"],
    [{ MAX_REJECTS: "." }, "from 0 to 1"],
    [{ DATABASE_URL: "mysql://x" }, "postgresql://"],
    [{ DATABASE_URL: "localhost" }, "postgresql://"],
    [{ AUTH_SECRET: "short" }, "at least 32 bytes"],
    [{ CONSUMER360_HOME: "a\0b" }, "a path"],
    [{ DATABASE_URL: "postgres://db", READER_DATABASE_URL: "db" }, "postgresql://"],
    [{ READER_DATABASE_URL: "postgres://r:p@db/c360" }, "DATABASE_URL is not set: with READER_DATABASE_URL it must be"],
    [{ READER_DATABASE_URL: "postgres://r:p@db/c360", DATABASE_URL: "" }, "DATABASE_URL is not set"],
    [{ AUDIT: "on" }, "one of off, log, table"],
    [{ AUTH_CLOCK_SKEW: "301" }, "from 0 to 300"],
    [{ AUTH_CLOCK_SKEW: "-1" }, "from 0 to 300"],
    [{ AUTH_ROLE_CLAIM: "sub" }, "other than iss, sub, aud, exp, nbf, iat, jti"],
    [{ AUTH_ROLE_CLAIM: " role" }, "the name of a claim"],
    [{ AUTH_ISSUER: "https://idp " }, "without blanks at its ends"],
    [{ ...server, AUTH_ISSUER: "" }, "AUTH_ISSUER is not set: with AUTH_JWKS_URL it must be"],
    [{ ...server, AUTH_AUDIENCE: undefined }, "AUTH_AUDIENCE is not set"],
    [{ ...server, AUTH_JWKS_URL: "idp/keys" }, "an https URL of a JSON Web Key Set"],
    [{ ...server, AUTH_JWKS_URL: "http://idp/keys" }, "an https URL"],
    [{ ...server, AUTH_JWKS_URL: "http://localhost.evil/keys" }, "an https URL"],
    [{ ...server, AUTH_JWKS_URL: "http://localhost@evil/keys" }, "an https URL"],
    [{ ...server, AUTH_JWKS_URL: "file:///keys" }, "an https URL"],
    [{ ...server, AUTH_JWKS_URL: "https://me:hunter2@idp/keys" }, "without user and password"],
    [{ ...server, AUTH_JWKS_URL: "http://localhost:1/keys", NODE_ENV: "production" }, "an https URL"],
  ])("%j is refused", (env, words) => {
    const fault = faultOf(env);
    expect(fault.code).toBe("CONFIG_INVALID");
    expect(fault.message).toContain(words);
    expect(fault.message).not.toContain("\n");
    expect(fault.remedy).toContain("README");
  });

  test("faults are reported together, without secrets", () => {
    const env = { PORT: "x", HOST: " ", DATABASE_URL: "mysql://me:hunter2@db", AUTH_SECRET: "letmein", CURRENCY: "?" };
    const { message } = faultOf({ ...server, ...env, AUTH_JWKS_URL: "ftp://me:hunter2@idp" });
    expect(message).toMatch(/^6 settings are wrong:\n/);
    for (const name of Object.keys(env)) expect(message).toContain(`\n  ${name} `);
    expect(message).not.toMatch(/hunter2|letmein/);
  });

  test("production without a secret is refused by what authenticates, and by nothing else", () => {
    const fault = faultOf({ NODE_ENV: "production" }, { authenticates: true });
    expect(fault.message).toMatch(/^AUTH_SECRET is not set, nor is AUTH_JWKS_URL: production .* openssl rand/);
    expect(faultOf({ NODE_ENV: "production", AUTH_SECRET: "" }, { authenticates: true }).code).toBe("CONFIG_INVALID");
    expect(readConfig({}, { NODE_ENV: "production" }).auth.secret).toBeNull();
    expect(readConfig({ authenticates: true }, { NODE_ENV: "test" }).auth.secret).toBeNull();
    expect(readConfig({ authenticates: true }, { NODE_ENV: "production", ...server }).auth).toMatchObject({
      secret: null,
      jwksUrl: "https://idp/keys",
    });
  });

  test.each(["http://localhost:8080/keys", "http://127.0.0.1/keys"])("a key server at %s is for trying out", (url) => {
    expect(readConfig({}, { ...server, AUTH_JWKS_URL: url }).auth.jwksUrl).toBe(url);
  });

  test("the webhook's address is kept whole, and never shown", () => {
    const url = "https://hooks.example.com/T1/letmein?key=hunter2";
    const secret = "0123456789abcdef0123456789abcdef";
    expect(readConfig({}, { LOAD_WEBHOOK_URL: url }).loadWebhook).toEqual({ url, secret: null });
    expect(readConfig({}, { LOAD_WEBHOOK_URL: url, LOAD_WEBHOOK_SECRET: secret }).loadWebhook).toEqual({ url, secret });
    expect(readConfig({}, { LOAD_WEBHOOK_URL: "" }).loadWebhook).toBeNull();
    for (const LOAD_WEBHOOK_URL of ["https://me:hunter2@example.com/", "ftp://example.com/hunter2", "hunter2"]) {
      const { message } = faultOf({ LOAD_WEBHOOK_URL });
      expect(message).toBe("LOAD_WEBHOOK_URL must be an http or https URL, without user and password.");
    }
    expect(faultOf({ LOAD_WEBHOOK_URL: url, LOAD_WEBHOOK_SECRET: "hunter2" }).message).not.toContain("hunter2");
    expect(faultOf({ LOAD_WEBHOOK_SECRET: secret }).message).toMatch(/^LOAD_WEBHOOK_URL is not set: /);
  });

  test("a program that is started gets the environment, but for the changes", () => {
    expect(childEnvironment({ B: "" }, { A: "1", B: "2" })).toEqual({ A: "1", B: "" });
  });

  test("the log level alone can be read from any environment", () => {
    expect(readLogLevel({ LOG_LEVEL: "debug", PORT: "x" })).toBe("debug");
    expect(readLogLevel({ LOG_LEVEL: "loud" })).toBe("warn");
    expect(readLogLevel({})).toBe("warn");
  });
});
