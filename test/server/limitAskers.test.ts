// The counters behind rate and cost limits: what is counted, for whom, and when the next minute begins.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Limits } from "../../src/access/policy.ts";
import { type AskerLimits, limitAskers } from "../../src/server/limitAskers.ts";

const asker = { role: "analyst", subject: "token anna" };
const unlimited: Limits = { rows: null, requestsPerMinute: null, costPerMinute: null };
const requests = (requestsPerMinute: number): Limits => ({ ...unlimited, requestsPerMinute });
const costs = (costPerMinute: number): Limits => ({ ...unlimited, costPerMinute });

let limiter: AskerLimits;
beforeEach(() => {
  vi.useFakeTimers();
  limiter = limitAskers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("requests", () => {
  test("so many a minute, and then again after it", async () => {
    for (let nth = 0; nth < 3; nth += 1) await limiter.countRequest(asker, requests(3));
    vi.advanceTimersByTime(20_000);
    await expect(limiter.countRequest(asker, requests(3))).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message: "Your role allows 3 requests a minute, and as many have been made. Ask again in 40 seconds.",
      retryAfter: 40,
    });
    vi.advanceTimersByTime(39_999);
    await expect(limiter.countRequest(asker, requests(3))).rejects.toMatchObject({ retryAfter: 1 });
    vi.advanceTimersByTime(1);
    for (let nth = 0; nth < 3; nth += 1) await limiter.countRequest(asker, requests(3));
    await expect(limiter.countRequest(asker, requests(3))).rejects.toMatchObject({ retryAfter: 60 });
  });

  test("of each asker and each role on its own", async () => {
    await limiter.countRequest(asker, requests(1));
    await expect(limiter.countRequest(asker, requests(1))).rejects.toThrow();
    await limiter.countRequest({ ...asker, subject: "token bert" }, requests(1));
    await limiter.countRequest({ ...asker, role: "crm" }, requests(1));
  });

  test("a bound that changes counts at once, with what was asked before", async () => {
    await limiter.countRequest(asker, requests(1));
    await limiter.countRequest(asker, requests(2));
    await expect(limiter.countRequest(asker, requests(2))).rejects.toMatchObject({ code: "RATE_LIMITED" });
    await expect(limiter.countRequest(asker, requests(1))).rejects.toMatchObject({ code: "RATE_LIMITED" });
    await limiter.countRequest(asker, unlimited);
  });

  test("no bound, no count", async () => {
    for (let nth = 0; nth < 50; nth += 1) await limiter.countRequest(asker, unlimited);
    await limiter.countRequest(asker, requests(1));
  });

  test("of many at once exactly as many as may pass", async () => {
    const asked = Array.from({ length: 50 }, () => limiter.countRequest(asker, requests(7)));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
  });
});

describe("cost", () => {
  test("what is refused is not counted, so that a smaller question still has room", async () => {
    await limiter.countCost(asker, costs(1000), 600);
    await expect(limiter.countCost(asker, costs(1000), 401)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message:
        "The query may bring an estimated 401 values, and less is left of the 1,000 a minute that your role allows. Ask again in 60 seconds.",
    });
    await limiter.countCost(asker, costs(1000), 400);
    await expect(limiter.countCost(asker, costs(1000), 1)).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });

  test("a question that no minute has room for says so, and is not counted", async () => {
    for (const values of [1001, Number.POSITIVE_INFINITY, Number.NaN]) {
      await expect(limiter.countCost(asker, costs(1000), values)).rejects.toMatchObject({ code: "QUERY_TOO_COSTLY" });
    }
    await expect(limiter.countCost(asker, costs(1000), 1001)).rejects.toThrow(
      "The query may bring an estimated 1,001 values; your role allows 1,000 a minute.",
    );
    await limiter.countCost(asker, costs(1000), 1000);
  });

  test("each question costs something", async () => {
    await limiter.countCost(asker, costs(2), 0);
    await limiter.countCost(asker, costs(2), 0.2);
    await expect(limiter.countCost(asker, costs(2), 0)).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });

  test("is counted apart from requests", async () => {
    await limiter.countCost(asker, costs(5), 5);
    await limiter.countRequest(asker, requests(1));
  });
});
