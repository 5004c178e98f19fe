// Credentials that were forged, changed, doubled or put elsewhere: none shows anything, and all but those that are genuine and out of date
// are refused in the same bytes.
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { admin, crm, managerOf, testAuth } from "../server/demoServer.ts";
import { useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop();
const question = "{ me { role countries } kpis { orders } }";
const manager = managerOf("France");

const encode = (part: unknown) =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
const hmac = (text: string, key: string | Buffer = testAuth.secret, hash = "sha256") =>
  createHmac(hash, key).update(text).digest("base64url");

describe("a forged token", () => {
  let genuine: string;
  let refusal: string;
  beforeAll(async () => {
    genuine = await shop.tokenOf(crm);
    const garbage = await shop.askWith({ authorization: "Bearer a.b.c" }, question);
    expect([garbage.status, garbage.codes]).toEqual([401, ["UNAUTHENTICATED"]]);
    refusal = garbage.body;
  });
  const parts = () => genuine.split(".") as [string, string, string];
  const refused = async (token: string) => {
    const { status, body, statements } = await shop.askWith({ authorization: `Bearer ${token}` }, question);
    expect({ token, status, body, statements }).toEqual({ token, status: 401, body: refusal, statements: [] });
  };

  test("with another role, other claims or other times under the old signature", async () => {
    const [header, payload, signature] = parts();
    const changes = [
      { role: "admin" },
      { role: ["crm", "admin"] },
      { exp: 9_999_999_999 },
      { sub: "x" },
      { countries: ["France"] },
    ];
    for (const change of changes) await refused(`${header}.${encode({ ...decode(payload), ...change })}.${signature}`);
    await refused(`${header}.${encode(`${JSON.stringify(decode(payload))} `)}.${signature}`);
    await refused(`${encode({ ...decode(header), kid: "1" })}.${payload}.${signature}`);
  });

  test("without a signature, or with one that is nobody's", async () => {
    const [header, payload, signature] = parts();
    const asAdmin = encode({ ...decode(payload), role: "admin" });
    for (const alg of [
      "none",
      "None",
      "NONE",
      "nOnE",
      "",
      "HS384",
      "HS512",
      "RS256",
      "ES256",
      "PS256",
      "EdDSA",
      "dir",
    ]) {
      const head = encode({ alg, typ: "JWT" });
      for (const mark of ["AAAA", signature, hmac(`${head}.${asAdmin}`, ""), hmac(`${head}.${asAdmin}`, "secret")])
        await refused(`${head}.${asAdmin}.${mark}`);
    }
    for (const [alg, hash] of [
      ["HS384", "sha384"],
      ["HS512", "sha512"],
    ] as const) {
      const head = encode({ alg, typ: "JWT" });
      await refused(`${head}.${asAdmin}.${hmac(`${head}.${asAdmin}`, testAuth.secret, hash)}`);
    }
    await refused(`${header}.${payload}.${signature.slice(0, -1)}`);
    await refused(`${header}.${payload}.${[...signature].reverse().join("")}`);
  });

  test("signed with a key of its own, or with a public key taken for a secret", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const payload = encode({ sub: "x", role: "admin", exp: 9_999_999_999 });
    const jwk = publicKey.export({ format: "jwk" });
    for (const extra of [
      {},
      { jwk },
      { jku: "http://127.0.0.1/keys" },
      { x5u: "http://127.0.0.1/x" },
      { crit: ["exp"] },
      { kid: "../../dev/null" },
    ]) {
      const head = encode({ alg: "RS256", typ: "JWT", ...extra });
      await refused(
        `${head}.${payload}.${sign("sha256", Buffer.from(`${head}.${payload}`), privateKey).toString("base64url")}`,
      );
      const own = encode({ alg: "HS256", typ: "JWT", ...extra });
      if (Object.keys(extra).length > 0 && !("kid" in extra))
        await refused(`${own}.${payload}.${hmac(`${own}.${payload}`)}`);
    }
    const head = encode({ alg: "HS256", typ: "JWT" });
    for (const key of [
      publicKey.export({ type: "spki", format: "pem" }),
      publicKey.export({ type: "pkcs1", format: "der" }),
      JSON.stringify(jwk),
    ])
      await refused(`${head}.${payload}.${hmac(`${head}.${payload}`, key)}`);
  });

  test("that has expired, is not valid yet or lacks what it must have shows nothing either", async () => {
    const now = Math.floor(Date.now() / 1000);
    const head = encode({ alg: "HS256", typ: "JWT" });
    const whole = { sub: "x", role: "admin", exp: now + 600 };
    const { sub: _, ...noSubject } = whole;
    const { role: __, ...noRole } = whole;
    const { exp: ___, ...noEnd } = whole;
    const payloads = [
      ...[
        { ...whole, exp: now - 31 },
        { ...whole, nbf: now + 600 },
        { ...whole, iat: now + 600 },
        noSubject,
        noRole,
        noEnd,
      ],
      ...[
        { ...whole, role: ["admin"] },
        { ...whole, role: { admin: true } },
        { ...whole, exp: "never" },
        { ...whole, sub: 1 },
      ],
    ];
    for (const payload of payloads) {
      const text = `${head}.${encode(payload)}`;
      const { status, codes, data, body } = await shop.askWith(
        { authorization: `Bearer ${text}.${hmac(text)}` },
        question,
      );
      expect([status, codes, data]).toEqual([401, ["UNAUTHENTICATED"], undefined]);
      expect(body).not.toMatch(/admin/);
    }
  });
});

