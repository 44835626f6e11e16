// A certified OpenID provider on loopback, with what tests turn: who people are, its clock, its keys, whether it is there.
// `node server.mjs '{"name": "corp", "clients": [...]}'` prints "listening on URL"; POST /control changes it.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import http from "node:http";
import Provider from "oidc-provider";

const options = JSON.parse(process.argv[2]);
const API = {
  scope: "api",
  audience: options.audience,
  accessTokenFormat: "jwt",
  accessTokenTTL: 300,
  jwt: { sign: { alg: "RS256" } },
};

/** By subject: what is told of somebody. Whoever is missing here may not sign in. */
let people = options.people;
let ahead = 0;
let down = false;
let refuseRefresh = false;

const machine = Date.now;
Date.now = () => machine() + ahead * 1000;

const key = () => ({
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
  ...{ kid: randomUUID(), use: "sig", alg: "RS256" },
});

function provider(issuer) {
  const cookie = (name) => `${options.name}_${name}`;
  return new Provider(issuer, {
    clients: options.clients,
    jwks: { keys: [key()] },
    pkce: { required: () => true },
    cookies: {
      keys: ["for tests"],
      names: { session: cookie("session"), interaction: cookie("interaction"), resume: cookie("resume") },
    },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    conformIdTokenClaims: options.conform ?? false,
    features: {
      devInteractions: { enabled: true },
      jwtUserinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => API,
        useGrantedResource: () => false,
      },
    },
    ttl: {
      AccessToken: 300,
      IdToken: 300,
      Grant: 86400,
      RefreshToken: 86400,
      Session: 86400,
      Interaction: 600,
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    findAccount: (_, sub) =>
      people[sub] ? { accountId: sub, claims: () => ({ sub, ...people[sub] }) } : undefined,
    extraTokenClaims: (_, token) => people[token.accountId],
    // Consent is not what is tested here.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope("openid email profile groups offline_access");
      await grant.save();
      return grant;
    },
  });
}

let current;
let issuer;

async function token({ subject, audience, issuedAgo = 0 }) {
  const client = await current.Client.find(options.clients[0].client_id);
  const grant = new current.Grant({ clientId: client.clientId, accountId: subject });
  const grantId = await grant.save();
  const access = new current.AccessToken({
    accountId: subject,
    client,
    grantId,
    gty: "authorization_code",
    scope: "api",
  });
  access.resourceServer = new current.ResourceServer(`urn:${audience}`, { ...API, audience });
  const before = ahead;
  ahead -= issuedAgo;
  try {
    return await access.save();
  } finally {
    ahead = before;
  }
}

async function control(wanted) {
  if (wanted.people) people = wanted.people;
  if (wanted.ahead !== undefined) ahead = wanted.ahead;
  if (wanted.down !== undefined) down = wanted.down;
  if (wanted.refuseRefresh !== undefined) refuseRefresh = wanted.refuseRefresh;
  if (wanted.rotate) current = provider(issuer);
  return wanted.token ? { token: await token(wanted.token) } : {};
}

const body = async (request) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
};

const server = http.createServer(async (request, response) => {
  if (request.url === "/control") {
    try {
      response.end(JSON.stringify(await control(JSON.parse(await body(request)))));
    } catch (error) {
      response.writeHead(500).end(String(error?.stack ?? error));
    }
    return;
  }
  if (down) {
    response.writeHead(503).end("down");
    return;
  }
  if (refuseRefresh && request.url === "/token") {
    response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_grant"}');
    return;
  }
  current.callback()(request, response);
});

server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  current = provider(issuer);
  console.log(`listening on ${issuer}`);
});
