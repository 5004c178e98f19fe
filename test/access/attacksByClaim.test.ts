// Claims as an attacker or a careless identity provider may fill them, in tokens and in keys: a value is a name, whole and well-formed, or
// nothing is visible.
import { describe, expect, test } from "vitest";
import { signToken } from "../../src/server/signToken.ts";
import { admin, managerOf, testAuth } from "../server/demoServer.ts";
import { hostileTexts } from "./hostileTexts.ts";
import { useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop();

describe("a hostile text", () => {
  const question =
    "{ me { countries notices } kpis { orders } metrics { nodes { country } } factSales { totalCount } }";
  const tokenWith = (claims: Record<string, unknown>, more: object = {}) =>
    signToken(testAuth.secret, { role: "country_manager", claims, expiresIn: 600, ...more });
  const nothing = { kpis: { orders: 0 }, metrics: { nodes: [] }, factSales: { totalCount: 0 } };

  test("it names no country, whether it comes by token or by key", async () => {
    const figuresAlone = question.replace("me { countries notices }", "");
    const france = await shop.dataOf(managerOf("France"), figuresAlone);
    for (const text of hostileTexts.filter((one) => one.length < 1000)) {
      const byToken = await shop.askWith(
        { authorization: `Bearer ${await tokenWith({ countries: [text] })}` },
        question,
      );
      expect(byToken.errors, text).toEqual([]);
      expect(byToken.data, text).toMatchObject(nothing);
      const beside = await shop.askWith(
        { authorization: `Bearer ${await tokenWith({ countries: ["France", text] })}` },
        question,
      );
      const { me, ...figures } = beside.data as { me: { countries: string[] } };
      // Whole and well-formed, or nothing at all.
      expect(figures, text).toEqual(me.countries.length === 2 ? france : nothing);
      if (!text.isWellFormed() || text.includes("\0")) continue;
      const byKey = await shop.askWith(
        { "x-api-key": await shop.keyOf("country_manager", { countries: [text] }) },
        question,
      );
      expect(byKey.data, text).toEqual(byToken.data);
    }
  });

  test("of another shape it shows nothing, and says so without quoting it", async () => {
    const shapes = [
      ...[
        "France",
        'France","Germany',
        { France: true },
        { 0: "France", length: 1 },
        null,
        true,
        42,
        [[]],
        [["France"]],
        [null],
        [1],
      ],
      ...[
        ["France", 7],
        ["France", null],
        [""],
        [],
        [{}],
        "*",
        ["x".repeat(201)],
        Array.from({ length: 10_001 }, () => "F"),
      ],
    ];
    for (const countries of shapes) {
      const { data, errors, body } = await shop.askWith(
        { authorization: `Bearer ${await tokenWith({ countries })}` },
        question,
      );
      expect(errors).toEqual([]);
      expect(data).toMatchObject({ ...nothing, me: { countries: [] } });
      expect((data as { me: { notices: string[] } }).me.notices).toHaveLength(1);
      expect(body).not.toContain("xxx");
    }
  });

  test("a role or a subject of such a text is no role, and no error of ours", async () => {
    for (const text of hostileTexts.filter((one) => one.length < 200 && one.isWellFormed())) {
      const role = await shop.askWith({ authorization: `Bearer ${await tokenWith({}, { role: text })}` }, question);
      expect([role.status, role.codes], text).toEqual([403, ["FORBIDDEN"]]);
      const subject = await shop.askWith(
        { authorization: `Bearer ${await tokenWith({}, { role: "admin", subject: text })}` },
        "{ me { role } }",
      );
      expect(subject.data, text).toEqual({ me: { role: "admin" } });
    }
    for (const role of ["__proto__", "constructor", "toString", "Admin", "admin ", " admin", "ADMIN", "admin\n"])
      expect((await shop.askWith({ authorization: `Bearer ${await tokenWith({}, { role })}` }, question)).status).toBe(
        403,
      );
  });
});

describe("ten thousand countries", () => {
  const many = Array.from({ length: 9_999 }, (_, nth) => `Country ${nth}, "of" many\\`);
  const fields = "{ kpis { orders grossRevenue } customers { totalCount } factSales { totalCount } }";

  test("in a key's claim show those that there are, in time", async () => {
    const key = await shop.keyOf("country_manager", { countries: [...many, "France"] });
    const began = performance.now();
    const { data, errors } = await shop.askWith({ authorization: `Bearer ${key}` }, fields);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(errors).toEqual([]);
    expect(data).toEqual(await shop.dataOf(managerOf("France"), fields));
  });

  test("in a token's claim, as many as its header holds", async () => {
    const short = Array.from({ length: 5_000 }, (_, nth) => `C${nth}`);
    const token = await tokenOfCountries([...short, "France"]);
    const { data } = await shop.askWith({ authorization: `Bearer ${token}` }, fields);
    expect(data).toEqual(await shop.dataOf(managerOf("France"), fields));
    const longer = await shop.askWith({ authorization: `Bearer ${await tokenOfCountries(many)}` }, fields);
    expect([longer.status, longer.codes]).toEqual([401, ["UNAUTHENTICATED"]]);
  });

  test("in a filter ask for those that there are, or are refused as one is", async () => {
    const query =
      "query ($c: [String!]) { kpis(where: { country: { in: $c } }) { orders } metrics(where: { country: { in: $c } }) { nodes { country } } }";
    const began = performance.now();
    const asked = await shop.ask(admin, query, { c: [...many, "France"] });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(asked.data).toEqual({ kpis: { orders: 11 }, metrics: { nodes: [{ country: "France" }] } });
    const refused = await shop.ask(managerOf("France"), query, { c: [...many, "France"] });
    expect(refused.body).toBe((await shop.ask(managerOf("France"), query, { c: ["Germany"] })).body);
    expect(refused.codes).toContain("FORBIDDEN");
  });

  const tokenOfCountries = (countries: readonly string[]) =>
    signToken(testAuth.secret, { role: "country_manager", claims: { countries }, expiresIn: 600 });
});
