import { sentry as attend, type Patch } from '../src/patch'

export const sentry: Patch = {
  about: 'nothing: autospan steps back if the application traces by Sentry\'s SDK',
  parts: [{ module: '@sentry/core', versions: '>=10 <12', place: { key: '__SENTRY__', asked: attend } }]
}
