// What can be done with the request around the question, and with what GraphQL puts around a field: batches, other methods, paths and
// content types, names of operations, directives and fragments. What is asked is judged, and nothing else is answered.
import { describe, expect, test } from "vitest";
import { managerOf } from "../server/demoServer.ts";
import { useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop();
const question = "{ me { role countries } kpis { orders } }";
const manager = managerOf("France");

describe("the request", () => {
  const headersOf = async () => ({ authorization: `Bearer ${await shop.tokenOf(manager)}` });

  test("takes one question, however several are put into it", async () => {
    const headers = await headersOf();
    const one = { query: question };
    for (const payload of [
      [one],
      [one, one],
      [],
      [[one]],
      { 0: one, 1: one },
      { query: [question, question] },
      { query: null },
      {},
    ]) {
      const { status, data, codes, statements } = await shop.send({
        method: "POST",
        url: "/graphql",
        headers,
        payload,
      });
      expect({ status, data, codes, statements }).toEqual({
        status: 400,
        data: undefined,
        codes: ["BAD_USER_INPUT"],
        statements: [],
      });
    }
    const lines = { "content-type": "application/x-ndjson" };
    const payload = `${JSON.stringify(one)}\n${JSON.stringify(one)}`;
    expect(
      (await shop.send({ method: "POST", url: "/graphql", headers: { ...headers, ...lines }, payload })).status,
    ).toBe(415);
  });

  test("by GET is the question of the URL alone, under the same scope", async () => {
    const headers = { ...(await headersOf()), "apollo-require-preflight": "1" };
    const get = (search: string, more = {}) =>
      shop.send({ url: `/graphql?${search}`, headers: { ...headers, ...more } });
    const posted = await shop.ask(manager, question);
    expect((await get(`query=${encodeURIComponent(question)}`)).body).toBe(posted.body);
    const hidden = "query ($c: String) { kpis(where: { country: { eq: $c } }) { orders } }";
    const variables = (country: string) => encodeURIComponent(JSON.stringify({ c: country }));
    const [german, nobodys] = [
      await get(`query=${encodeURIComponent(hidden)}&variables=${variables("Germany")}`),
      await get(`query=${encodeURIComponent(hidden)}&variables=${variables("Atlantis")}`),
    ];
    expect(german.codes).toEqual(["FORBIDDEN"]);
    expect(german.body).toBe(nobodys.body);
    const twice = await get(
      `query=${encodeURIComponent("{ me { role } }")}&query=${encodeURIComponent("{ churnRisk { totalCount } }")}`,
    );
    expect([twice.status, twice.codes]).toEqual([400, ["BAD_USER_INPUT"]]);
    expect((await get(`query=${encodeURIComponent("mutation { x }")}`)).status).toBeGreaterThanOrEqual(400);
    expect(
      (await shop.send({ url: `/graphql?query=${encodeURIComponent(question)}`, headers: await headersOf() })).body,
    ).toContain("CSRF");
    const mixed = await shop.send({
      method: "POST",
      url: `/graphql?query=${encodeURIComponent("{ dataset { account { read } } }")}`,
      headers,
      payload: { query: "{ me { role } }" },
    });
    expect(mixed.data).toEqual({ me: { role: "country_manager" } });
  });

  test("of another content type, method or path is no way round", async () => {
    const headers = await headersOf();
    const payload = JSON.stringify({ query: question });
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/graphql",
      "text/xml",
    ];
    for (const type of types) {
      const { status, data } = await shop.send({
        method: "POST",
        url: "/graphql",
        headers: { ...headers, "content-type": type },
        payload,
      });
      expect(data, type).toBeUndefined();
      expect([400, 415], type).toContain(status);
    }
    for (const override of ["x-http-method-override", "x-method-override", "x-http-method"]) {
      const { status } = await shop.send({
        method: "PUT",
        url: "/graphql",
        headers: { ...headers, "content-type": "application/json", [override]: "POST" },
        payload,
      });
      expect(status).toBe(405);
    }
    for (const url of [
      "/graphql/",
      "//graphql",
      "/GraphQL",
      "/graphql/..%2fgraphql",
      "/graphql%00",
      "/api/graphql",
      "/graphql;x=1",
    ]) {
      const { status } = await shop.send({ method: "POST", url, headers, payload: { query: question } });
      expect([400, 404], url).toContain(status);
    }
  });

  test("runs one operation, the one that is named, and that is judged", async () => {
    const query =
      'query A { me { role } } query B { dataset { account { read } } churnRisk(where: { country: { eq: "Germany" } }) { totalCount } }';
    const send = async (more: object) =>
      shop.send({ method: "POST", url: "/graphql", headers: await headersOf(), payload: { query, ...more } });
    expect((await send({ operationName: "A" })).data).toEqual({ me: { role: "country_manager" } });
    expect((await send({ operationName: "B" })).codes).toEqual(["FORBIDDEN"]);
    for (const operationName of [undefined, null, "", "C", "a", "A ", "__proto__", "constructor"]) {
      const { codes, data } = await send({ operationName });
      expect([codes, data]).toEqual([["BAD_USER_INPUT"], undefined]);
    }
    for (const operationName of [1, ["A"], {}, true]) expect((await send({ operationName })).status).toBe(400);
    const doubled = "query A { me { role } } query A { kpis { orders } }";
    expect((await shop.ask(manager, doubled)).codes).toContain("GRAPHQL_VALIDATION_FAILED");
  });

  test("asks: it changes nothing and subscribes to nothing", async () => {
    for (const document of [
      "mutation { me { role } }",
      "subscription { me { role } }",
      "mutation M { __typename }",
      "subscription S { __typename }",
      "{ me { role } } mutation M { me { role } }",
    ])
      for (const operationName of [undefined, "M", "S"]) {
        const { data, codes } = await shop.send({
          method: "POST",
          url: "/graphql",
          headers: await headersOf(),
          payload: { query: document, operationName },
        });
        expect(data ?? null, document).toBeNull();
        expect(codes.length).toBeGreaterThan(0);
      }
  });
});

