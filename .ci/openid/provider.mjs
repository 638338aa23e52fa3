// An OpenID provider with one client, for .ci/openid-login. Anybody can log in under any name.
// usage: node provider.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI KEY_ID token|userinfo plain|signed
// Each start makes a new key. Addresses are in the ID token, or only in userinfo, which is plain or signed.
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, clientId, clientSecret, redirectUri, kid, addresses, userinfo] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const client = { client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] };
if (userinfo === 'signed') client.userinfo_signed_response_alg = 'RS256';

const provider = new Provider(`http://localhost:${port}`, {
  clients: [client],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: addresses === 'userinfo',
  cookies: { keys: ['of one run only'] },
  features: { devInteractions: { enabled: true }, jwtUserinfo: { enabled: true } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: 'Ann Example' }),
  }),
});
provider.listen(Number(port), '127.0.0.1');
