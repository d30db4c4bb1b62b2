import type { Auth } from '@authchart/core'
import axios from 'axios'
import ky from 'ky'
import createClient from 'openapi-fetch'

type Fetch = Pick<Auth, 'fetch'>

export const withKy = (auth: Fetch, baseUrl: string) => ky.create({ baseUrl, fetch: auth.fetch })

export const withAxios = (auth: Fetch, baseURL: string) =>
  axios.create({ baseURL, adapter: 'fetch', env: { fetch: auth.fetch } })

/** `Paths` are the types that openapi-typescript makes of the API. */
export const withOpenApi = <Paths extends object>(auth: Fetch, baseUrl: string) =>
  createClient<Paths>({ baseUrl, fetch: auth.fetch })
