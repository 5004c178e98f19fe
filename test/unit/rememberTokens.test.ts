// Tokens that were found good a moment ago: for how long they are taken unchecked, and which never.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Identity } from "../../src/server/identity.ts";
import { rememberTokens } from "../../src/server/rememberTokens.ts";
import { signToken } from "../../src/server/signToken.ts";

const identity: Identity = { principal: { role: "crm", claims: {} }, subject: "anna", credential: "token" };
const tokenFor = (expiresIn: number) => signToken("0".repeat(32), { role: "crm", expiresIn });

let checks: string[];
beforeEach(() => {
  checks = [];
  vi.useFakeTimers({ toFake: ["performance", "Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});
const remember = (check: (token: string) => Promise<Identity> = async () => identity) =>
  rememberTokens((token) => {
    checks.push(token);
    return check(token);
  }, 30);

test("a good token is checked once a minute", async () => {
  const identityOf = remember();
  const token = await tokenFor(3600);
  expect(await identityOf(token)).toBe(identity);
  for (let second = 0; second < 59; second += 1) {
    vi.advanceTimersByTime(1000);
    expect(identityOf(token)).toBe(identity);
  }
  expect(checks).toEqual([token]);
  vi.advanceTimersByTime(1001);
  await identityOf(token);
  expect(checks).toEqual([token, token]);
});

test("one that ends meanwhile is checked once it has, clocks differing as they may", async () => {
  const identityOf = remember();
  const token = await tokenFor(10);
  await identityOf(token);
  vi.advanceTimersByTime(39_000);
  expect(identityOf(token)).toBe(identity);
  vi.advanceTimersByTime(2_000);
  await identityOf(token);
  expect(checks).toEqual([token, token]);
});

test("one that is refused is refused each time, and a changed one is another", async () => {
  const token = await tokenFor(3600);
  const identityOf = remember(async (given) => {
    if (given !== token) throw new Error("refused");
    return identity;
  });
  await identityOf(token);
  const forged = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
  for (const _ of [1, 2]) await expect(identityOf(forged)).rejects.toThrow("refused");
  expect(checks).toEqual([token, forged, forged]);
});
