// Signs the tokens that the demo hands out and `token` prints.
import { SignJWT } from "jose";

/** A signed JWT (HS256) for a role; `expiresIn` in seconds. Issuer and audience are left out where they are null. */
export function signToken(
  secret: string,
  {
    role,
    claims = {},
    expiresIn,
    subject = `token:${role}`,
    issuer = null,
    audience = null,
    roleClaim = "role",
  }: {
    role: string;
    claims?: Readonly<Record<string, unknown>>;
    expiresIn: number;
    subject?: string;
    issuer?: string | null;
    audience?: string | null;
    roleClaim?: string;
  },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const registered = { ...(issuer === null ? {} : { iss: issuer }), ...(audience === null ? {} : { aud: audience }) };
  return new SignJWT({ ...claims, ...registered, [roleClaim]: role })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresIn)
    .sign(new TextEncoder().encode(secret));
}
