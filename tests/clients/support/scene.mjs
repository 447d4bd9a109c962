// What a story finds when it begins: the issuer, the person's account, and the clients as their programs are configured.

import { readFile } from 'node:fs/promises'
import { keepSecret } from './redact.mjs'

const scene = JSON.parse(await readFile(process.env.EVERGRANT_SCENE, 'utf8'))
keepSecret(scene.user.password, scene.operator.password, scene.clients.web.client_secret, ...Object.values(scene.secrets))

export const issuer = new URL(scene.issuer)
export const account = scene.user
/** Where the server of tools listens, declared as a resource. */
export const tools = new URL(scene.places.tools)
/** The origin of the application in the browser: the server's site, another port. */
export const app = new URL(scene.places.app)
/** The origin of the application behind Apache. */
export const intranet = new URL(scene.places.intranet)
/** The origin of the APIs behind Apache. */
export const apis = new URL(scene.places.apis)

const web = { id: scene.clients.web.client_id, secret: scene.clients.web.client_secret }
const declared = (id, method = 'client_secret_basic') => ({ id, method, secret: scene.secrets[id] })

export const clients = {
  signedAnswers: { ...web, method: 'client_secret_basic', signedAnswers: true },
  basic: { ...web, method: 'client_secret_basic' },
  post: { ...web, method: 'client_secret_post' },
  native: { id: scene.clients.native.client_id, method: 'none' },
  signed: { id: 'clients-signed', method: 'private_key_jwt', key: scene.privateKey },
  browser: { id: 'clients-browser', method: 'none' },
  browserBrief: { id: 'clients-browser-brief', method: 'none' },
  browserBound: { id: 'clients-browser-bound', method: 'none', dpop: true },
  intranet: declared('intranet'),
  api: declared('notes-api'),
  television: { id: 'clients-television', method: 'none' },
  till: declared('clients-till'),
  gateway: declared('clients-gateway'),
  brief: declared('clients-brief'),
  veiled: declared('clients-veiled'),
  machine: declared('clients-machine'),
  opaque: declared('clients-opaque'),
  strict: declared('clients-strict'),
  dpop: { id: 'clients-dpop', method: 'none', dpop: true },
  dpopMachine: { ...declared('clients-machine'), dpop: true },
}
