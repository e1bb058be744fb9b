// panva's oidc-provider on the loopback address, with refresh tokens that are
// rotated: one that comes again ends its grant. It prints its port when it
// serves, and ends with its standard input. POST /grant makes a grant, as if a
// user had agreed; GET /posts counts the requests to the token endpoint.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import Provider from 'oidc-provider';

const server = http.createServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address();

const client = {
  client_secret: 'test-secret',
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  token_endpoint_auth_method: 'client_secret_post',
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...client, client_id: 'porin' },
    { ...client, client_id: 'pushing', require_pushed_authorization_requests: true },
    { ...client, client_id: 'proving', token_endpoint_auth_method: 'none', client_secret: undefined, dpop_bound_access_tokens: true },
  ],
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  features: {
    deviceFlow: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
  },
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, Grant: 3600, RefreshToken: 3600 },
});

let grants = 0;
let posts = 0;
provider.use(async (ctx, next) => {
  if (ctx.path === '/posts') {
    ctx.body = { posts };
    return;
  }
  if (ctx.path === '/grant' && ctx.method === 'POST') {
    const accountId = `user-${grants += 1}`;
    const grant = new provider.Grant({ accountId, clientId: 'porin' });
    grant.addOIDCScope('openid offline_access');
    const grantId = await grant.save();
    const client = await provider.Client.find('porin');
    const token = new provider.RefreshToken({ accountId, client, grantId, gty: 'authorization_code', scope: 'openid offline_access' });
    ctx.body = { refresh_token: await token.save() };
    return;
  }
  if (ctx.path === '/token') posts += 1;
  await next();
});

server.on('request', provider.callback());
console.log(port);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
