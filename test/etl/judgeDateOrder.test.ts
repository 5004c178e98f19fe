// One decision per file: what proves a date order, and what does not.
import { describe, expect, it } from "vitest";
import type { DateOrder } from "../../etl/layouts/fileForms.ts";
import { type DateEvidence, decideDateOrder } from "../../etl/read/decideDateOrder.ts";

const decide = (dates: Partial<DateEvidence>, asked?: DateOrder) =>
  decideDateOrder("sales.csv", { monthFirst: 0, dayFirst: 0, either: 0, iso: 0, unreadable: 0, ...dates }, asked);

describe("decideDateOrder", () => {
  it.each<[Partial<DateEvidence>, DateOrder]>([
    [{ monthFirst: 1, either: 10_000 }, "mdy"],
    [{ dayFirst: 1, either: 10_000 }, "dmy"],
    [{ monthFirst: 99, dayFirst: 1 }, "mdy"],
    [{ monthFirst: 1, dayFirst: 99, iso: 1_000_000 }, "dmy"],
    [{ iso: 5 }, "ymd"],
    [{ iso: 99, either: 1, unreadable: 50 }, "ymd"],
  ])("%j is %s", (dates, order) => expect(decide(dates)).toBe(order));

  it.each<[Partial<DateEvidence>]>([
    [{ either: 10_000 }],
    [{ monthFirst: 98, dayFirst: 2 }],
    [{ monthFirst: 5, dayFirst: 5 }],
    [{ iso: 50, either: 50 }],
    [{ unreadable: 10 }],
    [{}],
  ])("%j proves nothing", (dates) => {
    expect(() => decide(dates)).toThrow(
      expect.objectContaining({
        code: "DATE_ORDER_UNKNOWN",
        message: expect.stringContaining(`sales.csv does not prove its date order: ${dates.monthFirst ?? 0} dates`),
        remedy: expect.stringContaining("--date-order mdy|dmy|ymd"),
      }),
    );
  });

  it("the operator's word stands", () => expect(decide({ monthFirst: 5, dayFirst: 5 }, "dmy")).toBe("dmy"));
});
