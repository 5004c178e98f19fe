// From the Authorization header to a principal. Says enough for an honest caller to mend the request, and nothing
// about a token whose signature does not hold.
import { errors, type JWTPayload, jwtVerify } from "jose";
import { type Principal, registeredClaims } from "../access/principal.ts";
import { Consumer360Error } from "../kernel/errors.ts";

/** Seconds by which the clocks of issuer and server may differ. */
const clockTolerance = 30;
/** Where tokens come from, for whoever runs the server. */
const maker = "npx consumer360 token --role NAME";

/** The principal of a valid HS256 token with `sub`, `role` and `exp`. Throws UNAUTHENTICATED. */
export async function authenticate(
  authorization: string | undefined,
  secret: string,
): Promise<Principal & { readonly subject: string }> {
  if (authorization === undefined || authorization === "") {
    throw refusal(`A token is required: send the header Authorization: Bearer <token>. Make one with: ${maker}.`);
  }
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw refusal("The Authorization header must be of the form: Bearer <token>.");

  const payload = await verify(token, secret);
  const { sub, role } = payload;
  if (typeof sub !== "string" || sub === "" || typeof role !== "string" || role === "") {
    throw refusal("The token lacks a claim that it must have: sub, role and exp.");
  }
  const claims = Object.entries(payload).filter(([name]) => !registeredClaims.includes(name));
  return Object.freeze({ subject: sub, role, claims: Object.freeze(Object.fromEntries(claims)) });
}

async function verify(token: string, secret: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      // pinned: a token never chooses how it is checked
      algorithms: ["HS256"],
      requiredClaims: ["sub", "exp"],
      clockTolerance,
    });
    return payload;
  } catch (cause) {
    // jose checks the signature before the claims, so these two are told to holders of a genuine token only
    if (cause instanceof errors.JWTExpired) throw refusal(`The token has expired. Make a new one: ${maker}.`, cause);
    if (cause instanceof errors.JWTClaimValidationFailed && cause.reason === "missing") {
      throw refusal("The token lacks a claim that it must have: sub, role and exp.", cause);
    }
    throw refusal(
      `The token is not valid. Was it made with another secret, or changed on the way? Make a new one: ${maker}.`,
      cause,
    );
  }
}

function refusal(message: string, cause?: unknown): Consumer360Error {
  // the code alone: jose's errors carry the token's payload, which no log needs
  return new Consumer360Error(
    "UNAUTHENTICATED",
    message,
    cause instanceof errors.JOSEError ? { cause: cause.code } : {},
  );
}
