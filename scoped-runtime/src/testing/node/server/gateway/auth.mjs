// The sessions that Auth starts: Lite signs them with the secret that only it and the gateway know, and says less in
// them than Supabase's Auth. What leaves the gateway is a token of this project, with all that Supabase's has.
import { SignJWT, decodeJwt } from 'jose';

/** Where Auth answers with a session. */
export const startsSession = ({ method }, { pathname }) =>
  method === 'POST' && /^\/auth\/v1\/(signup|token|verify)$/.test(pathname);

/** The answer with a token that `key` has signed, of the algorithm and the ID that it says. */
export async function reissued(answer, { key, header, issuer }) {
  if (typeof answer.access_token !== 'string') return answer;
  const claims = decodeJwt(answer.access_token);
  const { phone = '', app_metadata = {}, user_metadata = {}, is_anonymous = false } = answer.user ?? {};
  const amr = [{ method: 'password', timestamp: claims.iat }];
  const all = { iss: issuer, phone, app_metadata, user_metadata, aal: 'aal1', amr, is_anonymous, ...claims };
  const access_token = await new SignJWT(all).setProtectedHeader({ ...header, typ: 'JWT' }).sign(key);
  return { ...answer, access_token };
}
