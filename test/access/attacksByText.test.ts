// Hostile texts in every argument and input field that the schema has: a text is a text, and matches itself or nothing. No fault of ours
// comes of it, and nothing is changed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { admin } from "../server/demoServer.ts";
import { type ArgumentPlace, argumentPlaces } from "./argumentPlaces.ts";
import { hostileTexts } from "./hostileTexts.ts";
import { type Answered, useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop();

const allowed = ["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_COSTLY"];
/** What names a snapshot may name one that is not there. */
const allowedAt = (field: string) => (field === "Query.segmentMovements" ? [...allowed, "SNAPSHOT_EXPIRED"] : allowed);
const all = argumentPlaces(await buildGraphSchema());
const fieldOf = (place: string) => place.split(".").slice(0, 2).join(".");
const fields = [...new Set(all.map(({ place }) => fieldOf(place)))];
const texts = new Set(["String", "ID"]);

/** Asks as who sees everything, so that nothing is refused before it is looked at. */
const askAt = ({ query, given }: ArgumentPlace, text: unknown): Promise<Answered> =>
  shop.ask(admin, query, { v: given(text) });

describe("in every argument and input field", () => {
  let before: string;
  const overall = "{ kpis { orders grossRevenue } customers { totalCount } factSales { totalCount } }";
  beforeAll(async () => {
    before = (await shop.ask(admin, overall)).body;
  });
  afterAll(async () => expect((await shop.ask(admin, overall)).body).toBe(before));

  test("that there is", () => {
    expect(all.length).toBeGreaterThan(300);
    const walked = new Set(all.map(({ place }) => place));
    for (const place of [
      "Query.customer.id",
      "Query.metrics.where.product.in",
      "Customer.sales.after",
      "Query.metrics.having.lt",
    ])
      expect(walked).toContain(place);
  });

  test.each(fields.map((field) => [field, all.filter(({ place }) => fieldOf(place) === field)] as const))(
    "%s",
    async (field, given) => {
      for (const [nth, place] of given.entries()) {
        // As many in turn that all places together see all of them; of one question about anything each place sees a third.
        const every = field === "Query.metrics" && texts.has(place.leaf) ? 3 : 13;
        const those = hostileTexts.filter((_, at) => at % every === nth % every);
        const plain = texts.has(place.leaf) ? await askAt(place, "nothing is called this") : null;
        for (const text of those) {
          const { data, codes, errors, status } = await askAt(place, text);
          const where = `${place.place} ${JSON.stringify(text).slice(0, 60)}`;
          if (plain && plain.errors.length === 0) expect(data, where).toEqual(plain.data);
          else if (plain) expect(codes, where).toEqual(plain.codes);
          for (const code of codes) expect(allowedAt(field), `${where} ${JSON.stringify(errors)}`).toContain(code);
          expect([200, 400], where).toContain(status);
          if (!texts.has(place.leaf) && codes.length === 0)
            expect(isHarmless(text), `${where} ${JSON.stringify(data)}`).toBe(true);
        }
      }
    },
  );

  test.each([
    ["x", 1_000_000],
    ["é", 500_000],
  ])("of a megabyte of %s", async (unit, length) => {
    const long = /^(Query\.(metrics|customer|customers)|Customer)\./;
    for (const place of all.filter(({ leaf, place: at }) => texts.has(leaf) && long.test(at))) {
      const began = performance.now();
      const { codes, body } = await askAt(place, unit.repeat(length));
      for (const code of codes) expect(allowed).toContain(code);
      expect(body.length, place.place).toBeLessThan(20_000);
      expect(performance.now() - began, place.place).toBeLessThan(5_000);
    }
    const larger = await shop.ask(admin, "query ($id: ID!) { customer(id: $id) { id } }", { id: "x".repeat(1 << 20) });
    expect([larger.status, larger.codes]).toEqual([413, ["BAD_USER_INPUT"]]);
  });

  test("written into the document, and as names of what is in it", async () => {
    for (const text of hostileTexts.filter((one) => one.length < 100)) {
      const quoted = JSON.stringify(text);
      const inline = await shop.ask(
        admin,
        `{ customer(id: ${quoted}) { id } kpis(where: { product: { eq: ${quoted} } }) { orders } }`,
      );
      if (inline.codes.length === 0) expect(inline.data).toEqual({ customer: null, kpis: { orders: 0 } });
      for (const document of [
        text,
        `{ ${text} }`,
        `{ me { ${text} } }`,
        `query ${text} { me { role } }`,
        `{ a: me { role } } # ${text}`,
      ]) {
        const { codes } = await shop.ask(admin, document);
        for (const code of codes) expect([...allowed, "GRAPHQL_PARSE_FAILED"], document).toContain(code);
      }
      const named = await shop.send({
        ...{ method: "POST", url: "/graphql", headers: { authorization: `Bearer ${await shop.tokenOf(admin)}` } },
        payload: { query: "query A { me { role } }", operationName: text, variables: { [text]: text } },
      });
      expect(named.codes).toEqual(["BAD_USER_INPUT"]);
    }
  });
});

/** Numbers are numbers wherever a text of digits is one. */
const isHarmless = (text: string) => text === "-1" || text === "9999999999999999999999";
