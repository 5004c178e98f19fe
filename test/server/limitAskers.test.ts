// The counters behind rate and cost limits: what is counted, for whom, and when the next minute begins.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Limits } from "../../src/access/policy.ts";
import { type AskerLimits, limitAskers } from "../../src/server/limitAskers.ts";

const asker = { role: "analyst", subject: "token anna" };
const unlimited: Limits = { rows: null, requestsPerMinute: null, costPerMinute: null };
const requests = (requestsPerMinute: number): Limits => ({ ...unlimited, requestsPerMinute });
const costs = (costPerMinute: number): Limits => ({ ...unlimited, costPerMinute });

/** What was thrown; null: nothing. */
function refusalOf(count: () => void): unknown {
  try {
    count();
    return null;
  } catch (error) {
    return error;
  }
}

let limiter: AskerLimits;
beforeEach(() => {
  vi.useFakeTimers();
  limiter = limitAskers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("requests", () => {
  test("so many a minute, and then again after it", () => {
    for (let nth = 0; nth < 3; nth += 1) limiter.countRequest(asker, requests(3));
    vi.advanceTimersByTime(20_000);
    expect(refusalOf(() => limiter.countRequest(asker, requests(3)))).toMatchObject({
      code: "RATE_LIMITED",
      message: "Your role allows 3 requests a minute, and as many have been made. Ask again in 40 seconds.",
      retryAfter: 40,
    });
    vi.advanceTimersByTime(39_999);
    expect(refusalOf(() => limiter.countRequest(asker, requests(3)))).toMatchObject({ retryAfter: 1 });
    vi.advanceTimersByTime(1);
    for (let nth = 0; nth < 3; nth += 1) limiter.countRequest(asker, requests(3));
    expect(refusalOf(() => limiter.countRequest(asker, requests(3)))).toMatchObject({ retryAfter: 60 });
  });

  test("of each asker and each role on its own", () => {
    limiter.countRequest(asker, requests(1));
    expect(() => limiter.countRequest(asker, requests(1))).toThrow();
    limiter.countRequest({ ...asker, subject: "token bert" }, requests(1));
    limiter.countRequest({ ...asker, role: "crm" }, requests(1));
  });

  test("a bound that changes counts at once, with what was asked before", () => {
    limiter.countRequest(asker, requests(1));
    limiter.countRequest(asker, requests(2));
    expect(refusalOf(() => limiter.countRequest(asker, requests(2)))).toMatchObject({ code: "RATE_LIMITED" });
    expect(refusalOf(() => limiter.countRequest(asker, requests(1)))).toMatchObject({ code: "RATE_LIMITED" });
    limiter.countRequest(asker, unlimited);
  });

  test("no bound, no count", () => {
    for (let nth = 0; nth < 50; nth += 1) limiter.countRequest(asker, unlimited);
    limiter.countRequest(asker, requests(1));
  });

  test("beyond a hundred thousand askers the minute that began first is forgotten, and no other", () => {
    limiter.countRequest(asker, requests(1));
    for (let nth = 0; nth < 100_000; nth += 1) {
      if (nth === 99_999) expect(refusalOf(() => limiter.countRequest(asker, requests(1)))).not.toBeNull();
      limiter.countRequest({ ...asker, subject: `token ${nth}` }, requests(1));
    }
    expect(refusalOf(() => limiter.countRequest({ ...asker, subject: "token 0" }, requests(1)))).not.toBeNull();
    limiter.countRequest(asker, requests(1));
  });
});

describe("cost", () => {
  test("what is refused is not counted, so that a smaller question still has room", () => {
    limiter.countCost(asker, costs(1000), 600);
    expect(refusalOf(() => limiter.countCost(asker, costs(1000), 401))).toMatchObject({
      code: "RATE_LIMITED",
      message:
        "The query may bring an estimated 401 values, and less is left of the 1,000 a minute that your role allows. Ask again in 60 seconds.",
    });
    limiter.countCost(asker, costs(1000), 400);
    expect(refusalOf(() => limiter.countCost(asker, costs(1000), 1))).toMatchObject({ code: "RATE_LIMITED" });
  });

  test("a question that no minute has room for says so, and is not counted", () => {
    for (const values of [1001, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(refusalOf(() => limiter.countCost(asker, costs(1000), values))).toMatchObject({
        code: "QUERY_TOO_COSTLY",
      });
    }
    expect(() => limiter.countCost(asker, costs(1000), 1001)).toThrow(
      "The query may bring an estimated 1,001 values; your role allows 1,000 a minute.",
    );
    limiter.countCost(asker, costs(1000), 1000);
  });

  test("each question costs something", () => {
    limiter.countCost(asker, costs(2), 0);
    limiter.countCost(asker, costs(2), 0.2);
    expect(refusalOf(() => limiter.countCost(asker, costs(2), 0))).toMatchObject({ code: "RATE_LIMITED" });
  });

  test("is counted apart from requests", () => {
    limiter.countCost(asker, costs(5), 5);
    limiter.countRequest(asker, requests(1));
  });
});
