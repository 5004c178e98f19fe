// A second fixture, made up by a seeded generator, of what a shop seldom sees and counts must survive: customers in up to four countries,
// invoices over several customers, guests, countries and months, two turns of the year, a leap day and a month in which nothing is sold.
import type { Words } from "./randomRequests.ts";
import { readLines, scope } from "./shopLines.ts";

const countries = ["France", "Germany", "Belgium", "Spain", 'Korea, "South"'] as const;
/** Countries of each customer, as places in the list. */
const homes = [
  [0, 1, 2, 3],
  [0, 1, 2],
  [1, 3, 4],
  [0, 4],
  [1, 2],
  [0, 2],
  [0],
  [0],
  [1],
  [1],
  [2],
  [3],
  [4],
  [0],
] as const;
const products = ["A", "B", "C", "POST", "M", "gift_10"] as const;
const prices = ["2.5", "10", "0.125", "1.99", "7.333", "24", "0"] as const;
const days = [
  ...["2010-12-13", "2010-12-31", "2011-01-01", "2011-01-02", "2011-01-03", "2011-01-31", "2011-02-27", "2011-02-28"],
  ...["2011-03-01", "2011-04-30", "2011-05-29", "2011-07-04", "2011-08-15", "2011-10-02", "2011-11-21", "2011-12-31"],
  ...["2012-01-01", "2012-01-02", "2012-02-28", "2012-02-29", "2012-03-04"],
] as const;

const customerOf = (nth: number) => `M${String(nth + 1).padStart(2, "0")}`;

/** Numbers from 0 to below the bound, the same ones each time. */
function makeDraw(): (bound: number) => number {
  let state = 360;
  return (bound) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function makeFile(): string {
  const draw = makeDraw();
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T;
  const lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"];

  /** One buyer's lines; no customer: a guest. */
  function buy(
    invoice: string,
    day: string,
    customer: number | null,
    country = customer === null ? draw(5) : -1,
  ): void {
    const place = country < 0 && customer !== null ? pick(homes[customer] ?? []) : country;
    const [year, month, date] = day.split("-").map(Number);
    for (let count = 1 + draw(3); count > 0; count--) {
      const product = pick(products);
      const quantity = (1 + draw(6)) * (invoice.startsWith("C") ? -1 : 1);
      const at = `${month}/${date}/${year} ${draw(24)}:${String(draw(60)).padStart(2, "0")}`;
      const id = customer === null ? "" : customerOf(customer);
      const where = `"${(countries[place] ?? "").replaceAll('"', '""')}"`;
      lines.push([invoice, product, `${product}s`, quantity, at, pick(prices), id, where].join(","));
    }
  }

  for (let nth = 0; nth < 110; nth++) {
    const invoice = `${draw(8) === 0 ? "C" : ""}${700_000 + nth}`;
    const day = pick(days);
    const customer = draw(homes.length);
    const at = pick(homes[customer] ?? []);
    switch (draw(10)) {
      case 0:
        buy(invoice, day, null);
        break;
      case 1:
        buy(invoice, day, customer, at);
        buy(invoice, day, draw(homes.length));
        break;
      case 2:
        buy(invoice, day, customer, at);
        buy(invoice, day, null, at);
        break;
      case 3:
        buy(invoice, day, customer, at);
        buy(invoice, day, customer);
        break;
      case 4:
        buy(invoice, day, customer, at);
        buy(invoice, pick(days), customer);
        break;
      case 5:
        buy(invoice, day, customer, at);
        buy(invoice, pick(days), draw(homes.length));
        buy(invoice, pick(days), null);
        break;
      case 6:
        for (let buyer = 0; buyer < 3; buyer++) buy(invoice, pick(days), draw(homes.length));
        buy(invoice, day, null, at);
        break;
      default:
        buy(invoice, day, customer, at);
    }
  }
  return `${lines.join("\n")}\n`;
}

export const mixedFile = makeFile();
export const readMixedLines = () => readLines(mixedFile);

export const mixedWords: Words = Object.freeze({
  scopes: [
    scope("all of it", null, null),
    scope("France", ["France"], null),
    scope("France and Belgium", ["France", "Belgium"], null),
    scope("all but Germany", ["France", "Belgium", "Spain", 'Korea, "South"'], null),
    scope("a few segments", null, ["CHAMPIONS", "CHURN_RISK", "GUEST"]),
    scope("no guests", ["France", "Germany", "Spain"], ["CHAMPIONS", "LOYAL_CUSTOMERS", "AT_RISK", "CHURN_RISK"]),
  ],
  countries,
  customers: [0, 1, 2, 3, 4, 8, 12].map(customerOf),
  products,
  days: ["2010-11-30", ...days, "2012-04-16"],
});
