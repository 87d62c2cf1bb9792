import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { redacted } from '../src/secret'
import { dice } from './dice'
import { growsBy } from './growth'

const CASES: Array<[text: string, told: string]> = [
  ['http://a/b?c=d', 'http://a/b?c=d'],
  ['https://user:pass@a/b', 'https://REDACTED:REDACTED@a/b'],
  ['https://user@a/b?mail=x@y', 'https://REDACTED:REDACTED@a/b?mail=x@y'],
  ['http://u:p@ss@a:1/', 'http://REDACTED:REDACTED@a:1/'],
  ['svn+ssh://u:p@a/', 'svn+ssh://REDACTED:REDACTED@a/'],
  ['http://a/b@c?d=e@f', 'http://a/b@c?d=e@f'],
  // The list of semconv http 1.44 ...
  ['http://a/?sig=1&b=2&Signature=3#x', 'http://a/?sig=REDACTED&b=2&Signature=REDACTED#x'],
  ['?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Security-Token=3', '?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Security-Token=REDACTED'],
  ['?AWSAccessKeyId=1&X-Goog-Signature=2', '?AWSAccessKeyId=REDACTED&X-Goog-Signature=REDACTED'],
  // ... and what is a secret besides, however it is written.
  ['?a=1&access_token=2&accessToken=3&ACCESS-TOKEN=4&user%5Baccess.token%5D=5&tokens[]=6&b', '?a=1&access_token=REDACTED&accessToken=REDACTED&ACCESS-TOKEN=REDACTED&user%5Baccess.token%5D=REDACTED&tokens[]=REDACTED&b'],
  ['?%74oken=1&p%61sswor%64=2&%zztoken=3', '?%74oken=REDACTED&p%61sswor%64=REDACTED&%zztoken=REDACTED'],
  ['?password=a;b/c?d&x=1', '?password=REDACTED&x=1'],
  ['?code=DE&x=1', '?code=DE&x=1'],
  ['?code=4%2F0A&state=x', '?code=REDACTED&state=x'],
  ['?state=x&code=4', '?state=x&code=REDACTED'],
  ['?design=2&sigma=3&monkey=4&keyword=5&author=6&keys=7&passenger=8&page=9&sort_key=10&compass=11', '?design=2&sigma=3&monkey=4&keyword=5&author=6&keys=7&passenger=8&page=9&sort_key=10&compass=11'],
  ['/a;jsessionid=1A;v=2/b?c=d;token=3', '/a;jsessionid=REDACTED;v=2/b?c=d;token=REDACTED'],
  ['/cb#access_token=1&expires=2', '/cb#access_token=REDACTED&expires=2'],
  ['?next=/reset?token=1&a=2', '?next=/reset?token=REDACTED&a=2'],
  ['?token&secret=&=1&a==2', '?token&secret=REDACTED&=1&a==2'],
  // In the midst of words.
  ['cannot parse https://u:p@a/b and ftp://v@c, see x@y', 'cannot parse https://REDACTED:REDACTED@a/b and ftp://REDACTED:REDACTED@c, see x@y'],
  ['GET http://a/?token=1 failed; why?', 'GET http://a/?token=REDACTED failed; why?'],
  ['', '']
]
test('users, passwords, and parameters that are secret by their name are redacted, the rest stays as it is', () => {
  for (const [text, told] of CASES) assert.equal(redacted(text), told)
  for (const name of ['token', 'id_token', 'refreshToken', 'api_key', 'apikey', 'X-API-Key', 'key', 'password', 'passwd', 'pwd', 'pass', 'client_secret', 'clientSecret', 'secret', 'session', 'session_id', 'sid', 'JSESSIONID',
    'PHPSESSID', 'auth', 'authorization', 'credentials', 'private_key', 'access_key', 'subscription-key', 'hmac', 'jwt', 'code_verifier', 'client_assertion', 'SAMLResponse', 'otp', 'csrf', '_csrf', 'oauth_signature']) {
    assert.equal(redacted(`http://a/b?x=1&${name}=zq&y=2`), `http://a/b?x=1&${name}=REDACTED&y=2`)
  }
})

test('what autospan says has no secret in it', () => {
  const { stderr } = spawnSync(process.execPath, ['-e', `
    require(${JSON.stringify(require.resolve('../src/log'))}).say('warn', 'nobody listens at http://u:p@a/?api_key=b')`], { encoding: 'utf8' })
  assert.equal(stderr, 'autospan: nobody listens at http://REDACTED:REDACTED@a/?api_key=REDACTED\n')
})

test('100,000 URLs: no user, no password, no secret comes out, and what is none stays', () => {
  const roll = dice(3)
  const one = <T>(of: T[]): T => of[roll(of.length)]
  const encoded = (name: string): string => [...name].map(c => roll(6) === 0 ? `%${c.charCodeAt(0).toString(16)}` : roll(4) === 0 ? c.toUpperCase() : c).join('')
  const junk = (): string => Array.from({ length: roll(5) }, () => one(['a', '1', '%', '%2', '.', '-', '~', '@', ':', '+', '!', '$', '\'', '(', ',', '\\', '"', '<', '|', 'é', '€'])).join('')
  for (let round = 0; round < 100_000; round++) {
    let text = one(['http', 'https', 'redis', 'a+b']) + '://'
    if (roll(3) === 0) text += `${junk().replace(/\\/g, '')}zq${round}:zq${junk().replace(/\\/g, '')}@`
    text += one(['host', 'host:80', '[::1]:1', 'a.b.c']) + one(['', '/', '/a/b', '/a@b', '//'])
    let kept = text.replace(/:\/\/.*zq.*@(?=host|\[|a\.)/, '://')
    if (roll(4) === 0) text += `;${encoded('jsessionid')}=zq${round}`
    let mark = '?'
    for (let i = roll(5); i > 0; i--) {
      const plain = `v${i}=${junk().replace(/[;?#&]/g, '')}yy${round}`
      text += mark + (roll(2) === 0 ? plain : `${encoded(one(['token', 'password', 'api_key', 'sig', 'user[secret]', 'x-amz-credential']))}=${junk()}zq${round}${junk()}`)
      if (text.endsWith(plain)) kept += plain
      mark = '&'
    }
    const told = redacted(text)
    assert.doesNotMatch(told, /zq/, text)
    assert.equal(told.split('yy').length, kept.split('yy').length, text)
    assert.equal(redacted(told), told, text)
  }
})

test('the time is linear', () => {
  for (const piece of ['?sig=', '@', 'a://', '&sig', '://@', 'http://u:p@h/?token=x ', '%74', ';', '=', '#', '&a=1', '&%zz=', '&code=1', '?state=']) {
    // Twenty times the text: a quadratic one would take 400 times as long.
    assert.ok(growsBy(100, piece, 20_000, 400_000, text => { redacted(`http://u@h/?a;${text}`) }), piece)
  }
})
