// Makes keys with `jose`, as `supabase gen signing-key` does: an ID and an algorithm each.
// In: ["ES256", ..]. Out: for each { private, public, pem }: JWKs, and the public key as text.
// A shared secret is both its own private and its own public key.
import { randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { base64url, exportJWK, exportSPKI, generateKeyPair } from 'jose';

async function make(alg) {
  const id = { kid: randomUUID(), alg, use: 'sig' };
  if (alg.startsWith('HS')) {
    const key = { kty: 'oct', k: base64url.encode(randomBytes(32)), ...id };
    return { private: key, public: key, pem: '' };
  }
  const pair = await generateKeyPair(alg, { extractable: true });
  return {
    private: { ...(await exportJWK(pair.privateKey)), ...id },
    public: { ...(await exportJWK(pair.publicKey)), ...id },
    pem: await exportSPKI(pair.publicKey),
  };
}

const algorithms = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await Promise.all(algorithms.map(make))));
