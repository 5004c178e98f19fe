// Names that are made up: always the same one for the same customer, so that a customer can be talked about, and told by nobody without the key.
import { createHmac } from "node:crypto";

/** Crockford's Base32: digits and letters that are not mistaken for one another. */
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const lettersInName = 12;

/** Such as `Customer 7QX4-M2KD-0F9T`: 60 bits of HMAC-SHA256 over the customer's id. */
export function pseudonymOf(key: Buffer, customerId: string): string {
  const digest = createHmac("sha256", key).update(customerId, "utf8").digest();
  const name = [...digest.subarray(0, lettersInName)].map((byte) => letters[byte % letters.length]).join("");
  return `Customer ${name.match(/.{4}/g)?.join("-") ?? name}`;
}
