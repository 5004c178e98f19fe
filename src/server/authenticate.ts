// From a token to who asks. Says enough for an honest caller to mend the request, and nothing about a token whose signature does
// not hold.
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { registeredClaims } from "../access/principal.ts";
import { fetchKeys, KeysUnavailable } from "./fetchKeys.ts";
import type { Identity } from "./identity.ts";
import type { AuthConfig } from "./readConfig.ts";
import { NotLetIn } from "./refusal.ts";

/** Characters of a token: more than any honest one has, and what the server's headers hold. */
const longestToken = 65_536;
/** Characters of `sub`, as OpenID Connect bounds it, and of the name of a role. */
const longestName = 255;

/** Headers by which a token would bring its own key or its own rules. */
const selfServing = ["jwk", "jku", "x5u", "x5c", "crit"];

/** Throws NotLetIn. Where its cause is KeysUnavailable, the token could not be checked: whoever runs the server must hear of it. */
export type Authenticate = (token: string) => Promise<Identity>;

/**
 * Checks tokens with `sub`, a role and `exp`: HS256 by `secret`, RS256 and ES256 by the key server, each only where there is one.
 * `keysCooldown`: milliseconds before an unknown key id makes the key server be asked again.
 */
export function makeAuthenticate(auth: AuthConfig, secret: string | null, keysCooldown = 30_000): Authenticate {
  const { issuer, audience, clockSkew, roleClaim } = auth;
  const hmacKey = secret === null ? null : new TextEncoder().encode(secret);
  const keys = auth.jwksUrl === null ? null : fetchKeys(auth.jwksUrl, keysCooldown);
  const lacking = `The token lacks a claim that it must have: sub, ${roleClaim} and exp.`;
  const checks = {
    requiredClaims: ["sub", "exp"],
    clockTolerance: clockSkew,
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience }),
  };

  const verify = async (token: string): Promise<JWTPayload> => {
    // pinned: a token chooses among pairs of key and algorithm, never how a key is used
    switch (algorithmOf(token)) {
      case "HS256":
        if (hmacKey === null) break;
        return (await jwtVerify(token, hmacKey, { ...checks, algorithms: ["HS256"] })).payload;
      case "RS256":
      case "ES256":
        if (keys === null) break;
        return (await jwtVerify(token, keys, { ...checks, algorithms: ["RS256", "ES256"] })).payload;
    }
    throw new errors.JOSEAlgNotAllowed();
  };

  const identityOf = (payload: JWTPayload): Identity => {
    const { sub } = payload;
    const role = Object.hasOwn(payload, roleClaim) ? payload[roleClaim] : undefined;
    const refuse = (message: string) => new NotLetIn("claims", message);
    if (typeof sub !== "string" || sub === "" || role === undefined || role === "") throw refuse(lacking);
    if (typeof role !== "string") throw refuse(`The token's claim ${roleClaim} must be one text: the name of a role.`);
    for (const [name, text] of [
      ["sub", sub],
      [`claim ${roleClaim}`, role],
    ] as const) {
      if (text.length > longestName) throw refuse(`The token's ${name} is longer than ${longestName} characters.`);
    }
    const kept = Object.entries(payload).filter(([name]) => !registeredClaims.includes(name) && name !== roleClaim);
    return Object.freeze({
      principal: Object.freeze({ role, claims: Object.freeze(Object.fromEntries(kept)) }),
      subject: sub,
      credential: "token",
    });
  };
  /** Of a token that is genuine; null where it does not say whose it is. */
  const askerOf = (payload: JWTPayload): Identity | null => {
    try {
      return identityOf(payload);
    } catch {
      return null;
    }
  };

  return async (token) => {
    if (token.length > longestToken)
      throw new NotLetIn("malformed credential", `The token is longer than ${longestToken} characters.`);
    let payload: JWTPayload;
    try {
      payload = await verify(token);
    } catch (cause) {
      throw refusalOf(cause, { askerOf, lacking, ...(secret === null ? ofProvider : ofOurs) });
    }
    if (payload.iat !== undefined && payload.iat > Date.now() / 1000 + clockSkew)
      throw new NotLetIn("not yet valid", notYet, { asker: askerOf(payload) });
    return identityOf(payload);
  };
}

type Advice = Readonly<{
  askerOf: (payload: JWTPayload) => Identity | null;
  lacking: string;
  doubt: string;
  again: string;
}>;

const ofOurs = {
  doubt: "Was it made with another secret, or changed on the way?",
  again: "Make a new one: npx consumer360 token --role NAME.",
};
const ofProvider = {
  doubt: "Was it signed with another key, or changed on the way?",
  again: "Get a new one from the identity provider.",
};
const notYet = "The token is not valid yet: by the server's clock, its nbf or iat is still to come.";

function refusalOf(thrown: unknown, { askerOf, lacking, doubt, again }: Advice): NotLetIn {
  if (thrown instanceof KeysUnavailable) {
    return new NotLetIn(
      "key server away",
      "The token cannot be checked now: the server that holds its keys does not answer. Try again shortly.",
      { cause: thrown },
    );
  }
  // of jose's errors the code alone: they carry the token's payload, which no log needs
  const cause = thrown instanceof errors.JOSEError ? thrown.code : undefined;
  // jose checks the signature before the claims, so these are told to holders of a genuine token only, and issuer and audience before
  // the times, so that whom an expired one names is who it was made for
  if (thrown instanceof errors.JWTExpired)
    return new NotLetIn("expired", `The token has expired. ${again}`, { cause, asker: askerOf(thrown.payload) });
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    const { claim, payload } = thrown;
    if (claim === "iss")
      return new NotLetIn("issuer", "The token's issuer (iss) is not the one that this server trusts.", { cause });
    if (claim === "aud")
      return new NotLetIn("audience", "The token is not meant for this server: its audience (aud) is not this one.", {
        cause,
      });
    if (thrown.reason === "missing") return new NotLetIn("claims", lacking, { cause });
    if (claim === "nbf" && thrown.reason === "check_failed")
      return new NotLetIn("not yet valid", notYet, { cause, asker: askerOf(payload) });
    return new NotLetIn("claims", `The token is not valid. ${doubt} ${again}`, { cause });
  }
  return new NotLetIn("signature", `The token is not valid. ${doubt} ${again}`, { cause });
}

/** The algorithm that the header names; null where the header is not one that an honest token has. */
function algorithmOf(token: string): string | null {
  const header = decodeProtectedHeader(token);
  return selfServing.some((name) => Object.hasOwn(header, name)) ? null : (header.alg ?? null);
}