describe("inside the question", () => {
  const asker = { role: "executive" };

  test("what is left out is not asked, and what is put in is judged, by whatever directive or fragment", async () => {
    const left =
      "{ me { role } churnRisk @skip(if: true) { totalCount } ... @include(if: false) { customers { totalCount } } }";
    expect((await shop.ask(asker, left)).data).toEqual({ me: { role: "executive" } });
    const put = [
      "{ churnRisk @include(if: true) { totalCount } }",
      "{ churnRisk @skip(if: false) @include(if: true) { totalCount } }",
      "query ($yes: Boolean!) { churnRisk @include(if: $yes) { totalCount } }",
      "query ($no: Boolean! = false) { ... @skip(if: $no) { churnRisk { totalCount } } }",
      "{ ...a } fragment a on Query { ...b } fragment b on Query { kpis: churnRisk { totalCount } }",
      "{ ... on Query { me: customers { totalCount } } }",
      "{ segments { __typename customersConnection { __typename } } }",
      "{ churnRisk { __typename } }",
      '{ customer(id: "1") { __typename } }',
      "{ factSales { __typename } }",
    ];
    for (const document of put) {
      const { codes, data } = await shop.ask(asker, document, { yes: true });
      expect(new Set(codes), document).toEqual(new Set(["FORBIDDEN"]));
      expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    }
  });

  test("fragments on other types, circles and directives of one's own fit no schema", async () => {
    const documents = [
      "{ me { ... on Customer { name } } }",
      "{ dataset { ... on RowAccount { read } } }",
      "{ ...a } fragment a on Query { ...a }",
      "{ me { role @show } }",
      "{ me { role @deprecated } }",
      "{ me { ... on Nobody { role } } }",
      "{ kpis { orders } } fragment x on Customer { name }",
    ];
    for (const document of documents) {
      const { codes, data } = await shop.ask(asker, document);
      expect(new Set(codes), document).toEqual(new Set(["GRAPHQL_VALIDATION_FAILED"]));
      expect(data).toBeUndefined();
    }
  });
});