describe("two credentials", () => {
  test("in two headers are refused, unless they are one and the same", async () => {
    const token = await shop.tokenOf(crm);
    const key = await shop.keyOf("admin");
    const other = await shop.keyOf("executive");
    for (const headers of [
      { authorization: `Bearer ${token}`, "x-api-key": key },
      { authorization: `Bearer ${other}`, "x-api-key": key },
      { authorization: `Bearer ${token}`, "x-api-key": token },
      { authorization: `Basic ${encode(`admin:${testAuth.secret}`)}`, "x-api-key": key },
      { authorization: `Bearer ${token}`, "x-api-key": "c360_" },
    ]) {
      const { status, codes } = await shop.askWith(headers, question);
      expect([status, codes]).toEqual([401, ["UNAUTHENTICATED"]]);
    }
    const same = await shop.askWith({ authorization: `Bearer ${key}`, "x-api-key": key }, "{ me { role } }");
    expect(same.data).toEqual({ me: { role: "admin" } });
  });

  test("in one header sent twice never give the second one's answer", async () => {
    const { port } = new URL(await shop.listen());
    const [first, second] = [await shop.tokenOf(crm), await shop.tokenOf(admin)];
    const key = await shop.keyOf("admin");
    const sent = async (...headers: string[]) => {
      const body = JSON.stringify({ query: "{ me { role } }" });
      const socket = connect(Number(port), "127.0.0.1");
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      const head = [
        "POST /graphql HTTP/1.1",
        "host: x",
        "connection: close",
        "content-type: application/json",
        `content-length: ${body.length}`,
      ];
      socket.write(`${[...head, ...headers].join("\r\n")}\r\n\r\n${body}`);
      await once(socket, "close");
      return answer;
    };
    expect(await sent(`authorization: Bearer ${second}`)).toContain('"role":"admin"');
    for (const headers of [
      [`authorization: Bearer ${first}`, `authorization: Bearer ${second}`],
      [`authorization: Bearer ${first}, Bearer ${second}`],
      [`Authorization: Bearer ${first}`, `AUTHORIZATION: Bearer ${second}`],
      [`x-api-key: ${key.slice(0, -1)}0`, `x-api-key: ${key}`],
      ["authorization: Bearer", `authorization: Bearer ${second}`],
    ])
      expect(await sent(...headers)).not.toContain('"role":"admin"');
  });

  test("in the query, the body, a cookie or a header of another name count for nothing", async () => {
    const token = await shop.tokenOf(admin);
    for (const [name, value] of [
      ["cookie", `authorization=Bearer ${token}; token=${token}`],
      ...["x-authorization", "proxy-authorization", "x-forwarded-user", "x-role", "x-token"].map((header) => [
        header,
        `Bearer ${token}`,
      ]),
    ] as [string, string][])
      expect((await shop.askWith({ [name]: value }, question)).status).toBe(401);
    const url = `/graphql?access_token=${token}&token=${token}&query=${encodeURIComponent(question)}`;
    expect((await shop.send({ url, headers: { "apollo-require-preflight": "1" } })).status).toBe(401);
    const own = {
      authorization: `Bearer ${await shop.tokenOf(manager)}`,
      "x-role": "admin",
      "x-http-method-override": "GET",
    };
    const payload = {
      query: question,
      role: "admin",
      scope: { countries: null },
      extensions: { role: "admin" },
      variables: { role: "admin" },
    };
    const asked = await shop.send({
      method: "POST",
      url: "/graphql?role=admin&countries=Germany",
      headers: own,
      payload,
    });
    expect(asked.data?.me).toEqual({ role: "country_manager", countries: ["France"] });
  });
});
