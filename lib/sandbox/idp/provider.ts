import Provider, { type Configuration } from 'oidc-provider'
import type { IdpOptions } from './arguments'
import type { IdpKeys } from './keys'
import { findPerson } from './people'
import { errorPage } from './html'

/**
 * OpenID Connect as any provider speaks it: authorization code with PKCE, state and
 * nonce, one confidential client.
 */
export function makeProvider(options: IdpOptions, keys: IdpKeys): Provider {
  const configuration: Configuration = {
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        client_name: 'Claviger',
        redirect_uris: [options.redirect],
        post_logout_redirect_uris: [new URL('/sign-in', options.redirect).href],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        // the others put the code where a page of another name could read it
        response_modes: ['query'],
      },
    ],
    discovery: { response_modes_supported: ['query'] },
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookie], long: { signed: true }, short: { signed: true } },
    pkce: { required: () => true },
    conformIdTokenClaims: false, // claims go into the ID token, as most providers in companies do
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    ttl: {
      Interaction: 3_600,
      Session: 3_600,
      Grant: 3_600,
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
    },
    findAccount,
    loadExistingGrant,
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = errorPage(String(out.error_description ?? out.error))
    },
  }
  return new Provider(options.issuer, configuration)
}

const findAccount: Configuration['findAccount'] = (_ctx, sub) => {
  const person = findPerson(sub)
  if (!person) return undefined
  const { name, email, groups } = person
  return {
    accountId: sub,
    claims: () => ({ sub, name, email, email_verified: true, groups: [...groups] }),
  }
}

/** One client, ours: nobody is asked whether it may know their name. */
const loadExistingGrant: Configuration['loadExistingGrant'] = async ({ oidc }) => {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client?.clientId,
    accountId: oidc.session?.accountId,
  })
  grant.addOIDCScope('openid email profile')
  await grant.save()
  return grant
}
